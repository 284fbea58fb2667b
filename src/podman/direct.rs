//! conmon's own way to the terminal: its attach socket, and the FIFO that takes sizes, both in the container's bundle.
//! Podman's service is not needed for either.
//!
//! Podman 4.3 gives the bundle to the container's root, so its directory is closed to the account itself, though both files
//! in it are the account's. conmon's user namespace opens it. A process with threads cannot join one, and forking a process
//! with threads is no way either: so this program runs itself again for a moment, as `coracle enter-userns`, and is handed
//! what that opened.

use std::{
    io::{self, IoSlice, IoSliceMut},
    mem::MaybeUninit,
    os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd},
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use rustix::{
    fs::{Mode, OFlags, open, openat},
    net::{
        AddressFamily, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage,
        SendFlags, SocketAddrUnix, SocketFlags, SocketType, connect, recvmsg, sendmsg, socket_with, socketpair,
        sockopt,
    },
    thread::{ThreadNameSpaceType, move_into_thread_name_spaces},
};

use super::Conmon;

/// The hidden command that does it.
pub(crate) const ENTER_USERNS: &str = "enter-userns";
/// How long it may take; 1.5 to 2 ms where nothing else is going on.
const ENTERING: Duration = Duration::from_secs(1);

/// What of the bundle is to be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    Both,
    /// The socket is there already.
    Sizes,
}

/// What was opened of the bundle.
#[derive(Debug)]
pub(super) struct Opened {
    /// There if it was wanted. `SOCK_SEQPACKET`: packets with a type byte in front come out, anything goes in.
    pub(super) socket: Option<OwnedFd>,
    /// The FIFO `ctl`, non-blocking.
    pub(super) sizes: OwnedFd,
}

impl Wanted {
    fn word(self) -> &'static str {
        match self {
            Wanted::Both => "both",
            Wanted::Sizes => "sizes",
        }
    }
}

/// Opens what is wanted in `bundle`, the directory of the container whose conmon this is; through its user namespace where
/// only that may.
///
/// # Errors
/// `WouldBlock` while conmon's backlog of ten is full.
pub(super) async fn reach(conmon: &Conmon, bundle: &Path, wanted: Wanted) -> io::Result<Opened> {
    let opened = match open_here(bundle, wanted) {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            let (pidfd, bundle) = (conmon.handle()?, bundle.to_owned());
            let entered = tokio::task::spawn_blocking(move || open_within(pidfd, &bundle, wanted));
            entered.await.unwrap_or_else(|failed| Err(io::Error::other(failed)))?
        }
        other => other?,
    };
    if let Some(socket) = &opened.socket {
        let listener = sockopt::socket_peercred(socket)?.pid.as_raw_pid();
        if listener != conmon.pid() {
            return Err(io::Error::other(format!("process {listener}, not this container's conmon, listens there")));
        }
    }
    Ok(opened)
}

fn open_here(bundle: &Path, wanted: Wanted) -> io::Result<Opened> {
    let dir = open(bundle, OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?;
    let socket = match wanted {
        Wanted::Sizes => None,
        Wanted::Both => {
            let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
            let socket = socket_with(AddressFamily::UNIX, SocketType::SEQPACKET, flags, None)?;
            // The path itself is longer than an address may be.
            let short = format!("/proc/self/fd/{}/attach", dir.as_raw_fd());
            connect(&socket, &SocketAddrUnix::new(short)?)?;
            Some(socket)
        }
    };
    let sizes = openat(&dir, "ctl", OFlags::WRONLY | OFlags::NONBLOCK | OFlags::CLOEXEC, Mode::empty())?;
    Ok(Opened { socket, sizes })
}

/// The same, by a process of its own that joins the user namespace of the one behind `pidfd` first.
fn open_within(pidfd: OwnedFd, bundle: &Path, wanted: Wanted) -> io::Result<Opened> {
    let (ours, theirs) = socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None)?;
    sockopt::set_socket_timeout(&ours, sockopt::Timeout::Recv, Some(ENTERING))?;
    let mut child = Command::new("/proc/self/exe")
        .args([ENTER_USERNS, wanted.word()])
        .arg(bundle)
        .env_clear()
        .stdin(theirs) // inherited descriptors are its only arguments that matter, and these two are inherited anyway
        .stdout(Stdio::from(pidfd))
        .spawn()?;
    let answer = receive(ours.as_fd(), wanted);
    if answer.is_err() {
        let _ = child.kill(); // over already, or stuck
    }
    child.wait()?;
    answer
}

/// `coracle enter-userns`: stdin is the socket to answer on, stdout the pidfd of the process whose user namespace is to be
/// joined. To be called while there is one thread.
///
/// # Errors
/// When nobody hears the answer; why nothing could be opened is an answer.
pub(crate) fn enter_userns(wanted: &str, bundle: &Path) -> io::Result<()> {
    let known = [Wanted::Both, Wanted::Sizes].into_iter().find(|known| known.word() == wanted);
    let wanted = known.ok_or(io::ErrorKind::InvalidInput)?;
    let opened = move_into_thread_name_spaces(io::stdout().as_fd(), ThreadNameSpaceType::USER)
        .map_err(io::Error::from)
        .and_then(|()| open_here(bundle, wanted));
    answer(io::stdin().as_fd(), &opened)
}

/// An error number, and without an error what was opened.
fn answer(to: BorrowedFd<'_>, opened: &io::Result<Opened>) -> io::Result<()> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(2))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    let (errno, descriptors) = match opened {
        Ok(Opened { socket, sizes }) => (0, socket.iter().chain([sizes]).map(AsFd::as_fd).collect()),
        Err(error) => (error.raw_os_error().unwrap_or(rustix::io::Errno::IO.raw_os_error()), Vec::new()),
    };
    if !descriptors.is_empty() {
        control.push(SendAncillaryMessage::ScmRights(&descriptors));
    }
    sendmsg(to, &[IoSlice::new(&errno.to_ne_bytes())], &mut control, SendFlags::NOSIGNAL)?;
    Ok(())
}

fn receive(from: BorrowedFd<'_>, wanted: Wanted) -> io::Result<Opened> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(2))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let mut errno = [0; 4];
    let got = recvmsg(from, &mut [IoSliceMut::new(&mut errno)], &mut control, RecvFlags::CMSG_CLOEXEC)?;
    if got.bytes != errno.len() {
        return Err(io::Error::other(format!("`coracle {ENTER_USERNS}` gave no answer")));
    }
    match i32::from_ne_bytes(errno) {
        0 => {}
        errno => return Err(io::Error::from_raw_os_error(errno)),
    }
    let mut descriptors: Vec<OwnedFd> = control
        .drain()
        .filter_map(|message| match message {
            RecvAncillaryMessage::ScmRights(descriptors) => Some(descriptors),
            _ => None,
        })
        .flatten()
        .collect();
    let sizes = descriptors.pop();
    match (sizes, descriptors.pop()) {
        (Some(sizes), socket) if socket.is_some() == (wanted == Wanted::Both) => Ok(Opened { socket, sizes }),
        _ => Err(io::Error::other(format!("`coracle {ENTER_USERNS}` opened something else"))),
    }
}
