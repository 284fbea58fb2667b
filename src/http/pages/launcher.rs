//! The start page: what runs, what can be started, what ended lately; for administrators, everybody's sessions too.
//!
//! While it is shown, `web/fresh.js` gets it anew and puts what differs in place: so all that can change stands in
//! `#live`, and whatever comes and goes has a `data-key`.

use super::{EndNote, Html, ProfileView, Summary, bar_with, looks, page, path, profile, script, words};
use crate::{
    auth::{Notice, Person},
    language::Words,
    session::Refusal,
};

/// Ended sessions that are shown at once; the others can be unfolded.
const ENDED_SHOWN: usize = 5;

/// What the start page shows.
pub(crate) struct Home<'a> {
    pub(crate) words: &'static Words,
    pub(crate) person: &'a Person,
    /// What they are to be told about their password, this once.
    pub(crate) notice: Option<Notice>,
    /// Where to get another password.
    pub(crate) change_password: Option<&'a str>,
    /// Theirs.
    pub(crate) sessions: &'a [Summary],
    /// Everybody's; `None` unless the person is an administrator.
    pub(crate) everyones: Option<&'a [Summary]>,
    /// Theirs, the latest first.
    pub(crate) ended: &'a [EndNote],
    pub(crate) profiles: &'a [ProfileView],
    /// Why nothing can be started at the moment.
    pub(crate) no_room: Option<&'a Refusal>,
    /// There are recordings to look at.
    pub(crate) recordings: bool,
    /// Unix seconds.
    pub(crate) now: u64,
}

/// The start page of somebody who is signed in.
pub(crate) fn home(home: &Home<'_>) -> String {
    let (words, say) = (home.words, &home.words.launcher);
    let everyones = home.everyones.map_or_else(Html::default, |all| everyones_sessions(home, all));
    let body = Html::fill(
        "{}<main id=\"main\" class=\"page\">\n<h1>{}</h1>\n\
         <p class=\"alert\" id=\"problem\" role=\"alert\" hidden></p>\n\
         <p class=\"status\" id=\"status\" role=\"status\"></p>\n\
         {}<noscript><p class=\"alert\">{}</p></noscript>\n\
         <div id=\"live\" class=\"stack-wide\">\n{}{}{}{}</div>\n</main>\n{}",
        &[
            &bar_with(words, &recordings_link(home), Some(home.person)),
            &say.title,
            &password_notice(home),
            &say.needs_scripts,
            &own_sessions(home),
            &profile_list(home),
            &ended_list(home),
            &everyones,
            &looks(),
        ],
    );
    page(words, say.title, &script(path::HOME_JS), "home", &body)
}

fn recordings_link(home: &Home<'_>) -> Html {
    match home.recordings {
        true => Html::fill("<a class=\"bar-link\" href=\"/recordings\">{}</a>", &[&home.words.recordings.title]),
        false => Html::default(),
    }
}

/// Stands above what changes, and is gone with the next visit.
fn password_notice(home: &Home<'_>) -> Html {
    let Some(notice) = home.notice else { return Html::default() };
    let change = home.change_password.map_or_else(Html::default, |address| {
        Html::fill(" <a href=\"{}\" rel=\"noreferrer\">{}</a>", &[&address, &home.words.page.change_password])
    });
    Html::fill("<p class=\"note\" role=\"status\">{}{}</p>\n", &[&(home.words.launcher.password)(notice), &change])
}

/// A part of the page with a heading, `about`'s own.
fn section(about: &'static str, title: &'static str, content: &Html) -> Html {
    Html::fill(
        "<section id=\"{}\" data-key=\"{}\" aria-labelledby=\"{}-title\">\n<h2 id=\"{}-title\" tabindex=\"-1\">{}</h2>\n\
         {}</section>\n",
        &[&about, &about, &about, &about, &title, content],
    )
}

