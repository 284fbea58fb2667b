//! One daemon for each Podman user: two would adopt, and end, each other's sessions.

use std::os::unix::fs::MetadataExt;
use std::{fs, io, path::PathBuf};

use rustix::fs::{FlockOperation, flock};

/// Held for as long as the daemon lives; the kernel drops it with the process, however that ends.
#[derive(Debug)]
pub(crate) struct Lock {
    _directory: fs::File,
}

/// Why this process may not be the daemon of its user.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LockError {
    #[error(
        "{holder} already serves this user's Podman ({path} is locked); stop it (Ctrl-C, `systemctl --user stop coracle.socket coracle.service`, or the same without --user), or run this one as another user"
    )]
    Held { path: String, holder: String },
    #[error("{path} cannot be opened: {source}; run `loginctl enable-linger {user}`, or log in once as that user")]
    NoDirectory { path: String, user: String, source: io::Error },
    #[error("{path} cannot be locked: {source}")]
    Unlockable { path: String, source: io::Error },
}

impl Lock {
    /// Locks the directory `/run/user/<euid>` itself: that works where it is mounted read-only for us, and needs no file.
    ///
    /// # Errors
    /// Another daemon holds it, or the user has no runtime directory.
    pub(crate) fn take() -> Result<Lock, LockError> {
        let uid = rustix::process::geteuid().as_raw();
        Self::of(PathBuf::from(format!("/run/user/{uid}")), uid)
    }

    fn of(path: PathBuf, uid: u32) -> Result<Lock, LockError> {
        let shown = path.display().to_string();
        let directory = fs::File::open(&path).map_err(|source| LockError::NoDirectory {
            path: shown.clone(),
            user: std::env::var("USER").unwrap_or_else(|_| uid.to_string()),
            source,
        })?;
        match flock(&directory, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Lock { _directory: directory }),
            Err(rustix::io::Errno::WOULDBLOCK) => Err(LockError::Held { path: shown, holder: holder(&directory) }),
            Err(error) => Err(LockError::Unlockable { path: shown, source: error.into() }),
        }
    }
}

/// Who holds the lock, as far as the kernel tells us (`/proc/locks` is hidden in the sandbox).
fn holder(directory: &fs::File) -> String {
    let inode = directory.metadata().map_or(0, |m| m.ino());
    let locks = fs::read_to_string("/proc/locks").unwrap_or_default();
    match holder_in(&locks, inode) {
        Some(pid) => format!("another Coracle (process {pid})"),
        None => "another Coracle".to_owned(),
    }
}

/// Lines read `1: FLOCK  ADVISORY  WRITE 1234 00:2f:1 0 EOF`: the fifth word is the pid, the sixth ends with the inode.
fn holder_in(locks: &str, inode: u64) -> Option<u32> {
    locks.lines().find_map(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [_, "FLOCK", _, _, pid, place, ..] = words.as_slice() else { return None };
        let matches = place.rsplit(':').next()?.parse() == Ok(inode);
        if matches { pid.parse().ok().filter(|pid| *pid != 0) } else { None }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_daemon_of_a_user_is_refused_and_told_who_the_first_is() {
        let directory = tempfile::tempdir().unwrap();
        let first = Lock::of(directory.path().into(), 1).unwrap();
        let error = Lock::of(directory.path().into(), 1).unwrap_err();
        assert!(matches!(error, LockError::Held { .. }), "{error}");
        drop(first);
        Lock::of(directory.path().into(), 1).unwrap();
    }

    #[test]
    fn the_holder_is_found_among_other_locks() {
        let locks = "1: POSIX  ADVISORY  WRITE 11 00:2f:77 0 EOF\n2: FLOCK  ADVISORY  WRITE 22 00:2f:78 0 EOF\n\
                     3: FLOCK  ADVISORY  WRITE 33 00:2f:77 0 EOF\nnonsense";
        assert_eq!(holder_in(locks, 77), Some(33));
        assert_eq!(holder_in(locks, 79), None);
    }

    #[test]
    fn a_user_without_a_runtime_directory_is_told_about_linger() {
        let error = Lock::of("/nonexistent/runtime".into(), 1).unwrap_err().to_string();
        assert!(error.contains("enable-linger"), "{error}");
    }
}
