//! The browsers that proved who they are: a random token each, of which only the SHA-256 is kept, in memory and as the
//! name of one 0600 file. They outlive the daemon.

mod directory; // people of the directory, for `revalidation`

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, Weak},
    time::Duration,
};

use sha2::{Digest, Sha256};
use tokio::sync::{Notify, watch};
use zeroize::Zeroizing;

use super::{
    Notice, OwnerId, Person,
    local::{Standing, UsersFile},
    login_files::{LoginFiles, Record},
    tickets::{Purpose, Ticket, Tickets, TooMany},
};
use crate::{
    audit,
    config::{self, Config},
    sys::{BootTime, unix_seconds},
};

const MAX_LOGINS: usize = 1000;
const MAX_PER_PERSON: usize = 20;
const TOKEN_BYTES: usize = 32;
/// How stale the file's note of the last use may be.
const NOTE_USE: u64 = 60; // seconds
/// How long a disabled account's open terminals may stay open: the users file's times are looked at this often while
/// somebody holds a login.
const LOOK_AGAIN: u64 = 1; // seconds

/// What the browser keeps as its cookie: 64 hexadecimal digits, 256 random bits. No `Debug`; wiped when dropped.
pub(crate) struct Token(Zeroizing<String>);

impl Token {
    fn random() -> Self {
        Self(Zeroizing::new(crate::sys::hex(&*Zeroizing::new(crate::sys::random::<TOKEN_BYTES>()))))
    }

    /// The cookie's value.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Names a login without being able to use it: the SHA-256 of its token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct LoginKey(pub(super) [u8; 32]);

impl LoginKey {
    #[cfg(test)]
    pub(crate) fn of_number(n: u8) -> LoginKey {
        LoginKey([n; 32])
    }

    /// The key of the login that a cookie claims to be; `None` if it cannot be a token.
    fn of(token: &str) -> Option<LoginKey> {
        let digit = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        (token.len() == 2 * TOKEN_BYTES && token.bytes().all(digit)).then(|| LoginKey(Sha256::digest(token).into()))
    }
}

/// A login that holds. Keep it as long as a WebSocket lives on it: while one is kept, the login counts as used.
#[derive(Debug, Clone)]
pub(crate) struct Login {
    /// As the users file has it now.
    pub(crate) person: Person,
    /// True (or closed) as soon as the login is over: logged out, expired, or the account is gone.
    pub(crate) over: watch::Receiver<bool>,
    /// Whether the person is an administrator: also while the login is held.
    pub(crate) admin: watch::Receiver<bool>,
    pub(crate) key: LoginKey,
}

/// How long logins hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Terms {
    pub(crate) idle: Duration,
    pub(crate) lifetime: Duration,
    /// The lifetime of those whom the directory let in: shorter where it cannot be asked about them any more.
    pub(crate) directory_lifetime: Duration,
}

impl From<&Config> for Terms {
    fn from(config: &Config) -> Self {
        let config::Login { idle, lifetime } = config.login;
        let longest = config.auth.ldap.as_ref().and_then(|ldap| ldap.longest_login());
        Self { idle, lifetime, directory_lifetime: longest.map_or(lifetime, |longest| longest.min(lifetime)) }
    }
}

/// The store. Must be made inside the runtime: a task of its own ends what expires while somebody holds it, and sleeps
/// without a timer while nobody does.
pub(crate) struct Logins {
    files: LoginFiles,
    /// Absent: local accounts are not asked for any more.
    users: RwLock<Option<Arc<UsersFile>>>,
    table: Mutex<Table>,
    /// There is something to watch over earlier than the task thinks.
    stirred: Arc<Notify>,
    /// A login by the directory is in use: it may be time to look at its person.
    pub(super) directory_used: Arc<Notify>,
}

struct Table {
    terms: Terms,
    entries: HashMap<LoginKey, Entry>,
    /// Of these logins.
    tickets: Tickets,
    /// How many were made by this daemon.
    made: u64,
    /// Unix seconds at which the task looks again; `u64::MAX`: it sleeps until stirred.
    wakes: u64,
}

struct Entry {
    record: Record,
    /// Which of several that were made within one second is the older one.
    nth: u64,
    /// When the file was written last, in unix seconds.
    written: u64,
    over: watch::Sender<bool>,
    admin: watch::Sender<bool>,
    /// Good for nothing new any more; who holds it is told when its sessions are over.
    stopped: bool,
    /// What the person should be told once.
    notice: Option<Notice>,
}

impl Entry {
    fn new(record: Record) -> Entry {
        let admin = watch::Sender::new(record.person.admin);
        Entry {
            nth: 0,
            written: record.used,
            record,
            over: watch::Sender::new(false),
            admin,
            stopped: false,
            notice: None,
        }
    }

    /// The person as somebody who was asked has it now.
    fn is_now(&mut self, person: Person) {
        self.admin.send_if_modified(|admin| std::mem::replace(admin, person.admin) != person.admin);
        self.record.person = person;
    }

    fn is_of_the_directory(&self) -> bool {
        self.record.person.owner.directory_id().is_some()
    }

