//! What the daemon has to serve with: configuration, logins and roster, or the reason why one of them is missing.
//!
//! A daemon that systemd started never leaves because of a mistake in its surroundings (that would close the port for
//! good): it stays, says what is wrong, and tries again.

use std::collections::BTreeMap;
use std::os::unix::fs::FileTypeExt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant, SystemTime};

use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;

use super::recordings::Recordings;
use super::tls::Tls;
use crate::activation::{Lock, Stored};
use crate::audit;
use crate::auth::{Auth, Seats};
use crate::config::{Config, ConfigErrors, Places, Purpose};
use crate::session::Roster;

/// How often requests may make the daemon look again at what was wrong.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// What is wrong, and under which reference the journal has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Trouble {
    pub(crate) kind: Kind,
    /// For the operator; may be several lines.
    pub(crate) why: String,
    /// For the browser.
    pub(crate) reference: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// config.toml, config.d or the users file's place.
    Config,
    /// Directories, lock: the host is not prepared.
    Host,
    /// Podman does not answer.
    Podman,
}

/// Everything that requests are answered with; clones share it.
#[derive(Clone)]
pub(crate) struct Shop {
    pub(crate) config: Arc<Config>,
    pub(crate) auth: Arc<Auth>,
    pub(crate) roster: Roster,
    pub(crate) recordings: Arc<Recordings>,
}

/// The daemon's standing: what it has, and what keeps it from serving.
#[derive(Clone, Default)]
struct Standing {
    shop: Option<Shop>,
    trouble: Option<Trouble>,
    /// The last SIGHUP brought a configuration that was refused: an older one is in force.
    stale: Option<Trouble>,
}

/// Sizes and times of the configuration's files; equal while nobody touched them.
type Stamp = BTreeMap<PathBuf, (Option<SystemTime>, u64)>;

pub(crate) struct House {
    config_flag: Option<PathBuf>,
    standing: RwLock<Standing>,
    work: Mutex<Work>,
    /// What comes and goes by itself, as it was last seen: it is logged once and keeps its reference.
    passing: Mutex<Option<Trouble>>,
    tls: Tls,
    changed: watch::Sender<u64>,
}

/// What has been achieved on the way to a shop.
struct Work {
    lock: Option<Lock>,
    places: Option<Arc<Places>>,
    /// For the roster, once there is one.
    stored: Stored,
    stamp: Stamp,
    looked: Instant,
}

impl House {
    /// Gets everything ready as far as possible; look at [`House::setup_trouble`] for what is missing. Must be called
    /// inside the runtime.
    /// `stored` is what systemd kept for an earlier daemon's sessions.
    pub(crate) fn open(config_flag: Option<PathBuf>, stored: Stored) -> Arc<House> {
        let work = Work { lock: None, places: None, stored, stamp: Stamp::new(), looked: Instant::now() };
        let house = Arc::new(House {
            config_flag,
            standing: RwLock::default(),
            work: Mutex::new(work),
            passing: Mutex::new(None),
            tls: Tls::default(),
            changed: watch::Sender::new(0),
        });
        house.settle();
        house
    }

    /// Changes whenever something in here did.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    fn standing(&self) -> Standing {
        self.standing.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What there is to serve with; with a configuration that is broken from the start it holds the defaults, so that
    /// sessions of an earlier daemon are adopted all the same.
    pub(crate) fn shop(&self) -> Option<Shop> {
        self.standing().shop
    }

    /// Where this instance keeps its things, once that is known.
    pub(crate) fn places(&self) -> Option<Arc<Places>> {
        self.work().places.clone()
    }

    /// Why nobody can be served, as far as lock, directories and configuration go.
    pub(crate) fn setup_trouble(&self) -> Option<Trouble> {
        self.standing().trouble
    }

