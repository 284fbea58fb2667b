//! `coracle ps`: which sessions there are.

use hyper::{Method, StatusCode};

use super::{Stop, ask::ask};
use crate::config::Places;
use crate::session::Summary;

/// Arguments of `coracle ps`.
#[derive(clap::Args)]
pub(super) struct PsArgs {
    /// Print a JSON array instead of a table
    #[arg(long)]
    json: bool,
}

/// Prints the sessions of the daemon; a sleeping one is woken by the question.
///
/// # Errors
/// The daemon cannot be reached.
pub(super) fn run(args: &PsArgs, places: &Places) -> Result<(), Stop> {
    let answer = ask(places, Method::GET, "/api/v1/sessions")?;
    if answer.status != StatusCode::OK {
        return Err(answer.refusal());
    }
    let sessions: Vec<Summary> = answer.json()?;
    if args.json {
        let text = serde_json::to_string_pretty(&sessions).map_err(|e| Stop::other(e.to_string()))?;
        println!("{text}");
    } else if sessions.is_empty() {
        println!("No sessions.");
    } else {
        print!("{}", table(&sessions, crate::sys::unix_seconds()));
    }
    Ok(())
}

const HEAD: [&str; 5] = ["ID", "USER", "PROFILE", "STATE", "AGE"];

/// Columns as wide as their widest cell.
fn table(sessions: &[Summary], now: u64) -> String {
    let rows: Vec<[String; 5]> = std::iter::once(HEAD.map(str::to_owned))
        .chain(sessions.iter().map(|s| {
            let plain = |text: &str| text.chars().filter(|c| !c.is_control()).collect::<String>();
            [s.id.to_string(), plain(&s.user), plain(&s.profile), plain(&s.state), age(now.saturating_sub(s.created))]
        }))
        .collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..HEAD.len()).map(width).collect();
    let line = |row: &[String; 5]| {
        let cells: Vec<String> = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        format!("{}\n", cells.join("  ").trim_end())
    };
    rows.iter().map(line).collect()
}

/// In the largest unit that is at least 1.
fn age(seconds: u64) -> String {
    match seconds {
        0..=59 => format!("{seconds}s"),
        60..=3599 => format!("{}m", seconds / 60),
        3600..=86_399 => format!("{}h", seconds / 3600),
        _ => format!("{}d", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::OwnerId;

    #[test]
    fn the_table_is_aligned_and_carries_no_control_characters() {
        let session = |id: &str, user: &str, created| Summary {
            id: id.parse().unwrap(),
            owner: OwnerId::local("0"),
            user: user.into(),
            profile: "shell".into(),
            state: "attached".into(),
            created,
            lifetime_left: 0,
            detached_left: None,
            watched_by: Vec::new(),
        };
        let sessions = [session("abcdefghij23", "mira", 990), session("bbcdefghij23", "al\u{1b}[31mexandra", 0)];
        let expected = "ID            USER           PROFILE  STATE     AGE\n\
                        abcdefghij23  mira           shell    attached  10s\n\
                        bbcdefghij23  al[31mexandra  shell    attached  16m\n";
        assert_eq!(table(&sessions, 1000), expected);
    }

    #[test]
    fn ages_are_told_in_one_unit() {
        assert_eq!([0, 59, 60, 3600, 86_400].map(age), ["0s", "59s", "1m", "1h", "1d"]);
    }
}
