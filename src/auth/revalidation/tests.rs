use super::*;
use crate::{
    auth::{
        Stopped,
        directory::played::Played,
        logins::{Terms, Token},
    },
    config::{Config, LdapAuth, Places},
};

const REVALIDATE: u64 = 60_000; // ms
const GRACE: u64 = 300_000; // ms
const SOON: Duration = Duration::from_secs(30);

/// Sessions as the roster has them, and who was barred.
#[derive(Default)]
struct Sessions {
    owners: BTreeMap<OwnerId, String>,
    barred: Vec<(OwnerId, Duration, String)>,
}

struct Bench {
    top: tempfile::TempDir,
    settings: LdapAuth,
    played: Arc<Played>,
    logins: Arc<Logins>,
    revalidation: Arc<Revalidation>,
    sessions: Arc<Mutex<Sessions>>,
    changes: watch::Sender<usize>,
}

fn settings(top: &std::path::Path) -> LdapAuth {
    let place = |name: &str| top.join(name);
    let (config, state, runtime, control) = (place("config.toml"), place("state"), place("run"), place("control"));
    let text = "auth.backends = [\"ldap\"]\n[auth.ldap]\nurls = [\"ldap://127.0.0.1\"]\nuser_base = \"dc=example\"\n\
                revalidate = \"1m\"\nrevalidate_grace = \"5m\"\n";
    std::fs::write(&config, text).unwrap();
    let loaded = Config::load(&Places { config, state, runtime, control }).unwrap_or_else(|e| panic!("{e}"));
    LdapAuth::clone(&loaded.config.auth.ldap.unwrap())
}

fn seats(sessions: &Arc<Mutex<Sessions>>, changes: &watch::Sender<usize>) -> Seats {
    let (one, other) = (sessions.clone(), sessions.clone());
    Seats {
        owners: Box::new(move || one.lock().unwrap().owners.clone()),
        bar: Box::new(move |owner, within, why| {
            let mut sessions = other.lock().unwrap();
            sessions.barred.push((owner.clone(), within, why.to_owned()));
            usize::from(sessions.owners.contains_key(owner))
        }),
        changes: changes.subscribe(),
    }
}

fn ada() -> Person {
    Person { owner: OwnerId::ldap("id-ada"), name: "ada".into(), groups: vec!["Dev".into()], admin: false }
}

impl Bench {
    fn new() -> Bench {
        let top = tempfile::tempdir().unwrap();
        let settings = settings(top.path());
        std::fs::create_dir(top.path().join("logins")).unwrap();
        let played = Arc::new(Played::with(&["ada", "bea"]));
        let (logins, revalidation) = open(top.path(), &settings, &played);
        let bench = Bench {
            top,
            settings,
            played,
            logins,
            revalidation,
            sessions: Arc::default(),
            changes: watch::Sender::new(0),
        };
        bench.take_seats();
        bench
    }

    /// As `watch_over`, without its task.
    fn take_seats(&self) {
        *self.revalidation.seats.write().unwrap() = Some(seats(&self.sessions, &self.changes));
    }

    fn restart(&mut self) {
        (self.logins, self.revalidation) = open(self.top.path(), &self.settings, &self.played);
        self.take_seats();
    }

    fn log_in(&self, person: &Person) -> Token {
        let token = self.logins.open_for(person, None, "10.0.0.1").unwrap();
        self.revalidation.saw(person);
        token
    }

    fn sit(&self, person: &Person) {
        self.sessions.lock().unwrap().owners.insert(person.owner.clone(), person.name.clone());
    }

    fn stand_up(&self, person: &Person) {
        self.sessions.lock().unwrap().owners.remove(&person.owner);
    }

    fn barred(&self) -> Vec<(OwnerId, Duration, String)> {
        self.sessions.lock().unwrap().barred.clone()
    }

    /// As if everything that is known had happened so much earlier.
    fn age(&self, ms: u64) {
        for seen in self.revalidation.table().people.values_mut() {
            seen.good -= ms;
            seen.unanswered = seen.unanswered.map(|at| at - ms);
        }
    }

