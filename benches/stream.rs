//! The same terminals where conmon's own socket cannot be reached, and Podman's service passes every byte on.

use crate::{
    Amount, Outcome,
    coracle::Coracle,
    flood::{self, Flow},
    processes,
    report::Report,
    samples::Samples,
    shells,
};

/// Keys and output of a session over Podman's API, in rounds by themselves: its daemon and the other one are never awake together.
pub(crate) fn measured(amount: &Amount, door: &Coracle, report: &mut Report) -> Outcome<()> {
    report.says("keystrokes and output through Podman's API");
    let stream = door.through_podman()?;
    let mut session = stream.shell("shell")?;
    let (mut keys, mut flow) = (Samples::new(), Flow::default());
    let daemon = stream.daemon()?;
    shells::before_keys(&mut session)?;
    for _ in 0..amount.rounds {
        shells::type_keys(&mut session, amount.keys, &mut keys)?;
    }
    shells::after_keys(&mut session)?;
    for _ in 0..amount.rounds {
        let before = processes::cpu(daemon)?;
        flood::pour(&mut session, amount.megabytes * 1_000_000, &mut flow)?;
        flow.server += processes::cpu(daemon)? - before;
    }
    session.end()?;
    stream.gives_way()?;
    report.row("through Podman's API, not at conmon's socket: keystroke to its echo, p50", "ms", keys.median());
    report.row("… p99", "ms", keys.at(0.99));
    report.row("… output, lines of 64 bytes", "MB/s", flow.rate());
    report.row("… CPU of the daemon per 100 MB", "ms", flow.per_100_megabytes(flow.server));
    Ok(())
}
