//! The daemon may die, and Podman's service too; the session does not, and misses nothing.

use serde_json::json;

use crate::{
    account::System,
    browser::{Browser, Terminal},
    endings::{end_event, told_everywhere},
    machine::{Machine, until},
    service::{Service, port},
};

/// Numbers that are printed while the daemon dies; all of them are on the screen and above it in the end.
const NUMBERS: usize = 600;
/// Where Podman keeps what conmon works in, for the system service's account.
const BUNDLES: &str = "/var/lib/coracle/.local/share/containers/storage/overlay-containers";

fn end_events(service: &Service, id: &str) -> Vec<serde_json::Value> {
    service.machine.journal(&[&format!("CORACLE_SESSION={id}"), "CORACLE_EVENT=session-end"])
}

#[tokio::test]
async fn a_restart_ends_no_session_and_the_page_is_told_to_come_back() {
    let service = Service::plain();
    let alice = Browser::of("alice").await;
    let (id, mut terminal) = alice.shell().await;
    let pid = terminal.ask("echo $$").await;
    terminal.run("X=kept").await;
    // More than the ring keeps, behind what shows on the screen all the time.
    terminal.run("printf '\\033]2;old title\\007\\033[1;40Hstays here'; for i in $(seq 9000); do printf '\\033[9;1Hcount %d' $i; done").await;
    assert_eq!(service.machine.systemctl("restart coracle.service").code, 0);
    assert_eq!(terminal.closes().await, 1012);
    let mut back = alice.terminal(&id).await;
    back.frame("started").await;
    let screen = back.redrawn().await;
    assert!(
        screen.contains("old title") && screen.contains("stays here") && screen.contains("count 9000"),
        "{screen:?}"
    );
    assert_eq!(back.ask("echo $$ $X").await, format!("{pid} kept"));
    misses_nothing(&back);
    assert!(end_events(&service, &id).is_empty());
}

/// No frame that came says that output is missing.
fn misses_nothing(terminal: &Terminal) {
    assert!(!terminal.frames.iter().any(|frame| frame["kind"] == "gap"), "{:?}", terminal.frames);
}

/// Has `disturb` do its worst three times while the shell of `id` prints numbers, and sees that each of them comes once and in
/// order, from the same shell.
async fn every_number_comes_once(alice: &Browser, id: &str, mut terminal: Terminal, disturb: impl Fn(usize)) {
    let pid = terminal.ask("echo $$").await;
    terminal
        .type_in(&format!("clear; for i in $(seq {NUMBERS}); do echo \"n$i.\"; sleep 0.005; done; echo all of them\r"))
        .await;
    for nth in 0..3 {
        let number = format!("n{}.", (nth + 1) * NUMBERS / 5);
        terminal.until(&number, |t| (t.output.contains(&number) || t.redraw.contains(&number)).then_some(())).await;
        misses_nothing(&terminal);
        disturb(nth);
        terminal.is_gone().await;
        terminal = alice.terminal(id).await;
        terminal.frame("started").await;
    }
    let end = "all of them\r";
    terminal.until(end, |t| (t.output.contains(end) || t.redraw.contains(end)).then_some(())).await;
    misses_nothing(&terminal);
    assert_eq!(terminal.ask("echo $$").await, pid);
    let mut last = alice.terminal(id).await;
    let screen = last.redrawn().await;
    let numbers = screen.split(|c: char| !c.is_ascii_digit() && !['n', '.'].contains(&c));
    let seen: Vec<&str> = numbers.filter(|word| word.starts_with('n') && word.ends_with('.')).collect();
    let all: Vec<String> = (1..=NUMBERS).map(|n| format!("n{n}.")).collect();
    assert_eq!(seen, all);
}

/// How a session's terminal was attached, as its start event says.
fn way(start: &serde_json::Value) -> &str {
    let facts = start["CORACLE_FACTS"].as_str().unwrap_or("");
    facts.split(' ').find_map(|fact| fact.strip_prefix("attach=")).unwrap_or("unknown")
}

#[tokio::test]
async fn kills_and_restarts_while_numbers_are_printed_lose_and_double_none() {
    let service = Service::plain();
    let alice = Browser::of("alice").await;
    let (id, terminal) = alice.shell().await;
    let start = service.machine.journal(&[&format!("CORACLE_SESSION={id}"), "CORACLE_EVENT=session-start"]);
    assert_eq!(way(&start[0]), "direct", "conmon's own socket is used on both releases");
    every_number_comes_once(&alice, &id, terminal, |nth| match nth {
        1 => assert_eq!(service.machine.systemctl("restart coracle.service").code, 0),
        _ => kill(service.machine, service.daemon()),
    })
    .await;
}

