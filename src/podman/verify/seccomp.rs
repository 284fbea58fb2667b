//! Our seccomp profile and no other: proven by the rules in the configuration that the runtime worked from.
//!
//! Inspect's SecurityOpt is no proof: Podman 4.3 and 5.4 fill it from an annotation that only their own command line sets,
//! and name no profile for a container made by the API.

use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
};

use serde_json::Value;

use super::{NOT_OURS, READABLE, Wrong};
use crate::podman::seccomp::PROFILE;

const WHAT: &str = "seccomp profile";
const WANTED: &str = "Coracle's own";
/// Bytes of a config.json.
const CONFIG: u64 = 1 << 20;

/// Reads the first of `configs` that can be read.
pub(super) fn check(configs: &[PathBuf]) -> Result<(), Wrong> {
    let mut why = String::new();
    for path in configs {
        match read(path) {
            Ok(text) => return check_config(&text),
            Err(e) => why = format!("{why}{}: {e}; ", path.display()),
        }
    }
    Err(Wrong::new(WHAT, "the runtime's config.json to be readable", why.trim_end_matches("; "), READABLE))
}

fn read(path: &Path) -> io::Result<String> {
    let size = fs::metadata(path)?.len();
    if size > CONFIG {
        return Err(io::Error::other(format!("it is longer than {CONFIG} bytes")));
    }
    fs::read_to_string(path)
}

fn check_config(text: &str) -> Result<(), Wrong> {
    let config: Value = serde_json::from_str(text).map_err(|e| Wrong::new(WHAT, WANTED, e, NOT_OURS))?;
    let ours: Value = serde_json::from_str(PROFILE).expect("a unit test parses the embedded profile");
    let found = &config["linux"]["seccomp"];
    if found.is_null() {
        return Err(Wrong::new(WHAT, WANTED, "none", NOT_OURS));
    }
    let wanted = Filter::of(&ours, architectures(&ours));
    let found = Filter::of(found, strings(&found["architectures"]));
    if wanted == found {
        return Ok(());
    }
    let surplus = found.rules.difference(&wanted.rules).count();
    let missing = wanted.rules.difference(&found.rules).count();
    let told = format!(
        "another one: {surplus} rules too many, {missing} missing, for {:?}, else {}",
        found.architectures, found.default
    );
    Err(Wrong::new(WHAT, WANTED, told, NOT_OURS))
}

/// A filter's meaning, in whatever order and grouping it was written.
#[derive(Debug, PartialEq)]
struct Filter {
    default: String,
    architectures: BTreeSet<String>,
    /// Listeners and flags hand the decision to someone else.
    extras: String,
    /// One for each call: name, action, error, arguments.
    rules: BTreeSet<(String, String, String)>,
}

impl Filter {
    fn of(filter: &Value, architectures: BTreeSet<String>) -> Filter {
        let mut rules = BTreeSet::new();
        for rule in filter["syscalls"].as_array().into_iter().flatten() {
            let arguments: BTreeSet<String> = rule["args"].as_array().into_iter().flatten().map(argument).collect();
            let errno = number(&rule["errnoRet"]);
            for name in rule["names"].as_array().into_iter().flatten() {
                let action = format!("{} {errno}", rule["action"]);
                rules.insert((name.to_string(), action, format!("{arguments:?}")));
            }
        }
        let extras = ["flags", "listenerPath", "listenerMetadata"]
            .map(|key| &filter[key])
            .iter()
            .filter(|v| !v.is_null() && v.as_array().is_none_or(|a| !a.is_empty()) && v.as_str() != Some(""))
            .map(|v| v.to_string())
            .collect();
        let default = format!("{} {}", filter["defaultAction"], number(&filter["defaultErrnoRet"]));
        Filter { default, architectures, extras, rules }
    }
}

/// Podman leaves out what is zero.
fn number(v: &Value) -> u64 {
    v.as_u64().unwrap_or(0)
}

