//! A certificate and its key, as files: read, checked against each other, and judged as a browser would.

use std::{
    fmt,
    fs::File,
    io::{self, Read},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use rustix::fs::{Mode, OFlags};
use rustls::{
    CertificateError, Error as TlsError, InconsistentKeys, RootCertStore,
    client::{verify_server_cert_signed_by_trust_anchor, verify_server_name},
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime, pem, pem::PemObject},
    server::ParsedCertificate,
    sign::CertifiedKey,
};
use zeroize::Zeroizing;

use crate::config::{PublicUrl, TlsFiles};

/// Bytes of one file: a chain of certificates, or a key.
const MAX_FILE: u64 = 256 * 1024;
/// Certificates of one chain; all of them go over the wire in each handshake.
const MAX_CHAIN: usize = 16;
/// Mode bits that a key may not have: no group writing, nothing for others. 0640 or stricter is left.
const TOO_OPEN: u32 = 0o037;
/// Names that are told of a certificate with many.
const NAMES_SHOWN: usize = 5;

/// Why there is no certificate to show. Each has the file and the way out.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BadCertificate {
    #[error("{path}: {source}; correct its path under [server.tls], or let the account that runs the daemon read it", path = .path.display())]
    Unreadable { path: PathBuf, source: io::Error },
    #[error("{0}: is not a regular file of at most 256 KiB; name the PEM file itself under [server.tls]")]
    NotAFile(PathBuf),
    #[error("{path}: others may read or change the key (mode {mode:04o}); close it: chmod 0640 {path}", path = .path.display())]
    Open { path: PathBuf, mode: u32 },
    #[error("{path}: the key belongs to uid {owner}, neither root nor the one that runs; give it back: chown root {path}", path = .path.display())]
    ForeignOwner { path: PathBuf, owner: u32 },
    #[error(
        "{0}: has no certificate in PEM (-----BEGIN CERTIFICATE-----); write the server's own into it, then its issuers', or convert it: openssl x509 -inform der -in OLD -out {0}"
    )]
    NoCertificate(PathBuf),
    #[error("{0}: has more than 16 certificates; leave only the server's own and its issuers'")]
    LongChain(PathBuf),
    #[error("{path}: its first certificate is not usable: {source}; make one of version 3 with a subjectAltName", path = .path.display())]
    Certificate { path: PathBuf, source: TlsError },
    #[error("{0}: has no key in PEM (-----BEGIN PRIVATE KEY-----); name the key's file as server.tls.key_file")]
    NoKey(PathBuf),
    #[error("{0}: the key is encrypted, and nobody types its password here; decrypt it: openssl pkey -in {0} -out NEW")]
    EncryptedKey(PathBuf),
    #[error("{path}: the key is not usable: {source}; make one of RSA with 2048 bits or more, ECDSA P-256 or P-384, or Ed25519", path = .path.display())]
    Key { path: PathBuf, source: TlsError },
    #[error("{key}: the key does not belong to the first certificate of {cert}; put the server's own certificate first, or name its key", key = .key.display(), cert = .cert.display())]
    Mismatch { cert: PathBuf, key: PathBuf },
}

impl BadCertificate {
    /// The file to name when there is room for one.
    pub(crate) fn path(&self) -> &Path {
        match self {
            Self::NotAFile(path) | Self::NoCertificate(path) | Self::LongChain(path) => path,
            Self::NoKey(path) | Self::EncryptedKey(path) => path,
            Self::Unreadable { path, .. } | Self::Open { path, .. } | Self::ForeignOwner { path, .. } => path,
            Self::Certificate { path, .. } | Self::Key { path, .. } | Self::Mismatch { key: path, .. } => path,
        }
    }

    /// Whether only this process may not look, which says nothing about the daemon.
    pub(crate) fn is_permission(&self) -> bool {
        matches!(self, Self::Unreadable { source, .. } if source.kind() == io::ErrorKind::PermissionDenied)
    }
}

/// A chain and the key of its first certificate: they belong together.
pub(crate) struct Certificate {
    path: PathBuf,
    key: Arc<CertifiedKey>,
    /// The subjectAltName, as rustls tells it; empty if there is none.
    names: Vec<String>,
    /// Seconds since 1970.
    not_before: u64,
    not_after: u64,
    /// What a browser finds wrong with it while it is valid, with the way out.
    flaw: Option<&'static str>,
}

