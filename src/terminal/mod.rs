//! Bytes between browser and container: `protocol` is the wire, `bridge` serves one WebSocket.

mod feed;
mod protocol;
mod ring;

pub(crate) use protocol::Certificate;

use tokio::sync::watch;

use crate::{
    auth::Person,
    session::{Roster, SessionId},
};

/// Who is on the other end of a WebSocket, as its cookie proved.
pub(crate) struct Visitor {
    pub(crate) person: Person,
    /// Becomes true when the login is over (logout, expiry): the socket closes with 4401 within 1 s.
    pub(crate) login_over: watch::Receiver<bool>,
}

/// Serves one WebSocket of session `id` until either side leaves. The upgrade was answered and Host and Origin were
/// checked by the caller. `visitor` is `None` when the connection carried no valid cookie: then the first message must be
/// `auth`. Whether the session exists and is the visitor's is decided here, with close codes 4404 and 4403.
pub(crate) async fn serve<S>(_socket: S, _roster: Roster, _id: SessionId, _visitor: Option<Visitor>, _peer: String)
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
{
    todo!()
}
