//! The DNS kit: queries, zone transfers and updates to one name server, signed with TSIG when it asks for that.
//!
//! hickory-proto writes and reads headers, questions, EDNS and TSIG records. Records are read by our own code, since
//! its `RData` does not keep every rdata as it came, and the exchanges are our own, since its client loses records of
//! large transfers.
//!
//! Nothing here reads a clock or the environment: a [`Clock`] comes with the [`tsig::Key`].

mod client;
mod message;
mod pipeline;
mod rcode;
mod rdata;
mod server;
mod tcp;
mod transfer;
pub mod tsig;
mod udp;
mod update;
mod wire;

#[cfg(feature = "fuzz")]
pub(crate) use message::read as read_answer;
#[cfg(feature = "fuzz")]
pub(crate) use transfer::read as read_transfer;

pub use client::{Client, Clock, Ids};
pub use message::{Answer, Question, Record};
pub use rcode::Rcode;
pub use server::{PORT, Server, Timeouts};
pub use transfer::{TransferLimits, Transferred};
pub use update::{MAX_MESSAGE, Update};
