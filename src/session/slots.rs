//! Which subordinate ids a session gets: slots of 65,536, the lowest free one first (its copy of the image is there).

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use crate::{config::Isolation, podman::Mapping};

/// Ids of one slot; the first that many of the account stay free, the image store's own files belong to them.
const SLOT: u64 = 65_536;
/// What `shared` needs.
const SHARED: u64 = 65_535;

/// Why no session can have ids.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum NoSlots {
    #[error("{0}")]
    Unreadable(String),
    #[error("{found}; run `{command}`, then, as {who}, `podman system migrate`")]
    TooFew {
        found: String,
        /// For root.
        command: String,
        who: String,
    },
}

/// The slots of this account.
#[derive(Debug)]
pub(crate) struct Slots {
    /// The account's subordinate uids.
    uids: Ranges,
    /// How many slots there are; `None` in shared mode.
    count: Option<u32>,
    taken: BTreeSet<u32>,
    /// Where processes are listed.
    proc: PathBuf,
}

impl Slots {
    /// Reads the account's ranges from /etc/subuid and /etc/subgid. `max` is `sessions.max`.
    ///
    /// # Errors
    /// A sentence naming the file, what is wanted and the command that fixes it.
    pub(crate) fn open(isolation: Isolation, max: u32) -> Result<Slots, NoSlots> {
        Slots::of_account(rustix::process::geteuid().as_raw(), isolation, max)
    }

    /// As [`Slots::open`], of another account.
    pub(crate) fn of_account(uid: u32, isolation: Isolation, max: u32) -> Result<Slots, NoSlots> {
        Slots::open_in(Path::new("/"), uid, isolation, max)
    }

    /// Of an account without processes, with ids for a few sessions; `dir` becomes its host.
    #[cfg(test)]
    pub(crate) fn for_test(dir: &Path) -> Slots {
        for place in ["etc", "proc"] {
            fs::create_dir_all(dir.join(place)).unwrap();
        }
        for file in ["etc/subuid", "etc/subgid"] {
            fs::write(dir.join(file), "990:1000000:524288\n").unwrap();
        }
        Slots::open_in(dir, 990, Isolation::Auto, 4).unwrap()
    }

    /// `root` holds `etc/passwd`, `etc/subuid`, `etc/subgid` and `proc`.
    fn open_in(root: &Path, uid: u32, isolation: Isolation, max: u32) -> Result<Slots, NoSlots> {
        let user = user_name(&fs::read_to_string(root.join("etc/passwd")).unwrap_or_default(), uid);
        let ranges = |file: &str| {
            let text = fs::read_to_string(root.join("etc").join(file))
                .map_err(|e| NoSlots::Unreadable(format!("/etc/{file}: {e}")))?;
            Ok::<_, NoSlots>(Ranges::of(&text, user.as_deref(), uid))
        };
        let (uids, gids) = (ranges("subuid")?, ranges("subgid")?);
        let (file, fewer) = if uids.total() <= gids.total() { ("subuid", &uids) } else { ("subgid", &gids) };
        let ids = fewer.total();
        let slots = u32::try_from((ids / SLOT).saturating_sub(1)).unwrap_or(u32::MAX);

        let who = user.unwrap_or_else(|| format!("{uid}"));
        let too_few = |why: String, wanted: u64| {
            // Beyond everything that is given out already, to anyone.
            let first = uids.beyond.max(gids.beyond).max(100_000);
            let last = first + wanted - 1;
            NoSlots::TooFew {
                found: format!("/etc/{file} gives {who} {ids} ids, {why}"),
                command: format!("usermod --add-subuids {first}-{last} --add-subgids {first}-{last} {who}"),
                who: who.clone(),
            }
        };
        let count = match isolation {
            Isolation::Auto if slots >= 2 => Some(slots),
            Isolation::Slots if slots < max => {
                let wanted = (u64::from(max) + 1) * SLOT;
                let why = format!(
                    "which is {slots} slots; sessions.isolation = \"slots\" with sessions.max = {max} needs {wanted} ids"
                );
                return Err(too_few(why, wanted));
            }
            Isolation::Slots => Some(slots),
            Isolation::Auto | Isolation::Shared if ids < SHARED => {
                return Err(too_few(format!("and sessions need at least {SHARED}"), SLOT));
            }
            Isolation::Auto | Isolation::Shared => None,
        };
        Ok(Slots { uids, count, taken: BTreeSet::new(), proc: root.join("proc") })
    }

