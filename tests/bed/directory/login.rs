//! Who gets in, and as whom.

use serde_json::json;

use super::rig::{Kind, PASSWORD, Rig, Site, Tls, profiles, reason};
use crate::{browser::Browser, machine::until};

#[tokio::test]
async fn over_starttls_people_of_openldap_get_the_shells_of_their_groups() {
    people_get_the_shells_of_their_groups(&Site::new(Kind::Slapd, Tls::Start, "")).await;
}

#[tokio::test]
async fn over_ldaps_people_of_openldap_get_the_shells_of_their_groups() {
    people_get_the_shells_of_their_groups(&Site::new(Kind::Slapd, Tls::Whole, "")).await;
}

#[tokio::test]
async fn people_of_active_directory_get_the_shells_of_their_groups() {
    people_get_the_shells_of_their_groups(&Site::new(Kind::Samba, Tls::Whole, "")).await;
}

#[tokio::test]
async fn people_of_389_directory_server_get_the_shells_of_their_groups() {
    people_get_the_shells_of_their_groups(&Site::new(Kind::Ds389, Tls::Start, "")).await;
}

async fn people_get_the_shells_of_their_groups(site: &Site) {
    let mira = site.enter("mira", 11).await;
    let me = mira.get("/api/v1/me").await.json();
    assert_eq!((&me["user"], &me["admin"]), (&json!("mira"), &json!(false)), "{me}");
    assert_eq!(profiles(&mira).await, ["dev", "shell"]);
    let id = mira.start("dev").await;
    let mut terminal = mira.terminal(&id).await;
    terminal.prompt().await;
    assert_eq!(terminal.ask("echo $((6*7))").await, "42");
    let owner =
        until("her session is audited", || site.machine().journal(&["CORACLE_EVENT=login", "CORACLE_USER=mira"]).pop());
    assert!(owner["CORACLE_OWNER"].as_str().is_some_and(|o| o.starts_with("ldap:")), "{owner}");

    // However a name is typed, it is the directory's name that counts.
    let shouting = site.enter("MIRA", 12).await;
    assert_eq!(shouting.get("/api/v1/me").await.json()["user"], "mira");
    assert_eq!(shouting.sessions().await.len(), 1, "it is the same person");

    let nils = site.enter("nils", 13).await;
    assert_eq!(profiles(&nils).await, ["shell"], "who is in no group gets what is for all");
    assert_eq!(nils.post("/api/v1/sessions", json!({"profile": "dev"})).await.status, 422);
    assert_eq!(nils.get(&format!("/s/{id}")).await.status, 403);

    let pia = site.enter("pia", 14).await;
    assert_eq!(profiles(&pia).await, ["dev", "shell"], "through two groups in groups");

    let olga = site.enter("olga", 15).await;
    assert_eq!(olga.get("/api/v1/me").await.json()["admin"], true);
    let all = olga.get("/api/v1/sessions?all=true").await.json();
    assert_eq!(all.as_array().map(Vec::len), Some(1), "{all}");
    assert_eq!(mira.get("/api/v1/sessions?all=true").await.status, 403);
    assert_eq!(olga.delete(&format!("/api/v1/sessions/{id}")).await.status, 204);
    assert_eq!(terminal.ends().await.0, "admin");

    let wrong = Browser::at(16).login("mira", "not hers").await;
    let unknown = Browser::at(17).login("no-such-one", "not hers").await;
    let shown = |body: &str, name: &str| body.replace(name, "NAME").split("Reference").next().unwrap_or("").to_owned();
    assert_eq!((wrong.status, unknown.status), (403, 403), "{wrong:?} {unknown:?}");
    assert_eq!(shown(&wrong.body, "mira"), shown(&unknown.body, "no-such-one"), "nobody learns which names there are");
}

/// Logins whose DN must be escaped in a filter, and for which a group search that does not do so finds nothing.
const ODD: [&str; 8] = ["comma", "star", "paren", "backslash", "umlaut", "hash", "quote", "long"];

#[tokio::test]
async fn people_with_odd_dns_are_found_with_their_groups_in_every_directory() {
    for (kind, tls) in [(Kind::Slapd, Tls::Start), (Kind::Samba, Tls::Start), (Kind::Ds389, Tls::Whole)] {
        let site = Site::new(kind, tls, "");
        for (n, login) in ODD.iter().enumerate() {
            let browser = site.enter(login, 20 + n as u8).await;
            assert_eq!(profiles(&browser).await, ["dev", "shell"], "{login} in {kind:?}");
        }
        if kind == Kind::Samba {
            let long = site.enter("long", 30).await;
            long.shell().await.1.ask("true").await;
        }
    }
}

