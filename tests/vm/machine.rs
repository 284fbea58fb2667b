//! The machine, reached by tests/bed/vm.sh; its user `tester` runs Coracle in user mode.

use std::{
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

/// How long anything in the machine is waited for.
pub(crate) const PATIENCE: Duration = Duration::from_secs(180);
/// For the browser that logs in as one of these; here the one user is `CORACLE_VM_USER`.
pub(crate) const USERS: [(&str, &str, &str); 0] = [];

pub(crate) fn env(name: &str) -> String {
    std::env::var(name)
        .unwrap_or_else(|_| panic!("{name} is not set: these tests are run by `make test`, which boots a machine"))
}

/// `vm.sh VERB NAME WORDS...`; what it says.
fn operate(verb: &str, words: &[&str]) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bed/vm.sh");
    let done = Command::new(script).arg(verb).arg(env("CORACLE_VM_NAME")).args(words).output().expect("vm.sh runs");
    assert!(done.status.success(), "{verb} {words:?}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8_lossy(&done.stdout).trim().to_owned()
}

/// What a shell line says, run as `who` inside: `run` for root, `user` for tester.
fn inside(who: &str, line: &str) -> String {
    operate(who, &["/bin/sh", "-c", line])
}

/// The power fails, and comes back: the machine boots from what is on its disk, and the port leads to it again.
pub(crate) fn loses_power() {
    operate("cut", &[]);
    operate("again", &[]);
    operate("forward", &[&env("CORACLE_VM_PORT")]);
}

/// As tester, in the user manager.
pub(crate) fn user(line: &str) -> String {
    inside("user", line)
}

/// As root.
pub(crate) fn root(line: &str) -> String {
    inside("run", line)
}

/// The values of a field in the journal's records of one session's event, oldest first.
pub(crate) fn journal(session: &str, event: &str, field: &str) -> Vec<String> {
    let line = format!(
        "journalctl --output=json --all --no-pager --quiet _UID=1000 CORACLE_SESSION={session} CORACLE_EVENT={event}"
    );
    let records = root(&line);
    let value =
        |line: &str| serde_json::from_str::<serde_json::Value>(line).expect("journalctl speaks JSON")[field].clone();
    records.lines().map(|line| value(line).as_str().unwrap_or_default().to_owned()).collect()
}

/// The same, once there is at least one.
pub(crate) fn recorded(session: &str, event: &str, field: &str) -> Vec<String> {
    let mut values = Vec::new();
    until(&format!("{event} of {session} is in the journal"), || {
        values = journal(session, event, field);
        !values.is_empty()
    });
    values
}

/// What the kernel and the file system hold of sessions: conmon, cgroups, files of the runtime directory, volumes. Cheap
/// to ask; Podman itself takes seconds here. The brackets keep `pgrep` from finding the shell that runs this.
const TRACES: &str = "pgrep -af '[c]onmon.*coracle-'; \
    find /sys/fs/cgroup -path '*coracle-sessions.slice/*' -type d; \
    ls -A /run/user/1000/coracle; \
    ls -A /home/tester/.local/share/containers/storage/volumes 2>/dev/null; true";

pub(crate) fn traces() -> String {
    root(TRACES)
}

/// A file of the cgroup of the one session there is, as root sees it.
pub(crate) fn cgroup(file: &str) -> String {
    root(&format!("cat $(find /sys/fs/cgroup -path '*coracle-sessions.slice/*/container/{file}')"))
}

/// Makes an empty file in the one session there is.
pub(crate) fn touch_inside(path: &str) {
    let processes = cgroup("cgroup.procs");
    let first = processes.lines().next().expect("a session runs");
    root(&format!("nsenter --target {first} --user --mount /bin/busybox touch {path}")); // the host's root owns nothing in there
}

/// Asks until it is so; where processors are emulated, each time takes a while.
pub(crate) fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < PATIENCE, "waited {PATIENCE:?} in vain until {what}");
    }
}

/// Polls until nothing of any session is left.
pub(crate) fn nothing_left() {
    let began = Instant::now();
    loop {
        let left = traces();
        if left.is_empty() {
            break;
        }
        assert!(began.elapsed() < PATIENCE, "left after {PATIENCE:?}: {left}");
    }
    assert_eq!(user("podman ps --all --format '{{.Names}}'"), "", "containers");
}
