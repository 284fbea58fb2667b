//! The keys of `[auth.ldap]` as they are written: read file by file, a later one winning, and made one at the end, since
//! the kind of directory decides what the other keys mean when they are silent.

mod finish; // what holds once all files are read
mod values; // texts with a meaning, read the same way under several keys

use std::{
    collections::BTreeMap,
    ops::RangeInclusive,
    path::{Path, PathBuf},
    time::Duration,
};

use super::{
    BindTemplate, DirectoryKind, Filter, FilterTemplate, GraceLogins, GroupRule, LdapUrl, MAX_GROUP, NamePattern,
    SearchScope, url,
};
use crate::config::raw::{Place, Section, short};
use values::{attribute, base, checked, credential};

const TABLE: &str = "auth.ldap";
const MAX_URLS: usize = 8;
const MAX_GROUPS: usize = 64; // in one list
const MAX_TEXT: usize = 1024; // bytes of a DN or a URL
const MAX_CREDENTIAL: usize = 128; // characters
const USUAL_CREDENTIAL: &str = "ldap-bind-password";
const USUAL_PATTERN: &str = "^[a-z_][a-z0-9_.-]{0,31}$";

const SECOND: Duration = Duration::from_secs(1);
const TIMEOUT: RangeInclusive<Duration> = Duration::from_millis(100)..=Duration::from_secs(60);
const LOGIN_TIMEOUT: RangeInclusive<Duration> = SECOND..=Duration::from_secs(120);
const REVALIDATE: RangeInclusive<Duration> = SECOND..=Duration::from_secs(86_400);
/// Below 3 nothing would be left to tell a stranger from the person.
const LOCKOUT_AFTER: RangeInclusive<u32> = 3..=100;
const LOCKOUT_WINDOW: RangeInclusive<Duration> = Duration::from_secs(60)..=Duration::from_secs(86_400);
const REVALIDATE_GRACE: RangeInclusive<Duration> = Duration::ZERO..=Duration::from_secs(7 * 86_400);

/// What the files read so far say, and where each key was written last.
pub(crate) struct Draft {
    table: Option<Place>,
    at: BTreeMap<&'static str, Place>,
    urls: Vec<LdapUrl>,
    directory: DirectoryKind,
    start_tls: bool,
    allow_plaintext: bool,
    ca_file: Option<PathBuf>,
    server_name: Option<String>,
    client_cert_file: Option<PathBuf>,
    client_key_file: Option<PathBuf>,
    client_key_credential: Option<PathBuf>,
    bind_dn: Option<String>,
    bind_password_credential: Option<PathBuf>,
    bind_password_file: Option<PathBuf>,
    user_dn_template: Option<BindTemplate>,
    user_base: String,
    user_scope: SearchScope,
    user_filter: Option<FilterTemplate>,
    username_attribute: Option<String>,
    id_attribute: Option<String>,
    display_name_attribute: Option<String>,
    username_pattern: Option<NamePattern>,
    group_base: String,
    group_filter: Option<FilterTemplate>,
    nested_groups: Option<bool>,
    require_filter: Option<Filter>,
    allow_groups: Vec<GroupRule>,
    deny_groups: Vec<GroupRule>,
    admin_groups: Vec<GroupRule>,
    grace_logins: GraceLogins,
    password_change_url: Option<String>,
    connect_timeout: Duration,
    operation_timeout: Duration,
    login_timeout: Duration,
    revalidate: Duration,
    revalidate_grace: Duration,
    lockout_after: u32,
    lockout_window: Duration,
}

impl Default for Draft {
    fn default() -> Self {
        Draft {
            table: None,
            at: BTreeMap::new(),
            urls: Vec::new(),
            directory: DirectoryKind::OpenLdap,
            start_tls: true,
            allow_plaintext: false,
            ca_file: None,
            server_name: None,
            client_cert_file: None,
            client_key_file: None,
            client_key_credential: None,
            bind_dn: None,
            bind_password_credential: None,
            bind_password_file: None,
            user_dn_template: None,
            user_base: String::new(),
            user_scope: SearchScope::Subtree,
            user_filter: None,
            username_attribute: None,
            id_attribute: None,
            display_name_attribute: None,
            username_pattern: None,
            group_base: String::new(),
            group_filter: None,
            nested_groups: None,
            require_filter: None,
            allow_groups: Vec::new(),
            deny_groups: Vec::new(),
            admin_groups: Vec::new(),
            grace_logins: GraceLogins::Warn,
            password_change_url: None,
            connect_timeout: 3 * SECOND,
            operation_timeout: 5 * SECOND,
            login_timeout: 12 * SECOND,
            revalidate: Duration::from_secs(15 * 60),
            revalidate_grace: Duration::from_secs(3600),
            lockout_after: 5,
            lockout_window: Duration::from_secs(30 * 60),
        }
    }
}

