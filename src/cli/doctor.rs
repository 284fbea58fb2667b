//! `coracle doctor`: everything that sessions need on this host, and for each fault the one thing that mends it.
//!
//! It looks at the account that runs the daemon, changes nothing, and asks nobody but systemd and Podman, each with a time
//! limit. The daemon is not woken.

mod account; //     whose daemon it is
mod certificate; // what the https entrance shows
mod directory; //   the company's directory
mod engine; //      Podman, its store, images and containers
mod host; //        ids, controllers, units, what linger keeps
mod page; //        the table for people
mod recordings; //  where they go, and for how long there is room
mod settings; //    configuration, users file, state directory
mod workshop; //    networks and layers of profiles

use std::io::{IsTerminal, Write};

use super::Stop;
use crate::config::Places;
pub(super) use account::Account;

/// Arguments of `coracle doctor`.
#[derive(clap::Args)]
pub(super) struct DoctorArgs {
    /// Print one JSON document instead of a table
    #[arg(long)]
    json: bool,
}

/// How a check went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
enum State {
    Ok,
    /// Sessions work, and something is less good than it could be.
    Warn,
    Fail,
    /// Could not be looked at; `found` says why.
    Skipped,
}

/// One precondition. Its name is stable.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
struct Check {
    name: &'static str,
    state: State,
    /// What was found, in one line.
    found: String,
    /// The one command, or the line to write.
    fix: Option<String>,
}

impl Check {
    fn ok(name: &'static str, found: impl Into<String>) -> Check {
        Check { name, state: State::Ok, found: found.into(), fix: None }
    }

    fn warn(name: &'static str, found: impl Into<String>, fix: impl Into<String>) -> Check {
        Check { name, state: State::Warn, found: found.into(), fix: Some(fix.into()) }
    }

    fn fail(name: &'static str, found: impl Into<String>, fix: impl Into<String>) -> Check {
        Check { name, state: State::Fail, found: found.into(), fix: Some(fix.into()) }
    }

    fn skipped(name: &'static str, why: impl Into<String>) -> Check {
        Check { name, state: State::Skipped, found: why.into(), fix: None }
    }
}

/// The whole answer; its JSON form is stable.
#[derive(Debug, serde::Serialize)]
struct Report {
    account: Account,
    config: String,
    failed: usize,
    warnings: usize,
    checks: Vec<Check>,
}

impl Report {
    fn new(account: Account, config: String, checks: Vec<Check>) -> Report {
        let count = |state| checks.iter().filter(|check| check.state == state).count();
        Report { account, config, failed: count(State::Fail), warnings: count(State::Warn), checks }
    }

    /// As the exit codes of the whole program: a wrong configuration first, then Podman, then anything.
    fn verdict(&self) -> Result<(), Stop> {
        let failed = |name: &str| self.checks.iter().any(|check| check.state == State::Fail && check.name == name);
        let message = match self.failed {
            0 => return Ok(()),
            1 => "1 check failed".to_owned(),
            n => format!("{n} checks failed"),
        };
        Err(match () {
            () if failed(settings::CONFIG) => Stop::config(message),
            () if failed(engine::SOCKET) => Stop::unavailable(message),
            () => Stop::other(message),
        })
    }
}

/// Checks everything and prints it.
///
/// # Errors
/// 78, 69 or 1 if a check failed.
pub(super) fn run(args: &DoctorArgs, places: Places) -> Result<(), Stop> {
    let account = Account::of_daemon(&places).map_err(Stop::other)?;
    let places = if account.system { Places::of_system(&places.config).unwrap_or(places) } else { places };
    let (mut checks, config) = settings::check(&account, &places);
    let slots = host::check(&account, config.as_ref(), &mut checks);
    recordings::check(&account, &places, config.as_ref(), &mut checks);
    directory::check(&account, config.as_ref(), &mut checks);
    engine::check(&account, &places, config.as_ref(), slots.as_ref(), &mut checks)?;
    let report = Report::new(account, places.config.display().to_string(), checks);
    let text = if args.json {
        serde_json::to_string_pretty(&report).map_err(|e| Stop::other(e.to_string()))? + "\n"
    } else {
        let stdout = std::io::stdout();
        page::render(&report, stdout.is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty()))
    };
    let _ = std::io::stdout().write_all(text.as_bytes()); // a reader that is gone changes nothing
    report.verdict()
}

/// One line of printable characters: what is found comes from other programs and files.
fn plain(text: &str) -> String {
    text.trim().chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// One word of a shell's line: a fix is pasted, often by root, and names in it may come from other programs.
fn word(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@%+,=".contains(c);
    match !text.is_empty() && text.chars().all(plain) {
        true => text.to_owned(),
        false => format!("'{}'", text.replace('\'', "'\\''")),
    }
}

/// `1.5 GB`, `84 MB`
fn bytes(n: u64) -> String {
    const MB: u64 = 1_000_000;
    if n >= 1000 * MB {
        format!("{}.{} GB", n / (1000 * MB), n % (1000 * MB) / (100 * MB))
    } else {
        format!("{} MB", n.div_ceil(MB))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(checks: Vec<Check>) -> u8 {
        let account = Account::for_tests("coracle", 990, true);
        Report::new(account, "c".into(), checks).verdict().map_or_else(|stop| stop.code, |()| 0)
    }

    #[test]
    fn the_exit_code_names_the_first_thing_to_mend() {
        let config = Check::fail(settings::CONFIG, "", "");
        let podman = Check::fail(engine::SOCKET, "", "");
        let other = Check::fail("linger", "", "");
        assert_eq!(code(vec![other.clone(), podman.clone(), config]), 78);
        assert_eq!(code(vec![other.clone(), podman]), 69);
        assert_eq!(code(vec![other]), 1);
        assert_eq!(code(vec![Check::warn("linger", "", ""), Check::skipped("image", ""), Check::ok("disk", "")]), 0);
    }

    #[test]
    fn the_document_has_a_stable_shape() {
        let account = Account::for_tests("mira", 1000, false);
        let checks = vec![Check::fail("linger", "off", "loginctl enable-linger mira"), Check::ok("disk", "much")];
        let report = Report::new(account, "/c.toml".into(), checks);
        assert_eq!(
            serde_json::to_value(report).unwrap(),
            serde_json::json!({
                "account": {"name": "mira", "uid": 1000, "mode": "user"}, "config": "/c.toml", "failed": 1, "warnings": 0,
                "checks": [
                    {"name": "linger", "state": "fail", "found": "off", "fix": "loginctl enable-linger mira"},
                    {"name": "disk", "state": "ok", "found": "much", "fix": null}]})
        );
    }

    #[test]
    fn what_is_pasted_is_one_word_whatever_is_in_it() {
        assert_eq!(
            ["/etc/coracle/users", "coracle-abc", "x y", ""].map(word),
            ["/etc/coracle/users", "coracle-abc", "'x y'", "''"]
        );
        for odd in ["x; touch /tmp/y", "$(id)", "a'b;c'", "`id`", "x\ny", "~root", "*", "-a b"] {
            let shell = ["sh", "-c", &format!("printf %s. {}", word(odd))];
            assert_eq!(crate::sys::command::answer(&shell, 0).unwrap(), format!("{odd}."));
        }
    }

    #[test]
    fn sizes_are_told_as_a_disk_counts() {
        assert_eq!([0, 1, 84_000_000, 1_580_000_000].map(bytes), ["0 MB", "1 MB", "84 MB", "1.5 GB"]);
    }
}
