//! What a terminal shows, for an exact redraw: a model of the page's emulator, xterm.js with its grapheme add-on, quirks
//! included, which takes the same bytes and can say what to write into a fresh one to make it the same.
//!
//! It knows nothing of the rest of the program. Memory is bounded by the size, [`SCROLLBACK_ROWS`] and
//! [`SCROLLBACK_BYTES`]; work by [`Screen::write`]'s slices.

mod cell; //       what one place shows and how
mod row; //        a row of them: insert, delete, erase
mod scrollback; // rows above the screen, packed
mod links; //      addresses behind cells
mod charset; //    ISO 2022's sets
mod width; //      how wide a character is, and what joins it
mod buffer; //     rows, cursor, region, tabs of one of the two buffers
mod params; //     the numbers of a sequence
mod parser; //     bytes to characters and sequences
mod print; //      characters into cells
mod control; //    what each sequence does: movement, scrolling
mod erase; //      … erasing, inserting, deleting
mod modes; //      … modes, the two buffers, resets
mod sgr; //        … the pen
mod osc; //        … title, links, colours
mod reflow; //     another size
mod snapshot; //   the bytes that redraw it
mod plain; //      output as text
mod kept; //       the model itself as bytes, for the next process
mod paint; //      a row for any other terminal

#[cfg(fuzzing)]
pub(crate) mod fuzz;
#[cfg(test)]
mod judge;
#[cfg(test)]
mod streams;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use buffer::Buffer;
use cell::{Cell, Style, bg};
use charset::Charsets;
pub(crate) use kept::Above;
use links::Links;
use modes::Modes;
pub(crate) use paint::is_harmless;
use parser::{Asked, Parser};
use scrollback::Scrollback;
use width::Printed;

pub(crate) use plain::PlainText;

/// Rows above the screen that are kept at most; as many as the page keeps.
pub(crate) const SCROLLBACK_ROWS: usize = 1000;
/// Bytes of them, packed, that are kept at most; what 80 columns of plain text need, half as much again.
const SCROLLBACK_BYTES: usize = 128 * 1024;
/// Columns and rows that a screen has at least.
const MIN_COLS: usize = 2;
const MIN_ROWS: usize = 1;
/// Columns and rows that one has at most; the wire allows no more.
const MAX_COLS: usize = 1000;
const MAX_ROWS: usize = 1000;
/// Cells (or rows, where whole rows move) that one call of [`Screen::write`] touches before it pauses; the sequence that
/// reaches it is finished.
const WORK_SLICE: usize = 256 * 1024;

/// What the next character looks like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
struct Pen {
    /// Its background word says whether underline and link count.
    style: Style,
}

impl Pen {
    /// As cells carry it.
    fn cell_style(&self) -> Style {
        let Style { fg, bg, link, .. } = self.style;
        if bg & bg::EXTENDED != 0 {
            Style::new(fg, bg & !bg::EXTENDED, self.style.underline_word(), link)
        } else {
            Style::new(fg, bg, 0, 0)
        }
    }

    /// What erasing leaves: the background's colour.
    fn erased(&self) -> Cell {
        Cell::blank(Style::new(0, self.style.bg & cell::word::COLOUR, 0, 0))
    }

    /// After a change of the underline's style or of the link.
    fn update_extended(&mut self) {
        if self.style.underline_style() == 0 && self.style.link == 0 {
            self.style.bg &= !bg::EXTENDED;
        } else {
            self.style.bg |= bg::EXTENDED;
        }
    }
}

#[derive(Debug, serde::Serialize, serde::Deserialize)]
pub(crate) struct Screen {
    cols: usize,
    rows: usize,
    main: Buffer,
    alternate: Buffer,
    /// The alternate buffer is shown.
    on_alternate: bool,
    pen: Pen,
    charsets: Charsets,
    modes: Modes,
    title: String,
    /// Colours that a program has changed: the palette's, then foreground, background and cursor at 256.
    palette: BTreeMap<u16, [u8; 3]>,
    links: Links,
    parser: Parser,
    /// The character that the next code point may join; none after any control.
    printed: Option<Printed>,
    /// Characters come one after another, with nothing between them.
    in_run: bool,
    /// Cells and rows touched, ever.
    #[serde(skip)]
    work: u64,
}

