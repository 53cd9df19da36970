//! The main job on PowerDNS: MX and A point at the old server; the correction is planned, saved, applied and proved.

use crate::support::{Setup, ZONE, has, served, shows};
use dnsctl_harness::{PowerDns, Zone, require};
use std::net::SocketAddr;

/// As it was: the MX points at a name that has no address any more.
pub(crate) fn before() -> Zone {
    Zone::new(ZONE).with(
        "@ 3600 A 203.0.113.10\n@ 86400 MX 10 oldmail\n@ 3600 TXT \"v=spf1 ip4:203.0.113.25 -all\"\n\
         mail 86400 A 203.0.113.25\nwww 3600 CNAME @",
    )
}

/// As it should be.
pub(crate) fn after(server: SocketAddr) -> String {
    format!(
        "servers: {server}
records:
  \"@\":
    A: 203.0.113.10
    MX: 10 mail
    TXT: v=spf1 ip4:198.51.100.25 include:_spf.relay.example -all
  mail:
    A: {{ ttl: 5m, value: 198.51.100.25 }}
  ns1: {{ A: 127.0.0.1 }}
  www: {{ CNAME: \"@\" }}
"
    )
}

fn start() -> Option<(PowerDns, Setup)> {
    let server = require(PowerDns::start())?;
    server.create_zone(&before()).unwrap();
    let setup = Setup::powerdns(&server, "").zone(ZONE, &after(server.dns_address()));
    Some((server, setup))
}

#[test]
fn a_plan_is_shown_saved_applied_as_shown_and_served() {
    let Some((server, setup)) = start() else { return };
    let plan = setup.run("plan --out plan.json", 0);
    shows!(plan.stdout, @r"
    ✔ Can be applied: 3 updates in 1 zone, 2 warnings.

    abc-corp.example  main                                                         3 updates, 2 warnings
    ────────────────────────────────────────────────────────────────────────────────────────────────────
    1 ~ A    mail  86400 → 300   203.0.113.25 → 198.51.100.25
        ▲ ttl/old-answer-lives  203.0.113.25 can be answered for up to 24 h after apply; keep its
                                services running until then; the lower TTL of 5 min holds only for new
                                answers
    2 ~ TXT  @     3600            v=spf1
                                 - ip4:203.0.113.25
                                 + ip4:198.51.100.25
                                 + include:_spf.relay.example
                                   -all
    3 ~ MX   @     86400 → 3600  10 oldmail → 10 mail
        ▲ ttl/old-answer-lives  senders can use the old MX for up to 24 h after apply; keep the old mail
                                servers running until then; the lower TTL of 1 h holds only for new
                                answers
    Mail     before: 1 critical, 2 errors; after: 2 errors
             ✔ fixes mx.target-address (MX @): oldmail.abc-corp.example, an MX of abc-corp.example, has
                     no A or AAAA record: mail sent there bounces
    Zone     before and after: 1 error
    SPF      203.0.113.25  pass → undecided  (depends on records that are not held here)
             198.51.100.25  fail → pass
             include:_spf.relay.example  undecided → pass
             lookups 0 → 1 of 10
    Order    A, then TXT, then MX

    Settles  24 h after apply, when the last old answer is gone
    Digest   sha256:413fe786a91394563335a09e152a8d75eca4fbf91302653d62c3cfe51d472065
    Plan: 0 to create, 3 to update, 0 to delete. 3 unchanged, 2 left alone.
    Saved plan.json  id 413fe786  Next: dnsctl apply plan.json
    ");
    assert_eq!(plan.stderr, "");
    let apply = setup.run("apply plan.json", 0);
    shows!(apply.stdout, @r#"
    fresh    3 of 3 RRsets as planned
    1 ~ A    mail  203.0.113.25 → 198.51.100.25                      written  [server] ✔  [time]
    2 ~ TXT  @     → "v=spf1 ip4:198.51.100.25 include:_spf.relay.…  written  [server] ✔  [time]
    3 ~ MX   @     10 oldmail → 10 mail                              written  [server] ✔  [time]
    Applied 3 of 3 in [time]. The name server serves it (serial [serial]).
    "#);
    assert_eq!(apply.stderr, "");
    let dns = server.dns_address();
    assert_eq!(served(dns, ZONE, "MX"), ["10 mail.abc-corp.example."]);
    assert_eq!(served(dns, "mail.abc-corp.example", "A"), ["198.51.100.25"]);
    assert_eq!(served(dns, ZONE, "TXT"), ["\"v=spf1 ip4:198.51.100.25 include:_spf.relay.example -all\""]);
    let again = setup.run("plan --detailed-exitcode", 0);
    shows!(again.stdout, @"✔ No changes. 6 RRsets match in 1 zone, 2 left alone.");
    let twice = setup.run("apply plan.json", 0);
    has(&twice.stdout, &["Nothing to do"]);
}

#[test]
fn two_plans_of_the_same_input_are_equal_apart_from_time() {
    let Some((_server, setup)) = start() else { return };
    // What is remembered of the last read is a part of the input.
    setup.run("plan", 0);
    let first = setup.run("plan --out first.json --report markdown=first.md", 0);
    let setup = setup.env("DNSCTL_NOW", "2026-11-23T11:00:00Z");
    let second = setup.run("plan --out second.json --report markdown=second.md", 0);
    assert_eq!(first.stdout.replace("first.json", "second.json"), second.stdout);
    let without_times = |name: &str| -> Vec<String> {
        let text = setup.repository.read(name).unwrap();
        let keys = ["\"created_at\"", "\"expires_at\"", "\"document_digest\""];
        let timed = |line: &&str| !keys.iter().any(|key| line.contains(key));
        text.lines().filter(timed).map(str::to_owned).collect()
    };
    assert_eq!(without_times("first.json"), without_times("second.json"));
    assert_ne!(setup.repository.read("first.json").unwrap(), setup.repository.read("second.json").unwrap());
    assert_eq!(setup.plan_file("first.json")["created_at"], "2026-11-23T10:07:02Z");
    assert_eq!(setup.plan_file("second.json")["expires_at"], "2026-11-24T11:00:00Z");
}

#[test]
fn a_plan_without_a_file_asks_for_yes_and_writes_the_same() {
    let Some((server, setup)) = start() else { return };
    let refused = setup.run("apply", 64);
    shows!(refused.stderr, @r"
    error[not-asked]: there is nobody to ask
      hint: give a saved plan (dnsctl plan --out plan.json), or --yes
    ");
    assert_eq!(refused.stdout, "");
    assert_eq!(served(server.dns_address(), ZONE, "MX"), ["10 oldmail.abc-corp.example."]);
    let applied = setup.run("apply --yes", 0);
    has(&applied.stdout, &["3 ~ MX   @", "Applied 3 of 3"]);
    assert_eq!(served(server.dns_address(), ZONE, "MX"), ["10 mail.abc-corp.example."]);
    shows!(setup.run("apply --yes", 0).stdout, @"✔ No changes. 6 RRsets match in 1 zone, 2 left alone.");
}
