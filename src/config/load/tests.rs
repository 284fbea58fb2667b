use super::*;

/// A directory with config.toml and what else is given, by name.
fn instance(files: &[(&str, &str)]) -> (tempfile::TempDir, Places) {
    let top = tempfile::tempdir().unwrap();
    let places = Places {
        config: top.path().join("config.toml"),
        state: top.path().join("state"),
        runtime: top.path().join("run"),
        control: top.path().join("control"),
    };
    std::fs::create_dir(top.path().join("config.d")).unwrap();
    for (name, text) in files {
        std::fs::write(top.path().join(name), text).unwrap();
    }
    (top, places)
}

fn load(text: &str) -> Result<Loaded, ConfigErrors> {
    let (_top, places) = instance(&[("config.toml", text)]);
    Config::load(&places)
}

/// The mistakes as `line: key: what`.
fn mistakes(text: &str) -> Vec<String> {
    let (top, places) = instance(&[("config.toml", text)]);
    let errors = Config::load(&places).map(|loaded| loaded.config).unwrap_err();
    for mistake in &errors.0 {
        assert!(mistake.fix().is_some_and(|fix| !fix.is_empty()), "no way out: {mistake}");
    }
    let all = errors.to_string();
    let prefix = format!("{}/config.toml:", top.path().display());
    all.lines().map(|line| line.strip_prefix(&prefix).unwrap_or(line).to_owned()).collect()
}

#[test]
fn no_file_at_all_is_the_default() {
    let (_top, places) = instance(&[]);
    let loaded = Config::load(&places).unwrap();
    assert_eq!(loaded.config, Config::default_at(&places));
    assert_eq!(loaded.files, Vec::<PathBuf>::new());
    let shell = &loaded.config.profiles[0];
    assert_eq!((shell.name.as_str(), shell.memory, shell.millicpus, shell.pids), ("shell", 209_715_200, 500, 128));
    assert_eq!(loaded.config.auth.local.file, places.beside_config("users"));
}

/// The shipped manual with every key switched on: `#key = value` and `#[table]`, where prose is `# text`.
fn manual_uncommented() -> String {
    let manual = include_str!("../../../config.toml");
    let switched_on = manual.lines().map(|line| match line.strip_prefix('#') {
        Some(rest) if rest.starts_with(|c: char| c.is_ascii_lowercase() || c == '[') => rest,
        _ => line,
    });
    switched_on.collect::<Vec<_>>().join("\n")
}

#[test]
fn the_shipped_manual_says_exactly_the_defaults() {
    let (_top, places) = instance(&[("config.toml", &manual_uncommented())]);
    let loaded = Config::load(&places).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(loaded.config, Config::default_at(&places));
    let (_top, places) = instance(&[("config.toml", include_str!("../../../config.toml"))]);
    assert_eq!(Config::load(&places).unwrap().config, Config::default_at(&places));
}

#[test]
fn the_workshop_that_the_manual_shows_is_a_good_profile() {
    let manual = include_str!("../../../config.toml");
    let shown = manual.lines().filter_map(|line| line.strip_prefix("#   "));
    let shown: Vec<&str> = shown.skip_while(|line| *line != "[[profiles]]").collect();
    let config = load(&shown.join("\n")).unwrap_or_else(|e| panic!("{e}")).config;
    let [workshop] = config.profiles.as_slice() else { panic!("{:?}", config.profiles) };
    assert_eq!((workshop.name.as_str(), workshop.network), ("workshop", crate::config::Network::Outbound));
    assert_eq!(workshop.capabilities, crate::config::Capability::ALL.into());
    assert_eq!((workshop.layer_size, workshop.groups.as_slice()), (Some(1 << 30), ["makers".to_owned()].as_slice()));
}

#[test]
fn the_shipped_manual_has_every_key_and_no_other() {
    let (_top, places) = instance(&[]);
    let mut findings = Findings::default();
    check(&[(PathBuf::from("x"), String::new())], &places, &mut findings);
    let mut written = std::collections::BTreeSet::new();
    let mut table = String::new();
    for line in manual_uncommented().lines() {
        if let Some(name) = line.strip_prefix('[') {
            table = name.trim_matches(['[', ']']).to_owned();
        } else if let Some((key, _)) = line.split_once(" = ").filter(|_| !line.starts_with('#')) {
            written.insert(format!("{table}.{key}"));
        }
    }
    assert_eq!(written, findings.known);
}

