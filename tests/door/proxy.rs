//! Behind a proxy: whose word counts for who a client is and how it came, and a base path.

use std::io::Write;
use std::time::Instant;

use crate::audit::records;
use crate::daemon::{Bed, Daemon, SOON, can_run};
use crate::login::as_user;
use crate::wire::{body, connect, header, status, talk};

pub(crate) const CONFIG: &str =
    "[server]\npublic_url = \"https://shell.example.org\"\ntrusted_proxies = [\"127.0.0.1\"]\n";

/// A request as a proxy passes it on.
fn head(method: &str, path: &str, headers: &str, length: usize) -> String {
    format!(
        "{method} {path} HTTP/1.1\r\nHost: shell.example.org\r\nOrigin: https://shell.example.org\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\nConnection: close\r\n{headers}\r\n"
    )
}

fn get(bed: &Bed, path: &str, headers: &str) -> String {
    talk(bed.address(), &head("GET", path, headers, 0))
}

pub(crate) fn post(bed: &Bed, path: &str, headers: &str, body: &str) -> String {
    talk(bed.address(), &(head("POST", path, headers, body.len()) + body))
}

fn guess(bed: &Bed, password: &str, headers: &str) -> u16 {
    status(&post(bed, "/login", headers, &format!("user=mira&password={password}")))
}

pub(crate) fn from(client: &str) -> String {
    format!("X-Forwarded-For: {client}\r\nX-Forwarded-Proto: https\r\n")
}

/// Who the records of that event name.
fn peers(daemon: &Daemon, event: &str) -> Vec<String> {
    let of_event = records(daemon).into_iter().filter(|record| record["CORACLE_EVENT"] == event);
    of_event.map(|record| record["CORACLE_PEER"].as_str().unwrap_or("").to_owned()).collect()
}

#[test]
fn guesses_through_a_trusted_proxy_slow_down_the_client_that_made_them_and_nobody_else() {
    if !can_run() {
        return;
    }
    let bed = Bed::new(CONFIG);
    bed.add_mira();
    let daemon = bed.start();
    assert!((0..12).any(|_| guess(&bed, "wrong", &from("192.0.2.1")) == 429), "twelve guesses were all looked at");
    assert_eq!(guess(&bed, "correct+horse", &from("192.0.2.1")), 429);
    assert_eq!(guess(&bed, "correct+horse", &from("2001:db8::7")), 303);
    assert_eq!(peers(&daemon, "login"), ["2001:db8::7"]);
    assert!(peers(&daemon, "login-refused").iter().all(|peer| peer == "192.0.2.1"));
}

#[test]
fn what_a_client_writes_into_the_headers_itself_does_not_change_who_it_is() {
    if !can_run() {
        return;
    }
    let bed = Bed::new(CONFIG);
    bed.add_mira();
    let daemon = bed.start();
    assert_eq!(guess(&bed, "correct+horse", &from("203.0.113.9, \"nonsense, 192.0.2.1")), 303);
    let lines = "X-Forwarded-For: 203.0.113.9\r\nX-Forwarded-For: 192.0.2.2\r\n";
    assert_eq!(guess(&bed, "correct+horse", lines), 303);
    assert_eq!(guess(&bed, "correct+horse", "Forwarded: for=203.0.113.9, for=192.0.2.3;proto=https\r\n"), 303);
    assert_eq!(peers(&daemon, "login"), ["192.0.2.1", "192.0.2.2", "192.0.2.3"]);

    let both = from("192.0.2.1") + "Forwarded: for=203.0.113.9\r\n";
    let refused = get(&bed, "/login", &both);
    assert!(status(&refused) == 400 && body(&refused).contains("trusted_proxies"), "{refused}");
    assert_eq!(status(&get(&bed, "/login", "Forwarded: for=\"203.0.113.9, for=192.0.2.1\r\n")), 400);
    let told = daemon.log();
    assert!(told.contains("Forwarded contradicts X-Forwarded"), "{told}");
}

#[test]
fn of_a_peer_that_is_no_trusted_proxy_the_headers_are_ignored_whatever_they_say() {
    if !can_run() {
        return;
    }
    let bed = Bed::new(&CONFIG.replace("127.0.0.1", "127.0.0.9"));
    bed.add_mira();
    let daemon = bed.start();
    for headers in [
        from("192.0.2.1"),
        "X-Forwarded-Proto: http\r\n".to_owned(),
        "Forwarded: for=\"\r\nX-Forwarded-For: nonsense\r\n".to_owned(),
    ] {
        assert_eq!(guess(&bed, "correct+horse", &headers), 303, "{headers}");
    }
    assert_eq!(peers(&daemon, "login"), ["127.0.0.1"; 3]);
}

