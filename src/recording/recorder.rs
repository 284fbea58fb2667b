//! From a session's output to its recording: a reader beside the attachments, at its own pace.
//!
//! Under `best-effort` the session goes on whatever becomes of the recording. Under `required` nothing is shown before it is
//! recorded, and what cannot be recorded is never shown.

mod source; // what comes next

use std::{
    collections::VecDeque,
    io,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{
    sync::{Notify, watch},
    time::{Instant, sleep, sleep_until, timeout},
};

use super::{
    Begin, Hash, Header, Left, Piece, What, Writer,
    shelf::{HANG, Shelf},
};
use crate::{
    audit,
    auth::OwnerId,
    config::RecordingPolicy,
    session::{SessionId, Size},
    sys,
    terminal::Output,
};

/// How long output is gathered that nobody waits for, so that a key's echo is one event and not three; and how many bytes of it.
const GATHER: Duration = Duration::from_millis(20);
const GATHERED: u64 = 4 * 1024;
/// The recording is behind the output by more than this: the terminal is to be read more slowly. A quarter of the ring, since
/// one read, and what trickles in until [`HANG`], come on top.
const BEHIND: u64 = 16 * 1024;
/// After so much output, or so long after the last time, what is recorded is forced to the disk and the journal is told how
/// far that is, while there is any; in a flood no oftener than each [`HEAD_PAUSE`].
const HEAD_BYTES: u64 = 16 << 20;
const HEAD_EVERY: Duration = Duration::from_secs(600);
const HEAD_PAUSE: Duration = Duration::from_secs(10);
/// How long a daemon that goes on waits for the one before it to let go.
const LET_GO: Duration = HANG;

/// Whose session it is.
#[derive(Debug, Clone)]
pub(crate) struct Whose {
    pub(crate) id: SessionId,
    pub(crate) owner: OwnerId,
    pub(crate) user: String,
    pub(crate) profile: String,
}

/// How a recording is getting on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Nobody asked for it to begin yet.
    Waiting,
    Beginning,
    On,
    /// It failed; why.
    Stopped(String),
    /// This daemon is done with it; sealed with this hash, unless another one goes on with it.
    Over(Option<Hash>),
}

/// What the recorder is to do.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Wish {
    Record,
    /// Another daemon goes on.
    Pause,
    /// To the end of what there is, and then its end.
    Finish(&'static str, Option<i32>),
}

/// How far the recording is behind, and so how the terminal is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lag {
    None,
    /// At the trickle; if that is too much it is overtaken, and says so.
    BestEffort,
    /// So slowly that it is not overtaken before the disk counts as dead.
    Required,
}

/// The recording of one session, in the hands of its task and of the roster; clones share it.
#[derive(Clone)]
pub(crate) struct Recording(Arc<Shared>);

struct Shared {
    shelf: Shelf,
    whose: Whose,
    policy: RecordingPolicy,
    output: Arc<Output>,
    /// Wakes the session's task.
    bell: Arc<Notify>,
    /// What belongs between two bytes of the output, by its position.
    marks: Mutex<VecDeque<(u64, What)>>,
    marked: Notify,
    wish: watch::Sender<Wish>,
    standing: watch::Sender<Standing>,
    /// Position in the session's output.
    recorded: AtomicU64,
}

impl Recording {
    /// One that waits for [`Recording::begin`] or [`Recording::resume`]. `bell` is rung when the session's task may read or
    /// draw more.
    pub(crate) fn new(
        shelf: Shelf,
        whose: Whose,
        policy: RecordingPolicy,
        output: Arc<Output>,
        bell: Arc<Notify>,
    ) -> Recording {
        let recorded = output.head().into();
        Recording(Arc::new(Shared {
            shelf,
            whose,
            policy,
            output,
            bell,
            marks: Mutex::default(),
            marked: Notify::new(),
            wish: watch::Sender::new(Wish::Record),
            standing: watch::Sender::new(Standing::Waiting),
            recorded,
        }))
    }

    pub(crate) fn is_required(&self) -> bool {
        self.0.policy == RecordingPolicy::Required
    }

    /// Whether the session is being recorded, as far as is known.
    pub(crate) fn is_on(&self) -> bool {
        matches!(*self.0.standing.borrow(), Standing::Waiting | Standing::Beginning | Standing::On)
    }

    /// Begins it, before there is any output.
    ///
    /// # Errors
    /// A sentence, where it is required; else it counts as stopped.
    pub(crate) async fn begin(&self, size: Size) -> Result<(), String> {
        self.0.standing.send_replace(Standing::Beginning);
        let (shelf, begin, header) = (self.0.shelf.clone(), self.first_line(), self.header(size));
        let begun = self.0.shelf.blocking(move || {
            shelf.make()?;
            Writer::begin(shelf.dir(), begin, &header)
        });
        self.begun(begun.await.map(Box::new), size)
    }

    /// Goes on with what an earlier daemon left, in the background; begins it where there is nothing. What becomes of it
    /// [`Recording::failure`] tells.
    pub(crate) fn resume(&self, size: Size) {
        self.0.standing.send_replace(Standing::Beginning);
        let recording = self.clone();
        tokio::spawn(async move {
            let resumed = recording.reopened(size).await;
            let _ = recording.begun(resumed, size); // the sentence is in its standing, too
        });
    }

