//! A command as a manual page: its definition, and what packaging/man/more/ adds to it.

use std::fs;

use clap::{Arg, Command};

use super::{
    mdoc::{escaped, head, prose},
    packaging,
};

/// The commands that have a page.
pub(super) fn commands(cli: &Command) -> impl Iterator<Item = &Command> {
    cli.get_subcommands().filter(|command| !command.is_hide_set() && command.get_name() != "help")
}

/// coracle(1): what there is, and what holds for all commands.
pub(super) fn program(cli: &Command) -> String {
    let about = cli.get_about().unwrap().to_string();
    let mut page = head("coracle", 1, &about);
    page += ".Sh SYNOPSIS\n.Nm\n.Op Fl \\-config Ar FILE\n.Ar command\n.Op Ar argument ...\n";
    page += ".Sh DESCRIPTION\n";
    page += &more("coracle");
    page += "The commands are:\n.Bl -tag -width Ds\n";
    for command in commands(cli) {
        page += &format!(".It Xr coracle-{} 1\n", command.get_name());
        page += &prose(&format!("{}.", command.get_about().unwrap()));
    }
    page += ".El\n.Pp\nEvery command takes:\n";
    page += &options(cli, |_| true);
    let after = After::of(cli);
    page += &after.sections();
    let others = commands(cli).map(|command| (format!("coracle-{}", command.get_name()), 1));
    page + &see_also(others.chain(overviews()).collect())
}

/// coracle-COMMAND(1), with the commands below it.
pub(super) fn command(command: &Command) -> String {
    let name = format!("coracle-{}", command.get_name());
    let mut page = head(&name, 1, &command.get_about().unwrap().to_string());
    let below: Vec<&Command> = commands(command).collect();
    page += ".Sh SYNOPSIS\n";
    for shown in if below.is_empty() { vec![command] } else { below.clone() } {
        page += &synopsis(shown);
    }
    page += ".Sh DESCRIPTION\n";
    page += &prose(&format!("{}.", command.get_about().unwrap()));
    let mut after = After::of(command);
    for text in &after.text {
        page += &format!(".Pp\n{}", prose(text));
    }
    page += &more(command.get_name());
    if below.is_empty() {
        page += &options(command, |arg| arg.get_id() != "config");
    }
    for command in below {
        page += &format!(".Ss {}\n", escaped(&full_name(command)));
        page += &prose(&format!("{}.", command.get_about().unwrap()));
        let of_command = After::of(command);
        for text in &of_command.text {
            page += &format!(".Pp\n{}", prose(text));
        }
        page += &options(command, |arg| arg.get_id() != "config");
        after.exit = after.exit.or(of_command.exit);
    }
    page += ".Pp\nThe option\n.Fl \\-config\nis described in\n.Xr coracle 1 .\n";
    after.exit.get_or_insert_with(|| "Exit codes: as every command of coracle(1).".into());
    page += &After { text: Vec::new(), ..after }.sections();
    page + &see_also([("coracle".to_owned(), 1)].into_iter().chain(overviews()).collect())
}

/// `coracle ldap test`
fn full_name(command: &Command) -> String {
    command.get_bin_name().unwrap().to_owned()
}

fn synopsis(command: &Command) -> String {
    let mut text = format!(".Nm {}\n", escaped(&full_name(command)));
    for arg in shown(command) {
        text += &match (arg.is_positional(), arg.is_required_set()) {
            (true, true) => format!(".{}\n", usage(arg)),
            _ => format!(".Op {}\n", usage(arg)),
        };
    }
    text
}

/// The options and arguments as a list; nothing where there are none.
fn options(command: &Command, wanted: impl Fn(&Arg) -> bool) -> String {
    let args: Vec<&Arg> = shown(command).filter(|arg| wanted(arg)).collect();
    if args.is_empty() {
        return String::new();
    }
    let mut text = ".Bl -tag -width Ds\n".to_owned();
    for arg in args {
        text += &format!(".It {}\n", usage(arg));
        let help = arg.get_help().unwrap_or_else(|| panic!("{} has no help", arg.get_id())).to_string();
        let help = match help.split_once(" [default: ") {
            Some((help, default)) => format!("{help}. Default: {}.", default.trim_end_matches(']')),
            None => format!("{help}."),
        };
        text += &prose(&help);
        let values: Vec<_> = arg.get_possible_values();
        for value in values.iter().filter(|value| arg.get_action().takes_values() && value.get_help().is_some()) {
            text += &prose(&format!("`{}`: {}.", value.get_name(), value.get_help().unwrap()));
        }
        let defaults: Vec<_> = arg.get_default_values().iter().map(|value| value.to_string_lossy()).collect();
        if arg.get_action().takes_values() && !defaults.is_empty() {
            text += &prose(&format!("Default: `{}`.", defaults.join(" ")));
        }
    }
    text + ".El\n"
}

/// All arguments but `--help` and `--version`, which every command has.
fn shown(command: &Command) -> impl Iterator<Item = &Arg> {
    command.get_arguments().filter(|arg| !arg.is_hide_set() && !["help", "version"].contains(&arg.get_id().as_str()))
}

fn usage(arg: &Arg) -> String {
    let name = arg.get_long().map(|long| format!("Fl \\-{}", escaped(long)));
    let names = arg.get_value_names().unwrap_or_default();
    let value = (arg.get_action().takes_values() && !names.is_empty()).then(|| format!("Ar {}", escaped(&names[0])));
    [name, value].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// The text below a command's help, by where it belongs in a manual.
struct After {
    exit: Option<String>,
    environment: Option<String>,
    text: Vec<String>,
}

impl After {
    fn of(command: &Command) -> After {
        let mut after = After { exit: None, environment: None, text: Vec::new() };
        let lines = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        for line in lines.lines() {
            match () {
                () if line.starts_with("Exit codes: ") => after.exit = Some(line.to_owned()),
                () if line.starts_with("CORACLE_") => after.environment = Some(line.to_owned()),
                () => after.text.push(line.to_owned()),
            }
        }
        after
    }

    fn sections(&self) -> String {
        let mut text = String::new();
        if let Some(line) = &self.environment {
            let (name, meaning) = line.split_once(' ').unwrap();
            text += &format!(".Sh ENVIRONMENT\n.Bl -tag -width Ds\n.It Ev {}\n", escaped(name));
            text += &format!("{}.El\n", prose(&format!("{}.", sentence(meaning).trim_end_matches('.'))));
        }
        if let Some(line) = &self.exit {
            text += ".Sh EXIT STATUS\n";
            text += &prose(&sentence(line.trim_start_matches("Exit codes: ")));
        }
        text
    }
}

/// With a capital first letter.
fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// What only people can write: packaging/man/more/NAME.mdoc, if there is one.
fn more(name: &str) -> String {
    fs::read_to_string(packaging().join(format!("man/more/{name}.mdoc"))).unwrap_or_default()
}

fn overviews() -> [(String, u8); 3] {
    [("coracle-config", 5), ("coracle-security", 7), ("coracle.service", 8)]
        .map(|(name, section)| (name.to_owned(), section))
}

fn see_also(mut pages: Vec<(String, u8)>) -> String {
    pages.sort_by(|a, b| (a.1, &a.0).cmp(&(b.1, &b.0)));
    let last = pages.len() - 1;
    let line = |(at, (name, section)): (usize, &(String, u8))| {
        format!(".Xr {name} {section}{}\n", if at == last { "" } else { " ," })
    };
    format!(".Sh SEE ALSO\n{}", pages.iter().enumerate().map(line).collect::<String>())
}
