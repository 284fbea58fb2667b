//! Directory servers that are played, for tests: each a thread with a script on a loopback port, and the words of LDAP to
//! write scripts with. Certificates come from the `openssl` command.

use std::{
    io::{self, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Arc,
    thread::JoinHandle,
    time::Duration,
};

use rustls::{
    ServerConfig, ServerConnection, StreamOwned,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    sign::{CertifiedKey, SingleCertAndKey},
};
use tempfile::TempDir;

use super::ber::{self, element, number, take};
use crate::config::{LdapAuth, LdapUrl};

/// For a thread whose peer does not do what the test says.
const STUCK: Duration = Duration::from_secs(60);

// --- the words of LDAP ---------------------------------------------------------------------------------------------

/// One element, with a length as short as it can be.
pub(super) fn tlv(tag: u8, content: impl AsRef<[u8]>) -> Vec<u8> {
    let content = content.as_ref();
    let mut bytes = vec![tag];
    match content.len() {
        short @ 0..=0x7f => bytes.push(short as u8),
        long => {
            let all = long.to_be_bytes();
            let length = &all[all.iter().position(|b| *b != 0).unwrap_or(0)..];
            bytes.push(0x80 | length.len() as u8);
            bytes.extend(length);
        }
    }
    bytes.extend(content);
    bytes
}

/// A message: id, operation, and what comes behind it.
pub(super) fn message(id: u32, operation: &[u8]) -> Vec<u8> {
    tlv(0x30, [&tlv(0x02, id.to_be_bytes()), operation].concat())
}

/// A result: `operation` is 0x61 of a bind, 0x65 of a search, 0x78 of StartTLS.
pub(super) fn result(id: u32, operation: u8, code: u8, words: impl AsRef<[u8]>) -> Vec<u8> {
    message(id, &tlv(operation, [tlv(0x0a, [code]), tlv(0x04, ""), tlv(0x04, words)].concat()))
}

/// A search's entry.
pub(super) fn entry(id: u32, dn: impl AsRef<[u8]>, attributes: &[(&str, &[&[u8]])]) -> Vec<u8> {
    let attributes: Vec<u8> = attributes
        .iter()
        .flat_map(|(name, values)| {
            let values: Vec<u8> = values.iter().flat_map(|value| tlv(0x04, value)).collect();
            tlv(0x30, [tlv(0x04, name), tlv(0x31, values)].concat())
        })
        .collect();
    message(id, &tlv(0x64, [tlv(0x04, dn), tlv(0x30, attributes)].concat()))
}

/// The same with controls behind the operation.
pub(super) fn with_control(message: &[u8], oid: &str, value: &[u8]) -> Vec<u8> {
    let inside = take(&mut &*message, 0x30).unwrap();
    let control = tlv(0x30, [tlv(0x04, oid), tlv(0x04, value)].concat());
    tlv(0x30, [inside, &tlv(0xa0, control)].concat())
}

/// `levels` sequences in each other.
pub(super) fn nested(levels: usize) -> Vec<u8> {
    // From the inside, each header in front: written backwards.
    let mut reversed: Vec<u8> = Vec::new();
    for _ in 0..levels {
        let length = (reversed.len() as u32).to_be_bytes();
        reversed.extend(length.iter().rev());
        reversed.extend([0x84, 0x30]);
    }
    reversed.reverse();
    reversed
}

// --- servers -------------------------------------------------------------------------------------------------------

/// A socket, or one with TLS around it.
pub(super) trait Wire: Read + Write {}
impl<T: Read + Write> Wire for T {}

/// A server's side of one connection.
pub(super) struct Peer<'a>(pub(super) &'a mut dyn Wire);

impl Peer<'_> {
    /// The next request: its id, its operation and what is in that. `None`: they hung up.
    pub(super) fn request(&mut self) -> Option<(u32, u8, Vec<u8>)> {
        let mut bytes = vec![0; 2];
        self.0.read_exact(&mut bytes).ok()?;
        let length = match ber::long_form(bytes[1])? {
            Ok(length) => length,
            Err(count) => {
                bytes.resize(2 + count, 0);
                self.0.read_exact(&mut bytes[2..]).ok()?;
                number(&bytes[2..])? as usize
            }
        };
        let mut inside = vec![0; length];
        self.0.read_exact(&mut inside).ok()?;
        let mut inside = &inside[..];
        let id = number(take(&mut inside, 0x02)?)?;
        let (operation, body) = element(&mut inside)?;
        Some((id, operation, body.to_vec()))
    }

    /// Reads a request, whatever it is, and answers so.
    pub(super) fn answer(&mut self, with: impl Fn(u32) -> Vec<u8>) -> io::Result<()> {
        let (id, ..) = self.request().ok_or(io::ErrorKind::UnexpectedEof)?;
        self.say(&with(id))
    }

    pub(super) fn say(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.write_all(bytes)?;
        self.0.flush()
    }

    /// Until they hang up.
    pub(super) fn wait_for_the_end(&mut self) -> io::Result<()> {
        io::copy(self.0, &mut io::sink()).map(drop)
    }
}

/// A server that takes one connection.
pub(super) struct Played {
    pub(super) address: SocketAddr,
    thread: JoinHandle<io::Result<()>>,
}

