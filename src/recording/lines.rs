//! The lines of a file, each with its place, none longer than it may be.

use std::io::{self, BufRead};

/// One line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Line<'a> {
    /// Where it begins, in bytes from where reading began.
    pub(crate) at: u64,
    /// Without its line feed.
    pub(crate) bytes: &'a [u8],
    /// False for the last line of a file that was cut, or is being written.
    pub(crate) whole: bool,
}

/// Reads line by line and holds one of them in memory.
pub(crate) struct Lines<R> {
    from: R,
    most: usize,
    at: u64,
    line: Vec<u8>,
}

impl<R: BufRead> Lines<R> {
    /// `most` bytes a line, its line feed not counted.
    pub(crate) fn new(from: R, most: usize) -> Lines<R> {
        Lines { from, most, at: 0, line: Vec::new() }
    }

    /// The next line; `None` at the end.
    ///
    /// # Errors
    /// What reading says; `InvalidData` for a line that is too long, and nothing can be read behind it.
    pub(crate) fn next(&mut self) -> io::Result<Option<Line<'_>>> {
        self.line.clear();
        let at = self.at;
        let mut whole = false;
        while !whole {
            let waiting = self.from.fill_buf()?;
            if waiting.is_empty() {
                break;
            }
            let end = waiting.iter().position(|byte| *byte == b'\n');
            let taken = end.map_or(waiting.len(), |end| end + 1);
            let (text, most) = (end.unwrap_or(taken), self.most);
            if self.line.len() + text > most {
                return Err(io::Error::new(
                    io::ErrorKind::InvalidData,
                    format!("the line at byte {at} is over {most} bytes"),
                ));
            }
            self.line.extend_from_slice(&waiting[..text]);
            whole = end.is_some();
            self.from.consume(taken);
            self.at += taken as u64;
        }
        Ok((self.at > at).then_some(Line { at, bytes: &self.line, whole }))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_endless_line_is_refused_after_its_bound() {
        let mut lines = Lines::new(io::BufReader::new(io::repeat(b'x')), 1000);
        assert_eq!(lines.next().unwrap_err().kind(), io::ErrorKind::InvalidData);
        let mut lines = Lines::new(&b"12345\n123456\n"[..], 5);
        assert!(lines.next().unwrap().is_some());
        assert!(lines.next().is_err());
    }

    proptest! {
        #[test]
        fn lines_are_what_lies_between_line_feeds_and_a_cut_one_is_said(
            bytes in proptest::collection::vec(prop_oneof![Just(b'\n'), Just(b'a'), any::<u8>()], 0..200), buffer in 1usize..9,
        ) {
            let mut lines = Lines::new(io::BufReader::with_capacity(buffer, bytes.as_slice()), 200);
            let mut again = Vec::new();
            while let Some(line) = lines.next().unwrap() {
                prop_assert_eq!(line.at, again.len() as u64);
                again.extend_from_slice(line.bytes);
                prop_assert!(!line.bytes.contains(&b'\n'));
                if line.whole {
                    again.push(b'\n');
                }
            }
            prop_assert_eq!(again, bytes);
        }
    }
}
