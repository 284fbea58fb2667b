use std::os::unix::fs::PermissionsExt;

use super::*;
use crate::auth::{
    Account, AccountId,
    password::{Cost, Hash},
};

struct Bench {
    _top: tempfile::TempDir,
    places: Places,
    config: Config,
    auth: Auth,
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
        let top = tempfile::tempdir().unwrap();
        let places = Places {
            config: top.path().join("config.toml"),
            state: top.path().join("state"),
            runtime: top.path().join("run"),
            control: top.path().join("control"),
        };
        let config = Config::default_at(&places);
        let file = UsersFile::at(config.auth.local.file.clone());
        let people = [account("mira", false), account("jo", false), account("kim", true)];
        file.edit(|users| people.into_iter().for_each(|account| users.put(account))).unwrap();
        let auth = Auth::open(&config, &places).unwrap();
        Self { _top: top, places, config, auth }
    }

    async fn log_in(&self, name: &str, password: &str, from: u8) -> Result<Person, Refused> {
        self.auth.login(name, word(password), IpAddr::from([10, 0, 0, from])).await
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
    bench.auth = Auth::open(&bench.config, &bench.places).unwrap();
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
    let token = bench.auth.logins().open_for(&mira, "10.0.0.1").unwrap();
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
