//! How a text is cut into strings has a meaning for services that are found through DNS (RFC 6763 section 6), and for
//! nobody else.

use crate::support::{Setup, ZONE, has, served};
use dnsctl_harness::{Bind, PowerDns, Zone, require};
use std::net::SocketAddr;

/// A printer whose attributes were joined by mistake, and a policy that is cut in two.
fn before() -> Zone {
    Zone::new(ZONE).with(
        "@ 3600 A 203.0.113.10\n_dmarc 3600 TXT \"v=DMARC1; \" \"p=none\"\n\
         office._ipp._tcp 3600 TXT \"txtvers=1rp=printers/a\"",
    )
}

fn after(server: SocketAddr) -> String {
    format!(
        "servers: {server}
records:
  \"@\": {{ A: 203.0.113.10 }}
  _dmarc: {{ TXT: v=DMARC1; p=none }}
  office._ipp._tcp: {{ TXT: '\"txtvers=1\" \"rp=printers/a\"' }}
  ns1: {{ A: 127.0.0.1 }}
"
    )
}

fn corrected(setup: &Setup, server: SocketAddr) {
    let owner = format!("office._ipp._tcp.{ZONE}");
    assert_eq!(served(server, &owner, "TXT"), ["\"txtvers=1rp=printers/a\""]);
    let plan = setup.run("plan --out plan.json --report markdown=plan.md", 0);
    has(
        &plan.stdout,
        &["1 update", "txtvers=1rp=printers/a", "\"txtvers=1\" \"rp=printers/a\"", "0 to delete"],
    );
    has(&setup.repository.read("plan.md").unwrap(), &["\"txtvers=1\" \"rp=printers/a\""]);
    has(&setup.run("apply plan.json", 0).stdout, &["Applied 1 of 1"]);
    assert_eq!(served(server, &owner, "TXT"), ["\"txtvers=1\" \"rp=printers/a\""]);
    has(&setup.run("plan --detailed-exitcode", 0).stdout, &["No changes"]);
    // What is read from there is written down as it is cut.
    setup.run(&format!("import --from provider --provider main --out zones --overwrite {ZONE}"), 0);
    let text = setup.repository.read(format!("zones/{ZONE}.yaml")).unwrap();
    has(&text, &["'\"txtvers=1\" \"rp=printers/a\"'", "TXT: v=DMARC1; p=none"]);
    has(&setup.run("plan --detailed-exitcode", 0).stdout, &["No changes"]);
}

#[test]
fn powerdns() {
    let Some(server) = require(PowerDns::start()) else { return };
    server.create_zone(&before()).unwrap();
    let address = server.dns_address();
    corrected(&Setup::powerdns(&server, "").zone(ZONE, &after(address)), address);
}

#[test]
fn bind() {
    let Some(server) = require(Bind::start([before()])) else { return };
    let address = server.address();
    corrected(&Setup::rfc2136(&server, "").zone(ZONE, &after(address)), address);
}
