//! When a ring is to be large, and when small again.

use std::time::Duration;

use tokio::time::Instant;

/// Output is a flood once so many halves of a small ring (128 KiB) came one after another in less than this each (1.6 MB/s,
/// twice what a trickle brings).
const HALVES: u32 = 4;
const QUICK: Duration = Duration::from_millis(20);
/// How long after it has grown, and after each look, the ring is looked at.
const LOOK: Duration = Duration::from_secs(10);
/// It shrinks if fewer bytes than these came since the last look: a sixteenth of what makes it grow.
const QUIET: u64 = 1024 * 1024;

/// How fast output came lately.
#[derive(Debug)]
pub(super) struct Flow {
    /// When the last half of a ring was full, and how many in a row were quick.
    last: Instant,
    quick: u32,
    /// While the ring is large: when to look at it, and its head at the last look.
    look: Option<(Instant, u64)>,
}

impl Flow {
    pub(super) fn new() -> Flow {
        Flow { last: Instant::now(), quick: 0, look: None }
    }

    /// Half of a small ring was filled; whether it is a flood.
    pub(super) fn is_flood(&mut self, now: Instant) -> bool {
        let quick = now - std::mem::replace(&mut self.last, now) < QUICK;
        self.quick = if quick { self.quick + 1 } else { 0 };
        if self.quick < HALVES {
            return false;
        }
        self.quick = 0; // one that may not grow asks again after as much
        true
    }

    /// The ring is large from now on.
    pub(super) fn grown(&mut self, now: Instant, head: u64) {
        self.look = Some((now + LOOK, head));
    }

    /// The ring is small again.
    pub(super) fn shrunk(&mut self) {
        self.look = None;
    }

    /// When to look whether it is quiet; only while the ring is large.
    pub(super) fn due(&self) -> Option<Instant> {
        self.look.map(|(at, _)| at)
    }

    /// Whether so little came since the last look that the ring can be small. Else it is looked at again later.
    pub(super) fn is_quiet(&mut self, now: Instant, head: u64) -> bool {
        let Some((at, before)) = self.look.filter(|(at, _)| *at <= now) else { return false };
        self.look = Some((at.max(now) + LOOK, head));
        head - before < QUIET
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_quick_halves_are_a_flood_and_a_slow_one_between_is_none() {
        let mut flow = Flow::new();
        let mut now = Instant::now();
        let mut after = |millis| {
            now += Duration::from_millis(millis);
            flow.is_flood(now)
        };
        assert_eq!([5, 5, 5, 41, 5, 5, 5].map(&mut after), [false; 7], "a trickle fills one in 40 ms");
        assert!(after(19));
        assert_eq!([5, 5, 5].map(&mut after), [false; 3]);
        assert!(after(5), "it asks again after as much");
    }

    #[test]
    fn a_ring_is_large_until_ten_seconds_brought_less_than_a_megabyte() {
        let mut flow = Flow::new();
        let start = Instant::now();
        assert_eq!(flow.due(), None);
        flow.grown(start, 0);
        let due = flow.due().unwrap();
        assert_eq!(due - start, LOOK);
        assert!(!flow.is_quiet(start, 0), "it is too soon");
        assert!(!flow.is_quiet(due, QUIET));
        let due = flow.due().unwrap();
        assert!(flow.is_quiet(due, 2 * QUIET - 1));
        flow.shrunk();
        assert_eq!(flow.due(), None);
    }
}
