//! Which containers are ours: their name, five labels, and a MAC that only this state directory's key can make.
//!
//! Anyone with the account's Podman can make a container of any name and any labels, and an image may carry labels too.
//! What has no right MAC is therefore never adopted and never removed.

use std::{
    collections::BTreeMap,
    fs,
    io::{self, Read, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::Path,
    sync::Arc,
};

use hmac::{Hmac, KeyInit, Mac};
use rustix::{
    fs::{Mode, OFlags},
    io::Errno,
};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use crate::{
    session::SessionId,
    sys::{hex, random},
};

/// The label that finds the containers of this state directory.
pub(super) const INSTANCE: &str = "io.coracle.instance";
const ID: &str = "io.coracle.id";
pub(super) const PROFILE: &str = "io.coracle.profile";
const CONFIG: &str = "io.coracle.config";
const MAC: &str = "io.coracle.mac";
/// What the MAC covers, after the container's name.
const COVERED: [&str; 4] = [INSTANCE, ID, PROFILE, CONFIG];

const NAME_PREFIX: &str = "coracle-";

/// The container's name; never changes.
pub(super) fn container_name(id: SessionId) -> String {
    format!("{NAME_PREFIX}{id}")
}

/// The session whose container has this name.
pub(super) fn session_of(name: &str) -> Option<SessionId> {
    name.strip_prefix(NAME_PREFIX)?.parse().ok()
}

/// Which containers are ours: the instance's random name and the key of the MAC on their labels. Clones share it.
#[derive(Clone)]
pub(crate) struct Identity {
    instance: Arc<str>,
    key: Arc<[u8; KEY]>,
}

/// Bytes of the MAC's key.
const KEY: usize = 32;
const KEY_FILE: &str = "mac.key";
const INSTANCE_FILE: &str = "instance";
/// Bytes that are read of either; each has fewer.
const MOST: u64 = 64;

impl Identity {
    /// Reads `instance` and `mac.key` (0600) from the state directory, making them at the first run.
    ///
    /// # Errors
    /// When a file cannot be read or made, is not what this program wrote, or its key is open to others.
    pub(crate) fn open(state: &Path) -> io::Result<Identity> {
        make(&state.join(KEY_FILE), &random::<KEY>())?;
        make(&state.join(INSTANCE_FILE), format!("{}\n", hex(&random::<8>())).as_bytes())?;
        Identity::read(state)
    }

    /// Reads what [`Identity::open`] made, and makes nothing; `None` if no daemon ever ran on this directory.
    ///
    /// # Errors
    /// As [`Identity::open`].
    pub(crate) fn find(state: &Path) -> io::Result<Option<Identity>> {
        match Identity::read(state) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            read => read.map(Some),
        }
    }

    fn read(state: &Path) -> io::Result<Identity> {
        let key_file = state.join(KEY_FILE);
        let (key, mode) = read(&key_file)?;
        if mode & 0o077 != 0 {
            return Err(wrong(
                &key_file,
                &format!("has mode {mode:03o}, so others may know it; remove it, end old sessions"),
            ));
        }
        let key = key.try_into().map_err(|_| wrong(&key_file, "is not 32 bytes; remove it, end old sessions"))?;

        let instance_file = state.join(INSTANCE_FILE);
        let instance = String::from_utf8(read(&instance_file)?.0)
            .ok()
            .map(|text| text.trim_end().to_owned())
            .filter(|text| text.len() == 16 && text.bytes().all(|b| b.is_ascii_hexdigit()))
            .ok_or_else(|| wrong(&instance_file, "is not 16 hexadecimal digits; remove it, end old sessions"))?;
        Ok(Identity { instance: instance.into(), key: Arc::new(key) })
    }

    pub(super) fn instance(&self) -> &str {
        &self.instance
    }

    /// Every label of a session's container, its MAC included.
    pub(crate) fn labels(&self, id: SessionId, profile: &str, config: &str) -> BTreeMap<String, String> {
        let mut labels: BTreeMap<String, String> =
            [(INSTANCE, &*self.instance), (ID, id.as_str()), (PROFILE, profile), (CONFIG, config)]
                .map(|(key, value)| (key.to_owned(), value.to_owned()))
                .into();
        let mac = self.mac(&container_name(id), |key| labels.get(key).map(String::as_str));
        labels.insert(MAC.to_owned(), hex(&mac));
        labels
    }

    /// Whether a container of this name with these labels was made by us. Labels that are not ours do not matter.
    pub(super) fn is_genuine<'a>(&self, name: &str, label: impl Fn(&str) -> Option<&'a str>) -> bool {
        let Some(claimed) = label(MAC) else { return false };
        let right = hex(&self.mac(name, &label));
        let same_id = label(ID).is_some() && label(ID).and_then(|id| id.parse().ok()) == session_of(name);
        let same_instance = label(INSTANCE) == Some(&self.instance);
        bool::from(right.as_bytes().ct_eq(claimed.as_bytes())) && same_id && same_instance
    }

    /// Each part goes in with its length, so that no two sets of labels read the same.
    fn mac<'a>(&self, name: &str, label: impl Fn(&str) -> Option<&'a str>) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&*self.key).expect("HMAC takes a key of any length");
        let mut part = |text: &str| {
            mac.update(&(text.len() as u64).to_be_bytes());
            mac.update(text.as_bytes());
        };
        part(name);
        for key in COVERED {
            part(key);
            part(label(key).unwrap_or_default());
        }
        mac.finalize().into_bytes().into()
    }
}

