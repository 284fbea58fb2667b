//! The daemon is killed at random moments, again and again, while shells write as fast as they can; systemd starts it anew.

use std::time::{Duration, Instant};

use serde_json::json;

use super::{
    site::{Mode, Site},
    stream::{Stream, profile, recorded, written},
};
use crate::{
    browser::Browser,
    bystander::Bystander,
    machine::{machine, until},
};

/// Daemons killed in each mode; `make test-long` sets CORACLE_BED_KILLS.
const KILLS: usize = 100;
/// Shells that write; with the bystander's these are as many as the system service's account has slots.
const STREAMS: usize = 4;
/// The longest life of a daemon: from before it is ready to long after everybody is back.
const LONGEST: Duration = Duration::from_millis(700);

/// Numbers that look random, from a seed that is printed.
struct Dice(u64);

impl Dice {
    fn seeded() -> Dice {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970");
        println!("seed {}", now.as_nanos() as u64);
        Dice(now.as_nanos() as u64 | 1)
    }

    fn below(&mut self, most: Duration) -> Duration {
        // xorshift64
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        most.mul_f64((self.0 >> 11) as f64 / (1_u64 << 53) as f64)
    }
}

fn kills() -> usize {
    std::env::var("CORACLE_BED_KILLS").map_or(KILLS, |text| text.parse().expect("CORACLE_BED_KILLS is a number"))
}

async fn no_byte_is_lost(mode: Mode, drop_in: &str) {
    let additions = format!(
        "starts_per_minute = 600\nper_user = 8\n[recording]\npolicy = \"required\"\n{}",
        profile(&machine().image)
    );
    let site = Site::with_drop_in(mode, &additions, drop_in);
    let mut bystander = Bystander::aboard().await;
    let (alice, bob) = (Browser::of("alice").await, Browser::of("bob").await);
    let mut streams = Vec::new();
    for _ in 0..STREAMS {
        streams.push(Stream::begin(&alice).await);
    }
    let (mut dice, began, mut last) = (Dice::seeded(), Instant::now(), String::new());
    let kills = kills();
    for _ in 0..kills {
        let daemon = until("systemd has started the next one", || site.daemon().filter(|pid| *pid != last));
        // The moment is the test's subject.
        tokio::time::sleep(dice.below(LONGEST)).await;
        let killed = site.machine().root(&["kill", "-KILL", &daemon]);
        assert_eq!(killed.code, 0, "{killed:?}");
        last = daemon;
    }
    let took = began.elapsed();
    bystander.cut_off().await;
    bystander.returns(bob.terminal(&bystander.id).await).await;
    for stream in &streams {
        let returned = stream.account().next;
        stream.until("it writes on", |account| account.next > returned).await;
        let stopped = site.as_account(&format!("podman exec coracle-{} touch /tmp/stop", stream.id));
        assert_eq!(stopped.code, 0, "{stopped:?}");
    }
    for stream in streams {
        let id = stream.id.clone();
        let (account, ended) = stream.finish().await;
        println!("{id}: {} lines, {} of them past a redraw; {} returns", account.next, account.passed, account.returns);
        assert_eq!(account.went_back, 0, "returns to a screen older than what was seen: {account:?}");
        assert_eq!((&ended["reason"], &ended["status"]), (&json!("exit"), &json!(7)), "{ended}");
        let end = site.end_of(&id);
        let written = written(account.next);
        assert_eq!(end["CORACLE_OUTPUT_BYTES"], json!(written.len().to_string()), "what the shell wrote: {account:?}");
        let recorded = recorded(&site.recording(&id));
        let differ = recorded.bytes().zip(written.bytes()).position(|(one, other)| one != other);
        assert_eq!((differ, recorded.len()), (None, written.len()), "the recording of {id}");
        assert_eq!(account.gaps, 0, "nobody is told of a loss that was none");
    }
    let echo = bystander.types_on("after all these kills").await;
    println!("{mode:?}: {kills} daemons killed in {took:?}; a bystander's echo then took {echo:?}");
    site.nothing_left(&[&bystander.id], "the kills");
    bystander.goes_on().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)] // pages read while this waits
async fn a_hundred_random_kills_lose_and_double_no_byte_in_user_mode() {
    no_byte_is_lost(Mode::User, "").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)] // pages read while this waits
async fn a_hundred_random_kills_in_quick_succession_lose_and_double_no_byte_in_system_mode() {
    no_byte_is_lost(Mode::System, "[Service]\nRestartSec=20ms\n").await;
}
