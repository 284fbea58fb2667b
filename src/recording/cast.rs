//! asciicast v3: a header, then events, one JSON line each. Ours are written here, and anybody's are read.

use std::fmt::Write as _;

use super::NotALine;
use crate::session::Size;

/// Bytes of one line at most. The longest of ours is a piece of output whose every byte takes six in JSON.
pub(crate) const MAX_EVENT: usize = 128 * 1024;
/// Milliseconds between two events that are believed: a year.
const MAX_INTERVAL: f64 = 366.0 * 86_400_000.0;

/// The first line of a recording.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Header {
    /// The terminal's size at the start.
    pub(crate) size: Size,
    /// Unix seconds of the start, where it is known.
    pub(crate) timestamp: Option<u64>,
    /// Who recorded whom; of anybody, so not to be shown as it is.
    pub(crate) title: String,
}

#[derive(serde::Serialize, serde::Deserialize)]
struct WrittenHeader {
    version: u32,
    term: Term,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    timestamp: Option<u64>,
    #[serde(default)]
    title: String,
}

#[derive(serde::Serialize, serde::Deserialize)]
struct Term {
    cols: u16,
    rows: u16,
    #[serde(default, rename = "type")]
    kind: String,
}

impl Header {
    /// # Errors
    /// A sentence; also for a version other than 3 and a size outside 1..=1000.
    pub(crate) fn parse(line: &[u8]) -> Result<Header, NotALine> {
        let header: WrittenHeader = serde_json::from_slice(line).map_err(|error| NotALine::json(&error))?;
        if header.version != 3 {
            return Err(NotALine(format!("it is asciicast version {}; only version 3 is read", header.version)));
        }
        let Term { cols, rows, .. } = header.term;
        let size = Size::new(cols, rows).ok_or_else(|| no_size(&format!("{cols}x{rows}")))?;
        Ok(Header { size, timestamp: header.timestamp, title: header.title })
    }

    /// The line, with its line feed.
    pub(crate) fn line(&self) -> String {
        let Size { cols, rows } = self.size;
        let (timestamp, title) = (self.timestamp, self.title.clone());
        let term = Term { cols, rows, kind: "xterm-256color".into() };
        let header = WrittenHeader { version: 3, term, timestamp, title };
        format!("{}\n", serde_json::to_string(&header).expect("texts and numbers"))
    }
}

/// One line behind the header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Event {
    /// Milliseconds since the event before.
    pub(crate) interval: u64,
    pub(crate) what: What,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum What {
    /// The terminal printed this.
    Output(String),
    Resize(Size),
    /// The shell ended, with its exit status as it was written.
    Exit(String),
    /// A note between the output. Ours are [`What::gap`] and [`What::ended`].
    Marker(String),
    /// Nothing that a player shows: typed input, which we never write, or a kind of tomorrow.
    Other,
}

impl What {
    /// So many bytes of output are not in the recording; `None`: nobody knows how many.
    pub(crate) fn gap(bytes: Option<u64>) -> What {
        What::Marker(match bytes {
            Some(bytes) => format!("gap: {bytes} bytes lost"),
            None => "gap: output may be lost".to_owned(),
        })
    }

    /// The session is over; `reason` is its stable code.
    pub(crate) fn ended(reason: &str) -> What {
        What::Marker(format!("ended: {reason}"))
    }
}

impl Event {
    /// One line without its line feed; `None` for a comment or an empty one.
    ///
    /// # Errors
    /// A sentence.
    pub(crate) fn parse(line: &[u8]) -> Result<Option<Event>, NotALine> {
        if line.is_empty() || line.starts_with(b"#") {
            return Ok(None);
        }
        let (interval, code, data): (f64, String, String) =
            serde_json::from_slice(line).map_err(|error| NotALine::json(&error))?;
        let millis = (interval * 1000.0).round();
        if !(0.0..=MAX_INTERVAL).contains(&millis) {
            return Err(NotALine(format!("{interval} is no interval; one is 0 to {} seconds", MAX_INTERVAL / 1000.0)));
        }
        let what = match code.as_str() {
            "o" => What::Output(data),
            "r" => What::Resize(parse_size(&data).ok_or_else(|| no_size(&data))?),
            "x" => What::Exit(data),
            "m" => What::Marker(data),
            _ => What::Other,
        };
        Ok(Some(Event { interval: millis as u64, what })) // whole and within the range of both
    }

