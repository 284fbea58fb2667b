//! Tickets: how a program, or a browser that sends no cookie along, opens a terminal's WebSocket. `POST /api/v1/tickets`
//! gives one to whoever is logged in, and the WebSocket's first message, `auth {ticket}`, brings it back.
//!
//! A ticket is 256 random bits of which only the hash is kept, in memory. It opens one WebSocket, once, within [`TTL`], of
//! the session and from the Origin it was asked for, and dies with its login. A daemon that left has forgotten it: whoever
//! is refused asks for another one.

use std::{collections::HashMap, time::Duration};

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::logins::LoginKey;
use crate::{
    session::SessionId,
    sys::{self, BootTime},
};

/// From the answer that brings a ticket to its last use.
pub(crate) const TTL: Duration = Duration::from_secs(30);
/// Unused tickets of one login; one more, and the oldest goes.
const MAX_PER_LOGIN: usize = 16;
/// Unused tickets in all.
const MAX_TICKETS: usize = 1024;
const TICKET_BYTES: usize = 32;

/// What is sent to the client: 64 hexadecimal digits. No `Debug`; wiped when dropped.
pub(crate) struct Ticket(Zeroizing<String>);

impl Ticket {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// So many tickets are unused that there is no room for another one, until the first of them expire.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TooMany;

/// What a ticket opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Purpose {
    pub(crate) session: SessionId,
    /// As the browser writes it: `scheme://host[:port]`.
    pub(crate) origin: String,
}

/// The unused tickets, by the hash of what the client has.
#[derive(Default)]
pub(super) struct Tickets(HashMap<[u8; 32], Unused>);

struct Unused {
    login: LoginKey,
    purpose: Purpose,
    expires: BootTime,
}

impl Tickets {
    /// A new ticket of this login.
    ///
    /// # Errors
    /// [`TooMany`] of everybody's.
    pub(super) fn issue(&mut self, login: LoginKey, purpose: Purpose, now: BootTime) -> Result<Ticket, TooMany> {
        self.0.retain(|_, ticket| ticket.expires > now);
        let theirs = || self.0.iter().filter(|(_, ticket)| ticket.login == login);
        if theirs().count() >= MAX_PER_LOGIN {
            let oldest = theirs().min_by_key(|(_, ticket)| ticket.expires).map(|(hash, _)| *hash);
            oldest.and_then(|hash| self.0.remove(&hash));
        }
        if self.0.len() >= MAX_TICKETS {
            return Err(TooMany);
        }
        let ticket = Ticket(Zeroizing::new(sys::hex(&*Zeroizing::new(sys::random::<TICKET_BYTES>()))));
        self.0.insert(hash(ticket.as_str()), Unused { login, purpose, expires: now + TTL });
        Ok(ticket)
    }

    /// Takes a ticket: whose it is, if it is good for this purpose. It is used up even if it was good for another one.
    pub(super) fn redeem(&mut self, ticket: &str, purpose: &Purpose, now: BootTime) -> Option<LoginKey> {
        let ticket = self.0.remove(&hash(ticket))?;
        (ticket.expires > now && ticket.purpose == *purpose).then_some(ticket.login)
    }

    /// This login is over.
    pub(super) fn forget(&mut self, login: LoginKey) {
        self.0.retain(|_, ticket| ticket.login != login);
    }
}