impl Draft {
    /// One file's table, there or not. `beside` is the directory of config.toml.
    pub(crate) fn read(&mut self, mut section: Section<'_, '_>, beside: &Path) {
        if section.is_there() {
            self.table = Some(section.place(section.line()));
        }
        section.refuse(
            "bind_password",
            "is not read from here, where many may see it; write bind_password_file = \"FILE\"",
        );
        for key in ["skip_verify", "tls_skip_verify", "insecure_skip_verify", "ssl_skip_verify"] {
            section.refuse(
                key,
                "does not exist: certificates are always verified; write ca_file = \"FILE\" or server_name = \"NAME\"",
            );
        }
        self.read_connection(&mut section, beside);
        self.read_people(&mut section);
        self.read_groups(&mut section);
        let grace = [("warn", GraceLogins::Warn), ("refuse", GraceLogins::Refuse)];
        section.word("grace_logins", &grace, &mut self.grace_logins);
        checked(&mut section, "password_change_url", &mut self.password_change_url, |text| {
            let plain = text.len() <= MAX_TEXT && !text.chars().any(|c| c.is_control() || c.is_whitespace());
            (plain && (text.starts_with("https://") || text.starts_with("http://")))
                .then(|| text.to_owned())
                .ok_or_else(|| "is no address of a page; write \"https://password.example.org\"".into())
        });
        section.duration("connect_timeout", TIMEOUT, &mut self.connect_timeout);
        section.duration("operation_timeout", TIMEOUT, &mut self.operation_timeout);
        section.duration("login_timeout", LOGIN_TIMEOUT, &mut self.login_timeout);
        section.duration("revalidate", REVALIDATE, &mut self.revalidate);
        section.duration("revalidate_grace", REVALIDATE_GRACE, &mut self.revalidate_grace);
        section.count("lockout_after", LOCKOUT_AFTER, &mut self.lockout_after);
        section.duration("lockout_window", LOCKOUT_WINDOW, &mut self.lockout_window);
        for key in section.asked() {
            if section.has(key) {
                self.at.insert(key, section.place(section.line_of(key)));
            }
        }
        section.finish();
    }

    fn read_connection(&mut self, section: &mut Section<'_, '_>, beside: &Path) {
        if let Some((texts, line)) = section.strings("urls") {
            if texts.len() > MAX_URLS {
                section.mistake(line, "urls", format!("has {}; write at most {MAX_URLS}", texts.len()));
            }
            self.urls.clear();
            for (text, line) in texts {
                match LdapUrl::parse(text) {
                    Ok(url) => self.urls.push(url),
                    Err(e) => section.mistake(line, "urls", format!("\"{}\" {e}", short(text))),
                }
            }
        }
        let kinds = [
            ("openldap", DirectoryKind::OpenLdap),
            ("active_directory", DirectoryKind::ActiveDirectory),
            ("389ds", DirectoryKind::Ds389),
            ("freeipa", DirectoryKind::FreeIpa),
            ("rfc2307", DirectoryKind::Rfc2307),
        ];
        section.word("directory", &kinds, &mut self.directory);
        section.switch("start_tls", &mut self.start_tls);
        section.switch("allow_plaintext", &mut self.allow_plaintext);
        checked(section, "server_name", &mut self.server_name, |text| {
            url::is_host(text)
                .then(|| text.to_ascii_lowercase())
                .ok_or_else(|| "is no name that a certificate can have; write \"dc1.example.org\"".into())
        });
        for (key, into) in [
            ("ca_file", &mut self.ca_file),
            ("client_cert_file", &mut self.client_cert_file),
            ("client_key_file", &mut self.client_key_file),
            ("bind_password_file", &mut self.bind_password_file),
        ] {
            let path = section.path(key, beside);
            if section.has(key) {
                *into = path;
            }
        }
        for (key, into) in [
            ("client_key_credential", &mut self.client_key_credential),
            ("bind_password_credential", &mut self.bind_password_credential),
        ] {
            checked(section, key, into, |text| {
                let plain = text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.-".contains(&b));
                (plain && text.len() <= MAX_CREDENTIAL && !text.starts_with('.'))
                    .then(|| credential(text, beside))
                    .ok_or_else(|| format!("is no name of a credential; write \"{USUAL_CREDENTIAL}\""))
            });
        }
        checked(section, "bind_dn", &mut self.bind_dn, |text| {
            (text.len() <= MAX_TEXT && !text.chars().any(char::is_control)).then(|| text.to_owned()).ok_or_else(|| {
                format!("is over {MAX_TEXT} bytes or has a control character; write \"cn=coracle,ou=services,dc=example,dc=org\"")
            })
        });
    }

