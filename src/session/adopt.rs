//! What an earlier daemon left: every container of ours with a valid record goes on; one without, or already over, is ended,
//! audited once and removed. Containers that were ready and nobody's go on waiting. Those whose MAC is wrong are not ours to touch.
//!
//! A session whose terminal systemd kept goes on where its output was, and also for a moment if its shell has ended: what
//! that said last is still in the terminal.

use std::{
    collections::{HashMap, HashSet},
    io,
    os::fd::OwnedFd,
    time::Duration,
};

use tokio::time::{Instant, sleep};

use super::{
    EndReason, SessionId, ending,
    launch::{record_path, ring_path},
    record::{Record, RecordFile},
    roster::{Note, Roster, live_dir},
    task::{Continuity, Ending, Running},
    warm,
};
use crate::{
    activation::Stored,
    audit,
    podman::{Found, PodmanError, Terminal},
    terminal::Ring,
};

/// How long Podman is waited for; after that the next start of the daemon tries again.
const PATIENCE: Duration = Duration::from_secs(90);
/// How long attaching is tried: Podman is busiest just after a restart, and what failed once is no reason to end a shell that
/// runs. Without descriptors it is tried for [`PATIENCE`], until those who hold them are turned out.
const REATTACH: Duration = Duration::from_secs(3);
/// Between two tries.
const AGAIN: Duration = Duration::from_millis(200);

/// Terminals that systemd kept, each of the session that it belongs to.
type Terminals = HashMap<SessionId, OwnedFd>;

/// Looks for what was left, in the background; Podman is not woken where nothing was.
pub(super) fn begin(roster: &Roster, stored: Stored) {
    let left = left_behind(roster);
    // A session whose files are gone had ended.
    let (mut terminals, over): (Terminals, Terminals) =
        terminals_in(stored).into_iter().partition(|(id, _)| left.contains(id));
    tokio::spawn(leave_all(over));
    if left.is_empty() {
        roster.tidy_recordings();
        return roster.settle();
    }
    let (roster, hold) = (roster.clone(), roster.hold());
    tokio::spawn(async move {
        let _hold = hold;
        // Those of this daemon, which Podman lists too: seated before the list was made, or after, or both.
        let mut seated: HashSet<_> = roster.list(None).into_iter().map(|session| session.id).collect();
        match list(&roster).await {
            Ok(mut found) => {
                seated.extend(roster.list(None).into_iter().map(|session| session.id));
                found.retain(|container| !seated.contains(&container.id));
                take_over(&roster, found, left, &mut terminals).await;
            }
            // What systemd keeps stays there for the next daemon.
            Err(error) => tracing::error!(%error, sessions = left.len(), "Podman does not say what became of them"),
        }
        roster.settle();
        roster.tidy_recordings();
    });
}

/// One whose name says nothing is left to systemd: another version of this program may know it.
fn terminals_in(stored: Stored) -> Terminals {
    let mut terminals = Terminals::new();
    for (name, socket) in stored {
        match Terminal::owner_of(&name) {
            Some(id) => drop(terminals.insert(id, socket)),
            None => tracing::warn!(name = %name.escape_default(), "systemd keeps a socket that is no session's"),
        }
    }
    terminals
}

/// Leaves terminals that nobody goes on with.
async fn leave_all(terminals: Terminals) {
    for (id, socket) in terminals {
        Terminal::leave_stored(id, socket).await;
    }
}

/// The ids of sessions that did not end under the daemon that had them.
fn left_behind(roster: &Roster) -> HashSet<SessionId> {
    let places = roster.places();
    let mut ids = HashSet::new();
    for dir in [live_dir(places), places.runtime.clone()] {
        let entries = std::fs::read_dir(&dir).into_iter().flatten().flatten();
        let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
        ids.extend(names.filter_map(|name| name.split('.').next().and_then(|stem| stem.parse::<SessionId>().ok())));
    }
    ids
}

async fn list(roster: &Roster) -> Result<Vec<Found>, PodmanError> {
    let until = Instant::now() + PATIENCE;
    let mut pause = Duration::from_millis(100);
    loop {
        match roster.podman().list_ours().await {
            Err(error) if Instant::now() < until => tracing::debug!(%error, "asking Podman again"),
            answer => return answer,
        }
        sleep(pause).await;
        pause = (pause * 2).min(Duration::from_secs(1));
    }
}

