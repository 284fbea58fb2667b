//! `uid_map` and `gid_map`: whose ids the container's ids are.

use super::{NOT_OURS, Wrong};
use crate::podman::Mapping;

/// A namespace's map, as a process outside of it reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct IdMap(Vec<Extent>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Extent {
    inside: u32,
    outside: u32,
    count: u32,
}

impl IdMap {
    /// Lines of `inside outside count`; neighbours that continue each other are joined.
    pub(super) fn parse(text: &str) -> Result<IdMap, String> {
        let mut extents = Vec::new();
        for line in text.lines() {
            let odd = || format!("the line {line:?}");
            let numbers: Vec<u32> =
                line.split_ascii_whitespace().map(str::parse).collect::<Result<_, _>>().map_err(|_| odd())?;
            let &[inside, outside, count] = numbers.as_slice() else { return Err(odd()) };
            if count == 0 || inside.checked_add(count - 1).is_none() || outside.checked_add(count - 1).is_none() {
                return Err(odd());
            }
            extents.push(Extent { inside, outside, count });
        }
        Ok(IdMap::joined(extents))
    }

    fn joined(mut extents: Vec<Extent>) -> IdMap {
        extents.sort_by_key(|e| e.inside);
        let mut all: Vec<Extent> = Vec::with_capacity(extents.len());
        for e in extents {
            match all.last_mut() {
                Some(last)
                    if last.inside.checked_add(last.count) == Some(e.inside)
                        && last.outside.checked_add(last.count) == Some(e.outside) =>
                {
                    last.count += e.count;
                }
                _ => all.push(e),
            }
        }
        IdMap(all)
    }

    /// The outside id of `inside`.
    pub(super) fn outside(&self, inside: u32) -> Option<u32> {
        let extent = self.0.iter().find(|e| inside >= e.inside && inside - e.inside < e.count)?;
        Some(extent.outside + (inside - extent.inside))
    }

    /// The map of a namespace inside of this one, in which `0..count` are this one's `first..first + count`.
    fn inner(&self, first: u32, count: u32) -> Option<IdMap> {
        let (mut inside, mut extents) = (0, Vec::new());
        while inside < count {
            let id = first.checked_add(inside)?;
            let e = self.0.iter().find(|e| id >= e.inside && id - e.inside < e.count)?;
            let piece = (e.count - (id - e.inside)).min(count - inside);
            extents.push(Extent { inside, outside: e.outside + (id - e.inside), count: piece });
            inside += piece;
        }
        Some(IdMap::joined(extents))
    }

    fn holds_outside(&self, id: u32) -> bool {
        self.0.iter().any(|e| id >= e.outside && id - e.outside < e.count)
    }

    /// Whether any outside id is in both.
    pub(super) fn overlaps(&self, other: &IdMap) -> bool {
        let end = |e: &Extent| u64::from(e.outside) + u64::from(e.count);
        self.0.iter().any(|a| other.0.iter().any(|b| u64::from(a.outside) < end(b) && u64::from(b.outside) < end(a)))
    }
}

impl std::fmt::Display for IdMap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (i, e) in self.0.iter().enumerate() {
            let comma = if i == 0 { "" } else { ", " };
            write!(f, "{comma}{} {} {}", e.inside, e.outside, e.count)?;
        }
        Ok(())
    }
}

