//! A session's screen between two daemons: the one that leaves writes it down, the next one takes it. The ring alone goes
//! back 64 KiB; a title or a full-screen program may be older.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use super::output::Redraw;
use crate::session::Size;

const MAGIC: &[u8; 8] = b"coracle-";
const VERSION: u32 = 1;
/// Magic, version, columns, rows, position, length of what follows.
const HEADER: usize = 8 + 4 + 2 + 2 + 8 + 8;
/// Bytes of a file that is read at most; a larger screen is drawn from the ring.
const MOST: usize = 4 * 1024 * 1024;

/// Puts the screen of a terminal of this size to `path`, 0600. One that was not written to its end is not taken.
///
/// # Errors
/// What the file system says; the next daemon then draws from the ring.
pub(crate) fn park(path: &Path, size: Size, redraw: &Redraw) -> io::Result<()> {
    let mut content = Vec::with_capacity(HEADER + redraw.bytes.len());
    content.extend(MAGIC);
    content.extend(VERSION.to_le_bytes());
    content.extend(size.cols.to_le_bytes());
    content.extend(size.rows.to_le_bytes());
    content.extend(redraw.position.to_le_bytes());
    content.extend((redraw.bytes.len() as u64).to_le_bytes());
    content.extend(&redraw.bytes);
    OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?.write_all(&content)
}

/// The screen that an earlier daemon left at `path`, which is gone then: it is true for one start only.
pub(crate) fn unpark(path: &Path) -> Option<(Size, Redraw)> {
    let content = fs::metadata(path).ok().filter(|file| file.len() <= MOST as u64).and_then(|_| fs::read(path).ok());
    let _ = fs::remove_file(path); // absent is what is wanted
    parse(&content?)
}

fn parse(content: &[u8]) -> Option<(Size, Redraw)> {
    let (header, bytes) = content.split_at_checked(HEADER)?;
    let known = header[..8] == *MAGIC && header[8..12] == VERSION.to_le_bytes();
    let number = |at: usize| u16::from_le_bytes([header[at], header[at + 1]]);
    let size = Size::new(number(12), number(14)).filter(|_| known)?;
    let long = |at: usize| header[at..at + 8].try_into().map(u64::from_le_bytes);
    let (position, length) = (long(16).ok()?, long(24).ok()?);
    if length != bytes.len() as u64 {
        return None;
    }
    Some((size, Redraw { bytes: bytes.to_vec(), position }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_daemon_parks_the_next_one_takes_once() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.screen");
        let redraw = Redraw { bytes: b"\x1bcscreen".to_vec(), position: 77 };
        park(&path, Size { cols: 90, rows: 30 }, &redraw).unwrap();
        let (size, taken) = unpark(&path).unwrap();
        assert_eq!((size.cols, taken.position, taken.bytes), (90, 77, redraw.bytes));
        assert!(unpark(&path).is_none());
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_file_that_is_cut_or_of_another_version_is_none() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.screen");
        park(&path, Size::DEFAULT, &Redraw { bytes: b"screen".to_vec(), position: 1 }).unwrap();
        let whole = fs::read(&path).unwrap();
        for cut in 0..whole.len() {
            assert!(parse(&whole[..cut]).is_none(), "{cut} bytes");
        }
        for at in 0..12 {
            let mut wrong = whole.clone();
            wrong[at] ^= 0x40;
            assert!(parse(&wrong).is_none(), "byte {at}");
        }
    }
}
