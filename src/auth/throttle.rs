//! How often somebody may guess. Two budgets: one for each address (a delay that doubles), one for each name (a few
//! tries in five minutes). Both outlive the daemon; time is an argument.
//!
//! The budget of a name is no weapon to lock its owner out: addresses that the owner logged in from lately keep a
//! small reserve when it is spent. A browser's signed cookie will be another such proof: it belongs into
//! [`UserRecord::spend`] beside the address.

use std::{
    net::IpAddr,
    path::Path,
    sync::{Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use serde::{Deserialize, Serialize};

use super::ledger::{Ledger, Record};
use crate::config::StateKey;

const FREE_FAILURES: u32 = 3; // of one address, before it must wait
const MAX_DELAY: u64 = 300_000; // ms
const MAX_FAILURES: u32 = 12; // counted; the delay of this many is past MAX_DELAY
const FORGET_ONE: u64 = 300_000; // ms of quiet that make one failure of an address forgotten
const USER_WINDOW: u64 = 300_000; // ms
const USER_TRIES: usize = 4; // in USER_WINDOW; below the lock-out of the usual directory
const RESERVE_TRIES: usize = 2; // more in USER_WINDOW, from where the user is known to be
const HOME_DAYS: u64 = 30 * 86_400_000; // ms that an address counts as a home after a login
const MAX_HOMES: usize = 8; // addresses remembered for one user
const MAX_RECORDS: usize = 4096; // in each of the three tables
/// ms that a record may lie in the future: logins overtake each other. What lies further ahead was left by a clock that
/// was set back, and counts for nothing: else it would count for years.
const CLOCK_SLOP: u64 = 60_000;

/// Where a login comes from, as far as one party controls it: an IPv4 address, or the /64 of an IPv6 address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Source {
    V4([u8; 4]),
    V6Net([u8; 8]),
}

impl Source {
    pub(crate) fn of(peer: IpAddr) -> Source {
        match peer.to_canonical() {
            IpAddr::V4(address) => Source::V4(address.octets()),
            IpAddr::V6(address) => {
                let [a, b, c, d, e, f, g, h, ..] = address.octets();
                Source::V6Net([a, b, c, d, e, f, g, h])
            }
        }
    }

    /// Hexadecimal; safe as a file name.
    fn text(self) -> String {
        match self {
            Source::V4(bytes) => crate::sys::hex(&bytes),
            Source::V6Net(bytes) => crate::sys::hex(&bytes),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AddressRecord {
    failures: u32,
    /// The last failure.
    last: u64,
}

impl AddressRecord {
    /// What is not forgotten yet.
    fn failures(&self, now: u64) -> u32 {
        if self.last > now + CLOCK_SLOP {
            return 0;
        }
        let forgotten = now.saturating_sub(self.last) / FORGET_ONE;
        self.failures.saturating_sub(u32::try_from(forgotten).unwrap_or(u32::MAX))
    }

    /// Milliseconds until the next try is looked at.
    fn wait(&self, now: u64) -> u64 {
        let failures = self.failures(now);
        if failures < FREE_FAILURES {
            return 0;
        }
        let delay = (1000 << (failures - FREE_FAILURES).min(MAX_FAILURES)).min(MAX_DELAY);
        (self.last.min(now) + delay).saturating_sub(now)
    }

    fn fail(&mut self, now: u64) {
        self.failures = (self.failures(now) + 1).min(MAX_FAILURES);
        self.last = now;
    }
}

impl Record for AddressRecord {
    fn touched(&self) -> u64 {
        self.last
    }
    fn is_stale(&self, now: u64) -> bool {
        self.failures(now) == 0
    }
}

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct UserRecord {
    /// When the tries of the common budget were made.
    tries: Vec<u64>,
    /// When the tries of the reserve were made.
    reserve: Vec<u64>,
    /// Where the user logged in from, and when last.
    homes: Vec<(String, u64)>,
}

/// Which budget a try was taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purse {
    Common,
    Reserve,
}

impl UserRecord {
    /// Takes one try, or says how many milliseconds to wait for the next.
    fn spend(&mut self, source: Source, now: u64) -> Result<Purse, u64> {
        self.forget(now);
        if self.tries.len() < USER_TRIES {
            self.tries.push(now);
            return Ok(Purse::Common);
        }
        let next = |tries: &[u64]| tries.iter().min().map_or(0, |t| (t + USER_WINDOW).saturating_sub(now));
        let at_home = self.homes.iter().any(|(home, _)| *home == source.text());
        if !at_home {
            return Err(next(&self.tries));
        }
        if self.reserve.len() < RESERVE_TRIES {
            self.reserve.push(now);
            return Ok(Purse::Reserve);
        }
        Err(next(&self.tries).min(next(&self.reserve)))
    }

    /// Puts a try back that turned out to be none.
    fn give_back(&mut self, purse: Purse, when: u64) {
        let tries = match purse {
            Purse::Common => &mut self.tries,
            Purse::Reserve => &mut self.reserve,
        };
        if let Some(at) = tries.iter().position(|t| *t == when) {
            tries.remove(at);
        }
    }

    fn came_home(&mut self, source: Source, now: u64) {
        self.homes.retain(|(home, _)| *home != source.text());
        self.homes.push((source.text(), now));
        if self.homes.len() > MAX_HOMES {
            self.homes.remove(0); // the last login is at the end
        }
    }

    /// Drops what is past, and what a clock that was set back left in the future.
    fn forget(&mut self, now: u64) {
        let within = |then: u64, window: u64| then <= now + CLOCK_SLOP && now.saturating_sub(then) < window;
        self.tries.retain(|t| within(*t, USER_WINDOW));
        self.reserve.retain(|t| within(*t, USER_WINDOW));
        self.homes.retain(|(_, t)| within(*t, HOME_DAYS));
    }
}

impl Record for UserRecord {
    fn touched(&self) -> u64 {
        let homes = self.homes.iter().map(|(_, t)| t);
        self.tries.iter().chain(&self.reserve).chain(homes).copied().max().unwrap_or(0)
    }
    fn is_stale(&self, now: u64) -> bool {
        let mut left = self.clone();
        left.forget(now);
        left == UserRecord::default()
    }
}

/// The records, in memory and in `state/throttle`.
pub(crate) struct Throttle {
    tables: Mutex<Tables>,
    key: StateKey,
}

struct Tables {
    addresses: Ledger<AddressRecord>,
    /// Names of accounts, apart from the others: inventing names pushes none of these out.
    users: Ledger<UserRecord>,
    strangers: Ledger<UserRecord>,
}

impl Tables {
    fn names(&mut self, known: bool) -> &mut Ledger<UserRecord> {
        if known { &mut self.users } else { &mut self.strangers }
    }
}

impl Throttle {
    /// Reads what earlier daemons left in `directory`, which must be private.
    ///
    /// # Errors
    /// If the directory or its key cannot be read; a broken record is dropped with a warning.
    pub(crate) fn open(directory: &Path, now: SystemTime) -> std::io::Result<Throttle> {
        Self::of_size(directory, now, MAX_RECORDS)
    }

    fn of_size(directory: &Path, now: SystemTime, records: usize) -> std::io::Result<Throttle> {
        let now = millis(now);
        let tables = Tables {
            addresses: Ledger::open(directory, "a-", records, now)?,
            users: Ledger::open(directory, "u-", records, now)?,
            strangers: Ledger::open(directory, "x-", records, now)?,
        };
        Ok(Throttle { tables: Mutex::new(tables), key: StateKey::open(directory, "key")? })
    }

    /// Takes one try of `name` (as typed) from `source`. What is returned must be told how the try ended; dropped, it
    /// counts as a failure.
    ///
    /// # Errors
    /// How long to wait. Nothing was taken.
    pub(crate) fn admit(&self, source: Source, name: &str, known: bool, now: SystemTime) -> Result<Try<'_>, Duration> {
        let now = millis(now);
        // Only a keyed hash reaches the disk: people type passwords as names.
        let name = crate::sys::hex(&self.key.mac(name.to_lowercase().as_bytes())[..16]);
        let mut tables = self.lock();
        let wait = tables.addresses.get(&source.text()).map_or(0, |record| record.wait(now));
        if wait > 0 {
            return Err(Duration::from_millis(wait));
        }
        let spent = tables.names(known).change(&name, now, UserRecord::default, |record| record.spend(source, now));
        match spent {
            Ok(purse) => Ok(Try { throttle: self, source, name, known, purse, when: now, told: false }),
            Err(wait) => Err(Duration::from_millis(wait.max(1))),
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Tables> {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One try that was let through.
#[must_use = "a try that is dropped counts as a failure"]
pub(crate) struct Try<'t> {
    throttle: &'t Throttle,
    source: Source,
    name: String,
    known: bool,
    purse: Purse,
    when: u64,
    told: bool,
}

impl Try<'_> {
    /// The password was right: the try is given back, and the address is a home of this user from now on. Earlier
    /// failures stay counted, or whoever has an account could guess at others without end.
    pub(crate) fn succeeded(mut self) {
        self.told = true;
        let (source, purse, when) = (self.source, self.purse, self.when);
        self.throttle.lock().names(self.known).change(&self.name, when, UserRecord::default, |record| {
            record.give_back(purse, when);
            record.came_home(source, when);
        });
    }

    /// Nothing was tried, for a reason of ours.
    pub(crate) fn never_was(mut self) {
        self.told = true;
        let (purse, when) = (self.purse, self.when);
        self.throttle
            .lock()
            .names(self.known)
            .change(&self.name, when, UserRecord::default, |record| record.give_back(purse, when));
    }
}

impl Drop for Try<'_> {
    fn drop(&mut self) {
        if !self.told {
            let new = || AddressRecord { failures: 0, last: self.when };
            let mut tables = self.throttle.lock();
            tables.addresses.change(&self.source.text(), self.when, new, |record| record.fail(self.when));
        }
    }
}

fn millis(time: SystemTime) -> u64 {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
