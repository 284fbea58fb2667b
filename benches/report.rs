//! The table: what was measured, beside what, and whether it is good enough.

use std::{fmt::Write, fs, path::PathBuf};

use crate::{Outcome, plot, processes, setting};

/// What Coracle stands beside: columns of the table.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Peer {
    Pty,
    Crun,
    /// The calls to Podman's API that a session is made of, and conmon's socket behind a bare relay, with nothing around them.
    Alone,
    Podman,
    Ttyd,
}

impl Peer {
    const ALL: [Peer; 5] = [Peer::Pty, Peer::Crun, Peer::Alone, Peer::Podman, Peer::Ttyd];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Peer::Pty => "bare pty",
            Peer::Crun => "`crun run`",
            Peer::Alone => "Podman's API and conmon alone",
            Peer::Podman => "`podman run`",
            Peer::Ttyd => "ttyd + `podman run`",
        }
    }
}

/// What decides about the exit code.
pub(crate) enum Goal {
    /// So many times what the other one takes.
    AtMost(f64, Peer),
    AtLeast(f64, Peer),
    /// An amount of memory or of bytes, in the row's unit: such figures do not depend on how busy a machine is.
    Within(f64),
    /// So much in a second of CPU time, in the row's unit: that depends on the machine, but little on how busy it is.
    Pace(f64),
}

pub(crate) struct Row {
    pub(crate) what: String,
    pub(crate) unit: &'static str,
    pub(crate) ours: f64,
    pub(crate) others: Vec<(Peer, f64)>,
    goal: Option<Goal>,
    wanted: Option<(f64, Peer)>,
}

impl Row {
    pub(crate) fn beside(&mut self, others: &[(Peer, f64)]) -> &mut Row {
        self.others.extend(others);
        self
    }

    pub(crate) fn goal(&mut self, goal: Goal) -> &mut Row {
        self.goal = Some(goal);
        self
    }

    /// At most so many times what the other one takes was wanted, and is not reached in each run: NOTES.md says why. It decides nothing.
    pub(crate) fn wanted(&mut self, most: f64, peer: Peer) {
        self.wanted = Some((most, peer));
    }

    pub(crate) fn of(&self, peer: Peer) -> Option<f64> {
        self.others.iter().find(|(other, _)| *other == peer).map(|(_, value)| *value)
    }

    /// The goal in words and what was reached; and whether that is enough. A figure that is missing is not.
    fn verdict(&self) -> Option<(String, bool)> {
        let ratio = |peer| self.of(peer).map_or(f64::NAN, |other| self.ours / other);
        let (mut text, good) = match *self.goal.as_ref()? {
            Goal::AtMost(most, peer) => {
                let text = format!("{:.2} × {}, at most {most:.1}", ratio(peer), peer.name());
                (text, ratio(peer) <= most)
            }
            Goal::AtLeast(least, peer) => {
                let text = format!("{:.2} × {}, at least {least:.1}", ratio(peer), peer.name());
                (text, ratio(peer) >= least)
            }
            Goal::Within(most) => (format!("at most {} {}", number(most), self.unit), self.ours <= most),
            Goal::Pace(least) => (format!("at least {} {}", number(least), self.unit), self.ours >= least),
        };
        if let Some((most, peer)) = self.wanted {
            text += &format!("; {:.2} × {}, wanted {most:.1}", ratio(peer), peer.name());
        }
        Some((text, good))
    }
}

pub(crate) struct Report {
    rows: Vec<Row>,
    load_before: String,
}

impl Report {
    pub(crate) fn begin() -> Outcome<Report> {
        let mut report = Report { rows: Vec::new(), load_before: load()? };
        let size = fs::metadata("/usr/bin/coracle")?.len() as f64;
        report.row("the program, stripped", "KiB", size / 1024.0).goal(Goal::Within(8192.0));
        report.row("crates in the program", "", setting("BENCH_CRATES")?.parse()?);
        Ok(report)
    }

