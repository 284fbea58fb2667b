//! What every page must have, and what must never get into one.

use super::*;
use crate::{
    auth::{Notice, OwnerId, Stopped},
    http::{assets, base, recordings::Listed, response},
    replay::Entry,
    session::{EndReason, Refusal},
};

mod languages;

/// The language of the tests that look for sentences.
fn english() -> &'static Words {
    Language::English.words()
}

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
        watched_by: Vec::new(),
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
        layer_size: None,
        network: "none",
        recorded: true,
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
        recorded: false,
    }
}

fn listed() -> Listed {
    let entry = Entry {
        id: "abcdefghijkl".parse().unwrap(),
        owner: OwnerId::local("0123456789abcdef"),
        user: HOSTILE.into(),
        profile: HOSTILE.into(),
        started: 1000,
        bytes: 3 << 20,
        duration: 61_000,
        sealed: false,
        reason: None,
        status: None,
    };
    Listed { entry, running: true }
}

fn person(groups: &[&str]) -> Person {
    Person {
        owner: OwnerId::local("0123456789abcdef"),
        name: HOSTILE.into(),
        groups: groups.iter().map(|&group| group.to_owned()).collect(),
        admin: groups.contains(&"admin"),
    }
}

/// The start page of somebody who is no administrator.
fn plain_home(sessions: &[Summary], ended: &[EndNote], profiles: &[ProfileView]) -> String {
    plain_home_in(english(), sessions, ended, profiles)
}

fn plain_home_in(words: &'static Words, sessions: &[Summary], ended: &[EndNote], profiles: &[ProfileView]) -> String {
    let person = person(&[]);
    let (notice, change_password) = (None, None);
    home(&Home {
        words,
        person: &person,
        notice,
        change_password,
        sessions,
        everyones: None,
        ended,
        profiles,
        no_room: None,
        recordings: false,
        now: 1090,
    })
}

/// The start page of an administrator, for whom there is no place, with the session of somebody else.
fn full_home(sessions: &[Summary]) -> String {
    full_home_in(english(), sessions)
}

fn full_home_in(words: &'static Words, sessions: &[Summary]) -> String {
    let other = Summary { owner: OwnerId::local("fedcba9876543210"), ..summary("attached") };
    let notes: Vec<_> = (0..7).map(|_| note()).collect();
    home(&Home {
        words,
        person: &person(&["admin"]),
        notice: Some(Notice::ExpiresIn { seconds: 90_000 }),
        change_password: None,
        sessions,
        everyones: Some(&[sessions, &[other]].concat()),
        ended: &notes,
        profiles: &[profile()],
        no_room: Some(&Refusal::TooManyOfYours(4)),
        recordings: true,
        now: 1090,
    })
}

/// Every page in every language, filled with the worst that can stand in it.
fn all() -> Vec<String> {
    Language::ALL.into_iter().flat_map(|language| all_in(language.words())).collect()
}

fn all_in(words: &'static Words) -> Vec<String> {
    let hostile = Saying { title: HOSTILE, text: HOSTILE };
    let many: Vec<_> = (0..250).map(|_| listed()).collect();
    vec![
        login(words, &LoginPage::default()),
        login(
            words,
            &LoginPage { next: HOSTILE, user: HOSTILE, message: Some(HOSTILE), change_password: Some("/password") },
        ),
        login_refused_plain_http(words),
        plain_home_in(words, &[summary(HOSTILE), summary("detached")], &[note()], &[profile(), profile()]),
        plain_home_in(words, &[], &[], &[]),
        full_home_in(words, &[summary("attached")]),
        ended(words, &note(), true, 1090),
        ended(words, &note(), false, 1090),
        help(words, TERMS, None),
        help(words, TERMS, Some((&person(&["admin"]), &[profile()]))),
        help(words, TERMS, Some((&person(&[]), &[]))),
        terminal(words, "abcdefghijkl".parse().unwrap(), &Sight::Watched { user: HOSTILE }),
        terminal(words, "abcdefghijkl".parse().unwrap(), &Sight::Own { files: [50_331_648, 0] }),
        recordings(words, &person(&[]), &[listed(), listed()], 0, 1090),
        recordings(words, &person(&["admin"]), &many, 100, 1090),
        recordings(words, &person(&[]), &[], 7, 1090),
        replay(words, &listed().entry),
        error(words, 500, hostile, Some(HOSTILE)),
        not_found(words),
        no_such_session(words),
        not_yours(words),
        not_ready(words, "7f3a00aa"),
    ]
}

