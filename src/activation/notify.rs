//! What systemd is told: READY, STATUS, STOPPING, and WATCHDOG for as long as every worker makes progress.
//!
//! Outside systemd all of it does nothing. A notification that fails is worth a debug line, never an error: the daemon's
//! work does not depend on it.

use std::time::Duration;

use sd_notify::NotifyState;
use tokio::runtime::Handle;

/// The sockets are ours and answered from now on.
pub(crate) fn ready() {
    send(&[NotifyState::Ready]);
}

/// One line for `systemctl status`; line breaks become `; `.
pub(crate) fn status(text: &str) {
    send(&[NotifyState::Status(&one_line(text))]);
}

/// The daemon is about to leave.
pub(crate) fn stopping() {
    send(&[NotifyState::Stopping]);
}

fn send(state: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(state) {
        tracing::debug!(%error, "systemd was not told {state:?}");
    }
}

/// A line break in STATUS= would begin another assignment.
fn one_line(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    lines.join("; ").chars().filter(|c| !c.is_control()).collect()
}

/// Tells systemd that we live, from the accept task, unless some worker thread sits in one task without end.
///
/// A task that merely runs somewhere proves nothing: with one worker stuck, the others would go on running it. So each
/// worker's own counters are read: one that is not parked and has finished nothing since the last look is stuck.
pub(crate) struct Watchdog {
    period: Duration,
    workers: Vec<Progress>,
}

/// What a worker had done when we looked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Progress {
    /// Goes up at each parking and at each waking: odd while parked.
    parkings: u64,
    busy: Duration,
}

impl Watchdog {
    /// `None` when systemd does not watch us (`WatchdogSec=` is not set).
    pub(crate) fn asked_for() -> Option<Watchdog> {
        let limit = sd_notify::watchdog_enabled()?;
        Some(Watchdog { period: limit / 3, workers: Vec::new() })
    }

    /// How often to call [`Watchdog::look`]: a third of systemd's limit.
    pub(crate) fn period(&self) -> Duration {
        self.period
    }

    /// Compares each worker with the last look and sends WATCHDOG=1 if all of them live. A stuck worker is an error line
    /// and no ping: systemd then ends this process and starts the next, which adopts the sessions.
    pub(crate) fn look(&mut self) {
        let now = progress();
        match stuck(&self.workers, &now) {
            None => send(&[NotifyState::Watchdog]),
            Some(worker) => {
                tracing::error!(worker, seconds = self.period.as_secs(), "a worker thread makes no progress")
            }
        }
        self.workers = now;
    }
}

fn progress() -> Vec<Progress> {
    let metrics = Handle::current().metrics();
    (0..metrics.num_workers())
        .map(|worker| Progress {
            parkings: metrics.worker_park_unpark_count(worker),
            busy: metrics.worker_total_busy_duration(worker),
        })
        .collect()
}

/// The first worker that is awake and has done nothing countable between two looks.
fn stuck(before: &[Progress], now: &[Progress]) -> Option<usize> {
    before.iter().zip(now).position(|(before, now)| before == now && now.parkings % 2 == 0)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

    use super::*;

    #[test]
    fn a_status_stays_one_line() {
        assert_eq!(one_line("a\n  b\nREADY=1\u{7}\n"), "a; b; READY=1");
    }

    /// Looks until `wanted` holds, for 5 s at most; returns whether it came to hold.
    fn seen_within_5_s(runtime: &tokio::runtime::Runtime, wanted: bool) -> bool {
        (0..50).any(|_| {
            let before = runtime.block_on(async { progress() });
            std::thread::sleep(Duration::from_millis(100)); // the interval that is measured, not a wait for something
            let now = runtime.block_on(async { progress() });
            stuck(&before, &now).is_some() == wanted
        })
    }

    #[test]
    fn one_worker_stuck_in_a_task_is_noticed_although_the_others_go_on() {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        assert!(seen_within_5_s(&runtime, false), "idle workers count as stuck");
        let free = Arc::new(AtomicBool::new(false));
        let spinning = free.clone();
        runtime.spawn(async move {
            while !spinning.load(Relaxed) {
                std::hint::spin_loop();
            }
        });
        let noticed = seen_within_5_s(&runtime, true);
        free.store(true, Relaxed);
        assert!(noticed, "a spinning worker was not noticed");
        assert!(seen_within_5_s(&runtime, false), "the worker came back, which was not noticed");
    }

    #[test]
    fn workers_that_never_park_but_finish_tasks_are_not_stuck() {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let free = Arc::new(AtomicBool::new(false));
        let busy = free.clone();
        runtime.spawn(async move {
            while !busy.load(Relaxed) {
                std::thread::sleep(Duration::from_millis(1)); // work in small pieces
                tokio::task::yield_now().await;
            }
        });
        // On a busy machine the worker may not get to run in one interval of these short ones; a false alarm is each time.
        let alive = (0..10).any(|_| seen_one_interval_alive(&runtime));
        free.store(true, Relaxed);
        assert!(alive, "work that goes on looks stuck");
    }

    fn seen_one_interval_alive(runtime: &tokio::runtime::Runtime) -> bool {
        let before = runtime.block_on(async { progress() });
        std::thread::sleep(Duration::from_millis(200));
        let now = runtime.block_on(async { progress() });
        stuck(&before, &now).is_none()
    }
}
