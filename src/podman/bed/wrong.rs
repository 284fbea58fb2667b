//! Each item that is read back, wrong: someone between the daemon and Podman edits the create body. The session is refused,
//! the item named, and nothing is left.

use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional},
    net::{UnixListener, UnixStream},
};

use super::*;

/// Listens beside Podman's socket and passes everything on, but for the create bodies that go through `edit`.
struct Meddler {
    path: PathBuf,
    task: tokio::task::JoinHandle<()>,
    _dir: tempfile::TempDir,
}

impl Meddler {
    fn new(edit: impl Fn(&mut Value) + Send + Sync + 'static) -> Meddler {
        let dir = tempfile::tempdir_in(runtime_dir()).unwrap();
        let path = dir.path().join("meddler.sock");
        let listener = UnixListener::bind(&path).unwrap();
        let edit = std::sync::Arc::new(edit);
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let edit = edit.clone();
                tokio::spawn(async move { pass(client, &*edit).await });
            }
        });
        Meddler { path, task, _dir: dir }
    }
}

impl Drop for Meddler {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn pass(mut client: UnixStream, edit: &(impl Fn(&mut Value) + ?Sized)) {
    let mut podman = UnixStream::connect(socket()).await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let Ok(byte) = client.read_u8().await else { return };
        head.push(byte);
    }
    let head = String::from_utf8(head).unwrap();
    if head.starts_with("POST ") && head.lines().next().unwrap().contains("/containers/create") {
        let length =
            |line: &str| line.to_ascii_lowercase().strip_prefix("content-length:")?.trim().parse::<usize>().ok();
        let mut body = vec![0; head.lines().find_map(length).unwrap()];
        client.read_exact(&mut body).await.unwrap();
        let mut spec: Value = serde_json::from_slice(&body).unwrap();
        edit(&mut spec);
        let body = spec.to_string();
        let kept = head.trim_end().lines().filter(|line| length(line).is_none()).collect::<Vec<_>>().join("\r\n");
        let request = format!("{kept}\r\ncontent-length: {}\r\n\r\n{body}", body.len());
        podman.write_all(request.as_bytes()).await.unwrap();
    } else {
        podman.write_all(head.as_bytes()).await.unwrap();
    }
    let _ = copy_bidirectional(&mut client, &mut podman).await;
}

/// Launches through a meddler and returns the item that was named.
async fn refused(name: &str, plan: &Plan, edit: impl Fn(&mut Value) + Send + Sync + 'static) -> (&'static str, String) {
    let meddler = Meddler::new(edit);
    let bed = Bed::on(meddler.path.clone());
    let error = match bed.launch(plan).await {
        Ok(prepared) => {
            prepared.abandon().await.unwrap();
            panic!("{name}: the session was not refused");
        }
        Err(error) => error,
    };
    nothing_left(plan.id).await;
    match error {
        PodmanError::Unproven { what, found, .. } => (what, found),
        other => panic!("{name}: {other}"),
    }
}

fn tmpfs_options(spec: &mut Value, path: &str, change: impl Fn(&mut Vec<Value>)) {
    let mounts = spec["mounts"].as_array_mut().unwrap();
    let mount = mounts.iter_mut().find(|m| m["destination"] == path).unwrap();
    change(mount["options"].as_array_mut().unwrap());
}

fn without(spec: &mut Value, path: &str, option: &str) {
    tmpfs_options(spec, path, |options| options.retain(|o| !o.as_str().unwrap().starts_with(option)));
}

pub(super) fn drop_field(spec: &mut Value, field: &str) {
    spec.as_object_mut().unwrap().remove(field).unwrap();
}

/// What happens to a create body on its way.
pub(super) type Edit = fn(&mut Value);

async fn each(cases: &[(&str, &[&str], Edit)]) {
    each_of(|| in_slot(1), cases).await;
}

/// Launches a plan for each case, and sees it refused by one of the items that the case names.
pub(super) async fn each_of(plan: fn() -> Plan, cases: &[(&str, &[&str], Edit)]) {
    for (name, items, edit) in cases {
        let (what, found) = refused(name, &plan(), *edit).await;
        assert!(items.contains(&what), "{name}: {what} was named, found {found}");
    }
}

#[tokio::test]
#[ignore = "needs a real Podman: runs in the machine"]
async fn a_meddler_that_changes_nothing_is_not_noticed() {
    let meddler = Meddler::new(|_| ());
    let bed = Bed::on(meddler.path.clone());
    let plan = plan();
    let (terminal, _conmon) = bed.shell(&plan).await;
    type_in(&terminal, "exit 9\r").await;
    rest(&terminal).await;
    assert_eq!(bed.podman.exit_status(plan.id).await.unwrap(), 9);
    bed.end(&plan, terminal).await;
}

