//! Who is this? The users file answers; the throttle bounds the guessing; the login store remembers the browser.

mod gate; //        a name and a password become a person
#[allow(dead_code)]
pub(crate) mod ldap; //        the company's directory
mod ledger; //      the throttle's records on disk
mod lobby; //       logins in flight, bounded
mod local; //       the users file on disk
mod login_files; // the logins on disk
mod logins; //      the browsers that are logged in
mod tickets; //     a WebSocket without a cookie
mod password; //    typed ones, hashed ones
mod refusals; //    how much a stranger may write into the journal
mod throttle; //    how often somebody may guess
mod users; //       the users file as text

#[cfg(fuzzing)]
pub(crate) mod fuzz;

use std::fmt;

pub(crate) use gate::{Auth, Refused};
pub(crate) use local::{UsersError, UsersFile};
pub(crate) use logins::Login;
#[cfg(test)]
pub(crate) use password::Checker;
pub(crate) use password::{Hash, MAX_PASSWORD, Password};
pub(crate) use tickets::{Purpose, TTL as TICKET_TTL};
pub(crate) use users::{Account, AccountId, UserName, Users};

/// Who may come back to a session: `local:<16 hex digits>`. A re-created account gets another one and inherits nothing.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub(crate) struct OwnerId(String);

impl OwnerId {
    /// The owner named by the id field of a line of the users file.
    pub(crate) fn local(id: &str) -> Self {
        Self(format!("local:{id}"))
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
}

impl Person {
    /// Directories compare names of groups without case, the users file with it.
    pub(crate) fn is_in(&self, group: &str) -> bool {
        let of_directory = self.owner.0.starts_with("ldap:");
        self.groups.iter().any(|own| own == group || (of_directory && own.to_lowercase() == group.to_lowercase()))
    }

    /// Members of group `admin` see and end all sessions.
    pub(crate) fn is_admin(&self) -> bool {
        self.groups.iter().any(|g| g == "admin")
    }
}
