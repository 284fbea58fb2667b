//! Somebody with an open session who has nothing to do with what happens to others, and does not notice it.

use std::time::{Duration, Instant};

use crate::browser::{Browser, Terminal};

/// What a bystander waits for a key at most. The best of [`TRIES`] counts: other work on this machine delays one of them, a
/// daemon that is stuck delays all.
const ECHO: Duration = Duration::from_millis(250);
const TRIES: usize = 20;

pub(crate) struct Bystander {
    terminal: Terminal,
    pub(crate) id: String,
    pid: String,
    keys: u32,
}

impl Bystander {
    /// As bob, of the profile `shell`.
    pub(crate) async fn aboard() -> Bystander {
        let (id, mut terminal) = Browser::of("bob").await.shell().await;
        let pid = terminal.ask("echo $$").await;
        Bystander { terminal, id, pid, keys: 0 }
    }

    /// Types on, and the answer comes at once. Returns the best time, for the report.
    pub(crate) async fn types_on(&mut self, meanwhile: &str) -> Duration {
        let mut best = Duration::MAX;
        for _ in 0..TRIES {
            self.keys += 1;
            let key = format!("<{}>", self.keys);
            let typed = Instant::now();
            self.terminal.type_in(&key).await;
            self.terminal.shows(&key).await;
            best = best.min(typed.elapsed());
            self.terminal.type_in("\x15").await; // the line away again
            if best < ECHO {
                return best;
            }
        }
        panic!("{meanwhile}: a key took {best:?} at best");
    }

    /// The daemon died: the socket is gone, and it was not said that the session is over.
    pub(crate) async fn cut_off(&mut self) {
        self.terminal.is_gone().await;
        assert_ne!(self.terminal.closed, Some(1000));
    }

    /// The page has come back by itself.
    pub(crate) async fn returns(&mut self, mut terminal: Terminal) {
        terminal.frame("started").await;
        self.terminal = terminal;
        assert_eq!(self.terminal.ask("echo $$").await, self.pid, "it is the same shell");
    }

    /// It is the same shell still.
    pub(crate) async fn goes_on(mut self) {
        self.types_on("in the end").await;
        assert_eq!(self.terminal.ask("echo $$").await, self.pid);
    }
}
