//! Names, and the scripts with the shell and the programs of this host.

use std::{
    fs,
    io::Write,
    os::unix::fs::symlink,
    path::Path,
    process::{Command, Stdio},
};

use super::{scripts::*, *};

fn path(text: &str) -> FilePath {
    FilePath::parse(text).unwrap_or_else(|e| panic!("{text:?}: {e}"))
}

#[test]
fn a_path_is_absolute_or_from_home_and_never_looks_like_an_option() {
    for (text, directory, name, argument) in [
        ("a", ".", "a", "./a"),
        ("-rf", ".", "-rf", "./-rf"),
        ("~/a b", ".", "a b", "./a b"),
        ("d/e/\u{fc}", "./d/e", "\u{fc}", "./d/e/\u{fc}"),
        ("-d/e", "./-d", "e", "./-d/e"),
        ("/a", "/", "a", "/a"),
        ("/tmp/-x\n\"'", "/tmp", "-x\n\"'", "/tmp/-x\n\"'"),
        ("../x", "./..", "x", "./../x"),
        ("./x", ".", "x", "./x"),
        ("$(reboot)", ".", "$(reboot)", "./$(reboot)"),
    ] {
        let path = path(text);
        assert_eq!((path.directory(), path.name(), path.argument().as_str()), (directory, name, argument));
    }
}

#[test]
fn what_cannot_name_a_file_is_refused() {
    let (long, name) = ("x/".repeat(2100), "x".repeat(256));
    for (text, why) in [
        ("", BadPath::Empty),
        ("a\0b", BadPath::Nul),
        ("/", BadPath::NoName),
        ("d/", BadPath::NoName),
        ("..", BadPath::NoName),
        ("d/.", BadPath::NoName),
        ("~", BadPath::NoName),
        (long.as_str(), BadPath::TooLong),
        (name.as_str(), BadPath::TooLong),
    ] {
        assert_eq!(FilePath::parse(text), Err(why), "{text:?}");
    }
}

#[test]
fn the_number_of_a_second_file_stands_before_its_ending() {
    for (text, parts) in [("a.tar.gz", ("a.tar", ".gz")), (".bashrc", (".bashrc", "")), ("x", ("x", ""))] {
        assert_eq!(path(text).stem_and_ending(), parts);
    }
}

/// What a script says in this directory: output and exit status.
fn said(script: &str, home: &Path, arguments: &[&str], input: &[u8]) -> (String, i32) {
    let mut child = Command::new(SHELL)
        .args(["-c", script, "test"])
        .args(arguments)
        .current_dir(home)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let _ = child.stdin.take().unwrap().write_all(input); // one that refuses reads nothing
    let done = child.wait_with_output().unwrap();
    (String::from_utf8_lossy(&done.stdout).into_owned(), done.status.code().unwrap_or(-1))
}

fn uploaded(home: &Path, to: &str, size: usize, conflict: &str, input: &[u8]) -> String {
    let path = path(to);
    let (name, (stem, ending)) = (format!("./{}", path.name()), path.stem_and_ending());
    let (size, stem) = (size.to_string(), format!("./{stem}"));
    let arguments = [path.directory(), &name, &size, conflict, "./.upload-1", &stem, ending];
    let (said, status) = said(UPLOAD, home, &arguments, input);
    assert_eq!(status == 0, said.starts_with("go\ndone\n"), "{said}");
    said
}

