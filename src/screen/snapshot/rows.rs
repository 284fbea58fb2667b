//! Rows as text. That a row goes on from the one above is not a thing one can say to an emulator: it is made to wrap.

use std::{borrow::Cow, fmt::Write};

use super::pen::Writer;
use crate::screen::{
    cell::{Cell, Style, word},
    row::Row,
};

pub(super) enum Line<'a> {
    /// Unpacked from the scrollback.
    Kept(Row),
    Shown(&'a Row),
}

/// The row before.
struct Above {
    last: Cell,
    /// The cursor waits right of its last column.
    waits: bool,
}

/// Writes rows one below the other, beginning with the cursor at the top left of an empty buffer and a plain pen.
pub(super) fn write<'a>(out: &mut Writer, lines: impl Iterator<Item = Line<'a>>, (cols, rows): (u16, u16)) {
    let cols = usize::from(cols);
    let mut above: Option<Above> = None;
    let mut lines = lines.peekable();
    while let Some(line) = lines.next() {
        let row = match line {
            Line::Kept(row) => Cow::Owned(row),
            Line::Shown(row) => Cow::Borrowed(row),
        };
        begin(out, &row, above.as_ref(), cols, rows);
        let waits = cells(out, &row, cols, lines.peek().is_none());
        above = Some(Above { last: row.cell(cols - 1), waits });
    }
}

/// Brings the cursor to the beginning of the row, which is empty then, and wrapped or not. An emulator of one row knows
/// no wrapped ones.
fn begin(out: &mut Writer, row: &Row, above: Option<&Above>, cols: usize, rows: u16) {
    let wrapped = row.wrapped && rows > 1;
    let Some(above) = above else {
        if wrapped {
            // Wrap into the second row and scroll it up: by SU the first is discarded.
            out.plain();
            let _ = write!(out.text, "\x1b[{cols}Gxx\x1b[S\x1b[H\x1b[X");
        }
        return;
    };
    // A blank in more than a background, as a wide character leaves it that did not fit: one is made not to fit.
    if above.last.is_blank() && !is_erased(above.last) {
        out.pen(above.last.style);
        let _ = write!(out.text, "\x1b[{cols}G\u{3000}");
        out.plain();
        let _ = write!(out.text, "\x1b[{cols}G{}\r", if wrapped { "\x1b[1K" } else { "\x1b[2K" });
        return;
    }
    if !wrapped {
        // What scrolls in takes the background of the pen.
        if out.background() != 0 {
            out.plain();
        }
        out.text.push_str("\r\n");
        return;
    }
    let first = row.cell(0);
    let by_itself = first.has_content() && first.width() > 0 && first.style.bg & word::KIND == 0;
    match (above.waits, by_itself) {
        (true, true) => {}
        (true, false) => {
            out.plain();
            out.text.push_str("x\r\x1b[X");
        }
        (false, _) => {
            out.pen(above.last.style);
            let _ = write!(out.text, "\x1b[{cols}G\u{3000}");
            out.plain();
            let _ = write!(out.text, "\x1b[{cols}G\x1b[1K\r");
        }
    }
}

/// Nothing but a background, as erasing leaves it.
fn is_erased(cell: Cell) -> bool {
    cell == Cell::blank(Style::new(0, cell.style.bg & word::COLOUR, 0, 0))
}

/// Writes the cells of a row; whether the cursor waits right of the last column then. A blank in full style in the last
/// column is left to the row that follows, if there is one.
fn cells(out: &mut Writer, row: &Row, cols: usize, is_last: bool) -> bool {
    let end = (0..cols).rev().find(|at| row.cell(*at) != Cell::NULL).map_or(0, |last| last + 1);
    // Columns that the cursor is behind.
    let mut behind = 0;
    let mut at = 0;
    while at < end {
        let cell = row.cell(at);
        let whole = cell.has_content() && cell.width() > 0 && (cell.width() == 1 || row.cell(at + 1).is_spacer());
        if whole {
            forward(out, &mut behind);
            out.pen(cell.style);
            out.print(row, cell);
            at += cell.width() as usize;
            continue;
        }
        let next = row.cell(at + 1);
        if cell.width() == 2 && at + 2 == cols && next.width() == 1 && next.has_content() && next.style == cell.style {
            // Without wrapping, its right half was written over at the edge.
            forward(out, &mut behind);
            out.pen(cell.style);
            out.text.push_str("\x1b[?7l");
            out.print_at_edge(row, cell);
            out.print(row, next);
            out.text.push_str("\x1b[?7h");
            return true;
        }
        let style = cell.style;
        if style == Style::default() {
            behind += 1;
            at += 1;
            continue;
        }
        forward(out, &mut behind);
        out.pen(style);
        if is_erased(cell) {
            let n = (at..end).take_while(|at| row.cell(*at) == Cell::blank(style)).count().max(1);
            let _ = write!(out.text, "\x1b[{n}X");
            behind = n;
            at += n;
            continue;
        }
        if at + 1 < cols || is_last {
            blank_in_full_style(out, row, at, cols);
        }
        behind = usize::from(at + 1 == cols);
        at += 1;
    }
    end == cols && behind == 0
}

fn forward(out: &mut Writer, behind: &mut usize) {
    match std::mem::take(behind) {
        0 => {}
        1 => out.text.push_str("\x1b[C"),
        n => _ = write!(out.text, "\x1b[{n}C"),
    }
}

/// A blank that has more than a background: half of a wide character that was written over has it.
fn blank_in_full_style(out: &mut Writer, row: &Row, at: usize, cols: usize) {
    if at + 1 < cols {
        let _ = write!(out.text, "\u{3000}\x1b[{}G \x1b[{}G", at + 2, at + 2);
        out.plain();
        out.text.push_str("\x1b[X");
        return;
    }
    // In the last column it is the right half; the left one is written again.
    let before = row.cell(at - 1);
    if before.width() == 1 && (before.has_content() || is_erased(before)) {
        let _ = write!(out.text, "\x1b[{at}G\u{3000}\x1b[{at}G \x1b[{at}G");
        out.pen(before.style);
        if before.has_content() {
            out.print(row, before);
        } else {
            out.text.push_str("\x1b[X");
        }
    }
}