impl Certificate {
    /// Reads and checks both files.
    ///
    /// # Errors
    /// If no handshake could be done with them. One that browsers refuse, say because it has expired, is none: see
    /// [`Certificate::doubts`].
    pub(crate) fn read(files: &TlsFiles) -> Result<Certificate, BadCertificate> {
        let chain = chain(&files.cert)?;
        let key = private_key(&files.key)?;
        let failed = |source| BadCertificate::Certificate { path: files.cert.clone(), source };
        let judged = judge(&chain).map_err(failed)?;
        let provider = ring::default_provider();
        let signer = provider
            .key_provider
            .load_private_key(key)
            .map_err(|source| BadCertificate::Key { path: files.key.clone(), source })?;
        let key = CertifiedKey::new(chain, signer);
        match key.keys_match() {
            Ok(()) | Err(TlsError::InconsistentKeys(InconsistentKeys::Unknown)) => {}
            Err(TlsError::InconsistentKeys(_)) => {
                return Err(BadCertificate::Mismatch { cert: files.cert.clone(), key: files.key.clone() });
            }
            Err(source) => return Err(failed(source)),
        }
        let Judged { names, not_before, not_after, flaw } = judged;
        Ok(Certificate { path: files.cert.clone(), key: Arc::new(key), names, not_before, not_after, flaw })
    }

    pub(super) fn key(&self) -> Arc<CertifiedKey> {
        self.key.clone()
    }

    /// Whether it is for `host`: a DNS name, or an address with or without brackets; no port.
    pub(crate) fn covers(&self, host: &str) -> bool {
        let bare = host.strip_prefix('[').and_then(|h| h.strip_suffix(']')).unwrap_or(host);
        let Ok(name) = ServerName::try_from(bare) else { return false };
        self.key.cert.first().is_some_and(|first| {
            ParsedCertificate::try_from(first).is_ok_and(|parsed| verify_server_name(&parsed, &name).is_ok())
        })
    }

    pub(crate) fn is_valid_at(&self, now: u64) -> bool {
        (self.not_before..=self.not_after).contains(&now)
    }

    /// Why browsers refuse it, or will soon: `FILE: what is wrong; what to do`. `now` in seconds since 1970.
    pub(crate) fn doubts(&self, now: u64, public_url: Option<&PublicUrl>) -> Vec<String> {
        let renew = "renew it, then run systemctl try-reload-or-restart coracle.service";
        let (from, until) = (crate::sys::date(self.not_before), crate::sys::date(self.not_after));
        let mut doubts = Vec::new();
        if now > self.not_after {
            doubts.push(format!("expired on {until}; {renew}"));
        } else if now < self.not_before {
            doubts.push(format!("is not valid before {from}; wait, or correct this host's clock"));
        } else if self.not_after - now < (self.not_after - self.not_before) / 5 {
            doubts.push(format!("expires on {until}; {renew}"));
        }
        match public_url.filter(|url| url.is_https()).map(PublicUrl::host) {
            Some(host) if !self.covers(host) => {
                let fix = "make one with that name in its subjectAltName, or correct server.public_url";
                doubts.push(format!("is for {}, not for {host}; {fix}", self.shown_names()));
            }
            None if self.names.is_empty() => {
                doubts.push("names no host at all; make one with the host's name in its subjectAltName".into());
            }
            _ => {}
        }
        doubts.extend(self.flaw.map(str::to_owned));
        doubts.into_iter().map(|doubt| format!("{}: {doubt}", self.path.display())).collect()
    }

    fn shown_names(&self) -> String {
        match self.names.len() {
            0 => "no host".to_owned(),
            n if n <= NAMES_SHOWN => self.names.join(", "),
            n => format!("{} and {} more", self.names[..NAMES_SHOWN].join(", "), n - NAMES_SHOWN),
        }
    }
}

impl fmt::Display for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let until = crate::sys::date(self.not_after);
        write!(f, "{} (for {}, until {until})", self.path.display(), self.shown_names())
    }
}

/// What the certificates say for themselves.
struct Judged {
    names: Vec<String>,
    not_before: u64,
    not_after: u64,
    flaw: Option<&'static str>,
}

