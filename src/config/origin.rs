//! `server.public_url`: the one address that browsers use. Its origin is spelled the way they spell it in their Origin
//! header, and what follows is the path below which everything of ours lies.

/// Bytes of a base path; what people write is shorter, and it stands in every cookie and redirect.
const MAX_BASE: usize = 128;

/// A checked `server.public_url`.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(crate) struct PublicUrl {
    /// `scheme://host[:port]` in lower case, without a default port.
    pub(crate) origin: String,
    /// `/shell`, or empty where we have the whole host. Segments of letters, digits, `.`, `_`, `~` and `-` only, so it is
    /// the same in a path, a cookie, a header and markup.
    pub(crate) base: String,
}

impl PublicUrl {
    pub(crate) fn is_https(&self) -> bool {
        self.origin.starts_with("https://")
    }

    /// The host's name, or an address in its brackets, without a port.
    pub(crate) fn host(&self) -> &str {
        let authority = self.authority();
        match authority.rsplit_once(':') {
            Some((host, _)) if !authority.ends_with(']') => host,
            _ => authority,
        }
    }

    /// Whether it is at the usual port of its scheme.
    pub(crate) fn has_usual_port(&self) -> bool {
        self.host() == self.authority()
    }

    fn authority(&self) -> &str {
        self.origin.split_once("://").map_or("", |(_, authority)| authority)
    }
}

/// Why a text is no address for browsers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotAUrl {
    #[error("does not begin with https:// (or http://); write \"https://shell.example.org\"")]
    Scheme,
    #[error(
        "has a path that is not up to {MAX_BASE} bytes of letters, digits, dots, _, ~, - and single slashes; write \"https://host\" or \"https://host/shell\""
    )]
    Path,
    #[error(
        "has a host that browsers do not send; write letters, digits, dots and - (or [IPv6]), not a user or umlauts"
    )]
    Host,
    #[error("has a port that is not 1 to 65535; write \"https://shell.example.org:8443\"")]
    Port,
}

/// Reads `https://host[:port][/path]`; one trailing slash is tolerated, a default port is dropped, all letters before the
/// path become lower case. An empty text is no address.
pub(crate) fn parse(text: &str) -> Result<Option<PublicUrl>, NotAUrl> {
    if text.is_empty() {
        return Ok(None);
    }
    let (scheme, rest) = text.split_once("://").ok_or(NotAUrl::Scheme)?;
    let scheme = scheme.to_ascii_lowercase();
    let default_port = match scheme.as_str() {
        "https" => 443,
        "http" => 80,
        _ => return Err(NotAUrl::Scheme),
    };
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let authority = authority.to_ascii_lowercase();
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !authority.ends_with(']') => (host, Some(port)),
        _ => (authority.as_str(), None),
    };
    if !is_host(host) {
        return Err(NotAUrl::Host);
    }
    let port = match port {
        None => default_port,
        Some(digits) if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) => {
            digits.parse::<u16>().ok().filter(|p| *p != 0).ok_or(NotAUrl::Port)?
        }
        Some(_) => return Err(NotAUrl::Port),
    };
    let base = path.strip_suffix('/').unwrap_or(path);
    if !is_base(base) {
        return Err(NotAUrl::Path);
    }
    let origin = if port == default_port { format!("{scheme}://{host}") } else { format!("{scheme}://{host}:{port}") };
    Ok(Some(PublicUrl { origin, base: base.to_owned() }))
}

/// Nothing, or `/` and a name, as often as wanted. A name of one or two dots is a step of a path to every browser.
fn is_base(path: &str) -> bool {
    let is_name = |name: &str| {
        !matches!(name, "" | "." | "..")
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'~' | b'-'))
    };
    path.is_empty()
        || path.len() <= MAX_BASE && path.strip_prefix('/').is_some_and(|names| names.split('/').all(is_name))
}

fn is_host(host: &str) -> bool {
    if let Some(address) = host.strip_prefix('[').and_then(|h| h.strip_suffix(']')) {
        return address.parse::<std::net::Ipv6Addr>().is_ok_and(|parsed| parsed.to_string() == address);
    }
    host.len() <= 253
        && host.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
                && !label.starts_with('-')
                && !label.ends_with('-')
        })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_origin_is_spelled_as_browsers_spell_it_and_a_base_path_has_no_slash_at_its_end() {
        for (text, origin, base) in [
            ("https://shell.example.org", "https://shell.example.org", ""),
            ("https://Shell.Example.org/", "https://shell.example.org", ""),
            ("HTTPS://shell.example.org:443", "https://shell.example.org", ""),
            ("http://10.0.0.5:80/", "http://10.0.0.5", ""),
            ("https://host:8443", "https://host:8443", ""),
            ("http://[::1]:8080", "http://[::1]:8080", ""),
            ("http://[2001:db8::1]", "http://[2001:db8::1]", ""),
            ("https://host/Shell", "https://host", "/Shell"),
            ("https://HOST:8443/a/b-c/", "https://host:8443", "/a/b-c"),
            ("http://[::1]:8080/~x", "http://[::1]:8080", "/~x"),
        ] {
            let url = PublicUrl { origin: origin.to_owned(), base: base.to_owned() };
            assert_eq!(parse(text), Ok(Some(url)), "{text}");
        }
        assert_eq!(parse(""), Ok(None));
    }

    #[test]
    fn what_no_browser_sends_as_origin_or_would_spell_otherwise_is_refused() {
        let long = format!("https://host/{}", "a".repeat(MAX_BASE));
        for (text, why) in [
            ("shell.example.org", NotAUrl::Scheme),
            ("ftp://host", NotAUrl::Scheme),
            ("https://host//", NotAUrl::Path),
            ("https://host/a//b", NotAUrl::Path),
            ("https://host/a/../b", NotAUrl::Path),
            ("https://host/.", NotAUrl::Path),
            ("https://host/a%20b", NotAUrl::Path),
            ("https://host/a b", NotAUrl::Path),
            ("https://host/a\"b", NotAUrl::Path),
            ("https://host/a;b", NotAUrl::Path),
            ("https://host/ä", NotAUrl::Path),
            ("https://host?x", NotAUrl::Path),
            ("https://host/a?x", NotAUrl::Path),
            ("https://host/a#x", NotAUrl::Path),
            (long.as_str(), NotAUrl::Path),
            ("https://user@host", NotAUrl::Host),
            ("https://", NotAUrl::Host),
            ("https://-host", NotAUrl::Host),
            ("https://höst", NotAUrl::Host),
            ("https://a..b", NotAUrl::Host),
            ("https://[::1", NotAUrl::Host),
            ("http://[0:0::1]", NotAUrl::Host),
            ("https://host\nx", NotAUrl::Host),
            ("https://host:0", NotAUrl::Port),
            ("https://host:99999", NotAUrl::Port),
            ("https://host:+1", NotAUrl::Port),
        ] {
            assert_eq!(parse(text), Err(why), "{text}");
        }
    }

    proptest! {
        #[test]
        fn an_address_read_once_reads_the_same_again(text in "https?://[a-zA-Z0-9.:\\[\\]-]{0,24}(/[a-zA-Z0-9._~%/-]{0,9})?") {
            if let Ok(Some(url)) = parse(&text) {
                prop_assert_eq!(parse(&format!("{}{}", url.origin, url.base)), Ok(Some(url)));
            }
        }
    }
}
