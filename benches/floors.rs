//! What nothing with Podman below it can be faster than: a bare pty, `crun run` of the same bundle, `podman run` in a pty.

use std::{
    fs::File,
    io::{Read, Write},
    os::fd::AsFd,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    pty::{OpenptFlags, ioctl_tiocgptpeer, openpt, unlockpt},
    termios::{Winsize, tcsetwinsize},
};

use crate::{
    Outcome, processes,
    samples::milliseconds,
    setting,
    terminal::{self, PATIENCE, Terminal},
};

/// One read of a pty, bytes: the kernel gives no more than 4096 at once.
const PIECE: usize = 64 * 1024;

/// A program on a pty of ours.
pub(crate) struct Pty {
    master: File,
    child: Child,
}

impl Pty {
    /// `setsid` makes the pty its controlling terminal, which takes it about a millisecond.
    pub(crate) fn run(program: &str, words: &[String]) -> Outcome<Pty> {
        // NOCTTY: else it would become ours, since we lead a session as every service does.
        let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
        let master = openpt(flags)?;
        unlockpt(&master)?;
        let slave = ioctl_tiocgptpeer(&master, flags)?;
        tcsetwinsize(&slave, Winsize { ws_col: 80, ws_row: 24, ws_xpixel: 0, ws_ypixel: 0 })?;
        let end = || -> Outcome<Stdio> { Ok(Stdio::from(slave.try_clone()?)) };
        let child = Command::new("setsid")
            .arg("--ctty")
            .arg(program)
            .args(words)
            .stdin(end()?)
            .stdout(end()?)
            .stderr(end()?)
            .spawn()
            .map_err(|e| format!("setsid {program}: {e}"))?;
        Ok(Pty { master: master.into(), child })
    }

    /// The session's shell without anything around it.
    pub(crate) fn bare() -> Outcome<Pty> {
        let mut pty = Pty::run("/bin/bash", &["--norc".into(), "--noprofile".into()])?;
        terminal::prompt(&mut pty)?;
        Ok(pty)
    }

    /// `podman run` of the session's image.
    pub(crate) fn podman() -> Outcome<Pty> {
        Pty::run("podman", &podman_run()?)
    }

    /// Lets the shell leave and waits for its program.
    pub(crate) fn end(mut self) -> Outcome<()> {
        terminal::leave(&mut self)?;
        let (began, mut rest) = (Instant::now(), Vec::new());
        while self.receive(&mut rest).is_ok() {} // the last slave that is closed ends it
        if began.elapsed() >= PATIENCE {
            self.child.kill()?;
        }
        self.child.wait()?;
        Ok(())
    }
}

impl Terminal for Pty {
    fn send(&mut self, input: &[u8]) -> Outcome<()> {
        Ok(self.master.write_all(input)?)
    }

    fn receive(&mut self, output: &mut Vec<u8>) -> Outcome<()> {
        let limit = Timespec { tv_sec: PATIENCE.as_secs() as i64, tv_nsec: 0 };
        if poll(&mut [PollFd::new(&self.master.as_fd(), PollFlags::IN)], Some(&limit))? == 0 {
            return Err("nothing came from the pty".into());
        }
        let before = output.len();
        output.resize(before + PIECE, 0);
        let read = self.master.read(&mut output[before..]);
        output.truncate(before + *read.as_ref().unwrap_or(&0));
        match read? {
            0 => Err("the pty is closed".into()),
            _ => Ok(()),
        }
    }
}

/// What `podman` is given, for ttyd too: at its best, without a log, and as little allowed as Coracle's sessions are.
pub(crate) fn podman_run() -> Outcome<Vec<String>> {
    let words = format!(
        "run --rm --interactive --tty --label {} --network none --log-driver none --cap-drop all \
         --security-opt no-new-privileges {} /bin/bash -l",
        processes::LABEL,
        setting("BENCH_IMAGE")?
    );
    Ok(words.split_whitespace().map(str::to_owned).collect())
}

/// Times from `crun run` to a prompt, in milliseconds, of the bundle that Podman makes for the same container.
pub(crate) fn crun(times: usize) -> Outcome<Vec<f64>> {
    let mut words = podman_run()?;
    words[0] = "create".into();
    words.retain(|word| word != "--rm");
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let id = processes::command("podman", &words)?;
    processes::command("podman", &["init", id.trim()])?;
    let config = processes::command("podman", &["inspect", "--format", "{{.OCIConfigPath}}", id.trim()])?;
    // Its mounts are in Podman's namespace: this program once more, in there.
    let this = std::env::current_exe()?;
    let told = Command::new("podman")
        .arg("unshare")
        .arg(this)
        .arg(config.trim())
        .env("BENCH_ROUNDS", times.to_string())
        .stderr(Stdio::inherit())
        .output()?;
    processes::remove_containers()?;
    let times: Vec<f64> = String::from_utf8_lossy(&told.stdout).lines().filter_map(|line| line.parse().ok()).collect();
    if times.is_empty() { Err("crun started nothing".into()) } else { Ok(times) }
}

/// The inner half of [`crun`]: prints one time a line. `config` is Podman's config.json.
pub(crate) fn crun_runs(config: &str) -> Outcome<bool> {
    let mut spec: serde_json::Value = serde_json::from_slice(&std::fs::read(config)?)?;
    // Podman's clean-up is not crun's, and its cgroup has a tenant.
    spec.as_object_mut().ok_or("config.json is no object")?.remove("hooks");
    spec["linux"]["cgroupsPath"] = "".into();
    let bundle = std::path::PathBuf::from(format!("{}/bench-bundle", setting("XDG_RUNTIME_DIR")?));
    std::fs::create_dir_all(&bundle)?;
    std::fs::write(bundle.join("config.json"), spec.to_string())?;
    for turn in 0..setting("BENCH_ROUNDS")?.parse()? {
        let began = Instant::now();
        let name = format!("bench-{}-{turn}", std::process::id());
        let words =
            ["--cgroup-manager=disabled", "run", "--bundle", &bundle.to_string_lossy(), &name].map(str::to_owned);
        let mut pty = Pty::run("crun", &words)?;
        terminal::prompt(&mut pty)?;
        let took: Duration = began.elapsed();
        println!("{}", milliseconds(took));
        pty.end()?;
    }
    std::fs::remove_dir_all(bundle)?;
    Ok(true)
}
