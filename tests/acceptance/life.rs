//! The package's life on a host: installation, first steps, rest, upgrade, reboot, power cut, purge.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    browser::Browser,
    machine::{
        PASSWORD, USERS, World, as_account, ends_for, env, forward, loses_power, nothing_left, operate, put, recorded,
        sh, tried, until, vm,
    },
    service::port,
};

const SERVICE_PASSWORD: &str = "Service.Door-3";
/// Where the directory's certificate says that it is; QEMU's network leads there to the host's loopback.
const DIRECTORY: &str = "dc1.corp.example.org";
const HOST: &str = "10.0.2.2";
const IMAGE: &str = "localhost/coracle-bed:small";

pub(crate) async fn the_package_installs_and_nothing_listens_and_nobody_is_at_work(world: &mut World) {
    sh(&format!("echo '{HOST} {DIRECTORY}' >>/etc/hosts"));
    // Nobody else is here: each boot is the shorter.
    sh("loginctl disable-linger tester; systemctl stop user@1000.service user-runtime-dir@1000.service");
    world.before = host();
    install(&PathBuf::from(env("CORACLE_MACHINE_DEB")));
    for unit in sh("systemctl list-unit-files --no-legend 'coracle*'").lines() {
        assert!(unit.contains("static") || unit.contains(" disabled "), "{unit}");
    }
    assert_eq!(sh("systemctl list-units --no-legend --all 'coracle*' --state=active"), "");
    assert_eq!(sh("pgrep -x coracle || true"), "");
    let uid = sh("id -u coracle");
    until("the account's Podman can be asked", || {
        (tried(&format!("test -S /run/user/{uid}/podman/podman.sock")).code == 0).then_some(())
    });
}

pub(crate) async fn with_the_directory_configured_the_first_connection_wakes_the_daemon(_: &mut World) {
    let image = fs::read(env("CORACLE_MACHINE_IMAGE")).expect("the image is readable");
    let import = format!(
        "systemd-run --user -M coracle@ --wait --collect --pipe --quiet -- podman import --quiet --change 'CMD [\"/bin/sh\",\"-l\"]' - {IMAGE}"
    );
    let ran = vm("run", &["/bin/sh", "-c", &import], &image);
    assert_eq!(ran.code, 0, "{ran:?}");
    put("/etc/coracle/credentials/ldap-bind-password", "600", SERVICE_PASSWORD);
    let ca = fs::read_to_string(env("CORACLE_MACHINE_CA")).expect("the CA is readable");
    put("/etc/coracle/ca.pem", "644", &ca);
    let ldap = env("CORACLE_MACHINE_LDAP");
    let config = format!(
        "[server]\nidle_exit = \"10s\"\n[auth]\nbackends = [\"ldap\"]\n[auth.ldap]\nurls = [\"ldap://{DIRECTORY}:{ldap}\"]\n\
         ca_file = \"/etc/coracle/ca.pem\"\nbind_dn = \"cn=coracle,ou=services,dc=example,dc=org\"\n\
         user_base = \"dc=example,dc=org\"\n[sessions]\nstarts_per_minute = 60\n\
         [[profiles]]\nname = \"shell\"\nimage = \"{IMAGE}\"\npull = \"never\"\ngroups = [\"developers\"]\n"
    );
    put("/etc/coracle/config.d/site.toml", "644", &config);
    let socket = format!("[Socket]\nListenStream=\nListenStream=127.0.0.1:{}\n", port());
    put("/etc/systemd/system/coracle.socket.d/port.conf", "644", &socket);
    sh("systemctl daemon-reload; coracle check-config; systemctl --quiet enable --now coracle.socket");
    assert_eq!(sh("pgrep -x coracle || true"), "", "it sleeps");
    forward();
    assert_eq!(Browser::new().get("/healthz").await.status, 200);
    assert_ne!(sh("pgrep -x coracle"), "");
}

pub(crate) async fn the_doctor_has_nothing_to_complain_about(_: &mut World) {
    let doctor = tried("coracle doctor");
    assert_eq!(doctor.code, 0, "{doctor:?}");
}

pub(crate) async fn a_person_of_the_directory_logs_in_with_chromium_and_gets_a_prompt(_: &mut World) {
    let (name, password, _) = USERS[0];
    let done = Command::new("node")
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser/check.mjs"))
        .env("CORACLE_URL", crate::browser::origin())
        .env("CORACLE_USER", name)
        .env("CORACLE_PASSWORD", password)
        .output()
        .expect("node runs");
    let said = String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success() && said.contains("42"), "{said} {}", String::from_utf8_lossy(&done.stderr));
    let line = format!(
        "journalctl --output=cat --no-pager _SYSTEMD_UNIT=coracle.service CORACLE_EVENT=login CORACLE_USER={name}"
    );
    assert_ne!(sh(&line), "", "the login is audited");
}

