//! Somebody who is logged in already: still there, still allowed?

use tokio::time::Instant;

use super::{
    Directory, Standing, Trouble, account,
    account::State,
    asked::in_time,
    connection::Entry,
    groups,
    line::{Line, NoAnswer},
    person,
    visit::{ONE, TWO},
};
use crate::config::{BindTemplate, Filter, SearchScope};

impl Directory {
    /// How the person with this id stands, as the service account sees it. Takes `login_timeout` at most.
    ///
    /// # Errors
    /// The directory cannot be asked, or shows nothing at all: nothing is known then.
    pub(crate) async fn standing(&self, id: &str) -> Result<Standing, Trouble> {
        if !self.settings.can_revalidate() {
            return Err(Trouble("nobody can be looked after without bind_dn and user_base".into()));
        }
        let limit = self.settings.login_timeout;
        in_time(Instant::now() + limit, limit, self.look_after(id)).await
    }

    async fn look_after(&self, id: &str) -> Result<Standing, Trouble> {
        let settings = &self.settings;
        let gone = |reason: &str| Ok(Standing::Gone { reason: reason.to_owned() });
        let Some(filter) = person::with_id(settings, id) else { return gone("no entry can have this id") };
        let mut line = self.as_service().await?;
        let attributes = person::attributes(settings);
        let mut entries = match line.search(&settings.user_base, settings.user_scope, &filter, &attributes, TWO).await {
            Ok(entries) => entries,
            Err(NoAnswer::TooMany) => return gone("two entries of the directory have this id"),
            Err(no) => return Err(no.into()),
        };
        let Some(entry) = entries.pop() else {
            self.shows_anything(&mut line).await?;
            return gone("no longer in the directory");
        };
        if !entries.is_empty() {
            return gone("two entries of the directory have this id");
        }
        let identity = match person::identity(settings, &entry) {
            Ok(identity) => identity,
            Err(reason) => return gone(&reason),
        };
        match account::state(settings.directory, &entry, crate::sys::unix_seconds()) {
            // Whoever came in with the right password may stay until the login is over.
            State::Good | State::PasswordExpired => {}
            State::Disabled => return gone("disabled in the directory"),
            State::Locked => return gone("locked in the directory"),
            State::Expired => return gone("the account has expired"),
            State::MustChange => return gone("the password was reset and must be changed"),
        }
        if !self.matches_still(&mut line, &entry).await? {
            return gone("user_filter does not take the entry any more");
        }
        if !self.is_required(&mut line, &entry).await? {
            return gone("require_filter does not take the entry any more");
        }
        let groups = groups::of(&mut line, settings, &entry, &identity).await?;
        line.close().await;
        match person::admitted(settings, &groups) {
            Ok(()) => Ok(Standing::Good(person::found(settings, identity, &groups))),
            Err(reason) => gone(reason),
        }
    }

    /// An account that has lost its rights sees nobody: that must not look as if everybody had gone.
    pub(super) async fn shows_anything(&self, line: &mut Line) -> Result<(), Trouble> {
        let base = &self.settings.user_base;
        let found = line.search(base, SearchScope::Base, &Filter::everything(), &["1.1"], ONE).await?;
        if found.is_empty() {
            return Err(Trouble(format!(
                "the service account does not even see {base}; give it the right to read there"
            )));
        }
        Ok(())
    }

    /// Whether `user_filter` takes the entry, apart from the name: that may stand in another attribute than the canonical
    /// one. A DN template finds people without the filter.
    async fn matches_still(&self, line: &mut Line, entry: &Entry) -> Result<bool, Trouble> {
        if self.settings.user_dn_template.as_ref().is_some_and(BindTemplate::is_dn) {
            return Ok(true);
        }
        let filter = self.settings.user_filter.fill_any();
        match line.search(&entry.dn, SearchScope::Base, &filter, &["1.1"], ONE).await {
            Ok(entries) => Ok(entries.len() == 1),
            Err(NoAnswer::NoBase(_)) => Ok(false),
            Err(no) => Err(no.into()),
        }
    }
}
