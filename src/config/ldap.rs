//! `[auth.ldap]`: the company's directory.

use std::{fmt, path::PathBuf, time::Duration};

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
    /// Where its password is: a systemd credential's file or a 0600 one.
    pub(crate) bind_password: Option<PathBuf>,
    /// Set: no search before the bind. Has `{username}`.
    pub(crate) user_dn_template: Option<String>,
    pub(crate) user_base: String,
    pub(crate) user_scope: SearchScope,
    pub(crate) user_filter: String,
    pub(crate) username_attribute: String,
    pub(crate) id_attribute: String,
    pub(crate) display_name_attribute: String,
    pub(crate) group_base: String,
    pub(crate) group_filter: String,
    pub(crate) nested_groups: bool,
    pub(crate) require_filter: Option<String>,
    /// Names (cn) or DNs; empty: everyone found.
    pub(crate) allow_groups: Vec<String>,
    pub(crate) deny_groups: Vec<String>,
    pub(crate) admin_groups: Vec<String>,
    pub(crate) grace_logins: GraceLogins,
    pub(crate) password_change_url: Option<String>,
    pub(crate) connect_timeout: Duration,
    pub(crate) operation_timeout: Duration,
    pub(crate) login_timeout: Duration,
    pub(crate) revalidate: Duration,
    pub(crate) revalidate_grace: Duration,
}

/// One `ldap://`, `ldaps://` or `ldapi://` URL.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(crate) enum LdapUrl {
    /// Host without brackets, port.
    Ldap(String, u16),
    Ldaps(String, u16),
    /// The path of the socket.
    Ldapi(PathBuf),
}

impl fmt::Display for LdapUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheme, host, port) = match self {
            LdapUrl::Ldap(host, port) => ("ldap", host, port),
            LdapUrl::Ldaps(host, port) => ("ldaps", host, port),
            LdapUrl::Ldapi(path) => return write!(f, "ldapi://{}", path.display()),
        };
        match host.contains(':') {
            true => write!(f, "{scheme}://[{host}]:{port}"),
            false => write!(f, "{scheme}://{host}:{port}"),
        }
    }
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
