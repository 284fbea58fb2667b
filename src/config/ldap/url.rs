//! One of `auth.ldap.urls`: scheme, host and port, and nothing that could be meant otherwise.

use std::{fmt, net::IpAddr, path::PathBuf};

const LDAP: u16 = 389;
const LDAPS: u16 = 636;
const MAX_HOST: usize = 253; // characters
const MAX_PATH: usize = 107; // bytes of a socket's address

/// One `ldap://`, `ldaps://` or `ldapi://` URL.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(crate) enum LdapUrl {
    /// Host without brackets, port.
    Ldap(String, u16),
    Ldaps(String, u16),
    /// The path of the socket.
    Ldapi(PathBuf),
}

/// Why a text is no such URL; the sentence says what to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotAUrl {
    #[error("does not begin with ldaps://, ldap:// or ldapi://; write \"ldaps://dc1.example.org\"")]
    Scheme,
    #[error("has no host; write \"ldaps://dc1.example.org\"")]
    NoHost,
    #[error("has a user or a password; write only host and port, and the account as bind_dn")]
    User,
    #[error(
        "has something after the host; write only \"ldaps://host\" or \"ldaps://host:port\", and the base as user_base"
    )]
    Path,
    #[error(
        "has a host that is no name and no address; write \"ldaps://dc1.example.org\" or \"ldaps://[2001:db8::1]\""
    )]
    Host,
    #[error("has a port that is not 1 to 65535; write \"ldaps://dc1.example.org:636\"")]
    Port,
    #[error("is not ldapi:// and the percent-encoded path of a socket; write \"ldapi://%2Frun%2Fslapd%2Fldapi\"")]
    Socket,
}

impl LdapUrl {
    /// # Errors
    /// With what is wrong and what to write.
    pub(crate) fn parse(text: &str) -> Result<LdapUrl, NotAUrl> {
        let (scheme, rest) = text.split_once("://").ok_or(NotAUrl::Scheme)?;
        let tls = match scheme.to_ascii_lowercase().as_str() {
            "ldap" => false,
            "ldaps" => true,
            "ldapi" => return socket(rest).ok_or(NotAUrl::Socket),
            _ => return Err(NotAUrl::Scheme),
        };
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        if rest.contains('@') {
            return Err(NotAUrl::User);
        }
        if rest.contains(['/', '?', '#']) {
            return Err(if rest.starts_with(['/', '?']) { NotAUrl::NoHost } else { NotAUrl::Path });
        }
        let (host, port) = match rest.strip_prefix('[') {
            Some(inside) => {
                let (address, port) = inside.split_once(']').ok_or(NotAUrl::Host)?;
                address.parse::<std::net::Ipv6Addr>().map_err(|_| NotAUrl::Host)?;
                let port = if port.is_empty() { None } else { Some(port.strip_prefix(':').ok_or(NotAUrl::Host)?) };
                (address, port)
            }
            None => match rest.split_once(':') {
                Some((host, port)) => (host, Some(port)),
                None => (rest, None),
            },
        };
        if host.is_empty() {
            return Err(NotAUrl::NoHost);
        }
        if !is_host(host) {
            return Err(NotAUrl::Host);
        }
        let port = match port {
            None if tls => LDAPS,
            None => LDAP,
            Some(digits) => number(digits).ok_or(NotAUrl::Port)?,
        };
        let host = host.to_ascii_lowercase();
        Ok(if tls { LdapUrl::Ldaps(host, port) } else { LdapUrl::Ldap(host, port) })
    }

    /// Whether what is sent stays on this machine.
    pub(crate) fn is_local(&self) -> bool {
        match self {
            LdapUrl::Ldap(host, _) | LdapUrl::Ldaps(host, _) => {
                host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
            }
            LdapUrl::Ldapi(_) => true,
        }
    }
}

impl fmt::Display for LdapUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheme, host, port) = match self {
            LdapUrl::Ldap(host, port) => ("ldap", host, port),
            LdapUrl::Ldaps(host, port) => ("ldaps", host, port),
            LdapUrl::Ldapi(path) => return write!(f, "ldapi://{}", path.display().to_string().replace('/', "%2F")),
        };
        if host.contains(':') { write!(f, "{scheme}://[{host}]:{port}") } else { write!(f, "{scheme}://{host}:{port}") }
    }
}

