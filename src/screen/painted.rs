//! Rows as they may be written to the terminal of somebody else, who only looks: text and colours, and nothing that a
//! program put into the stream besides. A snapshot is for an emulator of ours; this is for one that is not.

use super::{
    Screen,
    cell::{Cell, Style},
    links::Links,
    plain::turns_direction,
    row::Row,
    snapshot::Pen,
};

impl Screen {
    /// One row of what is shown, at most `cols` columns of it, with SGR and absolute columns as its only sequences. It
    /// begins with the cursor anywhere in its row and leaves the pen as it is after a reset.
    ///
    /// Where the other terminal is of another mind about a character's width, the next one stands in its place all the same.
    pub(crate) fn painted_row(&self, row: usize, cols: usize) -> String {
        let links = Links::default(); // none of them is written
        let mut pen = Pen::new(&links);
        pen.text.push_str("\r\x1b[m");
        let Some(row) = self.buffer().rows.get(row) else { return pen.text + "\x1b[K" };
        let cols = cols.min(row.width());
        let end = (0..cols).rev().find(|at| row.cell(*at) != Cell::NULL).map_or(0, |last| last + 1);
        let mut astray = false;
        let mut at = 0;
        while at < end {
            let cell = row.cell(at);
            let width = (cell.width() as usize).max(1);
            if at + width > cols {
                break; // half a character
            }
            if astray {
                pen.text.push_str(&format!("\x1b[{}G", at + 1));
            }
            let Style { fg, bg, .. } = cell.style;
            pen.pen(Style::new(fg, bg & !super::cell::bg::PROTECTED, cell.style.underline_word(), 0));
            let text = shown(row, cell);
            astray = !text.is_ascii();
            pen.text.push_str(&text);
            at += width;
        }
        pen.plain();
        pen.text.push_str("\x1b[K");
        pen.text
    }

    /// One row of what is shown as text, without blanks at its end.
    #[cfg(test)]
    pub(crate) fn text_row(&self, row: usize) -> String {
        let Some(row) = self.buffer().rows.get(row) else { return String::new() };
        let cells = (0..row.width()).map(|at| row.cell(at)).filter(|cell| !cell.is_spacer());
        let text: String = cells.map(|cell| shown(row, cell)).collect();
        text.trim_end().to_owned()
    }

    /// Column and row of the cursor, from 0; `None` where a program has hidden it.
    pub(crate) fn cursor(&self) -> Option<(usize, usize)> {
        let buffer = self.buffer();
        (!self.modes.cursor_hidden).then(|| (buffer.x.min(self.cols - 1), buffer.y))
    }
}

/// What a cell shows; a blank for nothing, and for what another terminal would take for a control.
fn shown(row: &Row, cell: Cell) -> String {
    let mut text = String::new();
    row.push_text(cell, &mut text);
    text.retain(|char| !char.is_control() && !turns_direction(char));
    if text.is_empty() { " ".repeat(cell.width() as usize) } else { text }
}

#[cfg(test)]
mod tests {
    use super::super::streams::Random;
    use super::*;

    fn screen(bytes: &[u8]) -> Screen {
        let mut screen = Screen::new(20, 3);
        screen.write_all(bytes);
        screen
    }

    #[test]
    fn a_row_is_painted_with_its_colours_and_read_as_text() {
        let screen = screen("a\x1b[1;31mred\x1b[m \u{6f22}z\r\nnext".as_bytes());
        assert_eq!(screen.painted_row(0, 20), "\r\x1b[ma\x1b[1;31mred\x1b[m \u{6f22}\x1b[8Gz\x1b[K");
        assert_eq!(screen.text_row(0), "ared \u{6f22}z");
        assert_eq!(screen.painted_row(1, 2), "\r\x1b[mne\x1b[K");
        assert_eq!(screen.painted_row(0, 6), "\r\x1b[ma\x1b[1;31mred\x1b[m \x1b[K", "no half of a wide character");
        assert_eq!(screen.cursor(), Some((4, 1)));
        assert_eq!((screen.painted_row(9, 20), screen.text_row(9)), ("\r\x1b[m\x1b[K".into(), String::new()));
    }

    #[test]
    fn nothing_that_answers_or_reaches_past_the_screen_is_painted() {
        let hostile =
            b"\x1b]52;c;AAAA\x07\x1b]2;title\x07\x1b[6n\x1b[c\x1b[21t\x1b]10;?\x07\x1b[?1049h\x1b[?1000h\x1b[?2004h\
            \x1b]8;;http://evil.example\x07link\x1b]8;;\x07\x1bP$qm\x1b\\\x1b_x\x1b\\\xe2\x80\xaegpj.exe\x1b[?25l";
        let screen = screen(hostile);
        assert_eq!(screen.painted_row(0, 20), "\r\x1b[mlink gpj.exe\x1b[K");
        assert_eq!(screen.cursor(), None);
    }

    /// What is painted, taken apart: nothing but printable characters, `\r`, and the sequences SGR, CHA and EL.
    fn is_tame(painted: &str) -> bool {
        let mut rest = painted.strip_prefix('\r').unwrap_or(painted);
        while let Some(char) = rest.chars().next() {
            rest = &rest[char.len_utf8()..];
            if char == '\x1b' {
                let Some(sequence) = rest.strip_prefix('[') else { return false };
                let Some(end) = sequence.find(|c: char| !matches!(c, '0'..='9' | ';' | ':')) else { return false };
                if !matches!(sequence.as_bytes()[end], b'm' | b'G' | b'K') {
                    return false;
                }
                rest = &sequence[end + 1..];
            } else if char.is_control() {
                return false;
            }
        }
        true
    }

    #[test]
    fn whatever_a_program_writes_only_text_and_colours_are_painted() {
        assert!(
            !is_tame("\x1b]52;c;x\x07")
                && !is_tame("\x1b[6n")
                && !is_tame("a\x07")
                && is_tame("\ra\x1b[1;4:3mb\x1b[2G")
        );
        for seed in 0..200 {
            let mut random = Random::new(seed);
            let bytes: Vec<u8> = (0..2000)
                .map(|_| match random.below(6) {
                    0 => b"\x1b\x9b\x9d\x90\x07\x18\x00\x7f\xc2\x85"[random.below(10)],
                    1 => b"[]P_();:?mnhHJKlcqt@"[random.below(20)],
                    2 => b'0' + random.below(10) as u8,
                    3 => random.below(256) as u8,
                    _ => b' ' + random.below(95) as u8,
                })
                .collect();
            let screen = screen(&bytes);
            for row in 0..3 {
                let painted = screen.painted_row(row, 20);
                assert!(is_tame(&painted), "seed {seed}: {painted:?}");
                assert!(!screen.text_row(row).chars().any(char::is_control), "seed {seed}");
            }
        }
    }
}
