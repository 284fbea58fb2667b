//! One login: who the name means, and whether the password is theirs.
//!
//! The password is tried on a connection of its own, and groups are looked at only after it was right: whoever fails,
//! unknown or known, has cost the same operations.

use std::{num::NonZeroU16, sync::atomic::Ordering};

use tokio::time::Instant;

use super::{
    Candidate, Directory, Notice, Password, Proof, Stopped, Trouble, account,
    asked::in_time,
    connection::{Connection, Entry},
    groups,
    line::{Line, NoAnswer, no_server},
    person,
    policy::Policy,
    verdict::{self, Verdict},
};
use crate::config::{BindTemplate, Filter, LdapAuth, SearchScope, is_format};

const MAX_TYPED_NAME: usize = 128; // characters
/// One more than may be found.
pub(super) const TWO: NonZeroU16 = NonZeroU16::new(2).expect("it is not 0");
pub(super) const ONE: NonZeroU16 = NonZeroU16::MIN;
/// No entry is called so: the name of the bind that is made for nobody.
const NOBODY: &str = "coracle-nobody-8c1f0d";

/// One login's connection. Everything ends `login_timeout` after it began.
pub(crate) struct Visit<'d> {
    directory: &'d Directory,
    deadline: Instant,
    /// The service account's; in template mode there is none.
    pub(super) line: Option<Line>,
    pub(super) found: Looked,
}

/// What [`Visit::find`] saw.
pub(super) enum Looked {
    /// The reason is for the audit.
    Nobody(String),
    Somebody(Box<Entry>),
    /// Template mode: nothing was looked at.
    Typed(String),
}

/// What one bind with a typed password said.
pub(super) struct Tried {
    pub(super) verdict: Verdict,
    pub(super) policy: Policy,
    /// There if and only if the code was 0.
    connection: Option<Connection>,
}

impl Directory {
    /// Opens one login's connection: first good URL, TLS, service bind.
    pub(crate) async fn visit(&self) -> Result<Visit<'_>, Trouble> {
        let deadline = Instant::now() + self.settings.login_timeout;
        let line = match &self.settings.user_dn_template {
            None => Some(in_time(deadline, self.settings.login_timeout, self.as_service()).await?),
            Some(_) => None,
        };
        Ok(Visit { directory: self, deadline, line, found: Looked::Nobody("nobody was looked for".into()) })
    }

    /// How many binds with a typed password were sent.
    #[cfg(test)]
    pub(crate) fn binds(&self) -> u64 {
        self.binds.load(Ordering::Relaxed)
    }

    /// One bind with a typed password, on a new connection; a server that is busy is passed over.
    pub(super) async fn try_password(&self, dn: &str, password: &Password) -> Result<Tried, Trouble> {
        self.binds.fetch_add(1, Ordering::Relaxed);
        let mut busy = None;
        for _ in &self.settings.urls {
            let connection = self.servers.open().await?;
            let url = connection.url().clone();
            let (answer, connection) = connection.bind(dn, password).await?;
            match verdict::of_person(self.settings.directory, self.settings.grace_logins, &answer) {
                Verdict::Busy(what) => busy = Some(Trouble(format!("{url}: {what}"))),
                Verdict::Trouble(what) => return Err(Trouble(format!("{url}: {what}"))),
                verdict => return Ok(Tried { verdict, policy: answer.policy, connection }),
            }
        }
        Err(busy.unwrap_or_else(no_server))
    }
}

