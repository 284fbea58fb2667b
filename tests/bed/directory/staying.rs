//! Who may stay: the directory is asked again while people are there.

use std::time::{Duration, Instant};

use super::rig::{Kind, PASSWORD, Site, Tls, Undo, profiles};
use crate::{
    browser::Browser,
    machine::{PATIENCE, until},
};

/// How often the directory is asked in these tests.
const REVALIDATE: &str = "revalidate = \"2s\"\n";
/// One interval, and what a busy machine may add.
const ONE_INTERVAL: Duration = Duration::from_secs(2 + 6);

#[tokio::test]
async fn who_is_disabled_in_openldap_during_a_session_is_warned_and_out_within_one_interval() {
    let site = Site::new(Kind::Slapd, Tls::Start, REVALIDATE);
    is_warned_and_out(&site, "disable leaver", "enable leaver").await;
}

#[tokio::test]
async fn who_is_disabled_in_active_directory_during_a_session_is_warned_and_out_within_one_interval() {
    let site = Site::new(Kind::Samba, Tls::Whole, REVALIDATE);
    is_warned_and_out(&site, "disable leaver", "enable leaver").await;
}

#[tokio::test]
async fn who_is_disabled_in_389_directory_server_during_a_session_is_warned_and_out_within_one_interval() {
    let site = Site::new(Kind::Ds389, Tls::Start, REVALIDATE);
    is_warned_and_out(&site, "disable leaver", "enable leaver").await;
}

#[tokio::test]
async fn who_leaves_the_allowed_group_during_a_session_is_warned_and_out_within_one_interval() {
    for (kind, tls) in [(Kind::Slapd, Tls::Whole), (Kind::Samba, Tls::Start)] {
        let site = Site::new(kind, tls, &format!("{REVALIDATE}allow_groups = [\"developers\"]\n"));
        is_warned_and_out(&site, "leave leaver developers", "join leaver developers").await;
    }
}

async fn is_warned_and_out(site: &Site, change: &'static str, undo: &'static str) {
    let leaver = site.enter("leaver", 11).await;
    let mira = site.enter("mira", 12).await;
    let (id, mut terminal) = leaver.shell().await;
    let (_, mut other) = mira.shell().await;
    let _undo = Undo(site.rig, undo);
    site.rig.ask(change);
    let began = Instant::now();
    let warning = terminal
        .until("a warning", |t| t.frames.iter().find(|f| f["type"] == "notice" && f["kind"] == "directory").cloned());
    let warning = warning.await;
    assert!(warning["seconds"].as_u64().is_some_and(|s| s > 0), "{warning}");
    assert_eq!(terminal.ends().await.0, "directory");
    assert!(began.elapsed() < ONE_INTERVAL, "{:?}", began.elapsed());
    assert_eq!(leaver.get("/api/v1/me").await.status, 401, "the login is over, too");
    let again = Browser::at(13).login("leaver", PASSWORD).await;
    assert_eq!(again.status, 403, "{again:?}");
    let end = until("the end is audited", || {
        site.machine().journal(&["CORACLE_EVENT=session-end", &format!("CORACLE_SESSION={id}")]).pop()
    });
    assert_eq!((&end["CORACLE_REASON"], &end["CORACLE_USER"]), (&"directory".into(), &"leaver".into()), "{end}");
    site.service.nothing_left_of(&id);
    assert_eq!(other.ask("echo $((6*7))").await, "42", "nobody else is disturbed");
}

#[tokio::test]
async fn who_leaves_a_profiles_group_gets_no_new_shell_of_it() {
    let site = Site::new(Kind::Slapd, Tls::Start, REVALIDATE);
    let mover = site.enter("mover", 11).await;
    assert_eq!(profiles(&mover).await, ["dev", "shell"]);
    let _undo = Undo(site.rig, "join mover developers");
    site.rig.ask("leave mover developers");
    let began = Instant::now();
    while profiles(&mover).await != ["shell"] {
        assert!(began.elapsed() < ONE_INTERVAL, "{:?}", began.elapsed());
        tokio::time::sleep(Duration::from_millis(100)).await; // the pace of polling, not a wait
    }
    assert_eq!(mover.post("/api/v1/sessions", serde_json::json!({"profile": "dev"})).await.status, 422);
}

#[tokio::test]
async fn while_the_directory_is_down_sessions_go_on_through_the_grace_time_and_new_logins_are_told() {
    let site = Site::new(Kind::Slapd, Tls::Start, "revalidate = \"1s\"\nrevalidate_grace = \"1h\"\n");
    let mira = site.enter("mira", 11).await;
    let (id, mut terminal) = mira.shell().await;
    let down = site.rig.halted();
    let answer = Browser::at(12).login("nils", PASSWORD).await;
    assert_eq!(answer.status, 503, "{answer:?}");
    assert!(answer.body.contains("directory"), "{answer:?}");
    until("the journal says that the directory is down", || {
        site.machine().journal(&["--grep=127.0.0.1.*refused", "--priority=warning"]).pop()
    });
    // Several intervals long: typing goes on, and so does a second terminal of the same session.
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(5) {
        assert_eq!(terminal.ask("echo $((6*7))").await, "42");
    }
    let mut second = mira.terminal(&id).await;
    second.frame("started").await;
    drop(down);
    let began = Instant::now();
    while Browser::at(13).login("nils", PASSWORD).await.status != 303 {
        assert!(began.elapsed() < PATIENCE, "the directory is up again, and nobody gets in");
        tokio::time::sleep(Duration::from_millis(500)).await; // the pace of polling, not a wait
    }
    assert!(terminal.closed.is_none() && second.closed.is_none());
}

#[tokio::test]
async fn past_the_grace_time_a_login_opens_nothing_while_the_directory_is_down_and_what_runs_goes_on() {
    let site = Site::new(Kind::Slapd, Tls::Start, "revalidate = \"1s\"\nrevalidate_grace = \"2s\"\n");
    let mira = site.enter("mira", 11).await;
    let (id, _terminal) = mira.shell().await;
    let _down = site.rig.halted();
    let began = Instant::now();
    while mira.post("/api/v1/sessions", serde_json::json!({"profile": "shell"})).await.status == 202 {
        assert!(began.elapsed() < PATIENCE, "new sessions are given for ever");
        tokio::time::sleep(Duration::from_millis(500)).await; // the pace of polling, not a wait
    }
    let running = site.machine().containers();
    assert!(running.iter().any(|name| name.contains(&id)), "her session is there: {running:?}");
}
