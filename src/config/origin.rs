//! `server.public_url`: the one origin that browsers use, spelled the way they spell it in their Origin header.

/// Why a text is no origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotAnOrigin {
    #[error("does not begin with https:// (or http://); write \"https://shell.example.org\"")]
    Scheme,
    #[error("has something after the host; write only \"https://host\" or \"https://host:port\"")]
    Path,
    #[error(
        "has a host that browsers do not send; write letters, digits, dots and - (or [IPv6]), not a user or umlauts"
    )]
    Host,
    #[error("has a port that is not 1 to 65535; write \"https://shell.example.org:8443\"")]
    Port,
}

/// Reads `https://host[:port]`; one trailing slash is tolerated, a default port is dropped, letters become lower case,
/// an empty text is no origin.
pub(crate) fn parse(text: &str) -> Result<Option<String>, NotAnOrigin> {
    if text.is_empty() {
        return Ok(None);
    }
    let lower = text.to_ascii_lowercase();
    let (scheme, rest, default_port) = if let Some(rest) = lower.strip_prefix("https://") {
        ("https", rest, 443)
    } else if let Some(rest) = lower.strip_prefix("http://") {
        ("http", rest, 80)
    } else {
        return Err(NotAnOrigin::Scheme);
    };
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    if rest.contains(['/', '?', '#']) {
        return Err(NotAnOrigin::Path);
    }
    let (host, port) = match rest.rsplit_once(':') {
        Some((host, port)) if !rest.ends_with(']') => (host, Some(port)),
        _ => (rest, None),
    };
    if !is_host(host) {
        return Err(NotAnOrigin::Host);
    }
    let port = match port {
        None => default_port,
        Some(digits) if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) => {
            digits.parse::<u16>().ok().filter(|p| *p != 0).ok_or(NotAnOrigin::Port)?
        }
        Some(_) => return Err(NotAnOrigin::Port),
    };
    Ok(Some(if port == default_port { format!("{scheme}://{host}") } else { format!("{scheme}://{host}:{port}") }))
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
    fn an_origin_is_spelled_as_browsers_spell_it() {
        for (text, origin) in [
            ("https://shell.example.org", "https://shell.example.org"),
            ("https://Shell.Example.org/", "https://shell.example.org"),
            ("https://shell.example.org:443", "https://shell.example.org"),
            ("http://10.0.0.5:80/", "http://10.0.0.5"),
            ("https://host:8443", "https://host:8443"),
            ("http://[::1]:8080", "http://[::1]:8080"),
            ("http://[2001:db8::1]", "http://[2001:db8::1]"),
        ] {
            assert_eq!(parse(text), Ok(Some(origin.to_owned())), "{text}");
        }
        assert_eq!(parse(""), Ok(None));
    }

    #[test]
    fn what_no_browser_sends_as_origin_is_refused() {
        for (text, why) in [
            ("shell.example.org", NotAnOrigin::Scheme),
            ("ftp://host", NotAnOrigin::Scheme),
            ("https://host/path", NotAnOrigin::Path),
            ("https://host//", NotAnOrigin::Path),
            ("https://host?x", NotAnOrigin::Path),
            ("https://user@host", NotAnOrigin::Host),
            ("https://", NotAnOrigin::Host),
            ("https://-host", NotAnOrigin::Host),
            ("https://höst", NotAnOrigin::Host),
            ("https://a..b", NotAnOrigin::Host),
            ("https://[::1", NotAnOrigin::Host),
            ("http://[0:0::1]", NotAnOrigin::Host),
            ("https://host\nx", NotAnOrigin::Host),
            ("https://host:0", NotAnOrigin::Port),
            ("https://host:99999", NotAnOrigin::Port),
            ("https://host:+1", NotAnOrigin::Port),
        ] {
            assert_eq!(parse(text), Err(why), "{text}");
        }
    }

    proptest! {
        #[test]
        fn an_origin_read_once_reads_the_same_again(text in "https?://[a-zA-Z0-9.:/\\[\\]-]{0,24}") {
            if let Ok(Some(origin)) = parse(&text) {
                prop_assert_eq!(parse(&origin), Ok(Some(origin.clone())));
            }
        }
    }
}
