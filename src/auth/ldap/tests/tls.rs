use std::{io::Write, path::Path, sync::Arc};

use rustls::{ServerConfig, pki_types::CertificateDer};

use super::*;
use crate::{
    auth::ldap::{
        ber::{element, take},
        door::{Attempt, Step},
        played::{Certificates, certificates, result, tlv},
        trust::{Trust, TrustError},
    },
    config::LdapUrl,
};

const NAMES: &str = "subjectAltName=DNS:ldap.example.org,DNS:localhost,IP:127.0.0.1,IP:::1\n";

/// A CA, and `server` with all names that a test could want.
fn made() -> Certificates {
    let made = Certificates::new();
    made.signed("server", "/O=Example/CN=ldap.example.org", NAMES, "30");
    made
}

/// A bind over TLS with this server, with what was told on the way.
async fn bind(
    config: Arc<ServerConfig>,
    start_tls: bool,
    host: &str,
    server_name: Option<&str>,
    ca: &Path,
) -> (Attempt, Option<Connection>) {
    let server = Played::tls(config, start_tls, |peer| peer.answer(|id| result(id, 0x61, 0, "")));
    let url = match start_tls {
        true => LdapUrl::Ldap(host.to_owned(), server.address.port()),
        false => server.ldaps(host),
    };
    let mut settings = settings(vec![url.clone()]);
    settings.start_tls = start_tls;
    settings.ca_file = Some(ca.to_owned());
    settings.server_name = server_name.map(str::to_owned);
    let began = Instant::now();
    let (attempt, connection) = Servers::new(&settings).unwrap().attempt(&url).await;
    let connection = match connection {
        Some(connection) => connection.bind(BOB, &password()).await.unwrap().1,
        None => None,
    };
    assert!(began.elapsed() < AT_ONCE);
    if connection.is_none() {
        nothing_left().await;
    }
    let _ = server.ended();
    (attempt, connection)
}

/// Why there is no TLS with `NAME.pem`.
async fn refused(made: &Certificates, name: &str, host: &str) -> String {
    let (attempt, connection) = bind(made.server(name), false, host, None, &made.path("ca.pem")).await;
    assert!(connection.is_none());
    assert_eq!(attempt.certificates.len(), 1, "it is shown though it is refused");
    assert_eq!(attempt.steps.last().map(|s| s.0), Some(Step::Tls));
    attempt.failure.unwrap()
}

#[tokio::test]
async fn tls_from_the_first_byte_and_by_start_tls_carry_a_bind() {
    let made = made();
    for start_tls in [false, true] {
        let (attempt, connection) =
            bind(made.server("server"), start_tls, "127.0.0.1", None, &made.path("ca.pem")).await;
        assert!(connection.is_some(), "{attempt}");
        let steps: Vec<Step> = attempt.steps.iter().map(|s| s.0).collect();
        match start_tls {
            true => assert_eq!(steps, [Step::Resolve, Step::Connect, Step::StartTls, Step::Tls]),
            false => assert_eq!(steps, [Step::Resolve, Step::Connect, Step::Tls]),
        }
    }
}

#[tokio::test]
async fn the_certificate_is_held_against_the_name_in_the_url_or_the_configured_one() {
    let made = made();
    let ca = made.path("ca.pem");
    for (host, server_name, good) in [
        ("localhost", None, true),
        ("127.0.0.1", None, true),
        ("127.0.0.1", Some("ldap.example.org"), true),
        ("127.0.0.1", Some("other.example.org"), false),
        ("localhost", Some("::1"), true),
        ("127.0.0.1", Some("127.0.0.2"), false),
    ] {
        let (attempt, connection) = bind(made.server("server"), false, host, server_name, &ca).await;
        assert_eq!(connection.is_some(), good, "{host} {server_name:?}: {attempt}");
    }
    let mut settings = settings(vec![LdapUrl::Ldapi("/".into())]);
    settings.server_name = Some("not a name".to_owned());
    assert_eq!(Servers::new(&settings).map(drop), Err(TrustError::ServerName("not a name".to_owned())));
}

#[tokio::test]
async fn what_is_told_of_a_certificate_is_what_openssl_tells() {
    let made = made();
    let (attempt, _) = bind(made.server("server"), false, "127.0.0.1", None, &made.path("ca.pem")).await;
    let [shown] = &attempt.certificates[..] else { panic!("{attempt:?}") };
    assert_eq!((shown.subject.as_str(), shown.issuer.as_str()), ("O=Example, CN=ldap.example.org", "CN=Played CA"));
    assert_eq!(shown.names, ["ldap.example.org", "localhost", "127.0.0.1", "::1"]);
    assert!(!shown.ca);
    let said = std::process::Command::new("openssl")
        .args(["x509", "-noout", "-fingerprint", "-sha256", "-enddate", "-dateopt", "iso_8601", "-in"])
        .arg(made.path("server.pem"))
        .output()
        .unwrap();
    let said = String::from_utf8(said.stdout).unwrap();
    assert!(said.contains(&format!("={}\n", shown.fingerprint)), "{said} {shown:?}");
    assert!(said.contains(&format!("notAfter={}\n", shown.not_after.replace(" UTC", "Z"))), "{said} {shown:?}");
}

