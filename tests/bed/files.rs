//! Files into a session and out of it, as a browser brings and takes them.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::{
    browser::{Answer, Browser},
    machine::{since_now, until},
    service::Service,
};

const OCTETS: &str = "application/octet-stream";

fn address(id: &str, path: &str, more: &str) -> String {
    let path: String = path.bytes().map(|b| format!("%{b:02X}")).collect();
    format!("/api/v1/sessions/{id}/files?path={path}{more}")
}

async fn put(browser: &Browser, id: &str, path: &str, conflict: &str, bytes: &[u8]) -> Answer {
    let more = format!("&conflict={conflict}");
    browser.send("POST", &address(id, path, &more), OCTETS, bytes.to_vec()).await
}

async fn take(browser: &Browser, id: &str, path: &str) -> Answer {
    browser.get(&address(id, path, "")).await
}

/// What a refusal says.
fn detail(answer: &Answer) -> String {
    assert_eq!(answer.header("content-type"), "application/problem+json", "{answer:?}");
    answer.json()["detail"].as_str().expect("a problem has a detail").to_owned()
}

/// Nothing that came beside the shell is left: no process inside, no conmon, nothing in Podman's books, no half file.
fn no_trace(service: &Service, id: &str) {
    let machine = service.machine;
    until("no exec's conmon is left", || {
        machine.processes(&format!("conmon.*coracle-{id} .*--exec-attach")).is_empty().then_some(())
    });
    let listed = machine.user(&format!("podman inspect --format '{{{{.ExecIDs}}}}' coracle-{id}")).out;
    assert_eq!(listed.trim(), "[]");
    until("no script runs", || {
        let left = [machine.processes("^/bin/sh -c .*upload"), machine.processes("^/bin/sh -c .*download")].concat();
        left.is_empty().then_some(())
    });
}

fn noise(bytes: usize) -> Vec<u8> {
    (0..bytes as u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 11) as u8).collect()
}

#[tokio::test]
async fn a_file_goes_in_and_comes_out_byte_for_byte_whatever_its_name() {
    let service = Service::plain();
    let since = since_now();
    let alice = Browser::of("alice").await;
    let (id, mut terminal) = alice.shell().await;
    let large = noise(20_000_000);
    for (name, bytes) in [
        ("large", large.as_slice()),
        ("empty", b"".as_slice()),
        ("-rf", b"x"),
        ("two\nlines \"'$(reboot)`", b"\0\x01\xff"),
        ("\u{fc}\u{1f6f6}.tar.gz", b"u"),
        ("/tmp/elsewhere", b"absolute"),
        ("/dev/shm/x", b"shared"),
    ] {
        let answer = put(&alice, &id, name, "refuse", bytes).await;
        assert_eq!(answer.status, 201, "{name:?}: {answer:?}");
        assert_eq!(answer.json(), json!({"path": name, "size": bytes.len()}));
        let back = take(&alice, &id, name).await;
        assert!(back.status == 200 && back.bytes == bytes, "{name:?}: {} {}", back.status, back.bytes.len());
        assert_eq!(back.header("content-type"), OCTETS);
        assert_eq!(back.header("x-content-type-options"), "nosniff");
        assert!(back.header("content-disposition").starts_with("attachment; filename=\""), "{back:?}");
        assert_eq!(back.header("content-length"), bytes.len().to_string());
    }
    assert_eq!(terminal.ask("stat -c %U:%a large; ls -Aq ~ | wc -l").await.replace("\r\n", " "), "crew:644 5");
    no_trace(&service, &id);
    let events = service.machine.journal(&[&since, "CORACLE_EVENT=file"]);
    assert_eq!(events.len(), 14);
    let field = |n: usize, name: &str| events[n][name].as_str().unwrap_or("").to_owned();
    assert_eq!(field(0, "CORACLE_DIRECTION") + &field(1, "CORACLE_DIRECTION"), "inout");
    assert_eq!((field(0, "CORACLE_PATH"), field(0, "CORACLE_BYTES")), ("large".to_owned(), "20000000".to_owned()));
    assert_eq!((field(0, "CORACLE_USER"), field(0, "CORACLE_SESSION")), ("alice".to_owned(), id.clone()));
    assert!(field(6, "CORACLE_PATH").starts_with("two\\nlines"), "{:?}", events[6]);
}

