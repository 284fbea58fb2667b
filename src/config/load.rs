//! From the files to a checked [`Config`]: config.toml, then `config.d/*.toml` by name; a later file wins key by key.

use std::{
    cell::RefCell,
    io::Read,
    num::NonZeroU32,
    ops::RangeInclusive,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use sha2::{Digest, Sha256};

use super::{
    Auth, Backend, Config, Isolation, LocalAuth, Login, Places, Profile, Recording, RecordingPolicy, Server, Sessions,
    TlsFiles, TrustedProxies, Warm, ldap,
    mistakes::{ConfigErrors, Mistake},
    origin, profile,
    proxies::MAX_PROXIES,
    raw::{Findings, Place, Section, Source, short},
};

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(86_400);

const IDLE_EXIT: RangeInclusive<Duration> = Duration::from_millis(10)..=DAY;
/// Below this the daemon comes and goes between two clicks.
const RESTLESS_IDLE_EXIT: Duration = Duration::from_secs(10);
const MAX_HSTS: Duration = Duration::from_secs(730 * 86_400);
const MAX_LOGIN: Duration = Duration::from_secs(90 * 86_400);
const MAX_SESSION_WAIT: Duration = Duration::from_secs(7 * 86_400);
const MAX_SESSION: Duration = Duration::from_secs(30 * 86_400);
const MAX_START: Duration = Duration::from_secs(600);
const MAX_SESSIONS: u32 = 2048; // each keeps two descriptors in systemd's store of 4,096
const MAX_STARTS: u32 = 600; // a minute
const LOG_BUDGET: RangeInclusive<u64> = 1 << 20..=64 << 30; // bytes
const FILE: RangeInclusive<u64> = 0..=1 << 40; // bytes
const DISK_FLOOR: RangeInclusive<u64> = 0..=1 << 40; // bytes
pub(super) const MAX_WARM: u32 = 256; // containers that are ready, each 2 to 3 MB of memory
const MEMORY_FLOOR: RangeInclusive<u64> = 0..=1 << 40; // bytes
const RECORDING_AGE: RangeInclusive<Duration> = MINUTE..=Duration::from_secs(3650 * 86_400);
const RECORDING_TOTAL: RangeInclusive<u64> = 1 << 20..=1 << 50; // bytes
const MAX_PROFILES: usize = 64;
const MAX_FILE: u64 = 1 << 20; // bytes of one configuration file
const MAX_FILES: usize = 64;

/// A configuration that is in order.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Loaded {
    pub(crate) config: Config,
    /// Hexadecimal SHA-256 of the effective configuration: equal for files that mean the same.
    pub(crate) hash: String,
    /// What was read, in order; empty if there is no file and all is default.
    pub(crate) files: Vec<PathBuf>,
    /// What is allowed and unwise.
    pub(crate) warnings: Vec<Mistake>,
}

impl Config {
    /// What holds where no file says otherwise.
    pub(crate) fn default_at(places: &Places) -> Config {
        let at_least_one = |n| NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN);
        Config {
            server: Server {
                public_url: None,
                hsts: 180 * DAY,
                tls: None,
                trusted_proxies: TrustedProxies::default(),
                idle_exit: MINUTE,
                insecure_http: false,
            },
            auth: Auth {
                backends: vec![Backend::Local],
                local: LocalAuth { file: places.beside_config("users") },
                ldap: None,
            },
            login: Login { idle: 12 * HOUR, lifetime: 7 * DAY },
            sessions: Sessions {
                idle: 15 * MINUTE,
                detached: 15 * MINUTE,
                lifetime: 8 * HOUR,
                start: 30 * SECOND,
                max: at_least_one(32),
                per_user: at_least_one(4),
                starts_per_minute: at_least_one(6),
                copies_ahead: 4,
                isolation: Isolation::Auto,
                require_limits: true,
                log_budget: 64 << 20,
                disk_floor: 1 << 30,
                upload_limit: 48 << 20,
                download_limit: 256 << 20,
                podman_socket: None,
            },
            recording: Recording {
                policy: RecordingPolicy::Off,
                max_age: 90 * DAY,
                max_total: 10 << 30,
                owners_may_view: true,
            },
            warm: Warm { max: 8, memory_floor: 512 << 20 },
            profiles: vec![Profile::default()],
        }
    }

    /// Reads and checks everything. No file at all is the default configuration.
    ///
    /// # Errors
    /// With every mistake of every file that can be read and is TOML.
    pub(crate) fn load(places: &Places) -> Result<Loaded, ConfigErrors> {
        let (texts, mistakes) = read_files(places);
        Self::of(texts, mistakes, places)
    }

    /// As [`Config::load`], of files that were read already, and what was wrong with the others.
    pub(super) fn of(
        texts: Vec<(PathBuf, String)>,
        mistakes: Vec<Mistake>,
        places: &Places,
    ) -> Result<Loaded, ConfigErrors> {
        let mut findings = Findings { mistakes, ..Findings::default() };
        let config = check(&texts, places, &mut findings);
        if !findings.mistakes.is_empty() {
            return Err(ConfigErrors(findings.mistakes));
        }
        let json = serde_json::to_vec(&config).expect("a Config has only text keys and plain values");
        Ok(Loaded {
            config,
            hash: crate::sys::hex(&Sha256::digest(&json)),
            files: texts.into_iter().map(|(path, _)| path).collect(),
            warnings: findings.warnings,
        })
    }
}

