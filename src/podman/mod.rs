//! The one door to Podman: spec → create → init → verify → attach → start → end. Its types and words stay in here.

use std::{path::PathBuf, time::Duration};

use crate::{
    config::{Profile, Pull},
    session::{SessionId, Size},
    terminal::Certificate,
};

/// Everything that decides what a session's container is. Two equal plans give the same create body, word for word.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) id: SessionId,
    pub(crate) profile: Profile,
    /// Hash of the configuration the session was admitted under, for its label.
    pub(crate) config_hash: String,
    pub(crate) mapping: Mapping,
    /// Podman's own container timeout; longer than the session's lifetime, so that the daemon's reason wins.
    pub(crate) backstop: Duration,
    /// False only where the controllers do not exist: then the spec asks for no limits and none are read back.
    pub(crate) require_limits: bool,
}

/// Which subordinate ids the container's users are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Mapping {
    /// `0 → 1, size 65535` for all sessions.
    Shared,
    /// Slot k: 65,536 ids from the account's id 65,537 + k × 65,536 on.
    Slot(u32),
}

/// Which containers are ours: the instance's random name and the key of the MAC on their labels. Clones share it.
#[derive(Clone)]
pub(crate) struct Identity {}

impl Identity {
    /// Reads `instance` and `mac.key` (0600) from the state directory, making them at the first run.
    pub(crate) fn open(_state: &std::path::Path) -> std::io::Result<Identity> {
        todo!()
    }
}

/// Writes the seccomp profile of this architecture into the state directory, for Podman to read.
pub(crate) fn write_seccomp(_state: &std::path::Path) -> std::io::Result<PathBuf> {
    todo!()
}

/// Why Podman's side did not do what was asked. The session maps each to an end reason.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PodmanError {
    #[error(
        "podman's socket {path} does not answer ({why}); start podman.socket of this user, or run `coracle doctor`"
    )]
    NotThere { path: String, why: String },
    #[error("image {image} is not on this host; pull it with `podman pull {image}` or set profiles.pull = \"missing\"")]
    ImageMissing { image: String },
    #[error("image {image} could not be fetched: {why}")]
    PullFailed { image: String, why: String },
    #[error("{step} (session {id}): {what}: wanted {wanted}, the kernel says {found}; {fix}")]
    Unproven { step: &'static str, id: SessionId, what: &'static str, wanted: String, found: String, fix: &'static str },
    #[error("{step} (session {id}): Podman answered {status}, {message}")]
    Refused { step: &'static str, id: String, status: u16, message: String },
    #[error("{step} (session {id}): Podman did not answer within {seconds} s")]
    TimedOut { step: &'static str, id: String, seconds: u64 },
    #[error("{step} (session {id}): {why}")]
    Broken { step: &'static str, id: String, why: String },
}

/// A container of this instance as the list shows it.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    pub(crate) id: SessionId,
    /// The MAC over name and labels is right. Never adopted, never removed otherwise.
    pub(crate) genuine: bool,
    /// `initialized` or `running`: may be attached to. Else it is over (or was never started).
    pub(crate) alive: bool,
    pub(crate) profile: String,
}

/// The door; clones share it. Every call has its own bound in time.
#[derive(Clone)]
pub(crate) struct Podman {}

impl Podman {
    pub(crate) fn new(_socket: PathBuf, _identity: Identity, _seccomp: PathBuf) -> Podman {
        todo!()
    }

    /// Ok once the API answers; wakes it.
    pub(crate) async fn ping(&self) -> Result<(), PodmanError> {
        todo!()
    }

    /// Makes sure that the image is there, fetching it if `pull` allows; `progress` gets a line of text for people.
    /// Returns its digest (or id), for the audit. One pull at a time.
    pub(crate) async fn ensure_image(
        &self,
        _image: &str,
        _pull: Pull,
        _progress: impl FnMut(String) + Send,
    ) -> Result<String, PodmanError> {
        todo!()
    }

    /// create → init → verify → attach, calling `step` before each; on failure whatever was made is removed first.
    pub(crate) async fn launch(
        &self,
        _plan: &Plan,
        _step: impl FnMut(&'static str) + Send,
    ) -> Result<Prepared, PodmanError> {
        todo!()
    }

    /// Attaches anew to a container that an earlier daemon left. Checks first that it is alive.
    pub(crate) async fn reattach(&self, _id: SessionId) -> Result<(Terminal, Conmon), PodmanError> {
        todo!()
    }

    pub(crate) async fn resize(&self, _id: SessionId, _size: Size) -> Result<(), PodmanError> {
        todo!()
    }

    /// The exit status of the shell; to be asked only after the terminal's end or conmon's death.
    pub(crate) async fn exit_status(&self, _id: SessionId) -> Result<i32, PodmanError> {
        todo!()
    }

    /// Removes the container and whatever belongs to it; retries Podman's passing 500s; fine if it is gone already.
    pub(crate) async fn remove(&self, _id: SessionId) -> Result<(), PodmanError> {
        todo!()
    }

    /// Every container with this instance's label.
    pub(crate) async fn list_ours(&self) -> Result<Vec<Found>, PodmanError> {
        todo!()
    }
}

/// A container that is verified and attached, and whose shell has not started.
pub(crate) struct Prepared {
    pub(crate) certificate: Certificate,
}

impl Prepared {
    /// Gives the terminal its first size, starts the shell and sees that the seccomp filter is in force. On failure the
    /// container is removed first.
    pub(crate) async fn start(self, _size: Size) -> Result<(Terminal, Conmon), PodmanError> {
        todo!()
    }

    /// Nobody wants it any more: leaves the terminal and removes the container.
    pub(crate) async fn abandon(self) -> Result<(), PodmanError> {
        todo!()
    }
}

/// The attached terminal: raw bytes both ways.
pub(crate) struct Terminal {}

impl Terminal {
    /// Waits until `try_read` may have something.
    pub(crate) async fn readable(&self) -> std::io::Result<()> {
        todo!()
    }
    /// Output into `buf`; `Ok(0)` is the end of the shell; `WouldBlock` when there is none. Bytes that came with the
    /// attach answer are returned first.
    pub(crate) fn try_read(&self, _buf: &mut [u8]) -> std::io::Result<usize> {
        todo!()
    }
    pub(crate) async fn writable(&self) -> std::io::Result<()> {
        todo!()
    }
    pub(crate) fn try_write(&self, _buf: &[u8]) -> std::io::Result<usize> {
        todo!()
    }
    /// Leaves without harming conmon: half-close, read on for 5 ms, close. Dropping does the same in the background.
    pub(crate) async fn leave(self) {
        todo!()
    }
}

/// conmon, watched by a pidfd.
pub(crate) struct Conmon {}

impl Conmon {
    /// Resolves when conmon is gone, whatever Podman says.
    pub(crate) async fn died(&self) {
        todo!()
    }

    /// Whether conmon lives at this moment.
    pub(crate) fn is_alive(&self) -> bool {
        todo!()
    }

    /// Whether the container's first process (the shell) lives at this moment; asked of the kernel, not of Podman.
    pub(crate) fn shell_is_alive(&self) -> bool {
        todo!()
    }
}
