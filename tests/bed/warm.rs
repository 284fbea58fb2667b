//! Warm containers: a session from one is as any other, none is given twice, and nobody has to look after them.

use std::{collections::BTreeSet, time::Duration};

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::{
    account::System,
    browser::Browser,
    endings::end_event,
    machine::{machine, since_now, until},
    service::Service,
};

const MANY: &str = "per_user = 64\nstarts_per_minute = 600\nmax = 64";

/// A profile that keeps so many ready, beside `shell`, which keeps none.
fn profile(warm: u32, more: &str) -> String {
    let image = &machine().image;
    format!("[[profiles]]\nname = \"warm\"\nimage = \"{image}\"\npull = \"never\"\nwarm = {warm}\n{more}\n")
}

/// Sessions' names of the containers that wait.
fn waiting(service: &Service) -> BTreeSet<String> {
    let listed = "podman ps --all --filter status=initialized --format '{{.Names}}'";
    let names = service.machine.user(listed).out;
    names.split_whitespace().filter_map(|name| name.strip_prefix("coracle-")).map(str::to_owned).collect()
}

/// Waits until so many are ready, as the daemon says itself.
fn ready(service: &Service, count: usize) -> BTreeSet<String> {
    let told = format!(", {count} warm");
    until(&format!("{count} are ready"), || {
        let status = service.machine.systemctl("show coracle.service -p StatusText --value").out;
        let is_told = if count == 0 { !status.contains("warm") } else { status.contains(&told) };
        Some(waiting(service)).filter(|all| is_told && all.len() == count)
    })
}

/// What Podman says of a session's container, without what is each one's own.
fn inspected(service: &Service, id: &str) -> Value {
    let told = service.machine.user(&format!("podman inspect coracle-{id}")).out;
    let mut all: Value = serde_json::from_str(&told).expect("JSON");
    let one = &mut all[0];
    let mut kept = json!({});
    for key in [
        "Image",
        "ImageName",
        "Path",
        "Args",
        "Config",
        "HostConfig",
        "EffectiveCaps",
        "BoundingCaps",
        "Mounts",
        "Driver",
    ] {
        kept[key] = one[key].take();
    }
    for own in ["Labels", "Hostname", "Annotations", "CreateCommand"] {
        kept["Config"][own] = Value::Null;
    }
    for own in ["IDMappings", "CgroupParent", "Annotations"] {
        kept["HostConfig"][own] = Value::Null;
    }
    if let Some(env) = kept["Config"]["Env"].as_array_mut() {
        env.sort_by_key(Value::to_string); // Podman tells it in any order
    }
    kept
}

fn facts(service: &Service, id: &str) -> String {
    let matches = [format!("CORACLE_SESSION={id}"), "CORACLE_EVENT=session-start".to_owned()];
    let started = until("the start is in the journal", || service.machine.journal(&[&matches[0], &matches[1]]).pop());
    started["CORACLE_FACTS"].as_str().expect("facts").to_owned()
}

/// The facts without whose ids they are.
fn of_anybody(facts: &str) -> Vec<String> {
    let own = ["isolation=", "uid_map=", "gid_map="];
    facts.split(' ').filter(|item| !own.iter().any(|key| item.starts_with(key))).map(str::to_owned).collect()
}

#[tokio::test]
async fn a_session_from_a_warm_container_is_as_a_cold_one_in_all_that_podman_and_the_kernel_say() {
    let service = Service::start(MANY, &profile(1, ""));
    let alice = Browser::of("alice").await;
    let waits = ready(&service, 1);
    let id = alice.start("warm").await;
    assert!(waits.contains(&id), "it took the one that waited, {waits:?}, and is {id}");
    let mut warm = alice.terminal(&id).await;
    warm.prompt().await;
    // The next one is cold: nothing may be made ready meanwhile.
    service.configure(MANY, &profile(0, ""));
    assert_eq!(service.machine.systemctl("reload coracle.service").code, 0);
    ready(&service, 0);
    let other = alice.start("warm").await;
    let mut cold = alice.terminal(&other).await;
    cold.prompt().await;
    assert_eq!(inspected(&service, &id), inspected(&service, &other));
    assert_eq!(of_anybody(&facts(&service, &id)), of_anybody(&facts(&service, &other)));
    assert_ne!(facts(&service, &id), facts(&service, &other), "each has ids of its own");
    for question in [
        "stty size",
        "id",
        "env | grep -v -e container_uuid | sort",
        "cat /proc/self/limits",
        "grep -e Cap -e NoNewPrivs -e Seccomp /proc/self/status",
        "cut -d' ' -f2-4 /proc/mounts | grep -v ' overlay ' | sed 's/[0-9]\\{5,\\}/N/g' | sort",
        "unshare -U true 2>/dev/null || echo refused",
        "pwd; ls -A /tmp /dev/shm; echo $$",
    ] {
        assert_eq!(warm.ask(question).await, cold.ask(question).await, "{question}");
    }
    warm.type_in("exit 5\r").await;
    assert_eq!(warm.ends().await, ("exit".to_owned(), Some(5)));
    assert_eq!(end_event(&service, &id)["CORACLE_STATUS"], "5");
}

