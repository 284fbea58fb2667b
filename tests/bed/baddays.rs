//! Bad days of the host, each while somebody else is at work: who is hit is told so and finds the cause in the journal,
//! and the bystander types on.

#[path = "baddays/meddler.rs"]
mod meddler;

use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::{io::AsyncWriteExt, net::TcpStream};
use tokio_tungstenite::tungstenite::Message;

use crate::{
    browser::{Answer, Browser},
    bystander::Bystander,
    machine::{PATIENCE, since_now, until},
    service::{Service, port},
};
use meddler::{Fate, Meddler};

const RUNTIME: &str = "/run/user/1000/coracle";
/// Of both systemds.
const STATE: &str = "/home/tester/.config/coracle/state";

/// Coracle with a [`Meddler`] in the place of Podman; it is stopped before the meddler goes.
struct Spoiled {
    service: Service,
    meddler: Meddler,
}

impl Spoiled {
    fn start(sessions: &str) -> Spoiled {
        let service = Service::start(&format!("{sessions}\n{}", Meddler::config()), "");
        let meddler = Meddler::beside(service.machine);
        Spoiled { service, meddler }
    }

    /// Other additions to `[sessions]`, in force when this returns.
    fn reconfigure(&self, sessions: &str) {
        let loaded = || self.service.machine.journal(&["CORACLE_EVENT=config-loaded"]).len();
        let before = loaded();
        self.service.configure(&format!("{sessions}\n{}", Meddler::config()), "");
        assert_eq!(self.service.machine.systemctl("reload coracle.service").code, 0);
        until("the new configuration is in force", || (loaded() > before).then_some(()));
    }
}

/// The end events of all sessions.
fn ends(service: &Service) -> Vec<Value> {
    service.machine.journal(&["CORACLE_EVENT=session-end"])
}

fn is_of(event: &Value, id: &str) -> bool {
    event["CORACLE_SESSION"] == id
}

/// A refusal tells the user a reference, and the journal says why under it.
fn is_explained(service: &Service, answer: &Answer, why: &str) {
    let told = answer.body.rsplit("eference").next().unwrap_or_default();
    let reference = told.split(|c: char| !c.is_ascii_hexdigit()).find(|word| word.len() == 8);
    let reference = reference.unwrap_or_else(|| panic!("no reference: {answer:?}"));
    until("the journal has the reference", || {
        let lines = service.machine.journal(&["--identifier=coracle", &format!("--grep={reference}")]);
        lines.iter().any(|line| line.to_string().contains(why)).then_some(())
    });
}

/// What does not depend on the versions is tried on one of them.
fn on_trixie() -> bool {
    std::env::var("CORACLE_BED_SUITE").as_deref() == Ok("trixie")
}

/// The calls of a start, in order.
const START: [(&str, (&str, &str)); 7] = [
    ("image", ("/images/", "/json")),
    ("create", ("POST", "/containers/create")),
    ("init", ("POST", "/init")),
    ("verify", ("/containers/", "/json")),
    ("attach", ("POST", "/attach")),
    ("resize", ("POST", "/resize")),
    ("start", ("POST", "/start")),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)] // the meddler works while this waits