#[tokio::test]
async fn a_certificate_of_an_unknown_ca_is_refused_with_that_ca_s_name() {
    let (ours, theirs) = (made(), made());
    let (attempt, none) = bind(theirs.server("server"), false, "127.0.0.1", None, &ours.path("ca.pem")).await;
    assert!(none.is_none());
    // It has the same name here, so it is the signature that is wrong.
    let why = attempt.failure.unwrap();
    assert!(why.contains("ldap.example.org"), "{why}");
    ours.own("alone", "/CN=alone", &["subjectAltName=IP:127.0.0.1", "basicConstraints=critical,CA:FALSE"]);
    assert_eq!(
        refused(&ours, "alone", "127.0.0.1").await,
        "its certificate (CN=alone) leads to \"CN=alone\", which is not trusted; put that CA's certificate into \
         `ca_file`, and let the server send the CAs in between"
    );
    // And that is all it takes.
    let (_, connection) = bind(ours.server("alone"), false, "127.0.0.1", None, &ours.path("alone.pem")).await;
    assert!(connection.is_some());
}

#[tokio::test]
async fn a_ca_that_serves_is_refused_with_the_way_out() {
    let made = made();
    made.own("both", "/CN=both", &["subjectAltName=IP:127.0.0.1", "basicConstraints=critical,CA:TRUE"]);
    let (attempt, none) = bind(made.server("both"), false, "127.0.0.1", None, &made.path("both.pem")).await;
    assert!(none.is_none() && attempt.certificates[0].ca);
    let why = attempt.failure.unwrap();
    assert!(why.starts_with("the server's certificate (CN=both) is a CA's") && why.contains("CA:FALSE"), "{why}");
}

#[tokio::test]
async fn each_fault_of_a_certificate_is_told_with_what_mends_it() {
    let made = made();
    made.signed("other", "/CN=other", "subjectAltName=DNS:a.example.org,DNS:b.example.org\n", "30");
    assert_eq!(
        refused(&made, "other", "127.0.0.1").await,
        "its certificate is for a.example.org, b.example.org, not for 127.0.0.1; put one of these names into `urls` or \
         `server_name`"
    );
    made.signed("old-school", "/CN=127.0.0.1", "basicConstraints=CA:FALSE\n", "30");
    assert_eq!(
        refused(&made, "old-school", "127.0.0.1").await,
        "its certificate (CN=127.0.0.1) names no host in subjectAltName, and the CN does not count; make one with \
         subjectAltName = 127.0.0.1"
    );
    made.signed("expired", "/CN=expired", NAMES, "-1");
    let why = refused(&made, "expired", "127.0.0.1").await;
    assert!(why.starts_with("the certificate CN=expired expired at 20") && why.contains("clock"), "{why}");
    made.signed("client", "/CN=client", &format!("{NAMES}extendedKeyUsage=clientAuth\n"), "30");
    let why = refused(&made, "client", "127.0.0.1").await;
    assert_eq!(why, "the certificate CN=client is not meant for servers; it needs extendedKeyUsage serverAuth");
}

/// The certificate without version and extensions, as they were made before 1996; its signature does not matter, as it is
/// refused before.
fn version_1(certificate: &[u8]) -> CertificateDer<'static> {
    let mut inside = take(&mut &*certificate, 0x30).unwrap();
    let mut body = take(&mut inside, 0x30).unwrap();
    let mut kept = Vec::new();
    while let Some((tag, content)) = element(&mut body) {
        if tag != 0xa0 && tag != 0xa3 {
            kept.extend(tlv(tag, content));
        }
    }
    CertificateDer::from(tlv(0x30, [&tlv(0x30, kept), inside].concat()))
}

#[tokio::test]
async fn a_certificate_of_version_1_is_told_to_be_one() {
    let made = made();
    let old = version_1(&certificates(&made.path("server.pem"))[0]);
    let server = made.server_with(vec![old], "server");
    let (attempt, none) = bind(server, false, "127.0.0.1", None, &made.path("ca.pem")).await;
    assert!(none.is_none());
    assert_eq!(
        attempt.failure.unwrap(),
        "its certificate (O=Example, CN=ldap.example.org) is X.509 version 1, which has no subjectAltName; make one of \
         version 3 with subjectAltName = 127.0.0.1"
    );
}

