//! `/proc/PID/limits`: what one process may take.

use super::{NOT_OURS, Wrong};
use crate::podman::{Plan, spec::wanted_limits};

/// Soft and hard limit must both be as asked.
pub(super) fn check(text: &str, plan: &Plan) -> Result<(), Wrong> {
    for (kind, wanted) in wanted_limits(plan) {
        let (what, title) = match kind {
            "core" => ("core file limit", "Max core file size"),
            "nofile" => ("open file limit", "Max open files"),
            _ => ("file size limit", "Max file size"),
        };
        let found = text.lines().find_map(|line| line.strip_prefix(title)).map(|rest| {
            let mut words = rest.split_ascii_whitespace();
            (words.next().unwrap_or_default().to_owned(), words.next().unwrap_or_default().to_owned())
        });
        let wanted = wanted.to_string();
        match found {
            Some((soft, hard)) if soft == wanted && hard == wanted => {}
            Some((soft, hard)) => return Err(Wrong::new(what, wanted, format!("{soft}, at most {hard}"), NOT_OURS)),
            None => return Err(Wrong::new(what, wanted, "nothing", NOT_OURS)),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::podman::{Mapping, spec::tests::plan};

    const TEXTS: [&str; 2] = [
        include_str!("../../../tests/podman/limits-4.3.1.txt"),
        include_str!("../../../tests/podman/limits-5.4.2.txt"),
    ];

    #[test]
    fn what_both_versions_make_is_what_was_asked() {
        for text in TEXTS {
            assert_eq!(check(text, &plan(Mapping::Shared)), Ok(()));
        }
    }

    #[test]
    fn a_soft_or_hard_limit_that_is_off_is_refused_by_its_name() {
        for text in TEXTS {
            for (line, other, item) in [
                (
                    "Max core file size        0                    0 ",
                    "Max core file size        0          unlimited ",
                    "core file limit",
                ),
                (
                    "Max open files            1024                 1024",
                    "Max open files            1024  1048576",
                    "open file limit",
                ),
                (
                    "Max open files            1024                 1024",
                    "Max open files            64  1024",
                    "open file limit",
                ),
                (
                    "Max file size             50331648             50331648",
                    "Max file size     unlimited unlimited",
                    "file size limit",
                ),
                ("Max file size  ", "Max pile size  ", "file size limit"),
            ] {
                assert!(text.contains(line), "{line}");
                let wrong = check(&text.replace(line, other), &plan(Mapping::Shared)).unwrap_err();
                assert_eq!(wrong.what, item, "{other}");
            }
        }
    }
}
