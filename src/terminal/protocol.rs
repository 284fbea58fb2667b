//! The wire, `coracle.v1`: binary messages are terminal bytes in both directions, text messages are these two enums as
//! JSON. Mirrored in `web/protocol.js`; both sides parse `tests/frames/*.json`.

use serde::{Deserialize, Serialize};

use crate::session::{EndReason, SessionId, Size};

/// The WebSocket subprotocol's name.
pub(crate) const SUBPROTOCOL: &str = "coracle.v1";
/// Bytes of one message, either way; more closes with 1009.
pub(crate) const MAX_MESSAGE: usize = 64 * 1024;
/// Bytes of input in one message; more closes with 1009.
pub(crate) const MAX_INPUT: usize = 16 * 1024;
/// Bytes of input beyond `accepted`; more closes with 1008.
pub(crate) const INPUT_CREDIT: u64 = 256 * 1024;
/// Bytes of output beyond `ack` for one attachment.
pub(crate) const OUTPUT_CREDIT: u64 = 512 * 1024;

/// Text messages of the browser.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum FromClient {
    /// First message (but for `ping`) where no login cookie came along.
    Auth { ticket: String },
    /// The first one starts or attaches.
    Resize { cols: u16, rows: u16 },
    /// Input as text, counted as UTF-8.
    Stdin { data: String },
    /// Terminal bytes parsed by the emulator so far, snapshots included.
    Ack { bytes: u64 },
    /// Another idle period, without typing.
    Extend {},
    /// Take the keyboard.
    Take {},
    /// End the session.
    End {},
    /// Tab shown or hidden.
    Visible { on: bool },
    /// Comes back as `pong`.
    Ping { t: f64 },
}

/// Text messages of the daemon.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum ToClient {
    /// After the upgrade.
    Ready {
        protocol: String,
    },
    /// After cookie or ticket was accepted.
    Authed {
        user: String,
    },
    /// While starting: step is `queue`, `pull`, `create`, `verify` or `start`; `done` of `total` where known. Of an image that
    /// is fetched, how many layers are known so far, how many of them are here (if Podman tells), and Podman's own words (if
    /// it counts no layers).
    Progress {
        step: Step,
        done: u64,
        total: u64,
        layers: Option<u32>,
        complete: Option<u32>,
        text: String,
    },
    /// The shell runs and this attachment sees it.
    Started {
        session: SessionId,
        profile: String,
        role: Role,
        deadlines: Deadlines,
        recorded: bool,
        certificate: Certificate,
    },
    /// That many bytes of redraw follow in binary messages; what the emulator answers to them is not input.
    Snapshot {
        bytes: u64,
    },
    SnapshotEnd,
    /// Input taken over by the terminal so far, counted for this attachment; and what was typed without the keyboard, which
    /// nobody takes. Input beyond it when the connection breaks may have arrived, or not: it is not to be sent again.
    Accepted {
        bytes: u64,
    },
    /// What this attachment may do from now on, and the terminal's size; told anew when a watcher's view changes its size.
    Role {
        role: Role,
        cols: u16,
        rows: u16,
    },
    Notice(Notice),
    /// What the session uses, once a second while attached and visible; `null` where the kernel does not count it.
    Stats {
        /// Thousandths of a processor over the last second.
        cpu: Option<u32>,
        /// Bytes.
        memory: Option<u64>,
        pids: Option<u32>,
    },
    Pong {
        t: f64,
    },
    /// The session is over; the close frame 1000 follows. `status` is the shell's, once Podman gave it. `text` is English and
    /// for programs: a page has its own words for the reason.
    Ended {
        reason: EndReason,
        status: Option<i32>,
        text: String,
    },
    /// This connection is refused or broken; a close frame follows.
    Error {
        code: u16,
        message: String,
        reference: String,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Step {
    Queue,
    Pull,
    Create,
    Verify,
    Start,
}

/// What an attachment may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Role {
    /// It has the keyboard, and its window the say on the terminal's size.
    Owner,
    /// It sees what there is. If it is the owner's, `take` gives it the keyboard; an administrator's never has it.
    Watcher,
}

/// Something to tell without ending anything.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Notice {
    /// The session ends in `seconds` unless something is typed; 0 takes the notice back.
    Idle { seconds: u64 },
    /// The session ends in `seconds`, whatever is typed.
    Lifetime { seconds: u64 },
    /// The session ends in `seconds`, since the company's directory does not let its owner in any more.
    Directory { seconds: u64 },
    /// So many processes were killed since the last such notice, because the session had no memory left; the shell goes on.
    Oom { killed: u64 },
    /// The session is not recorded any more, and goes on.
    Unrecorded,
    /// Output is missing here: this attachment, or the daemon, fell behind.
    Gap,
    /// The service restarts; come back.
    Restart,
    /// Administrators who watch this session now, and those who did before. Told to its owner alone, whenever it changes
    /// and whenever one of their browsers comes.
    Watched { by: Vec<String>, before: Vec<Look> },
}

