//! People of a directory: a real slapd beside the daemon, who may come in, and who may stay. Sessions here wait for a Podman
//! that is not there; that is enough to be warned and ended.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::audit::records;
use crate::daemon::{Bed, Daemon, SOON, UID, can_run};
use crate::login::as_user;
use crate::proxy;
use crate::tickets::{ask, socket};
use crate::wire::{body, get, header, post, status};

/// Everybody's password there.
const RIGHT: &str = "Right.Horse-7";

/// One slapd, with the people of `tests/bed/servers/people.py`; gone when dropped.
struct Slapd {
    name: String,
    port: String,
    ca: String,
}

impl Slapd {
    fn up(name: &str) -> Slapd {
        let name = format!("door-{name}-{}", std::process::id());
        let facts = servers(&["up", &name, "slapd"]);
        let facts = fs::read_to_string(facts.trim()).unwrap();
        let fact = |key: &str| {
            let words = facts.split_whitespace().find_map(|word| word.strip_prefix(&format!("{key}=")));
            words.unwrap_or_else(|| panic!("no {key} in {facts}")).to_owned()
        };
        Slapd { port: fact("TLS_PORT"), ca: fact("CA"), name }
    }

    fn ask(&self, words: &[&str]) -> String {
        servers(&[&["ask", &self.name], words].concat()).trim().to_owned()
    }

    fn halt(&self) {
        servers(&["halt", &self.name]);
    }

    fn start(&self) {
        servers(&["start", &self.name]);
    }

    /// A bed whose daemon asks it; `more` are keys of `[auth.ldap]`.
    fn bed(&self, backends: &str, server: &str, more: &str) -> Bed {
        let bed = Bed::new("");
        let files = [("ca.pem", fs::read(&self.ca).unwrap()), ("service", b"Service.Door-3".to_vec())];
        for (name, content) in files {
            fs::write(bed.at(name), content).unwrap();
            fs::set_permissions(bed.at(name), fs::Permissions::from_mode(0o600)).unwrap();
            chown(bed.at(name), Some(UID), Some(UID)).unwrap();
        }
        bed.configure(&format!(
            "{server}\n[auth]\nbackends = {backends}\n[auth.ldap]\nurls = [\"ldaps://127.0.0.1:{}\"]\nca_file = \"ca.pem\"\n\
             bind_dn = \"cn=coracle,ou=services,dc=example,dc=org\"\nbind_password_file = \"service\"\n\
             user_base = \"ou=people,dc=example,dc=org\"\ngroup_base = \"ou=groups,dc=example,dc=org\"\n\
             admin_groups = [\"operators\"]\n{more}\n",
            self.port
        ));
        bed
    }
}

impl Drop for Slapd {
    fn drop(&mut self) {
        servers(&["down", &self.name]);
    }
}

fn servers(words: &[&str]) -> String {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/bed/servers.sh");
    let output = Command::new(script).args(words).env("OWNER", std::process::id().to_string()).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "servers.sh {words:?}: {}{}", text(&output.stdout), text(&output.stderr));
    text(&output.stdout)
}

/// The answer to a login form.
fn log_in(bed: &Bed, name: &str, password: &str, headers: &str) -> String {
    post(bed.address(), "/login", headers, &format!("user={name}&password={password}"))
}

/// The login cookie of somebody who is let in.
fn let_in(bed: &Bed, name: &str) -> String {
    let answer = log_in(bed, name, RIGHT, "");
    assert_eq!(status(&answer), 303, "{answer}");
    as_user(header(&answer, "set-cookie").unwrap().split(';').next().unwrap())
}

fn me(bed: &Bed, cookie: &str) -> (u16, Value) {
    let answer = get(bed.address(), "/api/v1/me", cookie);
    (status(&answer), serde_json::from_str(body(&answer)).unwrap())
}

/// What the page says in its alert.
fn alert(answer: &str) -> String {
    let text = body(answer).split("role=\"alert\"").nth(1).unwrap_or_else(|| panic!("no alert: {answer}"));
    text.split_once('>').unwrap().1.split("</p>").next().unwrap().to_owned()
}

