//! Every page as a whole, and every sentence on them. Scripts and styles are links only: the policy allows nothing else.

mod ended; //    how a session ended
mod help; //     for the people who use it
mod launcher; // the start page
mod profile; //  what a profile gives
mod recordings; // which recordings there are
pub(crate) mod refusals; // what is said to whom something is refused
mod replay; //   the page that plays one
mod sign_in; //  the login form
mod terminal; // the terminal's page
mod words; //    phrases of more than one page

pub(crate) use ended::ended;
pub(crate) use help::help;
pub(crate) use launcher::{Home, home};
pub(crate) use recordings::recordings;
pub(crate) use replay::replay;
pub(crate) use sign_in::{
    LoginPage, login, login_refused_plain_http, login_slow, login_stopped, login_without_directory, login_wrong,
};
pub(crate) use terminal::terminal;

use super::{
    assets::path,
    html::{Html, Piece},
};
use crate::{
    auth::Person,
    session::{EndNote, ProfileView, Summary, Terms},
};

/// The policy that goes out with every page.
pub(crate) const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; \
     frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/// Around every page: head, and a body with one class that the style sheet knows. The theme is settled by a script that
/// the browser waits for, so that no page is drawn in a theme that is not wanted.
fn page(title: &str, head: &Html, class: &str, body: &Html) -> String {
    Html::fill(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{} – Coracle</title>\n<script src=\"{}\"></script>\n\
         <link rel=\"icon\" type=\"image/svg+xml\" href=\"{}\">\n<link rel=\"stylesheet\" href=\"{}\">\n\
         {}</head>\n<body class=\"{}\">\n{}</body>\n</html>\n",
        &[&title, &path::THEME_JS, &path::ICON_SVG, &path::STYLE_CSS, head, &class, body],
    )
    .into_string()
}

/// A script of the page, run after parsing.
fn script(src: &'static str) -> Html {
    Html::fill("<script type=\"module\" src=\"{}\"></script>\n", &[&src])
}

/// Below every page but the terminal's: its script puts the choice of a theme here.
fn looks() -> Html {
    Html::fill("<footer id=\"looks\"></footer>\n{}", &[&script(path::LOOKS_JS)])
}

/// The mark and the name, linked to the start page.
fn brand() -> Html {
    Html::fill(
        "<a class=\"brand\" href=\"/\"><img src=\"{}\" alt=\"\" width=\"24\" height=\"24\">Coracle</a>",
        &[&path::ICON_SVG],
    )
}

/// Above the content: a way past it, where one is, help, and who is signed in.
fn bar(person: Option<&Person>) -> Html {
    bar_with(&Html::default(), person)
}

/// The same with a link more.
fn bar_with(link: &Html, person: Option<&Person>) -> Html {
    let who = match person {
        None => Html::fixed("<a class=\"button\" href=\"/login\">Sign in</a>"),
        Some(person) => {
            let role = if person.is_admin() { " <span class=\"tag\">admin</span>" } else { "" };
            Html::fill(
                "<span class=\"who\">{}{}</span>\
                 <form method=\"post\" action=\"/logout\"><button type=\"submit\">Sign out</button></form>",
                &[&person.name, &Html::fixed(role)],
            )
        }
    };
    Html::fill(
        "<a class=\"skip\" href=\"#main\">Skip to content</a>\n\
         <header class=\"bar\">{}<span class=\"spacer\"></span>{}<a class=\"bar-link\" href=\"/help\">Help</a>{}</header>\n",
        &[&brand(), link, &who],
    )
}

/// A narrow card in the middle: login and everything that only says something.
fn card(title: &str, head: &Html, content: &Html) -> String {
    let body = Html::fill(
        "<main class=\"card\">\n<header class=\"card-head\">{}<a class=\"bar-link\" href=\"/help\">Help</a></header>\n\
         <h1>{}</h1>\n{}</main>\n{}",
        &[&brand(), &title, content, &looks()],
    );
    page(title, head, "gate", &body)
}

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
        &script(path::RETRY_JS),
        503,
        "Not ready yet",
        "Coracle is running but cannot serve you yet: its configuration or its container engine is not in order. \
         This page looks again every five seconds. The journal of the service says what is missing.",
        Some(reference),
    )
}

#[cfg(test)]
mod tests;
