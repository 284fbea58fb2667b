//! Words and bytes between us and a script.

use bytes::{Buf, Bytes, BytesMut};
use tokio::{sync::watch, time::timeout};

use super::{FileError, STALL};
use crate::{podman::Exec, session::task::Standing};

/// Bytes of one line of a script.
const MAX_LINE: usize = 64;
/// Bytes of all that it says at the end.
const MAX_LAST: usize = 8 * 1024;
/// Characters of an error that are told on.
const MAX_TOLD: usize = 300;

/// A script at work. It ends with its session.
pub(super) struct Talk {
    exec: Exec,
    standing: watch::Receiver<Standing>,
    heard: BytesMut,
}

impl Talk {
    pub(super) fn new(exec: Exec, standing: watch::Receiver<Standing>) -> Talk {
        Talk { exec, standing, heard: BytesMut::new() }
    }

    /// The next piece of output, what was heard beyond a line first; `None` at the end.
    pub(super) async fn piece(&mut self) -> Result<Option<Bytes>, FileError> {
        if self.heard.has_remaining() {
            return Ok(Some(self.heard.split().freeze()));
        }
        let exec = &mut self.exec;
        while_it_lasts(&mut self.standing, async { Ok(exec.read().await?) }).await
    }

    /// The next line, without its end; at most [`MAX_LINE`] bytes.
    pub(super) async fn line(&mut self) -> Result<String, FileError> {
        loop {
            if let Some(at) = self.heard.iter().position(|b| *b == b'\n') {
                let line = self.heard.split_to(at);
                self.heard.advance(1);
                return Ok(String::from_utf8_lossy(&line).into_owned());
            }
            if self.heard.len() > MAX_LINE || !self.hear().await? {
                return Err(self.unclear());
            }
        }
    }

    /// Hears what is said next; false at the end.
    async fn hear(&mut self) -> Result<bool, FileError> {
        let exec = &mut self.exec;
        match while_it_lasts(&mut self.standing, async { Ok(exec.read().await?) }).await? {
            None => Ok(false),
            Some(bytes) => {
                self.heard.extend_from_slice(&bytes);
                Ok(true)
            }
        }
    }

    /// Everything that is still said.
    pub(super) async fn rest(&mut self) -> Result<Bytes, FileError> {
        while self.heard.len() <= MAX_LAST && self.hear().await? {}
        Ok(self.heard.split().freeze())
    }

    /// Sends these bytes. False: the script has said something instead of reading on.
    pub(super) async fn send(&mut self, mut bytes: Bytes) -> Result<bool, FileError> {
        let (exec, heard) = (&mut self.exec, &mut self.heard);
        while_it_lasts(&mut self.standing, async {
            match exec.write_or_read(&mut bytes).await? {
                None => Ok(true),
                Some(said) => {
                    heard.extend_from_slice(&said);
                    Ok(false)
                }
            }
        })
        .await
    }

    pub(super) fn close_input(&mut self) {
        self.exec.close_input();
    }

    /// Why it refused; `word` is what it said.
    pub(super) async fn refusal(&mut self, word: &str) -> FileError {
        match word {
            "missing" => FileError::Missing,
            "no-directory" => FileError::NoDirectory,
            "denied" => FileError::Denied,
            "directory" => FileError::Directory,
            "special" => FileError::Special,
            "exists" => FileError::Exists,
            "short" => FileError::Short,
            "tool" => match self.line().await {
                Ok(tool) => FileError::NoTool(tellable(tool.as_bytes())),
                Err(error) => error,
            },
            "failed" => {
                if let Err(error) = self.rest().await {
                    return error; // its error output is whole at the end
                }
                let why = tellable(self.exec.errors());
                let full = ["No space left", "Disk quota exceeded", "File too large", "File size limit"];
                if full.iter().any(|text| why.contains(text)) { FileError::NoRoom(why) } else { FileError::Failed(why) }
            }
            _ => self.unclear(),
        }
    }

    /// It said nothing that makes sense. Without a shell in the image the runtime says why.
    fn unclear(&self) -> FileError {
        if self.exec.errors().is_empty() {
            return FileError::Killed;
        }
        let why = tellable(self.exec.errors());
        let without_shell = why.contains("not found") || why.contains("No such file or directory");
        if without_shell { FileError::NoTool(super::SHELL.to_owned()) } else { FileError::Failed(why) }
    }

    /// Returns when nothing of it is left.
    pub(super) async fn end(self) {
        self.exec.end().await;
    }
}

/// Does `work`, unless the session is about to end, or nothing moves for too long.
async fn while_it_lasts<T>(
    standing: &mut watch::Receiver<Standing>,
    work: impl Future<Output = Result<T, FileError>>,
) -> Result<T, FileError> {
    let over = standing.wait_for(|standing| standing.word == "ending");
    tokio::select! {
        biased;
        _ = over => Err(FileError::Ending), // an error: its task is gone
        done = timeout(STALL, work) => done.unwrap_or(Err(FileError::Stalled)),
    }
}

/// Somebody's bytes on one line, for a message.
fn tellable(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let told: String = line.chars().filter(|c| !c.is_control()).take(MAX_TOLD).collect();
    let told = told.trim_end_matches('.');
    if told.is_empty() { "it said nothing".to_owned() } else { told.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_container_says_is_one_short_line_without_controls() {
        assert_eq!(
            tellable(b"cat: write error:\n\tNo space left on device\n"),
            "cat: write error: No space left on device"
        );
        assert_eq!(tellable(b"\x1b]0;x\x07\xff"), "]0;x\u{fffd}");
        assert_eq!(tellable(b" \n"), "it said nothing");
        assert_eq!(tellable(&b"x".repeat(5000)).len(), MAX_TOLD);
    }
}
