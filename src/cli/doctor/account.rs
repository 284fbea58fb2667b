//! Whose daemon it is: the system service's account, or one's own; and how each may be told what to do.

use std::os::unix::fs::MetadataExt;
use std::path::Path;

use serde::{Serialize, Serializer};

use crate::config::Places;
use crate::sys::command;

/// The account of the shipped units.
const SERVICE_ACCOUNT: &str = "coracle";

/// The account that runs the daemon, and what we, who ask, may do.
#[derive(Debug, Clone, Serialize)]
pub(in crate::cli) struct Account {
    pub(super) name: String,
    pub(super) uid: u32,
    /// A system service, not one's own.
    #[serde(rename = "mode", serialize_with = "mode")]
    pub(super) system: bool,
    #[serde(skip)]
    gid: u32,
    #[serde(skip)]
    pub(super) home: String,
    /// Who runs this program.
    #[serde(skip)]
    us: u32,
}

fn mode<S: Serializer>(system: &bool, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(if *system { "system" } else { "user" })
}

impl Account {
    /// Root, or somebody with the system's configuration, means the system service.
    ///
    /// # Errors
    /// There is no such account.
    pub(in crate::cli) fn of_daemon(places: &Places) -> Result<Account, String> {
        let us = rustix::process::geteuid().as_raw();
        let system = us == 0 || Places::of_system(&places.config).is_some();
        let key = if system { service_account(us) } else { us.to_string() };
        let line = command::answer(&["getent", "passwd", &key], us);
        let unknown = || match system {
            true => format!(
                "the system service's account {key} does not exist; make it with `systemd-sysusers`, or, if the daemon \
                 runs as another user, run `coracle doctor` as that one"
            ),
            false => format!("uid {key} has no account; run this as the user who runs the daemon"),
        };
        let (name, uid, gid, home) = line.ok().as_deref().and_then(entry).ok_or_else(unknown)?;
        Ok(Account { name, uid, system, gid, home, us })
    }

    /// Whether its private files and its Podman may be looked at by us.
    pub(in crate::cli) fn is_open(&self) -> bool {
        self.us == 0 || self.us == self.uid
    }

    pub(in crate::cli) fn name(&self) -> &str {
        &self.name
    }

    pub(in crate::cli) fn uid(&self) -> u32 {
        self.uid
    }

    /// A system service, not one's own.
    pub(in crate::cli) fn is_system(&self) -> bool {
        self.system
    }

    /// Said where [`Account::is_open`] is false.
    pub(super) fn closed(&self) -> String {
        format!("only root and {} may look; run `sudo coracle doctor`", self.name)
    }

    /// As root.
    pub(super) fn root(&self, command: &str) -> String {
        if self.us == 0 { command.to_owned() } else { format!("sudo {command}") }
    }

    /// As the account, in its user manager.
    pub(super) fn own(&self, command: &str) -> String {
        match self.us == self.uid {
            true => command.to_owned(),
            false => {
                self.root(&format!("systemd-run --user -M {}@ --wait --collect --pipe --quiet -- {command}", self.name))
            }
        }
    }

    /// `systemctl` on the account's own units, like podman.socket.
    pub(super) fn manager(&self, words: &str) -> String {
        match self.us == self.uid {
            true => format!("systemctl --user {words}"),
            false => self.root(&format!("systemctl --user -M {}@ {words}", self.name)),
        }
    }

    /// `systemctl` on Coracle's units.
    pub(super) fn units(&self, words: &str) -> String {
        if self.system { self.root(&format!("systemctl {words}")) } else { format!("systemctl --user {words}") }
    }

    /// Whose file it is who wants to change Coracle's configuration.
    pub(super) fn admin(&self, command: &str) -> String {
        if self.system { self.root(command) } else { command.to_owned() }
    }

    /// Whether the account itself may read `path`, as far as owner, group and mode say; directories above are not looked
    /// at. True if it cannot be told.
    pub(super) fn may_read(&self, path: &Path) -> bool {
        let Ok(found) = std::fs::metadata(path) else { return true };
        let mode = found.mode();
        if found.uid() == self.uid {
            return mode & 0o400 != 0;
        }
        let groups = command::answer(&["getent", "group", &found.gid().to_string()], self.us).unwrap_or_default();
        let member = groups.trim_end().rsplit(':').next().is_some_and(|all| all.split(',').any(|one| one == self.name));
        if found.gid() == self.gid || member { mode & 0o040 != 0 } else { mode & 0o004 != 0 }
    }

    #[cfg(test)]
    pub(super) fn for_tests(name: &str, uid: u32, system: bool) -> Account {
        let (gid, home, us) = (uid, format!("/home/{name}"), if system { 0 } else { uid });
        Account { name: name.to_owned(), uid, system, gid, home, us }
    }
}

/// `User=` of coracle.service, which an administrator may have changed.
fn service_account(us: u32) -> String {
    let told = command::answer(&["systemctl", "show", "coracle.service", "--property=User", "--value"], us);
    let name = told.unwrap_or_default().trim().to_owned();
    if name.is_empty() { SERVICE_ACCOUNT.to_owned() } else { name }
}

/// Name, uid, gid and home of a line of passwd(5).
fn entry(line: &str) -> Option<(String, u32, u32, String)> {
    let fields: Vec<&str> = line.lines().next()?.split(':').collect();
    match fields[..] {
        [name, _, uid, gid, _, home, ..] => {
            Some((name.to_owned(), uid.parse().ok()?, gid.parse().ok()?, home.to_owned()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_line_of_passwd_is_an_account_and_anything_else_is_none() {
        let line = "coracle:x:990:989:Coracle session broker:/var/lib/coracle:/usr/sbin/nologin\n";
        assert_eq!(entry(line), Some(("coracle".into(), 990, 989, "/var/lib/coracle".into())));
        for wrong in ["", "x", "coracle:x:a:1::/:/bin/sh", "coracle:x:1"] {
            assert_eq!(entry(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn each_command_says_as_whom_it_is_to_be_run() {
        let own = Account::for_tests("mira", 1000, false);
        assert_eq!(own.own("podman pull x"), "podman pull x");
        assert_eq!(own.manager("start podman.socket"), "systemctl --user start podman.socket");
        assert_eq!(own.root("usermod x"), "sudo usermod x");
        let root = Account::for_tests("coracle", 990, true);
        assert_eq!(root.manager("start podman.socket"), "systemctl --user -M coracle@ start podman.socket");
        assert_eq!(root.units("start x"), "systemctl start x");
        let stranger = Account { us: 1000, ..root };
        assert!(!stranger.is_open() && stranger.closed().contains("sudo coracle doctor"));
        assert_eq!(stranger.units("start x"), "sudo systemctl start x");
    }

    #[test]
    fn a_file_of_root_is_readable_through_group_or_others_only() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let set = |mode| file.as_file().set_permissions(std::fs::Permissions::from_mode(mode)).unwrap();
        let found = file.as_file().metadata().unwrap();
        let owner = Account { uid: found.uid(), gid: 1, ..Account::for_tests("x", 7, true) };
        let member = Account { gid: found.gid(), ..Account::for_tests("x", found.uid() + 1, true) };
        let other = Account { gid: found.gid() + 1, ..member.clone() };
        for (mode, readable) in
            [(0o600, [true, false, false]), (0o640, [true, true, false]), (0o604, [true, false, true])]
        {
            set(mode);
            assert_eq!([&owner, &member, &other].map(|who| who.may_read(file.path())), readable, "{mode:o}");
        }
    }
}
