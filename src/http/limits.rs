//! Who is inside and how many: caps per address and in all, and what the idle exit needs to know.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicBool, Ordering::Relaxed},
};
use std::time::{Duration, Instant};

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

use crate::activation::Entrance;

/// Connections at once from one address (one /64 for IPv6). A trusted proxy may have as many as there are; there it counts
/// requests that are being answered, and WebSockets, of one of its clients.
pub(crate) const MAX_PER_ADDRESS: usize = 32;
/// Connections at once in all, the control socket's not counted.
pub(crate) const MAX_CONNECTIONS: usize = 1024;
/// Connections at once on the control socket; its own, so that a crowd at the web entrance never locks the operator out.
pub(crate) const MAX_CONTROL: usize = 16;
/// Of these, WebSockets that watch: the others stay for `ps` and `end`.
pub(crate) const MAX_CONTROL_WATCHES: usize = 8;
/// WebSockets at once whose login is not known yet.
pub(crate) const MAX_STRANGERS: usize = 64;
/// Header lines of one request.
pub(crate) const MAX_HEADERS: usize = 64;
/// Bytes of one request's head (and of hyper's read buffer).
pub(crate) const MAX_HEAD: usize = 32 * 1024;
/// Bytes of one request's body.
pub(crate) const MAX_BODY: usize = 16 * 1024;
/// Bytes of a body that is too large, and says so, which are read all the same.
pub(crate) const THROWN_AWAY: u64 = 256 * 1024;
/// For a whole TLS handshake.
pub(crate) const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);
/// For a whole request head; hyper starts it anew at the end of each answer, so it bounds idle keep-alive as well.
pub(crate) const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// For a whole request body.
pub(crate) const BODY_TIMEOUT: Duration = Duration::from_secs(10);
/// A peer that takes none of what we write for this long is gone. Longer than a terminal's own ping timeout (45 s).
pub(crate) const WRITE_STALL: Duration = Duration::from_secs(60);
/// From SIGTERM, for the first request of a connection that has been accepted and could not say anything yet.
pub(crate) const FIRST_WORD: Duration = Duration::from_secs(1);
/// From SIGTERM to the last connection closed.
pub(crate) const DRAIN: Duration = Duration::from_secs(5);

/// What counts as one peer for caps and for the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum PeerKey {
    V4(std::net::Ipv4Addr),
    /// The first 64 bits: whoever has one address of a network has them all.
    V6([u16; 4]),
    /// Unix sockets have no address; what is behind one is not known here.
    Local(Entrance),
}

impl PeerKey {
    pub(crate) fn of(address: IpAddr) -> PeerKey {
        match address.to_canonical() {
            IpAddr::V4(v4) => PeerKey::V4(v4),
            IpAddr::V6(v6) => {
                let [a, b, c, d, ..] = v6.segments();
                PeerKey::V6([a, b, c, d])
            }
        }
    }
}

impl std::fmt::Display for PeerKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            PeerKey::V4(v4) => v4.fmt(f),
            PeerKey::V6([a, b, c, d]) => write!(f, "{}/64", Ipv6Addr::new(*a, *b, *c, *d, 0, 0, 0, 0)),
            PeerKey::Local(entrance) => f.write_str(entrance.name()),
        }
    }
}

/// Why somebody is not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Full {
    /// This address has its share: 429.
    Address,
    /// The house is full: 503.
    House,
}

/// Everybody who is connected; clones share it.
#[derive(Clone)]
pub(crate) struct Crowd {
    shared: Arc<Shared>,
}

struct Shared {
    count: Mutex<Count>,
    /// Rung at each departure.
    left: Notify,
    strangers: Arc<Semaphore>,
    operator_watches: Arc<Semaphore>,
}

struct Count {
    by_peer: HashMap<PeerKey, usize>,
    /// Web entrances and control socket together.
    open: usize,
    control: usize,
    /// When the last one left who had asked for something (or the daemon's start).
    last_real: Instant,
}

impl Crowd {
    pub(crate) fn new() -> Crowd {
        let count = Count { by_peer: HashMap::new(), open: 0, control: 0, last_real: Instant::now() };
        let strangers = Arc::new(Semaphore::new(MAX_STRANGERS));
        let operator_watches = Arc::new(Semaphore::new(MAX_CONTROL_WATCHES));
        let left = Notify::new();
        Crowd { shared: Arc::new(Shared { count: Mutex::new(count), left, strangers, operator_watches }) }
    }

