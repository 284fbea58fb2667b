//! What a session's task and each of its WebSockets share: the input that was typed there, how far the output was shown, and
//! what is to be told.

use std::{
    collections::VecDeque,
    io,
    sync::{Mutex, MutexGuard, PoisonError},
};

use tokio::sync::{Notify, mpsc, watch};

use super::protocol::{Close, INPUT_CREDIT, OUTPUT_CREDIT, ToClient};
use crate::session::{AttachmentId, Window};

/// Control messages that may wait for one WebSocket's writer. They are rare; one that lets 64 of them pile up is stalled
/// and is told to come back.
const TOLD: usize = 64;
/// Bytes of output an attachment may be behind the ring's head before the terminal is read at a trickle: half the ring,
/// so that what a trickle brings meanwhile still fits.
const BACKLOG: u64 = super::ring::CAPACITY / 2;

/// What a WebSocket's writer is told by the session's task.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Told {
    Frame(ToClient),
    /// Send the screen, and from now on the output that comes after it.
    Redraw,
    /// Send what output there is, then this frame.
    Last(ToClient),
}

/// One attachment as the session's task holds it. Dropped, even by a panic, it closes the WebSocket behind what was told.
pub(crate) struct Seat {
    pub(crate) feed: std::sync::Arc<Feed>,
    told: mpsc::Sender<Told>,
    /// Beside the queue, so that a WebSocket which is stuck in a write learns of it too.
    parting: watch::Sender<Option<Close>>,
}

/// The WebSocket's end of a [`Seat`].
pub(crate) struct Ears {
    /// Ends when the seat is given up: then what was told is sent, and the connection closes.
    pub(crate) told: mpsc::Receiver<Told>,
    /// Why the seat is given up; still `None` when its session's task failed.
    pub(crate) parting: watch::Receiver<Option<Close>>,
}

impl Seat {
    /// A seat and what its WebSocket listens to.
    pub(crate) fn new(feed: std::sync::Arc<Feed>) -> (Seat, Ears) {
        let (told, heard) = mpsc::channel(TOLD);
        let (parting, why) = watch::channel(None);
        (Seat { feed, told, parting }, Ears { told: heard, parting: why })
    }

    /// Queues a message for the WebSocket; false: it is gone, or so far behind that it has to go (and come back).
    pub(crate) fn tell(&self, told: Told) -> bool {
        match self.told.try_send(told) {
            Ok(()) => true,
            Err(mpsc::error::TrySendError::Closed(_)) => false,
            Err(mpsc::error::TrySendError::Full(_)) => {
                self.parting.send_replace(Some(Close::Restarting));
                false
            }
        }
    }

    /// Gives the seat up: the WebSocket sends what it was told and closes, soon even if its peer reads nothing.
    pub(crate) fn close(self, close: Close) {
        self.parting.send_replace(Some(close));
    }
}

/// One attachment, as its task and its WebSocket both see it.
pub(crate) struct Feed {
    pub(crate) id: AttachmentId,
    /// For the audit.
    pub(crate) user: String,
    pub(crate) peer: String,
    /// Which of the owner's windows it is, where that said so.
    pub(crate) window: Option<Window>,
    typed: Mutex<Typed>,
    accepted: watch::Sender<u64>,
    shown: Mutex<Shown>,
    /// Wakes the WebSocket's writer when there is credit again.
    credit: Notify,
    /// Wakes the session's task; shared by all attachments of a session.
    bell: std::sync::Arc<Notify>,
}

#[derive(Default)]
struct Typed {
    waiting: VecDeque<u8>,
    received: u64,
    accepted: u64,
}

/// Under one lock: an ack that comes between two separate looks would make more acknowledged than sent.
#[derive(Default)]
struct Shown {
    /// Bytes sent to this attachment.
    sent: u64,
    /// Bytes its emulator has parsed; at most `sent`.
    acked: u64,
    /// Position in the session's output up to which it was sent; counts what it skipped, too.
    position: u64,
    /// The session's task found it behind, and is to be woken when it has come on.
    awaited: bool,
}

impl Shown {
    fn credit(&self) -> u64 {
        OUTPUT_CREDIT.saturating_sub(self.sent - self.acked)
    }
}

/// The client sent more than its credit allows, or acknowledged what it never got.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct OutOfCredit;

