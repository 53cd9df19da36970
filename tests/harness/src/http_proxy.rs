//! An HTTP proxy in front of a real server that delays, counts and spoils requests.

use std::collections::BTreeMap;
use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::fault::{Effect, Fault, Faults};
use crate::http::{self, Message};
use crate::{Error, Port, Result, ServedRequest};

/// A proxy on a port of its own. One request a connection, as PowerDNS does it. It stops when it is dropped.
#[derive(Debug)]
pub struct HttpProxy {
    port: Port,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    upstream: SocketAddr,
    ended: AtomicBool,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    latency: Duration,
    faults: Faults,
    requests: Vec<ServedRequest>,
    in_flight: usize,
    peak: usize,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ended(&self) -> bool {
        self.ended.load(Ordering::Relaxed)
    }
}

impl HttpProxy {
    /// Starts a proxy that passes everything on to the HTTP server at `upstream`.
    ///
    /// # Errors
    /// When no port is free.
    pub fn start(upstream: SocketAddr) -> Result<Self> {
        let port = Port::reserve()?;
        let listener = TcpListener::bind(port.address()).map_err(Error::io("listen for the HTTP proxy"))?;
        let shared = Arc::new(Shared { upstream, ended: AtomicBool::new(false), state: Mutex::default() });
        let server = Arc::clone(&shared);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if server.ended() {
                    return;
                }
                let server = Arc::clone(&server);
                std::thread::spawn(move || {
                    // A client that goes away is its own business; the requests are counted.
                    let _ = serve(&server, stream);
                });
            }
        });
        Ok(Self { port, shared })
    }

    /// The base URL of the proxy: `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.port.address())
    }

    /// The address of the proxy.
    pub fn address(&self) -> SocketAddr {
        self.port.address()
    }

    /// Waits this long before each request is passed on.
    pub fn set_latency(&self, latency: Duration) {
        self.shared.state().latency = latency;
    }

    /// Adds a fault.
    pub fn fault(&self, fault: Fault) {
        self.shared.state().faults.add(fault);
    }

    /// Removes all faults.
    pub fn heal(&self) {
        self.shared.state().faults.clear();
    }

    /// All requests so far in the order of their answers; status 0 when the client got no answer.
    pub fn requests(&self) -> Vec<ServedRequest> {
        self.shared.state().requests.clone()
    }

    /// How often each pair of method and status was answered.
    pub fn counts(&self) -> BTreeMap<(String, u16), usize> {
        let mut counts = BTreeMap::new();
        for request in &self.shared.state().requests {
            let count: &mut usize = counts.entry((request.method.clone(), request.status)).or_default();
            *count = count.saturating_add(1);
        }
        counts
    }

    /// The largest number of requests that were under way at the same time.
    pub fn peak_in_flight(&self) -> usize {
        self.shared.state().peak
    }

    /// How many requests are under way now.
    pub fn in_flight(&self) -> usize {
        self.shared.state().in_flight
    }

    /// Forgets requests and peak; faults keep counting their matches.
    pub fn forget(&self) {
        let mut state = self.shared.state();
        state.requests.clear();
        state.peak = state.in_flight;
    }
}

impl Drop for HttpProxy {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::Relaxed);
        // Wakes the thread that waits for connections, so that it sees the end.
        let _ = TcpStream::connect(self.port.address());
    }
}

fn serve(shared: &Shared, mut stream: TcpStream) -> io::Result<()> {
    http::prepare(&stream)?;
    let Some((method, path, request)) = http::read_request(&mut stream)? else { return Ok(()) };
    let (effect, latency) = {
        let mut state = shared.state();
        state.in_flight = state.in_flight.saturating_add(1);
        state.peak = state.peak.max(state.in_flight);
        (state.faults.take(&method, &path), state.latency)
    };
    std::thread::sleep(latency);
    let outcome = decide(shared.upstream, &request, effect);
    {
        // Before the client has the answer, so that a test which has it also sees the request here.
        let status = outcome.as_ref().map_or(502, Outcome::status);
        let mut state = shared.state();
        state.in_flight = state.in_flight.saturating_sub(1);
        state.requests.push(ServedRequest { method, path, status });
    }
    match outcome {
        Ok(outcome) => outcome.send(shared, &mut stream),
        // As a load balancer does when it cannot reach the server.
        Err(error) => Outcome::whole(answer(502, &[], &error.to_string()), 502).send(shared, &mut stream),
    }
}

