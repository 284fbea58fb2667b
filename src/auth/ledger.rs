//! Small records by name, in memory and each in a 0600 file of its own, at most so many of them.
//!
//! Written by rename, so a record is the old or the new one, never half of one; not synced, since what a power cut can
//! take here is worth less than a disk flush for every guess of a stranger.

use std::{
    collections::HashMap,
    fs::File,
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use serde::{Serialize, de::DeserializeOwned};

const MAX_RECORD: u64 = 4096; // bytes of one file

/// What a [`Ledger`] keeps.
pub(super) trait Record: Serialize + DeserializeOwned + PartialEq + Clone {
    /// When it changed last, in milliseconds since 1970.
    fn touched(&self) -> u64;
    /// Whether it says nothing any more.
    fn is_stale(&self, now: u64) -> bool;
}

/// Records by name. A name is hexadecimal digits, so it is a file name.
pub(super) struct Ledger<R> {
    directory: PathBuf,
    prefix: &'static str,
    most: usize,
    records: HashMap<String, R>,
    /// The disk failed, which was said once.
    complained: bool,
}

impl<R: Record> Ledger<R> {
    /// Reads the files `prefix*` of `directory`; stale, broken and surplus ones are removed.
    ///
    /// # Errors
    /// If the directory cannot be read.
    pub(super) fn open(directory: &Path, prefix: &'static str, most: usize, now: u64) -> io::Result<Self> {
        let mut ledger =
            Self { directory: directory.to_owned(), prefix, most, records: HashMap::new(), complained: false };
        let mut broken = 0;
        for entry in std::fs::read_dir(directory)? {
            let entry = entry?;
            let file_name = entry.file_name();
            let Some(name) = file_name.to_str().and_then(|n| n.strip_prefix(prefix)) else { continue };
            match read::<R>(&entry.path()).filter(|_| is_name(name)) {
                Some(record) if !record.is_stale(now) => {
                    ledger.make_room();
                    ledger.records.insert(name.to_owned(), record);
                }
                Some(_) => std::fs::remove_file(entry.path())?,
                None => {
                    broken += 1;
                    std::fs::remove_file(entry.path())?;
                }
            }
        }
        if broken > 0 {
            tracing::warn!(broken, "records of {} that could not be read were removed", directory.display());
        }
        Ok(ledger)
    }

    pub(super) fn get(&self, name: &str) -> Option<&R> {
        self.records.get(name)
    }

    /// Changes a record (a `new` one if there is none), in memory and on disk; one that says nothing is removed. When
    /// the ledger is full the one that was left alone longest goes.
    pub(super) fn change<T>(
        &mut self,
        name: &str,
        now: u64,
        new: impl FnOnce() -> R,
        change: impl FnOnce(&mut R) -> T,
    ) -> T {
        debug_assert!(is_name(name), "{name}");
        let before = self.records.get(name).cloned();
        let mut record = before.clone().unwrap_or_else(new);
        let answer = change(&mut record);
        if record.is_stale(now) {
            if before.is_some() {
                self.remove(name);
            }
        } else if before.as_ref() != Some(&record) {
            if before.is_none() {
                self.make_room();
            }
            let written = self.write(name, &record);
            self.say(written);
            self.records.insert(name.to_owned(), record);
        }
        answer
    }

    fn make_room(&mut self) {
        while self.records.len() >= self.most {
            let oldest = self.records.iter().min_by_key(|(_, record)| record.touched()).map(|(name, _)| name.clone());
            let Some(oldest) = oldest else { return };
            self.remove(&oldest);
        }
    }

    fn remove(&mut self, name: &str) {
        self.records.remove(name);
        let removed = match std::fs::remove_file(self.file(name)) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
            other => other,
        };
        self.say(removed);
    }

    fn file(&self, name: &str) -> PathBuf {
        self.directory.join(format!("{}{name}", self.prefix))
    }

    fn write(&self, name: &str, record: &R) -> io::Result<()> {
        let draft = self.directory.join(format!(".draft-{}", self.prefix)); // one writer at a time: `&mut self` above
        let mut file = File::options().write(true).create(true).truncate(true).mode(0o600).open(&draft)?;
        file.write_all(&serde_json::to_vec(record)?)?;
        std::fs::rename(&draft, self.file(name))
    }

    /// What is in memory counts even if the disk fails; that is said once.
    fn say(&mut self, outcome: io::Result<()>) {
        match outcome {
            Err(e) if !self.complained => {
                self.complained = true;
                tracing::warn!("{}: {e}; login attempts are counted until the daemon leaves", self.directory.display());
            }
            _ => {}
        }
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.len() <= 64 && name.bytes().all(|b| b.is_ascii_hexdigit())
}

fn read<R: Record>(path: &Path) -> Option<R> {
    let found = std::fs::symlink_metadata(path).ok()?;
    if !found.is_file() || found.len() > MAX_RECORD {
        return None;
    }
    serde_json::from_slice(&std::fs::read(path).ok()?).ok()
}
