//! Is this request meant for us, and does it come from a page of ours? Host, Origin and Sec-Fetch-Site.

use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};

use super::forwarded::Scheme;
use crate::config::PublicUrl;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const SEC_FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");
const SEC_FETCH_DEST: HeaderName = HeaderName::from_static("sec-fetch-dest");

/// What kind of way a connection came, as far as it matters for trust.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// TCP with both ends on this host's loopback.
    Loopback,
    /// TCP from elsewhere.
    Network,
    /// TLS that ends in this daemon.
    Tls,
    /// A unix socket: a proxy on this host.
    Unix,
    /// A trusted proxy anywhere, which says how the browser reached it.
    Told(Scheme),
}

/// The origin under which this request was rightly addressed to us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Here {
    /// `scheme://host[:port]`, as a browser writes it.
    pub(crate) origin: String,
    /// The path below which we are, as in [`PublicUrl`].
    pub(crate) base: String,
    /// What may be done over this connection.
    pub(crate) secrecy: Secrecy,
}

/// Whether a password or a login cookie may pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Secrecy {
    /// https: cookies are `Secure`, and their names say so.
    Https,
    /// Plain HTTP that never leaves this host, or that the operator allowed with `server.insecure_http`.
    PlainAllowed,
    /// Plain HTTP over a network: no login form, no cookie.
    PlainRefused,
}

/// Why a request is not for us, or not from us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Foreign {
    /// No Host, several, or an absolute request target: 400.
    NoHost,
    /// Not a name of ours: 421.
    Host,
    /// Neither loopback nor a configured `server.public_url`: 421, and the page names the key.
    NoPublicUrl,
    /// Over TLS, a name that is not in the certificate, nor is there a `server.public_url`: 421.
    NotCertified,
    /// Origin missing or not ours: 403.
    Origin,
    /// The browser says that another site asked: 403.
    Site,
}

impl Foreign {
    /// For the journal.
    pub(crate) fn what(self) -> &'static str {
        match self {
            Foreign::NoHost => "no single Host",
            Foreign::Host => "foreign Host",
            Foreign::NoPublicUrl => "Host without server.public_url",
            Foreign::NotCertified => "Host that the certificate does not name, without server.public_url",
            Foreign::Origin => "foreign Origin",
            Foreign::Site => "cross-site request",
        }
    }
}

/// Checks Host; needed for every request. `certified` says whether our certificate is for a name, given without a port.
///
/// # Errors
/// [`Foreign::NoHost`], [`Foreign::Host`], [`Foreign::NoPublicUrl`] or [`Foreign::NotCertified`].
pub(crate) fn addressed(
    headers: &HeaderMap,
    public_url: Option<&PublicUrl>,
    insecure_http: bool,
    way: Way,
    certified: impl Fn(&str) -> bool,
) -> Result<Here, Foreign> {
    let host = single(headers, &header::HOST).ok_or(Foreign::NoHost)?;
    let Some(PublicUrl { origin, base }) = public_url else {
        return match way {
            // No browser takes our certificate for a name that is not in it: so a page of that name is ours.
            Way::Tls if is_loopback_name(host) || name_of(host).is_some_and(certified) => {
                let host = host.strip_suffix(":443").unwrap_or(host).to_ascii_lowercase();
                Ok(Here { origin: format!("https://{host}"), base: String::new(), secrecy: Secrecy::Https })
            }
            Way::Tls => Err(Foreign::NotCertified),
            Way::Loopback if is_loopback_name(host) => {
                let (origin, base) = (format!("http://{host}"), String::new());
                Ok(Here { origin, base, secrecy: Secrecy::PlainAllowed })
            }
            Way::Loopback => Err(Foreign::Host),
            Way::Network | Way::Unix | Way::Told(_) => Err(Foreign::NoPublicUrl),
        };
    };
    let (scheme, authority) = origin.split_once("://").ok_or(Foreign::Host)?;
    let default_port = if scheme == "https" { ":443" } else { ":80" };
    let bare = |a: &str| a.strip_suffix(default_port).unwrap_or(a).to_ascii_lowercase();
    if bare(host) != bare(authority) || (scheme != "https" && way == Way::Tls) {
        return Err(Foreign::Host);
    }
    let secrecy = match (scheme, way) {
        (_, Way::Tls) => Secrecy::Https,
        // The TLS part of the way was a proxy's: of one on this host it is believed unasked, since only it can be meant;
        // any other must be named as trusted, and say so. One that is named and says http is believed, too.
        ("https", Way::Loopback | Way::Unix | Way::Told(Scheme::Https)) => Secrecy::Https,
        _ if insecure_http => Secrecy::PlainAllowed,
        ("http", Way::Loopback) if is_loopback_name(host) => Secrecy::PlainAllowed,
        _ => Secrecy::PlainRefused,
    };
    Ok(Here { origin: origin.clone(), base: base.clone(), secrecy })
}

