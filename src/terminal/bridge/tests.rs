//! One WebSocket, driven from both ends: a client over an in-memory pipe, and the session's task played by the test.

mod arriving; // from the upgrade to the seat
mod looking; //  who only looks

use std::{collections::HashSet, sync::Arc};

use proptest::prelude::*;
use serde_json::{Value, json};
use tokio::{
    io::DuplexStream,
    net::{TcpListener, TcpStream},
    sync::Notify,
    task::JoinHandle,
};

use tokio::time::timeout_at;

use super::*;
use crate::terminal::protocol::Notice;
use crate::{
    auth::{OwnerId, Person},
    session::{AttachmentId, Claim, EndReason, Message as Asked},
    terminal::{
        feed::{Feed, Seat},
        output::Output,
        protocol::{INPUT_CREDIT, OUTPUT_CREDIT},
        ring::{CAPACITY, Ring},
    },
};

/// Bytes that the pipe between the two ends holds.
const PIPE: usize = 16 * 1024;

/// A seated WebSocket: its client, and the session's side of it.
struct Table {
    client: Client,
    /// Bytes of the redraw that came first; acknowledged.
    redraw: u64,
    seat: Option<Seat>,
    feed: Arc<Feed>,
    output: Arc<Output>,
    inbox: mpsc::Receiver<Asked>,
    login: watch::Sender<bool>,
    done: JoinHandle<()>,
    _dir: tempfile::TempDir,
}

fn visitor() -> (watch::Sender<bool>, Visitor) {
    let person =
        Person { owner: OwnerId::local("0123456789abcdef"), name: "mira".into(), groups: vec![], admin: false };
    let (login, login_over) = watch::channel(false);
    (login, Visitor::played(Claim::Own { person, window: None }, login_over, watch::channel(false).1))
}

/// Without a cookie, and no ticket is good.
fn stranger() -> Caller {
    Caller::Stranger(Box::new(|_| None))
}

fn config() -> WebSocketConfig {
    WebSocketConfig::default().max_message_size(Some(MAX_MESSAGE)).max_frame_size(Some(MAX_MESSAGE))
}

/// A WebSocket that has its seat, and was shown the empty screen.
async fn seated() -> Table {
    seated_with(Rights::Own).await
}

async fn seated_with(rights: Rights) -> Table {
    let dir = tempfile::tempdir().unwrap();
    let output = Arc::new(Output::new(Ring::create(&dir.path().join("x.ring")).unwrap(), Size::DEFAULT, None));
    let feed = Arc::new(Feed::new(AttachmentId(1), "mira".into(), "127.0.0.1".into(), Arc::new(Notify::new())));
    let (seat, ears) = Seat::new(feed.clone());
    let (boarding, inbox) = Boarding::of(feed.clone(), output.clone());
    let boarding = boarding.with(rights);
    let (ours, theirs) = tokio::io::duplex(PIPE);
    let (login, visitor) = visitor();
    let done = tokio::spawn(async move {
        let (mut sink, mut stream) = WebSocketStream::from_raw_socket(ours, Role::Server, Some(config())).await.split();
        let parting = sail(&mut sink, &mut stream, (boarding, ears), visitor).await;
        part(sink, stream, parting).await;
    });
    seat.tell(Told::Redraw);
    let mut client = Client::on(theirs).await;
    let redraw = client.redrawn().await.len() as u64;
    client.says(json!({"type": "ack", "bytes": redraw})).await;
    while feed.output_credit() < OUTPUT_CREDIT {
        tokio::task::yield_now().await;
    }
    Table { client, redraw, seat: Some(seat), feed, output, inbox, login, done, _dir: dir }
}

impl Table {
    fn seat(&self) -> &Seat {
        self.seat.as_ref().unwrap()
    }

    async fn is_done_within(&mut self, limit: Duration) -> bool {
        timeout(limit, &mut self.done).await.is_ok()
    }
}

/// The browser's end.
struct Client<S = DuplexStream>(WebSocketStream<S>);

