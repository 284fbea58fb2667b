//! What systemd keeps for the next daemon: descriptors, each under a name (`FileDescriptorStoreMax=`). They outlive this
//! process if it dies or is restarted, and go when the service is stopped.
//!
//! Outside systemd, and where the unit allows no descriptors, nothing is kept, and nobody says so: who comes next finds
//! nothing.

use std::{
    collections::BTreeMap,
    env,
    io::{self, IoSlice},
    mem::MaybeUninit,
    os::{
        fd::{BorrowedFd, OwnedFd},
        unix::ffi::OsStrExt,
    },
};

use rustix::net::{
    AddressFamily, SendAncillaryBuffer, SendAncillaryMessage, SendFlags, SocketAddrUnix, SocketFlags, SocketType,
    sendmsg_addr, socket_with,
};

use crate::sys::command;

/// Sockets that an earlier daemon put into the store, by name.
pub(crate) type Stored = BTreeMap<String, OwnedFd>;

/// What comes after this process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Departure {
    /// The service is started again, and the store is kept until then.
    Restart,
    /// The service is stopped: what was stored is closed.
    Stop,
}

/// Puts a descriptor into the store. It stays there although its other end hangs up: what was not read yet is in it. `false`:
/// systemd did not start this process, so there is no store.
///
/// # Errors
/// When systemd could not be told.
pub(crate) fn store(name: &str, descriptor: BorrowedFd<'_>) -> io::Result<bool> {
    tell(&format!("FDSTORE=1\nFDNAME={name}\nFDPOLL=0\n"), &[descriptor])
}

/// Takes all of this name out of the store.
///
/// # Errors
/// When systemd could not be told.
pub(crate) fn unstore(name: &str) -> io::Result<()> {
    tell(&format!("FDSTOREREMOVE=1\nFDNAME={name}\n"), &[]).map(drop)
}

/// (sd-notify sends descriptors only with one more crate, for this one call.)
fn tell(state: &str, descriptors: &[BorrowedFd<'_>]) -> io::Result<bool> {
    let Some(path) = env::var_os("NOTIFY_SOCKET") else { return Ok(false) };
    let address = match path.as_bytes() {
        [b'@', name @ ..] => SocketAddrUnix::new_abstract_name(name)?,
        path => SocketAddrUnix::new(path)?,
    };
    let socket = socket_with(AddressFamily::UNIX, SocketType::DGRAM, SocketFlags::CLOEXEC, None)?;
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    if !descriptors.is_empty() {
        control.push(SendAncillaryMessage::ScmRights(descriptors));
    }
    sendmsg_addr(&socket, &address, &[IoSlice::new(state.as_bytes())], &mut control, SendFlags::NOSIGNAL)?;
    Ok(true)
}

/// Why systemd told this process to go. systemd does not say so by itself, and has to be asked through its own tool. No
/// answer counts as [`Departure::Stop`]: then terminals are left as is safe in any case. Blocks for some milliseconds.
pub(crate) fn departure() -> Departure {
    let cgroup = std::fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    let Some(unit) = unit_in(&cgroup).filter(|_| env::var_os("NOTIFY_SOCKET").is_some()) else {
        return Departure::Stop;
    };
    let mut words = vec!["systemctl", "list-jobs", "--plain", "--no-legend", "--no-pager"];
    words.extend(cgroup.contains("/user@").then_some("--user"));
    match command::answer(&words, rustix::process::geteuid().as_raw()) {
        Ok(jobs) => departure_in(&jobs, unit),
        Err(error) => {
            tracing::warn!(
                error,
                "whether the service is restarted is unknown; terminals are left, and attached to anew"
            );
            Departure::Stop
        }
    }
}

/// The service of this process, from its line `0::/…/coracle.service`.
fn unit_in(cgroup: &str) -> Option<&str> {
    let path = cgroup.lines().find_map(|line| line.strip_prefix("0::"))?;
    path.rsplit('/').find(|part| part.ends_with(".service"))
}

/// Lines read `1234 coracle.service restart running`.
fn departure_in(jobs: &str, unit: &str) -> Departure {
    let restarts = jobs.lines().any(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        matches!(words[..], [_, name, "restart" | "start", ..] if name == unit)
    });
    if restarts { Departure::Restart } else { Departure::Stop }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_restart_of_this_very_service_keeps_what_is_stored() {
        let job = |name: &str, kind: &str| format!("12 other.service start waiting\n345 {name} {kind} running\n");
        assert_eq!(departure_in(&job("coracle.service", "restart"), "coracle.service"), Departure::Restart);
        assert_eq!(departure_in(&job("coracle.service", "stop"), "coracle.service"), Departure::Stop);
        assert_eq!(departure_in(&job("coracle.socket", "restart"), "coracle.service"), Departure::Stop);
        assert_eq!(departure_in("", "coracle.service"), Departure::Stop);
    }

    #[test]
    fn the_service_is_known_by_its_cgroup_in_system_and_user_mode() {
        let user = "0::/user.slice/user-1000.slice/user@1000.service/app.slice/coracle.service\n";
        assert_eq!(unit_in(user), Some("coracle.service"));
        assert_eq!(unit_in("12:pids:/x.service\n0::/system.slice/coracle.service\n"), Some("coracle.service"));
        assert_eq!(unit_in("0::/user.slice/user-0.slice/session-1.scope\n"), None);
    }
}
