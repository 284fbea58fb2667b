//! Browsers: every check that a request must pass, in order, then the one `match` that answers it.

use hyper::header::{self, HeaderMap};
use hyper::http::request::Parts;
use hyper::{Method, Request, StatusCode, body::Incoming};

use super::base::{self, Place};
use super::connection::Visit;
use super::house::{Kind, Shop, Trouble};
use super::origin::{self, Foreign, Here};
use super::recordings::{Part, Scope};
use super::response::{self, Answer, Body};
use super::route::{self, Route};
use super::{api, assets, body::BadBody, cookie, files, pages, recordings, secure, sign_in, socket};
use crate::auth::{Login, Person};
use crate::config::Server;
use crate::language::{Language, Saying, Words};
use crate::session::SessionId;

/// How soon a page that is told to come back should.
const COME_BACK: std::time::Duration = std::time::Duration::from_secs(5);

/// A request that was rightly addressed to us, and all that is known about it.
pub(crate) struct Asked<'v> {
    pub(crate) parts: Parts,
    pub(crate) route: Route,
    pub(crate) here: Here,
    pub(crate) shop: Shop,
    /// The login whose cookie came along.
    pub(crate) login: Option<Login>,
    /// In the language of whoever asks.
    pub(crate) words: &'static Words,
    pub(crate) visit: &'v Visit,
}

impl Asked<'_> {
    pub(crate) fn headers(&self) -> &HeaderMap {
        &self.parts.headers
    }

    pub(crate) fn person(&self) -> Option<&Person> {
        self.login.as_ref().map(|l| &l.person)
    }

    pub(crate) fn is_post(&self) -> bool {
        self.parts.method == Method::POST
    }

    pub(crate) fn is_delete(&self) -> bool {
        self.parts.method == Method::DELETE
    }

    pub(crate) fn peer(&self) -> String {
        self.visit.peer.shown()
    }

    /// The value of one field of the query.
    pub(crate) fn query(&self, field: &str) -> Option<String> {
        super::body::form(self.parts.uri.query()?.as_bytes()).ok()?.remove(field)
    }

    /// Refuses, in the tongue of the path: a page, or a problem document.
    pub(crate) fn refuse(&self, status: StatusCode, saying: Saying) -> Answer {
        refusal(self.words, self.parts.uri.path(), status, saying, None)
    }

    /// Refuses a body; the connection ends where the rest of it may still be on the way.
    pub(crate) fn refuse_body(&self, bad: BadBody) -> Answer {
        let refusals = &self.words.refusals;
        let (status, saying) = match bad {
            BadBody::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, refusals.too_large),
            BadBody::TooSlow => (StatusCode::REQUEST_TIMEOUT, refusals.too_slow),
            BadBody::Broken => (StatusCode::BAD_REQUEST, refusals.broken_off),
            BadBody::WrongType => (StatusCode::UNSUPPORTED_MEDIA_TYPE, refusals.wrong_type),
            BadBody::Malformed => (StatusCode::BAD_REQUEST, refusals.malformed),
        };
        response::close(self.refuse(status, saying))
    }
}

/// Answers one request of a web entrance.
pub(crate) async fn answer(request: Request<Incoming>, visit: &Visit) -> Answer {
    let (mut parts, body) = request.into_parts();
    if let Some(refused) = malformed(&parts) {
        return refused;
    }
    let words = words_for(&parts.headers);
    let config = visit.house.shop().map(|shop| shop.config);
    let server = config.as_deref().map(|config| &config.server);
    if let Some(to) = server.and_then(|server| secure::elsewhere(&parts, &visit.peer, server, visit.house.tls())) {
        visit.guest.is_real();
        return response::permanently(&to);
    }
    let base = server.and_then(|server| server.public_url.as_ref()).map_or("", |url| url.base.as_str());
    let place = base::enter(base, &mut parts.uri);
    let answer = match in_place_of(words, visit, &parts.headers, server) {
        Ok(visit) => below(words, place, parts, body, (&visit, server)).await,
        Err(refused) => *refused,
    };
    base::leave(base, answer).await
}

/// The visit as the client's behind a trusted proxy, where there is one.
fn in_place_of(
    words: &Words,
    visit: &Visit,
    headers: &HeaderMap,
    server: Option<&Server>,
) -> Result<Visit, Box<Answer>> {
    let Some(server) = server else { return Ok(visit.clone()) };
    let peer = visit.peer.behind(headers, &server.trusted_proxies).map_err(|unclear| {
        visit.refusals.count(visit.peer.key, unclear.what());
        Box::new(response::close(response::text(StatusCode::BAD_REQUEST, words.refusals.unclear_proxy)))
    })?;
    let guest = if peer.key == visit.peer.key {
        visit.guest.clone()
    } else {
        let place = visit.guest.carry(peer.key).ok_or_else(|| {
            visit.refusals.count(peer.key, "too many requests at once");
            Box::new(response::retry_after(
                response::text(StatusCode::TOO_MANY_REQUESTS, words.refusals.crowded),
                COME_BACK,
            ))
        })?;
        std::sync::Arc::new(place)
    };
    Ok(Visit { peer, guest, ..visit.clone() })
}

