//! The order of things, and the way back: create → init → verify → attach, then resize → start, in the end remove.
//!
//! Each of the two halves runs in a task of its own. Whoever waits for it may go away at any point (a deadline, a closed
//! browser, a panic): the task notices at its next step and removes what was made.

use std::{future::Future, sync::atomic::Ordering, time::Duration};

use tokio::{
    sync::{mpsc, oneshot},
    time::{Instant, sleep},
};

use podman_api::models::ListContainer;

use super::{
    Conmon, Found, Identity, Plan, Podman, PodmanError, Terminal,
    attach::{attach, is_alive},
    door::Inspect,
    exec,
    labels::{PROFILE, session_of},
    network::Uplink,
    spec::{Slice, create_spec},
    terminal::Sizes,
    verify::{self, Proven},
};
use crate::{
    config::Network,
    session::{SessionId, Size},
    terminal::Certificate,
};

/// Tries of a delete that Podman answers with a passing 500.
const REMOVE_TRIES: u32 = 10;
/// From the first to the last of them.
const REMOVE_DEADLINE: Duration = Duration::from_secs(5);
/// How long a container is looked for whose create was never answered.
const LATE_CREATE: Duration = Duration::from_secs(120);

/// A container that is verified and attached, and whose shell has not started. Dropped, it is removed in the background.
pub(crate) struct Prepared {
    pub(crate) certificate: Certificate,
    /// What the kernel confirmed, as one line for the audit.
    pub(crate) facts: String,
    made: Unclaimed,
}

impl Prepared {
    /// Gives the terminal its first size, starts the shell and sees that the seccomp filter is in force. On failure the
    /// container is removed first; dropped half-way, too.
    pub(crate) async fn start(self, size: Size) -> Result<(Terminal, Conmon), PodmanError> {
        let parts = self.made.claim();
        let (podman, id) = (parts.podman.clone(), parts.plan.id);
        let started = on_its_own(podman, id, "start", async move {
            match parts.run(size).await {
                Ok(()) => Ok(Unclaimed(Some(parts))),
                Err(error) => {
                    parts.terminal.leave().await;
                    undo(&parts.podman, id, &error).await;
                    Err(error)
                }
            }
        });
        let Parts { terminal, conmon, .. } = started.await?.claim();
        Ok((terminal, conmon))
    }

    /// Whether conmon and the process that will be the shell live at this moment.
    pub(crate) fn is_alive(&self) -> bool {
        let parts = self.parts();
        parts.conmon.is_alive() && parts.conmon.shell_is_alive()
    }

    /// Reads everything back from the kernel once more, for a container that has waited: what is proven then holds now, and
    /// not only when it was made.
    ///
    /// # Errors
    /// As a launch's; the container is still there.
    pub(crate) fn prove_again(&mut self) -> Result<(), PodmanError> {
        let parts = self.made.0.as_mut().expect("only `claim` takes it, and consumes what held it");
        parts.prove_again()?;
        (self.certificate, self.facts) = parts.told();
        Ok(())
    }

    /// Where the terminal's sizes are sent.
    pub(crate) fn sizes(&self) -> Sizes {
        let parts = self.parts();
        parts.terminal.sizes(&parts.podman, parts.plan.id)
    }

    fn parts(&self) -> &Parts {
        self.made.0.as_ref().expect("only `claim` takes it, and consumes what held it")
    }

    /// Nobody wants it any more: leaves the terminal and removes the container.
    pub(crate) async fn abandon(self) -> Result<(), PodmanError> {
        self.made.claim().remove().await
    }
}

struct Parts {
    podman: Podman,
    plan: Plan,
    /// What Podman said of it once it was `initialized`.
    inspect: Inspect,
    uplink: Option<Uplink>,
    proven: Proven,
    terminal: Terminal,
    conmon: Conmon,
}

/// A container that is removed unless someone takes it over.
struct Unclaimed(Option<Parts>);

