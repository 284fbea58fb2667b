//! `/api/v1/recordings`: which there are, and what a replay fetches of one, piece by piece. Owners get their own,
//! administrators everybody's; that somebody looks at one is audited, once for each view.

use std::{
    collections::VecDeque,
    io,
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};

use hyper::StatusCode;
use hyper::header::{self, HeaderValue};
use tokio::sync::Semaphore;

use super::range;
use super::response::{self, Answer};
use super::web::Asked;
use crate::audit;
use crate::auth::{LoginKey, OwnerId, Person};
use crate::replay::{Catalogue, Entry, Pattern, Recording, Scan};
use crate::session::SessionId;
use crate::sys::BootTime;

/// Passes over whole recordings at once, each of a processor and a disk at most.
const MOST_PASSES: usize = 2;
/// How long one waits for its turn.
const PATIENCE: Duration = Duration::from_secs(10);
/// Views that are remembered.
const MOST_VIEWS: usize = 1024;
/// A view is over once nothing of the recording was fetched for so long.
const VIEW: Duration = Duration::from_secs(3600);

/// What the requests of this module share.
pub(crate) struct Recordings {
    catalogue: Catalogue,
    views: Mutex<Views>,
    passes: Semaphore,
}

impl Recordings {
    /// Those in `directory`, which may be absent.
    pub(crate) fn in_dir(directory: PathBuf) -> Recordings {
        let (catalogue, passes) = (Catalogue::in_dir(directory), Semaphore::new(MOST_PASSES));
        Recordings { catalogue, views: Mutex::default(), passes }
    }

    /// Whether there is anything to show to anybody.
    pub(crate) fn is_empty(&self) -> bool {
        self.catalogue.is_empty()
    }
}

/// Who looks at what, and when they last fetched something of it; the oldest first.
#[derive(Default)]
struct Views(VecDeque<(LoginKey, SessionId, BootTime)>);

impl Views {
    /// Whether this goes on with a view that is written down already.
    fn goes_on(&mut self, login: LoginKey, id: SessionId, now: BootTime) -> bool {
        let since = now.before(VIEW);
        self.0.retain(|(.., last)| *last >= since);
        let before = self.0.len();
        self.0.retain(|(other, of, _)| (*other, *of) != (login, id));
        let known = self.0.len() < before;
        if self.0.len() == MOST_VIEWS {
            self.0.pop_front();
        }
        self.0.push_back((login, id, now));
        known
    }
}

/// An entry as pages and programs are told it.
#[derive(serde::Serialize)]
pub(crate) struct Listed {
    #[serde(flatten)]
    pub(crate) entry: Entry,
    /// Its session goes on, and so may the recording.
    pub(crate) running: bool,
}

/// Whose recordings somebody may see.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Scope {
    Nobodys,
    Of(OwnerId),
    Everybodys,
}

impl Scope {
    /// As the configuration and the person's rights have it.
    pub(crate) fn of(asked: &Asked<'_>, person: &Person) -> Scope {
        match (person.is_admin(), asked.shop.config.recording.owners_may_view) {
            (true, _) => Scope::Everybodys,
            (false, true) => Scope::Of(person.owner.clone()),
            (false, false) => Scope::Nobodys,
        }
    }

    /// The owner that a recording must have, if it must have one; `None` where there is nothing to see.
    fn owner(&self) -> Option<Option<&OwnerId>> {
        match self {
            Scope::Nobodys => None,
            Scope::Of(owner) => Some(Some(owner)),
            Scope::Everybodys => Some(None),
        }
    }
}

/// All of this scope, the latest first.
pub(crate) async fn listed(asked: &Asked<'_>, scope: Scope) -> Vec<Listed> {
    let recordings = asked.shop.recordings.clone();
    let list = move || Ok(scope.owner().map(|owner| recordings.catalogue.list(owner)));
    let entries = in_the_background(list).await.ok().flatten().unwrap_or_default();
    entries.into_iter().map(|entry| Listed { running: is_running(asked, &entry), entry }).collect()
}

fn is_running(asked: &Asked<'_>, entry: &Entry) -> bool {
    !entry.sealed && asked.shop.roster.find(entry.id).is_some()
}

/// One that `person` may see.
pub(crate) async fn find(asked: &Asked<'_>, person: &Person, id: SessionId) -> Option<Recording> {
    let (recordings, scope) = (asked.shop.recordings.clone(), Scope::of(asked, person));
    in_the_background(move || Ok(scope.owner().and_then(|owner| recordings.catalogue.find(id, owner))))
        .await
        .ok()
        .flatten()
}

/// The disk is waited for where nobody else waits.
async fn in_the_background<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(io::Error::other(error)))
}

/// `GET /api/v1/recordings`: this person's; with `?all=true` everybody's, for admins.
pub(crate) async fn list(asked: &Asked<'_>) -> Answer {
    let Some(person) = asked.person() else { return sign_in_first(asked) };
    let all = asked.query("all").is_some_and(|v| v == "true");
    if all && !person.is_admin() {
        return asked.refuse(StatusCode::FORBIDDEN, asked.words.refusals.admins_only);
    }
    let scope = match Scope::of(asked, person) {
        Scope::Everybodys if !all => Scope::Of(person.owner.clone()),
        scope => scope,
    };
    response::json(StatusCode::OK, &listed(asked, scope).await)
}

/// What is fetched of a recording.
pub(crate) enum Part {
    /// What there is to know of it: the beginning of a view.
    Facts,
    /// The asciicast itself, whole or by ranges.
    Cast,
    /// The last checkpoint that is not after `?time=` milliseconds.
    Checkpoint,
    /// Marks, and where `?text=` stands.
    Find,
}