    /// The lowest slot that neither a session of ours nor any process on the host uses; `Mapping::Shared` in shared mode;
    /// `None`: all are taken, or it cannot be told which are used.
    pub(crate) fn take(&mut self) -> Option<Mapping> {
        let Some(count) = self.count else { return Some(Mapping::Shared) };
        let used = match used_ids(&self.proc) {
            Ok(used) => used,
            Err(error) => {
                tracing::error!(%error, "no slot is given out: /proc cannot be read");
                return None;
            }
        };
        let free =
            |k: &u32| !self.taken.contains(k) && !self.uids.slot(*k).any(|(a, b)| used.range(a..b).next().is_some());
        let slot = (0..count).find(free)?;
        self.taken.insert(slot);
        Some(Mapping::Slot(slot))
    }

    /// Marks a slot as taken by an adopted session.
    pub(crate) fn occupy(&mut self, mapping: Mapping) {
        if let Mapping::Slot(k) = mapping {
            self.taken.insert(k);
        }
    }

    /// To be called when the container is gone.
    pub(crate) fn release(&mut self, mapping: Mapping) {
        if let Mapping::Slot(k) = mapping {
            self.taken.remove(&k);
        }
    }

    /// How many sessions can have ids of their own at once; `None` in shared mode.
    pub(crate) fn count(&self) -> Option<u32> {
        self.count
    }

    /// The account's subordinate uids.
    pub(crate) fn ids(&self) -> u64 {
        self.uids.total()
    }

    /// `slots` or `shared`.
    pub(crate) fn word(&self) -> &'static str {
        if self.count.is_some() { Mapping::Slot(0).word() } else { Mapping::Shared.word() }
    }
}

/// The subordinate ids of one account, in the order in which Podman strings them together: by their first id.
#[derive(Debug, PartialEq)]
struct Ranges {
    /// First id and number of ids.
    own: Vec<(u64, u64)>,
    /// The first id that is nobody's, in this file.
    beyond: u64,
}

impl Ranges {
    /// Lines are `name-or-uid:first:count`; others are of no concern here.
    fn of(text: &str, user: Option<&str>, uid: u32) -> Ranges {
        let (mut own, mut beyond) = (Vec::new(), 0);
        for line in text.lines() {
            let mut fields = line.trim().split(':');
            let (Some(who), Some(Ok(first)), Some(Ok(count)), None) = (
                fields.next(),
                fields.next().map(str::parse::<u32>),
                fields.next().map(str::parse::<u32>),
                fields.next(),
            ) else {
                continue;
            };
            let (first, count) = (u64::from(first), u64::from(count));
            beyond = beyond.max(first + count);
            if user == Some(who) || who.parse() == Ok(uid) {
                own.push((first, count));
            }
        }
        own.sort_unstable();
        own.dedup();
        Ranges { own, beyond }
    }

    fn total(&self) -> u64 {
        self.own.iter().map(|(_, count)| count).sum()
    }

    /// The host's ids of slot `k`: from the first one to before the second.
    fn slot(&self, k: u32) -> impl Iterator<Item = (u64, u64)> + '_ {
        let from = (u64::from(k) + 1) * SLOT;
        let to = from + SLOT;
        let mut passed = 0;
        self.own.iter().filter_map(move |&(first, count)| {
            let (a, b) = (from.max(passed), to.min(passed + count));
            let piece = (a < b).then(|| (first + (a - passed), first + (b - passed)));
            passed += count;
            piece
        })
    }
}

fn user_name(passwd: &str, uid: u32) -> Option<String> {
    passwd.lines().find_map(|line| {
        let mut fields = line.split(':');
        let (name, _password, id) = (fields.next()?, fields.next()?, fields.next()?);
        (id.parse() == Ok(uid)).then(|| name.to_owned())
    })
}

