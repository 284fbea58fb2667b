//! The daemon may die; the session does not.

use crate::{
    browser::Browser,
    endings::{end_event, told_everywhere},
    machine::until,
    service::Service,
};

fn end_events(service: &Service, id: &str) -> Vec<serde_json::Value> {
    service.machine.journal(&[&format!("CORACLE_SESSION={id}"), "CORACLE_EVENT=session-end"])
}

#[tokio::test]
async fn a_restart_ends_no_session_and_the_page_is_told_to_come_back() {
    let service = Service::plain();
    let alice = Browser::of("alice").await;
    let (id, mut terminal) = alice.shell().await;
    let pid = terminal.ask("echo $$").await;
    terminal.run("X=kept").await;
    // More than the ring keeps, behind what shows on the screen all the time.
    terminal.run("printf '\\033]2;old title\\007\\033[1;40Hstays here'; for i in $(seq 9000); do printf '\\033[9;1Hcount %d' $i; done").await;
    assert_eq!(service.machine.systemctl("restart coracle.service").code, 0);
    assert_eq!(terminal.closes().await, 1012);
    let mut back = alice.terminal(&id).await;
    back.frame("started").await;
    let screen = back.redrawn().await;
    assert!(
        screen.contains("old title") && screen.contains("stays here") && screen.contains("count 9000"),
        "{screen:?}"
    );
    assert_eq!(back.ask("echo $$ $X").await, format!("{pid} kept"));
    assert!(end_events(&service, &id).is_empty());
}

#[tokio::test]
async fn after_kill_9_the_same_shell_goes_on_with_its_deadlines() {
    let service = Service::start("lifetime = \"1h\"", "");
    let alice = Browser::of("alice").await;
    let (id, mut terminal) = alice.shell().await;
    let pid = terminal.ask("echo $$").await;
    let left = |v: &serde_json::Value| v["deadlines"]["lifetime_left_ms"].as_u64().expect("a number");
    service.machine.root(&["kill", "-KILL", &service.daemon().expect("it runs")]);
    assert_ne!(terminal.until("the socket is gone", |t| Some(t.closed)).await, Some(1000));
    let mut back = alice.terminal(&id).await;
    let started = back.frame("started").await;
    assert!(left(&started) < 3_600_000 && left(&started) > 3_500_000, "{started}");
    assert_eq!(started["certificate"]["no_new_privileges"], true, "the facts of its start are kept");
    assert_eq!(
        back.frame("notice").await["kind"],
        "gap",
        "what was printed meanwhile may be missing, and that is said"
    );
    assert_eq!(back.ask("echo $$").await, pid);
    until("the adoption is audited", || {
        service.machine.journal(&[&format!("CORACLE_SESSION={id}"), "CORACLE_EVENT=session-adopted"]).pop()
    });
    back.type_in("exit 3\r").await;
    told_everywhere(&service, &alice, &id, Some(back), ("exit", Some(3))).await;
    service.nothing_left();
}

#[tokio::test]
async fn after_kill_9_the_screen_is_the_same_as_after_a_closed_tab_however_old_it_is() {
    let service = Service::plain();
    let alice = Browser::of("alice").await;
    let (id, mut terminal) = alice.shell().await;
    // A title, lines above the screen and a full screen, all of them older than any ring.
    terminal.run("printf '\\033]2;old title\\007'; for i in $(seq 300); do echo line $i of long ago; done").await;
    terminal.run("printf '\\033[?1049h\\033[?1000h\\033[2J\\033[3;40Hstays here'").await;
    terminal.run("for i in $(seq 9000); do printf '\\033[9;1Hcount %d' $i; done").await;
    let mut other = alice.terminal(&id).await;
    other.frame("started").await;
    let before = other.redrawn().await;
    for wanted in ["old title", "line 280 of long ago", "\x1b[?47h", "stays here", "count 9000", "\x1b[?1000h"] {
        assert!(before.contains(wanted), "{wanted:?} in {before:?}");
    }
    service.machine.root(&["kill", "-KILL", &service.daemon().expect("it runs")]);
    other.until("the socket is gone", |t| Some(t.closed)).await;
    let mut back = alice.terminal(&id).await;
    back.frame("started").await;
    assert_eq!(back.redrawn().await, before);
}

