//! Coracle as a user service or as the system service: what a test of faults asks of either.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::{
    account::System,
    machine::{Machine, PATIENCE, Ran, until},
    service::Service,
};

/// How the daemon runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    User,
    System,
}

pub(super) enum Site {
    User(Service),
    System(System),
}

impl Site {
    /// Freshly configured; `additions` are for `[sessions]`, and tables may follow.
    pub(super) fn start(mode: Mode, additions: &str) -> Site {
        Site::with_drop_in(mode, additions, "")
    }

    /// The same with a drop-in for the system service.
    pub(super) fn with_drop_in(mode: Mode, additions: &str, drop_in: &str) -> Site {
        match mode {
            Mode::User => Site::User(Service::start(additions, "")),
            Mode::System => {
                let mut system = System::start(additions, drop_in);
                system.expect_in_journal("Failed to start coracle.service"); // killed before it was ready
                Site::System(system)
            }
        }
    }

    /// A line of priority err or worse that this test causes; only the system service's lines are looked at.
    pub(super) fn expect_in_journal(&mut self, words: &'static str) {
        if let Site::System(system) = self {
            system.expect_in_journal(words);
        }
    }

    pub(super) fn machine(&self) -> &'static Machine {
        match self {
            Site::User(service) => service.machine,
            Site::System(system) => system.machine,
        }
    }

    /// Pid (inside) of the daemon, if it runs.
    pub(super) fn daemon(&self) -> Option<String> {
        match self {
            Site::User(service) => service.daemon(),
            Site::System(system) => system.daemon(),
        }
    }

    /// The daemon gets SIGKILL; systemd starts the next one.
    pub(super) fn kill_daemon(&self) {
        let pid = self.daemon().expect("it runs");
        let killed = self.machine().root(&["kill", "-KILL", &pid]);
        assert_eq!(killed.code, 0, "{killed:?}");
    }

    /// `systemctl WORDS` of the manager that has Coracle's units.
    pub(super) fn systemctl(&self, words: &str) -> Ran {
        match self {
            Site::User(service) => service.machine.systemctl(words),
            Site::System(system) => {
                let mut line = vec!["systemctl"];
                line.extend(words.split_whitespace());
                system.machine.root(&line)
            }
        }
    }

    /// A property of coracle.service.
    pub(super) fn property(&self, name: &str) -> String {
        self.systemctl(&format!("show coracle.service --property={name} --value")).out.trim().to_owned()
    }

    /// A shell line as the account whose Podman has the sessions.
    pub(super) fn as_account(&self, line: &str) -> Ran {
        match self {
            Site::User(service) => service.machine.user(line),
            Site::System(system) => system.as_account(line),
        }
    }

    /// Where records and rings of live sessions are.
    pub(super) fn runtime_directory(&self) -> &'static str {
        match self {
            Site::User(_) => "/run/user/1000/coracle",
            Site::System(_) => "/run/coracle",
        }
    }

    /// Where what outlives a boot is; one of them is there.
    fn state_directories(&self) -> &'static str {
        match self {
            Site::User(_) => "/home/tester/.config/coracle/state /home/tester/.local/state/coracle/state",
            Site::System(_) => "/var/lib/coracle/state",
        }
    }

    /// The asciicast of session `id`.
    pub(super) fn recording(&self, id: &str) -> String {
        let state = self.state_directories();
        let line = format!("for state in {state}; do cat $state/recordings/{id}.cast 2>/dev/null && break; done");
        self.machine().root(&["sh", "-c", &line]).out
    }

    /// The socket of that Podman, as the daemon names it.
    pub(super) fn podman_socket(&self) -> String {
        let uid = self.as_account("id -u").out;
        format!("/run/user/{}/podman/podman.sock", uid.trim())
    }

    /// What this daemon's unit wrote that matches, oldest first.
    pub(super) fn journal(&self, matches: &[&str]) -> Vec<Value> {
        match self {
            Site::User(service) => {
                service.machine.journal(&[&["_SYSTEMD_USER_UNIT=coracle.service"], matches].concat())
            }
            Site::System(system) => system.journal(&[&["_SYSTEMD_UNIT=coracle.service"], matches].concat()),
        }
    }

    /// The end event of session `id`, which is waited for; there is one.
    pub(super) fn end_of(&self, id: &str) -> Value {
        let session = format!("CORACLE_SESSION={id}");
        let events = || self.journal(&["CORACLE_EVENT=session-end", &session]);
        until("its end is in the journal", || events().pop());
        let mut ends = events();
        assert_eq!(ends.len(), 1, "one end event of {id}: {ends:?}");
        ends.pop().expect("just counted")
    }

    /// Whatever is there of any session but these: containers, volumes, conmon, files, cgroups, terminals in systemd's store.
    pub(super) fn leftovers(&self, but: &[&str]) -> Vec<String> {
        let runtime = self.runtime_directory();
        let state = self.state_directories();
        let known =
            self.as_account("podman ps --all --no-trunc --format '{{.ID}} {{.Names}}' && podman volume ls --quiet");
        assert_eq!(known.code, 0, "{known:?}");
        let traces = format!(
            "for state in {state}; do find $state/live -type f; done 2>/dev/null; find {runtime} -type f; \
             find /sys/fs/cgroup -path '*coracle-sessions.slice/*' -name '*libpod-*'; pgrep -af '[c]onmon.*coracle-'"
        );
        let traces = self.machine().root(&["sh", "-c", &traces]).out;
        // Cgroups have Podman's name for a container.
        let kept = known.out.lines().filter(|line| but.iter().any(|id| line.ends_with(id)));
        let kept: Vec<&str> = kept.filter_map(|line| line.split(' ').next()).chain(but.iter().copied()).collect();
        let left = known.out.lines().chain(traces.lines());
        let mut left: Vec<String> =
            left.filter(|trace| !kept.iter().any(|name| trace.contains(name))).map(str::to_owned).collect();
        let stored = self.property("NFileDescriptorStore").parse().unwrap_or(usize::MAX);
        if stored > but.len() {
            left.push(format!("{stored} terminals in systemd's store, for {} sessions", but.len()));
        }
        left
    }

    /// Waits until there is nothing of any session but these.
    pub(super) fn nothing_left(&self, but: &[&str], after: &str) {
        let began = Instant::now();
        loop {
            let left = self.leftovers(but);
            if left.is_empty() {
                return;
            }
            assert!(began.elapsed() < PATIENCE, "{after}: left after {PATIENCE:?}: {left:#?}");
            std::thread::sleep(Duration::from_millis(20)); // the pace of polling, not a wait
        }
    }
}
