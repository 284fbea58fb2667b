//! `coracle doctor` on a sound host, and on one with each fault made for real; where the fix is a command, it is run.

use std::time::Instant;

use serde_json::Value;

use crate::{
    account::System,
    browser::Browser,
    machine::{Ran, until},
    service::Service,
};

const AS_ROOT: &[&str] = &["coracle", "doctor", "--json"];
/// Enough for the account's five slots.
const FITTING: &str = "max = 5";

/// What doctor said.
#[derive(Debug)]
struct Told {
    code: i32,
    all: Value,
}

impl Told {
    fn of(ran: &Ran) -> Told {
        Told { code: ran.code, all: serde_json::from_str(&ran.out).unwrap_or_else(|e| panic!("{e}: {ran:?}")) }
    }

    /// `name state` of each check that is not ok.
    fn not_ok(&self) -> Vec<String> {
        let checks = self.all["checks"].as_array().expect("a list");
        let text = |check: &Value, key: &str| check[key].as_str().unwrap_or("").to_owned();
        let bad = checks.iter().filter(|check| check["state"] != "ok");
        bad.map(|check| format!("{} {}", text(check, "name"), text(check, "state"))).collect()
    }

    /// What was found by the one check of this name that failed or warned, and its fix.
    fn fault(&self, name: &str) -> (String, String) {
        let wrong = |check: &&Value| check["name"] == name && (check["state"] == "fail" || check["state"] == "warn");
        let found: Vec<&Value> = self.all["checks"].as_array().expect("a list").iter().filter(wrong).collect();
        assert_eq!(found.len(), 1, "{name}: {self:?}");
        let text = |key: &str| found[0][key].as_str().unwrap_or("").to_owned();
        (text("found"), text("fix"))
    }
}

fn doctor(system: &System) -> Told {
    Told::of(&system.machine.root(AS_ROOT))
}

/// As a sound system is seen: the machine has no controllers, and says what to do.
fn assert_sound(told: &Told) {
    assert_eq!((told.code, told.not_ok()), (0, vec!["cgroup-controllers warn".to_owned()]), "{told:?}");
    let (found, fix) = told.fault("cgroup-controllers");
    assert!(found.contains("cpu, memory, pids") && fix.contains("unified_cgroup_hierarchy=1"), "{found} {fix}");
}

/// Breaks with a line of root's shell, and expects this check to name the fix.
fn broken(system: &System, line: &str, code: i32, name: &str, found: &str, fix: &str) -> String {
    system.sh(line);
    let told = doctor(system);
    let (said, way_out) = told.fault(name);
    assert_eq!(told.code, code, "{told:?}");
    assert!(said.contains(found) && way_out.contains(fix), "{name}: {said}\nfix: {way_out}");
    way_out
}

#[tokio::test]
async fn a_sound_system_is_told_so_to_root_and_to_the_account_and_the_daemon_sleeps_on() {
    let system = System::start(FITTING, "");
    let by_root = doctor(&system);
    assert_sound(&by_root);
    assert_eq!(by_root.all["account"]["name"], "coracle");
    assert_eq!(by_root.all["account"]["mode"], "system");
    let by_account = Told::of(&system.as_account("coracle doctor --json --config /etc/coracle/config.toml"));
    assert_sound(&by_account);
    let by_other = Told::of(&system.machine.user("coracle doctor --json --config /etc/coracle/config.toml"));
    assert_eq!(by_other.all["account"]["name"], "coracle");
    for skipped in ["users-file skipped", "state-directory skipped", "podman-socket skipped"] {
        assert!(by_other.not_ok().contains(&skipped.to_owned()), "{by_other:?}");
    }
    assert!(by_other.all.to_string().contains("run `sudo coracle doctor`"));
    assert_eq!(system.daemon(), None, "nobody woke it");
    assert_eq!(system.sh("ls /var/lib/coracle/state 2>/dev/null || true"), "", "nothing was made");
}

#[tokio::test]
async fn each_fault_of_the_account_is_named_and_its_command_mends_it() {
    let system = System::start(FITTING, "");
    let uid = system.sh("id -u coracle").trim().to_owned();
    let listens = format!("/run/user/{uid}/podman/podman.sock");

    let stop = "systemctl --user -M coracle@ stop podman.socket podman.service";
    let fix = broken(&system, stop, 69, "podman-socket", &listens, "--user -M coracle@ enable --now podman.socket");
    system.sh(&fix);
    assert_sound(&doctor(&system));

    let stop = format!("systemctl stop user@{uid}.service user-runtime-dir@{uid}.service");
    let fix = broken(&system, &stop, 69, "user-manager", "inactive", &format!("systemctl restart user@{uid}.service"));
    system.sh(&fix);
    until("the account's Podman listens again", || system.machine.path(&listens).exists().then_some(()));

    let linger = "/var/lib/systemd/linger/coracle";
    broken(&system, &format!("rm {linger}"), 1, "linger", "off for coracle", "loginctl enable-linger coracle");
    system.sh(&format!("touch {linger}"));

    let forget = "cp -p /etc/subuid /etc/subuid.kept && sed -i '/^coracle:/d' /etc/subuid";
    let fix =
        broken(&system, forget, 1, "subordinate-ids", "/etc/subuid gives coracle 0 ids", "usermod --add-subuids ");
    system.sh("mv /etc/subuid.kept /etc/subuid");
    assert!(fix.contains("podman system migrate"), "{fix}");
    assert_sound(&doctor(&system));
}

