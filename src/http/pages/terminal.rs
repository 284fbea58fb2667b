//! The terminal's page. What happens in it is `web/session.js`.

use super::{Html, brand, page, path, script};
use crate::{language::Words, session::SessionId};

/// Modules that the terminal page needs before it can show a prompt, entry last.
pub(super) const TERMINAL_MODULES: [&str; 29] = [
    path::ACK_JS,
    path::API_JS,
    path::AWAY_JS,
    path::BASE_JS,
    path::BELL_JS,
    path::CLIPBOARD_JS,
    path::CONNECTION_JS,
    path::DROP_JS,
    path::EXTRAKEYS_JS,
    path::FOOTER_JS,
    path::INPUT_JS,
    path::KEYS_JS,
    path::LINKS_JS,
    path::NOTICES_JS,
    path::OUTCOME_JS,
    path::OVERLAY_JS,
    path::PALETTE_JS,
    path::PROTOCOL_JS,
    path::SETTINGS_JS,
    path::STEPS_JS,
    path::STYLE_SHIM_JS,
    path::TERMINAL_JS,
    path::TOUCH_JS,
    path::WATCHED_JS,
    path::WORDS_JS,
    path::VENDOR_ADDON_FIT_MJS,
    path::VENDOR_ADDON_UNICODE_GRAPHEMES_MJS,
    path::VENDOR_ADDON_WEB_LINKS_MJS,
    path::VENDOR_XTERM_MJS,
];

/// Whose session is shown, to whom.
pub(crate) enum Sight<'a> {
    /// One's own. `files`: bytes of the largest file that may go in and out, 0 for none.
    Own { files: [u64; 2] },
    /// That of `user`, to an administrator who looks.
    Watched { user: &'a str },
}

/// The terminal's page.
pub(crate) fn terminal(words: &Words, id: SessionId, sight: &Sight<'_>) -> String {
    let id = id.to_string();
    let (limits, acts) = match sight {
        Sight::Own { files: [upload, download] } => {
            let limits = [upload.to_string(), download.to_string()];
            let limits = Html::fill("data-upload-limit=\"{}\" data-download-limit=\"{}\"", &[&limits[0], &limits[1]]);
            (limits, Html::default())
        }
        Sight::Watched { user } => (Html::fill("data-watched=\"{}\"", &[user]), Html::fixed(" hidden")),
    };
    let preload =
        TERMINAL_MODULES.iter().map(|module| Html::fill("<link rel=\"modulepreload\" href=\"{}\">\n", &[module]));
    let styles = Html::fill(
        "<link rel=\"stylesheet\" href=\"{}\">\n<link rel=\"stylesheet\" href=\"{}\">\n",
        &[&path::VENDOR_XTERM_CSS, &path::SESSION_CSS],
    );
    let head = Html::join([styles, Html::join(preload), script(path::SESSION_JS)]);
    let say = &words.terminal;
    let body = Html::fill(
        TERMINAL_BODY,
        &[
            &id,
            &limits,
            &say.reader,
            &brand(),
            &say.session,
            &id,
            &say.recorded,
            &say.search,
            &acts,
            &say.files,
            &say.settings,
            &say.help,
            &say.start,
            &acts,
            &say.end,
            &say.label,
            &say.needs_scripts,
            &gauge("cpu", say.cpu),
            &gauge("memory", say.memory),
            &gauge("pids", say.pids),
            &Html::fixed(say.way_out),
        ],
    );
    page(words, &(say.title)(&id), &head, "terminal", &body)
}

const TERMINAL_BODY: &str = "<header class=\"bar\" id=\"toolbar\" data-session=\"{}\" \
    {}>\
    <button type=\"button\" class=\"skip\" id=\"reader\">{}</button>{}\
    <h1 class=\"where\"><span id=\"profile\">{}</span> <code>{}</code></h1>\
    <strong id=\"recorded\" class=\"tag\" hidden>{}</strong><span id=\"watched\" class=\"tag\" hidden></span>\
    <span class=\"spacer\"></span>\
    <button type=\"button\" id=\"find\" aria-keyshortcuts=\"Control+Shift+F\">{}</button>\
    <button type=\"button\" id=\"files\" aria-haspopup=\"dialog\"{}>{}</button>\
    <button type=\"button\" id=\"settings\">{}</button>\
    <a class=\"button wide\" href=\"/help\" target=\"_blank\" rel=\"noopener\">{}</a>\
    <a class=\"button wide\" href=\"/\">{}</a>\
    <button type=\"button\" class=\"danger\" id=\"end\" disabled{}>{}</button></header>\n\
    <main id=\"main\"><div id=\"terminal\" class=\"away\" role=\"group\" aria-label=\"{}\" \
    aria-describedby=\"way-out\"></div>\n\
    <noscript><p class=\"alert\">{}</p></noscript>\n\
    <section id=\"starting\" aria-labelledby=\"starting-title\" hidden><h2 id=\"starting-title\"></h2>\
    <ol id=\"steps\"></ol><p id=\"elapsed\" class=\"hint\"></p></section>\n\
    <p id=\"link-target\" hidden></p><div id=\"strips\"></div></main>\n\
    <section id=\"extra-keys\" hidden></section>\n\
    <footer class=\"foot\"><span class=\"link-state\"><span class=\"dot busy\" id=\"link-dot\"></span>\
    <span id=\"link-word\"></span> <span id=\"rtt\" class=\"number\"></span></span>\
    <span id=\"queued\" class=\"number\"></span><span id=\"time-left\" class=\"number\"></span>\
    <span id=\"usage\" class=\"stale\" hidden>{}{}{}</span><span class=\"spacer\"></span>\
    <button type=\"button\" id=\"facts\" aria-haspopup=\"dialog\" hidden></button>\
    <span id=\"size\" class=\"number\"></span>\
    <span id=\"way-out\" class=\"keys\">{}</span>\
    </footer>\n\
    <p id=\"announce\" class=\"visually-hidden\" role=\"status\"></p>\n";

/// What is used of one resource: its name, a meter where there is a limit, and the numbers.
fn gauge(id: &str, name: &str) -> Html {
    Html::fill(
        "<span class=\"gauge\"><span id=\"{}-name\">{}</span> \
         <meter id=\"{}-meter\" aria-labelledby=\"{}-name {}-text\" hidden></meter> \
         <span id=\"{}-text\" class=\"number\"></span></span>",
        &[&id, &name, &id, &id, &id, &id],
    )
}
