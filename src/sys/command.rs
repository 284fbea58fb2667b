//! Another program's answer, within a time limit.

use std::{
    io::Read,
    process::{Command, Stdio},
    sync::mpsc,
    time::Duration,
};

/// For one program.
const LIMIT: Duration = Duration::from_secs(5);
/// Bytes of its answer.
const MOST: u64 = 64 << 10;

/// What `words` prints; `uid`'s user manager is the one it may ask.
///
/// # Errors
/// It is not there, fails, or is not done in time: then it is killed.
pub(crate) fn answer(words: &[&str], uid: u32) -> Result<String, String> {
    answer_within(words, uid, LIMIT)
}

fn answer_within(words: &[&str], uid: u32, limit: Duration) -> Result<String, String> {
    let (program, arguments) = words.split_first().ok_or("no program")?;
    let shown = words.join(" ");
    let mut command = Command::new(program);
    if rustix::process::geteuid().is_root() {
        command.env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin"); // su(1) without `-` leaves somebody else's
    }
    let mut child = command
        .args(arguments)
        .env("LC_ALL", "C")
        .env("XDG_RUNTIME_DIR", format!("/run/user/{uid}")) // absent after su(1)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|e| format!("{program}: {e}"))?;
    let (done, heard) = mpsc::channel();
    let stdout = child.stdout.take();
    std::thread::spawn(move || {
        let mut text = Vec::new();
        let read = stdout.map(|out| out.take(MOST).read_to_end(&mut text));
        let _ = done.send((read, text)); // nobody waits any more
    });
    let Ok((_, text)) = heard.recv_timeout(limit) else {
        let _ = child.kill(); // gone already: as good
        let _ = child.wait();
        return Err(format!("`{shown}` gave no answer within {} s", limit.as_secs()));
    };
    // Its output has ended, so it is leaving; one that is not is killed.
    for _ in 0..100 {
        match child.try_wait() {
            Ok(Some(status)) if status.success() => return Ok(String::from_utf8_lossy(&text).into_owned()),
            Ok(Some(status)) => return Err(format!("`{shown}` failed ({status})")),
            Ok(None) => std::thread::sleep(Duration::from_millis(20)),
            Err(e) => return Err(format!("`{shown}`: {e}")),
        }
    }
    let _ = child.kill();
    let _ = child.wait();
    Err(format!("`{shown}` did not end"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_a_failure_an_absence_and_a_hang_are_told_apart() {
        let ask = |words: &[&str]| answer_within(words, 0, Duration::from_secs(60));
        assert_eq!(ask(&["sh", "-c", "echo $XDG_RUNTIME_DIR"]).unwrap(), "/run/user/0\n");
        assert!(ask(&["sh", "-c", "exit 3"]).unwrap_err().contains("exit status: 3"));
        assert!(ask(&["/no/such/program"]).unwrap_err().contains("No such file"));
        let hung = answer_within(&["sleep", "600"], 0, Duration::from_millis(50)).unwrap_err();
        assert!(hung.contains("no answer"), "{hung}");
    }
}
