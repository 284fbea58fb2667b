//! The events of an asciicast, one after the other, each with its moment.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Seek, SeekFrom},
    path::Path,
};

use super::next_line;
use crate::recording::{self, Header, NotALine, What};

/// Bytes that are read ahead.
const AHEAD: usize = 256 * 1024;

/// One thing that happened.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Event {
    /// Milliseconds since the beginning.
    pub(crate) time: u64,
    pub(crate) what: What,
}

/// The events of a recording from somewhere on.
#[derive(Debug)]
pub(crate) struct Events<R> {
    lines: R,
    /// The line that is being read.
    line: Vec<u8>,
    time: u64,
}

/// Why a file is no recording, in a sentence without its name.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoRecording {
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("no asciicast: {0}")]
    Header(#[from] NotALine),
    #[error("no asciicast: it has no line that is complete")]
    Empty,
}

impl Events<BufReader<File>> {
    /// Opens a file and reads its header.
    ///
    /// # Errors
    /// It cannot be read, or is no asciicast of version 3.
    pub(crate) fn open(path: &Path) -> Result<(Header, Self), NoRecording> {
        Events::begin(BufReader::with_capacity(AHEAD, File::open(path)?))
    }

    /// The events of an open file from `offset` on, which lies between two events, the one before it at `time`.
    ///
    /// # Errors
    /// The file has no such place.
    pub(crate) fn from(mut file: File, offset: u64, time: u64) -> io::Result<Self> {
        file.seek(SeekFrom::Start(offset))?;
        Ok(Events { lines: BufReader::with_capacity(AHEAD, file), line: Vec::new(), time })
    }

    /// Goes to `offset`, which lies between two events, the one before it at `time`.
    ///
    /// # Errors
    /// The file has no such place.
    pub(crate) fn seek(&mut self, offset: u64, time: u64) -> io::Result<()> {
        self.lines.seek(SeekFrom::Start(offset))?;
        self.line.clear();
        self.time = time;
        Ok(())
    }
}

impl<R: BufRead> Events<R> {
    /// Reads the header; the events after it follow.
    ///
    /// # Errors
    /// It is no asciicast of version 3.
    pub(crate) fn begin(mut lines: R) -> Result<(Header, Self), NoRecording> {
        let mut line = Vec::new();
        if !next_line(&mut lines, &mut line)? {
            return Err(NoRecording::Empty);
        }
        let header = Header::parse(&line)?;
        line.clear();
        Ok((header, Events { lines, line, time: 0 }))
    }

    /// Of the last event that was read, in milliseconds.
    pub(crate) fn time(&self) -> u64 {
        self.time
    }

    /// The next event that is no output, which is passed over without being read: much faster.
    ///
    /// # Errors
    /// As [`Events::next`].
    pub(crate) fn next_but_output(&mut self) -> io::Result<Option<Event>> {
        while next_line(&mut self.lines, &mut self.line)? {
            let event = match output_interval(&self.line) {
                Some(interval) => Ok(Some(recording::Event { interval, what: What::Other })),
                None => recording::Event::parse(&self.line),
            };
            self.line.clear();
            if let Ok(Some(recording::Event { interval, what })) = event {
                self.time = self.time.saturating_add(interval);
                if what != What::Other {
                    return Ok(Some(Event { time: self.time, what }));
                }
            }
        }
        Ok(None)
    }

    /// The next event; `None` where the recording ends, or ends for now: asking again later finds what was added. Lines
    /// that are no event are passed over.
    ///
    /// # Errors
    /// The file cannot be read, or a line has no end.
    pub(crate) fn next(&mut self) -> io::Result<Option<Event>> {
        while next_line(&mut self.lines, &mut self.line)? {
            let event = recording::Event::parse(&self.line);
            self.line.clear();
            if let Ok(Some(recording::Event { interval, what })) = event {
                self.time = self.time.saturating_add(interval);
                return Ok(Some(Event { time: self.time, what }));
            }
        }
        Ok(None)
    }
}

