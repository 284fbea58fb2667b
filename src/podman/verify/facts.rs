//! What was proven, as one line for the audit: `name=value`, with a blank between. Each item that is read back is in it.

use super::maps::IdMap;
use crate::{
    podman::{Mapping, Plan, door::Inspect, spec::wanted_limits},
    terminal::Certificate,
};

/// Of a container that passed every check; the seccomp filter is seen in force before the line is written anywhere.
/// `maps` are those of user and group ids.
pub(super) fn line(
    plan: &Plan,
    inspect: &Inspect,
    certificate: &Certificate,
    (uids, gids): (&IdMap, &IdMap),
    label: Option<&str>,
) -> String {
    let or_unavailable = |n: Option<u64>| n.map_or_else(|| "unavailable".to_owned(), |n| n.to_string());
    let or_none = |text: String| if text.is_empty() { "none".to_owned() } else { text };
    let isolation = match plan.mapping {
        Mapping::Shared => "shared".to_owned(),
        Mapping::Slot(k) => format!("slot:{k}"),
    };
    let map = |map: &IdMap| map.to_string().replace(", ", ",").replace(' ', ":");
    let user = &plan.profile.user;
    let mut items = vec![
        ("image_id", inspect.image.clone()),
        ("isolation", isolation),
        ("uid_map", map(uids)),
        ("gid_map", map(gids)),
        ("uid", user.uid.to_string()),
        ("gid", user.gid.to_string()),
        ("groups", "none".to_owned()),
        ("caps", or_none(certificate.capabilities.join(","))),
        ("no_new_privs", "1".to_owned()),
        ("seccomp", "coracle".to_owned()),
        ("namespaces", "own".to_owned()),
        ("root", if certificate.read_only_root { "ro" } else { "rw" }.to_owned()),
        ("mounts", "exact".to_owned()),
        ("network", certificate.network.clone()),
        ("memory", or_unavailable(certificate.memory)),
        ("swap", or_unavailable(certificate.swap)),
        ("millicpus", or_unavailable(certificate.millicpus.map(u64::from))),
        ("pids", or_unavailable(certificate.pids.map(u64::from))),
    ];
    items.extend(wanted_limits(plan).map(|(kind, most)| (kind, most.to_string())));
    items.push(("selinux", label.unwrap_or("off").to_owned()));
    items.into_iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::podman::spec::tests::plan;

    fn certificate() -> Certificate {
        Certificate {
            memory: Some(209_715_200),
            swap: Some(0),
            millicpus: Some(500),
            pids: Some(128),
            network: "none".into(),
            isolation: "slot".into(),
            capabilities: Vec::new(),
            no_new_privileges: true,
            seccomp: "coracle".into(),
            read_only_root: true,
        }
    }

    fn map(text: &str) -> IdMap {
        IdMap::parse(text).unwrap()
    }

    /// As both versions of Podman answer, and the image's id in it.
    fn inspects() -> [(Inspect, &'static str); 2] {
        [
            (
                include_str!("../../../tests/podman/inspect-4.3.1.json"),
                "b868b45ba10feb1c61dbc88518cf1318869df4a38b2643b6644b396b9e7a4d72",
            ),
            (
                include_str!("../../../tests/podman/inspect-5.4.2.json"),
                "75a15246d4c778ad190eca97a0e972d15d72763ae0d031f6a3772dfdf0a606bd",
            ),
        ]
        .map(|(text, image)| (Inspect::read(text.as_bytes()).unwrap(), image))
    }

    #[test]
    fn every_item_that_is_read_back_is_in_the_line() {
        for (inspect, image) in inspects() {
            let maps = (&map("0 1065536 65536"), &map("0 1000 1\n1 1065537 65535"));
            let line = line(&plan(Mapping::Slot(3)), &inspect, &certificate(), maps, Some("a:b:c:s0"));
            assert_eq!(
                line,
                format!(
                    "image_id={image} isolation=slot:3 uid_map=0:1065536:65536 gid_map=0:1000:1,1:1065537:65535 uid=1000 \
                     gid=1000 groups=none caps=none no_new_privs=1 seccomp=coracle namespaces=own root=ro mounts=exact \
                     network=none memory=209715200 swap=0 millicpus=500 pids=128 core=0 nofile=1024 fsize=50331648 \
                     selinux=a:b:c:s0"
                )
            );
        }
    }

    #[test]
    fn what_was_not_read_is_said_to_be_unavailable() {
        let none = Certificate { memory: None, swap: None, millicpus: None, pids: None, ..certificate() };
        let ids = map("0 1 1000");
        let line = line(&plan(Mapping::Shared), &inspects()[0].0, &none, (&ids, &ids), None);
        assert!(line.contains(" isolation=shared "), "{line}");
        assert!(
            line.contains(" memory=unavailable swap=unavailable millicpus=unavailable pids=unavailable "),
            "{line}"
        );
        assert!(line.ends_with(" selinux=off"), "{line}");
    }
}