#[tokio::test]
async fn of_twenty_who_come_at_once_no_two_get_the_same_container_and_all_get_one() {
    let service = Service::start(MANY, &profile(5, ""));
    let alice = Browser::of("alice").await;
    let waits = ready(&service, 5);
    let mut ids = BTreeSet::new();
    for id in join_all((0..20).map(|_| alice.start("warm"))).await {
        assert!(ids.insert(id.clone()), "{id} was given twice");
    }
    assert!(waits.is_subset(&ids), "those that waited were given: {waits:?} of {ids:?}");
    let mut marks = BTreeSet::new();
    for id in &ids {
        let mut terminal = alice.terminal(id).await;
        terminal.prompt().await;
        assert_eq!(terminal.ask("ls -A /tmp; echo as new; echo used > /tmp/mark").await.trim(), "as new");
        assert!(
            marks.insert(facts(&service, id).split(' ').find(|i| i.starts_with("uid_map=")).map(str::to_owned)),
            "ids"
        );
    }
    assert_eq!(service.cli("end --all").code, 0);
}

#[tokio::test]
async fn one_goes_with_its_configuration_and_one_of_another_profile_is_never_taken() {
    let service = Service::start(MANY, &profile(2, ""));
    let alice = Browser::of("alice").await;
    let old = ready(&service, 2);
    let id = alice.start("shell").await;
    assert!(!old.contains(&id), "a shell took one of another profile");
    service.configure(MANY, &profile(2, "nofile = 512"));
    assert_eq!(service.machine.systemctl("reload coracle.service").code, 0);
    let new = until("all are new", || Some(waiting(&service)).filter(|new| new.len() == 2 && new.is_disjoint(&old)));
    let id = alice.start("warm").await;
    assert!(new.contains(&id), "{id} of {new:?}");
    let mut terminal = alice.terminal(&id).await;
    terminal.prompt().await;
    assert_eq!(terminal.ask("ulimit -n").await, "512");
}

#[tokio::test]
async fn one_of_an_image_that_has_changed_is_not_used_and_that_is_told() {
    const IMAGE: &str = "localhost/warm:changes";
    let service = Service::start(MANY, &profile(1, "").replace(&machine().image, IMAGE));
    let tag = |image: &str| {
        let done = service.machine.user(&format!("podman tag {image} {IMAGE}"));
        assert_eq!(done.code, 0, "{done:?}");
    };
    tag(&service.machine.image);
    let since = since_now();
    let alice = Browser::of("alice").await;
    let waits = ready(&service, 1);
    tag(&service.machine.busybox);
    let id = alice.start("warm").await;
    assert!(waits.contains(&id));
    let told = until("it is told", || {
        let lines = service.machine.journal(&["--identifier=coracle", &since, "--grep=its image is another one now"]);
        lines.into_iter().next()
    });
    assert!(told.to_string().contains(&id), "{told}");
    service.cli("end --all");
    service.machine.user(&format!("podman untag {IMAGE} {IMAGE}"));
}

#[tokio::test]
async fn after_kill_9_those_that_waited_go_on_waiting_and_the_session_from_one_goes_on() {
    let service = Service::start(MANY, &profile(2, ""));
    let alice = Browser::of("alice").await;
    ready(&service, 2);
    let id = alice.start("warm").await;
    let mut terminal = alice.terminal(&id).await;
    terminal.prompt().await;
    let pid = terminal.ask("echo $$; echo kept > /tmp/mark").await;
    let old = ready(&service, 2);
    assert!(!old.contains(&id));
    service.machine.root(&["kill", "-KILL", &service.daemon().expect("it runs")]);
    terminal.is_gone().await;
    let mut back = alice.terminal(&id).await;
    back.frame("started").await;
    assert_eq!(back.ask("echo $$; cat /tmp/mark").await.lines().next(), pid.lines().next());
    assert_eq!(ready(&service, 2), old);
    for id in &old {
        assert!(service.machine.journal(&[&format!("CORACLE_SESSION={id}")]).is_empty(), "{id} was nobody's");
    }
    back.type_in("exit\r").await;
    back.closes().await;
    assert_eq!(end_event(&service, &id)["CORACLE_REASON"], "exit");
    let given = alice.start("warm").await;
    assert!(old.contains(&given), "{given} of {old:?}");
    let mut terminal = alice.terminal(&given).await;
    terminal.prompt().await;
    assert_eq!(terminal.ask("ls -A /tmp; echo as new").await.trim(), "as new");
    assert!(facts(&service, &given).contains("seccomp="), "and was proven");
}

