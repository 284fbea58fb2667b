//! The queue before a start: so many in flight at once, the others wait their turn, and nobody's second start goes before
//! another person's first.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{
    sync::watch,
    time::{Instant, timeout_at},
};

use crate::auth::OwnerId;

/// Containers being made at once. Each waits for Podman and the kernel for much of its time: on two cores four are done sooner
/// than two after two, and eight no sooner than four (benches/NOTES.md).
const IN_FLIGHT: usize = 4;
/// Starts that wait; one more is refused.
const WAITING: usize = 32;
/// How long one waits before it is told that the host is full.
const PATIENCE: Duration = Duration::from_secs(120);

/// The queue is full, or the wait was too long.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Full;

/// The queue; clones share it.
#[derive(Clone)]
pub(crate) struct Starts(Arc<Shared>);

struct Shared {
    queue: Mutex<Queue>,
    moved: watch::Sender<u64>,
}

impl Starts {
    pub(crate) fn new() -> Starts {
        Starts(Arc::new(Shared { queue: Mutex::new(Queue::default()), moved: watch::Sender::new(0) }))
    }

    /// Whether one more may wait.
    pub(crate) fn has_room(&self) -> bool {
        self.queue().waiting.len() < WAITING
    }

    /// Waits for a turn, telling the place in the queue (1 = next) and its length whenever it changes. The turn is given
    /// back when the `Turn` is dropped, and so is the place when this future is.
    ///
    /// # Errors
    /// [`Full`] at once when the queue is, or after [`PATIENCE`].
    pub(crate) async fn turn(&self, owner: &OwnerId, mut place: impl FnMut(usize, usize)) -> Result<Turn, Full> {
        let mut moved = self.0.moved.subscribe();
        let ticket = self.queue().join(owner).ok_or(Full)?;
        let turn = Turn { starts: self.clone(), ticket };
        let patience = Instant::now() + PATIENCE;
        let mut told = None;
        loop {
            moved.mark_unchanged();
            let at = self.queue().place(ticket);
            let Some(at) = at else { return Ok(turn) };
            if told.replace(at) != Some(at) {
                place(at.0, at.1);
            }
            match timeout_at(patience, moved.changed()).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) | Err(_) => return Err(Full),
            }
        }
    }

    /// Whether no session is starting, and none waits for it.
    pub(crate) fn is_idle(&self) -> bool {
        let queue = self.queue();
        queue.waiting.is_empty() && queue.running.is_empty()
    }

    /// Waits until [`Starts::is_idle`].
    pub(crate) async fn idle(&self) {
        let mut moved = self.0.moved.subscribe();
        while !self.is_idle() && moved.changed().await.is_ok() {}
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.0.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The right to make a container now, or a place in the queue; given back when dropped.
pub(crate) struct Turn {
    starts: Starts,
    ticket: u64,
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.starts.queue().leave(self.ticket);
        self.starts.0.moved.send_modify(|n| *n += 1);
    }
}

/// Who waits and who is at it; no clock, no waiting of its own.
#[derive(Default)]
struct Queue {
    waiting: VecDeque<(u64, OwnerId)>,
    running: Vec<(u64, OwnerId)>,
    next_ticket: u64,
}

impl Queue {
    fn join(&mut self, owner: &OwnerId) -> Option<u64> {
        if self.waiting.len() >= WAITING {
            return None;
        }
        self.next_ticket += 1;
        self.waiting.push_back((self.next_ticket, owner.clone()));
        self.promote();
        Some(self.next_ticket)
    }

    fn leave(&mut self, ticket: u64) {
        self.waiting.retain(|(t, _)| *t != ticket);
        self.running.retain(|(t, _)| *t != ticket);
        self.promote();
    }

    /// Fills the free places: first those who have nothing in flight, each group in the order of arrival.
    fn promote(&mut self) {
        while self.running.len() < IN_FLIGHT {
            let fair = self.waiting.iter().position(|(_, o)| self.running.iter().all(|(_, r)| r != o)).unwrap_or(0);
            let Some(next) = self.waiting.remove(fair) else { return };
            self.running.push(next);
        }
    }

    /// Place from 1 and length of the queue; `None` once it is this ticket's turn.
    fn place(&self, ticket: u64) -> Option<(usize, usize)> {
        self.waiting.iter().position(|(t, _)| *t == ticket).map(|at| (at + 1, self.waiting.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owner(name: &str) -> OwnerId {
        OwnerId::local(name)
    }

    #[test]
    fn nobodys_second_start_goes_before_another_persons_first() {
        let mut q = Queue::default();
        let first = [0; IN_FLIGHT].map(|_| q.join(&owner("a")).unwrap());
        let next = q.join(&owner("a")).unwrap();
        let b1 = q.join(&owner("b")).unwrap();
        assert_eq!(first.map(|ticket| q.place(ticket)), [None; IN_FLIGHT], "alone, one person may use all places");
        assert_eq!(q.place(next), Some((1, 2)));
        q.leave(first[0]);
        assert_eq!(q.place(b1), None, "b has nothing in flight and goes first");
        assert_eq!(q.place(next), Some((1, 1)));
        q.leave(b1);
        assert_eq!(q.place(next), None);
    }

    #[test]
    fn the_queue_is_32_long() {
        let mut q = Queue::default();
        for i in 0..IN_FLIGHT + WAITING {
            assert!(q.join(&owner(&i.to_string())).is_some());
        }
        assert_eq!(q.join(&owner("one more")), None);
    }

    async fn all_places(starts: &Starts) -> Vec<Turn> {
        let mut turns = Vec::new();
        for n in 0..IN_FLIGHT {
            turns.push(starts.turn(&owner(&n.to_string()), |_, _| ()).await.unwrap());
        }
        turns
    }

    #[tokio::test(start_paused = true)]
    async fn a_turn_comes_when_one_is_given_back_and_a_lost_waiter_leaves_no_place_behind() {
        let starts = Starts::new();
        let mut all = all_places(&starts).await;
        let mut places = Vec::new();
        {
            let c = owner("c");
            let lost = starts.turn(&c, |_, _| ());
            assert!(tokio::time::timeout(Duration::from_secs(1), lost).await.is_err());
        }
        let d = owner("d");
        let (turn, ()) = tokio::join!(starts.turn(&d, |at, of| places.push((at, of))), async { drop(all.pop()) });
        assert!(turn.is_ok());
        assert_eq!(places, [(1, 1)]);
    }

    #[tokio::test(start_paused = true)]
    async fn two_minutes_without_a_turn_means_full() {
        let starts = Starts::new();
        let _all = all_places(&starts).await;
        let began = Instant::now();
        assert_eq!(starts.turn(&owner("c"), |_, _| ()).await.err(), Some(Full));
        assert_eq!(began.elapsed(), PATIENCE);
    }
}
