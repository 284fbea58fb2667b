//! The last output of a session: a wrapping ring in a file of the runtime directory (tmpfs), outliving the daemon.
//!
//! The terminal is read straight into it, and not one byte is lost or doubled when the daemon is killed (`sys::mirrored` says
//! how). Layout: magic, version, capacity, position of the first byte; what counts the bytes; the bytes. Positions are counts
//! from the session's first byte and never wrap. A ring of another size is another file in the place of the first.

use std::{
    fs::{self, File, OpenOptions},
    io,
    os::{
        fd::BorrowedFd,
        unix::fs::{FileExt, OpenOptionsExt},
    },
    path::{Path, PathBuf},
};

use crate::sys::mirrored::{DATA_AT, HEADER, LARGEST, Mirrored};
pub(crate) use crate::sys::mirrored::{Framing, Received};

const MAGIC: &[u8; 8] = b"coracle\n";
/// 1: counted by its writer, a number at offset 16.
const VERSION: u32 = 2;
/// Magic, version, capacity, first position.
const WORDS: usize = 8 + 4 + 4 + 8;
/// Bytes of output kept at least.
pub(crate) const CAPACITY: u64 = 64 * 1024;
/// Bytes of output kept while it is a flood.
pub(crate) const LARGE: u64 = LARGEST as u64;
/// Bytes of memory that a ring file takes at least, for the log budget.
pub(crate) const FILE_SIZE: u64 = HEADER + CAPACITY;
/// What `ls` says of its length: the hole behind the header takes no memory.
#[cfg(fuzzing)]
pub(crate) const FILE_LENGTH: u64 = DATA_AT + CAPACITY;

/// The ring of one session; only this daemon opens it, under the lock, and once at a time.
#[derive(Debug)]
pub(crate) struct Ring {
    bytes: Mirrored,
    path: PathBuf,
    /// Bytes.
    capacity: u64,
    /// What was before this was never in this file.
    first: u64,
}

/// The wanted bytes have been overwritten.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Behind;

impl Ring {
    /// A new, empty ring at `path`, 0600, its memory taken at once.
    ///
    /// # Errors
    /// Whatever the file system says; no room is `StorageFull`.
    pub(crate) fn create(path: &Path) -> io::Result<Ring> {
        Ring::make(path.to_owned(), CAPACITY, 0)
    }

    fn make(path: PathBuf, capacity: u64, first: u64) -> io::Result<Ring> {
        let file = OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(&path)?;
        take(&file, 0, HEADER)?;
        take(&file, DATA_AT, capacity)?;
        let mut words = [0; WORDS];
        words[..8].copy_from_slice(MAGIC);
        words[8..12].copy_from_slice(&VERSION.to_le_bytes());
        words[12..16].copy_from_slice(&(capacity as u32).to_le_bytes());
        words[16..].copy_from_slice(&first.to_le_bytes());
        file.write_all_at(&words, 0)?;
        let mut bytes = Mirrored::map(&file, capacity as usize)?;
        bytes.begin_at(first)?;
        Ok(Ring { bytes, path, capacity, first })
    }

