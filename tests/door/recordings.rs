//! Recordings over HTTP: whose they are, in what pieces they come, and that looking at them is written down.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};

use serde_json::Value;

use crate::audit::records;
use crate::daemon::{Bed, UID, can_run};
use crate::login::{as_user, sign_in_as};
use crate::wire::{body, get, header, status, talk};

const MIRAS: &str = "abcdefghij23";
const LEOS: &str = "bbcdefghij23";

/// Puts a recording of `user` where the daemon looks for them.
fn record(bed: &Bed, id: &str, user: &str) -> String {
    let users = fs::read_to_string(bed.at("users")).unwrap();
    let line = users.lines().find(|line| line.starts_with(&format!("{user}:"))).unwrap();
    let owner = line.split(':').nth(3).unwrap();
    let directory = bed.at("home/.local/state/coracle/state/recordings");
    fs::create_dir_all(&directory).unwrap();
    let hash = "0".repeat(64);
    let mut cast = "{\"version\":3,\"term\":{\"cols\":90,\"rows\":30},\"timestamp\":1795000000}\n".to_owned();
    cast += "[1.000, \"o\", \"$ make\\r\\n\"]\n[0.500, \"r\", \"100x40\"]\n";
    let offset = cast.len();
    cast += "[2.000, \"o\", \"needle\\r\\n\"]\n[0.000, \"m\", \"gap: 7 bytes lost\"]\n[1.000, \"x\", \"0\"]\n";
    let chain = format!(
        "{{\"version\":1,\"session\":\"{id}\",\"owner\":\"local:{owner}\",\"user\":\"{user}\",\"profile\":\"shell\",\
         \"started\":1795000000,\"boot\":1}}\n{{\"n\":0,\"time\":4500,\"cast\":{},\"stream\":9,\"cols\":100,\"rows\":40,\
         \"raw\":\"\",\"sha256\":\"{hash}\"}}\n{{\"seal\":true,\"cast\":{},\"stream\":9,\"raw_sha256\":null,\
         \"reason\":\"exit\",\"status\":0,\"ended\":1795000005,\"head\":\"{hash}\"}}\n",
        cast.len(),
        cast.len()
    );
    let seek = format!("{{\"time\":1500,\"cast\":{offset},\"cols\":100,\"rows\":40,\"screen\":\"G2M=\"}}\n");
    for (ending, text) in [("cast", &cast), ("chain", &chain), ("seek", &seek)] {
        fs::write(directory.join(format!("{id}.{ending}")), text).unwrap();
    }
    for place in ["home", "home/.local", "home/.local/state", "home/.local/state/coracle"] {
        chown(bed.at(place), Some(UID), Some(UID)).unwrap();
    }
    for place in [bed.at("home/.local/state/coracle/state"), directory.clone()] {
        chown(&place, Some(UID), Some(UID)).unwrap();
        fs::set_permissions(&place, fs::Permissions::from_mode(0o700)).unwrap();
    }
    for file in fs::read_dir(&directory).unwrap() {
        chown(file.unwrap().path(), Some(UID), Some(UID)).unwrap();
    }
    cast
}

/// A daemon with recordings of mira and leo, and `boss` who is an administrator.
fn bed() -> (Bed, String) {
    bed_with("")
}

fn bed_with(config: &str) -> (Bed, String) {
    let bed = Bed::new(config);
    for name in ["mira", "leo"] {
        bed.add(name);
    }
    let config = bed.config_file();
    let args = ["passwd", "--config", config.to_str().unwrap(), "boss", "--groups", "admin"];
    assert_eq!(bed.run(&args, "correct horse\n").0, 0);
    record(&bed, LEOS, "leo");
    let cast = record(&bed, MIRAS, "mira");
    (bed, cast)
}

fn json(answer: &str) -> Value {
    serde_json::from_str(body(answer)).unwrap_or_else(|error| panic!("{error}: {answer}"))
}

