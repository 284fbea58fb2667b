//! A browser without a window: HTTP requests with a cookie, and the terminal's WebSocket, as the page uses them.

#[path = "browser/terminal.rs"]
mod terminal; // the WebSocket, once it is open

use std::{
    io,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{Request, header};
use hyper_util::rt::TokioIo;
use rustls::{ClientConfig, pki_types::ServerName};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpSocket,
    time::timeout,
};
use tokio_rustls::TlsConnector;
use tokio_tungstenite::{WebSocketStream, tungstenite::handshake::client::generate_key};

pub(crate) use terminal::Terminal;

use crate::{
    machine::{PATIENCE, USERS},
    service::port,
};

pub(crate) struct Browser {
    /// What stands in `Cookie`: all that it was given and that was not taken back.
    pub(crate) cookie: Option<String>,
    pub(crate) road: Road,
    /// Headers that no browser sends.
    pub(crate) forged: Vec<(&'static str, &'static str)>,
}

/// How a browser comes to Coracle.
#[derive(Clone)]
pub(crate) struct Road {
    /// What the address bar shows, without a path.
    pub(crate) origin: String,
    /// What every path has in front: nothing, or `/shell`.
    pub(crate) base: &'static str,
    pub(crate) to: SocketAddr,
    pub(crate) from: IpAddr,
    /// What the server's certificate must stand up to; without it, plain HTTP.
    pub(crate) tls: Option<Arc<ClientConfig>>,
}

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

impl Road {
    /// To the daemon's own port.
    fn direct() -> Road {
        let here = Ipv4Addr::LOCALHOST.into();
        Road { origin: origin(), base: "", to: SocketAddr::new(here, port()), from: here, tls: None }
    }

    /// The name and, if it is not the usual one, the port.
    fn host(&self) -> &str {
        self.origin.split_once("://").expect("an origin has a scheme").1
    }

    async fn connect(&self) -> io::Result<Box<dyn Stream>> {
        let socket = TcpSocket::new_v4()?;
        socket.bind(SocketAddr::new(self.from, 0))?;
        let stream = socket.connect(self.to).await?;
        let Some(tls) = &self.tls else { return Ok(Box::new(stream)) };
        let name = self.host().split(':').next().expect("split gives one").to_owned();
        let name = ServerName::try_from(name).expect("a host name");
        Ok(Box::new(TlsConnector::from(tls.clone()).connect(name, stream).await?))
    }
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: hyper::HeaderMap,
    pub(crate) body: String,
    /// The same, where it is no text.
    pub(crate) bytes: Bytes,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("{e}: {self:?}"))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap_or(""))
    }
}

pub(crate) fn origin() -> String {
    format!("http://127.0.0.1:{}", port())
}

impl Browser {
    pub(crate) fn new() -> Browser {
        Browser::on(Road::direct())
    }

    pub(crate) fn on(road: Road) -> Browser {
        Browser { cookie: None, road, forged: Vec::new() }
    }

    /// One that is elsewhere, as far as the daemon can see: at 127.0.0.`n`.
    pub(crate) fn at(n: u8) -> Browser {
        Browser::on(Road { from: Ipv4Addr::new(127, 0, 0, n).into(), ..Road::direct() })
    }

    /// The same browser with its cookies, at 127.0.0.`n`.
    pub(crate) fn moved(self, n: u8) -> Browser {
        Browser { cookie: self.cookie, ..Browser::at(n) }
    }

    /// Logged in as one of [`USERS`].
    pub(crate) async fn of(user: &str) -> Browser {
        let mut browser = Browser::new();
        browser.sign_in(user).await;
        browser
    }

    /// As one of [`USERS`].
    pub(crate) async fn sign_in(&mut self, user: &str) -> Answer {
        let password = USERS.iter().find(|(name, ..)| *name == user).expect("a user of the bed").1;
        let answer = self.login(user, password).await;
        assert_eq!((answer.status, self.cookie.is_some()), (303, true), "{answer:?}");
        answer
    }

    pub(crate) async fn login(&mut self, user: &str, password: &str) -> Answer {
        let encode = |s: &str| s.bytes().map(|b| format!("%{b:02X}")).collect::<String>();
        let form = format!("user={}&password={}&next=", encode(user), encode(password));
        let answer = self.send("POST", "/login", "application/x-www-form-urlencoded", form).await;
        for cookie in answer.headers.get_all("set-cookie") {
            self.keep(cookie.to_str().unwrap_or(""));
        }
        answer
    }

