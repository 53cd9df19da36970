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
    /// Reads into `body` until its end or the limit. What was read stays in `body` when it breaks off.
    pub(super) async fn read(self, response: &mut Response, body: &mut Body) -> Result<(), Broken> {
        // The memory is only touched when bytes arrive, so a server that exaggerates costs nothing.
        let announced = response.content_length().unwrap_or(0).min(self.limit);
        body.expected = usize::try_from(announced).unwrap_or(0);
        loop {
            match timeout_at(soon(self.deadline, self.read), response.chunk()).await {
                Err(_) => return Err(Broken::Slow),
                Ok(Err(error)) => return Err(Broken::Cut(error)),
                Ok(Ok(None)) => return Ok(()),
                Ok(Ok(Some(mut chunk))) => {
                    let room = self.limit.saturating_sub(body.len() as u64);
                    let fits = usize::try_from(room).unwrap_or(usize::MAX) >= chunk.len();
                    chunk.truncate(usize::try_from(room).unwrap_or(usize::MAX));
                    body.push(&chunk);
                    if !fits {
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

/// The room of the first block of an answer that does not say how long it is, and of those after it, at most.
const FIRST: usize = 64 << 10;
const LARGEST: usize = 16 << 20;

/// The bytes read so far. What was read is not copied to make room for more until the end: of a large answer there is
/// never a second one.
#[derive(Default)]
pub(super) struct Body {
    only: Bytes,
    blocks: Vec<Vec<u8>>,
    length: usize,
    expected: usize,
}

impl Body {
    pub(super) fn len(&self) -> usize {
        self.length
    }

    fn push(&mut self, chunk: &Bytes) {
        let is_first = self.length == 0;
        self.length += chunk.len();
        if is_first {
            // A body that comes in one piece is not copied.
            self.only = chunk.clone();
            return;
        }
        if self.blocks.is_empty() {
            let first = std::mem::take(&mut self.only);
            self.blocks.push(Vec::with_capacity(self.expected.max(FIRST).max(first.len())));
            self.append(&first);
        }
        self.append(chunk);
    }

    fn append(&mut self, mut rest: &[u8]) {
        while !rest.is_empty() {
            match self.blocks.last_mut().filter(|block| block.len() < block.capacity()) {
                Some(block) => {
                    let room = (block.capacity() - block.len()).min(rest.len());
                    let (now, later) = rest.split_at_checked(room).unwrap_or((rest, &[]));
                    block.extend_from_slice(now);
                    rest = later;
                }
                None => self.blocks.push(Vec::with_capacity(self.length.clamp(FIRST, LARGEST))),
            }
        }
    }

    pub(super) fn into_bytes(mut self) -> Bytes {
        match (self.blocks.pop(), self.blocks.is_empty()) {
            (None, _) => self.only,
            (Some(one), true) => one.into(),
            (Some(last), false) => {
                let mut whole = Vec::with_capacity(self.length);
                // Each block is given back as soon as it is copied.
                for block in self.blocks.into_iter().chain([last]) {
                    whole.extend_from_slice(&block);
                }
                whole.into()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(body: &Body) -> usize {
        body.only.len() + body.blocks.iter().map(Vec::capacity).sum::<usize>()
    }

    #[test]
    fn an_answer_without_an_end_is_held_once() {
        let mut body = Body::default();
        let chunk = Bytes::from(vec![b'x'; 300_001]);
        for number in 1..=300 {
            body.push(&chunk);
            let most = number * chunk.len() + LARGEST;
            assert!(held(&body) <= most, "{} for {}", held(&body), body.len());
        }
        assert_eq!(body.len(), 300 * chunk.len());
    }

    #[test]
    fn nothing_is_lost_between_blocks() {
        for (expected, sizes) in [
            (0, vec![0, 5]),
            (0, vec![1]),
            (9, vec![4, 5]),
            (3, vec![1, 70_000, 1, 0, 900_000]),
            (0, vec![100_000; 50]),
        ] {
            let mut body = Body { expected, ..Body::default() };
            let mut all = Vec::new();
            for (number, size) in sizes.into_iter().enumerate() {
                let chunk: Vec<u8> = (0..size).map(|at| u8::try_from((at + number) % 251).unwrap()).collect();
                all.extend_from_slice(&chunk);
                body.push(&chunk.into());
            }
            assert_eq!(body.len(), all.len());
            assert!(body.into_bytes() == all);
        }
    }
}
