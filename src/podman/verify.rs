//! What was asked is read back from the kernel, or the session is refused (DESIGN §4.3).
//!
//! After `init` the container's first process exists, confined, and waits; everything but its seccomp filter is in force.
//! Each item reads one thing, compares it with the plan, and names itself, both values and the way out when they differ.

mod cgroup;
mod facts;
mod limits;
mod maps;
mod mounts;
mod namespaces;
mod seccomp;
mod selinux;
mod status;

use std::{
    fs, io,
    os::fd::OwnedFd,
    path::{Path, PathBuf},
    time::Duration,
};

pub(super) use namespaces::Neighbours;
pub(super) use status::Status;

use super::{
    Mapping, Plan, PodmanError,
    conmon::{ended, open_pidfd},
    door::Inspect,
    looks::Looks,
    network::Uplink,
};
use crate::terminal::Certificate;
use maps::IdMap;

/// One item that is not as asked.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Wrong {
    /// The item's name.
    what: &'static str,
    wanted: String,
    found: String,
    /// The way out.
    fix: &'static str,
}

impl Wrong {
    fn new(what: &'static str, wanted: impl ToString, found: impl ToString, fix: &'static str) -> Wrong {
        Wrong { what, wanted: wanted.to_string(), found: found.to_string(), fix }
    }

    pub(super) fn error(self, step: &'static str, plan: &Plan) -> PodmanError {
        let Wrong { what, wanted, found, fix } = self;
        PodmanError::Unproven { step, id: plan.id, what, wanted, found, fix }
    }
}

/// Most of the deviations below can only come from someone or something that changed the request on its way.
const NOT_OURS: &str =
    "something changes the requests to Podman, or this Podman ignores them; look for a proxy on its socket";
const READABLE: &str = "the daemon must see its own containers under /proc: no hidepid=, no ProtectProc= for it";

/// A container that was proven, and what is needed to watch it from here on.
#[derive(Debug)]
pub(super) struct Proven {
    pub(super) certificate: Certificate,
    /// The same for the audit, one line.
    pub(super) facts: String,
    init: i32,
    pidfd: OwnedFd,
    /// Of the first process before `start`; an outer filter counts too.
    filters: u32,
    /// What SELinux runs it as; `None` where SELinux is off.
    label: Option<String>,
}

/// Reads every item of a container in state `initialized`. On success its namespaces are entered in `neighbours`.
///
/// # Errors
/// The first item that is wrong.
pub(super) fn verify(
    plan: &Plan,
    inspect: &Inspect,
    uplink: Option<Uplink>,
    neighbours: &Neighbours,
) -> Result<Proven, Wrong> {
    if inspect.state != "initialized" {
        return Err(Wrong::new("state", "initialized", &inspect.state, NOT_OURS));
    }
    let init = inspect.pid;
    // First of all, so that everything below is proven to be of one and the same process.
    let pidfd = open_pidfd(init).map_err(|e| unreadable("first process", e))?;
    let proc = Path::new("/proc").join(init.to_string());
    let read = |what: &'static str, file: &str| fs::read_to_string(proc.join(file)).map_err(|e| unreadable(what, e));

    let groups = read("cgroup", "cgroup")?;
    let inner = cgroup::unified(&groups).ok_or_else(|| {
        Wrong::new("cgroup", "one in the unified hierarchy", groups.trim().replace('\n', " "), "boot with cgroup v2")
    })?;
    if !inner.contains(&inspect.container) {
        return Err(Wrong::new("cgroup", format!("one of {}", inspect.container), inner, cgroup::MANAGER));
    }

    let conmon = Path::new("/proc").join(inspect.conmon.to_string());
    let account = read_map(&conmon.join("uid_map"), "uid_map")?;
    let account_groups = read_map(&conmon.join("gid_map"), "gid_map")?;
    let (euid, egid) = (rustix::process::geteuid().as_raw(), rustix::process::getegid().as_raw());
    let uids = maps::check("uid_map", plan.mapping, &account, &read_map(&proc.join("uid_map"), "uid_map")?, euid)?;
    let gids =
        maps::check("gid_map", plan.mapping, &account_groups, &read_map(&proc.join("gid_map"), "gid_map")?, egid)?;

    let status =
        Status::parse(&read("status", "status")?).map_err(|why| Wrong::new("status", "readable", why, READABLE))?;
    status.check(plan, &uids, &gids)?;

    let seat = namespaces::read(init).map_err(|e| unreadable("namespaces", e))?;
    let ours = namespaces::read_self().map_err(|e| unreadable("namespaces", e))?;
    namespaces::differ(&seat, &ours, "the daemon's own")?;

    namespaces::devices(&read("network", "net/dev")?, plan.profile.network)?;
    mounts::check(&read("mounts", "mountinfo")?, plan, &inspect.container, inner, Path::new("/proc"))?;
    limits::check(&read("limits", "limits")?, plan)?;
    let cgroup = match plan.require_limits {
        true => Some(cgroup::check(&cgroup_dir(inner), plan)?),
        false => None,
    };

    seccomp::check(&configs(inspect))?;
    let label = selinux::check(Path::new("/sys/fs/selinux"), &inspect.process_label)?;

    if ended(&pidfd) {
        return Err(Wrong::new("first process", "alive", "it ended while it was looked at", NOT_OURS));
    }
    let certificate = Certificate {
        memory: cgroup.as_ref().map(|c| c.memory),
        swap: cgroup.as_ref().map(|c| c.swap),
        millicpus: cgroup.as_ref().map(|c| c.millicpus),
        pids: cgroup.as_ref().map(|c| c.pids),
        network: uplink.map_or("none", Uplink::word).to_owned(),
        isolation: plan.mapping.word().to_owned(),
        capabilities: plan.profile.capabilities.iter().map(|c| c.name().to_owned()).collect(),
        no_new_privileges: true,
        seccomp: "coracle".to_owned(),
        read_only_root: plan.profile.layer_size.is_none(),
    };
    let facts = facts::line(plan, inspect, &certificate, (&uids, &gids), label.as_deref());

    let slot = matches!(plan.mapping, Mapping::Slot(_)).then_some(uids);
    let pidfd_of_the_seat = pidfd.try_clone().map_err(|e| unreadable("first process", e))?;
    neighbours.enter(plan.id, seat, slot, pidfd_of_the_seat)?;
    Ok(Proven { certificate, facts, init, pidfd, filters: status.seccomp_filters, label })
}