impl Played {
    /// Plays `script` on the first connection.
    pub(super) fn tcp(script: impl FnOnce(TcpStream) -> io::Result<()> + Send + 'static) -> Played {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let thread = std::thread::spawn(move || {
            let (socket, _) = listener.accept()?;
            drop(listener);
            socket.set_read_timeout(Some(STUCK))?;
            socket.set_write_timeout(Some(STUCK))?;
            script(socket)
        });
        Played { address, thread }
    }

    /// One that speaks plain LDAP.
    pub(super) fn plain(script: impl FnOnce(&mut Peer<'_>) -> io::Result<()> + Send + 'static) -> Played {
        Played::tcp(move |mut socket| script(&mut Peer(&mut socket)))
    }

    /// One that speaks TLS from the first byte, or after a StartTLS that it grants.
    pub(super) fn tls(
        config: Arc<ServerConfig>,
        start_tls: bool,
        script: impl FnOnce(&mut Peer<'_>) -> io::Result<()> + Send + 'static,
    ) -> Played {
        Played::tcp(move |mut socket| {
            if start_tls {
                Peer(&mut socket).answer(|id| result(id, 0x78, 0, ""))?;
            }
            let tls = ServerConnection::new(config).map_err(io::Error::other)?;
            script(&mut Peer(&mut StreamOwned::new(tls, socket)))
        })
    }

    pub(super) fn url(&self) -> LdapUrl {
        LdapUrl::Ldap("127.0.0.1".to_owned(), self.address.port())
    }

    pub(super) fn ldaps(&self, host: &str) -> LdapUrl {
        LdapUrl::Ldaps(host.to_owned(), self.address.port())
    }

    /// How the script ended.
    pub(super) fn ended(self) -> io::Result<()> {
        self.thread.join().expect("the script does not panic")
    }
}

/// Settings for these servers, with as much patience as no test needs.
pub(super) fn settings(urls: Vec<LdapUrl>) -> LdapAuth {
    let patience = "connect_timeout = \"60s\"\noperation_timeout = \"60s\"\nlogin_timeout = \"60s\"\n";
    let keys = format!("urls = [\"ldapi://%2F\"]\nuser_base = \"dc=example,dc=org\"\n{patience}");
    LdapAuth { urls, start_tls: false, ..LdapAuth::for_tests(&keys) }
}

// --- certificates --------------------------------------------------------------------------------------------------

/// Certificates and keys in a directory that goes away.
pub(super) struct Certificates(TempDir);

impl Certificates {
    /// Makes `ca.pem`: a CA that is called `CN=Played CA`.
    pub(super) fn new() -> Certificates {
        let certificates = Certificates(tempfile::tempdir().unwrap());
        certificates.own("ca", "/CN=Played CA", &["basicConstraints=critical,CA:TRUE"]);
        certificates
    }

    pub(super) fn path(&self, file: &str) -> PathBuf {
        self.0.path().join(file)
    }

    /// `NAME.pem` and `NAME.key`, signed by itself.
    pub(super) fn own(&self, name: &str, subject: &str, extensions: &[&str]) {
        // An empty configuration: the system's would add extensions.
        let config = self.path("openssl.cnf");
        std::fs::write(&config, "[req]\ndistinguished_name = dn\n[dn]\n").unwrap();
        let (key, cert) = (self.path(&format!("{name}.key")), self.path(&format!("{name}.pem")));
        let mut command = openssl(&["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]);
        command
            .args(["-days", "30", "-subj", subject, "-config"])
            .arg(config)
            .arg("-keyout")
            .arg(key)
            .arg("-out")
            .arg(cert);
        for extension in extensions {
            command.args(["-addext", extension]);
        }
        run(&mut command);
    }

    /// `NAME.pem` and `NAME.key`, signed by the CA; `days` below 0 for one that has expired.
    pub(super) fn signed(&self, name: &str, subject: &str, extensions: &str, days: &str) {
        let file = |suffix: &str| self.path(&format!("{name}.{suffix}"));
        std::fs::write(file("ext"), extensions).unwrap();
        run(openssl(&[
            "req",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-subj",
            subject,
            "-keyout",
        ])
        .arg(file("key"))
        .arg("-out")
        .arg(file("csr")));
        run(openssl(&["x509", "-req", "-days", days, "-CAcreateserial", "-CA"])
            .arg(self.path("ca.pem"))
            .arg("-CAkey")
            .arg(self.path("ca.key"))
            .arg("-in")
            .arg(file("csr"))
            .arg("-extfile")
            .arg(file("ext"))
            .arg("-out")
            .arg(file("pem")));
    }

    /// A server's TLS with `NAME.pem` and `NAME.key`, however bad they are.
    pub(super) fn server(&self, name: &str) -> Arc<ServerConfig> {
        let chain = certificates(&self.path(&format!("{name}.pem")));
        self.server_with(chain, name)
    }

    pub(super) fn server_with(&self, chain: Vec<CertificateDer<'static>>, key: &str) -> Arc<ServerConfig> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let key = PrivateKeyDer::from_pem_file(self.path(&format!("{key}.key"))).unwrap();
        let key = provider.key_provider.load_private_key(key).unwrap();
        let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        // Unlike with_single_cert, this looks at nothing.
        let resolver = SingleCertAndKey::from(CertifiedKey::new(chain, key));
        Arc::new(config.with_no_client_auth().with_cert_resolver(Arc::new(resolver)))
    }
}

pub(super) fn certificates(file: &Path) -> Vec<CertificateDer<'static>> {
    CertificateDer::pem_file_iter(file).unwrap().map(Result::unwrap).collect()
}

fn openssl(args: &[&str]) -> Command {
    let mut command = Command::new("openssl");
    command.args(args).stdin(Stdio::null());
    command
}

fn run(command: &mut Command) {
    let output = command.output().expect("the openssl command is installed");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}
