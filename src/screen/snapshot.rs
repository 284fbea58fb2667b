//! The bytes that make a fresh emulator of the same size show and know what this screen does, and answer nothing.

mod pen; //  styles as SGR, links as OSC 8
mod rows; // rows as text, their wrapping by real wrapping

use std::fmt::Write;

use super::{
    Screen,
    buffer::Buffer,
    cell::{Cell, Style, bg, fg, word},
    charset::{Charset, Charsets},
};
pub(super) use pen::Writer;

impl Screen {
    /// What to write into an emulator of this size, in whatever state it is, to make it the same as one that has read all
    /// that this screen was given; as far as rows are kept. The last bytes may be the beginning of a sequence or character
    /// that is not yet complete, so what comes after it must follow at once.
    pub(crate) fn snapshot(&self) -> Vec<u8> {
        let mut out = Writer::new(&self.links);
        // What a reset leaves as it is: newline mode, colours.
        out.text.push_str("\x1bc\x1b[20l\x1b]104\x1b\\\x1b]110\x1b\\\x1b]111\x1b\\\x1b]112\x1b\\");
        for (slot, [r, g, b]) in &self.palette {
            match slot.checked_sub(256) {
                None => _ = write!(out.text, "\x1b]4;{slot};#{r:02x}{g:02x}{b:02x}\x1b\\"),
                Some(special) => _ = write!(out.text, "\x1b]{};#{r:02x}{g:02x}{b:02x}\x1b\\", 10 + special),
            }
        }
        out.text.push_str("\x1b]2;");
        out.push_plain(&self.title);
        out.text.push_str("\x1b\\");

        let history = self.main.scrollback.rows(self.cols);
        rows::write(
            &mut out,
            history.map(rows::Line::Kept).chain(self.main.rows.iter().map(rows::Line::Shown)),
            self.size(),
        );
        self.write_buffer(&mut out, &self.main);
        if self.on_alternate {
            out.plain();
            // Where the main one's cursor was left counts when rows are laid out anew.
            let _ = write!(out.text, "\x1b[{};{}H\x1b[?47h\x1b[H", self.main.y + 1, self.main.x.min(self.cols - 1) + 1);
            rows::write(&mut out, self.alternate.rows.iter().map(rows::Line::Shown), self.size());
            self.write_buffer(&mut out, &self.alternate);
        }
        self.write_cursor(&mut out);
        let mut bytes = out.text.into_bytes();
        bytes.extend(self.parser.unfinished());
        bytes
    }

    /// Tab stops, the saved cursor and the scroll region of a buffer, while it is the active one.
    fn write_buffer(&self, out: &mut Writer, buffer: &Buffer) {
        let fresh = Buffer::new(self.cols, self.rows, super::Scrollback::none());
        let tabs: Vec<usize> = buffer.tabs.range(..self.cols).copied().collect();
        if !fresh.tabs.iter().eq(&tabs) {
            out.text.push_str("\x1b[3g");
            for tab in tabs {
                let _ = write!(out.text, "\x1b[{}G\x1bH", tab + 1);
            }
        }
        let saved = buffer.saved;
        let above = buffer.scrollback.len();
        // One that was never saved counts from the oldest row, too, and so does the fresh one's.
        if saved != fresh.saved {
            let row = saved.line.saturating_sub(above).min(self.rows - 1);
            out.plain();
            let _ = write!(out.text, "\x1b[{};{}H", row + 1, saved.x.min(self.cols - 1) + 1);
            if saved.charset != Charset::Ascii {
                let _ = write!(out.text, "\x1b({}", saved.charset.name());
            }
            out.pen(Style::new(saved.fg, saved.bg & !bg::EXTENDED, 0, 0));
            // That an underline or a link counts is saved, what they are is not.
            let counts = saved.bg & bg::EXTENDED != 0 && saved.fg & fg::UNDERLINE == 0;
            out.text.push_str(if counts { "\x1b]8;;x\x1b\\\x1b7\x1b]8;;\x1b\\" } else { "\x1b7" });
            out.plain();
            if saved.charset != Charset::Ascii {
                out.text.push_str("\x1b(B");
            }
        }
        out.plain();
        if (buffer.top, buffer.bottom) != (0, self.rows - 1) {
            let _ = write!(out.text, "\x1b[{};{}r", buffer.top + 1, buffer.bottom + 1);
        }
    }

