//! Images that come from a registry: fetched while somebody watches, prepared ahead, and changed under sessions that run.

use std::{
    fs,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use crate::{
    browser::{Browser, Terminal},
    machine::{Machine, machine, since_now, until},
    service::Service,
};

const REGISTRIES: &str = "/home/tester/.config/containers/registries.conf";
/// Bytes a second that a pull gets, so that it can be watched.
const PACE: usize = 30 << 20;

/// A registry on loopback, and the machine's Podman told to speak plain HTTP to it. Gone when dropped.
struct Registry {
    machine: &'static Machine,
    name: String,
    port: u16,
    _site: tempfile::TempDir,
}

impl Registry {
    /// Images are named after port `seen`, which leads to it.
    fn seen_at(seen: Option<u16>) -> Registry {
        let (machine, port) = (machine(), free_port());
        let site = tempfile::tempdir().expect("a directory");
        let yml = format!(
            "version: 0.1\nstorage:\n  filesystem:\n    rootdirectory: /var/lib/registry\n\
             http:\n  addr: 127.0.0.1:{port}\n"
        );
        fs::write(site.path().join("registry.yml"), yml).expect("a file");
        let name = format!("registry-{}-{port}", std::process::id());
        servers(&["up", &name, "registry", &site.path().display().to_string(), &port.to_string()]);
        let seen = seen.unwrap_or(port);
        machine.write(REGISTRIES, &format!("[[registry]]\nlocation = \"127.0.0.1:{seen}\"\ninsecure = true\n"));
        machine.systemctl("stop podman.service"); // one that still runs has read the file as it was before
        Registry { machine, name, port: seen, _site: site }
    }

    fn image(&self) -> String {
        format!("127.0.0.1:{}/coracle/shell:1", self.port)
    }

    /// The session image with `word` in /word and so many bytes of noise, under [`Registry::image`]; not kept here. Returns
    /// the digest by which the registry knows it.
    fn push(&self, word: &str, noise: u32) -> String {
        let (base, image) = (&self.machine.image, self.image());
        let script = format!(
            "set -e; made=$(podman create {base} true); \
             mkdir -p ~/layer && echo {word} >~/layer/word && head -c {noise} /dev/urandom >~/layer/noise; \
             podman cp ~/layer/word $made:/word; podman cp ~/layer/noise $made:/noise; \
             podman export $made | podman import --quiet --change 'CMD [\"/bin/bash\",\"-l\"]' - {image} >/dev/null; podman rm $made >/dev/null; \
             podman push --quiet --digestfile ~/layer/digest {image}; podman rmi {image} >/dev/null; cat ~/layer/digest; rm -r ~/layer"
        );
        let ran = self.machine.user(&script);
        assert!(ran.code == 0 && ran.out.contains("sha256:"), "{ran:?}");
        ran.out[ran.out.find("sha256:").expect("just seen")..].trim().to_owned()
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        self.machine.user(&format!("podman rmi --force {} >/dev/null 2>&1; rm -f {REGISTRIES}", self.image()));
        servers(&["down", &self.name]);
    }
}

/// Below the ports that the kernel gives to whoever connects, and apart from those of servers.sh.
fn free_port() -> u16 {
    let first = 13_000 + (std::process::id() % 500) as u16;
    let is_free = |port: &u16| std::net::TcpListener::bind(("127.0.0.1", *port)).is_ok();
    (first..14_000).find(is_free).expect("loopback has a free port")
}

fn servers(words: &[&str]) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bed/servers.sh");
    let owner = std::process::id().to_string();
    let done = Command::new(script).args(words).env("OWNER", owner).output().expect("servers.sh runs");
    assert!(done.status.success(), "servers.sh {words:?}: {done:?}");
}

