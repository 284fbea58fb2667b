//! The sockets that systemd passes, told apart by name (`LISTEN_FDNAMES`).

use std::os::fd::AsFd;

use super::{Entrance, Listener};

/// Sockets that systemd opened for us.
#[derive(Debug)]
pub(crate) struct Inherited {
    pub(crate) sockets: Vec<(Entrance, Listener)>,
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

/// Sockets kept in systemd's store for sessions are named like this; they are not entrances.
const STORED: &str = "s-";

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
        let entrances = entrances(fds.len(), &names)?;
        let mut sockets = Vec::new();
        for (index, entrance) in entrances.into_iter().enumerate() {
            let Some(entrance) = entrance else { continue };
            if let Some(socket) = open(&mut fds, index, entrance)? {
                sockets.push((entrance, socket));
            }
        }
        if sockets.is_empty() {
            return Err(ActivationError::Nothing);
        }
        Ok(Some(Inherited { sockets }))
    }
}

/// What each descriptor is, in order; `None` for those that are no entrance.
fn entrances(fds: usize, names: &str) -> Result<Vec<Option<Entrance>>, ActivationError> {
    let names: Vec<&str> = if names.is_empty() { Vec::new() } else { names.split(':').collect() };
    if names.len() != fds {
        return Err(ActivationError::Count { fds, names: names.len() });
    }
    names
        .into_iter()
        .map(|name| match Entrance::by_name(name) {
            Some(entrance) => Ok(Some(entrance)),
            None if name.starts_with(STORED) => Ok(None),
            None => Err(ActivationError::UnknownName { name: name.escape_default().to_string() }),
        })
        .collect()
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
    fn all_sockets_of_one_name_are_taken_and_stored_ones_are_left_alone() {
        let found = entrances(5, "http:http:control:s-abc:unix").unwrap();
        let http = Some(Entrance::Http);
        assert_eq!(found, [http, http, Some(Entrance::Control), None, Some(Entrance::Unix)]);
    }

    #[test]
    fn an_unknown_name_is_an_error_that_says_which_names_there_are() {
        let error = entrances(2, "http:web").unwrap_err().to_string();
        assert!(error.contains("`web`") && error.contains("http, https, unix or control"), "{error}");
    }

    #[test]
    fn a_missing_or_surplus_name_is_an_error() {
        for (fds, names) in [(1, ""), (2, "http"), (1, "http:unix")] {
            assert!(matches!(entrances(fds, names), Err(ActivationError::Count { .. })), "{fds} {names}");
        }
    }
}
