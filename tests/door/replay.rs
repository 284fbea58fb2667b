//! `coracle replay` at a terminal: what reaches it, and that it is given back.

use std::fs;
use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use crate::daemon::SOON;

/// What a program may have sent to be obeyed by somebody else's terminal.
const HOSTILE: &str = "\\u001b]52;c;aGk=\\u0007\\u001b]2;title\\u0007\\u001b[6n\\u001b[c\\u001b[?1000h\\u001b[21t";

/// A recording in which something happens at once, after a second, and after an hour.
fn recording(directory: &tempfile::TempDir) -> std::path::PathBuf {
    let path = directory.path().join("x.cast");
    let cast = format!(
        "{{\"version\":3,\"term\":{{\"cols\":100,\"rows\":30}}}}\n[0.000, \"o\", \"{HOSTILE}begin\\r\\n\"]\n\
         [1.000, \"o\", \"\\u001b[31msecond\\u001b[m\\r\\n\"]\n[3600.000, \"o\", \"needle\\r\\n\"]\n[0.500, \"x\", \"0\"]\n"
    );
    fs::write(&path, cast).unwrap();
    path
}

/// A program at a terminal of 80 columns and 24 rows, which `script` makes.
struct AtTerminal {
    child: std::process::Child,
    shown: mpsc::Receiver<Vec<u8>>,
    all: String,
}

impl AtTerminal {
    fn run(command: &str) -> AtTerminal {
        let mut child = Command::new("script")
            .args(["-qec", &format!("stty cols 80 rows 24; {command}; echo \"<left=$?>\"; stty -a"), "/dev/null"])
            .env("TERM", "xterm-256color")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut output = child.stdout.take().unwrap();
        let (told, shown) = mpsc::channel();
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(length @ 1..) = output.read(&mut bytes) {
                if told.send(bytes[..length].to_vec()).is_err() {
                    return;
                }
            }
        });
        AtTerminal { child, shown, all: String::new() }
    }

    /// Waits until `text` was shown since the last time, and gives what was shown up to now.
    fn until(&mut self, text: &str) -> String {
        let end = Instant::now() + SOON;
        while !self.all.contains(text) {
            match self.shown.recv_timeout(Duration::from_millis(100)) {
                Ok(bytes) => self.all.push_str(&String::from_utf8_lossy(&bytes)),
                Err(mpsc::RecvTimeoutError::Disconnected) => {
                    panic!("{text:?} was not shown before the end: {:?}", self.all)
                }
                Err(mpsc::RecvTimeoutError::Timeout) => assert!(Instant::now() < end, "no {text:?} in {:?}", self.all),
            }
        }
        std::mem::take(&mut self.all)
    }

    fn press(&mut self, keys: &str) {
        self.child.stdin.as_mut().unwrap().write_all(keys.as_bytes()).unwrap();
    }
}

impl Drop for AtTerminal {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

#[test]
fn a_replay_goes_where_keys_send_it_shows_text_alone_and_gives_the_terminal_back() {
    let directory = tempfile::tempdir().unwrap();
    let file = recording(&directory);
    let mut terminal = AtTerminal::run(&format!("{} replay {}", env!("CARGO_BIN_EXE_coracle"), file.display()));
    let mut all = terminal.until("begin");
    all += &terminal.until("second");
    all += &terminal.until("of which 80×23");
    terminal.press("/need");
    all += &terminal.until("/need");
    terminal.press("le\r");
    all += &terminal.until("1 of 1: needle");
    terminal.press(" \x1b[H"); // pauses, to the beginning
    all += &terminal.until("pause  0:00 / 1:00:01");
    terminal.press("."); // the first event is at 0:00 and shown already
    all += &terminal.until("pause  0:01");
    terminal.press("\x1b[F");
    all += &terminal.until("end  1:00:01");
    terminal.press("q");
    let modes = terminal.until("extproc"); // the last that stty tells
    assert!(modes.contains("<left=0>") && modes.contains(" icanon") && modes.contains(" echo "), "{modes}");
    all += &modes;
    assert!(all.contains("\x1b[?1049l") && all.contains("\x1b[31m"), "{all:?}");
    for never in ["\x1b]", "\x1b[6n", "\x1b[c", "\x1b[?1000h", "\x1b[21t", "title"] {
        assert!(!all.contains(never), "{never:?} in {all:?}");
    }
}

#[test]
fn whatever_ends_a_replay_the_terminal_is_given_back() {
    let directory = tempfile::tempdir().unwrap();
    let file = recording(&directory);
    for signal in ["TERM", "HUP", "INT"] {
        let program = env!("CARGO_BIN_EXE_coracle");
        let command = format!("sh -c 'echo \"<pid=$$>\"; exec {program} replay {}'", file.display());
        let mut terminal = AtTerminal::run(&command);
        let before = terminal.until("begin");
        let pid = before.split("<pid=").nth(1).unwrap().split('>').next().unwrap().to_owned();
        assert!(Command::new("kill").args(["-s", signal, &pid]).status().unwrap().success());
        let after = terminal.until("extproc");
        assert!(
            after.contains("<left=0>") && after.contains("\x1b[?1049l") && after.contains(" icanon"),
            "{signal}: {after}"
        );
    }
}

#[test]
fn without_a_terminal_there_is_an_error_with_a_way_out_or_the_text() {
    let directory = tempfile::tempdir().unwrap();
    let file = recording(&directory);
    let run = |args: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_coracle")).arg("replay").args(args).stdin(Stdio::null()).output();
        let output = output.unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
    };
    let file = file.to_str().unwrap();
    let (code, out, error) = run(&[file]);
    assert!((code, out.as_str()) == (64, "") && error.contains("--dump"), "{error}");
    assert_eq!(run(&["--dump", file]), (0, "begin\nsecond\nneedle\n\n".into(), String::new()));
    assert_eq!(run(&["--dump", "--from", "59:00", file]).1, "needle\n\n");
    let (code, _, error) = run(&["--dump", "/etc/hostname"]);
    assert!(code == 1 && error.contains("/etc/hostname: no asciicast"), "{error}");
    let (code, _, error) = run(&["/nowhere.cast", "--dump"]);
    assert!(code == 1 && error.contains("/nowhere.cast"), "{error}");
}
