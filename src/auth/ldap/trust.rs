//! Whose certificates are believed, and why one was not, in words that name the way out.

use std::{
    io::Read,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, PeerIncompatible, RootCertStore, SignatureScheme,
    client::{
        Resumption, WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::CryptoProvider,
    pki_types::{
        CertificateDer, PrivateKeyDer, ServerName, UnixTime,
        pem::{self, PemObject},
    },
};

use super::certificate::Certificate;

/// Most bytes of a file of certificates or with a key; the system's bundle has some 220 kB.
const MAX_PEM: u64 = 4 << 20;
/// Where distributions keep their bundle: Debian, Ubuntu, Arch; Fedora, RHEL; SUSE.
const SYSTEM_BUNDLES: [&str; 3] =
    ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem"];

/// The certificates or keys that the configuration names cannot be used; the sentence has the file and the way out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TrustError {
    #[error("{path}: {why}; `auth.ldap.{key}` names it", path = .path.display())]
    Unreadable { path: PathBuf, key: &'static str, why: String },
    #[error("{path}: no certificate in it can be used; give `auth.ldap.ca_file` the CA's in PEM", path = .0.display())]
    NoRoots(PathBuf),
    #[error("no file with the system's certificates was found; install ca-certificates, or set `auth.ldap.ca_file`")]
    NoSystemStore,
    #[error("{path}: holds no private key in PEM; one with a passphrase cannot be used", path = .0.display())]
    NoKey(PathBuf),
    #[error("{cert} and {key} do not belong together, or are of no use: {why}", cert = .cert.display(), key = .key.display())]
    Client { cert: PathBuf, key: PathBuf, why: String },
    #[error("`auth.ldap.server_name`: {0:?} is neither a host name nor an address")]
    ServerName(String),
}

/// Who is believed, and who we are.
pub(super) struct Trust {
    judge: Arc<WebPkiServerVerifier>,
    config: ClientConfig,
}

impl Trust {
    /// Reads the certificates of `ca_file`, or the system's, and the client's own with its key. Certificates that are
    /// no good are left out one by one, with a warning that has file and line.
    pub(super) fn read(ca_file: Option<&Path>, client: Option<&(PathBuf, PathBuf)>) -> Result<Trust, TrustError> {
        let path = match ca_file {
            Some(path) => path,
            None => SYSTEM_BUNDLES.iter().map(Path::new).find(|path| path.exists()).ok_or(TrustError::NoSystemStore)?,
        };
        let roots = roots(path, &read(path, "ca_file")?)?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let judge = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider.clone())
            .build()
            .map_err(|_| TrustError::NoRoots(path.to_owned()))?;
        Ok(Trust { config: config(provider, judge.clone(), client)?, judge })
    }

    /// For one connection: what the server presents is kept in `witness`, whether it is believed or not.
    pub(super) fn config(&self, witness: &Witness) -> Arc<ClientConfig> {
        let mut config = self.config.clone();
        let judge = Judge { judge: self.judge.clone(), witness: witness.clone() };
        config.dangerous().set_certificate_verifier(Arc::new(judge));
        Arc::new(config)
    }
}

fn config(
    provider: Arc<CryptoProvider>,
    judge: Arc<WebPkiServerVerifier>,
    client: Option<&(PathBuf, PathBuf)>,
) -> Result<ClientConfig, TrustError> {
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring has cipher suites for TLS 1.2 and 1.3")
        .dangerous()
        .with_custom_certificate_verifier(judge);
    let mut config = match client {
        None => config.with_no_client_auth(),
        Some((cert, key)) => {
            let chain: Vec<_> = CertificateDer::pem_slice_iter(&read(cert, "client_cert_file")?)
                .collect::<Result<_, _>>()
                .map_err(|e| unreadable(cert, "client_cert_file", e))?;
            let found = PrivateKeyDer::from_pem_slice(&read(key, "client_key_file")?);
            let found = found.map_err(|_| TrustError::NoKey(key.clone()))?;
            config.with_client_auth_cert(chain, found).map_err(|e| TrustError::Client {
                cert: cert.clone(),
                key: key.clone(),
                why: e.to_string(),
            })?
        }
    };
    // A resumed session shows no certificates, and lives on after a CA is no longer trusted.
    config.resumption = Resumption::disabled();
    Ok(config)
}

fn unreadable(path: &Path, key: &'static str, why: impl ToString) -> TrustError {
    TrustError::Unreadable { path: path.to_owned(), key, why: why.to_string() }
}

/// A file with a key or certificates, wiped when dropped.
fn read(path: &Path, key: &'static str) -> Result<zeroize::Zeroizing<Vec<u8>>, TrustError> {
    let mut content = zeroize::Zeroizing::new(Vec::new());
    let file = std::fs::File::open(path).map_err(|e| unreadable(path, key, e))?;
    file.take(MAX_PEM + 1).read_to_end(&mut content).map_err(|e| unreadable(path, key, e))?;
    match content.len() as u64 > MAX_PEM {
        true => Err(unreadable(path, key, format!("longer than {} MiB", MAX_PEM >> 20))),
        false => Ok(content),
    }
}

