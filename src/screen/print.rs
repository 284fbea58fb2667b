//! Characters into cells.

use super::{
    Screen,
    cell::Cell,
    charset::Charset,
    row::Row,
    width::{self, Printed},
};

/// How often REP may ask for a character on the smallest of screens.
const REPEATS: usize = 500;

impl Screen {
    /// A run of printable ASCII.
    pub(super) fn print_ascii(&mut self, text: &[u8]) {
        let joins = self.printed.is_some_and(Printed::takes_ascii);
        if self.charsets.current != Charset::Ascii || self.modes.insert || joins {
            for byte in text {
                self.print(u32::from(*byte));
            }
            return;
        }
        self.begin_run();
        let (cols, like) = (self.cols, Cell::blank(self.pen.cell_style()));
        let mut rest = text;
        while let Some(first) = rest.first() {
            let buffer = self.buffer_mut();
            let fits = rest.len().min(cols.saturating_sub(buffer.x));
            if fits == 0 {
                self.print(u32::from(*first));
                rest = &rest[1..];
                continue;
            }
            let x = buffer.x;
            buffer.row_mut().set_ascii(x, &rest[..fits], like);
            buffer.x += fits;
            self.printed = Some(Printed::ASCII);
            self.worked(fits);
            rest = &rest[fits..];
        }
    }

    pub(super) fn print(&mut self, code_point: u32) {
        self.begin_run();
        let code_point = if code_point < 0x7f { self.charsets.current.map(code_point) } else { code_point };
        let before = self.printed;
        let (printed, joins) = width::follow(before, code_point);
        self.printed = Some(printed);
        let width = printed.width as usize;
        let joined = before.filter(|_| joins).map_or(0, |before| before.width as usize);
        self.worked(2);
        if self.buffer().x + width > self.cols + joined {
            if self.modes.wrap {
                self.wrap(joined);
            } else {
                self.buffer_mut().x = self.cols - 1;
                if width == 2 {
                    return;
                }
            }
        }
        let (cols, style, insert) = (self.cols, self.pen.cell_style(), self.modes.insert);
        let buffer = self.buffer_mut();
        let x = buffer.x;
        let row = buffer.row_mut();
        if joins && x > 0 {
            let back = if row.cell_width(x - 1) == 0 { 2 } else { 1 };
            if let Some(at) = x.checked_sub(back) {
                row.join(at, code_point, width as u32);
            }
            let spacers = width.saturating_sub(joined);
            for at in x..x + spacers {
                row.set(at, Cell::spacer(style));
            }
            buffer.x += spacers;
            return;
        }
        if insert {
            // What is joined at the left edge has a width already.
            row.insert(x, width.saturating_sub(joined), Cell::blank(style));
            if row.cell_width(cols - 1) == 2 {
                row.set(cols - 1, Cell::blank(style));
            }
        }
        row.set(x, Cell::new(code_point, width as u32, style));
        if width == 2 {
            row.set(x + 1, Cell::spacer(style));
        }
        buffer.x += width;
        if insert {
            self.worked(cols);
        }
    }

    /// To the next row, with the character there whose last `joined` cells no longer fit.
    fn wrap(&mut self, joined: usize) {
        let (cols, last) = (self.cols, self.rows - 1);
        let (blank, erased) = (Cell::blank(self.pen.cell_style()), self.pen.erased());
        let buffer = self.buffer_mut();
        let from = buffer.x.saturating_sub(joined);
        let mut moved = Row::new(joined, Cell::NULL);
        moved.copy(buffer.row(), from, 0, joined);
        for at in from..cols {
            buffer.row_mut().set(at, blank);
        }
        buffer.x = joined;
        if buffer.y == buffer.bottom {
            buffer.scroll(cols, erased, true);
        } else {
            buffer.y = (buffer.y + 1).min(last);
            buffer.row_mut().wrapped = true;
        }
        buffer.row_mut().copy(&moved, 0, 0, joined);
        self.worked(cols);
    }

    /// REP: the last character, so many times, but no more often than the screen has cells, or [`REPEATS`].
    pub(super) fn repeat(&mut self, times: usize) {
        let Some(printed) = self.printed else { return };
        let buffer = self.buffer();
        let Some(at) = buffer.x.checked_sub(printed.width as usize) else { return };
        let mut text = String::new();
        buffer.row().push_text(buffer.row().cell(at), &mut text);
        for _ in 0..times.min((self.cols * self.rows).max(REPEATS)) {
            for char in text.chars() {
                self.print(u32::from(char));
            }
        }
        self.end_run();
    }

    /// The right half of a wide character that the run begins on goes.
    fn begin_run(&mut self) {
        if !self.in_run {
            self.in_run = true;
            let blank = Cell::blank(self.pen.cell_style());
            let buffer = self.buffer_mut();
            let x = buffer.x;
            if x > 0 && buffer.row().cell_width(x - 1) == 2 {
                buffer.row_mut().set(x - 1, blank);
            }
        }
    }

    /// The right half of a wide character that the run has ended on goes.
    pub(super) fn end_run(&mut self) {
        if self.in_run {
            self.in_run = false;
            let (cols, blank) = (self.cols, Cell::blank(self.pen.cell_style()));
            let buffer = self.buffer_mut();
            let x = buffer.x;
            if x < cols && buffer.row().cell(x).is_spacer() {
                buffer.row_mut().set(x, blank);
            }
        }
    }
}
