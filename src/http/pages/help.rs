//! Help for the people who use it.

use super::{Html, ProfileView, Terms, bar, looks, page, profile};
use crate::{auth::Person, language::Words, session::EndReason};

/// `terms`: how long sessions last here. `reader`: who is signed in, and the profiles that they may use.
pub(crate) fn help(words: &Words, terms: Terms, reader: Option<(&Person, &[ProfileView])>) -> String {
    let say = &words.help;
    let body = Html::fill(
        "{}<main id=\"main\" class=\"page help\">\n<h1>{}</h1>\n{}{}{}{}{}{}{}{}{}{}</main>\n{}",
        &[
            &bar(words, reader.map(|(person, _)| person)),
            &say.title,
            &Html::fixed(say.where_you_are),
            &limits(words, reader.map(|(_, profiles)| profiles)),
            &when(words, terms),
            &what_is_lost(words, terms),
            &Html::fixed(say.keys),
            &Html::fixed(say.settings),
            &Html::fixed(say.phone),
            &connection(words, terms),
            &reasons(words),
            &Html::fixed(say.trouble),
            &looks(),
        ],
    );
    page(words, say.title, &Html::default(), "help", &body)
}

fn limits(words: &Words, profiles: Option<&[ProfileView]>) -> Html {
    let own = match profiles {
        None => Html::fixed(words.help.limits_of_a_stranger),
        Some([]) => Html::fill("<p>{}</p>\n", &[&words.launcher.no_profiles]),
        Some(profiles) => {
            let cards = profiles.iter().map(|one| {
                Html::fill("<li class=\"row\"><h3>{}</h3>\n{}</li>\n", &[&one.name, &profile::facts(words, one)])
            });
            Html::fill("<ul class=\"rows\">\n{}</ul>\n", &[&Html::join(cards)])
        }
    };
    Html::fill(words.help.limits, &[&own])
}

fn when(words: &Words, terms: Terms) -> Html {
    let after = words.numbers.after;
    let without_browser = match terms.detached {
        0 => Html::fixed(words.help.when_left),
        seconds => Html::fill(words.help.when_detached, &[&after(seconds)]),
    };
    Html::fill(words.help.when, &[&after(terms.idle), &without_browser, &after(terms.lifetime)])
}

fn what_is_lost(words: &Words, terms: Terms) -> Html {
    let tab = match terms.detached {
        0 => words.help.lost_at_once.to_owned(),
        seconds => (words.help.lost_later)(seconds),
    };
    Html::fill(words.help.lost, &[&tab])
}

fn connection(words: &Words, terms: Terms) -> Html {
    let waits = match terms.detached {
        0 => words.help.connection_at_once.to_owned(),
        seconds => (words.help.connection_later)(seconds),
    };
    Html::fill(words.help.connection, &[&waits])
}

/// Every reason there is, so that none can be shown that is not told here.
fn reasons(words: &Words) -> Html {
    let rows = EndReason::ALL.iter().map(|reason| {
        Html::fill(
            "<dt><code>{}</code></dt><dd>{} <span class=\"advice\">{}</span></dd>\n",
            &[&reason.code(), &(words.reason)(*reason), &(words.advice)(*reason)],
        )
    });
    Html::fill(words.help.reasons, &[&Html::join(rows)])
}
