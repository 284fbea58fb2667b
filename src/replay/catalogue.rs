//! Which recordings there are, and whose: what their side files say.

use std::{
    fs::{self, File},
    io::{self, BufReader, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
};

use rustix::fs::{Mode, OFlags};

use super::{Events, Found, NoRecording, Scan, Stopped, checkpoints, length, next_line};
use crate::{
    auth::OwnerId,
    recording::{Begin, ChainLine, Checkpoint, MAX_CHAIN_LINE, Seal},
    session::{SessionId, Size},
};

/// Files of the directory that are looked at; retention keeps it far below.
const MOST: usize = 100_000;
/// Bytes of a chain's first line, and of its end, in which the last two lines are looked for.
const HEAD: u64 = MAX_CHAIN_LINE as u64 + 1;
const TAIL: u64 = 3 * HEAD;

/// The directory of recordings; it may be absent.
#[derive(Debug)]
pub(crate) struct Catalogue {
    directory: PathBuf,
}

/// What is known of a recording without reading it.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub(crate) struct Entry {
    pub(crate) id: SessionId,
    pub(crate) owner: OwnerId,
    pub(crate) user: String,
    pub(crate) profile: String,
    /// Unix seconds.
    pub(crate) started: u64,
    /// Of the cast.
    pub(crate) bytes: u64,
    /// Milliseconds, as far as its chain goes.
    pub(crate) duration: u64,
    /// It was closed at the session's end.
    pub(crate) sealed: bool,
    /// Why the session ended, and the shell's exit status; only of a sealed one.
    pub(crate) reason: Option<String>,
    pub(crate) status: Option<i32>,
}

impl Catalogue {
    pub(crate) fn in_dir(directory: PathBuf) -> Catalogue {
        Catalogue { directory }
    }

    /// Whether there is any recording of anybody.
    pub(crate) fn is_empty(&self) -> bool {
        self.ids().next().is_none()
    }

    fn ids(&self) -> impl Iterator<Item = SessionId> {
        let entries = fs::read_dir(&self.directory).into_iter().flatten().flatten().take(MOST);
        entries.filter_map(|entry| entry.file_name().to_str()?.strip_suffix(".chain")?.parse().ok())
    }

    /// The recordings of `owner`, or everybody's; the latest first. Those whose files make no sense are left out.
    pub(crate) fn list(&self, owner: Option<&OwnerId>) -> Vec<Entry> {
        let mut all: Vec<Entry> =
            self.ids().filter_map(|id| self.find(id, owner)).map(|recording| recording.entry).collect();
        all.sort_by_key(|entry| std::cmp::Reverse((entry.started, entry.id)));
        all
    }

    /// One recording, if it is there and `owner`'s, or anybody's.
    pub(crate) fn find(&self, id: SessionId, owner: Option<&OwnerId>) -> Option<Recording> {
        let mut chain = self.open(id, "chain").ok()?;
        let mut line = Vec::new();
        next_line(&mut BufReader::new((&chain).take(HEAD)), &mut line).ok().filter(|whole| *whole)?;
        let begin = Begin::parse(&line).ok()?;
        if begin.session != id || owner.is_some_and(|owner| *owner != begin.owner) {
            return None;
        }
        let (duration, seal) = ending(&mut chain).ok()?;
        let cast = self.open(id, "cast").ok()?;
        let bytes = cast.metadata().ok()?.len();
        let sealed = seal.is_some();
        let (reason, status) = seal.map_or((None, None), |seal| (Some(seal.reason), seal.status));
        let Begin { owner, user, profile, started, .. } = begin;
        let entry = Entry { id, owner, user, profile, started, bytes, duration, sealed, reason, status };
        let seek = self.open(id, "seek").ok();
        Some(Recording { entry, cast, seek })
    }

    /// Only plain files of ours are read.
    fn open(&self, id: SessionId, ending: &str) -> io::Result<File> {
        let path = self.directory.join(format!("{id}.{ending}"));
        open(&path)
    }
}

fn open(path: &Path) -> io::Result<File> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = File::from(rustix::fs::open(path, flags, Mode::empty())?);
    if file.metadata()?.is_file() { Ok(file) } else { Err(io::ErrorKind::InvalidInput.into()) }
}

