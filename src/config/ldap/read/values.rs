//! Texts with a meaning, read the same way under several keys.

use std::path::{Path, PathBuf};

use crate::config::{
    ldap::Dn,
    raw::{Section, short},
};

/// Where systemd puts credentials, and what comes before the name of each of ours.
const CREDENTIALS: &str = "CREDENTIALS_DIRECTORY";
const CREDENTIAL_PREFIX: &str = "coracle_";

/// The file of the credential `name`: where systemd puts it, and for commands, which get none, where it comes from.
pub(super) fn credential(name: &str, beside: &Path) -> PathBuf {
    match std::env::var_os(CREDENTIALS) {
        Some(directory) => Path::new(&directory).join(format!("{CREDENTIAL_PREFIX}{name}")),
        None => beside.join("credentials").join(name),
    }
}

/// A text that `check` understands; an empty one is none.
pub(super) fn checked<T>(
    section: &mut Section<'_, '_>,
    key: &'static str,
    into: &mut Option<T>,
    check: impl FnOnce(&str) -> Result<T, String>,
) {
    let Some((text, line)) = section.string(key) else { return };
    *into = None;
    if text.is_empty() {
        return;
    }
    match check(text) {
        Ok(value) => *into = Some(value),
        Err(what) => section.mistake(line, key, format!("\"{}\" {what}", short(text))),
    }
}

pub(super) fn base(section: &mut Section<'_, '_>, key: &'static str, into: &mut String) {
    let mut text = None;
    checked(section, key, &mut text, |text| match Dn::parse(text) {
        Some(_) => Ok(text.to_owned()),
        None => Err("is no DN; write \"ou=people,dc=example,dc=org\"".into()),
    });
    if section.has(key) {
        *into = text.unwrap_or_default();
    }
}

pub(super) fn attribute(section: &mut Section<'_, '_>, key: &'static str, into: &mut Option<String>) {
    const MAX: usize = 64; // characters
    checked(section, key, into, |text| {
        let plain = text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        (plain && text.len() <= MAX && text.starts_with(|c: char| c.is_ascii_alphabetic()))
            .then(|| text.to_owned())
            .ok_or_else(|| "is no name of an attribute; write letters, digits and -, like \"uid\"".into())
    });
}
