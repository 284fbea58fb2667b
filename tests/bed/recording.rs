//! Recordings: what was shown is on disk, to the byte, and what becomes of sessions when it cannot be.

use serde_json::{Value, json};

use crate::{
    browser::{Browser, Terminal},
    endings::{end_event, told_everywhere},
    machine::{Ran, machine, until},
    service::Service,
};

/// `policy` for the profile `shell`; the profile `free` is not recorded.
fn recorded(policy: &str, more: &str) -> Service {
    unmount();
    let image = &machine().image;
    let free = format!("[[profiles]]\nname = \"free\"\nimage = \"{image}\"\npull = \"never\"\nrecording = \"off\"");
    Service::start(
        "per_user = 4\nstarts_per_minute = 60",
        &format!("[recording]\npolicy = \"{policy}\"\n{more}\n{free}"),
    )
}

/// Where the recordings of this instance are. Somebody must have been at the daemon before.
fn shelf(service: &Service) -> String {
    let found =
        service.machine.user("ls -d ~/.local/state/coracle/state ~/.config/coracle/state 2>/dev/null | head -n 1").out;
    assert!(!found.trim().is_empty(), "no state directory");
    format!("{}/recordings", found.trim())
}

/// A small disk of its own for the recordings, until the next test.
fn small_disk(service: &Service, options: &str) {
    let dir = shelf(service);
    let line = format!(
        "umask 077; mkdir -p {dir} && chown tester: {dir} && \
         mount -t tmpfs -o {options},mode=0700,uid=1000,gid=1000 recordings-of-tests {dir}"
    );
    let mounted = service.machine.root(&["sh", "-c", &line]);
    assert_eq!(mounted.code, 0, "{mounted:?}");
}

fn unmount() {
    machine().root(&["sh", "-c", "while grep -q ^recordings-of-tests /proc/mounts; do umount -l \"$(grep ^recordings-of-tests /proc/mounts | cut -d ' ' -f 2 | head -n 1)\"; done"]);
}

struct Recording {
    cast: String,
    lines: Vec<Value>,
}

impl Recording {
    fn of(service: &Service, id: &str) -> Recording {
        let cast = format!("{}/{id}.cast", shelf(service));
        let text = service.machine.user(&format!("cat {cast}")).out;
        let lines = text.lines().map(|line| serde_json::from_str(line).expect("each line is JSON")).collect();
        Recording { cast, lines }
    }

    fn events(&self, code: &str) -> Vec<&str> {
        let of_kind = self.lines.iter().skip(1).filter(|event| event[1] == code);
        of_kind.map(|event| event[2].as_str().expect("a text")).collect()
    }

    fn text(&self) -> String {
        self.events("o").concat()
    }

    fn verify(&self, service: &Service, head: &str) -> Ran {
        service.cli(&format!("verify --json --head {head} {}", self.cast))
    }
}

/// The hash in the session's end event, which is there once the session is over.
fn hash(service: &Service, id: &str) -> String {
    end_event(service, id)["CORACLE_RECORDING"].as_str().expect("the hash of its recording").to_owned()
}

async fn exits(terminal: &mut Terminal) {
    terminal.type_in("exit 3\r").await;
    assert_eq!(terminal.ends().await, ("exit".to_owned(), Some(3)));
}

