//! The machine, and the package's states in it: absent, installed, another version.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

#[path = "../bed/until.rs"]
mod waiting;
pub(crate) use waiting::until;
#[path = "../bed/ran.rs"]
mod ran;
pub(crate) use ran::{Ran, env};

/// How long anything in the machine is waited for.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);
/// Who logs in here.
pub(crate) const USERS: [(&str, &str, &str); 1] = [("alice", "wonderland-1", "")];

/// A shell line as root inside.
pub(crate) fn tried(line: &str) -> Ran {
    fed(line, "")
}

/// The same with something on its standard input.
pub(crate) fn fed(line: &str, stdin: &str) -> Ran {
    let mut inside = Command::new("nsenter");
    inside
        .args(["-t", &env("CORACLE_PACKAGE_PID"), "-a", "--", "env", "-i"])
        .args(["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8", "HOME=/root", "DEBIAN_FRONTEND=noninteractive"])
        .args(["sh", "-c", line]);
    Ran::of(&mut inside, stdin.as_bytes())
}

/// A shell line as root inside that must succeed; what it printed.
pub(crate) fn sh(line: &str) -> String {
    let ran = tried(line);
    assert_eq!(ran.code, 0, "{line}: {ran:?}");
    ran.out
}

/// A shell line in the account's own user manager, as the manual says.
pub(crate) fn as_account(line: &str) -> String {
    sh(&format!(
        "systemd-run --user -M coracle@ --wait --collect --pipe --quiet -- /bin/sh -c '{}'",
        line.replace('$', "$$")
    ))
}

static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// A machine that has never seen the package, as far as purging it can make it so.
pub(crate) struct Fresh {
    _turn: MutexGuard<'static, ()>,
}

impl Fresh {
    pub(crate) fn machine() -> Fresh {
        let turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        sh("dpkg --purge coracle 2>/dev/null; rm -rf /etc/systemd/system/coracle*.d; systemctl daemon-reload");
        Fresh { _turn: turn }
    }

    /// A fresh machine with the package, as `apt install ./coracle_*.deb` leaves it.
    pub(crate) fn installed() -> Fresh {
        let fresh = Fresh::machine();
        install(Version::First);
        fresh
    }

    /// The same after the administrator's first steps.
    pub(crate) fn in_service() -> Fresh {
        let fresh = Fresh::installed();
        first_steps();
        fresh
    }
}

/// What an administrator does after the installation: a user, an image, the socket; and this much of the machine's own: a free
/// port, and no limits, for which it has no controllers.
pub(crate) fn first_steps() {
    let image = env("CORACLE_PACKAGE_IMAGE");
    sh(&format!(
        "systemd-run --user -M tester@ --wait --collect --pipe --quiet -- podman save {image} |
             systemd-run --user -M coracle@ --wait --collect --pipe --quiet -- podman load --quiet"
    ));
    let config = format!(
        "[sessions]\nrequire_limits = false\n[[profiles]]\nname = \"shell\"\nimage = \"{image}\"\npull = \"never\"\n"
    );
    assert_eq!(fed("cat > /etc/coracle/config.d/bed.toml", &config).code, 0);
    let port = crate::service::port();
    let drop_in = format!("[Socket]\nListenStream=\nListenStream=127.0.0.1:{port}\nTriggerLimitIntervalSec=0\n");
    let directory = "/etc/systemd/system/coracle.socket.d";
    assert_eq!(fed(&format!("mkdir -p {directory} && cat > {directory}/bed.conf"), &drop_in).code, 0);
    sh("systemctl daemon-reload");
    let (name, password, _) = USERS[0];
    let made = fed(&format!("coracle passwd {name}"), &format!("{password}\n"));
    assert_eq!(made.code, 0, "{made:?}");
    sh("systemctl --quiet enable --now coracle.socket");
}

/// The package that was built, or the same under a higher number.
#[derive(Clone, Copy)]
pub(crate) enum Version {
    First,
    Next,
}

/// Installs it with apt from the file, as nobody who could answer a question.
pub(crate) fn install(version: Version) -> Ran {
    let file = match version {
        Version::First => "/root/coracle.deb",
        Version::Next => "/root/coracle-next.deb",
    };
    let built = PathBuf::from(env("CORACLE_PACKAGE_DEB"));
    put(&built, "/root/coracle.deb");
    if matches!(version, Version::Next) {
        sh("cd /root && rm -rf next && dpkg-deb --raw-extract coracle.deb next &&
            sed -i '/^Version:/s/$/+next/' next/DEBIAN/control && dpkg-deb -Zgzip -z1 --root-owner-group --build next coracle-next.deb");
    }
    let ran = tried(&format!("apt-get install --yes --no-install-recommends --allow-downgrades {file} </dev/null"));
    assert_eq!(ran.code, 0, "{ran:?}");
    ran
}

/// A file of this host to the machine.
pub(crate) fn put(file: &Path, inside: &str) {
    let to = PathBuf::from(format!("/proc/{}/root{inside}", env("CORACLE_PACKAGE_PID")));
    fs::copy(file, &to).unwrap_or_else(|e| panic!("{} to {}: {e}", file.display(), to.display()));
    fs::set_permissions(&to, fs::Permissions::from_mode(0o644)).expect("own file");
}
