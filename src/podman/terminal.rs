//! The attached terminal: bytes both ways over the hijacked API stream, and the gentle way out.
//!
//! conmon uses freed memory, and so ends the session, when a client's socket is closed while the shell prints. Half-closed
//! first and read on for a moment it survives; so there is no way to close a [`Terminal`] but that one.

use std::{
    io,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use bytes::{Buf, Bytes};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::UnixStream,
    time::{Instant, timeout_at},
};

/// How long output is read and thrown away between half-close and close: conmon needs it to see the one before the other
/// (6,400 of 6,400 leaves survived with 3 to 5 ms).
const LEAVING: Duration = Duration::from_millis(5);

/// The attached terminal: raw bytes both ways.
pub(crate) struct Terminal {
    /// `None` only while it is being left.
    socket: Option<UnixStream>,
    /// Output that came in the same packet as the answer to the attach request.
    early: Mutex<Bytes>,
}

impl Terminal {
    /// One whose other end is a test's.
    #[cfg(test)]
    pub(crate) fn over(socket: UnixStream) -> Terminal {
        Terminal::new(socket, Bytes::new())
    }

    pub(super) fn new(socket: UnixStream, early: Bytes) -> Terminal {
        Terminal { socket: Some(socket), early: Mutex::new(early) }
    }

    /// Waits until `try_read` may have something.
    pub(crate) async fn readable(&self) -> io::Result<()> {
        if self.early().has_remaining() {
            return Ok(());
        }
        self.socket()?.readable().await
    }

    /// Output into `buf`; `Ok(0)` is the end of the shell; `WouldBlock` when there is none. Bytes that came with the
    /// attach answer are returned first.
    pub(crate) fn try_read(&self, buf: &mut [u8]) -> io::Result<usize> {
        let mut early = self.early();
        if early.has_remaining() {
            let n = early.remaining().min(buf.len());
            early.copy_to_slice(&mut buf[..n]);
            return Ok(n);
        }
        match self.socket()?.try_read(buf) {
            // The other side closed without having read all of our input: the same end.
            Err(e) if e.kind() == io::ErrorKind::ConnectionReset => Ok(0),
            other => other,
        }
    }

    pub(crate) async fn writable(&self) -> io::Result<()> {
        self.socket()?.writable().await
    }

    pub(crate) fn try_write(&self, buf: &[u8]) -> io::Result<usize> {
        self.socket()?.try_write(buf)
    }

    /// Leaves without harming conmon: half-close, read on for 5 ms, close. Dropping does the same in the background.
    pub(crate) async fn leave(mut self) {
        if let Some(socket) = self.socket.take() {
            depart(socket).await;
        }
    }

    fn socket(&self) -> io::Result<&UnixStream> {
        self.socket.as_ref().ok_or_else(|| io::ErrorKind::NotConnected.into())
    }

    fn early(&self) -> std::sync::MutexGuard<'_, Bytes> {
        // Nothing in here can panic half-way.
        self.early.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let Some(socket) = self.socket.take() else { return };
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => {
                runtime.spawn(depart(socket));
            }
            Err(_) => depart_without_runtime(&socket),
        }
    }
}

async fn depart(mut socket: UnixStream) {
    // Both may fail because the other side is gone: then there is no one to be gentle with.
    let _ = socket.shutdown().await;
    let until = Instant::now() + LEAVING;
    let mut thrown_away = [0; 16 * 1024];
    while let Ok(Ok(1..)) = timeout_at(until, socket.read(&mut thrown_away)).await {}
}

/// The runtime is shutting down, and nothing can be awaited any more.
fn depart_without_runtime(socket: &UnixStream) {
    let _ = rustix::net::shutdown(socket, rustix::net::Shutdown::Write);
    let until = std::time::Instant::now() + LEAVING;
    let mut thrown_away = [0; 16 * 1024];
    while std::time::Instant::now() < until {
        match rustix::net::recv(socket, &mut thrown_away, rustix::net::RecvFlags::DONTWAIT) {
            Ok((0, _)) => return,
            Ok(_) => {}
            Err(rustix::io::Errno::AGAIN | rustix::io::Errno::INTR) => std::thread::sleep(Duration::from_micros(500)),
            Err(_) => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn bytes_that_came_with_the_answer_are_read_first_in_pieces_of_any_size() {
        let (ours, theirs) = UnixStream::pair().unwrap();
        let terminal = Terminal::new(ours, Bytes::from_static(b"early "));
        theirs.try_write(b"late").unwrap();
        drop(theirs);
        let mut seen = Vec::new();
        loop {
            terminal.readable().await.unwrap();
            let mut buf = [0; 4];
            match terminal.try_read(&mut buf) {
                Ok(0) => break,
                Ok(n) => seen.extend_from_slice(&buf[..n]),
                Err(e) => assert_eq!(e.kind(), io::ErrorKind::WouldBlock),
            }
        }
        assert_eq!(seen, b"early late");
    }

    /// What the other side sees: `"half-closed"` while the socket still takes output, then `"closed"`.
    async fn farewell(theirs: &mut UnixStream) -> (&'static str, &'static str) {
        let mut buf = [0; 8];
        assert_eq!(theirs.read(&mut buf).await.unwrap(), 0);
        let first = if theirs.write_all(b"more output").await.is_ok() { "half-closed" } else { "closed" };
        let deadline = Instant::now() + Duration::from_secs(2);
        while Instant::now() < deadline {
            if theirs.write_all(b"and more").await.is_err() {
                return (first, "closed");
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        (first, "still open")
    }

    #[tokio::test]
    async fn leaving_and_dropping_both_half_close_and_read_on_before_they_close() {
        for dropped in [false, true] {
            let (ours, mut theirs) = UnixStream::pair().unwrap();
            let terminal = Terminal::new(ours, Bytes::new());
            let watcher = tokio::spawn(async move { farewell(&mut theirs).await });
            if dropped {
                drop(terminal)
            } else {
                terminal.leave().await
            }
            assert_eq!(watcher.await.unwrap(), ("half-closed", "closed"), "dropped: {dropped}");
        }
    }

    #[test]
    fn a_terminal_dropped_after_its_runtime_still_half_closes_first() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let (ours, theirs) = runtime.block_on(async { UnixStream::pair().unwrap() });
        let theirs = runtime.block_on(async move { theirs.into_std().unwrap() });
        theirs.set_nonblocking(false).unwrap();
        let watcher = std::thread::spawn(move || {
            use std::io::{Read, Write};
            let mut theirs = theirs;
            let end = theirs.read(&mut [0; 8]).unwrap();
            (end, theirs.write_all(b"more").is_ok())
        });
        drop(runtime);
        drop(Terminal::new(ours, Bytes::new()));
        assert_eq!(watcher.join().unwrap(), (0, true));
    }
}
