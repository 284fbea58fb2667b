//! The machine as the user `tester` has it, who runs Coracle in user mode there.

use std::time::Duration;

#[path = "../bed/until.rs"]
mod waiting;
pub(crate) use waiting::until;
#[path = "../bed/vm.rs"]
mod vm;
pub(crate) use vm::{cgroup, env, first_process, forward, loses_power, operate, port, sh};

/// How long anything in the machine is waited for.
pub(crate) const PATIENCE: Duration = Duration::from_secs(180);
/// For the browser that logs in as one of these; here the one user is `CORACLE_VM_USER`.
pub(crate) const USERS: [(&str, &str, &str); 0] = [];

/// A shell line in tester's user manager that must succeed; what it printed.
pub(crate) fn user(line: &str) -> String {
    operate("user", &["/bin/sh", "-c", line])
}

/// The values of a field in the journal's records of one session's event, oldest first.
pub(crate) fn journal(session: &str, event: &str, field: &str) -> Vec<String> {
    vm::journal(&format!("_UID=1000 CORACLE_SESSION={session} CORACLE_EVENT={event}"), field)
}

/// The same, once there is at least one.
pub(crate) fn recorded(session: &str, event: &str, field: &str) -> Vec<String> {
    until(&format!("{event} of {session} is in the journal"), || {
        Some(journal(session, event, field)).filter(|values| !values.is_empty())
    })
}

/// What the kernel and the file system hold of sessions: conmon, cgroups, files of the runtime directory, volumes. Cheap
/// to ask; Podman itself takes seconds here. The brackets keep `pgrep` from finding the shell that runs this.
const TRACES: &str = "pgrep -af '[c]onmon.*coracle-'; \
    find /sys/fs/cgroup -path '*coracle-sessions.slice/*' -type d; \
    ls -A /run/user/1000/coracle; \
    ls -A /home/tester/.local/share/containers/storage/volumes 2>/dev/null; true";

pub(crate) fn traces() -> String {
    sh(TRACES)
}

/// Polls until nothing of any session is left.
pub(crate) fn nothing_left() {
    vm::until_gone(TRACES);
    assert_eq!(user("podman ps --all --format '{{.Names}}'"), "", "containers");
}
