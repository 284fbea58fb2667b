//! `/proc/PID/mountinfo`: every mount is one that was asked for or one of Podman's own, each with its flags and size.
//! Anything else, or a thing too few, refuses the session.

use std::{collections::BTreeMap, path::Path};

use super::{NOT_OURS, Wrong};
use crate::{
    config::Network,
    podman::{Plan, spec::SHM},
};

/// What Podman 4.3 and 5.4 hide of the kernel's files. Each one that this kernel has must be hidden.
const MASKED_PROC: [&str; 8] =
    ["acpi", "kcore", "keys", "latency_stats", "sched_debug", "scsi", "timer_list", "timer_stats"];
/// Hidden by one version or the other, where the kernel has it. `/sys` itself is read-only in both.
const MASKED_SYS: [&str; 4] = ["/sys/dev/block", "/sys/devices/virtual/powercap", "/sys/firmware", "/sys/fs/selinux"];
/// Made read-only by both, where the kernel has it.
const READ_ONLY_PROC: [&str; 6] = ["asound", "bus", "fs", "irq", "sys", "sysrq-trigger"];

const DEVICES: [&str; 6] = ["null", "zero", "full", "tty", "random", "urandom"];

/// Files that Podman writes for one container: the first always, the others where the image lacks them.
const OWN_FILES: [&str; 4] = ["/etc/hostname", "/etc/passwd", "/etc/group", "/run/.containerenv"];

/// Bytes of /dev, which only the container's root can fill.
const DEV_SIZE: u64 = 64 << 20;

const DRIVER: &str = "set `driver = \"overlay\"` in the account's storage.conf, then `podman system reset`";

/// One line of mountinfo.
#[derive(Debug, Clone, PartialEq)]
struct Mount<'a> {
    device: &'a str,
    /// What of that file system is shown.
    root: String,
    point: String,
    flags: Vec<&'a str>,
    /// Propagation to or from other namespaces.
    shared: bool,
    kind: &'a str,
    options: Vec<&'a str>,
}

