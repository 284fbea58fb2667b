//! The daemon's door, from outside: a real process on a real socket, hostile and polite requests, no container.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed, and says where")]

mod activation;
mod audit;
mod certificates;
mod checks;
mod daemon;
mod directory;
mod language;
mod limits;
mod login;
mod proxy;
mod recordings;
mod replay;
mod secure;
mod tickets;
mod tls;
mod wire;