/// config.toml and `config.d/*.toml` sorted by name; what cannot be read is a mistake.
fn read_files(places: &Places) -> (Vec<(PathBuf, String)>, Vec<Mistake>) {
    let (mut texts, mut mistakes) = (Vec::new(), Vec::new());
    let mut files = vec![places.config.clone()];
    let directory = places.beside_config("config.d");
    match std::fs::read_dir(&directory) {
        Ok(entries) => {
            let mut added: Vec<PathBuf> = entries
                .filter_map(|entry| entry.ok().map(|e| e.path()))
                .filter(|path| path.extension().is_some_and(|e| e == "toml"))
                .filter(|path| !path.file_name().is_some_and(|n| n.as_encoded_bytes().starts_with(b".")))
                .collect();
            added.sort();
            if added.len() > MAX_FILES {
                let what = format!("has over {MAX_FILES} files; put them together");
                mistakes.push(Mistake { file: directory, line: None, key: String::new(), what });
                added.truncate(MAX_FILES);
            }
            files.extend(added);
        }
        Err(e) if absent(&e) => {}
        Err(e) => mistakes.push(unreadable(&directory, &e)),
    }
    for file in files {
        match read_text(&file) {
            Ok(text) => texts.push((file, text)),
            Err(e) if absent(&e) && file == places.config => {}
            Err(e) => mistakes.push(unreadable(&file, &e)),
        }
    }
    (texts, mistakes)
}

fn absent(e: &std::io::Error) -> bool {
    matches!(e.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory)
}

fn unreadable(file: &Path, e: &std::io::Error) -> Mistake {
    let what = format!("cannot be read: {e}; make it readable, or remove it");
    Mistake { file: file.to_owned(), line: None, key: String::new(), what }
}

fn read_text(file: &Path) -> std::io::Result<String> {
    let opened = std::fs::File::open(file)?;
    if !opened.metadata()?.is_file() {
        return Err(std::io::Error::other("it is not a regular file"));
    }
    let mut text = String::new();
    opened.take(MAX_FILE + 1).read_to_string(&mut text)?;
    if text.len() as u64 > MAX_FILE {
        return Err(std::io::Error::other(format!("it is over {MAX_FILE} bytes")));
    }
    Ok(text)
}

/// Reads every file on top of the defaults.
fn check(texts: &[(PathBuf, String)], places: &Places, findings: &mut Findings) -> Config {
    let mut config = Config::default_at(places);
    let mut profiles: Vec<Profile> = Vec::new();
    let mut directory = Directory::default();
    let shared = RefCell::new(std::mem::take(findings));
    for (path, text) in texts {
        let source = Source { path, text, findings: &shared };
        let Some(table) = source.parse() else { continue };
        let mut root = Section::root(&source, &table);
        check_server(root.table("server"), &mut config.server, places);
        check_auth(root.table("auth"), &mut config.auth, &mut directory, places);
        check_login(root.table("login"), &mut config.login);
        check_sessions(root.table("sessions"), &mut config.sessions);
        check_recording(root.table("recording"), &mut config.recording);
        check_warm(root.table("warm"), &mut config.warm);
        check_profiles(&mut root, &source, &mut profiles);
        root.finish();
    }
    *findings = shared.into_inner();
    if config.server.public_url.is_none() && !config.server.trusted_proxies.is_empty() {
        findings.warnings.extend(texts.last().map(|(path, _)| unreachable_proxies(path)));
    }
    config.auth.ldap = directory.keys.finish(directory.listed, &places.beside_config(""), findings).map(Arc::new);
    if !profiles.is_empty() {
        config.profiles = profiles;
    }
    config
}

