//! systemd holds the sockets; the daemon comes and goes.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use crate::{
    browser::Browser,
    machine::{PATIENCE, until},
    service::{Service, port},
};

const CONNECTS: usize = 2_000;
const EXITS: usize = 100;
/// How long the daemon is watched for wake-ups.
const SILENCE: Duration = Duration::from_secs(20);
/// Every 10 s the watchdog takes some six switches, of the thread that waits and the one that tells systemd; one look a
/// second, of one session, would be twenty more.
const WATCHDOG_ALONE: u64 = 28;
/// No run of this test may take longer.
const TOO_LONG: Duration = Duration::from_secs(600);

#[tokio::test]
async fn two_thousand_connects_over_a_hundred_idle_exits_lose_none() {
    let service = Service::start("", "[server]\nidle_exit = \"20ms\"");
    let cursor = service.machine.root(&["journalctl", "-n1", "--show-cursor", "--quiet"]).out;
    let cursor = cursor.lines().last().and_then(|l| l.strip_prefix("-- cursor: ")).expect("a cursor").to_owned();
    let (browser, began) = (Browser::new(), Instant::now());
    let mut failed = Vec::new();
    for n in 0..CONNECTS {
        if let Err(error) =
            browser.try_send("GET", "/login", "", String::new()).await.map(|a| assert_eq!(a.status, 200))
        {
            failed.push(format!("{n}: {error}"));
        }
        if n % (CONNECTS / EXITS / 2) == 0 {
            // Just about the idle time, so that connects meet exits in every phase.
            tokio::time::sleep(Duration::from_millis(10 + (n as u64 * 7) % 40)).await;
        }
        assert!(began.elapsed() < TOO_LONG, "{n} connects in {TOO_LONG:?}");
    }
    assert!(failed.is_empty(), "{} of {CONNECTS} failed: {failed:?}", failed.len());
    let exits = until("the journal has a hundred idle exits", || {
        let lines = service.machine.journal(&[
            &format!("--after-cursor={cursor}"),
            "--identifier=coracle",
            "--grep=leaving: idle",
        ]);
        (lines.len() >= EXITS).then_some(lines.len())
    });
    let state = service.machine.systemctl("is-active coracle.socket").out;
    assert_eq!(state.trim(), "active");
    println!("{CONNECTS} connects, {exits} idle exits, 0 failures, {:.1?}", began.elapsed());
}

#[tokio::test]
async fn at_rest_nothing_of_it_runs() {
    let service = Service::start("detached = \"0s\"", "[server]\nidle_exit = \"500ms\"");
    let (_, mut terminal) = Browser::of("alice").await.shell().await;
    terminal.type_in("exit\r").await;
    terminal.ends().await;
    drop(terminal);
    service.nothing_left();
    until("the daemon has left", || service.daemon().is_none().then_some(()));
    until("the Podman service has left too", || {
        service.machine.processes("^/usr/bin/podman.*system service").is_empty().then_some(())
    });
    let result = service.machine.systemctl("show coracle.service -p Result,ExecMainStatus").out;
    assert!(result.contains("Result=success") && result.contains("ExecMainStatus=0"), "{result}");
    assert_eq!(service.machine.processes("coracle serve"), Vec::<String>::new());
}

#[tokio::test]
async fn silent_sessions_that_nobody_is_at_wake_the_daemon_for_the_watchdog_alone() {
    let service = Service::start("detached = \"1h\"", "");
    let browser = Browser::of("alice").await;
    for _ in 0..2 {
        let (id, terminal) = browser.shell().await;
        drop(terminal);
        browser.until_detached(&id).await;
    }
    let daemon = service.daemon().expect("it runs");
    until("what their leaving began is over", || {
        let before = switches(&service, &daemon);
        std::thread::sleep(Duration::from_secs(1)); // no wait, but the time that nothing is to happen in
        (switches(&service, &daemon) == before).then_some(())
    });
    let before = switches(&service, &daemon);
    std::thread::sleep(SILENCE);
    // Of those that are there still: a thread of the pool that has had nothing to do ends, once.
    let after = switches(&service, &daemon);
    let woken: u64 = after.iter().map(|(thread, count)| count - before.get(thread).unwrap_or(&0)).sum();
    assert!(woken <= WATCHDOG_ALONE, "its threads went to sleep {woken} times in {SILENCE:?}");
}

