//! Coracle as a system service in the machine: what `make install` put there, in an account of its own made as a package
//! makes it. Configured for one test and gone after it; the account and its image stay until the machine goes.

use std::sync::{MutexGuard, OnceLock};

use crate::{
    machine::{Machine, Ran, USERS, machine, since_now, until},
    service::{port, turn},
};

/// Where the machine's real file system is: Podman's overlay cannot sit on the machine's own root, which is one. Mounted at
/// /var/lib/coracle, so that neither the units nor the account know.
const DISK: &str = "/home/coracle";
/// First subordinate id (behind tester's) and how many: the image store's own 65,536 and five slots.
const SUBIDS: (u32, u32) = (20_000_000, 6 * 65_536);
const DROP_INS: &str = "/etc/systemd/system/coracle.service.d";
const SOCKETS: &str = "coracle.socket coracle-control.socket";

pub(crate) struct System {
    pub(crate) machine: &'static Machine,
    /// Words that lines of priority err or worse may contain; every other such line fails the test.
    expected: Vec<&'static str>,
    /// When this test began, for journalctl.
    began: String,
    _turn: MutexGuard<'static, ()>,
}

impl System {
    /// Socket-activated, with the users of [`USERS`], no limits (the machine has no controllers), these additions to
    /// config.toml, and this drop-in for the service where it is not empty.
    pub(crate) fn start(config: &str, drop_in: &str) -> System {
        let turn = turn();
        account();
        let mut system = System { machine: machine(), expected: Vec::new(), began: String::new(), _turn: turn };
        system.stop();
        system.began = since_now();
        system.sh("rm -rf /var/lib/coracle/state /run/coracle");
        system.configure(config);
        if !drop_in.is_empty() {
            let line = format!("mkdir -p {DROP_INS} && cat > {DROP_INS}/bed.conf");
            let written = system.machine.run(&["sh", "-c", &line], drop_in);
            assert_eq!(written.code, 0, "{written:?}");
        }
        system.sh(&format!("systemctl daemon-reload && systemctl start {SOCKETS}"));
        system
    }

    /// config.toml with these additions; what runs learns of it by a reload.
    pub(crate) fn configure(&self, additions: &str) {
        let image = &self.machine.image;
        let text = format!(
            "[sessions]\nrequire_limits = false\n{additions}\n[[profiles]]\nname = \"shell\"\nimage = \"{image}\"\npull = \"never\"\n"
        );
        let written = self.machine.run(&["sh", "-c", "cat > /etc/coracle/config.toml"], &text);
        assert_eq!(written.code, 0, "{written:?}");
    }

    /// As `start` with nothing special.
    pub(crate) fn plain() -> System {
        System::start("", "")
    }

    /// A line of priority err or worse that this test causes.
    pub(crate) fn expect_in_journal(&mut self, words: &'static str) {
        self.expected.push(words);
    }

    /// A shell line as root; it must succeed. Returns what it printed.
    pub(crate) fn sh(&self, line: &str) -> String {
        sh(self.machine, line)
    }

    /// A shell line in the account's own user manager.
    pub(crate) fn as_account(&self, line: &str) -> Ran {
        let line = line.replace('$', "$$"); // systemd-run expands `$`
        let mut words: Vec<&str> =
            "systemd-run --user -M coracle@ --wait --collect --pipe --quiet -- /bin/sh -c".split(' ').collect();
        words.push(&line);
        self.machine.root(&words)
    }

    /// Pid (inside) of the daemon, if it runs.
    pub(crate) fn daemon(&self) -> Option<String> {
        let pid = self.property("MainPID");
        Some(pid).filter(|pid| pid != "0" && !pid.is_empty())
    }

    /// A property of the service.
    pub(crate) fn property(&self, name: &str) -> String {
        self.sh(&format!("systemctl show coracle.service --property={name} --value")).trim().to_owned()
    }

    /// Whatever is there of a session: containers, conmon, files of the runtime and the state directory, volumes.
    pub(crate) fn leftovers(&self) -> Vec<String> {
        let podman = self.as_account("podman ps --all --format '{{.Names}}' && podman volume ls --quiet");
        assert_eq!(podman.code, 0, "{podman:?}");
        let files = self.sh("ls /run/coracle /var/lib/coracle/state/live 2>/dev/null | grep -v ':$' || true");
        let conmons = self.machine.processes("conmon.*coracle-");
        let words = [podman.out, files, conmons.join(" ")].join(" ");
        words.split_whitespace().map(str::to_owned).collect()
    }

    pub(crate) fn nothing_left(&self) {
        until("no container, no conmon and no session file is left", || self.leftovers().is_empty().then_some(()));
    }