impl<'a> Mount<'a> {
    fn parse(line: &'a str) -> Option<Mount<'a>> {
        let (first, second) = line.split_once(" - ")?;
        let mut words = first.split(' ');
        let (_id, _parent, device) = (words.next()?, words.next()?, words.next()?);
        let (root, point, flags) = (unescape(words.next()?)?, unescape(words.next()?)?, words.next()?);
        let shared = words.next().is_some();
        let mut words = second.split(' ');
        let (kind, _source, options) = (words.next()?, words.next()?, words.next().unwrap_or_default());
        let (flags, options) = (flags.split(',').collect(), options.split(',').collect());
        Some(Mount { device, root, point, flags, shared, kind, options })
    }

    fn has(&self, flags: &[&str]) -> bool {
        flags.iter().all(|flag| self.flags.contains(flag))
    }

    /// The bound of a tmpfs in bytes; without one, half of the machine's memory is its size, and mountinfo names none.
    fn size(&self) -> Option<u64> {
        let text = self.options.iter().find_map(|o| o.strip_prefix("size="))?;
        let kib: u64 = text.strip_suffix('k')?.parse().ok()?;
        kib.checked_mul(1024)
    }

    fn told(&self) -> String {
        let size = self.size().map_or_else(String::new, |n| format!(" size={n}"));
        format!("{} ({} {}{size}, shows {})", self.point, self.kind, self.flags.join(","), self.root)
    }
}

/// mountinfo writes space, tab, line end and backslash as three octal digits.
fn unescape(text: &str) -> Option<String> {
    let mut parts = text.split('\\');
    let mut plain = parts.next()?.to_owned();
    for part in parts {
        let code = u8::from_str_radix(part.get(..3)?, 8).ok()?;
        plain.push(char::from(code));
        plain.push_str(part.get(3..)?);
    }
    Some(plain)
}

/// What a mount at one place must be.
struct Expected {
    /// For people.
    told: String,
    needed: bool,
    fits: Box<dyn Fn(&Mount<'_>) -> bool>,
    fix: &'static str,
}

/// `container` is the engine's id, `cgroup` the inner cgroup's path, `proc` where this kernel's own /proc is seen.
pub(super) fn check(text: &str, plan: &Plan, container: &str, cgroup: &str, proc: &Path) -> Result<(), Wrong> {
    const WHAT: &str = "mounts";
    let mut seen: BTreeMap<String, Mount<'_>> = BTreeMap::new();
    for line in text.lines() {
        let mount = Mount::parse(line).ok_or_else(|| Wrong::new(WHAT, "readable", line, NOT_OURS))?;
        if mount.shared {
            return Err(Wrong::new(WHAT, "no propagation", mount.told(), NOT_OURS));
        }
        if let Some(below) = seen.insert(mount.point.clone(), mount.clone()) {
            return Err(Wrong::new(
                WHAT,
                format!("one mount at {}", mount.point),
                format!("another on {}", below.told()),
                NOT_OURS,
            ));
        }
    }
    let device_of = |point: &str| seen.get(point).map(|m| m.device.to_owned()).unwrap_or_default();
    let expected = expected(plan, container, cgroup, proc, &device_of("/proc"), &device_of("/dev/pts"));
    for mount in seen.values() {
        match expected.get(&mount.point) {
            None => return Err(Wrong::new(WHAT, format!("nothing at {}", mount.point), mount.told(), NOT_OURS)),
            Some(rule) if !(rule.fits)(mount) => return Err(Wrong::new(WHAT, &rule.told, mount.told(), rule.fix)),
            Some(_) => {}
        }
    }
    match expected.iter().find(|(point, rule)| rule.needed && !seen.contains_key(*point)) {
        Some((point, rule)) => Err(Wrong::new(WHAT, &rule.told, format!("nothing at {point}"), rule.fix)),
        None => Ok(()),
    }
}

/// Everything that may be mounted, by place.
fn expected(
    plan: &Plan,
    container: &str,
    cgroup: &str,
    proc: &Path,
    proc_device: &str,
    pts_device: &str,
) -> BTreeMap<String, Expected> {
    let mut all = BTreeMap::new();
    let mut add = |point: String, what: String, needed: bool, fits: Box<dyn Fn(&Mount<'_>) -> bool>| {
        let told = format!("at {point} {what}");
        let fix = if point == "/" { DRIVER } else { NOT_OURS };
        all.insert(point, Expected { told, needed, fits, fix });
    };

    let writable = plan.profile.layer_size.is_some();
    add(
        "/".into(),
        format!("an overlay, {}", if writable { "writable" } else { "read-only" }),
        true,
        Box::new(move |m| {
            let how = if writable { "rw" } else { "ro" };
            ["overlay", "fuse.fuse-overlayfs"].contains(&m.kind) && m.has(&[how]) && m.root == "/"
        }),
    );
    for (point, kind, flags) in [
        ("/proc", "proc", ["rw", "nosuid", "nodev", "noexec"].as_slice()),
        ("/sys", "sysfs", &["ro", "nosuid", "nodev", "noexec"]),
        ("/dev/mqueue", "mqueue", &["nosuid", "nodev", "noexec"]),
        ("/dev/pts", "devpts", &["nosuid", "noexec"]),
    ] {
        let told = format!("a new {kind} with {}", flags.join(","));
        add(point.into(), told, true, Box::new(move |m| m.kind == kind && m.has(flags) && m.root == "/"));
    }
    let inner = cgroup.to_owned();
    add(
        "/sys/fs/cgroup".into(),
        format!("cgroup2, read-only, from {cgroup} down"),
        true,
        Box::new(move |m| m.kind == "cgroup2" && m.has(&["ro", "nosuid", "nodev", "noexec"]) && m.root == inner),
    );
    // Podman 4.3 makes it noexec, 5.4 read-only, but for a root that can be written to, where it is one place more.
    add(
        "/dev".into(),
        format!("a tmpfs with nosuid, {}of {DEV_SIZE} bytes", if writable { "" } else { "noexec or read-only, " }),
        true,
        Box::new(move |m| {
            let tight = writable || m.has(&["noexec"]) || m.has(&["ro"]);
            m.kind == "tmpfs" && m.root == "/" && m.has(&["nosuid"]) && tight && m.size() == Some(DEV_SIZE)
        }),
    );
    for name in DEVICES {
        add(
            format!("/dev/{name}"),
            "that device alone".into(),
            true,
            Box::new(move |m| ["tmpfs", "devtmpfs"].contains(&m.kind) && m.root == format!("/{name}")),
        );
    }
    let pts = pts_device.to_owned();
    add(
        "/dev/console".into(),
        "the session's own terminal".into(),
        false,
        Box::new(move |m| m.kind == "devpts" && m.device == pts),
    );
    let resolver = (plan.profile.network == Network::Outbound).then_some("/etc/resolv.conf");
    for point in OWN_FILES.into_iter().chain(resolver) {
        let name = point.rsplit('/').next().unwrap_or_default();
        let own = format!("/{container}/userdata/{name}");
        add(
            point.into(),
            "Podman's own file for this container".into(),
            false,
            Box::new(move |m| {
                // With a writable root Podman leaves its files writable. They lie in the account's memory, and what is
                // written there counts as the session's.
                let tight =
                    if writable { ["nosuid", "nodev"].as_slice() } else { &["ro", "nosuid", "nodev", "noexec"] };
                m.has(tight) && m.root.ends_with(&own)
            }),
        );
    }

    let here = |name: &str| proc.join(name).symlink_metadata().is_ok();
    for name in MASKED_PROC {
        add(format!("/proc/{name}"), "an empty cover".into(), here(name), Box::new(is_empty_cover));
    }
    for point in MASKED_SYS {
        add(point.into(), "an empty cover".into(), false, Box::new(is_empty_cover));
    }
    for name in READ_ONLY_PROC {
        let device = proc_device.to_owned();
        add(
            format!("/proc/{name}"),
            "itself, read-only".into(),
            here(name),
            Box::new(move |m| m.kind == "proc" && m.has(&["ro"]) && m.device == device && m.root == format!("/{name}")),
        );
    }

    let asked = plan.profile.tmpfs.iter().map(|t| (t.path.clone(), t.size, ["rw", "nosuid", "nodev"].as_slice()));
    let shm = (SHM.to_owned(), plan.profile.shm, ["rw", "nosuid", "nodev", "noexec"].as_slice());
    for (point, size, flags) in asked.chain([shm]) {
        let told = format!("a tmpfs with {}, of {size} bytes", flags.join(","));
        // The kernel counts in pages.
        let size = size.next_multiple_of(4096);
        add(
            point,
            told,
            true,
            Box::new(move |m| m.kind == "tmpfs" && m.root == "/" && m.has(flags) && m.size() == Some(size)),
        );
    }
    all
}

/// A directory is covered by a tmpfs in which nothing fits, a file by the null device.
fn is_empty_cover(m: &Mount<'_>) -> bool {
    let directory = m.kind == "tmpfs" && m.root == "/" && m.has(&["ro"]) && m.size() == Some(0);
    let file = ["tmpfs", "devtmpfs"].contains(&m.kind) && m.root == "/null";
    directory || file
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::podman::{Mapping, spec::tests::plan};

    const TEXTS: [&str; 2] = [
        include_str!("../../../tests/podman/mountinfo-4.3.1.txt"),
        include_str!("../../../tests/podman/mountinfo-5.4.2.txt"),
    ];

    /// The container's id and inner cgroup, out of the captured text itself.
    fn names(text: &str) -> (String, String) {
        let cgroup =
            text.lines().find_map(|l| l.contains("/sys/fs/cgroup").then(|| l.split(' ').nth(3))).flatten().unwrap();
        let container = cgroup.split("libpod-").nth(1).unwrap().split('.').next().unwrap();
        (container.to_owned(), cgroup.to_owned())
    }

    /// A kernel with the files that the captures were made on.
    fn proc() -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for name in ["acpi", "keys", "timer_list", "bus", "fs", "irq", "sys"] {
            std::fs::create_dir(dir.path().join(name)).unwrap();
        }
        dir
    }