impl Proven {
    /// Whether `later`, read after this, is of the same process, which still waits to become the shell.
    pub(super) fn is_as_before(&self, later: &Proven) -> bool {
        self.init == later.init && self.filters == later.filters && !ended(&self.pidfd)
    }

    /// After `start`: the seccomp filter is in force (one more than before), and SELinux' label is the proven one. The
    /// engine's answer may come a moment before the kernel's, so this waits for up to [`FILTER_DEADLINE`].
    ///
    /// Fine as well when the process has ended already: nothing of it runs any more.
    pub(super) async fn started(&self, plan: &Plan) -> Result<(), PodmanError> {
        let (deadline, mut looks) = (tokio::time::Instant::now() + FILTER_DEADLINE, Looks::default());
        loop {
            let looked = self.look();
            // Only now: a process that was alive after the look was alive, and the same, during it.
            if ended(&self.pidfd) {
                return Ok(());
            }
            match looked {
                Ok(()) => return Ok(()),
                Err(wrong) if tokio::time::Instant::now() >= deadline => return Err(wrong.error("start", plan)),
                Err(_) => looks.pause().await,
            }
        }
    }

    fn look(&self) -> Result<(), Wrong> {
        let status = Status::of(self.init).map_err(|e| unreadable("seccomp", e))?;
        status.check_filter(self.filters + 1)?;
        match &self.label {
            Some(label) => selinux::check_process(self.init, label),
            None => Ok(()),
        }
    }
}

/// From `start`'s answer to the filter being seen.
const FILTER_DEADLINE: Duration = Duration::from_secs(2);

fn unreadable(what: &'static str, e: io::Error) -> Wrong {
    Wrong::new(what, "readable", e, READABLE)
}

fn read_map(path: &Path, what: &'static str) -> Result<IdMap, Wrong> {
    let text = fs::read_to_string(path).map_err(|e| unreadable(what, e))?;
    IdMap::parse(&text).map_err(|why| Wrong::new(what, "readable", why, READABLE))
}

/// `inner` begins with a slash, and names only what the kernel says it is in.
/// The directory of a process' cgroup, out of the text of its `/proc/PID/cgroup`.
pub(super) fn inner_cgroup(text: &str) -> Option<PathBuf> {
    cgroup::unified(text).map(cgroup_dir)
}

fn cgroup_dir(inner: &str) -> PathBuf {
    Path::new("/sys/fs/cgroup").join(inner.trim_start_matches('/'))
}

/// Where the configuration that the runtime worked from may be read: the bundle (Podman 4.3 gives its directory to the
/// container's root) and crun's own copy.
fn configs(inspect: &Inspect) -> Vec<PathBuf> {
    let uid = rustix::process::geteuid().as_raw();
    let copy = format!("/run/user/{uid}/{}/{}/config.json", inspect.runtime, inspect.container);
    inspect.oci_config.clone().into_iter().chain([PathBuf::from(copy)]).collect()
}