#[derive(Debug, PartialEq)]
enum Got {
    Bytes(Vec<u8>),
    Frame(Value),
    Closed(u16),
    /// Without a close frame.
    Gone,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Client<S> {
    async fn on(socket: S) -> Client<S> {
        Client(WebSocketStream::from_raw_socket(socket, Role::Client, None).await)
    }

    /// What came next; pings are answered and passed over. `None`: nothing within `limit`.
    async fn got_within(&mut self, limit: Duration) -> Option<Got> {
        let until = Instant::now() + limit;
        loop {
            let message = timeout_at(until, self.0.next()).await.ok()?;
            return Some(match message {
                Some(Ok(Message::Binary(bytes))) => Got::Bytes(bytes.to_vec()),
                Some(Ok(Message::Text(text))) => Got::Frame(serde_json::from_str(&text).unwrap()),
                Some(Ok(Message::Close(Some(frame)))) => Got::Closed(frame.code.into()),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => continue,
                _ => Got::Gone,
            });
        }
    }

    async fn got(&mut self) -> Got {
        self.got_within(Duration::from_secs(5)).await.expect("something within 5 s")
    }

    /// The bytes of the redraw that comes next, as they were announced.
    async fn redrawn(&mut self) -> Vec<u8> {
        let Got::Frame(announced) = self.got().await else { panic!("not announced") };
        assert_eq!(announced["type"], "snapshot");
        let mut bytes = Vec::new();
        loop {
            match self.got().await {
                Got::Bytes(more) => bytes.extend(more),
                Got::Frame(end) => {
                    assert_eq!((&end["type"], &announced["bytes"]), (&json!("snapshot_end"), &json!(bytes.len())));
                    return bytes;
                }
                other => panic!("{other:?}"),
            }
        }
    }

    /// The code with which the connection closes, whatever comes before it.
    async fn closes(&mut self) -> u16 {
        loop {
            match self.got().await {
                Got::Closed(code) => return code,
                Got::Gone => panic!("gone without a close frame"),
                _ => {}
            }
        }
    }

    async fn says(&mut self, frame: Value) {
        self.0.send(Message::text(frame.to_string())).await.unwrap();
    }

    async fn types(&mut self, bytes: &[u8]) {
        self.0.send(Message::binary(bytes.to_vec())).await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn output_comes_whole_and_in_order() {
    let mut table = seated().await;
    let mut seen = Vec::new();
    for piece in 0..20u8 {
        table.output.write(&[piece; 5000]).unwrap();
        while seen.len() < (usize::from(piece) + 1) * 5000 {
            if let Got::Bytes(bytes) = table.client.got().await {
                seen.extend(bytes);
            }
        }
    }
    assert_eq!(seen, (0..20u8).flat_map(|p| [p; 5000]).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn what_the_ring_overtook_is_skipped_by_a_redraw_that_shows_it_all() {
    let mut table = seated().await;
    // Nothing is read meanwhile: the pipe is full, and the ring runs over what waits.
    for n in 0..40_000 {
        table.output.write(format!("line {n}\r\n").as_bytes()).unwrap();
        if n % 4000 == 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
    let bytes = loop {
        match table.client.got().await {
            Got::Bytes(_) => {}
            Got::Frame(frame) => break frame["bytes"].as_u64().unwrap() as usize,
            other => panic!("{other:?}"),
        }
    };
    let mut redraw = Vec::new();
    while redraw.len() < bytes {
        let Got::Bytes(more) = table.client.got().await else { panic!("no more of the redraw") };
        redraw.extend(more);
    }
    assert_eq!(table.client.got().await, Got::Frame(json!({"type": "snapshot_end"})));
    let redraw = String::from_utf8(redraw).unwrap();
    assert!(
        redraw.contains("line 39000\r\n") && redraw.contains("line 39999\r\n") && !redraw.contains("line 38000\r\n")
    );
    table.output.write(b"and on").unwrap();
    assert_eq!(table.client.got().await, Got::Bytes(b"and on".to_vec()));
}

#[tokio::test(start_paused = true)]
async fn a_redraw_waits_for_credit_as_output_does() {
    let mut table = seated().await;
    let text = "0123456789".repeat(100);
    for n in 0..4000u32 {
        table.output.write(format!("\x1b[38;2;{};{};7m{text}", n % 256, n / 256).as_bytes()).unwrap();
    }
    table.feed.was_sent(OUTPUT_CREDIT - 100, 0);
    table.seat().tell(Told::Redraw);
    while !matches!(table.client.got().await, Got::Frame(_)) {}
    let Got::Bytes(bytes) = table.client.got().await else { panic!("nothing of it") };
    assert!(bytes.len() <= 100, "{}", bytes.len());
    assert_eq!(table.client.got_within(Duration::from_secs(5)).await, None);
    table.client.says(json!({"type": "ack", "bytes": table.redraw + 50})).await;
    let Got::Bytes(bytes) = table.client.got().await else { panic!("nothing of it") };
    assert!(bytes.len() <= 50, "{}", bytes.len());
}

#[tokio::test(start_paused = true)]
async fn the_last_frames_come_behind_all_output_and_the_end_is_told_again_with_its_status() {
    let mut table = seated().await;
    table.output.write(&[b'x'; 50_000]).unwrap();
    let ended = |status| ToClient::Ended { reason: EndReason::Exit, status, text: "The shell ended.".into() };
    let seat = table.seat.take().unwrap();
    seat.tell(Told::Last(ended(None)));
    seat.tell(Told::Last(ended(Some(3))));
    seat.close(Close::Ended);
    let mut bytes = 0;
    let mut frames = Vec::new();
    let code = loop {
        match table.client.got().await {
            Got::Bytes(b) => {
                assert!(frames.is_empty(), "output after the end");
                bytes += b.len();
            }
            Got::Frame(frame) => frames.push(frame["status"].clone()),
            Got::Closed(code) => break code,
            Got::Gone => panic!("gone"),
        }
    };
    assert_eq!((bytes, frames, code), (50_000, vec![Value::Null, json!(3)], 1000));
}

#[tokio::test(start_paused = true)]
async fn what_breaks_the_protocol_closes_with_its_code_within_a_second() {
    let too_much = vec![b'x'; MAX_INPUT + 1];
    let long_text = format!(r#"{{"type":"stdin","data":"{}"}}"#, "x".repeat(MAX_INPUT + 1));
    let oversize = vec![0; MAX_MESSAGE + 1];
    let breaches = [
        (Message::binary(too_much), 1009),
        (Message::text(long_text), 1009),
        (Message::binary(oversize), 1009),
        (Message::text("not json"), 1008),
        (Message::text(r#"{"type":"resize","cols":0,"rows":1}"#), 1008),
        (Message::text(r#"{"type":"ack","bytes":1000}"#), 1008),
        (Message::text(r#"{"type":"ack","bytes":18446744073709551615}"#), 1008),
        (Message::text(r#"{"type":"auth","ticket":"x"}"#), 1008),
        (Message::text(r#"{"type":"ping","t":1e999}"#), 1008),
    ];
    for (breach, code) in breaches {
        let mut table = seated().await;
        let began = Instant::now();
        let what = format!("{:.60}", breach.to_string());
        let (mut out, mut back) = table.client.0.split();
        let send = tokio::spawn(async move { out.send(breach).await });
        let closed = timeout(Duration::from_secs(1), async {
            loop {
                if let Some(Ok(Message::Close(Some(frame)))) = back.next().await {
                    return u16::from(frame.code);
                }
            }
        });
        assert_eq!(closed.await, Ok(code), "{what}");
        assert!(began.elapsed() <= Duration::from_secs(1));
        drop((back, send));
        assert!(timeout(Duration::from_secs(3), &mut table.done).await.is_ok(), "{what}");
        assert!(matches!(table.inbox.try_recv(), Ok(Asked::Left(_))), "{what}");
    }
}

#[tokio::test(start_paused = true)]
async fn input_beyond_its_credit_closes_with_1008() {
    let mut table = seated().await;
    for _ in 0..INPUT_CREDIT as usize / MAX_INPUT {
        table.client.types(&[b'x'; MAX_INPUT]).await;
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(!table.done.is_finished(), "all of the credit may be used");
    table.client.types(b"y").await;
    assert_eq!(table.client.closes().await, 1008);
    assert_eq!(table.feed.received(), INPUT_CREDIT + 1);
}

#[tokio::test(start_paused = true)]
async fn a_login_that_is_over_closes_with_4401_within_a_second_even_behind_output() {
    let mut table = seated().await;
    table.output.write(&[b'x'; 1000]).unwrap();
    let began = Instant::now();
    table.login.send_replace(true);
    assert_eq!(table.client.closes().await, 4401);
    assert!(began.elapsed() < Duration::from_secs(1));
}

#[tokio::test(start_paused = true)]
async fn a_client_that_reads_nothing_still_types_asks_and_ends() {
    let mut table = seated().await;
    table.output.write(&[b'x'; CAPACITY as usize]).unwrap();
    tokio::time::sleep(Duration::from_millis(10)).await; // the pipe is full now
    table.client.types(b"\x03").await;
    table.client.says(json!({"type": "resize", "cols": 90, "rows": 30})).await;
    table.client.says(json!({"type": "end"})).await;
    assert!(matches!(table.inbox.recv().await, Some(Asked::Resize(AttachmentId(1), Size { cols: 90, rows: 30 }))));
    assert!(matches!(table.inbox.recv().await, Some(Asked::End { reason: EndReason::Owner, .. })));
    assert_eq!(table.feed.pour(|b| Ok(b.len())).unwrap(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_reads_nothing_is_gone_soon_after_its_seat_was_given_up() {
    for given_up in [true, false] {
        let mut table = seated().await;
        table.output.write(&[b'x'; CAPACITY as usize]).unwrap();
        tokio::time::sleep(Duration::from_millis(10)).await; // the writer is stuck now
        if given_up {
            table.seat.take().unwrap().close(Close::TakenOver);
        } else {
            drop(table.seat.take()); // the session's task panicked
        }
        assert!(table.is_done_within(LAST_WORDS + GOODBYE + Duration::from_millis(10)).await, "{given_up}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_that_reads_nothing_and_sends_nothing_outlives_no_bound() {
    let mut table = seated().await;
    table.output.write(&[b'x'; CAPACITY as usize]).unwrap();
    assert!(table.is_done_within(STALL + GOODBYE + Duration::from_secs(1)).await);
    assert!(matches!(table.inbox.recv().await, Some(Asked::Left(AttachmentId(1)))));
}

#[tokio::test(start_paused = true)]
async fn a_flood_of_pings_holds_no_output_up() {
    let table = seated().await;
    let (mut out, mut back) = table.client.0.split();
    let flood = tokio::spawn(async move {
        loop {
            if out.send(Message::text(r#"{"type":"ping","t":1}"#)).await.is_err() {
                return;
            }
        }
    });
    table.output.write(b"echo").unwrap();
    let mut pongs = 0;
    let echo = async {
        while let Some(Ok(message)) = back.next().await {
            match message {
                Message::Binary(_) => return true,
                _ => pongs += 1,
            }
            if pongs > 1000 {
                return false;
            }
        }
        false
    };
    assert!(echo.await, "{pongs} pongs and no output");
    flood.abort();
}

#[tokio::test(start_paused = true)]
async fn pings_go_out_every_20_s_and_a_peer_that_answers_none_is_gone_after_45() {
    let mut table = seated().await;
    let began = Instant::now();
    let next = timeout(Duration::from_secs(30), table.client.0.next()).await.unwrap().unwrap().unwrap();
    assert!(next.is_ping());
    assert_eq!(began.elapsed().as_secs(), PING.as_secs());
    // Reading again would answer it. Silence from here on:
    assert!(!table.is_done_within(GONE - PING - Duration::from_secs(1)).await);
    assert!(table.is_done_within(Duration::from_secs(1) + GOODBYE + Duration::from_millis(100)).await);
}

#[tokio::test(start_paused = true)]
async fn a_browser_that_answers_pings_stays_for_hours() {
    let mut table = seated().await;
    assert_eq!(table.client.got_within(Duration::from_secs(3 * 3600)).await, None);
    table.output.write(b"still here").unwrap();
    assert_eq!(table.client.got().await, Got::Bytes(b"still here".to_vec()));
}

#[tokio::test(start_paused = true)]
async fn a_browser_that_says_goodbye_gets_its_answer() {
    let mut table = seated().await;
    table.client.0.close(None).await.unwrap();
    let mut answered = false;
    while let Some(Ok(message)) = table.client.0.next().await {
        answered |= message.is_close();
    }
    assert!(answered);
    assert!(matches!(table.inbox.recv().await, Some(Asked::Left(AttachmentId(1)))));
}

#[tokio::test(start_paused = true)]
async fn input_is_accepted_as_far_as_the_terminal_took_it() {
    let mut table = seated().await;
    table.client.types(b"echo hello").await;
    table.client.says(json!({"type": "stdin", "data": "\u{e9}\r"})).await;
    while table.feed.received() < 13 {
        tokio::task::yield_now().await;
    }
    table.feed.pour(|b| Ok(b.len().min(4))).unwrap();
    assert_eq!(table.client.got().await, Got::Frame(json!({"type": "accepted", "bytes": 4})));
    table.feed.pour(|b| Ok(b.len())).unwrap();
    assert_eq!(table.client.got().await, Got::Frame(json!({"type": "accepted", "bytes": 13})));
}

#[tokio::test(start_paused = true)]
async fn what_the_terminal_took_last_is_said_before_the_connection_closes() {
    let mut table = seated().await;
    table.client.types(b"echo hello").await;
    while table.feed.received() < 10 {
        tokio::task::yield_now().await;
    }
    table.feed.pour(|b| Ok(b.len())).unwrap();
    table.seat.take().unwrap().close(Close::Restarting);
    assert_eq!(table.client.got().await, Got::Frame(json!({"type": "accepted", "bytes": 10})));
}

#[tokio::test(start_paused = true)]
async fn more_messages_than_a_stalled_socket_may_have_waiting_close_it() {
    let mut table = seated().await;
    table.output.write(&[b'x'; CAPACITY as usize]).unwrap();
    tokio::time::sleep(Duration::from_millis(10)).await;
    let mut told = 0;
    while table.seat().tell(Told::Frame(ToClient::Notice(Notice::Idle { seconds: 1 }))) {
        told += 1;
        assert!(told < 1000, "the queue has no bound");
    }
    assert!(table.is_done_within(LAST_WORDS + GOODBYE + Duration::from_millis(10)).await);
}

/// Over TCP, where a socket that is closed over unread bytes answers with a reset: on some systems it takes the close frame
/// out of the peer's hands. So the rest is taken.
#[tokio::test]
async fn what_a_client_is_still_sending_is_taken_so_that_the_close_code_reaches_it() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let theirs = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    let (ours, _) = listener.accept().await.unwrap();
    let dir = tempfile::tempdir().unwrap();
    let (roster, id) = (Roster::for_test(dir.path()), SessionId::random());
    let served = tokio::spawn(serve(ours, roster, id, stranger(), "127.0.0.1".into()));
    let (mut out, mut back) = Client::on(theirs).await.0.split();
    let (whole, took_all) = tokio::sync::oneshot::channel();
    let sends = tokio::spawn(async move {
        let _ = whole.send(out.send(Message::binary(vec![0; 4 << 20])).await);
    });
    tokio::time::sleep(Duration::from_millis(50)).await; // what was sent waits in the kernel
    let mut code = None;
    while let Some(Ok(message)) = back.next().await {
        if let Message::Close(Some(frame)) = message {
            code = Some(u16::from(frame.code));
        }
    }
    assert_eq!(code, Some(4401));
    sends.await.unwrap();
    took_all.await.unwrap().unwrap();
    drop(back);
    served.await.unwrap();
}

// ---- before the seat ----

#[test]
fn every_reason_to_close_has_a_code_of_its_own() {
    let all = [
        Close::Ended,
        Close::Restarting,
        Close::Protocol,
        Close::TooBig,
        Close::NotLoggedIn,
        Close::NotYours,
        Close::NoSuchSession,
        Close::TakenOver,
        Close::TooMany,
    ];
    assert_eq!(all.iter().map(|c| c.code()).collect::<HashSet<_>>().len(), all.len());
}
