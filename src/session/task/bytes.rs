//! Bytes between the terminal, the ring and the attachment, and how fast the terminal is read.

use std::{io, time::Duration};

use tokio::time::{Instant, sleep_until};

use super::{
    Running, Sailing, Wake, Work,
    recording::{CRAWL, crawl},
};
use crate::{
    recording::Lag,
    session::state::State,
    terminal::{Received, Seat},
};

/// Bytes read at once while the attachment keeps up, whole packets, if so many are there.
const READ: usize = 16 * 1024;
/// Bytes of conmon's largest packet, which comes whole, however little is asked for.
const PACKET: usize = 8 * 1024;
/// The trickle: so many bytes in so much time, however little anybody takes. Never none: conmon would freeze.
const TRICKLE: usize = 8 * 1024;
const TRICKLE_EVERY: Duration = Duration::from_millis(10);
/// How long whoever comes, and an end, lift the trickle, and so do input and resize of one that is behind: so that what they
/// cause is seen behind what was queued.
const LIFT: Duration = Duration::from_millis(200);
/// How long a terminal that cannot be written to any more, or whose conmon is dead, is read for what is left in it; at a
/// trickle that is more than the sockets on the way hold.
const TAIL: Duration = Duration::from_secs(1);

impl Sailing {
    /// Whether the terminal may be read as fast as it comes.
    pub(super) fn keeps_up(&self) -> bool {
        if self.lag() != Lag::None {
            return false; // its recorder rings the bell when it is
        }
        let attached = matches!(self.t.machine.state(), State::Attached(_));
        let (feed, head) = (self.seat.as_ref().map(|seat| &seat.feed), self.t.output.head());
        let lifted = Instant::now() < self.lifted && !feed.is_some_and(|feed| feed.is_nearly_overtaken(head));
        lifted || (attached && feed.is_some_and(|feed| feed.keeps_up(head)))
    }

    pub(super) fn lift(&mut self) {
        self.lifted = Instant::now() + LIFT;
    }

    /// For input and resize. One that keeps up sees what they cause without it; and lines of a command that prints faster than a
    /// browser draws would be skipped, only because Enter was pressed just now.
    pub(super) fn lift_if_behind(&mut self) {
        let head = self.t.output.head();
        if self.seat.as_ref().is_some_and(|seat| !seat.feed.keeps_up(head)) {
            self.lift();
        }
    }

    /// From now on this is the session's terminal. What came along with it is kept before systemd keeps the socket, so
    /// that nothing is lost between the two.
    pub(super) fn take_terminal(&mut self, mut running: Running) {
        let early = running.terminal.take_early();
        let kept = if early.is_empty() { Ok(()) } else { self.t.output.write(&early) };
        running.terminal.store(self.id());
        self.work = Work::Running(running);
        if let Err(error) = kept {
            self.fault(&format!("the session's ring: {error}"));
        }
    }

    pub(super) fn read(&mut self) {
        let lag = self.lag();
        let most = match lag {
            Lag::Required => CRAWL,
            _ if self.keeps_up() => READ,
            _ => TRICKLE,
        };
        let mut read = 0;
        while read == 0 || (read + PACKET <= most && self.t.output.is_drawn()) {
            let Work::Running(running) = &self.work else { return };
            match running.terminal.receive(|socket, how| self.t.output.receive(socket, how, most - read)) {
                Ok(Received::Bytes(n)) => read += n.max(1), // a packet may be empty
                Ok(Received::End) => return self.terminal_over(""),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) => return self.terminal_over(&error.to_string()),
            }
        }
        if read > 0 {
            // A packet comes whole, however little was asked for: then the next one waits for longer.
            self.next_read = Instant::now() + if lag == Lag::Required { crawl(read) } else { TRICKLE_EVERY };
        }
    }

    pub(super) fn write(&mut self) {
        let (Work::Running(running), Some(seat)) = (&self.work, &self.seat) else { return };
        match seat.feed.pour(|bytes| running.terminal.try_write(&bytes[..bytes.len().min(TRICKLE)])) {
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => self.only_the_tail(&error.to_string()),
        }
    }

    /// Everything that waits for the terminal and fits into it, before its attachment goes: who types and closes the tab at
    /// once has typed.
    pub(super) fn pour(&self, seat: &Seat) {
        let Work::Running(running) = &self.work else { return };
        while seat.feed.has_input() {
            match seat.feed.pour(|bytes| running.terminal.try_write(bytes)) {
                Ok(1..) => {}
                Ok(0) | Err(_) => return, // what is wrong with it the next read tells
            }
        }
    }

    /// Nothing is written any more; what the shell said last is still read, to the end of file or for [`TAIL`].
    pub(super) fn only_the_tail(&mut self, why: &str) {
        if let Work::Running(running) = &mut self.work {
            running.conmon.keep_last_word(); // the tail may take its time
        }
        self.tail.get_or_insert_with(|| (Instant::now() + TAIL, why.to_owned()));
    }
}

/// What happens at the terminal next. It is read from `read_at` on, where that is given at once or at a moment; once there
/// is only its tail, until `tail`.
pub(super) async fn terminal_io(
    running: Option<&Running>,
    read_at: Option<Option<Instant>>,
    write: bool,
    tail: Option<Instant>,
) -> Wake {
    let Some(Running { terminal, conmon }) = running else { return std::future::pending().await };
    let readable = async {
        match read_at {
            None => std::future::pending().await,
            Some(None) => {}
            Some(Some(at)) => sleep_until(at).await,
        }
        terminal.readable().await
    };
    tokio::select! {
        biased;
        _ = terminal.writable(), if write => Wake::Writable,
        ready = readable => Wake::Readable(ready),
        () = conmon.died(), if tail.is_none() => Wake::ConmonDied,
        () = sleep_until(tail.unwrap_or_else(Instant::now)), if tail.is_some() => Wake::TailOver,
    }
}
