//! Attaching to a container's terminal: directly at conmon where that can be had, else through Podman's service; and once
//! more after an earlier daemon.

use std::{
    io,
    os::fd::OwnedFd,
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use tokio::time::sleep;

use super::{
    Conmon, Podman, PodmanError, Terminal,
    direct::{self, Opened, Wanted},
    door::Inspect,
    exec,
};
use crate::session::SessionId;

/// Tries of an attach while conmon's backlog is full.
const TRIES: u32 = 10;
const PAUSE: Duration = Duration::from_millis(50);
/// Looks at a container whose shell has just ended, until Podman has noticed.
const LOOKS: u32 = 20;

/// Attaches, with patience for conmon's short backlog.
pub(super) async fn attach(
    podman: &Podman,
    id: SessionId,
    conmon: &Conmon,
    inspect: &Inspect,
) -> Result<Terminal, PodmanError> {
    match directly(conmon, inspect).await {
        Ok(terminal) => return Ok(terminal),
        Err(error) if conmon.is_alive() => say_once(id, &error),
        Err(_) => {}
    }
    for _ in 1..TRIES {
        match over_api(podman, id).await {
            Err(PodmanError::Refused { status: 500, message, .. }) if message.contains("temporarily unavailable") => {
                sleep(PAUSE).await;
            }
            other => return other,
        }
    }
    over_api(podman, id).await
}

async fn directly(conmon: &Conmon, inspect: &Inspect) -> io::Result<Terminal> {
    let bundle = bundle(inspect)?;
    let mut tries = TRIES;
    let opened = loop {
        tries -= 1;
        match direct::reach(conmon, bundle, Wanted::Both).await {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock && tries > 0 => sleep(PAUSE).await,
            other => break other?,
        }
    };
    match opened {
        Opened { socket: Some(socket), sizes } => Terminal::direct(socket, sizes),
        Opened { socket: None, .. } => Err(io::ErrorKind::NotFound.into()),
    }
}

async fn over_api(podman: &Podman, id: SessionId) -> Result<Terminal, PodmanError> {
    let (socket, early) = podman.0.door.attach(id).await?;
    Terminal::streamed(socket, early).map_err(|error| broken("attach", id, error))
}

/// The directory that conmon works in.
fn bundle(inspect: &Inspect) -> io::Result<&Path> {
    let config = inspect.oci_config.as_deref();
    config.and_then(Path::parent).filter(|bundle| bundle.is_absolute()).ok_or_else(|| io::ErrorKind::NotFound.into())
}

/// What keeps the first session from it keeps the others, too.
fn say_once(id: SessionId, error: &io::Error) {
    static SAID: AtomicBool = AtomicBool::new(false);
    if !SAID.swap(true, Ordering::Relaxed) {
        tracing::warn!(session = %id, %error, "conmon's own socket cannot be reached; terminals go through Podman's service");
    }
}

/// See [`Podman::reattach`].
pub(super) async fn reattach(podman: &Podman, id: SessionId) -> Result<(Terminal, Conmon), PodmanError> {
    const STEP: &str = "reattach";
    let inspect = podman.0.door.inspect(STEP, id).await?;
    // Attaching to one that is over would bring it to life again.
    if !is_alive(&inspect.state) {
        return Err(broken(STEP, id, format!("the container is {}", inspect.state)));
    }
    let conmon = watch(podman, id, &inspect).map_err(|e| broken(STEP, id, e))?;
    let terminal = attach(podman, id, &conmon, &inspect).await?;
    if !conmon.is_alive() {
        terminal.leave().await;
        return Err(broken(STEP, id, "it ended just before the attach"));
    }
    Ok((terminal, conmon))
}

/// See [`Podman::resume`].
pub(super) async fn resume(podman: &Podman, id: SessionId, socket: OwnedFd) -> Result<(Terminal, Conmon), PodmanError> {
    const STEP: &str = "resume";
    let mut looks = LOOKS;
    let (inspect, conmon) = loop {
        looks -= 1;
        let inspect = podman.0.door.inspect(STEP, id).await?;
        if !is_alive(&inspect.state) {
            let status = inspect.exit_code;
            break (inspect, Conmon::gone(status));
        }
        match watch(podman, id, &inspect) {
            Ok(conmon) => break (inspect, conmon),
            Err(error) if looks > 0 => tracing::debug!(%error, session = %id, "looking at its conmon again"),
            // Podman goes on saying that it runs.
            Err(_) => break (inspect, Conmon::gone(None)),
        }
        sleep(PAUSE).await;
    };
    let sizes = match (conmon.is_alive(), bundle(&inspect)) {
        (true, Ok(bundle)) => direct::reach(&conmon, bundle, Wanted::Sizes).await.ok().map(|opened| opened.sizes),
        _ => None,
    };
    let terminal = Terminal::restored(id, socket, sizes).map_err(|e| broken(STEP, id, e))?;
    Ok((terminal, conmon))
}

/// The processes of a container that an earlier daemon made.
fn watch(podman: &Podman, id: SessionId, inspect: &Inspect) -> io::Result<Conmon> {
    let conmon = Conmon::watch(inspect.conmon, &inspect.container, inspect.pid)?.writing_to(inspect.upper.as_deref());
    podman.0.neighbours.adopt(id, inspect.pid)?;
    tokio::spawn(exec::sweep(id));
    Ok(conmon)
}

pub(super) fn is_alive(state: &str) -> bool {
    ["initialized", "running"].contains(&state)
}

fn broken(step: &'static str, id: SessionId, why: impl ToString) -> PodmanError {
    PodmanError::Broken { step, id: id.to_string(), why: why.to_string() }
}
