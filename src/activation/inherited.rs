//! The sockets that systemd passes, told apart by name (`LISTEN_FDNAMES`): those it opened for us, and those that an
//! earlier daemon had it keep.

use std::os::fd::{AsFd, OwnedFd};

use rustix::net::{AddressFamily, SocketType};

use super::{Entrance, Listener, Stored};

/// Sockets from systemd.
#[derive(Debug)]
pub(crate) struct Inherited {
    pub(crate) sockets: Vec<(Entrance, Listener)>,
    pub(crate) stored: Stored,
    /// Names of what was kept and cannot be a terminal.
    pub(crate) strange: Vec<String>,
}

/// What systemd passed is not what the units of this program pass.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ActivationError {
    #[error(
        "systemd passed {fds} sockets but {names} names; start the daemon by its socket units, or by hand with `coracle serve --listen ADDR`"
    )]
    Count { fds: usize, names: usize },
    #[error(
        "systemd passed a socket named `{name}`; FileDescriptorName= in its unit must be http, https, unix or control"
    )]
    UnknownName { name: String },
    #[error("the socket named `{name}` is not {wanted}; correct ListenStream= in its unit ({source})")]
    WrongKind { name: &'static str, wanted: &'static str, source: std::io::Error },
    #[error("the socket named `{name}` is a connection, not a listener; its unit must not say Accept=yes")]
    NotListening { name: &'static str },
    #[error("systemd passed no socket to listen on; enable coracle.socket")]
    Nothing,
    #[error("the socket named `{name}` cannot be prepared: {source}")]
    Unusable { name: &'static str, source: std::io::Error },
}

impl Inherited {
    /// Takes the sockets out of the environment; `None` when there is none, that is, when not started by a socket unit.
    /// To be called before any thread exists: it reads and removes environment variables.
    ///
    /// # Errors
    /// A name that is not one of ours, a socket of the wrong kind, or none at all to listen on.
    pub(crate) fn take() -> Result<Option<Inherited>, ActivationError> {
        let names = std::env::var("LISTEN_FDNAMES").unwrap_or_default(); // listenfd knows no names
        let mut fds = listenfd::ListenFd::from_env();
        if fds.len() == 0 {
            return Ok(None);
        }
        let mut inherited = Inherited { sockets: Vec::new(), stored: Stored::new(), strange: Vec::new() };
        for (index, name) in names_of(fds.len(), &names)?.into_iter().enumerate() {
            match Entrance::by_name(name) {
                Some(entrance) => inherited.sockets.extend(open(&mut fds, index, entrance)?.map(|s| (entrance, s))),
                None => match keep(&mut fds, index, name)? {
                    Some(socket) => drop(inherited.stored.insert(name.to_owned(), socket)),
                    None => inherited.strange.push(name.escape_default().to_string()),
                },
            }
        }
        if inherited.sockets.is_empty() {
            return Err(ActivationError::Nothing);
        }
        Ok(Some(inherited))
    }
}

/// What each descriptor is called, in order.
fn names_of(fds: usize, names: &str) -> Result<Vec<&str>, ActivationError> {
    let names: Vec<&str> = if names.is_empty() { Vec::new() } else { names.split(':').collect() };
    if names.len() == fds { Ok(names) } else { Err(ActivationError::Count { fds, names: names.len() }) }
}

/// A socket that was kept, under whatever name; `None` for anything else. A listener is none of ours.
fn keep(fds: &mut listenfd::ListenFd, index: usize, name: &str) -> Result<Option<OwnedFd>, ActivationError> {
    let shown = || name.escape_default().to_string();
    let unix = i32::from(AddressFamily::UNIX.as_raw());
    for kind in [SocketType::SEQPACKET, SocketType::STREAM] {
        let kind = i32::try_from(kind.as_raw()).unwrap_or(0);
        if let Ok(Some(socket)) = fds.take_custom::<OwnedFd>(index, unix, kind, "a unix socket") {
            if rustix::net::sockopt::socket_acceptconn(&socket).unwrap_or(false) {
                return Err(ActivationError::UnknownName { name: shown() });
            }
            return Ok(Some(socket));
        }
    }
    if let Ok(Some(_)) = fds.take_tcp_listener(index) {
        return Err(ActivationError::UnknownName { name: shown() });
    }
    Ok(None)
}

fn open(fds: &mut listenfd::ListenFd, index: usize, entrance: Entrance) -> Result<Option<Listener>, ActivationError> {
    let name = entrance.name();
    let unusable = |source| ActivationError::Unusable { name, source };
    if entrance.is_tcp() {
        let wrong = |source| ActivationError::WrongKind { name, wanted: "a TCP socket", source };
        let Some(socket) = fds.take_tcp_listener(index).map_err(wrong)? else { return Ok(None) };
        listening(&socket, name)?;
        socket.set_nonblocking(true).map_err(unusable)?; // inherited ones block
        Ok(Some(Listener::Tcp(socket)))
    } else {
        let wrong = |source| ActivationError::WrongKind { name, wanted: "a unix stream socket", source };
        let Some(socket) = fds.take_unix_listener(index).map_err(wrong)? else { return Ok(None) };
        listening(&socket, name)?;
        socket.set_nonblocking(true).map_err(unusable)?;
        Ok(Some(Listener::Unix(socket)))
    }
}

fn listening(socket: &impl AsFd, name: &'static str) -> Result<(), ActivationError> {
    match rustix::net::sockopt::socket_acceptconn(socket) {
        Ok(true) => Ok(()),
        Ok(false) => Err(ActivationError::NotListening { name }),
        Err(error) => Err(ActivationError::Unusable { name, source: error.into() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_or_surplus_name_is_an_error() {
        for (fds, names) in [(1, ""), (2, "http"), (1, "http:unix")] {
            assert!(matches!(names_of(fds, names), Err(ActivationError::Count { .. })), "{fds} {names}");
        }
    }
}
