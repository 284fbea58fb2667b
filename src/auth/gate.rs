//! The way in: a name and a password from an address become a person, or a refusal.
//!
//! Whoever is refused cannot tell a wrong password from an account that is absent, disabled or locked: each of them costs
//! one argon2 of the same parameters where there is a users file, one bind where there is a directory, and gets the same
//! answer. What it was is in the audit, joined by a reference. Only a right password earns the truth.

use std::{
    net::IpAddr,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::{Duration, Instant, SystemTime},
};

use tokio::sync::Semaphore;

use super::{
    Login, Notice, Person, Stopped,
    decide::{Decider, Finding, Verdict, judge},
    devices::Devices,
    directory::{Directory, Visit},
    ldap::{Proof, Trouble},
    lobby::Lobby,
    local::UsersFile,
    logins::{Logins, Terms, Token},
    password::{Checker, Password},
    refusals::{Line, Refusals, Sum},
    revalidation::{Revalidation, Seats},
    throttle::{Budget, Source, Throttle},
    users::Users,
};
use crate::{
    audit,
    config::{self, Config, PlaceError, Places},
    sys,
};

const CHECKS_AT_ONCE: usize = 2; // argon2, 19 MiB each
const MAX_TYPED_NAME: usize = 128; // characters
const MAX_SHOWN_NAME: usize = 128; // characters of a known name in the audit

/// One filled-in login form.
pub(crate) struct Attempt<'a> {
    pub(crate) name: &'a str,
    pub(crate) password: Password,
    pub(crate) peer: IpAddr,
    /// The device cookie that came along.
    pub(crate) device: Option<&'a str>,
}

/// Somebody who was let in.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entered {
    pub(crate) person: Person,
    /// What they should be told.
    pub(crate) notice: Option<Notice>,
    /// The device cookie from now on.
    pub(crate) device: String,
}

/// Why nobody was let in; all that the browser may know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refused {
    /// Name and password do not belong together, or the account is disabled or locked.
    Wrong { reference: String },
    /// The password was right, so its owner may know why it opens nothing.
    Stopped { state: Stopped, reference: String, change_url: Option<String> },
    /// Too many tries from this address or of this name.
    Slow { retry_after: Duration },
    /// Too many logins at this moment; in a second there may be room.
    Busy,
    /// The directory does not answer. With a users file, only its accounts can log in, and the answer is the same to
    /// whoever is not let in by it.
    Silent { reference: String, users_file: bool },
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

/// Who is asked.
#[derive(Clone)]
struct Backends {
    users: Option<Arc<UsersFile>>,
    directory: Option<Arc<Directory>>,
}

impl Backends {
    fn of(config: &config::Auth) -> Backends {
        let has = |backend| config.backends.contains(&backend);
        Backends {
            users: has(config::Backend::Local).then(|| Arc::new(UsersFile::at(config.local.file.clone()))),
            directory: config.ldap.clone().map(|settings| Arc::new(Directory::new(settings))),
        }
    }

    /// How often a password may be guessed.
    fn budget(&self) -> Budget {
        match &self.directory {
            None => Budget::OURS,
            Some(directory) => Budget::below(directory.settings.lockout_after, directory.settings.lockout_window),
        }
    }
}

/// Everything about who may come in, and who may stay.
pub(crate) struct Auth {
    backends: RwLock<Backends>,
    throttle: Throttle,
    devices: Devices,
    lobby: Lobby,
    checks: Arc<Semaphore>,
    checker: Arc<Checker>,
    refusals: Mutex<Refusals>,
    logins: Arc<Logins>,
    revalidation: Arc<Revalidation>,
}

impl Auth {
    /// Opens what `places.state` has of earlier days. Must be called inside the runtime.
    ///
    /// # Errors
    /// Names the directory or file that is not as it must be, and the fix.
    pub(crate) fn open(config: &Config, places: &Places) -> Result<Auth, AuthError> {
        Self::asking(Backends::of(&config.auth), config, places)
    }

