//! One task for each connection, between ldap3's end of a socket pair and the server: a request goes out, only what
//! answers it comes in. Its result is the reason why a connection ended; ldap3 knows none ("channel closed").

use std::io;

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::UnixStream,
};
use zeroize::Zeroizing;

use super::{
    ber::{self, SEQUENCE},
    guard::{Allowance, Asked, MAX_MESSAGE, Refused, Turn},
};

/// The content type of a TLS alert, which is what a TLS port says to plain LDAP.
const TLS_ALERT: u8 = 0x15;

/// Why a connection ended, as half a sentence about the server.
#[derive(Debug, thiserror::Error)]
pub(super) enum Ended {
    #[error("it hung up")]
    HungUp,
    #[error("it spoke without being asked")]
    Unasked,
    #[error("{0}")]
    Refused(#[from] Refused),
    #[error("{0}")]
    Io(io::Error),
    #[error("a request of ours was not understood by our own guard")]
    OwnRequest,
}

impl From<io::Error> for Ended {
    fn from(e: io::Error) -> Ended {
        use io::ErrorKind::{BrokenPipe, ConnectionReset, UnexpectedEof};
        match e.kind() {
            UnexpectedEof | ConnectionReset | BrokenPipe => Ended::HungUp,
            _ => Ended::Io(e),
        }
    }
}

/// Passes requests and their answers until either side is done. One request at a time.
///
/// # Errors
/// [`Ended`] if it was the server that ended it, or what it sent.
pub(super) async fn relay(mut ldap: UnixStream, mut server: impl AsyncRead + AsyncWrite + Unpin) -> Result<(), Ended> {
    let mut allowance = Allowance::new();
    loop {
        let request = tokio::select! {
            request = read_request(&mut ldap) => request?,
            byte = server.read_u8() => return Err(byte.map_or_else(Ended::from, |_| Ended::Unasked)),
        };
        let Some(request) = request else { break };
        let mut asked = Asked::of(&request).ok_or(Ended::OwnRequest)?;
        server.write_all(&request).await?;
        server.flush().await?;
        drop(request);
        if !asked.is_answered() {
            break;
        }
        loop {
            let answer = tokio::select! {
                answer = read_answer(&mut server, &mut allowance) => answer?,
                // It sends nothing while an answer is due: it is gone.
                _ = ldap.read_u8() => return Ok(()),
            };
            let turn = asked.check(&answer, &mut allowance)?;
            ldap.write_all(&answer).await?;
            if turn == Turn::Last {
                break;
            }
        }
    }
    // Nobody waits for the server's own goodbye.
    let _ = server.shutdown().await;
    Ok(())
}

/// One whole message, never a byte more.
///
/// # Errors
/// [`Ended`] if it is too long, or not one.
pub(super) async fn read_answer(
    from: &mut (impl AsyncRead + Unpin),
    allowance: &mut Allowance,
) -> Result<Vec<u8>, Ended> {
    let mut message = vec![from.read_u8().await?];
    match message[0] {
        SEQUENCE => {}
        TLS_ALERT => return Err(Refused::Tls.into()),
        _ => return Err(Refused::NotLdap.into()),
    }
    let length = read_length(from, &mut message).await?;
    allowance.take_bytes(length)?;
    read_content(from, &mut message, length).await?;
    Ok(message)
}

/// What ldap3 sends, wiped when dropped: it may be a password. `None`: ldap3 is done.
async fn read_request(from: &mut UnixStream) -> Result<Option<Zeroizing<Vec<u8>>>, Ended> {
    let tag = match from.read_u8().await {
        Ok(tag) => tag,
        Err(_) => return Ok(None),
    };
    // Room at once: a vector that grows leaves a copy behind.
    let mut message = Zeroizing::new(Vec::with_capacity(4096));
    message.push(tag);
    let length = read_length(from, &mut message).await?;
    if length > MAX_MESSAGE {
        return Err(Ended::OwnRequest);
    }
    read_content(from, &mut message, length).await?;
    Ok(Some(message))
}

async fn read_length(from: &mut (impl AsyncRead + Unpin), message: &mut Vec<u8>) -> Result<usize, Ended> {
    let first = from.read_u8().await?;
    message.push(first);
    match ber::long_form(first).ok_or(Refused::NotLdap)? {
        Ok(length) => Ok(length),
        Err(count) => {
            let at = message.len();
            read_content(from, message, count).await?;
            let length = ber::number(&message[at..]).and_then(|n| usize::try_from(n).ok());
            Ok(length.ok_or(Refused::NotLdap)?)
        }
    }
}

async fn read_content(from: &mut (impl AsyncRead + Unpin), message: &mut Vec<u8>, length: usize) -> Result<(), Ended> {
    let at = message.len();
    message.resize(at + length, 0);
    from.read_exact(&mut message[at..]).await?;
    Ok(())
}