fn roots(path: &Path, content: &[u8]) -> Result<RootCertStore, TrustError> {
    let mut roots = RootCertStore::empty();
    for (number, piece) in sections(content) {
        let why = match CertificateDer::from_pem_slice(piece) {
            Ok(der) => match roots.add(der) {
                Ok(()) => continue,
                Err(e) => e.to_string(),
            },
            Err(pem::Error::NoItemsFound) => continue, // a key or a CRL
            Err(e) => e.to_string(),
        };
        tracing::warn!("{}:{number}: this certificate is left out: {why}", path.display());
    }
    if roots.is_empty() { Err(TrustError::NoRoots(path.to_owned())) } else { Ok(roots) }
}

/// The PEM sections with the line that each begins at. Apart, so that one without an end does not spoil the next.
fn sections(content: &[u8]) -> Vec<(usize, &[u8])> {
    let mut sections: Vec<(usize, usize)> = Vec::new(); // line, offset
    let mut at = 0;
    for (number, line) in content.split_inclusive(|b| *b == b'\n').enumerate() {
        if line.starts_with(b"-----BEGIN ") {
            sections.push((number + 1, at));
        }
        at += line.len();
    }
    let ends = sections.iter().skip(1).map(|(_, at)| *at).chain([content.len()]);
    sections.iter().zip(ends).map(|(&(number, from), to)| (number, &content[from..to])).collect()
}

/// What a server presented.
#[derive(Debug, Clone, Default)]
pub(super) struct Witness(Arc<Mutex<Vec<CertificateDer<'static>>>>);

impl Witness {
    /// Its own certificate first; empty before the server has shown any.
    pub(super) fn certificates(&self) -> Vec<Certificate> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().map(Certificate::of).collect()
    }
}

/// The usual verifier, with a witness.
#[derive(Debug)]
struct Judge {
    judge: Arc<WebPkiServerVerifier>,
    witness: Witness,
}

impl ServerCertVerifier for Judge {
    fn verify_server_cert(
        &self,
        own: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let chain = std::iter::once(own).chain(others).map(|der| der.clone().into_owned()).collect();
        *self.witness.0.lock().unwrap_or_else(PoisonError::into_inner) = chain;
        self.judge.verify_server_cert(own, others, name, ocsp, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.judge.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.judge.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.judge.supported_verify_schemes()
    }
}

/// Why there is no TLS with a server, with what to do. `name` is the one that was looked for, `presented` what the server
/// showed.
pub(super) fn explain(error: &rustls::Error, name: &str, presented: &[Certificate]) -> String {
    use rustls::Error::{AlertReceived, InvalidCertificate, InvalidMessage, PeerIncompatible as Incompatible};
    match error {
        InvalidCertificate(why) => explain_certificate(why, name, presented),
        InvalidMessage(_) => {
            "what the server says is not TLS; is this a port for ldap:// with `start_tls = true`?".to_owned()
        }
        AlertReceived(alert) => format!(
            "the server refuses TLS ({alert:?}): it may want a certificate of ours (`client_cert_file`), or have none \
             that suits TLS 1.2 or 1.3"
        ),
        Incompatible(
            PeerIncompatible::ServerDoesNotSupportTls12Or13 | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig,
        ) => "the server offers only TLS 1.1 or older; let it offer TLS 1.2".to_owned(),
        other => other.to_string(),
    }
}

fn explain_certificate(why: &CertificateError, name: &str, presented: &[Certificate]) -> String {
    let Some(own) = presented.first() else { return why.to_string() };
    match why {
        CertificateError::UnknownIssuer => {
            let last = presented.last().unwrap_or(own);
            format!(
                "its certificate ({}) leads to \"{}\", which is not trusted; put that CA's certificate into `ca_file`, \
                 and let the server send the CAs in between",
                own.subject, last.issuer
            )
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } if own.names.is_empty() => {
            format!(
                "its certificate ({}) names no host in subjectAltName, and the CN does not count; make one with \
                 subjectAltName = {name}",
                own.subject
            )
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => format!(
            "its certificate is for {}, not for {name}; put one of these names into `urls` or `server_name`",
            own.names.join(", ")
        ),
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            let first = presented.iter().min_by(|a, b| a.not_after.cmp(&b.not_after)).unwrap_or(own);
            format!(
                "the certificate {} expired at {}; renew it, or correct this machine's clock",
                first.subject, first.not_after
            )
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => format!(
            "the certificate {} is valid from {} only; correct this machine's clock",
            own.subject, own.not_before
        ),
        #[expect(deprecated, reason = "rustls still makes both")]
        CertificateError::UnsupportedSignatureAlgorithm
        | CertificateError::UnsupportedSignatureAlgorithmContext { .. } => format!(
            "the certificate {} is signed with an algorithm that is not secure (SHA-1?); make it anew with SHA-256",
            own.subject
        ),
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            format!("the certificate {} is not meant for servers; it needs extendedKeyUsage serverAuth", own.subject)
        }
        // webpki's own names, which rustls hands on without giving them one.
        CertificateError::Other(other) => match format!("{:?}", other.0).as_str() {
            "CaUsedAsEndEntity" => format!(
                "the server's certificate ({}) is a CA's, and a CA's may not be a server's; make the server one of its \
                 own with basicConstraints = CA:FALSE, signed by that CA or by itself, and keep in `ca_file` who signed",
                own.subject
            ),
            "UnsupportedCertVersion" => format!(
                "its certificate ({}) is X.509 version 1, which has no subjectAltName; make one of version 3 with \
                 subjectAltName = {name}",
                own.subject
            ),
            other => format!("its certificate ({}) is refused: {other}", own.subject),
        },
        other => format!("its certificate ({}) is refused: {other}", own.subject),
    }
}
