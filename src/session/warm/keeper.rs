//! The one task that keeps warm containers as the configuration wants them: one at a time, and only while no session starts.

use std::{future::pending, time::Duration};

use tokio::{
    sync::watch,
    task::spawn_blocking,
    time::{sleep, timeout},
};

use super::{Place, Ready, ReadyNote, Recipe, Stock, Wake, Warm};
use crate::{
    podman::PodmanError,
    session::{
        SessionId,
        launch::HeldSlot,
        roster::{Note, Roster},
    },
    sys::{self, BootTime},
};

/// No session has begun or ended for so long before one is made.
const QUIET: Duration = Duration::from_millis(300);

/// Keeps them in the background for as long as the daemon lives. Nothing is asked of Podman before somebody is here.
pub(in crate::session) fn begin(roster: &Roster) {
    tokio::spawn(keep(roster.clone()));
}

async fn keep(roster: Roster) {
    // What an earlier daemon left is looked for by list: none of ours may be taken for that.
    roster.settled_at_last().await;
    let warm = roster.warm().clone();
    let (mut live, mut calls) = (roster.live(), warm.0.calls.subscribe());
    let mut trouble = None;
    // After a failure nothing is tried before something has changed.
    let mut resting = false;
    loop {
        live.mark_unchanged();
        calls.mark_unchanged();
        if warm.book().closed {
            return;
        }
        while let Some(unfit) = warm.unfit(&roster) {
            warm.discard(unfit).await;
        }
        match warm.next(&roster).filter(|_| !resting) {
            Some(recipe) => tokio::select! {
                _ = calls.changed() => {}
                () = quiet(&roster, live.clone()) => {
                    let failed = make(&roster, recipe).await.err();
                    resting = failed.is_some();
                    say_once(&mut trouble, failed);
                }
            },
            None => {
                tokio::select! {
                    _ = calls.changed() => {}
                    _ = live.changed() => {}
                    () = expiry(&warm) => {}
                }
                resting = false;
            }
        }
    }
}

/// Returns once no session has begun or ended for [`QUIET`], and none starts.
async fn quiet(roster: &Roster, mut live: watch::Receiver<usize>) {
    loop {
        roster.starts().idle().await;
        live.mark_unchanged();
        if timeout(QUIET, live.changed()).await.is_err() && roster.starts().is_idle() {
            return;
        }
    }
}

async fn expiry(warm: &Warm) {
    let first = warm.book().ready.iter().map(Ready::over).min();
    match first {
        Some(at) => sleep(at.until(BootTime::now())).await,
        None => pending().await,
    }
}

/// Each trouble is told when it begins, and once.
fn say_once(known: &mut Option<String>, failed: Option<String>) {
    if let Some(why) = failed.as_ref().filter(|why| known.as_ref() != Some(*why)) {
        tracing::warn!(why, "no container could be made ready; sessions start without");
    }
    *known = failed;
}

/// Makes one, unless nobody wants it any more.
///
/// # Errors
/// Why there is none, the same words for the same cause.
async fn make(roster: &Roster, recipe: Recipe) -> Result<(), String> {
    let warm = roster.warm();
    let Some((_making, place)) = warm.begin_making() else { return Ok(()) };
    let (podman, profile) = (roster.podman(), &recipe.profile);
    let told = |error: PodmanError| format!("profile {}: {error}", profile.name);
    let digest = podman.image_digest(&profile.image).await.map_err(told)?;
    while let Some(outdated) = warm.pick(|ready| ready.recipe.profile.image == profile.image && ready.digest != digest)
    {
        warm.discard(outdated).await;
    }
    let slots = roster.slots()?;
    // Every process of the host is looked at, which nobody's keystroke should wait for.
    let slot = spawn_blocking(move || HeldSlot::take(&slots)).await.ok().flatten();
    let slot = slot.ok_or("every slot of subordinate ids is in use")?;
    let id = SessionId::random();
    let not_noted = |error| format!("its note in the state directory: {error}");
    warm.note(id, &profile.name, None).map_err(not_noted)?;
    match podman.launch(&recipe.plan(id, slot.mapping), |_| ()).await {
        Ok(prepared) => {
            tracing::debug!(%id, profile = profile.name, "a container is ready");
            let born = BootTime::now();
            let kept = ReadyNote { recipe: recipe.hash(), digest: digest.clone(), mapping: slot.mapping, born };
            let noted = warm.note(id, &profile.name, Some(kept)).map_err(not_noted);
            let ready = Ready { id, digest, born, prepared, slot, recipe, place: Some(place) };
            if let Err(unwanted) = warm.put(ready) {
                warm.discard(*unwanted).await;
            }
            noted
        }
        Err(error) => {
            // One that may come into being yet is left to the next start of the daemon, which finds it by its note.
            let late = matches!(error, PodmanError::TimedOut { .. } | PodmanError::Broken { .. });
            if podman.remove(id).await.is_ok() && !late {
                warm.forget(id);
            }
            let same_for_all = error.to_string().replace(id.as_str(), "-");
            Err(format!("profile {}: {same_for_all}", profile.name))
        }
    }
}