    async fn find(&self, token: &Token) -> Option<Login> {
        tokio::time::timeout(SOON, self.revalidation.find(token.as_str())).await.unwrap()
    }

    /// What the background would do now.
    async fn background(&self) -> Option<Duration> {
        let round = self.revalidation.round(now());
        for owner in &round.due {
            self.revalidation.look(owner).await;
        }
        self.revalidation.round(now()).wait
    }

    fn directory(&self, settings: LdapAuth) -> Option<Arc<Directory>> {
        Some(Arc::new(Directory::played(Arc::new(settings), self.played.clone())))
    }
}

fn open(top: &std::path::Path, settings: &LdapAuth, played: &Arc<Played>) -> (Arc<Logins>, Arc<Revalidation>) {
    let hour = Duration::from_secs(3600);
    let terms = Terms { idle: hour, lifetime: hour, directory_lifetime: hour };
    let logins = Logins::open(top.join("logins"), None, terms).unwrap();
    let directory = Arc::new(Directory::played(Arc::new(settings.clone()), played.clone()));
    (logins.clone(), Revalidation::new(logins, Some(directory)))
}

#[tokio::test]
async fn who_just_logged_in_is_not_looked_at_and_one_look_is_enough_for_the_next_interval() {
    let bench = Bench::new();
    let token = bench.log_in(&ada());
    assert!(bench.find(&token).await.is_some());
    assert_eq!(bench.played.looks(), 0);
    bench.age(REVALIDATE);
    assert!(bench.find(&token).await.is_some());
    assert!(bench.find(&token).await.is_some());
    assert_eq!(bench.played.looks(), 1);
}

#[tokio::test]
async fn the_first_requests_after_the_daemon_woke_wait_for_one_look_together() {
    let mut bench = Bench::new();
    let token = bench.log_in(&ada());
    bench.restart();
    bench.played.answers.forget_permits(usize::MAX);
    let mut requests = futures_util::future::join_all((0..5).map(|_| bench.revalidation.find(token.as_str())));
    assert!(tokio::time::timeout(Duration::from_millis(50), &mut requests).await.is_err(), "nobody waits");
    bench.played.answers.add_permits(1);
    let found = tokio::time::timeout(SOON, requests).await.unwrap();
    assert!(found.iter().all(Option::is_some));
    assert_eq!(bench.played.looks(), 1);
}

#[tokio::test]
async fn whoever_was_removed_while_the_daemon_slept_does_nothing_any_more() {
    let mut bench = Bench::new();
    let token = bench.log_in(&ada());
    bench.restart();
    bench.played.remove("ada");
    assert!(bench.find(&token).await.is_none());
    bench.restart();
    assert!(bench.find(&token).await.is_none());
    assert_eq!(std::fs::read_dir(bench.top.path().join("logins")).unwrap().count(), 0);
}

#[tokio::test]
async fn whoever_is_gone_gets_nothing_new_at_once_and_keeps_the_terminal_until_its_session_was_warned() {
    let bench = Bench::new();
    let (token, other) = (bench.log_in(&ada()), bench.log_in(&ada()));
    bench.sit(&ada());
    let held = bench.find(&token).await.unwrap();
    bench.played.change("ada", |ada| ada.stopped = Some(Stopped::Disabled));
    bench.age(REVALIDATE);
    bench.background().await;
    assert!(bench.logins.find(token.as_str()).is_none() && bench.logins.find(other.as_str()).is_none());
    assert_eq!(bench.barred(), [(ada().owner, Duration::from_secs(30), "disabled".to_owned())]);
    assert!(!*held.over.borrow(), "the warning has to arrive");
    bench.stand_up(&ada());
    let then = now() + 30_000 + LAST_WORDS;
    bench.revalidation.round(then - 100);
    assert!(!*held.over.borrow());
    bench.revalidation.round(then + 100);
    assert!(*held.over.borrow(), "and then it is over");
    assert_eq!(bench.barred().len(), 1, "one warning");
}