#[test]
fn owners_see_their_own_recordings_administrators_all_and_a_stranger_none() {
    if !can_run() {
        return;
    }
    let (bed, _) = bed();
    let _daemon = bed.start();
    let address = bed.address();
    let ids = |answer: &str| {
        let list = json(answer);
        let mut ids: Vec<_> =
            list.as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect();
        ids.sort();
        ids
    };
    let (mira, boss) = (as_user(&sign_in_as(&bed, "mira", "").0), as_user(&sign_in_as(&bed, "boss", "").0));
    assert_eq!(ids(&get(address, "/api/v1/recordings", &mira)), [MIRAS]);
    assert_eq!(status(&get(address, "/api/v1/recordings?all=true", &mira)), 403);
    assert_eq!(ids(&get(address, "/api/v1/recordings?all=true", &boss)), [MIRAS, LEOS]);
    assert!(ids(&get(address, "/api/v1/recordings", &boss)).is_empty());
    let list = get(address, "/recordings", &mira);
    assert!(status(&list) == 200 && list.contains(MIRAS) && !list.contains(LEOS), "{list}");
    let list = get(address, "/recordings", &boss);
    assert!(list.contains(MIRAS) && list.contains(LEOS), "{list}");
    assert!(get(address, "/", &mira).contains("href=\"/recordings\""));

    for below in ["", "/cast", "/seek?time=9", "/find", "/find?text=x"] {
        let path = |id: &str| format!("/api/v1/recordings/{id}{below}");
        assert!(matches!(status(&get(address, &path(MIRAS), &mira)), 200 | 204), "{below}");
        assert!(matches!(status(&get(address, &path(MIRAS), &boss)), 200 | 204), "{below}");
        let other = get(address, &path(LEOS), &mira);
        assert_eq!(
            (status(&other), header(&other, "content-type")),
            (404, Some("application/problem+json")),
            "{below}"
        );
        assert_eq!(status(&get(address, &path("zzzzzzzzzzzz"), &mira)), 404, "{below}");
        assert_eq!(status(&get(address, &path(MIRAS), "")), 401, "{below}");
    }
    assert_eq!(status(&get(address, &format!("/recordings/{MIRAS}"), &mira)), 200);
    assert_eq!(status(&get(address, &format!("/recordings/{LEOS}"), &mira)), 404);
    let stranger = get(address, &format!("/recordings/{MIRAS}"), "");
    assert_eq!((status(&stranger), header(&stranger, "location")), (303, Some("/login?next=/recordings/abcdefghij23")));
    let delete = format!(
        "DELETE /api/v1/recordings/{MIRAS} HTTP/1.1\r\nHost: {address}\r\nOrigin: http://{address}\r\nConnection: close\r\n\
         {mira}\r\n"
    );
    assert_eq!(status(&talk(address, &delete)), 405, "nobody deletes a recording here");
}

#[test]
fn a_recording_comes_in_the_pieces_that_a_replay_asks_for() {
    if !can_run() {
        return;
    }
    let (bed, cast) = bed();
    let _daemon = bed.start();
    let address = bed.address();
    let mira = as_user(&sign_in_as(&bed, "mira", "").0);
    let ask = |below: &str, headers: &str| {
        get(address, &format!("/api/v1/recordings/{MIRAS}{below}"), &format!("{mira}{headers}"))
    };
    let facts = json(&ask("", ""));
    for (name, value) in [
        ("user", "mira".into()),
        ("profile", "shell".into()),
        ("cols", 90.into()),
        ("rows", 30.into()),
        ("duration", 4500.into()),
        ("bytes", cast.len().into()),
        ("sealed", true.into()),
        ("running", false.into()),
        ("reason", "exit".into()),
        ("status", Value::from(0)),
    ] {
        assert_eq!(facts[name], value, "{name}: {facts}");
    }
    let whole = ask("/cast", "");
    assert_eq!((body(&whole), header(&whole, "content-type")), (cast.as_str(), Some("application/x-asciicast")));
    assert_eq!(header(&whole, "content-disposition"), None);
    let saved = ask("/cast?download=true", "");
    let name = "attachment; filename=\"coracle-abcdefghij23.cast\"";
    assert_eq!((body(&saved), header(&saved, "content-disposition")), (cast.as_str(), Some(name)));
    let part = ask("/cast", "Range: bytes=10-29\r\n");
    assert_eq!((status(&part), body(&part)), (206, &cast[10..30]));
    assert_eq!(header(&part, "content-range"), Some(format!("bytes 10-29/{}", cast.len()).as_str()));
    let beyond = ask("/cast", &format!("Range: bytes={}-\r\n", cast.len()));
    assert_eq!((status(&beyond), body(&beyond)), (416, ""));
    let head =
        format!("HEAD /api/v1/recordings/{MIRAS}/cast HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{mira}\r\n");
    let head = talk(address, &head);
    assert_eq!((status(&head), body(&head)), (200, ""));
    assert_eq!(header(&head, "content-length"), Some(cast.len().to_string().as_str()));

    assert_eq!(status(&ask("/seek?time=1499", "")), 204);
    assert_eq!(json(&ask("/seek?time=1500", ""))["screen"], "G2M=");
    assert_eq!((status(&ask("/seek", "")), status(&ask("/seek?time=-1", ""))), (400, 400));
    let found = json(&ask("/find?text=NEEDLE", ""));
    assert!(found["hits"].as_array().unwrap().is_empty(), "capitals are looked for as they are: {found}");
    let found = json(&ask("/find?text=needle", ""));
    assert_eq!((&found["hits"][0]["time"], &found["duration"]), (&Value::from(3500), &Value::from(4500)));
    let kinds: Vec<_> = found["marks"].as_array().unwrap().iter().map(|mark| mark["kind"].clone()).collect();
    assert_eq!(kinds, ["resize", "gap"]);
    assert_eq!(status(&ask(&format!("/find?text={}", "x".repeat(201)), "")), 400);
}

