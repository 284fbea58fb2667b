//! The page that plays a recording. What happens in it is `web/replay.js`.

use super::{Html, brand, page, path, script};
use crate::{language::Words, replay::Entry};

/// Modules that the page needs before it can show anything, entry last.
pub(super) const REPLAY_MODULES: [&str; 15] = [
    path::API_JS,
    path::BASE_JS,
    path::CAST_JS,
    path::FINDER_JS,
    path::OVERLAY_JS,
    path::PALETTE_JS,
    path::PLAYER_JS,
    path::SETTINGS_JS,
    path::STAGE_JS,
    path::STYLE_SHIM_JS,
    path::TIMELINE_JS,
    path::WORDS_JS,
    path::VENDOR_ADDON_FIT_MJS,
    path::VENDOR_ADDON_UNICODE_GRAPHEMES_MJS,
    path::VENDOR_XTERM_MJS,
];

/// The page of one recording.
pub(crate) fn replay(words: &Words, entry: &Entry) -> String {
    let (say, id) = (&words.recordings, entry.id.to_string());
    let preload =
        REPLAY_MODULES.iter().map(|module| Html::fill("<link rel=\"modulepreload\" href=\"{}\">\n", &[module]));
    let styles = Html::fill(
        "<link rel=\"stylesheet\" href=\"{}\">\n<link rel=\"stylesheet\" href=\"{}\">\n\
         <link rel=\"stylesheet\" href=\"{}\">\n",
        &[&path::VENDOR_XTERM_CSS, &path::SESSION_CSS, &path::REPLAY_CSS],
    );
    let head = Html::join([styles, Html::join(preload), script(path::REPLAY_JS)]);
    let body = Html::fill(
        REPLAY_BODY,
        &[
            &id,
            &brand(),
            &entry.user,
            &entry.profile,
            &id,
            &say.search,
            &say.keys,
            &id,
            &say.download,
            &say.title,
            &say.label,
            &say.needs_scripts,
            &say.speed,
            &speeds(),
            &say.pauses,
            &pauses(words),
        ],
    );
    page(words, &(say.one)(&id), &head, "terminal replay", &body)
}

const REPLAY_BODY: &str = "<header class=\"bar\" id=\"toolbar\" data-recording=\"{}\">{}\
    <h1 class=\"where\">{}: {} <code>{}</code></h1><span class=\"spacer\"></span>\
    <button type=\"button\" id=\"find\">{}</button>\
    <button type=\"button\" id=\"keys\" class=\"wide\" aria-haspopup=\"dialog\">{}</button>\
    <a class=\"button wide\" href=\"/api/v1/recordings/{}/cast?download=true\" download>{}</a>\
    <a class=\"button\" href=\"/recordings\">{}</a></header>\n\
    <main id=\"main\"><div id=\"terminal\" class=\"over\" role=\"group\" aria-label=\"{}\" tabindex=\"0\"></div>\n\
    <noscript><p class=\"alert\">{}</p></noscript>\n\
    <form id=\"search\" role=\"search\" hidden></form>\
    <p class=\"alert\" id=\"problem\" role=\"alert\" hidden></p></main>\n\
    <footer class=\"player\">\
    <button type=\"button\" id=\"play\" class=\"primary\" disabled></button>\
    <span id=\"time\" class=\"number\"></span>\
    <span id=\"timeline\"></span>\
    <label class=\"choice\"><span>{}</span> <select id=\"speed\" autocomplete=\"off\">{}</select></label>\
    <label class=\"choice\"><span>{}</span> <select id=\"idle\" autocomplete=\"off\">{}</select></label>\
    <span id=\"about\" class=\"hint\"></span></footer>\n\
    <p id=\"announce\" class=\"visually-hidden\" role=\"status\"></p>\n";

/// How fast it can go: the value is what `web/replay.js` takes.
fn speeds() -> Html {
    Html::join(["0.5", "1", "2", "4", "8", "16"].map(|speed| option(speed, &format!("{speed}×"), speed == "1")))
}

/// How much of a time in which nothing happens is played; the value is in milliseconds, 0 for all of it.
fn pauses(words: &Words) -> Html {
    let say = &words.recordings;
    let bounded = [1, 2, 10].map(|seconds| option(&format!("{seconds}000"), &(say.at_most)(seconds), seconds == 2));
    Html::join(bounded.into_iter().chain([option("0", say.in_full, false)]))
}

fn option(value: &str, text: &str, chosen: bool) -> Html {
    let chosen = Html::fixed(if chosen { " selected" } else { "" });
    Html::fill("<option value=\"{}\"{}>{}</option>", &[&value, &chosen, &text])
}
