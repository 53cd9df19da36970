//! A DNS proxy for UDP and TCP that shows every message to a function of the test, which may drop, change or answer it.

use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use crate::{Error, Port, Result};

/// How long the server behind the proxy may take over UDP.
const UDP_TIMEOUT: Duration = Duration::from_secs(10);

/// The way a message goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From the client to the server.
    Query,
    /// From the server to the client.
    Answer,
}

/// What carries a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// One datagram.
    Udp,
    /// A stream, each message behind its length.
    Tcp,
}

/// One DNS message on its way.
#[derive(Debug, Clone, Copy)]
pub struct Packet<'a> {
    /// The message in wire form (RFC 1035 section 4), without the length of TCP.
    pub bytes: &'a [u8],
    /// Its way.
    pub direction: Direction,
    /// Its carrier.
    pub transport: Transport,
    /// The message's number from 0 on in its direction: within its connection for TCP, since the start for UDP.
    pub index: usize,
}

/// What becomes of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// It goes on as it is.
    Pass,
    /// This goes on in its place.
    Replace(Vec<u8>),
    /// It is lost; a TCP connection stays open.
    Drop,
    /// It goes on later.
    Delay(Duration),
    /// The client gets this, and the server nothing. For an answer the same as [`Action::Replace`].
    Reply(Vec<u8>),
    /// The TCP connection ends in order; over UDP the message is lost.
    Close,
    /// The TCP connection is reset; over UDP the message is lost.
    Reset,
}

/// The function of the test.
type Hook = dyn Fn(&Packet<'_>) -> Action + Send + Sync;

/// A proxy on a port of its own, UDP and TCP. It stops when it is dropped.
#[derive(Debug)]
pub struct DnsProxy {
    port: Port,
    ended: Arc<AtomicBool>,
}

impl DnsProxy {
    /// Starts a proxy in front of the name server at `upstream`; `hook` sees every message of both directions.
    ///
    /// # Errors
    /// When no port is free.
    pub fn start(
        upstream: SocketAddr,
        hook: impl Fn(&Packet<'_>) -> Action + Send + Sync + 'static,
    ) -> Result<Self> {
        let port = Port::reserve()?;
        let hook: Arc<Hook> = Arc::new(hook);
        let ended = Arc::new(AtomicBool::new(false));
        let udp = UdpSocket::bind(port.address()).map_err(Error::io("listen for the DNS proxy (UDP)"))?;
        let tcp = TcpListener::bind(port.address()).map_err(Error::io("listen for the DNS proxy (TCP)"))?;
        let (datagrams, over) = (Arc::clone(&hook), Arc::clone(&ended));
        std::thread::spawn(move || serve_udp(&Arc::new(udp), upstream, &datagrams, &over));
        let over = Arc::clone(&ended);
        std::thread::spawn(move || {
            for client in tcp.incoming().flatten() {
                if over.load(Ordering::Relaxed) {
                    return;
                }
                let hook = Arc::clone(&hook);
                std::thread::spawn(move || {
                    let _ = serve_tcp(client, upstream, &hook);
                });
            }
        });
        Ok(Self { port, ended })
    }

    /// The address of the proxy, UDP and TCP.
    pub fn address(&self) -> SocketAddr {
        self.port.address()
    }
}

impl Drop for DnsProxy {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
        // Both threads wait for a client; this one makes them look up.
        let _ = TcpStream::connect(self.port.address());
        let wake = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0));
        let _ = wake.and_then(|socket| socket.send_to(&[], self.port.address()));
    }
}

fn serve_udp(socket: &Arc<UdpSocket>, upstream: SocketAddr, hook: &Arc<Hook>, ended: &AtomicBool) {
    let answers = Arc::new(AtomicUsize::new(0));
    let mut buffer = vec![0; 65_535];
    for index in 0_usize.. {
        let Ok((length, client)) = socket.recv_from(&mut buffer) else { return };
        if ended.load(Ordering::Relaxed) {
            return;
        }
        let query = buffer.get(..length).unwrap_or_default().to_vec();
        let (socket, hook, answers) = (Arc::clone(socket), Arc::clone(hook), Arc::clone(&answers));
        std::thread::spawn(move || -> io::Result<()> {
            let packet = |bytes: &[u8], direction, index| {
                hook(&Packet { bytes, direction, transport: Transport::Udp, index })
            };
            let query = match packet(&query, Direction::Query, index) {
                Action::Pass => query,
                Action::Replace(other) => other,
                Action::Delay(by) => {
                    std::thread::sleep(by);
                    query
                }
                Action::Reply(answer) => return socket.send_to(&answer, client).map(drop),
                Action::Drop | Action::Close | Action::Reset => return Ok(()),
            };
            let answer = ask(upstream, &query)?;
            let answer = match packet(&answer, Direction::Answer, answers.fetch_add(1, Ordering::Relaxed)) {
                Action::Pass => answer,
                Action::Replace(other) | Action::Reply(other) => other,
                Action::Delay(by) => {
                    std::thread::sleep(by);
                    answer
                }
                Action::Drop | Action::Close | Action::Reset => return Ok(()),
            };
            socket.send_to(&answer, client).map(drop)
        });
    }
}

