//! Answers: pages, redirects, JSON, problem documents, and the headers that every one of them carries.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::{Frame, SizeHint};
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::{Response, StatusCode};
use tokio::sync::mpsc;

use super::pages::CONTENT_SECURITY_POLICY;

pub(crate) type Answer = Response<Body>;

/// What is sent.
pub(crate) enum Body {
    /// Small and whole: everything but files.
    Whole(Full<Bytes>),
    Coming(Coming),
}

impl Default for Body {
    fn default() -> Body {
        Body::Whole(Full::default())
    }
}

impl<T: Into<Bytes>> From<T> for Body {
    fn from(whole: T) -> Body {
        Body::Whole(Full::new(whole.into()))
    }
}

/// A file as it comes from a session. Its length is announced; a failure before that breaks the connection off.
pub(crate) struct Coming {
    pieces: mpsc::Receiver<io::Result<Bytes>>,
    left: u64,
}

impl Coming {
    pub(crate) fn new(pieces: mpsc::Receiver<io::Result<Bytes>>, length: u64) -> Coming {
        Coming { pieces, left: length }
    }
}

impl hyper::body::Body for Body {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        match self.get_mut() {
            Body::Whole(whole) => Pin::new(whole).poll_frame(cx).map_err(|never| match never {}),
            Body::Coming(coming) => {
                let piece = std::task::ready!(coming.pieces.poll_recv(cx));
                if let Some(Ok(bytes)) = &piece {
                    coming.left = coming.left.saturating_sub(bytes.len() as u64);
                }
                Poll::Ready(piece.map(|piece| piece.map(Frame::data)))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Body::Whole(whole) => whole.is_end_stream(),
            Body::Coming(_) => false, // the last piece may be an error
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Body::Whole(whole) => whole.size_hint(),
            Body::Coming(coming) => SizeHint::with_exact(coming.left),
        }
    }
}

/// What a terminal in a page has no use for. The clipboard is left: copy and paste are what people do there.
const PERMISSIONS: &str = "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), \
     magnetometer=(), microphone=(), midi=(), payment=(), usb=()";

/// Adds what is missing of the headers that every answer carries.
pub(crate) fn seal(answer: &mut Answer) {
    let headers = answer.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), PERMISSIONS),
        (header::CACHE_CONTROL, "no-store"), // assets have set their own
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
}

fn with_type(status: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> Answer {
    let mut answer = Answer::new(Body::from(body));
    *answer.status_mut() = status;
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    answer
}

/// A whole page.
pub(crate) fn page(status: StatusCode, html: impl Into<String>) -> Answer {
    with_type(status, "text/html; charset=utf-8", html.into())
}

/// One line for programs and for `curl`.
pub(crate) fn text(status: StatusCode, body: &'static str) -> Answer {
    with_type(status, "text/plain; charset=utf-8", body)
}

/// Nothing but a status.
pub(crate) fn empty(status: StatusCode) -> Answer {
    let mut answer = Answer::default();
    *answer.status_mut() = status;
    answer
}

/// 303, so that the browser's next request is a GET. `path` is of this origin and came through `route::next` or is ours.
pub(crate) fn see_other(path: &str) -> Answer {
    let mut answer = empty(StatusCode::SEE_OTHER);
    let location = HeaderValue::from_str(path).unwrap_or(HeaderValue::from_static("/"));
    answer.headers_mut().insert(header::LOCATION, location);
    answer
}

/// 308 to another origin of ours, which browsers follow with the same method. `location` is whole and came through
/// `secure::elsewhere`.
pub(crate) fn permanently(location: &str) -> Answer {
    match HeaderValue::from_str(location) {
        Ok(location) => with_value(empty(StatusCode::PERMANENT_REDIRECT), header::LOCATION, Some(location)),
        Err(_) => text(StatusCode::BAD_REQUEST, "not understood\n"),
    }
}

/// JSON that is written already.
pub(crate) fn json_text(text: Vec<u8>) -> Answer {
    with_type(StatusCode::OK, "application/json", text)
}

pub(crate) fn json(status: StatusCode, value: &impl serde::Serialize) -> Answer {
    match serde_json::to_vec(value) {
        Ok(body) => with_type(status, "application/json", body),
        Err(error) => {
            tracing::error!(%error, "an answer could not be written as JSON");
            empty(StatusCode::INTERNAL_SERVER_ERROR)
        }
    }
}

/// A failure of the API (RFC 9457). `detail` is for the person at the browser; causes go to the journal, under `reference`.
pub(crate) fn problem(status: StatusCode, detail: &str, reference: &str) -> Answer {
    #[derive(serde::Serialize)]
    struct Problem<'a> {
        r#type: &'static str,
        title: &'a str,
        status: u16,
        detail: &'a str,
        reference: &'a str,
    }
    let title = status.canonical_reason().unwrap_or("Error");
    let body = Problem { r#type: "about:blank", title, status: status.as_u16(), detail, reference };
    let mut answer = json(status, &body);
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    answer
}

/// Says when to come back; whole seconds, at least 1.
pub(crate) fn retry_after(mut answer: Answer, wait: std::time::Duration) -> Answer {
    let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
    answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)));
    answer
}