    /// Why nobody can be served, as far as known; looks at nothing.
    pub(crate) fn known_trouble(&self) -> Option<Trouble> {
        self.setup_trouble().or_else(|| self.passing.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }

    /// Why a configuration older than the files is in force.
    pub(crate) fn stale(&self) -> Option<Trouble> {
        self.standing().stale
    }

    /// The https entrance's certificate.
    pub(crate) fn tls(&self) -> &Tls {
        &self.tls
    }

    /// What TLS handshakes are done with. Where there is nothing it looks again first, at most once a second.
    pub(super) fn tls_acceptor(&self) -> Option<TlsAcceptor> {
        let before = self.tls.status();
        if self.setup_trouble().is_some() {
            self.look_again(); // the certificate may be named where the mistake is
        }
        let acceptor = self.tls.acceptor();
        if self.tls.status() != before {
            self.changed.send_modify(|n| *n += 1);
        }
        acceptor
    }

    /// Why nobody can be served. Looks again first, at most once a second, if something was wrong.
    pub(crate) fn trouble(&self) -> Option<Trouble> {
        if self.setup_trouble().is_some() {
            self.look_again();
        }
        let standing = self.standing();
        if standing.trouble.is_some() {
            return standing.trouble;
        }
        let shop = standing.shop?;
        let host = shop.roster.trouble().map(|why| (Kind::Host, why));
        self.passing_trouble(host.or_else(|| podman_missing(&shop.config).map(|why| (Kind::Podman, why))))
    }

    fn passing_trouble(&self, found: Option<(Kind, String)>) -> Option<Trouble> {
        let mut known = self.passing.lock().unwrap_or_else(PoisonError::into_inner);
        if known.as_ref().map(|t| &t.why) == found.as_ref().map(|(_, why)| why) {
            return known.clone();
        }
        *known = found.map(|(kind, why)| Trouble { kind, why, reference: crate::sys::reference() });
        match &*known {
            Some(t) => tracing::warn!(reference = %t.reference, why = %t.why, "sessions cannot be started"),
            None => tracing::info!("sessions can be started again"),
        }
        self.changed.send_modify(|n| *n += 1);
        known.clone()
    }

    /// Tries again what failed: after a mistake in the configuration only when a file of it has changed.
    fn look_again(&self) {
        let mut work = self.work();
        if work.looked.elapsed() < LOOK_AGAIN {
            return;
        }
        work.looked = Instant::now();
        let config_only = self.setup_trouble().is_some_and(|t| t.kind == Kind::Config);
        let touched = work.places.as_ref().is_none_or(|places| stamp(places) != work.stamp);
        drop(work);
        if touched || !config_only {
            self.settle();
        }
    }

    /// SIGHUP: reads the configuration anew. A bad one changes nothing and says why in journal, audit and STATUS.
    ///
    /// # Errors
    /// What is wrong with it, when the old one stays in force.
    pub(crate) fn reload(&self) -> Result<(), Trouble> {
        let standing = self.standing();
        let (Some(shop), None) = (standing.shop, standing.trouble) else {
            self.settle();
            return self.setup_trouble().map_or(Ok(()), Err);
        };
        let Some(places) = self.places() else { return Ok(()) };
        match read(&places) {
            Ok(config) => {
                self.put(Standing { shop: Some(renewed(shop, config)), ..Standing::default() });
                Ok(())
            }
            Err(errors) => {
                let stale = refused(&errors);
                self.put(Standing { shop: Some(shop), trouble: None, stale: Some(stale.clone()) });
                Err(stale)
            }
        }
    }

    fn work(&self) -> MutexGuard<'_, Work> {
        self.work.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put(&self, standing: Standing) {
        // With a configuration that is broken from the start, nobody knows where the certificate is.
        if let (Some(shop), None) = (&standing.shop, &standing.trouble) {
            self.tls.renew(&shop.config.server);
        }
        *self.standing.write().unwrap_or_else(PoisonError::into_inner) = standing;
        self.changed.send_modify(|n| *n += 1);
    }

    /// Does whatever of the way to a shop has not been done.
    fn settle(&self) {
        let mut work = self.work();
        let before = self.standing();
        let standing = match prepare(&mut work, self.config_flag.clone()) {
            Err(why) => {
                let known = before.trouble.filter(|t| t.why == why);
                let trouble = known.unwrap_or_else(|| {
                    let reference = crate::sys::reference();
                    tracing::error!(%reference, %why, "not ready");
                    Trouble { kind: Kind::Host, why, reference }
                });
                Standing { shop: before.shop, trouble: Some(trouble), stale: None }
            }
            Ok(places) => {
                work.stamp = stamp(&places);
                serve_with(&places, before.shop, &mut work.stored)
            }
        };
        drop(work);
        self.put(standing);
    }

    /// The daemon leaves: another may serve this user's Podman from now on.
    pub(crate) fn unlock(&self) {
        self.work().lock = None;
    }
}

/// Lock and directories; the error is for the operator.
fn prepare(work: &mut Work, config_flag: Option<PathBuf>) -> Result<Arc<Places>, String> {
    if work.lock.is_none() {
        work.lock = Some(Lock::take().map_err(|e| e.to_string())?);
    }
    if let Some(places) = &work.places {
        return Ok(places.clone());
    }
    let places = Places::resolve(config_flag, Purpose::Serve).map_err(|e| e.to_string())?;
    places.make_private().map_err(|e| e.to_string())?;
    audit::open(&places.state).map_err(|e| e.to_string())?;
    let places = Arc::new(places);
    work.places = Some(places.clone());
    Ok(places)
}

/// Configuration, logins, roster.
fn serve_with(places: &Arc<Places>, shop: Option<Shop>, stored: &mut Stored) -> Standing {
    let (config, trouble) = match read(places) {
        Ok(config) => (Some(config), None),
        Err(errors) => (None, Some(refused(&errors))),
    };
    if let Some(shop) = shop {
        let shop = match config {
            Some(config) => renewed(shop, config),
            None => shop,
        };
        return Standing { shop: Some(shop), trouble, stale: None };
    }
    let config = config.unwrap_or_else(|| Arc::new(Config::default_at(places)));
    let auth = match Auth::open(&config, places) {
        Ok(auth) => Arc::new(auth),
        Err(error) => return unprepared(error.to_string()),
    };
    match Roster::open(config.clone(), places.clone(), stored) {
        Ok(roster) => {
            auth.watch_over(seats(&roster));
            let recordings = Arc::new(Recordings::in_dir(places.state.join("recordings")));
            Standing { shop: Some(Shop { config, auth, roster, recordings }), trouble, stale: None }
        }
        Err(why) => unprepared(why),
    }
}

/// What revalidation asks of the roster.
fn seats(roster: &Roster) -> Seats {
    let (owners, bar) = (roster.clone(), roster.clone());
    Seats {
        owners: Box::new(move || owners.owners()),
        bar: Box::new(move |owner, within, why| bar.bar(owner, within, why)),
        changes: roster.live(),
    }
}

fn unprepared(why: String) -> Standing {
    let reference = crate::sys::reference();
    tracing::error!(%reference, %why, "not ready");
    Standing { trouble: Some(Trouble { kind: Kind::Host, why, reference }), ..Standing::default() }
}

/// A configuration that is in order, with its warnings in the journal.
fn read(places: &Places) -> Result<Arc<Config>, ConfigErrors> {
    let loaded = Config::load(places)?;
    for warning in &loaded.warnings {
        tracing::warn!("{warning}");
    }
    let file = loaded.files.first().map_or_else(|| "defaults".to_owned(), |f| f.display().to_string());
    audit::record(&audit::Event::ConfigLoaded { file: &file, hash: &loaded.hash });
    Ok(Arc::new(loaded.config))
}

fn refused(errors: &ConfigErrors) -> Trouble {
    let trouble = Trouble { kind: Kind::Config, why: errors.to_string(), reference: crate::sys::reference() };
    let file = errors.first_file().display().to_string();
    audit::record(&audit::Event::ConfigRefused { file: &file, why: &trouble.why, reference: &trouble.reference });
    trouble
}

fn renewed(shop: Shop, config: Arc<Config>) -> Shop {
    shop.auth.reload(&config);
    shop.roster.reload(config.clone());
    Shop { config, ..shop }
}

/// Podman's socket is looked at, not spoken to: that would wake its service for every page.
fn podman_missing(config: &Config) -> Option<String> {
    let socket = config.sessions.podman_socket.clone().unwrap_or_else(crate::session::default_podman_socket);
    match std::fs::metadata(&socket) {
        Ok(found) if found.file_type().is_socket() => None,
        Ok(_) => Some(format!("{} is no socket; correct sessions.podman_socket", socket.display())),
        Err(error) => Some(format!(
            "Podman's socket {}: {error}; run `systemctl --user enable --now podman.socket` as this user, with lingering on",
            socket.display()
        )),
    }
}

/// What the configuration's files look like from outside.
fn stamp(places: &Places) -> Stamp {
    let directory = places.beside_config("config.d");
    let entries = std::fs::read_dir(&directory).ok().into_iter().flatten().flatten().map(|e| e.path());
    entries
        .take(1000) // names of one directory; what is beyond is looked at by SIGHUP
        .chain([places.config.clone(), directory])
        .map(|path| {
            let seen = std::fs::metadata(&path).ok();
            let facts = seen.map_or((None, 0), |m| (m.modified().ok(), m.len()));
            (path, facts)
        })
        .collect()
}
