//! How a session ended, for a day at its address.

use super::{EndNote, Html, card, duration};

/// `now` is in Unix seconds.
pub(crate) fn ended(note: &EndNote, now: u64) -> String {
    let status = match note.status {
        Some(status) => Html::fill("<dt>Exit status</dt><dd><code>{}</code></dd>\n", &[&status.to_string()]),
        None => Html::default(),
    };
    let content = Html::fill(
        "<p>{}</p>\n<dl class=\"facts\">\n<dt>Session</dt><dd><code>{}</code>, profile {}</dd>\n\
         <dt>Reason</dt><dd><code>{}</code></dd>\n{}<dt>When</dt><dd>{} ago, after {}</dd>\n</dl>\n\
         <p>Everything in it is deleted.</p>\n<p><a class=\"button\" href=\"/\">Back to start</a></p>\n",
        &[
            &note.reason.sentence(),
            &note.id.to_string(),
            &note.profile,
            &note.reason.code(),
            &status,
            &duration(now.saturating_sub(note.ended)),
            &duration(note.ended.saturating_sub(note.created)),
        ],
    );
    card("Session ended", &Html::default(), &content)
}
