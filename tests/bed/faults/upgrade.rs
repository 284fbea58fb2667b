//! An upgrade under live sessions: the binary is another file, and the service is restarted.

use std::{fs, io::Write, path::Path};

use super::site::{Mode, Site};
use crate::{browser::Browser, bystander::Bystander, machine::Machine};

const BINARY: &str = "/usr/bin/coracle";

/// What a package manager does: a new file is renamed over the old one, which lives on only in whoever runs it.
fn replaced(machine: &Machine) {
    let (now, new) = (machine.path(BINARY), machine.path("/usr/bin/coracle.new"));
    fs::copy(&now, &new).expect("the machine's tree is writable");
    let mut file = fs::OpenOptions::new().append(true).open(&new).expect("own file");
    file.write_all(b"another version").expect("there is room"); // behind what the ELF header knows of
    fs::rename(new, now).expect("one directory");
}

async fn everybody_stays(mode: Mode) {
    let site = Site::start(mode, "starts_per_minute = 600");
    let mut bystander = Bystander::aboard().await;
    let (alice, bob) = (Browser::of("alice").await, Browser::of("bob").await);
    let (before, mut terminal) = alice.shell().await;
    let pid = terminal.ask("echo $$").await;
    let old = site.daemon().expect("it runs");
    replaced(site.machine());
    // The old daemon's own file is gone, and it starts a session all the same.
    let exe = fs::read_link(site.machine().path(&format!("/proc/{old}/exe"))).expect("it runs");
    assert!(exe.to_string_lossy().ends_with("(deleted)"), "{}", exe.display());
    let (between, mut second) = alice.shell().await;
    let its_pid = second.ask("echo $$").await;
    assert_eq!(site.systemctl("restart coracle.service").code, 0);
    assert_eq!((terminal.closes().await, second.closes().await), (1012, 1012), "come back");
    bystander.cut_off().await;
    bystander.returns(bob.terminal(&bystander.id).await).await;
    bystander.types_on("after an upgrade").await;
    let new = site.daemon().expect("it runs");
    let exe = fs::read_link(site.machine().path(&format!("/proc/{new}/exe"))).expect("it runs");
    assert_eq!((new != old, exe.as_path()), (true, Path::new(BINARY)));
    for (id, pid) in [(&before, pid), (&between, its_pid)] {
        let mut terminal = alice.terminal(id).await;
        terminal.frame("started").await;
        assert_eq!(terminal.ask("echo $$").await, pid);
        terminal.type_in("exit 2\r").await;
        assert_eq!(terminal.ends().await, ("exit".to_owned(), Some(2)));
        assert_eq!(site.end_of(id)["CORACLE_STATUS"], "2");
    }
    site.nothing_left(&[&bystander.id], "the upgrade");
    bystander.goes_on().await;
}

#[tokio::test]
async fn an_upgrade_under_live_sessions_ends_none_in_user_mode() {
    everybody_stays(Mode::User).await;
}

#[tokio::test]
async fn an_upgrade_under_live_sessions_ends_none_in_system_mode() {
    everybody_stays(Mode::System).await;
}
