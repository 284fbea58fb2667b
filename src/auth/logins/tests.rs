use std::os::unix::fs::PermissionsExt;

use super::*;
use crate::auth::{
    Account, AccountId, Password,
    password::{Cost, Hash},
};

const TERMS: Terms = Terms {
    idle: Duration::from_secs(3600),
    lifetime: Duration::from_secs(86_400),
    directory_lifetime: Duration::from_secs(3600),
};

struct Bench {
    top: tempfile::TempDir,
    users: Arc<UsersFile>,
    logins: Arc<Logins>,
    mira: Account,
}

impl Bench {
    fn new() -> Self {
        Self::on(TERMS)
    }

    fn on(terms: Terms) -> Self {
        let top = tempfile::tempdir().unwrap();
        let users = Arc::new(UsersFile::at(top.path().join("users")));
        let mira = account("mira");
        users.edit(|users| users.put(mira.clone())).unwrap();
        std::fs::create_dir(top.path().join("logins")).unwrap();
        let logins = Logins::open(top.path().join("logins"), Some(users.clone()), terms).unwrap();
        Self { top, users, logins, mira }
    }

    fn restart(&mut self) {
        self.logins = Logins::open(self.top.path().join("logins"), Some(self.users.clone()), TERMS).unwrap();
    }

    fn log_in(&self) -> Token {
        self.logins.open_for(&self.mira.person(), None, "10.0.0.1").unwrap()
    }

    fn files(&self) -> Vec<PathBuf> {
        std::fs::read_dir(self.top.path().join("logins")).unwrap().map(|entry| entry.unwrap().path()).collect()
    }
}

fn account(name: &str) -> Account {
    Account {
        name: name.parse().unwrap(),
        hash: Hash::costing(&Password::new("x".into()), Cost::CHEAP),
        groups: vec!["dev".into()],
        id: AccountId::random(),
        disabled: false,
    }
}

async fn is_over(login: &mut Login) {
    let told = tokio::time::timeout(Duration::from_secs(20), login.over.wait_for(|over| *over)).await;
    assert!(told.is_ok(), "nobody said that the login is over");
}

#[tokio::test]
async fn a_login_is_found_by_its_token_only_and_outlives_the_daemon() {
    let mut bench = Bench::new();
    let token = bench.log_in();
    assert_eq!(bench.logins.find(token.as_str()).unwrap().person, bench.mira.person());
    assert_ne!(token.as_str(), bench.log_in().as_str());
    bench.restart();
    assert_eq!(bench.logins.find(token.as_str()).unwrap().person, bench.mira.person());
    let mut wrong = token.as_str().to_owned();
    wrong.replace_range(0..1, if wrong.starts_with('0') { "1" } else { "0" });
    assert!(bench.logins.find(&wrong).is_none());
}

