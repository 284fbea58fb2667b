//! Who may have a file brought in or out, one at a time for each session, and what the audit says of it.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    time::timeout,
};

use super::{FileError, FilePath, MAX_TRANSFERS};
use crate::{
    audit,
    auth::Person,
    session::{NoSeat, Roster, SessionId, roster::Desk, task::Standing},
};

/// How long a transfer waits for the one before: its file may have arrived while what ran inside is still cleared away.
const TURN: Duration = Duration::from_secs(3);

/// Places for transfers on this host.
pub(in crate::session) struct Desks(Arc<Semaphore>);

impl Desks {
    pub(in crate::session) fn new() -> Desks {
        Desks(Arc::new(Semaphore::new(MAX_TRANSFERS)))
    }
}

/// Leave for one transfer: the session's place and the host's. Held until nothing of the transfer is left inside.
pub(super) struct Leave {
    _places: [OwnedSemaphorePermit; 2],
}

/// Asks for leave; `standing` tells when the session ends.
pub(super) async fn ask(
    roster: &Roster,
    id: SessionId,
    who: &Person,
) -> Result<(Leave, watch::Receiver<Standing>), FileError> {
    let Desk { standing, place } = roster.desk(id, who).map_err(|refused| match refused {
        NoSeat::NotYours => FileError::NotYours,
        NoSeat::NoSuchSession => FileError::NoSuchSession,
        NoSeat::Over(reason, _) => FileError::Ended(reason),
        NoSeat::ComeBack => FileError::Ending,
    })?;
    match standing.borrow().word {
        "attached" | "detached" => {}
        "ending" => return Err(FileError::Ending),
        _ => return Err(FileError::NotRunning),
    }
    let own = match timeout(TURN, place.acquire_owned()).await {
        Ok(Ok(own)) => own,
        _ => return Err(FileError::Busy),
    };
    let hosts = roster.desks().0.clone().try_acquire_owned().map_err(|_| FileError::Crowded)?;
    Ok((Leave { _places: [own, hosts] }, standing))
}

/// One transfer for the audit: written down when it is over, however that comes.
pub(super) struct Entry {
    pub(super) id: SessionId,
    pub(super) user: String,
    pub(super) peer: String,
    pub(super) direction: &'static str,
    pub(super) path: FilePath,
    /// Of the file, so far.
    pub(super) bytes: u64,
    pub(super) whole: bool,
}

impl Drop for Entry {
    fn drop(&mut self) {
        let Entry { id, user, peer, direction, path, bytes, whole } = self;
        audit::record(&audit::Event::File {
            id: *id,
            user,
            peer,
            direction,
            path: &path.to_string(),
            bytes: *bytes,
            outcome: if *whole { "whole" } else { "broken-off" },
        });
    }
}
