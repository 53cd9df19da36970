//! Programs of others judge the zones that the rules judge, and each of their findings is one of ours or is refuted in writing.
//!
//! The zones are those of the rules' own corpus (`crates/checks/corpus`), zones with one fault each that are written here, and, where
//! the machine has them, the zones of a government department. BIND's `named-checkzone` and Knot DNS's `kzonecheck` look at
//! structure, checkdmarc at the records of mail, octoDNS's validators at both.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test: what fails fails it, and says how often"
)]

#[expect(dead_code, reason = "the corpus test asks single rules, too")]
#[path = "../../crates/checks/tests/support/block.rs"]
mod block;
mod checkdmarc;
mod conditions;
mod master;
mod octodns;
mod python;
mod settle;
mod zones;
