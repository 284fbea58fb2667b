//! Every page as a whole; the sentences on them are `language`'s. Scripts and styles are links only: the policy allows nothing else.

mod ended; //    how a session ended
mod help; //     for the people who use it
mod launcher; // the start page
mod profile; //  what a profile gives
mod recordings; // which recordings there are
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
    LoginPage, login, login_refused_plain_http, login_stopped, login_without_directory, login_wrong,
};
pub(crate) use terminal::{Sight, terminal};

use super::{
    assets::path,
    html::{Html, Piece},
};
use crate::{
    auth::Person,
    language::{Language, Saying, Words},
    session::{EndNote, ProfileView, Summary, Terms},
};

/// The policy that goes out with every page.
pub(crate) const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; \
     frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/// Around every page: head, and a body with one class that the style sheet knows. The theme is settled by a script that
/// the browser waits for, so that no page is drawn in a theme that is not wanted. The scripts' own sentences come before all
/// that speak.
fn page(words: &Words, title: &str, head: &Html, class: &str, body: &Html) -> String {
    Html::fill(
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{} – Coracle</title>\n<script src=\"{}\"></script>\n\
         <link rel=\"icon\" type=\"image/svg+xml\" href=\"{}\">\n<link rel=\"stylesheet\" href=\"{}\">\n\
         {}{}</head>\n<body class=\"{}\">\n{}</body>\n</html>\n",
        &[
            &words.language.tag(),
            &title,
            &path::THEME_JS,
            &path::ICON_SVG,
            &path::STYLE_CSS,
            &script(words_of_scripts(words.language)),
            head,
            &class,
            body,
        ],
    )
    .into_string()
}

fn words_of_scripts(language: Language) -> &'static str {
    match language {
        Language::English => path::WORDS_EN_JS,
        Language::German => path::WORDS_DE_JS,
    }
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
fn bar(words: &Words, person: Option<&Person>) -> Html {
    bar_with(words, &Html::default(), person)
}

/// The same with a link more.
fn bar_with(words: &Words, link: &Html, person: Option<&Person>) -> Html {
    let say = &words.page;
    let who = match person {
        None => Html::fill("<a class=\"button\" href=\"/login\">{}</a>", &[&say.sign_in]),
        Some(person) => {
            let role = match person.is_admin() {
                true => Html::fill(" <span class=\"tag\">{}</span>", &[&say.admin]),
                false => Html::default(),
            };
            Html::fill(
                "<span class=\"who\">{}{}</span>\
                 <form method=\"post\" action=\"/logout\"><button type=\"submit\">{}</button></form>",
                &[&person.name, &role, &say.sign_out],
            )
        }
    };
    Html::fill(
        "<a class=\"skip\" href=\"#main\">{}</a>\n\
         <header class=\"bar\">{}<span class=\"spacer\"></span>{}<a class=\"bar-link\" href=\"/help\">{}</a>{}</header>\n",
        &[&say.skip, &brand(), link, &say.help, &who],
    )
}

/// A narrow card in the middle: login and everything that only says something.
fn card(words: &Words, title: &str, head: &Html, content: &Html) -> String {
    let body = Html::fill(
        "<main class=\"card\">\n<header class=\"card-head\">{}<a class=\"bar-link\" href=\"/help\">{}</a></header>\n\
         <h1>{}</h1>\n{}</main>\n{}",
        &[&brand(), &words.page.help, &title, content, &looks()],
    );
    page(words, title, head, "gate", &body)
}

/// Something went wrong, in words; `reference` joins it with the journal.
pub(crate) fn error(words: &Words, status: u16, saying: Saying, reference: Option<&str>) -> String {
    error_with(words, &Html::default(), status, saying, reference)
}

fn error_with(words: &Words, head: &Html, status: u16, saying: Saying, reference: Option<&str>) -> String {
    let number = status.to_string();
    let facts = match reference {
        Some(reference) => Html::fill(words.page.status_reference, &[&number, &reference]),
        None => Html::fill(words.page.status, &[&number]),
    };
    let content = Html::fill(
        "<p>{}</p>\n<p><a class=\"button\" href=\"/\">{}</a></p>\n{}",
        &[&saying.text as &dyn Piece, &words.page.back, &facts],
    );
    card(words, saying.title, head, &content)
}

/// 404 for a path that is none.
pub(crate) fn not_found(words: &Words) -> String {
    error(words, 404, words.page.not_found, None)
}

/// 404 for `/s/{id}`: there is no such session (any more).
pub(crate) fn no_such_session(words: &Words) -> String {
    error(words, 404, words.page.no_such_session, None)
}

/// 403 for somebody else's session.
pub(crate) fn not_yours(words: &Words) -> String {
    error(words, 403, words.page.not_yours, None)
}

/// 503 while nothing can be started yet; comes back by itself.
pub(crate) fn not_ready(words: &Words, reference: &str) -> String {
    error_with(words, &script(path::RETRY_JS), 503, words.page.not_ready, Some(reference))
}

#[cfg(test)]
mod tests;
