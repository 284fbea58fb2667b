//! Sessions that write to the host's disk, and what bounds them there.

use serde_json::json;

use crate::{
    browser::{Browser, Terminal},
    endings::told_everywhere,
    machine::{Machine, machine},
    service::Service,
};

const MIB: u64 = 1 << 20;

/// A workshop without its network, whose layer may hold 48 MiB.
fn workshop(sessions: &str) -> Service {
    Service::start(
        sessions,
        &format!(
            "[[profiles]]\nname = \"workshop\"\nimage = \"{}\"\npull = \"never\"\nuser = \"root:0:0\"\nmemory = \"512m\"\n\
             capabilities = [\"CHOWN\", \"DAC_OVERRIDE\", \"FOWNER\", \"SETGID\", \"SETUID\"]\nlayer_size = \"48m\"",
            machine().image
        ),
    )
}

async fn begin(who: &Browser) -> (String, Terminal) {
    let id = who.start("workshop").await;
    let mut terminal = who.terminal(&id).await;
    terminal.prompt_of('#').await;
    (id, terminal)
}

/// Bytes that the account can write to the disk of its images.
fn free(machine: &Machine) -> u64 {
    let told = machine.user("stat --file-system --format '%a %S' ~/.local/share/containers/storage").out;
    let mut words = told.split_whitespace().map(|word| word.parse::<u64>().expect("numbers"));
    words.next().expect("blocks") * words.next().expect("a size")
}

#[tokio::test]
async fn a_layer_full_of_empty_promises_ends_the_session_and_one_file_cannot_hold_more() {
    let service = workshop("");
    let alice = Browser::of("alice").await;
    let (id, mut terminal) = begin(&alice).await;
    // The kernel's word to a process past its file size: SIGXFSZ.
    assert_eq!(terminal.ask("fallocate -l 49m /one; echo $? $(stat -c %s /one)").await, "153 0");
    assert_eq!(terminal.ask("fallocate -l 20m /one && fallocate -l 20m /two && echo fits").await, "fits");
    terminal.type_in("fallocate -l 20m /three\r").await;
    let end = told_everywhere(&service, &alice, &id, Some(terminal), ("disk", None)).await;
    let detail = end["MESSAGE"].as_str().expect("a message");
    assert!(detail.contains("layer_size is 50331648"), "{detail}");
    service.nothing_left();
}

#[tokio::test]
async fn a_layer_that_fills_slowly_with_small_files_behind_a_closed_door_ends_the_session_too() {
    let service = workshop("");
    let bob = Browser::of("bob").await;
    let (id, mut terminal) = begin(&bob).await;
    terminal.run("mkdir -m 0700 /hidden && chown 12345 /hidden").await;
    terminal.type_in("for i in {1..9999}; do head -c 262144 /dev/urandom >/hidden/$i; sleep 0.02; done\r").await;
    told_everywhere(&service, &bob, &id, Some(terminal), ("disk", None)).await;
    service.nothing_left();
}

#[tokio::test]
async fn below_the_disks_floor_none_starts_and_others_are_not_touched() {
    let service = workshop(&format!("disk_floor = \"{}\"", free(machine()) + 1024 * MIB));
    let alice = Browser::of("alice").await;
    let id = alice.start("workshop").await;
    let end = told_everywhere(&service, &alice, &id, None, ("host-full", None)).await;
    assert!(end.to_string().contains("sessions.disk_floor"), "the journal says why: {end}");
    let (_, mut terminal) = alice.shell().await; // the profile that writes nothing to the disk
    terminal.say(json!({"type": "end"})).await;
    assert_eq!(terminal.ends().await.0, "owner");
    service.nothing_left();
}
