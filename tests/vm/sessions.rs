//! A session with its limits, from the login to nothing left.

use serde_json::json;

use crate::{
    browser::Browser,
    machine::{env, journal, nothing_left, root, traces},
};

async fn logged_in() -> Browser {
    let mut browser = Browser::new();
    let answer = browser.login(&env("CORACLE_VM_USER"), &env("CORACLE_VM_PASSWORD")).await;
    assert_eq!((answer.status, browser.cookie.is_some()), (303, true), "{answer:?}");
    browser
}

#[tokio::test]
async fn with_nothing_configured_but_the_image_a_shell_has_its_limits_keeps_them_and_leaves_nothing() {
    let config = root("cat /home/tester/.config/coracle/config.toml");
    assert!(!config.contains("require_limits"), "the default is what is tested: {config}");

    let browser = logged_in().await;
    let id = browser.new_session().await;
    let mut terminal = browser.terminal(&id).await;
    let started = terminal.frame("started").await;
    let certificate = &started["certificate"];
    for (fact, value) in [("memory", 209_715_200), ("swap", 0), ("millicpus", 500), ("pids", 128)] {
        assert_eq!(certificate[fact], json!(value), "{fact} in {certificate}");
    }
    terminal.shows("$ ").await;
    for (file, value) in
        [("memory.max", "209715200"), ("memory.swap.max", "0"), ("cpu.max", "50000 100000"), ("pids.max", "128")]
    {
        assert_eq!(terminal.ask(&format!("cat /sys/fs/cgroup/{file}")).await, value, "{file}");
    }
    let facts = journal(&id, "session-start", "CORACLE_FACTS");
    assert!(
        matches!(facts.as_slice(), [one] if one.contains(" memory=209715200 swap=0 millicpus=500 pids=128 ")),
        "{facts:?}"
    );

    let traces = traces();
    for trace in [format!("coracle-{id}"), "/container\n".to_owned(), format!("{id}.rec"), format!("{id}.ring")] {
        assert!(traces.contains(&trace), "{trace:?} in {traces}");
    }

    // A hog is killed, and only it: the shell is the one from before.
    let shell = terminal.ask("echo $$ $PPID").await;
    assert_eq!(terminal.ask("tail /dev/zero; echo $?").await, "137");
    assert_eq!(terminal.ask("echo $$ $PPID").await, shell);
    assert_eq!(terminal.ask("grep '^oom_kill ' /sys/fs/cgroup/memory.events").await, "oom_kill 1");

    terminal.type_in("exit 7\r").await;
    assert_eq!(terminal.ends().await, ("exit".to_owned(), Some(7)));
    nothing_left();
    assert_eq!(journal(&id, "session-end", "CORACLE_REASON"), ["exit"]);
}

#[tokio::test]
async fn a_fork_bomb_stops_at_its_limit_and_its_owner_ends_it() {
    let browser = logged_in().await;
    let (id, mut terminal) = browser.shell().await;
    terminal.type_in("bomb() { bomb | bomb & }; bomb\r").await;
    terminal.shows("Resource temporarily unavailable").await;
    assert_eq!(browser.delete(&format!("/api/v1/sessions/{id}")).await.status, 204);
    assert_eq!(terminal.ends().await.0, "owner");
    nothing_left();
    assert_eq!(journal(&id, "session-end", "CORACLE_REASON"), ["owner"]);
}
