use super::{
    super::{LdapAuth, Secret},
    *,
};
use crate::config::{Backend, Config, Dn, Loaded, Places, mistakes::Mistake};

fn load_with(more: &[(&str, &str)], text: &str) -> Result<Loaded, Vec<String>> {
    let top = tempfile::tempdir().unwrap();
    let at = |name: &str| top.path().join(name);
    let places = Places { config: at("config.toml"), state: at("state"), runtime: at("run"), control: at("control") };
    std::fs::create_dir(at("config.d")).unwrap();
    std::fs::write(&places.config, text).unwrap();
    for (name, text) in more {
        std::fs::write(at("config.d").join(name), text).unwrap();
    }
    Config::load(&places).map_err(|errors| {
        let cut =
            |m: &Mistake| m.to_string().rsplit_once("config.toml:").map_or(m.to_string(), |(_, rest)| rest.to_owned());
        for mistake in &errors.0 {
            assert!(mistake.fix().is_some_and(|fix| !fix.is_empty()), "no way out: {mistake}");
        }
        errors.0.iter().map(cut).collect()
    })
}

const LISTED: &str = "[auth]\nbackends = [\"local\", \"ldap\"]\n[auth.ldap]\n";
const URLS: &str = "urls = [\"ldaps://dc1.example.org\"]\nuser_base = \"ou=people,dc=example,dc=org\"\n";

fn load(keys: &str) -> Result<Loaded, Vec<String>> {
    load_with(&[], &format!("{LISTED}{URLS}{keys}\n"))
}

fn ldap(keys: &str) -> LdapAuth {
    let loaded = load(keys).unwrap_or_else(|mistakes| panic!("{keys}: {mistakes:?}"));
    LdapAuth::clone(&loaded.config.auth.ldap.unwrap())
}

fn warnings(keys: &str) -> Vec<String> {
    load(keys).unwrap().warnings.into_iter().map(|warning| warning.key).collect()
}

/// The manual's table, switched on.
fn manual() -> String {
    let manual = include_str!("../../../../config.toml");
    let lines = manual.lines().skip_while(|line| *line != "#[auth.ldap]").skip(1);
    let keys = lines.take_while(|line| !line.starts_with("#[")).filter_map(|line| line.strip_prefix('#'));
    keys.filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase())).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_manual_says_exactly_the_defaults_of_the_directory() {
    let keys = manual();
    assert!(keys.contains("username_pattern"), "{keys}");
    let with_manual = load_with(&[("1.toml", &format!("[auth.ldap]\n{URLS}"))], &format!("{LISTED}{keys}\n")).unwrap();
    assert_eq!(with_manual.config.auth.ldap.as_deref(), Some(&ldap("")));
}

#[test]
fn a_directory_is_there_only_if_a_backend_lists_it() {
    let loaded = load_with(&[], &format!("[auth.ldap]\n{URLS}")).unwrap();
    assert_eq!((loaded.config.auth.ldap, loaded.config.auth.backends), (None, vec![Backend::Local]));
    assert_eq!((loaded.warnings[0].key.as_str(), loaded.warnings[0].line), ("auth.ldap", Some(1)));
    let loaded = load_with(&[], &format!("[auth]\nbackends = [\"ldap\"]\n[auth.ldap]\n{URLS}")).unwrap();
    assert_eq!((loaded.config.auth.ldap.is_some(), loaded.config.auth.backends), (true, vec![Backend::Ldap]));
    assert_eq!(loaded.warnings, []);
}

#[test]
fn a_listed_directory_without_urls_is_a_mistake_where_it_is_listed() {
    let of = |text: &str| load_with(&[], text).unwrap_err();
    let found = of("\n[auth]\nbackends = [\"ldap\"]\n");
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].starts_with("3: auth.ldap.urls: names no directory"), "{found:?}");
    assert!(found[1].starts_with("3: auth.ldap.user_base: is missing"), "{found:?}");
    assert_eq!(of("[auth]\nbackends = []")[0], "2: auth.backends: lets nobody in; write [\"local\"]");
    assert!(
        of("[auth]\nbackends = [\"local\", \"local\"]")[0].starts_with("2: auth.backends: \"local\" is there twice")
    );
    assert!(of("[auth]\nbackends = [\"pam\"]")[0].starts_with("2: auth.backends: \"pam\" is not known"));
}

