//! Bytes between browser and container.

mod protocol; // the wire
mod ring; //     the last output, in a file that outlives the daemon
mod parked; //   the screen, between two daemons
mod output; //   both: what all of a session's WebSockets read
mod feed; //     what a session's task shares with each of them
mod visitor; //  who is at its other end
mod bridge; //   one WebSocket, from the upgrade to the close frame

#[cfg(fuzzing)]
pub(crate) mod fuzz;

pub(crate) use bridge::{serve, turn_away};
pub(crate) use feed::{Ears, Feed, Seat, Told};
pub(crate) use output::Output;
pub(crate) use parked::{park, unpark};
pub(crate) use protocol::{
    Certificate, Close, Deadlines, FromClient, Look, MAX_MESSAGE, Notice, Role, SUBPROTOCOL, Step, ToClient,
};
pub(crate) use ring::{FILE_SIZE as RING_FILE_SIZE, Ring};
pub(crate) use visitor::{Caller, Visitor, Wish};
