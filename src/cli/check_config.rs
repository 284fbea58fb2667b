//! `coracle check-config`: reads the configuration as the daemon would, and tells every mistake.

use std::io::Write;

use super::Stop;
use crate::{
    auth::{UsersError, UsersFile},
    config::{Config, ConfigErrors, Loaded, Mistake, Places, Server, TlsFiles},
    http::Certificate,
};

const CONFIG: u8 = 78;

/// Arguments of `coracle check-config`.
#[derive(Debug, clap::Args)]
pub(crate) struct CheckConfigArgs {
    /// Print a JSON array of mistakes and warnings instead
    #[arg(long)]
    json: bool,
}

/// One entry of the JSON form, which is stable.
#[derive(Debug, PartialEq, serde::Serialize)]
struct Entry<'a> {
    severity: &'static str,
    file: String,
    line: Option<usize>,
    key: Option<&'a str>,
    problem: &'a str,
    fix: Option<&'a str>,
}

impl<'a> Entry<'a> {
    fn of(severity: &'static str, m: &'a Mistake) -> Entry<'a> {
        let key = Some(m.key.as_str()).filter(|key| !key.is_empty());
        Entry { severity, file: m.file.display().to_string(), line: m.line, key, problem: m.problem(), fix: m.fix() }
    }
}

/// Prints `config OK: FILE (N profiles)`, or every mistake on stderr; with `--json` mistakes and warnings on stdout.
///
/// # Errors
/// 78 if there is a mistake.
pub(crate) fn run(args: &CheckConfigArgs, places: &Places) -> Result<(), Stop> {
    let checked = Config::load(places).and_then(|loaded| {
        let doubts = certificate(&loaded.config.server).map_err(|mistake| ConfigErrors(vec![mistake]))?;
        Ok((loaded, doubts))
    });
    let (loaded, doubts) = checked.map_err(|errors| {
        let count = errors.0.len();
        let mistakes = if count == 1 { "1 mistake".to_owned() } else { format!("{count} mistakes") };
        if args.json {
            print_json("mistake", &errors.0);
            return Stop { code: CONFIG, message: format!("config has {mistakes}") };
        }
        Stop { code: CONFIG, message: format!("config has {mistakes}:\n{errors}") }
    })?;
    let mut warnings = loaded.warnings.clone();
    warnings.extend(doubts);
    warnings.extend(users_warnings(&UsersFile::at(loaded.config.auth.local.file.clone())));
    if args.json {
        print_json("warning", &warnings);
        return Ok(());
    }
    for warning in &warnings {
        eprintln!("warning: {warning}");
    }
    let _ = writeln!(std::io::stdout(), "config OK: {}", what_holds(&loaded, places)); // nobody may be reading
    Ok(())
}

