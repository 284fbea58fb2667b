//! What a trusted proxy says of the request before it: `Forwarded` (RFC 7239), or `X-Forwarded-For` and
//! `X-Forwarded-Proto`. Whether the peer is one is asked before; of anybody else these headers are not looked at.
//!
//! Each proxy writes who connected to it behind what it was given. So the client is the last one that is no trusted
//! proxy: whatever a client wrote itself stands before that, and decides nothing.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use hyper::header::{self, HeaderMap};

use crate::config::TrustedProxies;

const X_FORWARDED_FOR: &str = "x-forwarded-for";
const X_FORWARDED_PROTO: &str = "x-forwarded-proto";

/// What a proxy told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Told {
    /// `None` where it told nothing, or keeps the address to itself.
    pub(crate) client: Option<IpAddr>,
    /// How the client reached the first trusted proxy.
    pub(crate) scheme: Option<Scheme>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scheme {
    Http,
    Https,
}

/// Why a request that a trusted proxy brought is not served: no guess is made at who sent it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unclear {
    /// A header that decides is not written as its definition says.
    Malformed,
    /// `Forwarded` and `X-Forwarded-*` tell different things: the proxy sets one and lets the client's own pass.
    Contradiction,
}

impl Unclear {
    /// For the journal.
    pub(crate) fn what(self) -> &'static str {
        match self {
            Unclear::Malformed => "malformed Forwarded or X-Forwarded",
            Unclear::Contradiction => "Forwarded contradicts X-Forwarded",
        }
    }
}

/// Reads what there is.
///
/// # Errors
/// [`Unclear`]. What a client may have put in front of a proxy's own `X-Forwarded-For` cannot cause it; in `Forwarded` it
/// can, since an open quote there swallows what follows.
pub(crate) fn read(headers: &HeaderMap, trusted: &TrustedProxies) -> Result<Told, Unclear> {
    let forwarded = forwarded(headers, trusted)?;
    let client = x_forwarded_for(headers, trusted)?;
    let scheme = x_forwarded_proto(headers)?;
    let Some(told) = forwarded else { return Ok(Told { client: client.flatten(), scheme }) };
    let agree = client.is_none_or(|client| client == told.client)
        && (told.scheme.is_none() || scheme.is_none() || told.scheme == scheme);
    if agree { Ok(Told { scheme: told.scheme.or(scheme), ..told }) } else { Err(Unclear::Contradiction) }
}

/// One proxy's word on who connected to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Hop {
    from: Node,
    scheme: Option<Scheme>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Node {
    Address(IpAddr),
    /// `unknown`, `_name`, or nothing: it is not told.
    Hidden,
    Malformed,
}

/// The last hop that is not a trusted proxy's; where all are, the first. `None` without any.
fn client(hops: impl IntoIterator<Item = Hop>, trusted: &TrustedProxies) -> Option<Hop> {
    let is_proxy = |node| matches!(node, Node::Address(address) if trusted.contains(address));
    hops.into_iter().reduce(|client, hop| if is_proxy(hop.from) { client } else { hop })
}

impl Node {
    fn address(self) -> Result<Option<IpAddr>, Unclear> {
        match self {
            Node::Address(address) => Ok(Some(address)),
            Node::Hidden => Ok(None),
            Node::Malformed => Err(Unclear::Malformed),
        }
    }
}

fn forwarded(headers: &HeaderMap, trusted: &TrustedProxies) -> Result<Option<Told>, Unclear> {
    let mut hops = Vec::new(); // as many as a request's head has room for
    for line in headers.get_all(header::FORWARDED) {
        elements(line.as_bytes(), &mut hops).ok_or(Unclear::Malformed)?;
    }
    let told = |hop: Hop| Ok(Told { client: hop.from.address()?, scheme: hop.scheme });
    client(hops, trusted).map(told).transpose()
}

/// The outer `None`: there is no such header.
fn x_forwarded_for(headers: &HeaderMap, trusted: &TrustedProxies) -> Result<Option<Option<IpAddr>>, Unclear> {
    let hops = entries(headers, X_FORWARDED_FOR).map(|text| Hop { from: bare_node(text), scheme: None });
    client(hops, trusted).map(|hop| hop.from.address()).transpose()
}

/// https only if every proxy says so.
fn x_forwarded_proto(headers: &HeaderMap) -> Result<Option<Scheme>, Unclear> {
    entries(headers, X_FORWARDED_PROTO).try_fold(None, |known, text| {
        let scheme = scheme(text).ok_or(Unclear::Malformed)?;
        Ok(Some(if known == Some(Scheme::Http) { Scheme::Http } else { scheme }))
    })
}

/// What stands between commas, over all lines of that name.
fn entries<'h>(headers: &'h HeaderMap, name: &'static str) -> impl Iterator<Item = &'h [u8]> {
    let lines = headers.get_all(name).iter();
    lines.flat_map(|line| line.as_bytes().split(|b| *b == b',')).map(<[u8]>::trim_ascii).filter(|text| !text.is_empty())
}

