//! Who is waiting to be checked: a bound on logins in flight, in all and for each address.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::throttle::Source;

const IN_ALL: usize = 64; // logins, checked and waiting
const PER_ADDRESS: usize = 16; // logins of one source, checked and waiting
const CHECKED_PER_ADDRESS: usize = 4; // logins of one source that are checked at once

/// The waiting room. Clones share it.
#[derive(Clone)]
pub(super) struct Lobby {
    places: Arc<Semaphore>,
    sources: Arc<Mutex<HashMap<Source, Waiting>>>,
}

struct Waiting {
    present: usize,
    turns: Arc<Semaphore>,
}

impl Lobby {
    pub(super) fn new() -> Self {
        Self { places: Arc::new(Semaphore::new(IN_ALL)), sources: Arc::default() }
    }

    /// Waits for a turn: as long as it takes to check those of the same source that came before. `None` if the lobby is
    /// full, or full of this source. Gives everything back when the answer, or the wait itself, is dropped.
    pub(super) async fn enter(&self, source: Source) -> Option<Inside> {
        let place = self.places.clone().try_acquire_owned().ok()?;
        let turns = {
            let mut sources = self.sources.lock().unwrap_or_else(PoisonError::into_inner);
            let waiting = sources
                .entry(source)
                .or_insert_with(|| Waiting { present: 0, turns: Arc::new(Semaphore::new(CHECKED_PER_ADDRESS)) });
            if waiting.present >= PER_ADDRESS {
                return None;
            }
            waiting.present += 1;
            waiting.turns.clone()
        };
        let present = Present { lobby: self.clone(), source };
        let turn = turns.acquire_owned().await.ok()?;
        Some(Inside { _turn: turn, _present: present, _place: place })
    }
}

/// A login that is being checked.
pub(super) struct Inside {
    _turn: OwnedSemaphorePermit,
    _present: Present,
    _place: OwnedSemaphorePermit,
}

struct Present {
    lobby: Lobby,
    source: Source,
}

impl Drop for Present {
    fn drop(&mut self) {
        let mut sources = self.lobby.sources.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(waiting) = sources.get_mut(&self.source) {
            waiting.present -= 1;
            if waiting.present == 0 {
                sources.remove(&self.source);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    fn source(n: u8) -> Source {
        Source::V4([10, 0, 0, n])
    }

    #[tokio::test]
    async fn four_of_an_address_are_checked_twelve_wait_and_the_rest_is_sent_away() {
        let lobby = Lobby::new();
        let mut inside = Vec::new();
        for _ in 0..4 {
            inside.push(lobby.enter(source(1)).now_or_never().unwrap().unwrap());
        }
        let mut waiting: Vec<_> = (0..12).map(|_| Box::pin(lobby.enter(source(1)))).collect();
        for one in &mut waiting {
            assert!(one.now_or_never().is_none());
        }
        assert!(lobby.enter(source(1)).now_or_never().unwrap().is_none(), "the seventeenth");
        assert!(lobby.enter(source(2)).now_or_never().unwrap().is_some(), "others are not held up");
        inside.pop();
        assert!(waiting.remove(0).now_or_never().unwrap().is_some(), "the first in the queue is next");
    }

    #[tokio::test]
    async fn what_is_dropped_leaves_nothing_behind() {
        let lobby = Lobby::new();
        let inside: Vec<_> = (0..4).map(|_| lobby.enter(source(1)).now_or_never().unwrap().unwrap()).collect();
        let mut waiting = Box::pin(lobby.enter(source(1)));
        assert!((&mut waiting).now_or_never().is_none());
        drop(waiting);
        drop(inside);
        assert_eq!(lobby.places.available_permits(), IN_ALL);
        assert!(lobby.sources.lock().unwrap().is_empty());
    }

    #[tokio::test]
    async fn no_more_than_sixty_four_are_in_flight() {
        let lobby = Lobby::new();
        let inside: Vec<_> = (0..64).map(|n| lobby.enter(source(n)).now_or_never().unwrap().unwrap()).collect();
        assert!(lobby.enter(source(99)).now_or_never().unwrap().is_none());
        drop(inside);
        assert!(lobby.enter(source(99)).now_or_never().unwrap().is_some());
    }
}