/// The interval of a line of output, as our own recordings write it.
fn output_interval(line: &[u8]) -> Option<u64> {
    let comma = line.iter().position(|byte| *byte == b',')?;
    let (interval, rest) = line.split_at(comma);
    let interval = std::str::from_utf8(interval.strip_prefix(b"[")?).ok()?;
    let (seconds, millis) = interval.split_once('.').filter(|(_, millis)| millis.len() == 3)?;
    let digits =
        |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse::<u64>().ok()).flatten();
    let whole = digits(seconds)?.checked_mul(1000)?.checked_add(digits(millis)?)?;
    rest.starts_with(b", \"o\", \"").then_some(whole)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::Size;
    use std::io::Cursor;

    const CAST: &str = "{\"version\":3,\"term\":{\"cols\":80,\"rows\":24,\"type\":\"xterm-256color\"},\
        \"timestamp\":1798675200,\"title\":\"shell of mira\",\"future\":[1]}\n\
        [0.5,\"o\",\"$ \\u001b[1mls\\r\\n\"]\n# a comment\n[1.25,\"r\",\"120x40\"]\n[0,\"m\",\"gap: 12 bytes lost\"]\n\
        [-1,\"o\",\"never\"]\n[1,\"x\",\"0\"]\n";

    fn all(text: &str) -> Vec<Event> {
        let (_, mut events) = Events::begin(Cursor::new(text)).unwrap();
        std::iter::from_fn(|| events.next().unwrap()).collect()
    }

    #[test]
    fn times_are_sums_of_intervals() {
        let told: Vec<_> = all(CAST).into_iter().map(|event| (event.time, event.what)).collect();
        assert_eq!(
            told,
            [
                (500, What::Output("$ \u{1b}[1mls\r\n".into())),
                (1750, What::Resize(Size { cols: 120, rows: 40 })),
                (1750, What::Marker("gap: 12 bytes lost".into())),
                (2750, What::Exit("0".into())),
            ]
        );
    }

    #[test]
    fn passing_over_output_keeps_the_time() {
        let head = "{\"version\":3,\"term\":{\"cols\":80,\"rows\":24}}\n";
        let cast = format!(
            "{head}[1.250, \"o\", \"x\"]\n[0.5,\"o\",\"y\"]\n[2.000, \"r\", \"90x30\"]\n[3.001, \"o\", \"z\"]\n"
        );
        let (_, mut events) = Events::begin(Cursor::new(cast)).unwrap();
        let mut told = || events.next_but_output().unwrap().map(|event| (event.time, event.what));
        // What others write, with other spaces, is read as usual.
        assert_eq!(told(), Some((1750, What::Output("y".into()))));
        assert_eq!(told(), Some((3750, What::Resize(Size { cols: 90, rows: 30 }))));
        assert_eq!(told(), None);
        assert_eq!(events.time(), 6751);
    }

    #[test]
    fn a_recording_is_read_as_far_as_it_goes_wherever_it_is_cut() {
        let whole = all(CAST);
        let first = CAST.find('\n').unwrap() + 1;
        for cut in 0..CAST.len() {
            match Events::begin(Cursor::new(&CAST[..cut])) {
                Err(NoRecording::Empty) => assert!(cut < first),
                Err(other) => panic!("{other}"),
                Ok((_, mut events)) => {
                    let read: Vec<_> = std::iter::from_fn(|| events.next().unwrap()).collect();
                    assert!(whole.starts_with(&read), "cut at {cut}");
                }
            }
        }
    }

    #[test]
    fn what_is_added_later_is_read_when_asked_again_also_the_rest_of_a_line() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("growing.cast");
        let (begin, rest) = CAST.split_at(CAST.find("ls\\r").unwrap());
        std::fs::write(&path, begin).unwrap();
        let (_, mut events) = Events::open(&path).unwrap();
        assert_eq!(events.next().unwrap(), None);
        let mut file = std::fs::OpenOptions::new().append(true).open(&path).unwrap();
        io::Write::write_all(&mut file, rest.as_bytes()).unwrap();
        assert_eq!(events.next().unwrap().unwrap().what, What::Output("$ \u{1b}[1mls\r\n".into()));
    }

    #[test]
    fn another_kind_of_file_is_named() {
        let told = |text: &str| Events::begin(Cursor::new(text.to_owned())).err().unwrap().to_string();
        assert!(told("{\"version\":2,\"width\":80,\"height\":24}\n").starts_with("no asciicast: "));
        assert!(told("\x7fELF\n").starts_with("no asciicast: ") && told("").contains("no line"));
    }
}
