use proptest::prelude::*;

use super::*;
use crate::auth::{
    Password,
    ldap::{
        connection::{BindAnswer, Found, Search, WireError},
        fuzz::{self, exchange},
        played::{entry, message, result, tlv, with_control},
    },
};

const BIND: &[u8] = &[0x30, 12, 2, 1, 1, 0x60, 7, 2, 1, 3, 4, 0, 0x80, 0];

fn search(limit: u8) -> Vec<u8> {
    let numbers = [tlv(0x04, ""), tlv(0x0a, [2]), tlv(0x0a, [0]), tlv(0x02, [limit])].concat();
    message(1, &tlv(0x63, numbers))
}

fn check(request: &[u8], answer: &[u8]) -> Result<Turn, Refused> {
    Asked::of(request).unwrap().check(answer, &mut Allowance::new())
}

fn operation(tag: u8, parts: &[Vec<u8>]) -> Vec<u8> {
    message(1, &tlv(tag, parts.concat()))
}

#[test]
fn honest_answers_pass() {
    let code = || vec![tlv(0x0a, [49]), tlv(0x04, "dc=example"), tlv(0x04, "words")];
    let with = |more: Vec<u8>| [code(), vec![more]].concat();
    let last: Vec<(Vec<u8>, Vec<u8>)> = vec![
        (BIND.to_vec(), result(1, 0x61, 0, "")),
        (BIND.to_vec(), operation(0x61, &with(tlv(0x87, "sasl")))),
        (BIND.to_vec(), operation(0x61, &with(tlv(0xa3, tlv(0x04, "ldap://a"))))),
        (BIND.to_vec(), with_control(&result(1, 0x61, 0, ""), "1.2.3", b"\xff")),
        (search(1), result(1, 0x65, 32, "no such object")),
        (search(1), with_control(&result(1, 0x65, 0, ""), "1.2.3", b"")),
    ];
    for (request, answer) in last {
        assert_eq!(check(&request, &answer), Ok(Turn::Last), "{answer:02x?}");
    }
    for answer in [
        entry(1, "", &[]),
        entry(1, "dc=example", &[("a", &[]), ("b", &[b"\xff", b""])]),
        with_control(&entry(1, "dc=example", &[]), "1.2.3", b""),
        operation(0x73, &[tlv(0x04, "ldap://a"), tlv(0x04, "ldap://b")]),
    ] {
        assert_eq!(check(&search(1), &answer), Ok(Turn::More), "{answer:02x?}");
    }
    let granted = operation(0x78, &[code(), vec![tlv(0x8a, "1.3.6.1.4.1.1466.20037"), tlv(0x8b, "")]].concat());
    assert_eq!(Asked::start_tls(1).check(&granted, &mut Allowance::new()), Ok(Turn::Last));
    assert_eq!(result_of(&granted), Some((49, "words")));
}

