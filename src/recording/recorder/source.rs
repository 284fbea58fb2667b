//! The recorder at work: what comes next, and writing it.

use super::*;
use crate::{
    recording::{
        shelf::PIECE,
        text::{decode, decode_all},
    },
    terminal::Redraw,
};

/// Marks in one block at most.
const MARKS: usize = 64;
/// Bytes of the cast between two screens to seek by: so many at least, unless it took long enough.
const SEEK_BYTES: u64 = 1 << 20;
const SEEK_BYTES_LATE: u64 = 64 << 10;
/// Milliseconds.
const SEEK_LATE: u64 = 30_000;

pub(super) struct Recorder {
    recording: Recording,
    /// `None` while a thread has it.
    writer: Option<Box<Writer>>,
    /// Blocks that were made already.
    made: VecDeque<Piece>,
    /// A screen to be noted once all before it is recorded.
    screen: Option<Redraw>,
    /// Where the last one was noted: time, bytes of the cast, and its own length.
    noted: (u64, u64, u64),
    /// What the journal knows: bytes of output, and since when.
    told: (u64, Instant),
    /// Bytes of output that were forced to the disk.
    synced: u64,
}

/// What is to be written next.
enum Next {
    Block(Piece),
    /// A screen to seek by, of what is recorded just now.
    Screen(Redraw),
    Nothing,
}

impl Recorder {
    pub(super) fn new(recording: Recording, writer: Box<Writer>) -> Recorder {
        let noted = (writer.now(), writer.cast(), 0);
        let told = (writer.stream(), Instant::now());
        Recorder { recording, writer: Some(writer), made: VecDeque::new(), screen: None, noted, told, synced: told.0 }
    }

    /// Until it is sealed, let go of, or has failed; even a defect of ours does not leave a session waiting.
    pub(super) async fn run(mut self) {
        let fault = Fault(self.recording.clone());
        match self.record().await {
            Ok(hash) => drop(self.recording.0.standing.send_replace(Standing::Over(hash))),
            Err(error) => self.recording.stopped(format!("{}: {error}", self.recording.0.shelf.dir().display())),
        }
        drop(fault);
    }

    async fn record(&mut self) -> io::Result<Option<Hash>> {
        let shared = self.recording.0.clone();
        let (mut arrived, mut wish) = (shared.output.arrivals(), shared.wish.subscribe());
        self.recording.advance(self.writer()?.position());
        loop {
            arrived.mark_unchanged();
            let wished = wish.borrow_and_update().clone();
            if wished == Wish::Pause {
                self.writer = None; // closes the files, and gives up the lock
                return Ok(None);
            }
            match self.next(matches!(wished, Wish::Finish(..)))? {
                Next::Block(piece) => {
                    self.write(piece).await?;
                    continue;
                }
                Next::Screen(screen) => {
                    self.note(screen).await?;
                    continue;
                }
                Next::Nothing => {}
            }
            if let Wish::Finish(reason, status) = wished {
                let Some(writer) = self.writer.take() else { return Ok(None) };
                return shared.shelf.blocking(move || writer.seal(reason, status)).await.map(Some);
            }
            let untold = self.writer()?.stream() > self.told.0;
            tokio::select! {
                changed = arrived.changed() => {
                    if changed.is_ok() && !self.recording.is_required() {
                        let enough = |head: &u64| head.saturating_sub(shared.recorded.load(Ordering::Relaxed)) >= GATHERED;
                        let _ = timeout(GATHER, arrived.wait_for(enough)).await;
                    }
                }
                _ = wish.changed() => {}
                () = shared.marked.notified() => {}
                () = sleep_until(self.told.1 + HEAD_EVERY), if untold => self.tell().await?,
            }
        }
    }

    /// What is to be written next. `last`: nothing comes after what there is.
    fn next(&mut self, last: bool) -> io::Result<Next> {
        if let Some(piece) = self.made.pop_front() {
            return Ok(Next::Block(piece));
        }
        let shared = self.recording.0.clone();
        let (position, now) = {
            let writer = self.writer()?;
            (writer.position(), writer.now())
        };
        let head = shared.output.written();
        let mark = self.recording.marks().front().map(|(at, _)| *at);
        let border = [mark, self.screen.as_ref().map(|screen| screen.position)].into_iter().flatten().min();
        let upto = border.map_or(head, |border| border.min(head)).max(position.min(head));
        let mut raw = vec![0; usize::try_from(upto.saturating_sub(position)).map_or(PIECE, |most| most.min(PIECE))];
        let Ok(n) = shared.output.read(position, &mut raw) else { return self.overtaken() };
        raw.truncate(n);
        let (text, taken) = match decode(&raw) {
            (_, 0) if last && upto == head && border.is_none() => (decode_all(&raw), n),
            decoded => decoded,
        };
        if taken > 0 {
            raw.truncate(taken);
            let (events, position) = (vec![(now, What::Output(text))], position + taken as u64);
            return Ok(Next::Block(Piece { events, raw, position }));
        }
        // All up to the border is recorded, but for a character that was begun.
        if let Some(screen) = self.screen.take_if(|screen| screen.position <= upto) {
            return if screen.position == position { Ok(Next::Screen(screen)) } else { self.next(last) };
        }
        match self.take_marks(upto, now) {
            events if events.is_empty() => Ok(Next::Nothing),
            events => Ok(Next::Block(Piece { events, raw: Vec::new(), position })),
        }
    }

