//! What runs beside a shell for a moment: with which rights, and that nothing of it stays.

use std::collections::BTreeMap;

use bytes::Bytes;

use super::{
    super::{Exec, labels::container_name},
    *,
};

/// What a command says, and what it says on its error output.
async fn ran(bed: &Bed, id: SessionId, command: &[&str], input: &[u8]) -> (String, String) {
    let mut exec = bed.podman.exec(id, command, ()).await.unwrap_or_else(|e| panic!("{command:?}: {e}"));
    let early = exec.write_or_read(&mut Bytes::copy_from_slice(input)).await.unwrap();
    exec.close_input();
    let mut seen = early.map(|bytes| bytes.to_vec()).unwrap_or_default();
    while let Some(piece) = exec.read().await.unwrap() {
        seen.extend_from_slice(&piece);
    }
    let errors = String::from_utf8_lossy(exec.errors()).into_owned();
    exec.end().await;
    (String::from_utf8_lossy(&seen).into_owned(), errors)
}

/// No conmon of an exec, and soon no exec in Podman's books: its cleanup is a process that conmon does not wait for.
async fn no_exec_left(id: SessionId) {
    let name = container_name(id);
    let conmons: Vec<_> = processes(&name).into_iter().filter(|line| line.contains("--exec-attach")).collect();
    assert!(conmons.is_empty(), "{conmons:?}");
    let noted = || said(&["podman", "inspect", "--format", "{{.ExecIDs}}", &name]);
    until("Podman has no note of it", || noted() == "[]").await;
}

/// What the kernel says of a process and may not differ between the shell and what runs beside it.
fn standing(pid: &str) -> BTreeMap<String, String> {
    let proc = |name: &str| format!("/proc/{pid}/{name}");
    let status = std::fs::read_to_string(proc("status")).unwrap();
    let wanted = [
        "Uid",
        "Gid",
        "Groups",
        "CapInh",
        "CapPrm",
        "CapEff",
        "CapBnd",
        "CapAmb",
        "NoNewPrivs",
        "Seccomp",
        "Seccomp_filters",
        "Umask",
    ];
    let mut all: BTreeMap<String, String> = status
        .lines()
        .filter_map(|line| line.split_once(':'))
        .filter(|(key, _)| wanted.contains(key))
        .map(|(key, value)| (key.to_owned(), value.trim().to_owned()))
        .collect();
    assert_eq!(all.len(), wanted.len(), "{status}");
    for name in ["cgroup", "ipc", "mnt", "net", "pid", "user", "uts"] {
        let link = std::fs::read_link(proc(&format!("ns/{name}"))).unwrap();
        all.insert(format!("ns {name}"), link.display().to_string());
    }
    for name in ["limits", "cgroup", "uid_map", "gid_map"] {
        all.insert(name.to_owned(), std::fs::read_to_string(proc(name)).unwrap());
    }
    all
}

#[tokio::test]
#[ignore = "needs a real Podman: runs in the machine"]
async fn what_runs_beside_the_shell_has_no_right_that_the_shell_has_not() {
    let mut hostile = plan();
    hostile.profile.image = hostile::hostile_image();
    for plan in [plan(), hostile] {
        rights_of_what_runs_beside(&plan).await;
    }
}

async fn rights_of_what_runs_beside(plan: &Plan) {
    let bed = Bed::new();
    let (terminal, _conmon) = bed.shell(plan).await;
    let shell = said(&["podman", "inspect", "--format", "{{.State.Pid}}", &container_name(plan.id)]);
    let command = ["/bin/sh", "-c", "while :; do busybox sleep 1; done", plan.id.as_str()];
    let exec = bed.podman.exec(plan.id, &command, ()).await.unwrap();
    let (mut pid, wanted) = (String::new(), format!("{}\0", command.join("\0")).into_bytes());
    until("it runs", || {
        let all = std::fs::read_dir("/proc").unwrap().flatten().map(|e| e.file_name().to_string_lossy().into_owned());
        let mut is_it =
            all.filter(|pid| std::fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|line| line == wanted));
        pid = is_it.next().unwrap_or_default();
        !pid.is_empty()
    })
    .await;
    let (mut own, mut beside) = (standing(&shell), standing(&pid));
    // The shell may have its own group once more among these.
    let groups = |of: &mut BTreeMap<String, String>| of.remove("Groups").unwrap();
    let (has, may) = (groups(&mut beside), groups(&mut own));
    assert!(has.split_whitespace().all(|group| may.split_whitespace().any(|own| own == group)), "{has}, not {may}");
    assert_eq!(own, beside);
    assert_eq!(
        (beside["CapBnd"].as_str(), beside["NoNewPrivs"].as_str(), beside["Seccomp"].as_str()),
        ("0000000000000000", "1", "2")
    );
    exec.end().await;
    assert!(!std::path::Path::new(&format!("/proc/{pid}")).exists(), "it has outlived the end");
    no_exec_left(plan.id).await;
    let (environment, _) = ran(&bed, plan.id, &["/bin/busybox", "env"], b"").await;
    assert!(environment.contains("HOME=/home/crew\n") && !environment.contains("evil"), "{environment}");
    bed.end(plan, terminal).await;
}

