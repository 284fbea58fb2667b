//! What the session uses, told once a second while somebody looks, and what it has used in all.

use std::time::Duration;

use tokio::time::Instant;

use super::{Running, Sailing, Wake, Work};
use crate::{podman::Usage, session::AttachmentId, terminal::ToClient};

const EVERY: Duration = Duration::from_secs(1);

/// When the next reading is due, and what the last one was.
pub(super) struct Gauging {
    visible: bool,
    due: Instant,
    before: Option<(Instant, u64)>,
}

/// What a session has used in all, as far as it was counted: the last reading is from its shell's end, or from before that if
/// the cgroup was gone too soon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub(crate) struct Used {
    /// Processor time, in microseconds.
    pub(crate) cpu_micros: Option<u64>,
    /// Bytes of memory at the most.
    pub(crate) memory_peak: Option<u64>,
    /// Bytes its terminal put out, whether somebody looked or not.
    pub(crate) output: Option<u64>,
}

impl Gauging {
    pub(super) fn new() -> Gauging {
        Gauging { visible: true, due: Instant::now(), before: None }
    }

    /// Thousandths of a processor since the last reading; unknown at the first.
    fn millicpus(&mut self, usage: &Usage, now: Instant) -> Option<u32> {
        let micros = usage.cpu_micros?;
        let (then, before) = self.before.replace((now, micros))?;
        let elapsed = u64::try_from((now - then).as_micros()).ok().filter(|elapsed| *elapsed > 0)?;
        u32::try_from(micros.saturating_sub(before) * 1000 / elapsed).ok()
    }
}

impl Sailing {
    /// `None` while nobody looks: then nothing wakes for it.
    pub(super) fn gauge_due(&self) -> Option<Instant> {
        let looked_at = self.gauging.visible && self.seat.is_some() && matches!(self.work, Work::Running(_));
        looked_at.then_some(self.gauging.due)
    }

    pub(super) fn gauge(&mut self) {
        let Some(usage) = self.sample() else { return };
        let now = Instant::now();
        self.gauging.due = now + EVERY;
        let cpu = self.gauging.millicpus(&usage, now);
        self.tell(ToClient::Stats { cpu, memory: usage.memory, pids: usage.pids });
    }

    /// A reading, kept for the end.
    fn sample(&mut self) -> Option<Usage> {
        let Work::Running(running) = &self.work else { return None };
        let usage = running.conmon.usage();
        self.used.cpu_micros = usage.cpu_micros.or(self.used.cpu_micros);
        self.used.memory_peak = usage.memory_peak.or(self.used.memory_peak);
        Some(usage)
    }

    /// What there is to read before the cgroup goes, at the shell's death or before its container is taken down.
    pub(super) fn last_reading(&mut self) {
        self.look_at_memory();
        self.sample();
    }

    pub(super) fn used(&self) -> Used {
        Used { output: Some(self.t.output.written()), ..self.used }
    }

    /// The tab at the keyboard was shown or hidden.
    pub(super) fn shown(&mut self, who: AttachmentId, visible: bool) {
        if self.has_keyboard(who) {
            self.gauging.visible = visible;
        }
    }
}

/// What the kernel says of the processes next; nothing after the shell's death.
pub(super) async fn processes(running: Option<&Running>, shell_died: bool) -> Wake {
    let Some(Running { conmon, .. }) = running.filter(|_| !shell_died) else { return std::future::pending().await };
    tokio::select! {
        () = conmon.shell_died() => Wake::ShellDied,
        () = conmon.memory_event() => Wake::MemoryEvent,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_of_half_a_processor_is_500_thousandths() {
        let (mut gauging, start) = (Gauging::new(), Instant::now());
        let usage = |cpu_micros| Usage { cpu_micros, ..Usage::default() };
        assert_eq!(gauging.millicpus(&usage(Some(9_000_000)), start), None, "the first reading has nothing before it");
        assert_eq!(gauging.millicpus(&usage(Some(9_500_000)), start + EVERY), Some(500));
        assert_eq!(gauging.millicpus(&usage(Some(9_500_000)), start + 3 * EVERY), Some(0));
        assert_eq!(gauging.millicpus(&usage(None), start + 4 * EVERY), None);
    }
}