#[tokio::test]
async fn a_conflict_is_refused_before_anything_is_written_or_settled_as_was_asked() {
    let service = Service::plain();
    let alice = Browser::of("alice").await;
    let (id, mut terminal) = alice.shell().await;
    assert_eq!(put(&alice, &id, "a.txt", "refuse", b"one").await.status, 201);
    let refused = put(&alice, &id, "a.txt", "refuse", &noise(5_000_000)).await;
    assert_eq!((refused.status, detail(&refused).as_str()), (409, "There is a file of that name already."));
    let both = put(&alice, &id, "a.txt", "rename", b"two").await;
    assert_eq!(both.json()["path"], "a (1).txt");
    assert_eq!(put(&alice, &id, "a.txt", "replace", b"three").await.status, 201);
    assert_eq!(terminal.ask("cat a.txt 'a (1).txt'; ls -A | wc -l").await, "threetwo2");
    for (what, path, status) in [
        ("a directory", "/tmp", 422),
        ("into none", "nowhere/x", 404),
        ("a read-only place", "/etc/x", 403),
        ("the root", "/x", 403),
        ("somebody else's", "/root/x", 403),
        ("a pseudo file system", "/proc/x", 403),
        ("no name", "d/", 400),
        ("nothing", "", 400),
        ("a NUL", "a\0b", 400),
    ] {
        let answer = put(&alice, &id, path, "replace", b"x").await;
        assert_eq!(answer.status, status, "{what}: {answer:?}");
        detail(&answer);
    }
    let odd = alice.send("POST", &address(&id, "x", "&conflict=maybe"), OCTETS, "x").await;
    assert_eq!(odd.status, 400);
    assert_eq!(alice.send("POST", &address(&id, "x", ""), "text/plain", "x").await.status, 415);
    no_trace(&service, &id);
}

#[tokio::test]
async fn nothing_reaches_out_of_the_container_and_nothing_endless_is_begun() {
    let service = Service::plain();
    service.machine.root(&["sh", "-c", "echo outside >/tmp/outside; chmod 644 /tmp/outside"]);
    let alice = Browser::of("alice").await;
    let (id, mut terminal) = alice.shell().await;
    terminal
        .run(
            "ln -s /etc/shadow s; ln -s ../../../../../../tmp/outside o; ln -s /proc/1/root/etc/shadow p; mkfifo f; \
             ln -s /dev/zero z; ln -s /nowhere n; mkdir d; echo in >d/x; ln -s d l; : >locked; chmod 0 locked",
        )
        .await;
    for (path, status) in [
        ("s", 403),
        ("p", 403),
        ("/etc/shadow", 403),
        ("o", 404),
        ("../../../../../../../tmp/outside", 404),
        ("n", 404),
        ("f", 422),
        ("z", 422),
        ("/dev/zero", 422),
        ("/dev/tty", 422),
        ("d", 422),
        ("l", 422),
        ("locked", 403),
        ("nothing", 404),
    ] {
        let began = Instant::now();
        let answer = take(&alice, &id, path).await;
        assert_eq!(answer.status, status, "{path}: {answer:?}");
        detail(&answer);
        assert!(began.elapsed() < Duration::from_secs(10), "{path}: {:?}", began.elapsed());
    }
    assert_eq!(take(&alice, &id, "l/x").await.body, "in\n");
    // Ordinary files without a length of their own have no end either, or none that can be known: nothing is read.
    for path in ["/proc/self/mem", "/proc/self/pagemap", "/proc/kmsg", "/proc/1/environ"] {
        let answer = take(&alice, &id, path).await;
        assert!(answer.status == 403 || (answer.status == 200 && answer.bytes.is_empty()), "{path}: {answer:?}");
    }
    // Into a link: the link goes, what it points at stays as it is.
    assert_eq!(put(&alice, &id, "s", "replace", b"mine").await.status, 201);
    assert_eq!(put(&alice, &id, "l/y", "refuse", b"through").await.status, 201);
    assert_eq!(put(&alice, &id, "f", "replace", b"no fifo").await.status, 201);
    assert_eq!(terminal.ask("cat s d/y f").await, "minethroughno fifo");
    no_trace(&service, &id);
}