fn own_sessions(home: &Home<'_>) -> Html {
    let say = &home.words.launcher;
    let content = if home.sessions.is_empty() {
        Html::fill("<p class=\"empty\" data-key=\"none\">{}</p>\n", &[&say.own_none])
    } else {
        let rows = home.sessions.iter().map(|session| {
            let name = Html::fill("<strong>{}</strong>", &[&session.profile]);
            row(home, session, &name, Way::Own)
        });
        Html::fill("<ul class=\"rows\" data-key=\"rows\">\n{}</ul>\n", &[&Html::join(rows)])
    };
    section("sessions", say.own, &content)
}

fn everyones_sessions(home: &Home<'_>, sessions: &[Summary]) -> Html {
    let say = &home.words.launcher;
    let content = if sessions.is_empty() {
        Html::fill("<p class=\"empty\" data-key=\"none\">{}</p>\n", &[&say.all_none])
    } else {
        let rows = sessions.iter().map(|session| {
            let mine = session.owner == home.person.owner;
            let you = if mine { format!(" {}", say.you) } else { String::new() };
            let name = Html::fill("<strong>{}</strong>{} {}", &[&session.user, &you, &session.profile]);
            row(home, session, &name, if mine { Way::Own } else { Way::Others })
        });
        Html::fill("<ul class=\"rows\" data-key=\"rows\">\n{}</ul>\n", &[&Html::join(rows)])
    };
    section("everyones", say.all, &content)
}

/// Whose session a row shows: others' can be watched and ended, and not opened.
#[derive(Clone, Copy)]
enum Way {
    Own,
    Others,
}

/// One session that is not over yet.
fn row(home: &Home<'_>, session: &Summary, name: &Html, way: Way) -> Html {
    let say = &home.words.launcher;
    let id = session.id.to_string();
    let (dot, word) = words::state(home.words, &session.state);
    let age = match home.now.saturating_sub(session.created) {
        0..60 => say.just_started.to_owned(),
        seconds => (say.started)(seconds),
    };
    // The nearer of its deadlines; the other one would only distract.
    let left = match session.detached_left {
        Some(seconds) if seconds < session.lifetime_left => (say.ends_unless_opened)(seconds),
        _ => (say.left)(session.lifetime_left),
    };
    let acts = match session.state.as_str() {
        "ending" => Html::default(), // nothing can be done with it any more
        _ => acts(home.words, session, &id, way),
    };
    Html::fill(
        "<li class=\"row session\" data-key=\"{}\" data-session=\"{}\">\n\
         <span class=\"session-name\">{} <code>{}</code></span>\n\
         <span class=\"session-state\"><span class=\"dot {}\"></span>{}</span>\n\
         <span class=\"session-time\">{}, {}{}</span>\n{}</li>\n",
        &[&id, &id, name, &id, &dot, &word, &age, &left, &watched(home.words, session), &acts],
    )
}

/// Who looks at it.
fn watched(words: &Words, session: &Summary) -> String {
    match session.watched_by.as_slice() {
        [] => String::new(),
        by => format!(", {}", (words.launcher.watched_by)(&by.join(", "))),
    }
}

/// Open and End, and the question that takes their place once End was pressed.
fn acts(words: &Words, session: &Summary, id: &str, way: Way) -> Html {
    let say = &words.launcher;
    let open = match way {
        Way::Others => Html::fill(
            "<a class=\"button\" href=\"/s/{}/watch\" aria-label=\"{}\">{}</a>",
            &[&id, &(say.watch_label)(id, &session.user), &say.watch],
        ),
        Way::Own => Html::fill(
            "<a class=\"button\" href=\"/s/{}\" aria-label=\"{}\">{}</a>",
            &[&id, &(say.open_label)(id), &say.open],
        ),
    };
    let question = match way {
        Way::Own => say.ask_own.to_owned(),
        Way::Others => (say.ask_others)(&session.user),
    };
    Html::fill(
        "<span class=\"acts\">{}<button type=\"button\" class=\"danger\" data-ask aria-label=\"{}\">{}</button></span>\n\
         <span class=\"ask\" role=\"group\" aria-label=\"{}\"><span>{} {}</span>\n\
         <span class=\"acts\"><button type=\"button\" class=\"danger\" data-end=\"{}\">{}</button>\
         <button type=\"button\" data-keep>{}</button></span></span>\n",
        &[&open, &(say.end_label)(id), &say.end, &question, &question, &say.deleted, &id, &say.end_session, &say.keep],
    )
}