fn argument(v: &Value) -> String {
    format!("{} {} {} {}", number(&v["index"]), number(&v["value"]), number(&v["valueTwo"]), v["op"])
}

fn strings(v: &Value) -> BTreeSet<String> {
    v.as_array().into_iter().flatten().filter_map(|s| s.as_str().map(str::to_owned)).collect()
}

fn architectures(profile: &Value) -> BTreeSet<String> {
    let map = profile["archMap"].as_array().into_iter().flatten();
    map.flat_map(|entry| {
        let own = entry["architecture"].as_str().map(str::to_owned);
        own.into_iter().chain(strings(&entry["subArchitectures"]))
    })
    .collect()
}

#[cfg(test)]
#[cfg(target_arch = "x86_64")] // the captured configurations are from there
mod tests {
    use super::*;

    const TEXTS: [&str; 2] = [
        include_str!("../../../tests/podman/config-4.3.1.json"),
        include_str!("../../../tests/podman/config-5.4.2.json"),
    ];

    fn changed(text: &str, change: impl FnOnce(&mut Value)) -> Result<(), Wrong> {
        let mut config: Value = serde_json::from_str(text).unwrap();
        change(&mut config["linux"]["seccomp"]);
        check_config(&config.to_string())
    }

    #[test]
    fn what_both_versions_make_of_our_profile_is_our_profile() {
        for text in TEXTS {
            assert_eq!(check_config(text), Ok(()));
        }
    }

    type Change = fn(&mut Value);

    #[test]
    fn any_other_filter_is_refused() {
        for text in TEXTS {
            let none = changed(text, |s| *s = Value::Null).unwrap_err();
            assert_eq!((none.what, none.found.as_str()), (WHAT, "none"));
            let cases: [(&str, Change); 9] = [
                ("one call more", |s| s["syscalls"][0]["names"].as_array_mut().unwrap().push("bpf".into())),
                ("one call less", |s| drop(s["syscalls"][0]["names"].as_array_mut().unwrap().pop())),
                ("allow by default", |s| s["defaultAction"] = "SCMP_ACT_ALLOW".into()),
                ("another default error", |s| s["defaultErrnoRet"] = 1.into()),
                ("another architecture too", |s| {
                    s["architectures"].as_array_mut().unwrap().push("SCMP_ARCH_X86".into())
                }),
                ("a condition dropped", |s| {
                    let clone =
                        s["syscalls"].as_array_mut().unwrap().iter_mut().find(|r| r["names"][0] == "clone").unwrap();
                    clone["args"] = Value::Null;
                }),
                ("a listener", |s| s["listenerPath"] = "/tmp/agent".into()),
                ("flags", |s| s["flags"] = serde_json::json!(["SECCOMP_FILTER_FLAG_SPEC_ALLOW"])),
                ("no rules", |s| s["syscalls"] = serde_json::json!([])),
            ];
            for (name, change) in cases {
                assert_eq!(changed(text, change).expect_err(name).what, WHAT);
            }
        }
    }

    #[test]
    fn the_same_rules_in_another_order_are_the_same_filter() {
        let reverse = |s: &mut Value| s["syscalls"].as_array_mut().unwrap().reverse();
        assert_eq!(changed(TEXTS[1], reverse), Ok(()));
    }

    #[test]
    fn an_unreadable_bundle_falls_back_to_the_runtimes_copy_and_without_any_refuses() {
        let dir = tempfile::tempdir().unwrap();
        let (absent, copy) = (dir.path().join("absent.json"), dir.path().join("config.json"));
        fs::write(&copy, TEXTS[0]).unwrap();
        assert_eq!(check(&[absent.clone(), copy]), Ok(()));
        let wrong = check(&[absent]).unwrap_err();
        assert!(wrong.found.contains("absent.json"), "{wrong:?}");
        assert!(check(&[]).is_err());
    }
}
