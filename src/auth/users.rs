//! The users file as text: `name:hash:group,group:id:` and a last field that is empty or `disabled`.
//!
//! Comments, blank lines and lines with a mistake stay where and as they are when the file is written again; a mistake
//! in one line takes nothing from the others.

use std::{collections::HashMap, fmt, str::FromStr};

use super::{
    OwnerId, Person,
    password::{Cost, Hash},
};

/// Accounts in one file.
const MAX_ACCOUNTS: usize = 10_000;
const MAX_USER_NAME: usize = 32; // characters
const ID_BYTES: usize = 8;
/// The group of those who see and end all sessions.
const ADMIN: &str = "admin";

/// The name of a local account: `[a-z_][a-z0-9_.-]{0,31}`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct UserName(String);

/// Not a user name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a user name is 1 to 32 of a-z, 0-9, `_`, `.` and `-`, and begins with a letter or `_`")]
pub(crate) struct NotAName;

impl UserName {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for UserName {
    type Err = NotAName;
    fn from_str(text: &str) -> Result<Self, NotAName> {
        let fits = text.len() <= MAX_USER_NAME
            && text.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_.-".contains(&b));
        if fits { Ok(Self(text.to_owned())) } else { Err(NotAName) }
    }
}

impl fmt::Display for UserName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Who an account is, beyond its name: 16 hexadecimal digits made when it is created, never used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct AccountId([u8; ID_BYTES]);

impl AccountId {
    pub(crate) fn random() -> Self {
        Self(crate::sys::random())
    }

    fn parse(text: &str) -> Option<Self> {
        let digit = |b: &u8| b.is_ascii_digit() || (b'a'..=b'f').contains(b);
        let fits = text.len() == 2 * ID_BYTES && text.as_bytes().iter().all(digit);
        let number = fits.then(|| u64::from_str_radix(text, 16).ok())??;
        Some(Self(number.to_be_bytes()))
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&crate::sys::hex(&self.0))
    }
}

/// One line that names somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) name: UserName,
    pub(crate) hash: Hash,
    /// Each one as `config::group_name` allows.
    pub(crate) groups: Vec<String>,
    pub(crate) id: AccountId,
    pub(crate) disabled: bool,
}

impl Account {
    pub(crate) fn owner(&self) -> OwnerId {
        OwnerId::local(&self.id.to_string())
    }

    pub(crate) fn person(&self) -> Person {
        let admin = self.groups.iter().any(|group| group == ADMIN);
        Person { owner: self.owner(), name: self.name.to_string(), groups: self.groups.clone(), admin }
    }

    fn parse(line: &str) -> Result<Account, String> {
        let fields: Vec<&str> = line.split(':').collect();
        let [name, hash, groups, id, last] = fields[..] else {
            return Err(format!(
                "has {} fields, not 5 (name:hash:groups:id:); write it by `coracle passwd`",
                fields.len()
            ));
        };
        let groups: Vec<&str> = if groups.is_empty() { Vec::new() } else { groups.split(',').collect() };
        if let Some(wrong) = groups.iter().find(|g| !crate::config::group_name(g)) {
            return Err(format!("{wrong:?} is not a group; separate groups by single commas"));
        }
        Ok(Account {
            name: name.parse().map_err(|e: NotAName| e.to_string())?,
            hash: Hash::parse(hash).map_err(|e| e.to_string())?,
            groups: groups.into_iter().map(str::to_owned).collect(),
            id: AccountId::parse(id)
                .ok_or("the id is not 16 hexadecimal digits; write the line by `coracle passwd`")?,
            disabled: match last {
                "" => false,
                "disabled" => true,
                _ => return Err("the last field is neither empty nor `disabled`".into()),
            },
        })
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let last = if self.disabled { "disabled" } else { "" };
        write!(f, "{}:{}:{}:{}:{last}", self.name, self.hash, self.groups.join(","), self.id)
    }
}

/// A line that names nobody because of a mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BadLine {
    /// Counted from 1.
    pub(crate) line: usize,
    pub(crate) what: String,
}

#[derive(Debug, Clone, PartialEq)]
enum Line {
    Account(Account),
    /// A comment, a blank line or a bad one.
    Kept(String),
}

