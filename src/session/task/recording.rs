//! What the session's recording asks of its task: to read no faster than can be recorded, and to say or to end it when that
//! fails.

use std::time::Duration;

use super::{Ending, Sailing};
use crate::{
    recording::{Lag, Recording},
    session::{EndReason, state::Event},
    terminal::{Notice, ToClient},
};

/// How the terminal is read while a recording that has to be lags behind: what comes so until the disk counts as dead still
/// fits into the ring, so that nothing is overtaken. Never none: conmon would freeze.
pub(super) const CRAWL: usize = 256;
const CRAWL_EVERY: Duration = Duration::from_millis(100);

/// How long the next read waits after so many bytes.
pub(super) fn crawl(read: usize) -> Duration {
    CRAWL_EVERY * u32::try_from(read.div_ceil(CRAWL)).unwrap_or(u32::MAX)
}

impl Sailing {
    pub(super) fn is_recorded(&self) -> bool {
        self.t.recording.as_ref().is_some_and(Recording::is_on)
    }

    pub(super) fn lag(&self) -> Lag {
        self.t.recording.as_ref().map_or(Lag::None, Recording::lag)
    }

    /// The recording failed: told once.
    pub(super) fn not_recorded(&mut self, why: String) {
        self.unrecorded = true;
        if !self.t.recording.as_ref().is_some_and(Recording::is_required) {
            return self.tell_all(&ToClient::Notice(Notice::Unrecorded));
        }
        if !self.t.machine.is_over() {
            self.ending = Some(Ending { detail: why, ..Ending::by_itself(EndReason::RecordingFailed) });
        }
        self.step(Event::End(EndReason::RecordingFailed));
    }
}

/// Resolves when the recording has failed, if there is one of which that is not known yet.
pub(super) async fn failure(recording: Option<&Recording>) -> String {
    match recording {
        Some(recording) => recording.failure().await,
        None => std::future::pending().await,
    }
}
