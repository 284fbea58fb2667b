//! One pass over a recording: how long it is, where something happened to it, and where a text appears.

use std::{
    io::{self, BufRead},
    sync::atomic::{AtomicBool, Ordering::Relaxed},
};

use super::Events;
use crate::{recording::What, screen::PlainText};

/// Characters of a text that can be looked for.
pub(crate) const MAX_TEXT: usize = 200;
/// Places where a text is found, and marks, that are told at most.
const MOST: usize = 1000;
/// Characters of a line that are shown around what was found.
const EXCERPT: usize = 120;

/// A text to look for: as it is written if it has a capital letter, else in any case.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Pattern {
    text: String,
    exact: bool,
}

impl Pattern {
    /// `None` for nothing but blanks, and for more than [`MAX_TEXT`].
    pub(crate) fn new(text: &str) -> Option<Pattern> {
        let fits = !text.trim().is_empty() && text.chars().count() <= MAX_TEXT;
        let exact = text.chars().any(char::is_uppercase);
        fits.then(|| Pattern { text: text.to_owned(), exact })
    }

    fn is_in(&self, line: &str) -> bool {
        if self.exact { line.contains(&self.text) } else { line.to_lowercase().contains(&self.text) }
    }
}

/// What a pass has found so far.
#[derive(Debug, Default, serde::Serialize)]
pub(crate) struct Found {
    /// Milliseconds.
    pub(crate) duration: u64,
    /// Resizes, gaps and other markers, the first [`MOST`].
    pub(crate) marks: Vec<Mark>,
    /// Lines in which the text is, the first [`MOST`].
    pub(crate) hits: Vec<Hit>,
    /// There are more hits.
    pub(crate) more: bool,
}

#[derive(Debug, PartialEq, serde::Serialize)]
pub(crate) struct Mark {
    /// Milliseconds.
    pub(crate) time: u64,
    /// `gap`, `resize` or `marker`.
    pub(crate) kind: &'static str,
    pub(crate) text: String,
}

#[derive(Debug, PartialEq, serde::Serialize)]
pub(crate) struct Hit {
    /// Milliseconds: when the text was there.
    pub(crate) time: u64,
    /// The line, or the part of it around the text.
    pub(crate) line: String,
}

/// Somebody no longer wants to know.
#[derive(Debug)]
pub(crate) struct Stopped;

/// A pass over a recording.
#[derive(Debug)]
pub(crate) struct Scan<'a> {
    pub(crate) pattern: Option<&'a Pattern>,
    /// Once true, the pass is given up.
    pub(crate) stop: &'a AtomicBool,
}

impl Scan<'_> {
    /// Reads `events` to the end.
    ///
    /// # Errors
    /// The inner one if it was given up.
    pub(crate) fn run(&self, mut events: Events<impl BufRead>) -> io::Result<Result<Found, Stopped>> {
        let (mut found, mut text, mut told) = (Found::default(), PlainText::new(), false);
        loop {
            let event = if self.pattern.is_some() { events.next()? } else { events.next_but_output()? };
            let Some(event) = event else { break };
            if self.stop.load(Relaxed) {
                return Ok(Err(Stopped));
            }
            match event.what {
                What::Output(output) => self.look(&mut found, &mut text, &mut told, event.time, &output),
                What::Resize(size) => found.mark(event.time, "resize", format!("{}×{}", size.cols, size.rows)),
                What::Marker(text) if text.starts_with("gap") => found.mark(event.time, "gap", text),
                What::Marker(text) => found.mark(event.time, "marker", text),
                What::Exit(_) | What::Other => {}
            }
        }
        found.duration = events.time();
        Ok(Ok(found))
    }

    /// `told`: the line that has begun is found already.
    fn look(&self, found: &mut Found, text: &mut PlainText, told: &mut bool, time: u64, output: &str) {
        let Some(pattern) = self.pattern else { return };
        text.push(output, |line| {
            if !std::mem::take(told) && pattern.is_in(line) {
                found.hit(time, pattern, line);
            }
        });
        if !*told && pattern.is_in(text.line()) {
            *told = true;
            found.hit(time, pattern, text.line());
        }
    }
}

