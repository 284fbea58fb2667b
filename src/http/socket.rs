//! The upgrade of a request to a terminal's WebSocket. Host and Origin were checked by `web`, whether it comes with a cookie
//! or is to bring a ticket; whose session it is decides the terminal itself, with a close code that the page can put into
//! words.

use hyper::header::{self, HeaderValue};
use hyper::http::request::Parts;
use hyper::upgrade::Upgraded;
use hyper::{Request, StatusCode, Version};
use hyper_util::rt::TokioIo;
use tokio::sync::OwnedSemaphorePermit;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use super::connection::Visit;
use super::origin::Secrecy;
use super::response::{self, Answer};
use super::web::{self, Asked};
use crate::auth::Purpose;
use crate::language::{Language, Words};
use crate::session::{Roster, SessionId, Window};
use crate::terminal::{self, Caller, Close, SUBPROTOCOL, Visitor, Wish};

/// `GET /api/v1/sessions/{id}/terminal`; with `?role=watcher` to look at anybody's, as an administrator. A page says in
/// `window` which one it is (16 hexadecimal digits, drawn at random), and in `returns=true` that it comes back by itself.
pub(crate) fn upgrade(asked: Asked<'_>, id: SessionId) -> Answer {
    let wish = match asked.query("role").as_deref() {
        None | Some("owner") => Wish::Own(window(&asked)),
        Some("watcher") => Wish::Look,
        Some(_) => return asked.refuse(StatusCode::BAD_REQUEST, asked.words.refusals.malformed),
    };
    let accept = match accept_key(&asked.parts, asked.words) {
        Ok(key) => key,
        Err(refused) => return *refused,
    };
    let place = if asked.login.is_none() { asked.visit.guest.crowd().stranger() } else { None };
    let too_many = asked.login.is_none() && place.is_none();
    if too_many {
        asked.visit.refusals.count(asked.visit.peer.key, "too many WebSockets without a login");
    }
    let (roster, peer, guest) = (asked.shop.roster.clone(), asked.peer(), asked.visit.guest.clone());
    let caller = match asked.login.clone() {
        Some(login) => Caller::Known(Visitor::of(login, wish)),
        None => stranger(&asked, id, wish, place),
    };
    switch(asked.parts, accept, move |socket| async move {
        let _guest = guest; // for as long as the socket lives
        match too_many {
            // A page sees no status of a refused upgrade, but it does see a close code.
            true => terminal::turn_away(socket, Close::TooMany).await,
            false => terminal::serve(socket, roster, id, caller, peer).await,
        }
    })
}

fn window(asked: &Asked<'_>) -> Option<Window> {
    let drawn = asked.query("window").filter(|digits| digits.len() == 16)?;
    let id = u64::from_str_radix(&drawn, 16).ok()?;
    Some(Window { id, returns: asked.query("returns").is_some_and(|returns| returns == "true") })
}

/// The same through the control socket: only to look.
pub(crate) fn upgrade_operator(parts: Parts, visit: &Visit, roster: &Roster, id: SessionId) -> Answer {
    let accept = match accept_key(&parts, Language::English.words()) {
        Ok(key) => key,
        Err(refused) => return *refused,
    };
    let place = visit.guest.crowd().operator_watch();
    let (roster, guest, peer) = (roster.clone(), visit.guest.clone(), visit.peer.shown());
    switch(parts, accept, move |socket| async move {
        let _guest = guest;
        match place {
            None => terminal::turn_away(socket, Close::TooMany).await,
            Some(_place) => {
                let caller = Caller::Known(Visitor::operator(peer.clone()));
                terminal::serve(socket, roster, id, caller, peer).await;
            }
        }
    })
}

/// Answers 101, and lets `serve` have the socket once that is out.
fn switch<F>(parts: Parts, accept: HeaderValue, serve: impl FnOnce(TokioIo<Upgraded>) -> F + Send + 'static) -> Answer
where
    F: Future<Output = ()> + Send + 'static,
{
    let offered = response::has_word(&parts.headers, &header::SEC_WEBSOCKET_PROTOCOL, SUBPROTOCOL);
    let upgrade = hyper::upgrade::on(Request::from_parts(parts, ()));
    tokio::spawn(async move {
        match upgrade.await {
            Ok(socket) => serve(TokioIo::new(socket)).await,
            Err(error) => tracing::debug!(%error, "gone before its upgrade"),
        }
    });
    let mut answer = response::empty(StatusCode::SWITCHING_PROTOCOLS);
    let headers = answer.headers_mut();
    headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(header::SEC_WEBSOCKET_ACCEPT, accept);
    if offered {
        headers.insert(header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(SUBPROTOCOL));
    }
    answer
}

/// Who came without a cookie, and has a stranger's place until a ticket proved who it is. Where no cookie may pass, no
/// ticket may.
fn stranger(asked: &Asked<'_>, session: SessionId, wish: Wish, place: Option<OwnedSemaphorePermit>) -> Caller {
    let purpose = Purpose { session, origin: asked.here.origin.clone() };
    let secret = asked.here.secrecy != Secrecy::PlainRefused;
    let (auth, refusals, peer) = (asked.shop.auth.clone(), asked.visit.refusals.clone(), asked.visit.peer.key);
    Caller::Stranger(Box::new(move |ticket| {
        let _held = &place; // dropped together with this
        let login = auth.logins().redeem(ticket, &purpose).filter(|_| secret);
        if login.is_none() {
            refusals.count(peer, "a ticket that is not good");
        }
        login.map(|login| Visitor::of(login, wish))
    }))
}

/// What proves to the client that we understood it; or why it is no upgrade.
fn accept_key(parts: &Parts, words: &Words) -> Result<HeaderValue, Box<Answer>> {
    let headers = &parts.headers;
    let refuse = |status, saying| web::refusal(words, parts.uri.path(), status, saying, None);
    let wanted = parts.version == Version::HTTP_11
        && response::has_word(headers, &header::CONNECTION, "upgrade")
        && response::has_word(headers, &header::UPGRADE, "websocket");
    if !wanted {
        let answer = refuse(StatusCode::UPGRADE_REQUIRED, words.refusals.no_websocket);
        return Err(Box::new(response::with(answer, header::UPGRADE, "websocket")));
    }
    if headers.get(header::SEC_WEBSOCKET_VERSION).is_none_or(|version| version != "13") {
        let answer = refuse(StatusCode::UPGRADE_REQUIRED, words.refusals.websocket_version);
        return Err(Box::new(response::with(answer, header::SEC_WEBSOCKET_VERSION, "13")));
    }
    let key = headers.get(header::SEC_WEBSOCKET_KEY).filter(|key| is_key(key.as_bytes()));
    let accept = key.and_then(|key| HeaderValue::from_str(&derive_accept_key(key.as_bytes())).ok());
    accept.ok_or_else(|| Box::new(refuse(StatusCode::BAD_REQUEST, words.refusals.websocket_key)))
}

/// 16 bytes in base64.
fn is_key(key: &[u8]) -> bool {
    let Some(digits) = key.strip_suffix(b"==") else { return false };
    digits.len() == 22 && digits.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_sixteen_bytes_of_base64() {
        assert!(is_key(b"dGhlIHNhbXBsZSBub25jZQ=="));
        for bad in
            [&b""[..], b"==", b"dGhlIHNhbXBsZSBub25jZQ", b"dGhlIHNhbXBsZSBub25j\r\n==", b"dGhlIHNhbXBsZSBub25jZQA=="]
        {
            assert!(!is_key(bad), "{bad:?}");
        }
    }
}
