//! Foreground: `--listen ADDR` and the control socket, bound by the daemon itself.

use std::os::unix::fs::FileTypeExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::{
    fmt, fs, io,
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    str::FromStr,
};

use super::{Entrance, Listener};

/// What `--listen` takes: `127.0.0.1:8080`, `[::1]:8080`, `localhost:8080`, the same behind `https:`, or `unix:/path`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Address {
    Tcp(SocketAddr),
    Https(SocketAddr),
    Unix(PathBuf),
}

impl FromStr for Address {
    type Err = String;

    fn from_str(text: &str) -> Result<Address, String> {
        if let Some(path) = text.strip_prefix("unix:") {
            let path = PathBuf::from(path);
            return if path.is_absolute() {
                Ok(Address::Unix(path))
            } else {
                Err("unix: needs an absolute path".into())
            };
        }
        let (kind, text): (fn(SocketAddr) -> Address, &str) = match text.strip_prefix("https:") {
            Some(rest) => (Address::Https, rest),
            None => (Address::Tcp, text),
        };
        let literal = text.strip_prefix("localhost:").map(|port| format!("127.0.0.1:{port}"));
        literal.as_deref().unwrap_or(text).parse().map(kind).map_err(|_| {
            "an address is written 127.0.0.1:8080, [::1]:8080, localhost:8080, https:127.0.0.1:8443 or \
             unix:/run/dir/socket"
                .to_owned()
        })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Address::Tcp(address) => write!(f, "{address}"),
            Address::Https(address) => write!(f, "https:{address}"),
            Address::Unix(path) => write!(f, "unix:{}", path.display()),
        }
    }
}

/// Why an address could not be listened on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BindError {
    #[error("cannot listen on {address}: {source}; choose another address with --listen")]
    Address { address: Address, source: io::Error },
    #[error("{path} is answered by another process; stop it, or choose another path")]
    Taken { path: String },
    #[error("{path} exists and is no socket; remove it, or choose another path")]
    InTheWay { path: String },
    #[error("cannot listen on unix:{path}: {source}")]
    Unix { path: String, source: io::Error },
}

/// Listens on one address of `--listen`.
///
/// # Errors
/// The address is in use, not of this host, or not permitted.
pub(crate) fn bind(address: &Address) -> Result<(Entrance, Listener), BindError> {
    match address {
        Address::Tcp(socket) | Address::Https(socket) => {
            let failed = |source| BindError::Address { address: address.clone(), source };
            let listener = TcpListener::bind(socket).map_err(failed)?;
            listener.set_nonblocking(true).map_err(failed)?;
            let entrance = if matches!(address, Address::Https(_)) { Entrance::Https } else { Entrance::Http };
            Ok((entrance, Listener::Tcp(listener)))
        }
        Address::Unix(path) => Ok((Entrance::Unix, Listener::Unix(bind_unix(path)?))),
    }
}

/// Binds the control socket; its directory is made (0700) where it is missing.
///
/// # Errors
/// Somebody answers there already, or the directory is not ours to write.
pub(crate) fn bind_control(path: &Path) -> Result<Listener, BindError> {
    if let Some(directory) = path.parent() {
        use std::os::unix::fs::DirBuilderExt;
        fs::DirBuilder::new()
            .mode(0o700)
            .recursive(true)
            .create(directory)
            .map_err(|source| BindError::Unix { path: path.display().to_string(), source })?;
    }
    bind_unix(path).map(Listener::Unix)
}

/// A socket file of mode 0600. One that nobody answers any more is replaced; any other file is left alone.
fn bind_unix(path: &Path) -> Result<UnixListener, BindError> {
    let shown = || path.display().to_string();
    let failed = |source| BindError::Unix { path: shown(), source };
    match fs::symlink_metadata(path) {
        Ok(found) if !found.file_type().is_socket() => return Err(BindError::InTheWay { path: shown() }),
        Ok(_) => match UnixStream::connect(path) {
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => fs::remove_file(path).map_err(failed)?,
            Ok(_) => return Err(BindError::Taken { path: shown() }),
            Err(source) => return Err(failed(source)),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(source) => return Err(failed(source)),
    }
    // The mask is the process's: it is set here and put back, before any other thread exists.
    let mask = rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o177));
    let bound = UnixListener::bind(path);
    rustix::process::umask(mask);
    let listener = bound.map_err(failed)?;
    listener.set_nonblocking(true).map_err(failed)?;
    Ok(listener)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn an_address_is_a_socket_address_localhost_or_an_absolute_path() {
        assert_eq!("127.0.0.1:80".parse(), Ok(Address::Tcp(([127, 0, 0, 1], 80).into())));
        assert_eq!("localhost:80".parse(), Ok(Address::Tcp(([127, 0, 0, 1], 80).into())));
        assert!(matches!("[::1]:80".parse(), Ok(Address::Tcp(a)) if a.is_ipv6()));
        assert_eq!("https:localhost:8443".parse(), Ok(Address::Https(([127, 0, 0, 1], 8443).into())));
        assert_eq!("unix:/run/x".parse(), Ok(Address::Unix("/run/x".into())));
        for wrong in [
            "",
            "80",
            "https:",
            "https://localhost:80",
            "unix:x",
            "unix:",
            "example.org:80",
            "127.0.0.1",
            "127.0.0.1:70000",
        ] {
            assert!(wrong.parse::<Address>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_socket_that_nobody_answers_is_replaced_and_one_that_is_answered_is_not() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("deep/control");
        let first = bind_control(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::metadata(path.parent().unwrap()).unwrap().permissions().mode() & 0o777, 0o700);
        assert!(matches!(bind_control(&path), Err(BindError::Taken { .. })));
        drop(first);
        bind_control(&path).unwrap();
    }

    #[test]
    fn a_file_that_is_no_socket_is_never_replaced() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("precious");
        fs::write(&path, "data").unwrap();
        assert!(matches!(bind_unix(&path), Err(BindError::InTheWay { .. })));
        assert_eq!(fs::read_to_string(&path).unwrap(), "data");
    }
}
