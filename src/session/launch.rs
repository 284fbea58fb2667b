//! From admission to a prepared container: the queue, a slot, the image, then Podman's own steps. Runs beside the session's
//! task, which shows each stage and may lose interest at any time.

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::sync::{mpsc, watch};

use super::{
    EndReason, SessionId,
    copies::Copies,
    recipe::Recipe,
    slots::Slots,
    starts::Starts,
    task::Report,
    warm::{Ready, Warm},
};
use crate::{
    auth::OwnerId,
    podman::{Mapping, Podman, PodmanError, Prepared, Pulled},
    terminal::{Step, draft_path},
};

/// What the task learns while its session is being made.
pub(crate) enum Stage {
    /// Place from 1, and the queue's length.
    Waiting(usize, usize),
    LeftQueue,
    Slot(HeldSlot),
    PullBegan,
    Pull(Pulled),
    PullOver,
    /// The image's digest, for the audit.
    Image(String),
    Step(Step),
    Prepared(Box<Prepared>),
    /// Whatever had been made was removed.
    Failed(Failure),
}

/// Why there is no container.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) reason: EndReason,
    /// For the journal.
    pub(crate) detail: String,
    pub(crate) container: Leftover,
}

/// What a failed start may have left, although it cleans up after itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Leftover {
    /// No container was asked for.
    None,
    /// Removing it may have failed too: to be looked for.
    Perhaps,
    /// Podman did not answer in time: it may come into being yet, and the next start of the daemon looks for it.
    Later,
}

impl Failure {
    /// One of a start in which a container was asked for.
    pub(crate) fn of_container(error: PodmanError) -> Failure {
        let later = matches!(error, PodmanError::TimedOut { .. } | PodmanError::Broken { .. });
        Failure { container: if later { Leftover::Later } else { Leftover::Perhaps }, ..Failure::from(error) }
    }
}

impl From<PodmanError> for Failure {
    fn from(error: PodmanError) -> Failure {
        let reason = match &error {
            PodmanError::ImageMissing { .. } | PodmanError::PullFailed { .. } => EndReason::ImageMissing,
            PodmanError::Unproven { .. } => EndReason::LimitsUnproven,
            PodmanError::NoRoom { .. } => EndReason::HostFull,
            PodmanError::NotThere { .. }
            | PodmanError::HostOpen { .. }
            | PodmanError::Refused { .. }
            | PodmanError::TimedOut { .. }
            | PodmanError::Broken { .. } => EndReason::StartFailed,
        };
        Failure { reason, detail: error.to_string(), container: Leftover::None }
    }
}

/// A slot that is given back when this is dropped: after the container is gone, not before.
pub(crate) struct HeldSlot {
    slots: Arc<Mutex<Slots>>,
    pub(crate) mapping: Mapping,
}

impl HeldSlot {
    pub(crate) fn take(slots: &Arc<Mutex<Slots>>) -> Option<HeldSlot> {
        let mapping = slots.lock().unwrap_or_else(PoisonError::into_inner).take()?;
        Some(HeldSlot { slots: slots.clone(), mapping })
    }

    /// The slot of an adopted session.
    pub(crate) fn occupy(slots: &Arc<Mutex<Slots>>, mapping: Mapping) -> HeldSlot {
        slots.lock().unwrap_or_else(PoisonError::into_inner).occupy(mapping);
        HeldSlot { slots: slots.clone(), mapping }
    }
}

impl Drop for HeldSlot {
    fn drop(&mut self) {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner).release(self.mapping);
    }
}

/// Everything a launch needs; owned, so that it can run on its own.
pub(crate) struct Launch {
    pub(crate) id: SessionId,
    pub(crate) owner: OwnerId,
    pub(crate) recipe: Recipe,
    /// A container that was made ahead, of this id.
    pub(crate) ready: Option<Ready>,
    /// Containers that are ready give way where there is no room; `live` is how many sessions there are, and `max` how many there
    /// may be of both.
    pub(crate) warm: Warm,
    pub(crate) live: watch::Receiver<usize>,
    pub(crate) max: usize,
    pub(crate) starts: Starts,
    pub(crate) slots: Arc<Mutex<Slots>>,
    pub(crate) podman: Podman,
    /// Told which image it is, and the ranges of ids that are to have a copy of it ahead.
    pub(crate) copies: Copies,
    pub(crate) ahead: Vec<Mapping>,
    /// True once nobody wants the session any more.
    pub(crate) unwanted: watch::Receiver<bool>,
}

