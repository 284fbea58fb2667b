//! What the host gives to the account: a user manager that stays, subordinate ids, controllers; and Coracle's units.

use std::{fs, os::unix::fs::MetadataExt};

use super::{Account, Check, plain};
use crate::sys::command;
use crate::{
    config::Config,
    podman::missing_controllers,
    session::{NoSlots, Slots},
};

/// Where systemd-logind remembers who lingers.
const LINGER: &str = "/var/lib/systemd/linger";
const KEYRINGS: &str = "kernel-keys";
const SOCKETS: &str = "coracle.socket";
const CONTROL: &str = "coracle-control.socket";
const SERVICE: &str = "coracle.service";
/// Where the kernel's bounds on the keys of one user are; crun makes a keyring for each container.
const KEYS: &str = "/proc/sys/kernel/keys";
/// Bytes that a keyring counts for: its name is the container's id of 64 digits.
const KEYRING: u32 = 65;
/// Keys that an account has besides; two were seen.
const OWN_KEYS: u32 = 10;
/// Gives a machine the controllers that cgroup v1 holds.
const BOOT: &str = "boot the machine with systemd.unified_cgroup_hierarchy=1";

/// Returns the account's slots, if the configuration can be had by them.
pub(super) fn check(account: &Account, config: Option<&Config>, checks: &mut Vec<Check>) -> Option<Slots> {
    checks.push(runtime_directory(account));
    checks.push(user_manager(account));
    checks.push(linger(account));
    checks.push(at_rest(account));
    let slots = config.and_then(|config| ids(account, config, checks));
    checks.push(controllers(account, config));
    checks.extend(config.map(|config| keyrings(account, config)));
    units(account, checks);
    slots
}

fn enable_linger(account: &Account) -> String {
    account.root(&format!("loginctl enable-linger {}", account.name))
}

fn runtime_directory(account: &Account) -> Check {
    const NAME: &str = "runtime-directory";
    let path = format!("/run/user/{}", account.uid);
    match fs::metadata(&path) {
        Ok(found) if found.is_dir() && found.uid() == account.uid => Check::ok(NAME, path),
        Ok(found) => Check::fail(
            NAME,
            format!("{path} belongs to uid {}", found.uid()),
            account.root(&format!("systemctl restart user-runtime-dir@{}.service", account.uid)),
        ),
        Err(error) => Check::fail(NAME, format!("{path}: {error}"), enable_linger(account)),
    }
}

fn user_manager(account: &Account) -> Check {
    const NAME: &str = "user-manager";
    let unit = format!("user@{}.service", account.uid);
    match command::answer(&["systemctl", "show", &unit, "--property=ActiveState", "--value"], account.uid) {
        Ok(state) if state.trim() == "active" => Check::ok(NAME, format!("{unit} is active")),
        Ok(state) => Check::fail(
            NAME,
            format!("{unit} is {}, so the account has no Podman", plain(&state)),
            account.root(&format!("systemctl restart {unit}")),
        ),
        Err(why) => Check::skipped(NAME, why),
    }
}

/// Without lingering a system account never has a user manager; a person's sessions end with the last login.
fn linger(account: &Account) -> Check {
    const NAME: &str = "linger";
    if fs::symlink_metadata(format!("{LINGER}/{}", account.name)).is_ok() {
        return Check::ok(NAME, format!("on for {}", account.name));
    }
    if account.system {
        let found = format!("off for {}, so after a boot it has no user manager and no Podman", account.name);
        Check::fail(NAME, found, enable_linger(account))
    } else {
        let found = format!("off, so every session ends when {}'s last login does", account.name);
        Check::warn(NAME, found, enable_linger(account))
    }
}

/// What stays running for the account when nobody is there: not ours, and the price of lingering.
fn at_rest(account: &Account) -> Check {
    let mut residents: Vec<(u32, String)> = Vec::new();
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        let read = |file: &str| fs::read_to_string(entry.path().join(file)).unwrap_or_default();
        if let Some(shown) = resident(&read("status"), &read("cgroup"), account.uid) {
            residents.push((pid, shown));
        }
    }
    residents.sort_unstable();
    let names: Vec<String> = residents.into_iter().map(|(_, shown)| shown).collect();
    match names.is_empty() {
        true => Check::ok("at-rest", "nothing of the account is running"),
        false => Check::ok("at-rest", format!("what stays with the user manager: {}", names.join(", "))),
    }
}