impl Visit<'_> {
    /// Exactly one entry, or nobody.
    pub(crate) async fn find(&mut self, name: &str) -> Result<Option<Candidate>, Trouble> {
        let limit = self.directory.settings.login_timeout;
        in_time(self.deadline, limit, self.look(name)).await
    }

    async fn look(&mut self, name: &str) -> Result<Option<Candidate>, Trouble> {
        let settings = &self.directory.settings;
        if !possible_name(name) {
            self.found = Looked::Nobody("not a possible name".into());
            return Ok(None);
        }
        if let Some(template) = &settings.user_dn_template {
            let Some(bind_name) = template.fill(name) else {
                self.found = Looked::Nobody("not a possible name".into());
                return Ok(None);
            };
            self.found = Looked::Typed(name.to_owned());
            let lower = name.to_lowercase();
            return Ok(Some(Candidate { key: lower.clone(), name: lower, dn: bind_name.as_str().to_owned() }));
        }
        let entry = match self.search_person(name).await? {
            Ok(entry) => entry,
            Err(reason) => {
                self.found = Looked::Nobody(reason);
                return Ok(None);
            }
        };
        match person::identity(settings, &entry) {
            Ok(identity) => {
                let dn = entry.dn.clone();
                self.found = Looked::Somebody(Box::new(entry));
                Ok(Some(Candidate { key: identity.id, name: identity.name, dn }))
            }
            Err(reason) => {
                self.found = Looked::Nobody(reason);
                Ok(None)
            }
        }
    }

    /// As the service account; a server that is busy is passed over. The inner error is for the audit.
    async fn search_person(&mut self, name: &str) -> Result<Result<Entry, String>, Trouble> {
        let settings = &self.directory.settings;
        let filter = settings.user_filter.fill(name, "");
        let mut busy = None;
        for _ in &settings.urls {
            let mut line = match self.line.take() {
                Some(line) => line,
                None => self.directory.as_service().await?,
            };
            let attributes = person::attributes(settings);
            let answer = line.search(&settings.user_base, settings.user_scope, &filter, &attributes, TWO).await;
            if let Err(NoAnswer::Busy(trouble)) = answer {
                busy = Some(trouble);
                continue;
            }
            self.line = Some(line);
            return exactly_one(answer);
        }
        Err(busy.unwrap_or_else(no_server))
    }

    /// One bind, whoever it is: for nobody it is one of a fixed DN that does not exist, so the work is the same.
    pub(crate) async fn prove(self, candidate: Option<&Candidate>, password: &Password) -> Result<Proof, Trouble> {
        let (deadline, limit) = (self.deadline, self.directory.settings.login_timeout);
        in_time(deadline, limit, self.try_it(candidate, password)).await
    }

    async fn try_it(self, candidate: Option<&Candidate>, password: &Password) -> Result<Proof, Trouble> {
        if password.check().is_err() {
            return refused("not a possible password"); // some directories take an empty one for an anonymous bind
        }
        let Some(candidate) = candidate else {
            self.directory.try_password(&nobody(&self.directory.settings), password).await?;
            return match self.found {
                Looked::Nobody(reason) => refused(&reason),
                _ => refused("no such account"),
            };
        };
        let tried = self.directory.try_password(&candidate.dn, password).await?;
        self.judge(candidate, password, tried).await
    }

    /// What the bind means, and if it was right, the entry and the groups.
    pub(super) async fn judge(
        self,
        candidate: &Candidate,
        password: &Password,
        tried: Tried,
    ) -> Result<Proof, Trouble> {
        let Visit { directory, line, found, .. } = self;
        let notice = match tried.verdict {
            Verdict::Right(notice) => notice,
            Verdict::Stopped(state) => return Ok(Proof::Stopped { found_name: candidate.name.clone(), state }),
            Verdict::Wrong(reason) => return refused(&reason),
            Verdict::Busy(what) | Verdict::Trouble(what) => return Err(Trouble(what)),
        };
        let Some(connection) = tried.connection else {
            return Err(Trouble("the directory closed after a right bind".into()));
        };
        let own = Line::new(connection);
        match (line, found, &directory.settings.user_dn_template) {
            (Some(line), Looked::Somebody(entry), None) => {
                own.close().await;
                directory.look_closer(line, *entry, notice).await
            }
            (None, Looked::Typed(name), Some(template)) => {
                let mut own = own;
                match directory.own_entry(&mut own, template, &name, &candidate.dn, password).await? {
                    Ok(entry) => directory.look_closer(own, entry, notice).await,
                    Err(reason) => refused(&reason),
                }
            }
            _ => refused("not the person that was found"),
        }
    }
}

