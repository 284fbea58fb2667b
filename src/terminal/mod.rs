//! Bytes between browser and container.

mod protocol; // the wire
mod ring; //     the last output, in a file that outlives the daemon
mod budget; //   memory for the logs of all sessions
mod checkpoint; // the screen at a position, for the next daemon
mod output; //   all of it: what all of a session's WebSockets read
mod feed; //     what a session's task shares with each of them
mod visitor; //  who is at its other end
mod bridge; //   one WebSocket, from the upgrade to the close frame

#[cfg(fuzzing)]
pub(crate) mod fuzz;

pub(crate) use bridge::{serve, turn_away};
pub(crate) use budget::{LogBudget, Share};
pub(crate) use checkpoint::Checkpoints;
pub(crate) use feed::{Ears, Feed, Seat, Told};
pub(crate) use output::{Output, Redraw};
pub(crate) use protocol::{
    Certificate, Close, Deadlines, FromClient, Look, MAX_MESSAGE, Notice, Role, SUBPROTOCOL, Step, ToClient,
};
pub(crate) use ring::{Framing, Received, Ring, draft_path};
pub(crate) use visitor::{Caller, Visitor, Wish};

/// Bytes of memory that the output of a session takes in its log at least: a small ring and a screen.
pub(crate) const LEAST_LOG: u64 = ring::FILE_SIZE + checkpoint::LEAST;
