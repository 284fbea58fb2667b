//! Recordings: whether they can be written, and how much room there is for them.

use std::path::{Path, PathBuf};

use super::{
    Account, Check, bytes,
    settings::{halves, state_directories},
    word,
};
use crate::config::{Config, PlaceError, Places, RecordingPolicy, check_private};

const NAME: &str = "recordings";
/// Free bytes below which a full disk is near.
const LITTLE: u64 = 256 << 20;

/// Says nothing where no profile is recorded.
pub(super) fn check(account: &Account, places: &Places, config: Option<&Config>, checks: &mut Vec<Check>) {
    let Some(config) = config else { return };
    let policy = |policy| config.profiles.iter().any(|profile| config.recording_of(profile) == policy);
    let required = policy(RecordingPolicy::Required);
    if !required && !policy(RecordingPolicy::BestEffort) {
        return;
    }
    if !account.is_open() {
        return checks.push(Check::skipped(NAME, account.closed()));
    }
    let state = state_directories(account, places).into_iter().next().unwrap_or_else(|| places.state.clone());
    checks.push(look(account, &state.join("recordings"), config.recording.max_total, required));
}

fn look(account: &Account, dir: &Path, max_total: u64, required: bool) -> Check {
    let there = dir.symlink_metadata().is_ok();
    match check_private(dir, account.uid) {
        Ok(()) => {}
        Err(_) if !there => {} // it is made with the first recording
        Err(error @ PlaceError::Open { .. }) => {
            let fix = account.admin(&format!("chmod 0700 {}", word(&dir.display().to_string())));
            return Check::fail(NAME, halves(&error).0, fix);
        }
        Err(error @ PlaceError::ForeignOwner { us, .. }) => {
            let fix = account.root(&format!("chown {us} {}", word(&dir.display().to_string())));
            return Check::fail(NAME, halves(&error).0, fix);
        }
        Err(error) => return Check::fail(NAME, halves(&error).0, halves(&error).1),
    }
    let Some(disk) = dir.ancestors().find(|path| path.exists()).map(PathBuf::from) else {
        return Check::skipped(NAME, format!("{} is nowhere", dir.display()));
    };
    match rustix::fs::statvfs(&disk) {
        Ok(found) => {
            let read_only = found.f_flag.contains(rustix::fs::StatVfsMountFlags::RDONLY);
            judge(dir, found.f_bavail.saturating_mul(found.f_frsize), size(dir), max_total, required, read_only)
        }
        Err(error) => Check::skipped(NAME, format!("{}: {error}", disk.display())),
    }
}

/// Bytes of what is there.
fn size(dir: &Path) -> u64 {
    let files = std::fs::read_dir(dir).into_iter().flatten().flatten();
    files.filter_map(|file| file.metadata().ok()).map(|file| file.len()).sum()
}

fn judge(dir: &Path, free: u64, used: u64, max_total: u64, required: bool, read_only: bool) -> Check {
    let (dir, end) = (dir.display(), if required { "end" } else { "go on unrecorded" });
    if read_only {
        let fix = format!("mount {dir} so that it can be written to");
        return Check::fail(NAME, format!("{dir} is on a disk that is read-only: sessions {end}"), fix);
    }
    let found = format!("{dir} has {}, and {} are free", bytes(used), bytes(free));
    if free < LITTLE {
        let fix = format!("make room, or mount a larger disk at {dir}: on a full one sessions {end}");
        return if required { Check::fail(NAME, found, fix) } else { Check::warn(NAME, found, fix) };
    }
    let room = used.saturating_add(free - LITTLE);
    if room < max_total {
        let fix =
            format!("write recording.max_total = \"{}m\", so that the oldest go before the disk is full", room >> 20);
        return Check::warn(NAME, format!("{found}, which is less than recording.max_total"), fix);
    }
    Check::ok(NAME, found)
}

#[cfg(test)]
mod tests {
    use super::{super::State, *};

    const MIB: u64 = 1 << 20;

    #[test]
    fn a_disk_that_fills_before_the_oldest_go_is_told_with_what_to_write() {
        let at = |free, used, required| judge(Path::new("/r"), free * MIB, used * MIB, 1000 * MIB, required, false);
        assert_eq!(at(1256, 0, true).state, State::Ok);
        assert_eq!(at(300, 956, true).state, State::Ok, "what is there makes room");
        let warned = at(756, 0, true);
        assert_eq!(warned.state, State::Warn);
        assert!(warned.fix.unwrap().starts_with("write recording.max_total = \"500m\""));
        assert_eq!((at(255, 0, true).state, at(255, 0, false).state), (State::Fail, State::Warn));
        assert_eq!(judge(Path::new("/r"), u64::MAX, 0, 0, false, true).state, State::Fail);
    }

    #[test]
    fn a_directory_that_others_may_enter_is_closed_by_the_command_and_an_absent_one_is_no_fault() {
        use std::os::unix::fs::PermissionsExt;
        let top = tempfile::tempdir().unwrap();
        let account = Account::for_tests("mira", rustix::process::geteuid().as_raw(), false);
        let dir = top.path().join("recordings");
        assert_ne!(look(&account, &dir, 0, false).fix.unwrap_or_default(), format!("chmod 0700 {}", dir.display()));
        assert!(!dir.exists(), "nothing is made");
        std::fs::create_dir(&dir).unwrap();
        std::fs::set_permissions(&dir, std::fs::Permissions::from_mode(0o755)).unwrap();
        let open = look(&account, &dir, 0, false);
        assert_eq!((open.state, open.fix), (State::Fail, Some(format!("chmod 0700 {}", dir.display()))));
    }
}