    /// The ring an earlier daemon left, to its last byte.
    ///
    /// # Errors
    /// `InvalidData` when it is none of this version: the caller makes a new one and says that output is missing.
    pub(crate) fn open(path: &Path) -> io::Result<Ring> {
        let file = OpenOptions::new().read(true).write(true).open(path)?;
        let mut words = [0; WORDS];
        file.read_exact_at(&mut words, 0)?;
        if words[..8] != *MAGIC || words[8..12] != VERSION.to_le_bytes() {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "not a ring of this version"));
        }
        let capacity = u32::from_le_bytes(words[12..16].try_into().expect("4 bytes")).into();
        let first = u64::from_le_bytes(words[16..].try_into().expect("8 bytes"));
        let bytes = Mirrored::map(&file, capacity as usize)?;
        if first > bytes.position() {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a ring that begins behind its end"));
        }
        Ok(Ring { bytes, path: path.to_owned(), capacity, first })
    }

    /// All bytes ever written.
    pub(crate) fn head(&self) -> u64 {
        self.bytes.position()
    }

    /// The oldest position that can still be read.
    pub(crate) fn oldest(&self) -> u64 {
        self.head().saturating_sub(self.capacity).max(self.first)
    }

    /// Bytes of output that it keeps.
    pub(crate) fn capacity(&self) -> u64 {
        self.capacity
    }

    /// Keeps so many bytes from now on: [`CAPACITY`] or [`LARGE`]. What it has and still fits it keeps.
    ///
    /// # Errors
    /// What the file system says, `StorageFull` if there is no room: it stays as it was.
    pub(crate) fn resize(&mut self, capacity: u64) -> io::Result<()> {
        let draft = draft_path(&self.path);
        let _ = fs::remove_file(&draft); // of a daemon that was killed before it was put in place
        let made = self.copy_to(&draft, capacity).and_then(|next| fs::rename(&draft, &self.path).map(|()| next));
        match made {
            Ok(next) => *self = Ring { path: std::mem::take(&mut self.path), ..next },
            Err(error) => {
                let _ = fs::remove_file(&draft); // it may not even have come into being
                return Err(error);
            }
        }
        Ok(())
    }

    fn copy_to(&self, draft: &Path, capacity: u64) -> io::Result<Ring> {
        let mut at = self.oldest().max(self.head().saturating_sub(capacity));
        let mut next = Ring::make(draft.to_owned(), capacity, at)?;
        let mut step = [0; 16 * 1024];
        while let Ok(n @ 1..) = self.read(at, &mut step) {
            next.write(&step[..n])?;
            at += n as u64;
        }
        Ok(next)
    }

    /// Reads once from the terminal, without waiting: one packet, or at most `most` bytes of a stream. None of it is lost if
    /// the daemon is killed meanwhile.
    ///
    /// # Errors
    /// `WouldBlock` when there is nothing to read; `InvalidData` for a packet that conmon does not send, or when there were
    /// more bytes than any session prints; else what is wrong with the socket.
    pub(crate) fn receive(&mut self, socket: BorrowedFd<'_>, how: Framing, most: usize) -> io::Result<Received> {
        self.bytes.receive(socket, how, most)
    }

    /// Appends; of more than its capacity only the last ones stay.
    ///
    /// # Errors
    /// `InvalidData` when there were more bytes than any session prints.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.bytes.write(bytes)
    }

    /// Up to `buf.len()` bytes from position `from` on; 0 at the head.
    ///
    /// # Errors
    /// [`Behind`] when `from` was overwritten (or lies in the future).
    pub(crate) fn read(&self, from: u64, buf: &mut [u8]) -> Result<usize, Behind> {
        if from < self.oldest() || from > self.head() {
            return Err(Behind);
        }
        let n = buf.len().min((self.head() - from) as usize);
        self.bytes.read(from, &mut buf[..n]);
        Ok(n)
    }
}

/// Where a ring of another size is made before it takes the place of the one at `path`.
pub(crate) fn draft_path(path: &Path) -> PathBuf {
    path.with_extension("new")
}

/// Makes the file so long and takes the memory for these bytes of it.
fn take(file: &File, at: u64, length: u64) -> io::Result<()> {
    Ok(rustix::fs::fallocate(file, rustix::fs::FallocateFlags::empty(), at, length)?)
}

