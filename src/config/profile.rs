//! `[[profiles]]`: one recipe, checked key by key and then as a whole.

use std::{collections::BTreeSet, ops::RangeInclusive};

use super::{
    Capability, GuestUser, Network, Profile, Pull, RecordingPolicy, Tmpfs,
    load::MAX_WARM,
    raw::{Section, short},
    units::{self, ShowSize},
};

const KIB: u64 = 1 << 10;
const MIB: u64 = 1 << 20;
const TIB: u64 = 1 << 40;

const MEMORY: RangeInclusive<u64> = 16 * MIB..=TIB; // bytes
const MILLICPUS: RangeInclusive<u32> = 10..=64_000; // thousandths of a processor
const PIDS: RangeInclusive<u32> = 8..=65_536;
const SHM: RangeInclusive<u64> = 64 * KIB..=TIB; // bytes
const TMPFS: RangeInclusive<u64> = 64 * KIB..=TIB; // bytes
const LAYER: RangeInclusive<u64> = 16 * MIB..=TIB; // bytes
const NOFILE: RangeInclusive<u32> = 64..=1_048_576; // open files of one process
const MAX_NAME: usize = 32; // characters
const MAX_DESCRIPTION: usize = 200; // characters
const MAX_IMAGE: usize = 255; // characters
const MAX_ARGUMENTS: usize = 64;
const MAX_ARGUMENT: usize = 4096; // bytes
const MAX_GROUPS: usize = 64;
const MAX_ENV: usize = 64; // variables
const MAX_ENV_NAME: usize = 128; // characters
const MAX_ENV_VALUE: usize = 32 * 1024; // bytes
const MAX_TMPFS: usize = 16;
const MAX_TMPFS_PATH: usize = 255; // bytes
const MAX_ID: u32 = 65_534; // the last id that a slot and the shared mapping both have

/// What the kernel and the engine put there themselves.
const NOT_FOR_TMPFS: [&str; 4] = ["/", "/proc", "/sys", "/dev"];

impl Default for Profile {
    /// The profile `shell`, which is there when none is configured.
    fn default() -> Self {
        let user = GuestUser { name: "crew".into(), uid: 1000, gid: 1000 };
        Self {
            name: "shell".into(),
            description: "A shell of your own, without network".into(),
            image: "docker.io/library/ubuntu:24.04".into(),
            pull: Pull::Missing,
            command: vec!["/bin/bash".into(), "-l".into()],
            tmpfs: default_tmpfs(&user),
            user,
            groups: Vec::new(),
            env: std::collections::BTreeMap::new(),
            memory: 200 * MIB,
            millicpus: 500,
            pids: 128,
            shm: 16 * MIB,
            nofile: 1024,
            network: Network::None,
            allow_host_access: false,
            capabilities: BTreeSet::new(),
            layer_size: None,
            recording: None,
            warm: 0,
        }
    }
}

fn default_tmpfs(user: &GuestUser) -> Vec<Tmpfs> {
    vec![
        Tmpfs { path: user.home(), size: 48 * MIB },
        Tmpfs { path: "/tmp".into(), size: 32 * MIB },
        Tmpfs { path: "/run".into(), size: 4 * MIB },
    ]
}

/// Reads one `[[profiles]]`; what it does not say is as in `shell`. `None` if it has no usable name; mistakes are
/// recorded either way.
pub(super) fn read(mut section: Section<'_, '_>) -> Option<Profile> {
    let mut profile = Profile::default();
    let name = read_name(&mut section);
    if let Some((text, line)) = section.string("description") {
        if text.chars().count() > MAX_DESCRIPTION || text.chars().any(char::is_control) {
            let what = format!("is not one line of at most {MAX_DESCRIPTION} characters; write a shorter one");
            section.mistake(line, "description", what);
        }
        profile.description = text.to_owned();
    } else if name.as_deref() != Some("shell") {
        profile.description = String::new();
    }
    read_image(&mut section, &mut profile.image);
    section.word("pull", &[("missing", Pull::Missing), ("never", Pull::Never)], &mut profile.pull);
    read_command(&mut section, &mut profile.command);
    if read_user(&mut section, &mut profile.user) {
        profile.tmpfs = default_tmpfs(&profile.user);
    }
    read_groups(&mut section, &mut profile.groups);
    read_env(&mut section, &mut profile);
    section.size("memory", MEMORY, &mut profile.memory);
    section.thousandths("cpus", MILLICPUS, &mut profile.millicpus);
    section.count("pids", PIDS, &mut profile.pids);
    read_tmpfs(&mut section, &mut profile.tmpfs);
    section.size("shm", SHM, &mut profile.shm);
    section.count("nofile", NOFILE, &mut profile.nofile);
    section.word("network", &[("none", Network::None), ("outbound", Network::Outbound)], &mut profile.network);
    section.switch("allow_host_access", &mut profile.allow_host_access);
    read_capabilities(&mut section, &mut profile);
    read_layer_size(&mut section, &mut profile.layer_size);
    read_recording(&mut section, &mut profile.recording);
    section.count("warm", 0..=MAX_WARM, &mut profile.warm);
    check_memory(&section, &profile);
    section.finish();
    profile.name = name?;
    Some(profile)
}

