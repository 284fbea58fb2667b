//! Started by socket, leaving when idle, and what signals and mistakes do. The test stands where systemd would.

use std::io::Write;
use std::net::SocketAddr;
use std::os::fd::OwnedFd;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, poll};

use crate::daemon::{Bed, SOON, UID, can_run};
use crate::wire::{body, connect, get, header, read_all, read_one, status};

#[test]
fn nobody_there_for_idle_exit_means_stopping_and_exit_0() {
    if !can_run() {
        return;
    }
    let bed = Bed::new("[server]\nidle_exit = \"1s\"\n");
    let mut daemon = bed.start();
    let begun = Instant::now();
    let exit = daemon.gone_within(SOON).expect("it stays for ever");
    assert_eq!(exit.code(), Some(0));
    assert!(begun.elapsed() > Duration::from_millis(800), "{:?}", begun.elapsed());
    assert!(bed.notified("STOPPING=1").is_some());
}

#[test]
fn health_checks_and_empty_connections_keep_nobody_awake_but_an_open_connection_does() {
    if !can_run() {
        return;
    }
    let bed = Bed::new("[server]\nidle_exit = \"2s\"\n");
    let mut daemon = bed.start();
    let mut open = connect(bed.address());
    open.write_all(format!("GET /login HTTP/1.1\r\nHost: {}\r\n\r\n", bed.address()).as_bytes()).unwrap();
    assert_eq!(status(&read_one(&mut open)), 200);
    assert!(daemon.gone_within(Duration::from_secs(4)).is_none(), "it left although somebody was connected");
    drop(open);
    let left = Instant::now();
    let exit = loop {
        if let Some(exit) = daemon.gone_within(Duration::from_millis(100)) {
            break exit;
        }
        assert!(left.elapsed() < SOON, "kept awake by health checks");
        let health = format!("GET /healthz HTTP/1.1\r\nHost: {}\r\n\r\n", bed.address());
        let mut stream = connect(bed.address());
        stream.set_read_timeout(Some(Duration::from_millis(500))).unwrap(); // may be the one that stays in the queue
        stream.write_all(health.as_bytes()).unwrap();
        std::io::Read::read(&mut stream, &mut [0; 64]).ok();
        drop(connect(bed.address()));
    };
    assert_eq!(exit.code(), Some(0));
}

