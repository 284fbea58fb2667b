//! Administrators who look at somebody's session: in the browser, and by `coracle watch` in a terminal.

use std::{
    io::{Read, Write},
    process::Child,
    sync::{Arc, Mutex},
};

use serde_json::{Value, json};

use crate::{
    browser::{Browser, Terminal},
    machine::{Machine, since_now, until},
    service::Service,
};

/// Who watches now and who did, as the owner's page is told next.
async fn told(owner: &mut Terminal) -> (Value, Vec<String>) {
    let is = |frame: &Value| frame["type"] == "notice" && frame["kind"] == "watched";
    let at = owner.until("a notice of who watches", |t| t.frames.iter().position(is)).await;
    let notice = owner.frames.remove(at);
    let before = notice["before"].as_array().expect("a list").iter();
    (notice["by"].clone(), before.map(|look| look["by"].as_str().expect("a name").to_owned()).collect())
}

/// The records of this kind, once there are so many.
fn records(machine: &Machine, since: &str, event: &str, count: usize) -> Vec<Value> {
    until(&format!("{count} times {event} in the journal"), || {
        let unit = "_SYSTEMD_USER_UNIT=coracle.service";
        let found = machine.journal(&[unit, since, &format!("CORACLE_EVENT={event}")]);
        (found.len() >= count).then_some(found)
    })
}

#[tokio::test]
async fn an_administrator_looks_and_the_owner_knows_it_and_nobody_else_may() {
    let service = Service::plain();
    let since = since_now();
    let (alice, bob, admin) = (Browser::of("alice").await, Browser::of("bob").await, Browser::of("root.admin").await);
    let (id, mut terminal) = alice.shell().await;
    terminal.run("printf 'GREEN%s' LIGHT").await;

    let mut watcher = admin.watch(&id).await;
    let started = watcher.frame("started").await;
    assert_eq!((&started["role"], &started["session"]), (&json!("watcher"), &json!(id)));
    let role = watcher.frame("role").await;
    assert_eq!((&role["role"], &role["cols"], &role["rows"]), (&json!("watcher"), &json!(100), &json!(30)));
    assert!(watcher.redrawn().await.contains("GREENLIGHT"));
    assert_eq!(told(&mut terminal).await, (json!(["root.admin"]), vec![]));
    terminal.type_in("printf 'and-%s\\n' more\r").await;
    watcher.shows("and-more").await;
    // The owner's window has the say.
    terminal.say(json!({"type": "resize", "cols": 90, "rows": 25})).await;
    watcher
        .until("the new size", |t| t.frames.iter().any(|f| f["type"] == "role" && f["cols"] == 90).then_some(()))
        .await;
    assert!(alice.get("/").await.body.contains("watched by root.admin"), "the start page says so, too");

    assert_eq!(bob.watch(&id).await.closes().await, 4403);
    assert_eq!(alice.watch(&id).await.closes().await, 4403, "not even one's own, without the right");
    assert_eq!(admin.socket(&id).await.closes().await, 4403, "the keyboard is the owner's");
    let page = format!("/s/{id}/watch");
    assert_eq!((bob.get(&page).await.status, admin.get(&page).await.status), (403, 200));
    assert_eq!((alice.get(&page).await.status, Browser::new().get(&page).await.status), (303, 303));

    watcher.type_in("touch /tmp/typed-by-admin\r").await;
    assert_eq!(watcher.closes().await, 4403);
    assert_eq!(told(&mut terminal).await, (json!([]), vec!["root.admin".to_owned()]));
    assert_eq!(terminal.ask("ls /tmp").await, "");

    // Logged out, and without the right, nobody goes on looking.
    let mut watcher = admin.watch(&id).await;
    watcher.frame("started").await;
    admin.send("POST", "/logout", "application/x-www-form-urlencoded", String::new()).await;
    assert_eq!(watcher.closes().await, 4401);
    let admin = Browser::of("root.admin").await;
    let mut watcher = admin.watch(&id).await;
    watcher.frame("started").await;
    let changed = service.machine.user_with("coracle passwd root.admin --groups dev", "keys-of-333\n");
    assert_eq!(changed.code, 0, "{changed:?}");
    assert_eq!(watcher.closes().await, 4403);

    terminal.type_in("exit\r").await;
    assert_eq!(terminal.ends().await.0, "exit");
    service.nothing_left();
    for event in ["watch", "watch-end"] {
        for record in records(service.machine, &since, event, 3) {
            let fields = ["CORACLE_SESSION", "CORACLE_USER", "CORACLE_BY", "CORACLE_PEER"].map(|field| &record[field]);
            assert_eq!(fields, [&json!(id), &json!("alice"), &json!("root.admin"), &json!("127.0.0.1")]);
        }
    }
}

