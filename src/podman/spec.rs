//! Plan → create body. One pure function, word for word tested: Podman ignores unknown keys in silence, so a misspelt one
//! is a hole in the wall.
//!
//! The spec says everything and leaves nothing to the image or to containers.conf.

use std::{collections::BTreeMap, path::Path};

use serde_json::{Map, Value, json};

use super::{Identity, Mapping, Plan, labels::container_name, network::Uplink};
use crate::config::Profile;

/// Where systemd manages cgroups, every session lies in this slice of the account's manager.
pub(super) const SLICE: &str = "coracle-sessions.slice";

/// Of each processor second's quota. Microseconds.
pub(super) const CPU_PERIOD: u64 = 100_000;

/// Where a guest's shared memory is; a tmpfs of ours, since Podman 5 makes its own read-only with a read-only root.
pub(super) const SHM: &str = "/dev/shm";

/// Whether the container is asked into [`SLICE`]. Without systemd as its cgroup manager, Podman refuses a slice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slice {
    Ours,
    None,
}

/// The body of `POST /libpod/containers/create`. `seccomp` is the profile's file as Podman reads it; `uplink` is there
/// where the profile grants a network.
pub(super) fn create_spec(
    plan: &Plan,
    identity: &Identity,
    seccomp: &Path,
    slice: Slice,
    uplink: Option<Uplink>,
) -> Value {
    let mut spec = Map::new();
    for part in [
        what_it_is(plan, identity),
        what_runs(plan),
        whose(plan, seccomp),
        apart(plan, uplink),
        stores(plan),
        end(plan),
    ] {
        match part {
            Value::Object(fields) => spec.extend(fields),
            other => unreachable!("{other} is not an object: each part is json!({{…}})"),
        }
    }
    if slice == Slice::Ours {
        spec.insert("cgroup_parent".to_owned(), SLICE.into());
    }
    if plan.require_limits {
        spec.insert("resource_limits".to_owned(), resources(plan));
    }
    spec.into()
}

fn what_it_is(plan: &Plan, identity: &Identity) -> Value {
    json!({
        "name": container_name(plan.id),
        "labels": identity.labels(plan.id, &plan.profile.name, &plan.config_hash),
        "image": plan.profile.image,
    })
}

/// Our command alone, whatever the image or the host would start, check, mount or export beside it.
fn what_runs(plan: &Plan) -> Value {
    json!({
        "entrypoint": [],
        "command": plan.profile.command,
        "healthconfig": { "Test": ["NONE"] },
        "image_volume_mode": "ignore",
        "unsetenvall": true,
        "env": environment(plan),
        "env_host": false,
        "httpproxy": false,
        "init": false,
        "systemd": "false",
        "sdnotifyMode": "ignore",
        "terminal": true,
        "stdin": true,
        "log_configuration": { "driver": "none" },
    })
}

/// Who it runs as, and with which rights: those of the profile, usually none.
fn whose(plan: &Plan, seccomp: &Path) -> Value {
    let user = &plan.profile.user;
    json!({
        "user": format!("{}:{}", user.uid, user.gid),
        "groups": [],
        "umask": "0022",
        "work_dir": user.home(),
        // Podman 5 would name an unknown uid after the account that the daemon runs under.
        "passwd_entry": format!("{}:*:{}:{}::{}:/bin/bash", user.name, user.uid, user.gid, user.home()),
        "privileged": false,
        "cap_add": capabilities(plan),
        "cap_drop": ["ALL"],
        "no_new_privileges": true,
        "seccomp_profile_path": seccomp.to_string_lossy(),
    })
}

fn capabilities(plan: &Plan) -> Vec<String> {
    plan.profile.capabilities.iter().map(|capability| format!("CAP_{}", capability.name())).collect()
}

