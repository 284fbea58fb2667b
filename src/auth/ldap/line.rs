//! Searches in a row on one connection, and the bind that begins them.

use std::num::NonZeroU16;

use super::{
    Directory, Trouble,
    connection::{Connection, Entry, Search, WireError},
    secret,
    verdict::{self, Verdict},
};
use crate::config::{Filter, SearchScope};

impl From<WireError> for Trouble {
    fn from(e: WireError) -> Trouble {
        Trouble(e.to_string())
    }
}

/// A connection between two searches. After one without an answer it is gone, and nothing more can be asked.
pub(super) struct Line(Option<Connection>);

/// Why a search has no entries to look at.
#[derive(Debug)]
pub(super) enum NoAnswer {
    /// There are more than the limit.
    TooMany,
    /// No entry has the name of the base.
    NoBase(Trouble),
    /// Another server may do better.
    Busy(Trouble),
    Trouble(Trouble),
}

impl From<NoAnswer> for Trouble {
    fn from(no: NoAnswer) -> Trouble {
        match no {
            NoAnswer::TooMany => Trouble("the directory has more entries than were asked for".into()),
            NoAnswer::NoBase(trouble) | NoAnswer::Busy(trouble) | NoAnswer::Trouble(trouble) => trouble,
        }
    }
}

impl Line {
    pub(super) fn new(connection: Connection) -> Line {
        Line(Some(connection))
    }

    /// The entries, at most `limit`.
    pub(super) async fn search(
        &mut self,
        base: &str,
        scope: SearchScope,
        filter: &Filter,
        attributes: &[&str],
        limit: NonZeroU16,
    ) -> Result<Vec<Entry>, NoAnswer> {
        let lost = || NoAnswer::Trouble(Trouble("the connection to the directory is lost".into()));
        let connection = self.0.take().ok_or_else(lost)?;
        let search = Search { base, scope, filter: filter.as_str(), attributes, limit };
        let (found, connection) = connection.search(search).await.map_err(|e| NoAnswer::Trouble(e.into()))?;
        let url = connection.url().clone();
        let said = |what: &str| Trouble(format!("{url}: {}", told(what, found.rc, &found.text)));
        let no = match found.rc {
            0 => {
                self.0 = Some(connection);
                return Ok(found.entries);
            }
            4 => NoAnswer::TooMany,
            32 => NoAnswer::NoBase(said(&format!("there is no entry {base}; look at user_base and group_base"))),
            1 | 50 => NoAnswer::Trouble(said(&format!(
                "nothing may be searched below {base}; give the service account (bind_dn) the right to read there"
            ))),
            10 => NoAnswer::Trouble(said(&format!("{base} is on another server; add that server to urls"))),
            51 | 52 | 80 => {
                connection.shun();
                return Err(NoAnswer::Busy(said("the directory cannot search now")));
            }
            _ => NoAnswer::Trouble(said(&format!("the search below {base} failed"))),
        };
        self.0 = Some(connection);
        Err(no)
    }

    /// Says goodbye.
    pub(super) async fn close(self) {
        if let Some(connection) = self.0 {
            connection.close().await;
        }
    }
}

impl Directory {
    /// A connection that searches as the service account, or for nobody if there is none.
    ///
    /// # Errors
    /// No server answers, or the account is refused; a server that is busy is passed over.
    pub(super) async fn as_service(&self) -> Result<Line, Trouble> {
        let mut busy = None;
        for _ in &self.settings.urls {
            match self.bind_service(self.servers.open().await?).await {
                Ok(line) => return Ok(line),
                Err(NoAnswer::Busy(trouble)) => busy = Some(trouble),
                Err(no) => return Err(no.into()),
            }
        }
        Err(busy.unwrap_or_else(no_server))
    }

    /// The same on this connection.
    pub(super) async fn bind_service(&self, connection: Connection) -> Result<Line, NoAnswer> {
        let (Some(dn), Some(secret)) = (&self.settings.bind_dn, &self.settings.bind_password) else {
            return Ok(Line::new(connection));
        };
        let url = connection.url().clone();
        let trouble = |what: String| Trouble(format!("{url}: {what}"));
        let password = secret::read(secret).map_err(NoAnswer::Trouble)?;
        let (answer, connection) = connection.bind(dn, &password).await.map_err(|e| NoAnswer::Trouble(e.into()))?;
        match (verdict::of_service(dn, &answer), connection) {
            (None, Some(connection)) => Ok(Line::new(connection)),
            (Some(Verdict::Busy(what)), _) => Err(NoAnswer::Busy(trouble(what))),
            (Some(Verdict::Trouble(what) | Verdict::Wrong(what)), _) => Err(NoAnswer::Trouble(trouble(what))),
            _ => Err(NoAnswer::Trouble(trouble(format!("the service account {dn} may not work here")))),
        }
    }
}

/// `what` is wrong, with the code and the server's own words behind it; what mends it stays behind a semicolon.
pub(super) fn told(what: &str, rc: u32, words: &str) -> String {
    let (wrong, way_out) =
        what.split_once("; ").map_or((what, String::new()), |(wrong, fix)| (wrong, format!("; {fix}")));
    let words = if words.is_empty() { String::new() } else { format!(": {}", words.replace("; ", ", ")) };
    format!("{wrong} (code {rc}{words}){way_out}")
}

/// A configuration has one at least.
pub(super) fn no_server() -> Trouble {
    Trouble("no directory server is configured; write auth.ldap.urls".into())
}
