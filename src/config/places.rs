//! Where this instance keeps its things, and directories that are ours alone.

use std::{
    ffi::OsString,
    io,
    os::{
        fd::OwnedFd,
        unix::{fs::DirBuilderExt, fs::MetadataExt},
    },
    path::{Path, PathBuf},
};

use rustix::fs::{Mode, OFlags};

use super::Places;

const SYSTEM_CONFIG: &str = "/etc/coracle/config.toml";
const SYSTEM_STATE: &str = "/var/lib/coracle";
const SYSTEM_RUNTIME: &str = "/run/coracle";
const SYSTEM_CONTROL: &str = "/run/coracle-control/sock";
/// Where systemd's system manager puts every StateDirectory=; the user manager never does.
const SYSTEM_STATES: &str = "/var/lib/";

/// What the places are wanted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// `coracle serve`. Run by root in the foreground it keeps to root's own directories: those of the system service
    /// belong to its account.
    Serve,
    /// Everything else: a person at work on an instance; root means the system's one.
    Command,
}

/// Why there is no place to work in; the sentence has the path and the way out.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PlaceError {
    #[error("HOME is not set, so there is no configuration to find; set it, or give --config FILE")]
    NoHome,
    #[error("{0}: is a symbolic link; a private directory must be a real one: remove the link")]
    Symlink(PathBuf),
    #[error("{0}: is not a directory; move it away")]
    NotADirectory(PathBuf),
    #[error("{path}: belongs to uid {owner}, but uid {us} is running; give it back: chown {us} {path}", path = .path.display())]
    ForeignOwner { path: PathBuf, owner: u32, us: u32 },
    #[error("{path}: others may enter it (mode {mode:04o}); close it: chmod 0700 {path}", path = .path.display())]
    Open { path: PathBuf, mode: u32 },
    #[error("{path}: {source}; make the directory by hand, owned by uid {us} with mode 0700", path = .path.display())]
    Io { path: PathBuf, us: u32, source: io::Error },
}

/// What decides the places, taken from the process.
struct Surroundings<'a> {
    euid: u32,
    purpose: Purpose,
    variable: &'a dyn Fn(&str) -> Option<OsString>,
}

impl Places {
    /// Finds the places for this process: `--config` (`config_flag`) wins, then what systemd says, then the user's own
    /// directories. Creates and checks nothing.
    ///
    /// # Errors
    /// [`PlaceError::NoHome`].
    pub(crate) fn resolve(config_flag: Option<PathBuf>, purpose: Purpose) -> Result<Places, PlaceError> {
        let euid = rustix::process::geteuid().as_raw();
        Surroundings { euid, purpose, variable: &|name| std::env::var_os(name) }.resolve(config_flag)
    }

    /// Those of the system service, whoever asks; `None` if `config` is another one's.
    pub(crate) fn of_system(config: &Path) -> Option<Places> {
        (config == Path::new(SYSTEM_CONFIG)).then(|| Places {
            config: config.to_owned(),
            state: Path::new(SYSTEM_STATE).join("state"),
            runtime: SYSTEM_RUNTIME.into(),
            control: SYSTEM_CONTROL.into(),
        })
    }

    /// Where an instance with this configuration may keep its state: systemd 252 puts a user service's beside its
    /// configuration.
    pub(crate) fn states(&self) -> [PathBuf; 2] {
        [self.state.clone(), self.beside_config("state")]
    }

    /// Creates the state and the runtime directory where they are absent, and makes sure that they are ours alone.
    ///
    /// # Errors
    /// Names the path and the fix.
    pub(crate) fn make_private(&self) -> Result<(), PlaceError> {
        private_directory(&self.state)?;
        private_directory(&self.runtime)
    }

    /// A file or directory beside config.toml.
    pub(crate) fn beside_config(&self, name: &str) -> PathBuf {
        let directory = self.config.parent().unwrap_or(Path::new("."));
        if name.is_empty() { directory.to_owned() } else { directory.join(name) }
    }
}

