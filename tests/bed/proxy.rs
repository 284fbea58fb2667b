//! Behind the real nginx, Apache and Caddy, over https and wss, with the samples of packaging/proxy.

#[path = "proxy/front.rs"]
pub(crate) mod front;

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::json;
use tokio::time::timeout;

use crate::{
    browser::{Browser, Road, Terminal},
    machine::{Machine, since_now, until},
    service::Service,
};
use front::{Choice, Front, KINDS, Kind, NAME, SAMPLE_TIMEOUT, SOCKET_DIRECTORY, Upstream, ports};

/// Where every browser of these tests comes from.
const CLIENT: &str = "127.0.0.77";
/// Seconds between two pings of the daemon (`terminal::bridge`).
const PING: u32 = 20;

/// The daemon, configured as the samples say, and all three servers before it.
fn behind(choice: Choice) -> (Vec<Front>, Socket, Service) {
    let proxy = match choice.upstream {
        Upstream::Tcp => "127.0.0.1",
        Upstream::Unix => "unix",
    };
    let public_url = format!("https://{NAME}:{}{}", ports().1, choice.base);
    let server = format!("[server]\npublic_url = \"{public_url}\"\ntrusted_proxies = [\"{proxy}\"]");
    let service = Service::start("per_user = 8\nstarts_per_minute = 60", &server);
    let socket = Socket::of(service.machine);
    if choice.upstream == Upstream::Unix {
        let started = service.machine.systemctl("start coracle-unix.socket");
        assert_eq!(started.code, 0, "{started:?}");
    }
    (KINDS.map(|kind| Front::start(kind, choice, 0)).into(), socket, service)
}

