//! Zones that the provider lacks.

use crate::story_powerdns::after;
use crate::support::{SOUND_FILE, Setup, ZONE, has, served, shows};
use dnsctl_harness::{PowerDns, require};

#[test]
fn a_missing_zone_is_said_and_not_created() {
    let Some(server) = require(PowerDns::start()) else { return };
    let setup = Setup::powerdns(&server, "").zone(ZONE, &after(server.dns_address()));
    let run = setup.run("plan --out plan.json", 3);
    shows!(run.stdout, @r#"
    ✖ BLOCKED by 1 missing zone in abc-corp.example: cannot be applied.

    abc-corp.example  main                                                     BLOCKED by 1 missing zone
    ────────────────────────────────────────────────────────────────────────────────────────────────────
      ✖ zone/missing  the provider "main" has no zone abc-corp.example
        Fix: Create it there, or write "create: true" into zones/abc-corp.example.yaml.
        zones/abc-corp.example.yaml

    Plan: 0 to create, 0 to update, 0 to delete. 0 unchanged, 0 left alone.
    ✖ BLOCKED by 1 missing zone in abc-corp.example: cannot be applied.
    Not saved  id c62d430a  Next: mend what is marked ✖, then dnsctl plan
    "#);
    setup.run("apply --yes", 3);
    assert_eq!(server.api("GET", "/zones", "").unwrap().text(), "[]");
}

#[test]
fn a_zone_is_created_with_all_its_records_when_the_file_says_so() {
    let Some(server) = require(PowerDns::start()) else { return };
    let text = format!("create: true\n{}{SOUND_FILE}", after(server.dns_address()));
    let text = text.replace("    A: 203.0.113.10\n", "    A: 203.0.113.10\n    NS: [ns1, ns.example.net.]\n");
    let setup = Setup::powerdns(&server, "").zone(ZONE, &text);
    let plan = setup.run("plan --out plan.json", 0);
    shows!(plan.stdout, @r"
    ✔ Can be applied: 1 new zone, 9 creates in 1 zone.

    abc-corp.example  main                                                         1 new zone, 9 creates
    ────────────────────────────────────────────────────────────────────────────────────────────────────
    1 + A     @              3600  203.0.113.10
    2 + A     ns1            3600  127.0.0.1
    3 + TXT   s1._domainkey  3600  v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=
    4 + NS    @              3600  ns.example.net.
                                   ns1
    5 + A     mail           300   198.51.100.25
    6 + TXT   @              3600  v=spf1 ip4:198.51.100.25 include:_spf.relay.example -all
    7 + MX    @              3600  10 mail
    8 + CNAME www            3600  @
    9 + TXT   _dmarc         3600  v=DMARC1; p=reject; rua=mailto:dmarc@abc-corp.example
    Mail     no errors, no warnings
    SPF      lookups none → 1 of 10
    Order    A, then TXT, then NS, then A, then TXT, then MX and CNAME, then TXT

    Digest   sha256:5b50a0377de4467b205d334d5256b086a7f58b2398e537c5cd89c1ae3eb3d2d6
    Plan: 1 zone to create; RRsets: 9 to create, 0 to update, 0 to delete. 0 unchanged, 0 left alone.
    Saved plan.json  id 5b50a037  Next: dnsctl apply plan.json
    ");
    assert_eq!(server.api("GET", "/zones", "").unwrap().text(), "[]");
    let start = server.requests().len();
    let apply = setup.run("apply plan.json", 0);
    shows!(apply.stdout, @r#"
    fresh    9 of 9 RRsets as planned
    1 + A     @              203.0.113.10                                      written  [server] ✔  [time]
    2 + A     ns1            127.0.0.1                                         written  [server] ✔  [time]
    3 + TXT   s1._domainkey  "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7h…  written  [server] ✔  [time]
    4 + NS    @              ns.example.net. and 1 more                        written  [server] ✔  [time]
    5 + A     mail           198.51.100.25                                     written  [server] ✔  [time]
    6 + TXT   @              "v=spf1 ip4:198.51.100.25 include:_spf.relay.ex…  written  [server] ✔  [time]
    7 + MX    @              10 mail                                           written  [server] ✔  [time]
    8 + CNAME www            @                                                 written  [server] ✔  [time]
    9 + TXT   _dmarc         "v=DMARC1; p=reject; rua=mailto:dmarc@abc-corp.…  written  [server] ✔  [time]
    Applied 9 of 9 in [time]. The name server serves it (serial [serial]).
    "#);
    let requests: Vec<String> =
        server.requests_since(start).iter().map(|request| request.method.clone()).collect();
    assert_eq!(requests.iter().filter(|method| *method == "POST").count(), 1, "{requests:?}");
    assert_eq!(requests.iter().filter(|method| *method == "PATCH").count(), 0, "{requests:?}");
    assert_eq!(served(server.dns_address(), ZONE, "NS"), ["ns.example.net.", "ns1.abc-corp.example."]);
    has(&setup.run("plan", 0).stdout, &["No changes"]);
}

#[test]
fn a_zone_that_appears_between_plan_and_apply_is_not_overwritten() {
    let Some(server) = require(PowerDns::start()) else { return };
    let text = format!("create: true\n{}", after(server.dns_address()));
    let setup = Setup::powerdns(&server, "").zone(ZONE, &text);
    setup.run("plan --out plan.json", 0);
    server.create_zone(&dnsctl_harness::Zone::new(ZONE).with("@ 60 A 192.0.2.77")).unwrap();
    let run = setup.run("apply plan.json", 4);
    has(&run.stdout, &["was created meanwhile", "Nothing was written"]);
    assert_eq!(served(server.dns_address(), ZONE, "A"), ["192.0.2.77"]);
}

#[test]
fn a_zone_that_vanishes_between_plan_and_apply() {
    let Some(server) = require(PowerDns::start()) else { return };
    server.create_zone(&crate::story_powerdns::before()).unwrap();
    let setup = Setup::powerdns(&server, "").zone(ZONE, &after(server.dns_address()));
    setup.run("plan --out plan.json", 0);
    assert_eq!(server.api("DELETE", &format!("/zones/{ZONE}."), "").unwrap().status, 204);
    has(&setup.run("apply plan.json", 4).stdout, &["is gone"]);
}
