//! Podman's API and conmon by themselves: the calls that a session is made of, one after the other, and its terminal, with nothing
//! around them.

use std::{
    fs::File,
    io::{Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    os::{
        fd::{AsRawFd, OwnedFd},
        unix::{ffi::OsStrExt, net::UnixStream},
    },
    path::{Path, PathBuf},
    thread,
};

use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType, connect, socket_with};
use serde_json::{Value, json};

use crate::{
    Outcome, processes, setting,
    terminal::{self, PATIENCE, Terminal},
};

const API: &str = "/v4.0.0/libpod";
/// More than a packet of conmon's, bytes.
const PIECE: usize = 16 * 1024;

/// A container's terminal.
pub(crate) struct Attached {
    id: String,
    /// A socket, of whatever kind.
    stream: File,
}

/// Who passes its bytes on.
pub(crate) enum Way {
    /// Podman's service, as the answer to an attach.
    Api,
    /// conmon's socket, and two threads between it and loopback TCP that do nothing else: what no server between a browser and
    /// conmon can do without.
    Relay,
}

impl Attached {
    /// The container that `podman run` of the floors makes, from nothing to its prompt. It is `init`ed first, as Coracle must
    /// to see it confined before anything runs; what it sees is not looked at.
    pub(crate) fn shell(way: Way) -> Outcome<Attached> {
        let (label, value) = processes::LABEL.split_once('=').ok_or("a label has a value")?;
        let spec = json!({
            "image": setting("BENCH_IMAGE")?, "command": ["/bin/bash", "-l"], "terminal": true, "stdin": true,
            "labels": {label: value}, "netns": {"nsmode": "none"}, "log_configuration": {"driver": "none"},
            "cap_drop": ["all"], "no_new_privileges": true,
        });
        let made: Value = serde_json::from_str(&called("POST", "/containers/create", &spec.to_string())?)?;
        let id = made["Id"].as_str().ok_or("no id in the answer to create")?.to_owned();
        called("POST", &format!("/containers/{id}/init"), "")?;
        let stream: OwnedFd = match way {
            Way::Api => through_podman(&id)?.into(),
            Way::Relay => relayed(at_conmon(&id)?)?.into(),
        };
        called("POST", &format!("/containers/{id}/start"), "")?;
        let mut attached = Attached { id, stream: stream.into() };
        terminal::prompt(&mut attached)?;
        Ok(attached)
    }

    pub(crate) fn end(mut self) -> Outcome<()> {
        terminal::leave(&mut self)?;
        while self.receive(&mut Vec::new()).is_ok() {} // the end closes the stream
        called("DELETE", &format!("/containers/{}?force=true&timeout=0", self.id), "").map(drop)
    }
}

impl Terminal for Attached {
    fn send(&mut self, input: &[u8]) -> Outcome<()> {
        Ok(self.stream.write_all(input)?)
    }

    fn receive(&mut self, output: &mut Vec<u8>) -> Outcome<()> {
        let mut piece = [0; PIECE];
        match self.stream.read(&mut piece)? {
            0 => Err("Podman's stream is closed".into()),
            read => {
                output.extend_from_slice(&piece[..read]);
                Ok(())
            }
        }
    }
}

fn through_podman(id: &str) -> Outcome<UnixStream> {
    let path = format!("/containers/{id}/attach?stream=true&stdin=true&stdout=true&stderr=true");
    let mut stream = asked("POST", &path, "1.1", "Connection: Upgrade\r\nUpgrade: tcp\r\n", "")?;
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    Ok(stream)
}

fn at_conmon(id: &str) -> Outcome<UnixStream> {
    let told: Value = serde_json::from_str(&called("GET", &format!("/containers/{id}/json"), "")?)?;
    let config = PathBuf::from(told["OCIConfigPath"].as_str().ok_or("no path of its config.json")?);
    let bundle = File::open(config.parent().unwrap_or(Path::new("/")))?;
    let socket = socket_with(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None)?;
    // Its own path is too long for an address.
    let path = PathBuf::from(format!("/proc/self/fd/{}/attach", bundle.as_raw_fd()));
    connect(&socket, &SocketAddrUnix::new(path.as_os_str().as_bytes())?)?;
    Ok(UnixStream::from(socket))
}

/// The threads end with the container, or with whoever listens.
fn relayed(conmon: UnixStream) -> Outcome<TcpStream> {
    let door = TcpListener::bind(("127.0.0.1", 0))?;
    let ours = TcpStream::connect(door.local_addr()?)?;
    let (theirs, _) = door.accept()?;
    for socket in [&ours, &theirs] {
        socket.set_nodelay(true)?;
    }
    ours.set_read_timeout(Some(PATIENCE))?;
    let (mut keys, mut terminal) = (theirs.try_clone()?, conmon.try_clone()?);
    thread::spawn(move || std::io::copy(&mut keys, &mut terminal));
    let (mut conmon, mut browser) = (conmon, theirs);
    thread::spawn(move || {
        let mut packet = [0; PIECE];
        // The first byte says which output it is.
        while let Ok(read @ 1..) = conmon.read(&mut packet) {
            if browser.write_all(&packet[1..read]).is_err() {
                break;
            }
        }
        browser.shutdown(Shutdown::Both)
    });
    Ok(ours)
}

/// A request; its answer is still to be read.
fn asked(method: &str, path: &str, version: &str, headers: &str, body: &str) -> Outcome<UnixStream> {
    let mut socket = UnixStream::connect(format!("{}/podman/podman.sock", setting("XDG_RUNTIME_DIR")?))?;
    socket.set_read_timeout(Some(PATIENCE))?;
    let request = format!(
        "{method} {API}{path} HTTP/{version}\r\nHost: podman\r\nContent-Type: application/json\r\n{headers}Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    socket.write_all(request.as_bytes())?;
    Ok(socket)
}

/// A request and the body of its answer, which nobody cuts into chunks for HTTP/1.0.
fn called(method: &str, path: &str, body: &str) -> Outcome<String> {
    let mut answer = String::new();
    asked(method, path, "1.0", "", body)?.read_to_string(&mut answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").ok_or_else(|| format!("{method} {path}: no answer"))?;
    if head.split(' ').nth(1).is_some_and(|status| status.starts_with('2')) {
        Ok(body.to_owned())
    } else {
        Err(format!("{method} {path}: {answer}").into())
    }
}
