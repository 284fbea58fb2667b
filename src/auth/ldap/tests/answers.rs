use super::*;
use crate::auth::ldap::{
    connection::Entry,
    played::{entry, message, result, tlv, with_control},
    policy::{PASSWORD_POLICY, PolicyError},
};

#[tokio::test]
async fn a_bind_that_is_granted_gives_the_connection_back() {
    let server = Played::plain(|peer| {
        let (id, operation, body) = peer.request().unwrap();
        assert_eq!(operation, 0x60);
        // Version 3, the name, the password.
        assert_eq!(body, [tlv(0x02, [3]), tlv(0x04, BOB), tlv(0x80, "secret")].concat());
        peer.say(&with_control(&result(id, 0x61, 0, ""), PASSWORD_POLICY, &[0x30, 0]))?;
        let (id, operation, _) = peer.request().unwrap();
        assert_eq!(operation, 0x63);
        peer.say(&result(id, 0x65, 0, ""))?;
        let (_, operation, _) = peer.request().unwrap();
        assert_eq!(operation, 0x42, "a goodbye");
        peer.wait_for_the_end()
    });
    let (answer, connection) = binds(&server).await.unwrap();
    assert_eq!((answer.rc, answer.policy.spoke), (0, true));
    let (found, connection) = connection.unwrap().search(search("(uid=bob)")).await.unwrap();
    assert_eq!(found, Found { entries: vec![], rc: 0, text: String::new() });
    connection.close().await;
    nothing_left().await;
    server.ended().unwrap();
}

#[tokio::test]
async fn a_bind_that_is_refused_takes_the_connection_away() {
    let server = Played::plain(|peer| {
        peer.answer(|id| {
            let refused = result(id, 0x61, 49, "80090308: LdapErr: DSID-0C090446,\ndata 532, v4563\0");
            with_control(&refused, PASSWORD_POLICY, &[0x30, 3, 0x81, 1, 0])
        })?;
        peer.wait_for_the_end()
    });
    let (answer, connection) = binds(&server).await.unwrap();
    assert!(connection.is_none());
    assert_eq!(answer.rc, 49);
    assert_eq!(answer.text, "80090308: LdapErr: DSID-0C090446, data 532, v4563");
    assert_eq!(answer.policy.error, Some(PolicyError::PasswordExpired));
    nothing_left().await;
    server.ended().unwrap();
}

#[tokio::test]
async fn every_bind_asks_for_the_password_policy_and_no_search_does() {
    let server = Played::tcp(|mut socket| {
        use std::io::{Read, Write};
        let mut bytes = [0; 1024];
        let n = socket.read(&mut bytes)?;
        assert!(bytes[..n].windows(PASSWORD_POLICY.len()).any(|w| w == PASSWORD_POLICY.as_bytes()));
        socket.write_all(&result(1, 0x61, 0, ""))?;
        let n = socket.read(&mut bytes)?;
        assert!(!bytes[..n].windows(PASSWORD_POLICY.len()).any(|w| w == PASSWORD_POLICY.as_bytes()));
        socket.write_all(&result(2, 0x65, 0, ""))
    });
    let (_, connection) = binds(&server).await.unwrap();
    connection.unwrap().search(search("(uid=bob)")).await.unwrap();
    server.ended().unwrap();
}

#[tokio::test]
async fn no_bind_is_sent_without_a_name_or_a_password() {
    for (name, typed) in [("", "secret"), (BOB, ""), (BOB, "a\0b")] {
        let server = nobody_asks();
        let refused = open(&server, PATIENT).await.bind(name, &Password::new(typed.to_owned())).await;
        assert!(matches!(refused, Err(WireError::NoBind(_))));
        nothing_left().await;
        server.ended().unwrap();
    }
}

/// A server that is content only if nothing is sent.
fn nobody_asks() -> Played {
    Played::plain(|peer| match peer.request() {
        None => Ok(()),
        Some(_) => Err(std::io::Error::other("something was sent")),
    })
}

