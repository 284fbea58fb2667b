//! The base path of `server.public_url`. It is taken off a request's path at the very beginning and put before every
//! address of ours at the very end, so nothing in between knows that there is one, but for the cookie (`cookie`).

use http_body_util::BodyExt;
use hyper::header::{self, HeaderValue};
use hyper::{StatusCode, Uri, http::uri::PathAndQuery};

use super::response::{self, Answer, Body};

/// Where a path lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// Below the base: what follows it is a path of ours.
    Below,
    /// The base itself without a slash, which is meant to be our start page.
    Door,
    Outside,
}

/// Takes `base` (as in [`crate::config::PublicUrl`]) off the path, where it is in front.
pub(crate) fn enter(base: &str, uri: &mut Uri) -> Place {
    if uri.path() == base {
        return Place::Door;
    }
    let whole = uri.path_and_query().map_or("", PathAndQuery::as_str);
    let below = whole.strip_prefix(base).filter(|rest| rest.starts_with('/'));
    match below.and_then(|rest| PathAndQuery::try_from(rest).ok()) {
        Some(below) => *uri = Uri::from(below),
        None if base.is_empty() => {} // the asterisk of OPTIONS
        None => return Place::Outside,
    }
    Place::Below
}

/// How an address of ours begins in a page. Text in pages has no plain quotation mark (`html`), so this stands only where
/// a template has it.
const ADDRESSES: [&str; 3] = ["href=\"/", "src=\"/", "action=\"/"];

/// Puts `base` before the addresses in a page and in `Location`.
pub(crate) async fn leave(base: &str, mut answer: Answer) -> Answer {
    if base.is_empty() {
        return answer;
    }
    let location = answer.headers().get(header::LOCATION).and_then(|location| location.to_str().ok());
    let moved = location.filter(|path| path.starts_with('/')).map(|path| format!("{base}{path}"));
    if let Some(location) = moved.and_then(|path| HeaderValue::from_str(&path).ok()) {
        answer.headers_mut().insert(header::LOCATION, location);
    }
    if !answer.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html")) {
        return answer;
    }
    let (parts, body) = answer.into_parts();
    let Ok(whole) = body.collect().await else { return response::empty(StatusCode::INTERNAL_SERVER_ERROR) };
    let mut page = String::from_utf8_lossy(&whole.to_bytes()).into_owned();
    for address in ADDRESSES {
        let (name, slash) = address.split_at(address.len() - 1);
        page = page.replace(address, &format!("{name}{base}{slash}"));
    }
    Answer::from_parts(parts, Body::from(page))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entered(base: &str, path: &str) -> (Place, String) {
        let mut uri = Uri::from(path.parse::<PathAndQuery>().unwrap());
        let place = enter(base, &mut uri);
        (place, uri.to_string())
    }

    #[test]
    fn the_base_is_taken_off_whole_segments_only_and_the_query_stays() {
        for (path, below) in [
            ("/shell/", "/"),
            ("/shell/s/abc?x=/shell/", "/s/abc?x=/shell/"),
            ("/shell/shell/", "/shell/"),
            ("/shell//evil.example/", "//evil.example/"),
        ] {
            assert_eq!(entered("/shell", path), (Place::Below, below.to_owned()), "{path}");
        }
        assert_eq!(entered("/shell", "/shell").0, Place::Door);
        assert_eq!(entered("/shell", "/shell?x").0, Place::Door);
        for outside in ["/", "/shel", "/shellx", "/shellx/", "/Shell/", "/x/shell/", "*", "/%73hell/"] {
            assert_eq!(entered("/shell", outside), (Place::Outside, outside.to_owned()));
        }
        for path in ["/", "/s/abc?x", "*", "//x"] {
            assert_eq!(entered("", path), (Place::Below, path.to_owned()));
        }
    }

    #[tokio::test]
    async fn addresses_get_the_base_and_text_that_looks_like_one_does_not() {
        let html = "<a href=\"/help\">href=&quot;/x</a><form action=\"/login\"><img src=\"/_/i\"><input value=\"/s/a\">\
                    <a href=\"https://a/\">";
        let page = leave("/shell", response::page(StatusCode::OK, html)).await;
        let body = page.into_body().collect().await.unwrap().to_bytes();
        let text = std::str::from_utf8(&body).unwrap();
        assert_eq!(
            text,
            "<a href=\"/shell/help\">href=&quot;/x</a><form action=\"/shell/login\"><img src=\"/shell/_/i\">\
             <input value=\"/s/a\"><a href=\"https://a/\">"
        );
        assert_eq!(
            leave("/shell", response::see_other("/login?next=/s/a")).await.headers()["location"],
            "/shell/login?next=/s/a"
        );
        assert_eq!(leave("", response::see_other("/login")).await.headers()["location"], "/login");
        let json = leave("/shell", response::json(StatusCode::OK, &"href=\"/x")).await;
        assert_eq!(json.into_body().collect().await.unwrap().to_bytes(), r#""href=\"/x""#);
    }
}