/// `GET /api/v1/recordings/{id}` and what lies below it.
pub(crate) async fn part(asked: &Asked<'_>, id: SessionId, part: Part) -> Answer {
    let Some(login) = &asked.login else { return sign_in_first(asked) };
    let Some(recording) = find(asked, &login.person, id).await else {
        return asked.refuse(StatusCode::NOT_FOUND, asked.words.refusals.no_such_recording);
    };
    let known = asked.shop.recordings.views.lock().unwrap_or_else(PoisonError::into_inner).goes_on(
        login.key,
        id,
        BootTime::now(),
    );
    if !known || matches!(part, Part::Facts) {
        let (user, peer) = (&login.person.name, asked.peer());
        let (of, owner) = (&recording.entry.user, &recording.entry.owner);
        audit::record(&audit::Event::RecordingViewed { id, user, of, owner, peer: &peer });
    }
    let answer = match part {
        Part::Facts => facts(asked, recording).await,
        Part::Cast => cast(asked, recording),
        Part::Checkpoint => checkpoint(asked, recording).await,
        Part::Find => found(asked, recording).await,
    };
    answer.unwrap_or_else(|error| {
        let reference = crate::sys::reference();
        tracing::error!(%reference, session = %id, %error, "a recording could not be read");
        response::problem(StatusCode::INTERNAL_SERVER_ERROR, asked.words.refusals.recording_broken.text, &reference)
    })
}

async fn facts(asked: &Asked<'_>, recording: Recording) -> io::Result<Answer> {
    #[derive(serde::Serialize)]
    struct Facts {
        #[serde(flatten)]
        listed: Listed,
        cols: u16,
        rows: u16,
    }
    let running = is_running(asked, &recording.entry);
    in_the_background(move || {
        let size = recording.size().map_err(io::Error::other)?;
        let entry = Entry { duration: recording.duration()?, ..recording.entry };
        let facts = Facts { listed: Listed { entry, running }, cols: size.cols, rows: size.rows };
        Ok(response::json(StatusCode::OK, &facts))
    })
    .await
}

/// With `?download=true` it is to be saved.
fn cast(asked: &Asked<'_>, recording: Recording) -> io::Result<Answer> {
    let saved = asked.query("download").is_some_and(|v| v == "true");
    let name = HeaderValue::from_str(&format!("attachment; filename=\"coracle-{}.cast\"", recording.entry.id)).ok();
    let mut answer = range::serve(recording.cast, &asked.parts.method, asked.headers())?;
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-asciicast"));
    Ok(response::with_value(answer, header::CONTENT_DISPOSITION, name.filter(|_| saved)))
}

/// 204 where there is none: then a replay begins at the beginning.
async fn checkpoint(asked: &Asked<'_>, recording: Recording) -> io::Result<Answer> {
    let Some(time) = asked.query("time").and_then(|time| time.parse().ok()) else {
        return Ok(asked.refuse(StatusCode::BAD_REQUEST, asked.words.refusals.no_time));
    };
    let found = in_the_background(move || recording.checkpoint(time)).await?;
    Ok(match found {
        Some(line) => response::json_text(line),
        None => response::empty(StatusCode::NO_CONTENT),
    })
}

/// Given up as soon as nobody waits for the answer.
async fn found(asked: &Asked<'_>, recording: Recording) -> io::Result<Answer> {
    let pattern = match asked.query("text") {
        None => None,
        Some(text) => match Pattern::new(&text) {
            None => return Ok(asked.refuse(StatusCode::BAD_REQUEST, asked.words.refusals.no_text)),
            some => some,
        },
    };
    let turn = tokio::time::timeout(PATIENCE, asked.shop.recordings.passes.acquire()).await;
    let Ok(Ok(_turn)) = turn else {
        let busy = asked.refuse(StatusCode::SERVICE_UNAVAILABLE, asked.words.refusals.too_many_searches);
        return Ok(response::retry_after(busy, PATIENCE));
    };
    let gone = Gone::default();
    let stop = gone.0.clone();
    let scanned = move || recording.scan(&Scan { pattern: pattern.as_ref(), stop: &stop });
    Ok(match in_the_background(scanned).await? {
        Ok(found) => response::json(StatusCode::OK, &found),
        Err(_) => response::empty(StatusCode::NO_CONTENT), // to nobody
    })
}

/// Becomes true when the request is dropped.
#[derive(Default)]
struct Gone(Arc<AtomicBool>);

impl Drop for Gone {
    fn drop(&mut self) {
        self.0.store(true, Relaxed);
    }
}

fn sign_in_first(asked: &Asked<'_>) -> Answer {
    response::problem(StatusCode::UNAUTHORIZED, asked.words.refusals.sign_in_first.text, &crate::sys::reference())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_is_told_once_and_again_after_an_hour_of_nothing() {
        let (mut views, id, other) = (Views::default(), SessionId::random(), SessionId::random());
        let (login, another) = (LoginKey::of_number(1), LoginKey::of_number(2));
        let at = |seconds: u64| BootTime::from_millis(10_000_000 + seconds * 1000);
        assert!(!views.goes_on(login, id, at(0)));
        assert!(views.goes_on(login, id, at(3000)));
        assert!(views.goes_on(login, id, at(6000)), "every fetch goes on with it");
        assert!(!views.goes_on(another, id, at(6000)) && !views.goes_on(login, other, at(6000)));
        assert!(!views.goes_on(login, id, at(9601)));
        for n in 0..2 * MOST_VIEWS {
            views.goes_on(login, SessionId::random(), at(9700 + n as u64 / 1000));
        }
        assert_eq!(views.0.len(), MOST_VIEWS);
    }
}
