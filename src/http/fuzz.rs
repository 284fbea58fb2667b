//! A request's head and form of any bytes.

use hyper::header::{HeaderMap, HeaderName, HeaderValue};

use super::{
    base::{self, Place},
    body, cookie,
    forwarded::{self, Scheme},
    origin::{self, Here, Secrecy, Way},
    route::{self, Route},
};
use crate::config::{PublicUrl, TrustedProxies};

const PUBLIC: [Option<&str>; 3] = [None, Some("https://shell.example"), Some("http://localhost:8080")];
const WAYS: [Way; 4] = [Way::Loopback, Way::Network, Way::Unix, Way::Told(Scheme::Https)];

/// Lines `name: value` up to an empty one. What passes is ours, and a foreign Host or Origin never does.
pub(crate) fn headers(bytes: &[u8]) {
    let map = lines(bytes);
    for secrecy in [Secrecy::Https, Secrecy::PlainAllowed, Secrecy::PlainRefused] {
        let here = Here { origin: String::new(), base: "/b".to_owned(), secrecy };
        if let Some(token) = cookie::token(&map, &here) {
            assert!(secrecy != Secrecy::PlainRefused && !token.is_empty() && !token.contains(';'));
            let minute = std::time::Duration::from_secs(60);
            if let Some(set) = cookie::set(token, minute, &here) {
                let set = set.to_str().expect("it is text");
                assert_eq!(set.matches("Max-Age=60").count(), 1);
                assert!(set.contains(&format!("={token}; Path=/b; HttpOnly")));
            }
        }
    }
    let _ = (origin::readable(&map), body::has_type(&map, "application/json"));
    for (public, way, insecure) in
        PUBLIC.into_iter().flat_map(|p| WAYS.map(|w| (p, w, false)).into_iter().chain([(p, Way::Network, true)]))
    {
        let url = public.map(|url| PublicUrl { origin: url.to_owned(), base: String::new() });
        let Ok(here) = origin::addressed(&map, url.as_ref(), insecure, way, |_| false) else { continue };
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

/// Lines `name: value`; others are left out.
fn lines(bytes: &[u8]) -> HeaderMap {
    let mut map = HeaderMap::new();
    for line in bytes.split(|b| *b == b'\n').take(super::limits::MAX_HEADERS) {
        let Some(colon) = line.iter().position(|b| *b == b':') else { continue };
        let name = HeaderName::from_bytes(&line[..colon]);
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_bytes(line[colon + 1..].trim_ascii())) {
            map.append(name, value);
        }
    }
    map
}

/// Lines of headers in front of which a trusted proxy did not look: what it adds itself decides, or the request is refused.
pub(crate) fn forwarded(bytes: &[u8]) {
    let mut trusted = TrustedProxies::default();
    trusted.add("10.0.0.0/8").expect("a network");
    let mut map = lines(bytes);
    if let Ok(told) = forwarded::read(&map, &trusted) {
        assert_eq!(forwarded::read(&map, &trusted), Ok(told));
        assert!(told.client.is_none_or(|client| client == client.to_canonical()));
    }
    let seen = std::net::IpAddr::from([192, 0, 2, 7]);
    for (name, value, other) in [
        ("forwarded", "for=192.0.2.7;proto=http, for=\"10.0.0.1:80\"", "x-forwarded-for"),
        ("x-forwarded-for", "192.0.2.7, 10.0.0.1", "forwarded"),
    ] {
        let mut map = map.clone();
        map.remove(other);
        map.append(name, HeaderValue::from_static(value));
        match forwarded::read(&map, &trusted) {
            Ok(told) => assert_eq!(told.client, Some(seen)),
            // The client's own X-Forwarded-Proto is no concern of this list, and may be nonsense.
            Err(_) => assert!(name == "forwarded" || map.contains_key("x-forwarded-proto")),
        }
    }
    map.remove("x-forwarded-proto");
    if map.contains_key("x-forwarded-for") || map.contains_key("forwarded") {
        return;
    }
    assert_eq!(forwarded::read(&map, &trusted), Ok(forwarded::Told::default()));
}

/// A path, and a form: fields come out as text, and `next` never leads to another host.
pub(crate) fn request(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Some(Route::Terminal(id)) = Route::parse(&text) {
        assert_eq!(text, format!("/s/{id}"));
    }
    if let Ok(path) = hyper::http::uri::PathAndQuery::try_from(text.as_ref()) {
        let mut uri = hyper::Uri::from(path);
        if base::enter("/b", &mut uri) == Place::Below {
            assert!(text.starts_with(&format!("/b{}", uri.path())) && uri.authority().is_none());
        }
    }
    if let Some(next) = route::next(&text) {
        assert!(next.starts_with('/') && !next.starts_with("//") && !next.contains(['\\', '\r', '\n']));
    }
    if let Ok(fields) = body::form(bytes) {
        assert!(fields.len() <= bytes.len());
    }
}
