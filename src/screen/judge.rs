//! The page's own emulator, run in node, as the judge of the model: tests/screen/judge.mjs.

use std::{
    fmt::Write as _,
    io::{BufRead, BufReader, Write},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Screen,
    buffer::Buffer,
    cell::{Style, fg, word},
    charset::Charset,
    row::Row,
};

/// What happens to a terminal.
#[derive(Clone, Debug)]
pub(super) enum Op {
    Output(Vec<u8>),
    Size(u16, u16),
}

#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) size: (u16, u16),
    pub(super) before: Vec<Op>,
    pub(super) after: Vec<Op>,
}

impl Case {
    /// The model after `before`.
    pub(super) fn screen(&self) -> Screen {
        let mut screen = Screen::new(self.size.0, self.size.1);
        for op in &self.before {
            match op {
                Op::Output(bytes) => screen.write_all(bytes),
                Op::Size(cols, rows) => screen.resize(*cols, *rows),
            }
        }
        screen
    }
}

/// What the judge says of a case.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Verdict {
    /// The emulator itself threw: there is nothing to be equal to.
    Fault {
        #[serde(rename = "fault")]
        _why: String,
    },
    Told {
        /// All that the emulator knows.
        dump: String,
        /// How one that was given the snapshot differs.
        restored: Option<String>,
        /// … looks the same.
        seen: bool,
        /// … and after more output.
        continued: Option<String>,
        /// What the emulator answered to the snapshot.
        answers: u32,
    },
}

pub(super) struct Judge {
    node: Child,
    ask: ChildStdin,
    hear: BufReader<ChildStdout>,
}

impl Judge {
    pub(super) fn new() -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/screen/judge.mjs");
        let mut node = Command::new("node")
            .arg(script)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("node 20 or newer runs the page's emulator: install nodejs");
        let ask = node.stdin.take().expect("it is piped");
        let hear = BufReader::new(node.stdout.take().expect("it is piped"));
        Judge { node, ask, hear }
    }

    pub(super) fn judge(&mut self, case: &Case, snapshot: &[u8]) -> Verdict {
        let question = json!({
            "cols": case.size.0, "rows": case.size.1, "snapshot": hexadecimal(snapshot),
            "before": ops(&case.before), "after": ops(&case.after),
        });
        writeln!(self.ask, "{question}").expect("node reads");
        let mut answer = String::new();
        self.hear.read_line(&mut answer).expect("node writes text");
        serde_json::from_str(&answer).unwrap_or_else(|why| panic!("node answered {answer:?}: {why}"))
    }
}

impl Drop for Judge {
    fn drop(&mut self) {
        let _ = self.node.kill();
        let _ = self.node.wait();
    }
}

