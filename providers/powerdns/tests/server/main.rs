//! The adapter on a real PowerDNS: what the conformance suite does not ask, since only this provider has it.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod bench;
mod faults;
mod kept;
mod pseudo;
mod write;
