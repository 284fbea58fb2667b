//! One connection: bind and search, each within `operation_timeout` and checked by the guard before ldap3 sees a byte.
//!
//! Every operation takes the connection and gives it back only with a complete answer after which it is known who it
//! speaks for. After a time-out, a refused bind or a cancelled call there is none left to misuse.

use std::{collections::BTreeMap, io, num::NonZeroU16, sync::Arc, time::Duration};

use ldap3::{
    Ldap, LdapConnAsync, LdapConnSettings, LdapError, Scope, SearchEntry, SearchOptions, SearchResult, StdStream,
    controls::{Control, RawControl},
};
use tokio::{
    net::UnixStream,
    task::JoinHandle,
    time::{error::Elapsed, timeout},
};

use super::{
    super::Password,
    asked, ber,
    door::{Attempt, Server, Stream},
    policy::{PASSWORD_POLICY, Policy},
    relay::{Ended, relay},
};
use crate::config::{LdapUrl, SearchScope};

/// Most characters of a server's own words.
pub(super) const MAX_WORDS: usize = 512;
/// For the relay to tell why it ended, once ldap3 knows that it did.
const REASON: Duration = Duration::from_millis(50);
/// ldap3 gave up and the relay did not: that would be a fault of ours.
pub(super) const NO_REASON: &str = "the connection ended without a reason";
/// For saying goodbye.
const GOODBYE: Duration = Duration::from_millis(200);

/// A connection to one server, anonymous until a bind. Its sockets and tasks end with it.
pub(crate) struct Connection {
    ldap: Ldap,
    relay: JoinHandle<Result<(), Ended>>,
    driver: JoinHandle<()>,
    server: Arc<Server>,
    /// For one operation, with all its answers.
    limit: Duration,
}

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
    #[error("no bind was tried: {0}")]
    NoBind(&'static str),
}

impl Connection {
    /// ldap3 behind the relay: it only ever sees one end of a socket pair. Returns at once, with two tasks running.
    ///
    /// # Errors
    /// No descriptors are left.
    pub(super) async fn over(
        stream: impl Stream + 'static,
        server: Arc<Server>,
        limit: Duration,
    ) -> io::Result<Connection> {
        let (ours, theirs) = std::os::unix::net::UnixStream::pair()?;
        ours.set_nonblocking(true)?; // ldap3 does it for the other one
        let ours = UnixStream::from_std(ours)?;
        let settings = LdapConnSettings::new().set_std_stream(StdStream::Unix(theirs));
        let (driver, ldap) = LdapConnAsync::with_settings(settings, "ldapi:///").await.map_err(io::Error::other)?;
        let relay = tokio::spawn(relay(ours, stream));
        let driver = tokio::spawn(async move { drop(driver.drive().await) });
        Ok(Connection { ldap, relay, driver, server, limit })
    }

    /// The server at the other end.
    pub(crate) fn url(&self) -> &LdapUrl {
        &self.server.url
    }

    /// Binds, always with the password policy control. The connection comes back only if the code is 0, and is then
    /// `dn`'s. The copies of the password that ldap3 makes are not wiped.
    ///
    /// # Errors
    /// [`WireError`]; whether the server counted a try is not known then, but for [`WireError::NoBind`].
    pub(crate) async fn bind(
        mut self,
        dn: &str,
        password: &Password,
    ) -> Result<(BindAnswer, Option<Connection>), WireError> {
        const BIND: &str = "bind";
        if dn.is_empty() {
            return Err(WireError::NoBind("a name cannot be empty"));
        }
        password.check().map_err(WireError::NoBind)?;
        let ask = RawControl { ctype: PASSWORD_POLICY.to_owned(), crit: false, val: None };
        asked::asks(self.url());
        let bound = timeout(self.limit, self.ldap.with_controls(ask).simple_bind(dn, password.text())).await;
        let result = self.settle(BIND, bound).await?;
        let controls = result.ctrls.iter().map(|Control(_, raw)| (raw.ctype.as_str(), raw.val.as_deref()));
        let Some(policy) = Policy::read(controls) else {
            return Err(self.broken(BIND, "what it says of the password policy is malformed".to_owned()));
        };
        let answer = BindAnswer { rc: result.rc, text: ber::line(&result.text, MAX_WORDS), policy };
        let connection = (answer.rc == 0).then_some(self);
        Ok((answer, connection))
    }

