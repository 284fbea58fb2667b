//! From http to https: the redirect, and the promise to stay (HSTS).

use crate::certificates::{Authority, HOST, SERVER_TLS};
use crate::daemon::{Bed, can_run};
use crate::tls::{Client, furnished};
use crate::wire::{get, header, status, talk};

/// An address of this network namespace that is not loopback.
const ELSEWHERE: &str = "192.0.2.1";

/// Runs the test named in a network namespace of its own, in which [`ELSEWHERE`] is an address: connections to and from it
/// come "from another machine". True inside.
fn away_from_loopback(test: &str) -> bool {
    if std::env::var_os("CORACLE_DOOR_AWAY").is_some() {
        return true;
    }
    if can_run() {
        let line = format!("ip link set lo up && ip address add {ELSEWHERE}/32 dev lo && exec \"$0\" \"$@\"");
        let mut command = std::process::Command::new("unshare");
        command.args(["--net", "sh", "-c", &line]).arg(std::env::current_exe().unwrap());
        command.args(["--exact", &format!("secure::{test}"), "--nocapture"]).env("CORACLE_DOOR_AWAY", "1");
        let run = command.output().unwrap(); // shown only if it failed: its counts are not this run's
        let said = [run.stdout, run.stderr].concat();
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&said));
    }
    false
}

fn ask(bed: &Bed, method: &str, path: &str, host: &str) -> String {
    talk(bed.address(), &format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"))
}

#[test]
fn who_comes_from_another_machine_by_http_is_sent_to_https_of_the_public_url() {
    if !away_from_loopback("who_comes_from_another_machine_by_http_is_sent_to_https_of_the_public_url") {
        return;
    }
    let (authority, mut bed) = furnished("");
    bed.listen_on(ELSEWHERE);
    let _daemon = bed.start_with_https();
    for (path, host) in
        [("/", HOST), ("/login?next=/s/abcdefghij23", "192.0.2.1:8080"), ("//evil.example/", "evil.example")]
    {
        let answer = ask(&bed, "GET", path, host);
        assert_eq!(status(&answer), 308, "{answer}");
        assert_eq!(header(&answer, "location"), Some(format!("https://{HOST}{path}").as_str()));
        assert_eq!(header(&answer, "strict-transport-security"), None, "a promise in the clear is nobody's");
        assert_eq!(header(&answer, "cache-control"), Some("no-store"));
    }
    assert_eq!(status(&ask(&bed, "GET", "/healthz", HOST)), 200, "a monitor is answered where it asked");
    // A form in the clear is not sent on: its password has been read already.
    let posted = ask(&bed, "POST", "/login", HOST);
    assert!(status(&posted) >= 400 && header(&posted, "location").is_none(), "{posted}");
    assert_eq!(status(&Client::of(&authority).get(bed.https(), "/login", "")), 200);
}

#[test]
fn without_a_public_url_it_is_the_certificates_name_and_the_https_sockets_port() {
    if !away_from_loopback("without_a_public_url_it_is_the_certificates_name_and_the_https_sockets_port") {
        return;
    }
    let authority = Authority::new();
    let mut bed = Bed::new(SERVER_TLS);
    authority.furnish_for(&bed, &format!("DNS:{HOST},IP:192.0.2.1"));
    bed.listen_on(ELSEWHERE);
    let _daemon = bed.start_with_https();
    let port = bed.https().port();
    for host in [HOST, "192.0.2.1"] {
        let answer = ask(&bed, "GET", "/help", &format!("{host}:8080"));
        assert_eq!(header(&answer, "location"), Some(format!("https://{host}:{port}/help").as_str()), "{answer}");
    }
    let foreign = ask(&bed, "GET", "/", "evil.example");
    assert_eq!((status(&foreign), header(&foreign, "location")), (421, None), "{foreign}");
}

#[test]
fn without_a_certificate_or_where_plain_http_was_allowed_nobody_is_sent_elsewhere() {
    if !away_from_loopback("without_a_certificate_or_where_plain_http_was_allowed_nobody_is_sent_elsewhere") {
        return;
    }
    let (_, mut bed) = furnished("insecure_http = true");
    bed.listen_on(ELSEWHERE);
    let daemon = bed.start_with_https();
    assert_eq!(status(&ask(&bed, "GET", "/login", HOST)), 200);
    drop(daemon);
    bed.configure(&format!("[server]\npublic_url = \"https://{HOST}\"\n"));
    let _daemon = bed.start_with_https();
    let answer = ask(&bed, "GET", "/login", HOST);
    assert_eq!((status(&answer), header(&answer, "location")), (403, None), "{answer}");
}

#[test]
fn on_loopback_plain_http_goes_on_for_tunnels_and_for_a_proxy_of_this_host() {
    if !can_run() {
        return;
    }
    let authority = Authority::new();
    let bed = Bed::new(SERVER_TLS);
    authority.furnish(&bed);
    let daemon = bed.start_with_https();
    assert_eq!(status(&get(bed.address(), "/login", "")), 200);
    drop(daemon);
    bed.configure(&format!("[server]\npublic_url = \"https://{HOST}\"\n{SERVER_TLS}"));
    let _daemon = bed.start_with_https();
    assert_eq!(status(&ask(&bed, "GET", "/login", HOST)), 200);
}

#[test]
fn answers_over_https_carry_the_promise_to_stay_for_as_long_as_configured() {
    if !can_run() {
        return;
    }
    let (authority, bed) = furnished("");
    let client = Client::of(&authority);
    let promise = |path: &str| {
        let answer = client.get(bed.https(), path, "");
        header(&answer, "strict-transport-security").map(str::to_owned)
    };
    let daemon = bed.start_with_https();
    for path in ["/login", "/", "/healthz", "/nothing", "/api/v1/me"] {
        assert_eq!(promise(path).as_deref(), Some("max-age=15552000"), "{path}");
    }
    drop(daemon);
    for (hsts, wanted) in [("0s", None), ("365d", Some("max-age=31536000"))] {
        bed.configure(&format!("[server]\npublic_url = \"https://{HOST}\"\nhsts = \"{hsts}\"\n{SERVER_TLS}"));
        let _daemon = bed.start_with_https();
        assert_eq!(promise("/login").as_deref(), wanted, "{hsts}");
    }
    bed.configure(SERVER_TLS);
    let _daemon = bed.start_with_https();
    assert_eq!(promise("/login"), None, "without a public_url nobody said that https stays");
}