/// Whether `host` is an address or a name that a resolver and a certificate can have.
pub(super) fn is_host(host: &str) -> bool {
    host.parse::<IpAddr>().is_ok()
        || (host.len() <= MAX_HOST
            && host.split('.').all(|label| {
                (1..=63).contains(&label.len())
                    && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
                    && !label.starts_with('-')
                    && !label.ends_with('-')
            }))
}

fn number(digits: &str) -> Option<u16> {
    let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    digits.parse().ok().filter(|port| plain && *port != 0)
}

/// The path of a socket: absolute, its slashes written as `%2F`.
fn socket(encoded: &str) -> Option<LdapUrl> {
    let encoded = encoded.strip_suffix('/').unwrap_or(encoded);
    let mut bytes = encoded.bytes();
    let mut path = Vec::new();
    while let Some(byte) = bytes.next() {
        path.push(match byte {
            b'%' => {
                let digits = [bytes.next()?, bytes.next()?].map(|digit| char::from(digit).to_digit(16));
                u8::try_from(digits[0]? * 16 + digits[1]?).ok()?
            }
            b'/' | b'?' | b'#' => return None,
            byte => byte,
        });
    }
    let path = String::from_utf8(path).ok()?;
    let fits = path.starts_with('/') && path.len() <= MAX_PATH && !path.chars().any(char::is_control);
    fits.then(|| LdapUrl::Ldapi(PathBuf::from(path)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_url_is_scheme_host_and_port() {
        for (text, url) in [
            ("ldaps://dc1.example.org", LdapUrl::Ldaps("dc1.example.org".into(), 636)),
            ("LDAP://DC1.Example.org:3890/", LdapUrl::Ldap("dc1.example.org".into(), 3890)),
            ("ldap://127.0.0.1", LdapUrl::Ldap("127.0.0.1".into(), 389)),
            ("ldaps://[2001:db8::1]:6360", LdapUrl::Ldaps("2001:db8::1".into(), 6360)),
            ("ldapi://%2Frun%2Fslapd%2Fldapi", LdapUrl::Ldapi("/run/slapd/ldapi".into())),
        ] {
            assert_eq!(LdapUrl::parse(text), Ok(url), "{text}");
        }
        assert!(LdapUrl::parse("ldap://[::1]").unwrap().is_local());
        assert!(!LdapUrl::parse("ldap://10.0.0.1").unwrap().is_local());
    }

    #[test]
    fn a_url_that_could_mean_something_else_is_refused() {
        for (text, why) in [
            ("dc1.example.org", NotAUrl::Scheme),
            ("https://dc1.example.org", NotAUrl::Scheme),
            ("ldap:foo", NotAUrl::Scheme),
            ("ldap://", NotAUrl::NoHost),
            ("ldap:///", NotAUrl::NoHost),
            ("ldap:///dc=x", NotAUrl::NoHost),
            ("ldap://:389", NotAUrl::NoHost),
            ("ldap://cn=x:secret@host", NotAUrl::User),
            ("ldaps://host/dc=example", NotAUrl::Path),
            ("ldaps://host?sub", NotAUrl::Path),
            ("ldaps://a b", NotAUrl::Host),
            ("ldaps://h\u{f6}st", NotAUrl::Host),
            ("ldaps://[::1", NotAUrl::Host),
            ("ldaps://[::1]x", NotAUrl::Host),
            ("ldaps://host:0", NotAUrl::Port),
            ("ldaps://host:65536", NotAUrl::Port),
            ("ldaps://host:+1", NotAUrl::Port),
            ("ldaps://::1", NotAUrl::NoHost),
            ("ldapi://", NotAUrl::Socket),
            ("ldapi:///run/slapd/ldapi", NotAUrl::Socket),
            ("ldapi://run%2Fldapi", NotAUrl::Socket),
            ("ldapi://%2Frun%2", NotAUrl::Socket),
        ] {
            assert_eq!(LdapUrl::parse(text), Err(why), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_shown_reads_back_the_same(text in "ldap[si]?://[a-z0-9.:\\[\\]%F2/-]{0,24}") {
            if let Ok(url) = LdapUrl::parse(&text) {
                prop_assert_eq!(LdapUrl::parse(&url.to_string()), Ok(url));
            }
        }
    }
}
