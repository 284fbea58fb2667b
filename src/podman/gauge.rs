//! What a session uses at this moment, and whom the kernel killed for want of memory, read from its inner cgroup. Podman is
//! not asked: that would wake its service each second.

use std::{
    fs::{self, File},
    future::pending,
    os::unix::fs::FileExt,
    path::PathBuf,
    sync::Arc,
};

use tokio::io::{Interest, unix::AsyncFd};

use super::verify::inner_cgroup;

/// Bytes of memory.events that are read; it has seven short lines.
const EVENTS: usize = 1024;

/// Where to read.
#[derive(Debug)]
pub(super) struct Gauge {
    dir: Option<PathBuf>,
    /// memory.events, held open: an alarm belongs to an open file. `None` where there is no memory controller.
    events: Option<Arc<File>>,
    /// The same; the kernel says POLLPRI when its content changes, 100 times a second at most.
    alarm: Option<AsyncFd<Arc<File>>>,
}

/// One reading. `None` where the controller does not exist on this host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Usage {
    /// Processor time since the start, in microseconds.
    pub(crate) cpu_micros: Option<u64>,
    /// Bytes.
    pub(crate) memory: Option<u64>,
    /// Bytes; the most that were in use at any time.
    pub(crate) memory_peak: Option<u64>,
    pub(crate) pids: Option<u32>,
}

impl Gauge {
    /// The cgroup of process `pid`, the container's first.
    pub(super) fn of(pid: i32) -> Gauge {
        Gauge::reading(fs::read_to_string(format!("/proc/{pid}/cgroup")).ok().and_then(|text| inner_cgroup(&text)))
    }

    pub(super) fn reading(dir: Option<PathBuf>) -> Gauge {
        let events = dir.as_ref().and_then(|dir| File::open(dir.join("memory.events")).ok()).map(Arc::new);
        #[expect(deprecated, reason = "as in `Conmon::watch`")]
        let watched = |file: &Arc<File>| AsyncFd::with_interest(file.clone(), Interest::PRIORITY).ok();
        let alarm = events.as_ref().and_then(watched);
        Gauge { dir, events, alarm }
    }

    pub(super) fn read(&self) -> Usage {
        let file = |name: &str| self.dir.as_ref().and_then(|dir| fs::read_to_string(dir.join(name)).ok());
        let bytes = |name: &str| file(name).and_then(|text| text.trim().parse().ok());
        Usage {
            cpu_micros: file("cpu.stat").as_deref().and_then(|text| value(text, "usage_usec")),
            memory: bytes("memory.current"),
            memory_peak: bytes("memory.peak"),
            pids: file("pids.current").and_then(|text| text.trim().parse().ok()),
        }
    }

    /// Resolves when memory.events may have changed; never where there is none.
    pub(super) async fn memory_event(&self) {
        match &self.alarm {
            Some(alarm) => match alarm.ready(Interest::PRIORITY).await {
                Ok(mut ready) => ready.clear_ready(),
                Err(_) => pending().await, // the runtime is shutting down
            },
            None => pending().await,
        }
    }

    /// How many processes of the session the kernel has killed for want of memory. `None` where there is no memory
    /// controller, or no cgroup any more.
    pub(super) fn killed(&self) -> Option<u64> {
        let mut text = [0; EVENTS];
        let n = self.events.as_ref()?.read_at(&mut text, 0).ok()?;
        value(std::str::from_utf8(&text[..n]).ok()?, "oom_kill")
    }
}

/// The number behind `key` in a file of lines `key number`.
fn value(text: &str, key: &str) -> Option<u64> {
    text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(' '))?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_is_read_and_what_is_not_is_unknown() {
        let dir = tempfile::tempdir().unwrap();
        let put = |name: &str, text: &str| fs::write(dir.path().join(name), text).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let _inside = runtime.enter();
        let gauge = Gauge::reading(Some(dir.path().to_owned()));
        assert_eq!((gauge.read(), gauge.killed()), (Usage::default(), None));
        put("cpu.stat", "usage_usec 1234\nuser_usec 1000\nsystem_usec 234\n");
        put("memory.current", "4096\n");
        put("memory.peak", "8192\n");
        let usage = Usage { cpu_micros: Some(1234), memory: Some(4096), memory_peak: Some(8192), pids: None };
        assert_eq!(gauge.read(), usage);
        put("pids.current", "3\n");
        assert_eq!(gauge.read().pids, Some(3));
        put("memory.events", "low 0\nhigh 0\nmax 53\noom 4\noom_kill 2\noom_group_kill 0\nsock_throttled 0\n");
        assert_eq!(Gauge::reading(Some(dir.path().to_owned())).killed(), Some(2));
        let nowhere = Gauge::reading(None);
        assert_eq!((nowhere.read(), nowhere.killed()), (Usage::default(), None));
    }
}