    fn is_held(&self) -> bool {
        self.over.receiver_count() > 0
    }

    /// Why the login is over by its age, if it is.
    fn expiry(&self, terms: Terms, now: u64) -> Option<&'static str> {
        if now >= self.ends(terms) {
            Some("lifetime")
        } else if !self.is_held() && now.saturating_sub(self.record.used) >= terms.idle.as_secs() {
            Some("idle")
        } else {
            None
        }
    }

    /// When there is something to see to, while somebody holds it.
    fn next_look(&self, terms: Terms, now: u64) -> u64 {
        let again = if self.is_of_the_directory() { NOTE_USE } else { LOOK_AGAIN };
        self.ends(terms).min(now.saturating_add(again))
    }

    fn ends(&self, terms: Terms) -> u64 {
        let lifetime = if self.is_of_the_directory() { terms.directory_lifetime } else { terms.lifetime };
        self.record.created.saturating_add(lifetime.as_secs())
    }
}

impl Logins {
    /// Reads the logins in `directory`, which must be private.
    ///
    /// # Errors
    /// If the directory cannot be read; a file in it that is no login is removed with a warning.
    pub(crate) fn open(
        directory: PathBuf,
        users: Option<Arc<UsersFile>>,
        terms: Terms,
    ) -> std::io::Result<Arc<Logins>> {
        let (files, records) = LoginFiles::open(directory)?;
        let now = unix_seconds();
        let entries = records.into_iter().map(|(key, mut record)| {
            // A clock that was set back must not make a login last longer than it may.
            record.created = record.created.min(now);
            record.used = record.used.min(now);
            record.looked = record.looked.min(now);
            (key, Entry::new(record))
        });
        let table = Table { terms, entries: entries.collect(), tickets: Tickets::default(), made: 0, wakes: u64::MAX };
        let stirred = Arc::new(Notify::new());
        let logins = Arc::new(Logins {
            files,
            users: RwLock::new(users),
            table: Mutex::new(table),
            stirred: stirred.clone(),
            directory_used: Arc::default(),
        });
        logins.sweep(now);
        tokio::spawn(watch_over(Arc::downgrade(&logins), stirred));
        Ok(logins)
    }

    /// New terms and users file: they count at once, for logins that are open too.
    pub(crate) fn reload(&self, users: Option<Arc<UsersFile>>, terms: Terms) {
        *self.users.write().unwrap_or_else(PoisonError::into_inner) = users;
        self.lock().terms = terms;
        self.sweep(unix_seconds());
        self.stirred.notify_one();
    }

    /// A new login of `person`, who is told the notice once. The oldest one goes if there are too many of this person, or
    /// in all.
    ///
    /// # Errors
    /// If it cannot be written: then there is none.
    pub(super) fn open_for(&self, person: &Person, notice: Option<Notice>, peer: &str) -> std::io::Result<Token> {
        self.open_at(person, notice, peer, unix_seconds())
    }

    fn open_at(&self, person: &Person, notice: Option<Notice>, peer: &str, now: u64) -> std::io::Result<Token> {
        let token = Token::random();
        let key = LoginKey::of(token.as_str()).expect("Token::random makes 64 hexadecimal digits");
        let looked = if person.owner.directory_id().is_some() { now } else { 0 };
        let record = Record { person: person.clone(), created: now, used: now, peer: peer.to_owned(), looked };
        self.files.write(key, &record)?;
        let mut table = self.lock();
        while let Some(surplus) = table.surplus(&person.owner) {
            self.end(&mut table, surplus, Why::PushedOut);
        }
        table.made += 1;
        let nth = table.made;
        table.entries.insert(key, Entry { nth, notice, ..Entry::new(record) });
        Ok(token)
    }

    /// The login that a cookie stands for, as long as it holds and its account is there; using it makes it used.
    pub(crate) fn find(&self, token: &str) -> Option<Login> {
        self.find_at(token, unix_seconds())
    }

    fn find_at(&self, token: &str, now: u64) -> Option<Login> {
        self.hold(&mut self.lock(), LoginKey::of(token)?, now)
    }

    /// A ticket for this purpose, as long as the login holds.
    ///
    /// # Errors
    /// [`TooMany`] tickets are unused.
    pub(crate) fn ticket(&self, login: &Login, purpose: Purpose) -> Result<Ticket, TooMany> {
        self.lock().tickets.issue(login.key, purpose, BootTime::now())
    }

    /// The login whose ticket this is, as [`Logins::find`] would: if the ticket is good for this purpose, and was not used.
    pub(crate) fn redeem(&self, ticket: &str, purpose: &Purpose) -> Option<Login> {
        let mut table = self.lock();
        let key = table.tickets.redeem(ticket, purpose, BootTime::now())?;
        self.hold(&mut table, key, unix_seconds())
    }

    /// Uses a login, if it holds.
    fn hold(&self, table: &mut Table, key: LoginKey, now: u64) -> Option<Login> {
        self.check(table, key, now);
        let terms = table.terms;
        let entry = table.entries.get_mut(&key).filter(|entry| !entry.stopped)?;
        self.use_now(key, entry, now);
        let (over, admin) = (entry.over.subscribe(), entry.admin.subscribe());
        let login = Login { person: entry.record.person.clone(), over, admin, key };
        if entry.is_of_the_directory() {
            self.directory_used.notify_one();
        }
        let look = entry.next_look(terms, now);
        if look < table.wakes {
            table.wakes = look;
            self.stirred.notify_one();
        }
        Some(login)
    }