/// Somebody watched a session until then.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
pub(crate) struct Look {
    pub(crate) by: String,
    /// Unix seconds.
    pub(crate) until: u64,
}

/// Milliseconds left, or the period that starts anew with each input or each closed tab.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
pub(crate) struct Deadlines {
    /// Without input, while attached.
    pub(crate) idle_ms: u64,
    /// Without any browser.
    pub(crate) detached_ms: u64,
    /// Until the session's lifetime is over, from now.
    pub(crate) lifetime_left_ms: u64,
}

/// What the kernel confirmed of this session (DESIGN §4.3). `None` = the controller does not exist on this host.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
pub(crate) struct Certificate {
    /// Bytes.
    pub(crate) memory: Option<u64>,
    /// Bytes of swap.
    pub(crate) swap: Option<u64>,
    /// Thousandths of a processor.
    pub(crate) millicpus: Option<u32>,
    pub(crate) pids: Option<u32>,
    /// `none`: only a loopback of its own.
    pub(crate) network: String,
    /// `slots` or `shared`.
    pub(crate) isolation: String,
    /// Capabilities the shell could ever have; empty.
    pub(crate) capabilities: Vec<String>,
    pub(crate) no_new_privileges: bool,
    /// `coracle`: our own profile is in force.
    pub(crate) seccomp: String,
    pub(crate) read_only_root: bool,
}

/// Why a WebSocket closes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Close {
    Ended,
    Restarting,
    Protocol,
    TooBig,
    NotLoggedIn,
    NotYours,
    NoSuchSession,
    TakenOver,
    TooMany,
}

impl Close {
    pub(crate) fn code(self) -> u16 {
        match self {
            Close::Ended => 1000,
            Close::Restarting => 1012,
            Close::Protocol => 1008,
            Close::TooBig => 1009,
            Close::NotLoggedIn => 4401,
            Close::NotYours => 4403,
            Close::NoSuchSession => 4404,
            Close::TakenOver => 4409,
            Close::TooMany => 4429,
        }
    }
}

impl ToClient {
    /// The `progress` of a step that fetches nothing.
    pub(crate) fn step(step: Step, done: u64, total: u64) -> ToClient {
        ToClient::Progress { step, done, total, layers: None, complete: None, text: String::new() }
    }
}

impl FromClient {
    /// The size of a `resize`, if it is one and within bounds.
    pub(crate) fn size(&self) -> Option<Size> {
        match self {
            FromClient::Resize { cols, rows } => Size::new(*cols, *rows),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every example survives the round trip word for word, and every variant has an example.
    fn round_trip<T: Serialize + serde::de::DeserializeOwned>(examples: &str) -> Vec<String> {
        let examples: Vec<serde_json::Value> = serde_json::from_str(examples).unwrap();
        let mut seen = Vec::new();
        for example in examples {
            let typed: T = serde_json::from_value(example.clone()).unwrap_or_else(|e| panic!("{example}: {e}"));
            assert_eq!(serde_json::to_value(&typed).unwrap(), example);
            seen.push(example["type"].as_str().unwrap().to_owned());
        }
        seen.sort();
        seen.dedup();
        seen
    }

    #[test]
    fn both_directions_parse_the_shared_frames() {
        let from = round_trip::<FromClient>(include_str!("../../tests/frames/from-client.json"));
        assert_eq!(from, ["ack", "auth", "end", "extend", "ping", "resize", "stdin", "take", "visible"]);
        let to = round_trip::<ToClient>(include_str!("../../tests/frames/to-client.json"));
        assert_eq!(
            to,
            [
                "accepted",
                "authed",
                "ended",
                "error",
                "notice",
                "pong",
                "progress",
                "ready",
                "role",
                "snapshot",
                "snapshot_end",
                "started",
                "stats"
            ]
        );
    }

    #[test]
    fn a_frame_with_an_unknown_field_or_type_is_refused() {
        for wrong in [
            r#"{"type":"end","force":true}"#,
            r#"{"type":"sudo"}"#,
            r#"{"type":"resize","cols":-1,"rows":2}"#,
            "[]",
            "",
        ] {
            assert!(serde_json::from_str::<FromClient>(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn sizes_outside_1_to_1000_are_no_sizes() {
        assert_eq!(FromClient::Resize { cols: 0, rows: 1 }.size(), None);
        assert_eq!(FromClient::Resize { cols: 1, rows: 1001 }.size(), None);
        assert_eq!(FromClient::Resize { cols: 1000, rows: 1 }.size(), Size::new(1000, 1));
    }
}
