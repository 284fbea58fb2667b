//! conmon, the process that owns a session's terminal; watched by a pidfd, since Podman goes on saying `running` when it
//! has died.

use std::{
    fs, io,
    os::{
        fd::{AsFd, OwnedFd},
        unix::ffi::OsStrExt,
    },
    path::{Path, PathBuf},
    time::Duration,
};

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    process::{Pid, PidfdFlags, pidfd_open},
};
use tokio::{
    io::{Interest, unix::AsyncFd},
    time::{Instant, sleep},
};

use super::{
    gauge::{Gauge, Usage},
    layer::Layer,
    looks::Looks,
    verify::Status,
};

/// How long conmon may take over what it was told before the start; on an idle machine less than 1 ms.
const SETTLING: Duration = Duration::from_millis(500);
/// How often conmon's exit file is looked for; it is there within a few milliseconds of the terminal's end.
const LOOK_AGAIN: Duration = Duration::from_millis(2);

/// conmon, watched by a pidfd, and its child, the container's first process.
pub(crate) struct Conmon {
    pid: i32,
    shell_pid: i32,
    /// `None`: both were gone before anybody could watch them.
    processes: Option<Box<Processes>>,
    word: Word,
    gauge: Box<Gauge>,
    layer: Option<Box<Layer>>,
}

/// Their pidfds.
struct Processes {
    conmon: AsyncFd<OwnedFd>,
    shell: AsyncFd<OwnedFd>,
}

/// Where it is said how the shell ended.
enum Word {
    /// Where conmon writes the exit status, as its last act.
    File(Option<Box<Path>>),
    /// It was said already, or nobody knows.
    Told(Option<i32>),
}

/// Processes that the kernel killed for want of memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Killed {
    /// Since the container's start.
    pub(crate) count: u64,
    /// The shell was none of them.
    pub(crate) spared: bool,
}

impl Conmon {
    /// Two processes of a test that play conmon and the shell, and a directory that plays the cgroup; conmon's file `exit`
    /// is in it, too.
    #[cfg(test)]
    pub(crate) fn played_by(conmon: i32, shell: i32, dir: &Path) -> io::Result<Conmon> {
        Ok(Conmon {
            pid: conmon,
            shell_pid: shell,
            processes: Some(Processes::watched(open_pidfd(conmon)?, open_pidfd(shell)?)?),
            word: Word::File(Some(dir.join("exit").into())),
            gauge: Gauge::reading(Some(dir.to_owned())).into(),
            layer: None,
        })
    }

    /// One that is gone, and so is its shell, which ended with `status` if anybody knows.
    pub(super) fn gone(status: Option<i32>) -> Conmon {
        let gauge = Gauge::reading(None).into();
        Conmon { pid: 0, shell_pid: 0, processes: None, word: Word::Told(status), gauge, layer: None }
    }

    pub(super) fn pid(&self) -> i32 {
        self.pid
    }

    /// The process itself, for another one to look at; no later process of its number can be meant.
    ///
    /// # Errors
    /// `NotFound` when it is gone.
    pub(super) fn handle(&self) -> io::Result<OwnedFd> {
        self.processes.as_ref().ok_or(io::ErrorKind::NotFound)?.conmon.get_ref().try_clone()
    }

    /// Where the container's root is written to, as Podman said.
    pub(super) fn writing_to(self, upper: Option<&Path>) -> Conmon {
        Conmon { layer: upper.and_then(Layer::at).map(Box::new), ..self }
    }

    pub(crate) fn layer(&self) -> Option<&Layer> {
        self.layer.as_deref()
    }

    /// Resolves when conmon is gone, whatever Podman says.
    pub(crate) async fn died(&self) {
        // A pidfd becomes readable at its process' end and stays so. Should the runtime refuse to watch it, "gone" is the
        // answer that ends the session instead of keeping a dead one.
        if let Some(processes) = &self.processes {
            let _ = processes.conmon.readable().await;
        }
    }

    /// Whether conmon lives at this moment.
    pub(crate) fn is_alive(&self) -> bool {
        self.processes.as_ref().is_some_and(|processes| !ended(processes.conmon.get_ref()))
    }

    /// Whether the container's first process (the shell) lives at this moment; asked of the kernel, not of Podman.
    pub(crate) fn shell_is_alive(&self) -> bool {
        self.processes.as_ref().is_some_and(|processes| !ended(processes.shell.get_ref()))
    }

    /// Resolves when the shell is dead. Its cgroup is still there then, but not for long: systemd removes it within
    /// milliseconds (4 to 17 on an emulated machine).
    pub(crate) async fn shell_died(&self) {
        if let Some(processes) = &self.processes {
            let _ = processes.shell.readable().await; // as in `died`
        }
    }

    /// What the container uses at this moment.
    pub(crate) fn usage(&self) -> Usage {
        self.gauge.read()
    }

