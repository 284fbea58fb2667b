//! One WebSocket of one session, from the upgrade to the close frame. Two halves run side by side: the reader never waits
//! for the writer, so that acks, Ctrl-C and `end` arrive however far behind the output is.

mod shown; // what was sent of the output, and what comes behind it

use std::time::Duration;

use bytes::Bytes;
use futures_util::{
    SinkExt, StreamExt,
    stream::{SplitSink, SplitStream},
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite},
    sync::{mpsc, watch},
    time::{Instant, MissedTickBehavior, interval, sleep, sleep_until, timeout},
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        Error as WsError, Message,
        error::CapacityError,
        protocol::{CloseFrame, Role, WebSocketConfig},
    },
};

use shown::{Shown, credit_or_output};

use super::{
    feed::{Ears, Told},
    protocol::{Close, FromClient, MAX_INPUT, MAX_MESSAGE, SUBPROTOCOL, ToClient},
    visitor::{Admit, Caller, Visitor},
};
use crate::{
    session::{Boarding, NoSeat, Rights, Roster, SessionId, Size},
    sys,
};

/// How long a connection may take to say who it is and how large its window is.
const HELLO: Duration = Duration::from_secs(10);
/// How long a browser that comes waits for the screen to be no older than what was shown before.
const CATCH_UP: Duration = Duration::from_secs(3);
/// How often the daemon pings, and when it gives a silent peer up.
const PING: Duration = Duration::from_secs(20);
const GONE: Duration = Duration::from_secs(45);
/// Bytes of output in one message.
const CHUNK: usize = 32 * 1024;
/// How long a message may be stuck before a peer that reads nothing counts as gone; it may come back any time.
const STALL: Duration = Duration::from_secs(60);
/// How long what is left of the output may take before the last frame is sent anyway; and how long a writer that is stuck
/// may take to close once it was told to.
const LAST_WORDS: Duration = Duration::from_secs(3);
/// How long the peer's answer to our close frame is waited for.
const GOODBYE: Duration = Duration::from_secs(2);
/// Answers (pongs, errors) that may wait for the writer; more of them than are read means a peer that floods.
const ANSWERS: usize = 16;

/// Serves one WebSocket of session `id` until either side leaves. The upgrade was answered and Host and Origin were
/// checked before. The first message of a [`Caller::Stranger`] must be `auth`. Whether the session exists and may be seen
/// by the visitor is decided here, with close codes 4404 and 4403.
pub(crate) async fn serve<S>(socket: S, roster: Roster, id: SessionId, mut caller: Caller, peer: String)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sink, mut stream) = open(socket).await;
    let parting = match hello(&mut sink, &mut stream, &roster, id, &mut caller, &peer).await {
        Ok((seated, visitor)) => sail(&mut sink, &mut stream, seated, visitor).await,
        Err(parting) => parting,
    };
    part(sink, stream, parting).await;
}

/// The close handshake, or what is left of it.
async fn part<S: AsyncRead + AsyncWrite + Unpin>(mut sink: Sink<S>, stream: Stream<S>, parting: Parting) {
    match parting {
        Parting::Say(close) => farewell(sink, stream, close).await,
        // Where it said goodbye itself, our answer is still to be sent.
        Parting::Gone => drop(timeout(GOODBYE, sink.close()).await),
    }
}

/// Closes a WebSocket before anything was said.
pub(crate) async fn turn_away<S>(socket: S, close: Close)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let (sink, stream) = open(socket).await;
    farewell(sink, stream, close).await;
}

async fn open<S: AsyncRead + AsyncWrite + Unpin>(socket: S) -> (Sink<S>, Stream<S>) {
    let config = WebSocketConfig::default()
        .read_buffer_size(8 << 10)
        .write_buffer_size(16 << 10)
        .max_write_buffer_size(256 << 10)
        .max_message_size(Some(MAX_MESSAGE))
        .max_frame_size(Some(MAX_MESSAGE));
    WebSocketStream::from_raw_socket(socket, Role::Server, Some(config)).await.split()
}

/// How a connection ends.
enum Parting {
    /// The peer is gone: nothing left to say.
    Gone,
    Say(Close),
}

impl From<WsError> for Parting {
    fn from(error: WsError) -> Parting {
        match error {
            WsError::Capacity(CapacityError::MessageTooLong { .. }) => Parting::Say(Close::TooBig),
            WsError::Protocol(_) | WsError::Utf8(_) => Parting::Say(Close::Protocol),
            _ => Parting::Gone,
        }
    }
}

