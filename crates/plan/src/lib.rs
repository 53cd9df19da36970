//! Desired and live become a plan: diff, order, guards, consequences, digest.
//!
//! A plan is plain data. Nothing in this crate does I/O: it takes zones and a time, and returns values. The flow is
//! [`zone::plan()`] for each zone at each provider, then [`Plan::new`] for the whole, then [`mod@file`] for the saved form, and
//! [`again::again`] before it is applied.

pub mod acknowledge;
pub mod again;
pub mod catalogue;
mod change;
mod consequence;
pub mod diff;
mod digest;
pub mod effect;
pub mod file;
mod finding;
pub mod guard;
mod order;
mod plan;
pub mod tokens;
pub mod view;
pub mod zone;

pub use change::{Action, Change};
pub use digest::{hex as hex_digest, of_rrset as rrset_digest};
pub use finding::{Finding, Severity};
pub use order::{Phase, ZoneKey, schedule};
pub use plan::{Beyond, Mode, Plan, Summary, Unread};
pub use view::View;
pub use zone::{Acknowledged, Counts, Target, Verdict, ZonePlan};

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
