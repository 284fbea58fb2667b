//! `/proc/PID/status`: privileges, ids, the seccomp filter.

use std::{fs, io};

use super::{NOT_OURS, Wrong, maps::IdMap};
use crate::podman::Plan;

/// What of `/proc/PID/status` matters here. Ids are as this process sees them.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::podman) struct Status {
    /// `S` sleeps, `R` runs or waits for a processor.
    pub(in crate::podman) state: char,
    pub(in crate::podman) parent: i32,
    /// Real, effective, saved, file system.
    pub(in crate::podman) uid: [u32; 4],
    pub(super) gid: [u32; 4],
    /// A SIGKILL waits for it: it is about to die, or dying.
    pub(in crate::podman) kill_pending: bool,
    pub(super) groups: Vec<u32>,
    /// Inheritable, permitted, effective, bounding, ambient.
    pub(super) capabilities: [u64; 5],
    pub(super) no_new_privs: bool,
    /// 2: a filter is in force.
    pub(super) seccomp: u32,
    pub(super) seccomp_filters: u32,
}

const SETS: [(&str, &str); 5] = [
    ("CapInh", "inheritable capabilities"),
    ("CapPrm", "permitted capabilities"),
    ("CapEff", "effective capabilities"),
    ("CapBnd", "bounding capabilities"),
    ("CapAmb", "ambient capabilities"),
];

/// The sets in which root inside has what its profile grants; the other two would pass it on over an exec.
const GRANTED: [&str; 3] = ["CapPrm", "CapEff", "CapBnd"];

/// Its bit in a set of signals.
const SIGKILL: u64 = 1 << (9 - 1);

impl Status {
    pub(in crate::podman) fn of(pid: i32) -> io::Result<Status> {
        let text = fs::read_to_string(format!("/proc/{pid}/status"))?;
        Status::parse(&text).map_err(io::Error::other)
    }

    pub(super) fn parse(text: &str) -> Result<Status, String> {
        // The first line, Name, is the process' own choice; the kernel escapes line ends in it.
        let field = |key: &str| {
            text.lines()
                .skip(1)
                .find_map(|line| line.strip_prefix(key)?.strip_prefix(':'))
                .map(str::trim)
                .ok_or_else(|| format!("/proc/PID/status has no {key}"))
        };
        let odd = |key: &str, value: &str| format!("/proc/PID/status says {key}: {value}");
        let number = |key: &str| -> Result<u32, String> {
            let value = field(key)?;
            value.parse().map_err(|_| odd(key, value))
        };
        let list = |key: &str| -> Result<Vec<u32>, String> {
            let value = field(key)?;
            value.split_ascii_whitespace().map(|n| n.parse().map_err(|_| odd(key, value))).collect()
        };
        let four = |key: &str| -> Result<[u32; 4], String> {
            list(key)?.try_into().map_err(|_| format!("/proc/PID/status has not four numbers in {key}"))
        };
        let mut capabilities = [0; 5];
        let bits = |key: &str| {
            let value = field(key)?;
            u64::from_str_radix(value, 16).map_err(|_| odd(key, value))
        };
        for (set, (key, _)) in capabilities.iter_mut().zip(SETS) {
            *set = bits(key)?;
        }
        Ok(Status {
            state: field("State")?.chars().next().unwrap_or('?'),
            parent: field("PPid").and_then(|pid| pid.parse().map_err(|_| odd("PPid", pid)))?,
            uid: four("Uid")?,
            gid: four("Gid")?,
            kill_pending: (bits("SigPnd")? | bits("ShdPnd")?) & SIGKILL != 0,
            groups: list("Groups")?,
            capabilities,
            no_new_privs: number("NoNewPrivs")? == 1,
            seccomp: number("Seccomp")?,
            seccomp_filters: number("Seccomp_filters")?,
        })
    }

