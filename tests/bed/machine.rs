//! The machine the tests run against: a booted Debian with systemd, journald and rootless Podman, started by
//! tests/bed/machine.sh. Its network is the host's; its user `tester` runs Coracle in user mode.

use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::OnceLock,
    time::{Duration, SystemTime},
};

#[path = "until.rs"]
mod waiting;
pub(crate) use waiting::until;
#[path = "ran.rs"]
mod ran;
pub(crate) use ran::Ran;
use ran::env;

/// How long anything in the machine is waited for: a hundred times what it takes, for hosts that are busy with others.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);
/// Passwords of the users that every test finds.
pub(crate) const USERS: [(&str, &str, &str); 3] =
    [("alice", "wonderland-1", ""), ("bob", "builder-22", ""), ("root.admin", "keys-of-333", "admin")];

pub(crate) struct Machine {
    /// Host pid of the machine's init.
    pid: String,
    pub(crate) image: String,
    pub(crate) busybox: String,
}

/// The machine, with Coracle's units and users in it. `None` after a message where there is none.
pub(crate) fn machine() -> &'static Machine {
    static MACHINE: OnceLock<Machine> = OnceLock::new();
    MACHINE.get_or_init(|| {
        let machine = Machine {
            pid: env("CORACLE_BED_PID"),
            image: env("CORACLE_BED_IMAGE"),
            busybox: env("CORACLE_BED_BUSYBOX"),
        };
        machine.install(&env("CORACLE_BIN"));
        machine
    })
}

impl Machine {
    /// The image that `image.sh tools` made, loaded for tester; on Debian 13 only, since it is large.
    pub(crate) fn tools_image() -> String {
        env("CORACLE_BED_TOOLS")
    }

    /// `make install` with this program, as a package does it.
    fn install(&self, binary: &str) {
        let done = Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging/install.sh"))
            .env("DESTDIR", self.path(""))
            .env("PREFIX", "/usr")
            .env("BINARY", binary)
            .output()
            .expect("install.sh runs");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }

    /// As root inside; `stdin` is fed to it.
    pub(crate) fn run(&self, words: &[&str], stdin: &str) -> Ran {
        Ran::of(&mut self.inside(words), stdin.as_bytes())
    }

    fn inside(&self, words: &[&str]) -> Command {
        let mut command = Command::new("nsenter");
        command
            .args(["-t", &self.pid, "-a", "--", "env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8"])
            .args(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        command
    }

    /// As root inside.
    pub(crate) fn root(&self, words: &[&str]) -> Ran {
        self.run(words, "")
    }

    /// A shell line as tester, in the user manager's environment; `stdin` is fed to it.
    pub(crate) fn user_with(&self, line: &str, stdin: &str) -> Ran {
        self.run(&as_tester(&line.replace('$', "$$")), stdin)
    }

    /// The same, left running, with its stdin and stdout as pipes and nothing on stderr.
    pub(crate) fn user_begins(&self, line: &str) -> Child {
        let child = self.inside(&as_tester(&line.replace('$', "$$"))).stderr(Stdio::null()).spawn();
        child.expect("nsenter runs")
    }

    pub(crate) fn user(&self, line: &str) -> Ran {
        self.user_with(line, "")
    }

    /// `systemctl --user` of tester.
    pub(crate) fn systemctl(&self, words: &str) -> Ran {
        let mut line = vec!["systemctl", "-M", "tester@", "--user"];
        line.extend(words.split_whitespace());
        self.run(&line, "")
    }

    /// A path inside, as seen from the host.
    pub(crate) fn path(&self, inside: &str) -> PathBuf {
        PathBuf::from(format!("/proc/{}/root{inside}", self.pid))
    }

    /// A file of tester's.
    pub(crate) fn write(&self, inside: &str, text: &str) {
        let ran = self.user_with(&format!("mkdir -p \"$(dirname {inside})\" && cat > {inside}"), text);
        assert_eq!(ran.code, 0, "{inside}: {ran:?}");
    }

    /// Journal entries of Coracle that match `matches` (FIELD=value), oldest first.
    pub(crate) fn journal(&self, matches: &[&str]) -> Vec<serde_json::Value> {
        let mut words = vec!["journalctl", "--output=json", "--all", "--no-pager", "_UID=1000"];
        words.extend(matches);
        let ran = self.run(&words, "");
        ran.out.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }

    /// Pids (inside) of processes whose command line matches the pattern; empty when there are none.
    pub(crate) fn processes(&self, pattern: &str) -> Vec<String> {
        self.root(&["pgrep", "-f", pattern]).out.split_whitespace().map(str::to_owned).collect()
    }

    /// Names of all containers that tester's Podman knows.
    pub(crate) fn containers(&self) -> Vec<String> {
        self.user("podman ps --all --format '{{.Names}}'").out.split_whitespace().map(str::to_owned).collect()
    }
}

/// A shell line in which systemd-run expands no `$`, since they are doubled.
fn as_tester(line: &str) -> [&str; 12] {
    let [run, user, machine, tester] = ["systemd-run", "--user", "-M", "tester@"];
    [run, user, machine, tester, "--wait", "--collect", "--pipe", "--quiet", "--", "/bin/sh", "-c", line]
}

/// From now on, for journalctl; not a cursor, after which journalctl 252 leaves out the first record that matches.
pub(crate) fn since_now() -> String {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("after 1970");
    format!("--since=@{}.{:06}", now.as_secs(), now.subsec_micros())
}
