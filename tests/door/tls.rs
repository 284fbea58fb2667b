//! The https entrance: handshakes, good and hostile, and the certificate in force.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::pki_types::{CertificateDer, ServerName, pem::PemObject};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned, SupportedProtocolVersion, version};

use crate::certificates::{Authority, HOST, SERVER_TLS, install};
use crate::daemon::{Bed, Daemon, SOON, can_run};
use crate::wire::{body, connect, get, header, read_all, read_one, status};

pub(crate) type Secure = StreamOwned<ClientConnection, TcpStream>;

/// A browser that trusts this authority.
pub(crate) struct Client {
    config: ClientConfig,
}

impl Client {
    pub(crate) fn of(authority: &Authority) -> Client {
        Client::with(authority, &[&version::TLS13, &version::TLS12])
    }

    fn with(authority: &Authority, versions: &[&'static SupportedProtocolVersion]) -> Client {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(authority.pem()).unwrap()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider).with_protocol_versions(versions).unwrap();
        Client { config: config.with_root_certificates(roots).with_no_client_auth() }
    }

    /// Shakes hands, asking for `name` and checking the certificate against it.
    pub(crate) fn connect(&self, address: SocketAddr, name: &str) -> Result<Secure, std::io::Error> {
        let name = ServerName::try_from(name.to_owned()).unwrap();
        let mut client = ClientConnection::new(Arc::new(self.config.clone()), name).unwrap();
        let mut socket = connect(address);
        client.complete_io(&mut socket)?;
        Ok(StreamOwned::new(client, socket))
    }

    /// One request to [`HOST`], and everything that comes until the daemon closes, which it does cleanly.
    pub(crate) fn talk(&self, address: SocketAddr, request: &str) -> String {
        let mut stream = self.connect(address, HOST).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        read_all(&mut stream)
    }

    pub(crate) fn get(&self, address: SocketAddr, path: &str, headers: &str) -> String {
        self.talk(address, &format!("GET {path} HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n{headers}\r\n"))
    }
}

/// A bed with a certificate for [`HOST`], which is its public_url.
pub(crate) fn furnished(more: &str) -> (Authority, Bed) {
    let authority = Authority::new();
    let bed = Bed::new(&format!("[server]\npublic_url = \"https://{HOST}\"\n{more}\n{SERVER_TLS}"));
    authority.furnish(&bed);
    (authority, bed)
}

/// Who the certificate is for that a handshake shows; the chain is not looked at.
fn shown(client: &Client, address: SocketAddr, name: &str) -> Option<CertificateDer<'static>> {
    let stream = client.connect(address, name).ok()?;
    stream.conn.peer_certificates()?.first().map(|first| first.clone().into_owned())
}

#[test]
fn tls_1_3_and_1_2_are_spoken_with_http_1_1_and_nothing_older() {
    if !can_run() {
        return;
    }
    let (authority, bed) = furnished("");
    let _daemon = bed.start_with_https();
    for (version, name) in [(&version::TLS13, "TLSv1_3"), (&version::TLS12, "TLSv1_2")] {
        let mut client = Client::with(&authority, &[version]);
        client.config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let mut stream = client.connect(bed.https(), HOST).unwrap();
        assert_eq!(format!("{:?}", stream.conn.protocol_version().unwrap()), name);
        assert_eq!(stream.conn.alpn_protocol(), Some(&b"http/1.1"[..]));
        stream.write_all(format!("GET /login HTTP/1.1\r\nHost: {HOST}\r\n\r\n").as_bytes()).unwrap();
        assert_eq!(status(&read_one(&mut stream)), 200);
    }
    let mut only_h2 = Client::of(&authority);
    only_h2.config.alpn_protocols = vec![b"h2".to_vec()];
    assert!(only_h2.connect(bed.https(), HOST).is_err(), "h2 is not spoken");
    // A hello of TLS 1.1: its random, no session, two ciphers, no compression, one extension (signature algorithms).
    let ciphers_on = [0, 0, 4, 0xc0, 0x13, 0, 0x2f, 1, 0, 0, 8, 0, 13, 0, 4, 0, 2, 4, 3];
    let hello = [&[3, 2][..], &[7; 32], &ciphers_on].concat();
    let length = u8::try_from(hello.len()).unwrap();
    let mut old = connect(bed.https());
    old.write_all(&[&[22, 3, 1, 0, length + 4, 1, 0, 0, length], &hello[..]].concat()).unwrap();
    let mut alert = Vec::new();
    old.read_to_end(&mut alert).unwrap();
    let protocol_version = [2, 70]; // a fatal alert
    assert_eq!((alert.first(), alert.get(5..)), (Some(&21), Some(&protocol_version[..])), "{alert:?}");
}