pub(crate) async fn the_directory_says_who_gets_in_and_its_groups_who_gets_a_shell(world: &mut World) {
    let tested = sh(&format!("echo '{PASSWORD}' | coracle ldap test --user mira"));
    assert!(tested.contains("StartTLS") && tested.contains("developers"), "{tested}");
    assert_eq!(Browser::new().login("mira", "not hers").await.status, 403);
    assert_eq!(Browser::new().login("locked", PASSWORD).await.status, 403);
    let profiles = |answer: serde_json::Value| -> Vec<String> {
        let name = |profile: &serde_json::Value| profile["name"].as_str().unwrap_or_default().to_owned();
        answer.as_array().expect("a list").iter().map(name).collect()
    };
    let mira = world.mira.browser().await;
    assert_eq!(profiles(mira.get("/api/v1/profiles").await.json()), ["shell"]);
    let nils = Browser::of("nils").await;
    assert_eq!(profiles(nils.get("/api/v1/profiles").await.json()), [""; 0]);
    let refused = nils.post("/api/v1/sessions", serde_json::json!({"profile": "shell"})).await;
    assert_eq!(refused.status, 422, "{refused:?}");
}

pub(crate) async fn an_upgrade_loses_no_session_and_the_new_program_runs(world: &mut World) {
    let (id, mut terminal) = world.mira.shell().await;
    let shell = terminal.ask("echo $$ $PPID").await;
    terminal.run("X=kept").await;
    let daemon = sh("pgrep -x coracle");
    let socket = sh("systemctl show coracle.socket --property=ActiveEnterTimestampMonotonic --value");
    let directory = tempfile::tempdir().expect("a directory");
    let next = next_version(directory.path());
    let installing = tokio::task::spawn_blocking(move || install(&next));
    assert_eq!(terminal.closes().await, 1012, "the page is told to come back");
    installing.await.expect("it is installed");
    assert!(sh("dpkg-query --show coracle").ends_with("+next"));
    assert_eq!(sh("systemctl show coracle.socket --property=ActiveEnterTimestampMonotonic --value"), socket);
    let (same, mut terminal) = world.mira.shell().await;
    assert_eq!(same, id);
    assert_eq!(terminal.ask("echo $$ $PPID $X").await, format!("{shell} kept"));
    assert_ne!(sh("pgrep -x coracle"), daemon, "the new program runs");
    assert_eq!(recorded(&id, "session-adopted", "CORACLE_SESSION").len(), 1);
}

pub(crate) async fn when_nobody_is_there_exactly_what_may_rest_is_left_and_a_visit_wakes_it(world: &mut World) {
    sh("coracle end --all");
    nothing_left();
    at_rest();
    assert_eq!(sh("systemctl show coracle.service --property=Result,ExecMainStatus --value"), "success\n0");
    let (_, mut terminal) = world.mira.shell().await;
    assert_eq!(terminal.ask("echo $((6*7))").await, "42");
}

pub(crate) async fn a_reboot_ends_sessions_as_shutdown_and_nothing_wakes_after_it(world: &mut World) {
    let (id, terminal) = world.mira.shell().await;
    let reboot = tokio::task::spawn_blocking(|| operate("reboot", &[]));
    ends_for(terminal, "shutdown").await;
    reboot.await.expect("it is up again");
    booted();
    assert_eq!(recorded(&id, "session-end", "CORACLE_REASON"), ["shutdown"]);
    assert_eq!(
        sh("journalctl --boot --no-pager --quiet --output=cat --unit=coracle.service || true"),
        "",
        "it was not woken"
    );
    nothing_left();
    at_rest();
    forward();
    let (_, mut terminal) = world.mira.shell().await;
    assert_eq!(terminal.ask("echo $((6*7))").await, "42");
}

pub(crate) async fn after_a_power_cut_leftovers_are_gone_before_anybody_visits(world: &mut World) {
    let (id, mut terminal) = world.mira.shell().await;
    terminal.run("true").await;
    assert!(as_account("podman ps --format '{{.Names}}'").contains(&id));
    // As on a slow host, the account's manager comes up only after the unit has asked in vain.
    let late = format!("/etc/systemd/system/user-runtime-dir@{}.service.d", sh("id -u coracle"));
    let tries = "systemctl show --property=NRestarts --value coracle-boot.service";
    let waits = format!("[Service]\nExecStartPre=/bin/sh -c 'while [ \"$$({tries})\" = 0 ]; do sleep 0.2; done'\n");
    put(&format!("{late}/late.conf"), "644", &waits);
    sh("sync"); // all of it must be there after the cut
    drop(terminal);
    loses_power();
    // No port of this host leads there: nobody visits.
    booted();
    assert_ne!(sh(tries), "0", "it has tried again");
    sh(&format!("rm -r {late}; systemctl daemon-reload"));
    assert_eq!(recorded(&id, "session-end", "CORACLE_REASON"), ["lost"]);
    nothing_left();
    assert_eq!(sh("systemctl show coracle-boot.service --property=Result,ExecMainStatus --value"), "success\n0");
    at_rest();
    forward();
}

