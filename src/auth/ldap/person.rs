//! An entry becomes somebody: the canonical name and the id, whatever was typed, and what their groups let them do.

use super::{Found, Notice, Stopped, account, account::State, connection::Entry, groups::Group};
use crate::config::{DirectoryKind, Filter, GroupRule, LdapAuth, directory_group_name};

const MAX_ID: usize = 128; // characters
/// Attributes whose values are bytes, whatever they look like: they are written in hexadecimal.
const BINARY: [&str; 2] = ["objectGUID", "objectSid"];

/// Who an entry is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Identity {
    pub(super) id: String,
    /// In lower case; matches `username_pattern`.
    pub(super) name: String,
    /// As the directory writes it: some compare with case.
    pub(super) written: String,
}

/// What is read of a person's entry.
pub(super) fn attributes(settings: &LdapAuth) -> Vec<&str> {
    let mut all = vec![
        settings.username_attribute.as_str(),
        settings.id_attribute.as_str(),
        settings.display_name_attribute.as_str(),
    ];
    all.extend(account::attributes(settings.directory));
    all.extend(super::groups::attributes(settings.directory));
    all
}

/// # Errors
/// Why the entry can be nobody here; for the audit.
pub(super) fn identity(settings: &LdapAuth, entry: &Entry) -> Result<Identity, String> {
    let id = id(settings, entry)?;
    let attribute = &settings.username_attribute;
    let written = entry
        .text(attribute)
        .ok_or_else(|| format!("{} has not exactly one {attribute} (username_attribute)", entry.dn))?;
    let name = written.to_lowercase();
    if !settings.username_pattern.matches(&name) {
        return Err(format!("{} has a {attribute} that username_pattern does not take", entry.dn));
    }
    Ok(Identity { id, name, written: written.to_owned() })
}

fn id(settings: &LdapAuth, entry: &Entry) -> Result<String, String> {
    let attribute = &settings.id_attribute;
    let unfit = || format!("{} has not exactly one {attribute} (id_attribute) that can be an id", entry.dn);
    let [value] = entry.values(attribute) else { return Err(unfit()) };
    let id = if is_binary(attribute) {
        crate::sys::hex(value)
    } else {
        std::str::from_utf8(value).map_err(|_| unfit())?.to_owned()
    };
    let fits = (1..=MAX_ID).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_graphic());
    if fits { Ok(id) } else { Err(unfit()) }
}

/// The entry with this id; `None` if no entry can have it.
pub(super) fn with_id(settings: &LdapAuth, id: &str) -> Option<Filter> {
    if !is_binary(&settings.id_attribute) {
        return Some(Filter::equals(&settings.id_attribute, id));
    }
    let digits: Option<Vec<u32>> = id.chars().map(|c| c.to_digit(16)).collect();
    let bytes =
        digits?.chunks(2).map(|pair| u8::try_from(pair[0] * 16 + *pair.get(1)?).ok()).collect::<Option<Vec<u8>>>()?;
    Some(Filter::equals_bytes(&settings.id_attribute, &bytes))
}

fn is_binary(attribute: &str) -> bool {
    BINARY.iter().any(|name| name.eq_ignore_ascii_case(attribute))
}

/// Whether the groups let somebody in; one of `deny_groups` wins.
///
/// # Errors
/// Why not; for the audit.
pub(super) fn admitted(settings: &LdapAuth, groups: &[Group]) -> Result<(), &'static str> {
    if in_any(&settings.deny_groups, groups) {
        return Err("is in one of deny_groups");
    }
    if !settings.allow_groups.is_empty() && !in_any(&settings.allow_groups, groups) {
        return Err("is in none of allow_groups");
    }
    Ok(())
}

pub(super) fn found(settings: &LdapAuth, identity: Identity, groups: &[Group]) -> Found {
    let mut names: Vec<String> = groups
        .iter()
        .filter_map(|group| group.names.first())
        .filter(|name| directory_group_name(name))
        .cloned()
        .collect();
    names.sort();
    names.dedup();
    Found { id: identity.id, name: identity.name, groups: names, admin: in_any(&settings.admin_groups, groups) }
}

fn in_any(rules: &[GroupRule], groups: &[Group]) -> bool {
    rules.iter().any(|rule| groups.iter().any(|group| group.is(rule)))
}

/// What somebody is told whose bind was right although the entry says no. Of passwords and locks the bind's own word
/// counts, and an entry may be behind it; but FreeIPA's bind does not look at Kerberos' end of the password.
pub(super) fn stopped(kind: DirectoryKind, state: State, notice: Option<Notice>) -> Option<Stopped> {
    let by_grace = matches!(notice, Some(Notice::GraceLoginsLeft { .. }));
    match state {
        State::Disabled => Some(Stopped::Disabled),
        State::Expired => Some(Stopped::AccountExpired),
        State::PasswordExpired if kind == DirectoryKind::FreeIpa && !by_grace => Some(Stopped::PasswordExpired),
        State::Good | State::Locked | State::PasswordExpired | State::MustChange => None,
    }
}

#[cfg(test)]
mod tests;
