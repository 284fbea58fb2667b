//! Every ending is told by one stable word, everywhere, once.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::{
    browser::{Browser, Terminal},
    machine::{Machine, PATIENCE, machine, until},
    service::Service,
};

/// What the sentence for a reason must say.
const SENTENCES: [(&str, &str); 16] = [
    ("exit", "shell ended"),
    ("idle", "nothing was typed"),
    ("detached", "no browser"),
    ("lifetime", "time limit"),
    ("disk", "filled its disk"),
    ("owner", "You ended"),
    ("admin", "administrator"),
    ("shutdown", "shutting down"),
    ("engine", "engine"),
    ("lost", "was lost"),
    ("start-failed", "could not be started"),
    ("image-missing", "image"),
    ("host-full", "full"),
    ("limits-unproven", "limits"),
    ("recording-failed", "has to be recorded"),
    ("fault", "fault"),
];

/// A session ended: the browser that was there, one that comes later, its page, the API and the journal say the same, and
/// nothing of it is left. Returns its one end event.
pub(crate) async fn told_everywhere(
    service: &Service,
    owner: &Browser,
    id: &str,
    terminal: Option<Terminal>,
    (reason, status): (&str, Option<i64>),
) -> Value {
    let words = SENTENCES.iter().find(|(code, _)| *code == reason).expect("a reason that is known").1;
    let told = until_ended(owner, id).await;
    for mut terminal in terminal.into_iter().chain([owner.socket(id).await]) {
        assert_eq!(terminal.ends().await, (reason.to_owned(), status));
        let text = terminal.frame("ended").await["text"].as_str().expect("a text").to_owned();
        assert!(text.contains(words) && text.ends_with('.'), "{reason}: {text}");
    }
    assert_eq!((&told["reason"], told["status"].as_i64()), (&json!(reason), status), "{told}");
    let text = told["text"].as_str().expect("a text");
    assert!(text.contains(words), "{told}");
    let page = owner.get(&format!("/s/{id}")).await;
    let said = [format!("<code>{reason}</code>"), text.replace('\'', "&#39;")];
    assert!(page.status == 410 && said.iter().all(|words| page.body.contains(words)), "{said:?} in {page:?}");
    service.nothing_left_of(id);
    let event = end_event(service, id);
    let recorded = event["CORACLE_STATUS"].as_str().map(|status| status.parse::<i64>().expect("a number"));
    assert_eq!((&event["CORACLE_REASON"], recorded), (&json!(reason), status), "{event}");
    event
}

/// What the API says of a session that is over or about to be.
async fn until_ended(owner: &Browser, id: &str) -> Value {
    let began = Instant::now();
    loop {
        let told = owner.get(&format!("/api/v1/sessions/{id}")).await.json();
        if told["state"] == "ended" {
            return told;
        }
        assert!(began.elapsed() < PATIENCE, "it does not end: {told}");
        tokio::time::sleep(Duration::from_millis(20)).await; // the pace of polling, not a wait
    }
}

/// Reads the one end event of a session from the journal.
pub(crate) fn end_event(service: &Service, id: &str) -> Value {
    let matches = [format!("CORACLE_SESSION={id}"), "CORACLE_EVENT=session-end".to_owned()];
    let matches: Vec<&str> = matches.iter().map(String::as_str).collect();
    let event = until("the end is in the journal", || service.machine.journal(&matches).pop());
    assert_eq!(service.machine.journal(&matches).len(), 1, "one end event");
    assert!(event["MESSAGE_ID"].is_string(), "{event}");
    event
}

#[tokio::test]
async fn idle_is_warned_of_and_then_ends() {
    let service = Service::start("idle = \"6s\"", "");
    let alice = Browser::of("alice").await;
    let (id, mut terminal) = alice.shell().await;
    let notice = terminal.frame("notice").await;
    assert_eq!(
        (&notice["kind"], notice["seconds"].as_u64().is_some_and(|s| (1..=3).contains(&s))),
        (&json!("idle"), true)
    );
    terminal.type_in("\r").await;
    assert_eq!(terminal.frame("notice").await, json!({"type": "notice", "kind": "idle", "seconds": 0}));
    terminal.frame("notice").await;
    terminal.say(json!({"type": "extend"})).await;
    assert_eq!(terminal.frame("notice").await["seconds"], 0, "extend is as good as a key");
    told_everywhere(&service, &alice, &id, Some(terminal), ("idle", None)).await;
    let warnings = service.machine.journal(&[&format!("CORACLE_SESSION={id}"), "CORACLE_EVENT=idle-warning"]);
    assert_eq!(warnings.len(), 3, "one for each time it was told: {warnings:?}");
    for warning in warnings {
        assert!(["1", "2", "3"].map(|s| json!(s)).contains(&warning["CORACLE_SECONDS"]), "{warning}");
        assert_eq!((&warning["CORACLE_USER"], &warning["CORACLE_PEER"]), (&json!("alice"), &json!("127.0.0.1")));
    }
    service.nothing_left();
}

