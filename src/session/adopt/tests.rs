use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::UnixListener,
    time::timeout,
};

use super::*;
use crate::{
    podman::Identity,
    session::{Claim, EndNote, Size, record},
    sys::BootTime,
    terminal::{Certificate, Notice, ToClient, Told},
};

/// A Podman that is played: `answer` gets the request's first line and says status and body.
async fn podman(listener: UnixListener, mut answer: impl FnMut(&str) -> (u16, String)) {
    loop {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut head = Vec::new();
        while !head.windows(4).any(|end| end == b"\r\n\r\n") {
            assert_ne!(socket.read_buf(&mut head).await.unwrap(), 0);
        }
        let head = String::from_utf8(head).unwrap();
        let (status, body) = answer(head.lines().next().unwrap());
        let length = body.len();
        let text = format!("HTTP/1.1 {status} x\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}");
        socket.write_all(text.as_bytes()).await.unwrap();
    }
}

fn certificate() -> Certificate {
    serde_json::from_value(serde_json::json!({
        "memory": null, "swap": null, "millicpus": null, "pids": null, "network": "none", "isolation": "shared",
        "capabilities": [], "no_new_privileges": true, "seccomp": "coracle", "read_only_root": true}))
    .unwrap()
}

#[tokio::test]
async fn a_shell_that_ended_while_no_daemon_was_there_says_its_last_words_to_the_browser_that_comes_back() {
    let dir = tempfile::tempdir().unwrap();
    let [state, runtime] = ["state", "runtime"].map(|name| dir.path().join(name));
    for dir in [&state, &runtime] {
        std::fs::create_dir(dir).unwrap();
    }
    let lifetime = BootTime::now() + Duration::from_secs(3600);
    let record = Record { certificate: Some(certificate()), lifetime, ..record::tests::example() };
    let (id, person) = (record.id, record.person.clone());
    RecordFile::create(&record_path(&runtime, id)).unwrap().write(&record).unwrap();
    Ring::create(&ring_path(&runtime, id)).unwrap().write(b"before, ").unwrap();
    let labels = Identity::open(&state).unwrap().labels(id, "shell", "c0ffee");
    let name = format!("coracle-{id}");
    let answer = move |request: &str| match request {
        list if list.contains("/containers/json") => {
            (200, serde_json::json!([{"Names": [name], "Labels": labels, "State": "exited"}]).to_string())
        }
        delete if delete.starts_with("DELETE") => (200, "[]".to_owned()),
        _ => {
            let told = serde_json::json!({"Id": "0".repeat(64), "State": {"Status": "exited", "ExitCode": 7}});
            (200, told.to_string())
        }
    };
    let played = tokio::spawn(podman(UnixListener::bind(dir.path().join("no-podman")).unwrap(), answer));
    let (kept, conmon) = pair();
    rustix::net::send(&conmon, b"\x02and the last words", rustix::net::SendFlags::empty()).unwrap();
    drop(conmon);
    let roster = Roster::for_test_with(dir.path(), Stored::from([(format!("s-{id}"), kept)]));
    roster.settled().await;
    let (boarding, mut ears) =
        roster.attach(id, &Claim::Own { person, window: None }, Size::DEFAULT, "127.0.0.1").await.unwrap();
    let mut told = Vec::new();
    while let Some(one) = timeout(Duration::from_secs(60), ears.told.recv()).await.unwrap() {
        told.push(one);
    }
    let shown = String::from_utf8(boarding.output.redraw().bytes).unwrap();
    assert!(shown.contains("before, and the last words"), "{shown:?}");
    let gap = Told::Frame(ToClient::Notice(Notice::Gap));
    assert!(told.contains(&Told::Redraw) && !told.contains(&gap), "{told:?}");
    drop(boarding);
    let mut live = roster.live();
    timeout(Duration::from_secs(60), live.wait_for(|live| *live == 0)).await.unwrap().unwrap();
    let note = roster.find_ended(id).unwrap();
    assert_eq!((note.reason, note.status), (EndReason::Exit, Some(7)));
    played.abort();
}

fn pair() -> (OwnedFd, OwnedFd) {
    use rustix::net::{AddressFamily, SocketFlags, SocketType, socketpair};
    socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None).unwrap()
}

