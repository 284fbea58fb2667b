//! One daemon as a process: an unprivileged user of its own, private directories, and this test in systemd's place.

use std::fs::{self, File};
use std::io::Read;
use std::net::{SocketAddr, TcpListener};
use std::os::fd::OwnedFd;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::net::{UnixDatagram, UnixListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// Nobody's uid on any host; the daemon refuses to be root.
pub(crate) const UID: u32 = 54_321;
/// For everything that should take moments, on a host that is busy with others.
pub(crate) const SOON: Duration = Duration::from_secs(60);

/// Mounts this daemon's own /run/user and subordinate ids where only it sees them, hides journald (so that records are
/// lines of its log), drops to UID, and executes.
/// The program is opened beforehand: UID may not be able to reach the build directory.
const ENTER: &str = r#"
    mkdir -p /run/user && mount --bind "$BED/run-user" /run/user &&
    { [ ! -d /run/systemd/journal ] || mount -t tmpfs none /run/systemd/journal; } &&
    for f in subuid subgid; do [ -e /etc/$f ] || : > /etc/$f; mount --bind "$BED/$f" /etc/$f || exit 120; done
    exec 9<"$PROGRAM" || exit 121
    case "$SOCKETS" in
    2) exec 3<&0 4<&1 0</dev/null 1>&2; export LISTEN_FDS=2 LISTEN_FDNAMES="$NAMES" ;;
    1) exec 3<&0 0</dev/null; export LISTEN_FDS=1 LISTEN_FDNAMES="$NAMES" ;;
    esac
    exec setpriv --reuid "$UID_" --regid "$UID_" --clear-groups env -u SOCKETS -u BED -u UID_ -u PROGRAM /proc/self/fd/9 "$@"
"#;

/// Directories, configuration and sockets that outlive one daemon process.
pub(crate) struct Bed {
    pub(crate) directory: tempfile::TempDir,
    pub(crate) web: TcpListener,
    https: TcpListener,
    control: UnixListener,
    notify: UnixDatagram,
    /// The daemon is told that this directory is where its credentials are.
    pub(crate) credentials: bool,
}

impl Bed {
    /// `config` is appended to what makes the bed work.
    pub(crate) fn new(config: &str) -> Bed {
        let directory = tempfile::Builder::new().prefix("coracle-door-").tempdir().unwrap();
        let at = |name: &str| directory.path().join(name);
        for name in ["", "home", "run-user", &format!("run-user/{UID}")] {
            fs::create_dir_all(at(name)).unwrap();
            chown(at(name), Some(UID), Some(UID)).unwrap();
            fs::set_permissions(at(name), fs::Permissions::from_mode(0o700)).unwrap();
        }
        for name in ["subuid", "subgid"] {
            fs::write(at(name), format!("{UID}:1000000:65536\n")).unwrap();
        }
        // Podman's socket as far as anybody looks at it without a session: it exists. Nobody listens, for which a start waits.
        drop(UnixListener::bind(at("podman.sock")).unwrap());
        let notify = UnixDatagram::bind(at("notify.sock")).unwrap();
        notify.set_read_timeout(Some(SOON)).unwrap();
        fs::set_permissions(at("notify.sock"), fs::Permissions::from_mode(0o777)).unwrap();
        fs::create_dir(at(&format!("run-user/{UID}/coracle-control"))).unwrap();
        let control = UnixListener::bind(at(&format!("run-user/{UID}/coracle-control/sock"))).unwrap();
        fs::set_permissions(at(&format!("run-user/{UID}/coracle-control/sock")), fs::Permissions::from_mode(0o777))
            .unwrap();
        let listen = || TcpListener::bind("127.0.0.1:0").unwrap();
        let bed = Bed { web: listen(), https: listen(), control, notify, directory, credentials: false };
        bed.configure(config);
        bed
    }