    fn take_marks(&self, upto: u64, now: u64) -> Vec<(u64, What)> {
        let mut marks = self.recording.marks();
        let due = marks.iter().take(MARKS).take_while(|(at, _)| *at <= upto).count();
        marks.drain(..due).map(|(_, what)| (now, what)).collect()
    }

    /// The ring does not go back to where the recording stands: the screen as it is now, and how much is missing. The mark
    /// comes last, with the new position: whoever is killed before that begins here again.
    fn overtaken(&mut self) -> io::Result<Next> {
        let redraw = self.recording.0.output.redraw();
        self.screen = None;
        let (position, now) = {
            let writer = self.writer()?;
            (writer.position(), writer.now())
        };
        let sizes = self.take_marks(redraw.position, now);
        let text = String::from_utf8_lossy(&redraw.bytes);
        let events = std::iter::once(sizes).filter(|sizes| !sizes.is_empty());
        let shown = pieces(&text).map(|text| vec![(now, What::Output(text.to_owned()))]);
        for events in events.chain(shown) {
            self.made.push_back(Piece { events, raw: Vec::new(), position });
        }
        let gap = What::gap(redraw.position.checked_sub(position).filter(|lost| *lost > 0));
        self.made.push_back(Piece { events: vec![(now, gap)], raw: Vec::new(), position: redraw.position });
        Ok(self.made.pop_front().map_or(Next::Nothing, Next::Block)) // there is the mark at least
    }

    async fn write(&mut self, piece: Piece) -> io::Result<()> {
        let shared = self.recording.0.clone();
        let stream = self.writer()?.stream() + piece.raw.len() as u64;
        let Some(mut writer) = self.writer.take() else { return Err(lost()) };
        let written = shared.shelf.blocking(move || {
            writer.append(piece)?;
            Ok(writer)
        });
        let writer = written.await?;
        let position = writer.position();
        self.writer = Some(writer);
        self.recording.advance(position);
        if stream - self.synced >= HEAD_BYTES || (stream > self.told.0 && self.told.1.elapsed() >= HEAD_EVERY) {
            self.tell().await?;
        }
        self.look_at_screen()
    }

    /// The journal learns how far the recording is: that is on the disk then, and nobody writes it anew unseen.
    async fn tell(&mut self) -> io::Result<()> {
        let shared = self.recording.0.clone();
        let Some(writer) = self.writer.take() else { return Err(lost()) };
        let synced = shared.shelf.blocking(move || {
            writer.sync()?;
            Ok(writer)
        });
        let writer = synced.await?;
        let (head, cast, output) = (writer.head().to_string(), writer.cast(), writer.stream());
        self.writer = Some(writer);
        self.synced = output;
        if self.told.1.elapsed() < HEAD_PAUSE {
            return Ok(()); // a flood of output is none of records
        }
        self.told = (output, Instant::now());
        let Whose { id, user, .. } = &shared.whose;
        audit::record(&audit::Event::RecordingHead { id: *id, user, head: &head, cast, output });
        Ok(())
    }

    /// Takes a screen to seek by, if it is time for one. Not while a size waits to be recorded: the two would not fit.
    fn look_at_screen(&mut self) -> io::Result<()> {
        let writer = self.writer()?;
        let (time, cast, length) = self.noted;
        let (since, bytes) = (writer.now().saturating_sub(time), writer.cast().saturating_sub(cast));
        let enough = if since >= SEEK_LATE { SEEK_BYTES_LATE } else { SEEK_BYTES };
        if self.screen.is_some() || !self.made.is_empty() || bytes < enough.max(2 * length) {
            return Ok(());
        }
        let position = writer.position();
        if self.recording.marks().is_empty() {
            let screen = self.recording.0.output.redraw();
            let fits = self.recording.marks().is_empty() && screen.position >= position;
            self.screen = Some(screen).filter(|_| fits);
        }
        Ok(())
    }

    /// What goes wrong with it only makes seeking slower.
    async fn note(&mut self, screen: Redraw) -> io::Result<()> {
        let Some(mut writer) = self.writer.take() else { return Err(lost()) };
        let noted = self.recording.0.shelf.blocking(move || {
            let length = writer.checkpoint(screen.bytes);
            Ok((writer, length))
        });
        let (writer, length) = noted.await?;
        self.noted = (writer.now(), writer.cast(), length);
        self.writer = Some(writer);
        Ok(())
    }

    fn writer(&self) -> io::Result<&Writer> {
        self.writer.as_deref().ok_or_else(lost)
    }
}

/// A write that did not come back in time has the files; it was an error then, and nothing comes after that.
fn lost() -> io::Error {
    io::Error::other("its files are lost to a write that hangs")
}

/// A text in pieces that fit into a block each.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let at = (0..=rest.len().min(PIECE)).rev().find(|at| rest.is_char_boundary(*at))?;
        let (piece, behind) = rest.split_at(at);
        rest = behind;
        (!piece.is_empty()).then_some(piece)
    })
}

/// Whoever waits for a recorder that is gone by a panic learns of it.
struct Fault(Recording);

impl Drop for Fault {
    fn drop(&mut self) {
        if self.0.is_on() {
            self.0.stopped("a fault in Coracle".into());
        }
    }
}
