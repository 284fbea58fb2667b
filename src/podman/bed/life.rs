//! From nothing to a shell and back to nothing, and every way out of it in between.

use super::{
    super::{
        Mapping, PodmanError,
        conmon::open_pidfd,
        labels::{INSTANCE, PROFILE, container_name},
    },
    *,
};
use crate::config::Pull;

#[tokio::test]
#[ignore = "needs a real Podman: runs in the machine"]
async fn a_session_lives_from_create_to_exit_7_and_leaves_nothing() {
    for mapping in [Mapping::Slot(0), Mapping::Shared] {
        let bed = Bed::new();
        bed.podman.ping().await.unwrap();
        let plan = Plan { mapping, ..plan() };
        let mut steps = Vec::new();
        let prepared = bed.podman.launch(&plan, |step| steps.push(step)).await.unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(steps, ["create", "init", "verify", "attach"]);
        let certificate = prepared.certificate.clone();
        assert_eq!((certificate.isolation.as_str(), certificate.memory), (mapping.word(), None));
        assert!(certificate.no_new_privileges && certificate.read_only_root && certificate.capabilities.is_empty());
        assert!(prepared.facts.contains("seccomp=coracle") && !prepared.facts.contains('\n'), "{}", prepared.facts);

        let (terminal, conmon) = prepared.start(SIZE).await.unwrap();
        let found = bed.podman.list_ours().await.unwrap();
        assert!(
            matches!(found.as_slice(), [f] if f.id == plan.id && f.genuine && f.alive && f.profile == "shell"),
            "{found:?}"
        );
        assert!(conmon.is_alive() && conmon.shell_is_alive());

        type_in(&terminal, concat!(
            "busybox stty size; busybox id -u; echo home=$HOME user=$USER lang=$LANG; pwd; ",
            "echo x > ~/f && echo home-ok; echo x > /tmp/f && echo tmp-ok; echo x > /dev/shm/f && echo shm-ok; ",
            "echo x > /f || echo root-closed; echo x > /etc/f || echo etc-closed; echo x > /run/f || echo run-closed; ",
            "busybox ls -ld ~; busybox hostname; busybox ls /sys/class/net; exit 7\r",
        )).await;
        let seen = rest(&terminal).await;
        for wanted in [
            "40 120",
            "\n1000",
            "home=/home/crew user=crew lang=C.UTF-8",
            "\n/home/crew",
            "\nhome-ok",
            "\ntmp-ok",
            "\nshm-ok",
            "\nroot-closed",
            "\netc-closed",
            "\nrun-closed",
            "drwx------",
            "\ncoracle",
            "\nlo",
        ] {
            assert!(seen.contains(wanted), "{wanted:?} in {seen}");
        }
        assert_eq!(bed.podman.exit_status(plan.id).await.unwrap(), 7);
        assert!(!conmon.shell_is_alive());
        let found = bed.podman.list_ours().await.unwrap();
        assert!(matches!(found.as_slice(), [f] if f.genuine && !f.alive), "{found:?}");
        bed.end(&plan, terminal).await;
        assert!(bed.podman.list_ours().await.unwrap().is_empty());
        bed.podman.remove(plan.id).await.expect("removing what is gone is fine");
    }
}

#[tokio::test]
#[ignore = "needs a real Podman: runs in the machine"]
async fn the_sessions_cgroup_lies_in_our_slice() {
    let bed = Bed::new();
    let plan = plan();
    let (terminal, _conmon) = bed.shell(&plan).await;
    let pid = said(&["podman", "inspect", "--format", "{{.State.Pid}}", &container_name(plan.id)]);
    let cgroup = std::fs::read_to_string(format!("/proc/{pid}/cgroup")).unwrap();
    assert!(cgroup.contains("/coracle.slice/coracle-sessions.slice/libpod-"), "{cgroup}");
    bed.end(&plan, terminal).await;
}

#[tokio::test]
#[ignore = "needs a real Podman: runs in the machine"]
async fn a_podman_that_manages_cgroups_itself_is_asked_for_no_slice() {
    let path = runtime_dir().join(format!("own-{}.sock", SessionId::random()));
    let address = format!("unix://{}", path.display());
    let mut service = Command::new("podman")
        .args(["--cgroup-manager=cgroupfs", "system", "service", "--time=0", &address])
        .spawn()
        .unwrap();
    until("the service listens", || path.exists()).await;
    let bed = Bed::on(path);
    let plan = plan();
    let launched = bed.launch(&plan).await;
    let described = match launched {
        Ok(prepared) => prepared.abandon().await,
        Err(error) => Err(error),
    };
    service.kill().unwrap();
    service.wait().unwrap();
    // 5.4 gives it a cgroup of its own; 4.3 none, where nothing was delegated, and that is refused.
    let none = matches!(&described, Err(PodmanError::Unproven { what: "cgroup", .. }));
    assert!(described.is_ok() || none, "{described:?}");
    nothing_left(plan.id).await;
}

