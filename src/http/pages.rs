//! Every page as a whole, and every sentence on them. Scripts and styles are links only: the policy allows nothing else.

use super::{
    assets::path,
    html::{Html, Piece},
};
use crate::session::{ProfileView, SessionId, Summary};

/// The policy that goes out with every page.
pub(crate) const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; \
     frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/// Modules that the terminal page needs before it can show a prompt, entry last.
const TERMINAL_MODULES: [&str; 15] = [
    path::ACK_JS,
    path::API_JS,
    path::CONNECTION_JS,
    path::FOOTER_JS,
    path::INPUT_JS,
    path::NOTICES_JS,
    path::OVERLAY_JS,
    path::PROTOCOL_JS,
    path::STYLE_SHIM_JS,
    path::TERMINAL_JS,
    path::WORDS_JS,
    path::VENDOR_ADDON_FIT_MJS,
    path::VENDOR_ADDON_UNICODE_GRAPHEMES_MJS,
    path::VENDOR_ADDON_WEB_LINKS_MJS,
    path::VENDOR_XTERM_MJS,
];

/// Around every page: head, and a body with one class that the style sheet knows.
fn page(title: &str, head: &Html, class: &str, body: &Html) -> String {
    Html::fill(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{} – Coracle</title>\n\
         <link rel=\"icon\" type=\"image/svg+xml\" href=\"{}\">\n<link rel=\"stylesheet\" href=\"{}\">\n\
         {}</head>\n<body class=\"{}\">\n{}</body>\n</html>\n",
        &[&title, &path::ICON_SVG, &path::STYLE_CSS, head, &class, body],
    )
    .into_string()
}

/// A script of the page, run after parsing.
fn script(src: &'static str) -> Html {
    Html::fill("<script type=\"module\" src=\"{}\"></script>\n", &[&src])
}

/// The mark and the name, linked to the start page.
fn brand() -> Html {
    Html::fill(
        "<a class=\"brand\" href=\"/\"><img src=\"{}\" alt=\"\" width=\"24\" height=\"24\">Coracle</a>",
        &[&path::ICON_SVG],
    )
}

/// A narrow card in the middle: login and everything that only says something.
fn card(title: &str, head: &Html, content: &Html) -> String {
    let body = Html::fill(
        "<main class=\"card\">\n<p class=\"brand-line\">{}</p>\n<h1>{}</h1>\n{}</main>\n",
        &[&brand(), &title, content],
    );
    page(title, head, "gate", &body)
}

/// What the login form shows.
#[derive(Debug, Default)]
pub(crate) struct LoginPage<'a> {
    /// Where to go afterwards: a path of this origin that the caller has checked; empty for the start page.
    pub(crate) next: &'a str,
    /// The name that was typed; the password never comes back.
    pub(crate) user: &'a str,
    /// Why the form is shown again, or that the login has ended.
    pub(crate) message: Option<&'a str>,
}

/// Name or password was wrong: the same words for an account that does not exist.
pub(crate) fn login_wrong(reference: &str) -> String {
    format!("That name and password do not go together. Reference {reference}.")
}

/// Too many tries; `seconds` until the next one counts.
pub(crate) fn login_slow(seconds: u64) -> String {
    format!("Too many tries. Try again in {}.", duration(seconds))
}

/// Fields `user`, `password` and `next`, posted to `/login`; works without JavaScript.
pub(crate) fn login(form: &LoginPage<'_>) -> String {
    let alert = form.message.map_or_else(Html::default, |message| {
        Html::fill("<p class=\"alert\" role=\"alert\" id=\"login-error\">{}</p>\n", &[&message])
    });
    let described = if form.message.is_some() { " aria-describedby=\"login-error\"" } else { "" };
    // The password is asked for again, so that is where typing goes on when the name is known.
    let (focus_user, focus_password) = if form.user.is_empty() { (" autofocus", "") } else { ("", " autofocus") };
    let content = Html::fill(
        "{}<form class=\"stack\" method=\"post\" action=\"/login\">\n\
         <input type=\"hidden\" name=\"next\" value=\"{}\">\n\
         <div class=\"field\"><label for=\"user\">User name</label>\n\
         <input id=\"user\" name=\"user\" type=\"text\" value=\"{}\" autocomplete=\"username\" autocapitalize=\"none\" \
         autocorrect=\"off\" spellcheck=\"false\" maxlength=\"256\" required{}{}></div>\n\
         <div class=\"field\"><label for=\"password\">Password</label>\n\
         <input id=\"password\" name=\"password\" type=\"password\" autocomplete=\"current-password\" \
         maxlength=\"1024\" required{}{}>\n\
         <p class=\"hint\" id=\"password-hint\" role=\"status\"></p></div>\n\
         <button class=\"primary\" type=\"submit\">Sign in</button>\n</form>\n\
         <p class=\"hint\">You get a Linux shell of your own. When the session ends, nothing of it is kept.</p>\n",
        &[
            &alert,
            &form.next,
            &form.user,
            &Html::fixed(described),
            &Html::fixed(focus_user),
            &Html::fixed(described),
            &Html::fixed(focus_password),
        ],
    );
    card("Sign in", &script(path::LOGIN_JS), &content)
}

