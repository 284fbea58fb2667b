//! Terminal output of any bytes, with changes of size between.

use super::{Above, SCROLLBACK_BYTES, Screen};

/// The first two bytes are the size; 0xff and two more are another one. Nothing panics, the bounds hold, and the snapshot
/// is read without one, too.
pub(crate) fn screen(bytes: &[u8]) {
    let [cols, rows, bytes @ ..] = bytes else { return };
    let mut screen = Screen::new(u16::from(*cols), u16::from(*rows));
    let mut parts = bytes.split(|byte| *byte == 0xff);
    screen.write_all(parts.next().unwrap_or_default());
    for part in parts {
        if let [cols, rows, output @ ..] = part {
            screen.resize(u16::from(*cols), u16::from(*rows));
            screen.write_all(output);
        }
    }
    let (cols, rows) = screen.size();
    let cells = usize::from(cols) * usize::from(rows);
    let buffer = screen.buffer();
    assert!(buffer.x <= screen.cols && buffer.y < screen.rows && buffer.rows.len() == screen.rows);
    assert!(buffer.top <= buffer.bottom && buffer.bottom < screen.rows);
    assert!(screen.memory() < cells * 400 + usize::from(rows) * 160 + SCROLLBACK_BYTES + 160 * 1024);
    let mut restored = Screen::new(cols, rows);
    restored.write_all(&screen.snapshot());
    assert_eq!((restored.buffer().y, restored.on_alternate), (screen.buffer().y, screen.on_alternate));
    let kept = Screen::from_kept(&screen.keep(Above::All)).expect("what was kept is taken");
    assert_eq!(kept.snapshot(), screen.snapshot());
}

/// A screen that was kept, with some bytes changed: two say where, one what. If it is taken, it bears output and other sizes.
pub(crate) fn kept(bytes: &[u8]) {
    let mut screen = Screen::new(12, 4);
    screen.write_all(
        "\x1b]8;;u\x07日本\x1b]2;t\x07\x1b[1;31mred e\u{301}\r\n\x1b[?1000h\x1b[2;3r\x1b#8\n\n\n\n".as_bytes(),
    );
    screen.write_all(b"\x1b7\x1b[?1049hthere\x1b[38:5");
    let mut content = screen.keep(Above::All);
    for change in bytes.chunks_exact(3) {
        let at = usize::from(u16::from_le_bytes([change[0], change[1]])) % content.len();
        content[at] = change[2];
    }
    let Some(mut screen) = Screen::from_kept(&content) else { return };
    for (cols, rows) in [(40, 10), (5, 3), (12, 4)] {
        screen.snapshot();
        screen.write_all(b"m\x1b[?1049lx\x1b8y\r\n\x1b[?1049h\x1b8\x1b[10S\x1b[3L\x1b[?1049l");
        screen.resize(cols, rows);
    }
    assert!(Screen::from_kept(&screen.keep(Above::All)).is_some());
}
