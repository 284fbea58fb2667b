//! The windows of one person: who has the keyboard after one of them was away.

use super::*;

const LAPTOP: Window = Window { id: 1, returns: false };
const PHONE: Window = Window { id: 2, returns: false };

fn returning(window: Window) -> Option<Window> {
    Some(Window { returns: true, ..window })
}

/// The role that this window is told next.
async fn role(ears: &mut Ears) -> Role {
    loop {
        match first_frame(ears).await {
            Some(Told::Frame(ToClient::Started { role, .. } | ToClient::Role { role, .. })) => return role,
            Some(_) => {}
            None => panic!("closed: {:?}", ears.parting.borrow()),
        }
    }
}

async fn types(feed: &Feed, played: &mut Played, keys: &[u8]) {
    feed.type_in(keys).unwrap();
    let mut typed = vec![0; keys.len()];
    timeout(SOON, played.terminal.read_exact(&mut typed)).await.expect("they arrive").unwrap();
    assert_eq!(typed, keys);
}

#[tokio::test]
async fn a_laptop_that_wakes_up_watches_the_phone_that_took_over_and_may_take_the_keyboard_back() {
    let (mut stage, mut played) = running();
    let (_lost, mut lost) = stage.window(Some(LAPTOP)).await;
    assert_eq!(role(&mut lost).await, Role::Owner);
    // Nobody has noticed that the laptop is gone when the phone comes.
    let (phone, mut on_phone) = stage.window(Some(PHONE)).await;
    assert_eq!(role(&mut on_phone).await, Role::Owner);
    let (laptop, mut on_laptop) = stage.window(returning(LAPTOP)).await;
    assert_eq!(role(&mut on_laptop).await, Role::Watcher);
    types(&phone, &mut played, b"ls\r").await;
    while lost.told.recv().await.is_some() {}
    assert_eq!(*lost.parting.borrow(), Some(Close::TakenOver), "its former connection is given up");
    stage.says(Message::Take(laptop.id)).await;
    while role(&mut on_laptop).await != Role::Owner {}
    assert_eq!(role(&mut on_phone).await, Role::Watcher);
    types(&laptop, &mut played, b"pwd\r").await;
}

#[tokio::test]
async fn a_window_that_comes_back_to_its_own_former_connection_or_to_nobody_has_the_keyboard() {
    let (mut stage, mut played) = running();
    let (first, mut former) = stage.window(Some(LAPTOP)).await;
    let (second, mut ears) = stage.window(returning(LAPTOP)).await;
    assert_eq!(role(&mut ears).await, Role::Owner);
    types(&second, &mut played, b"a").await;
    while former.told.recv().await.is_some() {}
    assert_eq!(*former.parting.borrow(), Some(Close::TakenOver));
    stage.says(Message::Left(first.id)).await;
    stage.says(Message::Left(second.id)).await;
    let (third, mut ears) = stage.window(returning(LAPTOP)).await;
    assert_eq!(role(&mut ears).await, Role::Owner);
    types(&third, &mut played, b"b").await;
}

#[tokio::test]
async fn a_window_that_a_person_opens_takes_the_keyboard_whoever_has_it_and_the_last_one_left_has_it_again() {
    let (mut stage, mut played) = running();
    let (phone, mut on_phone) = stage.window(Some(PHONE)).await;
    let (laptop, mut on_laptop) = stage.window(Some(LAPTOP)).await;
    assert_eq!(role(&mut on_laptop).await, Role::Owner);
    stage.says(Message::Left(laptop.id)).await;
    assert_eq!(role(&mut on_phone).await, Role::Owner);
    while role(&mut on_phone).await != Role::Owner {}
    types(&phone, &mut played, b"c").await;
}
