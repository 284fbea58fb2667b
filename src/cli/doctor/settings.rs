//! What the operator wrote, and where the daemon keeps its own things.

use std::path::{Path, PathBuf};

use super::{Account, Check, certificate, word};
use crate::{
    auth::{UsersError, UsersFile},
    cli::check_config,
    config::{Backend, Config, Mistake, PlaceError, Places, check_private},
    podman::Identity,
};

pub(super) const CONFIG: &str = "config";
const USERS: &str = "users-file";
const STATE: &str = "state-directory";

/// The configuration is `None` while it is wrong.
pub(super) fn check(account: &Account, places: &Places) -> (Vec<Check>, Option<Config>) {
    let mut checks = Vec::new();
    let config = configuration(account, places, &mut checks);
    if !account.is_open() {
        checks.extend([USERS, STATE].map(|name| Check::skipped(name, account.closed())));
        return (checks, config);
    }
    match &config {
        Some(config) if !config.auth.backends.contains(&Backend::Local) => {
            checks.push(Check::skipped(USERS, "auth.backends asks no users file"));
            certificate::check(account, config, &mut checks);
        }
        Some(config) => {
            users(account, places, config, &mut checks);
            certificate::check(account, config, &mut checks);
        }
        None => checks.push(Check::skipped(USERS, "the configuration says where it is, and is wrong")),
    }
    let there = state_directories(account, places);
    checks.extend(there.iter().map(|path| state(account, path)));
    if there.is_empty() {
        checks.push(Check::ok(STATE, format!("{} is made at the daemon's first start", places.state.display())));
    }
    (checks, config)
}

/// The state directories that are there.
pub(super) fn state_directories(account: &Account, places: &Places) -> Vec<PathBuf> {
    let states = if account.system { vec![places.state.clone()] } else { places.states().to_vec() };
    // Of a user's two it is the one that is there, or both; systemd 257 links one to the other.
    let mut there: Vec<PathBuf> = states.iter().filter(|path| path.symlink_metadata().is_ok()).cloned().collect();
    there.dedup_by_key(|path| path.canonicalize().unwrap_or_else(|_| path.clone()));
    there
}

fn configuration(account: &Account, places: &Places, checks: &mut Vec<Check>) -> Option<Config> {
    let told = |m: &Mistake| {
        let bare = Mistake { what: m.problem().to_owned(), ..m.clone() };
        (bare.to_string(), m.fix().unwrap_or("correct it").to_owned())
    };
    let loaded = match Config::load(places) {
        Ok(loaded) => loaded,
        Err(errors) => {
            checks.extend(errors.0.iter().map(|mistake| {
                let (found, fix) = told(mistake);
                Check::fail(CONFIG, found, fix)
            }));
            return None;
        }
    };
    let before = checks.len();
    for file in loaded.files.iter().filter(|file| !account.may_read(file)) {
        let found = format!("{}: {} may not read it", file.display(), account.name);
        checks.push(Check::fail(
            CONFIG,
            found,
            account.admin(&format!("chmod a+r {}", word(&file.display().to_string()))),
        ));
    }
    for warning in &loaded.warnings {
        let (found, fix) = told(warning);
        checks.push(Check::warn(CONFIG, found, fix));
    }
    if checks.len() == before {
        checks.push(Check::ok(CONFIG, check_config::what_holds(&loaded, places)));
    }
    Some(loaded.config)
}

fn users(account: &Account, places: &Places, config: &Config, checks: &mut Vec<Check>) {
    let file = UsersFile::at(config.auth.local.file.clone());
    let path = file.path().display().to_string();
    let usual = Places::of_system(&places.config).is_some()
        || places.config == Path::new(&account.home).join(".config/coracle/config.toml");
    let flag = if usual { String::new() } else { format!("--config {} ", word(&places.config.display().to_string())) };
    let passwd = account.admin(&format!("coracle {flag}passwd NAME"));
    let users = match file.read() {
        Ok(users) => users,
        Err(error) => {
            let sentence = error.to_string();
            let (found, way_out) = sentence.rsplit_once("; ").unwrap_or((&sentence, "correct it"));
            let fix = match error {
                UsersError::Absent(_) => passwd,
                UsersError::Open { .. } => account.admin(&format!("chmod 0640 {}", word(&path))),
                UsersError::ForeignOwner { .. } => account.root(&format!("chown root {}", word(&path))),
                UsersError::NotAFile(_) | UsersError::Locked(_) | UsersError::Io { .. } => way_out.to_owned(),
            };
            return checks.push(Check::fail(USERS, found, fix));
        }
    };
    if !account.may_read(file.path()) {
        let file = word(&path);
        let fix = [format!("chown root:{} {file}", account.name), format!("chmod 0640 {file}")];
        let fix = fix.map(|command| account.root(&command)).join(" && ");
        return checks.push(Check::fail(USERS, format!("{path}: {} may not read it", account.name), fix));
    }
    for bad in users.bad_lines() {
        let found = format!("{path}:{}: {}", bad.line, bad.what);
        checks.push(Check::warn(USERS, found, format!("correct line {} of {path}", bad.line)));
    }
    let enabled = users.accounts().filter(|one| !one.disabled).count();
    checks.push(match enabled {
        0 => Check::fail(USERS, format!("{path} names nobody who may log in"), passwd),
        1 => Check::ok(USERS, format!("{path} (1 account)")),
        n => Check::ok(USERS, format!("{path} ({n} accounts)")),
    });
}

