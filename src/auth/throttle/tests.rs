use std::{net::Ipv4Addr, os::unix::fs::PermissionsExt};

use proptest::prelude::*;

use super::*;

/// Of a directory that locks at the fifth failure within half an hour.
fn directory() -> Budget {
    Budget::below(5, Duration::from_secs(1800))
}

struct Bench {
    top: tempfile::TempDir,
    throttle: Throttle,
    now: SystemTime,
}

impl Bench {
    fn new() -> Self {
        let top = tempfile::tempdir().unwrap();
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
        let throttle = Throttle::open(top.path(), Budget::OURS, now).unwrap();
        Self { top, throttle, now }
    }

    fn below_a_directory() -> Self {
        let bench = Self::new();
        bench.throttle.reload(directory());
        bench
    }

    fn after(&mut self, seconds: u64) -> &mut Self {
        self.now += Duration::from_secs(seconds);
        self
    }

    fn restart(&mut self) {
        self.throttle = Throttle::open(self.top.path(), Budget::OURS, self.now).unwrap();
    }

    /// A wrong password.
    fn fail(&self, from: u8, name: &str) -> Result<(), u64> {
        self.try_one(from, name, false).map(drop)
    }

    fn try_one(&self, from: u8, name: &str, has_device: bool) -> Result<Try<'_>, u64> {
        self.throttle.admit(source(from), &known(name), has_device, self.now).map_err(|wait| wait.as_secs())
    }

    fn log_in(&self, from: u8, name: &str) -> Result<(), u64> {
        self.try_one(from, name, false).map(Try::succeeded)
    }

    fn files(&self) -> usize {
        std::fs::read_dir(self.top.path()).unwrap().count() - 1 // the key
    }
}

fn known(name: &str) -> Whose {
    Whose { key: name.to_owned(), known: true }
}

fn nobody(name: &str) -> Whose {
    Whose { key: name.to_owned(), known: false }
}

fn source(n: u8) -> Source {
    Source::of(IpAddr::V4(Ipv4Addr::new(10, 0, 0, n)))
}

#[test]
fn an_address_waits_twice_as_long_after_each_failure() {
    let mut bench = Bench::new();
    for name in ["a", "b", "c"] {
        assert_eq!(bench.fail(1, name), Ok(()));
    }
    for (n, wait) in [1, 2, 4, 8, 16, 32, 64, 128, 256].into_iter().enumerate() {
        assert_eq!(bench.fail(1, "z"), Err(wait));
        assert_eq!(bench.fail(100 + n as u8, &format!("other{n}")), Ok(()), "another address does not wait");
        bench.after(wait);
        assert_eq!(bench.fail(1, &format!("n{n}")), Ok(()));
    }
    assert_eq!(bench.fail(1, "z"), Err(300), "never more than five minutes");
    bench.after(300);
    assert_eq!(bench.fail(1, "y"), Ok(()));
    assert_eq!(bench.fail(1, "z"), Err(300));
}

#[test]
fn a_quiet_address_is_forgiven_bit_by_bit() {
    let mut bench = Bench::new();
    for name in ["a", "b", "c"] {
        bench.fail(1, name).unwrap();
    }
    bench.after(300);
    assert_eq!(bench.fail(1, "d"), Ok(()), "one of three is forgotten");
    assert_eq!(bench.fail(1, "e"), Err(1));
    bench.after(2 * 86_400).restart();
    assert_eq!(bench.files(), 0, "nothing to remember is no file");
}

#[test]
fn a_success_gives_its_own_try_back_and_no_other() {
    let bench = Bench::new();
    for _ in 0..10 {
        assert_eq!(bench.log_in(1, "mira"), Ok(()), "logging in is not guessing");
    }
    for name in ["a", "b"] {
        bench.fail(1, name).unwrap();
    }
    bench.log_in(1, "mira").unwrap();
    bench.fail(1, "c").unwrap();
    assert_eq!(bench.fail(1, "d"), Err(1), "an account of one's own resets no counter");
}

#[test]
fn a_name_has_four_tries_from_wherever_and_then_five_minutes_of_quiet() {
    let mut bench = Bench::new();
    for from in 1..=4 {
        assert_eq!(bench.fail(from, "mira"), Ok(()));
        bench.after(10);
    }
    assert_eq!(bench.fail(5, "mira"), Err(290), "until the last try is five minutes old");
    assert_eq!(bench.fail(5, "MIRA"), Err(290), "spelled otherwise it is the same name");
    assert_eq!(bench.log_in(6, "jo"), Ok(()), "another name");
    bench.after(289);
    assert_eq!(bench.fail(5, "mira"), Err(1), "one that was refused makes nobody wait longer");
    bench.after(1);
    for from in 6..=9 {
        assert_eq!(bench.fail(from, "mira"), Ok(()));
    }
    assert_eq!(bench.fail(10, "mira"), Err(300));
}

