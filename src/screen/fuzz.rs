//! Terminal output of any bytes, with changes of size between.

use super::{SCROLLBACK_BYTES, Screen};

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
}
