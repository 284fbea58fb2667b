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
    let asked = runtime.block_on(tokio::time::timeout(LIMIT, async {
        let servers = directory.try_servers().await;
        let works = servers.iter().any(is_fine);
        let both = if works && !names.is_empty() { Some(directory.knows(&names).await) } else { None };
        (servers, both)
    }));
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
