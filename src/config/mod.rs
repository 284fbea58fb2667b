//! What the operator asked for, already checked: `raw` mirrors the TOML, this is what the rest of the program reads.
//!
//! No later code asks "but is it set?": every default is filled in here, every bound was checked here.

mod key; //      secrets of this instance, one small file each
mod ldap; //     [auth.ldap]
mod load; //     config.toml and config.d/*.toml, checked into `Config`
mod mistakes; // everything that is wrong, with file, line, key and the way out
mod origin; //   server.public_url
mod places; //   where config, state, runtime and the control socket are
mod profile; //  one [[profiles]] entry
mod proxies; //  server.trusted_proxies
mod raw; //      TOML as it is written, read key by key
mod units; //    "15m" and "200m"

#[cfg(fuzzing)]
pub(crate) mod fuzz;

use std::{num::NonZeroU32, path::PathBuf, sync::Arc, time::Duration};

pub(crate) use key::StateKey;
pub(crate) use ldap::{
    BindTemplate, DirectoryKind, Dn, Filter, FilterTemplate, GraceLogins, GroupRule, IN_CHAIN, LdapAuth, LdapUrl,
    SearchScope, Secret, directory_group_name, is_format,
};
pub(crate) use load::Loaded;
pub(crate) use mistakes::{ConfigErrors, Mistake};
pub(crate) use origin::PublicUrl;
pub(crate) use places::{PlaceError, Purpose, check_private, private_directory};
pub(crate) use proxies::TrustedProxies;

/// The whole configuration, checked. Cheap to share (`Arc<Config>`); a reload makes a new one.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub(crate) struct Config {
    pub(crate) server: Server,
    pub(crate) auth: Auth,
    pub(crate) login: Login,
    pub(crate) sessions: Sessions,
    pub(crate) recording: Recording,
    pub(crate) warm: Warm,
    /// At least one; names are unique.
    pub(crate) profiles: Vec<Profile>,
}

/// `[server]`
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub(crate) struct Server {
    /// The one address that browsers use; `None`: loopback names only.
    pub(crate) public_url: Option<PublicUrl>,
    /// Who may say which client a request comes from. Default nobody.
    pub(crate) trusted_proxies: TrustedProxies,
    /// What browsers promise to come by https only for, at each visit; zero: they are not asked to. Default 180 d.
    pub(crate) hsts: Duration,
    /// `[server.tls]`; `None`: see [`TlsFiles::from_credentials`].
    pub(crate) tls: Option<TlsFiles>,
    /// How long nobody must be there before the daemon exits. Default 60 s; under 10 s only with a warning.
    pub(crate) idle_exit: Duration,
    /// Serve the login form over plain HTTP to addresses that are not loopback. Default false.
    pub(crate) insecure_http: bool,
}

/// Certificate chain and key of the https entrance, both PEM.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(crate) struct TlsFiles {
    /// The server's own certificate first, then its issuers'.
    pub(crate) cert: PathBuf,
    pub(crate) key: PathBuf,
}

impl TlsFiles {
    /// The credentials `coracle_tls-cert` and `coracle_tls-key`, if systemd gave us either of them.
    pub(crate) fn from_credentials() -> Option<TlsFiles> {
        Self::in_credentials(&PathBuf::from(std::env::var_os("CREDENTIALS_DIRECTORY")?))
    }

    /// The same in a directory of credentials.
    pub(crate) fn in_credentials(directory: &std::path::Path) -> Option<TlsFiles> {
        let [cert, key] = ["coracle_tls-cert", "coracle_tls-key"].map(|name| directory.join(name));
        (cert.exists() || key.exists()).then_some(TlsFiles { cert, key })
    }
}

/// `[auth]`
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub(crate) struct Auth {
    /// Who is asked about names and passwords; at least one, each once. Default: the users file alone.
    pub(crate) backends: Vec<Backend>,
    pub(crate) local: LocalAuth,
    /// There if and only if `backends` has [`Backend::Ldap`].
    pub(crate) ldap: Option<Arc<LdapAuth>>,
}

/// One of `auth.backends`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Backend {
    /// The users file.
    Local,
    /// The directory of `[auth.ldap]`.
    Ldap,
}

/// `[auth.local]`
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub(crate) struct LocalAuth {
    /// The users file; by default `users` beside config.toml. Read at each login.
    pub(crate) file: PathBuf,
}

