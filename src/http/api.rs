//! `/api/v1`: what the pages' scripts ask. Everything belongs to somebody, and every route checks to whom.

use std::time::Duration;

use hyper::header::{self, HeaderValue};
use hyper::{StatusCode, body::Incoming};

use super::body::{self, BadBody};
use super::response::{self, Answer};
use super::web::Asked;
use crate::auth::{OwnerId, Person, Purpose, TICKET_TTL};
use crate::language::Words;
use crate::session::{Claim, EndNote, EndReason, NoSeat, Refusal, SessionId};

/// When to ask again where the host is full or not ready.
const FULL: Duration = Duration::from_secs(60);
const NOT_READY: Duration = Duration::from_secs(5);

/// `GET /api/v1/me`
pub(crate) fn me(asked: &Asked<'_>) -> Answer {
    #[derive(serde::Serialize)]
    struct Me<'a> {
        user: &'a str,
        groups: &'a [String],
        admin: bool,
    }
    let Some(person) = asked.person() else { return sign_in_first(asked) };
    response::json(StatusCode::OK, &Me { user: &person.name, groups: &person.groups, admin: person.is_admin() })
}

/// `GET /api/v1/profiles`: those that this person may use.
pub(crate) fn profiles(asked: &Asked<'_>) -> Answer {
    let Some(person) = asked.person() else { return sign_in_first(asked) };
    response::json(StatusCode::OK, &asked.shop.roster.profiles(person))
}

/// `GET /api/v1/sessions`: this person's; with `?all=true` everybody's, for admins; with `?ended=true` those that ended
/// within a day instead of those that run.
pub(crate) fn sessions(asked: &Asked<'_>) -> Answer {
    let Some(person) = asked.person() else { return sign_in_first(asked) };
    let all = asked.query("all").is_some_and(|v| v == "true");
    if all && !person.is_admin() {
        return asked.refuse(StatusCode::FORBIDDEN, asked.words.refusals.admins_only);
    }
    let owner = if all { None } else { Some(&person.owner) };
    if asked.query("ended").is_some_and(|v| v == "true") {
        let ended: Vec<_> =
            asked.shop.roster.list_ended(owner).into_iter().map(|note| Ended::of(asked, note)).collect();
        return response::json(StatusCode::OK, &ended);
    }
    response::json(StatusCode::OK, &asked.shop.roster.list(owner))
}

/// An ended session: its note, with the words for it.
#[derive(serde::Serialize)]
struct Ended {
    #[serde(flatten)]
    note: EndNote,
    state: &'static str,
    text: &'static str,
}

impl Ended {
    fn of(asked: &Asked<'_>, note: EndNote) -> Ended {
        Ended { state: "ended", text: (asked.words.reason)(note.reason), note }
    }
}

/// `GET /api/v1/sessions/{id}`: one that runs, or for a day how it ended. An administrator may ask for anybody's.
pub(crate) fn session(asked: &Asked<'_>, id: SessionId) -> Answer {
    let Some(person) = asked.person() else { return sign_in_first(asked) };
    let may_see = |owner: &OwnerId| *owner == person.owner || person.is_admin();
    match (asked.shop.roster.find(id), asked.shop.roster.find_ended(id)) {
        (Some(session), _) if may_see(&session.owner) => response::json(StatusCode::OK, &session),
        (Some(_), _) => not_yours(asked),
        (None, Some(note)) if may_see(&note.owner) => response::json(StatusCode::OK, &Ended::of(asked, note)),
        (None, _) => no_such_session(asked.words),
    }
}

/// `POST /api/v1/sessions {"profile": …}`: 202 as soon as the session has an id.
pub(crate) async fn start(asked: &Asked<'_>, body: Incoming) -> Answer {
    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Start {
        profile: String,
    }
    let Some(person) = asked.person() else { return response::close(sign_in_first(asked)) };
    let start: Start = match read(asked, body).await {
        Ok(start) => start,
        Err(bad) => return asked.refuse_body(bad),
    };
    match asked.shop.roster.start(person, &start.profile, &asked.peer()) {
        Ok(id) => accepted(id),
        Err(refusal) => refused(asked, person, &refusal),
    }
}

/// A small JSON document.
async fn read<T: serde::de::DeserializeOwned>(asked: &Asked<'_>, body: Incoming) -> Result<T, BadBody> {
    body::has_type(asked.headers(), "application/json")?;
    let body = body::read(asked.headers(), body).await?;
    serde_json::from_slice(&body).map_err(|_| BadBody::Malformed)
}

fn accepted(id: SessionId) -> Answer {
    let mut answer = response::json(StatusCode::ACCEPTED, &serde_json::json!({ "id": id }));
    if let Ok(location) = HeaderValue::from_str(&format!("/api/v1/sessions/{id}")) {
        answer.headers_mut().insert(header::LOCATION, location);
    }
    answer
}