type Sink<S> = SplitSink<WebSocketStream<S>, Message>;
type Stream<S> = SplitStream<WebSocketStream<S>>;

/// A seat, and what is heard from it.
type Seated = (Boarding, Ears);

/// Says who is there, and finds a seat once the browser's first size is known.
async fn hello<S: AsyncRead + AsyncWrite + Unpin>(
    sink: &mut Sink<S>,
    stream: &mut Stream<S>,
    roster: &Roster,
    id: SessionId,
    caller: &mut Caller,
    peer: &str,
) -> Result<(Seated, Visitor), Parting> {
    let (visitor, greeted) = match caller {
        Caller::Known(visitor) => (visitor.clone(), false),
        Caller::Stranger(admit) => {
            let late = Err(Parting::Say(Close::NotLoggedIn));
            let visitor = timeout(HELLO, by_ticket(sink, stream, admit)).await.unwrap_or(late)?;
            *caller = Caller::Known(visitor.clone()); // a stranger no more, wherever those are counted
            (visitor, true)
        }
    };
    let mut watched = visitor.clone();
    let seated = async {
        if !greeted {
            greet(sink).await?;
        }
        send(sink, &ToClient::Authed { user: visitor.name.clone() }).await?;
        roster.settled().await;
        let Some(claim) = &visitor.claim else {
            return Err(explain(sink, Close::NotYours, "Only administrators see the sessions of others.").await);
        };
        if let Err(no_seat) = roster.seat_for(id, claim) {
            return Err(refuse(sink, no_seat).await);
        }
        let first = timeout(HELLO, first_size(sink, stream)).await;
        let (size, visible) = first.unwrap_or(Err(Parting::Say(Close::Protocol)))?;
        match roster.attach(id, claim, size, peer).await {
            Ok(seated) => {
                seated.0.output.caught_up(CATCH_UP).await;
                if !visible {
                    seated.0.visible(false).await;
                }
                Ok(seated)
            }
            Err(no_seat) => Err(refuse(sink, no_seat).await),
        }
    };
    let seated = tokio::select! {
        seated = seated => seated?,
        close = watched.is_out() => return Err(Parting::Say(close)),
    };
    Ok((seated, visitor))
}

async fn greet<S: AsyncRead + AsyncWrite + Unpin>(sink: &mut Sink<S>) -> Result<(), Parting> {
    send(sink, &ToClient::Ready { protocol: SUBPROTOCOL.to_owned() }).await
}

/// The browser's first size and whether its tab is shown; the size has to be its first word but for `ping` and `visible`.
async fn first_size<S: AsyncRead + AsyncWrite + Unpin>(
    sink: &mut Sink<S>,
    stream: &mut Stream<S>,
) -> Result<(Size, bool), Parting> {
    let mut visible = true;
    loop {
        match next(stream).await? {
            FromClient::Ping { t } => send(sink, &ToClient::Pong { t }).await?,
            FromClient::Visible { on } => visible = on,
            first => return first.size().map(|size| (size, visible)).ok_or(Parting::Say(Close::Protocol)),
        }
    }
}

/// A connection without a login cookie: its first word but for `ping` has to be a ticket. One try.
async fn by_ticket<S: AsyncRead + AsyncWrite + Unpin>(
    sink: &mut Sink<S>,
    stream: &mut Stream<S>,
    admit: &mut Admit,
) -> Result<Visitor, Parting> {
    greet(sink).await?;
    loop {
        match next(stream).await {
            Ok(FromClient::Ping { t }) => send(sink, &ToClient::Pong { t }).await?,
            Ok(FromClient::Auth { ticket }) => {
                return match admit(&ticket) {
                    Some(visitor) => Ok(visitor),
                    None => Err(explain(sink, Close::NotLoggedIn, "You are not signed in.").await),
                };
            }
            Ok(_) | Err(Parting::Say(_)) => return Err(Parting::Say(Close::NotLoggedIn)),
            Err(Parting::Gone) => return Err(Parting::Gone),
        }
    }
}

/// The next text message; binary ones have no place before the seat.
async fn next<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut Stream<S>) -> Result<FromClient, Parting> {
    loop {
        match stream.next().await.ok_or(Parting::Gone)?? {
            Message::Text(text) => return serde_json::from_str(&text).map_err(|_| Parting::Say(Close::Protocol)),
            Message::Ping(_) | Message::Pong(_) => {}
            Message::Close(_) => return Err(Parting::Gone),
            Message::Binary(_) | Message::Frame(_) => return Err(Parting::Say(Close::Protocol)),
        }
    }
}

