//! What all that is compared gives: a terminal, bytes out and bytes in.

use std::time::{Duration, Instant};

use crate::Outcome;

/// How long anything is waited for: a hundred times what it takes, for machines that are busy with others.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);
/// Output that is searched: a text that is waited for may arrive in pieces.
const TAIL: usize = 64 * 1024;

pub(crate) trait Terminal {
    fn send(&mut self, input: &[u8]) -> Outcome<()>;

    /// Waits for output, [`PATIENCE`] at most, and appends it.
    fn receive(&mut self, output: &mut Vec<u8>) -> Outcome<()>;
}

/// Reads until `text` has been shown; how many bytes came. What comes behind it in the same piece is thrown away.
pub(crate) fn until(terminal: &mut dyn Terminal, text: &[&str]) -> Outcome<u64> {
    let (began, mut seen, mut total) = (Instant::now(), Vec::new(), 0);
    loop {
        let before = seen.len();
        terminal.receive(&mut seen)?;
        total += (seen.len() - before) as u64;
        let from = before.saturating_sub(64); // longer than any text that is waited for
        if text.iter().any(|text| seen[from..].windows(text.len()).any(|at| at == text.as_bytes())) {
            return Ok(total);
        }
        if began.elapsed() > PATIENCE * 2 {
            return Err(format!("{text:?} never came; the last was {:?}", String::from_utf8_lossy(&seen)).into());
        }
        if seen.len() > TAIL {
            seen.drain(..seen.len() - 64);
        }
    }
}

/// The prompt of a shell, root's or anybody's.
pub(crate) fn prompt(terminal: &mut dyn Terminal) -> Outcome<u64> {
    until(terminal, &["$ ", "# "])
}

/// Runs a command and waits for its end.
pub(crate) fn run(terminal: &mut dyn Terminal, command: &str) -> Outcome<u64> {
    // The shell puts the two halves together: the command's own echo does not look like its end.
    terminal.send(format!("{command}; echo end-of'-'it\r").as_bytes())?;
    until(terminal, &["end-of-it"])
}

/// Lets a shell that reads its commands leave.
pub(crate) fn leave(terminal: &mut dyn Terminal) -> Outcome<()> {
    terminal.send(b"exit\r")
}

/// Types one key and waits until it is shown.
pub(crate) fn key(terminal: &mut dyn Terminal, key: u8) -> Outcome<Duration> {
    let (began, mut output) = (Instant::now(), Vec::new());
    terminal.send(&[key])?;
    while !output.contains(&key) {
        terminal.receive(&mut output)?;
        if began.elapsed() > PATIENCE {
            return Err(format!("the key was not shown, but {:?}", String::from_utf8_lossy(&output)).into());
        }
    }
    Ok(began.elapsed())
}
