//! The page that plays a recording. What happens in it is `web/replay.js`.

use super::{Html, brand, page, path, script};
use crate::replay::Entry;

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
pub(crate) fn replay(entry: &Entry) -> String {
    let id = entry.id.to_string();
    let preload =
        REPLAY_MODULES.iter().map(|module| Html::fill("<link rel=\"modulepreload\" href=\"{}\">\n", &[module]));
    let styles = Html::fill(
        "<link rel=\"stylesheet\" href=\"{}\">\n<link rel=\"stylesheet\" href=\"{}\">\n\
         <link rel=\"stylesheet\" href=\"{}\">\n",
        &[&path::VENDOR_XTERM_CSS, &path::SESSION_CSS, &path::REPLAY_CSS],
    );
    let head = Html::join([styles, Html::join(preload), script(path::REPLAY_JS)]);
    let body = Html::fill(REPLAY_BODY, &[&id, &brand(), &entry.user, &entry.profile, &id, &id, &speeds(), &idles()]);
    page(&format!("Recording {id}"), &head, "terminal replay", &body)
}

const REPLAY_BODY: &str = "<header class=\"bar\" id=\"toolbar\" data-recording=\"{}\">{}\
    <h1 class=\"where\">{}: {} <code>{}</code></h1><span class=\"spacer\"></span>\
    <button type=\"button\" id=\"find\">Search</button>\
    <button type=\"button\" id=\"keys\" aria-haspopup=\"dialog\">Keys</button>\
    <a class=\"button wide\" href=\"/api/v1/recordings/{}/cast?download=true\" download>Download</a>\
    <a class=\"button\" href=\"/recordings\">Recordings</a></header>\n\
    <main id=\"main\"><div id=\"terminal\" class=\"over\" role=\"group\" aria-label=\"What the terminal showed\" tabindex=\"0\"></div>\n\
    <noscript><p class=\"alert\">A replay needs JavaScript.</p></noscript>\n\
    <form id=\"search\" role=\"search\" hidden></form>\
    <p class=\"alert\" id=\"problem\" role=\"alert\" hidden></p></main>\n\
    <footer class=\"player\">\
    <button type=\"button\" id=\"play\" class=\"primary\" disabled></button>\
    <span id=\"time\" class=\"number\"></span>\
    <span id=\"timeline\"></span>\
    <label class=\"choice\"><span>Speed</span> <select id=\"speed\" autocomplete=\"off\">{}</select></label>\
    <label class=\"choice\"><span>Pauses</span> <select id=\"idle\" autocomplete=\"off\">{}</select></label>\
    <span id=\"about\" class=\"hint\"></span></footer>\n\
    <p id=\"announce\" class=\"visually-hidden\" role=\"status\"></p>\n";

/// How fast it can go: the value is what `web/replay.js` takes.
fn speeds() -> Html {
    Html::join(["0.5", "1", "2", "4", "8", "16"].map(|speed| {
        let chosen = Html::fixed(if speed == "1" { " selected" } else { "" });
        Html::fill("<option value=\"{}\"{}>{}×</option>", &[&speed, &chosen, &speed])
    }))
}

/// How much of the time in which nothing happened is played, in milliseconds; 0 for all of it.
fn idles() -> Html {
    Html::fixed(
        "<option value=\"1000\">1 s at most</option><option value=\"2000\" selected>2 s at most</option>\
         <option value=\"10000\">10 s at most</option><option value=\"0\">in full</option>",
    )
}
