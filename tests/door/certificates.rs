//! Certificates of an authority of the test's own, made by `openssl`, and what `check-config` says of them.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::daemon::{Bed, UID, can_run};

/// The host that certificates are for where a test says nothing else.
pub(crate) const HOST: &str = "shell.example.org";
const CONFIG: &str = "
[ca]
default_ca = here
[here]
new_certs_dir = .
database = index
serial = serial
default_md = sha256
policy = any
unique_subject = no
[any]
";

/// An authority in a directory of its own.
pub(crate) struct Authority {
    directory: tempfile::TempDir,
}

impl Authority {
    pub(crate) fn new() -> Authority {
        let authority = Authority { directory: tempfile::Builder::new().prefix("coracle-ca-").tempdir().unwrap() };
        for (name, text) in [("config", CONFIG), ("index", ""), ("serial", "1000")] {
            fs::write(authority.at(name), text).unwrap();
        }
        authority.key("ca.key");
        authority.openssl("req -x509 -new -key ca.key -subj /CN=Door -days 30 -out ca.pem");
        authority
    }

    fn at(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Its own certificate.
    pub(crate) fn pem(&self) -> PathBuf {
        self.at("ca.pem")
    }

    fn openssl(&self, line: &str) {
        let done = Command::new("openssl").args(line.split(' ')).current_dir(self.directory.path()).output();
        let done = done.expect("openssl is installed");
        assert!(done.status.success(), "openssl {line}: {}", String::from_utf8_lossy(&done.stderr));
    }

    fn key(&self, name: &str) {
        self.openssl(&format!("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out {name}"));
    }

    /// A certificate with these extensions, valid from and until these days (`YYYYMMDD`), as PEM; its key is `NAME.key`.
    fn certify(&self, name: &str, extensions: &str, from: &str, until: &str) -> String {
        self.key(&format!("{name}.key"));
        fs::write(self.at(&format!("{name}.ext")), format!("basicConstraints = CA:FALSE\n{extensions}\n")).unwrap();
        self.openssl(&format!("req -new -key {name}.key -subj /CN={name} -out {name}.csr"));
        self.openssl(&format!(
            "ca -batch -notext -config config -cert ca.pem -keyfile ca.key -extfile {name}.ext -in {name}.csr \
             -out {name}.pem -startdate {from}000000Z -enddate {until}000000Z"
        ));
        fs::read_to_string(self.at(&format!("{name}.pem"))).unwrap()
    }

    /// Writes a certificate for [`HOST`] that is good for years, and its key, into the bed, for its daemon to read.
    pub(crate) fn furnish(&self, bed: &Bed) {
        self.furnish_for(bed, &format!("DNS:{HOST}"));
    }

    /// The same for these names of openssl's: `DNS:a.example,IP:192.0.2.1`.
    pub(crate) fn furnish_for(&self, bed: &Bed, names: &str) {
        let certificate = self.certify("server", &format!("subjectAltName = {names}"), "20200101", "20991231");
        install(bed, "cert.pem", &certificate);
        install(bed, "key.pem", &self.read("server.key"));
    }

    /// One for [`HOST`] that was good in January 2020.
    pub(crate) fn expired(&self) -> String {
        self.certify("expired", &format!("subjectAltName = DNS:{HOST}"), "20200101", "20200201")
    }

    pub(crate) fn expired_key(&self) -> String {
        self.read("expired.key")
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.at(name)).unwrap()
    }
}

/// What names the two files that [`Authority::furnish`] writes.
pub(crate) const SERVER_TLS: &str = "[server.tls]\ncert_file = \"cert.pem\"\nkey_file = \"key.pem\"\n";

/// A file of the daemon's that only it may read.
pub(crate) fn install(bed: &Bed, name: &str, text: &str) {
    chown(bed.directory.path(), Some(UID), Some(UID)).unwrap();
    fs::write(bed.at(name), text).unwrap();
    set(&bed.at(name), UID, 0o600);
}