/// Checks Origin and Sec-Fetch-Site; needed for everything that changes state and for every WebSocket.
///
/// # Errors
/// [`Foreign::Origin`] or [`Foreign::Site`].
pub(crate) fn same_origin(headers: &HeaderMap, here: &Here) -> Result<(), Foreign> {
    match single(headers, &header::ORIGIN) {
        Some(origin) if origin == here.origin => {}
        _ => return Err(Foreign::Origin),
    }
    match fetch(headers, &SEC_FETCH_SITE) {
        None | Some("same-origin") => Ok(()),
        Some(_) => Err(Foreign::Site),
    }
}

/// Checks what reads only: a page may be opened by a link from anywhere, and nothing else may be loaded by other sites.
///
/// # Errors
/// [`Foreign::Site`].
pub(crate) fn readable(headers: &HeaderMap) -> Result<(), Foreign> {
    match fetch(headers, &SEC_FETCH_SITE) {
        None | Some("same-origin" | "none") => Ok(()),
        Some(_) => {
            let link = fetch(headers, &SEC_FETCH_MODE) == Some("navigate")
                && fetch(headers, &SEC_FETCH_DEST) == Some("document");
            if link { Ok(()) } else { Err(Foreign::Site) }
        }
    }
}

/// `localhost`, `127.0.0.1` or `[::1]`, on any port.
fn is_loopback_name(host: &str) -> bool {
    ["localhost", "127.0.0.1", "[::1]"].into_iter().any(|name| match host.strip_prefix(name) {
        Some("") => true,
        Some(rest) => rest.strip_prefix(':').is_some_and(is_port),
        None => false,
    })
}

/// The Host header's name, an address in its brackets, without its port; `None` if what follows it is no port.
pub(crate) fn name_of(host: &str) -> Option<&str> {
    match host.rsplit_once(':') {
        Some((name, port)) if !host.ends_with(']') => is_port(port).then_some(name),
        _ => Some(host),
    }
}

/// 1 to 65535, in digits only (the parser of numbers alone would take a plus sign).
fn is_port(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit()) && text.parse::<u16>().is_ok_and(|port| port > 0)
}

/// The header's value if it is there exactly once and is plain text.
pub(crate) fn single<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    let mut values = headers.get_all(name).iter();
    match (values.next().map(HeaderValue::to_str), values.next()) {
        (Some(Ok(value)), None) => Some(value),
        _ => None,
    }
}

