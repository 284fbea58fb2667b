//! `coracle passwd NAME`: makes and changes accounts in the users file.

use std::io::{self, Write};

use super::{
    Stop,
    typed::{self, Silent},
};
use crate::{
    auth::{Account, AccountId, Hash, Password, UserName, Users, UsersFile},
    config::{self, Config, Places},
};

const FAILED: u8 = 1;
const USAGE: u8 = 64;
const CONFIG: u8 = 78;
const MAX_GROUPS: usize = 64;

/// What `coracle passwd` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct PasswdArgs {
    /// 1 to 32 of a-z, 0-9, `_`, `.` and `-`
    name: String,
    /// Groups, separated by commas ("" for none); members of `admin` see and end all sessions
    #[arg(long, value_name = "a,b")]
    groups: Option<String>,
    /// Keep the account, let nobody in; open logins are over within a minute
    #[arg(long, conflicts_with_all = ["enable", "remove"])]
    disable: bool,
    /// Let a disabled account in again, with its old password
    #[arg(long, conflicts_with = "remove")]
    enable: bool,
    /// Remove the account; one of the same name is a new one later and inherits nothing
    #[arg(long, conflicts_with = "groups")]
    remove: bool,
}

/// What is to be done, checked.
enum Task {
    /// A new password, and a new account if there is none.
    Password(Hash),
    /// Only for accounts that are there.
    Disable,
    Enable,
    Remove,
}

/// Does what the arguments say and tells it on stdout. The password is asked for twice without echo on a terminal, and
/// is one line of stdin otherwise.
///
/// # Errors
/// 64 for an impossible name, group or password, 78 for a configuration with mistakes, 1 if the file cannot be written.
pub(crate) fn run(args: &PasswdArgs, places: &Places) -> Result<(), Stop> {
    let name: UserName = args.name.parse().map_err(|e| stop(USAGE, format!("{:?}: {e}", args.name)))?;
    let groups = args.groups.as_deref().map(parse_groups).transpose()?;
    let file = match Config::load(places) {
        Ok(loaded) => UsersFile::at(loaded.config.auth.local.file),
        Err(errors) => {
            return Err(stop(CONFIG, format!("the configuration says where users are, but has mistakes:\n{errors}")));
        }
    };
    let task = if args.disable {
        Task::Disable
    } else if args.enable {
        Task::Enable
    } else if args.remove {
        Task::Remove
    } else {
        let password = if typed::at_terminal() { ask(&name)? } else { typed::first_line(io::stdin().lock())? };
        Task::Password(Hash::of(&password))
    };
    let done = file.edit(|users| change(users, &name, groups, task)).map_err(|e| stop(FAILED, e.to_string()))??;
    say(&format!("{name}: {done} in {}", file.path().display()))?;
    if let Ok(users) = file.read() {
        for bad in users.bad_lines() {
            eprintln!(
                "coracle: {}:{}: {}; it names nobody until it is repaired",
                file.path().display(),
                bad.line,
                bad.what
            );
        }
    }
    Ok(())
}

/// The change itself; what it did, for the person at work.
fn change(users: &mut Users, name: &UserName, groups: Option<Vec<String>>, task: Task) -> Result<String, Stop> {
    let before = users.find(name.as_str()).cloned();
    let (account, mut done) = match (task, before) {
        (Task::Password(hash), Some(before)) => (Account { hash, ..before }, "password changed"),
        (Task::Password(hash), None) => {
            let account =
                Account { name: name.clone(), hash, groups: Vec::new(), id: AccountId::random(), disabled: false };
            (account, "account made")
        }
        (_, None) => {
            return Err(stop(FAILED, format!("there is no account {name}; `coracle passwd {name}` makes one")));
        }
        (Task::Disable, Some(before)) => (Account { disabled: true, ..before }, "account disabled"),
        (Task::Enable, Some(before)) => (Account { disabled: false, ..before }, "account enabled"),
        (Task::Remove, Some(_)) => {
            users.remove(name);
            return Ok("account removed".into());
        }
    };
    let mut account = account;
    if let Some(groups) = groups {
        account.groups = groups;
    }
    if account.disabled && done == "password changed" {
        done = "password changed (the account is still disabled)";
    }
    let groups = if account.groups.is_empty() { "no groups".into() } else { account.groups.join(",") };
    users.put(account);
    Ok(format!("{done} ({groups})"))
}

