//! The default limits, as the kernel has them, and what happens beyond them.

use serde_json::json;

use crate::machine::{World, cgroup, ends_for, recorded, sh, until};

/// What the shipped profile gives: file of the cgroup and what it says.
const LIMITS: [(&str, &str); 4] =
    [("memory.max", "209715200"), ("memory.swap.max", "0"), ("cpu.max", "50000 100000"), ("pids.max", "128")];

pub(crate) async fn the_kernel_confirms_the_limits_from_inside_and_from_outside(world: &mut World) {
    assert!(!sh("cat /etc/coracle/config.d/*.toml").contains("require_limits"), "the default is what is tested");
    world.mira.leaves().await;
    let browser = world.mira.browser().await;
    let id = browser.new_session().await;
    let mut terminal = browser.terminal(&id).await;
    let certificate = terminal.frame("started").await["certificate"].clone();
    for (fact, value) in [("memory", 209_715_200_u64), ("swap", 0), ("millicpus", 500), ("pids", 128)] {
        assert_eq!(certificate[fact], json!(value), "{fact} in {certificate}");
    }
    terminal.prompted('$').await;
    for (file, value) in LIMITS {
        assert_eq!(terminal.ask(&format!("cat /sys/fs/cgroup/{file}")).await, value, "{file} inside");
        assert_eq!(cgroup(&id, file), value, "{file} outside");
    }
    let facts = recorded(&id, "session-start", "CORACLE_FACTS");
    assert!(
        matches!(facts.as_slice(), [one] if one.contains(" memory=209715200 swap=0 millicpus=500 pids=128 ")),
        "{facts:?}"
    );
    assert_eq!(browser.delete(&format!("/api/v1/sessions/{id}")).await.status, 204);
    assert_eq!(terminal.ends().await.0, "owner");
}

pub(crate) async fn two_burners_get_half_a_processor_together(world: &mut World) {
    let (id, mut terminal) = world.mira.shell().await;
    terminal.type_in("for n in 1 2; do while :; do :; done & done\r").await;
    // The kernel's own counters, over its own clock: however slow its processors are, they say the same.
    let count = |stat: &str, key: &str| -> u64 {
        let value = stat.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(' '));
        value.and_then(|value| value.parse().ok()).unwrap_or_else(|| panic!("{key} in {stat}"))
    };
    let uptime = || -> f64 {
        sh("cat /proc/uptime").split(' ').next().and_then(|word| word.parse().ok()).expect("a number of seconds")
    };
    until("they are throttled", || (count(&cgroup(&id, "cpu.stat"), "nr_throttled") > 0).then_some(()));
    // What was used between two moments that lie within these two.
    let began = uptime();
    let first = cgroup(&id, "cpu.stat");
    let last = until("fifty more periods are over", || {
        Some(cgroup(&id, "cpu.stat")).filter(|now| count(now, "nr_periods") >= count(&first, "nr_periods") + 50)
    });
    let took = uptime() - began;
    let risen = |key: &str| count(&last, key) - count(&first, key);
    let used = risen("usage_usec") as f64 / 1e6;
    assert!(risen("nr_throttled") > 0 && used > 0.0, "{first} {last}");
    assert!(used / took <= 0.6, "{used} s of processor time in {took} s: {first} {last}");
    world.mira.leaves().await;
    ends_for(terminal, "owner").await;
    assert_eq!(recorded(&id, "session-end", "CORACLE_REASON"), ["owner"]);
}

pub(crate) async fn a_hog_is_killed_alone_and_its_person_is_told(world: &mut World) {
    let (id, mut terminal) = world.mira.shell().await;
    let shell = terminal.ask("echo $$ $PPID").await;
    assert_eq!(terminal.ask("tail /dev/zero; echo $?").await, "137");
    let oom = |frame: &serde_json::Value| frame["type"] == "notice" && frame["kind"] == "oom";
    let notice = terminal.until("a notice", |t| t.frames.iter().find(|frame| oom(frame)).cloned()).await;
    assert_eq!(notice["killed"], 1, "{notice}");
    assert_eq!(terminal.ask("echo $$ $PPID").await, shell, "the shell is the one from before");
    assert_eq!(recorded(&id, "session-oom", "CORACLE_COUNT"), ["1"]);
    assert!(cgroup(&id, "memory.events").contains("oom_kill 1"));
}

pub(crate) async fn a_fork_bomb_stops_at_its_limit_while_host_and_neighbour_go_on(world: &mut World) {
    let (_, mut quiet) = world.mira.shell().await;
    let (id, mut terminal) = world.leaver.shell().await;
    terminal.type_in("bomb() { bomb | bomb & }; bomb\r").await;
    terminal.shows("Resource temporarily unavailable").await;
    assert_eq!(quiet.ask("echo $((6*7)) | cat").await, "42", "a neighbour starts processes");
    assert_eq!(sh("echo $((6*7)) | cat"), "42", "the host starts processes");
    let alive: u32 = cgroup(&id, "pids.peak").parse().unwrap_or(128); // kernels before 6.1 have no such file
    assert!(alive <= 128, "{alive} processes");
    assert_eq!(world.mira.browser().await.get("/healthz").await.status, 200);
    world.leaver.leaves().await;
    ends_for(terminal, "owner").await;
    assert_eq!(recorded(&id, "session-end", "CORACLE_REASON"), ["owner"]);
}