fn read_name(section: &mut Section<'_, '_>) -> Option<String> {
    let Some((text, line)) = section.string("name") else {
        if section.is_there() && !section.has("name") {
            section.mistake(section.line(), "name", "is missing; write name = \"shell\"".into());
        }
        return None;
    };
    let fits = (1..=MAX_NAME).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if !fits {
        let what = format!("\"{}\" is not a name; write 1 to {MAX_NAME} of a-z, 0-9 and -", short(text));
        section.mistake(line, "name", what);
    }
    fits.then(|| text.to_owned())
}

fn read_image(section: &mut Section<'_, '_>, into: &mut String) {
    let Some((text, line)) = section.string("image") else { return };
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"._:/@-".contains(&b);
    let host = text.split('/').next().unwrap_or("");
    let full = text.contains('/') && (host == "localhost" || host.contains(['.', ':']));
    if text.is_empty() || text.len() > MAX_IMAGE || !text.bytes().all(plain) || !full || text.ends_with('/') {
        let what = format!(
            "\"{}\" is not a full image name; write the registry too, like \"docker.io/library/ubuntu:24.04\"",
            short(text)
        );
        section.mistake(line, "image", what);
    }
    *into = text.to_owned();
}

fn read_command(section: &mut Section<'_, '_>, into: &mut Vec<String>) {
    let Some((texts, line)) = section.strings("command") else { return };
    if texts.first().is_none_or(|(program, _)| program.is_empty()) {
        section.mistake(line, "command", "names no program; write [\"/bin/bash\", \"-l\"]".into());
    }
    if texts.len() > MAX_ARGUMENTS || texts.iter().any(|(text, _)| text.len() > MAX_ARGUMENT || text.contains('\0')) {
        let what =
            format!("is too long; write at most {MAX_ARGUMENTS} texts of at most {MAX_ARGUMENT} bytes, without NUL");
        section.mistake(line, "command", what);
    }
    *into = texts.into_iter().map(|(text, _)| text.to_owned()).collect();
}

/// True if the profile says who its user is.
fn read_user(section: &mut Section<'_, '_>, into: &mut GuestUser) -> bool {
    let Some((text, line)) = section.string("user") else { return false };
    let parts: Vec<&str> = text.split(':').collect();
    let id = |text: &str| {
        let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        text.parse::<u32>().ok().filter(|id| digits && *id <= MAX_ID)
    };
    let user = match parts[..] {
        [name, uid, gid] if guest_name(name) => id(uid).zip(id(gid)).map(|ids| (name, ids)),
        _ => None,
    };
    match user {
        Some((name, (uid, gid))) => *into = GuestUser { name: name.to_owned(), uid, gid },
        None => {
            let what =
                format!("\"{}\" is not NAME:UID:GID with ids up to {MAX_ID}; write \"crew:1000:1000\"", short(text));
            section.mistake(line, "user", what);
        }
    }
    true
}

fn guest_name(name: &str) -> bool {
    name.len() <= MAX_NAME
        && name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-')
}

fn read_groups(section: &mut Section<'_, '_>, into: &mut Vec<String>) {
    let Some((texts, line)) = section.strings("groups") else { return };
    if texts.len() > MAX_GROUPS {
        section.mistake(line, "groups", format!("has {}; write at most {MAX_GROUPS} groups", texts.len()));
    }
    for (text, line) in &texts {
        if !super::directory_group_name(text) {
            let what =
                format!("\"{}\" is not a group; write 1 to 128 characters without a blank at an end", short(text));
            section.mistake(*line, "groups", what);
        }
    }
    *into = texts.into_iter().map(|(text, _)| text.to_owned()).collect();
}

fn read_capabilities(section: &mut Section<'_, '_>, profile: &mut Profile) {
    let Some((texts, line)) = section.strings("capabilities") else { return };
    let known = || Capability::ALL.map(Capability::name).join(", ");
    for (text, line) in &texts {
        match Capability::ALL.into_iter().find(|capability| capability.name() == *text) {
            Some(capability) => drop(profile.capabilities.insert(capability)),
            None => section.mistake(
                *line,
                "capabilities",
                format!("\"{}\" is not offered; write some of {}", short(text), known()),
            ),
        }
    }
    if !texts.is_empty() && profile.user.uid != 0 {
        let what = "are root's alone inside; write user = \"root:0:0\", or leave them away".into();
        section.mistake(line, "capabilities", what);
    }
}

