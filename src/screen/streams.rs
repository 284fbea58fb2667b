//! Streams for the judge: recordings in tests/screen, and random ones biased to what terminals are sent.

use std::path::Path;

use serde_json::Value;

use super::judge::{Case, Op};

/// A generator whose every number follows from its seed (xorshift64*).
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// Below `bound`.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % bound
    }

    fn of<T: Copy>(&mut self, choice: &[T]) -> T {
        choice[self.below(choice.len())]
    }
}

/// A recording of tests/screen: an asciicast, version 2.
pub(super) fn recorded(file: &Path) -> ((u16, u16), Vec<Op>) {
    let text = std::fs::read_to_string(file).expect("the recording is there");
    let mut lines = text.lines().map(|line| serde_json::from_str::<Value>(line).expect("each line is JSON"));
    let head = lines.next().expect("a header");
    let number = |value: &Value| value.as_u64().expect("a size") as u16;
    let size = (number(&head["width"]), number(&head["height"]));
    let ops = lines.map(|event| {
        let data = event[2].as_str().expect("text");
        match event[1].as_str() {
            Some("r") => {
                let (cols, rows) = data.split_once('x').expect("a size");
                Op::Size(cols.parse().expect("columns"), rows.parse().expect("rows"))
            }
            _ => Op::Output(data.as_bytes().to_vec()),
        }
    });
    (size, ops.collect())
}

/// Cuts a stream in two, between or within its parts.
pub(super) fn cut(size: (u16, u16), ops: &[Op], random: &mut Random) -> Case {
    let total: usize = ops.iter().map(length).sum();
    let mut at = random.below(total + 1);
    let (mut before, mut after) = (Vec::new(), Vec::new());
    for op in ops {
        let here = at.min(length(op));
        at -= here;
        match op {
            Op::Output(bytes) => {
                before.extend((here > 0).then(|| Op::Output(bytes[..here].to_vec())));
                after.extend((here < bytes.len()).then(|| Op::Output(bytes[here..].to_vec())));
            }
            size => {
                if here > 0 {
                    before.push(size.clone())
                } else {
                    after.push(size.clone())
                }
            }
        }
    }
    Case { size, before, after }
}

fn length(op: &Op) -> usize {
    match op {
        Op::Output(bytes) => bytes.len(),
        Op::Size(..) => 1,
    }
}

/// Sizes that random streams use.
const SIZES: [(u16, u16); 7] = [(80, 24), (20, 6), (10, 4), (5, 3), (40, 10), (33, 7), (2, 2)];
const TEXTS: &[&str] = &[
    "hello ",
    "x",
    "The quick brown fox jumps over the lazy dog. ",
    "日本語",
    "e\u{301}",
    "👩\u{200d}🚀",
    "🇩🇪🇫🇷",
    "한글",
    "\u{1100}\u{1161}",
    "☺\u{fe0f}",
    "ﬁ",
    "\u{301}",
    "a\u{200d}",
    "😀",
    "═╬═",
    "ä",
    "\u{a0}",
    "क्षि",
    "\u{600}7",
    "i\u{308}\u{323}",
    "1\u{fe0f}\u{20e3}",
    "qlkx~`",
];
const CONTROLS: &[&str] =
    &["\r\n", "\n", "\r", "\x08", "\t", "\x0e", "\x0f", "\x07", "\r\n", "\x0b", "\u{84}", "\u{85}", "\u{88}"];
const ESCAPES: &[&str] = &[
    "\x1b7",
    "\x1b8",
    "\x1bD",
    "\x1bE",
    "\x1bM",
    "\x1bH",
    "\x1b=",
    "\x1b>",
    "\x1b(0",
    "\x1b(B",
    "\x1b)0",
    "\x1b*4",
    "\x1b+K",
    "\x1bn",
    "\x1bo",
    "\x1b~",
    "\x1b%G",
    "\x1b#8",
    "\x1bc",
    "\x1b[!p",
    "\x1b(A",
    "\x1b-Z",
    "\x1bP1$qm\x1b\\",
    "\x1b_x\x1b\\",
    "\x1b^y\x1b\\",
];
const FINALS: &[u8] = b"ABCDEFGHIJKLMPSTXZ`abdefghlmrsu@";
const PRIVATE: &[u32] =
    &[1, 2, 6, 12, 25, 45, 47, 66, 9, 1000, 1002, 1003, 1004, 1006, 1016, 1047, 1048, 1049, 2004, 2026];
