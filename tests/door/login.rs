//! Signing in, what it opens, and signing out.

use std::io::{Read, Write};

use crate::daemon::{Bed, SOON, can_run};
use crate::wire::{body, connect, get, header, post, read_one, status, talk};

/// The cookie that a login gives, as `coracle=…`.
fn sign_in(bed: &Bed, next: &str) -> (String, String) {
    sign_in_as(bed, "mira", next)
}

pub(crate) fn sign_in_as(bed: &Bed, user: &str, next: &str) -> (String, String) {
    let answer = post(bed.address(), "/login", "", &format!("user={user}&password=correct+horse&next={next}"));
    assert_eq!(status(&answer), 303, "{answer}");
    let cookie = header(&answer, "set-cookie").unwrap();
    assert!(cookie.starts_with("coracle=") && cookie.contains("; HttpOnly") && cookie.contains("; SameSite=Lax"));
    assert!(cookie.contains("; Path=/") && !cookie.contains("Domain"), "{cookie}");
    (cookie.split(';').next().unwrap().to_owned(), header(&answer, "location").unwrap().to_owned())
}

pub(crate) fn as_user(cookie: &str) -> String {
    format!("Cookie: {cookie}\r\n")
}

#[test]
fn a_login_opens_home_and_api_until_it_is_closed() {
    if !can_run() {
        return;
    }
    let bed = Bed::new("");
    bed.add_mira();
    let _daemon = bed.start();
    let address = bed.address();
    let (cookie, to) = sign_in(&bed, "");
    assert_eq!(to, "/#start");
    assert_eq!(sign_in(&bed, "/s/abcdefghij23").1, "/s/abcdefghij23");
    assert_eq!(sign_in(&bed, "//evil.example").1, "/#start");
    let home = get(address, "/", &as_user(&cookie));
    assert!(status(&home) == 200 && home.contains("mira"), "{home}");
    let me = get(address, "/api/v1/me", &as_user(&cookie));
    assert!(status(&me) == 200 && body(&me).contains("\"user\":\"mira\""), "{me}");
    assert_eq!(body(&get(address, "/api/v1/sessions", &as_user(&cookie))), "[]");
    assert!(body(&get(address, "/api/v1/profiles", &as_user(&cookie))).contains("\"shell\""));
    assert_eq!(status(&get(address, "/api/v1/sessions?all=true", &as_user(&cookie))), 403);
    assert_eq!(status(&get(address, "/s/abcdefghij23", &as_user(&cookie))), 404);
    let already = get(address, "/login?next=/s/abcdefghij23", &as_user(&cookie));
    assert_eq!((status(&already), header(&already, "location")), (303, Some("/s/abcdefghij23")));
    let end = format!(
        "DELETE /api/v1/sessions/abcdefghij23 HTTP/1.1\r\nHost: {address}\r\nOrigin: http://{address}\r\n\
         Connection: close\r\n{}\r\n",
        as_user(&cookie)
    );
    assert_eq!(status(&talk(address, &end)), 404);

    let out = post(address, "/logout", &as_user(&cookie), "");
    assert_eq!((status(&out), header(&out, "location")), (303, Some("/login")));
    assert!(header(&out, "set-cookie").unwrap().contains("Max-Age=0"));
    assert_eq!(status(&get(address, "/api/v1/me", &as_user(&cookie))), 401);
}

#[test]
fn a_login_survives_the_daemon() {
    if !can_run() {
        return;
    }
    let bed = Bed::new("");
    bed.add_mira();
    let mut first = bed.start();
    let (cookie, _) = sign_in(&bed, "");
    first.signal("TERM");
    assert!(first.gone_within(SOON).is_some());
    let _second = bed.start();
    assert_eq!(status(&get(bed.address(), "/api/v1/me", &as_user(&cookie))), 200);
}

