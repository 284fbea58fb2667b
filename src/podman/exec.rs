//! A command inside a running container, beside its shell: Podman's exec. The process gets what the shell got, so paths,
//! links and rights are the kernel's business inside.
//!
//! An exec that came over the API leaves two conmons behind that sleep for five minutes, and the engine's note of it. Both
//! are cleared away here, whether the command came to its end or was given up.

use std::{io, time::Duration};

use bytes::{Buf, Bytes, BytesMut};
use containers_api::conn::hyper as h014;
use rustix::process::{Signal, pidfd_send_signal};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::unix::{OwnedReadHalf, OwnedWriteHalf},
    time::{Instant, sleep},
};

use super::{
    Podman, PodmanError,
    conmon::open_pidfd,
    door::{CALL, expect},
    labels::container_name,
};
use crate::session::SessionId;

const STEP: &str = "exec";
/// The runtime enters the container and starts the command.
const START: Duration = Duration::from_secs(20);
/// How long a command that was given up may take to notice that its input is over, and to tidy up.
const NOTICING: Duration = Duration::from_secs(2);
/// From SIGKILL to an end that is known.
const DYING: Duration = Duration::from_secs(2);
/// Podman's cleanup of an exec: 0.2 s where nothing else is going on.
const CLEANUP: Duration = Duration::from_secs(10);
/// Between two questions to Podman, each of which is a line in its journal.
const ASK_AGAIN: Duration = Duration::from_millis(100);
/// Between two looks at the processes.
const PAUSE: Duration = Duration::from_millis(20);
/// Bytes of a piece of output that Podman announces; conmon reads 8 KiB at a time.
const MAX_FRAME: usize = 1 << 20;
/// Bytes of error output that are kept.
const MAX_ERRORS: usize = 2048;
/// Bytes that one read takes at most.
const READ: usize = 64 * 1024;

/// A command that runs in a session's container. Dropped, it is given up: its input ends, it is killed if that does not
/// end it, and what Podman keeps of it is cleared away.
pub(crate) struct Exec {
    /// `None` once its input is over.
    input: Option<OwnedWriteHalf>,
    output: OwnedReadHalf,
    frames: Frames,
    errors: Vec<u8>,
    leash: Leash,
}

/// See [`Podman::exec`].
pub(super) async fn run(
    podman: &Podman,
    id: SessionId,
    command: &[&str],
    place: Box<dyn Send>,
) -> Result<Exec, PodmanError> {
    let door = &podman.0.door;
    let endpoint = format!("/containers/{}/exec", container_name(id));
    let wanted = json!({
        "Cmd": command,
        "AttachStdin": true,
        "AttachStdout": true,
        "AttachStderr": true,
        "Tty": false,
        "Privileged": false,
        "DetachKeys": "",
    });
    let answer = door.send(STEP, id.as_str(), h014::Method::POST, &endpoint, wanted, CALL).await?;
    expect(STEP, id.as_str(), &answer, 201)?;
    let exec = made(id, &answer.body)?;
    let leash = Leash { podman: podman.clone(), id, exec: Some((exec.clone(), place)) };
    let endpoint = format!("/exec/{exec}/start");
    let how = json!({ "Detach": false, "Tty": false });
    let (socket, early) = door.hijack(STEP, id, &endpoint, how, START).await?;
    let (output, input) = socket.into_split();
    Ok(Exec { input: Some(input), output, frames: Frames::new(&early), errors: Vec::new(), leash })
}

/// The engine's id of a new exec: it goes into paths of later calls, so it must look like one.
fn made(id: SessionId, body: &[u8]) -> Result<String, PodmanError> {
    let told: Value = serde_json::from_slice(body).unwrap_or(Value::Null);
    let exec = told["Id"].as_str().unwrap_or_default();
    if exec.len() == 64 && exec.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Ok(exec.to_owned());
    }
    Err(PodmanError::Broken { step: STEP, id: id.to_string(), why: "no id in the answer".to_owned() })
}