/// What is in the file, [`MOST`] bytes of it, and its mode. `coracle doctor` reads it as root in a directory of the account:
/// a link, a pipe or a device that lies there instead is refused, without waiting for it.
fn read(path: &Path) -> io::Result<(Vec<u8>, u32)> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = match rustix::fs::open(path, flags, Mode::empty()) {
        Ok(file) => fs::File::from(file),
        Err(Errno::LOOP) => return Err(wrong(path, "is a symbolic link; put the file itself there")),
        Err(e) => return Err(named(path, e.into())),
    };
    let found = file.metadata().map_err(|e| named(path, e))?;
    if !found.is_file() {
        return Err(wrong(path, "is not a regular file; remove it, end old sessions"));
    }
    let mut all = Vec::new();
    file.take(MOST).read_to_end(&mut all).map_err(|e| named(path, e))?;
    Ok((all, found.permissions().mode() & 0o777))
}

/// Puts `fresh` where nothing is, whole or not at all. Of two that make it at the same time one wins.
fn make(path: &Path, fresh: &[u8]) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => {}
        other => return other.map(drop).map_err(|e| named(path, e)),
    }
    let draft = path.with_extension(format!("new-{}", hex(&random::<4>())));
    let written = (|| {
        let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
        file.write_all(fresh)?;
        file.sync_all()?;
        match fs::hard_link(&draft, path) {
            Err(e) if e.kind() != io::ErrorKind::AlreadyExists => Err(e),
            _ => Ok(()),
        }
    })();
    let _ = fs::remove_file(&draft); // on every path; it has no reader
    written.map_err(|e| named(path, e))
}

fn named(path: &Path, e: io::Error) -> io::Error {
    io::Error::new(e.kind(), format!("{}: {e}", path.display()))
}

