//! Waiting for a condition; for every test binary that looks at a machine.

use std::time::{Duration, Instant};

use super::PATIENCE;

/// Polls until `ready` answers; the sentence says what was waited for.
pub(crate) fn until<T>(what: &str, mut ready: impl FnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(value) = ready() {
            return value;
        }
        assert!(began.elapsed() < PATIENCE, "waited {PATIENCE:?} in vain until {what}");
        std::thread::sleep(Duration::from_millis(20)); // the pace of polling, not a wait
    }
}