/// webpki tells dates and names only by refusing: so it is asked about the ends of time, and about a name that nobody has.
fn judge(chain: &[CertificateDer<'static>]) -> Result<Judged, TlsError> {
    let (first, issuers) = chain.split_first().ok_or(TlsError::NoCertificatesPresented)?;
    let parsed = ParsedCertificate::try_from(first)?;
    let mut anchors = RootCertStore::empty();
    anchors.add_parsable_certificates(issuers.iter().cloned());
    let algorithms = ring::default_provider().signature_verification_algorithms;
    let verified_at = |seconds| {
        let time = UnixTime::since_unix_epoch(Duration::from_secs(seconds));
        verify_server_cert_signed_by_trust_anchor(&parsed, &anchors, &[], time, algorithms.all)
    };
    let not_before = match verified_at(0) {
        Err(TlsError::InvalidCertificate(CertificateError::NotValidYetContext { not_before, .. })) => {
            not_before.as_secs()
        }
        _ => 0,
    };
    let not_after = match verified_at(u64::MAX) {
        Err(TlsError::InvalidCertificate(CertificateError::ExpiredContext { not_after, .. })) => not_after.as_secs(),
        Err(error @ TlsError::InvalidCertificate(CertificateError::BadEncoding)) => return Err(error),
        _ => u64::MAX,
    };
    let flaw = match verified_at(not_before) {
        Err(TlsError::InvalidCertificate(CertificateError::InvalidPurpose))
        | Err(TlsError::InvalidCertificate(CertificateError::InvalidPurposeContext { .. })) => {
            Some("is not for servers; make one with serverAuth in its extendedKeyUsage")
        }
        Err(TlsError::InvalidCertificate(CertificateError::Other(other))) if other.to_string() == CA_AS_SERVER => {
            Some("is a CA's own certificate, which Firefox refuses; make one with basicConstraints CA:FALSE")
        }
        Err(TlsError::InvalidCertificate(CertificateError::UnknownIssuer | CertificateError::BadSignature))
            if !issuers.is_empty() =>
        {
            Some("is not signed by any other in its file; put its issuer's behind it")
        }
        _ => None,
    };
    Ok(Judged { names: names(&parsed), not_before, not_after, flaw })
}

/// What webpki calls it; rustls has no variant of its own.
const CA_AS_SERVER: &str = "CaUsedAsEndEntity";

fn names(parsed: &ParsedCertificate<'_>) -> Vec<String> {
    let Ok(nobody) = ServerName::try_from("nobody.invalid") else { return Vec::new() };
    match verify_server_name(parsed, &nobody) {
        Err(TlsError::InvalidCertificate(CertificateError::NotValidForNameContext { presented, .. })) => {
            presented.iter().map(|name| bare_name(name)).collect()
        }
        _ => Vec::new(),
    }
}

/// `DnsName("a.example")` and `IpAddress(192.0.2.1)` without their wrapping. Certificates are files of strangers, too: no
/// control character passes.
fn bare_name(told: &str) -> String {
    let inner = told.split_once('(').map_or(told, |(_, rest)| rest.strip_suffix(')').unwrap_or(rest));
    inner.trim_matches('"').chars().filter(|c| !c.is_control()).collect()
}

fn chain(path: &Path) -> Result<Vec<CertificateDer<'static>>, BadCertificate> {
    let (text, _) = read(path)?;
    let mut chain = Vec::new();
    for certificate in CertificateDer::pem_slice_iter(&text) {
        match certificate {
            Ok(certificate) => chain.push(certificate),
            Err(_) => return Err(BadCertificate::NoCertificate(path.to_owned())),
        }
        if chain.len() > MAX_CHAIN {
            return Err(BadCertificate::LongChain(path.to_owned()));
        }
    }
    if chain.is_empty() { Err(BadCertificate::NoCertificate(path.to_owned())) } else { Ok(chain) }
}

fn private_key(path: &Path) -> Result<PrivateKeyDer<'static>, BadCertificate> {
    let (text, found) = read(path)?;
    let mode = found.mode() & 0o7777;
    if mode & TOO_OPEN != 0 {
        return Err(BadCertificate::Open { path: path.to_owned(), mode });
    }
    let us = rustix::process::geteuid();
    if ![0, us.as_raw()].contains(&found.uid()) && !us.is_root() {
        return Err(BadCertificate::ForeignOwner { path: path.to_owned(), owner: found.uid() });
    }
    match PrivateKeyDer::from_pem_slice(&text) {
        Ok(key) => Ok(key),
        Err(pem::Error::NoItemsFound) if has(&text, b"ENCRYPTED PRIVATE KEY") => {
            Err(BadCertificate::EncryptedKey(path.to_owned()))
        }
        Err(_) => Err(BadCertificate::NoKey(path.to_owned())),
    }
}

fn has(text: &[u8], words: &[u8]) -> bool {
    text.windows(words.len()).any(|window| window == words)
}

/// What is open is what is judged: a name may point elsewhere a moment later.
fn read(path: &Path) -> Result<(Zeroizing<Vec<u8>>, std::fs::Metadata), BadCertificate> {
    let failed = |source: io::Error| BadCertificate::Unreadable { path: path.to_owned(), source };
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK; // a pipe must not make us wait
    let file = File::from(rustix::fs::open(path, flags, Mode::empty()).map_err(|e| failed(e.into()))?);
    let found = file.metadata().map_err(failed)?;
    if !found.is_file() || found.len() > MAX_FILE {
        return Err(BadCertificate::NotAFile(path.to_owned()));
    }
    let mut text = Zeroizing::new(Vec::with_capacity(MAX_FILE as usize + 1)); // never grown, so never left behind
    file.take(MAX_FILE + 1).read_to_end(&mut text).map_err(failed)?;
    if text.len() as u64 > MAX_FILE {
        return Err(BadCertificate::NotAFile(path.to_owned()));
    }
    Ok((text, found))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_without_what_is_around_them() {
        assert_eq!(bare_name("DnsName(\"*.example.org\")"), "*.example.org");
        assert_eq!(bare_name("IpAddress(192.0.2.1)"), "192.0.2.1");
        assert_eq!(bare_name("a\u{1b}[31m"), "a[31m");
    }
}