fn ended_list(home: &Home<'_>) -> Html {
    let (say, ended) = (&home.words.launcher, home.ended);
    if ended.is_empty() {
        return Html::default();
    }
    let rows = |notes: &[EndNote]| Html::join(notes.iter().map(|note| ended_row(home, note)));
    let (first, rest) = ended.split_at(ended.len().min(ENDED_SHOWN));
    let more = if rest.is_empty() {
        Html::default()
    } else {
        Html::fill(
            "<details data-key=\"more\"><summary>{}</summary>\n<ul class=\"rows\">\n{}</ul></details>\n",
            &[&(say.more)(rest.len()), &rows(rest)],
        )
    };
    let content = Html::fill("<ul class=\"rows\" data-key=\"rows\">\n{}</ul>\n{}", &[&rows(first), &more]);
    section("ended", say.ended, &content)
}

fn ended_row(home: &Home<'_>, note: &EndNote) -> Html {
    let (words, say) = (home.words, &home.words.launcher);
    let id = note.id.to_string();
    let status = match note.status {
        Some(status) => format!(" {}", (say.status)(status)),
        None => String::new(),
    };
    Html::fill(
        "<li class=\"row ended\" data-key=\"{}\">\n\
         <span class=\"session-name\"><strong>{}</strong> <a href=\"/s/{}\" aria-label=\"{}\">\
         <code>{}</code></a></span>\n<span class=\"ended-why\">{}{}</span>\n<span class=\"session-time\">{}</span>\n</li>\n",
        &[
            &id,
            &note.profile,
            &id,
            &(say.how_ended)(&id),
            &id,
            &(words.reason)(note.reason),
            &status,
            &words::moment(words, note.ended, home.now),
        ],
    )
}

fn profile_list(home: &Home<'_>) -> Html {
    let (words, say) = (home.words, &home.words.launcher);
    if home.profiles.is_empty() {
        let content = Html::fill("<p class=\"empty\" data-key=\"none\">{}</p>\n", &[&say.no_profiles]);
        return section("profiles", say.profiles, &content);
    }
    let (note, rests) = match home.no_room {
        Some(why) => (
            Html::fill("<p class=\"note\" id=\"no-room\" data-key=\"no-room\">{}</p>\n", &[&(words.not_started)(why)]),
            Html::fixed(" disabled aria-describedby=\"no-room\""),
        ),
        None => Default::default(),
    };
    let look = if home.sessions.is_empty() { "primary" } else { "" };
    let cards = home.profiles.iter().map(|profile| {
        Html::fill(
            "<li class=\"row profile\" data-key=\"{}\">\n<div class=\"profile-what\"><h3>{}</h3>\n<p>{}</p>\n{}</div>\n\
             <button type=\"button\" class=\"{}\" data-profile=\"{}\" aria-label=\"{}\"{}>{}</button>\n\
             </li>\n",
            &[
                &profile.name,
                &profile.name,
                &profile.description,
                &profile::facts(words, profile),
                &look,
                &profile.name,
                &(say.new_label)(&profile.name),
                &rests,
                &say.new,
            ],
        )
    });
    let content = Html::fill(
        "<p class=\"lead\" data-key=\"lead\">{}</p>\n{}<ul class=\"rows\" data-key=\"rows\">\n{}</ul>\n",
        &[&say.lead, &note, &Html::join(cards)],
    );
    section("profiles", say.profiles, &content)
}