#[test]
fn a_name_that_nobody_has_runs_out_like_any_other() {
    for bench in [Bench::new(), Bench::below_a_directory()] {
        let mut tries = Vec::new();
        for whose in [known("mira"), nobody("nobody")] {
            let from = if whose.known { 1 } else { 101 };
            let let_through =
                (from..from + 10).take_while(|n| bench.throttle.admit(source(*n), &whose, false, bench.now).is_ok());
            tries.push(let_through.count());
        }
        assert_eq!(tries[0], tries[1]);
        assert!((3..=4).contains(&tries[0]));
    }
}

#[test]
fn whoever_logged_in_from_an_address_is_not_locked_out_there() {
    let mut bench = Bench::new();
    bench.log_in(1, "mira").unwrap();
    bench.after(29 * 86_400).restart();
    for from in 10..14 {
        bench.fail(from, "mira").unwrap();
    }
    assert_eq!(bench.fail(20, "mira"), Err(300), "strangers wait");
    assert_eq!(bench.fail(1, "mira"), Ok(()), "at home there is a reserve");
    assert_eq!(bench.fail(1, "mira"), Ok(()));
    assert_eq!(bench.fail(1, "mira"), Err(300), "which is small");
    bench.after(31 * 86_400);
    for from in 10..14 {
        bench.fail(from, "mira").unwrap();
    }
    assert_eq!(bench.fail(1, "mira"), Err(300), "and gone after a month away");
}

#[test]
fn a_browser_that_somebody_logged_in_with_gets_through_when_strangers_have_spent_all() {
    for (bench, strangers) in [(Bench::new(), 4), (Bench::below_a_directory(), 3)] {
        for from in 1..=strangers {
            bench.fail(from, "mira").unwrap();
        }
        assert!(bench.fail(20, "mira").is_err(), "strangers wait");
        assert!(bench.try_one(20, "mira", true).is_ok_and(|tried| {
            tried.succeeded();
            true
        }));
        assert_eq!(bench.fail(21, "mira"), Ok(()), "the right password sets the count back, as in the directory");
    }
}

#[test]
fn below_any_lock_out_strangers_and_reserve_together_stay_one_short_of_it() {
    for (lockout_after, common, reserve) in [(3, 1, 1), (4, 2, 1), (5, 3, 1), (6, 4, 1), (7, 4, 2), (100, 4, 2)] {
        let budget = Budget::below(lockout_after, Duration::from_secs(60));
        assert_eq!((budget.common, budget.reserve), (common, reserve), "{lockout_after}");
        assert!(budget.common + budget.reserve < lockout_after as usize);
    }
}

#[test]
fn a_failure_under_way_still_counts_after_somebody_elses_success() {
    let bench = Bench::below_a_directory();
    bench.fail(1, "mira").unwrap();
    let under_way = bench.try_one(2, "mira", false).unwrap();
    bench.log_in(3, "mira").unwrap();
    drop(under_way);
    assert_eq!(bench.fail(4, "mira"), Ok(()), "the first is forgotten");
    assert_eq!(bench.fail(5, "mira"), Ok(()));
    assert!(bench.fail(6, "mira").is_err(), "the one under way is not");
}

#[test]
fn a_try_without_an_answer_counts_for_the_name_and_not_for_the_address() {
    let bench = Bench::below_a_directory();
    for _ in 0..3 {
        bench.try_one(1, "mira", false).unwrap().unanswered();
    }
    assert!(bench.fail(2, "mira").is_err(), "the directory may have counted them");
    for name in ["a", "b", "c"] {
        assert_eq!(bench.fail(1, name), Ok(()), "the address did nothing wrong");
    }
}

/// How a directory counts failures that it locks an account for.
struct Lock {
    failures: Vec<u64>,
    window: u64,
    /// All are forgotten when the last is old (Active Directory), or each when it is (slapd's ppolicy).
    all_with_the_last: bool,
}

