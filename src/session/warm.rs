//! Warm containers: made, proven and attached before anybody asks, so that a session has only its shell to start.
//!
//! One is nobody's until [`Warm::take`] has given it out, which happens once: it is taken out of the book under its lock. Its
//! id becomes the session's. What tells the next daemon of it is a note in the state directory, written before Podman is asked
//! for anything; the session's own record and note take that one's place. So a daemon that dies at any point leaves a container
//! that is a session's, or one that is nobody's: the next daemon proves it anew and goes on with it, or removes it.

mod keeper; // makes them in the background, and removes what does not fit any more

use std::{
    collections::BTreeMap,
    fs, io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{sync::watch, task::JoinSet, time::timeout};

use super::{
    SessionId,
    launch::HeldSlot,
    recipe::Recipe,
    roster::{Note, live_dir, note_path},
};
use crate::{
    config::{Config, Places},
    podman::{Mapping, Prepared},
    sys::BootTime,
};

pub(super) use keeper::{begin, regain};

/// How long one waits for its session at most.
pub(super) const MAX_AGE: Duration = Duration::from_secs(3600);
/// How long Podman's service stays awake at least after a call; it leaves after 5 s.
const AWAKE: Duration = Duration::from_secs(3);
/// How long a daemon that leaves waits for them to be removed. What then is left, the next start removes.
const LEAVING: Duration = Duration::from_secs(10);

/// What is ready; clones share it.
#[derive(Clone)]
pub(crate) struct Warm(Arc<Shared>);

struct Shared {
    places: Arc<Places>,
    book: Mutex<Book>,
    /// Something else than before is wanted.
    calls: watch::Sender<u64>,
    /// How many are ready.
    count: watch::Sender<usize>,
    /// How many there are of those, being made and being removed.
    all: watch::Sender<usize>,
    /// One is being made.
    making: watch::Sender<bool>,
}

/// One of [`Shared::all`], until it is dropped.
struct Place(Warm);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.0.all.send_modify(|all| *all -= 1);
    }
}

struct Book {
    /// The oldest first.
    ready: Vec<Ready>,
    /// Somebody is here, for whom they are worth their memory.
    called: bool,
    /// The daemon leaves.
    closed: bool,
    /// Podman's service was woken for the sake of those that are ready: until then it stays awake.
    podman_sleeps: BootTime,
}

/// Who is to be woken because somebody is here.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Wake {
    Nobody,
    Podman,
}

/// What a daemon leaves in writing of a container that is ready.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub(in crate::session) struct ReadyNote {
    /// [`Recipe::hash`].
    recipe: String,
    digest: String,
    mapping: Mapping,
    born: BootTime,
}

/// A container that waits for its session.
pub(crate) struct Ready {
    pub(crate) id: SessionId,
    recipe: Recipe,
    /// Of the image that it was made of.
    pub(crate) digest: String,
    born: BootTime,
    pub(crate) prepared: Prepared,
    /// Dropped after the container.
    pub(crate) slot: HeldSlot,
    /// `None` once it is given: then its place is the session's.
    place: Option<Place>,
}

impl Ready {
    fn over(&self) -> BootTime {
        self.born + MAX_AGE
    }

    fn is_good(&self, now: BootTime) -> bool {
        now < self.over() && self.prepared.is_alive()
    }
}

impl Warm {
    pub(super) fn new(places: Arc<Places>) -> Warm {
        let (calls, count, all) = (watch::Sender::new(0), watch::Sender::new(0), watch::Sender::new(0));
        let making = watch::Sender::new(false);
        let book = Book { ready: Vec::new(), called: false, closed: false, podman_sleeps: BootTime::now() };
        Warm(Arc::new(Shared { places, book: Mutex::new(book), calls, count, all, making }))
    }

    /// Somebody is here: from now on there are as many as the configuration wants.
    pub(super) fn call(&self) -> Wake {
        let now = BootTime::now();
        let mut book = self.book();
        if !book.called && !book.closed {
            book.called = true;
            drop(book);
            self.look_again();
            return Wake::Nobody;
        }
        if book.ready.is_empty() || now < book.podman_sleeps {
            return Wake::Nobody;
        }
        book.podman_sleeps = now + AWAKE;
        Wake::Podman
    }

    /// The configuration is another one.
    pub(super) fn look_again(&self) {
        self.0.calls.send_modify(|n| *n += 1);
    }

    /// The oldest one of this recipe; it is the caller's alone.
    pub(super) fn take(&self, recipe: &Recipe) -> Option<Ready> {
        let now = BootTime::now();
        let mut book = self.book();
        let at = book.ready.iter().position(|ready| ready.recipe == *recipe && ready.is_good(now))?;
        let ready = book.ready.remove(at);
        self.told(&book);
        Some(Ready { place: None, ..ready })
    }

