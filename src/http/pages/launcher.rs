//! The start page: what runs, what ended lately, what can be started.

use super::{EndNote, Html, ProfileView, Summary, brand, duration, page, path, script};

/// The start page of somebody who is signed in. `now` is in Unix seconds.
pub(crate) fn home(user: &str, sessions: &[Summary], ended: &[EndNote], profiles: &[ProfileView], now: u64) -> String {
    let body = Html::fill(
        "<a class=\"skip\" href=\"#main\">Skip to content</a>\n\
         <header class=\"bar\">{}<span class=\"spacer\"></span><span class=\"who\">{}</span>\
         <form method=\"post\" action=\"/logout\"><button type=\"submit\">Sign out</button></form></header>\n\
         <main id=\"main\" class=\"page\">\n<h1>Start</h1>\n\
         <p class=\"alert\" id=\"problem\" role=\"alert\" hidden></p>\n\
         <p class=\"status\" id=\"status\" role=\"status\"></p>\n\
         <noscript><p class=\"alert\">A terminal needs JavaScript, and so do the buttons on this page.</p></noscript>\n\
         {}{}{}</main>\n",
        &[
            &brand(),
            &user,
            &session_list(sessions, now),
            &profile_list(profiles, sessions.is_empty()),
            &ended_list(ended, now),
        ],
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

fn ended_list(ended: &[EndNote], now: u64) -> Html {
    if ended.is_empty() {
        return Html::default();
    }
    let rows = ended.iter().map(|note| {
        let id = note.id.to_string();
        Html::fill(
            "<li class=\"ended\">{} <a href=\"/s/{}\"><code>{}</code></a> {} ({} ago)</li>\n",
            &[&note.profile, &id, &id, &note.reason.sentence(), &duration(now.saturating_sub(note.ended))],
        )
    });
    Html::fill(
        "<section aria-labelledby=\"ended-title\">\n<h2 id=\"ended-title\">Ended today</h2>\n<ul>\n{}</ul>\n</section>\n",
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
