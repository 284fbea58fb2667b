//! A full disk and a daemon without descriptors: nobody new comes in, those aboard type on, and a kill changes nothing.

use serde_json::json;
use tokio::{io::AsyncWriteExt, net::TcpSocket};

use super::site::{Mode, Site};
use crate::{browser::Browser, bystander::Bystander, service::port};

/// A small file system in the place of the runtime directory, until this is dropped.
struct Small<'s> {
    site: &'s Site,
    dir: &'static str,
}

impl Small<'_> {
    fn mount(site: &Site) -> Small<'_> {
        let dir = site.runtime_directory();
        let (user, group) = (site.as_account("id -u").out, site.as_account("id -g").out);
        let (user, group) = (user.trim(), group.trim());
        let line = format!("mkdir -p {dir} && mount -t tmpfs -o size=1m,mode=700,uid={user},gid={group} tmpfs {dir}");
        let done = site.machine().root(&["sh", "-c", &line]);
        assert_eq!(done.code, 0, "{done:?}");
        Small { site, dir }
    }

    fn fill(&self) {
        let line = format!("dd if=/dev/zero of={}/fill bs=4k status=none", self.dir);
        let done = self.site.machine().root(&["sh", "-c", &line]);
        assert!(done.err.contains("No space left"), "{done:?}");
    }

    fn clear(&self) {
        std::fs::remove_file(self.site.machine().path(self.dir).join("fill")).expect("it is there");
    }
}

impl Drop for Small<'_> {
    fn drop(&mut self) {
        self.site.systemctl("stop coracle.socket coracle-control.socket coracle.service");
        self.site.machine().root(&["umount", "--lazy", self.dir]);
    }
}

async fn the_disk_is_full(mode: Mode) {
    let mut site = Site::start(mode, "starts_per_minute = 600");
    site.expect_in_journal("No space left on device");
    site.systemctl("stop coracle.socket coracle-control.socket coracle.service");
    let small = Small::mount(&site);
    site.systemctl("start coracle.socket coracle-control.socket");
    let mut bystander = Bystander::aboard().await;
    let (alice, bob) = (Browser::of("alice").await, Browser::of("bob").await);
    small.fill();
    let refused = alice.post("/api/v1/sessions", json!({"profile": "shell"})).await;
    assert_eq!(refused.status, 503, "{refused:?}");
    bystander.types_on("on a full disk").await;
    site.kill_daemon();
    bystander.cut_off().await;
    bystander.returns(bob.terminal(&bystander.id).await).await;
    bystander.types_on("after a kill on a full disk").await;
    small.clear();
    let (id, mut terminal) = alice.shell().await;
    terminal.type_in("exit 1\r").await;
    assert_eq!(terminal.ends().await, ("exit".to_owned(), Some(1)));
    assert_eq!(site.end_of(&id)["CORACLE_STATUS"], "1");
    site.nothing_left(&[&bystander.id], "a full disk");
    let id = bystander.id.clone();
    bystander.goes_on().await;
    assert_eq!(bob.delete(&format!("/api/v1/sessions/{id}")).await.status, 204);
    assert_eq!(site.end_of(&id)["CORACLE_REASON"], "owner");
    site.nothing_left(&[], "all sessions");
}

#[tokio::test]
async fn on_a_full_disk_those_aboard_type_on_and_outlive_a_kill_in_user_mode() {
    the_disk_is_full(Mode::User).await;
}

#[tokio::test]
async fn on_a_full_disk_those_aboard_type_on_and_outlive_a_kill_in_system_mode() {
    the_disk_is_full(Mode::System).await;
}

#[tokio::test]
async fn with_few_descriptors_and_many_connections_those_aboard_type_on_and_outlive_a_kill() {
    let site = Site::with_drop_in(Mode::System, "starts_per_minute = 600", "[Service]\nLimitNOFILE=48\n");
    let mut bystander = Bystander::aboard().await;
    let (alice, bob) = (Browser::of("alice").await, Browser::of("bob").await);
    let mut crowd = Vec::new();
    // More than there are descriptors, from three addresses, so that none of them has its full share.
    for n in 0..75_u8 {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.bind(([127, 0, 0, 41 + n % 3], 0).into()).expect("loopback");
        let mut slow = socket.connect(([127, 0, 0, 1], port()).into()).await.expect("the backlog takes it");
        slow.write_all(b"GET /login HTTP/1.1\r\nHost: ").await.expect("the backlog takes it");
        crowd.push(slow);
    }
    crate::machine::until("the journal says that there is none left", || {
        (!site.journal(&["--grep=out of file descriptors"]).is_empty()).then_some(())
    });
    bystander.types_on("without descriptors").await;
    site.kill_daemon();
    bystander.cut_off().await;
    drop(crowd);
    bystander.returns(bob.terminal(&bystander.id).await).await;
    let (id, mut terminal) = alice.shell().await;
    terminal.type_in("exit 1\r").await;
    assert_eq!(terminal.ends().await, ("exit".to_owned(), Some(1)));
    assert_eq!(site.end_of(&id)["CORACLE_STATUS"], "1");
    site.nothing_left(&[&bystander.id], "the crowd");
    bystander.goes_on().await;
}
