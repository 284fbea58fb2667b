//! The screen as it was at a position of the output, in the file of the session's record: the next daemon draws on it what
//! the ring has from there on.
//!
//! Two areas behind the record. The new one is written whole, its head last; then the memory of the old one is given back. A
//! daemon that is killed in between leaves the old one as it was.

use std::{fs::File, io, os::unix::fs::FileExt};

use rustix::fs::{FallocateFlags, fallocate};

use super::budget::Share;
use crate::screen::{Above, Screen};

const MAGIC: &[u8; 8] = b"corascr\n";
/// Magic, sequence number, position, length.
const HEAD: usize = 8 + 8 + 8 + 8;
/// Bytes of one area; without rows above it the screen of 300 by 100 cells, each in colours of its own, fits.
const AREA: u64 = 1024 * 1024;
/// Bytes of a screen that a session may keep in any case; more if the budget has it.
pub(crate) const LEAST: u64 = 64 * 1024;

/// Where a session's screen is kept.
#[derive(Debug)]
pub(crate) struct Checkpoints {
    file: File,
    /// Offset of the first area.
    at: u64,
    /// Of the newest; it lies in the area of this number modulo two.
    sequence: u64,
    share: Share,
    /// Bytes beyond the least that the ring has.
    ring: u64,
}

impl Checkpoints {
    /// Behind the first `at` bytes of `file`, which an earlier daemon may have used; the memory is of `share`.
    pub(crate) fn new(file: File, at: u64, share: Share) -> Checkpoints {
        let mut checkpoints = Checkpoints { file, at, sequence: 0, share, ring: 0 };
        checkpoints.sequence = checkpoints.newest_head().map_or(0, |(sequence, ..)| sequence);
        checkpoints
    }

    /// The newest position and screen, if there is one of this version.
    pub(crate) fn newest(&self) -> Option<(u64, Screen)> {
        let (sequence, position, length) = self.newest_head()?;
        let mut bytes = vec![0; length];
        self.file.read_exact_at(&mut bytes, self.area(sequence) + HEAD as u64).ok()?;
        Some((position, Screen::from_kept(&bytes)?))
    }

    /// Keeps the screen as it is at `position`; without the rows above it if there is no room for them.
    ///
    /// # Errors
    /// `StorageFull` when there is no room for the screen alone; else what the file system says. The one before stays.
    pub(crate) fn write(&mut self, position: u64, screen: &Screen) -> io::Result<()> {
        let fits = |bytes: &[u8], share: &mut Share, ring| {
            let length = (HEAD + bytes.len()) as u64;
            length <= AREA && share.set_extra(ring + length.saturating_sub(LEAST))
        };
        let mut bytes = screen.keep(Above::All);
        if !fits(&bytes, &mut self.share, self.ring) {
            bytes = screen.keep(Above::Nothing);
            if !fits(&bytes, &mut self.share, self.ring) {
                return Err(io::Error::new(io::ErrorKind::StorageFull, format!("a screen of {} bytes", bytes.len())));
            }
        }
        let sequence = self.sequence + 1;
        let (area, old) = (self.area(sequence), self.area(self.sequence));
        let mut head = [0; HEAD];
        self.file.write_all_at(&head, area)?; // what an earlier one left there counts no more
        self.file.write_all_at(&bytes, area + HEAD as u64)?;
        head[..8].copy_from_slice(MAGIC);
        head[8..16].copy_from_slice(&sequence.to_le_bytes());
        head[16..24].copy_from_slice(&position.to_le_bytes());
        head[24..].copy_from_slice(&(bytes.len() as u64).to_le_bytes());
        self.file.write_all_at(&head, area)?;
        self.sequence = sequence;
        // A file system that cannot do it keeps both.
        let _ = fallocate(&self.file, FallocateFlags::PUNCH_HOLE | FallocateFlags::KEEP_SIZE, old, AREA);
        Ok(())
    }

    /// The ring takes so many bytes beyond its least from now on; false: there is no room.
    pub(crate) fn set_ring(&mut self, bytes: u64) -> bool {
        let (_, _, length) = self.newest_head().unwrap_or_default();
        let granted = self.share.set_extra(bytes + ((HEAD + length) as u64).saturating_sub(LEAST));
        if granted {
            self.ring = bytes;
        }
        granted
    }

    fn area(&self, sequence: u64) -> u64 {
        self.at + sequence % 2 * AREA
    }

    /// Sequence number, position, length.
    fn newest_head(&self) -> Option<(u64, u64, usize)> {
        [0, 1].into_iter().filter_map(|area| self.head(area)).max_by_key(|(sequence, ..)| *sequence)
    }

