//! The power fails under live sessions, and the clock jumps.

use std::time::Instant;

use crate::{
    machine::{PATIENCE, forward, journal, loses_power, nothing_left, recorded, sh, traces, until, user},
    sessions::logged_in,
};

/// Of the sessions that begin from now on.
fn record(policy: &str) {
    user(&format!(
        "mkdir -p ~/.config/coracle/config.d && printf '[recording]\npolicy = \"{policy}\"\n' >~/.config/coracle/config.d/recorded.toml \
         && systemctl --user restart coracle.service"
    ));
}

#[tokio::test]
async fn after_a_power_cut_the_first_visit_finds_nothing_left_and_one_end_that_says_lost() {
    record("best-effort");
    let browser = logged_in().await;
    let (id, mut terminal) = browser.shell().await;
    terminal.run("echo before the cut").await;
    // Where there is a directory with the configuration, the state of a user's service is in it.
    let recording = format!("~/.config/coracle/state/recordings/{id}.cast");
    until("what was printed is recorded", || {
        let lines = user(&format!("grep -c 'before the cut' {recording} || true"));
        lines.parse().is_ok_and(|lines: u32| lines > 0).then_some(())
    });
    sh("sync"); // a session that is older than the kernel's own pace of writing
    assert!(traces().contains(&id));
    loses_power();
    forward();
    drop(terminal);
    // The shell went with the kernel; Podman's store and the state directory still know of it.
    assert!(user("podman ps --all --format '{{.Names}}'").contains(&id), "the disk has the container");
    // By the login from before. While Podman wakes there is no such session, which may take an emulated processor long.
    let began = Instant::now();
    let page = loop {
        let page = browser.get(&format!("/s/{id}")).await;
        if page.status != 404 || began.elapsed() > PATIENCE {
            break page;
        }
    };
    assert!(page.status == 410 && page.body.contains("<code>lost</code>"), "{page:?}");
    assert_eq!(recorded(&id, "session-end", "CORACLE_REASON"), ["lost"]);
    nothing_left();
    // What was recorded until then can be proven and played.
    let hash = recorded(&id, "session-end", "CORACLE_RECORDING").remove(0);
    let verified = user(&format!("coracle verify --json --head {hash} {recording}"));
    let verified: serde_json::Value = serde_json::from_str(&verified).expect("JSON");
    assert_eq!((&verified["state"], &verified["reason"]), (&"intact".into(), &"lost".into()), "{verified}");
    assert!(user(&format!("coracle replay --dump {recording}")).contains("before the cut"));
    record("off");
    // The next daemon has nothing to add, and a new session is as good as ever.
    sh("systemctl -M tester@ --user restart coracle.service");
    let (next, mut terminal) = browser.shell().await;
    assert_eq!(terminal.ask("echo $((6*7))").await, "42");
    assert_eq!(browser.delete(&format!("/api/v1/sessions/{next}")).await.status, 204);
    assert_eq!(journal(&id, "session-end", "CORACLE_REASON"), ["lost"]);
    nothing_left();
}

/// Seconds that the wall clock is set forward or back.
const JUMPS: [i64; 3] = [3 * 3600, -30 * 3600, 27 * 3600];

#[tokio::test]
async fn a_clock_that_jumps_ends_no_session_and_no_deadline_moves() {
    let browser = logged_in().await;
    let (id, mut terminal) = browser.shell().await;
    let shell = terminal.ask("echo $$ $PPID").await;
    for jump in JUMPS {
        let now: i64 = sh("date +%s").parse().expect("seconds");
        sh(&format!("date --set=@{}", now + jump));
        assert_eq!(terminal.ask("echo $$ $PPID").await, shell, "after {jump} s");
        // Also by a daemon that never saw the other time.
        sh("systemctl -M tester@ --user kill --signal=KILL coracle.service");
        terminal.until("the socket is gone", |t| Some(t.closed)).await;
        while terminal.step().await {}
        terminal = browser.terminal(&id).await;
        let started = terminal.frame("started").await;
        let left = started["deadlines"]["lifetime_left_ms"].as_u64();
        assert!(left.is_none_or(|left| left > 3_600_000), "{jump} s are no lifetime: {started}");
        assert_eq!(terminal.ask("echo $$ $PPID").await, shell, "after {jump} s and a kill");
    }
    let adoptions = || journal(&id, "session-adopted", "CORACLE_USER").len();
    until("three adoptions are audited", || (adoptions() == 3).then_some(()));
    terminal.type_in("exit 9\r").await;
    assert_eq!(terminal.ends().await, ("exit".to_owned(), Some(9)));
    assert_eq!(recorded(&id, "session-end", "CORACLE_STATUS"), ["9"]);
    nothing_left();
}
