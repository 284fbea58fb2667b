//! What each sequence does: the cursor, tabs and scrolling here, the rest in the modules beside.

use super::{Screen, cell::Cell, charset::Charset, params::Params};

/// A sequence's prefix or intermediate byte.
const PRIVATE: u32 = b'?' as u32;
const SPACE: u32 = b' ' as u32;
const QUOTE: u32 = b'\'' as u32;
const DOUBLE_QUOTE: u32 = b'"' as u32;
const BANG: u32 = b'!' as u32;

impl Screen {
    pub(super) fn execute(&mut self, code: u32) {
        match code {
            0x08 => self.backspace(),
            0x09 => self.tab(1),
            0x0a..=0x0c => self.line_feed(),
            0x0d => self.buffer_mut().x = 0,
            0x0e => self.charsets.shift(1),
            0x0f => self.charsets.shift(0),
            0x84 => self.index(),
            0x85 => self.next_line(),
            0x88 => self.set_tab(),
            _ => {}
        }
    }

    pub(super) fn esc(&mut self, collected: u32, last: u8) {
        if collected == 0 {
            return match last {
                b'7' => self.save_cursor(),
                b'8' => self.restore_cursor(),
                b'D' => self.index(),
                b'E' => self.next_line(),
                b'H' => self.set_tab(),
                b'M' => self.reverse_index(),
                b'=' => self.modes.application_keypad = true,
                b'>' => self.modes.application_keypad = false,
                b'c' => self.reset(),
                b'n' | b'}' => self.charsets.shift(2),
                b'o' | b'|' => self.charsets.shift(3),
                b'~' => self.charsets.shift(1),
                _ => {}
            };
        }
        match (u8::try_from(collected).unwrap_or(0), last) {
            (b'#', b'8') => self.alignment_pattern(),
            (b'%', b'@' | b'G') => {
                self.charsets.shift(0);
                self.charsets.designate(0, Charset::Ascii);
            }
            (intermediate, name) => {
                let level = match intermediate {
                    b'(' => 0,
                    b')' | b'-' => 1,
                    b'*' | b'.' => 2,
                    b'+' => 3,
                    _ => return,
                };
                if let Some(set) = Charset::named(name) {
                    self.charsets.designate(level, set);
                }
            }
        }
    }

    pub(super) fn csi(&mut self, collected: u32, last: u8, params: &Params) {
        let n = params.count(0);
        match (collected, last) {
            (0, b'A') => self.up(n),
            (0, b'B') => self.down(n),
            (0, b'C' | b'a') => self.move_by(n as i64, 0),
            (0, b'D') => self.move_by(-(n as i64), 0),
            (0, b'E') => {
                self.down(n);
                self.buffer_mut().x = 0;
            }
            (0, b'F') => {
                self.up(n);
                self.buffer_mut().x = 0;
            }
            (0, b'G' | b'`') => self.move_to(n - 1, self.buffer().y),
            (0, b'H' | b'f') => self.move_to(if params.len() > 1 { params.count(1) - 1 } else { 0 }, n - 1),
            (0, b'd') => self.move_to(self.buffer().x, n - 1),
            (0, b'e') => self.move_by(0, n as i64),
            (0, b'I') => self.tab(n),
            (0, b'Z') => self.tab_back(n),
            (0, b'g') => self.clear_tabs(params.get(0)),
            (0, b'b') => self.repeat(n),
            (0, b'S') => self.scroll_up(n),
            (0, b'T') => self.scroll_down(n),
            (0, b'r') => self.set_region(params),
            (0, b's') => self.save_cursor(),
            (0, b'u') => self.restore_cursor(),
            (0, b'J') => self.erase_display(params.get(0), false),
            (PRIVATE, b'J') => self.erase_display(params.get(0), true),
            (0, b'K') => self.erase_line(params.get(0), false),
            (PRIVATE, b'K') => self.erase_line(params.get(0), true),
            (0, b'X') => self.erase_chars(n),
            (0, b'@') => self.insert_chars(n),
            (0, b'P') => self.delete_chars(n),
            (0, b'L') => self.insert_lines(n),
            (0, b'M') => self.delete_lines(n),
            (SPACE, b'@') => self.each_row(|row, _, blank| row.delete(0, n, blank)),
            (SPACE, b'A') => self.each_row(|row, _, blank| row.insert(0, n, blank)),
            (QUOTE, b'}') => self.each_row(|row, x, blank| row.insert(x, n, blank)),
            (QUOTE, b'~') => self.each_row(|row, x, blank| row.delete(x, n, blank)),
            (0, b'h' | b'l') => params.all().iter().for_each(|mode| self.set_mode(*mode, last == b'h')),
            (PRIVATE, b'h' | b'l') => params.all().iter().for_each(|mode| self.set_private_mode(*mode, last == b'h')),
            (BANG, b'p') => self.soft_reset(),
            (SPACE, b'q') => self.modes.set_cursor_style(params.get(0)),
            (DOUBLE_QUOTE, b'q') => self.protect(params.get(0)),
            (0, b'm') => self.sgr(params),
            _ => {}
        }
    }

    /// Into the screen, or the region in origin mode; `max` is the last column allowed.
    pub(super) fn restrict(&mut self, max: usize) {
        let (origin, last) = (self.modes.origin, self.rows - 1);
        let buffer = self.buffer_mut();
        buffer.x = buffer.x.min(max);
        buffer.y = if origin { buffer.y.clamp(buffer.top, buffer.bottom) } else { buffer.y.min(last) };
    }

