//! A server on loopback that does exactly what a test says, right or wrong: it speaks raw bytes.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::AbortHandle;

/// What the server does after a request. When the list ends, the connection is kept for the next request.
#[derive(Clone)]
pub(super) enum Do {
    Send(Vec<u8>),
    Wait(Duration),
    /// Closes the connection in good order.
    Close,
    /// Sends a TCP reset.
    Reset,
}

/// A request as it came.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    /// Request line and headers.
    pub(super) head: String,
    pub(super) body: Vec<u8>,
}

impl Seen {
    pub(super) fn line(&self) -> &str {
        self.head.lines().next().unwrap()
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (key, value) = line.split_once(": ")?;
            key.eq_ignore_ascii_case(name).then_some(value)
        })
    }
}

#[derive(Default)]
pub(super) struct Watch {
    seen: Mutex<Vec<Seen>>,
    pub(super) connections: AtomicUsize,
    pub(super) open: AtomicUsize,
    pub(super) most_open: AtomicUsize,
}

impl Watch {
    pub(super) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

pub(super) struct Server {
    pub(super) address: SocketAddr,
    pub(super) watch: Arc<Watch>,
    accepting: AbortHandle,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl Server {
    /// Starts a server that asks `script` what to do: it is given the number of the request, from 0, and the request.
    pub(super) async fn start(script: impl Fn(usize, &Seen) -> Vec<Do> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let watch = Arc::new(Watch::default());
        let script: Arc<Script> = Arc::new(script);
        let accepting = tokio::spawn({
            let watch = Arc::clone(&watch);
            async move {
                while let Ok((stream, _)) = listener.accept().await {
                    tokio::spawn(serve(stream, Arc::clone(&watch), Arc::clone(&script)));
                }
            }
        });
        Self { address, watch, accepting: accepting.abort_handle() }
    }

    /// Starts a server that gives these answers one after the other, and the last one from then on.
    pub(super) async fn answers(answers: impl IntoIterator<Item = Vec<Do>>) -> Self {
        let answers: Vec<_> = answers.into_iter().collect();
        Self::start(move |number, _| answers.get(number).or(answers.last()).unwrap().clone()).await
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(super) fn requests(&self) -> usize {
        self.watch.seen.lock().unwrap().len()
    }
}

type Script = dyn Fn(usize, &Seen) -> Vec<Do> + Send + Sync;

async fn serve(mut stream: TcpStream, watch: Arc<Watch>, script: Arc<Script>) {
    watch.connections.fetch_add(1, SeqCst);
    let open = watch.open.fetch_add(1, SeqCst) + 1;
    watch.most_open.fetch_max(open, SeqCst);
    let reset = talk(&mut stream, &watch, script.as_ref()).await;
    if reset == Some(true) {
        stream.set_zero_linger().unwrap();
    }
    drop(stream);
    watch.open.fetch_sub(1, SeqCst);
}

/// Talks HTTP until the peer or the script ends it; `Some(true)` for a reset.
pub(super) async fn talk<S>(stream: &mut S, watch: &Watch, script: &Script) -> Option<bool>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut buffer = Vec::new();
    loop {
        let seen = read_request(stream, &mut buffer).await?;
        let number = {
            let mut all = watch.seen.lock().unwrap();
            all.push(seen.clone());
            all.len() - 1
        };
        for step in script(number, &seen) {
            match step {
                Do::Send(bytes) => stream.write_all(&bytes).await.ok()?,
                Do::Close => {
                    stream.shutdown().await.ok()?;
                    return Some(false);
                }
                Do::Reset => return Some(true),
                // Notices when the client goes away.
                Do::Wait(time) => {
                    let mut rest = [0; 1];
                    match tokio::time::timeout(time, stream.read(&mut rest)).await {
                        Err(_) => {}
                        Ok(Ok(1)) => buffer.push(rest[0]),
                        Ok(_) => return None,
                    }
                }
            }
        }
    }
}

async fn read_request<S: AsyncRead + Unpin>(stream: &mut S, buffer: &mut Vec<u8>) -> Option<Seen> {
    let end = loop {
        if let Some(at) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
            break at + 4;
        }
        if stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8(buffer.drain(..end).collect()).unwrap();
    let mut seen = Seen { head, body: Vec::new() };
    let length: usize = seen.header("content-length").map_or(0, |length| length.parse().unwrap());
    while buffer.len() < length {
        if stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    }
    seen.body = buffer.drain(..length).collect();
    Some(seen)
}

/// An answer with a correct length. `headers` ends each of its lines with CR LF.
pub(super) fn answer(status: u16, headers: &str, body: &str) -> Vec<Do> {
    let text = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\n{headers}\r\n{body}", body.len());
    vec![Do::Send(text.into_bytes())]
}

/// An answer of JSON.
pub(super) fn json(body: &str) -> Vec<Do> {
    answer(200, "content-type: application/json\r\n", body)
}

/// Any bytes, then the end of the connection.
pub(super) fn raw(bytes: &str) -> Vec<Do> {
    vec![Do::Send(bytes.as_bytes().to_vec()), Do::Close]
}
