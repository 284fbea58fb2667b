//! What the journal says of a session, and what journalctl says about it.

use serde_json::{Value, json};

use crate::{
    browser::Browser,
    machine::{Machine, since_now, until},
    service::Service,
};

/// As the README says: the unit's field is journald's own, the others anybody could write.
const UNIT: [&str; 2] = ["_SYSTEMD_USER_UNIT=coracle.service", "_UID=1000"];

/// Coracle's records since then, oldest first.
fn records(machine: &Machine, since: &str) -> Vec<Value> {
    let all = machine.journal(&[&UNIT[..], &[since]].concat());
    all.into_iter().filter(|line| line["CORACLE_EVENT"].is_string()).collect()
}

fn has(machine: &Machine, since: &str, event: &str) -> Option<()> {
    records(machine, since).iter().any(|r| r["CORACLE_EVENT"] == event).then_some(())
}

fn take_catalogue(machine: &Machine) {
    let updated = machine.root(&["journalctl", "--update-catalog"]);
    assert_eq!((updated.code, updated.err.as_str()), (0, ""), "{updated:?}");
}

#[tokio::test]
async fn each_event_of_a_session_by_cookie_and_by_ticket_is_written_once_and_explained() {
    let service = Service::plain();
    let machine = service.machine;
    take_catalogue(machine);
    let since = since_now();

    assert_eq!(Browser::new().login("alice", "not her password").await.status, 403);
    let alice = Browser::of("alice").await;
    let (id, terminal) = alice.shell().await;
    drop(terminal);
    until("the browser is gone", || has(machine, &since, "detach"));
    // The same terminal without a cookie.
    let given = alice.post("/api/v1/tickets", json!({"session": id})).await;
    assert_eq!((given.status, &given.json()["expires_in"]), (201, &json!(30)), "{given:?}");
    let mut terminal = Browser::new().socket(&id).await;
    terminal.say(json!({"type": "auth", "ticket": given.json()["ticket"]})).await;
    terminal.say(json!({"type": "resize", "cols": 100, "rows": 30})).await;
    assert_eq!(terminal.frame("authed").await["user"], "alice");
    terminal.frame("started").await;
    assert_eq!(terminal.ask("echo $((6*7))").await, "42", "the keyboard works");
    alice.send("POST", "/logout", "application/x-www-form-urlencoded", String::new()).await;
    assert_eq!(terminal.closes().await, 4401);
    assert_eq!(service.cli(&format!("end {id} --reason admin")).code, 0);
    service.nothing_left();

    until("its end is in the journal", || has(machine, &since, "session-end"));
    let records = records(machine, &since);
    let events: Vec<&str> = records.iter().filter_map(|r| r["CORACLE_EVENT"].as_str()).collect();
    // The daemon is woken by the first login.
    let expected = [
        "config-loaded",
        "login-refused",
        "login",
        "session-start",
        "attach",
        "detach",
        "attach",
        "logout",
        "detach",
        "session-end",
    ];
    assert_eq!(events, expected, "{records:#?}");
    for record in records.iter().filter(|r| r["CORACLE_EVENT"] != "config-loaded") {
        assert_eq!(record["CORACLE_USER"], "alice", "{record}");
        assert!(record["CORACLE_SESSION"] == id.as_str() || record["CORACLE_SESSION"].is_null(), "{record}");
    }

    let start = &records[3];
    let image = machine.user(&format!("podman image inspect --format '{{{{.Digest}}}} {{{{.Id}}}}' {}", machine.image));
    let (digest, image_id) = image.out.trim().split_once(' ').expect("digest and id");
    assert!(digest.starts_with("sha256:") && start["CORACLE_IMAGE"] == digest, "{digest} {start}");
    let facts = start["CORACLE_FACTS"].as_str().expect("facts");
    for fact in [&format!("image_id={image_id}"), "no_new_privs=1", "caps=none", "seccomp=coracle", "network=none"] {
        assert!(facts.split(' ').any(|f| f == fact), "{fact} in {facts}");
    }

    let explained = machine.run(&[&["journalctl", "-x", "--no-pager", &since][..], &UNIT].concat(), "").out;
    for said in [
        "A login from 127.0.0.1 was refused".to_owned(),
        "Reason: wrong password.".to_owned(),
        format!("Session {id} started for alice"),
        format!("Session {id} ended: admin"),
        "The configuration /home/tester/.config/coracle/config.toml is in force".to_owned(),
    ] {
        assert!(explained.contains(&said), "{said} in {explained}");
    }
    assert_eq!(
        explained.matches("Defined-By: Coracle").count(),
        expected.len(),
        "each record is explained: {explained}"
    );
    assert!(!explained.contains('@'), "each field is there: {explained}");
}
