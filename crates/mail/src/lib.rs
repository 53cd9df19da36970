//! What mail writes into DNS, and what its readers make of it.
//!
//! One folder is one grammar. Each parser takes the octets of a text (the joined strings of a TXT record, or a file),
//! tells every [`Fault`] with its place, and gives what could be read. Nothing here does I/O, asks a clock or reads the
//! environment: whoever judges a text brings a [`resolve::Resolver`] that has the answers.

pub mod bimi;
mod blocks;
mod der;
pub mod dkim;
pub mod dmarc;
mod fault;
pub mod intent;
pub mod mta_sts;
pub mod null_mx;
pub mod presets;
pub mod report_uri;
pub mod resolve;
pub mod services;
mod span;
pub mod spf;
pub mod tags;
pub mod tls_rpt;
pub mod tlsa;

pub use fault::{Fault, FaultClass};
pub use span::Span;
