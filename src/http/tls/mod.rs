//! TLS of the https entrance: which certificate is in force, and why it is not another one.

mod certificate; // the files, read and judged
mod handshake; //   from an accepted socket to a stream that HTTP is spoken on

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rustls::{ServerConfig, crypto::ring, sign::SingleCertAndKey, version};
use tokio_rustls::TlsAcceptor;

use super::house::{Kind, Trouble};
use crate::audit;
use crate::config::{PublicUrl, Server, TlsFiles};

pub(crate) use certificate::{BadCertificate, Certificate};
pub(super) use handshake::shake;

/// While there is no certificate, connections make us look for one this often at most.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// The https entrance's certificate, for the daemon's life.
#[derive(Default)]
pub(crate) struct Tls {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The port of the https socket, once it is known that there is one.
    port: Option<u16>,
    files: Option<TlsFiles>,
    public_url: Option<PublicUrl>,
    in_force: Option<InForce>,
    /// Why the files that are there now are not in force.
    trouble: Option<Trouble>,
    looked: Option<Instant>,
}

#[derive(Clone)]
struct InForce {
    certificate: Arc<Certificate>,
    acceptor: TlsAcceptor,
    /// Why browsers may refuse it.
    doubts: Vec<String>,
}

impl Tls {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// There is an https socket, on this port.
    pub(crate) fn expect(&self, port: u16) {
        let mut state = self.state();
        state.port = Some(port);
        if state.files.is_none() {
            state.look(); // what is missing can be said now
        }
    }

    /// Reads the files that `server`, or systemd, names. Those that cannot be used change nothing: journal, audit and
    /// STATUS say why.
    pub(crate) fn renew(&self, server: &Server) {
        let mut state = self.state();
        state.files = server.tls.clone().or_else(TlsFiles::from_credentials);
        state.public_url.clone_from(&server.public_url);
        state.look();
    }

    /// What handshakes are done with; `None` while there is no certificate. Then it looks again, once a second at most.
    pub(super) fn acceptor(&self) -> Option<TlsAcceptor> {
        let mut state = self.state();
        if state.in_force.is_none() && state.looked.is_none_or(|at| at.elapsed() >= LOOK_AGAIN) {
            state.look();
        }
        state.in_force.as_ref().map(|f| f.acceptor.clone())
    }

    /// Whether the certificate in force is for this host, given without a port.
    pub(super) fn covers(&self, host: &str) -> bool {
        let certificate = self.state().in_force.as_ref().map(|f| f.certificate.clone());
        certificate.is_some_and(|certificate| certificate.covers(host))
    }

    /// The https socket's port, if it can do handshakes.
    pub(super) fn open_port(&self) -> Option<u16> {
        let state = self.state();
        state.port.filter(|_| state.in_force.is_some())
    }

    /// Why nobody can be served over TLS, although somebody may want to be.
    pub(crate) fn trouble(&self) -> Option<Trouble> {
        let state = self.state();
        state.trouble.clone().filter(|_| state.in_force.is_none())
    }

    /// For STATUS; empty while all is well.
    pub(super) fn status(&self) -> String {
        let state = self.state();
        match (&state.trouble, &state.in_force) {
            (Some(t), None) => format!("no TLS ({}): {}", t.reference, t.why),
            (Some(t), Some(_)) => format!("the old certificate is in force ({}): {}", t.reference, t.why),
            (None, Some(f)) => f.doubts.first().map(|doubt| format!("TLS: {doubt}")).unwrap_or_default(),
            (None, None) => String::new(),
        }
    }
}

impl State {
    fn look(&mut self) {
        self.looked = Some(Instant::now());
        let Some(files) = &self.files else {
            self.in_force = None;
            let missing = "the https socket is open and there is no certificate; write cert_file and key_file under \
                           [server.tls], or give the credentials coracle_tls-cert and coracle_tls-key";
            match self.port {
                Some(_) => self.refuse("config.toml", missing.into()),
                None => self.trouble = None,
            }
            return;
        };
        let shown = files.cert.display().to_string();
        let found = match Certificate::read(files) {
            Ok(found) => found,
            Err(bad) => return self.refuse(&bad.path().display().to_string(), bad.to_string()),
        };
        let now = crate::sys::unix_seconds();
        let doubts = found.doubts(now, self.public_url.as_ref());
        let is_worse = |old: &InForce| old.certificate.is_valid_at(now) && !found.is_valid_at(now);
        if self.in_force.as_ref().is_some_and(is_worse) {
            return self.refuse(&shown, doubts.into_iter().next().unwrap_or_default());
        }
        match acceptor(&found) {
            Ok(acceptor) => {
                tracing::info!("certificate in force: {found}");
                for doubt in &doubts {
                    tracing::warn!("{doubt}");
                }
                self.in_force = Some(InForce { certificate: Arc::new(found), acceptor, doubts });
                self.trouble = None;
            }
            Err(error) => self.refuse(&shown, format!("{shown}: {error}; make another certificate")),
        }
    }

    /// Said once, and again only after it was something else.
    fn refuse(&mut self, file: &str, why: String) {
        if self.trouble.as_ref().is_some_and(|t| t.why == why) {
            return;
        }
        let reference = crate::sys::reference();
        audit::record(&audit::Event::ConfigRefused { file, why: &why, reference: &reference });
        self.trouble = Some(Trouble { kind: Kind::Config, why, reference });
    }
}

/// TLS 1.3 and 1.2, HTTP/1.1. What one client and we agree on stays in memory only, for 256 clients at most: rustls's own
/// bound.
fn acceptor(certificate: &Certificate) -> Result<TlsAcceptor, rustls::Error> {
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[&version::TLS13, &version::TLS12])?
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(SingleCertAndKey::from(certificate.key())));
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}
