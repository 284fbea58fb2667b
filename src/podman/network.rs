//! How a session reaches the network that its profile grants: a process of Podman's, which speaks for it as the
//! account would.

use super::PodmanError;
use crate::{config::Profile, session::SessionId};

/// The first Podman that knows pasta. Version 4.3 has slirp4netns alone.
const PASTA_SINCE: (u32, u32) = (4, 4);

/// The program between a session and the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Uplink {
    Pasta,
    Slirp4netns,
}

impl Uplink {
    /// The best one that a Podman of this version (`5.4.2`) has.
    pub(super) fn of_version(version: &str) -> Uplink {
        let mut parts = version.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
        let version = (parts.next().unwrap_or(0), parts.next().unwrap_or(0));
        if version >= PASTA_SINCE { Uplink::Pasta } else { Uplink::Slirp4netns }
    }

    /// The network mode and its options: no port comes in, no address stands for the host, and its loopback stays closed.
    pub(super) fn asked(self) -> (&'static str, &'static [&'static str]) {
        match self {
            Uplink::Pasta => (
                "pasta",
                &["--map-guest-addr", "none", "--no-map-gw", "-T", "none", "-U", "none", "-t", "none", "-u", "none"],
            ),
            Uplink::Slirp4netns => ("slirp4netns", &["allow_host_loopback=false", "enable_ipv6=false"]),
        }
    }

    /// The certificate's word for what a session behind it reaches.
    pub(super) fn word(self) -> &'static str {
        match self {
            Uplink::Pasta => "outbound",
            Uplink::Slirp4netns => "outbound-and-host",
        }
    }

    /// Whether this uplink keeps what the profile says about the host.
    ///
    /// # Errors
    /// [`PodmanError::HostOpen`]: slirp4netns connects to the host's own addresses as if they were any other.
    pub(super) fn may_serve(self, profile: &Profile, id: SessionId) -> Result<(), PodmanError> {
        match self {
            Uplink::Slirp4netns if !profile.allow_host_access => {
                Err(PodmanError::HostOpen { id, profile: profile.name.clone() })
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pasta_is_taken_where_podman_knows_it() {
        for (version, uplink) in [
            ("4.3.1", Uplink::Slirp4netns),
            ("4.4.0", Uplink::Pasta),
            ("5.4.2", Uplink::Pasta),
            ("10.0.0-rc1", Uplink::Pasta),
            ("", Uplink::Slirp4netns),
        ] {
            assert_eq!(Uplink::of_version(version), uplink, "{version}");
        }
    }

    #[test]
    fn a_helper_that_opens_the_host_serves_only_who_allows_it() {
        let mut profile = Profile::default();
        let id = SessionId::random();
        assert!(Uplink::Pasta.may_serve(&profile, id).is_ok());
        let refused = Uplink::Slirp4netns.may_serve(&profile, id).unwrap_err().to_string();
        assert!(refused.contains("allow_host_access = true"), "{refused}");
        profile.allow_host_access = true;
        assert!(Uplink::Slirp4netns.may_serve(&profile, id).is_ok());
    }
}