fn ask(upstream: SocketAddr, query: &[u8]) -> io::Result<Vec<u8>> {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
    socket.set_read_timeout(Some(UDP_TIMEOUT))?;
    socket.connect(upstream)?;
    socket.send(query)?;
    let mut answer = vec![0; 65_535];
    let length = socket.recv(&mut answer)?;
    answer.truncate(length);
    Ok(answer)
}

/// The two ends of one TCP connection through the proxy.
struct Connection {
    client: TcpStream,
    server: TcpStream,
    /// The client's side ends with a reset.
    reset: AtomicBool,
}

impl Connection {
    /// Ends both sides. A reset is sent when the last handle of the socket is closed, so nothing may be sent before.
    fn end(&self) {
        let how = if self.reset.load(Ordering::Relaxed) { Shutdown::Read } else { Shutdown::Both };
        let _ = self.client.shutdown(how);
        let _ = self.server.shutdown(Shutdown::Both);
    }
}

fn serve_tcp(client: TcpStream, upstream: SocketAddr, hook: &Arc<Hook>) -> io::Result<()> {
    let server = TcpStream::connect(upstream)?;
    for stream in [&client, &server] {
        stream.set_nodelay(true)?;
    }
    let connection = Arc::new(Connection { client, server, reset: AtomicBool::new(false) });
    let (queries, hook_of_queries) = (Arc::clone(&connection), Arc::clone(hook));
    std::thread::spawn(move || match pump(&queries, Direction::Query, &hook_of_queries) {
        // The client has said all; the server may still answer.
        Ok(true) => drop(queries.server.shutdown(Shutdown::Write)),
        _ => queries.end(),
    });
    let result = pump(&connection, Direction::Answer, hook);
    connection.end();
    result.map(drop)
}

/// Carries the messages of one direction. `Ok(true)` when the source has ended, `Ok(false)` when the hook ended the
/// connection.
fn pump(connection: &Connection, direction: Direction, hook: &Arc<Hook>) -> io::Result<bool> {
    let (client, server) = (&connection.client, &connection.server);
    let (mut from, mut to) = match direction {
        Direction::Query => (client, server),
        Direction::Answer => (server, client),
    };
    for index in 0_usize.. {
        let Some(message) = read_message(&mut from)? else { return Ok(true) };
        match hook(&Packet { bytes: &message, direction, transport: Transport::Tcp, index }) {
            Action::Pass => write_message(&mut to, &message)?,
            Action::Replace(other) => write_message(&mut to, &other)?,
            Action::Reply(answer) => write_message(&mut &*client, &answer)?,
            Action::Delay(by) => {
                std::thread::sleep(by);
                write_message(&mut to, &message)?;
            }
            Action::Drop => {}
            Action::Close => return Ok(false),
            Action::Reset => {
                rustix::net::sockopt::set_socket_linger(client, Some(Duration::ZERO))?;
                connection.reset.store(true, Ordering::Relaxed);
                return Ok(false);
            }
        }
    }
    Ok(true)
}

fn read_message(from: &mut &TcpStream) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0; 2];
    match from.read_exact(&mut length) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error),
    }
    let mut message = vec![0; usize::from(u16::from_be_bytes(length))];
    from.read_exact(&mut message)?;
    Ok(Some(message))
}

fn write_message(to: &mut &TcpStream, message: &[u8]) -> io::Result<()> {
    let length = u16::try_from(message.len()).map_err(io::Error::other)?;
    let mut framed = length.to_be_bytes().to_vec();
    framed.extend_from_slice(message);
    to.write_all(&framed)
}
