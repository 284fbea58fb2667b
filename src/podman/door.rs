//! The calls themselves, each with its bound in time and in bytes: over the raw door of podman-api's own transport crate.
//! podman-api itself reads whatever comes until memory is gone, errors too, and does several calls wrong (the lint names
//! them); its models of the answers are used.

use std::{future::Future, path::PathBuf, time::Duration};

use bytes::Bytes;
use containers_api::conn::{Transport, get_unix_connector, hyper as h014};
use h014::body::HttpBody;
use podman_api::models::ListContainer;
use serde_json::Value;
use tokio::net::UnixStream;

use super::{
    PodmanError,
    labels::{INSTANCE, container_name},
};
use crate::session::{SessionId, Size};

/// Podman's own calls. The service may have to start first.
pub(super) const CALL: Duration = Duration::from_secs(10);
/// Create, at the first use of a slot, copies the whole image.
const CREATE: Duration = Duration::from_secs(60);
/// Two scopes over D-Bus, conmon, the runtime.
const INIT: Duration = Duration::from_secs(20);
/// Delete kills, waits, unmounts.
const DELETE: Duration = Duration::from_secs(15);
/// Most bytes of one answer. The longest is the list of 2,048 sessions, each with 1 kB of its own and the image's labels.
const ANSWER: usize = 16 << 20;

const API: &str = "/v4.0.0/libpod";

pub(super) struct Door {
    raw: Transport,
    path: PathBuf,
}

/// One raw answer, whatever its status.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Bytes,
}

/// What `inspect` says that matters here.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Inspect {
    /// The engine's own id of the container: 64 hexadecimal digits.
    pub(super) container: String,
    /// The engine's id of the image it was made of.
    pub(super) image: String,
    /// `created`, `initialized`, `running`, `exited`, …
    pub(super) state: String,
    /// 0 when there is none.
    pub(super) pid: i32,
    /// 0 when there is none.
    pub(super) conmon: i32,
    /// Of its first process, once that has ended; `None` where nobody knows.
    pub(super) exit_code: Option<i32>,
    /// The bundle's config.json; there from `init` on, not always readable.
    pub(super) oci_config: Option<PathBuf>,
    /// Where what it writes to its root lies; overlay alone has it.
    pub(super) upper: Option<PathBuf>,
    pub(super) security_options: Vec<String>,
    pub(super) process_label: String,
    /// `crun`, `runc`
    pub(super) runtime: String,
}

impl Inspect {
    pub(super) fn read(body: &[u8]) -> Result<Inspect, String> {
        let all: Value = serde_json::from_slice(body).map_err(|e| e.to_string())?;
        let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
        let number = |v: &Value| v.as_i64().and_then(|n| i32::try_from(n).ok()).unwrap_or(0);
        let container = text(&all["Id"]);
        if container.len() != 64 || !container.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err("inspect gave no container id".to_owned());
        }
        let options = all["HostConfig"]["SecurityOpt"].as_array();
        Ok(Inspect {
            container,
            image: text(&all["Image"]),
            state: text(&all["State"]["Status"]),
            pid: number(&all["State"]["Pid"]),
            conmon: number(&all["State"]["ConmonPid"]),
            exit_code: Some(number(&all["State"]["ExitCode"])).filter(|code| *code >= 0),
            oci_config: Some(text(&all["OCIConfigPath"])).filter(|p| !p.is_empty()).map(PathBuf::from),
            upper: Some(text(&all["GraphDriver"]["Data"]["UpperDir"])).filter(|p| !p.is_empty()).map(PathBuf::from),
            security_options: options.map(|all| all.iter().map(text).collect()).unwrap_or_default(),
            process_label: text(&all["ProcessLabel"]),
            runtime: text(&all["OCIRuntime"]),
        })
    }
}

