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
    Service::start(sessions, &profile("48m"))
}

fn profile(layer_size: &str) -> String {
    format!(
        "[[profiles]]\nname = \"workshop\"\nimage = \"{}\"\npull = \"never\"\nuser = \"root:0:0\"\nmemory = \"512m\"\n\
         capabilities = [\"CHOWN\", \"DAC_OVERRIDE\", \"FOWNER\", \"SETGID\", \"SETUID\"]\nlayer_size = \"{layer_size}\"",
        machine().image
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

/// A file system of its own for the account's images and layers, with the session image in it; gone when this is dropped.
struct SmallStore<'s>(&'s Service);

const STORE: &str = "/home/tester/.local/share/containers/storage";

impl SmallStore<'_> {
    fn mount(service: &Service) -> SmallStore<'_> {
        let machine = service.machine;
        let saved = machine.user(&format!("podman image save --quiet --output /var/tmp/image.tar {}", machine.image));
        assert_eq!(saved.code, 0, "{saved:?}");
        let store = SmallStore(service);
        store.without_podman();
        let options = "size=1500m,mode=0700,uid=1000,gid=1000";
        let mounted = machine.root(&["mount", "-t", "tmpfs", "-o", options, "store", STORE]);
        assert_eq!(mounted.code, 0, "{mounted:?}");
        let loaded = machine.user("podman image load --quiet --input /var/tmp/image.tar");
        assert_eq!(loaded.code, 0, "{loaded:?}");
        machine.systemctl("start podman.socket");
        store
    }

    /// Nothing holds the store: Podman keeps a process, and with it a view of all mounts.
    fn without_podman(&self) {
        self.0.machine.systemctl("stop coracle.service podman.socket podman.service");
        self.0
            .machine
            .user("podman system migrate; rm -rf \"$XDG_RUNTIME_DIR/libpod/tmp\" \"$XDG_RUNTIME_DIR/containers\"");
    }

    /// Somebody else's file of so many bytes.
    fn others_fill(&self, name: &str, bytes: u64) {
        let filled = self.0.machine.user(&format!("fallocate -l {bytes} {STORE}/{name}"));
        assert_eq!(filled.code, 0, "{filled:?}");
    }
}

impl Drop for SmallStore<'_> {
    fn drop(&mut self) {
        self.0.cli("end --all");
        self.without_podman();
        self.0.machine.root(&["umount", "--lazy", STORE]);
        self.0.machine.root(&["rm", "-f", "/var/tmp/image.tar"]);
        self.0.machine.systemctl("start podman.socket");
    }
}

#[tokio::test]
async fn a_small_disk_that_reaches_its_floor_ends_those_who_fill_it_and_leaves_the_small_ones_alone() {
    let service = Service::plain();
    let store = SmallStore::mount(&service);
    // The copies for the first ranges of ids are there before the room is counted.
    assert_eq!(service.cli("prepare --slots 3").code, 0);
    let floor = free(service.machine) - 300 * MIB;
    service.configure(&format!("disk_floor = \"{floor}\""), &profile("200m"));
    service.machine.systemctl("stop coracle.service"); // it wakes with that
    let (alice, bob) = (Browser::of("alice").await, Browser::of("bob").await);

    // At one blow: by others, while a session holds more than a little, and another does not.
    let (id, mut terminal) = begin(&alice).await;
    let (_, mut small) = begin(&bob).await;
    assert_eq!(terminal.ask("fallocate -l 100m /held && echo fits").await, "fits");
    assert_eq!(small.ask("fallocate -l 4m /little && echo fits").await, "fits");
    store.others_fill("theirs", 250 * MIB);
    let end = told_everywhere(&service, &alice, &id, Some(terminal), ("disk", None)).await;
    let detail = end["MESSAGE"].as_str().expect("a message");
    assert!(detail.contains(&format!("sessions.disk_floor is {floor}")), "{detail}");
    service.nothing_left_of(&id);
    assert_eq!(small.ask("echo still-$((6*7))").await, "still-42", "there is room again");

    // Slowly, by the session itself, which has not reached its own size.
    service.machine.user(&format!("rm {STORE}/theirs"));
    let (id, mut terminal) = begin(&alice).await;
    store.others_fill("theirs", 220 * MIB);
    terminal.type_in("mkdir /d; for i in {1..9999}; do head -c 1048576 /dev/urandom >/d/$i; sleep 0.02; done\r").await;
    let end = told_everywhere(&service, &alice, &id, Some(terminal), ("disk", None)).await;
    let detail = end["MESSAGE"].as_str().expect("a message");
    assert!(detail.contains("sessions.disk_floor"), "{detail}");
    assert_eq!(small.ask("echo still-$((6*7))").await, "still-42");
    small.say(json!({"type": "end"})).await;
    small.ends().await;
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
