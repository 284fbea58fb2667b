//! What was shown, on disk: complete, append-only, and such that nobody changes it unseen.
//!
//! A recording is three files in `<state>/recordings`, each of lines: `<id>.cast` is an asciicast v3, which every player
//! shows; `<id>.chain` has a line of hash and offsets for each block of it, written *before* the block, and a seal at the
//! end; `<id>.seek` has screens to begin at in the middle. What they hold is hostile: a session's output, and perhaps a file
//! that somebody edited. So every line has a bound, and every number that is read is checked.

mod lines; // the lines of a file, bounded
mod cast; //  asciicast: the header and the events
mod chain; // which bytes of it are whole, and their hashes
mod seek; //  screens to begin at
mod text; //  bytes of output as text
mod raw; //  the hash of the output
mod writer; // the three, being written
mod shelf; // the directory of them: who may write, and what goes when
mod recorder; // from a session's output to its recording
mod verify; // whether they are what was recorded

pub(crate) use cast::{Event, Header, MAX_EVENT, What};
pub(crate) use chain::{Begin, Block, ChainLine, Hash, MAX_CHAIN_LINE, Seal};
pub(crate) use lines::Lines;
pub(crate) use recorder::{Lag, Recording, Whose};
pub(crate) use seek::{Checkpoint, MAX_CHECKPOINT};
pub(crate) use shelf::{Retention, Shelf};
pub(crate) use verify::{Report, State, verify};
pub(crate) use writer::{Left, Piece, Writer};

/// Bytes of the `.cast` in one block at most.
const MAX_BLOCK: u64 = MAX_EVENT as u64;

/// Why a line of a recording is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct NotALine(String);

impl NotALine {
    fn json(error: &serde_json::Error) -> NotALine {
        NotALine(format!("it is not the JSON that belongs there: {error}"))
    }
}
