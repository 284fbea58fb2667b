//! Login and logout, as plain HTML forms that work without JavaScript.

use std::time::Duration;

use hyper::{StatusCode, body::Incoming};

use super::origin::Secrecy;
use super::pages::{self, LoginPage};
use super::response::{self, Answer};
use super::web::{self, Asked};
use super::{body, cookie, route};
use crate::auth::{Attempt, Password, Refused, Stopped};

/// When to try again while every checker of passwords is busy.
const BUSY: Duration = Duration::from_secs(2);
/// When to try again while the directory does not answer.
const SILENT: Duration = Duration::from_secs(60);
/// Where to go after login when nothing else was wanted: the home page, which then starts the first session by itself.
const START: &str = "/#start";

/// `GET /login`
pub(crate) fn form(asked: &Asked<'_>) -> Answer {
    if asked.here.secrecy == Secrecy::PlainRefused {
        return refused_plain_http(asked);
    }
    let wanted = asked.query("next").unwrap_or_default();
    let next = route::next(&wanted);
    if asked.login.is_some() {
        return response::see_other(next.unwrap_or("/"));
    }
    let form = LoginPage { next: next.unwrap_or_default(), ..LoginPage::default() };
    response::page(StatusCode::OK, pages::login(asked.words, &form))
}

/// `POST /login`: fields `user`, `password`, `next`.
pub(crate) async fn sign_in(asked: &Asked<'_>, body: Incoming) -> Answer {
    if asked.here.secrecy == Secrecy::PlainRefused {
        return response::close(refused_plain_http(asked));
    }
    let mut fields = match fields(asked, body).await {
        Ok(fields) => fields,
        Err(bad) => return asked.refuse_body(bad),
    };
    let mut field = |name: &str| fields.remove(name).unwrap_or_default();
    let (user, password, wanted) = (field("user"), Password::new(field("password")), field("next"));
    let next = route::next(&wanted);
    let again_with = |status, message: String, change_password: Option<&str>| {
        let form = LoginPage { next: next.unwrap_or_default(), user: &user, message: Some(&message), change_password };
        response::page(status, pages::login(asked.words, &form))
    };
    let again = |status, message| again_with(status, message, None);
    let device = cookie::device(asked.headers(), &asked.here);
    let attempt = Attempt { name: &user, password, peer: asked.visit.peer.ip(), device };
    match asked.shop.auth.login(attempt).await {
        Ok(entered) => {
            let logins = asked.shop.auth.logins();
            let token = match asked.shop.auth.open_login(&entered, &asked.peer()) {
                Ok(token) => token,
                Err(error) => return broken(asked, &error.to_string()),
            };
            if let Some(old) = &asked.login {
                logins.close(old.key); // one browser, one login
            }
            let lifetime = asked.shop.config.login.lifetime;
            // What there is to be told stands on the start page: no session may take its place at once.
            let start = if entered.notice.is_some() { "/" } else { START };
            let answer = response::see_other(next.unwrap_or(start));
            let answer = response::with_cookie(answer, cookie::set(token.as_str(), lifetime, &asked.here));
            response::with_cookie(answer, cookie::set_device(&entered.device, &asked.here))
        }
        Err(Refused::Wrong { reference }) => again(StatusCode::FORBIDDEN, pages::login_wrong(asked.words, &reference)),
        Err(Refused::Stopped { state, reference, change_url }) => {
            let message = pages::login_stopped(asked.words, state, &reference);
            let mends = matches!(state, Stopped::PasswordExpired | Stopped::MustChange);
            again_with(StatusCode::FORBIDDEN, message, change_url.as_deref().filter(|_| mends))
        }
        Err(Refused::Silent { reference, users_file }) => {
            let answer = again(
                StatusCode::SERVICE_UNAVAILABLE,
                pages::login_without_directory(asked.words, &reference, users_file),
            );
            response::retry_after(answer, SILENT)
        }
        Err(Refused::Slow { retry_after }) => {
            let seconds = retry_after.as_secs() + u64::from(retry_after.subsec_nanos() > 0);
            let answer = again(StatusCode::TOO_MANY_REQUESTS, (asked.words.sign_in.slow)(seconds.max(1)));
            response::retry_after(answer, retry_after)
        }
        Err(Refused::Busy) => {
            let answer = again(StatusCode::SERVICE_UNAVAILABLE, (asked.words.sign_in.slow)(BUSY.as_secs()));
            response::retry_after(answer, BUSY)
        }
        Err(Refused::Broken { reference }) => sorry(asked, &reference),
    }
}

/// `POST /logout`: the login is over everywhere it was used, terminals included.
pub(crate) fn sign_out(asked: &Asked<'_>) -> Answer {
    if let Some(login) = &asked.login {
        asked.shop.auth.logins().close(login.key);
    }
    response::with_cookie(response::see_other("/login"), cookie::clear(&asked.here))
}

async fn fields(
    asked: &Asked<'_>,
    body: Incoming,
) -> Result<std::collections::BTreeMap<String, String>, body::BadBody> {
    body::has_type(asked.headers(), "application/x-www-form-urlencoded")?;
    body::form(&body::read(asked.headers(), body).await?)
}

fn refused_plain_http(asked: &Asked<'_>) -> Answer {
    response::page(StatusCode::FORBIDDEN, pages::login_refused_plain_http(asked.words))
}

fn broken(asked: &Asked<'_>, why: &str) -> Answer {
    let reference = crate::sys::reference();
    tracing::error!(%reference, %why, "a login could not be stored");
    sorry(asked, &reference)
}

fn sorry(asked: &Asked<'_>, reference: &str) -> Answer {
    let path = asked.parts.uri.path();
    web::refusal(
        asked.words,
        path,
        StatusCode::SERVICE_UNAVAILABLE,
        asked.words.refusals.sign_in_broken,
        Some(reference),
    )
}
