//! Who is this? The users file answers; the throttle bounds the guessing; the login store remembers the browser.

mod gate; //        a name and a password become a person
mod decide; //      which backend's word counts
mod devices; //     browsers that somebody logged in with
mod directory; //   the company's directory, as gate and revalidation ask it
pub(crate) mod ldap; // the directory's tongue
mod ledger; //      the throttle's records on disk
mod lobby; //       logins in flight, bounded
mod local; //       the users file on disk
mod login_files; // the logins on disk
mod logins; //      the browsers that are logged in
mod revalidation; // may they still be here?
mod tickets; //     a WebSocket without a cookie
mod password; //    typed ones, hashed ones
mod refusals; //    how much a stranger may write into the journal
mod throttle; //    how often somebody may guess
mod users; //       the users file as text

#[cfg(fuzzing)]
pub(crate) mod fuzz;

use std::fmt;

pub(crate) use devices::DEVICE_LIFETIME;
pub(crate) use gate::{Attempt, Auth, Refused};
pub(crate) use ldap::{Notice, Stopped};
pub(crate) use local::{UsersError, UsersFile};
pub(crate) use logins::{Login, LoginKey};
#[cfg(test)]
pub(crate) use password::Checker;
pub(crate) use password::{Hash, MAX_PASSWORD, Password};
pub(crate) use revalidation::Seats;
pub(crate) use tickets::{Purpose, TTL as TICKET_TTL};
pub(crate) use users::{Account, AccountId, UserName, Users};

/// Who may come back to a session: `local:<16 hex digits>` or `ldap:<value of id_attribute>`. A re-created account gets
/// another one and inherits nothing.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub(crate) struct OwnerId(String);

impl OwnerId {
    /// The owner named by the id field of a line of the users file.
    pub(crate) fn local(id: &str) -> Self {
        Self(format!("local:{id}"))
    }

    /// The owner whom the directory knows by this id.
    pub(crate) fn ldap(id: &str) -> Self {
        Self(format!("ldap:{id}"))
    }

    /// The directory's id of this owner; `None` for a local one.
    pub(crate) fn directory_id(&self) -> Option<&str> {
        self.0.strip_prefix("ldap:")
    }
}

impl fmt::Display for OwnerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Somebody whose password was right.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Person {
    pub(crate) owner: OwnerId,
    /// For display and for the audit; never an identity.
    pub(crate) name: String,
    pub(crate) groups: Vec<String>,
    /// Sees and ends all sessions: a local account in group `admin`, or somebody in `auth.ldap.admin_groups`. A group of the
    /// directory that happens to be called `admin` gives nothing.
    #[serde(default)] // a record of before there was such a thing; the next look at the account sets it
    pub(crate) admin: bool,
}

impl Person {
    /// Directories compare names of groups without case, the users file with it.
    pub(crate) fn is_in(&self, group: &str) -> bool {
        let of_directory = self.owner.directory_id().is_some();
        self.groups.iter().any(|own| own == group || (of_directory && own.to_lowercase() == group.to_lowercase()))
    }

    pub(crate) fn is_admin(&self) -> bool {
        self.admin
    }
}

impl From<ldap::Found> for Person {
    fn from(found: ldap::Found) -> Person {
        let ldap::Found { id, name, groups, admin } = found;
        Person { owner: OwnerId::ldap(&id), name, groups, admin }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(owner: OwnerId) -> Person {
        Person { owner, name: "mira".into(), groups: vec!["Dev".into(), "Häuser".into()], admin: false }
    }

    #[test]
    fn groups_of_a_directory_are_the_same_in_any_case_and_those_of_the_users_file_are_not() {
        let (far, near) = (person(OwnerId::ldap("1")), person(OwnerId::local("0123456789abcdef")));
        assert!(far.is_in("dev") && far.is_in("HÄUSER") && !far.is_in("de"));
        assert!(near.is_in("Dev") && !near.is_in("dev"));
    }

    #[test]
    fn a_group_of_the_directory_called_admin_makes_no_administrator() {
        let found = |admin| ldap::Found { id: "1".into(), name: "x".into(), groups: vec!["admin".into()], admin };
        assert!(!Person::from(found(false)).is_admin());
        assert!(Person::from(found(true)).is_admin());
    }

    #[test]
    fn a_record_of_an_earlier_version_is_read_and_its_person_is_no_administrator_yet() {
        let earlier = r#"{"owner":"local:0123456789abcdef","name":"mira","groups":["admin"]}"#;
        assert!(!serde_json::from_str::<Person>(earlier).unwrap().is_admin());
    }
}
