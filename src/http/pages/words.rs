//! Phrases of more than one page: lengths of time, limits, states, and what follows from the way a session ended.

use super::{Html, ProfileView, Terms};
use crate::session::EndReason;

/// A length of time in its two largest units.
pub(super) fn duration(seconds: u64) -> String {
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

/// A moment of the past, in Unix seconds: so long ago, until the page's script puts the browser's own date and time there.
pub(super) fn moment(at: u64, now: u64) -> Html {
    let ago = format!("{} ago", duration(now.saturating_sub(at)));
    Html::fill("<span data-at=\"{}\">{}</span>", &[&at.to_string(), &ago])
}

/// Bytes in the unit that config.toml has for them.
pub(super) fn bytes(bytes: u64) -> String {
    const KB: u64 = 1024;
    const MB: u64 = 1024 * KB;
    const GB: u64 = 1024 * MB;
    let (unit, name) = match bytes {
        GB.. => (GB, "GB"),
        MB.. => (MB, "MB"),
        _ => (KB, "KB"),
    };
    format!("{} {name}", tenths(bytes, unit))
}

/// `amount` of `unit`, to one place behind the point where there is something.
fn tenths(amount: u64, unit: u64) -> String {
    let tenths = (amount * 10 + unit / 2) / unit;
    match tenths % 10 {
        0 => format!("{}", tenths / 10),
        rest => format!("{}.{rest}", tenths / 10),
    }
}

/// Processor, memory and processes, e.g. `0.5 CPU · 200 MB memory, no swap · 128 processes`.
pub(super) fn limits(profile: &ProfileView) -> String {
    let processors = match profile.millicpus {
        // Thousandths matter below a tenth.
        few @ 0..100 => format!("0.{few:03}").trim_end_matches('0').to_owned(),
        many => tenths(many.into(), 1000),
    };
    let plural = if profile.millicpus > 1000 { "CPUs" } else { "CPU" };
    format!("{processors} {plural} · {} memory, no swap · {} processes", bytes(profile.memory), profile.pids)
}

/// Whether something outside can be reached.
pub(super) fn network(profile: &ProfileView) -> &str {
    match profile.network {
        "none" => "no network",
        "outbound" => "connections to elsewhere, none from there",
        other => other,
    }
}

/// When a session ends by itself: after `idle` and `detached` (in this order, as phrases) and in all.
pub(super) fn ends(terms: Terms) -> String {
    let detached = match terms.detached {
        0 => "at once without a browser".to_owned(),
        seconds => format!("{} without a browser", duration(seconds)),
    };
    format!("after {} without typing, {detached}, {} in all", duration(terms.idle), duration(terms.lifetime))
}

/// The class of a state's dot and its words; a state of a newer daemon is shown as it is called.
pub(super) fn state(state: &str) -> (&'static str, &str) {
    match state {
        "starting" => ("busy", "starting"),
        "attached" => ("good", "open in a browser"),
        "detached" => ("away", "not open anywhere"),
        "ending" => ("busy", "ending"),
        other => ("away", other),
    }
}

/// The class of the dot of a recording, and its words.
pub(super) fn recording(sealed: bool, running: bool) -> (&'static str, &'static str) {
    match (sealed, running) {
        (true, _) => ("good", "complete"),
        (false, true) => ("busy", "still running"),
        (false, false) => ("away", "broken off"),
    }
}

/// What else there is to know, or to do, after a session ended this way.
pub(super) fn advice(reason: EndReason) -> &'static str {
    match reason {
        EndReason::Exit => {
            "That is what exit and Ctrl+D do. A status other than 0 is the last command's; 137 means that it was \
             killed, for example because the memory was full."
        }
        EndReason::Idle => "Only typing counts: a page that is merely open does not keep a session.",
        EndReason::Detached => "A closed tab, a broken network and a sleeping computer all count as no browser.",
        EndReason::Lifetime => "Nothing prolongs that. Copy what must last before the time is up.",
        EndReason::Oom => {
            "A large program belongs beside the shell, not in its place: then only the program is stopped."
        }
        EndReason::Disk => {
            "Everything outside the small places in memory lies on a disk that all sessions share. Nothing of it is kept."
        }
        EndReason::Owner => {
            "That was done in its window, from the start page, or from another browser with your login."
        }
        EndReason::Admin => "Whoever runs this service can tell you why.",
        EndReason::Directory => {
            "It was disabled or removed in the company's directory, or left a group. Whoever looks after the directory \
             can tell you why."
        }
        EndReason::Shutdown => "You can start a new one once it is back.",
        EndReason::Engine => "It was nothing that you typed. If it happens again, tell whoever runs this service.",
        EndReason::Lost => "It was nothing that you typed. You can start a new one.",
        EndReason::StartFailed => "Try once more. If it fails again, tell whoever runs this service.",
        EndReason::ImageMissing => "Only whoever runs this service can put it there.",
        EndReason::HostFull => "Sessions of others have to end first.",
        EndReason::LimitsUnproven => {
            "Coracle starts nothing whose limits the kernel does not confirm. Tell whoever runs this service."
        }
        EndReason::Fault => "Please tell whoever runs this service.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_are_told_in_their_two_largest_units() {
        for (seconds, text) in [
            (0, "0 s"),
            (59, "59 s"),
            (60, "1 min"),
            (3599, "59 min"),
            (3600, "1 h"),
            (28_800 - 1, "7 h 59 min"),
            (86_400, "1 d"),
            (90_000, "1 d 1 h"),
        ] {
            assert_eq!(duration(seconds), text);
        }
    }

    #[test]
    fn sizes_are_told_as_the_configuration_writes_them() {
        for (size, text) in [
            (1024, "1 KB"),
            (65_536, "64 KB"),
            (50_331_648, "48 MB"),
            (209_715_200, "200 MB"),
            (1 << 30, "1 GB"),
            (3 << 29, "1.5 GB"),
        ] {
            assert_eq!(bytes(size), text);
        }
    }

    fn profile(millicpus: u32) -> ProfileView {
        ProfileView {
            name: "shell".into(),
            description: String::new(),
            memory: 209_715_200,
            millicpus,
            pids: 128,
            writable: Vec::new(),
            layer_size: None,
            network: "none",
            terms: Terms { idle: 900, detached: 0, lifetime: 28_800 },
        }
    }

    #[test]
    fn limits_are_told_in_words() {
        assert_eq!(limits(&profile(500)), "0.5 CPU · 200 MB memory, no swap · 128 processes");
        for (millicpus, start) in
            [(10, "0.01 CPU "), (50, "0.05 CPU "), (1000, "1 CPU "), (1500, "1.5 CPUs "), (2000, "2 CPUs ")]
        {
            let told = limits(&profile(millicpus));
            assert!(told.starts_with(start), "{told}");
        }
        assert_eq!(network(&profile(500)), "no network");
    }

    #[test]
    fn a_session_that_may_not_be_left_says_so() {
        assert_eq!(ends(profile(1).terms), "after 15 min without typing, at once without a browser, 8 h in all");
        let terms = Terms { idle: 900, detached: 1800, lifetime: 3600 };
        assert_eq!(ends(terms), "after 15 min without typing, 30 min without a browser, 1 h in all");
    }
}
