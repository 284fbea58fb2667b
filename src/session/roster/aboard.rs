//! From the list to the task and back: its files, the watch over it, its one end event.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use tokio::{
    sync::{Notify, Semaphore, mpsc, watch},
    task::JoinHandle,
};

use super::{Entry, INBOX, Roster, admission::LOG_OF_ONE};
use crate::{
    audit,
    auth::OwnerId,
    config::{Places, RecordingPolicy},
    recording::{Recording, Retention, Whose},
    session::{
        EndNote, EndReason, SessionId, ending,
        launch::{self, HeldSlot, Launch, former_screen_path, record_path, ring_path},
        record::{Record, RecordFile},
        state::Machine,
        task::{Continuity, Ending, Outcome, Running, Sailing, Standing, Task},
        warm::ReadyNote,
    },
    sys::{self, BootTime},
    terminal::{Output, Ring, Share},
};

/// Reports of a session's own side work that may wait for it.
const REPORTS: usize = 64;

impl Roster {
    /// A new session's log, and the note that outlives a power cut.
    ///
    /// # Errors
    /// A sentence that names the file.
    pub(super) fn log(&self, record: &Record, share: Share) -> Result<Log, String> {
        let (runtime, id) = (&self.0.places.runtime, record.id);
        let (rec, ring, note) = (record_path(runtime, id), ring_path(runtime, id), note_path(&self.0.places, id));
        let wrong = |path: &Path| {
            let path = path.display().to_string();
            move |error: std::io::Error| format!("{path}: {error}; make room there")
        };
        let made = (|| {
            let mut file = RecordFile::create(&rec).map_err(wrong(&rec))?;
            file.write(record).map_err(wrong(&rec))?;
            let ring = Ring::create(&ring).map_err(wrong(&ring))?;
            let told = serde_json::to_vec(&Note::of(record)).map_err(|e| e.to_string())?;
            std::fs::write(&note, told).map_err(wrong(&note))?;
            Ok(Log { file, ring, share })
        })();
        if made.is_err() {
            self.forget_files(id);
        }
        made
    }

    pub(in crate::session) fn forget_files(&self, id: SessionId) {
        launch::remove_files(&self.0.places.runtime, id);
        let _ = std::fs::remove_file(note_path(&self.0.places, id)); // absent is what is wanted
    }

    /// Puts a session into the list and lets it sail, watched: however its task ends, the container goes, one end event is
    /// written and the list forgets it.
    pub(super) fn board(
        &self,
        table: &mut BTreeMap<SessionId, Entry>,
        record: Record,
        log: Log,
        machine: Machine,
        begin: Begin,
    ) {
        let id = record.id;
        let (inbox_tx, inbox) = mpsc::channel(INBOX);
        let reports = mpsc::channel(REPORTS);
        let bell = Arc::new(Notify::new());
        let Log { file, ring, share } = log;
        let checkpoints = file.checkpoints(share);
        if let Err(error) = &checkpoints {
            tracing::warn!(%error, session = %id, "its screen cannot be kept for the next daemon");
        }
        let checkpoints = checkpoints.ok();
        let output = Arc::new(match record.recording {
            RecordingPolicy::Required => Output::unrecorded(ring, record.size, checkpoints),
            RecordingPolicy::BestEffort | RecordingPolicy::Off => Output::new(ring, record.size, checkpoints),
        });
        if !output.is_whole() {
            tracing::warn!(session = %id, "what it showed is not all known; its screen is drawn from what there is");
        }
        let recording = (record.recording != RecordingPolicy::Off).then(|| {
            let (person, profile) = (record.person.clone(), record.profile.name.clone());
            let whose = Whose { id, owner: person.owner, user: person.name, profile };
            Recording::new(self.0.shelf.clone(), whose, record.recording, output.clone(), bell.clone())
        });
        let (standing, standing_rx) = watch::channel(Standing::of(&machine));
        let (unwanted, unwanted_rx) = watch::channel(false);
        let slot = Arc::new(Mutex::new(None));
        table.insert(
            id,
            Entry {
                person: record.person.clone(),
                profile: record.profile.name.clone(),
                created: record.created,
                lifetime: record.lifetime,
                standing: standing_rx,
                inbox: inbox_tx,
                output: output.clone(),
                bell: bell.clone(),
                desk: Arc::new(Semaphore::new(1)),
            },
        );
        self.0.live.send_modify(|live| *live += 1);
        let whose = Note::of(&record);
        let task = Task {
            record,
            file,
            machine,
            output,
            recording: recording.clone(),
            podman: self.0.podman.clone(),
            disk_floor: self.config().sessions.disk_floor,
            inbox,
            bell,
            standing,
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
            Begin::Adopt(running, output, held) => {
                *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(held);
                Sailing::adopted(task, running, output)
            }
        };
        tokio::spawn(self.clone().watch(id, whose, tokio::spawn(sailing.run()), slot, recording));
    }