#[test]
fn whatever_ldap3_would_stumble_over_is_refused() {
    let (code, text) = (tlv(0x0a, [0]), tlv(0x04, ""));
    let attribute = |parts: &[Vec<u8>]| operation(0x64, &[text.clone(), tlv(0x30, tlv(0x30, parts.concat()))]);
    let controls = |tag: u8, list: Vec<u8>| message(1, &[result_body(), tlv(tag, list)].concat());
    fn result_body() -> Vec<u8> {
        tlv(0x61, [tlv(0x0a, [0]), tlv(0x04, ""), tlv(0x04, "")].concat())
    }
    let in_a_bind = [
        message(1, &[]),                                               // no operation
        tlv(0x30, tlv(0x02, [1])),                                     // the same
        operation(0x61, &[]),                                          // nothing in it
        operation(0x61, &[code.clone(), text.clone()]),                // no words
        operation(0x61, &[tlv(0x0a, ""), text.clone(), text.clone()]), // no code
        operation(0x61, &[tlv(0x0a, [0; 5]), text.clone(), text.clone()]),
        operation(0x61, &[tlv(0x02, [0]), text.clone(), text.clone()]), // an INTEGER
        operation(0x61, &[code.clone(), tlv(0x24, &text), text.clone()]), // constructed text
        operation(0x61, &[code.clone(), text.clone(), text.clone(), tlv(0x83, "")]), // primitive references
        operation(0x61, &[code.clone(), text.clone(), text.clone(), tlv(0xa3, tlv(0x02, [1]))]),
        operation(0x61, &[code.clone(), text.clone(), text.clone(), tlv(0xa7, "")]), // constructed credentials
        operation(0x61, &[code.clone(), text.clone(), text.clone(), tlv(0x8a, b"\xff")]), // a name of StartTLS
        controls(0x80, vec![]),                                                      // primitive controls
        controls(0xa1, vec![]),
        controls(0xa0, tlv(0x04, "")),
        controls(0xa0, tlv(0x30, "")),
        controls(0xa0, tlv(0x30, tlv(0x04, b"\xff"))),
        controls(0xa0, tlv(0x30, [text.clone(), tlv(0x01, "")].concat())), // ldap3 looks at its first byte
        controls(0xa0, tlv(0x30, [text.clone(), tlv(0x02, [1])].concat())),
        controls(0xa0, tlv(0x30, [text.clone(), text.clone(), text.clone()].concat())),
        message(1, &[result_body(), tlv(0xa0, ""), tlv(0xa0, "")].concat()),
        [result(1, 0x61, 0, ""), vec![0]].concat(), // more than one message
        tlv(0x30, [tlv(0x02, [0, 0, 0, 0, 1]), result_body()].concat()), // an id of five bytes
        tlv(0x30, [tlv(0x02, ""), result_body()].concat()),
        tlv(0x30, [tlv(0x04, [1]), result_body()].concat()),
        tlv(0x31, [tlv(0x02, [1]), result_body()].concat()),
        vec![0x30, 0x80, 2, 1, 1, 0, 0], // indefinite
        vec![],
    ];
    for answer in in_a_bind {
        assert!(check(BIND, &answer).is_err(), "{answer:02x?}");
    }
    let in_a_search = [
        operation(0x64, &[]),
        operation(0x64, std::slice::from_ref(&text)),    // no attributes
        operation(0x64, &[text.clone(), tlv(0x10, "")]), // primitive ones
        operation(0x64, &[text.clone(), tlv(0x30, ""), tlv(0x30, "")]),
        operation(0x44, &[text.clone(), tlv(0x30, "")]), // a primitive entry
        attribute(&[]),
        attribute(std::slice::from_ref(&text)),
        attribute(&[text.clone(), tlv(0x30, "")]), // a SEQUENCE of values
        attribute(&[text.clone(), tlv(0x11, "")]),
        attribute(&[text.clone(), tlv(0x31, tlv(0x30, ""))]), // constructed values
        attribute(&[tlv(0x04, b"\xff"), tlv(0x31, "")]),
        attribute(&[text.clone(), tlv(0x31, ""), text.clone()]),
        operation(0x73, &[tlv(0x24, "")]),
        operation(0x79, &[]), // an intermediate response, which we never ask for
    ];
    for answer in in_a_search {
        assert!(check(&search(1), &answer).is_err(), "{answer:02x?}");
    }
}

#[test]
fn every_bound_has_its_edge_where_it_says() {
    let deep = |levels| message(1, &tlv(0x64, crate::auth::ldap::played::nested(levels)));
    // The message and the operation are two of them.
    assert_eq!(check(&search(1), &deep(MAX_DEPTH - 2)), Err(Refused::Malformed), "deep, but not too deep");
    assert_eq!(check(&search(1), &deep(MAX_DEPTH - 1)), Err(Refused::Deep));

    let mut asked = Asked::of(&search(2)).unwrap();
    let mut allowance = Allowance::new();
    for _ in 0..2 {
        assert_eq!(asked.check(&entry(1, "", &[]), &mut allowance), Ok(Turn::More));
    }
    assert_eq!(asked.check(&entry(1, "", &[]), &mut allowance), Err(Refused::ManyEntries(2)));

    let mut allowance = Allowance::new();
    assert_eq!(allowance.take_bytes(MAX_MESSAGE + 1), Err(Refused::LongMessage));
    for _ in 0..4 {
        assert_eq!(allowance.take_bytes(MAX_MESSAGE), Ok(()));
    }
    assert_eq!(allowance.take_bytes(1), Err(Refused::LongConnection));

    // Message, id, operation, DN, list, attribute, name, set: eight, and the values.
    let values = |count| entry(1, "", &[("a", &vec![&b""[..]; count])]);
    assert_eq!(check(&search(1), &values(MAX_ELEMENTS - 8)), Ok(Turn::More));
    assert_eq!(check(&search(1), &values(MAX_ELEMENTS - 7)), Err(Refused::ManyElements));
}

