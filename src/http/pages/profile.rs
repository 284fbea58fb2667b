//! What a profile gives, as a list of facts: on its card and in the help.

use super::{Html, ProfileView, words};
use crate::language::Words;

/// Limits, writable places, network, and when its sessions end.
pub(super) fn facts(words: &Words, profile: &ProfileView) -> Html {
    let places = profile
        .writable
        .iter()
        .map(|(path, size)| Html::fill("<li><code>{}</code> {}</li>\n", &[path, &words::bytes(words, *size)]));
    let say = &words.profile;
    let rest = profile
        .layer_size
        .map(|size| Html::fill("<li>{} {}</li>\n", &[&say.everything_else, &words::bytes(words, size)]));
    let writable = match profile.writable.is_empty() && rest.is_none() {
        true => Html::fill("{}", &[&say.nothing]),
        false => Html::fill("<ul class=\"inline\">\n{}</ul>", &[&Html::join(places.chain(rest))]),
    };
    let recorded = match profile.recorded {
        true => Html::fill("<dt>{}</dt><dd>{}</dd>\n", &[&say.recorded, &say.what_is_recorded]),
        false => Html::default(),
    };
    Html::fill(
        "<dl class=\"facts\">\n<dt>{}</dt><dd class=\"number\">{}</dd>\n<dt>{}</dt><dd>{}</dd>\n\
         <dt>{}</dt><dd>{}</dd>\n<dt>{}</dt><dd>{}</dd>\n{}</dl>\n",
        &[
            &say.limits,
            &words::limits(words, profile),
            &say.writable,
            &writable,
            &say.network,
            &(say.network_is)(profile.network).unwrap_or(profile.network),
            &say.ends,
            &(say.ends_when)(profile.terms),
            &recorded,
        ],
    )
}
