//! Who only looks, and what sends them away.

use super::*;
use crate::session::Watcher;

#[tokio::test(start_paused = true)]
async fn an_administrator_who_looks_and_types_takes_or_ends_is_closed_with_4403_and_nothing_arrives() {
    let words = [
        Message::binary(b"rm -rf /\r".to_vec()),
        Message::text(r#"{"type":"stdin","data":"x"}"#),
        Message::text(r#"{"type":"take"}"#),
        Message::text(r#"{"type":"end"}"#),
        Message::text(r#"{"type":"extend"}"#),
    ];
    for word in words {
        let mut table = seated_with(Rights::Look).await;
        table.client.0.send(word.clone()).await.unwrap();
        assert_eq!(table.client.closes().await, 4403, "{word}");
        assert!(!table.feed.has_input());
        let asked = table.inbox.recv().await;
        assert!(matches!(asked, Some(Asked::Left(_))), "the session hears that they are gone, and nothing else");
    }
}

#[tokio::test(start_paused = true)]
async fn an_administrator_who_looks_may_acknowledge_ping_and_have_a_window_of_any_size() {
    let mut table = seated_with(Rights::Look).await;
    table.client.says(json!({"type": "resize", "cols": 10, "rows": 10})).await;
    table.client.says(json!({"type": "visible", "on": false})).await;
    table.client.says(json!({"type": "ping", "t": 1.0})).await;
    assert_eq!(table.client.got().await, Got::Frame(json!({"type": "pong", "t": 1.0})));
}

#[tokio::test(start_paused = true)]
async fn who_looks_goes_with_the_right_and_who_has_a_session_of_their_own_stays() {
    let mut person =
        Person { owner: OwnerId::local("0123456789abcdef"), name: "ada".into(), groups: vec![], admin: true };
    let look = Claim::Look(Watcher::administrator(&person).unwrap());
    person.admin = false;
    assert!(Watcher::administrator(&person).is_none());
    let (_over, over) = watch::channel(false);
    let (right, admin) = watch::channel(true);
    let mut looks = Visitor::played(look, over.clone(), admin.clone());
    let mut own = Visitor::played(Claim::Own { person, window: None }, over, admin);
    assert!(timeout(GONE, looks.is_out()).await.is_err());
    right.send_replace(false);
    assert_eq!(looks.is_out().await, Close::NotYours);
    assert!(timeout(GONE, own.is_out()).await.is_err());
}
