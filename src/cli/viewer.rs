//! Somebody's screen in this terminal, to look at. What programs put out is hostile: it never gets here as bytes, only as
//! the rows of a [`Screen`] that has read it. The terminal is as it was before however the program ends, `kill -9` aside.

use std::{
    fmt::Write as _,
    io::{self, Write as _},
    os::fd::{AsFd, OwnedFd},
};

use rustix::termios::{self, OptionalActions, SpecialCodeIndex, Termios};
use tokio::{
    io::{Interest, unix::AsyncFd},
    signal::unix::{Signal, SignalKind, signal},
};

use super::Stop;
use crate::{
    screen::{Screen, is_harmless},
    session::Size,
};

/// Bytes of keys that are taken at once; a paste is taken in pieces.
const KEYS: usize = 64;
/// The alternate screen, empty, without wrapping; and back, with a plain pen and a cursor.
const ENTER: &str = "\x1b[?1049h\x1b[m\x1b[2J\x1b[?7l";
const LEAVE: &str = "\x1b[m\x1b[?7h\x1b[?25h\x1b[?1049l";

/// What the person at this terminal does.
#[derive(Debug)]
pub(super) enum Event {
    /// Keys as the terminal sends them, at least one byte.
    Keys(Vec<u8>),
    /// The window has another size.
    Resized,
    /// The terminal is gone, or a signal wants the program to end: its name.
    Over(&'static str),
}

/// This terminal, taken over until it is dropped.
pub(super) struct Viewer {
    keys: AsyncFd<OwnedFd>,
    resized: Signal,
    ends: [(Signal, &'static str); 4],
    /// What each line shows now; the last one is the status.
    lines: Vec<String>,
    size: Size,
    _raw: Raw,
}

impl Viewer {
    /// Takes the terminal of stdin and stdout over. Must be called inside the runtime.
    ///
    /// # Errors
    /// 64 where there is none, with `command` in the sentence.
    pub(super) fn open(command: &str) -> Result<Viewer, Stop> {
        if !termios::isatty(io::stdin()) || !termios::isatty(io::stdout()) {
            return Err(Stop::usage(format!(
                "`coracle {command}` draws a screen: run it in a terminal, without pipes"
            )));
        }
        let wrong = |what: &'static str| move |e: io::Error| Stop::other(format!("{what}: {e}"));
        let heard = |kind, name| signal(kind).map(|signal| (signal, name)).map_err(wrong("signals"));
        let ends = [
            heard(SignalKind::terminate(), "SIGTERM")?,
            heard(SignalKind::interrupt(), "SIGINT")?,
            heard(SignalKind::hangup(), "SIGHUP")?,
            heard(SignalKind::quit(), "SIGQUIT")?,
        ];
        let resized = signal(SignalKind::window_change()).map_err(wrong("signals"))?;
        let stdin = io::stdin().as_fd().try_clone_to_owned().map_err(wrong("stdin"))?;
        #[expect(deprecated, reason = "`register` is unsafe, which is for `sys` alone; an OwnedFd keeps its promise")]
        let keys = AsyncFd::with_interest(stdin, Interest::READABLE).map_err(wrong("stdin"))?;
        let raw = Raw::begin().map_err(wrong("the terminal"))?;
        Ok(Viewer { keys, resized, ends, lines: Vec::new(), size: window(), _raw: raw })
    }

    /// What happens next at this terminal. Dropped before it is done, it loses nothing.
    pub(super) async fn event(&mut self) -> Event {
        let [term, int, hangup, quit] = &mut self.ends;
        tokio::select! {
            event = typed(&self.keys) => event,
            _ = self.resized.recv() => {
                self.size = window();
                self.lines.clear(); // terminals differ in what they keep: all is drawn anew
                Event::Resized
            }
            _ = term.0.recv() => Event::Over(term.1),
            _ = int.0.recv() => Event::Over(int.1),
            _ = hangup.0.recv() => Event::Over(hangup.1),
            _ = quit.0.recv() => Event::Over(quit.1),
        }
    }

    /// Columns and rows that there are for a screen: the last line is the status.
    pub(super) fn room(&self) -> Size {
        Size { cols: self.size.cols, rows: self.size.rows.saturating_sub(1).max(1) }
    }

    /// Draws `screen` and the line below it, as far as they changed. A screen that is too large is cut on the right, and
    /// above the rows around its cursor.
    ///
    /// # Errors
    /// The terminal is gone.
    pub(super) fn draw(&mut self, screen: &Screen, status: &str) -> io::Result<()> {
        let frame = frame(screen, status, self.size);
        let anew = self.lines.len() != frame.lines.len();
        let mut out = String::from("\x1b[?25l");
        if anew {
            out.push_str("\x1b[m\x1b[2J");
            self.lines = vec![String::new(); frame.lines.len()];
        }
        for (at, (line, before)) in frame.lines.iter().zip(&self.lines).enumerate() {
            if line != before {
                let _ = write!(out, "\x1b[{};1H\x1b[m\x1b[2K{line}", at + 1);
            }
        }
        if let Some((col, row)) = frame.cursor {
            let _ = write!(out, "\x1b[{};{}H\x1b[?25h", row + 1, col + 1);
        }
        self.lines = frame.lines;
        say(&out)
    }
}

/// What the whole terminal is to show.
#[derive(Debug, PartialEq)]
struct Frame {
    lines: Vec<String>,
    cursor: Option<(u16, u16)>,
}

fn frame(screen: &Screen, status: &str, size: Size) -> Frame {
    let (_, rows) = screen.size();
    let room = size.rows.saturating_sub(1).max(1).min(rows);
    let at = screen.cursor().map_or(rows - 1, |(_, row)| row);
    let top = (at + 1).saturating_sub(room);
    let mut lines: Vec<String> = (top..top + room).map(|row| screen.painted(row, size.cols)).collect();
    if size.rows > 1 {
        lines.resize(usize::from(size.rows) - 1, String::new());
        let status: String = status.chars().filter(|c| is_harmless(*c)).take(size.cols.into()).collect();
        lines.push(format!("\x1b[7m{status:<width$}\x1b[m", width = size.cols.into()));
    }
    let cursor = screen.cursor().filter(|(col, _)| *col < size.cols).map(|(col, row)| (col, row - top));
    Frame { lines, cursor }
}

async fn typed(keys: &AsyncFd<OwnedFd>) -> Event {
    loop {
        let Ok(mut ready) = keys.readable().await else { return Event::Over("the terminal is gone") };
        let gone = ready.ready().is_read_closed();
        let mut buffer = [0; KEYS];
        match rustix::io::read(keys.get_ref(), &mut buffer) {
            Ok(n @ 1..) => return Event::Keys(buffer[..n].to_vec()),
            Ok(0) | Err(rustix::io::Errno::INTR | rustix::io::Errno::AGAIN) if !gone => ready.clear_ready(),
            _ => return Event::Over("the terminal is gone"),
        }
    }
}

/// The window's size; the usual one where the terminal does not know.
fn window() -> Size {
    let size = termios::tcgetwinsize(io::stdout()).ok();
    size.and_then(|size| Size::new(size.ws_col.min(1000), size.ws_row.min(1000))).unwrap_or(Size::DEFAULT)
}

fn say(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// A terminal that hands each key over at once and shows none, on its other screen.
struct Raw {
    before: Termios,
}

impl Raw {
    fn begin() -> io::Result<Raw> {
        let before = termios::tcgetattr(io::stdin())?;
        let mut raw = before.clone();
        raw.make_raw();
        // Reads return at once, whether there is a key or not: no flag is set that others on this terminal share.
        raw.special_codes[SpecialCodeIndex::VMIN] = 0;
        raw.special_codes[SpecialCodeIndex::VTIME] = 0;
        termios::tcsetattr(io::stdin(), OptionalActions::Drain, &raw)?;
        let raw = Raw { before };
        say(ENTER)?;
        Ok(raw)
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        // Keys that nobody has read are not the shell's. If either fails, nothing else can be done.
        let _ = say(LEAVE);
        let _ = termios::tcsetattr(io::stdin(), OptionalActions::Flush, &self.before);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn screen(cols: u16, rows: u16, mut bytes: &[u8]) -> Screen {
        let mut screen = Screen::new(cols, rows);
        while !bytes.is_empty() {
            bytes = &bytes[screen.write(bytes)..];
        }
        screen
    }

    #[test]
    fn a_screen_that_fits_is_drawn_whole_above_its_status() {
        let frame = frame(&screen(10, 2, b"one\r\ntwo"), "watching", Size { cols: 12, rows: 5 });
        assert_eq!(frame.lines, ["one", "two", "", "", "\x1b[7mwatching    \x1b[m"]);
        assert_eq!(frame.cursor, Some((3, 1)));
    }

    #[test]
    fn a_screen_that_is_too_large_shows_the_rows_up_to_its_cursor_and_is_cut_on_the_right() {
        let many = screen(10, 6, b"1\r\n2\r\n3\r\n4 and more\x1b[4;3H");
        let cut = frame(&many, "s", Size { cols: 4, rows: 3 });
        assert_eq!(cut.lines, ["3", "4 an", "\x1b[7ms   \x1b[m"]);
        assert_eq!(cut.cursor, Some((2, 1)));
        let hidden = frame(&screen(10, 1, b"123456"), "s", Size { cols: 4, rows: 2 });
        assert_eq!(hidden.cursor, None, "it is beyond the edge");
        let tiny = frame(&many, "s", Size { cols: 1, rows: 1 });
        assert_eq!((tiny.lines.as_slice(), tiny.cursor), (&["4".to_owned()][..], None));
    }

    #[test]
    fn a_status_cannot_control_the_terminal_either() {
        let frame = frame(&screen(5, 1, b""), "a\x1b]0;x\x07\u{202e}b", Size { cols: 9, rows: 2 });
        assert_eq!(frame.lines[1], "\x1b[7ma]0;xb   \x1b[m");
    }
}
