//! The login store on disk: one 0600 file for each login, named by the hash of its token.

use std::{
    fs::File,
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::PathBuf,
    sync::atomic::{AtomicU64, Ordering},
};

use super::{Person, logins::LoginKey};

const MAX_RECORD: u64 = 16 * 1024; // bytes of one file
const DRAFT: &str = ".draft-";

/// What is kept of a login; the token is not in it.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Record {
    pub(super) person: Person,
    /// Unix seconds.
    pub(super) created: u64,
    /// Unix seconds; may be a minute old.
    pub(super) used: u64,
    /// Where the password was typed.
    pub(super) peer: String,
    /// Unix seconds: when the directory was last seen to know this person; 0 for local accounts.
    #[serde(default)]
    pub(super) looked: u64,
}

/// The directory.
pub(super) struct LoginFiles {
    directory: PathBuf,
    drafts: AtomicU64,
}

impl LoginFiles {
    /// Reads every login; what cannot be read as one is removed, with one warning for all.
    ///
    /// # Errors
    /// If the directory cannot be read.
    pub(super) fn open(directory: PathBuf) -> io::Result<(LoginFiles, Vec<(LoginKey, Record)>)> {
        let (mut records, mut broken) = (Vec::new(), 0);
        for entry in std::fs::read_dir(&directory)? {
            let path = entry?.path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or("");
            match key_of(name).zip(read(&path)) {
                Some(login) => records.push(login),
                None => {
                    broken += usize::from(!name.starts_with(DRAFT));
                    if let Err(e) = std::fs::remove_file(&path) {
                        tracing::warn!("{}: {e}; it is no login, remove it by hand", path.display());
                    }
                }
            }
        }
        if broken > 0 {
            tracing::warn!(broken, "files of {} that are no logins were removed", directory.display());
        }
        Ok((LoginFiles { directory, drafts: AtomicU64::new(0) }, records))
    }

    /// Puts the record in place at once: it is the old or the new one, never half of one.
    pub(super) fn write(&self, key: LoginKey, record: &Record) -> io::Result<()> {
        let draft = self.directory.join(format!("{DRAFT}{}", self.drafts.fetch_add(1, Ordering::Relaxed)));
        let path = self.path(key);
        let put = || {
            let mut file = File::options().write(true).create(true).truncate(true).mode(0o600).open(&draft)?;
            file.write_all(&serde_json::to_vec(record)?)?;
            std::fs::rename(&draft, &path)
        };
        put().map_err(|e| {
            let _ = std::fs::remove_file(&draft); // the first error is the one to tell
            io::Error::new(e.kind(), format!("{}: {e}", path.display()))
        })
    }

    pub(super) fn remove(&self, key: LoginKey) {
        match std::fs::remove_file(self.path(key)) {
            Ok(()) => {}
            Err(e) if e.kind() == io::ErrorKind::NotFound => {}
            Err(e) => tracing::error!(
                "{}: {e}; this login is over, but comes back with a restart: remove it by hand",
                self.path(key).display()
            ),
        }
    }

    /// Returns when what was removed is gone from the disk too.
    pub(super) fn sync(&self) {
        if let Err(e) = File::open(&self.directory).and_then(|directory| directory.sync_all()) {
            tracing::warn!("{}: {e}; a logout may be undone by a power cut", self.directory.display());
        }
    }

    /// Only a key makes a path here, so a cookie can name no other file.
    fn path(&self, key: LoginKey) -> PathBuf {
        self.directory.join(crate::sys::hex(&key.0))
    }
}

fn key_of(name: &str) -> Option<LoginKey> {
    let digit = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    if name.len() != 64 || !name.bytes().all(digit) {
        return None;
    }
    let mut key = [0; 32];
    for (byte, pair) in key.iter_mut().zip(name.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(LoginKey(key))
}

fn read(path: &std::path::Path) -> Option<Record> {
    let found = std::fs::symlink_metadata(path).ok()?;
    if !found.is_file() || found.len() > MAX_RECORD {
        return None;
    }
    record(&std::fs::read(path).ok()?)
}

pub(super) fn record(bytes: &[u8]) -> Option<Record> {
    serde_json::from_slice(bytes).ok()
}
