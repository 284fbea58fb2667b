//! What an earlier daemon may have left, of any bytes.

use std::path::Path;

use super::{
    EndReason, SessionId,
    record::{Record, RecordFile, sealed},
    roster::Note,
    state::{AttachmentId, Event, Machine, State},
};
use crate::sys::BootTime;

/// A record file: the bytes as they are, and as the body of a copy that is whole. What is read can be written and read
/// again, and a session can be adopted with it and taken to its end.
pub(crate) fn record(file: &Path, bytes: &[u8]) {
    for content in [bytes.to_vec(), sealed(1, bytes)] {
        std::fs::write(file, content).expect("the scratch directory is writable");
        let Ok((mut opened, record)) = RecordFile::open(file) else { continue };
        if opened.write(&record).is_ok() {
            assert_eq!(RecordFile::open(file).map(|(_, again)| again).ok(), Some(record.clone()));
        }
        adopted(&record);
    }
    if let Ok(note) = serde_json::from_slice::<Note>(bytes) {
        assert!(serde_json::to_vec(&note).is_ok());
    }
    if let Ok(id) = String::from_utf8_lossy(bytes).parse::<SessionId>() {
        assert_eq!(id.as_str().as_bytes(), bytes);
    }
}

fn adopted(record: &Record) {
    let now = BootTime::now();
    let mut machine = Machine::adopted(record.periods, record.lifetime, record.detached, now);
    let browser = AttachmentId(1);
    for event in [Event::Tick, Event::Came(browser), Event::Input(browser), Event::Tick, Event::Left(browser)] {
        machine.step(event, now + record.periods.idle);
    }
    machine.step(Event::End(EndReason::Owner), now);
    machine.step(Event::Gone, now);
    assert!(matches!(machine.state(), State::Ended(_)));
}
