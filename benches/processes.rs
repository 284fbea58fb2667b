//! CPU time and memory of processes, as /proc tells them, and commands that are waited for.

use std::{fs, os::unix::fs::MetadataExt, path::Path, process::Command, time::Instant};

use crate::{Outcome, terminal::PATIENCE};

/// On every container that is not Coracle's.
pub(crate) const LABEL: &str = "bench=peer";

/// Runs a program to its end; what it printed.
pub(crate) fn command(program: &str, words: &[&str]) -> Outcome<String> {
    let done = Command::new(program).args(words).output().map_err(|e| format!("{program}: {e}"))?;
    if !done.status.success() {
        return Err(format!("{program} {words:?}: {}", String::from_utf8_lossy(&done.stderr)).into());
    }
    Ok(String::from_utf8_lossy(&done.stdout).into_owned())
}

/// Removes what `podman run` left, again and again: one whose reader stalls cannot be removed at once.
pub(crate) fn remove_containers() -> Outcome<()> {
    let began = Instant::now();
    loop {
        let ids = command("podman", &["ps", "--all", "--quiet", "--filter", &format!("label={LABEL}")])?;
        if ids.trim().is_empty() {
            return Ok(());
        }
        let mut words = vec!["rm", "--force", "--time", "0"];
        words.extend(ids.split_whitespace());
        if let Err(why) = command("podman", &words) {
            if began.elapsed() > PATIENCE {
                return Err(why);
            }
        }
    }
}

/// CPU time of a process so far, all threads, user and system, in milliseconds; counted in steps of 10.
pub(crate) fn cpu(pid: u32) -> Outcome<f64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let behind = stat.rsplit_once(')').ok_or("stat without a name")?.1;
    let ticks = |at: usize| behind.split_whitespace().nth(at).and_then(|n| n.parse::<f64>().ok());
    // Fields 14 and 15 of all; the first behind the name is the third.
    Ok((ticks(11).ok_or("no utime")? + ticks(12).ok_or("no stime")?) * 10.0)
}

/// A line of a process's `status` or `smaps_rollup` (`RssAnon`, `Pss`), in KiB.
fn kilobytes(pid: u32, file: &str, name: &str) -> Outcome<f64> {
    let path = format!("/proc/{pid}/{file}");
    let text = fs::read_to_string(&path).map_err(|e| format!("{path}: {e}"))?;
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    let number = line.and_then(|rest| rest.split_whitespace().next()?.parse().ok());
    number.ok_or_else(|| format!("{path} has no {name}").into())
}

/// Memory of its own, without files and what it shares, KiB.
pub(crate) fn anonymous(pid: u32) -> Outcome<f64> {
    kilobytes(pid, "status", "RssAnon")
}

/// Files in memory that it has mapped, KiB: of the daemon, its sessions' rings. By proportional share, since it maps each
/// twice in a row, and `RssShmem` counts both.
pub(crate) fn shared(pid: u32) -> Outcome<f64> {
    kilobytes(pid, "smaps_rollup", "Pss_Shmem")
}

/// What the files in this directory whose names end so take of memory, KiB.
pub(crate) fn files(directory: &Path, ending: &str) -> Outcome<f64> {
    let mut blocks = 0;
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().ends_with(ending) {
            blocks += entry.metadata()?.blocks();
        }
    }
    Ok(blocks as f64 / 2.0) // of 512 bytes
}

/// Its proportional share of all memory, KiB.
pub(crate) fn proportional(pid: u32) -> Outcome<f64> {
    kilobytes(pid, "smaps_rollup", "Pss")
}

/// Pids of processes whose command line has `part`, and whose program is called `name`.
pub(crate) fn named(name: &str, part: &str) -> Outcome<Vec<u32>> {
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc")? {
        let Some(pid) = entry?.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        let Ok(line) = fs::read(format!("/proc/{pid}/cmdline")) else { continue };
        let line = String::from_utf8_lossy(&line);
        let program = line.split('\0').next().unwrap_or("");
        if program.rsplit('/').next() == Some(name) && line.contains(part) {
            found.push(pid);
        }
    }
    Ok(found)
}

/// The children of these.
pub(crate) fn children(of: &[u32]) -> Outcome<Vec<u32>> {
    let mut found = Vec::new();
    for pid in of {
        let text = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children"))?;
        found.extend(text.split_whitespace().filter_map(|pid| pid.parse::<u32>().ok()));
    }
    Ok(found)
}
