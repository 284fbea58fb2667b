//! May they still be here? People whom the directory let in are looked at again: every `revalidate` while they have a
//! session or hold a login, when they use a login that was not looked at for so long, and when the configuration is new.
//!
//! Nobody who is gone gets anything new from the moment that this is known; their sessions are warned, and end. A directory
//! that is silent changes nothing for `revalidate_grace`; after that logins are over, and sessions go on by themselves.
//!
//! Nobody is looked at while nobody is there: an idle daemon is not kept awake by this.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, Weak},
    time::Duration,
};

use tokio::sync::{Notify, Semaphore, watch};

use super::{
    Login, OwnerId, Person,
    directory::Directory,
    ldap::{Standing, Trouble},
    logins::Logins,
};
use crate::{audit, sys::unix_seconds};

/// Looks under way at once; others wait for their turn.
const LOOKS_AT_ONCE: usize = 8;
/// After a look without an answer, the next one in the background comes this soon.
const LOOK_AGAIN: u64 = 60_000; // ms
/// After a look without an answer, nobody who uses a login waits for another one for this long.
const PATIENCE: u64 = 30_000; // ms
/// Once sessions were to be over, so long until the logins of their owner are.
const LAST_WORDS: u64 = 2_000; // ms
/// The warning where the directory is no backend any more.
const WARNING: Duration = Duration::from_secs(60);

/// Who has sessions, and how they are ended: what is asked of the roster.
pub(crate) struct Seats {
    /// The owners of live sessions, with their names.
    pub(crate) owners: Box<dyn Fn() -> BTreeMap<OwnerId, String> + Send + Sync>,
    pub(crate) bar: Box<Bar>,
    /// Changes whenever the owners do.
    pub(crate) changes: watch::Receiver<usize>,
}

/// Warns the sessions of an owner and ends them after so long; the last argument says why, for the journal. Returns how many
/// there are, without waiting for any.
pub(crate) type Bar = dyn Fn(&OwnerId, Duration, &str) -> usize + Send + Sync;

/// The looks at people of the directory.
pub(super) struct Revalidation {
    logins: Arc<Logins>,
    directory: RwLock<Asked>,
    seats: RwLock<Option<Seats>>,
    table: Mutex<Table>,
    turns: Arc<Semaphore>,
    /// The background has something to do earlier than it thinks.
    stirred: Arc<Notify>,
}

/// Who is asked; absent where the directory is no backend any more.
#[derive(Clone)]
struct Asked {
    directory: Option<Arc<Directory>>,
    /// Counts configurations that differ in what they ask.
    generation: u64,
}

#[derive(Default)]
struct Table {
    people: HashMap<OwnerId, Seen>,
    /// Looks under way; closed when they are done.
    looks: HashMap<OwnerId, watch::Receiver<()>>,
    /// Until when sessions of those who are gone may take to end, in ms since 1970; then their stopped logins are over.
    leaving: HashMap<OwnerId, u64>,
}

/// What is known of somebody. Times in ms since 1970.
#[derive(Debug, Clone, PartialEq)]
struct Seen {
    name: String,
    /// When the directory last knew them.
    good: u64,
    /// Under which configuration; 0: an earlier daemon did, so this one looks before it believes.
    generation: u64,
    /// The last look that got no answer since then.
    unanswered: Option<u64>,
}

impl Seen {
    /// When the background looks at them next.
    fn due(&self, asked: &Asked, directory: &Directory, now: u64) -> u64 {
        let interval = millis(directory.interval());
        match self.unanswered {
            Some(at) if at <= now => at + LOOK_AGAIN.min(interval),
            _ if self.generation != asked.generation || self.good > now => 0,
            _ => self.good + interval,
        }
    }

    /// Whether who uses their login need not wait for a look.
    fn is_fresh(&self, asked: &Asked, directory: &Directory, now: u64) -> bool {
        let seen = self.generation == asked.generation
            && self.good <= now
            && now - self.good < millis(directory.settings.revalidate);
        seen || self.unanswered.is_some_and(|at| at <= now && now - at < PATIENCE)
    }

    /// Whether the directory has been silent about them for too long.
    fn is_forgotten(&self, directory: &Directory, now: u64) -> bool {
        now.saturating_sub(self.good) >= millis(directory.settings.revalidate_grace)
    }
}

/// What to do now, and when to come back; none: when stirred.
struct Round {
    due: Vec<OwnerId>,
    wait: Option<Duration>,
}

