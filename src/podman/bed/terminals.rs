//! Attaching and leaving, under output.

use super::*;

const LEAVES: usize = 200;
const STARTS: usize = 20;

/// Prints numbered lines without end.
const FLOOD: &str = "i=0; while :; do i=$((i+1)); echo \"line $i end\"; done";

#[tokio::test]
#[ignore = "needs a real Podman: runs in the machine"]
async fn the_first_bytes_of_a_shell_are_never_missed() {
    let bed = Bed::new();
    for _ in 0..STARTS {
        let plan = running("echo the very first; busybox stty size; exec busybox sleep 60");
        let (terminal, _conmon) = bed.shell(&plan).await;
        let seen = shows(&terminal, "40 120\r\n").await;
        assert_eq!(seen, "the very first\r\n40 120\r\n");
        bed.end(&plan, terminal).await;
    }
}

#[tokio::test]
#[ignore = "needs a real Podman: runs in the machine"]
async fn two_hundred_gentle_leaves_under_output_do_not_hurt_conmon() {
    let bed = Bed::new();
    let plan = running(FLOOD);
    let (terminal, conmon) = bed.shell(&plan).await;
    shows(&terminal, "line 100 end").await;
    terminal.leave().await;
    for n in 0..LEAVES {
        let (terminal, _) = bed.podman.reattach(plan.id).await.unwrap_or_else(|e| panic!("attach {n}: {e}"));
        let seen = shows(&terminal, " end\r\nline ").await;
        assert!(seen.contains("line "), "{seen}");
        // Both ways to go.
        if n % 2 == 0 {
            terminal.leave().await
        } else {
            drop(terminal)
        }
        assert!(conmon.is_alive() && conmon.shell_is_alive(), "after {n} leaves");
    }
    let (terminal, _) = bed.podman.reattach(plan.id).await.unwrap();
    bed.end(&plan, terminal).await;
}

#[tokio::test]
#[ignore = "needs a real Podman: runs in the machine"]
async fn bytes_that_came_with_an_attach_are_in_order_with_those_that_follow() {
    let bed = Bed::new();
    let plan = running(FLOOD);
    let (terminal, _conmon) = bed.shell(&plan).await;
    terminal.leave().await;
    for _ in 0..20 {
        let (terminal, _) = bed.podman.reattach(plan.id).await.unwrap();
        let mut seen = Vec::new();
        while seen.len() < 40_000 {
            assert!(read_some(&terminal, &mut seen).await);
        }
        terminal.leave().await;
        let seen = String::from_utf8_lossy(&seen).into_owned();
        let lines: Vec<&str> = seen.split("\r\n").collect();
        // The first and the last may be cut.
        let numbers: Vec<u64> = lines[1..lines.len() - 1]
            .iter()
            .map(|line| {
                let number =
                    line.strip_prefix("line ").and_then(|l| l.strip_suffix(" end")).and_then(|n| n.parse().ok());
                number.unwrap_or_else(|| panic!("{line:?}"))
            })
            .collect();
        assert!(numbers.len() > 1000 && numbers.windows(2).all(|pair| pair[1] == pair[0] + 1), "lines are missing");
    }
    let (terminal, _) = bed.podman.reattach(plan.id).await.unwrap();
    bed.end(&plan, terminal).await;
}

#[tokio::test]
#[ignore = "needs a real Podman: runs in the machine"]
async fn a_flooding_container_is_removed_in_two_seconds_though_nobody_reads() {
    let bed = Bed::new();
    let plan = running(FLOOD);
    let (terminal, _conmon) = bed.shell(&plan).await;
    // conmon is stuck in a write by now, or soon.
    tokio::time::sleep(Duration::from_millis(500)).await;
    let begun = Instant::now();
    terminal.leave().await;
    bed.podman.remove(plan.id).await.unwrap();
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    nothing_left(plan.id).await;
}

#[tokio::test]
#[ignore = "needs a real Podman: runs in the machine"]
async fn resizing_reaches_the_shell() {
    let bed = Bed::new();
    let plan = plan();
    let (terminal, _conmon) = bed.shell(&plan).await;
    terminal.sizes(&bed.podman, plan.id).send(Size { cols: 77, rows: 33 }).await.unwrap();
    type_in(&terminal, "busybox stty size\r").await;
    shows(&terminal, "33 77").await;
    bed.end(&plan, terminal).await;
}

#[tokio::test]
#[ignore = "needs a real Podman: runs in the machine"]
async fn every_byte_value_passes_both_ways_and_ctrl_p_ctrl_q_detach_nothing() {
    let bed = Bed::new();
    let plan = running("busybox stty raw -echo; printf READY; exec busybox cat");
    let (terminal, _conmon) = bed.shell(&plan).await;
    shows(&terminal, "READY").await;
    let all: Vec<u8> = (0..=255).chain([0x10, 0x11, 0x10, 0x11]).collect();
    let mut left = all.as_slice();
    while !left.is_empty() {
        terminal.writable().await.unwrap();
        left = &left[terminal.try_write(left).unwrap_or(0)..];
    }
    let mut seen = Vec::new();
    tokio::time::timeout(PATIENCE, async {
        while seen.len() < all.len() {
            assert!(read_some(&terminal, &mut seen).await);
        }
    })
    .await
    .unwrap_or_else(|_| panic!("only {} bytes came back", seen.len()));
    assert_eq!(seen, all);
    bed.end(&plan, terminal).await;
}
