//! The attached terminal: bytes both ways, sizes, and the gentle way out; over conmon's own socket or over Podman's attach
//! stream.
//!
//! conmon uses freed memory, and so ends the session, when a client's socket is closed while the shell prints. Half-closed
//! first and read on for a moment it survives; so there is no way to close a [`Terminal`] but that one. Where systemd's
//! store has the socket, too, it stays open when this process dies.

use std::{
    io,
    os::fd::{AsFd, BorrowedFd, OwnedFd},
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use rustix::{
    io::Errno,
    net::{RecvFlags, SendFlags, Shutdown, SocketType, recv, send, shutdown, sockopt},
};
use tokio::{
    io::{Interest, unix::AsyncFd},
    net::UnixStream,
    time::{Instant, timeout_at},
};

use super::{Podman, PodmanError};
use crate::{
    activation,
    session::{SessionId, Size},
    terminal::Framing,
};

/// How long output is read and thrown away between half-close and close: conmon needs it to see the one before the other
/// (6,400 of 6,400 leaves survived with 3 to 5 ms).
const LEAVING: Duration = Duration::from_millis(5);
/// What its name in systemd's store begins with; the session's id follows.
const STORED: &str = "s-";
/// Bytes of input in one packet; conmon reads four times as many at once.
const PACKET: usize = 8 * 1024;

/// The attached terminal: raw bytes both ways.
pub(crate) struct Terminal {
    /// `None` only while it is being left. Not tokio's `UnixStream`: that takes a packet that was shorter than asked for
    /// the last one, and what is queued behind it waits for ever.
    socket: Option<AsyncFd<OwnedFd>>,
    way: Way,
    /// Output that came in the same packet as Podman's answer to the attach request.
    early: Bytes,
    /// Its name in systemd's store.
    stored: Option<String>,
}

/// What a terminal's bytes go through.
#[derive(Debug, Clone)]
enum Way {
    /// conmon's own socket, in packets of up to [`PACKET`] bytes behind a type byte; and its FIFO for sizes, unless only
    /// that could not be opened.
    Direct(Option<Arc<OwnedFd>>),
    /// The stream of Podman's service.
    Api,
}

/// Where the sizes of a terminal are sent.
#[derive(Clone)]
pub(crate) struct Sizes {
    podman: Podman,
    id: SessionId,
    fifo: Option<Arc<OwnedFd>>,
}

impl Terminal {
    /// One whose other end is a test's.
    #[cfg(test)]
    pub(crate) fn over(socket: UnixStream) -> Terminal {
        Terminal::streamed(socket, Bytes::new()).unwrap()
    }

    /// Over the stream that Podman answered an attach with.
    pub(super) fn streamed(socket: UnixStream, early: Bytes) -> io::Result<Terminal> {
        Terminal::new(socket.into_std()?.into(), Way::Api, early, None)
    }

    /// Over conmon's own socket.
    pub(super) fn direct(socket: OwnedFd, sizes: OwnedFd) -> io::Result<Terminal> {
        Terminal::new(socket, Way::Direct(Some(Arc::new(sizes))), Bytes::new(), None)
    }

    /// One that an earlier daemon left in systemd's store, where it stays: `socket` is a duplicate.
    pub(super) fn restored(id: SessionId, socket: OwnedFd, sizes: Option<OwnedFd>) -> io::Result<Terminal> {
        let way = if is_direct(&socket)? { Way::Direct(sizes.map(Arc::new)) } else { Way::Api };
        Terminal::new(socket, way, Bytes::new(), Some(name_in_store(id)))
    }

    fn new(socket: OwnedFd, way: Way, early: Bytes, stored: Option<String>) -> io::Result<Terminal> {
        #[expect(deprecated, reason = "as in `conmon::awaited`; this one gives the socket back")]
        let watched = AsyncFd::try_with_interest(socket, Interest::READABLE | Interest::WRITABLE);
        match watched {
            Ok(socket) => Ok(Terminal { socket: Some(socket), way, early, stored }),
            Err(error) => {
                let (socket, cause) = error.into_parts();
                if stored.is_none() {
                    depart_without_runtime(socket, None);
                }
                Err(cause)
            }
        }
    }

    /// Whose terminal has this name in systemd's store.
    pub(crate) fn owner_of(name: &str) -> Option<SessionId> {
        name.strip_prefix(STORED)?.parse().ok()
    }

    /// Leaves one that an earlier daemon left in systemd's store and whose session is over.
    pub(crate) async fn leave_stored(id: SessionId, socket: OwnedFd) {
        match Terminal::restored(id, socket, None) {
            Ok(terminal) => terminal.leave().await,
            Err(error) => tracing::warn!(%error, session = %id, "what systemd kept of its terminal is none"),
        }
    }

    /// `direct` or `api`, for the audit.
    pub(super) fn way(&self) -> &'static str {
        match self.way {
            Way::Direct(_) => "direct",
            Way::Api => "api",
        }
    }

    /// Where its sizes are sent.
    pub(crate) fn sizes(&self, podman: &Podman, id: SessionId) -> Sizes {
        let fifo = match &self.way {
            Way::Direct(fifo) => fifo.clone(),
            Way::Api => None,
        };
        Sizes { podman: podman.clone(), id, fifo }
    }

    /// Puts it into systemd's store, from which the next daemon takes it if this one dies; fine if it is there. Not before
    /// its early bytes were taken: they are in no socket any more.
    pub(crate) fn store(&mut self, id: SessionId) {
        if self.stored.is_some() {
            return;
        }
        let name = name_in_store(id);
        match self.socket().and_then(|socket| activation::store(&name, socket.as_fd())) {
            Ok(true) => self.stored = Some(name),
            Ok(false) => {}
            Err(error) => tracing::warn!(%error, session = %id, "its terminal is not kept over a crash of the daemon"),
        }
    }

    /// Output that came along when it was attached; before anything that [`Self::receive`] gives.
    pub(crate) fn take_early(&mut self) -> Bytes {
        std::mem::take(&mut self.early)
    }

    /// Waits until [`Self::receive`] may have something.
    pub(crate) async fn readable(&self) -> io::Result<()> {
        self.socket()?.readable().await.map(drop)
    }

    /// Lets `take` receive output from the socket once, which must not wait; `WouldBlock` when there is none.
    pub(crate) fn receive<T>(&self, take: impl FnOnce(BorrowedFd<'_>, Framing) -> io::Result<T>) -> io::Result<T> {
        let how = match self.way {
            Way::Direct(_) => Framing::Packets,
            Way::Api => Framing::Stream,
        };
        self.socket()?.try_io(Interest::READABLE, |socket| take(socket.as_fd(), how))
    }

    pub(crate) async fn writable(&self) -> io::Result<()> {
        self.socket()?.writable().await.map(drop)
    }

    /// How many bytes of `buf` it took; at most 8 KiB at once.
    pub(crate) fn try_write(&self, buf: &[u8]) -> io::Result<usize> {
        let (piece, flags) = (&buf[..buf.len().min(PACKET)], SendFlags::NOSIGNAL | SendFlags::DONTWAIT);
        self.socket()?.try_io(Interest::WRITABLE, |socket| Ok(send(socket, piece, flags)?))
    }

    /// Leaves without harming conmon: half-close, read on for 5 ms, close. Dropping does the same in the background.
    pub(crate) async fn leave(mut self) {
        if let Some(socket) = self.socket.take() {
            depart(socket, self.stored.take()).await;
        }
    }

    /// Leaves it to the next daemon, if it is in systemd's store; else as [`Self::leave`].
    pub(crate) async fn hand_over(mut self) {
        if self.stored.take().is_some() {
            self.socket = None; // the store's own descriptor keeps it open
        } else {
            self.leave().await;
        }
    }

    fn socket(&self) -> io::Result<&AsyncFd<OwnedFd>> {
        self.socket.as_ref().ok_or_else(|| io::ErrorKind::NotConnected.into())
    }
}

impl Sizes {
    /// Sends the terminal a size. Done once conmon has been told, not when it has acted.
    pub(crate) async fn send(&self, size: Size) -> Result<(), PodmanError> {
        let Some(fifo) = &self.fifo else { return self.podman.0.door.resize(self.id, size).await };
        let line = format!("1 {} {}\n", size.rows, size.cols); // shorter than a pipe's atomic write
        rustix::io::write(fifo, line.as_bytes()).map(drop).map_err(|errno| PodmanError::Broken {
            step: "resize",
            id: self.id.to_string(),
            why: errno.to_string(),
        })
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let Some(socket) = self.socket.take() else { return };
        let stored = self.stored.take();
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => {
                runtime.spawn(depart(socket, stored));
            }
            Err(_) => depart_without_runtime(socket.into_inner(), stored),
        }
    }
}