impl Exec {
    /// Gives it all of `bytes`, unless it says something meanwhile: then that. Waits while it does neither. May be dropped
    /// half-way; what was not given is left in `bytes`.
    ///
    /// # Errors
    /// Also when it has come to its end without having read everything.
    pub(crate) async fn write_or_read(&mut self, bytes: &mut Bytes) -> io::Result<Option<Bytes>> {
        while bytes.has_remaining() {
            let Exec { input, output, frames, .. } = self;
            let input = input.as_mut().ok_or(io::ErrorKind::BrokenPipe)?;
            tokio::select! {
                written = input.write_buf(bytes) => drop(written?),
                ready = output.readable() => {
                    ready?;
                    frames.buf.reserve(READ);
                    match output.try_read_buf(&mut frames.buf) {
                        Ok(0) => return Err(io::ErrorKind::BrokenPipe.into()),
                        Ok(_) => if let Some(said) = self.heard()? { return Ok(Some(said)) },
                        Err(e) if e.kind() == io::ErrorKind::WouldBlock => {}
                        Err(e) => return Err(e),
                    }
                }
            }
        }
        Ok(None)
    }

    /// Its input is over.
    pub(crate) fn close_input(&mut self) {
        self.input = None; // shuts the socket down in this direction
    }

    /// The next piece of what it writes; `None` when it has come to its end. May be dropped half-way.
    pub(crate) async fn read(&mut self) -> io::Result<Option<Bytes>> {
        loop {
            if let Some(said) = self.heard()? {
                return Ok(Some(said));
            }
            self.frames.buf.reserve(READ);
            if self.output.read_buf(&mut self.frames.buf).await? == 0 {
                return Ok(None);
            }
        }
    }

    /// What of its output was read already; its error output is put aside.
    fn heard(&mut self) -> io::Result<Option<Bytes>> {
        while let Some((stream, bytes)) = self.frames.next()? {
            match stream {
                Stream::Output => return Ok(Some(bytes)),
                Stream::Errors => {
                    let room = MAX_ERRORS.saturating_sub(self.errors.len());
                    self.errors.extend_from_slice(&bytes[..bytes.len().min(room)]);
                }
            }
        }
        Ok(None)
    }

    /// The beginning of what it wrote to its error output so far: somebody's bytes.
    pub(crate) fn errors(&self) -> &[u8] {
        &self.errors
    }

    /// Gives it up, if it has not ended, and returns when nothing of it is left.
    pub(crate) async fn end(self) {
        let Exec { input, output, mut leash, .. } = self;
        drop((input, output)); // a stream that nobody reads would keep conmon from everything else
        if let Some((exec, place)) = leash.exec.take() {
            // In a task of its own: whoever waits may go away.
            let (podman, id) = (leash.podman.clone(), leash.id);
            let _ = tokio::spawn(forget(podman, id, exec, place)).await;
        }
    }
}

/// What is to be cleared away at the end, in whatever way that comes.
struct Leash {
    podman: Podman,
    id: SessionId,
    exec: Option<(String, Box<dyn Send>)>,
}

impl Drop for Leash {
    fn drop(&mut self) {
        // Without a runtime the daemon goes down: the next one sweeps.
        let (Some((exec, place)), Ok(runtime)) = (self.exec.take(), tokio::runtime::Handle::try_current()) else {
            return;
        };
        runtime.spawn(forget(self.podman.clone(), self.id, exec, place));
    }
}

/// Once its stream is closed: until neither the process nor anything of Podman's is left.
async fn forget(podman: Podman, id: SessionId, exec: String, place: Box<dyn Send>) {
    if !over_within(NOTICING, &podman, id, &exec).await {
        kill(&podman, id, &exec).await;
        over_within(DYING, &podman, id, &exec).await;
    }
    dismiss(|line| belongs(line, &exec)).await;
    drop(place);
}

/// Whether the process ends in time.
async fn over_within(limit: Duration, podman: &Podman, id: SessionId, exec: &str) -> bool {
    let deadline = Instant::now() + limit;
    while running(podman, id, exec).await.is_some() {
        if Instant::now() >= deadline {
            return false;
        }
        sleep(ASK_AGAIN).await;
    }
    true
}

