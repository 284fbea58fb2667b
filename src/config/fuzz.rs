//! config.toml of any bytes.

use std::path::PathBuf;

use super::{Config, Dn, Filter, FilterTemplate, Places, ldap::position};

/// Two files, parted by the first NUL: whatever they say is a configuration or mistakes that name a file; the same again.
pub(crate) fn config(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let place = |name: &str| PathBuf::from("/coracle").join(name);
    let places =
        Places { config: place("config.toml"), state: place("state"), runtime: place("run"), control: place("sock") };
    let load = || {
        let files = text.splitn(2, '\0').zip(["config.toml", "config.d/more.toml"]);
        Config::of(files.map(|(text, name)| (place(name), text.to_owned())).collect(), Vec::new(), &places)
    };
    match load() {
        Ok(loaded) => {
            assert_eq!(load().map(|again| again.hash).ok(), Some(loaded.hash));
            assert!(!loaded.config.profiles.is_empty());
        }
        Err(errors) => {
            assert!(errors.to_string().contains(".toml"));
            assert!(errors.first_file().starts_with("/coracle"));
        }
    }
}

/// What somebody types, in the first line, into the manual's filters and DN and into the template in the rest; and that
/// template, if it is one, stays its own.
pub(crate) fn filter(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let (typed, template) = text.split_once('\n').unwrap_or((text, ""));
    position::stays_a_name(typed);
    for text in [
        "(&(objectClass=inetOrgPerson)(uid={username}))",
        "(|(member={user_dn})(uniqueMember={user_dn})(memberUid={username}))",
        "(member:1.2.840.113556.1.4.1941:={user_dn})",
        template,
    ] {
        if let Ok(template) = FilterTemplate::parse(text) {
            position::stays_a_value(&template, typed);
        }
    }
    let _ = (Filter::parse(template), Dn::parse(template));
}
