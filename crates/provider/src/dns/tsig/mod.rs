//! Transaction signatures (RFC 8945).
//!
//! A [`Key`] signs a request; the [`Chain`] that this gives checks the answers, one message or a whole transfer, in
//! which up to 99 messages in a row may be unsigned (section 5.3.1). hickory-proto knows the record; the digests are
//! our own, since its verifier refuses unsigned messages in between and knows neither SHA-1 nor SHA-224.

mod algorithm;
mod chain;
mod fault;
mod key;

pub use algorithm::Algorithm;
pub use chain::Chain;
pub use fault::TsigFault;
pub use key::Key;

#[cfg(test)]
mod tests;
