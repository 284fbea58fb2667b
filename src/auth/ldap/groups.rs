//! Which groups somebody is in: those that name them, those that name these, and the primary group, which names nobody.
//!
//! Lists of members are never read: servers cut them. Groups are searched by whom they have as a member.

use std::{collections::HashSet, num::NonZeroU16};

use super::{
    Trouble,
    connection::Entry,
    line::{Line, NoAnswer},
    person::Identity,
};
use crate::config::{DirectoryKind, Dn, Filter, FilterTemplate, GroupRule, IN_CHAIN, LdapAuth, SearchScope};

/// Groups of one person, all together.
const MAX_GROUPS: NonZeroU16 = NonZeroU16::new(1000).expect("it is not 0");
const MAX_DEPTH: usize = 8; // groups in each other
const AT_ONCE: usize = 32; // groups whose groups one search asks for
const NAME: &str = "cn";

/// A group that somebody is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Group {
    pub(super) dn: String,
    /// `None`: the directory's own spelling of it is odd, and no rule can mean it by DN.
    parsed: Option<Dn>,
    /// Values of cn.
    pub(super) names: Vec<String>,
}

impl Group {
    fn of(entry: &Entry) -> Group {
        Group {
            dn: entry.dn.clone(),
            parsed: Dn::parse(&entry.dn),
            names: entry.texts(NAME).map(str::to_owned).collect(),
        }
    }

    #[cfg(test)]
    pub(super) fn for_tests(dn: &str, name: &str) -> Group {
        Group::of(&Entry::of(dn, &[("cn", &[name.as_bytes()])]))
    }

    /// Whether a rule of the configuration means this group; names count without case.
    pub(super) fn is(&self, rule: &GroupRule) -> bool {
        match rule {
            GroupRule::Name(name) => self.names.iter().any(|own| own.to_lowercase() == *name),
            GroupRule::Dn(dn) => self.parsed.as_ref() == Some(dn),
        }
    }
}

/// What of a person's entry tells the primary group.
pub(super) fn attributes(kind: DirectoryKind) -> &'static [&'static str] {
    match kind {
        DirectoryKind::ActiveDirectory => &["objectSid", "primaryGroupID"],
        DirectoryKind::Rfc2307 => &["gidNumber"],
        _ => &[],
    }
}

/// All groups of `entry`, within `group_base`.
///
/// # Errors
/// Also if there are over [`MAX_GROUPS`]: one that is not seen could be one that is denied.
pub(super) async fn of(
    line: &mut Line,
    settings: &LdapAuth,
    entry: &Entry,
    identity: &Identity,
) -> Result<Vec<Group>, Trouble> {
    let mut groups = Vec::new();
    if settings.group_base.is_empty() {
        return Ok(groups);
    }
    let mut seen = HashSet::new();
    let direct = settings.group_filter.fill(&identity.written, &entry.dn);
    let mut next = search(line, settings, direct, &mut seen, &mut groups).await?;
    if settings.group_filter.mentions(IN_CHAIN) {
        next.clear(); // the directory has followed them
    }
    if let Some(primary) = primary(settings.directory, entry) {
        next.extend(search(line, settings, primary, &mut seen, &mut groups).await?);
    }
    for _ in 1..MAX_DEPTH {
        if next.is_empty() || !settings.nested_groups {
            break;
        }
        let dns = std::mem::take(&mut next);
        for some in dns.chunks(AT_ONCE) {
            let filter = Filter::any(some.iter().map(|dn| above(&settings.group_filter, dn)));
            next.extend(search(line, settings, filter, &mut seen, &mut groups).await?);
        }
    }
    Ok(groups)
}

/// Adds what is new, and tells the DNs of it.
async fn search(
    line: &mut Line,
    settings: &LdapAuth,
    filter: Filter,
    seen: &mut HashSet<String>,
    groups: &mut Vec<Group>,
) -> Result<Vec<String>, Trouble> {
    let base = &settings.group_base;
    let many =
        || Trouble(format!("somebody is in over {MAX_GROUPS} groups below {base}; narrow group_base or group_filter"));
    let entries = match line.search(base, SearchScope::Subtree, &filter, &[NAME], MAX_GROUPS).await {
        Ok(entries) => entries,
        Err(NoAnswer::TooMany) => return Err(many()),
        Err(no) => return Err(no.into()),
    };
    let mut new = Vec::new();
    for entry in entries {
        if seen.insert(entry.dn.to_lowercase()) {
            groups.push(Group::of(&entry));
            new.push(entry.dn);
        }
    }
    if groups.len() > usize::from(MAX_GROUPS.get()) { Err(many()) } else { Ok(new) }
}

