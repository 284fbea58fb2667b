//! Every ending this milestone can reach is told by one stable word, once.

use serde_json::json;

use crate::{browser::Browser, machine::until, service::Service};

/// Reads the one end event of a session from the journal.
fn end_event(service: &Service, id: &str) -> serde_json::Value {
    let matches = [format!("CORACLE_SESSION={id}"), "CORACLE_EVENT=session-end".to_owned()];
    let matches: Vec<&str> = matches.iter().map(String::as_str).collect();
    let event = until("the end is in the journal", || service.machine.journal(&matches).pop());
    assert_eq!(service.machine.journal(&matches).len(), 1, "one end event");
    assert!(event["MESSAGE_ID"].is_string(), "{event}");
    event
}

#[tokio::test]
async fn idle_is_warned_of_and_then_ends() {
    let service = Service::start("idle = \"4s\"", "");
    let (id, mut terminal) = Browser::of("alice").await.shell().await;
    let notice = terminal.frame("notice").await;
    assert_eq!(
        (&notice["kind"], notice["seconds"].as_u64().is_some_and(|s| (1..=2).contains(&s))),
        (&json!("idle"), true)
    );
    terminal.type_in("\r").await;
    assert_eq!(terminal.frame("notice").await, json!({"type": "notice", "kind": "idle", "seconds": 0}));
    terminal.frame("notice").await;
    terminal.say(json!({"type": "extend"})).await;
    assert_eq!(terminal.frame("notice").await["seconds"], 0, "extend is as good as a key");
    assert_eq!(terminal.ends().await.0, "idle");
    assert_eq!(end_event(&service, &id)["CORACLE_REASON"], "idle");
    let warnings = service.machine.journal(&[&format!("CORACLE_SESSION={id}"), "CORACLE_EVENT=idle-warning"]);
    assert_eq!(warnings.len(), 3, "one for each time it was told: {warnings:?}");
    for warning in warnings {
        assert!(["1", "2"].map(|s| json!(s)).contains(&warning["CORACLE_SECONDS"]), "{warning}");
        assert_eq!((&warning["CORACLE_USER"], &warning["CORACLE_PEER"]), (&json!("alice"), &json!("127.0.0.1")));
    }
    service.nothing_left();
}

#[tokio::test]
async fn output_does_not_count_as_input() {
    let _service = Service::start("idle = \"3s\"", "");
    let (_, mut terminal) = Browser::of("alice").await.shell().await;
    terminal.type_in("while :; do echo busy; sleep 0.2; done\r").await;
    assert_eq!(terminal.ends().await.0, "idle");
}

#[tokio::test]
async fn nobody_back_in_time_means_detached() {
    let service = Service::start("detached = \"1s\"", "");
    let (id, terminal) = Browser::of("alice").await.shell().await;
    drop(terminal);
    assert_eq!(end_event(&service, &id)["CORACLE_REASON"], "detached");
    service.nothing_left();
}

#[tokio::test]
async fn lifetime_ends_a_busy_session() {
    let service = Service::start("lifetime = \"6s\"", "");
    let (id, mut terminal) = Browser::of("alice").await.shell().await;
    assert_eq!(terminal.frame("notice").await["kind"], "lifetime");
    terminal.type_in("echo still here\r").await;
    assert_eq!(terminal.ends().await.0, "lifetime");
    assert_eq!(end_event(&service, &id)["CORACLE_REASON"], "lifetime");
    service.nothing_left();
}

#[tokio::test]
async fn its_owner_ends_it_by_button_and_by_request() {
    let service = Service::plain();
    let alice = Browser::of("alice").await;
    let (id, mut terminal) = alice.shell().await;
    terminal.say(json!({"type": "end"})).await;
    assert_eq!(terminal.ends().await.0, "owner");
    assert_eq!(end_event(&service, &id)["CORACLE_REASON"], "owner");
    let (id, mut terminal) = alice.shell().await;
    assert_eq!(alice.delete(&format!("/api/v1/sessions/{id}")).await.status, 204);
    assert_eq!(terminal.ends().await.0, "owner");
    assert_eq!(alice.sessions().await, []);
    service.nothing_left();
}

