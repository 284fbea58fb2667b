//! What runs the containers is killed under live sessions.

use serde_json::json;

use super::site::{Mode, Site};
use crate::{browser::Browser, bystander::Bystander, machine::until};

async fn conmon_is_killed(mode: Mode) {
    let site = Site::start(mode, "");
    let mut bystander = Bystander::aboard().await;
    let alice = Browser::of("alice").await;
    let (id, mut terminal) = alice.shell().await;
    let conmon = site.machine().processes(&format!("conmon.*coracle-{id}"));
    let [conmon] = conmon.as_slice() else { panic!("one conmon: {conmon:?}") };
    site.machine().root(&["kill", "-KILL", conmon]);
    assert_eq!(terminal.ends().await.0, "engine");
    bystander.types_on("beside a dead conmon").await;
    let end = site.end_of(&id);
    assert!(end["CORACLE_REASON"] == "engine" && end.to_string().contains("conmon was killed"), "{end}");
    assert!(alice.get(&format!("/s/{id}")).await.body.contains("<code>engine</code>"));
    site.nothing_left(&[&bystander.id], "conmon's death");
    bystander.goes_on().await;
}

#[tokio::test]
async fn conmons_death_ends_its_own_session_alone_in_user_mode() {
    conmon_is_killed(Mode::User).await;
}

#[tokio::test]
async fn conmons_death_ends_its_own_session_alone_in_system_mode() {
    conmon_is_killed(Mode::System).await;
}

/// Whoever was at work goes on in the same shell, what was typed before is on the screen, and a new session starts.
async fn podman_is_killed(mode: Mode) {
    let site = Site::start(mode, "starts_per_minute = 600");
    let mut bystander = Bystander::aboard().await;
    let alice = Browser::of("alice").await;
    let (id, mut terminal) = alice.shell().await;
    let pid = terminal.ask("echo $$").await;
    for _ in 0..3 {
        // Awake, and killed: it may have left by itself.
        site.as_account("podman --remote version; systemctl --user kill --signal=KILL podman.service");
        bystander.types_on("beside a dead Podman").await;
        assert_eq!(terminal.ask("echo $$").await, pid);
    }
    let (second, mut other) = alice.shell().await;
    other.type_in("exit 4\r").await;
    assert_eq!(other.ends().await, ("exit".to_owned(), Some(4)));
    // The daemon's death on top of Podman's.
    site.as_account("systemctl --user kill --signal=KILL podman.service");
    site.kill_daemon();
    bystander.cut_off().await;
    bystander.returns(Browser::of("bob").await.terminal(&bystander.id).await).await;
    let mut terminal = alice.terminal(&id).await;
    terminal.frame("started").await;
    assert_eq!(terminal.ask("echo $$").await, pid);
    terminal.type_in("exit 5\r").await;
    assert_eq!(terminal.ends().await, ("exit".to_owned(), Some(5)));
    for (id, status) in [(&second, "4"), (&id, "5")] {
        assert_eq!(site.end_of(id)["CORACLE_STATUS"], json!(status));
    }
    site.nothing_left(&[&bystander.id], "Podman's death");
    until("the adoption is audited once", || {
        let session = format!("CORACLE_SESSION={}", bystander.id);
        (site.journal(&["CORACLE_EVENT=session-adopted", &session]).len() == 1).then_some(())
    });
    bystander.goes_on().await;
}

#[tokio::test]
async fn the_death_of_the_podman_service_ends_no_session_even_with_the_daemons_in_user_mode() {
    podman_is_killed(Mode::User).await;
}

#[tokio::test]
async fn the_death_of_the_podman_service_ends_no_session_even_with_the_daemons_in_system_mode() {
    podman_is_killed(Mode::System).await;
}
