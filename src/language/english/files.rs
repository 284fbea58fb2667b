//! Why a file was not brought in or out, and why a session was not started, in English: as the types say it themselves.

use crate::session::{BadPath, FileError, Refusal};

pub(super) fn file(error: &FileError) -> String {
    error.to_string()
}

pub(super) fn path(bad: BadPath) -> String {
    bad.to_string()
}

pub(super) fn not_started(refusal: &Refusal) -> String {
    match refusal {
        Refusal::NotReady(_) => super::WORDS.refusals.not_ready.text.to_owned(), // why is the journal's
        other => other.to_string(),
    }
}
