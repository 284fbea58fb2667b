//! A file on its way out.

use bytes::Bytes;

use super::{
    FileError, FilePath, SHELL,
    ledger::{self, Entry},
    scripts,
    talk::Talk,
};
use crate::{
    auth::Person,
    session::{Roster, SessionId},
};

/// A file whose bytes are about to come. Dropped, it is given up.
pub(crate) struct Download {
    talk: Talk,
    entry: Entry,
    size: u64,
}

impl Download {
    /// Asks for the file at `path`, which may have `limit` bytes. `peer` is for the audit.
    pub(crate) async fn begin(
        roster: &Roster,
        id: SessionId,
        who: &Person,
        peer: &str,
        (path, limit): (FilePath, u64),
    ) -> Result<Download, FileError> {
        let (leave, standing) = ledger::ask(roster, id, who).await?;
        let argument = path.argument();
        let command = [SHELL, "-c", scripts::DOWNLOAD, "download", &argument];
        let exec = roster.podman().exec(id, &command, leave).await?;
        let mut talk = Talk::new(exec, standing);
        match size(&mut talk, limit).await {
            Ok(size) => {
                let (user, peer) = (who.name.clone(), peer.to_owned());
                let entry = Entry { id, user, peer, direction: "out", path, bytes: 0, whole: false };
                Ok(Download { talk, entry, size })
            }
            Err(error) => {
                talk.end().await;
                Err(error)
            }
        }
    }

    /// Bytes.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// The next bytes; `None` when all of them came.
    ///
    /// # Errors
    /// Also when the file has become shorter than it was.
    pub(crate) async fn read(&mut self) -> Result<Option<Bytes>, FileError> {
        let left = self.size - self.entry.bytes;
        let Some(mut bytes) = self.talk.piece().await? else {
            self.entry.whole = left == 0;
            return if left == 0 { Ok(None) } else { Err(FileError::Short) };
        };
        bytes.truncate(usize::try_from(left).unwrap_or(usize::MAX)); // more than it said is not believed
        self.entry.bytes += bytes.len() as u64;
        Ok(Some(bytes))
    }

    /// Returns when nothing of it is left inside.
    pub(crate) async fn end(self) {
        self.talk.end().await;
    }
}

/// What the script says of the file before its bytes.
async fn size(talk: &mut Talk, limit: u64) -> Result<u64, FileError> {
    let word = talk.line().await?;
    if word != "size" {
        return Err(talk.refusal(&word).await);
    }
    let said = talk.line().await?;
    let size = said.parse().map_err(|_| FileError::Failed("the size of the file makes no sense".to_owned()))?;
    if size > limit { Err(FileError::TooLarge { size, limit }) } else { Ok(size) }
}
