//! A file on its way in.

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

/// What to do where a file of the name is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Conflict {
    Refuse,
    /// It is lost.
    Replace,
    /// Keep both: the new one gets a number.
    Rename,
}

impl Conflict {
    /// As the API writes it.
    pub(crate) fn parse(word: &str) -> Option<Conflict> {
        [Conflict::Refuse, Conflict::Replace, Conflict::Rename].into_iter().find(|one| one.word() == word)
    }

    fn word(self) -> &'static str {
        match self {
            Conflict::Refuse => "refuse",
            Conflict::Replace => "replace",
            Conflict::Rename => "rename",
        }
    }
}

/// An upload that was let in and waits for its bytes. Dropped, nothing of it is kept.
pub(crate) struct Upload {
    talk: Talk,
    entry: Entry,
    size: u64,
}

impl Upload {
    /// Asks whether a file of `size` bytes may come to `path`. `peer` is for the audit.
    pub(crate) async fn begin(
        roster: &Roster,
        id: SessionId,
        who: &Person,
        peer: &str,
        (path, size, conflict): (FilePath, u64, Conflict),
    ) -> Result<Upload, FileError> {
        let (leave, standing) = ledger::ask(roster, id, who).await?;
        let temporary = format!("./.upload-{}", crate::sys::reference());
        let name = format!("./{}", path.name());
        let (stem, ending) = path.stem_and_ending();
        let (stem, bytes) = (format!("./{stem}"), size.to_string());
        let arguments = [path.directory(), &name, &bytes, conflict.word(), &temporary, &stem, ending];
        let command = [&[SHELL, "-c", scripts::UPLOAD, "upload"], arguments.as_slice()].concat();
        let exec = roster.podman().exec(id, &command, leave).await?;
        let mut talk = Talk::new(exec, standing);
        let word = talk.line().await;
        match word.as_deref() {
            Ok("go") => {}
            Ok(word) => {
                let refusal = talk.refusal(word).await;
                talk.end().await;
                return Err(refusal);
            }
            Err(_) => {
                talk.end().await;
                return Err(word.err().unwrap_or(FileError::Ending));
            }
        }
        let (user, peer) = (who.name.clone(), peer.to_owned());
        let entry = Entry { id, user, peer, direction: "in", path, bytes: 0, whole: false };
        Ok(Upload { talk, entry, size })
    }

    /// The next bytes of the file.
    ///
    /// # Errors
    /// Why it is over, if so; nothing of it is left then.
    pub(crate) async fn write(&mut self, bytes: Bytes) -> Result<(), FileError> {
        let more = bytes.len() as u64;
        match self.talk.send(bytes).await {
            Ok(true) => {
                self.entry.bytes += more;
                Ok(())
            }
            // It does not read on; what it says of it may still be on the way.
            Ok(false) | Err(FileError::Broken(_)) => Err(self.refused().await),
            Err(error) => Err(error),
        }
    }

    async fn refused(&mut self) -> FileError {
        self.talk.close_input();
        match self.talk.line().await {
            Ok(word) => self.talk.refusal(&word).await,
            Err(error) => error,
        }
    }

    /// All bytes were written: moves the file into its place and returns that.
    pub(crate) async fn finish(mut self) -> Result<FilePath, FileError> {
        let placed = self.place().await;
        self.entry.whole = placed.is_ok() && self.entry.bytes == self.size;
        self.talk.end().await;
        placed
    }

    async fn place(&mut self) -> Result<FilePath, FileError> {
        self.talk.close_input();
        let word = self.talk.line().await?;
        if word != "done" {
            return Err(self.talk.refusal(&word).await);
        }
        let said = self.talk.rest().await?;
        let said = String::from_utf8_lossy(&said);
        let name = said.strip_prefix("./").unwrap_or(&said);
        Ok(self.entry.path.beside(name))
    }

    /// Gives it up: returns when nothing of it is left.
    pub(crate) async fn abandon(self) {
        self.talk.end().await;
    }
}
