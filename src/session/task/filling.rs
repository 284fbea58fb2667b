//! What a session with a writable root takes of the host's disk. Nothing but this look bounds its layer: one file cannot be
//! larger than the layer may be, which the kernel sees to, but many files can.
//!
//! The disk is asked each second, which costs one system call. Podman is asked for the layer's own size only once the disk
//! has lost a good part of that size since the last answer, whoever took it.

use std::time::Duration;

use tokio::time::Instant;

use super::{Ending, Report, Sailing, Work};
use crate::session::{EndReason, state::Event};

const EVERY: Duration = Duration::from_secs(1);
/// A layer is measured when the disk has lost this part of what it may hold.
const PART: u64 = 16;
/// After a measurement Podman is left alone for so many times as long as it took.
const REST: u32 = 10;
/// A session whose layer is smaller is none of those that fill a disk. Bytes.
const SMALL: u64 = 16 << 20;

/// When to look, and what was seen.
pub(super) struct Filling {
    due: Instant,
    /// Free bytes when the layer was measured last.
    free_then: Option<u64>,
    /// `None` while a measurement is on its way.
    measure_from: Option<Instant>,
}

impl Filling {
    pub(super) fn new() -> Filling {
        let now = Instant::now();
        Filling { due: now, free_then: None, measure_from: Some(now) }
    }

    /// Whether the layer is to be measured, of a disk that has `free` bytes.
    fn wants_measuring(&mut self, free: u64, limit: u64, floor: u64, now: Instant) -> bool {
        let then = *self.free_then.get_or_insert(free);
        let grew = then.saturating_sub(free) >= limit / PART;
        let wants = (grew || free < floor) && self.measure_from.is_some_and(|from| from <= now);
        if wants {
            self.free_then = Some(free);
            self.measure_from = None;
        } else {
            self.free_then = Some(then.max(free)); // others made room: growth counts from there
        }
        wants
    }
}

/// A layer's size, or why Podman did not tell it.
pub(crate) struct Measured {
    pub(super) size: Result<u64, String>,
    pub(super) took: Duration,
}

impl Sailing {
    /// `None` where nothing is written to the host's disk.
    pub(super) fn disk_due(&self) -> Option<Instant> {
        let writes = self.t.record.profile.layer_size.is_some() && matches!(self.work, Work::Running(_));
        writes.then_some(self.filling.due)
    }

    pub(super) fn look_at_disk(&mut self) {
        let now = Instant::now();
        self.filling.due = now + EVERY;
        let (Some(limit), Some(free)) = (self.t.record.profile.layer_size, self.free()) else { return };
        if !self.filling.wants_measuring(free, limit, self.t.disk_floor, now) {
            return;
        }
        let (podman, id, reports) = (self.t.podman.clone(), self.id(), self.t.reports.0.clone());
        tokio::spawn(async move {
            let size = podman.layer_size(id).await.map_err(|e| e.to_string());
            let _ = reports.send(Report::Measured(Measured { size, took: now.elapsed() })).await; // the session is over
        });
    }

    pub(super) fn measured(&mut self, Measured { size, took }: Measured) {
        self.filling.measure_from = Some(Instant::now() + took * REST);
        let (Some(limit), Some(free)) = (self.t.record.profile.layer_size, self.free()) else { return };
        match size {
            Ok(size) => {
                if let Some(detail) = too_much(size, limit, free, self.t.disk_floor) {
                    self.ending = Some(Ending { detail, ..Ending::by_itself(EndReason::Disk) });
                    self.step(Event::End(EndReason::Disk));
                }
            }
            Err(why) => {
                tracing::warn!(session = %self.id(), why, "the session's layer could not be measured");
                self.filling.free_then = None;
            }
        }
    }

    fn free(&self) -> Option<u64> {
        let Work::Running(running) = &self.work else { return None };
        running.conmon.layer()?.free().ok() // gone: the session is about to end
    }
}

/// Why a session with a layer of `size` bytes must go, if it must.
fn too_much(size: u64, limit: u64, free: u64, floor: u64) -> Option<String> {
    if size > limit {
        return Some(format!("its layer held {size} bytes, and layer_size is {limit}"));
    }
    (free < floor && size >= SMALL).then(|| {
        format!("{free} bytes were free on the disk, and sessions.disk_floor is {floor}; its layer held {size}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: u64 = 1 << 20;
    const LIMIT: u64 = 160 * MIB;
    const FLOOR: u64 = 100 * MIB;

    #[test]
    fn podman_is_asked_once_the_disk_has_lost_a_sixteenth_of_the_layer() {
        let (mut filling, now) = (Filling::new(), Instant::now());
        let mut asks = |free: u64| {
            let asks = filling.wants_measuring(free * MIB, LIMIT, FLOOR, now);
            if asks {
                filling.measure_from = Some(now);
            }
            asks
        };
        assert!(!asks(1000), "the first look has nothing before it");
        assert!(!asks(991));
        assert!(asks(990));
        assert!(!asks(981), "counted from the last measurement");
        assert!(!asks(1200));
        assert!(asks(1190), "what others freed hides nothing");
    }

    #[test]
    fn a_disk_below_its_floor_is_measured_without_growth_but_not_without_rest() {
        let (mut filling, now) = (Filling::new(), Instant::now());
        assert!(filling.wants_measuring(99 * MIB, LIMIT, FLOOR, now));
        assert!(!filling.wants_measuring(1, LIMIT, FLOOR, now), "one measurement is on its way");
        filling.measure_from = Some(now + EVERY);
        assert!(!filling.wants_measuring(1, LIMIT, FLOOR, now));
        assert!(filling.wants_measuring(1, LIMIT, FLOOR, now + EVERY));
    }

    #[test]
    fn a_layer_goes_past_its_size_or_with_the_disk_below_its_floor_if_it_is_none_of_the_small() {
        assert_eq!(too_much(LIMIT, LIMIT, FLOOR, FLOOR), None);
        assert!(too_much(LIMIT + 1, LIMIT, FLOOR, FLOOR).is_some());
        assert!(too_much(SMALL, LIMIT, FLOOR - 1, FLOOR).is_some());
        assert_eq!(too_much(SMALL - 1, LIMIT, 0, FLOOR), None);
    }
}
