//! Someone between the daemon and tester's Podman, who spoils one kind of call and passes on all others.

use std::{
    os::unix::fs::PermissionsExt,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional},
    net::{UnixListener, UnixStream},
    sync::watch,
};

use crate::machine::{Machine, PATIENCE};

const PODMAN: &str = "/run/user/1000/podman/podman.sock";
const MEDDLER: &str = "/run/user/1000/meddler.sock";

/// What becomes of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// 500 with words of Podman's kind.
    Refused,
    /// Closed without an answer.
    Closed,
    /// An answer that is none of HTTP.
    Garbage,
    /// 200 and JSON of the wrong kind.
    Nonsense,
    /// 200 and a document that does not end.
    Endless,
    /// The same as the words of a 500.
    EndlessError,
    /// Nothing, until another spell is cast.
    Hangs,
}

/// The call whose first line contains both words, and how often from now on.
#[derive(Debug, Clone, Copy)]
struct Spell {
    words: (&'static str, &'static str),
    fate: Fate,
    times: usize,
}

pub(super) struct Meddler {
    spell: Arc<Mutex<Option<Spell>>>,
    /// Calls spoiled since the last spell.
    spoiled: watch::Sender<usize>,
    /// Changes with each spell.
    epoch: watch::Sender<u64>,
    hides: Arc<AtomicBool>,
    task: tokio::task::JoinHandle<()>,
    file: std::path::PathBuf,
}

impl Meddler {
    /// For `[sessions]`: the daemon takes the meddler for Podman.
    pub(super) fn config() -> String {
        format!("podman_socket = \"{MEDDLER}\"")
    }

    pub(super) fn beside(machine: &Machine) -> Meddler {
        let (file, podman) = (machine.path(MEDDLER), machine.path(PODMAN));
        let _ = std::fs::remove_file(&file); // of an earlier run
        let listener = UnixListener::bind(&file).expect("the machine's tree is writable");
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o666)).expect("own file");
        let (spell, spoiled, epoch) = (Arc::new(Mutex::new(None)), watch::Sender::new(0), watch::Sender::new(0));
        let (of_task, count, epochs) = (spell.clone(), spoiled.clone(), epoch.clone());
        let hides = Arc::new(AtomicBool::new(false));
        let hidden = hides.clone();
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (spell, count, epoch) = (of_task.clone(), count.clone(), epochs.subscribe());
                let (podman, hides) = (podman.clone(), hidden.load(Ordering::Relaxed));
                tokio::spawn(async move {
                    let _ = pass(client, &podman, hides, &spell, &count, epoch).await; // either side may be gone
                });
            }
        });
        Meddler { spell, spoiled, epoch, hides, task, file }
    }

    /// From now on.
    pub(super) fn cast(&self, words: (&'static str, &'static str), fate: Fate, times: usize) {
        *self.spell.lock().unwrap_or_else(PoisonError::into_inner) = Some(Spell { words, fate, times });
        self.spoiled.send_replace(0);
        self.epoch.send_modify(|n| *n += 1);
    }

    /// Whether it keeps to itself where conmon's own socket is, so that terminals are Podman's to give.
    pub(super) fn hides_conmon(&self, hides: bool) {
        self.hides.store(hides, Ordering::Relaxed);
    }

    /// All is well again; what hangs is closed.
    pub(super) fn lift(&self) {
        *self.spell.lock().unwrap_or_else(PoisonError::into_inner) = None;
        self.epoch.send_modify(|n| *n += 1);
    }

    /// Returns when a call was spoiled.
    pub(super) async fn at_work(&self) {
        let mut spoiled = self.spoiled.subscribe();
        let waited = tokio::time::timeout(PATIENCE, spoiled.wait_for(|n| *n > 0)).await;
        waited.unwrap_or_else(|_| panic!("the call never came: {:?}", self.spell)).expect("the meddler lives");
    }
}

impl Drop for Meddler {
    fn drop(&mut self) {
        self.task.abort();
        let _ = std::fs::remove_file(&self.file);
    }
}

async fn pass(
    mut client: UnixStream,
    podman: &std::path::Path,
    hides: bool,
    spell: &Mutex<Option<Spell>>,
    spoiled: &watch::Sender<usize>,
    mut epoch: watch::Receiver<u64>,
) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(client.read_u8().await?);
    }
    let first = String::from_utf8_lossy(&head).lines().next().unwrap_or_default().to_owned();
    let Some(fate) = fate_of(&first, spell) else {
        let mut podman = UnixStream::connect(podman).await?;
        podman.write_all(&head).await?;
        if hides && first.contains("/containers/") && first.contains("/json") {
            return pass_without_place(&mut client, &mut podman).await;
        }
        return copy_bidirectional(&mut client, &mut podman).await.map(drop);
    };
    epoch.mark_unchanged();
    spoiled.send_modify(|n| *n += 1);
    const ENDLESS: &str = "Content-Type: application/json\r\nConnection: close\r\n\r\n[\"";
    match fate {
        Fate::Closed => {}
        Fate::Hangs => drop(epoch.changed().await),
        Fate::Garbage => client.write_all(b"\0\xff\x16\x03\x01 this is not HTTP\r\n\r\n").await?,
        Fate::Refused => {
            let body = r#"{"cause":"a bad day","message":"spoiled on the way","response":500}"#;
            answer(&mut client, "500 Internal Server Error", body).await?;
        }
        Fate::Nonsense => answer(&mut client, "200 OK", r#"{"Id":7,"State":[]}"#).await?,
        Fate::Endless | Fate::EndlessError => {
            let status = if fate == Fate::Endless { "200 OK" } else { "500 Internal Server Error" };
            client.write_all(format!("HTTP/1.1 {status}\r\n{ENDLESS}").as_bytes()).await?;
            let piece = vec![b'x'; 64 << 10];
            while epoch.has_changed().is_ok_and(|changed| !changed) {
                client.write_all(&piece).await?; // fails once the daemon has had enough
            }
        }
    }
    Ok(())
}

/// Passes on what Podman says of a container, but for the name of the directory that conmon works in.
async fn pass_without_place(client: &mut UnixStream, podman: &mut UnixStream) -> std::io::Result<()> {
    const KEY: &[u8] = b"OCIConfigPath";
    let (mut held, mut piece) = (Vec::new(), [0; 16 * 1024]);
    loop {
        let n = podman.read(&mut piece).await?;
        if n == 0 {
            return client.write_all(&held).await;
        }
        held.extend_from_slice(&piece[..n]);
        while let Some(at) = held.windows(KEY.len()).position(|word| word == KEY) {
            held[at] = b'x';
        }
        // The key may go on in the next piece.
        let begun = (1..KEY.len()).rev().find(|&n| held.ends_with(&KEY[..n])).unwrap_or(0);
        client.write_all(&held[..held.len() - begun]).await?;
        held.drain(..held.len() - begun);
    }
}

async fn answer(client: &mut UnixStream, status: &str, body: &str) -> std::io::Result<()> {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    );
    client.write_all(format!("{head}{body}").as_bytes()).await
}

fn fate_of(first: &str, spell: &Mutex<Option<Spell>>) -> Option<Fate> {
    let mut spell = spell.lock().unwrap_or_else(PoisonError::into_inner);
    let spell = spell.as_mut().filter(|s| first.contains(s.words.0) && first.contains(s.words.1) && s.times > 0)?;
    spell.times -= 1;
    Some(spell.fate)
}
