//! What the package does to a host, and what it does not.

use std::{
    collections::BTreeSet,
    process::Command,
    sync::atomic::{AtomicBool, Ordering},
};

use crate::{
    browser::Browser,
    machine::{Fresh, Version, as_account, fed, install, sh, tried, until},
    service::port,
};

/// What `systemd-analyze security` may say of the two units that are awake for a moment only, in tenths; coracle.service has
/// its own ceiling in tests/bed/system.rs.
const EXPOSURE_OF_SHORT_UNITS: u32 = 42;

#[test]
fn after_the_installation_nothing_listens_and_everything_is_ready_for_the_first_steps() {
    let _fresh = Fresh::installed();
    ready_for_the_first_steps();
    for unit in ["coracle-boot.service", "coracle-shutdown.service"] {
        sh(&format!("systemd-analyze security --no-pager --threshold={EXPOSURE_OF_SHORT_UNITS} {unit}"));
    }
}

/// Account, Podman, units and configuration are there, whatever tool put them there, and nothing listens.
pub(crate) fn ready_for_the_first_steps() {
    let listed = sh("systemctl list-unit-files --no-legend 'coracle*'");
    for unit in listed.lines() {
        assert!(unit.contains("static") || unit.contains(" disabled "), "{unit}");
    }
    assert_eq!(sh("systemctl list-units --no-legend --all 'coracle*' --state=active"), "");
    assert_eq!(sh("getent passwd coracle | cut -d: -f6,7").trim(), "/var/lib/coracle:/usr/sbin/nologin");
    assert_eq!(sh("getent shadow coracle | cut -d: -f2 | cut -c1").trim(), "!", "nobody logs in by a password");
    let uid = sh("id -u coracle").trim().to_owned();
    let socket = format!("/run/user/{uid}/podman/podman.sock");
    until("the account's Podman listens", || (tried(&format!("test -S {socket}")).code == 0).then_some(()));
    assert_eq!(as_account("podman info --format '{{.Store.GraphDriverName}}'").trim(), "overlay");

    // Before the first user there is one thing to do, and the image; what the machine cannot have, it has not.
    let doctor = tried("coracle doctor --json");
    let told: serde_json::Value = serde_json::from_str(&doctor.out).unwrap_or_else(|e| panic!("{e}: {doctor:?}"));
    let failed = |check: &&serde_json::Value| check["state"] == "fail";
    let checks = told["checks"].as_array().expect("doctor lists its checks");
    let failed: BTreeSet<&str> = checks.iter().filter(failed).filter_map(|check| check["name"].as_str()).collect();
    let expected = ["users-file", "cgroup-controllers", "image"];
    assert!(
        failed.iter().all(|name| expected.contains(name)) && failed.contains("users-file"),
        "{failed:?} {doctor:?}"
    );

    assert!(sh("journalctl --list-catalog").contains("Coracle"), "journalctl -x explains its records");
    assert_eq!(
        sh("cd /usr/lib/systemd/system && systemd-analyze verify --man=no coracle* 2>&1 | grep -i coracle || true"),
        ""
    );
    assert_eq!(sh("coracle check-config").lines().count(), 1);
}

#[test]
fn the_accounts_subordinate_ids_are_nobody_elses_and_stay_as_they_are() {
    let _fresh = Fresh::machine();
    // Two that are in the way of the first free range, and one more account that an administrator made.
    sh("cp /etc/subuid /etc/subuid.kept; cp /etc/subgid /etc/subgid.kept");
    sh("echo crowd:1000000000:100000 >> /etc/subuid; echo flock:1002000000:1000000 >> /etc/subgid");
    install(Version::First);
    let of = |file: &str| sh(&format!("grep ^coracle: /etc/{file}")).trim().to_owned();
    let (uids, gids) = (of("subuid"), of("subgid"));
    assert_eq!((uids.as_str(), gids.as_str()), ("coracle:1003028480:2162688", "coracle:1003028480:2162688"));
    sh("/usr/libexec/coracle/account");
    assert_eq!((of("subuid"), of("subgid")), (uids, gids), "a second run changes nothing");
    let next =
        sh("useradd --create-home newcomer && grep ^newcomer: /etc/subuid; userdel --remove newcomer 2>/dev/null");
    let first: u64 = next.split(':').nth(1).and_then(|n| n.parse().ok()).unwrap_or_else(|| panic!("{next}"));
    assert!(first + 65_536 <= 1_003_028_480, "useradd gives others: {next}");
    sh("mv /etc/subuid.kept /etc/subuid; mv /etc/subgid.kept /etc/subgid"); // without those of coracle, too
}

