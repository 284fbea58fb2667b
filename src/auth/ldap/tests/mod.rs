//! The wire against servers that are played: good ones, and those that would have this process die.

mod answers; // what is made of honest answers
mod hostile; // what is made of the others
mod reach; //   which server, by which way
mod tls; //     whose certificate, and why not

use std::{
    num::NonZeroU16,
    time::{Duration, Instant},
};

use tokio::runtime::Handle;

use super::{
    connection::{Connection, Found, Search, WireError},
    door::Servers,
    played::{Played, settings},
};
use crate::{auth::Password, config::SearchScope};

const BOB: &str = "uid=bob,dc=example,dc=org";

fn password() -> Password {
    Password::new("secret".to_owned())
}

fn search(filter: &str) -> Search<'_> {
    Search {
        base: "dc=example,dc=org",
        scope: SearchScope::Subtree,
        filter,
        attributes: &["uid", "objectGUID"],
        limit: NonZeroU16::new(2).unwrap(),
    }
}

/// A connection to this server, with so much time for an operation.
async fn open(server: &Played, limit: Duration) -> Connection {
    let mut settings = settings(vec![server.url()]);
    settings.operation_timeout = limit;
    Servers::new(&settings).unwrap().open().await.unwrap()
}

/// With time enough: what ends early has ended by itself.
const PATIENT: Duration = Duration::from_secs(60);
const AT_ONCE: Duration = Duration::from_secs(20);

async fn binds(server: &Played) -> Result<(super::connection::BindAnswer, Option<Connection>), WireError> {
    open(server, PATIENT).await.bind(BOB, &password()).await
}

async fn finds(server: &Played) -> Result<(Found, Connection), WireError> {
    open(server, PATIENT).await.search(search("(uid=bob)")).await
}

/// Until none of the runtime's tasks is left, and with them none of our sockets.
async fn nothing_left() {
    let began = Instant::now();
    while Handle::current().metrics().num_alive_tasks() > 0 {
        assert!(began.elapsed() < AT_ONCE, "tasks are left");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}