#[test]
fn a_login_over_tls_gets_the_host_bound_cookie_and_the_cookie_of_plain_http_is_nothing_there() {
    if !can_run() {
        return;
    }
    let (authority, bed) = furnished("");
    bed.add_mira();
    let _daemon = bed.start_with_https();
    let client = Client::of(&authority);
    let form = "user=mira&password=correct+horse";
    let request = |origin: &str| {
        format!(
            "POST /login HTTP/1.1\r\nHost: {HOST}\r\nOrigin: {origin}\r\nConnection: close\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
            form.len()
        )
    };
    assert_eq!(status(&client.talk(bed.https(), &request(&format!("http://{HOST}")))), 403);
    let answer = client.talk(bed.https(), &request(&format!("https://{HOST}")));
    let cookie = header(&answer, "set-cookie").unwrap_or_else(|| panic!("{answer}"));
    assert!(cookie.starts_with("__Host-coracle=") && cookie.ends_with("; Secure"), "{cookie}");
    let token = cookie.split(';').next().unwrap();
    let me = client.get(bed.https(), "/api/v1/me", &format!("Cookie: {token}\r\n"));
    assert!(status(&me) == 200 && body(&me).contains("mira"), "{me}");
    let plain = token.replace("__Host-coracle", "coracle");
    assert_eq!(status(&client.get(bed.https(), "/api/v1/me", &format!("Cookie: {plain}\r\n"))), 401);
}

#[test]
fn whatever_name_the_handshake_asks_for_the_request_needs_one_of_ours() {
    if !can_run() {
        return;
    }
    let (authority, bed) = furnished("");
    let _daemon = bed.start_with_https();
    let client = Client::of(&authority);
    let wrong = client.connect(bed.https(), "evil.example").unwrap_err().to_string();
    assert!(wrong.contains("evil.example") && wrong.contains(HOST), "the browser tells the two apart: {wrong}");
    let ask = |host: &str| {
        status(&client.talk(bed.https(), &format!("GET /login HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")))
    };
    assert_eq!((ask(HOST), ask("evil.example"), ask("localhost")), (200, 421, 421));
    assert_eq!(ask(&format!("{HOST}:8443")), 421, "public_url has no port");
}

#[test]
fn without_a_public_url_the_certificates_names_are_answered_and_no_other() {
    if !can_run() {
        return;
    }
    let authority = Authority::new();
    let bed = Bed::new(SERVER_TLS);
    authority.furnish_for(&bed, &format!("DNS:{HOST},DNS:*.pool.example.org,IP:192.0.2.1"));
    let _daemon = bed.start_with_https();
    let client = Client::of(&authority);
    let port = bed.https().port();
    let ask = |host: &str| {
        status(&client.talk(bed.https(), &format!("GET /login HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")))
    };
    for ours in [HOST, "one.pool.example.org", "192.0.2.1", "localhost", &format!("{HOST}:{port}")] {
        assert_eq!(ask(ours), 200, "{ours}");
    }
    for foreign in ["pool.example.org", "a.b.pool.example.org", "192.0.2.2", "evil.example", "shell.example.org.evil"] {
        assert_eq!(ask(foreign), 421, "{foreign}");
    }
}

#[test]
fn plain_http_on_the_tls_port_is_told_to_say_https_and_noise_is_closed() {
    if !can_run() {
        return;
    }
    let (authority, bed) = furnished("");
    let daemon = bed.start_with_https();
    let answer = get(bed.https(), "/", &format!("X: {}\r\n", "y".repeat(9000)));
    assert!(status(&answer) == 400 && body(&answer).contains("https://"), "{answer}");
    for noise in [&b"\0\0\0\0"[..], b"\x80\x2e\x01", b"SSH", &[0xff; 4096]] {
        let mut stream = connect(bed.https());
        stream.write_all(noise).unwrap();
        read_all(&mut stream); // until it is closed
    }
    // Inside a record whose content is no handshake.
    let mut stream = connect(bed.https());
    stream.write_all(&[&[22, 3, 1, 0x40, 0][..], &[0xff; 0x4000]].concat()).unwrap();
    read_all(&mut stream);
    assert_eq!(status(&Client::of(&authority).get(bed.https(), "/login", "")), 200, "{}", daemon.log());
}

