//! Bytes between the terminal, the ring and the attachment, and how fast the terminal is read.

use std::{io, time::Duration};

use tokio::time::{Instant, sleep_until};

use super::{Running, Sailing, Wake, Work};
use crate::session::state::State;

/// Bytes read at once while the attachment keeps up.
pub(super) const READ: usize = 16 * 1024;
/// The trickle: so many bytes in so much time, however little anybody takes. Never none: conmon would freeze.
const TRICKLE: usize = 8 * 1024;
const TRICKLE_EVERY: Duration = Duration::from_millis(10);
/// How long input, resize and end lift the trickle, so that what they cause is seen behind what was queued.
const LIFT: Duration = Duration::from_millis(200);

impl Sailing {
    /// Whether the terminal may be read as fast as it comes.
    pub(super) fn keeps_up(&self) -> bool {
        let attached = matches!(self.t.machine.state(), State::Attached(_));
        Instant::now() < self.lifted
            || (attached && self.seat.as_ref().is_some_and(|seat| seat.feed.keeps_up(self.t.output.head())))
    }

    pub(super) fn lift(&mut self) {
        self.lifted = Instant::now() + LIFT;
    }

    pub(super) fn read(&mut self) {
        let most = if self.keeps_up() { READ } else { TRICKLE };
        let Work::Running(running) = &self.work else { return };
        match running.terminal.try_read(&mut self.buffer[..most]) {
            Ok(0) => self.terminal_over(""),
            Ok(n) => {
                self.next_read = Instant::now() + TRICKLE_EVERY;
                if let Err(error) = self.t.output.write(&self.buffer[..n]) {
                    self.fault(&format!("the session's ring: {error}"));
                }
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => self.terminal_over(&error.to_string()),
        }
    }

    pub(super) fn write(&mut self) {
        let (Work::Running(running), Some(seat)) = (&self.work, &self.seat) else { return };
        match seat.feed.pour(|bytes| running.terminal.try_write(&bytes[..bytes.len().min(TRICKLE)])) {
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => self.terminal_over(&error.to_string()),
        }
    }
}

pub(super) async fn terminal_io(running: Option<&Running>, read_at: Instant, write: bool) -> Wake {
    let Some(Running { terminal, conmon }) = running else { return std::future::pending().await };
    let readable = async {
        sleep_until(read_at).await;
        terminal.readable().await
    };
    tokio::select! {
        biased;
        _ = terminal.writable(), if write => Wake::Writable,
        ready = readable => Wake::Readable(ready),
        () = conmon.died() => Wake::ConmonDied,
    }
}