fn name_in_store(id: SessionId) -> String {
    format!("{STORED}{id}")
}

/// Whether it is conmon's own socket, and not a stream.
fn is_direct(socket: &OwnedFd) -> io::Result<bool> {
    match sockopt::socket_type(socket)? {
        SocketType::SEQPACKET => Ok(true),
        SocketType::STREAM => Ok(false),
        _ => Err(io::ErrorKind::InvalidInput.into()),
    }
}

async fn depart(socket: AsyncFd<OwnedFd>, stored: Option<String>) {
    // May fail because the other side is gone: then there is no one to be gentle with.
    let _ = shutdown(&socket, Shutdown::Write);
    let until = Instant::now() + LEAVING;
    let mut thrown_away = [0; 16 * 1024];
    while let Ok(Ok(mut ready)) = timeout_at(until, socket.readable()).await {
        match ready.try_io(|socket| Ok(recv(socket, &mut thrown_away, RecvFlags::DONTWAIT)?)) {
            Ok(Ok((1.., _))) | Err(_) => {}
            Ok(_) => break,
        }
    }
    drop(socket);
    unstore(stored);
}

/// The runtime is shutting down, and nothing can be awaited any more.
fn depart_without_runtime(socket: OwnedFd, stored: Option<String>) {
    let _ = shutdown(&socket, Shutdown::Write);
    let until = std::time::Instant::now() + LEAVING;
    let mut thrown_away = [0; 16 * 1024];
    while std::time::Instant::now() < until {
        match recv(&socket, &mut thrown_away, RecvFlags::DONTWAIT) {
            Ok((1.., _)) => {}
            Err(Errno::AGAIN | Errno::INTR) => std::thread::sleep(Duration::from_micros(500)),
            Ok(_) | Err(_) => break,
        }
    }
    drop(socket);
    unstore(stored);
}

fn unstore(stored: Option<String>) {
    if let Some(Err(error)) = stored.map(|name| activation::unstore(&name)) {
        tracing::debug!(%error, "systemd keeps a terminal that was left");
    }
}

/// What tests read with, who have no ring.
#[cfg(test)]
impl Terminal {
    /// Output into `buf`, which has room for a packet; `Ok(0)` is the end; `WouldBlock` when there is none.
    pub(crate) fn try_read(&self, buf: &mut [u8]) -> io::Result<usize> {
        let mut packet = vec![0; buf.len() + 1];
        let n = self.receive(|socket, how| {
            let room = if how == Framing::Packets { &mut packet[..] } else { &mut packet[1..] };
            match recv(socket, room, RecvFlags::DONTWAIT) {
                Err(Errno::CONNRESET) => Ok(0),
                Err(errno) => Err(errno.into()),
                Ok((1, _)) if how == Framing::Packets => Err(io::ErrorKind::Interrupted.into()),
                Ok((n, _)) => Ok(n.saturating_sub(usize::from(how == Framing::Packets))),
            }
        })?;
        buf[..n].copy_from_slice(&packet[1..=n]);
        Ok(n)
    }
}

#[cfg(test)]
mod tests;