/// Name and size of a process that belongs to the user manager itself, its bus, or Podman's pause.
fn resident(status: &str, cgroup: &str, uid: u32) -> Option<String> {
    let field = |name: &str| status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).map(str::trim);
    let own = field("Uid")?.split_whitespace().next()?.parse() == Ok(uid);
    let path = cgroup.lines().find_map(|line| line.strip_prefix("0::"))?;
    let (_, below) = path.split_once(&format!("/user@{uid}.service/"))?;
    let stays = ["init.scope", "dbus", "podman-pause"].iter().any(|unit| below.split('/').any(|p| p.starts_with(unit)));
    let kib: u64 = field("VmRSS").and_then(|size| size.split_whitespace().next()?.parse().ok()).unwrap_or(0);
    (own && stays).then(|| format!("{} {} MB", plain(field("Name").unwrap_or("?")), (kib * 1024).div_ceil(1_000_000)))
}

fn ids(account: &Account, config: &Config, checks: &mut Vec<Check>) -> Option<Slots> {
    const NAME: &str = "subordinate-ids";
    let max = config.sessions.max.get();
    let slots = match Slots::of_account(account.uid, config.sessions.isolation, max) {
        Ok(slots) => slots,
        Err(NoSlots::TooFew { found, command, .. }) => {
            let fix = format!("{} && {}", account.root(&command), account.own("podman system migrate"));
            checks.push(Check::fail(NAME, found, fix));
            return None;
        }
        Err(NoSlots::Unreadable(why)) => {
            let fix = account.root("touch /etc/subuid /etc/subgid");
            checks.push(Check::fail(NAME, why, fix));
            return None;
        }
    };
    let ids = slots.ids();
    checks.push(match slots.count() {
        Some(count) if count < max => Check::warn(
            NAME,
            format!("{ids} ids are {count} slots, so the session after the {count}th is refused, before sessions.max = {max}"),
            format!("write max = {count} under [sessions], or add ids with usermod --add-subuids and --add-subgids"),
        ),
        Some(count) => Check::ok(NAME, format!("{ids} ids: each session has its own slot, {count} at once")),
        None => Check::ok(NAME, format!("{ids} ids: all sessions share one range (isolation: {})", slots.word())),
    });
    Some(slots)
}

fn keyrings(account: &Account, config: &Config) -> Check {
    let bound = |name: &str| fs::read_to_string(format!("{KEYS}/{name}")).ok()?.trim().parse().ok();
    let wanted = config.sessions.max.get() + config.warm.max * u32::from(config.profiles.iter().any(|p| p.warm > 0));
    match (bound("maxkeys"), bound("maxbytes")) {
        (Some(keys), Some(bytes)) => room_for_keyrings(account, wanted, keys, bytes),
        _ => Check::skipped(KEYRINGS, format!("{KEYS} cannot be read")),
    }
}

/// Whether the kernel lets one user have `wanted` containers, with so many keys and bytes of them.
fn room_for_keyrings(account: &Account, wanted: u32, keys: u32, bytes: u32) -> Check {
    let most = keys.min(bytes / KEYRING).saturating_sub(OWN_KEYS);
    if wanted <= most {
        return Check::ok(KEYRINGS, format!("the kernel's keys are enough for {most} sessions"));
    }
    let keys = keys.max(wanted + OWN_KEYS);
    let bytes = bytes.max((wanted + OWN_KEYS) * KEYRING);
    let file = format!("kernel.keys.maxkeys = {keys}\\nkernel.keys.maxbytes = {bytes}\\n");
    Check::warn(
        KEYRINGS,
        format!(
            "the kernel's keys are enough for about {most} sessions, and {wanted} may be wanted; those beyond do not start"
        ),
        account.root(&format!("sh -c 'printf \"{file}\" >/etc/sysctl.d/coracle.conf && sysctl --system'")),
    )
}

