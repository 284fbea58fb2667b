//! The directory of recordings: who may write there at a time, how long a disk is waited for, and what goes when.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, SystemTime},
};

use tokio::{
    sync::Semaphore,
    time::{Instant, timeout_at},
};

use super::{
    Left, Piece, What,
    text::{decode, decode_all},
    writer::{self, CAST, CHAIN, SEEK, Writer},
};
use crate::{audit, config::private_directory, session::SessionId, terminal::Ring};

/// Threads that write recordings at a time, for all sessions: a disk that hangs holds up no more of the daemon than these.
const WRITERS: usize = 4;
/// How long a write may take, with the wait for its turn, until the disk counts as dead.
pub(crate) const HANG: Duration = Duration::from_secs(10);
/// Bytes of output in one event.
pub(super) const PIECE: usize = 16 * 1024;

/// All recordings; clones share it.
#[derive(Clone)]
pub(crate) struct Shelf {
    dir: Arc<Path>,
    writers: Arc<Semaphore>,
}

/// What is let go of: what ended longer ago than `max_age`, and then the oldest, until the rest takes `max_total` bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Retention {
    pub(crate) max_age: Duration,
    /// Bytes.
    pub(crate) max_total: u64,
}

impl Shelf {
    /// The recordings of the instance whose state directory this is. Nothing is made before the first one begins.
    pub(crate) fn of(state: &Path) -> Shelf {
        Shelf { dir: state.join("recordings").into(), writers: Arc::new(Semaphore::new(WRITERS)) }
    }

    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Makes the directory where it is absent.
    pub(super) fn make(&self) -> io::Result<()> {
        private_directory(&self.dir).map_err(io::Error::other)
    }

    /// Does `work` on a thread that may block, and waits [`HANG`] for it. Past that it goes on by itself, to no avail.
    ///
    /// # Errors
    /// What `work` says; `TimedOut` for a disk that hangs.
    pub(super) async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> io::Result<T> + Send + 'static,
    ) -> io::Result<T> {
        let until = Instant::now() + HANG;
        let hangs =
            |_| io::Error::new(io::ErrorKind::TimedOut, format!("the disk did not answer in {} s", HANG.as_secs()));
        let turn = timeout_at(until, self.writers.clone().acquire_owned()).await.map_err(hangs)?;
        let turn = turn.map_err(io::Error::other)?; // never closed
        let done = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work()
        });
        timeout_at(until, done).await.map_err(hangs)?.map_err(io::Error::other)?
    }

    /// Seals what was left of a session that is over and has no recorder: first with what its ring still has. The hash, if
    /// there is a recording.
    pub(crate) async fn seal_left(
        &self,
        id: SessionId,
        ring: PathBuf,
        reason: &'static str,
        status: Option<i32>,
    ) -> Option<io::Result<String>> {
        let dir = self.dir.clone();
        let sealed = self.blocking(move || {
            let mut writer = match Writer::resume(&dir, id)? {
                Left::Nothing => return Ok(None),
                Left::Sealed(hash) => return Ok(Some(hash)),
                Left::Open(writer) => *writer,
            };
            if let Ok(ring) = Ring::open(&ring) {
                take_rest(&mut writer, &ring)?;
            }
            writer.seal(reason, status).map(Some)
        });
        sealed.await.map(|hash| hash.map(|hash| hash.to_string())).transpose()
    }

    /// Lets go of what is too old or too much; `is_live` says of which sessions nothing may go.
    pub(crate) async fn tidy(&self, keep: Retention, is_live: impl Fn(SessionId) -> bool + Send + 'static) {
        let dir = self.dir.clone();
        let tidied = self.blocking(move || {
            for (kept, why) in superfluous(find(&dir)?, keep, SystemTime::now(), is_live) {
                writer::remove(&dir, kept.id);
                audit::record(&audit::Event::RecordingRemoved { id: kept.id, why, bytes: kept.bytes });
            }
            Ok(())
        });
        match tidied.await {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                tracing::warn!(%error, "old recordings in {} could not be removed", self.dir.display());
            }
            _ => {}
        }
    }
}

/// What the ring of a session without a daemon has that is not recorded yet.
fn take_rest(writer: &mut Writer, ring: &Ring) -> io::Result<()> {
    let mut buffer = vec![0; PIECE];
    if writer.position() < ring.oldest() {
        let (now, position) = (writer.now(), ring.oldest());
        let gap = What::gap(Some(position - writer.position()));
        writer.append(Piece { events: vec![(now, gap)], raw: Vec::new(), position })?;
    }
    while let Ok(n @ 1..) = ring.read(writer.position(), &mut buffer) {
        let (text, taken) = match decode(&buffer[..n]) {
            (_, 0) => (decode_all(&buffer[..n]), n), // the last of all
            decoded => decoded,
        };
        let (now, position) = (writer.now(), writer.position() + taken as u64);
        writer.append(Piece { events: vec![(now, What::Output(text))], raw: buffer[..taken].to_vec(), position })?;
    }
    Ok(())
}

