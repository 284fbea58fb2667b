//! Sizes on their way to the terminal. conmon before 2.2 applies the first of several queued sizes again and again, so a
//! burst is waited out, and the last size is sent twice.

use std::time::Duration;

use tokio::{sync::watch, time::sleep};

use super::Size;
use crate::podman::Sizes;

/// A window being dragged sends sizes faster than this.
const DEBOUNCE: Duration = Duration::from_millis(40);
/// When the last size is sent once more.
const AGAIN: Duration = Duration::from_millis(100);

/// What the terminal's size should be, and how often a redraw was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Wish {
    size: Size,
    nudges: u32,
}

/// Sends sizes to one session's terminal, in a task of its own so that reading never waits for it.
pub(crate) struct Resizer(watch::Sender<Wish>);

impl Resizer {
    /// `size` is what the terminal has now.
    pub(crate) fn new(terminal: Sizes, size: Size) -> Resizer {
        let (wish, wished) = watch::channel(Wish { size, nudges: 0 });
        tokio::spawn(serve(terminal, wished));
        Resizer(wish)
    }

    pub(crate) fn resize(&self, size: Size) {
        self.0.send_if_modified(|wish| std::mem::replace(&mut wish.size, size) != size);
    }

    /// Makes full-screen programs and shells draw anew: a row less, and back.
    pub(crate) fn nudge(&self) {
        self.0.send_modify(|wish| wish.nudges += 1);
    }
}

/// Ends when the [`Resizer`] is dropped.
async fn serve(terminal: Sizes, mut wished: watch::Receiver<Wish>) {
    let mut nudged = 0;
    while wished.changed().await.is_ok() {
        sleep(DEBOUNCE).await;
        let wish = *wished.borrow_and_update();
        if wish.nudges != nudged {
            nudged = wish.nudges;
            apply(&terminal, smaller(wish.size)).await;
            sleep(DEBOUNCE).await;
        }
        apply(&terminal, wish.size).await;
        sleep(AGAIN).await;
        if !wished.has_changed().unwrap_or(true) {
            apply(&terminal, wish.size).await;
        }
    }
}

fn smaller(size: Size) -> Size {
    Size { rows: if size.rows > 1 { size.rows - 1 } else { 2 }, ..size }
}

async fn apply(terminal: &Sizes, size: Size) {
    if let Err(error) = terminal.send(size).await {
        tracing::debug!(%error, "resize"); // the session may be ending; the next size says it again
    }
}