impl Revalidation {
    pub(super) fn new(logins: Arc<Logins>, directory: Option<Arc<Directory>>) -> Arc<Revalidation> {
        Arc::new(Revalidation {
            stirred: logins.directory_used.clone(),
            logins,
            directory: RwLock::new(Asked { directory, generation: 1 }),
            seats: RwLock::new(None),
            table: Mutex::default(),
            turns: Arc::new(Semaphore::new(LOOKS_AT_ONCE)),
        })
    }

    /// Begins the looks in the background, for as long as this and the seats are there. Must be called inside the runtime.
    pub(super) fn watch_over(self: &Arc<Self>, seats: Seats) {
        let (changes, stirred) = (seats.changes.clone(), self.stirred.clone());
        *self.seats.write().unwrap_or_else(PoisonError::into_inner) = Some(seats);
        tokio::spawn(watch_over(Arc::downgrade(self), stirred, changes));
    }

    /// Another directory, or other settings: everybody is looked at anew.
    pub(super) fn reload(&self, directory: Option<Arc<Directory>>) {
        let mut asked = self.directory.write().unwrap_or_else(PoisonError::into_inner);
        let settings = |directory: &Option<Arc<Directory>>| directory.as_ref().map(|d| d.settings.clone());
        if settings(&asked.directory) != settings(&directory) {
            asked.generation += 1;
            self.table().people.values_mut().for_each(|seen| seen.unanswered = None);
        }
        asked.directory = directory;
        drop(asked);
        self.stirred.notify_one();
    }

    /// The directory has just let this owner in.
    pub(super) fn saw(&self, person: &Person) {
        if person.owner.directory_id().is_some() {
            self.is_good(person, self.asked().generation, now());
        }
    }

    /// The login of a cookie, as long as it holds. Waits for a look where one is due.
    pub(super) async fn find(self: &Arc<Self>, token: &str) -> Option<Login> {
        let login = self.logins.find(token)?;
        let owner = login.person.owner.clone();
        if owner.directory_id().is_none() || self.is_fresh(&owner) {
            return Some(login);
        }
        drop(login);
        let limit = self.asked().directory.map_or(WARNING, |directory| directory.settings.login_timeout);
        let answered = tokio::time::timeout(limit, self.look(&owner)).await.is_ok();
        if !answered && self.is_forgotten(&owner) {
            return None;
        }
        self.logins.find(token) // it may be over, or its groups may be others
    }

    /// One look at this owner, or the one that is under way already.
    async fn look(self: &Arc<Self>, owner: &OwnerId) {
        let mut done = self.begin(owner);
        while done.changed().await.is_ok() {}
    }

    fn begin(self: &Arc<Self>, owner: &OwnerId) -> watch::Receiver<()> {
        let mut table = self.table();
        if let Some(under_way) = table.looks.get(owner) {
            return under_way.clone();
        }
        let (held, done) = watch::channel(());
        table.looks.insert(owner.clone(), done.clone());
        let (me, owner) = (self.clone(), owner.clone());
        tokio::spawn(async move {
            let _held = held; // dropped, it says that the look is done
            let _turn = me.turns.acquire().await;
            me.ask(&owner).await;
            me.table().looks.remove(&owner);
            me.stirred.notify_one();
        });
        done
    }

    async fn ask(&self, owner: &OwnerId) {
        let asked = self.asked();
        let (Some(directory), Some(id)) = (asked.directory, owner.directory_id()) else {
            return self.is_gone(owner, WARNING, "the directory is no backend any more");
        };
        match directory.standing(id).await {
            Ok(Standing::Good(found)) => {
                let person = Person { owner: owner.clone(), ..Person::from(found) };
                self.logins.looked(&person, unix_seconds());
                self.is_good(&person, asked.generation, now());
            }
            Ok(Standing::Gone { reason }) => self.is_gone(owner, directory.warning(), &reason),
            Err(Trouble(_)) => self.got_no_answer(owner, &directory, now()),
        }
    }

    fn is_good(&self, person: &Person, generation: u64, now: u64) {
        let seen = Seen { name: person.name.clone(), good: now, generation, unanswered: None };
        self.table().people.insert(person.owner.clone(), seen);
        self.stirred.notify_one();
    }

    fn got_no_answer(&self, owner: &OwnerId, directory: &Directory, now: u64) {
        let mut table = self.table();
        let Some(seen) = table.people.get_mut(owner) else { return };
        seen.unanswered = Some(now);
        let forgotten = seen.is_forgotten(directory, now);
        drop(table);
        if forgotten {
            self.logins.end_all_of(owner, "directory-silent");
        }
    }

