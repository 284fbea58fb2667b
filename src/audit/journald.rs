//! journald's native protocol: one datagram for an entry, or a sealed memfd where that is too long for one.

use std::{
    fs::File,
    io::{self, IoSlice, Write},
    os::{fd::AsFd, unix::net::UnixDatagram},
    path::Path,
};

use rustix::{
    fs::{MemfdFlags, SealFlags},
    net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, SocketAddrUnix},
};

use super::fields::Entry;

/// Where journald listens. systemd itself holds it, so it stays the same over journald's restarts.
pub(super) const SOCKET: &str = "/run/systemd/journal/socket";

/// Our end; never waits.
pub(super) struct Journald {
    socket: UnixDatagram,
    to: SocketAddrUnix,
}

impl Journald {
    pub(super) fn at(path: &Path) -> io::Result<Self> {
        let socket = UnixDatagram::unbound()?;
        socket.set_nonblocking(true)?;
        Ok(Self { socket, to: SocketAddrUnix::new(path)? })
    }

    /// Hands one entry over.
    ///
    /// # Errors
    /// `WouldBlock` if journald does not keep up; `NotFound` or `ConnectionRefused` if nobody listens.
    pub(super) fn send(&self, entry: &Entry) -> io::Result<()> {
        let bytes = encode(entry);
        match rustix::net::sendto(&self.socket, &bytes, SendFlags::NOSIGNAL, &self.to) {
            Ok(_) => Ok(()),
            Err(rustix::io::Errno::MSGSIZE | rustix::io::Errno::NOBUFS) => self.send_sealed(&bytes),
            Err(e) => Err(e.into()),
        }
    }

    /// journald takes a long entry as a memfd that nobody can change any more.
    fn send_sealed(&self, bytes: &[u8]) -> io::Result<()> {
        let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
        let mut memory = File::from(rustix::fs::memfd_create("coracle-audit", flags)?);
        memory.write_all(bytes)?;
        let seals = SealFlags::SHRINK | SealFlags::GROW | SealFlags::WRITE | SealFlags::SEAL;
        rustix::fs::fcntl_add_seals(&memory, seals)?;
        let descriptors = [memory.as_fd()];
        let mut space = [std::mem::MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut control = SendAncillaryBuffer::new(&mut space);
        control.push(SendAncillaryMessage::ScmRights(&descriptors));
        let nothing = [IoSlice::new(&[])];
        rustix::net::sendmsg_addr(&self.socket, &self.to, &nothing, &mut control, SendFlags::NOSIGNAL)?;
        Ok(())
    }
}

/// Every value with its length before it, so that nothing in a value can begin another field.
fn encode(entry: &Entry) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(entry.iter().map(|(name, value)| name.len() + value.len() + 10).sum());
    for (name, value) in entry {
        bytes.extend_from_slice(name.as_bytes());
        bytes.push(b'\n');
        bytes.extend_from_slice(&(value.len() as u64).to_le_bytes());
        bytes.extend_from_slice(value.as_bytes());
        bytes.push(b'\n');
    }
    bytes
}