#[tokio::test]
async fn an_owner_who_was_away_or_whose_daemon_was_killed_learns_who_has_watched() {
    let service = Service::plain();
    let (alice, admin) = (Browser::of("alice").await, Browser::of("root.admin").await);
    let (id, terminal) = alice.shell().await;
    drop(terminal);
    alice.until_detached(&id).await;
    let mut watcher = admin.watch(&id).await;
    watcher.frame("snapshot_end").await;
    assert_eq!(alice.sessions().await, [(id.clone(), "detached".to_owned())], "only its owner is somebody");
    let daemon = service.daemon().expect("it runs");
    service.machine.root(&["kill", "-KILL", &daemon]);
    let mut terminal = alice.terminal(&id).await;
    assert_eq!(told(&mut terminal).await, (json!([]), vec!["root.admin".to_owned()]));
    terminal.type_in("exit\r").await;
    terminal.ends().await;
    service.nothing_left();
}

/// `coracle watch` in a terminal of the machine: `script` gives it one, and what that shows is read here.
struct Watching {
    script: Child,
    shown: Arc<Mutex<Vec<u8>>>,
}

impl Watching {
    /// At a window of 60 × 12; before and behind it the terminal's settings are printed.
    fn begins(machine: &Machine, id: &str) -> Watching {
        let line = format!("stty rows 12 cols 60; stty -g; coracle watch {id}; echo status=$?; stty -g; echo done");
        let mut script = machine.user_begins(&format!("script -qec '{line}' /dev/null"));
        let shown = Arc::new(Mutex::new(Vec::new()));
        let (mut out, into) = (script.stdout.take().expect("piped"), shown.clone());
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(n @ 1..) = out.read(&mut buffer) {
                into.lock().expect("the reader is alone").extend_from_slice(&buffer[..n]);
            }
        });
        Watching { script, shown }
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.shown.lock().expect("the reader is alone")).into_owned()
    }

    fn shows(&self, text: &str) {
        until(&format!("the terminal shows {text}: {:?}", self.text()), || self.text().contains(text).then_some(()));
    }

    fn types(&mut self, keys: &str) {
        let stdin = self.script.stdin.as_mut().expect("piped");
        stdin.write_all(keys.as_bytes()).and_then(|()| stdin.flush()).expect("script reads");
    }

    /// What was said at the end, once the terminal was found as it was before.
    fn ends(mut self, status: u8) -> String {
        self.shows("done\r\n");
        drop(self.script.stdin.take());
        self.script.wait().expect("script ends");
        let text = self.text();
        let (before, rest) = text.split_once("\x1b[?1049h").expect("it was on the other screen");
        let (drawn, after) = rest.rsplit_once("\x1b[?1049l").expect("and came back");
        assert!(drawn.ends_with("\x1b[m\x1b[?7h\x1b[?25h"), "{drawn:?}");
        only_known_sequences(drawn);
        let settings = before.trim();
        assert_eq!(after.matches(settings).count(), 1, "settings were {settings:?}: {after:?}");
        assert!(after.contains(&format!("status={status}\r\n")), "{after:?}");
        after.to_owned()
    }
}

