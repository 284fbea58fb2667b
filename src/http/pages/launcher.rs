//! The start page: what runs, what can be started, what ended lately; for administrators, everybody's sessions too.
//!
//! While it is shown, `web/fresh.js` gets it anew and puts what differs in place: so all that can change stands in
//! `#live`, and whatever comes and goes has a `data-key`.

use super::{EndNote, Html, ProfileView, Summary, bar_with, looks, page, path, profile, script, words};
use crate::{
    auth::{Notice, OwnerId, Person},
    session::Refusal,
};

/// Ended sessions that are shown at once; the others can be unfolded.
const ENDED_SHOWN: usize = 5;

/// What the start page shows.
pub(crate) struct Home<'a> {
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
    let everyones =
        home.everyones.map_or_else(Html::default, |all| everyones_sessions(all, &home.person.owner, home.now));
    let body = Html::fill(
        "{}<main id=\"main\" class=\"page\">\n<h1>Start</h1>\n\
         <p class=\"alert\" id=\"problem\" role=\"alert\" hidden></p>\n\
         <p class=\"status\" id=\"status\" role=\"status\"></p>\n\
         {}<noscript><p class=\"alert\">A terminal needs JavaScript, and so do the buttons on this page.</p></noscript>\n\
         <div id=\"live\" class=\"stack-wide\">\n{}{}{}{}</div>\n</main>\n{}",
        &[
            &bar_with(&recordings_link(home), Some(home.person)),
            &password_notice(home),
            &own_sessions(home.sessions, home.now),
            &profile_list(home),
            &ended_list(home.ended, home.now),
            &everyones,
            &looks(),
        ],
    );
    page("Start", &script(path::HOME_JS), "home", &body)
}

fn recordings_link(home: &Home<'_>) -> Html {
    let link = if home.recordings { "<a class=\"bar-link\" href=\"/recordings\">Recordings</a>" } else { "" };
    Html::fixed(link)
}

/// Stands above what changes, and is gone with the next visit.
fn password_notice(home: &Home<'_>) -> Html {
    let Some(notice) = home.notice else { return Html::default() };
    let said = match notice {
        Notice::ExpiresIn { seconds } => format!("Your password expires in {}.", words::duration(seconds)),
        Notice::GraceLoginsLeft { left: 0 } => {
            "Your password has expired, and this was the last time that you could sign in with it.".to_owned()
        }
        Notice::GraceLoginsLeft { left } => {
            let times = if left == 1 { "once".to_owned() } else { format!("{left} times") };
            format!("Your password has expired. You can sign in with it {times} more.")
        }
    };
    let change = home.change_password.map_or_else(Html::default, |address| {
        Html::fill(" <a href=\"{}\" rel=\"noreferrer\">Change your password</a>", &[&address])
    });
    Html::fill("<p class=\"note\" role=\"status\">{}{}</p>\n", &[&said, &change])
}

/// A part of the page with a heading, `about`'s own.
fn section(about: &'static str, title: &'static str, content: &Html) -> Html {
    Html::fill(
        "<section id=\"{}\" data-key=\"{}\" aria-labelledby=\"{}-title\">\n<h2 id=\"{}-title\" tabindex=\"-1\">{}</h2>\n\
         {}</section>\n",
        &[&about, &about, &about, &about, &title, content],
    )
}

fn own_sessions(sessions: &[Summary], now: u64) -> Html {
    let content = if sessions.is_empty() {
        Html::fixed("<p class=\"empty\" data-key=\"none\">Nothing of yours is running.</p>\n")
    } else {
        let rows = sessions.iter().map(|session| {
            let name = Html::fill("<strong>{}</strong>", &[&session.profile]);
            row(session, &name, Way::Own, now)
        });
        Html::fill("<ul class=\"rows\" data-key=\"rows\">\n{}</ul>\n", &[&Html::join(rows)])
    };
    section("sessions", "Your sessions", &content)
}

fn everyones_sessions(sessions: &[Summary], me: &OwnerId, now: u64) -> Html {
    let content = if sessions.is_empty() {
        Html::fixed("<p class=\"empty\" data-key=\"none\">Nobody has a session.</p>\n")
    } else {
        let rows = sessions.iter().map(|session| {
            let mine = session.owner == *me;
            let you = if mine { " (you)" } else { "" };
            let name = Html::fill("<strong>{}</strong>{} {}", &[&session.user, &you, &session.profile]);
            row(session, &name, if mine { Way::Own } else { Way::Others }, now)
        });
        Html::fill("<ul class=\"rows\" data-key=\"rows\">\n{}</ul>\n", &[&Html::join(rows)])
    };
    section("everyones", "All sessions", &content)
}

/// Whose session a row shows: others' can be ended and not opened.
#[derive(Clone, Copy)]
enum Way {
    Own,
    Others,
}

