//! What the start page and the list of recordings show, and to whom.

use super::*;

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
