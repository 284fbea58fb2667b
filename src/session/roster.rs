//! Who is seated: every live session, by id; what other modules may ask of sessions goes through here.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, RwLock,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use sha2::{Digest, Sha256};
use tokio::sync::{Notify, mpsc, oneshot, watch};

use super::{
    AttachmentId, EndReason, SessionId, Size, ending,
    launch::{self, HeldSlot, Launch, record_path, ring_path},
    record::{self, Record, RecordFile},
    slots::Slots,
    starts::Starts,
    state::{Machine, Periods},
    task::{Ending, Message, Outcome, Running, Sailing, Task},
};
use crate::{
    audit,
    auth::{OwnerId, Person},
    config::{Config, Places, Profile},
    podman::{Identity, Mapping, Podman},
    sys::{self, BootTime},
    terminal::{self, Ears, Feed, Output, Ring, Seat},
};

/// Messages that may wait for a session's task.
const INBOX: usize = 64;
/// Reports of a session's own side work that may wait for it.
const REPORTS: usize = 64;
/// Podman's own timeout is longer than the lifetime by this, so that the daemon's reason wins.
const BACKSTOP: Duration = Duration::from_secs(5 * 60);
/// How long `end` waits for nothing to be left.
const END_WAIT: Duration = Duration::from_secs(10);
/// How long `end_all` does; `coracle end --all` waits a little longer.
pub(crate) const END_ALL_WAIT: Duration = Duration::from_secs(60);
/// How long a request about a session waits for adoption.
const SETTLE_WAIT: Duration = Duration::from_secs(10);
/// Memory of one session's log in the runtime directory.
const LOG_OF_ONE: u64 = record::FILE_SIZE + terminal::RING_FILE_SIZE;

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
}

/// Why a session was not started; each becomes a problem document with its own status.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub(crate) enum Refusal {
    #[error("There is no profile of that name for you.")]
    NoSuchProfile,
    #[error("You have {0} sessions already, which is the most one person may have. End one first.")]
    TooManyOfYours(u32),
    #[error("Too many starts. Try again in {0} seconds.")]
    TooFast(u64),
    #[error("This host is full. Try again in a few minutes.")]
    HostFull,
    #[error("The service is not ready: {0}")]
    NotReady(String),
}

/// Why a browser could not be seated.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum NoSeat {
    NoSuchSession,
    NotYours,
    /// Not now: this daemon leaves, or does not know yet what an earlier one left.
    ComeBack,
}

/// A profile as a page may show it.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub(crate) struct ProfileView {
    pub(crate) name: String,
    pub(crate) description: String,
}

/// What a WebSocket holds of the session it shows. Dropped, however that comes about, it tells the session that the browser
/// is gone.
pub(crate) struct Boarding {
    pub(crate) feed: Arc<Feed>,
    pub(crate) output: Arc<Output>,
    inbox: mpsc::Sender<Message>,
}

impl Boarding {
    /// One whose session is played by a test.
    #[cfg(test)]
    pub(crate) fn of(feed: Arc<Feed>, output: Arc<Output>) -> (Boarding, mpsc::Receiver<Message>) {
        let (inbox, asked) = mpsc::channel(INBOX);
        (Boarding { feed, output, inbox }, asked)
    }

    pub(crate) async fn resize(&self, size: Size) {
        self.say(Message::Resize(self.feed.id, size)).await;
    }
    pub(crate) async fn visible(&self, on: bool) {
        self.say(Message::Visible(self.feed.id, on)).await;
    }
    pub(crate) async fn extend(&self) {
        self.say(Message::Extend(self.feed.id)).await;
    }
    pub(crate) async fn fell_behind(&self) {
        self.say(Message::FellBehind(self.feed.id)).await;
    }
    pub(crate) async fn end(&self) {
        self.say(Message::End { reason: EndReason::Owner, by: self.feed.user.clone() }).await;
    }
    async fn say(&self, message: Message) {
        let _ = self.inbox.send(message).await; // a session that is over needs no messages
    }
}

