//! What an adapter is: traits, capabilities, the HTTP and DNS kits, the conformance suite.
//!
//! The engine diffs; an adapter only translates. It says what it can do ([`Capabilities`]), reads a zone ([`Reader`])
//! and writes in the unit that its API has ([`Writer`]). It never decides what changes, never retries, never sleeps,
//! never reads the environment and never prints.

mod adapter;
mod capability;
#[cfg(feature = "conformance")]
pub mod conformance;
pub mod dns;
pub mod error;
mod factory;
#[cfg(feature = "fuzz")]
pub mod fuzz;
pub mod http;
pub mod limit;
pub mod lower;
pub mod save;
pub mod secret;
mod stop;

pub use adapter::{
    BatchWriter, Limits, RRsetChange, RRsetWriter, Reader, RecordStep, RecordWriter, Signing, Wanted, Write,
    WriteError, Writer, ZoneWriter,
};
pub use capability::{Capabilities, FRESH, Granularity, Types, WriteGuard};
pub use factory::{Context, Environment, Factory, OptionKind, OptionSpec, OptionValue, Settings};
pub use stop::Stop;
