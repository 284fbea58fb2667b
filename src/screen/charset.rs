//! The character sets that ISO 2022 escapes choose: line drawing and the national ones.

/// A set by its final byte, those with two by one of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(super) enum Charset {
    #[default]
    Ascii,
    /// The final byte, one of [`NAMES`].
    Other(u8),
}

/// Final bytes that choose a set; `B` is ASCII.
const NAMES: &[u8] = b"0AB4C5RQKYE6ZH7=";

impl Charset {
    pub(super) fn named(name: u8) -> Option<Self> {
        match name {
            b'B' => Some(Charset::Ascii),
            _ => NAMES.contains(&name).then_some(Charset::Other(name)),
        }
    }

    pub(super) fn name(self) -> char {
        match self {
            Charset::Ascii => 'B',
            Charset::Other(name) => char::from(name),
        }
    }

    /// What is printed for `code`.
    pub(super) fn map(self, code: u32) -> u32 {
        let Charset::Other(name) = self else { return code };
        let (from, to) = table(name);
        let at = from.iter().position(|byte| u32::from(*byte) == code);
        at.and_then(|at| to.chars().nth(at)).map_or(code, u32::from)
    }
}

/// Which bytes print another character, and which.
fn table(name: u8) -> (&'static [u8], &'static str) {
    match name {
        b'0' => (b"`abcdefghijklmnopqrstuvwxyz{|}~", "◆▒␉␌␍␊°±␤␋┘┐┌└┼⎺⎻─⎼⎽├┤┴┬│≤≥π≠£·"),
        b'A' => (b"#", "£"),
        b'4' => (b"#@[\\]{|}~", "£¾i½|¨f¼´"),
        b'C' | b'5' => (b"[\\]^`{|}~", "ÄÖÅÜéäöåü"),
        b'R' => (b"#@[\\]{|}~", "£à°ç§éùè¨"),
        b'Q' => (b"@[\\]^`{|}~", "àâçêîôéùèû"),
        b'K' => (b"@[\\]{|}~", "§ÄÖÜäöüß"),
        b'Y' => (b"#@[\\]`{|}~", "£§°çéùàòèì"),
        b'E' | b'6' => (b"@[\\]^`{|}~", "ÄÆØÅÜäæøåü"),
        b'Z' => (b"#@[\\]{|}", "£§¡Ñ¿°ñç"),
        b'H' | b'7' => (b"@[\\]^`{|}~", "ÉÄÖÅÜéäöåü"),
        b'=' => (b"#@[\\]^_`{|}~", "ùàéçêîèôäöüû"),
        _ => (b"", ""),
    }
}

/// The four sets and which of them is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(super) struct Charsets {
    pub(super) sets: [Charset; 4],
    /// Index of the one that was shifted in.
    pub(super) level: usize,
    /// The one that is used; another than `sets[level]` once a saved cursor was restored.
    pub(super) current: Charset,
}

impl Charsets {
    pub(super) fn shift(&mut self, level: usize) {
        self.level = level;
        self.current = self.sets[level];
    }

    pub(super) fn designate(&mut self, level: usize, set: Charset) {
        self.sets[level] = set;
        if self.level == level {
            self.current = set;
        }
    }
}
