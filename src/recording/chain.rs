//! `<id>.chain`: what of the `.cast` is whole, and hashes that hang together, so that no byte of either file changes unseen by
//! who knows the last hash. The journal does.
//!
//! Every line but the first ends with a hash: SHA-256 of the hash before it, of the line itself up to there, and of the bytes
//! of the `.cast` that it is about. Before the first one stands the SHA-256 of the first line.

use std::{fmt, str::FromStr};

use sha2::{Digest, Sha256};

use super::NotALine;
use crate::{
    auth::OwnerId,
    session::{SessionId, Size},
    sys::{self, BootTime},
};

/// Bytes of one line at most.
pub(crate) const MAX_CHAIN_LINE: usize = 4096;
const VERSION: u32 = 1;
const BLOCK_ENDS: &str = ",\"sha256\":\"";
const SEAL_ENDS: &str = ",\"head\":\"";

/// A SHA-256; of a recording that is sealed the one that stands for all of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hash([u8; 32]);

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&sys::hex(&self.0))
    }
}

impl FromStr for Hash {
    type Err = NotALine;
    /// 64 hexadecimal digits.
    fn from_str(text: &str) -> Result<Hash, NotALine> {
        let bytes = data_encoding::HEXLOWER_PERMISSIVE.decode(text.as_bytes()).ok();
        let bytes = bytes.and_then(|bytes| bytes.try_into().ok());
        bytes.map(Hash).ok_or_else(|| NotALine("a hash is 64 hexadecimal digits".into()))
    }
}

/// The first line: whose recording this is.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Begin {
    pub(crate) version: u32,
    pub(crate) session: SessionId,
    pub(crate) owner: OwnerId,
    pub(crate) user: String,
    pub(crate) profile: String,
    /// Unix seconds.
    pub(crate) started: u64,
    /// The same moment on the clock that the times below count from.
    pub(crate) boot: BootTime,
}

impl Begin {
    pub(crate) fn new(session: SessionId, owner: OwnerId, user: String, profile: String) -> Begin {
        let (started, boot) = (sys::unix_seconds(), BootTime::now());
        Begin { version: VERSION, session, owner, user, profile, started, boot }
    }

    /// One line without its line feed.
    ///
    /// # Errors
    /// A sentence; also for another version.
    pub(crate) fn parse(line: &[u8]) -> Result<Begin, NotALine> {
        let begin: Begin = serde_json::from_slice(line).map_err(|error| NotALine::json(&error))?;
        match begin.version {
            VERSION => Ok(begin),
            other => Err(NotALine(format!("it is of version {other}; this program reads version {VERSION}"))),
        }
    }

    /// The line, with its line feed, and the hash before the first block.
    pub(super) fn line(&self) -> (String, Hash) {
        let line = serde_json::to_string(self).expect("texts and numbers");
        let hash = Begin::hash(line.as_bytes());
        (line + "\n", hash)
    }

    /// The hash before the first block, of the first line without its line feed.
    pub(super) fn hash(line: &[u8]) -> Hash {
        Hash(Sha256::digest(line).into())
    }
}

/// A piece of the `.cast`, of whole lines. Counts are from the beginning, of everything up to this block's end.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Block {
    /// From 0.
    pub(crate) n: u64,
    /// Milliseconds since the start, of its last event.
    pub(crate) time: u64,
    /// Bytes of the `.cast`.
    pub(crate) cast: u64,
    /// Bytes of output that are recorded.
    pub(crate) stream: u64,
    /// Where in the session's output recording goes on, if some of it is not recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) at: Option<u64>,
    /// The terminal's size.
    pub(crate) cols: u16,
    pub(crate) rows: u16,
    /// Where the SHA-256 of the recorded output stands, so that it can be gone on with.
    pub(crate) raw: String,
}

/// The end: nothing comes after it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Seal {
    /// Always true; tells the line from a block.
    pub(crate) seal: bool,
    pub(crate) cast: u64,
    pub(crate) stream: u64,
    /// SHA-256 of the recorded output as the terminal gave it, before it was made text.
    pub(crate) raw_sha256: Option<String>,
    /// Why the session ended: its stable code.
    pub(crate) reason: String,
    /// The shell's, where it is known.
    pub(crate) status: Option<i32>,
    /// Unix seconds.
    pub(crate) ended: u64,
}

impl Block {
    /// Where in the session's output recording goes on.
    pub(crate) fn position(&self) -> u64 {
        self.at.unwrap_or(self.stream)
    }

    pub(crate) fn size(&self) -> Option<Size> {
        Size::new(self.cols, self.rows)
    }

    /// The line, with its line feed, and its hash; `cast` are the bytes that it is about.
    pub(super) fn line(&self, before: Hash, cast: &[u8]) -> (String, Hash) {
        close(serde_json::to_string(self), BLOCK_ENDS, before, cast)
    }
}