#[test]
fn a_wrong_password_and_an_unknown_name_are_told_the_same_and_the_name_is_kept() {
    if !can_run() {
        return;
    }
    let bed = Bed::new("");
    bed.add_mira();
    let _daemon = bed.start();
    let mut told = Vec::new();
    for name in ["mira", "nobody"] {
        let answer = post(bed.address(), "/login", "", &format!("user={name}&password=wrong&next=/s/abcdefghij23"));
        assert_eq!(status(&answer), 403, "{answer}");
        assert!(answer.contains("role=\"alert\"") && answer.contains(&format!("value=\"{name}\"")), "{answer}");
        assert!(answer.contains("value=\"/s/abcdefghij23\"") && !answer.contains("value=\"wrong\""), "{answer}");
        assert!(header(&answer, "set-cookie").is_none());
        let alert = body(&answer).split("role=\"alert\"").nth(1).unwrap().split("Reference").next().unwrap().to_owned();
        told.push(alert);
    }
    assert_eq!(told[0], told[1]);
}

#[test]
fn guessing_is_slowed_down_with_a_time_to_come_back() {
    if !can_run() {
        return;
    }
    let bed = Bed::new("");
    bed.add_mira();
    let _daemon = bed.start();
    let answer = (0..12)
        .map(|_| post(bed.address(), "/login", "", "user=mira&password=wrong"))
        .find(|answer| status(answer) == 429)
        .expect("twelve wrong passwords in a row were all looked at");
    let wait: u64 = header(&answer, "retry-after").unwrap().parse().unwrap();
    assert!((1..=300).contains(&wait), "{wait}");
}

#[test]
fn a_session_is_started_by_json_from_our_own_page_and_by_nothing_else() {
    if !can_run() {
        return;
    }
    let bed = Bed::new("");
    bed.add_mira();
    let _daemon = bed.start();
    let address = bed.address();
    let (cookie, _) = sign_in(&bed, "");
    let start = |headers: &str, kind: &str, text: &str| {
        let request = format!(
            "POST /api/v1/sessions HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Type: {kind}\r\n\
             Content-Length: {}\r\n{headers}\r\n{text}",
            text.len()
        );
        talk(address, &request)
    };
    let ours = format!("Origin: http://{address}\r\n{}", as_user(&cookie));
    let json = "application/json";
    assert_eq!(status(&start(&as_user(&cookie), json, "{\"profile\":\"shell\"}")), 403);
    assert_eq!(status(&start(&format!("Origin: http://{address}\r\n"), json, "{\"profile\":\"shell\"}")), 401);
    assert_eq!(status(&start(&ours, "text/plain", "{\"profile\":\"shell\"}")), 415);
    assert_eq!(status(&start(&ours, json, "{\"profile\":\"shell\",\"image\":\"evil\"}")), 400);
    assert_eq!(status(&start(&ours, json, "{")), 400);
    let unknown = start(&ours, json, "{\"profile\":\"../etc\"}");
    assert_eq!(status(&unknown), 422, "{unknown}");
    assert_eq!(header(&unknown, "content-type"), Some("application/problem+json"));
}

