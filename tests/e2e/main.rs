//! The command, driven from outside against real name servers: PowerDNS, BIND and Knot on loopback ports.
//!
//! `cargo test -p dnsctl --test e2e` runs all, `… guards::` one topic.

#![expect(clippy::unwrap_used, reason = "a test: what fails fails it")]

mod between;
mod check;
mod check_declared;
mod check_reports;
mod convert;
mod early;
mod effect;
mod flatten;
mod format;
mod guards;
mod input_dns;
mod input_files;
mod input_http;
mod interrupt;
mod limits;
mod mail;
mod memory;
mod octodns;
#[path = "../octodns/served.rs"]
mod octodns_types;
mod output;
mod partial;
mod report;
mod scale;
mod selection;
mod stale;
mod story_powerdns;
mod story_rfc2136;
mod story_route53;
mod story_zonefile;
mod strings;
mod support;
mod surroundings;
mod terminal;
mod tls;
mod verify;
mod zones;

/// A file that nobody names would be a test that never runs.
#[test]
fn every_file_is_a_module() {
    let folder = dnsctl_harness::repository_root().join("tests/e2e");
    let main = fs_err::read_to_string(folder.join("main.rs")).unwrap();
    for entry in fs_err::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let Some(module) = name.strip_suffix(".rs") else { continue };
        assert!(
            module == "main" || main.contains(&format!("\nmod {module};")),
            "{name} is no module of main.rs"
        );
    }
}
