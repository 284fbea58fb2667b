//! `coracle check-config`: reads the configuration as the daemon would, and tells every mistake.

use std::io::Write;

use super::Stop;
use crate::{
    auth::{UsersError, UsersFile},
    config::{Config, Loaded, Places},
};

const CONFIG: u8 = 78;

/// `coracle check-config` takes nothing of its own.
#[derive(Debug, clap::Args)]
pub(crate) struct CheckConfigArgs {}

/// Prints `config OK: FILE (N profiles)`, or every mistake on stderr.
///
/// # Errors
/// 78 if there is a mistake.
pub(crate) fn run(_args: &CheckConfigArgs, places: &Places) -> Result<(), Stop> {
    let loaded = Config::load(places).map_err(|errors| {
        let count = errors.0.len();
        let mistakes = if count == 1 { "1 mistake".to_owned() } else { format!("{count} mistakes") };
        Stop { code: CONFIG, message: format!("config has {mistakes}:\n{errors}") }
    })?;
    for warning in &loaded.warnings {
        eprintln!("warning: {warning}");
    }
    for warning in users_warnings(&UsersFile::at(loaded.config.auth.local.file.clone())) {
        eprintln!("warning: {warning}");
    }
    let _ = writeln!(std::io::stdout(), "{}", summary(&loaded, places)); // a reader that is gone changes nothing
    Ok(())
}

fn summary(loaded: &Loaded, places: &Places) -> String {
    let file = places.config.display();
    let absent = if loaded.files.contains(&places.config) { "" } else { " is absent, so its defaults hold" };
    let profiles = match loaded.config.profiles.len() {
        1 => "1 profile".to_owned(),
        n => format!("{n} profiles"),
    };
    format!("config OK: {file}{absent} ({profiles})")
}

/// What is wrong with the users file: not the configuration's fault, but nobody can log in.
fn users_warnings(file: &UsersFile) -> Vec<String> {
    match file.read() {
        Ok(users) => users
            .bad_lines()
            .iter()
            .map(|bad| format!("{}:{}: {}", file.path().display(), bad.line, bad.what))
            .collect(),
        // Whoever may read the configuration need not be allowed to read the hashes.
        Err(UsersError::Io { source, .. }) if source.kind() == std::io::ErrorKind::PermissionDenied => Vec::new(),
        Err(e) => vec![e.to_string()],
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
        let line = || summary(&Config::load(&places).unwrap(), &places);
        assert_eq!(line(), format!("config OK: {file} is absent, so its defaults hold (1 profile)"));
        std::fs::write(&places.config, "[[profiles]]\nname = \"a\"\n[[profiles]]\nname = \"b\"\n").unwrap();
        assert_eq!(line(), format!("config OK: {file} (2 profiles)"));
        assert!(run(&CheckConfigArgs {}, &places).is_ok());
    }

    #[test]
    fn mistakes_stop_with_78_and_are_all_told() {
        let top = tempfile::tempdir().unwrap();
        let places = places(&top);
        std::fs::write(&places.config, "[sessions]\nmax = 0\nmin = 1\n").unwrap();
        let stop = run(&CheckConfigArgs {}, &places).unwrap_err();
        assert_eq!(stop.code, 78);
        assert_eq!(stop.message.lines().count(), 3, "{}", stop.message);
        assert!(stop.message.starts_with("config has 2 mistakes:\n"), "{}", stop.message);
    }

    #[test]
    fn a_users_file_that_answers_nothing_is_warned_of() {
        let top = tempfile::tempdir().unwrap();
        let file = UsersFile::at(top.path().join("users"));
        assert!(users_warnings(&file)[0].contains("coracle passwd NAME"));
        file.edit(|_| ()).unwrap();
        assert_eq!(users_warnings(&file), Vec::<String>::new());
        std::fs::write(file.path(), "x\n").unwrap();
        assert!(users_warnings(&file)[0].contains("users:1: "));
    }
}