#[cfg(test)]
mod kills;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ring() -> (tempfile::TempDir, Ring) {
        let dir = tempfile::tempdir().unwrap();
        let ring = Ring::create(&dir.path().join("x.ring")).unwrap();
        (dir, ring)
    }

    #[test]
    fn a_second_daemon_finds_what_the_first_one_wrote() {
        let (dir, mut ring) = ring();
        ring.write(b"before the crash").unwrap();
        let again = Ring::open(&dir.path().join("x.ring")).unwrap();
        let mut buf = [0; 64];
        assert_eq!(again.read(7, &mut buf), Ok(9));
        assert_eq!(&buf[..9], b"the crash");
    }

    #[test]
    fn a_file_of_another_version_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.ring");
        std::fs::write(&path, vec![7; (DATA_AT + CAPACITY) as usize]).unwrap();
        assert_eq!(Ring::open(&path).unwrap_err().kind(), io::ErrorKind::InvalidData);
        // As long as the version before had it, which counted its bytes itself.
        let mut former = vec![0; (HEADER + CAPACITY) as usize];
        former[..16].copy_from_slice(b"coracle\n\x01\0\0\0\0\0\x01\0");
        std::fs::write(&path, former).unwrap();
        assert_eq!(Ring::open(&path).unwrap_err().kind(), io::ErrorKind::InvalidData);
    }

    #[test]
    fn a_file_that_is_cut_or_counts_what_nobody_wrote_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.ring");
        Ring::create(&path).unwrap().write(b"some").unwrap();
        let whole = std::fs::read(&path).unwrap();
        for length in [0, 3, WORDS, HEADER as usize, DATA_AT as usize, whole.len() - 1, whole.len() + 1] {
            let mut cut = whole.clone();
            cut.resize(length, 0);
            std::fs::write(&path, cut).unwrap();
            assert!(Ring::open(&path).is_err(), "{length} bytes");
        }
        // Each number of both slots in turn, or all of them.
        for at in (64..64 + 2 * 88).step_by(8) {
            let mut wrong = whole.clone();
            wrong[at..at + 8].fill(0xff);
            std::fs::write(&path, &wrong).unwrap();
            if let Ok(ring) = Ring::open(&path) {
                assert!(ring.oldest() <= ring.head() && ring.head() < 1 << 61, "{at}");
                ring.read(ring.oldest(), &mut [0; 64]).unwrap();
            }
        }
        let mut wrong = whole.clone();
        wrong[64..HEADER as usize].fill(0xff);
        std::fs::write(&path, &wrong).unwrap();
        assert_eq!(Ring::open(&path).unwrap_err().kind(), io::ErrorKind::InvalidData);
    }

    #[test]
    fn a_ring_of_another_size_has_what_fits_and_the_next_daemon_finds_it() {
        let (dir, mut ring) = ring();
        let path = dir.path().join("x.ring");
        let byte_at = |position: u64| (position % 251) as u8;
        let bytes = |range: std::ops::Range<u64>| range.map(byte_at).collect::<Vec<_>>();
        ring.write(&bytes(0..100_000)).unwrap();
        std::fs::write(draft_path(&path), "of a daemon that was killed").unwrap();
        ring.resize(LARGE).unwrap();
        assert_eq!((ring.oldest(), ring.head(), ring.capacity()), (100_000 - CAPACITY, 100_000, LARGE));
        ring.write(&bytes(100_000..2_000_000)).unwrap();
        drop(ring);
        let mut ring = Ring::open(&path).unwrap();
        assert_eq!((ring.oldest(), ring.head(), ring.capacity()), (2_000_000 - LARGE, 2_000_000, LARGE));
        ring.resize(CAPACITY).unwrap();
        let ring = Ring::open(&path).unwrap();
        assert_eq!((ring.oldest(), ring.head(), ring.capacity()), (2_000_000 - CAPACITY, 2_000_000, CAPACITY));
        let mut buf = vec![0; CAPACITY as usize];
        assert_eq!(ring.read(ring.oldest(), &mut buf), Ok(CAPACITY as usize));
        assert!(buf == bytes(ring.oldest()..ring.head()));
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn every_byte_still_there_is_the_byte_written(
            pieces in proptest::collection::vec(0usize..40_000, 1..12), step in 1usize..70_000,
        ) {
            let (_dir, mut ring) = ring();
            let mut all = Vec::new();
            for (i, n) in pieces.iter().enumerate() {
                let piece: Vec<u8> = (0..*n).map(|j| (i * 31 + j * 7) as u8).collect();
                ring.write(&piece).unwrap();
                all.extend_from_slice(&piece);
            }
            prop_assert_eq!(ring.head(), all.len() as u64);
            let mut buf = vec![0; step];
            let mut at = ring.oldest();
            loop {
                let n = ring.read(at, &mut buf).unwrap();
                if n == 0 { break; }
                prop_assert_eq!(&buf[..n], &all[at as usize..at as usize + n]);
                at += n as u64;
            }
            prop_assert_eq!(at, ring.head());
            if ring.oldest() > 0 {
                prop_assert_eq!(ring.read(ring.oldest() - 1, &mut buf), Err(Behind));
            }
        }
    }
}
