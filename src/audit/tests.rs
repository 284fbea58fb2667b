//! The ids, the records and the message catalogue belong together: one record of each kind, and what is said about it.

use std::collections::{BTreeMap, BTreeSet};

use super::{fields::entry, *};
use crate::config::StateKey;

const IDS: &str = include_str!("ids.rs");
const CATALOGUE: &str = include_str!("../../packaging/coracle.catalog");
/// What journalctl puts in the place of a field; a longer one is shown by its name.
const LONGEST_VALUE: usize = 256; // bytes, its name included

/// One record of each kind, with nothing but what it always has: MESSAGE_ID to fields.
fn least_of_each() -> BTreeMap<String, BTreeMap<&'static str, String>> {
    let id: SessionId = "abcdefghij23".parse().unwrap();
    let owner = &OwnerId::local("0123456789abcdef");
    let (user, profile, peer) = ("mira", "shell", "::1");
    let (file, reference, image) = ("config.toml", "7f3a0000", "sha256:1");
    let events = [
        Event::Login { user, owner, peer },
        Event::LoginRefused { typed: "nobody", known: false, peer, reason: "wrong password", reference },
        Event::Logout { user, peer },
        Event::LoginOver { user, peer, why: "idle" },
        Event::SessionStart { id, user, profile, image, facts: "a=b" },
        Event::SessionAdopted { id, user, profile },
        Event::LoginNotice { user, peer, notice: "the password expires in 3600 s" },
        Event::AccessWithdrawn { user, owner, reason: "disabled", sessions: 1, seconds: 60 },
        Event::DirectorySilent { why: "no answer", count: 1 },
        Event::DirectoryBack,
        Event::Attach { id, user, peer },
        Event::Detach { id, user, peer },
        Event::Watch { id, user, by: "ada", peer },
        Event::WatchEnd { id, user, by: "ada", peer },
        Event::IdleWarning { id, user, peer, seconds: 60 },
        Event::SessionOom { id, user, profile, killed: 1 },
        // Of a session whose record was lost, the owner may not be known.
        Event::SessionEnd {
            id,
            user: "",
            profile: "",
            reason: EndReason::Lost,
            status: None,
            by: "",
            detail: "",
            used: Used::default(),
            recording: None,
        },
        Event::RecordingHead { id, user, head: "00ff", cast: 1, output: 1 },
        Event::RecordingStopped { id, user, profile, why: "the disk is full" },
        Event::RecordingRemoved { id, why: "max_age", bytes: 1 },
        Event::File { id, user, peer, direction: "in", path: "a", bytes: 0, outcome: "whole" },
        Event::RecordingViewed { id, user, of: user, owner, peer },
        Event::ConfigLoaded { file, hash: "00" },
        Event::ConfigRefused { file, why: "unknown key", reference },
        Event::Refused { count: 41, peer, what: "login" },
    ];
    let key = StateKey::passing();
    let records = events.iter().map(|event| entry(event, &key).into_iter().collect::<BTreeMap<_, _>>());
    records.map(|record| (record["MESSAGE_ID"].clone(), record)).collect()
}

/// MESSAGE_ID to header and text.
fn catalogue() -> BTreeMap<&'static str, (&'static str, &'static str)> {
    let entries: Vec<&str> = CATALOGUE.split("\n-- ").skip(1).collect();
    let all: BTreeMap<_, _> = entries
        .iter()
        .map(|entry| {
            let (id, rest) = entry.split_once('\n').expect("an id, then the header");
            (id, rest.split_once("\n\n").expect("an empty line between header and text"))
        })
        .collect();
    assert_eq!(all.len(), entries.len(), "an id is there twice");
    all
}

/// The fields that a text wants to show.
fn wanted(text: &str) -> Vec<&str> {
    text.split('@').skip(1).step_by(2).collect()
}

#[test]
fn every_kind_of_record_has_an_id_of_its_own() {
    let ids: Vec<&str> = IDS.lines().filter_map(|line| line.split('"').nth(1)).collect();
    let hex = |id: &&str| id.len() == 32 && id.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    assert!(ids.iter().all(hex), "{ids:?}");
    let distinct: BTreeSet<String> = ids.iter().map(|id| id.to_string()).collect();
    assert_eq!(distinct.len(), ids.len());
    assert_eq!(least_of_each().into_keys().collect::<BTreeSet<_>>(), distinct, "a kind is missing in this test");
}

#[test]
fn the_catalogue_has_one_entry_for_each_id_and_no_other() {
    let ids: BTreeSet<&str> = IDS.lines().filter_map(|line| line.split('"').nth(1)).collect();
    assert_eq!(catalogue().into_keys().collect::<BTreeSet<_>>(), ids);
}

#[test]
fn an_entry_says_who_and_what_in_fields_that_every_record_of_its_kind_has() {
    let records = least_of_each();
    for (id, (header, text)) in catalogue() {
        let names: Vec<&str> = header.lines().filter_map(|line| line.split_once(": ")).map(|(name, _)| name).collect();
        assert_eq!(names, ["Subject", "Defined-By", "Support"], "{id}");
        assert!(header.contains("\nDefined-By: Coracle\n"), "{id}");
        assert!(text.trim().len() > 100 && text.lines().all(|line| line.chars().count() <= 100), "{id}");
        for field in [wanted(header), wanted(text)].concat() {
            let value = records[id].get(field).unwrap_or_else(|| panic!("{id}: not every record has {field}"));
            assert!(field.len() + 1 + value.len() <= LONGEST_VALUE, "{id}: {field} is too long to be shown");
        }
    }
}

#[test]
fn every_reason_to_end_is_explained() {
    let (_, text) = catalogue()[ids::SESSION_END];
    for reason in EndReason::ALL {
        let line = format!("\n  {} ", reason.code());
        assert_eq!(text.matches(&line).count(), 1, "{reason}");
    }
}