#[tokio::test]
async fn a_shell_that_ended_while_nobody_was_there_is_audited_once_with_its_status() {
    let service = Service::plain();
    let alice = Browser::of("alice").await;
    let (id, mut terminal) = alice.shell().await;
    service.machine.systemctl("stop coracle.socket coracle-control.socket coracle.service");
    // The shell reads its end from a file that appears while the daemon is away.
    drop(terminal);
    let kill = format!("podman exec coracle-{id} sh -c 'kill -HUP 1'");
    service.machine.user(&kill);
    until("the shell is gone", || {
        let state = service.machine.user(&format!("podman inspect -f '{{{{.State.Status}}}}' coracle-{id}")).out;
        (state.trim() == "exited").then_some(())
    });
    service.machine.systemctl("start coracle.socket coracle-control.socket");
    terminal = alice.terminal(&id).await;
    let code = terminal.closes().await;
    assert!(code == 4404 || code == 1000, "{code}");
    service.nothing_left();
    assert_eq!(end_event(&service, &id)["CORACLE_REASON"], "exit");
}

#[tokio::test]
async fn a_container_of_ours_without_a_record_is_ended_audited_once_and_removed() {
    let service = Service::plain();
    let alice = Browser::of("alice").await;
    let (id, terminal) = alice.shell().await;
    service.machine.systemctl("stop coracle.socket coracle-control.socket coracle.service");
    drop(terminal);
    service.machine.user("rm \"$XDG_RUNTIME_DIR\"/coracle/*");
    service.machine.systemctl("start coracle.socket coracle-control.socket");
    alice.get("/login").await;
    service.nothing_left();
    let end = told_everywhere(&service, &alice, &id, None, ("lost", None)).await;
    assert_eq!(end["CORACLE_USER"], "alice", "whose it was is known from the state directory");
}

#[tokio::test]
async fn containers_that_are_not_ours_are_left_alone() {
    let service = Service::plain();
    let busybox = &service.machine.busybox;
    let made = service.machine.user(&format!(
        "instance=$(cat ~/.config/coracle/state/instance ~/.local/state/coracle/state/instance 2>/dev/null); \
         podman create --name coracle-forgedforged --label io.coracle.instance=$instance --label io.coracle.id=forgedforged \
         --label io.coracle.profile=shell --label io.coracle.mac=00 {busybox} sleep 100 && podman create --name bystander {busybox} true"
    ));
    assert_eq!(made.code, 0, "{made:?}");
    let alice = Browser::of("alice").await;
    let (id, _terminal) = alice.shell().await;
    service.machine.root(&["kill", "-KILL", &service.daemon().expect("it runs")]);
    let mut back = alice.terminal(&id).await;
    back.frame("started").await;
    service.cli("end --all --reason shutdown");
    let mut left = service.machine.containers();
    left.sort();
    service.machine.user("podman rm --force --time 0 bystander coracle-forgedforged");
    assert_eq!(left, ["bystander", "coracle-forgedforged"]);
}

#[tokio::test]
async fn the_podman_services_death_ends_no_session() {
    let service = Service::plain();
    let alice = Browser::of("alice").await;
    let (_, mut terminal) = alice.shell().await;
    let pid = terminal.ask("echo $$").await;
    service.machine.systemctl("kill -s KILL podman.service");
    let notice = terminal.frame("notice").await;
    assert_eq!(notice["kind"], "gap", "what may be missing is said");
    assert_eq!(terminal.ask("echo $$").await, pid);
}
