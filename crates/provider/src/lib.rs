//! What an adapter is: traits, capabilities, the HTTP and DNS kits, the conformance suite.

pub mod error;
pub mod secret;
