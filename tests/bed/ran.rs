//! A command that a test runs to look at a machine, and what it said.

use std::{
    io::Write,
    process::{Command, Stdio},
};

pub(crate) fn env(name: &str) -> String {
    std::env::var(name)
        .unwrap_or_else(|_| panic!("{name} is not set: these tests are run by `make test`, which boots a machine"))
}

/// What a command said.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    #[allow(dead_code, reason = "some only show it where a test fails")]
    pub(crate) err: String,
}

impl Ran {
    /// Runs it to its end, with something on its standard input.
    pub(crate) fn of(command: &mut Command, stdin: &[u8]) -> Ran {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let mut pipe = child.stdin.take().expect("piped");
        let stdin = stdin.to_vec();
        let writer = std::thread::spawn(move || pipe.write_all(&stdin).ok()); // who reads none of it closes it
        let done = child.wait_with_output().expect("it ends");
        writer.join().expect("it writes or it does not");
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        Ran { code: done.status.code().unwrap_or(-1), out: text(done.stdout), err: text(done.stderr) }
    }
}