    fn asking(backends: Backends, config: &Config, places: &Places) -> Result<Auth, AuthError> {
        config::private_directory(&places.state)?;
        let (throttle, logins) = (places.state.join("throttle"), places.state.join("logins"));
        config::private_directory(&throttle)?;
        config::private_directory(&logins)?;
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |source| AuthError::State { path, source }
        };
        let users = backends.users.clone();
        let store = Logins::open(logins.clone(), users, Terms::from(config)).map_err(failed(&logins))?;
        Ok(Auth {
            throttle: Throttle::open(&throttle, backends.budget(), SystemTime::now()).map_err(failed(&throttle))?,
            devices: Devices::open(&throttle).map_err(failed(&throttle))?,
            revalidation: Revalidation::new(store.clone(), backends.directory.clone()),
            logins: store,
            backends: RwLock::new(backends),
            lobby: Lobby::new(),
            checks: Arc::new(Semaphore::new(CHECKS_AT_ONCE)),
            checker: Arc::default(),
            refusals: Mutex::new(Refusals::new(Instant::now())),
        })
    }

    /// A new configuration: counts at once, for logins and sessions that are open too.
    pub(crate) fn reload(&self, config: &Config) {
        let backends = Backends::of(&config.auth);
        *self.backends.write().unwrap_or_else(PoisonError::into_inner) = backends.clone();
        self.throttle.reload(backends.budget());
        self.logins.reload(backends.users, Terms::from(config));
        self.revalidation.reload(backends.directory);
    }

    /// From now on people of the directory who have a session are looked at, too, as long as `seats` is told of changes.
    /// Must be called inside the runtime.
    pub(crate) fn watch_over(&self, seats: Seats) {
        self.revalidation.watch_over(seats);
    }

    /// The browsers that are logged in.
    pub(crate) fn logins(&self) -> &Logins {
        &self.logins
    }

    /// The login that a cookie stands for, as long as it holds. Waits for the directory, `login_timeout` at most, where it
    /// was not asked about this person for `revalidate`.
    pub(crate) async fn find(&self, token: &str) -> Option<Login> {
        self.revalidation.find(token).await
    }

    /// A new login of who was let in.
    ///
    /// # Errors
    /// If it cannot be written: then there is none.
    pub(crate) fn open_login(&self, entered: &Entered, peer: &str) -> std::io::Result<Token> {
        let token = self.logins.open_for(&entered.person, entered.notice, peer)?;
        self.revalidation.saw(&entered.person);
        Ok(token)
    }

    /// Checks one login and writes its audit record. Does not open a login: that is [`Auth::open_login`], once the browser
    /// gets its cookie.
    pub(crate) async fn login(&self, attempt: Attempt<'_>) -> Result<Entered, Refused> {
        let caller = Caller { source: Source::of(attempt.peer), peer: attempt.peer.to_canonical().to_string() };
        let typed = Name::Typed(attempt.name);
        let Some(_inside) = self.lobby.enter(caller.source).await else {
            self.refuse(&caller, typed, "too many logins at once");
            return Err(Refused::Busy);
        };
        self.throttle.may_ask(caller.source, SystemTime::now()).map_err(|wait| self.slow(&caller, typed, wait))?;
        let backends = self.backends.read().unwrap_or_else(PoisonError::into_inner).clone();
        let users = read(backends.users.clone()).await.map_err(|why| self.broken(&caller, typed, &why))?;
        let possible = possible_name(attempt.name) && attempt.password.check().is_ok();
        let asked = match backends.directory.as_deref().filter(|_| possible) {
            Some(directory) => Asked::about(directory, attempt.name).await,
            None => Asked::nothing(),
        };
        if let (Some(trouble), None) = (&asked.trouble, &users) {
            return Err(self.silent(&caller, typed, trouble, false)); // nobody decides, and nothing was tried
        }

        let decider = Decider::of(attempt.name, users.as_deref(), asked.candidate, asked.finding);
        let name = decider.name(asked.finding).map_or(typed, Name::Known);
        let (device_owner, now) = (decider.device_owner(), sys::unix_seconds());
        let has_device = match (&device_owner, attempt.device) {
            (Some(owner), Some(cookie)) => self.devices.knows(cookie, owner, now),
            _ => false,
        };
        let whose = decider.whose(attempt.name, asked.finding);
        let tried = self.throttle.admit(caller.source, &whose, has_device, SystemTime::now());
        let tried = tried.map_err(|wait| self.slow(&caller, name, wait))?;

        // The same work whoever it is.
        let password = Arc::new(attempt.password);
        let (matched, proof) = tokio::join!(
            self.check(users.as_deref(), &decider, password.clone()),
            prove(asked.visit, &decider, &password)
        );
        let matched = match matched {
            Ok(matched) => matched && possible,
            Err(why) => {
                match proof {
                    Some(_) => tried.unanswered(), // a bind was sent all the same
                    None => tried.never_was(),
                }
                return Err(self.broken(&caller, name, &why));
            }
        };
        let lost = proof.as_ref().and_then(|proof| proof.as_ref().err().cloned());
        match judge(&decider, users.as_deref(), possible, matched, proof) {
            Verdict::In(person, notice) => {
                tried.succeeded();
                audit::record(&audit::Event::Login { user: &person.name, owner: &person.owner, peer: &caller.peer });
                if let Some(notice) = notice {
                    let (user, notice) = (person.name.as_str(), notice_words(notice));
                    audit::record(&audit::Event::LoginNotice { user, peer: &caller.peer, notice: &notice });
                }
                let owner = device_owner.unwrap_or_else(|| person.owner.to_string());
                Ok(Entered { person, notice, device: self.devices.mark(attempt.device, &owner, now) })
            }
            Verdict::Stopped { name, state } => {
                tried.never_was(); // the password was right
                let reference = self.refuse(&caller, Name::Known(&name), stopped_words(state));
                let change_url = backends.directory.and_then(|d| d.settings.password_change_url.clone());
                Err(Refused::Stopped { state, reference, change_url })
            }
            Verdict::Refused(reason) => {
                match lost {
                    Some(_) => tried.unanswered(),
                    None => drop(tried), // a failure
                }
                match asked.trouble.or(lost) {
                    None => Err(Refused::Wrong { reference: self.refuse(&caller, name, &reason) }),
                    Some(Trouble(why)) => {
                        let trouble = Trouble(format!("{reason}; the directory cannot be asked: {why}"));
                        Err(self.silent(&caller, name, &trouble, users.is_some()))
                    }
                }
            }
        }
    }

    /// One argon2, whoever it is, if there is a users file.
    async fn check(&self, users: Option<&Users>, decider: &Decider, password: Arc<Password>) -> Result<bool, String> {
        let Some(users) = users else { return Ok(false) };
        let hash = if let Decider::Local(account) = decider { Some(account.hash.clone()) } else { None };
        let permit = self.checks.clone().acquire_owned().await.map_err(|e| e.to_string())?;
        let (checker, common_cost) = (self.checker.clone(), users.common_cost());
        let work = move || {
            let _permit = permit; // held to the end of the work, even if nobody waits for it any more
            match hash {
                Some(hash) => checker.matches(&hash, &password),
                None => {
                    checker.for_nothing(common_cost, &password);
                    false
                }
            }
        };
        tokio::task::spawn_blocking(work).await.map_err(|e| e.to_string())
    }

    fn slow(&self, caller: &Caller, name: Name<'_>, retry_after: Duration) -> Refused {
        self.refuse(caller, name, "too many tries");
        Refused::Slow { retry_after }
    }

    fn broken(&self, caller: &Caller, name: Name<'_>, why: &str) -> Refused {
        Refused::Broken { reference: self.refuse(caller, name, why) }
    }

    fn silent(&self, caller: &Caller, name: Name<'_>, trouble: &Trouble, users_file: bool) -> Refused {
        Refused::Silent { reference: self.refuse(caller, name, &trouble.0), users_file }
    }

    /// Writes a refusal, or counts it if there were many; returns its reference.
    fn refuse(&self, caller: &Caller, name: Name<'_>, reason: &str) -> String {
        let reference = sys::reference();
        let mut refusals = self.refusals.lock().unwrap_or_else(PoisonError::into_inner);
        let (line, sums) = refusals.note(caller.source, &caller.peer, Instant::now());
        drop(refusals);
        write_sums(sums);
        if line == Line::Own {
            let (typed, known) = match name {
                Name::Typed(name) => (name, false),
                Name::Known(name) => (name, true),
            };
            let typed = typed.char_indices().nth(MAX_SHOWN_NAME).map_or(typed, |(n, _)| &typed[..n]);
            let (peer, reference) = (&*caller.peer, &*reference);
            audit::record(&audit::Event::LoginRefused { typed, known, peer, reason, reference });
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

/// Where an attempt comes from, for the throttle and for the audit.
struct Caller {
    source: Source,
    peer: String,
}

/// A name for the audit, which writes down only those that somebody has: people type passwords there.
#[derive(Clone, Copy)]
enum Name<'a> {
    Typed(&'a str),
    Known(&'a str),
}

/// What the directory said about a name.
struct Asked<'d> {
    visit: Option<(&'d Directory, Visit<'d>)>,
    candidate: Option<super::ldap::Candidate>,
    finding: Finding,
    trouble: Option<Trouble>,
}

impl Asked<'_> {
    fn nothing() -> Asked<'static> {
        Asked { visit: None, candidate: None, finding: Finding::Searched, trouble: None }
    }

    async fn about<'d>(directory: &'d Directory, name: &str) -> Asked<'d> {
        let templated = directory.settings.user_dn_template.is_some();
        let finding = if templated { Finding::Templated } else { Finding::Searched };
        match directory.find(name).await {
            Ok((visit, candidate)) => Asked { visit: Some((directory, visit)), candidate, finding, trouble: None },
            Err(trouble) => Asked { trouble: Some(trouble), ..Asked::nothing() },
        }
    }
}

