//! Output as fast as it comes, to a reader that keeps up and to one that stalls.

use std::{
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    thread,
    time::{Duration, Instant},
};

use crate::{
    Amount, Outcome,
    coracle::Coracle,
    floors::Pty,
    podman::{Attached, Way},
    processes,
    report::{Goal, Peer, Report},
    samples::{Samples, milliseconds},
    shells,
    terminal::{self, Terminal},
    ttyd::Ttyd,
};

/// 63 bytes, and the end of the line: text as programs print it.
const LINE: &str = "0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopq";
/// How long nobody reads.
const STALLED: Duration = Duration::from_secs(10);

#[derive(Default)]
pub(crate) struct Flow {
    bytes: f64,
    seconds: f64,
    /// CPU time of who stands between shell and browser, ms; and of Podman's client behind it.
    pub(crate) server: f64,
    client: f64,
}

impl Flow {
    pub(crate) fn rate(&self) -> f64 {
        self.bytes / 1e6 / self.seconds
    }

    pub(crate) fn per_100_megabytes(&self, milliseconds: f64) -> f64 {
        milliseconds / (self.bytes / 100e6)
    }
}

/// MB/s of lines of 64 bytes, and what they cost.
pub(crate) fn throughput(amount: &Amount, door: &Coracle, peer: &Ttyd, report: &mut Report) -> Outcome<()> {
    let mut session = door.shell("shell")?;
    let mut seat = peer.shell()?;
    let mut bare = Pty::bare()?;
    let mut run = Pty::podman()?;
    terminal::prompt(&mut run)?;
    let mut relay = Attached::shell(Way::Relay)?;
    let [mut ours, mut theirs, mut raw, mut podman, mut alone] = std::array::from_fn(|_| Flow::default());
    let daemon = door.daemon()?;
    let clients = processes::children(&[peer.pid()])?;
    let bytes = amount.megabytes * 1_000_000;
    for round in 0..amount.rounds {
        report.says(&format!("output, round {} of {}", round + 1, amount.rounds));
        let before = processes::cpu(daemon)?;
        pour(&mut session, bytes, &mut ours)?;
        ours.server += processes::cpu(daemon)? - before;

        let before = (processes::cpu(peer.pid())?, all_cpu(&clients)?);
        pour(&mut seat, bytes, &mut theirs)?;
        theirs.server += processes::cpu(peer.pid())? - before.0;
        theirs.client += all_cpu(&clients)? - before.1;

        pour(&mut bare, bytes, &mut raw)?;
        pour(&mut run, bytes, &mut podman)?;
        pour(&mut relay, bytes, &mut alone)?;
    }
    session.end()?;
    seat.end()?;
    run.end()?;
    relay.end()?;
    bare.end()?;
    let peers = [
        (Peer::Pty, raw.rate()),
        (Peer::Alone, alone.rate()),
        (Peer::Podman, podman.rate()),
        (Peer::Ttyd, theirs.rate()),
    ];
    report.row("output, lines of 64 bytes", "MB/s", ours.rate()).beside(&peers).goal(Goal::AtLeast(1.2, Peer::Ttyd));
    let row = report.row("CPU of the server per 100 MB", "ms", ours.per_100_megabytes(ours.server));
    row.beside(&[(Peer::Ttyd, theirs.per_100_megabytes(theirs.server))]).goal(Goal::AtMost(1.0, Peer::Ttyd));
    let both = theirs.per_100_megabytes(theirs.server + theirs.client);
    let row = report.row("… with Podman's client, which Coracle has not", "ms", ours.per_100_megabytes(ours.server));
    row.beside(&[(Peer::Ttyd, both)]);
    Ok(())
}

fn all_cpu(pids: &[u32]) -> Outcome<f64> {
    pids.iter().map(|pid| processes::cpu(*pid)).sum()
}

pub(crate) fn pour(terminal: &mut dyn Terminal, bytes: u64, flow: &mut Flow) -> Outcome<()> {
    let began = Instant::now();
    let shown = terminal::run(terminal, &format!("yes {LINE} | head -c {bytes}"))?;
    flow.seconds += began.elapsed().as_secs_f64();
    flow.bytes += shown as f64;
    if shown < bytes { Err(format!("of {bytes} bytes of output only {shown} came").into()) } else { Ok(()) }
}

