//! Memory for the logs of all sessions together: `sessions.log_budget`.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering::Relaxed},
};

/// What is taken, and what may be.
#[derive(Debug)]
pub(crate) struct LogBudget {
    /// Bytes.
    taken: AtomicU64,
    /// Bytes.
    limit: AtomicU64,
}

/// One session's part of it, given back when this is dropped.
#[derive(Debug)]
pub(crate) struct Share {
    budget: Arc<LogBudget>,
    /// Bytes that it has in any case, and what it has beyond.
    least: u64,
    extra: u64,
}

impl LogBudget {
    /// `limit` bytes.
    pub(crate) fn new(limit: u64) -> Arc<LogBudget> {
        Arc::new(LogBudget { taken: AtomicU64::new(0), limit: AtomicU64::new(limit) })
    }

    /// Another limit, in bytes, from now on. What is taken stays so.
    pub(crate) fn set_limit(&self, limit: u64) {
        self.limit.store(limit, Relaxed);
    }

    /// Whether so many bytes are left.
    pub(crate) fn has_room(&self, bytes: u64) -> bool {
        self.taken.load(Relaxed).saturating_add(bytes) <= self.limit.load(Relaxed)
    }

    /// `least` bytes for one session, if there are so many left.
    pub(crate) fn take(self: &Arc<Self>, least: u64) -> Option<Share> {
        self.add(least).then(|| Share { budget: self.clone(), least, extra: 0 })
    }

    /// The same for one that goes on in any case, since it has them already.
    pub(crate) fn take_anyway(self: &Arc<Self>, least: u64) -> Share {
        self.taken.fetch_add(least, Relaxed);
        Share { budget: self.clone(), least, extra: 0 }
    }

    fn add(&self, bytes: u64) -> bool {
        let limit = self.limit.load(Relaxed);
        let more = |taken: u64| taken.checked_add(bytes).filter(|sum| *sum <= limit);
        self.taken.fetch_update(Relaxed, Relaxed, more).is_ok()
    }
}

impl Share {
    /// Asks for so many bytes beyond the least, instead of those it has there; false: there is no room for more, and it
    /// keeps what it has.
    pub(crate) fn set_extra(&mut self, bytes: u64) -> bool {
        if bytes > self.extra && !self.budget.add(bytes - self.extra) {
            return false;
        }
        self.budget.taken.fetch_sub(self.extra.saturating_sub(bytes), Relaxed);
        self.extra = bytes;
        true
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.budget.taken.fetch_sub(self.least + self.extra, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_all_sessions_take_is_never_more_than_the_limit_and_comes_back() {
        let budget = LogBudget::new(100);
        let mut first = budget.take(40).unwrap();
        let second = budget.take(40).unwrap();
        assert!(budget.take(21).is_none() && !budget.has_room(21) && budget.has_room(20));
        assert!(first.set_extra(20) && !first.set_extra(21) && first.set_extra(5));
        assert!(budget.has_room(15) && !budget.has_room(16));
        drop(second);
        assert!(first.set_extra(60));
        drop(first);
        assert!(budget.has_room(100) && !budget.has_room(101));
    }

    #[test]
    fn a_session_that_goes_on_is_counted_beyond_a_smaller_limit() {
        let budget = LogBudget::new(100);
        let old = budget.take_anyway(90);
        budget.set_limit(50);
        assert!(!budget.has_room(0));
        drop(old);
        assert!(budget.has_room(50));
    }
}