/// What it is apart from: everything, but for the network that the profile grants.
fn apart(plan: &Plan, uplink: Option<Uplink>) -> Value {
    let own = json!({ "nsmode": "private" });
    let mut apart = json!({
        // The mode alone is ignored: the mapping must be spelt out, or the container's root is the daemon's uid.
        "userns": own,
        "idmappings": id_mappings(plan.mapping),
        "pidns": own,
        "ipcns": own,
        "utsns": own,
        "cgroupns": own,
        "netns": { "nsmode": "none" },
        "hostname": "coracle",
        // Podman's own hosts file would show the host's address.
        "use_image_hosts": true,
        "use_image_resolve_conf": uplink.is_none(),
    });
    if let Some(uplink) = uplink {
        let (mode, options) = uplink.asked();
        apart["netns"] = json!({ "nsmode": mode });
        apart["network_options"] = json!({ mode: options });
    }
    apart
}

/// Who the container's users are outside.
pub(super) fn id_mappings(mapping: Mapping) -> Value {
    let (first, size) = mapping.account_ids();
    let ids = json!([{ "container_id": 0, "host_id": first, "size": size }]);
    json!({ "HostUIDMapping": false, "HostGIDMapping": false, "UIDMap": ids, "GIDMap": ids })
}

/// What it may write to, and how much.
fn stores(plan: &Plan) -> Value {
    json!({
        "read_only_filesystem": plan.profile.layer_size.is_none(),
        "mounts": mounts(plan),
        "shm_size": plan.profile.shm,
        "r_limits": limits(plan),
    })
}

/// The daemon reads the exit status, then deletes.
fn end(plan: &Plan) -> Value {
    json!({
        "timeout": plan.backstop.as_secs(),
        "stop_timeout": 1,
        "restart_policy": "no",
        "remove": false,
    })
}

fn resources(plan: &Plan) -> Value {
    let profile = &plan.profile;
    json!({
        "memory": { "limit": profile.memory, "swap": profile.memory }, // together: so no swap at all
        "cpu": { "period": CPU_PERIOD, "quota": cpu_quota(profile.millicpus) },
        "pids": { "limit": profile.pids },
    })
}

/// Microseconds of processor time in each [`CPU_PERIOD`].
pub(super) fn cpu_quota(millicpus: u32) -> u64 {
    u64::from(millicpus) * CPU_PERIOD / 1000
}

/// The largest file a guest's process may write, bytes: no tmpfs of the profile, and not its layer, holds a larger one.
pub(super) fn largest_file(profile: &Profile) -> u64 {
    profile.tmpfs.iter().map(|t| t.size).chain(profile.layer_size).fold(profile.shm, u64::max)
}

