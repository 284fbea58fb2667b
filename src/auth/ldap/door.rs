//! The servers in order: which was good last, which is down, and the way to one: name, socket, StartTLS, TLS.

use std::{
    fmt, io,
    net::SocketAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use futures_util::{StreamExt, stream::FuturesUnordered};
use rustix::net::{RecvFlags, sockopt};
use rustls::pki_types::ServerName;
use tokio::{
    io::{AsyncRead, AsyncWrite, AsyncWriteExt},
    net::{TcpStream, UnixStream},
    time::timeout,
};
use tokio_rustls::TlsConnector;

use super::{
    asked, ber,
    certificate::Certificate,
    connection::{Connection, MAX_WORDS, WireError},
    guard::{self, Allowance, Asked},
    relay::{Ended, read_answer},
    trust::{self, Trust, TrustError, Witness},
};
use crate::config::{LdapAuth, LdapUrl};

/// How long a server that failed is tried last.
const DOWN: Duration = Duration::from_secs(30);
/// Most addresses of one name that are tried.
const MAX_ADDRESSES: usize = 8;
/// A new address is tried beside the one before when that has not answered for so long (RFC 8305).
const STAGGER: Duration = Duration::from_millis(250);
/// An idle connection is asked whether it still stands after so long.
const KEEPALIVE: Duration = Duration::from_secs(10);
const START_TLS: &[u8] = b"\x30\x1d\x02\x01\x01\x77\x18\x80\x161.3.6.1.4.1.1466.20037";
const START_TLS_ID: u32 = 1;

/// The configured servers with the certificates that are trusted. One for as long as the configuration holds.
pub(crate) struct Servers {
    servers: Vec<Arc<Server>>,
    /// Index of the one that was reached last.
    good: AtomicUsize,
    way: Way,
}

/// One server, and whether it is worth a try.
pub(super) struct Server {
    pub(super) url: LdapUrl,
    /// Only delays a try, so a clock that stands still while the machine sleeps is good enough.
    down_until: Mutex<Option<Instant>>,
}

/// How servers are reached.
struct Way {
    start_tls: bool,
    allow_plaintext: bool,
    /// Looked for in certificates instead of the URL's host.
    server_name: Option<ServerName<'static>>,
    /// `None`: no URL needs TLS.
    trust: Option<Trust>,
    /// For everything before the first request.
    connect_timeout: Duration,
    operation_timeout: Duration,
}

/// A part of reaching a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Resolve,
    Connect,
    StartTls,
    Tls,
}

impl Step {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Step::Resolve => "resolve",
            Step::Connect => "connect",
            Step::StartTls => "StartTLS",
            Step::Tls => "TLS",
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One try at one server: what was done, and how long each step took.
#[derive(Debug)]
pub(crate) struct Attempt {
    pub(crate) url: LdapUrl,
    /// In order; the last is the one that failed, if one did.
    pub(crate) steps: Vec<(Step, Duration)>,
    /// What the server presented, its own first. Also there when they were refused.
    pub(crate) certificates: Vec<Certificate>,
    /// The sentence, with what to do; `None`: it went well.
    pub(crate) failure: Option<String>,
}

impl fmt::Display for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.url)?;
        match (&self.failure, self.steps.last()) {
            (Some(why), Some((step, _))) => write!(f, "{step}: {why}"),
            (Some(why), None) => f.write_str(why),
            (None, _) => f.write_str("reached"),
        }
    }
}

/// Bytes to and from a server, whatever they go through.
pub(super) trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

impl Servers {
    /// Reads `ca_file` or the system's certificates, and the client's if there is one; nothing is sent. Reads files:
    /// some 30 ms for the system's.
    ///
    /// # Errors
    /// [`TrustError`] names the file and what is wrong with it.
    pub(crate) fn new(settings: &LdapAuth) -> Result<Servers, TrustError> {
        let tls = |url: &LdapUrl| match url {
            LdapUrl::Ldap(..) => settings.start_tls,
            LdapUrl::Ldaps(..) => true,
            LdapUrl::Ldapi(_) => false,
        };
        let trust = match settings.urls.iter().any(tls) {
            true => Some(Trust::read(settings.ca_file.as_deref(), settings.client_cert.as_ref())?),
            false => None,
        };
        let server_name = match &settings.server_name {
            Some(name) => Some(name_of(name).ok_or_else(|| TrustError::ServerName(name.clone()))?),
            None => None,
        };
        Ok(Servers {
            servers: settings.urls.iter().map(|url| Arc::new(Server::new(url.clone()))).collect(),
            good: AtomicUsize::new(0),
            way: Way {
                start_tls: settings.start_tls,
                allow_plaintext: settings.allow_plaintext,
                server_name,
                trust,
                connect_timeout: settings.connect_timeout,
                operation_timeout: settings.operation_timeout,
            },
        })
    }