    fn head(&self, area: u64) -> Option<(u64, u64, usize)> {
        let mut head = [0; HEAD];
        self.file.read_exact_at(&mut head, self.area(area)).ok()?;
        let number = |at: usize| head[at..at + 8].try_into().map(u64::from_le_bytes).ok();
        let (sequence, position, length) = (number(8)?, number(16)?, number(24)?);
        let sound = head[..8] == *MAGIC && sequence % 2 == area && length <= AREA - HEAD as u64 && sequence < u64::MAX;
        sound.then_some((sequence, position, length as usize))
    }
}

#[cfg(test)]
mod tests {
    use std::{fs::OpenOptions, os::unix::fs::MetadataExt};

    use super::*;
    use crate::terminal::budget::LogBudget;

    const AT: u64 = 4096;

    fn file(dir: &tempfile::TempDir) -> File {
        let path = dir.path().join("x.rec");
        OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path).unwrap()
    }

    fn opened(dir: &tempfile::TempDir) -> Checkpoints {
        Checkpoints::new(file(dir), AT, LogBudget::new(1 << 30).take(LEAST).unwrap())
    }

    fn showing(text: &str) -> Screen {
        let mut screen = Screen::new(80, 24);
        screen.write(text.as_bytes());
        screen
    }

    #[test]
    fn the_newest_is_found_and_only_one_takes_memory() {
        let dir = tempfile::tempdir_in("/dev/shm").unwrap();
        let mut checkpoints = opened(&dir);
        assert!(checkpoints.newest().is_none());
        let long = "some words in a line of their own\r\n".repeat(900);
        for n in 1..20 {
            let screen = showing(&format!("{long}{n}"));
            checkpoints.write(n, &screen).unwrap();
            let (position, found) = opened(&dir).newest().unwrap();
            assert_eq!((position, found.snapshot()), (n, screen.snapshot()));
            let memory = file(&dir).metadata().unwrap().blocks() * 512;
            assert!(memory < screen.keep(Above::All).len() as u64 + 2 * 4096, "{memory} bytes");
        }
    }

    #[test]
    fn one_that_was_being_written_leaves_the_one_before() {
        let dir = tempfile::tempdir_in("/dev/shm").unwrap();
        let mut checkpoints = opened(&dir);
        checkpoints.write(1, &showing("old")).unwrap();
        // As far as a daemon may come: all but the head of the next.
        let half = showing("half").keep(Above::All);
        file(&dir).write_all_at(&half, checkpoints.area(2) + HEAD as u64).unwrap();
        let again = opened(&dir);
        assert_eq!(again.newest().unwrap().0, 1);
        // Both heads are there: the old one is to be given back, but it was killed first.
        let mut file = file(&dir);
        checkpoints.write(2, &showing("new")).unwrap();
        let mut old = [0; HEAD];
        old[..8].copy_from_slice(MAGIC);
        old[8] = 1;
        file.write_all_at(&old, checkpoints.area(1)).unwrap();
        assert_eq!(opened(&dir).newest().unwrap().0, 2);
        // Another version's screen, or a head of nonsense: none.
        file.write_all_at(&[9], checkpoints.area(2) + HEAD as u64).unwrap();
        assert!(opened(&dir).newest().is_none());
        io::Write::write_all(&mut file, &[0xff; 8192]).unwrap();
        assert!(opened(&dir).newest().is_none());
    }

    #[test]
    fn without_room_the_rows_above_are_left_out_and_then_the_one_before_stays() {
        let dir = tempfile::tempdir_in("/dev/shm").unwrap();
        let budget = LogBudget::new(LEAST + 10_000);
        let mut checkpoints = Checkpoints::new(file(&dir), AT, budget.take(LEAST).unwrap());
        let full = showing(&format!("{}last", "all of the columns of it ".repeat(4000)));
        assert!(full.keep(Above::All).len() as u64 > LEAST + 10_000);
        checkpoints.write(1, &full).unwrap();
        let (_, found) = checkpoints.newest().unwrap();
        let alone = Screen::from_kept(&full.keep(Above::Nothing)).unwrap();
        assert!(found.snapshot() == alone.snapshot() && alone.snapshot() != full.snapshot());
        let mut wide = Screen::new(1000, 1000);
        for n in 0..60_000 {
            wide.write(format!("\x1b[38;2;{};{};9mxyz", n % 256, n / 256).as_bytes());
        }
        assert_eq!(checkpoints.write(2, &wide).unwrap_err().kind(), io::ErrorKind::StorageFull);
        assert_eq!(checkpoints.newest().unwrap().0, 1);
        assert!(checkpoints.set_ring(10_000) && !checkpoints.set_ring(10_001));
    }
}
