//! `coracle ldap test`: every server and, if asked, one person's login, step by step, with the sentence that mends a fault.

use std::io::{self, IsTerminal, Write};
use std::sync::Arc;

use super::{
    Stop,
    typed::{self, Silent},
};
use crate::{
    auth::{
        Password,
        ldap::{Certificate, Directory, Fault, ServerTrial, Step},
    },
    config::{Config, Places},
};

const NAME: usize = 15; // columns

/// What `coracle ldap` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct LdapArgs {
    #[command(subcommand)]
    command: LdapCommand,
}

#[derive(Debug, clap::Subcommand)]
enum LdapCommand {
    /// Try the directory of [auth.ldap], with one person's login if asked
    #[command(
        after_help = "The password is asked for at a terminal, or read as one line of stdin; without one everything but the \
                      person's own bind is tried. A wrong password is one failed login in the directory.\nExit codes: 0 all \
                      went well, 78 the configuration or the service account's rights are wrong, 69 a server cannot be \
                      reached, 1 the person cannot log in, 64 wrong usage."
    )]
    Test(TestArgs),
}

/// What `coracle ldap test` takes.
#[derive(Debug, clap::Args)]
struct TestArgs {
    /// Whose login to try, as it would be typed
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// Print one JSON document instead
    #[arg(long)]
    json: bool,
}

/// Tries it and prints what was seen.
///
/// # Errors
/// 78, 69 or 1, as the first step that failed has it.
pub(crate) fn run(args: &LdapArgs, places: &Places) -> Result<(), Stop> {
    let LdapCommand::Test(args) = &args.command;
    let loaded =
        Config::load(places).map_err(|errors| Stop::config(format!("the configuration has mistakes:\n{errors}")))?;
    let Some(settings) = loaded.config.auth.ldap else {
        let file = places.config.display();
        let what = format!(
            "{file}: auth.backends does not list \"ldap\"; write backends = [\"local\", \"ldap\"] under [auth]"
        );
        return Err(Stop::config(what));
    };
    let password = match &args.user {
        Some(name) => password_of(name)?,
        None => None,
    };
    let directory = Directory::new(Arc::clone(&settings)).map_err(|trouble| Stop::config(trouble.0))?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|e| Stop::other(format!("event loop: {e}")))?;
    let (servers, person) = runtime.block_on(async {
        let servers = directory.try_servers().await;
        let person = match &args.user {
            Some(name) => Some(directory.try_person(name, password.as_ref()).await),
            None => None,
        };
        (servers, person)
    });
    let text = if args.json {
        serde_json::to_string_pretty(&document(&servers, person.as_deref())).map_err(|e| Stop::other(e.to_string()))?
            + "\n"
    } else {
        let color = io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty());
        page(&servers, args.user.as_deref().zip(person.as_deref()), color)
    };
    let _ = io::stdout().write_all(text.as_bytes()); // a reader that is gone changes nothing
    verdict(&servers, person.as_deref().unwrap_or(&[]))
}

/// `None` if there is none: Enter at the terminal, nothing on stdin.
fn password_of(name: &str) -> Result<Option<Password>, Stop> {
    let line = if typed::at_terminal() {
        let silent = Silent::begin().map_err(|e| Stop::other(format!("the terminal: {e}")))?;
        silent.line(&format!("Password for {} (Enter: none): ", plain(name)))?
    } else {
        typed::line(io::stdin().lock())?
    };
    if line.is_empty() { Ok(None) } else { typed::checked(&line).map(Some) }
}

/// The first fault gives the code: what the operator must mend comes before what a person must.
fn verdict(servers: &[ServerTrial], person: &[Step]) -> Result<(), Stop> {
    let steps = || servers.iter().flat_map(|server| &server.steps).chain(person);
    let faults: Vec<Fault> = steps().filter_map(|step| step.result.as_ref().err().map(|(fault, _)| *fault)).collect();
    let what = match faults.len() {
        0 => return Ok(()),
        1 => "1 step failed".to_owned(),
        n => format!("{n} steps failed"),
    };
    Err(if faults.contains(&Fault::Settings) {
        Stop::config(what)
    } else if faults.contains(&Fault::Unreachable) {
        Stop::unavailable(what)
    } else {
        Stop::other(what)
    })
}

/// The table for people.
fn page(servers: &[ServerTrial], person: Option<(&str, &[Step])>, color: bool) -> String {
    let mut page = String::new();
    for server in servers {
        page.push_str(&format!("{}\n", plain(&server.url.to_string())));
        server.steps.iter().for_each(|step| line(&mut page, step, color));
        for certificate in &server.certificates {
            shown(&mut page, certificate);
        }
        page.push('\n');
    }
    if let Some((name, steps)) = person {
        page.push_str(&format!("{}\n", plain(name)));
        steps.iter().for_each(|step| line(&mut page, step, color));
        page.push('\n');
    }
    page
}

fn line(page: &mut String, step: &Step, color: bool) {
    let (word, paint, text) = match &step.result {
        Ok(saw) => ("ok", "32", saw.as_str()),
        Err((_, what)) => ("FAIL", "1;31", halves(what).0),
    };
    let word = if color { format!("\u{1b}[{paint}m{word:<5}\u{1b}[0m") } else { format!("{word:<5}") };
    let ms = step.took.as_secs_f64() * 1000.0;
    let row = format!("{word} {:<NAME$} {ms:>7.1} ms  {}", step.name, plain(text));
    page.push_str(&format!("{}\n", row.trim_end()));
    for note in &step.notes {
        page.push_str(&format!("{:6}{:NAME$} {:>10}  {}\n", "", "", "", plain(note)));
    }
    if let Err((_, what)) = &step.result {
        page.push_str(&format!("      fix: {}\n", plain(halves(what).1)));
    }
}