impl Door {
    pub(super) fn new(path: PathBuf) -> Door {
        // No pool: a connection to a unix socket costs nothing, and a kept one would keep Podman's service awake.
        let client = h014::Client::builder().pool_max_idle_per_host(0).build(get_unix_connector());
        Door { raw: Transport::Unix { client, path: path.clone() }, path }
    }

    pub(super) async fn ping(&self) -> Result<(), PodmanError> {
        let answer = self.send("ping", "-", h014::Method::GET, "/_ping", Value::Null, CALL).await?;
        expect("ping", "-", &answer, 200)
    }

    /// Podman's own version, e.g. `5.4.2`.
    pub(super) async fn version(&self) -> Result<String, PodmanError> {
        let told: Value = self.get("version", "/version").await?;
        Ok(told["Version"].as_str().unwrap_or_default().to_owned())
    }

    /// What `endpoint` answers with 200; `None` for 404.
    pub(super) async fn look(&self, step: &'static str, endpoint: &str) -> Result<Option<Value>, PodmanError> {
        let answer = self.send(step, "-", h014::Method::GET, endpoint, Value::Null, CALL).await?;
        if answer.status == 404 {
            return Ok(None);
        }
        expect(step, "-", &answer, 200)?;
        let broken = |e: serde_json::Error| PodmanError::Broken { step, id: "-".to_owned(), why: e.to_string() };
        serde_json::from_slice(&answer.body).map(Some).map_err(broken)
    }

    /// Returns the engine's id of the new container.
    pub(super) async fn create(&self, id: SessionId, spec: Value) -> Result<String, PodmanError> {
        const STEP: &str = "create";
        let answer = self.send(STEP, id.as_str(), h014::Method::POST, "/containers/create", spec, CREATE).await?;
        expect(STEP, id.as_str(), &answer, 201)?;
        created(id, &answer.body)
    }

    pub(super) async fn init(&self, id: SessionId) -> Result<(), PodmanError> {
        self.told("init", id, "init", INIT).await
    }

    /// The size must be within 1..=1000, which `Size` promises. Works from `init` on.
    pub(super) async fn resize(&self, id: SessionId, size: Size) -> Result<(), PodmanError> {
        self.told("resize", id, &format!("resize?h={}&w={}", size.rows, size.cols), CALL).await
    }

    /// Fine if it runs already. Ctrl-P Ctrl-Q belongs to the shell: no detach keys.
    pub(super) async fn start(&self, id: SessionId) -> Result<(), PodmanError> {
        match self.told("start", id, "start?detachKeys=", INIT).await {
            Err(PodmanError::Refused { status: 304, .. }) => Ok(()),
            other => other,
        }
    }

    /// Tells a container what to do.
    async fn told(&self, step: &'static str, id: SessionId, what: &str, limit: Duration) -> Result<(), PodmanError> {
        let endpoint = format!("/containers/{}/{what}", container_name(id));
        let answer = self.send(step, id.as_str(), h014::Method::POST, &endpoint, Value::Null, limit).await?;
        if (200..300).contains(&answer.status) {
            Ok(())
        } else {
            Err(refused(step, id.as_str(), answer.status, &answer.body))
        }
    }

    /// One try; 404 is an error here.
    pub(super) async fn delete(&self, id: SessionId) -> Result<(), PodmanError> {
        const STEP: &str = "remove";
        // timeout=0, or a shell that ignores TERM takes 10 s. The key is `volumes`: `v`, which podman-api sends and the
        // documentation names, is ignored here on 4.3.1 and 5.4.2, and anonymous volumes stay.
        let endpoint = format!("/containers/{}?force=true&timeout=0&volumes=true", container_name(id));
        let answer = self.send(STEP, id.as_str(), h014::Method::DELETE, &endpoint, Value::Null, DELETE).await?;
        match answer.status {
            200 | 204 => Ok(()),
            status => Err(refused(STEP, id.as_str(), status, &answer.body)),
        }
    }

