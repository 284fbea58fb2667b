//! One request over the control socket. Connecting wakes a sleeping daemon: systemd listens in its place.

use std::io;
use std::time::Duration;

use http_body_util::{BodyExt, Empty, Limited};
use hyper::{Method, Request, StatusCode, header};
use hyper_util::rt::TokioIo;
use tokio::net::UnixStream;

use super::Stop;
use crate::config::Places;
use crate::session::END_ALL_WAIT;

/// For the whole exchange: longer than the daemon's own patience.
const LIMIT: Duration = END_ALL_WAIT.saturating_add(Duration::from_secs(30));
/// Bytes of an answer: 4 MiB are some 20,000 sessions.
const MAX_ANSWER: usize = 4 << 20;

/// The daemon's answer to one request.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    body: bytes::Bytes,
}

impl Answer {
    /// Reads the body.
    ///
    /// # Errors
    /// If it is not what this version expects.
    pub(super) fn json<T: serde::de::DeserializeOwned>(&self) -> Result<T, Stop> {
        serde_json::from_slice(&self.body)
            .map_err(|e| Stop::other(format!("the daemon's answer was not understood ({e}); is it of this version?")))
    }

    /// What the daemon says against it.
    pub(super) fn refusal(&self) -> Stop {
        #[derive(serde::Deserialize)]
        struct Problem {
            detail: String,
            reference: String,
        }
        let message = match serde_json::from_slice::<Problem>(&self.body) {
            Ok(p) => format!("{} (reference {} in the daemon's journal)", p.detail, p.reference),
            Err(_) => format!("the daemon answered {}", self.status),
        };
        if self.status == StatusCode::SERVICE_UNAVAILABLE { Stop::unavailable(message) } else { Stop::other(message) }
    }
}

/// Asks the daemon.
///
/// # Errors
/// Nobody listens, we may not, or no answer came in time.
pub(super) fn ask(places: &Places, method: Method, path: &str) -> Result<Answer, Stop> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|e| Stop::other(format!("event loop: {e}")))?;
    runtime.block_on(async {
        tokio::time::timeout(LIMIT, exchange(places, method, path))
            .await
            .unwrap_or_else(|_| Err(Stop::other(format!("the daemon did not answer within {} s", LIMIT.as_secs()))))
    })
}

async fn exchange(places: &Places, method: Method, path: &str) -> Result<Answer, Stop> {
    let stream = UnixStream::connect(&places.control).await.map_err(|e| unreachable(places, &e))?;
    let broken = |e: hyper::Error| Stop::other(format!("the daemon broke the connection off: {e}"));
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(broken)?;
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::HOST, "localhost")
        .body(Empty::<bytes::Bytes>::new())
        .map_err(|e| Stop::other(e.to_string()))?;
    let driver = tokio::spawn(connection);
    let response = sender.send_request(request).await.map_err(broken)?;
    let status = response.status();
    let body = Limited::new(response.into_body(), MAX_ANSWER)
        .collect()
        .await
        .map_err(|e| Stop::other(format!("the daemon's answer did not arrive whole: {e}")))?
        .to_bytes();
    driver.abort();
    Ok(Answer { status, body })
}

/// What it means that nobody can be connected to.
pub(super) fn unreachable(places: &Places, error: &io::Error) -> Stop {
    let socket = places.control.display();
    match error.kind() {
        io::ErrorKind::NotFound => Stop::unavailable(format!(
            "no Coracle is running here: {socket} does not exist; enable coracle-control.socket, or run `coracle serve`"
        )),
        io::ErrorKind::ConnectionRefused => Stop::unavailable(format!(
            "no Coracle is running here: nobody listens on {socket}; restart coracle-control.socket, or run `coracle serve`"
        )),
        io::ErrorKind::PermissionDenied => {
            Stop::unavailable(format!("{socket} is closed to you; run this as root or as the daemon's user"))
        }
        _ => Stop::unavailable(format!("{socket}: {error}")),
    }
}
