//! `/api/v1`: what the pages' scripts ask. Everything belongs to somebody, and every route checks to whom.

use std::time::Duration;

use hyper::header::{self, HeaderValue};
use hyper::{StatusCode, body::Incoming};

use super::body;
use super::response::{self, Answer};
use super::web::Asked;
use crate::auth::Person;
use crate::session::{EndReason, Refusal, SessionId};

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
    let Some(person) = asked.person() else { return sign_in_first() };
    response::json(StatusCode::OK, &Me { user: &person.name, groups: &person.groups, admin: person.is_admin() })
}

/// `GET /api/v1/profiles`: those that this person may use.
pub(crate) fn profiles(asked: &Asked<'_>) -> Answer {
    let Some(person) = asked.person() else { return sign_in_first() };
    response::json(StatusCode::OK, &asked.shop.roster.profiles(person))
}

/// `GET /api/v1/sessions`: this person's; with `?all=true` everybody's, for admins.
pub(crate) fn sessions(asked: &Asked<'_>) -> Answer {
    let Some(person) = asked.person() else { return sign_in_first() };
    let all = asked.query("all").is_some_and(|v| v == "true");
    if all && !person.is_admin() {
        return asked.refuse(StatusCode::FORBIDDEN, "Not yours", "Only administrators see the sessions of others.");
    }
    let owner = if all { None } else { Some(&person.owner) };
    response::json(StatusCode::OK, &asked.shop.roster.list(owner))
}

/// `POST /api/v1/sessions {"profile": …}`: 202 as soon as the session has an id.
pub(crate) async fn start(asked: &Asked<'_>, body: Incoming) -> Answer {
    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Start {
        profile: String,
    }
    let Some(person) = asked.person() else { return response::close(sign_in_first()) };
    let read = async {
        body::has_type(asked.headers(), "application/json")?;
        let body = body::read(asked.headers(), body).await?;
        serde_json::from_slice::<Start>(&body).map_err(|_| body::BadBody::Malformed)
    };
    let start = match read.await {
        Ok(start) => start,
        Err(bad) => return asked.refuse_body(bad),
    };
    match asked.shop.roster.start(person, &start.profile, &asked.peer()) {
        Ok(id) => accepted(id),
        Err(refusal) => refused(person, &refusal),
    }
}

fn accepted(id: SessionId) -> Answer {
    let mut answer = response::json(StatusCode::ACCEPTED, &serde_json::json!({ "id": id }));
    if let Ok(location) = HeaderValue::from_str(&format!("/api/v1/sessions/{id}")) {
        answer.headers_mut().insert(header::LOCATION, location);
    }
    answer
}

fn refused(person: &Person, refusal: &Refusal) -> Answer {
    let reference = crate::sys::reference();
    let problem = |status, detail: &str| response::problem(status, detail, &reference);
    let detail = refusal.to_string();
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
            let answer = problem(StatusCode::SERVICE_UNAVAILABLE, "The service is not ready.");
            response::retry_after(answer, NOT_READY)
        }
    }
}

/// `DELETE /api/v1/sessions/{id}`: answers when nothing of it is left. An administrator may end anybody's.
pub(crate) async fn end(asked: &Asked<'_>, id: SessionId) -> Answer {
    let Some(person) = asked.person() else { return sign_in_first() };
    let Some(session) = asked.shop.roster.find(id) else { return no_such_session() };
    let reason = match (session.owner == person.owner, person.is_admin()) {
        (true, _) => EndReason::Owner,
        (false, true) => EndReason::Admin,
        (false, false) => {
            return asked.refuse(StatusCode::FORBIDDEN, "Not yours", "This session belongs to somebody else.");
        }
    };
    if asked.shop.roster.end(id, reason, &person.name).await {
        response::empty(StatusCode::NO_CONTENT)
    } else {
        no_such_session()
    }
}

fn sign_in_first() -> Answer {
    response::problem(StatusCode::UNAUTHORIZED, "Sign in first.", &crate::sys::reference())
}

pub(crate) fn no_such_session() -> Answer {
    response::problem(StatusCode::NOT_FOUND, "There is no session of that id.", &crate::sys::reference())
}
