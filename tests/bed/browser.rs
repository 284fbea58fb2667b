//! A browser without a window: HTTP requests with a cookie, and the terminal's WebSocket, as the page uses them.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
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
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{Error as WsError, Message, handshake::client::generate_key},
};

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
        Ok(Terminal {
            ws,
            output: String::new(),
            redraw: String::new(),
            redrawing: false,
            bytes: 0,
            unacked: 0,
            acks: true,
            frames: Vec::new(),
            closed: None,
        })
    }
}

/// What the page would hold: the output so far, the frames so far, and how it closed.
pub(crate) struct Terminal {
    ws: WebSocketStream<Box<dyn Stream>>,
    pub(crate) output: String,
    /// What the last redraw said; no output.
    pub(crate) redraw: String,
    redrawing: bool,
    /// Bytes of output and redraws so far.
    pub(crate) bytes: u64,
    unacked: u64,
    /// Whether output is acknowledged as it comes.
    pub(crate) acks: bool,
    pub(crate) frames: Vec<Value>,
    pub(crate) closed: Option<u16>,
}

impl Terminal {
    pub(crate) async fn say(&mut self, frame: Value) {
        assert!(self.try_say(frame).await, "the socket is open");
    }

    /// The same while the daemon may die at any moment: whether the socket took it.
    pub(crate) async fn try_say(&mut self, frame: Value) -> bool {
        self.ws.send(Message::text(frame.to_string())).await.is_ok()
    }

    pub(crate) async fn type_in(&mut self, text: &str) {
        for piece in text.as_bytes().chunks(8192) {
            self.ws.send(Message::binary(piece.to_vec())).await.expect("the socket is open");
        }
    }

    pub(crate) async fn raw(&mut self, message: Message) {
        self.ws.send(message).await.expect("the socket is open");
    }

    /// Reads one message; false once the socket is closed.
    pub(crate) async fn step(&mut self) -> bool {
        match self.ws.next().await {
            Some(Ok(Message::Binary(bytes))) => {
                self.bytes += bytes.len() as u64;
                self.unacked += bytes.len() as u64;
                let into = if self.redrawing { &mut self.redraw } else { &mut self.output };
                into.push_str(&String::from_utf8_lossy(&bytes));
                if self.output.len() > 4 << 20 {
                    self.output.drain(..2 << 20);
                }
                if self.acks && self.unacked >= 16 * 1024 {
                    self.ack().await;
                }
            }
            Some(Ok(Message::Text(text))) => {
                let frame: Value = serde_json::from_str(&text).expect("frames are JSON");
                match frame["type"].as_str() {
                    Some("snapshot") => {
                        self.redraw.clear();
                        self.redrawing = true;
                    }
                    Some("snapshot_end") => self.redrawing = false,
                    _ => {}
                }
                self.frames.push(frame);
            }
            Some(Ok(Message::Close(frame))) => self.closed = frame.map(|f| u16::from(f.code)),
            Some(Ok(_)) => {}
            Some(Err(WsError::ConnectionClosed | WsError::AlreadyClosed)) | None => return false,
            Some(Err(_)) => return false,
        }
        true
    }

    pub(crate) async fn ack(&mut self) {
        self.unacked = 0;
        let frame = json!({"type": "ack", "bytes": self.bytes}).to_string();
        let _ = self.ws.send(Message::text(frame)).await; // the end of a session closes the socket at any time
    }

    /// Reads until the condition holds.
    pub(crate) async fn until<T>(&mut self, what: &str, mut holds: impl FnMut(&Terminal) -> Option<T>) -> T {
        let began = Instant::now();
        loop {
            if let Some(value) = holds(self) {
                return value;
            }
            let left = PATIENCE.saturating_sub(began.elapsed());
            match timeout(left, self.step()).await {
                Ok(true) => {}
                Ok(false) => match holds(self) {
                    Some(value) => return value,
                    None => {
                        panic!("closed ({:?}) before {what}: {:?} {}", self.closed, self.frames, tail(&self.output))
                    }
                },
                Err(_) => panic!("waited {PATIENCE:?} in vain for {what}: {:?} {}", self.frames, tail(&self.output)),
            }
        }
    }

    /// Reads until the output contains this text behind what was there before.
    pub(crate) async fn shows(&mut self, text: &str) {
        self.until(text, |t| t.output.contains(text).then_some(())).await;
        let at = self.output.find(text).expect("just seen") + text.len();
        self.output.drain(..at);
    }

    /// A frame of this type, taken out.
    pub(crate) async fn frame(&mut self, kind: &str) -> Value {
        let at = self.until(kind, |t| t.frames.iter().position(|f| f["type"] == kind)).await;
        self.frames.remove(at)
    }

    /// The shell's prompt is there, as output or on the screen that was there before.
    pub(crate) async fn prompt(&mut self) {
        self.prompt_of('$').await;
    }

    /// The same of a prompt that ends with another sign.
    pub(crate) async fn prompt_of(&mut self, sign: char) {
        self.frame("started").await;
        self.prompted(sign).await;
    }

    /// The same once `started` was read.
    pub(crate) async fn prompted(&mut self, sign: char) {
        self.redrawn().await;
        let prompt = format!("{sign} ");
        if !self.redraw.contains(&prompt) {
            self.shows(&prompt).await;
        }
    }

    /// The screen as it was when this terminal came to it.
    pub(crate) async fn redrawn(&mut self) -> String {
        self.frame("snapshot_end").await;
        self.redraw.clone()
    }

    /// A command's output on one line: types it and reads the line it prints between two marks.
    pub(crate) async fn ask(&mut self, command: &str) -> String {
        self.type_in(&format!("printf '\\074\\074%s\\076\\076' \"$({command})\"\r")).await;
        self.shows("<<").await;
        self.until(">>", |t| t.output.contains(">>").then_some(())).await;
        let end = self.output.find(">>").expect("just seen");
        let said = self.output[..end].to_owned();
        self.output.drain(..end + 2);
        said.trim().to_owned()
    }

    /// Runs a command and waits until it is done, which a prompt alone does not say: it may be an earlier one.
    pub(crate) async fn run(&mut self, command: &str) {
        self.type_in(&format!("{command}; printf '\\074%s\\076' done\r")).await;
        self.shows("<done>").await;
    }

    /// Reads to the close frame.
    pub(crate) async fn closes(&mut self) -> u16 {
        self.until("the close frame", |t| t.closed).await
    }

    /// Reads until the connection is gone, whether a close frame came or not.
    pub(crate) async fn is_gone(&mut self) {
        timeout(PATIENCE, async { while self.step().await {} }).await.expect("the connection stays");
    }

    /// The reason and status with which the session ended, after the close frame; 1000 is checked.
    pub(crate) async fn ends(&mut self) -> (String, Option<i64>) {
        assert_eq!(self.closes().await, 1000, "{:?}", self.frames);
        let ended = self.frames.iter().rev().find(|f| f["type"] == "ended").expect("an ended frame");
        (ended["reason"].as_str().unwrap_or("").to_owned(), ended["status"].as_i64())
    }

    /// Reads nothing for so long: what a frozen tab does.
    pub(crate) async fn stall(&self, how_long: Duration) {
        tokio::time::sleep(how_long).await;
    }
}

fn tail(text: &str) -> &str {
    let mut from = text.len().saturating_sub(600);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    &text[from..]
}
