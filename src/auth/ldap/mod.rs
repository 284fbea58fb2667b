//! The company's directory: finds a person, proves a password, and says later whether the person may still be here.
//!
//! A login is `Directory::visit` → `Visit::find` → (throttle) → `Visit::prove`. Finding costs no try of anybody's
//! password, so the throttle can count under who was found, however the name was typed.

use std::sync::Arc;

use super::Password;
use crate::config::LdapAuth;

/// The directory as configured. Cheap to share.
pub(crate) struct Directory {
    settings: Arc<LdapAuth>,
}

/// The directory could not be asked. Never the person's fault: not counted as a failed login.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Trouble(pub(crate) String);

/// One login's connection.
pub(crate) struct Visit<'d> {
    directory: &'d Directory,
}

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
    /// Opens one login's connection: first good URL, TLS, service bind.
    pub(crate) async fn visit(&self) -> Result<Visit<'_>, Trouble> {
        Err(Trouble("skeleton".into()))
    }

    /// How the person with this id stands, as the service account sees it.
    pub(crate) async fn standing(&self, _id: &str) -> Result<Standing, Trouble> {
        Err(Trouble("skeleton".into()))
    }
}

impl Visit<'_> {
    /// Exactly one entry, or nobody.
    pub(crate) async fn find(&mut self, _name: &str) -> Result<Option<Candidate>, Trouble> {
        Err(Trouble("skeleton".into()))
    }

    /// One bind, whoever it is: for nobody it is one of a fixed DN that does not exist, so the work is the same.
    pub(crate) async fn prove(self, _candidate: Option<&Candidate>, _password: &Password) -> Result<Proof, Trouble> {
        Err(Trouble("skeleton".into()))
    }
}