    fn read_people(&mut self, section: &mut Section<'_, '_>) {
        checked(section, "user_dn_template", &mut self.user_dn_template, |text| {
            BindTemplate::parse(text).map_err(|e| e.to_string())
        });
        base(section, "user_base", &mut self.user_base);
        let scopes =
            [("subtree", SearchScope::Subtree), ("one_level", SearchScope::OneLevel), ("base", SearchScope::Base)];
        section.word("user_scope", &scopes, &mut self.user_scope);
        checked(section, "user_filter", &mut self.user_filter, |text| {
            let template = FilterTemplate::parse(text).map_err(|e| e.to_string())?;
            match template.has_username() && !template.has_user_dn() {
                true if !template.can_be_any() => {
                    Err("cannot have {username} behind :=, >=, <=, ~= or beside a *; write (uid={username})".into())
                }
                true => Ok(template),
                false => Err("must have {username} and cannot have {user_dn}; write \
                              \"(&(objectClass=inetOrgPerson)(uid={username}))\""
                    .into()),
            }
        });
        attribute(section, "username_attribute", &mut self.username_attribute);
        attribute(section, "id_attribute", &mut self.id_attribute);
        attribute(section, "display_name_attribute", &mut self.display_name_attribute);
        checked(section, "username_pattern", &mut self.username_pattern, |text| {
            NamePattern::parse(text).ok_or_else(|| {
                format!("is not a sequence of classes like [a-z0-9]{{1,32}} between ^ and $; write \"{USUAL_PATTERN}\"")
            })
        });
        checked(section, "require_filter", &mut self.require_filter, |text| {
            Filter::parse(text).map_err(|e| e.to_string())
        });
    }

    fn read_groups(&mut self, section: &mut Section<'_, '_>) {
        base(section, "group_base", &mut self.group_base);
        checked(section, "group_filter", &mut self.group_filter, |text| {
            let template = FilterTemplate::parse(text).map_err(|e| e.to_string())?;
            match template.has_username() || template.has_user_dn() {
                true => Ok(template),
                false => Err("must have {user_dn} or {username}; write \"(member={user_dn})\"".into()),
            }
        });
        let mut nested = self.nested_groups.unwrap_or(false);
        section.switch("nested_groups", &mut nested);
        if section.has("nested_groups") {
            self.nested_groups = Some(nested);
        }
        for (key, into) in [
            ("allow_groups", &mut self.allow_groups),
            ("deny_groups", &mut self.deny_groups),
            ("admin_groups", &mut self.admin_groups),
        ] {
            let Some((texts, line)) = section.strings(key) else { continue };
            if texts.len() > MAX_GROUPS {
                section.mistake(line, key, format!("has {}; write at most {MAX_GROUPS}", texts.len()));
            }
            into.clear();
            for (text, line) in texts {
                match GroupRule::parse(text) {
                    Some(rule) => into.push(rule),
                    None => {
                        let what = format!(
                            "\"{}\" is neither a DN nor a name; write \"cn=dev,ou=groups,dc=example,dc=org\", or the cn of \
                             at most {MAX_GROUP} characters",
                            short(text)
                        );
                        section.mistake(line, key, what);
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