    fn checked(text: &str, changed: &str) -> Result<(), Wrong> {
        let (container, cgroup) = names(text);
        check(changed, &plan(Mapping::Slot(1)), &container, &cgroup, proc().path())
    }

    #[test]
    fn what_both_versions_make_is_what_was_asked() {
        for text in TEXTS {
            assert_eq!(checked(text, text), Ok(()));
        }
    }

    /// The text with the line of `point` changed by `change`, or without it.
    fn with(text: &str, point: &str, change: impl Fn(&str) -> Option<String>) -> String {
        let mine = |line: &&str| line.split(' ').nth(4) == Some(point);
        assert_eq!(text.lines().filter(mine).count(), 1, "{point}");
        text.lines()
            .filter_map(|line| if mine(&line) { change(line) } else { Some(line.to_owned()) })
            .map(|line| line + "\n")
            .collect()
    }

    #[test]
    fn each_mount_that_is_missing_is_noticed() {
        for text in TEXTS {
            for point in [
                "/",
                "/proc",
                "/sys",
                "/sys/fs/cgroup",
                "/dev",
                "/dev/pts",
                "/dev/mqueue",
                "/dev/shm",
                "/dev/null",
                "/dev/urandom",
                "/home/crew",
                "/tmp",
                "/run",
                "/proc/keys",
                "/proc/acpi",
                "/proc/timer_list",
                "/proc/sys",
                "/proc/irq",
            ] {
                let wrong = checked(text, &with(text, point, |_| None)).unwrap_err();
                assert_eq!(wrong.what, "mounts");
            }
        }
    }

