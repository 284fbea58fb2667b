//! Who may start a session now, and its beginning.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::PoisonError,
    time::{Duration, Instant},
};

use tokio::sync::watch;

use super::{Entry, Roster, aboard::Begin};
use crate::{
    auth::{OwnerId, Person},
    config::{Config, Profile, RecordingPolicy},
    podman::Mapping,
    session::{
        SessionId, Size,
        launch::Launch,
        recipe::Recipe,
        record::{self, Record},
        state::{Machine, Periods},
    },
    sys::{self, BootTime},
    terminal,
};

/// Memory of one session's log in the runtime directory.
pub(super) const LOG_OF_ONE: u64 = record::FILE_SIZE + terminal::LEAST_LOG;

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
    /// What a session needs on disk and in memory could not be made; the sentence is for the journal.
    #[error("This host is full. Try again in a few minutes.")]
    NoLog(String),
    #[error("The service is not ready: {0}")]
    NotReady(String),
}

/// A profile as a page may show it.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub(crate) struct ProfileView {
    pub(crate) name: String,
    pub(crate) description: String,
    /// Bytes; swap there is none.
    pub(crate) memory: u64,
    /// Thousandths of a processor.
    pub(crate) millicpus: u32,
    pub(crate) pids: u32,
    /// Places that can be written to, and their bytes.
    pub(crate) writable: Vec<(String, u64)>,
    /// Bytes of everything else that can be written to; `None`: nothing else can.
    pub(crate) layer_size: Option<u64>,
    /// `none` or `outbound`.
    pub(crate) network: &'static str,
    /// What its sessions show is recorded.
    pub(crate) recorded: bool,
    #[serde(flatten)]
    pub(crate) terms: Terms,
}

/// How long a session lasts, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub(crate) struct Terms {
    /// Without input, while a browser shows it.
    pub(crate) idle: u64,
    /// Without any browser.
    pub(crate) detached: u64,
    /// In all.
    pub(crate) lifetime: u64,
}

impl Roster {
    /// The profiles that `who` may use, in the order of config.toml.
    pub(crate) fn profiles(&self, who: &Person) -> Vec<ProfileView> {
        let (config, terms) = (self.config(), self.terms());
        let view = |profile: &Profile| ProfileView {
            recorded: config.recording_of(profile) != RecordingPolicy::Off,
            ..ProfileView::of(profile, terms)
        };
        config.profiles.iter().filter(|p| may_use(who, p)).map(view).collect()
    }

    /// How long sessions last that start now.
    pub(crate) fn terms(&self) -> Terms {
        let config = self.config();
        let crate::config::Sessions { idle, detached, lifetime, .. } = &config.sessions;
        Terms { idle: idle.as_secs(), detached: detached.as_secs(), lifetime: lifetime.as_secs() }
    }

    /// Whether `who` could start a session now, as far as places go. Its pace is not looked at: that is over so soon.
    ///
    /// # Errors
    /// [`Refusal::TooManyOfYours`] or [`Refusal::HostFull`].
    pub(crate) fn room_for(&self, who: &Person) -> Result<(), Refusal> {
        let config = self.config();
        self.has_room(&self.table(), who, &config)
    }