impl Surroundings<'_> {
    fn resolve(&self, config_flag: Option<PathBuf>) -> Result<Places, PlaceError> {
        let service_state = self.directory("STATE_DIRECTORY");
        let root_at_work = self.euid == 0 && self.purpose == Purpose::Command;
        let system_service = match &service_state {
            Some(state) => config_flag.is_none() || state.starts_with(SYSTEM_STATES),
            None => false,
        };
        let config = match config_flag {
            Some(file) => std::path::absolute(&file).unwrap_or(file),
            None if self.euid == 0 || service_state.is_some() => SYSTEM_CONFIG.into(),
            None => self.home("XDG_CONFIG_HOME", ".config")?.join("coracle/config.toml"),
        };
        let state = match service_state {
            Some(state) => state,
            None if root_at_work => SYSTEM_STATE.into(),
            None => self.home("XDG_STATE_HOME", ".local/state")?.join("coracle"),
        };
        let user_runtime =
            self.directory("XDG_RUNTIME_DIR").unwrap_or_else(|| format!("/run/user/{}", self.euid).into());
        let runtime = match self.directory("RUNTIME_DIRECTORY") {
            Some(runtime) => runtime,
            None if root_at_work => SYSTEM_RUNTIME.into(),
            None => user_runtime.join("coracle"),
        };
        let control = if self.euid == 0 || system_service {
            SYSTEM_CONTROL.into()
        } else {
            user_runtime.join("coracle-control/sock")
        };
        Ok(Places { config, state: state.join("state"), runtime, control })
    }

    /// An absolute directory from the environment; of several (systemd separates them by colons) the first.
    fn directory(&self, name: &str) -> Option<PathBuf> {
        let value = (self.variable)(name)?;
        let first = value.as_encoded_bytes().split(|b| *b == b':').next().unwrap_or(b"");
        let path = PathBuf::from(<OsString as std::os::unix::ffi::OsStringExt>::from_vec(first.to_vec()));
        path.is_absolute().then_some(path)
    }

    fn home(&self, variable: &str, below_home: &str) -> Result<PathBuf, PlaceError> {
        match self.directory(variable) {
            Some(directory) => Ok(directory),
            None => Ok(self.directory("HOME").ok_or(PlaceError::NoHome)?.join(below_home)),
        }
    }
}

/// Creates `path` (and what is missing above it) with mode 0700 where it is absent. Afterwards it is a real directory
/// that belongs to this process's user and that nobody else may enter.
///
/// # Errors
/// Names the path and the fix; nothing that exists is changed.
pub(crate) fn private_directory(path: &Path) -> Result<(), PlaceError> {
    let us = rustix::process::geteuid().as_raw();
    let failed = |source: io::Error| PlaceError::Io { path: path.to_owned(), us, source };
    match std::fs::symlink_metadata(path) {
        Ok(found) if found.is_symlink() => return Err(PlaceError::Symlink(path.to_owned())),
        Ok(_) => {}
        Err(e) if e.kind() == io::ErrorKind::NotFound => {
            std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(failed)?;
        }
        Err(e) => return Err(failed(e)),
    }
    check_private(path, us)
}

