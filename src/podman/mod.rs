//! The one door to Podman: spec → create → init → verify → attach → start → end. Its types and words stay in here.
//!
//! In reading order: what is asked (`spec`, `network`, `labels`, `seccomp`), how it is asked (`door`, `images`), what the kernel says
//! of it (`verify`), the order of things and the way back (`life`), the ways to its terminal (`attach`, `direct`), what lasts
//! for a session (`terminal`, `conmon`), what runs beside its shell for a moment (`exec`), and what
//! `coracle doctor` wants to know (`survey`); `prepare` makes copies of images ahead.

mod attach;
mod conmon;
mod direct;
mod door;
mod exec;
mod gauge;
mod images;
mod labels;
mod layer;
mod life;
mod looks;
mod network;
mod seccomp;
mod prepare;
mod spec;
mod survey;
mod terminal;
mod verify;

#[cfg(test)]
mod bed;
#[cfg(fuzzing)]
pub(crate) mod fuzz;

use std::{
    os::fd::OwnedFd,
    path::PathBuf,
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};

pub(crate) use conmon::Conmon;
pub(crate) use direct::{ENTER_USERNS, enter_userns};
pub(crate) use exec::Exec;
pub(crate) use gauge::Usage;
pub(crate) use images::Pulled;
pub(crate) use labels::Identity;
pub(crate) use life::Prepared;
pub(crate) use prepare::Stock;
pub(crate) use seccomp::write_seccomp;
pub(crate) use survey::{ImageCopies, Labelled, Standing, Survey, missing_controllers};
pub(crate) use terminal::{Sizes, Terminal};

use crate::{
    config::{Profile, Pull},
    session::SessionId,
};
use door::Door;
use verify::Neighbours;

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
    /// Bytes of the host's disk that must stay free, whatever the session's layer holds.
    pub(crate) disk_floor: u64,
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

impl Mapping {
    /// `slots` or `shared`, the word of certificate, launcher and audit.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Mapping::Shared => "shared",
            Mapping::Slot(_) => "slots",
        }
    }

    /// First id and number of ids, counted as Podman does inside the account's own namespace: 0 is the account itself,
    /// its subordinate ids begin at 1.
    pub(crate) fn account_ids(self) -> (u32, u32) {
        match self {
            Mapping::Shared => (1, 65_535),
            // The first 65,536 stay free: the image store's own files belong to them.
            Mapping::Slot(k) => (65_537_u32.saturating_add(k.saturating_mul(65_536)), 65_536),
        }
    }
}

/// Why Podman's side did not do what was asked. The session maps each to an end reason.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PodmanError {
    #[error(
        "podman's socket {path} does not answer ({why}); start it: `systemctl --user enable --now podman.socket` as this user"
    )]
    NotThere { path: String, why: String },
    #[error("image {image} is not on this host; pull it with `podman pull {image}` or set profiles.pull = \"missing\"")]
    ImageMissing { image: String },
    #[error("image {image} could not be fetched: {why}")]
    PullFailed { image: String, why: String },
    #[error("{step} (session {id}): {what}: wanted {wanted}, the kernel says {found}; {fix}")]
    Unproven { step: &'static str, id: SessionId, what: &'static str, wanted: String, found: String, fix: &'static str },
    #[error(
        "create (session {id}): this Podman has no pasta, and slirp4netns lets a session reach this host's own addresses; \
         take Podman 4.4 or newer, or set allow_host_access = true for profile {profile}"
    )]
    HostOpen { id: SessionId, profile: String },
    #[error(
        "create (session {id}): {free} bytes are free where {path} is, and the profile's layer_size with sessions.disk_floor \
         wants {wanted}; make room, or lower one of them"
    )]
    NoRoom { id: SessionId, path: String, free: u64, wanted: u64 },
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
pub(crate) struct Podman(Arc<Inner>);

struct Inner {
    door: Door,
    identity: Identity,
    /// The seccomp profile's file, as Podman is to read it.
    seccomp: PathBuf,
    /// The namespaces of the sessions that live now.
    neighbours: Neighbours,
    /// One pull at a time.
    pull: tokio::sync::Mutex<()>,
    /// Podman manages cgroups without systemd: learned from its first refusal, then no slice is asked for.
    sliceless: AtomicBool,
}