    /// Journal entries since this test began that match, oldest first.
    pub(crate) fn journal(&self, matches: &[&str]) -> Vec<serde_json::Value> {
        let mut words = vec!["journalctl", "--output=json", "--all", "--no-pager", &self.began];
        words.extend(matches);
        let ran = self.machine.root(&words);
        ran.out.lines().map(|line| serde_json::from_str(line).expect("journalctl writes JSON")).collect()
    }

    /// Entries of this event of session `id`, asked for as the documentation says; there may be none yet.
    pub(crate) fn events(&self, event: &str, id: &str) -> Vec<serde_json::Value> {
        let (event, session) = (format!("CORACLE_EVENT={event}"), format!("CORACLE_SESSION={id}"));
        self.journal(&["_SYSTEMD_UNIT=coracle.service", &event, &session])
    }

    /// The reason and the owner in the one end event of session `id`, which is waited for.
    pub(crate) fn end_of(&self, id: &str) -> (String, String) {
        let ends = until("its end is audited", || Some(self.events("session-end", id)).filter(|e| !e.is_empty()));
        assert_eq!(ends.len(), 1, "one end event: {ends:?}");
        let field = |name: &str| ends[0][name].as_str().unwrap_or("").to_owned();
        (field("CORACLE_REASON"), field("CORACLE_USER"))
    }

    /// What the daemon said, and systemd of it, that is an error and was not expected.
    fn errors(&self) -> Vec<String> {
        let unit = ["--priority=err", "_SYSTEMD_UNIT=coracle.service", "+", "UNIT=coracle.service"];
        let lines = self.journal(&unit);
        let said = lines.iter().map(|line| line["MESSAGE"].as_str().unwrap_or("(not text)").to_owned());
        said.filter(|line| !self.expected.iter().any(|words| line.contains(words))).collect()
    }

    fn stop(&self) {
        if self.machine.path("/run/coracle-control/sock").exists() {
            self.machine.root(&["coracle", "end", "--all", "--reason", "shutdown"]);
        }
        self.sh(&format!(
            "systemctl stop {SOCKETS} coracle-unix.socket coracle-https.socket coracle.service; systemctl reset-failed; rm -rf {DROP_INS}; systemctl daemon-reload"
        ));
    }
}

impl Drop for System {
    fn drop(&mut self) {
        let errors = self.errors();
        self.stop();
        if !std::thread::panicking() {
            assert!(errors.is_empty(), "the journal has errors that this test did not expect: {errors:#?}");
        }
    }
}

fn sh(machine: &Machine, line: &str) -> String {
    let ran = machine.root(&["sh", "-c", line]);
    assert_eq!(ran.code, 0, "{line}: {ran:?}");
    ran.out
}

/// The account, its Podman with the session image, and /etc/coracle; once for all tests of a run.
fn account() {
    static ACCOUNT: OnceLock<()> = OnceLock::new();
    ACCOUNT.get_or_init(|| make_account(machine()));
}

fn make_account(machine: &Machine) {
    let (first, last) = (SUBIDS.0, SUBIDS.0 + SUBIDS.1 - 1);
    let port = port();
    sh(machine, &format!(
        "set -e
        systemd-sysusers /usr/lib/sysusers.d/coracle.conf
        usermod --add-subuids {first}-{last} --add-subgids {first}-{last} coracle
        mkdir -p {DISK} /var/lib/coracle
        mountpoint -q /var/lib/coracle || mount --bind {DISK} /var/lib/coracle
        systemd-tmpfiles --create /usr/lib/tmpfiles.d/coracle.conf /usr/lib/tmpfiles.d/coracle-linger.conf
        mkdir -p /etc/systemd/system/coracle.socket.d
        printf '[Socket]\\nListenStream=\\nListenStream=127.0.0.1:{port}\\nTriggerLimitIntervalSec=0\\n' > /etc/systemd/system/coracle.socket.d/bed.conf
        systemctl daemon-reload
        /usr/libexec/coracle/account"
    ));
    let uid = sh(machine, "id -u coracle");
    let socket = machine.path(&format!("/run/user/{}/podman/podman.sock", uid.trim()));
    until("the account's Podman listens", || socket.exists().then_some(()));
    let of = |account: &str, command: &str| {
        format!("systemd-run --user -M {account}@ --wait --collect --pipe --quiet -- {command}")
    };
    let image = &machine.image;
    let (save, load) = (of("tester", &format!("podman save {image}")), of("coracle", "podman load --quiet"));
    sh(machine, &format!("{save} | {load} && {}", of("coracle", &format!("podman image exists {image}"))));
    // As an administrator does it: root, and the file is then root's and readable for the daemon.
    sh(machine, "rm -f /etc/coracle/users");
    for (name, password, groups) in USERS {
        let mut words = vec!["coracle", "passwd", name];
        if !groups.is_empty() {
            words.extend(["--groups", groups]);
        }
        let made = machine.run(&words, &format!("{password}\n"));
        assert_eq!(made.code, 0, "{made:?}");
    }
}
