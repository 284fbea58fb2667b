//! The rpm, installed by rpm where the account, the units and the scripts find a host that has booted: Debian 13, since no Fedora
//! runs here. What is asked of Debian's rpm is what rpm does everywhere.

use std::path::PathBuf;

use crate::{
    browser::Browser,
    life::{end_reasons, host, ready_for_the_first_steps},
    machine::{Fresh, env, first_steps, put, sh, tried, until},
};

/// Nothing in rpm's own list, which is empty here, gives what ours requires.
const RPM: &str = "rpm --nodeps";

/// The rpm as `rpm --install` leaves it, and its removal in the end, as packaging/README.md says it.
struct Installed {
    _fresh: Fresh,
}

/// A machine without the package.
fn prepared() -> Fresh {
    let fresh = Fresh::machine();
    sh("rpm --initdb");
    put(&PathBuf::from(env("CORACLE_PACKAGE_RPM")), "/root/coracle.rpm");
    fresh
}

impl Installed {
    fn on(fresh: Fresh) -> Installed {
        let said = sh(&format!("{RPM} --install /root/coracle.rpm 2>&1"));
        assert_eq!(said, "", "neither rpm nor a script has anything to say");
        Installed { _fresh: fresh }
    }
}

/// As packaging/README.md says it.
fn purge() {
    let uid = sh("id -u coracle").trim().to_owned();
    sh(&format!("rpm --query coracle >/dev/null && {RPM} --erase coracle; true"));
    let data = format!("/etc/coracle /var/lib/coracle /run/coracle* /dev/shm/libpod_rootless_lock_{uid}");
    sh(&format!("rm -rf {data} && userdel coracle"));
    // systemd takes this away by itself, a moment after the account's manager.
    until("its runtime directory is gone", || (tried(&format!("test -e /run/user/{uid}")).code != 0).then_some(()));
}

impl Drop for Installed {
    fn drop(&mut self) {
        if tried("id -u coracle").code == 0 {
            purge();
        }
    }
}

#[test]
fn an_rpm_puts_everything_where_it_belongs_and_nothing_listens() {
    let _installed = Installed::on(prepared());
    assert_eq!(sh("rpm --verify --nodeps coracle"), "");
    ready_for_the_first_steps();
    assert_eq!(sh("grep -c ^coracle: /etc/subuid /etc/subgid"), "/etc/subuid:1\n/etc/subgid:1\n");
    assert_eq!(sh("stat --format=%U:%a /etc/coracle/credentials /var/lib/coracle"), "root:700\ncoracle:750\n");
    sh("test -e /var/lib/systemd/linger/coracle");
}

#[tokio::test]
async fn an_rpm_upgraded_ends_no_session_and_removed_ends_all_and_keeps_the_data() {
    let _installed = Installed::on(prepared());
    first_steps();
    let alice = Browser::of("alice").await;
    let (id, mut terminal) = alice.shell().await;
    let shell = terminal.ask("echo $$").await;
    sh("echo '# ours' >> /etc/coracle/config.toml");
    let daemon = sh("systemctl show coracle.service --property=MainPID --value");
    let socket = sh("systemctl show coracle.socket --property=ActiveEnterTimestampMonotonic --value");
    sh(&format!("{RPM} --reinstall /root/coracle.rpm"));
    assert_eq!(sh("systemctl show coracle.socket --property=ActiveEnterTimestampMonotonic --value"), socket);
    assert_ne!(sh("systemctl show coracle.service --property=MainPID --value"), daemon, "the new program runs");
    assert_eq!(sh("tail -n 1 /etc/coracle/config.toml").trim(), "# ours", "a changed configuration is kept");
    terminal = alice.terminal(&id).await;
    terminal.frame("started").await;
    assert_eq!(terminal.ask("echo $$").await, shell);

    sh(&format!("{RPM} --erase coracle"));
    assert_eq!(terminal.ends().await.0, "shutdown");
    assert_eq!(end_reasons(&id), ["shutdown"]);
    until("no process of the account is left", || (tried("pgrep -u coracle").out.is_empty()).then_some(()));
    assert_eq!(
        tried("ls /usr/bin/coracle /usr/lib/systemd/system/coracle* /etc/systemd/system/*.wants/coracle*").out,
        ""
    );
    sh("test -s /etc/coracle/users && test -d /var/lib/coracle/state && grep -q ^coracle: /etc/subuid");
}

#[tokio::test]
async fn an_rpm_removed_and_its_data_by_hand_leaves_the_host_as_it_was() {
    let fresh = prepared();
    let before = host();
    let _installed = Installed::on(fresh);
    first_steps();
    let (_, mut terminal) = Browser::of("alice").await.shell().await;
    terminal.type_in("exit\r").await;
    terminal.ends().await;
    sh("rm -r /etc/systemd/system/coracle.socket.d");
    purge();
    let after = host();
    let new: Vec<_> = after.difference(&before).collect();
    let gone: Vec<_> = before.difference(&after).collect();
    assert!(new.is_empty() && gone.is_empty(), "new: {new:#?}\ngone: {gone:#?}");
}
