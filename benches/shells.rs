//! How soon there is a prompt, and how soon a key is shown.

use std::time::{Duration, Instant};

use crate::{
    Amount, Outcome,
    coracle::Coracle,
    floors::{self, Pty},
    podman::{Attached, Way},
    processes,
    report::{Goal, Peer, Report},
    samples::Samples,
    terminal::{self, Terminal},
    ttyd::Ttyd,
};

/// Prompts of each kind in one round.
const STARTS: usize = 4;

fn timed(what: impl FnOnce() -> Outcome<()>) -> Outcome<Duration> {
    let began = Instant::now();
    what()?;
    Ok(began.elapsed())
}

/// From the request for a session to its prompt, warm and cold, and from rest to the first page.
pub(crate) fn first_prompts(amount: &Amount, door: &Coracle, peer: &Ttyd, report: &mut Report) -> Outcome<()> {
    let [mut ours, mut cold, mut wake, mut bare, mut run, mut theirs, mut start, mut api] =
        [const { Samples::new() }; 8];
    let mut crun = Samples::new();
    door.shell("shell")?.end()?; // the slot's copy of the image, made once
    for round in 0..amount.rounds {
        report.says(&format!("first prompts, round {} of {}", round + 1, amount.rounds));
        for _ in 0..STARTS {
            let began = Instant::now();
            let session = door.shell("shell")?;
            ours.add(began.elapsed());
            session.end()?;

            let began = Instant::now();
            let mut pty = Pty::podman()?;
            terminal::prompt(&mut pty)?;
            run.add(began.elapsed());
            pty.end()?;

            let began = Instant::now();
            let attached = Attached::shell(Way::Api)?;
            api.add(began.elapsed());
            attached.end()?;

            let began = Instant::now();
            let seat = peer.shell()?;
            theirs.add(began.elapsed());
            seat.end()?;

            let began = Instant::now();
            let pty = Pty::bare()?;
            bare.add(began.elapsed());
            pty.end()?;
        }
        for time in floors::crun(STARTS)? {
            crun.add_milliseconds(time);
        }

        door.to_rest()?;
        wake.add(timed(|| door.page())?);
        start.add(timed(|| processes::command("coracle", &["--version"]).map(drop))?);
        door.to_rest()?;
        let began = Instant::now();
        let session = door.shell("shell")?;
        cold.add(began.elapsed());
        session.end()?;
    }
    let floors = [
        (Peer::Pty, bare.median()),
        (Peer::Crun, crun.median()),
        (Peer::Alone, api.median()),
        (Peer::Podman, run.median()),
    ];
    let row = report.row("request to first prompt, p50", "ms", ours.median());
    row.beside(&floors).beside(&[(Peer::Ttyd, theirs.median())]);
    row.goal(Goal::AtMost(1.3, Peer::Alone)).wanted(0.6, Peer::Podman);
    let row = report.row("… daemon and Podman's service asleep, p50", "ms", cold.median());
    row.beside(&[(Peer::Podman, run.median()), (Peer::Ttyd, theirs.median())]).goal(Goal::AtMost(2.0, Peer::Podman));
    report.row("wake from rest to the login page, p50", "ms", wake.median());
    report.row("… of it a program's start, `coracle --version`, p50", "ms", start.median());
    Ok(())
}

/// The same with a container that is ready; a browser opens the WebSocket a page load after its request.
pub(crate) fn warm_prompts(amount: &Amount, door: &Coracle, report: &mut Report) -> Outcome<()> {
    report.says("first prompts from warm containers");
    let [mut whole, mut socket] = [const { Samples::new() }; 2];
    door.keep_warm(1)?;
    for _ in 0..amount.rounds * STARTS {
        door.until_warm(1)?;
        let asked = Instant::now();
        let id = door.begin("warm")?;
        let opened = Instant::now();
        let mut session = door.attach(&id)?;
        terminal::prompt(&mut session)?;
        socket.add(opened.elapsed());
        whole.add(asked.elapsed());
        session.end()?;
    }
    door.keep_warm(0)?;
    report.row("a warm container: WebSocket to first prompt, p50 (wanted: 15)", "ms", socket.median());
    report.row("… p95 (wanted: 40)", "ms", socket.at(0.95));
    report.row("… from the request for it, p50", "ms", whole.median());
    Ok(())
}