    /// Admits and starts a session; answers as soon as it has an id, while it is still in the queue.
    pub(crate) fn start(&self, who: &Person, profile: &str, peer: &str) -> Result<SessionId, Refusal> {
        let config = self.config();
        let profile = config.profiles.iter().find(|p| p.name == profile && may_use(who, p));
        let profile = profile.ok_or(Refusal::NoSuchProfile)?.clone();
        let slots = self.0.slots.clone().map_err(Refusal::NotReady)?;
        let mut table = self.table();
        self.admit(&table, who, &config)?;
        let share = self.0.log.take(LOG_OF_ONE).ok_or(Refusal::HostFull)?;

        let sessions = &config.sessions;
        let recipe = Recipe::of(&profile, sessions);
        let ready = self.0.warm.take(&recipe);
        let is_warm = ready.is_some();
        let id = ready.as_ref().map_or_else(SessionId::random, |ready| ready.id);
        let periods = Periods {
            idle: sessions.idle,
            detached: sessions.detached,
            lifetime: sessions.lifetime,
            start: sessions.start,
        };
        let now = BootTime::now();
        let machine = Machine::new(periods, now);
        let ranges = slots.lock().unwrap_or_else(PoisonError::into_inner).count().unwrap_or(0);
        let ahead = (0..ranges.min(sessions.copies_ahead)).map(Mapping::Slot).collect();
        let mut launch = Launch {
            id,
            owner: who.owner.clone(),
            recipe,
            ready: None, // not before there is a record of whose it is
            warm: self.0.warm.clone(),
            live: self.live(),
            max: sessions.max.get() as usize,
            starts: self.0.starts.clone(),
            slots,
            podman: self.0.podman.clone(),
            copies: self.0.copies.clone(),
            ahead,
            unwanted: watch::channel(false).1, // replaced below by the task's own
        };
        let record = Record {
            id,
            person: who.clone(),
            config_hash: launch.recipe.hash(),
            recording: config.recording_of(&profile),
            profile,
            mapping: Mapping::Shared, // until the launch takes a slot
            periods,
            created: sys::unix_seconds(),
            lifetime: machine.lifetime(),
            detached: None,
            last_input: now,
            size: Size::DEFAULT,
            certificate: None,
            looks: Vec::new(),
            kills: Default::default(),
            ending: None,
        };
        let log = match self.log(&record, share) {
            Ok(log) => log,
            Err(why) => {
                if let Some(ready) = ready {
                    let warm = self.0.warm.clone();
                    tokio::spawn(async move { warm.discard(ready).await });
                }
                return Err(Refusal::NoLog(why));
            }
        };
        launch.ready = ready;
        let profile = &record.profile.name;
        tracing::info!(session = %id, user = who.name, peer, profile, warm = is_warm, "a session starts");
        self.board(&mut table, record, log, machine, Begin::Launch(Box::new(launch)));
        Ok(id)
    }

    fn admit(&self, table: &BTreeMap<SessionId, Entry>, who: &Person, config: &Config) -> Result<(), Refusal> {
        self.has_room(table, who, config)?;
        let mut pace = self.0.pace.lock().unwrap_or_else(PoisonError::into_inner);
        within_pace(&mut pace, &who.owner, config.sessions.starts_per_minute.get() as usize, Instant::now())
            .map_err(Refusal::TooFast)
    }

    fn has_room(&self, table: &BTreeMap<SessionId, Entry>, who: &Person, config: &Config) -> Result<(), Refusal> {
        let sessions = &config.sessions;
        let mine = table.values().filter(|entry| entry.person.owner == who.owner).count();
        if mine >= sessions.per_user.get() as usize {
            return Err(Refusal::TooManyOfYours(sessions.per_user.get()));
        }
        let full = table.len() >= sessions.max.get() as usize || !self.0.log.has_room(LOG_OF_ONE);
        if full || !self.0.starts.has_room() || self.is_leaving() {
            return Err(Refusal::HostFull);
        }
        Ok(())
    }
}

impl ProfileView {
    fn of(profile: &Profile, terms: Terms) -> ProfileView {
        ProfileView {
            name: profile.name.clone(),
            description: profile.description.clone(),
            memory: profile.memory,
            millicpus: profile.millicpus,
            pids: profile.pids,
            writable: profile.tmpfs.iter().map(|place| (place.path.clone(), place.size)).collect(),
            layer_size: profile.layer_size,
            network: profile.network.word(),
            recorded: false,
            terms,
        }
    }
}

fn may_use(who: &Person, profile: &Profile) -> bool {
    profile.groups.is_empty() || profile.groups.iter().any(|group| who.is_in(group))
}

/// Counts one more start of `owner`, or says in how many seconds it may be.
pub(super) fn within_pace(
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