/// A page of the company's, where passwords are changed.
const CHANGE: &str = "https://password.example.org/?a=1&b=\"";

#[test]
fn whoever_must_change_the_password_is_told_where_and_nobody_else_gets_another_hosts_address() {
    let form = LoginPage { message: Some("why"), change_password: Some(CHANGE), ..LoginPage::default() };
    let link = "<a href=\"https://password.example.org/?a=1&amp;b=&quot;\" rel=\"noreferrer\">Change your password</a>";
    let page = login(english(), &form);
    assert!(page.contains(&format!("why {link}")), "{page}");
    let who = person(&[]);
    let start = |notice| {
        let (sessions, ended, profiles, change_password) = (&[], &[], &[], Some(CHANGE));
        home(&Home {
            words: english(),
            person: &who,
            notice,
            change_password,
            sessions,
            everyones: None,
            ended,
            profiles,
            no_room: None,
            recordings: false,
            now: 1,
        })
    };
    assert!(!start(None).contains("password.example.org"));
    assert!(
        start(Some(Notice::ExpiresIn { seconds: 7200 })).contains(&format!("Your password expires in 2 h. {link}"))
    );
    for (left, told) in [(0, "the last time"), (1, "sign in with it once more"), (3, "sign in with it 3 times more")] {
        assert!(start(Some(Notice::GraceLoginsLeft { left })).contains(told), "{left}");
    }
}

