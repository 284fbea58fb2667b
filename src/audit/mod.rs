//! What happened, for the operator: one record for each event, to journald, or as JSON lines on stderr without it.
//!
//! Never blocks and never fails its caller: a record that could not be written is counted, and the next one says so.

mod fields; //   an event as MESSAGE and CORACLE_* fields
mod ids; //      the fixed MESSAGE_IDs
mod journald; // the native protocol
mod sink; //     where records go, and how many were lost

use std::sync::{LazyLock, OnceLock};

use sink::Sink;

use crate::{
    auth::OwnerId,
    session::{EndReason, SessionId, Used},
};

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
    /// What somebody who logged in was told about their password.
    LoginNotice {
        user: &'a str,
        peer: &'a str,
        notice: &'a str,
    },
    Logout {
        user: &'a str,
        peer: &'a str,
    },
    /// A login that ended by itself; `why` is `idle`, `lifetime`, `account`, `directory`, `directory-silent` or
    /// `pushed-out`.
    LoginOver {
        user: &'a str,
        peer: &'a str,
        why: &'a str,
    },
    /// The directory does not let somebody in any more: their logins are good for nothing new, their sessions are warned
    /// and end in so many seconds.
    AccessWithdrawn {
        user: &'a str,
        owner: &'a OwnerId,
        reason: &'a str,
        sessions: usize,
        seconds: u64,
    },
    /// The directory did not answer so many times since the last such record.
    DirectorySilent {
        why: &'a str,
        count: u64,
    },
    DirectoryBack,
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
    /// An administrator begins to look at a session; `user` is its owner, `by` who looks.
    Watch {
        id: SessionId,
        user: &'a str,
        by: &'a str,
        peer: &'a str,
    },
    /// … and does not any more.
    WatchEnd {
        id: SessionId,
        user: &'a str,
        by: &'a str,
        peer: &'a str,
    },
    /// The one at the keyboard is told that the session ends in so many seconds unless something is typed.
    IdleWarning {
        id: SessionId,
        user: &'a str,
        peer: &'a str,
        seconds: u64,
    },
    /// Processes killed for want of memory; `killed` is how many since the last such record.
    SessionOom {
        id: SessionId,
        user: &'a str,
        profile: &'a str,
        killed: u64,
    },
    SessionEnd {
        id: SessionId,
        user: &'a str,
        profile: &'a str,
        reason: EndReason,
        status: Option<i32>,
        by: &'a str,
        detail: &'a str,
        used: Used,
        /// The hash that stands for its recording, if there is one and it is sealed.
        recording: Option<&'a str>,
    },
    /// How far a session's recording is: so many bytes of its cast, with so many of output, have this hash.
    RecordingHead {
        id: SessionId,
        user: &'a str,
        head: &'a str,
        cast: u64,
        output: u64,
    },
    /// A session is not recorded any more, or was not from its start.
    RecordingStopped {
        id: SessionId,
        user: &'a str,
        profile: &'a str,
        why: &'a str,
    },
    /// A recording was let go of; `why` is the key of the configuration, `max_age` or `max_total`.
    RecordingRemoved {
        id: SessionId,
        why: &'a str,
        bytes: u64,
    },
    /// A file that was on its way into a session (`in`) or out of it (`out`); `outcome` is `whole` or `broken-off`.
    File {
        id: SessionId,
        user: &'a str,
        peer: &'a str,
        direction: &'a str,
        path: &'a str,
        bytes: u64,
        outcome: &'a str,
    },
    /// Somebody looks at what was recorded of a session; `of` is its owner's name, `owner` the id.
    RecordingViewed {
        id: SessionId,
        user: &'a str,
        of: &'a str,
        owner: &'a OwnerId,
        peer: &'a str,
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

static AUDIT: OnceLock<Sink> = OnceLock::new();
/// For what is recorded before [`open`], and in tests: lines on stderr, hashes that nobody can compare later.
static UNOPENED: LazyLock<Sink> = LazyLock::new(Sink::passing);

/// Decides once for this process where records go: to journald if its socket is there, else to stderr. The key for the
/// hashes of unknown names lies in `state`, which must be a private directory.
///
/// # Errors
/// If the key can be neither read nor made. Records are written even then.
pub(crate) fn open(state: &std::path::Path) -> std::io::Result<()> {
    let sink = Sink::open(state, std::path::Path::new(journald::SOCKET))?;
    let _ = AUDIT.set(sink); // opened twice is opened
    Ok(())
}

/// Writes one record; from any thread, without waiting.
pub(crate) fn record(event: &Event<'_>) {
    AUDIT.get().unwrap_or_else(|| &*UNOPENED).record(event);
}

#[cfg(test)]
mod tests;
