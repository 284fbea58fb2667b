//! The one task that accepts, counts the idle time and hears the signals.
//!
//! All three must be one task: whoever decides to leave must be the one who would otherwise accept. After the decision
//! nothing is accepted any more, so a connection that arrives meanwhile stays in the kernel's queue, and systemd, which
//! holds the same socket, starts the next daemon for it. For the same reason an inherited listener is never shut down,
//! only dropped.

use std::cell::Cell;
use std::future::poll_fn;
use std::io;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use tokio::net::{TcpListener, UnixListener};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

use super::connection::{self, Incoming, Stream};
use super::house::{House, Trouble};
use super::limits::Crowd;
use super::refusals::Refusals;
use crate::activation::{self, Entrance, Listener, Watchdog};

/// Why the daemon leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Leave {
    /// Nobody has been here for `server.idle_exit`.
    Idle,
    /// SIGTERM: sessions stay.
    Terminated,
    /// SIGINT, which in the foreground ends the sessions.
    Interrupted,
}

/// Whether the daemon leaves by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WhenIdle {
    /// systemd holds the sockets and starts the next one.
    Exit,
    /// Nobody else listens.
    Stay,
}

/// Out of descriptors or memory: no new connection for this long, doubled at each failure up to the last figure.
const BACK_OFF: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(2));

/// Everything the task needs.
pub(crate) struct Gate {
    listeners: Vec<(Entrance, Socket)>,
    /// The listener that is asked first next time, so that none starves the others.
    turn: Cell<usize>,
    house: Arc<House>,
    crowd: Crowd,
    refusals: Arc<Refusals>,
    when_idle: WhenIdle,
}

enum Socket {
    Tcp(TcpListener),
    Unix(UnixListener),
}

impl Socket {
    fn poll_accept(&self, cx: &mut Context<'_>) -> Poll<io::Result<Stream>> {
        match self {
            Self::Tcp(s) => s.poll_accept(cx).map_ok(|(stream, peer)| Stream::Tcp(stream, peer)),
            Self::Unix(s) => s.poll_accept(cx).map_ok(|(stream, _)| Stream::Unix(stream)),
        }
    }

    fn tls_port(&self, entrance: Entrance) -> Option<u16> {
        match self {
            Self::Tcp(s) if entrance == Entrance::Https => s.local_addr().ok().map(|address| address.port()),
            _ => None,
        }
    }
}

/// The signals that the daemon hears.
pub(crate) struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hang_up: Signal,
}

impl Signals {
    /// To be called first of all: until then they would end the process.
    ///
    /// # Errors
    /// If the kernel refuses a handler.
    pub(crate) fn hear() -> io::Result<Signals> {
        Ok(Signals {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hang_up: signal(SignalKind::hangup())?,
        })
    }

    /// A second Ctrl-C, while sessions are being ended.
    pub(crate) async fn interrupted_again(&mut self) {
        self.interrupt.recv().await;
    }
}

impl Gate {
    /// # Errors
    /// If a socket cannot be watched.
    pub(crate) fn new(sockets: Vec<(Entrance, Listener)>, house: Arc<House>, when_idle: WhenIdle) -> io::Result<Gate> {
        let listeners = sockets
            .into_iter()
            .map(|(entrance, socket)| {
                let socket = match socket {
                    Listener::Tcp(s) => Socket::Tcp(TcpListener::from_std(s)?),
                    Listener::Unix(s) => Socket::Unix(UnixListener::from_std(s)?),
                };
                Ok((entrance, socket))
            })
            .collect::<io::Result<Vec<_>>>()?;
        if let Some(port) = listeners.iter().find_map(|(entrance, socket)| socket.tls_port(*entrance)) {
            house.tls().expect(port);
        }
        Ok(Gate { listeners, turn: Cell::new(0), house, crowd: Crowd::new(), refusals: Arc::default(), when_idle })
    }

    /// Serves until there is a reason to leave. When it returns, nothing is accepted any more and systemd knows it;
    /// connections may still be open (see [`Gate::drain`]).
    pub(crate) async fn serve(&self, signals: &mut Signals, closing: &watch::Sender<bool>) -> Leave {
        let mut changes = self.house.changes();
        let mut watchdog = Watchdog::asked_for();
        let mut looks = watchdog.as_ref().map(|w| tokio::time::interval(w.period()));
        let mut live = self.house.shop().map(|s| s.roster.live());
        let mut ready = self.house.shop().map(|s| s.roster.ready());
        let mut closed_until: Option<Instant> = None; // set while the host is out of descriptors
        let mut back_off = BACK_OFF.0;
        let mut told = String::new();
        activation::ready();
        loop {
            if live.is_none() {
                live = self.house.shop().map(|s| s.roster.live());
                ready = self.house.shop().map(|s| s.roster.ready());
            }
            let [sessions, warm] = [&mut live, &mut ready].map(|n| n.as_mut().map_or(0, |n| *n.borrow_and_update()));
            self.tell(sessions, warm, &mut told);
            let deadline = self.deadline(sessions);
            if deadline.is_some_and(|at| at <= Instant::now()) {
                activation::stopping();
                return Leave::Idle;
            }
            tokio::select! {
                accepted = poll_fn(|cx| self.poll_accept(cx)), if closed_until.is_none() => match accepted {
                    Ok((entrance, stream)) => {
                        back_off = BACK_OFF.0;
                        self.admit(entrance, stream, closing);
                    }
                    Err(error) => if self.is_exhausted(&error) {
                        closed_until = Some(Instant::now() + back_off);
                        back_off = (back_off * 2).min(BACK_OFF.1);
                    },
                },
                () = sleep_until(closed_until) => closed_until = None,
                () = self.crowd.departure() => {}
                () = sleep_until(deadline) => {}
                changed = next(&mut live) => match changed {
                    Ok(()) => if live.as_ref().is_some_and(|l| *l.borrow() == 0) { self.crowd.touch() },
                    Err(_) => live = None, // the roster is gone with its shop; a new one is asked for above
                },
                Ok(()) = next(&mut ready) => {}
                Ok(()) = changes.changed() => {}
                _ = tick(&mut looks) => if let Some(w) = &mut watchdog { w.look() },
                _ = signals.terminate.recv() => {
                    activation::stopping();
                    return Leave::Terminated;
                }
                _ = signals.interrupt.recv() => {
                    activation::stopping();
                    return Leave::Interrupted;
                }
                _ = signals.hang_up.recv() => self.reload(),
            }
        }
    }

