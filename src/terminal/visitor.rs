//! Who is at the other end of a WebSocket, and what sends them away again.

use tokio::sync::watch;

use super::protocol::Close;
use crate::{
    auth::Login,
    session::{Claim, Watcher, Window},
};

/// What somebody wants of a session's terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wish {
    /// To work in it: only its owner may.
    Own(Option<Window>),
    /// To look at it: only administrators may.
    Look,
}

/// Takes a ticket, and says whose it is, if it is good.
pub(crate) type Admit = Box<dyn FnMut(&str) -> Option<Visitor> + Send>;

/// Who opens a WebSocket.
pub(crate) enum Caller {
    /// Its login cookie came along, or it came through the control socket.
    Known(Visitor),
    /// It has to bring a ticket. Dropped once it is known, or gone.
    Stranger(Admit),
}

/// Who is on the other end of a WebSocket, as a cookie, a ticket or the kernel proved.
#[derive(Clone)]
pub(crate) struct Visitor {
    pub(crate) name: String,
    /// `None`: they wish what they may not.
    pub(crate) claim: Option<Claim>,
    login: Option<Held>,
}

/// A login for as long as a WebSocket lives on it.
#[derive(Clone)]
struct Held {
    over: watch::Receiver<bool>,
    /// Only asked where the claim is an administrator's.
    admin: watch::Receiver<bool>,
}

impl Visitor {
    /// Somebody who is logged in.
    pub(crate) fn of(login: Login, wish: Wish) -> Visitor {
        let Login { person, over, admin, .. } = login;
        let name = person.name.clone();
        let claim = match wish {
            Wish::Own(window) => Some(Claim::Own { person, window }),
            Wish::Look => Watcher::administrator(&person).map(Claim::Look),
        };
        Visitor { name, claim, login: Some(Held { over, admin }) }
    }

    /// Whoever came through the control socket, as `uid 0`; only to look.
    pub(crate) fn operator(uid: String) -> Visitor {
        Visitor { name: uid.clone(), claim: Some(Claim::Look(Watcher::operator(uid))), login: None }
    }

    /// Resolves when they may not be here any more: their login is over, or the right is gone that they look by.
    pub(crate) async fn is_out(&mut self) -> Close {
        let Some(Held { over, admin }) = &mut self.login else { return std::future::pending().await };
        let looks = matches!(self.claim, Some(Claim::Look(_)));
        tokio::select! {
            biased;
            _ = over.wait_for(|over| *over) => Close::NotLoggedIn,
            _ = admin.wait_for(|admin| !*admin), if looks => Close::NotYours,
        }
    }

    /// With a login that a test ends.
    #[cfg(test)]
    pub(super) fn played(claim: Claim, over: watch::Receiver<bool>, admin: watch::Receiver<bool>) -> Visitor {
        Visitor { name: claim.name().to_owned(), claim: Some(claim), login: Some(Held { over, admin }) }
    }
}