/// One session that is not over yet.
fn row(session: &Summary, name: &Html, way: Way, now: u64) -> Html {
    let id = session.id.to_string();
    let (dot, word) = words::state(&session.state);
    let age = match now.saturating_sub(session.created) {
        0..60 => "just started".to_owned(),
        seconds => format!("started {} ago", words::duration(seconds)),
    };
    // The nearer of its deadlines; the other one would only distract.
    let left = match session.detached_left {
        Some(seconds) if seconds < session.lifetime_left => {
            format!("ends in {} unless it is opened", words::duration(seconds))
        }
        _ => format!("{} left", words::duration(session.lifetime_left)),
    };
    let acts = match session.state.as_str() {
        "ending" => Html::default(), // nothing can be done with it any more
        _ => acts(session, &id, way),
    };
    Html::fill(
        "<li class=\"row session\" data-key=\"{}\" data-session=\"{}\">\n\
         <span class=\"session-name\">{} <code>{}</code></span>\n\
         <span class=\"session-state\"><span class=\"dot {}\"></span>{}</span>\n\
         <span class=\"session-time\">{}, {}</span>\n{}</li>\n",
        &[&id, &id, name, &id, &dot, &word, &age, &left, &acts],
    )
}

/// Open and End, and the question that takes their place once End was pressed.
fn acts(session: &Summary, id: &str, way: Way) -> Html {
    let open = match way {
        Way::Others => Html::default(),
        Way::Own => {
            Html::fill("<a class=\"button\" href=\"/s/{}\" aria-label=\"Open session {}\">Open</a>", &[&id, &id])
        }
    };
    let question = match way {
        Way::Own => "End this session?".to_owned(),
        Way::Others => format!("End the session of {}?", session.user),
    };
    Html::fill(
        "<span class=\"acts\">{}<button type=\"button\" class=\"danger\" data-ask aria-label=\"End session {}\">End\
         </button></span>\n\
         <span class=\"ask\" role=\"group\" aria-label=\"{}\"><span>{} Its shell and everything in it are deleted at \
         once.</span>\n<span class=\"acts\"><button type=\"button\" class=\"danger\" data-end=\"{}\">End session</button>\
         <button type=\"button\" data-keep>Keep it</button></span></span>\n",
        &[&open, &id, &question, &question, &id],
    )
}

fn ended_list(ended: &[EndNote], now: u64) -> Html {
    if ended.is_empty() {
        return Html::default();
    }
    let rows = |notes: &[EndNote]| Html::join(notes.iter().map(|note| ended_row(note, now)));
    let (first, rest) = ended.split_at(ended.len().min(ENDED_SHOWN));
    let more = if rest.is_empty() {
        Html::default()
    } else {
        Html::fill(
            "<details data-key=\"more\"><summary>{} more</summary>\n<ul class=\"rows\">\n{}</ul></details>\n",
            &[&rest.len().to_string(), &rows(rest)],
        )
    };
    let content = Html::fill("<ul class=\"rows\" data-key=\"rows\">\n{}</ul>\n{}", &[&rows(first), &more]);
    section("ended", "Ended in the last 24 hours", &content)
}

fn ended_row(note: &EndNote, now: u64) -> Html {
    let id = note.id.to_string();
    let status = match note.status {
        Some(status) => format!(" Exit status {status}."),
        None => String::new(),
    };
    Html::fill(
        "<li class=\"row ended\" data-key=\"{}\">\n\
         <span class=\"session-name\"><strong>{}</strong> <a href=\"/s/{}\" aria-label=\"How session {} ended\">\
         <code>{}</code></a></span>\n<span class=\"ended-why\">{}{}</span>\n<span class=\"session-time\">{}</span>\n</li>\n",
        &[&id, &note.profile, &id, &id, &id, &note.reason.sentence(), &status, &words::moment(note.ended, now)],
    )
}

fn profile_list(home: &Home<'_>) -> Html {
    if home.profiles.is_empty() {
        let content = Html::fixed(
            "<p class=\"empty\" data-key=\"none\">There is no profile that you may use. Ask whoever runs this service \
             for one.</p>\n",
        );
        return section("profiles", "New session", &content);
    }
    let (note, rests) = match home.no_room {
        Some(why) => (
            Html::fill("<p class=\"note\" id=\"no-room\" data-key=\"no-room\">{}</p>\n", &[&why.to_string()]),
            Html::fixed(" disabled aria-describedby=\"no-room\""),
        ),
        None => Default::default(),
    };
    let look = if home.sessions.is_empty() { "primary" } else { "" };
    let cards = home.profiles.iter().map(|profile| {
        Html::fill(
            "<li class=\"row profile\" data-key=\"{}\">\n<div class=\"profile-what\"><h3>{}</h3>\n<p>{}</p>\n{}</div>\n\
             <button type=\"button\" class=\"{}\" data-profile=\"{}\" aria-label=\"New session: {}\"{}>New session</button>\n\
             </li>\n",
            &[
                &profile.name,
                &profile.name,
                &profile.description,
                &profile::facts(profile),
                &look,
                &profile.name,
                &profile.name,
                &rests,
            ],
        )
    });
    let content = Html::fill(
        "<p class=\"lead\" data-key=\"lead\">A session is a Linux shell in a container of its own. When it ends, \
         everything in it is deleted.</p>\n{}<ul class=\"rows\" data-key=\"rows\">\n{}</ul>\n",
        &[&note, &Html::join(cards)],
    );
    section("profiles", "New session", &content)
}
