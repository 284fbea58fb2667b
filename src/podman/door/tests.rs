use super::*;

#[test]
fn inspect_gives_what_verification_reads_on_both_versions() {
    for (told, state, runtime) in [
        (include_str!("../../../tests/podman/inspect-4.3.1.json"), "initialized", "crun"),
        (include_str!("../../../tests/podman/inspect-5.4.2.json"), "initialized", "crun"),
    ] {
        let inspect = Inspect::read(told.as_bytes()).unwrap();
        assert_eq!((inspect.state.as_str(), inspect.runtime.as_str()), (state, runtime));
        assert!(inspect.pid > 0 && inspect.conmon > 0 && inspect.pid != inspect.conmon);
        assert!(inspect.security_options.contains(&"no-new-privileges".to_owned()));
        assert!(inspect.oci_config.unwrap().ends_with(format!("{}/userdata/config.json", inspect.container)));
    }
}

/// A Podman that is played: it answers one call with `head` and then `piece` so many times.
async fn answered(head: String, piece: String, times: usize) -> Result<Vec<ListContainer>, PodmanError> {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("podman.sock");
    let listener = tokio::net::UnixListener::bind(&path).unwrap();
    let podman = async {
        let (mut socket, _) = listener.accept().await.unwrap();
        assert!(socket.read(&mut [0; 4096]).await.unwrap() > 0);
        let mut sent = socket.write_all(head.as_bytes()).await;
        for _ in 0..times {
            sent = sent.and(socket.write_all(piece.as_bytes()).await);
        }
        let hung_up = sent.is_err() || matches!(socket.read(&mut [0; 1]).await, Ok(0) | Err(_));
        assert!(hung_up, "the connection stays");
    };
    let door = Door::new(path);
    tokio::join!(door.list("0123456789abcdef"), podman).0
}

#[tokio::test]
async fn a_full_house_is_listed_and_an_answer_without_end_is_not_read() {
    const SESSIONS: usize = 2048;
    let container =
        serde_json::json!({"Id": "0".repeat(64), "Labels": {"org.opencontainers.image.title": "x".repeat(4096)}});
    let (first, next) = (format!("[{container}"), format!(",{container}"));
    let length = first.len() + (SESSIONS - 1) * next.len() + 1;
    let head = |length: &str| format!("HTTP/1.1 200 OK\r\nConnection: close\r\n{length}\r\n");
    let full = head(&format!("Content-Length: {length}\r\n")) + &first + &next.repeat(SESSIONS - 1) + "]";
    assert_eq!(answered(full, String::new(), 0).await.unwrap().len(), SESSIONS);
    let endless = answered(head(""), " ".repeat(1 << 20), 64).await.unwrap_err().to_string();
    assert!(endless.contains("longer than"), "{endless}");
}

#[test]
fn an_inspect_without_a_container_id_is_an_error_and_no_path_is_made_of_it() {
    for odd in ["{}", "[]", "null", r#"{"Id": "../../etc"}"#, r#"{"Id": 7}"#] {
        assert!(Inspect::read(odd.as_bytes()).is_err(), "{odd}");
    }
}

#[test]
fn podmans_own_words_are_kept_on_one_line_and_short() {
    let told = br#"{"cause":"no such image","message":"docker.io/x:\nno such image","response":404}"#;
    let error = refused("create", "abc", 404, told).to_string();
    assert_eq!(error, "create (session abc): Podman answered 404, docker.io/x: no such image");
    let long = refused("create", "abc", 500, "x".repeat(5000).as_bytes()).to_string();
    assert!(long.len() < 500);
}

#[test]
fn an_image_name_becomes_one_query_value() {
    assert_eq!(percent("localhost:5000/a/b:1@x&y=z"), "localhost%3A5000%2Fa%2Fb%3A1%40x%26y%3Dz");
}

#[tokio::test]
async fn a_socket_that_is_not_there_or_not_listening_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let absent = dir.path().join("absent.sock");
    let refusing = dir.path().join("refusing.sock");
    drop(std::os::unix::net::UnixListener::bind(&refusing).unwrap());
    for (path, why) in [(absent, "No such file"), (refusing, "refused")] {
        let door = Door::new(path.clone());
        let id = SessionId::random();
        let errors = [
            door.ping().await.unwrap_err(),
            door.init(id).await.unwrap_err(),
            door.attach(id).await.map(drop).unwrap_err(),
        ];
        for error in errors {
            let PodmanError::NotThere { path: named, why: said } = &error else { panic!("{error}") };
            assert_eq!(named, &path.display().to_string());
            assert!(said.contains(why), "{said}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_podman_that_accepts_and_stays_silent_is_given_up_in_time() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("silent.sock");
    let _silent = tokio::net::UnixListener::bind(&path).unwrap();
    let door = Door::new(path);
    let id = SessionId::random();
    assert!(matches!(door.ping().await, Err(PodmanError::TimedOut { step: "ping", seconds: 10, .. })));
    assert!(matches!(door.attach(id).await, Err(PodmanError::TimedOut { step: "attach", .. })));
    assert!(matches!(door.create(id, Value::Null).await, Err(PodmanError::TimedOut { step: "create", .. })));
}