fn controllers(account: &Account, config: Option<&Config>) -> Check {
    const NAME: &str = "cgroup-controllers";
    let Some((missing, in_kernel)) = missing_controllers(account.uid) else {
        return Check::skipped(NAME, "the user manager has no cgroup of version 2 at /sys/fs/cgroup");
    };
    let required = config.is_none_or(|config| config.sessions.require_limits);
    if missing.is_empty() {
        return match required {
            true => Check::ok(NAME, "cpu, memory and pids are delegated"),
            false => Check::warn(
                NAME,
                "cpu, memory and pids are delegated, but sessions have no limits",
                "write require_limits = true under [sessions]",
            ),
        };
    }
    let missing = missing.join(", ");
    match (in_kernel, required) {
        (true, _) => Check::fail(
            NAME,
            format!("{missing}: not delegated to user@{}.service", account.uid),
            account.root(&format!(
                "sh -c 'mkdir -p /etc/systemd/system/user@.service.d && printf \"[Service]\\nDelegate=cpu memory pids\\n\" > \
                 /etc/systemd/system/user@.service.d/coracle.conf && systemctl daemon-reload && systemctl restart \
                 user@{}.service'",
                account.uid
            )),
        ),
        (false, true) => Check::fail(
            NAME,
            format!(
                "{missing}: this machine does not offer them in cgroup v2, so no session's limits can be proven; only \
                 where that cannot be helped, write require_limits = false"
            ),
            BOOT,
        ),
        (false, false) => Check::warn(
            NAME,
            format!("{missing}: not offered by this machine, and require_limits = false: sessions have no limits"),
            BOOT,
        ),
    }
}

/// What `systemctl show` says of one unit.
#[derive(Debug, Default, PartialEq)]
struct Unit {
    id: String,
    load: String,
    active: String,
    result: String,
}

fn units(account: &Account, checks: &mut Vec<Check>) {
    const NAME: &str = "units";
    if !account.system && !account.is_open() {
        return checks.push(Check::skipped(NAME, account.closed()));
    }
    let mut words = vec!["systemctl"];
    if !account.system {
        words.push("--user");
    }
    words.extend(["show", "--property=Id,LoadState,ActiveState,Result"]);
    words.extend([SOCKETS, CONTROL, "coracle-https.socket", "coracle-unix.socket", SERVICE]);
    match command::answer(&words, account.uid) {
        Ok(shown) => judge(account, &read_units(&shown), checks),
        Err(why) => checks.push(Check::skipped(NAME, why)),
    }
}

fn judge(account: &Account, units: &[Unit], checks: &mut Vec<Check>) {
    const NAME: &str = "units";
    let before = checks.len();
    for unit in units.iter().filter(|unit| unit.active == "failed") {
        let id = &unit.id;
        let fix = match id == SERVICE {
            true => account.units(&format!("reset-failed {id}")),
            // systemd starts no socket whose service runs; stopping the service ends no session.
            false => [format!("stop {SERVICE}"), format!("reset-failed {id}"), format!("start {id}")]
                .map(|words| account.units(&words))
                .join(" && "),
        };
        let found = format!("{id} has failed ({})", plain(&unit.result));
        let more =
            if id == SERVICE { "; its journal says why" } else { ": nobody can connect until it is started anew" };
        checks.push(Check::fail(NAME, found + more, fix));
    }
    let named = |id: &str| units.iter().find(|unit| unit.id == id && unit.load == "loaded");
    match (named(SOCKETS), named(CONTROL)) {
        _ if checks.len() > before => {}
        (None, _) => {
            checks.push(Check::skipped(NAME, "coracle.socket is not installed; a daemon in the foreground needs none"))
        }
        (Some(_), control) => {
            let entrances = units.iter().filter(|unit| unit.id.ends_with(".socket") && unit.active == "active");
            let open: Vec<&str> = entrances.map(|unit| unit.id.as_str()).collect();
            let fix = |id: &str| account.units(&format!("enable --now {id}"));
            checks.push(if !open.iter().any(|id| *id != CONTROL) {
                Check::warn(NAME, "no socket listens for browsers", fix(SOCKETS))
            } else if control.is_some() && !open.contains(&CONTROL) {
                Check::warn(
                    NAME,
                    format!("{CONTROL} does not listen, so `coracle ps` and `end` reach nobody"),
                    fix(CONTROL),
                )
            } else {
                Check::ok(NAME, format!("listening: {}", open.join(", ")))
            });
        }
    }
}