/// Keys in one session while another puts out lines as fast as it can, and its browser reads them.
pub(crate) fn beside_a_flood(amount: &Amount, door: &Coracle, report: &mut Report) -> Outcome<()> {
    report.says("keystrokes beside another session's output");
    let (mut flood, mut session) = (door.shell("shell")?, door.shell("shell")?);
    shells::before_keys(&mut session)?;
    let (mut keys, pouring) = (Samples::new(), AtomicBool::new(true));
    thread::scope(|scope| -> Outcome<()> {
        let (over, bytes) = (&pouring, amount.megabytes * 1_000_000);
        let flooding = scope.spawn(move || {
            let poured = (0..amount.rounds).try_for_each(|_| pour(&mut flood, bytes, &mut Flow::default()));
            over.store(false, Relaxed);
            poured.and_then(|()| flood.end()).map_err(|why| why.to_string())
        });
        while pouring.load(Relaxed) {
            shells::type_keys(&mut session, 26, &mut keys)?;
            thread::sleep(Duration::from_millis(10)); // as a person pauses: the flood is to have its way meanwhile
        }
        Ok(flooding.join().map_err(|_| "the flood's thread failed")??)
    })?;
    shells::after_keys(&mut session)?;
    session.end()?;
    report.row("a key beside another session's output, p50", "ms", keys.median());
    report.row("… p99 (wanted: 20)", "ms", keys.at(0.99));
    Ok(())
}

/// Ten seconds of `yes` that nobody reads, then Ctrl-C; its prompt is read behind all that was queued.
pub(crate) fn stalled(door: &Coracle, report: &mut Report) -> Outcome<()> {
    let peer = Ttyd::start()?;
    report.says("a flood that nobody reads");
    let mut session = door.shell("shell")?;
    let daemon = door.daemon()?;
    let grown = stall(&mut session, daemon)?;
    let prompt = interrupt(&mut session)?;
    session.end()?;
    let mut seat = peer.shell()?;
    let theirs = stall(&mut seat, peer.pid())?;
    let their_prompt = interrupt(&mut seat).ok(); // it may have given up a browser that did not answer its pings
    drop((seat, peer)); // with it the client of a container that floods on without a browser
    let mut run = Pty::podman()?;
    terminal::prompt(&mut run)?;
    stall(&mut run, daemon)?;
    let run_prompt = interrupt(&mut run)?;
    run.end()?;
    let row = report.row("growth behind a reader that stalls for 10 s", "KiB", grown);
    row.beside(&[(Peer::Ttyd, theirs)]).goal(Goal::Within(2048.0));
    let row = report.row("Ctrl-C to the prompt after that", "ms", milliseconds(prompt));
    row.beside(&[(Peer::Podman, milliseconds(run_prompt))]);
    match their_prompt {
        Some(time) => row.beside(&[(Peer::Ttyd, milliseconds(time))]),
        None => row.beside(&[(Peer::Ttyd, f64::INFINITY)]),
    };
    Ok(())
}

/// How much the server grew at most, KiB.
fn stall(terminal: &mut dyn Terminal, server: u32) -> Outcome<f64> {
    let held = || -> Outcome<f64> { Ok(processes::anonymous(server)? + processes::shared(server)?) };
    let (before, began) = (held()?, Instant::now());
    let mut most = before;
    terminal.send(b"yes flood of words that nobody reads | cat -n\r")?;
    while began.elapsed() < STALLED {
        thread::sleep(Duration::from_millis(100)); // the pace of looking
        most = f64::max(most, held()?);
    }
    Ok(most - before)
}

/// From Ctrl-C to the prompt. No line of the flood looks like one.
fn interrupt(terminal: &mut dyn Terminal) -> Outcome<Duration> {
    let began = Instant::now();
    terminal.send(b"\x03")?;
    terminal::prompt(terminal)?;
    Ok(began.elapsed())
}
