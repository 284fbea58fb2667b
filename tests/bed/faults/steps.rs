//! The daemon is killed at every step of a session's life, before, in and after each of its calls to Podman.

use std::time::Instant;

use serde_json::json;

use super::{
    gate::{Call, Gate, Moment},
    site::{Mode, Site},
};
use crate::{
    browser::{Browser, Terminal},
    bystander::Bystander,
    machine::PATIENCE,
};

/// The calls of a start in order, from the first that makes something. Between the last two the terminal is attached and
/// given its size at conmon's own socket: who is killed when `start` is asked for has done that.
const START: [(&str, Call); 4] = [
    ("create", ("POST", "/containers/create")),
    ("init", ("POST", "/init")),
    ("verify", ("/containers/coracle-", "/json")),
    ("start", ("POST", "/start")),
];
const MANY: &str = "per_user = 64\nstarts_per_minute = 600\nmax = 64";

/// Coracle with a [`Gate`] in the place of Podman, and somebody aboard; it is stopped before the gate goes.
struct Scene {
    site: Site,
    gate: Gate,
    bystander: Bystander,
    alice: Browser,
    bob: Browser,
}

/// What became of a session whose daemon was killed.
enum Fate {
    Lives(Box<Terminal>),
    Ended { reason: String, status: Option<i64> },
}

impl Scene {
    async fn set(mode: Mode) -> Scene {
        let site = Site::start(mode, &format!("{MANY}\n{}", Gate::config()));
        let gate = Gate::before(&site);
        let (bystander, alice) = (Bystander::aboard().await, Browser::of("alice").await);
        Scene { site, gate, bystander, alice, bob: Browser::of("bob").await }
    }

    /// Orders the kill, does `work` and waits for the kill.
    async fn killed_during(&mut self, call: Call, moment: Moment, work: impl AsyncFnOnce(&Scene)) {
        let kills = self.gate.kills() + 1;
        self.gate.kill_at(call, moment);
        work(self).await;
        self.gate.has_killed(kills).await;
        self.bystander.cut_off().await;
    }

    /// What her page learns of session `id` once it has come back, and it is told once. Everybody else goes on.
    async fn fate_of(&mut self, id: &str) -> Fate {
        let fate = fate_of(&self.alice, id).await;
        self.bystander.returns(self.bob.terminal(&self.bystander.id).await).await;
        self.bystander.types_on("after a kill").await;
        fate
    }

    /// It goes on: the same shell, which then ends as a shell does.
    async fn lives(&mut self, case: &str, id: &str, fate: Fate, pid: Option<&str>) {
        let Fate::Lives(mut terminal) = fate else { panic!("{case}: the session was lost") };
        let now = terminal.ask("echo $$").await;
        assert!(pid.is_none_or(|pid| pid == now), "{case}: another shell");
        terminal.type_in("exit 3\r").await;
        assert_eq!(terminal.ends().await, ("exit".to_owned(), Some(3)), "{case}");
        self.is_over(case, id, "exit").await;
    }

    /// Its owner is told why, the journal has one end event, and nothing else is left.
    async fn is_over(&mut self, case: &str, id: &str, reason: &str) {
        let end = self.site.end_of(id);
        assert_eq!((&end["CORACLE_REASON"], &end["CORACLE_USER"]), (&json!(reason), &json!("alice")), "{case}: {end}");
        let note = self.alice.get(&format!("/s/{id}")).await;
        assert!(note.status == 410 && note.body.contains(&format!("<code>{reason}</code>")), "{case}: {note:?}");
        self.site.nothing_left(&[&self.bystander.id], case);
    }
}

/// As a page does it: again until the daemon says what is the matter with the session.
async fn fate_of(browser: &Browser, id: &str) -> Fate {
    let began = Instant::now();
    loop {
        assert!(began.elapsed() < PATIENCE, "nobody says what became of {id}");
        let Ok(mut terminal) = browser.try_socket(id).await else { continue };
        if !terminal.try_say(json!({"type": "resize", "cols": 100, "rows": 30})).await {
            continue;
        }
        while tokio::time::timeout(PATIENCE, terminal.step()).await.expect("it goes on") {
            let Some(last) = terminal.frames.last() else { continue };
            match last["type"].as_str() {
                Some("started") => return Fate::Lives(Box::new(terminal)),
                Some("ended") => {
                    let reason = last["reason"].as_str().unwrap_or_default().to_owned();
                    return Fate::Ended { reason, status: last["status"].as_i64() };
                }
                _ => {}
            }
        }
    }
}

/// Until the daemon is gone; whether it takes the connection at all does not matter.
async fn page_until_cut_off(browser: &Browser, id: &str) {
    let Ok(mut terminal) = browser.try_socket(id).await else { return };
    let _ = terminal.try_say(json!({"type": "resize", "cols": 100, "rows": 30})).await;
    while terminal.step().await {}
}

