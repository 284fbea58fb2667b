//! Bytes: whole, in order, bounded, and never in the way of each other.

use std::time::{Duration, Instant};

use serde_json::json;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;

use crate::{
    browser::{Browser, Terminal},
    machine::PATIENCE,
    service::Service,
};

/// From Ctrl-C to the prompt, and from "end" to its answer, under a flood: 0.1 s where nobody else is at work. It would take
/// for ever if the flood were in the way.
const PROMPT_AGAIN: Duration = Duration::from_secs(15);

#[tokio::test]
async fn bulk_output_arrives_whole() {
    let _service = Service::plain();
    let (_, mut terminal) = Browser::of("alice").await.shell().await;
    terminal.type_in("seq -f 'line %06g' 1 20000; echo the'-'end\r").await;
    let mut text = String::new();
    while !text.contains("the-end") {
        terminal.step().await;
        text.push_str(&std::mem::take(&mut terminal.output));
    }
    let gaps = terminal.frames.iter().filter(|f| f["kind"] == "gap").count();
    let lines: Vec<&str> = text.lines().filter_map(|l| l.find("line 0").map(|at| &l[at..])).collect();
    assert_eq!((lines.len(), gaps), (20_000, 0), "a reader that keeps up misses nothing");
    assert!(lines.iter().enumerate().all(|(i, l)| *l == format!("line {:06}", i + 1)));
}

#[tokio::test]
async fn a_megabyte_typed_into_cat_arrives_whole_while_it_echoes() {
    let _service = Service::plain();
    let (_, mut terminal) = Browser::of("alice").await.shell().await;
    let line = "0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopq\r"; // 64 bytes
    terminal.type_in("stty -ixon; printf 'G%s' O; cat > /tmp/paste\r").await;
    terminal.shows("GO").await; // what is typed before `cat` reads would still be the shell's
    let (mut sent, total) = (0u64, 16_384u64); // lines
    let base =
        terminal.frames.iter().rev().find(|f| f["type"] == "accepted").map_or(0, |f| f["bytes"].as_u64().unwrap_or(0));
    let mut written = base;
    while sent < total {
        let accepted = terminal
            .frames
            .iter()
            .rev()
            .find(|f| f["type"] == "accepted")
            .map_or(0, |f| f["bytes"].as_u64().unwrap_or(0));
        if written.saturating_sub(accepted) < 128 * 1024 {
            terminal.type_in(&line.repeat(64)).await;
            written += 64 * 64;
            sent += 64;
        } else {
            assert!(terminal.step().await, "closed: {:?}", terminal.frames.last());
            terminal.output.clear();
        }
    }
    terminal.type_in("\x04").await;
    assert_eq!(terminal.ask("wc -c < /tmp/paste").await, (total * 64).to_string());
    assert_eq!(terminal.ask("sort -u /tmp/paste | wc -l").await, "1", "every line is the same line");
}

#[tokio::test]
async fn all_byte_values_pass_both_ways() {
    let _service = Service::plain();
    let (_, mut terminal) = Browser::of("alice").await.shell().await;
    terminal
        .type_in("stty raw -echo; printf 'G%s' O; head -c 256 | od -An -v -tx1 | tr -d ' \\n'; stty sane; echo\r")
        .await;
    terminal.shows("GO").await;
    terminal.raw(Message::binary((0..=255u8).collect::<Vec<_>>())).await;
    let expected: String = (0..=255u8).map(|b| format!("{b:02x}")).collect();
    terminal.shows(&expected).await;
}

#[tokio::test]
async fn under_a_flood_that_nobody_reads_the_daemon_stays_small_and_ctrl_c_works() {
    let service = Service::plain();
    let alice = Browser::of("alice").await;
    let (id, mut terminal) = alice.shell().await;
    let (_, mut other) = Browser::of("bob").await.shell().await;
    let rss = || {
        let pid = service.daemon().expect("it runs");
        let status = service.machine.root(&["cat", &format!("/proc/{pid}/status")]).out;
        let line = status.lines().find(|l| l.starts_with("RssAnon")).expect("RssAnon").to_owned();
        line.split_whitespace().nth(1).and_then(|n| n.parse::<u64>().ok()).expect("kB")
    };
    let before = rss();
    terminal.acks = false;
    terminal.type_in("yes flood\r").await;
    terminal.stall(Duration::from_secs(10)).await;
    let grown = rss().saturating_sub(before);
    assert!(grown < 4 * 1024, "grew by {grown} kB");
    assert_eq!(other.ask("echo alive").await, "alive", "others are not slowed");
    terminal.say(json!({"type": "resize", "cols": 90, "rows": 20})).await;
    terminal.type_in("\x03").await;
    let pressed = Instant::now();
    terminal.acks = true;
    terminal.ack().await;
    let prompt = |t: &Terminal| {
        let redrawn = t.redraw.split_once("^C").is_some_and(|(_, after)| after.contains("$ "));
        (redrawn || t.output.ends_with("$ ")).then_some(())
    };
    terminal.until("the prompt behind the flood", prompt).await;
    assert!(pressed.elapsed() < PROMPT_AGAIN, "{:?}", pressed.elapsed());
    assert!(terminal.frames.iter().any(|f| f["type"] == "snapshot_end"), "what it missed is skipped by a redraw");
    assert!(!terminal.frames.iter().any(|f| f["kind"] == "gap"), "nothing is lost");
    terminal.output.clear();
    let began = Instant::now();
    while terminal.ask("stty size").await != "20 90" {
        assert!(began.elapsed() < PATIENCE, "the resize got lost in the flood");
    }
    let began = Instant::now();
    terminal.type_in("yes again\r").await;
    assert_eq!(alice.delete(&format!("/api/v1/sessions/{id}")).await.status, 204);
    assert!(began.elapsed() < PROMPT_AGAIN, "the end takes effect under a flood: {:?}", began.elapsed());
}

