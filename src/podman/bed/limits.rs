//! What a session may take of the host, in a machine whose kernel has the controllers for it: `make test` runs this module
//! there, and the rest of `bed` in machines without.
//!
//! The machine may be emulated in software, so everything here takes ten times as long as elsewhere.

use serde_json::json;

use super::{
    wrong::{drop_field, each_of},
    *,
};

/// As the plans of the other tests, with the shipped profile's limits: 200 MiB, half a processor, 128 processes.
fn limited() -> Plan {
    Plan { require_limits: true, ..in_slot(1) }
}

/// A file of the cgroup in which the session's first process is, as the kernel shows it.
fn kernel_says(plan: &Plan, file: &str) -> String {
    let pid = said(&["podman", "inspect", "--format", "{{.State.Pid}}", &container_name(plan.id)]);
    let groups = std::fs::read_to_string(format!("/proc/{pid}/cgroup")).unwrap();
    let group = groups.lines().find_map(|line| line.strip_prefix("0::")).expect("a unified hierarchy");
    assert!(group.ends_with("/container") && group.contains("/coracle-sessions.slice/"), "{group}");
    std::fs::read_to_string(format!("/sys/fs/cgroup{group}/{file}")).unwrap().trim().to_owned()
}

#[tokio::test]
#[ignore = "needs a real Podman and controllers: runs in the emulated machine"]
async fn a_session_gets_its_limits_and_its_certificate_says_what_the_kernel_does() {
    let bed = Bed::new();
    let plan = limited();
    let prepared = bed.launch(&plan).await.unwrap_or_else(|e| panic!("{e}"));
    let certificate = prepared.certificate.clone();
    assert_eq!(
        (certificate.memory, certificate.swap, certificate.millicpus, certificate.pids),
        (Some(209_715_200), Some(0), Some(500), Some(128))
    );
    assert!(prepared.facts.contains(" memory=209715200 swap=0 millicpus=500 pids=128 "), "{}", prepared.facts);
    for (file, value) in
        [("memory.max", "209715200"), ("memory.swap.max", "0"), ("cpu.max", "50000 100000"), ("pids.max", "128")]
    {
        assert_eq!(kernel_says(&plan, file), value, "{file}");
    }

    let (terminal, _conmon) = prepared.start(SIZE).await.unwrap_or_else(|e| panic!("{e}"));
    type_in(&terminal, "echo seen=$(busybox cat /sys/fs/cgroup/memory.max)\r").await;
    shows(&terminal, "seen=209715200").await;
    bed.end(&plan, terminal).await;
}

#[tokio::test]
#[ignore = "needs a real Podman and controllers: runs in the emulated machine"]
async fn each_limit_that_is_not_as_asked_is_refused_by_name() {
    each_of(
        limited,
        &[
            ("twice the memory", &["memory.max"], |s| {
                s["resource_limits"]["memory"] = json!({"limit": 419_430_400, "swap": 419_430_400});
            }),
            ("half the memory", &["memory.max"], |s| {
                s["resource_limits"]["memory"] = json!({"limit": 104_857_600, "swap": 104_857_600});
            }),
            ("no limit on memory", &["memory.max"], |s| drop_field(&mut s["resource_limits"], "memory")),
            // Podman then allows as much swap again.
            ("memory alone", &["memory.swap.max"], |s| drop_field(&mut s["resource_limits"]["memory"], "swap")),
            ("swap beside it", &["memory.swap.max"], |s| s["resource_limits"]["memory"]["swap"] = 314_572_800.into()),
            ("a whole processor", &["cpu.max"], |s| s["resource_limits"]["cpu"]["quota"] = 100_000.into()),
            ("another period", &["cpu.max"], |s| s["resource_limits"]["cpu"]["period"] = 200_000.into()),
            ("every processor", &["cpu.max"], |s| drop_field(&mut s["resource_limits"], "cpu")),
            ("more processes", &["pids.max"], |s| s["resource_limits"]["pids"]["limit"] = 1280.into()),
            // Podman then sets its own default, 2048.
            ("as many processes as Podman likes", &["pids.max"], |s| drop_field(&mut s["resource_limits"], "pids")),
            ("any number of processes", &["pids.max"], |s| s["resource_limits"]["pids"]["limit"] = (-1).into()),
            ("no limits at all", &["memory.max"], |s| drop_field(s, "resource_limits")),
        ],
    )
    .await;
}

#[tokio::test]
#[ignore = "needs a real Podman and controllers: runs in the emulated machine"]
async fn who_takes_too_much_memory_is_killed_and_the_shell_goes_on() {
    let bed = Bed::new();
    let plan = limited();
    let (terminal, conmon) = bed.shell(&plan).await;
    assert_eq!(conmon.killed(0).map(|killed| (killed.count, killed.spared)), Some((0, true)));
    // `tail` keeps a line without an end in memory, whatever its length.
    type_in(&terminal, "busybox tail /dev/zero; echo status=$?\r").await;
    shows(&terminal, "status=137").await;
    type_in(&terminal, "echo alive=$((6*7))\r").await;
    shows(&terminal, "alive=42").await;
    tokio::time::timeout(PATIENCE, conmon.memory_event()).await.expect("the kernel said that something happened");
    assert_eq!(conmon.killed(0).map(|killed| (killed.count, killed.spared)), Some((1, true)));
    bed.end(&plan, terminal).await;
}

#[tokio::test]
#[ignore = "needs a real Podman and controllers: runs in the emulated machine"]
async fn a_fork_bomb_stops_at_its_limit_and_the_session_can_be_ended() {
    let bed = Bed::new();
    let plan = limited();
    let (terminal, _conmon) = bed.shell(&plan).await;
    type_in(&terminal, "bomb() { bomb | bomb & }; bomb\r").await;
    let refused = || {
        let events = kernel_says(&plan, "pids.events");
        events.lines().any(|line| line.strip_prefix("max ").is_some_and(|n| n != "0"))
    };
    until("the kernel refuses a process", refused).await;
    assert!(kernel_says(&plan, "pids.current").parse::<u32>().unwrap() <= 128);
    bed.end(&plan, terminal).await;
}
