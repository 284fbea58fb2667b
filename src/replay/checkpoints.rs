//! Places in a recording from which it can be played without what came before.

use std::io::{self, BufRead};

use super::next_line;

/// All of a checkpoint but its screen, which is large.
#[derive(serde::Deserialize)]
struct Place {
    time: u64,
    cast: u64,
}

/// The last checkpoint that is not after `time` (milliseconds since the beginning) and does not lie beyond `end`, the length
/// of the cast: its line as it stands in the file. Lines that make no sense are passed over: without a checkpoint a recording
/// is only slower to seek.
///
/// # Errors
/// The file cannot be read.
pub(super) fn before(mut lines: impl BufRead, time: u64, end: u64) -> io::Result<Option<Vec<u8>>> {
    let (mut line, mut best) = (Vec::new(), None);
    while next_line(&mut lines, &mut line)? {
        if let Ok(place) = serde_json::from_slice::<Place>(&line) {
            if place.time > time || place.cast > end {
                break;
            }
            best = Some(std::mem::take(&mut line));
        }
        line.clear();
    }
    Ok(best)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::Checkpoint;

    const SEEK: &str = "{\"time\":0,\"cast\":120,\"cols\":80,\"rows\":24,\"screen\":\"G2M=\"}\n\
        {\"time\":30000,\"cast\":5000,\"cols\":80,\"rows\":24,\"screen\":\"YWJj\"}\nno line of ours\n\
        {\"time\":61500,\"cast\":9000,\"cols\":100,\"rows\":30,\"screen\":\"YQ==\"}\n\
        {\"time\":90000,\"cast\":9900,\"cols\":100,\"rows\":30,\"screen\":\"cut in the mid";

    fn at(ms: u64, end: u64) -> Option<(u64, Vec<u8>)> {
        let found = before(SEEK.as_bytes(), ms, end).unwrap()?;
        let found = Checkpoint::parse(&found).unwrap();
        Some((found.cast, found.screen))
    }

    #[test]
    fn the_last_checkpoint_before_a_moment_is_found_and_none_that_lies_beyond_a_cut() {
        assert_eq!(at(29_999, 10_000), Some((120, b"\x1bc".to_vec())));
        assert_eq!(at(30_000, 10_000), Some((5000, b"abc".to_vec())));
        assert_eq!(at(u64::MAX, 10_000), Some((9000, b"a".to_vec())));
        assert_eq!(at(u64::MAX, 8999), Some((5000, b"abc".to_vec())));
        assert_eq!(at(0, 100), None);
        assert_eq!(before(&b""[..], u64::MAX, 1).unwrap(), None);
    }
}
