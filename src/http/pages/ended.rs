//! How a session ended, for a day at its address.

use super::{EndNote, Html, card, path, script, words};

/// `again`: whether its owner may start another of the same profile. `now` is in Unix seconds.
pub(crate) fn ended(note: &EndNote, again: bool, now: u64) -> String {
    let status = match note.status {
        Some(status) => Html::fill("<dt>Exit status</dt><dd class=\"number\">{}</dd>\n", &[&status.to_string()]),
        None => Html::default(),
    };
    let new = match again {
        true => Html::fill(
            "<button type=\"button\" class=\"primary\" data-profile=\"{}\">New session</button>",
            &[&note.profile],
        ),
        false => Html::default(),
    };
    let recorded = if note.recorded {
        "Everything in it is deleted; what its screen showed is recorded."
    } else {
        "Everything in it is deleted."
    };
    let content = Html::fill(
        "<p class=\"why\">{}</p>\n<p>{}</p>\n\
         <dl class=\"facts\">\n<dt>Session</dt><dd><code>{}</code></dd>\n<dt>Profile</dt><dd>{}</dd>\n\
         <dt>Reason</dt><dd><code>{}</code></dd>\n{}<dt>Ended</dt><dd>{}</dd>\n<dt>Lasted</dt><dd>{}</dd>\n</dl>\n\
         <p>{}</p>\n\
         <p class=\"alert\" id=\"problem\" role=\"alert\" hidden></p>\n<p class=\"status\" id=\"status\" role=\"status\"></p>\n\
         <div class=\"choices\">{}<a class=\"button\" href=\"/\">Back to start</a></div>\n\
         <p class=\"hint\">If something was wrong with it, give the session's id to whoever runs this service.</p>\n",
        &[
            &note.reason.sentence(),
            &words::advice(note.reason),
            &note.id.to_string(),
            &note.profile,
            &note.reason.code(),
            &status,
            &words::moment(note.ended, now),
            &words::duration(note.ended.saturating_sub(note.created)),
            &recorded,
            &new,
        ],
    );
    card("Session ended", &script(path::HOME_JS), &content)
}
