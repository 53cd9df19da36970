//! DNS over TCP (RFC 7766): each message after its length in two octets.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use futures::FutureExt as _;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};

use super::server::Timeouts;
use crate::error::{Effect, Error, ErrorKind};

/// A whole message and some more.
const BUFFER: usize = 128 * 1024;

/// A connection to one server, in its two directions.
pub(super) struct Connection {
    pub(super) sender: Sender,
    pub(super) receiver: Receiver,
}

/// The way to the server.
pub(super) struct Sender {
    stream: OwnedWriteHalf,
    server: SocketAddr,
    wait: Duration,
}

/// The way from the server.
pub(super) struct Receiver {
    stream: BufReader<OwnedReadHalf>,
    server: SocketAddr,
    wait: Duration,
}

impl Connection {
    /// Connects. Nothing was sent when this fails.
    pub(super) async fn open(server: SocketAddr, timeouts: &Timeouts) -> Result<Self, Error> {
        let failed =
            |kind, why: String| Error::new(kind, why).at(server.to_string()).with_effect(Effect::NotWritten);
        let late = format!("no connection within {}", seconds(timeouts.connect));
        let stream = tokio::time::timeout(timeouts.connect, TcpStream::connect(server))
            .await
            .map_err(|_| failed(ErrorKind::Timeout, late))?
            .map_err(|error| failed(ErrorKind::Unavailable, reason(&error).to_owned()).with_source(&error))?;
        // Each write is a whole message or several; waiting to fill a segment would only add time.
        drop(stream.set_nodelay(true));
        let (reader, writer) = stream.into_split();
        let wait = timeouts.answer;
        Ok(Self {
            sender: Sender { stream: writer, server, wait },
            receiver: Receiver { stream: BufReader::with_capacity(BUFFER, reader), server, wait },
        })
    }
}

impl Sender {
    /// Sends messages that are framed already.
    pub(super) async fn send(&mut self, framed: &[u8]) -> Result<(), Error> {
        in_time(self.stream.write_all(framed), self.wait, self.server).await
    }
}

impl Receiver {
    /// Waits for the next message, which replaces what is in `message`.
    pub(super) async fn receive(&mut self, message: &mut Vec<u8>) -> Result<(), Error> {
        let stream = &mut self.stream;
        let read = async {
            let length = usize::from(stream.read_u16().await?);
            message.resize(length, 0);
            stream.read_exact(message).await.map(drop)
        };
        in_time(read, self.wait, self.server).await
    }

    /// Whether the server has closed the connection, as far as is known here.
    pub(super) fn is_closed(&mut self) -> bool {
        matches!(self.stream.fill_buf().now_or_never(), Some(Ok([]) | Err(_)))
    }

    /// Whether a whole message is here already, so that [`Receiver::receive`] will not wait.
    pub(super) fn has_message(&self) -> bool {
        match self.stream.buffer() {
            [high, low, rest @ ..] => rest.len() >= usize::from(u16::from_be_bytes([*high, *low])),
            _ => false,
        }
    }
}

/// Adds a message with its length to `out`.
///
/// # Errors
/// A message of more than 65,535 octets.
pub(super) fn frame(message: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
    let length = u16::try_from(message.len()).map_err(|_| {
        Error::new(ErrorKind::Rejected, format!("a message of {} octets; at most 65535 fit", message.len()))
    })?;
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(message);
    Ok(())
}

async fn in_time(
    work: impl Future<Output = io::Result<()>>,
    wait: Duration,
    server: SocketAddr,
) -> Result<(), Error> {
    match tokio::time::timeout(wait, work).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(broken(server, &error)),
        Err(_) => Err(silent(server, wait)),
    }
}

/// The connection broke after something may have been sent.
fn broken(server: SocketAddr, error: &io::Error) -> Error {
    Error::new(ErrorKind::Unavailable, reason(error)).at(server.to_string()).with_source(error)
}

/// What an error of the system means here.
pub(super) fn reason(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => "the server closed the connection before it had answered",
        io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => "the server broke the connection off",
        io::ErrorKind::ConnectionRefused => "nothing listens on this port",
        _ => "the network fails",
    }
}

/// Nothing came in time.
pub(super) fn silent(server: SocketAddr, wait: Duration) -> Error {
    Error::new(ErrorKind::Timeout, format!("no answer within {}", seconds(wait))).at(server.to_string())
}

pub(super) fn seconds(time: Duration) -> String {
    format!("{} s", time.as_secs_f64())
}
