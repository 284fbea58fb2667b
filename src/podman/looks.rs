//! Looking again and again for what mostly happens within some hundred microseconds.

use std::time::Duration;

/// Looks without a timer between them, which would wait for 1 to 2 ms: about a millisecond, at some 40 µs each.
const AT_ONCE: u32 = 24;

/// The looks so far.
#[derive(Default)]
pub(super) struct Looks(u32);

impl Looks {
    /// Before the next look: others' turn at first, then a pause.
    pub(super) async fn pause(&mut self) {
        self.0 = self.0.saturating_add(1);
        if self.0 < AT_ONCE {
            tokio::task::yield_now().await;
        } else {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
}
