//! The users file on disk: read at each login, written by rename, never open to others.

use std::{
    fs::File,
    io::{self, Read, Write},
    os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use rustix::fs::{FlockOperation, Mode, OFlags};

use super::{OwnerId, Person, users::Users};

const MAX_FILE: u64 = 4 << 20; // bytes
const LOCK_WAIT: Duration = Duration::from_secs(5);
const LOCK_STEP: Duration = Duration::from_millis(50);
const SYSTEM_GROUP: &str = "coracle";
/// Mode bits that nobody may have: no group writing, nothing for others. 0640 or stricter is left.
const TOO_OPEN: u32 = 0o037;

/// Why the users file answers nothing; the sentence has the path and the way out.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UsersError {
    #[error("{0}: there is no users file; make the first account: coracle passwd NAME")]
    Absent(PathBuf),
    #[error("{path}: others may read or change it (mode {mode:04o}); close it: chmod 0640 {path}", path = .path.display())]
    Open { path: PathBuf, mode: u32 },
    #[error("{path}: belongs to uid {owner}, neither root nor the one that runs; give it back: chown root {path}", path = .path.display())]
    ForeignOwner { path: PathBuf, owner: u32 },
    #[error("{0}: is not a regular file of at most 4 MiB; move it away")]
    NotAFile(PathBuf),
    #[error("{0}: somebody else is writing it; try again")]
    Locked(PathBuf),
    #[error("{path}: {source}; check that it is text in UTF-8 and that its directory can be read and written", path = .path.display())]
    Io { path: PathBuf, source: io::Error },
}

/// What tells one content of the file from the next without reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    inode: (u64, u64),
    size: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

/// How the owner of a login stands with the users file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Standing {
    /// The account as it is now.
    Good(Person),
    /// No such account, or disabled.
    Gone,
    /// The file cannot be read at the moment: nothing is known.
    Unknown,
}

/// The users file at its path; remembers what it read last.
pub(crate) struct UsersFile {
    path: PathBuf,
    last: Mutex<Option<(Stamp, Arc<Users>)>>,
}

