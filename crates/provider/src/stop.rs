//! A request to stop, which waiting work sees at once.

use std::fmt;
use std::sync::Arc;

use tokio::sync::watch;

use crate::error::{Effect, Error, ErrorKind};

/// Whether a run is being stopped. Clones share it; once set it stays.
///
/// Writes that wait for their turn end with [`Stop::error`] when it is set. What was sent is finished, and reading goes
/// on, so that a report can say what is true.
#[derive(Clone)]
pub struct Stop(Arc<watch::Sender<bool>>);

impl Stop {
    /// One that is not set.
    #[must_use]
    pub fn new() -> Self {
        Self(Arc::new(watch::Sender::new(false)))
    }

    /// Stops whatever looks at it.
    pub fn set(&self) {
        self.0.send_replace(true);
    }

    /// Whether it is set.
    #[must_use]
    pub fn is_set(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until it is set.
    pub async fn stopped(&self) {
        // The sender lives as long as this reference to it.
        let _ = self.0.subscribe().wait_for(|set| *set).await;
    }

    /// What a write ends with that was not sent: nothing was written.
    #[must_use]
    pub fn error() -> Error {
        Error::new(ErrorKind::Stopped, "the run was stopped before this was sent")
            .with_effect(Effect::NotWritten)
    }
}

impl Default for Stop {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Stop({})", self.is_set())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn clones_share_it_and_nobody_misses_it() {
        let stop = Stop::new();
        let waiting = tokio::spawn({
            let stop = stop.clone();
            async move { stop.stopped().await }
        });
        tokio::task::yield_now().await;
        assert!(!stop.is_set());
        stop.clone().set();
        waiting.await.unwrap();
        // One that comes late does not wait.
        stop.stopped().await;
        assert_eq!(Stop::error().effect(), Effect::NotWritten);
    }
}
