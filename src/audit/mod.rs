//! What happened, for the operator: one record for each event, to journald, or as JSON lines on stderr without it.
//!
//! Never blocks and never fails its caller: a record that could not be written is counted, and the next one says so.

use crate::{auth::OwnerId, session::EndReason, session::SessionId};

/// What can happen; each has a fixed MESSAGE_ID and lands in `CORACLE_*` fields.
#[derive(Debug)]
pub(crate) enum Event<'a> {
    Login {
        user: &'a str,
        owner: &'a OwnerId,
        peer: &'a str,
    },
    /// `typed` is what was typed as a name: shown if such an account exists, else only as a keyed hash.
    LoginRefused {
        typed: &'a str,
        known: bool,
        peer: &'a str,
        reason: &'a str,
        reference: &'a str,
    },
    Logout {
        user: &'a str,
        peer: &'a str,
    },
    SessionStart {
        id: SessionId,
        user: &'a str,
        profile: &'a str,
        image: &'a str,
        facts: &'a str,
    },
    SessionAdopted {
        id: SessionId,
        user: &'a str,
        profile: &'a str,
    },
    Attach {
        id: SessionId,
        user: &'a str,
        peer: &'a str,
    },
    Detach {
        id: SessionId,
        user: &'a str,
        peer: &'a str,
    },
    SessionEnd {
        id: SessionId,
        user: &'a str,
        profile: &'a str,
        reason: EndReason,
        status: Option<i32>,
        by: &'a str,
        detail: &'a str,
    },
    ConfigLoaded {
        file: &'a str,
        hash: &'a str,
    },
    ConfigRefused {
        file: &'a str,
        why: &'a str,
        reference: &'a str,
    },
    /// Refusals of one peer past its limit, one line a minute.
    Refused {
        count: u64,
        peer: &'a str,
        what: &'a str,
    },
}

/// Writes one record.
pub(crate) fn record(_event: &Event<'_>) {
    todo!()
}
