//! One person, one boat: what a session is, and who gets how many.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::{
    browser::Browser,
    endings::told_everywhere,
    machine::{Machine, PATIENCE, until},
    service::Service,
};

#[tokio::test]
async fn login_prompt_answer_exit_and_nothing_is_left() {
    let service = Service::plain();
    let alice = Browser::of("alice").await;
    let (id, mut terminal) = alice.shell().await;
    assert_eq!(terminal.ask("echo $((6*7))").await, "42");
    terminal.type_in("exit 7\r").await;
    terminal.closes().await;
    service.nothing_left();
    let end = told_everywhere(&service, &alice, &id, Some(terminal), ("exit", Some(7))).await;
    assert_eq!(end["CORACLE_USER"], "alice");
}

#[tokio::test]
async fn within_two_seconds_of_its_end_nothing_of_a_session_exists() {
    let service = Service::plain();
    gone_within_two_seconds(|| service.nothing_left()).await;
}

/// The best of some tries counts: other work on this machine delays one of them, a slow removal delays all.
pub(crate) async fn gone_within_two_seconds(nothing_left: impl Fn()) {
    let alice = Browser::of("alice").await;
    let mut best = Duration::MAX;
    for _ in 0..4 {
        let (_, mut terminal) = alice.shell().await;
        terminal.type_in("exit\r").await;
        terminal.closes().await;
        let began = Instant::now();
        nothing_left();
        best = best.min(began.elapsed());
        if best < Duration::from_secs(2) {
            return;
        }
    }
    panic!("something of it for {best:?} at best");
}

#[tokio::test]
async fn the_shell_is_born_with_the_browsers_size_and_follows_it() {
    let _service = Service::plain();
    let alice = Browser::of("alice").await;
    let id = alice.new_session().await;
    let mut terminal = alice.socket(&id).await;
    terminal.say(json!({"type": "resize", "cols": 111, "rows": 37})).await;
    terminal.prompt().await;
    assert_eq!(terminal.ask("stty size").await, "37 111");
    // A window being dragged: the last size wins.
    for cols in 80..=132 {
        terminal.say(json!({"type": "resize", "cols": cols, "rows": 43})).await;
    }
    let began = Instant::now();
    loop {
        let size = terminal.ask("stty size").await;
        if size == "43 132" {
            break;
        }
        assert!(began.elapsed() < PATIENCE, "still {size}");
    }
}

#[tokio::test]
async fn inside_there_is_a_crew_member_without_any_power() {
    let _service = Service::plain();
    let (_, mut t) = Browser::of("alice").await.shell().await;
    assert_eq!(t.ask("id -un; id -u; id -G").await.split_whitespace().collect::<Vec<_>>(), ["crew", "1000", "1000"]);
    assert_eq!(
        t.ask("cd; pwd; touch f && stat -c %U f").await.split_whitespace().collect::<Vec<_>>(),
        ["/home/crew", "crew"]
    );
    assert_eq!(t.ask("grep -c . /proc/net/dev").await, "3", "two lines of head and lo");
    assert_eq!(t.ask("grep CapBnd /proc/self/status | tr -dc 0-9a-f | tail -c 16").await, "0000000000000000");
    assert_eq!(t.ask("grep NoNewPrivs /proc/self/status | tr -dc 0-9").await, "1");
    assert_eq!(t.ask("touch /x 2>/dev/null || echo read-only").await, "read-only");
    assert_eq!(t.ask("unshare -U true 2>/dev/null || echo refused").await, "refused");
    assert_eq!(
        t.ask("dd if=/dev/zero of=/tmp/f bs=1M count=64 2>/dev/null; stat -c %s /tmp/f").await,
        (32 << 20).to_string()
    );
    assert_eq!(t.ask("cat /etc/hosts /etc/resolv.conf | grep -c -e containers.internal -e nameserver").await, "0");
}

#[tokio::test]
async fn two_sessions_share_no_ids_and_do_not_see_each_other() {
    let service = Service::plain();
    let (alice, bob) = (Browser::of("alice").await, Browser::of("bob").await);
    let ((_, mut a), (_, mut b)) = (alice.shell().await, bob.shell().await);
    let map = "tr -s ' ' < /proc/self/uid_map";
    let (of_a, of_b) = (a.ask(map).await, b.ask(map).await);
    assert_ne!(of_a, of_b, "each has a slot of its own");
    assert!(!of_a.contains(" 1000 ") && of_a.trim().starts_with("0 ") && of_a.trim().ends_with("65536"), "{of_a}");
    a.type_in("sleep 4711 &\r").await;
    assert_eq!(b.ask("ls -d /proc/[0-9]* | wc -l").await.parse::<u32>().map(|n| n < 8), Ok(true));
    assert_eq!(service.machine.processes("sleep 4711").len(), 1);
}

#[tokio::test]
async fn one_person_has_four_sessions_and_six_starts_a_minute() {
    let service = Service::start("per_user = 2\nstarts_per_minute = 3", "");
    let alice = Browser::of("alice").await;
    let start = || alice.post("/api/v1/sessions", json!({"profile": "shell"}));
    let first = start().await;
    assert_eq!((first.status, start().await.status), (202, 202));
    let third = start().await;
    assert_eq!((third.status, third.header("content-type")), (429, "application/problem+json"), "{third:?}");
    let id = first.json()["id"].as_str().expect("an id").to_owned();
    assert_eq!(alice.delete(&format!("/api/v1/sessions/{id}")).await.status, 204);
    assert_eq!(start().await.status, 202, "a place is free again");
    alice.delete(&format!("/api/v1/sessions/{}", alice.sessions().await[0].0)).await;
    let fast = start().await;
    assert_eq!(fast.status, 429);
    assert!(fast.header("retry-after").parse::<u64>().is_ok_and(|s| (1..=61).contains(&s)), "{fast:?}");
    assert_eq!(Browser::of("bob").await.post("/api/v1/sessions", json!({"profile": "shell"})).await.status, 202);
    assert_eq!(alice.post("/api/v1/sessions", json!({"profile": "nothing"})).await.status, 422);
    drop(service);
}

