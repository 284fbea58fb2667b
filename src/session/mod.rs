//! The life of one session: the state machine, then its task; and the roster of who is seated.
//!
//! Nothing here speaks Podman's words: `crate::podman` launches and ends, this module decides when.

mod id; //     a session's name
mod watcher; // who may see it
mod reason; // why it ended
mod state; //  the machine: events in, actions out
mod task; //   the one task that owns a session
mod launch; // from admission to a prepared container
mod ending; // from the decision to nothing left
mod ended; //  how sessions ended, for a day
mod resize; // sizes on their way to the terminal
mod record; // what outlives the daemon
mod starts; // the queue before a start
mod slots; //  which subordinate ids
mod copies; // of images that changed, made ahead
mod recipe; // what decides how a container is made
mod warm; //   containers that are ready before anybody asks
mod roster; // who is seated; what others may ask
mod adopt; //  what an earlier daemon left
mod files; //  brought in and out

#[cfg(fuzzing)]
pub(crate) mod fuzz;

pub(crate) use ended::EndNote;
pub(crate) use files::{BadPath, Conflict, Download, FileError, FilePath, STALL, Upload};
pub(crate) use id::SessionId;
pub(crate) use reason::EndReason;
pub(crate) use roster::{
    Boarding, END_ALL_WAIT, NoSeat, ProfileView, Refusal, Rights, Roster, Summary, Terms, default_podman_socket,
    podman_socket_of,
};
pub(crate) use slots::{NoSlots, Slots};
pub(crate) use state::AttachmentId;
#[cfg(test)]
pub(crate) use task::Message;
pub(crate) use task::Used;
pub(crate) use warm::noted as noted_warm;
pub(crate) use watcher::{Claim, Watcher, Window};

/// The terminal's size; both 1..=1000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Size {
    pub(crate) cols: u16,
    pub(crate) rows: u16,
}

impl Size {
    /// What a terminal has when no browser said otherwise in time.
    pub(crate) const DEFAULT: Size = Size { cols: 80, rows: 24 };
    const MAX: u16 = 1000; // newer conmon ignores larger ones

    /// `None` outside 1..=1000.
    pub(crate) fn new(cols: u16, rows: u16) -> Option<Size> {
        ((1..=Self::MAX).contains(&cols) && (1..=Self::MAX).contains(&rows)).then_some(Size { cols, rows })
    }
}
