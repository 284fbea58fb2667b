//! An image that wants to be more than an image, on a machine whose defaults are generous.

use super::*;

const CONTAINERFILE: &str = r#"
LABEL io.coracle.instance=forged io.coracle.id=forged io.coracle.mac=forged io.coracle.profile=forged evil=yes
ENV LD_PRELOAD=/evil.so HOME=/evil USER=root PATH=/evil TERM=evil BASH_ENV=/evil ENV=/evil
VOLUME /data /home/crew /tmp
EXPOSE 80
USER 0:0
WORKDIR /evil
STOPSIGNAL 37
HEALTHCHECK --interval=1s CMD ["/bin/busybox", "touch", "/tmp/health"]
ENTRYPOINT ["/bin/busybox", "echo", "entrypoint-ran"]
CMD ["command-ran"]
COPY --from=raw --chmod=4755 /bin/busybox /setuid/busybox
COPY --chmod=0644 passwd /etc/passwd
COPY --chmod=0644 group /etc/group
COPY --chmod=0777 skeleton /home/crew/skeleton
COPY --chmod=0777 skeleton /run/skeleton
"#;

/// Built once in each run of the tests.
pub(super) fn hostile_image() -> String {
    let image = "localhost/coracle-hostile:1";
    let context = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| std::fs::write(context.path().join(name), text).unwrap();
    put(
        "Containerfile",
        &format!(
            "FROM {} AS raw
FROM raw
{CONTAINERFILE}",
            busybox()
        ),
    );
    put("passwd", "root:x:0:0:root:/root:/bin/sh\nevil:x:1000:1000::/evil:/evil\n");
    put("group", "root:x:0:evil\nwheel:x:10:evil\nshadow:x:42:crew,evil\n");
    put("skeleton", "from the image");
    said(&["podman", "build", "--quiet", "--format=docker", "--tag", image, &context.path().display().to_string()]);
    image.to_owned()
}

#[tokio::test]
#[ignore = "needs a real Podman: runs in the machine"]
async fn a_hostile_image_gets_a_plain_shell_and_nothing_else() {
    let bed = Bed::new();
    let mut plan = plan();
    plan.profile.image = hostile_image();
    let (terminal, _conmon) = bed.shell(&plan).await;

    let name = container_name(plan.id);
    let inspected = said(&["podman", "container", "inspect", &name]);
    let inspected: serde_json::Value = serde_json::from_str(&inspected).unwrap();
    let inspected = &inspected[0];
    assert_eq!(inspected["Name"], name.as_str());
    assert!(inspected["Mounts"].as_array().is_none_or(Vec::is_empty), "no volume: {}", inspected["Mounts"]);
    assert_eq!(inspected["Config"]["Healthcheck"]["Test"], serde_json::json!(["NONE"]));
    let found = bed.podman.list_ours().await.unwrap();
    assert!(matches!(found.as_slice(), [f] if f.id == plan.id && f.genuine && f.profile == "shell"), "{found:?}");

    type_in(
        &terminal,
        concat!(
            "busybox env; echo; busybox id; busybox ls -A ~ /run /tmp; ",
            "/setuid/busybox id -u; /setuid/busybox grep Cap /proc/self/status; echo $((6*7))-end\r",
        ),
    )
    .await;
    let seen = shows(&terminal, "42-end").await;
    for wanted in
        ["HOME=/home/crew", "USER=crew", "TERM=xterm-256color", "uid=1000", "\n1000\r", "CapBnd:\t0000000000000000"]
    {
        assert!(seen.contains(wanted), "{wanted:?} in {seen}");
    }
    for evil in
        ["LD_PRELOAD", "BASH_ENV", "evil=", "/evil.so", "entrypoint-ran", "command-ran", "skeleton", "wheel", "shadow"]
    {
        assert!(!seen.contains(evil), "{evil:?} in {seen}");
    }
    type_in(&terminal, "busybox sleep 2; busybox ls /tmp; echo $((6*7))-end\r").await;
    let seen = shows(&terminal, "42-end").await;
    assert!(!seen.contains("health\r"), "{seen}");
    bed.end(&plan, terminal).await;
    assert_eq!(said(&["podman", "volume", "ls", "--quiet"]), "");
}

#[tokio::test]
#[ignore = "needs a real Podman: runs in the machine"]
async fn our_seccomp_profile_is_in_force_inside() {
    let bed = Bed::new();
    let plan = plan();
    let (terminal, _conmon) = bed.shell(&plan).await;
    type_in(
        &terminal,
        concat!(
            "busybox unshare -U true; echo unshare=$?; busybox mount -t tmpfs x /tmp; echo mount=$?; ",
            "busybox mknod /tmp/p p && echo fifo-ok; busybox mknod /tmp/d c 1 3 || echo device-refused; ",
            "busybox chroot / true; echo chroot=$?; busybox grep Seccomp: /proc/self/status; echo $((6*7))-end\r",
        ),
    )
    .await;
    let seen = shows(&terminal, "42-end").await;
    for wanted in ["\nunshare=1", "\nfifo-ok", "\ndevice-refused", "Seccomp:\t2"] {
        assert!(seen.contains(wanted), "{wanted:?} in {seen}");
    }
    assert!(!seen.contains("\nmount=0") && !seen.contains("\nchroot=0"), "{seen}");
    bed.end(&plan, terminal).await;
}