/// Bytes of memory that are the daemon's own: its anonymous pages, and the sessions' logs, which are files in memory.
fn held(service: &Service) -> u64 {
    let pid = service.daemon().expect("it runs");
    let told = service.machine.user(&format!(
        "grep RssAnon /proc/{pid}/status; du --summarize --block-size=1K \"$XDG_RUNTIME_DIR/coracle\" | sed 's/^/Logs: /'"
    ));
    let kilobytes = told.out.lines().filter_map(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
    let numbers: Vec<u64> = kilobytes.collect();
    assert_eq!(numbers.len(), 2, "{told:?}");
    numbers.iter().sum::<u64>() * 1024
}

/// The rows that a redraw and what followed it show, without colours, blanks and the like.
fn rows_of(shown: &str) -> Vec<String> {
    let mut plain = String::new();
    let mut rest = shown;
    while let Some(at) = rest.find('\x1b') {
        plain.push_str(&rest[..at]);
        let sequence = &rest[at + 1..];
        let long = match sequence.chars().next() {
            Some('[') => sequence.find(|c: char| c.is_ascii_alphabetic()).map(|end| end + 1),
            Some(']') => sequence.find("\x1b\\").map(|end| end + 2).or(sequence.find('\x07').map(|end| end + 1)),
            _ => Some(1),
        };
        rest = &sequence[long.unwrap_or(sequence.len())..];
    }
    plain.push_str(rest);
    // A redraw moves over what a program left out: no blank counts.
    let rows = plain.lines().map(|line| line.split_whitespace().collect::<String>()).filter(|line| !line.is_empty());
    rows.collect()
}

/// DESIGN's promise of a reader that stalls: a screen that is frozen for ten seconds costs nobody anything.
#[tokio::test]
async fn ten_seconds_behind_a_flood_cost_two_megabytes_at_most_a_trickle_is_read_and_then_the_screen_is_exact() {
    const STALLED: Duration = Duration::from_secs(10);
    let service = Service::plain();
    let (alice, admin) = (Browser::of("alice").await, Browser::of("root.admin").await);
    let (id, mut terminal) = alice.shell().await;
    let mut viewer = admin.watch(&id).await;
    viewer.frame("snapshot_end").await;
    terminal.run("true").await;
    terminal.shows("$ ").await; // the next one that is seen comes behind the flood
    let before = held(&service);

    terminal.acks = false;
    terminal.type_in("yes flood of words that nobody reads | cat -n\r").await;
    let (began, seen) = (Instant::now(), viewer.bytes);
    let (mut most, mut looks) = (before, 0);
    while began.elapsed() < STALLED {
        let until = Instant::now() + Duration::from_millis(500);
        while let Ok(open) = timeout(until.saturating_duration_since(Instant::now()), viewer.step()).await {
            assert!(open, "the other viewer goes on");
            viewer.output.clear();
        }
        most = most.max(held(&service));
        looks += 1;
    }
    let (took, read) = (began.elapsed(), viewer.bytes - seen);
    let grown = most - before;
    println!("grew by {grown} bytes at most in {looks} looks; {read} bytes were read in {took:?}");
    assert!(grown <= 2 << 20, "grew by {grown} bytes");
    // What the stalled reader had credit for comes at full speed; then 8 KiB every 10 ms at most, and never nothing.
    let trickle = (took.as_millis() as u64 / 10 + 2) * 8 * 1024;
    assert!(read <= trickle + (2 << 20), "{read} bytes in {took:?}");
    assert!(read >= 256 * 1024, "only {read} bytes in {took:?}: the terminal was not read");

    let pressed = Instant::now();
    terminal.type_in("\x03").await;
    terminal.acks = true;
    terminal.ack().await;
    let prompt = |t: &Terminal| {
        let redrawn = t.redraw.split_once("^C").is_some_and(|(_, after)| after.contains("$ "));
        (redrawn || t.output.ends_with("$ ")).then_some(())
    };
    terminal.until("the prompt behind the flood", prompt).await;
    assert!(pressed.elapsed() < PROMPT_AGAIN, "{:?}", pressed.elapsed());
    assert!(!terminal.frames.iter().any(|f| f["kind"] == "gap"), "nothing is lost");
    // What it shows, made of the redraw that it was sent and what came since, is what anybody is shown who comes now.
    let own = rows_of(&format!("{}{}", terminal.redraw, terminal.output));
    terminal.run("echo all-$((40+2))").await;
    let mut fresh = alice.terminal(&id).await;
    let shown = rows_of(&fresh.redrawn().await);
    let last = |rows: &[String]| rows[rows.len().saturating_sub(30)..].to_vec();
    // Ctrl-C cuts the last one anywhere, or is written over it.
    let rows: Vec<String> =
        last(&shown).into_iter().filter(|row| !row.contains("^C") && row.ends_with("reads")).collect();
    let number = |row: &String| row.split(|c: char| !c.is_ascii_digit()).next()?.parse::<u64>().ok();
    let numbered: Vec<u64> = rows.iter().filter_map(number).collect();
    assert!(numbered.len() > 10 && numbered.windows(2).all(|two| two[1] == two[0] + 1), "{shown:?}");
    assert!(rows.iter().all(|row| own.contains(row)), "{rows:?} is not what it had: {own:?}");
    fresh.say(json!({"type": "end"})).await;
    assert_eq!(fresh.ends().await.0, "owner");
    assert_eq!(viewer.ends().await.0, "owner");
}

#[tokio::test]
async fn a_client_that_breaks_the_protocol_is_closed_with_the_right_code_and_the_session_goes_on() {
    let _service = Service::plain();
    let alice = Browser::of("alice").await;
    let (id, mut t) = alice.shell().await;
    t.raw(Message::binary(vec![b'x'; 16 * 1024 + 1])).await;
    assert_eq!(t.closes().await, 1009, "input of more than 16 KiB in a frame");
    let mut t = alice.terminal(&id).await;
    t.raw(Message::text("x".repeat(64 * 1024 + 1))).await;
    assert_eq!(t.closes().await, 1009, "a message of more than 64 KiB");
    for broken in [
        "{}",
        "[",
        r#"{"type":"sudo"}"#,
        r#"{"type":"resize","cols":0,"rows":5}"#,
        r#"{"type":"ack","bytes":99999999}"#,
    ] {
        let mut t = alice.terminal(&id).await;
        t.frame("started").await;
        t.raw(Message::text(broken)).await;
        assert_eq!(t.closes().await, 1008, "{broken}");
    }
    let mut t = alice.terminal(&id).await;
    t.frame("started").await;
    // Not before the terminal is raw: a line longer than the kernel keeps is thrown away, and so much is accepted.
    t.type_in("stty raw -echo; echo raw-$((40+2)); sleep 60\r").await;
    t.shows("raw-42").await;
    // What lies between takes some, too: two sockets' buffers, Podman's, conmon's, the terminal's.
    for _ in 0..256 {
        t.raw(Message::binary(vec![b'x'; 16 * 1024])).await;
        while timeout(Duration::from_millis(1), t.step()).await.is_ok_and(|open| open) {}
        if t.closed.is_some() {
            break;
        }
    }
    assert_eq!(t.closes().await, 1008, "more than 256 KiB beyond what was accepted");
    assert_eq!(alice.sessions().await.len(), 1);
}

#[tokio::test]
async fn pings_come_back() {
    let _service = Service::plain();
    let (_, mut terminal) = Browser::of("alice").await.shell().await;
    terminal.say(json!({"type": "ping", "t": 12.5})).await;
    assert_eq!(terminal.frame("pong").await["t"], 12.5);
}

#[tokio::test]
async fn what_it_uses_is_told_once_a_second_and_not_to_a_hidden_tab() {
    let _service = Service::plain();
    let (_, mut terminal) = Browser::of("alice").await.shell().await;
    terminal.type_in("while :; do :; done\r").await;
    terminal.frame("stats").await;
    let cpu =
        terminal.until("a busy second", |t| t.frames.iter().filter_map(|f| f["cpu"].as_u64()).find(|cpu| *cpu > 50)); // others may have most of the processors
    assert!(cpu.await <= 1200, "one loop is about one processor (there is no limit in this machine)");
    terminal.say(json!({"type": "visible", "on": false})).await;
    terminal.say(json!({"type": "ping", "t": 1.0})).await;
    terminal.frame("pong").await;
    terminal.frames.clear();
    let began = Instant::now();
    terminal.say(json!({"type": "ping", "t": 2.0})).await;
    while began.elapsed() < Duration::from_millis(2500) {
        let _ = timeout(Duration::from_millis(200), terminal.step()).await;
    }
    let told = terminal.frames.iter().filter(|f| f["type"] == "stats").count();
    assert!(told <= 1, "{told} frames in 2.5 s");
    terminal.say(json!({"type": "visible", "on": true})).await;
    terminal.frames.clear();
    terminal.frame("stats").await;
}