    /// Resolves when the kernel may have killed a process of the container for want of memory: time to ask
    /// [`Self::killed`]. Nothing is polled for it.
    pub(crate) async fn memory_event(&self) {
        self.gauge.memory_event().await;
    }

    /// How many processes of the container the kernel has killed for want of memory, and whether the shell may be one of
    /// them. `None` where the memory controller does not exist, or the cgroup no more. The shell is known to have outlived
    /// the first `outlived`: a session that merely is at its limit asks 100 times a second.
    ///
    /// The shell is not one of them if it lives and has no SIGKILL waiting for it. Between the counter's rise and the signal
    /// the kernel holds the victim's task lock, and reading its status takes the same lock: so the status, read after the
    /// counter, shows the signal. Podman's `OOMKilled` and conmon's file `oom` cannot tell the two apart: they say that some
    /// process of the container was killed at some time, also after a plain `exit` much later.
    pub(crate) fn killed(&self, outlived: u64) -> Option<Killed> {
        let count = self.gauge.killed()?;
        let lives = || Status::of(self.shell_pid).is_ok_and(|status| !status.kill_pending) && self.shell_is_alive();
        let spared = count <= outlived || lives();
        Some(Killed { count, spared })
    }

    /// How the shell ended, in conmon's own word: the status in the file that it writes as its last act but one. Waits until
    /// that is there or conmon is gone, `patience` at most; to be asked once the shell is dead. None: conmon was killed (or
    /// hangs), and nobody knows how the shell ended. (Podman 5.4 answers `wait` with 0 then.)
    pub(crate) async fn last_word(&self, patience: Duration) -> Option<i32> {
        let deadline = Instant::now() + patience;
        loop {
            // In this order: what conmon wrote before it went is there afterwards.
            let waited_for = self.is_alive() && Instant::now() < deadline;
            let status = self.exit_status_left();
            if status.is_some() || !waited_for {
                return status;
            }
            tokio::select! {
                () = self.died() => {}
                () = sleep(LOOK_AGAIN) => {}
            }
        }
    }

    /// Remembers the status that conmon has left, if it has: Podman removes the file soon after conmon's end.
    pub(crate) fn keep_last_word(&mut self) {
        if let Some(status) = self.exit_status_left() {
            self.word = Word::Told(Some(status));
        }
    }

    fn exit_status_left(&self) -> Option<i32> {
        match &self.word {
            Word::File(file) => fs::read_to_string(file.as_ref()?).ok()?.trim().parse().ok(),
            Word::Told(status) => *status,
        }
    }

    /// Waits until conmon has nothing left to do, [`SETTLING`] at most: what was written to it before this call (a new client,
    /// a size) has then been acted on. Podman answers a resize as soon as it is queued, and on a busy machine the shell would
    /// start first, with a terminal of 0 × 0. A write wakes conmon before it returns, and only its event loop sleeps, so one
    /// look at a sleeping conmon is enough. To be used before `start` alone: later it may sleep in a write of output.
    pub(super) async fn settled(&self) {
        let (deadline, mut looks) = (Instant::now() + SETTLING, Looks::default());
        while Instant::now() < deadline && Status::of(self.pid).is_ok_and(|status| status.state != 'S') {
            looks.pause().await;
        }
    }

    /// Watches process `pid`, which Podman says is the conmon of `container` (the engine's own id), and `shell`, its child.
    ///
    /// # Errors
    /// When they are not: a pid is reused as soon as its owner is gone. Its uid decides (no guest runs under ours), then the
    /// container's id among its arguments; each pidfd was opened before its process was looked at, and is alive after.
    pub(super) fn watch(pid: i32, container: &str, shell: i32) -> io::Result<Conmon> {
        let pidfd = open_pidfd(pid)?;
        let status = Status::of(pid)?;
        if status.uid[1] != rustix::process::geteuid().as_raw() {
            return Err(io::Error::other(format!("process {pid} is not conmon: it belongs to uid {}", status.uid[1])));
        }
        let arguments = fs::read(format!("/proc/{pid}/cmdline"))?;
        if !names(&arguments, container) {
            return Err(io::Error::other(format!("process {pid} is not the conmon of this container")));
        }
        let shell_fd = open_pidfd(shell)?;
        if Status::of(shell)?.parent != pid {
            return Err(io::Error::other(format!("process {shell} is not conmon's child")));
        }
        if ended(&pidfd) || ended(&shell_fd) {
            return Err(io::Error::other("it ended"));
        }
        Ok(Conmon {
            pid,
            shell_pid: shell,
            processes: Some(Processes::watched(pidfd, shell_fd)?),
            word: Word::File(exit_file(&arguments, container).map(Into::into)),
            gauge: Gauge::of(shell).into(),
            layer: None,
        })
    }
}

