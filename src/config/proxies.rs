//! `server.trusted_proxies`: of whom it is believed what the request before it was like.

use std::{
    fmt,
    net::{IpAddr, Ipv6Addr},
};

/// Entries of the list; a company has a handful of proxies.
pub(crate) const MAX_PROXIES: usize = 64;
/// What stands for whoever may connect to `coracle-unix.socket`.
const UNIX: &str = "unix";

/// The proxies that are trusted; by default none.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub(crate) struct TrustedProxies {
    networks: Vec<Network>,
    /// Whether who comes through `coracle-unix.socket` is one.
    pub(crate) unix: bool,
}

impl TrustedProxies {
    /// Whether this address is that of a trusted proxy.
    pub(crate) fn contains(&self, address: IpAddr) -> bool {
        self.networks.iter().any(|network| network.contains(address))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.networks.is_empty() && !self.unix
    }

    /// Adds `unix`, an address, or a network like `10.1.0.0/16`.
    ///
    /// # Errors
    /// If it is none of them, in words for the operator.
    pub(crate) fn add(&mut self, text: &str) -> Result<(), NotAProxy> {
        if text == UNIX {
            self.unix = true;
        } else {
            self.networks.push(text.parse()?);
        }
        Ok(())
    }
}

/// Why a text is no proxy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotAProxy {
    #[error("is no address, no network and not \"unix\"; write one like \"192.0.2.7\", \"2001:db8::/64\" or \"unix\"")]
    Malformed,
    #[error("has bits beyond its length; write \"{0}\"")]
    HostBits(Network),
    #[error("would be everybody, who could then claim any address; write the proxy's own address")]
    Everybody,
}

/// All addresses that begin with the same bits; a single one has all 128 in common. IPv4 addresses are kept as the mapped
/// IPv6 ones that a socket for both shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Network {
    first: u128,
    /// How many bits count, 1 to 128.
    length: u8,
}

/// Bits in front of a mapped IPv4 address.
const MAPPED: u8 = 96;

impl Network {
    fn contains(self, address: IpAddr) -> bool {
        bits(address) & self.mask() == self.first
    }

    fn mask(self) -> u128 {
        u128::MAX << (128 - u32::from(self.length))
    }
}

fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => u128::from(v4.to_ipv6_mapped()),
        IpAddr::V6(v6) => u128::from(v6),
    }
}

impl std::str::FromStr for Network {
    type Err = NotAProxy;

    fn from_str(text: &str) -> Result<Network, NotAProxy> {
        let (address, length) = text.split_once('/').map_or((text, None), |(address, length)| (address, Some(length)));
        let address: IpAddr = address.parse().map_err(|_| NotAProxy::Malformed)?;
        let (before, most) = if address.is_ipv4() { (MAPPED, 32) } else { (0, 128) };
        let length = match length {
            None => most,
            Some(digits) if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) => {
                digits.parse().ok().filter(|length| *length <= most).ok_or(NotAProxy::Malformed)?
            }
            Some(_) => return Err(NotAProxy::Malformed),
        };
        if length == 0 {
            return Err(NotAProxy::Everybody);
        }
        let whole = Network { first: bits(address), length: before + length };
        let network = Network { first: whole.first & whole.mask(), ..whole };
        if network == whole { Ok(network) } else { Err(NotAProxy::HostBits(network)) }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (Ipv6Addr::from(self.first).to_canonical(), self.length) {
            (address, 128) => address.fmt(f),
            (IpAddr::V4(v4), length) if length >= MAPPED => write!(f, "{v4}/{}", length - MAPPED),
            (_, length) => write!(f, "{}/{length}", Ipv6Addr::from(self.first)),
        }
    }
}

impl serde::Serialize for Network {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn trusted(entries: &[&str]) -> TrustedProxies {
        let mut proxies = TrustedProxies::default();
        for entry in entries {
            proxies.add(entry).unwrap_or_else(|e| panic!("{entry}: {e}"));
        }
        proxies
    }

    #[test]
    fn an_address_is_trusted_if_it_is_listed_or_lies_in_a_listed_network() {
        let proxies = trusted(&["192.0.2.7", "10.1.0.0/16", "2001:db8::/32", "::1"]);
        for inside in ["192.0.2.7", "::ffff:192.0.2.7", "10.1.255.255", "::ffff:10.1.0.1", "2001:db8:9::1", "::1"] {
            assert!(proxies.contains(inside.parse().unwrap()), "{inside}");
        }
        for outside in ["192.0.2.8", "10.2.0.0", "2001:db9::", "::2", "127.0.0.1", "::192.0.2.7"] {
            assert!(!proxies.contains(outside.parse().unwrap()), "{outside}");
        }
        assert!(!proxies.unix && trusted(&["unix"]).unix && TrustedProxies::default().is_empty());
    }

    #[test]
    fn what_is_no_proxy_is_refused_with_the_way_out() {
        let refused = |text: &str| TrustedProxies::default().add(text).unwrap_err();
        for text in ["", "localhost", "10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/+8", "10.0.0/8", "[::1]", "Unix"]
        {
            assert_eq!(refused(text), NotAProxy::Malformed, "{text}");
        }
        assert_eq!(refused("0.0.0.0/0"), NotAProxy::Everybody);
        assert_eq!(refused("::/0"), NotAProxy::Everybody);
        assert_eq!(refused("10.1.2.3/8").to_string(), "has bits beyond its length; write \"10.0.0.0/8\"");
        assert_eq!(refused("2001:db8::1/32").to_string(), "has bits beyond its length; write \"2001:db8::/32\"");
    }

    proptest! {
        #[test]
        fn a_network_is_written_as_it_is_read_and_contains_exactly_what_begins_with_its_bits(
            address: u128, other: u128, length in 1_u8..=128,
        ) {
            let network = Network { first: 0, length };
            let network = Network { first: address & network.mask(), length };
            prop_assert_eq!(network.to_string().parse(), Ok(network));
            let begins = (address ^ other).leading_zeros() >= u32::from(length);
            prop_assert_eq!(network.contains(IpAddr::V6(Ipv6Addr::from(other))), begins);
            prop_assert!(network.contains(IpAddr::V6(Ipv6Addr::from(address))));
        }
    }
}
