//! `coracle end`: end one session, or all of them.

use hyper::{Method, StatusCode};

use super::{Stop, ask::ask};
use crate::config::Places;
use crate::http::Ended;
use crate::session::{SessionId, Summary};

/// Arguments of `coracle end`.
#[derive(clap::Args)]
pub(super) struct EndArgs {
    /// The session to end, as `coracle ps` shows it
    #[arg(value_name = "ID", required_unless_present = "all", conflicts_with = "all")]
    id: Option<SessionId>,
    /// End every session
    #[arg(long)]
    all: bool,
    /// What the people are told
    #[arg(long, value_enum, default_value = "admin")]
    reason: Why,
}

/// Why an operator ends sessions.
#[derive(Clone, Copy, clap::ValueEnum)]
enum Why {
    /// An administrator ended the session
    Admin,
    /// The service is shutting down
    Shutdown,
}

impl Why {
    fn code(self) -> &'static str {
        match self {
            Why::Admin => "admin",
            Why::Shutdown => "shutdown",
        }
    }
}

/// Ends what was named; returns when nothing of it is left.
///
/// # Errors
/// The daemon cannot be reached, there is no such session, or something would not end.
pub(super) fn run(args: &EndArgs, places: &Places) -> Result<(), Stop> {
    let reason = args.reason.code();
    match args.id {
        Some(id) => one(places, id, reason),
        None => all(places, reason),
    }
}

fn one(places: &Places, id: SessionId, reason: &str) -> Result<(), Stop> {
    let answer = ask(places, Method::DELETE, &format!("/api/v1/sessions/{id}?reason={reason}"))?;
    match answer.status {
        StatusCode::NO_CONTENT => {
            println!("Ended session {id}.");
            Ok(())
        }
        StatusCode::NOT_FOUND => {
            Err(Stop::other(format!("there is no session {id}; `coracle ps` lists those there are")))
        }
        _ => Err(answer.refusal()),
    }
}

fn all(places: &Places, reason: &str) -> Result<(), Stop> {
    let answer = ask(places, Method::DELETE, &format!("/api/v1/sessions?reason={reason}"))?;
    if answer.status != StatusCode::OK {
        return Err(answer.refusal());
    }
    let Ended { ended } = answer.json()?;
    let left: Vec<Summary> = ask(places, Method::GET, "/api/v1/sessions")?.json()?;
    if !left.is_empty() {
        return Err(Stop::other(format!("{} sessions are still there; the daemon's journal says why", left.len())));
    }
    match ended {
        0 => println!("No sessions."),
        1 => println!("Ended 1 session."),
        n => println!("Ended {n} sessions."),
    }
    Ok(())
}