/// A way to the registry that takes its time.
async fn slow_way() -> (u16, tokio::sync::watch::Sender<u16>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let (to, target) = tokio::sync::watch::channel(0);
    tokio::spawn(async move {
        while let Ok((here, _)) = listener.accept().await {
            let port = *target.borrow();
            tokio::spawn(async move {
                let Ok(there) = TcpStream::connect(("127.0.0.1", port)).await else { return };
                let ((mut from_here, mut to_here), (mut from_there, mut to_there)) =
                    (here.into_split(), there.into_split());
                tokio::spawn(async move { tokio::io::copy(&mut from_here, &mut to_there).await });
                let mut piece = vec![0; PACE / 50];
                while let Ok(n) = from_there.read(&mut piece).await {
                    if n == 0 || to_here.write_all(&piece[..n]).await.is_err() {
                        break;
                    }
                    // The pace itself, not a wait for something.
                    tokio::time::sleep(Duration::from_secs_f64(n as f64 / PACE as f64)).await;
                }
            });
        }
    });
    (port, to)
}

fn profile(image: &str) -> String {
    format!("[[profiles]]\nname = \"pulled\"\nimage = \"{image}\"")
}

async fn begin(who: &Browser) -> (String, Terminal) {
    let id = who.start("pulled").await;
    let mut terminal = who.terminal(&id).await;
    terminal.prompt().await;
    (id, terminal)
}

/// The image that the journal names for a session.
fn recorded(machine: &Machine, id: &str) -> String {
    let lines = until("the start is recorded", || {
        let lines = machine.journal(&["CORACLE_EVENT=session-start", &format!("CORACLE_SESSION={id}")]);
        (!lines.is_empty()).then_some(lines)
    });
    lines[0]["CORACLE_IMAGE"].as_str().expect("an image").to_owned()
}

// Two threads: what the machine is told to push goes over the slow way meanwhile.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_image_is_fetched_while_its_person_watches_and_its_digest_is_recorded() {
    let (way, target) = slow_way().await;
    let registry = Registry::seen_at(Some(way));
    target.send_replace(registry_port(&registry));
    let digest = registry.push("one", 60 << 20);
    let service = Service::start("", &profile(&registry.image()));
    let alice = Browser::of("alice").await;
    let (id, terminal) = begin(&alice).await;
    let pulls: Vec<_> = terminal.frames.iter().filter(|f| f["type"] == "progress" && f["step"] == "pull").collect();
    assert!(!pulls.is_empty(), "{:?}", terminal.frames);
    if std::env::var("CORACLE_BED_SUITE").as_deref() == Ok("trixie") {
        let bytes = |f: &serde_json::Value| (f["done"].as_u64().unwrap_or(0), f["total"].as_u64().unwrap_or(0));
        let between = pulls.iter().map(|f| bytes(f)).any(|(done, total)| 0 < done && done < total && total > 60 << 20);
        assert!(between, "Podman 5 tells bytes: {pulls:?}");
    } else {
        assert!(pulls.iter().any(|f| f["layers"].as_u64() == Some(1) && f["complete"].is_null()), "{pulls:?}");
    }
    assert_eq!(recorded(service.machine, &id), digest);
}

/// Where the registry itself listens: the last word of its name.
fn registry_port(registry: &Registry) -> u16 {
    registry.name.rsplit('-').next().and_then(|port| port.parse().ok()).expect("a port")
}

#[tokio::test]
async fn an_image_that_changes_under_a_session_is_the_next_ones_alone() {
    let registry = Registry::seen_at(None);
    let first = registry.push("first", 16);
    let service = Service::start("", &profile(&registry.image()));
    let alice = Browser::of("alice").await;
    let (old_id, mut old) = begin(&alice).await;
    let shell = old.ask("echo $$; cat /proc/1/stat | cut -d' ' -f22").await;
    assert_eq!((recorded(service.machine, &old_id), old.ask("cat /word").await), (first.clone(), "first".to_owned()));

    // What an administrator does: the same name, other contents. The old image loses its name and stays for its session.
    let image = registry.image();
    let kept = service.machine.user(&format!("podman untag {image}"));
    assert_eq!(kept.code, 0, "{kept:?}");
    let second = registry.push("second", 16);
    let pulled = service.machine.user(&format!("podman pull --quiet {image}"));
    assert!(pulled.code == 0 && first != second, "{pulled:?}");

    let (new_id, mut new) = begin(&alice).await;
    assert_eq!((recorded(service.machine, &new_id), new.ask("cat /word").await), (second, "second".to_owned()));
    assert_eq!(old.ask("echo $$; cat /proc/1/stat | cut -d' ' -f22").await, shell, "the same shell goes on");
    assert_eq!(old.ask("cat /word; /bin/true && echo programs still start").await, "first\r\nprograms still start");
}

