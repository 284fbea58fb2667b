//! Namespaces: each of the container's own, differing from the daemon's and from every other session's.

use std::{
    collections::HashMap,
    io,
    os::fd::OwnedFd,
    sync::{Mutex, PoisonError},
};

use super::{NOT_OURS, Wrong, maps::IdMap};
use crate::{config::Network, podman::conmon::ended, session::SessionId};

/// What `/proc/PID/ns` calls them, and the item's name.
const KINDS: [(&str, &str); 7] = [
    ("net", "net namespace"),
    ("ipc", "ipc namespace"),
    ("uts", "uts namespace"),
    ("mnt", "mnt namespace"),
    ("cgroup", "cgroup namespace"),
    ("pid", "pid namespace"),
    ("user", "user namespace"),
];

/// A process' seven namespaces, by inode.
pub(super) type Seat = [u64; KINDS.len()];

pub(super) fn read(pid: i32) -> io::Result<Seat> {
    read_from(&format!("/proc/{pid}/ns"))
}

pub(super) fn read_self() -> io::Result<Seat> {
    read_from("/proc/self/ns")
}

fn read_from(dir: &str) -> io::Result<Seat> {
    let mut seat = [0; KINDS.len()];
    for (inode, (kind, _)) in seat.iter_mut().zip(KINDS) {
        let link = std::fs::read_link(format!("{dir}/{kind}"))?;
        let text = link.to_string_lossy();
        let number = text.strip_prefix(kind).and_then(|t| t.strip_prefix(":[")?.strip_suffix(']')?.parse().ok());
        *inode = number.ok_or_else(|| io::Error::other(format!("{dir}/{kind} is {text}")))?;
    }
    Ok(seat)
}

/// `whose` is for the message.
pub(super) fn differ(seat: &Seat, other: &Seat, whose: &str) -> Result<(), Wrong> {
    for ((mine, theirs), (_, what)) in seat.iter().zip(other).zip(KINDS) {
        if mine == theirs {
            return Err(Wrong::new(what, "one of its own", whose, NOT_OURS));
        }
    }
    Ok(())
}

/// `/proc/PID/net/dev`: a loopback, and where the profile grants it the one device of the network's helper.
pub(super) fn devices(text: &str, network: Network) -> Result<(), Wrong> {
    let names: Vec<&str> = text.lines().skip(2).filter_map(|line| Some(line.split_once(':')?.0.trim())).collect();
    let (count, wanted) = match network {
        Network::None => (1, "lo alone"),
        Network::Outbound => (2, "lo and one device"),
    };
    let fits = names.len() == count && names.contains(&"lo");
    if fits { Ok(()) } else { Err(Wrong::new("network", wanted, names.join(", "), NOT_OURS)) }
}

/// The sessions that live now: no two may share a namespace or a slot's ids.
#[derive(Default)]
pub(in crate::podman) struct Neighbours(Mutex<HashMap<SessionId, Neighbour>>);

struct Neighbour {
    seat: Seat,
    /// `None` where all sessions share one mapping.
    slot: Option<IdMap>,
    /// Of its first process: inodes of namespaces are reused as soon as the last process in them is gone.
    pidfd: OwnedFd,
}

