//! The directory as the login gate asks it, on real servers. Ignored where there are none: `make test` starts them, and
//! `CORACLE_BED_SLAPD`, `CORACLE_BED_SAMBA` and `CORACLE_BED_389DS` name their facts (`tests/bed/servers.sh`).

use std::{
    collections::HashMap,
    os::unix::fs::PermissionsExt,
    path::PathBuf,
    sync::{Arc, LazyLock},
};

use super::{Candidate, Directory, Notice, Password, Proof, Standing, Stopped, Trouble};
use crate::config::LdapAuth;

const RIGHT: &str = "Right.Horse-7"; // everybody's
const SERVICE: &str = "Service.Door-3";

/// The service account's password, and another, each in a file of its own.
static SECRETS: LazyLock<tempfile::TempDir> = LazyLock::new(|| {
    let top = tempfile::tempdir().unwrap();
    for (name, password) in [("right", SERVICE), ("wrong", "wrong.Door-0")] {
        let path = top.path().join(name);
        std::fs::write(&path, password).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    top
});

fn secret(name: &str) -> PathBuf {
    SECRETS.path().join(name)
}

/// One server, and what a configuration says of it.
struct Rig {
    kind: &'static str,
    facts: HashMap<String, String>,
}

impl Rig {
    fn of(kind: &'static str) -> Rig {
        let variable = format!("CORACLE_BED_{}", kind.to_ascii_uppercase());
        let path = std::env::var(&variable)
            .unwrap_or_else(|_| panic!("{variable} is not set: `make test` runs these tests beside its servers"));
        let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"));
        let words = text.split_whitespace().filter_map(|word| word.split_once('='));
        let facts = words.map(|(key, value)| (key.to_owned(), value.trim_matches('\'').to_owned())).collect();
        Rig { kind, facts }
    }

    fn all() -> [Rig; 3] {
        ["slapd", "samba", "389ds"].map(Rig::of)
    }

    /// Where and how, without an account.
    fn way(&self) -> String {
        let (directory, base) = match self.kind {
            "samba" => ("active_directory", "DC=corp,DC=example,DC=org"),
            "389ds" => ("389ds", "ou=people,dc=example,dc=org"),
            _ => ("openldap", "ou=people,dc=example,dc=org"),
        };
        format!(
            "directory = \"{directory}\"\nurls = [\"ldap://127.0.0.1:{}\"]\nca_file = \"{}\"\nuser_base = \"{base}\"\n",
            self.facts["PORT"], self.facts["CA"]
        )
    }

    fn service(&self) -> String {
        let account = match self.kind {
            "samba" => "coracle-svc@corp.example.org",
            _ => "cn=coracle,ou=services,dc=example,dc=org",
        };
        let file = secret("right");
        format!("{}bind_dn = \"{account}\"\nbind_password_file = \"{}\"\n", self.way(), file.display())
    }

    fn directory(&self, keys: &str) -> Directory {
        directory(&format!("{}{keys}", self.service()))
    }
}

fn directory(keys: &str) -> Directory {
    Directory::new(Arc::new(LdapAuth::for_tests(keys))).unwrap_or_else(|e| panic!("{e}"))
}

/// One login, as the gate makes it.
async fn login(directory: &Directory, name: &str, password: &str) -> Result<Proof, Trouble> {
    let mut visit = directory.visit().await?;
    let candidate = visit.find(name).await?;
    visit.prove(candidate.as_ref(), &Password::new(password.into())).await
}

async fn found(directory: &Directory, name: &str) -> Option<Candidate> {
    directory.visit().await.unwrap().find(name).await.unwrap()
}

fn groups_of(proof: Result<Proof, Trouble>) -> Vec<String> {
    match proof {
        Ok(Proof::In { found, .. }) => found.groups,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
#[ignore = "wants servers"]
async fn a_failed_login_costs_one_bind_whoever_it_is_and_whyever_it_fails() {
    for rig in Rig::all() {
        let directory = rig.directory("");
        let names = ["mira", "nobody-here", "mira)(uid=*", "*", "locked", "\u{202e}mira", ""];
        for (n, name) in names.iter().enumerate() {
            let proof = login(&directory, name, "wrong.Horse-0").await;
            assert!(matches!(proof, Ok(Proof::Refused { .. })), "{} {name}: {proof:?}", rig.kind);
            assert_eq!(directory.binds(), n as u64 + 1, "{} {name}", rig.kind);
        }
    }
}

#[tokio::test]
#[ignore = "wants servers"]
async fn a_password_that_no_server_may_see_is_never_sent() {
    for rig in Rig::all() {
        let directory = rig.directory("");
        for password in ["", "\0", "a\0b", &"x".repeat(1025)] {
            for name in ["mira", "nobody-here"] {
                assert!(matches!(login(&directory, name, password).await, Ok(Proof::Refused { .. })));
            }
        }
        assert_eq!(directory.binds(), 0);
    }
}

#[tokio::test]
#[ignore = "wants servers"]
async fn whatever_was_typed_somebody_is_one_person() {
    for rig in Rig::all() {
        let directory = rig.directory("");
        let first = found(&directory, "mira").await.unwrap();
        assert_eq!(first.name, "mira");
        assert_eq!(found(&directory, "MIRA").await.as_ref(), Some(&first), "{}", rig.kind);
        let Ok(Proof::In { found, .. }) = login(&directory, "Mira", RIGHT).await else { panic!("{}", rig.kind) };
        assert_eq!((&found.id, found.name.as_str(), found.admin), (&first.key, "mira", false));
        assert_eq!(directory.standing(&first.key).await, Ok(Standing::Good(found)), "{}", rig.kind);
    }
}

#[tokio::test]
#[ignore = "wants servers"]
async fn two_entries_of_one_name_are_nobody_and_the_audit_learns_why() {
    let directory = Rig::of("slapd").directory("");
    let Ok(Proof::Refused { reason }) = login(&directory, "dup", RIGHT).await else { panic!() };
    assert!(reason.contains("two entries"), "{reason}");
    assert_eq!(directory.binds(), 1);
}

#[tokio::test]
#[ignore = "wants servers"]
async fn a_group_in_a_group_counts_where_it_is_configured() {
    for rig in [Rig::of("slapd"), Rig::of("samba")] {
        let nested = groups_of(login(&rig.directory("nested_groups = true"), "pia", RIGHT).await);
        assert!(
            ["interns", "trainees", "developers"].iter().all(|name| nested.iter().any(|g| g == name)),
            "{nested:?}"
        );
        let flat = groups_of(login(&rig.directory("nested_groups = false"), "pia", RIGHT).await);
        assert!(flat.contains(&"interns".to_owned()) && !flat.contains(&"developers".to_owned()), "{flat:?}");
        let only = rig.directory("nested_groups = true\nallow_groups = [\"Developers\"]");
        assert!(matches!(login(&only, "pia", RIGHT).await, Ok(Proof::In { .. })));
        let not_allowed = login(&only, "nils", RIGHT).await;
        assert!(matches!(not_allowed, Ok(Proof::Stopped { state: Stopped::NotAllowed, .. })), "{not_allowed:?}");
    }
}

#[tokio::test]
#[ignore = "wants servers"]
async fn the_primary_group_of_active_directory_counts() {
    let directory = Rig::of("samba").directory("allow_groups = [\"domain users\"]");
    assert!(matches!(login(&directory, "nils", RIGHT).await, Ok(Proof::In { .. })));
}

#[tokio::test]
#[ignore = "wants servers"]
async fn a_member_by_name_alone_is_a_member_too() {
    let directory = Rig::of("slapd").directory("");
    assert_eq!(groups_of(login(&directory, "erik", RIGHT).await), ["unixers"]);
}

#[tokio::test]
#[ignore = "wants servers"]
async fn admins_are_those_of_admin_groups_and_denied_ones_stay_out() {
    for rig in Rig::all() {
        let directory = rig.directory("admin_groups = [\"operators\"]");
        let Ok(Proof::In { found, .. }) = login(&directory, "olga", RIGHT).await else { panic!("{}", rig.kind) };
        assert!(found.admin, "{}", rig.kind);
        let denying = rig.directory("deny_groups = [\"operators\"]");
        let denied = login(&denying, "olga", RIGHT).await;
        assert!(matches!(denied, Ok(Proof::Stopped { state: Stopped::NotAllowed, .. })), "{denied:?}");
        let Ok(Standing::Gone { reason }) = denying.standing(&found.id).await else { panic!("{}", rig.kind) };
        assert!(reason.contains("deny_groups"), "{reason}");
    }
}

#[tokio::test]
#[ignore = "wants servers"]
async fn what_is_required_is_required_at_login_and_later() {
    for rig in Rig::all() {
        let fits = rig.directory("require_filter = \"(cn=*)\"");
        assert!(matches!(login(&fits, "mira", RIGHT).await, Ok(Proof::In { .. })), "{}", rig.kind);
        let id = found(&fits, "mira").await.unwrap().key;
        let other = rig.directory("require_filter = \"(cn=nobody)\"");
        let kept_out = login(&other, "mira", RIGHT).await;
        assert!(matches!(kept_out, Ok(Proof::Stopped { state: Stopped::NotAllowed, .. })), "{kept_out:?}");
        assert!(matches!(other.standing(&id).await, Ok(Standing::Gone { .. })));
        let narrower = rig.directory("user_filter = \"(&(cn=nobody)(uid={username})(sAMAccountName={username}))\"");
        assert!(matches!(narrower.standing(&id).await, Ok(Standing::Gone { .. })));
    }
}

#[tokio::test]
#[ignore = "wants servers"]
async fn each_state_is_told_to_whoever_knows_the_password_and_to_nobody_else() {
    use Stopped::{AccountExpired, Disabled, MustChange, PasswordExpired};
    for (kind, name, told) in [
        ("slapd", "expired", Some(PasswordExpired)),
        ("slapd", "mustchange", Some(MustChange)),
        ("slapd", "locked", None),
        ("slapd", "disabled", None),
        ("samba", "expired", Some(PasswordExpired)),
        ("samba", "mustchange", Some(MustChange)),
        ("samba", "disabled", Some(Disabled)),
        ("samba", "accountexpired", Some(AccountExpired)),
        ("samba", "locked", None),
        ("389ds", "expired", Some(PasswordExpired)),
        ("389ds", "mustchange", Some(MustChange)),
        ("389ds", "disabled", None),
        ("389ds", "locked", None),
    ] {
        let directory = Rig::of(kind).directory("");
        let proof = login(&directory, name, RIGHT).await;
        match (told, &proof) {
            (Some(told), Ok(Proof::Stopped { found_name, state })) if *state == told && found_name == name => {}
            (None, Ok(Proof::Refused { .. })) => {}
            _ => panic!("{kind} {name}: {proof:?}"),
        }
        let wrong = login(&directory, name, "wrong.Horse-0").await;
        assert!(matches!(wrong, Ok(Proof::Refused { .. })), "{kind} {name}: {wrong:?}");
    }
}

#[tokio::test]
#[ignore = "wants servers"]
async fn a_grace_login_and_a_password_that_ends_come_with_a_notice() {
    for rig in [Rig::of("slapd"), Rig::of("389ds")] {
        let proof = login(&rig.directory(""), "grace", RIGHT).await;
        let Ok(Proof::In { notice: Some(Notice::GraceLoginsLeft { .. }), .. }) = proof else { panic!("{proof:?}") };
        let refused = login(&rig.directory("grace_logins = \"refuse\""), "grace", RIGHT).await;
        assert!(matches!(refused, Ok(Proof::Stopped { state: Stopped::PasswordExpired, .. })), "{refused:?}");
        let proof = login(&rig.directory(""), "soon", RIGHT).await;
        assert!(matches!(proof, Ok(Proof::In { notice: Some(Notice::ExpiresIn { .. }), .. })), "{proof:?}");
    }
}

#[tokio::test]
#[ignore = "wants servers"]
async fn whoever_is_locked_disabled_or_removed_is_gone_and_an_old_password_may_stay() {
    for (kind, name, gone) in [
        ("slapd", "locked", true),
        ("slapd", "mustchange", true),
        ("slapd", "expired", false),
        ("samba", "locked", true),
        ("samba", "disabled", true),
        ("samba", "accountexpired", true),
        ("samba", "mustchange", true),
        ("samba", "expired", false),
        ("389ds", "locked", true),
        ("389ds", "disabled", true),
        ("389ds", "expired", false),
    ] {
        let directory = Rig::of(kind).directory("");
        let id = found(&directory, name).await.unwrap().key;
        let standing = directory.standing(&id).await;
        assert_eq!(matches!(standing, Ok(Standing::Gone { .. })), gone, "{kind} {name}: {standing:?}");
        assert!(standing.is_ok());
    }
    for rig in Rig::all() {
        let standing = rig.directory("").standing("00000000000000000000000000000000").await;
        assert!(matches!(standing, Ok(Standing::Gone { .. })), "{}: {standing:?}", rig.kind);
    }
}

#[tokio::test]
#[ignore = "wants servers"]
async fn a_service_account_that_sees_nothing_ends_nobody() {
    let rig = Rig::of("slapd");
    let blind = directory(&rig.way()); // anonymous, which may read the root entry only
    let standing = blind.standing("00000000-0000-0000-0000-000000000000").await;
    assert!(standing.is_err(), "{standing:?}");
    for rig in Rig::all() {
        let keys =
            rig.service().replace(&secret("right").display().to_string(), &secret("wrong").display().to_string());
        let directory = directory(&keys);
        let trouble = login(&directory, "mira", RIGHT).await.unwrap_err();
        assert!(trouble.0.contains("service account") && trouble.0.contains("bind_dn"), "{trouble}");
        assert!(directory.standing("x").await.is_err() || rig.kind == "samba", "{}", rig.kind);
        assert_eq!(directory.binds(), 0);
    }
}

#[tokio::test]
#[ignore = "wants servers"]
async fn a_template_names_the_bind_and_nobody_is_searched_before_it() {
    let rig = Rig::of("slapd");
    let by_dn =
        directory(&format!("{}user_dn_template = \"cn={{username}},ou=people,dc=example,dc=org\"\n", rig.way()));
    let Ok(Proof::In { found, .. }) = login(&by_dn, "Mira Lind", RIGHT).await else { panic!() };
    assert_eq!(found.name, "mira");
    for nobody in ["Mira Lind,ou=people", "*", "x,cn=Mira Lind", "Mira Lind,ou=people,dc=example,dc=org#"] {
        let refused = login(&by_dn, nobody, RIGHT).await;
        assert!(matches!(refused, Ok(Proof::Refused { .. })), "{nobody}: {refused:?}");
    }
    assert!(by_dn.standing(&found.id).await.is_err(), "nobody can be looked after");

    let rig = Rig::of("samba");
    for template in ["{username}@corp.example.org", "CORP\\\\{username}"] {
        let by_name = directory(&format!("{}user_dn_template = \"{template}\"\n", rig.way()));
        let proof = login(&by_name, "olga", RIGHT).await;
        assert!(matches!(&proof, Ok(Proof::In { found, .. }) if found.name == "olga"), "{template}: {proof:?}");
        for nobody in ["olga@corp.example.org", "CN=Olga Frost,OU=Staff,DC=corp,DC=example,DC=org", "nobody-here"] {
            let refused = login(&by_name, nobody, RIGHT).await;
            assert!(matches!(refused, Ok(Proof::Refused { .. })), "{nobody}: {refused:?}");
        }
    }
}

#[tokio::test]
#[ignore = "wants servers"]
async fn a_name_with_signs_of_filters_is_found_if_names_may_have_them() {
    let directory = Rig::of("slapd").directory("username_pattern = \"^[!-~\u{e0}-\u{fc}]{1,32}$\"");
    for name in ["o,comma", "st*r", "pa(ren)", "back\\slash", "j\u{fc}rgen", "#lead"] {
        let proof = login(&directory, name, RIGHT).await;
        assert!(matches!(&proof, Ok(Proof::In { found, .. }) if found.name == name), "{name}: {proof:?}");
    }
}

#[tokio::test]
#[ignore = "wants servers"]
async fn names_that_the_directory_knows_are_told_from_others() {
    for rig in Rig::all() {
        let names = ["mira", "nobody-here", "mira)(cn=*", "*"].map(str::to_owned);
        assert_eq!(rig.directory("").knows(&names).await, Ok(vec!["mira".to_owned()]), "{}", rig.kind);
    }
    let twice = Rig::of("slapd").directory("").knows(&["dup".to_owned()]).await;
    assert_eq!(twice, Ok(vec!["dup".to_owned()]));
}

#[tokio::test]
#[ignore = "wants servers"]
async fn a_trial_goes_step_by_step_to_the_login_and_says_where_it_ends() {
    for rig in Rig::all() {
        let directory = rig.directory("");
        for server in directory.try_servers().await {
            assert!(server.steps.iter().all(|step| step.result.is_ok()), "{}: {:?}", rig.kind, server.steps);
            let names: Vec<_> = server.steps.iter().map(|step| step.name).collect();
            assert_eq!(names, ["resolve", "connect", "StartTLS", "TLS", "service bind", "search"]);
            assert!(server.certificates[0].names.contains(&"dc1.corp.example.org".to_owned()));
        }
        let names = |steps: &[super::Step]| steps.iter().map(|step| step.name).collect::<Vec<_>>();
        let right = directory.try_person("olga", Some(&Password::new(RIGHT.into()))).await;
        assert_eq!(names(&right), ["find", "account", "groups", "password", "login"]);
        assert!(right.iter().all(|step| step.result.is_ok()), "{}: {right:?}", rig.kind);
        let without = directory.try_person("olga", None).await;
        assert_eq!((names(&without), directory.binds()), (vec!["find", "account", "groups"], 1));
        let nobody = directory.try_person("nobody-here", None).await;
        assert!(matches!(&nobody[..], [step] if step.result.is_err()));
    }
}

#[tokio::test]
#[ignore = "wants servers"]
async fn a_server_that_is_not_there_is_trouble_or_the_next_ones_turn() {
    let rig = Rig::of("slapd");
    let keys = rig.service();
    let (port, free) =
        (&rig.facts["PORT"], std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port());
    let alone = directory(&keys.replace(&format!("127.0.0.1:{port}"), &format!("127.0.0.1:{free}")));
    assert!(login(&alone, "mira", RIGHT).await.is_err());
    assert!(alone.standing("x").await.is_err());
    let both = directory(&keys.replace("urls = [", &format!("urls = [\"ldap://127.0.0.1:{free}\", ")));
    assert!(matches!(login(&both, "mira", RIGHT).await, Ok(Proof::In { .. })));
}
