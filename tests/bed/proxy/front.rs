//! A real web server in front of the daemon, with its sample of packaging/proxy as it is, but for name, ports, certificate
//! and what the sample itself says can be chosen.

use std::{
    fs,
    net::{Ipv4Addr, SocketAddr},
    path::Path,
    process::Command,
    sync::{Arc, OnceLock},
};

use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};
use tempfile::TempDir;

use crate::{browser::Road, machine::until, service::port};

/// What the samples call the host.
pub(crate) const NAME: &str = "shell.example.org";
/// Where the machine's unix socket lies, in its /home, which is a directory of the host; and in the server's own tree.
pub(crate) const SOCKET_DIRECTORY: &str = "/home/tester/coracle-unix";
const SOCKET: &str = "/coracle-unix/sock";
/// Seconds in every sample: what it waits for Coracle, or for a browser, to say something.
pub(crate) const SAMPLE_TIMEOUT: u32 = 60;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Nginx,
    Apache,
    Caddy,
}

pub(crate) const KINDS: [Kind; 3] = [Kind::Nginx, Kind::Apache, Kind::Caddy];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Upstream {
    Tcp,
    Unix,
}

/// What the samples leave to choose.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Choice {
    pub(crate) upstream: Upstream,
    /// Empty, or `/shell`.
    pub(crate) base: &'static str,
    /// Seconds.
    pub(crate) timeout: u32,
}

/// A running server; gone when dropped.
pub(crate) struct Front {
    pub(crate) kind: Kind,
    name: String,
    /// Plain HTTP, which leads to https.
    pub(crate) plain: SocketAddr,
    pub(crate) road: Road,
    _site: TempDir,
}

/// All servers are at the same ports, of loopback addresses of their own: so one `server.public_url` fits them all.
pub(crate) fn ports() -> (u16, u16) {
    (port() + 1, port() + 2)
}

impl Kind {
    fn file(self) -> &'static str {
        match self {
            Kind::Nginx => "nginx.conf",
            Kind::Apache => "apache.conf",
            Kind::Caddy => "Caddyfile",
        }
    }

    pub(crate) fn sample(self) -> String {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging/proxy").join(self.file());
        fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
    }

    /// The whole configuration of a server that serves the sample at this address.
    fn configuration(self, choice: Choice, at: Ipv4Addr) -> String {
        let (plain, tls) = ports();
        let direct = format!("127.0.0.1:{}", port());
        let (base, wait) = (choice.base, choice.timeout);
        let mut sample = Sample(self.sample());
        sample.put("/etc/ssl/certs/shell.example.org.pem", "/site/cert.pem");
        sample.put("/etc/ssl/private/shell.example.org.key", "/site/key.pem");
        match self {
            Kind::Nginx => {
                sample.put("listen 80;", &format!("listen {at}:{plain};"));
                sample.put("listen 443 ssl;", &format!("listen {at}:{tls} ssl;"));
                sample.put("proxy_read_timeout 60s;", &format!("proxy_read_timeout {wait}s;"));
                sample.put("proxy_send_timeout 60s;", &format!("proxy_send_timeout {wait}s;"));
                match choice.upstream {
                    Upstream::Tcp => sample.put("server 127.0.0.1:8080;", &format!("server {direct};")),
                    Upstream::Unix => {
                        sample.put("    server 127.0.0.1:8080;", "");
                        sample.put("#server unix:/run/coracle-unix/sock;", &format!("server unix:{SOCKET};"));
                    }
                }
                if !base.is_empty() {
                    sample.put("\n    location / {", &format!("\n    location {base}/ {{"));
                }
                let around = "user www-data; pid /run/nginx.pid; error_log stderr; events {}";
                format!("{around}\nhttp {{\naccess_log off;\n{}\n}}\n", sample.0)
            }
            Kind::Apache => {
                sample.put("*:80>", &format!("{at}:{plain}>"));
                sample.put("*:443>", &format!("{at}:{tls}>"));
                sample.put("http://127.0.0.1:8080/ ", &format!("http://{direct}/ "));
                sample.put("unix:/run/coracle-unix/sock|", &format!("unix:{SOCKET}|"));
                sample.put("timeout=60", &format!("timeout={wait}"));
                if choice.upstream == Upstream::Unix {
                    sample.put("\n    ProxyPass / http:", "\n    #");
                    sample.put("#ProxyPass / unix:", "ProxyPass / unix:");
                }
                if !base.is_empty() {
                    sample.put("\n    ProxyPass / ", &format!("\n    ProxyPass {base} "));
                    sample.put("/ upgrade=", &format!("{base} upgrade="));
                }
                let modules = ["mpm_event", "authz_core", "alias", "headers", "proxy", "proxy_http", "ssl"];
                let modules = modules
                    .map(|name| format!("LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n"))
                    .concat();
                // For a WebSocket the longer one counts of the server's own timeout and the proxy's.
                format!(
                    "ServerName localhost\nTimeout {wait}\nPidFile /run/apache.pid\nErrorLog /proc/self/fd/2\n{modules}User www-data\n\
                     Group www-data\nListen {at}:{plain}\nListen {at}:{tls}\n{}",
                    sample.0
                )
            }
            Kind::Caddy => {
                let address = format!("\n{NAME}:{tls} {{\n\tbind {at}\n");
                sample.put("\nshell.example.org {\n", &address);
                sample.put("#tls ", "tls ");
                sample.put("read_timeout 60s", &format!("read_timeout {wait}s"));
                sample.put("write_timeout 60s", &format!("write_timeout {wait}s"));
                let upstream = match choice.upstream {
                    Upstream::Tcp => direct,
                    Upstream::Unix => format!("unix/{SOCKET}"),
                };
                let matcher = if base.is_empty() { String::new() } else { format!("{base}* ") };
                sample.put("\n\treverse_proxy 127.0.0.1:8080 {", &format!("\n\treverse_proxy {matcher}{upstream} {{"));
                format!(
                    "{{\n\tadmin off\n\thttp_port {plain}\n\thttps_port {tls}\n\tskip_install_trust\n}}\n{}",
                    sample.0
                )
            }
        }
    }
}

