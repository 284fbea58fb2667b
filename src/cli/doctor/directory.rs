//! The company's directory: whether every server can be reached and used, how long its certificates last, and whose names
//! the users file has as well.

use std::sync::Arc;
use std::time::Duration;

use super::{Account, Check};
use crate::{
    auth::{
        UsersFile,
        ldap::{Directory, ServerTrial, expires_within},
    },
    cli::ldap::halves,
    config::{Backend, Config},
};

const DIRECTORY: &str = "directory";
const NAMES: &str = "directory-names";
/// For everything that the directory is asked here.
const LIMIT: Duration = Duration::from_secs(60);
/// A certificate that ends sooner is told.
const SOON: Duration = Duration::from_secs(14 * 86_400);
/// Names of the users file that are looked for.
const MAX_NAMES: usize = 200;

/// Nothing if there is no directory.
pub(super) fn check(account: &Account, config: Option<&Config>, checks: &mut Vec<Check>) {
    let Some((config, settings)) = config.and_then(|config| config.auth.ldap.as_ref().map(|ldap| (config, ldap)))
    else {
        return;
    };
    if !account.is_open() {
        return checks.push(Check::skipped(DIRECTORY, account.closed()));
    }
    let directory = match Directory::new(Arc::clone(settings)) {
        Ok(directory) => directory,
        Err(trouble) => {
            let (found, fix) = halves(&trouble.0);
            return checks.push(Check::fail(DIRECTORY, found, fix));
        }
    };
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(e) => return checks.push(Check::skipped(DIRECTORY, format!("event loop: {e}"))),
    };
    let local = config.auth.backends.contains(&Backend::Local);
    let names = if local { local_names(config) } else { Vec::new() };
    let ask = async {
        let servers = directory.try_servers().await;
        let works = servers.iter().any(is_fine);
        let both = if works && !names.is_empty() { Some(directory.knows(&names).await) } else { None };
        (servers, both)
    };
    let asked = runtime.block_on(async { tokio::time::timeout(LIMIT, ask).await });
    let Ok((servers, both)) = asked else {
        let what = format!("did not answer everything within {} s", LIMIT.as_secs());
        return checks.push(Check::fail(DIRECTORY, what, "coracle ldap test"));
    };
    let works = servers.iter().any(is_fine);
    checks.extend(servers.iter().map(|server| of_server(server, works)));
    match both {
        Some(Ok(both)) if both.is_empty() => {
            checks.push(Check::ok(NAMES, "no name of the users file is in the directory as well"));
        }
        Some(Ok(both)) => checks.push(Check::warn(
            NAMES,
            format!("in the users file and in the directory, so they cannot log in: {}", both.join(", ")),
            account.admin(&format!("coracle passwd --remove {}", super::word(&both[0]))),
        )),
        Some(Err(trouble)) => checks.push(Check::skipped(NAMES, trouble.0)),
        None => {}
    }
}

fn local_names(config: &Config) -> Vec<String> {
    let Ok(users) = UsersFile::at(config.auth.local.file.clone()).read() else { return Vec::new() };
    users.accounts().take(MAX_NAMES).map(|account| account.name.to_string()).collect()
}

fn is_fine(server: &ServerTrial) -> bool {
    server.steps.iter().all(|step| step.result.is_ok())
}

/// A server that fails is a failure only if none is left.
fn of_server(server: &ServerTrial, one_works: bool) -> Check {
    let fault = server.steps.iter().find_map(|step| step.result.as_ref().err().map(|(_, what)| (step.name, what)));
    if let Some((step, what)) = fault {
        let (found, fix) = halves(what);
        let found = format!("{}: {step}: {found}", server.url);
        return if one_works { Check::warn(DIRECTORY, found, fix) } else { Check::fail(DIRECTORY, found, fix) };
    }
    match server.certificates.iter().find(|certificate| expires_within(certificate, SOON)) {
        Some(soon) => Check::warn(
            DIRECTORY,
            format!("{}: the certificate of {} ends on {}", server.url, soon.subject, soon.not_after),
            "renew it on the directory server",
        ),
        None => Check::ok(DIRECTORY, server.url.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::State;
    use super::*;
    use crate::config::{LdapAuth, Places};

    fn checks(ldap: Option<LdapAuth>) -> Vec<Check> {
        let at = |name: &str| std::path::Path::new("/nowhere").join(name);
        let places = Places { config: at("config.toml"), state: at("state"), runtime: at("run"), control: at("sock") };
        let mut config = Config::default_at(&places);
        config.auth.ldap = ldap.map(Arc::new);
        let account = Account::for_tests("mira", rustix::process::geteuid().as_raw(), false);
        let mut checks = Vec::new();
        check(&account, Some(&config), &mut checks);
        checks
    }

    #[test]
    fn without_a_directory_there_is_nothing_to_check() {
        assert_eq!(checks(None), []);
    }

    #[test]
    fn a_server_that_cannot_be_reached_is_named_with_what_to_do() {
        let bound = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = bound.local_addr().unwrap().port();
        drop(bound); // so that it refuses
        let keys = format!("urls = [\"ldap://127.0.0.1:{port}\"]\nuser_base = \"dc=x\"\nstart_tls = false");
        let found = checks(Some(LdapAuth::for_tests(&keys)));
        assert_eq!((found.len(), found[0].name, found[0].state), (1, DIRECTORY, State::Fail), "{found:?}");
        assert!(found[0].found.contains("connect: 127.0.0.1") && found[0].fix.is_some(), "{found:?}");
    }

    #[test]
    fn a_file_that_the_configuration_names_and_that_is_not_there_is_told() {
        let keys = "urls = [\"ldaps://dc1\"]\nuser_base = \"dc=x\"\nca_file = \"none.pem\"";
        let found = checks(Some(LdapAuth::for_tests(keys)));
        assert_eq!(found[0].state, State::Fail);
        assert!(found[0].found.contains("/coracle/none.pem"), "{found:?}");
    }
}
