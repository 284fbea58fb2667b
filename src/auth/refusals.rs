//! How much a stranger may write into the journal: a few lines a minute each, then one that counts.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use super::throttle::Source;

const MINUTE: Duration = Duration::from_secs(60);
const LINES: u32 = 10; // of one source in a minute
const ALL_LINES: u32 = 300; // of all sources in a minute
const MAX_SOURCES: usize = 256; // so many sums in a minute, and one for all others

/// What to do with a refusal.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// A record of its own.
    Own,
    /// None; it was counted.
    Counted,
}

/// Refusals that were counted, to be written as one line.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Sum {
    /// How the source was written first, or `others`.
    pub(super) peer: String,
    pub(super) count: u64,
}

struct Seen {
    since: Instant,
    lines: u32,
    counted: u64,
    peer: String,
}

/// Who was refused in the last minute.
pub(super) struct Refusals {
    seen: HashMap<Source, Seen>,
    since: Instant,
    lines: u32,
    /// Counted for sources that there was no room for.
    others: u64,
}

impl Refusals {
    pub(super) fn new(now: Instant) -> Self {
        Self { seen: HashMap::new(), since: now, lines: 0, others: 0 }
    }

    /// Takes one refusal; sums that are due come with the answer.
    pub(super) fn note(&mut self, source: Source, peer: &str, now: Instant) -> (Line, Vec<Sum>) {
        let sums = self.due(now);
        if self.seen.len() >= MAX_SOURCES && !self.seen.contains_key(&source) {
            let oldest = self.seen.iter().min_by_key(|(_, seen)| seen.since).map(|(source, _)| *source);
            self.others += oldest.and_then(|oldest| self.seen.remove(&oldest)).map_or(0, |seen| seen.counted);
        }
        let seen =
            self.seen.entry(source).or_insert_with(|| Seen { since: now, lines: 0, counted: 0, peer: peer.to_owned() });
        if seen.lines < LINES && self.lines < ALL_LINES {
            seen.lines += 1;
            self.lines += 1;
            return (Line::Own, sums);
        }
        seen.counted += 1;
        (Line::Counted, sums)
    }

    /// The sums of minutes that are over.
    fn due(&mut self, now: Instant) -> Vec<Sum> {
        let over: Vec<Source> =
            self.seen.iter().filter(|(_, seen)| now.duration_since(seen.since) >= MINUTE).map(|(s, _)| *s).collect();
        let mut sums: Vec<Sum> = over.into_iter().filter_map(|source| self.take(source)).collect();
        if now.duration_since(self.since) >= MINUTE {
            sums.extend(self.take_others());
            (self.since, self.lines) = (now, 0);
        }
        sums
    }

    /// All sums, before the daemon leaves.
    pub(super) fn rest(&mut self) -> Vec<Sum> {
        let all: Vec<Source> = self.seen.keys().copied().collect();
        let mut sums: Vec<Sum> = all.into_iter().filter_map(|source| self.take(source)).collect();
        sums.extend(self.take_others());
        sums
    }

    fn take(&mut self, source: Source) -> Option<Sum> {
        let seen = self.seen.remove(&source)?;
        (seen.counted > 0).then_some(Sum { peer: seen.peer, count: seen.counted })
    }

    fn take_others(&mut self) -> Option<Sum> {
        let count = std::mem::take(&mut self.others);
        (count > 0).then(|| Sum { peer: "others".into(), count })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn past_its_limit_a_peer_gets_one_line_a_minute() {
        let now = Instant::now();
        let source = Source::V4([10, 0, 4, 9]);
        let mut refusals = Refusals::new(now);
        for _ in 0..10 {
            assert_eq!(refusals.note(source, "10.0.4.9", now), (Line::Own, Vec::new()));
        }
        for _ in 0..41 {
            assert_eq!(refusals.note(source, "10.0.4.9", now), (Line::Counted, Vec::new()));
        }
        let later = now + MINUTE;
        let (line, sums) = refusals.note(source, "10.0.4.9", later);
        assert_eq!(line, Line::Own);
        assert_eq!(sums, [Sum { peer: "10.0.4.9".into(), count: 41 }]);
        assert_eq!(refusals.rest(), [], "nothing was counted since");
    }

    #[test]
    fn many_peers_together_write_no_more_than_three_hundred_lines() {
        let now = Instant::now();
        let mut refusals = Refusals::new(now);
        let (mut own, mut sums) = (0, Vec::new());
        for n in 0..5000_u32 {
            let (line, due) = refusals.note(Source::V4(n.to_be_bytes()), "x", now);
            own += usize::from(line == Line::Own);
            sums.extend(due);
        }
        assert_eq!(own, 300);
        assert_eq!(sums, [], "nor a sum for each");
        assert!(refusals.seen.len() <= MAX_SOURCES);
        sums.extend(refusals.rest());
        assert_eq!(sums.iter().map(|sum| sum.count).sum::<u64>(), 4700, "every one is told of");
    }
}
