//! The list of recordings: of everybody for administrators, else one's own.

use super::{Html, bar_with, looks, page, path, script, words};
use crate::{auth::Person, http::recordings::Listed, language::Words};

/// Recordings on one page.
const SHOWN: usize = 100;

/// Those from `skip` on of all that `person` may see, the latest first. `now` is in Unix seconds.
pub(crate) fn recordings(words: &Words, person: &Person, all: &[Listed], skip: usize, now: u64) -> String {
    let say = &words.recordings;
    let from = skip.min(all.len());
    let list = if all.is_empty() {
        Html::fill("<p class=\"empty\">{}</p>\n", &[&say.none])
    } else {
        let rows = all[from..].iter().take(SHOWN).map(|listed| row(words, listed, person, now));
        Html::fill("<ul class=\"rows\">\n{}</ul>\n", &[&Html::join(rows)])
    };
    let start = Html::fill("<a class=\"bar-link\" href=\"/\">{}</a>", &[&say.start]);
    let lead = if person.is_admin() { say.lead_admin } else { say.lead };
    let body = Html::fill(
        "{}<main id=\"main\" class=\"page\">\n<h1>{}</h1>\n<p class=\"lead\">{}</p>\n{}{}</main>\n{}",
        &[&bar_with(words, &start, Some(person)), &say.title, &lead, &list, &pager(words, from, all.len()), &looks()],
    );
    page(words, say.title, &script(path::RECORDINGS_JS), "recordings", &body)
}

fn row(words: &Words, listed: &Listed, person: &Person, now: u64) -> Html {
    let (say, entry) = (&words.recordings, &listed.entry);
    let id = entry.id.to_string();
    let name = match person.is_admin() {
        false => Html::fill("<strong>{}</strong>", &[&entry.profile]),
        true => {
            let mine = entry.owner == person.owner;
            let you = if mine { format!(" {}", words.launcher.you) } else { String::new() };
            Html::fill("<strong>{}</strong>{} {}", &[&entry.user, &you, &entry.profile])
        }
    };
    let (dot, state) = words::recording(words, entry.sealed, listed.running);
    let length = (words.numbers.duration)(entry.duration / 1000);
    let facts = (say.long)(&length, &words::bytes(words, entry.bytes));
    Html::fill(
        "<li class=\"row recording\">\n<span class=\"session-name\">{} <code>{}</code></span>\n\
         <span class=\"session-state\"><span class=\"dot {}\"></span>{}</span>\n\
         <span class=\"session-time\">{}, {}</span>\n\
         <span class=\"acts\"><a class=\"button\" href=\"/recordings/{}\" aria-label=\"{}\">{}</a></span>\n</li>\n",
        &[
            &name,
            &id,
            &dot,
            &state,
            &words::moment(words, entry.started, now),
            &facts,
            &id,
            &(say.replay_label)(&id),
            &say.replay,
        ],
    )
}

/// Ways to what is on other pages.
fn pager(words: &Words, from: usize, count: usize) -> Html {
    let say = &words.recordings;
    if count <= SHOWN {
        return Html::default();
    }
    let link = |skip: usize, text: &str| {
        Html::fill("<a class=\"button\" href=\"/recordings?skip={}\">{}</a>", &[&skip.to_string(), &text])
    };
    let newer = if from > 0 { link(from.saturating_sub(SHOWN), say.newer) } else { Html::default() };
    let older = if from + SHOWN < count { link(from + SHOWN, say.older) } else { Html::default() };
    let range = (say.range)((from + 1).min(count), (from + SHOWN).min(count), count);
    Html::fill(
        "<nav class=\"choices\" aria-label=\"{}\">{}{}<span class=\"hint\">{}</span></nav>\n",
        &[&say.more, &newer, &older, &range],
    )
}
