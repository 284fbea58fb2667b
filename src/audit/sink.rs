//! Where records go: journald, or JSON lines on stderr. Counts what was lost and says so with the next record.

use std::{
    io::{self, Write},
    path::Path,
    sync::atomic::{AtomicU64, Ordering},
    time::SystemTime,
};

use rustix::event::{PollFd, PollFlags, Timespec};

use super::{
    Event,
    fields::{Entry, entry},
    journald::Journald,
};
use crate::config::StateKey;

/// The file of the key that hashes unknown names, in the state directory.
const KEY: &str = "audit-key";

pub(super) struct Sink {
    journald: Option<Journald>,
    key: StateKey,
    lost: AtomicU64,
}

impl Sink {
    /// To journald if there is a socket at `socket`.
    ///
    /// # Errors
    /// If the key in `state` can be neither read nor made.
    pub(super) fn open(state: &Path, socket: &Path) -> io::Result<Sink> {
        let key = StateKey::open(state, KEY)?;
        let journald = if socket.exists() { Journald::at(socket).ok() } else { None };
        Ok(Sink { journald, key, lost: AtomicU64::new(0) })
    }

    /// To stderr, with a key of its own.
    pub(super) fn passing() -> Sink {
        Sink { journald: None, key: StateKey::passing(), lost: AtomicU64::new(0) }
    }

    pub(super) fn record(&self, event: &Event<'_>) {
        let mut entry = entry(event, &self.key);
        let lost = self.lost.swap(0, Ordering::Relaxed);
        if lost > 0 {
            entry.push(("CORACLE_LOST", lost.to_string()));
        }
        match self.write(&entry) {
            Ok(()) if lost > 0 => tracing::warn!(lost, "audit records were lost before this one"),
            Ok(()) => {}
            Err(_) => {
                self.lost.fetch_add(lost + 1, Ordering::Relaxed);
            }
        }
    }

    fn write(&self, entry: &Entry) -> io::Result<()> {
        let Some(journald) = &self.journald else { return write_line(entry) };
        match journald.send(entry) {
            // Nobody listens any more: better a line on stderr than none.
            Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused) => {
                write_line(entry)
            }
            other => other,
        }
    }
}

fn write_line(entry: &Entry) -> io::Result<()> {
    let line = json_line(entry, SystemTime::now());
    let stderr = io::stderr();
    let mut ready = [PollFd::new(&stderr, PollFlags::OUT)];
    // A terminal or a pipe that nobody reads must not hold the daemon up.
    if rustix::event::poll(&mut ready, Some(&Timespec { tv_sec: 0, tv_nsec: 0 }))? == 0 {
        return Err(io::ErrorKind::WouldBlock.into());
    }
    stderr.lock().write_all(line.as_bytes())
}

/// One line, with the names that `journalctl -o json` uses.
fn json_line(entry: &Entry, now: SystemTime) -> String {
    let micros = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_micros();
    let mut object = serde_json::Map::new();
    object.insert("__REALTIME_TIMESTAMP".into(), micros.to_string().into());
    for (name, value) in entry {
        object.insert((*name).into(), value.as_str().into());
    }
    format!("{}\n", serde_json::Value::Object(object))
}

#[cfg(test)]
mod tests {
    use std::{
        collections::BTreeMap,
        io::{IoSliceMut, Read, Seek},
        os::unix::net::UnixDatagram,
    };

