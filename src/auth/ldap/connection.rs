//! One connection: bind and search, each within `operation_timeout` and checked by the guard before ldap3 sees a byte.
//!
//! Every operation takes the connection and gives it back only with a complete answer after which it is known who it
//! speaks for. After a time-out, a refused bind or a cancelled call there is none left to misuse.

use std::{collections::BTreeMap, num::NonZeroU16, time::Duration};

use super::{super::Password, door::Attempt, policy::Policy};
use crate::config::{LdapUrl, SearchScope};

/// A connection to one server, anonymous until a bind. Its sockets and tasks end with it.
pub(crate) struct Connection {}

/// What a bind was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BindAnswer {
    /// The result code; 0 alone does not mean that somebody may log in: see `policy`.
    pub(crate) rc: u32,
    /// The server's own words: at most 512 characters, none of them a control character. AD's `data 52e` is in here.
    pub(crate) text: String,
    pub(crate) policy: Policy,
}

/// What is looked for. The filter must have been built by escaping, base and attributes come from the configuration or
/// from the directory.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Search<'a> {
    pub(crate) base: &'a str,
    pub(crate) scope: SearchScope,
    pub(crate) filter: &'a str,
    /// Only these are asked for; `["1.1"]` for none.
    pub(crate) attributes: &'a [&'a str],
    /// Most entries; a server that sends more is hung up on, one that has more says so with code 4.
    pub(crate) limit: NonZeroU16,
}

/// What a search was answered. References are never followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) entries: Vec<Entry>,
    /// 0; 4 when there are more than `limit`; 32 no such base; 50 no right to look; 10 ask another server; …
    pub(crate) rc: u32,
    /// As in [`BindAnswer`].
    pub(crate) text: String,
}

/// One entry of the directory, with the attributes that were asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) dn: String,
    /// By name in lower case.
    attributes: BTreeMap<String, Vec<Vec<u8>>>,
}

impl Entry {
    /// All values, text or not; empty if there are none. The name's case does not matter.
    pub(crate) fn values(&self, name: &str) -> &[Vec<u8>] {
        self.attributes.get(&name.to_ascii_lowercase()).map_or(&[], Vec::as_slice)
    }

    /// Those values that are UTF-8.
    pub(crate) fn texts(&self, name: &str) -> impl Iterator<Item = &str> {
        self.values(name).iter().filter_map(|value| std::str::from_utf8(value).ok())
    }

    /// The value, if there is exactly one and it is UTF-8.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        match self.values(name) {
            [one] => std::str::from_utf8(one).ok(),
            _ => None,
        }
    }

    /// An entry for tests.
    #[cfg(test)]
    pub(crate) fn of(dn: &str, attributes: &[(&str, &[&[u8]])]) -> Entry {
        let attributes = attributes
            .iter()
            .map(|(name, values)| (name.to_ascii_lowercase(), values.iter().map(|v| v.to_vec()).collect()))
            .collect();
        Entry { dn: dn.to_owned(), attributes }
    }
}

/// Why there is no answer. Never about a person: no bind that was answered ends here.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WireError {
    /// No server could be reached; one attempt for each that was tried.
    #[error("no directory server can be reached: {}", .0.iter().map(|a| a.to_string()).collect::<Vec<_>>().join("; "))]
    Unreachable(Vec<Attempt>),
    #[error("{url}: no complete answer to the {operation} within {limit:?}")]
    TimedOut { url: LdapUrl, operation: &'static str, limit: Duration },
    /// The server hung up, or its answer was refused by the guard.
    #[error("{url}: {operation}: {why}")]
    Broken { url: LdapUrl, operation: &'static str, why: String },
    /// Nothing was sent.
    #[error("the filter `{0}` is not one: look at `user_filter`, `group_filter` and `require_filter`")]
    Filter(String),
    /// Nothing was sent: an empty name or password would be an anonymous bind, which servers answer with success.
    #[error("no bind is made with {0}")]
    NoBind(&'static str),
}

impl Connection {
    /// The server at the other end.
    pub(crate) fn url(&self) -> &LdapUrl {
        unreachable!("no connection is made yet")
    }

    /// Binds, always with the password policy control. The connection comes back only if the code is 0, and is then
    /// `dn`'s.
    ///
    /// # Errors
    /// [`WireError`], without a bind that counts as a try where nothing was sent.
    pub(crate) async fn bind(
        self,
        _dn: &str,
        _password: &Password,
    ) -> Result<(BindAnswer, Option<Connection>), WireError> {
        Err(WireError::NoBind("nothing"))
    }

    /// Searches. Comes back with the connection whatever the code is.
    ///
    /// # Errors
    /// [`WireError`]
    pub(crate) async fn search(self, search: Search<'_>) -> Result<(Found, Connection), WireError> {
        Err(WireError::Filter(search.filter.to_owned()))
    }

    /// Gives up on this server for 30 s: it answered, but that it cannot work now (codes 51, 52, 80). The next
    /// [`Servers::open`](super::door::Servers::open) begins with another, if there is one.
    pub(crate) fn shun(self) {}

    /// Says goodbye. Dropping does as well, less politely.
    pub(crate) async fn close(self) {}
}
