//! `coracle watch`: somebody's terminal in this one, to look at. Their programs' output is read by a screen of our own and
//! drawn from there; nothing that is typed here goes anywhere.

use std::time::Duration;

use bytes::{Buf, BytesMut};
use futures_util::{SinkExt, StreamExt};
use hyper::{Method, StatusCode};
use tokio::{
    net::UnixStream,
    task::yield_now,
    time::{Instant, sleep_until, timeout},
};
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{Error as WsError, Message, protocol::WebSocketConfig},
};

use super::{
    Stop,
    ask::{ask, unreachable},
    viewer::{Event, Viewer},
};
use crate::{
    config::Places,
    screen::Screen,
    session::{SessionId, Size, Summary},
    terminal::{Close, FromClient, MAX_MESSAGE, ToClient},
};

/// For the connection and its upgrade.
const CONNECT: Duration = Duration::from_secs(10);
/// The daemon pings every 20 s: silence for this long means that it is gone.
const SILENCE: Duration = Duration::from_secs(60);
/// For the last frame to go out.
const GOODBYE: Duration = Duration::from_secs(1);
/// Between two drawings, at least.
const DRAW_EVERY: Duration = Duration::from_millis(33);
/// Bytes that are read before an acknowledgement goes out while more wait.
const ACK_EVERY: u64 = 64 * 1024;
/// `q`, Ctrl-C and Ctrl-].
const LEAVE: [u8; 3] = [b'q', 0x03, 0x1d];

/// Arguments of `coracle watch`.
#[derive(clap::Args)]
pub(super) struct WatchArgs {
    /// The session to look at, as `coracle ps` shows it
    #[arg(value_name = "ID")]
    id: SessionId,
}

/// Shows the session until it ends or the person at this terminal has seen enough.
///
/// # Errors
/// The daemon cannot be reached, there is no such session, or this is no terminal.
pub(super) fn run(args: &WatchArgs, places: &Places) -> Result<(), Stop> {
    let answer = ask(places, Method::GET, "/api/v1/sessions")?;
    if answer.status != StatusCode::OK {
        return Err(answer.refusal());
    }
    let sessions: Vec<Summary> = answer.json()?;
    let session = sessions.into_iter().find(|session| session.id == args.id);
    let session = session.ok_or_else(|| Stop::other(format!("there is no session {}; {PS}", args.id)))?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|e| Stop::other(format!("event loop: {e}")))?;
    let said = runtime.block_on(async {
        let socket = timeout(CONNECT, connect(places, session.id)).await;
        let late = |_| Err(Stop::unavailable(format!("the daemon did not answer within {} s", CONNECT.as_secs())));
        let socket = socket.unwrap_or_else(late)?;
        let mut viewer = Viewer::open("watch")?;
        Watch::new(session, viewer.room(), socket).run(&mut viewer).await
    })?;
    println!("{said}");
    Ok(())
}

const PS: &str = "`coracle ps` lists those there are";

type Socket = WebSocketStream<UnixStream>;

async fn connect(places: &Places, id: SessionId) -> Result<Socket, Stop> {
    let stream = UnixStream::connect(&places.control).await.map_err(|e| unreachable(places, &e))?;
    let config = WebSocketConfig::default().max_message_size(Some(MAX_MESSAGE)).max_frame_size(Some(MAX_MESSAGE));
    let address = format!("ws://localhost/api/v1/sessions/{id}/terminal");
    match client_async_with_config(address, stream, Some(config)).await {
        Ok((socket, _)) => Ok(socket),
        Err(WsError::Http(answer)) if answer.status() == StatusCode::NOT_FOUND => {
            Err(Stop::other("the daemon knows no watching; is it of this version?"))
        }
        Err(WsError::Http(answer)) => Err(Stop::unavailable(format!("the daemon answered {}", answer.status()))),
        Err(error) => Err(lost(&error.to_string())),
    }
}

fn lost(why: &str) -> Stop {
    Stop::unavailable(format!("the connection to the daemon broke off: {why}; look again with `coracle watch`"))
}

/// Whether one of [`LEAVE`] is among the keys, and not a part of what another key sends.
fn wants_to_leave(keys: &[u8]) -> bool {
    !keys.starts_with(b"\x1b") && keys.iter().any(|key| LEAVE.contains(key))
}

/// One session as it is shown here.
struct Watch {
    session: Summary,
    socket: Socket,
    screen: Screen,
    /// Output that the screen has not read yet; at most what the daemon sends beyond our `ack`.
    unread: BytesMut,
    /// Bytes received, and acknowledged.
    received: u64,
    acked: u64,
    /// The shell runs.
    started: bool,
    said: Option<String>,
    heard: Instant,
    /// Something changed since the last drawing.
    stale: bool,
    drawn: Instant,
}

/// What the loop woke for.
enum Wake {
    Here(Event),
    There(Option<Result<Message, WsError>>),
    Read,
    Draw,
    Silence,
}

impl Watch {
    fn new(session: Summary, room: Size, socket: Socket) -> Watch {
        let now = Instant::now();
        Watch {
            session,
            socket,
            screen: Screen::new(room.cols, room.rows),
            unread: BytesMut::new(),
            received: 0,
            acked: 0,
            started: false,
            said: None,
            heard: now,
            stale: true,
            drawn: now - DRAW_EVERY,
        }
    }