#[test]
fn each_preset_is_read_and_any_key_of_it_can_be_said_otherwise() {
    for (kind, name, id, nested) in [
        ("openldap", "uid", "entryUUID", false),
        ("active_directory", "sAMAccountName", "objectGUID", true),
        ("389ds", "uid", "nsUniqueId", false),
        ("freeipa", "uid", "ipaUniqueID", true),
        ("rfc2307", "uid", "entryUUID", false),
    ] {
        let of = ldap(&format!("directory = \"{kind}\""));
        assert_eq!((of.username_attribute.as_str(), of.id_attribute.as_str(), of.nested_groups), (name, id, nested));
        assert!(of.user_filter.has_username() && of.user_filter.can_be_any(), "{kind}");
        let own = ldap(&format!("directory = \"{kind}\"\nuser_filter = \"(mail={{username}})\"\nid_attribute = \"x\""));
        assert_eq!((own.user_filter.fill("a", "").as_str(), own.id_attribute.as_str()), ("(mail=a)", "x"));
    }
    let flat = ldap("directory = \"active_directory\"\nnested_groups = false").group_filter;
    assert_eq!(flat.fill("", "cn=x").as_str(), "(member=cn=x)");
}

#[test]
fn the_kind_of_directory_counts_even_if_a_later_file_says_it() {
    let texts = (format!("{LISTED}{URLS}"), "[auth.ldap]\ndirectory = \"active_directory\"\n");
    let loaded = load_with(&[("1.toml", texts.1)], &texts.0).unwrap();
    assert_eq!(loaded.config.auth.ldap.unwrap().id_attribute, "objectGUID");
}

#[test]
fn groups_are_searched_below_the_domain_unless_a_base_is_said() {
    assert_eq!(ldap("").group_base, "dc=example,dc=org");
    assert_eq!(ldap("group_base = \"ou=g,dc=x\"").group_base, "ou=g,dc=x");
    for (template, base) in [("uid={username},ou=p,dc=x,dc=y", "dc=x,dc=y"), ("uid={username},o=x", "")] {
        let of = LdapAuth::for_tests(&format!("urls = [\"ldaps://a\"]\nuser_dn_template = \"{template}\""));
        assert_eq!(of.group_base, base, "{template}");
    }
}

#[test]
fn passwords_cross_a_network_readable_only_if_that_is_written() {
    let urls =
        |url: &str, keys: &str| load_with(&[], &format!("{LISTED}urls = [\"{url}\"]\nuser_base = \"dc=x\"\n{keys}\n"));
    for fine in ["ldap://dc1", "ldaps://dc1", "ldapi://%2Frun%2Fx"] {
        assert_eq!(urls(fine, "").unwrap().warnings, [], "{fine}");
    }
    assert_eq!(urls("ldap://127.0.0.1", "start_tls = false").unwrap().warnings, []);
    let refused = urls("ldap://dc1", "start_tls = false").unwrap_err();
    assert!(refused[0].starts_with("4: auth.ldap.urls: ldap://dc1:389 would carry passwords readable"), "{refused:?}");
    let warned = urls("ldap://dc1", "start_tls = false\nallow_plaintext = true").unwrap().warnings;
    assert_eq!(warned[0].key, "auth.ldap.allow_plaintext");
}

#[test]
fn a_password_comes_from_a_credential_or_a_closed_file_and_never_from_here() {
    assert_eq!(ldap("").bind_password, None);
    let dn = "bind_dn = \"cn=svc,dc=x\"\n";
    let Some(Secret::Credential(usual)) = ldap(dn).bind_password else { panic!("the usual credential") };
    assert!(usual.ends_with("credentials/ldap-bind-password"), "{usual:?}");
    let Some(Secret::File(file)) = ldap(&format!("{dn}bind_password_file = \"secret\"")).bind_password else {
        panic!()
    };
    assert!(file.is_absolute() && file.ends_with("secret"));
    let inline = load(&format!("{dn}bind_password = \"x\"")).unwrap_err();
    assert_eq!(inline.len(), 1, "{inline:?}");
    assert!(inline[0].starts_with("7: auth.ldap.bind_password: is not read from here"), "{inline:?}");
    assert!(!inline[0].contains("\"x\""));
}

