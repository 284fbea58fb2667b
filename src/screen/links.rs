//! The addresses behind cells (OSC 8). Cells name them by number; the oldest go when there are too many.

use std::collections::VecDeque;

/// Links that are kept at most.
const MAX_LINKS: usize = 1024;
/// Bytes of their ids and addresses together.
const MAX_BYTES: usize = 48 * 1024;

#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(super) struct Link {
    /// What makes two of the same address one; empty for none.
    pub(super) id: Box<str>,
    pub(super) uri: Box<str>,
}

impl Link {
    fn len(&self) -> usize {
        self.id.len() + self.uri.len()
    }
}

#[derive(Debug, Default, serde::Serialize, serde::Deserialize)]
pub(super) struct Links {
    kept: VecDeque<Link>,
    /// How many have gone.
    gone: u32,
    bytes: usize,
}

impl Links {
    /// The number of a link, new unless it has an id that is known.
    pub(super) fn add(&mut self, id: &str, uri: &str) -> u32 {
        let known = || self.kept.iter().rposition(|link| *link.id == *id && *link.uri == *uri);
        if let Some(at) = if id.is_empty() { None } else { known() } {
            return self.gone + at as u32 + 1;
        }
        let link = Link { id: id.into(), uri: uri.into() };
        self.bytes += link.len();
        self.kept.push_back(link);
        while self.kept.len() > MAX_LINKS || (self.bytes > MAX_BYTES && self.kept.len() > 1) {
            if let Some(oldest) = self.kept.pop_front() {
                self.bytes -= oldest.len();
                self.gone = self.gone.wrapping_add(1);
            }
        }
        self.gone.wrapping_add(self.kept.len() as u32)
    }

    /// The link with this number, unless it has gone.
    pub(super) fn get(&self, number: u32) -> Option<&Link> {
        self.kept.get(number.wrapping_sub(self.gone).wrapping_sub(1) as usize)
    }

    /// Of one that was kept: the sizes are what they say, and within the bounds.
    pub(super) fn is_sound(&self) -> bool {
        let bytes: usize = self.kept.iter().map(Link::len).sum();
        self.bytes == bytes && self.kept.len() <= MAX_LINKS && (bytes <= MAX_BYTES || self.kept.len() == 1)
    }

    pub(super) fn len(&self) -> usize {
        self.kept.len()
    }

    /// Bytes of memory that they take.
    #[cfg(any(test, fuzzing))]
    pub(super) fn memory(&self) -> usize {
        self.bytes + self.kept.capacity() * size_of::<Link>()
    }
}
