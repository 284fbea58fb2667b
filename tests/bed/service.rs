//! Coracle as a user service in the machine, freshly configured for one test and gone after it.

use std::{
    net::TcpListener,
    sync::{Mutex, MutexGuard, OnceLock, PoisonError},
};

use crate::machine::{Machine, USERS, machine, until};

const DIR: &str = "/home/tester/.config/coracle";
const STATE: &str = "/home/tester/.config/coracle/state /home/tester/.local/state/coracle";

/// The machine's network is the host's, where others may run these tests too: a port that was free a moment ago. It is
/// below those that the kernel gives to whoever connects: between two tests nobody listens on it.
pub(crate) fn port() -> u16 {
    static PORT: OnceLock<u16> = OnceLock::new();
    *PORT.get_or_init(|| {
        let first = 20_000 + (std::process::id() % 10_000) as u16;
        let is_free = |port: &u16| TcpListener::bind(("127.0.0.1", *port)).is_ok();
        (first..32_000).find(is_free).expect("loopback has a free port")
    })
}

static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// The machine, the port and the two services are there once: one test at a time, also after one that failed.
pub(crate) fn turn() -> MutexGuard<'static, ()> {
    ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(crate) struct Service {
    pub(crate) machine: &'static Machine,
    _turn: MutexGuard<'static, ()>,
}

impl Service {
    /// Socket-activated, with the users of [`USERS`], no limits (the machine has no controllers) and these additions to
    /// `[sessions]` and to the rest of config.toml.
    pub(crate) fn start(sessions: &str, rest: &str) -> Service {
        let turn = turn();
        let service = Service { machine: machine(), _turn: turn };
        service.stop();
        service.machine.user(&format!(
            "podman rm --all --force --time 0; rm -rf {STATE} {DIR}/users \"$XDG_RUNTIME_DIR/coracle\""
        ));
        service.configure(sessions, rest);
        service.users();
        let drop_in = format!(
            "[Unit]\nStartLimitIntervalSec=0\n[Socket]\nListenStream=\nListenStream=127.0.0.1:{}\nTriggerLimitIntervalSec=0\n",
            port()
        );
        service.machine.write("/home/tester/.config/systemd/user/coracle.socket.d/bed.conf", &drop_in);
        service.machine.systemctl("daemon-reload");
        service.machine.systemctl("start podman.socket");
        let started = service.machine.systemctl("start coracle.socket coracle-control.socket");
        assert_eq!(started.code, 0, "{started:?}");
        service
    }

    /// As `start` with nothing special.
    pub(crate) fn plain() -> Service {
        Service::start("", "")
    }

    pub(crate) fn configure(&self, sessions: &str, rest: &str) {
        let image = &self.machine.image;
        let config = format!(
            "[sessions]\nrequire_limits = false\n{sessions}\n{rest}\n[[profiles]]\nname = \"shell\"\nimage = \"{image}\"\npull = \"never\"\n"
        );
        self.machine.write(&format!("{DIR}/config.toml"), &config);
    }

    /// Exactly this text as config.toml.
    pub(crate) fn configure_raw(&self, text: &str) {
        self.machine.write(&format!("{DIR}/config.toml"), text);
    }

    fn users(&self) {
        for (name, password, groups) in USERS {
            let groups = if groups.is_empty() { String::new() } else { format!("--groups {groups}") };
            let made = self.machine.user_with(&format!("coracle passwd {name} {groups}"), &format!("{password}\n"));
            assert_eq!(made.code, 0, "{made:?}");
        }
    }

    /// Pid (inside) of the daemon, if it runs.
    pub(crate) fn daemon(&self) -> Option<String> {
        let shown = self.machine.systemctl("show coracle.service -p MainPID --value").out;
        Some(shown.trim().to_owned()).filter(|pid| pid != "0" && !pid.is_empty())
    }

    /// `coracle ARGS` as tester.
    pub(crate) fn cli(&self, args: &str) -> crate::machine::Ran {
        self.machine.user(&format!("coracle {args}"))
    }

    /// Waits until nothing of any session is left: containers, conmon, files of the runtime directory.
    pub(crate) fn nothing_left(&self) {
        until("no container, no conmon and no session file is left", || self.leftovers().is_empty().then_some(()));
    }

    /// Waits until nothing of this session is left but the note of how it ended, and its recording.
    pub(crate) fn nothing_left_of(&self, id: &str) {
        let traces = format!(
            "podman ps --all --format '{{{{.Names}}}}' | grep -F {id}; \
             find \"$XDG_RUNTIME_DIR/coracle\" {STATE} -name '{id}*' -not -path '*/ended/*' -not -path '*/recordings/*' 2>/dev/null"
        );
        until(&format!("nothing of {id} is left"), || {
            let left = self.machine.processes(&format!("conmon.*coracle-{id}"));
            (left.is_empty() && self.machine.user(&traces).out.is_empty()).then_some(())
        });
    }

    pub(crate) fn leftovers(&self) -> Vec<String> {
        let mut left = self.machine.containers();
        left.extend(self.machine.processes("conmon.*coracle-"));
        let files = "ls \"$XDG_RUNTIME_DIR/coracle\" 2>/dev/null; podman volume ls --quiet";
        left.extend(self.machine.user(files).out.split_whitespace().map(str::to_owned));
        left
    }

    pub(crate) fn stop(&self) {
        if self.machine.path("/run/user/1000/coracle-control/sock").exists() {
            self.cli("end --all --reason shutdown");
        }
        self.machine.systemctl(
            "stop coracle.socket coracle-control.socket coracle-unix.socket coracle-https.socket coracle.service",
        );
        self.machine.systemctl("reset-failed");
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.stop();
    }
}