async fn refuse<S: AsyncRead + AsyncWrite + Unpin>(sink: &mut Sink<S>, no_seat: NoSeat) -> Parting {
    match no_seat {
        NoSeat::NoSuchSession => explain(sink, Close::NoSuchSession, "There is no such session.").await,
        NoSeat::NotYours => explain(sink, Close::NotYours, "This session belongs to somebody else.").await,
        NoSeat::Over(reason, status) => {
            let text = reason.sentence().to_owned();
            match send(sink, &ToClient::Ended { reason, status, text }).await {
                Ok(()) => Parting::Say(Close::Ended),
                Err(parting) => parting,
            }
        }
        NoSeat::ComeBack => explain(sink, Close::Restarting, "The service is restarting.").await,
    }
}

async fn explain<S: AsyncRead + AsyncWrite + Unpin>(sink: &mut Sink<S>, close: Close, message: &str) -> Parting {
    let (code, message, reference) = (close.code(), message.to_owned(), sys::reference());
    match send(sink, &ToClient::Error { code, message, reference }).await {
        Ok(()) => Parting::Say(close),
        Err(parting) => parting,
    }
}

async fn send<S: AsyncRead + AsyncWrite + Unpin>(sink: &mut Sink<S>, frame: &ToClient) -> Result<(), Parting> {
    let text = serde_json::to_string(frame).expect("the frames have string keys and finite numbers only");
    put(sink, Message::text(text)).await
}

async fn put<S: AsyncRead + AsyncWrite + Unpin>(sink: &mut Sink<S>, message: Message) -> Result<(), Parting> {
    Ok(timeout(STALL, sink.send(message)).await.map_err(|_| Parting::Gone)??)
}

/// Sends the close frame and waits a moment for the peer's. Meanwhile whatever else it sends is thrown away: closed over
/// unread bytes, a socket is reset, and the reset overtakes the close frame.
async fn farewell<S: AsyncRead + AsyncWrite + Unpin>(mut sink: Sink<S>, mut stream: Stream<S>, close: Close) {
    let frame = CloseFrame { code: close.code().into(), reason: "".into() };
    let _ = timeout(GOODBYE, async {
        sink.send(Message::Close(Some(frame))).await.ok()?;
        while let Some(Ok(message)) = stream.next().await {
            if message.is_close() {
                return Some(());
            }
        }
        // What it sent was no WebSocket any more, or it hung up: bytes only, to the end.
        let mut socket = stream.reunite(sink).ok()?;
        let mut thrown_away = [0; 4096];
        while socket.get_mut().read(&mut thrown_away).await.ok()? > 0 {}
        Some(())
    })
    .await;
}

/// Both halves, until one of them is done, the login is over, or the seat was given up and the writer is stuck. The session
/// learns at once that the browser is gone, in any case.
async fn sail<S: AsyncRead + AsyncWrite + Unpin>(
    sink: &mut Sink<S>,
    stream: &mut Stream<S>,
    (boarding, ears): Seated,
    mut visitor: Visitor,
) -> Parting {
    let (answers, answered) = mpsc::channel(ANSWERS);
    let parting = ears.parting.clone();
    tokio::select! {
        parting = reader(stream, &boarding, answers) => parting,
        parting = writer(sink, &boarding, ears, answered) => parting,
        parting = overdue(parting) => parting,
        close = visitor.is_out() => Parting::Say(close),
    }
}

/// Resolves when the seat was given up and what was to be said before has had its time.
async fn overdue(mut parting: watch::Receiver<Option<Close>>) -> Parting {
    let given_up = parting.wait_for(Option::is_some).await.is_ok(); // else the session's task is gone
    sleep(LAST_WORDS).await;
    tracing::debug!(given_up, "closed without its last words");
    Parting::Say(parting.borrow().unwrap_or(Close::Restarting))
}