#[test]
fn handshakes_that_take_too_long_are_cut_off_and_hold_nobody_up_meanwhile() {
    if !can_run() {
        return;
    }
    let (authority, bed) = furnished("");
    let _daemon = bed.start_with_https();
    let client = Client::of(&authority);
    let begun = Instant::now();
    let mut silent = connect(bed.https());
    let mut half = connect(bed.https());
    half.write_all(&[22, 3, 1, 2, 0, 1, 0]).unwrap();
    let mut dripping = connect(bed.https());
    let drip = std::thread::spawn(move || {
        let record = [22, 3, 1, 0x20, 0].iter().chain(std::iter::repeat_n(&1, 200));
        for byte in record {
            if dripping.write_all(&[*byte]).is_err() {
                break;
            }
            std::thread::sleep(Duration::from_millis(200)); // the pace of the attack
        }
        begun.elapsed()
    });
    // Shaken hands, and never a request: the head's own timeout.
    let mut idle = client.connect(bed.https(), HOST).unwrap();
    assert_eq!(status(&client.get(bed.https(), "/login", "")), 200);
    assert!(begun.elapsed() < Duration::from_secs(8), "a stranger's handshake was waited for: {:?}", begun.elapsed());
    assert_eq!(read_all(&mut silent), "");
    assert_eq!(read_all(&mut half), "");
    assert!(matches!(idle.sock.read(&mut [0; 256]), Ok(0 | 24..)), "it is closed, with or without a word of TLS's");
    let took = begun.elapsed();
    assert!(took > Duration::from_secs(9) && took < Duration::from_secs(40), "{took:?}");
    assert!(drip.join().unwrap() < Duration::from_secs(40));
}

#[test]
fn half_open_handshakes_count_as_connections_and_past_32_an_address_gets_none() {
    if !can_run() {
        return;
    }
    let (authority, bed) = furnished("");
    let daemon = bed.start_with_https();
    let client = Client::of(&authority);
    let held: Vec<_> = (0..32)
        .map(|_| {
            let mut stream = connect(bed.https());
            stream.write_all(&[22, 3, 1]).unwrap();
            stream
        })
        .collect();
    for _ in 0..100 {
        assert_eq!(read_all(&mut connect(bed.https())), "", "the 33rd is closed at once");
    }
    assert_eq!(status(&get(bed.address(), "/login", "")), 429, "both entrances count together");
    drop(held);
    let until = Instant::now() + SOON;
    while client.connect(bed.https(), HOST).is_err() {
        assert!(Instant::now() < until, "the places did not become free: {}", daemon.log());
    }
}

#[test]
fn a_peer_that_takes_nothing_does_not_keep_the_daemon_awake() {
    if !can_run() {
        return;
    }
    let (authority, bed) = furnished("idle_exit = \"1s\"");
    let mut daemon = bed.start_with_https();
    let mut stuffed = Client::of(&authority).connect(bed.https(), HOST).unwrap();
    stuffed.sock.set_write_timeout(Some(Duration::from_secs(5))).unwrap();
    // Answers are never read: once the buffers on both sides are full, no more requests are taken.
    let ask = format!("GET /login HTTP/1.1\r\nHost: {HOST}\r\n\r\n");
    let begun = Instant::now();
    while stuffed.write_all(ask.as_bytes()).is_ok() {
        assert!(begun.elapsed() < SOON, "requests without end were taken");
    }
    let exit = daemon.gone_within(Duration::from_secs(150)).expect("it waits for ever");
    assert_eq!(exit.code(), Some(0));
    assert!(begun.elapsed() > Duration::from_secs(55), "it was not patient: {:?}", begun.elapsed());
}

/// Polls until a handshake shows another certificate than `old`.
fn until_another(client: &Client, bed: &Bed, old: &CertificateDer<'_>, daemon: &Daemon) {
    let until = Instant::now() + SOON;
    while shown(client, bed.https(), HOST).as_ref() == Some(old) {
        assert!(Instant::now() < until, "the old certificate is still shown: {}", daemon.log());
    }
}

#[test]
fn a_reload_shows_the_new_certificate_while_an_old_connection_goes_on() {
    if !can_run() {
        return;
    }
    let (authority, bed) = furnished("");
    let daemon = bed.start_with_https();
    let client = Client::of(&authority);
    let old = shown(&client, bed.https(), HOST).unwrap();
    let mut alive = client.connect(bed.https(), HOST).unwrap();
    let mut ask = |path: &str| {
        alive.write_all(format!("GET {path} HTTP/1.1\r\nHost: {HOST}\r\n\r\n").as_bytes()).unwrap();
        status(&read_one(&mut alive))
    };
    assert_eq!(ask("/login"), 200);
    authority.furnish(&bed);
    daemon.signal("HUP");
    until_another(&client, &bed, &old, &daemon);
    assert_eq!(ask("/help"), 200, "the connection from before lives");
}

