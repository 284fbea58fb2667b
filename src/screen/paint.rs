//! A row for a terminal that is not the page's: text, colours and columns, and nothing else that a program asked for. No
//! title, link, mode or answer passes, and no character that a terminal could take for a control.

use std::fmt::Write;

use super::{
    Screen,
    cell::{Cell, Style, bg},
    row::Row,
    snapshot::Writer,
};

impl Screen {
    /// Column and row of the cursor, from 0; `None` while it is hidden.
    pub(crate) fn cursor(&self) -> Option<(u16, u16)> {
        let buffer = self.buffer();
        let shown = (buffer.x.min(self.cols - 1) as u16, buffer.y as u16);
        (!self.modes.cursor_hidden).then_some(shown)
    }

    /// Row `row`, from 0, cut to `cols` columns: to be written at the beginning of an empty line by a terminal that does not
    /// wrap. It leaves a plain pen. What that terminal takes for wider or narrower than it is shifts nothing behind it.
    pub(crate) fn painted(&self, row: u16, cols: u16) -> String {
        let Some(row) = self.buffer().rows.get(usize::from(row)) else { return String::new() };
        let cols = self.cols.min(usize::from(cols));
        let end = (0..cols).rev().find(|at| row.cell(*at) != Cell::NULL).map_or(0, |last| last + 1);
        let mut out = Writer::new(&self.links);
        let mut at = 0;
        while at < end {
            let cell = row.cell(at);
            out.pen(plainly(cell.style));
            let text = harmless(row, cell);
            let width = cell.width().max(1) as usize;
            if text.is_empty() || at + width > cols {
                out.text.push(' '); // also for a wide character that is cut in two
                at += 1;
                continue;
            }
            out.text.push_str(&text);
            at += width;
            if !text.is_ascii() && at < cols {
                let _ = write!(out.text, "\x1b[{}G", at + 1);
            }
        }
        out.plain();
        out.text
    }
}

/// What every terminal has: colours and flags, one kind of underline, no links.
fn plainly(style: Style) -> Style {
    Style::new(style.fg, style.bg & !(bg::EXTENDED | bg::PROTECTED), 0, 0)
}

/// What the cell shows, without what would end or turn a line.
fn harmless(row: &Row, cell: Cell) -> String {
    let mut text = String::new();
    row.push_text(cell, &mut text);
    text.retain(is_harmless);
    text
}

/// No control, no mark that turns the direction of writing, no separator of lines.
pub(crate) fn is_harmless(char: char) -> bool {
    !char.is_control()
        && !matches!(char, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn screen(cols: u16, rows: u16, bytes: &[u8]) -> Screen {
        let mut screen = Screen::new(cols, rows);
        screen.write_all(bytes);
        screen
    }

    /// A screen that shows what another one's rows say.
    fn painted_anew(screen: &Screen) -> Screen {
        let (cols, rows) = screen.size();
        let mut bytes = Vec::from(*b"\x1b[?7l");
        for row in 0..rows {
            let _ = std::io::Write::write_fmt(&mut bytes, format_args!("\x1b[{};1H", row + 1));
            bytes.extend(screen.painted(row, cols).into_bytes());
        }
        self::screen(cols, rows, &bytes)
    }

    #[test]
    fn a_painted_screen_shows_the_same_text_in_the_same_colours() {
        let shown = screen(
            40,
            4,
            "plain \x1b[1;31mbold red\x1b[m \x1b[44mon blue\x1b[K\r\n\x1b[m日本語 \u{1f469}\u{200d}\u{1f4bb} e\u{301} end\r\n\
             \x1b[38;2;1;2;3mrgb\x1b[48;5;200m palette\x1b[m\r\n\x1b[7m inverse "
                .as_bytes(),
        );
        let again = painted_anew(&shown);
        for (row, painted) in shown.main.rows.iter().zip(&again.main.rows) {
            for at in 0..40 {
                let (mut one, mut other) = (String::new(), String::new());
                row.push_text(row.cell(at), &mut one);
                painted.push_text(painted.cell(at), &mut other);
                assert_eq!(one.trim(), other.trim(), "column {at}");
                assert_eq!(row.cell(at).style, painted.cell(at).style, "column {at} of {one:?}");
            }
        }
    }

    /// Takes everything out that painting may write, and gives what is left.
    fn beyond_colours_and_columns(painted: &str) -> String {
        let mut left = String::new();
        let mut rest = painted;
        while let Some(at) = rest.find('\x1b') {
            left.push_str(&rest[..at]);
            let sequence = &rest[at..];
            let end = sequence.find(['m', 'G']).expect("SGR and CHA are all there is");
            let numbers = sequence[1..end].strip_prefix('[').expect("CSI is all there is");
            assert!(numbers.chars().all(|c| c.is_ascii_digit() || c == ';'), "{sequence:?}");
            rest = &sequence[end + 1..];
        }
        left + rest
    }

    #[test]
    fn nothing_but_colours_columns_and_harmless_text_is_ever_painted() {
        let mut hostile =
            Vec::from(*b"\x1b]0;title\x07\x1b]8;;http://x\x07link\x1b]8;;\x07\x1b[4:3m\x1b[58:2::1:2:3mcurly\x1b[m");
        hostile.extend(b"\x1b[1\"qprotected\x1b[c\x1b[6n\x1b[?1003h\x1b[?1049h\x1bP+q544e\x1b\\");
        hostile.extend("\u{9b}31m\u{9d}0;c1\u{9c}\u{202e}turned\u{2066}\u{200f}\u{2028}".as_bytes());
        hostile.extend((0..=255u8).flat_map(|byte| [b'x', byte]));
        let screen = screen(30, 12, &hostile);
        for row in 0..12 {
            let painted = screen.painted(row, 30);
            let text = beyond_colours_and_columns(&painted);
            assert!(text.chars().all(is_harmless), "{painted:?}");
        }
    }

    #[test]
    fn a_row_is_cut_at_the_column_and_a_wide_character_there_with_it() {
        let screen = screen(10, 1, "ab日本c".as_bytes());
        assert_eq!(screen.painted(0, 10), "ab日\x1b[5G本\x1b[7Gc");
        assert_eq!(screen.painted(0, 5), "ab日\x1b[5G ");
        assert_eq!(screen.painted(0, 2), "ab");
        assert_eq!(screen.painted(7, 10), "");
    }

    #[test]
    fn the_cursor_is_where_the_next_character_comes_or_nowhere() {
        assert_eq!(screen(10, 2, b"ab\r\nc").cursor(), Some((1, 1)));
        assert_eq!(screen(3, 2, b"abc").cursor(), Some((2, 0)), "it waits in the last column");
        assert_eq!(screen(10, 2, b"ab\x1b[?25l").cursor(), None);
    }

    proptest::proptest! {
        #[test]
        fn whatever_a_program_writes_only_colours_and_columns_are_painted(bytes in proptest::collection::vec(0u8.., 0..400)) {
            let screen = screen(12, 4, &bytes);
            for row in 0..4 {
                let text = beyond_colours_and_columns(&screen.painted(row, 12));
                proptest::prop_assert!(text.chars().all(is_harmless));
            }
        }
    }
}
