//! The adapter on a real PowerDNS: what the conformance suite does not ask, since only this provider has it.

mod bench;
mod faults;
mod kept;
mod write;
