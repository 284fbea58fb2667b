//! The open files of one recording. All of this may block: see [`super::shelf`] for who calls it, and where.
//!
//! A block is written in two steps: its line of the chain, then its bytes of the cast. Whoever is killed in between leaves a
//! line that promises more than the cast has, or half a line; who goes on cuts that one block off both files, for nobody was
//! told that it is there, and takes its output once more from where the block before it ended. So the chain alone says what
//! is recorded, to the byte, and nothing is derived from text that may have lost some.

use std::{
    fs::{File, OpenOptions},
    io::{self, BufReader, Read, Seek, SeekFrom, Write},
    ops::Deref,
    os::unix::fs::{FileExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use rustix::fs::{FlockOperation, flock};

use super::{Begin, Block, ChainLine, Checkpoint, Event, Hash, Header, Lines, MAX_CHAIN_LINE, Seal, What, raw::Raw};
use crate::{
    session::{SessionId, Size},
    sys,
};

/// The three files' names end with these.
pub(super) const CAST: &str = "cast";
pub(super) const CHAIN: &str = "chain";
pub(super) const SEEK: &str = "seek";
/// Bytes at the end of a chain in which its last two lines are.
const TAIL: u64 = 3 * MAX_CHAIN_LINE as u64;

/// A recording that is being written; one at a time, by a lock on its chain.
pub(crate) struct Writer {
    chain: Locked,
    cast: File,
    /// `None` once it could not be written to: then seeking is slower.
    seek: Option<File>,
    begin: Begin,
    at: Place,
}

/// How far a recording is.
#[derive(Clone)]
struct Place {
    /// Of the next block.
    n: u64,
    /// Milliseconds since the start, of the last event.
    time: u64,
    /// Bytes of the two files.
    chain: u64,
    cast: u64,
    /// Bytes of output that are recorded, and where in the session's output that goes on.
    stream: u64,
    position: u64,
    size: Size,
    head: Hash,
    raw: Raw,
}

/// What an earlier daemon left.
pub(crate) enum Left {
    /// There was none, or not even its beginning was whole.
    Nothing,
    Open(Box<Writer>),
    Sealed(Hash),
}

/// One block: what happened, and the output that is in it.
#[derive(Default)]
pub(crate) struct Piece {
    /// With milliseconds since the start.
    pub(crate) events: Vec<(u64, What)>,
    /// The output that the events show, as the terminal gave it; empty for what was not the terminal's.
    pub(crate) raw: Vec<u8>,
    /// Where in the session's output recording goes on.
    pub(crate) position: u64,
}

impl Writer {
    /// Begins the recording of a session in `dir`.
    ///
    /// # Errors
    /// What the file system says; `AlreadyExists` if there is one of that session. What was made is removed.
    pub(crate) fn begin(dir: &Path, begin: Begin, header: &Header) -> io::Result<Writer> {
        let id = begin.session;
        let paths = paths(dir, id);
        let new = |path: &Path| OpenOptions::new().read(true).append(true).create_new(true).mode(0o600).open(path);
        let chain = new(&paths[1])?;
        let made = (|| {
            let chain = Locked::take(chain)?;
            let (cast, seek) = (new(&paths[0])?, new(&paths[2])?);
            let (line, head) = begin.line();
            (&*chain).write_all(line.as_bytes())?;
            let at = Place {
                n: 0,
                time: 0,
                chain: line.len() as u64,
                cast: 0,
                stream: 0,
                position: 0,
                size: header.size,
                head,
                raw: Raw::new(),
            };
            let mut writer = Writer { chain, cast, seek: Some(seek), begin, at };
            writer.block(&header.line(), 0, Piece::default())?;
            Ok(writer)
        })();
        if made.is_err() {
            remove(dir, id);
        }
        made
    }

    /// Goes on with what was left of this session's recording: what one write can leave half done is cut off first, and no
    /// more than that.
    ///
    /// # Errors
    /// What the file system says; `InvalidData` for files that no write of ours leaves like this; `WouldBlock` while another
    /// one writes.
    pub(crate) fn resume(dir: &Path, id: SessionId) -> io::Result<Left> {
        let [cast, chain, seek] = paths(dir, id);
        let open = |path: &Path| OpenOptions::new().read(true).append(true).open(path);
        let chain = match open(&chain) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Left::Nothing),
            chain => Locked::take(chain?)?,
        };
        let mut first = Lines::new(BufReader::new(&*chain), MAX_CHAIN_LINE);
        let Some((begin, first_hash, first_length)) = first
            .next()?
            .filter(|line| line.whole)
            .map(|line| (Begin::parse(line.bytes), Begin::hash(line.bytes), line.bytes.len() as u64 + 1))
        else {
            remove(dir, id);
            return Ok(Left::Nothing);
        };
        let begin = begin.map_err(|why| damaged(&why.to_string()))?;
        let cast = match open(&cast) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                remove(dir, id);
                return Ok(Left::Nothing);
            }
            cast => cast?,
        };
        let mut lines = last_lines(&chain, first_length)?;
        let mut dropped = false;
        let at = loop {
            let Some((offset, line)) = lines.pop() else {
                remove(dir, id); // not even the header of the cast is whole
                return Ok(Left::Nothing);
            };
            let block = match ChainLine::parse(&line).map_err(|why| damaged(&why.to_string()))? {
                (ChainLine::Seal(_), hash) => return Ok(Left::Sealed(hash)),
                (ChainLine::Block(block), hash) => (block, hash),
            };
            let before = match lines.last() {
                Some((_, line)) => match ChainLine::parse(line) {
                    Ok((ChainLine::Block(before), hash)) => Some((before.cast, hash)),
                    _ => None,
                },
                None => (offset == first_length).then_some((0, first_hash)),
            };
            let (begins, before) = before.ok_or_else(|| damaged("its last lines do not hang together"))?;
            if is_there(&cast, begins, &block.0, before, &line)? {
                break Place::after(block, offset + line.len() as u64 + 1)?;
            }
            if dropped {
                return Err(damaged("more than its last block is missing"));
            }
            dropped = true;
        };
        chain.set_len(at.chain)?;
        cast.set_len(at.cast)?;
        let seek = OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(&seek);
        let seek = seek.and_then(end_of_line).ok();
        Ok(Left::Open(Box::new(Writer { chain, cast, seek, begin, at })))
    }

    /// Milliseconds since the start, now; never less than that of the last event.
    pub(crate) fn now(&self) -> u64 {
        let elapsed = sys::BootTime::now().until(self.begin.boot);
        self.at.time.max(u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX))
    }

    /// Where in the session's output recording goes on.
    pub(crate) fn position(&self) -> u64 {
        self.at.position
    }

    /// Bytes of output that are recorded.
    pub(crate) fn stream(&self) -> u64 {
        self.at.stream
    }

    /// Bytes of the cast.
    pub(crate) fn cast(&self) -> u64 {
        self.at.cast
    }

    pub(crate) fn size(&self) -> Size {
        self.at.size
    }

    /// The hash that stands for all that is recorded so far.
    pub(crate) fn head(&self) -> Hash {
        self.at.head
    }

    /// Appends one block, whole.
    ///
    /// # Errors
    /// What the file system says; then nothing of it is there, as far as that can still be brought about.
    pub(crate) fn append(&mut self, piece: Piece) -> io::Result<()> {
        let (mut cast, mut time) = (String::new(), self.at.time);
        for (then, what) in &piece.events {
            let then = time.max(*then);
            Event { interval: then - time, what: what.clone() }.append_to(&mut cast);
            time = then;
        }
        self.block(&cast, time, piece)
    }

    fn block(&mut self, cast: &str, time: u64, piece: Piece) -> io::Result<()> {
        let size = piece.events.iter().rev().find_map(|(_, what)| match what {
            What::Resize(size) => Some(*size),
            _ => None,
        });
        let mut next = self.at.clone();
        next.n += 1;
        next.time = time;
        next.cast += cast.len() as u64;
        next.stream += piece.raw.len() as u64;
        next.position = piece.position;
        next.size = size.unwrap_or(next.size);
        next.raw.update(&piece.raw);
        let block = Block {
            n: self.at.n,
            time,
            cast: next.cast,
            stream: next.stream,
            at: (next.position != next.stream).then_some(next.position),
            cols: next.size.cols,
            rows: next.size.rows,
            raw: next.raw.state(),
        };
        let (line, head) = block.line(self.at.head, cast.as_bytes());
        next.chain += line.len() as u64;
        next.head = head;
        let written = (&*self.chain).write_all(line.as_bytes()).and_then(|()| self.cast.write_all(cast.as_bytes()));
        match written {
            Ok(()) => self.at = next,
            Err(_) => self.take_back(),
        }
        written
    }

    /// What a write left half done goes. Where even that fails, it is what a crash leaves.
    fn take_back(&self) {
        let _ = self.cast.set_len(self.at.cast);
        let _ = self.chain.set_len(self.at.chain);
    }

    /// Notes the screen as it is after all that is recorded.
    pub(crate) fn checkpoint(&mut self, screen: Vec<u8>) -> u64 {
        let checkpoint = Checkpoint { time: self.at.time, cast: self.at.cast, size: self.at.size, screen };
        let Some(line) = checkpoint.line() else { return 0 };
        if let Some(Err(error)) = self.seek.as_mut().map(|seek| seek.write_all(line.as_bytes())) {
            tracing::warn!(%error, session = %self.begin.session, "no more screens to seek by in its recording");
            self.seek = None;
        }
        line.len() as u64
    }

    /// On the disk, not only in the kernel's memory: what the journal is told must be there after a power cut.
    ///
    /// # Errors
    /// What the file system says.
    pub(crate) fn sync(&self) -> io::Result<()> {
        self.cast.sync_data()?;
        self.chain.sync_data()
    }

    /// The end of the session, and of the recording; its hash stands for all of it.
    ///
    /// # Errors
    /// What the file system says; then it is not sealed.
    pub(crate) fn seal(mut self, reason: &str, status: Option<i32>) -> io::Result<Hash> {
        let now = self.now();
        let mut events = vec![(now, What::ended(reason))];
        events.extend(status.map(|status| (now, What::Exit(status.to_string()))));
        self.append(Piece { events, raw: Vec::new(), position: self.at.position })?;
        let seal = Seal {
            seal: true,
            cast: self.at.cast,
            stream: self.at.stream,
            raw_sha256: self.at.raw.digest(),
            reason: reason.to_owned(),
            status,
            ended: sys::unix_seconds(),
        };
        let (line, head) = seal.line(self.at.head);
        self.cast.sync_data()?; // the seal is about what is on the disk
        if let Err(error) = (&*self.chain).write_all(line.as_bytes()) {
            self.take_back();
            return Err(error);
        }
        self.chain.sync_data()?;
        Ok(head)
    }
}