fn until(what: &str, condition: impl Fn() -> bool) -> Duration {
    let began = Instant::now();
    while !condition() {
        assert!(began.elapsed() < SOON, "not within {SOON:?}: {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
    began.elapsed()
}

/// The records of one event, each as the values of these fields.
fn told(daemon: &Daemon, event: &str, fields: &[&str]) -> Vec<Vec<String>> {
    let of_event = records(daemon).into_iter().filter(|record| record["CORACLE_EVENT"] == event);
    of_event.map(|record| fields.iter().map(|f| record[f].as_str().unwrap_or("").to_owned()).collect()).collect()
}

#[test]
fn people_of_both_backends_log_in_and_are_told_what_their_right_password_earns_them() {
    if !can_run() {
        return;
    }
    let slapd = Slapd::up("both");
    let change = "password_change_url = \"https://change.example.org\"";
    let bed = slapd.bed("[\"local\", \"ldap\"]", "", change);
    for name in ["zoe", "alice"] {
        bed.add(name);
    }
    let daemon = bed.start();
    let (code, mira) = me(&bed, &let_in(&bed, "MIRA"));
    assert_eq!((code, &mira["user"], &mira["admin"]), (200, &json!("mira"), &json!(false)));
    assert_eq!(me(&bed, &let_in(&bed, "olga")).1["admin"], true);
    assert_eq!(status(&log_in(&bed, "zoe", "correct+horse", "")), 303, "of the users file");

    let expired = alert(&log_in(&bed, "expired", RIGHT, ""));
    assert!(expired.contains("has expired") && expired.contains("href=\"https://change.example.org\""), "{expired}");
    assert!(alert(&log_in(&bed, "mustchange", RIGHT, "")).contains("must change your password"));

    let answer = log_in(&bed, "grace", RIGHT, "");
    assert_eq!(
        (status(&answer), header(&answer, "location")),
        (303, Some("/")),
        "nothing starts in front of the notice"
    );
    let cookie = as_user(header(&answer, "set-cookie").unwrap().split(';').next().unwrap());
    let home = || get(bed.address(), "/", &cookie);
    assert!(home().contains("Your password has expired. You can sign in with it"), "{}", home());
    assert!(!home().contains("Your password has expired"), "once");

    // Three failures of one address are looked at without a wait.
    let why = |name: &str, password: &str| {
        let told = alert(&log_in(&bed, name, password, ""));
        told.split("Reference").next().unwrap().to_owned()
    };
    let wrong = why("nils", "wrong");
    assert_eq!(why("nobody", RIGHT), wrong);
    assert_eq!(why("alice", "correct+horse"), wrong, "known to both backends");
    let refused = || told(&daemon, "login-refused", &["CORACLE_USER", "CORACLE_REASON"]);
    until("all refusals are told", || refused().len() == 5);
    let refused = refused();
    assert!(refused.iter().any(|r| r[0] == "alice" && r[1].contains("known to the users file and to the directory")));
    assert!(refused.iter().any(|r| r[0] == "expired" && r[1].contains("expired")), "{refused:?}");
    assert_eq!(told(&daemon, "login-notice", &["CORACLE_USER"]), [["grace"]]);
}

#[test]
fn guessing_from_everywhere_does_not_lock_the_account_and_its_owners_browser_gets_in() {
    if !can_run() {
        return;
    }
    let slapd = Slapd::up("guess");
    let bed = slapd.bed("[\"ldap\"]", proxy::CONFIG, "");
    let _daemon = bed.start();
    let log_in = |name: &str, password: &str, from: &str, cookie: &str| {
        let headers = format!("{}{cookie}", proxy::from(from));
        proxy::post(&bed, "/login", &headers, &format!("user={name}&password={password}"))
    };
    let answer = log_in("guessed", RIGHT, "192.0.2.1", "");
    assert_eq!(status(&answer), 303, "{answer}");
    let device = answer.lines().find_map(|line| line.strip_prefix("set-cookie: __Host-coracle-device="));
    let device = format!("Cookie: __Host-coracle-device={}\r\n", device.unwrap().split(';').next().unwrap());
    let spellings = ["guessed", "GUESSED", "+guessed", "Guessed+"];
    let looked_at = |n: usize| status(&log_in(spellings[n % 4], "wrong", &format!("198.51.100.{n}"), "")) == 403;
    assert_eq!((1..=30).filter(|n| looked_at(*n)).count(), 3);
    assert_eq!(slapd.ask(&["failures", "guessed"]), "3 open", "slapd locks at the fifth");
    assert_eq!(status(&log_in("guessed", RIGHT, "203.0.113.5", "")), 429, "a stranger's browser waits");
    let again = log_in("guessed", RIGHT, "203.0.113.6", &device);
    assert_eq!(status(&again), 303, "one that the person logged in with does not: {again}");
    assert_eq!(slapd.ask(&["failures", "guessed"]), "0 open");
    // Their own browser cannot lock them out either.
    let own = (0..10).filter(|n| status(&log_in("guessed", "wrong", &format!("203.0.113.{}", 10 + n), &device)) == 403);
    assert_eq!(own.count(), 4);
    assert_eq!(slapd.ask(&["failures", "guessed"]), "4 open");
}

#[test]
fn whoever_is_disabled_gets_nothing_new_is_warned_and_their_session_ends_within_one_interval() {
    if !can_run() {
        return;
    }
    const REVALIDATE: Duration = Duration::from_secs(8);
    let slapd = Slapd::up("leave");
    let bed = slapd.bed("[\"ldap\"]", "", "revalidate = \"8s\"\nallow_groups = [\"developers\"]");
    let daemon = bed.start();
    let address = bed.address();
    for (name, act) in [("mira", &["disable", "mira"][..]), ("leaver", &["leave", "leaver", "developers"])] {
        let cookie = let_in(&bed, name);
        let started = ask(address, "sessions", &cookie, &json!({"profile": "shell"}));
        assert_eq!(status(&started), 202, "{started}");
        let session = serde_json::from_str::<Value>(body(&started)).unwrap()["id"].as_str().unwrap().to_owned();
        let mut client = socket(address, &session, &address.to_string(), &cookie);
        client.says(json!({"type": "resize", "cols": 80, "rows": 24}));
        slapd.ask(act);
        let began = Instant::now();
        let (mut warned, mut ended) = (None, None);
        while ended.is_none() {
            match client.next() {
                Message::Text(text) => {
                    let frame: Value = serde_json::from_str(&text).unwrap();
                    if frame["kind"] == "directory" {
                        assert_eq!(frame["seconds"], 4);
                        warned = Some(began.elapsed());
                        assert_eq!(me(&bed, &cookie).0, 401, "nothing new from now on");
                    }
                    ended = (frame["type"] == "ended").then(|| (began.elapsed(), frame["reason"].clone()));
                }
                Message::Close(frame) => panic!("{frame:?}"),
                _ => {}
            }
        }
        let (after, reason) = ended.unwrap();
        assert_eq!(reason, "directory");
        assert!(warned.is_some_and(|at| at < after), "warned before");
        let slack = Duration::from_secs(4); // of a busy host
        assert!(after <= REVALIDATE + slack, "{after:?}");
        assert_eq!(status(&log_in(&bed, name, RIGHT, "")), 403);
    }
    until("both ends are told", || told(&daemon, "session-end", &[]).len() == 2);
    let ends = told(&daemon, "session-end", &["CORACLE_USER", "CORACLE_REASON"]);
    assert_eq!(ends, [["mira", "directory"], ["leaver", "directory"]]);
    let withdrawn = told(&daemon, "access-withdrawn", &["CORACLE_USER", "CORACLE_COUNT", "CORACLE_SECONDS"]);
    assert_eq!(withdrawn, [["mira", "1", "4"], ["leaver", "1", "4"]]);
}

#[test]
fn a_silent_directory_keeps_who_is_in_for_the_grace_time_and_lets_nobody_in() {
    if !can_run() {
        return;
    }
    let slapd = Slapd::up("silent");
    let bed = slapd.bed("[\"ldap\"]", "", "revalidate = \"2s\"\nrevalidate_grace = \"12s\"");
    let daemon = bed.start();
    let cookie = let_in(&bed, "mira");
    let session = ask(bed.address(), "sessions", &cookie, &json!({"profile": "shell"}));
    assert_eq!(status(&session), 202, "{session}");
    slapd.halt();
    let halted = Instant::now();
    let refused = log_in(&bed, "olga", RIGHT, "");
    assert_eq!(status(&refused), 503, "{refused}");
    assert!(alert(&refused).contains("directory does not answer, so nobody can sign in"), "{refused}");
    assert!(header(&refused, "retry-after").is_some());
    until("a look gets no answer", || halted.elapsed() > Duration::from_secs(4));
    assert_eq!(me(&bed, &cookie).0, 200, "within the grace time");
    until("the grace time is over", || me(&bed, &cookie).0 == 401);
    assert!(halted.elapsed() >= Duration::from_secs(9), "{:?}", halted.elapsed());
    until("the end of the login is told", || !told(&daemon, "login-over", &[]).is_empty());
    assert_eq!(told(&daemon, "login-over", &["CORACLE_REASON"]), [["directory-silent"]]);
    assert!(told(&daemon, "session-end", &[]).is_empty(), "the session lives to its own deadline");
    let silent = told(&daemon, "directory-silent", &["CORACLE_COUNT"]);
    assert_eq!(silent, [["1"]], "once a minute");
    slapd.start();
    let_in(&bed, "mira");
    until("that is told", || told(&daemon, "directory-back", &[]).len() == 1);
}

#[test]
fn whoever_was_disabled_while_the_daemon_slept_is_out_at_the_first_request() {
    if !can_run() {
        return;
    }
    let slapd = Slapd::up("slept");
    let bed = slapd.bed("[\"ldap\"]", "", "");
    let mut first = bed.start();
    let (mira, pia) = (let_in(&bed, "mira"), let_in(&bed, "pia"));
    first.signal("TERM");
    assert!(first.gone_within(SOON).is_some());
    slapd.ask(&["disable", "mira"]);
    let daemon = bed.start();
    assert_eq!(me(&bed, &mira).0, 401);
    assert_eq!(me(&bed, &pia).0, 200);
    until("that is told", || told(&daemon, "access-withdrawn", &["CORACLE_USER"]) == [["mira"]]);
}
