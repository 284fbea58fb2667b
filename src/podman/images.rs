//! Images: are they there, and fetching them when the profile allows.

use std::{collections::BTreeMap, fmt, time::Duration};

use containers_api::conn::hyper::body::HttpBody;
use serde_json::Value;
use tokio::time::{Instant, timeout_at};

use super::{PodmanError, door::Door};
use crate::config::Pull;

/// A whole pull.
const PULL: Duration = Duration::from_secs(600);
/// Bytes of one line of Podman's report.
const LINE: usize = 64 << 10;
/// Characters of it that people are shown.
const SHOWN: usize = 200;

/// Layers of one image that are counted.
const LAYERS: usize = 256;

/// How far a pull is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Pulled {
    /// Bytes of the layers whose size Podman told (5.4 does, 4.3 does not), and how many of them are here.
    pub(crate) total: u64,
    pub(crate) done: u64,
    /// Layers that are known so far, and how many of them are here, if Podman tells.
    pub(crate) layers: Option<u32>,
    pub(crate) complete: Option<u32>,
    /// Podman's own words, one line, where it counts no layers.
    pub(crate) text: String,
}

impl fmt::Display for Pulled {
    /// For the operator.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.layers, self.complete) {
            (Some(layers), Some(complete)) => write!(f, "{complete} of {layers} layers"),
            (Some(layers), None) => write!(f, "Layer {layers}"),
            (None, _) if self.text.is_empty() => f.write_str("Fetching the image"),
            (None, _) => f.write_str(&self.text),
        }
    }
}

/// See [`super::Podman::ensure_image`]. `turn` makes it one pull at a time.
pub(super) async fn ensure(
    door: &Door,
    turn: &tokio::sync::Mutex<()>,
    image: &str,
    pull: Pull,
    mut progress: impl FnMut(Pulled) + Send,
) -> Result<String, PodmanError> {
    match door.image_digest(image).await {
        Err(PodmanError::ImageMissing { .. }) if pull != Pull::Never => {}
        found => return found,
    }
    // Said before the wait: what is waited for is a pull, which no start deadline counts.
    progress(Pulled::default());
    let _one_at_a_time = turn.lock().await;
    // Whoever had the turn before may have fetched it.
    match door.image_digest(image).await {
        Err(PodmanError::ImageMissing { .. }) => fetch(door, image, &mut progress).await,
        found => found,
    }
}

/// Returns the image's digest.
async fn fetch(door: &Door, image: &str, progress: &mut (impl FnMut(Pulled) + Send)) -> Result<String, PodmanError> {
    let deadline = Instant::now() + PULL;
    let late = || failed(image, format!("not done within {} s", PULL.as_secs()));
    let mut body = match door.pull(image, PULL).await {
        Err(PodmanError::Refused { message, .. }) => return Err(failed(image, message)),
        Err(PodmanError::TimedOut { .. }) => return Err(late()),
        other => other?,
    };
    let mut lines = Lines::default();
    let mut report = Report::default();
    while let Some(piece) = timeout_at(deadline, body.data()).await.map_err(|_| late())? {
        let piece = piece.map_err(|e| failed(image, e))?;
        for line in lines.push(&piece).map_err(|why| failed(image, why))? {
            if let Some(pulled) = report.read(&line) {
                progress(pulled);
            }
        }
    }
    report.read(&lines.rest);
    match report.error {
        Some(why) => Err(failed(image, why)),
        // Podman answers 200 before it begins, so the end of its report alone means nothing.
        None => door.image_digest(image).await.map_err(|error| match error {
            PodmanError::ImageMissing { .. } => failed(image, "Podman's report ended before the image was there"),
            other => other,
        }),
    }
}

fn failed(image: &str, why: impl ToString) -> PodmanError {
    PodmanError::PullFailed { image: image.to_owned(), why: shown(&why.to_string()) }
}

