//! A directory that is dead, slow or half open while people are at work: whoever logs in is told in time, or let in by the users
//! file, and nobody else waits.

use std::{net::TcpListener, time::Duration};

use tokio::{io::AsyncReadExt, task::JoinHandle};

use crate::{
    browser::Browser,
    bystander::Bystander,
    directory::rig,
    machine::{PATIENCE, until},
};

/// Nobody listens there.
const DEAD: u16 = 1;

fn service_at(port: u16) -> crate::service::Service {
    rig::start(
        "\"local\", \"ldap\"",
        &format!(
            "urls = [\"ldap://127.0.0.1:{port}\"]\nbind_dn = \"cn=coracle,dc=example,dc=org\"\nstart_tls = false\n\
             bind_password_file = \"ldap-password\"\nuser_base = \"dc=example,dc=org\"\n\
             login_timeout = \"4s\"\noperation_timeout = \"2s\"\n"
        ),
    )
}

/// Logins of four people by way of that directory, while somebody types on and the daemon dies once.
async fn nobody_else_waits(port: u16, what: &str) {
    let service = service_at(port);
    let mut bystander = Bystander::aboard().await;
    let logins: Vec<JoinHandle<u16>> = (0..4)
        .map(|n| {
            tokio::spawn(async move { Browser::at(81 + n).login(&format!("mira{n}"), rig::PASSWORD).await.status })
        })
        .collect();
    bystander.types_on(what).await;
    for login in logins {
        let status = tokio::time::timeout(PATIENCE, login).await.expect("told in time").expect("an answer");
        assert_eq!(status, 503, "{what}");
    }
    bystander.types_on(what).await;
    // While a login waits for the directory, the daemon dies.
    let waiting = tokio::spawn(async move {
        let form = "user=mira&password=x&next=";
        let _ =
            Browser::at(85).try_send("POST", "/login", "application/x-www-form-urlencoded", form).await.map_err(drop);
    });
    service.machine.root(&["kill", "-KILL", &service.daemon().expect("it runs")]);
    waiting.await.expect("an answer, or none");
    bystander.cut_off().await;
    let bob = Browser::of("bob").await; // by the users file
    bystander.returns(bob.terminal(&bystander.id).await).await;
    let id = bystander.id.clone();
    bystander.goes_on().await;
    assert_eq!(bob.delete(&format!("/api/v1/sessions/{id}")).await.status, 204);
    let session = format!("CORACLE_SESSION={id}");
    until("its end is written", || {
        let ends = service.machine.journal(&["CORACLE_EVENT=session-end", &session]);
        (ends.len() == 1).then_some(())
    });
    service.nothing_left();
}

#[tokio::test]
async fn a_dead_directory_keeps_nobody_waiting_and_ends_no_session() {
    nobody_else_waits(DEAD, "a dead directory").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)] // the directory is slow while this waits
async fn a_slow_directory_keeps_nobody_waiting_and_ends_no_session() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = listener.local_addr().expect("it is bound").port();
    let slow = tokio::spawn(async move {
        while let Ok((mut connection, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut request = [0; 1024];
                let _ = connection.read(&mut request).await;
                // The answer to a bind, a byte in a second: each comes within the time for one read.
                for byte in [0x30, 0x0c, 0x02, 0x01, 0x01, 0x61, 0x07, 0x0a, 0x01, 0x00, 0x04, 0x00, 0x04, 0x00] {
                    tokio::time::sleep(Duration::from_secs(1)).await; // its pace is the test's subject
                    if tokio::io::AsyncWriteExt::write_all(&mut connection, &[byte]).await.is_err() {
                        break;
                    }
                }
            });
        }
    });
    nobody_else_waits(port, "a slow directory").await;
    slow.abort();
}

#[tokio::test]
async fn a_half_open_directory_keeps_nobody_waiting_and_ends_no_session() {
    // The kernel takes connections, and nobody ever looks at them.
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    nobody_else_waits(listener.local_addr().expect("it is bound").port(), "a half open directory").await;
}
