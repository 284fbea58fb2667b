//! Plain text as mdoc(7).

use super::DATE;

/// What every page begins with. `about` is one line.
pub(super) fn head(name: &str, section: u8, about: &str) -> String {
    let about = about.trim_end_matches('.');
    let mut about = escaped(about);
    if let Some(first) = about.chars().next().filter(|_| !about.starts_with("A Linux")) {
        about = first.to_lowercase().chain(about.chars().skip(1)).collect();
    }
    let title = name.to_uppercase();
    format!(
        ".\\\" Made by `make docs`; do not edit.\n.Dd {DATE}\n.Dt {title} {section}\n.Os\n.Sh NAME\n.Nm {name}\n.Nd {about}\n"
    )
}

/// A word or line without meaning to roff. A hyphen is what is typed, not a dash.
pub(super) fn escaped(text: &str) -> String {
    let text = text.replace('\\', "\\e").replace('-', "\\-").replace('…', "\\&...");
    match text.starts_with(['.', '\'']) {
        true => format!("\\&{text}"),
        false => text,
    }
}

/// Columns of a line of source.
const WIDTH: usize = 78;

/// Running text: a new line for each sentence, `quoted` words bold.
pub(super) fn prose(text: &str) -> String {
    let mut lines = String::new();
    for sentence in sentences(text) {
        let mut bold = false;
        let marked: String = escaped(&sentence)
            .split('`')
            .enumerate()
            .map(|(at, part)| {
                bold = at % 2 == 1;
                if bold { format!("\\fB{part}\\fR") } else { part.to_owned() }
            })
            .collect();
        assert!(!bold, "an open ` in: {text}");
        lines += &wrapped(&marked);
    }
    lines
}

fn wrapped(text: &str) -> String {
    let mut lines = String::new();
    let mut width = 0;
    for word in text.split(' ') {
        if width > 0 && width + 1 + word.len() > WIDTH {
            lines.push('\n');
            width = 0;
        }
        let word = if width == 0 && word.starts_with(['.', '\'']) { format!("\\&{word}") } else { word.to_owned() };
        lines += if width == 0 { "" } else { " " };
        lines += &word;
        width += word.len() + 1;
    }
    lines + "\n"
}

fn sentences(text: &str) -> Vec<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut sentences = vec![Vec::new()];
    for (at, word) in words.iter().enumerate() {
        sentences.last_mut().unwrap().push(*word);
        let ends = word.trim_end_matches([')', '"']).ends_with(['.', '?', '!']);
        if ends && at + 1 < words.len() {
            sentences.push(Vec::new());
        }
    }
    sentences.into_iter().map(|words| words.join(" ")).collect()
}
