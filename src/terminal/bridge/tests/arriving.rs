//! Who may come in, by which words, and what strangers are told.

use super::*;

/// A connection for session `id` that was just upgraded.
async fn arriving(roster: &Roster, caller: Caller) -> (Client, JoinHandle<()>) {
    let (ours, theirs) = tokio::io::duplex(PIPE);
    let served = tokio::spawn(serve(ours, roster.clone(), SessionId::random(), caller, "127.0.0.1".into()));
    (Client::on(theirs).await, served)
}

#[tokio::test(start_paused = true)]
async fn without_a_login_nothing_but_4401_comes_whatever_is_said() {
    let dir = tempfile::tempdir().unwrap();
    let roster = Roster::for_test(dir.path());
    let words = [
        Message::text(r#"{"type":"auth","ticket":"guess"}"#),
        Message::text(r#"{"type":"resize","cols":80,"rows":24}"#),
        Message::text("garbage"),
        Message::binary(b"rm -rf /\r".to_vec()),
    ];
    for word in words {
        let (mut client, served) = arriving(&roster, stranger()).await;
        client.0.send(word).await.unwrap();
        assert_eq!(client.closes().await, 4401);
        timeout(Duration::from_secs(3), served).await.unwrap().unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn a_stranger_has_ten_seconds_even_one_that_pings_and_reads_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let roster = Roster::for_test(dir.path());
    let (mut client, served) = arriving(&roster, stranger()).await;
    let flood = tokio::spawn(async move {
        while client.0.send(Message::text(r#"{"type":"ping","t":1}"#)).await.is_ok() {}
        client
    });
    assert!(timeout(HELLO + GOODBYE + Duration::from_millis(100), served).await.is_ok());
    flood.abort();
    let (mut silent, _) = arriving(&roster, stranger()).await;
    let began = Instant::now();
    assert_eq!(silent.got().await, Got::Frame(json!({"type": "ready", "protocol": "coracle.v1"})));
    assert_eq!(silent.got_within(HELLO + Duration::from_millis(100)).await, Some(Got::Closed(4401)));
    assert_eq!(began.elapsed().as_secs(), HELLO.as_secs());
}

#[tokio::test(start_paused = true)]
async fn a_ticket_lets_in_as_a_cookie_does_greets_once_and_is_asked_about_once() {
    let dir = tempfile::tempdir().unwrap();
    let roster = Roster::for_test(dir.path());
    let (_login, visitor) = visitor();
    let place = Arc::new(());
    let (taken, mut good) = (place.clone(), Some(visitor));
    let admit = move |ticket: &str| {
        let _held = &taken;
        assert_eq!(ticket, "good");
        Some(good.take().expect("one try"))
    };
    let (mut client, served) = arriving(&roster, Caller::Stranger(Box::new(admit))).await;
    client.says(json!({"type": "ping", "t": 1.0})).await;
    client.says(json!({"type": "auth", "ticket": "good"})).await;
    assert_eq!(client.got().await, Got::Frame(json!({"type": "ready", "protocol": "coracle.v1"})));
    assert_eq!(client.got().await, Got::Frame(json!({"type": "pong", "t": 1.0})));
    assert_eq!(client.got().await, Got::Frame(json!({"type": "authed", "user": "mira"})));
    assert_eq!(Arc::strong_count(&place), 1, "it has no stranger's place any more");
    assert_eq!(client.closes().await, 4404, "there is no such session");
    timeout(Duration::from_secs(3), served).await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_stranger_keeps_its_place_to_the_end_of_its_connection() {
    let dir = tempfile::tempdir().unwrap();
    let roster = Roster::for_test(dir.path());
    let place = Arc::new(());
    let taken = place.clone();
    let admit = move |_: &str| {
        let _held = &taken;
        None
    };
    let (mut client, served) = arriving(&roster, Caller::Stranger(Box::new(admit))).await;
    client.says(json!({"type": "auth", "ticket": "wrong"})).await;
    assert!(matches!(client.got().await, Got::Frame(ready) if ready["type"] == "ready"));
    assert!(matches!(client.got().await, Got::Frame(error) if error["code"] == 4401));
    assert_eq!(Arc::strong_count(&place), 2);
    assert_eq!(client.closes().await, 4401);
    timeout(Duration::from_secs(3), served).await.unwrap().unwrap();
    assert_eq!(Arc::strong_count(&place), 1);
}

#[tokio::test(start_paused = true)]
async fn a_session_that_is_not_there_is_4404() {
    let dir = tempfile::tempdir().unwrap();
    let roster = Roster::for_test(dir.path());
    let (_login, visitor) = visitor();
    let (mut client, _) = arriving(&roster, Caller::Known(visitor)).await;
    assert_eq!(client.closes().await, 4404);
}

#[tokio::test(start_paused = true)]
async fn a_daemon_that_leaves_says_come_back_and_not_that_the_session_is_gone() {
    let dir = tempfile::tempdir().unwrap();
    let roster = Roster::for_test(dir.path());
    roster.leave(crate::activation::Departure::Stop).await;
    let (_login, visitor) = visitor();
    let (mut client, _) = arriving(&roster, Caller::Known(visitor)).await;
    assert_eq!(client.closes().await, 1012);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    /// Whatever is acknowledged, in whatever steps, never one byte more than the credit is under way, and none is lost.
    #[test]
    fn output_never_exceeds_its_credit_by_one_byte(steps in proptest::collection::vec((1usize..60_000, 0u64..200_000), 5..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let mut table = seated().await;
            let (mut written, mut seen, mut acked) = (0u64, 0u64, 0u64);
            for (write, ack) in steps {
                let bytes: Vec<u8> = (0..write as u64).map(|i| ((written + i) % 251) as u8).collect();
                table.output.write(&bytes).unwrap();
                written += write as u64;
                while let Some(got) = table.client.got_within(Duration::from_millis(5)).await {
                    match got {
                        Got::Bytes(bytes) => seen += bytes.len() as u64,
                        Got::Frame(frame) => assert!(frame["type"] == "snapshot" || frame["type"] == "snapshot_end", "{frame}"),
                        other => panic!("{other:?}"),
                    }
                    assert!(seen <= acked + OUTPUT_CREDIT, "{seen} seen, {acked} acknowledged");
                }
                if seen < acked + OUTPUT_CREDIT {
                    assert!(table.feed.keeps_up(written), "everything was sent that may be");
                }
                acked = (acked + ack).min(seen);
                table.client.says(json!({"type": "ack", "bytes": table.redraw + acked})).await;
            }
        });
    }
}
