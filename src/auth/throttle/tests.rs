use std::{net::Ipv4Addr, os::unix::fs::PermissionsExt};

use super::*;

struct Bench {
    top: tempfile::TempDir,
    throttle: Throttle,
    now: SystemTime,
}

impl Bench {
    fn new() -> Self {
        let top = tempfile::tempdir().unwrap();
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
        let throttle = Throttle::open(top.path(), now).unwrap();
        Self { top, throttle, now }
    }

    fn after(&mut self, seconds: u64) -> &mut Self {
        self.now += Duration::from_secs(seconds);
        self
    }

    fn restart(&mut self) {
        self.throttle = Throttle::open(self.top.path(), self.now).unwrap();
    }

    /// A wrong password.
    fn fail(&self, from: u8, name: &str) -> Result<(), u64> {
        self.throttle.admit(source(from), name, true, self.now).map(drop).map_err(|wait| wait.as_secs())
    }

    fn log_in(&self, from: u8, name: &str) -> Result<(), u64> {
        let tried = self.throttle.admit(source(from), name, true, self.now);
        tried.map(Try::succeeded).map_err(|wait| wait.as_secs())
    }

    fn files(&self) -> usize {
        std::fs::read_dir(self.top.path()).unwrap().count() - 1 // the key
    }
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
    bench.after(3600).restart();
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
fn a_name_has_four_tries_in_five_minutes_from_wherever() {
    let mut bench = Bench::new();
    for from in 1..=4 {
        assert_eq!(bench.fail(from, "mira"), Ok(()));
        bench.after(10);
    }
    assert_eq!(bench.fail(5, "mira"), Err(260), "until the first try is five minutes old");
    assert_eq!(bench.fail(5, "MIRA"), Err(260), "spelled otherwise it is the same name");
    assert_eq!(bench.log_in(6, "jo"), Ok(()), "another name");
    bench.after(260);
    assert_eq!(bench.fail(5, "mira"), Ok(()));
    assert_eq!(bench.fail(6, "mira"), Err(10));
}

#[test]
fn a_name_that_nobody_has_runs_out_like_any_other() {
    let bench = Bench::new();
    for (known, name) in [(true, "mira"), (false, "nobody")] {
        for from in 1..=4 {
            assert!(bench.throttle.admit(source(from + u8::from(known) * 4), name, known, bench.now).is_ok());
        }
        let refused = bench.throttle.admit(source(99), name, known, bench.now).map(drop);
        assert_eq!(refused, Err(Duration::from_secs(300)), "{name}");
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
    assert_eq!(bench.log_in(1, "mira"), Ok(()), "at home there is a reserve");
    assert_eq!(bench.fail(1, "mira"), Ok(()));
    assert_eq!(bench.fail(1, "mira"), Ok(()));
    assert_eq!(bench.fail(1, "mira"), Err(300), "which is small");
    bench.after(31 * 86_400);
    for from in 10..14 {
        bench.fail(from, "mira").unwrap();
    }
    assert_eq!(bench.fail(1, "mira"), Err(300), "and gone after a month away");
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
    bench.throttle = Throttle::of_size(bench.top.path(), bench.now, 50).unwrap();
    for from in 1..=4 {
        bench.fail(from, "mira").unwrap();
    }
    for n in 0..200_u64 {
        let address = Source::V6Net(n.to_be_bytes());
        drop(bench.throttle.admit(address, &format!("invented{n}"), false, bench.now));
    }
    assert_eq!(bench.files(), 101, "two full tables, and mira");
    bench.throttle = Throttle::of_size(bench.top.path(), bench.now, 50).unwrap();
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
        bench.throttle.admit(source(1), "mira", true, bench.now).map_err(drop).unwrap().never_was();
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
