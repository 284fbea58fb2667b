//! `coracle replay`: a recording in a terminal, with a clock that goes as one likes.
//!
//! What was recorded is hostile to the terminal that shows it. It is written into a screen of ours, and only that screen's
//! text and colours reach the real one.

mod film; // the recording and where it is
mod keys; // what is typed

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use rustix::termios::isatty;

use self::{film::Film, keys::Key};
use super::{
    Stop,
    viewer::{Event, Viewer},
};
use crate::{
    recording::What,
    replay::{Found, Hit, NoRecording, Pattern, Scan},
    screen::{PlainText, is_harmless},
    session::Size,
};

/// How fast it may go, beside as it was.
const SPEEDS: [f64; 7] = [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0];
/// Between two pictures: no eye and no ssh needs more of them.
const FRAME: Duration = Duration::from_millis(33);
/// How often a recording that goes on is looked at.
const LOOK_AGAIN: Duration = Duration::from_secs(1);
/// The answer to `?`.
const KEYS: &str =
    "space plays and pauses, ← → 5 s, ↓ ↑ 1 min, Home End, . one step, - + speed, / n N search, q leaves";

/// Arguments of `coracle replay`.
#[derive(clap::Args)]
pub(super) struct ReplayArgs {
    /// The recording: an asciicast of version 3, such as recordings/ID.cast in the state directory
    file: PathBuf,
    /// How fast it begins
    #[arg(long, value_name = "N", default_value = "1", value_parser = speed)]
    speed: f64,
    /// Play so many seconds at most of a time in which nothing happens
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    idle: Option<u64>,
    /// Where to begin: seconds, MM:SS or HH:MM:SS
    #[arg(long, value_name = "TIME", default_value = "0", value_parser = moment)]
    from: u64,
    /// Print its text instead of playing it
    #[arg(long)]
    dump: bool,
}

fn speed(text: &str) -> Result<f64, String> {
    let speed = text.parse().ok().filter(|speed| (0.01..=1000.0).contains(speed));
    speed.ok_or_else(|| "a speed is a number from 0.01 to 1000".to_owned())
}

/// Milliseconds.
fn seconds(text: &str) -> Result<u64, String> {
    let seconds = text.parse().ok().filter(|seconds: &f64| (0.0..=1e9).contains(seconds));
    seconds.map(|seconds| (seconds * 1000.0) as u64).ok_or_else(|| "seconds are a number from 0 on".to_owned())
}

/// Milliseconds.
fn moment(text: &str) -> Result<u64, String> {
    let mut parts: Vec<&str> = text.split(':').collect();
    let last = seconds(parts.pop().unwrap_or_default());
    let whole = parts.iter().try_fold(0u64, |sum, part| sum.checked_mul(60)?.checked_add(part.parse().ok()?));
    match (whole.and_then(|whole| whole.checked_mul(60_000)), last) {
        (Some(whole), Ok(last)) if parts.len() <= 2 => Ok(whole.saturating_add(last)),
        _ => Err("a moment is seconds, MM:SS or HH:MM:SS".to_owned()),
    }
}

/// Plays a recording, or prints its text.
///
/// # Errors
/// The file is none, or stdin and stdout are no terminal.
pub(super) fn run(args: &ReplayArgs) -> Result<(), Stop> {
    let name = args.file.display();
    let refused = |error: NoRecording| Stop::other(format!("{name}: {error}"));
    if args.dump {
        return dump(&args.file, args.from, io::stdout().lock()).map_err(|error| match error {
            Failed::Reading(error) => refused(error),
            Failed::Writing(error) => Stop::other(format!("stdout: {error}")),
        });
    }
    if !isatty(io::stdin()) || !isatty(io::stdout()) {
        return Err(Stop::usage(
            "a replay needs a terminal for stdin and stdout; `coracle replay --dump FILE` prints the text",
        ));
    }
    let mut film = Film::open(&args.file).map_err(refused)?;
    film.idle = args.idle;
    let broken = |error: io::Error| Stop::other(format!("{name}: {error}"));
    film.seek(args.from).map_err(broken)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|e| Stop::other(format!("event loop: {e}")))?;
    let played = runtime.block_on(async {
        let viewer = Viewer::open("replay")?;
        Show::new(film, viewer, args.speed).play().await.map_err(broken)
    });
    runtime.shutdown_background(); // a search that was given up
    played
}

/// What went wrong while text was printed.
enum Failed {
    Reading(NoRecording),
    Writing(io::Error),
}