#[tokio::test]
async fn under_the_sandbox_too_they_lose_and_double_none() {
    let system = System::plain();
    let alice = Browser::of("alice").await;
    let (id, terminal) = alice.shell().await;
    assert_eq!(way(&system.events("session-start", &id)[0]), "direct");
    every_number_comes_once(&alice, &id, terminal, |nth| match nth {
        1 => drop(system.sh("systemctl restart coracle.service")),
        _ => kill(system.machine, system.daemon()),
    })
    .await;
}

#[tokio::test]
async fn where_conmons_socket_cannot_be_reached_podmans_stream_is_kept_over_kills_as_well() {
    let system = System::start("", &format!("[Service]\nInaccessiblePaths={BUNDLES}\n"));
    let alice = Browser::of("alice").await;
    let (id, mut terminal) = alice.shell().await;
    assert_eq!(way(&system.events("session-start", &id)[0]), "api");
    terminal.say(json!({"type": "resize", "cols": 90, "rows": 20})).await;
    terminal.run("until [ \"$(stty size)\" = '20 90' ]; do sleep 0.05; done").await;
    every_number_comes_once(&alice, &id, terminal, |_| kill(system.machine, system.daemon())).await;
}

fn kill(machine: &Machine, daemon: Option<String>) {
    machine.root(&["kill", "-KILL", &daemon.expect("it runs")]);
}

#[tokio::test]
async fn a_shell_that_ends_while_the_daemon_is_down_has_its_last_words_and_its_status_told() {
    let service = Service::plain();
    let alice = Browser::of("alice").await;
    let (id, mut terminal) = alice.shell().await;
    terminal.run("mkfifo /tmp/go").await;
    terminal.type_in("echo ready; read x < /tmp/go; echo the last words; exit 7\r").await;
    terminal.shows("ready\r").await;
    let daemon = service.daemon().expect("it runs");
    service.machine.root(&["kill", "-STOP", &daemon]);
    service.machine.user(&format!("podman exec coracle-{id} sh -c 'echo > /tmp/go'"));
    until("the shell is gone", || service.machine.processes(&format!("conmon.*coracle-{id}")).is_empty().then_some(()));
    kill(service.machine, Some(daemon));
    terminal.is_gone().await;
    let mut back = alice.terminal(&id).await;
    assert_eq!(back.ends().await, ("exit".to_owned(), Some(7)));
    let seen = format!("{}{}", back.redraw, back.output);
    assert!(seen.contains("the last words"), "{seen:?} {:?}", back.frames);
    misses_nothing(&back);
    service.nothing_left();
    assert_eq!(end_event(&service, &id)["CORACLE_STATUS"], "7");
}

#[tokio::test]
async fn a_stop_empties_systemds_store_and_the_next_daemon_says_that_output_may_be_missing() {
    let service = Service::plain();
    let alice = Browser::of("alice").await;
    let (id, mut terminal) = alice.shell().await;
    let pid = terminal.ask("echo $$").await;
    service.machine.systemctl("stop coracle.socket coracle-control.socket coracle.service");
    service.machine.systemctl("start coracle.socket coracle-control.socket");
    let mut back = alice.terminal(&id).await;
    back.frame("started").await;
    assert_eq!(back.frame("notice").await["kind"], "gap");
    assert_eq!(back.ask("echo $$").await, pid);
}

#[tokio::test]
async fn in_the_foreground_nothing_is_kept_and_what_may_be_missing_is_said() {
    let service = Service::plain();
    service.stop();
    let begin = || {
        let line = format!(
            "exec systemd-run --user --unit=fore --collect --quiet coracle serve --listen 127.0.0.1:{}",
            port()
        );
        assert_eq!(service.machine.user(&line).code, 0);
        until("it listens", || std::net::TcpStream::connect(("127.0.0.1", port())).ok());
    };
    begin();
    let alice = Browser::of("alice").await;
    let (id, mut terminal) = alice.shell().await;
    let pid = terminal.ask("echo $$").await;
    service.machine.systemctl("kill -s KILL fore.service");
    terminal.is_gone().await;
    until("its unit is gone", || (service.machine.systemctl("is-active fore.service").code != 0).then_some(()));
    begin();
    let mut back = alice.terminal(&id).await;
    back.frame("started").await;
    assert_eq!(back.frame("notice").await["kind"], "gap");
    assert_eq!(back.ask("echo $$").await, pid);
    service.cli("end --all --reason shutdown");
    service.machine.systemctl("stop fore.service");
    service.nothing_left();
}