    /// Connects to the first server that can be reached: the one that was good last, then the configured order, those
    /// that failed within 30 s only if there is no other. Each has `connect_timeout` for everything before the first
    /// request. The connection is anonymous.
    ///
    /// # Errors
    /// [`WireError::Unreachable`]
    pub(crate) async fn open(&self) -> Result<Connection, WireError> {
        let (now, good) = (Instant::now(), self.good.load(Ordering::Relaxed));
        let mut order: Vec<(usize, &Arc<Server>)> = self.servers.iter().enumerate().collect();
        order.sort_by_key(|(n, server)| (server.is_down(now), *n != good, *n));
        let mut attempts = Vec::new();
        for (n, server) in order {
            match self.way.attempt(server).await {
                (_, Some(connection)) => {
                    self.good.store(n, Ordering::Relaxed);
                    return Ok(connection);
                }
                (attempt, None) => attempts.push(attempt),
            }
        }
        Err(WireError::Unreachable(attempts))
    }

    /// The same with one of the configured servers alone, whatever is known of it; for `coracle ldap test`.
    pub(crate) async fn attempt(&self, url: &LdapUrl) -> (Attempt, Option<Connection>) {
        match self.servers.iter().find(|server| server.url == *url) {
            Some(server) => self.way.attempt(server).await,
            None => {
                let failure = Some("is not one of `auth.ldap.urls`".to_owned());
                (Attempt { url: url.clone(), steps: Vec::new(), certificates: Vec::new(), failure }, None)
            }
        }
    }
}

impl Server {
    pub(super) fn new(url: LdapUrl) -> Server {
        Server { url, down_until: Mutex::new(None) }
    }

    fn is_down(&self, now: Instant) -> bool {
        self.down_until.lock().unwrap_or_else(PoisonError::into_inner).is_some_and(|until| now < until)
    }

    /// It is tried after the others for [`DOWN`]; logged when that begins.
    pub(super) fn is_no_good(&self, why: &dyn fmt::Display) {
        let now = Instant::now();
        let mut down_until = self.down_until.lock().unwrap_or_else(PoisonError::into_inner);
        if down_until.is_none_or(|until| until <= now) {
            *down_until = Some(now + DOWN);
            tracing::warn!("directory server {}: {why}; for {} s it is tried last", self.url, DOWN.as_secs());
        }
    }

    /// It answered a request: a connection alone says little.
    pub(super) fn is_good(&self) {
        *self.down_until.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// The steps of an attempt with their times, also when it is cut short.
struct Trail {
    steps: Vec<(Step, Duration)>,
    current: Option<(Step, Instant)>,
}

impl Trail {
    fn begin(&mut self, step: Step) {
        self.end();
        self.current = Some((step, Instant::now()));
    }

    fn end(&mut self) {
        self.steps.extend(self.current.take().map(|(step, began)| (step, began.elapsed())));
    }
}

impl Way {
    async fn attempt(&self, server: &Arc<Server>) -> (Attempt, Option<Connection>) {
        let mut trail = Trail { steps: Vec::new(), current: None };
        let witness = Witness::default();
        asked::asks(&server.url);
        let reached = match timeout(self.connect_timeout, self.reach(&server.url, &mut trail, &witness)).await {
            Ok(reached) => reached,
            Err(_) => Err(format!("no answer within {:?}", self.connect_timeout)),
        };
        trail.end();
        let connection = match reached {
            Ok(stream) => Connection::over(stream, server.clone(), self.operation_timeout)
                .await
                .map_err(|e| format!("no socket pair: {e}")),
            Err(why) => Err(why),
        };
        let mut attempt = Attempt {
            url: server.url.clone(),
            steps: trail.steps,
            certificates: witness.certificates(),
            failure: None,
        };
        match connection {
            Ok(connection) => (attempt, Some(connection)),
            Err(why) => {
                server.is_no_good(&why);
                attempt.failure = Some(why);
                (attempt, None)
            }
        }
    }

    async fn reach(&self, url: &LdapUrl, trail: &mut Trail, witness: &Witness) -> Result<Box<dyn Stream>, String> {
        let (host, port, ldaps) = match url {
            LdapUrl::Ldapi(path) => {
                trail.begin(Step::Connect);
                let socket = UnixStream::connect(path).await;
                return Ok(Box::new(
                    socket.map_err(|e| format!("{e}; is the server running, with ldapi:// in its list?"))?,
                ));
            }
            LdapUrl::Ldap(host, port) => (host, *port, false),
            LdapUrl::Ldaps(host, port) => (host, *port, true),
        };
        trail.begin(Step::Resolve);
        let mut addresses: Vec<SocketAddr> = tokio::net::lookup_host((host.as_str(), port))
            .await
            .map_err(|e| format!("{host} has no address: {e}"))?
            .take(MAX_ADDRESSES)
            .collect();
        if !ldaps && !self.start_tls && !self.allow_plaintext {
            addresses.retain(|address| address.ip().to_canonical().is_loopback());
            if addresses.is_empty() {
                return Err(format!(
                    "{host} is another machine, and passwords would travel in the clear; set `start_tls = true`, use \
                     ldaps://, or set `allow_plaintext = true`"
                ));
            }
        }
        trail.begin(Step::Connect);
        let mut tcp =
            connect(&addresses).await.map_err(|e| format!("{e}; is the server running, and the port right?"))?;
        if !ldaps && !self.start_tls {
            return Ok(Box::new(tcp));
        }
        if !ldaps {
            trail.begin(Step::StartTls);
            start_tls(&mut tcp).await?;
        }
        trail.begin(Step::Tls);
        let name = match &self.server_name {
            Some(name) => name.clone(),
            None => name_of(host).ok_or_else(|| format!("{host:?} cannot be in a certificate; set `server_name`"))?,
        };
        let trust = self.trust.as_ref().ok_or("no certificates were read for TLS")?;
        let shown = name.to_str().into_owned();
        match TlsConnector::from(trust.config(witness)).connect(name, tcp).await {
            Ok(stream) => Ok(Box::new(stream)),
            Err(e) => Err(match e.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
                Some(error) => trust::explain(error, &shown, &witness.certificates()),
                None => format!("the server hung up ({e}); is this a port for ldap:// with `start_tls = true`?"),
            }),
        }
    }
}

fn name_of(host: &str) -> Option<ServerName<'static>> {
    ServerName::try_from(host.to_owned()).ok()
}