#[test]
fn a_request_without_a_limit_of_entries_is_not_one_of_ours() {
    assert_eq!(Asked::of(&search(0)), None);
    assert_eq!(Asked::of(&message(1, &tlv(0x77, tlv(0x80, "1.2.3")))), None);
    assert!(!Asked::of(&message(1, &tlv(0x42, ""))).unwrap().is_answered());
}

fn bound(said: &[u8]) -> Result<BindAnswer, WireError> {
    exchange(said, async |connection| {
        connection.bind("cn=a", &Password::new("b".to_owned())).await.map(|(answer, _)| answer)
    })
}

fn found(said: &[u8]) -> Result<Found, WireError> {
    let search = Search {
        base: "",
        scope: crate::config::SearchScope::Subtree,
        filter: "(a=b)",
        attributes: &["a"],
        limit: std::num::NonZeroU16::MAX,
    };
    exchange(said, async |connection| connection.search(search).await.map(|(found, _)| found))
}

/// Good answers to be made bad ones.
fn answers() -> Vec<Vec<u8>> {
    let found = entry(1, "uid=bob", &[("uid", &[b"bob"]), ("guid", &[b"\xff\0"])]);
    let refused = with_control(&result(1, 0x61, 49, "no"), "1.3.6.1.4.1.42.2.27.8.5.1", &[0x30, 3, 0x81, 1, 0]);
    let done = [tlv(0x0a, [10]), tlv(0x04, ""), tlv(0x04, ""), tlv(0xa3, tlv(0x04, "ldap://a"))];
    vec![
        [found, operation(0x73, &[tlv(0x04, "ldap://a")]), operation(0x65, &done)].concat(),
        refused,
        with_control(&result(1, 0x65, 0, ""), "1.2.840.113556.1.4.319", b"\x30\0"),
    ]
}

proptest! {
    #[test]
    fn no_answer_with_some_bytes_changed_makes_ldap3_stumble(
        which in 0_usize..3,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        cut in any::<Option<prop::sample::Index>>(),
    ) {
        let mut said = answers().swap_remove(which);
        for (at, byte) in changes {
            let at = at.index(said.len());
            said[at] = byte;
        }
        if let Some(cut) = cut {
            said.truncate(cut.index(said.len()));
        }
        // `exchange` looks at how they end.
        let _ = bound(&said);
        let _ = found(&said);
    }

    #[test]
    fn no_bytes_at_all_make_the_guard_stumble(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        for asked in [Asked::of(BIND), Asked::of(&search(9)), Some(Asked::start_tls(1))] {
            let _ = asked.unwrap().check(&bytes, &mut Allowance::new());
        }
        let _ = (Asked::of(&bytes), result_of(&bytes));
    }
}

#[test]
fn the_answers_that_are_made_bad_are_good_ones() {
    assert_eq!(found(&answers()[0]).unwrap().entries.len(), 1);
    assert_eq!(bound(&answers()[1]).unwrap().rc, 49);
    assert_eq!(found(&answers()[2]).unwrap().rc, 0);
}

#[test]
fn the_seeds_of_the_fuzz_target_make_nothing_stumble() {
    let seeds = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fuzz/corpus/ldap")).unwrap();
    let seeds: Vec<Vec<u8>> = seeds.map(|seed| std::fs::read(seed.unwrap().path()).unwrap()).collect();
    assert!(!seeds.is_empty());
    for seed in seeds {
        fuzz::answers(&seed);
    }
}