#[tokio::test]
async fn output_does_not_count_as_input() {
    let _service = Service::start("idle = \"3s\"", "");
    let (_, mut terminal) = Browser::of("alice").await.shell().await;
    terminal.type_in("while :; do echo busy; sleep 0.2; done\r").await;
    assert_eq!(terminal.ends().await.0, "idle");
}

#[tokio::test]
async fn nobody_back_in_time_means_detached() {
    for period in ["1s", "0s"] {
        let service = Service::start(&format!("detached = \"{period}\""), "");
        let alice = Browser::of("alice").await;
        let (id, terminal) = alice.shell().await;
        drop(terminal);
        told_everywhere(&service, &alice, &id, None, ("detached", None)).await;
    }
}

#[tokio::test]
async fn lifetime_ends_a_busy_session() {
    let service = Service::start("lifetime = \"10s\"", "");
    let alice = Browser::of("alice").await;
    let (id, mut terminal) = alice.shell().await;
    assert_eq!(terminal.frame("notice").await["kind"], "lifetime");
    terminal.type_in("echo still here\r").await;
    told_everywhere(&service, &alice, &id, Some(terminal), ("lifetime", None)).await;
}

#[tokio::test]
async fn its_owner_ends_it_by_button_and_by_request() {
    let service = Service::plain();
    let alice = Browser::of("alice").await;
    let (id, mut terminal) = alice.shell().await;
    terminal.say(json!({"type": "end"})).await;
    told_everywhere(&service, &alice, &id, Some(terminal), ("owner", None)).await;
    let (id, terminal) = alice.shell().await;
    assert_eq!(alice.delete(&format!("/api/v1/sessions/{id}")).await.status, 204);
    assert_eq!(alice.sessions().await, []);
    told_everywhere(&service, &alice, &id, Some(terminal), ("owner", None)).await;
    service.nothing_left();
}

#[tokio::test]
async fn an_administrator_lists_and_ends_at_the_control_socket_and_in_the_browser() {
    let service = Service::plain();
    let (alice, bob) = (Browser::of("alice").await, Browser::of("bob").await);
    let (id, terminal) = alice.shell().await;
    let (other, second) = bob.shell().await;
    let ps = service.cli("ps");
    assert!(ps.code == 0 && ps.out.contains(&id) && ps.out.contains(&other) && ps.out.contains("bob"), "{ps:?}");
    let listed: Value = serde_json::from_str(&service.cli("ps --json").out).expect("JSON");
    assert_eq!(listed.as_array().map(Vec::len), Some(2));
    assert_eq!(service.cli(&format!("end {id}")).code, 0);
    let end = told_everywhere(&service, &alice, &id, Some(terminal), ("admin", None)).await;
    assert!(end.to_string().contains("uid 1000"), "audited with the peer's uid: {end}");
    let (id, terminal) = alice.shell().await;
    let address = format!("/api/v1/sessions/{id}");
    let refused = bob.delete(&address).await;
    assert_eq!(refused.status, 403, "{refused:?}");
    assert_eq!(Browser::of("root.admin").await.delete(&address).await.status, 204);
    let end = told_everywhere(&service, &alice, &id, Some(terminal), ("admin", None)).await;
    assert!(end.to_string().contains("root.admin"), "audited with the name: {end}");
    let all = service.cli("end --all --reason shutdown");
    assert!(all.code == 0 && all.out.contains('1'), "{all:?}");
    assert_eq!(service.leftovers(), Vec::<String>::new(), "it returns when nothing is left");
    told_everywhere(&service, &bob, &other, Some(second), ("shutdown", None)).await;
    assert_ne!(service.cli("end aaaaaaaaaaaa").code, 0, "there is none of that name");
}

#[tokio::test]
async fn conmons_death_is_the_engines() {
    let service = Service::plain();
    let alice = Browser::of("alice").await;
    let (id, terminal) = alice.shell().await;
    let conmon = service.machine.processes(&format!("conmon.*coracle-{id}"));
    assert_eq!(conmon.len(), 1);
    service.machine.root(&["kill", "-KILL", &conmon[0]]);
    told_everywhere(&service, &alice, &id, Some(terminal), ("engine", None)).await;
    service.nothing_left();
}