async fn a_start_that_podman_spoils_at_any_call_is_told_explained_and_undone() {
    const MANY: &str = "per_user = 64\nstarts_per_minute = 600\nmax = 64";
    let spoiled = Spoiled::start(MANY);
    let Spoiled { service, meddler } = &spoiled;
    let mut bystander = Bystander::aboard().await;
    let alice = Browser::of("alice").await;
    let left = service.leftovers().len();
    let memory = || memory_of(service);
    let before = memory();
    let (mut cases, mut impatient, all) = (Vec::new(), false, Instant::now());
    let fates: &[Fate] = if on_trixie() {
        &[Fate::Refused, Fate::Closed, Fate::Garbage, Fate::Nonsense, Fate::Endless, Fate::EndlessError, Fate::Hangs]
    } else {
        &[Fate::Refused]
    };
    for (fate, (step, words)) in fates.iter().flat_map(|fate| START.map(|call| (*fate, call))) {
        // One call of each kind is enough where it does not matter which one it is.
        let steps: &[&str] = match fate {
            Fate::Refused | Fate::Closed => &["image", "create", "init", "verify", "attach", "resize", "start"],
            Fate::Garbage => &["create", "init", "attach"],
            Fate::Nonsense => &["image", "create", "verify", "attach"],
            Fate::Endless => &["image", "create", "verify"],
            Fate::EndlessError => &["image", "init", "attach"],
            Fate::Hangs => &["image", "init"],
        };
        if !steps.contains(&step) || (words.1 == "/exists" && fate != Fate::Refused) {
            continue;
        }
        let case = format!("{fate:?} at {step} {words:?}");
        if fate == Fate::Hangs && !impatient {
            spoiled.reconfigure(&format!("{MANY}\nstart = \"5s\""));
            impatient = true;
        }
        // Calls of Podman's only where conmon's own socket cannot be reached.
        meddler.hides_conmon(matches!(step, "attach" | "resize"));
        meddler.cast(words, fate, usize::MAX);
        let id = alice.new_session().await;
        let mut terminal = alice.terminal(&id).await;
        meddler.at_work().await;
        bystander.types_on(&case).await;
        // Told at once, although what hangs may take its time to be given up.
        let told = terminal.frame("ended").await;
        meddler.lift();
        assert_eq!(told["reason"], "start-failed", "{case}");
        terminal.closes().await;
        if fate != Fate::Hangs {
            cases.push((case, id, step));
        }
    }
    eprintln!("{} cases: {:?}", cases.len(), all.elapsed());
    let ends = until("the journal has all ends", || {
        let ends = ends(service);
        cases.iter().all(|(_, id, _)| ends.iter().any(|end| is_of(end, id))).then_some(ends)
    });
    for (case, id, step) in cases {
        let mine: Vec<&Value> = ends.iter().filter(|end| is_of(end, &id)).collect();
        assert_eq!(mine.len(), 1, "{case}: one end event");
        let said = mine[0]["MESSAGE"].as_str().unwrap_or_default();
        assert!(
            mine[0]["CORACLE_REASON"] == "start-failed" && mine[0].to_string().contains(&format!("{step} (")),
            "{case}: {said} {}",
            mine[0]
        );
    }
    let grown = memory().saturating_sub(before);
    assert!(grown < 64 << 10, "the daemon grew by {grown} KiB over endless answers");
    until("of all these starts nothing is left", || (service.leftovers().len() <= left).then_some(()));
    bystander.goes_on().await;
    let (_, mut terminal) = alice.shell().await;
    assert_eq!(terminal.ask("echo back").await, "back");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)] // the meddler works while this waits
async fn an_end_that_podman_spoils_is_told_at_once_and_done_as_soon_as_podman_is_well() {
    let spoiled = Spoiled::start("starts_per_minute = 600");
    let Spoiled { service, meddler } = &spoiled;
    let mut bystander = Bystander::aboard().await;
    let alice = Browser::of("alice").await;
    let left = service.leftovers().len();
    for (words, fate) in [
        (("DELETE", "/containers/"), Fate::Refused),
        (("DELETE", "/containers/"), Fate::Closed),
        (("DELETE", "/containers/"), Fate::EndlessError),
    ] {
        let case = format!("{fate:?} at {words:?}");
        let (id, mut terminal) = alice.shell().await;
        meddler.cast(words, fate, 2);
        terminal.type_in("exit 7\r").await;
        meddler.at_work().await;
        bystander.types_on(&case).await;
        terminal.until("the end is told", |t| t.frames.iter().any(|f| f["type"] == "ended").then_some(())).await;
        assert_eq!(terminal.ends().await, ("exit".to_owned(), Some(7)), "{case}");
        meddler.lift();
        until("it is over", || ends(service).iter().any(|end| is_of(end, &id)).then_some(()));
    }
    until("nothing is left of them", || (service.leftovers().len() <= left).then_some(()));
    // The next daemon asks what there is, and gets no answer at first.
    meddler.cast(("GET", "/containers/json"), Fate::Refused, 2);
    service.machine.root(&["kill", "-KILL", &service.daemon().expect("it runs")]);
    bystander.cut_off().await;
    let bob = Browser::of("bob").await;
    meddler.at_work().await;
    let id = until_adopted(&bob).await;
    bystander.returns(bob.terminal(&id).await).await;
    bystander.goes_on().await;
}