impl Processes {
    fn watched(conmon: OwnedFd, shell: OwnedFd) -> io::Result<Box<Processes>> {
        Ok(Box::new(Processes { conmon: awaited(conmon)?, shell: awaited(shell)? }))
    }
}

/// So that its process' end can be awaited.
fn awaited(pidfd: OwnedFd) -> io::Result<AsyncFd<OwnedFd>> {
    #[expect(deprecated, reason = "`register` is unsafe, which is for `sys` alone; an OwnedFd keeps its promise")]
    AsyncFd::with_interest(pidfd, Interest::READABLE)
}

/// A handle to process `pid` that no later process of the same number can take over.
pub(super) fn open_pidfd(pid: i32) -> io::Result<OwnedFd> {
    let there_is_none = || io::Error::other("there is no such process");
    // `Pid::from_raw` panics below zero.
    let pid = Some(pid).filter(|pid| *pid > 0).and_then(Pid::from_raw).ok_or_else(there_is_none)?;
    Ok(pidfd_open(pid, PidfdFlags::empty())?)
}

/// Whether the process behind `pidfd` is over. Does not wait.
pub(super) fn ended(pidfd: &OwnedFd) -> bool {
    let mut fds = [PollFd::from_borrowed_fd(pidfd.as_fd(), PollFlags::IN)];
    // An error of poll(2) itself (no memory) is no proof of life.
    poll(&mut fds, Some(&Timespec { tv_sec: 0, tv_nsec: 0 })).map_or(true, |ready| ready > 0)
}

/// conmon is started as `conmon … -c CONTAINER …`.
fn names(cmdline: &[u8], container: &str) -> bool {
    let arguments: Vec<&[u8]> = cmdline.split(|b| *b == 0).collect();
    arguments.windows(2).any(|pair| pair[0] == b"-c" && pair[1] == container.as_bytes())
}

/// conmon is told by `--exit-dir DIR` where to leave the exit status, in a file named after the container.
fn exit_file(cmdline: &[u8], container: &str) -> Option<PathBuf> {
    let arguments: Vec<&[u8]> = cmdline.split(|b| *b == 0).collect();
    let at = arguments.iter().position(|argument| *argument == b"--exit-dir")?;
    Some(PathBuf::from(std::ffi::OsStr::from_bytes(arguments.get(at + 1)?)).join(container))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_process_that_was_started_for_the_container_is_its_conmon() {
        let line = b"/usr/bin/conmon\0--api-version\x001\0-c\x004b9d\0-u\x004b9d\0-r\0/usr/bin/crun\0";
        assert!(names(line, "4b9d"));
        assert!(!names(line, "4b9"));
        assert!(!names(b"/usr/bin/podman\0container\0cleanup\x004b9d\0", "4b9d"));
        assert!(!names(b"", "4b9d"));
    }

    #[test]
    fn the_exit_file_is_where_conmon_was_told_to_leave_it() {
        let line = b"/usr/bin/conmon\0-c\x004b9d\0--exit-dir\0/run/user/1000/libpod/tmp/exits\0-s\0";
        assert_eq!(exit_file(line, "4b9d"), Some(PathBuf::from("/run/user/1000/libpod/tmp/exits/4b9d")));
        assert_eq!(exit_file(b"/usr/bin/conmon\0--exit-dir", "4b9d"), None);
    }

    #[test]
    fn a_process_of_ours_that_is_not_conmon_is_refused() {
        let me = i32::try_from(std::process::id()).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let _inside = runtime.enter();
        let refusal = Conmon::watch(me, "4b9d", me).err().map(|e| e.to_string()).unwrap_or_default();
        assert!(refusal.contains("not the conmon"), "{refusal}");
        assert!(Conmon::watch(0, "4b9d", me).is_err());
        assert!(Conmon::watch(-1, "4b9d", me).is_err());
    }

    #[test]
    fn the_shell_is_looked_at_only_after_a_kill_that_it_is_not_known_to_have_outlived() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("memory.events"), "oom_kill 2\n").unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let _inside = runtime.enter();
        let mut shell = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let me = i32::try_from(std::process::id()).unwrap();
        let conmon = Conmon::played_by(me, i32::try_from(shell.id()).unwrap(), dir.path()).unwrap();
        let spared = |outlived| conmon.killed(outlived).unwrap().spared;
        assert_eq!([1, 2].map(spared), [true, true]);
        shell.kill().unwrap();
        shell.wait().unwrap();
        assert_eq!([1, 2].map(spared), [false, true]);
    }

    #[test]
    fn a_pidfd_tells_the_living_from_the_dead() {
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let pidfd = open_pidfd(i32::try_from(child.id()).unwrap()).unwrap();
        assert!(!ended(&pidfd));
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(ended(&pidfd));
    }
}
