//! The real daemon as a page uses it: a login, sessions, and their terminals.

use std::{
    fs,
    net::TcpStream,
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{Message, WebSocket};

use crate::{
    Outcome, processes, setting,
    terminal::{self, Terminal},
    web::{self, Answer},
};

/// Output between two acknowledgements, bytes: as the page does it.
const ACK_EVERY: u64 = 64 * 1024;

#[derive(Clone)]
pub(crate) struct Coracle {
    port: u16,
    /// Whom systemctl asks about it.
    manager: &'static str,
    service: &'static str,
    user: String,
    password: String,
    cookie: String,
}

impl Coracle {
    pub(crate) fn log_in() -> Outcome<Coracle> {
        let (port, user, password) =
            (setting("BENCH_PORT")?.parse()?, setting("BENCH_USER")?, setting("BENCH_PASSWORD")?);
        let (manager, service, cookie) = ("--user", "coracle.service", String::new());
        Coracle { port, manager, service, user, password, cookie }.again()
    }

    /// The daemon that cannot see conmon's sockets, and has terminals through Podman's API; the other one rests.
    pub(crate) fn through_podman(&self) -> Outcome<Coracle> {
        self.to_rest()?;
        let (manager, service) = ("--system", "coracle-stream.service");
        Coracle { port: setting("BENCH_STREAM_PORT")?.parse()?, manager, service, ..self.clone() }.again()
    }

    /// Ends that daemon.
    pub(crate) fn gives_way(&self) -> Outcome<()> {
        processes::command("kill", &["-TERM", &self.daemon()?.to_string()])?;
        let began = Instant::now();
        while self.daemon().is_ok() {
            if began.elapsed() > terminal::PATIENCE {
                return Err(format!("{} does not end", self.service).into());
            }
            thread::sleep(Duration::from_millis(20)); // the pace of polling, not a wait
        }
        Ok(())
    }

    /// Another browser of the same person.
    pub(crate) fn again(&self) -> Outcome<Coracle> {
        let Coracle { port, user, password, .. } = self;
        let form = "Content-Type: application/x-www-form-urlencoded\r\n";
        let answer = web::request(*port, "POST", "/login", form, &format!("user={user}&password={password}&next="))?;
        let pairs: Vec<&str> = answer.headers("set-cookie").filter_map(|cookie| cookie.split(';').next()).collect();
        match answer.status {
            303 => Ok(Coracle { cookie: format!("Cookie: {}\r\n", pairs.join("; ")), ..self.clone() }),
            status => Err(format!("the login of {user} was answered with {status}: {}", answer.body).into()),
        }
    }

    /// The first page that a stranger gets.
    pub(crate) fn page(&self) -> Outcome<()> {
        let answer = web::request(self.port, "GET", "/login", "", "")?;
        if answer.status == 200 { Ok(()) } else { Err(format!("GET /login: {}", answer.status).into()) }
    }

    /// A page or a file, as somebody who is logged in; `headers` are whole lines.
    pub(crate) fn get(&self, path: &str, headers: &str) -> Outcome<Answer> {
        let answer = web::request(self.port, "GET", path, &format!("{}{headers}", self.cookie), "")?;
        if answer.status == 200 { Ok(answer) } else { Err(format!("GET {path}: {}", answer.status).into()) }
    }

    /// A new session of this profile, its terminal open; nothing was waited for yet.
    pub(crate) fn session(&self, profile: &str) -> Outcome<Session> {
        self.attach(&self.begin(profile)?)
    }

    /// The id of a new session of this profile.
    pub(crate) fn begin(&self, profile: &str) -> Outcome<String> {
        let headers = format!("{}Content-Type: application/json\r\n", self.cookie);
        let body = json!({ "profile": profile }).to_string();
        let answer = web::request(self.port, "POST", "/api/v1/sessions", &headers, &body)?;
        let id =
            serde_json::from_str::<Value>(&answer.body).ok().and_then(|body| Some(body["id"].as_str()?.to_owned()));
        Ok(id.ok_or_else(|| format!("a session of {profile}: {} {}", answer.status, answer.body))?)
    }

    /// From now on the profile `warm`, which is as `shell`, has so many containers ready; they are.
    pub(crate) fn keep_warm(&self, count: usize) -> Outcome<()> {
        let (home, image) = (setting("HOME")?, setting("BENCH_IMAGE")?);
        let profile = format!("[[profiles]]\nname = \"warm\"\nimage = \"{image}\"\npull = \"never\"\nwarm = {count}\n");
        fs::write(format!("{home}/.config/coracle/config.d/warm.toml"), profile)?;
        processes::command("systemctl", &["--user", "reload", "coracle.service"])?;
        self.page()?;
        self.until_warm(count)
    }

    /// Waits until so many are ready, as the daemon says itself.
    pub(crate) fn until_warm(&self, count: usize) -> Outcome<()> {
        let (began, told) = (Instant::now(), format!(", {count} warm"));
        loop {
            let words = ["--user", "show", "--property=StatusText", "--value", "coracle.service"];
            let status = processes::command("systemctl", &words)?;
            if status.contains(&told) || (count == 0 && !status.contains("warm")) {
                return Ok(());
            }
            if began.elapsed() > terminal::PATIENCE {
                return Err(format!("{count} containers are not ready: {status}").into());
            }
            thread::sleep(Duration::from_millis(20)); // the pace of polling, not a wait
        }
    }

    /// The terminal of a session, once more if need be: the newest has the keyboard.
    pub(crate) fn attach(&self, id: &str) -> Outcome<Session> {
        let headers = format!("{}Sec-WebSocket-Protocol: coracle.v1\r\n", self.cookie);
        let socket = web::websocket(self.port, &format!("/api/v1/sessions/{id}/terminal"), &headers)?;
        let mut session = Session { id: id.to_owned(), socket, shown: 0, acked: 0 };
        session.say(&json!({"type": "resize", "cols": 80, "rows": 24}))?;
        Ok(session)
    }

    /// The same with a prompt on it.
    pub(crate) fn shell(&self, profile: &str) -> Outcome<Session> {
        let mut session = self.session(profile)?;
        terminal::prompt(&mut session)?;
        Ok(session)
    }

    /// Ends the daemon and Podman's service, whose sockets stay.
    pub(crate) fn to_rest(&self) -> Outcome<()> {
        processes::command("systemctl", &["--user", "stop", "coracle.service", "podman.service"]).map(drop)
    }

    /// Pid of the daemon.
    pub(crate) fn daemon(&self) -> Outcome<u32> {
        let pid =
            processes::command("systemctl", &[self.manager, "show", "--property=MainPID", "--value", self.service])?;
        match pid.trim().parse() {
            Ok(0) | Err(_) => Err("no daemon is running".into()),
            Ok(pid) => Ok(pid),
        }
    }
}

pub(crate) struct Session {
    pub(crate) id: String,
    socket: WebSocket<TcpStream>,
    /// Bytes of output so far, redraws included, and how many of them the daemon knows to be read.
    shown: u64,
    acked: u64,
}

impl Session {
    fn say(&mut self, frame: &Value) -> Outcome<()> {
        Ok(self.socket.send(Message::text(frame.to_string()))?)
    }

    /// Waits for the end of the redraw that comes first; how many bytes it had.
    pub(crate) fn redrawn(&mut self) -> Outcome<usize> {
        let mut bytes = 0;
        loop {
            match self.socket.read()? {
                Message::Binary(more) => bytes += more.len(),
                Message::Text(text) if text.contains(r#""type":"snapshot_end""#) => return Ok(bytes),
                _ => {}
            }
        }
    }

    /// Ends the session, and waits until it has.
    pub(crate) fn end(mut self) -> Outcome<()> {
        self.say(&json!({"type": "end"}))?;
        while self.socket.read().is_ok() {} // the end closes the socket
        Ok(())
    }
}

impl Terminal for Session {
    fn send(&mut self, input: &[u8]) -> Outcome<()> {
        Ok(self.socket.send(Message::binary(input.to_vec()))?)
    }

    fn receive(&mut self, output: &mut Vec<u8>) -> Outcome<()> {
        match self.socket.read().map_err(|e| format!("the terminal of {}: {e}", self.id))? {
            Message::Binary(bytes) => {
                output.extend_from_slice(&bytes);
                self.shown += bytes.len() as u64;
                if self.shown - self.acked >= ACK_EVERY {
                    self.acked = self.shown;
                    self.say(&json!({"type": "ack", "bytes": self.shown}))?;
                }
            }
            Message::Text(text) if text.contains(r#""type":"ended""#) || text.contains(r#""type":"error""#) => {
                return Err(format!("session {}: {text}", self.id).into());
            }
            _ => {}
        }
        Ok(())
    }
}
