//! `make bench`: what Coracle costs beside the floors that the kernel and Podman set, and beside ttyd running `podman run`.
//!
//! run.sh boots a machine, installs the release binary as an administrator would, and runs this program inside as the same
//! account. So all that is compared runs in one place, one after the other in rounds: noise hits each alike. Only ratios and
//! bytes decide about the exit code; times are reported.

mod coracle; // logs in and opens terminals of the real daemon
mod crowd; // many people and sessions at once
mod flood; // output as fast as it comes, to a reader that keeps up and to one that stalls
mod floors; // a bare pty, `crun run` and `podman run` under one
mod memory; // what a session costs of it
mod model; // the screen model, without anything around it
mod page; // what a browser must fetch
mod plot; // the picture in README.md
mod podman; // Podman's API and conmon by themselves
mod processes; // CPU time and memory, as /proc tells
mod report; // the table, and which goals were met
mod samples; // many measurements of one thing
mod shells; // first prompts, redraws and keystrokes
mod stream; // through Podman's API instead of conmon's socket
mod terminal; // what all of them are: bytes out, bytes in
mod ttyd; // the peer
mod web; // HTTP and WebSocket, blocking

#[path = "../src/screen/mod.rs"]
#[expect(dead_code, unused_imports, reason = "the product's own module, of which only the pace matters here")]
mod screen;

use std::{error::Error, process::ExitCode};

/// Any failure ends the run: a table with holes would be read as a good one.
type Outcome<T> = Result<T, Box<dyn Error>>;

/// How much is measured; every number can be set by run.sh.
struct Amount {
    /// Times that everything is measured in turn.
    rounds: usize,
    /// Keystrokes in each round.
    keys: usize,
    /// Output in each round, MB.
    megabytes: u64,
    /// The largest crowd.
    sessions: usize,
}

impl Amount {
    fn from_environment() -> Outcome<Amount> {
        let number = |name: &str| -> Outcome<usize> {
            let text = setting(name)?;
            text.parse().map_err(|_| format!("{name} is a whole number, not '{text}'").into())
        };
        Ok(Amount {
            rounds: number("BENCH_ROUNDS")?.max(1),
            keys: number("BENCH_KEYS")?.max(100),
            megabytes: number("BENCH_MEGABYTES")?.max(1) as u64,
            sessions: number("BENCH_SESSIONS")?.max(1),
        })
    }
}

fn setting(name: &str) -> Outcome<String> {
    std::env::var(name).map_err(|_| format!("{name} is not set: this program is run by `make bench`").into())
}

fn main() -> ExitCode {
    match std::env::args().nth(1).filter(|word| !word.starts_with('-')).as_deref() {
        Some("model") => return said(model::alone()),
        Some(bundle) => return said(floors::crun_runs(bundle)),
        None => {}
    }
    if std::env::args().any(|word| word == "--version") {
        println!("bench of Coracle {}", env!("CARGO_PKG_VERSION"));
        return ExitCode::SUCCESS;
    }
    said(all())
}

fn said(outcome: Outcome<bool>) -> ExitCode {
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(why) => {
            eprintln!("bench: {why}");
            ExitCode::from(2) // not a goal missed: nothing was measured
        }
    }
}

/// Whether every goal was met.
fn all() -> Outcome<bool> {
    let amount = Amount::from_environment()?;
    let mut report = report::Report::begin()?;
    let door = coracle::Coracle::log_in()?;
    let size = page::compressed(&door)?;
    report
        .row("what a terminal's page fetches, compressed", "KiB", size as f64 / 1024.0)
        .goal(report::Goal::Within(350.0));
    let peer = ttyd::Ttyd::start()?;
    shells::first_prompts(&amount, &door, &peer, &mut report)?;
    shells::warm_prompts(&amount, &door, &mut report)?;
    shells::redraws(&amount, &door, &mut report)?;
    shells::keystrokes(&amount, &door, &peer, &mut report)?;
    model::pace(&amount, &mut report)?;
    flood::throughput(&amount, &door, &peer, &mut report)?;
    flood::beside_a_flood(&amount, &door, &mut report)?;
    flood::stalled(&door, &mut report)?;
    stream::measured(&amount, &door, &mut report)?;
    crowd::logins(&amount, &door, &mut report)?;
    let door = door.again()?; // a person has 20 logins at most: the first was pushed out
    memory::all(&door, &peer, &mut report)?;
    drop(peer);
    crowd::grows(&amount, &door, &mut report)?;
    report.finish()
}
