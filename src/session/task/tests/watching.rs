//! Administrators who look at a session, and what its owner is told of them.

use super::*;
use crate::terminal::Look;

impl Stage {
    /// An administrator looks.
    async fn onlooker(&mut self, name: &str) -> (Arc<Feed>, Ears) {
        self.next += 1;
        let feed = Arc::new(Feed::new(AttachmentId(self.next), name.into(), "10.0.0.1".into(), self.bell.clone()));
        let (seat, ears) = Seat::new(feed.clone());
        self.says(Message::Watch(seat)).await;
        (feed, ears)
    }
}

/// Who looks now and who did, as the next notice says.
async fn watched(ears: &mut Ears) -> (Vec<String>, Vec<String>) {
    loop {
        match first_frame(ears).await {
            Some(Told::Frame(ToClient::Notice(Notice::Watched { by, before }))) => {
                return (by, before.into_iter().map(|look| look.by).collect());
            }
            Some(_) => {}
            None => panic!("nothing was told of anybody"),
        }
    }
}

fn names(list: &[&str]) -> Vec<String> {
    list.iter().map(|name| (*name).to_owned()).collect()
}

#[tokio::test]
async fn every_attachment_of_the_owner_is_told_when_somebody_begins_to_watch_and_when_they_stop() {
    let (mut stage, _played) = running();
    let (_first, mut first) = stage.browser().await;
    let (_second, mut second) = stage.browser().await;
    let (ada, _ears) = stage.onlooker("ada").await;
    for ears in [&mut first, &mut second] {
        assert_eq!(watched(ears).await, (names(&["ada"]), vec![]));
    }
    let (bea, _ears) = stage.onlooker("bea").await;
    stage.says(Message::Left(ada.id)).await;
    stage.says(Message::Left(bea.id)).await;
    for ears in [&mut first, &mut second] {
        assert_eq!(watched(ears).await, (names(&["ada", "bea"]), vec![]));
        let mut last = watched(ears).await;
        while !last.0.is_empty() {
            last = watched(ears).await;
        }
        assert_eq!(last, (vec![], names(&["ada", "bea"])));
    }
}

#[tokio::test]
async fn an_owner_who_comes_while_or_after_somebody_watched_is_told_with_the_first_screen() {
    let (mut stage, _played) = running();
    let (ada, _ears) = stage.onlooker("ada").await;
    let (feed, mut ears) = stage.browser().await;
    assert_eq!(watched(&mut ears).await, (names(&["ada"]), vec![]));
    stage.says(Message::Left(feed.id)).await;
    stage.says(Message::Left(ada.id)).await;
    let (_feed, mut ears) = stage.browser().await;
    assert_eq!(watched(&mut ears).await, (vec![], names(&["ada"])));
    // … and so is the next daemon.
    let (_, record) = RecordFile::open(&stage.dir.path().join("x.rec")).unwrap();
    assert!(matches!(record.looks.as_slice(), [Look { by, until }] if by == "ada" && *until > 1_000_000_000));
}

#[tokio::test]
async fn who_looks_sees_the_screen_and_has_neither_keyboard_nor_size_nor_keeps_the_session() {
    let (mut stage, mut played) = running();
    let (ada, mut ears) = stage.onlooker("ada").await;
    let Some(Told::Frame(ToClient::Started { role: Role::Watcher, .. })) = first_frame(&mut ears).await else {
        panic!("not shown")
    };
    let size = Told::Frame(ToClient::Role { role: Role::Watcher, cols: 80, rows: 24 });
    assert_eq!(first_frame(&mut ears).await, Some(size));
    assert_eq!(first_frame(&mut ears).await, Some(Told::Redraw));
    ada.type_in(b"rm -rf /\r").unwrap();
    stage.says(Message::Resize(ada.id, Size { cols: 10, rows: 5 })).await;
    stage.says(Message::Take(ada.id)).await;
    stage.says(Message::Extend(ada.id)).await;
    let (owner, mut theirs) = stage.browser().await;
    assert_eq!(watched(&mut theirs).await, (names(&["ada"]), vec![]));
    owner.type_in(b"ls\r").unwrap();
    let mut typed = [0; 3];
    timeout(SOON, played.terminal.read_exact(&mut typed)).await.unwrap().unwrap();
    assert_eq!(&typed, b"ls\r", "what the owner typed is the first thing that reaches the shell");
    stage.says(Message::Left(owner.id)).await;
    stage.says(Message::Leave(Departure::Stop, oneshot::channel().0)).await;
    assert!(matches!(stage.outcome.await.unwrap(), Outcome::Left));
    let (_, record) = RecordFile::open(&stage.dir.path().join("x.rec")).unwrap();
    assert!(record.detached.is_some(), "it counts as detached while only an administrator is there");
    assert_eq!(record.size, SIZE);
    assert_eq!(*ears.parting.borrow(), Some(Close::Restarting));
}

#[tokio::test]
async fn a_ninth_onlooker_is_turned_away_and_the_others_stay() {
    let (mut stage, _played) = running();
    let mut there = Vec::new();
    for n in 0..8 {
        there.push(stage.onlooker(&format!("admin-{n}")).await);
    }
    let (_feed, mut ninth) = stage.onlooker("ada").await;
    assert_eq!(first_frame(&mut ninth).await, None);
    assert_eq!(*ninth.parting.borrow(), Some(Close::TooMany));
    assert!(there.iter().all(|(_, ears)| ears.parting.borrow().is_none()));
}

#[tokio::test]
async fn who_looks_is_told_the_end_and_its_reason() {
    let (mut stage, _played) = running();
    let (_feed, mut ears) = stage.onlooker("ada").await;
    stage.says(Message::End { reason: EndReason::Owner, by: "mira".into() }).await;
    assert_eq!(told(&mut ears).await, (EndReason::Owner, None));
    stage.reports.send(Report::Gone(Ok(()))).await.unwrap_or_else(|_| panic!("the task is gone"));
    assert_eq!(stage.ends().await.reason, EndReason::Owner);
    assert_eq!(*ears.parting.borrow(), Some(Close::Ended));
}