#[tokio::test]
#[ignore = "needs a real Podman: runs in the machine"]
async fn wrong_privileges_are_refused_by_name() {
    const CAPABILITIES: &[&str] = &[
        "inheritable capabilities",
        "permitted capabilities",
        "effective capabilities",
        "bounding capabilities",
        "ambient capabilities",
    ];
    each(&[
        ("new privileges", &["no new privileges"], |s| s["no_new_privileges"] = false.into()),
        ("a misspelt key", &["no new privileges"], |s| {
            s["no_new_privilages"] = true.into();
            drop_field(s, "no_new_privileges");
        }),
        ("one capability", CAPABILITIES, |s| s["cap_add"] = json!(["CHOWN"])),
        ("Podman's own capabilities", CAPABILITIES, |s| s["cap_drop"] = json!([])),
        ("root inside", &["uid"], |s| s["user"] = "0:0".into()),
        ("another user", &["uid"], |s| s["user"] = "1001:1000".into()),
        ("another group", &["gid"], |s| s["user"] = "1000:1001".into()),
        ("one group more", &["groups"], |s| s["groups"] = json!(["27"])),
    ])
    .await;
}

#[tokio::test]
#[ignore = "needs a real Podman: runs in the machine"]
async fn wrong_ids_are_refused_by_name() {
    each(&[
        ("another slot", &["uid_map"], |s| s["idmappings"]["UIDMap"][0]["host_id"] = (65_537 + 2 * 65_536).into()),
        ("another slot's groups", &["gid_map"], |s| {
            s["idmappings"]["GIDMap"][0]["host_id"] = (65_537 + 2 * 65_536).into()
        }),
        ("half a slot", &["uid_map"], |s| s["idmappings"]["UIDMap"][0]["size"] = 32_768.into()),
        ("the shared mapping", &["uid_map"], |s| {
            s["idmappings"]["UIDMap"] = json!([{"container_id": 0, "host_id": 1, "size": 65_535}]);
        }),
        ("the daemon's own uid", &["uid_map"], |s| {
            s["idmappings"]["UIDMap"] = json!([
                {"container_id": 0, "host_id": 1, "size": 65_534}, {"container_id": 65_534, "host_id": 0, "size": 1}
            ]);
        }),
        ("Podman's choice, which it forgets", &["uid_map"], |s| {
            s["userns"] = json!({"nsmode": "auto", "value": "size=1024"});
            drop_field(s, "idmappings");
        }),
        ("the host's users", &["uid_map"], |s| {
            s["userns"] = json!({"nsmode": "host"});
            drop_field(s, "idmappings");
        }),
    ])
    .await;
}

#[tokio::test]
#[ignore = "needs a real Podman: runs in the machine"]
async fn each_namespace_of_the_host_is_refused_by_name() {
    each(&[
        ("net", &["net namespace"], |s| s["netns"] = json!({"nsmode": "host"})),
        ("ipc", &["ipc namespace"], |s| {
            s["ipcns"] = json!({"nsmode": "host"});
            drop_field(s, "shm_size"); // Podman refuses the two together
        }),
        ("uts", &["uts namespace"], |s| {
            s["utsns"] = json!({"nsmode": "host"});
            drop_field(s, "hostname");
        }),
        ("pid", &["pid namespace"], |s| s["pidns"] = json!({"nsmode": "host"})),
        ("cgroup", &["cgroup namespace"], |s| s["cgroupns"] = json!({"nsmode": "host"})),
        ("a network", &["network"], |s| s["netns"] = json!({"nsmode": "slirp4netns"})),
    ])
    .await;
}

#[tokio::test]
#[ignore = "needs a real Podman: runs in the machine"]
async fn a_namespace_of_another_session_is_refused_by_name() {
    let other = in_slot(1);
    let neighbour = container_name(other.id);
    let meddled = neighbour.clone();
    // The first create goes through as it is; the later ones join it.
    let meddler = Meddler::new(move |spec| {
        if spec["name"] != meddled.as_str() {
            spec["utsns"] = json!({"nsmode": "container", "value": meddled});
            spec.as_object_mut().unwrap().remove("hostname");
        }
    });
    let bed = Bed::on(meddler.path.clone());
    let (terminal, _conmon) = bed.shell(&other).await;
    let second = in_slot(1);
    let error = bed.launch(&second).await.err().expect("refused");
    let told = error.to_string();
    assert!(
        matches!(&error, PodmanError::Unproven { what: "uts namespace", found, .. } if found.contains(other.id.as_str())),
        "{told}"
    );
    nothing_left(second.id).await;
    bed.end(&other, terminal).await;
}

#[tokio::test]
#[ignore = "needs a real Podman: runs in the machine"]
async fn a_slot_that_another_session_has_is_refused_by_name() {
    let bed = Bed::new();
    let (one, two) = (in_slot(1), in_slot(1));
    let (terminal, _conmon) = bed.shell(&one).await;
    let error = bed.launch(&two).await.err().expect("refused");
    assert!(matches!(&error, PodmanError::Unproven { what: "slot", .. }), "{error}");
    nothing_left(two.id).await;
    bed.end(&one, terminal).await;
    // Free again.
    bed.launch(&two).await.unwrap().abandon().await.unwrap();
}