fn wrong(path: &Path, what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("{} {what}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open() -> (tempfile::TempDir, Identity) {
        let state = tempfile::tempdir().unwrap();
        let identity = Identity::open(state.path()).unwrap();
        (state, identity)
    }

    fn genuine(identity: &Identity, name: &str, labels: &BTreeMap<String, String>) -> bool {
        identity.is_genuine(name, |key| labels.get(key).map(String::as_str))
    }

    #[test]
    fn an_identity_is_the_same_after_a_restart_and_another_state_directory_has_another() {
        let (state, first) = open();
        let again = Identity::open(state.path()).unwrap();
        assert_eq!((first.instance(), &*first.key), (again.instance(), &*again.key));
        let (_other, stranger) = open();
        assert_ne!(first.instance(), stranger.instance());
        assert_ne!(first.key, stranger.key);
        let left: Vec<_> = fs::read_dir(state.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
        assert_eq!(left.len(), 2, "drafts must not stay: {left:?}");
    }

    #[test]
    fn who_only_looks_makes_no_identity() {
        let empty = tempfile::tempdir().unwrap();
        assert!(Identity::find(empty.path()).unwrap().is_none());
        assert_eq!(fs::read_dir(empty.path()).unwrap().count(), 0);
        let (state, identity) = open();
        assert_eq!(Identity::find(state.path()).unwrap().unwrap().instance(), identity.instance());
    }

    #[test]
    fn whoever_looks_is_led_nowhere_and_waits_for_nothing() {
        for file in [KEY_FILE, INSTANCE_FILE] {
            let (state, _) = open();
            let path = state.path().join(file);
            let refused = |what: &str| {
                let why = Identity::find(state.path()).err().map(|e| e.to_string()).unwrap_or_default();
                assert!(why.contains(file) && why.contains(what), "{why}");
            };
            let elsewhere = state.path().join("elsewhere");
            fs::rename(&path, &elsewhere).unwrap();
            std::os::unix::fs::symlink(&elsewhere, &path).unwrap();
            refused("is a symbolic link");
            fs::remove_file(&path).unwrap();
            let pipe = rustix::fs::FileType::Fifo;
            rustix::fs::mknodat(rustix::fs::CWD, &path, pipe, Mode::from_raw_mode(0o600), 0).unwrap();
            refused("is not a regular file");
            fs::remove_file(&path).unwrap();
            fs::write(&path, vec![b'a'; 1 << 20]).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
            refused("is not ");
        }
    }

    #[test]
    fn a_key_that_others_can_read_is_refused() {
        let (state, _) = open();
        let file = state.path().join("mac.key");
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        let why = Identity::open(state.path()).err().unwrap().to_string();
        assert!(why.contains("mac.key") && why.contains("640"), "{why}");
    }

    #[test]
    fn a_key_cut_short_is_refused_instead_of_used() {
        let (state, _) = open();
        fs::write(state.path().join("mac.key"), b"short").unwrap();
        assert!(Identity::open(state.path()).is_err());
    }

    #[test]
    fn every_change_of_name_or_labels_breaks_the_mac() {
        let (_state, identity) = open();
        let id = SessionId::random();
        let name = container_name(id);
        let labels = identity.labels(id, "shell", "c0ffee");
        assert!(genuine(&identity, &name, &labels));

        for key in COVERED.into_iter().chain([MAC]) {
            let mut forged = labels.clone();
            forged.insert(key.to_owned(), "x".to_owned());
            assert!(!genuine(&identity, &name, &forged), "{key} changed");
            forged.remove(key);
            assert!(!genuine(&identity, &name, &forged), "{key} gone");
        }
        assert!(!genuine(&identity, &container_name(SessionId::random()), &labels), "on another container");

        let mut extra = labels.clone();
        extra.insert("maintainer".to_owned(), "image".to_owned());
        assert!(genuine(&identity, &name, &extra), "other labels are ignored");
    }

    #[test]
    fn the_mac_of_another_instance_is_worth_nothing() {
        let (_a, identity) = open();
        let (_b, stranger) = open();
        let id = SessionId::random();
        let mut labels = stranger.labels(id, "shell", "c0ffee");
        assert!(!genuine(&identity, &container_name(id), &labels));
        labels.insert(INSTANCE.to_owned(), identity.instance().to_owned());
        assert!(!genuine(&identity, &container_name(id), &labels));
    }

    #[test]
    fn moving_bytes_from_one_label_to_the_next_is_seen() {
        let (_state, identity) = open();
        let id = SessionId::random();
        let one = identity.labels(id, "ab", "c");
        let two = identity.labels(id, "a", "bc");
        assert_ne!(one[MAC], two[MAC]);
    }

    #[test]
    fn a_session_is_found_by_its_containers_name_alone() {
        let id = SessionId::random();
        assert_eq!(session_of(&container_name(id)), Some(id));
        for other in ["coracle-", "coracle-UPPER2345678", "other", "coracle-abcdefghijklm"] {
            assert_eq!(session_of(other), None, "{other}");
        }
    }
}
