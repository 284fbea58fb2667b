//! The machine, reached by tests/bed/vm.sh, with Coracle as its package's system service; and who sits in front of it.

use std::{
    collections::BTreeSet,
    io::Write,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use crate::browser::{Browser, Terminal};

#[path = "../bed/until.rs"]
mod waiting;
pub(crate) use waiting::until;

/// How long anything in the machine is waited for.
pub(crate) const PATIENCE: Duration = Duration::from_secs(300);
/// Everybody's in the directory; tests/bed/servers/people.py says who is there.
pub(crate) const PASSWORD: &str = "Right.Horse-7";
/// Two of the group `developers`, and nils, who is in no group.
pub(crate) const USERS: [(&str, &str, &str); 3] =
    [("mira", PASSWORD, ""), ("leaver", PASSWORD, ""), ("nils", PASSWORD, "")];

pub(crate) fn env(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| {
        panic!("{name} is not set: these tests are run by `make test-machine`, which boots a machine")
    })
}

/// What a command said.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    #[expect(dead_code, reason = "is shown where a check fails")]
    pub(crate) err: String,
}

/// A verb of vm.sh for this machine, with something on its standard input.
pub(crate) fn vm(verb: &str, words: &[&str], stdin: &[u8]) -> Ran {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bed/vm.sh");
    let mut child = Command::new(script)
        .args([verb, &env("CORACLE_MACHINE_NAME")])
        .args(words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("vm.sh runs");
    let mut pipe = child.stdin.take().expect("piped");
    let stdin = stdin.to_vec();
    let writer = std::thread::spawn(move || pipe.write_all(&stdin).ok()); // who reads none of it closes it
    let done = child.wait_with_output().expect("vm.sh ends");
    writer.join().expect("it writes or it does not");
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Ran { code: done.status.code().unwrap_or(-1), out: text(done.stdout), err: text(done.stderr) }
}

/// A shell line as root inside.
pub(crate) fn tried(line: &str) -> Ran {
    vm("run", &["env", "DEBIAN_FRONTEND=noninteractive", "/bin/sh", "-c", line], b"")
}

/// A shell line as root inside that must succeed; what it printed.
pub(crate) fn sh(line: &str) -> String {
    let ran = tried(line);
    assert_eq!(ran.code, 0, "{line}: {ran:?}");
    ran.out.trim().to_owned()
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

/// The host's port leads to the service, from now until the machine boots anew.
pub(crate) fn forward() {
    let ran = vm("forward", &[&env("CORACLE_MACHINE_PORT")], b"");
    assert_eq!(ran.code, 0, "{ran:?}");
}

/// The values of a field in the journal's records of one session's event, once there is at least one; oldest first.
pub(crate) fn recorded(session: &str, event: &str, field: &str) -> Vec<String> {
    let line = format!(
        "journalctl --output=json --all --no-pager --quiet _SYSTEMD_UNIT=coracle.service CORACLE_SESSION={session} CORACLE_EVENT={event}"
    );
    let value = |line: &str| -> String {
        let record: serde_json::Value = serde_json::from_str(line).expect("journalctl speaks JSON");
        record[field].as_str().unwrap_or_default().to_owned()
    };
    let records =
        until(&format!("{event} of {session} is in the journal"), || Some(sh(&line)).filter(|s| !s.is_empty()));
    records.lines().map(value).collect()
}

/// A file of the cgroup of a session, as root sees it.
pub(crate) fn cgroup(session: &str, file: &str) -> String {
    sh(&format!("cat /sys/fs/cgroup$(cut -d: -f3 /proc/{}/cgroup)/{file}", first_process(session)))
}

/// Pid, in the machine, of the first process of a session. The brackets keep `pgrep` from finding the shell that runs this.
pub(crate) fn first_process(session: &str) -> String {
    sh(&format!("pgrep -P $(pgrep -of '[c]onmon.*coracle-{session} ') | head -n 1"))
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
    let mut left = String::new();
    let began = Instant::now();
    while began.elapsed() < PATIENCE {
        left = sh(TRACES);
        if left.is_empty() {
            assert_eq!(as_account("podman ps --all --format '{{.Names}}'; podman volume ls --quiet"), "", "containers");
            return;
        }
    }
    panic!("left after {PATIENCE:?}: {left}");
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
