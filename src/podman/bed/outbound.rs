//! Sessions with a network and a root that can be written to, in a machine whose network tests/bed/elsewhere.sh made: nothing
//! in here reaches a network of the host's. `CORACLE_BED_IMAGE` names an image with apt and bash.

use super::*;
use crate::{
    config::{Capability, GuestUser, Network, Tmpfs},
    podman::network::Uplink,
};

const ELSEWHERE: &str = "198.51.100.10";
const COMPANY: &str = "192.168.77.10";
const METADATA: &str = "169.254.169.254";
/// The machine's own addresses, but for its loopback.
const HOST: [&str; 2] = ["203.0.113.2", "10.77.0.2"];

fn workshop() -> Plan {
    let mut plan = plan();
    plan.profile = Profile {
        image: std::env::var("CORACLE_BED_IMAGE").expect("CORACLE_BED_IMAGE is set by `make test`"),
        command: ["/bin/bash", "--norc", "-c"].map(str::to_owned).to_vec(),
        user: GuestUser { name: "root".to_owned(), uid: 0, gid: 0 },
        tmpfs: [("/root", 48), ("/tmp", 32), ("/run", 4)]
            .map(|(path, mib)| Tmpfs { path: path.to_owned(), size: mib << 20 })
            .to_vec(),
        network: Network::Outbound,
        allow_host_access: uplink() == Uplink::Slirp4netns,
        capabilities: Capability::ALL.into(),
        layer_size: Some(1 << 30),
        ..plan.profile
    };
    plan
}

fn uplink() -> Uplink {
    Uplink::of_version(&said(&["podman", "version", "--format", "{{.Server.Version}}"]))
}

/// What a script says to its end.
async fn said_inside(bed: &Bed, script: &str) -> String {
    let mut plan = workshop();
    plan.profile.command.push(script.to_owned());
    let (terminal, _conmon) = bed.shell(&plan).await;
    let seen = rest(&terminal).await;
    bed.end(&plan, terminal).await;
    seen
}

