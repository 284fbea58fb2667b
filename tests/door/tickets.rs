//! A terminal's WebSocket without a cookie: tickets, asked for and brought back. The sessions here wait for a Podman that
//! is not there, which is all that a ticket needs.

use std::io::ErrorKind;
use std::net::{SocketAddr, TcpStream};

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{Error, Message, WebSocket, protocol::Role};

use crate::daemon::{Bed, Daemon, can_run};
use crate::login::{as_user, sign_in_as};
use crate::wire::{body, connect, header, post, read_one, status, talk};

/// A bed with a session of mira's in it.
struct Stage {
    bed: Bed,
    daemon: Daemon,
    mira: String,
    session: String,
}

impl Stage {
    fn set() -> Stage {
        let bed = Bed::new("");
        bed.add_mira();
        bed.add("otto");
        let daemon = bed.start();
        let mira = sign_in_as(&bed, "mira", "").0;
        let started = ask(bed.address(), "sessions", &as_user(&mira), &json!({"profile": "shell"}));
        assert_eq!(status(&started), 202, "{started}");
        let session = serde_json::from_str::<Value>(body(&started)).unwrap()["id"].as_str().unwrap().to_owned();
        Stage { bed, daemon, mira, session }
    }

    fn address(&self) -> SocketAddr {
        self.bed.address()
    }

    fn ask(&self, headers: &str, session: &str) -> String {
        ask(self.address(), "tickets", headers, &json!({"session": session}))
    }

    /// A ticket of mira's for her session.
    fn ticket(&self) -> String {
        let answer = self.ask(&as_user(&self.mira), &self.session);
        assert_eq!(status(&answer), 201, "{answer}");
        assert_eq!(header(&answer, "cache-control"), Some("no-store"));
        let given: Value = serde_json::from_str(body(&answer)).unwrap();
        assert_eq!(given["expires_in"], 30);
        given["ticket"].as_str().unwrap().to_owned()
    }

    /// The WebSocket of a session, opened without a cookie under this name of the daemon's.
    fn socket(&self, session: &str, host: &str) -> Client {
        socket(self.address(), session, host, "")
    }

    /// What a WebSocket of mira's session comes to that brings this ticket.
    fn brings(&self, ticket: &str) -> Client {
        let mut client = self.socket(&self.session, &self.address().to_string());
        client.says(json!({"type": "auth", "ticket": ticket}));
        client
    }
}

/// Opens the WebSocket of a session under this name of the daemon's.
pub(crate) fn socket(address: SocketAddr, session: &str, host: &str, headers: &str) -> Client {
    let mut stream = connect(address);
    let request = format!(
        "GET /api/v1/sessions/{session}/terminal HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\n\
         Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{headers}\r\n"
    );
    std::io::Write::write_all(&mut stream, request.as_bytes()).unwrap();
    let answer = read_one(&mut stream);
    assert_eq!(status(&answer), 101, "{answer}");
    Client(WebSocket::from_raw_socket(stream, Role::Client, None))
}

/// A JSON document posted to `/api/v1`, from a page of ours.
pub(crate) fn ask(address: SocketAddr, what: &str, headers: &str, wanted: &Value) -> String {
    let text = wanted.to_string();
    talk(
        address,
        &format!(
            "POST /api/v1/{what} HTTP/1.1\r\nHost: {address}\r\nOrigin: http://{address}\r\nConnection: close\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n{headers}\r\n{text}",
            text.len()
        ),
    )
}

/// The client's end of a terminal's WebSocket.
pub(crate) struct Client(WebSocket<TcpStream>);

impl Client {
    pub(crate) fn says(&mut self, frame: Value) {
        self.0.send(Message::text(frame.to_string())).unwrap();
    }

    /// The next message. A process that was stopped and goes on has its calls interrupted.
    pub(crate) fn next(&mut self) -> Message {
        loop {
            match self.0.read() {
                Err(Error::Io(e)) if e.kind() == ErrorKind::Interrupted => {}
                other => return other.unwrap(),
            }
        }
    }

