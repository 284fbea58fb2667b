//! The same pages in every language: nothing is left in another one, and nothing but the words differs.

use std::collections::BTreeSet;

use super::*;

/// What is the same in both: names, units, and words that the languages share.
const SHARED: [&str; 12] = ["1 min", "C", "CPU", "Coracle", "D", "F", "F6", "Start", "Status", "Terminal", "V", "W"];

/// Attributes that people read or hear.
const SPOKEN: [&str; 3] = ["aria-label=\"", "title=\"", "alt=\""];

/// What people read of a page: its text between tags but for code, and the spoken attributes.
fn read(page: &str) -> Vec<String> {
    let mut texts = Vec::new();
    let mut code = false;
    for piece in page.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').unwrap_or((piece, ""));
        code = tag.starts_with("code") || (code && !tag.starts_with("/code"));
        for attribute in SPOKEN {
            texts.extend(tag.split_once(attribute).and_then(|(_, rest)| Some(rest.split_once('"')?.0.to_owned())));
        }
        if !code {
            texts.push(text.split_whitespace().collect::<Vec<_>>().join(" "));
        }
    }
    texts.retain(|text| text.contains(char::is_alphabetic));
    texts
}

/// A page with every text that people read taken out.
fn bones(page: &str) -> Vec<String> {
    let tags = page.split('<').skip(1).map(|piece| piece.split_once('>').unwrap_or((piece, "")).0);
    tags.map(|tag| {
        let mut tag = tag.to_owned();
        for attribute in SPOKEN.into_iter().chain(["lang=\"", "src=\""]) {
            if let Some((before, after)) = tag.clone().split_once(attribute) {
                tag = format!("{before}{}", after.split_once('"').map_or("", |(_, rest)| rest));
            }
        }
        tag
    })
    .collect()
}

/// Data and not words: what the tests put into the pages.
fn is_data(text: &str) -> bool {
    let hostile = Html::fill("{}", &[&HOSTILE]).into_string();
    let rest = text.replace(&hostile, "").replace("abcdefghijkl", "").replace("48 MB", "");
    !rest.contains(char::is_alphabetic)
}

fn texts_of(language: Language) -> BTreeSet<String> {
    all_in(language.words())
        .iter()
        .flat_map(|page| read(page))
        .map(|text| text.trim_end_matches(" – Coracle").to_owned())
        .filter(|text| !is_data(text))
        .collect()
}

#[test]
fn what_is_read_of_a_page_is_its_text_and_what_is_spoken_and_no_code() {
    let page = "<p title=\"Say\">Some\n text <code>not this</code> and<b aria-label=\"that\">1</b></p>";
    assert_eq!(read(page), ["Say", "Some text", "and", "that"]);
    assert_eq!(bones(page), ["p ", "code", "/code", "b ", "/b", "/p"]);
}

#[test]
fn no_page_has_a_text_of_another_language() {
    let (english, german) = (texts_of(Language::English), texts_of(Language::German));
    assert!(english.len() > 150, "{} texts", english.len());
    let both: Vec<_> = english.intersection(&german).collect();
    assert_eq!(both, SHARED.iter().collect::<Vec<_>>());
}

#[test]
fn the_pages_of_one_language_are_built_as_those_of_another() {
    for (english, german) in all_in(Language::English.words()).iter().zip(all_in(Language::German.words())) {
        assert_eq!(bones(english), bones(&german));
    }
}

#[test]
fn a_page_names_its_language_and_loads_the_words_of_no_other() {
    for (language, script, other) in [
        (Language::English, path::WORDS_EN_JS, path::WORDS_DE_JS),
        (Language::German, path::WORDS_DE_JS, path::WORDS_EN_JS),
    ] {
        for page in all_in(language.words()) {
            assert!(page.contains(&format!("<html lang=\"{}\">", language.tag())), "{page}");
            let words = page.find(script).unwrap();
            assert!(
                page.match_indices("type=\"module\"").all(|(at, _)| at + 40 > words),
                "they come before all scripts"
            );
            assert!(!page.contains(other), "{page}");
        }
    }
}

#[test]
fn the_scripts_tell_how_a_session_ended_in_the_words_of_the_pages() {
    for (language, source) in [
        (Language::English, include_str!("../../../../web/words.en.js")),
        (Language::German, include_str!("../../../../web/words.de.js")),
    ] {
        for reason in EndReason::ALL {
            let told = format!("{}: '{}'", reason.code(), (language.words().reason)(reason).replace('\'', "\\'"));
            let quoted = told.replacen(reason.code(), &format!("'{}'", reason.code()), 1);
            assert!(source.contains(&told) || source.contains(&quoted), "{told}");
        }
    }
}
