//! What is asked of every request: Host, Origin, methods, framing.

use crate::daemon::{Bed, can_run};
use crate::wire::{body, connect, get, header, post, read_all, read_one, status, talk};
use std::io::Write;

#[test]
fn the_login_page_is_a_whole_form_without_any_script() {
    if !can_run() {
        return;
    }
    let bed = Bed::new("");
    let _daemon = bed.start();
    let answer = get(bed.address(), "/login?next=/s/abcdefghij23", "");
    assert_eq!(status(&answer), 200, "{answer}");
    for wanted in ["<form", "method=\"post\"", "action=\"/login\"", "name=\"password\"", "value=\"/s/abcdefghij23\""] {
        assert!(body(&answer).contains(wanted), "{wanted} is not in {answer}");
    }
    let policy = header(&answer, "content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'; script-src 'self'") && !policy.contains("unsafe"), "{policy}");
    assert_eq!(header(&answer, "x-content-type-options"), Some("nosniff"));
    assert_eq!(header(&answer, "referrer-policy"), Some("same-origin"));
    assert_eq!(header(&answer, "cross-origin-opener-policy"), Some("same-origin"));
    assert_eq!(header(&answer, "cache-control"), Some("no-store"));
    assert!(header(&answer, "permissions-policy").is_some());
    let hostile = get(bed.address(), "/login?next=//evil.example/", "");
    assert!(!hostile.contains("evil.example"), "{hostile}");
}

#[test]
fn pages_lead_to_login_and_the_api_says_401() {
    if !can_run() {
        return;
    }
    let bed = Bed::new("");
    let _daemon = bed.start();
    let there = |path: &str| {
        let answer = get(bed.address(), path, "");
        (status(&answer), header(&answer, "location").unwrap_or_default().to_owned())
    };
    assert_eq!(there("/"), (303, "/login".to_owned()));
    assert_eq!(there("/s/abcdefghij23"), (303, "/login?next=/s/abcdefghij23".to_owned()));
    for path in ["/api/v1/me", "/api/v1/profiles", "/api/v1/sessions"] {
        let answer = get(bed.address(), path, "");
        assert_eq!(status(&answer), 401, "{answer}");
        assert_eq!(header(&answer, "content-type"), Some("application/problem+json"));
        assert!(body(&answer).contains("\"reference\":\""), "{answer}");
    }
}