fn ops(ops: &[Op]) -> Value {
    ops.iter()
        .map(|op| match op {
            Op::Output(bytes) => Value::String(hexadecimal(bytes)),
            Op::Size(cols, rows) => json!([cols, rows]),
        })
        .collect()
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// All that the model knows, in the judge's words.
pub(super) fn dump(screen: &Screen) -> String {
    let modes = &screen.modes;
    let flags = [
        (modes.application_cursor, "cursor keys"),
        (modes.application_keypad, "keypad"),
        (modes.bracketed_paste, "paste"),
        (modes.focus_reports, "focus"),
        (modes.origin, "origin"),
        (modes.wrap, "wrap"),
        (modes.reverse_wrap, "reverse wrap"),
        (modes.insert, "insert"),
        (modes.newline, "newline"),
        (modes.blink_option == Some(true), "blink"),
        (modes.cursor_hidden, "hidden"),
    ];
    let flags: Vec<&str> = flags.iter().filter(|(on, _)| *on).map(|(_, name)| *name).collect();
    let protocol = match modes.mouse.protocol {
        0 => "NONE",
        9 => "X10",
        1000 => "VT200",
        1002 => "DRAG",
        _ => "ANY",
    };
    let encoding = match modes.mouse.encoding {
        0 => "DEFAULT",
        1006 => "SGR",
        _ => "SGR_PIXELS",
    };
    let shape = ["own", "block", "underline", "bar"][usize::from(modes.cursor_shape)];
    let blinks = modes.cursor_blink.map_or("own".to_owned(), |blinks| blinks.to_string());
    let sets: String = screen.charsets.sets.iter().map(|set| name(*set)).collect();
    let palette: Vec<String> = screen.palette.iter().map(|(slot, [r, g, b])| format!("{slot}={r},{g},{b}")).collect();
    let mut lines = vec![
        format!("size {} {}", screen.cols, screen.rows),
        format!("cursor {} {}", screen.buffer().x, screen.buffer().y),
        format!("title {}", Value::String(screen.title.clone())),
        format!("modes {}", flags.join(", ")),
        format!("mouse {protocol} {encoding}"),
        format!("shape {shape} {blinks}"),
        format!("charsets {sets} {} {}", screen.charsets.level, name(screen.charsets.current)),
        format!("pen {}", words(screen, screen.pen.cell_style())),
        format!("printed {}", screen.printed.map_or("nothing".to_owned(), |printed| printed.to_string())),
        format!("palette {}", palette.join(" ")),
    ];
    lines.push("main".to_owned());
    buffer(screen, &screen.main, &mut lines);
    if screen.on_alternate {
        lines.push("alternate".to_owned());
        buffer(screen, &screen.alternate, &mut lines);
    }
    lines.join("\n")
}

fn buffer(screen: &Screen, buffer: &Buffer, lines: &mut Vec<String>) {
    let saved = buffer.saved;
    let above = buffer.scrollback.len();
    let tabs: Vec<String> = buffer.tabs.range(..screen.cols).map(usize::to_string).collect();
    let row = saved.line.saturating_sub(above).min(screen.rows - 1);
    let style = words(screen, Style::new(saved.fg, saved.bg & !super::bg::EXTENDED, 0, 0));
    lines.push(format!("region {} {}", buffer.top, buffer.bottom));
    lines.push(format!("tabs {}", tabs.join(" ")));
    lines.push(format!("saved {} {row} {style} {}", saved.x.min(screen.cols - 1), name(saved.charset)));
    lines.push(format!("above {above}"));
    lines.extend(buffer.scrollback.rows(screen.cols).map(|row| line(screen, &row)));
    lines.extend(buffer.rows.iter().map(|row| line(screen, row)));
}

fn line(screen: &Screen, row: &Row) -> String {
    let plain = words(screen, Style::default());
    let mut text = if row.wrapped { ">" } else { " " }.to_owned();
    let mut kept = 1;
    let mut style = plain.clone();
    for at in 0..screen.cols {
        let cell = row.cell(at);
        let now = words(screen, cell.style);
        if now != style {
            text.push_str(&now);
            style = now;
        }
        let width = cell.width();
        if cell.has_content() {
            row.push_text(cell, &mut text);
        } else {
            text.push(if width == 0 { '\u{1}' } else { '\u{2}' });
        }
        if width != 1 && (cell.has_content() || width != 0) {
            let _ = write!(text, "\u{3}{width}");
        }
        if cell.has_content() || width != 1 || style != plain {
            kept = text.len();
        }
    }
    text.truncate(kept);
    text
}

fn words(screen: &Screen, style: Style) -> String {
    let plain = |value: u32| match value & word::KIND {
        0 => 0,
        word::KIND => value & word::COLOUR,
        _ => value & (word::KIND | 0xff),
    };
    let text = |value: u32| format!("{:x}", value & word::FLAGS | plain(value));
    let underline = style.underline_style().max(u32::from(style.fg & fg::UNDERLINE != 0));
    let colour = if style.underline_style() == 0 { 0 } else { plain(style.underline_colour()) };
    let link = screen.links.get(style.link).map_or(String::new(), |link| format!("{};{}", link.id, link.uri));
    format!("{{{} {} {underline} {colour:x} {link}}}", text(style.fg & !fg::UNDERLINE), text(style.bg))
}

/// Of two names for one set, the judge says the first.
fn name(set: Charset) -> char {
    match set.name() {
        '5' => 'C',
        '6' => 'E',
        '7' => 'H',
        name => name,
    }
}
