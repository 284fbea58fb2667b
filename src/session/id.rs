//! A session's name: 12 characters of base32, 60 random bits, safe in paths, labels, URLs and container names.

use std::{fmt, str::FromStr};

const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
const LENGTH: usize = 12;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct SessionId([u8; LENGTH]);

impl SessionId {
    pub(crate) fn random() -> Self {
        Self(crate::sys::random::<LENGTH>().map(|b| ALPHABET[usize::from(b & 31)]))
    }

    pub(crate) fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("only letters of ALPHABET are ever stored")
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Not a session id.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("a session id is {LENGTH} characters of a-z and 2-7")]
pub(crate) struct NotAnId;

impl FromStr for SessionId {
    type Err = NotAnId;
    fn from_str(s: &str) -> Result<Self, NotAnId> {
        let bytes: [u8; LENGTH] = s.as_bytes().try_into().map_err(|_| NotAnId)?;
        if bytes.iter().all(|b| ALPHABET.contains(b)) { Ok(Self(bytes)) } else { Err(NotAnId) }
    }
}

impl serde::Serialize for SessionId {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.as_str())
    }
}

impl<'de> serde::Deserialize<'de> for SessionId {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let s = <std::borrow::Cow<'de, str>>::deserialize(d)?;
        s.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_survives_its_own_text_and_nothing_else_is_one() {
        let id = SessionId::random();
        assert_eq!(id.to_string().parse(), Ok(id));
        for wrong in ["", "short", "abcdefghijkl2", "ABCDEFGHIJKL", "abcdefghijk1", "abcdefghij/k", "abcdefghijk\u{e9}"]
        {
            assert_eq!(wrong.parse::<SessionId>(), Err(NotAnId), "{wrong}");
        }
    }
}
