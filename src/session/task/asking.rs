//! What others ask of a session's task, what comes back from work beside it, and what it tells of itself.

use std::time::Duration;

use tokio::sync::oneshot;

use super::{Running, Used, filling::Measured};
use crate::{
    activation::Departure,
    session::{
        AttachmentId, EndReason, Size,
        ending::Verdict,
        launch::Stage,
        state::{Machine, State},
    },
    sys::BootTime,
    terminal::Seat,
};

/// What others ask of a session.
pub(crate) enum Message {
    Attach {
        seat: Seat,
        size: Size,
    },
    /// An administrator looks.
    Watch(Seat),
    Left(AttachmentId),
    Resize(AttachmentId, Size),
    /// Its tab was shown or hidden.
    Visible(AttachmentId, bool),
    Extend(AttachmentId),
    /// A watcher wants the keyboard.
    Take(AttachmentId),
    End {
        reason: EndReason,
        by: String,
    },
    /// Its owner may not be here any more: it is to end after `within`; `why` is for the journal.
    Barred {
        within: Duration,
        why: String,
    },
    /// The daemon leaves: hand the terminal over or let go of it gently, end nothing, answer when done.
    Leave(Departure, oneshot::Sender<()>),
}

/// What comes back from work that runs beside the task.
pub(crate) enum Report {
    Stage(Stage),
    Running(Running),
    Judged(Verdict),
    Measured(Measured),
    /// The container is removed, or why it could not be.
    Gone(Result<(), String>),
}

/// How a session's task ended.
pub(crate) enum Outcome {
    Ended(Ending),
    /// The daemon leaves and the session goes on.
    Left,
}

/// The facts of an end, for the one end event.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Ending {
    pub(crate) reason: EndReason,
    pub(crate) status: Option<i32>,
    /// Who ended it, if somebody did.
    pub(crate) by: String,
    /// For the journal.
    pub(crate) detail: String,
    /// Its container could not be removed; the next start of the daemon tries again.
    pub(crate) left_behind: bool,
    pub(crate) used: Used,
}

/// What lists show of a session's state.
#[derive(Debug, Clone)]
pub(crate) struct Standing {
    /// `starting`, `attached`, `detached`, `ending`.
    pub(crate) word: &'static str,
    /// When it ends unless a browser comes.
    pub(crate) detached: Option<BootTime>,
    /// Administrators who look at it.
    pub(crate) watched_by: Vec<String>,
}

impl Standing {
    pub(crate) fn of(machine: &Machine) -> Standing {
        let word = match machine.state() {
            State::Starting(_) => "starting",
            State::Attached(_) => "attached",
            State::Detached => "detached",
            State::Ending(_) | State::Ended(_) => "ending",
        };
        Standing { word, detached: machine.detached(), watched_by: Vec::new() }
    }
}