#[tokio::test]
async fn what_is_too_large_is_refused_before_and_what_has_no_room_leaves_nothing() {
    let limits = "upload_limit = \"60m\"\ndownload_limit = \"1m\"";
    let service = Service::start(limits, "");
    let alice = Browser::of("alice").await;
    let (id, mut terminal) = alice.shell().await;
    // Its body is not read: on a connection that breaks the answer may get lost.
    let much = vec![0; (60 << 20) + 1];
    let refused = alice.try_send("POST", &address(&id, "x", ""), OCTETS, much).await;
    assert!(refused.as_ref().map_or(true, |answer| answer.status == 413), "{refused:?}");
    let full = put(&alice, &id, "x", "refuse", &vec![0; 55 << 20]).await;
    assert_eq!(full.status, 507, "{full:?}");
    assert!(detail(&full).starts_with("There is no room for it: "), "{full:?}");
    assert_eq!(terminal.ask("ls -A | wc -l; truncate -s 2M y; truncate -s 1M z").await, "0");
    let large = take(&alice, &id, "y").await;
    assert_eq!((large.status, detail(&large).as_str()), (413, "The file has 2097152 bytes; at most 1048576 are sent."));
    assert_eq!(take(&alice, &id, "z").await.bytes.len(), 1 << 20);
    no_trace(&service, &id);
}

#[tokio::test]
async fn with_a_limit_of_zero_nothing_passes() {
    let _service = Service::start("upload_limit = \"0\"\ndownload_limit = \"0\"", "");
    let alice = Browser::of("alice").await;
    let (id, _terminal) = alice.shell().await;
    assert_eq!(put(&alice, &id, "x", "refuse", b"x").await.status, 403);
    assert_eq!(take(&alice, &id, ".profile").await.status, 403);
}

#[tokio::test]
async fn only_its_owner_brings_and_takes_and_only_from_a_page_of_ours() {
    let service = Service::plain();
    let alice = Browser::of("alice").await;
    let (id, _terminal) = alice.shell().await;
    assert_eq!(put(&alice, &id, "x", "refuse", b"mine").await.status, 201);
    for other in ["bob", "root.admin"] {
        let other = Browser::of(other).await;
        assert_eq!([put(&other, &id, "y", "refuse", b"x").await.status, take(&other, &id, "x").await.status], [403; 2]);
    }
    let nobody = Browser::new();
    assert_eq!([put(&nobody, &id, "y", "refuse", b"x").await.status, take(&nobody, &id, "x").await.status], [401; 2]);
    let mut elsewhere = Browser::of("alice").await;
    elsewhere.forged.push(("sec-fetch-site", "cross-site"));
    assert_eq!(
        [put(&elsewhere, &id, "y", "refuse", b"x").await.status, take(&elsewhere, &id, "x").await.status],
        [403; 2]
    );
    assert_eq!(take(&alice, "aaaaaaaaaaaa", "x").await.status, 404);
    no_trace(&service, &id);
}

/// A request of `browser`'s that says it has `length` bytes, sends these, and stays open.
pub(crate) async fn begun(browser: &Browser, id: &str, length: usize, bytes: &[u8]) -> tokio::net::TcpStream {
    use tokio::io::AsyncWriteExt;
    let mut socket = tokio::net::TcpStream::connect(browser.road.to).await.expect("the port is open");
    let head = format!(
        "POST {} HTTP/1.1\r\nHost: {}\r\nOrigin: {}\r\nCookie: {}\r\nContent-Type: {OCTETS}\r\nContent-Length: {length}\r\n\r\n",
        address(id, "slow", ""),
        browser.road.origin.trim_start_matches("http://"),
        browser.road.origin,
        browser.cookie.as_deref().unwrap_or("")
    );
    socket.write_all(head.as_bytes()).await.expect("the request is taken");
    socket.write_all(bytes).await.expect("its body is taken");
    socket
}

/// Waits until an upload writes inside.
pub(crate) async fn arriving(terminal: &mut crate::browser::Terminal) {
    let began = Instant::now();
    while terminal.ask("ls -A | grep -c upload-").await != "1" {
        assert!(began.elapsed() < Duration::from_secs(20), "nothing arrives");
    }
}

