//! Requests to stop in the middle of an apply.

use crate::exit::Exit;
use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The first Ctrl-C starts nothing more and lets what is being written end; the second one ends the program. CI systems
/// cancel a job with SIGTERM, which means the same.
pub(crate) async fn watch(cancel: Arc<AtomicBool>) {
    let Ok(mut signals) = Signals::new() else { return };
    if !signals.next().await {
        return;
    }
    cancel.store(true, Ordering::Relaxed);
    let _ = writeln!(
        anstream::stderr(),
        "Stopping: what is being written is finished, nothing else is started. Ctrl-C again ends at once."
    );
    if signals.next().await {
        let _ =
            writeln!(anstream::stderr(), "Ended in the middle of a write. See what was written: dnsctl plan");
        #[expect(clippy::exit, reason = "the user asked for it twice")]
        std::process::exit(i32::from(Exit::Partial as u8));
    }
}

/// The requests to stop. One that comes while another is being dealt with is kept.
#[cfg(unix)]
struct Signals(tokio::signal::unix::Signal, tokio::signal::unix::Signal);

#[cfg(unix)]
impl Signals {
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self(signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?))
    }

    /// Waits for the next one; `false` when none can come.
    async fn next(&mut self) -> bool {
        tokio::select! {
            signal = self.0.recv() => signal.is_some(),
            signal = self.1.recv() => signal.is_some(),
        }
    }
}

/// The requests to stop.
#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) -> bool {
        tokio::signal::ctrl_c().await.is_ok()
    }
}
