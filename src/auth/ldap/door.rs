//! The servers in order: which was good last, which is down, and how one is reached.

use std::{fmt, time::Duration};

use super::connection::{Connection, WireError};
use crate::config::{LdapAuth, LdapUrl};

/// The configured servers with the certificates that are trusted. One for as long as the configuration holds.
pub(crate) struct Servers {}

/// A part of reaching a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Resolve,
    Connect,
    StartTls,
    Tls,
}

/// One try at one server: what was done, and how long each step took.
#[derive(Debug)]
pub(crate) struct Attempt {
    pub(crate) url: LdapUrl,
    /// In order; the last is the one that failed, if one did.
    pub(crate) steps: Vec<(Step, Duration)>,
    /// What the server presented, its own first. Also there when they were refused.
    pub(crate) certificates: Vec<Certificate>,
    /// The sentence, with what to do; `None`: it went well.
    pub(crate) failure: Option<String>,
}

/// What can be told of a certificate without trusting it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Certificate {
    pub(crate) subject: String,
    pub(crate) issuer: String,
    /// DNS names and addresses that it is good for.
    pub(crate) names: Vec<String>,
    /// `2027-11-26 15:00:00 UTC`
    pub(crate) not_after: String,
    /// It says of itself that it is a CA.
    pub(crate) ca: bool,
    /// SHA-256 in hexadecimal, colons between bytes, as openssl prints it.
    pub(crate) fingerprint: String,
}

impl fmt::Display for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.url, self.failure.as_deref().unwrap_or("reached"))
    }
}

/// The certificates or keys that the configuration names cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct TrustError(String);

impl Servers {
    /// Reads `ca_file` or the system's certificates, and the client's if there is one; nothing is sent. Reads files:
    /// some 30 ms for the system's.
    ///
    /// # Errors
    /// [`TrustError`] names the file and what is wrong with it.
    pub(crate) fn new(_settings: &LdapAuth) -> Result<Servers, TrustError> {
        Err(TrustError("no certificates are read yet".to_owned()))
    }

    /// Connects to the first server that can be reached: the one that was good last, then the configured order, those
    /// that failed within 30 s only if there is no other. Each has `connect_timeout` for everything before its first
    /// answer. The connection is anonymous.
    ///
    /// # Errors
    /// [`WireError::Unreachable`]
    pub(crate) async fn open(&self) -> Result<Connection, WireError> {
        Err(WireError::Unreachable(Vec::new()))
    }

    /// The same with this server alone, whatever is known of it; for `coracle ldap test`.
    pub(crate) async fn attempt(&self, url: &LdapUrl) -> (Attempt, Option<Connection>) {
        (Attempt { url: url.clone(), steps: Vec::new(), certificates: Vec::new(), failure: None }, None)
    }
}
