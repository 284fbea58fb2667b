//! One connection, from the accepted socket to its last answer: caps, timeouts, and who the peer is.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering::Relaxed},
};

use hyper::HeaderMap;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};
use tokio::sync::watch;
use tokio::time::sleep;

use super::forwarded::{self, Unclear};
use super::house::House;
use super::limits::{Crowd, FIRST_WORD, Full, Guest, HEAD_TIMEOUT, MAX_HEAD, MAX_HEADERS, PeerKey};
use super::origin::Way;
use super::patient::Patient;
use super::refusals::Refusals;
use super::tls;
use crate::activation::Entrance;
use crate::config::TrustedProxies;

/// A socket that was just accepted.
pub(crate) enum Stream {
    Tcp(TcpStream, SocketAddr),
    Unix(UnixStream),
}

/// A connection and what it needs to be served.
pub(crate) struct Incoming {
    pub(crate) entrance: Entrance,
    pub(crate) stream: Stream,
    pub(crate) house: Arc<House>,
    pub(crate) refusals: Arc<Refusals>,
}

/// Who asks: the other end of a connection, as far as the kernel tells; for a request that a trusted proxy brought, the
/// client that the proxy names.
#[derive(Debug, Clone)]
pub(crate) struct Peer {
    pub(crate) entrance: Entrance,
    pub(crate) way: Way,
    pub(crate) key: PeerKey,
    /// Canonical: IPv4 as such. `None` for unix sockets.
    pub(crate) address: Option<IpAddr>,
    /// The user at the other end of a unix socket.
    pub(crate) uid: Option<u32>,
}

impl Peer {
    /// For audit and journal: an address, `uid 0`, or `unix`.
    pub(crate) fn shown(&self) -> String {
        match (self.address, self.uid) {
            (Some(address), _) => address.to_string(),
            (None, Some(uid)) if self.entrance == Entrance::Control => format!("uid {uid}"),
            (None, _) => "unix".to_owned(),
        }
    }

    /// The address that login attempts are counted under; all users of a unix socket share the unspecified one.
    pub(crate) fn ip(&self) -> IpAddr {
        self.address.unwrap_or(Ipv4Addr::UNSPECIFIED.into())
    }

    /// Whether it is believed what it says of the requests before its own.
    pub(super) fn is_trusted(&self, trusted: &TrustedProxies) -> bool {
        match self.address {
            Some(address) => trusted.contains(address),
            None => self.entrance == Entrance::Unix && trusted.unix,
        }
    }

    /// Who a request of this peer comes from: somebody else only if the peer is a trusted proxy and says so.
    ///
    /// # Errors
    /// If it is a trusted proxy and does not say it clearly.
    pub(crate) fn behind(&self, headers: &HeaderMap, trusted: &TrustedProxies) -> Result<Peer, Unclear> {
        if !self.is_trusted(trusted) {
            return Ok(self.clone());
        }
        let told = forwarded::read(headers, trusted)?;
        Ok(Peer {
            way: told.scheme.map_or(self.way, Way::Told),
            key: told.client.map_or(self.key, PeerKey::of),
            address: told.client.or(self.address),
            ..*self
        })
    }
}

/// What one request is answered with.
#[derive(Clone)]
pub(crate) struct Visit {
    pub(crate) peer: Peer,
    pub(crate) guest: Arc<Guest>,
    pub(crate) house: Arc<House>,
    pub(crate) refusals: Arc<Refusals>,
}

/// Lets a connection in, or turns it away with a short answer; never waits.
pub(crate) fn admit(incoming: Incoming, crowd: &Crowd, closing: watch::Receiver<bool>) {
    let Incoming { entrance, stream, house, refusals } = incoming;
    let peer = match &stream {
        Stream::Tcp(socket, address) => tcp_peer(entrance, socket, *address),
        Stream::Unix(socket) => unix_peer(entrance, socket),
    };
    if entrance == Entrance::Control && !peer.uid.is_some_and(may_control) {
        refusals.count(peer.key, "foreign uid on the control socket");
        return;
    }
    let shop = house.shop();
    let is_proxy = shop.is_some_and(|shop| peer.is_trusted(&shop.config.server.trusted_proxies));
    let entered = if is_proxy { crowd.enter_proxy(peer.key) } else { crowd.enter(peer.key) };
    let guest = match entered {
        Ok(guest) => Arc::new(guest),
        Err(full) => {
            refusals.count(peer.key, "too many connections");
            if entrance != Entrance::Https {
                turn_away(&stream, full);
            }
            return;
        }
    };
    let visit = Visit { peer, guest, house, refusals };
    match stream {
        Stream::Tcp(socket, _) => {
            if let Err(error) = socket.set_nodelay(true) {
                tracing::debug!(%error, "nodelay"); // slower echo, nothing worse
            }
            if entrance == Entrance::Https {
                tokio::spawn(serve_tls(socket, visit, closing));
            } else {
                tokio::spawn(serve(Patient::new(socket), visit, closing));
            }
        }
        Stream::Unix(socket) => drop(tokio::spawn(serve(Patient::new(socket), visit, closing))),
    }
}