#[tokio::test]
async fn a_recording_is_what_the_client_saw_and_one_flipped_byte_of_it_is_found() {
    for policy in ["best-effort", "required"] {
        let service = recorded(policy, "");
        let alice = Browser::of("alice").await;
        let id = alice.new_session().await;
        let mut terminal = alice.terminal(&id).await;
        assert_eq!(terminal.frame("started").await["recorded"], true);
        terminal.prompted('$').await;
        terminal.output.clear();
        terminal.say(json!({"type": "resize", "cols": 132, "rows": 43})).await;
        terminal.type_in("until [ \"$(stty size)\" = '43 132' ]; do sleep 0.1; done; seq 20000; exit 3\r").await;
        let ended = terminal.ends().await;
        assert_eq!(ended, ("exit".to_owned(), Some(3)), "{policy}: {}", end_event(&service, &id)["MESSAGE"]);
        let head = hash(&service, &id);
        let recording = Recording::of(&service, &id);
        assert_eq!(recording.lines[0]["term"], json!({"cols": 100, "rows": 30, "type": "xterm-256color"}));
        let text = recording.text();
        let tail = |text: &str| text[text.len().saturating_sub(300)..].to_owned();
        assert!(text.ends_with(&terminal.output), "{:?} and {:?}", tail(&text), tail(&terminal.output));
        assert!(terminal.output.contains("\r\n19999\r\n20000\r\n"));
        assert_eq!(recording.events("r"), ["132x43"]);
        assert_eq!((recording.events("x"), recording.events("m")), (vec!["3"], vec!["ended: exit"]));

        let verified = recording.verify(&service, &head);
        assert_eq!(verified.code, 0, "{verified:?}");
        let told: Value = serde_json::from_str(&verified.out).expect("JSON");
        assert_eq!(
            (&told["state"], &told["head_met"], &told["user"]),
            (&json!("intact"), &json!(true), &json!("alice"))
        );
        let flipped = format!(
            "mkdir -p /tmp/v && cp {dir}/{id}.* /tmp/v && printf X | dd of=/tmp/v/{id}.cast bs=1 seek=5000 conv=notrunc status=none; \
             coracle verify --json /tmp/v/{id}.cast; code=$?; rm -r /tmp/v; exit $code",
            dir = shelf(&service)
        );
        let altered = service.machine.user(&flipped);
        let told: Value = serde_json::from_str(&altered.out).expect("JSON");
        assert_eq!((altered.code, &told["altered"]["file"]), (1, &json!("cast")), "{altered:?}");
        assert!(told["altered"]["byte"].as_u64().is_some_and(|byte| byte <= 5000), "{told}");
    }
}

#[tokio::test]
async fn on_a_full_disk_what_must_be_recorded_ends_and_others_go_on() {
    let service = recorded("required", "");
    let (alice, bob) = (Browser::of("alice").await, Browser::of("bob").await);
    small_disk(&service, "size=256k");
    let id = bob.start("free").await;
    let mut free = bob.terminal(&id).await;
    free.prompt().await;
    let (id, mut terminal) = alice.shell().await;
    terminal.type_in("while sleep 0.01; do echo all of this must be recorded; seq 500; done\r").await;
    let end = told_everywhere(&service, &alice, &id, Some(terminal), ("recording-failed", None)).await;
    assert!(end["MESSAGE"].as_str().is_some_and(|said| said.contains("No space left")), "{end}");
    assert_eq!(end["CORACLE_RECORDING"], Value::Null, "it could not be sealed");
    assert_eq!(free.ask("echo still here").await, "still here");
    let seen = service.machine.user(&format!("coracle verify {}/{id}.cast", shelf(&service)));
    assert_eq!(seen.code, 3, "in order as far as it goes: {seen:?}");
    unmount();
}

#[tokio::test]
async fn on_a_full_disk_a_best_effort_stops_with_a_notice_and_the_session_goes_on() {
    let service = recorded("best-effort", "");
    let alice = Browser::of("alice").await;
    small_disk(&service, "size=256k");
    let (id, mut terminal) = alice.shell().await;
    terminal.type_in("seq 60000\r").await;
    terminal.until("the notice", |t| t.frames.iter().any(|f| f["kind"] == "unrecorded").then_some(())).await;
    assert_eq!(terminal.ask("echo on").await, "on");
    let stopped = [format!("CORACLE_SESSION={id}"), "CORACLE_EVENT=recording-stopped".to_owned()];
    let stopped = service.machine.journal(&[&stopped[0], &stopped[1]]);
    assert!(stopped.len() == 1 && stopped[0]["CORACLE_REASON"].to_string().contains("No space left"), "{stopped:?}");
    exits(&mut terminal).await;
    assert_eq!(end_event(&service, &id)["CORACLE_RECORDING"], Value::Null);
    unmount();
}

