//! What one peer, or all together, may take: bytes, lines, seconds, connections.

use std::io::Write;
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use crate::daemon::{Bed, SOON, can_run};
use crate::wire::{connect, get, read_all, read_one, status, talk};

#[test]
fn a_head_may_have_64_lines_and_32_kib_and_no_more() {
    if !can_run() {
        return;
    }
    let bed = Bed::new("");
    let _daemon = bed.start();
    let address = bed.address();
    let with_lines = |n: usize| {
        let lines: String = (0..n - 2).map(|i| format!("X-{i}: y\r\n")).collect(); // Host and Connection are two
        status(&get(address, "/login", &lines))
    };
    assert_eq!(with_lines(64), 200);
    assert_eq!(with_lines(65), 431);
    let with_bytes = |n: usize| status(&get(address, "/login", &format!("X: {}\r\n", "y".repeat(n))));
    assert_eq!(with_bytes(30 * 1024), 200);
    assert_eq!(with_bytes(33 * 1024), 431);
    let long = format!("GET /{} HTTP/1.1\r\nHost: {address}\r\n\r\n", "x".repeat(70 * 1024));
    assert!(matches!(status(&talk(address, &long)), 414 | 431));
}

/// The head of a login whose body has so many bytes.
fn announce(stream: &mut TcpStream, address: SocketAddr, length: usize) {
    let head = format!(
        "POST /login HTTP/1.1\r\nHost: {address}\r\nOrigin: http://{address}\r\nContent-Length: {length}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
}

#[test]
fn a_body_past_16_kib_is_refused_before_it_is_read() {
    if !can_run() {
        return;
    }
    let bed = Bed::new("");
    let _daemon = bed.start();
    let address = bed.address();
    let mut stream = connect(address);
    announce(&mut stream, address, 1_000_000_000);
    let answer = read_all(&mut stream); // comes although no body was sent, and then the connection ends
    assert_eq!(status(&answer), 413, "{answer}");
}

#[test]
fn who_still_sends_a_body_past_16_kib_hears_the_refusal() {
    if !can_run() {
        return;
    }
    let bed = Bed::new("");
    let _daemon = bed.start();
    let address = bed.address();
    let mut stream = connect(address);
    announce(&mut stream, address, 40_000);
    for _ in 0..2 {
        std::thread::sleep(Duration::from_millis(200)); // the daemon's chance to be rash
        stream.write_all(&[b'x'; 20_000]).expect("the connection is there while its body is not whole");
    }
    let answer = read_all(&mut stream);
    assert_eq!(status(&answer), 413, "{answer}");
}

#[test]
fn heads_bodies_and_idle_connections_that_take_too_long_are_cut_off() {
    if !can_run() {
        return;
    }
    let bed = Bed::new("");
    let _daemon = bed.start();
    let address = bed.address();
    let begun = Instant::now();
    let mut silent = connect(address);
    let mut slow_head = connect(address);
    slow_head.write_all(b"GET /login HTTP/1.1\r\nHo").unwrap();
    let mut slow_body = connect(address);
    let head = format!(
        "POST /login HTTP/1.1\r\nHost: {address}\r\nOrigin: http://{address}\r\nContent-Length: 10\r\n\
         Content-Type: application/x-www-form-urlencoded\r\n\r\nuser"
    );
    slow_body.write_all(head.as_bytes()).unwrap();
    let mut kept_alive = connect(address);
    kept_alive.write_all(format!("GET /login HTTP/1.1\r\nHost: {address}\r\n\r\n").as_bytes()).unwrap();
    assert_eq!(status(&read_one(&mut kept_alive)), 200);
    // A head that comes in drops must not win time with each of them.
    let mut dripping = connect(address);
    let drip = std::thread::spawn(move || {
        let drops = b"GET /login HTTP/1.1\r\nX: ".iter().chain(std::iter::repeat_n(&b'y', 100));
        for drop in drops {
            if dripping.write_all(&[*drop]).is_err() {
                break;
            }
            std::thread::sleep(Duration::from_millis(200)); // the pace of the attack
        }
        begun.elapsed()
    });
    assert_eq!(read_all(&mut silent), "");
    assert_eq!(read_all(&mut slow_head), "");
    assert_eq!(read_all(&mut kept_alive), "");
    let answer = read_all(&mut slow_body);
    assert_eq!(status(&answer), 408, "{answer}");
    let took = begun.elapsed();
    assert!(took > Duration::from_secs(9) && took < Duration::from_secs(30), "{took:?}");
    assert!(drip.join().unwrap() < Duration::from_secs(30));
}

#[test]
fn one_address_has_32_connections_and_the_33rd_is_turned_away_until_one_leaves() {
    if !can_run() {
        return;
    }
    let bed = Bed::new("");
    let daemon = bed.start();
    let address = bed.address();
    let mut held: Vec<_> = (0..32).map(|_| connect(address)).collect();
    for stream in &mut held {
        stream.write_all(format!("GET / HTTP/1.1\r\nHost: {address}\r\n\r\n").as_bytes()).unwrap();
        assert_eq!(status(&read_one(stream)), 303);
    }
    for _ in 0..200 {
        let turned_away = read_all(&mut connect(address));
        assert_eq!(status(&turned_away), 429, "{turned_away}");
    }
    let lines = daemon.log().lines().filter(|l| l.contains("too many connections")).count();
    assert!(lines <= 1, "a stranger fills the journal: {}", daemon.log()); // none where journald has it
    drop(held.pop());
    let until = Instant::now() + SOON;
    while status(&get(address, "/login", "")) != 200 {
        assert!(Instant::now() < until, "the place did not become free");
    }
}
