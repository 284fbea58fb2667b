//! Servers that are no directory, played on loopback: the page says one honest sentence, the journal the reason, and the
//! daemon's memory and time stay bounded.

use std::{
    future::Future,
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

use super::rig::{PASSWORD, reason, start};
use crate::{browser::Browser, machine::Machine, service::Service};

/// `login_timeout` of these tests, and what a busy machine may add.
const LOGIN_TIMEOUT: Duration = Duration::from_secs(3);
const ANSWERED_WITHIN: Duration = Duration::from_secs(3 + 7);
/// The most memory that the daemon may ever have had, in KiB. It has some 15 MB; what is sent below is more than this.
const MOST_MEMORY: u64 = 96 * 1024;

/// A played server. Dropped: it is gone.
struct Played(u16, JoinHandle<()>);

impl Drop for Played {
    fn drop(&mut self) {
        self.1.abort();
    }
}

async fn played<F: Future<Output = ()> + Send + 'static>(serve: fn(TcpStream) -> F) -> Played {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = listener.local_addr().expect("it is bound").port();
    let task = tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            tokio::spawn(serve(connection));
        }
    });
    Played(port, task)
}

fn directory_at(port: u16, more: &str) -> Service {
    start(
        "\"ldap\"",
        &format!(
            "urls = [\"ldap://127.0.0.1:{port}\"]\nbind_dn = \"cn=coracle,dc=example,dc=org\"\n\
             bind_password_file = \"ldap-password\"\nuser_base = \"dc=example,dc=org\"\n\
             login_timeout = \"{}s\"\n{more}",
            LOGIN_TIMEOUT.as_secs()
        ),
    )
}

/// One login: what the page says, how long it took. The reason in the journal is returned.
async fn is_told(service: &Service) -> String {
    let began = Instant::now();
    let answer = Browser::new().login("mira", PASSWORD).await;
    // Not the person's fault, so never 429, however often this is called.
    assert_eq!(answer.status, 503, "{answer:?}");
    assert!(began.elapsed() < ANSWERED_WITHIN, "{:?}", began.elapsed());
    assert!(answer.body.contains("directory"), "{answer:?}");
    assert!(!answer.body.contains("127.0.0.1"), "what is wrong is not the stranger's: {answer:?}");
    let why = reason(service.machine, &answer);
    assert!(why.contains("127.0.0.1"), "the journal names the server: {why}");
    let most = most_memory(service);
    assert!(most < MOST_MEMORY, "the daemon had {most} KiB");
    why
}

/// The most memory that the daemon ever had, in KiB.
fn most_memory(service: &Service) -> u64 {
    let pid = service.daemon().expect("it runs");
    let status = service.machine.root(&["cat", &format!("/proc/{pid}/status")]).out;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("the kernel says so");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}

#[tokio::test]
async fn of_a_directory_that_says_nothing_people_are_told_in_time() {
    let silent = played(|mut connection| async move {
        let mut sink = [0; 1024];
        while connection.read(&mut sink).await.is_ok_and(|n| n > 0) {}
    });
    let silent = silent.await;
    let service = directory_at(silent.0, "start_tls = false\noperation_timeout = \"1s\"\n");
    let why = is_told(&service).await;
    assert!(why.contains("within") || why.contains("time"), "{why}");
}

#[tokio::test]
async fn of_a_directory_that_sends_without_end_people_are_told_and_memory_stays_bounded() {
    // A bind response of 2 GiB, as much of it as is taken.
    let endless = played(|mut connection| async move {
        let mut request = [0; 1024];
        let _ = connection.read(&mut request).await;
        let head = [0x30, 0x84, 0x7f, 0xff, 0xff, 0xff, 0x02, 0x01, 0x01, 0x61, 0x84, 0x7f, 0xff, 0xff, 0xf6, 0x04];
        let chunk = vec![0x41; 1 << 20];
        let mut ok = connection.write_all(&head).await.is_ok();
        while ok {
            ok = connection.write_all(&chunk).await.is_ok();
        }
    });
    let endless = endless.await;
    let service = directory_at(endless.0, "start_tls = false\n");
    is_told(&service).await;
}