#[tokio::test]
async fn the_token_is_nowhere_on_the_disk() {
    let bench = Bench::new();
    let token = bench.log_in();
    let [file] = &bench.files()[..] else { panic!("one login is one file") };
    assert_eq!(std::fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
    let name = file.file_name().unwrap().to_str().unwrap().to_owned();
    let content = std::fs::read_to_string(file).unwrap();
    assert!(!name.contains(token.as_str()) && !content.contains(token.as_str()));
    assert!(bench.logins.find(&name).is_none(), "the file's name opens nothing");
}

#[tokio::test]
async fn a_cookie_of_any_shape_names_no_file() {
    let bench = Bench::new();
    bench.log_in();
    for cookie in ["", "../users", "/etc/passwd", &"0".repeat(63), &"0".repeat(65), &"G".repeat(64), &"é".repeat(32)] {
        assert!(bench.logins.find(cookie).is_none(), "{cookie}");
    }
    assert_eq!(bench.files().len(), 1);
}

#[tokio::test]
async fn logging_out_removes_the_file_and_tells_the_terminals() {
    let mut bench = Bench::new();
    let (token, other) = (bench.log_in(), bench.log_in());
    let mut login = bench.logins.find(token.as_str()).unwrap();
    let untouched = bench.logins.find(other.as_str()).unwrap();
    assert!(bench.logins.close(login.key));
    assert!(*login.over.borrow_and_update());
    assert!(!*untouched.over.borrow());
    assert!(bench.logins.find(token.as_str()).is_none());
    assert!(!bench.logins.close(login.key), "over is over");
    assert_eq!(bench.files().len(), 1);
    bench.restart();
    assert!(bench.logins.find(token.as_str()).is_none());
}

#[tokio::test]
async fn an_unused_login_ends_and_a_used_one_does_not() {
    let bench = Bench::new();
    let now = unix_seconds();
    let (used, unused) = (bench.log_in(), bench.log_in());
    assert!(bench.logins.find_at(used.as_str(), now + 3000).is_some());
    assert!(bench.logins.find_at(unused.as_str(), now + 3601).is_none());
    assert!(bench.logins.find_at(used.as_str(), now + 3601).is_some());
    assert!(bench.logins.find_at(used.as_str(), now + 86_401).is_none(), "the lifetime counts from the password");
    assert_eq!(bench.files().len(), 0);
}

#[tokio::test]
async fn an_open_terminal_keeps_its_login_in_use() {
    let bench = Bench::new();
    let now = unix_seconds();
    let token = bench.log_in();
    let held = bench.logins.find_at(token.as_str(), now).unwrap();
    bench.logins.sweep(now + 40_000);
    assert!(!*held.over.borrow());
    drop(held);
    bench.logins.sweep(now + 43_000);
    assert!(bench.logins.find_at(token.as_str(), now + 43_500).is_some(), "used until the terminal was closed");
    bench.logins.sweep(now + 43_500 + 3600);
    assert!(bench.logins.find_at(token.as_str(), now + 43_500).is_none());
}

#[tokio::test]
async fn the_last_use_survives_a_restart_within_a_minute() {
    let mut bench = Bench::new();
    let then = unix_seconds() - 200;
    let token = bench.logins.open_at(&bench.mira.person(), None, "x", then).unwrap();
    let file = bench.files().remove(0);
    let before = std::fs::read(&file).unwrap();
    bench.logins.find_at(token.as_str(), then + 30);
    assert_eq!(std::fs::read(&file).unwrap(), before, "not written at each request");
    bench.logins.find_at(token.as_str(), then + 61);
    assert_ne!(std::fs::read(&file).unwrap(), before);
    bench.restart();
    assert!(bench.logins.find_at(token.as_str(), then + 61 + 3599).is_some());
    assert!(bench.logins.find_at(token.as_str(), then + 61 + 3599 + 3600).is_none());
}

#[tokio::test]
async fn a_login_whose_lifetime_is_over_is_over_within_a_second() {
    let bench = Bench::on(Terms { idle: Duration::from_secs(600), lifetime: Duration::from_secs(2), ..TERMS });
    let mut best = Duration::MAX;
    for _ in 0..3 {
        let token = bench.log_in();
        let mut login = bench.logins.find(token.as_str()).unwrap();
        let began = std::time::Instant::now();
        is_over(&mut login).await;
        best = best.min(began.elapsed());
        assert_eq!(bench.files().len(), 0);
        if best < Duration::from_millis(3500) {
            return;
        }
    }
    panic!("over after {best:?} at best"); // a busy host delays one of them, and not all
}

#[tokio::test(start_paused = true)]
async fn a_disabled_account_loses_its_open_terminals_within_seconds() {
    let bench = Bench::new();
    let token = bench.log_in();
    let mut login = bench.logins.find(token.as_str()).unwrap();
    tokio::time::sleep(Duration::from_secs(1)).await;
    bench.users.edit(|users| users.put(Account { disabled: true, ..bench.mira.clone() })).unwrap();
    let told = tokio::time::timeout(Duration::from_secs(3), login.over.wait_for(|over| *over)).await;
    assert!(told.is_ok());
    assert!(bench.logins.find(token.as_str()).is_none());
}

#[tokio::test]
async fn a_removed_and_made_anew_account_inherits_no_login() {
    let bench = Bench::new();
    let token = bench.log_in();
    bench.users.edit(|users| users.put(Account { id: AccountId::random(), ..bench.mira.clone() })).unwrap();
    assert!(bench.logins.find(token.as_str()).is_none());
    assert_eq!(bench.files().len(), 0);
}

#[tokio::test]
async fn new_groups_count_at_the_next_request() {
    let bench = Bench::new();
    let token = bench.log_in();
    bench.users.edit(|users| users.put(Account { groups: vec!["admin".into()], ..bench.mira.clone() })).unwrap();
    assert!(bench.logins.find(token.as_str()).unwrap().person.is_admin());
}

#[tokio::test]
async fn whoever_holds_a_login_learns_within_a_second_or_two_that_its_person_is_no_administrator_any_more() {
    let bench = Bench::new();
    let with = |groups: &[&str]| {
        let groups = groups.iter().map(|group| (*group).to_owned()).collect();
        bench.users.edit(|users| users.put(Account { groups, ..bench.mira.clone() })).unwrap();
    };
    with(&["admin"]);
    let token = bench.log_in();
    let mut held = bench.logins.find(token.as_str()).unwrap();
    assert!(*held.admin.borrow_and_update());
    with(&["dev"]);
    let told = tokio::time::timeout(Duration::from_secs(10), held.admin.wait_for(|admin| !*admin)).await;
    assert!(told.is_ok_and(|told| told.is_ok()));
    assert!(!*held.over.borrow(), "the login itself holds");
}

#[tokio::test]
async fn a_users_file_that_cannot_be_read_logs_nobody_out() {
    let bench = Bench::new();
    let token = bench.log_in();
    std::fs::set_permissions(bench.users.path(), std::fs::Permissions::from_mode(0o644)).unwrap();
    assert!(bench.logins.find(token.as_str()).is_some());
}

#[tokio::test]
async fn nobody_is_watched_over_while_nobody_holds_a_login() {
    let bench = Bench::new();
    let token = bench.log_in();
    assert_eq!(bench.logins.sweep(unix_seconds()), None, "no timer");
    let held = bench.logins.find(token.as_str()).unwrap();
    assert_eq!(bench.logins.sweep(unix_seconds()), Some(Duration::from_secs(1)));
    drop(held);
    assert_eq!(bench.logins.sweep(unix_seconds()), None);
}

#[tokio::test]
async fn the_twenty_first_login_of_a_person_ends_the_oldest_also_within_one_second() {
    for seconds_between in [1, 0] {
        let bench = Bench::new();
        let at = |n: u64| unix_seconds() - 100 + n * seconds_between;
        let login = |n| bench.logins.open_at(&bench.mira.person(), None, "x", at(n)).unwrap();
        let tokens: Vec<Token> = (0..21).map(login).collect();
        let held = tokens.iter().map(|token| bench.logins.find(token.as_str()).is_some());
        assert_eq!(held.collect::<Vec<_>>(), (0..21).map(|n| n > 0).collect::<Vec<_>>());
        assert_eq!(bench.files().len(), 20);
    }
}

#[tokio::test]
async fn a_thousand_and_first_login_ends_the_one_least_lately_used() {
    let bench = Bench::new();
    let now = unix_seconds();
    let owners = 51;
    let mut first = None;
    for n in 0..1001_u64 {
        let who = Person { owner: OwnerId::local(&format!("{}", n % owners)), ..bench.mira.person() };
        let token = bench.logins.open_at(&who, None, "x", now - 2000 + n).unwrap();
        first.get_or_insert(token);
    }
    assert_eq!(bench.files().len(), 1000);
    let key = LoginKey::of(first.unwrap().as_str()).unwrap();
    assert!(!bench.logins.lock().entries.contains_key(&key));
}

#[tokio::test]
async fn files_that_are_no_logins_are_removed() {
    let mut bench = Bench::new();
    let token = bench.log_in();
    let directory = bench.top.path().join("logins");
    let name = |digit: &str| directory.join(digit.repeat(64));
    std::fs::write(name("0"), "{").unwrap();
    std::fs::write(name("1"), vec![b' '; 20_000]).unwrap();
    std::fs::write(directory.join(".draft-7"), "").unwrap();
    std::fs::write(directory.join("README"), "").unwrap();
    std::os::unix::fs::symlink(&bench.files()[0], name("2")).unwrap();
    bench.restart();
    assert_eq!(bench.files().len(), 1);
    assert!(bench.logins.find(token.as_str()).is_some());
}

#[tokio::test]
async fn a_clock_that_was_set_back_makes_no_login_eternal() {
    let mut bench = Bench::new();
    let now = unix_seconds();
    let token = bench.logins.open_at(&bench.mira.person(), None, "x", now + 1_000_000).unwrap();
    bench.restart();
    assert!(bench.logins.find_at(token.as_str(), now + 10).is_some());
    assert!(bench.logins.find_at(token.as_str(), now + 86_410).is_none());
}

#[tokio::test]
async fn new_terms_count_for_open_logins_at_once() {
    let bench = Bench::new();
    let token = bench.log_in();
    let mut login = bench.logins.find(token.as_str()).unwrap();
    bench.logins.reload(Some(bench.users.clone()), Terms { lifetime: Duration::ZERO, ..TERMS });
    is_over(&mut login).await;
}

#[tokio::test]
async fn the_task_ends_with_the_store() {
    let bench = Bench::new();
    let stirred = Arc::downgrade(&bench.logins.stirred);
    drop(bench);
    for _ in 0..3000 {
        if stirred.strong_count() == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the task still waits");
}

fn purpose() -> Purpose {
    Purpose { session: "abcdefghij23".parse().unwrap(), origin: "http://localhost".into() }
}

#[tokio::test]
async fn a_ticket_is_as_good_as_its_login_and_dies_with_it() {
    let bench = Bench::new();
    let ticket = |token: &Token| {
        let login = bench.logins.find(token.as_str()).unwrap();
        bench.logins.ticket(&login, purpose()).unwrap_or_else(|_| panic!("no room"))
    };
    let (token, other) = (bench.log_in(), bench.log_in());
    let (used, dies, stays) = (ticket(&token), ticket(&token), ticket(&other));
    let mut login = bench.logins.redeem(used.as_str(), &purpose()).unwrap();
    assert_eq!(login.person, bench.mira.person());
    assert!(bench.logins.redeem(used.as_str(), &purpose()).is_none(), "once");
    bench.logins.close(login.key);
    is_over(&mut login).await;
    assert!(bench.logins.redeem(dies.as_str(), &purpose()).is_none());
    assert!(bench.logins.redeem(stays.as_str(), &purpose()).is_some(), "another login's is not touched");
}

#[tokio::test]
async fn a_ticket_of_an_account_that_was_disabled_opens_nothing() {
    let bench = Bench::new();
    let login = bench.logins.find(bench.log_in().as_str()).unwrap();
    let ticket = bench.logins.ticket(&login, purpose()).unwrap_or_else(|_| panic!("no room"));
    bench.users.edit(|users| users.put(Account { disabled: true, ..bench.mira.clone() })).unwrap();
    assert!(bench.logins.redeem(ticket.as_str(), &purpose()).is_none());
}