/// One recording, as the directory tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Kept {
    id: SessionId,
    /// When it was written to last: sealed, if it is.
    ended: SystemTime,
    /// Of all its files.
    bytes: u64,
}

fn find(dir: &Path) -> io::Result<Vec<Kept>> {
    let mut found = std::collections::BTreeMap::new();
    for entry in std::fs::read_dir(dir)? {
        let entry = entry?;
        let name = entry.file_name();
        let Some((id, end)) = name.to_str().and_then(|name| name.split_once('.')) else { continue };
        let Ok(id) = id.parse::<SessionId>() else { continue };
        let Ok(file) = entry.metadata() else { continue }; // just removed
        if [CAST, CHAIN, SEEK].contains(&end) {
            let kept = found.entry(id).or_insert(Kept { id, ended: SystemTime::UNIX_EPOCH, bytes: 0 });
            kept.ended = kept.ended.max(file.modified()?);
            kept.bytes += file.len();
        }
    }
    Ok(found.into_values().collect())
}

fn superfluous(
    mut found: Vec<Kept>,
    keep: Retention,
    now: SystemTime,
    is_live: impl Fn(SessionId) -> bool,
) -> Vec<(Kept, &'static str)> {
    let mut total: u64 = found.iter().map(|kept| kept.bytes).sum();
    found.retain(|kept| !is_live(kept.id));
    found.sort_by_key(|kept| (kept.ended, kept.id));
    let mut gone = Vec::new();
    for kept in found {
        let old = now.duration_since(kept.ended).is_ok_and(|age| age > keep.max_age);
        if !old && total <= keep.max_total {
            break; // those behind it are younger
        }
        total -= kept.bytes;
        gone.push((kept, if old { "max_age" } else { "max_total" }));
    }
    gone
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    fn kept(id: &str, hours: u32, bytes: u64, now: SystemTime) -> Kept {
        Kept { id: id.parse().unwrap(), ended: now - HOUR * hours, bytes }
    }

    #[test]
    fn the_oldest_go_first_by_age_and_then_by_size_and_never_a_live_one() {
        let now = SystemTime::now();
        let all = vec![
            kept("abcdefghijkl", 1, 100, now),
            kept("bbcdefghijkl", 30, 100, now),
            kept("cbcdefghijkl", 5, 100, now),
            kept("dbcdefghijkl", 40, 100, now),
            kept("ebcdefghijkl", 3, 100, now),
        ];
        let live: SessionId = "dbcdefghijkl".parse().unwrap();
        let gone = |max_age, max_total| {
            let keep = Retention { max_age, max_total };
            let gone = superfluous(all.clone(), keep, now, |id| id == live);
            gone.into_iter().map(|(kept, why)| (kept.id.as_str()[..1].to_owned(), why)).collect::<Vec<_>>()
        };
        assert_eq!(gone(24 * HOUR, 1000), [("b".to_owned(), "max_age")]);
        assert_eq!(gone(24 * HOUR, 300), [("b".to_owned(), "max_age"), ("c".to_owned(), "max_total")]);
        assert_eq!(gone(100 * HOUR, 0).len(), 4, "a live one stays, however little there may be");
        assert_eq!(gone(100 * HOUR, 500), []);
    }

    #[tokio::test]
    async fn only_recordings_of_ours_are_removed_and_all_three_files_of_each() {
        let top = tempfile::tempdir().unwrap();
        let shelf = Shelf::of(top.path());
        shelf.make().unwrap();
        for name in
            ["abcdefghijkl.cast", "abcdefghijkl.chain", "abcdefghijkl.seek", "notes.txt", "abcdefghijkl.cast.bak"]
        {
            std::fs::write(shelf.dir().join(name), b"xxxx").unwrap();
        }
        shelf.tidy(Retention { max_age: HOUR, max_total: 11 }, |_| false).await;
        let mut left: Vec<_> =
            std::fs::read_dir(shelf.dir()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, ["abcdefghijkl.cast.bak", "notes.txt"]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_disk_that_hangs_is_given_up_and_takes_no_more_than_its_threads() {
        let shelf = Shelf::of(Path::new("/nowhere"));
        let (release, hung) = std::sync::mpsc::channel::<()>();
        let (hung, at_work) = (Arc::new(std::sync::Mutex::new(hung)), Arc::new(std::sync::atomic::AtomicUsize::new(0)));
        let waits: Vec<_> = (0..WRITERS + 3)
            .map(|_| {
                let (shelf, hung, at_work) = (shelf.clone(), hung.clone(), at_work.clone());
                tokio::spawn(async move {
                    let hang = move || {
                        at_work.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                        let _ = hung.lock().unwrap().recv();
                        Ok(())
                    };
                    shelf.blocking(hang).await.unwrap_err().kind()
                })
            })
            .collect();
        tokio::task::yield_now().await;
        tokio::time::advance(HANG + Duration::from_secs(1)).await;
        for wait in waits {
            assert_eq!(wait.await.unwrap(), io::ErrorKind::TimedOut);
        }
        assert!(at_work.load(std::sync::atomic::Ordering::Relaxed) <= WRITERS);
        drop(release);
    }
}
