//! Images: are they there, and fetching them when the profile allows.

use std::time::Duration;

use containers_api::conn::hyper::body::HttpBody;
use serde_json::Value;
use tokio::time::{Instant, timeout_at};

use super::{Inner, PodmanError};
use crate::config::Pull;

/// A whole pull.
const PULL: Duration = Duration::from_secs(600);
/// Bytes of one line of Podman's report.
const LINE: usize = 64 << 10;
/// Characters of it that people are shown.
const SHOWN: usize = 200;

/// See [`super::Podman::ensure_image`].
pub(super) async fn ensure(
    podman: &Inner,
    image: &str,
    pull: Pull,
    mut progress: impl FnMut(String) + Send,
) -> Result<String, PodmanError> {
    if !podman.door.image_exists(image).await? {
        if pull == Pull::Never {
            return Err(PodmanError::ImageMissing { image: image.to_owned() });
        }
        // Said before the wait: what is waited for is a pull, which no start deadline counts.
        progress("Fetching the image".to_owned());
        let _one_at_a_time = podman.pull.lock().await;
        // Whoever held the lock may have fetched it.
        if !podman.door.image_exists(image).await? {
            fetch(podman, image, &mut progress).await?;
        }
    }
    podman.door.image_digest(image).await
}

async fn fetch(podman: &Inner, image: &str, progress: &mut (impl FnMut(String) + Send)) -> Result<(), PodmanError> {
    let deadline = Instant::now() + PULL;
    let late = || failed(image, format!("not done within {} s", PULL.as_secs()));
    let mut body = match podman.door.pull(image, PULL).await {
        Err(PodmanError::Refused { message, .. }) => return Err(failed(image, message)),
        Err(PodmanError::TimedOut { .. }) => return Err(late()),
        other => other?,
    };
    let mut lines = Lines::default();
    let mut report = Report::default();
    while let Some(piece) = timeout_at(deadline, body.data()).await.map_err(|_| late())? {
        let piece = piece.map_err(|e| failed(image, e))?;
        for line in lines.push(&piece).map_err(|why| failed(image, why))? {
            if let Some(text) = report.read(&line) {
                progress(text);
            }
        }
    }
    report.read(&lines.rest);
    match report {
        Report { error: Some(why), .. } => Err(failed(image, why)),
        // Podman answers 200 before it begins: only the id at the end means that it is there.
        Report { id: false, .. } => Err(failed(image, "Podman's report ended before the image was there")),
        _ => Ok(()),
    }
}

fn failed(image: &str, why: impl ToString) -> PodmanError {
    PodmanError::PullFailed { image: image.to_owned(), why: shown(&why.to_string()) }
}

/// A registry's words are a stranger's: one line, bounded.
fn shown(text: &str) -> String {
    let text: String = text.trim().chars().map(|c| if c.is_control() { ' ' } else { c }).take(SHOWN).collect();
    text
}

/// Bytes to lines, the last one incomplete.
#[derive(Default)]
pub(super) struct Lines {
    rest: Vec<u8>,
}

impl Lines {
    pub(super) fn push(&mut self, piece: &[u8]) -> Result<Vec<Vec<u8>>, String> {
        let mut whole = Vec::new();
        for part in piece.split_inclusive(|b| *b == b'\n') {
            if self.rest.len() + part.len() > LINE {
                return Err(format!("a line of Podman's report is longer than {LINE} bytes"));
            }
            self.rest.extend_from_slice(part);
            if part.ends_with(b"\n") {
                whole.push(std::mem::take(&mut self.rest));
            }
        }
        Ok(whole)
    }
}

/// What the lines said so far.
#[derive(Default)]
pub(super) struct Report {
    error: Option<String>,
    id: bool,
}

impl Report {
    /// Returns the line for people, if it is one.
    pub(super) fn read(&mut self, line: &[u8]) -> Option<String> {
        let told: Value = serde_json::from_slice(line).ok()?;
        if let Some(why) = told["error"].as_str() {
            self.error.get_or_insert_with(|| why.to_owned());
        }
        self.id |= told["id"].as_str().is_some_and(|id| !id.is_empty());
        told["stream"].as_str().map(shown).filter(|text| !text.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_in_pieces_of_any_size_reads_the_same() {
        let whole = b"{\"stream\":\"Trying to pull x...\\n\"}\n{\"stream\":\"Copying blob sha256:1\\n\"}\n{\"images\":[\"ab\"],\"id\":\"ab\"}\n";
        for size in [1, 2, 7, 1000] {
            let (mut lines, mut report, mut seen) = (Lines::default(), Report::default(), Vec::new());
            for piece in whole.chunks(size) {
                for line in lines.push(piece).unwrap() {
                    seen.extend(report.read(&line));
                }
            }
            assert_eq!(seen, ["Trying to pull x...", "Copying blob sha256:1"]);
            assert!(report.id && report.error.is_none());
        }
    }

    #[test]
    fn a_line_without_end_is_refused() {
        let mut lines = Lines::default();
        assert!(lines.push(&vec![b'x'; LINE]).is_ok());
        assert!(lines.push(b"x").is_err());
    }

    #[test]
    fn the_first_error_is_the_one_that_counts_and_cannot_paint_the_terminal() {
        let mut report = Report::default();
        report.read(br#"{"error":"first \u001b[31m"}"#);
        report.read(br#"{"error":"second"}"#);
        assert_eq!(shown(&report.error.unwrap()), "first  [31m");
    }
}
