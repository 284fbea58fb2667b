//! Text frames of any bytes from a browser, and ring files of any bytes.

use std::{io::Write, os::fd::AsFd, path::Path};

use super::{
    protocol::{FromClient, MAX_MESSAGE},
    ring::{CAPACITY, FILE_LENGTH, Framing, Received, Ring},
};

/// Bytes of a ring's file that could be whole.
pub(crate) const RING_FILE_LENGTH: u64 = FILE_LENGTH;

/// A frame that is understood is understood again when it is written, and its size is one that terminals have.
pub(crate) fn frame(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if text.len() > MAX_MESSAGE {
        return;
    }
    let Ok(frame) = serde_json::from_str::<FromClient>(text) else { return };
    let written = serde_json::to_string(&frame).expect("a frame has only plain values");
    assert!(serde_json::from_str::<FromClient>(&written).is_ok(), "what was understood is understood again");
    if let Some(size) = frame.size() {
        assert!((1..=1000).contains(&size.cols) && (1..=1000).contains(&size.rows));
    }
}

/// A ring that opens can be read from its oldest byte to its head, received into and written to.
pub(crate) fn ring(file: &Path) {
    let Ok(mut ring) = Ring::open(file) else { return };
    let (ours, theirs) = std::os::unix::net::UnixStream::pair().expect("there are descriptors");
    (&theirs).write_all(b"output").expect("a new socket has room");
    let before = ring.head();
    // Only one that is full of a count beyond any session's refuses.
    let Ok(received) = ring.receive(ours.as_fd(), Framing::Stream, 100) else { return };
    assert_eq!((received, ring.head()), (Received::Bytes(6), before + 6));
    let mut buf = vec![0; 8192];
    for more in [b"".as_slice(), b"some output", &vec![b'x'; CAPACITY as usize + 7]] {
        let before = ring.head();
        // As above: there was room for a few bytes more, and not for a whole ring.
        let Ok(()) = ring.write(more) else { return };
        assert_eq!(ring.head(), before + more.len() as u64);
        let mut at = ring.oldest();
        while at < ring.head() {
            let n = ring.read(at, &mut buf).expect("it lies between oldest and head");
            assert!(n > 0);
            at += n as u64;
        }
        assert!(ring.read(ring.head() + 1, &mut buf).is_err());
    }
}
