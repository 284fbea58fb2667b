//! A session with its limits, from the login to nothing left.

use serde_json::json;

use crate::{
    browser::{Browser, Terminal},
    machine::{cgroup, env, journal, nothing_left, recorded, root, touch_inside, traces, until},
};

/// What the shipped profile gives, and the certificate says.
const MEMORY: u64 = 209_715_200;

pub(crate) async fn logged_in() -> Browser {
    let mut browser = Browser::new();
    let answer = browser.login(&env("CORACLE_VM_USER"), &env("CORACLE_VM_PASSWORD")).await;
    assert_eq!((answer.status, browser.cookie.is_some()), (303, true), "{answer:?}");
    browser
}

/// How many processes the next notice says were killed.
async fn killed(terminal: &mut Terminal) -> u64 {
    let oom = |t: &Terminal| t.frames.iter().position(|frame| frame["type"] == "notice" && frame["kind"] == "oom");
    let at = terminal.until("a notice that something was killed", oom).await;
    terminal.frames.remove(at)["killed"].as_u64().expect("a count")
}

/// A number of the session's end event.
fn at_the_end(session: &str, field: &str) -> u64 {
    let values = recorded(session, "session-end", field);
    values.first().and_then(|value| value.parse().ok()).unwrap_or_else(|| panic!("{field}: {values:?}"))
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
    for (fact, value) in [("memory", MEMORY), ("swap", 0), ("millicpus", 500), ("pids", 128)] {
        assert_eq!(certificate[fact], json!(value), "{fact} in {certificate}");
    }
    terminal.prompted('$').await;
    for (file, value) in
        [("memory.max", "209715200"), ("memory.swap.max", "0"), ("cpu.max", "50000 100000"), ("pids.max", "128")]
    {
        assert_eq!(terminal.ask(&format!("cat /sys/fs/cgroup/{file}")).await, value, "{file}");
    }
    let facts = recorded(&id, "session-start", "CORACLE_FACTS");
    assert!(
        matches!(facts.as_slice(), [one] if one.contains(" memory=209715200 swap=0 millicpus=500 pids=128 ")),
        "{facts:?}"
    );

    let traces = traces();
    for trace in [format!("coracle-{id}"), "/container\n".to_owned(), format!("{id}.rec"), format!("{id}.ring")] {
        assert!(traces.contains(&trace), "{trace:?} in {traces}");
    }

    // A hog is killed, and only it, and the page is told: the shell is the one from before.
    let shell = terminal.ask("echo $$ $PPID").await;
    assert_eq!(terminal.ask("tail /dev/zero; echo $?").await, "137");
    assert_eq!(killed(&mut terminal).await, 1);
    assert_eq!(terminal.ask("echo $$ $PPID").await, shell);
    // One that is killed while nobody looks is told to who comes next.
    terminal.run("(until [ -e /tmp/away ]; do sleep 1; done; exec tail /dev/zero) & true").await;
    drop(terminal);
    browser.until_detached(&id).await;
    touch_inside("/tmp/away");
    until("the second hog is killed", || cgroup("memory.events").contains("oom_kill 2"));
    let mut terminal = browser.terminal(&id).await;
    assert_eq!(killed(&mut terminal).await, 1);
    assert_eq!(terminal.ask("echo $$ $PPID").await, shell);

    // The shell is the first process, so this signal of its own does not reach it; and the status alone is no proof.
    terminal.type_in("kill -9 $$; exit 137\r").await;
    assert_eq!(terminal.ends().await, ("exit".to_owned(), Some(137)));
    nothing_left();
    assert_eq!(recorded(&id, "session-end", "CORACLE_REASON"), ["exit"]);
    assert_eq!(journal(&id, "session-oom", "CORACLE_COUNT"), ["1", "1"]);
    let peak = at_the_end(&id, "CORACLE_MEMORY_PEAK");
    assert!((MEMORY / 2..=MEMORY).contains(&peak), "{peak}");
    assert!(at_the_end(&id, "CORACLE_CPU_USEC") > 100_000, "two hogs filled their memory");
    assert!(at_the_end(&id, "CORACLE_OUTPUT_BYTES") > 200, "prompts and answers");
}

