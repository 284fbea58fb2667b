//! What holds once all files are read: keys that need one another, and what is usual for the kind of directory.

use std::path::{Path, PathBuf};

use super::{
    super::{BindTemplate, FilterTemplate, LdapAuth, LdapUrl, NamePattern, Secret, dn, preset::Preset},
    Draft, TABLE, USUAL_CREDENTIAL, USUAL_PATTERN,
    values::credential,
};
use crate::config::{
    mistakes::Mistake,
    raw::{Findings, Place},
    units::ShowDuration,
};

impl Draft {
    /// What holds; `listed` is where `auth.backends` names the directory, and without that there is none. `beside` is the
    /// directory of config.toml.
    pub(crate) fn finish(self, listed: Option<Place>, beside: &Path, findings: &mut Findings) -> Option<LdapAuth> {
        let Some(listed) = listed else {
            if let Some(table) = self.table {
                let what = "is not used, since auth.backends does not list \"ldap\"; write backends = [\"local\", \"ldap\"] \
                            under [auth], or remove the table";
                findings.warnings.push(table.mistake(TABLE, what.into()));
            }
            return None;
        };
        let wrong = findings.mistakes.len();
        let place = |key: &str| self.at.get(key).or(self.table.as_ref()).unwrap_or(&listed);
        let at = |key: &str, what: String| place(key).mistake(&format!("{TABLE}.{key}"), what);
        let preset = Preset::of(self.directory);

        let told: Vec<String> = findings.mistakes.iter().map(|mistake| mistake.key.clone()).collect();
        let told = |key: &str| told.iter().any(|told| *told == format!("{TABLE}.{key}"));
        if self.urls.is_empty() && !told("urls") {
            let what = "names no directory, and auth.backends lists \"ldap\"; write urls = [\"ldaps://dc1.example.org\"] under \
                        [auth.ldap], or remove \"ldap\" there";
            findings.mistakes.push(at("urls", what.into()));
        }
        let plain = self.urls.iter().find(|url| matches!(url, LdapUrl::Ldap(..)) && !url.is_local() && !self.start_tls);
        match plain {
            Some(url) if !self.allow_plaintext => {
                let what = format!(
                    "{url} would carry passwords readable; write ldaps://, start_tls = true or allow_plaintext = true"
                );
                findings.mistakes.push(at("urls", what));
            }
            Some(url) => {
                let what = format!("passwords cross the network to {url} readable; write start_tls = true");
                findings.warnings.push(at("allow_plaintext", what));
            }
            None => {}
        }
        if self.user_base.is_empty()
            && !told("user_base")
            && !self.user_dn_template.as_ref().is_some_and(BindTemplate::is_dn)
        {
            let what = "is missing: people are searched below it; write user_base = \"ou=people,dc=example,dc=org\"";
            findings.mistakes.push(at("user_base", what.into()));
        }
        let client_cert = self.client_cert(&at, findings);
        let bind_password = self.bind_password(&at, beside, findings);
        let group_base = match self.group_base.as_str() {
            "" if self.user_base.is_empty() => {
                self.user_dn_template.as_ref().map_or("", BindTemplate::suffix).to_owned()
            }
            "" => dn::suffix(&self.user_base).to_owned(),
            base => base.to_owned(),
        };
        if group_base.is_empty() {
            let rules = [&self.allow_groups, &self.deny_groups, &self.admin_groups];
            if rules.iter().any(|rules| !rules.is_empty()) && !told("user_base") && !told("group_base") {
                let what =
                    "is missing: groups are searched below it; write group_base = \"ou=groups,dc=example,dc=org\"";
                findings.mistakes.push(at("group_base", what.into()));
            }
        }
        let nested_groups = self.nested_groups.unwrap_or(preset.nested_groups);
        let filter = |text: &str| FilterTemplate::parse(text).expect("a test reads every preset");
        let usual_groups = if nested_groups { preset.group_filter } else { preset.flat_group_filter() };
        let user_filter = self.user_filter.clone().unwrap_or_else(|| filter(preset.user_filter));
        let group_filter = self.group_filter.clone().unwrap_or_else(|| filter(usual_groups));
        let auth = LdapAuth {
            urls: self.urls.clone(),
            directory: self.directory,
            start_tls: self.start_tls,
            allow_plaintext: self.allow_plaintext,
            ca_file: self.ca_file.clone(),
            server_name: self.server_name.clone(),
            client_cert,
            bind_dn: self.bind_dn.clone(),
            bind_password,
            user_dn_template: self.user_dn_template.clone(),
            user_base: self.user_base.clone(),
            user_scope: self.user_scope,
            user_filter,
            username_attribute: self.username_attribute.clone().unwrap_or_else(|| preset.username_attribute.into()),
            id_attribute: self.id_attribute.clone().unwrap_or_else(|| preset.id_attribute.into()),
            display_name_attribute: self.display_name_attribute.clone().unwrap_or_else(|| "cn".into()),
            username_pattern: self
                .username_pattern
                .clone()
                .unwrap_or_else(|| NamePattern::parse(USUAL_PATTERN).expect("a test reads the usual pattern")),
            group_base,
            group_filter,
            nested_groups,
            require_filter: self.require_filter.clone(),
            allow_groups: self.allow_groups.clone(),
            deny_groups: self.deny_groups.clone(),
            admin_groups: self.admin_groups.clone(),
            grace_logins: self.grace_logins,
            password_change_url: self.password_change_url.clone(),
            connect_timeout: self.connect_timeout,
            operation_timeout: self.operation_timeout,
            login_timeout: self.login_timeout,
            revalidate: self.revalidate,
            revalidate_grace: self.revalidate_grace,
            lockout_after: self.lockout_after,
            lockout_window: self.lockout_window,
        };
        if let Some(longest) = auth.longest_login() {
            let what = format!(
                "without bind_dn and user_base nobody can be looked after who is logged in, so a login is over after {}; \
                 write bind_dn and user_base",
                ShowDuration(longest)
            );
            findings.warnings.push(at("user_dn_template", what));
        }
        (findings.mistakes.len() == wrong).then_some(auth)
    }