/// First the sessions that go on, so that nobody waits for them behind an end that takes long; then the ends.
async fn take_over(roster: &Roster, found: Vec<Found>, mut left: HashSet<SessionId>, terminals: &mut Terminals) {
    let (mut over, began) = (Vec::new(), Instant::now());
    let (nobodys, mut todo): (Vec<_>, Vec<_>) =
        found.into_iter().partition(|container| container.genuine && waits(roster, container.id).is_some());
    while !todo.is_empty() {
        let patience = if is_out_of_descriptors() { PATIENCE } else { REATTACH };
        let last_try = began.elapsed() >= patience;
        for container in std::mem::take(&mut todo) {
            if roster.is_leaving() {
                terminals.clear(); // not left: the next daemon goes on with them
                return;
            }
            left.remove(&container.id);
            if !container.genuine {
                tracing::warn!(container = %container.id, "has our name but not our MAC: neither adopted nor removed");
                continue;
            }
            match adopt_unless_over(roster, &container, terminals.get(&container.id)).await {
                Ok(()) => drop(terminals.remove(&container.id)),
                Err(End { how, may_pass: true, .. }) if !last_try => {
                    tracing::warn!(session = %container.id, why = how.detail, "attaching to it again");
                    todo.push(container);
                }
                Err(end) => over.push((container, end)),
            }
        }
        if !todo.is_empty() {
            sleep(AGAIN).await;
            look_again(roster, &mut todo).await;
        }
    }
    for container in nobodys {
        left.remove(&container.id);
        if roster.is_leaving() {
            return;
        }
        let Some(note) = waits(roster, container.id) else { continue };
        if let Err(why) = warm::regain(roster, container.id, note).await {
            tracing::info!(%why, id = %container.id, "a container that was ready is not used");
            over.push((
                container,
                End { record: None, how: Box::new(Ending::by_itself(EndReason::Lost)), may_pass: false },
            ));
        }
    }
    roster.settle();
    // Before the ends: conmon may be stuck in a write to a terminal that nobody reads.
    leave_all(std::mem::take(terminals)).await;
    for (container, End { record, mut how, .. }) in over {
        if let Err(trouble) = ending::remove(roster.podman(), container.id).await {
            *how = how.not_removed(trouble);
        }
        audit_end(roster, container.id, record.as_deref(), &container.profile, *how).await;
    }
    // What remains has files, but no container any more.
    for id in left.into_iter().filter(|id| !roster.is_seated(*id)) {
        let record = RecordFile::open(&record_path(&roster.places().runtime, id)).ok().map(|(_, record)| record);
        let gone = || Ending { detail: "its container was gone".into(), ..Ending::by_itself(EndReason::Engine) };
        let how = match &record {
            Some(record) => decided(record).unwrap_or_else(gone),
            None => Ending::by_itself(EndReason::Lost),
        };
        audit_end(roster, id, record.as_ref(), "", how).await;
    }
}

/// The note of a container that is nobody's: one that has a record was given.
fn waits(roster: &Roster, id: SessionId) -> Option<Note> {
    let is_given = record_path(&roster.places().runtime, id).exists();
    note_of(roster, id).filter(|note| note.warm && !is_given)
}

fn note_of(roster: &Roster, id: SessionId) -> Option<Note> {
    let note = std::fs::read(live_dir(roster.places()).join(id.as_str())).ok()?;
    serde_json::from_slice(&note).ok()
}

/// A shell may have ended since the list was made: then it is no use to attach, and nothing is wrong with the engine.
async fn look_again(roster: &Roster, todo: &mut [Found]) {
    let Ok(found) = roster.podman().list_ours().await else { return };
    for container in todo {
        container.alive = found.iter().find(|now| now.id == container.id).map_or(container.alive, |now| now.alive);
    }
}

/// Why a session of ours does not go on, and what is known of it.
struct End {
    record: Option<Box<Record>>,
    how: Box<Ending>,
    /// Another try may go better.
    may_pass: bool,
}