#[test]
fn every_mistake_of_a_file_is_told_at_once_with_line_key_and_way_out() {
    let text = "\
[server]
idle_exit = \"15M\"
public_url = \"https://host/a b\"
trusted_proxies = [\"::1\", \"10.0.0.1/8\"]
[sessions]
detachd = \"15m\"
max = 0
per_user = \"four\"
isolation = \"none\"
require_limits = 1
idle = 15

[sesions]
[auth.local]
file = \"\\u0007\"
";
    assert_eq!(
        mistakes(text),
        [
            "3: server.public_url: has a path that is not up to 128 bytes of letters, digits, dots, _, ~, - and single \
             slashes; write \"https://host\" or \"https://host/shell\"",
            "4: server.trusted_proxies: \"10.0.0.1/8\" has bits beyond its length; write \"10.0.0.0/8\"",
            "2: server.idle_exit: \"15M\" has an upper-case unit; write ms, s, m, h or d in lower case, like \"15m\"",
            "15: auth.local.file: contains a control character; write a plain path",
            "11: sessions.idle: this is an integer; write a text in quotes",
            "7: sessions.max: 0 is out of range; write 1 to 2048",
            "8: sessions.per_user: this is a string; write a whole number without quotes",
            "9: sessions.isolation: \"none\" is not known; write \"auto\" or \"slots\" or \"shared\"",
            "10: sessions.require_limits: this is an integer; write true or false without quotes",
            "6: sessions.detachd: unknown key; did you mean `sessions.detached`?",
            "13: sesions: unknown key; did you mean `sessions`?",
        ]
    );
}

#[test]
fn a_table_in_the_wrong_shape_is_told() {
    assert_eq!(mistakes("server = 3"), ["1: server: is a table; write [server] on a line of its own, its keys below"]);
    assert_eq!(mistakes("\nprofiles = 3"), ["2: profiles: is a list of tables; write [[profiles]] above each"]);
    assert_eq!(mistakes("\nprofiles = [3]"), ["2: profiles: is a list of tables; write [[profiles]] above each"]);
    assert_eq!(mistakes("\n\n[server")[0].split(':').next(), Some("3"));
    assert_eq!(
        mistakes("wholly_other = 1"),
        [
            "1: wholly_other: unknown key; remove it (known here: `server`, `auth`, `login`, `sessions`, `recording`, `warm`, `profiles`)"
        ]
    );
}

#[test]
fn a_control_character_never_reaches_the_message() {
    let all = mistakes("[sessions]\nisolation = \"a\\u001b[2J\\nb\"\n\"x\\u001b[2J\" = 1\n");
    assert_eq!(all.len(), 2);
    assert!(!all.iter().any(|line| line.contains('\u{1b}')), "{all:?}");
}

#[test]
fn bounds_hold_on_both_sides() {
    for (good, bad) in [
        ("[server]\nidle_exit = \"1s\"", "[server]\nidle_exit = \"0s\""),
        ("[sessions]\ndetached = \"0s\"", "[sessions]\nidle = \"0s\""),
        ("[sessions]\nmax = 2048", "[sessions]\nmax = 2049"),
        ("[sessions]\nmax = 0x10", "[sessions]\nmax = 99999999999999999999"),
        ("[sessions]\nlog_budget = \"1m\"", "[sessions]\nlog_budget = \"1023k\""),
        ("[login]\nlifetime = \"90d\"", "[login]\nlifetime = \"91d\""),
        ("[sessions]\npodman_socket = \"/run/x\"", "[sessions]\npodman_socket = \"run/x\""),
    ] {
        assert!(load(good).is_ok(), "{good}");
        assert_eq!(load(bad).unwrap_err().0.len(), 1, "{bad}");
    }
}

#[test]
fn a_restless_idle_exit_is_allowed_with_a_warning() {
    let loaded = load("[server]\nidle_exit = \"5s\"").unwrap();
    assert_eq!(loaded.config.server.idle_exit, Duration::from_secs(5));
    assert_eq!((loaded.warnings[0].key.as_str(), loaded.warnings[0].line), ("server.idle_exit", Some(2)));
    assert_eq!(load("[server]\nidle_exit = \"10s\"").unwrap().warnings, []);
}

#[test]
fn trusted_proxies_without_a_public_url_are_allowed_with_a_warning() {
    let warnings = |text: &str| load(text).unwrap().warnings;
    let warned = warnings("[server]\ntrusted_proxies = [\"unix\"]");
    assert_eq!((warned[0].key.as_str(), warned[0].line), ("server.public_url", None));
    assert!(warned[0].fix().is_some());
    assert_eq!(warnings("[server]\ntrusted_proxies = [\"unix\"]\npublic_url = \"https://a\""), []);
    let many = vec!["\"::1\""; MAX_PROXIES + 1].join(",");
    assert!(mistakes(&format!("[server]\ntrusted_proxies = [{many}]"))[0].contains("over 64 entries"));
}

#[test]
fn a_later_file_wins_key_by_key_and_profile_by_profile() {
    let (top, places) = instance(&[
        (
            "config.toml",
            "[sessions]\nmax = 8\nper_user = 2\n[[profiles]]\nname = \"a\"\npids = 10\n[[profiles]]\nname = \"b\"\n",
        ),
        (
            "config.d/20.toml",
            "[sessions]\nmax = 9\n[[profiles]]\nname = \"a\"\nmemory = \"300m\"\n[[profiles]]\nname = \"c\"\n",
        ),
        ("config.d/10.toml", "[sessions]\nmax = 7\n"),
        ("config.d/.30.toml", "[nonsense]"),
        ("config.d/40.toml.bak", "[nonsense]"),
        ("users", "x"),
    ]);
    let loaded = Config::load(&places).unwrap();
    assert_eq!((loaded.config.sessions.max.get(), loaded.config.sessions.per_user.get()), (9, 2));
    let names: Vec<_> = loaded.config.profiles.iter().map(|p| p.name.as_str()).collect();
    assert_eq!(names, ["a", "b", "c"]);
    assert_eq!((loaded.config.profiles[0].pids, loaded.config.profiles[0].memory), (128, 300 << 20), "replaced whole");
    let file = |name: &str| top.path().join(name);
    assert_eq!(loaded.files, [file("config.toml"), file("config.d/10.toml"), file("config.d/20.toml")]);
}

#[test]
fn mistakes_of_all_files_are_told_even_if_a_later_one_overrides() {
    let (top, places) = instance(&[
        ("config.toml", "[sessions]\nmax = 0\n"),
        ("config.d/1.toml", "[sessions\n"),
        ("config.d/2.toml", "[sessions]\nmax = 3\nmin = 3\n"),
    ]);
    let errors = Config::load(&places).unwrap_err();
    let places_of: Vec<_> = errors.0.iter().map(|m| (m.file.strip_prefix(top.path()).unwrap(), m.line)).collect();
    let at = |file: &'static str, line| (Path::new(file), Some(line));
    assert_eq!(places_of, [at("config.toml", 2), at("config.d/1.toml", 1), at("config.d/2.toml", 3)]);
}

#[test]
fn what_cannot_be_read_is_named() {
    let (top, places) = instance(&[]);
    std::fs::create_dir(&places.config).unwrap();
    std::fs::write(top.path().join("config.d/x.toml"), [0xff, 0xfe]).unwrap();
    let errors = Config::load(&places).unwrap_err();
    assert_eq!(errors.0.len(), 2);
    assert_eq!(errors.first_file(), places.config);
}

#[test]
fn the_hash_follows_the_meaning_not_the_spelling() {
    let (_top, places) = instance(&[]);
    let hash = |text: &str| {
        std::fs::write(&places.config, text).unwrap();
        Config::load(&places).unwrap().hash
    };
    let default = hash("");
    assert_eq!(default.len(), 64);
    assert_eq!(hash("# words\n[sessions]\nidle = \"900s\"\n"), default);
    assert_ne!(hash("[sessions]\nidle = \"901s\"\n"), default);
    assert_ne!(hash("[[profiles]]\nname = \"shell\"\npids = 129\n"), default);
}

fn profile_mistakes(keys: &str) -> Vec<String> {
    mistakes(&format!("[[profiles]]\nname = \"p\"\n{keys}\n"))
}

#[test]
fn a_whole_profile_is_read_as_written() {
    let text = "\
[[profiles]]
name = \"tools\"
description = \"Tools\"
image = \"localhost/tools:1\"
pull = \"never\"
command = [\"/bin/sh\"]
user = \"root:0:0\"
groups = [\"dev\", \"Grüne Entwickler\"]
memory = \"1g\"
cpus = 2
pids = 8
tmpfs = [\"/srv/a b:64k\"]
shm = \"1m\"
nofile = 64
[profiles.env]
EDITOR = \"vi\"
";
    let profile = load(text).unwrap().config.profiles.remove(0);
    assert_eq!(profile.tmpfs, [super::super::Tmpfs { path: "/srv/a b".into(), size: 65_536 }]);
    assert_eq!((profile.memory, profile.millicpus, profile.nofile), (1 << 30, 2000, 64));
    assert_eq!((profile.user.uid, profile.user.home()), (0, "/root".to_owned()));
    assert_eq!(profile.groups, ["dev", "Grüne Entwickler"]);
    assert_eq!(profile.env["EDITOR"], "vi");
}

#[test]
fn the_home_of_another_user_is_writable_without_saying_so() {
    let profile = load("[[profiles]]\nname = \"p\"\nuser = \"mira:7:7\"").unwrap().config.profiles.remove(0);
    assert_eq!(profile.tmpfs[0].path, "/home/mira");
}

#[test]
fn each_wrong_profile_key_is_refused_on_its_line() {
    for keys in [
        "image = \"ubuntu\"",
        "image = \"library/ubuntu:24.04\"",
        "image = \"docker.io/x y\"",
        "pull = \"always\"",
        "command = []",
        "command = [\"\"]",
        "command = [\"a\\u0000\"]",
        "command = \"bash\"",
        "command = [1]",
        "user = \"crew\"",
        "user = \"crew:1000\"",
        "user = \"crew:65535:0\"",
        "user = \"crew:+1:0\"",
        "user = \"Crew:1:1\"",
        "user = \"../x:1:1\"",
        "groups = [\"\"]",
        "groups = [\"a \"]",
        "groups = [\"a\\u0007b\"]",
        "memory = \"15m\"",
        "memory = 209715200",
        "cpus = 0.009",
        "cpus = 64.1",
        "cpus = nan",
        "cpus = \"1\"",
        "pids = 7",
        "pids = -1",
        "shm = \"1k\"",
        "nofile = 63",
        "network = \"lan\"",
        "allow_host_access = \"yes\"",
        "capabilities = [\"CHOWN\"]",
        "capabilities = [\"SYS_ADMIN\"]\nuser = \"root:0:0\"",
        "capabilities = \"CHOWN\"",
        "layer_size = \"15m\"",
        "layer_size = 1",
        "description = \"two\\nlines\"",
        "env = { \"A=B\" = \"x\" }",
        "env = { 1A = \"x\" }",
        "env = { A = 1 }",
        "tmpfs = [\"/tmp\"]",
        "tmpfs = [\"tmp:1m\"]",
        "tmpfs = [\"/a/../b:1m\"]",
        "tmpfs = [\"/a//b:1m\"]",
        "tmpfs = [\"/a/:1m\"]",
        "tmpfs = [\"/:1m\"]",
        "tmpfs = [\"/proc/x:1m\"]",
        "tmpfs = [\"/a,b:1m\"]",
        "tmpfs = [\"/tmp:1m\", \"/tmp:2m\"]",
        "tmpfs = [\"/tmp:0\"]",
        "tmpfs = [\"/tmp:85m\"]",
    ] {
        let found = profile_mistakes(keys);
        assert_eq!(found.len(), 1, "{keys}: {found:?}");
        assert!(found[0].starts_with("3: profiles."), "{keys}: {found:?}");
    }
}

#[test]
fn too_much_tmpfs_for_the_memory_says_how_much_memory_would_do() {
    let found = profile_mistakes("memory = \"100m\"");
    assert_eq!(
        found,
        [
            "3: profiles.memory: tmpfs and shm together are 100m, which is over half of memory 100m; write less, or memory = \"200m\""
        ]
    );
}

#[test]
fn profile_names_are_there_plain_and_unique() {
    assert_eq!(mistakes("\n[[profiles]]\npids = 9"), ["2: profiles.name: is missing; write name = \"shell\""]);
    for name in ["", "Shell", "a b", "a/b", "aaaaaaaaaabbbbbbbbbbccccccccccddd"] {
        assert_eq!(mistakes(&format!("[[profiles]]\nname = \"{name}\"")).len(), 1, "{name}");
    }
    let twice = "[[profiles]]\nname = \"a\"\n[[profiles]]\nname = \"a\"";
    assert_eq!(mistakes(twice), ["3: profiles.name: \"a\" is there twice in this file; give one another name"]);
}

proptest::proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in "[a-z\\[\\]=\"{},.#\n 0-9:/\u{e9}]{0,200}") {
        let findings = &mut Findings::default();
        let (_top, places) = instance(&[]);
        check(&[(PathBuf::from("x"), text)], &places, findings);
    }

    #[test]
    fn no_value_of_any_key_makes_the_reader_panic(
        key in "[a-z_]{1,12}",
        value in proptest::prop_oneof!["\"[ -~]{0,40}\"".prop_map(|s: String| s), "[0-9.+-]{1,20}", "\\[\"[ -~&&[^\"\\\\]]{0,20}\"\\]"],
    ) {
        let findings = &mut Findings::default();
        let (_top, places) = instance(&[]);
        for table in ["[server]", "[login]", "[sessions]", "[[profiles]]"] {
            check(&[(PathBuf::from("x"), format!("{table}\n{key} = {value}\n"))], &places, findings);
        }
    }
}

use proptest::strategy::Strategy as _;

#[test]
fn certificate_and_key_may_come_from_two_files_and_each_lies_beside_the_configuration() {
    let first = "[server.tls]\ncert_file = \"cert.pem\"\nkey_file = \"/k/key.pem\"\n";
    let tls = |more: &str| {
        let (top, places) = instance(&[("config.toml", first), ("config.d/10.toml", more)]);
        let tls = Config::load(&places).map(|loaded| loaded.config.server.tls);
        tls.map(|tls| tls.map(|files| (files.cert.strip_prefix(top.path()).unwrap().to_owned(), files.key)))
    };
    let files = |cert: &str, key: &str| Ok(Some((PathBuf::from(cert), PathBuf::from(key))));
    assert_eq!(tls(""), files("cert.pem", "/k/key.pem"));
    assert_eq!(tls("[server.tls]\nkey_file = \"/other\"\n"), files("cert.pem", "/other"));
    assert_eq!(tls("[server.tls]\nkey_file = \"\"\ncert_file = \"\"\n"), Ok(None));
    assert!(
        tls("[server.tls]\nkey_file = \"\"\n").unwrap_err().to_string().contains("server.tls.key_file: is missing")
    );
    assert_eq!(
        mistakes("[server.tls]\nkey_file = \"k\"\n"),
        ["2: server.tls.cert_file: is missing; write the path of its PEM file"]
    );
}

#[test]
fn a_public_url_of_plain_http_beside_a_certificate_is_warned_of() {
    let warnings = |url: &str| {
        let text = format!("[server]\npublic_url = \"{url}\"\n[server.tls]\ncert_file = \"c\"\nkey_file = \"k\"\n");
        load(&text).unwrap().warnings.len()
    };
    assert_eq!((warnings("http://shell.example.org"), warnings("https://shell.example.org")), (1, 0));
}
