//! Who is seated: every live session, by id; what other modules may ask of sessions goes through here.

mod admission; // who may start a session now, and its beginning
mod aboard; //    from the list to the task and back
mod boarding; //  the hold that a WebSocket has on its session
mod parting; //   how sessions are told to end, or left to the next daemon

pub(super) use aboard::{Note, live_dir, live_dir_in, note_path};
pub(crate) use admission::{ProfileView, Refusal, Terms};
pub(crate) use boarding::{Boarding, Rights};
pub(crate) use parting::END_ALL_WAIT;

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, RwLock,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::sync::{Notify, Semaphore, mpsc, watch};

use super::{
    AttachmentId, Claim, EndNote, EndReason, SessionId, Size,
    copies::Copies,
    ended::EndNotes,
    files::Desks,
    slots::Slots,
    starts::Starts,
    task::{Message, Standing},
    warm::{self, Wake, Warm},
};
use crate::{
    activation::Stored,
    auth::{OwnerId, Person},
    config::{Config, Places},
    podman::{Identity, Podman, Stock},
    recording::Shelf,
    sys::BootTime,
    terminal::{Ears, Feed, LogBudget, Output, Seat},
};

/// Messages that may wait for a session's task.
const INBOX: usize = 64;
/// How long a request about a session waits for adoption.
const SETTLE_WAIT: Duration = Duration::from_secs(10);

/// What a page, the API and `coracle ps` show of a session.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Summary {
    pub(crate) id: SessionId,
    pub(crate) owner: OwnerId,
    pub(crate) user: String,
    pub(crate) profile: String,
    /// `starting`, `attached`, `detached`, `ending`.
    pub(crate) state: String,
    /// Unix seconds.
    pub(crate) created: u64,
    /// Seconds left until the session's lifetime is over.
    pub(crate) lifetime_left: u64,
    /// Seconds left until it ends because no browser came; `None` unless `detached`.
    pub(crate) detached_left: Option<u64>,
    /// Administrators who watch it now.
    #[serde(default)] // a daemon of before there was such a thing
    pub(crate) watched_by: Vec<String>,
}

/// Why a browser could not be seated.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum NoSeat {
    NoSuchSession,
    NotYours,
    /// It is over, lately.
    Over(EndReason, Option<i32>),
    /// Not now: this daemon leaves, or does not know yet what an earlier one left.
    ComeBack,
}

/// The list of live sessions; clones share it.
#[derive(Clone)]
pub(crate) struct Roster(Arc<Shared>);

struct Shared {
    config: RwLock<Arc<Config>>,
    places: Arc<Places>,
    podman: Podman,
    slots: Result<Arc<Mutex<Slots>>, String>,
    shelf: Shelf,
    /// What an earlier daemon left is adopted or ended.
    settled: watch::Sender<bool>,
    starts: Starts,
    copies: Copies,
    warm: Warm,
    log: Arc<LogBudget>,
    table: Mutex<BTreeMap<SessionId, Entry>>,
    live: watch::Sender<usize>,
    pace: Mutex<HashMap<OwnerId, VecDeque<Instant>>>,
    ends: EndNotes,
    attachments: AtomicU32,
    desks: Desks,
    leaving: AtomicBool,
}

/// What the roster knows of a live session.
struct Entry {
    person: Person,
    profile: String,
    created: u64,
    lifetime: BootTime,
    standing: watch::Receiver<Standing>,
    inbox: mpsc::Sender<Message>,
    output: Arc<Output>,
    bell: Arc<Notify>,
    /// One place: for a file on its way in or out.
    desk: Arc<Semaphore>,
}

/// What a file on its way needs of its session.
pub(super) struct Desk {
    pub(super) standing: watch::Receiver<Standing>,
    pub(super) place: Arc<Semaphore>,
}