impl Launch {
    /// Runs to its end in any case: a container half made is either handed over or removed, whoever still listens.
    pub(crate) async fn run(self, stages: mpsc::Sender<Report>) {
        let last = match self.prepare(&stages).await {
            Ok(prepared) => Stage::Prepared(Box::new(prepared)),
            Err(failure) => Stage::Failed(failure),
        };
        if let Err(mpsc::error::SendError(Report::Stage(Stage::Prepared(prepared)))) =
            stages.send(Report::Stage(last)).await
        {
            if let Err(error) = prepared.abandon().await {
                tracing::warn!(%error, "a container that nobody waited for could not be removed");
            }
        }
    }

    async fn prepare(mut self, stages: &mpsc::Sender<Report>) -> Result<Prepared, Failure> {
        if let Some(ready) = self.ready.take() {
            if let Some(prepared) = self.given(ready, stages).await? {
                return Ok(prepared);
            }
        }
        let (starts, owner) = (self.starts.clone(), self.owner.clone());
        let _turn = self
            .unless_unwanted(starts.turn(&owner, |place, of| {
                let _ = stages.try_send(Report::Stage(Stage::Waiting(place, of)));
            }))
            .await?
            .map_err(|_| full("no turn came within the queue's bounds"))?;
        tell(stages, Stage::LeftQueue).await;
        let sessions = *self.live.borrow();
        self.warm.make_room(sessions, self.max).await;
        // Every process of the host is looked at for a slot: that takes as long as the calls that go on meanwhile.
        let slots = self.slots.clone();
        let free = tokio::task::spawn_blocking(move || HeldSlot::take(&slots));
        self.image(stages).await?;
        let slot = match free.await {
            Ok(Some(slot)) => slot,
            Ok(None) | Err(_) => self.slot_of_another().await?,
        };
        let mapping = slot.mapping;
        tell(stages, Stage::Slot(slot)).await;
        let plan = self.recipe.plan(self.id, mapping);
        let steps = stages.clone();
        let prepared = self
            .podman
            .launch(&plan, move |step| {
                let step = if step == "create" { Step::Create } else { Step::Verify };
                let _ = steps.try_send(Report::Stage(Stage::Step(step)));
            })
            .await
            .map_err(Failure::of_container)?;
        Ok(prepared)
    }

    /// A slot that a container which nobody has yet gives up.
    async fn slot_of_another(&self) -> Result<HeldSlot, Failure> {
        while self.warm.give_way().await {
            if let Some(slot) = HeldSlot::take(&self.slots) {
                return Ok(slot);
            }
        }
        Err(full("every slot of subordinate ids is in use; see sessions.isolation"))
    }

    /// The container that was made ahead, if what a new one would be made of is the same still, and everything about it is
    /// proven once more. `None`: it is removed, and a new one takes its place.
    async fn given(&mut self, ready: Ready, stages: &mpsc::Sender<Report>) -> Result<Option<Prepared>, Failure> {
        let Ready { mut prepared, slot, digest, .. } = ready;
        tell(stages, Stage::LeftQueue).await;
        tell(stages, Stage::Slot(slot)).await;
        // While Podman looks for the image, the kernel is asked.
        let (current, proven) = tokio::join!(self.is_current(&digest), async { prepared.prove_again() });
        let unfit = match current {
            Ok(true) => proven.err().map(|error| error.to_string()),
            Ok(false) => Some("its image is another one now".to_owned()),
            Err(failure) => {
                let _ = prepared.abandon().await; // tried again by who hears of the failure
                return Err(Failure { container: Leftover::Perhaps, ..failure });
            }
        };
        if let Some(why) = unfit {
            tracing::warn!(session = %self.id, why, "the container that was ready is not used; a new one is made");
            prepared.abandon().await.map_err(Failure::of_container)?;
            return Ok(None);
        }
        tell(stages, Stage::Image(digest)).await;
        Ok(Some(prepared))
    }

