//! What profiles with a network, or with a root that can be written to, want of the host.

use std::{fs, os::unix::fs::MetadataExt, path::Path};

use super::{Account, Check};
use crate::sys::command;
use crate::{
    config::{Config, Network, Profile},
    podman::Standing,
};

const OUTBOUND: &str = "outbound";
const LAYERS: &str = "layers";
/// The rules that the account's slice should have.
const RULES: &str = include_str!("../../../packaging/egress.conf");
/// Where packages put them.
const RULES_FILE: &str = "/usr/share/coracle/egress.conf";

pub(super) fn check(account: &Account, config: &Config, standing: &Standing, checks: &mut Vec<Check>) {
    let outbound: Vec<&Profile> = config.profiles.iter().filter(|p| p.network == Network::Outbound).collect();
    if !outbound.is_empty() {
        checks.extend(helper(&outbound, standing));
        checks.push(rules(account));
    }
    if config.profiles.iter().any(|p| p.layer_size.is_some()) {
        checks.push(layers(&standing.store));
    }
}

/// Whether Podman can give these profiles the network that they want.
fn helper(outbound: &[&Profile], standing: &Standing) -> Vec<Check> {
    if standing.keeps_from_host() {
        return vec![Check::ok(OUTBOUND, "pasta keeps sessions from this host's own addresses")];
    }
    let of_one = |profile: &&Profile| match profile.allow_host_access {
        true => Check::warn(
            OUTBOUND,
            format!(
                "sessions of profile {} reach this host's own addresses: Podman {} has no pasta",
                profile.name, standing.version
            ),
            "take Podman 4.4 or newer",
        ),
        false => Check::fail(
            OUTBOUND,
            format!("sessions of profile {} do not start: Podman {} has no pasta", profile.name, standing.version),
            format!("take Podman 4.4 or newer, or write allow_host_access = true under profile {}", profile.name),
        ),
    };
    outbound.iter().map(of_one).collect()
}

/// Whether the account's slice closes private networks.
fn rules(account: &Account) -> Check {
    let slice = format!("user-{}.slice", account.uid);
    match command::answer(&["systemctl", "show", &slice, "--property=IPAddressDeny", "--value"], account.uid) {
        Ok(denied) => judge_rules(&denied, account, &slice),
        Err(why) => Check::skipped(OUTBOUND, why),
    }
}

fn judge_rules(denied: &str, account: &Account, slice: &str) -> Check {
    let open: Vec<&str> = wanted().filter(|range| !denied.split_whitespace().any(|one| one == *range)).collect();
    if open.is_empty() {
        return Check::ok(OUTBOUND, format!("{slice} closes private networks and metadata services"));
    }
    let found = match open.len() == wanted().count() {
        true => format!(
            "{slice} has no rules: sessions with a network reach this host's private networks and metadata services"
        ),
        false => format!("{slice} leaves {} open to sessions with a network", open.join(", ")),
    };
    let file = format!("/etc/systemd/system/{slice}.d/coracle-egress.conf");
    Check::warn(
        OUTBOUND,
        found,
        account.root(&format!("sh -c 'install -D -m 644 {RULES_FILE} {file} && systemctl daemon-reload'")),
    )
}

/// The ranges that the shipped rules deny.
fn wanted() -> impl Iterator<Item = &'static str> {
    RULES.lines().filter_map(|line| line.strip_prefix("IPAddressDeny=")).flat_map(str::split_whitespace)
}

/// What sessions write there can fill a disk; what they share it with then stands still.
fn layers(store: &Path) -> Check {
    let device = |path: &Path| fs::metadata(path).map(|found| found.dev());
    match (device(store), device(Path::new("/"))) {
        (Ok(store_device), Ok(root)) if store_device == root => Check::warn(
            LAYERS,
            format!("{} is on the root file system, and sessions with a layer_size write to it", store.display()),
            format!("give {} a file system of its own", store.display()),
        ),
        (Ok(_), Ok(_)) => Check::ok(LAYERS, format!("{} is not on the root file system", store.display())),
        (Err(error), _) | (_, Err(error)) => Check::skipped(LAYERS, format!("{}: {error}", store.display())),
    }
}

#[cfg(test)]
mod tests {
    use super::super::State;
    use super::*;

    #[test]
    fn a_range_that_is_open_is_named_with_the_way_to_close_it() {
        let account = Account::for_tests("coracle", 990, true);
        let all: Vec<&str> = wanted().collect();
        assert!(all.contains(&"10.0.0.0/8") && all.contains(&"fe80::/10"), "{all:?}");
        let judged = |denied: &str| judge_rules(denied, &account, "user-990.slice");
        assert_eq!(judged(&all.join(" ")).state, State::Ok);
        let some = judged(&all[1..].join(" "));
        assert_eq!((some.state, some.found.contains(all[0])), (State::Warn, true), "{some:?}");
        assert!(judged("").found.contains("no rules"));
        assert!(some.fix.unwrap().contains("/etc/systemd/system/user-990.slice.d/coracle-egress.conf"));
    }

    #[test]
    fn slirp_is_a_failure_unless_the_profile_accepts_it() {
        let standing = |version: &str| Standing {
            version: version.to_owned(),
            runtime: "crun".to_owned(),
            cgroup_manager: "systemd".to_owned(),
            cgroups: "v2".to_owned(),
            driver: "overlay".to_owned(),
            store: "/s".into(),
            ids: 0,
        };
        let mut profile = Profile { network: Network::Outbound, ..Profile::default() };
        assert_eq!(helper(&[&profile], &standing("5.4.2"))[0].state, State::Ok);
        assert_eq!(helper(&[&profile], &standing("4.3.1"))[0].state, State::Fail);
        profile.allow_host_access = true;
        assert_eq!(helper(&[&profile], &standing("4.3.1"))[0].state, State::Warn);
    }
}