/// The connection ends with this answer: what follows on it is not read.
pub(crate) fn close(mut answer: Answer) -> Answer {
    answer.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    answer
}

/// Adds a header whose value is ours.
pub(crate) fn with(mut answer: Answer, name: HeaderName, value: &'static str) -> Answer {
    answer.headers_mut().insert(name, HeaderValue::from_static(value));
    answer
}

/// Adds a header, if there is a value for it.
pub(crate) fn with_value(mut answer: Answer, name: HeaderName, value: Option<HeaderValue>) -> Answer {
    if let Some(value) = value {
        answer.headers_mut().insert(name, value);
    }
    answer
}

/// Adds a Set-Cookie, if there is one to add.
pub(crate) fn with_cookie(mut answer: Answer, cookie: Option<HeaderValue>) -> Answer {
    if let Some(cookie) = cookie {
        answer.headers_mut().append(header::SET_COOKIE, cookie);
    }
    answer
}

/// The values of a header that is a list, as one.
pub(crate) fn joined(headers: &HeaderMap, name: &HeaderName) -> String {
    headers.get_all(name).iter().filter_map(|line| line.to_str().ok()).collect::<Vec<_>>().join(",")
}

/// Whether a header of comma-separated words contains `word`.
pub(crate) fn has_word(headers: &HeaderMap, name: &HeaderName, word: &str) -> bool {
    headers
        .get_all(name)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .any(|w| w.trim().eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_answer_forbids_foreign_and_inline_code_and_pages_are_not_stored() {
        let mut answer = page(StatusCode::OK, "<!doctype html>");
        seal(&mut answer);
        let header = |name: &str| answer.headers().get(name).unwrap().to_str().unwrap().to_owned();
        assert!(header("content-security-policy").starts_with("default-src 'none'; script-src 'self';"));
        assert!(!header("content-security-policy").contains("unsafe"));
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("referrer-policy"), "same-origin");
        assert_eq!(header("cross-origin-opener-policy"), "same-origin");
        assert_eq!(header("cache-control"), "no-store");
        assert!(header("permissions-policy").contains("camera=()"));
    }

    #[test]
    fn an_assets_own_cache_rule_stays() {
        let mut answer = with(empty(StatusCode::OK), header::CACHE_CONTROL, "public, max-age=31536000, immutable");
        seal(&mut answer);
        assert_eq!(answer.headers()["cache-control"], "public, max-age=31536000, immutable");
    }

    #[test]
    fn a_wait_is_told_in_whole_seconds_rounded_up() {
        let told = |ms| {
            retry_after(empty(StatusCode::TOO_MANY_REQUESTS), std::time::Duration::from_millis(ms)).headers()["retry-after"]
                .to_str()
                .unwrap()
                .to_owned()
        };
        assert_eq!((told(0), told(1), told(1000), told(1001)), ("1".into(), "1".into(), "1".into(), "2".into()));
    }

    #[test]
    fn a_redirect_cannot_be_split_into_two_headers() {
        assert_eq!(see_other("/a\r\nset-cookie: x").headers()["location"], "/");
    }

    #[test]
    fn words_are_found_whatever_their_case_and_never_inside_others() {
        let mut headers = HeaderMap::new();
        headers.append(header::CONNECTION, "keep-alive, Upgrade".parse().unwrap());
        assert!(has_word(&headers, &header::CONNECTION, "upgrade"));
        assert!(!has_word(&headers, &header::CONNECTION, "grade"));
    }
}