#[tokio::test]
#[ignore = "needs a real Podman: runs in the machine"]
async fn wrong_mounts_are_refused_by_place() {
    let cases: [(&str, &str, Edit); 14] = [
        ("a directory of the host", "/mnt", |s| {
            let bind = json!({"destination": "/mnt", "type": "bind", "source": "/tmp", "options": ["rbind", "ro"]});
            s["mounts"].as_array_mut().unwrap().push(bind);
        }),
        ("a volume", "/data", |s| s["volumes"] = json!([{"Dest": "/data", "IsAnonymous": true}])),
        ("one tmpfs more", "/var/tmp", |s| {
            s["mounts"]
                .as_array_mut()
                .unwrap()
                .push(json!({"destination": "/var/tmp", "type": "tmpfs", "source": "tmpfs"}));
        }),
        ("a writable root", "/ ", |s| s["read_only_filesystem"] = false.into()),
        ("a tmpfs without a bound", "/tmp", |s| without(s, "/tmp", "size=")),
        ("a larger home", "/home/crew", |s| {
            without(s, "/home/crew", "size=");
            tmpfs_options(s, "/home/crew", |o| o.push("size=1g".into()));
        }),
        ("setuid files", "/tmp", |s| {
            without(s, "/tmp", "nosuid");
            tmpfs_options(s, "/tmp", |o| o.push("suid".into()));
        }),
        ("devices", "/run", |s| {
            without(s, "/run", "nodev");
            tmpfs_options(s, "/run", |o| o.push("dev".into()));
        }),
        ("programs in shared memory", "/dev/shm", |s| {
            without(s, "/dev/shm", "noexec");
            tmpfs_options(s, "/dev/shm", |o| o.push("exec".into()));
        }),
        ("one tmpfs less", "/tmp", |s| s["mounts"].as_array_mut().unwrap().retain(|m| m["destination"] != "/tmp")),
        ("the kernel's keys in the open", "/proc/keys", |s| s["unmask"] = json!(["/proc/keys"])),
        ("the kernel's knobs in the open", "/proc/sys", |s| s["unmask"] = json!(["/proc/sys"])),
        ("everything in the open", "/sys/fs/cgroup", |s| s["unmask"] = json!(["ALL"])),
        ("a hosts file", "/etc/hosts", |s| s["use_image_hosts"] = false.into()),
    ];
    for (name, place, edit) in cases {
        let (what, found) = refused(name, &in_slot(1), edit).await;
        assert_eq!(what, "mounts", "{name}: found {found}");
        assert!(found.contains(place), "{name}: found {found}");
    }
}

#[tokio::test]
#[ignore = "needs a real Podman: runs in the machine"]
async fn wrong_process_limits_are_refused_by_name() {
    fn limit(spec: &mut Value, kind: &str, most: u64) {
        let limits = spec["r_limits"].as_array_mut().unwrap();
        let limit = limits.iter_mut().find(|l| l["type"] == kind).unwrap();
        (limit["soft"], limit["hard"]) = (most.into(), most.into());
    }
    each(&[
        ("open files", &["open file limit"], |s| limit(s, "nofile", 4096)),
        ("core", &["core file limit"], |s| limit(s, "core", 1 << 20)),
        ("file size", &["file size limit"], |s| limit(s, "fsize", 1 << 40)),
        ("none", &["core file limit"], |s| drop_field(s, "r_limits")),
    ])
    .await;
}

#[tokio::test]
#[ignore = "needs a real Podman: runs in the machine"]
async fn another_seccomp_profile_or_none_is_refused_by_name() {
    each(&[
        ("none", &["seccomp profile"], |s| s["seccomp_profile_path"] = "unconfined".into()),
        ("Podman's own", &["seccomp profile"], |s| drop_field(s, "seccomp_profile_path")),
        ("Podman's own by path", &["seccomp profile"], |s| {
            s["seccomp_profile_path"] = "/usr/share/containers/seccomp.json".into();
        }),
    ])
    .await;
}

#[tokio::test]
#[ignore = "needs a real Podman: runs in the machine"]
async fn a_privileged_container_is_refused() {
    let (what, _) = refused("privileged", &in_slot(1), |s| s["privileged"] = true.into()).await;
    assert!(
        ["mounts", "seccomp profile", "permitted capabilities", "inheritable capabilities", "bounding capabilities"]
            .contains(&what),
        "{what}"
    );
}

#[tokio::test]
#[ignore = "needs a real Podman: runs in the machine"]
async fn limits_that_the_kernel_does_not_confirm_are_refused() {
    // The machine has no controllers: nothing can be confirmed, and the runtime may refuse by itself.
    let plan = Plan { require_limits: true, ..in_slot(1) };
    let meddler = Meddler::new(|s| drop(s.as_object_mut().unwrap().remove("resource_limits")));
    let bed = Bed::on(meddler.path.clone());
    let error = bed.launch(&plan).await.err().expect("refused");
    assert!(matches!(&error, PodmanError::Unproven { what: "memory.max", .. }), "{error}");
    nothing_left(plan.id).await;
}
