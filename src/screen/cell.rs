//! One cell: what it shows and how.
//!
//! The numbers are laid out as xterm.js lays them out, since its rules are defined on them.

/// A colour or attribute word: the colour in the low 26 bits, flags above.
pub(super) mod word {
    /// Where the colour's kind stands.
    pub(in crate::screen) const KIND: u32 = 0x300_0000;
    pub(in crate::screen) const PALETTE_16: u32 = 0x100_0000;
    pub(in crate::screen) const PALETTE_256: u32 = 0x200_0000;
    pub(in crate::screen) const RGB: u32 = 0xff_ffff;
    /// Kind and value.
    pub(in crate::screen) const COLOUR: u32 = 0x3ff_ffff;
    pub(in crate::screen) const FLAGS: u32 = !COLOUR;
}

/// Flags of the foreground word.
pub(super) mod fg {
    pub(in crate::screen) const INVERSE: u32 = 0x400_0000;
    pub(in crate::screen) const BOLD: u32 = 0x800_0000;
    pub(in crate::screen) const UNDERLINE: u32 = 0x1000_0000;
    pub(in crate::screen) const BLINK: u32 = 0x2000_0000;
    pub(in crate::screen) const HIDDEN: u32 = 0x4000_0000;
    pub(in crate::screen) const STRUCK: u32 = 0x8000_0000;
}

/// Flags of the background word.
pub(super) mod bg {
    pub(in crate::screen) const ITALIC: u32 = 0x400_0000;
    pub(in crate::screen) const DIM: u32 = 0x800_0000;
    /// A pen's: underline style, its colour and the link count. Cells have them or not.
    pub(in crate::screen) const EXTENDED: u32 = 0x1000_0000;
    pub(in crate::screen) const PROTECTED: u32 = 0x2000_0000;
    pub(in crate::screen) const OVERLINE: u32 = 0x4000_0000;
}

/// The underline's style stands above its colour.
const UNDERLINE_SHIFT: u32 = 26;
/// `Cell::content`: the number in the low bits is a cluster of the row, not a code point.
const CLUSTER: u32 = 1 << 21;
const NUMBER: u32 = CLUSTER - 1;
const WIDTH_SHIFT: u32 = 22;

/// How a cell is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(super) struct Style {
    pub(super) fg: u32,
    pub(super) bg: u32,
    /// Style of the underline above its colour.
    underline: u32,
    /// Number of the link, 0 for none.
    pub(super) link: u32,
}

impl Style {
    pub(super) fn new(fg: u32, bg: u32, underline: u32, link: u32) -> Self {
        Style { fg, bg, underline, link }
    }

    /// 0 for none, else 1 (single) to 5 (dashed).
    pub(super) fn underline_style(&self) -> u32 {
        self.underline >> UNDERLINE_SHIFT
    }

    pub(super) fn underline_colour(&self) -> u32 {
        self.underline & word::COLOUR
    }

    pub(super) fn underline_word(&self) -> u32 {
        self.underline
    }

    pub(super) fn set_underline_style(&mut self, style: u32) {
        self.underline = self.underline_colour() | style << UNDERLINE_SHIFT;
    }

    pub(super) fn set_underline_colour(&mut self, colour: u32) {
        self.underline = (self.underline & !word::COLOUR) | (colour & word::COLOUR);
    }
}

/// One place in a row. A wide character is followed by a spacer: no content, no width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cell {
    content: u32,
    pub(super) style: Style,
}

impl Cell {
    /// What was never written to.
    pub(super) const NULL: Cell =
        Cell { content: 1 << WIDTH_SHIFT, style: Style { fg: 0, bg: 0, underline: 0, link: 0 } };

    pub(super) fn new(code_point: u32, width: u32, style: Style) -> Self {
        Cell { content: code_point | width << WIDTH_SHIFT, style }
    }

    pub(super) fn blank(style: Style) -> Self {
        Cell::new(0, 1, style)
    }

    pub(super) fn spacer(style: Style) -> Self {
        Cell::new(0, 0, style)
    }

    pub(super) fn width(self) -> u32 {
        self.content >> WIDTH_SHIFT
    }

    pub(super) fn has_content(self) -> bool {
        self.content & (CLUSTER | NUMBER) != 0
    }

    /// Neither content nor width, as right of a wide character.
    pub(super) fn is_spacer(self) -> bool {
        self.content == 0
    }

    /// No content, but the width of one.
    pub(super) fn is_blank(self) -> bool {
        self.content == 1 << WIDTH_SHIFT
    }

    /// One code point, one cell wide.
    pub(super) fn is_narrow(self) -> bool {
        (Cell::NULL.content + 1..Cell::NULL.content + CLUSTER).contains(&self.content)
    }

    /// One of ASCII, one cell wide.
    pub(super) fn is_ascii(self) -> bool {
        (Cell::NULL.content + 1..Cell::NULL.content + 0x80).contains(&self.content)
    }

    /// Number of the cluster in its row.
    pub(super) fn cluster(self) -> Option<usize> {
        (self.content & CLUSTER != 0).then_some((self.content & NUMBER) as usize)
    }

    /// 0 if it has none, or a cluster.
    pub(super) fn code_point(self) -> u32 {
        if self.content & CLUSTER == 0 { self.content & NUMBER } else { 0 }
    }

    pub(super) fn with_cluster(self, number: usize) -> Self {
        Cell { content: (self.content & !NUMBER) | CLUSTER | number as u32, ..self }
    }

    pub(super) fn with_width(self, width: u32) -> Self {
        Cell { content: (self.content & (CLUSTER | NUMBER)) | width << WIDTH_SHIFT, ..self }
    }
}