/// How often each of the daemon's threads has gone to sleep so far.
fn switches(service: &Service, daemon: &str) -> BTreeMap<String, u64> {
    let line = format!("cd /proc/{daemon}/task && grep -H ^voluntary_ctxt_switches: */status");
    let told = service.machine.root(&["sh", "-c", &line]).out;
    let count = |line: &str| {
        let (thread, rest) = line.split_once('/')?;
        Some((thread.to_owned(), rest.rsplit(':').next()?.trim().parse().ok()?))
    };
    let counts: BTreeMap<_, _> = told.lines().filter_map(count).collect();
    assert!(!counts.is_empty(), "{told}");
    counts
}

#[tokio::test]
async fn healthz_does_not_keep_it_awake() {
    let service = Service::start("", "[server]\nidle_exit = \"1s\"");
    let browser = Browser::new();
    assert_eq!(browser.get("/healthz").await.status, 200);
    let first = service.daemon().expect("it was woken");
    let began = Instant::now();
    while service.daemon().as_ref() == Some(&first) {
        assert_eq!(browser.get("/healthz").await.body.trim(), "ok");
        tokio::time::sleep(Duration::from_millis(100)).await; // a monitor's pace, well below the idle time
        assert!(began.elapsed() < PATIENCE, "asked every 100 ms, it never left");
    }
}

#[tokio::test]
async fn a_bad_configuration_is_answered_with_503_and_served_again_once_mended() {
    let service = Service::start("", "");
    service.machine.systemctl("stop coracle.service");
    service.configure_raw("[sessions]\ndetatched = \"5m\"\n");
    let browser = Browser::new();
    let answer = browser.get("/login").await;
    assert_eq!(answer.status, 503, "{answer:?}");
    let status = service.machine.systemctl("show coracle.service -p StatusText --value").out;
    assert!(status.contains("detatched"), "STATUS= names the mistake: {status}");
    let journal = until("the journal names the file and line", || {
        let lines = service.machine.journal(&["--identifier=coracle", "--grep=config.toml:2"]);
        lines.last().map(|l| l["MESSAGE"].as_str().unwrap_or("").to_owned())
    });
    assert!(journal.contains("detached"), "and the right name: {journal}");
    service.configure("", "");
    service.machine.systemctl("kill -s HUP coracle.service");
    let began = Instant::now();
    while browser.get("/login").await.status != 200 {
        assert!(began.elapsed() < Duration::from_secs(10), "still 503");
    }
}

#[tokio::test]
async fn sighup_takes_a_new_configuration_and_keeps_the_old_one_where_the_new_is_bad() {
    let service = Service::start("per_user = 1", "");
    let alice = Browser::of("alice").await;
    let (_first, _terminal) = alice.shell().await;
    let start = || alice.post("/api/v1/sessions", serde_json::json!({"profile": "shell"}));
    assert_eq!(start().await.status, 429);
    service.configure_raw("[sessions\n");
    service.machine.systemctl("reload coracle.service");
    until("the journal says why", || {
        (!service.machine.journal(&["--identifier=coracle", "--grep=config.toml:1"]).is_empty()).then_some(())
    });
    assert_eq!(start().await.status, 429, "the old configuration counts");
    service.configure("per_user = 2", "");
    service.machine.systemctl("reload coracle.service");
    let began = Instant::now();
    while start().await.status != 202 {
        assert!(began.elapsed() < Duration::from_secs(5), "the new configuration does not count");
    }
}

#[tokio::test]
async fn a_second_daemon_of_the_same_user_is_refused_by_name() {
    let service = Service::plain();
    let _awake = Browser::of("alice").await;
    let second = service.cli(&format!("serve --listen 127.0.0.1:{}", port() + 1));
    assert_ne!(second.code, 0);
    assert!(second.err.contains("already") && second.err.contains("/run/user/1000"), "{second:?}");
}

