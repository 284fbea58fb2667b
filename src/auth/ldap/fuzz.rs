//! What a server may say, through the whole wire: relay, guard, ldap3's decoder, entries, policy.

use std::{cell::RefCell, num::NonZeroU16, sync::Arc, time::Duration};

use rustls::pki_types::CertificateDer;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    runtime::Runtime,
};

use super::{
    certificate::Certificate,
    connection::{Connection, NO_REASON, Search, WireError},
    door::Server,
};
use crate::{
    auth::Password,
    config::{LdapUrl, SearchScope},
};

/// The first byte chooses the request: a bind (0), a search (1), or none, and the rest is a certificate (2). The others
/// are what the server says to it. Whatever ldap3 gets, it does not panic, and no operation ends without an answer or a
/// reason.
pub(crate) fn answers(bytes: &[u8]) {
    let Some((&kind, said)) = bytes.split_first() else { return };
    match kind % 3 {
        0 => drop(exchange(said, async |connection| {
            connection.bind("cn=a", &Password::new("b".to_owned())).await.map(drop)
        })),
        1 => drop(exchange(said, async |connection| {
            let search = Search {
                base: "",
                scope: SearchScope::Subtree,
                filter: "(a=b)",
                attributes: &["a"],
                limit: NonZeroU16::MAX,
            };
            connection.search(search).await.map(drop)
        })),
        _ => drop(Certificate::of(&CertificateDer::from(said))),
    }
}

/// One operation with a server that says this to the first request and hangs up.
pub(super) fn exchange<T>(
    said: &[u8],
    operation: impl AsyncFnOnce(Connection) -> Result<T, WireError>,
) -> Result<T, WireError> {
    RUNTIME.with_borrow(|runtime| {
        runtime.block_on(async {
            let (ours, mut theirs) = tokio::io::duplex(1 << 16);
            let server = Arc::new(Server::new(LdapUrl::Ldapi("/".into())));
            let connection =
                Connection::over(ours, server, Duration::from_secs(20)).await.expect("there are descriptors");
            let play = async move {
                let mut first = [0];
                if theirs.read_exact(&mut first).await.is_ok() {
                    let _ = theirs.write_all(said).await;
                }
                let _ = theirs.shutdown().await;
                // Until they hang up.
                let _ = tokio::io::copy(&mut theirs, &mut tokio::io::sink()).await;
            };
            let (outcome, ()) = tokio::join!(operation(connection), play);
            if let Err(WireError::Broken { why, .. }) = &outcome {
                assert_ne!(why, NO_REASON, "ldap3 gave up");
            }
            assert!(!matches!(outcome, Err(WireError::TimedOut { .. })), "it hangs");
            outcome
        })
    })
}

thread_local! {
    static RUNTIME: RefCell<Runtime> = RefCell::new(
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime can be made"),
    );
}
