//! The daemon's door, from outside: a real process on a real socket, hostile and polite requests, no container.

mod activation;
mod checks;
mod daemon;
mod limits;
mod login;
mod wire;
