//! A request's head and form of any bytes.

use hyper::header::{HeaderMap, HeaderName, HeaderValue};

use super::{
    body, cookie,
    origin::{self, Secrecy, Way},
    route::{self, Route},
};

const PUBLIC: [Option<&str>; 3] = [None, Some("https://shell.example"), Some("http://localhost:8080")];
const WAYS: [Way; 3] = [Way::Loopback, Way::Network, Way::Unix];

/// Lines `name: value` up to an empty one. What passes is ours, and a foreign Host or Origin never does.
pub(crate) fn headers(bytes: &[u8]) {
    let mut map = HeaderMap::new();
    for line in bytes.split(|b| *b == b'\n').take(super::limits::MAX_HEADERS) {
        let Some(colon) = line.iter().position(|b| *b == b':') else { continue };
        let name = HeaderName::from_bytes(&line[..colon]);
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_bytes(line[colon + 1..].trim_ascii())) {
            map.append(name, value);
        }
    }
    for secrecy in [Secrecy::Https, Secrecy::PlainAllowed, Secrecy::PlainRefused] {
        if let Some(token) = cookie::token(&map, secrecy) {
            assert!(secrecy != Secrecy::PlainRefused && !token.is_empty() && !token.contains(';'));
            let minute = std::time::Duration::from_secs(60);
            if let Some(set) = cookie::set(token, minute, secrecy) {
                let set = set.to_str().expect("it is text");
                assert_eq!(set.matches("Max-Age=60").count(), 1);
                assert!(set.contains(&format!("={token}; Path=/; HttpOnly")));
            }
        }
    }
    let _ = (origin::readable(&map), body::has_type(&map, "application/json"));
    for (public, way, insecure) in
        PUBLIC.into_iter().flat_map(|p| WAYS.map(|w| (p, w, false)).into_iter().chain([(p, Way::Network, true)]))
    {
        let Ok(here) = origin::addressed(&map, public, insecure, way) else { continue };
        let authority = here.origin.split_once("://").expect("an origin has a scheme").1;
        match public {
            None => assert!(
                way == Way::Loopback && ["localhost", "127.0.0.1", "[::1]"].iter().any(|h| authority.starts_with(h))
            ),
            Some(url) => assert_eq!(here.origin, url),
        }
        assert!(!authority.contains(['/', '@', ' ', '?', '#']), "{authority}");
        if origin::same_origin(&map, &here).is_ok() {
            assert_eq!(map.get("origin").map(HeaderValue::as_bytes), Some(here.origin.as_bytes()));
        }
        assert!(insecure || way != Way::Network || here.secrecy == Secrecy::PlainRefused);
    }
}

/// A path, and a form: fields come out as text, and `next` never leads to another host.
pub(crate) fn request(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Some(Route::Terminal(id)) = Route::parse(&text) {
        assert_eq!(text, format!("/s/{id}"));
    }
    if let Some(next) = route::next(&text) {
        assert!(next.starts_with('/') && !next.starts_with("//") && !next.contains(['\\', '\r', '\n']));
    }
    if let Ok(fields) = body::form(bytes) {
        assert!(fields.len() <= bytes.len());
    }
}