fn set(path: &Path, uid: u32, mode: u32) {
    chown(path, Some(uid), Some(uid)).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// Exit code and everything that `check-config` says.
fn checked(bed: &Bed) -> (i32, String) {
    let config = bed.config_file();
    let (code, out, error) = bed.run(&["check-config", "--config", config.to_str().unwrap()], "");
    (code, out + &error)
}

#[test]
fn a_good_certificate_is_no_word_worth() {
    if !can_run() {
        return;
    }
    let bed = Bed::new(&format!("[server]\npublic_url = \"https://{HOST}\"\n{SERVER_TLS}"));
    bed.add_mira();
    Authority::new().furnish(&bed);
    let (code, said) = checked(&bed);
    assert!(code == 0 && said.starts_with("config OK") && said.lines().count() == 1, "{code} {said}");
}

#[test]
fn each_certificate_that_no_handshake_can_be_done_with_is_a_mistake_with_its_way_out() {
    if !can_run() {
        return;
    }
    let authority = Authority::new();
    let bed = Bed::new(SERVER_TLS);
    authority.furnish(&bed);
    let (cert, key) = (fs::read_to_string(bed.at("cert.pem")).unwrap(), authority.read("server.key"));
    let says = |file: &str, words: &[&str]| {
        let (code, said) = checked(&bed);
        assert_eq!(code, 78, "{said}");
        assert!(said.contains(bed.at(file).to_str().unwrap()), "{file} is not named: {said}");
        for word in words {
            assert!(said.contains(word), "no `{word}`: {said}");
        }
    };
    fs::remove_file(bed.at("cert.pem")).unwrap();
    says("cert.pem", &["No such file", "[server.tls]"]);
    install(&bed, "cert.pem", "no certificate\n");
    says("cert.pem", &["BEGIN CERTIFICATE", "-inform der"]);
    install(&bed, "cert.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    says("cert.pem", &["not usable", "subjectAltName"]);
    install(&bed, "cert.pem", &cert.repeat(17));
    says("cert.pem", &["more than 16"]);
    install(&bed, "cert.pem", &"x".repeat(300_000));
    says("cert.pem", &["256 KiB"]);
    install(&bed, "cert.pem", &cert);

    install(&bed, "key.pem", &cert);
    says("key.pem", &["BEGIN PRIVATE KEY", "key_file"]);
    install(&bed, "key.pem", &authority.read("ca.key"));
    says("key.pem", &["does not belong to", "cert.pem"]);
    install(&bed, "key.pem", &format!("{}{key}", authority.read("ca.key")));
    says("key.pem", &["does not belong to"]); // the first one counts
    authority.openssl("pkey -in server.key -aes256 -passout pass:secret -out locked.key");
    install(&bed, "key.pem", &authority.read("locked.key"));
    says("key.pem", &["encrypted", "openssl pkey"]);
    authority.openssl("genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024 -out short.key");
    install(&bed, "key.pem", &authority.read("short.key"));
    says("key.pem", &["2048 bits"]);
    install(&bed, "key.pem", &key);
    set(&bed.at("key.pem"), UID, 0o644);
    says("key.pem", &["mode 0644", "chmod 0640"]);
    fs::remove_file(bed.at("key.pem")).unwrap();
    fs::create_dir(bed.at("key.pem")).unwrap();
    says("key.pem", &["not a regular file"]);

    bed.configure("[server.tls]\ncert_file = \"cert.pem\"\n");
    says("config.toml", &["server.tls.key_file: is missing"]);
}

#[test]
fn what_browsers_will_have_against_a_certificate_is_a_warning_with_the_way_out() {
    if !can_run() {
        return;
    }
    let authority = Authority::new();
    let bed = Bed::new(&format!("[server]\npublic_url = \"https://{HOST}\"\n{SERVER_TLS}"));
    bed.add_mira();
    let ours = format!("subjectAltName = DNS:{HOST}");
    let says = |extensions: &str, from: &str, until: &str, chain: &str, words: &[&str]| {
        install(&bed, "cert.pem", &(authority.certify("server", extensions, from, until) + chain));
        install(&bed, "key.pem", &authority.read("server.key"));
        let (code, said) = checked(&bed);
        assert!(code == 0 && said.contains("config OK"), "{code} {said}");
        assert_eq!(said.lines().count(), 1 + usize::from(!words.is_empty()), "{said}");
        for word in words {
            assert!(said.contains(word), "no `{word}`: {said}");
        }
    };
    says(&ours, "20200101", "20200201", "", &["expired on 2020-02-01", "try-reload-or-restart"]);
    says(&ours, "20990101", "20991231", "", &["not valid before 2099-01-01", "clock"]);
    says(
        "subjectAltName = DNS:a.example,IP:192.0.2.1",
        "20200101",
        "20991231",
        "",
        &["is for a.example, 192.0.2.1, not for shell.example.org", "server.public_url"],
    );
    says("keyUsage = digitalSignature", "20200101", "20991231", "", &["is for no host, not for"]);
    says(&format!("{ours}\nextendedKeyUsage = clientAuth"), "20200101", "20991231", "", &["serverAuth"]);
    let issuer = fs::read_to_string(authority.pem()).unwrap();
    says(&ours, "20200101", "20991231", &issuer, &[]);
    let other = fs::read_to_string(Authority::new().pem()).unwrap();
    says(&ours, "20200101", "20991231", &other, &["not signed by any other"]);
    says("subjectAltName = DNS:*.example.org", "20200101", "20991231", "", &[]);

    install(&bed, "cert.pem", &issuer);
    install(&bed, "key.pem", &authority.read("ca.key"));
    let (code, said) = checked(&bed);
    assert!(code == 0 && said.contains("CA:FALSE"), "{code} {said}");
}

#[test]
fn a_certificate_that_is_about_to_expire_is_warned_of_in_the_last_fifth_of_its_life() {
    if !can_run() {
        return;
    }
    let authority = Authority::new();
    let bed = Bed::new(SERVER_TLS);
    bed.add_mira();
    let day = |days: i64| {
        let date = Command::new("date").args(["-u", "-d", &format!("{days} days"), "+%Y%m%d"]).output().unwrap();
        String::from_utf8(date.stdout).unwrap().trim().to_owned()
    };
    let warned = |from: i64, until: i64| {
        let names = format!("subjectAltName = DNS:{HOST}");
        install(&bed, "cert.pem", &authority.certify("server", &names, &day(from), &day(until)));
        install(&bed, "key.pem", &authority.read("server.key"));
        checked(&bed).1.contains("expires on")
    };
    assert_eq!((warned(-50, 40), warned(-80, 10), warned(-1, 5)), (false, true, false));
}

#[test]
fn who_may_not_read_the_key_is_not_told_of_a_mistake() {
    if !can_run() {
        return;
    }
    let bed = Bed::new(SERVER_TLS);
    bed.add_mira();
    Authority::new().furnish(&bed);
    set(&bed.at("key.pem"), 0, 0o600);
    let (code, said) = checked(&bed);
    assert!(code == 0 && said.starts_with("config OK"), "{code} {said}");
}
