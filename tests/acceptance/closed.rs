//! What a session must not reach. Each attempt is also made where it must work, so that a missing program is no proof.

use crate::machine::{World, first_process, sh, tried};

pub(crate) async fn no_namespace_and_no_mount_is_made_in_a_session(world: &mut World) {
    let (_, mut terminal) = world.mira.shell().await;
    let nobody = "setpriv --reuid 65534 --regid 65534 --clear-groups";
    assert_eq!(tried(&format!("{nobody} unshare --user true")).code, 0, "this kernel lets others make user namespaces");
    for kind in ["-U", "-Ur", "-m", "-n", "-p", "-i", "-u"] {
        let said = terminal.ask(&format!("busybox unshare {kind} true 2>&1; echo =$?")).await;
        assert!(said.contains("not permitted") && !said.ends_with("=0"), "unshare {kind}: {said}");
    }
    for what in ["-t tmpfs none /tmp", "-t proc proc /tmp", "-o bind /tmp /run", "-o remount,rw /"] {
        let said = terminal.ask(&format!("busybox mount {what} 2>&1; echo =$?")).await;
        assert!(said.contains("ermi") && !said.ends_with("=0"), "mount {what}: {said}"); // permission, permitted
    }
    let said = terminal.ask("{ echo x >/etc/file; } 2>&1; echo =$?").await;
    assert!(said.contains("Read-only") && said.ends_with("=1"), "{said}");
}

pub(crate) async fn the_hosts_loopback_and_address_are_not_reached(world: &mut World) {
    let (_, mut terminal) = world.mira.shell().await;
    let port = crate::service::port();
    assert_eq!(sh(&format!("curl --silent http://127.0.0.1:{port}/healthz")), "ok", "the host itself gets an answer");
    for (address, port) in [("127.0.0.1", port), ("127.0.0.1", 22), ("10.0.2.15", 22), ("10.0.2.2", 22)] {
        let said = terminal.ask(&format!("busybox nc -w 5 {address} {port} </dev/null 2>&1; echo =$?")).await;
        let refused = said.contains("refused") || said.contains("unreachable");
        assert!(refused && !said.ends_with("=0"), "{address}:{port}: {said}");
    }
    let devices = terminal.ask("busybox sed -n 's/^ *\\([^ :]*\\):.*/\\1/p' /proc/net/dev").await;
    assert_eq!(devices, "lo");
    // Sockets without a network address belong to a network, too: one line each, with a colon.
    assert!(sh("grep -c : /proc/net/unix").parse().is_ok_and(|n: u32| n > 0), "the host has some");
    assert_eq!(terminal.ask("grep -c : /proc/net/unix").await, "0");
}

pub(crate) async fn podmans_socket_and_the_hosts_files_are_not_there(world: &mut World) {
    let (_, mut terminal) = world.mira.shell().await;
    let uid = sh("id -u coracle");
    sh(&format!(
        "test -S /run/user/{uid}/podman/podman.sock && test -S /run/coracle-control/sock && test -d /etc/coracle"
    ));
    let sockets = "busybox find / -xdev -type s 2>/dev/null; busybox find /run /tmp /dev /home -type s 2>/dev/null";
    assert_eq!(terminal.ask(sockets).await, "");
    let paths = format!(
        "/run/user /run/user/{uid} /run/coracle-control /run/systemd /etc/coracle /var/lib/coracle /home/tester"
    );
    let said = terminal.ask(&format!("ls -d {paths} 2>/dev/null; true")).await;
    assert_eq!(said, "");
    let disks = terminal
        .ask("busybox find /dev -type b 2>/dev/null; ls /dev/mem /dev/kmsg /dev/fuse /dev/net 2>/dev/null; true");
    assert_eq!(disks.await, "");
}

pub(crate) async fn another_persons_container_is_not_seen_listed_or_ended(world: &mut World) {
    let (hers, mut mira) = world.mira.shell().await;
    let (theirs, mut leaver) = world.leaver.shell().await;
    mira.run("echo secret >/tmp/of-mira; sleep 987654 & true").await;
    let seen = leaver.ask("cat /tmp/of-mira 2>&1; cat /proc/[0-9]*/cmdline | busybox tr '\\000' ' '").await;
    assert!(seen.contains("No such file") && !seen.contains("987654") && !seen.contains("secret"), "{seen}");
    assert!(
        mira.ask("cat /proc/[0-9]*/cmdline | busybox tr '\\000' ' '").await.contains("987654"),
        "she herself sees it"
    );
    let namespaces = |id: &str| {
        let pid = first_process(id);
        sh(&format!("cd /proc/{pid}/ns && readlink user pid mnt net ipc uts cgroup; cat /proc/{pid}/uid_map"))
    };
    let (a, b) = (namespaces(&hers), namespaces(&theirs));
    assert_eq!(a.lines().count(), 8, "{a}");
    for (line, other) in a.lines().zip(b.lines()) {
        assert_ne!(line, other, "nothing is shared");
    }

    let browser = world.leaver.browser().await;
    assert!(browser.sessions().await.iter().all(|(id, _)| *id != hers));
    for answer in [
        browser.get(&format!("/s/{hers}")).await,
        browser.delete(&format!("/api/v1/sessions/{hers}")).await,
        browser.get(&format!("/api/v1/sessions/{hers}/files?path=/tmp/of-mira")).await,
    ] {
        assert!([403, 404].contains(&answer.status), "{answer:?}");
    }
    assert_eq!(mira.ask("cat /tmp/of-mira").await, "secret", "hers goes on");
}

pub(crate) async fn the_hosts_proc_and_kernel_switches_are_closed(world: &mut World) {
    let (id, mut terminal) = world.mira.shell().await;
    assert_eq!(terminal.ask("cat /proc/1/comm").await, "bash", "the first process there is the shell");
    assert_eq!(
        terminal.ask("busybox readlink /proc/self/ns/pid").await,
        sh(&format!("readlink /proc/{}/ns/pid", first_process(&id)))
    );
    let host = sh("readlink /proc/1/ns/pid");
    assert_ne!(terminal.ask("busybox readlink /proc/1/ns/pid").await, host);
    for file in [
        "/proc/sysrq-trigger",
        "/proc/sys/kernel/core_pattern",
        "/proc/sys/kernel/hostname",
        "/proc/sys/vm/drop_caches",
    ] {
        assert_eq!(sh(&format!("ls {file}")), file, "the host has it");
        let said = terminal.ask(&format!("{{ echo x >{file}; }} 2>&1; echo =$?")).await;
        assert!(said.ends_with("=1"), "{file}: {said}");
    }
    for file in ["/proc/kcore", "/proc/keys", "/proc/timer_list"] {
        assert!(sh(&format!("head -c 1 {file} | wc -c")).parse().is_ok_and(|n: u32| n == 1), "the host reads {file}");
        assert_eq!(terminal.ask(&format!("head -c 1 {file} 2>/dev/null | wc -c")).await, "0", "{file}");
    }
    let status =
        terminal.ask("grep -E '^(Cap|NoNewPrivs|Seccomp:)' /proc/self/status | busybox tr -s '\\t\\n' '  '").await;
    assert_eq!(
        status,
        "CapInh: 0000000000000000 CapPrm: 0000000000000000 CapEff: 0000000000000000 CapBnd: 0000000000000000 \
         CapAmb: 0000000000000000 NoNewPrivs: 1 Seccomp: 2"
    );
}
