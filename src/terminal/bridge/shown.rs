//! What one WebSocket has been shown of the output, and what is still to be said after it.

use std::collections::VecDeque;

use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::watch,
    time::{Instant, timeout_at},
};
use tokio_tungstenite::tungstenite::Message;

use super::{CHUNK, LAST_WORDS, Parting, Sink, put, send};
use crate::{
    session::Boarding,
    terminal::{output::Redraw, protocol::ToClient},
};

/// Waits until there may be something to send: output, or the credit for it.
pub(super) async fn credit_or_output(boarding: &Boarding, head: &mut watch::Receiver<u64>) {
    if boarding.feed.output_credit() == 0 {
        boarding.feed.more_credit().await;
    } else if head.changed().await.is_err() {
        std::future::pending().await // the output is gone with its session: `told` says so
    }
}

/// What has been shown, and what is still to be said after it.
#[derive(Default)]
pub(super) struct Shown {
    /// Up to here the output was sent or skipped; `None` until it begins to flow.
    pub(super) position: Option<u64>,
    /// The rest of a redraw, which comes before all further output.
    pub(super) redraw: Option<VecDeque<u8>>,
    /// Frames that come behind all output.
    pub(super) last: Vec<ToClient>,
    /// When they come even if the output is stuck.
    pub(super) until: Option<Instant>,
}

impl Shown {
    pub(super) fn has_more(&self, boarding: &Boarding) -> bool {
        let more = self.redraw.is_some() || self.position.is_some_and(|at| at != boarding.output.head());
        more && boarding.feed.output_credit() > 0
    }

    pub(super) fn is_complete(&self, boarding: &Boarding) -> bool {
        self.redraw.is_none() && self.position.is_none_or(|at| at >= boarding.output.goal())
    }

    pub(super) fn finish_with(&mut self, frame: ToClient) {
        self.last.push(frame);
        self.until.get_or_insert_with(|| Instant::now() + LAST_WORDS);
    }

    /// The rest of the output is not waited for any longer.
    pub(super) fn give_up(&mut self) {
        (self.position, self.redraw) = (None, None);
    }

    /// Sends the last frames once all output is sent.
    pub(super) async fn say_last<S>(&mut self, sink: &mut Sink<S>, boarding: &Boarding) -> Result<(), Parting>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        if !self.last.is_empty() && self.is_complete(boarding) {
            for frame in std::mem::take(&mut self.last) {
                send(sink, &frame).await?;
            }
            self.until = None;
        }
        Ok(())
    }

    /// Announces the screen as it is now; [`Shown::send_some`] sends it.
    pub(super) async fn begin_redraw<S>(&mut self, sink: &mut Sink<S>, boarding: &Boarding) -> Result<(), Parting>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let Redraw { bytes, position } = boarding.output.redraw();
        boarding.feed.was_sent(0, position);
        let announced = ToClient::Snapshot { bytes: bytes.len() as u64 };
        (self.position, self.redraw) = (Some(position), Some(bytes.into()));
        send(sink, &announced).await
    }

    /// One message of a redraw or of output; where the output was overwritten meanwhile, a redraw begins.
    pub(super) async fn send_some<S>(&mut self, sink: &mut Sink<S>, boarding: &Boarding) -> Result<(), Parting>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let Some(at) = self.position else { return Ok(()) };
        let credit = usize::try_from(boarding.feed.output_credit()).map_or(CHUNK, |credit| credit.min(CHUNK));
        if let Some(rest) = &mut self.redraw {
            let chunk: Vec<u8> = rest.drain(..credit.min(rest.len())).collect();
            let whole = rest.is_empty();
            boarding.feed.was_sent(chunk.len() as u64, at); // before it is sent: its ack may overtake us
            put(sink, Message::binary(chunk)).await?;
            if whole {
                self.redraw = None;
                send(sink, &ToClient::SnapshotEnd).await?;
            }
            return Ok(());
        }
        let waiting = boarding.output.head().saturating_sub(at);
        let mut chunk = vec![0; usize::try_from(waiting).map_or(credit, |waiting| waiting.min(credit))];
        let Ok(n) = boarding.output.read(at, &mut chunk) else { return self.begin_redraw(sink, boarding).await };
        chunk.truncate(n);
        self.position = Some(at + n as u64);
        boarding.feed.was_sent(n as u64, at + n as u64);
        put(sink, Message::binary(chunk)).await
    }

    /// What is left before the connection closes, within [`LAST_WORDS`].
    pub(super) async fn drain<S>(
        &mut self,
        sink: &mut Sink<S>,
        boarding: &Boarding,
        head: &mut watch::Receiver<u64>,
    ) -> Result<(), Parting>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        while let (false, Some(until)) = (self.last.is_empty(), self.until) {
            if self.has_more(boarding) {
                self.send_some(sink, boarding).await?;
            } else if !self.is_complete(boarding) && timeout_at(until, credit_or_output(boarding, head)).await.is_err()
            {
                self.give_up();
            }
            self.say_last(sink, boarding).await?;
        }
        Ok(())
    }
}