pub(crate) async fn a_purge_leaves_the_host_as_it_was(world: &mut World) {
    let uid = sh("id -u coracle");
    let (_, mut terminal) = world.mira.shell().await;
    sh("rm -r /etc/systemd/system/coracle.socket.d"); // the administrator's own
    sh("DEBIAN_FRONTEND=noninteractive dpkg --purge coracle");
    assert_eq!(terminal.ends().await.0, "shutdown");
    let after = host();
    let new: Vec<_> = after.difference(&world.before).collect();
    let gone: Vec<_> = world.before.difference(&after).collect();
    assert!(new.is_empty() && gone.is_empty(), "new: {new:#?}\ngone: {gone:#?}");
    assert_eq!(sh(&format!("pgrep -u {uid} || true")), "");
    assert_eq!(sh("systemctl list-units --no-legend --all 'coracle*' | grep -v not-found || true"), "");
}

/// Installs it with apt from the file, as nobody who could answer a question.
fn install(deb: &Path) {
    operate("put", &[deb.to_str().expect("a plain path"), "/root/coracle.deb", "644"]);
    sh("DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends /root/coracle.deb </dev/null");
}

/// The same package under a higher number.
fn next_version(directory: &Path) -> PathBuf {
    let line =
        "dpkg-deb --raw-extract \"$1\" \"$2/tree\" && sed -i '/^Version:/s/$/+next/' \"$2/tree/DEBIAN/control\" &&
        dpkg-deb -Zgzip -z1 --root-owner-group --build \"$2/tree\" \"$2/next.deb\"";
    let done = Command::new("sh")
        .args(["-c", line, "_", &env("CORACLE_MACHINE_DEB")])
        .arg(directory)
        .output()
        .expect("sh runs");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    directory.join("next.deb")
}

/// What a boot has to do is done.
fn booted() {
    sh("systemctl is-system-running --wait || true");
    let uid = sh("id -u coracle");
    until("the account's Podman can be asked", || {
        (tried(&format!("test -S /run/user/{uid}/podman/podman.sock")).code == 0).then_some(())
    });
}

/// Waits until exactly what may rest is left of the account's processes: its own systemd and dbus, and Podman's pause process.
fn at_rest() {
    until("the daemon has left", || (sh("systemctl is-active coracle.service || true") == "inactive").then_some(()));
    until("only what may rest is left", || {
        let left = sh("ps -u coracle -o comm=");
        let mut resting = vec!["systemd", "(sd-pam)", "dbus-daemon", "podman pause", "catatonit"];
        let at_most_one_each = left.lines().all(|name| {
            let at = resting.iter().position(|resting| *resting == name.trim());
            at.map(|at| resting.remove(at)).is_some()
        });
        at_most_one_each.then_some(())
    });
    // The third has no process: it is armed to end sessions when the host shuts down.
    let units = sh("systemctl list-units --no-legend --plain --state=active 'coracle*' | cut -d ' ' -f 1");
    let mut listening: Vec<&str> = units.lines().collect();
    listening.retain(|unit| *unit != "coracle-shutdown.service");
    assert_eq!(listening, ["coracle-control.socket", "coracle.socket"]);
    assert_eq!(sh("pgrep -af '[c]onmon|[p]asta|[s]lirp4netns|^/usr/bin/[c]oracle' || true"), "");
    assert_eq!(sh("systemctl list-timers --all --no-legend 'coracle*'"), "");
}

/// Every file of the host but those of its own machinery, and every account.
fn host() -> BTreeSet<String> {
    let machinery = "/proc|/sys|/dev/(?!shm)|/home|/root|/tmp|/var/tmp|/var/log|/var/cache|/var/lib/(apt|dpkg|systemd|private)|\
        /var/backups|/run/(?!coracle)|/etc/(sub[ug]id|passwd|group|shadow|gshadow)-|/etc/ld.so.cache";
    let line = format!(
        "find / -xdev /dev/shm /run 2>/dev/null | grep -Pv '^({machinery})'; \
         cut -d: -f1 /etc/passwd /etc/group /etc/subuid /etc/subgid; ls /var/lib/systemd/linger /run/user"
    );
    sh(&line).lines().map(str::to_owned).collect()
}
