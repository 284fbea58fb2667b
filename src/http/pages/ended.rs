//! How a session ended, for a day at its address.

use super::{EndNote, Html, card, path, script, words};
use crate::language::Words;

/// `again`: whether its owner may start another of the same profile. `now` is in Unix seconds.
pub(crate) fn ended(words: &Words, note: &EndNote, again: bool, now: u64) -> String {
    let say = &words.ended;
    let status = match note.status {
        Some(status) => Html::fill("<dt>{}</dt><dd class=\"number\">{}</dd>\n", &[&say.status, &status.to_string()]),
        None => Html::default(),
    };
    let new = match again {
        true => Html::fill(
            "<button type=\"button\" class=\"primary\" data-profile=\"{}\">{}</button>",
            &[&note.profile, &words.launcher.new],
        ),
        false => Html::default(),
    };
    let content = Html::fill(
        "<p class=\"why\">{}</p>\n<p>{}</p>\n\
         <dl class=\"facts\">\n<dt>{}</dt><dd><code>{}</code></dd>\n<dt>{}</dt><dd>{}</dd>\n\
         <dt>{}</dt><dd><code>{}</code></dd>\n{}<dt>{}</dt><dd>{}</dd>\n<dt>{}</dt><dd>{}</dd>\n</dl>\n\
         <p>{}</p>\n\
         <p class=\"alert\" id=\"problem\" role=\"alert\" hidden></p>\n<p class=\"status\" id=\"status\" role=\"status\"></p>\n\
         <div class=\"choices\">{}<a class=\"button\" href=\"/\">{}</a></div>\n\
         <p class=\"hint\">{}</p>\n",
        &[
            &(words.reason)(note.reason),
            &(words.advice)(note.reason),
            &say.session,
            &note.id.to_string(),
            &say.profile,
            &note.profile,
            &say.reason,
            &note.reason.code(),
            &status,
            &say.ended,
            &words::moment(words, note.ended, now),
            &say.lasted,
            &(words.numbers.duration)(note.ended.saturating_sub(note.created)),
            if note.recorded { &say.deleted_but_recorded } else { &say.deleted },
            &new,
            &words.page.back,
            &say.hint,
        ],
    );
    card(words, say.title, &script(path::HOME_JS), &content)
}
