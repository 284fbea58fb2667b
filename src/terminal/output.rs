//! A session's output, as all of its WebSockets read it: the last bytes, and the screen that they make.

use std::{
    io,
    os::fd::BorrowedFd,
    sync::{Mutex, MutexGuard, PoisonError},
};

use tokio::sync::watch;

use super::ring::{Behind, Framing, Received, Ring};
use crate::{screen::Screen, session::Size};

/// Bytes that go from the ring to the screen in one step.
const STEP: usize = 16 * 1024;

/// The session's output: the last of it as bytes, read by every attachment at its own pace, and what it makes a terminal
/// show. The ring has a lock of its own, so that no reader waits for the drawing.
pub(crate) struct Output {
    /// Taken before `ring`, where both are.
    drawn: Mutex<Drawn>,
    ring: Mutex<Ring>,
    head: watch::Sender<u64>,
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
        let head = watch::Sender::new(ring.head());
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
        let output = Output { drawn: Mutex::new(drawn), ring: Mutex::new(ring), head };
        while output.draw() {}
        output
    }

    /// Reads once from the terminal, as [`Ring::receive`], and wakes the readers. What the screen does not take at once is
    /// left to [`Output::draw`].
    ///
    /// # Errors
    /// `WouldBlock` when there is nothing to read; else what is wrong with the socket.
    #[allow(dead_code, reason = "the session reads with it once its terminal shows its socket")]
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
        self.head.send_if_modified(|head| std::mem::replace(head, after) != after);
        match read {
            Ok(n) if drawn.position == before => drawn.position += drawn.screen.write(&step[..n]) as u64,
            _ => {} // there is a remainder to be drawn first
        }
        Ok(done)
    }

    /// Draws some more of what the screen has not yet taken; whether there is still more.
    pub(crate) fn draw(&self) -> bool {
        let mut drawn = self.drawn();
        let mut step = [0; STEP];
        let (read, oldest, head) = {
            let ring = self.ring();
            (ring.read(drawn.position, &mut step), ring.oldest(), ring.head())
        };
        match read {
            Ok(n) => drawn.position += drawn.screen.write(&step[..n]) as u64,
            // Overtaken: the task reads nothing more before all is drawn, so this cannot be.
            Err(Behind) => drawn.position = oldest,
        }
        drawn.position != head
    }

    /// Whether the screen shows all of the output.
    pub(crate) fn is_drawn(&self) -> bool {
        self.drawn().position == self.head()
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

    pub(crate) fn head(&self) -> u64 {
        *self.head.borrow()
    }

    /// Changes with every write.
    pub(crate) fn watch(&self) -> watch::Receiver<u64> {
        self.head.subscribe()
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
