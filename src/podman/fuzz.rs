//! Podman's answers of any bytes.

use std::sync::OnceLock;

use podman_api::models::ListContainer;

use super::{Identity, door, images, life};
use crate::session::SessionId;

/// Whatever Podman answers is understood or refused in one short line.
pub(crate) fn answers(bytes: &[u8]) {
    let id: SessionId = "abcdefghijkl".parse().expect("an id");
    if let Ok(inspect) = door::Inspect::read(bytes) {
        assert!(inspect.container.len() == 64 && inspect.container.bytes().all(|b| b.is_ascii_hexdigit()));
    }
    short(door::created(id, bytes).err());
    short(door::exit_status(id, bytes).err());
    short(Some(door::refused("create", id.as_str(), 500, bytes)));
    let mut report = images::Report::default();
    for line in images::Lines::default().push(bytes).into_iter().flatten() {
        short(report.read(&line).map(|pulled| pulled.text));
    }
    if let Ok(listed) = serde_json::from_slice::<Vec<ListContainer>>(bytes) {
        static IDENTITY: OnceLock<Identity> = OnceLock::new();
        let identity = IDENTITY.get_or_init(|| Identity::open(&std::env::temp_dir()).expect("it is writable"));
        for found in life::ours(identity, listed) {
            assert!(!found.genuine, "nobody guesses the key");
        }
    }
}

/// What people are shown.
fn short(text: Option<impl ToString>) {
    let text = text.map(|text| text.to_string()).unwrap_or_default();
    assert!(text.len() < 4096 && !text.contains(char::is_control), "{text:?}");
}
