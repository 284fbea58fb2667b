//! SELinux: a confined label with categories of its own. Tested on texts only: no host with SELinux was at hand.

use std::{fs, path::Path};

use super::{NOT_OURS, Wrong};

const FIX: &str = "install container-selinux, and leave `label = true` in containers.conf";

/// The types that confine a container.
const CONFINED: [&str; 2] = ["container_t", "container_init_t"];

/// Where SELinux is (`selinuxfs` exists and has `enforce`), the label that the engine will start the shell with must be
/// confined; it is returned. `None` where there is no SELinux.
pub(super) fn check(selinuxfs: &Path, label: &str) -> Result<Option<String>, Wrong> {
    if !selinuxfs.join("enforce").exists() {
        return Ok(None);
    }
    if is_confined(label) {
        return Ok(Some(label.to_owned()));
    }
    let found = if label.is_empty() { "no label" } else { label };
    Err(Wrong::new("SELinux label", "container_t with two categories", found, FIX))
}

/// The label a started process really has.
pub(super) fn check_process(pid: i32, wanted: &str) -> Result<(), Wrong> {
    let found = fs::read_to_string(format!("/proc/{pid}/attr/current")).unwrap_or_else(|e| e.to_string());
    let found = found.trim_end_matches(['\0', '\n']);
    if found == wanted { Ok(()) } else { Err(Wrong::new("SELinux label", wanted, found, NOT_OURS)) }
}

/// `user:role:type:sensitivity:cN,cM`, type confined, two different categories: another container has another pair.
fn is_confined(label: &str) -> bool {
    let parts: Vec<&str> = label.split(':').collect();
    let &[user, role, kind, level, categories] = parts.as_slice() else { return false };
    let category = |c: &str| c.strip_prefix('c')?.parse::<u16>().ok().filter(|n| *n < 1024);
    let pair: Vec<_> = categories.split(',').map(category).collect();
    !user.is_empty()
        && !role.is_empty()
        && CONFINED.contains(&kind)
        && level == "s0"
        && matches!(pair.as_slice(), [Some(a), Some(b)] if a != b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_confined_type_with_two_categories_passes() {
        for label in ["system_u:system_r:container_t:s0:c1,c1023", "system_u:system_r:container_init_t:s0:c7,c8"] {
            assert!(is_confined(label), "{label}");
        }
        for label in [
            "",
            "unconfined_u:unconfined_r:unconfined_t:s0-s0:c0.c1023",
            "system_u:system_r:spc_t:s0",
            "system_u:system_r:spc_t:s0:c1,c2",
            "system_u:system_r:container_runtime_t:s0:c1,c2",
            "system_u:system_r:container_t:s0",
            "system_u:system_r:container_t:s0:c1",
            "system_u:system_r:container_t:s0:c1,c1",
            "system_u:system_r:container_t:s0:c0.c1023",
            "system_u:system_r:container_t:s0:c1,c2,c3",
            "system_u:system_r:container_t:s0:c1,c1024",
            "container_t",
        ] {
            assert!(!is_confined(label), "{label}");
        }
    }

    #[test]
    fn a_host_without_selinux_asks_for_no_label_and_one_with_it_insists() {
        let fs_dir = tempfile::tempdir().unwrap();
        assert_eq!(check(fs_dir.path(), ""), Ok(None));
        fs::write(fs_dir.path().join("enforce"), "1").unwrap();
        assert_eq!(check(fs_dir.path(), "").unwrap_err().what, "SELinux label");
        let label = "system_u:system_r:container_t:s0:c1,c2";
        assert_eq!(check(fs_dir.path(), label), Ok(Some(label.to_owned())));
    }
}