#[test]
fn who_came_to_the_proxy_over_plain_http_gets_no_form_and_no_cookie_counts() {
    if !can_run() {
        return;
    }
    let bed = Bed::new(CONFIG);
    bed.add_mira();
    let _daemon = bed.start();
    let login = post(&bed, "/login", &from("192.0.2.1"), "user=mira&password=correct+horse");
    let cookie = header(&login, "set-cookie").unwrap().split(';').next().unwrap().to_owned();
    assert!(cookie.starts_with("__Host-coracle="), "{cookie}");
    assert_eq!(status(&get(&bed, "/api/v1/me", &(from("192.0.2.1") + &as_user(&cookie)))), 200);
    for plain in ["X-Forwarded-Proto: http\r\n", "Forwarded: for=192.0.2.1;proto=http\r\n"] {
        let form = get(&bed, "/login", plain);
        assert!(status(&form) == 403 && !form.contains("type=\"password\""), "{form}");
        assert_eq!(status(&post(&bed, "/login", plain, "user=mira&password=correct+horse")), 403);
        assert_eq!(status(&get(&bed, "/api/v1/me", &(plain.to_owned() + &as_user(&cookie)))), 401);
    }
}

#[test]
fn a_client_behind_a_proxy_has_32_requests_at_once_and_takes_no_place_of_another() {
    if !can_run() {
        return;
    }
    let bed = Bed::new(CONFIG);
    let _daemon = bed.start();
    // Each waits for a body that does not come.
    let hold = |client: &str| {
        let mut stream = connect(bed.address());
        stream.write_all(head("POST", "/login", &from(client), 10).as_bytes()).unwrap();
        stream
    };
    // Twice as many: a look below may have one of the 32 places for a moment, and would cost one that comes just then.
    let held: Vec<_> = (0..64).map(|_| hold("192.0.2.1")).collect();
    let until = Instant::now() + SOON;
    while status(&get(&bed, "/login", &from("192.0.2.1"))) != 429 {
        assert!(Instant::now() < until, "the 33rd request of a client is answered");
    }
    assert_eq!(status(&get(&bed, "/login", &from("192.0.2.2"))), 200, "more than 32 connections of the proxy");
    drop(held);
    let until = Instant::now() + SOON;
    while status(&get(&bed, "/login", &from("192.0.2.1"))) != 200 {
        assert!(Instant::now() < until, "the places did not become free");
    }
}

#[test]
fn below_a_base_path_is_everything_and_nothing_beside_it() {
    if !can_run() {
        return;
    }
    let bed = Bed::new(&CONFIG.replace("example.org", "example.org/shell/"));
    bed.add_mira();
    let _daemon = bed.start();
    let get = |path: &str, headers: &str| get(&bed, path, &(from("192.0.2.1") + headers));
    let to = |answer: &str| (status(answer), header(answer, "location").unwrap_or("").to_owned());
    assert_eq!(to(&get("/shell", "")), (303, "/shell/".to_owned()));
    assert_eq!(to(&get("/shell/", "")), (303, "/shell/login".to_owned()));
    assert_eq!(to(&get("/shell/s/abcdefghij23", "")), (303, "/shell/login?next=/s/abcdefghij23".to_owned()));
    for outside in ["/", "/login", "/healthz", "/shellx/login", "/api/v1/me", "/shell/shell/login"] {
        assert_eq!(status(&get(outside, "")), 404, "{outside}");
    }
    assert_eq!(status(&get("/shell/healthz", "")), 200);
    let form = get("/shell/login?next=/s/abcdefghij23", "");
    assert!(form.contains("action=\"/shell/login\"") && form.contains("value=\"/s/abcdefghij23\""), "{form}");
    let script = form.split("src=\"").find_map(|rest| rest.split('"').next().filter(|p| p.ends_with(".js"))).unwrap();
    assert!(script.starts_with("/shell/_/"), "{script}");
    assert_eq!(status(&get(script, "")), 200);

    let fields = "user=mira&password=correct+horse&next=";
    let login = post(&bed, "/shell/login", &from("192.0.2.1"), &format!("{fields}/s/abcdefghij23"));
    assert_eq!(to(&login), (303, "/shell/s/abcdefghij23".to_owned()));
    let set = header(&login, "set-cookie").unwrap();
    assert!(
        set.starts_with("__Secure-coracle=") && set.contains("; Path=/shell;") && set.ends_with("; Secure"),
        "{set}"
    );
    let cookie = as_user(set.split(';').next().unwrap());
    assert_eq!(status(&get("/shell/api/v1/me", &cookie)), 200);
    let home = get("/shell/", &cookie);
    assert!(status(&home) == 200 && home.contains("href=\"/shell/help\""), "{home}");
    let start = post(&bed, "/shell/login", &from("192.0.2.1"), fields);
    assert_eq!(to(&start), (303, "/shell/#start".to_owned()));
    let out = post(&bed, "/shell/logout", &(from("192.0.2.1") + &cookie), "");
    assert_eq!(to(&out), (303, "/shell/login".to_owned()));
    assert!(header(&out, "set-cookie").unwrap().contains("; Path=/shell;"));
    assert_eq!(status(&get("/shell/api/v1/me", &cookie)), 401);
}