    fn count(&self) -> MutexGuard<'_, Count> {
        self.shared.count.lock().unwrap_or_else(PoisonError::into_inner) // plain numbers: always consistent
    }

    /// Lets one connection in, for as long as the guest lives.
    ///
    /// # Errors
    /// Which cap is reached.
    pub(crate) fn enter(&self, peer: PeerKey) -> Result<Guest, Full> {
        self.admit(peer, MAX_PER_ADDRESS)
    }

    /// As [`Crowd::enter`] for a proxy, whose address may have any share of the places.
    ///
    /// # Errors
    /// [`Full::House`].
    pub(crate) fn enter_proxy(&self, peer: PeerKey) -> Result<Guest, Full> {
        self.admit(peer, MAX_CONNECTIONS)
    }

    fn admit(&self, peer: PeerKey, share: usize) -> Result<Guest, Full> {
        let mut count = self.count();
        let here = count.by_peer.get(&peer).copied().unwrap_or(0);
        match peer {
            PeerKey::Local(Entrance::Control) if here >= MAX_CONTROL => return Err(Full::House),
            PeerKey::Local(Entrance::Control) => count.control += 1,
            _ if count.open - count.control >= MAX_CONNECTIONS => return Err(Full::House),
            PeerKey::V4(_) | PeerKey::V6(_) if here >= share => return Err(Full::Address),
            _ => {}
        }
        count.open += 1;
        count.by_peer.insert(peer, here + 1);
        Ok(Guest { crowd: self.clone(), peer, carrier: None, real: AtomicBool::new(false) })
    }

    /// Connections open now, WebSockets and idle keep-alive included.
    pub(crate) fn open(&self) -> usize {
        self.count().open
    }

    /// When somebody who had asked for something was last here.
    pub(crate) fn last_real(&self) -> Instant {
        self.count().last_real
    }

    /// A session's end counts like a guest's departure: the idle time begins anew.
    pub(crate) fn touch(&self) {
        self.count().last_real = Instant::now();
    }

    /// Resolves at the next departure; misses none that happens after the last call returned.
    pub(crate) async fn departure(&self) {
        self.shared.left.notified().await;
    }

    /// A place among the WebSockets whose login is not known; `None` when all are taken.
    pub(crate) fn stranger(&self) -> Option<OwnedSemaphorePermit> {
        self.shared.strangers.clone().try_acquire_owned().ok()
    }

    /// A place among the control socket's WebSockets; `None` when all are taken.
    pub(crate) fn operator_watch(&self) -> Option<OwnedSemaphorePermit> {
        self.shared.operator_watches.clone().try_acquire_owned().ok()
    }
}

/// One connection's place. Shared by the connection and whatever it was upgraded to; the last to go leaves.
pub(crate) struct Guest {
    crowd: Crowd,
    peer: PeerKey,
    /// The proxy's connection that this client's request came over; it is what takes a place in the house.
    carrier: Option<Arc<Guest>>,
    real: AtomicBool,
}

impl Guest {
    /// This one asked for something that a person could want: its end starts the idle time anew.
    pub(crate) fn is_real(&self) {
        self.real.store(true, Relaxed);
    }

    /// A place for the request of a client of this guest, who is a proxy. `None` if that client has its share.
    pub(crate) fn carry(self: &Arc<Self>, client: PeerKey) -> Option<Guest> {
        let mut count = self.crowd.count();
        let here = count.by_peer.entry(client).or_default();
        if *here >= MAX_PER_ADDRESS {
            return None;
        }
        *here += 1;
        let carrier = Some(self.clone());
        Some(Guest { crowd: self.crowd.clone(), peer: client, carrier, real: AtomicBool::new(false) })
    }