impl Unclaimed {
    fn claim(mut self) -> Parts {
        self.0.take().expect("only this takes it, and consumes what held it")
    }
}

impl Drop for Unclaimed {
    fn drop(&mut self) {
        // Without a runtime the daemon is going down: the next one sweeps.
        let (Some(parts), Ok(runtime)) = (self.0.take(), tokio::runtime::Handle::try_current()) else { return };
        runtime.spawn(async move {
            let id = parts.plan.id;
            if let Err(error) = parts.remove().await {
                tracing::error!(session = %id, %error, "a container that nobody wanted is left behind");
            }
        });
    }
}

impl Parts {
    async fn run(&self, size: Size) -> Result<(), PodmanError> {
        let id = self.plan.id;
        self.terminal.sizes(&self.podman, id).send(size).await?;
        self.conmon.settled().await;
        self.podman.0.door.start(id).await?;
        self.proven.started(&self.plan).await
    }

    fn prove_again(&mut self) -> Result<(), PodmanError> {
        let plan = &self.plan;
        room(plan, &self.conmon)?;
        let proven = verify::verify(plan, &self.inspect, self.uplink, &self.podman.0.neighbours)
            .map_err(|wrong| wrong.error("verify", plan))?;
        // After the look: what was alive and the same during it.
        if !self.conmon.is_alive() || !self.proven.is_as_before(&proven) {
            let why = "it ended, or was started, while it waited".to_owned();
            return Err(PodmanError::Broken { step: "verify", id: plan.id.to_string(), why });
        }
        self.proven = proven;
        Ok(())
    }

    /// What was proven, for people and as one line for the audit.
    fn told(&self) -> (Certificate, String) {
        (self.proven.certificate.clone(), format!("{} attach={}", self.proven.facts, self.terminal.way()))
    }

    async fn remove(self) -> Result<(), PodmanError> {
        self.terminal.leave().await;
        remove(&self.podman, self.plan.id).await
    }
}

/// See [`Podman::launch`].
pub(super) async fn launch(
    podman: &Podman,
    plan: &Plan,
    mut step: impl FnMut(&'static str) + Send,
) -> Result<Prepared, PodmanError> {
    let (say, mut said) = mpsc::channel(4);
    let work = {
        let (podman, plan) = (podman.clone(), plan.clone());
        async move { make(podman, plan, say).await }
    };
    let mut made = std::pin::pin!(on_its_own(podman.clone(), plan.id, "launch", work));
    loop {
        tokio::select! {
            biased;
            Some(name) = said.recv() => step(name),
            made = &mut made => return made,
        }
    }
}

/// Does `work` in a task of its own. What it returns must remove the container when it is dropped: nobody may be waiting
/// for it any more. If it panics, the container is removed here.
async fn on_its_own<T: Send + 'static>(
    podman: Podman,
    id: SessionId,
    step: &'static str,
    work: impl Future<Output = Result<T, PodmanError>> + Send + 'static,
) -> Result<T, PodmanError> {
    let (done, result) = oneshot::channel();
    tokio::spawn(async move {
        let made = match tokio::spawn(work).await {
            Ok(made) => made,
            Err(panic) => {
                let error = PodmanError::Broken { step, id: id.to_string(), why: panic.to_string() };
                undo(&podman, id, &error).await;
                Err(error)
            }
        };
        drop(done.send(made));
    });
    result.await.unwrap_or_else(|_| {
        Err(PodmanError::Broken { step, id: id.to_string(), why: "the runtime is shutting down".to_owned() })
    })
}

/// The container as far as attach. What it made it removes when it fails.
async fn make(podman: Podman, plan: Plan, say: mpsc::Sender<&'static str>) -> Result<Prepared, PodmanError> {
    let id = plan.id;
    announce(&say, id, "create").await?;
    let uplink = match create(&podman, &plan).await {
        Ok(uplink) => uplink,
        Err(error) => {
            may_come_late(&podman, id, &error);
            return Err(error);
        }
    };
    match prepare(&podman, plan, uplink, &say).await {
        Ok(prepared) => Ok(prepared),
        Err(error) => {
            undo(&podman, id, &error).await;
            Err(error)
        }
    }
}