    #[test]
    fn each_flag_and_size_that_is_off_is_refused() {
        for text in TEXTS {
            for (point, from, to) in [
                ("/", " ro,", " rw,"),
                ("/", " - overlay ", " - ext4 "),
                ("/sys", " ro,", " rw,"),
                ("/sys/fs/cgroup", " ro,", " rw,"),
                ("/sys/fs/cgroup", "/container /sys", " /sys"),
                ("/proc", "nosuid,", ""),
                ("/proc/sys", " ro,", " rw,"),
                ("/proc/keys", "/null ", "/keys "),
                ("/proc/acpi", "size=0k", "size=64k"),
                ("/home/crew", "nosuid,", ""),
                ("/home/crew", "nodev,", ""),
                ("/home/crew", "size=49152k", "size=98304k"),
                ("/home/crew", "size=49152k,", ""),
                ("/home/crew", " - tmpfs ", " - ext4 "),
                ("/home/crew", " / /home", " /somewhere /home"),
                ("/tmp", "nosuid,nodev", "nosuid"),
                ("/run", "size=4096k", "size=4100k"),
                ("/dev/shm", "noexec,", ""),
                ("/dev/shm", "size=16384k", "size=16385k"),
                ("/dev/pts", "nosuid,", ""),
                ("/dev/null", "/null /dev", "/zero /dev"),
                ("/dev", "size=65536k", "size=65540k"),
                ("/etc/hostname", " ro,", " rw,"),
                ("/etc/hostname", "userdata", "otherdata"),
                ("/tmp", " - tmpfs", " shared:7 - tmpfs"),
                ("/tmp", " - tmpfs", " master:7 - tmpfs"),
            ] {
                let changed = with(text, point, |line| {
                    assert!(line.contains(from), "{point}: {from} in {line}");
                    Some(line.replacen(from, to, 1))
                });
                let wrong = checked(text, &changed).expect_err(&format!("{point}: {to}"));
                assert!(wrong.found.starts_with(point), "{wrong:?}");
            }
        }
    }

