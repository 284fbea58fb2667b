//! From an accepted socket to a stream that HTTP is spoken on; whoever speaks plain HTTP is told so.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::{TlsAcceptor, server::TlsStream};

use super::super::limits::{HANDSHAKE_TIMEOUT, MAX_HEAD};
use super::super::patient::Patient;

/// First byte of every TLS handshake.
const HANDSHAKE: u8 = 22;
/// To a browser that was sent here by an `http://` address.
const SPEAKS_TLS: &[u8] =
    b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\
    Content-Length: 62\r\n\r\nThis port speaks HTTPS: put https:// in front of its address.\n";

/// Shakes hands, within [`HANDSHAKE_TIMEOUT`]; `None` if that came to nothing, and then the connection is closed.
pub(crate) async fn shake(socket: TcpStream, acceptor: &TlsAcceptor) -> Option<TlsStream<Patient<TcpStream>>> {
    match tokio::time::timeout(HANDSHAKE_TIMEOUT, shake_patiently(socket, acceptor)).await {
        Ok(Ok(stream)) => stream,
        Ok(Err(error)) => {
            tracing::debug!(%error, "TLS handshake");
            None
        }
        Err(_) => {
            tracing::debug!("TLS handshake: too slow");
            None
        }
    }
}

async fn shake_patiently(
    mut socket: TcpStream,
    acceptor: &TlsAcceptor,
) -> std::io::Result<Option<TlsStream<Patient<TcpStream>>>> {
    let mut first = [0];
    let there = socket.peek(&mut first).await?;
    if there == 1 && first[0] == HANDSHAKE {
        return acceptor.accept(Patient::new(socket)).await.map(Some);
    }
    if first[0].is_ascii_uppercase() {
        socket.write_all(SPEAKS_TLS).await?;
        socket.shutdown().await?;
        // What is left unread would turn the end into a reset, and the peer would lose the answer.
        socket.take(MAX_HEAD as u64).read_to_end(&mut Vec::new()).await?;
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_to_plain_http_is_as_long_as_it_says() {
        let text = std::str::from_utf8(SPEAKS_TLS).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.contains(&format!("Content-Length: {}", body.len())), "{}", body.len());
    }
}
