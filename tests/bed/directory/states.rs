//! Accounts that are not just good. Whoever has the right password is told why it opens nothing, as far as the directory
//! proves that it is right; whoever has not learns nothing.

use super::rig::{Kind, PASSWORD, Site, Tls, reason};
use crate::browser::Browser;

/// What the page says to the right password.
enum Told {
    /// What it says to everybody: for the directory's answer does not prove that the password was right.
    Nothing,
    /// These words.
    Words(&'static str),
    /// They are in, and the start page has these words.
    In(&'static str),
}
use Told::{In, Nothing, Words};

#[tokio::test]
async fn openldap_says_of_an_account_what_its_owner_may_know_and_nobody_else() {
    let accounts = [
        ("locked", Nothing),
        ("disabled", Nothing),
        ("expired", Words("expired")),
        ("mustchange", Words("must change")),
        ("grace", In("expired")),
        ("soon", In("expires in")),
    ];
    tells(Kind::Slapd, Tls::Start, &accounts).await;
}

#[tokio::test]
async fn active_directory_says_of_an_account_what_its_owner_may_know_and_nobody_else() {
    let accounts = [
        ("locked", Nothing),
        ("disabled", Words("disabled")),
        ("expired", Words("expired")),
        ("mustchange", Words("must change")),
        ("accountexpired", Words("expired")),
    ];
    tells(Kind::Samba, Tls::Whole, &accounts).await;
}

#[tokio::test]
async fn server_389_says_of_an_account_what_its_owner_may_know_and_nobody_else() {
    let accounts = [
        ("locked", Nothing),
        ("disabled", Nothing),
        ("expired", Words("expired")),
        ("mustchange", Words("must change")),
        ("grace", In("expired")),
        ("soon", In("expires in")),
    ];
    tells(Kind::Ds389, Tls::Whole, &accounts).await;
}

async fn tells(kind: Kind, tls: Tls, accounts: &[(&str, Told)]) {
    const CHANGE: &str = "https://password.example.org";
    let site = Site::new(kind, tls, &format!("password_change_url = \"{CHANGE}\"\n"));
    let generic = Browser::at(10).login("mira", "not hers").await;
    let message = |body: &str| {
        let (_, alert) = body.split_once("role=\"alert\"").unwrap_or_else(|| panic!("no message: {body}"));
        alert.split("Reference").next().unwrap_or("").to_owned()
    };
    for (n, (login, told)) in accounts.iter().enumerate() {
        let n = 2 * n as u8;
        let wrong = Browser::at(20 + n).login(login, "not theirs").await;
        assert_eq!((wrong.status, message(&wrong.body)), (403, message(&generic.body)), "{login}: {wrong:?}");
        assert!(!wrong.body.contains(CHANGE), "{login}");
        let mut browser = Browser::at(21 + n);
        let right = browser.login(login, PASSWORD).await;
        match told {
            Nothing => {
                assert_eq!((right.status, message(&right.body)), (403, message(&generic.body)), "{login}: {right:?}");
                let why = reason(site.machine(), &right);
                assert!(why.contains("locked") || why.contains("disabled"), "{login}: {why}");
            }
            Words(words) => {
                assert_eq!(right.status, 403, "{login}: {right:?}");
                assert!(right.body.contains(words), "{login}: {right:?}");
                reason(site.machine(), &right);
                let changes = ["expired", "mustchange"].contains(login);
                assert_eq!(right.body.contains(CHANGE), changes, "{login}: {right:?}");
            }
            In(words) => {
                assert_eq!(right.status, 303, "{login}: {right:?}");
                let home = browser.get("/").await;
                assert!(home.body.contains(words), "{login}: {home:?}");
                assert!(!browser.get("/").await.body.contains(words), "{login} is told once");
            }
        }
    }
}

#[tokio::test]
async fn where_grace_logins_are_refused_an_expired_password_lets_nobody_in() {
    let site = Site::new(Kind::Slapd, Tls::Whole, "grace_logins = \"refuse\"\n");
    let answer = Browser::at(50).login("grace", PASSWORD).await;
    assert!(answer.status == 403 && answer.body.contains("expired"), "{answer:?}");
    drop(site);
}
