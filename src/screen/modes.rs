//! What each sequence does: modes, the saved cursor, the two buffers, resets.

use super::{
    Pen, Screen,
    buffer::{Buffer, Saved},
    cell::{Cell, bg},
    charset::{Charset, Charsets},
    scrollback::Scrollback,
};

/// Which movements of the mouse a program is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(super) struct Mouse {
    /// The number of the private mode that asked for it, 0 for none.
    pub(super) protocol: u16,
    /// The number of the private mode that chose the form of reports, 0 for the first one.
    pub(super) encoding: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(super) struct Modes {
    pub(super) application_cursor: bool,
    pub(super) application_keypad: bool,
    pub(super) bracketed_paste: bool,
    pub(super) focus_reports: bool,
    pub(super) origin: bool,
    pub(super) wrap: bool,
    pub(super) reverse_wrap: bool,
    pub(super) insert: bool,
    /// DECSCUSR's shape: 0 for the emulator's own, 1 block, 2 underline, 3 bar.
    pub(super) cursor_shape: u8,
    /// … and whether it said to blink.
    pub(super) cursor_blink: Option<bool>,
    pub(super) mouse: Mouse,
    /// These three outlive a reset, as in xterm.js.
    pub(super) cursor_hidden: bool,
    pub(super) newline: bool,
    /// What a program said of blinking in general; it outdoes the person's own choice, so it counts only once it was said.
    pub(super) blink_option: Option<bool>,
}

impl Default for Modes {
    fn default() -> Self {
        Modes {
            application_cursor: false,
            application_keypad: false,
            bracketed_paste: false,
            focus_reports: false,
            origin: false,
            wrap: true,
            reverse_wrap: false,
            insert: false,
            cursor_shape: 0,
            cursor_blink: None,
            mouse: Mouse::default(),
            cursor_hidden: false,
            newline: false,
            blink_option: None,
        }
    }
}

impl Modes {
    /// DECSCUSR.
    pub(super) fn set_cursor_style(&mut self, style: i32) {
        match style {
            0 => {
                (self.cursor_shape, self.cursor_blink) = (0, None);
                return;
            }
            1..=6 => self.cursor_shape = (style as u8).div_ceil(2),
            _ => {}
        }
        self.cursor_blink = Some(style % 2 == 1);
    }

    /// What resets leave.
    fn reset(&self) -> Self {
        Modes {
            cursor_hidden: self.cursor_hidden,
            newline: self.newline,
            blink_option: self.blink_option,
            ..Modes::default()
        }
    }
}

impl Screen {
    pub(super) fn set_mode(&mut self, mode: i32, on: bool) {
        match mode {
            4 => self.modes.insert = on,
            20 => self.modes.newline = on,
            _ => {}
        }
    }

    /// DECSET and DECRST. Synchronised output (2026) is not kept: a program that never ends it would blank the page.
    pub(super) fn set_private_mode(&mut self, mode: i32, on: bool) {
        let modes = &mut self.modes;
        match mode {
            1 => modes.application_cursor = on,
            2 if on => (0..4).for_each(|level| self.charsets.designate(level, Charset::Ascii)),
            6 => {
                modes.origin = on;
                self.move_to(0, 0);
            }
            7 => modes.wrap = on,
            12 => modes.blink_option = Some(on),
            25 => modes.cursor_hidden = !on,
            45 => modes.reverse_wrap = on,
            66 => modes.application_keypad = on,
            9 | 1000 | 1002 | 1003 => modes.mouse.protocol = if on { mode as u16 } else { 0 },
            1004 => modes.focus_reports = on,
            1006 | 1016 => modes.mouse.encoding = if on { mode as u16 } else { 0 },
            1048 if on => self.save_cursor(),
            1048 => self.restore_cursor(),
            47 | 1047 => self.show(on),
            1049 if on => {
                self.save_cursor();
                self.show(true);
            }
            1049 => {
                self.show(false);
                self.restore_cursor();
            }
            2004 => modes.bracketed_paste = on,
            _ => {}
        }
    }

    /// DECSCA.
    pub(super) fn protect(&mut self, how: i32) {
        match how {
            1 => self.pen.style.bg |= bg::PROTECTED,
            0 | 2 => self.pen.style.bg &= !bg::PROTECTED,
            _ => {}
        }
    }

    pub(super) fn save_cursor(&mut self) {
        let (style, charset) = (self.pen.style, self.charsets.current);
        let buffer = self.buffer_mut();
        let line = buffer.scrollback.len() + buffer.y;
        buffer.saved = Saved { x: buffer.x, line, fg: style.fg, bg: style.bg, charset };
    }

    pub(super) fn restore_cursor(&mut self) {
        let buffer = self.buffer_mut();
        let saved = buffer.saved;
        buffer.x = saved.x;
        buffer.y = saved.line.saturating_sub(buffer.scrollback.len());
        (self.pen.style.fg, self.pen.style.bg) = (saved.fg, saved.bg);
        self.charsets.current = saved.charset;
        self.restrict_to_screen();
    }

    /// The alternate buffer, or the main one. The cursor stays where it is on the screen.
    fn show(&mut self, alternate: bool) {
        if alternate == self.on_alternate {
            return;
        }
        let (cols, rows, erased) = (self.cols, self.rows, self.pen.erased());
        if alternate {
            self.alternate.fill(cols, rows, erased);
            (self.alternate.x, self.alternate.y) = (self.main.x, self.main.y);
        } else {
            (self.main.x, self.main.y) = (self.alternate.x, self.alternate.y);
            self.alternate.empty(cols, rows);
        }
        self.on_alternate = alternate;
        self.worked(rows);
    }

    /// DECSTR.
    pub(super) fn soft_reset(&mut self) {
        self.modes = Modes { cursor_hidden: false, mouse: self.modes.mouse, ..self.modes.reset() };
        self.pen = Pen::default();
        self.charsets = Charsets::default();
        let last = self.rows - 1;
        let buffer = self.buffer_mut();
        (buffer.top, buffer.bottom) = (0, last);
        buffer.saved = Saved { x: 0, line: buffer.scrollback.len(), fg: 0, bg: 0, charset: Charset::Ascii };
    }

    /// RIS. Title and colours stay, as in xterm.js.
    pub(super) fn reset(&mut self) {
        let (cols, rows) = (self.cols, self.rows);
        self.modes = self.modes.reset();
        self.pen = Pen::default();
        self.charsets = Charsets::default();
        let mut scrollback = std::mem::replace(&mut self.main.scrollback, Scrollback::none());
        scrollback.clear();
        self.main = Buffer::new(cols, rows, scrollback);
        self.main.fill(cols, rows, Cell::NULL);
        self.alternate = Buffer::new(cols, rows, Scrollback::none());
        self.on_alternate = false;
        self.worked(rows);
    }
}
