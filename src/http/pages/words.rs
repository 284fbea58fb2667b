//! Phrases of more than one page: moments, amounts, limits, states.

use super::{Html, ProfileView};
use crate::language::Words;

/// A moment of the past, in Unix seconds: so long ago, until the page's script puts the browser's own date and time there.
pub(super) fn moment(words: &Words, at: u64, now: u64) -> Html {
    let ago = (words.numbers.ago)(now.saturating_sub(at));
    Html::fill("<span data-at=\"{}\">{}</span>", &[&at.to_string(), &ago])
}

/// Bytes in the unit that config.toml has for them.
pub(super) fn bytes(words: &Words, bytes: u64) -> String {
    const KB: u64 = 1024;
    const MB: u64 = 1024 * KB;
    const GB: u64 = 1024 * MB;
    let (unit, name) = match bytes {
        GB.. => (GB, "GB"),
        MB.. => (MB, "MB"),
        _ => (KB, "KB"),
    };
    format!("{} {name}", tenths(words, bytes, unit))
}

/// `amount` of `unit`, to one place behind the point where there is something.
fn tenths(words: &Words, amount: u64, unit: u64) -> String {
    let tenths = (amount * 10 + unit / 2) / unit;
    match tenths % 10 {
        0 => format!("{}", tenths / 10),
        rest => format!("{}{}{rest}", tenths / 10, words.numbers.point),
    }
}

/// Processor, memory and processes, e.g. `0.5 CPU · 200 MB memory, no swap · 128 processes`.
pub(super) fn limits(words: &Words, profile: &ProfileView) -> String {
    let processors = match profile.millicpus {
        // Thousandths matter below a tenth.
        few @ 0..100 => format!("0{}{few:03}", words.numbers.point).trim_end_matches('0').to_owned(),
        many => tenths(words, many.into(), 1000),
    };
    (words.profile.limits_are)(&processors, profile.millicpus, &bytes(words, profile.memory), profile.pids)
}

/// The class of a state's dot and its words; a state of a newer daemon is shown as it is called.
pub(super) fn state<'s>(words: &Words, state: &'s str) -> (&'static str, &'s str) {
    let dot = match state {
        "starting" | "ending" => "busy",
        "attached" => "good",
        _ => "away",
    };
    (dot, (words.launcher.state)(state).unwrap_or(state))
}

/// The class of the dot of a recording, and its words.
pub(super) fn recording(words: &Words, sealed: bool, running: bool) -> (&'static str, &'static str) {
    let say = &words.recordings;
    match (sealed, running) {
        (true, _) => ("good", say.complete),
        (false, true) => ("busy", say.running),
        (false, false) => ("away", say.broken_off),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{language::Language, session::Terms};

    const ENGLISH: Language = Language::English;
    const GERMAN: Language = Language::German;

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
            assert_eq!(bytes(ENGLISH.words(), size), text);
            assert_eq!(bytes(GERMAN.words(), size), text.replace('.', ","));
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
            recorded: false,
            terms: Terms { idle: 900, detached: 0, lifetime: 28_800 },
        }
    }

    #[test]
    fn limits_are_told_in_words() {
        assert_eq!(limits(ENGLISH.words(), &profile(500)), "0.5 CPU · 200 MB memory, no swap · 128 processes");
        assert_eq!(limits(GERMAN.words(), &profile(500)), "0,5 CPU · 200 MB Speicher, kein Swap · 128 Prozesse");
        assert!(limits(GERMAN.words(), &profile(50)).starts_with("0,05 CPU "));
        for (millicpus, start) in
            [(10, "0.01 CPU "), (50, "0.05 CPU "), (1000, "1 CPU "), (1500, "1.5 CPUs "), (2000, "2 CPUs ")]
        {
            let told = limits(ENGLISH.words(), &profile(millicpus));
            assert!(told.starts_with(start), "{told}");
        }
    }
}