/// The time of a chain's last block, and its seal, if it has one. Neither is proven: that is what `coracle verify` is for.
fn ending(chain: &mut File) -> io::Result<(u64, Option<Seal>)> {
    let length = chain.metadata()?.len();
    chain.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
    let mut tail = Vec::new();
    chain.take(TAIL).read_to_end(&mut tail)?;
    let whole = tail.iter().rposition(|byte| *byte == b'\n').map_or(&[][..], |end| &tail[..end]);
    let (mut time, mut seal) = (0, None);
    for line in whole.split(|byte| *byte == b'\n') {
        match ChainLine::parse(line) {
            Ok((ChainLine::Block(block), _)) => (time, seal) = (block.time, None),
            Ok((ChainLine::Seal(last), _)) => seal = Some(last),
            Err(_) => {} // cut at its beginning
        }
    }
    Ok((time, seal))
}

/// The open files of a recording; one reader at a time, since they have one position each.
#[derive(Debug)]
pub(crate) struct Recording {
    pub(crate) entry: Entry,
    pub(crate) cast: File,
    seek: Option<File>,
}

impl Recording {
    /// The last checkpoint that is not after `time`, in milliseconds since the beginning: its line.
    ///
    /// # Errors
    /// The file cannot be read.
    pub(crate) fn checkpoint(&self, time: u64) -> io::Result<Option<Vec<u8>>> {
        let Some(seek) = &self.seek else { return Ok(None) };
        let mut seek = seek.try_clone()?;
        seek.rewind()?;
        checkpoints::before(BufReader::new(seek), time, self.entry.bytes)
    }

    /// The terminal's size at the beginning.
    ///
    /// # Errors
    /// The cast cannot be read, or has no header yet.
    pub(crate) fn size(&self) -> Result<Size, NoRecording> {
        let mut cast = self.cast.try_clone()?;
        cast.rewind()?;
        Ok(Events::begin(BufReader::new(cast))?.0.size)
    }

    /// Milliseconds to the last event: what comes after the last checkpoint is read.
    ///
    /// # Errors
    /// The files cannot be read.
    pub(crate) fn duration(&self) -> io::Result<u64> {
        let last = self.checkpoint(u64::MAX)?.and_then(|line| Checkpoint::parse(&line).ok());
        length(self.cast.try_clone()?, last)
    }