fn refused(asked: &Asked<'_>, person: &Person, refusal: &Refusal) -> Answer {
    let reference = crate::sys::reference();
    let problem = |status, detail: &str| response::problem(status, detail, &reference);
    let detail = (asked.words.not_started)(refusal);
    match refusal {
        Refusal::NoSuchProfile => problem(StatusCode::UNPROCESSABLE_ENTITY, &detail),
        Refusal::TooManyOfYours(_) => response::retry_after(problem(StatusCode::TOO_MANY_REQUESTS, &detail), FULL),
        Refusal::TooFast(seconds) => {
            let answer = problem(StatusCode::TOO_MANY_REQUESTS, &detail);
            response::retry_after(answer, Duration::from_secs(*seconds))
        }
        Refusal::HostFull => response::retry_after(problem(StatusCode::SERVICE_UNAVAILABLE, &detail), FULL),
        Refusal::NoLog(why) => {
            tracing::error!(%reference, user = %person.name, %why, "a session was not started");
            response::retry_after(problem(StatusCode::SERVICE_UNAVAILABLE, &detail), FULL)
        }
        Refusal::NotReady(why) => {
            tracing::warn!(%reference, user = %person.name, %why, "a session was not started");
            response::retry_after(problem(StatusCode::SERVICE_UNAVAILABLE, &detail), NOT_READY)
        }
    }
}

/// `DELETE /api/v1/sessions/{id}`: answers when nothing of it is left. An administrator may end anybody's.
pub(crate) async fn end(asked: &Asked<'_>, id: SessionId) -> Answer {
    let Some(person) = asked.person() else { return sign_in_first(asked) };
    let Some(session) = asked.shop.roster.find(id) else { return no_such_session(asked.words) };
    let reason = match (session.owner == person.owner, person.is_admin()) {
        (true, _) => EndReason::Owner,
        (false, true) => EndReason::Admin,
        (false, false) => return not_yours(asked),
    };
    if asked.shop.roster.end(id, reason, &person.name).await {
        response::empty(StatusCode::NO_CONTENT)
    } else {
        no_such_session(asked.words)
    }
}

/// `POST /api/v1/tickets {"session": …}`: 201 with a ticket that opens this session's WebSocket once, in the first message
/// instead of a cookie (see [`crate::auth`]'s `tickets`).
pub(crate) async fn ticket(asked: &Asked<'_>, body: Incoming) -> Answer {
    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Wanted {
        session: String,
    }
    #[derive(serde::Serialize)]
    struct Given<'a> {
        ticket: &'a str,
        /// Seconds.
        expires_in: u64,
    }
    let Some(login) = &asked.login else { return response::close(sign_in_first(asked)) };
    let wanted: Wanted = match read(asked, body).await {
        Ok(wanted) => wanted,
        Err(bad) => return asked.refuse_body(bad),
    };
    let Ok(session) = wanted.session.parse() else { return no_such_session(asked.words) };
    match asked.shop.roster.seat_for(session, &Claim::Own { person: login.person.clone(), window: None }) {
        // An administrator may look at it, and nothing more: that is decided with the WebSocket.
        Err(NoSeat::NotYours) if !login.person.is_admin() => return not_yours(asked),
        Err(NoSeat::NoSuchSession) => return no_such_session(asked.words),
        // The WebSocket tells how it ended, or that the daemon is about to leave.
        Ok(()) | Err(NoSeat::Over(..) | NoSeat::ComeBack | NoSeat::NotYours) => {}
    }
    let purpose = Purpose { session, origin: asked.here.origin.clone() };
    match asked.shop.auth.logins().ticket(login, purpose) {
        Ok(ticket) => {
            let given = Given { ticket: ticket.as_str(), expires_in: TICKET_TTL.as_secs() };
            response::json(StatusCode::CREATED, &given)
        }
        Err(_) => {
            let text = asked.words.refusals.too_many_tickets.text;
            let answer = response::problem(StatusCode::TOO_MANY_REQUESTS, text, &crate::sys::reference());
            response::retry_after(answer, TICKET_TTL)
        }
    }
}

fn not_yours(asked: &Asked<'_>) -> Answer {
    asked.refuse(StatusCode::FORBIDDEN, asked.words.refusals.not_yours)
}

fn sign_in_first(asked: &Asked<'_>) -> Answer {
    response::problem(StatusCode::UNAUTHORIZED, asked.words.refusals.sign_in_first.text, &crate::sys::reference())
}

pub(crate) fn no_such_session(words: &Words) -> Answer {
    response::problem(StatusCode::NOT_FOUND, words.refusals.no_such_session.text, &crate::sys::reference())
}
