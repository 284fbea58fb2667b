use std::{
    net::{SocketAddr, TcpListener, TcpStream},
    os::fd::OwnedFd,
    sync::LazyLock,
};

use rustix::net::{AddressFamily, SocketType, ipproto};

use super::*;
use crate::{
    auth::ldap::{
        Directory, Trouble,
        door::{Attempt, Step, connect},
        played::{Certificates, Peer, result},
    },
    config::{LdapAuth, LdapUrl},
};

fn listening(address: &str) -> (TcpListener, LdapUrl) {
    let listener = TcpListener::bind(address).unwrap();
    let address = listener.local_addr().unwrap();
    (listener, LdapUrl::Ldap(address.ip().to_string(), address.port()))
}

/// A port where nobody listens.
fn closed() -> LdapUrl {
    listening("127.0.0.1:0").1
}

fn port(url: &LdapUrl) -> u16 {
    match url {
        LdapUrl::Ldap(_, port) | LdapUrl::Ldaps(_, port) => *port,
        LdapUrl::Ldapi(_) => 0,
    }
}

async fn opened(servers: &Servers) -> LdapUrl {
    servers.open().await.unwrap().url().clone()
}

/// The one attempt at the one URL of these settings, which fails with nothing left.
async fn failed(settings: &LdapAuth) -> (Attempt, String) {
    let failed = Servers::new(settings).unwrap().open().await;
    nothing_left().await;
    let error = failed.map(drop).unwrap_err();
    let said = error.to_string();
    let WireError::Unreachable(mut attempts) = error else { panic!("{said}") };
    assert_eq!(attempts.len(), 1);
    let attempt = attempts.remove(0);
    assert!(said.contains(&attempt.to_string()), "{said}");
    let why = attempt.failure.clone().unwrap();
    (attempt, why)
}

/// Where every SYN is dropped: a queue of connections that nobody takes.
struct FullBacklog {
    address: SocketAddr,
    _socket: OwnedFd,
    _queued: Vec<TcpStream>,
}

