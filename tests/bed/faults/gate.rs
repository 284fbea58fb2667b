//! Someone between the daemon and its Podman who passes everything on, and kills the daemon at one moment of one call.

use std::{
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use rustix::process::{Pid, Signal, kill_process};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWriteExt, copy, copy_bidirectional},
    net::{UnixListener, UnixStream},
    sync::watch,
};

use super::site::Site;
use crate::machine::PATIENCE;

/// Reachable from within the system service's sandbox, too.
const GATE: &str = "/run/coracle-gate.sock";
/// Bytes of an answer's first piece; an answer of Podman that matters here is smaller.
const PIECE: usize = 64 << 10;

/// When, in the course of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moment {
    /// Podman knows nothing of it.
    Asked,
    /// Podman has done it; the daemon was not told.
    Done,
    /// The daemon was told just now.
    Answered,
}

impl Moment {
    pub(super) const ALL: [Moment; 3] = [Moment::Asked, Moment::Done, Moment::Answered];
}

/// The call whose first line contains both words.
pub(super) type Call = (&'static str, &'static str);

type Order = Arc<Mutex<Option<(Call, Moment)>>>;

pub(super) struct Gate {
    order: Order,
    /// Daemons killed so far.
    kills: watch::Sender<usize>,
    task: tokio::task::JoinHandle<()>,
    file: PathBuf,
}

impl Gate {
    /// For `[sessions]`: the daemon takes the gate for Podman.
    pub(super) fn config() -> String {
        format!("podman_socket = \"{GATE}\"")
    }

    pub(super) fn before(site: &Site) -> Gate {
        let machine = site.machine();
        let (file, podman) = (machine.path(GATE), machine.path(&site.podman_socket()));
        let _ = std::fs::remove_file(&file); // of an earlier run
        let listener = UnixListener::bind(&file).expect("the machine's tree is writable");
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o666)).expect("own file");
        let (order, kills) = (Order::default(), watch::Sender::new(0));
        let (of_task, count) = (order.clone(), kills.clone());
        let task = tokio::spawn(async move {
            while let Ok((daemon, _)) = listener.accept().await {
                let (order, count, podman) = (of_task.clone(), count.clone(), podman.clone());
                tokio::spawn(async move {
                    let _ = pass(daemon, &podman, &order, &count).await; // either side may be gone
                });
            }
        });
        Gate { order, kills, task, file }
    }

    /// The next such call costs the daemon its life. Orders do not pile up.
    pub(super) fn kill_at(&self, call: Call, moment: Moment) {
        *self.order.lock().unwrap_or_else(PoisonError::into_inner) = Some((call, moment));
    }

    /// Returns once there were so many kills in all.
    pub(super) async fn has_killed(&self, times: usize) {
        let mut kills = self.kills.subscribe();
        let waited = tokio::time::timeout(PATIENCE, kills.wait_for(|n| *n >= times)).await;
        waited.unwrap_or_else(|_| panic!("the call never came: {:?}", self.order)).expect("the gate lives");
    }

    pub(super) fn kills(&self) -> usize {
        *self.kills.borrow()
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.task.abort();
        let _ = std::fs::remove_file(&self.file);
    }
}

async fn pass(
    mut daemon: UnixStream,
    podman: &Path,
    order: &Order,
    kills: &watch::Sender<usize>,
) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(daemon.read_u8().await?);
    }
    let first = String::from_utf8_lossy(&head).lines().next().unwrap_or_default().to_owned();
    let moment = moment_of(&first, order);
    if moment == Some(Moment::Asked) {
        return kill(&daemon, kills);
    }
    let mut podman = UnixStream::connect(podman).await?;
    podman.write_all(&head).await?;
    if moment.is_none() {
        return copy_bidirectional(&mut daemon, &mut podman).await.map(drop);
    }
    let peer = daemon.peer_cred()?.pid();
    let ((mut from_daemon, mut to_daemon), (mut from_podman, mut to_podman)) = (daemon.split(), podman.split());
    let answer = tokio::select! {
        answer = first_piece(&mut from_podman) => answer?,
        // A body; what ends before the answer is the daemon's own doing.
        sent = copy(&mut from_daemon, &mut to_podman) => return sent.map(drop),
    };
    if moment == Some(Moment::Answered) {
        to_daemon.write_all(&answer).await?;
    }
    kill_pid(peer, kills)
}

/// What comes first of an answer: Podman writes its head once it is done.
async fn first_piece(podman: &mut (impl AsyncRead + Unpin)) -> std::io::Result<Vec<u8>> {
    let mut piece = vec![0; PIECE];
    let length = podman.read(&mut piece).await?;
    piece.truncate(length);
    Ok(piece)
}

fn kill(daemon: &UnixStream, kills: &watch::Sender<usize>) -> std::io::Result<()> {
    kill_pid(daemon.peer_cred()?.pid(), kills)
}

/// The peer's pid, as the kernel tells it in this process' own terms, is the daemon's: only it talks to the gate.
fn kill_pid(pid: Option<i32>, kills: &watch::Sender<usize>) -> std::io::Result<()> {
    let pid = pid.and_then(Pid::from_raw).expect("the kernel knows who asks");
    kill_process(pid, Signal::KILL)?;
    kills.send_modify(|n| *n += 1);
    Ok(())
}

fn moment_of(first: &str, order: &Order) -> Option<Moment> {
    let mut order = order.lock().unwrap_or_else(PoisonError::into_inner);
    let ((one, other), moment) = (*order)?;
    if !(first.contains(one) && first.contains(other)) {
        return None;
    }
    *order = None;
    Some(moment)
}