    pub(super) fn restrict_to_screen(&mut self) {
        self.restrict(self.cols - 1);
    }

    /// Rows count from the region's first in origin mode.
    pub(super) fn move_to(&mut self, x: usize, y: usize) {
        let origin = self.modes.origin;
        let buffer = self.buffer_mut();
        buffer.x = x;
        buffer.y = if origin { buffer.top + y } else { y };
        self.restrict_to_screen();
    }

    /// In origin mode the region's first row is added, as xterm.js does.
    fn move_by(&mut self, columns: i64, rows: i64) {
        self.restrict_to_screen();
        let offset = if self.modes.origin { self.buffer().top as i64 } else { 0 };
        let buffer = self.buffer_mut();
        buffer.x = (buffer.x as i64 + columns).max(0) as usize;
        buffer.y = (buffer.y as i64 + rows + offset).max(0) as usize;
        self.restrict_to_screen();
    }

    /// The region's edge stops who is within.
    fn up(&mut self, n: usize) {
        let buffer = self.buffer();
        let n = buffer.y.checked_sub(buffer.top).map_or(n, |room| n.min(room));
        self.move_by(0, -(n as i64));
    }

    fn down(&mut self, n: usize) {
        let buffer = self.buffer();
        let n = buffer.bottom.checked_sub(buffer.y).map_or(n, |room| n.min(room));
        self.move_by(0, n as i64);
    }

    fn backspace(&mut self) {
        if !self.modes.reverse_wrap {
            self.restrict_to_screen();
            let buffer = self.buffer_mut();
            buffer.x = buffer.x.saturating_sub(1);
            return;
        }
        let cols = self.cols;
        self.restrict(cols);
        let buffer = self.buffer_mut();
        if buffer.x > 0 {
            buffer.x -= 1;
        } else if buffer.y > buffer.top && buffer.y <= buffer.bottom && buffer.row().wrapped {
            buffer.row_mut().wrapped = false;
            buffer.y -= 1;
            buffer.x = cols - 1;
            // A wide character that did not fit has left this place empty.
            if buffer.row().cell(buffer.x).is_blank() {
                buffer.x -= 1;
            }
        }
        self.restrict_to_screen();
    }

    fn line_feed(&mut self) {
        let (cols, last, erased) = (self.cols, self.rows - 1, self.pen.erased());
        let newline = self.modes.newline;
        let buffer = self.buffer_mut();
        if newline {
            buffer.x = 0;
        }
        if buffer.y == buffer.bottom {
            buffer.scroll(cols, erased, false);
        } else if buffer.y >= last {
            buffer.y = last;
        } else {
            buffer.y += 1;
            buffer.row_mut().wrapped = false;
        }
        if buffer.x >= cols {
            buffer.x -= 1;
        }
        self.worked(2);
    }

    fn index(&mut self) {
        self.restrict_to_screen();
        let (cols, last, erased) = (self.cols, self.rows - 1, self.pen.erased());
        let buffer = self.buffer_mut();
        if buffer.y == buffer.bottom {
            buffer.scroll(cols, erased, false);
        } else {
            buffer.y = (buffer.y + 1).min(last);
        }
        self.restrict_to_screen();
        self.worked(2);
    }

    fn next_line(&mut self) {
        self.buffer_mut().x = 0;
        self.index();
    }

    fn reverse_index(&mut self) {
        self.restrict_to_screen();
        let (cols, erased) = (self.cols, self.pen.erased());
        let buffer = self.buffer_mut();
        if buffer.y == buffer.top {
            let (top, bottom) = (buffer.top, buffer.bottom);
            buffer.shift(bottom, top, 1, cols, erased);
        } else {
            buffer.y = buffer.y.saturating_sub(1);
            self.restrict_to_screen();
        }
        self.worked(2);
    }

    fn scroll_up(&mut self, n: usize) {
        let (top, bottom) = (self.buffer().top, self.buffer().bottom);
        self.shift_rows(top, bottom, n, self.pen.erased());
    }

    fn scroll_down(&mut self, n: usize) {
        let (top, bottom) = (self.buffer().top, self.buffer().bottom);
        self.shift_rows(bottom, top, n, Cell::NULL);
    }

    fn set_region(&mut self, params: &Params) {
        let top = params.count(0);
        let bottom = match params.get(1) as usize {
            0 => self.rows,
            bottom => bottom.min(self.rows),
        };
        if bottom > top {
            let buffer = self.buffer_mut();
            (buffer.top, buffer.bottom) = (top - 1, bottom - 1);
            self.move_to(0, 0);
        }
    }

    fn set_tab(&mut self) {
        let buffer = self.buffer_mut();
        buffer.tabs.insert(buffer.x);
    }

    fn tab(&mut self, n: usize) {
        let cols = self.cols;
        let buffer = self.buffer_mut();
        if buffer.x < cols {
            for _ in 0..n.min(cols) {
                buffer.x = buffer.next_tab(cols);
            }
        }
        self.worked(n.min(cols));
    }

    fn tab_back(&mut self, n: usize) {
        let cols = self.cols;
        let buffer = self.buffer_mut();
        if buffer.x < cols {
            for _ in 0..n.min(cols) {
                buffer.x = buffer.previous_tab(buffer.x, cols);
            }
        }
        self.worked(n.min(cols));
    }

    fn clear_tabs(&mut self, which: i32) {
        let buffer = self.buffer_mut();
        match which {
            0 => _ = buffer.tabs.remove(&buffer.x),
            3 => buffer.tabs.clear(),
            _ => {}
        }
    }
}
