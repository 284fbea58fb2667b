//! The directory servers that tests/bed/servers.sh runs, and Coracle configured for one of them.

use std::{fs, path::Path, process::Command, sync::OnceLock};

use crate::{
    browser::{Answer, Browser},
    machine::{Machine, until},
    service::Service,
};

/// Everybody's; tests/bed/servers/people.py says who is there.
pub(crate) const PASSWORD: &str = "Right.Horse-7";
pub(crate) const SERVICE_PASSWORD: &str = "Service.Door-3";
const CONFIG: &str = "/home/tester/.config/coracle";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Slapd,
    Samba,
    Ds389,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tls {
    /// `ldap://` and StartTLS.
    Start,
    /// `ldaps://`
    Whole,
}

/// One running directory.
#[derive(Debug)]
pub(crate) struct Rig {
    kind: Kind,
    name: String,
    port: u16,
    tls_port: u16,
    pub(crate) ca: std::path::PathBuf,
}

impl Rig {
    pub(crate) fn of(kind: Kind) -> &'static Rig {
        static RIGS: [OnceLock<Rig>; 3] = [const { OnceLock::new() }; 3];
        let variable = ["CORACLE_BED_SLAPD", "CORACLE_BED_SAMBA", "CORACLE_BED_389DS"][kind as usize];
        RIGS[kind as usize].get_or_init(|| {
            let file = std::env::var(variable)
                .unwrap_or_else(|_| panic!("{variable} is not set: `make test` runs these tests, and the servers"));
            let facts = fs::read_to_string(&file).unwrap_or_else(|e| panic!("{file}: {e}"));
            let fact = |name: &str| {
                let of = |word: &str| word.strip_prefix(&format!("{name}=")).map(str::to_owned);
                facts.split_whitespace().find_map(of).unwrap_or_else(|| panic!("no {name} in {file}"))
            };
            let port = |name: &str| fact(name).parse().expect("a port");
            Rig { kind, name: fact("NAME"), port: port("PORT"), tls_port: port("TLS_PORT"), ca: fact("CA").into() }
        })
    }

    fn servers(&self, verb: &str, words: &[&str]) -> String {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bed/servers.sh");
        let done = Command::new(script).args([verb, &self.name]).args(words).output().expect("servers.sh runs");
        assert!(done.status.success(), "servers.sh {verb} {} {words:?}: {done:?}", self.name);
        String::from_utf8(done.stdout).expect("it speaks UTF-8").trim().to_owned()
    }

    /// Asks or changes the directory as its administrator: `failures mira`, `disable mira`, `leave mira developers`.
    pub(crate) fn ask(&self, line: &str) -> String {
        self.servers("ask", &line.split(' ').collect::<Vec<_>>())
    }

    /// How many wrong passwords in a row it has counted for `login`, and whether that locked the account.
    pub(crate) fn failures(&self, login: &str) -> (u32, bool) {
        let said = self.ask(&format!("failures {login}"));
        let (count, state) = said.split_once(' ').expect("a count and a word");
        (count.parse().expect("a count"), state == "locked")
    }

    /// Nobody listens any more, until the guard is dropped.
    pub(crate) fn halted(&'static self) -> Halted {
        self.servers("halt", &[]);
        Halted(self)
    }

    /// The keys of `[auth.ldap]` that lead here; the service account's password is where `start` puts it.
    fn keys(&self, tls: Tls) -> String {
        format!("{}bind_password_file = \"ldap-password\"\n", self.connection(tls))
    }

    /// The same without the password, whose usual place is then a credential.
    pub(crate) fn connection(&self, tls: Tls) -> String {
        let url = match tls {
            Tls::Start => format!("ldap://127.0.0.1:{}", self.port),
            Tls::Whole => format!("ldaps://127.0.0.1:{}", self.tls_port),
        };
        let (directory, bind_dn, base) = match self.kind {
            Kind::Slapd => ("openldap", "cn=coracle,ou=services,dc=example,dc=org", "dc=example,dc=org"),
            Kind::Ds389 => ("389ds", "cn=coracle,ou=services,dc=example,dc=org", "dc=example,dc=org"),
            Kind::Samba => ("active_directory", "coracle-svc@corp.example.org", "dc=corp,dc=example,dc=org"),
        };
        format!(
            "urls = [\"{url}\"]\ndirectory = \"{directory}\"\nca_file = \"ca.pem\"\nbind_dn = \"{bind_dn}\"\n\
             user_base = \"{base}\"\nnested_groups = true\n\
             admin_groups = [\"operators\"]\n"
        )
    }
}

