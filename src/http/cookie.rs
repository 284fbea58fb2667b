//! The login cookie, and the one that marks a browser: which names they have where, how they are set, read and taken back.
//! The third one, of the language, is set by `web/language.js` and only read here.

use std::time::Duration;

use hyper::header::{self, HeaderMap, HeaderValue};

use super::origin::{Here, Secrecy};
use crate::{auth::DEVICE_LIFETIME, language::Language};

/// Characters of a value that is worth looking up; longer ones are nobody's.
const MAX_VALUE: usize = 256;

/// Which cookie.
#[derive(Clone, Copy)]
enum Kind {
    Login,
    /// Outlives the login, and opens nothing.
    Device,
}

/// The cookie's name; `None` where none may be used. `__Host-` makes browsers refuse it without Secure, with a Domain,
/// or for a part of the host's paths, so no neighbour can plant one. With a base path it must be for a part of them;
/// `__Secure-` is what is left then.
fn name(kind: Kind, here: &Here) -> Option<&'static str> {
    let [host, secure, plain] = match kind {
        Kind::Login => ["__Host-coracle", "__Secure-coracle", "coracle"],
        Kind::Device => ["__Host-coracle-device", "__Secure-coracle-device", "coracle-device"],
    };
    match here.secrecy {
        Secrecy::Https if here.base.is_empty() => Some(host),
        Secrecy::Https => Some(secure),
        Secrecy::PlainAllowed => Some(plain),
        Secrecy::PlainRefused => None,
    }
}

/// The login's token, if exactly one cookie of our name came along.
pub(crate) fn token<'h>(headers: &'h HeaderMap, here: &Here) -> Option<&'h str> {
    value(Kind::Login, headers, here)
}

/// What marks the browser, likewise.
pub(crate) fn device<'h>(headers: &'h HeaderMap, here: &Here) -> Option<&'h str> {
    value(Kind::Device, headers, here)
}

/// The language that was chosen in this browser. Nothing depends on it, so its name needs no prefix, and a neighbour's on the
/// same host, below another path, does no harm: the browser sends the one of the longer path first.
pub(crate) fn language(headers: &HeaderMap) -> Option<Language> {
    values("coracle-language", headers).find_map(Language::of_tag)
}

fn value<'h>(kind: Kind, headers: &'h HeaderMap, here: &Here) -> Option<&'h str> {
    let mut found = values(name(kind, here)?, headers);
    match (found.next(), found.next()) {
        (Some(value), None) if !value.is_empty() && value.len() <= MAX_VALUE => Some(value),
        _ => None,
    }
}

/// All cookies of this name.
fn values<'h>(name: &'static str, headers: &'h HeaderMap) -> impl Iterator<Item = &'h str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(move |(n, _)| *n == name)
        .map(|(_, value)| value)
}

/// `Set-Cookie` for a new login; `None` where no cookie may be set.
pub(crate) fn set(token: &str, lifetime: Duration, here: &Here) -> Option<HeaderValue> {
    fit(token).then(|| line(Kind::Login, token, lifetime.as_secs(), here))?
}

/// `Set-Cookie` that marks the browser.
pub(crate) fn set_device(mark: &str, here: &Here) -> Option<HeaderValue> {
    fit(mark).then(|| line(Kind::Device, mark, DEVICE_LIFETIME.as_secs(), here))?
}

fn fit(value: &str) -> bool {
    value.len() <= MAX_VALUE && value.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
}

/// `Set-Cookie` that makes the browser forget its login.
pub(crate) fn clear(here: &Here) -> Option<HeaderValue> {
    line(Kind::Login, "", 0, here)
}