fn check_server(mut section: Section<'_, '_>, server: &mut Server, places: &Places) {
    if let Some((text, line)) = section.string("public_url") {
        match origin::parse(text) {
            Ok(url) => server.public_url = url,
            Err(e) => section.mistake(line, "public_url", e.to_string()),
        }
    }
    trusted_proxies(&mut section, server);
    section.duration("hsts", Duration::ZERO..=MAX_HSTS, &mut server.hsts);
    check_tls(section.table("tls"), &mut server.tls, places);
    if server.tls.is_some() && server.public_url.as_ref().is_some_and(|url| !url.is_https()) {
        let what = "is http, so nobody is served on the https socket; write \"https://…\"".into();
        section.warning(section.line_of("public_url"), "public_url", what);
    }
    section.duration("idle_exit", IDLE_EXIT, &mut server.idle_exit);
    if server.idle_exit < RESTLESS_IDLE_EXIT {
        let what = "below 10s the daemon leaves between two clicks; write \"60s\" unless this is a test".into();
        section.warning(section.line_of("idle_exit"), "idle_exit", what);
    }
    section.switch("insecure_http", &mut server.insecure_http);
    section.finish();
}

fn unreachable_proxies(path: &Path) -> Mistake {
    let what = "is not set, so nobody behind server.trusted_proxies is answered; write the address that browsers use";
    Mistake { file: path.to_owned(), line: None, key: "server.public_url".into(), what: what.into() }
}

/// A later file may change one of the two, and say nothing of the other.
fn check_tls(mut section: Section<'_, '_>, tls: &mut Option<TlsFiles>, places: &Places) {
    let before = tls.take().map_or((None, None), |files| (Some(files.cert), Some(files.key)));
    let mut asked = |key, before| {
        let written = section.path(key, &places.beside_config(""));
        if section.has(key) { written } else { before }
    };
    let files = (asked("cert_file", before.0), asked("key_file", before.1));
    let missing =
        |key, other| section.mistake(section.line_of(other), key, "is missing; write the path of its PEM file".into());
    match files {
        (Some(cert), Some(key)) => *tls = Some(TlsFiles { cert, key }),
        (Some(_), None) => missing("key_file", "cert_file"),
        (None, Some(_)) => missing("cert_file", "key_file"),
        (None, None) => {}
    }
    section.finish();
}

/// A later file's list takes the place of an earlier one's.
fn trusted_proxies(section: &mut Section<'_, '_>, server: &mut Server) {
    const KEY: &str = "trusted_proxies";
    let Some((entries, line)) = section.strings(KEY) else { return };
    if entries.len() > MAX_PROXIES {
        section.mistake(line, KEY, format!("has over {MAX_PROXIES} entries; write networks like \"10.1.0.0/16\""));
        return;
    }
    server.trusted_proxies = TrustedProxies::default();
    for (text, line) in entries {
        if let Err(e) = server.trusted_proxies.add(text) {
            section.mistake(line, KEY, format!("\"{}\" {e}", short(text)));
        }
    }
}

/// `[auth.ldap]` over all files, and where `auth.backends` lists it.
#[derive(Default)]
struct Directory {
    keys: ldap::Draft,
    listed: Option<Place>,
}

fn check_auth(mut section: Section<'_, '_>, auth: &mut Auth, directory: &mut Directory, places: &Places) {
    if let Some((texts, line)) = section.strings("backends") {
        auth.backends.clear();
        directory.listed = None;
        for (text, line) in &texts {
            let backend = match *text {
                "local" => Backend::Local,
                "ldap" => Backend::Ldap,
                _ => {
                    let what = format!("\"{}\" is not known; write \"local\" or \"ldap\"", short(text));
                    section.mistake(*line, "backends", what);
                    continue;
                }
            };
            if auth.backends.contains(&backend) {
                section.mistake(*line, "backends", format!("\"{text}\" is there twice; remove one"));
                continue;
            }
            auth.backends.push(backend);
            if backend == Backend::Ldap {
                directory.listed = Some(section.place(*line));
            }
        }
        if texts.is_empty() {
            section.mistake(line, "backends", "lets nobody in; write [\"local\"]".into());
        }
    }
    directory.keys.read(section.table("ldap"), &places.beside_config(""));
    let mut local = section.table("local");
    if let Some(file) = local.path("file", &places.beside_config("")) {
        auth.local.file = file;
    }
    local.finish();
    section.finish();
}