/// The note of `record`'s end by a daemon that finds its container in these states, one for each time it asks.
async fn note_of(record: Record, states: &'static [&'static str]) -> EndNote {
    let dir = tempfile::tempdir().unwrap();
    let [state, runtime] = ["state", "runtime"].map(|name| dir.path().join(name));
    for dir in [&state, &runtime] {
        std::fs::create_dir(dir).unwrap();
    }
    RecordFile::create(&record_path(&runtime, record.id)).unwrap().write(&record).unwrap();
    let labels = Identity::open(&state).unwrap().labels(record.id, "shell", "c0ffee");
    let name = format!("coracle-{}", record.id);
    let mut states = states.iter();
    let answer = move |request: &str| match request {
        list if list.contains("/containers/json") => {
            let found =
                states.next().map(|state| serde_json::json!({"Names": [name], "Labels": labels, "State": state}));
            (200, serde_json::json!(Vec::from_iter(found)).to_string())
        }
        wait if wait.contains("/wait?") => (200, "3".to_owned()),
        delete if delete.starts_with("DELETE") => (200, "[]".to_owned()),
        _ => (200, serde_json::json!({"Id": "0".repeat(64), "State": {"Status": "exited"}}).to_string()),
    };
    let played = tokio::spawn(podman(UnixListener::bind(dir.path().join("no-podman")).unwrap(), answer));
    let roster = Roster::for_test(dir.path());
    let mut live = roster.live();
    timeout(Duration::from_secs(60), live.wait_for(|live| *live == 0)).await.unwrap().unwrap();
    played.abort();
    roster.find_ended(record.id).unwrap()
}

fn running() -> Record {
    Record { certificate: Some(certificate()), ..record::tests::example() }
}

#[tokio::test]
async fn a_shell_that_ends_between_the_list_and_the_attach_has_exited_and_the_engine_is_well() {
    let record = running();
    let note = note_of(record.clone(), &["running", "exited"]).await;
    assert_eq!((note.reason, note.status, note.owner), (EndReason::Exit, Some(3), record.person.owner));
}

#[tokio::test]
async fn an_end_that_was_decided_keeps_its_reason_whatever_there_is_of_the_container() {
    for states in [&["running"][..], &["exited"], &[]] {
        let owner = Ending { by: "mira".into(), ..Ending::by_itself(EndReason::Owner) };
        let note = note_of(Record { ending: Some(owner), ..running() }, states).await;
        assert_eq!((note.reason, note.status), (EndReason::Owner, None), "{states:?}");
        let exit = Ending { status: Some(7), ..Ending::by_itself(EndReason::Exit) };
        let note = note_of(Record { ending: Some(exit), ..running() }, states).await;
        assert_eq!((note.reason, note.status), (EndReason::Exit, Some(7)), "{states:?}");
    }
}

#[tokio::test]
async fn a_start_that_was_broken_off_did_not_fail_because_of_the_engine() {
    for states in [&["created"][..], &[]] {
        let note = note_of(Record { certificate: None, ..running() }, states).await;
        assert_eq!(note.reason, EndReason::StartFailed, "{states:?}");
    }
}

#[tokio::test]
async fn a_container_that_was_ready_is_removed_without_an_end_and_one_that_was_just_given_is_a_session() {
    for given in [false, true] {
        let dir = tempfile::tempdir().unwrap();
        let [live, runtime] = ["state/live", "runtime"].map(|name| dir.path().join(name));
        for dir in [&live, &runtime] {
            std::fs::create_dir_all(dir).unwrap();
        }
        let record = Record { certificate: None, ..record::tests::example() };
        let id = record.id;
        let note = Note { profile: "shell".into(), warm: true, ..Note::default() };
        std::fs::write(live.join(id.as_str()), serde_json::to_vec(&note).unwrap()).unwrap();
        if given {
            // The record is there before the note is another one.
            RecordFile::create(&record_path(&runtime, id)).unwrap().write(&record).unwrap();
        }
        let labels = Identity::open(&dir.path().join("state")).unwrap().labels(id, "shell", "c0ffee");
        let name = format!("coracle-{id}");
        let (removed, mut was_removed) = tokio::sync::mpsc::channel(8);
        let answer = move |request: &str| match request {
            list if list.contains("/containers/json") => {
                (200, serde_json::json!([{"Names": [name], "Labels": labels, "State": "initialized"}]).to_string())
            }
            delete if delete.starts_with("DELETE") => {
                removed.try_send(delete.contains(&name)).unwrap();
                (200, "[]".to_owned())
            }
            other => panic!("{other}"),
        };
        let played = tokio::spawn(podman(UnixListener::bind(dir.path().join("no-podman")).unwrap(), answer));
        let roster = Roster::for_test(dir.path());
        let mut live_sessions = roster.live();
        timeout(Duration::from_secs(60), live_sessions.wait_for(|live| *live == 0)).await.unwrap().unwrap();
        assert_eq!(was_removed.recv().await, Some(true));
        let reason = roster.find_ended(id).map(|note| note.reason);
        assert_eq!(reason, given.then_some(EndReason::StartFailed));
        assert!(!live.join(id.as_str()).exists(), "its note is gone");
        played.abort();
    }
}
