//! The daemon is killed while fifty sessions are live.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};
use serde_json::json;

use super::site::{Mode, Site};
use crate::{
    browser::{Browser, Terminal},
    machine::{machine, until},
};

const SESSIONS: u8 = 50;
/// Of one address, which may have 32 connections.
const OF_ONE: u8 = 20;
/// From the start of the next daemon's process to the last session's answer: a hundred times what people would notice, and
/// told by the clock only where nobody else is at work. The test prints what it took.
const AT_MOST: Duration = Duration::from_secs(15);

/// CLOCK_MONOTONIC, as systemd's timestamps; the machine has the host's.
fn now() -> Duration {
    clock_gettime(ClockId::Monotonic).try_into().expect("not negative")
}

/// A page that comes back to session `id` and types until there is an answer; when that was.
async fn answers(browser: Browser, id: String, shell: String) -> (Duration, Terminal) {
    loop {
        let Ok(mut terminal) = browser.try_socket(&id).await else { continue };
        if terminal.try_say(json!({"type": "resize", "cols": 100, "rows": 30})).await {
            terminal.frame("started").await;
            assert_eq!(terminal.ask("echo $$-$X").await, shell);
            return (now(), terminal);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)] // pages come back while this waits
async fn after_a_kill_fifty_sessions_are_adopted_and_answer() {
    let image = &machine().busybox;
    let site = Site::start(
        Mode::User,
        &format!(
            "max = 64\nper_user = 64\nstarts_per_minute = 600\n\
             [[profiles]]\nname = \"small\"\nimage = \"{image}\"\npull = \"never\"\ncommand = [\"/bin/sh\"]"
        ),
    );
    let alice = Browser::of("alice").await;
    let mut sessions = Vec::new();
    for n in 0..SESSIONS {
        let browser = Browser { cookie: alice.cookie.clone(), ..Browser::at(71 + n / OF_ONE) };
        let id = browser.start("small").await;
        let mut terminal = browser.terminal(&id).await;
        terminal.prompt().await;
        terminal.run(&format!("X={n}")).await;
        let shell = terminal.ask("echo $$-$X").await;
        sessions.push((browser, id, shell, terminal));
    }
    let old = site.daemon();
    site.kill_daemon();
    let mut pages = Vec::new();
    for (browser, id, shell, mut terminal) in sessions {
        while terminal.step().await {}
        pages.push(tokio::spawn(answers(browser, id, shell)));
    }
    let mut times = Vec::new();
    let mut terminals = Vec::new();
    for page in pages {
        let (time, terminal) = page.await.expect("its shell answers");
        times.push(time);
        terminals.push(terminal);
    }
    until("the next daemon is known", || site.daemon().filter(|pid| Some(pid) != old.as_ref()));
    let began: u64 = site.property("ExecMainStartTimestampMonotonic").parse().expect("microseconds");
    times.sort_unstable();
    let after = |time: Duration| time.saturating_sub(Duration::from_micros(began));
    let (half, last) = (after(times[times.len() / 2]), after(times[times.len() - 1]));
    println!("{SESSIONS} sessions after the process began: half of them answered in {half:?}, all in {last:?}");
    assert!(last < AT_MOST, "{last:?}");
    let adopted = site.journal(&["CORACLE_EVENT=session-adopted"]);
    let since = adopted.iter().filter(|record| record["_PID"].as_str() == site.daemon().as_deref()).count();
    assert_eq!(since, usize::from(SESSIONS));
}