async fn until_adopted(browser: &Browser) -> String {
    let began = Instant::now();
    loop {
        if let Some((id, _)) = browser.sessions().await.pop() {
            return id;
        }
        assert!(began.elapsed() < PATIENCE, "the session is not there any more");
        tokio::time::sleep(Duration::from_millis(20)).await; // the pace of polling, not a wait
    }
}

/// A file system of so many bytes in the place of a directory of tester's, until this is dropped.
struct Small<'s> {
    service: &'s Service,
    dir: &'static str,
}

impl Small<'_> {
    fn mount<'s>(service: &'s Service, dir: &'static str, size: &str) -> Small<'s> {
        let line = format!("mkdir -p {dir} && mount -t tmpfs -o size={size},mode=700,uid=1000,gid=1000 tmpfs {dir}");
        let done = service.machine.root(&["sh", "-c", &line]);
        assert_eq!(done.code, 0, "{done:?}");
        Small { service, dir }
    }

    fn fill(&self) {
        let line = format!("dd if=/dev/zero of={}/fill bs=4k status=none; sync", self.dir);
        let done = self.service.machine.root(&["sh", "-c", &line]);
        assert!(done.err.contains("No space left"), "{done:?}");
    }

    fn clear(&self) {
        std::fs::remove_file(self.service.machine.path(self.dir).join("fill")).expect("it is there");
    }
}

impl Drop for Small<'_> {
    fn drop(&mut self) {
        self.service.machine.root(&["umount", "--lazy", self.dir]);
    }
}

#[tokio::test]
async fn without_room_for_a_log_or_a_note_the_host_is_full_and_those_aboard_go_on() {
    let service = Service::start("starts_per_minute = 600", "");
    for dir in [RUNTIME, STATE] {
        service.stop();
        let small = Small::mount(&service, dir, "1m");
        service.machine.systemctl("start coracle.socket coracle-control.socket");
        let mut bystander = Bystander::aboard().await;
        let alice = Browser::of("alice").await;
        small.fill();
        let refused = alice.post("/api/v1/sessions", serde_json::json!({"profile": "shell"})).await;
        assert_eq!(refused.status, 503, "{refused:?}");
        is_explained(&service, &refused, "No space left");
        bystander.types_on(dir).await;
        if dir == STATE {
            let login = Browser::new().login("alice", "wonderland-1").await;
            assert_eq!(login.status, 503, "{login:?}");
            is_explained(&service, &login, "No space left");
        }
        small.clear();
        let (_, mut terminal) = alice.shell().await;
        assert_eq!(terminal.ask("echo back").await, "back");
        bystander.goes_on().await;
        service.cli("end --all --reason shutdown");
        service.stop();
    }
}