#[tokio::test]
async fn a_container_removed_by_others_is_told_as_conmon_saw_it() {
    let service = Service::plain();
    let alice = Browser::of("alice").await;
    let (id, mut terminal) = alice.shell().await;
    let removed = service.machine.user(&format!("podman rm --force --time 0 coracle-{id}"));
    assert_eq!(removed.code, 0, "{removed:?}");
    // Podman takes conmon's word away within some 20 ms; a daemon that was too slow to read it finds none.
    let how = match terminal.ends().await.0.as_str() {
        "engine" => ("engine", None),
        _ => ("exit", Some(137)),
    };
    told_everywhere(&service, &alice, &id, Some(terminal), how).await;
    service.nothing_left();
}

#[tokio::test]
async fn a_missing_image_or_command_is_refused_by_name_even_before_its_page_is_there() {
    let image = &machine().image;
    let service = Service::start(
        "",
        &format!(
            "[[profiles]]\nname = \"gone\"\nimage = \"localhost/not-here:1\"\npull = \"never\"\n\
             [[profiles]]\nname = \"empty\"\nimage = \"{image}\"\npull = \"never\"\ncommand = [\"/no/such/shell\"]"
        ),
    );
    let alice = Browser::of("alice").await;
    for (profile, reason, name) in
        [("gone", "image-missing", "localhost/not-here:1"), ("empty", "start-failed", "/no/such/shell")]
    {
        let id = alice.start(profile).await;
        let end = told_everywhere(&service, &alice, &id, None, (reason, None)).await;
        assert!(end.to_string().contains(name), "the journal says which: {end}");
        assert_eq!(Browser::of("bob").await.get(&format!("/s/{id}")).await.status, 404, "it is nobody else's");
    }
    service.nothing_left();
}

#[tokio::test]
async fn a_start_that_takes_too_long_has_failed() {
    let service = Service::start("start = \"1s\"", "");
    let alice = Browser::of("alice").await;
    let id = alice.new_session().await; // without a size from a browser the shell would be started after 5 s
    told_everywhere(&service, &alice, &id, None, ("start-failed", None)).await;
    service.nothing_left();
}

#[tokio::test]
async fn what_the_kernel_does_not_confirm_is_a_refusal() {
    let service = Service::plain();
    let _forgetful = ForgetfulRuntime::of(service.machine);
    let alice = Browser::of("alice").await;
    let id = alice.new_session().await;
    let terminal = alice.terminal(&id).await;
    let end = told_everywhere(&service, &alice, &id, Some(terminal), ("limits-unproven", None)).await;
    assert!(end.to_string().contains("no new privileges"), "the journal says which: {end}");
    service.nothing_left();
}

