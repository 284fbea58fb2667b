//! What has to hold of every language.

use std::collections::BTreeSet;

use super::*;
use crate::{
    auth::{Notice, Stopped},
    session::{BadPath, EndReason, FileError, Refusal, Terms},
};

#[test]
fn tags_lead_back_to_their_language_and_nothing_else_does() {
    for language in Language::ALL {
        assert_eq!(Language::of_tag(language.tag()), Some(language));
        assert_eq!(language.words().language, language);
        assert_eq!(Language::accepted(language.tag()), language);
    }
    for other in ["", "EN", "de-DE", "fr"] {
        assert_eq!(Language::of_tag(other), None);
    }
}

#[test]
fn lengths_of_time_are_told_in_their_two_largest_units() {
    for (seconds, english, german) in [
        (0, "0 s", "0 s"),
        (59, "59 s", "59 s"),
        (60, "1 min", "1 min"),
        (3599, "59 min", "59 min"),
        (3600, "1 h", "1 h"),
        (28_800 - 1, "7 h 59 min", "7 h 59 min"),
        (86_400, "1 d", "1 Tag"),
        (90_000, "1 d 1 h", "1 Tag 1 h"),
        (172_800, "2 d", "2 Tage"),
    ] {
        assert_eq!((Language::English.words().numbers.duration)(seconds), english);
        assert_eq!((Language::German.words().numbers.duration)(seconds), german);
    }
    assert_eq!((Language::German.words().numbers.ago)(172_800), "vor 2 Tagen");
    assert_eq!((Language::German.words().numbers.after)(86_400), "1 Tag");
}

#[test]
fn a_session_that_may_not_be_left_says_so() {
    let told = |language: Language, detached| {
        (language.words().profile.ends_when)(Terms { idle: 900, detached, lifetime: 172_800 })
    };
    assert_eq!(told(Language::English, 0), "after 15 min without typing, at once without a browser, 2 d in all");
    assert_eq!(told(Language::English, 1800), "after 15 min without typing, 30 min without a browser, 2 d in all");
    assert_eq!(told(Language::German, 0), "nach 15 min ohne Eingabe, ohne Browser sofort, spätestens nach 2 Tagen");
    assert_eq!(
        told(Language::German, 1800),
        "nach 15 min ohne Eingabe, nach 30 min ohne Browser, spätestens nach 2 Tagen"
    );
}

#[test]
fn what_one_language_tells_apart_every_other_does() {
    for words in Language::ALL.map(Language::words) {
        let said = Stopped::ALL.map(words.sign_in.stopped);
        assert!(said.iter().all(|one| said.iter().filter(|other| other == &one).count() == 1), "{said:?}");
        let notices = [
            Notice::ExpiresIn { seconds: 60 },
            Notice::GraceLoginsLeft { left: 0 },
            Notice::GraceLoginsLeft { left: 1 },
            Notice::GraceLoginsLeft { left: 2 },
        ]
        .map(words.launcher.password);
        assert!(notices.iter().all(|one| notices.iter().filter(|other| other == &one).count() == 1), "{notices:?}");
    }
}

/// Every fixed text of a language: of the whole table, since what is not written here cannot be forgotten here.
fn texts(language: Language) -> BTreeSet<String> {
    let table = format!("{:?}", language.words());
    let mut texts = BTreeSet::new();
    let mut rest = table.as_str();
    while let Some((_, begun)) = rest.split_once('"') {
        let mut end = 0;
        let mut escaped = false;
        while escaped || !begun[end..].starts_with('"') {
            let next = begun[end..].chars().next().unwrap();
            escaped = next == '\\' && !escaped;
            end += next.len_utf8();
        }
        texts.insert(begun[..end].to_owned());
        rest = &begun[end + 1..];
    }
    texts
}

#[test]
fn no_text_of_one_language_stands_in_the_table_of_another() {
    let (english, german) = (texts(Language::English), texts(Language::German));
    assert!(english.len() > 100, "{english:?}");
    let both: Vec<_> = english.intersection(&german).collect();
    let status = r#"<p class=\"hint\">Status <code>{}</code></p>\n"#;
    assert_eq!(both, [status, "CPU", "Start", "Terminal"]);
}

#[test]
fn what_is_refused_is_told_in_the_readers_language_alone() {
    let files = [
        FileError::NoSuchSession,
        FileError::NotYours,
        FileError::NotRunning,
        FileError::Busy,
        FileError::Crowded,
        FileError::Missing,
        FileError::NoDirectory,
        FileError::Denied,
        FileError::Directory,
        FileError::Special,
        FileError::Exists,
        FileError::TooLarge { size: 2, limit: 1 },
        FileError::NoRoom("x".into()),
        FileError::NoTool("x".into()),
        FileError::Failed("x".into()),
        FileError::Killed,
        FileError::Stalled,
        FileError::Short,
        FileError::Ended(EndReason::Idle),
        FileError::Ending,
    ];
    let refusals = [
        Refusal::NoSuchProfile,
        Refusal::TooManyOfYours(4),
        Refusal::TooFast(7),
        Refusal::HostFull,
        Refusal::NoLog("x".into()),
        Refusal::NotReady("x".into()),
    ];
    let paths = [BadPath::Empty, BadPath::Nul, BadPath::TooLong, BadPath::NoName];
    let said = |words: &Words| -> BTreeSet<String> {
        let files = files.iter().map(words.file);
        files.chain(refusals.iter().map(words.not_started)).chain(paths.into_iter().map(words.path)).collect()
    };
    let (english, german) = (said(Language::English.words()), said(Language::German.words()));
    assert_eq!(english.intersection(&german).count(), 0);
    assert_eq!(english.len(), german.len());
    for text in english.iter().chain(&german) {
        assert!(text.ends_with('.') && !text.contains('"'), "{text}");
    }
}
