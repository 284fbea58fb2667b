use std::{
    io::{Read, Write},
    os::unix::net::UnixStream as StdStream,
};

use rustix::net::{AddressFamily, SocketFlags, socketpair};

use super::*;

fn pair(kind: SocketType) -> (OwnedFd, OwnedFd) {
    socketpair(AddressFamily::UNIX, kind, SocketFlags::CLOEXEC, None).unwrap()
}

fn id() -> SessionId {
    "abcdefghijkl".parse().unwrap()
}

/// A terminal of either way, and its other end.
fn terminal(kind: SocketType) -> (Terminal, StdStream) {
    let (ours, theirs) = pair(kind);
    let terminal = match kind {
        SocketType::SEQPACKET => Terminal::direct(ours, pair(SocketType::STREAM).0).unwrap(),
        _ => Terminal::new(ours, Way::Api, Bytes::new(), None).unwrap(),
    };
    (terminal, theirs.into())
}

/// Everything up to the end.
async fn all(terminal: &Terminal) -> Vec<u8> {
    let (mut seen, mut buf) = (Vec::new(), [0; PACKET]);
    loop {
        terminal.readable().await.unwrap();
        match terminal.try_read(&mut buf) {
            Ok(0) => return seen,
            Ok(n) => seen.extend_from_slice(&buf[..n]),
            Err(e) => assert!([io::ErrorKind::WouldBlock, io::ErrorKind::Interrupted].contains(&e.kind()), "{e}"),
        }
    }
}

#[tokio::test]
async fn bytes_that_came_with_the_answer_are_given_once_and_the_rest_follows() {
    let (ours, theirs) = UnixStream::pair().unwrap();
    let mut terminal = Terminal::streamed(ours, Bytes::from_static(b"early ")).unwrap();
    theirs.try_write(b"late").unwrap();
    drop(theirs);
    assert_eq!((terminal.take_early(), terminal.take_early()), (Bytes::from_static(b"early "), Bytes::new()));
    assert_eq!(all(&terminal).await, b"late");
}

#[tokio::test]
async fn all_packets_that_wait_are_read_without_their_type_byte_whatever_their_length() {
    let (terminal, mut theirs) = terminal(SocketType::SEQPACKET);
    let mut sent = Vec::new();
    for length in [1, 4096, 0, 3, PACKET, 1] {
        let text = vec![b'a' + sent.len() as u8 % 26; length];
        assert_eq!(theirs.write(&[&[2], text.as_slice()].concat()).unwrap(), 1 + length);
        sent.extend(text);
    }
    drop(theirs);
    assert_eq!(all(&terminal).await, sent);
}

#[tokio::test]
async fn more_input_than_a_packet_may_have_goes_in_several() {
    let (terminal, mut theirs) = terminal(SocketType::SEQPACKET);
    let pasted: Vec<u8> = (0..20_000u32).map(|n| n as u8).collect();
    let mut rest = pasted.as_slice();
    while !rest.is_empty() {
        terminal.writable().await.unwrap();
        rest = &rest[terminal.try_write(rest).unwrap()..];
    }
    let (mut typed, mut packet) = (Vec::new(), [0; 32 * 1024]);
    while typed.len() < pasted.len() {
        let n = theirs.read(&mut packet).unwrap();
        assert!(n <= PACKET, "{n}");
        typed.extend_from_slice(&packet[..n]);
    }
    assert_eq!(typed, pasted);
}

/// 5 ms may pass before the other side gets to look; an abrupt close is one each time.
const TRIES: u32 = 50;

/// What the other side sees: `"half-closed"` while the socket still takes output, then `"closed"`.
fn farewell(mut theirs: StdStream) -> (&'static str, &'static str) {
    assert_eq!(theirs.read(&mut [0; 8]).unwrap(), 0);
    let first = if theirs.write_all(b"more output").is_ok() { "half-closed" } else { "closed" };
    let deadline = std::time::Instant::now() + Duration::from_secs(20);
    while std::time::Instant::now() < deadline {
        if theirs.write_all(b"and more").is_err() {
            return (first, "closed");
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    (first, "still open")
}

#[tokio::test(flavor = "multi_thread")]
async fn leaving_and_dropping_both_half_close_and_read_on_before_they_close() {
    for kind in [SocketType::SEQPACKET, SocketType::STREAM] {
        for dropped in [false, true] {
            let mut tries = TRIES;
            loop {
                let (terminal, theirs) = terminal(kind);
                let watcher = tokio::task::spawn_blocking(move || farewell(theirs));
                if dropped {
                    drop(terminal)
                } else {
                    terminal.leave().await
                }
                tries -= 1;
                match watcher.await.unwrap() {
                    ("half-closed", "closed") => break,
                    seen => assert!(tries > 0, "{seen:?}, {kind:?}, dropped: {dropped}"),
                }
            }
        }
    }
}

#[test]
fn a_terminal_dropped_after_its_runtime_still_half_closes_first() {
    let once = || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let (terminal, theirs) = runtime.block_on(async { terminal(SocketType::SEQPACKET) });
        let watcher = std::thread::spawn(move || farewell(theirs));
        drop(runtime);
        drop(terminal);
        watcher.join().unwrap()
    };
    assert!((0..TRIES).any(|_| once() == ("half-closed", "closed")));
}

#[tokio::test]
async fn one_that_systemd_keeps_is_handed_over_open_and_left_for_good_only_by_leaving() {
    for kind in [SocketType::SEQPACKET, SocketType::STREAM] {
        let (stored, theirs) = pair(kind);
        let (restored, mut theirs) =
            (|| Terminal::restored(id(), stored.try_clone().unwrap(), None), StdStream::from(theirs));
        let first = restored().unwrap();
        assert_eq!(first.way(), if kind == SocketType::STREAM { "api" } else { "direct" });
        first.hand_over().await;
        let second = restored().unwrap();
        second.writable().await.unwrap();
        second.try_write(b"typed after it").unwrap();
        let mut typed = [0; 64];
        let n = theirs.read(&mut typed).unwrap();
        assert_eq!(&typed[..n], b"typed after it");
        second.leave().await;
        assert_eq!(theirs.read(&mut typed).unwrap(), 0, "half-closed for every descriptor of it");
    }
}

#[tokio::test]
async fn what_is_no_unix_socket_of_a_terminal_is_refused() {
    let datagram = pair(SocketType::DGRAM).0;
    assert!(Terminal::restored(id(), datagram, None).is_err());
    let file = OwnedFd::from(std::fs::File::open("/dev/null").unwrap());
    assert!(Terminal::restored(id(), file, None).is_err());
}

#[test]
fn a_name_in_the_store_says_whose_terminal_it_is() {
    assert_eq!(Terminal::owner_of(&name_in_store(id())), Some(id()));
    for odd in ["abcdefghijkl", "s-", "s-../../etc", "x-abcdefghijkl", "s-abcdefghijkl-2"] {
        assert_eq!(Terminal::owner_of(odd), None, "{odd}");
    }
}
