use std::os::unix::fs::PermissionsExt;

use super::*;
use crate::auth::{
    Account, AccountId,
    directory::played::Played,
    password::{Cost, Hash},
};

struct Bench {
    _top: tempfile::TempDir,
    places: Places,
    config: Config,
    auth: Auth,
    directory: Arc<Played>,
}

const DIRECTORY: &str = "[auth.ldap]\nurls = [\"ldap://127.0.0.1\"]\nuser_base = \"dc=example\"\n";

fn both() -> String {
    format!("auth.backends = [\"local\", \"ldap\"]\n{DIRECTORY}")
}

fn directory_only() -> String {
    format!("auth.backends = [\"ldap\"]\n{DIRECTORY}")
}

/// With the directory that the test plays.
fn backends(config: &Config, played: &Arc<Played>) -> Backends {
    let directory = config.auth.ldap.clone().map(|settings| Arc::new(Directory::played(settings, played.clone())));
    Backends { directory, ..Backends::of(&config.auth) }
}

fn word(text: &str) -> Password {
    Password::new(text.into())
}

fn account(name: &str, disabled: bool) -> Account {
    Account {
        name: name.parse().unwrap(),
        hash: Hash::costing(&word("right"), Cost::CHEAP),
        groups: vec!["dev".into()],
        id: AccountId::random(),
        disabled,
    }
}

impl Bench {
    fn new() -> Self {
        Self::asking("")
    }

    /// The directory has ada, bea and cyd; the users file has mira, jo and kim, who is disabled.
    fn asking(config: &str) -> Self {
        let top = tempfile::tempdir().unwrap();
        let places = Places {
            config: top.path().join("config.toml"),
            state: top.path().join("state"),
            runtime: top.path().join("run"),
            control: top.path().join("control"),
        };
        std::fs::write(&places.config, config).unwrap();
        let config = Config::load(&places).unwrap_or_else(|e| panic!("{e}")).config;
        let file = UsersFile::at(config.auth.local.file.clone());
        let people = [account("mira", false), account("jo", false), account("kim", true)];
        file.edit(|users| people.into_iter().for_each(|account| users.put(account))).unwrap();
        let directory = Arc::new(Played::with(&["ada", "bea", "cyd"]));
        let auth = Auth::asking(backends(&config, &directory), &config, &places).unwrap();
        Self { _top: top, places, config, auth, directory }
    }

    fn restart(&mut self) {
        self.auth = Auth::asking(backends(&self.config, &self.directory), &self.config, &self.places).unwrap();
    }

    async fn log_in(&self, name: &str, password: &str, from: u8) -> Result<Person, Refused> {
        self.log_in_with(name, password, from, None).await.map(|entered| entered.person)
    }

    async fn log_in_with(
        &self,
        name: &str,
        password: &str,
        from: u8,
        device: Option<&str>,
    ) -> Result<Entered, Refused> {
        let attempt = Attempt { name, password: word(password), peer: IpAddr::from([10, 0, 0, from]), device };
        self.auth.login(attempt).await
    }

    fn work(&self) -> u64 {
        self.auth.checker.work()
    }
}

#[tokio::test]
async fn the_right_password_lets_the_person_in() {
    let bench = Bench::new();
    let person = bench.log_in("mira", "right", 1).await.unwrap();
    assert_eq!((person.name.as_str(), person.groups), ("mira", vec!["dev".to_owned()]));
    assert!(person.owner.to_string().starts_with("local:"));
}