impl Roster {
    /// A roster without sessions; adoption of what an earlier daemon left begins at once in the background, with the
    /// terminals that systemd kept. Must be called inside the runtime.
    ///
    /// # Errors
    /// A sentence when the state directory's keys or the seccomp profile cannot be read or made.
    pub(crate) fn open(config: Arc<Config>, places: Arc<Places>, stored: &mut Stored) -> Result<Roster, String> {
        let slots = Slots::open(config.sessions.isolation, config.sessions.max.get()).map_err(|e| e.to_string());
        match &slots {
            Ok(slots) => tracing::debug!(isolation = slots.word(), "whose ids a session gets"),
            Err(why) => tracing::error!("{why}"),
        }
        let roster = Roster::with(config, places, slots)?;
        super::adopt::begin(&roster, std::mem::take(stored));
        warm::begin(&roster);
        Ok(roster)
    }

    fn with(config: Arc<Config>, places: Arc<Places>, slots: Result<Slots, String>) -> Result<Roster, String> {
        let wrong = |what: &str, error: std::io::Error| format!("{what} in {}: {error}", places.state.display());
        let identity = Identity::open(&places.state).map_err(|e| wrong("the instance's key", e))?;
        let seccomp = crate::podman::write_seccomp(&places.state).map_err(|e| wrong("the seccomp profile", e))?;
        std::fs::create_dir_all(live_dir(&places)).map_err(|e| wrong("the list of live sessions", e))?;
        let ended = places.state.join("ended");
        std::fs::create_dir_all(&ended).map_err(|e| wrong("the notes on ended sessions", e))?;
        let socket = config.sessions.podman_socket.clone().unwrap_or_else(default_podman_socket);
        let log_budget = config.sessions.log_budget;
        let starts = Starts::new();
        let copies = Copies::new(Stock::at(socket.clone()), starts.clone(), places.state.join("images"));
        let warm = Warm::new(places.clone());
        Ok(Roster(Arc::new(Shared {
            podman: Podman::new(socket, identity, seccomp),
            shelf: Shelf::of(&places.state),
            slots: slots.map(|slots| Arc::new(Mutex::new(slots))),
            config: RwLock::new(config),
            places,
            settled: watch::Sender::new(false),
            starts,
            copies,
            warm,
            log: LogBudget::new(log_budget),
            table: Mutex::default(),
            live: watch::Sender::new(0),
            pace: Mutex::default(),
            ends: EndNotes::in_dir(ended),
            attachments: AtomicU32::new(0),
            desks: Desks::new(),
            leaving: AtomicBool::new(false),
        })))
    }

    /// A new configuration: counts for sessions that start from now on. Isolation and Podman's socket stay as they were.
    pub(crate) fn reload(&self, config: Arc<Config>) {
        self.0.log.set_limit(config.sessions.log_budget);
        *self.0.config.write().unwrap_or_else(PoisonError::into_inner) = config;
        self.0.warm.look_again();
    }

    /// Somebody is here who may start a session soon: from now on containers are kept ready, where the configuration says so.
    /// Where some are, Podman's service is woken, which would otherwise be waited for longer than for all the rest.
    pub(crate) fn expect_visitors(&self) {
        if self.0.warm.call() == Wake::Podman {
            let podman = self.0.podman.clone();
            tokio::spawn(async move {
                if let Err(error) = podman.ping().await {
                    tracing::debug!(%error, "waking Podman's service");
                }
            });
        }
    }

    /// How many containers are ready.
    pub(crate) fn ready(&self) -> watch::Receiver<usize> {
        self.0.warm.count()
    }

    /// Live sessions of `owner`, or all of them; oldest first.
    pub(crate) fn list(&self, owner: Option<&OwnerId>) -> Vec<Summary> {
        let table = self.table();
        let mut list: Vec<Summary> = table
            .iter()
            .filter(|(_, entry)| owner.is_none_or(|owner| *owner == entry.person.owner))
            .map(|(id, entry)| entry.summary(*id))
            .collect();
        list.sort_by_key(|summary| (summary.created, summary.id));
        list
    }

    pub(crate) fn find(&self, id: SessionId) -> Option<Summary> {
        self.table().get(&id).map(|entry| entry.summary(id))
    }

    /// How a session ended, if that was within a day.
    pub(crate) fn find_ended(&self, id: SessionId) -> Option<EndNote> {
        self.0.ends.find(id)
    }

    /// How sessions of `owner`, or all of them, ended within a day; the latest first.
    pub(crate) fn list_ended(&self, owner: Option<&OwnerId>) -> Vec<EndNote> {
        self.0.ends.list(owner)
    }

