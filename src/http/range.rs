//! A file of ours, or one range of it, as it is read and never whole in memory.

use std::{fs::File, io, os::unix::fs::FileExt, sync::Arc};

use bytes::Bytes;
use hyper::header::{self, HeaderMap, HeaderValue};
use hyper::{Method, StatusCode};
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::limits::WRITE_STALL;
use super::response::{self, Answer, Body, Coming};

/// Bytes that are read at once.
const PIECE: u64 = 256 * 1024;
/// Pieces that wait for the browser.
const PIECES: usize = 2;

/// Answers GET and HEAD with the file as it is now; what is appended meanwhile is not sent.
///
/// # Errors
/// Its length cannot be read.
pub(crate) fn serve(file: File, method: &Method, headers: &HeaderMap) -> io::Result<Answer> {
    let length = file.metadata()?.len();
    let asked = headers.get(header::RANGE).and_then(|range| range.to_str().ok());
    let (from, to, status) = match asked.and_then(|range| wanted(range, length)) {
        None => (0, length, StatusCode::OK),
        Some(Range::Of(from, to)) => (from, to, StatusCode::PARTIAL_CONTENT),
        Some(Range::Beyond) => {
            let answer = response::empty(StatusCode::RANGE_NOT_SATISFIABLE);
            return Ok(response::with_value(answer, header::CONTENT_RANGE, value(&format!("bytes */{length}"))));
        }
    };
    let mut answer = if *method == Method::HEAD {
        response::with_value(response::empty(status), header::CONTENT_LENGTH, Some(HeaderValue::from(to - from)))
    } else {
        Answer::new(Body::Coming(Coming::new(pieces(file, from, to), to - from)))
    };
    *answer.status_mut() = status;
    answer.headers_mut().insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    if status == StatusCode::PARTIAL_CONTENT {
        let range = format!("bytes {from}-{}/{length}", to - 1); // never empty
        answer = response::with_value(answer, header::CONTENT_RANGE, value(&range));
    }
    Ok(answer)
}

fn value(text: &str) -> Option<HeaderValue> {
    HeaderValue::from_str(text).ok()
}

#[derive(Debug, PartialEq)]
enum Range {
    /// From the first offset to before the second.
    Of(u64, u64),
    /// Nothing of it is there.
    Beyond,
}

/// What a `Range` asks of so many bytes; `None` for what is not understood, and for more than one range: then the whole
/// file is sent, as the standard allows.
fn wanted(range: &str, length: u64) -> Option<Range> {
    let (first, last) = range.strip_prefix("bytes=")?.split_once('-')?;
    let number = |text: &str| text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse::<u64>().ok()).flatten();
    let (from, to) = match (first, last) {
        ("", last) => (length.saturating_sub(number(last)?), length),
        (first, "") => (number(first)?, length),
        (first, last) => (number(first)?, number(last).filter(|last| *last < u64::MAX)?.saturating_add(1).min(length)),
    };
    Some(if from < to { Range::Of(from, to) } else { Range::Beyond })
}

/// Reads ahead of the browser by [`PIECES`]; gives up with it.
fn pieces(file: File, mut from: u64, to: u64) -> mpsc::Receiver<io::Result<Bytes>> {
    let (pieces, coming) = mpsc::channel(PIECES);
    let file = Arc::new(file);
    tokio::spawn(async move {
        while from < to {
            let (file, length) = (file.clone(), PIECE.min(to - from));
            let read = tokio::task::spawn_blocking(move || read(&file, from, length)).await;
            let piece = read.unwrap_or_else(|error| Err(io::Error::other(error)));
            let failed = piece.is_err(); // the length that was announced is not reached, which the browser sees
            if !matches!(timeout(WRITE_STALL, pieces.send(piece)).await, Ok(Ok(()))) || failed {
                return;
            }
            from += length;
        }
    });
    coming
}

fn read(file: &File, from: u64, length: u64) -> io::Result<Bytes> {
    let mut piece = vec![0; usize::try_from(length).unwrap_or(0)]; // PIECE at most
    file.read_exact_at(&mut piece, from)?;
    Ok(piece.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt;
    use std::io::Write;

    #[test]
    fn one_range_is_understood_and_anything_else_means_all_of_it() {
        for (range, expected) in [
            ("bytes=0-99", Some(Range::Of(0, 100))),
            ("bytes=10-", Some(Range::Of(10, 1000))),
            ("bytes=990-2000", Some(Range::Of(990, 1000))),
            ("bytes=-10", Some(Range::Of(990, 1000))),
            ("bytes=-2000", Some(Range::Of(0, 1000))),
            ("bytes=1000-", Some(Range::Beyond)),
            ("bytes=20-10", Some(Range::Beyond)),
            ("bytes=-0", Some(Range::Beyond)),
            ("bytes=0-1,5-6", None),
            ("bytes=+1-2", None),
            ("bytes=-", None),
            ("bytes=a-b", None),
            ("lines=0-1", None),
            ("bytes=99999999999999999999-", None),
        ] {
            assert_eq!(wanted(range, 1000), expected, "{range}");
        }
    }

    #[tokio::test]
    async fn a_range_across_pieces_is_sent_as_it_is_in_the_file() {
        let bytes: Vec<u8> = (0..PIECE as u32 * 2).map(|n| (n.wrapping_mul(2_654_435_761) >> 9) as u8).collect();
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&bytes).unwrap();
        let mut headers = HeaderMap::new();
        headers.insert(header::RANGE, HeaderValue::from_static("bytes=1000-400000"));
        let answer = serve(file.try_clone().unwrap(), &Method::GET, &headers).unwrap();
        assert_eq!(
            (answer.status().as_u16(), answer.headers()["content-range"].to_str().unwrap()),
            (206, "bytes 1000-400000/524288")
        );
        assert_eq!(answer.into_body().collect().await.unwrap().to_bytes(), bytes[1000..=400_000]);
        let head = serve(file, &Method::HEAD, &HeaderMap::new()).unwrap();
        assert_eq!((head.status().as_u16(), head.headers()["content-length"].to_str().unwrap()), (200, "524288"));
    }

    #[tokio::test]
    async fn a_file_that_shrinks_while_it_is_sent_breaks_the_answer_off() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&[b'x'; 3 * PIECE as usize]).unwrap();
        let answer = serve(file.try_clone().unwrap(), &Method::GET, &HeaderMap::new()).unwrap();
        file.set_len(10).unwrap();
        assert!(answer.into_body().collect().await.is_err());
    }
}
