//! Files into a session and out of it: a small shell script beside the session's own shell, as its user, so links, rights
//! and limits are the kernel's inside the container. What the scripts say comes from a container: hostile bytes.

mod path; //     what may be named
mod scripts; //  what runs inside
mod talk; //     words and bytes between us and a script
mod upload; //   a file on its way in
mod download; // a file on its way out
mod ledger; //   who may, one at a time, and what the audit says

pub(crate) use download::Download;
pub(crate) use path::{BadPath, FilePath};
pub(crate) use upload::{Conflict, Upload};

pub(super) use ledger::Desks;

use std::time::Duration;

use super::EndReason;
use crate::podman::PodmanError;

/// A peer, or a program inside, that moves no byte for this long ends its transfer. Seconds.
pub(crate) const STALL: Duration = Duration::from_secs(30);
/// What runs the scripts.
const SHELL: &str = "/bin/sh";
/// Transfers at once on this host; each is a few processes for as long as it lasts.
const MAX_TRANSFERS: usize = 8;

/// Why a file was not brought in or out. What a script said is in there as it was, shortened, without control characters.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FileError {
    #[error("There is no session of that id.")]
    NoSuchSession,
    #[error("This session belongs to somebody else.")]
    NotYours,
    #[error("The session is not running: files go into and out of one that has its shell.")]
    NotRunning,
    #[error("Another file is on its way into or out of this session. Wait for it, or cancel it.")]
    Busy,
    #[error("Too many files are on their way on this host. Try again in a moment.")]
    Crowded,
    #[error("There is no file of that name, or no right to see it.")]
    Missing,
    #[error("There is no directory to put it into, or no right to see it.")]
    NoDirectory,
    #[error("The session's user has no right to do that there.")]
    Denied,
    #[error("There is a directory of that name.")]
    Directory,
    #[error("That is no ordinary file: only those are sent.")]
    Special,
    #[error("There is a file of that name already.")]
    Exists,
    #[error("The file has {size} bytes; at most {limit} are sent.")]
    TooLarge { size: u64, limit: u64 },
    #[error("There is no room for it: {0}.")]
    NoRoom(String),
    #[error("The session's image has no program `{0}`, which this needs.")]
    NoTool(String),
    #[error("It did not work inside the session: {0}.")]
    Failed(String),
    #[error("What was at work inside ended without a word: it was killed, or the session ends.")]
    Killed,
    #[error("Nothing moved for {} seconds.", STALL.as_secs())]
    Stalled,
    #[error("The file did not arrive whole, and nothing of it was kept.")]
    Short,
    #[error("The session ended ({0}).")]
    Ended(EndReason),
    #[error("The session ends, or the service restarts. Nothing of the file was kept.")]
    Ending,
    /// For the journal.
    #[error(transparent)]
    Podman(#[from] PodmanError),
    /// For the journal.
    #[error("files: the stream of a command broke: {0}")]
    Broken(#[from] std::io::Error),
}

#[cfg(test)]
mod tests;