#[test]
fn a_bad_certificate_at_reload_keeps_the_old_one_and_status_says_why_until_it_is_good() {
    if !can_run() {
        return;
    }
    let (authority, bed) = furnished("");
    let daemon = bed.start_with_https();
    let client = Client::of(&authority);
    let old = shown(&client, bed.https(), HOST).unwrap();
    install(&bed, "key.pem", &std::fs::read_to_string(authority.pem()).unwrap());
    daemon.signal("HUP");
    let told = bed.notified("the old certificate is in force").expect("no STATUS");
    assert!(told.contains("key.pem") && told.contains("0 sessions"), "{told}");
    assert_eq!(shown(&client, bed.https(), HOST).as_ref(), Some(&old));

    // One that has expired is no better than one that is good.
    install(&bed, "cert.pem", &authority.expired());
    install(&bed, "key.pem", &authority.expired_key());
    daemon.signal("HUP");
    let told = bed.notified("expired on 2020-02-01").expect("no STATUS");
    assert!(told.contains("the old certificate is in force"), "{told}");
    assert_eq!(shown(&client, bed.https(), HOST).as_ref(), Some(&old));

    authority.furnish(&bed);
    daemon.signal("HUP");
    until_another(&client, &bed, &old, &daemon);
    bed.notified("STATUS=0 sessions").expect("STATUS is not clean again");
}

#[test]
fn without_a_usable_certificate_the_other_entrance_answers_and_a_repaired_file_needs_no_reload() {
    if !can_run() {
        return;
    }
    let authority = Authority::new();
    let bed = Bed::new(SERVER_TLS);
    let daemon = bed.start_with_https();
    let told = bed.notified("no TLS").expect("no STATUS");
    assert!(told.contains("cert.pem") && told.contains("[server.tls]"), "{told}");
    assert_eq!(status(&get(bed.address(), "/login", "")), 200, "{}", daemon.log());
    let client = Client::of(&authority);
    assert!(client.connect(bed.https(), HOST).is_err());
    authority.furnish(&bed);
    let until = Instant::now() + SOON;
    while client.connect(bed.https(), HOST).is_err() {
        assert!(Instant::now() < until, "the repaired files are not read: {}", daemon.log());
        std::thread::sleep(Duration::from_millis(100)); // looked at once a second at most
    }
    bed.notified("STATUS=0 sessions").expect("STATUS is not clean again");
}

#[test]
fn a_certificate_that_has_expired_is_shown_where_there_is_no_better_one_and_status_says_so() {
    if !can_run() {
        return;
    }
    let authority = Authority::new();
    let bed = Bed::new(SERVER_TLS);
    install(&bed, "cert.pem", &authority.expired());
    install(&bed, "key.pem", &authority.expired_key());
    let daemon = bed.start_with_https();
    let told = bed.notified("TLS: ").expect("no STATUS");
    assert!(told.contains("cert.pem: expired on 2020-02-01"), "{told}");
    let refused = Client::of(&authority).connect(bed.https(), HOST).unwrap_err().to_string();
    assert!(refused.contains("expired"), "the browser says what is wrong: {refused}");
    authority.furnish(&bed);
    daemon.signal("HUP");
    bed.notified("STATUS=0 sessions").expect("STATUS is not clean again");
    assert!(Client::of(&authority).connect(bed.https(), HOST).is_ok(), "{}", daemon.log());
}

#[test]
fn an_https_socket_without_a_certificate_says_what_is_missing() {
    if !can_run() {
        return;
    }
    let bed = Bed::new("");
    let _daemon = bed.start_with_https();
    let told = bed.notified("no TLS").expect("no STATUS");
    assert!(told.contains("cert_file") && told.contains("coracle_tls-cert"), "{told}");
    assert_eq!(status(&get(bed.address(), "/login", "")), 200);
}

#[test]
fn credentials_of_systemd_are_taken_where_the_configuration_names_no_files() {
    if !can_run() {
        return;
    }
    let authority = Authority::new();
    let mut bed = Bed::new("");
    authority.furnish(&bed);
    for (file, credential) in [("cert.pem", "coracle_tls-cert"), ("key.pem", "coracle_tls-key")] {
        std::fs::rename(bed.at(file), bed.at(credential)).unwrap();
    }
    bed.credentials = true;
    let _daemon = bed.start_with_https();
    assert_eq!(status(&Client::of(&authority).get(bed.https(), "/login", "")), 200);
}

#[test]
fn the_foreground_stops_with_78_without_a_certificate_before_it_asks_for_podman() {
    if !can_run() {
        return;
    }
    let bed = Bed::new("");
    let config = bed.config_file();
    let serve = || {
        let (code, _, error) =
            bed.run(&["serve", "--config", config.to_str().unwrap(), "--listen", "https:127.0.0.1:0"], "");
        (code, error)
    };
    std::fs::rename(bed.at("podman.sock"), bed.at("podman.away")).unwrap();
    let (code, error) = serve();
    assert!(code == 69 && error.contains("podman.socket"), "the host comes first: {code} {error}");
    std::fs::rename(bed.at("podman.away"), bed.at("podman.sock")).unwrap();
    let (code, error) = serve();
    assert!(code == 78 && error.contains("cert_file"), "{code} {error}");
    bed.configure(SERVER_TLS);
    let (code, error) = serve();
    assert!(code == 78 && error.contains("cert.pem"), "{code} {error}");
}
