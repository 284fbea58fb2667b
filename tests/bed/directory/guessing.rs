//! Guessing at Coracle: the directory's own lock-out is never reached, and nobody is locked out.

use futures_util::future::join_all;

use super::rig::{Kind, PASSWORD, Site, Tls, Undo};
use crate::browser::Browser;

#[tokio::test]
async fn guessing_locks_nobody_in_openldap_and_keeps_nobody_out() {
    guessing_locks_nobody(Kind::Slapd).await;
}

#[tokio::test]
async fn guessing_locks_nobody_in_active_directory_and_keeps_nobody_out() {
    guessing_locks_nobody(Kind::Samba).await;
}

#[tokio::test]
async fn guessing_locks_nobody_in_389_directory_server_and_keeps_nobody_out() {
    guessing_locks_nobody(Kind::Ds389).await;
}

/// Guesses from so many addresses; a directory of these locks after 5.
const STRANGERS: u8 = 15;
/// All of them are the same person to a directory.
const SPELLINGS: [&str; 3] = ["guessed", "GUESSED", "Guessed"];

async fn guessing_locks_nobody(kind: Kind) {
    let site = Site::new(kind, Tls::Whole, "");
    let _unlock = Undo(site.rig, "enable guessed");
    site.rig.ask("enable guessed");
    site.enter("guessed", 11).await; // an address that is the owner's from now on
    let laptop = site.enter("guessed", 12).await; // and a browser
    laptop.send("POST", "/logout", "application/x-www-form-urlencoded", String::new()).await;

    // All at once, and then one after the other.
    let guess = async |n: u8| {
        let name = SPELLINGS[usize::from(n) % SPELLINGS.len()];
        Browser::at(100 + n).login(name, &format!("guess {n}")).await
    };
    let mut answers = join_all((0..STRANGERS / 2).map(guess)).await;
    for n in STRANGERS / 2..STRANGERS {
        answers.push(guess(n).await);
    }
    assert!(answers.iter().all(|answer| [403, 429, 503].contains(&answer.status)), "{answers:?}");
    let asked = answers.iter().filter(|answer| answer.status == 403).count();
    assert!(asked <= 4, "{asked} of {STRANGERS} guesses were sent to the directory");
    let (failures, locked) = site.rig.failures("guessed");
    assert!(!locked && failures < 5, "the directory counted {failures}");

    // A stranger is slowed even with the right password, and the owner is not.
    let stranger = Browser::at(130).login("guessed", PASSWORD).await;
    assert_eq!(stranger.status, 429, "{stranger:?}");
    let home = Browser::at(11).login("guessed", PASSWORD).await;
    assert_eq!(home.status, 303, "from home: {home:?}");
    let laptop = laptop.moved(131).login("guessed", PASSWORD).await;
    assert_eq!(laptop.status, 303, "the laptop elsewhere: {laptop:?}");
    assert!(!site.rig.failures("guessed").1);
}

#[tokio::test]
async fn a_restart_gives_nobody_new_guesses_at_a_directory() {
    let site = Site::new(Kind::Slapd, Tls::Start, "");
    let _unlock = Undo(site.rig, "enable guessed");
    site.rig.ask("enable guessed");
    for n in 0..8 {
        if n % 2 == 0 {
            site.machine().systemctl("stop coracle.service");
        }
        Browser::at(140 + n).login("guessed", &format!("guess {n}")).await;
    }
    let (failures, locked) = site.rig.failures("guessed");
    assert!(!locked && failures < 5, "the directory counted {failures}");
}