fn names(home: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(home).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_file_comes_whole_to_its_name_whatever_that_is() {
    let home = tempfile::tempdir().unwrap();
    for name in ["a", "-rf", "new\nline", "'\"$(false)`", "\u{fc}\u{1f6f6}", " ", ".hidden"] {
        assert_eq!(uploaded(home.path(), name, 3, "refuse", b"abc"), format!("go\ndone\n./{name}"));
        assert_eq!(fs::read(home.path().join(name)).unwrap(), b"abc");
    }
    assert_eq!(uploaded(home.path(), "empty", 0, "refuse", b""), "go\ndone\n./empty");
    assert_eq!(names(home.path()).len(), 8);
}

#[test]
fn a_conflict_is_refused_replaced_or_both_are_kept() {
    let home = tempfile::tempdir().unwrap();
    let here = home.path();
    let read = |name: &str| fs::read_to_string(here.join(name)).unwrap();
    uploaded(here, "a.txt", 3, "refuse", b"one");
    assert_eq!(uploaded(here, "a.txt", 3, "refuse", b"two"), "exists\n");
    assert_eq!(uploaded(here, "a.txt", 3, "rename", b"two"), "go\ndone\n./a (1).txt");
    assert_eq!(uploaded(here, "a.txt", 5, "rename", b"three"), "go\ndone\n./a (2).txt");
    assert_eq!(uploaded(here, "a.txt", 4, "replace", b"four"), "go\ndone\n./a.txt");
    assert_eq!([read("a.txt"), read("a (1).txt"), read("a (2).txt")], ["four", "two", "three"]);
    fs::create_dir(here.join("d")).unwrap();
    for conflict in ["refuse", "replace", "rename"] {
        assert_eq!(uploaded(here, "d", 1, conflict, b"x"), "directory\n");
    }
    assert_eq!(uploaded(here, "nowhere/a", 1, "replace", b"x"), "no-directory\n");
}

#[test]
fn an_upload_replaces_a_link_and_never_writes_through_it() {
    let home = tempfile::tempdir().unwrap();
    let elsewhere = home.path().join("elsewhere");
    fs::write(&elsewhere, "mine").unwrap();
    symlink(&elsewhere, home.path().join("link")).unwrap();
    symlink("/nowhere", home.path().join("dangling")).unwrap();
    symlink(&elsewhere, home.path().join(".upload-1")).unwrap();
    assert_eq!(uploaded(home.path(), "dangling", 1, "refuse", b"x"), "exists\n");
    assert_eq!(uploaded(home.path(), "link", 1, "replace", b"x"), "go\nfailed\n", "the temporary name is a link");
    assert_eq!(uploaded(home.path(), "link", 1, "replace", b"x"), "go\ndone\n./link");
    assert_eq!(fs::read_to_string(&elsewhere).unwrap(), "mine");
    assert!(fs::symlink_metadata(home.path().join("link")).unwrap().is_file());
}

#[test]
fn of_an_upload_that_is_not_as_long_as_it_said_nothing_stays() {
    let home = tempfile::tempdir().unwrap();
    assert_eq!(uploaded(home.path(), "a", 4, "refuse", b"abc"), "go\nshort\n");
    assert_eq!(uploaded(home.path(), "a", 2, "replace", b"abc"), "go\nshort\n");
    assert!(names(home.path()).is_empty());
}

#[test]
fn only_ordinary_files_are_sent_and_only_as_long_as_they_were() {
    let home = tempfile::tempdir().unwrap();
    let sent = |what: &str| said(DOWNLOAD, home.path(), &[&path(what).argument()], b"").0;
    fs::write(home.path().join("-n"), "abc").unwrap();
    fs::write(home.path().join("empty"), "").unwrap();
    symlink("-n", home.path().join("link")).unwrap();
    symlink("/nowhere", home.path().join("dangling")).unwrap();
    assert!(Command::new("mkfifo").arg(home.path().join("fifo")).status().unwrap().success());
    assert_eq!(sent("-n"), "size\n3\nabc");
    assert_eq!(sent("link"), "size\n3\nabc");
    assert_eq!(sent("empty"), "size\n0\n");
    for (what, word) in [
        ("nothing", "missing\n"),
        ("dangling", "missing\n"),
        ("../..", "directory\n"),
        ("fifo", "special\n"),
        ("/dev/zero", "special\n"),
        ("/proc/self/mem", "size\n0\n"),
    ] {
        let path = what.strip_prefix("../").map_or_else(|| path(what).argument(), |_| "./..".to_owned());
        assert_eq!(said(DOWNLOAD, home.path(), &[&path], b"").0, word, "{what}");
    }
}

#[test]
fn without_its_programs_a_script_says_which_it_misses() {
    let home = tempfile::tempdir().unwrap();
    let bare = |script: &str| said(&format!("PATH=/nowhere\n{script}"), home.path(), &["x"], b"").0;
    assert_eq!([bare(UPLOAD), bare(DOWNLOAD)], ["tool\ncat\n", "tool\nhead\n"]);
}