/// At most [`LAYERS`].
fn number(layers: usize) -> u32 {
    u32::try_from(layers).unwrap_or(u32::MAX)
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

/// What the lines said so far: Docker's shape (`status`, `id`, `progressDetail`) from Podman 5, lines of text (`stream`) from 4.3.
#[derive(Default)]
pub(super) struct Report {
    error: Option<String>,
    layers: BTreeMap<String, Layer>,
}

#[derive(Default)]
struct Layer {
    here: u64,
    size: u64,
    complete: bool,
}

impl Report {
    /// Returns what there is to tell, if there is.
    pub(super) fn read(&mut self, line: &[u8]) -> Option<Pulled> {
        let told: Value = serde_json::from_slice(line).ok()?;
        if let Some(why) = told["error"].as_str() {
            self.error.get_or_insert_with(|| why.to_owned());
            return None;
        }
        if let Some(status) = told["status"].as_str() {
            return self.layer(told["id"].as_str()?, status, &told["progressDetail"]);
        }
        let text = told["stream"].as_str().map(shown).filter(|text| !text.is_empty())?;
        // "Copying blob sha256:…": one layer more begins, and how many there will be is not told.
        if let Some(blob) = text.strip_prefix("Copying blob ") {
            self.entry(blob)?;
            return Some(Pulled { layers: Some(number(self.layers.len())), ..Pulled::default() });
        }
        Some(Pulled { text, ..Pulled::default() })
    }

    fn layer(&mut self, id: &str, status: &str, detail: &Value) -> Option<Pulled> {
        let layer = self.entry(id)?;
        if let (Some(here), Some(size)) = (detail["current"].as_u64(), detail["total"].as_u64()) {
            (layer.here, layer.size) = (here.min(size), size);
        }
        if ["Download complete", "Already exists", "Pull complete"].contains(&status) {
            (layer.here, layer.complete) = (layer.size, true);
        }
        let sum = |of: fn(&Layer) -> u64| self.layers.values().map(of).fold(0, u64::saturating_add);
        let complete = self.layers.values().filter(|layer| layer.complete).count();
        let (layers, complete) = (Some(number(self.layers.len())), Some(number(complete)));
        let (total, done) = (sum(|layer| layer.size), sum(|layer| layer.here));
        Some(Pulled { total, done, layers, complete, ..Pulled::default() })
    }

    /// `None` for one layer too many.
    fn entry(&mut self, id: &str) -> Option<&mut Layer> {
        if self.layers.len() >= LAYERS && !self.layers.contains_key(id) {
            return None;
        }
        Some(self.layers.entry(shown(id)).or_default())
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
            let texts: Vec<String> = seen.iter().map(Pulled::to_string).collect();
            assert_eq!(texts, ["Trying to pull x...", "Layer 1"]);
            assert!(report.error.is_none() && seen.iter().all(|pulled| pulled.total == 0));
        }
    }

    #[test]
    fn bytes_are_summed_over_the_layers_that_tell_theirs() {
        let mut report = Report::default();
        let mut read =
            |line: &str| report.read(line.as_bytes()).map(|pulled| (pulled.done, pulled.total, pulled.to_string()));
        let told = |done, total, text: &str| Some((done, total, text.to_owned()));
        assert_eq!(read(r#"{"status":"Already exists","progressDetail":{},"id":"a"}"#), told(0, 0, "1 of 1 layers"));
        assert_eq!(read(r#"{"status":"Pulling fs layer","progressDetail":{},"id":"b"}"#), told(0, 0, "1 of 2 layers"));
        let line = r#"{"status":"Downloading","progressDetail":{"current":107,"total":300},"progress":"x","id":"b"}"#;
        assert_eq!(read(line), told(107, 300, "1 of 2 layers"));
        let line = r#"{"status":"Downloading","progressDetail":{"current":900,"total":50},"id":"c"}"#;
        assert_eq!(read(line), told(157, 350, "1 of 3 layers"), "no layer has more than all of itself");
        assert_eq!(
            read(r#"{"status":"Download complete","progressDetail":{},"id":"b"}"#),
            told(350, 350, "2 of 3 layers")
        );
        assert_eq!(read(r#"{"status":"odd"}"#), None);
        assert_eq!(Pulled::default().to_string(), "Fetching the image");
    }

    #[test]
    fn a_registry_with_endless_layers_takes_no_more_memory_than_its_bound() {
        let mut report = Report::default();
        let told =
            (0..10 * LAYERS).filter_map(|n| report.read(format!("{{\"status\":\"x\",\"id\":\"{n}\"}}").as_bytes()));
        assert_eq!(told.count(), LAYERS);
        assert_eq!(report.layers.len(), LAYERS);
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
