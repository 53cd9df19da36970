//! What mail records say: each grammar read once for all rules.

pub(crate) mod bimi;
pub(crate) mod dkim;
pub(crate) mod dmarc;
pub(crate) mod domain;
pub(crate) mod labelled;
pub(crate) mod senders;
pub(crate) mod signing;
pub(crate) mod spf;
pub(crate) mod sts;
pub(crate) mod suffix;
pub(crate) mod text;
pub(crate) mod tlsa;
pub(crate) mod tlsrpt;