#[tokio::test]
async fn the_control_socket_lists_and_ends() {
    let service = Service::plain();
    let (id, mut terminal) = Browser::of("alice").await.shell().await;
    let (other, mut second) = Browser::of("bob").await.shell().await;
    let ps = service.cli("ps");
    assert!(ps.code == 0 && ps.out.contains(&id) && ps.out.contains(&other) && ps.out.contains("bob"), "{ps:?}");
    let listed: serde_json::Value = serde_json::from_str(&service.cli("ps --json").out).expect("JSON");
    assert_eq!(listed.as_array().map(Vec::len), Some(2));
    assert_eq!(service.cli(&format!("end {id}")).code, 0);
    assert_eq!(terminal.ends().await.0, "admin");
    let end = end_event(&service, &id);
    assert!(
        end["CORACLE_REASON"] == "admin" && end.to_string().contains("uid 1000"),
        "audited with the peer's uid: {end}"
    );
    let all = service.cli("end --all --reason shutdown");
    assert!(all.code == 0 && all.out.contains('1'), "{all:?}");
    assert_eq!(service.leftovers(), Vec::<String>::new(), "it returns when nothing is left");
    assert_eq!(second.ends().await.0, "shutdown");
    assert_ne!(service.cli("end aaaaaaaaaaaa").code, 0, "there is none of that name");
}

#[tokio::test]
async fn conmons_death_is_the_engines() {
    let service = Service::plain();
    let (id, mut terminal) = Browser::of("alice").await.shell().await;
    let conmon = service.machine.processes(&format!("conmon.*coracle-{id}"));
    assert_eq!(conmon.len(), 1);
    service.machine.root(&["kill", "-KILL", &conmon[0]]);
    assert_eq!(terminal.ends().await.0, "engine");
    assert_eq!(end_event(&service, &id)["CORACLE_REASON"], "engine");
    service.nothing_left();
}

#[tokio::test]
async fn a_container_removed_by_others_is_the_engines_too() {
    let service = Service::plain();
    let (id, mut terminal) = Browser::of("alice").await.shell().await;
    let removed = service.machine.user(&format!("podman rm --force --time 0 coracle-{id}"));
    assert_eq!(removed.code, 0, "{removed:?}");
    let (reason, _) = terminal.ends().await;
    assert!(reason == "engine" || reason == "exit", "{reason}");
    assert_eq!(end_event(&service, &id)["CORACLE_REASON"], reason.as_str());
    service.nothing_left();
}

#[tokio::test]
async fn ended_while_it_was_still_starting_nothing_is_left_either() {
    let service = Service::start("per_user = 8\nstarts_per_minute = 60", "");
    let alice = Browser::of("alice").await;
    for _ in 0..5 {
        let id = alice.new_session().await;
        assert_eq!(alice.delete(&format!("/api/v1/sessions/{id}")).await.status, 204);
        assert_eq!(end_event(&service, &id)["CORACLE_REASON"], "owner");
    }
    service.nothing_left();
}

#[tokio::test]
async fn a_stubborn_shell_ends_as_fast() {
    let service = Service::plain();
    let alice = Browser::of("alice").await;
    let (id, mut terminal) = alice.shell().await;
    terminal
        .type_in("trap '' TERM HUP INT; (trap '' HUP TERM; setsid sleep 4712 &); yes | head -c 200M > /dev/null\r")
        .await;
    let began = std::time::Instant::now();
    assert_eq!(alice.delete(&format!("/api/v1/sessions/{id}")).await.status, 204);
    service.nothing_left();
    assert!(began.elapsed().as_secs() < 4, "{:?}", began.elapsed());
    assert_eq!(service.machine.processes("sleep 4712"), Vec::<String>::new());
}