#[tokio::test]
async fn absent_disabled_wrong_and_impossible_cost_one_argon2_and_get_one_answer() {
    let bench = Bench::new();
    let long = "p".repeat(1025);
    for (from, (name, password)) in [
        ("mira", "wrong"),
        ("nobody", "right"),
        ("kim", "right"),
        ("kim", "wrong"),
        ("mira", ""),
        ("mira", &long),
        ("", "right"),
        ("mira\0", "right"),
        ("mira\n", "right"),
        (&"x".repeat(5000), "right"),
    ]
    .into_iter()
    .enumerate()
    {
        let before = bench.work();
        let refused = bench.log_in(name, password, from as u8).await.unwrap_err();
        assert!(matches!(refused, Refused::Wrong { ref reference } if reference.len() == 8), "{name:?}: {refused:?}");
        assert_eq!(bench.work() - before, Cost::CHEAP.work(), "{name:?}");
    }
}

#[tokio::test]
async fn guessing_is_slowed_down_without_any_work() {
    let bench = Bench::new();
    for name in ["a", "b", "c"] {
        assert!(matches!(bench.log_in(name, "x", 1).await, Err(Refused::Wrong { .. })));
    }
    let before = bench.work();
    let Err(Refused::Slow { retry_after }) = bench.log_in("mira", "right", 1).await else { panic!("not slowed down") };
    assert!(retry_after <= Duration::from_secs(1) && retry_after > Duration::ZERO);
    assert_eq!(bench.work(), before);
    assert!(bench.log_in("mira", "right", 2).await.is_ok(), "others come in");
}

#[tokio::test]
async fn who_hangs_up_has_tried_all_the_same() {
    let bench = Bench::new();
    let busy = bench.auth.checks.clone().acquire_many_owned(2).await.unwrap();
    let admitted = || {
        let records = std::fs::read_dir(bench.places.state.join("throttle")).unwrap();
        records.filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().starts_with("x-")).count()
    };
    for (n, name) in ["a", "b", "c"].into_iter().enumerate() {
        let mut login = Box::pin(bench.log_in(name, "x", 1));
        for _ in 0..1000 {
            assert!(tokio::time::timeout(Duration::from_millis(2), login.as_mut()).await.is_err(), "it must wait");
            if admitted() > n {
                break;
            }
        }
        assert_eq!(admitted(), n + 1, "the try was let through, and then the browser was gone");
    }
    drop(busy);
    assert!(matches!(bench.log_in("d", "x", 1).await, Err(Refused::Slow { .. })));
}

#[tokio::test]
async fn a_restart_forgets_no_failure() {
    let mut bench = Bench::new();
    for name in ["a", "b", "c"] {
        let _ = bench.log_in(name, "x", 1).await;
    }
    bench.restart();
    assert!(matches!(bench.log_in("mira", "right", 1).await, Err(Refused::Slow { .. })));
}

#[tokio::test]
async fn eight_people_behind_one_address_come_in_at_once() {
    let bench = Bench::new();
    let file = UsersFile::at(bench.config.auth.local.file.clone());
    file.edit(|users| (0..8).for_each(|n| users.put(account(&format!("u{n}"), false)))).unwrap();
    let names: Vec<String> = (0..8).map(|n| format!("u{n}")).collect();
    let all = futures_util::future::join_all(names.iter().map(|name| bench.log_in(name, "right", 1))).await;
    assert!(all.iter().all(Result::is_ok), "{all:?}");
    let one = futures_util::future::join_all((0..8).map(|_| bench.log_in("u1", "right", 1))).await;
    assert!(one.iter().all(Result::is_ok), "{one:?}");
}

#[tokio::test]
async fn an_open_users_file_lets_nobody_in_and_costs_nobody_a_try() {
    let bench = Bench::new();
    let file = &bench.config.auth.local.file;
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o644)).unwrap();
    for _ in 0..10 {
        assert!(matches!(bench.log_in("mira", "right", 1).await, Err(Refused::Broken { .. })));
    }
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o640)).unwrap();
    assert!(bench.log_in("mira", "right", 1).await.is_ok());
}