/// The groups that have the group `dn` as a member. A filter that asks for a name as well is not used for it: a group may
/// be called like somebody.
fn above(filter: &FilterTemplate, dn: &str) -> Filter {
    if filter.has_username() {
        Filter::any([Filter::equals("member", dn), Filter::equals("uniqueMember", dn)])
    } else {
        filter.fill("", dn)
    }
}

/// The group that the person's own entry names: by the last part of its SID on Active Directory, by number in rfc2307.
fn primary(kind: DirectoryKind, entry: &Entry) -> Option<Filter> {
    match kind {
        DirectoryKind::ActiveDirectory => {
            let [sid] = entry.values("objectSid") else { return None };
            let relative: u32 = entry.text("primaryGroupID")?.parse().ok()?;
            let (domain, _own) = sid.split_at_checked(sid.len().checked_sub(4)?)?;
            Some(Filter::equals_bytes("objectSid", &[domain, &relative.to_le_bytes()].concat()))
        }
        DirectoryKind::Rfc2307 => {
            let number: u32 = entry.text("gidNumber")?.parse().ok()?;
            let group = Filter::equals("objectClass", "posixGroup");
            Some(Filter::all([group, Filter::equals("gidNumber", &number.to_string())]))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(dn: &str, names: &[&str]) -> Group {
        let values: Vec<&[u8]> = names.iter().map(|name| name.as_bytes()).collect();
        Group::of(&Entry::of(dn, &[("cn", values.as_slice())]))
    }

    #[test]
    fn a_rule_means_a_group_by_name_or_dn_without_case() {
        let group = group("CN=Gr\u{fc}ne Entwickler,OU=Groups,DC=x", &["Gr\u{fc}ne Entwickler"]);
        assert!(group.is(&GroupRule::Name("gr\u{fc}ne entwickler".into())));
        assert!(group.is(&GroupRule::Dn(Dn::parse("cn=gr\u{fc}ne entwickler,ou=groups,dc=x").unwrap())));
        assert!(!group.is(&GroupRule::Name("entwickler".into())));
        assert!(!group.is(&GroupRule::Dn(Dn::parse("cn=gr\u{fc}ne entwickler,dc=x").unwrap())));
    }

    #[test]
    fn the_primary_group_of_active_directory_has_the_domains_sid_and_its_own_end() {
        let sid = [1, 5, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0x51, 4, 0, 0];
        let entry = Entry::of("cn=x", &[("objectSid", &[&sid]), ("primaryGroupID", &[b"513"])]);
        let filter = primary(DirectoryKind::ActiveDirectory, &entry).unwrap();
        assert!(filter.as_str().ends_with("\\0b\\0c\\01\\02\\00\\00)"), "{filter}");
        let short = Entry::of("cn=x", &[("objectSid", &[b"x"]), ("primaryGroupID", &[b"513"])]);
        assert_eq!(primary(DirectoryKind::ActiveDirectory, &short), None);
        assert_eq!(primary(DirectoryKind::OpenLdap, &entry), None);
    }

    #[test]
    fn a_group_called_like_somebody_is_not_taken_for_them() {
        let any = FilterTemplate::parse("(|(member={user_dn})(memberUid={username}))").unwrap();
        assert_eq!(above(&any, "cn=mira,dc=x").as_str(), "(|(member=cn=mira,dc=x)(uniqueMember=cn=mira,dc=x))");
        let own = FilterTemplate::parse("(&(objectClass=groupOfNames)(member={user_dn}))").unwrap();
        assert_eq!(above(&own, "cn=a*,dc=x").as_str(), "(&(objectClass=groupOfNames)(member=cn=a\\2a,dc=x))");
    }
}