/// What to do about a container whose create failed.
fn may_come_late(podman: &Podman, id: SessionId, error: &PodmanError) {
    match error {
        // Podman says that there is none; a container of that name would be someone else's.
        PodmanError::Refused { .. } | PodmanError::NotThere { .. } | PodmanError::HostOpen { .. } => {}
        // It may come into being yet.
        _ => drop(tokio::spawn(remove_late(podman.clone(), id))),
    }
}

async fn prepare(
    podman: &Podman,
    plan: Plan,
    uplink: Option<Uplink>,
    say: &mpsc::Sender<&'static str>,
) -> Result<Prepared, PodmanError> {
    announce(say, plan.id, "init").await?;
    podman.0.door.init(plan.id).await?;
    prove(podman, plan, uplink, say).await
}

/// See [`Podman::regain`].
pub(super) async fn regain(podman: &Podman, plan: Plan) -> Result<Prepared, PodmanError> {
    let uplink = uplink(podman, &plan).await?;
    let (say, _said) = mpsc::channel(2); // for verify and attach
    prove(podman, plan, uplink, &say).await
}

/// From `initialized` as far as attach.
async fn prove(
    podman: &Podman,
    plan: Plan,
    uplink: Option<Uplink>,
    say: &mpsc::Sender<&'static str>,
) -> Result<Prepared, PodmanError> {
    let id = plan.id;
    announce(say, id, "verify").await?;
    let inspect = podman.0.door.inspect("verify", id).await?;
    let broken = |why: String| PodmanError::Broken { step: "verify", id: id.to_string(), why };
    let conmon = Conmon::watch(inspect.conmon, &inspect.container, inspect.pid)
        .map_err(|e| broken(e.to_string()))?
        .writing_to(inspect.upper.as_deref());
    room(&plan, &conmon)?;
    let proven =
        verify::verify(&plan, &inspect, uplink, &podman.0.neighbours).map_err(|wrong| wrong.error("verify", &plan))?;

    announce(say, id, "attach").await?;
    let terminal = attach(podman, id, &conmon, &inspect).await?;
    let parts = Parts { podman: podman.clone(), plan, inspect, uplink, proven, terminal, conmon };
    let (certificate, facts) = parts.told();
    Ok(Prepared { certificate, facts, made: Unclaimed(Some(parts)) })
}

/// Whether the disk holds the whole layer, if there is one, and what must stay free.
fn room(plan: &Plan, conmon: &Conmon) -> Result<(), PodmanError> {
    let Some(layer_size) = plan.profile.layer_size else { return Ok(()) };
    let broken = |why: String| PodmanError::Broken { step: "verify", id: plan.id.to_string(), why };
    let layer = conmon.layer().ok_or_else(|| broken("Podman names no directory of its root".into()))?;
    let free = layer.free().map_err(|e| broken(e.to_string()))?;
    let wanted = layer_size.saturating_add(plan.disk_floor);
    if free >= wanted {
        return Ok(());
    }
    Err(PodmanError::NoRoom { id: plan.id, path: layer.store().display().to_string(), free, wanted })
}

async fn announce(say: &mpsc::Sender<&'static str>, id: SessionId, step: &'static str) -> Result<(), PodmanError> {
    let gone = |_| PodmanError::Broken { step, id: id.to_string(), why: "nobody waits for it any more".to_owned() };
    say.send(step).await.map_err(gone)
}

/// What stands between the session and the network, if its profile grants one.
async fn uplink(podman: &Podman, plan: &Plan) -> Result<Option<Uplink>, PodmanError> {
    if plan.profile.network == Network::None {
        return Ok(None);
    }
    let uplink = Uplink::of_version(&podman.0.door.version().await?);
    uplink.may_serve(&plan.profile, plan.id)?;
    Ok(Some(uplink))
}