/// WebSockets have names of their own, which some proxies use.
fn scheme(text: &[u8]) -> Option<Scheme> {
    let is = |names: [&str; 2]| names.iter().any(|name| text.eq_ignore_ascii_case(name.as_bytes()));
    match () {
        () if is(["https", "wss"]) => Some(Scheme::Https),
        () if is(["http", "ws"]) => Some(Scheme::Http),
        () => None,
    }
}

/// As `X-Forwarded-For` has it: an address, with or without a port; `unknown`; nginx writes `unix:` for its unix sockets.
fn bare_node(text: &[u8]) -> Node {
    if text.eq_ignore_ascii_case(b"unknown") || text == b"unix:" {
        return Node::Hidden;
    }
    let address = std::str::from_utf8(text).ok().and_then(|text| {
        let bracketed = text.strip_prefix('[').and_then(|t| t.strip_suffix(']')).map(str::parse::<Ipv6Addr>);
        let with_port = || text.parse::<SocketAddr>().ok().map(|socket| socket.ip());
        bracketed.map_or_else(|| text.parse().ok().or_else(with_port), |v6| v6.ok().map(IpAddr::V6))
    });
    address.map_or(Node::Malformed, |address| Node::Address(address.to_canonical()))
}

/// As `for=` has it (RFC 7239 §6): IPv6 in brackets, then perhaps a port or what stands for one.
fn node(text: &[u8]) -> Node {
    let Ok(text) = std::str::from_utf8(text) else { return Node::Malformed };
    let (name, port) = match text.strip_prefix('[') {
        Some(rest) => match rest.split_once(']') {
            Some((name, port)) => (name.parse::<Ipv6Addr>().ok().map(IpAddr::V6), port),
            None => return Node::Malformed,
        },
        None => {
            let (name, port) = text.split_at(text.find(':').unwrap_or(text.len()));
            if (name.eq_ignore_ascii_case("unknown") || is_obfuscated(name)) && is_port(port) {
                return Node::Hidden;
            }
            (name.parse::<Ipv4Addr>().ok().map(IpAddr::V4), port)
        }
    };
    name.filter(|_| is_port(port)).map_or(Node::Malformed, |address| Node::Address(address.to_canonical()))
}

/// Nothing, or a colon and up to five digits or an obfuscated name.
fn is_port(text: &str) -> bool {
    let is_number = |port: &str| (1..=5).contains(&port.len()) && port.bytes().all(|b| b.is_ascii_digit());
    text.is_empty() || text.strip_prefix(':').is_some_and(|port| is_number(port) || is_obfuscated(port))
}

fn is_obfuscated(name: &str) -> bool {
    let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
    name.strip_prefix('_').is_some_and(|rest| !rest.is_empty() && rest.bytes().all(fits))
}

/// Adds the elements of one `Forwarded` line; `None` if it is not one.
fn elements(line: &[u8], hops: &mut Vec<Hop>) -> Option<()> {
    let mut rest = line;
    loop {
        let (hop, after) = element(rest)?;
        hops.extend(hop);
        match after.split_first() {
            None => return Some(()),
            Some((b',', next)) => rest = next,
            Some(_) => return None,
        }
    }
}

/// One element and what follows it; an empty one, which a list may have, is no hop. A parameter may be there once.
fn element(mut rest: &[u8]) -> Option<(Option<Hop>, &[u8])> {
    let mut hop = Hop { from: Node::Hidden, scheme: None };
    let mut seen: Vec<&[u8]> = Vec::new();
    loop {
        rest = rest.trim_ascii_start();
        if let Some(name) = token(rest) {
            let (value, after) = value(rest[name.len()..].strip_prefix(b"=")?)?;
            if seen.iter().any(|known| known.eq_ignore_ascii_case(name)) || seen.len() == MAX_PARAMETERS {
                return None;
            }
            seen.push(name);
            if name.eq_ignore_ascii_case(b"for") {
                hop.from = node(&value);
            } else if name.eq_ignore_ascii_case(b"proto") {
                hop.scheme = Some(scheme(&value)?);
            }
            rest = after.trim_ascii_start();
        }
        match rest.strip_prefix(b";") {
            Some(next) => rest = next,
            None => return Some(((!seen.is_empty()).then_some(hop), rest)),
        }
    }
}

/// Parameters of one element: the four that are defined, and room for what others add.
const MAX_PARAMETERS: usize = 16;

/// The characters of a name or of a value without quotes, one at least.
fn token(text: &[u8]) -> Option<&[u8]> {
    let fits = |b: &u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(b);
    let length = text.iter().position(|b| !fits(b)).unwrap_or(text.len());
    (length > 0).then(|| &text[..length])
}

/// A token or a text in quotes, without them, and what follows it.
fn value(text: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let Some(quoted) = text.strip_prefix(b"\"") else {
        let token = token(text)?;
        return Some((token.to_owned(), &text[token.len()..]));
    };
    let (mut value, mut bytes) = (Vec::new(), quoted.iter());
    loop {
        match bytes.next()? {
            b'"' => return Some((value, bytes.as_slice())),
            b'\\' => value.push(*bytes.next()?),
            b => value.push(*b),
        }
    }
}

#[cfg(test)]
mod tests;