#[tokio::test]
async fn after_kill_9_one_that_would_be_made_in_another_way_now_and_one_that_somebody_has_started_are_removed() {
    let service = Service::start(MANY, &profile(2, ""));
    let alice = Browser::of("alice").await;
    let old = ready(&service, 2);
    let kill = || service.machine.root(&["kill", "-KILL", &service.daemon().expect("it runs")]);
    let (first, second) = (old.first().expect("two"), old.last().expect("two"));
    assert_eq!(service.machine.user(&format!("podman start coracle-{first}")).code, 0);
    kill();
    drop(alice);
    let alice = Browser::of("alice").await;
    let new = until("another one is ready beside the one that is as it was", || {
        Some(waiting(&service)).filter(|new| new.len() == 2 && new.contains(second) && !new.contains(first))
    });
    assert!(!service.machine.containers().contains(&format!("coracle-{first}")), "a shell that somebody else started");
    service.configure(MANY, &profile(2, "nofile = 512")); // the daemon does not look before it is told to
    kill();
    drop(alice);
    Browser::of("alice").await;
    until("all are new", || Some(waiting(&service)).filter(|all| all.len() == 2 && all.is_disjoint(&new)));
}

#[tokio::test]
async fn whoever_leaves_because_nobody_is_there_leaves_nothing() {
    let service = Service::start("", &format!("[server]\nidle_exit = \"3s\"\n{}", profile(2, "")));
    Browser::of("alice").await;
    ready(&service, 2);
    until("the daemon has left", || service.daemon().is_none().then_some(()));
    assert_eq!(service.leftovers(), Vec::<String>::new());
    let state = "find ~/.config/coracle/state/live ~/.local/state/coracle/state/live -type f 2>/dev/null";
    assert_eq!(service.machine.user(state).out, "");
}

#[tokio::test]
async fn where_the_place_is_full_one_that_waits_gives_way_to_a_session() {
    let service = Service::start("per_user = 3\nmax = 3\nstarts_per_minute = 60", &profile(2, ""));
    let alice = Browser::of("alice").await;
    let waits = ready(&service, 2);
    let mut terminals = Vec::new();
    for _ in 0..3 {
        let (_, terminal) = alice.shell().await;
        terminals.push(terminal);
        let conmons = service.machine.processes("conmon.*coracle-").len();
        assert!(conmons <= 3, "{conmons} containers where there is room for 3");
    }
    until("all that waited are gone", || waiting(&service).is_empty().then_some(()));
    terminals.pop();
    for (id, _) in alice.sessions().await {
        alice.delete(&format!("/api/v1/sessions/{id}")).await;
    }
    let new = ready(&service, 2);
    assert!(new.is_disjoint(&waits));
}

#[tokio::test]
async fn one_that_has_died_while_it_waited_is_not_given() {
    let service = Service::start(MANY, &profile(1, ""));
    let alice = Browser::of("alice").await;
    let waits = ready(&service, 1);
    let name = waits.first().expect("one");
    let killed = service.machine.root(&["pkill", "-KILL", "-f", &format!("conmon.*coracle-{name}")]);
    assert_eq!(killed.code, 0);
    tokio::time::sleep(Duration::from_millis(50)).await; // the kernel's own work; it is not given in either case
    let id = alice.start("warm").await;
    assert_ne!(&id, name);
    let mut terminal = alice.terminal(&id).await;
    terminal.prompt().await;
    until("what is left of it is removed", || {
        (!service.machine.containers().contains(&format!("coracle-{name}"))).then_some(())
    });
}

#[tokio::test]
async fn a_restart_goes_on_with_those_that_the_daemon_before_had_and_a_stop_leaves_none() {
    let service = Service::start(MANY, &profile(1, ""));
    let alice = Browser::of("alice").await;
    let old = ready(&service, 1);
    assert_eq!(service.machine.systemctl("restart coracle.service").code, 0);
    assert_eq!(ready(&service, 1), old);
    let id = alice.start("warm").await;
    assert!(old.contains(&id), "{id} of {old:?}");
    alice.terminal(&id).await.prompt().await;
    until("there is a new one", || Some(waiting(&service)).filter(|new| new.len() == 1 && new.is_disjoint(&old)));
    assert_eq!(service.cli("end --all --reason shutdown").code, 0);
    assert_eq!(service.leftovers(), Vec::<String>::new(), "after the end of all sessions for a shutdown");
    Browser::of("alice").await;
    ready(&service, 1);
    service.machine.systemctl("stop coracle.socket coracle-control.socket coracle.service");
    assert_eq!(service.leftovers(), Vec::<String>::new(), "after a stop");
}

#[tokio::test]
async fn under_the_whole_sandbox_too_a_session_gets_the_one_that_waited() {
    let system = System::start(&profile(1, ""), "");
    let alice = Browser::of("alice").await;
    until("one is ready", || system.property("StatusText").contains(", 1 warm").then_some(()));
    let waits = system.sh("ls /var/lib/coracle/state/live");
    let told = system.sh("coracle doctor --json || true");
    assert!(told.contains("0 sessions, 1 warm"), "{told}");
    let id = alice.start("warm").await;
    assert_eq!(waits.trim(), id);
    let mut terminal = alice.terminal(&id).await;
    terminal.prompt().await;
    assert_eq!(terminal.ask("echo $((6*7))").await, "42");
    system.sh("coracle end --all --reason shutdown");
    system.nothing_left();
}