fn state(account: &Account, path: &Path) -> Check {
    if let Err(error) = check_private(path, account.uid) {
        return match error {
            PlaceError::Open { ref path, .. } => Check::fail(
                STATE,
                halves(&error).0,
                account.admin(&format!("chmod 0700 {}", word(&path.display().to_string()))),
            ),
            PlaceError::ForeignOwner { ref path, us, .. } => Check::fail(
                STATE,
                halves(&error).0,
                account.root(&format!("chown {us} {}", word(&path.display().to_string()))),
            ),
            error => Check::fail(STATE, halves(&error).0, halves(&error).1),
        };
    }
    match Identity::find(path) {
        Ok(_) => Check::ok(STATE, path.display().to_string()),
        Err(error) => Check::fail(STATE, halves(&error).0, halves(&error).1),
    }
}

/// What is wrong, and the way out, of a sentence that has both.
pub(super) fn halves(error: &impl ToString) -> (String, String) {
    let sentence = error.to_string();
    let (found, fix) = sentence.rsplit_once("; ").unwrap_or((&sentence, "correct it"));
    (found.to_owned(), fix.to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::State;
    use super::*;

    /// A user's instance in a directory of its own, with this configuration.
    fn instance(text: &str) -> (tempfile::TempDir, Account, Places) {
        let top = tempfile::tempdir().unwrap();
        let at = |name: &str| top.path().join(name);
        let places = Places { config: at("config.toml"), state: at("state"), runtime: at("run"), control: at("sock") };
        std::fs::write(&places.config, text).unwrap();
        let us = rustix::process::geteuid().as_raw();
        (top, Account::for_tests("mira", us, false), places)
    }

    fn of(name: &str, checks: &[Check]) -> Vec<(State, String, String)> {
        let named = checks.iter().filter(|check| check.name == name);
        named.map(|check| (check.state, check.found.clone(), check.fix.clone().unwrap_or_default())).collect()
    }

    #[test]
    fn each_mistake_is_a_check_with_what_to_write() {
        let (_top, account, places) = instance("[sessions]\nmax = 0\nmin = 1\n");
        let (checks, config) = check(&account, &places);
        let mistakes = of(CONFIG, &checks);
        let file = places.config.display();
        assert_eq!(mistakes[0].1, format!("{file}:2: sessions.max: 0 is out of range"));
        assert_eq!((mistakes[0].0, mistakes[0].2.as_str()), (State::Fail, "write 1 to 2048"));
        assert_eq!((mistakes.len(), config.is_none()), (2, true));
        assert_eq!(of(USERS, &checks)[0].0, State::Skipped);
    }

    #[test]
    fn where_only_the_directory_is_asked_no_users_file_is_missing() {
        let ldap =
            "[auth]\nbackends = [\"ldap\"]\n[auth.ldap]\nurls = [\"ldaps://d.example\"]\nuser_base = \"dc=example\"\n";
        let (_top, account, places) = instance(ldap);
        let (checks, config) = check(&account, &places);
        assert!(config.is_some(), "{checks:?}");
        assert_eq!(of(USERS, &checks)[0].0, State::Skipped);
    }

    #[test]
    fn users_file_and_state_are_named_with_the_command_and_nothing_is_made() {
        use std::os::unix::fs::PermissionsExt;
        let (top, account, places) = instance("");
        let set = |path: &std::path::Path, mode| {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
        };
        let first = check(&account, &places).0;
        assert!(of(USERS, &first)[0].2.ends_with("passwd NAME"), "{first:?}");
        assert_eq!(of(STATE, &first)[0].0, State::Ok);
        assert_eq!(std::fs::read_dir(top.path()).unwrap().count(), 1, "only config.toml is there");

        let users = top.path().join("users");
        std::fs::write(&users, "x\n").unwrap();
        std::fs::create_dir(&places.state).unwrap();
        set(&users, 0o644);
        set(&places.state, 0o755);
        let open = check(&account, &places).0;
        assert_eq!(of(USERS, &open)[0].2, format!("chmod 0640 {}", users.display()));
        assert_eq!(of(STATE, &open)[0].2, format!("chmod 0700 {}", places.state.display()));

        set(&users, 0o640);
        set(&places.state, 0o700);
        let nobody = of(USERS, &check(&account, &places).0);
        assert_eq!(nobody.iter().map(|c| c.0).collect::<Vec<_>>(), [State::Warn, State::Fail], "{nobody:?}");
    }
}