fn line(kind: Kind, value: &str, seconds: u64, here: &Here) -> Option<HeaderValue> {
    let name = name(kind, here)?;
    let path = if here.base.is_empty() { "/" } else { &here.base };
    let secure = if here.secrecy == Secrecy::Https { "; Secure" } else { "" };
    HeaderValue::from_str(&format!("{name}={value}; Path={path}; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}"))
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn here(secrecy: Secrecy, base: &str) -> Here {
        Here { origin: String::new(), base: base.to_owned(), secrecy }
    }

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
            set("abc", day, &here(Secrecy::Https, "")).unwrap(),
            "__Host-coracle=abc; Path=/; HttpOnly; SameSite=Lax; Max-Age=86400; Secure"
        );
        assert_eq!(
            set("abc", day, &here(Secrecy::PlainAllowed, "")).unwrap(),
            "coracle=abc; Path=/; HttpOnly; SameSite=Lax; Max-Age=86400"
        );
        assert_eq!(set("abc", day, &here(Secrecy::PlainRefused, "")), None);
        assert_eq!(
            set("abc", day, &here(Secrecy::Https, "/shell")).unwrap(),
            "__Secure-coracle=abc; Path=/shell; HttpOnly; SameSite=Lax; Max-Age=86400; Secure"
        );
        assert_eq!(set("a;b", day, &here(Secrecy::Https, "")), None);
        assert!(clear(&here(Secrecy::Https, "")).unwrap().to_str().unwrap().contains("Max-Age=0"));
    }

    #[test]
    fn the_mark_of_a_browser_is_a_cookie_of_its_own_that_outlives_the_login() {
        assert_eq!(
            set_device("ab.cd", &here(Secrecy::Https, "")).unwrap(),
            "__Host-coracle-device=ab.cd; Path=/; HttpOnly; SameSite=Lax; Max-Age=7776000; Secure"
        );
        assert_eq!(
            set_device("ab", &here(Secrecy::PlainAllowed, "")).unwrap(),
            "coracle-device=ab; Path=/; HttpOnly; SameSite=Lax; Max-Age=7776000"
        );
        assert_eq!(set_device("ab", &here(Secrecy::PlainRefused, "")), None);
        let both = cookies(&["coracle-device=mark; coracle=login"]);
        assert_eq!(device(&both, &here(Secrecy::PlainAllowed, "")), Some("mark"));
        assert_eq!(token(&both, &here(Secrecy::PlainAllowed, "")), Some("login"));
        assert_eq!(device(&cookies(&["__Secure-coracle-device=x"]), &here(Secrecy::Https, "/shell")), Some("x"));
    }

    #[test]
    fn only_the_name_of_this_way_counts() {
        let both = cookies(&["coracle=plain; __Host-coracle=secure", "other=1"]);
        assert_eq!(token(&both, &here(Secrecy::Https, "")), Some("secure"));
        assert_eq!(token(&both, &here(Secrecy::PlainAllowed, "")), Some("plain"));
        assert_eq!(token(&both, &here(Secrecy::PlainRefused, "")), None);
    }

    #[test]
    fn with_a_base_path_the_cookie_of_the_whole_host_does_not_count() {
        let both = cookies(&["__Host-coracle=host; __Secure-coracle=base"]);
        assert_eq!(token(&both, &here(Secrecy::Https, "/shell")), Some("base"));
        assert_eq!(token(&both, &here(Secrecy::Https, "")), Some("host"));
    }

    #[test]
    fn the_chosen_language_is_the_first_that_is_one_of_ours() {
        assert_eq!(language(&cookies(&["coracle=x; coracle-language=de"])), Some(Language::German));
        assert_eq!(language(&cookies(&["coracle-language=en; coracle-language=de"])), Some(Language::English));
        assert_eq!(language(&cookies(&["coracle-language=xx", "coracle-language=de"])), Some(Language::German));
        for none in ["", "coracle-language=", "coracle-language=DE", "coracle-language=de-AT", "xcoracle-language=de"] {
            assert_eq!(language(&cookies(&[none])), None, "{none}");
        }
    }

    #[test]
    fn two_cookies_of_our_name_are_none() {
        assert_eq!(token(&cookies(&["coracle=a; coracle=b"]), &here(Secrecy::PlainAllowed, "")), None);
        assert_eq!(token(&cookies(&["coracle=a", "coracle=a"]), &here(Secrecy::PlainAllowed, "")), None);
        assert_eq!(token(&cookies(&["coracle="]), &here(Secrecy::PlainAllowed, "")), None);
        assert_eq!(token(&cookies(&[&format!("coracle={}", "a".repeat(300))]), &here(Secrecy::PlainAllowed, "")), None);
        assert_eq!(token(&cookies(&["xcoracle=a; coracle2=b; coracle"]), &here(Secrecy::PlainAllowed, "")), None);
    }
}
