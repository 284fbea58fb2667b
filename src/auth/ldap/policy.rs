//! What a bind's response controls say of the password: the draft "behera" that OpenLDAP speaks, and Netscape's two.

use super::ber::{SEQUENCE, element, number, take};

/// The password policy control of draft-behera-ldap-password-policy: as a request empty, as a response a [`Policy`].
pub(super) const PASSWORD_POLICY: &str = "1.3.6.1.4.1.42.2.27.8.5.1";
/// The password has expired, or must be changed before anything else. Its value says nothing more.
const NETSCAPE_EXPIRED: &str = "2.16.840.1.113730.3.4.4";
/// Seconds until the password expires, in decimal digits.
const NETSCAPE_EXPIRING: &str = "2.16.840.1.113730.3.4.5";

/// What came beside a bind's result code. Only what a server really said is set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Policy {
    /// The password policy control came, if only to say nothing. OpenLDAP sends it for entries that exist.
    pub(crate) spoke: bool,
    pub(crate) error: Option<PolicyError>,
    /// Seconds until the password expires, by either control.
    pub(crate) expires_in: Option<u32>,
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
    Other(u32),
}

impl Policy {
    /// Reads the controls of a bind's answer: OID and value of each. `None` if one of the three is malformed: what it
    /// meant to say may have been that nobody may log in.
    pub(super) fn read<'a>(controls: impl Iterator<Item = (&'a str, Option<&'a [u8]>)>) -> Option<Policy> {
        let mut policy = Policy::default();
        for (oid, value) in controls {
            match oid {
                PASSWORD_POLICY => policy.behera(value?)?,
                NETSCAPE_EXPIRED => policy.expired = true,
                NETSCAPE_EXPIRING => policy.expires_in = Some(std::str::from_utf8(value?).ok()?.trim().parse().ok()?),
                _ => {}
            }
        }
        Some(policy)
    }

    /// `SEQUENCE { warning [0] { [0] seconds | [1] logins } OPTIONAL, error [1] OPTIONAL }`
    fn behera(&mut self, mut value: &[u8]) -> Option<()> {
        const WARNING: u8 = 0xa0;
        const SECONDS: u8 = 0x80;
        const ERROR: u8 = 0x81;
        self.spoke = true;
        let mut inside = take(&mut value, SEQUENCE)?;
        if let Some(mut warning) = take(&mut inside, WARNING) {
            let (tag, content) = element(&mut warning)?;
            let left = number(content)?;
            match tag {
                SECONDS => self.expires_in = Some(left),
                _ => self.grace_left = Some(left),
            }
        }
        if let Some(content) = take(&mut inside, ERROR) {
            self.error = Some(match number(content)? {
                0 => PolicyError::PasswordExpired,
                1 => PolicyError::AccountLocked,
                2 => PolicyError::ChangeAfterReset,
                other => PolicyError::Other(other),
            });
        }
        (inside.is_empty() && value.is_empty()).then_some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(controls: &[(&str, &[u8])]) -> Option<Policy> {
        Policy::read(controls.iter().map(|(oid, value)| (*oid, Some(*value))))
    }

    #[test]
    fn what_openldap_says_of_a_password_is_understood() {
        let said = Policy { spoke: true, ..Policy::default() };
        for (value, meaning) in [
            (&[0x30, 0][..], said.clone()),
            (&[0x30, 3, 0x81, 1, 0], Policy { error: Some(PolicyError::PasswordExpired), ..said.clone() }),
            (&[0x30, 3, 0x81, 1, 1], Policy { error: Some(PolicyError::AccountLocked), ..said.clone() }),
            (&[0x30, 3, 0x81, 1, 2], Policy { error: Some(PolicyError::ChangeAfterReset), ..said.clone() }),
            (&[0x30, 3, 0x81, 1, 6], Policy { error: Some(PolicyError::Other(6)), ..said.clone() }),
            (&[0x30, 5, 0xa0, 3, 0x81, 1, 2], Policy { grace_left: Some(2), ..said.clone() }),
            (&[0x30, 6, 0xa0, 4, 0x80, 2, 0x0e, 0x10], Policy { expires_in: Some(3600), ..said.clone() }),
        ] {
            assert_eq!(read(&[(PASSWORD_POLICY, value)]), Some(meaning), "{value:02x?}");
        }
    }

    #[test]
    fn what_389ds_says_of_a_password_is_understood() {
        let policy = read(&[(NETSCAPE_EXPIRED, b"0"), (NETSCAPE_EXPIRING, b"86400"), ("1.2.3", b"\xff")]).unwrap();
        assert!(policy.expired && !policy.spoke);
        assert_eq!(policy.expires_in, Some(86_400));
    }

    #[test]
    fn a_malformed_policy_is_not_taken_for_none() {
        for value in [
            &[][..],
            &[0x30],
            &[0x31, 0],
            &[0x30, 2, 0x81, 0],
            &[0x30, 3, 0x82, 1, 0],
            &[0x30, 2, 0xa0, 0],
            &[0x30, 0, 0x30, 0],
            &[0x30, 7, 0x81, 5, 0, 0, 0, 0, 2],
        ] {
            assert_eq!(read(&[(PASSWORD_POLICY, value)]), None, "{value:02x?}");
        }
        assert_eq!(Policy::read([(PASSWORD_POLICY, None)].into_iter()), None);
        assert_eq!(read(&[(NETSCAPE_EXPIRING, b"soon")]), None);
    }
}