#[test]
fn a_login_that_nobody_can_look_after_is_short() {
    let template = "user_dn_template = \"uid={username},ou=people,dc=example,dc=org\"\n";
    assert_eq!(ldap(template).longest_login(), Some(Duration::from_secs(3600)));
    assert_eq!(warnings(template), ["auth.ldap.user_dn_template"]);
    assert_eq!(ldap(&format!("{template}bind_dn = \"cn=svc,dc=x\"")).longest_login(), None);
    assert_eq!(ldap("").longest_login(), None);
}

#[test]
fn each_wrong_key_is_refused_on_its_line_with_the_way_out() {
    for keys in [
        "urls = [\"ldap://\"]",
        "urls = [\"ldaps://u:p@host\"]",
        "urls = []",
        "urls = [\"ldaps://a\", \"ldaps://a\", \"ldaps://a\", \"ldaps://a\", \"ldaps://a\", \"ldaps://a\", \"ldaps://a\", \"ldaps://a\", \"ldaps://a\"]",
        "urls = \"ldaps://host\"",
        "directory = \"novell\"",
        "start_tls = \"yes\"",
        "server_name = \"a b\"",
        "ca_file = \"a\\u0000\"",
        "client_cert_file = \"x\"",
        "client_key_file = \"x\"",
        "client_key_credential = \"../x\"",
        "bind_dn = \"a\\u0000\"",
        "bind_password_file = \"x\"",
        "bind_password_credential = \"a/b\"",
        "skip_verify = true",
        "user_dn_template = \"uid=%s,dc=x\"",
        "user_base = \"people\"",
        "user_base = \"\"",
        "user_scope = \"sub\"",
        "user_filter = \"(uid=%s)\"",
        "user_filter = \"(uid={user})\"",
        "user_filter = \"(uid={username}\"",
        "user_filter = \"(&(uid={username})(member={user_dn}))\"",
        "user_filter = \"(uid:caseExactMatch:={username})\"",
        "username_attribute = \"a=b\"",
        "id_attribute = \"1\"",
        "username_pattern = \"[a-z]+\"",
        "username_pattern = \"^(a|b)$\"",
        "group_base = \"x\"",
        "group_filter = \"(objectClass=group)\"",
        "require_filter = \"(uid={username})\"",
        "require_filter = \"uid=x\"",
        "allow_groups = [\"a=\\u0022\"]",
        "deny_groups = [\" x\"]",
        "admin_groups = \"x\"",
        "grace_logins = \"maybe\"",
        "password_change_url = \"javascript:x\"",
        "connect_timeout = \"61s\"",
        "login_timeout = \"0s\"",
        "revalidate = \"0s\"",
        "revalidate_grace = \"8d\"",
    ] {
        let base = if keys.starts_with("urls") { "user_base = \"dc=x\"\n" } else { "urls = [\"ldaps://a\"]\n" };
        let rest =
            if keys.starts_with("urls") || keys.starts_with("user_base") { "" } else { "user_base = \"dc=x\"\n" };
        let found = load_with(&[], &format!("{LISTED}{keys}\n{base}{rest}")).unwrap_err();
        assert_eq!(found.len(), 1, "{keys}: {found:?}");
        let key = keys.split(' ').next().unwrap();
        assert!(found[0].starts_with(&format!("4: auth.ldap.{key}: ")), "{keys}: {found:?}");
    }
}

#[test]
fn a_group_is_named_by_cn_or_dn() {
    let of = ldap("allow_groups = [\"Gr\u{fc}ne Entwickler\", \"CN=Dev,DC=x\"]");
    let dn = Dn::parse("cn=dev,dc=x").unwrap();
    assert_eq!(of.allow_groups, [GroupRule::Name("gr\u{fc}ne entwickler".into()), GroupRule::Dn(dn)]);
}
