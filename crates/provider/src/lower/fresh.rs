//! Until when, and unless what, a write may be sent.
//!
//! Where the server itself does not compare, the zone is read right before it is written. Between the two a request can
//! wait for its turn as long as the limits of the account want, so the last look at the time is taken where it is sent.
//! In the same place it is seen that another write got no answer in the meantime.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use tokio::sync::watch;
use tokio::task_local;
use tokio::time::Instant;

use crate::error::{Effect, Error, ErrorKind, Result};

task_local! {
    static UNTIL: Instant;
    static UNLESS: (Hold, Arc<AtomicBool>);
}

/// Keeps writes from being begun while nobody knows what became of others. Clones share it.
#[derive(Debug, Clone)]
pub struct Hold(Arc<watch::Sender<usize>>);

/// Holds until it is dropped.
#[derive(Debug)]
pub struct Held(Hold);

impl Hold {
    /// One that nobody holds.
    #[must_use]
    pub fn new() -> Self {
        Self(Arc::new(watch::Sender::new(0)))
    }

    /// Holds it. Several can do so at the same time.
    #[must_use]
    pub fn hold(&self) -> Held {
        self.0.send_modify(|holders| *holders = holders.saturating_add(1));
        Held(self.clone())
    }

    /// Whether anybody holds it.
    #[must_use]
    pub fn is_held(&self) -> bool {
        *self.0.borrow() > 0
    }

    /// Waits until nobody holds it.
    pub async fn released(&self) {
        // The sender lives as long as this reference to it.
        let _ = self.0.subscribe().wait_for(|holders| *holders == 0).await;
    }
}

impl Default for Hold {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.0.send_modify(|holders| *holders = holders.saturating_sub(1));
    }
}

/// Runs a write of which no request is sent while `hold` is held, as [`sent_before`] does; gives whether there was such a
/// request, too.
pub async fn sent_unless<T>(hold: &Hold, write: impl Future<Output = T>) -> (T, bool) {
    let kept = Arc::new(AtomicBool::new(false));
    let done = UNLESS.scope((hold.clone(), kept.clone()), write).await;
    (done, kept.load(Relaxed))
}

/// Asked by adapters that do not write through the HTTP kit, right before a request leaves.
///
/// # Errors
/// The write must not be sent now; what it ends with says that it was not tried.
pub fn may_send() -> Result<()> {
    if is_too_late() { Err(too_late()) } else { Ok(()) }
}

/// Runs a write of which no request is sent after `until`, since what it was made from is too old then. Such a request
/// ends as [`Stop::error`](crate::Stop::error) does: it was not tried.
///
/// It holds for each call of the lowering, and for requests of the HTTP kit once more when they leave, as long as the
/// task that runs `write` sends them. Reading goes on.
pub async fn sent_before<T>(until: Instant, write: impl Future<Output = T>) -> T {
    UNTIL.scope(until, write).await
}

/// Whether a write that would be sent now is too late, or another one is in doubt.
pub(crate) fn is_too_late() -> bool {
    let held = UNLESS.try_with(|(hold, kept)| {
        let held = hold.is_held();
        kept.fetch_or(held, Relaxed);
        held
    });
    held.unwrap_or(false) || UNTIL.try_with(|until| Instant::now() > *until).unwrap_or(false)
}

/// What such a write ends with.
pub(crate) fn too_late() -> Error {
    Error::new(
        ErrorKind::Stopped,
        "the zone was read too long ago, or another write is in doubt, so this was not sent",
    )
    .with_effect(Effect::NotWritten)
}
