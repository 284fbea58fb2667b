//! A session with its limits, from the login to nothing left.

use crate::{
    browser::Browser,
    limits::{self, MEMORY},
    machine::{env, journal, nothing_left, recorded, sh, traces},
};

pub(crate) async fn logged_in() -> Browser {
    let mut browser = Browser::new();
    let answer = browser.login(&env("CORACLE_VM_USER"), &env("CORACLE_VM_PASSWORD")).await;
    assert_eq!((answer.status, browser.cookie.is_some()), (303, true), "{answer:?}");
    browser
}

/// A number of the session's end event.
fn at_the_end(session: &str, field: &str) -> u64 {
    let values = recorded(session, "session-end", field);
    values.first().and_then(|value| value.parse().ok()).unwrap_or_else(|| panic!("{field}: {values:?}"))
}

#[tokio::test]
async fn with_nothing_configured_but_the_image_a_shell_has_its_limits_keeps_them_and_leaves_nothing() {
    let config = sh("cat /home/tester/.config/coracle/config.toml");
    assert!(!config.contains("require_limits"), "the default is what is tested: {config}");

    let browser = logged_in().await;
    let id = browser.new_session().await;
    let mut terminal = browser.terminal(&id).await;
    limits::are_confirmed(&id, &mut terminal).await;
    let traces = traces();
    for trace in [format!("coracle-{id}"), "/container\n".to_owned(), format!("{id}.rec"), format!("{id}.ring")] {
        assert!(traces.contains(&trace), "{trace:?} in {traces}");
    }
    let mut terminal = limits::kill_hogs_alone(&browser, &id, terminal).await;

    // The shell is the first process, so this signal of its own does not reach it; and the status alone is no proof.
    terminal.type_in("kill -9 $$; exit 137\r").await;
    assert_eq!(terminal.ends().await, ("exit".to_owned(), Some(137)));
    nothing_left();
    assert_eq!(recorded(&id, "session-end", "CORACLE_REASON"), ["exit"]);
    let peak = at_the_end(&id, "CORACLE_MEMORY_PEAK");
    assert!((MEMORY / 2..=MEMORY).contains(&peak), "{peak}");
    assert!(at_the_end(&id, "CORACLE_CPU_USEC") > 100_000, "two hogs filled their memory");
    assert!(at_the_end(&id, "CORACLE_OUTPUT_BYTES") > 200, "prompts and answers");
}

#[tokio::test]
async fn a_hog_in_the_shells_place_ends_the_session_for_want_of_memory() {
    let browser = logged_in().await;
    let (id, mut terminal) = browser.shell().await;
    limits::end_a_shell_that_is_a_hog(&id, &mut terminal).await;
    assert_eq!(journal(&id, "session-oom", "CORACLE_COUNT"), [""; 0]);
    nothing_left();
}

#[tokio::test]
async fn a_fork_bomb_stops_at_its_limit_while_host_and_neighbours_go_on_and_its_owner_ends_it() {
    let browser = logged_in().await;
    let (neighbour, mut quiet) = browser.shell().await;
    let (id, mut terminal) = browser.shell().await;
    limits::stop_a_fork_bomb(&id, &mut terminal, &mut quiet).await;
    assert_eq!(browser.delete(&format!("/api/v1/sessions/{id}")).await.status, 204);
    assert_eq!(terminal.ends().await.0, "owner");
    assert_eq!(recorded(&id, "session-end", "CORACLE_REASON"), ["owner"]);

    assert_eq!(browser.delete(&format!("/api/v1/sessions/{neighbour}")).await.status, 204);
    assert_eq!(quiet.ends().await.0, "owner");
    nothing_left();
}

#[tokio::test]
async fn two_burners_get_half_a_processor_together() {
    let browser = logged_in().await;
    let (id, mut terminal) = browser.shell().await;
    let used = limits::throttle_burners(&id, &mut terminal).await;
    assert_eq!(browser.delete(&format!("/api/v1/sessions/{id}")).await.status, 204);
    assert_eq!(terminal.ends().await.0, "owner");
    nothing_left();
    assert!(at_the_end(&id, "CORACLE_CPU_USEC") as f64 / 1e6 >= used, "what it used is in its end event");
}
