//! Coracle's own https entrance: login and terminal over TLS in user mode and under the system unit's sandbox, the
//! certificate as files, as credentials, renewed while sessions live.

use std::{
    net::{Ipv4Addr, SocketAddr, TcpListener},
    process::Command,
    sync::{Arc, OnceLock},
    time::Duration,
};

use rustls::{ClientConfig, RootCertStore, pki_types::CertificateDer, pki_types::pem::PemObject};

use crate::{
    account::System,
    browser::{Browser, Road, Terminal},
    machine::{Machine, machine, until},
    service::{Service, port},
};

const FILES: &str = "[server.tls]\ncert_file = \"cert.pem\"\nkey_file = \"key.pem\"\n";
const IN_HOME: &str = "/home/tester/.config/coracle";
/// Longer than every time-out of a connection that is not a terminal: head 10 s, a stalled write 60 s; and than three pings.
const IDLE: Duration = Duration::from_secs(65);

/// A certificate that vouches for itself, for `localhost`, and its key; made by `openssl` for one test.
struct Pair {
    certificate: String,
    key: String,
}

impl Pair {
    fn new() -> Pair {
        let directory = tempfile::tempdir().expect("a directory");
        let line = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=localhost \
                    -addext subjectAltName=DNS:localhost -addext basicConstraints=critical,CA:FALSE -keyout key -out cert";
        let made = Command::new("openssl").args(line.split_whitespace()).current_dir(directory.path()).output();
        let made = made.expect("openssl is installed");
        assert!(made.status.success(), "{made:?}");
        let read = |name: &str| std::fs::read_to_string(directory.path().join(name)).expect("openssl wrote it");
        Pair { certificate: read("cert"), key: read("key") }
    }

    /// A browser that trusts this certificate and no other.
    fn browser(&self) -> Browser {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(self.certificate.as_bytes()).expect("PEM")).expect("a certificate");
        let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("ring has them")
            .with_root_certificates(roots)
            .with_no_client_auth();
        let here = Ipv4Addr::LOCALHOST;
        Browser::on(Road {
            origin: format!("https://localhost:{}", https_port()),
            base: "",
            to: SocketAddr::from((here, https_port())),
            from: here.into(),
            tls: Some(Arc::new(config)),
        })
    }

    fn in_home(&self, machine: &Machine) {
        machine.write(&format!("{IN_HOME}/cert.pem"), &self.certificate);
        machine.write(&format!("{IN_HOME}/key.pem"), &self.key);
        machine.user(&format!("chmod 600 {IN_HOME}/key.pem"));
    }

    /// Root's files of these names in a directory of the system, closed to everybody else.
    fn put(&self, system: &System, cert: &str, key: &str) {
        for (path, text) in [(cert, &self.certificate), (key, &self.key)] {
            let line = format!("umask 077 && cat > {path} && chmod 600 {path}");
            let written = system.machine.run(&["sh", "-c", &line], text);
            assert_eq!(written.code, 0, "{written:?}");
        }
    }
}

/// A port for https beside the one for http; the machine's network is the host's.
fn https_port() -> u16 {
    static PORT: OnceLock<u16> = OnceLock::new();
    *PORT.get_or_init(|| {
        let is_free = |port: &u16| TcpListener::bind(("127.0.0.1", *port)).is_ok();
        (port() + 1..32_000).find(is_free).expect("loopback has a free port")
    })
}

/// What an administrator writes to move the socket from its usual port.
fn other_port() -> String {
    format!("[Socket]\nListenStream=\nListenStream=127.0.0.1:{}\nTriggerLimitIntervalSec=0\n", https_port())
}

/// In user mode, with this certificate and an open https socket.
fn service_with(pair: &Pair) -> Service {
    let service = Service::start("", FILES);
    pair.in_home(service.machine);
    service.machine.write("/home/tester/.config/systemd/user/coracle-https.socket.d/bed.conf", &other_port());
    service.machine.systemctl("daemon-reload");
    service.machine.systemctl("stop coracle.service"); // a running one takes no new socket
    let started = service.machine.systemctl("start coracle-https.socket");
    assert_eq!(started.code, 0, "{started:?}");
    service
}

