//! Until when a write may be sent.
//!
//! Where the server itself does not compare, the zone is read right before it is written. Between the two a request can
//! wait for its turn as long as the limits of the account want, so the last look at the time is taken where it is sent.

use tokio::task_local;
use tokio::time::Instant;

use crate::error::{Effect, Error, ErrorKind};

task_local! {
    static UNTIL: Instant;
}

/// Runs a write of which no request is sent after `until`, since what it was made from is too old then. Such a request
/// ends as [`Stop::error`](crate::Stop::error) does: it was not tried.
///
/// It holds for each call of the lowering, and for requests of the HTTP kit once more when they leave, as long as the
/// task that runs `write` sends them. Reading goes on.
pub async fn sent_before<T>(until: Instant, write: impl Future<Output = T>) -> T {
    UNTIL.scope(until, write).await
}

/// Whether a write that would be sent now is too late.
pub(crate) fn is_too_late() -> bool {
    UNTIL.try_with(|until| Instant::now() > *until).unwrap_or(false)
}

/// What such a write ends with.
pub(crate) fn too_late() -> Error {
    Error::new(ErrorKind::Stopped, "the zone was read too long ago, so this was not sent")
        .with_effect(Effect::NotWritten)
}
