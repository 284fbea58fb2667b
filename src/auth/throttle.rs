//! How often somebody may guess. Two budgets: one for each address (a delay that doubles), one for each person (a few
//! tries, then quiet). Both outlive the daemon; time is an argument.
//!
//! The budget of a person is no weapon to lock that person out: browsers that they logged in with, and addresses that
//! they logged in from lately, keep a small reserve when it is spent.

use std::{
    collections::HashMap,
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
const MOST_TRIES: usize = 4; // of one person, by strangers, however patient the directory is
const MOST_RESERVE: usize = 2; // more, by whom is known
/// Between a try that is counted and the bind that the directory counts, at most: the longest `login_timeout`.
const BIND_SLACK: Duration = Duration::from_secs(120);
const LONGEST_QUIET: u64 = 86_400_000 + 120_000; // ms; the longest `lockout_window` with BIND_SLACK
const HOME_DAYS: u64 = 30 * 86_400_000; // ms that an address counts as a home after a login
const MAX_HOMES: usize = 8; // addresses remembered for one user
const MAX_RECORDS: usize = 4096; // in each of the three tables
/// ms that a record may lie in the future: logins overtake each other. What lies further ahead was left by a clock that
/// was set back, and counts for nothing: else it would count for years.
const CLOCK_SLOP: u64 = 60_000;

/// How many wrong passwords of one person are let through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Budget {
    /// Whoever tries.
    common: usize,
    /// More, from a browser or an address that is known to be the person's.
    reserve: usize,
    /// All are forgotten once the last is this old.
    quiet: Duration,
}

impl Budget {
    /// Where nobody but Coracle counts: four tries, two more for whom is known, five minutes.
    pub(crate) const OURS: Budget =
        Budget { common: MOST_TRIES, reserve: MOST_RESERVE, quiet: Duration::from_secs(300) };

    /// Below the lock-out of a directory that locks at the failure number `lockout_after` (3 or more) within `window`,
    /// so that guessing at Coracle never reaches it.
    ///
    /// Every bind that is sent counts there, one of the reserve like any other: so both together are one less than
    /// `lockout_after`. With the usual 5 that is 3 for everybody and 1 more for whom is known. Servers forget
    /// differently: slapd's ppolicy each failure when it is `pwdFailureCountInterval` old, Active Directory all of them
    /// when the *last* one is as old as its window, so that four tries, and one each time the oldest is forgotten,
    /// would lock there. Here they are forgotten as the stricter one does, a little later than it: a try is counted
    /// before its bind is sent. A success sets both counts back. (A window of "never" no waiting can respect: a right
    /// password is what sets it back.)
    pub(crate) fn below(lockout_after: u32, window: Duration) -> Budget {
        let sent = usize::try_from(lockout_after).unwrap_or(usize::MAX).max(3) - 1;
        let common = (sent - 1).min(MOST_TRIES);
        Budget { common, reserve: (sent - common).min(MOST_RESERVE), quiet: window + BIND_SLACK }
    }

    fn quiet(self) -> u64 {
        u64::try_from(self.quiet.as_millis()).unwrap_or(u64::MAX)
    }
}

/// Whose tries are counted together: somebody who is known, however the name was typed, or a name that nobody has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Whose {
    pub(crate) key: String,
    pub(crate) known: bool,
}

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
struct UserRecord {
    /// When the tries were made that failed or are under way.
    tries: Vec<u64>,
    /// Where the user logged in from, and when last.
    homes: Vec<(String, u64)>,
}

impl UserRecord {
    /// Takes one try, or says how many milliseconds to wait for the next.
    fn spend(&mut self, is_known: bool, budget: Budget, now: u64) -> Result<(), u64> {
        self.forget(budget.quiet(), now);
        let most = budget.common + if is_known { budget.reserve } else { 0 };
        if self.tries.len() >= most {
            let last = self.tries.iter().max().copied().unwrap_or(now);
            return Err((last + budget.quiet()).saturating_sub(now));
        }
        self.tries.push(now);
        Ok(())
    }

    /// Puts tries back.
    fn give_back(&mut self, tries: &[u64]) {
        for when in tries {
            if let Some(at) = self.tries.iter().position(|t| t == when) {
                self.tries.remove(at);
            }
        }
    }

    fn is_home(&self, source: Source) -> bool {
        self.homes.iter().any(|(home, _)| *home == source.text())
    }

    fn came_home(&mut self, source: Source, now: u64) {
        self.homes.retain(|(home, _)| *home != source.text());
        self.homes.push((source.text(), now));
        if self.homes.len() > MAX_HOMES {
            self.homes.remove(0); // the last login is at the end
        }
    }

    /// Drops what is past, and what a clock that was set back left in the future.
    fn forget(&mut self, quiet: u64, now: u64) {
        let within = |then: u64, window: u64| then <= now + CLOCK_SLOP && now.saturating_sub(then) < window;
        self.tries.retain(|t| *t <= now + CLOCK_SLOP);
        if !self.tries.iter().any(|t| within(*t, quiet)) {
            self.tries.clear();
        }
        self.homes.retain(|(_, t)| within(*t, HOME_DAYS));
    }
}

impl Record for UserRecord {
    fn touched(&self) -> u64 {
        let homes = self.homes.iter().map(|(_, t)| t);
        self.tries.iter().chain(homes).copied().max().unwrap_or(0)
    }
    fn is_stale(&self, now: u64) -> bool {
        let mut left = self.clone();
        left.forget(LONGEST_QUIET, now);
        left == UserRecord::default()
    }
}