    /// Searches. Comes back with the connection whatever the code is.
    ///
    /// # Errors
    /// [`WireError`]
    pub(crate) async fn search(mut self, search: Search<'_>) -> Result<(Found, Connection), WireError> {
        let seconds = i32::try_from(self.limit.as_secs()).unwrap_or(i32::MAX).max(1);
        let options = SearchOptions::new().sizelimit(i32::from(search.limit.get())).timelimit(seconds);
        let scope = match search.scope {
            SearchScope::Base => Scope::Base,
            SearchScope::OneLevel => Scope::OneLevel,
            SearchScope::Subtree => Scope::Subtree,
        };
        let attributes = search.attributes.to_vec();
        asked::asks(self.url());
        let sent = self.ldap.with_search_options(options).search(search.base, scope, search.filter, attributes);
        let found = timeout(self.limit, sent).await;
        if let Ok(Err(LdapError::FilterParsing)) = found {
            return Err(WireError::Filter(search.filter.to_owned()));
        }
        // References to other servers were put aside by ldap3, and stay there.
        let SearchResult(entries, result) = self.settle("search", found).await?;
        let found = Found {
            entries: entries.into_iter().map(|entry| Entry::from(SearchEntry::construct(entry))).collect(),
            rc: result.rc,
            text: ber::line(&result.text, MAX_WORDS),
        };
        Ok((found, self))
    }

    /// Gives up on this server for 30 s: it answered, but that it cannot work now (codes 51, 52, 80). The next
    /// [`Servers::open`](super::door::Servers::open) begins with another, if there is one.
    pub(crate) fn shun(self) {
        self.server.is_no_good(&"says that it cannot work now");
    }

    /// Says goodbye and waits, briefly, until it is said. Dropping ends everything as well, less politely.
    pub(crate) async fn close(mut self) {
        let goodbye = async {
            if self.ldap.unbind().await.is_ok() {
                let _ = (&mut self.relay).await;
            }
        };
        let _ = timeout(GOODBYE, goodbye).await;
    }

    /// An operation's outcome, with the true reason if there was no answer. The server counts as down then.
    async fn settle<T>(
        &mut self,
        operation: &'static str,
        outcome: Result<Result<T, LdapError>, Elapsed>,
    ) -> Result<T, WireError> {
        match outcome {
            Ok(Ok(answer)) => {
                self.server.is_good();
                Ok(answer)
            }
            // Its text may quote the request; the relay knows better.
            Ok(Err(_)) => {
                let why = match timeout(REASON, &mut self.relay).await {
                    Ok(Ok(Err(ended))) => ended.to_string(),
                    _ => NO_REASON.to_owned(),
                };
                Err(self.broken(operation, why))
            }
            Err(_) => {
                self.server.is_no_good(&format_args!("no complete answer to a {operation} within {:?}", self.limit));
                Err(WireError::TimedOut { url: self.url().clone(), operation, limit: self.limit })
            }
        }
    }

    fn broken(&self, operation: &'static str, why: String) -> WireError {
        self.server.is_no_good(&format_args!("{operation}: {why}"));
        WireError::Broken { url: self.url().clone(), operation, why }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.relay.abort();
        self.driver.abort();
    }
}

impl From<SearchEntry> for Entry {
    fn from(entry: SearchEntry) -> Entry {
        let mut attributes: BTreeMap<String, Vec<Vec<u8>>> = BTreeMap::new();
        let texts = entry.attrs.into_iter().map(|(name, values)| {
            let values: Vec<Vec<u8>> = values.into_iter().map(String::into_bytes).collect();
            (name, values)
        });
        for (name, values) in texts.chain(entry.bin_attrs) {
            attributes.entry(name.to_ascii_lowercase()).or_default().extend(values);
        }
        Entry { dn: entry.dn, attributes }
    }
}