/// Instead of the form, where a password would cross the network in the clear.
pub(crate) fn login_refused_plain_http() -> String {
    let content = Html::fixed(
        "<p class=\"alert\">This page came over plain HTTP, so a password typed here could be read on the way. \
         Coracle does not ask for it.</p>\n\
         <p>Ask for the <code>https://</code> address of this service.</p>\n\
         <p class=\"hint\">For the administrator: serve it over HTTPS through a proxy and set \
         <code>server.public_url</code> in <code>config.toml</code> to that address. On a network where everybody is \
         trusted, <code>server.insecure_http = true</code> allows this form over plain HTTP.</p>\n",
    );
    card("No sign-in over plain HTTP", &Html::default(), &content)
}

/// The start page of somebody who is signed in. `now` is in Unix seconds.
pub(crate) fn home(user: &str, sessions: &[Summary], profiles: &[ProfileView], now: u64) -> String {
    let body = Html::fill(
        "<a class=\"skip\" href=\"#main\">Skip to content</a>\n\
         <header class=\"bar\">{}<span class=\"spacer\"></span><span class=\"who\">{}</span>\
         <form method=\"post\" action=\"/logout\"><button type=\"submit\">Sign out</button></form></header>\n\
         <main id=\"main\" class=\"page\">\n<h1>Start</h1>\n\
         <p class=\"alert\" id=\"problem\" role=\"alert\" hidden></p>\n\
         <p class=\"status\" id=\"status\" role=\"status\"></p>\n\
         <noscript><p class=\"alert\">A terminal needs JavaScript, and so do the buttons on this page.</p></noscript>\n\
         {}{}</main>\n",
        &[&brand(), &user, &session_list(sessions, now), &profile_list(profiles, sessions.is_empty())],
    );
    page("Start", &script(path::HOME_JS), "home", &body)
}

fn session_list(sessions: &[Summary], now: u64) -> Html {
    if sessions.is_empty() {
        return Html::default();
    }
    let rows = sessions.iter().map(|session| {
        let id = session.id.to_string();
        let (dot, word) = state_word(&session.state);
        let acts = match session.state.as_str() {
            "ending" => Html::default(), // nothing can be done with it any more
            _ => Html::fill(
                "<a class=\"button\" href=\"/s/{}\" aria-label=\"Open session {}\">Open</a>\
                 <button type=\"button\" class=\"danger\" data-end=\"{}\" aria-label=\"End session {}\">End</button>",
                &[&id, &id, &id, &id],
            ),
        };
        Html::fill(
            "<li class=\"session\" data-session=\"{}\">\n\
             <span class=\"session-name\"><strong>{}</strong> <code>{}</code></span>\n\
             <span class=\"session-state\"><span class=\"dot {}\"></span>{}</span>\n\
             <span class=\"session-time\">started {} ago, {} left</span>\n\
             <span class=\"session-acts\">{}</span>\n</li>\n",
            &[
                &id,
                &session.profile,
                &id,
                &dot,
                &word,
                &duration(now.saturating_sub(session.created)),
                &duration(session.lifetime_left),
                &acts,
            ],
        )
    });
    Html::fill(
        "<section aria-labelledby=\"sessions-title\">\n<h2 id=\"sessions-title\">Your sessions</h2>\n\
         <ul class=\"sessions\">\n{}</ul>\n</section>\n",
        &[&Html::join(rows)],
    )
}

/// The class of a state's dot and its words; a state of a newer daemon is shown as it is called.
fn state_word(state: &str) -> (&'static str, &str) {
    match state {
        "starting" => ("busy", "starting"),
        "attached" => ("good", "open in a browser"),
        "detached" => ("away", "running, no browser"),
        "ending" => ("busy", "ending"),
        other => ("away", other),
    }
}

fn profile_list(profiles: &[ProfileView], first: bool) -> Html {
    if profiles.is_empty() {
        return Html::fixed(
            "<section>\n<h2>New session</h2>\n<p>There is no profile that you may use. Ask whoever runs this \
             service.</p>\n</section>\n",
        );
    }
    let cards = profiles.iter().map(|profile| {
        Html::fill(
            "<li class=\"profile\">\n<div><h3>{}</h3>\n<p>{}</p></div>\n\
             <button type=\"button\" class=\"{}\" data-profile=\"{}\" aria-label=\"New session: {}\">New session</button>\n\
             </li>\n",
            &[
                &profile.name,
                &profile.description,
                &if first { "primary" } else { "" },
                &profile.name,
                &profile.name,
            ],
        )
    });
    Html::fill(
        "<section aria-labelledby=\"profiles-title\">\n<h2 id=\"profiles-title\">New session</h2>\n\
         <p class=\"lead\">A session is a Linux shell in a container of its own. When it ends, everything in it is \
         deleted.</p>\n<ul class=\"profiles\">\n{}</ul>\n</section>\n",
        &[&Html::join(cards)],
    )
}