    /// The types of the frames up to the first of this type, or up to the close frame, whose code is the last one then.
    fn hears(&mut self, until: &str) -> Vec<String> {
        let mut heard = Vec::new();
        while heard.last().is_none_or(|last| last != until) {
            match self.next() {
                Message::Text(text) => {
                    let frame: Value = serde_json::from_str(&text).unwrap();
                    heard.push(frame["type"].as_str().unwrap().to_owned());
                }
                Message::Close(frame) => {
                    heard.push(u16::from(frame.unwrap().code).to_string());
                    break;
                }
                _ => {}
            }
        }
        heard
    }
}

const REFUSED: [&str; 3] = ["ready", "error", "4401"];

#[test]
fn a_ticket_opens_its_sessions_socket_once_and_logout_closes_it() {
    if !can_run() {
        return;
    }
    let stage = Stage::set();
    let (ticket, unused) = (stage.ticket(), stage.ticket());
    let mut client = stage.socket(&stage.session, &stage.address().to_string());
    client.says(json!({"type": "ping", "t": 1.0}));
    client.says(json!({"type": "auth", "ticket": ticket}));
    assert_eq!(client.hears("authed"), ["ready", "pong", "authed"]);
    client.says(json!({"type": "resize", "cols": 80, "rows": 24}));
    assert_eq!(stage.brings(&ticket).hears("none"), REFUSED, "it was used");
    assert_eq!(status(&post(stage.address(), "/logout", &as_user(&stage.mira), "")), 303);
    assert_eq!(client.hears("none").last().unwrap(), "4401");
    assert_eq!(stage.brings(&unused).hears("none"), REFUSED, "its login is over");
}

#[test]
fn a_ticket_is_for_one_session_and_one_origin_and_a_guess_is_none() {
    if !can_run() {
        return;
    }
    let stage = Stage::set();
    let localhost = format!("localhost:{}", stage.address().port());
    for (session, host) in [("abcdefghij23", stage.address().to_string()), (stage.session.as_str(), localhost)] {
        let ticket = stage.ticket();
        let mut client = stage.socket(session, &host);
        client.says(json!({"type": "auth", "ticket": ticket}));
        assert_eq!(client.hears("none"), REFUSED, "{session} {host}");
    }
    assert_eq!(stage.brings(&"0".repeat(64)).hears("none"), REFUSED);
    let told = stage.daemon.log().lines().filter(|line| line.contains("refused=1 peer=127.0.0.1: a ticket")).count();
    assert_eq!(told, 1, "once a minute, and not for each guess");
}

#[test]
fn a_ticket_is_given_to_the_owner_of_a_session_on_our_own_page_only() {
    if !can_run() {
        return;
    }
    let stage = Stage::set();
    let otto = as_user(&sign_in_as(&stage.bed, "otto", "").0);
    assert_eq!(status(&stage.ask("", &stage.session)), 401);
    assert_eq!(status(&stage.ask(&otto, &stage.session)), 403);
    assert_eq!(status(&stage.ask(&otto, "abcdefghij23")), 404);
    assert_eq!(status(&stage.ask(&otto, "../../etc/passwd")), 404);
    let mira = as_user(&stage.mira);
    assert_eq!(status(&stage.ask(&format!("{mira}Sec-Fetch-Site: cross-site\r\n"), &stage.session)), 403);
    let more = json!({"session": stage.session, "origin": "http://evil.example"});
    assert_eq!(status(&ask(stage.address(), "tickets", &mira, &more)), 400);
    let form = post(stage.address(), "/api/v1/tickets", &mira, &format!("session={}", stage.session));
    assert_eq!(status(&form), 415, "{form}");
    let got = talk(
        stage.address(),
        &format!("GET /api/v1/tickets HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n{mira}\r\n", stage.address()),
    );
    assert_eq!((status(&got), header(&got, "allow")), (405, Some("POST")));
}
