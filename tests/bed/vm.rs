//! The machine of tests/bed/vm.sh that `CORACLE_MACHINE_NAME` names, from outside; for every test binary that looks at one. It
//! may be emulated in software: everything takes its time.

use std::{path::Path, process::Command, time::Instant};

use super::PATIENCE;

#[path = "ran.rs"]
mod ran;
pub(crate) use ran::{Ran, env};

/// A verb of vm.sh for this machine, with something on its standard input.
pub(crate) fn vm(verb: &str, words: &[&str], stdin: &[u8]) -> Ran {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bed/vm.sh");
    Ran::of(Command::new(script).args([verb, &env("CORACLE_MACHINE_NAME")]).args(words), stdin)
}

/// The same, which must succeed; what it printed.
pub(crate) fn operate(verb: &str, words: &[&str]) -> String {
    let ran = vm(verb, words, b"");
    assert_eq!(ran.code, 0, "{verb} {words:?}: {ran:?}");
    ran.out.trim().to_owned()
}

/// A shell line as root inside that must succeed; what it printed.
pub(crate) fn sh(line: &str) -> String {
    operate("run", &["/bin/sh", "-c", line])
}

/// Polls until a shell line as root prints nothing, which it does for what should not be there.
pub(crate) fn until_gone(line: &str) {
    let began = Instant::now();
    loop {
        let left = sh(line);
        if left.is_empty() {
            return;
        }
        assert!(began.elapsed() < PATIENCE, "left after {PATIENCE:?}: {left}");
    }
}

/// Where the browser finds the service: on the machine's loopback, to which the host's port of the same number leads.
pub(crate) fn port() -> u16 {
    env("CORACLE_MACHINE_PORT").parse().expect("CORACLE_MACHINE_PORT is a port")
}

/// The host's port leads to the service, from now until the machine boots anew.
pub(crate) fn forward() {
    operate("forward", &[&port().to_string()]);
}

/// The power fails, and comes back: the machine boots from what is on its disk. Other runs sweep at any time what nobody
/// owns, and this one does so meanwhile.
pub(crate) fn loses_power() {
    operate("cut", &[]);
    let sweep = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bed/machine.sh");
    let ran = Ran::of(Command::new(sweep).arg("sweep"), b"");
    assert_eq!(ran.code, 0, "{ran:?}");
    operate("again", &[]);
}

/// The values of a field in the records that this `journalctl --output=json` prints, oldest first.
pub(crate) fn journal(matches: &str, field: &str) -> Vec<String> {
    let records = sh(&format!("journalctl --output=json --all --no-pager --quiet {matches}"));
    let value = |line: &str| -> String {
        let record: serde_json::Value = serde_json::from_str(line).expect("journalctl speaks JSON");
        record[field].as_str().unwrap_or_default().to_owned()
    };
    records.lines().map(value).collect()
}

/// Pid, in the machine, of the first process of a session. The brackets keep `pgrep` from finding the shell that runs this.
pub(crate) fn first_process(session: &str) -> String {
    sh(&format!("pgrep -P $(pgrep -of '[c]onmon.*coracle-{session} ') | head -n 1"))
}

/// A file of the cgroup of a session, as root sees it.
pub(crate) fn cgroup(session: &str, file: &str) -> String {
    sh(&format!("cat /sys/fs/cgroup$(cut -d: -f3 /proc/{}/cgroup)/{file}", first_process(session)))
}