    pub(crate) fn crowd(&self) -> &Crowd {
        &self.crowd
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        let mut count = self.crowd.count();
        if self.carrier.is_none() {
            count.open -= 1;
        }
        if self.peer == PeerKey::Local(Entrance::Control) {
            count.control -= 1;
        }
        match count.by_peer.get_mut(&self.peer) {
            Some(here) if *here > 1 => *here -= 1,
            _ => drop(count.by_peer.remove(&self.peer)),
        }
        if self.real.load(Relaxed) {
            count.last_real = Instant::now();
        }
        drop(count);
        self.crowd.shared.left.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(n: u16) -> PeerKey {
        PeerKey::V4(std::net::Ipv4Addr::from(u32::from(n)))
    }

    #[test]
    fn one_address_has_its_share_and_gets_it_back_when_it_leaves() {
        let crowd = Crowd::new();
        let mut here: Vec<Guest> = (0..MAX_PER_ADDRESS).map(|_| crowd.enter(address(1)).ok().unwrap()).collect();
        assert_eq!(crowd.enter(address(1)).err(), Some(Full::Address));
        assert!(crowd.enter(address(2)).is_ok());
        here.pop();
        assert!(crowd.enter(address(1)).is_ok());
    }

    #[test]
    fn a_full_house_turns_everybody_away_but_the_operator() {
        let crowd = Crowd::new();
        let here: Vec<Guest> = (0..MAX_CONNECTIONS)
            .map(|n| crowd.enter(address(u16::try_from(n / MAX_PER_ADDRESS).unwrap())).ok().unwrap())
            .collect();
        assert_eq!(crowd.enter(address(999)).err(), Some(Full::House));
        assert_eq!(crowd.enter(PeerKey::Local(Entrance::Unix)).err(), Some(Full::House));
        let operator = crowd.enter(PeerKey::Local(Entrance::Control));
        assert!(operator.is_ok());
        assert_eq!(crowd.open(), MAX_CONNECTIONS + 1);
        drop((here, operator));
        assert_eq!(crowd.open(), 0);
    }

    #[test]
    fn the_operators_connections_take_no_place_from_others() {
        let crowd = Crowd::new();
        let control: Vec<Guest> =
            (0..MAX_CONTROL).map(|_| crowd.enter(PeerKey::Local(Entrance::Control)).ok().unwrap()).collect();
        assert_eq!(crowd.enter(PeerKey::Local(Entrance::Control)).err(), Some(Full::House));
        let others = (0..MAX_CONNECTIONS).map_while(|_| crowd.enter(PeerKey::Local(Entrance::Unix)).ok());
        assert_eq!(others.collect::<Vec<_>>().len(), MAX_CONNECTIONS);
        drop(control);
    }

    #[test]
    fn a_proxy_has_any_share_and_each_of_its_clients_one_of_its_own() {
        let crowd = Crowd::new();
        let proxy: Vec<_> =
            (0..MAX_CONNECTIONS).map_while(|_| crowd.enter_proxy(address(1)).ok().map(Arc::new)).collect();
        assert_eq!(proxy.len(), MAX_CONNECTIONS);
        assert_eq!(crowd.enter_proxy(address(1)).err(), Some(Full::House));
        let mut client: Vec<_> = proxy.iter().map_while(|carrier| carrier.carry(address(2))).collect();
        assert_eq!((client.len(), crowd.open()), (MAX_PER_ADDRESS, MAX_CONNECTIONS));
        assert!(proxy[0].carry(address(3)).is_some());
        client.pop();
        assert!(proxy[0].carry(address(2)).is_some());
        drop(proxy);
        assert_eq!(crowd.open(), MAX_PER_ADDRESS - 1, "a client's request keeps the connection that it came over");
        drop(client);
        assert_eq!((crowd.open(), crowd.count().by_peer.len()), (0, 0));
    }

    #[test]
    fn only_a_guest_who_asked_for_something_starts_the_idle_time_anew() {
        let crowd = Crowd::new();
        let before = crowd.last_real();
        drop(crowd.enter(address(1)));
        assert_eq!(crowd.last_real(), before);
        let guest = crowd.enter(address(1)).ok().unwrap();
        guest.is_real();
        drop(guest);
        assert!(crowd.last_real() > before);
    }

    #[test]
    fn a_v6_network_and_a_mapped_v4_address_are_one_peer() {
        let key = |text: &str| PeerKey::of(text.parse().unwrap());
        assert_eq!(key("2001:db8:1:2::1"), key("2001:db8:1:2:ffff::9"));
        assert_ne!(key("2001:db8:1:2::1"), key("2001:db8:1:3::1"));
        assert_eq!(key("::ffff:192.0.2.1"), key("192.0.2.1"));
        assert_eq!(key("2001:db8:1:2::1").to_string(), "2001:db8:1:2::/64");
    }
}