#[tokio::test]
async fn a_unix_socket_serves_the_same_pages() {
    let service = Service::start("", "[server]\npublic_url = \"https://shell.example.org\"");
    service.machine.systemctl("stop coracle.service"); // systemd starts no socket of a running service
    assert_eq!(service.machine.systemctl("start coracle-unix.socket").code, 0);
    let socket = service.machine.systemctl("show coracle-unix.socket -p Listen --value").out;
    let path = socket.split_whitespace().next().expect("a path");
    let curl = |host: &str| {
        let ask = format!(
            "curl --silent --show-error --unix-socket {path} -o /dev/null -w %{{http_code}} http://{host}/login"
        );
        service.machine.user(&ask).out
    };
    assert_eq!(curl("shell.example.org"), "200");
    assert_eq!(curl("other.example.org"), "421", "only the name of public_url is served");
}

#[tokio::test]
async fn in_the_foreground_ctrl_c_ends_every_session_and_nothing_is_left() {
    let service = Service::plain();
    service.stop();
    let line =
        format!("exec systemd-run --user --unit=fore --collect --quiet coracle serve --listen 127.0.0.1:{}", port());
    assert_eq!(service.machine.user(&line).code, 0);
    until("it listens", || std::net::TcpStream::connect(("127.0.0.1", port())).ok());
    let (_, mut terminal) = Browser::of("alice").await.shell().await;
    let ps = service.cli("ps");
    assert!(ps.code == 0 && ps.out.contains("alice"), "the control socket is its own: {ps:?}");
    service.machine.systemctl("kill -s INT fore.service");
    assert_eq!(terminal.ends().await.0, "shutdown");
    service.nothing_left();
    until("it is gone", || service.machine.processes("coracle serve").is_empty().then_some(()));
}

#[tokio::test]
async fn without_podman_it_answers_503_says_why_and_serves_as_soon_as_podman_is_there() {
    let service = Service::plain();
    let alice = Browser::of("alice").await;
    service.machine.systemctl("stop podman.socket podman.service");
    service.machine.user("rm -f \"$XDG_RUNTIME_DIR/podman/podman.sock\"");
    let answer = alice.get("/").await;
    assert_eq!(answer.status, 503, "{answer:?}");
    until("STATUS= names Podman's socket", || {
        let status = service.machine.systemctl("show coracle.service -p StatusText --value").out;
        status.contains("podman.sock").then_some(())
    });
    assert_eq!(service.machine.systemctl("start podman.socket").code, 0);
    let (_, mut terminal) = alice.shell().await;
    assert_eq!(terminal.ask("echo back").await, "back");
}

#[tokio::test]
async fn a_start_that_podman_never_answers_fails_in_words_and_leaves_nothing() {
    let service = Service::start("start = \"2s\"", "");
    let alice = Browser::of("alice").await;
    // A socket that takes connections and says nothing.
    service.machine.systemctl("stop podman.socket podman.service");
    let mute = "exec systemd-run --user --unit=mute --collect --quiet --socket-property=ListenStream=/run/user/1000/podman/podman.sock \
                --socket-property=Accept=no sleep 60";
    let started = service.machine.user(mute);
    assert_eq!(started.code, 0, "{started:?}");
    let id = alice.new_session().await;
    let mut terminal = alice.terminal(&id).await;
    let (reason, _) = terminal.ends().await;
    service.machine.systemctl("stop mute.socket mute.service");
    assert_eq!(service.machine.systemctl("start podman.socket").code, 0);
    assert_eq!(reason, "start-failed");
    let line = until("its end is in the journal", || {
        service.machine.journal(&[&format!("CORACLE_SESSION={id}"), "CORACLE_EVENT=session-end"]).pop()
    });
    assert_eq!(line["CORACLE_REASON"], "start-failed", "{line}");
    service.nothing_left();
}
