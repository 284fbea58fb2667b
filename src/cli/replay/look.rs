//! What is drawn: the rows of the recording, as many as there is room for, and a line below them that says where it is.

use super::film::Film;
use crate::session::Size;

/// The answer to `?`.
pub(super) const KEYS: &str =
    "space plays and pauses  ← → 5 s  ↓ ↑ 1 min  Home End  . one step  - + speed  / n N search  q leaves";

/// Beside the picture.
pub(super) struct Said<'a> {
    pub(super) playing: bool,
    pub(super) speed: f64,
    /// What is typed behind `/`.
    pub(super) typed: Option<&'a str>,
    /// In place of the usual.
    pub(super) note: &'a str,
}

/// What the terminal shows, so that only what differs is written.
#[derive(Default)]
pub(super) struct Look {
    rows: Vec<String>,
    size: Option<Size>,
}

impl Look {
    /// Everything is drawn anew next time.
    pub(super) fn forget(&mut self) {
        self.size = None;
    }

    /// What to write to a terminal of this size.
    pub(super) fn draw(&mut self, film: &Film, size: Size, said: &Said<'_>) -> String {
        let mut out = String::new();
        if self.size != Some(size) {
            out.push_str("\x1b[m\x1b[2J");
            self.rows = vec![String::new(); size.rows.into()];
            self.size = Some(size);
        }
        let (cols, room) = (usize::from(size.cols), usize::from(size.rows).saturating_sub(1));
        let height = usize::from(film.screen.size().1);
        let cursor = film.screen.cursor();
        // Where not all rows fit, those around the cursor are shown.
        let first = cursor.map_or(0, |(_, y)| (y + 1).saturating_sub(room)).min(height.saturating_sub(room));
        let rows = (first..first + room).map(|row| film.screen.painted_row(row, cols));
        let line = format!("\r\x1b[7m{}\x1b[m", fitted(&below(film, size, said), cols));
        for (at, row) in rows.chain([line]).enumerate() {
            if self.rows.get(at).is_some_and(|before| *before != row) {
                out.push_str(&format!("\x1b[{};1H{row}", at + 1));
                self.rows[at] = row;
            }
        }
        let seen = cursor.filter(|(x, y)| *x < cols && (first..first + room).contains(y) && said.typed.is_none());
        match seen {
            Some((x, y)) => out.push_str(&format!("\x1b[{};{}H\x1b[?25h", y - first + 1, x + 1)),
            None => out.push_str("\x1b[?25l"),
        }
        out
    }
}

/// The line below.
fn below(film: &Film, size: Size, said: &Said<'_>) -> String {
    if let Some(typed) = said.typed {
        return format!("/{typed}");
    }
    if !said.note.is_empty() {
        return said.note.to_owned();
    }
    let state = match (said.playing, film.is_at_end()) {
        (_, true) => "end",
        (true, _) => "play",
        (false, _) => "pause",
    };
    let (cols, rows) = film.screen.size();
    let shown = if cols > size.cols || rows + 1 > size.rows {
        format!("recorded at {cols}×{rows}, of which {}×{} fit here", cols.min(size.cols), rows.min(size.rows - 1))
    } else {
        format!("{cols}×{rows}")
    };
    format!(" {state}  {} / {}  {}×  {shown}  ? keys", clock(film.time()), clock(film.duration()), said.speed)
}

/// A moment in milliseconds as `1:02:03` or `2:03`.
fn clock(ms: u64) -> String {
    let (hours, minutes, seconds) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

/// Exactly so many characters, none of which is a control. It stands in the last row, which nothing may scroll.
fn fitted(text: &str, cols: usize) -> String {
    let plain = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    plain.chain(std::iter::repeat(' ')).take(cols).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn film(cast: &str) -> Film {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("x.cast");
        std::fs::write(&path, format!("{{\"version\":3,\"term\":{{\"cols\":30,\"rows\":6}}}}\n{cast}")).unwrap();
        let mut film = Film::open(&path).unwrap();
        film.seek(u64::MAX).unwrap();
        film
    }

    const SAID: Said<'_> = Said { playing: true, speed: 1.0, typed: None, note: "" };

    #[test]
    fn only_what_differs_is_drawn_again_and_all_of_it_in_another_size() {
        let film = film("[1,\"o\",\"one\\r\\ntwo\"]\n[65,\"x\",\"0\"]\n");
        let mut look = Look::default();
        let size = Size { cols: 60, rows: 10 };
        let first = look.draw(&film, size, &SAID);
        assert!(
            first.contains("one\x1b[K") && first.contains("two") && first.contains("end  1:06 / 1:06  1×  30×6"),
            "{first:?}"
        );
        assert_eq!(look.draw(&film, size, &SAID), "\x1b[2;4H\x1b[?25h");
        assert!(!look.draw(&film, size, &Said { note: "hello", ..SAID }).contains("one"));
        assert!(look.draw(&film, Size { cols: 61, rows: 10 }, &SAID).contains("one"));
    }

    #[test]
    fn where_not_all_of_it_fits_that_is_said_and_the_cursor_is_in_sight() {
        let film = film("[1,\"o\",\"1\\r\\n2\\r\\n3\\r\\n4\\r\\n5\\r\\nsix\"]\n");
        let drawn = Look::default().draw(&film, Size { cols: 70, rows: 4 }, &SAID);
        assert!(drawn.contains("six") && drawn.contains("4\x1b[K") && !drawn.contains("3\x1b[K"), "{drawn:?}");
        assert!(
            drawn.contains("recorded at 30×6, of which 30×3 fit here") && drawn.ends_with("\x1b[3;4H\x1b[?25h"),
            "{drawn:?}"
        );
        let narrow = Look::default().draw(&film, Size { cols: 2, rows: 1 }, &SAID);
        assert!(narrow.ends_with("\x1b[?25l"), "{narrow:?}");
    }

    #[test]
    fn what_was_found_or_typed_cannot_leave_the_line() {
        let film = film("");
        for said in [Said { note: "a\x1b[6n\nb", ..SAID }, Said { typed: Some("a\x1b]52;\x07"), ..SAID }] {
            let drawn = Look::default().draw(&film, Size { cols: 40, rows: 5 }, &said);
            assert!(!drawn.contains("\x1b[6n") && !drawn.contains("\x1b]") && !drawn.contains('\n'), "{drawn:?}");
        }
    }
}