#[tokio::test]
async fn out_of_descriptors_it_waits_and_those_aboard_go_on() {
    let service = Service::plain();
    let mut bystander = Bystander::aboard().await;
    let alice = Browser::of("alice").await;
    // What it has now, and a few more: fewer than one address may take.
    let pid = service.daemon().expect("it runs");
    let open = || std::fs::read_dir(service.machine.path(&format!("/proc/{pid}/fd"))).expect("it runs").count();
    let before = open();
    let limit = format!("prlimit --pid {pid} --nofile={0}:{0}", before + 12);
    let limited = service.machine.user(&limit);
    assert_eq!(limited.code, 0, "{limited:?}");
    let (mut crowd, since) = (Vec::new(), since_now());
    for _ in 0..28 {
        let mut slow = TcpStream::connect(("127.0.0.1", port())).await.expect("the backlog takes it");
        slow.write_all(b"GET /login HTTP/1.1\r\nHost: ").await.expect("the backlog takes it");
        crowd.push(slow);
    }
    until("the journal says it", || {
        let lines = service.machine.journal(&["--grep=out of file descriptors", &since]);
        (!lines.is_empty()).then_some(())
    });
    bystander.types_on("out of descriptors").await;
    drop(crowd);
    assert_eq!(alice.get("/api/v1/me").await.status, 200, "as soon as there is room again");
    until("the crowd's descriptors are closed", || (open() <= before + 2).then_some(()));
    let (_, mut terminal) = alice.shell().await;
    assert_eq!(terminal.ask("echo back").await, "back");
    bystander.goes_on().await;
}

#[tokio::test]
async fn what_hostile_clients_send_is_refused_and_those_aboard_type_on() {
    let service = Service::plain();
    let mut bystander = Bystander::aboard().await;
    let alice = Browser::of("alice").await;
    let bobs = Browser::of("bob").await.sessions().await.pop().expect("the bystander's").0;
    // Heads and bodies that never end, fewer than one address may have.
    let mut slow = Vec::new();
    for n in 0..16 {
        let mut socket = TcpStream::connect(("127.0.0.1", port())).await.expect("there is room");
        let (line, rest) = if n % 2 == 0 {
            ("GET /login", "X-Slow: ")
        } else {
            ("POST /login", "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 999\r\n\r\nuser=")
        };
        let head = format!("{line} HTTP/1.1\r\nHost: 127.0.0.1:{0}\r\nOrigin: http://127.0.0.1:{0}\r\n{rest}", port());
        socket.write_all(head.as_bytes()).await.expect("there is room");
        slow.push(socket);
    }
    bystander.types_on("slow heads and bodies").await;
    for (method, path, status) in [
        ("GET", "/nothing".to_owned(), 404),
        ("GET", "/api/v1/nothing".to_owned(), 404),
        ("PUT", "/api/v1/sessions".to_owned(), 405),
        ("GET", format!("/s/{bobs}"), 403),
        ("GET", format!("/api/v1/sessions/{bobs}"), 403),
        ("DELETE", format!("/api/v1/sessions/{bobs}"), 403),
        ("DELETE", "/api/v1/sessions/aaaaaaaaaaaa".to_owned(), 404),
    ] {
        let refused = alice.send(method, &path, "application/json", String::new()).await;
        assert_eq!(refused.status, status, "{method} {path}: {refused:?}");
        let is_api = path.starts_with("/api/");
        assert!(!is_api || refused.body.contains("\"reference\":"), "{method} {path}: {refused:?}");
    }
    let (id, mut terminal) = alice.shell().await;
    for (broken, code) in [
        (Message::text("["), 1008),
        (Message::text(r#"{"type":"sudo"}"#), 1008),
        (Message::text("x".repeat(64 * 1024 + 1)), 1009),
        (Message::binary(vec![b'x'; 16 * 1024 + 1]), 1009),
    ] {
        terminal.raw(broken).await;
        assert_eq!(terminal.closes().await, code);
        bystander.types_on("hostile frames").await;
        terminal = alice.terminal(&id).await;
        terminal.frame("started").await;
    }
    drop(slow);
    bystander.goes_on().await;
    drop(service);
}

/// The most resident memory that the daemon ever had, in KiB.
fn memory_of(service: &Service) -> u64 {
    let status = service.machine.path(&format!("/proc/{}/status", service.daemon().expect("it runs")));
    let status = std::fs::read_to_string(status).expect("the daemon is there");
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:")).expect("the kernel says it");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}