    /// How many are ready.
    pub(super) fn count(&self) -> watch::Receiver<usize> {
        self.0.count.subscribe()
    }

    /// With so many sessions (the one that is being made included), of `max`: as many go as there is no room for.
    pub(super) async fn make_room(&self, sessions: usize, max: usize) {
        while *self.0.all.borrow() + sessions > max && self.give_way().await {}
    }

    /// The oldest one goes, for a session that needs its place more, or one that is being made or removed is waited for; false if
    /// there is none.
    pub(super) async fn give_way(&self) -> bool {
        let (mut all, mut making) = (self.0.all.subscribe(), self.0.making.subscribe());
        if let Some(ready) = self.pick(|_| true) {
            self.discard(ready).await;
            return true;
        }
        if *all.borrow_and_update() == 0 {
            return false;
        }
        tokio::select! {
            _ = all.changed() => {}
            _ = making.changed() => {} // it is ready now
        }
        true
    }

    /// All of them go, and there are none until somebody is here again.
    pub(super) async fn empty(&self) {
        let all: Vec<Ready> = {
            let mut book = self.book();
            book.called = false;
            let all = std::mem::take(&mut book.ready);
            self.told(&book);
            all
        };
        let mut going = JoinSet::new();
        for ready in all {
            let warm = self.clone();
            going.spawn(async move { warm.discard(ready).await });
        }
        let gone = async {
            while going.join_next().await.is_some() {}
            let mut making = self.0.making.subscribe();
            let _ = making.wait_for(|making| !*making).await; // what it makes is removed
        };
        if timeout(LEAVING, gone).await.is_err() {
            tracing::warn!("containers that were ready are left; the next start of the daemon removes them");
            going.detach_all();
        }
    }

    /// No more are made from now on. Those that are ready stay as they are.
    pub(super) fn close(&self) {
        self.book().closed = true;
        self.look_again();
    }

    /// Removes one that nobody gets; its place is free then.
    pub(super) async fn discard(&self, ready: Ready) {
        let Ready { id, prepared, slot, place, .. } = ready;
        match prepared.abandon().await {
            Ok(()) => self.forget(id),
            Err(error) => tracing::warn!(%id, %error, "a container that was ready is left; the next start removes it"),
        }
        drop((slot, place));
    }

    /// For the next daemon, before there is anything to find, and once more when it is `ready`.
    fn note(&self, id: SessionId, profile: &str, ready: Option<ReadyNote>) -> io::Result<()> {
        let note = Note { profile: profile.to_owned(), warm: true, ready, ..Note::default() };
        let path = note_path(&self.0.places, id);
        let draft = live_dir(&self.0.places).with_file_name("warm.new"); // one is made at a time
        fs::write(&draft, serde_json::to_vec(&note)?)?;
        fs::rename(draft, path)
    }

    fn forget(&self, id: SessionId) {
        let _ = fs::remove_file(note_path(&self.0.places, id)); // absent is what is wanted
    }

    /// One more is ready; back, if none is wanted any more.
    fn put(&self, ready: Ready) -> Result<(), Box<Ready>> {
        let mut book = self.book();
        if !book.called || book.closed {
            return Err(Box::new(ready));
        }
        book.ready.push(ready);
        self.told(&book);
        Ok(())
    }

    /// The oldest one of which this is true, out of the book.
    fn pick(&self, is_it: impl Fn(&Ready) -> bool) -> Option<Ready> {
        let mut book = self.book();
        let at = book.ready.iter().position(is_it)?;
        let ready = book.ready.remove(at);
        self.told(&book);
        Some(ready)
    }

    fn told(&self, book: &Book) {
        self.0.count.send_replace(book.ready.len());
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.0.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is there and what there should be; no I/O.
struct Stock<'c> {
    config: &'c Config,
    /// Sessions.
    seated: usize,
    /// Bytes of memory that the host has available.
    available: u64,
}

impl Stock<'_> {
    /// How many may be ready in all.
    fn most(&self) -> usize {
        if self.available < self.config.warm.memory_floor {
            return 0;
        }
        let places = (self.config.sessions.max.get() as usize).saturating_sub(self.seated);
        places.min(self.config.warm.max as usize)
    }

    /// Of which recipe one more is wanted beside those of `ready`: of the profile that has the smallest part of what it wants.
    fn wanted(&self, ready: &[&Recipe]) -> Option<Recipe> {
        if ready.len() >= self.most() {
            return None;
        }
        let profiles = self.config.profiles.iter().filter(|profile| profile.warm > 0);
        let lacking = profiles.filter_map(|profile| {
            let recipe = Recipe::of(profile, &self.config.sessions);
            let has = ready.iter().filter(|other| ***other == recipe).count() as u32;
            (has < profile.warm).then(|| (u64::from(has) * 1000 / u64::from(profile.warm), recipe))
        });
        lacking.min_by_key(|(part, _)| *part).map(|(_, recipe)| recipe)
    }