#[tokio::test]
async fn after_kill_9_the_same_shell_goes_on_with_its_deadlines() {
    let service = Service::start("lifetime = \"1h\"", "");
    let alice = Browser::of("alice").await;
    let (id, mut terminal) = alice.shell().await;
    let pid = terminal.ask("echo $$").await;
    let left = |v: &serde_json::Value| v["deadlines"]["lifetime_left_ms"].as_u64().expect("a number");
    service.machine.root(&["kill", "-KILL", &service.daemon().expect("it runs")]);
    terminal.is_gone().await;
    assert_ne!(terminal.closed, Some(1000));
    let mut back = alice.terminal(&id).await;
    let started = back.frame("started").await;
    assert!(left(&started) < 3_600_000 && left(&started) > 3_500_000, "{started}");
    assert_eq!(started["certificate"]["no_new_privileges"], true, "the facts of its start are kept");
    assert_eq!(back.ask("echo $$").await, pid);
    misses_nothing(&back);
    until("the adoption is audited", || {
        service.machine.journal(&[&format!("CORACLE_SESSION={id}"), "CORACLE_EVENT=session-adopted"]).pop()
    });
    back.type_in("exit 3\r").await;
    told_everywhere(&service, &alice, &id, Some(back), ("exit", Some(3))).await;
    service.nothing_left();
}

#[tokio::test]
async fn after_kill_9_the_screen_is_the_same_as_after_a_closed_tab_however_old_it_is() {
    let service = Service::plain();
    let alice = Browser::of("alice").await;
    let (id, mut terminal) = alice.shell().await;
    // A title, lines above the screen and a full screen, all of them older than any ring.
    terminal.run("printf '\\033]2;old title\\007'; for i in $(seq 300); do echo line $i of long ago; done").await;
    terminal.run("printf '\\033[?1049h\\033[?1000h\\033[2J\\033[3;40Hstays here'").await;
    terminal.run("for i in $(seq 9000); do printf '\\033[9;1Hcount %d' $i; done").await;
    let mut other = alice.terminal(&id).await;
    other.frame("started").await;
    let before = other.redrawn().await;
    for wanted in ["old title", "line 280 of long ago", "\x1b[?47h", "stays here", "count 9000", "\x1b[?1000h"] {
        assert!(before.contains(wanted), "{wanted:?} in {before:?}");
    }
    service.machine.root(&["kill", "-KILL", &service.daemon().expect("it runs")]);
    other.is_gone().await;
    let mut back = alice.terminal(&id).await;
    back.frame("started").await;
    assert_eq!(back.redrawn().await, before);
}

#[tokio::test]
async fn of_input_cut_by_kill_9_the_beginning_arrived_each_byte_once_and_no_less_than_was_accepted() {
    /// Bytes.
    const ALL: usize = 200_000;
    let service = Service::plain();
    let alice = Browser::of("alice").await;
    let (id, mut terminal) = alice.shell().await;
    let typed: String = (0..ALL / 8).map(|n| format!("{n:07}\n")).collect();
    // `accepted` counts from the attachment's first key.
    let accepted = |t: &Terminal| {
        let frames = t.frames.iter().filter(|frame| frame["type"] == "accepted");
        frames.filter_map(|frame| frame["bytes"].as_u64()).max().unwrap_or(0)
    };
    let command = String::from("stty raw -echo; printf '\\074rea''dy\\076'; sed -u '/^END$/q' >/tmp/in; stty sane\r");
    terminal.type_in(&command).await;
    terminal.shows("<ready>").await;
    terminal.until("all of that is accepted", |t| (accepted(t) >= command.len() as u64).then_some(())).await;
    let command = accepted(&terminal);
    terminal.type_in(&typed).await;
    terminal.until("some of it is accepted", |t| (accepted(t) > command).then_some(())).await;
    service.machine.root(&["kill", "-KILL", &service.daemon().expect("it runs")]);
    while terminal.step().await {}
    let taken = accepted(&terminal) - command;
    let mut back = alice.terminal(&id).await;
    back.frame("started").await;
    back.type_in("\nEND\n").await;
    let count = back.ask("wc -c </tmp/in").await.parse::<usize>().expect("a number") - "\nEND\n".len();
    let sum = back.ask(&format!("head -c {count} /tmp/in | cksum")).await;
    let wanted = back.ask(&format!("seq -f %07g 0 {} | head -c {count} | cksum", ALL / 8 - 1)).await;
    assert_eq!(sum, wanted, "{count} bytes are the first of what was typed, each once");
    assert!(count as u64 >= taken, "{taken} bytes were accepted, {count} arrived");
}

