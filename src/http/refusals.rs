//! A stranger cannot fill the journal: refusals of one peer past its first become one record a minute.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::limits::PeerKey;
use crate::audit;

/// At most one record of one peer in this time.
const QUIET: Duration = Duration::from_secs(60);
/// Peers remembered; past that, the rest are counted together.
const MAX_PEERS: usize = 1024;

/// Counts refusals by peer.
#[derive(Default)]
pub(crate) struct Refusals {
    peers: Mutex<HashMap<Option<PeerKey>, Counted>>,
}

struct Counted {
    told: Instant,
    /// Since `told`.
    untold: u64,
    what: &'static str,
}

/// One record to write.
#[derive(Debug, PartialEq, Eq)]
struct Line {
    count: u64,
    peer: String,
    what: &'static str,
}

impl Refusals {
    /// Counts one refusal, and writes what is due of all peers.
    pub(crate) fn count(&self, peer: PeerKey, what: &'static str) {
        write(self.due(Some(peer), what, Instant::now()));
    }

    /// Counts a refusal that no peer is to blame for.
    pub(crate) fn count_of_nobody(&self, what: &'static str) {
        write(self.due(None, what, Instant::now()));
    }

    /// Writes what was counted and not told; for the daemon's end.
    pub(crate) fn flush(&self) {
        let mut peers = self.peers.lock().unwrap_or_else(PoisonError::into_inner);
        write(peers.drain().filter(|(_, c)| c.untold > 0).map(|(peer, c)| line(peer, c.untold, c.what)).collect());
    }

    fn due(&self, peer: Option<PeerKey>, what: &'static str, now: Instant) -> Vec<Line> {
        let mut peers = self.peers.lock().unwrap_or_else(PoisonError::into_inner);
        let mut lines = Vec::new();
        peers.retain(|peer, counted| {
            let over = now.saturating_duration_since(counted.told) >= QUIET;
            if over && counted.untold > 0 {
                lines.push(line(*peer, counted.untold, counted.what));
                *counted = Counted { told: now, untold: 0, what: counted.what };
                return true;
            }
            !over
        });
        let key = if peers.len() < MAX_PEERS || peers.contains_key(&peer) { peer } else { None };
        match peers.get_mut(&key) {
            Some(counted) => {
                counted.untold += 1;
                counted.what = what;
            }
            None => {
                peers.insert(key, Counted { told: now, untold: 0, what });
                lines.push(line(key, 1, what));
            }
        }
        lines
    }
}

fn line(peer: Option<PeerKey>, count: u64, what: &'static str) -> Line {
    Line { count, peer: peer.map_or_else(|| "others".to_owned(), |p| p.to_string()), what }
}

fn write(lines: Vec<Line>) {
    for Line { count, peer, what } in lines {
        audit::record(&audit::Event::Refused { count, peer: &peer, what });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(n: u32) -> Option<PeerKey> {
        Some(PeerKey::V4(std::net::Ipv4Addr::from(n)))
    }

    #[test]
    fn a_thousand_refusals_in_a_minute_are_two_records() {
        let refusals = Refusals::default();
        let start = Instant::now();
        let mut lines = Vec::new();
        for n in 0..1000 {
            lines.extend(refusals.due(peer(1), "too many connections", start + Duration::from_millis(n * 50)));
        }
        assert_eq!(lines.len(), 1, "{lines:?}");
        let later = refusals.due(peer(1), "too many connections", start + QUIET);
        assert_eq!(later, [line(peer(1), 999, "too many connections")]);
    }

    #[test]
    fn more_peers_than_are_remembered_share_one_line() {
        let refusals = Refusals::default();
        let now = Instant::now();
        let lines: usize = (0..5000).map(|n| refusals.due(peer(n), "bad host", now).len()).sum();
        assert_eq!(lines, MAX_PEERS + 1);
        assert_eq!(refusals.peers.lock().unwrap().len(), MAX_PEERS + 1);
    }

    #[test]
    fn a_peer_that_was_quiet_for_a_minute_is_forgotten() {
        let refusals = Refusals::default();
        let now = Instant::now();
        refusals.due(peer(1), "bad host", now);
        refusals.due(peer(2), "bad host", now + QUIET);
        assert_eq!(refusals.peers.lock().unwrap().len(), 1);
    }
}
