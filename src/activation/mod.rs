//! Sockets handed over by systemd (by name) or bound in the foreground; READY, STATUS, WATCHDOG and STOPPING handed
//! back; what systemd keeps for the next daemon; one daemon for each Podman user.
//!
//! The accept loop that owns the idle exit is `http::accept`; this module only says what it listens on.

mod bind;
mod inherited;
mod lock;
mod notify;
mod store;

pub(crate) use bind::{Address, bind, bind_control};
pub(crate) use inherited::Inherited;
pub(crate) use lock::Lock;
pub(crate) use notify::{Watchdog, ready, status, stopping};
pub(crate) use store::{Departure, Stored, departure, store, unstore};

use std::os::unix::net::UnixListener;
use std::{fmt, net::TcpListener};

/// Which door a connection comes through; the `FileDescriptorName=` of its socket unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Entrance {
    /// Plain HTTP over TCP.
    Http,
    /// TCP for TLS.
    Https,
    /// Plain HTTP over a unix socket, for a proxy on this host.
    Unix,
    /// The operator's own door: `coracle ps` and `coracle end`.
    Control,
}

impl Entrance {
    const ALL: [Entrance; 4] = [Self::Http, Self::Https, Self::Unix, Self::Control];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
            Self::Unix => "unix",
            Self::Control => "control",
        }
    }

    fn by_name(name: &str) -> Option<Entrance> {
        Self::ALL.into_iter().find(|e| e.name() == name)
    }

    fn is_tcp(self) -> bool {
        matches!(self, Self::Http | Self::Https)
    }
}

/// A listening socket, non-blocking already.
#[derive(Debug)]
pub(crate) enum Listener {
    Tcp(TcpListener),
    Unix(UnixListener),
}

impl fmt::Display for Listener {
    /// The address, as a person would write it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(socket) => match socket.local_addr() {
                Ok(address) => write!(f, "{address}"),
                Err(error) => write!(f, "an unknown address ({error})"),
            },
            Self::Unix(socket) => match socket.local_addr().ok().and_then(|a| a.as_pathname().map(ToOwned::to_owned)) {
                Some(path) => write!(f, "unix:{}", path.display()),
                None => f.write_str("unix:(unnamed)"),
            },
        }
    }
}