#[tokio::test]
async fn a_shell_that_ended_while_nobody_was_there_is_audited_once_with_its_status() {
    let service = Service::plain();
    let alice = Browser::of("alice").await;
    let (id, mut terminal) = alice.shell().await;
    service.machine.systemctl("stop coracle.socket coracle-control.socket coracle.service");
    // The shell reads its end from a file that appears while the daemon is away.
    drop(terminal);
    let kill = format!("podman exec coracle-{id} sh -c 'kill -HUP 1'");
    service.machine.user(&kill);
    until("the shell is gone", || {
        let state = service.machine.user(&format!("podman inspect -f '{{{{.State.Status}}}}' coracle-{id}")).out;
        (state.trim() == "exited").then_some(())
    });
    service.machine.systemctl("start coracle.socket coracle-control.socket");
    terminal = alice.terminal(&id).await;
    let code = terminal.closes().await;
    assert!(code == 4404 || code == 1000, "{code}");
    service.nothing_left();
    assert_eq!(end_event(&service, &id)["CORACLE_REASON"], "exit");
}

#[tokio::test]
async fn a_container_of_ours_without_a_record_is_ended_audited_once_and_removed() {
    let service = Service::plain();
    let alice = Browser::of("alice").await;
    let (id, terminal) = alice.shell().await;
    service.machine.systemctl("stop coracle.socket coracle-control.socket coracle.service");
    drop(terminal);
    service.machine.user("rm \"$XDG_RUNTIME_DIR\"/coracle/*");
    service.machine.systemctl("start coracle.socket coracle-control.socket");
    alice.get("/login").await;
    service.nothing_left();
    let end = told_everywhere(&service, &alice, &id, None, ("lost", None)).await;
    assert_eq!(end["CORACLE_USER"], "alice", "whose it was is known from the state directory");
}

#[tokio::test]
async fn containers_that_are_not_ours_are_left_alone() {
    let service = Service::plain();
    let busybox = &service.machine.busybox;
    let made = service.machine.user(&format!(
        "instance=$(cat ~/.config/coracle/state/instance ~/.local/state/coracle/state/instance 2>/dev/null); \
         podman create --name coracle-forgedforged --label io.coracle.instance=$instance --label io.coracle.id=forgedforged \
         --label io.coracle.profile=shell --label io.coracle.mac=00 {busybox} sleep 100 && podman create --name bystander {busybox} true"
    ));
    assert_eq!(made.code, 0, "{made:?}");
    let alice = Browser::of("alice").await;
    let (id, _terminal) = alice.shell().await;
    service.machine.root(&["kill", "-KILL", &service.daemon().expect("it runs")]);
    let mut back = alice.terminal(&id).await;
    back.frame("started").await;
    service.cli("end --all --reason shutdown");
    let mut left = service.machine.containers();
    left.sort();
    service.machine.user("podman rm --force --time 0 bystander coracle-forgedforged");
    assert_eq!(left, ["bystander", "coracle-forgedforged"]);
}

#[tokio::test]
async fn podmans_service_may_be_killed_and_is_not_needed_for_bytes_or_sizes() {
    let service = Service::plain();
    let alice = Browser::of("alice").await;
    let (_, mut terminal) = alice.shell().await;
    let pid = terminal.ask("echo $$").await;
    service.machine.systemctl("kill -s KILL podman.service");
    let runs = || service.machine.systemctl("is-active podman.service").code == 0;
    until("Podman's service is gone", || (!runs()).then_some(()));
    terminal.say(json!({"type": "resize", "cols": 90, "rows": 20})).await;
    terminal.run("until [ \"$(stty size)\" = '20 90' ]; do sleep 0.05; done").await;
    assert_eq!(terminal.ask("echo $$").await, pid);
    misses_nothing(&terminal);
    assert!(!runs(), "it was woken");
}
