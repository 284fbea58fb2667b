//! Which subordinate ids a session gets: slots of 65,536, the lowest free one first (its copy of the image is there).

use crate::{config::Isolation, podman::Mapping};

/// The slots of this account.
pub(crate) struct Slots {}

impl Slots {
    /// Reads the account's ranges from /etc/subuid and /etc/subgid. `max` is `sessions.max`.
    ///
    /// # Errors
    /// A sentence naming the file, what is wanted and the command that fixes it.
    pub(crate) fn open(_isolation: Isolation, _max: u32) -> Result<Slots, String> {
        todo!()
    }

    /// The lowest slot that neither a session of ours nor any process on the host uses; `Mapping::Shared` in shared mode;
    /// `None`: all are taken.
    pub(crate) fn take(&mut self) -> Option<Mapping> {
        todo!()
    }

    /// Marks a slot as taken by an adopted session.
    pub(crate) fn occupy(&mut self, _mapping: Mapping) {
        todo!()
    }

    /// To be called when the container is gone.
    pub(crate) fn release(&mut self, _mapping: Mapping) {
        todo!()
    }

    /// `slots` or `shared`.
    pub(crate) fn word(&self) -> &'static str {
        todo!()
    }
}
