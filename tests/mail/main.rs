//! Other programs agree with ours on mail records, keys and certificates: OpenSSL, checkdmarc and mail-auth.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test: what fails fails it, and says how often"
)]

mod certificates;
mod checkdmarc;
mod corpus;
mod dane;
mod keys;
mod mail_auth;
mod openssl;