    /// Whether one of this recipe is too many, beside those of `kept`.
    fn is_surplus(&self, recipe: &Recipe, kept: &[&Recipe]) -> bool {
        let allowed = |profile: &&crate::config::Profile| Recipe::of(profile, &self.config.sessions) == *recipe;
        let wanted = self.config.profiles.iter().find(allowed).map_or(0, |profile| profile.warm as usize);
        kept.len() >= self.most() || kept.iter().filter(|other| **other == recipe).count() >= wanted
    }
}

/// How many there are of each profile, as notes in the state directory tell whoever is not the daemon.
pub(crate) fn noted(state: &std::path::Path) -> BTreeMap<String, usize> {
    let mut count = BTreeMap::new();
    for entry in fs::read_dir(super::roster::live_dir_in(state)).into_iter().flatten().flatten() {
        let note = fs::read(entry.path()).ok().and_then(|bytes| serde_json::from_slice::<Note>(&bytes).ok());
        if let Some(note) = note.filter(|note| note.warm) {
            *count.entry(note.profile).or_default() += 1;
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Profile;

    fn config(profiles: &[(&str, u32)]) -> Config {
        let dir = std::path::PathBuf::from("/x");
        let places = Places { config: dir.clone(), state: dir.clone(), runtime: dir.clone(), control: dir };
        let profile = |&(name, warm): &(&str, u32)| Profile { name: name.to_owned(), warm, ..Profile::default() };
        Config { profiles: profiles.iter().map(profile).collect(), ..Config::default_at(&places) }
    }

    /// Names of the profiles for which one would be made after the other.
    fn made(stock: &Stock<'_>) -> Vec<String> {
        let mut ready: Vec<Recipe> = Vec::new();
        while let Some(recipe) = stock.wanted(&ready.iter().collect::<Vec<_>>()) {
            ready.push(recipe);
        }
        ready.into_iter().map(|recipe| recipe.profile.name).collect()
    }

    #[test]
    fn each_profile_gets_its_first_before_another_gets_all() {
        let config = config(&[("a", 3), ("b", 1), ("c", 0)]);
        let stock = Stock { config: &config, seated: 0, available: u64::MAX };
        assert_eq!(made(&stock), ["a", "b", "a", "a"]);
    }

    #[test]
    fn places_memory_and_the_bound_on_all_of_them_are_heeded() {
        let mut config = config(&[("a", 20)]);
        let count = |config: &Config, seated, available| made(&Stock { config, seated, available }).len();
        assert_eq!(count(&config, 0, u64::MAX), 8, "warm.max");
        assert_eq!(count(&config, 30, u64::MAX), 2, "of 32 places");
        assert_eq!(count(&config, 40, u64::MAX), 0);
        assert_eq!(count(&config, 0, config.warm.memory_floor - 1), 0);
        config.warm.max = 0;
        assert_eq!(count(&config, 0, u64::MAX), 0);
    }

    #[test]
    fn what_the_configuration_does_not_know_is_surplus_and_so_is_one_beyond_its_number() {
        let (before, after) = (config(&[("a", 2), ("b", 1)]), config(&[("a", 1)]));
        let recipes: Vec<Recipe> = before.profiles.iter().map(|p| Recipe::of(p, &before.sessions)).collect();
        let stock = Stock { config: &after, seated: 0, available: u64::MAX };
        assert!(!stock.is_surplus(&recipes[0], &[]), "how many are wanted does not make another recipe");
        assert!(stock.is_surplus(&recipes[0], &[&recipes[0]]));
        assert!(stock.is_surplus(&recipes[1], &[]));
        let full = Stock { seated: 32, ..stock };
        assert!(full.is_surplus(&recipes[0], &[]));
    }

    #[test]
    fn notes_tell_how_many_there_are_of_each_profile_and_sessions_are_not_counted() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        let places = Places { config: at("c"), state: at("state"), runtime: at("r"), control: at("s") };
        fs::create_dir_all(places.state.join("live")).unwrap();
        let warm = Warm::new(Arc::new(places.clone()));
        let ids = [SessionId::random(), SessionId::random(), SessionId::random()];
        warm.note(ids[0], "a", None).unwrap();
        warm.note(ids[1], "a", None).unwrap();
        fs::write(note_path(&places, ids[2]), serde_json::to_vec(&Note::default()).unwrap()).unwrap();
        assert_eq!(noted(&places.state), BTreeMap::from([("a".to_owned(), 2)]));
        warm.forget(ids[0]);
        assert_eq!(noted(&places.state), BTreeMap::from([("a".to_owned(), 1)]));
    }
}
