//! The filter and the jail of packaging/fail2ban in the real fail2ban, on the machine's real journal.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    account::System,
    browser::Browser,
    machine::{Machine, until},
    service::Service,
};

/// Whose guesses are real, and whom forged records accuse.
const GUESSER: u8 = 61;
const VICTIM: &str = "203.0.113.66";
const MAX_RETRY: usize = 3;

/// A script of tests/bed.
fn servers(words: &[&str]) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bed/servers.sh");
    let ran = Command::new(script).args(words).env("OWNER", std::process::id().to_string()).output();
    let ran = ran.expect("servers.sh runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(ran.status.success(), "servers.sh {words:?}: {}{}", text(&ran.stdout), text(&ran.stderr));
    text(&ran.stdout)
}

/// Where the machine's journal is, for a server that has the host's /proc as /host.
fn journal(machine: &Machine) -> String {
    let directory = ["/var/log/journal", "/run/log/journal"].into_iter().find(|path| machine.path(path).exists());
    let inside = machine.path(directory.expect("journald keeps a journal"));
    inside.display().to_string().replacen("/proc/", "/host/", 1)
}

/// fail2ban with our filter and jail, and an action that writes to a file; gone when dropped.
struct Fail2ban {
    name: String,
    directory: tempfile::TempDir,
}

impl Fail2ban {
    fn start(machine: &Machine) -> Fail2ban {
        let directory = tempfile::Builder::new().prefix("coracle-fail2ban-").tempdir().expect("a directory");
        let root = servers(&["root"]);
        let sources = [PathBuf::from(root.trim()).join("etc/fail2ban"), packaging()];
        for source in sources {
            let copied = Command::new("cp").arg("-a").arg(source.join(".")).arg(directory.path()).status();
            assert!(copied.expect("cp runs").success());
        }
        let write = |name: &str, text: &str| fs::write(directory.path().join(name), text).expect("own directory");
        write("action.d/note.conf", "[Definition]\nactionban = echo <ip> >> /site/banned\nactionunban =\n");
        // What an administrator changes: it is on, and where the journal is (here that of another machine).
        let jail = format!(
            "[sshd]\nenabled = false\n[coracle]\nenabled = true\nbackend = systemd[journalpath={}]\nbanaction = note\n\
             banaction_allports = note\naction = note\nmaxretry = {MAX_RETRY}\nignoreself = false\n",
            journal(machine)
        );
        write("jail.d/zz-bed.conf", &jail);
        let name = format!("fail2ban-{}", std::process::id());
        servers(&["up", &name, "fail2ban", &directory.path().display().to_string(), "--bind", "/proc:/host"]);
        Fail2ban { name, directory }
    }

    fn banned(&self) -> Vec<String> {
        let text = fs::read_to_string(self.directory.path().join("banned")).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    fn client(&self, words: &[&str]) -> String {
        let client = ["run", &self.name, "fail2ban-client", "-c", "/site", "-s", "/run/fail2ban.sock"];
        servers(&[&client, words].concat())
    }
}

impl Drop for Fail2ban {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{}", servers(&["log", &self.name]));
        }
        servers(&["down", &self.name]);
    }
}

fn packaging() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging/fail2ban")
}

/// The addresses that the filter finds in the machine's journal, with these further options.
fn found(machine: &Machine, options: &[&str]) -> Vec<String> {
    const INSTALLED: &str = "/etc/fail2ban/filter.d/coracle.conf"; // where what it includes is
    let filter = format!("{}:{INSTALLED}", packaging().join("filter.d/coracle.conf").display());
    let source = format!("systemd-journal[journalpath={}]", journal(machine));
    let once = ["once", "--bind", "/proc:/host", "--bind", &filter, "--", "fail2ban-regex", "--out=ip"];
    let line = [&once[..], options, &[&source, INSTALLED]].concat();
    servers(&line).lines().map(str::to_owned).collect()
}

/// A record that says what ours say, word by word and field by field, through every way that an unprivileged user has.
fn forge(machine: &Machine) {
    let message = format!("login refused: alice from {VICTIM}: wrong password (reference 0badcafe)");
    let fields = format!(
        "MESSAGE={message}\nMESSAGE_ID=4a8e1c7f2d9b4f0ea5f2a1d1b7c0e9aa\nPRIORITY=4\nSYSLOG_IDENTIFIER=coracle\n\
         CORACLE_EVENT=login-refused\nCORACLE_PEER={VICTIM}\n_SYSTEMD_UNIT=coracle.service\n"
    );
    let ways = [
        "logger --journald".to_owned(),
        "systemd-run --user --wait --collect --pipe --quiet --unit=forged-coracle.service logger --journald".to_owned(),
        format!("logger --tag coracle --id=1 '{message}'"),
        format!("echo '{message}' | systemd-cat --identifier=coracle --priority=warning"),
    ];
    for way in &ways {
        for _ in 0..=MAX_RETRY {
            let forged = machine.user_with(way, &fields);
            assert_eq!(forged.code, 0, "{way}: {forged:?}");
        }
    }
    let seen = || {
        let ran = machine.root(&["journalctl", "--output=cat", "--no-pager", "--grep", "0badcafe"]);
        ran.out.lines().count()
    };
    let wanted = ways.len() * (MAX_RETRY + 1);
    until("the forged records are in the journal", || (seen() >= wanted).then_some(()));
}

#[tokio::test]
async fn who_guesses_is_banned_and_who_is_accused_by_forged_records_is_not() {
    let system = System::plain();
    forge(system.machine);
    let fail2ban = Fail2ban::start(system.machine);
    let mut guesser = Browser::at(GUESSER);
    let spoof = format!("x from {VICTIM}: wrong password (reference 00000000)");
    for (user, password) in [("alice", "guess"), (spoof.as_str(), "guess"), ("nobody.here", "guess")] {
        assert_ne!(guesser.login(user, password).await.status, 303);
    }
    let address = format!("127.0.0.{GUESSER}");
    until("fail2ban has banned the guesser", || fail2ban.banned().contains(&address).then_some(()));
    let status = fail2ban.client(&["status", "coracle"]);
    assert!(status.contains("_SYSTEMD_UNIT=coracle.service") && status.contains(&address), "{status}");
    assert!(!status.contains(VICTIM) && !fail2ban.banned().iter().any(|ip| ip == VICTIM), "{status}");
    // Were the unit not asked for, they would count: they are good forgeries.
    let unasked = found(system.machine, &["--journalmatch=CORACLE_EVENT=login-refused"]);
    assert!(unasked.iter().any(|ip| ip == VICTIM), "{unasked:?}");
    let found = found(system.machine, &[]);
    assert!(
        found.iter().filter(|ip| **ip == address).count() >= 3 && !found.iter().any(|ip| ip == VICTIM),
        "{found:?}"
    );
}

#[tokio::test]
async fn with_the_match_of_a_users_service_that_users_records_count_and_forged_ones_do_not() {
    let service = Service::plain();
    forge(service.machine);
    let mut guesser = Browser::at(GUESSER + 1);
    assert_ne!(guesser.login("alice", "guess").await.status, 303);
    let filter = fs::read_to_string(packaging().join("filter.d/coracle.conf")).expect("the filter is in the tree");
    let documented =
        filter.lines().find_map(|line| line.strip_prefix("#   journalmatch = ")).expect("documented there");
    let address = format!("127.0.0.{}", GUESSER + 1);
    let found = until("the filter finds the guess", || {
        Some(found(service.machine, &[&format!("--journalmatch={documented}")])).filter(|ips| ips.contains(&address))
    });
    assert!(!found.iter().any(|ip| ip == VICTIM), "{found:?}");
}
