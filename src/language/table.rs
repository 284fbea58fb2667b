//! What a language has to say: one field for each sentence, so that none can be missing.
//!
//! A text is escaped where it is put into a page. Fields that are called markup are templates for `Html::fill`: they may have
//! tags in them and gaps `{}`, in the same order in every language. A sentence with values in it is a function.

use super::{Help, Language};
use crate::{
    auth::{Notice, Stopped},
    session::{BadPath, EndReason, FileError, Refusal, Terms},
};

/// Every sentence of one language.
#[cfg_attr(test, derive(Debug))]
pub(crate) struct Words {
    pub(crate) language: Language,
    pub(crate) numbers: Numbers,
    pub(crate) page: Page,
    pub(crate) sign_in: SignIn,
    pub(crate) launcher: Launcher,
    pub(crate) profile: Profile,
    pub(crate) terminal: Terminal,
    pub(crate) ended: Ended,
    pub(crate) recordings: Recordings,
    pub(crate) help: Help,
    pub(crate) refusals: Refusals,
    /// How a session ended. `web/words.*.js` has the same sentences.
    pub(crate) reason: fn(EndReason) -> &'static str,
    /// What else there is to know, or to do, after a session ended this way.
    pub(crate) advice: fn(EndReason) -> &'static str,
    /// Why a session was not started.
    pub(crate) not_started: fn(&Refusal) -> String,
    /// Why a file was not brought in or out.
    pub(crate) file: fn(&FileError) -> String,
    /// Why a path was not taken.
    pub(crate) path: fn(BadPath) -> String,
}

/// A heading, for where it is a page, and one or two sentences with the way out where there is one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Saying {
    pub(crate) title: &'static str,
    pub(crate) text: &'static str,
}

/// What stands between digits, and lengths of time.
#[cfg_attr(test, derive(Debug))]
pub(crate) struct Numbers {
    pub(crate) point: char,
    /// Days, hours, minutes, seconds: of those that are not zero the first two at most. As in “8 h in all”.
    pub(crate) duration: fn(u64) -> String,
    /// The same as in “after 8 h”: some languages bend it there.
    pub(crate) after: fn(u64) -> String,
    /// A moment that was so many seconds ago.
    pub(crate) ago: fn(u64) -> String,
}

/// What stands around the content of every page, and pages that only say something.
#[cfg_attr(test, derive(Debug))]
pub(crate) struct Page {
    pub(crate) skip: &'static str,
    pub(crate) help: &'static str,
    pub(crate) sign_in: &'static str,
    pub(crate) sign_out: &'static str,
    /// Behind an administrator's name.
    pub(crate) admin: &'static str,
    pub(crate) back: &'static str,
    pub(crate) change_password: &'static str,
    /// Markup; a gap for the number.
    pub(crate) status: &'static str,
    /// Markup; gaps for the number and the reference.
    pub(crate) status_reference: &'static str,
    pub(crate) not_found: Saying,
    pub(crate) no_such_session: Saying,
    pub(crate) not_yours: Saying,
    pub(crate) not_ready: Saying,
}

#[cfg_attr(test, derive(Debug))]
pub(crate) struct SignIn {
    pub(crate) title: &'static str,
    pub(crate) user: &'static str,
    pub(crate) password: &'static str,
    pub(crate) submit: &'static str,
    pub(crate) hint: &'static str,
    /// Of a name that does not exist, too.
    pub(crate) wrong: &'static str,
    /// Seconds until the next try counts.
    pub(crate) slow: fn(u64) -> String,
    pub(crate) stopped: fn(Stopped) -> &'static str,
    /// The company's directory does not answer.
    pub(crate) no_directory: &'static str,
    /// Nor does it, but accounts of this service's own work all the same.
    pub(crate) no_directory_but_own: &'static str,
    /// Behind each of those but `slow`.
    pub(crate) reference: fn(&str) -> String,
    pub(crate) plain_http_title: &'static str,
    /// Markup.
    pub(crate) plain_http: &'static str,
}

#[cfg_attr(test, derive(Debug))]
pub(crate) struct Launcher {
    pub(crate) title: &'static str,
    pub(crate) needs_scripts: &'static str,
    pub(crate) password: fn(Notice) -> String,
    pub(crate) own: &'static str,
    pub(crate) own_none: &'static str,
    pub(crate) all: &'static str,
    pub(crate) all_none: &'static str,
    /// Behind a name.
    pub(crate) you: &'static str,
    pub(crate) just_started: &'static str,
    /// Seconds.
    pub(crate) started: fn(u64) -> String,
    /// Seconds.
    pub(crate) ends_unless_opened: fn(u64) -> String,
    /// Seconds.
    pub(crate) left: fn(u64) -> String,
    pub(crate) open: &'static str,
    pub(crate) open_label: fn(&str) -> String,
    pub(crate) watch: &'static str,
    /// A session's id and whose it is.
    pub(crate) watch_label: fn(&str, &str) -> String,
    /// Administrators who look at it, one or more.
    pub(crate) watched_by: fn(&str) -> String,
    pub(crate) end: &'static str,
    pub(crate) end_label: fn(&str) -> String,
    pub(crate) ask_own: &'static str,
    pub(crate) ask_others: fn(&str) -> String,
    pub(crate) deleted: &'static str,
    pub(crate) end_session: &'static str,
    pub(crate) keep: &'static str,
    pub(crate) ended: &'static str,
    pub(crate) more: fn(usize) -> String,
    pub(crate) status: fn(i32) -> String,
    pub(crate) how_ended: fn(&str) -> String,
    pub(crate) profiles: &'static str,
    pub(crate) no_profiles: &'static str,
    pub(crate) lead: &'static str,
    pub(crate) new: &'static str,
    pub(crate) new_label: fn(&str) -> String,
    /// A session's state by its code; `None` for one of a newer daemon.
    pub(crate) state: fn(&str) -> Option<&'static str>,
}

