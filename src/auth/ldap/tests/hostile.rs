//! Each of these has stopped, flooded or hung a process that trusted its directory.

use std::io;

use super::*;
use crate::auth::ldap::played::{Peer, entry, message, nested, result, tlv, with_control};

/// Something that is not an answer, as a server's script.
type Script = Box<dyn FnOnce(&mut Peer<'_>) -> io::Result<()> + Send>;

/// Says `bytes` to the first request and waits until we have hung up.
fn saying(with: impl Fn(u32) -> Vec<u8> + Send + 'static) -> Script {
    Box::new(move |peer| {
        peer.answer(with)?;
        peer.wait_for_the_end()
    })
}

/// The reason for which an operation ended, long before its time was over, with nothing left of it.
async fn broken<T>(server: Played, operation: impl Future<Output = Result<T, WireError>>) -> String {
    let began = Instant::now();
    let why = match operation.await {
        Err(WireError::Broken { why, .. }) => why,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it was taken for an answer"),
    };
    assert!(began.elapsed() < AT_ONCE, "it took {:?}", began.elapsed());
    nothing_left().await;
    // A reset is as good as an end: bytes of its own were on the way.
    if let Err(e) = server.ended() {
        assert!(matches!(e.kind(), io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe), "{e}");
    }
    why
}

async fn broken_bind(script: Script) -> String {
    let server = Played::plain(script);
    let url = server.url();
    let mut settings = settings(vec![url]);
    settings.operation_timeout = PATIENT;
    let connection = Servers::new(&settings).unwrap().open().await.unwrap();
    broken(server, async move { connection.bind(BOB, &password()).await }).await
}

async fn broken_search(script: Script) -> String {
    let server = Played::plain(script);
    let connection = open(&server, PATIENT).await;
    broken(server, async move { connection.search(search("(uid=bob)")).await }).await
}

/// Whether an operation that is never answered ends when its time is over, and everything with it.
async fn late<T>(server: Played, limit: Duration, operation: impl Future<Output = Result<T, WireError>>) {
    let began = Instant::now();
    match operation.await {
        Err(WireError::TimedOut { limit: told, .. }) => assert_eq!(told, limit),
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it was taken for an answer"),
    }
    let took = began.elapsed();
    assert!(took >= limit && took < limit + AT_ONCE, "it took {took:?}");
    nothing_left().await;
    if let Err(e) = server.ended() {
        assert!(matches!(e.kind(), io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe), "{e}");
    }
}

const SHORT: Duration = Duration::from_secs(1);

#[tokio::test]
async fn a_server_that_hangs_up_is_told_apart_from_one_that_refuses() {
    assert_eq!(
        broken_bind(Box::new(|peer| peer.request().map(drop).ok_or(io::ErrorKind::Other.into()))).await,
        "it hung up"
    );
    // In the middle of an answer, and after an entry.
    let half = |peer: &mut Peer<'_>| peer.answer(|id| entry(id, BOB, &[])[..10].to_vec());
    assert_eq!(broken_search(Box::new(half)).await, "it hung up");
    let whole = |peer: &mut Peer<'_>| peer.answer(|id| entry(id, BOB, &[]));
    assert_eq!(broken_search(Box::new(whole)).await, "it hung up");
}

#[tokio::test]
async fn a_server_that_hangs_up_before_a_request_is_no_good() {
    let server = Played::tcp(|socket| socket.shutdown(std::net::Shutdown::Both));
    let connection = open(&server, PATIENT).await;
    assert_eq!(broken(server, async move { connection.bind(BOB, &password()).await }).await, "it hung up");
}

#[tokio::test]
async fn a_server_that_speaks_unasked_is_hung_up_on() {
    let server = Played::plain(|peer| {
        peer.say(&result(1, 0x61, 0, "everybody may come in"))?;
        peer.wait_for_the_end()
    });
    let connection = open(&server, PATIENT).await;
    // The relay ends by itself; the bind then finds nobody.
    let began = Instant::now();
    while Handle::current().metrics().num_alive_tasks() > 0 {
        assert!(began.elapsed() < AT_ONCE);
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert_eq!(
        broken(server, async move { connection.bind(BOB, &password()).await }).await,
        "it spoke without being asked"
    );
}

#[tokio::test]
async fn a_silent_server_costs_one_time_out() {
    let server = Played::plain(|peer| peer.wait_for_the_end());
    let connection = open(&server, SHORT).await;
    late(server, SHORT, async move { connection.bind(BOB, &password()).await }).await;
}

#[tokio::test]
async fn a_connection_that_stands_but_carries_nothing_any_more_costs_one_time_out() {
    let server = Played::plain(|peer| {
        peer.answer(|id| result(id, 0x61, 0, ""))?;
        peer.wait_for_the_end()
    });
    let connection = open(&server, SHORT).await;
    let (_, connection) = connection.bind(BOB, &password()).await.unwrap();
    late(server, SHORT, async move { connection.unwrap().search(search("(uid=bob)")).await }).await;
}

#[tokio::test]
async fn answers_that_drip_do_not_stretch_the_time_of_an_operation() {
    // Bytes of one answer, then whole entries: each comes well within the limit.
    let drop_by_drop = |pieces: fn(u32) -> Vec<Vec<u8>>| -> Script {
        Box::new(move |peer| {
            let (id, ..) = peer.request().unwrap();
            for piece in pieces(id) {
                peer.say(&piece)?;
                std::thread::sleep(SHORT / 4); // the drip itself
            }
            Ok(())
        })
    };
    let server = Played::plain(drop_by_drop(|id| result(id, 0x61, 0, "").chunks(1).map(<[u8]>::to_vec).collect()));
    let connection = open(&server, SHORT).await;
    late(server, SHORT, async move { connection.bind(BOB, &password()).await }).await;

    let server = Played::plain(drop_by_drop(|id| vec![entry(id, BOB, &[]); 20]));
    let connection = open(&server, SHORT).await;
    let mut all = search("(uid=*)");
    all.limit = NonZeroU16::MAX;
    late(server, SHORT, async move { connection.search(all).await }).await;
}

#[tokio::test]
async fn what_was_not_asked_for_is_refused() {
    let other = "it answered another request (id 9) than the one made";
    assert_eq!(broken_bind(saying(|_| result(9, 0x61, 0, ""))).await, other);
    assert_eq!(broken_search(saying(|_| result(9, 0x65, 0, ""))).await, other);
    // An operation that ldap3 knows, and panics on while it searches; one that it does not; a search's in a bind.
    let unasked = |operation: u8| format!("it sent what was not asked for (operation {operation:#04x})");
    assert_eq!(broken_search(saying(|id| result(id, 0x6d, 0, ""))).await, unasked(0x6d));
    assert_eq!(broken_bind(saying(|id| result(id, 0x7f - 1, 0, ""))).await, unasked(0x7e));
    assert_eq!(broken_bind(saying(|id| result(id, 0x65, 0, ""))).await, unasked(0x65));
    assert_eq!(broken_search(saying(|id| result(id, 0x61, 0, ""))).await, unasked(0x61));
}

#[tokio::test]
async fn what_is_not_ldap_is_refused() {
    assert_eq!(broken_bind(saying(|_| vec![0x30, 0])).await, "what came is not an LDAP message");
    assert_eq!(
        broken_bind(saying(|_| b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec())).await,
        "what came is not an LDAP message"
    );
    assert_eq!(
        broken_bind(saying(|_| vec![0x15, 3, 1, 0, 2, 2, 80])).await,
        "what came is TLS: this port wants ldaps://"
    );
}

#[tokio::test]
async fn bytes_that_are_not_text_where_text_belongs_are_refused() {
    const NOT_TEXT: &str = "its answer has text that is not UTF-8";
    assert_eq!(broken_bind(saying(|id| result(id, 0x61, 49, b"\xff\xfe"))).await, NOT_TEXT);
    assert_eq!(broken_search(saying(|id| result(id, 0x65, 0, b"\xff\xfe"))).await, NOT_TEXT);
    assert_eq!(broken_search(saying(|id| entry(id, b"\xff\xfe", &[]))).await, NOT_TEXT);
    let name = |id| {
        message(
            id,
            &tlv(0x64, [tlv(0x04, BOB), tlv(0x30, tlv(0x30, [tlv(0x04, b"\xff"), tlv(0x31, "")].concat()))].concat()),
        )
    };
    assert_eq!(broken_search(saying(name)).await, NOT_TEXT);
    assert_eq!(broken_search(saying(|id| message(id, &tlv(0x73, tlv(0x04, b"\xff"))))).await, NOT_TEXT);
}

#[tokio::test]
async fn nesting_ends_at_the_guard() {
    for levels in [13, 8_000] {
        let deep = move |id| message(id, &tlv(0x64, nested(levels)));
        assert_eq!(broken_search(saying(deep)).await, "its answer is nested more than 12 levels deep");
        assert_eq!(broken_bind(saying(deep)).await, "its answer is nested more than 12 levels deep");
    }
    // 1.2 MB of headers: too long to be looked into.
    let long = "its answer is longer than 1048576 bytes";
    assert_eq!(broken_search(saying(|id| message(id, &tlv(0x64, nested(200_000))))).await, long);
    assert_eq!(broken_bind(saying(|_| nested(200_000))).await, long);
    assert_eq!(broken_bind(saying(|_| nested(100_000))).await, "its answer is nested more than 12 levels deep");
}

#[tokio::test]
async fn a_policy_that_cannot_be_read_is_no_permission() {
    use crate::auth::ldap::policy::PASSWORD_POLICY;
    assert_eq!(
        broken_bind(saying(|id| with_control(&result(id, 0x61, 0, ""), PASSWORD_POLICY, &[0x30, 3, 0x81]))).await,
        "what it says of the password policy is malformed"
    );
}

#[tokio::test]
async fn a_goodbye_is_told_with_its_code() {
    let notice = |_| {
        let name = tlv(0x8a, "1.3.6.1.4.1.1466.20036");
        message(0, &tlv(0x78, [tlv(0x0a, [52]), tlv(0x04, ""), tlv(0x04, "going down"), name].concat()))
    };
    assert_eq!(broken_bind(saying(notice)).await, "it says goodbye (code 52)");
    // Active Directory's has the name outside.
    let misplaced = |_| {
        message(0, &[tlv(0x78, [tlv(0x0a, [8]), tlv(0x04, ""), tlv(0x04, "")].concat()), tlv(0x8a, "1.3")].concat())
    };
    assert_eq!(broken_search(saying(misplaced)).await, "it says goodbye (code 8)");
}

/// As many bytes as the other side takes.
fn flood(peer: &mut Peer<'_>, piece: &[u8], times: usize) -> (u64, io::Result<()>) {
    let mut sent = 0;
    for _ in 0..times {
        match peer.0.write(piece) {
            Ok(n) => sent += n as u64,
            Err(e) => return (sent, Err(e)),
        }
    }
    (sent, peer.wait_for_the_end())
}

/// Most bytes that can be on the way when we hang up: what was read, and both sockets' buffers.
const ON_THE_WAY: u64 = 16 << 20;

#[tokio::test]
async fn a_long_answer_is_refused_when_it_is_announced() {
    let announced = |_| vec![0x30, 0x84, 0x7f, 0xff, 0xff, 0xff, 2, 1, 1];
    assert_eq!(broken_bind(saying(announced)).await, "its answer is longer than 1048576 bytes");
    let endless = |_| vec![0x30, 0x80, 2, 1, 1];
    assert_eq!(broken_bind(saying(endless)).await, "what came is not an LDAP message");
    // And not one byte of 1 GiB that follows is kept.
    let (told, heard) = std::sync::mpsc::channel();
    let script: Script = Box::new(move |peer| {
        peer.answer(|_| vec![0x30, 0x84, 0x7f, 0xff, 0xff, 0xff])?;
        let (sent, end) = flood(peer, &[0; 1 << 16], 1 << 14);
        told.send(sent).unwrap();
        end
    });
    assert_eq!(broken_search(script).await, "its answer is longer than 1048576 bytes");
    assert!(heard.recv().unwrap() < ON_THE_WAY);
}

#[tokio::test]
async fn more_entries_than_were_asked_for_are_not_read() {
    let (told, heard) = std::sync::mpsc::channel();
    let script: Script = Box::new(move |peer| {
        let (id, ..) = peer.request().unwrap();
        let (sent, end) = flood(peer, &entry(id, BOB, &[]).repeat(1000), 600);
        told.send(sent).unwrap();
        end
    });
    assert_eq!(broken_search(script).await, "it sent more than the 2 entries that were asked for");
    assert!(heard.recv().unwrap() < ON_THE_WAY);

    let references = |id| message(id, &tlv(0x73, tlv(0x04, "ldap://a/"))).repeat(101);
    assert_eq!(broken_search(saying(references)).await, "it sent more than 100 references to other servers");
}

#[tokio::test]
async fn a_connection_takes_so_many_bytes_and_parts_and_no_more() {
    async fn broken_flood(one: fn(u32) -> Vec<u8>) -> String {
        let server = Played::plain(move |peer| {
            let (id, ..) = peer.request().unwrap();
            let (sent, end) = flood(peer, &one(id), 600_000);
            assert!(sent < ON_THE_WAY, "{sent}");
            end
        });
        let connection = open(&server, PATIENT).await;
        let mut all = search("(uid=*)");
        all.limit = NonZeroU16::MAX;
        broken(server, async move { connection.search(all).await }).await
    }
    let long = |id| entry(id, BOB, &[("jpegPhoto", &[&[0xff; 100_000]])]);
    assert!(broken_flood(long).await.starts_with("its answers are longer than 4194304 bytes together"));
    let short = |id| entry(id, BOB, &[("uid", &[b"bob"])]);
    assert!(broken_flood(short).await.starts_with("its answers have more than 65536 parts"));
    // One message with as many parts as fit: each would be 40 bytes and more in ldap3.
    let dense = |id| entry(id, BOB, &[("uid", &vec![&b""[..]; 500_000])]);
    assert!(broken_flood(dense).await.starts_with("its answers have more than 65536 parts"));
}

#[tokio::test]
async fn two_entries_where_one_was_meant_are_both_told() {
    let server = Played::plain(|peer| {
        peer.answer(|id| [entry(id, BOB, &[]), entry(id, "uid=bob,ou=nest", &[]), result(id, 0x65, 0, "")].concat())
    });
    let (found, _) = finds(&server).await.unwrap();
    assert_eq!(found.entries.iter().map(|e| e.dn.as_str()).collect::<Vec<_>>(), [BOB, "uid=bob,ou=nest"]);
    server.ended().unwrap();
}
