//! The directory as gate and revalidation ask it: every question has an end, and the audit hears once a minute at most that
//! it does not answer. In tests it is a played one.

#[cfg(test)]
pub(super) mod played; // people, bind operations and outages, as a test wants them

use std::{
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::{Duration, Instant},
};

use super::{
    Password,
    ldap::{self, Candidate, Proof, Standing, Trouble},
};
use crate::{audit, config::LdapAuth};

/// Between two records that the directory does not answer.
const TELL_AGAIN: Duration = Duration::from_secs(60);
/// How long before its end a session is warned, at most.
const WARNING: Duration = Duration::from_secs(60);

/// The configured directory, and whether it answers.
pub(super) struct Directory {
    pub(super) settings: Arc<LdapAuth>,
    server: Server,
    silence: Mutex<Option<Silence>>,
}

enum Server {
    /// Made at the first question: reading certificates takes longer than a daemon may take to wake. Not made where they
    /// cannot be read; the next question tries again.
    Ldap(OnceLock<Box<ldap::Directory>>),
    #[cfg(test)]
    Played(Arc<played::Played>),
}

/// It does not answer at the moment.
struct Silence {
    told: Instant,
    untold: u64,
}

/// One login's connection.
pub(super) enum Visit<'d> {
    Ldap(ldap::Visit<'d>),
    #[cfg(test)]
    Played(&'d played::Played),
}

impl Directory {
    /// Reads and sends nothing yet.
    pub(super) fn new(settings: Arc<LdapAuth>) -> Directory {
        Directory { settings, server: Server::Ldap(OnceLock::new()), silence: Mutex::default() }
    }

    #[cfg(test)]
    pub(super) fn played(settings: Arc<LdapAuth>, played: Arc<played::Played>) -> Directory {
        Directory { settings, server: Server::Played(played), silence: Mutex::default() }
    }

    /// Connects and looks who `name` is, however it was typed. From here on the whole login has `login_timeout`.
    ///
    /// # Errors
    /// [`Trouble`]: nothing is known of anybody.
    pub(super) async fn find(&self, name: &str) -> Result<(Visit<'_>, Option<Candidate>), Trouble> {
        let found = async {
            match &self.server {
                Server::Ldap(made) => {
                    let mut visit = self.made(made)?.visit().await?;
                    let candidate = visit.find(name).await?;
                    Ok((Visit::Ldap(visit), candidate))
                }
                #[cfg(test)]
                Server::Played(played) => Ok((Visit::Played(played), played.find(name)?)),
            }
        };
        self.note(found.await)
    }

    /// One bind: of the candidate, or of nobody.
    ///
    /// # Errors
    /// [`Trouble`]: the directory may have counted it all the same.
    pub(super) async fn prove(
        &self,
        visit: Visit<'_>,
        candidate: Option<&Candidate>,
        password: &Password,
    ) -> Result<Proof, Trouble> {
        let proof = match visit {
            Visit::Ldap(visit) => visit.prove(candidate, password).await,
            #[cfg(test)]
            Visit::Played(played) => played.prove(candidate, password),
        };
        self.note(proof)
    }

    /// How the person with this id stands, within `login_timeout`.
    ///
    /// # Errors
    /// [`Trouble`]: nothing is known.
    pub(super) async fn standing(&self, id: &str) -> Result<Standing, Trouble> {
        let asked = async {
            match &self.server {
                Server::Ldap(made) => self.made(made)?.standing(id).await,
                #[cfg(test)]
                Server::Played(played) => {
                    let standing = tokio::time::timeout(self.settings.login_timeout, played.standing(id));
                    standing.await.unwrap_or_else(|_| Err(Trouble("no answer in time".into())))
                }
            }
        };
        self.note(asked.await)
    }

    fn made<'m>(&self, made: &'m OnceLock<Box<ldap::Directory>>) -> Result<&'m ldap::Directory, Trouble> {
        match made.get() {
            Some(directory) => Ok(directory),
            None => {
                let new = Box::new(ldap::Directory::new(self.settings.clone())?);
                Ok(made.get_or_init(|| new)) // if two came first, one of theirs stays
            }
        }
    }

    /// How long before its end a session is warned whose owner may not be here any more.
    pub(super) fn warning(&self) -> Duration {
        WARNING.min(self.settings.revalidate / 2)
    }

    /// How often people are looked at: so that finding out and warning take one `revalidate` together.
    pub(super) fn interval(&self) -> Duration {
        self.settings.revalidate - self.warning()
    }

    /// Tells the audit of silence, once a minute at most, and of its end.
    fn note<T>(&self, answer: Result<T, Trouble>) -> Result<T, Trouble> {
        let mut silence = self.silence.lock().unwrap_or_else(PoisonError::into_inner);
        match (&answer, &mut *silence) {
            (Ok(_), None) => {}
            (Ok(_), Some(_)) => {
                *silence = None;
                audit::record(&audit::Event::DirectoryBack);
            }
            (Err(_), Some(known)) if known.told.elapsed() < TELL_AGAIN => known.untold += 1,
            (Err(Trouble(why)), known) => {
                let count = known.as_ref().map_or(0, |known| known.untold) + 1;
                *known = Some(Silence { told: Instant::now(), untold: 0 });
                audit::record(&audit::Event::DirectorySilent { why, count });
            }
        }
        answer
    }
}
