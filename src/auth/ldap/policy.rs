//! What a bind's response controls say of the password: the draft "behera" that OpenLDAP speaks, and Netscape's two.

/// What came beside a bind's result code. Only what a server really said is set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Policy {
    /// The password policy control came, if only to say nothing. OpenLDAP sends it for entries that exist.
    pub(crate) spoke: bool,
    pub(crate) error: Option<PolicyError>,
    /// Seconds until the password expires, by either control.
    pub(crate) expires_in: Option<u64>,
    /// Logins that the expired password is still good for.
    pub(crate) grace_left: Option<u32>,
    /// 2.16.840.1.113730.3.4.4: the password has expired, or must be changed before anything else.
    pub(crate) expired: bool,
}

/// The `error` of the password policy control.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PolicyError {
    PasswordExpired,
    AccountLocked,
    ChangeAfterReset,
    /// One that only speaks of changing passwords, or one that came later.
    Other(u8),
}
