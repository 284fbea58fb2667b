//! Who gets in, and for how long.

use std::time::{Duration, Instant};

use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

use crate::{browser::Browser, machine::until, service::Service};

#[tokio::test]
async fn a_wrong_password_and_an_unknown_name_get_the_same_answer() {
    let service = Service::plain();
    let wrong = Browser::new().login("alice", "not her password").await;
    let unknown = Browser::new().login("nobody.here", "not her password").await;
    assert_eq!((wrong.status, unknown.status), (403, 403), "{wrong:?} {unknown:?}");
    let plain = |body: &str, name: &str| {
        let hidden: String = body.replace(name, "NAME");
        hidden.split("Reference").next().unwrap_or("").to_owned()
    };
    assert_eq!(plain(&wrong.body, "alice"), plain(&unknown.body, "nobody.here"));
    let lines = until("both are audited", || {
        let lines = service.machine.journal(&["CORACLE_EVENT=login-refused"]);
        (lines.len() >= 2).then_some(lines)
    });
    assert!(!lines.iter().any(|l| l.to_string().contains("nobody.here")), "an unknown name is never written in clear");
}

#[tokio::test]
async fn a_login_survives_the_idle_exit_and_logout_is_exact() {
    let service = Service::start("", "[server]\nidle_exit = \"300ms\"");
    let alice = Browser::of("alice").await;
    let first = service.daemon().expect("awake");
    until("the daemon has left", || (service.daemon().as_ref() != Some(&first)).then_some(()));
    assert_eq!(alice.get("/api/v1/me").await.json()["user"], "alice");
    assert_eq!(alice.send("POST", "/logout", "application/x-www-form-urlencoded", String::new()).await.status, 303);
    assert_eq!(alice.get("/api/v1/me").await.status, 401, "the old cookie is worth nothing");
    let files = service.machine.user("find ~/.config/coracle/state ~/.local/state/coracle -path '*logins*' -type f");
    assert_eq!(files.out.trim(), "", "and its file is gone");
}

#[tokio::test]
async fn logout_closes_the_terminal_within_a_second_and_the_session_goes_on_detached() {
    let service = Service::plain();
    let mut alice = Browser::of("alice").await;
    let (id, mut terminal) = alice.shell().await;
    // The best of some tries counts: other work on this machine delays one of them, what is wrong delays all.
    let mut best = Duration::MAX;
    for _ in 0..3 {
        let began = Instant::now();
        alice.send("POST", "/logout", "application/x-www-form-urlencoded", String::new()).await;
        assert_eq!(terminal.closes().await, 4401);
        best = best.min(began.elapsed());
        alice = Browser::of("alice").await;
        alice.until_detached(&id).await;
        if best < Duration::from_secs(1) {
            break;
        }
        terminal = alice.terminal(&id).await;
        terminal.frame("started").await;
    }
    assert!(best < Duration::from_secs(1), "{best:?} at best");
    assert_eq!(alice.sessions().await, [(id, "detached".to_owned())]);
    drop(service);
}

#[tokio::test]
async fn a_disabled_account_loses_its_login_and_its_open_terminal() {
    let service = Service::plain();
    let bob = Browser::of("bob").await;
    let (_, mut terminal) = bob.shell().await;
    assert_eq!(service.cli("passwd bob --disable").code, 0);
    assert_eq!(terminal.closes().await, 4401);
    assert_eq!(bob.get("/api/v1/me").await.status, 401);
    assert_eq!(Browser::new().login("bob", "builder-22").await.status, 403);
}

#[tokio::test]
async fn guessing_is_slowed_and_the_daemons_restart_does_not_forget_it() {
    let service = Service::plain();
    let mut slowed = None;
    for n in 0..8 {
        let answer = Browser::new().login("alice", &format!("guess {n}")).await;
        if answer.status == 429 {
            slowed = Some(answer);
            break;
        }
    }
    let slowed = slowed.expect("eight guesses in a row are slowed");
    assert!(slowed.header("retry-after").parse::<u64>().is_ok_and(|s| s >= 1), "{slowed:?}");
    service.machine.systemctl("stop coracle.service");
    let after = Browser::new().login("alice", "guess again").await;
    assert_eq!(after.status, 429, "{after:?}");
}

#[tokio::test]
async fn a_socket_without_a_login_gets_ten_seconds_and_nothing_else() {
    let service = Service::plain();
    let (id, _terminal) = Browser::of("alice").await.shell().await;
    let began = Instant::now();
    let mut stranger = Browser::new().socket(&id).await;
    stranger.say(json!({"type": "ping", "t": 1.0})).await;
    stranger.frame("pong").await;
    assert_eq!(stranger.closes().await, 4401);
    assert!(began.elapsed() > Duration::from_secs(9) && began.elapsed() < Duration::from_secs(25));
    let mut stranger = Browser::new().socket(&id).await;
    stranger.say(json!({"type": "auth", "ticket": "guess"})).await;
    assert_eq!(stranger.closes().await, 4401);
    let mut stranger = Browser::new().socket(&id).await;
    stranger.raw(Message::binary(b"rm -rf /\r".to_vec())).await;
    assert_eq!(stranger.closes().await, 4401);
    drop(service);
}

#[tokio::test]
async fn another_person_neither_sees_nor_opens_nor_ends_a_session() {
    let service = Service::plain();
    let alice = Browser::of("alice").await;
    let (id, mut terminal) = alice.shell().await;
    let bob = Browser::of("bob").await;
    assert_eq!(bob.sessions().await, []);
    assert_eq!(bob.get(&format!("/s/{id}")).await.status, 403);
    assert_eq!(bob.delete(&format!("/api/v1/sessions/{id}")).await.status, 403);
    let mut socket = bob.terminal(&id).await;
    assert_eq!(socket.closes().await, 4403);
    let mut socket = bob.terminal("abcdefghijkl").await;
    assert_eq!(socket.closes().await, 4404);
    assert_eq!(terminal.ask("echo $((6*7))").await, "42");
    let admin = Browser::of("root.admin").await;
    let all = admin.get("/api/v1/sessions?all=true").await.json();
    assert_eq!(all.as_array().map(Vec::len), Some(1), "an administrator sees all: {all}");
    assert_eq!(bob.get("/api/v1/sessions?all=true").await.status, 403);
    assert_eq!(admin.delete(&format!("/api/v1/sessions/{id}")).await.status, 204);
    assert_eq!(terminal.ends().await.0, "admin");
    drop(service);
}
