//! What is said in English.

mod files; //   why files were not brought in or out, and sessions not started
mod help; //    the help
mod reasons; // how sessions end

use super::{
    Language, Saying, Words,
    table::{Ended, Launcher, Numbers, Page, Profile, Recordings, Refusals, SignIn, Terminal},
};
use crate::{
    auth::{Notice, Stopped},
    session::Terms,
};

pub(super) static WORDS: Words = Words {
    language: Language::English,
    numbers: Numbers { point: '.', duration, after: duration, ago: |seconds| format!("{} ago", duration(seconds)) },
    page: Page {
        skip: "Skip to content",
        help: "Help",
        sign_in: "Sign in",
        sign_out: "Sign out",
        admin: "admin",
        back: "Back to start",
        change_password: "Change your password",
        status: "<p class=\"hint\">Status <code>{}</code></p>\n",
        status_reference: "<p class=\"hint\">Status <code>{}</code>, reference <code>{}</code></p>\n",
        not_found: say("Nothing here", "This address leads nowhere. It may be mistyped, or from an older version."),
        no_such_session: say(
            "This session is over",
            "There is no session at this address. It has ended, and nothing of it was kept. You can start a new one.",
        ),
        not_yours: say("Not your session", "This session belongs to somebody else, so you cannot open it."),
        not_ready: say(
            "Not ready yet",
            "Coracle is running but cannot serve you yet: its configuration or its container engine is not in order. \
             This page looks again every five seconds. The journal of the service says what is missing.",
        ),
    },
    sign_in: SignIn {
        title: "Sign in",
        user: "User name",
        password: "Password",
        submit: "Sign in",
        hint: "You get a Linux shell of your own. When the session ends, nothing of it is kept.",
        wrong: "That name and password do not go together.",
        slow: |seconds| format!("Too many tries. Try again in {}.", duration(seconds)),
        stopped,
        no_directory: "The company’s directory does not answer, so nobody can sign in at the moment. Try again in a \
                       minute.",
        no_directory_but_own: "The company’s directory does not answer, so only accounts of this service’s own can sign \
                               in, with the right password. If yours is in the directory, try again in a minute.",
        reference: |reference| format!("Reference {reference}."),
        plain_http_title: "No sign-in over plain HTTP",
        plain_http: "<p class=\"alert\">This page came over plain HTTP, so a password typed here could be read on the way. \
         Coracle does not ask for it.</p>\n\
         <p>Ask for the <code>https://</code> address of this service.</p>\n\
         <p class=\"hint\">For the administrator: serve it over HTTPS, with a certificate in <code>server.tls</code> of \
         <code>config.toml</code> or through a proxy, and set <code>server.public_url</code> to that address; a proxy on \
         another machine must be in <code>server.trusted_proxies</code> and say <code>X-Forwarded-Proto: https</code>. On \
         a network where everybody is trusted, <code>server.insecure_http = true</code> allows this form over plain \
         HTTP.</p>\n",
    },
    launcher: Launcher {
        title: "Start",
        needs_scripts: "A terminal needs JavaScript, and so do the buttons on this page.",
        password,
        own: "Your sessions",
        own_none: "Nothing of yours is running.",
        all: "All sessions",
        all_none: "Nobody has a session.",
        you: "(you)",
        just_started: "just started",
        started: |seconds| format!("started {} ago", duration(seconds)),
        ends_unless_opened: |seconds| format!("ends in {} unless it is opened", duration(seconds)),
        left: |seconds| format!("{} left", duration(seconds)),
        open: "Open",
        open_label: |id| format!("Open session {id}"),
        watch: "Watch",
        watch_label: |id, user| format!("Watch session {id} of {user}"),
        watched_by: |names| format!("watched by {names}"),
        end: "End",
        end_label: |id| format!("End session {id}"),
        ask_own: "End this session?",
        ask_others: |user| format!("End the session of {user}?"),
        deleted: "Its shell and everything in it are deleted at once.",
        end_session: "End session",
        keep: "Keep it",
        ended: "Ended in the last 24 hours",
        more: |count| format!("{count} more"),
        status: |status| format!("Exit status {status}."),
        how_ended: |id| format!("How session {id} ended"),
        profiles: "New session",
        no_profiles: "There is no profile that you may use. Ask whoever runs this service for one.",
        lead: "A session is a Linux shell in a container of its own. When it ends, everything in it is deleted.",
        new: "New session",
        new_label: |profile| format!("New session: {profile}"),
        state: |state| {
            Some(match state {
                "starting" => "starting",
                "attached" => "open in a browser",
                "detached" => "not open anywhere",
                "ending" => "ending",
                _ => return None,
            })
        },
    },
    profile: Profile {
        limits: "Limits",
        writable: "Writable",
        nothing: "nothing",
        everything_else: "everything else",
        network: "Network",
        recorded: "Recorded",
        what_is_recorded: "what the screen shows",
        ends: "Ends",
        limits_are: |processors, millicpus, memory, pids| {
            let plural = if millicpus > 1000 { "CPUs" } else { "CPU" };
            format!("{processors} {plural} · {memory} memory, no swap · {pids} processes")
        },
        network_is: |network| {
            Some(match network {
                "none" => "no network",
                "outbound" => "connections to elsewhere, none from there",
                _ => return None,
            })
        },
        ends_when,
    },
    terminal: Terminal {
        title: |id| format!("Session {id}"),
        reader: "Screen reader mode",
        session: "Session",
        recorded: "Recorded",
        search: "Search",
        files: "Files",
        settings: "Settings",
        help: "Help",
        start: "Start",
        end: "End",
        label: "Terminal",
        needs_scripts: "A terminal needs JavaScript.",
        cpu: "CPU",
        memory: "Memory",
        pids: "Processes",
        way_out: "<kbd>Ctrl</kbd> <kbd>Shift</kbd> <kbd>F6</kbd> leaves the terminal, and leads back",
    },
    ended: Ended {
        title: "Session ended",
        session: "Session",
        profile: "Profile",
        reason: "Reason",
        status: "Exit status",
        ended: "Ended",
        lasted: "Lasted",
        deleted: "Everything in it is deleted.",
        deleted_but_recorded: "Everything in it is deleted. What its screen showed is recorded.",
        hint: "If something was wrong with it, give the session's id to whoever runs this service.",
    },
    recordings: Recordings {
        title: "Recordings",
        lead: "What the terminals of your sessions showed. Administrators may see it, too. What was typed is not in it.",
        lead_admin: "What the terminals of all sessions showed. What was typed is not in it. Who looks at one is written \
                     down.",
        none: "There is no recording that you may see.",
        start: "Start",
        replay: "Replay",
        replay_label: |id| format!("Replay recording {id}"),
        long: |length, size| format!("{length} long, {size}"),
        complete: "complete",
        running: "still running",
        broken_off: "broken off",
        newer: "Newer",
        older: "Older",
        more: "More recordings",
        range: |first, last, count| format!("{first} to {last} of {count}"),
        one: |id| format!("Recording {id}"),
        search: "Search",
        keys: "Keys",
        download: "Download",
        label: "What the terminal showed",
        needs_scripts: "A replay needs JavaScript.",
        speed: "Speed",
        pauses: "Pauses",
        at_most: |seconds| format!("{seconds} s at most"),
        in_full: "in full",
    },
    help: help::HELP,
    refusals: Refusals {
        too_large: say("Too much", "More was sent than is ever needed here."),
        too_slow: say("Too slow", "The request did not arrive in time."),
        broken_off: say("Broken off", "The request did not arrive whole."),
        wrong_type: say("Not understood", "The request's Content-Type is not the one wanted here."),
        malformed: say("Not understood", "The request's content makes no sense."),
        foreign_origin: say(
            "Refused",
            "The request did not come from a page of this service. Open its address directly and try again.",
        ),
        foreign_name: say("Wrong address", "This service does not answer under the name that your browser used."),
        wrong_method: say("Not possible", "This address does not work that way."),
        not_ready: say("Not ready yet", "The service is not ready."),
        nothing_here: say("Nothing here", "There is nothing here."),
        sign_in_first: say("Sign in first", "Sign in first."),
        sign_in_broken: say(
            "Sign-in is broken",
            "Signing in does not work at the moment. The journal of the service says why, under this reference.",
        ),
        admins_only: say("Not yours", "Only administrators see the sessions of others."),
        not_yours: say("Not yours", "This session belongs to somebody else."),
        no_such_session: say("This session is over", "There is no session of that id."),
        no_websocket: say("A WebSocket", "This address speaks WebSocket only."),
        websocket_version: say("A WebSocket", "Only version 13 of WebSocket is spoken."),
        websocket_key: say("A WebSocket", "The WebSocket key is malformed."),
        no_uploads: say(
            "Not allowed",
            "Files cannot be brought into sessions here: an administrator has turned that off.",
        ),
        no_downloads: say(
            "Not allowed",
            "Files cannot be taken out of sessions here: an administrator has turned that off.",
        ),
        files_broken: say(
            "It did not work",
            "The container engine did not do it. The journal of the service says why, under this reference.",
        ),
        too_many_tickets: say("Too many tickets", "Too many tickets are unused. Try again in half a minute."),
        no_such_recording: say(
            "No such recording",
            "There is no recording at this address that you may see. Old ones are deleted after a while.",
        ),
        recording_broken: say(
            "It did not work",
            "The recording could not be read. The journal of the service says why, under this reference.",
        ),
        no_time: say("Not understood", "A time in milliseconds is needed."),
        no_text: say("Not understood", "The text to look for is empty or too long."),
        too_many_searches: say("Too busy", "Other recordings are being searched. Try again in a moment."),
        crowded: "Too many requests at once from this address\n",
        unclear_proxy: "The proxy's Forwarded and X-Forwarded headers are malformed or contradict each other. It must \
                        set one kind and clear the other: see trusted_proxies in config.toml.\n",
    },
    reason: reasons::reason,
    advice: reasons::advice,
    not_started: files::not_started,
    file: files::file,
    path: files::path,
};

