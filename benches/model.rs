//! How fast the screen model takes output: it is part of this program too, optimised as the product's is. Nothing else is in
//! its way here, neither a terminal nor a lock; and it is CPU time that counts, so a busy machine changes little.

use std::{hint::black_box, path::Path};

use rustix::time::{ClockId, clock_gettime};

use crate::{
    Amount, Outcome, processes,
    report::{Goal, Report},
    screen::Screen,
};

/// Bytes that a session's task gives it at once.
const STEP: usize = 16 * 1024;
/// Output of each kind in a round, bytes: some tenths of a second.
const ENOUGH: usize = 10_000_000;
/// What `ls -lR` is run on, the first that is there.
const TREES: [&str; 2] = ["/usr/share", "/usr"];

/// MB/s of what `ls -lR` and `yes` print.
pub(crate) fn pace(amount: &Amount, report: &mut Report) -> Outcome<()> {
    report.says("the screen model");
    for (what, goal, output) in outputs()? {
        let rates: Vec<f64> = (0..amount.rounds).map(|_| rate(&output)).collect();
        report.row(what, "MB/s", rates.iter().sum::<f64>() / rates.len() as f64).goal(Goal::Pace(goal));
    }
    Ok(())
}

/// The same alone, for whoever works at it: `bench model`.
pub(crate) fn alone() -> Outcome<bool> {
    for (what, _, output) in outputs()? {
        let mut rates: Vec<f64> = (0..9).map(|_| rate(&output)).collect();
        rates.sort_by(f64::total_cmp);
        println!("{what}: {:.0} MB/s, the best {:.0}", rates[4], rates[8]);
    }
    Ok(true)
}

/// What is printed, how many MB/s of it are the goal, and the output.
fn outputs() -> Outcome<[(&'static str, f64, Vec<u8>); 2]> {
    let tree = TREES.into_iter().find(|tree| Path::new(tree).is_dir()).ok_or("no tree to list")?;
    let listing = processes::command("ls", &["-lR", tree])?;
    Ok([("screen model, `ls -lR`", 50.0, as_shown(&listing)), ("screen model, `yes`", 40.0, as_shown("y\n"))])
}

/// As a terminal passes it on, again and again until it is enough.
fn as_shown(text: &str) -> Vec<u8> {
    let shown = text.replace('\n', "\r\n").into_bytes();
    shown.iter().copied().cycle().take(ENOUGH).collect()
}

/// MB in a second of CPU time.
fn rate(output: &[u8]) -> f64 {
    let (mut screen, before) = (Screen::new(80, 24), cpu());
    for step in output.chunks(STEP) {
        let mut taken = 0;
        while taken < step.len() {
            taken += screen.write(&step[taken..]);
        }
    }
    black_box(screen.snapshot());
    output.len() as f64 / 1e6 / (cpu() - before)
}

/// Of this thread, s.
fn cpu() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}