#[tokio::test]
async fn a_full_host_says_so() {
    let _service = Service::start("max = 1", "");
    let alice = Browser::of("alice").await;
    let (_, _terminal) = alice.shell().await;
    let answer = Browser::of("bob").await.post("/api/v1/sessions", json!({"profile": "shell"})).await;
    assert_eq!(answer.status, 503, "{answer:?}");
    assert!(answer.json()["detail"].as_str().is_some_and(|d| d.contains("full")), "{answer:?}");
}

#[tokio::test]
async fn starts_wait_their_turn_and_are_told_their_place() {
    let service = Service::start("per_user = 8\nstarts_per_minute = 60", "");
    let alice = Browser::of("alice").await;
    let stopped = StoppedPodman::of(service.machine); // or the sixth's turn may come before anybody looks
    let mut ids = Vec::new();
    for _ in 0..6 {
        ids.push(alice.new_session().await);
    }
    let mut last = alice.terminal(&ids[5]).await;
    let queued = |f: &serde_json::Value| f["type"] == "progress" && f["step"] == "queue";
    last.until("the sixth of six starts waits", |t| t.frames.iter().any(queued).then_some(())).await;
    drop(stopped);
    last.prompt().await;
}

/// Podman's service takes calls and answers none until this is dropped.
struct StoppedPodman(&'static Machine);

impl StoppedPodman {
    fn of(machine: &'static Machine) -> StoppedPodman {
        let stopped = StoppedPodman(machine);
        assert_eq!(machine.systemctl("start podman.service").code, 0);
        assert_eq!(machine.systemctl("kill -s STOP podman.service").code, 0);
        stopped
    }
}

impl Drop for StoppedPodman {
    fn drop(&mut self) {
        self.0.systemctl("kill -s CONT podman.service");
    }
}

#[tokio::test]
async fn a_second_tab_takes_over_and_the_first_watches_until_it_takes_back() {
    let _service = Service::plain();
    let alice = Browser::of("alice").await;
    let (id, mut first) = alice.shell().await;
    let pid = first.ask("echo $$").await;
    first.run("X=kept").await;
    let mut second = alice.terminal(&id).await;
    second.frame("started").await;
    assert_eq!(first.frame("role").await, json!({"type": "role", "role": "watcher", "cols": 100, "rows": 30}));
    assert_eq!(second.ask("echo $$ $X").await, format!("{pid} kept"));
    first.type_in("echo un''heard\r").await;
    second.run("echo for all").await;
    first.shows("for all").await;
    first.say(json!({"type": "take"})).await;
    assert_eq!(first.frame("role").await["role"], "owner");
    assert_eq!(second.frame("role").await["role"], "watcher");
    first.output.clear();
    assert_eq!(first.ask("echo $X").await, "kept");
    assert!(!first.output.contains("unheard"), "what a watcher types is not kept for later");
    drop(first);
    assert_eq!(second.frame("role").await["role"], "owner", "who watched has the keyboard again");
    second.output.clear();
    assert_eq!(second.ask("echo $X").await, "kept");
}

#[tokio::test]
async fn a_closed_tab_ends_nothing_and_the_next_one_sees_all_that_was_printed_meanwhile() {
    let service = Service::plain();
    let alice = Browser::of("alice").await;
    let (id, mut terminal) = alice.shell().await;
    terminal.type_in("echo mark > ~/f\r").await;
    terminal.shows("$ ").await;
    terminal.type_in("(until [ -e /tmp/away ]; do sleep 0.1; done; echo while'' away; touch /tmp/said) & true\r").await;
    terminal.shows("$ ").await;
    drop(terminal);
    alice.until_detached(&id).await;
    let inside = |line: &str| service.machine.user(&format!("podman exec coracle-{id} {line}")).code;
    assert_eq!(inside("touch /tmp/away"), 0);
    until("the job is done", || (inside("test -e /tmp/said") == 0).then_some(()));
    let mut back = alice.terminal(&id).await;
    back.prompt().await;
    assert!(back.redraw.contains("while away"), "{:?}", back.redraw);
    assert!(!back.frames.iter().any(|f| f["kind"] == "gap"), "nothing is missing: {:?}", back.frames);
    assert_eq!(back.ask("cat ~/f").await, "mark");
}

#[tokio::test]
async fn a_program_on_the_whole_screen_is_there_again_with_its_modes_and_what_it_hides() {
    let _service = Service::plain();
    let alice = Browser::of("alice").await;
    let (id, mut terminal) = alice.shell().await;
    terminal.run("echo be'fore'").await;
    terminal.type_in("printf '\\033[?1049h\\033[?1h\\033[?2004h\\033]2;pro%s\\007\\033[5;7H\\033[1;31mfull screen' gram; read x\r").await;
    terminal.shows("full screen").await;
    drop(terminal);
    alice.until_detached(&id).await;
    let mut back = alice.terminal(&id).await;
    let screen = back.redrawn().await;
    for part in ["before", "\x1b[?47h", "full screen", "\x1b[?1h", "\x1b[?2004h", "]2;program"] {
        assert!(screen.contains(part), "{part:?} in {screen:?}");
    }
    assert!(back.output.is_empty(), "the program was not asked to draw anything: {:?}", back.output);
    back.type_in("\r").await;
    assert_eq!(back.ask("echo on").await, "on");
}