/// `[login]`
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub(crate) struct Login {
    /// A login ends when unused for this long. Default 12 h.
    pub(crate) idle: Duration,
    /// A login ends this long after the password was typed. Default 7 d.
    pub(crate) lifetime: Duration,
}

/// `[sessions]`
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub(crate) struct Sessions {
    /// Attached without input for this long: ended. Default 15 min.
    pub(crate) idle: Duration,
    /// No browser for this long: ended. Default 15 min; zero ends at once.
    pub(crate) detached: Duration,
    /// No session is older than this. Default 8 h.
    pub(crate) lifetime: Duration,
    /// From leaving the queue to a running shell, image pull not counted. Default 30 s.
    pub(crate) start: Duration,
    /// Sessions at once. Default 32.
    pub(crate) max: NonZeroU32,
    /// Sessions at once for one person. Default 4.
    pub(crate) per_user: NonZeroU32,
    /// Starts in a minute for one person. Default 6.
    pub(crate) starts_per_minute: NonZeroU32,
    /// Ranges of ids that get their copy of an image ahead, once it has changed; 0: none. Default 4.
    pub(crate) copies_ahead: u32,
    pub(crate) isolation: Isolation,
    /// Refuse a session whose limits the kernel does not confirm. False only where the controllers do not exist.
    pub(crate) require_limits: bool,
    /// Bytes that all session logs together may take of the runtime directory's memory. Default 64 MiB.
    pub(crate) log_budget: u64,
    /// Bytes that sessions must leave free on the disk of the image store. Default 1 GiB.
    pub(crate) disk_floor: u64,
    /// Bytes of a file that may be brought into a session; 0: none may. Default 48 MiB, the default profile's home.
    pub(crate) upload_limit: u64,
    /// Bytes of a file that may be taken out of a session; 0: none may. Default 256 MiB.
    pub(crate) download_limit: u64,
    /// Podman's API socket; `None`: `/run/user/<uid>/podman/podman.sock`.
    pub(crate) podman_socket: Option<PathBuf>,
}

/// `[recording]`
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub(crate) struct Recording {
    /// For profiles that say nothing of their own. Default off.
    pub(crate) policy: RecordingPolicy,
    /// A recording goes this long after its session ended. Default 90 d.
    pub(crate) max_age: Duration,
    /// Bytes of all recordings together; the oldest go. Default 10 GiB.
    pub(crate) max_total: u64,
    /// People may look at the recordings of their own sessions; administrators always may at all. Default true.
    pub(crate) owners_may_view: bool,
}

/// `[warm]`: what bounds the containers that profiles keep ready.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub(crate) struct Warm {
    /// All profiles together; 0: none. Default 8.
    pub(crate) max: u32,
    /// Bytes of memory that the host must have available for one to be there. Default 512 MiB.
    pub(crate) memory_floor: u64,
}

/// `recording.policy`, and `recording` of a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum RecordingPolicy {
    Off,
    /// What cannot be recorded is not, and the session goes on.
    BestEffort,
    /// What is not recorded is not shown, and what cannot be recorded ends.
    Required,
}

impl RecordingPolicy {
    /// As the configuration writes them.
    pub(crate) const WORDS: [(&str, RecordingPolicy); 3] =
        [("off", Self::Off), ("best-effort", Self::BestEffort), ("required", Self::Required)];
}

impl Config {
    /// How a session of this profile is recorded.
    pub(crate) fn recording_of(&self, profile: &Profile) -> RecordingPolicy {
        profile.recording.unwrap_or(self.recording.policy)
    }
}

/// `sessions.isolation`: whose subordinate ids a session gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Isolation {
    /// Slots where the account has at least two, else shared.
    Auto,
    /// 65,536 ids of its own for each session; needs `sessions.max` of them.
    Slots,
    /// One private mapping for all sessions; root inside is still never the daemon's own uid.
    Shared,
}

