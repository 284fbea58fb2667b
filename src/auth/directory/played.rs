//! A directory of a test's own: it counts what it is asked, locks accounts, and is silent when told to be.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use tokio::sync::Semaphore;

use super::super::{
    Password,
    ldap::{Candidate, Found, Notice, Proof, Standing, Stopped, Trouble},
    password::{Checker, Cost, Hash},
};

/// After how many wrong passwords an account is locked.
const LOCKOUT: u32 = 5;

/// Somebody in it.
#[derive(Clone)]
pub(in crate::auth) struct Someone {
    pub(in crate::auth) found: Found,
    pub(in crate::auth) stopped: Option<Stopped>,
    pub(in crate::auth) notice: Option<Notice>,
    pub(in crate::auth) failures: u32,
}

pub(in crate::auth) struct Played {
    people: Mutex<BTreeMap<String, Someone>>,
    right: Hash,
    silent: AtomicBool,
    /// Finds people and then hangs up.
    pub(in crate::auth) hangs_up: AtomicBool,
    binds: AtomicU64,
    looks: AtomicU64,
    /// Looks that may be answered.
    pub(in crate::auth) answers: Semaphore,
}

impl Played {
    /// With these names, `right` as everybody's password, and `dev` as their group.
    pub(in crate::auth) fn with(names: &[&str]) -> Played {
        let played = Played {
            people: Mutex::default(),
            right: Hash::costing(&Password::new("right".into()), Cost::CHEAP),
            silent: AtomicBool::new(false),
            hangs_up: AtomicBool::new(false),
            binds: AtomicU64::new(0),
            looks: AtomicU64::new(0),
            answers: Semaphore::new(Semaphore::MAX_PERMITS),
        };
        for name in names {
            let found =
                Found { id: format!("id-{name}"), name: (*name).into(), groups: vec!["Dev".into()], admin: false };
            let someone = Someone { found, stopped: None, notice: None, failures: 0 };
            played.people.lock().unwrap().insert((*name).into(), someone);
        }
        played
    }

    pub(in crate::auth) fn change(&self, name: &str, change: impl FnOnce(&mut Someone)) {
        change(self.people.lock().unwrap().get_mut(name).unwrap());
    }

    pub(in crate::auth) fn remove(&self, name: &str) {
        self.people.lock().unwrap().remove(name);
    }

    pub(in crate::auth) fn be_silent(&self, silent: bool) {
        self.silent.store(silent, Ordering::Relaxed);
    }

    pub(in crate::auth) fn binds(&self) -> u64 {
        self.binds.load(Ordering::Relaxed)
    }

    pub(in crate::auth) fn looks(&self) -> u64 {
        self.looks.load(Ordering::Relaxed)
    }

    pub(in crate::auth) fn failures(&self, name: &str) -> u32 {
        self.people.lock().unwrap()[name].failures
    }

    fn answers(&self) -> Result<(), Trouble> {
        match self.silent.load(Ordering::Relaxed) {
            true => Err(Trouble("no directory server can be reached".into())),
            false => Ok(()),
        }
    }

    /// As directories do: whatever the case, whatever the blanks.
    pub(super) fn find(&self, name: &str) -> Result<Option<Candidate>, Trouble> {
        self.answers()?;
        let name = name.trim().to_lowercase();
        let people = self.people.lock().unwrap();
        let candidate = |someone: &Someone| Candidate {
            key: someone.found.id.clone(),
            name: someone.found.name.clone(),
            dn: format!("uid={name},dc=example"),
        };
        Ok(people.get(&name).map(candidate))
    }

    pub(super) fn prove(&self, candidate: Option<&Candidate>, password: &Password) -> Result<Proof, Trouble> {
        self.binds.fetch_add(1, Ordering::Relaxed);
        let refused = |reason: &str| Ok(Proof::Refused { reason: reason.into() });
        let mut people = self.people.lock().unwrap();
        let someone = candidate.and_then(|candidate| people.get_mut(&candidate.name));
        if self.hangs_up.load(Ordering::Relaxed) {
            return Err(Trouble("hung up".into()));
        }
        let Some(someone) = someone else { return refused("nobody has that name") };
        if someone.failures >= LOCKOUT {
            return refused("locked");
        }
        if !Checker::default().matches(&self.right, password) {
            someone.failures += 1;
            return refused("bind refused (49)");
        }
        someone.failures = 0;
        let (found, name) = (someone.found.clone(), someone.found.name.clone());
        Ok(match someone.stopped {
            Some(state) => Proof::Stopped { found_name: name, state },
            None => Proof::In { found, notice: someone.notice },
        })
    }

    pub(super) async fn standing(&self, id: &str) -> Result<Standing, Trouble> {
        self.looks.fetch_add(1, Ordering::Relaxed);
        let _answer = self.answers.acquire().await.unwrap();
        self.answers()?;
        let people = self.people.lock().unwrap();
        Ok(match people.values().find(|someone| someone.found.id == id) {
            None => Standing::Gone { reason: "removed".into() },
            Some(someone) if someone.stopped.is_some() => Standing::Gone { reason: "disabled".into() },
            Some(someone) => Standing::Good(someone.found.clone()),
        })
    }
}
