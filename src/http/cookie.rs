//! The login cookie: which name it has where, how it is set, read and taken back.

use std::time::Duration;

use hyper::header::{self, HeaderMap, HeaderValue};

use super::origin::Secrecy;

/// Characters of a value that is worth looking up; longer ones are nobody's.
const MAX_VALUE: usize = 256;

/// The cookie's name; `None` where none may be used. `__Host-` makes browsers refuse it without Secure, with a Domain,
/// or from another path, so no neighbour can plant one.
fn name(secrecy: Secrecy) -> Option<&'static str> {
    match secrecy {
        Secrecy::Https => Some("__Host-coracle"),
        Secrecy::PlainAllowed => Some("coracle"),
        Secrecy::PlainRefused => None,
    }
}

/// The login's token, if exactly one cookie of our name came along.
pub(crate) fn token(headers: &HeaderMap, secrecy: Secrecy) -> Option<&str> {
    let name = name(secrecy)?;
    let mut found = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(n, _)| *n == name)
        .map(|(_, value)| value);
    match (found.next(), found.next()) {
        (Some(value), None) if !value.is_empty() && value.len() <= MAX_VALUE => Some(value),
        _ => None,
    }
}

/// `Set-Cookie` for a new login; `None` where no cookie may be set.
pub(crate) fn set(token: &str, lifetime: Duration, secrecy: Secrecy) -> Option<HeaderValue> {
    let fit = token.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
    if !fit {
        return None;
    }
    line(token, lifetime.as_secs(), secrecy)
}

/// `Set-Cookie` that makes the browser forget its login.
pub(crate) fn clear(secrecy: Secrecy) -> Option<HeaderValue> {
    line("", 0, secrecy)
}

fn line(value: &str, seconds: u64, secrecy: Secrecy) -> Option<HeaderValue> {
    let name = name(secrecy)?;
    let secure = if secrecy == Secrecy::Https { "; Secure" } else { "" };
    HeaderValue::from_str(&format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cookies(lines: &[&str]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for line in lines {
            map.append(header::COOKIE, line.parse().unwrap());
        }
        map
    }

    #[test]
    fn the_cookie_is_host_bound_and_secure_over_https_and_plain_on_loopback() {
        let day = Duration::from_secs(86_400);
        assert_eq!(
            set("abc", day, Secrecy::Https).unwrap(),
            "__Host-coracle=abc; Path=/; HttpOnly; SameSite=Lax; Max-Age=86400; Secure"
        );
        assert_eq!(
            set("abc", day, Secrecy::PlainAllowed).unwrap(),
            "coracle=abc; Path=/; HttpOnly; SameSite=Lax; Max-Age=86400"
        );
        assert_eq!(set("abc", day, Secrecy::PlainRefused), None);
        assert_eq!(set("a;b", day, Secrecy::Https), None);
        assert!(clear(Secrecy::Https).unwrap().to_str().unwrap().contains("Max-Age=0"));
    }

    #[test]
    fn only_the_name_of_this_way_counts() {
        let both = cookies(&["coracle=plain; __Host-coracle=secure", "other=1"]);
        assert_eq!(token(&both, Secrecy::Https), Some("secure"));
        assert_eq!(token(&both, Secrecy::PlainAllowed), Some("plain"));
        assert_eq!(token(&both, Secrecy::PlainRefused), None);
    }

    #[test]
    fn two_cookies_of_our_name_are_none() {
        assert_eq!(token(&cookies(&["coracle=a; coracle=b"]), Secrecy::PlainAllowed), None);
        assert_eq!(token(&cookies(&["coracle=a", "coracle=a"]), Secrecy::PlainAllowed), None);
        assert_eq!(token(&cookies(&["coracle="]), Secrecy::PlainAllowed), None);
        assert_eq!(token(&cookies(&[&format!("coracle={}", "a".repeat(300))]), Secrecy::PlainAllowed), None);
        assert_eq!(token(&cookies(&["xcoracle=a; coracle2=b; coracle"]), Secrecy::PlainAllowed), None);
    }
}