fn parse_groups(text: &str) -> Result<Vec<String>, Stop> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let mut groups: Vec<String> = Vec::new();
    for group in text.split(',') {
        if !config::group_name(group) {
            let what =
                format!("{group:?} is not a group; write --groups a,b with 1 to 64 of A-Z, a-z, 0-9, _, . and -");
            return Err(stop(USAGE, what));
        }
        if !groups.iter().any(|g| g == group) {
            groups.push(group.to_owned());
        }
    }
    if groups.len() > MAX_GROUPS {
        return Err(stop(USAGE, format!("at most {MAX_GROUPS} groups")));
    }
    Ok(groups)
}

/// Asks twice at the terminal, without echo.
fn ask(name: &UserName) -> Result<Password, Stop> {
    let silent = Silent::begin().map_err(|e| stop(FAILED, format!("the terminal: {e}")))?;
    let first = silent.line(&format!("New password for {name}: "))?;
    let second = silent.line("The same again: ")?;
    if *first != *second {
        return Err(stop(USAGE, "these were two different passwords; nothing was changed".into()));
    }
    typed::checked(&first)
}

/// A reader that is gone (a pipe to `head`) is no failure of the change.
fn say(text: &str) -> Result<(), Stop> {
    match writeln!(io::stdout(), "{text}") {
        Err(e) if e.kind() != io::ErrorKind::BrokenPipe => Err(stop(FAILED, format!("stdout: {e}"))),
        _ => Ok(()),
    }
}

fn stop(code: u8, message: String) -> Stop {
    Stop { code, message }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::Checker;

    fn name(text: &str) -> UserName {
        text.parse().unwrap()
    }

    fn hash(text: &str) -> Hash {
        Hash::of(&Password::new(text.into()))
    }

    fn password(users: &mut Users, who: &str, text: &str, groups: Option<Vec<String>>) -> String {
        change(users, &name(who), groups, Task::Password(hash(text))).unwrap()
    }

    #[test]
    fn a_new_password_keeps_the_account_and_a_new_account_is_another() {
        let mut users = Users::default();
        assert_eq!(password(&mut users, "mira", "one", Some(vec!["dev".into()])), "account made (dev)");
        let first = users.find("mira").unwrap().clone();
        assert_eq!(password(&mut users, "mira", "two", None), "password changed (dev)");
        let second = users.find("mira").unwrap().clone();
        assert_eq!((second.id, &second.groups), (first.id, &first.groups));
        assert!(Checker::default().matches(&second.hash, &Password::new("two".into())));
        assert_eq!(change(&mut users, &name("mira"), None, Task::Remove).unwrap(), "account removed");
        password(&mut users, "mira", "one", None);
        assert_ne!(users.find("mira").unwrap().id, first.id);
    }

    #[test]
    fn disabling_keeps_the_password_for_the_day_it_is_enabled() {
        let mut users = Users::default();
        password(&mut users, "mira", "one", None);
        let before = users.clone();
        change(&mut users, &name("mira"), None, Task::Disable).unwrap();
        assert!(users.find("mira").unwrap().disabled);
        let told = password(&mut users.clone(), "mira", "two", None);
        assert!(told.contains("still disabled"), "{told}");
        change(&mut users, &name("mira"), Some(vec!["x".into()]), Task::Enable).unwrap();
        assert_eq!(users.find("mira").unwrap().groups, ["x"]);
        change(&mut users, &name("mira"), Some(Vec::new()), Task::Enable).unwrap();
        assert_eq!(users, before);
    }

    #[test]
    fn nobody_is_disabled_enabled_or_removed_who_is_not_there() {
        for task in [Task::Disable, Task::Enable, Task::Remove] {
            let refused = change(&mut Users::default(), &name("mira"), None, task).unwrap_err();
            assert!(refused.message.contains("no account mira"), "{}", refused.message);
        }
    }

    #[test]
    fn groups_are_names_between_commas() {
        assert_eq!(parse_groups("a,b,a").unwrap(), ["a", "b"]);
        assert_eq!(parse_groups("").unwrap(), Vec::<String>::new());
        for wrong in ["a,", ",", "a b", "a:b", "a\n"] {
            assert_eq!(parse_groups(wrong).unwrap_err().code, 64, "{wrong}");
        }
    }
}