fn tcp_peer(entrance: Entrance, socket: &TcpStream, address: SocketAddr) -> Peer {
    let here = socket.local_addr().is_ok_and(|a| a.ip().to_canonical().is_loopback());
    let address = address.ip().to_canonical();
    let way = match entrance {
        Entrance::Https => Way::Tls,
        _ if here && address.is_loopback() => Way::Loopback,
        _ => Way::Network,
    };
    Peer { entrance, way, key: PeerKey::of(address), address: Some(address), uid: None }
}

fn unix_peer(entrance: Entrance, socket: &UnixStream) -> Peer {
    let uid = socket.peer_cred().ok().map(|c| c.uid());
    Peer { entrance, way: Way::Unix, key: PeerKey::Local(entrance), address: None, uid }
}

/// Root and the daemon's own user.
fn may_control(uid: u32) -> bool {
    uid == 0 || uid == rustix::process::geteuid().as_raw()
}

/// Best effort: what does not fit into the socket's empty buffer is not worth waiting for.
fn turn_away(stream: &Stream, full: Full) {
    let answer: &[u8] = match full {
        Full::Address => {
            b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 5\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
        }
        Full::House => {
            b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
        }
    };
    let written = match stream {
        Stream::Tcp(socket, _) => socket.try_write(answer),
        Stream::Unix(socket) => socket.try_write(answer),
    };
    if let Err(error) = written {
        tracing::debug!(%error, "turned away without a word");
    }
}

/// The handshake, then the rest; what is patient is the socket below, since TLS has a buffer of its own above it.
async fn serve_tls(socket: TcpStream, visit: Visit, mut closing: watch::Receiver<bool>) {
    let Some(acceptor) = visit.house.tls_acceptor() else {
        return visit.refusals.count(visit.peer.key, "TLS without a certificate in force");
    };
    let stream = tokio::select! {
        stream = tls::shake(socket, &acceptor) => stream,
        () = async { told_to_close(&mut closing).await; sleep(FIRST_WORD).await } => None,
    };
    if let Some(stream) = stream {
        serve(stream, visit, closing).await;
    }
}

async fn serve<S>(socket: S, visit: Visit, mut closing: watch::Receiver<bool>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let visit = Arc::new(visit);
    let asked = AtomicBool::new(false);
    let service = service_fn(|request| {
        asked.store(true, Relaxed);
        let visit = visit.clone();
        async move { Ok::<_, std::convert::Infallible>(super::answer(request, &visit).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new()) // without it, setting the timeout panics
        .header_read_timeout(HEAD_TIMEOUT)
        .max_headers(MAX_HEADERS)
        .max_header_size(MAX_HEAD) // exact; the buffer alone lets nearly twice as much through
        .max_buf_size(MAX_HEAD)
        .serve_connection(TokioIo::new(socket), service)
        .with_upgrades();
    let mut connection = std::pin::pin!(connection);
    let served = tokio::select! {
        served = connection.as_mut() => served,
        () = told_to_close(&mut closing) => {
            // Closed without a word, a request that is on its way would be lost; the next daemon will not see it.
            let first = async { if !asked.load(Relaxed) { sleep(FIRST_WORD).await } };
            tokio::select! {
                served = connection.as_mut() => served,
                () = first => {
                    connection.as_mut().graceful_shutdown();
                    connection.await
                }
            }
        }
    };
    if let Err(error) = served {
        tracing::debug!(%error, "connection");
    }
}

async fn told_to_close(closing: &mut watch::Receiver<bool>) {
    let gone = closing.wait_for(|closing| *closing).await.is_err(); // the gate itself is gone: the same
    tracing::trace!(gone, "asked to close");
}
