//! What every page must have, and what must never get into one.

use super::*;
use crate::{auth::OwnerId, http::assets, session::EndReason};

const HOSTILE: &str = "<script>alert(\"x\")</script>' onfocus='y";

fn summary(state: &str) -> Summary {
    Summary {
        id: "abcdefghijkl".parse().unwrap(),
        owner: OwnerId::local("0123456789abcdef"),
        user: HOSTILE.into(),
        profile: HOSTILE.into(),
        state: state.into(),
        created: 1000,
        lifetime_left: 3 * 3600 + 60,
        detached_left: None,
    }
}

fn profile() -> ProfileView {
    ProfileView {
        name: HOSTILE.into(),
        description: HOSTILE.into(),
        memory: 209_715_200,
        millicpus: 500,
        pids: 128,
        writable: vec![(HOSTILE.into(), 50_331_648)],
        network: "none",
        terms: TERMS,
    }
}

const TERMS: Terms = Terms { idle: 900, detached: 900, lifetime: 28_800 };

fn note() -> EndNote {
    EndNote {
        id: "abcdefghijkl".parse().unwrap(),
        owner: OwnerId::local("0123456789abcdef"),
        user: HOSTILE.into(),
        profile: HOSTILE.into(),
        created: 1000,
        ended: 1060,
        reason: EndReason::Exit,
        status: Some(7),
    }
}

/// Every page, filled with the worst that can stand in it.
fn all() -> Vec<String> {
    vec![
        login(&LoginPage::default()),
        login(&LoginPage { next: HOSTILE, user: HOSTILE, message: Some(HOSTILE) }),
        login_refused_plain_http(),
        home(HOSTILE, &[summary(HOSTILE), summary("detached")], &[note()], &[profile(), profile()], 1090),
        home(HOSTILE, &[], &[], &[], 0),
        ended(&note(), 1090),
        help(TERMS),
        terminal("abcdefghijkl".parse().unwrap()),
        error(500, HOSTILE, HOSTILE, Some(HOSTILE)),
        not_found(),
        no_such_session(),
        not_yours(),
        not_ready("7f3a00aa"),
    ]
}

#[test]
fn no_page_lets_through_markup_that_somebody_typed() {
    for page in all() {
        assert!(!page.contains("<script>") && !page.contains("' onfocus"), "{page}");
    }
}

#[test]
fn no_page_has_a_script_or_a_style_in_line_or_an_address_of_another_host() {
    for page in all() {
        assert!(!page.contains("<style") && !page.contains(" style=") && !page.contains(" onclick="), "{page}");
        assert_eq!(page.matches("<script").count(), page.matches("<script type=\"module\" src=\"/_/").count());
        for attribute in ["href=\"", "src=\"", "action=\""] {
            for (at, _) in page.match_indices(attribute) {
                let address = &page[at + attribute.len()..];
                assert!(
                    address.starts_with('#') || (address.starts_with('/') && !address.starts_with("//")),
                    "{}",
                    &address[..20]
                );
            }
        }
    }
}

#[test]
fn every_file_that_a_page_names_is_served() {
    for page in all() {
        for (at, _) in page.match_indices("\"/_/") {
            let path = page[at + 1..].split('"').next().unwrap();
            assert!(assets::find(path).is_some(), "{path}");
        }
    }
}

#[test]
fn every_page_has_a_language_a_title_one_heading_of_the_first_level_and_a_main_part() {
    for page in all() {
        assert!(page.starts_with("<!doctype html>\n<html lang=\"en\">"), "{page}");
        assert!(page.contains(" – Coracle</title>"), "{page}");
        assert_eq!(page.matches("<h1").count(), 1, "{page}");
        assert_eq!(page.matches("<main").count(), 1, "{page}");
    }
}

#[test]
fn a_refused_login_keeps_the_name_and_never_a_password() {
    let page = login(&LoginPage { next: "/s/abcdefghijkl", user: "mira", message: Some(&login_wrong("7f3a")) });
    assert!(page.contains("name=\"user\" type=\"text\" value=\"mira\""), "{page}");
    assert!(page.contains("name=\"next\" value=\"/s/abcdefghijkl\""), "{page}");
    let alert = page.find("role=\"alert\"").unwrap();
    assert!(alert < page.find("<form").unwrap(), "the alert stands above the fields");
    let password = page.split("id=\"password\"").nth(1).unwrap().split('>').next().unwrap();
    assert!(!password.contains("value="), "{password}");
    assert!(password.contains("autofocus"), "typing goes on at the password: {password}");
}

#[test]
fn the_terminal_page_preloads_exactly_the_modules_that_it_imports() {
    let mut reached = Vec::new();
    let mut open = vec![path::SESSION_JS.to_owned()];
    while let Some(module) = open.pop() {
        let source = assets::find(&module).unwrap_or_else(|| panic!("{module} is not served")).source();
        let folder = &module[..=module.rfind('/').unwrap()];
        for line in source.lines().filter(|line| line.starts_with("import ") || line.starts_with("} from '")) {
            let Some(name) = line.split('\'').nth(1) else { continue };
            let imported = format!("{folder}{}", name.trim_start_matches("./"));
            if !reached.contains(&imported) {
                reached.push(imported.clone());
                open.push(imported);
            }
        }
    }
    reached.sort();
    let mut preloaded = terminal::TERMINAL_MODULES.to_vec();
    preloaded.sort_unstable();
    assert_eq!(reached, preloaded);
}

#[test]
fn a_session_that_is_ending_offers_nothing_to_do_with_it() {
    for (state, offers) in [("starting", true), ("attached", true), ("detached", true), ("ending", false)] {
        let page = home("mira", &[summary(state)], &[], &[], 1090);
        assert_eq!(page.contains("href=\"/s/abcdefghijkl\""), offers, "{state}");
        assert_eq!(page.contains("data-end="), offers, "{state}");
    }
}

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