fn print_json(severity: &'static str, mistakes: &[Mistake]) {
    let entries: Vec<Entry<'_>> = mistakes.iter().map(|m| Entry::of(severity, m)).collect();
    let text = serde_json::to_string_pretty(&entries).expect("entries are texts and numbers");
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// The configuration in force, in a few words.
pub(super) fn what_holds(loaded: &Loaded, places: &Places) -> String {
    let file = places.config.display();
    let absent = if loaded.files.contains(&places.config) { "" } else { " is absent, so its defaults hold" };
    let profiles = match loaded.config.profiles.len() {
        1 => "1 profile".to_owned(),
        n => format!("{n} profiles"),
    };
    format!("{file}{absent} ({profiles})")
}

/// What browsers will have against the certificate; the error is that there is none to show.
fn certificate(server: &Server) -> Result<Vec<Mistake>, Mistake> {
    let Some(files) = server.tls.clone().or_else(TlsFiles::from_credentials) else { return Ok(Vec::new()) };
    let mistake = |path: &std::path::Path, sentence: &str| {
        let what = sentence.strip_prefix(&format!("{}: ", path.display())).unwrap_or(sentence).to_owned();
        Mistake { file: path.to_owned(), line: None, key: String::new(), what }
    };
    match Certificate::read(&files) {
        Ok(found) => {
            let doubts = found.doubts(crate::sys::unix_seconds(), server.public_url.as_ref());
            Ok(doubts.iter().map(|doubt| mistake(&files.cert, doubt)).collect())
        }
        // Whoever may read the configuration need not be allowed to read the key.
        Err(bad) if bad.is_permission() => Ok(Vec::new()),
        Err(bad) => Err(mistake(bad.path(), &bad.to_string())),
    }
}

/// What is wrong with the users file: not the configuration's fault, but nobody can log in.
fn users_warnings(file: &UsersFile) -> Vec<Mistake> {
    let warning = |line, what| Mistake { file: file.path().to_owned(), line, key: String::new(), what };
    match file.read() {
        Ok(users) => users.bad_lines().iter().map(|bad| warning(Some(bad.line), bad.what.clone())).collect(),
        // Whoever may read the configuration need not be allowed to read the hashes.
        Err(UsersError::Io { source, .. }) if source.kind() == std::io::ErrorKind::PermissionDenied => Vec::new(),
        Err(e) => {
            let sentence = e.to_string();
            let path = format!("{}: ", file.path().display());
            vec![warning(None, sentence.strip_prefix(&path).unwrap_or(&sentence).to_owned())]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(top: &tempfile::TempDir) -> Places {
        Places {
            config: top.path().join("config.toml"),
            state: top.path().join("state"),
            runtime: top.path().join("run"),
            control: top.path().join("control"),
        }
    }

    #[test]
    fn a_good_configuration_is_summed_up_in_one_line() {
        let top = tempfile::tempdir().unwrap();
        let places = places(&top);
        let file = places.config.display();
        let line = || what_holds(&Config::load(&places).unwrap(), &places);
        assert_eq!(line(), format!("{file} is absent, so its defaults hold (1 profile)"));
        std::fs::write(&places.config, "[[profiles]]\nname = \"a\"\n[[profiles]]\nname = \"b\"\n").unwrap();
        assert_eq!(line(), format!("{file} (2 profiles)"));
        assert!(run(&CheckConfigArgs { json: false }, &places).is_ok());
    }

    #[test]
    fn mistakes_stop_with_78_and_are_all_told() {
        let top = tempfile::tempdir().unwrap();
        let places = places(&top);
        std::fs::write(&places.config, "[sessions]\nmax = 0\nmin = 1\n").unwrap();
        let stop = run(&CheckConfigArgs { json: false }, &places).unwrap_err();
        assert_eq!(stop.code, 78);
        assert_eq!(stop.message.lines().count(), 3, "{}", stop.message);
        assert!(stop.message.starts_with("config has 2 mistakes:\n"), "{}", stop.message);
    }

    #[test]
    fn a_users_file_that_answers_nothing_is_warned_of() {
        let top = tempfile::tempdir().unwrap();
        let file = UsersFile::at(top.path().join("users"));
        assert!(users_warnings(&file)[0].to_string().contains("coracle passwd NAME"));
        file.edit(|_| ()).unwrap();
        assert_eq!(users_warnings(&file), []);
        std::fs::write(file.path(), "x\n").unwrap();
        assert!(users_warnings(&file)[0].to_string().contains("users:1: "));
    }

    #[test]
    fn an_entry_has_what_is_wrong_and_what_to_write_apart() {
        let top = tempfile::tempdir().unwrap();
        let places = places(&top);
        std::fs::write(&places.config, "[server]\npublic_url = \"a; b\"\n[server\n").unwrap();
        let of = |places: &Places| {
            let errors = Config::load(places).unwrap_err().0;
            serde_json::to_value(errors.iter().map(|m| Entry::of("mistake", m)).collect::<Vec<_>>()).unwrap()
        };
        assert_eq!((&of(&places)[0]["line"], &of(&places)[0]["key"]), (&3.into(), &serde_json::Value::Null));
        std::fs::write(&places.config, "[sessions]\nisolation = \"a; b\"\n").unwrap();
        assert_eq!(
            of(&places),
            serde_json::json!([{"severity": "mistake", "file": places.config, "line": 2, "key": "sessions.isolation",
                "problem": "\"a; b\" is not known", "fix": "write \"auto\" or \"slots\" or \"shared\""}])
        );
    }
}
