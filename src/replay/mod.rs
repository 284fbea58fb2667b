//! What was recorded, read again: which recordings there are and whose, their events from any moment on, and what is found
//! in them. Reads only; a recording that is still being written, or was cut, is read as far as it goes.
//!
//! Everything here reads files and waits for the disk: the daemon asks from threads that may block.

mod catalogue; //   which there are, and whose
mod events; //      what happened in one, from any offset on
mod checkpoints; // where to begin for a moment
mod find; //        what stands in it, and when

pub(crate) use catalogue::{Catalogue, Entry, Recording};
pub(crate) use events::{Event, Events, NoRecording};
pub(crate) use find::{Found, Hit, Pattern, Scan, Stopped};

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read},
    path::Path,
};

use crate::recording::{Checkpoint, MAX_CHECKPOINT};

/// Bytes of one line of any of a recording's files; a checkpoint is the longest, and longer ones are none of ours.
const MAX_LINE: u64 = MAX_CHECKPOINT as u64;

/// The last checkpoint of the recording in `cast` that is not after `time`, from the file beside it; most casts have none.
///
/// # Errors
/// One of the files cannot be read.
pub(crate) fn checkpoint_of(cast: &Path, time: u64) -> io::Result<Option<Checkpoint>> {
    let seek = match File::open(cast.with_extension("seek")) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        seek => seek?,
    };
    let line = checkpoints::before(BufReader::new(seek), time, std::fs::metadata(cast)?.len())?;
    Ok(line.and_then(|line| Checkpoint::parse(&line).ok()))
}

/// Milliseconds to the last event of the recording in `cast`: what comes after its last checkpoint is read.
///
/// # Errors
/// One of the files cannot be read.
pub(crate) fn duration_of(cast: &Path) -> io::Result<u64> {
    length(File::open(cast)?, checkpoint_of(cast, u64::MAX)?)
}

fn length(cast: File, last: Option<Checkpoint>) -> io::Result<u64> {
    let (offset, time) = last.map_or((0, 0), |last| (last.cast, last.time));
    let mut events = Events::from(cast, offset, time)?;
    while events.next_but_output()?.is_some() {}
    Ok(events.time())
}

/// Reads one line without its end into `line`; false if there is none that is complete. What had begun stays in `line`,
/// so that asking again later goes on with it.
fn next_line(from: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    let room = MAX_LINE.saturating_sub(line.len() as u64);
    from.take(room).read_until(b'\n', line)?;
    if line.last() == Some(&b'\n') {
        line.pop();
        return Ok(true);
    }
    if line.len() as u64 >= MAX_LINE {
        return Err(io::Error::new(io::ErrorKind::InvalidData, format!("a line is longer than {MAX_LINE} bytes")));
    }
    Ok(false)
}