async fn adopt_unless_over(roster: &Roster, container: &Found, terminal: Option<&OwnedFd>) -> Result<(), End> {
    let id = container.id;
    let end =
        |record: Option<Record>, how| Err(End { record: record.map(Box::new), how: Box::new(how), may_pass: false });
    let because = |reason, detail: String| Ending { detail, ..Ending::by_itself(reason) };
    let (file, record) = match RecordFile::open(&record_path(&roster.places().runtime, id)) {
        Ok(found) => found,
        Err(error) => {
            let how = Box::new(because(EndReason::Lost, format!("no valid record: {error}")));
            return Err(End { record: None, how, may_pass: is_for_want_of_means(&error) });
        }
    };
    if let Some(how) = decided(&record) {
        return end(Some(record), how);
    }
    if !container.alive && terminal.is_none() {
        let status = roster.podman().exit_status(id).await.ok();
        return end(Some(record), Ending { status, ..Ending::by_itself(EndReason::Exit) });
    }
    match adopt(roster, file, record.clone(), terminal).await {
        Ok(()) => Ok(()),
        Err(detail) => {
            let how = Box::new(because(EndReason::Engine, detail));
            Err(End { record: Some(Box::new(record)), how, may_pass: true })
        }
    }
}

/// Nothing is wrong with the file: this daemon lacks what it takes to open one, until others give it back.
fn is_for_want_of_means(error: &io::Error) -> bool {
    let errno = rustix::io::Errno::from_io_error(error);
    errno.is_some_and(|errno| {
        [rustix::io::Errno::MFILE, rustix::io::Errno::NFILE, rustix::io::Errno::NOMEM].contains(&errno)
    })
}

/// Whether Podman, too, could not be asked just now.
fn is_out_of_descriptors() -> bool {
    std::fs::File::open("/dev/null").is_err_and(|error| is_for_want_of_means(&error))
}

/// How a session ends that was at its end already, or was never begun: then it does not matter what there is of it.
fn decided(record: &Record) -> Option<Ending> {
    let never_begun = || {
        let detail = "the daemon left while it was starting".to_owned();
        Ending { detail, ..Ending::by_itself(EndReason::StartFailed) }
    };
    record.ending.clone().or_else(|| record.certificate.is_none().then(never_begun))
}

async fn adopt(roster: &Roster, file: RecordFile, record: Record, terminal: Option<&OwnedFd>) -> Result<(), String> {
    let path = ring_path(&roster.places().runtime, record.id);
    let (ring, mut output) = match Ring::open(&path) {
        Ok(ring) => (ring, Continuity::Whole),
        Err(error) if is_for_want_of_means(&error) => return Err(error.to_string()),
        Err(error) => {
            tracing::warn!(%error, session = %record.id, "its ring cannot be read; begins a new one");
            let _ = std::fs::remove_file(&path);
            (Ring::create(&path).map_err(|error| error.to_string())?, Continuity::Broken)
        }
    };
    let podman = roster.podman();
    let attached = match terminal.map(OwnedFd::try_clone).transpose().map_err(|error| error.to_string())? {
        Some(socket) => podman.resume(record.id, socket).await,
        None => {
            output = Continuity::Broken;
            podman.reattach(record.id).await
        }
    };
    let (terminal, conmon) = attached.map_err(|error| error.to_string())?;
    roster.adopt(record, file, ring, Running { terminal, conmon }, output)
}

/// `profile` is what the container's label says, for one of which nothing else is known.
async fn audit_end(roster: &Roster, id: SessionId, record: Option<&Record>, profile: &str, how: Ending) {
    let note = note_of(roster, id);
    if note.as_ref().is_some_and(|note| note.ended) {
        return roster.forget_files(id); // its end event was written when its container could not be removed
    }
    if record.is_none() && note.as_ref().is_some_and(|note| note.warm) {
        // It was nobody's: there is no end to tell of.
        match how.left_behind {
            true => tracing::warn!(%id, why = how.detail, "a container that was ready is still there"),
            false => roster.forget_files(id),
        }
        return;
    }
    let whose = match (record, note) {
        (Some(record), _) => Note::of(record),
        (None, Some(note)) => note,
        (None, None) => Note { profile: profile.to_owned(), ..Note::default() },
    };
    let ring = ring_path(&roster.places().runtime, id);
    let sealed = roster.shelf().seal_left(id, ring, how.reason.code(), how.status).await;
    let recorded = sealed.and_then(|sealed| {
        let failed = |error: &std::io::Error| {
            let (user, profile, why) = (whose.user.as_str(), whose.profile.as_str(), &error.to_string());
            audit::record(&audit::Event::RecordingStopped { id, user, profile, why });
        };
        sealed.inspect_err(failed).ok()
    });
    roster.ended(id, whose, &how, recorded.as_deref());
}

#[cfg(test)]
mod tests;
