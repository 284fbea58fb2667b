//! The default limits, as the kernel has them, and what happens beyond them.

use crate::{
    limits,
    machine::{World, ends_for, recorded, sh},
};

pub(crate) async fn the_kernel_confirms_the_limits_from_inside_and_from_outside(world: &mut World) {
    assert!(!sh("cat /etc/coracle/config.d/*.toml").contains("require_limits"), "the default is what is tested");
    let (id, mut terminal) = world.mira.begins().await;
    limits::are_confirmed(&id, &mut terminal).await;
}

pub(crate) async fn two_burners_get_half_a_processor_together(world: &mut World) {
    let (id, mut terminal) = world.mira.shell().await;
    limits::throttle_burners(&id, &mut terminal).await;
    world.mira.leaves().await;
    ends_for(terminal, "owner").await;
    assert_eq!(recorded(&id, "session-end", "CORACLE_REASON"), ["owner"]);
}

pub(crate) async fn a_hog_is_killed_alone_and_its_person_is_told(world: &mut World) {
    let (id, terminal) = world.mira.shell().await;
    let mut terminal = limits::kill_hogs_alone(world.mira.browser().await, &id, terminal).await;
    limits::end_a_shell_that_is_a_hog(&id, &mut terminal).await;
}

pub(crate) async fn a_fork_bomb_stops_at_its_limit_while_host_and_neighbour_go_on(world: &mut World) {
    let (_, mut quiet) = world.mira.shell().await;
    let (id, mut terminal) = world.leaver.shell().await;
    limits::stop_a_fork_bomb(&id, &mut terminal, &mut quiet).await;
    world.leaver.leaves().await;
    ends_for(terminal, "owner").await;
    assert_eq!(recorded(&id, "session-end", "CORACLE_REASON"), ["owner"]);
}