/// The terminal's page; its script reads the id from the path.
pub(crate) fn terminal(id: SessionId) -> String {
    let id = id.to_string();
    let preload =
        TERMINAL_MODULES.iter().map(|module| Html::fill("<link rel=\"modulepreload\" href=\"{}\">\n", &[module]));
    let styles = Html::fill(
        "<link rel=\"stylesheet\" href=\"{}\">\n<link rel=\"stylesheet\" href=\"{}\">\n",
        &[&path::VENDOR_XTERM_CSS, &path::SESSION_CSS],
    );
    let head = Html::join([styles, Html::join(preload), script(path::SESSION_JS)]);
    let body = Html::fill(TERMINAL_BODY, &[&id, &brand(), &id]);
    page(&format!("Session {id}"), &head, "terminal", &body)
}

const TERMINAL_BODY: &str = "<header class=\"bar\" id=\"toolbar\" data-session=\"{}\">{}\
    <h1 class=\"where\"><span id=\"profile\">Session</span> <code>{}</code></h1><span class=\"spacer\"></span>\
    <a class=\"button\" href=\"/\">Start</a><button type=\"button\" class=\"danger\" id=\"end\" disabled>End</button>\
    </header>\n\
    <main id=\"main\"><div id=\"terminal\" class=\"away\" role=\"group\" aria-label=\"Terminal\" \
    aria-describedby=\"way-out\"></div>\n\
    <noscript><p class=\"alert\">A terminal needs JavaScript.</p></noscript>\n\
    <section id=\"starting\" aria-labelledby=\"starting-title\" hidden><h2 id=\"starting-title\"></h2>\
    <ol id=\"steps\"></ol></section>\n\
    <div id=\"strips\"></div></main>\n\
    <footer class=\"foot\"><span class=\"link-state\"><span class=\"dot busy\" id=\"link-dot\"></span>\
    <span id=\"link-word\"></span> <span id=\"rtt\" class=\"number\"></span></span>\
    <span id=\"queued\" class=\"number\"></span><span id=\"time-left\" class=\"number\"></span>\
    <span id=\"usage\" class=\"number\"></span>\
    <span class=\"spacer\"></span><span id=\"size\" class=\"number\"></span>\
    <span id=\"way-out\" class=\"keys\"><kbd>Ctrl</kbd> <kbd>Shift</kbd> <kbd>F6</kbd> leaves the terminal</span>\
    </footer>\n\
    <p id=\"announce\" class=\"visually-hidden\" role=\"status\"></p>\n";

/// Something went wrong, in words. `text` is one or two sentences with the way out; `reference` joins it with the journal.
pub(crate) fn error(status: u16, title: &str, text: &str, reference: Option<&str>) -> String {
    error_with(&Html::default(), status, title, text, reference)
}

fn error_with(head: &Html, status: u16, title: &str, text: &str, reference: Option<&str>) -> String {
    let number = status.to_string();
    let facts = match reference {
        Some(reference) => Html::fill(
            "<p class=\"hint\">Status <code>{}</code>, reference <code>{}</code></p>\n",
            &[&number, &reference],
        ),
        None => Html::fill("<p class=\"hint\">Status <code>{}</code></p>\n", &[&number]),
    };
    let content = Html::fill(
        "<p>{}</p>\n<p><a class=\"button\" href=\"/\">Back to start</a></p>\n{}",
        &[&text as &dyn Piece, &facts],
    );
    card(title, head, &content)
}

/// 404 for a path that is none.
pub(crate) fn not_found() -> String {
    error(404, "Nothing here", "This address leads nowhere. It may be mistyped, or from an older version.", None)
}

/// 404 for `/s/{id}`: there is no such session (any more).
pub(crate) fn no_such_session() -> String {
    error(
        404,
        "This session is over",
        "There is no session at this address. It has ended, and nothing of it was kept. You can start a new one.",
        None,
    )
}

/// 403 for somebody else's session.
pub(crate) fn not_yours() -> String {
    error(403, "Not your session", "This session belongs to somebody else, so you cannot open it.", None)
}

/// 503 while nothing can be started yet; comes back by itself.
pub(crate) fn not_ready(reference: &str) -> String {
    error_with(
        &Html::fixed("<meta http-equiv=\"refresh\" content=\"5\">\n"),
        503,
        "Not ready yet",
        "Coracle is running but cannot serve you yet: its configuration or its container engine is not in order. \
         This page tries again every five seconds. The journal of the service says what is missing.",
        Some(reference),
    )
}

/// A length of time in its two largest units.
fn duration(seconds: u64) -> String {
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, m) => format!("{m} min"),
        (0, h, 0) => format!("{h} h"),
        (0, h, m) => format!("{h} h {m} min"),
        (d, 0, _) => format!("{d} d"),
        (d, h, _) => format!("{d} d {h} h"),
    }
}

#[cfg(test)]
mod tests;
