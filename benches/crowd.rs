//! Many people: logins, sessions at once, and what each of them costs.

use std::{
    path::Path,
    thread,
    time::{Duration, Instant},
};

use crate::{
    Amount, Outcome,
    coracle::{Coracle, Session},
    floors::Pty,
    processes,
    report::{Goal, Peer, Report},
    samples::{Samples, milliseconds},
    setting,
    terminal::{self, PATIENCE},
    ttyd::Ttyd,
};

/// Logins one after the other. With those who come at once fewer than a person may have: more push out the oldest.
const LOGINS: usize = 10;
/// People who come at the same moment.
const AT_ONCE: usize = 8;
/// Sessions whose memory is looked at.
const LOOKED_AT: usize = 10;
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

/// What a session takes that has printed 1,000 lines, process by process.
pub(crate) fn memory(door: &Coracle, peer: &Ttyd, report: &mut Report) -> Outcome<()> {
    report.says("memory");
    until_empty()?;
    door.to_rest()?;
    door.page()?;
    let daemon = door.daemon()?;
    let fresh = processes::anonymous(daemon)?;
    // What only the first one needs (Podman's answers, the threads' stacks) is the daemon's, not each session's.
    let mut first = door.shell("shell")?;
    terminal::run(&mut first, "seq 1000")?;
    first.end()?;
    until_empty()?;
    let logs = || Ok::<_, Box<dyn std::error::Error>>(processes::shared(daemon)? + kept()?);
    let empty = [processes::anonymous(daemon)?, logs()?, processes::proportional(daemon)? + kept()?];
    let mut sessions = Vec::new();
    for _ in 0..LOOKED_AT {
        let mut session = door.shell("shell")?;
        terminal::run(&mut session, "seq 1000")?;
        sessions.push(session);
    }
    let each = |full: f64, empty: f64| (full - empty) / LOOKED_AT as f64;
    let anonymous = each(processes::anonymous(daemon)?, empty[0]);
    let log = each(logs()?, empty[1]);
    let share = each(processes::proportional(daemon)? + kept()?, empty[2]);
    let mut conmons = Vec::new();
    for session in &sessions {
        conmons.extend(processes::named("conmon", &format!("coracle-{}", session.id))?);
    }
    let (conmon, shell) = (average(&conmons)?, average(&processes::children(&conmons)?)?);
    for session in sessions {
        session.end()?;
    }

    until_empty()?;
    let before = processes::proportional(peer.pid())?;
    let mut seats = Vec::new();
    for _ in 0..LOOKED_AT {
        let mut seat = peer.shell()?;
        terminal::run(&mut seat, "seq 1000")?;
        seats.push(seat);
    }
    let client = average(&processes::named("podman", processes::LABEL)?)?;
    let their_conmons = processes::named("conmon", "")?;
    let their_share = each(processes::proportional(peer.pid())?, before);
    let theirs = their_share + client + average(&their_conmons)? + average(&processes::children(&their_conmons)?)?;
    for seat in seats {
        seat.end()?;
    }

    report.row("daemon that had no session yet, RssAnon", "KiB", fresh);
    report.row("daemon without a session, RssAnon", "KiB", empty[0]).goal(Goal::Within(8192.0));
    report
        .row("a session's share of the daemon, RssAnon and its log", "KiB", anonymous + log)
        .goal(Goal::Within(300.0));
    report.row("… RssAnon alone", "KiB", anonymous);
    report.row("… its log alone, output and screen", "KiB", log);
    report.row("conmon, PSS", "KiB", conmon);
    report.row("the shell, PSS", "KiB", shell);
    let row = report.row("a whole session, PSS", "KiB", share + conmon + shell);
    row.beside(&[(Peer::Ttyd, theirs)]).goal(Goal::Within(3072.0));
    Ok(())
}

/// The records of all sessions with their screens, KiB: files in memory that the daemon writes and does not map.
fn kept() -> Outcome<f64> {
    processes::files(&Path::new(&setting("XDG_RUNTIME_DIR")?).join("coracle"), ".rec")
}

/// The proportional share of one of these processes, KiB; of those that are still there.
fn average(pids: &[u32]) -> Outcome<f64> {
    let shares: Vec<f64> = pids.iter().filter_map(|pid| processes::proportional(*pid).ok()).collect();
    if shares.len() < LOOKED_AT {
        return Err(format!("{} processes can be looked at where {LOOKED_AT} sessions run", shares.len()).into());
    }
    Ok(shares.iter().sum::<f64>() / shares.len() as f64)
}

/// Waits until no container is left.
fn until_empty() -> Outcome<()> {
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