/// The first of these that takes a connection; each is begun when the one before has failed, or has not answered for
/// [`STAGGER`].
pub(super) async fn connect(addresses: &[SocketAddr]) -> io::Result<TcpStream> {
    let mut waiting = addresses.iter();
    let mut trying = FuturesUnordered::new();
    let mut last = io::Error::new(io::ErrorKind::NotFound, "no address");
    loop {
        match waiting.next() {
            Some(address) => trying.push(async move {
                TcpStream::connect(address).await.map_err(|e| io::Error::new(e.kind(), format!("{address}: {e}")))
            }),
            None if trying.is_empty() => return Err(last),
            None => {}
        }
        let more = waiting.len() > 0;
        tokio::select! {
            Some(tried) = trying.next() => match tried {
                Ok(tcp) => {
                    // Without it every TLS bind waits 44 ms for an acknowledgement.
                    tcp.set_nodelay(true)?;
                    sockopt::set_socket_keepalive(&tcp, true)?;
                    sockopt::set_tcp_keepidle(&tcp, KEEPALIVE)?;
                    return Ok(tcp);
                }
                Err(e) => last = e,
            },
            () = tokio::time::sleep(STAGGER), if more => {}
        }
    }
}

/// Asks for TLS in the clear and reads the one answer, to the byte.
async fn start_tls(tcp: &mut TcpStream) -> Result<(), String> {
    let answer: Result<Vec<u8>, Ended> = async {
        tcp.write_all(START_TLS).await?;
        let mut allowance = Allowance::new();
        let answer = read_answer(tcp, &mut allowance).await?;
        Asked::start_tls(START_TLS_ID).check(&answer, &mut allowance)?;
        Ok(answer)
    }
    .await;
    let answer = answer.map_err(|why| why.to_string())?;
    match guard::result_of(&answer) {
        Some((0, _)) => {}
        Some((code, words)) => {
            let words = ber::line(words, MAX_WORDS);
            return Err(format!(
                "the server does not offer it (code {code} {words}); give it a certificate, or use ldaps://"
            ));
        }
        None => return Err("its answer is malformed".to_owned()),
    }
    // It may not speak again before our side of TLS began: whoever does has put bytes into the clear.
    let mut byte = [0];
    match rustix::net::recv(&*tcp, &mut byte, RecvFlags::PEEK | RecvFlags::DONTWAIT) {
        Err(rustix::io::Errno::AGAIN) => Ok(()),
        Ok((_, 0)) => Err("it hung up".to_owned()),
        Ok(_) => Err("bytes came behind its answer and before TLS; somebody may be in between".to_owned()),
        Err(e) => Err(e.to_string()),
    }
}
