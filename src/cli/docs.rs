//! Manuals and completions, made from the command line's own definition and from config.toml, and kept in packaging/ so that
//! a package needs no run of the program it builds. These tests compare; `make docs` writes.

mod config; // config.toml as coracle-config(5)
mod mdoc; //   text in the language of manuals
mod page; //   commands as coracle(1), coracle-serve(1), …

use std::{collections::BTreeMap, fs, path::Path};

use clap::CommandFactory;
use clap_complete::Shell;

use super::Cli;

/// Of the manuals' text; mdoc wants one.
const DATE: &str = "November 26, 2026";

/// Every generated file below packaging/, by its path there.
fn generated() -> BTreeMap<String, String> {
    let mut cli = Cli::command();
    cli.build();
    let mut files = BTreeMap::new();
    for (shell, path) in [(Shell::Bash, "coracle.bash"), (Shell::Zsh, "_coracle"), (Shell::Fish, "coracle.fish")] {
        let mut text = Vec::new();
        clap_complete::generate(shell, &mut Cli::command(), "coracle", &mut text);
        files.insert(format!("completions/{path}"), String::from_utf8(text).unwrap());
    }
    files.insert("man/coracle.1".into(), page::program(&cli));
    for command in page::commands(&cli) {
        files.insert(format!("man/coracle-{}.1", command.get_name()), page::command(command));
    }
    files.insert("man/coracle-config.5".into(), config::manual(include_str!("../../config.toml")));
    files
}

fn packaging() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/packaging"))
}

#[test]
fn manuals_and_completions_say_what_the_program_and_its_configuration_say() {
    for (path, text) in generated() {
        let path = packaging().join(path);
        if std::env::var_os("CORACLE_WRITE_DOCS").is_some() {
            fs::write(&path, text).unwrap();
        } else {
            let kept = fs::read_to_string(&path).unwrap_or_default();
            assert!(kept == text, "{} is out of date: make docs", path.display());
        }
    }
}

#[test]
fn no_manual_and_no_completion_is_of_a_command_that_is_gone() {
    let generated = generated();
    let by_hand = ["man/coracle.service.8", "man/coracle-security.7"];
    for directory in ["man", "completions"] {
        for file in fs::read_dir(packaging().join(directory)).unwrap() {
            let file = file.unwrap();
            let path = format!("{directory}/{}", file.file_name().to_str().unwrap());
            let known = generated.contains_key(&path) || by_hand.contains(&path.as_str());
            assert!(known || file.path().is_dir(), "packaging/{path} is made from nothing; remove it");
        }
    }
}

#[test]
fn the_manual_of_the_configuration_has_every_key_of_the_shipped_file() {
    let manual = config::manual(include_str!("../../config.toml"));
    let keys = include_str!("../../config.toml").lines().filter_map(config::key_and_default);
    let mut count = 0;
    for (key, default) in keys {
        let entry = format!(".It Ic \"{} = {}\"\n", mdoc::escaped(key), mdoc::escaped(default).replace('"', "\\(dq"));
        assert!(manual.contains(&entry), "{key} is missing, or its default is not {default}");
        count += 1;
    }
    assert!(count > 60, "config.toml has only {count} keys?");
}

#[test]
fn the_packages_have_the_programs_version() {
    let version = env!("CARGO_PKG_VERSION");
    let read = |path: &str| fs::read_to_string(packaging().join(path)).unwrap();
    let changelog = read("debian/changelog");
    assert!(changelog.starts_with(&format!("coracle ({version}-")), "debian/changelog: {changelog}");
    let spec = read("coracle.spec");
    assert!(spec.lines().any(|line| line.split_whitespace().eq(["Version:", version])), "coracle.spec");
    assert!(spec.contains(&format!("> - {version}-")), "coracle.spec's changelog");
}
