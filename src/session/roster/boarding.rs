//! The hold that a WebSocket has on its session.

use std::sync::Arc;

use tokio::sync::mpsc;

#[cfg(test)]
use super::INBOX;
use crate::{
    session::{EndReason, Size, task::Message},
    terminal::{Feed, Output},
};

/// What whoever is seated may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rights {
    /// The session is theirs.
    Own,
    /// They look, and the session takes nothing from them.
    Look,
}

/// What a WebSocket holds of the session it shows. Dropped, however that comes about, it tells the session that the browser
/// is gone.
pub(crate) struct Boarding {
    pub(crate) feed: Arc<Feed>,
    pub(crate) output: Arc<Output>,
    pub(crate) rights: Rights,
    pub(super) inbox: mpsc::Sender<Message>,
}

impl Boarding {
    /// One whose session is played by a test.
    #[cfg(test)]
    pub(crate) fn of(feed: Arc<Feed>, output: Arc<Output>) -> (Boarding, mpsc::Receiver<Message>) {
        let (inbox, asked) = mpsc::channel(INBOX);
        (Boarding { feed, output, rights: Rights::Own, inbox }, asked)
    }

    #[cfg(test)]
    pub(crate) fn with(mut self, rights: Rights) -> Boarding {
        self.rights = rights;
        self
    }

    pub(crate) async fn resize(&self, size: Size) {
        self.say(Message::Resize(self.feed.id, size)).await;
    }
    pub(crate) async fn visible(&self, on: bool) {
        self.say(Message::Visible(self.feed.id, on)).await;
    }
    pub(crate) async fn extend(&self) {
        self.say(Message::Extend(self.feed.id)).await;
    }
    pub(crate) async fn take(&self) {
        self.say(Message::Take(self.feed.id)).await;
    }
    pub(crate) async fn end(&self) {
        if self.rights == Rights::Own {
            self.say(Message::End { reason: EndReason::Owner, by: self.feed.user.clone() }).await;
        }
    }
    async fn say(&self, message: Message) {
        let _ = self.inbox.send(message).await; // a session that is over needs no messages
    }
}

impl Drop for Boarding {
    fn drop(&mut self) {
        // Behind everything that this browser asked for. Where the session is gone, it need not know.
        if let Err(mpsc::error::TrySendError::Full(left)) = self.inbox.try_send(Message::Left(self.feed.id)) {
            let inbox = self.inbox.clone();
            if let Ok(runtime) = tokio::runtime::Handle::try_current() {
                runtime.spawn(async move { inbox.send(left).await });
            }
        }
    }
}