/// The kernel's limits of one process, and what Podman calls them.
pub(super) fn wanted_limits(plan: &Plan) -> [(&'static str, u64); 3] {
    let profile = &plan.profile;
    [("core", 0), ("nofile", u64::from(profile.nofile)), ("fsize", largest_file(profile))]
}

fn limits(plan: &Plan) -> Value {
    wanted_limits(plan).map(|(kind, most)| json!({ "type": kind, "soft": most, "hard": most })).to_vec().into()
}

fn environment(plan: &Plan) -> BTreeMap<String, String> {
    let profile = &plan.profile;
    let mut env: BTreeMap<String, String> = [
        ("HOME", profile.user.home().as_str()),
        ("USER", &profile.user.name),
        ("LANG", "C.UTF-8"),
        ("TERM", "xterm-256color"),
        ("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"),
    ]
    .map(|(key, value)| (key.to_owned(), value.to_owned()))
    .into();
    env.extend(profile.env.clone());
    env
}

/// The profile's tmpfs mounts and shared memory. What the image has below such a path stays hidden: a copy of it would be
/// memory of the image's choosing.
fn mounts(plan: &Plan) -> Value {
    let profile = &plan.profile;
    let tmpfs = |path: &str, size: u64, more: &[&str]| {
        let mut options: Vec<String> = ["nosuid", "nodev", "notmpcopyup"].map(str::to_owned).into();
        options.push(format!("size={size}"));
        options.extend(more.iter().map(|&o| o.to_owned()));
        json!({ "destination": path, "type": "tmpfs", "source": "tmpfs", "options": options })
    };
    let mut mounts: Vec<Value> = profile
        .tmpfs
        .iter()
        .map(|t| match t.path.as_str() {
            "/run" => tmpfs(&t.path, t.size, &["mode=0755"]),
            // `U`: owned by the guest's user (both Podmans refuse uid= and gid=).
            path if path == profile.user.home() => tmpfs(path, t.size, &["mode=0700", "U"]),
            path => tmpfs(path, t.size, &["mode=1777"]),
        })
        .collect();
    mounts.push(tmpfs(SHM, profile.shm, &["mode=1777", "noexec"]));
    mounts.into()
}

#[cfg(test)]
pub(super) mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{
        config::{Capability, GuestUser, Network, Pull, Tmpfs},
        podman::Mapping,
    };

    const MIB: u64 = 1 << 20;

    /// The shipped default profile.
    pub(in crate::podman) fn shell() -> Profile {
        let tmpfs = |path: &str, mib: u64| Tmpfs { path: path.to_owned(), size: mib * MIB };
        Profile {
            name: "shell".to_owned(),
            description: "A shell".to_owned(),
            image: "docker.io/library/ubuntu:24.04".to_owned(),
            pull: Pull::Missing,
            command: vec!["/bin/bash".to_owned(), "-l".to_owned()],
            user: GuestUser { name: "crew".to_owned(), uid: 1000, gid: 1000 },
            groups: Vec::new(),
            env: BTreeMap::new(),
            memory: 200 * MIB,
            millicpus: 500,
            pids: 128,
            tmpfs: vec![tmpfs("/home/crew", 48), tmpfs("/tmp", 32), tmpfs("/run", 4)],
            shm: 16 * MIB,
            nofile: 1024,
            network: Network::None,
            allow_host_access: false,
            capabilities: std::collections::BTreeSet::new(),
            layer_size: None,
            recording: None,
            warm: 0,
        }
    }

    /// The profile that config.toml shows for those who install programs.
    pub(in crate::podman) fn workshop() -> Profile {
        let user = GuestUser { name: "root".to_owned(), uid: 0, gid: 0 };
        let tmpfs = |path: &str, mib: u64| Tmpfs { path: path.to_owned(), size: mib * MIB };
        Profile {
            name: "workshop".to_owned(),
            user,
            tmpfs: vec![tmpfs("/root", 48), tmpfs("/tmp", 32), tmpfs("/run", 4)],
            network: Network::Outbound,
            capabilities: Capability::ALL.into(),
            layer_size: Some(1024 * MIB),
            ..shell()
        }
    }

    pub(in crate::podman) fn plan(mapping: Mapping) -> Plan {
        Plan {
            id: "abcdefghijkl".parse().unwrap(),
            profile: shell(),
            config_hash: "c0ffee".to_owned(),
            mapping,
            backstop: Duration::from_secs(29_100),
            require_limits: true,
            disk_floor: 0,
        }
    }

    fn spec_of(plan: &Plan, slice: Slice) -> Value {
        let state = tempfile::tempdir().unwrap();
        std::fs::write(state.path().join("instance"), "0123456789abcdef\n").unwrap();
        let key = state.path().join("mac.key");
        std::fs::write(&key, [7; 32]).unwrap();
        std::fs::set_permissions(&key, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        let identity = Identity::open(state.path()).unwrap();
        let uplink = (plan.profile.network == Network::Outbound).then_some(Uplink::Pasta);
        create_spec(plan, &identity, Path::new("/var/lib/coracle/state/seccomp.json"), slice, uplink)
    }

    #[test]
    fn the_shell_profiles_spec_is_the_golden_file_word_for_word() {
        for (name, mapping, require_limits, golden) in [
            ("slot", Mapping::Slot(2), true, include_str!("../../tests/golden/spec-shell-slot.json")),
            ("shared", Mapping::Shared, false, include_str!("../../tests/golden/spec-shell-shared.json")),
        ] {
            let slice = if require_limits { Slice::Ours } else { Slice::None };
            let spec = spec_of(&Plan { require_limits, ..plan(mapping) }, slice);
            let text = serde_json::to_string_pretty(&spec).unwrap() + "\n";
            assert_eq!(text, golden, "tests/golden/spec-shell-{name}.json");
        }
    }

    #[test]
    fn the_workshop_profiles_spec_is_the_golden_file_word_for_word() {
        let mut plan = plan(Mapping::Slot(2));
        plan.profile = workshop();
        let text = serde_json::to_string_pretty(&spec_of(&plan, Slice::Ours)).unwrap() + "\n";
        assert_eq!(text, include_str!("../../tests/golden/spec-workshop.json"), "tests/golden/spec-workshop.json");
    }

    #[test]
    fn equal_plans_give_the_same_words() {
        let one = spec_of(&plan(Mapping::Slot(0)), Slice::Ours).to_string();
        assert_eq!(one, spec_of(&plan(Mapping::Slot(0)), Slice::Ours).to_string());
        assert_ne!(one, spec_of(&plan(Mapping::Slot(1)), Slice::Ours).to_string());
    }

    /// The first path at which `kept` has not what `asked` has. `mounts` is left out: the generated model has Docker's
    /// shape there and would lose ours; the golden file and the read-back cover it.
    fn lost(asked: &Value, kept: &Value, path: &str) -> Option<String> {
        match (asked, kept) {
            (Value::Object(asked), Value::Object(kept)) => asked
                .iter()
                .filter(|(key, _)| *key != "mounts")
                .find_map(|(key, value)| lost(value, kept.get(key).unwrap_or(&Value::Null), &format!("{path}/{key}"))),
            _ => (asked != kept).then(|| path.to_owned()),
        }
    }

    #[test]
    fn every_key_of_the_spec_is_one_that_podman_knows() {
        let round = |spec: &Value| {
            let typed: podman_api::models::SpecGenerator = serde_json::from_value(spec.clone()).unwrap();
            serde_json::to_value(&typed).unwrap()
        };
        for profile in [shell(), workshop()] {
            let spec = spec_of(&Plan { profile, ..plan(Mapping::Slot(2)) }, Slice::Ours);
            assert_eq!(lost(&spec, &round(&spec), ""), None);
        }

        let mut misspelt = spec_of(&plan(Mapping::Slot(2)), Slice::Ours);
        misspelt["no_new_privilages"] = true.into();
        assert_eq!(lost(&misspelt, &round(&misspelt), "").as_deref(), Some("/no_new_privilages"));
    }

    #[test]
    fn a_profiles_environment_wins_over_the_usual_one() {
        let mut plan = plan(Mapping::Shared);
        plan.profile.env = [("TERM", "vt100"), ("EDITOR", "vi")].map(|(k, v)| (k.to_owned(), v.to_owned())).into();
        let spec = spec_of(&plan, Slice::None);
        assert_eq!(spec["env"]["TERM"], "vt100");
        assert_eq!(spec["env"]["EDITOR"], "vi");
        assert_eq!(spec["env"]["LANG"], "C.UTF-8");
    }

    #[test]
    fn slots_lie_one_after_the_other_above_the_image_stores_own_ids() {
        assert_eq!(Mapping::Shared.account_ids(), (1, 65_535));
        assert_eq!(Mapping::Slot(0).account_ids(), (65_537, 65_536));
        assert_eq!(Mapping::Slot(31).account_ids(), (65_537 + 31 * 65_536, 65_536));
    }

    #[test]
    fn half_a_processor_is_half_of_each_period() {
        assert_eq!(cpu_quota(500), 50_000);
        assert_eq!(cpu_quota(4_000), 400_000);
    }
}