/// What the client gets.
struct Outcome {
    status: u16,
    message: Message,
    how: How,
}

enum How {
    Whole,
    HalfThenClose,
    Parts(usize, Duration),
    Reset,
    Nothing,
}

impl Outcome {
    fn whole(message: Message, status: u16) -> Self {
        Self { status, message, how: How::Whole }
    }

    fn status(&self) -> u16 {
        if matches!(self.how, How::Reset | How::Nothing) { 0 } else { self.status }
    }

    fn send(&self, shared: &Shared, stream: &mut TcpStream) -> io::Result<()> {
        let body = &self.message.body;
        // These have no body, and a length would be wrong (RFC 9110 section 8.6).
        let length = (self.status != 204 && self.status != 304).then_some(body.len());
        let head = self.message.head(length);
        match self.how {
            How::Whole => {
                stream.write_all(&head)?;
                stream.write_all(body)?;
            }
            How::HalfThenClose => {
                stream.write_all(&head)?;
                stream.write_all(half(body))?;
            }
            How::Parts(size, pause) => {
                stream.write_all(&head)?;
                for part in body.chunks(size) {
                    std::thread::sleep(pause);
                    if shared.ended() {
                        break;
                    }
                    stream.write_all(part)?;
                }
            }
            How::Reset => {
                // To close with a linger time of zero sends RST in place of FIN.
                rustix::net::sockopt::set_socket_linger(&*stream, Some(Duration::ZERO))?;
                return Ok(());
            }
            How::Nothing => return wait_for_close(shared, stream),
        }
        // An unread octet of the client would turn the close into a reset that takes the answer with it.
        stream.shutdown(Shutdown::Write)?;
        stream.set_read_timeout(Some(Duration::from_secs(1)))?;
        let _ = io::copy(stream, &mut io::sink());
        Ok(())
    }
}

fn decide(upstream: SocketAddr, request: &Message, effect: Option<Effect>) -> io::Result<Outcome> {
    match effect {
        Some(Effect::Answer { status, headers, body }) => {
            return Ok(Outcome::whole(answer(status, &headers, &body), status));
        }
        Some(Effect::ResetBefore) => {
            return Ok(Outcome { status: 0, message: answer(0, &[], ""), how: How::Reset });
        }
        Some(Effect::Breaks(later)) => {
            let request = request.clone();
            std::thread::spawn(move || {
                std::thread::sleep(later);
                // Nobody waits for the answer.
                let _ = http::exchange(upstream, &request);
            });
            return Ok(Outcome { status: 0, message: answer(0, &[], ""), how: How::Reset });
        }
        Some(Effect::Late(by)) => std::thread::sleep(by),
        _ => {}
    }
    let (status, mut message) = http::exchange(upstream, request)?;
    if let Some(Effect::Says { status, headers }) = effect {
        return Ok(Outcome::whole(answer(status, &headers, "{\"error\":\"injected\"}"), status));
    }
    let how = match effect {
        Some(Effect::Body(text)) => {
            message.body = text.into_bytes();
            How::Whole
        }
        Some(Effect::HalfBody) => {
            message.body = half(&message.body).to_vec();
            How::Whole
        }
        Some(Effect::CutShort) => How::HalfThenClose,
        Some(Effect::ResetAfter) => How::Reset,
        Some(Effect::Hang) => How::Nothing,
        Some(Effect::Slow { part, pause }) => How::Parts(part, pause),
        _ => How::Whole,
    };
    Ok(Outcome { status, message, how })
}

fn answer(status: u16, headers: &[(String, String)], body: &str) -> Message {
    Message {
        first: format!("HTTP/1.1 {status} Injected"),
        headers: headers.to_vec(),
        body: body.as_bytes().to_vec(),
    }
}

fn half(body: &[u8]) -> &[u8] {
    body.get(..body.len() / 2).unwrap_or_default()
}

/// Keeps the connection open until the client gives up or the proxy ends.
fn wait_for_close(shared: &Shared, stream: &mut TcpStream) -> io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_millis(100)))?;
    let mut octet = [0];
    while !shared.ended() {
        match stream.read(&mut octet) {
            Ok(0) => return Ok(()),
            Ok(_) => {}
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