impl Directory {
    /// What the entry and its groups say of somebody whose password was right.
    async fn look_closer(&self, mut line: Line, entry: Entry, notice: Option<Notice>) -> Result<Proof, Trouble> {
        let settings = &self.settings;
        let identity = match person::identity(settings, &entry) {
            Ok(identity) => identity,
            Err(reason) => return Ok(Proof::Refused { reason }),
        };
        let now = crate::sys::unix_seconds();
        let stopped = |state| Ok(Proof::Stopped { found_name: identity.name.clone(), state });
        if let Some(state) =
            person::stopped(settings.directory, account::state(settings.directory, &entry, now), notice)
        {
            return stopped(state);
        }
        if !self.is_required(&mut line, &entry).await? {
            return stopped(Stopped::NotAllowed);
        }
        let groups = groups::of(&mut line, settings, &entry, &identity).await?;
        line.close().await;
        if person::admitted(settings, &groups).is_err() {
            return stopped(Stopped::NotAllowed);
        }
        let soon = || account::expires_in(settings.directory, &entry, now).map(|seconds| Notice::ExpiresIn { seconds });
        Ok(Proof::In { found: person::found(settings, identity, &groups), notice: notice.or_else(soon) })
    }

    /// Whether `require_filter`, if there is one, takes the entry.
    pub(super) async fn is_required(&self, line: &mut Line, entry: &Entry) -> Result<bool, Trouble> {
        let Some(filter) = &self.settings.require_filter else { return Ok(true) };
        match line.search(&entry.dn, SearchScope::Base, filter, &["1.1"], ONE).await {
            Ok(entries) => Ok(entries.len() == 1),
            Err(NoAnswer::NoBase(_)) => Ok(false),
            Err(no) => Err(no.into()),
        }
    }

    /// Template mode: one's own entry, as oneself. What a login name finds must take the same password: the directory
    /// may know somebody else by it.
    async fn own_entry(
        &self,
        line: &mut Line,
        template: &BindTemplate,
        typed: &str,
        bind_name: &str,
        password: &Password,
    ) -> Result<Result<Entry, String>, Trouble> {
        let settings = &self.settings;
        let attributes = person::attributes(settings);
        let found = if template.is_dn() {
            line.search(bind_name, SearchScope::Base, &Filter::everything(), &attributes, TWO).await
        } else {
            let filter = settings.user_filter.fill(typed, "");
            line.search(&settings.user_base, settings.user_scope, &filter, &attributes, TWO).await
        };
        let entry = match exactly_one(found)? {
            Ok(entry) => entry,
            Err(reason) => return Ok(Err(format!("the password is right, but of one's own entry: {reason}"))),
        };
        if !template.is_dn() {
            let again = self.try_password(&entry.dn, password).await?;
            if !matches!(again.verdict, Verdict::Right(_)) {
                return Ok(Err(format!("{} has another password than {bind_name}", entry.dn)));
            }
        }
        Ok(Ok(entry))
    }
}

fn refused(reason: &str) -> Result<Proof, Trouble> {
    Ok(Proof::Refused { reason: reason.to_owned() })
}

/// The inner error is for the audit.
fn exactly_one(answer: Result<Vec<Entry>, NoAnswer>) -> Result<Result<Entry, String>, Trouble> {
    match answer {
        Ok(mut entries) => Ok(match (entries.pop(), entries.is_empty()) {
            (Some(entry), true) => Ok(entry),
            (Some(_), false) => Err("two entries of the directory have this name".into()),
            (None, _) => Err("the directory shows nobody of this name".into()),
        }),
        Err(NoAnswer::TooMany) => Ok(Err("two entries of the directory have this name".into())),
        Err(no) => Err(no.into()),
    }
}

/// The bind for nobody.
fn nobody(settings: &LdapAuth) -> String {
    let filled = settings.user_dn_template.as_ref().and_then(|template| template.fill(NOBODY));
    filled.map_or_else(|| format!("cn={NOBODY},{}", settings.user_base), |name| name.as_str().to_owned())
}

/// What can be a name at all.
fn possible_name(name: &str) -> bool {
    (1..=MAX_TYPED_NAME).contains(&name.chars().count()) && !name.chars().any(|c| c.is_control() || is_format(c))
}