#[tokio::test]
async fn a_search_asks_for_its_attributes_and_for_no_more_entries_than_its_limit() {
    let server = Played::plain(|peer| {
        let (id, _, body) = peer.request().unwrap();
        let attributes = tlv(0x30, [tlv(0x04, "uid"), tlv(0x04, "objectGUID")].concat());
        let filter = tlv(0xa3, [tlv(0x04, "uid"), tlv(0x04, "bob")].concat());
        let numbers = [tlv(0x0a, [2]), tlv(0x0a, [0]), tlv(0x02, [2]), tlv(0x02, [60]), tlv(0x01, [0])].concat();
        assert_eq!(body, [tlv(0x04, "dc=example,dc=org"), numbers, filter, attributes].concat());
        peer.say(&result(id, 0x65, 32, "no such base"))
    });
    let (found, _) = finds(&server).await.unwrap();
    assert_eq!((found.rc, found.text.as_str()), (32, "no such base"));
    server.ended().unwrap();
}

#[tokio::test]
async fn text_and_bytes_of_an_entry_are_found_by_name_in_any_case() {
    let server = Played::plain(|peer| {
        peer.answer(|id| {
            let guid: &[u8] = &[0xff, 0, 1, 2];
            let first = entry(id, BOB, &[("UID", &[b"bob"]), ("objectGUID", &[guid]), ("cn", &[b"Bob", b"B\xf8b"])]);
            [first, entry(id, "uid=b\u{f6}b", &[]), result(id, 0x65, 4, "")].concat()
        })
    });
    let (found, _) = finds(&server).await.unwrap();
    assert_eq!(found.rc, 4, "there are more");
    let [bob, other] = &found.entries[..] else { panic!("{found:?}") };
    assert_eq!((bob.dn.as_str(), bob.text("uid")), (BOB, Some("bob")));
    assert_eq!(bob.values("OBJECTguid"), [[0xff, 0, 1, 2]]);
    assert_eq!(bob.text("objectGUID"), None, "no text");
    assert_eq!(bob.text("cn"), None, "two of them");
    assert_eq!((bob.values("cn").len(), bob.texts("CN").collect::<Vec<_>>()), (2, vec!["Bob"]));
    assert_eq!(*other, Entry::of("uid=b\u{f6}b", &[]));
    server.ended().unwrap();
}

#[tokio::test]
async fn a_filter_that_is_none_is_not_sent() {
    let server = nobody_asks();
    let refused = open(&server, PATIENT).await.search(search("(uid=bob")).await;
    assert!(matches!(refused, Err(WireError::Filter(filter)) if filter == "(uid=bob"));
    nothing_left().await;
    server.ended().unwrap();
}

#[tokio::test]
async fn references_beside_entries_are_left_alone() {
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    nobody.set_nonblocking(true).unwrap();
    let elsewhere = format!("ldap://{}/dc=other", nobody.local_addr().unwrap());
    let server = Played::plain(move |peer| {
        peer.answer(|id| {
            let reference = message(id, &tlv(0x73, tlv(0x04, &elsewhere)));
            [reference, entry(id, BOB, &[]), result(id, 0x65, 0, "")].concat()
        })?;
        peer.answer(|id| {
            let code = [tlv(0x0a, [10]), tlv(0x04, ""), tlv(0x04, ""), tlv(0xa3, tlv(0x04, &elsewhere))].concat();
            message(id, &tlv(0x65, code))
        })?;
        peer.answer(|id| {
            let code = [tlv(0x0a, [10]), tlv(0x04, ""), tlv(0x04, ""), tlv(0xa3, tlv(0x04, &elsewhere))].concat();
            message(id, &tlv(0x61, code))
        })
    });
    let (found, connection) = finds(&server).await.unwrap();
    assert_eq!((found.rc, found.entries.len()), (0, 1));
    let (found, connection) = connection.search(search("(uid=bob)")).await.unwrap();
    assert_eq!((found.rc, found.entries.len()), (10, 0));
    let (answer, connection) = connection.bind(BOB, &password()).await.unwrap();
    assert!(answer.rc == 10 && connection.is_none());
    nothing_left().await;
    server.ended().unwrap();
    assert_eq!(nobody.accept().unwrap_err().kind(), std::io::ErrorKind::WouldBlock, "nobody came");
}

#[tokio::test]
async fn a_cancelled_operation_leaves_no_connection() {
    let (asked, is_asked) = tokio::sync::oneshot::channel();
    let server = Played::plain(|peer| {
        peer.request().unwrap();
        asked.send(()).unwrap();
        peer.wait_for_the_end()
    });
    let connection = open(&server, PATIENT).await;
    let binding = tokio::spawn(async move { connection.bind(BOB, &password()).await.map(drop) });
    is_asked.await.unwrap();
    binding.abort();
    nothing_left().await;
    server.ended().unwrap();
}
