//! Taking a session down: the terminal first (conmon freezes behind an unread one), then the status, then the container;
//! and finding out what it means that the terminal broke.

use std::time::Duration;

use tokio::{
    sync::mpsc,
    time::{Instant, sleep, timeout},
};

use super::{
    SessionId,
    task::{Report, Running},
};
use crate::podman::{Conmon, Podman, Prepared};

/// How long the shell's exit status is waited for; Podman gives it 50 to 310 ms after the end.
const STATUS: Duration = Duration::from_millis(1200);
/// How long a broken attach stream is mended before the engine counts as dead.
const MEND: Duration = Duration::from_secs(5);
/// How long removing is tried, beyond the retries of one call.
const REMOVE: Duration = Duration::from_secs(60);

/// What it meant that the terminal broke off.
pub(crate) enum Verdict {
    /// The Podman service went away under the stream; the session goes on over a new one.
    Reattached(Running),
    Exited(i32),
    EngineDied(String),
}

/// The usual end of file: the shell is gone and conmon, which reports its status, is still there.
pub(crate) fn plainly_ended(running: &Running) -> bool {
    running.conmon.is_alive() && !running.conmon.shell_is_alive()
}

/// Finds out why the terminal broke off although the session did not plainly end.
pub(crate) async fn judge(podman: &Podman, id: SessionId, running: Running, why: &str) -> Verdict {
    let Running { terminal, conmon } = running;
    terminal.leave().await;
    let until = Instant::now() + MEND;
    while conmon.is_alive() && conmon.shell_is_alive() {
        match podman.reattach(id).await {
            Ok((terminal, conmon)) => return Verdict::Reattached(Running { terminal, conmon }),
            Err(error) if Instant::now() >= until => return Verdict::EngineDied(format!("{why}; {error}")),
            Err(error) => tracing::debug!(%error, session = %id, "attaching anew"),
        }
        sleep(Duration::from_millis(100)).await;
    }
    if conmon.is_alive() {
        return match exit_status(podman, id, &conmon).await {
            Ok(status) => Verdict::Exited(status),
            Err(error) => Verdict::EngineDied(format!("{why}; {error}")),
        };
    }
    match conmon.exit_status_left() {
        Some(status) => Verdict::Exited(status),
        None => Verdict::EngineDied(format!("conmon was killed: it left no exit status {why}").trim_end().to_owned()),
    }
}

/// Ends a running session and reports `Gone`; the status before that, where the shell ended by itself.
pub(crate) async fn end(
    podman: &Podman,
    id: SessionId,
    running: Option<Running>,
    exited: bool,
    reports: &mpsc::Sender<Report>,
) {
    if let Some(Running { terminal, conmon }) = running {
        terminal.leave().await;
        if exited {
            match exit_status(podman, id, &conmon).await {
                Ok(status) => drop(reports.send(Report::Status(status)).await),
                Err(error) => tracing::warn!(error, session = %id, "no exit status"),
            }
        }
    }
    let _ = reports.send(Report::Gone(remove(podman, id).await)).await;
}

/// The status of a shell that ended under a conmon that lives, which is about to write it down. Podman's word for it; if that
/// is late, what conmon wrote.
async fn exit_status(podman: &Podman, id: SessionId, conmon: &Conmon) -> Result<i32, String> {
    match timeout(STATUS, podman.exit_status(id)).await {
        Ok(answer) => answer.map_err(|error| error.to_string()),
        Err(_) => conmon.exit_status_left().ok_or_else(|| "Podman knows no exit status in time".to_owned()),
    }
}

/// Nobody wants the prepared container any more.
pub(crate) async fn abandon(prepared: Prepared, reports: mpsc::Sender<Report>) {
    let _ = reports.send(Report::Gone(prepared.abandon().await.map_err(|error| error.to_string()))).await;
}

/// Removes the container, trying for a minute.
///
/// # Errors
/// What is wrong in the end; what then remains is found by the next start.
pub(crate) async fn remove(podman: &Podman, id: SessionId) -> Result<(), String> {
    let until = Instant::now() + REMOVE;
    let mut pause = Duration::from_millis(50);
    loop {
        match podman.remove(id).await {
            Ok(()) => return Ok(()),
            Err(error) if Instant::now() >= until => {
                tracing::error!(%error, session = %id, "the container could not be removed");
                return Err(error.to_string());
            }
            Err(error) => tracing::warn!(%error, session = %id, "removing the container again"),
        }
        sleep(pause).await;
        pause = (pause * 2).min(Duration::from_secs(5));
    }
}