/// Podman's OCI runtime leaves out `no new privileges` without a word.
struct ForgetfulRuntime(&'static Machine);

impl ForgetfulRuntime {
    const CONFIG: &str = "/home/tester/.config/containers/containers.conf";
    const CRUN: &str = "#!/bin/sh\nfor word; do [ \"$before\" != --bundle ] || bundle=$word; before=$word; done\n\
                        [ -z \"$bundle\" ] || sed -i 's/\"noNewPrivileges\": *true/\"noNewPrivileges\":false/' \"$bundle/config.json\"\n\
                        exec /usr/bin/crun \"$@\"\n";

    fn of(machine: &'static Machine) -> ForgetfulRuntime {
        let forgetful = ForgetfulRuntime(machine);
        machine.write("/home/tester/forgetful-crun", Self::CRUN);
        machine.user("chmod 755 /home/tester/forgetful-crun");
        machine.write(Self::CONFIG, "[engine.runtimes]\ncrun = [\"/home/tester/forgetful-crun\"]\n");
        machine.systemctl("stop podman.service");
        forgetful
    }
}

impl Drop for ForgetfulRuntime {
    fn drop(&mut self) {
        self.0.user(&format!("rm {} /home/tester/forgetful-crun", Self::CONFIG));
        self.0.systemctl("stop podman.service");
    }
}

#[tokio::test]
async fn no_slot_of_ids_means_a_full_host() {
    let service = Service::plain();
    let squatters = Squatters::in_every_slot(service.machine);
    let alice = Browser::of("alice").await;
    let id = alice.new_session().await;
    let terminal = alice.terminal(&id).await;
    let end = told_everywhere(&service, &alice, &id, Some(terminal), ("host-full", None)).await;
    assert!(end.to_string().contains("sessions.isolation"), "the journal says what to do: {end}");
    drop(squatters);
    alice.shell().await;
}

/// Processes that use an id of each slot of tester's.
struct Squatters(&'static Machine);

impl Squatters {
    fn in_every_slot(machine: &'static Machine) -> Squatters {
        let squatters = Squatters(machine);
        let line = "n=0; sed -n 's/^tester://p' /etc/subuid | { IFS=: read -r first count; \
                    while [ $((n += 1)) -lt $((count / 65536)) ]; do \
                    setpriv --reuid $((first + n * 65536 + 7)) --clear-groups sleep 4713 & done; \
                    wait; }";
        let began = machine.root(&["systemd-run", "--unit=squatters", "--quiet", "sh", "-c", &line.replace('$', "$$")]);
        assert_eq!(began.code, 0, "{began:?}");
        until("every slot is used", || (machine.processes("^sleep 4713").len() == 63).then_some(()));
        squatters
    }
}

impl Drop for Squatters {
    fn drop(&mut self) {
        self.0.root(&["systemctl", "stop", "squatters.service"]);
    }
}

#[tokio::test]
async fn output_is_kept_where_no_byte_is_free_and_a_ring_that_somebody_cuts_ends_no_session() {
    let service = Service::plain();
    let alice = Browser::of("alice").await;
    let (id, mut terminal) = alice.shell().await;
    let pid = terminal.ask("echo $$").await;
    // The ring's memory was taken at the start.
    let full = FullRuntimeDirectory::of(service.machine);
    terminal.run("yes | head -c 100000").await;
    drop(full);
    // The daemon has it mapped: whoever takes the memory away kills the daemon, and the next one begins another ring.
    let taken = service.machine.root(&["truncate", "--size=0", &format!("/run/user/1000/coracle/{id}.ring")]);
    assert_eq!(taken.code, 0, "{taken:?}");
    terminal.type_in("true\r").await;
    terminal.is_gone().await;
    let mut back = alice.terminal(&id).await;
    back.frame("started").await;
    assert_eq!(back.frame("notice").await["kind"], "gap");
    assert_eq!(back.ask("echo $$").await, pid);
}

/// No byte more fits into /run/user/1000.
struct FullRuntimeDirectory {
    machine: &'static Machine,
    size: String,
}

impl FullRuntimeDirectory {
    fn of(machine: &'static Machine) -> FullRuntimeDirectory {
        let kilobytes = |what: &str| {
            let said = machine.root(&["df", &format!("--output={what}"), "/run/user/1000"]).out;
            said.split_whitespace().last().expect("a number").to_owned()
        };
        let full = FullRuntimeDirectory { machine, size: kilobytes("size") };
        full.resize(&kilobytes("used"));
        full
    }

    fn resize(&self, kilobytes: &str) {
        let option = format!("remount,size={kilobytes}k");
        let done = self.machine.root(&["mount", "-o", &option, "/run/user/1000"]);
        assert_eq!(done.code, 0, "{done:?}");
    }
}

impl Drop for FullRuntimeDirectory {
    fn drop(&mut self) {
        self.resize(&self.size);
    }
}

#[tokio::test]
async fn ended_while_it_was_still_starting_nothing_is_left_either() {
    let service = Service::start("per_user = 8\nstarts_per_minute = 60", "");
    let alice = Browser::of("alice").await;
    for _ in 0..5 {
        let id = alice.new_session().await;
        assert_eq!(alice.delete(&format!("/api/v1/sessions/{id}")).await.status, 204);
        assert_eq!(end_event(&service, &id)["CORACLE_REASON"], "owner");
    }
    service.nothing_left();
}

#[tokio::test]
async fn a_stubborn_shell_ends_as_fast() {
    let service = Service::plain();
    let alice = Browser::of("alice").await;
    // The best of some tries counts: other work on this machine delays one of them, what waits for the shell delays all.
    let mut best = Duration::MAX;
    for _ in 0..3 {
        let (id, mut terminal) = alice.shell().await;
        let stubborn =
            "trap '' TERM HUP INT; (trap '' HUP TERM; setsid sleep 4712 &); yes | head -c 200M > /dev/null\r";
        terminal.type_in(stubborn).await;
        until("it runs", || (!service.machine.processes("^sleep 4712").is_empty()).then_some(()));
        let began = Instant::now();
        assert_eq!(alice.delete(&format!("/api/v1/sessions/{id}")).await.status, 204);
        service.nothing_left();
        best = best.min(began.elapsed());
        assert_eq!(service.machine.processes("^sleep 4712"), Vec::<String>::new());
        if best < Duration::from_secs(4) {
            return;
        }
    }
    panic!("gone after {best:?} at best");
}