#[test]
fn a_broken_configuration_is_503_with_a_reference_until_the_file_is_repaired() {
    if !can_run() {
        return;
    }
    let bed = Bed::new("[server]\nidle_exti = \"60s\"\n");
    let daemon = bed.start();
    let address = bed.address();
    let told = bed.notified("STATUS=not ready").expect("no STATUS");
    assert!(told.contains("idle_exti"), "{told}");
    for path in ["/", "/login", "/s/abcdefghij23", "/api/v1/me", "/api/v1/sessions"] {
        let answer = get(address, path, "");
        assert_eq!(status(&answer), 503, "{path}: {answer}");
        assert!(header(&answer, "retry-after").is_some(), "{path}: {answer}");
        assert!(!answer.contains("idle_exti"), "a stranger learns of the mistake: {answer}");
    }
    let problem = get(address, "/api/v1/me", "");
    let reference = body(&problem).split("\"reference\":\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert!(told.contains(&reference), "{told} does not have {reference}");
    assert_eq!(status(&get(address, "/healthz", "")), 200);

    bed.configure("");
    let until = Instant::now() + Duration::from_secs(5);
    while status(&get(address, "/login", "")) != 200 {
        assert!(Instant::now() < until, "the repaired file was not read: {}", daemon.log());
        std::thread::sleep(Duration::from_millis(100)); // looked at once a second at most
    }
}

#[test]
fn sighup_takes_a_good_configuration_over_and_keeps_the_old_one_against_a_bad_one() {
    if !can_run() {
        return;
    }
    let bed = Bed::new("");
    let daemon = bed.start();
    let address = bed.address();
    assert_eq!(status(&get(address, "/login", "")), 200);
    bed.configure("[server]\npublic_url = 17\n");
    daemon.signal("HUP");
    let told = bed.notified("the old configuration is in force").expect("no STATUS");
    assert!(told.contains("public_url"), "{told}");
    assert_eq!(status(&get(address, "/login", "")), 200);

    bed.configure("[server]\npublic_url = \"https://shell.example.org\"\n");
    daemon.signal("HUP");
    let until = Instant::now() + SOON;
    let through_proxy =
        || crate::wire::talk(address, "GET /login HTTP/1.1\r\nHost: shell.example.org\r\nConnection: close\r\n\r\n");
    while status(&through_proxy()) != 200 {
        assert!(Instant::now() < until, "the new configuration was not taken over");
    }
    assert_eq!(status(&get(address, "/login", "")), 421);
}

#[test]
fn sigterm_ends_the_daemon_with_0_within_seconds_although_connections_are_open() {
    if !can_run() {
        return;
    }
    let bed = Bed::new("");
    let mut daemon = bed.start();
    let address = bed.address();
    let mut kept_alive = connect(address);
    kept_alive.write_all(format!("GET /login HTTP/1.1\r\nHost: {address}\r\n\r\n").as_bytes()).unwrap();
    assert_eq!(status(&read_one(&mut kept_alive)), 200);
    let mut half = connect(address);
    half.write_all(b"GET /login HT").unwrap();
    let begun = Instant::now();
    daemon.signal("TERM");
    assert!(bed.notified("STOPPING=1").is_some());
    let exit = daemon.gone_within(SOON).expect("it stays for ever");
    assert_eq!(exit.code(), Some(0));
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    assert_eq!(read_all(&mut kept_alive), "");
}

#[test]
fn a_kept_terminal_whose_session_is_over_is_left_gently_and_taken_out_of_the_store() {
    if !can_run() {
        return;
    }
    let bed = Bed::new("");
    let (ours, theirs) = std::os::unix::net::UnixStream::pair().unwrap();
    let kept = ours.try_clone().unwrap(); // systemd's own descriptor
    let _daemon = bed.wake_on("http:s-abcdefghij23", ours.into());
    let removed = bed.notified("FDSTOREREMOVE=1").expect("it stays in the store");
    assert!(removed.contains("FDNAME=s-abcdefghij23\n"), "{removed}");
    theirs.set_read_timeout(Some(SOON)).unwrap();
    assert_eq!(
        std::io::Read::read(&mut &theirs, &mut [0; 8]).unwrap(),
        0,
        "half-closed, although systemd still has it"
    );
    drop(kept);
}

#[test]
fn what_was_kept_under_an_unknown_name_is_passed_over() {
    if !can_run() {
        return;
    }
    let bed = Bed::new("");
    for (name, kept) in [
        ("else", OwnedFd::from(std::fs::File::open("/dev/null").unwrap())),
        ("s-/../x", OwnedFd::from(std::os::unix::net::UnixStream::pair().unwrap().0)),
    ] {
        let daemon = bed.wake_on(&format!("http:{name}"), kept);
        assert!(bed.notified("READY=1").is_some(), "{}", daemon.log());
        assert_eq!(status(&get(bed.address(), "/login", "")), 200);
        assert!(daemon.log().contains(name), "{}", daemon.log());
    }
}

#[test]
fn who_was_accepted_before_sigterm_and_could_not_say_anything_yet_is_answered() {
    if !can_run() {
        return;
    }
    let bed = Bed::new("");
    let daemon = bed.start();
    let address = bed.address();
    let mut silent = connect(address);
    assert_eq!(status(&get(address, "/login", "")), 200, "and so the connection before it was accepted");
    daemon.signal("TERM");
    assert!(bed.notified("STOPPING=1").is_some());
    silent
        .write_all(format!("GET /login HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").as_bytes())
        .unwrap();
    assert_eq!(status(&read_all(&mut silent)), 200);
}

#[test]
fn podman_missing_is_503_and_over_as_soon_as_it_is_there() {
    if !can_run() {
        return;
    }
    let bed = Bed::new("");
    let away = bed.at("podman.away");
    std::fs::rename(bed.at("podman.sock"), &away).unwrap();
    let _daemon = bed.start();
    let answer = get(bed.address(), "/login", "");
    assert_eq!(status(&answer), 503, "{answer}");
    let told = bed.notified("STATUS=not ready").expect("no STATUS");
    assert!(told.contains("podman.socket"), "{told}");
    std::fs::rename(&away, bed.at("podman.sock")).unwrap();
    assert_eq!(status(&get(bed.address(), "/login", "")), 200);
}

#[test]
fn a_second_daemon_of_the_same_user_serves_nobody_and_names_the_first() {
    if !can_run() {
        return;
    }
    let bed = Bed::new("");
    let _first = bed.start();
    let config = bed.config_file();
    let (code, _, error) = bed.run(&["serve", "--listen", "127.0.0.1:0", "--config", config.to_str().unwrap()], "");
    assert_eq!(code, 1, "{error}");
    assert!(error.contains("is locked") && error.contains("stop it"), "{error}");
}

#[test]
fn the_foreground_stops_at_once_with_the_code_of_its_mistake() {
    if !can_run() {
        return;
    }
    let bed = Bed::new("");
    let config = bed.config_file();
    let serve = |extra: &[&str]| {
        let args = [&["serve", "--config", config.to_str().unwrap()], extra].concat();
        let (code, _, error) = bed.run(&args, "");
        (code, error)
    };
    let (code, error) = serve(&[]);
    assert!(code == 64 && error.contains("--listen 127.0.0.1:8080"), "{code} {error}");
    std::fs::rename(bed.at("podman.sock"), bed.at("podman.away")).unwrap();
    let (code, error) = serve(&["--listen", "127.0.0.1:0"]);
    assert!(code == 69 && error.contains("podman.socket"), "{code} {error}");
    bed.configure("[server]\nx = 1\n");
    let (code, error) = serve(&["--listen", "127.0.0.1:0"]);
    assert!(code == 78 && error.contains("config.toml:"), "{code} {error}");
}

#[test]
fn root_is_refused_with_the_reason() {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_coracle"))
        .args(["serve", "--listen", "127.0.0.1:0"])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    if can_run() {
        assert!(output.status.code() == Some(64) && error.contains("rootless"), "{error}");
    }
}

#[test]
fn a_socket_of_an_unknown_name_is_an_error_in_words() {
    if !can_run() {
        return;
    }
    let bed = Bed::new("");
    let mut command = bed.command(&["serve"], "1");
    let socket = bed.web.try_clone().unwrap();
    command.arg("--config").arg(bed.config_file());
    command.stdin(Stdio::from(std::os::fd::OwnedFd::from(socket))).stderr(Stdio::piped()).stdout(Stdio::null());
    command.env("NAMES", "web");
    let output = command.spawn().unwrap().wait_with_output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code() == Some(78) && error.contains("`web`"), "{error}");
}