/// The text of what comes after `from`, line by line; a reader that has enough is no failure.
fn dump(file: &Path, from: u64, mut to: impl Write) -> Result<(), Failed> {
    let reading = |error: io::Error| Failed::Reading(error.into());
    let (_, mut events) = crate::replay::Events::open(file).map_err(Failed::Reading)?;
    let (mut text, mut lines) = (PlainText::new(), String::new());
    loop {
        let event = events.next().map_err(reading)?;
        match event.as_ref().map(|event| &event.what) {
            Some(What::Output(output)) if events.time() >= from => {
                text.push(output, |line| lines += &format!("{line}\n"))
            }
            Some(What::Marker(marker)) if events.time() >= from => {
                let plain: String = marker.chars().filter(|c| is_harmless(*c)).collect();
                lines += &format!("[{plain}]\n");
            }
            Some(_) => {}
            None => lines += &format!("{}\n", text.line()),
        }
        match to.write_all(lines.as_bytes()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(()),
            written => written.map_err(Failed::Writing)?,
        }
        lines.clear();
        if event.is_none() {
            return to.flush().map_err(Failed::Writing);
        }
    }
}

/// A film that is being shown.
struct Show {
    film: Film,
    viewer: Viewer,
    playing: bool,
    speed: f64,
    /// What is typed behind `/`.
    typed: Option<String>,
    hits: Vec<Hit>,
    /// Below the picture until the next key.
    note: String,
}

/// Whether to go on.
#[derive(PartialEq)]
enum Next {
    On,
    Leave,
}

impl Show {
    fn new(film: Film, viewer: Viewer, speed: f64) -> Show {
        let (typed, hits, note) = (None, Vec::new(), String::new());
        Show { film, viewer, playing: true, speed, typed, hits, note }
    }

    async fn play(mut self) -> io::Result<()> {
        let mut now = Instant::now();
        loop {
            self.draw()?;
            let wait = self.wait();
            tokio::select! {
                event = self.viewer.event() => match event {
                    Event::Over(_) => return Ok(()),
                    Event::Resized => {}
                    Event::Keys(bytes) => for key in keys::parse(&bytes) {
                        if self.press(key).await? == Next::Leave {
                            return Ok(());
                        }
                    },
                },
                () = tokio::time::sleep(wait), if self.playing => {}
            }
            let passed = now.elapsed();
            now += passed;
            if self.playing {
                self.film.tick(passed.mul_f64(self.speed))?;
            }
        }
    }

    /// Until there may be another picture.
    fn wait(&self) -> Duration {
        match self.film.until_next() {
            Some(film) => film.div_f64(self.speed).clamp(FRAME, LOOK_AGAIN),
            None => LOOK_AGAIN,
        }
    }

    fn draw(&mut self) -> io::Result<()> {
        let status = match &self.typed {
            Some(typed) => format!("/{typed}"),
            None if !self.note.is_empty() => self.note.clone(),
            None => self.status(),
        };
        self.viewer.draw(&self.film.screen, &status)
    }

    /// Where it is, and whether all of it is shown.
    fn status(&self) -> String {
        let state = match (self.playing, self.film.is_at_end()) {
            (_, true) => "end",
            (true, _) => "play",
            (false, _) => "pause",
        };
        let (time, duration) = (timecode(self.film.time()), timecode(self.film.duration()));
        let size = shown(self.film.screen.size(), self.viewer.room());
        format!(" {state}  {time} / {duration}  {}×  {size}  ? keys", self.speed)
    }

    async fn press(&mut self, key: Key) -> io::Result<Next> {
        self.note.clear();
        if let Some(mut typed) = self.typed.take() {
            match key {
                Key::Enter => self.search(&typed).await?,
                Key::Escape | Key::Interrupt => {}
                Key::Backspace => {
                    self.typed = typed.pop().map(|_| typed);
                }
                Key::Char(char) => {
                    typed.push(char);
                    self.typed = Some(typed);
                }
                _ => self.typed = Some(typed),
            }
            return Ok(Next::On);
        }
        match key {
            Key::Interrupt | Key::Char('q') => return Ok(Next::Leave),
            Key::Char(' ') => {
                if self.film.is_at_end() {
                    self.film.seek(0)?;
                }
                self.playing = !self.playing || self.film.time() == 0;
            }
            Key::Char('.') => {
                self.playing = false;
                self.film.step()?;
            }
            Key::Left => self.film.seek(self.film.time().saturating_sub(5000))?,
            Key::Right => self.film.seek(self.film.time() + 5000)?,
            Key::Down => self.film.seek(self.film.time().saturating_sub(60_000))?,
            Key::Up => self.film.seek(self.film.time() + 60_000)?,
            Key::Home => self.film.seek(0)?,
            Key::End => self.film.seek(u64::MAX)?,
            Key::Char('+' | '=') => self.speed = SPEEDS.into_iter().find(|s| *s > self.speed).unwrap_or(self.speed),
            Key::Char('-') => {
                self.speed = SPEEDS.into_iter().rev().find(|s| *s < self.speed).unwrap_or(self.speed);
            }
            Key::Char('/') => self.typed = Some(String::new()),
            Key::Char('n') => self.jump(1, self.film.time())?,
            Key::Char('N') => self.jump(-1, self.film.time())?,
            Key::Char('?') => KEYS.clone_into(&mut self.note),
            _ => {}
        }
        Ok(Next::On)
    }

