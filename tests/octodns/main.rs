//! octoDNS itself says what its files mean: every RRset that it reads is compared with what `dnsctl` reads.

mod compare;
mod fixtures;
mod real;
mod refusals;
mod speed;