#[tokio::test]
#[ignore = "needs a real Podman: runs in the machine"]
async fn a_shell_that_ends_at_once_is_a_session_that_ended() {
    for (script, status) in [("exit 3", 3), ("echo done; exit 137", 137), ("true", 0)] {
        let bed = Bed::new();
        let plan = running(script);
        let (terminal, _conmon) = bed.shell(&plan).await;
        let seen = rest(&terminal).await;
        assert_eq!(seen.contains("done"), script.contains("done"), "{seen}");
        assert_eq!(bed.podman.exit_status(plan.id).await.unwrap(), status, "{script}");
        bed.end(&plan, terminal).await;
    }
}

#[tokio::test]
#[ignore = "needs a real Podman: runs in the machine"]
async fn a_command_that_is_not_in_the_image_fails_the_start_and_leaves_nothing() {
    let bed = Bed::new();
    let mut plan = plan();
    plan.profile.command = vec!["/no/such/shell".to_owned()];
    let failed = match bed.launch(&plan).await {
        Ok(prepared) => prepared.start(SIZE).await.map(drop),
        Err(error) => Err(error),
    };
    let error = failed.unwrap_err();
    assert!(matches!(&error, PodmanError::Refused { .. }) && error.to_string().contains("/no/such/shell"), "{error}");
    nothing_left(plan.id).await;
}

#[tokio::test]
#[ignore = "needs a real Podman: runs in the machine"]
async fn an_image_that_is_not_there_is_named() {
    let bed = Bed::new();
    let digest = bed.podman.ensure_image(&busybox(), Pull::Never, |_| ()).await.unwrap();
    assert!(digest.starts_with("sha256:") || digest.len() == 64, "{digest}");

    let absent = "localhost/coracle-absent:1";
    let error = bed.podman.ensure_image(absent, Pull::Never, |_| ()).await.unwrap_err();
    assert!(matches!(&error, PodmanError::ImageMissing { image } if image == absent), "{error}");

    let refused = "127.0.0.1:1/coracle/absent:1"; // nobody listens there
    let mut told = Vec::new();
    let error = bed.podman.ensure_image(refused, Pull::Missing, |line| told.push(line)).await.unwrap_err();
    assert!(matches!(&error, PodmanError::PullFailed { image, .. } if image == refused), "{error}");
    assert!(error.to_string().contains("refused"), "{error}");
    assert_eq!(told.first().map(ToString::to_string).as_deref(), Some("Fetching the image"), "{told:?}");

    let mut plan = plan();
    plan.profile.image = absent.to_owned();
    assert!(bed.launch(&plan).await.is_err());
    nothing_left(plan.id).await;
}

#[tokio::test]
#[ignore = "needs a real Podman: runs in the machine"]
async fn a_launch_nobody_waits_for_is_undone_at_whatever_step_it_was_dropped() {
    let bed = Bed::new();
    for dropped_at in ["create", "init", "verify", "attach"] {
        let plan = plan();
        let reached = std::sync::Arc::new(tokio::sync::Notify::new());
        let tell = reached.clone();
        let (podman, its) = (bed.podman.clone(), plan.clone());
        let waiting = tokio::spawn(async move {
            let step = |step: &str| {
                if step == dropped_at {
                    tell.notify_one()
                }
            };
            podman.launch(&its, step).await.map(drop)
        });
        tokio::time::timeout(PATIENCE, reached.notified()).await.expect("the step is reached");
        waiting.abort();
        match waiting.await {
            Err(error) => assert!(error.is_cancelled(), "{error}"),
            // Attaching takes less than a millisecond: then it is what was made that was dropped.
            Ok(launched) => assert!(dropped_at == "attach" && launched.is_ok(), "{dropped_at}: {launched:?}"),
        }
        // Until the create is answered there may be none yet.
        tokio::time::sleep(Duration::from_millis(300)).await;
        nothing_left(plan.id).await;
    }
}

#[tokio::test]
#[ignore = "needs a real Podman: runs in the machine"]
async fn a_prepared_container_that_is_dropped_or_abandoned_is_removed() {
    let bed = Bed::new();
    let (one, two) = (plan(), plan());
    drop(bed.launch(&one).await.unwrap());
    bed.launch(&two).await.unwrap().abandon().await.unwrap();
    for plan in [one, two] {
        nothing_left(plan.id).await;
    }
    // Before, during and after what a start takes.
    for delay in [0, 2, 5, 10, 20, 40] {
        let plan = plan();
        let starting = tokio::spawn(bed.launch(&plan).await.unwrap().start(SIZE));
        tokio::time::sleep(Duration::from_millis(delay)).await;
        starting.abort();
        if let Ok(Ok((terminal, _conmon))) = starting.await {
            bed.end(&plan, terminal).await;
        }
        nothing_left(plan.id).await;
    }
}

#[tokio::test]
#[ignore = "needs a real Podman: runs in the machine"]
async fn two_launches_at_once_share_nothing() {
    let bed = Bed::new();
    let (one, two) = (in_slot(0), in_slot(1));
    let (first, second) = tokio::join!(bed.shell(&one), bed.shell(&two));
    let spaces = |plan: &Plan| {
        let pid = said(&["podman", "inspect", "--format", "{{.State.Pid}}", &container_name(plan.id)]);
        ["net", "ipc", "uts", "mnt", "cgroup", "pid", "user"]
            .map(|kind| std::fs::read_link(format!("/proc/{pid}/ns/{kind}")).unwrap())
    };
    let (a, b) = (spaces(&one), spaces(&two));
    assert!(a.iter().zip(&b).all(|(a, b)| a != b), "{a:?} {b:?}");
    bed.end(&one, first.0).await;
    bed.end(&two, second.0).await;
}