    /// Every container with this instance's label, whatever its state.
    pub(super) async fn list(&self, instance: &str) -> Result<Vec<ListContainer>, PodmanError> {
        let filters = serde_json::json!({ "label": [format!("{INSTANCE}={instance}")] });
        let endpoint = format!("/containers/json?all=true&filters={}", percent(&filters.to_string()));
        self.get("list", &endpoint).await
    }

    pub(super) async fn inspect(&self, step: &'static str, id: SessionId) -> Result<Inspect, PodmanError> {
        let endpoint = format!("/containers/{}/json", container_name(id));
        let answer = self.send(step, id.as_str(), h014::Method::GET, &endpoint, Value::Null, CALL).await?;
        expect(step, id.as_str(), &answer, 200)?;
        Inspect::read(&answer.body).map_err(|why| PodmanError::Broken { step, id: id.to_string(), why })
    }

    /// Bytes that were written to the container's root.
    pub(super) async fn layer_size(&self, id: SessionId) -> Result<u64, PodmanError> {
        const STEP: &str = "layer";
        let told: Value = self.get(STEP, &format!("/containers/{}/json?size=true", container_name(id))).await?;
        let broken = || PodmanError::Broken { step: STEP, id: id.to_string(), why: "Podman gave no SizeRw".to_owned() };
        told["SizeRw"].as_u64().ok_or_else(broken)
    }

    /// The exit status, once there is one.
    pub(super) async fn wait(&self, id: SessionId) -> Result<i32, PodmanError> {
        const STEP: &str = "wait";
        let endpoint = format!("/containers/{}/wait?condition=exited", container_name(id));
        let answer = self.send(STEP, id.as_str(), h014::Method::POST, &endpoint, Value::Null, CALL).await?;
        expect(STEP, id.as_str(), &answer, 200)?;
        exit_status(id, &answer.body)
    }

    /// The terminal's stream, with a file descriptor of its own, and the output that came along with the answer.
    pub(super) async fn attach(&self, id: SessionId) -> Result<(UnixStream, Bytes), PodmanError> {
        let endpoint = format!(
            "/containers/{}/attach?stream=true&stdin=true&stdout=true&stderr=true&detachKeys=",
            container_name(id)
        );
        self.hijack("attach", id, &endpoint, Value::Null, CALL).await
    }

    /// A call that Podman answers by giving the connection away: what is written to it and read from it is a process'.
    pub(super) async fn hijack(
        &self,
        step: &'static str,
        id: SessionId,
        endpoint: &str,
        body: Value,
        limit: Duration,
    ) -> Result<(UnixStream, Bytes), PodmanError> {
        let broken = |why: String| PodmanError::Broken { step, id: id.to_string(), why };
        let upgraded = async {
            let socket = UnixStream::connect(&self.path).await.map_err(|e| self.not_there(&e))?;
            let (mut requests, connection) =
                h014::client::conn::handshake(socket).await.map_err(|e| broken(e.to_string()))?;
            tokio::spawn(connection); // resolves by itself at the upgrade
            let body = if body.is_null() { h014::Body::empty() } else { h014::Body::from(body.to_string()) };
            let request = h014::Request::post(format!("{API}{endpoint}"))
                .header("host", "podman")
                .header("content-type", "application/json")
                .header("connection", "Upgrade")
                .header("upgrade", "tcp")
                .body(body)
                .map_err(|e| broken(e.to_string()))?;
            let answer = requests.send_request(request).await.map_err(|e| broken(e.to_string()))?;
            if answer.status() != h014::StatusCode::SWITCHING_PROTOCOLS {
                let status = answer.status().as_u16();
                let body = whole(answer.into_body()).await.map_err(broken)?;
                return Err(refused(step, id.as_str(), status, &body));
            }
            let upgraded = h014::upgrade::on(answer).await.map_err(|e| broken(e.to_string()))?;
            let parts = upgraded
                .downcast::<UnixStream>()
                .map_err(|_| broken("the stream is not the socket that was connected".to_owned()))?;
            Ok((parts.io, parts.read_buf))
        };
        within(step, id.as_str(), limit, upgraded).await
    }

