//! Processes that the kernel killed for want of memory: told to whoever is there or comes next, recorded, and kept apart from
//! the end of the shell itself.

use std::time::Duration;

use tokio::time::Instant;

use super::{Sailing, Work};
use crate::{
    audit,
    terminal::{Notice, ToClient, Told},
};

/// Between two records of one session: who kills a process each second does not fill the journal.
const RECORD_EVERY: Duration = Duration::from_secs(60);
/// The status of a shell that died by SIGKILL.
const SIGKILLED: i32 = 128 + 9;

/// Of the processes killed for want of memory, counted since the start. Part of the session's record: what happened while no
/// daemon was there is told by the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub(crate) struct Kills {
    /// Those that the shell outlived.
    outlived: u64,
    /// Of these, how many a browser was told of.
    told: u64,
    /// Of these, how many are in the journal.
    recorded: u64,
}

/// What of it only this daemon needs.
#[derive(Default)]
pub(super) struct Memory {
    /// Killed in all, the shell perhaps included.
    killed: u64,
    last_record: Option<Instant>,
}

impl Sailing {
    /// Counts the killed. To be called when the kernel says that there may be more, and whenever the shell may be dead: its
    /// cgroup is gone soon after.
    pub(super) fn look_at_memory(&mut self) {
        let Work::Running(running) = &self.work else { return };
        let Some(killed) = running.conmon.killed(self.t.record.kills.outlived) else { return };
        self.memory.killed = killed.count;
        if killed.spared && killed.count > self.t.record.kills.outlived {
            self.t.record.kills.outlived = killed.count;
            self.remember();
            self.tell_kills();
            if self.kills_due().is_some_and(|due| due <= Instant::now()) {
                self.record_kills();
            }
        }
    }

    /// Whether a shell that ended with this status was killed for want of memory.
    ///
    /// A process that was killed last, so late that nobody looked before the shell ended too, counts as the shell. That takes a
    /// shell that at once passes on the status 137 of the process it waited for.
    pub(super) fn ran_out_of_memory(&self, status: i32) -> bool {
        status == SIGKILLED && self.memory.killed > self.t.record.kills.outlived
    }

    /// Tells the attachment of kills it does not know of; without one they wait for the next.
    pub(super) fn tell_kills(&mut self) {
        let kills = self.t.record.kills;
        let Some(seat) = self.seat.as_ref().filter(|_| self.welcomed && kills.told < kills.outlived) else { return };
        if seat.tell(Told::Frame(ToClient::Notice(Notice::Oom { killed: kills.outlived - kills.told }))) {
            self.t.record.kills.told = kills.outlived;
            self.remember();
        }
    }

    /// When kills are to be recorded next, if there are any.
    pub(super) fn kills_due(&self) -> Option<Instant> {
        let kills = self.t.record.kills;
        let due = self.memory.last_record.map_or_else(Instant::now, |last| last + RECORD_EVERY);
        (kills.recorded < kills.outlived).then_some(due)
    }

    /// Records kills that are not in the journal yet.
    pub(super) fn record_kills(&mut self) {
        let kills = self.t.record.kills;
        if kills.recorded < kills.outlived {
            let record = &self.t.record;
            audit::record(&audit::Event::SessionOom {
                id: record.id,
                user: &record.person.name,
                profile: &record.profile.name,
                killed: kills.outlived - kills.recorded,
            });
            self.t.record.kills.recorded = kills.outlived;
            self.memory.last_record = Some(Instant::now());
            self.remember();
        }
    }
}
