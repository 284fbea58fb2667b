//! The hash of a session's output, which goes on where an earlier daemon left it: its state stands in the chain.

use data_encoding::BASE64_NOPAD;
use sha2::{Digest, Sha256, digest::common::hazmat::SerializableState};

use crate::sys;

/// The SHA-256 of the output so far; `None` if it could not be gone on with.
#[derive(Clone)]
pub(super) struct Raw(Option<Sha256>);

impl Raw {
    /// Of nothing yet.
    pub(super) fn new() -> Raw {
        Raw(Some(Sha256::new()))
    }

    pub(super) fn update(&mut self, bytes: &[u8]) {
        if let Some(hash) = &mut self.0 {
            hash.update(bytes);
        }
    }

    /// Without the zeros at its end, of which there are many.
    pub(super) fn state(&self) -> String {
        let state = self.0.as_ref().map(SerializableState::serialize);
        let bytes = state.as_deref().unwrap_or_default();
        let end = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
        BASE64_NOPAD.encode(&bytes[..end])
    }

    /// Goes on from such a state, if it is one.
    pub(super) fn at(state: &str) -> Raw {
        let mut whole = Sha256::new().serialize();
        let restored =
            BASE64_NOPAD.decode(state.as_bytes()).ok().filter(|bytes| (1..=whole.len()).contains(&bytes.len()));
        Raw(restored.and_then(|bytes| {
            whole.fill(0);
            whole[..bytes.len()].copy_from_slice(&bytes);
            Sha256::deserialize(&whole).ok()
        }))
    }

    /// In hexadecimal digits.
    pub(super) fn digest(&self) -> Option<String> {
        self.0.clone().map(|hash| sys::hex(&hash.finalize()))
    }
}