#[tokio::test]
async fn a_hog_in_the_shells_place_ends_the_session_for_want_of_memory() {
    let browser = logged_in().await;
    let (id, mut terminal) = browser.shell().await;
    terminal.type_in("exec tail /dev/zero\r").await;
    assert_eq!(terminal.ends().await, ("oom".to_owned(), Some(137)), "{:?}", terminal.frames);
    assert!(terminal.frames.iter().all(|frame| frame["kind"] != "oom"), "the end says it: {:?}", terminal.frames);
    assert_eq!(recorded(&id, "session-end", "CORACLE_REASON"), ["oom"]);
    assert_eq!(journal(&id, "session-oom", "CORACLE_COUNT"), [""; 0]);
    nothing_left();
}

#[tokio::test]
async fn a_fork_bomb_stops_at_its_limit_while_host_and_neighbours_go_on_and_its_owner_ends_it() {
    let browser = logged_in().await;
    let (neighbour, mut quiet) = browser.shell().await;
    let (id, mut terminal) = browser.shell().await;
    terminal.type_in("bomb() { bomb | bomb & }; bomb\r").await;
    terminal.shows("Resource temporarily unavailable").await;
    assert_eq!(quiet.ask("echo $((6*7)) | cat").await, "42", "a neighbour starts processes");
    assert_eq!(root("echo $((6*7)) | cat"), "42", "the host starts processes");
    assert_eq!(browser.get("/healthz").await.status, 200);
    assert_eq!(browser.delete(&format!("/api/v1/sessions/{id}")).await.status, 204);
    assert_eq!(terminal.ends().await.0, "owner");
    assert_eq!(recorded(&id, "session-end", "CORACLE_REASON"), ["owner"]);

    assert_eq!(browser.delete(&format!("/api/v1/sessions/{neighbour}")).await.status, 204);
    assert_eq!(quiet.ends().await.0, "owner");
    nothing_left();
}

#[tokio::test]
async fn two_burners_get_half_a_processor_together() {
    let browser = logged_in().await;
    let (id, mut terminal) = browser.shell().await;
    terminal.type_in("for n in 1 2; do while :; do :; done & done\r").await;
    // The kernel's own counters, over its own clock: however slow its processors are, they say the same.
    let count = |stat: &str, key: &str| -> u64 {
        let value = stat.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(' '));
        value.and_then(|value| value.parse().ok()).unwrap_or_else(|| panic!("{key} in {stat}"))
    };
    let seconds =
        |uptime: &str| -> f64 { uptime.split(' ').next().and_then(|word| word.parse().ok()).expect("a number") };
    until("they are throttled", || count(&cgroup("cpu.stat"), "nr_throttled") > 0);
    // What was used between two moments that lie within these two.
    let began = seconds(&root("cat /proc/uptime"));
    let first = cgroup("cpu.stat");
    let mut last = String::new();
    until("fifty more periods are over", || {
        last = cgroup("cpu.stat");
        count(&last, "nr_periods") >= count(&first, "nr_periods") + 50
    });
    let took = seconds(&root("cat /proc/uptime")) - began;
    let risen = |key: &str| count(&last, key) - count(&first, key);
    let used = risen("usage_usec") as f64 / 1e6;
    assert!(risen("nr_throttled") > 0 && used > 0.0, "{first} {last}");
    assert!(used / took <= 0.6, "{used} s of processor time in {took} s: {first} {last}");

    assert_eq!(browser.delete(&format!("/api/v1/sessions/{id}")).await.status, 204);
    assert_eq!(terminal.ends().await.0, "owner");
    nothing_left();
    assert!(at_the_end(&id, "CORACLE_CPU_USEC") as f64 / 1e6 >= used, "what it used is in its end event");
}