/// The same as a system service; the drop-in is the service's.
fn system_with(config: &str, drop_in: &str) -> System {
    let line = "mkdir -p /etc/systemd/system/coracle-https.socket.d && cat > /etc/systemd/system/coracle-https.socket.d/bed.conf";
    let written = machine().run(&["sh", "-c", line], &other_port());
    assert_eq!(written.code, 0, "{written:?}");
    System::start(config, drop_in)
}

/// Logs in and asks a shell something.
async fn works(browser: &mut Browser) -> (String, Terminal) {
    let login = browser.sign_in("alice").await;
    let cookie = login.header("set-cookie");
    assert!(cookie.starts_with("__Host-coracle=") && cookie.contains("; Secure"), "{cookie}");
    let (id, mut terminal) = browser.shell().await;
    assert_eq!(terminal.ask("echo $((6 * 7))").await, "42");
    (id, terminal)
}

/// What doctor says of the certificate.
fn doctor(system: &System) -> String {
    system.machine.root(&["sh", "-c", "coracle doctor | grep -A2 '^[a-zA-Z]* *certificate'"]).out
}

/// Waits until a handshake succeeds with this certificate alone.
async fn until_shown(pair: &Pair) {
    let browser = pair.browser();
    let began = std::time::Instant::now();
    while browser.try_send("GET", "/healthz", "", String::new()).await.is_err() {
        assert!(began.elapsed() < crate::machine::PATIENCE, "the new certificate is not shown");
        tokio::time::sleep(Duration::from_millis(20)).await; // the pace of polling, not a wait
    }
}

#[tokio::test]
async fn over_tls_a_person_logs_in_works_and_leaves_nothing_behind() {
    let pair = Pair::new();
    let service = service_with(&pair);
    let (_, mut terminal) = works(&mut pair.browser()).await;
    let before = terminal.bytes;
    terminal.run("seq 100000").await;
    assert!(terminal.bytes - before > 500_000, "{}", terminal.bytes);
    terminal.type_in("exit 7\r").await;
    assert_eq!(terminal.ends().await, ("exit".to_owned(), Some(7)));
    service.nothing_left();
}

#[tokio::test]
async fn a_terminal_over_tls_that_nobody_types_in_stays_open() {
    let pair = Pair::new();
    let _service = service_with(&pair);
    let (_, mut terminal) = works(&mut pair.browser()).await;
    // Reading, as a browser does, which answers pings; output would end it before.
    let read = async { while terminal.step().await {} };
    assert!(tokio::time::timeout(IDLE, read).await.is_err(), "closed with {:?}", terminal.closed);
    assert_eq!(terminal.ask("echo still $((6 * 7))").await, "still 42");
}

#[tokio::test]
async fn a_reload_renews_the_certificate_and_the_terminal_over_the_old_one_goes_on() {
    let (old, new) = (Pair::new(), Pair::new());
    let service = service_with(&old);
    let (_, mut terminal) = works(&mut old.browser()).await;
    new.in_home(service.machine);
    let reloaded = service.machine.systemctl("reload coracle.service");
    assert_eq!(reloaded.code, 0, "{reloaded:?}");
    until_shown(&new).await;
    assert_eq!(terminal.ask("echo $((6 * 7))").await, "42");

    service.machine.write(&format!("{IN_HOME}/key.pem"), &old.key);
    service.machine.systemctl("reload coracle.service");
    let status = || service.machine.systemctl("show coracle.service --property=StatusText --value").out;
    let told = until("STATUS says that the new files were refused", || {
        Some(status()).filter(|text| text.contains("the old certificate is in force"))
    });
    assert!(told.contains("key.pem") && told.contains("1 session"), "{told}");
    until_shown(&new).await;
}

