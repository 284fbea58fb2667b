//! A recording and where one is in it: the screen at that moment, and what comes next.

use std::{
    fs::File,
    io::{self, BufReader},
    path::{Path, PathBuf},
    time::Duration,
};

use crate::{
    recording::{Checkpoint, What},
    replay::{self, Event, Events, NoRecording},
    screen::Screen,
    session::Size,
};

pub(super) struct Film {
    cast: PathBuf,
    events: Events<BufReader<File>>,
    /// The event that comes next, if it was read already.
    next: Option<Event>,
    /// At the beginning.
    size: Size,
    pub(super) screen: Screen,
    /// Milliseconds since the beginning.
    time: u64,
    /// Of the last event that was drawn.
    last: u64,
    duration: u64,
    /// Milliseconds that are played at most of a time in which nothing happens.
    pub(super) idle: Option<u64>,
}

impl Film {
    /// # Errors
    /// It is no recording.
    pub(super) fn open(cast: &Path) -> Result<Film, NoRecording> {
        let (header, events) = Events::open(cast)?;
        let screen = blank(header.size);
        let (next, time, last, idle) = (None, 0, 0, None);
        let duration = replay::duration_of(cast)?;
        Ok(Film { cast: cast.to_owned(), events, next, size: header.size, screen, time, last, duration, idle })
    }

    /// Milliseconds since the beginning.
    pub(super) fn time(&self) -> u64 {
        self.time
    }

    /// Milliseconds, as far as it is known to go.
    pub(super) fn duration(&self) -> u64 {
        self.duration
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.next.is_none() && self.time >= self.duration
    }

    /// All events, from the beginning, for somebody else.
    pub(super) fn all_events(&self) -> io::Result<Events<BufReader<File>>> {
        Events::from(File::open(&self.cast)?, 0, 0)
    }

    /// How much of the film goes by until something happens; `None` where nothing more is known to come.
    pub(super) fn until_next(&self) -> Option<Duration> {
        let next = self.next.as_ref()?.time;
        let by_itself = next.saturating_sub(self.time);
        let skipped = self.idle.map_or(by_itself, |idle| (self.last.saturating_add(idle)).saturating_sub(self.time));
        Some(Duration::from_millis(by_itself.min(skipped)))
    }

    /// So much of the film goes by; of a time in which nothing happens, no more than [`Film::idle`].
    pub(super) fn tick(&mut self, passed: Duration) -> io::Result<()> {
        let mut to = self.time.saturating_add(u64::try_from(passed.as_millis()).unwrap_or(u64::MAX));
        if let (Some(next), Some(idle)) = (self.peek()?, self.idle) {
            if next - self.last > idle && to >= self.last + idle {
                to = to.max(next);
            }
        }
        self.draw_until(to)?;
        let here = if self.next.is_some() { to } else { to.min(self.duration) };
        self.time = here.max(self.time);
        Ok(())
    }

    /// The next thing that happened, at once.
    pub(super) fn step(&mut self) -> io::Result<()> {
        if let Some(next) = self.peek()? {
            self.draw();
            self.time = next;
        }
        Ok(())
    }

    /// Another moment, in milliseconds; not past the end. From the nearest checkpoint, where there is one.
    pub(super) fn seek(&mut self, to: u64) -> io::Result<()> {
        let to = to.min(self.duration);
        let checkpoint = replay::checkpoint_of(&self.cast, to)?;
        let goes_on = to >= self.last && checkpoint.as_ref().is_none_or(|checkpoint| checkpoint.time <= self.last);
        if !goes_on {
            self.begin_at(checkpoint)?;
        }
        self.draw_until(to)?;
        self.time = to;
        Ok(())
    }

    fn begin_at(&mut self, checkpoint: Option<Checkpoint>) -> io::Result<()> {
        let (cast, time) = checkpoint.as_ref().map_or((0, 0), |checkpoint| (checkpoint.cast, checkpoint.time));
        self.events.seek(cast, time)?;
        (self.next, self.last) = (None, time);
        self.screen = blank(checkpoint.as_ref().map_or(self.size, |checkpoint| checkpoint.size));
        if let Some(checkpoint) = checkpoint {
            write(&mut self.screen, &checkpoint.screen);
        }
        Ok(())
    }

    /// When something happens next.
    fn peek(&mut self) -> io::Result<Option<u64>> {
        if self.next.is_none() {
            self.next = self.events.next()?;
        }
        Ok(self.next.as_ref().map(|event| event.time))
    }