/// The unix entrance in tester's home, where the servers can reach it, and open to their account, which the machine does not
/// know; as it was when dropped.
struct Socket(&'static Machine);

impl Socket {
    const DROP_IN: &str = "/home/tester/.config/systemd/user/coracle-unix.socket.d/bed.conf";

    fn of(machine: &'static Machine) -> Socket {
        machine.write(
            Self::DROP_IN,
            &format!("[Socket]\nListenStream=\nListenStream={SOCKET_DIRECTORY}/sock\nSocketMode=0666\n"),
        );
        machine.systemctl("daemon-reload");
        Socket(machine)
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.0.user(&format!("rm -rf {} {SOCKET_DIRECTORY}", Self::DROP_IN));
        self.0.systemctl("daemon-reload");
    }
}

/// Log in, open a terminal, type; the headers of a client that claims to be somebody else change nothing.
async fn a_person_works_through(front: &Front, service: &Service) {
    let what = format!("{:?} {}", front.kind, front.road.base);
    let since = since_now();
    let mut alice = Browser::on(front.road.clone());
    alice.forged = vec![
        ("X-Forwarded-For", "203.0.113.9"),
        ("Forwarded", "for=203.0.113.9;proto=http"),
        ("X-Forwarded-Proto", "http"),
        ("X-Real-IP", "203.0.113.9"),
    ];
    let login = alice.sign_in("alice").await;
    assert_eq!(login.header("location"), format!("{}/#start", front.road.base), "{what}");
    let set = login.header("set-cookie");
    let (name, path) = match front.road.base {
        "" => ("__Host-coracle", "/"),
        base => ("__Secure-coracle", base),
    };
    assert!(set.starts_with(&format!("{name}=")) && set.contains(&format!("; Path={path};")), "{what}: {set}");
    assert!(set.ends_with("; Secure"), "{what}: {set}");

    let (id, mut terminal) = alice.shell().await;
    assert_eq!(terminal.ask("echo $((6 * 7))").await, "42", "{what}");
    let before = terminal.bytes;
    terminal.run("seq 8000").await; // less than a ring: all of it comes, however slow this machine is
    assert!(terminal.bytes - before > 40_000, "{what}: {}", terminal.bytes);
    for event in ["login", "attach"] {
        let peers = until(&format!("{what}: {event} is in the journal"), || {
            let lines = service.machine.journal(&[&format!("CORACLE_EVENT={event}"), &since]);
            let peers: Vec<_> = lines.iter().map(|l| l["CORACLE_PEER"].as_str().unwrap_or("").to_owned()).collect();
            (!peers.is_empty()).then_some(peers)
        });
        assert_eq!(peers, [CLIENT], "{what}: {event}");
    }
    let file = format!("/api/v1/sessions/{id}/files?path=through");
    let brought = alice.send("POST", &file, "application/octet-stream", vec![b'x'; 3 << 20]).await;
    assert_eq!(brought.status, 201, "{what}: {brought:?}");
    assert_eq!(alice.get(&file).await.bytes.len(), 3 << 20, "{what}");
    let large = alice.send("POST", "/login", "application/x-www-form-urlencoded", "x".repeat(20_000)).await;
    let too_large = [413, if front.kind == Kind::Caddy { 502 } else { 413 }]; // Caddy 2.6 says either
    assert!(too_large.contains(&large.status), "{what}: {large:?}");
    let page = alice.get(&format!("/s/{id}")).await;
    assert!(page.status == 200 && page.body.contains(&format!("src=\"{}/_/", front.road.base)), "{what}: {page:?}");
    assert_eq!(alice.delete(&format!("/api/v1/sessions/{id}")).await.status, 204, "{what}");
    assert_eq!(terminal.ends().await.0, "owner", "{what}");
}

/// The host's own port leads to https, and the base without its slash to the base.
async fn ways_in_lead_to_the_right_address(front: &Front) {
    let what = format!("{:?} {}", front.kind, front.road.base);
    let plain = Road { origin: format!("http://{NAME}"), to: front.plain, tls: None, ..front.road.clone() };
    let answer = Browser::on(plain).get("/login").await;
    let location = answer.header("location").to_owned();
    assert!(
        matches!(answer.status, 301 | 308) && location.starts_with(&format!("https://{NAME}")),
        "{what}: {answer:?}"
    );
    assert!(location.ends_with(&format!("{}/login", front.road.base)), "{what}: {location}");
    if !front.road.base.is_empty() {
        let door = Browser::on(front.road.clone()).get("").await;
        assert!(door.header("location").ends_with(&format!("{}/", front.road.base)), "{what}: {door:?}");
        let outside = Browser::on(Road { base: "", ..front.road.clone() }).get("/login").await;
        assert!(outside.status == 404 || outside.body.is_empty(), "{what}: {outside:?}");
    }
}

async fn people_work_through_all(upstream: Upstream, base: &'static str) {
    let (fronts, _socket, service) = behind(Choice { upstream, base, timeout: SAMPLE_TIMEOUT });
    for front in &fronts {
        a_person_works_through(front, &service).await;
        ways_in_lead_to_the_right_address(front).await;
    }
    drop(fronts);
    service.nothing_left();
}

#[tokio::test]
async fn through_each_server_a_person_gets_a_shell_under_their_own_address() {
    people_work_through_all(Upstream::Tcp, "").await;
}

#[tokio::test]
async fn through_each_server_a_person_gets_a_shell_below_a_base_path() {
    people_work_through_all(Upstream::Tcp, "/shell").await;
}

#[tokio::test]
async fn through_each_server_and_the_unix_socket_a_person_gets_a_shell() {
    people_work_through_all(Upstream::Unix, "").await;
}

#[tokio::test]
async fn through_each_server_and_the_unix_socket_a_person_gets_a_shell_below_a_base_path() {
    people_work_through_all(Upstream::Unix, "/shell").await;
}

/// A terminal in a tab that nobody looks at, so that only the daemon's pings pass.
async fn hidden(front: &Front, user: &str) -> (Browser, Terminal) {
    let mut browser = Browser::on(front.road.clone());
    browser.sign_in(user).await;
    let (_, mut terminal) = browser.shell().await;
    terminal.say(json!({"type": "visible", "on": false})).await;
    (browser, terminal)
}

/// Reads for so long; whether the socket was closed meanwhile.
async fn is_closed_within(terminal: &mut Terminal, limit: Duration) -> bool {
    let to_the_end = async { while terminal.step().await {} };
    timeout(limit, to_the_end).await.is_ok()
}

/// Eight hours take too long, so the samples' own timeout is scaled down. Above the time between two pings a terminal
/// outlives it twice over: then it does so any number of times, since each ping begins it anew. Below, each server cuts the
/// terminal off: so it is this timeout, and nothing else, that an idle terminal depends on.
#[tokio::test]
async fn an_idle_terminal_lives_as_long_as_the_servers_timeout_is_longer_than_the_time_between_two_pings() {
    const LONGER: u32 = PING + 10;
    const SHORTER: u32 = PING / 2;
    let choice = Choice { upstream: Upstream::Tcp, base: "", timeout: LONGER };
    let (patient, _socket, _service) = behind(choice);
    let hasty = KINDS.map(|kind| Front::start(kind, Choice { timeout: SHORTER, ..choice }, 1));
    let mut lasting = join_all(patient.iter().map(|front| hidden(front, "alice"))).await;
    let mut passing = join_all(hasty.iter().map(|front| hidden(front, "bob"))).await;
    let twice = Duration::from_secs(u64::from(2 * LONGER + 5));
    let (ends, cut_off) = tokio::join!(
        join_all(lasting.iter_mut().map(|(_, terminal)| is_closed_within(terminal, twice))),
        join_all(passing.iter_mut().map(|(_, terminal)| is_closed_within(terminal, twice))),
    );
    for (front, end) in patient.iter().zip(ends) {
        assert!(!end, "{:?} cut an idle terminal off", front.kind);
    }
    for (front, end) in hasty.iter().zip(cut_off) {
        assert!(end, "{:?} has another timeout than the sample's", front.kind);
    }
    for (_, terminal) in &mut lasting {
        assert_eq!(terminal.ask("echo still here").await, "still here");
    }
}

#[test]
fn every_sample_waits_for_three_pings() {
    const { assert!(SAMPLE_TIMEOUT >= 3 * PING) };
    for kind in KINDS {
        let sample = kind.sample();
        let settings = sample.lines().filter(|line| !line.trim_start().starts_with('#'));
        let words = settings.flat_map(|line| line.split_whitespace().collect::<Vec<_>>());
        let waits: Vec<_> = words.filter(|word| word.contains("60")).collect();
        assert!(!waits.is_empty(), "{kind:?}");
        for wait in waits {
            let bare = wait.trim_start_matches("timeout=").trim_end_matches(['s', ';']);
            assert_eq!(bare.parse(), Ok(SAMPLE_TIMEOUT), "{kind:?}: {wait}");
        }
    }
}
