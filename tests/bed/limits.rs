//! The shipped profile's limits as the kernel has them, and what happens beyond them; for every test binary whose machine has
//! the controllers.

use std::time::Instant;

use serde_json::json;

use crate::{
    browser::{Browser, Terminal},
    machine::{PATIENCE, cgroup, first_process, recorded, sh, until},
};

/// Bytes.
pub(crate) const MEMORY: u64 = 209_715_200;
/// File of the cgroup and what it says.
const FILES: [(&str, &str); 4] =
    [("memory.max", "209715200"), ("memory.swap.max", "0"), ("cpu.max", "50000 100000"), ("pids.max", "128")];

/// What the page's certificate, the kernel inside, the kernel outside and the journal say of a session that has just begun.
pub(crate) async fn are_confirmed(id: &str, terminal: &mut Terminal) {
    let certificate = terminal.frame("started").await["certificate"].clone();
    for (fact, value) in [("memory", MEMORY), ("swap", 0), ("millicpus", 500), ("pids", 128)] {
        assert_eq!(certificate[fact], json!(value), "{fact} in {certificate}");
    }
    terminal.prompted('$').await;
    for (file, value) in FILES {
        assert_eq!(terminal.ask(&format!("cat /sys/fs/cgroup/{file}")).await, value, "{file} inside");
        assert_eq!(cgroup(id, file), value, "{file} outside");
    }
    let facts = recorded(id, "session-start", "CORACLE_FACTS");
    assert!(
        matches!(facts.as_slice(), [one] if one.contains(" memory=209715200 swap=0 millicpus=500 pids=128 ")),
        "{facts:?}"
    );
}

/// How many processes the next notice says were killed.
async fn killed(terminal: &mut Terminal) -> u64 {
    let oom = |t: &Terminal| t.frames.iter().position(|frame| frame["type"] == "notice" && frame["kind"] == "oom");
    let at = terminal.until("a notice that something was killed", oom).await;
    terminal.frames.remove(at)["killed"].as_u64().expect("a count")
}

/// A hog is killed, and only it, and its page is told; one that is killed while nobody looks is told to who comes next.
pub(crate) async fn kill_hogs_alone(browser: &Browser, id: &str, mut terminal: Terminal) -> Terminal {
    let shell = terminal.ask("echo $$ $PPID").await;
    assert_eq!(terminal.ask("tail /dev/zero; echo $?").await, "137");
    assert_eq!(killed(&mut terminal).await, 1);
    assert_eq!(terminal.ask("echo $$ $PPID").await, shell, "the shell is the one from before");
    terminal.run("(until [ -e /tmp/away ]; do sleep 1; done; exec tail /dev/zero) & true").await;
    drop(terminal);
    browser.until_detached(id).await;
    // The host's root owns nothing in there, so it does not say whose namespace it enters as nobody's.
    sh(&format!("nsenter --target {} --user --mount /bin/busybox touch /tmp/away", first_process(id)));
    until("the second hog is killed", || cgroup(id, "memory.events").contains("oom_kill 2").then_some(()));
    let mut terminal = browser.terminal(id).await;
    assert_eq!(killed(&mut terminal).await, 1);
    assert_eq!(terminal.ask("echo $$ $PPID").await, shell, "it is still that shell");
    // One record a minute; meanwhile somebody is at the terminal, as the daemon sees it.
    let began = Instant::now();
    let audited = loop {
        terminal.run("true").await;
        let counts = recorded(id, "session-oom", "CORACLE_COUNT");
        if counts.len() > 1 || began.elapsed() > PATIENCE {
            break counts;
        }
    };
    assert_eq!(audited, ["1", "1"]);
    terminal
}

/// A hog in the shell's place ends the session for want of memory, and the end is what says so.
pub(crate) async fn end_a_shell_that_is_a_hog(id: &str, terminal: &mut Terminal) {
    let told = |t: &Terminal| t.frames.iter().filter(|frame| frame["kind"] == "oom").count();
    let before = told(terminal);
    terminal.type_in("exec tail /dev/zero\r").await;
    assert_eq!(terminal.ends().await, ("oom".to_owned(), Some(137)), "{:?}", terminal.frames);
    assert_eq!(told(terminal), before, "the end says it: {:?}", terminal.frames);
    assert_eq!(recorded(id, "session-end", "CORACLE_REASON"), ["oom"]);
}

/// A fork bomb stops at its limit, while a neighbour, the host and the daemon go on.
pub(crate) async fn stop_a_fork_bomb(id: &str, terminal: &mut Terminal, neighbour: &mut Terminal) {
    terminal.type_in("bomb() { bomb | bomb & }; bomb\r").await;
    terminal.shows("Resource temporarily unavailable").await;
    assert_eq!(neighbour.ask("echo $((6*7)) | cat").await, "42", "a neighbour starts processes");
    assert_eq!(sh("echo $((6*7)) | cat"), "42", "the host starts processes");
    let most: u32 = cgroup(id, "pids.peak").parse().expect("a number");
    assert!(most <= 128, "{most} processes");
    assert_eq!(Browser::new().get("/healthz").await.status, 200);
}

/// Two burners get half a processor together; returns the seconds of a processor that they used while it was measured.
pub(crate) async fn throttle_burners(id: &str, terminal: &mut Terminal) -> f64 {
    terminal.type_in("for n in 1 2; do while :; do :; done & done\r").await;
    // The kernel's own counters, over its own clock: however slow its processors are, they say the same.
    let count = |stat: &str, key: &str| -> u64 {
        let value = stat.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(' '));
        value.and_then(|value| value.parse().ok()).unwrap_or_else(|| panic!("{key} in {stat}"))
    };
    let uptime = || -> f64 {
        sh("cat /proc/uptime").split(' ').next().and_then(|word| word.parse().ok()).expect("a number of seconds")
    };
    until("they are throttled", || (count(&cgroup(id, "cpu.stat"), "nr_throttled") > 0).then_some(()));
    // What was used between two moments that lie within these two.
    let began = uptime();
    let first = cgroup(id, "cpu.stat");
    let last = until("fifty more periods are over", || {
        Some(cgroup(id, "cpu.stat")).filter(|now| count(now, "nr_periods") >= count(&first, "nr_periods") + 50)
    });
    let took = uptime() - began;
    let risen = |key: &str| count(&last, key) - count(&first, key);
    let used = risen("usage_usec") as f64 / 1e6;
    assert!(risen("nr_throttled") > 0 && used > 0.0, "{first} {last}");
    assert!(used / took <= 0.6, "{used} s of processor time in {took} s: {first} {last}");
    used
}
