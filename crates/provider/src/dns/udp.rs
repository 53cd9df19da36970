//! DNS over UDP: one question, asked again until an answer comes.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use tokio::net::UdpSocket;
use tokio::time::Instant;

use super::server::Timeouts;
use super::tcp;
use crate::error::{Effect, Error, ErrorKind};

/// The largest datagram that is read.
const LARGEST: usize = u16::MAX as usize;

/// A socket on a port of its own that receives from `server` and nobody else.
pub(super) async fn socket(server: SocketAddr) -> Result<UdpSocket, Error> {
    let local: SocketAddr =
        if server.is_ipv4() { (Ipv4Addr::UNSPECIFIED, 0).into() } else { (Ipv6Addr::UNSPECIFIED, 0).into() };
    let failed = |error: io::Error| {
        Error::new(ErrorKind::Unavailable, "no way to the server")
            .at(server.to_string())
            .with_effect(Effect::NotWritten)
            .with_source(&error)
    };
    let socket = UdpSocket::bind(local).await.map_err(failed)?;
    socket.connect(server).await.map_err(failed)?;
    Ok(socket)
}

/// Sends `message` until `accept` takes a datagram. A datagram that is not the answer is ignored, as anybody can send
/// one: `accept` gives `None` for it.
pub(super) async fn exchange<T>(
    server: SocketAddr,
    timeouts: &Timeouts,
    message: &[u8],
    mut accept: impl FnMut(&[u8]) -> Option<Result<T, Error>>,
) -> Result<T, Error> {
    let socket = socket(server).await?;
    let mut datagram = vec![0; LARGEST];
    let mut last = None;
    for _ in 0..timeouts.tries.max(1) {
        let until = Instant::now() + timeouts.datagram;
        if let Err(error) = socket.send(message).await {
            last = Some(refused(server, &error));
            pause(until, &error).await;
            continue;
        }
        loop {
            match tokio::time::timeout_at(until, socket.recv(&mut datagram)).await {
                Ok(Ok(length)) => {
                    if let Some(result) = datagram.get(..length).and_then(&mut accept) {
                        return result;
                    }
                }
                Ok(Err(error)) => {
                    last = Some(refused(server, &error));
                    pause(until, &error).await;
                    break;
                }
                Err(_) => break,
            }
        }
    }
    let waited = timeouts.datagram.saturating_mul(timeouts.tries.max(1));
    Err(last.unwrap_or_else(|| tcp::silent(server, waited)))
}

/// After an ICMP error the next try waits a little: a server that starts again comes back soon.
async fn pause(until: Instant, error: &io::Error) {
    if error.kind() == io::ErrorKind::ConnectionRefused {
        let soon = Instant::now() + Duration::from_millis(200);
        tokio::time::sleep_until(soon.min(until)).await;
    }
}

fn refused(server: SocketAddr, error: &io::Error) -> Error {
    Error::new(ErrorKind::Unavailable, tcp::reason(error)).at(server.to_string()).with_source(error)
}
