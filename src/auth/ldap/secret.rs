//! The service account's password: a credential, or a file that is closed to others. Read at each bind, so a new one
//! counts at once.

use std::{
    fs::File,
    io::{self, Read},
    os::unix::fs::MetadataExt,
    path::Path,
};

use rustix::fs::{Mode, OFlags};
use zeroize::Zeroizing;

use super::{super::MAX_PASSWORD, Password, Trouble};
use crate::config::Secret;

/// Reads it; one line end behind it is not part of it.
///
/// # Errors
/// Names the file and the way out.
pub(super) fn read(secret: &Secret) -> Result<Password, Trouble> {
    let (path, way_out) = match secret {
        Secret::Credential(path) => {
            (path, "hand it over as config.toml says at bind_password_credential, or set bind_password_file")
        }
        Secret::File(path) => (path, "write the service account's password into it, with mode 0600"),
    };
    let failed = |why: &dyn std::fmt::Display| Trouble(format!("{}: {why}; {way_out}", path.display()));
    let file = open(path).map_err(|e| failed(&e))?;
    let found = file.metadata().map_err(|e| failed(&e))?;
    if !found.is_file() {
        return Err(failed(&"is not a regular file"));
    }
    if matches!(secret, Secret::File(_)) {
        let mode = found.mode() & 0o7777;
        let us = rustix::process::geteuid().as_raw();
        let shown = path.display();
        if mode & 0o077 != 0 {
            return Err(Trouble(format!(
                "{shown}: others may read it (mode {mode:04o}); close it: chmod 0600 {shown}"
            )));
        }
        if found.uid() != us && found.uid() != 0 {
            return Err(Trouble(format!(
                "{shown}: belongs to uid {}, not to uid {us}; give it back: chown {us} {shown}",
                found.uid()
            )));
        }
    }
    let mut text = Zeroizing::new(String::with_capacity(MAX_PASSWORD + 4)); // so that it is never moved while it grows
    file.take(MAX_PASSWORD as u64 + 3).read_to_string(&mut text).map_err(|e| failed(&e))?;
    let line = text.strip_suffix('\n').map_or(text.as_str(), |line| line.strip_suffix('\r').unwrap_or(line));
    let password = Password::new(line.to_owned());
    password.check().map_err(|e| failed(&e))?;
    Ok(password)
}

/// Does not wait at a pipe.
fn open(path: &Path) -> io::Result<File> {
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK;
    Ok(File::from(rustix::fs::open(path, flags, Mode::empty())?))
}

#[cfg(test)]
mod tests {
    use std::{os::unix::fs::PermissionsExt, path::PathBuf};

    use super::*;

    fn file(content: &[u8], mode: u32) -> (tempfile::TempDir, PathBuf) {
        let top = tempfile::tempdir().unwrap();
        let path = top.path().join("secret");
        std::fs::write(&path, content).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        (top, path)
    }

    #[test]
    fn a_password_is_its_file_without_the_line_end() {
        for content in ["Service.Door-3", "Service.Door-3\n", "Service.Door-3\r\n"] {
            let (_top, path) = file(content.as_bytes(), 0o600);
            assert!(read(&Secret::File(path)).is_ok(), "{content:?}");
        }
    }

    #[test]
    fn a_file_that_is_open_empty_or_absent_is_refused_by_name() {
        for (content, mode) in [(&b"x"[..], 0o640), (b"", 0o600), (b"\n", 0o600), (b"a\0b", 0o600), (b"\xff", 0o600)] {
            let (_top, path) = file(content, mode);
            let shown = path.display().to_string();
            let why = read(&Secret::File(path)).err().unwrap().0;
            assert!(why.starts_with(&shown) && why.contains("; "), "{why}");
        }
        let (top, _) = file(b"x", 0o600);
        assert!(read(&Secret::File(top.path().join("other"))).is_err());
        assert!(read(&Secret::File(top.path().to_owned())).is_err());
        let (_top, path) = file(&[b'x'; MAX_PASSWORD + 1], 0o600);
        assert!(read(&Secret::File(path)).is_err());
    }

    #[test]
    fn a_credential_may_have_the_mode_that_systemd_gives_it() {
        let (_top, path) = file(b"x\n", 0o440);
        assert!(read(&Secret::Credential(path)).is_ok());
    }
}