async fn a_start_goes_on_or_is_undone(mode: Mode) {
    let mut scene = Scene::set(mode).await;
    let (mut lived, mut cases) = (0, 0);
    for ((step, call), moment) in START.into_iter().flat_map(|call| Moment::ALL.map(|moment| (call, moment))) {
        let case = format!("{mode:?}: {step}, {moment:?}");
        let mut id = String::new();
        scene
            .killed_during(call, moment, async |scene| {
                id = scene.alice.new_session().await;
                page_until_cut_off(&scene.alice, &id).await;
            })
            .await;
        cases += 1;
        match scene.fate_of(&id).await {
            Fate::Ended { reason, status } => {
                assert_eq!((reason.as_str(), status), ("start-failed", None), "{case}");
                scene.is_over(&case, &id, &reason).await;
            }
            lives => {
                lived += 1;
                scene.lives(&case, &id, lives, None).await;
            }
        }
    }
    println!("{mode:?}: {cases} kills during starts, {lived} sessions lived");
    scene.bystander.goes_on().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)] // the gate works while this waits
async fn a_start_that_is_killed_at_any_step_goes_on_or_is_undone_and_told_in_user_mode() {
    a_start_goes_on_or_is_undone(Mode::User).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)] // the gate works while this waits
async fn a_start_that_is_killed_at_any_step_goes_on_or_is_undone_and_told_in_system_mode() {
    a_start_goes_on_or_is_undone(Mode::System).await;
}

/// Calls in the life of a shell that runs.
const ADOPTION: [(&str, Call); 2] =
    [("adoption, list", ("GET", "/containers/json")), ("adoption, inspect", ("/containers/coracle-", "/json"))];
const REMOVE: Call = ("DELETE", "/containers/");

async fn a_running_shell_goes_on(mode: Mode) {
    let mut scene = Scene::set(mode).await;
    for (cols, rows) in [(90, 20), (120, 40), (80, 24)] {
        let case = format!("{mode:?}: resize to {cols}");
        let (id, mut terminal) = scene.alice.shell().await;
        let pid = terminal.ask("echo $$").await;
        terminal.say(json!({"type": "resize", "cols": cols, "rows": rows})).await;
        scene.site.kill_daemon(); // while the size waits for another, or is on its way
        scene.bystander.cut_off().await;
        while terminal.step().await {}
        let fate = scene.fate_of(&id).await;
        scene.lives(&case, &id, fate, Some(&pid)).await;
    }
    // The next daemon is killed in its turn, while it takes over what the first one left.
    for ((step, call), moment) in ADOPTION.into_iter().flat_map(|call| Moment::ALL.map(|moment| (call, moment))) {
        let case = format!("{mode:?}: {step}, {moment:?}");
        let (id, mut terminal) = scene.alice.shell().await;
        let pid = terminal.ask("echo $$").await;
        scene.killed_during(call, moment, async |scene| scene.site.kill_daemon()).await;
        let fate = scene.fate_of(&id).await;
        scene.lives(&case, &id, fate, Some(&pid)).await;
    }
    scene.bystander.goes_on().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)] // the gate works while this waits
async fn a_running_shell_survives_kills_during_a_resize_and_during_its_adoption_in_user_mode() {
    a_running_shell_goes_on(Mode::User).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)] // the gate works while this waits
async fn a_running_shell_survives_kills_during_a_resize_and_during_its_adoption_in_system_mode() {
    a_running_shell_goes_on(Mode::System).await;
}

async fn an_end_is_told_and_done(mode: Mode) {
    let mut scene = Scene::set(mode).await;
    for moment in Moment::ALL {
        let case = format!("{mode:?}: remove, {moment:?}");
        let (id, mut terminal) = scene.alice.shell().await;
        scene
            .killed_during(REMOVE, moment, async |_| {
                terminal.type_in("exit 7\r").await;
                while terminal.step().await {}
            })
            .await;
        let Fate::Ended { reason, status } = scene.fate_of(&id).await else { panic!("{case}: it lives") };
        assert_eq!((reason.as_str(), status), ("exit", Some(7)), "{case}");
        scene.is_over(&case, &id, "exit").await;
    }
    // Its shell would go on.
    let case = format!("{mode:?}: ended by its owner");
    let (id, mut terminal) = scene.alice.shell().await;
    scene
        .killed_during(REMOVE, Moment::Asked, async |_| {
            terminal.say(json!({"type": "end"})).await;
            while terminal.step().await {}
        })
        .await;
    let Fate::Ended { reason, .. } = scene.fate_of(&id).await else { panic!("{case}: it lives") };
    assert_eq!(reason, "owner", "{case}");
    scene.is_over(&case, &id, "owner").await;
    scene.bystander.goes_on().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)] // the gate works while this waits
async fn an_end_that_is_killed_at_any_moment_is_told_with_its_true_reason_once_in_user_mode() {
    an_end_is_told_and_done(Mode::User).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)] // the gate works while this waits
async fn an_end_that_is_killed_at_any_moment_is_told_with_its_true_reason_once_in_system_mode() {
    an_end_is_told_and_done(Mode::System).await;
}