/// One `[[profiles]]` entry: a named recipe for a session.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Profile {
    /// `[a-z0-9-]{1,32}`
    pub(crate) name: String,
    pub(crate) description: String,
    /// Full image name, e.g. `docker.io/library/ubuntu:24.04`.
    pub(crate) image: String,
    pub(crate) pull: Pull,
    pub(crate) command: Vec<String>,
    pub(crate) user: GuestUser,
    /// Who may use it; empty means everyone.
    pub(crate) groups: Vec<String>,
    /// Added to (and winning over) TERM, LANG, HOME, USER, PATH; sorted.
    pub(crate) env: std::collections::BTreeMap<String, String>,
    /// Bytes; swap is always equal, so none. Default 200m.
    pub(crate) memory: u64,
    /// Thousandths of a processor. Default 500 (written `cpus = 0.5`).
    pub(crate) millicpus: u32,
    /// Default 128.
    pub(crate) pids: u32,
    /// Default `/home/crew` 48m, `/tmp` 32m, `/run` 4m. Together with `shm` at most half of `memory`.
    pub(crate) tmpfs: Vec<Tmpfs>,
    /// Bytes of /dev/shm. Default 16m.
    pub(crate) shm: u64,
    /// Open files of one process. Default 1024.
    pub(crate) nofile: u32,
    #[serde(default)]
    pub(crate) network: Network,
    /// Outbound sessions may reach the host's own addresses, where the network helper cannot keep them from it.
    #[serde(default)]
    pub(crate) allow_host_access: bool,
    /// What root inside may do; empty for everybody else. Sorted.
    #[serde(default)]
    pub(crate) capabilities: std::collections::BTreeSet<Capability>,
    /// Bytes that may be written beside the tmpfs, on the host's disk; `None`: the root is read-only.
    #[serde(default)]
    pub(crate) layer_size: Option<u64>,
    /// `None`: as [`Recording::policy`] says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) recording: Option<RecordingPolicy>,
    /// Containers that are kept ready for its next sessions, while the daemon is awake. Default 0.
    #[serde(default)]
    pub(crate) warm: u32,
}

/// `network` of a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Network {
    /// Nothing but `lo`.
    #[default]
    None,
    /// Connections to elsewhere, none from there.
    Outbound,
}

impl Network {
    /// As the configuration, the certificate and the audit write it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Network::None => "none",
            Network::Outbound => "outbound",
        }
    }
}

/// What root inside may be allowed: what package managers need, and nothing that reaches out of the container.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Capability {
    Chown,
    DacOverride,
    Fowner,
    Setgid,
    Setuid,
}

impl Capability {
    pub(crate) const ALL: [Capability; 5] = [Self::Chown, Self::DacOverride, Self::Fowner, Self::Setgid, Self::Setuid];

    /// As capabilities(7) writes it, without `CAP_`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Chown => "CHOWN",
            Self::DacOverride => "DAC_OVERRIDE",
            Self::Fowner => "FOWNER",
            Self::Setgid => "SETGID",
            Self::Setuid => "SETUID",
        }
    }

    /// Its bit in the kernel's sets (linux/capability.h).
    pub(crate) fn bit(self) -> u64 {
        1 << match self {
            Self::Chown => 0,
            Self::DacOverride => 1,
            Self::Fowner => 3,
            Self::Setgid => 6,
            Self::Setuid => 7,
        }
    }
}

/// Whether the daemon may fetch an image that is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Pull {
    Missing,
    Never,
}

/// `user = "crew:1000:1000"`: who the shell runs as, inside.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct GuestUser {
    pub(crate) name: String,
    pub(crate) uid: u32,
    pub(crate) gid: u32,
}

impl GuestUser {
    /// The home directory inside: `/root` for uid 0, else `/home/<name>`.
    pub(crate) fn home(&self) -> String {
        if self.uid == 0 { "/root".into() } else { format!("/home/{}", self.name) }
    }
}

/// One sized tmpfs of a profile, written `"/tmp:32m"`.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Tmpfs {
    pub(crate) path: String,
    /// Bytes.
    pub(crate) size: u64,
}

/// Where this instance keeps its things; fixed at start, never part of config.toml.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Places {
    /// config.toml itself; `config.d/*.toml` and `users` lie beside it. May be absent: then all is default.
    pub(crate) config: PathBuf,
    /// Survives reboots: keys, logins, throttle. Directory 0700.
    pub(crate) state: PathBuf,
    /// On a tmpfs: session logs. Directory 0700.
    pub(crate) runtime: PathBuf,
    /// The control socket that `coracle ps` and `coracle end` speak to.
    pub(crate) control: PathBuf,
}

/// Whether `name` can be a group: 1 to 64 of A-Z, a-z, 0-9, `_`, `.` and `-`.
pub(crate) fn group_name(name: &str) -> bool {
    (1..=64).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.-".contains(&b))
}
