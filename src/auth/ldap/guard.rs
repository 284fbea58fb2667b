//! What may reach ldap3: one message at a time is held against the request that it answers. ldap3's decoder recurses
//! without a limit and panics on much that is malformed, so whatever passes here has the exact shape that it expects.
//!
//! Pure, and without recursion. What a connection may cost at most is in [`Allowance`].

use super::ber::{CONSTRUCTED, ENUMERATED, INTEGER, OCTETS, SEQUENCE, SET, element, number, take};

/// Most bytes of one message.
pub(super) const MAX_MESSAGE: usize = 1 << 20;
/// Most bytes of all messages of a connection.
const MAX_BYTES: usize = 4 << 20;
/// Most BER elements of all messages of a connection: one of two bytes on the wire becomes some hundred in ldap3.
const MAX_ELEMENTS: usize = 65_536;
/// How deep elements may nest. A search entry needs 5, a control's list 3.
const MAX_DEPTH: usize = 12;
/// Most references of one search to other servers; Active Directory sends three.
const MAX_REFERENCES: u32 = 100;

const BIND_REQUEST: u8 = 0x60;
const BIND_RESPONSE: u8 = 0x61;
const UNBIND_REQUEST: u8 = 0x42;
const SEARCH_REQUEST: u8 = 0x63;
const SEARCH_ENTRY: u8 = 0x64;
const SEARCH_DONE: u8 = 0x65;
const SEARCH_REFERENCE: u8 = 0x73;
const EXTENDED_RESPONSE: u8 = 0x78;

const CONTROLS: u8 = 0xa0;
const REFERRAL: u8 = 0xa3;
const SASL_CREDENTIALS: u8 = 0x87;
const RESPONSE_NAME: u8 = 0x8a;
const RESPONSE_VALUE: u8 = 0x8b;
const BOOLEAN: u8 = 0x01;

/// Why a message is not passed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refused {
    #[error("what came is not an LDAP message")]
    NotLdap,
    #[error("what came is TLS: this port wants ldaps://")]
    Tls,
    #[error("its answer is malformed")]
    Malformed,
    #[error("its answer has text that is not UTF-8")]
    NotText,
    #[error("its answer is longer than {MAX_MESSAGE} bytes")]
    LongMessage,
    #[error("its answers are longer than {MAX_BYTES} bytes together; narrow the search base or the filters")]
    LongConnection,
    #[error("its answers have more than {MAX_ELEMENTS} parts; narrow the search base or the filters")]
    ManyElements,
    #[error("its answer is nested more than {MAX_DEPTH} levels deep")]
    Deep,
    #[error("it sent more than the {0} entries that were asked for")]
    ManyEntries(u32),
    #[error("it sent more than {MAX_REFERENCES} references to other servers")]
    ManyReferences,
    #[error("it answered another request (id {0}) than the one made")]
    WrongId(u32),
    #[error("it sent what was not asked for (operation {0:#04x})")]
    NotAsked(u8),
    #[error("it says goodbye (code {0})")]
    Notice(u32),
}

/// What a connection may still cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Allowance {
    bytes: usize,
    elements: usize,
}

impl Allowance {
    pub(super) fn new() -> Allowance {
        Allowance { bytes: MAX_BYTES, elements: MAX_ELEMENTS }
    }

    /// Before a message of so many bytes is read.
    pub(super) fn take_bytes(&mut self, length: usize) -> Result<(), Refused> {
        if length > MAX_MESSAGE {
            return Err(Refused::LongMessage);
        }
        self.bytes = self.bytes.checked_sub(length).ok_or(Refused::LongConnection)?;
        Ok(())
    }
}

/// A request of ours, as what it allows the server to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Asked {
    id: u32,
    wants: Wants,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Wants {
    Bind,
    Search { limit: u32, entries: u32, references: u32 },
    StartTls,
    Nothing,
}

/// Whether the exchange goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    More,
    Last,
}

impl Asked {
    /// Reads a request as ldap3 wrote it; `None` for one that we never make.
    pub(super) fn of(request: &[u8]) -> Option<Asked> {
        let mut rest = request;
        let mut inside = take(&mut rest, SEQUENCE)?;
        let id = number(take(&mut inside, INTEGER)?)?;
        let (operation, body) = element(&mut inside)?;
        let wants = match operation {
            BIND_REQUEST => Wants::Bind,
            SEARCH_REQUEST => {
                let limit = size_limit(body)?;
                Wants::Search { limit, entries: 0, references: 0 }
            }
            UNBIND_REQUEST => Wants::Nothing,
            _ => return None,
        };
        Some(Asked { id, wants })
    }

    /// StartTLS, which we write ourselves.
    pub(super) fn start_tls(id: u32) -> Asked {
        Asked { id, wants: Wants::StartTls }
    }

    /// Whether any answer will come.
    pub(super) fn is_answered(&self) -> bool {
        self.wants != Wants::Nothing
    }