/// The whole file. Names and ids are unique: of two lines the first counts.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Users {
    lines: Vec<Line>,
    bad: Vec<BadLine>,
}

impl Users {
    /// Reads any text; what is wrong with it is in [`Users::bad_lines`].
    pub(crate) fn parse(text: &str) -> Users {
        let mut users = Users::default();
        let text = text.strip_suffix('\n').unwrap_or(text);
        if text.is_empty() {
            return users;
        }
        let mut names: HashMap<UserName, usize> = HashMap::new();
        let mut ids: HashMap<AccountId, usize> = HashMap::new();
        for (n, written) in text.split('\n').enumerate() {
            let line = n + 1;
            let mut bad = |what: String| users.bad.push(BadLine { line, what });
            let kept = Line::Kept(written.to_owned());
            if written.starts_with('#') || written.trim().is_empty() {
                users.lines.push(kept);
                continue;
            }
            let read = match Account::parse(written) {
                Ok(account) => {
                    let earlier = names.get(&account.name).or_else(|| ids.get(&account.id));
                    match earlier {
                        Some(earlier) => {
                            bad(format!("has the name or the id of line {earlier}, which counts; remove one"));
                            kept
                        }
                        None if names.len() >= MAX_ACCOUNTS => {
                            bad(format!("is beyond {MAX_ACCOUNTS} accounts; use a directory"));
                            kept
                        }
                        None => {
                            names.insert(account.name.clone(), line);
                            ids.insert(account.id, line);
                            Line::Account(account)
                        }
                    }
                }
                Err(what) => {
                    bad(what);
                    kept
                }
            };
            users.lines.push(read);
        }
        users
    }

    pub(crate) fn bad_lines(&self) -> &[BadLine] {
        &self.bad
    }

    pub(crate) fn accounts(&self) -> impl Iterator<Item = &Account> {
        self.lines.iter().filter_map(|line| match line {
            Line::Account(account) => Some(account),
            Line::Kept(_) => None,
        })
    }

    pub(crate) fn find(&self, name: &str) -> Option<&Account> {
        self.accounts().find(|account| account.name.as_str() == name)
    }

    pub(crate) fn find_owner(&self, owner: &OwnerId) -> Option<&Account> {
        let id = owner.0.strip_prefix("local:").and_then(AccountId::parse)?;
        self.accounts().find(|account| account.id == id)
    }

    /// Puts the account in the place of the one with its name, or at the end.
    pub(crate) fn put(&mut self, account: Account) {
        let same = |line: &&mut Line| matches!(line, Line::Account(a) if a.name == account.name);
        match self.lines.iter_mut().find(same) {
            Some(line) => *line = Line::Account(account),
            None => self.lines.push(Line::Account(account)),
        }
    }

    /// False if there was no such account.
    pub(crate) fn remove(&mut self, name: &UserName) -> bool {
        let before = self.lines.len();
        self.lines.retain(|line| !matches!(line, Line::Account(a) if a.name == *name));
        self.lines.len() < before
    }

    /// What a check of most accounts costs, so that one of nobody costs the same.
    pub(crate) fn common_cost(&self) -> Cost {
        let mut counts: HashMap<Cost, usize> = HashMap::new();
        for account in self.accounts() {
            *counts.entry(account.hash.cost()).or_default() += 1;
        }
        counts.into_iter().max_by_key(|(cost, count)| (*count, *cost)).map_or(Cost::USUAL, |(cost, _)| cost)
    }
}

