use super::*;

const BASE: &str = "urls = [\"ldaps://dc1\"]\nuser_base = \"dc=x\"\n";

fn settings(keys: &str) -> LdapAuth {
    LdapAuth::for_tests(&format!("{BASE}{keys}"))
}

fn entry(name: &[&[u8]], id: &[&[u8]]) -> Entry {
    Entry::of("cn=Mira,dc=x", &[("UID", name), ("entryUUID", id)])
}

#[test]
fn somebody_is_who_the_directory_says_in_lower_case() {
    let found = identity(&settings(""), &entry(&[b"Mira.K"], &[b"5f1e-0"])).unwrap();
    assert_eq!(found, Identity { id: "5f1e-0".into(), name: "mira.k".into(), written: "Mira.K".into() });
}

#[test]
fn an_entry_with_none_two_or_odd_names_or_ids_is_nobody() {
    let id: &[&[u8]] = &[b"1"];
    let name: &[&[u8]] = &[b"mira"];
    for (name, id) in [
        (&[][..], id),
        (&[&b"mira"[..], b"miri"][..], id),
        (&[&b"mira, k"[..]][..], id),
        (&[&b"\xff"[..]][..], id),
        (&[&b"root\x00"[..]][..], id),
        (&[&b"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"[..]][..], id),
        (name, &[]),
        (name, &[&b"1"[..], b"2"][..]),
        (name, &[&b""[..]][..]),
        (name, &[&b"a b"[..]][..]),
        (name, &[&b"\xc3\xa4"[..]][..]),
        (name, &[&[b'1'; 129][..]][..]),
    ] {
        assert!(identity(&settings(""), &entry(name, id)).is_err(), "{name:?} {id:?}");
    }
    let odd = settings("username_pattern = \"^[a-z, ]+$\"");
    assert_eq!(identity(&odd, &entry(&[b"Mira, K"], id)).unwrap().name, "mira, k");
}

#[test]
fn a_guid_is_an_id_in_hexadecimal_and_finds_its_entry_again() {
    let ad = settings("directory = \"active_directory\"");
    for bytes in [&b"0123456789abcdef"[..], b"\x00\xff(*)\\89abcdefgh"] {
        let entry = Entry::of("cn=x", &[("sAMAccountName", &[b"Mira"]), ("objectguid", &[bytes])]);
        let id = identity(&ad, &entry).unwrap().id;
        assert_eq!(id, crate::sys::hex(bytes));
        assert_eq!(with_id(&ad, &id), Some(Filter::equals_bytes("objectGUID", bytes)));
    }
    for wrong in ["0", "0g", "*", "\u{e9}\u{e9}"] {
        assert_eq!(with_id(&ad, wrong), None, "{wrong}");
    }
    assert_eq!(with_id(&settings(""), "a*)(x").unwrap().as_str(), "(entryUUID=a\\2a\\29\\28x)");
}

#[test]
fn groups_let_in_and_keep_out_and_a_group_called_admin_is_a_group() {
    let groups = |names: &[&str]| -> Vec<Group> {
        let of = |name: &&str| Group::for_tests(&format!("cn={name},ou=groups,dc=x"), name);
        names.iter().map(of).collect()
    };
    let rules =
        settings("allow_groups = [\"Dev\"]\ndeny_groups = [\"cn=out,ou=groups,dc=x\"]\nadmin_groups = [\"ops\"]");
    for (names, may) in
        [(&["dev"][..], true), (&["DEV", "x"], true), (&["x"], false), (&[], false), (&["dev", "Out"], false)]
    {
        assert_eq!(admitted(&rules, &groups(names)).is_ok(), may, "{names:?}");
    }
    assert_eq!(admitted(&settings(""), &[]), Ok(()));
    let who = || Identity { id: "1".into(), name: "mira".into(), written: "mira".into() };
    let plain = found(&rules, who(), &groups(&["admin", "dev", "dev"]));
    assert_eq!((plain.groups.as_slice(), plain.admin), (&["admin".to_owned(), "dev".to_owned()][..], false));
    assert!(found(&rules, who(), &groups(&["OPS"])).admin);
}

#[test]
fn a_right_bind_counts_more_than_what_an_entry_says_of_passwords_and_locks() {
    let grace = Some(Notice::GraceLoginsLeft { left: 1 });
    for (kind, state, notice, expected) in [
        (DirectoryKind::OpenLdap, State::Locked, None, None),
        (DirectoryKind::Ds389, State::PasswordExpired, grace, None),
        (DirectoryKind::FreeIpa, State::PasswordExpired, None, Some(Stopped::PasswordExpired)),
        (DirectoryKind::FreeIpa, State::PasswordExpired, grace, None),
        (DirectoryKind::FreeIpa, State::Disabled, None, Some(Stopped::Disabled)),
        (DirectoryKind::Rfc2307, State::Expired, None, Some(Stopped::AccountExpired)),
        (DirectoryKind::OpenLdap, State::Good, None, None),
    ] {
        assert_eq!(stopped(kind, state, notice), expected, "{kind:?} {state:?}");
    }
}
