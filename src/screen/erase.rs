//! What each sequence does: erasing, inserting and deleting.

use super::{
    Screen,
    cell::{Cell, Style},
    row::Row,
};

impl Screen {
    /// ED: below, above, all, or what is above the screen.
    pub(super) fn erase_display(&mut self, which: i32, keep_protected: bool) {
        self.restrict(self.cols);
        let (x, y, rows, cols) = (self.buffer().x, self.buffer().y, self.rows, self.cols);
        match which {
            0 => {
                self.erase_in_row(y, x, cols, x == 0, keep_protected);
                self.erase_rows(y + 1, rows, keep_protected);
            }
            1 => {
                self.erase_in_row(y, 0, x + 1, true, keep_protected);
                if x + 1 >= cols {
                    self.unwrap_line(y + 1);
                }
                self.erase_rows(0, y, keep_protected);
            }
            2 => self.erase_rows(0, rows, keep_protected),
            3 => self.buffer_mut().scrollback.clear(),
            _ => {}
        }
    }

    /// EL: to the right, to the left, all.
    pub(super) fn erase_line(&mut self, which: i32, keep_protected: bool) {
        self.restrict(self.cols);
        let (x, y, cols) = (self.buffer().x, self.buffer().y, self.cols);
        match which {
            0 => self.erase_in_row(y, x, cols, x == 0, keep_protected),
            1 => self.erase_in_row(y, 0, x + 1, false, keep_protected),
            2 => self.erase_in_row(y, 0, cols, true, keep_protected),
            _ => {}
        }
    }

    pub(super) fn erase_chars(&mut self, n: usize) {
        self.here(|row, x, blank| row.erase(x, x.saturating_add(n), blank, false));
    }

    pub(super) fn insert_chars(&mut self, n: usize) {
        self.here(|row, x, blank| row.insert(x, n, blank));
    }

    pub(super) fn delete_chars(&mut self, n: usize) {
        self.here(|row, x, blank| row.delete(x, n, blank));
    }

    pub(super) fn insert_lines(&mut self, n: usize) {
        self.restrict_to_screen();
        let buffer = self.buffer();
        if buffer.in_region() {
            self.shift_rows(buffer.bottom, buffer.y, n, self.pen.erased());
            self.buffer_mut().x = 0;
        }
    }

    pub(super) fn delete_lines(&mut self, n: usize) {
        self.restrict_to_screen();
        let buffer = self.buffer();
        if buffer.in_region() {
            self.shift_rows(buffer.y, buffer.bottom, n, self.pen.erased());
            self.buffer_mut().x = 0;
        }
    }

    /// More rows than lie between the two places change nothing more.
    pub(super) fn shift_rows(&mut self, from: usize, to: usize, n: usize, blank: Cell) {
        let (n, cols) = (n.min(from.abs_diff(to) + 1), self.cols);
        self.buffer_mut().shift(from, to, n, cols, blank);
        self.worked(n * self.rows.min(8));
    }

    /// Does something to each row of the region, which thereby goes on from nowhere, unless the cursor is outside of it.
    pub(super) fn each_row(&mut self, act: impl Fn(&mut Row, usize, Cell)) {
        let erased = self.pen.erased();
        let buffer = self.buffer_mut();
        if !buffer.in_region() {
            return;
        }
        let (top, bottom, x) = (buffer.top, buffer.bottom, buffer.x);
        for row in buffer.rows.range_mut(top..=bottom) {
            act(row, x, erased);
            row.wrapped = false;
        }
        self.worked((bottom - top + 1) * self.cols);
    }

    /// DECALN: the screen full of E.
    pub(super) fn alignment_pattern(&mut self) {
        self.move_to(0, 0);
        let Style { fg, bg, .. } = self.pen.cell_style();
        let style = Style::new(fg, bg, 0, 0);
        let y = self.buffer().y;
        for row in self.buffer_mut().rows.range_mut(y..) {
            row.reset(row.width(), Cell::new(u32::from(b'E'), 1, style));
        }
        self.move_to(0, 0);
        self.worked(self.rows);
    }

    fn here(&mut self, act: impl Fn(&mut Row, usize, Cell)) {
        self.restrict_to_screen();
        let erased = self.pen.erased();
        let buffer = self.buffer_mut();
        let x = buffer.x;
        act(buffer.row_mut(), x, erased);
        self.worked(self.cols);
    }

    fn erase_in_row(&mut self, y: usize, start: usize, end: usize, unwrap: bool, keep_protected: bool) {
        let erased = self.pen.erased();
        let row = &mut self.buffer_mut().rows[y];
        row.erase(start, end, erased, keep_protected);
        row.wrapped &= !unwrap;
        self.worked(self.cols);
    }

    fn erase_rows(&mut self, from: usize, to: usize, keep_protected: bool) {
        let erased = self.pen.erased();
        for row in self.buffer_mut().rows.range_mut(from..to) {
            if keep_protected {
                row.erase(0, row.width(), erased, true);
                row.wrapped = false;
            } else {
                row.reset(row.width(), erased);
            }
        }
        self.worked((to - from) * if keep_protected { self.cols } else { 1 });
    }

    /// The line counted from the oldest of all goes on from nowhere: xterm.js means the row below the cursor.
    fn unwrap_line(&mut self, line: usize) {
        self.worked(line);
        let buffer = self.buffer_mut();
        let above = buffer.scrollback.len();
        if line < above {
            buffer.scrollback.unwrap_row(line);
        } else if let Some(row) = buffer.rows.get_mut(line - above) {
            row.wrapped = false;
        }
    }
}