    /// After [`Gate::serve`]: closes the listeners, asks every connection to end after its answer, and waits for that,
    /// `limit` at most.
    pub(crate) async fn drain(mut self, closing: &watch::Sender<bool>, limit: Duration) {
        self.listeners.clear();
        closing.send_replace(true);
        let empty = async {
            while self.crowd.open() > 0 {
                self.crowd.departure().await;
            }
        };
        if tokio::time::timeout(limit, empty).await.is_err() {
            tracing::info!(connections = self.crowd.open(), "closed without waiting any longer");
        }
        self.refusals.flush();
    }

    /// When to leave if nothing happens; `None` while somebody is here.
    fn deadline(&self, sessions: usize) -> Option<Instant> {
        let quiet = self.when_idle == WhenIdle::Exit && sessions == 0 && self.crowd.open() == 0;
        let idle_exit = self.house.shop().map_or(Duration::from_secs(60), |s| s.config.server.idle_exit);
        quiet.then(|| self.crowd.last_real() + idle_exit)
    }

    fn poll_accept(&self, cx: &mut Context<'_>) -> Poll<io::Result<(Entrance, Stream)>> {
        let count = self.listeners.len();
        for step in 0..count {
            let at = (self.turn.get() + step) % count;
            let (entrance, socket) = &self.listeners[at];
            if let Poll::Ready(accepted) = socket.poll_accept(cx) {
                self.turn.set(at + 1);
                return Poll::Ready(accepted.map(|stream| (*entrance, stream)));
            }
        }
        Poll::Pending
    }

    /// Whether the failure is the host's and would come again at once; else it was that one connection's.
    fn is_exhausted(&self, error: &io::Error) -> bool {
        use rustix::io::Errno;
        let exhausted = [Errno::MFILE, Errno::NFILE, Errno::NOBUFS, Errno::NOMEM];
        let ours = exhausted.iter().any(|e| error.raw_os_error() == Some(e.raw_os_error()));
        if ours {
            self.refusals.count_of_nobody("out of file descriptors or memory");
        } else {
            tracing::debug!(%error, "a connection was gone before it was accepted");
        }
        ours
    }

    fn admit(&self, entrance: Entrance, stream: Stream, closing: &watch::Sender<bool>) {
        let incoming = Incoming { entrance, stream, house: self.house.clone(), refusals: self.refusals.clone() };
        connection::admit(incoming, &self.crowd, closing.subscribe());
    }

    fn tell(&self, sessions: usize, warm: usize, told: &mut String) {
        let text =
            status_line((sessions, warm), self.house.known_trouble(), self.house.stale(), &self.house.tls().status());
        if text != *told {
            activation::status(&text);
            *told = text;
        }
    }

    fn reload(&self) {
        match self.house.reload() {
            Ok(()) => tracing::info!("configuration read anew"),
            Err(t) => tracing::error!(reference = %t.reference, why = %t.why, "configuration not taken over"),
        }
    }
}

/// What `systemctl status` shows.
fn status_line(
    (sessions, warm): (usize, usize),
    trouble: Option<Trouble>,
    stale: Option<Trouble>,
    tls: &str,
) -> String {
    let count = if sessions == 1 { "1 session".to_owned() } else { format!("{sessions} sessions") };
    let count = if warm == 0 { count } else { format!("{count}, {warm} warm") };
    let tls = if tls.is_empty() { String::new() } else { format!("; {tls}") };
    let rest = match (trouble, stale) {
        (Some(t), _) => format!("not ready ({}): {}; {count}", t.reference, t.why),
        (None, Some(t)) => format!("{count}; the old configuration is in force ({}): {}", t.reference, t.why),
        (None, None) => count,
    };
    rest + &tls
}

async fn sleep_until(deadline: Option<Instant>) {
    match deadline {
        Some(at) => tokio::time::sleep_until(at.into()).await,
        None => std::future::pending().await,
    }
}

async fn next(live: &mut Option<watch::Receiver<usize>>) -> Result<(), watch::error::RecvError> {
    match live {
        Some(live) => live.changed().await,
        None => std::future::pending().await,
    }
}

async fn tick(looks: &mut Option<tokio::time::Interval>) {
    match looks {
        Some(interval) => drop(interval.tick().await),
        None => std::future::pending().await,
    }
}
