//! How wide a code point is, and whether it joins the one before it: the rules of the grapheme add-on that the page
//! activates, with its table.

mod table;

/// Kinds of grapheme break (UAX 29), numbered as in the table.
mod kind {
    pub(super) const OTHER: u8 = 0;
    pub(super) const PREPEND: u8 = 1;
    pub(super) const EXTEND: u8 = 2;
    pub(super) const REGIONAL: u8 = 3;
    pub(super) const SPACING: u8 = 4;
    pub(super) const HANGUL_L: u8 = 5;
    pub(super) const HANGUL_V: u8 = 6;
    pub(super) const HANGUL_T: u8 = 7;
    pub(super) const HANGUL_LV: u8 = 8;
    pub(super) const HANGUL_LVT: u8 = 9;
    pub(super) const ZWJ: u8 = 10;
    pub(super) const PICTOGRAPH: u8 = 11;
}

/// What the last printed code point leaves for the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(super) struct Printed {
    kind: u8,
    /// Cells of the character so far, 1 or 2.
    pub(super) width: u32,
}

impl Printed {
    /// What any of ASCII leaves.
    pub(super) const ASCII: Printed = Printed { kind: kind::OTHER, width: 1 };

    /// Only after these does ASCII join.
    pub(super) fn takes_ascii(self) -> bool {
        self.kind == kind::PREPEND
    }
}

/// What is printed when `code_point` follows `before`, and whether it joins the character there.
pub(super) fn follow(before: Option<Printed>, code_point: u32) -> (Printed, bool) {
    let (kind, width) = properties(code_point);
    let Some(before) = before.filter(|before| joins(before.kind, kind)) else {
        return (Printed { kind, width }, false);
    };
    // Two regional indicators are a flag; a third begins the next.
    let flag = kind == kind::REGIONAL;
    let width = if flag { 2 } else { width.max(before.width) };
    (Printed { kind: if flag { kind::OTHER } else { kind }, width }, true)
}

fn properties(code_point: u32) -> (u8, u32) {
    if (0x20..0x7f).contains(&code_point) {
        return (kind::OTHER, 1);
    }
    let after = table::RUNS.partition_point(|run| run >> 6 <= code_point);
    let run = table::RUNS[after - 1];
    ((run >> 2 & 0xf) as u8, run & 3)
}

fn joins(before: u8, after: u8) -> bool {
    use kind::*;
    matches!(
        (before, after),
        (_, EXTEND | ZWJ | SPACING)
            | (PREPEND, _)
            | (HANGUL_L, HANGUL_L | HANGUL_V | HANGUL_LV | HANGUL_LVT)
            | (HANGUL_LV | HANGUL_V, HANGUL_V | HANGUL_T)
            | (HANGUL_LVT | HANGUL_T, HANGUL_T)
            | (ZWJ, PICTOGRAPH)
            | (REGIONAL, REGIONAL)
    )
}

#[cfg(test)]
impl std::fmt::Display for Printed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.kind, self.width)
    }
}