impl Feed {
    pub(crate) fn new(id: AttachmentId, user: String, peer: String, bell: std::sync::Arc<Notify>) -> Feed {
        Feed {
            id,
            user,
            peer,
            window: None,
            typed: Mutex::default(),
            accepted: watch::Sender::new(0),
            shown: Mutex::default(),
            credit: Notify::new(),
            bell,
        }
    }

    // ---- the WebSocket's side ----

    /// Takes over what was typed.
    ///
    /// # Errors
    /// [`OutOfCredit`] when more than [`INPUT_CREDIT`] bytes wait for the terminal.
    pub(crate) fn type_in(&self, bytes: &[u8]) -> Result<(), OutOfCredit> {
        let mut typed = self.typed();
        typed.received += bytes.len() as u64;
        if typed.received - typed.accepted > INPUT_CREDIT {
            return Err(OutOfCredit);
        }
        typed.waiting.extend(bytes);
        drop(typed);
        self.bell.notify_one();
        Ok(())
    }

    /// The emulator has parsed this many bytes.
    ///
    /// # Errors
    /// [`OutOfCredit`] when that is more than it was sent, or less than before.
    pub(crate) fn ack(&self, bytes: u64) -> Result<(), OutOfCredit> {
        let mut shown = self.shown();
        if bytes > shown.sent || bytes < shown.acked {
            return Err(OutOfCredit);
        }
        shown.acked = bytes;
        let awaited = shown.awaited;
        drop(shown);
        self.credit.notify_one();
        if awaited {
            self.bell.notify_one();
        }
        Ok(())
    }

    /// Bytes that may be sent now.
    pub(crate) fn output_credit(&self) -> u64 {
        self.shown().credit()
    }

    /// Resolves after the next ack.
    pub(crate) async fn more_credit(&self) {
        self.credit.notified().await;
    }

    /// `bytes` were sent, and with them everything before `position` was shown or skipped.
    pub(crate) fn was_sent(&self, bytes: u64, position: u64) {
        let mut shown = self.shown();
        shown.sent += bytes;
        shown.position = position;
        if shown.awaited {
            self.bell.notify_one();
        }
    }

    /// Changes with every byte the terminal takes.
    pub(crate) fn accepted(&self) -> watch::Receiver<u64> {
        self.accepted.subscribe()
    }

    // ---- the task's side ----

    /// Whether anything typed waits for the terminal.
    pub(crate) fn has_input(&self) -> bool {
        !self.typed().waiting.is_empty()
    }

    /// Bytes received so far, to notice that something was typed.
    pub(crate) fn received(&self) -> u64 {
        self.typed().received
    }

    /// Offers what was typed to `terminal`, which takes as much as it can; counts that as accepted.
    pub(crate) fn pour(&self, terminal: impl FnOnce(&[u8]) -> io::Result<usize>) -> io::Result<usize> {
        let mut typed = self.typed();
        let n = terminal(typed.waiting.as_slices().0)?;
        typed.waiting.drain(..n);
        typed.accepted += n as u64;
        if typed.waiting.is_empty() {
            typed.waiting.shrink_to(4096); // a large paste is over
        }
        self.accepted.send_replace(typed.accepted);
        Ok(n)
    }

    /// What was typed so far and no terminal has taken is thrown away: it was typed without the keyboard.
    pub(crate) fn forget_input(&self) {
        let mut typed = self.typed();
        typed.waiting = VecDeque::new();
        typed.accepted = typed.received;
        self.accepted.send_replace(typed.accepted);
    }

    /// Whether this attachment keeps up with output whose head is `head`: else the terminal is read at a trickle, and the
    /// bell rings whenever it has come on.
    pub(crate) fn keeps_up(&self, head: u64) -> bool {
        let mut shown = self.shown();
        let keeps_up = shown.credit() > 0 && head.saturating_sub(shown.position) <= BACKLOG;
        shown.awaited = !keeps_up;
        keeps_up
    }

    /// Whether this attachment reads, but the ring would overtake it if the terminal were read much further at once.
    pub(crate) fn is_nearly_overtaken(&self, head: u64) -> bool {
        let shown = self.shown();
        shown.credit() > 0 && head.saturating_sub(shown.position) > super::ring::CAPACITY - BACKLOG / 2
    }

