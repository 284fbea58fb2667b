//! Pages, cookies, routes; knows no container: it holds a `SessionId` and asks `session`.

mod accept; //     the one task that accepts, counts the idle time and hears the signals
mod api; //        /api/v1: me, profiles, sessions
mod assets; //     scripts and styles, embedded and compressed
mod base; //       the path below which everything of ours lies
mod body; //       request bodies, bounded
mod connection; // one connection: caps, timeouts, who the peer is
mod control; //    the operator's own socket
mod cookie; //     the login cookie
mod files; //      files into and out of a session
mod forwarded; //  what a trusted proxy says of the request before it
mod house; //      what there is to serve with, or why not
mod html; //       markup that cannot carry unescaped text
mod limits; //     every number, and who is inside
mod origin; //     Host, Origin, Sec-Fetch-Site
mod pages; //      every page and every sentence on them
mod patient; //    a socket that waits for its peer only so long
mod range; //      a file, or a range of it
mod recordings; // what was recorded, for those who may see it
mod refusals; //   a stranger cannot fill the journal
mod response; //   answers and the headers that all of them carry
mod route; //      which thing a path names
mod secure; //     from http to https: the redirect, and HSTS
mod sign_in; //    login and logout
mod socket; //     the upgrade to a terminal's WebSocket
mod tls; //        the https entrance: certificate and handshake
mod web; //        checks and dispatch for browsers

#[cfg(fuzzing)]
pub(crate) mod fuzz;

pub(crate) use accept::{Gate, Leave, Signals, WhenIdle};
pub(crate) use control::Ended;
pub(crate) use house::{House, Kind, Trouble};
pub(crate) use limits::DRAIN;
pub(crate) use tls::{BadCertificate, Certificate};

use hyper::{Request, body::Incoming};

use crate::activation::Entrance;

/// Answers one request, whichever door it came through.
async fn answer(request: Request<Incoming>, visit: &connection::Visit) -> response::Answer {
    let mut answer = match visit.peer.entrance {
        Entrance::Control => control::answer(request, visit).await,
        Entrance::Http | Entrance::Https | Entrance::Unix => web::answer(request, visit).await,
    };
    response::seal(&mut answer);
    answer
}