/// Answers what lies at `place`, with the path as it is below the base.
async fn below(
    words: &'static Words,
    place: Place,
    parts: Parts,
    body: Incoming,
    (visit, server): (&Visit, Option<&Server>),
) -> Answer {
    let path = parts.uri.path();
    let (public_url, insecure_http) = server.map_or((None, false), |s| (s.public_url.as_ref(), s.insecure_http));
    let certified = |name: &str| visit.house.tls().covers(name);
    let here = match origin::addressed(&parts.headers, public_url, insecure_http, visit.peer.way, certified) {
        Ok(here) => here,
        Err(_) if visit.house.setup_trouble().is_some() => return not_ready(words, path, visit.house.trouble()), // name unknown
        Err(foreign) => return misaddressed(words, &parts, foreign, visit),
    };
    let promise = server.and_then(|server| secure::promise(server, here.secrecy));
    let answer = rightly_addressed(words, place, parts, body, (here, visit)).await;
    response::with_value(answer, header::STRICT_TRANSPORT_SECURITY, promise)
}

/// A request whose Host is ours.
async fn rightly_addressed(
    words: &'static Words,
    place: Place,
    parts: Parts,
    body: Incoming,
    (here, visit): (Here, &Visit),
) -> Answer {
    let path = parts.uri.path();
    if place == Place::Door && Route::Home.allows(&parts.method) {
        visit.guest.is_real();
        return response::see_other("/");
    }
    let Some(route) = Route::parse(path).filter(|_| place == Place::Below) else {
        visit.guest.is_real();
        return not_found(words, path);
    };
    if route == Route::Health {
        // Does not count as a visit, and its connection ends, or a monitor would keep the daemon awake.
        return match parts.method {
            Method::GET | Method::HEAD => response::close(response::text(StatusCode::OK, "ok\n")),
            _ => not_allowed(words, &parts, route),
        };
    }
    visit.guest.is_real();
    if !route.allows(&parts.method) {
        return not_allowed(words, &parts, route);
    }
    if let Err(foreign) = from_a_page_of_ours(&parts, route, &here) {
        visit.refusals.count(visit.peer.key, foreign.what());
        return response::close(refusal(words, path, StatusCode::FORBIDDEN, words.refusals.foreign_origin, None));
    }
    if route == Route::Asset {
        return assets::find(path)
            .map_or_else(|| not_found(words, path), |asset| assets::serve(asset, &parts.headers).map(Body::Whole));
    }
    let trouble = visit.house.trouble();
    let shop = match (visit.house.shop(), trouble) {
        (Some(shop), None) => shop,
        (Some(shop), Some(t)) if t.kind != Kind::Config && goes_on(route, &shop).await => shop,
        (_, trouble) => return not_ready(words, path, trouble),
    };
    shop.roster.expect_visitors();
    let login = match cookie::token(&parts.headers, &here) {
        Some(token) => shop.auth.find(token).await,
        None => None,
    };
    dispatch(Asked { parts, route, here, shop, login, words, visit }, body).await
}

async fn dispatch(asked: Asked<'_>, body: Incoming) -> Answer {
    if asked.login.is_some() && asked.route.is_about_sessions() {
        asked.shop.roster.settled().await;
    }
    match asked.route {
        Route::Home => home(&asked),
        Route::Login if asked.is_post() => sign_in::sign_in(&asked, body).await,
        Route::Login => sign_in::form(&asked),
        Route::Logout => sign_in::sign_out(&asked),
        Route::Terminal(id) => terminal(&asked, id),
        Route::Watch(id) => watch(&asked, id),
        Route::Me => api::me(&asked),
        Route::Profiles => api::profiles(&asked),
        Route::Sessions if asked.is_post() => api::start(&asked, body).await,
        Route::Sessions => api::sessions(&asked),
        Route::Session(id) if asked.is_delete() => api::end(&asked, id).await,
        Route::Session(id) => api::session(&asked, id),
        Route::Tickets => api::ticket(&asked, body).await,
        Route::Files(id) if asked.is_post() => files::upload(&asked, id, body).await,
        Route::Files(id) => files::download(&asked, id).await,
        Route::Help => help(&asked),
        Route::Recordings => recording_list(&asked).await,
        Route::Replay(id) => replay(&asked, id).await,
        Route::RecordingList => recordings::list(&asked).await,
        Route::Recording(id) => recordings::part(&asked, id, Part::Facts).await,
        Route::Cast(id) => recordings::part(&asked, id, Part::Cast).await,
        Route::Checkpoint(id) => recordings::part(&asked, id, Part::Checkpoint).await,
        Route::Find(id) => recordings::part(&asked, id, Part::Find).await,
        Route::Socket(id) => socket::upgrade(asked, id),
        Route::Health | Route::Asset => not_found(asked.words, asked.parts.uri.path()), // answered before any login is looked at
    }
}