/// From the request for the terminal of a session that runs to the end of its redraw: a full screen below as many rows as are kept.
pub(crate) fn redraws(amount: &Amount, door: &Coracle, report: &mut Report) -> Outcome<()> {
    let mut session = door.shell("shell")?;
    terminal::run(&mut session, "seq -f %075g 1100")?;
    let (mut samples, mut bytes) = (Samples::new(), 0);
    for _ in 0..amount.rounds * STARTS {
        let began = Instant::now();
        let mut again = door.attach(&session.id)?;
        bytes = again.redrawn()?;
        samples.add(began.elapsed());
        session = again; // the one before is closed
    }
    session.end()?;
    report.row("back to a session of 24 rows and 1,000 above, p50 (wanted: 50)", "ms", samples.median());
    report.row("… of so many bytes", "KiB", bytes as f64 / 1024.0);
    Ok(())
}

/// From a key to its echo, by the kernel's terminal in front of `cat`.
pub(crate) fn keystrokes(amount: &Amount, door: &Coracle, peer: &Ttyd, report: &mut Report) -> Outcome<()> {
    let mut session = door.shell("shell")?;
    let mut seat = peer.shell()?;
    let mut bare = Pty::bare()?;
    let mut run = Pty::podman()?;
    terminal::prompt(&mut run)?;
    let mut relay = Attached::shell(Way::Relay)?;
    let mut samples = [const { Samples::new() }; 5];
    {
        let mut all: [&mut dyn Terminal; 5] = [&mut session, &mut bare, &mut run, &mut seat, &mut relay];
        for one in &mut all {
            before_keys(*one)?;
        }
        for round in 0..amount.rounds {
            report.says(&format!("keystrokes, round {} of {}", round + 1, amount.rounds));
            for (one, samples) in all.iter_mut().zip(&mut samples) {
                type_keys(*one, amount.keys, samples)?;
            }
        }
        for one in &mut all {
            after_keys(*one)?;
        }
    }
    session.end()?;
    seat.end()?;
    run.end()?;
    relay.end()?;
    bare.end()?;
    for (name, share) in [("p50", 0.5), ("p90", 0.9), ("p99", 0.99)] {
        let [ours, bare, run, theirs, relay] = samples.each_ref().map(|samples| samples.at(share));
        let row = report.row(&format!("keystroke to its echo, {name}"), "ms", ours);
        let row = row.beside(&[(Peer::Pty, bare), (Peer::Alone, relay), (Peer::Podman, run), (Peer::Ttyd, theirs)]);
        // A look at the tail is one at how busy the machine is, too.
        row.goal(Goal::AtMost(if name == "p50" { 1.4 } else { 2.0 }, Peer::Alone)).wanted(0.6, Peer::Ttyd);
    }
    Ok(())
}

pub(crate) fn before_keys(terminal: &mut dyn Terminal) -> Outcome<()> {
    terminal.send(b"echo go-'on'; cat >/dev/null\r")?;
    terminal::until(terminal, &["go-on"]).map(drop)
}

pub(crate) fn after_keys(terminal: &mut dyn Terminal) -> Outcome<()> {
    terminal.send(b"\r\x04")?; // the end of a file, for `cat`
    terminal::prompt(terminal).map(drop)
}

pub(crate) fn type_keys(terminal: &mut dyn Terminal, keys: usize, samples: &mut Samples) -> Outcome<()> {
    for at in 0..keys {
        samples.add(terminal::key(terminal, b'a' + (at % 26) as u8)?);
        if at % 26 == 25 {
            // A line of its own for every alphabet: the kernel keeps 4096 bytes of one.
            terminal.send(b"\r")?;
            terminal::until(terminal, &["\n"])?;
        }
    }
    Ok(())
}
