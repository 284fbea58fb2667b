//! The door against a real Podman. Ignored where there is none: `make test` runs the unit-test binary with `--ignored` in
//! the machine, as its user; `CORACLE_BED_BUSYBOX` names an image there with `/bin/busybox` and `/bin/sh`.

mod execs;
mod hostile;
mod life;
mod limits;
mod outbound;
mod terminals;
mod wrong;

use std::{
    path::PathBuf,
    process::Command,
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

use super::{Identity, Mapping, Plan, Podman, PodmanError, Prepared, Terminal, labels::container_name, write_seccomp};
use crate::{
    config::Profile,
    session::{SessionId, Size},
};

/// How long anything is waited for.
const PATIENCE: Duration = Duration::from_secs(20);
const SIZE: Size = Size { cols: 120, rows: 40 };

/// A state directory of its own and the account's Podman.
struct Bed {
    podman: Podman,
    identity: Identity,
    _state: tempfile::TempDir,
}

fn busybox() -> String {
    std::env::var("CORACLE_BED_BUSYBOX")
        .expect("CORACLE_BED_BUSYBOX is not set: `make test` runs these tests in the machine")
}

fn runtime_dir() -> PathBuf {
    PathBuf::from(format!("/run/user/{}", rustix::process::geteuid().as_raw()))
}

fn socket() -> PathBuf {
    runtime_dir().join("podman/podman.sock")
}

impl Bed {
    fn new() -> Bed {
        Bed::on(socket())
    }

    fn on(socket: PathBuf) -> Bed {
        let state = tempfile::tempdir_in(runtime_dir()).unwrap();
        let identity = Identity::open(state.path()).unwrap();
        let seccomp = write_seccomp(state.path()).unwrap();
        Bed { podman: Podman::new(socket, identity.clone(), seccomp), identity, _state: state }
    }

    async fn launch(&self, plan: &Plan) -> Result<Prepared, PodmanError> {
        self.podman.launch(plan, |_| ()).await
    }

    /// A shell that runs.
    async fn shell(&self, plan: &Plan) -> (Terminal, super::Conmon) {
        let prepared = self.launch(plan).await.unwrap_or_else(|e| panic!("{e}"));
        prepared.start(SIZE).await.unwrap_or_else(|e| panic!("{e}"))
    }

    async fn end(&self, plan: &Plan, terminal: Terminal) {
        terminal.leave().await;
        self.podman.remove(plan.id).await.unwrap();
        nothing_left(plan.id).await;
    }
}

/// The shipped profile on a small image, without the limits for which the machine has no controllers.
fn plan() -> Plan {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    // Tests may run side by side; four slots' copies of the image are enough.
    in_slot(NEXT.fetch_add(1, Ordering::Relaxed) % 4)
}

fn in_slot(k: u32) -> Plan {
    let shell = super::spec::tests::shell();
    let profile = Profile { image: busybox(), command: vec!["/bin/sh".to_owned()], ..shell };
    Plan {
        id: SessionId::random(),
        profile,
        config_hash: "c0ffee".to_owned(),
        mapping: Mapping::Slot(k),
        backstop: Duration::from_secs(600),
        require_limits: false,
        disk_floor: 0,
    }
}

fn running(script: &str) -> Plan {
    let mut plan = plan();
    plan.profile.command = ["/bin/sh", "-c", script].map(str::to_owned).to_vec();
    plan
}

/// What a command of the account says.
fn said(words: &[&str]) -> String {
    let done = Command::new(words[0]).args(&words[1..]).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    assert!(done.status.success(), "{words:?}: {}", text(&done.stderr));
    text(&done.stdout)
}

async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < deadline, "{what}: not within {PATIENCE:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// No container, no volume, no process of a session, whatever became of it.
async fn nothing_left(id: SessionId) {
    let name = container_name(id);
    let filter = format!("name={name}");
    until("the container is gone", || said(&["podman", "ps", "--all", "--quiet", "--filter", &filter]).is_empty())
        .await;
    until("its processes are gone", || processes(&name).is_empty()).await;
    assert_eq!(said(&["podman", "volume", "ls", "--quiet"]), "", "volumes");
}

/// Command lines in which `text` occurs, this process' own left out.
fn processes(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc").unwrap().flatten() {
        let line = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
        let line = String::from_utf8_lossy(&line).replace('\0', " ");
        if line.contains(text) && entry.file_name().to_string_lossy() != std::process::id().to_string() {
            found.push(line);
        }
    }
    found
}

/// Reads until `text` was seen; returns everything read, it included.
async fn shows(terminal: &Terminal, text: &str) -> String {
    let mut seen = Vec::new();
    let found = tokio::time::timeout(PATIENCE, async {
        while !String::from_utf8_lossy(&seen).contains(text) {
            if !read_some(terminal, &mut seen).await {
                return false;
            }
        }
        true
    });
    let found = found.await;
    let seen = String::from_utf8_lossy(&seen).into_owned();
    assert_eq!(found, Ok(true), "waiting for {text:?}, saw {seen:?}");
    seen
}

/// Reads to the end.
async fn rest(terminal: &Terminal) -> String {
    let mut seen = Vec::new();
    tokio::time::timeout(PATIENCE, async { while read_some(terminal, &mut seen).await {} }).await.expect("no end");
    String::from_utf8_lossy(&seen).into_owned()
}

/// False at the end.
async fn read_some(terminal: &Terminal, seen: &mut Vec<u8>) -> bool {
    let mut buf = [0; 8192];
    loop {
        terminal.readable().await.unwrap();
        match terminal.try_read(&mut buf) {
            Ok(0) => return false,
            Ok(n) => {
                seen.extend_from_slice(&buf[..n]);
                return true;
            }
            Err(e) if e.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(e) => panic!("{e}"),
        }
    }
}

async fn type_in(terminal: &Terminal, text: &str) {
    let mut left = text.as_bytes();
    while !left.is_empty() {
        terminal.writable().await.unwrap();
        match terminal.try_write(left) {
            Ok(n) => left = &left[n..],
            Err(e) if e.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(e) => panic!("{e}"),
        }
    }
}