const fn say(title: &'static str, text: &'static str) -> Saying {
    Saying { title, text }
}

fn duration(seconds: u64) -> String {
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, m) => format!("{m} min"),
        (0, h, 0) => format!("{h} h"),
        (0, h, m) => format!("{h} h {m} min"),
        (d, 0, _) => format!("{d} d"),
        (d, h, _) => format!("{d} d {h} h"),
    }
}

fn stopped(state: Stopped) -> &'static str {
    match state {
        Stopped::PasswordExpired => {
            "Your password has expired. Change it where you do that otherwise, then sign in here."
        }
        Stopped::MustChange => "You must change your password before you can sign in here.",
        Stopped::Disabled => "Your account is disabled. Whoever looks after accounts where you work can tell you why.",
        Stopped::AccountExpired => {
            "Your account has expired. Whoever looks after accounts where you work can prolong it."
        }
        Stopped::NotNow => "Your account may not be used at this hour, or not from here.",
        Stopped::NotAllowed => "Your account may not use this service. Ask whoever runs it to let you in.",
    }
}

fn password(notice: Notice) -> String {
    match notice {
        Notice::ExpiresIn { seconds } => format!("Your password expires in {}.", duration(seconds)),
        Notice::GraceLoginsLeft { left: 0 } => {
            "Your password has expired, and this was the last time that you could sign in with it.".to_owned()
        }
        Notice::GraceLoginsLeft { left } => {
            let times = if left == 1 { "once".to_owned() } else { format!("{left} times") };
            format!("Your password has expired. You can sign in with it {times} more.")
        }
    }
}

fn ends_when(Terms { idle, detached, lifetime }: Terms) -> String {
    let detached = match detached {
        0 => "at once without a browser".to_owned(),
        seconds => format!("{} without a browser", duration(seconds)),
    };
    format!("after {} without typing, {detached}, {} in all", duration(idle), duration(lifetime))
}
