//! Faults of every kind, and what must survive them: no session is lost that could live, nothing is left behind, each end is
//! written once, and everybody else types on. README's table of what survives what names these tests.

#[path = "faults/directory.rs"]
mod directory; //  a directory that is dead, slow or half open
#[path = "faults/engine.rs"]
mod engine; //     conmon and the Podman service are killed
#[path = "faults/gate.rs"]
mod gate; //       between the daemon and Podman: kills the daemon at a chosen moment of a chosen call
#[path = "faults/journal.rs"]
mod journal; //    journald is killed, and stopped
#[path = "faults/kills.rs"]
mod kills; //      random kills while shells write as fast as they can
#[path = "faults/many.rs"]
mod many; //       a kill while fifty sessions are live
#[path = "faults/room.rs"]
mod room; //       a full disk, no descriptors
#[path = "faults/site.rs"]
mod site; //       user mode and system mode, as one
#[path = "faults/steps.rs"]
mod steps; //      kill -9 at every step of a session's life
#[path = "faults/stream.rs"]
mod stream; //     lines that prove themselves, and who keeps account of them
#[path = "faults/upgrade.rs"]
mod upgrade; //    another binary under live sessions