impl Seal {
    /// The same of the seal, which is about no bytes of the `.cast`.
    pub(super) fn line(&self, before: Hash) -> (String, Hash) {
        close(serde_json::to_string(self), SEAL_ENDS, before, b"")
    }
}

fn close(facts: serde_json::Result<String>, ends: &str, before: Hash, cast: &[u8]) -> (String, Hash) {
    let mut line = facts.expect("texts and numbers");
    line.pop(); // the closing brace
    let hash = Hash::of(before, line.as_bytes(), cast);
    (format!("{line}{ends}{hash}\"}}\n"), hash)
}

impl Hash {
    fn of(before: Hash, facts: &[u8], cast: &[u8]) -> Hash {
        Hash(Sha256::new_with_prefix(before.0).chain_update(facts).chain_update(cast).finalize().into())
    }
}

/// A line behind the first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ChainLine {
    Block(Block),
    Seal(Seal),
}

impl ChainLine {
    /// One line without its line feed, and the hash that it claims.
    ///
    /// # Errors
    /// A sentence.
    pub(crate) fn parse(line: &[u8]) -> Result<(ChainLine, Hash), NotALine> {
        let json = |error: serde_json::Error| NotALine::json(&error);
        if let Some((_, hash)) = split(line, SEAL_ENDS) {
            let seal: Seal = serde_json::from_slice(line).map_err(json)?;
            return Ok((ChainLine::Seal(seal), hash));
        }
        let (_, hash) = split(line, BLOCK_ENDS).ok_or_else(|| NotALine("it does not end with its hash".into()))?;
        let block: Block = serde_json::from_slice(line).map_err(json)?;
        Size::new(block.cols, block.rows).ok_or_else(|| NotALine("it has no size of a terminal".into()))?;
        Ok((ChainLine::Block(block), hash))
    }

    /// Whether `line` has the hash that belongs to it, where `before` is the one before it and `cast` the bytes it is about.
    pub(crate) fn is_genuine(line: &[u8], before: Hash, cast: &[u8]) -> bool {
        let parts = split(line, BLOCK_ENDS).or_else(|| split(line, SEAL_ENDS));
        parts.is_some_and(|(facts, hash)| Hash::of(before, facts, cast) == hash)
    }
}

/// A line's facts, and the hash at its end.
fn split<'a>(line: &'a [u8], ends: &str) -> Option<(&'a [u8], Hash)> {
    let (rest, end) = line.split_at_checked(line.len().checked_sub(64 + 2)?)?;
    let hash = data_encoding::HEXLOWER.decode(end.strip_suffix(b"\"}")?).ok()?; // one spelling only
    Some((rest.strip_suffix(ends.as_bytes())?, Hash(hash.try_into().ok()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block() -> Block {
        Block { n: 3, time: 40, cast: 900, stream: 70, at: Some(90), cols: 80, rows: 24, raw: "AAAA".into() }
    }

    fn seal() -> Seal {
        Seal { seal: true, cast: 900, stream: 70, raw_sha256: None, reason: "exit".into(), status: Some(-1), ended: 9 }
    }

    #[test]
    fn lines_are_read_as_they_were_written_and_are_genuine() {
        let before = Begin::hash(b"x");
        let (line, hash) = block().line(before, b"cast");
        let line = line.trim_end().as_bytes();
        assert_eq!(ChainLine::parse(line), Ok((ChainLine::Block(block()), hash)));
        assert!(ChainLine::is_genuine(line, before, b"cast"));
        assert!(!ChainLine::is_genuine(line, before, b"Cast"));
        assert!(!ChainLine::is_genuine(line, hash, b"cast"));
        let (line, head) = seal().line(hash);
        assert_eq!(ChainLine::parse(line.trim_end().as_bytes()), Ok((ChainLine::Seal(seal()), head)));
        assert!(ChainLine::is_genuine(line.trim_end().as_bytes(), hash, b""));
        assert_eq!(head.to_string().parse(), Ok(head));
    }

    #[test]
    fn no_byte_of_a_line_changes_without_being_noticed() {
        let before = Begin::hash(b"x");
        for line in [block().line(before, b"cast").0, seal().line(before).0] {
            for at in 0..line.len() - 1 {
                for bit in 0..8 {
                    let mut wrong = line.trim_end().as_bytes().to_vec();
                    wrong[at] ^= 1 << bit;
                    let cast: &[u8] = if line.contains("seal") { b"" } else { b"cast" };
                    assert!(!ChainLine::is_genuine(&wrong, before, cast), "byte {at} of {line}");
                }
            }
        }
    }

    #[test]
    fn a_cut_line_is_none() {
        for line in [block().line(Begin::hash(b""), b"").0, seal().line(Begin::hash(b"")).0] {
            for cut in 0..line.len() - 1 {
                assert!(ChainLine::parse(&line.as_bytes()[..cut]).is_err(), "{cut} bytes of {line}");
            }
        }
        assert!(Begin::parse(b"{\"version\":1").is_err());
    }
}
