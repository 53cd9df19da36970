//! The `dnsctl` command.
fn main() {}