    /// Logs out: when this returns the file is gone and everybody who holds the login was told. False if it was over
    /// before.
    pub(crate) fn close(&self, key: LoginKey) -> bool {
        let mut table = self.lock();
        let there = table.entries.contains_key(&key);
        self.end(&mut table, key, Why::LoggedOut);
        drop(table);
        self.files.sync();
        there
    }

    /// Ends what is over, notes what is in use; returns how long nothing more is to be done, `None` until stirred.
    fn sweep(&self, now: u64) -> Option<Duration> {
        let mut table = self.lock();
        let keys: Vec<LoginKey> = table.entries.keys().copied().collect();
        let mut look = u64::MAX;
        for key in keys {
            self.check(&mut table, key, now);
            let terms = table.terms;
            let Some(entry) = table.entries.get_mut(&key).filter(|entry| entry.is_held()) else { continue };
            self.use_now(key, entry, now);
            look = look.min(entry.next_look(terms, now));
        }
        table.wakes = look;
        (look < u64::MAX).then(|| Duration::from_secs(look.saturating_sub(now)))
    }

    /// Ends one login if it expired or its account is gone; else its person is as the users file has it.
    fn check(&self, table: &mut Table, key: LoginKey, now: u64) {
        let terms = table.terms;
        let Some(entry) = table.entries.get_mut(&key) else { return };
        if let Some(why) = entry.expiry(terms, now) {
            return self.end(table, key, Why::Over(why));
        }
        if entry.is_of_the_directory() {
            return; // that is seen to by `revalidation`
        }
        let users = self.users.read().unwrap_or_else(PoisonError::into_inner).clone();
        match users.map_or(Standing::Gone, |users| users.standing(&entry.record.person.owner)) {
            Standing::Good(person) => entry.is_now(person),
            Standing::Gone => self.end(table, key, Why::Over("account")),
            // A file that cannot be read for a moment logs nobody out; nobody new gets in meanwhile.
            Standing::Unknown => {}
        }
    }

    /// What the person should be told once; the next one to ask gets nothing.
    pub(crate) fn take_notice(&self, key: LoginKey) -> Option<Notice> {
        self.lock().entries.get_mut(&key)?.notice.take()
    }

    fn use_now(&self, key: LoginKey, entry: &mut Entry, now: u64) {
        if entry.stopped {
            return; // its file is gone for good
        }
        entry.record.used = now.max(entry.record.used);
        if now.saturating_sub(entry.written) >= NOTE_USE {
            entry.written = now;
            if let Err(e) = self.files.write(key, &entry.record) {
                tracing::warn!("{e}; this login may be over early");
            }
        }
    }

    fn end(&self, table: &mut Table, key: LoginKey, why: Why) {
        let Some(entry) = table.entries.remove(&key) else { return };
        table.tickets.forget(key);
        self.files.remove(key); // again, if it was stopped before
        entry.over.send_replace(true);
        let (user, peer) = (&*entry.record.person.name, &*entry.record.peer);
        audit::record(&match why {
            Why::LoggedOut => audit::Event::Logout { user, peer },
            Why::PushedOut => audit::Event::LoginOver { user, peer, why: "pushed-out" },
            Why::Over(why) => audit::Event::LoginOver { user, peer, why },
        });
    }

    fn lock(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Logins {
    fn drop(&mut self) {
        self.stirred.notify_one(); // the task finds nothing to watch over and ends
    }
}

enum Why {
    LoggedOut,
    PushedOut,
    Over(&'static str),
}

impl Table {
    fn of(&self, owner: &OwnerId) -> impl Iterator<Item = LoginKey> {
        self.entries.iter().filter(move |(_, entry)| entry.record.person.owner == *owner).map(|(key, _)| *key)
    }

    /// A login that must go before `owner` can have one more.
    fn surplus(&self, owner: &OwnerId) -> Option<LoginKey> {
        let theirs = || self.entries.iter().filter(|(_, entry)| entry.record.person.owner == *owner);
        if theirs().count() >= MAX_PER_PERSON {
            return theirs().min_by_key(|(_, entry)| (entry.record.created, entry.nth)).map(|(key, _)| *key);
        }
        if self.entries.len() >= MAX_LOGINS {
            return self.entries.iter().min_by_key(|(_, entry)| (entry.record.used, entry.nth)).map(|(key, _)| *key);
        }
        None
    }
}

async fn watch_over(logins: Weak<Logins>, stirred: Arc<Notify>) {
    loop {
        let Some(wait) = logins.upgrade().map(|logins| logins.sweep(unix_seconds())) else { return };
        match wait {
            Some(wait) => {
                let _ = tokio::time::timeout(wait, stirred.notified()).await; // either is a reason to look
            }
            None => stirred.notified().await,
        }
    }
}

#[cfg(test)]
mod tests;