    /// Digest of the image, or its id where it has none.
    ///
    /// # Errors
    /// [`PodmanError::ImageMissing`] where it is not there.
    pub(super) async fn image_digest(&self, image: &str) -> Result<String, PodmanError> {
        const STEP: &str = "image";
        let missing = || PodmanError::ImageMissing { image: image.to_owned() };
        let told = self.look(STEP, &format!("/images/{}/json", percent(image))).await?.ok_or_else(missing)?;
        let text = |key: &str| told[key].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
        let why = || format!("{image} has neither digest nor id");
        let broken = || PodmanError::Broken { step: STEP, id: "-".to_owned(), why: why() };
        text("Digest").or(text("Id")).ok_or_else(broken)
    }

    /// What JSON Podman has at `endpoint`.
    async fn get<T: serde::de::DeserializeOwned>(&self, step: &'static str, endpoint: &str) -> Result<T, PodmanError> {
        let answer = self.send(step, "-", h014::Method::GET, endpoint, Value::Null, CALL).await?;
        expect(step, "-", &answer, 200)?;
        let broken = |e: serde_json::Error| PodmanError::Broken { step, id: "-".to_owned(), why: e.to_string() };
        serde_json::from_slice(&answer.body).map_err(broken)
    }

    /// Asks for `image` and returns the stream of JSON lines in which Podman tells how it goes; 5.4 tells bytes in Docker's
    /// shape (`compatMode`), 4.3 does not know it. `begin` bounds the time to
    /// the first byte only.
    pub(super) async fn pull(&self, image: &str, begin: Duration) -> Result<h014::Body, PodmanError> {
        const STEP: &str = "pull";
        let endpoint = format!("/images/pull?policy=missing&compatMode=true&reference={}", percent(image));
        let request = self.request(STEP, "-", h014::Method::POST, &endpoint, Value::Null)?;
        let answer = within(STEP, "-", begin, self.exchange(STEP, "-", request)).await?;
        match answer.status().as_u16() {
            200 => Ok(answer.into_body()),
            status => {
                let why = |why| PodmanError::Broken { step: STEP, id: "-".to_owned(), why };
                let body = within(STEP, "-", CALL, async { whole(answer.into_body()).await.map_err(why) }).await?;
                Err(refused(STEP, "-", status, &body))
            }
        }
    }

    /// One raw call. `body` null sends none.
    pub(super) async fn send(
        &self,
        step: &'static str,
        id: &str,
        method: h014::Method,
        endpoint: &str,
        body: Value,
        limit: Duration,
    ) -> Result<Answer, PodmanError> {
        let request = self.request(step, id, method, endpoint, body)?;
        within(step, id, limit, async {
            let answer = self.exchange(step, id, request).await?;
            let status = answer.status().as_u16();
            let body =
                whole(answer.into_body()).await.map_err(|why| PodmanError::Broken { step, id: id.to_owned(), why })?;
            Ok(Answer { status, body })
        })
        .await
    }

    fn request(
        &self,
        step: &'static str,
        id: &str,
        method: h014::Method,
        endpoint: &str,
        body: Value,
    ) -> Result<h014::Request<h014::Body>, PodmanError> {
        let broken = |why: String| PodmanError::Broken { step, id: id.to_owned(), why };
        let uri = self.raw.make_uri(&format!("{API}{endpoint}")).map_err(|e| broken(e.to_string()))?;
        let request = h014::Request::builder().method(method).uri(uri).header("content-type", "application/json");
        let body = if body.is_null() { h014::Body::empty() } else { h014::Body::from(body.to_string()) };
        request.body(body).map_err(|e| broken(e.to_string()))
    }

