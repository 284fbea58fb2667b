//! A session's output, as all of its WebSockets read it: the last bytes, and the screen that they make. And as the next daemon
//! finds it, however this one ends: the ring always goes back to the screen that was kept last.

mod flow; // when the ring is large

use std::{
    io,
    os::fd::BorrowedFd,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{
    sync::watch,
    task::yield_now,
    time::{Instant, timeout},
};

use super::{
    checkpoint::Checkpoints,
    ring::{Behind, CAPACITY, Framing, LARGE, Received, Ring},
};
use crate::{screen::Screen, session::Size};
use flow::Flow;

/// Bytes that go from the ring to the screen in one step.
const STEP: usize = 16 * 1024;
/// Ends a sequence that has begun, with no effect.
const CANCEL: &[u8] = b"\x18";

/// The session's output: the last of it as bytes, read by every attachment at its own pace, and what it makes a terminal
/// show. The ring has a lock of its own, so that no reader waits for the drawing.
pub(crate) struct Output {
    /// Taken before `ring`, where both are.
    drawn: Mutex<Drawn>,
    ring: Mutex<Ring>,
    /// Up to here it may be shown.
    head: watch::Sender<u64>,
    /// Up to here there is output.
    arrived: watch::Sender<u64>,
    /// What lies behind is not recorded, and is to be shown only once it is.
    limit: AtomicU64,
    /// What is not recorded will never be.
    withheld: AtomicBool,
}

struct Drawn {
    screen: Screen,
    /// Up to here the screen has taken the output.
    position: u64,
    /// The screen has taken every byte of it.
    whole: bool,
    /// Where the screen is kept for the next daemon.
    checkpoints: Option<Checkpoints>,
    /// Position at which it was kept last, or could not be.
    kept: u64,
    flow: Flow,
}

/// The bytes that redraw the screen in an emulator of its size.
pub(crate) struct Redraw {
    pub(crate) bytes: Vec<u8>,
    /// Where the output goes on.
    pub(crate) position: u64,
}

impl Output {
    /// What `ring` has is drawn at once on the screen that was kept last, or on a new one; then it gets this size.
    pub(crate) fn new(ring: Ring, size: Size, checkpoints: Option<Checkpoints>) -> Output {
        Self::shown_up_to(u64::MAX, ring, size, checkpoints)
    }

    /// The same of which nothing is shown before [`Output::recorded`] says so, but for the screen that was kept.
    pub(crate) fn unrecorded(ring: Ring, size: Size, checkpoints: Option<Checkpoints>) -> Output {
        Self::shown_up_to(0, ring, size, checkpoints)
    }

    fn shown_up_to(limit: u64, ring: Ring, size: Size, mut checkpoints: Option<Checkpoints>) -> Output {
        let (oldest, head) = (ring.oldest(), ring.head());
        let drawn = match checkpoints.as_ref().and_then(Checkpoints::newest) {
            None => (Screen::new(size.cols, size.rows), oldest, oldest == 0),
            Some((position, screen)) if (oldest..=head).contains(&position) => (screen, position, true),
            Some((_, mut screen)) => {
                screen.write(CANCEL); // what follows is not the rest of it
                (screen, oldest, false)
            }
        };
        let mut flow = Flow::new();
        if ring.capacity() > CAPACITY {
            flow.grown(Instant::now(), head);
            checkpoints = checkpoints.map(|mut checkpoints| {
                checkpoints.set_ring(ring.capacity() - CAPACITY);
                checkpoints
            });
        }
        let (screen, position, whole) = drawn;
        let drawn = Drawn { screen, position, whole, checkpoints, kept: position, flow };
        let limit = limit.max(position);
        let output = Output {
            drawn: Mutex::new(drawn),
            ring: Mutex::new(ring),
            head: watch::Sender::new(head.min(limit)),
            arrived: watch::Sender::new(head),
            limit: limit.into(),
            withheld: false.into(),
        };
        while output.draw() {}
        output.resize(size);
        if !whole {
            output.keep(); // or the position that was kept could once be taken for one of this output
        }
        output
    }

    /// Nothing of the output was missing when the screen was drawn, as far as this session's files tell.
    pub(crate) fn is_whole(&self) -> bool {
        self.drawn().whole
    }

    /// Reads once from the terminal, as [`Ring::receive`], and wakes the readers. What the screen does not take at once is
    /// left to [`Output::draw`].
    ///
    /// # Errors
    /// `WouldBlock` when there is nothing to read; else what is wrong with the socket.
    pub(crate) fn receive(&self, socket: BorrowedFd<'_>, how: Framing, most: usize) -> io::Result<Received> {
        self.append(|ring| ring.receive(socket, how, most))
    }

    /// The same with bytes that were read already; of a kill before this they are the ones that are lost.
    ///
    /// # Errors
    /// As [`Ring::write`].
    pub(crate) fn write(&self, bytes: &[u8]) -> io::Result<()> {
        self.append(|ring| ring.write(bytes))
    }

    fn append<T>(&self, put: impl FnOnce(&mut Ring) -> io::Result<T>) -> io::Result<T> {
        let mut drawn = self.drawn();
        let mut step = [0; STEP];
        let (before, after, done, read) = {
            let mut ring = self.ring();
            let before = ring.head();
            let done = put(&mut ring)?;
            (before, ring.head(), done, ring.read(drawn.position, &mut step))
        };
        self.arrived.send_if_modified(|arrived| std::mem::replace(arrived, after) != after);
        self.show();
        match read {
            Ok(n) if drawn.position == before && after <= self.limit() => {
                drawn.position += drawn.screen.write(&step[..n]) as u64
            }
            _ => {} // there is a remainder to be drawn first
        }
        self.keep_in_time(&mut drawn, after);
        Ok(done)
    }

    /// Up to here the output is recorded, and may be shown.
    pub(crate) fn recorded(&self, position: u64) {
        self.limit.fetch_max(position, Ordering::Relaxed);
        self.show();
        self.draw();
    }

    /// What is not recorded by now is never shown.
    pub(crate) fn withhold(&self) {
        self.withheld.store(true, Ordering::Relaxed);
        self.head.send_modify(|_| ()); // whoever waits for more looks again
    }

    fn show(&self) {
        self.head.send_if_modified(|head| {
            // Looked at within, so that the later of two calls sees what the earlier one did.
            let shown = self.ring().head().min(self.limit()).max(*head);
            std::mem::replace(head, shown) != shown
        });
    }

    fn limit(&self) -> u64 {
        self.limit.load(Ordering::Relaxed)
    }

    /// Draws some more of what the screen has not yet taken; whether there is still more.
    pub(crate) fn draw(&self) -> bool {
        let mut drawn = self.drawn();
        let mut step = [0; STEP];
        let (read, oldest, head) = {
            let ring = self.ring();
            let shown = ring.head().min(self.limit());
            let most = usize::try_from(shown.saturating_sub(drawn.position)).map_or(STEP, |most| most.min(STEP));
            (ring.read(drawn.position, &mut step[..most]), ring.oldest(), ring.head())
        };
        match read {
            Ok(n) => drawn.position += drawn.screen.write(&step[..n]) as u64,
            // Overtaken: the task reads nothing more before all is drawn, so this cannot be.
            Err(Behind) => (drawn.position, drawn.whole) = (oldest, false),
        }
        self.keep_in_time(&mut drawn, head);
        drawn.position < head.min(self.limit())
    }

    /// Whether the screen shows all of the output that may be shown.
    pub(crate) fn is_drawn(&self) -> bool {
        self.drawn().position >= self.head()
    }

    /// The terminal has another size from here on, for the next daemon, too.
    pub(crate) fn resize(&self, size: Size) {
        let mut drawn = self.drawn();
        let before = drawn.screen.size();
        drawn.screen.resize(size.cols, size.rows);
        if drawn.screen.size() != before {
            drawn.keep();
        }
    }

    /// Keeps the screen for the next daemon as it is now.
    pub(crate) fn keep(&self) {
        while self.draw() {}
        self.drawn().keep();
    }

    /// Once half a ring has come since the screen was kept last, it is kept again: at most as much again comes with the next
    /// read, so the ring never overtakes it. While it is a flood the ring is large, and that is seldom.
    fn keep_in_time(&self, drawn: &mut Drawn, head: u64) {
        if drawn.checkpoints.is_none() || drawn.position < head.min(self.limit()) {
            return; // nothing more is read before all is drawn, but for a little that is not recorded yet
        }
        let capacity = self.ring().capacity();
        if head - drawn.kept < capacity / 2 {
            return;
        }
        drawn.keep();
        let now = Instant::now();
        if capacity < LARGE && drawn.flow.is_flood(now) && self.resize_ring(drawn, LARGE) {
            drawn.flow.grown(now, head);
        }
    }

    /// When to call [`Output::shrink_if_quiet`]; only while the ring is large.
    pub(crate) fn ring_due(&self) -> Option<Instant> {
        self.drawn().flow.due()
    }

    /// Once a flood is over, the ring is small again.
    pub(crate) fn shrink_if_quiet(&self) {
        let mut drawn = self.drawn();
        let head = self.written();
        if !drawn.flow.is_quiet(Instant::now(), head) || drawn.position != head {
            return;
        }
        drawn.keep(); // a small ring may not go back to where it was kept last
        if self.resize_ring(&mut drawn, CAPACITY) {
            drawn.flow.shrunk();
        }
    }

    /// False: there is no room for it, and the ring is as before.
    fn resize_ring(&self, drawn: &mut Drawn, capacity: u64) -> bool {
        let Some(checkpoints) = &mut drawn.checkpoints else { return false };
        let mut ring = self.ring();
        if capacity > ring.capacity() && !checkpoints.set_ring(capacity - CAPACITY) {
            return false;
        }
        if let Err(error) = ring.resize(capacity) {
            tracing::debug!(%error, capacity, "a ring stays as it is");
        }
        checkpoints.set_ring(ring.capacity() - CAPACITY); // fewer, or as many as were granted
        ring.capacity() == capacity
    }

    /// What to send to an attachment that begins here, or was overtaken by the ring.
    pub(crate) fn redraw(&self) -> Redraw {
        while self.is_overtaken() && self.draw() {}
        let drawn = self.drawn();
        Redraw { bytes: drawn.screen.snapshot(), position: drawn.position }
    }

    pub(crate) fn read(&self, from: u64, buf: &mut [u8]) -> Result<usize, Behind> {
        self.ring().read(from, buf)
    }

    /// Up to here it may be shown.
    pub(crate) fn head(&self) -> u64 {
        *self.head.borrow()
    }

    /// Changes whenever there is more to be shown.
    pub(crate) fn watch(&self) -> watch::Receiver<u64> {
        self.head.subscribe()
    }

    /// Up to here there is output, shown or not.
    pub(crate) fn written(&self) -> u64 {
        *self.arrived.borrow()
    }

    /// Changes with every write.
    pub(crate) fn arrivals(&self) -> watch::Receiver<u64> {
        self.arrived.subscribe()
    }

    /// Where the output ends that is or will be shown.
    pub(crate) fn goal(&self) -> u64 {
        if self.withheld.load(Ordering::Relaxed) { self.head() } else { self.written() }
    }

    /// Waits until all output of before this is drawn, so long at most. An earlier daemon may have shown it already; the
    /// recorder that goes on after it has yet to find that it is recorded, and the screen to take it.
    pub(crate) async fn caught_up(&self, within: Duration) {
        let (goal, mut head) = (self.goal(), self.watch());
        let all = async {
            let _ = head.wait_for(|head| *head >= goal).await; // never gone: its sender is here
            while self.drawn().position < goal && self.draw() {
                yield_now().await;
            }
        };
        let _ = timeout(within, all).await; // what is missing then is seen later
    }

    /// The ring does not go back to where the screen is.
    fn is_overtaken(&self) -> bool {
        let position = self.drawn().position;
        position < self.ring().oldest()
    }

    fn drawn(&self) -> MutexGuard<'_, Drawn> {
        self.drawn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ring(&self) -> MutexGuard<'_, Ring> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drawn {
    fn keep(&mut self) {
        self.kept = self.position;
        let Some(checkpoints) = &mut self.checkpoints else { return };
        if let Err(error) = checkpoints.write(self.position, &self.screen) {
            // The one before stays; half a ring later there may be room.
            tracing::debug!(%error, "the screen is not kept");
        }
    }
}

#[cfg(test)]
mod restarts;

#[cfg(test)]
mod tests {
    use std::{io::Write, os::fd::AsFd};

    use super::*;

    fn output() -> (tempfile::TempDir, Output) {
        let dir = tempfile::tempdir().unwrap();
        let output = Output::new(Ring::create(&dir.path().join("x.ring")).unwrap(), Size::DEFAULT, None);
        (dir, output)
    }

    #[test]
    fn a_redraw_and_what_follows_it_are_all_of_the_output() {
        let (_dir, output) = output();
        output.write(b"one\r\n\x1b[7mtwo").unwrap();
        let Redraw { bytes, position } = output.redraw();
        assert_eq!(position, output.head());
        let mut again = Screen::new(80, 24);
        again.write(&bytes);
        output.write(b" three").unwrap();
        let mut rest = [0; 64];
        let n = output.read(position, &mut rest).unwrap();
        again.write(&rest[..n]);
        assert_eq!(again.snapshot(), output.redraw().bytes);
    }

    #[test]
    fn what_is_received_is_drawn_and_wakes_readers() {
        let (_dir, output) = output();
        let (ours, theirs) = std::os::unix::net::UnixStream::pair().unwrap();
        let mut readers = output.watch();
        readers.mark_unchanged();
        let receive = || output.receive(ours.as_fd(), Framing::Stream, 5);
        assert_eq!(receive().unwrap_err().kind(), io::ErrorKind::WouldBlock);
        assert!(!readers.has_changed().unwrap());
        (&theirs).write_all(b"seven by").unwrap();
        assert_eq!(receive().unwrap(), Received::Bytes(5));
        assert_eq!(*readers.borrow_and_update(), 5);
        assert_eq!(receive().unwrap(), Received::Bytes(3));
        drop(theirs);
        assert_eq!(receive().unwrap(), Received::End);
        assert!(output.is_drawn());
        assert!(String::from_utf8(output.redraw().bytes).unwrap().contains("seven by"));
    }

    #[test]
    fn what_is_not_recorded_is_neither_shown_nor_drawn() {
        let dir = tempfile::tempdir().unwrap();
        let ring = Ring::create(&dir.path().join("x.ring")).unwrap();
        let output = Output::unrecorded(ring, Size::DEFAULT, None);
        output.write(b"one two").unwrap();
        assert_eq!((output.head(), output.written(), output.redraw().position), (0, 7, 0));
        assert!(output.is_drawn(), "there is nothing to draw yet");
        output.recorded(4);
        assert_eq!((output.head(), output.goal(), output.redraw().position), (4, 7, 4));
        let screen = String::from_utf8_lossy(&output.redraw().bytes).into_owned();
        assert!(screen.contains("one") && !screen.contains("two"), "{screen:?}");
        output.write(b" three").unwrap();
        output.withhold();
        assert_eq!((output.head(), output.goal(), output.written()), (4, 4, 13));
        drop(output);
        // The next daemon shows nothing of it either before its recorder has caught up.
        let output = Output::unrecorded(Ring::open(&dir.path().join("x.ring")).unwrap(), Size::DEFAULT, None);
        assert_eq!((output.head(), output.redraw().position), (0, 0));
        output.recorded(13);
        assert_eq!((output.head(), output.redraw().position), (13, 13));
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_comes_waits_for_what_was_shown_before_and_not_for_ever() {
        let dir = tempfile::tempdir().unwrap();
        let ring = Ring::create(&dir.path().join("x.ring")).unwrap();
        let output = std::sync::Arc::new(Output::unrecorded(ring, Size::DEFAULT, None));
        output.write("line\r\n".repeat(9000).as_bytes()).unwrap();
        output.caught_up(Duration::from_secs(1)).await;
        assert_eq!(output.redraw().position, 0, "nothing of it is recorded");
        let recorder = output.clone();
        tokio::spawn(async move { recorder.recorded(54_000) });
        output.caught_up(Duration::from_secs(1)).await;
        assert_eq!(output.redraw().position, 54_000);
    }

    #[test]
    fn output_that_is_dear_to_draw_is_drawn_in_steps_and_all_of_it() {
        let (_dir, output) = output();
        let dear = "x\x1b[2147483647b".repeat(1000);
        output.write(dear.as_bytes()).unwrap();
        assert!(!output.is_drawn(), "one step is not enough");
        let behind = output.redraw();
        assert!(behind.position < output.head());
        while output.draw() {}
        assert_eq!(output.redraw().position, output.head());
    }
}