impl Place {
    fn after((block, head): (Block, Hash), chain: u64) -> io::Result<Place> {
        let size = block.size().ok_or_else(|| damaged("a block without a size"))?;
        let position = block.position();
        let Block { n, time, cast, stream, raw, .. } = block;
        Ok(Place { n: n + 1, time, chain, cast, stream, position, size, head, raw: Raw::at(&raw) })
    }
}

/// Whether the bytes of a block, from `begins` on, are in the cast as its line says.
fn is_there(cast: &File, begins: u64, block: &Block, before: Hash, line: &[u8]) -> io::Result<bool> {
    let length = block.cast.checked_sub(begins).ok_or_else(|| damaged("its offsets go backwards"))?;
    if block.cast > cast.metadata()?.len() {
        return Ok(false);
    }
    if length > super::MAX_BLOCK {
        return Err(damaged("a block is larger than any of ours"));
    }
    let mut bytes = vec![0; length as usize]; // at most MAX_BLOCK
    cast.read_exact_at(&mut bytes, begins)?;
    Ok(ChainLine::is_genuine(line, before, &bytes))
}

/// The last whole lines of a chain behind its first one, with their offsets.
fn last_lines(mut chain: &File, first: u64) -> io::Result<Vec<(u64, Vec<u8>)>> {
    let length = chain.metadata()?.len();
    let from = first.max(length.saturating_sub(TAIL));
    let mut bytes = Vec::new();
    chain.seek(SeekFrom::Start(from))?;
    chain.take(TAIL).read_to_end(&mut bytes)?;
    let mut lines = Vec::new();
    let mut offset = from;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        if let Some(line) = line.strip_suffix(b"\n") {
            lines.push((offset, line.to_vec()));
        }
        offset += line.len() as u64;
    }
    if from > first && !lines.is_empty() {
        lines.remove(0); // begins in its middle
    }
    Ok(lines)
}