#[tokio::test]
async fn whoever_comes_back_while_the_old_sessions_end_keeps_the_new_login() {
    let bench = Bench::new();
    let old = bench.log_in(&ada());
    bench.sit(&ada());
    let held = bench.find(&old).await.unwrap();
    bench.played.change("ada", |ada| ada.stopped = Some(Stopped::Disabled));
    bench.age(REVALIDATE);
    bench.background().await;
    bench.played.change("ada", |ada| ada.stopped = None);
    let new = bench.log_in(&ada());
    bench.revalidation.round(now() + REVALIDATE);
    assert!(*held.over.borrow());
    assert!(bench.find(&new).await.is_some() && bench.find(&old).await.is_none());
}

#[tokio::test]
async fn a_session_whose_login_is_over_is_looked_at_too() {
    let bench = Bench::new();
    bench.sit(&ada());
    assert!(bench.background().await.is_some());
    assert_eq!(bench.played.looks(), 1);
    bench.played.remove("ada");
    bench.background().await;
    assert_eq!(bench.played.looks(), 1, "not before it is due");
    bench.age(REVALIDATE / 2);
    bench.background().await;
    assert_eq!(bench.barred().len(), 1);
}

#[tokio::test]
async fn finding_out_and_warning_take_one_interval_together() {
    let bench = Bench::new();
    for (seconds, warning) in [(1, 500), (60, 30_000), (120, 60_000), (900, 60_000)] {
        let settings = LdapAuth { revalidate: Duration::from_secs(seconds), ..bench.settings.clone() };
        let directory = bench.directory(settings).unwrap();
        assert_eq!(millis(directory.warning()), warning);
        assert_eq!(directory.warning() + directory.interval(), Duration::from_secs(seconds));
    }
    let token = bench.log_in(&ada());
    let _held = bench.find(&token).await.unwrap();
    let wait = bench.background().await.unwrap();
    assert!(wait <= Duration::from_secs(30) && wait > Duration::from_secs(20), "{wait:?}");
}

#[tokio::test]
async fn nobody_is_looked_at_while_nobody_is_there() {
    let bench = Bench::new();
    let token = bench.log_in(&ada());
    bench.age(GRACE);
    assert_eq!(bench.background().await, None, "no timer either");
    assert_eq!(bench.played.looks(), 0);
    let held = bench.find(&token).await.unwrap();
    assert!(bench.background().await.is_some());
    drop(held);
    assert_eq!(bench.background().await, None);
}

#[tokio::test]
async fn groups_and_rights_are_those_of_the_last_look() {
    let mut bench = Bench::new();
    let token = bench.log_in(&ada());
    bench.played.change("ada", |ada| {
        ada.found.groups = vec!["Ops".into()];
        ada.found.admin = true;
    });
    bench.age(REVALIDATE);
    let person = bench.find(&token).await.unwrap().person;
    assert_eq!((person.groups, person.admin), (vec!["Ops".to_owned()], true));
    bench.restart();
    assert!(bench.logins.find(token.as_str()).unwrap().person.is_admin(), "on disk too");
}

#[tokio::test]
async fn a_silent_directory_changes_nothing_within_the_grace_time_and_few_wait_for_it() {
    let bench = Bench::new();
    let token = bench.log_in(&ada());
    bench.sit(&ada());
    bench.played.be_silent(true);
    bench.age(GRACE - 5_000);
    for _ in 0..10 {
        assert!(bench.find(&token).await.is_some());
    }
    assert_eq!(bench.played.looks(), 1, "the others did not wait for another silence");
    let wait = bench.background().await.unwrap();
    assert!(wait <= Duration::from_secs(30), "it is tried again: {wait:?}");
    bench.played.be_silent(false);
    bench.age(REVALIDATE);
    assert!(bench.find(&token).await.is_some());
    assert!(bench.barred().is_empty());
}

#[tokio::test]
async fn after_the_grace_time_logins_are_over_and_sessions_are_left_alone() {
    let mut bench = Bench::new();
    let (token, other) = (bench.log_in(&ada()), bench.log_in(&ada()));
    bench.sit(&ada());
    let held = bench.find(&token).await.unwrap();
    bench.played.be_silent(true);
    bench.age(GRACE);
    assert!(bench.find(&other).await.is_none());
    assert!(*held.over.borrow(), "its terminals close");
    assert!(bench.find(&token).await.is_none());
    assert!(bench.barred().is_empty(), "the session detaches, and lives to its deadline");
    bench.restart();
    assert!(bench.logins.find(token.as_str()).is_none());
}