#[test]
fn a_websocket_is_opened_only_from_our_page_and_in_version_13() {
    if !can_run() {
        return;
    }
    let bed = Bed::new("");
    bed.add_mira();
    let _daemon = bed.start();
    let address = bed.address();
    let (cookie, _) = sign_in(&bed, "");
    let shake = |headers: &str| {
        let mut stream = connect(address);
        let request = format!(
            "GET /api/v1/sessions/abcdefghij23/terminal HTTP/1.1\r\nHost: {address}\r\n{}{headers}\r\n",
            as_user(&cookie)
        );
        stream.write_all(request.as_bytes()).unwrap();
        (read_one(&mut stream), stream)
    };
    let upgrade = "Connection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n";
    let key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    let ours = format!("Origin: http://{address}\r\n");
    let code = |headers: &str| status(&shake(headers).0);
    assert_eq!(code(&format!("{upgrade}{key}Sec-WebSocket-Version: 13\r\n")), 403);
    assert_eq!(code(&format!("{upgrade}{key}Sec-WebSocket-Version: 13\r\nOrigin: http://evil.example\r\n")), 403);
    assert_eq!(code(&format!("{upgrade}{key}Sec-WebSocket-Version: 13\r\n{ours}Sec-Fetch-Site: same-site\r\n")), 403);
    assert_eq!(code(&ours), 426);
    assert_eq!(code(&format!("{upgrade}{key}{ours}Sec-WebSocket-Version: 8\r\n")), 426);
    assert_eq!(code(&format!("{upgrade}{ours}Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: short\r\n")), 400);

    let protocol = "Sec-WebSocket-Protocol: other, coracle.v1\r\n";
    let (answer, mut stream) = shake(&format!("{upgrade}{key}{ours}{protocol}Sec-WebSocket-Version: 13\r\n"));
    assert_eq!(status(&answer), 101, "{answer}");
    assert_eq!(header(&answer, "sec-websocket-accept"), Some("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
    assert_eq!(header(&answer, "sec-websocket-protocol"), Some("coracle.v1"));
    assert_eq!(close_code(&mut stream), 4404);
    let (answer, _stream) = shake(&format!("{upgrade}{key}{ours}Sec-WebSocket-Version: 13\r\n"));
    assert_eq!((status(&answer), header(&answer, "sec-websocket-protocol")), (101, None));
}

/// Reads frames (all short, none masked) until the close frame.
fn close_code(stream: &mut std::net::TcpStream) -> u16 {
    for _ in 0..20 {
        let mut head = [0; 2];
        stream.read_exact(&mut head).unwrap();
        let length = match head[1] {
            126 => {
                let mut long = [0; 2];
                stream.read_exact(&mut long).unwrap();
                usize::from(u16::from_be_bytes(long))
            }
            short => usize::from(short),
        };
        let mut payload = vec![0; length];
        stream.read_exact(&mut payload).unwrap();
        if head[0] & 0x0f == 8 {
            return u16::from_be_bytes([payload[0], payload[1]]);
        }
    }
    panic!("no close frame among twenty");
}

#[test]
fn plain_http_under_a_public_name_gets_no_form_unless_it_is_allowed() {
    if !can_run() {
        return;
    }
    let bed = Bed::new("[server]\npublic_url = \"http://shell.example.org\"\n");
    let daemon = bed.start();
    let ask = || talk(bed.address(), "GET /login HTTP/1.1\r\nHost: shell.example.org\r\nConnection: close\r\n\r\n");
    let refused = ask();
    assert_eq!(status(&refused), 403, "{refused}");
    assert!(refused.contains("insecure_http") && !refused.contains("type=\"password\""), "{refused}");
    bed.configure("[server]\npublic_url = \"http://shell.example.org\"\ninsecure_http = true\n");
    daemon.signal("HUP");
    let until = std::time::Instant::now() + SOON;
    while !ask().contains("type=\"password\"") {
        assert!(std::time::Instant::now() < until, "the form does not appear");
    }
}

#[test]
fn behind_https_the_cookie_is_bound_to_its_host_and_secure() {
    if !can_run() {
        return;
    }
    let bed = Bed::new("[server]\npublic_url = \"https://shell.example.org\"\n");
    bed.add_mira();
    let _daemon = bed.start();
    let form = "user=mira&password=correct+horse";
    let request = format!(
        "POST /login HTTP/1.1\r\nHost: shell.example.org\r\nOrigin: https://shell.example.org\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
        form.len()
    );
    let answer = talk(bed.address(), &request);
    let cookie = header(&answer, "set-cookie").unwrap_or_else(|| panic!("{answer}"));
    assert!(cookie.starts_with("__Host-coracle=") && cookie.ends_with("; Secure"), "{cookie}");
}