/// Returns what will stand between the session and the network.
async fn create(podman: &Podman, plan: &Plan) -> Result<Option<Uplink>, PodmanError> {
    let inner = &podman.0;
    let slice = if inner.sliceless.load(Ordering::Relaxed) { Slice::None } else { Slice::Ours };
    let uplink = uplink(podman, plan).await?;
    let spec = |slice| create_spec(plan, &inner.identity, &inner.seccomp, slice, uplink);
    match inner.door.create(plan.id, spec(slice)).await {
        // Asking Podman first who manages its cgroups takes 75 to 350 ms.
        Err(PodmanError::Refused { message, .. }) if slice == Slice::Ours && message.contains("slice") => {
            tracing::info!(%message, "podman manages cgroups without systemd; sessions get no slice of their own");
            inner.door.create(plan.id, spec(Slice::None)).await?;
            inner.sliceless.store(true, Ordering::Relaxed);
            Ok(uplink)
        }
        other => other.map(|_| uplink),
    }
}

/// See [`Podman::remove`].
pub(super) async fn remove(podman: &Podman, id: SessionId) -> Result<(), PodmanError> {
    let removed = remove_patiently(podman, id).await;
    if removed.is_ok() {
        exec::sweep(id).await;
        podman.0.neighbours.leave(id);
    }
    removed
}

async fn remove_patiently(podman: &Podman, id: SessionId) -> Result<(), PodmanError> {
    let deadline = Instant::now() + REMOVE_DEADLINE;
    let mut pause = Duration::from_millis(20);
    for tries in 1.. {
        match podman.0.door.delete(id).await {
            Ok(()) | Err(PodmanError::Refused { status: 404, .. }) => return Ok(()),
            Err(PodmanError::Refused { status: 409 | 500, .. })
                if tries < REMOVE_TRIES && Instant::now() + pause < deadline =>
            {
                sleep(pause).await;
                pause *= 2;
            }
            Err(error) => return Err(error),
        }
    }
    unreachable!("the last try returns")
}

/// Removes a container whose create was not answered in time, once it is there.
async fn remove_late(podman: Podman, id: SessionId) {
    let deadline = Instant::now() + LATE_CREATE;
    while Instant::now() < deadline {
        match podman.0.door.delete(id).await {
            Ok(()) => return,
            Err(error) => tracing::debug!(session = %id, %error, "no late container yet"),
        }
        sleep(Duration::from_secs(2)).await;
    }
}

/// Removes what a failed step left; a failure of this too is told beside the first.
async fn undo(podman: &Podman, id: SessionId, first: &(impl std::fmt::Display + ?Sized)) {
    if let Err(error) = remove(podman, id).await {
        tracing::error!(session = %id, %first, %error, "the container is left behind; the next start removes it");
    }
}

/// See [`Podman::list_ours`].
pub(super) async fn list_ours(podman: &Podman) -> Result<Vec<Found>, PodmanError> {
    let identity = &podman.0.identity;
    Ok(ours(identity, podman.0.door.list(identity.instance()).await?))
}

pub(super) fn ours(identity: &Identity, listed: Vec<ListContainer>) -> Vec<Found> {
    let mut ours = Vec::new();
    for container in listed {
        let names = container.names.unwrap_or_default();
        let Some((name, id)) = names.iter().find_map(|name| Some((name, session_of(name)?))) else {
            tracing::warn!(?names, "a container carries our instance's label, but no session's name; left alone");
            continue;
        };
        let labels = container.labels.unwrap_or_default();
        let label = |key: &str| labels.get(key).map(String::as_str);
        ours.push(Found {
            id,
            genuine: identity.is_genuine(name, label),
            alive: container.state.as_deref().is_some_and(is_alive),
            profile: label(PROFILE).unwrap_or_default().to_owned(),
        });
    }
    ours
}
