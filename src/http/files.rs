//! `/api/v1/sessions/{id}/files?path=…`: a file into a session, or out of it, as it comes and never whole in memory.

use std::io;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::header::{self, HeaderMap, HeaderValue};
use hyper::{Response, StatusCode};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout, timeout_at};

use super::body::{self, BadBody};
use super::response::{self, Answer, Body, Coming};
use super::web::Asked;
use crate::auth::Person;
use crate::session::{Conflict, Download, FileError, FilePath, STALL, SessionId, Upload};

/// Whoever is slower than this for long is not waited for. Bytes a second.
const PACE: u64 = 8 * 1024;
/// What a transfer may take beside its pace.
const GRACE: Duration = Duration::from_secs(60);
/// Pieces that wait for the browser, each as large as one read of Podman's stream (64 KiB) at most.
const PIECES: usize = 4;
/// When to ask again where a transfer is under way.
const LATER: Duration = Duration::from_secs(2);

/// `POST`, with the file as its body: 201 with its path.
pub(crate) async fn upload(asked: &Asked<'_>, id: SessionId, body: Incoming) -> Answer {
    let Some(person) = asked.person() else { return response::close(sign_in_first(asked)) };
    let (size, wanted) = match admitted(asked) {
        Ok(admitted) => admitted,
        Err(refused) => return response::close(*refused),
    };
    let (path, conflict) = wanted;
    let begun = Upload::begin(&asked.shop.roster, id, person, &asked.peer(), (path, size, conflict)).await;
    let upload = match begun {
        Ok(upload) => upload,
        Err(error) => return after_the_rest(body, size, refused(asked, person, &error)).await,
    };
    match timeout(patience(size), receive(upload, body, size)).await {
        Ok(answer) => answer.unwrap_or_else(|stop| stop.answer(asked, person)),
        Err(_) => asked.refuse_body(BadBody::TooSlow),
    }
}

/// What can be said of an upload before anything is written or read.
fn admitted(asked: &Asked<'_>) -> Result<(u64, (FilePath, Conflict)), Box<Answer>> {
    let limit = asked.shop.config.sessions.upload_limit;
    if limit == 0 {
        return Err(Box::new(asked.refuse(StatusCode::FORBIDDEN, asked.words.refusals.no_uploads)));
    }
    body::has_type(asked.headers(), "application/octet-stream").map_err(|bad| Box::new(asked.refuse_body(bad)))?;
    let size = announced(asked.headers());
    if size > limit {
        let detail = (asked.words.file)(&FileError::TooLarge { size, limit });
        return Err(Box::new(problem(StatusCode::PAYLOAD_TOO_LARGE, &detail)));
    }
    let conflict = asked.query("conflict").unwrap_or_else(|| "refuse".to_owned());
    let conflict = Conflict::parse(&conflict)
        .ok_or_else(|| Box::new(problem(StatusCode::BAD_REQUEST, "conflict is refuse, replace or rename.")))?;
    Ok((size, (named(asked)?, conflict)))
}

/// Without a length there is no body: `Transfer-Encoding` was refused.
fn announced(headers: &HeaderMap) -> u64 {
    headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok()).unwrap_or(0)
}

fn named(asked: &Asked<'_>) -> Result<FilePath, Box<Answer>> {
    FilePath::parse(&asked.query("path").unwrap_or_default())
        .map_err(|bad| Box::new(problem(StatusCode::BAD_REQUEST, &(asked.words.path)(bad))))
}

/// Why an upload stopped.
enum Stop {
    Inside(FileError),
    Peer(BadBody),
}

impl Stop {
    fn answer(self, asked: &Asked<'_>, person: &Person) -> Answer {
        match self {
            Stop::Inside(error) => response::close(refused(asked, person, &error)),
            Stop::Peer(bad) => asked.refuse_body(bad),
        }
    }
}

/// Hands the body on. Dropped half-way, nothing of the file is kept.
async fn receive(mut upload: Upload, mut body: Incoming, size: u64) -> Result<Answer, Stop> {
    let mut left = size;
    while left > 0 {
        let piece = match timeout(STALL, body.frame()).await {
            Err(_) => Err(BadBody::TooSlow),
            Ok(Some(Ok(frame))) => Ok(frame.into_data().unwrap_or_default()), // trailers are nobody's
            Ok(None | Some(Err(_))) => Err(BadBody::Broken),
        };
        let piece = match piece {
            Ok(piece) => piece,
            Err(bad) => {
                upload.abandon().await;
                return Err(Stop::Peer(bad));
            }
        };
        left = left.saturating_sub(piece.len() as u64);
        if let Err(error) = upload.write(piece).await {
            upload.abandon().await;
            drain(body, left).await;
            return Err(Stop::Inside(error));
        }
    }
    let place = upload.finish().await.map_err(Stop::Inside)?;
    #[derive(serde::Serialize)]
    struct Placed {
        path: String,
        size: u64,
    }
    Ok(response::json(StatusCode::CREATED, &Placed { path: place.to_string(), size }))
}

/// A browser that still sends does not hear a refusal: the rest, which is bounded, is read and thrown away first.
async fn after_the_rest(body: Incoming, size: u64, answer: Answer) -> Answer {
    drain(body, size).await;
    response::close(answer)
}

async fn drain(mut body: Incoming, left: u64) {
    let deadline = Instant::now() + patience(left);
    while let Ok(Ok(Some(Ok(_)))) = timeout_at(deadline, timeout(STALL, body.frame())).await {}
}

fn patience(bytes: u64) -> Duration {
    GRACE + Duration::from_secs(bytes / PACE)
}