#[tokio::test]
async fn each_fault_of_files_and_units_is_named_and_its_command_mends_it() {
    let system = System::start(FITTING, "");
    let users = "/etc/coracle/users";
    let fix =
        broken(&system, &format!("chmod 0644 {users}"), 1, "users-file", "mode 0644", "chmod 0640 /etc/coracle/users");
    system.sh(&fix);
    let hide = format!("mv {users} {users}.kept");
    broken(&system, &hide, 1, "users-file", "there is no users file", "coracle passwd NAME");
    system.sh(&format!("mv {users}.kept {users}"));
    let unreadable = format!("chown root:root {users}");
    let fix = broken(&system, &unreadable, 1, "users-file", "coracle may not read it", "chown root:coracle");
    system.sh(&fix);

    let mistake = "printf '[sessions]\\nmax = 0\\n' > /etc/coracle/config.toml";
    broken(
        &system,
        mistake,
        78,
        "config",
        "/etc/coracle/config.toml:2: sessions.max: 0 is out of range",
        "write 1 to 2048",
    );
    let listed = system.machine.root(&["coracle", "check-config", "--json"]);
    let listed: (i32, Value) = (listed.code, serde_json::from_str(&listed.out).expect("JSON"));
    assert_eq!((listed.0, &listed.1[0]["key"], &listed.1[0]["line"]), (78, &"sessions.max".into(), &2.into()));
    let absent = "sed -i 's|^image = .*|image = \"localhost/nobody/has:this\"|' /etc/coracle/config.toml";
    system.configure(FITTING);
    broken(
        &system,
        absent,
        1,
        "image",
        "localhost/nobody/has:this is not there",
        "podman pull localhost/nobody/has:this",
    );
    system.configure(FITTING);

    // The first connection wakes the daemon, the second one is over the limit.
    let drop_in = "/etc/systemd/system/coracle.socket.d/limit.conf";
    system.sh(&format!(
        "printf '[Socket]\\nTriggerLimitIntervalSec=1h\\nTriggerLimitBurst=1\\n' > {drop_in} && systemctl daemon-reload && \
         systemctl stop coracle.service && systemctl restart coracle.socket"
    ));
    assert_eq!(Browser::new().get("/login").await.status, 200);
    system.sh("systemctl stop coracle.service");
    let port = crate::service::port();
    system.machine.root(&["curl", "--silent", "--max-time", "5", &format!("http://127.0.0.1:{port}/login")]);
    until("the socket has failed", || {
        let state = system.sh("systemctl show coracle.socket --property=ActiveState --value");
        (state.trim() == "failed").then_some(())
    });
    let fix =
        broken(&system, "true", 1, "units", "coracle.socket has failed (trigger-limit-hit)", "start coracle.socket");
    system.sh(&format!("rm {drop_in} && systemctl daemon-reload"));
    system.sh(&fix);
    assert_sound(&doctor(&system));
}

#[tokio::test]
async fn a_container_with_our_label_and_a_wrong_mac_is_named_and_no_session_is() {
    let service = Service::start("max = 5", "");
    let (_, _terminal) = Browser::of("alice").await.shell().await;
    let sound = Told::of(&service.cli("doctor --json"));
    assert_sound(&sound);
    assert_eq!(sound.all["account"]["mode"], "user");
    assert!(sound.all.to_string().contains("1 session, no stranger"), "{sound:?}");
    assert!(sound.all.to_string().contains("podman pause "), "what lingering keeps is named: {sound:?}");

    let instance =
        "$(cat ~/.config/coracle/state/instance ~/.local/state/coracle/state/instance 2>/dev/null | head -n 1)";
    let image = &service.machine.busybox;
    let create =
        format!("podman create --name coracle-aaaaaaaaaaaa --label io.coracle.instance={instance} {image} true");
    let created = service.machine.user(&create);
    assert_eq!(created.code, 0, "{created:?}");
    let told = Told::of(&service.cli("doctor --json"));
    let (found, fix) = told.fault("containers");
    assert!(
        told.code == 1 && found.contains("coracle-aaaaaaaaaaaa carries our label without its right MAC"),
        "{told:?}"
    );
    assert_eq!(service.machine.user(&fix).code, 0);
    assert_sound(&Told::of(&service.cli("doctor --json")));

    let began = Instant::now();
    let page = service.cli("doctor");
    println!("{}doctor took {:?}", page.out, began.elapsed());
    let mut lines = page.out.lines().filter(|line| !line.trim_start().starts_with("fix: "));
    assert!(lines.clone().all(|line| line.chars().count() <= 80 && !line.contains('\u{1b}')), "{}", page.out);
    assert_eq!(lines.next_back(), Some("Failed: 0. Warnings: 1."));
}