#[tokio::test]
async fn a_server_without_tls_or_with_an_old_one_is_told_apart() {
    let made = made();
    for (bytes, told) in [
        (&b"\x30\x0c\x02\x01\x00\x78\x07\x0a\x01\x02\x04\x00\x04\x00"[..], "what the server says is not TLS"),
        (&[0x15, 3, 1, 0, 2, 2, 70][..], "the server refuses TLS (ProtocolVersion)"),
        (&[], "the server hung up"),
    ] {
        let server = Played::tcp(move |mut socket| {
            let mut hello = [0; 5];
            std::io::Read::read_exact(&mut socket, &mut hello)?;
            socket.write_all(bytes)
        });
        let mut settings = settings(vec![server.ldaps("127.0.0.1")]);
        settings.ca_file = Some(made.path("ca.pem"));
        let (attempt, none) = Servers::new(&settings).unwrap().attempt(&settings.urls[0]).await;
        assert!(none.is_none());
        let why = attempt.failure.unwrap();
        assert!(why.starts_with(told), "{why}");
        nothing_left().await;
        server.ended().unwrap();
    }
}

#[tokio::test]
async fn a_server_that_wants_a_certificate_of_ours_gets_the_configured_one() {
    let made = made();
    made.signed("us", "/CN=coracle", "extendedKeyUsage=clientAuth\n", "30");
    let mut roots = rustls::RootCertStore::empty();
    roots.add(certificates(&made.path("ca.pem")).remove(0)).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let judge = rustls::server::WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider.clone());
    let key = rustls::pki_types::pem::PemObject::from_pem_file(made.path("server.key")).unwrap();
    let demanding = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_client_cert_verifier(judge.build().unwrap())
        .with_single_cert(certificates(&made.path("server.pem")), key)
        .unwrap();
    let demanding = Arc::new(demanding);
    for (cert, good) in [(Some((made.path("us.pem"), made.path("us.key"))), true), (None, false)] {
        let server = Played::tls(demanding.clone(), false, |peer| peer.answer(|id| result(id, 0x61, 0, "")));
        let mut settings = settings(vec![server.ldaps("127.0.0.1")]);
        settings.ca_file = Some(made.path("ca.pem"));
        settings.client_cert = cert;
        let bound = match Servers::new(&settings).unwrap().open().await {
            Ok(connection) => connection.bind(BOB, &password()).await.map(|(answer, _)| answer.rc),
            Err(e) => Err(e),
        };
        match bound {
            Ok(rc) => assert!(good && rc == 0),
            // With TLS 1.3 the server's no comes after our side is done.
            Err(e) => assert!(!good && e.to_string().contains("ertificateRequired"), "{e}"),
        }
        nothing_left().await;
        let _ = server.ended();
    }
}

#[test]
fn bad_certificates_among_good_ones_are_left_out_one_by_one() {
    let made = made();
    let good = std::fs::read_to_string(made.path("ca.pem")).unwrap();
    let (begin, end) = ("-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----");
    let bundle = made.path("bundle.pem");
    let cut = &good[..good.len() / 2]; // without its end
    std::fs::write(&bundle, format!("# ours\n{begin}\nAAAA\n{end}\n{begin}\n%%%\n{end}\n{cut}\n{good}\n{begin}\n"))
        .unwrap();
    assert!(Trust::read(Some(&bundle), None).is_ok());

    std::fs::write(&bundle, format!("{begin}\nAAAA\n{end}\n")).unwrap();
    assert_eq!(Trust::read(Some(&bundle), None).err(), Some(TrustError::NoRoots(bundle.clone())));
    std::fs::write(&bundle, "").unwrap();
    assert_eq!(Trust::read(Some(&bundle), None).err(), Some(TrustError::NoRoots(bundle)));
    let missing = Trust::read(Some(Path::new("/nowhere.pem")), None).err().unwrap().to_string();
    assert_eq!(missing, "/nowhere.pem: No such file or directory (os error 2); `auth.ldap.ca_file` names it");
}

#[test]
fn the_client_s_certificate_and_key_must_belong_together() {
    let made = made();
    let ca = made.path("ca.pem");
    let read = |cert: &str, key: &str| {
        Trust::read(Some(&ca), Some(&(made.path(cert), made.path(key)))).err().map(|e| e.to_string())
    };
    assert_eq!(read("server.pem", "server.key"), None);
    let strangers = read("server.pem", "ca.key").unwrap();
    assert!(strangers.contains("do not belong together"), "{strangers}");
    let no_key = read("server.pem", "server.pem").unwrap();
    assert!(no_key.contains("holds no private key in PEM"), "{no_key}");
    assert!(read("server.pem", "nowhere.key").unwrap().contains("`auth.ldap.client_key_file` names it"));
}
