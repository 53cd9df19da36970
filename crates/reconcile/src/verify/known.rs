//! What is known of servers, shared by all zones of a run.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// Which servers have been silent, and since when. One that was silent for as long as a zone is asked is waited for no
/// longer by other zones: they ask it once.
#[derive(Debug, Default)]
pub struct Known(Mutex<HashMap<SocketAddr, Instant>>);

impl Known {
    /// The server gave no answer.
    pub(super) fn silent(&self, server: SocketAddr, since: Instant) {
        self.map().entry(server).or_insert(since);
    }

    /// The server answered.
    pub(super) fn heard(&self, server: SocketAddr) {
        self.map().remove(&server);
    }

    /// Whether it has been silent for that long.
    pub(super) fn is_dead(&self, server: SocketAddr, within: Duration) -> bool {
        self.map().get(&server).is_some_and(|since| since.elapsed() >= within)
    }

    fn map(&self) -> MutexGuard<'_, HashMap<SocketAddr, Instant>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_server_is_dead_after_a_while_until_it_answers() {
        let known = Known::default();
        let server: SocketAddr = "192.0.2.1:53".parse().unwrap();
        let within = Duration::from_secs(5);
        known.silent(server, Instant::now());
        tokio::time::sleep(Duration::from_secs(4)).await;
        known.silent(server, Instant::now());
        assert!(!known.is_dead(server, within));
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert!(known.is_dead(server, within));
        known.heard(server);
        assert!(!known.is_dead(server, within));
    }
}