/// Colours, columns, lines, erasing, the cursor, wrapping: nothing else ever reaches the operator's terminal.
fn only_known_sequences(drawn: &str) {
    let mut rest = drawn;
    while let Some(at) = rest.find('\x1b') {
        let sequence = &rest[at + 1..];
        let body = sequence.strip_prefix('[').unwrap_or_else(|| panic!("not CSI: {:?}", &rest[at..]));
        let end = body.find(|c: char| c.is_ascii_alphabetic()).expect("it ends");
        let (numbers, last) = (&body[..end], &body[end..=end]);
        let known = match last {
            "m" | "H" | "G" | "J" | "K" => numbers.chars().all(|c| c.is_ascii_digit() || c == ';'),
            "h" | "l" => ["?25", "?7"].contains(&numbers),
            _ => false,
        };
        assert!(known, "{numbers}{last}");
        rest = &body[end + 1..];
    }
    assert!(!drawn.replace('\x1b', "").chars().any(char::is_control), "{drawn:?}");
}

#[tokio::test]
async fn in_a_terminal_the_operator_sees_the_screen_types_nothing_and_finds_the_terminal_as_it_was() {
    let service = Service::plain();
    let alice = Browser::of("alice").await;
    let (id, mut terminal) = alice.shell().await;
    // What a terminal must not be given: a title, a question that it answers, a link, mouse modes, C1, its other screen.
    terminal
        .run(
            "printf '\\033]0;TITLE\\007\\033[c\\033[6n\\033]8;;http://x\\007\\033[?1003h\\302\\2330m\\033[?47hEV%s' IL",
        )
        .await;
    let mut watching = Watching::begins(service.machine, &id);
    watching.shows("EVIL");
    watching.shows("watching alice");
    watching.shows("100×30, cut to 60×11");
    assert_eq!(told(&mut terminal).await.0, json!(["uid 1000"]));
    terminal.type_in("printf 'NE%s' XT\r").await;
    watching.shows("NEXT");
    watching.types("exit\rq");
    let said = watching.ends(0);
    assert!(said.contains(&format!("Session {id} of alice goes on.")), "{said}");
    assert_eq!(told(&mut terminal).await, (json!([]), vec!["uid 1000".to_owned()]));
    assert_eq!(terminal.ask("echo still-$((6*7))").await, "still-42");
}

#[tokio::test]
async fn whatever_ends_watching_the_terminal_is_as_it_was_and_the_reason_is_said() {
    let service = Service::plain();
    let alice = Browser::of("alice").await;
    let (id, mut terminal) = alice.shell().await;
    let machine = service.machine;

    for (signal, status) in [("TERM", 1), ("INT", 1), ("HUP", 1)] {
        let watching = Watching::begins(machine, &id);
        watching.shows("q leaves");
        let pids = machine.processes(&format!("^coracle watch {id}"));
        assert_eq!(pids.len(), 1);
        machine.root(&["kill", &format!("-{signal}"), &pids[0]]);
        assert!(watching.ends(status).contains(&format!("SIG{signal}")));
    }
    let watching = Watching::begins(machine, &id);
    watching.shows("q leaves");
    service.machine.root(&["kill", "-KILL", &service.daemon().expect("it runs")]);
    assert!(watching.ends(69).contains("broke off"), "the daemon is gone, and the session goes on");
    let mut terminal_again = alice.terminal(&id).await;
    terminal_again.frame("started").await;
    drop(std::mem::replace(&mut terminal, terminal_again));

    let watching = Watching::begins(machine, &id);
    watching.shows("q leaves");
    terminal.type_in("exit 7\r").await;
    let said = watching.ends(0);
    assert!(said.contains("is over.") && said.contains("Exit status 7"), "{said}");
    assert_eq!(service.cli("watch aaaaaaaaaaaa").code, 1, "there is none of that name");
    service.nothing_left();
}

#[tokio::test]
async fn without_a_terminal_there_is_nothing_to_draw_on() {
    let service = Service::plain();
    let (id, _terminal) = Browser::of("alice").await.shell().await;
    let refused = service.cli(&format!("watch {id}"));
    assert!(refused.code == 64 && refused.err.contains("run it in a terminal"), "{refused:?}");
}