    /// However the task ends, even by panic: its container goes, its end is told once, and the list forgets it.
    pub(super) async fn watch(
        self,
        id: SessionId,
        whose: Note,
        sailing: JoinHandle<Outcome>,
        slot: Arc<Mutex<Option<HeldSlot>>>,
        recording: Option<Recording>,
    ) {
        let ending = match sailing.await {
            Ok(Outcome::Left) => return,
            Ok(Outcome::Ended(ending)) => ending,
            Err(panic) => {
                tracing::error!(session = %id, %panic, "a session's task failed");
                let ending = Ending { detail: panic.to_string(), ..Ending::by_itself(EndReason::Fault) };
                match ending::remove(&self.0.podman, id).await {
                    Ok(()) => ending,
                    Err(trouble) => ending.not_removed(trouble),
                }
            }
        };
        let recorded = match recording {
            Some(recording) => recording.finish(ending.reason.code(), ending.status).await,
            None => None,
        };
        self.ended(id, whose, &ending, recorded.as_deref());
        drop(slot.lock().unwrap_or_else(PoisonError::into_inner).take());
        self.table().remove(&id);
        self.tidy_recordings();
        self.0.live.send_modify(|live| *live -= 1);
    }

    /// In the background: what is too old or too much of the recordings goes.
    pub(in crate::session) fn tidy_recordings(&self) {
        let (roster, shelf) = (self.clone(), self.0.shelf.clone());
        let keep = {
            let config = self.config();
            Retention { max_age: config.recording.max_age, max_total: config.recording.max_total }
        };
        let is_live = move |id| roster.is_seated(id) || note_path(&roster.0.places, id).exists();
        tokio::spawn(async move { shelf.tidy(keep, is_live).await });
    }

    /// `recording` is the hash that stands for its recording. The one end event, the note for its owner, and the files go.
    pub(in crate::session) fn ended(&self, id: SessionId, whose: Note, ending: &Ending, recording: Option<&str>) {
        let Ending { reason, status, by, detail, left_behind, used } = ending;
        let (reason, status, used, Note { user, profile, .. }) = (*reason, *status, *used, &whose);
        audit::record(&audit::Event::SessionEnd { id, user, profile, reason, status, by, detail, used, recording });
        self.forget_files(id);
        if *left_behind {
            let note = Note { ended: true, ..whose.clone() };
            let written = serde_json::to_vec(&note).map(|note| std::fs::write(note_path(&self.0.places, id), note));
            if !matches!(written, Ok(Ok(()))) {
                tracing::error!(session = %id, "cannot remember that its container is still there");
            }
        }
        let Note { owner, user, profile, created, .. } = whose;
        if let Some(owner) = owner {
            let ended = sys::unix_seconds();
            self.0.ends.add(EndNote {
                id,
                owner,
                user,
                profile,
                created,
                ended,
                reason,
                status,
                recorded: recording.is_some(),
            });
        }
    }

    /// Seats a session that an earlier daemon left; not if this one is leaving, too.
    pub(in crate::session) fn adopt(
        &self,
        record: Record,
        file: RecordFile,
        ring: Ring,
        running: Running,
        output: Continuity,
    ) -> Result<(), String> {
        let slots = self.0.slots.clone()?;
        let mut table = self.table();
        if self.is_leaving() {
            // `leave` would miss it; the next daemon adopts it.
            tokio::spawn(running.terminal.hand_over());
            return Ok(());
        }
        let _ = std::fs::remove_file(former_screen_path(&self.0.places.runtime, record.id)); // mostly there is none
        let log = Log { file, ring, share: self.0.log.take_anyway(LOG_OF_ONE) };
        let held = HeldSlot::occupy(&slots, record.mapping);
        let now = BootTime::now();
        let machine = Machine::adopted(record.periods, record.lifetime, record.detached, now);
        let (id, user, profile) = (record.id, record.person.name.clone(), record.profile.name.clone());
        self.board(&mut table, record, log, machine, Begin::Adopt(running, output, held));
        audit::record(&audit::Event::SessionAdopted { id, user: &user, profile: &profile });
        Ok(())
    }
}

/// A session's two files, and the memory that they may take.
pub(super) struct Log {
    file: RecordFile,
    ring: Ring,
    share: Share,
}

/// How a session comes aboard.
pub(super) enum Begin {
    Launch(Box<Launch>),
    Adopt(Running, Continuity, HeldSlot),
}

/// What is kept in the state directory of a live session: enough for its end event after a power cut, when the record in
/// the runtime directory is gone.
#[derive(Debug, Clone, Default, serde::Serialize, serde::Deserialize)]
pub(in crate::session) struct Note {
    #[serde(default)]
    pub(in crate::session) owner: Option<OwnerId>,
    pub(in crate::session) user: String,
    pub(in crate::session) profile: String,
    /// Unix seconds.
    #[serde(default)]
    pub(in crate::session) created: u64,
    /// Its end event was written, but its container was still there.
    pub(in crate::session) ended: bool,
    /// It is nobody's yet: a container that is ready.
    #[serde(default)]
    pub(in crate::session) warm: bool,
    /// What the next daemon must know to go on with it; `None` while it is being made.
    #[serde(default)]
    pub(in crate::session) ready: Option<ReadyNote>,
}

impl Note {
    pub(in crate::session) fn of(record: &Record) -> Note {
        Note {
            owner: Some(record.person.owner.clone()),
            user: record.person.name.clone(),
            profile: record.profile.name.clone(),
            created: record.created,
            ended: false,
            warm: false,
            ready: None,
        }
    }
}

pub(in crate::session) fn live_dir(places: &Places) -> PathBuf {
    live_dir_in(&places.state)
}

pub(in crate::session) fn live_dir_in(state: &Path) -> PathBuf {
    state.join("live")
}

pub(in crate::session) fn note_path(places: &Places, id: SessionId) -> PathBuf {
    live_dir(places).join(id.as_str())
}
