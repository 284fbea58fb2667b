//! Who is seated: every live session, by id; what other modules may ask of sessions goes through here.

use std::sync::Arc;

use tokio::sync::watch;

use super::{EndReason, SessionId, Size};
use crate::{
    auth::{OwnerId, Person},
    config::{Config, Places},
};

/// What a page, the API and `coracle ps` show of a session.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Summary {
    pub(crate) id: SessionId,
    pub(crate) owner: OwnerId,
    pub(crate) user: String,
    pub(crate) profile: String,
    /// `starting`, `attached`, `detached`, `ending`.
    pub(crate) state: String,
    /// Unix seconds.
    pub(crate) created: u64,
    /// Seconds left until the session's lifetime is over.
    pub(crate) lifetime_left: u64,
}

/// Why a session was not started; each becomes a problem document with its own status.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub(crate) enum Refusal {
    #[error("There is no profile of that name for you.")]
    NoSuchProfile,
    #[error("You have {0} sessions already, which is the most one person may have. End one first.")]
    TooManyOfYours(u32),
    #[error("Too many starts. Try again in {0} seconds.")]
    TooFast(u64),
    #[error("This host is full. Try again in a few minutes.")]
    HostFull,
    #[error("The service is not ready: {0}")]
    NotReady(String),
}

/// A profile as a page may show it.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub(crate) struct ProfileView {
    pub(crate) name: String,
    pub(crate) description: String,
}

/// The list of live sessions; clones share it.
#[derive(Clone)]
pub(crate) struct Roster {
    _shared: Arc<()>,
}

impl Roster {
    /// A roster without sessions; adoption of what an earlier daemon left begins at once in the background.
    /// Must be called inside the runtime.
    pub(crate) fn open(_config: Arc<Config>, _places: Arc<Places>) -> Roster {
        todo!()
    }

    /// A new configuration: counts for sessions that start from now on.
    pub(crate) fn reload(&self, _config: Arc<Config>) {
        todo!()
    }

    /// The profiles that `who` may use, in the order of config.toml.
    pub(crate) fn profiles(&self, _who: &Person) -> Vec<ProfileView> {
        todo!()
    }

    /// Admits and starts a session; answers as soon as it has an id, while it is still in the queue.
    pub(crate) fn start(&self, _who: &Person, _profile: &str, _peer: &str) -> Result<SessionId, Refusal> {
        todo!()
    }

    /// Live sessions of `owner`, or all of them; oldest first.
    pub(crate) fn list(&self, _owner: Option<&OwnerId>) -> Vec<Summary> {
        todo!()
    }

    pub(crate) fn find(&self, _id: SessionId) -> Option<Summary> {
        todo!()
    }

    /// Ends one session and returns when nothing of it is left (or after 10 s); false: there is none of that id.
    /// `by` is for the audit: a user's name or `uid 0`.
    pub(crate) async fn end(&self, _id: SessionId, _reason: EndReason, _by: &str) -> bool {
        todo!()
    }

    /// Ends every session and returns how many there were, when nothing of them is left.
    pub(crate) async fn end_all(&self, _reason: EndReason, _by: &str) -> usize {
        todo!()
    }

    /// How many sessions are live, starting and ending ones included (and 1 more while adoption is under way):
    /// the daemon may leave only at 0.
    pub(crate) fn live(&self) -> watch::Receiver<usize> {
        todo!()
    }

    /// Why no session can be started now (Podman's socket absent, …); `None` when all is well.
    pub(crate) fn trouble(&self) -> Option<String> {
        todo!()
    }

    /// SIGTERM: leaves every terminal gently, ends none; attachments close with 1012.
    pub(crate) async fn leave(&self) {
        todo!()
    }
}

const _: Option<Size> = None;
