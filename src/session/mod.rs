//! The life of one session: the state machine, then its task; and the roster of who is seated.
//!
//! Nothing here speaks Podman's words: `crate::podman` launches and ends, this module decides when.

mod id;
mod reason;
mod roster;
mod slots;

pub(crate) use id::SessionId;
pub(crate) use reason::EndReason;
pub(crate) use roster::{ProfileView, Refusal, Roster, Summary};

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