/// An empty text is none.
fn read_layer_size(section: &mut Section<'_, '_>, into: &mut Option<u64>) {
    if section.string("layer_size").is_none_or(|(text, _)| text.is_empty()) {
        return;
    }
    let mut size = *LAYER.start();
    section.size("layer_size", LAYER, &mut size);
    *into = Some(size);
}

/// An empty text is what `[recording]` says.
fn read_recording(section: &mut Section<'_, '_>, into: &mut Option<RecordingPolicy>) {
    if section.string("recording").is_none_or(|(text, _)| text.is_empty()) {
        return;
    }
    let mut policy = RecordingPolicy::Off;
    section.word("recording", &RecordingPolicy::WORDS, &mut policy);
    *into = Some(policy);
}

fn read_env(section: &mut Section<'_, '_>, profile: &mut Profile) {
    let Some(pairs) = section.pairs("env") else { return };
    if pairs.len() > MAX_ENV {
        section.mistake(
            section.line_of("env"),
            "env",
            format!("has {}; write at most {MAX_ENV} variables", pairs.len()),
        );
    }
    for (name, value, line) in pairs {
        let sane = (1..=MAX_ENV_NAME).contains(&name.len())
            && !name.starts_with(|c: char| c.is_ascii_digit())
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        if !sane {
            let what = format!("\"{}\" is not a variable; write letters, digits and _, like EDITOR", short(name));
            section.mistake(line, "env", what);
        }
        if value.len() > MAX_ENV_VALUE || value.contains('\0') {
            let what = format!("the value of {} is over {MAX_ENV_VALUE} bytes or has a NUL; shorten it", short(name));
            section.mistake(line, "env", what);
        }
        profile.env.insert(name.to_owned(), value.to_owned());
    }
}

fn read_tmpfs(section: &mut Section<'_, '_>, into: &mut Vec<Tmpfs>) {
    let Some((texts, line)) = section.strings("tmpfs") else { return };
    if texts.len() > MAX_TMPFS {
        section.mistake(line, "tmpfs", format!("has {}; write at most {MAX_TMPFS} entries", texts.len()));
    }
    let mut seen = BTreeSet::new();
    into.clear();
    for (text, line) in texts {
        match one_tmpfs(text) {
            Ok(tmpfs) if !seen.insert(tmpfs.path.clone()) => {
                section.mistake(line, "tmpfs", format!("{} is there twice; remove one", tmpfs.path));
            }
            Ok(tmpfs) => into.push(tmpfs),
            Err(what) => section.mistake(line, "tmpfs", format!("\"{}\" {what}", short(text))),
        }
    }
}

/// `"/tmp:32m"`: an absolute path, spelled the shortest way, and a size.
fn one_tmpfs(text: &str) -> Result<Tmpfs, String> {
    let (path, size) = text.rsplit_once(':').ok_or("has no size; write \"/tmp:32m\"")?;
    let parts = path.strip_prefix('/').ok_or("is not absolute; write \"/tmp:32m\"")?.split('/');
    let odd = |part: &str| part.is_empty() || part == "." || part == "..";
    let plain = path.len() <= MAX_TMPFS_PATH && !path.chars().any(|c| c.is_control() || c == ',' || c == ':');
    if !plain || (path != "/" && parts.clone().any(odd)) {
        return Err("is not a plain path; write it without `..`, `//`, `,` and `:`, like \"/tmp:32m\"".into());
    }
    let first = format!("/{}", parts.clone().next().unwrap_or(""));
    if NOT_FOR_TMPFS.contains(&first.as_str()) {
        return Err(format!("would hide {first}, which the container needs; write another path"));
    }
    let size = units::size(size).map_err(|e| format!("{e}: \"/tmp:32m\""))?;
    if !TMPFS.contains(&size) {
        let (least, most) = (ShowSize(*TMPFS.start()), ShowSize(*TMPFS.end()));
        return Err(format!("is out of range; write a size of {least} to {most}"));
    }
    Ok(Tmpfs { path: path.to_owned(), size })
}

/// What lies in tmpfs and shm counts as the container's memory: more than half would leave no room for programs.
fn check_memory(section: &Section<'_, '_>, profile: &Profile) {
    let files = profile.tmpfs.iter().fold(profile.shm, |sum, t| sum.saturating_add(t.size));
    if files > profile.memory / 2 {
        let what = format!(
            "tmpfs and shm together are {}, which is over half of memory {}; write less, or memory = \"{}m\"",
            ShowSize(files),
            ShowSize(profile.memory),
            files.saturating_mul(2).div_ceil(MIB)
        );
        let key = if section.has("tmpfs") { "tmpfs" } else { "memory" };
        section.mistake(section.line_of(key), key, what);
    }
}
