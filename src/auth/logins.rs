//! The browsers that proved who they are: a random token each, of which only the SHA-256 is kept, in memory and as the
//! name of one 0600 file. They outlive the daemon.

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
    OwnerId, Person,
    local::{Standing, UsersFile},
    login_files::{LoginFiles, Record},
    tickets::{Purpose, Ticket, Tickets, TooMany},
};
use crate::{
    audit, config,
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
    pub(crate) key: LoginKey,
}

/// How long logins hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Terms {
    pub(crate) idle: Duration,
    pub(crate) lifetime: Duration,
}

impl From<&config::Login> for Terms {
    fn from(login: &config::Login) -> Self {
        Self { idle: login.idle, lifetime: login.lifetime }
    }
}

/// The store. Must be made inside the runtime: a task of its own ends what expires while somebody holds it, and sleeps
/// without a timer while nobody does.
pub(crate) struct Logins {
    files: LoginFiles,
    users: RwLock<Arc<UsersFile>>,
    table: Mutex<Table>,
    /// There is something to watch over earlier than the task thinks.
    stirred: Arc<Notify>,
}

struct Table {
    terms: Terms,
    entries: HashMap<LoginKey, Entry>,
    /// Of these logins.
    tickets: Tickets,
    /// Unix seconds at which the task looks again; `u64::MAX`: it sleeps until stirred.
    wakes: u64,
}

struct Entry {
    record: Record,
    /// When the file was written last, in unix seconds.
    written: u64,
    over: watch::Sender<bool>,
}

impl Entry {
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

    fn ends(&self, terms: Terms) -> u64 {
        self.record.created.saturating_add(terms.lifetime.as_secs())
    }
}

impl Logins {
    /// Reads the logins in `directory`, which must be private.
    ///
    /// # Errors
    /// If the directory cannot be read; a file in it that is no login is removed with a warning.
    pub(crate) fn open(directory: PathBuf, users: Arc<UsersFile>, terms: Terms) -> std::io::Result<Arc<Logins>> {
        let (files, records) = LoginFiles::open(directory)?;
        let now = unix_seconds();
        let entries = records.into_iter().map(|(key, mut record)| {
            // A clock that was set back must not make a login last longer than it may.
            record.created = record.created.min(now);
            record.used = record.used.min(now);
            (key, Entry { written: record.used, record, over: watch::Sender::new(false) })
        });
        let table = Table { terms, entries: entries.collect(), tickets: Tickets::default(), wakes: u64::MAX };
        let stirred = Arc::new(Notify::new());
        let logins =
            Arc::new(Logins { files, users: RwLock::new(users), table: Mutex::new(table), stirred: stirred.clone() });
        logins.sweep(now);
        tokio::spawn(watch_over(Arc::downgrade(&logins), stirred));
        Ok(logins)
    }

    /// New terms and users file: they count at once, for logins that are open too.
    pub(crate) fn reload(&self, users: Arc<UsersFile>, terms: Terms) {
        *self.users.write().unwrap_or_else(PoisonError::into_inner) = users;
        self.lock().terms = terms;
        self.sweep(unix_seconds());
        self.stirred.notify_one();
    }

    /// A new login of `person`. The oldest one goes if there are too many of this person, or in all.
    ///
    /// # Errors
    /// If it cannot be written: then there is none.
    pub(crate) fn open_for(&self, person: &Person, peer: &str) -> std::io::Result<Token> {
        self.open_at(person, peer, unix_seconds())
    }

    fn open_at(&self, person: &Person, peer: &str, now: u64) -> std::io::Result<Token> {
        let token = Token::random();
        let key = LoginKey::of(token.as_str()).expect("Token::random makes 64 hexadecimal digits");
        let record = Record { person: person.clone(), created: now, used: now, peer: peer.to_owned() };
        self.files.write(key, &record)?;
        let mut table = self.lock();
        while let Some(surplus) = table.surplus(&person.owner) {
            self.end(&mut table, surplus, Why::PushedOut);
        }
        table.entries.insert(key, Entry { record, written: now, over: watch::Sender::new(false) });
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
        let entry = table.entries.get_mut(&key)?;
        self.use_now(key, entry, now);
        let login = Login { person: entry.record.person.clone(), over: entry.over.subscribe(), key };
        let look = entry.ends(terms).min(now.saturating_add(LOOK_AGAIN));
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
            look = look.min(entry.ends(terms)).min(now.saturating_add(LOOK_AGAIN));
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
        let users = self.users.read().unwrap_or_else(PoisonError::into_inner).clone();
        match users.standing(&entry.record.person.owner) {
            Standing::Good(person) => entry.record.person = person,
            Standing::Gone => self.end(table, key, Why::Over("account")),
            // A file that cannot be read for a moment logs nobody out; nobody new gets in meanwhile.
            Standing::Unknown => {}
        }
    }

    fn use_now(&self, key: LoginKey, entry: &mut Entry, now: u64) {
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
        self.files.remove(key);
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
    /// A login that must go before `owner` can have one more.
    fn surplus(&self, owner: &OwnerId) -> Option<LoginKey> {
        let theirs = || self.entries.iter().filter(|(_, entry)| entry.record.person.owner == *owner);
        if theirs().count() >= MAX_PER_PERSON {
            return theirs().min_by_key(|(_, entry)| entry.record.created).map(|(key, _)| *key);
        }
        if self.entries.len() >= MAX_LOGINS {
            return self.entries.iter().min_by_key(|(_, entry)| entry.record.used).map(|(key, _)| *key);
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