/// The daemon leaves a second after its last visitor, and visitors come just then. Whoever meets a leaving daemon must be
/// served by the next one. What systemd does (start when a connection waits and none runs) is done by the test.
#[test]
fn no_connection_is_lost_over_many_idle_exits() {
    const CLIENTS: usize = 12;
    const ROUNDS: u32 = 25;
    if !can_run() {
        return;
    }
    let bed = Bed::new("[server]\nidle_exit = \"1s\"\n");
    let address = bed.address();
    let done = AtomicBool::new(false);
    let served = Arc::new(AtomicUsize::new(0));
    let starts = std::thread::scope(|scope| {
        let systemd = scope.spawn(|| {
            let mut starts = 0;
            while !done.load(SeqCst) {
                let mut waiting = [PollFd::new(&bed.web, PollFlags::IN)];
                let tenth = rustix::time::Timespec { tv_sec: 0, tv_nsec: 100_000_000 };
                if poll(&mut waiting, Some(&tenth)).unwrap() == 0 {
                    continue;
                }
                starts += 1;
                let mut daemon = bed.wake();
                let exit = daemon.gone_within(Duration::from_secs(60)).expect("it did not leave");
                assert_eq!(exit.code(), Some(0), "{}", daemon.log());
            }
            starts
        });
        let visits: Vec<_> = (0..ROUNDS)
            .map(|round| {
                let clients: Vec<_> = (0..CLIENTS)
                    .map(|n| {
                        let served = served.clone();
                        // One visit begins the second; the rest come around its end, in some rounds before the daemon
                        // decides, in most while it leaves or when it has left.
                        let around = 994 + 2 * u64::from(round % 13) + n as u64;
                        let pause = Duration::from_millis(if n == 0 { 0 } else { around });
                        std::thread::spawn(move || {
                            std::thread::sleep(pause); // the visitors' pace is what is tested
                            visit(address);
                            served.fetch_add(1, SeqCst);
                        })
                    })
                    .collect();
                clients.into_iter().map(|c| c.join().is_ok()).filter(|ok| *ok).count()
            })
            .collect();
        done.store(true, SeqCst);
        assert_eq!(visits.iter().sum::<usize>(), CLIENTS * ROUNDS as usize, "connections were lost: {visits:?}");
        systemd.join().unwrap()
    });
    assert_eq!(served.load(SeqCst), CLIENTS * ROUNDS as usize);
    assert!(starts >= 10, "only {starts} daemons were started: the test did not meet the moment");
    eprintln!("{} connections over {starts} daemons, none lost", served.load(SeqCst));
}