impl FullBacklog {
    fn new() -> FullBacklog {
        let socket = rustix::net::socket(AddressFamily::INET, SocketType::STREAM, Some(ipproto::TCP)).unwrap();
        rustix::net::bind(&socket, &SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
        rustix::net::listen(&socket, 0).unwrap();
        let address = SocketAddr::try_from(rustix::net::getsockname(&socket).unwrap()).unwrap();
        let mut queued = Vec::new();
        while let Ok(one) = TcpStream::connect_timeout(&address, Duration::from_secs(1)) {
            queued.push(one);
        }
        FullBacklog { address, _socket: socket, _queued: queued }
    }
}

#[tokio::test]
async fn the_next_server_is_used_when_one_is_down_and_kept_while_it_is_good() {
    let (dead, (_b, good)) = (closed(), listening("127.0.0.1:0"));
    let servers = Servers::new(&settings(vec![dead.clone(), good.clone()])).unwrap();
    assert_eq!(opened(&servers).await, good);
    // The first one comes back; nobody is sent there while the other is good.
    let _a = TcpListener::bind(("127.0.0.1", port(&dead))).unwrap();
    assert_eq!(opened(&servers).await, good);
}

#[tokio::test]
async fn a_server_that_is_down_is_tried_when_there_is_no_other() {
    let (dead, (b, good)) = (closed(), listening("127.0.0.1:0"));
    let servers = Servers::new(&settings(vec![dead.clone(), good.clone()])).unwrap();
    assert_eq!(opened(&servers).await, good);
    drop(b);
    let WireError::Unreachable(attempts) = servers.open().await.map(drop).unwrap_err() else { panic!() };
    // The one that was good a moment ago first.
    assert_eq!(attempts.iter().map(|a| &a.url).collect::<Vec<_>>(), [&good, &dead]);
    let _a = TcpListener::bind(("127.0.0.1", port(&dead))).unwrap();
    assert_eq!(opened(&servers).await, dead);
}

#[tokio::test]
async fn a_wrong_password_is_no_reason_to_ask_another_server() {
    let server = Played::plain(|peer| peer.answer(|id| result(id, 0x61, 49, "")));
    let (_b, other) = listening("127.0.0.1:0");
    let servers = Servers::new(&settings(vec![server.url(), other])).unwrap();
    let first = server.url();
    let (answer, _) = servers.open().await.unwrap().bind(BOB, &password()).await.unwrap();
    assert_eq!(answer.rc, 49);
    server.ended().unwrap();
    let _a = TcpListener::bind(("127.0.0.1", port(&first))).unwrap();
    assert_eq!(opened(&servers).await, first);
}

#[tokio::test]
async fn a_server_that_cannot_work_or_breaks_off_is_left_for_another() {
    let (_b, other) = listening("127.0.0.1:0");
    // What is made of a server with this script, which can be reached again afterwards.
    let left = async |script: fn(&mut Peer<'_>) -> std::io::Result<()>, shun: bool| {
        let server = Played::plain(script);
        let first = server.url();
        let mut settings = settings(vec![first.clone(), other.clone()]);
        settings.operation_timeout = Duration::from_secs(1);
        let servers = Servers::new(&settings).unwrap();
        match servers.open().await.unwrap().bind(BOB, &password()).await {
            Ok((_, connection)) if shun => connection.unwrap().shun(),
            Ok(_) => {}
            Err(e) => assert!(matches!(e, WireError::Broken { .. } | WireError::TimedOut { .. }), "{e}"),
        }
        nothing_left().await;
        let _ = server.ended();
        let _a = TcpListener::bind(("127.0.0.1", port(&first))).unwrap();
        opened(&servers).await == other
    };
    let granted: fn(&mut Peer<'_>) -> std::io::Result<()> = |peer| peer.answer(|id| result(id, 0x61, 0, ""));
    assert!(!left(granted, false).await);
    assert!(left(granted, true).await);
    assert!(left(|peer| peer.request().map(drop).ok_or(std::io::ErrorKind::Other.into()), false).await);
    assert!(left(|peer| peer.answer(|_| vec![0x30, 0]), false).await);
    assert!(left(|peer| peer.wait_for_the_end(), false).await);
}

/// What a login is told that runs out of time before any single step does, with these servers, by the second of them.
async fn out_of_time(urls: Vec<LdapUrl>) -> String {
    let settings = LdapAuth { login_timeout: Duration::from_millis(300), ..settings(urls) };
    let directory = Directory::new(settings.into()).unwrap();
    let looked = async { directory.visit().await?.find("bob").await };
    let Trouble(said) = looked.await.map(drop).unwrap_err();
    said
}

#[tokio::test]
async fn a_login_that_runs_out_of_time_names_the_server_that_was_being_asked() {
    let dead = closed();
    let silent = Played::plain(|peer| peer.wait_for_the_end());
    let said = out_of_time(vec![dead.clone(), silent.url()]).await;
    assert!(said.starts_with(&format!("{}: no complete answer within 300ms", silent.url())), "{said}");
    assert!(said.contains("login_timeout") && !said.contains(&dead.to_string()), "{said}");
    // … also one that takes the connection's time, not the answer's.
    let full = FullBacklog::new();
    let url = LdapUrl::Ldap("127.0.0.1".to_owned(), full.address.port());
    let said = out_of_time(vec![dead, url.clone()]).await;
    assert!(said.starts_with(&format!("{url}: ")), "{said}");
}

#[tokio::test]
async fn each_url_has_its_own_time_to_connect() {
    let full = FullBacklog::new();
    let (_b, good) = listening("127.0.0.1:0");

    let limit = Duration::from_secs(1);
    let urls = vec![LdapUrl::Ldap("127.0.0.1".to_owned(), full.address.port()), good.clone()];
    let mut settings = settings(urls);
    settings.connect_timeout = limit;
    let servers = Servers::new(&settings).unwrap();
    let began = Instant::now();
    assert_eq!(opened(&servers).await, good);
    let took = began.elapsed();
    assert!(took >= limit && took < limit + AT_ONCE, "{took:?}");
    let (attempt, none) = servers.attempt(&settings.urls[0]).await;
    assert!(none.is_none());
    assert_eq!(attempt.steps.iter().map(|(step, _)| *step).collect::<Vec<_>>(), [Step::Resolve, Step::Connect]);
    assert_eq!(attempt.to_string(), format!("{}: connect: no answer within 1s", settings.urls[0]));

    // It covers StartTLS and TLS, too: these never answer.
    settings.start_tls = true;
    settings.ca_file = Some(a_ca().path("ca.pem"));
    for step in [Step::StartTls, Step::Tls] {
        let silent = Played::tcp(|mut socket| std::io::copy(&mut socket, &mut std::io::sink()).map(drop));
        settings.urls = vec![if step == Step::Tls { silent.ldaps("127.0.0.1") } else { silent.url() }];
        let began = Instant::now();
        let (attempt, why) = failed(&settings).await;
        assert_eq!((why.as_str(), attempt.steps.last().map(|s| s.0)), ("no answer within 1s", Some(step)));
        assert!(began.elapsed() < limit + AT_ONCE);
        silent.ended().unwrap();
    }
}

fn a_ca() -> &'static Certificates {
    static CA: LazyLock<Certificates> = LazyLock::new(Certificates::new);
    &CA
}

#[tokio::test]
async fn no_password_goes_in_the_clear_to_another_machine() {
    let mut settings = settings(vec![LdapUrl::Ldap("192.0.2.1".to_owned(), 389)]);
    let (attempt, why) = failed(&settings).await;
    assert!(why.contains("`start_tls = true`") && why.contains("`allow_plaintext = true`"), "{why}");
    assert_eq!(attempt.steps.iter().map(|s| s.0).collect::<Vec<_>>(), [Step::Resolve], "no packet was sent");
    // To this one it may.
    for loopback in ["127.0.0.1:0", "127.1.2.3:0", "[::1]:0"] {
        let (_listener, url) = listening(loopback);
        settings.urls = vec![url.clone()];
        assert_eq!(opened(&Servers::new(&settings).unwrap()).await, url);
    }
}

#[tokio::test]
async fn of_several_addresses_the_first_that_answers_is_taken() {
    let (listener, _) = listening("[::1]:0");
    let (good, full) = (listener.local_addr().unwrap(), FullBacklog::new());
    let refused = (std::net::Ipv4Addr::LOCALHOST, port(&closed())).into();
    for addresses in [vec![refused, good], vec![full.address, good], vec![full.address, refused, good]] {
        let began = Instant::now();
        assert_eq!(connect(&addresses).await.unwrap().peer_addr().unwrap(), good);
        assert!(began.elapsed() < AT_ONCE, "it waited for the one that does not answer");
    }
    let tcp = connect(&[good]).await.unwrap();
    assert!(tcp.nodelay().unwrap() && rustix::net::sockopt::socket_keepalive(&tcp).unwrap());
    assert!(connect(&[refused]).await.is_err() && connect(&[]).await.is_err());
}

#[tokio::test]
async fn a_socket_in_the_file_system_is_reached_by_ldapi() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("ldapi");
    let (attempt, why) = failed(&settings(vec![LdapUrl::Ldapi(path.clone())])).await;
    assert!(why.contains("No such file") && why.contains("ldapi://"), "{attempt}");
    let _listener = std::os::unix::net::UnixListener::bind(&path).unwrap();
    let url = LdapUrl::Ldapi(path);
    assert_eq!(opened(&Servers::new(&settings(vec![url.clone()])).unwrap()).await, url);
}

