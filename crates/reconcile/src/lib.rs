//! The loop: read, plan, write, verify.
//!
//! [`plan()`] reads zones from their providers while the files are still being read, those of the same zone too, and makes
//! a [`dnsctl_plan::Plan`].
//! [`apply`] checks that the providers still have what the plan saw, writes it, and asks every authoritative server
//! until it serves the new RRsets. Neither prints: both tell an observer what happens and give a report as data.

mod agree;
pub mod apply;
mod beyond;
mod early;
mod plan;
mod providers;
mod remembered;
mod servers;
pub mod state;
mod task;
#[cfg(test)]
mod testing;
pub mod verify;

pub use beyond::{LoadOthers, Others};
pub use early::{Arrival, Coming};
pub use plan::{Declared, PlanEvent, PlanOptions, Planned, plan};
pub use providers::{Opener, Provider, Providers};
pub use servers::{NameServer, Witnesses};
