//! `coracle serve`: the daemon, from its sockets to its last connection.

use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::watch;

use super::{Stop, journal};
use crate::activation::{self, Address, Departure, Entrance, Inherited, Listener};
use crate::http::{DRAIN, Gate, House, Kind, Leave, Signals, Trouble, WhenIdle};
use crate::session::EndReason;

/// Arguments of `coracle serve`.
#[derive(clap::Args)]
pub(super) struct ServeArgs {
    /// Serve in the foreground on this address (127.0.0.1:8080, [::1]:8080, https:127.0.0.1:8443, unix:/path); may be
    /// given several times
    #[arg(long, value_name = "ADDR")]
    listen: Vec<Address>,
}

/// How this daemon was started; it decides what a mistake and what idleness lead to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Started {
    BySystemd,
    InForeground,
}

/// Runs the daemon until it has a reason to leave.
///
/// # Errors
/// Wrong usage; in the foreground also a wrong configuration (78), no Podman (69), and whatever else a person at a
/// terminal can put right. Started by systemd it stays and says what is wrong instead.
pub(super) fn run(args: ServeArgs, config: Option<PathBuf>) -> Result<(), Stop> {
    // First of all, while there is one thread: this reads and removes environment variables.
    let inherited = Inherited::take().map_err(|e| Stop::config(e.to_string()))?;
    journal::begin()?;
    for name in inherited.iter().flat_map(|inherited| &inherited.strange) {
        tracing::warn!(name, "systemd kept something that is no terminal; it is not used");
    }
    if rustix::process::geteuid().is_root() {
        let way_out = "run it as an ordinary user, or by coracle.socket, whose service has an account of its own";
        return Err(Stop::usage(format!(
            "the daemon does not run as root, because its containers are rootless; {way_out}"
        )));
    }
    let started = match (&inherited, args.listen.is_empty()) {
        (Some(_), true) => Started::BySystemd,
        (Some(_), false) => return Err(Stop::usage("systemd passed sockets already; leave --listen away")),
        (None, false) => Started::InForeground,
        (None, true) => {
            let ways = "start coracle.socket, or give an address: coracle serve --listen 127.0.0.1:8080";
            return Err(Stop::usage(format!("there is nothing to listen on; {ways}")));
        }
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|e| Stop::other(format!("threads: {e}")))?;
    let served = runtime.block_on(serve(&args.listen, config, inherited, started));
    runtime.shutdown_background(); // nothing of a session is in memory only
    served
}

async fn serve(
    listen: &[Address],
    config: Option<PathBuf>,
    inherited: Option<Inherited>,
    started: Started,
) -> Result<(), Stop> {
    let mut signals = Signals::hear().map_err(|e| Stop::other(format!("signals: {e}")))?;
    let (sockets, stored) = inherited.map(|inherited| (inherited.sockets, inherited.stored)).unzip();
    let house = House::open(config, stored.unwrap_or_default());
    let mut files = SocketFiles::default();
    let sockets = match sockets {
        Some(sockets) => sockets,
        None => {
            ready_or_stop(&house, listen).await?;
            bind(listen, &house, &mut files)?
        }
    };
    for (entrance, socket) in &sockets {
        tracing::info!("listening on {socket} ({})", entrance.name());
    }
    let when_idle = if started == Started::BySystemd { WhenIdle::Exit } else { WhenIdle::Stay };
    let gate = Gate::new(sockets, house.clone(), when_idle).map_err(|e| Stop::other(format!("sockets: {e}")))?;
    let closing = watch::Sender::new(false);
    let why = gate.serve(&mut signals, &closing).await;
    leave(why, started, gate, &house, &closing, &mut signals).await;
    Ok(())
}

/// In the foreground whatever is wrong is said at once, to the person who can put it right.
async fn ready_or_stop(house: &House, listen: &[Address]) -> Result<(), Stop> {
    if let Some(Trouble { kind, why, .. }) = house.trouble() {
        return Err(match kind {
            Kind::Config => Stop::config(why),
            Kind::Host => Stop::other(why),
            Kind::Podman => Stop::unavailable(why),
        });
    }
    for address in listen {
        if let Address::Https(address) = address {
            house.tls().expect(address.port());
        }
    }
    if let Some(Trouble { why, .. }) = house.tls().trouble() {
        return Err(Stop::config(why));
    }
    match house.shop() {
        Some(shop) => shop.roster.ping().await.map_err(Stop::unavailable),
        None => Err(Stop::other("the daemon is not ready")),
    }
}

fn bind(listen: &[Address], house: &House, files: &mut SocketFiles) -> Result<Vec<(Entrance, Listener)>, Stop> {
    let mut sockets = Vec::new();
    for address in listen {
        sockets.push(activation::bind(address).map_err(|e| Stop::other(e.to_string()))?);
        if let Address::Unix(path) = address {
            files.0.push(path.clone());
        }
    }
    if let Some(places) = house.places() {
        let control = activation::bind_control(&places.control).map_err(|e| Stop::other(e.to_string()))?;
        files.0.push(places.control.clone());
        sockets.push((Entrance::Control, control));
    }
    Ok(sockets)
}

/// Socket files of the foreground; removed at the end, so that nobody waits at a door without a house.
#[derive(Default)]
struct SocketFiles(Vec<PathBuf>);

impl Drop for SocketFiles {
    fn drop(&mut self) {
        for path in &self.0 {
            if let Err(error) = std::fs::remove_file(path) {
                tracing::debug!(%error, path = %path.display(), "socket file");
            }
        }
    }
}

/// From the decision to leave to the last connection closed.
async fn leave(
    why: Leave,
    started: Started,
    gate: Gate,
    house: &Arc<House>,
    closing: &watch::Sender<bool>,
    signals: &mut Signals,
) {
    let shop = house.shop();
    if why == Leave::Interrupted && started == Started::InForeground {
        if let Some(shop) = &shop {
            tracing::info!("ending all sessions; Ctrl-C again leaves them");
            tokio::select! {
                ended = shop.roster.end_all(EndReason::Shutdown, "SIGINT") => tracing::info!(ended, "sessions ended"),
                () = signals.interrupted_again() => tracing::warn!("sessions were left; the next start adopts them"),
            }
        }
    }
    match why {
        Leave::Idle => {
            tracing::info!("leaving: idle");
            if let Some(shop) = &shop {
                shop.roster.leave_nothing().await;
            }
        }
        Leave::Terminated | Leave::Interrupted => {
            tracing::info!("leaving: told to; sessions that are live stay");
            let terminals = async {
                if let Some(shop) = &shop {
                    let departure = tokio::task::spawn_blocking(activation::departure);
                    shop.roster.leave(departure.await.unwrap_or(Departure::Stop)).await;
                }
            };
            tokio::join!(terminals, gate.drain(closing, DRAIN));
        }
    }
    house.unlock();
}
