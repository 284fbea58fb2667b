//! HTTP and WebSockets as a browser speaks them, on blocking sockets: nothing of ours stands between two clocks.

use std::{
    io::{Read, Write},
    net::{Ipv4Addr, SocketAddrV4, TcpStream},
    sync::atomic::{AtomicU16, Ordering},
};

use rustix::net::{AddressFamily, SocketFlags, SocketType, bind, connect, socket_with};
use tokio_tungstenite::tungstenite::{WebSocket, handshake::client::generate_key, protocol::Role};

use crate::{Outcome, terminal::PATIENCE};

pub(crate) struct Answer {
    pub(crate) status: u16,
    /// The head as it came.
    pub(crate) head: String,
    pub(crate) body: String,
    /// Bytes of the body.
    pub(crate) length: usize,
}

impl Answer {
    /// All values of a header, whose name is in lower case.
    pub(crate) fn headers<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let pairs = self.head.lines().filter_map(|line| line.split_once(':'));
        pairs.filter(move |(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }
}

fn connection(port: u16, from: Ipv4Addr) -> Outcome<TcpStream> {
    let socket = socket_with(AddressFamily::INET, SocketType::STREAM, SocketFlags::CLOEXEC, None)?;
    bind(&socket, &SocketAddrV4::new(from, 0))?;
    connect(&socket, &SocketAddrV4::new(Ipv4Addr::LOCALHOST, port)).map_err(|e| format!("127.0.0.1:{port}: {e}"))?;
    let socket = TcpStream::from(socket);
    socket.set_nodelay(true)?;
    socket.set_read_timeout(Some(PATIENCE))?;
    socket.set_write_timeout(Some(PATIENCE))?;
    Ok(socket)
}

/// One request on a connection of its own. `headers` are whole lines.
pub(crate) fn request(port: u16, method: &str, path: &str, headers: &str, body: &str) -> Outcome<Answer> {
    let mut socket = connection(port, Ipv4Addr::LOCALHOST)?;
    let origin = format!("127.0.0.1:{port}");
    let length = body.len();
    write!(
        socket,
        "{method} {path} HTTP/1.1\r\nHost: {origin}\r\nOrigin: http://{origin}\r\n{headers}Content-Length: {length}\r\n\
         Connection: close\r\n\r\n{body}"
    )?;
    let mut bytes = Vec::new();
    socket.read_to_end(&mut bytes).map_err(|e| format!("{method} {path}: {e}"))?;
    let text = String::from_utf8_lossy(&bytes);
    let (head, body) = text.split_once("\r\n\r\n").ok_or_else(|| format!("{method} {path}: no answer"))?;
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0);
    let length = bytes.windows(4).position(|at| at == b"\r\n\r\n").map_or(0, |at| bytes.len() - at - 4);
    Ok(Answer { status, head: head.to_owned(), body: body.to_owned(), length })
}

/// A WebSocket; `headers` are whole lines. Each comes from a loopback address of its own: one address may have 32 connections,
/// and a crowd comes from many. (Who logs in does not: that from a new address is the more suspicious.)
pub(crate) fn websocket(port: u16, path: &str, headers: &str) -> Outcome<WebSocket<TcpStream>> {
    static BEFORE: AtomicU16 = AtomicU16::new(1);
    let [high, low] = BEFORE.fetch_add(1, Ordering::Relaxed).to_be_bytes();
    let mut socket = connection(port, Ipv4Addr::new(127, 1, high, low))?;
    let (origin, key) = (format!("127.0.0.1:{port}"), generate_key());
    write!(
        socket,
        "GET {path} HTTP/1.1\r\nHost: {origin}\r\nOrigin: http://{origin}\r\n{headers}Connection: Upgrade\r\n\
         Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n"
    )?;
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") {
        socket.read_exact(&mut byte).map_err(|e| format!("{path}: {e}"))?;
        head.push(byte[0]);
    }
    if !head.starts_with(b"HTTP/1.1 101") {
        return Err(format!("{path}: {}", String::from_utf8_lossy(&head)).into());
    }
    Ok(WebSocket::from_raw_socket(socket, Role::Client, None))
}
