//! How sessions end: what the shell, conmon and the kernel leave to judge by, and what is told of it.

use super::*;
use crate::session::launch::{Failure, Leftover, Stage as Progress};

#[tokio::test]
async fn a_second_tab_at_the_end_leaves_the_first_one_its_last_frame_and_its_reason() {
    let mut stage = Stage::new(tempfile::tempdir().unwrap(), None);
    let (_, mut first) = stage.browser().await;
    stage.says(Message::End { reason: EndReason::Owner, by: "mira".into() }).await;
    assert!(matches!(first_frame(&mut first).await, Some(Told::Last(_))));
    let (_, mut second) = stage.browser().await;
    assert!(matches!(first_frame(&mut second).await, Some(Told::Last(_))));
    assert_eq!(first_frame(&mut second).await, None);
    assert_eq!(*second.parting.borrow(), Some(Close::Ended));
    let failure = Failure { reason: EndReason::StartFailed, detail: "unwanted".into(), container: Leftover::None };
    stage.reports.send(Report::Stage(Progress::Failed(failure))).await.ok().unwrap();
    let ending = stage.ends().await;
    assert_eq!((ending.reason, ending.by.as_str()), (EndReason::Owner, "mira"));
    assert_eq!(*first.parting.borrow(), Some(Close::Ended));
}

#[tokio::test]
async fn a_container_that_may_come_into_being_later_is_remembered_for_the_next_daemon() {
    for (container, left_behind) in [(Leftover::Later, true), (Leftover::None, false)] {
        let stage = Stage::new(tempfile::tempdir().unwrap(), None);
        let failure = Failure { reason: EndReason::StartFailed, detail: "no answer".into(), container };
        stage.reports.send(Report::Stage(Progress::Failed(failure))).await.ok().unwrap();
        let ending = stage.ends().await;
        assert_eq!((ending.reason, ending.left_behind), (EndReason::StartFailed, left_behind));
    }
}

#[tokio::test]
async fn what_the_shell_said_last_is_not_lost_when_conmon_is_gone_first() {
    let (mut stage, mut played) = running();
    std::fs::write(stage.dir.path().join("exit"), "7").unwrap();
    let (_feed, _ears) = stage.browser().await;
    // Behind by more than it may be, so that the rest is read at a trickle while conmon goes.
    tokio::time::sleep(Duration::from_millis(250)).await; // the lift of coming is over
    let most = 128 * 1024;
    let (mut written, terminal) = (0, &mut played.terminal);
    while written < most {
        written += terminal.write(&vec![b'x'; most - written]).await.unwrap();
    }
    kill(&mut played.shell);
    kill(&mut played.conmon);
    tokio::time::sleep(Duration::from_millis(20)).await;
    let output = stage.output.clone();
    played.terminal.shutdown().await.unwrap();
    output_reaches(&output, most as u64).await;
    stage.says(Message::End { reason: EndReason::Admin, by: "test".into() }).await;
}

#[tokio::test]
async fn whoever_may_not_be_here_any_more_is_warned_and_the_end_says_why_in_the_journal() {
    let (mut stage, _played) = running();
    let (_feed, mut ears) = stage.browser().await;
    stage.says(Message::Barred { within: Duration::from_millis(1100), why: "disabled".into() }).await;
    loop {
        match first_frame(&mut ears).await {
            Some(Told::Frame(ToClient::Notice(Notice::Directory { seconds: 1 }))) => break,
            Some(Told::Frame(_) | Told::Redraw) => {}
            other => panic!("no warning: {}", other.is_some()),
        }
    }
    assert_eq!(told(&mut ears).await, (EndReason::Directory, None));
    stage.reports.send(Report::Gone(Ok(()))).await.unwrap_or_else(|_| panic!("the task is gone"));
    let ending = stage.ends().await;
    assert_eq!((ending.reason, ending.detail.as_str()), (EndReason::Directory, "disabled"));
}

#[tokio::test]
async fn a_dead_shell_has_exited_only_once_conmon_has_left_its_status() {
    let (mut stage, mut played) = running();
    let (_feed, mut ears) = stage.browser().await;
    kill(&mut played.shell);
    played.terminal.shutdown().await.unwrap();
    let until_left = timeout(Duration::from_millis(100), told(&mut ears));
    assert!(until_left.await.is_err(), "conmon lives and has said nothing yet");
    std::fs::write(stage.dir.path().join("exit"), "7").unwrap();
    assert_eq!(told(&mut ears).await, (EndReason::Exit, Some(7)));
}

#[tokio::test]
async fn a_killed_conmon_whose_terminal_closed_before_it_was_seen_dead_is_the_engines() {
    let (mut stage, mut played) = running();
    let (_feed, mut ears) = stage.browser().await;
    kill(&mut played.shell);
    played.terminal.shutdown().await.unwrap();
    let until_dead = timeout(Duration::from_millis(100), told(&mut ears));
    assert!(until_dead.await.is_err(), "conmon is not seen dead yet");
    kill(&mut played.conmon);
    assert_eq!(told(&mut ears).await, (EndReason::Engine, None));
}

#[tokio::test]
async fn a_conmon_that_left_the_status_before_it_went_is_believed() {
    let (mut stage, mut played) = running();
    let (_feed, mut ears) = stage.browser().await;
    std::fs::write(stage.dir.path().join("exit"), "137").unwrap();
    kill(&mut played.shell);
    kill(&mut played.conmon);
    assert_eq!(told(&mut ears).await, (EndReason::Exit, Some(137)));
}

fn kill(child: &mut Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

/// How a session ends whose kernel counted `before` kills while the shell lived and `after` at its end, and whose conmon
/// left `status`; and what the one attachment was told of the kills.
async fn end_after_kills(before: u64, after: u64, status: i32) -> (Option<Notice>, EndReason) {
    let dir = tempfile::tempdir().unwrap();
    let kills =
        |dir: &std::path::Path, n| std::fs::write(dir.join("memory.events"), format!("oom {n}\noom_kill {n}\n"));
    kills(dir.path(), before).unwrap();
    let (mut stage, mut played) = running_in(dir);
    let (_feed, mut ears) = stage.browser().await;
    while !matches!(first_frame(&mut ears).await, Some(Told::Redraw)) {}
    kills(stage.dir.path(), after).unwrap();
    std::fs::write(stage.dir.path().join("exit"), status.to_string()).unwrap();
    kill(&mut played.shell);
    kill(&mut played.conmon);
    played.terminal.shutdown().await.unwrap();
    let mut told = None;
    loop {
        match first_frame(&mut ears).await {
            Some(Told::Frame(ToClient::Notice(notice))) => told = Some(notice),
            Some(Told::Last(ToClient::Ended { reason, status: Some(said), .. })) => {
                assert_eq!(said, status);
                return (told, reason);
            }
            Some(_) => {}
            None => panic!("closed without an end"),
        }
    }
}

#[tokio::test]
async fn only_a_shell_that_was_killed_itself_ran_out_of_memory() {
    let others = |killed| Some(Notice::Oom { killed });
    for (before, after, status, told, reason) in [
        (0, 1, 137, None, EndReason::Oom),
        (0, 0, 137, None, EndReason::Exit),
        // bash's `exit` passes the status of what was killed before on.
        (1, 1, 137, others(1), EndReason::Exit),
        (2, 3, 137, others(2), EndReason::Oom),
        (0, 1, 0, None, EndReason::Exit),
    ] {
        let ended = end_after_kills(before, after, status).await;
        assert_eq!(ended, (told, reason), "{before} kills, then {after}, status {status}");
    }
}
