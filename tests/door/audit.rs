//! Without journald: each record is one line of JSON on stderr.

use serde_json::Value;

use crate::daemon::{Bed, Daemon, SOON, can_run};
use crate::login::{as_user, sign_in_as};
use crate::wire::{post, status, talk};

/// The records in the daemon's log, oldest first.
pub(crate) fn records(daemon: &Daemon) -> Vec<Value> {
    let read = |line: &str| serde_json::from_str::<Value>(line).ok();
    daemon.log().lines().filter_map(read).filter(|line| line["CORACLE_EVENT"].is_string()).collect()
}

#[test]
fn without_journald_each_record_is_one_line_of_json_and_is_written_once() {
    if !can_run() {
        return;
    }
    let bed = Bed::new("");
    bed.add_mira();
    let mut daemon = bed.start();
    let address = bed.address();
    assert_eq!(status(&post(address, "/login", "", "user=mira&password=wrong")), 403);
    let (cookie, _) = sign_in_as(&bed, "mira", "");
    assert_eq!(status(&post(address, "/logout", &as_user(&cookie), "")), 303);
    assert_eq!(status(&talk(address, "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n")), 421);
    daemon.signal("TERM");
    assert!(daemon.gone_within(SOON).is_some());
    let records = records(&daemon);
    let of = |name: &str| records.iter().map(|r| r[name].as_str().unwrap_or("").to_owned()).collect::<Vec<_>>();
    assert_eq!(of("CORACLE_EVENT"), ["config-loaded", "login-refused", "login", "logout", "refused"]);
    assert_eq!(of("CORACLE_USER"), ["", "mira", "mira", "mira", ""]);
    assert_eq!(of("CORACLE_PEER"), ["", "127.0.0.1", "127.0.0.1", "127.0.0.1", "127.0.0.1"]);
    for record in &records {
        assert!(record["MESSAGE_ID"].as_str().is_some_and(|id| id.len() == 32), "{record}");
        assert!(record["__REALTIME_TIMESTAMP"].is_string() && record["PRIORITY"].is_string(), "{record}");
        assert!(record["CORACLE_LOST"].is_null(), "{record}");
    }
}