/// Whether the container's map `found` is exactly what `mapping` says. `account` is the map of the account's own namespace
/// (conmon's), `own` the daemon's uid or gid, which must be nobody inside. Returns `found`.
pub(super) fn check(
    what: &'static str,
    mapping: Mapping,
    account: &IdMap,
    found: &IdMap,
    own: u32,
) -> Result<IdMap, Wrong> {
    const FIX: &str = "give the account enough ids in /etc/subuid and /etc/subgid, then `podman system migrate`";
    let (first, count) = mapping.account_ids();
    let wanted = account.inner(first, count).ok_or_else(|| {
        Wrong::new(
            what,
            format!("{count} ids from the account's {first} on"),
            format!("the account has {account}"),
            FIX,
        )
    })?;
    if found.holds_outside(own) {
        return Err(Wrong::new(what, format!("{wanted}, and never {own}"), found, NOT_OURS));
    }
    if *found != wanted {
        return Err(Wrong::new(what, wanted, found, NOT_OURS));
    }
    Ok(wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACCOUNT: &str =
        "         0       1000          1\n         1     100000      65536\n     65537    1000000    4194304\n";

    fn map(text: &str) -> IdMap {
        IdMap::parse(text).unwrap()
    }

    fn checked(mapping: Mapping, found: &str) -> Result<IdMap, &'static str> {
        check("uid_map", mapping, &map(ACCOUNT), &map(found), 1000).map_err(|wrong| wrong.what)
    }

    #[test]
    fn what_both_versions_make_of_a_slot_is_that_slot() {
        for text in [
            include_str!("../../../tests/podman/uid_map-4.3.1.txt"),
            include_str!("../../../tests/podman/uid_map-5.4.2.txt"),
        ] {
            assert!(checked(Mapping::Slot(1), text).is_ok());
            assert_eq!(checked(Mapping::Slot(0), text), Err("uid_map"), "another slot's ids");
            assert_eq!(checked(Mapping::Shared, text), Err("uid_map"));
        }
        assert!(checked(Mapping::Shared, "0 100000 65535").is_ok());
        assert!(checked(Mapping::Slot(0), "0 1000000 65536").is_ok());
    }

    #[test]
    fn a_map_with_the_daemons_own_id_is_refused_whatever_else_it_holds() {
        for found in ["0 1000 1\n1 100000 65535", "0 0 4294967295", "0 100000 65535\n65535 1000 1"] {
            assert_eq!(checked(Mapping::Shared, found), Err("uid_map"), "{found}");
        }
    }

    #[test]
    fn a_map_that_is_too_long_too_short_or_absent_is_refused() {
        for found in ["0 1000000 65535", "0 1000000 65537", "", "1 1000001 65535"] {
            assert_eq!(checked(Mapping::Slot(0), found), Err("uid_map"), "{found}");
        }
    }

    #[test]
    fn a_slot_across_two_ranges_of_the_account_is_two_lines() {
        let account = map("0 1000 1\n1 100000 100000\n100001 500000 100000\n");
        let wanted = "0 165536 34464\n34464 500000 31072\n";
        assert_eq!(check("uid_map", Mapping::Slot(0), &account, &map(wanted), 1000), Ok(map(wanted)));
        // Podman may split where the kernel would not.
        assert!(
            check(
                "uid_map",
                Mapping::Slot(0),
                &account,
                &map("0 165536 30000\n30000 195536 4464\n34464 500000 31072"),
                1000
            )
            .is_ok()
        );
    }

    #[test]
    fn an_account_without_that_many_ids_is_told_where_to_get_them() {
        let wrong = check("uid_map", Mapping::Slot(0), &map("0 1000 1\n1 100000 65536"), &map("0 100000 65536"), 1000);
        let wrong = wrong.unwrap_err();
        assert!(wrong.fix.contains("/etc/subuid"), "{wrong:?}");
        assert!(check("uid_map", Mapping::Slot(u32::MAX), &map(ACCOUNT), &map("0 1 1"), 1000).is_err());
    }

    #[test]
    fn overlap_is_seen_at_the_last_id_and_not_beyond() {
        let slot = map("0 1000000 65536");
        assert!(slot.overlaps(&map("0 1065535 1")));
        assert!(!slot.overlaps(&map("0 1065536 65536")));
        assert!(!slot.overlaps(&map("")));
    }

    #[test]
    fn odd_lines_are_errors() {
        for text in ["0 1", "0 1 2 3", "a b c", "0 0 0", "4294967295 0 2", "-1 0 1"] {
            assert!(IdMap::parse(text).is_err(), "{text}");
        }
    }
}