/// A sample that is being filled in: each text that is put in the place of another finds it.
struct Sample(String);

impl Sample {
    fn put(&mut self, wanted: &str, instead: &str) {
        assert!(self.0.contains(wanted), "the sample has no {wanted:?}:\n{}", self.0);
        self.0 = self.0.replace(wanted, instead);
    }
}

impl Front {
    /// `number` tells apart servers of one kind. Browsers come from 127.0.0.77.
    pub(crate) fn start(kind: Kind, choice: Choice, number: u8) -> Front {
        let at = Ipv4Addr::new(127, 0, number, 2 + kind as u8);
        let (plain, tls) = ports();
        let site = tempfile::tempdir().expect("a directory");
        let put = |name: &str, bytes: &[u8]| fs::write(site.path().join(name), bytes).expect("our own directory");
        put(kind.file(), kind.configuration(choice, at).as_bytes());
        put("cert.pem", &certificate().0);
        put("key.pem", &certificate().1);
        let name = format!("front-{}-{kind:?}-{number}", std::process::id()).to_lowercase();
        let mut words = vec!["up", &name, kind.server(), site.path().to_str().expect("a plain path")];
        let port = tls.to_string();
        words.push(&port);
        let bind = format!("{}:{}", home(SOCKET_DIRECTORY), Path::new(SOCKET).parent().expect("absolute").display());
        if choice.upstream == Upstream::Unix {
            words.extend(["--bind", &bind]);
        }
        servers(&words);
        let [to, plain] = [tls, plain].map(|port| SocketAddr::new(at.into(), port));
        let road = Road {
            origin: format!("https://{NAME}:{tls}"),
            base: choice.base,
            to,
            from: Ipv4Addr::new(127, 0, 0, 77).into(),
            tls: Some(certificate().2.clone()),
        };
        let front = Front { kind, name, plain, road, _site: site };
        // The script asks for the port alone, which another of these servers may have.
        until(&format!("{kind:?} listens on {to}"), || std::net::TcpStream::connect(to).ok());
        front
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("--- {}\n{}", self.name, servers(&["log", &self.name]));
        }
        servers(&["down", &self.name]);
    }
}

impl Kind {
    fn server(self) -> &'static str {
        match self {
            Kind::Nginx => "nginx",
            Kind::Apache => "apache",
            Kind::Caddy => "caddy",
        }
    }
}

/// A path below the machine's /home, on the host.
fn home(inside: &str) -> String {
    let homes = std::env::var("CORACLE_BED_HOME").expect("set by `make test`");
    inside.replacen("/home", &homes, 1)
}

/// What `servers.sh` prints.
fn servers(words: &[&str]) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bed/servers.sh");
    let done = Command::new(script).args(words).env("OWNER", std::process::id().to_string()).output();
    let done = done.expect("the script is there");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(done.status.success() || std::thread::panicking(), "{words:?}: {}", text(&done.stderr));
    text(&done.stdout)
}

/// A certificate for [`NAME`] that signs itself, its key, and a client that trusts nothing else.
fn certificate() -> &'static (Vec<u8>, Vec<u8>, Arc<ClientConfig>) {
    static MADE: OnceLock<(Vec<u8>, Vec<u8>, Arc<ClientConfig>)> = OnceLock::new();
    MADE.get_or_init(|| {
        let directory = tempfile::tempdir().expect("a directory");
        let made = Command::new("openssl")
            .current_dir(directory.path())
            .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"])
            .args(["-keyout", "key.pem", "-out", "cert.pem", "-subj", "/CN=coracle test"])
            .args(["-addext", &format!("subjectAltName=DNS:{NAME}")])
            .args(["-addext", "basicConstraints=critical,CA:FALSE"])
            .output()
            .expect("openssl is installed");
        assert!(made.status.success(), "{made:?}");
        let read = |name: &str| fs::read(directory.path().join(name)).expect("just made");
        let (certificate, key) = (read("cert.pem"), read("key.pem"));
        let mut roots = RootCertStore::empty();
        roots
            .add(CertificateDer::from_pem_slice(&certificate).expect("a certificate"))
            .expect("one that is understood");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let client = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("ring has them")
            .with_root_certificates(roots)
            .with_no_client_auth();
        (certificate, key, Arc::new(client))
    })
}