/// What the browser sends.
async fn reader<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut Stream<S>,
    boarding: &Boarding,
    answers: mpsc::Sender<ToClient>,
) -> Parting {
    loop {
        let message = match timeout(GONE, stream.next()).await {
            Err(_) | Ok(None) => return Parting::Gone,
            Ok(Some(Err(error))) => return error.into(),
            Ok(Some(Ok(message))) => message,
        };
        let typed = match &message {
            Message::Binary(bytes) => type_in(boarding, bytes),
            Message::Text(text) => match serde_json::from_str(text) {
                Ok(FromClient::Stdin { data }) => type_in(boarding, data.as_bytes()),
                Ok(frame) => control(boarding, frame, &answers).await,
                Err(_) => Err(Close::Protocol),
            },
            Message::Ping(_) | Message::Pong(_) => Ok(()),
            Message::Close(_) | Message::Frame(_) => return Parting::Gone,
        };
        if let Err(close) = typed {
            return Parting::Say(close);
        }
    }
}

fn type_in(boarding: &Boarding, bytes: &[u8]) -> Result<(), Close> {
    if boarding.rights == Rights::Look {
        return Err(Close::NotYours);
    }
    if bytes.len() > MAX_INPUT {
        return Err(Close::TooBig);
    }
    boarding.feed.type_in(bytes).map_err(|_| Close::Protocol)
}

async fn control(boarding: &Boarding, frame: FromClient, answers: &mpsc::Sender<ToClient>) -> Result<(), Close> {
    match frame {
        FromClient::Extend {} | FromClient::End {} | FromClient::Take {} if boarding.rights == Rights::Look => {
            return Err(Close::NotYours);
        }
        FromClient::Resize { cols, rows } => {
            boarding.resize(Size::new(cols, rows).ok_or(Close::Protocol)?).await;
        }
        FromClient::Ack { bytes } => return boarding.feed.ack(bytes).map_err(|_| Close::Protocol),
        FromClient::Extend {} => boarding.extend().await,
        FromClient::End {} => boarding.end().await,
        FromClient::Ping { t } => drop(answers.try_send(ToClient::Pong { t })),
        FromClient::Visible { on } => boarding.visible(on).await,
        FromClient::Take {} => boarding.take().await,
        // Both have their place: at the beginning, and in `reader`.
        FromClient::Auth { .. } | FromClient::Stdin { .. } => return Err(Close::Protocol),
    }
    Ok(())
}

/// What the browser is sent.
async fn writer<S: AsyncRead + AsyncWrite + Unpin>(
    sink: &mut Sink<S>,
    boarding: &Boarding,
    Ears { mut told, parting }: Ears,
    mut answers: mpsc::Receiver<ToClient>,
) -> Parting {
    let mut shown = Shown::default();
    let (mut head, mut accepted) = (boarding.output.watch(), boarding.feed.accepted());
    let mut ping = interval(PING);
    ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ping.reset();
    let written = async {
        loop {
            shown.say_last(sink, boarding).await?;
            let more = shown.has_more(boarding);
            tokio::select! {
                biased;
                _ = ping.tick() => put(sink, Message::Ping(Bytes::new())).await?,
                told = told.recv() => match told {
                    Some(Told::Frame(frame)) => send(sink, &frame).await?,
                    Some(Told::Redraw) => shown.begin_redraw(sink, boarding).await?,
                    Some(Told::Last(frame)) => shown.finish_with(frame),
                    None => {
                        shown.drain(sink, boarding, &mut head).await?;
                        // What the page does not hear of it says may be lost.
                        if accepted.has_changed().unwrap_or(false) {
                            let bytes = *accepted.borrow_and_update();
                            send(sink, &ToClient::Accepted { bytes }).await?;
                        }
                        let why = *parting.borrow();
                        return Err(match why {
                            Some(close) => Parting::Say(close),
                            None => explain(sink, Close::Restarting, "The session's task is gone.").await,
                        });
                    }
                },
                Some(answer) = answers.recv() => send(sink, &answer).await?,
                Ok(()) = accepted.changed() => {
                    let bytes = *accepted.borrow_and_update();
                    send(sink, &ToClient::Accepted { bytes }).await?;
                }
                () = sleep_until(shown.until.unwrap_or_else(Instant::now)), if shown.until.is_some() => shown.give_up(),
                () = std::future::ready(()), if more => {}
                () = credit_or_output(boarding, &mut head), if !more => {}
            }
            // After each of the above, not only when none is left: a flood of pings or of input holds no output up.
            if more {
                shown.send_some(sink, boarding).await?;
            }
        }
    };
    match written.await {
        Ok(never) => never,
        Err(parting) => parting,
    }
}

#[cfg(test)]
mod tests;
