//! How sessions ended, kept for a day so that whoever comes back to one finds out: a small file each, and all of them in
//! memory once somebody has asked.

use std::{
    collections::BTreeMap,
    fs,
    path::PathBuf,
    sync::{Mutex, PoisonError},
};

use super::{EndReason, SessionId};
use crate::{auth::OwnerId, sys};

/// Seconds that a note is kept.
const KEPT: u64 = 24 * 3600;
/// Notes kept at most; the oldest go first.
const MOST: usize = 1000;
/// Of one owner, so that nobody pushes out what others have yet to read.
const MOST_OF_ONE: usize = 100;

/// The end of one session, as its owner may see it.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub(crate) struct EndNote {
    pub(crate) id: SessionId,
    pub(crate) owner: OwnerId,
    pub(crate) user: String,
    pub(crate) profile: String,
    /// Unix seconds.
    pub(crate) created: u64,
    /// Unix seconds.
    pub(crate) ended: u64,
    pub(crate) reason: EndReason,
    /// The shell's, where it is known.
    pub(crate) status: Option<i32>,
    /// There is a sealed recording of it.
    #[serde(default)]
    pub(crate) recorded: bool,
}

/// All notes of the last day.
pub(crate) struct EndNotes {
    dir: PathBuf,
    /// `None` until somebody asks.
    read: Mutex<Option<BTreeMap<SessionId, EndNote>>>,
}

impl EndNotes {
    /// Those in `dir`, which is there.
    pub(crate) fn in_dir(dir: PathBuf) -> EndNotes {
        EndNotes { dir, read: Mutex::default() }
    }

    /// Keeps one more. What cannot be written is remembered as long as this daemon lives.
    pub(crate) fn add(&self, note: EndNote) {
        let written = serde_json::to_vec(&note).map_err(std::io::Error::from);
        if let Err(error) = written.and_then(|bytes| fs::write(self.path(note.id), bytes)) {
            tracing::warn!(%error, session = %note.id, "how it ended could not be written to {}", self.dir.display());
        }
        self.with(|notes| {
            let owner = note.owner.clone();
            notes.insert(note.id, note);
            let mut theirs: Vec<_> = notes.values().filter(|n| n.owner == owner).map(|n| (n.ended, n.id)).collect();
            theirs.sort_unstable();
            let many = theirs.len().saturating_sub(MOST_OF_ONE);
            self.remove(notes, theirs.drain(..many));
        });
    }

    pub(crate) fn find(&self, id: SessionId) -> Option<EndNote> {
        self.with(|notes| notes.get(&id).cloned())
    }

    /// Those of `owner`, or everybody's; the latest first.
    pub(crate) fn list(&self, owner: Option<&OwnerId>) -> Vec<EndNote> {
        let mut list: Vec<_> = self.with(|notes| {
            notes.values().filter(|note| owner.is_none_or(|owner| *owner == note.owner)).cloned().collect()
        });
        list.sort_by_key(|note| std::cmp::Reverse((note.ended, note.id)));
        list
    }

    /// Reads what is there if nobody has yet, and lets go of what is too old or too much before and after.
    fn with<T>(&self, act: impl FnOnce(&mut BTreeMap<SessionId, EndNote>) -> T) -> T {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        let notes = read.get_or_insert_with(|| self.read_all());
        self.tidy(notes, sys::unix_seconds());
        let done = act(notes);
        self.tidy(notes, sys::unix_seconds());
        done
    }

    /// A file that is no note of ours in whole is removed: it was torn, or of another version. One that cannot be read now
    /// stays for the next daemon.
    fn read_all(&self) -> BTreeMap<SessionId, EndNote> {
        let mut notes = BTreeMap::new();
        let files = fs::read_dir(&self.dir).inspect_err(|error| self.unread(error));
        for entry in files.into_iter().flatten().flatten() {
            let bytes = match fs::read(entry.path()) {
                Ok(bytes) => bytes,
                Err(error) => {
                    self.unread(&error);
                    continue;
                }
            };
            match serde_json::from_slice::<EndNote>(&bytes) {
                Ok(note) if entry.file_name() == note.id.as_str() => drop(notes.insert(note.id, note)),
                _ => drop(fs::remove_file(entry.path())),
            }
        }
        notes
    }

    fn unread(&self, error: &std::io::Error) {
        tracing::warn!(%error, "how a session ended could not be read in {}", self.dir.display());
    }

    /// Ends that lie a day ahead were written while the clock was wrong; they would stay for as long as it was off.
    fn tidy(&self, notes: &mut BTreeMap<SessionId, EndNote>, now: u64) {
        let (kept, mut gone): (Vec<_>, Vec<_>) =
            notes.values().map(|n| (n.ended, n.id)).partition(|(ended, _)| ended.abs_diff(now) < KEPT);
        if kept.len() > MOST {
            let mut by_age = kept;
            by_age.sort_unstable();
            by_age.truncate(by_age.len() - MOST);
            gone.append(&mut by_age);
        }
        self.remove(notes, gone);
    }

