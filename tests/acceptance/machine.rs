//! The machine, reached by tests/bed/vm.sh, with Coracle as its package's system service; and who sits in front of it.

use std::{collections::BTreeSet, time::Duration};

use crate::browser::{Browser, Terminal};

#[path = "../bed/until.rs"]
mod waiting;
pub(crate) use waiting::until;
#[path = "../bed/vm.rs"]
mod vm;
pub(crate) use vm::{Ran, cgroup, env, first_process, forward, loses_power, operate, port, sh, vm};

/// How long anything in the machine is waited for.
pub(crate) const PATIENCE: Duration = Duration::from_secs(300);
/// Everybody's in the directory; tests/bed/servers/people.py says who is there.
pub(crate) const PASSWORD: &str = "Right.Horse-7";
/// Two of the group `developers`, and nils, who is in no group.
pub(crate) const USERS: [(&str, &str, &str); 3] =
    [("mira", PASSWORD, ""), ("leaver", PASSWORD, ""), ("nils", PASSWORD, "")];

/// A shell line as root inside, which may fail.
pub(crate) fn tried(line: &str) -> Ran {
    vm("run", &["/bin/sh", "-c", line], b"")
}

/// A shell line in the account's own user manager, as the manual says.
pub(crate) fn as_account(line: &str) -> String {
    let line = line.replace('\'', r"'\''").replace('$', "$$"); // systemd-run expands `$`
    sh(&format!("systemd-run --user -M coracle@ --wait --collect --pipe --quiet -- /bin/sh -c '{line}'"))
}

/// A file of root's inside.
pub(crate) fn put(path: &str, mode: &str, text: &str) {
    let line = "mkdir -p \"${1%/*}\" && cat >\"$1\" && chmod \"$2\" \"$1\"";
    let ran = vm("run", &["/bin/sh", "-c", line, "_", path, mode], text.as_bytes());
    assert_eq!(ran.code, 0, "{path}: {ran:?}");
}

/// The values of a field in the journal's records of one session's event, once there is at least one; oldest first.
pub(crate) fn recorded(session: &str, event: &str, field: &str) -> Vec<String> {
    let matches = format!("_SYSTEMD_UNIT=coracle.service CORACLE_SESSION={session} CORACLE_EVENT={event}");
    until(&format!("{event} of {session} is in the journal"), || {
        Some(vm::journal(&matches, field)).filter(|values| !values.is_empty())
    })
}

/// Reads a terminal to its end, and checks that it was told no other reason than this. One that nobody read for a while, or
/// whose road was closed first, has heard none; so the journal is to be asked, too.
pub(crate) async fn ends_for(mut terminal: Terminal, reason: &str) {
    while tokio::time::timeout(PATIENCE, terminal.step()).await.expect("its connection ends") {}
    let told = terminal.frames.iter().find(|frame| frame["type"] == "ended").map(|frame| frame["reason"].clone());
    assert!(told.as_ref().is_none_or(|told| told == reason), "{told:?}");
}

/// What the kernel and the file system hold of sessions: conmon, cgroups, files. Cheap to ask; Podman itself takes seconds.
const TRACES: &str = "pgrep -af '[c]onmon.*coracle-'; \
    find /sys/fs/cgroup -path '*coracle-sessions.slice/*' -type d; \
    ls -A /run/coracle /var/lib/coracle/state/live 2>/dev/null | grep -v -e ':$' -e '^$'; true";

/// Polls until nothing of any session is left.
pub(crate) fn nothing_left() {
    vm::until_gone(TRACES);
    assert_eq!(as_account("podman ps --all --format '{{.Names}}'; podman volume ls --quiet"), "", "containers");
}

/// Somebody with a browser, and the session that is theirs in this story, if any.
pub(crate) struct Person {
    name: &'static str,
    browser: Option<Browser>,
    session: Option<String>,
}

impl Person {
    fn of(name: &'static str) -> Person {
        Person { name, browser: None, session: None }
    }

    /// Their browser, logged in.
    pub(crate) async fn browser(&mut self) -> &Browser {
        let in_already = match &self.browser {
            Some(browser) => browser.get("/api/v1/me").await.status == 200,
            None => false,
        };
        if !in_already {
            self.browser = Some(Browser::of(self.name).await);
        }
        self.browser.as_ref().expect("just made")
    }

    /// Their session, the one from before where it still lives, with a terminal at its prompt.
    pub(crate) async fn shell(&mut self) -> (String, Terminal) {
        let known = self.session.take();
        let browser = self.browser().await;
        let alive: Vec<String> = browser.sessions().await.into_iter().map(|(id, _)| id).collect();
        let (id, terminal) = match known.filter(|id| alive.contains(id)) {
            Some(id) => {
                let mut terminal = browser.terminal(&id).await;
                terminal.prompt().await;
                (id, terminal)
            }
            None => browser.shell().await,
        };
        self.session = Some(id.clone());
        (id, terminal)
    }

    /// A new session of theirs, and its terminal from the first frame on.
    pub(crate) async fn begins(&mut self) -> (String, Terminal) {
        self.leaves().await;
        let browser = self.browser().await;
        let id = browser.new_session().await;
        let terminal = browser.terminal(&id).await;
        self.session = Some(id.clone());
        (id, terminal)
    }

    /// Ends their session, if there is one.
    pub(crate) async fn leaves(&mut self) {
        let Some(id) = self.session.take() else { return };
        let answer = self.browser().await.delete(&format!("/api/v1/sessions/{id}")).await;
        assert!([204, 404].contains(&answer.status), "{answer:?}");
    }
}

/// What one check leaves to the next.
pub(crate) struct World {
    pub(crate) mira: Person,
    pub(crate) leaver: Person,
    /// The machine's files and accounts before it had the package.
    pub(crate) before: BTreeSet<String>,
}

impl World {
    pub(crate) fn new() -> World {
        World { mira: Person::of("mira"), leaver: Person::of("leaver"), before: BTreeSet::new() }
    }
}