impl Roster {
    /// Somebody is here who may start a session soon: from now on containers are kept ready, where the configuration says so.
    /// Where some are, Podman's service is woken, which would otherwise be waited for longer than for all the rest.
    pub(crate) fn expect_visitors(&self) {
        if self.warm().call() == Wake::Podman {
            let podman = self.podman().clone();
            tokio::spawn(async move {
                if let Err(error) = podman.ping().await {
                    tracing::debug!(%error, "waking Podman's service");
                }
            });
        }
    }

    /// How many containers are ready.
    pub(crate) fn ready(&self) -> watch::Receiver<usize> {
        self.warm().count()
    }
}

/// Goes on with one that an earlier daemon made, for whom somebody was there.
///
/// # Errors
/// Why nobody gets it; it is to be removed.
pub(in crate::session) async fn regain(roster: &Roster, id: SessionId, note: Note) -> Result<(), String> {
    let (warm, config) = (roster.warm(), roster.config());
    let Some(ReadyNote { recipe: hash, digest, mapping, born }) = note.ready else {
        return Err("it was still being made".to_owned());
    };
    let profile = config.profiles.iter().find(|profile| profile.name == note.profile);
    let recipe = profile.map(|profile| Recipe::of(profile, &config.sessions)).filter(|recipe| recipe.hash() == hash);
    let recipe = recipe.ok_or("it would be made in another way now")?;
    let slot = HeldSlot::occupy(&roster.slots()?, mapping);
    let plan = recipe.plan(id, mapping);
    let prepared = roster.podman().regain(plan).await.map_err(|error| error.to_string())?;
    warm.regained(Ready { id, recipe, digest, born, prepared, slot, place: None });
    Ok(())
}

/// That one is being made, until this is dropped.
struct Making<'w>(&'w Warm);

impl Drop for Making<'_> {
    fn drop(&mut self) {
        self.0.0.making.send_replace(false);
    }
}

impl Warm {
    /// One more is ready, whether it is wanted or not: the keeper looks at that first.
    fn regained(&self, ready: Ready) {
        self.0.all.send_modify(|all| *all += 1);
        let mut book = self.book();
        book.called = true;
        book.ready.push(Ready { place: Some(Place(self.clone())), ..ready });
        self.told(&book);
    }

    /// `None` if nobody wants one any more; else whoever empties the book waits until it is dropped.
    fn begin_making(&self) -> Option<(Making<'_>, Place)> {
        let book = self.book();
        if !book.called || book.closed {
            return None;
        }
        self.0.making.send_replace(true);
        self.0.all.send_modify(|all| *all += 1);
        Some((Making(self), Place(self.clone())))
    }

    /// The first one that is over, dead or too many, out of the book.
    fn unfit(&self, roster: &Roster) -> Option<Ready> {
        let (config, seated, now) = (roster.config(), roster.seated(), BootTime::now());
        let mut book = self.book();
        if book.ready.is_empty() {
            return None;
        }
        let stock = Stock { config: &config, seated, available: sys::available_memory() };
        let mut kept: Vec<&Recipe> = Vec::new();
        let at = book.ready.iter().position(|ready| {
            let fits = ready.is_good(now) && !stock.is_surplus(&ready.recipe, &kept);
            if fits {
                kept.push(&ready.recipe);
            }
            !fits
        })?;
        let unfit = book.ready.remove(at);
        self.told(&book);
        Some(unfit)
    }

    /// What to make next, if anything.
    fn next(&self, roster: &Roster) -> Option<Recipe> {
        let (config, seated) = (roster.config(), roster.seated());
        let book = self.book();
        if !book.called || config.profiles.iter().all(|profile| profile.warm == 0) {
            return None;
        }
        let stock = Stock { config: &config, seated, available: sys::available_memory() };
        stock.wanted(&book.ready.iter().map(|ready| &ready.recipe).collect::<Vec<_>>())
    }
}