impl Drop for Boarding {
    fn drop(&mut self) {
        // Behind everything that this browser asked for. Where the session is gone, it need not know.
        if let Err(mpsc::error::TrySendError::Full(left)) = self.inbox.try_send(Message::Left(self.feed.id)) {
            let inbox = self.inbox.clone();
            if let Ok(runtime) = tokio::runtime::Handle::try_current() {
                runtime.spawn(async move { inbox.send(left).await });
            }
        }
    }
}

/// The list of live sessions; clones share it.
#[derive(Clone)]
pub(crate) struct Roster(Arc<Shared>);

struct Shared {
    config: RwLock<Arc<Config>>,
    places: Arc<Places>,
    podman: Podman,
    slots: Result<Arc<Mutex<Slots>>, String>,
    /// What an earlier daemon left is adopted or ended.
    settled: watch::Sender<bool>,
    starts: Starts,
    table: Mutex<BTreeMap<SessionId, Entry>>,
    live: watch::Sender<usize>,
    pace: Mutex<HashMap<OwnerId, VecDeque<Instant>>>,
    attachments: AtomicU32,
    leaving: AtomicBool,
}

/// What the roster knows of a live session.
struct Entry {
    person: Person,
    profile: String,
    created: u64,
    lifetime: BootTime,
    word: watch::Receiver<&'static str>,
    inbox: mpsc::Sender<Message>,
    output: Arc<Output>,
    bell: Arc<Notify>,
}

impl Roster {
    /// A roster without sessions; adoption of what an earlier daemon left begins at once in the background.
    /// Must be called inside the runtime.
    ///
    /// # Errors
    /// A sentence when the state directory's keys or the seccomp profile cannot be read or made.
    pub(crate) fn open(config: Arc<Config>, places: Arc<Places>) -> Result<Roster, String> {
        let wrong = |what: &str, error: std::io::Error| format!("{what} in {}: {error}", places.state.display());
        let identity = Identity::open(&places.state).map_err(|e| wrong("the instance's key", e))?;
        let seccomp = crate::podman::write_seccomp(&places.state).map_err(|e| wrong("the seccomp profile", e))?;
        std::fs::create_dir_all(live_dir(&places)).map_err(|e| wrong("the list of live sessions", e))?;
        let socket = config.sessions.podman_socket.clone().unwrap_or_else(default_podman_socket);
        let slots = Slots::open(config.sessions.isolation, config.sessions.max.get());
        match &slots {
            Ok(slots) => tracing::debug!(isolation = slots.word(), "whose ids a session gets"),
            Err(why) => tracing::error!("{why}"),
        }
        let roster = Roster(Arc::new(Shared {
            podman: Podman::new(socket, identity, seccomp),
            slots: slots.map(|slots| Arc::new(Mutex::new(slots))),
            config: RwLock::new(config),
            places,
            settled: watch::Sender::new(false),
            starts: Starts::new(),
            table: Mutex::default(),
            live: watch::Sender::new(0),
            pace: Mutex::default(),
            attachments: AtomicU32::new(0),
            leaving: AtomicBool::new(false),
        }));
        super::adopt::begin(&roster);
        Ok(roster)
    }

    /// A new configuration: counts for sessions that start from now on. Isolation and Podman's socket stay as they were.
    pub(crate) fn reload(&self, config: Arc<Config>) {
        *self.0.config.write().unwrap_or_else(PoisonError::into_inner) = config;
    }

    /// The profiles that `who` may use, in the order of config.toml.
    pub(crate) fn profiles(&self, who: &Person) -> Vec<ProfileView> {
        let view = |p: &Profile| ProfileView { name: p.name.clone(), description: p.description.clone() };
        self.config().profiles.iter().filter(|p| may_use(who, p)).map(view).collect()
    }

