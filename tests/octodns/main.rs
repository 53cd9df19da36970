//! octoDNS itself says what its files mean: every RRset that it reads is compared with what `dnsctl` reads.

#![expect(clippy::expect_used, reason = "a test: what fails fails it")]

mod compare;
mod escapes;
mod fixtures;
mod real;
mod refusals;
mod speed;
