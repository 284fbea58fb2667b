//! What somebody may see of a session: their own, from one of their windows, or as an administrator anybody's, to look at.

use crate::auth::{OwnerId, Person};

/// What somebody who comes to a session's terminal can claim.
#[derive(Debug, Clone)]
pub(crate) enum Claim {
    /// Their own session: the keyboard and all.
    Own { person: Person, window: Option<Window> },
    /// Anybody's, to look at.
    Look(Watcher),
}

impl Claim {
    /// Whether it holds for a session of `owner`.
    pub(crate) fn covers(&self, owner: &OwnerId) -> bool {
        match self {
            Claim::Own { person, .. } => person.owner == *owner,
            Claim::Look(_) => true,
        }
    }

    /// For the audit, and for whoever is told.
    pub(crate) fn name(&self) -> &str {
        match self {
            Claim::Own { person, .. } => &person.name,
            Claim::Look(watcher) => &watcher.name,
        }
    }
}

/// A window of a browser, as far as it says: by that its connections are known to follow one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Window {
    /// Any number that it drew.
    pub(crate) id: u64,
    /// It comes back by itself after its connection broke: nobody there has asked for the keyboard.
    pub(crate) returns: bool,
}

/// Somebody who may look at the sessions of others, and do nothing else there.
#[derive(Debug, Clone)]
pub(crate) struct Watcher {
    name: String,
}

impl Watcher {
    /// `None`: this person may not.
    pub(crate) fn administrator(person: &Person) -> Option<Watcher> {
        person.is_admin().then(|| Watcher { name: person.name.clone() })
    }

    /// Whoever came through the control socket, called as in the audit: `uid 0`.
    pub(crate) fn operator(uid: String) -> Watcher {
        Watcher { name: uid }
    }
}
