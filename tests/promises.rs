//! README's table of what survives what is a table of tests: each line names those that would fail if it were false.

use std::{
    collections::HashSet,
    fs,
    path::{Path, PathBuf},
};

/// The table's heading.
const HEADING: &str = "## What survives what";

fn top() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The rows of the table: what happens, what survives it, and the tests in `code`.
fn rows() -> Vec<(String, Vec<String>)> {
    let readme = fs::read_to_string(top().join("README.md")).expect("README.md is in the tree");
    let (_, section) = readme.split_once(HEADING).unwrap_or_else(|| panic!("README.md has no heading {HEADING:?}"));
    let section = section.split("\n## ").next().expect("split gives one");
    let rows = section.lines().filter(|line| line.starts_with("| ")).skip(1);
    rows.map(|row| (row.to_owned(), row.split('`').skip(1).step_by(2).map(str::to_owned).collect())).collect()
}

/// The names of all functions behind `#[test]` or `#[tokio::test]` below these directories.
fn tests() -> HashSet<String> {
    let mut names = HashSet::new();
    let mut places: Vec<PathBuf> = ["src", "tests"].map(|place| top().join(place)).into();
    while let Some(place) = places.pop() {
        if place.is_dir() {
            places.extend(
                fs::read_dir(&place).expect("a directory of the tree").map(|entry| entry.expect("readable").path()),
            );
        } else if place.extension().is_some_and(|kind| kind == "rs") {
            let text = fs::read_to_string(&place).expect("a file of the tree");
            let marked = text.split("#[test]").skip(1).chain(text.split("#[tokio::test").skip(1));
            names.extend(marked.filter_map(name_of));
        }
    }
    names
}

/// The name behind the first `fn`.
fn name_of(text: &str) -> Option<String> {
    Some(text.split_once("fn ")?.1.split_once('(')?.0.to_owned())
}

#[test]
fn every_line_of_what_survives_what_names_tests_that_exist() {
    let (rows, tests) = (rows(), tests());
    assert!(rows.len() > 10, "the table is not read: {rows:?}");
    for (row, named) in rows {
        let named: Vec<_> = named.iter().filter(|name| name.contains('_')).collect();
        assert!(!named.is_empty(), "no test is named: {row}");
        for name in named {
            assert!(tests.contains(name), "there is no test {name}: {row}");
        }
    }
}