    #[test]
    fn a_root_that_may_be_written_to_is_writable_and_one_with_a_network_has_its_resolver() {
        let text = TEXTS[1];
        let (container, cgroup) = names(text);
        let mut plan = plan(Mapping::Slot(1));
        plan.profile.layer_size = Some(1 << 30);
        let checked = |plan: &Plan, text: &str| check(text, plan, &container, &cgroup, proc().path());
        assert!(checked(&plan, text).is_err(), "a read-only root is not what was asked");
        let mut writable = with(text, "/", |line| Some(line.replacen(" ro,", " rw,", 1)));
        for own in ["/etc/hostname", "/etc/passwd"] {
            writable = with(&writable, own, |line| Some(line.replacen(" ro,", " rw,", 1).replacen(",noexec", "", 1)));
        }
        assert_eq!(checked(&plan, &writable), Ok(()));
        let resolver = format!(
            "900 437 0:70 /containers/{container}/userdata/resolv.conf /etc/resolv.conf rw,nosuid,nodev - tmpfs tmpfs rw\n"
        );
        assert!(checked(&plan, &format!("{writable}{resolver}")).is_err(), "without a network there is none");
        plan.profile.network = Network::Outbound;
        assert_eq!(checked(&plan, &format!("{writable}{resolver}")), Ok(()));
        assert!(checked(&plan, &format!("{writable}{}", resolver.replace(&container, "other"))).is_err());
    }

    #[test]
    fn any_other_mount_is_refused_by_its_place() {
        for text in TEXTS {
            for extra in [
                "900 1 254:0 /home/tester /mnt ro,nosuid,nodev,noexec - ext4 /dev/vda rw",
                "900 1 0:9 / /var/tmp rw,nosuid,nodev - tmpfs tmpfs rw,size=4096k",
                "900 1 254:0 /x /home/crew/.ssh ro - ext4 /dev/vda rw",
                "900 1 0:9 / /etc/resolv.conf ro - tmpfs tmpfs rw",
                "900 1 0:9 / /odd\\040name rw - tmpfs tmpfs rw",
                "900 1 0:9 / /tmp rw,nosuid,nodev - tmpfs tmpfs rw,size=32768k",
            ] {
                let wrong = checked(text, &format!("{text}{extra}\n")).expect_err(extra);
                assert_eq!(wrong.what, "mounts");
            }
        }
    }

    #[test]
    fn a_file_of_the_kernel_that_this_kernel_has_must_be_covered() {
        let (container, cgroup) = names(TEXTS[1]);
        let proc = proc();
        std::fs::write(proc.path().join("kcore"), "").unwrap();
        let wrong = check(TEXTS[1], &plan(Mapping::Slot(1)), &container, &cgroup, proc.path()).unwrap_err();
        assert!(wrong.wanted.contains("/proc/kcore"), "{wrong:?}");
    }

    #[test]
    fn another_storage_driver_is_told_how_to_become_overlay() {
        let text = TEXTS[0];
        let wrong =
            checked(text, &with(text, "/", |l| Some(l.replace(" - overlay overlay", " - ext4 /dev/vda")))).unwrap_err();
        assert!(wrong.fix.contains("storage.conf"), "{wrong:?}");
    }

    #[test]
    fn lines_that_cannot_be_read_refuse() {
        for line in ["", "x", "1 2 0:1 / /", "1 2 0:1 / / rw -", "1 2 0:1 / /a\\0 rw - tmpfs tmpfs rw"] {
            let text = format!("{}{line}\n", TEXTS[0]);
            assert!(checked(TEXTS[0], &text).is_err(), "{line:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_line_panics(line in "\\PC{0,80}") {
            let _ = Mount::parse(&line).map(|m| (m.size(), m.told()));
        }
    }
}
