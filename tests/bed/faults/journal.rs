//! Without journald people work on, and what could not be written down is counted.

use super::site::{Mode, Site};
use crate::{
    browser::{Browser, Terminal},
    bystander::Bystander,
    machine::{Machine, until},
};

const SOCKETS: &str = "systemd-journald.socket systemd-journald-dev-log.socket";

/// journald and its sockets are stopped. Dropped: they are there again.
struct Silence<'m>(&'m Machine);

impl Silence<'_> {
    fn falls(machine: &Machine) -> Silence<'_> {
        systemctl(machine, &format!("stop {SOCKETS} systemd-journald.service"));
        let still =
            machine.path("/run/systemd/journal/socket").exists() && !machine.processes("systemd-journald").is_empty();
        assert!(!still, "journald still runs");
        Silence(machine)
    }
}

impl Drop for Silence<'_> {
    fn drop(&mut self) {
        systemctl(self.0, &format!("start {SOCKETS} systemd-journald.service"));
    }
}

fn systemctl(machine: &Machine, words: &str) {
    let ran = machine.root(&["sh", "-c", &format!("systemctl {words}")]);
    assert_eq!(ran.code, 0, "{ran:?}");
}

/// A session of alice's from its begin to its end, whose reason is returned.
async fn one_session() -> (String, String) {
    let alice = Browser::of("alice").await;
    let id = alice.new_session().await;
    let mut terminal = alice.terminal(&id).await;
    let told = |t: &Terminal| t.frames.iter().any(|f| f["type"] == "started" || f["type"] == "ended").then_some(());
    terminal.until("it starts, or does not", told).await;
    if terminal.frames.iter().any(|f| f["type"] == "started") {
        terminal.type_in("exit 6\r").await;
    }
    let (reason, status) = terminal.ends().await;
    assert_eq!(status, (reason == "exit").then_some(6), "{reason}");
    (id, reason)
}

/// Podman 4.3 may start no container while nobody listens at journald's socket, nor the first one after it.
fn podman_needs_journald() -> bool {
    std::env::var("CORACLE_BED_SUITE").as_deref() == Ok("bookworm")
}

async fn journald_is_gone(mode: Mode) {
    let site = Site::start(mode, "starts_per_minute = 600");
    let machine = site.machine();
    let mut bystander = Bystander::aboard().await;
    // Its socket stays, and what is sent there waits for the next one.
    machine.root(&["systemctl", "kill", "--signal=KILL", "systemd-journald.service"]);
    let (id, _) = one_session().await;
    bystander.types_on("beside a killed journald").await;
    assert_eq!(site.end_of(&id)["CORACLE_STATUS"], "6");
    let mut unheard = None;
    if !podman_needs_journald() {
        let _silence = Silence::falls(machine);
        let (id, reason) = one_session().await;
        assert_eq!(reason, "exit");
        bystander.types_on("without journald").await;
        site.nothing_left(&[&bystander.id], "a session without journald");
        unheard = Some(id);
    }
    let (id, _) = one_session().await;
    assert_eq!(site.end_of(&id)["CORACLE_STATUS"], "6", "what happens now is written again");
    if let Some(unheard) = unheard {
        until("its end is there as a line of stderr, or it is said that records are missing", || {
            let records = site.journal(&["SYSLOG_IDENTIFIER=coracle"]);
            let tells = |record: &serde_json::Value| {
                let said = record["MESSAGE"].as_str().unwrap_or_default();
                said.contains("\"session-end\"") && said.contains(&unheard) || record["CORACLE_LOST"].is_string()
            };
            records.iter().any(tells).then_some(())
        });
    }
    site.nothing_left(&[&bystander.id], "all that");
    bystander.goes_on().await;
}

#[tokio::test]
async fn without_journald_sessions_start_and_end_and_what_it_missed_is_counted_in_user_mode() {
    journald_is_gone(Mode::User).await;
}

#[tokio::test]
async fn without_journald_sessions_start_and_end_and_what_it_missed_is_counted_in_system_mode() {
    journald_is_gone(Mode::System).await;
}