    async fn is_current(&mut self, digest: &str) -> Result<bool, Failure> {
        let (podman, image) = (self.podman.clone(), self.recipe.profile.image.clone());
        let ask = || {
            let (podman, image) = (podman.clone(), image.clone());
            async move { podman.image_digest(&image).await }
        };
        match self.once_awake(ask).await? {
            Ok(now) => Ok(now == digest),
            Err(PodmanError::ImageMissing { .. }) => Ok(false), // fetched anew, or the reason of the failure
            Err(error) => Err(error.into()),
        }
    }

    /// What Podman says to `ask`. Its socket may appear late after a boot: asks until it answers; the start deadline bounds it
    /// from outside.
    async fn once_awake<T, F>(&mut self, mut ask: impl FnMut() -> F) -> Result<Result<T, PodmanError>, Failure>
    where
        F: Future<Output = Result<T, PodmanError>>,
    {
        let mut pause = Duration::from_millis(100);
        loop {
            match self.unless_unwanted(ask()).await? {
                Err(error @ PodmanError::NotThere { .. }) => {
                    tracing::debug!(%error, "waiting for Podman");
                    self.unless_unwanted(tokio::time::sleep(pause)).await?;
                    pause = (pause * 2).min(Duration::from_secs(1));
                }
                answered => return Ok(answered),
            }
        }
    }

    async fn image(&mut self, stages: &mpsc::Sender<Report>) -> Result<(), Failure> {
        let (podman, profile) = (self.podman.clone(), self.recipe.profile.clone());
        let ask = || {
            let (podman, profile, stages) = (podman.clone(), profile.clone(), stages.clone());
            let mut began = false;
            async move {
                let told = |pulled| {
                    if !began {
                        began = stages.try_send(Report::Stage(Stage::PullBegan)).is_ok();
                    }
                    let _ = stages.try_send(Report::Stage(Stage::Pull(pulled)));
                };
                podman.ensure_image(&profile.image, profile.pull, told).await
            }
        };
        let digest = self.once_awake(ask).await??;
        self.copies.seen(&profile.image, &digest, &self.ahead);
        tell(stages, Stage::PullOver).await;
        tell(stages, Stage::Image(digest)).await;
        Ok(())
    }

    /// `work`, or a failure as soon as nobody wants the session any more. Not for calls that make something.
    async fn unless_unwanted<T>(&mut self, work: impl Future<Output = T>) -> Result<T, Failure> {
        tokio::select! {
            done = work => Ok(done),
            _ = self.unwanted.wait_for(|unwanted| *unwanted) => {
                Err(Failure { reason: EndReason::StartFailed, detail: "ended while it was starting".into(), container: Leftover::None })
            }
        }
    }
}

async fn tell(stages: &mpsc::Sender<Report>, stage: Stage) {
    let _ = stages.send(Report::Stage(stage)).await; // the task may be gone: the launch goes on and cleans up after itself
}

fn full(detail: &str) -> Failure {
    Failure { reason: EndReason::HostFull, detail: detail.into(), container: Leftover::None }
}

/// Removes a session's two files, and what is left of a ring that was to be resized; fine if they are gone.
pub(crate) fn remove_files(runtime: &Path, id: SessionId) {
    let ring = ring_path(runtime, id);
    for file in [record_path(runtime, id), draft_path(&ring), former_screen_path(runtime, id), ring] {
        match std::fs::remove_file(&file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                tracing::warn!(%error, file = %file.display(), "a session's file could not be removed");
            }
            _ => {}
        }
    }
}

pub(crate) fn record_path(runtime: &Path, id: SessionId) -> std::path::PathBuf {
    runtime.join(format!("{id}.rec"))
}

/// Where versions before 0.2 left the screen for the next daemon.
pub(crate) fn former_screen_path(runtime: &Path, id: SessionId) -> std::path::PathBuf {
    runtime.join(format!("{id}.screen"))
}

pub(crate) fn ring_path(runtime: &Path, id: SessionId) -> std::path::PathBuf {
    runtime.join(format!("{id}.ring"))
}