#[test]
fn a_name_that_is_not_ours_is_refused_on_every_route() {
    if !can_run() {
        return;
    }
    let bed = Bed::new("");
    let _daemon = bed.start();
    let address = bed.address();
    for path in ["/", "/login", "/healthz", "/api/v1/me", "/_/x/y.js", "/nothing"] {
        for host in ["evil.example", "localhost.evil.example", "127.0.0.1.nip.io", "10.0.0.1"] {
            let answer = talk(address, &format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n"));
            assert_eq!(status(&answer), 421, "{path} {host}: {answer}");
        }
    }
    let localhost = format!("GET /login HTTP/1.1\r\nHost: localhost:{}\r\nConnection: close\r\n\r\n", address.port());
    assert_eq!(status(&talk(address, &localhost)), 200);
    for bad in [
        "GET /login HTTP/1.1\r\n\r\n".to_owned(),
        format!("GET /login HTTP/1.1\r\nHost: {address}\r\nHost: {address}\r\n\r\n"),
        format!("GET http://evil.example/login HTTP/1.1\r\nHost: {address}\r\n\r\n"),
        format!("GET http://{address}/login HTTP/1.1\r\nHost: {address}\r\n\r\n"),
        "GET /login HTTP/1.0\r\n\r\n".to_owned(),
    ] {
        assert_eq!(status(&talk(address, &bad)), 400, "{bad}");
    }
    let old = talk(address, &format!("GET /login HTTP/1.0\r\nHost: {address}\r\n\r\n"));
    assert_eq!(status(&old), 200, "{old}");
}

#[test]
fn a_post_from_elsewhere_is_refused() {
    if !can_run() {
        return;
    }
    let bed = Bed::new("");
    let _daemon = bed.start();
    let address = bed.address();
    let form = |headers: &str| {
        let request = format!(
            "POST /login HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: 0\r\n\
             Content-Type: application/x-www-form-urlencoded\r\n{headers}\r\n"
        );
        status(&talk(address, &request))
    };
    let ours = format!("Origin: http://{address}\r\n");
    assert_eq!(form(""), 403);
    assert_eq!(form("Origin: null\r\n"), 403);
    assert_eq!(form("Origin: http://evil.example\r\n"), 403);
    assert_eq!(form(&format!("Origin: https://{address}\r\n")), 403);
    assert_eq!(form(&format!("{ours}{ours}")), 403);
    assert_eq!(form(&format!("{ours}Sec-Fetch-Site: cross-site\r\n")), 403);
    assert_eq!(form(&format!("{ours}Sec-Fetch-Site: same-site\r\n")), 403);
    assert_eq!(form(&format!("{ours}Sec-Fetch-Site: none\r\n")), 403);
    let embedded =
        get(address, "/login", "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: no-cors\r\nSec-Fetch-Dest: image\r\n");
    assert_eq!(status(&embedded), 403);
    let link = get(
        address,
        "/login",
        "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n",
    );
    assert_eq!(status(&link), 200);
    let logout = talk(address, &format!("POST /logout HTTP/1.1\r\nHost: {address}\r\nContent-Length: 0\r\n\r\n"));
    assert_eq!(status(&logout), 403);
}

#[test]
fn forms_and_json_need_their_content_type() {
    if !can_run() {
        return;
    }
    let bed = Bed::new("");
    let _daemon = bed.start();
    let address = bed.address();
    for kind in ["text/plain", "multipart/form-data; boundary=x", "application/json"] {
        let answer = talk(
            address,
            &format!(
                "POST /login HTTP/1.1\r\nHost: {address}\r\nOrigin: http://{address}\r\nContent-Type: {kind}\r\n\
                 Content-Length: 3\r\n\r\na=b"
            ),
        );
        assert_eq!(status(&answer), 415, "{kind}: {answer}");
    }
    let broken = post(address, "/login", "", "user=%zz");
    assert_eq!(status(&broken), 400, "{broken}");
}

#[test]
fn head_is_get_without_its_body_and_other_methods_are_405_with_allow() {
    if !can_run() {
        return;
    }
    let bed = Bed::new("");
    let _daemon = bed.start();
    let address = bed.address();
    let head = talk(address, &format!("HEAD /login HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"));
    let whole = get(address, "/login", "");
    assert_eq!((status(&head), body(&head)), (200, ""));
    assert_eq!(header(&head, "content-length"), header(&whole, "content-length"));
    for (method, path, allow) in [
        ("DELETE", "/login", "GET, HEAD, POST"),
        ("GET", "/logout", "POST"),
        ("HEAD", "/api/v1/sessions/abcdefghij23/terminal", "GET"),
        ("OPTIONS", "/", "GET, HEAD"),
        ("TRACE", "/healthz", "GET, HEAD"),
        ("PUT", "/api/v1/sessions/abcdefghij23", "GET, HEAD, DELETE"),
    ] {
        let answer =
            talk(address, &format!("{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"));
        assert_eq!((status(&answer), header(&answer, "allow")), (405, Some(allow)), "{method} {path}: {answer}");
    }
    assert_eq!(status(&get(address, "/nothing", "")), 404);
    assert_eq!(status(&get(address, "/_/000000000000/x.js", "")), 404);
    let api = get(address, "/api/v1/nothing", "");
    assert_eq!((status(&api), header(&api, "content-type")), (404, Some("application/problem+json")));
    let health = get(address, "/healthz", "");
    assert_eq!((status(&health), body(&health)), (200, "ok\n"));
}

#[test]
fn every_asset_that_the_login_page_names_is_served_compressed_and_for_ever() {
    if !can_run() {
        return;
    }
    let bed = Bed::new("");
    let _daemon = bed.start();
    let page = get(bed.address(), "/login", "");
    let named: Vec<&str> = body(&page).split('"').filter(|word| word.starts_with("/_/")).collect();
    assert!(named.len() >= 2, "{page}");
    for path in named {
        let answer = get(bed.address(), path, "Accept-Encoding: br\r\n");
        assert_eq!(status(&answer), 200, "{path}");
        assert!(header(&answer, "cache-control").unwrap().contains("immutable"), "{path}");
        assert_eq!(header(&answer, "x-content-type-options"), Some("nosniff"), "{path}");
    }
}

#[test]
fn requests_in_one_packet_are_answered_in_order() {
    if !can_run() {
        return;
    }
    let bed = Bed::new("");
    let _daemon = bed.start();
    let address = bed.address();
    let one = |path: &str, more: &str| format!("GET {path} HTTP/1.1\r\nHost: {address}\r\n{more}\r\n");
    let all = format!("{}{}{}", one("/", ""), one("/nothing", ""), one("/login", "Connection: close\r\n"));
    let mut stream = connect(address);
    stream.write_all(all.as_bytes()).unwrap();
    let statuses = [read_one(&mut stream), read_one(&mut stream), read_one(&mut stream)].map(|a| status(&a));
    assert_eq!(statuses, [303, 404, 200]);
    assert_eq!(read_all(&mut stream), "");
}

#[test]
fn a_request_with_two_ends_has_none_that_is_answered_twice() {
    if !can_run() {
        return;
    }
    let bed = Bed::new("");
    let _daemon = bed.start();
    let address = bed.address();
    let head = format!(
        "POST /login HTTP/1.1\r\nHost: {address}\r\nOrigin: http://{address}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\n"
    );
    let smuggled = format!("GET /healthz HTTP/1.1\r\nHost: {address}\r\n\r\n");
    for framing in [
        "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: xchunked\r\n\r\n",
        "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: identity\r\nContent-Length: 0\r\n\r\n",
        "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        "Content-Length: 0\r\nContent-Length: 44\r\n\r\n",
        "Content-Length: +0\r\n\r\n",
        "Content-Length: 0x0\r\n\r\n",
        "Content-Length: -1\r\n\r\n",
        "X: y\r\n Content-Length: 4\r\n\r\n",
        "X\0: y\r\n\r\n",
    ] {
        let answers = talk(address, &format!("{head}{framing}{smuggled}"));
        assert_eq!(answers.matches("HTTP/1.1 ").count(), 1, "{framing:?}: {answers}");
        assert!(matches!(status(&answers), 400 | 411), "{framing:?}: {answers}");
    }
}
