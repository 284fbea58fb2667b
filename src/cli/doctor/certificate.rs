//! The certificate of the https entrance: whether the daemon can show it, and whether browsers will take it.

use std::path::{Path, PathBuf};

use super::settings::halves;
use super::{Account, Check, word};
use crate::sys::command;
use crate::{
    config::{Config, TlsFiles},
    http::{BadCertificate, Certificate},
};

const NAME: &str = "certificate";
const SOCKET: &str = "coracle-https.socket";

/// Nothing is said where there is neither a certificate nor an https socket.
pub(super) fn check(account: &Account, config: &Config, checks: &mut Vec<Check>) {
    let credentials = credentials(account);
    match config.server.tls.clone().or_else(|| TlsFiles::in_credentials(&credentials)) {
        Some(_) if !account.is_open() => checks.push(Check::skipped(NAME, account.closed())),
        Some(files) => judge(account, config, &files, checks),
        None if listens(account) => checks.push(Check::warn(
            NAME,
            format!("{SOCKET} listens, and there is no certificate (credentials are seen while the daemon runs)"),
            "write cert_file and key_file under [server.tls]",
        )),
        None => {}
    }
}

/// Where systemd keeps the service's credentials while it runs.
fn credentials(account: &Account) -> PathBuf {
    let run = if account.system { "/run".to_owned() } else { format!("/run/user/{}", account.uid) };
    Path::new(&run).join("credentials/coracle.service")
}

fn listens(account: &Account) -> bool {
    let mut words = vec!["systemctl"];
    if !account.system {
        words.push("--user");
    }
    words.extend(["show", SOCKET, "--property=ActiveState", "--value"]);
    command::answer(&words, account.uid).is_ok_and(|state| state.trim() == "active")
}

fn judge(account: &Account, config: &Config, files: &TlsFiles, checks: &mut Vec<Check>) {
    let found = match Certificate::read(files) {
        Ok(found) => found,
        Err(bad) => {
            let (told, way_out) = halves(&bad);
            let shown = word(&bad.path().display().to_string());
            let fix = match bad {
                BadCertificate::Open { .. } => account.admin(&format!("chmod 0640 {shown}")),
                BadCertificate::ForeignOwner { .. } => account.root(&format!("chown root {shown}")),
                _ => way_out,
            };
            return checks.push(Check::fail(NAME, told, fix));
        }
    };
    if config.server.tls.is_some() {
        for path in [&files.cert, &files.key].into_iter().filter(|path| !account.may_read(path)) {
            let shown = word(&path.display().to_string());
            let fix = [format!("chown root:{} {shown}", account.name), format!("chmod 0640 {shown}")];
            let fix = fix.map(|command| account.root(&command)).join(" && ");
            checks.push(Check::fail(NAME, format!("{}: {} may not read it", path.display(), account.name), fix));
        }
    }
    let now = crate::sys::unix_seconds();
    let doubts = found.doubts(now, config.server.public_url.as_ref());
    for (found_wrong, fix) in doubts.iter().map(halves) {
        let check = if found.is_valid_at(now) { Check::warn } else { Check::fail };
        checks.push(check(NAME, found_wrong, fix));
    }
    if !checks.iter().any(|check| check.name == NAME) {
        checks.push(Check::ok(NAME, found.to_string()));
    }
}

#[cfg(test)]
mod tests {
    use super::super::State;
    use super::*;

    #[test]
    fn a_certificate_that_cannot_be_shown_fails_with_the_command_or_what_to_write() {
        use std::os::unix::fs::PermissionsExt;
        let top = tempfile::tempdir().unwrap();
        let files = TlsFiles { cert: top.path().join("cert.pem"), key: top.path().join("key.pem") };
        let account = Account::for_tests("mira", rustix::process::geteuid().as_raw(), false);
        let config = |tls| {
            let at = |name: &str| top.path().join(name);
            let places = crate::config::Places { config: at("c"), state: at("s"), runtime: at("r"), control: at("o") };
            let mut config = Config::default_at(&places);
            config.server.tls = tls;
            config
        };
        let verdict = |config: &Config| {
            let mut checks = Vec::new();
            check(&account, config, &mut checks);
            checks
        };
        assert_eq!(verdict(&config(None)), [], "nobody wants TLS");
        let config = config(Some(files.clone()));
        let absent = &verdict(&config)[0];
        assert!(absent.state == State::Fail && absent.found.contains("cert.pem"), "{absent:?}");
        assert!(absent.fix.as_deref().is_some_and(|fix| fix.contains("[server.tls]")), "{absent:?}");

        std::fs::write(&files.cert, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").unwrap();
        std::fs::write(&files.key, "").unwrap();
        std::fs::set_permissions(&files.key, std::fs::Permissions::from_mode(0o644)).unwrap();
        let open = &verdict(&config)[0];
        assert_eq!(open.fix, Some(format!("chmod 0640 {}", files.key.display())), "{open:?}");
    }
}