    /// Whether this message may be passed on, and whether it is the last one.
    pub(super) fn check(&mut self, message: &[u8], allowance: &mut Allowance) -> Result<Turn, Refused> {
        well_formed(message, &mut allowance.elements)?;
        let mut rest = message;
        let mut inside = take(&mut rest, SEQUENCE).ok_or(Refused::NotLdap)?;
        let id = take(&mut inside, INTEGER).and_then(number).ok_or(Refused::NotLdap)?;
        let (operation, body) = element(&mut inside).ok_or(Refused::NotLdap)?;
        if !rest.is_empty() {
            return Err(Refused::Malformed);
        }
        // Before anything else of it is looked at: AD puts a piece of its goodbye where controls belong.
        if id == 0 && operation == EXTENDED_RESPONSE {
            let code = take(&mut &body[..], ENUMERATED).and_then(number);
            return Err(Refused::Notice(code.unwrap_or_default()));
        }
        if id != self.id {
            return Err(Refused::WrongId(id));
        }
        let turn = match (&mut self.wants, operation) {
            (Wants::Bind, BIND_RESPONSE) => result(body, &[SASL_CREDENTIALS])?,
            (Wants::StartTls, EXTENDED_RESPONSE) => result(body, &[RESPONSE_NAME, RESPONSE_VALUE])?,
            (Wants::Search { .. }, SEARCH_DONE) => result(body, &[])?,
            (Wants::Search { limit, entries, .. }, SEARCH_ENTRY) => {
                *entries += 1;
                if *entries > *limit {
                    return Err(Refused::ManyEntries(*limit));
                }
                entry(body)?
            }
            (Wants::Search { references, .. }, SEARCH_REFERENCE) => {
                *references += 1;
                if *references > MAX_REFERENCES {
                    return Err(Refused::ManyReferences);
                }
                texts(body)?;
                Turn::More
            }
            _ => return Err(Refused::NotAsked(operation)),
        };
        controls(inside)?;
        Ok(turn)
    }
}

/// The result code and the server's words of a message that [`Asked::check`] has passed as the last one.
pub(super) fn result_of(message: &[u8]) -> Option<(u32, &str)> {
    let mut rest = message;
    let mut inside = take(&mut rest, SEQUENCE)?;
    take(&mut inside, INTEGER)?;
    let (_, mut body) = element(&mut inside)?;
    let code = number(take(&mut body, ENUMERATED)?)?;
    take(&mut body, OCTETS)?;
    Some((code, std::str::from_utf8(take(&mut body, OCTETS)?).ok()?))
}

/// base, scope, aliases, then the limit. None at all is more than we ever ask for.
fn size_limit(mut search: &[u8]) -> Option<u32> {
    take(&mut search, OCTETS)?;
    take(&mut search, ENUMERATED)?;
    take(&mut search, ENUMERATED)?;
    number(take(&mut search, INTEGER)?).filter(|limit| *limit > 0)
}

/// All that is constructed holds whole elements, not too deep and not too many.
fn well_formed(message: &[u8], left: &mut usize) -> Result<(), Refused> {
    let mut levels = [&[][..]; MAX_DEPTH + 1];
    levels[0] = message;
    let mut depth = 0;
    loop {
        if levels[depth].is_empty() {
            match depth {
                0 => return Ok(()),
                _ => depth -= 1,
            }
            continue;
        }
        let (tag, content) = element(&mut levels[depth]).ok_or(Refused::Malformed)?;
        *left = left.checked_sub(1).ok_or(Refused::ManyElements)?;
        if tag & CONSTRUCTED != 0 {
            depth += 1;
            *levels.get_mut(depth).ok_or(Refused::Deep)? = content;
        }
    }
}

fn text(rest: &mut &[u8]) -> Result<(), Refused> {
    let bytes = take(rest, OCTETS).ok_or(Refused::Malformed)?;
    std::str::from_utf8(bytes).map(drop).map_err(|_| Refused::NotText)
}

fn texts(mut rest: &[u8]) -> Result<(), Refused> {
    while !rest.is_empty() {
        text(&mut rest)?;
    }
    Ok(())
}

/// Code, matched DN, words; then references, and `more` of what the operation has of its own.
fn result(mut body: &[u8], more: &[u8]) -> Result<Turn, Refused> {
    take(&mut body, ENUMERATED).and_then(number).ok_or(Refused::Malformed)?;
    text(&mut body)?;
    text(&mut body)?;
    if let Some(references) = take(&mut body, REFERRAL) {
        texts(references)?;
    }
    for tag in more {
        if let Some(content) = take(&mut body, *tag) {
            if *tag == RESPONSE_NAME {
                std::str::from_utf8(content).map_err(|_| Refused::NotText)?;
            }
        }
    }
    if body.is_empty() { Ok(Turn::Last) } else { Err(Refused::Malformed) }
}

/// DN, then attributes: a name and a set of values each.
fn entry(mut body: &[u8]) -> Result<Turn, Refused> {
    text(&mut body)?;
    let mut attributes = take(&mut body, SEQUENCE).ok_or(Refused::Malformed)?;
    while !attributes.is_empty() {
        let mut attribute = take(&mut attributes, SEQUENCE).ok_or(Refused::Malformed)?;
        text(&mut attribute)?;
        let mut values = take(&mut attribute, SET).ok_or(Refused::Malformed)?;
        while !values.is_empty() {
            take(&mut values, OCTETS).ok_or(Refused::Malformed)?;
        }
        if !attribute.is_empty() {
            return Err(Refused::Malformed);
        }
    }
    if body.is_empty() { Ok(Turn::More) } else { Err(Refused::Malformed) }
}

/// What follows the operation: nothing, or one list of controls.
fn controls(mut rest: &[u8]) -> Result<(), Refused> {
    if rest.is_empty() {
        return Ok(());
    }
    let mut list = take(&mut rest, CONTROLS).ok_or(Refused::Malformed)?;
    while !list.is_empty() {
        let mut control = take(&mut list, SEQUENCE).ok_or(Refused::Malformed)?;
        text(&mut control)?;
        let critical = take(&mut control, BOOLEAN);
        if critical.is_some_and(|c| c.len() != 1) {
            return Err(Refused::Malformed);
        }
        take(&mut control, OCTETS);
        if !control.is_empty() {
            return Err(Refused::Malformed);
        }
    }
    if rest.is_empty() { Ok(()) } else { Err(Refused::Malformed) }
}

#[cfg(test)]
mod tests;