/// A Sec-Fetch header; one that is there twice or is not text is like one with a foreign value.
fn fetch<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    headers.contains_key(name).then(|| single(headers, name).unwrap_or("malformed"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in lines {
            map.append(HeaderName::from_static(name), value.parse().unwrap());
        }
        map
    }

    fn url(origin: &str) -> PublicUrl {
        PublicUrl { origin: origin.to_owned(), base: String::new() }
    }

    fn host(host: &str, public_url: Option<&str>, way: Way) -> Result<Here, Foreign> {
        addressed(&headers(&[("host", host)]), public_url.map(url).as_ref(), false, way, |name| {
            name == "shell.example.org"
        })
    }

    fn here(origin: &str, secrecy: Secrecy) -> Here {
        Here { origin: origin.to_owned(), base: String::new(), secrecy }
    }

    #[test]
    fn without_a_public_url_only_loopback_names_over_loopback_are_ours() {
        for good in ["localhost", "localhost:8080", "127.0.0.1:1", "[::1]:65535", "[::1]"] {
            let found = host(good, None, Way::Loopback).unwrap();
            assert_eq!(found, here(&format!("http://{good}"), Secrecy::PlainAllowed));
        }
        for bad in [
            "evil.example",
            "localhost.evil.example",
            "localhost:",
            "localhost:0",
            "localhost:+80",
            "127.0.0.1:99999",
            "::1",
            "127.0.0.2",
            "127.1",
            "",
        ] {
            assert_eq!(host(bad, None, Way::Loopback), Err(Foreign::Host), "{bad}");
        }
        assert_eq!(host("localhost", None, Way::Network), Err(Foreign::NoPublicUrl));
        assert_eq!(host("192.0.2.1", None, Way::Unix), Err(Foreign::NoPublicUrl));
    }

    #[test]
    fn with_a_public_url_only_its_host_is_ours_whatever_its_default_port() {
        let url = Some("https://shell.example.org");
        for good in ["shell.example.org", "SHELL.example.org", "shell.example.org:443"] {
            assert_eq!(host(good, url, Way::Unix).unwrap().origin, "https://shell.example.org");
        }
        for bad in ["shell.example.org:80", "shell.example.org.", "localhost", "x.shell.example.org"] {
            assert_eq!(host(bad, url, Way::Loopback), Err(Foreign::Host), "{bad}");
        }
        assert_eq!(host("a:8443", Some("https://a:8443"), Way::Unix).unwrap().origin, "https://a:8443");
    }

    #[test]
    fn https_is_believed_of_a_proxy_on_this_host_or_of_a_trusted_one_that_says_so() {
        let secrecy = |origin, way, insecure| {
            addressed(&headers(&[("host", "a")]), Some(&url(origin)), insecure, way, |_| false).unwrap().secrecy
        };
        assert_eq!(secrecy("https://a", Way::Told(Scheme::Https), false), Secrecy::Https);
        assert_eq!(secrecy("https://a", Way::Told(Scheme::Http), false), Secrecy::PlainRefused);
        assert_eq!(secrecy("http://a", Way::Told(Scheme::Https), false), Secrecy::PlainRefused);
        assert_eq!(secrecy("https://a", Way::Unix, false), Secrecy::Https);
        assert_eq!(secrecy("https://a", Way::Loopback, false), Secrecy::Https);
        assert_eq!(secrecy("https://a", Way::Network, false), Secrecy::PlainRefused);
        assert_eq!(secrecy("http://a", Way::Network, false), Secrecy::PlainRefused);
        assert_eq!(secrecy("http://a", Way::Unix, false), Secrecy::PlainRefused);
        assert_eq!(secrecy("http://a", Way::Network, true), Secrecy::PlainAllowed);
    }

    #[test]
    fn over_tls_the_certificates_names_are_ours_until_a_public_url_says_which() {
        let here = |name: &str, url| host(name, url, Way::Tls).map(|here| (here.origin, here.secrecy));
        let https = |origin: &str| Ok((origin.to_owned(), Secrecy::Https));
        assert_eq!(here("shell.example.org", None), https("https://shell.example.org"));
        assert_eq!(here("shell.example.org:443", None), https("https://shell.example.org"));
        assert_eq!(here("shell.example.org:8443", None), https("https://shell.example.org:8443"));
        assert_eq!(here("localhost:8443", None), https("https://localhost:8443"));
        for foreign in ["evil.example", "shell.example.org:", "shell.example.org:+1", "192.0.2.1"] {
            assert_eq!(here(foreign, None), Err(Foreign::NotCertified), "{foreign}");
        }
        let other = Some("https://other.example.org");
        assert_eq!(here("other.example.org", other), https("https://other.example.org"));
        assert_eq!(here("shell.example.org", other), Err(Foreign::Host));
        assert_eq!(here("a", Some("http://a")), Err(Foreign::Host));
    }

    #[test]
    fn two_hosts_or_none_are_refused() {
        let two = headers(&[("host", "localhost"), ("host", "localhost")]);
        let of = |headers: &HeaderMap| addressed(headers, None, false, Way::Loopback, |_| true);
        assert_eq!(of(&two), Err(Foreign::NoHost));
        assert_eq!(of(&HeaderMap::new()), Err(Foreign::NoHost));
    }

    #[test]
    fn a_change_needs_exactly_our_origin() {
        let here = here("http://localhost:8080", Secrecy::PlainAllowed);
        let origin = |o: &str| same_origin(&headers(&[("origin", o)]), &here);
        assert_eq!(origin("http://localhost:8080"), Ok(()));
        for bad in [
            "http://localhost",
            "https://localhost:8080",
            "null",
            "http://localhost:8080/",
            "http://127.0.0.1:8080",
            "",
        ] {
            assert_eq!(origin(bad), Err(Foreign::Origin), "{bad}");
        }
        assert_eq!(same_origin(&HeaderMap::new(), &here), Err(Foreign::Origin));
        let two = headers(&[("origin", "http://localhost:8080"), ("origin", "http://localhost:8080")]);
        assert_eq!(same_origin(&two, &here), Err(Foreign::Origin));
    }

    #[test]
    fn a_change_from_another_site_is_refused_even_with_our_origin() {
        let here = here("http://localhost", Secrecy::PlainAllowed);
        for (site, answer) in [
            ("same-origin", Ok(())),
            ("none", Err(Foreign::Site)),
            ("same-site", Err(Foreign::Site)),
            ("cross-site", Err(Foreign::Site)),
            ("anything", Err(Foreign::Site)),
        ] {
            let map = headers(&[("origin", "http://localhost"), ("sec-fetch-site", site)]);
            assert_eq!(same_origin(&map, &here), answer, "{site}");
        }
    }

    #[test]
    fn a_link_from_another_site_opens_a_page_and_an_embedding_does_not() {
        let site = |mode, dest| {
            readable(&headers(&[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", mode), ("sec-fetch-dest", dest)]))
        };
        assert_eq!(site("navigate", "document"), Ok(()));
        assert_eq!(site("navigate", "iframe"), Err(Foreign::Site));
        assert_eq!(site("no-cors", "image"), Err(Foreign::Site));
        assert_eq!(site("cors", "empty"), Err(Foreign::Site));
        assert_eq!(readable(&HeaderMap::new()), Ok(()));
        assert_eq!(readable(&headers(&[("sec-fetch-site", "none")])), Ok(()));
    }
}