#[tokio::test]
async fn a_password_and_an_enabled_socket_are_enough_for_a_shell() {
    let _fresh = Fresh::in_service();
    let (_, mut terminal) = Browser::of("alice").await.shell().await;
    assert_eq!(terminal.ask("echo $((6*7))").await, "42");
    let ids = terminal.ask("tr -s ' ' < /proc/self/uid_map").await;
    assert!(ids.trim().ends_with(" 65536"), "a slot of its own: {ids}");
    assert_eq!(
        sh("systemctl is-enabled coracle.socket coracle-control.socket coracle-boot.service"),
        "enabled\n".repeat(3)
    );
    terminal.type_in("exit\r").await;
    terminal.ends().await;
}

#[tokio::test]
async fn upgrade_and_downgrade_end_no_session_lose_nobody_who_waits_and_keep_the_configuration() {
    let _fresh = Fresh::in_service();
    let alice = Browser::of("alice").await;
    let (id, mut terminal) = alice.shell().await;
    let shell = terminal.ask("echo $$").await;
    terminal.run("X=kept").await;
    sh("echo '# ours' >> /etc/coracle/config.toml");
    for version in [Version::Next, Version::First] {
        let daemon = sh("systemctl show coracle.service --property=MainPID --value");
        let socket = sh("systemctl show coracle.socket --property=ActiveEnterTimestampMonotonic --value");
        let (asked, refused) = while_asking(|| install(version));
        assert_eq!(refused, Vec::<String>::new(), "of {asked} requests");
        assert!(asked > 3, "somebody asked: {asked}");
        assert_eq!(sh("systemctl show coracle.socket --property=ActiveEnterTimestampMonotonic --value"), socket);
        assert_ne!(sh("systemctl show coracle.service --property=MainPID --value"), daemon, "the new program runs");
        terminal = alice.terminal(&id).await;
        terminal.frame("started").await;
        assert_eq!(terminal.ask("echo $$ $X").await, format!("{shell} kept"));
    }
    assert_eq!(sh("tail -n 1 /etc/coracle/config.toml").trim(), "# ours", "a changed conffile is kept");
    assert_eq!(tried("ls /etc/coracle/*.dpkg-*").out, "");
}

/// How many requests were made meanwhile, each on a connection of its own, and what went wrong with those that failed.
fn while_asking<T>(work: impl FnOnce() -> T) -> (usize, Vec<String>) {
    let done = AtomicBool::new(false);
    let url = format!("http://127.0.0.1:{}/login", port());
    std::thread::scope(|scope| {
        let asking = scope.spawn(|| {
            let (mut asked, mut refused) = (0, Vec::new());
            while !done.load(Ordering::Relaxed) {
                let words = [
                    "--noproxy",
                    "*",
                    "--silent",
                    "--show-error",
                    "--fail",
                    "--max-time",
                    "30",
                    "--output",
                    "/dev/null",
                ];
                let answer = Command::new("curl").args(words).arg(&url).output().expect("curl runs");
                asked += 1;
                if !answer.status.success() {
                    refused.push(String::from_utf8_lossy(&answer.stderr).into_owned());
                }
            }
            (asked, refused)
        });
        work();
        done.store(true, Ordering::Relaxed);
        asking.join().expect("the asking thread ends")
    })
}

#[tokio::test]
async fn a_removal_ends_sessions_and_keeps_data_and_an_installation_finds_them_again() {
    let _fresh = Fresh::in_service();
    let alice = Browser::of("alice").await;
    let (id, mut terminal) = alice.shell().await;
    let images = as_account("podman images --quiet");
    let uid = sh("id -u coracle").trim().to_owned();
    sh("dpkg --remove coracle");
    assert_eq!(terminal.ends().await.0, "shutdown");
    assert_eq!(end_reasons(&id), ["shutdown"]);
    until("no process of the account is left", || (tried("pgrep -u coracle").out.is_empty()).then_some(()));
    assert_eq!(tried("test -e /usr/bin/coracle").code, 1);
    sh("test -s /etc/coracle/users && test -d /var/lib/coracle/state && grep -q ^coracle: /etc/subuid");
    assert_eq!(sh("id -u coracle").trim(), uid);

    install(Version::First);
    assert_eq!(as_account("podman images --quiet"), images);
    sh("systemctl --quiet enable --now coracle.socket");
    let mut browser = Browser::new();
    browser.sign_in("alice").await;
    assert_eq!(alice.get("/api/v1/me").await.status, 200, "even the login is the old one");
    browser.shell().await.1.type_in("exit\r").await;
}