/// Blocks of `Key=value`, with blank lines between.
fn read_units(shown: &str) -> Vec<Unit> {
    let block = |text: &str| {
        let mut unit = Unit::default();
        for (key, value) in text.lines().filter_map(|line| line.split_once('=')) {
            match key {
                "Id" => unit.id = value.to_owned(),
                "LoadState" => unit.load = value.to_owned(),
                "ActiveState" => unit.active = value.to_owned(),
                "Result" => unit.result = value.to_owned(),
                _ => {}
            }
        }
        unit
    };
    shown.split("\n\n").map(block).filter(|unit| !unit.id.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::super::State;
    use super::*;

    /// The verdict on units given as `id active`.
    fn verdict(units: &[(&str, &str)]) -> Vec<Check> {
        let text: Vec<String> = units
            .iter()
            .map(|(id, active)| format!("Result=success\nId={id}\nLoadState=loaded\nActiveState={active}\n"))
            .collect();
        let mut checks = Vec::new();
        judge(&Account::for_tests("coracle", 990, true), &read_units(&text.join("\n")), &mut checks);
        checks
    }

    #[test]
    fn a_failed_unit_is_named_with_the_commands_in_their_order() {
        let checks = verdict(&[(SOCKETS, "failed"), (CONTROL, "active"), (SERVICE, "active")]);
        assert_eq!((checks.len(), checks[0].state), (1, State::Fail));
        assert_eq!(
            checks[0].fix.as_deref(),
            Some(
                "systemctl stop coracle.service && systemctl reset-failed coracle.socket && systemctl start coracle.socket"
            )
        );
        assert_eq!(verdict(&[(SOCKETS, "active"), (SERVICE, "failed")])[0].state, State::Fail);
    }

    #[test]
    fn what_listens_is_told_and_what_should_is_offered() {
        let of = |units: &[(&str, &str)]| (verdict(units)[0].state, verdict(units)[0].fix.clone().unwrap_or_default());
        let sleeping = (SERVICE, "inactive");
        assert_eq!(of(&[(SOCKETS, "active"), (CONTROL, "active"), sleeping]).0, State::Ok);
        assert_eq!(of(&[("coracle-unix.socket", "active"), (SOCKETS, "inactive"), (CONTROL, "active")]).0, State::Ok);
        assert!(of(&[(SOCKETS, "inactive"), (CONTROL, "active")]).1.ends_with("enable --now coracle.socket"));
        assert!(of(&[(SOCKETS, "active"), (CONTROL, "inactive")]).1.ends_with("enable --now coracle-control.socket"));
        assert_eq!(of(&[]).0, State::Skipped);
    }

    #[test]
    fn more_sessions_than_the_kernel_has_keys_for_are_warned_of_with_the_bounds_that_are_enough() {
        let account = Account::for_tests("coracle", 990, true);
        assert_eq!(room_for_keyrings(&account, 32, 200, 20_000).state, State::Ok);
        let short = room_for_keyrings(&account, 300, 200, 20_000);
        assert_eq!(short.state, State::Warn);
        let fix = short.fix.unwrap();
        assert!(fix.contains("maxkeys = 310\\n") && fix.contains("maxbytes = 20150\\n"), "{fix}");
        assert_eq!(room_for_keyrings(&account, 300, 310, 20_150).state, State::Ok);
        let of_bytes = room_for_keyrings(&account, 300, 1000, 13_000);
        assert!(of_bytes.fix.unwrap().contains("maxkeys = 1000\\nkernel.keys.maxbytes = 20150"));
    }

    #[test]
    fn what_stays_with_the_user_manager_is_named_and_sessions_are_not() {
        let status =
            |name: &str, uid: u32| format!("Name:\t{name}\nUid:\t{uid}\t{uid}\t{uid}\t{uid}\nVmRSS:\t    4096 kB\n");
        let at = |unit: &str| format!("1:name=systemd:/\n0::/user.slice/user-7.slice/user@7.service/{unit}\n");
        let shown = |name: &str, uid, unit: &str| resident(&status(name, uid), &at(unit), 7);
        assert_eq!(shown("systemd", 7, "init.scope").as_deref(), Some("systemd 5 MB"));
        assert_eq!(shown("dbus-daemon", 7, "app.slice/dbus.service").as_deref(), Some("dbus-daemon 5 MB"));
        assert_eq!(shown("podman pause", 7, "user.slice/podman-pause-1.scope").as_deref(), Some("podman pause 5 MB"));
        assert_eq!(shown("podman", 7, "app.slice/podman.service"), None);
        assert_eq!(shown("bash", 7, "coracle.slice/coracle-sessions.slice/libpod-1.scope/container"), None);
        assert_eq!(shown("systemd", 8, "init.scope"), None);
    }
}
