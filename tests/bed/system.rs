//! System mode: the units as shipped, in an account of its own, under the whole sandbox.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::{
    account::System,
    browser::Browser,
    files,
    machine::{PATIENCE, until},
    sessions::gone_within_two_seconds,
};

/// What `systemd-analyze security` may say at most, in tenths: 0 is closed, 100 is open.
const EXPOSURE: u32 = 16;
/// For a daemon that hangs, from `WatchdogSec=4s` to its successor's first answer; 4.5 s where nobody else is at work. Without
/// a watchdog it hangs for ever.
const REPLACED_WITHIN: Duration = Duration::from_secs(20);

#[tokio::test]
async fn under_the_whole_sandbox_login_prompt_answer_exit_and_nothing_is_left() {
    let system = System::plain();
    let (id, mut terminal) = Browser::of("alice").await.shell().await;
    assert_eq!(terminal.ask("echo $((6*7))").await, "42");
    terminal.type_in("exit 7\r").await;
    assert_eq!(terminal.ends().await, ("exit".to_owned(), Some(7)));
    system.nothing_left();
    assert_eq!(system.end_of(&id), ("exit".to_owned(), "alice".to_owned()));
}

#[tokio::test]
async fn a_directory_for_credentials_that_somebody_removed_keeps_nobody_out() {
    let system = System::plain();
    system.sh("systemctl stop coracle.service; mv /etc/coracle/credentials /etc/coracle/gone");
    let (_, mut terminal) = Browser::of("alice").await.shell().await;
    system.sh("mv /etc/coracle/gone /etc/coracle/credentials");
    terminal.type_in("exit\r").await;
    terminal.ends().await;
    system.nothing_left();
}

#[tokio::test]
async fn under_the_sandbox_too_nothing_of_a_session_exists_two_seconds_after_its_end() {
    let system = System::plain();
    gone_within_two_seconds(|| system.nothing_left()).await;
}

#[tokio::test]
async fn under_the_sandbox_each_session_has_ids_of_its_own_and_they_are_not_the_accounts() {
    let system = System::plain();
    let (alice, bob) = (Browser::of("alice").await, Browser::of("bob").await);
    let ((_, mut a), (_, mut b)) = (alice.shell().await, bob.shell().await);
    let map = "tr -s ' ' < /proc/self/uid_map";
    let (of_a, of_b) = (a.ask(map).await, b.ask(map).await);
    let uid = system.sh("id -u coracle");
    let ids = |map: &str| map.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    assert_ne!(ids(&of_a), ids(&of_b), "each has a slot of its own");
    for map in [ids(&of_a), ids(&of_b)] {
        assert!(map.len() == 3 && map[0] == "0" && map[1] != uid.trim() && map[2] == "65536", "{map:?}");
    }
}

#[tokio::test]
async fn root_lists_and_ends_sessions_and_nobody_else_gets_an_answer() {
    let system = System::plain();
    let (id, mut terminal) = Browser::of("alice").await.shell().await;
    let listed = system.sh("coracle ps");
    assert!(listed.contains(&id) && listed.contains("alice"), "{listed}");

    let curl = "curl --silent --show-error --max-time 5 --unix-socket /run/coracle-control/sock http://localhost/api/v1/sessions";
    let turned_away = || system.journal(&["_SYSTEMD_UNIT=coracle.service", "--grep=foreign uid"]).len();
    let closed = system.machine.user(curl);
    assert_eq!((closed.code, turned_away()), (7, 0), "the socket's mode keeps others out: {closed:?}");
    // Even where somebody opens it: the daemon asks the kernel who is there.
    system.sh("chmod 0666 /run/coracle-control/sock");
    let refused = system.machine.user(curl);
    assert!(refused.code != 0 && refused.out.is_empty(), "{refused:?}");
    until("the journal says who was turned away", || (turned_away() == 1).then_some(()));
    system.sh("chmod 0600 /run/coracle-control/sock");
    assert!(system.as_account(curl).out.contains(&id), "the account itself may");

    assert_eq!(system.sh(&format!("coracle end {id}")).trim(), format!("Ended session {id}."));
    assert_eq!(terminal.ends().await.0, "admin");
    assert_eq!(system.end_of(&id), ("admin".to_owned(), "alice".to_owned()));
    system.nothing_left();
    let again = system.machine.root(&["coracle", "end", &id]);
    assert!(again.code == 1 && again.err.contains("coracle ps"), "{again:?}");
}