fn check_login(mut section: Section<'_, '_>, login: &mut Login) {
    section.duration("idle", SECOND..=MAX_LOGIN, &mut login.idle);
    section.duration("lifetime", SECOND..=MAX_LOGIN, &mut login.lifetime);
    section.finish();
}

fn check_sessions(mut section: Section<'_, '_>, sessions: &mut Sessions) {
    section.duration("idle", SECOND..=MAX_SESSION_WAIT, &mut sessions.idle);
    section.duration("detached", Duration::ZERO..=MAX_SESSION_WAIT, &mut sessions.detached);
    section.duration("lifetime", SECOND..=MAX_SESSION, &mut sessions.lifetime);
    section.duration("start", SECOND..=MAX_START, &mut sessions.start);
    count(&mut section, "max", MAX_SESSIONS, &mut sessions.max);
    count(&mut section, "per_user", MAX_SESSIONS, &mut sessions.per_user);
    count(&mut section, "starts_per_minute", MAX_STARTS, &mut sessions.starts_per_minute);
    section.count("copies_ahead", 0..=MAX_SESSIONS, &mut sessions.copies_ahead);
    let words = [("auto", Isolation::Auto), ("slots", Isolation::Slots), ("shared", Isolation::Shared)];
    section.word("isolation", &words, &mut sessions.isolation);
    section.switch("require_limits", &mut sessions.require_limits);
    section.size("log_budget", LOG_BUDGET, &mut sessions.log_budget);
    section.size("upload_limit", FILE, &mut sessions.upload_limit);
    section.size("download_limit", FILE, &mut sessions.download_limit);
    section.size("disk_floor", DISK_FLOOR, &mut sessions.disk_floor);
    if let Some((text, line)) = section.string("podman_socket") {
        if !text.is_empty() && (!text.starts_with('/') || text.chars().any(char::is_control)) {
            let what = "is not an absolute path; write \"/run/user/1000/podman/podman.sock\"".into();
            section.mistake(line, "podman_socket", what);
        }
        sessions.podman_socket = (!text.is_empty()).then(|| PathBuf::from(text));
    }
    section.finish();
}

fn check_recording(mut section: Section<'_, '_>, recording: &mut Recording) {
    section.word("policy", &RecordingPolicy::WORDS, &mut recording.policy);
    section.duration("max_age", RECORDING_AGE, &mut recording.max_age);
    section.size("max_total", RECORDING_TOTAL, &mut recording.max_total);
    section.switch("owners_may_view", &mut recording.owners_may_view);
    section.finish();
}

fn check_warm(mut section: Section<'_, '_>, warm: &mut Warm) {
    section.count("max", 0..=MAX_WARM, &mut warm.max);
    section.size("memory_floor", MEMORY_FLOOR, &mut warm.memory_floor);
    section.finish();
}

fn count(section: &mut Section<'_, '_>, key: &'static str, most: u32, into: &mut NonZeroU32) {
    let mut number = into.get();
    section.count(key, 1..=most, &mut number);
    *into = NonZeroU32::new(number).unwrap_or(*into);
}

/// A profile whose name an earlier file had takes its place; twice in one file is a mistake.
fn check_profiles(root: &mut Section<'_, '_>, source: &Source<'_>, profiles: &mut Vec<Profile>) {
    let sections = root.tables("profiles");
    if sections.is_empty() {
        profile::read(Section::nothing(source, "profiles")); // so that its keys are known
    }
    let mut here: Vec<String> = Vec::new();
    for section in sections {
        let line = section.line();
        let Some(profile) = profile::read(section) else { continue };
        if here.contains(&profile.name) {
            let what = format!("\"{}\" is there twice in this file; give one another name", profile.name);
            root.mistake(line, "profiles.name", what);
            continue;
        }
        here.push(profile.name.clone());
        match profiles.iter_mut().find(|p| p.name == profile.name) {
            Some(earlier) => *earlier = profile,
            None => profiles.push(profile),
        }
        if profiles.len() > MAX_PROFILES {
            root.mistake(line, "profiles", format!("there are over {MAX_PROFILES}; remove some"));
            break;
        }
    }
}

#[cfg(test)]
mod tests;