#[tokio::test]
async fn a_new_configuration_reads_another_users_file() {
    let bench = Bench::new();
    let mut config = bench.config.clone();
    config.auth.local.file = bench.places.beside_config("others");
    UsersFile::at(config.auth.local.file.clone()).edit(|users| users.put(account("zoe", false))).unwrap();
    let mira = bench.log_in("mira", "right", 1).await.unwrap();
    let token = bench.auth.logins().open_for(&mira, None, "10.0.0.1").unwrap();
    bench.auth.reload(&config);
    assert!(bench.log_in("zoe", "right", 1).await.is_ok());
    assert!(bench.auth.logins().find(token.as_str()).is_none(), "who is in no users file is out");
}

#[tokio::test]
async fn a_state_directory_that_others_can_enter_is_refused() {
    let bench = Bench::new();
    std::fs::set_permissions(&bench.places.state, std::fs::Permissions::from_mode(0o755)).unwrap();
    let told = Auth::open(&bench.config, &bench.places).err().unwrap().to_string();
    assert!(told.contains("chmod 0700"), "{told}");
}

#[tokio::test]
async fn a_fault_of_ours_costs_nobody_a_try() {
    let mut bench = Bench::new();
    bench.auth.checks.close();
    for _ in 0..10 {
        assert!(matches!(bench.log_in("mira", "right", 1).await, Err(Refused::Broken { .. })));
    }
    bench.auth.checks = Arc::new(Semaphore::new(CHECKS_AT_ONCE));
    assert!(bench.log_in("mira", "right", 1).await.is_ok());
}

#[tokio::test]
async fn nobody_costs_as_much_as_most_people_brought_along_do() {
    let bench = Bench::new();
    let file = UsersFile::at(bench.config.auth.local.file.clone());
    let usual = || Account { hash: Hash::of(&word("right")), ..account("x", false) };
    file.edit(|users| (0..4).for_each(|n| users.put(Account { name: format!("u{n}").parse().unwrap(), ..usual() })))
        .unwrap();
    assert!(bench.log_in("u0", "right", 1).await.is_ok());
    assert_eq!(bench.work(), Cost::USUAL.work());
    assert!(bench.log_in("nobody", "right", 1).await.is_err());
    assert_eq!(bench.work(), 2 * Cost::USUAL.work());
    assert!(bench.log_in("mira", "right", 1).await.is_ok(), "at her own, smaller cost");
    assert_eq!(bench.work(), 2 * Cost::USUAL.work() + Cost::CHEAP.work());
}

fn is_wrong(answer: Result<Person, Refused>) -> bool {
    matches!(answer, Err(Refused::Wrong { .. }))
}

#[tokio::test]
async fn each_name_is_decided_by_the_backend_that_knows_it() {
    let bench = Bench::asking(&both());
    let ada = bench.log_in("ADA ", "right", 1).await.unwrap();
    assert_eq!((ada.owner.to_string().as_str(), ada.name.as_str()), ("ldap:id-ada", "ada"));
    assert!(bench.log_in("mira", "right", 1).await.unwrap().owner.to_string().starts_with("local:"));
    let alone = Bench::asking(&directory_only());
    assert!(alone.log_in("ada", "right", 1).await.is_ok());
    assert!(is_wrong(alone.log_in("mira", "right", 1).await), "the users file is no backend");
}

#[tokio::test]
async fn a_name_that_both_know_is_refused_and_costs_nobody_a_try_in_the_directory() {
    let bench = Bench::asking(&both());
    let file = UsersFile::at(bench.config.auth.local.file.clone());
    file.edit(|users| users.put(account("ada", false))).unwrap();
    for typed in ["ada", "Ada"] {
        assert!(is_wrong(bench.log_in(typed, "right", 1).await), "{typed}");
    }
    assert!(is_wrong(bench.log_in("ada", "wrong", 1).await));
    assert_eq!((bench.directory.binds(), bench.directory.failures("ada")), (3, 0));
}

