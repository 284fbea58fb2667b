//! The company's directory: finds a person, proves a password, and says later whether the person may still be here.
//!
//! A login is `Directory::visit` → `Visit::find` → (throttle) → `Visit::prove`. Finding costs no try of anybody's
//! password, so the throttle can count under who was found, however the name was typed.

mod visit; //       one login: find, then prove
mod standing; //    somebody who is logged in already
mod trial; //       a login step by step, for whoever sets it up
mod person; //      an entry becomes a name, an id and what they may do
mod groups; //      which groups somebody is in, directly and through others
mod account; //     what an entry says of its account
mod verdict; //     what a bind's answer means
mod line; //        searches in a row, and the service account's bind
mod secret; //      the service account's password
mod ber; //         tags, lengths, contents
mod guard; //       what a server may say to a request
mod relay; //       bytes between ldap3 and a server, past the guard
mod policy; //      what a bind's controls say of the password
mod connection; //  bind and search; ldap3's types stay in there
mod certificate; // what a server presented
mod trust; //       who is believed, and why somebody is not
mod asked; //       which of them is waited for
mod door; //        the servers in order, and the way to each

#[cfg(any(test, fuzzing))]
pub(crate) mod fuzz;
#[cfg(test)]
mod bed; //         on real servers
#[cfg(test)]
mod played;
#[cfg(test)]
mod tests;

use std::sync::{Arc, atomic::AtomicU64};

use super::Password;
use crate::config::LdapAuth;
pub(crate) use certificate::Certificate;
use door::Servers;
pub(crate) use trial::{Fault, ServerTrial, Step, expires_within};
pub(crate) use visit::Visit;

/// The directory as configured. Cheap to share.
pub(crate) struct Directory {
    settings: Arc<LdapAuth>,
    servers: Servers,
    /// Binds with a typed password, sent for whomever: tests compare the count, since clocks lie.
    binds: AtomicU64,
}

/// The directory could not be asked. Never the person's fault: not counted as a failed login.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Trouble(pub(crate) String);

/// Who the name seems to be, before any password was tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Candidate {
    /// Counts tries: the id attribute's value, or in template mode the lower-cased name.
    pub(crate) key: String,
    /// For the audit.
    pub(crate) name: String,
    pub(crate) dn: String,
}

/// Somebody as the directory has them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    /// Value of `id_attribute`, text or hexadecimal, at most 128 characters, printable ASCII.
    pub(crate) id: String,
    /// Canonical, matches `username_pattern`.
    pub(crate) name: String,
    /// Names (cn) of groups.
    pub(crate) groups: Vec<String>,
    /// In one of `admin_groups`.
    pub(crate) admin: bool,
}

/// What a bind with the typed password said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Proof {
    /// May come in.
    In { found: Found, notice: Option<Notice> },
    /// Generic answer for the browser; the reason is for the audit.
    Refused { reason: String },
    /// The password was right, so the person may be told.
    Stopped { found_name: String, state: Stopped },
}

/// What somebody who may come in should know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Notice {
    ExpiresIn { seconds: u64 },
    GraceLoginsLeft { left: u32 },
}

/// Why a right password lets nobody in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stopped {
    PasswordExpired,
    MustChange,
    Disabled,
    AccountExpired,
    /// Wrong hours or workstation.
    NotNow,
    /// `allow_groups`, `deny_groups` or `require_filter` say no.
    NotAllowed,
}

#[cfg(test)]
impl Stopped {
    pub(crate) const ALL: [Stopped; 6] = [
        Stopped::PasswordExpired,
        Stopped::MustChange,
        Stopped::Disabled,
        Stopped::AccountExpired,
        Stopped::NotNow,
        Stopped::NotAllowed,
    ];
}

/// How somebody with a login or a session stands now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Standing {
    Good(Found),
    /// Removed, disabled, locked, expired, or out of the allowed groups; the reason is for the audit.
    Gone {
        reason: String,
    },
}

impl Directory {
    /// Reads the certificates that are trusted; sends nothing. A new configuration wants a new one.
    ///
    /// # Errors
    /// A certificate or key that the configuration names cannot be used.
    pub(crate) fn new(settings: Arc<LdapAuth>) -> Result<Directory, Trouble> {
        let servers = Servers::new(&settings).map_err(|e| Trouble(e.to_string()))?;
        Ok(Directory { settings, servers, binds: AtomicU64::new(0) })
    }
}
