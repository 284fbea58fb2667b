//! Bytes between browser and container.

mod protocol; // the wire
mod ring; //     the last output, in a file that outlives the daemon
mod budget; //   memory for the logs of all sessions
mod checkpoint; // the screen at a position, for the next daemon
mod output; //   all of it: what all of a session's WebSockets read
mod feed; //     what a session's task shares with each of them
mod bridge; //   one WebSocket, from the upgrade to the close frame

#[cfg(fuzzing)]
pub(crate) mod fuzz;

use tokio::sync::watch;

pub(crate) use bridge::{serve, turn_away};
pub(crate) use budget::{LogBudget, Share};
pub(crate) use checkpoint::Checkpoints;
pub(crate) use feed::{Ears, Feed, Seat, Told};
pub(crate) use output::Output;
pub(crate) use protocol::{Certificate, Close, Deadlines, Notice, Role, SUBPROTOCOL, Step, ToClient};
pub(crate) use ring::{Ring, draft_path};

use crate::auth::Person;

/// Bytes of memory that the output of a session takes in its log at least: a small ring and a screen.
pub(crate) const LEAST_LOG: u64 = ring::FILE_SIZE + checkpoint::LEAST;

/// Takes a ticket, and says whose it is, if it is good.
pub(crate) type Admit = Box<dyn FnMut(&str) -> Option<Visitor> + Send>;

/// Who opens a WebSocket.
pub(crate) enum Caller {
    /// Its login cookie came along.
    Known(Visitor),
    /// It has to bring a ticket. Dropped once it is known, or gone.
    Stranger(Admit),
}

/// Who is on the other end of a WebSocket, as a cookie or a ticket proved.
#[derive(Clone)]
pub(crate) struct Visitor {
    pub(crate) person: Person,
    /// Becomes true when the login is over (logout, expiry): the socket closes with 4401 within 1 s.
    pub(crate) login_over: watch::Receiver<bool>,
}