    async fn reopened(&self, size: Size) -> io::Result<Box<Writer>> {
        let until = Instant::now() + LET_GO;
        loop {
            let (shelf, begin, header) = (self.0.shelf.clone(), self.first_line(), self.header(size));
            let reopened = self.0.shelf.blocking(move || {
                shelf.make()?;
                match Writer::resume(shelf.dir(), begin.session)? {
                    Left::Open(writer) => Ok(writer),
                    Left::Nothing => Writer::begin(shelf.dir(), begin, &header).map(Box::new),
                    Left::Sealed(_) => Err(io::Error::other("it is sealed already")),
                }
            });
            match reopened.await {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock && Instant::now() < until => {
                    sleep(Duration::from_millis(20)).await; // the daemon before this one is on its way out
                }
                reopened => return reopened,
            }
        }
    }

    fn begun(&self, writer: io::Result<Box<Writer>>, size: Size) -> Result<(), String> {
        match writer {
            Ok(writer) => {
                if writer.size() != size {
                    self.marks().push_front((writer.position(), What::Resize(size)));
                }
                self.0.standing.send_replace(Standing::On);
                tokio::spawn(source::Recorder::new(self.clone(), writer).run());
                Ok(())
            }
            Err(error) => {
                let why = format!("{}: {error}", self.0.shelf.dir().display());
                self.stopped(why.clone());
                if self.is_required() { Err(why) } else { Ok(()) }
            }
        }
    }

    fn first_line(&self) -> Begin {
        let Whose { id, owner, user, profile } = self.0.whose.clone();
        Begin::new(id, owner, user, profile)
    }

    fn header(&self, size: Size) -> Header {
        let Whose { user, profile, .. } = &self.0.whose;
        Header { size, timestamp: Some(sys::unix_seconds()), title: format!("{profile} of {user}") }
    }

    // ---- the task's side ----

    /// The terminal gets another size, behind all output that there is. To be told before the screen is.
    pub(crate) fn resized(&self, size: Size) {
        self.mark(What::Resize(size));
    }

    /// Output may be missing here that the terminal gave.
    pub(crate) fn gap(&self) {
        self.mark(What::gap(None));
    }

    fn mark(&self, what: What) {
        if !matches!(*self.0.standing.borrow(), Standing::Beginning | Standing::On) {
            return; // it begins with the size that the terminal has then
        }
        let mut marks = self.marks();
        let at = self.0.output.written();
        // Sizes that follow each other without output between: the last one is it. So as many as pieces of output, at most.
        if matches!((marks.back(), &what), (Some((there, What::Resize(_))), What::Resize(_)) if *there == at) {
            marks.pop_back();
        }
        marks.push_back((at, what));
        drop(marks);
        self.0.marked.notify_one();
    }

    /// How the terminal is to be read.
    pub(crate) fn lag(&self) -> Lag {
        let behind = self.0.output.written().saturating_sub(self.0.recorded.load(Ordering::Relaxed)) > BEHIND;
        match self.0.policy {
            _ if !behind || !self.is_on() => Lag::None,
            RecordingPolicy::Required => Lag::Required,
            RecordingPolicy::BestEffort | RecordingPolicy::Off => Lag::BestEffort,
        }
    }

    /// Resolves when the recording has failed, with the reason.
    pub(crate) async fn failure(&self) -> String {
        let mut standing = self.0.standing.subscribe();
        let failed = standing.wait_for(|standing| matches!(standing, Standing::Stopped(_))).await;
        match failed.as_deref() {
            Ok(Standing::Stopped(why)) => why.clone(),
            _ => unreachable!("the sender lives as long as we do"),
        }
    }

    /// This daemon leaves and the session goes on: what is not recorded yet the next one takes from the ring.
    pub(crate) async fn pause(&self) {
        self.wish_and_wait(Wish::Pause).await;
    }

    // ---- the roster's side ----

    /// Records what is left, and seals it. The hash that stands for all of it; `None` if it is not sealed.
    pub(crate) async fn finish(&self, reason: &'static str, status: Option<i32>) -> Option<String> {
        match self.wish_and_wait(Wish::Finish(reason, status)).await {
            Standing::Over(hash) => hash.map(|hash| hash.to_string()),
            Standing::Waiting | Standing::Beginning | Standing::On | Standing::Stopped(_) => None,
        }
    }

    /// Two writes may be under way, and the end is a third.
    async fn wish_and_wait(&self, wish: Wish) -> Standing {
        if *self.0.standing.borrow() == Standing::Waiting {
            return Standing::Waiting;
        }
        let mut standing = self.0.standing.subscribe();
        self.0.wish.send_replace(wish);
        let is_done = |standing: &Standing| matches!(standing, Standing::Over(_) | Standing::Stopped(_));
        let done = timeout(HANG * 3, standing.wait_for(is_done)).await.is_ok();
        if !done {
            self.stopped("it could not be finished in time".into());
        }
        self.0.standing.borrow().clone()
    }

    // ---- inside ----

    fn stopped(&self, why: String) {
        let Whose { id, user, profile, .. } = &self.0.whose;
        audit::record(&audit::Event::RecordingStopped { id: *id, user, profile, why: &why });
        if self.is_required() {
            self.0.output.withhold();
        }
        self.0.standing.send_replace(Standing::Stopped(why));
        self.0.bell.notify_one();
    }

    /// All output before this position is recorded.
    fn advance(&self, position: u64) {
        let lagged = self.lag() != Lag::None;
        self.0.recorded.store(position, Ordering::Relaxed);
        if self.is_required() {
            self.0.output.recorded(position);
        }
        if lagged || self.is_required() {
            self.0.bell.notify_one();
        }
    }

    fn marks(&self) -> MutexGuard<'_, VecDeque<(u64, What)>> {
        self.0.marks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
