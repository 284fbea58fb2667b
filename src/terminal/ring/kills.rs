//! A reader that is really killed, 200 times while output pours in, and one that is not.

use std::{
    env,
    io::{BufRead, BufReader},
    os::fd::{AsFd, OwnedFd},
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use rustix::{
    event::{PollFd, PollFlags, poll},
    net::{AddressFamily, SendFlags, SocketFlags, SocketType, send, socketpair},
};

use super::*;
use crate::sys;

const KILLS: usize = 200;
/// Tells this very program, started again, which ring it is to read into until it is killed.
const RING: &str = "CORACLE_TEST_RING";
/// What it prints once it reads.
const READS: &str = "it reads";

#[test]
fn a_reader_of_packets_killed_at_any_time_has_lost_and_doubled_nothing() {
    kill_readers("a_reader_of_packets_killed_at_any_time_has_lost_and_doubled_nothing", Framing::Packets);
}

#[test]
fn a_reader_of_a_stream_killed_at_any_time_has_lost_and_doubled_nothing() {
    kill_readers("a_reader_of_a_stream_killed_at_any_time_has_lost_and_doubled_nothing", Framing::Stream);
}

fn kill_readers(test: &str, how: Framing) {
    if let Some(path) = env::var_os(RING) {
        return read_until_killed(Path::new(&path), how);
    }
    let dir = tempfile::tempdir_in("/dev/shm").unwrap();
    let path = dir.path().join("x.ring");
    drop(Ring::create(&path).unwrap());
    let (ours, theirs) = pair(how);
    let enough = Arc::new(AtomicBool::new(false));
    let sender = std::thread::spawn({
        let enough = enough.clone();
        move || send_until(&theirs, how, &enough)
    });

    let mut before = 0;
    for kill in 0..KILLS {
        let mut reader = reader(test, &path, &ours);
        std::thread::sleep(Duration::from_micros(u64::from(u16::from_le_bytes(sys::random()) % 4000)));
        reader.kill().unwrap();
        reader.wait().unwrap();
        let head = check(&path);
        assert!(head >= before, "kill {kill}: {head} bytes, there were {before}");
        before = head;
    }
    let mut last = reader(test, &path, &ours);
    enough.store(true, Ordering::Relaxed);
    let sent = sender.join().unwrap();
    assert!(last.wait().unwrap().success(), "it reads to the end");
    assert_eq!(check(&path), sent);
    assert!(sent > 50 * 8192, "{sent} bytes are hardly a flood");
}

/// Every byte that the ring has is the one that was sent as the so-many-eth; one lost or doubled anywhere before would have
/// moved it.
fn check(path: &Path) -> u64 {
    let ring = Ring::open(path).unwrap();
    let mut bytes = vec![0; CAPACITY as usize];
    let n = ring.read(ring.oldest(), &mut bytes).unwrap();
    let wrong = (ring.oldest()..).zip(&bytes[..n]).find(|(position, byte)| **byte != byte_at(*position));
    assert_eq!(wrong, None, "of {} to {}", ring.oldest(), ring.head());
    ring.head()
}

/// What is sent at a position; looks like nothing else anywhere near.
fn byte_at(position: u64) -> u8 {
    let word = (position / 8 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (word ^ (word >> 29)).to_le_bytes()[(position % 8) as usize]
}

fn pair(how: Framing) -> (OwnedFd, OwnedFd) {
    let kind = match how {
        Framing::Packets => SocketType::SEQPACKET,
        Framing::Stream => SocketType::STREAM,
    };
    socketpair(AddressFamily::UNIX, kind, SocketFlags::CLOEXEC, None).unwrap()
}

/// Pieces of any length up to conmon's; some packets have a type only.
fn send_until(socket: &OwnedFd, how: Framing, enough: &AtomicBool) -> u64 {
    let mut position = 0;
    while !enough.load(Ordering::Relaxed) {
        let n = u64::from(u16::from_le_bytes(sys::random())) % 8193;
        let mut piece: Vec<u8> = if how == Framing::Packets { vec![2] } else { vec![] };
        piece.extend((position..position + n).map(byte_at));
        let mut rest = piece.as_slice();
        while !rest.is_empty() {
            rest = &rest[send(socket, rest, SendFlags::NOSIGNAL).unwrap()..];
        }
        position += n;
    }
    position
}

/// This program once more, with the socket as its standard input; it reads already.
fn reader(test: &str, path: &Path, socket: &OwnedFd) -> Child {
    let mut child = Command::new(env::current_exe().unwrap())
        .args([format!("{}::{test}", module_path!().split_once("::").unwrap().1).as_str(), "--exact", "--nocapture"])
        .env(RING, path)
        .stdin(Stdio::from(socket.try_clone().unwrap()))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(child.stdout.as_mut().unwrap()).lines();
    assert!(said.any(|line| line.unwrap().contains(READS)), "the program started again runs the same test");
    child
}

fn read_until_killed(path: &Path, how: Framing) {
    let mut ring = Ring::open(path).unwrap();
    let stdin = std::io::stdin();
    println!("{READS}");
    loop {
        match ring.receive(stdin.as_fd(), how, 16 * 1024) {
            Ok(Received::Bytes(_)) => {}
            Ok(Received::End) => return,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                poll(&mut [PollFd::new(&stdin, PollFlags::IN)], None).unwrap();
            }
            Err(error) => panic!("{error}"),
        }
    }
}

#[test]
fn what_was_sent_before_the_other_side_closed_is_read_though_it_left_something_unread() {
    for how in [Framing::Packets, Framing::Stream] {
        let dir = tempfile::tempdir().unwrap();
        let mut ring = Ring::create(&dir.path().join("x.ring")).unwrap();
        let (ours, theirs) = pair(how);
        send(&ours, b"typed, and nobody reads it", SendFlags::NOSIGNAL).unwrap();
        send(&theirs, if how == Framing::Packets { b"\x02last words" } else { b"last words" }, SendFlags::NOSIGNAL)
            .unwrap();
        drop(theirs); // this side is told of a reset
        assert_eq!(ring.receive(ours.as_fd(), how, 100).unwrap(), Received::Bytes(10), "{how:?}");
        assert_eq!(ring.receive(ours.as_fd(), how, 100).unwrap(), Received::End, "{how:?}");
        let mut buf = [0; 64];
        assert_eq!(ring.read(0, &mut buf), Ok(10));
        assert_eq!(&buf[..10], b"last words");
    }
}

#[test]
fn a_packet_without_output_is_no_end_and_one_too_long_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    let mut ring = Ring::create(&dir.path().join("x.ring")).unwrap();
    let (ours, theirs) = pair(Framing::Packets);
    let mut receive = || ring.receive(ours.as_fd(), Framing::Packets, 1);
    assert_eq!(receive().unwrap_err().kind(), io::ErrorKind::WouldBlock);
    send(&theirs, b"\x02", SendFlags::NOSIGNAL).unwrap();
    assert_eq!(receive().unwrap(), Received::Bytes(0));
    send(&theirs, &[2; 40_000], SendFlags::NOSIGNAL).unwrap();
    assert_eq!(receive().unwrap_err().kind(), io::ErrorKind::InvalidData);
    send(&theirs, b"\x02x", SendFlags::NOSIGNAL).unwrap();
    assert_eq!(receive().unwrap(), Received::Bytes(1));
}