#[tokio::test]
async fn a_restart_and_a_kill_9_end_no_session() {
    let system = System::plain();
    let alice = Browser::of("alice").await;
    let (id, mut terminal) = alice.shell().await;
    let pid = terminal.ask("echo $$").await;
    terminal.run("X=kept").await;
    system.sh("systemctl restart coracle.service");
    assert_eq!(terminal.closes().await, 1012);
    let mut terminal = alice.terminal(&id).await;
    terminal.frame("started").await;
    assert_eq!(terminal.ask("echo $$ $X").await, format!("{pid} kept"));

    system.sh(&format!("kill -KILL {}", system.daemon().expect("it runs")));
    terminal.is_gone().await;
    assert_ne!(terminal.closed, Some(1000));
    let mut terminal = alice.terminal(&id).await;
    terminal.frame("started").await;
    assert_eq!(terminal.ask("echo $$ $X").await, format!("{pid} kept"));
    until("both adoptions are audited", || (system.events("session-adopted", &id).len() == 2).then_some(()));
    terminal.type_in("exit 3\r").await;
    assert_eq!(terminal.ends().await, ("exit".to_owned(), Some(3)), "conmon's own exit file is readable");
    system.nothing_left();
    assert_eq!(system.end_of(&id).0, "exit");
}

#[tokio::test]
async fn a_file_passes_the_sandbox_both_ways_and_no_process_of_it_stays() {
    let system = System::plain();
    let alice = Browser::of("alice").await;
    let (id, mut terminal) = alice.shell().await;
    let file = format!("/api/v1/sessions/{id}/files?path=file");
    let brought = alice.send("POST", &file, "application/octet-stream", vec![b'x'; 1 << 20]).await;
    assert_eq!(brought.status, 201, "{brought:?}");
    assert_eq!(alice.get(&file).await.bytes, vec![b'x'; 1 << 20]);
    let broken_off = files::begun(&alice, &id, 1_000_000, &[b'y'; 100_000]).await;
    files::arriving(&mut terminal).await;
    drop(broken_off);
    until("no conmon of a file is left", || {
        system.machine.processes(&format!("conmon.*coracle-{id} .*--exec-attach")).is_empty().then_some(())
    });
    assert_eq!(terminal.ask("ls -A").await, "file");
}

#[tokio::test]
async fn when_nobody_is_there_the_service_leaves_and_nothing_of_it_runs() {
    let system = System::start("[server]\nidle_exit = \"500ms\"", "");
    let (_, mut terminal) = Browser::of("alice").await.shell().await;
    terminal.type_in("exit\r").await;
    terminal.ends().await;
    drop(terminal);
    until("the daemon has left", || system.daemon().is_none().then_some(()));
    assert_eq!((system.property("Result"), system.property("ExecMainStatus")), ("success".into(), "0".into()));
    system.nothing_left(); // asks Podman: hence before its service is waited for
    let resting = ["systemd", "(sd-pam)", "dbus-daemon", "podman pause", "catatonit"];
    until("only the account's manager, its dbus and Podman's pause process are left", || {
        system.sh("ps -u coracle -o comm=").lines().all(|name| resting.contains(&name.trim())).then_some(())
    });
    assert_eq!(system.sh("systemctl is-active coracle.socket coracle-control.socket"), "active\nactive\n");
    Browser::of("alice").await; // and the next connection wakes it
}

#[tokio::test]
async fn the_service_has_no_powers_and_writes_only_into_its_own_directories() {
    let system = System::plain();
    let (_, _terminal) = Browser::of("alice").await.shell().await;
    let pid = system.daemon().expect("it runs");
    let status = system.sh(&format!("cat /proc/{pid}/status"));
    let field = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(&format!("{name}:")));
        line.unwrap_or_else(|| panic!("no {name} in {status}")).trim().to_owned()
    };
    assert_eq!((field("NoNewPrivs"), field("Seccomp")), ("1".into(), "2".into()));
    for set in ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"] {
        assert_eq!(field(set), "0000000000000000", "{set}");
    }
    let uid = system.sh("id -u coracle");
    assert_eq!(field("Uid").split_whitespace().collect::<Vec<_>>(), [uid.trim(); 4]);

    // Through its own view of the file system: as root, whom no file mode stops, so that only the view itself can refuse.
    let within = |line: &str| system.machine.root(&["nsenter", "--target", &pid, "--mount", "--", "sh", "-c", line]);
    for place in [
        "/",
        "/etc",
        "/etc/coracle",
        "/usr",
        "/boot",
        "/opt",
        "/var",
        "/var/lib",
        "/var/log",
        "/dev/shm",
        "/run",
        "/run/lock",
        "/run/systemd",
    ] {
        let touched = within(&format!("touch {place}/intruder"));
        assert!(touched.err.contains("Read-only file system"), "{place}: {touched:?}");
    }
    let runtime = format!("/run/user/{}", uid.trim());
    assert!(within(&format!("touch {runtime}/intruder")).err.contains("Read-only file system"));
    for own in ["/var/lib/coracle", "/run/coracle", "/tmp", "/var/tmp"] {
        let touched = within(&format!("touch {own}/trace && rm {own}/trace"));
        assert_eq!(touched.code, 0, "{own}: {touched:?}");
    }
    for hidden in ["/home", "/root"] {
        let listed = within(&format!("ls -A {hidden}"));
        assert_eq!((listed.code, listed.out.as_str()), (0, ""), "{hidden}");
    }
    let private =
        format!("touch /tmp/of-the-machine && nsenter --target {pid} --mount -- test ! -e /tmp/of-the-machine");
    system.sh(&format!("{private}; seen=$?; rm /tmp/of-the-machine; exit $seen"));
}