fn shown(page: &mut String, certificate: &Certificate) {
    let ca = if certificate.ca { " (a CA)" } else { "" };
    let names = if certificate.names.is_empty() { "no names".to_owned() } else { certificate.names.join(", ") };
    for (n, text) in [
        format!("{}{ca}, for {names}", certificate.subject),
        format!("{} to {}, by {}", certificate.not_before, certificate.not_after, certificate.issuer),
        format!("SHA-256 {}", certificate.fingerprint),
    ]
    .iter()
    .enumerate()
    {
        page.push_str(&format!("      {:<NAME$} {}\n", if n == 0 { "certificate" } else { "" }, plain(text)));
    }
}

/// The JSON form, which is stable.
fn document(servers: &[ServerTrial], person: Option<&[Step]>) -> serde_json::Value {
    let steps = |steps: &[Step]| {
        let step = |step: &Step| {
            let (ok, found, fix) = match &step.result {
                Ok(saw) => (true, saw.as_str(), None),
                Err((_, what)) => (false, halves(what).0, Some(halves(what).1)),
            };
            let ms = (step.took.as_secs_f64() * 10_000.0).round() / 10.0;
            serde_json::json!({"name": step.name, "ms": ms, "ok": ok, "found": found, "notes": step.notes, "fix": fix})
        };
        steps.iter().map(step).collect::<Vec<_>>()
    };
    let certificate = |c: &Certificate| {
        serde_json::json!({"subject": c.subject, "issuer": c.issuer, "names": c.names, "not_before": c.not_before,
            "not_after": c.not_after, "ca": c.ca, "sha256": c.fingerprint})
    };
    let server = |server: &ServerTrial| {
        let certificates: Vec<_> = server.certificates.iter().map(certificate).collect();
        serde_json::json!({"url": server.url.to_string(), "steps": steps(&server.steps), "certificates": certificates})
    };
    serde_json::json!({"servers": servers.iter().map(server).collect::<Vec<_>>(), "person": person.map(steps)})
}

/// What is wrong, and what mends it.
pub(super) fn halves(sentence: &str) -> (&str, &str) {
    sentence.rsplit_once("; ").unwrap_or((sentence, "look at the server's log"))
}

/// A directory's words go to a terminal.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() || crate::config::is_format(c) { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::config::LdapUrl;

    fn step(name: &'static str, result: Result<&str, (Fault, &str)>) -> Step {
        let result = result.map(str::to_owned).map_err(|(fault, what)| (fault, what.to_owned()));
        Step { name, took: Duration::from_micros(1234), result, notes: Vec::new() }
    }

    fn server(steps: Vec<Step>) -> ServerTrial {
        ServerTrial { url: LdapUrl::Ldaps("dc1".into(), 636), steps, certificates: Vec::new() }
    }

    fn code(steps: Vec<Step>, person: &[Step]) -> u8 {
        verdict(&[server(steps)], person).map_or_else(|stop| stop.code, |()| 0)
    }

    #[test]
    fn the_exit_code_tells_who_must_mend_it() {
        let fine = || step("connect", Ok(""));
        let unreachable = || step("connect", Err((Fault::Unreachable, "a; b")));
        let settings = || step("service bind", Err((Fault::Settings, "a; b")));
        let person = || step("password", Err((Fault::Person, "a; b")));
        assert_eq!(code(vec![fine()], &[fine()]), 0);
        assert_eq!(code(vec![unreachable(), settings()], &[person()]), 78);
        assert_eq!(code(vec![unreachable()], &[person()]), 69);
        assert_eq!(code(vec![fine()], &[person()]), 1);
    }

    #[test]
    fn a_step_is_a_line_with_its_time_and_a_fault_has_its_fix_below() {
        let mut groups = step("groups", Ok("2"));
        groups.notes = vec!["cn=dev\u{1b}[2J,dc=x".into()];
        let servers =
            [server(vec![step("connect", Ok("")), step("TLS", Err((Fault::Unreachable, "unknown CA; set ca_file")))])];
        assert_eq!(
            page(&servers, Some(("mira", &[groups])), false),
            "\
ldaps://dc1:636
ok    connect             1.2 ms
FAIL  TLS                 1.2 ms  unknown CA
      fix: set ca_file

mira
ok    groups              1.2 ms  2
                                  cn=dev\u{fffd}[2J,dc=x

"
        );
        assert_eq!(page(&servers, None, true).matches('\u{1b}').count(), 4);
    }

    #[test]
    fn the_document_has_a_stable_shape() {
        let servers = [server(vec![step("TLS", Err((Fault::Unreachable, "unknown CA; set ca_file")))])];
        assert_eq!(
            document(&servers, None),
            serde_json::json!({"servers": [{"url": "ldaps://dc1:636", "certificates": [], "steps": [
                {"name": "TLS", "ms": 1.2, "ok": false, "found": "unknown CA", "notes": [], "fix": "set ca_file"}]}],
                "person": null})
        );
    }
}
