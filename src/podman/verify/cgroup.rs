//! The cgroup's limits, read where the processes are: in the inner cgroup that crun makes below the engine's scope.

use std::{fs, path::Path};

use super::{NOT_OURS, Wrong};
use crate::podman::{
    Plan,
    spec::{CPU_PERIOD, cpu_quota},
};

/// What the kernel enforces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Enforced {
    /// Bytes.
    pub(super) memory: u64,
    /// Bytes.
    pub(super) swap: u64,
    pub(super) millicpus: u32,
    pub(super) pids: u32,
}

/// The path in the unified hierarchy, out of `/proc/PID/cgroup`.
pub(super) fn unified(text: &str) -> Option<&str> {
    let path = text.lines().find_map(|line| line.strip_prefix("0::"))?;
    // A path that leads out of what we see, or whose end is gone, proves nothing.
    let sound = path.starts_with('/') && !path.split('/').any(|part| part == "..") && !path.ends_with(" (deleted)");
    sound.then_some(path)
}

/// A container without a cgroup of its own: Podman 4.3 does so, in silence, where it was given none to divide.
pub(super) const MANAGER: &str = "let systemd manage cgroups: `cgroup_manager = \"systemd\"` in containers.conf, and \
                                  `loginctl enable-linger` for the account";

const CONTROLLERS: &str = "delegate cpu, memory and pids to the account (`Delegate=` of user@.service), or, only where they \
                           cannot exist, set sessions.require_limits = false";

/// Reads the four files in `dir` and compares each with the profile.
pub(super) fn check(dir: &Path, plan: &Plan) -> Result<Enforced, Wrong> {
    let profile = &plan.profile;
    let quota = cpu_quota(profile.millicpus);
    for (file, wanted) in [
        ("memory.max", profile.memory.to_string()),
        ("memory.swap.max", "0".to_owned()),
        ("cpu.max", format!("{quota} {CPU_PERIOD}")),
        ("pids.max", profile.pids.to_string()),
    ] {
        match fs::read_to_string(dir.join(file)) {
            Ok(found) if found.trim_end() == wanted => {}
            Ok(found) => return Err(Wrong::new(file, wanted, found.trim_end(), NOT_OURS)),
            Err(e) => return Err(Wrong::new(file, wanted, e, CONTROLLERS)),
        }
    }
    Ok(Enforced { memory: profile.memory, swap: 0, millicpus: profile.millicpus, pids: profile.pids })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::podman::{Mapping, spec::tests::plan};

    fn group() -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for (file, value) in [
            ("memory.max", "209715200\n"),
            ("memory.swap.max", "0\n"),
            ("cpu.max", "50000 100000\n"),
            ("pids.max", "128\n"),
        ] {
            fs::write(dir.path().join(file), value).unwrap();
        }
        dir
    }

    #[test]
    fn limits_as_asked_are_what_the_certificate_says() {
        let enforced = check(group().path(), &plan(Mapping::Shared)).unwrap();
        assert_eq!(enforced, Enforced { memory: 209_715_200, swap: 0, millicpus: 500, pids: 128 });
    }

    #[test]
    fn each_limit_that_is_off_is_refused_by_its_files_name() {
        for (file, value) in [
            ("memory.max", "max"),
            ("memory.max", "209719296"),
            ("memory.swap.max", "max"),
            ("memory.swap.max", "209715200"),
            ("cpu.max", "max 100000"),
            ("cpu.max", "50000 50000"),
            ("pids.max", "max"),
            ("pids.max", "1280"),
        ] {
            let dir = group();
            fs::write(dir.path().join(file), value).unwrap();
            let wrong = check(dir.path(), &plan(Mapping::Shared)).unwrap_err();
            assert_eq!((wrong.what, wrong.found.as_str()), (file, value));
        }
    }

    #[test]
    fn a_controller_that_is_not_there_is_refused_with_the_way_to_get_it() {
        for file in ["memory.max", "memory.swap.max", "cpu.max", "pids.max"] {
            let dir = group();
            fs::remove_file(dir.path().join(file)).unwrap();
            let wrong = check(dir.path(), &plan(Mapping::Shared)).unwrap_err();
            assert_eq!(wrong.what, file);
            assert!(wrong.fix.contains("Delegate="), "{}", wrong.fix);
        }
    }

    #[test]
    fn the_unified_path_is_found_on_hybrid_and_pure_hosts() {
        assert_eq!(unified("0::/user.slice/libpod-1.scope/container\n"), Some("/user.slice/libpod-1.scope/container"));
        assert_eq!(unified("9:name=systemd:/x\n8:pids:/\n0::/a/container\n"), Some("/a/container"));
        for nowhere in ["", "8:pids:/\n", "0::/../../x\n", "0::/a (deleted)\n", "0::\n"] {
            assert_eq!(unified(nowhere), None, "{nowhere}");
        }
    }
}