fn hash(ticket: &str) -> [u8; 32] {
    Sha256::digest(ticket).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOGIN: LoginKey = LoginKey([1; 32]);
    const NOW: u64 = 1_000_000;

    fn at(seconds: u64) -> BootTime {
        BootTime::from_millis(NOW) + Duration::from_secs(seconds)
    }

    fn purpose() -> Purpose {
        Purpose { session: "abcdefghij23".parse().unwrap(), origin: "http://localhost:8080".into() }
    }

    fn issued(tickets: &mut Tickets, login: LoginKey, seconds: u64) -> Ticket {
        tickets.issue(login, purpose(), at(seconds)).unwrap_or_else(|_| panic!("no room for a ticket"))
    }

    #[test]
    fn a_ticket_is_256_random_bits_that_are_not_kept() {
        let mut tickets = Tickets::default();
        let (one, other) = (issued(&mut tickets, LOGIN, 0), issued(&mut tickets, LOGIN, 0));
        assert_ne!(one.as_str(), other.as_str());
        assert!(one.as_str().len() == 64 && one.as_str().bytes().all(|b| b.is_ascii_hexdigit()));
        assert!(tickets.0.keys().all(|kept| ![one.as_str(), other.as_str()].contains(&sys::hex(kept).as_str())));
        let kept = sys::hex(&hash(one.as_str()));
        assert_eq!(tickets.redeem(&kept, &purpose(), at(0)), None, "what is kept opens nothing");
    }

    #[test]
    fn it_opens_once() {
        let mut tickets = Tickets::default();
        let ticket = issued(&mut tickets, LOGIN, 0);
        assert_eq!(tickets.redeem(ticket.as_str(), &purpose(), at(29)), Some(LOGIN));
        assert_eq!(tickets.redeem(ticket.as_str(), &purpose(), at(29)), None);
    }

    #[test]
    fn after_thirty_seconds_it_opens_nothing() {
        let mut tickets = Tickets::default();
        let ticket = issued(&mut tickets, LOGIN, 0);
        assert_eq!(tickets.redeem(ticket.as_str(), &purpose(), at(30)), None);
        issued(&mut tickets, LOGIN, 0);
        issued(&mut tickets, LOGIN, 31);
        assert_eq!(tickets.0.len(), 1, "and is not kept");
    }

    #[test]
    fn for_another_session_or_origin_it_opens_nothing_and_is_used_up() {
        let session = Purpose { session: "abcdefghij24".parse().unwrap(), ..purpose() };
        for other in [session, Purpose { origin: "http://127.0.0.1:8080".into(), ..purpose() }] {
            let mut tickets = Tickets::default();
            let ticket = issued(&mut tickets, LOGIN, 0);
            assert_eq!(tickets.redeem(ticket.as_str(), &other, at(1)), None, "{other:?}");
            assert_eq!(tickets.redeem(ticket.as_str(), &purpose(), at(1)), None, "{other:?}");
        }
    }

    #[test]
    fn anything_else_that_is_sent_opens_nothing() {
        let mut tickets = Tickets::default();
        let ticket = issued(&mut tickets, LOGIN, 0);
        for wrong in ["", "x", &ticket.as_str()[1..], &ticket.as_str().to_uppercase(), &"0".repeat(60_000)] {
            if wrong != ticket.as_str() {
                assert_eq!(tickets.redeem(wrong, &purpose(), at(1)), None, "{wrong}");
            }
        }
        assert_eq!(tickets.redeem(ticket.as_str(), &purpose(), at(1)), Some(LOGIN));
    }

    #[test]
    fn the_seventeenth_of_a_login_pushes_out_its_oldest_and_nobody_elses() {
        let mut tickets = Tickets::default();
        let foreign = issued(&mut tickets, LoginKey([2; 32]), 0);
        let first = issued(&mut tickets, LOGIN, 1);
        let others: Vec<Ticket> = (0..MAX_PER_LOGIN).map(|_| issued(&mut tickets, LOGIN, 2)).collect();
        assert_eq!(tickets.redeem(first.as_str(), &purpose(), at(3)), None);
        assert!(others.iter().all(|t| tickets.redeem(t.as_str(), &purpose(), at(3)) == Some(LOGIN)));
        assert!(tickets.redeem(foreign.as_str(), &purpose(), at(3)).is_some());
    }

    #[test]
    fn there_are_never_more_than_the_bound_in_all_and_room_again_when_they_expire() {
        let mut tickets = Tickets::default();
        for n in 0..MAX_TICKETS {
            let login = LoginKey([(n / MAX_PER_LOGIN) as u8; 32]);
            issued(&mut tickets, login, 0);
        }
        let late = LoginKey([0xff; 32]);
        assert_eq!(tickets.issue(late, purpose(), at(29)).err(), Some(TooMany));
        assert_eq!(tickets.0.len(), MAX_TICKETS);
        issued(&mut tickets, late, 30);
    }

    #[test]
    fn they_die_with_their_login() {
        let mut tickets = Tickets::default();
        let (ticket, other) = (issued(&mut tickets, LOGIN, 0), issued(&mut tickets, LoginKey([2; 32]), 0));
        tickets.forget(LOGIN);
        assert_eq!(tickets.redeem(ticket.as_str(), &purpose(), at(1)), None);
        assert!(tickets.redeem(other.as_str(), &purpose(), at(1)).is_some());
    }
}