    fn client_cert(&self, at: &dyn Fn(&str, String) -> Mistake, findings: &mut Findings) -> Option<(PathBuf, PathBuf)> {
        let both = "is there beside client_key_credential; remove one";
        let (key, other) = (&self.client_key_file, &self.client_key_credential);
        if key.is_some() && other.is_some() {
            findings.mistakes.push(at("client_key_file", both.into()));
        }
        match (&self.client_cert_file, key.as_ref().or(other.as_ref())) {
            (Some(certificate), Some(key)) => return Some((certificate.clone(), key.clone())),
            (Some(_), None) => {
                let what = "has no key; write client_key_file = \"FILE\" or client_key_credential = \"NAME\"";
                findings.mistakes.push(at("client_cert_file", what.into()));
            }
            (None, Some(_)) => {
                let key = if key.is_some() { "client_key_file" } else { "client_key_credential" };
                findings.mistakes.push(at(key, "has no certificate; write client_cert_file = \"FILE\"".into()));
            }
            (None, None) => {}
        }
        None
    }

    fn bind_password(
        &self,
        at: &dyn Fn(&str, String) -> Mistake,
        beside: &Path,
        findings: &mut Findings,
    ) -> Option<Secret> {
        let (file, named) = (&self.bind_password_file, &self.bind_password_credential);
        if self.bind_dn.is_none() {
            if file.is_some() {
                let what = "is there without bind_dn; write bind_dn = \"cn=coracle,ou=services,dc=example,dc=org\"";
                findings.mistakes.push(at("bind_password_file", what.into()));
            }
            return None;
        }
        Some(match (file, named) {
            (Some(file), _) => Secret::File(file.clone()),
            (None, Some(named)) => Secret::Credential(named.clone()),
            (None, None) => Secret::Credential(credential(USUAL_CREDENTIAL, beside)),
        })
    }
}
