//! What a profile gives, as a list of facts: on its card and in the help.

use super::{Html, ProfileView, words};

/// Limits, writable places, network, and when its sessions end.
pub(super) fn facts(profile: &ProfileView) -> Html {
    let places = profile
        .writable
        .iter()
        .map(|(path, size)| Html::fill("<li><code>{}</code> {}</li>\n", &[path, &words::bytes(*size)]));
    let rest = profile.layer_size.map(|size| Html::fill("<li>everything else {}</li>\n", &[&words::bytes(size)]));
    let writable = match profile.writable.is_empty() && rest.is_none() {
        true => Html::fixed("nothing"),
        false => Html::fill("<ul class=\"inline\">\n{}</ul>", &[&Html::join(places.chain(rest))]),
    };
    let recorded = match profile.recorded {
        true => Html::fixed("<dt>Recorded</dt><dd>what the screen shows</dd>\n"),
        false => Html::default(),
    };
    Html::fill(
        "<dl class=\"facts\">\n<dt>Limits</dt><dd class=\"number\">{}</dd>\n<dt>Writable</dt><dd>{}</dd>\n\
         <dt>Network</dt><dd>{}</dd>\n<dt>Ends</dt><dd>{}</dd>\n{}</dl>\n",
        &[&words::limits(profile), &writable, &words::network(profile), &words::ends(profile.terms), &recorded],
    )
}
