//! Styles as SGR and links as OSC 8: only what changes.

use std::fmt::Write;

use crate::screen::{
    cell::{Cell, Style, bg, fg, word},
    links::Links,
    row::Row,
    width::{self, Printed},
};

/// Flags of the foreground word and of the background word with what sets them; underlines are apart.
const FG_FLAGS: [(u32, &str); 5] =
    [(fg::BOLD, "1"), (fg::BLINK, "5"), (fg::INVERSE, "7"), (fg::HIDDEN, "8"), (fg::STRUCK, "9")];
const BG_FLAGS: [(u32, &str); 3] = [(bg::DIM, "2"), (bg::ITALIC, "3"), (bg::OVERLINE, "53")];

/// A snapshot as it grows, and the state of the emulator that reads it.
pub(in crate::screen) struct Writer<'a> {
    pub(in crate::screen) text: String,
    links: &'a Links,
    style: Style,
    printed: Option<Printed>,
    /// Length of `text` up to which `printed` holds.
    printed_at: usize,
}

impl<'a> Writer<'a> {
    pub(in crate::screen) fn new(links: &'a Links) -> Self {
        Writer { text: String::with_capacity(8 * 1024), links, style: Style::default(), printed: None, printed_at: 0 }
    }

    /// Without controls, which would end the string that it stands in.
    pub(super) fn push_plain(&mut self, text: &str) {
        self.text.extend(text.chars().filter(|char| !char.is_control()));
    }

    /// What the cell shows, so that it does not join the character before it.
    pub(super) fn print(&mut self, row: &Row, cell: Cell) {
        let mut text = String::new();
        row.push_text(cell, &mut text);
        let mut before = self.printed.filter(|_| self.printed_at == self.text.len());
        for (at, char) in text.chars().enumerate() {
            let (mut printed, joins) = width::follow(before, u32::from(char));
            if at == 0 && joins {
                // A control that does nothing else.
                self.text.push('\x01');
                (printed, _) = width::follow(None, u32::from(char));
            }
            self.text.push(char);
            before = Some(printed);
        }
        (self.printed, self.printed_at) = (before, self.text.len());
    }

    /// What the next character may join, once the cell's text is printed.
    pub(super) fn leaves(&self, row: &Row, cell: Cell) -> Option<Printed> {
        let mut text = String::new();
        row.push_text(cell, &mut text);
        text.chars().fold(None, |before, char| Some(width::follow(before, u32::from(char)).0))
    }

    /// A wide cell right before the last column, without wrapping. One that is not wide by its text was made so by what
    /// joined a wide character that found no room.
    pub(super) fn print_at_edge(&mut self, row: &Row, cell: Cell) {
        if self.leaves(row, cell).is_some_and(|printed| printed.width == 2) {
            return self.print(row, cell);
        }
        let mut text = String::new();
        row.push_text(cell, &mut text);
        let Some(last) = text.pop() else { return };
        let joined = |wide: &char| width::follow(Some(width::follow(None, u32::from(*wide)).0), u32::from(last)).1;
        let Some(wide) = ['\u{3000}', '\u{1100}'].into_iter().find(joined) else { return };
        self.text.extend(text.chars().chain([wide, last]));
    }

    /// How wide the first of the cell's code points is by itself.
    pub(super) fn first_width(&self, row: &Row, cell: Cell) -> u32 {
        let mut text = String::new();
        row.push_text(cell, &mut text);
        text.chars().next().map_or(0, |char| width::follow(None, u32::from(char)).0.width)
    }

    /// Says what the emulator's pen is.
    pub(super) fn assume(&mut self, style: Style) {
        self.style = style;
    }

    /// The pen of a fresh emulator.
    pub(in crate::screen) fn plain(&mut self) {
        self.pen(Style::default());
    }

    pub(super) fn background(&self) -> u32 {
        self.style.bg & word::COLOUR
    }

    pub(in crate::screen) fn pen(&mut self, style: Style) {
        if style == self.style {
            return;
        }
        self.link(style.link);
        let mut numbers = Vec::new();
        let shown = |style: Style| style.underline_style().max(u32::from(style.fg & fg::UNDERLINE != 0));
        let coloured = |style: Style| style.underline_colour() != 0;
        let mut now = self.style;
        let lost = (now.fg & !style.fg | now.bg & !style.bg & !bg::PROTECTED) & word::FLAGS != 0
            || (coloured(now) && !coloured(style))
            || (shown(now) != 0 && shown(style) == 0)
            || (style.fg == 0 && style.bg & !bg::PROTECTED == 0 && shown(style) == 0 && !coloured(style));
        if lost && (now.fg, now.bg & !bg::PROTECTED, now.underline_word()) != (0, 0, 0) {
            numbers.push("0".to_owned());
            now = Style::new(0, 0, 0, now.link);
        }
        let set = |flags: &[(u32, &str)], before: u32, after: u32| -> Vec<String> {
            flags
                .iter()
                .filter(|(flag, _)| after & !before & flag != 0)
                .map(|(_, number)| (*number).to_owned())
                .collect()
        };
        numbers.extend(set(&FG_FLAGS, now.fg, style.fg));
        numbers.extend(set(&BG_FLAGS, now.bg, style.bg));
        if shown(now) != shown(style) {
            numbers.push(match shown(style) {
                1 => "4".to_owned(),
                2 => "21".to_owned(),
                other => format!("4:{other}"),
            });
        }
        if (now.fg ^ style.fg) & word::COLOUR != 0 {
            numbers.push(colour(style.fg, 30));
        }
        if (now.bg ^ style.bg) & word::COLOUR != 0 {
            numbers.push(colour(style.bg, 40));
        }
        if now.underline_colour() != style.underline_colour() {
            numbers.push(underline_colour(style.underline_colour()));
        }
        self.style = style;
        match numbers.as_slice() {
            [] => {}
            [only] if only == "0" => self.text.push_str("\x1b[m"),
            all => _ = write!(self.text, "\x1b[{}m", all.join(";")),
        }
        if (style.bg ^ now.bg) & bg::PROTECTED != 0 {
            self.text.push_str(if style.bg & bg::PROTECTED != 0 { "\x1b[1\"q" } else { "\x1b[0\"q" });
        }
    }

    fn link(&mut self, number: u32) {
        if number == self.style.link {
            return;
        }
        match self.links.get(number) {
            Some(link) => {
                self.text.push_str("\x1b]8;");
                if !link.id.is_empty() {
                    self.text.push_str("id=");
                    self.push_plain(&link.id);
                }
                self.text.push(';');
                self.push_plain(&link.uri);
            }
            None => self.text.push_str("\x1b]8;;"),
        }
        self.text.push_str("\x1b\\");
        self.style.link = number;
    }
}

fn colour(value: u32, base: u32) -> String {
    match (value & word::KIND, value & 0xff) {
        (0, _) => (base + 9).to_string(),
        (word::PALETTE_16, index @ 0..=7) => (base + index).to_string(),
        (word::PALETTE_16, index) => (base + 60 + index - 8).to_string(),
        (word::PALETTE_256, index) => format!("{};5;{index}", base + 8),
        _ => format!("{};2;{};{};{}", base + 8, value >> 16 & 0xff, value >> 8 & 0xff, value & 0xff),
    }
}

fn underline_colour(value: u32) -> String {
    match value & word::KIND {
        0 => "59".to_owned(),
        word::KIND if value == word::COLOUR => "59".to_owned(),
        word::KIND => format!("58:2::{}:{}:{}", value >> 16 & 0xff, value >> 8 & 0xff, value & 0xff),
        _ => format!("58:5:{}", value & 0xff),
    }
}