    /// Seats somebody: a browser of the owner has the keyboard from now on, in its size, unless
    /// it only comes back and another one has it; who may only look sees the session
    /// in the size that it has. What they are told arrives in the [`Ears`].
    pub(crate) async fn attach(
        &self,
        id: SessionId,
        claim: &Claim,
        size: Size,
        peer: &str,
    ) -> Result<(Boarding, Ears), NoSeat> {
        let window = match claim {
            Claim::Own { window, .. } => *window,
            Claim::Look(_) => None,
        };
        let (inbox, feed, output, (seat, ears)) = {
            let table = self.table();
            let entry = self.seat_in(&table, id, |owner| claim.covers(owner))?;
            let number = AttachmentId(self.0.attachments.fetch_add(1, Ordering::Relaxed));
            let mut feed = Feed::new(number, claim.name().to_owned(), peer.to_owned(), entry.bell.clone());
            feed.window = window;
            let feed = Arc::new(feed);
            (entry.inbox.clone(), feed.clone(), entry.output.clone(), Seat::new(feed))
        };
        let (rights, message) = match claim {
            Claim::Own { .. } => (Rights::Own, Message::Attach { seat, size }),
            Claim::Look(_) => (Rights::Look, Message::Watch(seat)),
        };
        if inbox.send(message).await.is_err() {
            // Its task is over: it left with the daemon, or it ended and the list is about to forget it.
            if self.is_leaving() {
                return Err(NoSeat::ComeBack);
            }
            self.gone(id).await;
            return Err(self.over(id, |owner| claim.covers(owner)));
        }
        Ok((Boarding { feed, output, rights, inbox }, ears))
    }

    /// Whether there is a seat for this claim, without taking it.
    pub(crate) fn seat_for(&self, id: SessionId, claim: &Claim) -> Result<(), NoSeat> {
        self.seat_in(&self.table(), id, |owner| claim.covers(owner)).map(drop)
    }