    pub(crate) fn at(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(crate) fn config_file(&self) -> PathBuf {
        self.at("config.toml")
    }

    pub(crate) fn configure(&self, config: &str) {
        let podman = self.at("podman.sock");
        // The tables of `config` come first: TOML allows each of them once.
        let base = format!("[sessions]\nisolation = \"shared\"\nstart = \"10m\"\npodman_socket = {podman:?}\n");
        fs::write(self.config_file(), format!("{config}\n{base}")).unwrap();
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.web.local_addr().unwrap()
    }

    /// Where TLS is spoken; see [`Bed::start_with_https`].
    pub(crate) fn https(&self) -> SocketAddr {
        self.https.local_addr().unwrap()
    }

    /// A command as the daemon's user, among this bed's mounts.
    pub(crate) fn command(&self, args: &[&str], sockets: &str) -> Command {
        let mut command = Command::new("unshare");
        command.args(["-m", "--propagation", "private", "sh", "-c", ENTER, "door"]).args(args);
        command
            .env_clear()
            .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
            .env("HOME", self.at("home"))
            .env("XDG_RUNTIME_DIR", format!("/run/user/{UID}"))
            .env("CORACLE_LOG", "debug")
            .env("PROGRAM", env!("CARGO_BIN_EXE_coracle"))
            .env("BED", self.directory.path())
            .env("UID_", UID.to_string())
            .env("SOCKETS", sockets);
        command
    }

    /// Runs a sub-command to its end: exit code, stdout, stderr.
    pub(crate) fn run(&self, args: &[&str], input: &str) -> (i32, String, String) {
        use std::io::Write;
        let mut command = self.command(args, "0");
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
    }

    /// Starts the daemon on this bed's sockets, as systemd would; returns at once.
    pub(crate) fn wake(&self) -> Daemon {
        self.wake_on("http:control", OwnedFd::from(self.control.try_clone().unwrap()))
    }

    /// Starts it on the http and the https socket, without the control socket, and waits for READY=1.
    pub(crate) fn start_with_https(&self) -> Daemon {
        self.ready(self.wake_on("http:https", OwnedFd::from(self.https.try_clone().unwrap())))
    }

    /// Another address for http and https.
    pub(crate) fn listen_on(&mut self, address: &str) {
        let listen = || TcpListener::bind((address, 0)).unwrap();
        (self.web, self.https) = (listen(), listen());
    }

    /// The same with another socket, or anything, beside the http socket, under these names.
    pub(crate) fn wake_on(&self, names: &str, second: OwnedFd) -> Daemon {
        let config = self.config_file();
        let mut command = self.command(&["serve", "--config", config.to_str().unwrap()], "2");
        command.env("NOTIFY_SOCKET", self.at("notify.sock")).env("NAMES", names);
        if self.credentials {
            command.env("CREDENTIALS_DIRECTORY", self.directory.path());
        }
        let log = self.at(&format!("log-{}", fs::read_dir(self.directory.path()).unwrap().count()));
        command.stdin(Stdio::from(OwnedFd::from(self.web.try_clone().unwrap())));
        command.stdout(Stdio::from(second));
        command.stderr(Stdio::from(File::create(&log).unwrap()));
        Daemon { child: command.spawn().unwrap(), log }
    }

    /// Starts the daemon and waits for READY=1.
    pub(crate) fn start(&self) -> Daemon {
        self.ready(self.wake())
    }

    fn ready(&self, mut daemon: Daemon) -> Daemon {
        self.notified("READY=1").unwrap_or_else(|| panic!("no READY=1: {}", daemon.told_and_gone()));
        daemon
    }

    /// Waits for a notification that contains `word`; `None` if none comes.
    pub(crate) fn notified(&self, word: &str) -> Option<String> {
        let until = Instant::now() + SOON;
        let mut buffer = [0; 4096];
        while Instant::now() < until {
            let length = self.notify.recv(&mut buffer).ok()?;
            let text = String::from_utf8_lossy(&buffer[..length]).into_owned();
            if text.contains(word) {
                return Some(text);
            }
        }
        None
    }

    /// Makes the account `mira` whose password is `correct horse`.
    pub(crate) fn add_mira(&self) {
        self.add("mira");
    }

    /// Makes an account whose password is `correct horse`.
    pub(crate) fn add(&self, name: &str) {
        let config = self.config_file();
        chown(self.directory.path(), Some(UID), Some(UID)).unwrap();
        let args = ["passwd", "--config", config.to_str().unwrap(), name];
        let (code, out, error) = self.run(&args, "correct horse\n");
        assert_eq!(code, 0, "{out}{error}");
    }
}

/// A running daemon; killed when dropped.
pub(crate) struct Daemon {
    pub(crate) child: Child,
    log: PathBuf,
}

impl Daemon {
    pub(crate) fn log(&self) -> String {
        let mut text = String::new();
        File::open(&self.log).unwrap().read_to_string(&mut text).unwrap();
        text
    }

    pub(crate) fn signal(&self, name: &str) {
        let done = Command::new("kill").args(["-s", name, &self.child.id().to_string()]).status().unwrap();
        assert!(done.success(), "kill -s {name}");
    }

    /// The exit status, if it comes within `limit`.
    pub(crate) fn gone_within(&mut self, limit: Duration) -> Option<ExitStatus> {
        let until = Instant::now() + limit;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return Some(status);
            }
            if Instant::now() >= until {
                return None;
            }
            std::thread::sleep(Duration::from_millis(5)); // polls a condition that has no descriptor in std
        }
    }

    fn told_and_gone(&mut self) -> String {
        self.child.kill().ok();
        self.log()
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        if self.child.try_wait().unwrap().is_none() {
            self.child.kill().unwrap();
            self.child.wait().unwrap();
        }
        if std::thread::panicking() {
            eprintln!("--- the daemon's log ---\n{}", self.log());
        }
    }
}

/// Whether this host lets the test make users and mounts; says what is missing.
pub(crate) fn can_run() -> bool {
    let root = Path::new("/proc/self").metadata().is_ok_and(|m| {
        use std::os::unix::fs::MetadataExt;
        m.uid() == 0
    });
    let mounts = root
        && Command::new("unshare").args(["-m", "true"]).status().is_ok_and(|s| s.success())
        && Command::new("setpriv").arg("--version").stdout(Stdio::null()).status().is_ok_and(|s| s.success());
    if !mounts {
        eprintln!("SKIPPED: these tests need root, mount namespaces and setpriv (util-linux)");
    }
    mounts
}