#[tokio::test]
#[ignore = "needs a real Podman: runs in the machine"]
async fn bytes_of_every_value_pass_both_ways_and_the_root_stays_read_only() {
    let bed = Bed::new();
    let plan = plan();
    let (terminal, _conmon) = bed.shell(&plan).await;
    let all: Vec<u8> = (0..3_000_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let command = ["/bin/sh", "-c", "busybox cat >f; busybox md5sum <f; ( : >/f ) || echo closed"];
    let (said, errors) = ran(&bed, plan.id, &command, &all).await;
    assert!(said.ends_with("closed\n") && errors.contains("ead-only"), "{said} {errors}");
    let mut exec = bed.podman.exec(plan.id, &["/bin/busybox", "cat", "f"], ()).await.unwrap();
    let mut back = Vec::new();
    while let Some(piece) = exec.read().await.unwrap() {
        back.extend_from_slice(&piece);
    }
    exec.end().await;
    assert!(back == all, "{} bytes came back", back.len());
    no_exec_left(plan.id).await;
    bed.end(&plan, terminal).await;
}

async fn gone(id: SessionId, what: &str) {
    until("nothing of it runs", || {
        let name = container_name(id);
        let left = processes(&name).into_iter().filter(|line| line.contains("--exec-attach")).count();
        left == 0 && processes(what).is_empty()
    })
    .await;
    no_exec_left(id).await;
}

async fn begun(bed: &Bed, id: SessionId, command: &[&str]) -> Exec {
    bed.podman.exec(id, command, ()).await.unwrap_or_else(|e| panic!("{command:?}: {e}"))
}

#[tokio::test]
#[ignore = "needs a real Podman: runs in the machine"]
async fn whatever_is_given_up_leaves_nothing_inside_or_outside() {
    let bed = Bed::new();
    let plan = plan();
    let (terminal, conmon) = bed.shell(&plan).await;
    let stubborn = "trap '' TERM HUP INT; while :; do busybox sleep 0.1; done; echo 4343";
    for (command, ended) in [
        (["/bin/busybox", "cat", "/dev/zero"], true), // and nobody reads: conmon stands still
        (["/bin/busybox", "cat", "/dev/zero"], false),
        (["/bin/busybox", "sleep", "4343"], false),
        (["/bin/sh", "-c", stubborn], true),
        (["/bin/sh", "-c", "busybox cat >/tmp/x; exec busybox sleep 0.2"], false),
    ] {
        let exec = begun(&bed, plan.id, &command).await;
        tokio::time::sleep(Duration::from_millis(300)).await; // so that one that fills the pipe has filled it
        if ended {
            exec.end().await
        } else {
            drop(exec)
        }
        gone(plan.id, &command.join(" ")).await;
        assert!(conmon.is_alive() && conmon.shell_is_alive(), "{command:?}");
    }
    bed.end(&plan, terminal).await;
}

#[tokio::test]
#[ignore = "needs a real Podman: runs in the machine"]
async fn a_program_that_is_not_there_is_told_and_leaves_nothing() {
    let bed = Bed::new();
    let plan = plan();
    let (terminal, _conmon) = bed.shell(&plan).await;
    let (output, errors) = ran(&bed, plan.id, &["/bin/nosuch"], b"").await;
    assert!(output.is_empty() && errors.contains("not found"), "{output} {errors}");
    no_exec_left(plan.id).await;
    bed.end(&plan, terminal).await;
}

#[tokio::test]
#[ignore = "needs a real Podman: runs in the machine"]
async fn the_end_of_a_session_ends_what_runs_beside_it() {
    let bed = Bed::new();
    let plan = plan();
    let (terminal, _conmon) = bed.shell(&plan).await;
    let mut exec = begun(&bed, plan.id, &["/bin/busybox", "sleep", "4444"]).await;
    let began = Instant::now();
    bed.end(&plan, terminal).await;
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    assert!(matches!(exec.read().await, Ok(None) | Err(_)));
    exec.end().await;
    assert!(processes("sleep 4444").is_empty());
}

#[tokio::test]
#[ignore = "needs a real Podman: runs in the machine"]
async fn what_a_killed_daemon_left_beside_a_shell_is_swept_by_the_next() {
    let bed = Bed::new();
    let plan = plan();
    let (terminal, _conmon) = bed.shell(&plan).await;
    terminal.leave().await;
    // A runtime that goes away with its connections, and clears nothing away.
    let (podman, id) = (bed.podman.clone(), plan.id);
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let exec =
            runtime.block_on(podman.exec(id, &["/bin/sh", "-c", "busybox cat >/tmp/half; busybox sleep 0.1"], ()));
        let exec = exec.unwrap();
        runtime.shutdown_background();
        drop(exec);
    })
    .join()
    .unwrap();
    let (terminal, _conmon) = bed.podman.reattach(plan.id).await.unwrap();
    gone(plan.id, "/tmp/half").await;
    bed.end(&plan, terminal).await;
}
