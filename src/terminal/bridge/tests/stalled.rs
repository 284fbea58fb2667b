//! Clients that read nothing, or answer nothing: what they may still do, and when they are gone.

use super::*;
use crate::terminal::{protocol::Notice, ring::CAPACITY};

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
