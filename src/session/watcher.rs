//! What somebody may see of a session: their own, or as an administrator anybody's, to look at.

use crate::auth::{OwnerId, Person};

/// What somebody who comes to a session's terminal can claim.
#[derive(Debug, Clone)]
pub(crate) enum Claim {
    /// Their own session: the keyboard and all.
    Own(Person),
    /// Anybody's, to look at.
    Look(Watcher),
}

impl Claim {
    /// Whether it holds for a session of `owner`.
    pub(crate) fn covers(&self, owner: &OwnerId) -> bool {
        match self {
            Claim::Own(person) => person.owner == *owner,
            Claim::Look(_) => true,
        }
    }

    /// For the audit, and for whoever is told.
    pub(crate) fn name(&self) -> &str {
        match self {
            Claim::Own(person) => &person.name,
            Claim::Look(watcher) => &watcher.name,
        }
    }
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