/// The process' pid while it runs, as far as Podman knows.
async fn running(podman: &Podman, id: SessionId, exec: &str) -> Option<i32> {
    let endpoint = format!("/exec/{exec}/json");
    let answer = podman.0.door.send(STEP, id.as_str(), h014::Method::GET, &endpoint, Value::Null, CALL).await.ok()?;
    let told: Value = serde_json::from_slice(&answer.body).ok()?;
    let pid = told["Pid"].as_i64().and_then(|pid| i32::try_from(pid).ok()).unwrap_or(0);
    (told["Running"] == true).then_some(pid)
}

/// Kills the process itself; its container goes on.
async fn kill(podman: &Podman, id: SessionId, exec: &str) {
    let Some(pid) = running(podman, id, exec).await else { return };
    let Ok(pidfd) = open_pidfd(pid) else { return };
    // Pids are used again: it is the process only if its parent is the conmon that was started for it.
    let is_it = parent(pid).and_then(command_line).is_some_and(|line| belongs(&line, exec));
    if is_it {
        let _ = pidfd_send_signal(&pidfd, Signal::KILL); // over meanwhile is what is wanted
    }
}

/// What commands of an earlier daemon left of a session's container; nothing is done where nothing is.
pub(super) async fn sweep(id: SessionId) {
    let name = container_name(id);
    dismiss(|line| is_of(line, &name)).await;
}

/// Ends every conmon of an exec whose command line is `wanted`. TERM goes on to a process that still runs; a conmon whose
/// process is over wakes from its five minutes, and Podman's cleanup, which it was waiting with, removes the exec: at once
/// on 4.3 (whose API has no other way) and on 5.4.
async fn dismiss(wanted: impl Fn(&[u8]) -> bool) {
    for (signal, limit) in [(Signal::TERM, CLEANUP), (Signal::KILL, DYING)] {
        let deadline = Instant::now() + limit;
        while Instant::now() < deadline {
            let found = conmons(&wanted);
            if found.is_empty() {
                return;
            }
            for pid in found {
                let Ok(pidfd) = open_pidfd(pid) else { continue };
                // Still the same process, now that the handle holds it.
                if command_line(pid).is_some_and(|line| wanted(&line)) {
                    let _ = pidfd_send_signal(&pidfd, signal);
                }
            }
            sleep(PAUSE).await;
        }
    }
}

fn conmons(wanted: impl Fn(&[u8]) -> bool) -> Vec<i32> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter(|pid| command_line(*pid).is_some_and(|line| wanted(&line))).collect()
}

fn command_line(pid: i32) -> Option<Vec<u8>> {
    std::fs::read(format!("/proc/{pid}/cmdline")).ok()
}

fn parent(pid: i32) -> Option<i32> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix("PPid:"))?.trim().parse().ok()
}

/// conmon is started for an exec as `conmon … -u EXEC … -n NAME … --exec-attach …`.
fn belongs(line: &[u8], exec: &str) -> bool {
    is_exec(line) && value(line, b"-u") == Some(exec.as_bytes())
}

/// The conmon of any exec in the container of this name.
fn is_of(line: &[u8], name: &str) -> bool {
    is_exec(line) && value(line, b"-n") == Some(name.as_bytes())
}

fn is_exec(line: &[u8]) -> bool {
    let mut arguments = line.split(|b| *b == 0);
    let program = arguments.next().unwrap_or_default();
    program.ends_with(b"conmon") && arguments.any(|argument| argument == b"--exec-attach")
}

fn value<'l>(line: &'l [u8], key: &[u8]) -> Option<&'l [u8]> {
    let mut arguments = line.split(|b| *b == 0);
    arguments.find(|argument| *argument == key)?;
    arguments.next()
}

/// Where a piece of output comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stream {
    Output,
    Errors,
}

/// Podman's framing of two streams in one: a byte that says which, three zeros, four bytes of length, the piece.
struct Frames {
    buf: BytesMut,
    /// Of the frame that has begun: whose it is, and bytes to come.
    open: Option<(Stream, usize)>,
}

impl Frames {
    fn new(early: &[u8]) -> Frames {
        Frames { buf: BytesMut::from(early), open: None }
    }

