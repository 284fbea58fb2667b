//! Request bodies, bounded in bytes and in time, and the two kinds that we read: a form and a small JSON document.

use std::collections::BTreeMap;

use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap};

use super::limits::{BODY_TIMEOUT, MAX_BODY, THROWN_AWAY};

/// Why a body was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BadBody {
    /// More than [`MAX_BODY`]: 413.
    TooLarge,
    /// Not whole within [`BODY_TIMEOUT`]: 408.
    TooSlow,
    /// The connection broke: nobody is there to be answered.
    Broken,
    /// Another content type: 415.
    WrongType,
    /// Not what its type says: 400.
    Malformed,
}

/// Reads all of a body.
///
/// # Errors
/// Too much, too slow, or broken off.
pub(crate) async fn read<B>(headers: &HeaderMap, body: B) -> Result<bytes::Bytes, BadBody>
where
    B: hyper::body::Body + Unpin,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let announced = headers.get(CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse::<u64>().ok());
    match announced.filter(|length| *length > MAX_BODY as u64) {
        Some(length) => {
            if length <= THROWN_AWAY {
                throw_away(body).await;
            }
            Err(BadBody::TooLarge)
        }
        None => read_within(BODY_TIMEOUT, body).await,
    }
}

/// Closed over unread bytes, a connection is reset, and the reset overtakes the refusal: whoever still sends hears nothing of
/// it, and a proxy makes a 502 of that.
async fn throw_away<B: hyper::body::Body + Unpin>(mut body: B) {
    let whole = async { while let Some(Ok(_)) = body.frame().await {} };
    let _ = tokio::time::timeout(BODY_TIMEOUT, whole).await; // refused in either case
}

async fn read_within<B>(time: std::time::Duration, body: B) -> Result<bytes::Bytes, BadBody>
where
    B: hyper::body::Body,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    match tokio::time::timeout(time, Limited::new(body, MAX_BODY).collect()).await {
        Err(_) => Err(BadBody::TooSlow),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(BadBody::TooLarge),
        Ok(Err(_)) => Err(BadBody::Broken),
        Ok(Ok(whole)) => Ok(whole.to_bytes()),
    }
}

/// Whether the content type is `wanted`, whatever its parameters. Exactly one header: a form of another site cannot send
/// JSON's.
pub(crate) fn has_type(headers: &HeaderMap, wanted: &str) -> Result<(), BadBody> {
    let mut values = headers.get_all(CONTENT_TYPE).iter();
    let (Some(value), None) = (values.next(), values.next()) else { return Err(BadBody::WrongType) };
    let essence = value.to_str().ok().and_then(|v| v.split(';').next()).map(str::trim);
    if essence.is_some_and(|e| e.eq_ignore_ascii_case(wanted)) { Ok(()) } else { Err(BadBody::WrongType) }
}

/// The fields of an HTML form. A field that is there twice is malformed: nobody's page sends that.
///
/// # Errors
/// [`BadBody::Malformed`] on broken escapes, text that is not UTF-8, or a repeated field.
pub(crate) fn form(body: &[u8]) -> Result<BTreeMap<String, String>, BadBody> {
    let mut fields = BTreeMap::new();
    for pair in body.split(|b| *b == b'&').filter(|pair| !pair.is_empty()) {
        let at = pair.iter().position(|b| *b == b'=').unwrap_or(pair.len());
        let (name, value) = pair.split_at(at);
        let value = value.strip_prefix(b"=").unwrap_or(value);
        if fields.insert(decode(name)?, decode(value)?).is_some() {
            return Err(BadBody::Malformed);
        }
    }
    Ok(fields)
}

fn decode(text: &[u8]) -> Result<String, BadBody> {
    let digit = |b: Option<&u8>| b.and_then(|b| char::from(*b).to_digit(16)).and_then(|d| u8::try_from(d).ok());
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.iter();
    while let Some(b) = rest.next() {
        bytes.push(match b {
            b'+' => b' ',
            b'%' => match (digit(rest.next()), digit(rest.next())) {
                (Some(high), Some(low)) => high << 4 | low,
                _ => return Err(BadBody::Malformed),
            },
            other => *other,
        });
    }
    String::from_utf8(bytes).map_err(|_| BadBody::Malformed)
}

#[cfg(test)]
mod tests {
    use http_body_util::Full;

    use super::*;

    #[test]
    fn a_form_is_decoded_as_browsers_encode_it() {
        let fields = form("user=mira&password=a%2Bb+%C3%A4%26&next=&flag".as_bytes()).unwrap();
        let field = |name: &str| fields.get(name).map(String::as_str);
        assert_eq!(field("user"), Some("mira"));
        assert_eq!(field("password"), Some("a+b \u{e4}&"));
        assert_eq!(field("next"), Some(""));
        assert_eq!(field("flag"), Some(""));
    }

    #[test]
    fn broken_escapes_bad_text_and_repeated_fields_are_refused() {
        for bad in ["a=%", "a=%4", "a=%zz", "a=%+1", "a=%ff", "a=1&a=2", "%61=1&a=2"] {
            assert_eq!(form(bad.as_bytes()), Err(BadBody::Malformed), "{bad}");
        }
    }

    #[test]
    fn the_content_type_is_compared_without_its_parameters() {
        let mut headers = HeaderMap::new();
        assert_eq!(has_type(&headers, "application/json"), Err(BadBody::WrongType));
        headers.insert(CONTENT_TYPE, "Application/JSON; charset=utf-8".parse().unwrap());
        assert_eq!(has_type(&headers, "application/json"), Ok(()));
        assert_eq!(has_type(&headers, "text/plain"), Err(BadBody::WrongType));
        headers.append(CONTENT_TYPE, "text/plain".parse().unwrap());
        assert_eq!(has_type(&headers, "application/json"), Err(BadBody::WrongType));
    }

    #[tokio::test]
    async fn a_body_past_its_bound_is_refused_announced_or_not() {
        let just = Full::new(bytes::Bytes::from(vec![b'x'; MAX_BODY]));
        assert_eq!(read(&HeaderMap::new(), just).await.map(|b| b.len()), Ok(MAX_BODY));
        let over = || Full::new(bytes::Bytes::from(vec![b'x'; MAX_BODY + 1]));
        assert_eq!(read(&HeaderMap::new(), over()).await, Err(BadBody::TooLarge));
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_LENGTH, "99999999".parse().unwrap());
        assert_eq!(read(&headers, Full::new(bytes::Bytes::new())).await, Err(BadBody::TooLarge));
    }

    #[tokio::test]
    async fn a_body_that_never_ends_is_given_up_in_time() {
        assert_eq!(read_within(std::time::Duration::from_millis(20), Stuck).await, Err(BadBody::TooSlow));
    }

    struct Stuck;
    impl hyper::body::Body for Stuck {
        type Data = bytes::Bytes;
        type Error = std::io::Error;
        fn poll_frame(
            self: std::pin::Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Option<Result<hyper::body::Frame<bytes::Bytes>, std::io::Error>>> {
            std::task::Poll::Pending
        }
    }

    proptest::proptest! {
        #[test]
        fn no_form_panics(body in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
            let _ = form(&body);
        }
    }
}