/// `GET`: the file, to be saved.
pub(crate) async fn download(asked: &Asked<'_>, id: SessionId) -> Answer {
    let Some(person) = asked.person() else { return sign_in_first(asked) };
    let limit = asked.shop.config.sessions.download_limit;
    if limit == 0 {
        return asked.refuse(StatusCode::FORBIDDEN, asked.words.refusals.no_downloads);
    }
    let path = match named(asked) {
        Ok(path) => path,
        Err(refused) => return *refused,
    };
    let disposition = disposition(path.name());
    match Download::begin(&asked.shop.roster, id, person, &asked.peer(), (path, limit)).await {
        Ok(download) => sent(download, disposition),
        Err(error) => refused(asked, person, &error),
    }
}

fn sent(download: Download, disposition: HeaderValue) -> Answer {
    let (pieces, coming) = mpsc::channel(PIECES);
    let size = download.size();
    tokio::spawn(async move {
        let done = timeout(patience(size), send(download, &pieces)).await;
        if !matches!(done, Ok(Ok(()))) {
            // The length that was announced is not reached: the browser sees that it is not whole.
            let _ = pieces.try_send(Err(io::ErrorKind::UnexpectedEof.into()));
        }
    });
    let mut answer = Response::new(Body::Coming(Coming::new(coming, size)));
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::CONTENT_DISPOSITION, disposition);
    answer
}

/// Until all is sent, or either side stops.
async fn send(mut download: Download, pieces: &mpsc::Sender<io::Result<Bytes>>) -> Result<(), FileError> {
    let sent = loop {
        match download.read().await {
            Ok(None) => break Ok(()),
            Err(error) => break Err(error),
            Ok(Some(bytes)) => match timeout(STALL, pieces.send(Ok(bytes))).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) | Err(_) => break Err(FileError::Stalled), // the browser is gone, or takes nothing
            },
        }
    };
    download.end().await;
    sent
}

/// RFC 6266: the name in ASCII for old clients, in UTF-8 for the others (RFC 8187). Neither can end the header.
fn disposition(name: &str) -> HeaderValue {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.~ ()".contains(c);
    let ascii: String = name.chars().map(|c| if plain(c) { c } else { '_' }).collect();
    let kept = |b: u8| b.is_ascii_alphanumeric() || b"-_.~".contains(&b);
    let encoded: String =
        name.bytes().map(|b| if kept(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect();
    HeaderValue::from_str(&format!("attachment; filename=\"{ascii}\"; filename*=UTF-8''{encoded}"))
        .unwrap_or(HeaderValue::from_static("attachment"))
}

fn refused(asked: &Asked<'_>, person: &Person, error: &FileError) -> Answer {
    let detail = (asked.words.file)(error);
    match error {
        FileError::NoSuchSession | FileError::Missing | FileError::NoDirectory => {
            problem(StatusCode::NOT_FOUND, &detail)
        }
        FileError::NotYours | FileError::Denied => problem(StatusCode::FORBIDDEN, &detail),
        FileError::Exists => problem(StatusCode::CONFLICT, &detail), // this alone: the page asks what to do
        FileError::Directory | FileError::Special | FileError::Failed(_) | FileError::Short => {
            problem(StatusCode::UNPROCESSABLE_ENTITY, &detail)
        }
        FileError::TooLarge { .. } => problem(StatusCode::PAYLOAD_TOO_LARGE, &detail),
        FileError::NoRoom(_) => problem(StatusCode::INSUFFICIENT_STORAGE, &detail),
        FileError::NoTool(_) => problem(StatusCode::NOT_IMPLEMENTED, &detail),
        FileError::Ended(_) => problem(StatusCode::GONE, &detail),
        FileError::NotRunning | FileError::Ending | FileError::Stalled | FileError::Killed => {
            problem(StatusCode::SERVICE_UNAVAILABLE, &detail)
        }
        FileError::Busy | FileError::Crowded => {
            response::retry_after(problem(StatusCode::TOO_MANY_REQUESTS, &detail), LATER)
        }
        FileError::Podman(_) | FileError::Broken(_) => {
            let reference = crate::sys::reference();
            tracing::error!(%reference, user = %person.name, why = %error, "a file was not brought in or out");
            response::problem(StatusCode::SERVICE_UNAVAILABLE, asked.words.refusals.files_broken.text, &reference)
        }
    }
}

fn problem(status: StatusCode, detail: &str) -> Answer {
    response::problem(status, detail, &crate::sys::reference())
}

fn sign_in_first(asked: &Asked<'_>) -> Answer {
    problem(StatusCode::UNAUTHORIZED, asked.words.refusals.sign_in_first.text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_reaches_the_browser_and_never_ends_the_header() {
        for (name, header) in [
            ("a b.txt", "attachment; filename=\"a b.txt\"; filename*=UTF-8''a%20b.txt"),
            ("\u{fc}", "attachment; filename=\"_\"; filename*=UTF-8''%C3%BC"),
            (
                "x\"; filename=\"y",
                "attachment; filename=\"x__ filename__y\"; filename*=UTF-8''x%22%3B%20filename%3D%22y",
            ),
            ("a\r\nX: y", "attachment; filename=\"a__X_ y\"; filename*=UTF-8''a%0D%0AX%3A%20y"),
            ("\\..", "attachment; filename=\"_..\"; filename*=UTF-8''%5C.."),
        ] {
            assert_eq!(disposition(name), header, "{name:?}");
        }
    }

    #[test]
    fn a_slow_line_may_take_its_time_and_a_dead_one_may_not() {
        assert_eq!(patience(0), GRACE);
        assert_eq!(patience(48 << 20), GRACE + Duration::from_secs(6144));
    }
}
