//! What stops an apply, and how far it is.

use dnsctl_provider::Stop;
use dnsctl_provider::lower::Hold;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};

/// Stops an apply from outside, and tells how far it is. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Control {
    /// No further write is sent: set by the first failure, too.
    writes: Stop,
    /// Nobody wants to wait any more.
    all: Stop,
    /// Held while nobody knows what became of a write: none that was not begun is begun meanwhile.
    doubt: Hold,
    tally: Arc<Tally>,
}

#[derive(Debug, Default)]
struct Tally {
    begun: AtomicBool,
    creates: AtomicBool,
    total: AtomicUsize,
    there: AtomicUsize,
    under_way: AtomicUsize,
    unknown: AtomicUsize,
}

/// How far an apply is, in RRsets and zones that it creates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// Whether the zones were found as the plan saw them, so that something may have been sent.
    pub begun: bool,
    /// Whether zones are created, too.
    pub creates: bool,
    /// All changes of the plan, and zones that it creates.
    pub total: usize,
    /// Those that the provider has.
    pub there: usize,
    /// Those that were sent and of which nobody knows yet what became.
    pub under_way: usize,
    /// Those of which nobody could find out what became.
    pub unknown: usize,
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
        let Tally { begun, creates, total, there, under_way, unknown } = &*self.tally;
        Moment {
            begun: begun.load(Relaxed),
            creates: creates.load(Relaxed),
            total: total.load(Relaxed),
            there: there.load(Relaxed),
            under_way: under_way.load(Relaxed),
            unknown: unknown.load(Relaxed),
        }
    }

    pub(super) fn writes(&self) -> &Stop {
        &self.writes
    }

    pub(super) fn doubt(&self) -> &Hold {
        &self.doubt
    }

    /// Waits until it is known what became of every write, or nothing is to be sent any more.
    pub(super) async fn calm(&self) {
        tokio::select! {
            () = self.doubt.released() => {}
            () = self.writes.stopped() => {}
        }
    }

    /// Waits until somebody interrupts.
    pub(super) async fn interrupted(&self) {
        self.all.stopped().await;
    }

    /// `total` is without the zones to create.
    pub(super) fn begin(&self, total: usize, there: usize, creates: usize) {
        self.tally.creates.store(creates > 0, Relaxed);
        self.tally.total.store(total + creates, Relaxed);
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

    /// Of these many that were sent nobody can find out what became.
    pub(super) fn lost(&self, changes: usize) {
        self.tally.unknown.fetch_add(changes, Relaxed);
        self.tally.under_way.fetch_sub(changes, Relaxed);
    }
}