    /// Why it is over, for the person.
    async fn run(mut self, viewer: &mut Viewer) -> Result<String, Stop> {
        loop {
            match self.wake(viewer).await {
                Wake::Here(Event::Keys(keys)) if wants_to_leave(&keys) => return Ok(self.leave().await),
                Wake::Here(Event::Keys(_)) => {}
                Wake::Here(Event::Resized) => self.stale = true,
                Wake::Here(Event::Over(why)) => return Err(Stop::other(format!("watching ended: {why}"))),
                Wake::There(Some(Ok(message))) => {
                    self.heard = Instant::now();
                    if let Some(over) = self.message(message).await? {
                        return Ok(over);
                    }
                }
                Wake::There(Some(Err(error))) => return Err(lost(&error.to_string())),
                Wake::There(None) => return Err(lost("it was closed")),
                Wake::Read => self.read().await?,
                Wake::Draw => self.draw(viewer)?,
                Wake::Silence => return Err(lost(&format!("nothing was heard for {} s", SILENCE.as_secs()))),
            }
        }
    }

    async fn wake(&mut self, viewer: &mut Viewer) -> Wake {
        tokio::select! {
            event = viewer.event() => Wake::Here(event),
            message = self.socket.next() => Wake::There(message),
            () = yield_now(), if !self.unread.is_empty() => Wake::Read,
            () = sleep_until(self.drawn + DRAW_EVERY), if self.stale => Wake::Draw,
            () = sleep_until(self.heard + SILENCE) => Wake::Silence,
        }
    }

    /// One message of the daemon; the sentence with which it all ends.
    async fn message(&mut self, message: Message) -> Result<Option<String>, Stop> {
        match message {
            Message::Binary(bytes) => {
                self.received += bytes.len() as u64;
                self.unread.extend_from_slice(&bytes);
            }
            Message::Text(text) => {
                if let Ok(frame) = serde_json::from_str(&text) {
                    self.frame(frame).await?; // what a newer daemon says besides is not for us
                }
            }
            Message::Close(frame) => return self.closed(frame.map_or(1006, |frame| frame.code.into())).map(Some),
            Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => {}
        }
        Ok(None)
    }

    async fn frame(&mut self, frame: ToClient) -> Result<(), Stop> {
        match frame {
            // It is our first word, and no more: the session keeps the size that its owner gives it.
            ToClient::Authed { .. } => {
                let (cols, rows) = self.screen.size();
                self.say(&FromClient::Resize { cols, rows }).await?;
            }
            ToClient::Started { .. } => self.started = true,
            ToClient::Role { cols, rows, .. } => {
                // A redraw follows.
                self.unread.clear();
                self.screen = Screen::new(cols, rows);
            }
            ToClient::Ended { text, status, .. } => {
                let status = status.map(|status| format!(" Exit status {status}.")).unwrap_or_default();
                self.said =
                    Some(format!("Session {} of {} is over. {text}{status}", self.session.id, self.session.user));
            }
            ToClient::Error { message, reference, .. } => {
                self.said = Some(format!("{message} (reference {reference})"));
            }
            _ => return Ok(()),
        }
        self.stale = true;
        Ok(())
    }

    fn closed(&mut self, code: u16) -> Result<String, Stop> {
        let said = self.said.take();
        let id = self.session.id;
        Err(match code {
            code if code == Close::Ended.code() => return Ok(said.unwrap_or_else(|| format!("Session {id} is over."))),
            code if code == Close::TooMany.code() => {
                Stop::other(format!("session {id} is watched by as many as may; try again when one of them has left"))
            }
            code if code == Close::NoSuchSession.code() => {
                Stop::other(format!("there is no session {id} any more; {PS}"))
            }
            code if code == Close::Restarting.code() => {
                Stop::unavailable("the daemon restarts, and the session goes on; look again with `coracle watch`")
            }
            code => lost(&said.unwrap_or_else(|| format!("code {code}"))),
        })
    }

    /// Lets the screen read a part of what waits.
    async fn read(&mut self) -> Result<(), Stop> {
        let taken = self.screen.write(&self.unread);
        self.unread.advance(taken);
        self.stale = true;
        let read = self.received - self.unread.len() as u64;
        if self.unread.is_empty() || read - self.acked >= ACK_EVERY {
            self.acked = read;
            self.say(&FromClient::Ack { bytes: read }).await?;
        }
        Ok(())
    }

    async fn say(&mut self, frame: &FromClient) -> Result<(), Stop> {
        let text = serde_json::to_string(frame).map_err(|e| Stop::other(e.to_string()))?;
        match timeout(SILENCE, self.socket.send(Message::text(text))).await {
            Ok(Ok(())) => Ok(()),
            // Why it closed comes with what is still to be read.
            Ok(Err(WsError::ConnectionClosed | WsError::AlreadyClosed | WsError::Io(_) | WsError::Protocol(_))) => {
                Ok(())
            }
            Ok(Err(error)) => Err(lost(&error.to_string())),
            Err(_) => Err(lost("it takes nothing")),
        }
    }

    fn draw(&mut self, viewer: &mut Viewer) -> Result<(), Stop> {
        (self.stale, self.drawn) = (false, Instant::now());
        let status = self.status(viewer.room());
        viewer.draw(&self.screen, &status).map_err(|e| Stop::other(format!("this terminal: {e}")))
    }

    fn status(&self, room: Size) -> String {
        let Summary { id, user, profile, .. } = &self.session;
        let (cols, rows) = self.screen.size();
        let size = match (self.started, cols > room.cols || rows > room.rows) {
            (false, _) => "it is starting".to_owned(),
            (true, false) => format!("{cols}×{rows}"),
            (true, true) => format!("{cols}×{rows}, cut to {}×{}", room.cols.min(cols), room.rows.min(rows)),
        };
        format!(" q leaves · watching {user} · {size} · {profile} · {id}")
    }

    async fn leave(mut self) -> String {
        let _ = timeout(GOODBYE, self.socket.close(None)).await; // it finds out without it, too
        format!("Session {} of {} goes on.", self.session.id, self.session.user)
    }
}