    async fn exchange(
        &self,
        step: &'static str,
        id: &str,
        request: h014::Request<h014::Body>,
    ) -> Result<h014::Response<h014::Body>, PodmanError> {
        self.raw.request(request).await.map_err(|e| self.transport_error(step, id, &e))
    }

    fn transport_error(&self, step: &'static str, id: &str, e: &containers_api::conn::Error) -> PodmanError {
        match e {
            containers_api::conn::Error::Fault { code, message } => {
                refused(step, id, code.as_u16(), message.as_bytes())
            }
            containers_api::conn::Error::Hyper(h) if h.is_connect() => self.not_there(h),
            other => PodmanError::Broken { step, id: id.to_owned(), why: other.to_string() },
        }
    }

    fn not_there(&self, cause: &(dyn std::error::Error + 'static)) -> PodmanError {
        // hyper says "error trying to connect", and only its source says why.
        let why = std::iter::successors(Some(cause), |e| e.source()).last().map_or_else(String::new, |e| e.to_string());
        PodmanError::NotThere { path: self.path.display().to_string(), why }
    }
}

async fn within<T>(
    step: &'static str,
    id: &str,
    limit: Duration,
    work: impl Future<Output = Result<T, PodmanError>>,
) -> Result<T, PodmanError> {
    match tokio::time::timeout(limit, work).await {
        Ok(done) => done,
        Err(_) => Err(PodmanError::TimedOut { step, id: id.to_owned(), seconds: limit.as_secs() }),
    }
}

/// The whole body, at most [`ANSWER`] bytes of it.
async fn whole(mut body: h014::Body) -> Result<Bytes, String> {
    let mut all = Vec::new();
    while let Some(piece) = body.data().await {
        let piece = piece.map_err(|e| e.to_string())?;
        if all.len() + piece.len() > ANSWER {
            return Err(format!("the answer is longer than {ANSWER} bytes"));
        }
        all.extend_from_slice(&piece);
    }
    Ok(all.into())
}

pub(super) fn expect(step: &'static str, id: &str, answer: &Answer, status: u16) -> Result<(), PodmanError> {
    if answer.status == status { Ok(()) } else { Err(refused(step, id, answer.status, &answer.body)) }
}

/// The engine's id, from the answer to a create.
pub(super) fn created(id: SessionId, body: &[u8]) -> Result<String, PodmanError> {
    let made: Value = serde_json::from_slice(body).unwrap_or(Value::Null);
    for warning in made["Warnings"].as_array().into_iter().flatten() {
        tracing::warn!(session = %id, %warning, "podman warns at create");
    }
    let why = || "no id in the answer".to_owned();
    let broken = || PodmanError::Broken { step: "create", id: id.to_string(), why: why() };
    made["Id"].as_str().map(str::to_owned).ok_or_else(broken)
}

/// The answer to a wait.
pub(super) fn exit_status(id: SessionId, body: &[u8]) -> Result<i32, PodmanError> {
    let text = String::from_utf8_lossy(body);
    let why = || format!("no exit status: {:?}", text.chars().take(80).collect::<String>());
    text.trim().parse().map_err(|_| PodmanError::Broken { step: "wait", id: id.to_string(), why: why() })
}

/// Podman answers `{"cause", "message", "response"}`; podman-api joins the first two. Kept short, on one line.
pub(super) fn refused(step: &'static str, id: &str, status: u16, body: &[u8]) -> PodmanError {
    const MOST: usize = 400; // characters
    let text = String::from_utf8_lossy(body);
    let told = serde_json::from_slice::<Value>(body).ok();
    let message = told.as_ref().and_then(|v| v["message"].as_str()).unwrap_or(&text);
    let message: String = message.chars().map(|c| if c.is_control() { ' ' } else { c }).take(MOST).collect();
    PodmanError::Refused { step, id: id.to_owned(), status, message }
}

/// For a query's value.
pub(super) fn percent(text: &str) -> String {
    text.bytes()
        .map(|b| match b {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(b).to_string(),
            _ => format!("%{b:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests;