/// Every uid that some process has, in any of its four roles.
fn used_ids(proc: &Path) -> std::io::Result<BTreeSet<u64>> {
    let mut used = BTreeSet::new();
    for entry in fs::read_dir(proc)? {
        let entry = entry?;
        if !entry.file_name().as_encoded_bytes().iter().all(u8::is_ascii_digit) {
            continue;
        }
        // Gone in the meantime: then it uses nothing.
        let Ok(status) = fs::read_to_string(entry.path().join("status")) else { continue };
        let uids = status.lines().skip(1).find_map(|line| line.strip_prefix("Uid:")).unwrap_or_default();
        used.extend(uids.split_ascii_whitespace().filter_map(|id| id.parse::<u64>().ok()));
    }
    Ok(used)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Host(tempfile::TempDir);

    impl Host {
        fn new(subuid: &str, subgid: &str) -> Host {
            let host = Host(tempfile::tempdir().unwrap());
            for dir in ["etc", "proc/self", "proc/1"] {
                fs::create_dir_all(host.0.path().join(dir)).unwrap();
            }
            host.write("etc/passwd", "root:x:0:0::/root:/bin/sh\ncoracle:x:990:990::/var/lib/coracle:/sbin/nologin\n");
            host.write("etc/subuid", subuid);
            host.write("etc/subgid", subgid);
            host.process(1, 0);
            host
        }

        fn write(&self, file: &str, text: &str) {
            fs::write(self.0.path().join(file), text).unwrap();
        }

        fn process(&self, pid: u32, uid: u64) {
            fs::create_dir_all(self.0.path().join(format!("proc/{pid}"))).unwrap();
            let status = format!("Name:\tx\nUmask:\t0022\nUid:\t{uid}\t{uid}\t{uid}\t{uid}\nGid:\t0\t0\t0\t0\n");
            self.write(&format!("proc/{pid}/status"), &status);
        }

        fn open(&self, isolation: Isolation, max: u32) -> Result<Slots, String> {
            Slots::open_in(self.0.path(), 990, isolation, max).map_err(|e| e.to_string())
        }
    }

    fn host(ids: u64) -> Host {
        let line = format!("coracle:1000000:{ids}\n");
        Host::new(&line, &line)
    }

    #[test]
    fn the_lowest_free_slot_comes_first_and_none_is_given_twice() {
        let mut slots = host(4 * SLOT).open(Isolation::Auto, 32).unwrap();
        assert_eq!(slots.word(), "slots");
        // Directory and all: a host that is dropped has no /proc.
        let host = host(4 * SLOT);
        slots.proc = host.0.path().join("proc");
        assert_eq!([slots.take(), slots.take(), slots.take()], [0, 1, 2].map(|k| Some(Mapping::Slot(k))));
        assert_eq!(slots.take(), None, "the account has three");
        slots.release(Mapping::Slot(1));
        assert_eq!(slots.take(), Some(Mapping::Slot(1)));
    }

    #[test]
    fn a_slot_in_which_any_process_still_lives_is_passed_over() {
        let host = host(4 * SLOT);
        let mut slots = host.open(Isolation::Auto, 32).unwrap();
        host.process(100, 1_000_000 + SLOT + 1000); // in slot 0
        host.process(101, 1_000_000 + 3 * SLOT - 1); // the last id of slot 1
        assert_eq!(slots.take(), Some(Mapping::Slot(2)));
        assert_eq!(slots.take(), None);
        fs::remove_dir_all(host.0.path().join("proc/100")).unwrap();
        assert_eq!(slots.take(), Some(Mapping::Slot(0)));
    }

    #[test]
    fn the_image_stores_own_ids_belong_to_no_slot() {
        let host = host(3 * SLOT);
        let mut slots = host.open(Isolation::Auto, 32).unwrap();
        host.process(100, 1_000_000);
        host.process(101, 1_000_000 + SLOT - 1);
        assert_eq!(slots.take(), Some(Mapping::Slot(0)));
    }

    #[test]
    fn an_adopted_session_keeps_its_slot() {
        let host = host(4 * SLOT);
        let mut slots = host.open(Isolation::Auto, 32).unwrap();
        slots.occupy(Mapping::Slot(0));
        assert_eq!(slots.take(), Some(Mapping::Slot(1)));
        slots.release(Mapping::Slot(0));
        assert_eq!(slots.take(), Some(Mapping::Slot(0)));
    }

    #[test]
    fn a_slot_may_lie_across_two_ranges_and_both_pieces_are_looked_at() {
        let lines = "coracle:5000000:131072\ncoracle:1000000:100000\n"; // Podman strings them together by first id
        for (uid, taken) in [(1_000_000 + SLOT, true), (5_000_000, true), (5_000_000 + 2 * SLOT - 100_000, false)] {
            let host = Host::new(lines, lines);
            let mut slots = host.open(Isolation::Auto, 32).unwrap();
            assert_eq!(
                slots.uids.slot(0).collect::<Vec<_>>(),
                [(1_065_536, 1_100_000), (5_000_000, 5_000_000 + 2 * SLOT - 100_000)]
            );
            host.process(7, uid);
            let first = if taken { 1 } else { 0 };
            assert_eq!(slots.take(), Some(Mapping::Slot(first)), "uid {uid}");
        }
    }

    #[test]
    fn auto_shares_one_mapping_where_there_are_not_two_slots() {
        for ids in [SHARED, SLOT, 2 * SLOT, 3 * SLOT - 1] {
            let mut slots = host(ids).open(Isolation::Auto, 32).unwrap();
            assert_eq!((slots.word(), slots.take()), ("shared", Some(Mapping::Shared)));
            assert_eq!(slots.take(), Some(Mapping::Shared));
            slots.release(Mapping::Shared);
        }
        assert_eq!(host(3 * SLOT).open(Isolation::Auto, 32).unwrap().word(), "slots");
        assert_eq!(host(40 * SLOT).open(Isolation::Shared, 32).unwrap().word(), "shared");
    }

    #[test]
    fn slots_that_do_not_suffice_for_all_sessions_are_refused_with_the_command_that_adds_them() {
        assert!(host(5 * SLOT).open(Isolation::Slots, 4).is_ok());
        let why = host(5 * SLOT - 1).open(Isolation::Slots, 4).unwrap_err();
        for part in
            ["/etc/subuid", "sessions.max = 4", "327680 ids", "usermod --add-subuids 1327679-1655358", "coracle"]
        {
            assert!(why.contains(part), "{part} in: {why}");
        }
    }

    #[test]
    fn an_account_without_ids_is_refused_in_every_mode() {
        for isolation in [Isolation::Auto, Isolation::Slots, Isolation::Shared] {
            let why = Host::new("other:100000:65536\n", "other:100000:65536\n").open(isolation, 4).unwrap_err();
            assert!(why.contains("gives coracle 0 ids") && why.contains("--add-subuids 165536-"), "{why}");
        }
        let few = Host::new("coracle:100000:65536\n", "coracle:100000:1000\n").open(Isolation::Shared, 4).unwrap_err();
        assert!(few.contains("/etc/subgid gives coracle 1000"), "{few}");
    }

    #[test]
    fn lines_by_number_count_and_broken_or_foreign_ones_do_not() {
        let text = "# comment\n990:2000000:65536\ncoracle:1000000:65536\ncoracle:x:1\ncoracle:1\nroot:1:9:9\n\n991:3000000:65536\n";
        let ranges = Ranges::of(text, Some("coracle"), 990);
        assert_eq!(ranges, Ranges { own: vec![(1_000_000, SLOT), (2_000_000, SLOT)], beyond: 3_000_000 + SLOT });
        assert_eq!(Ranges::of(text, None, 990).own, [(2_000_000, SLOT)]);
    }

    #[test]
    fn a_process_table_that_cannot_be_read_gives_no_slot() {
        let host = host(4 * SLOT);
        let mut slots = host.open(Isolation::Auto, 32).unwrap();
        fs::remove_dir_all(host.0.path().join("proc")).unwrap();
        assert_eq!(slots.take(), None);
    }

    #[test]
    fn this_hosts_process_table_shows_this_process() {
        let mine = u64::from(rustix::process::geteuid().as_raw());
        assert!(used_ids(Path::new("/proc")).unwrap().contains(&mine));
    }
}
