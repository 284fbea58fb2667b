//! What a session takes that has printed 1,000 lines, process by process.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::{
    Outcome,
    coracle::{Coracle, Session},
    crowd::until_empty,
    processes,
    report::{Goal, Peer, Report},
    setting, terminal,
    ttyd::Ttyd,
};

/// Sessions that are looked at.
const LOOKED_AT: usize = 10;

/// All in KiB; but for the first two, of each session.
struct Cost {
    /// The daemon's own memory before its first session, and after that.
    fresh: f64,
    empty: f64,
    anonymous: f64,
    log: f64,
    /// The daemon's proportional share, log included.
    share: f64,
    conmon: f64,
    shell: f64,
}

impl Cost {
    fn whole(&self) -> f64 {
        self.share + self.conmon + self.shell
    }
}

pub(crate) fn all(door: &Coracle, peer: &Ttyd, report: &mut Report) -> Outcome<()> {
    report.says("memory");
    until_empty()?;
    let own = cost(door)?;
    let theirs = of_ttyd(peer)?;
    let one_range = in_one_range(door)?;
    report.row("daemon that had no session yet, RssAnon", "KiB", own.fresh);
    report.row("daemon without a session, RssAnon", "KiB", own.empty).goal(Goal::Within(8192.0));
    report
        .row("a session's share of the daemon, RssAnon and its log", "KiB", own.anonymous + own.log)
        .goal(Goal::Within(300.0));
    report.row("… RssAnon alone", "KiB", own.anonymous);
    report.row("… its log alone, output and screen", "KiB", own.log);
    report.row("conmon, PSS", "KiB", own.conmon);
    report.row("the shell, PSS", "KiB", own.shell);
    let row = report.row("a whole session, PSS (wanted: 3072)", "KiB", own.whole());
    row.beside(&[(Peer::Ttyd, theirs)]).goal(Goal::AtMost(0.4, Peer::Ttyd));
    let row = report.row("… isolation \"shared\", so that all shells are of one file", "KiB", one_range.whole());
    row.goal(Goal::Within(3072.0));
    report.row("… of it the shell", "KiB", one_range.shell);
    Ok(())
}

fn cost(door: &Coracle) -> Outcome<Cost> {
    door.to_rest()?;
    door.page()?;
    let daemon = door.daemon()?;
    let fresh = processes::anonymous(daemon)?;
    // What only the first one needs (Podman's answers, the threads' stacks) is the daemon's, not each session's.
    busy(door)?.end()?;
    until_empty()?;
    let held = || -> Outcome<[f64; 3]> {
        let kept = kept()?;
        let log = processes::shared(daemon)? + kept;
        Ok([processes::anonymous(daemon)?, log, processes::proportional(daemon)? + kept])
    };
    let empty = held()?;
    let sessions = (0..LOOKED_AT).map(|_| busy(door)).collect::<Outcome<Vec<_>>>()?;
    let full = held()?;
    let [anonymous, log, share] = std::array::from_fn(|at| (full[at] - empty[at]) / LOOKED_AT as f64);
    let mut conmons = Vec::new();
    for session in &sessions {
        conmons.extend(processes::named("conmon", &format!("coracle-{}", session.id))?);
    }
    let (conmon, shell) = (average(&conmons)?, average(&processes::children(&conmons)?)?);
    for session in sessions {
        session.end()?;
    }
    until_empty()?;
    Ok(Cost { fresh, empty: empty[0], anonymous, log, share, conmon, shell })
}

fn busy(door: &Coracle) -> Outcome<Session> {
    let mut session = door.shell("shell")?;
    terminal::run(&mut session, "seq 1000")?;
    Ok(session)
}

/// The same where all sessions have one range of ids, hence one copy of the image.
fn in_one_range(door: &Coracle) -> Outcome<Cost> {
    let file = PathBuf::from(setting("HOME")?).join(".config/coracle/config.d/shared.toml");
    fs::write(&file, "[sessions]\nisolation = \"shared\"\n")?;
    let cost = cost(door);
    fs::remove_file(&file)?;
    door.to_rest()?;
    cost
}

/// A whole session of the peer.
fn of_ttyd(peer: &Ttyd) -> Outcome<f64> {
    let before = processes::proportional(peer.pid())?;
    let mut seats = Vec::new();
    for _ in 0..LOOKED_AT {
        let mut seat = peer.shell()?;
        terminal::run(&mut seat, "seq 1000")?;
        seats.push(seat);
    }
    let client = average(&processes::named("podman", processes::LABEL)?)?;
    let conmons = processes::named("conmon", "")?;
    let share = (processes::proportional(peer.pid())? - before) / LOOKED_AT as f64;
    let whole = share + client + average(&conmons)? + average(&processes::children(&conmons)?)?;
    for seat in seats {
        seat.end()?;
    }
    until_empty()?;
    Ok(whole)
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