    fn remove(&self, notes: &mut BTreeMap<SessionId, EndNote>, gone: impl IntoIterator<Item = (u64, SessionId)>) {
        for (_, id) in gone {
            notes.remove(&id);
            let _ = fs::remove_file(self.path(id)); // absent is what is wanted
        }
    }

    fn path(&self, id: SessionId) -> PathBuf {
        self.dir.join(id.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(owner: &str, ended: u64) -> EndNote {
        EndNote {
            id: SessionId::random(),
            owner: OwnerId::local(owner),
            user: owner.into(),
            profile: "shell".into(),
            created: ended - 60,
            ended,
            reason: EndReason::Exit,
            status: Some(3),
            recorded: false,
        }
    }

    #[test]
    fn a_note_is_found_by_id_and_by_owner_and_after_a_restart() {
        let dir = tempfile::tempdir().unwrap();
        let now = sys::unix_seconds();
        let (first, second, other) = (note("alice", now - 10), note("alice", now - 5), note("bob", now));
        let notes = EndNotes::in_dir(dir.path().into());
        for note in [&first, &second, &other] {
            notes.add(note.clone());
        }
        for notes in [notes, EndNotes::in_dir(dir.path().into())] {
            assert_eq!(notes.find(first.id), Some(first.clone()));
            assert_eq!(notes.find(SessionId::random()), None);
            assert_eq!(notes.list(Some(&OwnerId::local("alice"))), [second.clone(), first.clone()]);
            assert_eq!(notes.list(None).len(), 3);
        }
    }

    #[test]
    fn a_note_is_gone_after_a_day_and_so_is_its_file() {
        let dir = tempfile::tempdir().unwrap();
        let notes = EndNotes::in_dir(dir.path().into());
        let now = sys::unix_seconds();
        notes.add(note("alice", now - KEPT + 3600));
        notes.add(note("alice", now - KEPT - 1));
        assert_eq!(notes.list(None).len(), 1);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn the_oldest_goes_when_there_are_too_many() {
        let dir = tempfile::tempdir().unwrap();
        let notes = EndNotes::in_dir(dir.path().into());
        let now = sys::unix_seconds();
        let oldest = note("alice", now - 3600);
        notes.add(oldest.clone());
        for n in 0..MOST {
            notes.add(note(&format!("another {}", n % 20), now));
        }
        assert_eq!((notes.find(oldest.id), notes.list(None).len()), (None, MOST));
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), MOST);
    }

    #[test]
    fn a_note_of_a_clock_that_was_far_ahead_goes_and_of_one_a_little_ahead_stays() {
        let dir = tempfile::tempdir().unwrap();
        let (now, notes) = (sys::unix_seconds(), EndNotes::in_dir(dir.path().into()));
        let ahead = note("alice", now + 3600);
        for note in [ahead.clone(), note("alice", now + KEPT + 3600), note("alice", u64::MAX)] {
            notes.add(note);
        }
        assert_eq!(notes.list(None), [ahead]);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_cannot_be_read_now_is_not_thrown_away() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("abcdefghijkl");
        std::os::unix::fs::symlink(dir.path().join("absent"), &path).unwrap(); // as without a free descriptor
        assert_eq!(EndNotes::in_dir(dir.path().into()).list(None), []);
        assert!(path.symlink_metadata().is_ok());
    }

    #[test]
    fn who_ends_many_sessions_pushes_out_their_own_notes_only() {
        let dir = tempfile::tempdir().unwrap();
        let notes = EndNotes::in_dir(dir.path().into());
        let now = sys::unix_seconds();
        let (of_bob, first) = (note("bob", now - 7200), note("alice", now - 3600));
        notes.add(of_bob.clone());
        notes.add(first.clone());
        for _ in 0..MOST_OF_ONE {
            notes.add(note("alice", now));
        }
        assert_eq!((notes.find(first.id), notes.find(of_bob.id)), (None, Some(of_bob)));
        assert_eq!(notes.list(Some(&OwnerId::local("alice"))).len(), MOST_OF_ONE);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), MOST_OF_ONE + 1);
    }

    #[test]
    fn a_torn_file_is_no_note_and_goes() {
        let dir = tempfile::tempdir().unwrap();
        let whole = serde_json::to_vec(&note("alice", sys::unix_seconds())).unwrap();
        fs::write(dir.path().join("abcdefghijkl"), &whole[..40]).unwrap();
        fs::write(dir.path().join("mnopqrstuvwx"), &whole).unwrap(); // whole, but under another name
        assert_eq!(EndNotes::in_dir(dir.path().into()).list(None), []);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
    }
}