    /// One pass over all of it.
    pub(crate) fn scan(&self, scan: &Scan<'_>) -> io::Result<Result<Found, Stopped>> {
        scan.run(Events::from(self.cast.try_clone()?, 0, 0)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    const ID: &str = "abcdefghij23";

    fn write(directory: &Path, id: &str, owner: &str, started: u64, rest: &str) {
        let head = format!(
            "{{\"version\":1,\"session\":\"{id}\",\"owner\":\"{owner}\",\"user\":\"mira\",\"profile\":\"shell\",\
             \"started\":{started},\"boot\":5}}\n"
        );
        fs::write(directory.join(format!("{id}.chain")), head + rest).unwrap();
        let cast =
            "{\"version\":3,\"term\":{\"cols\":90,\"rows\":30}}\n[1.5,\"o\",\"a\"]\n[2,\"o\",\"b\"]\n[1,\"o\",\"c";
        fs::write(directory.join(format!("{id}.cast")), cast).unwrap();
    }

    fn block(time: u64) -> String {
        let facts = "\"cast\":10,\"stream\":9,\"cols\":80,\"rows\":24,\"raw\":\"\"";
        format!("{{\"n\":1,\"time\":{time},{facts},\"sha256\":\"{}\"}}\n", "0".repeat(64))
    }

    #[test]
    fn owners_find_their_own_and_the_latest_comes_first() {
        let directory = tempfile::tempdir().unwrap();
        let catalogue = Catalogue::in_dir(directory.path().to_owned());
        assert!(catalogue.is_empty() && catalogue.list(None).is_empty());
        let (one, other) = (OwnerId::local("1"), OwnerId::local("2"));
        write(directory.path(), ID, "local:1", 100, "");
        write(directory.path(), "bbcdefghij23", "local:1", 300, "");
        write(directory.path(), "cbcdefghij23", "local:2", 200, "");
        let ids = |owner| catalogue.list(owner).into_iter().map(|entry| entry.id.to_string()).collect::<Vec<_>>();
        assert_eq!(ids(Some(&one)), ["bbcdefghij23", ID]);
        assert_eq!(ids(None), ["bbcdefghij23", "cbcdefghij23", ID]);
        assert!(!catalogue.is_empty());
        let id = ID.parse().unwrap();
        assert!(catalogue.find(id, Some(&one)).is_some() && catalogue.find(id, None).is_some());
        assert!(catalogue.find(id, Some(&other)).is_none());
    }

    #[test]
    fn the_end_of_the_chain_says_how_long_it_is_and_whether_it_was_closed() {
        let directory = tempfile::tempdir().unwrap();
        let catalogue = Catalogue::in_dir(directory.path().to_owned());
        let id = ID.parse().unwrap();
        let facts =
            "\"seal\":true,\"cast\":10,\"stream\":9,\"raw_sha256\":null,\"reason\":\"exit\",\"status\":7,\"ended\":9";
        let seal = format!("{{{facts},\"head\":\"{}\"}}", "0".repeat(64));
        let entry = |rest: &str| {
            write(directory.path(), ID, "local:1", 100, rest);
            catalogue.find(id, None).unwrap().entry
        };
        let blocks: String = (1..100).map(block).collect();
        let open = entry(&format!("{blocks}{}", &block(123)[..20]));
        assert_eq!((open.duration, open.sealed, open.reason), (99, false, None));
        let closed = entry(&format!("{blocks}{seal}\n"));
        assert_eq!((closed.duration, closed.sealed), (99, true));
        assert_eq!((closed.reason.as_deref(), closed.status), (Some("exit"), Some(7)));
        let half = entry(&format!("{blocks}{seal}"));
        assert!(!half.sealed, "a seal that was cut is none");
    }

    #[test]
    fn its_length_is_read_from_what_comes_after_the_last_checkpoint() {
        let directory = tempfile::tempdir().unwrap();
        let catalogue = Catalogue::in_dir(directory.path().to_owned());
        write(directory.path(), ID, "local:1", 100, "");
        let find = || catalogue.find(ID.parse().unwrap(), None).unwrap();
        assert_eq!((find().duration().unwrap(), find().size().unwrap()), (3500, Size { cols: 90, rows: 30 }));
        let cast = fs::read_to_string(directory.path().join(format!("{ID}.cast"))).unwrap();
        let offset = cast.match_indices('\n').nth(1).unwrap().0 + 1; // the second event begins there
        let line = format!("{{\"time\":61500,\"cast\":{offset},\"cols\":90,\"rows\":30,\"screen\":\"YQ==\"}}\n");
        fs::write(directory.path().join(format!("{ID}.seek")), line).unwrap();
        assert_eq!(find().duration().unwrap(), 63_500);
    }

    #[test]
    fn a_link_another_sessions_chain_and_a_chain_without_a_line_are_no_recordings() {
        let directory = tempfile::tempdir().unwrap();
        let catalogue = Catalogue::in_dir(directory.path().to_owned());
        let id = ID.parse().unwrap();
        write(directory.path(), "bbcdefghij23", "local:1", 100, "");
        let at = |name: &str| directory.path().join(name);
        fs::rename(at("bbcdefghij23.chain"), at(&format!("{ID}.chain"))).unwrap();
        fs::rename(at("bbcdefghij23.cast"), at(&format!("{ID}.cast"))).unwrap();
        assert!(catalogue.find(id, None).is_none(), "the chain names another session");
        write(directory.path(), ID, "local:1", 100, "");
        assert!(catalogue.find(id, None).is_some());
        fs::remove_file(at(&format!("{ID}.cast"))).unwrap();
        symlink("/etc/passwd", at(&format!("{ID}.cast"))).unwrap();
        assert!(catalogue.find(id, None).is_none(), "a link");
        fs::write(at(&format!("{ID}.chain")), "{\"version\":1").unwrap(); // cut
        assert!(catalogue.list(None).is_empty());
    }
}