/// A script that says for each address whether something answers on its port 80, and with which word.
fn calls(addresses: &[&str]) -> String {
    let one = |address: &&str| {
        format!(
            "exec 3>&-; if exec 3<>/dev/tcp/{address}/80; then printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&3; \
             echo \"{address} says $(tail -n 1 <&3)\"; else echo \"{address} is closed\"; fi 2>/dev/null\n"
        )
    };
    // A connection that is filtered hangs: each has 3 s.
    addresses
        .iter()
        .map(|address| format!("timeout 3 bash -c {} || echo \"{address} is closed\"\n", quoted(&one(address))))
        .collect()
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[tokio::test]
#[ignore = "needs a network of its own: runs in a machine with neighbours"]
async fn free_a_workshop_installs_a_program_with_apt_and_leaves_nothing() {
    let bed = Bed::new();
    let script = format!(
        "rm -f /etc/apt/sources.list.d/*; echo 'deb [trusted=yes] http://{ELSEWHERE}/ ./' >/etc/apt/sources.list; \
         apt-get -q update && apt-get -q install -y oar && oar; useradd -m joe && su joe -c 'id -un; echo $HOME'; exit 3"
    );
    let mut plan = workshop();
    plan.profile.command.push(script);
    let prepared = bed.launch(&plan).await.unwrap_or_else(|e| panic!("{e}"));
    let certificate = prepared.certificate.clone();
    assert_eq!(certificate.network, uplink().word());
    assert_eq!(certificate.capabilities, ["CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"]);
    assert!(!certificate.read_only_root && certificate.no_new_privileges);
    for fact in ["caps=CHOWN,DAC_OVERRIDE,FOWNER,SETGID,SETUID", "root=rw", "network=outbound", "fsize=1073741824"] {
        assert!(prepared.facts.contains(fact), "{fact} in {}", prepared.facts);
    }
    let (terminal, _conmon) = prepared.start(SIZE).await.unwrap_or_else(|e| panic!("{e}"));
    let seen = rest(&terminal).await;
    for wanted in ["\nthe oar is installed", "\njoe", "\n/home/joe"] {
        assert!(seen.contains(wanted), "{wanted:?} in {seen}");
    }
    assert_eq!(bed.podman.exit_status(plan.id).await.unwrap(), 3);
    assert!(bed.podman.layer_size(plan.id).await.unwrap() > 100_000, "what was installed is in its layer");
    bed.end(&plan, terminal).await;
    until("its uplink is gone", || processes("pasta").is_empty() && processes("slirp4netns").is_empty()).await;
}

#[tokio::test]
#[ignore = "needs a network of its own: runs in a machine with neighbours"]
async fn free_it_reaches_its_neighbours_but_this_host_only_where_the_profile_accepts_it() {
    let bed = Bed::new();
    let addresses = [ELSEWHERE, COMPANY, METADATA, "127.0.0.1", "169.254.1.2", "10.0.2.2", HOST[0], HOST[1]];
    let seen = said_inside(&bed, &calls(&addresses)).await;
    for address in [ELSEWHERE, COMPANY, METADATA] {
        assert!(seen.contains(&format!("{address} says elsewhere")), "no rules are in force yet: {seen}");
    }
    for address in ["127.0.0.1", "169.254.1.2", "10.0.2.2"] {
        assert!(!seen.contains(&format!("{address} says here")), "the host's loopback: {seen}");
    }
    let open = HOST.iter().filter(|address| seen.contains(&format!("{address} says here"))).count();
    match uplink() {
        // pasta gives the session the host's first address, so that is the session itself; others are routed like any.
        Uplink::Pasta => assert!(seen.contains(&format!("{} is closed", HOST[0])), "{seen}"),
        Uplink::Slirp4netns => assert_eq!(open, HOST.len(), "{seen}"),
    }
    if uplink() == Uplink::Slirp4netns {
        let mut plan = workshop();
        plan.profile.allow_host_access = false;
        plan.profile.command.push("true".to_owned());
        let refused = bed.launch(&plan).await.err().expect("not without the profile's word");
        assert!(matches!(refused, PodmanError::HostOpen { .. }), "{refused}");
        nothing_left(plan.id).await;
    }
}

#[tokio::test]
#[ignore = "needs a network of its own: runs in a machine with neighbours"]
async fn free_nothing_outside_connects_to_it_and_no_raw_socket_is_to_be_had() {
    let bed = Bed::new();
    let script = "busybox true 2>/dev/null; perl -MSocket -e 'socket(S, PF_INET, SOCK_RAW, 1) ? print \"raw\\n\" : print \"no raw socket: $!\\n\"; \
        socket(L, PF_INET, SOCK_STREAM, 6); bind(L, sockaddr_in(8123, INADDR_ANY)) or die; listen(L, 1); $| = 1; print \"listening\\n\"; \
        $SIG{ALRM} = sub { print \"nobody came\\n\"; exit }; alarm 3; accept(C, L); print \"somebody came\\n\"'";
    let mut plan = workshop();
    plan.profile.command.push(script.to_owned());
    let (terminal, _conmon) = bed.shell(&plan).await;
    let first = shows(&terminal, "listening").await;
    assert!(first.contains("no raw socket"), "{first}");
    for address in ["127.0.0.1", HOST[0], HOST[1]] {
        let tried =
            std::net::TcpStream::connect_timeout(&format!("{address}:8123").parse().unwrap(), Duration::from_secs(1));
        assert!(tried.is_err(), "{address}");
    }
    let last = rest(&terminal).await;
    assert!(last.contains("nobody came"), "{last}");
    bed.end(&plan, terminal).await;
}

#[tokio::test]
#[ignore = "needs the rules of packaging/egress.conf: runs in a machine with neighbours"]
async fn ruled_the_shipped_rules_leave_elsewhere_open_and_close_all_that_is_private() {
    let bed = Bed::new();
    let seen = said_inside(&bed, &calls(&[ELSEWHERE, COMPANY, METADATA, "127.0.0.1", HOST[1]])).await;
    assert!(seen.contains(&format!("{ELSEWHERE} says elsewhere")), "{seen}");
    for address in [COMPANY, METADATA, "127.0.0.1", HOST[1]] {
        assert!(seen.contains(&format!("{address} is closed")), "{address} in {seen}");
    }
}