#[tokio::test]
#[ignore = "needs a real Podman: runs in the machine"]
async fn what_carries_our_labels_without_our_mac_is_neither_genuine_nor_touched() {
    let bed = Bed::new();
    let real = plan();
    let (terminal, _conmon) = bed.shell(&real).await;
    let forged = SessionId::random();
    // Everything but the key: the labels of a real one on another container, and a made-up MAC.
    let mut labels = bed.identity.labels(real.id, "shell", "c0ffee");
    let mut words = vec!["podman".to_owned(), "create".to_owned(), format!("--name={}", container_name(forged))];
    labels.insert("io.coracle.id".to_owned(), forged.to_string());
    words.extend(labels.iter().map(|(key, value)| format!("--label={key}={value}")));
    words.extend([busybox(), "/bin/sh".to_owned()]);
    said(&words.iter().map(String::as_str).collect::<Vec<_>>());
    let instance = format!("--label={INSTANCE}={}", bed.identity.instance());
    let profile = format!("--label={PROFILE}=shell");
    let nameless = said(&["podman", "create", &instance, &profile, &busybox(), "/bin/sh"]);

    let mut found: Vec<_> = bed.podman.list_ours().await.unwrap().iter().map(|f| (f.id, f.genuine)).collect();
    found.sort_by_key(|(_, genuine)| *genuine);
    assert_eq!(found, [(forged, false), (real.id, true)]);

    bed.end(&real, terminal).await;
    let left = said(&["podman", "ps", "--all", "--quiet", "--no-trunc"]);
    assert!(left.contains(&nameless) && left.lines().count() >= 2, "{left}");
    said(&["podman", "rm", &container_name(forged), &nameless]);
}

#[tokio::test]
#[ignore = "needs a real Podman: runs in the machine"]
async fn a_container_that_is_over_is_not_brought_back_by_a_reattach() {
    let bed = Bed::new();
    let plan = running("exit 5");
    let (terminal, _conmon) = bed.shell(&plan).await;
    rest(&terminal).await;
    assert_eq!(bed.podman.exit_status(plan.id).await.unwrap(), 5);
    let error = bed.podman.reattach(plan.id).await.map(drop).unwrap_err();
    assert!(error.to_string().contains("exited") || error.to_string().contains("stopped"), "{error}");
    assert_eq!(bed.podman.exit_status(plan.id).await.unwrap(), 5);
    bed.end(&plan, terminal).await;
    let error = bed.podman.reattach(plan.id).await.map(drop).unwrap_err();
    assert!(matches!(error, PodmanError::Refused { status: 404, .. }), "{error}");
}

#[tokio::test]
#[ignore = "needs a real Podman: runs in the machine"]
async fn conmons_death_is_told_at_once_and_what_it_leaves_can_be_removed() {
    let bed = Bed::new();
    let plan = plan();
    let (terminal, conmon) = bed.shell(&plan).await;
    let pid = said(&["podman", "inspect", "--format", "{{.State.ConmonPid}}", &container_name(plan.id)]);
    let pidfd = open_pidfd(pid.parse().unwrap()).unwrap();
    rustix::process::pidfd_send_signal(&pidfd, rustix::process::Signal::KILL).unwrap();
    tokio::time::timeout(Duration::from_secs(1), conmon.died()).await.expect("within a second");
    assert!(!conmon.is_alive());
    bed.end(&plan, terminal).await;
}

#[tokio::test]
#[ignore = "needs a real Podman: runs in the machine"]
async fn one_that_waited_is_proven_again_and_refused_once_somebody_has_started_or_killed_it() {
    let bed = Bed::new();
    let (started, killed) = (plan(), plan());
    let mut prepared = bed.launch(&started).await.unwrap_or_else(|e| panic!("{e}"));
    let proven = (prepared.certificate.clone(), prepared.facts.clone());
    prepared.prove_again().unwrap_or_else(|e| panic!("{e}"));
    assert_eq!((prepared.certificate.clone(), prepared.facts.clone()), proven);
    said(&["podman", "start", &container_name(started.id)]);
    let refused = prepared.prove_again();
    assert!(refused.is_err(), "a shell that somebody else has started is not given");
    prepared.abandon().await.unwrap();

    let mut prepared = bed.launch(&killed).await.unwrap_or_else(|e| panic!("{e}"));
    let name = container_name(killed.id);
    let conmon = said(&["podman", "inspect", "--format", "{{.State.ConmonPid}}", &name]);
    said(&["kill", "-KILL", &conmon]);
    until("it is known to be dead", || !prepared.is_alive()).await;
    assert!(prepared.prove_again().is_err());
    prepared.abandon().await.unwrap();
    for plan in [started, killed] {
        nothing_left(plan.id).await;
    }
}
