//! What decides how a session's container is made, but for its name and its ids: the same for all sessions of a profile under
//! one configuration. Nothing of a person is in it: so any session of the same recipe may have a container that was made ahead.

use std::time::Duration;

use sha2::{Digest, Sha256};

use super::{SessionId, warm::MAX_AGE};
use crate::{
    config::{Profile, Sessions},
    podman::{Mapping, Plan},
    sys,
};

/// Podman's own timeout is longer than the lifetime by this, so that the daemon's reason wins; and by the age of a container
/// that waited, since conmon counts from its making.
const BACKSTOP: Duration = Duration::from_secs(5 * 60);

#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub(crate) struct Recipe {
    /// How many are kept ready decides about none of them, and is 0 here.
    pub(crate) profile: Profile,
    backstop: Duration,
    require_limits: bool,
    /// Bytes.
    disk_floor: u64,
    /// Of this program: another version may ask for something else.
    version: &'static str,
}

impl Recipe {
    pub(crate) fn of(profile: &Profile, sessions: &Sessions) -> Recipe {
        Recipe {
            profile: Profile { warm: 0, ..profile.clone() },
            backstop: sessions.lifetime + BACKSTOP + MAX_AGE,
            require_limits: sessions.require_limits,
            disk_floor: sessions.disk_floor,
            version: env!("CARGO_PKG_VERSION"),
        }
    }

    /// Names it: two containers with the same hash were made alike.
    pub(crate) fn hash(&self) -> String {
        let facts = serde_json::to_vec(self).unwrap_or_default();
        sys::hex(&Sha256::digest(facts)[..8])
    }

    pub(crate) fn plan(&self, id: SessionId, mapping: Mapping) -> Plan {
        Plan {
            id,
            profile: self.profile.clone(),
            config_hash: self.hash(),
            mapping,
            backstop: self.backstop,
            require_limits: self.require_limits,
            disk_floor: self.disk_floor,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, Places};

    #[test]
    fn whatever_goes_into_a_container_makes_another_recipe_and_how_many_wait_does_not() {
        let dir = std::path::PathBuf::from("/x");
        let places = Places { config: dir.clone(), state: dir.clone(), runtime: dir.clone(), control: dir };
        let Config { sessions, .. } = Config::default_at(&places);
        let shell = Profile::default();
        let recipe = Recipe::of(&shell, &sessions);
        let same = Recipe::of(&Profile { warm: 3, ..shell.clone() }, &sessions);
        assert_eq!((&recipe, recipe.hash()), (&same, same.hash()));
        let longer = Sessions { lifetime: sessions.lifetime * 2, ..sessions.clone() };
        let unproven = Sessions { require_limits: false, ..sessions.clone() };
        let larger = Profile { memory: shell.memory * 2, ..shell.clone() };
        for other in [Recipe::of(&shell, &longer), Recipe::of(&shell, &unproven), Recipe::of(&larger, &sessions)] {
            assert_ne!(other, recipe);
            assert_ne!(other.hash(), recipe.hash());
        }
        let plan = recipe.plan(SessionId::random(), Mapping::Slot(1));
        assert!(plan.backstop > sessions.lifetime + MAX_AGE, "the daemon's own deadline comes first");
    }
}