const RENDITIONS: &[&str] = &[
    "",
    "0",
    "1",
    "2",
    "3",
    "4",
    "4:3",
    "4:5",
    "4:0",
    "5",
    "7",
    "8",
    "9",
    "21",
    "22",
    "23",
    "24",
    "27",
    "31",
    "44",
    "39",
    "49",
    "97",
    "103",
    "53",
    "55",
    "38;5;200",
    "48;5;17",
    "38;2;1;2;3",
    "48:2::9:8:7",
    "58:5:3",
    "58;2;4;5;6",
    "59",
    "1;31;42",
    "38;5",
    "48;2;1",
];
const COMMANDS: &[&str] = &[
    "0;a title",
    "2;tïtle",
    "8;;https://example.org/a",
    "8;id=1;https://example.org/b",
    "8;;",
    "4;1;#ff0000;2;rgb:1/2/3",
    "10;#123",
    "11;rgb:ffff/0/80",
    "104",
    "104;1",
    "110",
    "1;icon",
    "52;c;eA==",
    "133;A",
    "8;x=y:id=2;file:///etc",
    "12;#abcdef;x",
];

/// A random terminal's life.
pub(super) fn random(seed: u64) -> ((u16, u16), Vec<Op>) {
    let mut random = Random::new(seed);
    let size = random.of(&SIZES);
    let mut ops = Vec::new();
    for _ in 0..1 + random.below(4) {
        let mut bytes = Vec::new();
        for _ in 0..random.below(40) {
            piece(&mut random, size, &mut bytes);
        }
        ops.push(Op::Output(bytes));
        if random.below(4) == 0 {
            let (cols, rows) = random.of(&SIZES);
            ops.push(Op::Size(cols, rows));
        }
    }
    (size, ops)
}

fn piece(random: &mut Random, (cols, rows): (u16, u16), to: &mut Vec<u8>) {
    let number = |random: &mut Random| -> String {
        match random.below(6) {
            0 => String::new(),
            1 => random.below(3).to_string(),
            2 => usize::from(cols).saturating_sub(random.below(3)).to_string(),
            3 => usize::from(rows).saturating_sub(random.below(3)).to_string(),
            _ => random.below(12).to_string(),
        }
    };
    match random.below(16) {
        0..=4 => {
            for _ in 0..1 + random.below(4) {
                to.extend(random.of(TEXTS).as_bytes());
            }
        }
        5..=6 => to.extend(random.of(CONTROLS).as_bytes()),
        7 => to.extend(random.of(ESCAPES).as_bytes()),
        8..=10 => {
            let last = random.of(FINALS);
            let text = match random.below(3) {
                0 => number(random),
                _ => format!("{};{}", number(random), number(random)),
            };
            let private = if last == b'J' || last == b'K' { random.of(&["", "", "?"]) } else { "" };
            to.extend(format!("\x1b[{private}{text}{}", char::from(last)).as_bytes());
        }
        11 => to.extend(format!("\x1b[{}m", random.of(RENDITIONS)).as_bytes()),
        12 => to.extend(format!("\x1b[?{}{}", random.of(PRIVATE), random.of(&["h", "l"])).as_bytes()),
        13 => {
            let last = random.of(&[" @", " A", "'}", "'~", " q", "\"q"]);
            to.extend(format!("\x1b[{}{last}", number(random)).as_bytes());
        }
        14 => to.extend(format!("\x1b]{}{}", random.of(COMMANDS), random.of(&["\x07", "\x1b\\"])).as_bytes()),
        _ => match random.below(5) {
            4 => to.extend(
                format!("\x1b[?7l{}{}\x1b[?7h", "0123456789".repeat(usize::from(cols) / 10 + 1), random.of(TEXTS))
                    .as_bytes(),
            ),
            0 => to.extend("0123456789".repeat(usize::from(cols)).as_bytes()),
            1 => (0..rows).for_each(|_| to.extend(b"line\r\n")),
            2 => to.push(random.below(256) as u8),
            _ => to.extend(format!("\x1b[{}", number(random)).as_bytes()),
        },
    }
}
