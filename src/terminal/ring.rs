//! The last output of a session: a wrapping ring in a file of the runtime directory (tmpfs), outliving the daemon.
//!
//! Layout: one page of header (magic, version, capacity, count of all bytes ever written), then the bytes. Positions are
//! counts from the session's first byte and never wrap.

use std::{
    fs::{File, OpenOptions},
    io,
    os::unix::fs::{FileExt, OpenOptionsExt},
    path::Path,
};

const MAGIC: &[u8; 8] = b"coracle\n";
const VERSION: u32 = 1;
/// Bytes of output kept.
pub(crate) const CAPACITY: u64 = 64 * 1024;
/// Bytes before the data.
const HEADER: u64 = 4096;
/// Offset of the count within the header.
const HEAD_AT: u64 = 16;
/// No session prints so many bytes; positions up to there cannot overflow.
const MOST: u64 = 1 << 60;
/// Bytes of one ring file, for the log budget.
pub(crate) const FILE_SIZE: u64 = HEADER + CAPACITY;

/// The ring of one session; only this daemon opens it, under the lock.
#[derive(Debug)]
pub(crate) struct Ring {
    file: File,
    head: u64,
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
        let file = OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(path)?;
        rustix::fs::fallocate(&file, rustix::fs::FallocateFlags::empty(), 0, FILE_SIZE)?;
        let mut header = [0; HEAD_AT as usize + 8];
        header[..8].copy_from_slice(MAGIC);
        header[8..12].copy_from_slice(&VERSION.to_le_bytes());
        header[12..16].copy_from_slice(&(CAPACITY as u32).to_le_bytes());
        file.write_all_at(&header, 0)?;
        Ok(Ring { file, head: 0 })
    }

    /// The ring an earlier daemon left.
    ///
    /// # Errors
    /// `InvalidData` when it is none of this version: the caller makes a new one and says that output is missing.
    pub(crate) fn open(path: &Path) -> io::Result<Ring> {
        let file = OpenOptions::new().read(true).write(true).open(path)?;
        let mut header = [0; HEAD_AT as usize + 8];
        file.read_exact_at(&mut header, 0)?;
        let known = header[..8] == *MAGIC
            && header[8..12] == VERSION.to_le_bytes()
            && header[12..16] == (CAPACITY as u32).to_le_bytes()
            && file.metadata()?.len() == FILE_SIZE;
        if !known {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "not a ring of this version"));
        }
        let head = u64::from_le_bytes(header[HEAD_AT as usize..].try_into().expect("8 bytes were read"));
        if head > MOST {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a count of bytes that no session prints"));
        }
        Ok(Ring { file, head })
    }

    /// All bytes ever written.
    pub(crate) fn head(&self) -> u64 {
        self.head
    }

    /// The oldest position that can still be read.
    pub(crate) fn oldest(&self) -> u64 {
        self.head.saturating_sub(CAPACITY)
    }

    /// Appends; of more than [`CAPACITY`] bytes only the last ones stay.
    ///
    /// # Errors
    /// What the file system says; the memory was taken at creation, so none is expected.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let skipped = (bytes.len() as u64).saturating_sub(CAPACITY);
        let kept = &bytes[skipped as usize..];
        let at = (self.head + skipped) % CAPACITY;
        let first = kept.len().min((CAPACITY - at) as usize);
        self.file.write_all_at(&kept[..first], HEADER + at)?;
        self.file.write_all_at(&kept[first..], HEADER)?;
        self.head += bytes.len() as u64;
        self.file.write_all_at(&self.head.to_le_bytes(), HEAD_AT)
    }

    /// Up to `buf.len()` bytes from position `from` on; 0 at the head.
    ///
    /// # Errors
    /// [`Behind`] when `from` was overwritten (or lies in the future).
    pub(crate) fn read(&self, from: u64, buf: &mut [u8]) -> Result<usize, Behind> {
        if from < self.oldest() || from > self.head {
            return Err(Behind);
        }
        let n = buf.len().min((self.head - from) as usize);
        let at = from % CAPACITY;
        let first = n.min((CAPACITY - at) as usize);
        let (a, b) = buf[..n].split_at_mut(first);
        let whole = self.file.read_exact_at(a, HEADER + at).and_then(|()| self.file.read_exact_at(b, HEADER));
        whole.map(|()| n).map_err(|_| Behind)
    }
}

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
        std::fs::write(&path, vec![7; FILE_SIZE as usize]).unwrap();
        assert_eq!(Ring::open(&path).unwrap_err().kind(), io::ErrorKind::InvalidData);
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