#[tokio::test]
async fn a_closed_port_is_told_with_its_address() {
    let url = closed();
    let (_, why) = failed(&settings(vec![url.clone()])).await;
    assert!(why.starts_with(&format!("127.0.0.1:{}: Connection refused", port(&url))), "{why}");
}

/// What is told of a server that answers StartTLS so.
async fn start_tls(script: impl FnOnce(&mut Peer<'_>) -> std::io::Result<()> + Send + 'static) -> String {
    let server = Played::plain(script);
    let mut settings = settings(vec![server.url()]);
    settings.start_tls = true;
    settings.ca_file = Some(a_ca().path("ca.pem"));
    let began = Instant::now();
    let (attempt, why) = failed(&settings).await;
    assert!(began.elapsed() < AT_ONCE);
    assert_eq!(attempt.steps.last().map(|s| s.0), Some(Step::StartTls), "{why}");
    let _ = server.ended();
    why
}

#[tokio::test]
async fn a_start_tls_that_is_not_granted_ends_the_connection_and_is_never_gone_without() {
    let refused = start_tls(|peer| {
        peer.answer(|id| result(id, 0x78, 52, "TLS already\nno"))?;
        match peer.request() {
            None => Ok(()),
            Some(_) => panic!("it went on in the clear"),
        }
    });
    assert_eq!(
        refused.await,
        "the server does not offer it (code 52 TLS already no); give it a certificate, or use ldaps://"
    );
    assert_eq!(start_tls(|peer| peer.request().map(drop).ok_or(std::io::ErrorKind::Other.into())).await, "it hung up");
    let garbage = |peer: &mut Peer<'_>| peer.answer(|_| b"HTTP/1.1 400\r\n".to_vec());
    assert_eq!(start_tls(garbage).await, "what came is not an LDAP message");
    let other = |peer: &mut Peer<'_>| peer.answer(|_| result(1, 0x61, 0, ""));
    assert_eq!(start_tls(other).await, "it sent what was not asked for (operation 0x61)");
}

#[tokio::test]
async fn bytes_glued_to_the_answer_of_start_tls_are_refused() {
    let glued = |peer: &mut Peer<'_>| {
        peer.answer(|id| [result(id, 0x78, 0, ""), result(1, 0x61, 0, "everybody may come in")].concat())?;
        peer.wait_for_the_end()
    };
    assert_eq!(start_tls(glued).await, "bytes came behind its answer and before TLS; somebody may be in between");
}
