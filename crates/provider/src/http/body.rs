//! Reading an answer's body, with a limit on its size and on each wait.

use std::time::Duration;

use bytes::Bytes;
use reqwest::Response;
use tokio::time::{Instant, timeout_at};

/// How much of a refusal is read: enough for its words.
pub(super) const MAX_REFUSAL: usize = 64 << 10;

/// How long and how far to read.
#[derive(Clone, Copy)]
pub(super) struct Reader {
    pub(super) limit: u64,
    pub(super) read: Duration,
    pub(super) deadline: Instant,
}

/// Why a body did not come whole.
pub(super) enum Broken {
    TooLarge,
    Slow,
    Cut(reqwest::Error),
}

impl Reader {
    /// Reads into `body` until its end or past the limit. What was read stays in `body` when it breaks off.
    pub(super) async fn read(self, response: &mut Response, body: &mut Body) -> Result<(), Broken> {
        // The memory is only touched when bytes arrive, so a server that exaggerates costs nothing.
        let announced = response.content_length().unwrap_or(0).min(self.limit);
        body.expected = usize::try_from(announced).unwrap_or(0);
        loop {
            match timeout_at(soon(self.deadline, self.read), response.chunk()).await {
                Err(_) => return Err(Broken::Slow),
                Ok(Err(error)) => return Err(Broken::Cut(error)),
                Ok(Ok(None)) => return Ok(()),
                Ok(Ok(Some(chunk))) => {
                    body.push(chunk);
                    if body.len() as u64 > self.limit {
                        return Err(Broken::TooLarge);
                    }
                }
            }
        }
    }
}

/// The end of a wait that begins now. A time-out too long to be a time is none.
pub(super) fn soon(deadline: Instant, wait: Duration) -> Instant {
    Instant::now().checked_add(wait).map_or(deadline, |end| end.min(deadline))
}

/// The bytes read so far. A body that comes in one piece is not copied.
#[derive(Default)]
pub(super) struct Body {
    only: Bytes,
    many: Vec<u8>,
    expected: usize,
}

impl Body {
    pub(super) fn len(&self) -> usize {
        self.only.len() + self.many.len()
    }

    fn push(&mut self, chunk: Bytes) {
        if self.len() == 0 {
            self.only = chunk;
            return;
        }
        if self.many.is_empty() {
            self.many.reserve(self.expected.max(self.only.len() + chunk.len()));
            self.many.extend_from_slice(&std::mem::take(&mut self.only));
        }
        self.many.extend_from_slice(&chunk);
    }

    pub(super) fn into_bytes(self) -> Bytes {
        if self.many.is_empty() { self.only } else { self.many.into() }
    }
}
