//! What stops an apply, and how far it is.

use dnsctl_provider::Stop;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};

/// Stops an apply from outside, and tells how far it is. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Control {
    /// No further write is sent: set by the first failure, too.
    writes: Stop,
    /// Nobody wants to wait any more.
    all: Stop,
    tally: Arc<Tally>,
}

#[derive(Debug, Default)]
struct Tally {
    begun: AtomicBool,
    total: AtomicUsize,
    there: AtomicUsize,
    under_way: AtomicUsize,
}

/// How far an apply is, in RRsets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// Whether the zones were found as the plan saw them, so that something may have been sent.
    pub begun: bool,
    /// All changes of the plan.
    pub total: usize,
    /// Those that the provider has.
    pub there: usize,
    /// Those that were sent and of which nobody knows yet what became.
    pub under_way: usize,
}

impl Control {
    /// A control whose `writes` also stop the providers that were opened with it
    /// ([`Context::stop`](dnsctl_provider::Context)).
    pub fn new(writes: Stop) -> Self {
        Self { writes, ..Self::default() }
    }

    /// Sends no further write and waits for nothing but what is being written.
    pub fn interrupt(&self) {
        self.writes.set();
        self.all.set();
    }

    /// Whether [`Control::interrupt`] was called.
    pub fn is_interrupted(&self) -> bool {
        self.all.is_set()
    }

    /// How far it is.
    pub fn moment(&self) -> Moment {
        let Tally { begun, total, there, under_way } = &*self.tally;
        Moment {
            begun: begun.load(Relaxed),
            total: total.load(Relaxed),
            there: there.load(Relaxed),
            under_way: under_way.load(Relaxed),
        }
    }

    pub(super) fn writes(&self) -> &Stop {
        &self.writes
    }

    /// Waits until somebody interrupts.
    pub(super) async fn interrupted(&self) {
        self.all.stopped().await;
    }

    pub(super) fn begin(&self, total: usize, there: usize) {
        self.tally.total.store(total, Relaxed);
        self.tally.there.store(there, Relaxed);
        self.tally.begun.store(true, Relaxed);
    }

    pub(super) fn sent(&self, changes: usize) {
        self.tally.under_way.fetch_add(changes, Relaxed);
    }

    /// Of these many that were sent it is known what became; so many are there.
    pub(super) fn known(&self, changes: usize, there: usize) {
        self.tally.there.fetch_add(there, Relaxed);
        self.tally.under_way.fetch_sub(changes, Relaxed);
    }
}
