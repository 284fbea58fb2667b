//! The way in: a name and a password from an address become a person, or one of four refusals.
//!
//! Whoever is refused cannot tell a wrong password from an account that is absent or disabled: each of them costs one
//! argon2, of the same parameters, and gets the same answer. What it was is in the audit, joined by a reference.

use std::{
    net::IpAddr,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::{Duration, Instant, SystemTime},
};

use tokio::sync::Semaphore;

use super::{
    Person,
    lobby::Lobby,
    local::UsersFile,
    logins::{Logins, Terms},
    password::{Checker, Password},
    refusals::{Line, Refusals, Sum},
    throttle::{Source, Throttle},
    users::Users,
};
use crate::{
    audit,
    config::{self, Config, PlaceError, Places},
};

const CHECKS_AT_ONCE: usize = 2; // argon2, 19 MiB each
const MAX_TYPED_NAME: usize = 128; // characters
const MAX_SHOWN_NAME: usize = 128; // characters of a known name in the audit

/// Why nobody was let in; all that the browser may know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refused {
    /// Name and password do not belong together, or the account is disabled.
    Wrong { reference: String },
    /// Too many tries from this address or of this name.
    Slow { retry_after: Duration },
    /// Too many logins at this moment; in a second there may be room.
    Busy,
    /// The service cannot answer; the journal says why.
    Broken { reference: String },
}

/// Why logins cannot be served at all.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AuthError {
    #[error(transparent)]
    Place(#[from] PlaceError),
    #[error("{path}: {source}; make it readable for this account, or remove it", path = .path.display())]
    State { path: PathBuf, source: std::io::Error },
}

/// Everything about who may come in.
pub(crate) struct Auth {
    users: RwLock<Arc<UsersFile>>,
    throttle: Throttle,
    lobby: Lobby,
    checks: Arc<Semaphore>,
    checker: Arc<Checker>,
    refusals: Mutex<Refusals>,
    logins: Arc<Logins>,
}

impl Auth {
    /// Opens what `places.state` has of earlier days. Must be called inside the runtime.
    ///
    /// # Errors
    /// Names the directory or file that is not as it must be, and the fix.
    pub(crate) fn open(config: &Config, places: &Places) -> Result<Auth, AuthError> {
        config::private_directory(&places.state)?;
        let users = Arc::new(UsersFile::at(config.auth.local.file.clone()));
        let (throttle, logins) = (places.state.join("throttle"), places.state.join("logins"));
        config::private_directory(&throttle)?;
        config::private_directory(&logins)?;
        let failed = |path: PathBuf| move |source| AuthError::State { path, source };
        Ok(Auth {
            throttle: Throttle::open(&throttle, SystemTime::now()).map_err(failed(throttle))?,
            logins: Logins::open(logins.clone(), users.clone(), Terms::from(&config.login)).map_err(failed(logins))?,
            users: RwLock::new(users),
            lobby: Lobby::new(),
            checks: Arc::new(Semaphore::new(CHECKS_AT_ONCE)),
            checker: Arc::default(),
            refusals: Mutex::new(Refusals::new(Instant::now())),
        })
    }

    /// A new configuration: counts at once.
    pub(crate) fn reload(&self, config: &Config) {
        let users = Arc::new(UsersFile::at(config.auth.local.file.clone()));
        *self.users.write().unwrap_or_else(PoisonError::into_inner) = users.clone();
        self.logins.reload(users, Terms::from(&config.login));
    }

    /// The browsers that are logged in.
    pub(crate) fn logins(&self) -> &Logins {
        &self.logins
    }

