//! Our own seccomp profile: one file per architecture, embedded, laid down where Podman can read it.
//! `packaging/seccomp/generate.py` writes them and gives the reason of each rule.

use std::{
    fs,
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

#[cfg(target_arch = "x86_64")]
pub(super) const PROFILE: &str = include_str!("../../packaging/seccomp/x86_64.json");
#[cfg(target_arch = "aarch64")]
pub(super) const PROFILE: &str = include_str!("../../packaging/seccomp/aarch64.json");
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
compile_error!("there is no seccomp profile for this architecture yet: add one to packaging/seccomp/generate.py");

/// Writes the profile into the state directory, 0600, and returns its path, which is what [`super::Podman::new`] takes.
/// An older one is replaced in one step: Podman may be reading it just now.
pub(crate) fn write_seccomp(state: &Path) -> io::Result<PathBuf> {
    let path = state.join("seccomp.json");
    let draft = state.join("seccomp.json.new");
    let written = (|| {
        match fs::remove_file(&draft) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
            _ => {}
        }
        let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
        file.write_all(PROFILE.as_bytes())?;
        fs::rename(&draft, &path)
    })();
    written.map_err(|e| io::Error::new(e.kind(), format!("{}: {e}", path.display())))?;
    // Podman's working directory is not ours.
    fs::canonicalize(&path)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use serde_json::Value;

    use super::*;

    const BOTH: [(&str, &str); 2] = [
        ("SCMP_ARCH_X86_64", include_str!("../../packaging/seccomp/x86_64.json")),
        ("SCMP_ARCH_AARCH64", include_str!("../../packaging/seccomp/aarch64.json")),
    ];

    /// Calls that must never be allowed whatever their arguments.
    const SHUT: &[&str] = &[
        "unshare",
        "setns",
        "clone",
        "clone3",
        "mount",
        "umount2",
        "pivot_root",
        "chroot",
        "fsopen",
        "fsmount",
        "fsconfig",
        "move_mount",
        "open_tree",
        "mount_setattr",
        "open_by_handle_at",
        "name_to_handle_at",
        "keyctl",
        "add_key",
        "request_key",
        "bpf",
        "perf_event_open",
        "userfaultfd",
        "io_uring_setup",
        "io_uring_enter",
        "io_uring_register",
        "pidfd_getfd",
        "kcmp",
        "mbind",
        "set_mempolicy",
        "memfd_secret",
        "modify_ldt",
        "fanotify_mark",
        "fanotify_init",
        "syslog",
        "reboot",
        "swapon",
        "swapoff",
        "sethostname",
        "setdomainname",
        "socket",
        "socketcall",
        "ipc",
        "personality",
        "mknod",
        "mknodat",
        "init_module",
        "finit_module",
        "delete_module",
        "kexec_load",
        "acct",
        "quotactl",
        "iopl",
        "ioperm",
        "settimeofday",
        "clock_settime",
        "adjtimex",
        "process_madvise",
        "vhangup",
    ];

    fn rules(profile: &Value) -> impl Iterator<Item = (Vec<&str>, &str, &Vec<Value>)> {
        profile["syscalls"].as_array().unwrap().iter().map(|rule| {
            let names = rule["names"].as_array().unwrap().iter().map(|n| n.as_str().unwrap()).collect();
            (names, rule["action"].as_str().unwrap(), rule["args"].as_array().unwrap())
        })
    }

    #[test]
    fn nothing_that_must_stay_shut_is_open_whatever_its_arguments() {
        for (architecture, text) in BOTH {
            let profile: Value = serde_json::from_str(text).unwrap();
            for (names, action, arguments) in rules(&profile) {
                assert!(["SCMP_ACT_ALLOW", "SCMP_ACT_ERRNO"].contains(&action));
                let open: Vec<_> = names
                    .iter()
                    .filter(|n| action == "SCMP_ACT_ALLOW" && arguments.is_empty() && SHUT.contains(n))
                    .collect();
                assert!(open.is_empty(), "{architecture} lets {open:?} through");
            }
        }
    }

    #[test]
    fn each_file_is_for_its_own_architecture_and_refuses_what_it_does_not_name() {
        for (architecture, text) in BOTH {
            let profile: Value = serde_json::from_str(text).unwrap();
            assert_eq!(
                profile["archMap"],
                serde_json::json!([{"architecture": architecture, "subArchitectures": []}]),
                "other call tables of the same machine stay shut"
            );
            assert_eq!(
                (&profile["defaultAction"], &profile["defaultErrnoRet"]),
                (&"SCMP_ACT_ERRNO".into(), &38.into())
            );
        }
    }

    #[test]
    fn clone_is_open_only_without_any_namespace_flag() {
        for (_, text) in BOTH {
            let profile: Value = serde_json::from_str(text).unwrap();
            let clone: Vec<_> = rules(&profile).filter(|(names, ..)| names.contains(&"clone")).collect();
            assert_eq!(clone.len(), 1);
            let argument = &clone[0].2[0];
            // CLONE_NEWTIME is not among clone(2)'s flags (its bit is part of the exit signal).
            let all: u64 =
                [0x2_0000, 0x200_0000, 0x400_0000, 0x800_0000, 0x1000_0000, 0x2000_0000, 0x4000_0000].iter().sum();
            assert_eq!(argument["value"].as_u64(), Some(all));
            assert_eq!((&argument["op"], &argument["valueTwo"]), (&"SCMP_CMP_MASKED_EQ".into(), &0.into()));
        }
    }

    #[test]
    fn the_file_in_the_state_directory_is_ours_alone_and_is_replaced_whole() {
        let state = tempfile::tempdir().unwrap();
        fs::write(state.path().join("seccomp.json"), "{ an older one").unwrap();
        fs::write(state.path().join("seccomp.json.new"), "left by a crash").unwrap();
        let path = write_seccomp(state.path()).unwrap();
        assert!(path.is_absolute());
        assert_eq!(fs::read_to_string(&path).unwrap(), PROFILE);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(!state.path().join("seccomp.json.new").exists());
    }
}
