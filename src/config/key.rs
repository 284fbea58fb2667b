//! Secrets of this instance: 32 random bytes each, in a 0600 file of the state directory, made at first use.

use std::{
    fs::File,
    io::{self, Read, Write},
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::Path,
};

use hmac::{Hmac, KeyInit, Mac};
use rustix::fs::{Mode, OFlags};
use sha2::Sha256;
use zeroize::Zeroizing;

const LENGTH: usize = 32; // bytes

/// A secret that stays as long as the state directory does. No `Debug`: it goes to no log.
pub(crate) struct StateKey(Zeroizing<[u8; LENGTH]>);

impl StateKey {
    /// A key that nobody else has and that ends with this process.
    pub(crate) fn passing() -> Self {
        Self(Zeroizing::new(crate::sys::random()))
    }

    /// Reads the key `name` of `directory` (which must be private), or makes it.
    ///
    /// # Errors
    /// If the file can be neither read nor made, is not [`LENGTH`] bytes long, or is open to others.
    pub(crate) fn open(directory: &Path, name: &str) -> io::Result<Self> {
        let path = directory.join(name);
        match read(&path) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                make(directory, &path)?;
                read(&path)
            }
            other => other,
        }
        .map_err(|e| io::Error::new(e.kind(), format!("{}: {e}", path.display())))
    }

    /// HMAC-SHA256 of `text`. Who does not have the key learns nothing about `text` and cannot try guesses.
    pub(crate) fn mac(&self, text: &[u8]) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&*self.0).expect("HMAC takes keys of any length");
        mac.update(text);
        mac.finalize().into_bytes().into()
    }
}

fn read(path: &Path) -> io::Result<StateKey> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
    let mut file = File::from(rustix::fs::open(path, flags, Mode::empty())?);
    if file.metadata()?.mode() & 0o077 != 0 {
        return Err(io::Error::other("others may read this key; remove the file, a new one is made"));
    }
    let mut key = StateKey(Zeroizing::new([0; LENGTH]));
    let whole = file.read_exact(&mut *key.0).is_ok() && file.read(&mut [0])? == 0;
    if whole { Ok(key) } else { Err(io::Error::other("not a key of 32 bytes; remove the file, a new one is made")) }
}

/// Writes a new key; if another process was first, its key stays.
fn make(directory: &Path, path: &Path) -> io::Result<()> {
    let draft = directory.join(format!(".key-{}", crate::sys::reference()));
    let mut file = File::options().write(true).create_new(true).mode(0o600).open(&draft)?;
    let written = file.write_all(&*Zeroizing::new(crate::sys::random::<LENGTH>())).and_then(|()| file.sync_all());
    let linked = written.and_then(|()| match std::fs::hard_link(&draft, path) {
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        other => other,
    });
    std::fs::remove_file(&draft)?;
    linked
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_key_is_the_same_each_time_and_another_in_another_place() {
        let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let first = StateKey::open(here.path(), "k").unwrap().mac(b"x");
        assert_eq!(StateKey::open(here.path(), "k").unwrap().mac(b"x"), first);
        assert_ne!(StateKey::open(there.path(), "k").unwrap().mac(b"x"), first);
        assert_ne!(StateKey::open(here.path(), "k").unwrap().mac(b"y"), first);
        assert_eq!(std::fs::metadata(here.path().join("k")).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(std::fs::read_dir(here.path()).unwrap().count(), 1, "no draft stays behind");
    }

    #[test]
    fn a_key_that_is_cut_open_or_a_link_is_refused_by_name() {
        let here = tempfile::tempdir().unwrap();
        std::fs::write(here.path().join("short"), [1; 31]).unwrap();
        std::fs::set_permissions(here.path().join("short"), std::fs::Permissions::from_mode(0o600)).unwrap();
        let e = StateKey::open(here.path(), "short").err().unwrap().to_string();
        assert!(e.contains("short: not a key"), "{e}");
        std::fs::write(here.path().join("open"), [1; 32]).unwrap();
        std::fs::set_permissions(here.path().join("open"), std::fs::Permissions::from_mode(0o640)).unwrap();
        assert!(StateKey::open(here.path(), "open").is_err());
        StateKey::open(here.path(), "real").unwrap();
        std::os::unix::fs::symlink("real", here.path().join("link")).unwrap();
        assert!(StateKey::open(here.path(), "link").is_err());
    }
}