impl Neighbours {
    /// Enters a session beside the others.
    ///
    /// # Errors
    /// When it shares something with one that is alive.
    pub(super) fn enter(&self, id: SessionId, seat: Seat, slot: Option<IdMap>, pidfd: OwnedFd) -> Result<(), Wrong> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, other| !ended(&other.pidfd));
        for (other_id, other) in all.iter().filter(|(other_id, _)| **other_id != id) {
            differ(&seat, &other.seat, &format!("that of session {other_id}"))?;
            if let (Some(mine), Some(theirs)) = (&slot, &other.slot) {
                if mine.overlaps(theirs) {
                    return Err(Wrong::new("slot", "ids of its own", format!("those of session {other_id}"), NOT_OURS));
                }
            }
        }
        all.insert(id, Neighbour { seat, slot, pidfd });
        Ok(())
    }

    /// Enters a session that an earlier daemon proved, as it is.
    pub(in crate::podman) fn adopt(&self, id: SessionId, pid: i32) -> io::Result<()> {
        let pidfd = crate::podman::conmon::open_pidfd(pid)?;
        let neighbour = Neighbour { seat: read(pid)?, slot: None, pidfd };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(id, neighbour);
        Ok(())
    }

    pub(in crate::podman) fn leave(&self, id: SessionId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::podman::conmon::open_pidfd;

    const OURS: Seat = [1, 2, 3, 4, 5, 6, 7];

    fn seat(from: u64) -> Seat {
        std::array::from_fn(|i| from + i as u64)
    }

    fn map(text: &str) -> IdMap {
        IdMap::parse(text).unwrap()
    }

    fn me() -> OwnedFd {
        open_pidfd(i32::try_from(std::process::id()).unwrap()).unwrap()
    }

    #[test]
    fn each_namespace_shared_with_the_daemon_is_refused_by_its_name() {
        for (i, (_, what)) in KINDS.into_iter().enumerate() {
            let mut seat = seat(100);
            seat[i] = OURS[i];
            let wrong = differ(&seat, &OURS, "the daemon's own").unwrap_err();
            assert_eq!((wrong.what, wrong.found.as_str()), (what, "the daemon's own"));
        }
        assert_eq!(differ(&seat(100), &OURS, "the daemon's own"), Ok(()));
    }

    #[test]
    fn this_process_has_seven_namespaces_that_are_its_own_and_its_childrens() {
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let theirs = read(i32::try_from(child.id()).unwrap());
        child.kill().unwrap();
        child.wait().unwrap();
        let ours = read_self().unwrap();
        assert!(ours.iter().all(|inode| *inode != 0));
        assert_eq!(theirs.unwrap(), ours);
    }

    #[test]
    fn two_living_sessions_may_share_no_namespace_and_no_slot() {
        let all = Neighbours::default();
        let (one, two) = (SessionId::random(), SessionId::random());
        let slot = |first: u32| Some(map(&format!("0 {first} 65536")));
        all.enter(one, seat(100), slot(1_000_000), me()).unwrap();

        let mut same = seat(200);
        same[2] = 102;
        assert_eq!(all.enter(two, same, slot(2_000_000), me()).unwrap_err().what, "uts namespace");
        assert_eq!(all.enter(two, seat(200), slot(1_065_535), me()).unwrap_err().what, "slot");
        all.enter(two, seat(200), slot(2_000_000), me()).unwrap();
        // Asked again of the same session, it does not stand in its own way.
        all.enter(two, seat(200), slot(2_000_000), me()).unwrap();
    }

    #[test]
    fn sessions_that_share_one_mapping_on_purpose_still_share_no_namespace() {
        let all = Neighbours::default();
        all.enter(SessionId::random(), seat(100), None, me()).unwrap();
        all.enter(SessionId::random(), seat(200), None, me()).unwrap();
        assert!(all.enter(SessionId::random(), seat(106), None, me()).is_ok());
        assert!(all.enter(SessionId::random(), seat(200), None, me()).is_err());
    }

    #[test]
    fn the_namespaces_of_the_dead_and_of_those_who_left_are_free_again() {
        let all = Neighbours::default();
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let pidfd = open_pidfd(i32::try_from(child.id()).unwrap()).unwrap();
        all.enter(SessionId::random(), seat(100), None, pidfd).unwrap();
        assert!(all.enter(SessionId::random(), seat(100), None, me()).is_err());
        child.kill().unwrap();
        child.wait().unwrap();
        let next = SessionId::random();
        all.enter(next, seat(100), None, me()).unwrap();
        all.leave(next);
        all.enter(SessionId::random(), seat(100), None, me()).unwrap();
    }

    #[test]
    fn a_device_more_or_less_than_the_profile_grants_is_refused_by_its_name() {
        let head = "Inter-|   Receive  |  Transmit\n face |bytes packets|bytes packets\n";
        let (lo, tap) = ("    lo:       0       0\n", "  tap0: 0 0\n");
        assert_eq!(devices(&format!("{head}{lo}"), Network::None), Ok(()));
        let wrong = devices(&format!("{head}{lo}{tap}"), Network::None).unwrap_err();
        assert_eq!((wrong.what, wrong.found.as_str()), ("network", "lo, tap0"));
        assert_eq!(devices(&format!("{head}{lo}{tap}"), Network::Outbound), Ok(()));
        for text in [head.to_owned(), String::new(), format!("{head}{tap}")] {
            assert!(devices(&text, Network::None).is_err() && devices(&text, Network::Outbound).is_err(), "{text}");
        }
        assert!(devices(&format!("{head}{lo}"), Network::Outbound).is_err());
        assert!(devices(&format!("{head}{lo}{tap}  eth0: 0 0\n"), Network::Outbound).is_err());
    }
}