#[tokio::test]
async fn whoever_is_refused_costs_one_argon2_and_one_bind_and_gets_one_answer() {
    let bench = Bench::asking(&both());
    bench.directory.change("cyd", |cyd| cyd.failures = 99);
    let tries = [
        ("mira", "wrong"),
        ("kim", "right"),
        ("ada", "wrong"),
        ("nobody", "right"),
        ("cyd", "right"),
        ("cyd", "wrong"),
    ];
    for (from, (name, password)) in tries.into_iter().enumerate() {
        let (work, binds) = (bench.work(), bench.directory.binds());
        assert!(is_wrong(bench.log_in(name, password, from as u8).await), "{name}");
        assert_eq!(bench.work() - work, Cost::CHEAP.work(), "{name}");
        assert_eq!(bench.directory.binds() - binds, 1, "{name}");
    }
    let alone = Bench::asking(&directory_only());
    for (from, (name, password)) in [("ada", "wrong"), ("nobody", "right"), ("mira", "right")].into_iter().enumerate() {
        let binds = alone.directory.binds();
        assert!(is_wrong(alone.log_in(name, password, from as u8).await), "{name}");
        assert_eq!((alone.directory.binds() - binds, alone.work()), (1, 0), "{name}");
    }
}

#[tokio::test]
async fn what_can_be_no_password_reaches_no_directory() {
    let bench = Bench::asking(&both());
    for (from, (name, password)) in
        [("ada", ""), ("ada", "a\0b"), ("a\0da", "right"), ("", "right")].into_iter().enumerate()
    {
        assert!(is_wrong(bench.log_in(name, password, from as u8).await), "{name:?}");
    }
    assert_eq!(bench.directory.binds(), 0);
}

#[tokio::test]
async fn a_right_password_that_opens_nothing_is_told_why_and_is_no_failure() {
    let config = format!("{}password_change_url = \"https://change.example\"\n", directory_only());
    let bench = Bench::asking(&config);
    for state in [Stopped::PasswordExpired, Stopped::NotAllowed] {
        bench.directory.change("ada", |ada| ada.stopped = Some(state));
        for _ in 0..10 {
            let refused = bench.log_in("ada", "right", 1).await.unwrap_err();
            let Refused::Stopped { state: told, change_url, .. } = refused else { panic!("{refused:?}") };
            assert_eq!((told, change_url.as_deref()), (state, Some("https://change.example")));
        }
    }
    assert!(is_wrong(bench.log_in("ada", "wrong", 1).await), "a wrong one is told nothing");
}

#[tokio::test]
async fn what_the_directory_says_of_a_password_is_told_once_at_the_login() {
    let bench = Bench::asking(&directory_only());
    let notice = Notice::GraceLoginsLeft { left: 2 };
    bench.directory.change("ada", |ada| ada.notice = Some(notice));
    let entered = bench.log_in_with("ada", "right", 1, None).await.unwrap();
    assert_eq!(entered.notice, Some(notice));
    let token = bench.auth.open_login(&entered, "10.0.0.1").unwrap();
    let key = bench.auth.find(token.as_str()).await.unwrap().key;
    assert_eq!(bench.auth.logins().take_notice(key), Some(notice));
    assert_eq!(bench.auth.logins().take_notice(key), None);
}

#[tokio::test]
async fn while_the_directory_is_silent_the_users_file_decides_alone_and_refuses_all_in_one_way() {
    let bench = Bench::asking(&both());
    bench.directory.be_silent(true);
    assert!(bench.log_in("mira", "right", 1).await.is_ok());
    for (from, (name, password)) in [("mira", "wrong"), ("ada", "right"), ("nobody", "x")].into_iter().enumerate() {
        let work = bench.work();
        let refused = bench.log_in(name, password, 10 + from as u8).await;
        assert!(matches!(refused, Err(Refused::Silent { users_file: true, .. })), "{name}: {refused:?}");
        assert_eq!(bench.work() - work, Cost::CHEAP.work(), "{name}");
    }
    bench.directory.be_silent(false);
    assert!(bench.log_in("ada", "right", 11).await.is_ok());
}