/// A line that was cut off must not spoil the next one.
fn end_of_line(mut seek: File) -> io::Result<File> {
    let length = seek.metadata()?.len();
    let mut last = [b'\n'];
    if length > 0 {
        seek.read_exact_at(&mut last, length - 1)?;
    }
    if last != [b'\n'] {
        seek.write_all(b"\n")?;
    }
    Ok(seek)
}

/// A chain that nobody else writes to meanwhile.
struct Locked(File);

impl Locked {
    fn take(chain: File) -> io::Result<Locked> {
        flock(&chain, FlockOperation::NonBlockingLockExclusive)?;
        Ok(Locked(chain))
    }
}

impl Deref for Locked {
    type Target = File;

    fn deref(&self) -> &File {
        &self.0
    }
}

impl Drop for Locked {
    /// A program that is being started has the file, too, until it runs; closing it here alone would leave it locked.
    fn drop(&mut self) {
        let _ = flock(&self.0, FlockOperation::Unlock); // closing is what is left
    }
}

fn damaged(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("the recording is damaged: {why}; see `coracle verify`"))
}

/// The paths of cast, chain and seek.
pub(super) fn paths(dir: &Path, id: SessionId) -> [PathBuf; 3] {
    [CAST, CHAIN, SEEK].map(|end| dir.join(format!("{id}.{end}")))
}

/// Removes a recording. The chain goes last: what has one is looked at again.
pub(super) fn remove(dir: &Path, id: SessionId) {
    let [cast, chain, seek] = paths(dir, id);
    for path in [seek, cast, chain] {
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                tracing::warn!(%error, file = %path.display(), "a recording's file could not be removed");
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests;