/// What is said to whoever sent this: in the language that was chosen in the browser, else in one that the browser wants.
fn words_for(headers: &HeaderMap) -> &'static Words {
    let chosen = cookie::language(headers);
    chosen.unwrap_or_else(|| Language::accepted(&response::joined(headers, &header::ACCEPT_LANGUAGE))).words()
}

/// What is wrong with a request whoever it is for. A body without a length in front is refused altogether: nothing of
/// ours sends one, and two ways of saying where a request ends are what smuggling needs.
fn malformed(parts: &Parts) -> Option<Answer> {
    if parts.headers.contains_key(header::TRANSFER_ENCODING) {
        return Some(response::close(response::text(StatusCode::LENGTH_REQUIRED, "Content-Length is required\n")));
    }
    if parts.uri.authority().is_some() {
        return Some(response::close(response::text(StatusCode::BAD_REQUEST, "not understood\n")));
    }
    None
}

fn misaddressed(words: &Words, parts: &Parts, foreign: Foreign, visit: &Visit) -> Answer {
    visit.refusals.count(visit.peer.key, foreign.what());
    let path = parts.uri.path();
    response::close(match foreign {
        Foreign::NoPublicUrl if !route::is_api(path) => {
            response::page(StatusCode::MISDIRECTED_REQUEST, pages::login_refused_plain_http(words))
        }
        Foreign::NoHost => response::text(StatusCode::BAD_REQUEST, "exactly one Host is required\n"),
        _ => refusal(words, path, StatusCode::MISDIRECTED_REQUEST, words.refusals.foreign_name, None),
    })
}

/// Changes and WebSockets need our Origin; what only reads must not be embedded elsewhere.
fn from_a_page_of_ours(parts: &Parts, route: Route, here: &Here) -> Result<(), Foreign> {
    let reads = matches!(parts.method, Method::GET | Method::HEAD) && !matches!(route, Route::Socket(_));
    if reads { origin::readable(&parts.headers) } else { origin::same_origin(&parts.headers, here) }
}

/// What works on although no session can be started: a terminal that runs, a ticket for it, ending it, leaving, help, and
/// what was recorded.
async fn goes_on(route: Route, shop: &Shop) -> bool {
    if route.is_about_sessions() {
        shop.roster.settled().await;
    }
    match route {
        Route::Terminal(id) | Route::Watch(id) | Route::Socket(id) | Route::Session(id) => {
            shop.roster.find(id).is_some()
        }
        Route::Logout | Route::Tickets | Route::Help => true,
        Route::Recordings | Route::Replay(_) | Route::RecordingList => true,
        Route::Recording(_) | Route::Cast(_) | Route::Checkpoint(_) | Route::Find(_) => true,
        _ => false,
    }
}

fn home(asked: &Asked<'_>) -> Answer {
    let Some(person) = asked.person() else { return response::see_other("/login") };
    let roster = &asked.shop.roster;
    let notice = asked.login.as_ref().and_then(|login| asked.shop.auth.logins().take_notice(login.key));
    let directory = asked.shop.config.auth.ldap.as_deref();
    let everyones = person.is_admin().then(|| roster.list(None));
    response::page(
        StatusCode::OK,
        pages::home(&pages::Home {
            words: asked.words,
            person,
            notice,
            change_password: directory.and_then(|ldap| ldap.password_change_url.as_deref()),
            sessions: &roster.list(Some(&person.owner)),
            everyones: everyones.as_deref(),
            ended: &roster.list_ended(Some(&person.owner)),
            profiles: &roster.profiles(person),
            no_room: roster.room_for(person).err().as_ref(),
            recordings: Scope::of(asked, person) != Scope::Nobodys && !asked.shop.recordings.is_empty(),
            now: crate::sys::unix_seconds(),
        }),
    )
}

fn help(asked: &Asked<'_>) -> Answer {
    let roster = &asked.shop.roster;
    let profiles = asked.person().map(|person| roster.profiles(person));
    let reader = asked.person().zip(profiles.as_deref());
    response::page(StatusCode::OK, pages::help(asked.words, roster.terms(), reader))
}