    /// The next piece that is there, whole frame or not; `None`: more must be read.
    fn next(&mut self) -> io::Result<Option<(Stream, Bytes)>> {
        loop {
            if let Some((stream, left)) = self.open {
                if self.buf.is_empty() {
                    return Ok(None);
                }
                let piece = self.buf.split_to(left.min(self.buf.len())).freeze();
                self.open = Some((stream, left - piece.len())).filter(|(_, left)| *left > 0);
                return Ok(Some((stream, piece)));
            }
            let Some(head) = self.buf.first_chunk::<8>().copied() else { return Ok(None) };
            let [which, 0, 0, 0, length @ ..] = head else { return Err(misframed()) };
            let length = u32::from_be_bytes(length) as usize;
            let stream = match which {
                1 => Stream::Output,
                2 => Stream::Errors,
                _ => return Err(misframed()),
            };
            if length > MAX_FRAME {
                return Err(misframed());
            }
            self.buf.advance(8);
            self.open = Some((stream, length)).filter(|(_, length)| *length > 0);
        }
    }
}

fn misframed() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "Podman's stream of a command makes no sense")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(frames: &mut Frames) -> Vec<(Stream, String)> {
        let text = |bytes: Bytes| String::from_utf8(bytes.to_vec()).unwrap();
        std::iter::from_fn(|| frames.next().unwrap()).map(|(stream, bytes)| (stream, text(bytes))).collect()
    }

    #[test]
    fn two_streams_are_told_apart_wherever_the_bytes_are_cut() {
        let whole = b"\x01\0\0\0\0\0\0\x03one\x02\0\0\0\0\0\0\0\x02\0\0\0\0\0\0\x02er\x01\0\0\0\0\0\0\x01!";
        for cut in 0..whole.len() {
            let mut frames = Frames::new(&whole[..cut]);
            let mut seen = pieces(&mut frames);
            frames.buf.extend_from_slice(&whole[cut..]);
            seen.extend(pieces(&mut frames));
            let of = |wanted| seen.iter().filter(|(s, _)| *s == wanted).map(|(_, t)| t.as_str()).collect::<String>();
            assert_eq!((of(Stream::Output).as_str(), of(Stream::Errors).as_str()), ("one!", "er"), "cut at {cut}");
        }
    }

    #[test]
    fn a_stream_that_podman_would_not_write_is_refused() {
        for bad in [b"\x03\0\0\0\0\0\0\x01x", b"\x01\x01\0\0\0\0\0\x01x", b"\x01\0\0\0\xff\0\0\x01x", b"HTTP/1.1 "] {
            assert!(Frames::new(bad).next().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn only_the_conmon_of_an_exec_is_ever_dismissed() {
        let line = |rest: &str| format!("/usr/bin/conmon\0-c\x004b9d\0-n\0coracle-x\0{rest}").into_bytes();
        let exec = line("-u\0c0ffee\0-r\0/usr/bin/crun\0--exec-attach\0");
        assert!(belongs(&exec, "c0ffee") && is_of(&exec, "coracle-x"));
        assert!(!belongs(&exec, "c0ff") && !belongs(&exec, "4b9d") && !is_of(&exec, "coracle-"));
        let shell = line("-u\x004b9d\0-r\0/usr/bin/crun\0");
        assert!(!is_of(&shell, "coracle-x") && !belongs(&shell, "4b9d"), "the session's own");
        let other = b"/bin/sh\0-n\0coracle-x\0-u\0c0ffee\0--exec-attach\0";
        assert!(!belongs(other, "c0ffee") && !is_of(other, "coracle-x"));
    }

    #[test]
    fn an_id_that_is_none_is_not_put_into_a_path() {
        let id = SessionId::random();
        let long = "a".repeat(64);
        assert_eq!(made(id, format!("{{\"Id\":\"{long}\"}}").as_bytes()).unwrap(), long);
        for bad in ["{}", "", "{\"Id\":\"../x\"}", "{\"Id\":7}"] {
            assert!(made(id, bad.as_bytes()).is_err(), "{bad}");
        }
    }
}
