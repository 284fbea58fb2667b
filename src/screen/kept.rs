//! The model itself as bytes, for the process that takes its place: to the last detail the same, which no bytes written to a
//! terminal would make it. What redraws an emulator is a snapshot; this is no emulator's business.
//!
//! All but the rows as JSON, then the rows of both buffers, then how many above the screen are left out, and the others, packed
//! as they are there.

use super::{
    MAX_COLS, MAX_ROWS, MIN_COLS, MIN_ROWS, SCROLLBACK_BYTES, SCROLLBACK_ROWS, Screen,
    buffer::Buffer,
    row::Row,
    scrollback::{self, Scrollback},
};

/// Of what follows. Another version's are not read: its screen is drawn from the output.
const VERSION: u32 = 1;
/// Columns of a row that keeps more than the screen shows, and tab stops: what the largest screen ever had.
const MAX_WIDTH: usize = MAX_COLS;

/// What of the rows above the screen is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Above {
    All,
    Nothing,
}

impl Screen {
    /// What [`Screen::from_kept`] makes the same screen of; but for the rows above it, if they are not wanted.
    pub(crate) fn keep(&self, above: Above) -> Vec<u8> {
        let head = serde_json::to_vec(self).expect("numbers, texts and lists of them are JSON");
        let history = &self.main.scrollback;
        let size = head.len() + 4096 + if above == Above::All { history.packed_len() + 4 * history.len() } else { 0 };
        let mut out = Vec::with_capacity(size);
        push(VERSION, &mut out);
        push(head.len() as u32, &mut out);
        out.extend(&head);
        for buffer in [&self.main, &self.alternate] {
            push(buffer.rows.len() as u32, &mut out);
            for row in &buffer.rows {
                push(row.width() as u32, &mut out);
                let length_at = out.len();
                push(0, &mut out);
                scrollback::pack(row, &mut out);
                let length = (out.len() - length_at - 4) as u32;
                out[length_at..length_at + 4].copy_from_slice(&length.to_le_bytes());
            }
        }
        match above {
            Above::All => {
                push(0, &mut out);
                push(history.len() as u32, &mut out);
                history.lengths().for_each(|length| push(length, &mut out));
                history.packed().into_iter().for_each(|part| out.extend(part));
            }
            Above::Nothing => {
                push(history.len() as u32, &mut out);
                push(0, &mut out);
            }
        }
        out
    }

    /// The screen that was kept; `None` if these bytes are none of this version's. Whatever they are, nothing but memory in
    /// their proportion is spent on them.
    pub(crate) fn from_kept(bytes: &[u8]) -> Option<Screen> {
        let mut bytes = Bytes(bytes);
        if bytes.number()? != VERSION {
            return None;
        }
        let length = bytes.number()? as usize;
        let mut screen: Screen = serde_json::from_slice(bytes.take(length)?).ok()?;
        screen.main.rows = bytes.rows()?.into();
        screen.alternate.rows = bytes.rows()?.into();
        // The saved cursor's line counts from the oldest row.
        let left_out = bytes.number()? as usize;
        screen.main.saved.line = screen.main.saved.line.saturating_sub(left_out);
        let above = bytes.number()? as usize;
        if above > SCROLLBACK_ROWS {
            return None;
        }
        let lengths: Vec<u32> = (0..above).map(|_| bytes.number()).collect::<Option<_>>()?;
        screen.main.scrollback = Scrollback::of_packed(SCROLLBACK_ROWS, SCROLLBACK_BYTES, lengths, bytes.0)?;
        screen.is_sound().then_some(screen)
    }

    /// What the rest of the model relies on.
    fn is_sound(&self) -> bool {
        let buffers = [&self.main, &self.alternate];
        (MIN_COLS..=MAX_COLS).contains(&self.cols)
            && (MIN_ROWS..=MAX_ROWS).contains(&self.rows)
            && self.main.rows.len() == self.rows
            && self.alternate.rows.len() == if self.on_alternate { self.rows } else { 0 }
            && buffers.into_iter().all(|buffer| self.is_sound_buffer(buffer))
            && self.charsets.level < self.charsets.sets.len()
            && self.palette.len() <= MAX_WIDTH
            && self.parser.is_sound()
            && self.links.is_sound()
    }

    fn is_sound_buffer(&self, buffer: &Buffer) -> bool {
        buffer.rows.iter().all(|row| row.width() >= self.cols)
            && buffer.x <= self.cols
            && buffer.y < self.rows
            && buffer.top <= buffer.bottom
            && buffer.bottom < self.rows
            && buffer.saved.x <= MAX_WIDTH
            && buffer.saved.line <= SCROLLBACK_ROWS + MAX_ROWS
            && buffer.tabs.last().is_none_or(|last| *last <= MAX_WIDTH)
    }
}

fn push(number: u32, to: &mut Vec<u8>) {
    to.extend(number.to_le_bytes());
}

/// What is still to be read.
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, n: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(n)?;
        self.0 = rest;
        Some(taken)
    }

    fn number(&mut self) -> Option<u32> {
        self.take(4)?.try_into().map(u32::from_le_bytes).ok()
    }

    fn rows(&mut self) -> Option<Vec<Row>> {
        let n = self.number().filter(|n| *n as usize <= MAX_ROWS)?;
        (0..n).map(|_| self.row()).collect()
    }

    fn row(&mut self) -> Option<Row> {
        let width = self.number().filter(|width| *width as usize <= MAX_WIDTH)?;
        let length = self.number()?;
        Some(scrollback::unpack(self.take(length as usize)?, width as usize))
    }
}