/// A directory that is down. Dropped: it is up again.
pub(crate) struct Halted(&'static Rig);

impl Drop for Halted {
    fn drop(&mut self) {
        self.0.servers("start", &[]);
    }
}

/// A change of the directory that is taken back however the test ends.
pub(crate) struct Undo(pub(crate) &'static Rig, pub(crate) &'static str);

impl Drop for Undo {
    fn drop(&mut self) {
        self.0.ask(self.1);
    }
}

/// Coracle as a user service whose people are in a directory. There is a profile `dev` for developers, and `shell` for all.
pub(crate) struct Site {
    pub(crate) service: Service,
    pub(crate) rig: &'static Rig,
}

impl Site {
    /// `more` are keys of `[auth.ldap]`.
    pub(crate) fn new(kind: Kind, tls: Tls, more: &str) -> Site {
        Site::asking("\"ldap\"", kind, tls, more)
    }

    /// With these backends.
    pub(crate) fn asking(backends: &str, kind: Kind, tls: Tls, more: &str) -> Site {
        let rig = Rig::of(kind);
        Site::of(rig, backends, &format!("{}{more}", rig.keys(tls)))
    }

    /// The first of the URLs is one where nobody listens.
    pub(crate) fn beside_a_dead_one(kind: Kind, tls: Tls) -> Site {
        let rig = Rig::of(kind);
        Site::of(rig, "\"ldap\"", &rig.keys(tls).replace("urls = [", "urls = [\"ldap://127.0.0.1:1\", "))
    }

    fn of(rig: &'static Rig, backends: &str, keys: &str) -> Site {
        let service = start(backends, keys);
        let ca = fs::read_to_string(&rig.ca).expect("the CA is readable");
        service.machine.write(&format!("{CONFIG}/ca.pem"), &ca);
        Site { service, rig }
    }

    pub(crate) fn machine(&self) -> &'static Machine {
        self.service.machine
    }

    /// A browser with a login of this person, from 127.0.0.`n`.
    pub(crate) async fn enter(&self, login: &str, n: u8) -> Browser {
        let mut browser = Browser::at(n);
        let answer = browser.login(login, PASSWORD).await;
        assert_eq!((answer.status, browser.cookie.is_some()), (303, true), "{login}: {answer:?}");
        browser
    }
}

/// The service with this text as `[auth.ldap]`, and the service account's password.
pub(crate) fn start(backends: &str, keys: &str) -> Service {
    let image = &crate::machine::machine().image;
    let service = Service::start(
        "",
        &format!(
            "[auth]\nbackends = [{backends}]\n[auth.ldap]\n{keys}\n\
             [[profiles]]\nname = \"dev\"\nimage = \"{image}\"\npull = \"never\"\ngroups = [\"developers\"]\n"
        ),
    );
    let line = format!("umask 077; cat > {CONFIG}/ldap-password");
    assert_eq!(service.machine.user_with(&line, SERVICE_PASSWORD).code, 0);
    service
}

/// The names of the profiles that this browser's person may use.
pub(crate) async fn profiles(browser: &Browser) -> Vec<String> {
    let list = browser.get("/api/v1/profiles").await.json();
    list.as_array().expect("a list").iter().map(|p| p["name"].as_str().unwrap_or("").to_owned()).collect()
}

/// What the journal says under the reference on this page.
pub(crate) fn reason(machine: &Machine, answer: &Answer) -> String {
    let reference = reference(answer);
    let entry = until("the refusal is in the journal", || {
        machine.journal(&["CORACLE_EVENT=login-refused", &format!("CORACLE_REF={reference}")]).pop()
    });
    entry["CORACLE_REASON"].as_str().unwrap_or("").to_owned()
}

/// Eight hexadecimal digits behind the word.
pub(crate) fn reference(answer: &Answer) -> String {
    let (_, behind) = answer.body.split_once("eference").unwrap_or_else(|| panic!("no reference: {answer:?}"));
    let mut words = behind.split(|c: char| !c.is_ascii_alphanumeric());
    let is_one = |word: &&str| word.len() == 8 && word.bytes().all(|b| b.is_ascii_hexdigit());
    words.find(is_one).unwrap_or_else(|| panic!("no reference: {answer:?}")).to_owned()
}