impl Lock {
    fn fails(&mut self, now: u64) {
        let old = |at: u64| now - at >= self.window;
        match self.all_with_the_last {
            true if self.failures.last().is_some_and(|at| old(*at)) => self.failures.clear(),
            true => {}
            false => self.failures.retain(|at| !old(*at)),
        }
        self.failures.push(now);
        assert!(self.failures.len() < 5, "the directory has locked the account");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn no_guessing_at_coracle_reaches_the_lock_out_of_a_directory(
        acts in proptest::collection::vec((0_u64..2000, 1_u8..200, any::<bool>(), 0_u8..10), 1..200),
        all_with_the_last in any::<bool>(),
        late in 0_u64..60,
    ) {
        let mut bench = Bench::below_a_directory();
        let mut lock = Lock { failures: Vec::new(), window: 1800, all_with_the_last };
        for (wait, from, has_device, luck) in acts {
            bench.after(wait);
            // Addresses are plenty: only the person's own budget is looked at here.
            let Ok(tried) = bench.try_one(from, "mira", has_device) else { continue };
            let seconds = bench.now.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
            // The bind arrives up to a minute after it was counted, the next one at once.
            let arrives = seconds + if luck % 2 == 0 { late } else { 0 };
            if luck == 9 {
                tried.succeeded();
                lock.failures.clear();
            } else {
                drop(tried);
                let last = lock.failures.last().copied().unwrap_or(0);
                lock.fails(arrives.max(last));
            }
        }
    }
}

#[test]
fn only_the_last_homes_are_remembered() {
    let bench = Bench::new();
    for from in 1..=9 {
        bench.log_in(from, "mira").unwrap();
    }
    for from in 10..14 {
        bench.fail(from, "mira").unwrap();
    }
    assert!(bench.fail(1, "mira").is_err());
    assert!(bench.log_in(2, "mira").is_ok());
}

#[test]
fn a_restart_forgets_nothing_and_tells_no_name() {
    let mut bench = Bench::new();
    for _ in 0..4 {
        let _ = bench.fail(1, "mira");
    }
    bench.restart();
    assert_eq!(bench.fail(1, "else"), Err(1));
    for entry in std::fs::read_dir(bench.top.path()).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert!(!entry.file_name().to_string_lossy().contains("mira"));
        let content = std::fs::read(entry.path()).unwrap();
        assert!(!content.windows(4).any(|w| w == b"mira"));
    }
}

#[test]
fn a_broken_or_foreign_record_is_dropped_at_the_start() {
    let mut bench = Bench::new();
    bench.fail(1, "mira").unwrap();
    let kept = bench.files();
    for (name, content) in [("a-0b", "{"), ("a-0c", "{\"failures\":\"x\"}"), ("u-../x", ""), ("u-zz", "{}")] {
        if !name.contains('/') {
            std::fs::write(bench.top.path().join(name), content).unwrap();
        }
    }
    std::fs::write(bench.top.path().join("x-0d"), vec![b' '; 5000]).unwrap();
    bench.restart();
    assert_eq!(bench.files(), kept);
}

#[test]
fn invented_names_and_addresses_fill_no_disk_and_push_no_account_out() {
    let mut bench = Bench::new();
    bench.throttle = Throttle::of_size(bench.top.path(), Budget::OURS, bench.now, 50).unwrap();
    for from in 1..=4 {
        bench.fail(from, "mira").unwrap();
    }
    for n in 0..200_u64 {
        let address = Source::V6Net(n.to_be_bytes());
        drop(bench.throttle.admit(address, &nobody(&format!("invented{n}")), false, bench.now));
    }
    assert_eq!(bench.files(), 101, "two full tables, and mira");
    bench.throttle = Throttle::of_size(bench.top.path(), Budget::OURS, bench.now, 50).unwrap();
    assert_eq!(bench.fail(99, "mira"), Err(300));
}

#[test]
fn a_clock_that_was_set_back_locks_nobody_out() {
    let mut bench = Bench::new();
    for from in 1..=4 {
        bench.fail(from, "mira").unwrap();
    }
    for name in ["a", "b", "c", "d"] {
        let _ = bench.fail(1, name);
    }
    bench.now -= Duration::from_secs(10 * 365 * 86_400);
    assert_eq!(bench.fail(7, "mira"), Ok(()));
    assert_eq!(bench.fail(1, "x"), Ok(()));
    bench.restart();
    assert_eq!(bench.fail(8, "jo"), Ok(()));
}

#[test]
fn logins_that_overtake_each_other_reset_no_counter() {
    let mut bench = Bench::new();
    for name in ["a", "b", "c", "d"] {
        let _ = bench.fail(1, name);
    }
    for from in 2..=5 {
        bench.fail(from, "mira").unwrap();
    }
    bench.now -= Duration::from_millis(20);
    assert!(bench.fail(1, "x").is_err());
    assert!(bench.fail(6, "mira").is_err());
}

#[test]
fn a_try_that_never_was_costs_nothing() {
    let bench = Bench::new();
    for _ in 0..20 {
        bench.try_one(1, "mira", false).unwrap().never_was();
    }
    assert_eq!(bench.files(), 0);
}

#[test]
fn a_neighbour_in_the_same_network_is_the_same_source() {
    let of = |text: &str| Source::of(text.parse().unwrap());
    assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::9"));
    assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
    assert_eq!(of("::ffff:10.0.0.1"), of("10.0.0.1"));
    assert_ne!(of("10.0.0.1"), of("10.0.0.2"));
}