impl UsersFile {
    pub(crate) fn at(path: PathBuf) -> Self {
        Self { path, last: Mutex::new(None) }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Reads the file anew.
    ///
    /// # Errors
    /// If it is absent, open to others or not ours; a mistake in a line is none.
    pub(crate) fn read(&self) -> Result<Arc<Users>, UsersError> {
        let (stamp, text) = self.content()?;
        let users = Arc::new(Users::parse(&text));
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.as_ref().is_none_or(|(_, before)| before.bad_lines() != users.bad_lines()) {
            for bad in users.bad_lines() {
                tracing::warn!("{}:{}: {}", self.path.display(), bad.line, bad.what);
            }
        }
        *last = Some((stamp, users.clone()));
        Ok(users)
    }

    /// How `owner` stands now. Costs one stat(2) while the file does not change.
    pub(crate) fn standing(&self, owner: &OwnerId) -> Standing {
        let users = match self.stamp() {
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Standing::Gone,
            Err(_) => return Standing::Unknown,
            Ok(stamp) => {
                let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
                last.as_ref().filter(|(seen, _)| *seen == stamp).map(|(_, users)| users.clone())
            }
        };
        match users.map_or_else(|| self.read(), Ok) {
            Ok(users) => match users.find_owner(owner) {
                Some(account) if !account.disabled => Standing::Good(account.person()),
                _ => Standing::Gone,
            },
            Err(UsersError::Absent(_)) => Standing::Gone,
            Err(_) => Standing::Unknown,
        }
    }

    /// Changes the file under a lock: what `change` makes of it is on disk when this returns. An absent file is made,
    /// together with its directory.
    ///
    /// # Errors
    /// As [`UsersFile::read`], and if the file cannot be written; then it is as before.
    pub(crate) fn edit<T>(&self, change: impl FnOnce(&mut Users) -> T) -> Result<T, UsersError> {
        let failed = |source| UsersError::Io { path: self.path.clone(), source };
        let root = rustix::process::geteuid().is_root();
        // A link stays a link: what it points to is replaced.
        let path = std::fs::canonicalize(&self.path).unwrap_or_else(|_| self.path.clone());
        let directory = path.parent().unwrap_or(Path::new("/")).to_owned();
        let directory_mode = if root { 0o755 } else { 0o700 };
        std::fs::DirBuilder::new().recursive(true).mode(directory_mode).create(&directory).map_err(failed)?;
        let lock = self.lock(&directory)?;
        let mut users = match self.content() {
            Ok((_, text)) => Users::parse(&text),
            Err(UsersError::Absent(_)) => Users::default(),
            Err(e) => return Err(e),
        };
        let answer = change(&mut users);
        replace(&directory, &path, users.to_string().as_bytes(), root).map_err(failed)?;
        lock.sync_all().map_err(failed)?;
        Ok(answer)
    }

    /// The directory, locked until the returned file is closed.
    fn lock(&self, directory: &Path) -> Result<File, UsersError> {
        let failed = |source| UsersError::Io { path: self.path.clone(), source };
        let opened = File::open(directory).map_err(failed)?;
        let until = Instant::now() + LOCK_WAIT;
        loop {
            match rustix::fs::flock(&opened, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => return Ok(opened),
                Err(rustix::io::Errno::WOULDBLOCK) if Instant::now() < until => std::thread::sleep(LOCK_STEP),
                Err(rustix::io::Errno::WOULDBLOCK) => return Err(UsersError::Locked(self.path.clone())),
                Err(e) => return Err(failed(e.into())),
            }
        }
    }

    fn stamp(&self) -> io::Result<Stamp> {
        std::fs::metadata(&self.path).map(|found| Stamp::of(&found))
    }

    fn content(&self) -> Result<(Stamp, String), UsersError> {
        let failed = |source: io::Error| match source.kind() {
            io::ErrorKind::NotFound => UsersError::Absent(self.path.clone()),
            _ => UsersError::Io { path: self.path.clone(), source },
        };
        // A FIFO in the file's place must not hold anybody up.
        let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK;
        let file = File::from(rustix::fs::open(&self.path, flags, Mode::empty()).map_err(|e| failed(e.into()))?);
        let found = file.metadata().map_err(failed)?;
        if !found.is_file() || found.len() > MAX_FILE {
            return Err(UsersError::NotAFile(self.path.clone()));
        }
        let us = rustix::process::geteuid().as_raw();
        if us != 0 && found.uid() != 0 && found.uid() != us {
            return Err(UsersError::ForeignOwner { path: self.path.clone(), owner: found.uid() });
        }
        let mode = found.mode() & 0o7777;
        if mode & TOO_OPEN != 0 {
            return Err(UsersError::Open { path: self.path.clone(), mode });
        }
        let mut text = String::new();
        file.take(MAX_FILE).read_to_string(&mut text).map_err(failed)?;
        Ok((Stamp::of(&found), text))
    }
}

impl Stamp {
    fn of(found: &std::fs::Metadata) -> Stamp {
        Stamp {
            inode: (found.dev(), found.ino()),
            size: found.len(),
            modified: (found.mtime(), found.mtime_nsec()),
            changed: (found.ctime(), found.ctime_nsec()),
        }
    }
}

/// Puts `content` in the place of `path` at once; owner, group and mode stay, a new file gets 0640 and the service's
/// group if root makes it, else 0600.
fn replace(directory: &Path, path: &Path, content: &[u8], root: bool) -> io::Result<()> {
    let (mode, owner, group) = match std::fs::metadata(path) {
        Ok(before) => (before.mode() & 0o7777 & !TOO_OPEN, Some(before.uid()), Some(before.gid())),
        Err(e) if e.kind() == io::ErrorKind::NotFound && root => (0o640, None, system_group("/etc/group")),
        Err(e) if e.kind() == io::ErrorKind::NotFound => (0o600, None, None),
        Err(e) => return Err(e),
    };
    let draft = directory.join(format!(".users-{}", crate::sys::reference()));
    let file = File::options().write(true).create_new(true).mode(0o600).open(&draft)?;
    let put = || -> io::Result<()> {
        let made = file.metadata()?;
        if owner.is_some_and(|o| o != made.uid()) || group.is_some_and(|g| g != made.gid()) {
            std::os::unix::fs::fchown(&file, owner, group)?;
        }
        file.set_permissions(std::fs::Permissions::from_mode(mode))?;
        (&file).write_all(content)?;
        file.sync_all()?;
        std::fs::rename(&draft, path)
    };
    put().inspect_err(|_| {
        let _ = std::fs::remove_file(&draft); // the first error is the one to tell
    })
}

/// The number of the service's group, as packages make it.
fn system_group(file: &str) -> Option<u32> {
    let groups = std::fs::read_to_string(file).ok()?;
    let line = groups.lines().find(|line| line.split(':').next() == Some(SYSTEM_GROUP))?;
    line.split(':').nth(2)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::{
        Password,
        password::{Cost, Hash},
        users::{Account, AccountId},
    };

    fn here() -> (tempfile::TempDir, UsersFile) {
        let top = tempfile::tempdir().unwrap();
        let file = UsersFile::at(top.path().join("users"));
        (top, file)
    }

    fn account(name: &str) -> Account {
        Account {
            name: name.parse().unwrap(),
            hash: Hash::costing(&Password::new("x".into()), Cost::CHEAP),
            groups: Vec::new(),
            id: AccountId::random(),
            disabled: false,
        }
    }

    fn mode(path: &Path) -> u32 {
        std::fs::metadata(path).unwrap().permissions().mode() & 0o7777
    }

    fn chmod(path: &Path, mode: u32) {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn a_file_is_made_closed_and_replaced_whole() {
        let top = tempfile::tempdir().unwrap();
        let file = UsersFile::at(top.path().join("new/users"));
        assert!(matches!(file.read(), Err(UsersError::Absent(_))));
        file.edit(|users| users.put(account("mira"))).unwrap();
        let expected = if rustix::process::geteuid().is_root() { 0o640 } else { 0o600 };
        assert_eq!(mode(file.path()), expected);
        chmod(file.path(), 0o600);
        let before = std::fs::metadata(file.path()).unwrap().ino();
        file.edit(|users| users.put(account("jo"))).unwrap();
        assert_ne!(std::fs::metadata(file.path()).unwrap().ino(), before, "by rename");
        assert_eq!(mode(file.path()), 0o600, "the mode stays");
        assert_eq!(file.read().unwrap().accounts().count(), 2);
        assert_eq!(std::fs::read_dir(top.path().join("new")).unwrap().count(), 1, "no draft stays behind");
    }

    #[test]
    fn a_file_that_others_can_read_answers_nothing_and_says_chmod() {
        let (_top, file) = here();
        file.edit(|users| users.put(account("mira"))).unwrap();
        for wrong in [0o644, 0o641, 0o660, 0o650, 0o604] {
            chmod(file.path(), wrong);
            let told = file.read().unwrap_err().to_string();
            assert!(told.contains(&format!("mode {wrong:04o}")) && told.contains("chmod 0640"), "{told}");
            assert!(file.edit(|_| ()).is_err());
        }
        for good in [0o640, 0o600, 0o400, 0o440] {
            chmod(file.path(), good);
            assert!(file.read().is_ok(), "{good:o}");
        }
    }

    #[test]
    fn a_group_that_was_given_stays() {
        if !rustix::process::geteuid().is_root() {
            eprintln!("skipped: needs root to give a file away");
            return;
        }
        let (_top, file) = here();
        file.edit(|users| users.put(account("mira"))).unwrap();
        std::os::unix::fs::chown(file.path(), Some(1234), Some(4321)).unwrap();
        file.edit(|users| users.put(account("jo"))).unwrap();
        let found = std::fs::metadata(file.path()).unwrap();
        assert_eq!((found.uid(), found.gid()), (1234, 4321));
    }

    #[test]
    fn what_is_not_a_plain_file_is_refused_without_waiting() {
        let (top, file) = here();
        std::fs::create_dir(file.path()).unwrap();
        assert!(matches!(file.read(), Err(UsersError::NotAFile(_))));
        let fifo = UsersFile::at(top.path().join("fifo"));
        rustix::fs::mknodat(rustix::fs::CWD, fifo.path(), rustix::fs::FileType::Fifo, Mode::from_raw_mode(0o600), 0)
            .unwrap();
        assert!(matches!(fifo.read(), Err(UsersError::NotAFile(_))));
    }

    #[test]
    fn a_link_to_the_file_stays_a_link() {
        let (top, file) = here();
        std::os::unix::fs::symlink(top.path().join("real"), file.path()).unwrap();
        std::fs::write(top.path().join("real"), "# kept\n").unwrap();
        chmod(&top.path().join("real"), 0o600);
        file.edit(|users| users.put(account("mira"))).unwrap();
        assert!(std::fs::symlink_metadata(file.path()).unwrap().is_symlink());
        assert!(std::fs::read_to_string(top.path().join("real")).unwrap().starts_with("# kept\nmira:"));
    }

    #[test]
    fn two_writers_do_not_lose_each_others_accounts() {
        let (_top, file) = here();
        std::thread::scope(|scope| {
            for writer in 0..4 {
                let file = &file;
                scope.spawn(move || {
                    for n in 0..5 {
                        file.edit(|users| users.put(account(&format!("u{writer}{n}")))).unwrap();
                    }
                });
            }
        });
        assert_eq!(file.read().unwrap().accounts().count(), 20);
    }

    #[test]
    fn standing_follows_the_file_without_being_told() {
        let (_top, file) = here();
        let mira = account("mira");
        assert_eq!(file.standing(&mira.owner()), Standing::Gone, "no file, no account");
        file.edit(|users| users.put(mira.clone())).unwrap();
        assert_eq!(file.standing(&mira.owner()), Standing::Good(mira.person()));
        let moved = Account { groups: vec!["admin".into()], ..mira.clone() };
        file.edit(|users| users.put(moved.clone())).unwrap();
        assert_eq!(file.standing(&mira.owner()), Standing::Good(moved.person()));
        chmod(file.path(), 0o644);
        assert_eq!(file.standing(&mira.owner()), Standing::Unknown);
        chmod(file.path(), 0o640);
        file.edit(|users| users.put(Account { disabled: true, ..mira.clone() })).unwrap();
        assert_eq!(file.standing(&mira.owner()), Standing::Gone);
        file.edit(|users| users.put(Account { id: AccountId::random(), ..mira.clone() })).unwrap();
        assert_eq!(file.standing(&mira.owner()), Standing::Gone, "a new account of the same name is another one");
        std::fs::remove_file(file.path()).unwrap();
        assert_eq!(file.standing(&mira.owner()), Standing::Gone);
    }

    #[test]
    fn the_services_group_is_found_by_name() {
        let top = tempfile::tempdir().unwrap();
        let file = top.path().join("group");
        std::fs::write(&file, "root:x:0:\ncoracle2:x:7:\ncoracle:x:990:\n").unwrap();
        assert_eq!(system_group(file.to_str().unwrap()), Some(990));
        assert_eq!(system_group("/nonexistent"), None);
    }
}
