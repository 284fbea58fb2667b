//! The operator's own socket: the sessions part of `/api/v1` with an administrator's rights. Only root and the daemon's
//! user get this far (`connection::admit`); each act is audited under the peer's uid.

use hyper::header;
use hyper::{Method, Request, StatusCode, body::Incoming};

use super::api;
use super::body;
use super::connection::Visit;
use super::response::{self, Answer};
use super::route::Route;
use super::socket;
use super::web;
use crate::language::Language;
use crate::session::EndReason;

/// What `DELETE /api/v1/sessions` answers.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
pub(crate) struct Ended {
    /// How many sessions there were.
    pub(crate) ended: usize,
}

/// Answers one request of the control socket.
pub(crate) async fn answer(request: Request<Incoming>, visit: &Visit) -> Answer {
    let (path, english) = (request.uri().path(), Language::English.words());
    let Some(shop) = visit.house.shop() else { return web::not_ready(english, path, visit.house.trouble()) };
    visit.guest.is_real();
    let by = visit.peer.shown();
    let reason = match reason(request.uri().query()) {
        Ok(reason) => reason,
        Err(()) => {
            let text = "The reason is admin or shutdown.";
            return response::problem(StatusCode::BAD_REQUEST, text, &crate::sys::reference());
        }
    };
    if request.method() == Method::GET || matches!(Route::parse(path), Some(Route::Session(_))) {
        shop.roster.settled().await; // or those that are being adopted would be missing
    }
    if let (&Method::GET, Some(Route::Socket(id))) = (request.method(), Route::parse(path)) {
        return socket::upgrade_operator(request.into_parts().0, visit, &shop.roster, id);
    }
    match (request.method(), Route::parse(path)) {
        (&Method::GET, Some(Route::Sessions)) => response::json(StatusCode::OK, &shop.roster.list(None)),
        (&Method::DELETE, Some(Route::Sessions)) => {
            let ended = shop.roster.end_all(reason, &by).await;
            response::json(StatusCode::OK, &Ended { ended })
        }
        (&Method::DELETE, Some(Route::Session(id))) => {
            if shop.roster.end(id, reason, &by).await {
                response::empty(StatusCode::NO_CONTENT)
            } else {
                api::no_such_session(english)
            }
        }
        (_, Some(Route::Sessions)) => not_allowed("GET, DELETE"),
        (_, Some(Route::Session(_))) => not_allowed("DELETE"),
        (_, Some(Route::Socket(_))) => not_allowed("GET"),
        _ => response::problem(StatusCode::NOT_FOUND, "There is nothing here.", &crate::sys::reference()),
    }
}

/// `?reason=`; an administrator's act where nothing is said.
fn reason(query: Option<&str>) -> Result<EndReason, ()> {
    let mut fields = body::form(query.unwrap_or_default().as_bytes()).map_err(|_| ())?;
    match fields.remove("reason").as_deref() {
        None | Some("admin") => Ok(EndReason::Admin),
        Some("shutdown") => Ok(EndReason::Shutdown),
        Some(_) => Err(()),
    }
}

fn not_allowed(allow: &'static str) -> Answer {
    let text = "This address does not work that way.";
    let answer = response::problem(StatusCode::METHOD_NOT_ALLOWED, text, &crate::sys::reference());
    response::with(answer, header::ALLOW, allow)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_operator_ends_for_two_reasons_only() {
        assert_eq!(reason(None), Ok(EndReason::Admin));
        assert_eq!(reason(Some("reason=shutdown")), Ok(EndReason::Shutdown));
        assert_eq!(reason(Some("reason=admin")), Ok(EndReason::Admin));
        assert_eq!(reason(Some("reason=exit")), Err(()));
        assert_eq!(reason(Some("reason=%")), Err(()));
    }
}