    /// Nothing new for them from now on; what they have is warned, and ends after `warning`.
    fn is_gone(&self, owner: &OwnerId, warning: Duration, reason: &str) {
        let seats = self.seats.read().unwrap_or_else(PoisonError::into_inner);
        self.logins.stop(owner);
        let sessions = seats.as_ref().map_or(0, |seats| (seats.bar)(owner, warning, reason));
        drop(seats);
        let known = self.table().people.remove(owner);
        let user = known.map_or_else(|| owner.to_string(), |seen| seen.name);
        audit::record(&audit::Event::AccessWithdrawn {
            user: &user,
            owner,
            reason,
            sessions,
            seconds: warning.as_secs(),
        });
        if sessions == 0 {
            self.logins.end_stopped(owner);
        } else {
            self.table().leaving.insert(owner.clone(), now() + millis(warning) + LAST_WORDS);
        }
    }

    /// Who is to be looked at now; and what was waited for is done.
    fn round(&self, now: u64) -> Round {
        let mut people = self.logins.directory_people();
        let seated = self.seats.read().unwrap_or_else(PoisonError::into_inner).as_ref().map(|seats| (seats.owners)());
        let seated: BTreeMap<_, _> =
            seated.unwrap_or_default().into_iter().filter(|(owner, _)| owner.directory_id().is_some()).collect();
        let asked = self.asked();
        let mut table = self.table();

        let over: Vec<OwnerId> =
            table.leaving.iter().filter(|(_, until)| **until <= now).map(|(owner, _)| owner.clone()).collect();
        for owner in &over {
            table.leaving.remove(owner);
            self.logins.end_stopped(owner);
        }
        table.people.retain(|owner, _| people.contains_key(owner) || seated.contains_key(owner));
        for (owner, name) in &seated {
            if let Some(one) = people.get_mut(owner) {
                one.held = true;
            } else if !table.people.contains_key(owner) && !table.leaving.contains_key(owner) {
                // Of an earlier daemon, and the login is over: nobody knows when the directory last knew them.
                let seen = Seen { name: name.clone(), good: now, generation: 0, unanswered: None };
                table.people.insert(owner.clone(), seen);
            }
        }
        for (owner, one) in &people {
            let good = one.looked * 1000;
            let new = || Seen { name: one.name.clone(), good, generation: 0, unanswered: None };
            table.people.entry(owner.clone()).or_insert_with(new);
        }

        let mut round = Round { due: Vec::new(), wait: None };
        let mut next = table.leaving.values().copied().min().unwrap_or(u64::MAX);
        for (owner, seen) in &table.people {
            let is_there = seated.contains_key(owner) || people.get(owner).is_some_and(|one| one.held);
            if !is_there || table.looks.contains_key(owner) {
                continue;
            }
            let due = match &asked.directory {
                Some(directory) if !directory.settings.can_revalidate() => continue,
                Some(directory) => seen.due(&asked, directory, now),
                None => 0,
            };
            if due <= now {
                round.due.push(owner.clone());
            } else {
                next = next.min(due);
            }
        }
        round.wait = (next < u64::MAX).then(|| Duration::from_millis(next.saturating_sub(now)));
        round
    }

    fn is_fresh(&self, owner: &OwnerId) -> bool {
        let asked = self.asked();
        let Some(directory) = &asked.directory else { return false };
        let known = || self.table().people.get(owner).cloned();
        if known().is_none() {
            self.round(now()); // so that what the login's record says is known
        }
        !directory.settings.can_revalidate() || known().is_some_and(|seen| seen.is_fresh(&asked, directory, now()))
    }

    fn is_forgotten(&self, owner: &OwnerId) -> bool {
        let directory = self.asked().directory;
        let known = self.table().people.get(owner).cloned();
        directory.zip(known).is_none_or(|(directory, seen)| seen.is_forgotten(&directory, now()))
    }

    fn asked(&self) -> Asked {
        self.directory.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn watch_over(revalidation: Weak<Revalidation>, stirred: Arc<Notify>, mut changes: watch::Receiver<usize>) {
    loop {
        let Some(me) = revalidation.upgrade() else { return };
        let Round { due, wait } = me.round(now());
        for owner in &due {
            drop(me.begin(owner));
        }
        drop(me);
        tokio::select! {
            () = stirred.notified() => {}
            changed = changes.changed() => if changed.is_err() { return },
            () = tokio::time::sleep(wait.unwrap_or_default()), if wait.is_some() => {}
        }
    }
}

impl Drop for Revalidation {
    fn drop(&mut self) {
        self.stirred.notify_one(); // the task finds nothing to watch over and ends
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

fn now() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    millis(since)
}

#[cfg(test)]
mod tests;