    /// Checks one login and writes its audit record. Does not open a login: that is [`Logins::open_for`], once the
    /// browser gets its cookie.
    pub(crate) async fn login(&self, name: &str, password: Password, peer: IpAddr) -> Result<Person, Refused> {
        let source = Source::of(peer);
        let peer = peer.to_canonical().to_string();
        let Some(_inside) = self.lobby.enter(source).await else {
            self.refuse(source, &peer, Refusal { name, known: false, reason: "too many logins at once" });
            return Err(Refused::Busy);
        };
        let file = self.users.read().unwrap_or_else(PoisonError::into_inner).clone();
        let users = match tokio::task::spawn_blocking(move || file.read()).await {
            Ok(Ok(users)) => users,
            Ok(Err(e)) => return Err(self.broken(source, &peer, name, &e.to_string())),
            Err(e) => return Err(self.broken(source, &peer, name, &e.to_string())),
        };
        let known = users.find(name).is_some();
        let tried = match self.throttle.admit(source, name, known, SystemTime::now()) {
            Ok(tried) => tried,
            Err(retry_after) => {
                self.refuse(source, &peer, Refusal { name, known, reason: "too many tries" });
                return Err(Refused::Slow { retry_after });
            }
        };
        match self.check(users, name.to_owned(), password).await {
            Ok(Ok(person)) => {
                tried.succeeded();
                audit::record(&audit::Event::Login { user: &person.name, owner: &person.owner, peer: &peer });
                Ok(person)
            }
            Ok(Err(reason)) => {
                drop(tried); // a failure
                Err(Refused::Wrong { reference: self.refuse(source, &peer, Refusal { name, known, reason }) })
            }
            Err(why) => {
                tried.never_was();
                Err(self.broken(source, &peer, name, &why))
            }
        }
    }

    /// One argon2, whoever it is; the inner error is for the audit alone.
    async fn check(
        &self,
        users: Arc<Users>,
        name: String,
        password: Password,
    ) -> Result<Result<Person, &'static str>, String> {
        let permit = self.checks.clone().acquire_owned().await.map_err(|e| e.to_string())?;
        let checker = self.checker.clone();
        let work = move || {
            let _permit = permit; // held to the end of the work, even if nobody waits for it any more
            let possible = possible_name(&name) && password.check().is_ok();
            let Some(account) = users.find(&name) else {
                checker.for_nothing(users.common_cost(), &password);
                return Err(if possible { "no such account" } else { "not a possible name or password" });
            };
            match (checker.matches(&account.hash, &password), account.disabled) {
                (true, false) if possible => Ok(account.person()),
                (true, true) => Err("the account is disabled"),
                _ => Err("wrong password"),
            }
        };
        tokio::task::spawn_blocking(work).await.map_err(|e| e.to_string())
    }

    fn broken(&self, source: Source, peer: &str, name: &str, why: &str) -> Refused {
        Refused::Broken { reference: self.refuse(source, peer, Refusal { name, known: false, reason: why }) }
    }

    /// Writes a refusal, or counts it if there were many; returns its reference.
    fn refuse(&self, source: Source, peer: &str, refusal: Refusal<'_>) -> String {
        let reference = crate::sys::reference();
        let mut refusals = self.refusals.lock().unwrap_or_else(PoisonError::into_inner);
        let (line, sums) = refusals.note(source, peer, Instant::now());
        drop(refusals);
        write_sums(sums);
        if line == Line::Own {
            audit::record(&audit::Event::LoginRefused {
                typed: refusal
                    .name
                    .char_indices()
                    .nth(MAX_SHOWN_NAME)
                    .map_or(refusal.name, |(n, _)| &refusal.name[..n]),
                known: refusal.known,
                peer,
                reason: refusal.reason,
                reference: &reference,
            });
        }
        reference
    }
}

impl Drop for Auth {
    /// What was counted is told before the daemon leaves.
    fn drop(&mut self) {
        write_sums(self.refusals.get_mut().unwrap_or_else(PoisonError::into_inner).rest());
    }
}

struct Refusal<'a> {
    name: &'a str,
    known: bool,
    reason: &'a str,
}

fn write_sums(sums: Vec<Sum>) {
    for sum in sums {
        audit::record(&audit::Event::Refused { count: sum.count, peer: &sum.peer, what: "login" });
    }
}

/// What the form may send as a name at all.
fn possible_name(name: &str) -> bool {
    !name.is_empty() && name.chars().count() <= MAX_TYPED_NAME && !name.chars().any(char::is_control)
}

#[cfg(test)]
mod tests;
