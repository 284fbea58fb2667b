//! The list of recordings: of everybody for administrators, else one's own.

use super::{Html, bar_with, looks, page, path, script, words};
use crate::{auth::Person, http::recordings::Listed};

/// Recordings on one page.
const SHOWN: usize = 100;

/// Those from `skip` on of all that `person` may see, the latest first. `now` is in Unix seconds.
pub(crate) fn recordings(person: &Person, all: &[Listed], skip: usize, now: u64) -> String {
    let from = skip.min(all.len());
    let shown = &all[from..(from + SHOWN).min(all.len())];
    let list = if all.is_empty() {
        Html::fixed("<p class=\"empty\">There is no recording that you may see.</p>\n")
    } else {
        let rows = shown.iter().map(|listed| row(listed, person, now));
        Html::fill("<ul class=\"rows\">\n{}</ul>\n", &[&Html::join(rows)])
    };
    let lead = match person.is_admin() {
        true => "What the terminals of all sessions showed, as they showed it. Who looks at one is written down.",
        false => "What the terminals of your sessions showed, as they showed it. Administrators may see them, too.",
    };
    let body = Html::fill(
        "{}<main id=\"main\" class=\"page\">\n<h1>Recordings</h1>\n<p class=\"lead\">{}</p>\n{}{}</main>\n{}",
        &[&bar_with(&start_link(), Some(person)), &lead, &list, &pager(from, all.len()), &looks()],
    );
    page("Recordings", &script(path::RECORDINGS_JS), "recordings", &body)
}

/// The way back, where others have the way here.
fn start_link() -> Html {
    Html::fixed("<a class=\"bar-link\" href=\"/\">Start</a>")
}

fn row(listed: &Listed, person: &Person, now: u64) -> Html {
    let entry = &listed.entry;
    let id = entry.id.to_string();
    let name = match person.is_admin() {
        false => Html::fill("<strong>{}</strong>", &[&entry.profile]),
        true => {
            let you = if entry.owner == person.owner { " (you)" } else { "" };
            Html::fill("<strong>{}</strong>{} {}", &[&entry.user, &you, &entry.profile])
        }
    };
    let (dot, state) = words::recording(entry.sealed, listed.running);
    let facts = format!("{} long, {}", words::duration(entry.duration / 1000), words::bytes(entry.bytes));
    Html::fill(
        "<li class=\"row recording\">\n<span class=\"session-name\">{} <code>{}</code></span>\n\
         <span class=\"session-state\"><span class=\"dot {}\"></span>{}</span>\n\
         <span class=\"session-time\">{}, {}</span>\n\
         <span class=\"acts\"><a class=\"button\" href=\"/recordings/{}\" aria-label=\"Replay recording {}\">Replay</a></span>\n\
         </li>\n",
        &[&name, &id, &dot, &state, &words::moment(entry.started, now), &facts, &id, &id],
    )
}

/// Ways to what is on other pages.
fn pager(from: usize, count: usize) -> Html {
    let link = |skip: usize, text: &str| {
        Html::fill("<a class=\"button\" href=\"/recordings?skip={}\">{}</a>", &[&skip.to_string(), &text])
    };
    let newer = if from > 0 { link(from.saturating_sub(SHOWN), "Newer") } else { Html::default() };
    let older = if from + SHOWN < count { link(from + SHOWN, "Older") } else { Html::default() };
    if count <= SHOWN {
        return Html::default();
    }
    let range = format!("{} to {} of {count}", (from + 1).min(count), (from + SHOWN).min(count));
    Html::fill(
        "<nav class=\"choices\" aria-label=\"More recordings\">{}{}<span class=\"hint\">{}</span></nav>\n",
        &[&newer, &older, &range],
    )
}