/// What a profile gives.
#[cfg_attr(test, derive(Debug))]
pub(crate) struct Profile {
    pub(crate) limits: &'static str,
    pub(crate) writable: &'static str,
    pub(crate) nothing: &'static str,
    pub(crate) everything_else: &'static str,
    pub(crate) network: &'static str,
    pub(crate) recorded: &'static str,
    pub(crate) what_is_recorded: &'static str,
    pub(crate) ends: &'static str,
    /// How many processors, as a number and in thousandths; memory; processes.
    pub(crate) limits_are: fn(&str, u32, &str, u32) -> String,
    /// By its code; `None` for one that has no words.
    pub(crate) network_is: fn(&str) -> Option<&'static str>,
    pub(crate) ends_when: fn(Terms) -> String,
}

#[cfg_attr(test, derive(Debug))]
pub(crate) struct Terminal {
    pub(crate) title: fn(&str) -> String,
    pub(crate) reader: &'static str,
    pub(crate) session: &'static str,
    /// Stands there while what it shows is recorded.
    pub(crate) recorded: &'static str,
    pub(crate) search: &'static str,
    pub(crate) files: &'static str,
    pub(crate) settings: &'static str,
    pub(crate) help: &'static str,
    pub(crate) start: &'static str,
    pub(crate) end: &'static str,
    pub(crate) label: &'static str,
    pub(crate) needs_scripts: &'static str,
    pub(crate) cpu: &'static str,
    pub(crate) memory: &'static str,
    pub(crate) pids: &'static str,
    /// Markup.
    pub(crate) way_out: &'static str,
}

#[cfg_attr(test, derive(Debug))]
pub(crate) struct Ended {
    pub(crate) title: &'static str,
    pub(crate) session: &'static str,
    pub(crate) profile: &'static str,
    pub(crate) reason: &'static str,
    pub(crate) status: &'static str,
    pub(crate) ended: &'static str,
    pub(crate) lasted: &'static str,
    pub(crate) deleted: &'static str,
    pub(crate) deleted_but_recorded: &'static str,
    pub(crate) hint: &'static str,
}

/// The list of recordings, and the page that plays one.
#[cfg_attr(test, derive(Debug))]
pub(crate) struct Recordings {
    pub(crate) title: &'static str,
    /// To somebody who sees their own, and to an administrator.
    pub(crate) lead: &'static str,
    pub(crate) lead_admin: &'static str,
    pub(crate) none: &'static str,
    pub(crate) start: &'static str,
    pub(crate) replay: &'static str,
    pub(crate) replay_label: fn(&str) -> String,
    /// Its length and its size.
    pub(crate) long: fn(&str, &str) -> String,
    pub(crate) complete: &'static str,
    pub(crate) running: &'static str,
    pub(crate) broken_off: &'static str,
    pub(crate) newer: &'static str,
    pub(crate) older: &'static str,
    pub(crate) more: &'static str,
    /// The first and the last that are shown, and how many there are.
    pub(crate) range: fn(usize, usize, usize) -> String,
    /// Of the page that plays one.
    pub(crate) one: fn(&str) -> String,
    pub(crate) search: &'static str,
    pub(crate) keys: &'static str,
    pub(crate) download: &'static str,
    pub(crate) label: &'static str,
    pub(crate) needs_scripts: &'static str,
    pub(crate) speed: &'static str,
    pub(crate) pauses: &'static str,
    pub(crate) at_most: fn(u64) -> String,
    pub(crate) in_full: &'static str,
}

/// What is said to whom something is refused, on a page or in a problem document.
#[cfg_attr(test, derive(Debug))]
pub(crate) struct Refusals {
    pub(crate) too_large: Saying,
    pub(crate) too_slow: Saying,
    pub(crate) broken_off: Saying,
    pub(crate) wrong_type: Saying,
    pub(crate) malformed: Saying,
    pub(crate) foreign_origin: Saying,
    pub(crate) foreign_name: Saying,
    pub(crate) wrong_method: Saying,
    pub(crate) not_ready: Saying,
    pub(crate) nothing_here: Saying,
    pub(crate) sign_in_first: Saying,
    pub(crate) sign_in_broken: Saying,
    pub(crate) admins_only: Saying,
    pub(crate) not_yours: Saying,
    pub(crate) no_such_session: Saying,
    pub(crate) no_websocket: Saying,
    pub(crate) websocket_version: Saying,
    pub(crate) websocket_key: Saying,
    pub(crate) no_uploads: Saying,
    pub(crate) no_downloads: Saying,
    pub(crate) files_broken: Saying,
    pub(crate) too_many_tickets: Saying,
    pub(crate) no_such_recording: Saying,
    pub(crate) recording_broken: Saying,
    pub(crate) no_time: Saying,
    pub(crate) no_text: Saying,
    pub(crate) too_many_searches: Saying,
    /// One line, to a client of a proxy that has its share of requests and WebSockets.
    pub(crate) crowded: &'static str,
    /// One line, to a client of a proxy that does not say clearly who the client is.
    pub(crate) unclear_proxy: &'static str,
}