/// The reasons in the journal's end events of a session.
pub(crate) fn end_reasons(id: &str) -> Vec<String> {
    let line = format!(
        "journalctl --output=json --all --no-pager _SYSTEMD_UNIT=coracle.service CORACLE_SESSION={id} CORACLE_EVENT=session-end"
    );
    let ends = until("the end is in the journal", || Some(sh(&line)).filter(|text| !text.is_empty()));
    let reason = |line: &str| {
        let record: serde_json::Value = serde_json::from_str(line).expect("journalctl speaks JSON");
        record["CORACLE_REASON"].as_str().unwrap_or_default().to_owned()
    };
    ends.lines().map(reason).collect()
}

#[tokio::test]
async fn a_shutdown_of_the_host_ends_sessions_and_a_boot_after_a_crash_removes_what_is_left() {
    let _fresh = Fresh::in_service();
    let (id, mut terminal) = Browser::of("alice").await.shell().await;
    let order = sh("systemctl show coracle-shutdown.service --property=After,ActiveState");
    let uid = sh("id -u coracle").trim().to_owned();
    assert!(order.contains(&format!("user@{uid}.service")) && order.contains("ActiveState=active"), "{order}");
    sh("systemctl stop coracle-shutdown.service");
    assert_eq!((terminal.ends().await.0.as_str(), end_reasons(&id)), ("shutdown", vec!["shutdown".to_owned()]));

    // The power goes: nothing is told to anybody, and of the runtime directories nothing is there afterwards.
    let (id, terminal) = Browser::of("alice").await.shell().await;
    drop(terminal);
    sh(
        "systemctl kill --signal=KILL coracle.service coracle.socket; systemctl stop coracle.socket coracle-control.socket coracle.service; true",
    );
    sh(&format!(
        "systemctl kill --signal=KILL user@{uid}.service; systemctl stop user@{uid}.service user-runtime-dir@{uid}.service; true"
    ));
    sh("rm -rf /run/coracle; test -n \"$(ls /var/lib/coracle/state/live)\"");
    // The host boots.
    sh(&format!("systemctl start user@{uid}.service coracle.socket coracle-control.socket coracle-boot.service"));
    assert_eq!(end_reasons(&id).len(), 1);
    until("nothing of it is left", || {
        let left = sh("ls /var/lib/coracle/state/live") + &as_account("podman ps --all --quiet");
        left.trim().is_empty().then_some(())
    });
}

#[tokio::test]
async fn a_purge_leaves_the_host_as_it_was() {
    let fresh = Fresh::machine();
    let before = host();
    drop(fresh);
    let _fresh = Fresh::in_service();
    let uid = sh("id -u coracle").trim().to_owned();
    let (_, mut terminal) = Browser::of("alice").await.shell().await;
    assert_ne!(host(), before);
    sh("systemctl enable coracle-unix.socket 2>/dev/null; rm -r /etc/systemd/system/coracle.socket.d");
    sh("dpkg --purge coracle");
    assert_eq!(terminal.ends().await.0, "shutdown");
    let after = host();
    let new: Vec<_> = after.difference(&before).collect();
    let gone: Vec<_> = before.difference(&after).collect();
    assert!(new.is_empty() && gone.is_empty(), "new: {new:#?}\ngone: {gone:#?}");
    assert_eq!(tried(&format!("pgrep -u {uid}")).out, "");
    assert_eq!(sh("systemctl list-units --no-legend --all 'coracle*' | grep -v not-found || true"), "");
    assert_eq!(fed("cat /etc/subuid /etc/subgid | grep coracle", "").out, "");
}

/// Every file of the host but those of the machinery itself, and every account.
pub(crate) fn host() -> BTreeSet<String> {
    let machinery = "/proc|/sys|/dev/(?!shm)|/home|/root|/tmp/systemd-private.*|/var/log|/var/cache|/var/lib/(apt|dpkg|systemd)|\
        /var/backups|/run/(systemd|log|udev|lock|user|dbus|credentials)|/etc/(sub[ug]id|passwd|group|shadow|gshadow)-|\
        /var/lib/private|/var/tmp/systemd-private.*|/etc/ld.so.cache";
    let line = format!(
        "find / -xdev /var/lib /dev/shm /run /tmp 2>/dev/null | grep -Pv '^({machinery})' ; cut -d: -f1 /etc/passwd /etc/group /etc/subuid /etc/subgid; \
         ls /var/lib/systemd/linger /run/user"
    );
    sh(&line).lines().map(str::to_owned).collect()
}