/// What a name can be, as far as the directories take it. No shell is named like this, so all of them are refused.
const ODD_LOGINS: [&str; 6] = ["o,comma", "st*r", "pa(ren)", "back\\slash", "jürgen", "#lead"];
/// What would be somebody else if a name could leave its place in the filter or in the DN.
const INJECTIONS: [&str; 8] =
    ["*", "m*", "mira)(uid=*", "*)(uid=mira", "mira,ou=people", "\\6dira", "mira\\00", "(|(uid=mira)(uid=nils))"];

#[tokio::test]
async fn odd_logins_are_refused_with_the_key_that_would_let_them_in_and_are_nobody_elses() {
    for kind in [Kind::Slapd, Kind::Samba] {
        let site = Site::new(kind, Tls::Whole, "");
        for (n, login) in ODD_LOGINS.iter().enumerate() {
            let answer = Browser::at(40 + n as u8).login(login, PASSWORD).await;
            assert_eq!(answer.status, 403, "{login} in {kind:?}: {answer:?}");
            let is_there = kind == Kind::Slapd || ["pa(ren)", "jürgen", "#lead"].contains(login);
            let why = reason(site.machine(), &answer);
            assert_eq!(why.contains("username_pattern"), is_there, "{login} in {kind:?}: {why}");
        }
        for (n, login) in INJECTIONS.iter().enumerate() {
            let answer = Browser::at(60 + n as u8).login(login, PASSWORD).await;
            assert_eq!(answer.status, 403, "{login} in {kind:?}: {answer:?}");
        }
    }
    let site = Site::new(Kind::Slapd, Tls::Whole, "username_pattern = \"^[a-z,*]{1,32}$\"\n");
    for (n, login) in ["o,comma", "st*r"].iter().enumerate() {
        let browser = site.enter(login, 80 + n as u8).await;
        assert_eq!(browser.get("/api/v1/me").await.json()["user"], *login);
        assert_eq!(profiles(&browser).await, ["dev", "shell"]);
    }
}

#[tokio::test]
async fn a_name_template_lets_the_same_people_in_without_a_service_account() {
    let rig = Rig::of(Kind::Samba);
    let site = Site::new(Kind::Samba, Tls::Whole, "user_dn_template = \"{username}@corp.example.org\"\n");
    assert_eq!(rig.failures("guessed"), (0, false));
    let mira = site.enter("mira", 85).await;
    assert_eq!(profiles(&mira).await, ["dev", "shell"]);
    assert_eq!(Browser::at(86).login("mira", "not hers").await.status, 403);
}

#[tokio::test]
async fn groups_that_list_login_names_count_as_those_that_list_entries() {
    let site = Site::new(Kind::Slapd, Tls::Whole, "");
    let erik = site.enter("erik", 87).await;
    assert_eq!(erik.get("/api/v1/me").await.json()["groups"], json!(["unixers"]));
}

#[tokio::test]
async fn while_the_first_of_two_servers_is_down_the_second_lets_people_in() {
    let site = Site::beside_a_dead_one(Kind::Slapd, Tls::Start);
    for n in [88, 89] {
        site.enter("mira", n).await;
    }
}

#[tokio::test]
async fn two_entries_for_one_name_let_nobody_in_and_the_journal_says_so() {
    let site = Site::new(Kind::Slapd, Tls::Start, "");
    let answer = Browser::at(90).login("dup", PASSWORD).await;
    assert_eq!(answer.status, 403, "{answer:?}");
    let why = reason(site.machine(), &answer);
    assert!(why.contains("two entries"), "{why}");
}

#[tokio::test]
async fn a_name_known_to_the_users_file_and_the_directory_is_refused_and_each_ones_own_names_are_not() {
    let site = Site::asking("\"local\", \"ldap\"", Kind::Slapd, Tls::Start, "");
    for (n, password) in [PASSWORD, "wonderland-1"].iter().enumerate() {
        let answer = Browser::at(92 + n as u8).login("alice", password).await;
        assert_eq!(answer.status, 403, "{answer:?}");
        let why = reason(site.machine(), &answer);
        assert!(why.contains("directory") && why.contains("users file"), "{why}");
    }
    site.enter("mira", 95).await;
    let bob = Browser::of("bob").await;
    assert_eq!(bob.get("/api/v1/me").await.json()["user"], "bob");
    // Without the directory, the users file alone decides.
    let _down = site.rig.halted();
    let alice = Browser::at(96).login("alice", "wonderland-1").await;
    assert_eq!(alice.status, 303, "{alice:?}");
    assert_eq!(Browser::at(97).login("mira", PASSWORD).await.status, 503);
}