async fn recording_list(asked: &Asked<'_>) -> Answer {
    let Some(person) = asked.person() else { return response::see_other("/login?next=/recordings") };
    let skip = asked.query("skip").and_then(|skip| skip.parse().ok()).unwrap_or(0);
    let all = recordings::listed(asked, Scope::of(asked, person)).await;
    let now = crate::sys::unix_seconds();
    response::page(StatusCode::OK, pages::recordings(asked.words, person, &all, skip, now))
}

async fn replay(asked: &Asked<'_>, id: SessionId) -> Answer {
    let Some(person) = asked.person() else { return response::see_other(&format!("/login?next=/recordings/{id}")) };
    match recordings::find(asked, person, id).await {
        Some(recording) => response::page(StatusCode::OK, pages::replay(asked.words, &recording.entry)),
        None => asked.refuse(StatusCode::NOT_FOUND, asked.words.refusals.no_such_recording),
    }
}

fn terminal(asked: &Asked<'_>, id: SessionId) -> Answer {
    let Some(person) = asked.person() else { return response::see_other(&format!("/login?next=/s/{id}")) };
    match asked.shop.roster.find(id) {
        Some(session) if session.owner != person.owner => {
            response::page(StatusCode::FORBIDDEN, pages::not_yours(asked.words))
        }
        Some(_) => {
            let sight = pages::Sight::Own { files: file_limits(asked) };
            response::page(StatusCode::OK, pages::terminal(asked.words, id, &sight))
        }
        None => match asked.shop.roster.find_ended(id) {
            Some(note) if note.owner == person.owner => {
                let again = asked.shop.roster.profiles(person).iter().any(|p| p.name == note.profile);
                response::page(StatusCode::GONE, pages::ended(asked.words, &note, again, crate::sys::unix_seconds()))
            }
            _ => response::page(StatusCode::NOT_FOUND, pages::no_such_session(asked.words)),
        },
    }
}

/// An administrator looks at somebody's session; their own they have already.
fn watch(asked: &Asked<'_>, id: SessionId) -> Answer {
    let Some(person) = asked.person() else { return response::see_other(&format!("/login?next=/s/{id}/watch")) };
    let roster = &asked.shop.roster;
    match roster.find(id) {
        Some(session) if session.owner == person.owner => response::see_other(&format!("/s/{id}")),
        _ if !person.is_admin() => response::page(StatusCode::FORBIDDEN, pages::not_yours(asked.words)),
        Some(session) => {
            let sight = pages::Sight::Watched { user: &session.user };
            response::page(StatusCode::OK, pages::terminal(asked.words, id, &sight))
        }
        None => match roster.find_ended(id) {
            Some(note) => {
                response::page(StatusCode::GONE, pages::ended(asked.words, &note, false, crate::sys::unix_seconds()))
            }
            None => response::page(StatusCode::NOT_FOUND, pages::no_such_session(asked.words)),
        },
    }
}

/// Bytes that may be brought in and taken out.
fn file_limits(asked: &Asked<'_>) -> [u64; 2] {
    let sessions = &asked.shop.config.sessions;
    [sessions.upload_limit, sessions.download_limit]
}

/// 503 with the journal's reference; nothing of the reason.
pub(crate) fn not_ready(words: &Words, path: &str, trouble: Option<Trouble>) -> Answer {
    let reference = trouble.map_or_else(crate::sys::reference, |t| t.reference);
    let status = StatusCode::SERVICE_UNAVAILABLE;
    let answer = if route::is_api(path) {
        response::problem(status, words.refusals.not_ready.text, &reference)
    } else {
        response::page(status, pages::not_ready(words, &reference))
    };
    response::retry_after(answer, COME_BACK)
}

fn not_found(words: &Words, path: &str) -> Answer {
    if route::is_api(path) {
        return response::problem(StatusCode::NOT_FOUND, words.refusals.nothing_here.text, &crate::sys::reference());
    }
    response::page(StatusCode::NOT_FOUND, pages::not_found(words))
}

fn not_allowed(words: &Words, parts: &Parts, route: Route) -> Answer {
    let answer = refusal(words, parts.uri.path(), StatusCode::METHOD_NOT_ALLOWED, words.refusals.wrong_method, None);
    response::with(answer, header::ALLOW, route.allow())
}

/// A page, or under `/api/` a problem document; `reference` is made where none is given.
pub(crate) fn refusal(
    words: &Words,
    path: &str,
    status: StatusCode,
    saying: Saying,
    reference: Option<&str>,
) -> Answer {
    if route::is_api(path) {
        let made = crate::sys::reference();
        return response::problem(status, saying.text, reference.unwrap_or(&made));
    }
    response::page(status, pages::error(words, status.as_u16(), saying, reference))
}