#[test]
fn looking_at_a_recording_is_written_down_once_for_each_view_whatever_is_fetched_first() {
    if !can_run() {
        return;
    }
    let (bed, _) = bed();
    let daemon = bed.start();
    let address = bed.address();
    let boss = as_user(&sign_in_as(&bed, "boss", "").0);
    let mira = as_user(&sign_in_as(&bed, "mira", "").0);
    let ask = |id: &str, below: &str, who: &str| get(address, &format!("/api/v1/recordings/{id}{below}"), who);
    get(address, "/recordings", &boss);
    get(address, "/api/v1/recordings?all=true", &boss);
    for below in ["", "/seek?time=2000", "/cast", "/find"] {
        ask(MIRAS, below, &boss);
    }
    ask(MIRAS, "/cast", &mira); // without the page
    ask(MIRAS, "/cast", &mira);
    ask(LEOS, "", &mira); // refused
    ask(MIRAS, "", &boss); // the page once more
    let views: Vec<Value> =
        records(&daemon).into_iter().filter(|record| record["CORACLE_EVENT"] == "recording-viewed").collect();
    let who: Vec<_> = views.iter().map(|view| view["CORACLE_USER"].as_str().unwrap()).collect();
    assert_eq!(who, ["boss", "mira", "boss"]);
    for view in &views {
        assert_eq!((&view["CORACLE_SESSION"], &view["CORACLE_OF"]), (&MIRAS.into(), &"mira".into()), "{view}");
        assert_eq!(view["CORACLE_PEER"], "127.0.0.1");
        assert!(view["CORACLE_OWNER"].as_str().unwrap().starts_with("local:"), "{view}");
    }
}

#[test]
fn where_owners_may_not_look_only_administrators_do() {
    if !can_run() {
        return;
    }
    let (bed, _) = bed_with("[recording]\nowners_may_view = false\n");
    let _daemon = bed.start();
    let address = bed.address();
    let (mira, boss) = (as_user(&sign_in_as(&bed, "mira", "").0), as_user(&sign_in_as(&bed, "boss", "").0));
    assert_eq!(body(&get(address, "/api/v1/recordings", &mira)), "[]");
    for below in ["", "/cast", "/seek?time=9", "/find"] {
        let path = format!("/api/v1/recordings/{MIRAS}{below}");
        assert_eq!(status(&get(address, &path, &mira)), 404, "{below}");
        assert!(matches!(status(&get(address, &path, &boss)), 200 | 204), "{below}");
    }
    assert_eq!(status(&get(address, &format!("/recordings/{MIRAS}"), &mira)), 404);
    assert!(!get(address, "/", &mira).contains("href=\"/recordings\""));
    assert!(get(address, "/", &boss).contains("href=\"/recordings\""));
}