#[tokio::test]
async fn what_root_and_the_service_write_is_closed_to_other_users() {
    let system = System::plain();
    let (_, _terminal) = Browser::of("alice").await.shell().await;
    assert_eq!(system.sh("stat -c '%a %U:%G' /etc/coracle/users").trim(), "640 root:coracle");
    for private in ["cat /etc/coracle/users", "ls /etc/coracle/credentials", "ls /var/lib/coracle", "ls /run/coracle"] {
        let tried = system.machine.user(private);
        assert!(tried.code != 0 && tried.err.contains("Permission denied"), "{private}: {tried:?}");
        system.sh(private); // it is there, and root may
    }
    let open = system.sh("find /var/lib/coracle/state /run/coracle -perm /077");
    assert_eq!(open, "", "others have no right to anything of it");
}

#[tokio::test]
async fn a_proxy_that_runs_as_the_account_is_served_on_the_unix_socket_and_others_are_not() {
    let system = System::start("[server]\npublic_url = \"https://shell.example.org\"", "");
    system.sh("systemctl start coracle-unix.socket");
    let curl = "curl --silent --show-error --max-time 10 --unix-socket /run/coracle-unix/sock --output /dev/null \
                --write-out %{http_code} http://shell.example.org/login";
    let served = system.as_account(curl);
    assert_eq!(served.out, "200", "{served:?}");
    assert_eq!(system.machine.user(curl).code, 7, "the socket's mode keeps others out");
}

#[tokio::test]
async fn a_reload_takes_a_new_configuration_from_etc() {
    let system = System::start("per_user = 1", "");
    let alice = Browser::of("alice").await;
    let (_, _terminal) = alice.shell().await;
    let start = || alice.post("/api/v1/sessions", json!({"profile": "shell"}));
    assert_eq!(start().await.status, 429);
    let daemon = system.daemon();
    system.configure("per_user = 2");
    system.sh("systemctl reload coracle.service");
    let began = Instant::now();
    while start().await.status != 202 {
        assert!(began.elapsed() < PATIENCE, "the new configuration does not count");
    }
    assert_eq!(system.daemon(), daemon, "it is the same process");
}

#[tokio::test]
async fn a_daemon_that_hangs_is_replaced_by_the_watchdog_and_its_session_goes_on() {
    let mut system = System::start("", "[Service]\nWatchdogSec=4s\n");
    let alice = Browser::of("alice").await;
    let (id, mut terminal) = alice.shell().await;
    let shell = terminal.ask("echo $$").await;
    let hanging = system.daemon().expect("it runs");
    system.expect_in_journal("Watchdog timeout");
    system.sh(&format!("kill -STOP {hanging}"));
    let began = Instant::now();
    // The page's next try waits in the backlog until the successor is there.
    terminal.is_gone().await;
    assert_ne!(terminal.closed, Some(1000));
    let mut terminal = alice.terminal(&id).await;
    terminal.frame("started").await;
    assert!(began.elapsed() < REPLACED_WITHIN, "{:?}", began.elapsed());
    assert_ne!(system.daemon(), Some(hanging));
    assert_eq!(terminal.ask("echo $$").await, shell);
    assert_eq!(system.property("NRestarts"), "1");
    // The successor is watched, and does not hang.
    tokio::time::sleep(Duration::from_secs(5)).await; // longer than the watchdog's limit
    assert_eq!(system.property("NRestarts"), "1");
}

#[tokio::test]
async fn systemd_finds_no_mistake_in_the_units_and_little_exposure() {
    let system = System::plain();
    let units = "cd /usr/lib/systemd/system && systemd-analyze verify --man=no coracle*.socket coracle.service 2>&1";
    assert_eq!(system.sh(units), "", "the system's units");
    let units =
        "cd /usr/lib/systemd/user && systemd-analyze verify --user --man=no coracle*.socket coracle.service 2>&1";
    let verified = system.as_account(units);
    assert_eq!((verified.code, verified.out.as_str()), (0, ""), "the user's units: {verified:?}");
    let ceiling = format!("systemd-analyze security --no-pager --threshold={EXPOSURE} coracle.service");
    println!("{}", system.sh(&ceiling).lines().last().unwrap_or("").trim());
}
