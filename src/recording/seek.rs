//! Screens to begin at in the middle of a recording. They only make seeking faster: a player that finds none, or one that is
//! wrong, begins earlier. The chain does not cover them.

use data_encoding::BASE64;

use super::NotALine;
use crate::session::Size;

/// Bytes of one line at most; a larger screen gets no checkpoint.
pub(crate) const MAX_CHECKPOINT: usize = 8 << 20;

/// What the terminal shows at one place of the recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Checkpoint {
    /// Milliseconds since the start.
    pub(crate) time: u64,
    /// Offset in the `.cast` of the first event that comes after it.
    pub(crate) cast: u64,
    pub(crate) size: Size,
    /// What redraws the screen in an emulator of its size, as [`crate::terminal::Output::redraw`] makes it.
    pub(crate) screen: Vec<u8>,
}

#[derive(serde::Serialize, serde::Deserialize)]
struct Written {
    time: u64,
    cast: u64,
    cols: u16,
    rows: u16,
    screen: String,
}

impl Checkpoint {
    /// One line without its line feed.
    ///
    /// # Errors
    /// A sentence.
    pub(crate) fn parse(line: &[u8]) -> Result<Checkpoint, NotALine> {
        let Written { time, cast, cols, rows, screen } =
            serde_json::from_slice(line).map_err(|error| NotALine::json(&error))?;
        let size = Size::new(cols, rows).ok_or_else(|| NotALine(format!("{cols}x{rows} is no size")))?;
        let screen = BASE64.decode(screen.as_bytes()).map_err(|error| NotALine(format!("its screen: {error}")))?;
        Ok(Checkpoint { time, cast, size, screen })
    }

    /// The line, with its line feed; `None` for a screen that is too large for one.
    pub(crate) fn line(&self) -> Option<String> {
        let Size { cols, rows } = self.size;
        let screen = BASE64.encode(&self.screen);
        let written = Written { time: self.time, cast: self.cast, cols, rows, screen };
        let line = format!("{}\n", serde_json::to_string(&written).expect("texts and numbers"));
        (line.len() <= MAX_CHECKPOINT).then_some(line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checkpoint_is_read_as_it_was_written_and_a_broken_one_is_none() {
        let checkpoint =
            Checkpoint { time: 31_000, cast: 99, size: Size::DEFAULT, screen: b"\x1bc\xff screen".to_vec() };
        let line = checkpoint.line().unwrap();
        let line = line.trim_end().as_bytes();
        assert_eq!(Checkpoint::parse(line), Ok(checkpoint));
        for cut in 0..line.len() {
            assert!(Checkpoint::parse(&line[..cut]).is_err(), "{cut}");
        }
    }
}