#[tokio::test]
async fn one_file_at_a_time_and_one_that_breaks_off_leaves_nothing() {
    let service = Service::plain();
    let since = since_now();
    let alice = Browser::of("alice").await;
    let (id, mut terminal) = alice.shell().await;
    let slow = begun(&alice, &id, 1_000_000, &noise(300_000)).await;
    arriving(&mut terminal).await;
    let second = put(&alice, &id, "second", "refuse", b"x").await;
    assert_eq!((second.status, second.header("retry-after")), (429, "2"), "{second:?}");
    assert_eq!(take(&alice, &id, "slow").await.status, 429);
    drop(slow);
    no_trace(&service, &id);
    assert_eq!(terminal.ask("ls -A | wc -l").await, "0");
    assert_eq!(put(&alice, &id, "second", "refuse", b"x").await.status, 201);
    let outcomes: Vec<Value> =
        service.machine.journal(&[&since, "CORACLE_EVENT=file"]).iter().map(|e| e["CORACLE_REASON"].clone()).collect();
    assert_eq!(outcomes, ["broken-off", "whole"]);
    // A browser that takes nothing of a file any more.
    terminal.run("head -c 40000000 /dev/urandom >large").await;
    {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let mut socket = tokio::net::TcpStream::connect(alice.road.to).await.unwrap();
        let host = alice.road.origin.trim_start_matches("http://");
        let cookie = alice.cookie.as_deref().unwrap_or("");
        let head = format!("GET {} HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\n\r\n", address(&id, "large", ""));
        socket.write_all(head.as_bytes()).await.unwrap();
        assert!(socket.read(&mut [0; 4096]).await.unwrap() > 0);
        assert_eq!(take(&alice, &id, "second").await.status, 429);
    }
    no_trace(&service, &id);
    assert_eq!(take(&alice, &id, "large").await.bytes.len(), 40_000_000);
}

#[tokio::test]
async fn a_session_that_ends_in_the_middle_takes_the_file_with_it() {
    let service = Service::plain();
    let alice = Browser::of("alice").await;
    let (id, mut terminal) = alice.shell().await;
    let _slow = begun(&alice, &id, 1_000_000, &noise(300_000)).await;
    arriving(&mut terminal).await;
    let began = Instant::now();
    assert_eq!(alice.delete(&format!("/api/v1/sessions/{id}")).await.status, 204);
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
    service.nothing_left();
    assert_eq!(put(&alice, &id, "x", "refuse", b"x").await.status, 410);
}

#[tokio::test]
async fn a_daemon_that_is_killed_in_the_middle_leaves_nothing_running_and_no_half_file() {
    let service = Service::plain();
    let alice = Browser::of("alice").await;
    let (id, mut terminal) = alice.shell().await;
    let _slow = begun(&alice, &id, 1_000_000, &noise(300_000)).await;
    arriving(&mut terminal).await;
    service.machine.root(&["kill", "-KILL", &service.daemon().expect("it runs")]);
    drop(terminal);
    let mut terminal = alice.terminal(&id).await;
    terminal.frame("started").await;
    no_trace(&service, &id);
    assert_eq!(terminal.ask("ls -A | wc -l").await, "0");
    assert_eq!(put(&alice, &id, "x", "refuse", b"x").await.status, 201);
    no_trace(&service, &id);
}

#[tokio::test]
async fn an_image_without_the_programs_says_which_it_misses() {
    let machine = crate::machine::machine();
    let image = "localhost/coracle-bed:shell-less";
    let made = machine.user_with(
        &format!("podman build --quiet --tag {image} -"),
        &format!("FROM {}\nRUN [\"/bin/busybox\", \"rm\", \"/bin/sh\"]\n", machine.busybox),
    );
    assert_eq!(made.code, 0, "{made:?}");
    let profile = |name: &str, image: &str, command: &str| {
        format!(
            "[[profiles]]\nname = \"{name}\"\nimage = \"{image}\"\npull = \"never\"\ncommand = {command}\n\
             env = {{ PATH = \"/nowhere\" }}\n"
        )
    };
    let bare = profile("bare", &machine.image, "[\"/bin/sh\"]");
    let service = Service::start("", &(bare + &profile("shell-less", image, "[\"/bin/busybox\", \"sh\"]")));
    let alice = Browser::of("alice").await;
    for (name, missing) in [("bare", ["cat", "head"]), ("shell-less", ["/bin/sh"; 2])] {
        let id = alice.start(name).await;
        let mut terminal = alice.terminal(&id).await;
        terminal.prompt().await;
        for (answer, tool) in
            [put(&alice, &id, "x", "refuse", b"x").await, take(&alice, &id, "x").await].iter().zip(missing)
        {
            assert_eq!(answer.status, 501, "{answer:?}");
            assert_eq!(detail(answer), format!("The session's image has no program `{tool}`, which this needs."));
        }
        no_trace(&service, &id);
        alice.delete(&format!("/api/v1/sessions/{id}")).await;
    }
    machine.user(&format!("podman rmi --force {image}"));
}