#[tokio::test]
async fn in_a_directory_that_cannot_be_written_to_nothing_starts_that_must_be_recorded() {
    let service = recorded("required", "");
    let alice = Browser::of("alice").await;
    small_disk(&service, "size=256k,ro");
    let id = alice.new_session().await;
    let mut terminal = alice.terminal(&id).await;
    assert_eq!(terminal.ends().await.0, "recording-failed");
    assert!(!terminal.frames.iter().any(|frame| frame["type"] == "started"), "no shell ran");
    drop(terminal);
    told_everywhere(&service, &alice, &id, None, ("recording-failed", None)).await;
    let id = alice.start("free").await;
    alice.terminal(&id).await.prompt().await;
    drop(service);

    let service = recorded("best-effort", "");
    let alice = Browser::of("alice").await;
    small_disk(&service, "size=256k,ro");
    let id = alice.new_session().await;
    let mut terminal = alice.terminal(&id).await;
    assert_eq!(terminal.frame("started").await["recorded"], false);
    terminal.prompted('$').await;
    exits(&mut terminal).await;
    unmount();
}

#[tokio::test]
async fn after_kill_9_in_the_middle_of_output_the_recording_goes_on_and_its_chain_is_intact() {
    for policy in ["best-effort", "required"] {
        let service = recorded(policy, "");
        let alice = Browser::of("alice").await;
        let (id, mut terminal) = alice.shell().await;
        terminal.type_in("for i in $(seq 3000); do echo \"=$i=\"; sleep 0.001; done; echo al''l\r").await;
        for _ in 0..3 {
            terminal.until("some output", |t| (t.output.len() > 2000).then_some(())).await;
            service.machine.root(&["kill", "-KILL", &service.daemon().expect("it runs")]);
            terminal.is_gone().await;
            while terminal.step().await {}
            terminal = alice.terminal(&id).await;
            terminal.frame("started").await;
        }
        terminal
            .until("the end", |t| (t.output.contains("all\r\n") || t.redraw.contains("all\r\n")).then_some(()))
            .await;
        exits(&mut terminal).await;
        let head = hash(&service, &id);
        let recording = Recording::of(&service, &id);
        let verified = recording.verify(&service, &head);
        assert_eq!(verified.code, 0, "{verified:?}");
        // Each line once and in order; where some are missing, that is said.
        let text = recording.text();
        let numbers: Vec<u32> = text.split('=').skip(1).step_by(2).filter_map(|n| n.parse().ok()).collect();
        let gaps = recording.events("m").iter().filter(|mark| mark.starts_with("gap")).count();
        assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]), "doubled: {numbers:?}");
        assert!(numbers.len() == 3000 || gaps > 0, "{} of 3000 and no gap", numbers.len());
        assert!(numbers.len() > 2000, "{} of 3000", numbers.len());
        service.nothing_left();
    }
}

#[tokio::test]
async fn recordings_go_when_they_take_too_much_the_oldest_first_and_that_is_audited() {
    let service = recorded("best-effort", "max_total = \"1m\"");
    let alice = Browser::of("alice").await;
    let mut ids = Vec::new();
    let (live, mut running) = alice.shell().await;
    for _ in 0..2 {
        let (id, mut terminal) = alice.shell().await;
        terminal.run("head -c 700000 /dev/zero | tr '\\0' x").await;
        exits(&mut terminal).await;
        hash(&service, &id);
        ids.push(id);
    }
    let removed = [format!("CORACLE_SESSION={}", ids[0]), "CORACLE_EVENT=recording-removed".to_owned()];
    let removed = until("the older one is removed", || service.machine.journal(&[&removed[0], &removed[1]]).pop());
    assert_eq!(removed["CORACLE_REASON"], "max_total");
    let left = service.machine.user(&format!("ls {}", shelf(&service))).out;
    assert!(!left.contains(&ids[0]) && left.contains(&ids[1]) && left.contains(&live), "{left}");
    exits(&mut running).await;
}