/// One bind, whoever it is, if the directory was reached; of nobody unless it decides.
async fn prove(
    visit: Option<(&Directory, Visit<'_>)>,
    decider: &Decider,
    password: &Password,
) -> Option<Result<Proof, Trouble>> {
    let (directory, visit) = visit?;
    let candidate = if let Decider::Directory(candidate) = decider { Some(candidate) } else { None };
    Some(directory.prove(visit, candidate, password).await)
}

/// The users file, if it is a backend.
async fn read(file: Option<Arc<UsersFile>>) -> Result<Option<Arc<Users>>, String> {
    let Some(file) = file else { return Ok(None) };
    let read = tokio::task::spawn_blocking(move || file.read()).await.map_err(|e| e.to_string())?;
    read.map(Some).map_err(|e| e.to_string())
}

fn stopped_words(state: Stopped) -> &'static str {
    match state {
        Stopped::PasswordExpired => "the password has expired",
        Stopped::MustChange => "the password must be changed first",
        Stopped::Disabled => "the account is disabled",
        Stopped::AccountExpired => "the account has expired",
        Stopped::NotNow => "not at this time, or not from here",
        Stopped::NotAllowed => "not in an allowed group",
    }
}

fn notice_words(notice: Notice) -> String {
    match notice {
        Notice::ExpiresIn { seconds } => format!("the password expires in {seconds} s"),
        Notice::GraceLoginsLeft { left } => format!("the password has expired; logins left with it: {left}"),
    }
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