    /// Where the cursor is, what the next character looks like and does, modes. Positions come before what would change
    /// their meaning; what waits to be joined or wrapped is printed once more, last of all.
    fn write_cursor(&self, out: &mut Writer) {
        let buffer = self.buffer();
        let (x, cols) = (buffer.x, self.cols);
        if self.modes.origin {
            out.text.push_str("\x1b[?6h");
        }
        let row = if self.modes.origin { buffer.y.saturating_sub(buffer.top) } else { buffer.y } + 1;
        let at = |out: &mut Writer, column: usize| _ = write!(out.text, "\x1b[{row};{}H", column + 1);
        // Only restoring a cursor brings another set than the one shifted in, or hides an underline and a link.
        let own_charset = self.charsets.current == self.charsets.sets[self.charsets.level];
        let hidden = self.hides_extension();
        if hidden {
            let Style { fg, bg, .. } = self.saved_style();
            out.pen(Style::new(fg, bg, self.pen.style.underline_word(), self.pen.style.link));
        }
        if !own_charset {
            self.write_charsets(out);
        }
        if hidden || (!own_charset && buffer.saved.charset == self.charsets.current) {
            out.text.push_str(if own_charset { "\x1b8\x0f" } else { "\x1b8" });
            let mut style = self.saved_style();
            if hidden {
                style.set_underline_colour(self.pen.style.underline_colour());
            }
            out.assume(style);
        }
        let last = self.printed.and_then(|printed| x.checked_sub(printed.width as usize));
        let last = last.filter(|at| out.leaves(buffer.row(), buffer.row().cell(*at)) == self.printed);
        let mut waits = x >= cols && last.is_none();
        if waits {
            waits = self.write_waiting(out, buffer, row);
        }
        if own_charset {
            self.write_charsets(out);
        }
        self.write_modes(out);
        if !waits {
            at(out, last.unwrap_or(x).min(cols - 1));
        }
        let Some(last) = last else { return self.write_pen(out) };
        let cell = buffer.row().cell(last);
        if self.modes.insert {
            // What joins a character moves nothing.
            let _ = write!(out.text, "\x1b[{}P", out.first_width(buffer.row(), cell));
        }
        self.write_pen(out);
        out.print(buffer.row(), cell);
    }

    /// The pen has an underline or a link that does not count, and restoring the saved cursor makes it so.
    fn hides_extension(&self) -> bool {
        let (pen, saved) = (self.pen.style, self.buffer().saved);
        let lost = (saved.fg & !pen.fg) | (saved.bg & !pen.bg);
        pen.bg & bg::EXTENDED == 0
            && (pen.underline_style() != 0 || pen.link != 0)
            && saved.bg & bg::EXTENDED == 0
            && lost & word::FLAGS == 0
    }

    fn saved_style(&self) -> Style {
        let saved = self.buffer().saved;
        Style::new(saved.fg, saved.bg & !bg::EXTENDED, 0, 0)
    }

    /// Makes the cursor wait right of the last column; false if that cannot be done.
    fn write_waiting(&self, out: &mut Writer, buffer: &Buffer, row: usize) -> bool {
        let cells = buffer.row();
        let mut at = self.cols - 1;
        if cells.cell(at).is_spacer() {
            at -= 1;
        }
        let cell = cells.cell(at);
        if cell.has_content() {
            let _ = write!(out.text, "\x1b[{row};{}H", at + 1);
            out.pen(cell.style);
            out.print(cells, cell);
            return true;
        }
        // Erased under the cursor: of all that erases, only this leaves the cursor where it waits.
        let erased = (0..self.cols).all(|at| cells.cell(at) == Cell::blank(Style::new(0, cell.style.bg, 0, 0)));
        if erased {
            let _ = write!(out.text, "\x1b[{row};{}H", self.cols);
            out.pen(cell.style);
            out.text.push_str("x\x1b[1K");
        }
        erased
    }

    fn write_charsets(&self, out: &mut Writer) {
        let Charsets { sets, level, .. } = self.charsets;
        for (intermediate, set) in "()*+".chars().zip(sets) {
            if set != Charset::Ascii {
                let _ = write!(out.text, "\x1b{intermediate}{}", set.name());
            }
        }
        out.text.push_str(["", "\x0e", "\x1bn", "\x1bo"][level]);
    }

    fn write_modes(&self, out: &mut Writer) {
        let modes = &self.modes;
        let switches = [
            (modes.application_cursor, "?1h"),
            (modes.application_keypad, "?66h"),
            (modes.bracketed_paste, "?2004h"),
            (modes.reverse_wrap, "?45h"),
            (modes.focus_reports, "?1004h"),
            (!modes.wrap, "?7l"),
            (modes.insert, "4h"),
            (modes.newline, "20h"),
            (modes.blink_option == Some(true), "?12h"),
            (modes.blink_option == Some(false), "?12l"),
            (true, if modes.cursor_hidden { "?25l" } else { "?25h" }),
        ];
        for (_, switch) in switches.into_iter().filter(|(on, _)| *on) {
            let _ = write!(out.text, "\x1b[{switch}");
        }
        for mode in [modes.mouse.protocol, modes.mouse.encoding].into_iter().filter(|mode| *mode > 0) {
            let _ = write!(out.text, "\x1b[?{mode}h");
        }
        let style = match (modes.cursor_shape, modes.cursor_blink) {
            (0, None) => return,
            // There is no shape of this number; that it blinks is taken all the same.
            (0, Some(blinks)) => {
                if blinks {
                    7
                } else {
                    8
                }
            }
            (shape, blinks) => shape * 2 - u8::from(blinks == Some(true)),
        };
        let _ = write!(out.text, "\x1b[{style} q");
    }

    fn write_pen(&self, out: &mut Writer) {
        // The colour of an underline stays while there is none.
        let mut style = self.pen.cell_style();
        style.set_underline_colour(self.pen.style.underline_colour());
        out.pen(style);
    }
}