#[tokio::test]
async fn in_the_foreground_tls_is_tried_out_with_one_option() {
    let pair = Pair::new();
    let service = Service::start("", FILES);
    pair.in_home(service.machine);
    service.machine.systemctl("stop coracle.socket coracle-control.socket coracle.service");
    let line = format!(
        "systemd-run --user --collect --quiet --unit=fore /usr/bin/coracle serve --listen https:127.0.0.1:{}",
        https_port()
    );
    let started = service.machine.user(&line);
    assert_eq!(started.code, 0, "{started:?}");
    until_shown(&pair).await;
    let (_, mut terminal) = works(&mut pair.browser()).await;
    service.machine.systemctl("kill -s INT fore.service");
    assert_eq!(terminal.ends().await.0, "shutdown");
}

#[tokio::test]
async fn under_the_sandbox_the_key_is_a_credential_that_only_root_may_read_on_disk() {
    let pair = Pair::new();
    let system = system_with("", "");
    pair.put(&system, "/etc/coracle/credentials/tls-cert", "/etc/coracle/credentials/tls-key");
    system.sh("systemctl start coracle-https.socket");
    let mut alice = pair.browser();
    let (id, mut terminal) = works(&mut alice).await;
    assert_ne!(system.as_account("cat /etc/coracle/credentials/tls-key").code, 0, "the account may not read the file");
    let check = doctor(&system);
    assert!(check.starts_with("ok") && check.contains("localhost"), "{check}");

    // Credentials are read at a start only.
    let new = Pair::new();
    new.put(&system, "/etc/coracle/credentials/tls-cert", "/etc/coracle/credentials/tls-key");
    let pid = terminal.ask("echo $$").await;
    system.sh("systemctl try-restart coracle.service");
    assert_eq!(terminal.closes().await, 1012);
    until_shown(&new).await;
    let mut again = new.browser();
    again.cookie = alice.cookie.take();
    let mut terminal = again.terminal(&id).await;
    terminal.frame("started").await;
    assert_eq!(terminal.ask("echo $$").await, pid, "the session went on");
    terminal.type_in("exit\r").await;
    terminal.ends().await;
    system.nothing_left();
    system.sh("rm /etc/coracle/credentials/tls-*");
}

#[tokio::test]
async fn under_the_sandbox_files_that_the_account_may_read_are_reloaded_and_doctor_names_what_is_wrong() {
    let (old, new) = (Pair::new(), Pair::new());
    let files = "[server.tls]\ncert_file = \"/etc/coracle/cert.pem\"\nkey_file = \"/etc/coracle/key.pem\"\n";
    let system = system_with(files, "");
    old.put(&system, "/etc/coracle/cert.pem", "/etc/coracle/key.pem");
    system.sh("systemctl start coracle-https.socket");
    let closed = doctor(&system);
    assert!(closed.contains("coracle may not read it") && closed.contains("chown root:coracle"), "{closed}");
    system.sh("chown root:coracle /etc/coracle/cert.pem /etc/coracle/key.pem && chmod 0640 /etc/coracle/cert.pem /etc/coracle/key.pem");
    let (_, mut terminal) = works(&mut old.browser()).await;
    new.put(&system, "/etc/coracle/cert.pem.new", "/etc/coracle/key.pem.new");
    system.sh(
        "cd /etc/coracle && for f in cert.pem key.pem; do chown root:coracle $f.new; chmod 0640 $f.new; mv $f.new $f; done
         systemctl try-reload-or-restart coracle.service",
    );
    until_shown(&new).await;
    assert_eq!(terminal.ask("echo $((6 * 7))").await, "42");
    system.sh("chmod 0644 /etc/coracle/key.pem");
    let open = doctor(&system);
    assert!(open.contains("mode 0644") && open.contains("chmod 0640 /etc/coracle/key.pem"), "{open}");
    assert_eq!(system.machine.root(&["coracle", "check-config"]).code, 78);
    system.sh("rm /etc/coracle/*.pem");
}