/// The records, in memory and in `state/throttle`.
pub(crate) struct Throttle {
    tables: Mutex<Tables>,
    key: StateKey,
}

struct Tables {
    budget: Budget,
    addresses: Ledger<AddressRecord>,
    /// People who exist, apart from the others: inventing names pushes none of these out.
    users: Ledger<UserRecord>,
    strangers: Ledger<UserRecord>,
    /// Tries that are under way, by record.
    pending: HashMap<(bool, String), Vec<u64>>,
}

impl Tables {
    fn change<T>(&mut self, (known, name): &(bool, String), now: u64, change: impl FnOnce(&mut UserRecord) -> T) -> T {
        let ledger = if *known { &mut self.users } else { &mut self.strangers };
        ledger.change(name, now, UserRecord::default, change)
    }

    fn is_over(&mut self, record: &(bool, String), when: u64) {
        if let Some(pending) = self.pending.get_mut(record) {
            if let Some(at) = pending.iter().position(|t| *t == when) {
                pending.remove(at);
            }
            if pending.is_empty() {
                self.pending.remove(record);
            }
        }
    }
}

impl Throttle {
    /// Reads what earlier daemons left in `directory`, which must be private.
    ///
    /// # Errors
    /// If the directory or its key cannot be read; a broken record is dropped with a warning.
    pub(crate) fn open(directory: &Path, budget: Budget, now: SystemTime) -> std::io::Result<Throttle> {
        Self::of_size(directory, budget, now, MAX_RECORDS)
    }

    fn of_size(directory: &Path, budget: Budget, now: SystemTime, records: usize) -> std::io::Result<Throttle> {
        let now = millis(now);
        let tables = Tables {
            budget,
            addresses: Ledger::open(directory, "a-", records, now)?,
            users: Ledger::open(directory, "u-", records, now)?,
            strangers: Ledger::open(directory, "x-", records, now)?,
            pending: HashMap::new(),
        };
        Ok(Throttle { tables: Mutex::new(tables), key: StateKey::open(directory, "key")? })
    }

    /// Another budget of a person, from now on.
    pub(crate) fn reload(&self, budget: Budget) {
        self.lock().budget = budget;
    }

    /// How long this address must wait before anything is looked at for it.
    ///
    /// # Errors
    /// The wait, if there is one.
    pub(crate) fn may_ask(&self, source: Source, now: SystemTime) -> Result<(), Duration> {
        let wait = self.lock().addresses.get(&source.text()).map_or(0, |record| record.wait(millis(now)));
        if wait > 0 { Err(Duration::from_millis(wait)) } else { Ok(()) }
    }

    /// Takes one try at `whose` password from `source`; `has_device`: its browser proved that they logged in with it. What
    /// is returned must be told how the try ended; dropped, it counts as a failure.
    ///
    /// # Errors
    /// How long to wait. Nothing was taken.
    pub(crate) fn admit(
        &self,
        source: Source,
        whose: &Whose,
        has_device: bool,
        now: SystemTime,
    ) -> Result<Try<'_>, Duration> {
        self.may_ask(source, now)?;
        let now = millis(now);
        // Only a keyed hash reaches the disk: people type passwords as names.
        let record = (whose.known, crate::sys::hex(&self.key.mac(whose.key.to_lowercase().as_bytes())[..16]));
        let mut tables = self.lock();
        let budget = tables.budget;
        let mut settled = Vec::new();
        let spent = tables.change(&record, now, |user| {
            let spent = user.spend(has_device || user.is_home(source), budget, now);
            settled.clone_from(&user.tries);
            spent
        });
        spent.map_err(|wait| Duration::from_millis(wait.max(1)))?;
        let pending = tables.pending.entry(record.clone()).or_default();
        pending.push(now);
        for when in pending.iter() {
            if let Some(at) = settled.iter().position(|t| t == when) {
                settled.remove(at);
            }
        }
        Ok(Try { throttle: self, source, record, settled, when: now, told: false })
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
    record: (bool, String),
    /// Failures that were over before this try began.
    settled: Vec<u64>,
    when: u64,
    told: bool,
}

impl Try<'_> {
    /// The password was right: the address is a home of this person from now on, and this try and the failures that
    /// came before it count no more, as in a directory. Those of the address stay, or whoever has an account could guess
    /// at others without end; so do those under way, which the directory may come to see after this one.
    pub(crate) fn succeeded(mut self) {
        let source = self.source;
        let tries: Vec<u64> = std::mem::take(&mut self.settled).into_iter().chain([self.when]).collect();
        self.end(|user, when| {
            user.give_back(&tries);
            user.came_home(source, when);
        });
    }

    /// Nothing was guessed: the password was right, though it lets nobody in, or nothing was tried.
    pub(crate) fn never_was(self) {
        self.end(|user, when| user.give_back(&[when]));
    }

    /// Nobody knows how it went: the directory may have counted it, so it stays counted here. The address did nothing
    /// wrong.
    pub(crate) fn unanswered(self) {
        self.end(|_, _| ());
    }

    fn end(mut self, change: impl FnOnce(&mut UserRecord, u64)) {
        self.told = true;
        let (record, when) = (std::mem::take(&mut self.record), self.when);
        let mut tables = self.throttle.lock();
        tables.is_over(&record, when);
        tables.change(&record, when, |user| change(user, when));
    }
}

impl Drop for Try<'_> {
    fn drop(&mut self) {
        if !self.told {
            let new = || AddressRecord { failures: 0, last: self.when };
            let mut tables = self.throttle.lock();
            tables.is_over(&self.record, self.when);
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
