//! The terminal as the page has it: what came over the WebSocket, and what a test types and waits for.

use std::time::{Duration, Instant};

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::time::timeout;
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{Error as WsError, Message},
};

use super::Stream;
use crate::machine::PATIENCE;

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
    pub(super) fn over(ws: WebSocketStream<Box<dyn Stream>>) -> Terminal {
        Terminal {
            ws,
            output: String::new(),
            redraw: String::new(),
            redrawing: false,
            bytes: 0,
            unacked: 0,
            acks: true,
            frames: Vec::new(),
            closed: None,
        }
    }

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