    /// Admits and starts a session; answers as soon as it has an id, while it is still in the queue.
    pub(crate) fn start(&self, who: &Person, profile: &str, peer: &str) -> Result<SessionId, Refusal> {
        let config = self.config();
        let profile = config.profiles.iter().find(|p| p.name == profile && may_use(who, p));
        let profile = profile.ok_or(Refusal::NoSuchProfile)?.clone();
        let slots = self.0.slots.clone().map_err(Refusal::NotReady)?;
        let id = SessionId::random();
        let mut table = self.table();
        self.admit(&table, who, &config)?;

        let sessions = &config.sessions;
        let periods = Periods {
            idle: sessions.idle,
            detached: sessions.detached,
            lifetime: sessions.lifetime,
            start: sessions.start,
        };
        let now = BootTime::now();
        let machine = Machine::new(periods, now);
        let launch = Launch {
            id,
            owner: who.owner.clone(),
            config_hash: recipe_hash(&profile),
            profile: profile.clone(),
            backstop: sessions.lifetime + BACKSTOP,
            require_limits: sessions.require_limits,
            starts: self.0.starts.clone(),
            slots,
            podman: self.0.podman.clone(),
            unwanted: watch::channel(false).1, // replaced below by the task's own
        };
        let record = Record {
            id,
            person: who.clone(),
            config_hash: launch.config_hash.clone(),
            profile,
            mapping: Mapping::Shared, // until the launch takes a slot
            periods,
            created: sys::unix_seconds(),
            lifetime: machine.lifetime(),
            detached: None,
            last_input: now,
            size: Size::DEFAULT,
            certificate: None,
        };
        let (file, ring) = self.files(&record).map_err(|error| {
            tracing::error!(%error, "a session's log could not be made in {}", self.0.places.runtime.display());
            Refusal::HostFull
        })?;
        tracing::info!(session = %id, user = who.name, peer, profile = record.profile.name, "a session starts");
        self.board(&mut table, record, file, ring, machine, Begin::Launch(Box::new(launch)));
        Ok(id)
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

    /// Seats a browser of `who`: from now on it has the keyboard, and what it is told arrives in the [`Ears`].
    pub(crate) async fn attach(
        &self,
        id: SessionId,
        who: &Person,
        size: Size,
        peer: &str,
    ) -> Result<(Boarding, Ears), NoSeat> {
        let (inbox, feed, output, (seat, ears)) = {
            let table = self.table();
            let entry = self.seat_in(&table, id, who)?;
            let number = AttachmentId(self.0.attachments.fetch_add(1, Ordering::Relaxed));
            let feed = Arc::new(Feed::new(number, who.name.clone(), peer.to_owned(), entry.bell.clone()));
            (entry.inbox.clone(), feed.clone(), entry.output.clone(), Seat::new(feed))
        };
        if inbox.send(Message::Attach { seat, size }).await.is_err() {
            // Its task is over: it ended, or it left with the daemon.
            return Err(if self.is_leaving() { NoSeat::ComeBack } else { NoSeat::NoSuchSession });
        }
        Ok((Boarding { feed, output, inbox }, ears))
    }

    /// Whether `who` may attach to this session, without doing so.
    pub(crate) fn seat_for(&self, id: SessionId, who: &Person) -> Result<(), NoSeat> {
        self.seat_in(&self.table(), id, who).map(drop)
    }

    fn seat_in<'t>(
        &self,
        table: &'t BTreeMap<SessionId, Entry>,
        id: SessionId,
        who: &Person,
    ) -> Result<&'t Entry, NoSeat> {
        match table.get(&id) {
            None if self.is_leaving() || !*self.0.settled.borrow() => Err(NoSeat::ComeBack),
            None => Err(NoSeat::NoSuchSession),
            Some(entry) if entry.person.owner != who.owner => Err(NoSeat::NotYours),
            Some(entry) => Ok(entry),
        }
    }

    /// Ends one session and returns when nothing of it is left (or after 10 s); false: there is none of that id.
    /// `by` is for the audit: a user's name or `uid 0`.
    pub(crate) async fn end(&self, id: SessionId, reason: EndReason, by: &str) -> bool {
        let Some(inbox) = self.table().get(&id).map(|entry| entry.inbox.clone()) else { return false };
        let _ = inbox.send(Message::End { reason, by: by.to_owned() }).await;
        let mut live = self.live();
        // Not `wait_for`: it would ask the table under the lock of `live`, and others take the two the other way round.
        let gone = async { while self.is_seated(id) && live.changed().await.is_ok() {} };
        let _ = tokio::time::timeout(END_WAIT, gone).await;
        true
    }

    /// Ends every session, those included that are only being adopted or started meanwhile, and returns how many there
    /// were, when nothing of them is left; after [`END_ALL_WAIT`] at the latest.
    pub(crate) async fn end_all(&self, reason: EndReason, by: &str) -> usize {
        let mut told = BTreeSet::new();
        let all = async {
            let mut live = self.live();
            while *live.borrow_and_update() > 0 {
                let new: Vec<_> = {
                    let table = self.table();
                    table.iter().filter(|(id, _)| told.insert(**id)).map(|(_, e)| e.inbox.clone()).collect()
                };
                for inbox in new {
                    let _ = inbox.send(Message::End { reason, by: by.to_owned() }).await;
                }
                if live.changed().await.is_err() {
                    return;
                }
            }
        };
        if tokio::time::timeout(END_ALL_WAIT, all).await.is_err() {
            tracing::error!(seconds = END_ALL_WAIT.as_secs(), "sessions are left that would not end");
        }
        told.len()
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

    /// SIGTERM: leaves every terminal gently, ends none; attachments close with 1012.
    pub(crate) async fn leave(&self) {
        self.0.leaving.store(true, Ordering::Relaxed);
        let inboxes: Vec<_> = self.table().values().map(|entry| entry.inbox.clone()).collect();
        let mut left = Vec::new();
        for inbox in inboxes {
            let (done, was_done) = oneshot::channel();
            if inbox.send(Message::Leave(done)).await.is_ok() {
                left.push(was_done);
            }
        }
        for was_done in left {
            let _ = tokio::time::timeout(Duration::from_secs(1), was_done).await;
        }
    }

    /// With no Podman and with files in `dir`.
    #[cfg(test)]
    pub(crate) fn for_test(dir: &std::path::Path) -> Roster {
        let place = |name: &str| dir.join(name);
        let (state, runtime) = (place("state"), place("runtime"));
        for dir in [&state, &runtime] {
            std::fs::create_dir_all(dir).unwrap();
        }
        let places = Places { config: place("config.toml"), state, runtime, control: place("control") };
        let mut config = Config::default_at(&places);
        config.sessions.podman_socket = Some(place("no-podman"));
        Roster::open(Arc::new(config), Arc::new(places)).unwrap()
    }

    // ---- inside ----

    fn admit(&self, table: &BTreeMap<SessionId, Entry>, who: &Person, config: &Config) -> Result<(), Refusal> {
        let sessions = &config.sessions;
        let mine = table.values().filter(|entry| entry.person.owner == who.owner).count();
        if mine >= sessions.per_user.get() as usize {
            return Err(Refusal::TooManyOfYours(sessions.per_user.get()));
        }
        let log = LOG_OF_ONE * (table.len() as u64 + 1);
        let full = table.len() >= sessions.max.get() as usize || log > sessions.log_budget;
        if full || !self.0.starts.has_room() || self.is_leaving() {
            return Err(Refusal::HostFull);
        }
        let mut pace = self.0.pace.lock().unwrap_or_else(PoisonError::into_inner);
        within_pace(&mut pace, &who.owner, sessions.starts_per_minute.get() as usize, Instant::now())
            .map_err(Refusal::TooFast)
    }

    /// The log's two files and the note that outlives a power cut.
    fn files(&self, record: &Record) -> std::io::Result<(RecordFile, Ring)> {
        let (runtime, id) = (&self.0.places.runtime, record.id);
        let made = (|| {
            let mut file = RecordFile::create(&record_path(runtime, id))?;
            file.write(record)?;
            let ring = Ring::create(&ring_path(runtime, id))?;
            let note = serde_json::to_vec(&Note::of(record))?;
            std::fs::write(note_path(&self.0.places, id), note)?;
            Ok((file, ring))
        })();
        if made.is_err() {
            self.forget_files(id);
        }
        made
    }

    pub(super) fn forget_files(&self, id: SessionId) {
        launch::remove_files(&self.0.places.runtime, id);
        let _ = std::fs::remove_file(note_path(&self.0.places, id)); // absent is what is wanted
    }

    /// Puts a session into the list and lets it sail, watched: however its task ends, the container goes, one end event is
    /// written and the list forgets it.
    fn board(
        &self,
        table: &mut BTreeMap<SessionId, Entry>,
        record: Record,
        file: RecordFile,
        ring: Ring,
        machine: Machine,
        begin: Begin,
    ) {
        let id = record.id;
        let (inbox_tx, inbox) = mpsc::channel(INBOX);
        let reports = mpsc::channel(REPORTS);
        let bell = Arc::new(Notify::new());
        let output = Arc::new(Output::new(ring));
        let (word, word_rx) = watch::channel("starting");
        let (unwanted, unwanted_rx) = watch::channel(false);
        let slot = Arc::new(Mutex::new(None));
        table.insert(
            id,
            Entry {
                person: record.person.clone(),
                profile: record.profile.name.clone(),
                created: record.created,
                lifetime: record.lifetime,
                word: word_rx,
                inbox: inbox_tx,
                output: output.clone(),
                bell: bell.clone(),
            },
        );
        self.0.live.send_modify(|live| *live += 1);
        let (who, profile) = (record.person.clone(), record.profile.name.clone());
        let task = Task {
            record,
            file,
            machine,
            output,
            podman: self.0.podman.clone(),
            inbox,
            bell,
            word,
            unwanted,
            slot: slot.clone(),
            reports: (reports.0.clone(), reports.1),
        };
        let sailing = match begin {
            Begin::Launch(mut launch) => {
                launch.unwanted = unwanted_rx;
                tokio::spawn(launch.run(reports.0));
                Sailing::new(task)
            }
            Begin::Adopt(running, held) => {
                *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(held);
                Sailing::adopted(task, running)
            }
        };
        let (roster, sailing) = (self.clone(), tokio::spawn(sailing.run()));
        tokio::spawn(async move {
            let ending = match sailing.await {
                Ok(Outcome::Left) => return,
                Ok(Outcome::Ended(ending)) => ending,
                Err(panic) => {
                    tracing::error!(session = %id, %panic, "a session's task failed");
                    let ending = Ending { detail: panic.to_string(), ..Ending::by_itself(EndReason::Fault) };
                    match ending::remove(&roster.0.podman, id).await {
                        Ok(()) => ending,
                        Err(trouble) => ending.not_removed(trouble),
                    }
                }
            };
            roster.ended(id, &who.name, &profile, &ending);
            drop(slot.lock().unwrap_or_else(PoisonError::into_inner).take());
            roster.table().remove(&id);
            roster.0.live.send_modify(|live| *live -= 1);
        });
    }

    /// The one end event, and the files go.
    pub(super) fn ended(&self, id: SessionId, user: &str, profile: &str, ending: &Ending) {
        let Ending { reason, status, by, detail, left_behind } = ending;
        audit::record(&audit::Event::SessionEnd { id, user, profile, reason: *reason, status: *status, by, detail });
        self.forget_files(id);
        if *left_behind {
            let note = Note { user: user.to_owned(), profile: profile.to_owned(), ended: true };
            let written = serde_json::to_vec(&note).map(|note| std::fs::write(note_path(&self.0.places, id), note));
            if !matches!(written, Ok(Ok(()))) {
                tracing::error!(session = %id, "cannot remember that its container is still there");
            }
        }
    }

    /// Seats a session that an earlier daemon left; not if this one is leaving, too.
    pub(super) fn adopt(&self, record: Record, file: RecordFile, ring: Ring, running: Running) -> Result<(), String> {
        let slots = self.0.slots.clone()?;
        let mut table = self.table();
        if self.is_leaving() {
            return Ok(()); // `leave` would miss it; the next daemon adopts it. Dropped, its terminal is left gently.
        }
        let held = HeldSlot::occupy(&slots, record.mapping);
        let now = BootTime::now();
        let machine = Machine::adopted(record.periods, record.lifetime, record.detached, now);
        let (id, user, profile) = (record.id, record.person.name.clone(), record.profile.name.clone());
        self.board(&mut table, record, file, ring, machine, Begin::Adopt(running, held));
        audit::record(&audit::Event::SessionAdopted { id, user: &user, profile: &profile });
        Ok(())
    }

    pub(super) fn podman(&self) -> &Podman {
        &self.0.podman
    }

    pub(super) fn places(&self) -> &Places {
        &self.0.places
    }

    pub(super) fn is_seated(&self, id: SessionId) -> bool {
        self.table().contains_key(&id)
    }

    /// Adoption counts as one live session while it lasts.
    pub(super) fn hold(&self) -> Hold {
        self.0.live.send_modify(|live| *live += 1);
        Hold(self.clone())
    }

    fn config(&self) -> Arc<Config> {
        self.0.config.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn table(&self) -> MutexGuard<'_, BTreeMap<SessionId, Entry>> {
        self.0.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How a session comes aboard.
enum Begin {
    Launch(Box<Launch>),
    Adopt(Running, HeldSlot),
}

/// Keeps the daemon from leaving.
pub(super) struct Hold(Roster);

impl Drop for Hold {
    fn drop(&mut self) {
        self.0.0.live.send_modify(|live| *live -= 1);
    }
}

impl Entry {
    fn summary(&self, id: SessionId) -> Summary {
        Summary {
            id,
            owner: self.person.owner.clone(),
            user: self.person.name.clone(),
            profile: self.profile.clone(),
            state: (*self.word.borrow()).to_owned(),
            created: self.created,
            lifetime_left: self.lifetime.until(BootTime::now()).as_secs(),
        }
    }
}

/// What is kept in the state directory of a live session: enough for its end event after a power cut, when the record in
/// the runtime directory is gone.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
pub(super) struct Note {
    pub(super) user: String,
    pub(super) profile: String,
    /// Its end event was written, but its container was still there.
    pub(super) ended: bool,
}

impl Note {
    fn of(record: &Record) -> Note {
        Note { user: record.person.name.clone(), profile: record.profile.name.clone(), ended: false }
    }
}

pub(super) fn live_dir(places: &Places) -> std::path::PathBuf {
    places.state.join("live")
}

fn note_path(places: &Places, id: SessionId) -> std::path::PathBuf {
    live_dir(places).join(id.as_str())
}

pub(crate) fn default_podman_socket() -> std::path::PathBuf {
    format!("/run/user/{}/podman/podman.sock", rustix::process::geteuid().as_raw()).into()
}

fn may_use(who: &Person, profile: &Profile) -> bool {
    profile.groups.is_empty() || profile.groups.iter().any(|group| who.groups.contains(group))
}

/// Names the recipe: two sessions with the same hash were made alike.
fn recipe_hash(profile: &Profile) -> String {
    let facts = serde_json::to_vec(profile).unwrap_or_default();
    sys::hex(&Sha256::digest(facts)[..8])
}

/// Counts one more start of `owner`, or says in how many seconds it may be.
fn within_pace(
    pace: &mut HashMap<OwnerId, VecDeque<Instant>>,
    owner: &OwnerId,
    most: usize,
    now: Instant,
) -> Result<(), u64> {
    const MINUTE: Duration = Duration::from_secs(60);
    pace.retain(|_, starts| {
        starts.retain(|at| now.duration_since(*at) < MINUTE);
        !starts.is_empty()
    });
    let starts = pace.entry(owner.clone()).or_default();
    match starts.front() {
        Some(oldest) if starts.len() >= most => Err((MINUTE - now.duration_since(*oldest)).as_secs() + 1),
        _ => {
            starts.push_back(now);
            Ok(())
        }
    }
}

#[cfg(test)]
#[path = "roster_tests.rs"]
mod tests;
