//! How sessions are told to end, one or all or those of somebody who is barred, and how they are left to the next daemon.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::atomic::Ordering,
    time::Duration,
};

use tokio::sync::{mpsc, oneshot};

use super::Roster;
use crate::{
    activation::Departure,
    auth::OwnerId,
    session::{EndReason, SessionId, task::Message},
};

/// How long `end` waits for nothing to be left.
const END_WAIT: Duration = Duration::from_secs(10);
/// How long `end_all` does; `coracle end --all` waits a little longer.
pub(crate) const END_ALL_WAIT: Duration = Duration::from_secs(60);

impl Roster {
    /// Ends one session and returns when nothing of it is left (or after 10 s); false: there is none of that id.
    /// `by` is for the audit: a user's name or `uid 0`.
    pub(crate) async fn end(&self, id: SessionId, reason: EndReason, by: &str) -> bool {
        let Some(inbox) = self.table().get(&id).map(|entry| entry.inbox.clone()) else { return false };
        let _ = inbox.send(Message::End { reason, by: by.to_owned() }).await;
        self.gone(id).await;
        true
    }

    /// The owners of sessions that are not ending, with their names.
    pub(crate) fn owners(&self) -> BTreeMap<OwnerId, String> {
        let table = self.table();
        let staying = table.values().filter(|entry| !entry.is_ending());
        staying.map(|entry| (entry.person.owner.clone(), entry.person.name.clone())).collect()
    }

    /// Warns every session of `owner` and ends it after `within`, with the reason `directory`; `why` is for the journal.
    /// Returns how many there are, those aside that are ending already; waits for none.
    pub(crate) fn bar(&self, owner: &OwnerId, within: Duration, why: &str) -> usize {
        let theirs: Vec<_> = {
            let table = self.table();
            let theirs = table.values().filter(|entry| entry.person.owner == *owner && !entry.is_ending());
            theirs.map(|entry| entry.inbox.clone()).collect()
        };
        for inbox in &theirs {
            let barred = Message::Barred { within, why: why.to_owned() };
            if let Err(mpsc::error::TrySendError::Full(barred)) = inbox.try_send(barred) {
                let inbox = inbox.clone();
                tokio::spawn(async move { inbox.send(barred).await });
            }
        }
        theirs.len()
    }

    /// Waits until the list has forgotten this session, [`END_WAIT`] at most.
    pub(super) async fn gone(&self, id: SessionId) {
        let mut live = self.live();
        // Not `wait_for`: it would ask the table under the lock of `live`, and others take the two the other way round.
        let gone = async { while self.is_seated(id) && live.changed().await.is_ok() {} };
        let _ = tokio::time::timeout(END_WAIT, gone).await;
    }

    /// Ends every session, those included that are only being adopted or started meanwhile, and returns how many there
    /// were, when nothing of them is left; after [`END_ALL_WAIT`] at the latest.
    pub(crate) async fn end_all(&self, reason: EndReason, by: &str) -> usize {
        let mut told = BTreeSet::new();
        let all = async {
            let mut live = self.live();
            while *live.borrow_and_update() > 0 {
                let new: Vec<_> = {
                    let table = self.table();
                    table.iter().filter(|(id, _)| told.insert(**id)).map(|(_, e)| e.inbox.clone()).collect()
                };
                for inbox in new {
                    let _ = inbox.send(Message::End { reason, by: by.to_owned() }).await;
                }
                if live.changed().await.is_err() {
                    return;
                }
            }
        };
        let ready = async {
            if reason == EndReason::Shutdown {
                self.0.warm.empty().await;
            }
        };
        let (ended, ()) = tokio::join!(tokio::time::timeout(END_ALL_WAIT, all), ready);
        if ended.is_err() {
            tracing::error!(seconds = END_ALL_WAIT.as_secs(), "sessions are left that would not end");
        }
        told.len()
    }

    /// Nobody is here, and the daemon leaves: removes what was ready.
    pub(crate) async fn leave_nothing(&self) {
        self.0.warm.close();
        self.0.warm.empty().await;
    }

    /// SIGTERM: leaves every terminal gently, ends none; attachments close with 1012.
    /// With a [`Departure::Restart`] the next daemon is handed the terminals that systemd keeps.
    pub(crate) async fn leave(&self, departure: Departure) {
        self.0.leaving.store(true, Ordering::Relaxed);
        let inboxes: Vec<_> = self.table().values().map(|entry| entry.inbox.clone()).collect();
        let mut left = Vec::new();
        for inbox in inboxes {
            let (done, was_done) = oneshot::channel();
            if inbox.send(Message::Leave(departure, done)).await.is_ok() {
                left.push(was_done);
            }
        }
        for was_done in left {
            let _ = tokio::time::timeout(Duration::from_secs(1), was_done).await;
        }
        // The next daemon goes on with what is ready; if there is none, this one removes it.
        match departure {
            Departure::Restart => self.0.warm.close(),
            Departure::Stop => self.leave_nothing().await,
        }
        self.0.copies.leave().await;
    }
}