/// Whether `path` is a real directory that belongs to uid `us` and that nobody else may enter.
///
/// # Errors
/// Names the path and the fix.
pub(crate) fn check_private(path: &Path, us: u32) -> Result<(), PlaceError> {
    let failed = |source: io::Error| PlaceError::Io { path: path.to_owned(), us, source };
    // What a caller just saw may have been replaced: only what is open counts.
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let opened: OwnedFd = rustix::fs::open(path, flags, Mode::empty()).map_err(|e| match e {
        rustix::io::Errno::LOOP => PlaceError::Symlink(path.to_owned()),
        rustix::io::Errno::NOTDIR => PlaceError::NotADirectory(path.to_owned()),
        e => failed(e.into()),
    })?;
    let found = std::fs::File::from(opened).metadata().map_err(failed)?;
    if found.uid() != us {
        return Err(PlaceError::ForeignOwner { path: path.to_owned(), owner: found.uid(), us });
    }
    let mode = found.mode() & 0o7777;
    if mode & 0o077 != 0 {
        return Err(PlaceError::Open { path: path.to_owned(), mode });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::{collections::HashMap, os::unix::fs::PermissionsExt};

    use super::*;

    fn places(euid: u32, purpose: Purpose, flag: Option<&str>, variables: &[(&str, &str)]) -> Places {
        let map: HashMap<&str, &str> = variables.iter().copied().collect();
        let variable = |name: &str| map.get(name).map(OsString::from);
        Surroundings { euid, purpose, variable: &variable }.resolve(flag.map(PathBuf::from)).unwrap()
    }

    fn assert_places(found: Places, config: &str, state: &str, runtime: &str, control: &str) {
        let wanted =
            Places { config: config.into(), state: state.into(), runtime: runtime.into(), control: control.into() };
        assert_eq!(found, wanted);
    }

    #[test]
    fn a_system_service_works_where_systemd_says() {
        let env = [
            ("STATE_DIRECTORY", "/var/lib/coracle"),
            ("RUNTIME_DIRECTORY", "/run/coracle"),
            ("HOME", "/var/lib/coracle"),
        ];
        let found = places(990, Purpose::Serve, None, &env);
        let control = "/run/coracle-control/sock";
        assert_places(found, "/etc/coracle/config.toml", "/var/lib/coracle/state", "/run/coracle", control);
        let found = places(990, Purpose::Serve, Some("/srv/c.toml"), &env);
        assert_places(found, "/srv/c.toml", "/var/lib/coracle/state", "/run/coracle", control);
    }

    #[test]
    fn a_user_service_keeps_to_the_users_directories() {
        let found = places(
            1000,
            Purpose::Serve,
            Some("/home/mira/.config/coracle/config.toml"),
            &[
                ("STATE_DIRECTORY", "/home/mira/.config/coracle"),
                ("RUNTIME_DIRECTORY", "/run/user/1000/coracle"),
                ("XDG_RUNTIME_DIR", "/run/user/1000"),
                ("HOME", "/home/mira"),
            ],
        );
        assert_places(
            found,
            "/home/mira/.config/coracle/config.toml",
            "/home/mira/.config/coracle/state",
            "/run/user/1000/coracle",
            "/run/user/1000/coracle-control/sock",
        );
    }

    #[test]
    fn in_the_foreground_everything_lies_in_the_home() {
        let found = places(1000, Purpose::Serve, None, &[("HOME", "/home/mira")]);
        assert_places(
            found,
            "/home/mira/.config/coracle/config.toml",
            "/home/mira/.local/state/coracle/state",
            "/run/user/1000/coracle",
            "/run/user/1000/coracle-control/sock",
        );
        let found = places(
            1000,
            Purpose::Command,
            None,
            &[("XDG_CONFIG_HOME", "/c"), ("XDG_STATE_HOME", "/s"), ("XDG_RUNTIME_DIR", "/r")],
        );
        assert_places(found, "/c/coracle/config.toml", "/s/coracle/state", "/r/coracle", "/r/coracle-control/sock");
    }

    #[test]
    fn root_at_the_command_line_means_the_system() {
        let found = places(0, Purpose::Command, None, &[("HOME", "/root"), ("XDG_RUNTIME_DIR", "/run/user/0")]);
        let control = "/run/coracle-control/sock";
        assert_places(found, "/etc/coracle/config.toml", "/var/lib/coracle/state", "/run/coracle", control);
    }

    #[test]
    fn without_a_home_the_flag_is_asked_for() {
        let nothing = |_: &str| None;
        let lost = Surroundings { euid: 1000, purpose: Purpose::Command, variable: &nothing }.resolve(None);
        assert!(lost.unwrap_err().to_string().contains("--config FILE"));
    }

    #[test]
    fn a_private_directory_is_made_closed_and_stays_so() {
        let top = tempfile::tempdir().unwrap();
        let path = top.path().join("a/state");
        private_directory(&path).unwrap();
        private_directory(&path).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
    }

    #[test]
    fn a_link_an_open_door_a_stranger_and_a_file_are_refused_with_the_fix() {
        let top = tempfile::tempdir().unwrap();
        let (real, link, file) = (top.path().join("real"), top.path().join("link"), top.path().join("file"));
        private_directory(&real).unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        assert!(matches!(private_directory(&link), Err(PlaceError::Symlink(_))));
        std::fs::write(&file, "").unwrap();
        assert!(matches!(private_directory(&file), Err(PlaceError::NotADirectory(_))));
        std::fs::set_permissions(&real, std::fs::Permissions::from_mode(0o750)).unwrap();
        let open = private_directory(&real).unwrap_err().to_string();
        assert!(open.contains(&format!("mode 0750); close it: chmod 0700 {}", real.display())), "{open}");
        if rustix::process::geteuid().is_root() {
            std::fs::set_permissions(&real, std::fs::Permissions::from_mode(0o700)).unwrap();
            std::os::unix::fs::chown(&real, Some(1234), None).unwrap();
            assert!(matches!(private_directory(&real), Err(PlaceError::ForeignOwner { owner: 1234, .. })));
        }
    }
}
