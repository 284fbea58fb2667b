//! `[auth.ldap]`: the company's directory.

mod dn; //      distinguished names and how they compare
mod filter; //  filters and bind names with places for what a person types
mod pattern; // which names people may have
mod preset; //  what holds for each kind of directory
mod read; //    the keys as they are written, over all files
mod url; //     where a directory is

use std::{path::PathBuf, time::Duration};

pub(crate) use dn::Dn;
#[cfg(fuzzing)]
pub(crate) use filter::position;
pub(crate) use filter::{BindTemplate, Filter, FilterTemplate};
pub(crate) use pattern::{NamePattern, is_format};
pub(crate) use preset::IN_CHAIN;
pub(super) use read::Draft;
pub(crate) use url::LdapUrl;

/// Longest name of a group in a directory, in characters.
const MAX_GROUP: usize = 128;
/// A login that nobody can look after is over this soon.
const UNWATCHED_LIFETIME: Duration = Duration::from_secs(3600);

/// `[auth.ldap]`, checked: URLs have hosts, templates and filters are well formed, every bound holds.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub(crate) struct LdapAuth {
    /// In order of preference; at least one.
    pub(crate) urls: Vec<LdapUrl>,
    pub(crate) directory: DirectoryKind,
    /// For `ldap://`.
    pub(crate) start_tls: bool,
    pub(crate) allow_plaintext: bool,
    /// PEM; `None`: the system's.
    pub(crate) ca_file: Option<PathBuf>,
    /// Verified instead of the URL's host.
    pub(crate) server_name: Option<String>,
    /// Certificate chain and key, PEM.
    pub(crate) client_cert: Option<(PathBuf, PathBuf)>,
    /// The service account; `None`: anonymous search.
    pub(crate) bind_dn: Option<String>,
    /// Where its password is; there if and only if `bind_dn` is.
    pub(crate) bind_password: Option<Secret>,
    /// Set: no search before the bind.
    pub(crate) user_dn_template: Option<BindTemplate>,
    /// Empty only where nothing is ever searched below it.
    pub(crate) user_base: String,
    pub(crate) user_scope: SearchScope,
    pub(crate) user_filter: FilterTemplate,
    pub(crate) username_attribute: String,
    pub(crate) id_attribute: String,
    pub(crate) display_name_attribute: String,
    /// What canonical names are like, once they are in lower case.
    pub(crate) username_pattern: NamePattern,
    /// Empty only if `user_base` is.
    pub(crate) group_base: String,
    pub(crate) group_filter: FilterTemplate,
    pub(crate) nested_groups: bool,
    pub(crate) require_filter: Option<Filter>,
    /// Empty: everyone found.
    pub(crate) allow_groups: Vec<GroupRule>,
    pub(crate) deny_groups: Vec<GroupRule>,
    pub(crate) admin_groups: Vec<GroupRule>,
    pub(crate) grace_logins: GraceLogins,
    pub(crate) password_change_url: Option<String>,
    pub(crate) connect_timeout: Duration,
    pub(crate) operation_timeout: Duration,
    pub(crate) login_timeout: Duration,
    pub(crate) revalidate: Duration,
    pub(crate) revalidate_grace: Duration,
    /// The directory locks an account at this wrong password within [`LdapAuth::lockout_window`]; fewer are sent.
    pub(crate) lockout_after: u32,
    pub(crate) lockout_window: Duration,
}

impl LdapAuth {
    /// Whether somebody who is logged in can be looked after: as the service account, or by an anonymous search.
    pub(crate) fn can_revalidate(&self) -> bool {
        self.user_dn_template.is_none() || (self.bind_dn.is_some() && !self.user_base.is_empty())
    }

    /// `Some`: a login by the directory is over after this at most, whatever `login.lifetime` says.
    pub(crate) fn longest_login(&self) -> Option<Duration> {
        (!self.can_revalidate()).then_some(UNWATCHED_LIFETIME)
    }
}

#[cfg(test)]
impl LdapAuth {
    /// What these keys say, as if they stood in config.toml beside /coracle.
    pub(crate) fn for_tests(keys: &str) -> LdapAuth {
        use std::path::Path;

        use super::{Config, Places};
        let at = |name: &str| Path::new("/coracle").join(name);
        let places =
            Places { config: at("config.toml"), state: at("state"), runtime: at("run"), control: at("control") };
        let text = format!("[auth]\nbackends = [\"ldap\"]\n[auth.ldap]\n{keys}\n");
        let loaded =
            Config::of(vec![(places.config.clone(), text)], Vec::new(), &places).unwrap_or_else(|e| panic!("{e}"));
        LdapAuth::clone(&loaded.config.auth.ldap.unwrap())
    }
}

/// Where a secret is.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Secret {
    /// A credential, whose owner and mode are systemd's affair.
    Credential(PathBuf),
    /// A file that must be closed to others.
    File(PathBuf),
}

/// What the presets are of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum DirectoryKind {
    OpenLdap,
    ActiveDirectory,
    Ds389,
    FreeIpa,
    Rfc2307,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum SearchScope {
    Base,
    OneLevel,
    Subtree,
}

/// Whether an expired password that the directory still takes a few times lets somebody in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum GraceLogins {
    Warn,
    Refuse,
}

/// One entry of `allow_groups`, `deny_groups` or `admin_groups`.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum GroupRule {
    /// A name (cn) in lower case.
    Name(String),
    Dn(Dn),
}

impl GroupRule {
    /// A text with `=` is a DN.
    fn parse(text: &str) -> Option<GroupRule> {
        if text.contains('=') {
            return Dn::parse(text).map(GroupRule::Dn);
        }
        directory_group_name(text).then(|| GroupRule::Name(text.to_lowercase()))
    }
}

/// Whether `name` can be a group of a directory: 1 to 128 characters, none of them a control character, no blank at an end.
pub(crate) fn directory_group_name(name: &str) -> bool {
    (1..=MAX_GROUP).contains(&name.chars().count()) && !name.chars().any(char::is_control) && name.trim() == name
}