#[tokio::test]
async fn prepare_fetches_and_copies_ahead_and_the_second_time_there_is_nothing_to_do() {
    let registry = Registry::seen_at(None);
    let digest = registry.push("ahead", 16);
    let service = Service::start("", &profile(&registry.image()));
    let prepare = |more: &str| {
        let ran = service.cli(&format!("prepare --profile pulled --slots 3 {more}"));
        assert_eq!(ran.code, 0, "{ran:?}");
        ran.out
    };
    // The image itself is there, so that only copies are counted.
    let pulled = service.machine.user(&format!("podman pull --quiet {}", registry.image()));
    assert_eq!(pulled.code, 0, "{pulled:?}");
    let before = layers(service.machine);
    let done: serde_json::Value = serde_json::from_str(&prepare("--json")).expect("JSON");
    assert_eq!(done, serde_json::json!([{"image": registry.image(), "digest": digest, "slots": 3}]));
    assert_eq!(layers(service.machine), before + 3, "a copy for each");
    let again = prepare("");
    assert!(again.contains("3 ranges of ids have their copy") && layers(service.machine) == before + 3, "{again}");
    assert_eq!(service.machine.user("podman ps --all --quiet").out, "", "no container stays");
    assert!(service.daemon().is_none(), "and the daemon was not woken");

    let absent = service.cli("prepare --profile nobody");
    assert!(absent.code == 64 && absent.err.contains("there are: pulled, shell"), "{absent:?}");
    // One that was killed half-way leaves a container; the next one removes it.
    let left = service.machine.user(&format!(
        "podman create --name coracle-abcdefghij23 --label io.coracle.prepare=true {} true",
        service.machine.busybox
    ));
    assert_eq!(left.code, 0, "{left:?}");
    assert!(prepare("").contains("removed 1 container "), "the left one");
    let began = Instant::now();
    let alice = Browser::of("alice").await;
    let (_, mut terminal) = begin(&alice).await;
    assert_eq!(terminal.ask("cat /word").await, "ahead");
    println!("a session on a prepared slot: {:?} from its start to its first answer", began.elapsed());
}

/// Directories of layers in the account's store.
fn layers(machine: &Machine) -> usize {
    let listed = "ls -d ~/.local/share/containers/storage/overlay/*/ | grep -vc '/l/$'";
    machine.user(listed).out.trim().parse().expect("a number")
}

#[tokio::test]
async fn an_image_that_changed_gets_its_copies_ahead_while_a_session_on_the_old_one_goes_on() {
    let registry = Registry::seen_at(None);
    registry.push("before", 16);
    let service = Service::start("copies_ahead = 3", &profile(&registry.image()));
    let alice = Browser::of("alice").await;
    let (_, mut old) = begin(&alice).await; // on the first range
    let (image, machine) = (registry.image(), service.machine);
    assert_eq!(machine.user(&format!("podman untag {image}")).code, 0);
    registry.push("after", 16);
    assert_eq!(machine.user(&format!("podman pull --quiet {image}")).code, 0);

    let (before, since) = (layers(machine), since_now());
    let (_, mut new) = begin(&alice).await; // on the second, which it copies for itself
    assert_eq!(new.ask("cat /word").await, "after");
    until("the copies were made ahead", || {
        machine.journal(&["--identifier=coracle", &since, "--grep=its copies were made ahead"]).pop()
    });
    assert_eq!(machine.containers().len(), 2, "no container is left of that");
    // Besides its own and its container's: those of the first and the third range.
    assert_eq!(layers(machine), before + 4, "and no more");
    assert_eq!(old.ask("cat /word; /bin/true && echo goes-on").await, "before\r\ngoes-on");
}