    fn draw_until(&mut self, to: u64) -> io::Result<()> {
        while self.peek()?.is_some_and(|next| next <= to) {
            self.draw();
        }
        Ok(())
    }

    fn draw(&mut self) {
        let Some(event) = self.next.take() else { return };
        self.last = event.time;
        self.duration = self.duration.max(event.time);
        match event.what {
            What::Output(text) => write(&mut self.screen, text.as_bytes()),
            What::Resize(size) => self.screen.resize(size.cols, size.rows),
            What::Marker(_) | What::Exit(_) | What::Other => {}
        }
    }
}

fn blank(size: Size) -> Screen {
    Screen::new(size.cols, size.rows)
}

fn write(screen: &mut Screen, mut bytes: &[u8]) {
    while !bytes.is_empty() {
        bytes = &bytes[screen.write(bytes)..];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One line a second, ten of them, then a minute of nothing; with a checkpoint after the fifth if `seekable`.
    fn film(seekable: bool) -> (tempfile::TempDir, Film) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("x.cast");
        let mut cast = "{\"version\":3,\"term\":{\"cols\":20,\"rows\":4}}\n".to_owned();
        for n in 1..=10 {
            cast += &format!("[1,\"o\",\"{n}\\r\\n\"]\n");
            if n == 5 && seekable {
                let screen = b"\x1bcfrom the checkpoint\r\n".to_vec();
                let checkpoint =
                    Checkpoint { time: 5000, cast: cast.len() as u64, size: Size { cols: 20, rows: 4 }, screen };
                std::fs::write(path.with_extension("seek"), checkpoint.line().unwrap()).unwrap();
            }
        }
        cast += "[60,\"r\",\"30x5\"]\n[1,\"o\",\"end\"]\n";
        std::fs::write(&path, cast).unwrap();
        let film = Film::open(&path).unwrap();
        (directory, film)
    }

    fn shown(film: &Film) -> Vec<String> {
        (0..4).map(|row| film.screen.painted(row, 80)).filter(|row| !row.is_empty()).collect()
    }

    #[test]
    fn every_moment_can_be_gone_to_in_both_directions() {
        let (_directory, mut film) = film(false);
        assert_eq!(film.duration(), 71_000);
        film.seek(3500).unwrap();
        assert_eq!(shown(&film), ["1", "2", "3"]);
        film.seek(1000).unwrap();
        assert_eq!((shown(&film), film.time()), (vec!["1".to_owned()], 1000));
        film.seek(u64::MAX).unwrap();
        assert_eq!((film.time(), film.screen.size(), film.is_at_end()), (71_000, (30, 5), true));
        film.seek(0).unwrap();
        assert_eq!((shown(&film), film.screen.size(), film.is_at_end()), (vec![], (20, 4), false));
    }

    #[test]
    fn a_checkpoint_stands_for_what_came_before_it() {
        let (_directory, mut film) = film(true);
        film.seek(6000).unwrap();
        assert_eq!(shown(&film), ["from the checkpoint", "6"]);
        film.seek(7000).unwrap();
        assert_eq!(shown(&film), ["from the checkpoint", "6", "7"]);
        film.seek(4000).unwrap();
        assert_eq!(shown(&film), ["2", "3", "4"]);
        film.seek(4500).unwrap();
        assert_eq!(shown(&film), ["2", "3", "4"], "what is on the screen already is not drawn again");
    }

    #[test]
    fn time_goes_by_and_a_time_of_nothing_only_as_long_as_is_wanted() {
        let (_directory, mut film) = film(false);
        film.tick(Duration::from_millis(1999)).unwrap();
        assert_eq!((shown(&film), film.until_next()), (vec!["1".to_owned()], Some(Duration::from_millis(1))));
        film.idle = Some(2000);
        film.seek(10_000).unwrap();
        film.tick(Duration::from_millis(1900)).unwrap();
        assert_eq!((film.time(), film.until_next()), (11_900, Some(Duration::from_millis(100))));
        film.tick(Duration::from_millis(100)).unwrap();
        assert_eq!((film.time(), film.screen.size()), (70_000, (30, 5)));
        film.tick(Duration::from_secs(3600)).unwrap();
        assert_eq!((film.time(), film.is_at_end()), (71_000, true));
    }

    #[test]
    fn a_step_shows_one_thing_more() {
        let (_directory, mut film) = film(false);
        film.step().unwrap();
        film.step().unwrap();
        assert_eq!((shown(&film), film.time()), (vec!["1".to_owned(), "2".to_owned()], 2000));
    }
}
