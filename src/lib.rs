//! Coracle: open a web page, log in, and get a Linux shell of your own in a fresh, locked-down, rootless container.
//!
//! The modules, in reading order:

mod cli; //        what a person types: serve, check-config, doctor, passwd, ldap, ps, end
mod config; //     what the operator asked for, already checked
mod activation; // sockets handed over by systemd, readiness handed back, the accept loop's idle exit
mod http; //       pages, cookies, routes; knows no container
mod auth; //       who is this? the users file, the throttle, the logins
mod session; //    the life of one session: the state machine, its task, the roster
mod podman; //     the one door to Podman: spec, create, verify, attach, start, end
mod terminal; //   bytes between browser and container; protocol.rs is the wire
mod screen; //     what the terminal shows, for an exact redraw
mod recording; //  what was shown, on disk
mod replay; //     recordings, read again
mod language; //   every sentence that people read on the daemon's pages, and which language they read it in
mod audit; //      what happened, for the operator
mod sys; //        clocks, random numbers, and the only place with `unsafe`

#[cfg(fuzzing)]
pub mod fuzz; //   what tests/fuzz feeds with strange bytes

pub use cli::run;
