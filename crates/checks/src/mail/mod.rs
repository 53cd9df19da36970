//! What mail records say: each grammar read once for all rules.

pub(crate) mod labelled;
pub(crate) mod signing;
pub(crate) mod sts;
mod text;
pub(crate) mod spf;
pub(crate) mod tlsa;
pub(crate) mod tlsrpt;