#[tokio::test]
async fn a_directory_that_is_silent_costs_nobody_a_try() {
    let bench = Bench::asking(&directory_only());
    bench.directory.be_silent(true);
    for _ in 0..10 {
        let refused = bench.log_in("ada", "right", 1).await;
        assert!(matches!(refused, Err(Refused::Silent { users_file: false, .. })), "{refused:?}");
    }
    bench.directory.be_silent(false);
    assert!(bench.log_in("ada", "right", 1).await.is_ok());
}

#[tokio::test]
async fn a_bind_without_an_answer_may_have_been_counted_and_so_it_is_here() {
    let bench = Bench::asking(&directory_only());
    bench.directory.hangs_up.store(true, std::sync::atomic::Ordering::Relaxed);
    for _ in 0..3 {
        assert!(matches!(bench.log_in("ada", "right", 1).await, Err(Refused::Silent { .. })));
    }
    assert_eq!(bench.directory.binds(), 3);
    bench.directory.hangs_up.store(false, std::sync::atomic::Ordering::Relaxed);
    assert!(matches!(bench.log_in("ada", "right", 2).await, Err(Refused::Slow { .. })));
    assert!(bench.log_in("bea", "right", 1).await.is_ok(), "the address did nothing wrong");
}

#[tokio::test]
async fn guessing_from_everywhere_locks_nobody_in_the_directory() {
    let mut bench = Bench::asking(&both());
    let spellings = ["ada", "ADA", " ada", "Ada "];
    for from in 1..=40_u8 {
        let _ = bench.log_in(spellings[usize::from(from) % 4], "wrong", from).await;
        if from == 20 {
            bench.restart();
        }
    }
    assert_eq!(bench.directory.failures("ada"), 3, "the directory locks at the fifth");
    assert!(matches!(bench.log_in("ada", "right", 99).await, Err(Refused::Slow { .. })));
}

#[tokio::test]
async fn a_stranger_cannot_keep_a_colleague_out_whose_browser_or_address_is_known() {
    let bench = Bench::asking(&both());
    for name in ["ada", "mira"] {
        let device = bench.log_in_with(name, "right", 1, None).await.unwrap().device;
        let (mut from, mut let_through) = (10, 0);
        while !matches!(bench.log_in(name, "wrong", from).await, Err(Refused::Slow { .. })) {
            (from, let_through) = (from + 1, let_through + 1);
        }
        assert_eq!(let_through, 3, "{name}");
        let answer = bench.log_in_with(name, "right", 200, Some(&device)).await;
        assert!(answer.is_ok(), "{name}: another address, the same browser: {answer:?}");
        for from in 20..23 {
            assert!(is_wrong(bench.log_in(name, "wrong", from).await), "the right password set the count back");
        }
        assert!(bench.log_in(name, "right", 1).await.is_ok(), "{name}: at home");
    }
}

#[tokio::test]
async fn the_mark_of_ones_own_browser_opens_no_reserve_of_somebody_else() {
    let bench = Bench::asking(&both());
    let device = bench.log_in_with("bea", "right", 50, None).await.unwrap().device;
    for from in 1..=3 {
        assert!(is_wrong(bench.log_in("ada", "wrong", from).await));
    }
    let with_bea = bench.log_in_with("ada", "wrong", 51, Some(&device)).await;
    assert!(matches!(with_bea, Err(Refused::Slow { .. })), "{with_bea:?}");
    assert_eq!(bench.directory.failures("ada"), 3);
}

#[tokio::test]
async fn even_with_the_reserve_the_directorys_lock_out_is_not_reached() {
    let bench = Bench::asking(&both());
    let device = bench.log_in_with("ada", "right", 1, None).await.unwrap().device;
    for from in 2..60 {
        let _ = bench.log_in("ada", "wrong", from).await;
        let _ = bench.log_in_with("ada", "wrong", from + 100, Some(&device)).await;
    }
    assert_eq!(bench.directory.failures("ada"), 4);
}
