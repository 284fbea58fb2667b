//! `coracle verify`: whether a recording is what was recorded.

use std::{io::Write, path::PathBuf};

use super::Stop;
use crate::recording::{Hash, Report, State, verify};

/// It is in order as far as it goes, but has no end.
const UNSEALED: u8 = 3;
/// A file cannot be read.
const UNREADABLE: u8 = 66;

/// Arguments of `coracle verify`.
#[derive(clap::Args)]
pub(super) struct VerifyArgs {
    /// The recording's .cast file; its .chain lies beside it
    file: PathBuf,
    /// A hash of this recording from the journal: CORACLE_RECORDING of the session's end, or of a record on the way
    #[arg(long, value_name = "HEX")]
    head: Option<String>,
    /// Print one JSON document instead
    #[arg(long)]
    json: bool,
}

/// The JSON form, which is stable.
#[derive(Debug, PartialEq, serde::Serialize)]
struct Told<'a> {
    file: String,
    /// `intact`, `unsealed` or `altered`.
    state: &'static str,
    /// What is wrong or missing, in one sentence.
    found: Option<String>,
    /// Which file is altered, and from which byte on.
    altered: Option<Altered>,
    session: Option<String>,
    user: Option<&'a str>,
    profile: Option<&'a str>,
    /// Unix seconds.
    started: Option<u64>,
    /// The hash that stands for all that was found in order.
    head: Option<String>,
    /// Whether `--head` was met in it; `null` without `--head`.
    head_met: Option<bool>,
    /// Counts of what was found in order.
    blocks: u64,
    cast_bytes: u64,
    output_bytes: u64,
    /// SHA-256 of the output as the terminal gave it.
    output_sha256: Option<&'a str>,
    reason: Option<&'a str>,
    status: Option<i32>,
}

#[derive(Debug, PartialEq, serde::Serialize)]
struct Altered {
    file: &'static str,
    byte: u64,
}

/// Says whether the recording is intact.
///
/// # Errors
/// 1 if it was altered or cut, 3 if it is not sealed, 66 if it cannot be read.
pub(super) fn run(args: &VerifyArgs) -> Result<(), Stop> {
    let wanted = args.head.as_deref().map(str::parse::<Hash>).transpose();
    let wanted = wanted.map_err(|why| Stop::usage(format!("--head: {why}")))?;
    let report = verify(&args.file, wanted).map_err(|error| {
        let file = args.file.display();
        Stop {
            code: UNREADABLE,
            message: format!("{error}; give the .cast file of a recording, not {file}, and be allowed to read it"),
        }
    })?;
    let told = Told::of(&report, args);
    let mut out = std::io::stdout();
    if args.json {
        let text = serde_json::to_string_pretty(&told).map_err(|e| Stop::other(e.to_string()))?;
        let _ = writeln!(out, "{text}"); // nobody may be reading
    } else if told.state == "intact" {
        let _ = write!(out, "{}", told.in_words());
    }
    let stop = |code| Err(Stop { code, message: told.found.clone().unwrap_or_default() });
    match report.state {
        State::Intact => Ok(()),
        State::Unsealed { .. } => stop(UNSEALED),
        State::Altered { .. } => stop(1),
    }
}

impl Told<'_> {
    fn of<'a>(report: &'a Report, args: &VerifyArgs) -> Told<'a> {
        let (begin, seal) = (report.begin.as_ref(), report.seal.as_ref());
        let last = report.last.as_ref();
        let file = args.file.display().to_string();
        let (state, found, altered) = match &report.state {
            State::Intact => ("intact", None, None),
            State::Unsealed { unfinished } => ("unsealed", Some(unsealed(&file, report, *unfinished)), None),
            State::Altered { file: which, byte, what } => {
                let place = args.file.with_extension(which);
                let found = format!("{}: altered at byte {byte}: {what}", place.display());
                ("altered", Some(found), Some(Altered { file: which, byte: *byte }))
            }
        };
        Told {
            file,
            state,
            found,
            altered,
            session: begin.map(|begin| begin.session.to_string()),
            user: begin.map(|begin| begin.user.as_str()),
            profile: begin.map(|begin| begin.profile.as_str()),
            started: begin.map(|begin| begin.started),
            head: report.head.map(|head| head.to_string()),
            head_met: args.head.as_ref().map(|_| report.met.is_some()),
            blocks: last.map_or(0, |block| block.n + 1),
            cast_bytes: last.map_or(0, |block| block.cast),
            output_bytes: last.map_or(0, |block| block.stream),
            output_sha256: seal.and_then(|seal| seal.raw_sha256.as_deref()),
            reason: seal.map(|seal| seal.reason.as_str()),
            status: seal.and_then(|seal| seal.status),
        }
    }

    fn in_words(&self) -> String {
        let Told { file, cast_bytes, output_bytes, .. } = self;
        let head = self.head.as_deref().unwrap_or_default();
        let proof = match self.head_met {
            Some(_) => "it is the one that the journal knows".to_owned(),
            None => {
                "its files agree; --head with the hash in the journal proves that they are the ones that were written"
                    .to_owned()
            }
        };
        format!("intact: {file}: {output_bytes} bytes of output in {cast_bytes}, sealed with {head}; {proof}\n")
    }
}

fn unsealed(file: &str, report: &Report, unfinished: u64) -> String {
    let far = report.last.as_ref().map_or(0, |block| block.cast);
    let rest = if unfinished > 0 { format!(", and {unfinished} bytes are half written") } else { String::new() };
    format!(
        "{file}: not sealed: in order up to byte {far}{rest}; its session goes on, or whoever recorded it was stopped and \
         nobody came after"
    )
}