    fn seat_in<'t>(
        &self,
        table: &'t BTreeMap<SessionId, Entry>,
        id: SessionId,
        may_see: impl Fn(&OwnerId) -> bool,
    ) -> Result<&'t Entry, NoSeat> {
        match table.get(&id) {
            None if self.is_leaving() || !*self.0.settled.borrow() => Err(NoSeat::ComeBack),
            None => Err(self.over(id, may_see)),
            Some(entry) if !may_see(&entry.person.owner) => Err(NoSeat::NotYours),
            Some(entry) => Ok(entry),
        }
    }

    /// Waits until it is known what became of an earlier daemon's sessions, 10 s at most: who asks for one meanwhile is not
    /// told that it does not exist.
    pub(crate) async fn settled(&self) {
        let mut settled = self.0.settled.subscribe();
        let _ = tokio::time::timeout(SETTLE_WAIT, settled.wait_for(|settled| *settled)).await;
    }

    /// Whether the daemon is on its way out and its sessions go on without it.
    pub(super) fn is_leaving(&self) -> bool {
        self.0.leaving.load(Ordering::Relaxed)
    }

    /// As [`Roster::settled`], however long that takes.
    pub(super) async fn settled_at_last(&self) {
        let mut settled = self.0.settled.subscribe();
        let _ = settled.wait_for(|settled| *settled).await; // the sender is in here
    }

    pub(super) fn settle(&self) {
        self.0.settled.send_replace(true);
    }

    /// How many sessions are live, starting and ending ones included (and 1 more while adoption is under way):
    /// the daemon may leave only at 0.
    pub(crate) fn live(&self) -> watch::Receiver<usize> {
        self.0.live.subscribe()
    }

    /// Why no session can be started now; `None` when all is well.
    pub(crate) fn trouble(&self) -> Option<String> {
        self.0.slots.as_ref().err().cloned()
    }

    /// Whether Podman answers; wakes its service.
    ///
    /// # Errors
    /// With the sentence for the operator.
    pub(crate) async fn ping(&self) -> Result<(), String> {
        self.0.podman.ping().await.map_err(|e| e.to_string())
    }

    /// With files in `dir`, no Podman but one that is played there, and ids for sessions.
    #[cfg(test)]
    pub(crate) fn for_test(dir: &std::path::Path) -> Roster {
        Roster::for_test_with(dir, Stored::new())
    }

    /// The same with what systemd kept.
    #[cfg(test)]
    pub(crate) fn for_test_with(dir: &std::path::Path, stored: Stored) -> Roster {
        let place = |name: &str| dir.join(name);
        let (state, runtime) = (place("state"), place("runtime"));
        for dir in [&state, &runtime] {
            std::fs::create_dir_all(dir).unwrap();
        }
        let places = Places { config: place("config.toml"), state, runtime, control: place("control") };
        let mut config = Config::default_at(&places);
        config.sessions.podman_socket = Some(place("no-podman"));
        let slots = Slots::for_test(dir);
        let roster = Roster::with(Arc::new(config), Arc::new(places), Ok(slots)).unwrap();
        super::adopt::begin(&roster, stored);
        roster
    }

    // ---- inside ----

    pub(super) fn podman(&self) -> &Podman {
        &self.0.podman
    }

    /// For a file on its way into or out of a session of `who`.
    pub(super) fn desk(&self, id: SessionId, who: &Person) -> Result<Desk, NoSeat> {
        let table = self.table();
        let entry = self.seat_in(&table, id, |owner| *owner == who.owner)?;
        Ok(Desk { standing: entry.standing.clone(), place: entry.desk.clone() })
    }

    pub(super) fn desks(&self) -> &Desks {
        &self.0.desks
    }

    pub(super) fn shelf(&self) -> &Shelf {
        &self.0.shelf
    }

    pub(super) fn places(&self) -> &Places {
        &self.0.places
    }

    pub(super) fn warm(&self) -> &Warm {
        &self.0.warm
    }

    pub(super) fn starts(&self) -> &Starts {
        &self.0.starts
    }

    pub(super) fn slots(&self) -> Result<Arc<Mutex<Slots>>, String> {
        self.0.slots.clone()
    }

    /// How many sessions there are.
    pub(super) fn seated(&self) -> usize {
        self.table().len()
    }

    pub(super) fn is_seated(&self, id: SessionId) -> bool {
        self.table().contains_key(&id)
    }

    /// Adoption counts as one live session while it lasts.
    pub(super) fn hold(&self) -> Hold {
        self.0.live.send_modify(|live| *live += 1);
        Hold(self.clone())
    }

    /// There is no such session (any more).
    fn over(&self, id: SessionId, may_see: impl Fn(&OwnerId) -> bool) -> NoSeat {
        match self.0.ends.find(id) {
            Some(note) if may_see(&note.owner) => NoSeat::Over(note.reason, note.status),
            _ => NoSeat::NoSuchSession,
        }
    }

    pub(super) fn config(&self) -> Arc<Config> {
        self.0.config.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn table(&self) -> MutexGuard<'_, BTreeMap<SessionId, Entry>> {
        self.0.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Keeps the daemon from leaving.
pub(super) struct Hold(Roster);

impl Drop for Hold {
    fn drop(&mut self) {
        self.0.0.live.send_modify(|live| *live -= 1);
    }
}

impl Entry {
    fn is_ending(&self) -> bool {
        self.standing.borrow().word == "ending"
    }

    fn summary(&self, id: SessionId) -> Summary {
        let (standing, now) = (self.standing.borrow().clone(), BootTime::now());
        Summary {
            id,
            owner: self.person.owner.clone(),
            user: self.person.name.clone(),
            profile: self.profile.clone(),
            state: standing.word.to_owned(),
            created: self.created,
            lifetime_left: self.lifetime.until(now).as_secs(),
            detached_left: standing.detached.map(|at| at.until(now).as_secs()),
            watched_by: standing.watched_by,
        }
    }
}

pub(crate) fn default_podman_socket() -> std::path::PathBuf {
    podman_socket_of(rustix::process::geteuid().as_raw())
}

/// The same of another account.
pub(crate) fn podman_socket_of(uid: u32) -> std::path::PathBuf {
    format!("/run/user/{uid}/podman/podman.sock").into()
}

#[cfg(test)]
mod tests;