impl Screen {
    /// A fresh screen. Sizes below 2 × 1 become that.
    pub(crate) fn new(cols: u16, rows: u16) -> Self {
        Screen::bounded(cols, rows, SCROLLBACK_ROWS, SCROLLBACK_BYTES)
    }

    fn bounded(cols: u16, rows: u16, max_rows: usize, max_bytes: usize) -> Self {
        let (cols, rows) = (usize::from(cols).max(MIN_COLS), usize::from(rows).max(MIN_ROWS));
        let mut main = Buffer::new(cols, rows, Scrollback::new(max_rows, max_bytes));
        main.fill(cols, rows, Cell::NULL);
        Screen {
            cols,
            rows,
            main,
            alternate: Buffer::new(cols, rows, Scrollback::none()),
            on_alternate: false,
            pen: Pen::default(),
            charsets: Charsets::default(),
            modes: Modes::default(),
            title: String::new(),
            palette: BTreeMap::new(),
            links: Links::default(),
            parser: Parser::new(),
            printed: None,
            in_run: false,
            work: 0,
        }
    }

    /// Takes terminal output and returns how many of the bytes it took: fewer than all once they have cost so much work
    /// that others should have their turn; the caller comes again with the rest.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> usize {
        let enough = self.work + WORK_SLICE as u64;
        let mut at = 0;
        while at < bytes.len() && self.work < enough {
            let asked = if self.parser.is_idle() {
                let text = parser::text(&bytes[at..]);
                if text > 0 {
                    self.print_ascii(&bytes[at..at + text]);
                    at += text;
                    continue;
                }
                match bytes[at] {
                    // Of all that is no text the most frequent, so it takes the short way.
                    end_of_line @ (b'\r' | b'\n') => Asked::Execute(end_of_line.into()),
                    byte => self.parser.byte(byte),
                }
            } else {
                self.parser.byte(bytes[at])
            };
            at += 1;
            self.carry_out(asked);
        }
        self.end_run();
        self.work += at as u64;
        at
    }

    /// [`Screen::write`] until all is taken.
    #[cfg(any(test, fuzzing))]
    fn write_all(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            bytes = &bytes[self.write(bytes)..];
        }
    }

    /// Columns and rows.
    pub(crate) fn size(&self) -> (u16, u16) {
        (self.cols as u16, self.rows as u16)
    }

    /// Bytes of memory that what is shown and kept takes.
    #[cfg(any(test, fuzzing))]
    pub(crate) fn memory(&self) -> usize {
        let rows = self.main.rows.iter().chain(&self.alternate.rows).map(row::Row::memory).sum::<usize>();
        size_of::<Self>()
            + rows
            + self.main.scrollback.memory()
            + self.links.memory()
            + self.parser.memory()
            + self.title.capacity()
    }

    fn carry_out(&mut self, asked: Asked) {
        let control = match asked {
            Asked::Nothing => return,
            Asked::Print(code_point) => return self.print(code_point),
            asked => asked,
        };
        self.end_run();
        match control {
            Asked::Execute(code) => self.execute(code),
            Asked::Esc(collected, last) => self.esc(collected, last),
            Asked::Csi(collected, last) => {
                let params = self.parser.params.clone();
                self.csi(collected, last, &params);
            }
            Asked::Osc => {
                let text = self.parser.take_osc();
                self.osc(&text);
            }
            Asked::Nothing | Asked::Print(_) | Asked::StringEnd => {}
        }
        self.printed = None;
    }

    fn buffer(&self) -> &Buffer {
        if self.on_alternate { &self.alternate } else { &self.main }
    }

    fn buffer_mut(&mut self) -> &mut Buffer {
        if self.on_alternate { &mut self.alternate } else { &mut self.main }
    }

    /// So many cells or rows were touched.
    fn worked(&mut self, n: usize) {
        self.work += n as u64;
    }
}