#[test]
fn each_thing_that_stops_a_right_password_has_a_sentence_of_its_own_and_the_reference() {
    let all = [
        Stopped::PasswordExpired,
        Stopped::MustChange,
        Stopped::Disabled,
        Stopped::AccountExpired,
        Stopped::NotNow,
        Stopped::NotAllowed,
    ];
    let told: std::collections::BTreeSet<String> =
        all.iter().map(|state| login_stopped(english(), *state, "7f3a00aa")).collect();
    assert_eq!(told.len(), all.len());
    assert!(told.iter().all(|text| text.ends_with("Reference 7f3a00aa.")), "{told:?}");
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
        let (ours, theme) =
            (page.matches("<script type=\"module\" src=\"/_/").count(), page.matches("<script src=\"/_/").count());
        assert_eq!((page.matches("<script").count(), theme), (ours + 1, 1));
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

#[tokio::test]
async fn below_a_base_path_every_address_of_every_page_has_it_and_nothing_else_changes() {
    use http_body_util::BodyExt;
    for page in all() {
        let moved = base::leave("/b", response::page(hyper::StatusCode::OK, page.clone())).await;
        let moved = moved.into_body().collect().await.unwrap().to_bytes();
        let moved = std::str::from_utf8(&moved).unwrap();
        for (at, _) in moved.match_indices("=\"/") {
            let attribute = moved[..at].rsplit([' ', '<', '>']).next().unwrap();
            assert!(moved[at..].starts_with("=\"/b/") || attribute == "value", "{attribute}{}", &moved[at..at + 20]);
        }
        assert_eq!(moved.replace("=\"/b/", "=\"/"), page);
    }
}

#[test]
fn no_script_has_an_address_of_ours_that_base_js_did_not_make() {
    let more = [&path::SESSION_JS, &path::HOME_JS, &path::PREFERENCES_JS, &path::REPLAY_JS, &path::RECORDINGS_JS];
    for name in terminal::TERMINAL_MODULES.iter().chain(&replay::REPLAY_MODULES).chain(more) {
        if name.contains("/vendor/") {
            continue;
        }
        for line in assets::find(name).unwrap().source().lines().filter(|line| !line.trim_start().starts_with("//")) {
            let absolute = ["'/", "`/", "\"/"].iter().find(|start| {
                line.match_indices(**start).any(|(at, _)| line[at + 2..].starts_with(|c: char| c.is_ascii_lowercase()))
            });
            assert!(absolute.is_none(), "{name}: {line}");
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
        assert!(["en", "de"].iter().any(|tag| page.starts_with(&format!("<!doctype html>\n<html lang=\"{tag}\">"))));
        assert!(page.contains(" – Coracle</title>"), "{page}");
        assert_eq!(page.matches("<h1").count(), 1, "{page}");
        assert_eq!(page.matches("<main").count(), 1, "{page}");
    }
}

#[test]
fn a_refused_login_keeps_the_name_and_never_a_password() {
    let page = login(
        english(),
        &LoginPage {
            next: "/s/abcdefghijkl",
            user: "mira",
            message: Some(&login_wrong(english(), "7f3a")),
            ..LoginPage::default()
        },
    );
    assert!(page.contains("name=\"user\" type=\"text\" value=\"mira\""), "{page}");
    assert!(page.contains("name=\"next\" value=\"/s/abcdefghijkl\""), "{page}");
    let alert = page.find("role=\"alert\"").unwrap();
    assert!(alert < page.find("<form").unwrap(), "the alert stands above the fields");
    let password = page.split("id=\"password\"").nth(1).unwrap().split('>').next().unwrap();
    assert!(!password.contains("value="), "{password}");
    assert!(password.contains("autofocus"), "typing goes on at the password: {password}");
}

#[test]
fn the_pages_of_the_emulator_preload_exactly_the_modules_that_they_import() {
    preloads(path::SESSION_JS, &terminal::TERMINAL_MODULES);
    preloads(path::REPLAY_JS, &replay::REPLAY_MODULES);
}

fn preloads(entry: &str, modules: &[&str]) {
    let mut reached = Vec::new();
    let mut open = vec![entry.to_owned()];
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
    let mut preloaded = modules.to_vec();
    preloaded.sort_unstable();
    assert_eq!(reached, preloaded, "{entry}");
}

#[test]
fn what_a_browser_fetches_before_the_first_prompt_is_at_most_350_kb_compressed() {
    const BUDGET: usize = 350 * 1024;
    for words in Language::ALL.map(Language::words) {
        let page = terminal(words, "abcdefghijkl".parse().unwrap(), &Sight::Own { files: [50_331_648, 0] });
        let named = page.match_indices("\"/_/").map(|(at, _)| page[at + 1..].split('"').next().unwrap());
        let files: usize = named.map(|path| assets::find(path).unwrap().transferred()).sum();
        assert!(files + page.len() <= BUDGET, "{} bytes", files + page.len());
        assert!(files > 100 * 1024, "the emulator was not counted: {files} bytes");
    }
}

#[test]
fn every_page_but_the_terminals_which_has_settings_offers_the_choice_of_a_theme() {
    for page in all() {
        assert_ne!(page.contains("id=\"toolbar\""), page.contains("<footer id=\"looks\">"), "{page}");
    }
}

#[test]
fn the_theme_is_settled_before_anything_is_drawn() {
    for page in all() {
        let script = page.find(&format!("<script src=\"{}\"></script>", path::THEME_JS)).unwrap();
        assert!(
            script < page.find("<link rel=\"stylesheet\"").unwrap() && script < page.find("<body").unwrap(),
            "{page}"
        );
    }
}

#[test]
fn a_session_that_is_ending_offers_nothing_to_do_with_it() {
    for (state, offers) in [("starting", true), ("attached", true), ("detached", true), ("ending", false)] {
        let page = plain_home(&[summary(state)], &[], &[]);
        assert_eq!(page.contains("href=\"/s/abcdefghijkl\""), offers, "{state}");
        assert_eq!(page.contains("data-end="), offers, "{state}");
    }
}

#[test]
fn the_nearer_deadline_of_a_session_is_told() {
    let left = |detached_left| plain_home(&[Summary { detached_left, ..summary("detached") }], &[], &[]);
    assert!(left(Some(540)).contains("started 1 min ago, ends in 9 min unless it is opened"));
    assert!(left(None).contains("started 1 min ago, 3 h 1 min left"));
    assert!(left(Some(86_400)).contains("started 1 min ago, 3 h 1 min left"));
}

#[test]
fn only_an_administrator_sees_the_sessions_of_others_and_can_end_but_not_open_them() {
    assert!(!plain_home(&[summary("attached")], &[], &[profile()]).contains("All sessions"));
    let page = full_home(&[]);
    let all = page.split("All sessions").nth(1).unwrap();
    assert!(all.contains("data-end=\"abcdefghijkl\"") && !all.contains(">Open<"), "{all}");
    assert!(!all.contains("(you)"), "{all}");
    let with_mine = full_home(&[summary("attached")]);
    let all = with_mine.split("All sessions").nth(1).unwrap();
    assert!(all.contains("(you)") && all.contains(">Open<"), "{all}");
}

#[test]
fn recordings_are_linked_where_there_are_some_and_only_an_administrator_sees_whose_they_are() {
    assert!(!plain_home(&[], &[], &[]).contains("href=\"/recordings\""));
    assert!(full_home(&[]).contains("href=\"/recordings\""));
    let list = [listed(), Listed { running: false, ..listed() }];
    let page = recordings(english(), &person(&[]), &list, 0, 1090);
    assert!(
        page.contains("still running") && page.contains("broken off") && page.contains("1 min long, 3 MB"),
        "{page}"
    );
    assert!(!page.contains("(you)") && page.contains("href=\"/recordings/abcdefghijkl\""), "{page}");
    assert!(recordings(english(), &person(&["admin"]), &list, 0, 1090).contains("(you)"));
}

#[test]
fn a_long_list_of_recordings_is_turned_page_by_page() {
    let many: Vec<_> = (0..250).map(|_| listed()).collect();
    let page = |skip| recordings(english(), &person(&[]), &many, skip, 1090);
    let has = |page: &str, skip: usize| page.contains(&format!("href=\"/recordings?skip={skip}\""));
    assert!(has(&page(0), 100) && page(0).contains("1 to 100 of 250") && !page(0).contains("Newer"));
    assert!(has(&page(100), 0) && has(&page(100), 200));
    assert!(has(&page(200), 100) && page(200).contains("201 to 250 of 250") && !page(200).contains("Older"));
    assert!(page(usize::MAX).contains("250 to 250 of 250"));
}

#[test]
fn where_there_is_no_room_the_buttons_rest_and_say_why() {
    let page = full_home(&[]);
    assert!(page.contains("You have 4 sessions already"), "{page}");
    let button = page.split("data-profile=").nth(1).unwrap().split('>').next().unwrap();
    assert!(button.ends_with(" disabled aria-describedby=\"no-room\""), "{button}");
    assert!(!plain_home(&[], &[], &[profile()]).contains(" disabled"));
}

#[test]
fn the_sixth_ended_session_and_those_before_it_are_folded_away() {
    let page = full_home(&[]);
    let (shown, folded) = page.split_once("<details").unwrap();
    assert_eq!((shown.matches("row ended").count(), folded.matches("row ended").count()), (5, 2));
    assert!(folded.contains("<summary>2 more</summary>"));
}

#[test]
fn help_tells_every_reason_and_what_the_reader_may_use() {
    let page = help(english(), TERMS, Some((&person(&[]), &[profile()])));
    for reason in EndReason::ALL {
        let row =
            Html::fill("<code>{}</code></dt><dd>{}", &[&reason.code(), &(english().reason)(reason)]).into_string();
        assert!(page.contains(&row), "{reason}");
    }
    assert!(page.contains("0.5 CPU · 200 MB memory, no swap · 128 processes"), "{page}");
    assert!(page.contains("After 15 min without a browser"), "{page}");
    for told in [
        "leads back",
        "opens a menu",
        "you are asked",
        "Themes and settings",
        "On a phone or tablet",
        "not even later",
        "goes on meanwhile, for 15 min",
    ] {
        assert!(page.contains(told), "{told}");
    }
    let stranger = help(english(), Terms { detached: 0, ..TERMS }, None);
    assert!(stranger.contains("a session ends when its connection does"));
    assert!(stranger.contains("/login?next=/help") && stranger.contains("At once</strong> when the last browser"));
}

#[test]
fn an_ended_session_can_be_started_again_where_its_profile_is_still_there() {
    assert!(ended(english(), &note(), true, 1090).contains("data-profile="));
    assert!(!ended(english(), &note(), false, 1090).contains("data-profile="));
}

#[test]
fn what_a_browser_is_told_stands_in_the_pages_alone() {
    let sentences = |source: &'static str| {
        let quoted = source.split('"').skip(1).step_by(2).filter(|text| !text.ends_with("\\n")); // a line for programs
        quoted.filter(|text| text.contains(' ') && text.starts_with(char::is_uppercase)).collect::<Vec<_>>()
    };
    assert_eq!(sentences("x(\"Not yours\", \"a b\", \"AB\")"), ["Not yours"]);
    for (name, source) in [
        ("api.rs", include_str!("../api.rs")),
        ("recordings.rs", include_str!("../recordings.rs")),
        ("sign_in.rs", include_str!("../sign_in.rs")),
        ("socket.rs", include_str!("../socket.rs")),
        ("web.rs", include_str!("../web.rs")),
    ] {
        let program = source.split("#[cfg(test)]").next().unwrap();
        assert_eq!(sentences(program), [""; 0], "{name}");
    }
}