    use rustix::fs::SealFlags;
    use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags};

    use super::*;
    use crate::{
        auth::OwnerId,
        session::{EndReason, SessionId, Used},
    };

    /// A journald that is played: it has the socket, and reads what comes as journald does.
    struct Played {
        _top: tempfile::TempDir,
        socket: UnixDatagram,
        sink: Sink,
        /// Whether the last entry came as a memfd.
        sealed: std::cell::Cell<bool>,
    }

    fn played() -> Played {
        let top = tempfile::tempdir().unwrap();
        let path = top.path().join("socket");
        let socket = UnixDatagram::bind(&path).unwrap();
        socket.set_nonblocking(true).unwrap();
        let sink = Sink::open(top.path(), &path).unwrap();
        Played { _top: top, socket, sink, sealed: false.into() }
    }

    impl Played {
        fn receive(&self) -> BTreeMap<String, String> {
            let mut bytes = vec![0; 300_000];
            let mut space = [std::mem::MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
            let mut control = RecvAncillaryBuffer::new(&mut space);
            let mut into = [IoSliceMut::new(&mut bytes)];
            let got = rustix::net::recvmsg(&self.socket, &mut into, &mut control, RecvFlags::empty()).unwrap();
            let length = got.bytes;
            self.sealed.set(false);
            let descriptor = control.drain().find_map(|message| match message {
                RecvAncillaryMessage::ScmRights(mut descriptors) => descriptors.next(),
                _ => None,
            });
            let Some(descriptor) = descriptor else { return decode(&bytes[..length]) };
            assert_eq!(length, 0, "a memfd comes alone");
            let seals = rustix::fs::fcntl_get_seals(&descriptor).unwrap();
            assert!(
                seals.contains(SealFlags::SHRINK | SealFlags::GROW | SealFlags::WRITE | SealFlags::SEAL),
                "{seals:?}"
            );
            self.sealed.set(true);
            let mut file = std::fs::File::from(descriptor);
            file.rewind().unwrap();
            let mut content = Vec::new();
            file.read_to_end(&mut content).unwrap();
            decode(&content)
        }
    }

    fn decode(mut bytes: &[u8]) -> BTreeMap<String, String> {
        let mut fields = BTreeMap::new();
        while !bytes.is_empty() {
            let end = bytes.iter().position(|b| *b == b'\n').unwrap();
            let name = String::from_utf8(bytes[..end].to_vec()).unwrap();
            let length = u64::from_le_bytes(bytes[end + 1..end + 9].try_into().unwrap()) as usize;
            let value = String::from_utf8(bytes[end + 9..end + 9 + length].to_vec()).unwrap();
            assert_eq!(bytes[end + 9 + length], b'\n');
            assert_eq!(fields.insert(name, value), None, "each field once");
            bytes = &bytes[end + 10 + length..];
        }
        fields
    }

    fn expect(found: BTreeMap<String, String>, fields: &[(&str, &str)]) {
        let mut wanted: BTreeMap<String, String> =
            fields.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        wanted.insert("SYSLOG_IDENTIFIER".into(), "coracle".into());
        wanted.insert("SYSLOG_FACILITY".into(), "10".into());
        assert_eq!(found, wanted);
    }

    const LOGOUT: Event<'_> = Event::Logout { user: "mira", peer: "::1" };

    #[test]
    fn journald_gets_exactly_the_fields_of_the_event() {
        let journald = played();
        journald.sink.record(&Event::Login { user: "mira", owner: &OwnerId::local("00ff"), peer: "10.0.4.9" });
        expect(
            journald.receive(),
            &[
                ("MESSAGE", "login: mira from 10.0.4.9"),
                ("MESSAGE_ID", super::super::ids::LOGIN),
                ("PRIORITY", "5"),
                ("CORACLE_EVENT", "login"),
                ("CORACLE_USER", "mira"),
                ("CORACLE_OWNER", "local:00ff"),
                ("CORACLE_PEER", "10.0.4.9"),
            ],
        );
        let id = SessionId::random();
        journald.sink.record(&Event::SessionEnd {
            id,
            user: "mira",
            profile: "shell",
            reason: EndReason::Exit,
            status: Some(3),
            by: "",
            detail: "",
            used: Used { cpu_micros: Some(1500), memory_peak: None, output: Some(17) },
            recording: Some("00ff"),
        });
        expect(
            journald.receive(),
            &[
                ("MESSAGE", &format!("session {id}: ended for mira: exit, status 3")),
                ("MESSAGE_ID", super::super::ids::SESSION_END),
                ("PRIORITY", "5"),
                ("CORACLE_EVENT", "session-end"),
                ("CORACLE_USER", "mira"),
                ("CORACLE_SESSION", id.as_str()),
                ("CORACLE_PROFILE", "shell"),
                ("CORACLE_REASON", "exit"),
                ("CORACLE_STATUS", "3"),
                ("CORACLE_CPU_USEC", "1500"),
                ("CORACLE_OUTPUT_BYTES", "17"),
                ("CORACLE_RECORDING", "00ff"),
            ],
        );
    }

    #[test]
    fn a_typed_line_end_begins_no_field_and_an_unknown_name_is_never_written() {
        let journald = played();
        let typed = "secret\nMESSAGE_ID=forged\nCORACLE_USER\n";
        let refused = |known| Event::LoginRefused { typed, known, peer: "::1", reason: "r", reference: "7f3a" };
        journald.sink.record(&refused(false));
        let found = journald.receive();
        assert_eq!(found["MESSAGE_ID"], super::super::ids::LOGIN_REFUSED);
        assert!(!found.contains_key("CORACLE_USER"));
        assert!(!found.values().any(|value| value.contains("secret")), "{found:?}");
        let hash = found["CORACLE_NAME_HASH"].clone();
        assert_eq!(hash.len(), 16);
        journald.sink.record(&refused(false));
        assert_eq!(journald.receive()["CORACLE_NAME_HASH"], hash, "the same name has the same hash");
        journald.sink.record(&refused(true));
        let found = journald.receive();
        assert_eq!(found["CORACLE_USER"], typed);
        assert_eq!(found["MESSAGE_ID"], super::super::ids::LOGIN_REFUSED);
        assert!(found["MESSAGE"].starts_with("login refused: secret\\nMESSAGE_ID=forged\\n"), "{found:?}");
    }

    #[test]
    fn an_entry_too_long_for_a_datagram_comes_sealed() {
        let journald = played();
        let facts = "f".repeat(60_000);
        let long = "p".repeat(70_000);
        let start = |why: &str| {
            let (user, profile, image) = (why, why, why);
            journald.sink.record(&Event::SessionStart { id: SessionId::random(), user, profile, image, facts: &facts });
            journald.receive()
        };
        assert_eq!(start("short")["CORACLE_FACTS"], facts);
        assert!(!journald.sealed.get());
        let found = start(&long);
        assert!(journald.sealed.get());
        assert_eq!(found["CORACLE_FACTS"], facts);
        assert!(found["CORACLE_USER"].len() <= 64 * 1024 && found["CORACLE_USER"].ends_with("p…"), "bounded");
    }

    #[test]
    fn a_journald_that_does_not_keep_up_is_not_waited_for_and_the_loss_is_told() {
        let journald = played();
        let mut sent = 0_u64;
        while journald.sink.lost.load(Ordering::Relaxed) < 3 {
            journald.sink.record(&LOGOUT);
            sent += 1;
            assert!(sent < 100_000, "a socket's queue is bounded");
        }
        for _ in 0..sent - 3 {
            assert!(!journald.receive().contains_key("CORACLE_LOST"));
        }
        journald.sink.record(&LOGOUT);
        assert_eq!(journald.receive()["CORACLE_LOST"], "3");
        journald.sink.record(&LOGOUT);
        assert!(!journald.receive().contains_key("CORACLE_LOST"), "told once");
    }

    #[test]
    fn without_journald_a_record_is_one_line_of_json() {
        let top = tempfile::tempdir().unwrap();
        assert!(Sink::open(top.path(), &top.path().join("absent")).unwrap().journald.is_none());
        let entry = entry(&Event::Logout { user: "a\n\"b", peer: "::1" }, &StateKey::passing());
        let line = json_line(&entry, SystemTime::UNIX_EPOCH + std::time::Duration::from_micros(1_500_000));
        assert_eq!(line.matches('\n').count(), 1);
        let read: BTreeMap<String, String> = serde_json::from_str(&line).unwrap();
        assert_eq!(read["__REALTIME_TIMESTAMP"], "1500000");
        assert_eq!((read["CORACLE_EVENT"].as_str(), read["CORACLE_USER"].as_str()), ("logout", "a\n\"b"));
    }
}