    /// Everything that is in force before `start`. `uids` and `gids` are the container's maps as the host sees them.
    pub(super) fn check(&self, plan: &Plan, uids: &IdMap, gids: &IdMap) -> Result<(), Wrong> {
        if !self.no_new_privs {
            return Err(Wrong::new("no new privileges", 1, 0, NOT_OURS));
        }
        let granted = plan.profile.capabilities.iter().fold(0, |all, capability| all | capability.bit());
        for (set, (key, what)) in self.capabilities.into_iter().zip(SETS) {
            let wanted = if GRANTED.contains(&key) { granted } else { 0 };
            if set != wanted {
                let shown = |set: u64| if set == 0 { "none".to_owned() } else { format!("{set:#x}") };
                return Err(Wrong::new(what, shown(wanted), shown(set), NOT_OURS));
            }
        }
        let user = &plan.profile.user;
        let outside = |map: &IdMap, id: u32| map.outside(id).map_or_else(|| "unmapped".to_owned(), |id| id.to_string());
        for (what, map, inside, found) in [("uid", uids, user.uid, self.uid), ("gid", gids, user.gid, self.gid)] {
            if found.iter().any(|id| map.outside(inside) != Some(*id)) {
                return Err(Wrong::new(
                    what,
                    format!("{inside}, outside {}", outside(map, inside)),
                    format!("{found:?}"),
                    NOT_OURS,
                ));
            }
        }
        // Podman puts the primary group among them.
        if self.groups.iter().any(|group| gids.outside(user.gid) != Some(*group)) {
            let wanted = format!("none but {}, outside {}", user.gid, outside(gids, user.gid));
            return Err(Wrong::new("groups", wanted, format!("{:?}", self.groups), NOT_OURS));
        }
        Ok(())
    }

    /// After `start`.
    pub(super) fn check_filter(&self, filters: u32) -> Result<(), Wrong> {
        if self.seccomp == 2 && self.seccomp_filters == filters {
            return Ok(());
        }
        let found = format!("Seccomp {} with {} filters", self.seccomp, self.seccomp_filters);
        Err(Wrong::new("seccomp", format!("Seccomp 2 with {filters} filters"), found, NOT_OURS))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::podman::{Mapping, spec::tests::plan};

    const TEXTS: [&str; 2] = [
        include_str!("../../../tests/podman/status-4.3.1.txt"),
        include_str!("../../../tests/podman/status-5.4.2.txt"),
    ];

    fn map() -> IdMap {
        IdMap::parse("0 1065536 65536\n").unwrap()
    }

    fn wrong(text: &str) -> &'static str {
        let status = Status::parse(text).unwrap();
        status.check(&plan(Mapping::Slot(1)), &map(), &map()).unwrap_err().what
    }

    #[test]
    fn what_both_versions_make_is_what_was_asked() {
        for text in TEXTS {
            let status = Status::parse(text).unwrap();
            assert_eq!(status.check(&plan(Mapping::Slot(1)), &map(), &map()), Ok(()));
            assert_eq!((status.uid, status.groups.as_slice()), ([1_066_536; 4], [1_066_536].as_slice()));
        }
    }

    #[test]
    fn each_line_that_is_wrong_is_refused_by_its_name() {
        for text in TEXTS {
            for (line, other, item) in [
                ("NoNewPrivs:\t1", "NoNewPrivs:\t0", "no new privileges"),
                ("CapInh:\t0000000000000000", "CapInh:\t0000000000000001", "inheritable capabilities"),
                ("CapPrm:\t0000000000000000", "CapPrm:\t0000000000000400", "permitted capabilities"),
                ("CapEff:\t0000000000000000", "CapEff:\t000001ffffffffff", "effective capabilities"),
                ("CapBnd:\t0000000000000000", "CapBnd:\t00000000800405fb", "bounding capabilities"),
                ("CapAmb:\t0000000000000000", "CapAmb:\t0000000000000001", "ambient capabilities"),
                ("Uid:\t1066536\t1066536\t1066536\t1066536", "Uid:\t1065536\t1065536\t1065536\t1065536", "uid"),
                ("Uid:\t1066536\t1066536\t1066536\t1066536", "Uid:\t1066536\t1066536\t1065536\t1066536", "uid"),
                ("Gid:\t1066536\t1066536\t1066536\t1066536", "Gid:\t1000\t1000\t1000\t1000", "gid"),
                ("Groups:\t1066536 ", "Groups:\t1066536 1065563 ", "groups"),
                ("Groups:\t1066536 ", "Groups:\t1000 ", "groups"),
            ] {
                assert!(text.contains(line), "{line}");
                assert_eq!(wrong(&text.replace(line, other)), item, "{other}");
            }
        }
    }