    /// Progress, for whoever waits.
    pub(crate) fn says(&self, text: &str) {
        eprintln!("bench: {text}");
    }

    pub(crate) fn row(&mut self, what: &str, unit: &'static str, ours: f64) -> &mut Row {
        self.rows.push(Row { what: what.to_owned(), unit, ours, others: Vec::new(), goal: None, wanted: None });
        self.rows.last_mut().expect("it was pushed just now")
    }

    /// Prints the table, writes it and the picture; whether every goal was met.
    pub(crate) fn finish(self) -> Outcome<bool> {
        let directory = PathBuf::from(setting("BENCH_RESULTS")?);
        let (text, good) = self.table()?;
        print!("{text}");
        fs::write(directory.join("RESULTS.md"), text)?;
        fs::write(directory.join("plot.svg"), plot::svg(&self.rows))?;
        Ok(good)
    }

    fn table(&self) -> Outcome<(String, bool)> {
        let mut text = String::from(
            "# Results\n\nWritten by `make bench`; a run replaces it. What is compared, and how: NOTES.md.\n\n",
        );
        for (name, value) in facts(&self.load_before)? {
            writeln!(text, "- {name}: {value}")?;
        }
        let mut all_good = true;
        write!(text, "\n| | Coracle |")?;
        for peer in Peer::ALL {
            write!(text, " {} |", peer.name())?;
        }
        writeln!(text, " goal | met |\n|---|--:|--:|--:|--:|--:|---|---|")?;
        for row in &self.rows {
            write!(text, "| {} | {} |", row.what, format!("{} {}", number(row.ours), row.unit).trim_end())?;
            for peer in Peer::ALL {
                write!(text, " {} |", row.of(peer).map(number).unwrap_or_default())?;
            }
            match row.verdict() {
                Some((goal, good)) => {
                    all_good &= good;
                    writeln!(text, " {goal} | {} |", if good { "yes" } else { "**no**" })?;
                }
                None => writeln!(text, " | |")?,
            }
        }
        Ok((text, all_good))
    }
}

/// Three digits that count.
pub(crate) fn number(value: f64) -> String {
    match value.abs() {
        size if size.is_infinite() => "never".to_owned(),
        size if size >= 100.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

fn load() -> Outcome<String> {
    let text = fs::read_to_string("/proc/loadavg")?;
    Ok(text.split_whitespace().next().unwrap_or("").to_owned())
}

/// What the figures depend on.
fn facts(load_before: &str) -> Outcome<Vec<(&'static str, String)>> {
    let first_line = |text: String| text.lines().next().unwrap_or("").to_owned();
    let version = |program: &str| processes::command(program, &["--version"]).map(first_line);
    let line_of = |file: &str, key: &str| -> Outcome<String> {
        let text = fs::read_to_string(file)?;
        let line = text.lines().find(|line| line.starts_with(key)).unwrap_or("");
        Ok(line.split_once(':').map_or("", |(_, value)| value.trim()).to_owned())
    };
    let cores = std::thread::available_parallelism()?;
    let memory: f64 = line_of("/proc/meminfo", "MemTotal")?.trim_end_matches(" kB").parse()?;
    let model = line_of("/proc/cpuinfo", "model name")?;
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease")?;
    Ok(vec![
        ("date", setting("BENCH_DATE")?),
        ("machine", format!("{cores} cores ({model}), {:.0} GB, Linux {}", memory * 1024.0 / 1e9, kernel.trim())),
        ("load average of the machine", format!("{load_before} before, {} after; {cores} is fully busy", load()?)),
        ("Coracle", format!("{} ({}), {}", version("coracle")?, setting("BENCH_COMMIT")?, setting("BENCH_RUST")?)),
        ("Podman", format!("{}; {}; {}", version("podman")?, version("crun")?, version("conmon")?)),
        ("ttyd", setting("BENCH_TTYD_VERSION")?),
        ("systemd", version("systemctl")?),
        ("amount", setting("BENCH_AMOUNT")?),
    ])
}