fn visit(address: SocketAddr) {
    let answer = get(address, "/login", "");
    assert_eq!(status(&answer), 200, "{answer}");
    assert!(answer.ends_with("</html>\n") || answer.contains("</html>"), "{answer}");
}

#[test]
fn ps_and_end_speak_over_the_control_socket_and_only_with_root_and_the_daemons_user() {
    if !can_run() {
        return;
    }
    let bed = Bed::new("");
    let (code, _, error) = bed.run(&["end", "abcdefghij23", "--all"], "");
    assert_eq!(code, 64, "{error}");
    let _daemon = bed.start();
    let (code, out, error) = bed.run(&["ps"], "");
    assert_eq!((code, out.as_str()), (0, "No sessions.\n"), "{error}");
    let (code, out, _) = bed.run(&["ps", "--json"], "");
    assert_eq!((code, out.trim()), (0, "[]"));
    let (code, out, error) = bed.run(&["end", "--all", "--reason", "shutdown"], "");
    assert_eq!((code, out.as_str()), (0, "No sessions.\n"), "{error}");
    let (code, _, error) = bed.run(&["end", "abcdefghij23"], "");
    assert!(code == 1 && error.contains("abcdefghij23"), "{code} {error}");

    // The socket's mode is open here on purpose: what keeps others out is their uid.
    let socket = bed.at(&format!("run-user/{UID}/coracle-control/sock"));
    for directory in ["", "run-user", &format!("run-user/{UID}"), &format!("run-user/{UID}/coracle-control")] {
        let open = <std::fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o755);
        std::fs::set_permissions(bed.at(directory), open).unwrap();
    }
    let mut root = std::os::unix::net::UnixStream::connect(&socket).unwrap();
    root.write_all(b"GET /api/v1/sessions HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    std::io::Read::read_to_string(&mut root, &mut answer).unwrap();
    assert_eq!((status(&answer), body(&answer)), (200, "[]"));

    let mut foreign = bed.command(&["ps"], "0");
    let output = foreign.env("UID_", "12345").output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code() == Some(1) && error.contains("broke the connection off"), "{error}");
}
