//! Which server a piece of work waits for: whoever runs out of patience names it.

use std::{cell::RefCell, time::Duration};

use tokio::time::{Instant, timeout_at};

use super::Trouble;
use crate::config::LdapUrl;

tokio::task_local! {
    static ASKED: RefCell<Option<LdapUrl>>;
}

/// From now on this server is waited for.
pub(super) fn asks(url: &LdapUrl) {
    let _ = ASKED.try_with(|asked| asked.replace(Some(url.clone()))); // outside of `in_time` nobody wants to know
}

/// `limit` is what `deadline` was made of, to be told.
///
/// # Errors
/// The work's own, or that it took too long, with the server that was being asked.
pub(super) async fn in_time<T>(
    deadline: Instant,
    limit: Duration,
    work: impl Future<Output = Result<T, Trouble>>,
) -> Result<T, Trouble> {
    let bounded = async {
        timeout_at(deadline, work).await.unwrap_or_else(|_| {
            let whose =
                ASKED.with(|asked| asked.borrow().as_ref().map_or("the directory".to_owned(), LdapUrl::to_string));
            Err(Trouble(format!("{whose}: no complete answer within {limit:?} in all (auth.ldap.login_timeout)")))
        })
    };
    ASKED.scope(RefCell::default(), bounded).await
}
