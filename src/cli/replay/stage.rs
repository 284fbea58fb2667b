//! The real terminal: raw and on its other screen while this lives, as it was before afterwards, however that comes.

use std::io::{self, Write};

use rustix::termios::{self, OptionalActions, Termios};
use tokio::sync::mpsc;

use super::keys::{self, Key};
use crate::session::Size;

/// The other screen, without wrapping at its edge.
const ENTER: &[u8] = b"\x1b[?1049h\x1b[?7l";
const LEAVE: &[u8] = b"\x1b[?7h\x1b[m\x1b[?25h\x1b[?1049l";
/// Bytes of one read: more than anybody types at once.
const KEYS: usize = 256;
/// Reads that wait to be obeyed.
const AHEAD: usize = 8;

/// stdin and stdout, which are a terminal.
pub(super) struct Stage {
    before: Termios,
}

impl Stage {
    /// # Errors
    /// The terminal does not let itself be set; nothing was changed then.
    pub(super) fn enter() -> io::Result<Stage> {
        let stage = Stage { before: termios::tcgetattr(io::stdin())? };
        stage.again()?;
        Ok(stage)
    }

    /// Sets it once more, after somebody else had it.
    pub(super) fn again(&self) -> io::Result<()> {
        let mut raw = self.before.clone();
        raw.make_raw();
        termios::tcsetattr(io::stdin(), OptionalActions::Now, &raw)?;
        self.write(ENTER)
    }

    pub(super) fn write(&self, bytes: &[u8]) -> io::Result<()> {
        let mut stdout = io::stdout().lock();
        stdout.write_all(bytes)?;
        stdout.flush()
    }

    /// Its size now; that of a plain terminal where it does not say.
    pub(super) fn size(&self) -> Size {
        let told = termios::tcgetwinsize(io::stdout()).ok();
        told.and_then(|size| Size::new(size.ws_col, size.ws_row)).unwrap_or(Size::DEFAULT)
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        let _ = self.write(LEAVE); // nothing else can be done
        let _ = termios::tcsetattr(io::stdin(), OptionalActions::Flush, &self.before);
    }
}

/// What is typed at stdin, read by a thread that ends with the program.
pub(super) struct Keyboard(mpsc::Receiver<Vec<Key>>);

impl Keyboard {
    pub(super) fn listen() -> Keyboard {
        let (typed, keys) = mpsc::channel(AHEAD);
        std::thread::spawn(move || {
            let mut bytes = [0; KEYS];
            loop {
                let keys = match rustix::io::read(io::stdin(), &mut bytes) {
                    Err(rustix::io::Errno::INTR) => continue,
                    Ok(0) | Err(_) => return, // nobody is there any more
                    Ok(length) => keys::parse(&bytes[..length]),
                };
                if typed.blocking_send(keys).is_err() {
                    return;
                }
            }
        });
        Keyboard(keys)
    }

    /// The next keys. Whoever is not there any more wants to leave.
    pub(super) async fn next(&mut self) -> Vec<Key> {
        self.0.recv().await.unwrap_or_else(|| vec![Key::Interrupt])
    }
}