    /// Does as `Set-Cookie` says.
    fn keep(&mut self, set_cookie: &str) {
        let (pair, attributes) = set_cookie.split_once(';').unwrap_or((set_cookie, ""));
        let name = pair.split('=').next().unwrap_or("");
        let had = self.cookie.take().unwrap_or_default();
        let other = |one: &&str| !one.is_empty() && one.split('=').next() != Some(name);
        let mut cookies: Vec<&str> = had.split("; ").filter(other).collect();
        if !attributes.to_ascii_lowercase().contains("max-age=0") {
            cookies.push(pair);
        }
        self.cookie = (!cookies.is_empty()).then(|| cookies.join("; "));
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, "", String::new()).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.send("POST", path, "application/json", body.to_string()).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, "", String::new()).await
    }

    pub(crate) async fn send(&self, method: &str, path: &str, content_type: &str, body: impl Into<Bytes>) -> Answer {
        timeout(PATIENCE, self.try_send(method, path, content_type, body))
            .await
            .unwrap_or_else(|_| panic!("no answer to {method} {path}"))
            .unwrap_or_else(|e| panic!("{method} {path}: {e}"))
    }

    pub(crate) async fn try_send(
        &self,
        method: &str,
        path: &str,
        content_type: &str,
        body: impl Into<Bytes>,
    ) -> Result<Answer, Box<dyn std::error::Error>> {
        let socket = self.road.connect().await?;
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(socket)).await?;
        tokio::spawn(connection);
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.road.base))
            .header(header::HOST, self.road.host())
            .header(header::ORIGIN, &self.road.origin)
            .header(header::CONNECTION, "close");
        for (name, value) in &self.forged {
            request = request.header(*name, *value);
        }
        if !content_type.is_empty() {
            request = request.header(header::CONTENT_TYPE, content_type);
        }
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, cookie);
        }
        let answer = sender.send_request(request.body(Full::new(body.into()))?).await?;
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let body = answer.into_body().collect().await?.to_bytes();
        Ok(Answer { status, headers, body: String::from_utf8_lossy(&body).into_owned(), bytes: body })
    }

    pub(crate) async fn new_session(&self) -> String {
        self.start("shell").await
    }

    /// The id of a new session of this profile.
    pub(crate) async fn start(&self, profile: &str) -> String {
        let answer = self.post("/api/v1/sessions", json!({"profile": profile})).await;
        assert_eq!(answer.status, 202, "{answer:?}");
        answer.json()["id"].as_str().expect("an id").to_owned()
    }

    /// Ids and states of the sessions this browser sees.
    pub(crate) async fn sessions(&self) -> Vec<(String, String)> {
        let list = self.get("/api/v1/sessions").await.json();
        let text = |v: &Value| v.as_str().unwrap_or("").to_owned();
        list.as_array().expect("a list").iter().map(|s| (text(&s["id"]), text(&s["state"]))).collect()
    }

    /// Waits until the daemon knows that nobody is at this session any more.
    pub(crate) async fn until_detached(&self, id: &str) {
        let began = Instant::now();
        while !self.sessions().await.contains(&(id.to_owned(), "detached".to_owned())) {
            assert!(began.elapsed() < PATIENCE, "it is not detached");
            tokio::time::sleep(Duration::from_millis(20)).await; // the pace of polling, not a wait
        }
    }

    /// A new session with a prompt on its terminal.
    pub(crate) async fn shell(&self) -> (String, Terminal) {
        let id = self.new_session().await;
        let mut terminal = self.terminal(&id).await;
        terminal.prompt().await;
        (id, terminal)
    }

    /// The terminal of session `id`, its size sent.
    pub(crate) async fn terminal(&self, id: &str) -> Terminal {
        let mut terminal = self.socket(id).await;
        terminal.say(json!({"type": "resize", "cols": 100, "rows": 30})).await;
        terminal
    }

    /// The bare WebSocket of session `id`: nothing said yet.
    pub(crate) async fn socket(&self, id: &str) -> Terminal {
        let socket = timeout(PATIENCE, self.try_socket(id)).await.expect("an answer in time");
        socket.unwrap_or_else(|e| panic!("the terminal of {id}: {e}"))
    }

    /// The same while the daemon may die at any moment.
    pub(crate) async fn try_socket(&self, id: &str) -> io::Result<Terminal> {
        self.open(&format!("{id}/terminal")).await
    }

    /// The terminal of session `id`, to look at as an administrator.
    pub(crate) async fn watch(&self, id: &str) -> Terminal {
        let socket = timeout(PATIENCE, self.open(&format!("{id}/terminal?role=watcher"))).await;
        let mut terminal = socket.expect("an answer in time").unwrap_or_else(|e| panic!("watching {id}: {e}"));
        terminal.say(json!({"type": "resize", "cols": 50, "rows": 10})).await;
        terminal
    }

    async fn open(&self, path: &str) -> io::Result<Terminal> {
        let mut socket = self.road.connect().await?;
        let cookie = self.cookie.as_ref().map(|c| format!("Cookie: {c}\r\n")).unwrap_or_default();
        let forged: String = self.forged.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let request = format!(
            "GET {}/api/v1/sessions/{path} HTTP/1.1\r\nHost: {}\r\nOrigin: {}\r\n{cookie}{forged}\
             Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {}\r\n\
             Sec-WebSocket-Protocol: coracle.v1\r\n\r\n",
            self.road.base,
            self.road.host(),
            self.road.origin,
            generate_key()
        );
        socket.write_all(request.as_bytes()).await?;
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(socket.read_u8().await?);
        }
        let head = String::from_utf8_lossy(&head).into_owned();
        if !head.starts_with("HTTP/1.1 101") {
            return Err(io::Error::other(head));
        }
        let role = tokio_tungstenite::tungstenite::protocol::Role::Client;
        let ws = WebSocketStream::from_raw_socket(socket, role, None).await;
        Ok(Terminal::over(ws))
    }
}