    #[test]
    fn root_inside_has_what_its_profile_grants_in_three_sets_and_no_more() {
        let mut plan = plan(Mapping::Slot(1));
        plan.profile.capabilities = crate::config::Capability::ALL.into();
        let checked = |text: &str| Status::parse(text).unwrap().check(&plan, &map(), &map());
        let granted = |set: &str, bits: &str, text: &str| {
            text.replace(&format!("{set}:\t0000000000000000"), &format!("{set}:\t{bits}"))
        };
        let right = GRANTED.into_iter().fold(TEXTS[1].to_owned(), |text, set| granted(set, "00000000000000cb", &text));
        assert_eq!(checked(&right), Ok(()));
        assert_eq!(checked(TEXTS[1]).unwrap_err().what, "permitted capabilities");
        assert_eq!(
            checked(&right.replace("CapBnd:\t00000000000000cb", "CapBnd:\t00000000000004cb")).unwrap_err().what,
            "bounding capabilities"
        );
        for set in ["CapInh", "CapAmb"] {
            assert!(checked(&granted(set, "00000000000000cb", &right)).is_err(), "{set}");
        }
    }

    #[test]
    fn a_kill_that_waits_is_seen_whether_for_the_thread_or_the_process() {
        for set in ["SigPnd", "ShdPnd"] {
            let text = |bits: &str| TEXTS[0].replace(&format!("{set}:\t0000000000000000"), &format!("{set}:\t{bits}"));
            for (bits, kill_pending) in
                [("0000000000000000", false), ("0000000000000100", true), ("0000000000010200", false)]
            {
                assert_eq!(Status::parse(&text(bits)).unwrap().kill_pending, kill_pending, "{set} {bits}");
            }
        }
    }

    #[test]
    fn no_groups_at_all_is_fine() {
        let status = Status::parse(&TEXTS[0].replace("Groups:\t1066536 ", "Groups:\t ")).unwrap();
        assert_eq!(status.check(&plan(Mapping::Slot(1)), &map(), &map()), Ok(()));
    }

    #[test]
    fn an_outer_filter_alone_does_not_pass_for_ours() {
        let status = Status::parse(TEXTS[0]).unwrap(); // taken before `start`, under five outer filters
        assert_eq!((status.seccomp, status.seccomp_filters), (2, 5));
        assert_eq!(status.check_filter(6).unwrap_err().what, "seccomp");
        assert!(Status { seccomp_filters: 6, ..status.clone() }.check_filter(6).is_ok());
        assert!(Status { seccomp: 0, seccomp_filters: 6, ..status }.check_filter(6).is_err());
    }

    #[test]
    fn a_process_cannot_name_itself_into_privileges() {
        let text = TEXTS[0].replacen("Name:\tcrun", "Name:\tNoNewPrivs:\t0", 1);
        assert!(Status::parse(&text).unwrap().no_new_privs);
    }

    #[test]
    fn a_missing_or_odd_line_is_an_error_that_names_it() {
        for key in ["Uid", "Gid", "Groups", "CapBnd", "NoNewPrivs", "Seccomp", "Seccomp_filters"] {
            let gone: String =
                TEXTS[1].lines().filter(|l| !l.starts_with(&format!("{key}:"))).map(|l| format!("{l}\n")).collect();
            assert!(Status::parse(&gone).unwrap_err().contains(key), "{key}");
        }
        assert!(Status::parse(&TEXTS[1].replace("CapBnd:\t0", "CapBnd:\tz")).is_err());
        assert!(Status::parse("").is_err());
    }
}