    fn shown(&self) -> MutexGuard<'_, Shown> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn typed(&self) -> MutexGuard<'_, Typed> {
        self.typed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn feed() -> Feed {
        Feed::new(AttachmentId(1), "mira".into(), "127.0.0.1".into(), Arc::new(Notify::new()))
    }

    #[test]
    fn input_is_bounded_by_what_the_terminal_took() {
        let feed = feed();
        let full = vec![b'x'; INPUT_CREDIT as usize];
        assert_eq!(feed.type_in(&full), Ok(()));
        assert_eq!(feed.pour(|b| Ok(b.len().min(100))).unwrap(), 100);
        assert_eq!(*feed.accepted().borrow(), 100);
        assert_eq!(feed.type_in(&[b'y'; 100]), Ok(()));
        assert_eq!(feed.type_in(b"z"), Err(OutOfCredit));
    }

    #[test]
    fn what_was_typed_reaches_the_terminal_once_and_in_order() {
        let feed = feed();
        let mut terminal = Vec::new();
        for piece in 0..50u8 {
            feed.type_in(&[piece; 7]).unwrap();
            feed.pour(|b| {
                terminal.extend_from_slice(&b[..b.len().min(5)]);
                Ok(b.len().min(5))
            })
            .unwrap();
        }
        while feed.has_input() {
            feed.pour(|b| {
                terminal.extend_from_slice(b);
                Ok(b.len())
            })
            .unwrap();
        }
        assert_eq!(terminal, (0..50u8).flat_map(|p| [p; 7]).collect::<Vec<_>>());
    }

    #[test]
    fn an_acknowledgement_of_bytes_never_sent_is_refused() {
        let feed = feed();
        feed.was_sent(1000, 1000);
        assert_eq!(feed.ack(1001), Err(OutOfCredit));
        assert_eq!(feed.ack(900), Ok(()));
        assert_eq!(feed.ack(899), Err(OutOfCredit));
        assert_eq!(feed.output_credit(), OUTPUT_CREDIT - 100);
    }

    #[test]
    fn an_attachment_keeps_up_until_its_credit_or_half_the_ring_is_spent() {
        let feed = feed();
        assert!(feed.keeps_up(BACKLOG));
        assert!(!feed.keeps_up(BACKLOG + 1));
        feed.was_sent(OUTPUT_CREDIT, OUTPUT_CREDIT);
        assert!(!feed.keeps_up(OUTPUT_CREDIT));
        feed.ack(1).unwrap();
        assert!(feed.keeps_up(OUTPUT_CREDIT));
    }

    #[tokio::test]
    async fn the_bell_rings_for_what_was_shown_only_while_the_task_waits_for_that() {
        let feed = feed();
        let rang = || futures_util::FutureExt::now_or_never(feed.bell.notified()).is_some();
        assert!(feed.keeps_up(BACKLOG));
        feed.was_sent(OUTPUT_CREDIT, OUTPUT_CREDIT);
        feed.ack(1).unwrap();
        assert!(!rang());
        assert!(!feed.keeps_up(OUTPUT_CREDIT + BACKLOG + 1));
        feed.ack(2).unwrap();
        assert!(rang());
        feed.was_sent(1, OUTPUT_CREDIT + 1);
        assert!(rang());
        assert!(feed.keeps_up(OUTPUT_CREDIT + BACKLOG + 1));
        feed.ack(3).unwrap();
        assert!(!rang());
    }

    /// The session's task looks at the credit while the WebSocket sends and its peer acknowledges.
    #[test]
    fn credit_is_right_while_another_thread_sends_and_acknowledges() {
        let feed = Arc::new(feed());
        let browser = feed.clone();
        let sends = std::thread::spawn(move || {
            for n in 1..=200_000 {
                browser.was_sent(1, n);
                browser.ack(n).unwrap();
            }
        });
        while !sends.is_finished() {
            let credit = feed.output_credit();
            assert!((OUTPUT_CREDIT - 1..=OUTPUT_CREDIT).contains(&credit), "{credit}");
        }
        sends.join().unwrap();
    }

    #[test]
    fn a_stalled_socket_that_lets_messages_pile_up_is_told_to_come_back() {
        let (seat, ears) = Seat::new(Arc::new(feed()));
        for _ in 0..TOLD {
            assert!(seat.tell(Told::Redraw));
        }
        assert_eq!(*ears.parting.borrow(), None);
        assert!(!seat.tell(Told::Redraw));
        assert_eq!(*ears.parting.borrow(), Some(Close::Restarting));
        seat.close(Close::TakenOver);
        assert_eq!(*ears.parting.borrow(), Some(Close::TakenOver), "why it closes is never lost in a full queue");
    }
}
