//! SPF against programs and texts that are not ours: the test suite of RFC 7208 (openspf.org, 2014.04), and pyspf and mail-auth
//! on generated records.
//!
//! `cargo test -p dnsctl-mail --test spf suite::` runs the suite, each of its cases by name.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test: what fails fails it, and says how often"
)]

mod differences;
mod generated;
mod mail_auth;
mod pyspf;
mod suite;
mod world;

use dnsctl_harness::{require, tool_file};
use libtest_mimic::{Arguments, Completion, Trial};
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    // Missing sources fail here, unless that was allowed.
    let file = require(tool_file("pyspf-2.0.14", "test/rfc7208-tests.yml"));
    let mut trials: Vec<Trial> = match &file {
        Some(file) => suite::trials(file),
        None => vec![Trial::ignorable_test("suite", || Ok(Completion::ignored_with("pyspf is missing")))],
    };
    if file.is_some() {
        trials.push(Trial::test("pyspf::judges_generated_records_as_we_do", pyspf::generated));
        trials.push(Trial::test("pyspf::differs_only_where_it_departs_from_the_rfc", differences::explained));
    }
    trials.push(Trial::test("mail_auth::reads_generated_records_as_we_do", mail_auth::read));
    trials.push(Trial::test("mail_auth::judges_generated_records_as_we_do", mail_auth::generated));
    trials.push(Trial::test("mail_auth::differs_only_where_it_departs_from_the_rfc", mail_auth::explained));
    libtest_mimic::run(&arguments, trials).exit_code()
}