    /// Looks through all of it; a key gives it up.
    async fn search(&mut self, text: &str) -> io::Result<()> {
        let Some(pattern) = Pattern::new(text) else { return Ok(()) };
        self.note = "searching … any key gives it up".into();
        self.draw()?;
        let (stop, events) = (Arc::new(AtomicBool::new(false)), self.film.all_events()?);
        let theirs = stop.clone();
        let mut pass = tokio::task::spawn_blocking(move || Scan { pattern: Some(&pattern), stop: &theirs }.run(events));
        let found = tokio::select! {
            found = &mut pass => found.map_err(io::Error::other)??,
            _ = self.viewer.event() => Err(crate::replay::Stopped),
        };
        stop.store(true, Relaxed);
        self.note.clear();
        let Ok(Found { hits, .. }) = found else { return Ok(()) };
        self.hits = hits;
        let now = self.film.time();
        let ahead = self.hits.iter().any(|hit| hit.time > now);
        self.jump(1, if ahead { now } else { 0 })
    }

    /// To the next place that was found after `now`, or the one before it.
    fn jump(&mut self, way: i8, now: u64) -> io::Result<()> {
        let count = self.hits.len();
        let found = match way {
            1 => self.hits.iter().position(|hit| hit.time > now),
            _ => self.hits.iter().rposition(|hit| hit.time < now),
        };
        match found {
            Some(at) => {
                self.film.seek(self.hits[at].time)?;
                self.note = format!("{} of {count}: {}", at + 1, self.hits[at].line);
            }
            None if count == 0 => self.note = "not found".into(),
            None => self.note = format!("no further one of {count}"),
        }
        Ok(())
    }
}

/// The size of the recording, and how much of it there is room for where that is not all.
fn shown((cols, rows): (u16, u16), room: Size) -> String {
    if cols > room.cols || rows > room.rows {
        return format!("recorded at {cols}×{rows}, of which {}×{} fit here", cols.min(room.cols), rows.min(room.rows));
    }
    format!("{cols}×{rows}")
}

/// A moment in milliseconds as `1:02:03` or `2:03`.
fn timecode(ms: u64) -> String {
    let (hours, minutes, seconds) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_and_speeds_are_taken_as_people_write_them() {
        for (text, ms) in [("0", 0), ("83", 83_000), ("1.5", 1500), ("1:23", 83_000), ("2:00:03.5", 7_203_500)] {
            assert_eq!(moment(text), Ok(ms), "{text}");
        }
        for wrong in ["", ":", "1:2:3:4", "-1", "a", "1:", "99999999999999999999:00", "nan", "inf"] {
            assert!(moment(wrong).is_err(), "{wrong}");
        }
        assert_eq!(speed("0.5"), Ok(0.5));
        assert!(["0", "-1", "nan", "x", "2000"].into_iter().all(|text| speed(text).is_err()));
    }

    #[test]
    fn a_size_that_does_not_fit_is_told() {
        let room = Size { cols: 80, rows: 23 };
        assert_eq!(shown((80, 23), room), "80×23");
        assert_eq!(shown((100, 20), room), "recorded at 100×20, of which 80×20 fit here");
        assert_eq!((timecode(59_999), timecode(3_723_000)), ("0:59".into(), "1:02:03".into()));
    }

    #[test]
    fn a_dump_is_text_and_nothing_that_a_terminal_obeys() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("x.cast");
        let cast = "{\"version\":3,\"term\":{\"cols\":80,\"rows\":24}}\n[1,\"o\",\"$ \\u001b]52;c;AA\\u0007ls\\r\\n\"]\n\
            [1,\"m\",\"gap: \\u001b[6n12 bytes lost\"]\n[1,\"o\",\"a\\u001b[31mb\\u202ec\\r\\nlast\"]\n";
        std::fs::write(&path, cast).unwrap();
        let text = |from| {
            let mut out = Vec::new();
            assert!(dump(&path, from, &mut out).is_ok());
            String::from_utf8(out).unwrap()
        };
        assert_eq!(text(0), "$ ls\n[gap: [6n12 bytes lost]\nabc\nlast\n");
        assert_eq!(text(2500), "abc\nlast\n");
        assert!(matches!(dump(Path::new("/nowhere"), 0, Vec::new()), Err(Failed::Reading(_))));
    }
}
