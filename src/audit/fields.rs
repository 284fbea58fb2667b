//! An event as a journal entry: a MESSAGE for people, `CORACLE_*` fields for programs. No I/O.

use super::{Event, ids};
use crate::{config::StateKey, session::SessionId};

const MAX_VALUE: usize = 64 * 1024; // bytes of one field
const MAX_PATH: usize = 512; // characters of a path
const NOTICE: &str = "5"; // syslog's priorities
const WARNING: &str = "4";
const AUTHPRIV: &str = "10"; // syslog's facility

/// A journal entry: names and values. Names are ours, values may be anybody's.
pub(super) type Entry = Vec<(&'static str, String)>;

/// Everything that an entry says about `event`. `key` hashes names that no account has.
pub(super) fn entry(event: &Event<'_>, key: &StateKey) -> Entry {
    let (id, name, priority) = kind(event);
    let (message, facts) = describe(event, key);
    let mut entry: Entry = vec![
        ("MESSAGE", one_line(&message)),
        ("MESSAGE_ID", id.into()),
        ("PRIORITY", priority.into()),
        ("SYSLOG_IDENTIFIER", "coracle".into()),
        ("SYSLOG_FACILITY", AUTHPRIV.into()),
        ("CORACLE_EVENT", name.into()),
    ];
    entry.extend(facts);
    for (_, value) in &mut entry {
        bound(value);
    }
    entry
}

fn kind(event: &Event<'_>) -> (&'static str, &'static str, &'static str) {
    match event {
        Event::Login { .. } => (ids::LOGIN, "login", NOTICE),
        Event::LoginRefused { .. } => (ids::LOGIN_REFUSED, "login-refused", WARNING),
        Event::LoginNotice { .. } => (ids::LOGIN_NOTICE, "login-notice", NOTICE),
        Event::Logout { .. } => (ids::LOGOUT, "logout", NOTICE),
        Event::LoginOver { .. } => (ids::LOGIN_OVER, "login-over", NOTICE),
        Event::AccessWithdrawn { .. } => (ids::ACCESS_WITHDRAWN, "access-withdrawn", WARNING),
        Event::DirectorySilent { .. } => (ids::DIRECTORY_SILENT, "directory-silent", WARNING),
        Event::DirectoryBack => (ids::DIRECTORY_BACK, "directory-back", NOTICE),
        Event::SessionStart { .. } => (ids::SESSION_START, "session-start", NOTICE),
        Event::SessionAdopted { .. } => (ids::SESSION_ADOPTED, "session-adopted", NOTICE),
        Event::Attach { .. } => (ids::ATTACH, "attach", NOTICE),
        Event::Detach { .. } => (ids::DETACH, "detach", NOTICE),
        Event::Watch { .. } => (ids::WATCH, "watch", NOTICE),
        Event::WatchEnd { .. } => (ids::WATCH_END, "watch-end", NOTICE),
        Event::IdleWarning { .. } => (ids::IDLE_WARNING, "idle-warning", NOTICE),
        Event::SessionOom { .. } => (ids::SESSION_OOM, "session-oom", WARNING),
        Event::SessionEnd { .. } => (ids::SESSION_END, "session-end", NOTICE),
        Event::RecordingHead { .. } => (ids::RECORDING_HEAD, "recording-head", NOTICE),
        Event::RecordingStopped { .. } => (ids::RECORDING_STOPPED, "recording-stopped", WARNING),
        Event::RecordingRemoved { .. } => (ids::RECORDING_REMOVED, "recording-removed", NOTICE),
        Event::File { .. } => (ids::FILE, "file", NOTICE),
        Event::RecordingViewed { .. } => (ids::RECORDING_VIEWED, "recording-viewed", NOTICE),
        Event::ConfigLoaded { .. } => (ids::CONFIG_LOADED, "config-loaded", NOTICE),
        Event::ConfigRefused { .. } => (ids::CONFIG_REFUSED, "config-refused", WARNING),
        Event::Refused { .. } => (ids::REFUSED, "refused", WARNING),
    }
}

fn describe(event: &Event<'_>, key: &StateKey) -> (String, Entry) {
    match event {
        Event::Login { user, owner, peer } => (
            format!("login: {user} from {peer}"),
            fields([("CORACLE_USER", user), ("CORACLE_OWNER", &owner.to_string()), ("CORACLE_PEER", peer)]),
        ),
        Event::LoginRefused { typed, known, peer, reason, reference } => {
            // People type passwords where the name belongs: only names that exist are written down.
            let hash = crate::sys::hex(&key.mac(typed.as_bytes())[..8]);
            let (field, shown) = if *known { ("CORACLE_USER", *typed) } else { ("CORACLE_NAME_HASH", hash.as_str()) };
            let who = if *known { typed.to_string() } else { format!("a name that no account has (hash {hash})") };
            (
                format!("login refused: {who} from {peer}: {reason} (reference {reference})"),
                fields([
                    (field, shown),
                    ("CORACLE_PEER", peer),
                    ("CORACLE_REASON", reason),
                    ("CORACLE_REF", reference),
                ]),
            )
        }
        Event::LoginNotice { user, peer, notice } => (
            format!("login of {user} from {peer}: {notice}"),
            fields([("CORACLE_USER", user), ("CORACLE_PEER", peer), ("CORACLE_REASON", notice)]),
        ),
        Event::Logout { user, peer } => {
            (format!("logout: {user} from {peer}"), fields([("CORACLE_USER", user), ("CORACLE_PEER", peer)]))
        }
        Event::LoginOver { user, peer, why } => (
            format!("login over: {user} from {peer}: {why}"),
            fields([("CORACLE_USER", user), ("CORACLE_PEER", peer), ("CORACLE_REASON", why)]),
        ),
        Event::AccessWithdrawn { user, owner, reason, sessions, seconds } => (
            format!("access withdrawn: {user}: {reason}; sessions that end in {seconds} s: {sessions}"),
            fields([
                ("CORACLE_USER", user),
                ("CORACLE_OWNER", &owner.to_string()),
                ("CORACLE_REASON", reason),
                ("CORACLE_COUNT", &sessions.to_string()),
                ("CORACLE_SECONDS", &seconds.to_string()),
            ]),
        ),
        Event::DirectorySilent { why, count } => (
            format!("the directory cannot be asked: {why}"),
            fields([("CORACLE_REASON", why), ("CORACLE_COUNT", &count.to_string())]),
        ),
        Event::DirectoryBack => ("the directory answers again".to_owned(), Entry::new()),
        Event::SessionStart { id, user, profile, image, facts } => (
            format!("session {id}: starts for {user}, profile {profile}, image {image}"),
            fields([
                ("CORACLE_SESSION", id.as_str()),
                ("CORACLE_USER", user),
                ("CORACLE_PROFILE", profile),
                ("CORACLE_IMAGE", image),
                ("CORACLE_FACTS", facts),
            ]),
        ),
        Event::SessionAdopted { id, user, profile } => (
            format!("session {id}: goes on for {user}, profile {profile}"),
            fields([("CORACLE_SESSION", id.as_str()), ("CORACLE_USER", user), ("CORACLE_PROFILE", profile)]),
        ),
        Event::Attach { id, user, peer } => (
            format!("session {id}: {user} attached from {peer}"),
            fields([("CORACLE_SESSION", id.as_str()), ("CORACLE_USER", user), ("CORACLE_PEER", peer)]),
        ),
        Event::Detach { id, user, peer } => (
            format!("session {id}: {user} detached from {peer}"),
            fields([("CORACLE_SESSION", id.as_str()), ("CORACLE_USER", user), ("CORACLE_PEER", peer)]),
        ),
        Event::Watch { id, user, by, peer } => {
            (format!("session {id}: {by} watches {user} from {peer}"), watch(id, user, by, peer))
        }
        Event::WatchEnd { id, user, by, peer } => {
            (format!("session {id}: {by} watches {user} no more, from {peer}"), watch(id, user, by, peer))
        }
        Event::IdleWarning { id, user, peer, seconds } => (
            format!("session {id}: idle; it ends in {seconds} s unless {user} types something"),
            fields([
                ("CORACLE_SESSION", id.as_str()),
                ("CORACLE_USER", user),
                ("CORACLE_PEER", peer),
                ("CORACLE_SECONDS", &seconds.to_string()),
            ]),
        ),
        Event::SessionOom { id, user, profile, killed } => (
            format!("session {id}: out of memory for {user}, profile {profile}: killed={killed}, the shell goes on"),
            fields([
                ("CORACLE_SESSION", id.as_str()),
                ("CORACLE_USER", user),
                ("CORACLE_PROFILE", profile),
                ("CORACLE_COUNT", &killed.to_string()),
            ]),
        ),
        Event::SessionEnd { id, user, profile, reason, status, by, detail, used, recording } => {
            let mut said = format!("session {id}: ended for {user}: {reason}");
            let mut list = fields([
                ("CORACLE_SESSION", id.as_str()),
                ("CORACLE_USER", user),
                ("CORACLE_PROFILE", profile),
                ("CORACLE_REASON", reason.code()),
                ("CORACLE_BY", by),
                ("CORACLE_DETAIL", detail),
            ]);
            if let Some(status) = status {
                said.push_str(&format!(", status {status}"));
                list.push(("CORACLE_STATUS", status.to_string()));
            }
            for (name, value) in [
                ("CORACLE_CPU_USEC", used.cpu_micros),
                ("CORACLE_MEMORY_PEAK", used.memory_peak),
                ("CORACLE_OUTPUT_BYTES", used.output),
            ] {
                list.extend(value.map(|value| (name, value.to_string())));
            }
            list.extend(recording.map(|head| ("CORACLE_RECORDING", head.to_owned())));
            if !by.is_empty() {
                said.push_str(&format!(", by {by}"));
            }
            if !detail.is_empty() {
                said.push_str(&format!(": {detail}"));
            }
            (said, list)
        }
        Event::RecordingHead { id, user, head, cast, output } => (
            format!("session {id}: recorded for {user} up to {cast} bytes, hash {head}"),
            fields([
                ("CORACLE_SESSION", id.as_str()),
                ("CORACLE_USER", user),
                ("CORACLE_RECORDING", head),
                ("CORACLE_BYTES", &cast.to_string()),
                ("CORACLE_OUTPUT_BYTES", &output.to_string()),
            ]),
        ),
        Event::RecordingStopped { id, user, profile, why } => (
            format!("session {id}: not recorded for {user}, profile {profile}: {why}"),
            fields([
                ("CORACLE_SESSION", id.as_str()),
                ("CORACLE_USER", user),
                ("CORACLE_PROFILE", profile),
                ("CORACLE_REASON", why),
            ]),
        ),
        Event::RecordingRemoved { id, why, bytes } => (
            format!("session {id}: its recording of {bytes} bytes is removed: recording.{why}"),
            fields([("CORACLE_SESSION", id.as_str()), ("CORACLE_REASON", why), ("CORACLE_BYTES", &bytes.to_string())]),
        ),
        Event::File { id, user, peer, direction, path, bytes, outcome } => {
            let path = shortened(&one_line(path));
            (
                format!("session {id}: file {direction} for {user} from {peer}: {path}, {bytes} bytes, {outcome}"),
                fields([
                    ("CORACLE_SESSION", id.as_str()),
                    ("CORACLE_USER", user),
                    ("CORACLE_PEER", peer),
                    ("CORACLE_DIRECTION", direction),
                    ("CORACLE_PATH", &path),
                    ("CORACLE_BYTES", &bytes.to_string()),
                    ("CORACLE_REASON", outcome),
                ]),
            )
        }
        Event::RecordingViewed { id, user, of, owner, peer } => (
            format!("session {id}: recording of {of} viewed by {user} from {peer}"),
            fields([
                ("CORACLE_SESSION", id.as_str()),
                ("CORACLE_USER", user),
                ("CORACLE_OF", of),
                ("CORACLE_OWNER", &owner.to_string()),
                ("CORACLE_PEER", peer),
            ]),
        ),
        Event::ConfigLoaded { file, hash } => (
            format!("configuration {file} in force, hash {hash}"),
            fields([("CORACLE_FILE", file), ("CORACLE_CONFIG", hash)]),
        ),
        Event::ConfigRefused { file, why, reference } => (
            format!("configuration {file} refused: {why} (reference {reference})"),
            fields([("CORACLE_FILE", file), ("CORACLE_REASON", why), ("CORACLE_REF", reference)]),
        ),
        Event::Refused { count, peer, what } => (
            format!("refused={count} peer={peer}: {what}"),
            fields([("CORACLE_COUNT", &count.to_string()), ("CORACLE_PEER", peer), ("CORACLE_REASON", what)]),
        ),
    }
}

fn watch(id: &SessionId, user: &str, by: &str, peer: &str) -> Entry {
    fields([("CORACLE_SESSION", id.as_str()), ("CORACLE_USER", user), ("CORACLE_BY", by), ("CORACLE_PEER", peer)])
}

/// The fields with their values; empty ones say nothing and are left out.
fn fields<const N: usize>(list: [(&'static str, &str); N]) -> Entry {
    list.into_iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| (name, value.into())).collect()
}

/// Control characters become visible: the line goes to terminals.
fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() { line.extend(c.escape_default()) } else { line.push(c) }
    }
    line
}

/// A path that somebody gave.
fn shortened(path: &str) -> String {
    match path.char_indices().nth(MAX_PATH) {
        Some((at, _)) => format!("{}…", &path[..at]),
        None => path.to_owned(),
    }
}

/// Cuts at a character, so that no record is without end.
fn bound(value: &mut String) {
    if value.len() > MAX_VALUE {
        let cut = (0..=MAX_VALUE - 3).rev().find(|n| value.is_char_boundary(*n)).unwrap_or(0);
        value.truncate(cut);
        value.push('…');
    }
}