impl Podman {
    /// `seccomp` is what [`write_seccomp`] returned. Nothing is sent yet.
    pub(crate) fn new(socket: PathBuf, identity: Identity, seccomp: PathBuf) -> Podman {
        Podman(Arc::new(Inner {
            door: Door::new(socket),
            identity,
            seccomp,
            neighbours: Neighbours::default(),
            pull: tokio::sync::Mutex::new(()),
            sliceless: AtomicBool::new(false),
        }))
    }

    /// Ok once the API answers; wakes it.
    ///
    /// # Errors
    /// [`PodmanError::NotThere`] at once while nobody listens: trying again is the caller's.
    pub(crate) async fn ping(&self) -> Result<(), PodmanError> {
        self.0.door.ping().await
    }

    /// Makes sure that the image is there, fetching it if `pull` allows; `progress` is told how far it is.
    /// Returns its digest (or id), for the audit. One pull at a time.
    pub(crate) async fn ensure_image(
        &self,
        image: &str,
        pull: Pull,
        progress: impl FnMut(Pulled) + Send,
    ) -> Result<String, PodmanError> {
        images::ensure(&self.0.door, &self.0.pull, image, pull, progress).await
    }

    /// The digest (or id) of an image that is there.
    ///
    /// # Errors
    /// [`PodmanError::ImageMissing`] where it is not.
    pub(crate) async fn image_digest(&self, image: &str) -> Result<String, PodmanError> {
        self.0.door.image_digest(image).await
    }

    /// create → init → verify → attach, calling `step` before each; on failure whatever was made is removed first.
    ///
    /// May be dropped at any point: the work has a task of its own, which then stops at its next step and removes what was
    /// made. Until it has, the container is listed by [`Podman::list_ours`]; a sweep must except creations in flight.
    pub(crate) async fn launch(
        &self,
        plan: &Plan,
        step: impl FnMut(&'static str) + Send,
    ) -> Result<Prepared, PodmanError> {
        life::launch(self, plan, step).await
    }

    /// Goes on with a container that an earlier daemon launched by the same plan and whose shell has not started: reads
    /// everything back from the kernel, and attaches. On failure it is still there.
    pub(crate) async fn regain(&self, plan: Plan) -> Result<Prepared, PodmanError> {
        life::regain(self, plan).await
    }

    /// Attaches anew to a container that an earlier daemon left. Checks first that it is alive.
    pub(crate) async fn reattach(&self, id: SessionId) -> Result<(Terminal, Conmon), PodmanError> {
        attach::reattach(self, id).await
    }

    /// Goes on with a terminal that an earlier daemon had in systemd's store; the shell may have ended meanwhile. `socket` is
    /// a duplicate: on failure the store's own stays as it was.
    pub(crate) async fn resume(&self, id: SessionId, socket: OwnedFd) -> Result<(Terminal, Conmon), PodmanError> {
        attach::resume(self, id, socket).await
    }

    /// Bytes of the session's writable layer. Podman walks through all of it, in the account's namespace, so nothing hides:
    /// some milliseconds for a thousand files. Wakes its service.
    pub(crate) async fn layer_size(&self, id: SessionId) -> Result<u64, PodmanError> {
        self.0.door.layer_size(id).await
    }

    /// The exit status of the shell; to be asked only after the terminal's end or conmon's death.
    pub(crate) async fn exit_status(&self, id: SessionId) -> Result<i32, PodmanError> {
        self.0.door.wait(id).await
    }

    /// Removes the container and whatever belongs to it; retries Podman's passing 500s; fine if it is gone already.
    /// The terminal must have been left before, or conmon may be stuck in a write to it.
    pub(crate) async fn remove(&self, id: SessionId) -> Result<(), PodmanError> {
        life::remove(self, id).await
    }

    /// Runs `command` beside the shell, as the shell's user and in its namespaces, cgroup and filter, with its environment
    /// and from its first directory. `place` is held until nothing of it is left.
    ///
    /// # Errors
    /// Podman's refusal when the container does not run, or has no room for another process. That the program is not
    /// there is told on its error output.
    pub(crate) async fn exec(
        &self,
        id: SessionId,
        command: &[&str],
        place: impl Send + 'static,
    ) -> Result<Exec, PodmanError> {
        exec::run(self, id, command, Box::new(place)).await
    }

    /// Every container with this instance's label.
    pub(crate) async fn list_ours(&self) -> Result<Vec<Found>, PodmanError> {
        life::list_ours(self).await
    }
}
