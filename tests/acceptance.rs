//! The package in a machine with a kernel of its own, from the installation to the purge, as people and their administrator
//! meet it: an ordered story, each check of which starts from what those before it left. Run by `make test`, and
//! alone by `make test-machine`, which boot the machine and start the directory; `CORACLE_MACHINE_*` say where.
//!
//!   cargo test --test acceptance [PART OF A NAME...]   what is `always` runs in any case

#[path = "acceptance/closed.rs"]
mod closed; //  what a session must not reach
#[path = "acceptance/excess.rs"]
mod excess; //  what the kernel allows a session, and what happens beyond that
#[path = "acceptance/life.rs"]
mod life; //    installation, rest, upgrade, reboot, power cut, purge
#[path = "acceptance/machine.rs"]
mod machine; // the machine, and the people in front of it

#[path = "bed/browser.rs"]
#[expect(dead_code, reason = "the tests of bed.rs use all of it")]
mod browser;
#[path = "bed/limits.rs"]
mod limits;

use std::{
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    process::ExitCode,
    time::Instant,
};

use machine::World;

/// Where the browser finds the service.
mod service {
    pub(crate) use crate::machine::port;
}

type Run = for<'w> fn(&'w mut World) -> Pin<Box<dyn Future<Output = ()> + 'w>>;

struct Check {
    name: &'static str,
    /// The others need what this one leaves.
    always: bool,
    run: Run,
}

macro_rules! check {
    ($module:ident :: $name:ident, $always:expr) => {
        Check { name: stringify!($name), always: $always, run: |world| Box::pin($module::$name(world)) }
    };
    ($module:ident :: $name:ident) => {
        check!($module::$name, false)
    };
}

/// In this order.
const CHECKS: &[Check] = &[
    check!(life::the_package_installs_and_nothing_listens_and_nobody_is_at_work, true),
    check!(life::with_the_directory_configured_the_first_connection_wakes_the_daemon, true),
    check!(life::the_doctor_has_nothing_to_complain_about),
    check!(life::a_person_of_the_directory_logs_in_with_chromium_and_gets_a_prompt),
    check!(life::the_directory_says_who_gets_in_and_its_groups_who_gets_a_shell),
    check!(excess::the_kernel_confirms_the_limits_from_inside_and_from_outside),
    check!(closed::no_namespace_and_no_mount_is_made_in_a_session),
    check!(closed::the_hosts_loopback_and_address_are_not_reached),
    check!(closed::podmans_socket_and_the_hosts_files_are_not_there),
    check!(closed::another_persons_container_is_not_seen_listed_or_ended),
    check!(closed::the_hosts_proc_and_kernel_switches_are_closed),
    check!(excess::two_burners_get_half_a_processor_together),
    check!(excess::a_hog_is_killed_alone_and_its_person_is_told),
    check!(excess::a_fork_bomb_stops_at_its_limit_while_host_and_neighbour_go_on),
    check!(life::an_upgrade_loses_no_session_and_the_new_program_runs),
    check!(life::when_nobody_is_there_exactly_what_may_rest_is_left_and_a_visit_wakes_it),
    check!(life::a_reboot_ends_sessions_as_shutdown_and_nothing_wakes_after_it),
    check!(life::after_a_power_cut_leftovers_are_gone_before_anybody_visits),
    check!(life::a_purge_leaves_the_host_as_it_was),
];

fn main() -> ExitCode {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let chosen = |check: &Check| wanted.is_empty() || wanted.iter().any(|part| check.name.contains(part));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("threads and an event loop");
    let mut world = World::new();
    let (mut passed, mut failed) = (0, 0);
    for check in CHECKS.iter().filter(|check| check.always || chosen(check)) {
        let began = Instant::now();
        // What a failed check leaves half done is gone with it: the next begins with sessions of its own.
        let ran = catch_unwind(AssertUnwindSafe(|| runtime.block_on((check.run)(&mut world))));
        let took = began.elapsed().as_secs();
        if ran.is_ok() {
            passed += 1;
            println!("ok      {} ({took} s)", check.name);
            continue;
        }
        failed += 1;
        println!("not ok  {} ({took} s)", check.name);
        if check.always {
            println!("# the other checks need what this one should have left");
            break;
        }
    }
    println!("{passed} passed, {failed} failed");
    if failed == 0 && passed > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