#[tokio::test]
async fn the_grace_time_counts_from_the_last_good_look_across_a_restart() {
    let mut bench = Bench::new();
    let token = bench.log_in(&ada());
    bench.logins.looked(&ada(), unix_seconds() - GRACE / 1000 - 1);
    bench.restart();
    bench.played.be_silent(true);
    assert!(bench.find(&token).await.is_none());
    let token = bench.log_in(&ada());
    bench.logins.looked(&ada(), unix_seconds() - GRACE / 1000 + 60);
    bench.restart();
    assert!(bench.find(&token).await.is_some());
}

#[tokio::test]
async fn other_settings_look_at_everybody_anew_and_the_same_ones_do_not() {
    let bench = Bench::new();
    let token = bench.log_in(&ada());
    bench.revalidation.reload(bench.directory(bench.settings.clone()));
    assert!(bench.find(&token).await.is_some());
    assert_eq!(bench.played.looks(), 0);
    let user_base = "ou=elsewhere,dc=example".to_owned();
    bench.revalidation.reload(bench.directory(LdapAuth { user_base, ..bench.settings.clone() }));
    bench.sit(&ada());
    bench.background().await;
    assert_eq!(bench.played.looks(), 1, "without waiting for the interval");
    assert!(bench.find(&token).await.is_some());
    assert_eq!(bench.played.looks(), 1);
}

#[tokio::test]
async fn a_directory_that_is_no_backend_any_more_keeps_nobody() {
    let bench = Bench::new();
    let token = bench.log_in(&ada());
    bench.sit(&ada());
    bench.revalidation.reload(None);
    assert!(bench.find(&token).await.is_none());
    assert_eq!(bench.barred().len(), 1);
    assert_eq!(bench.played.looks(), 0);
}

#[tokio::test]
async fn who_cannot_be_looked_at_is_not_and_their_login_is_short() {
    let bench = Bench::new();
    let top = tempfile::tempdir().unwrap();
    let place = |name: &str| top.path().join(name);
    let (config, state, runtime, control) = (place("config.toml"), place("state"), place("run"), place("control"));
    let text = "auth.backends = [\"ldap\"]\n[auth.ldap]\nurls = [\"ldap://127.0.0.1\"]\n\
                user_dn_template = \"uid={username},dc=example\"\n";
    std::fs::write(&config, text).unwrap();
    let loaded = Config::load(&Places { config, state, runtime, control }).unwrap_or_else(|e| panic!("{e}")).config;
    let terms = Terms::from(&loaded);
    assert_eq!((terms.directory_lifetime, terms.lifetime), (Duration::from_secs(3600), loaded.login.lifetime));
    bench.revalidation.reload(bench.directory(LdapAuth::clone(&loaded.auth.ldap.unwrap())));
    let token = bench.log_in(&ada());
    bench.sit(&ada());
    bench.age(100 * GRACE);
    assert!(bench.find(&token).await.is_some());
    assert_eq!(bench.background().await, None);
    assert_eq!(bench.played.looks(), 0);
}

#[tokio::test]
async fn the_task_finds_by_itself_that_somebody_is_gone_and_ends_with_the_store() {
    let bench = Bench::new();
    let settings = LdapAuth { revalidate: Duration::from_millis(200), ..bench.settings.clone() };
    bench.revalidation.reload(bench.directory(settings));
    bench.revalidation.watch_over(seats(&bench.sessions, &bench.changes));
    let token = bench.log_in(&ada());
    let mut held = bench.find(&token).await.unwrap();
    bench.sit(&ada());
    bench.changes.send_modify(|n| *n += 1);
    while bench.played.looks() < 3 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    bench.played.remove("ada");
    while bench.barred().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    bench.stand_up(&ada());
    assert!(tokio::time::timeout(SOON, held.over.wait_for(|over| *over)).await.is_ok());

    let stirred = Arc::downgrade(&bench.revalidation.stirred);
    drop(bench);
    for _ in 0..3000 {
        if stirred.strong_count() == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the task still waits");
}
