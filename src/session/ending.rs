//! Finding out what it means that the terminal is over; and taking a session down: the terminal first (conmon freezes behind
//! an unread one), then the container.

use std::time::Duration;

use tokio::{
    sync::mpsc,
    time::{Instant, sleep},
};

use super::{
    SessionId,
    task::{Report, Running},
};
use crate::podman::{Podman, Prepared};

/// How long conmon may take to leave the exit status of a dead shell.
const STATUS: Duration = Duration::from_secs(5);
/// How long a broken attach stream is mended before the engine counts as dead.
const MEND: Duration = Duration::from_secs(5);
/// How long removing is tried, beyond the retries of one call.
const REMOVE: Duration = Duration::from_secs(60);

/// What it meant that the terminal is over.
pub(crate) enum Verdict {
    /// The Podman service went away under the stream; the session goes on over a new one.
    Reattached(Running),
    Exited(i32),
    EngineDied(String),
}

/// Finds out why the terminal is over: its end of file came (`why` is empty), or the stream or conmon broke.
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
    match conmon.last_word(STATUS).await {
        Some(status) => Verdict::Exited(status),
        None => {
            let what = if conmon.is_alive() { "hangs" } else { "was killed" };
            Verdict::EngineDied(format!("conmon {what}: it left no exit status {why}").trim_end().to_owned())
        }
    }
}

/// Takes the container down and reports `Gone`; the terminal before that, if there is one still.
pub(crate) async fn end(podman: &Podman, id: SessionId, running: Option<Running>, reports: &mpsc::Sender<Report>) {
    if let Some(Running { terminal, conmon: _ }) = running {
        terminal.leave().await;
    }
    let _ = reports.send(Report::Gone(remove(podman, id).await)).await;
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