impl Found {
    fn mark(&mut self, time: u64, kind: &'static str, text: String) {
        if self.marks.len() < MOST {
            self.marks.push(Mark { time, kind, text: excerpt(&text, 0) });
        }
    }

    fn hit(&mut self, time: u64, pattern: &Pattern, line: &str) {
        if self.hits.len() == MOST {
            self.more = true;
            return;
        }
        let lower = if pattern.exact { line.to_owned() } else { line.to_lowercase() };
        let at = lower.find(&pattern.text).map_or(0, |at| lower[..at].chars().count());
        self.hits.push(Hit { time, line: excerpt(line, at.saturating_sub(EXCERPT / 3)) });
    }
}

/// So many characters of `text` from the one at `from` on, or from its beginning if it fits.
fn excerpt(text: &str, from: usize) -> String {
    if text.chars().count() <= EXCERPT {
        return text.to_owned();
    }
    let cut: String = text.chars().skip(from).take(EXCERPT).collect();
    if from > 0 { format!("…{cut}") } else { cut }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn found(cast: &[&str], text: &str) -> Found {
        let head = "{\"version\":3,\"term\":{\"cols\":80,\"rows\":24}}\n";
        let (_, events) = Events::begin(Cursor::new(format!("{head}{}\n", cast.join("\n")))).unwrap();
        let pattern = Pattern::new(text);
        Scan { pattern: pattern.as_ref(), stop: &AtomicBool::new(false) }.run(events).unwrap().unwrap()
    }

    #[test]
    fn a_text_is_found_at_the_moment_when_it_stood_there_once_for_each_line() {
        let cast = [
            "[1,\"o\",\"$ \"]",
            "[1,\"o\",\"l\"]",
            "[1,\"o\",\"s \\u001b[1mse\"]",
            "[1,\"o\",\"cret\\u001b[m\"]",
            "[1,\"o\",\"!\\r\\nSecret\\r\\nno\\r\\n\"]",
        ];
        let times = |text| found(&cast, text).hits.into_iter().map(|hit| (hit.time, hit.line)).collect::<Vec<_>>();
        assert_eq!(times("secret"), [(4000, "$ ls secret".into()), (5000, "Secret".into())]);
        assert_eq!(times("Secret"), [(5000, "Secret".into())]);
        assert_eq!(times("ls secret!"), [(5000, "$ ls secret!".into())]);
        assert_eq!(times("never"), []);
        assert_eq!(found(&cast, "").duration, 5000);
    }

    #[test]
    fn gaps_resizes_and_markers_are_told_with_their_moments() {
        let marks = found(&["[1,\"r\",\"90x30\"]", "[1,\"m\",\"gap: 7 bytes\"]", "[1,\"m\",\"demo\"]"], "").marks;
        let told: Vec<_> = marks.iter().map(|mark| (mark.time, mark.kind, mark.text.as_str())).collect();
        assert_eq!(told, [(1000, "resize", "90×30"), (2000, "gap", "gap: 7 bytes"), (3000, "marker", "demo")]);
    }

    #[test]
    fn what_is_told_is_bounded() {
        let line = format!("[0,\"o\",\"{}\"]", format!("{}needle\\r\\n", "x ".repeat(100)).repeat(10));
        let found = found(&vec![line.as_str(); 150], "needle");
        assert!(found.hits.len() == MOST && found.more);
        assert!(found.hits.iter().all(|hit| hit.line.contains("needle") && hit.line.chars().count() <= EXCERPT + 1));
        assert!(Pattern::new(&"x".repeat(MAX_TEXT + 1)).is_none() && Pattern::new("  ").is_none());
    }

    #[test]
    fn a_pass_that_nobody_wants_any_more_is_given_up() {
        let head = "{\"version\":3,\"term\":{\"cols\":80,\"rows\":24}}\n[0,\"o\",\"x\"]\n";
        let (_, events) = Events::begin(Cursor::new(head)).unwrap();
        assert!(Scan { pattern: None, stop: &AtomicBool::new(true) }.run(events).unwrap().is_err());
    }
}
