//! A session's output, as all of its WebSockets read it: the last bytes, and the screen that they make.

use std::{
    io,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use tokio::sync::watch;

use super::ring::{Behind, Ring};
use crate::{screen::Screen, session::Size};

/// Bytes that go from the ring to the screen in one step.
const STEP: usize = 8 * 1024;

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
}

/// The bytes that redraw the screen in an emulator of its size.
pub(crate) struct Redraw {
    pub(crate) bytes: Vec<u8>,
    /// Where the output goes on.
    pub(crate) position: u64,
}

impl Output {
    /// What `ring` has is drawn at once, for a terminal of this size; on top of the screen that an earlier daemon parked, if
    /// the ring goes back to it.
    pub(crate) fn new(ring: Ring, size: Size, parked: Option<(Size, Redraw)>) -> Output {
        Self::shown_up_to(u64::MAX, ring, size, parked)
    }

    /// The same of which nothing is shown before [`Output::recorded`] says so, but for what was parked.
    pub(crate) fn unrecorded(ring: Ring, size: Size, parked: Option<(Size, Redraw)>) -> Output {
        Self::shown_up_to(0, ring, size, parked)
    }

    fn shown_up_to(limit: u64, ring: Ring, size: Size, parked: Option<(Size, Redraw)>) -> Output {
        let mut drawn = Drawn { screen: Screen::new(size.cols, size.rows), position: ring.oldest() };
        if let Some((then, Redraw { bytes, position })) = parked {
            if (ring.oldest()..=ring.head()).contains(&position) {
                drawn.screen.resize(then.cols, then.rows);
                let mut rest = bytes.as_slice();
                while !rest.is_empty() {
                    rest = &rest[drawn.screen.write(rest)..];
                }
                drawn.screen.resize(size.cols, size.rows);
                drawn.position = position;
            }
        }
        let limit = limit.max(drawn.position);
        let arrived = watch::Sender::new(ring.head());
        let output = Output {
            head: watch::Sender::new(ring.head().min(limit)),
            drawn: Mutex::new(drawn),
            ring: Mutex::new(ring),
            arrived,
            limit: limit.into(),
            withheld: false.into(),
        };
        while output.draw() {}
        output
    }

    /// Appends output and wakes the readers. What the screen does not take at once is left to [`Output::draw`].
    pub(crate) fn write(&self, bytes: &[u8]) -> io::Result<()> {
        let mut drawn = self.drawn();
        let (before, after) = {
            let mut ring = self.ring();
            let before = ring.head();
            ring.write(bytes)?;
            (before, ring.head())
        };
        self.arrived.send_replace(after);
        self.show();
        if drawn.position == before && after <= self.limit() {
            drawn.position += drawn.screen.write(bytes) as u64;
        }
        Ok(())
    }

    /// Draws some more of what the screen has not yet taken; whether there is still more.
    pub(crate) fn draw(&self) -> bool {
        let mut drawn = self.drawn();
        let mut step = [0; STEP];
        let (read, oldest, head) = {
            let ring = self.ring();
            let head = ring.head().min(self.limit());
            let most = usize::try_from(head.saturating_sub(drawn.position)).map_or(STEP, |most| most.min(STEP));
            (ring.read(drawn.position, &mut step[..most]), ring.oldest(), head)
        };
        match read {
            Ok(n) => drawn.position += drawn.screen.write(&step[..n]) as u64,
            // Overtaken: the task reads nothing more before all is drawn, so this cannot be.
            Err(Behind) => drawn.position = oldest,
        }
        drawn.position < head
    }

    /// Whether the screen shows all of the output that may be shown.
    pub(crate) fn is_drawn(&self) -> bool {
        self.drawn().position >= self.head()
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
        // Within, so that the later of two calls sees what the earlier one saw.
        self.head.send_modify(|head| *head = self.ring().head().min(self.limit()).max(*head));
    }

    fn limit(&self) -> u64 {
        self.limit.load(Ordering::Relaxed)
    }

    /// The terminal has another size from here on.
    pub(crate) fn resize(&self, size: Size) {
        self.drawn().screen.resize(size.cols, size.rows);
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

#[cfg(test)]
mod tests {
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
    fn the_next_daemon_draws_what_the_ring_has_on_what_was_parked() {
        let (dir, output) = output();
        output.write(b"\x1b]2;title\x07before the crash").unwrap();
        let again = || Ring::open(&dir.path().join("x.ring")).unwrap();
        assert_eq!(Output::new(again(), Size::DEFAULT, None).redraw().bytes, output.redraw().bytes);
        // The title is in no ring any more, but on the screen that was parked.
        for _ in 0..2000 {
            output.write(b"\x1b[Hover and over, all in one place").unwrap();
        }
        let parked = output.redraw();
        output.write(b"\x1b[7mand on").unwrap();
        let parked = Some((Size::DEFAULT, parked));
        assert_eq!(Output::new(again(), Size::DEFAULT, parked).redraw().bytes, output.redraw().bytes);
        assert_ne!(Output::new(again(), Size::DEFAULT, None).redraw().bytes, output.redraw().bytes);
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
