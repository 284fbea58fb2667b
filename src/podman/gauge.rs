//! What a session uses at this moment, read from its inner cgroup. Podman is not asked: that would wake its service each
//! second.

use std::{fs, path::PathBuf};

use super::verify::inner_cgroup;

/// Where to read; nothing is held open.
#[derive(Debug)]
pub(super) struct Gauge {
    dir: Option<PathBuf>,
}

/// One reading. `None` where the controller does not exist on this host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Usage {
    /// Processor time since the start, in microseconds.
    pub(crate) cpu_micros: Option<u64>,
    /// Bytes.
    pub(crate) memory: Option<u64>,
    pub(crate) pids: Option<u32>,
}

impl Gauge {
    /// The cgroup of process `pid`, the container's first.
    pub(super) fn of(pid: i32) -> Gauge {
        Gauge { dir: fs::read_to_string(format!("/proc/{pid}/cgroup")).ok().and_then(|text| inner_cgroup(&text)) }
    }

    pub(super) fn read(&self) -> Usage {
        let file = |name: &str| self.dir.as_ref().and_then(|dir| fs::read_to_string(dir.join(name)).ok());
        Usage {
            cpu_micros: file("cpu.stat").as_deref().and_then(cpu_micros),
            memory: file("memory.current").and_then(|text| text.trim().parse().ok()),
            pids: file("pids.current").and_then(|text| text.trim().parse().ok()),
        }
    }
}

/// `usage_usec` of cpu.stat.
fn cpu_micros(text: &str) -> Option<u64> {
    text.lines().find_map(|line| line.strip_prefix("usage_usec "))?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_is_read_and_what_is_not_is_unknown() {
        let dir = tempfile::tempdir().unwrap();
        let gauge = Gauge { dir: Some(dir.path().to_owned()) };
        assert_eq!(gauge.read(), Usage::default());
        fs::write(dir.path().join("cpu.stat"), "usage_usec 1234\nuser_usec 1000\nsystem_usec 234\n").unwrap();
        fs::write(dir.path().join("memory.current"), "4096\n").unwrap();
        assert_eq!(gauge.read(), Usage { cpu_micros: Some(1234), memory: Some(4096), pids: None });
        fs::write(dir.path().join("pids.current"), "3\n").unwrap();
        assert_eq!(gauge.read().pids, Some(3));
        assert_eq!(Gauge { dir: None }.read(), Usage::default());
    }
}
