//! Many people: logins, and sessions at once.

use std::{
    thread,
    time::{Duration, Instant},
};

use crate::{
    Amount, Outcome,
    coracle::{Coracle, Session},
    floors::Pty,
    processes,
    report::{Peer, Report},
    samples::{Samples, milliseconds},
    terminal::{self, PATIENCE},
};

/// Logins one after the other. With those who come at once fewer than a person may have: more push out the oldest.
const LOGINS: usize = 10;
/// People who come at the same moment.
const AT_ONCE: usize = 8;
/// After so many starts, each session gets a key: so none is quiet for longer than the daemon waits for a pong.
const BETWEEN_KEYS: usize = 20;
/// Sizes of the crowd at which it is looked at.
const SIZES: [usize; 3] = [10, 100, 300];

/// How many people log in within a second, and how long eight wait who come at once.
pub(crate) fn logins(amount: &Amount, door: &Coracle, report: &mut Report) -> Outcome<()> {
    report.says("logins");
    let began = Instant::now();
    for _ in 0..LOGINS {
        door.again()?;
    }
    report.row("logins, one after the other", "/s", LOGINS as f64 / began.elapsed().as_secs_f64());
    let (mut ours, mut run) = (Samples::new(), Samples::new());
    for _ in 0..amount.rounds {
        ours.add(at_once(|| door.again()?.shell("shell"), Session::end)?);
        let podman = || {
            let mut pty = Pty::podman()?;
            terminal::prompt(&mut pty)?;
            Ok(pty)
        };
        run.add(at_once(podman, Pty::end)?);
    }
    let row = report.row("eight at once, from login to the last prompt, p50", "ms", ours.median());
    row.beside(&[(Peer::Podman, run.median())]);
    Ok(())
}

/// How long it takes until the last of [`AT_ONCE`] has what it came for.
fn at_once<T: Send>(come: impl Fn() -> Outcome<T> + Sync, leave: impl Fn(T) -> Outcome<()>) -> Outcome<Duration> {
    let began = Instant::now();
    let all: Vec<Result<T, String>> = thread::scope(|scope| {
        let people: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(|| come().map_err(|e| e.to_string()))).collect();
        people.into_iter().map(|one| one.join().unwrap_or_else(|_| Err("a client panicked".into()))).collect()
    });
    let took = began.elapsed();
    for one in all {
        leave(one?)?;
    }
    Ok(took)
}

/// Waits until no container is left.
pub(crate) fn until_empty() -> Outcome<()> {
    let began = Instant::now();
    while !processes::named("conmon", "")?.is_empty() {
        if began.elapsed() > PATIENCE {
            return Err("sessions have ended, and their containers stay".into());
        }
        thread::sleep(Duration::from_millis(20)); // the pace of polling, not a wait
    }
    Ok(())
}

/// More and more sessions of the smallest image; at each size a key in every one. The machine's end ends them.
pub(crate) fn grows(amount: &Amount, door: &Coracle, report: &mut Report) -> Outcome<()> {
    door.to_rest()?;
    door.page()?;
    let daemon = door.daemon()?;
    let (empty, mut crowd, mut starts) = (processes::anonymous(daemon)?, Vec::<Session>::new(), Samples::new());
    for size in SIZES.into_iter().filter(|size| *size <= amount.sessions) {
        report.says(&format!("{size} sessions at once"));
        while crowd.len() < size {
            let began = Instant::now();
            crowd.push(door.shell("crowd")?);
            starts.add(began.elapsed());
            if crowd.len() % BETWEEN_KEYS == 0 {
                key_in_each(&mut crowd)?;
            }
        }
        let keys = key_in_each(&mut crowd)?;
        let each = (processes::anonymous(daemon)? - empty) / size as f64;
        report.row(&format!("{size} sessions at once: a key in each, p95"), "ms", keys.at(0.95));
        report.row("… first prompt so far, p50", "ms", starts.median());
        report.row("… RssAnon of the daemon for each", "KiB", each);
    }
    Ok(())
}

fn key_in_each(crowd: &mut [Session]) -> Outcome<Samples> {
    let mut samples = Samples::new();
    for session in crowd {
        samples.add_milliseconds(milliseconds(terminal::key(session, b'x')?));
    }
    Ok(samples)
}