/// What is sent to a bind with this message id.
type Answer = fn(u8) -> Vec<u8>;
/// Each of them is wrong in a way of its own.
const WRONG: [(&str, Answer); 8] = [
    ("it hangs up", |_| Vec::new()),
    ("another protocol", |_| b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec()),
    ("an empty message", |_| vec![0x30, 0x00]),
    ("another message's id", |id| bind_answer(id.wrapping_add(7), 0, b"")),
    ("an operation that nobody asked for", |id| vec![0x30, 0x05, 0x02, 0x01, id, 0x6d, 0x00]),
    ("a text that is none", |id| bind_answer(id, 0, &[0xff, 0xfe, 0xc3])),
    ("messages in messages, 12,000 deep", |_| [[0x30, 0x84, 0x00, 0x00, 0xff, 0xff]; 12_000].concat()),
    ("another server's name", |id| bind_answer(id, 10, b"ask ldap://192.0.2.1")),
];

/// A bind response with this result code and text.
fn bind_answer(id: u8, code: u8, text: &[u8]) -> Vec<u8> {
    let length = text.len() as u8; // short
    let head = [0x30, 12 + length, 0x02, 0x01, id, 0x61, 7 + length, 0x0a, 0x01, code, 0x04, 0x00, 0x04, length];
    [&head[..], text].concat()
}

#[tokio::test]
async fn of_a_directory_that_answers_wrongly_people_are_told_and_the_next_login_is_served() {
    static NOW: AtomicUsize = AtomicUsize::new(0);
    let wrong = played(|mut connection| async move {
        let mut request = [0; 1024];
        while connection.read(&mut request).await.is_ok_and(|n| n > 0) {
            let answer = WRONG[NOW.load(Relaxed)].1(request[4]);
            if answer.is_empty() || connection.write_all(&answer).await.is_err() {
                break;
            }
        }
    });
    let wrong = wrong.await;
    let service = directory_at(wrong.0, "start_tls = false\noperation_timeout = \"1s\"\n");
    let mut daemons = Vec::new();
    for (n, (what, _)) in WRONG.iter().enumerate() {
        NOW.store(n, Relaxed);
        println!("{what}: {}", is_told(&service).await);
        daemons.push(service.daemon());
    }
    daemons.dedup();
    assert_eq!(daemons.len(), 1, "none of it ended the daemon: {daemons:?}");
}

#[tokio::test]
async fn where_starttls_is_taken_out_on_the_way_no_password_is_sent_in_the_clear() {
    // As a man in the middle does it: StartTLS is not known here, everything else would be welcome.
    static SEEN: std::sync::Mutex<Vec<u8>> = std::sync::Mutex::new(Vec::new());
    let stripping = played(|mut connection| async move {
        let mut request = [0; 1024];
        while let Ok(n @ 1..) = connection.read(&mut request).await {
            SEEN.lock().expect("nobody panics with it").extend(&request[..n]);
            let id = request[4];
            // protocolError in an extended response
            let answer = [0x30, 0x0c, 0x02, 0x01, id, 0x78, 0x07, 0x0a, 0x01, 0x02, 0x04, 0x00, 0x04, 0x00];
            if connection.write_all(&answer).await.is_err() {
                break;
            }
        }
    });
    let stripping = stripping.await;
    let service = directory_at(stripping.0, "");
    let why = is_told(&service).await;
    assert!(why.contains("StartTLS"), "{why}");
    let seen = SEEN.lock().expect("nobody panics with it").clone();
    let has = |what: &str| seen.windows(what.len()).any(|w| w == what.as_bytes());
    assert!(has("1.3.6.1.4.1.1466.20037"), "it was asked for");
    assert!(!has(PASSWORD) && !has("Service.Door-3") && !has("mira"), "{}", String::from_utf8_lossy(&seen));
}

#[tokio::test]
async fn no_password_and_no_secret_is_ever_in_the_journal() {
    let silent = played(|connection| async move { drop(connection) });
    let silent = silent.await;
    let service = directory_at(silent.0, "start_tls = false\n");
    is_told(&service).await;
    let machine: &Machine = service.machine;
    let said = machine.root(&["journalctl", "--no-pager", "--all", "--output=json", "_UID=1000"]).out;
    assert!(said.contains("login-refused"));
    assert!(!said.contains(PASSWORD) && !said.contains("Service.Door-3"));
}
