//! The table for people: 80 columns, except that a command stays on one line to be copied.

use super::{Report, State};

const WIDTH: usize = 80;
const NAME: usize = 18;
/// Where text begins: behind the state and the name.
const INDENT: usize = 6 + NAME + 1;

pub(super) fn render(report: &Report, color: bool) -> String {
    let account = &report.account;
    let mode = if account.system { "the system service's account" } else { "account" };
    let mut page = format!("coracle doctor for {mode} {} (uid {})\n\n", account.name, account.uid);
    for check in &report.checks {
        let (word, paint) = match check.state {
            State::Ok => ("ok", "32"),
            State::Warn => ("warn", "33"),
            State::Fail => ("FAIL", "1;31"),
            State::Skipped => ("skip", "2"),
        };
        let word = if color { format!("\u{1b}[{paint}m{word:<6}\u{1b}[0m") } else { format!("{word:<6}") };
        page.push_str(&format!("{word}{:<NAME$} {}\n", check.name, wrapped(&super::plain(&check.found))));
        if let Some(fix) = &check.fix {
            page.push_str(&format!("      fix: {}\n", super::plain(fix)));
        }
    }
    let summary = match (report.failed, report.warnings) {
        (0, 0) => "Nothing is wrong.".to_owned(),
        (failed, warnings) => format!("Failed: {failed}. Warnings: {warnings}."),
    };
    page.push_str(&format!("\n{summary}\n"));
    page
}

/// Broken between words; a longer word has a line of its own.
fn wrapped(text: &str) -> String {
    let (mut page, mut column) = (String::new(), INDENT);
    for (n, word) in text.split(' ').enumerate() {
        let width = word.chars().count();
        if n > 0 && column + 1 + width > WIDTH {
            page.push_str(&format!("\n{:INDENT$}", ""));
            column = INDENT;
        } else if n > 0 {
            page.push(' ');
            column += 1;
        }
        page.push_str(word);
        column += width;
    }
    page
}

#[cfg(test)]
mod tests {
    use super::super::{Account, Check};
    use super::*;

    fn page(color: bool) -> String {
        let checks = vec![
            Check::ok("config", "/etc/coracle/config.toml (1 profile)"),
            Check::fail(
                "linger",
                "off, so the account's systemd and Podman end with its last login \u{1b}[31m",
                "true \\\n x",
            ),
        ];
        render(&Report::new(Account::for_tests("coracle", 990, true), "c".into(), checks), color)
    }

    #[test]
    fn the_table_is_aligned_within_80_columns_and_a_command_is_one_line() {
        let expected = "\
coracle doctor for the system service's account coracle (uid 990)

ok    config             /etc/coracle/config.toml (1 profile)
FAIL  linger             off, so the account's systemd and Podman end with its
                         last login  [31m
      fix: true \\  x

Failed: 1. Warnings: 0.
";
        assert_eq!(page(false), expected);
    }

    #[test]
    fn colour_paints_the_state_and_nothing_else() {
        let painted = page(true);
        assert!(painted.contains("\u{1b}[1;31mFAIL  \u{1b}[0mlinger") && painted.contains("\u{1b}[32mok"), "{painted}");
        assert_eq!(painted.matches('\u{1b}').count(), 4);
    }
}