    /// Appends the line, with its line feed.
    ///
    /// # Panics
    /// For [`What::Other`], which nobody writes.
    pub(crate) fn append_to(&self, cast: &mut String) {
        let (code, data) = match &self.what {
            What::Output(text) => ("o", text.clone()),
            What::Resize(Size { cols, rows }) => ("r", format!("{cols}x{rows}")),
            What::Exit(status) => ("x", status.clone()),
            What::Marker(text) => ("m", text.clone()),
            What::Other => unreachable!("only read, never made"),
        };
        let data = serde_json::to_string(&data).expect("a text");
        let (seconds, millis) = (self.interval / 1000, self.interval % 1000);
        let _ = writeln!(cast, "[{seconds}.{millis:03}, \"{code}\", {data}]"); // a String takes all
    }
}

fn parse_size(text: &str) -> Option<Size> {
    let (cols, rows) = text.split_once('x')?;
    Size::new(cols.parse().ok()?, rows.parse().ok()?)
}

fn no_size(text: &str) -> NotALine {
    let short: String = text.chars().filter(|c| !c.is_control()).take(20).collect();
    NotALine(format!("{short:?} is no size; one is 1x1 to 1000x1000"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_lines_are_those_of_the_format() {
        let header = Header { size: Size::DEFAULT, timestamp: Some(1504467315), title: "shell of mira".into() };
        assert_eq!(
            header.line(),
            "{\"version\":3,\"term\":{\"cols\":80,\"rows\":24,\"type\":\"xterm-256color\"},\"timestamp\":1504467315,\
             \"title\":\"shell of mira\"}\n"
        );
        let mut cast = String::new();
        for (interval, what) in [
            (1250, What::Output("\x1b[1mho\"→\r\n".into())),
            (0, What::Resize(Size { cols: 100, rows: 50 })),
            (7, What::gap(Some(12))),
            (60_000, What::Exit("0".into())),
        ] {
            Event { interval, what }.append_to(&mut cast);
        }
        assert_eq!(
            cast,
            "[1.250, \"o\", \"\\u001b[1mho\\\"→\\r\\n\"]\n[0.000, \"r\", \"100x50\"]\n[0.007, \"m\", \"gap: 12 bytes lost\"]\n\
             [60.000, \"x\", \"0\"]\n"
        );
    }

    #[test]
    fn what_others_write_is_read_and_what_no_player_could_show_is_refused() {
        let header =
            br#"{"version":3,"term":{"cols":1,"rows":1000,"theme":{}},"idle_time_limit":2,"env":{"SHELL":"x"}}"#;
        assert_eq!(Header::parse(header).unwrap().size, Size { cols: 1, rows: 1000 });
        for wrong in [
            &br#"{"version":2,"width":80,"height":24}"#[..],
            br#"{"version":3,"term":{"cols":0,"rows":24}}"#,
            br#"{"version":3,"term":{"cols":80,"rows":1001}}"#,
            b"[0.1, \"o\", \"x\"]",
            b"",
        ] {
            assert!(Header::parse(wrong).is_err(), "{}", String::from_utf8_lossy(wrong));
        }
        assert_eq!(Event::parse(b"# a comment"), Ok(None));
        assert_eq!(Event::parse(b"[1, \"i\", \"secret\"]"), Ok(Some(Event { interval: 1000, what: What::Other })));
        for wrong in [
            "[-1, \"o\", \"\"]",
            "[1e300, \"o\", \"\"]",
            "[0, \"r\", \"80\"]",
            "[0, \"r\", \"0x9\"]",
            "[0, \"o\"]",
            "{}",
            "\u{0}",
        ] {
            assert!(Event::parse(wrong.as_bytes()).is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn an_event_is_read_as_it_was_written(interval in 0u64..100_000_000, text in ".*", kind in 0..4) {
            let what = match kind {
                0 => What::Output(text),
                1 => What::Marker(text),
                2 => What::Exit(text),
                _ => What::Resize(Size { cols: (interval % 1000 + 1) as u16, rows: 7 }),
            };
            let event = Event { interval, what };
            let mut line = String::new();
            event.append_to(&mut line);
            prop_assert_eq!(line.matches('\n').count(), 1);
            prop_assert_eq!(Event::parse(line.trim_end_matches('\n').as_bytes()), Ok(Some(event)));
        }

        #[test]
        fn no_bytes_make_the_parsers_panic(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            let _ = Header::parse(&bytes);
            let _ = Event::parse(&bytes);
        }
    }
}