impl fmt::Display for Users {
    /// The file's text, each line with its end.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in &self.lines {
            match line {
                Line::Account(account) => writeln!(f, "{account}")?,
                Line::Kept(text) => writeln!(f, "{text}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::auth::Password;

    const HASH: &str = "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";

    fn account(name: &str, id: u64) -> Account {
        Account {
            name: name.parse().unwrap(),
            hash: Hash::costing(&Password::new("x".into()), Cost::CHEAP),
            groups: vec!["dev".into(), "admin".into()],
            id: AccountId(id.to_be_bytes()),
            disabled: false,
        }
    }

    #[test]
    fn a_line_says_all_about_an_account() {
        let users =
            Users::parse(&format!("mira:{HASH}:dev,admin:00000000000000ff:\njo:{HASH}::0123456789abcdef:disabled\n"));
        assert_eq!(users.bad_lines(), []);
        let mira = users.find("mira").unwrap();
        assert_eq!(mira.owner().to_string(), "local:00000000000000ff");
        assert!(mira.person().is_admin() && !mira.disabled);
        let jo = users.find_owner(&OwnerId::local("0123456789abcdef")).unwrap();
        assert_eq!((jo.name.as_str(), jo.disabled, jo.groups.len()), ("jo", true, 0));
        assert_eq!(users.find("Mira"), None);
    }

    #[test]
    fn a_bad_line_is_named_and_the_others_work() {
        let good = format!("mira:{HASH}::00000000000000ff:");
        for bad in [
            "mira".to_owned(),
            format!("Jo:{HASH}::0123456789abcdef:"),
            "jo:plain::0123456789abcdef:".to_owned(),
            format!("jo:{HASH}:a,,b:0123456789abcdef:"),
            format!("jo:{HASH}::0123456789ABCDEF:"),
            format!("jo:{HASH}::+123456789abcdef:"),
            format!("jo:{HASH}::0123456789abcdef:no"),
            format!("jo:{HASH}::0123456789abcdef:\r"),
            format!("jo:{HASH}::0123456789abcdef::"),
            format!(" jo:{HASH}::0123456789abcdef:"),
        ] {
            let users = Users::parse(&format!("# people\n{bad}\n\n{good}\n"));
            assert_eq!(users.bad_lines().iter().map(|b| b.line).collect::<Vec<_>>(), [2], "{bad}");
            assert_eq!(users.accounts().count(), 1);
            assert!(users.find("mira").is_some());
        }
    }

    #[test]
    fn the_first_of_two_equal_names_or_ids_counts() {
        let users = Users::parse(&format!(
            "a:{HASH}::00000000000000ff:\na:{HASH}:admin:00000000000000fe:\nb:{HASH}::00000000000000ff:\n"
        ));
        assert_eq!(users.bad_lines().iter().map(|b| b.line).collect::<Vec<_>>(), [2, 3]);
        assert!(!users.find("a").unwrap().person().is_admin());
        assert_eq!(users.find("b"), None);
    }

    #[test]
    fn comments_order_and_bad_lines_survive_an_edit() {
        let mut users = Users::parse("# crew\nbroken line\n\n");
        users.put(account("mira", 1));
        users.put(account("jo", 2));
        let again = account("mira", 1);
        users.put(again.clone());
        assert!(users.remove(&"jo".parse().unwrap()) && !users.remove(&"jo".parse().unwrap()));
        assert_eq!(users.to_string(), format!("# crew\nbroken line\n\n{again}\n"));
    }

    #[test]
    fn nobody_costs_what_most_people_cost() {
        let usual = format!("a:{HASH}::00000000000000f1:\nb:{HASH}::00000000000000f2:\n");
        let costly = HASH.replace("m=8,t=1", "m=64,t=9");
        let users = Users::parse(&format!("{usual}c:{costly}::00000000000000f3:\n"));
        assert_eq!(users.common_cost(), Cost::CHEAP);
        assert_eq!(Users::default().common_cost(), Cost::USUAL);
    }

    #[test]
    fn names_are_names() {
        for good in ["a", "_x", "mira.k-2_", &"a".repeat(32)] {
            assert!(good.parse::<UserName>().is_ok(), "{good}");
        }
        for bad in ["", "1a", "-a", ".a", "A", "a b", "a:b", "a\n", "ä", "a/b", &"a".repeat(33)] {
            assert_eq!(bad.parse::<UserName>(), Err(NotAName), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_kept_word_by_word(lines in proptest::collection::vec(
            prop_oneof![
                "[^\n]{0,40}",
                "[a-c]:x?[a,b]{0,3}:[0-9a-f]{16}:(disabled)?",
                ("[a-c]", "[a-b]{0,1}", "0[0-3]{15}").prop_map(|(n, g, i)| format!("{n}:{HASH}:{g}:{i}:")),
            ], 0..8))
        {
            let mut text = lines.join("\n");
            if !text.is_empty() { text.push('\n'); }
            let users = Users::parse(&text);
            let written = users.to_string();
            prop_assert_eq!(&written, if text == "\n" { "" } else { &text });
            prop_assert_eq!(Users::parse(&written), users);
        }
    }
}
