//! After a write every authoritative server is asked.

use crate::story_powerdns::{after, before};
use crate::support::{Setup, ZONE, has, has_not, served, shows};
use dnsctl_harness::{
    Access, Action, Bind, Direction, DnsProxy, NameServer, PowerDns, Zone, nsupdate, require,
};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const SOON: &str = "verify: { deadline: 2s }";

/// PowerDNS that is written, and another server that is only asked.
pub(crate) fn start(other: Zone, settings: &str) -> Option<(PowerDns, NameServer, Setup)> {
    let server = require(PowerDns::start())?;
    server.create_zone(&before()).unwrap();
    let other = require(Bind::start([other]))?;
    let both = servers(&[server.dns_address(), other.address()]);
    let setup = Setup::powerdns(&server, settings).zone(ZONE, &both);
    Some((server, other, setup))
}

pub(crate) fn servers(addresses: &[SocketAddr]) -> String {
    let text = after(([127, 0, 0, 1], 53).into());
    let list: Vec<String> = addresses.iter().map(|address| format!("\"{address}\"")).collect();
    text.replace("servers: 127.0.0.1:53", &format!("servers: [{}]", list.join(", ")))
}

#[test]
fn a_server_with_the_old_zone_is_shown_with_what_it_serves() {
    let Some((server, _other, setup)) = start(before(), SOON) else { return };
    setup.run("plan --out plan.json", 0);
    let begun = Instant::now();
    let run = setup.run("apply plan.json", 7);
    assert!(begun.elapsed() < Duration::from_secs(20), "the deadline was not kept: {:?}", begun.elapsed());
    shows!(run.stdout, @r#"
    fresh    3 of 3 RRsets as planned
    1 ~ A    mail  203.0.113.25 → 198.51.100.25                      written  [server] ✔  [server] ✖  [time]
    2 ~ TXT  @     → "v=spf1 ip4:198.51.100.25 include:_spf.relay.…  written  [server] ✔  [server] ✖  [time]
    3 ~ MX   @     10 oldmail → 10 mail                              written  [server] ✔  [server] ✖  [time]
      ✖ 127.0.0.1 ([server]): 3 RRsets not as planned
        mail.abc-corp.example. A: 203.0.113.25 (TTL 86400)
        abc-corp.example. TXT: "v=spf1 ip4:203.0.113.25 -all" (TTL 3600)
        abc-corp.example. MX: 10 oldmail.abc-corp.example. (TTL 86400)
    Applied 3 of 3 in [time]. ✖ Not served by 1 of 2 name servers: [server].
    Next: dnsctl apply plan.json --resume  (asks the name servers again; what is written is not written twice)
    "#);
    // The next command is one that does it.
    has(
        &setup.run("apply plan.json --resume", 7).stdout,
        &["3 RRsets not as planned", "Not served by 1 of 2"],
    );
    assert_eq!(served(server.dns_address(), ZONE, "MX"), ["10 mail.abc-corp.example."]);
}

#[test]
fn a_server_without_the_zone() {
    let Some((_server, _other, setup)) = start(Zone::new("other.example"), SOON) else { return };
    let run = setup.run("apply --yes", 7);
    has(&run.stdout, &["REFUSED: it does not serve the zone", "Not served by 1 of 2 name servers"]);
}

#[test]
fn a_server_that_is_down() {
    let Some((_server, mut other, setup)) = start(before(), SOON) else { return };
    other.stop().unwrap();
    let run = setup.run("apply --yes", 7);
    shows!(run.stdout.lines().skip_while(|line| !line.contains("written")).collect::<Vec<_>>().join("\n"), @r#"
    1 ~ A    mail  203.0.113.25 → 198.51.100.25                      written  [server] ✔  [server] ✖  [time]
    2 ~ TXT  @     → "v=spf1 ip4:198.51.100.25 include:_spf.relay.…  written  [server] ✔  [server] ✖  [time]
    3 ~ MX   @     10 oldmail → 10 mail                              written  [server] ✔  [server] ✖  [time]
      ✖ 127.0.0.1 ([server]): unavailable from [server]: nothing listens on this port
    Applied 3 of 3 in [time]. ✖ Not served by 1 of 2 name servers: [server].
    Next: dig +norecurse @127.0.0.1 -p [port] abc-corp.example. SOA  (dnsctl apply asks them all again; what is written is not written twice)
    "#);
}

#[test]
fn a_server_that_is_late_is_waited_for() {
    let old = Zone::new(ZONE)
        .with("@ 3600 A 203.0.113.10\n@ 3600 MX 10 mail\nmail 86400 A 203.0.113.25")
        .with("@ 3600 TXT \"v=spf1 ip4:198.51.100.25 include:_spf.relay.example -all\"")
        .access(Access::Key);
    let Some((_server, other, setup)) = start(old, "verify: { deadline: 1m }") else { return };
    let (address, key) = (other.address(), other.key().clone());
    let secondary = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_secs(2));
        let commands = format!("update delete mail.{ZONE} A\nupdate add mail.{ZONE} 300 A 198.51.100.25");
        nsupdate(address, ZONE, Some(&key), &commands).unwrap();
    });
    let begun = Instant::now();
    let run = setup.run("apply --yes", 0);
    assert!(begun.elapsed() >= Duration::from_secs(1), "nobody was waited for");
    has(&run.stdout, &["Both name servers agree"]);
    secondary.join().unwrap();
}

#[test]
fn servers_for_all_zones_and_none_at_all() {
    let Some(server) = require(PowerDns::start()) else { return };
    server.create_zone(&before()).unwrap();
    let text = after(server.dns_address());
    let (_, records) = text.split_once('\n').unwrap();
    let settings = format!("verify: {{ servers: \"{}\" }}", server.dns_address());
    let setup = Setup::powerdns(&server, &settings).zone(ZONE, records);
    has(&setup.run("apply --yes", 0).stdout, &["The name server serves it (serial"]);
    setup.write_zone(ZONE, &records.replace("203.0.113.10", "203.0.113.11"));
    let run = setup.run("apply --yes --no-verify", 0);
    has(&run.stdout, &["not verified: verification was switched off", "No name server was asked."]);
}

#[test]
fn a_deletion_is_proved_too() {
    let old = before().with("gone 300 A 192.0.2.66");
    let Some((server, _other, setup)) = start(old, SOON) else { return };
    let zone = format!("/zones/{ZONE}.");
    let json = r#"{"rrsets":[{"name":"gone.abc-corp.example.","type":"A","ttl":300,"changetype":"REPLACE","records":[{"content":"192.0.2.66","disabled":false}]}]}"#;
    assert_eq!(server.api("PATCH", &zone, json).unwrap().status, 204);
    let run = setup.run("apply --yes", 7);
    has(&run.stdout, &["gone.abc-corp.example. A: still there: 192.0.2.66 (TTL 300)"]);
}

/// A server that is not authoritative (any more) proves nothing, whatever it answers: here all is as planned but AA.
#[test]
fn a_lame_server() {
    const AA: u8 = 0x04;
    let Some(server) = require(PowerDns::start()) else { return };
    server.create_zone(&before()).unwrap();
    let lame = DnsProxy::start(server.dns_address(), |packet| {
        let mut octets = packet.bytes.to_vec();
        match (packet.direction, octets.get_mut(2)) {
            (Direction::Answer, Some(flags)) => *flags &= !AA,
            _ => return Action::Pass,
        }
        Action::Replace(octets)
    })
    .unwrap();
    let setup = Setup::powerdns(&server, SOON).zone(ZONE, &servers(&[server.dns_address(), lame.address()]));
    has(&setup.run("apply --yes", 7).stdout, &["its answer for the SOA record lacks AA"]);
    // Nor is it a proof of a deletion that it has nothing to say.
    let text = servers(&[lame.address()]);
    setup.write_zone(ZONE, &text.replace("  www: { CNAME: \"@\" }\n", ""));
    has(&setup.run("apply --yes", 7).stdout, &["lacks AA"]);
}

/// With so many servers that they are not all named, it is clear which of the numbers are those that fail.
#[test]
fn one_of_four_servers() {
    let Some((server, other, setup)) = start(before(), SOON) else { return };
    let (good, bad) = (server.dns_address(), other.address());
    let names = ["ns1", "ns2", "ns3"].map(|name| {
        format!("{{ name: {name}.abc-corp.example, address: 127.0.0.1, port: {} }}", good.port())
    });
    let list = format!(
        "[{}, {{ name: ns4.abc-corp.example, address: 127.0.0.1, port: {} }}]",
        names.join(", "),
        bad.port()
    );
    let text =
        after(([127, 0, 0, 1], 53).into()).replace("servers: 127.0.0.1:53", &format!("servers: {list}"));
    setup.write_zone(ZONE, &text);
    let run = setup.run("apply --yes --report markdown=apply.md", 7);
    let wrong = format!("not served by 1 of 4 name servers: ns4:{}", bad.port());
    has(
        &run.stdout,
        &[&wrong, "Not served by 1 of 4 name servers: ns4", "Next: dig +norecurse @127.0.0.1 -p"],
    );
    let page = setup.repository.read("apply.md").unwrap();
    has(
        &page,
        &[
            &wrong,
            "Next: `dig +norecurse @127.0.0.1 -p",
            "| Name server | Zone | Says |",
            "10 oldmail.abc-corp.example. (TTL 86400)",
        ],
    );
}

/// No question can be asked for a pseudo type: that is not the same as a good answer.
#[test]
fn a_pseudo_type_is_not_shown_as_served() {
    let Some(server) = require(PowerDns::start()) else { return };
    server.create_zone(&Zone::new(ZONE)).unwrap();
    let zone = format!(
        "servers: {}\nrecords:\n  ns1: {{ A: 127.0.0.1 }}\n  shop: {{ ALIAS: shop.example.net. }}\n  www: {{ A: 192.0.2.1 }}\n",
        server.dns_address()
    );
    let setup = Setup::powerdns(&server, SOON).zone(ZONE, &zone);
    let run = setup.run("apply --yes --report json=apply.json --report markdown=apply.md", 0);
    shows!(run.stdout.lines().skip_while(|line| !line.contains("written")).collect::<Vec<_>>().join("\n"), @r#"
    1 + A     www   192.0.2.1          written  [server] ✔  [time]
    2 + ALIAS shop  shop.example.net.  written  not checked: a pseudo type
      1 RRset not checked: no server can be asked for a pseudo type
    Applied 2 of 2 in [time]. The name server serves it (serial [serial]); 1 RRset not checked.
    "#);
    let page = setup.repository.read("apply.md").unwrap();
    let row = page.lines().find(|line| line.contains("ALIAS")).unwrap();
    has(row, &["not checked: no server can be asked for a pseudo type"]);
    has_not(row, &["✔"]);
    has(page.lines().find(|line| line.contains("www")).unwrap(), &["✔"]);
    let report = setup.plan_file("apply.json");
    let alias =
        report["changes"].as_array().unwrap().iter().find(|change| change["type"] == "ALIAS").unwrap();
    assert_eq!((&alias["verification"], alias["not_checked"].is_string()), (&"not_checked".into(), true));
    // Where there is nothing else, nothing is proved: that the server has the zone is no answer.
    setup.write_zone(ZONE, &zone.replace("shop.example.net.", "shop.example.org."));
    let run = setup.run("apply --yes --report json=apply.json --report markdown=apply.md", 0);
    has(&run.stdout, &["Applied 1 of 1", "Not checked: no name server can be asked for what was written"]);
    has_not(&run.stdout, &["serves it", "ALIAS shop  shop.example.org.  written  ["]);
    has(&setup.repository.read("apply.md").unwrap(), &["▲ Written, not checked at name servers: 1 of 1"]);
    let report = setup.plan_file("apply.json");
    let zone = &report["zones"][0];
    assert_eq!((&report["verdict"], &zone["verification"]), (&"not_checked".into(), &"not_checked".into()));
    has(zone["not_checked"].as_str().unwrap(), &["pseudo type"]);
}

/// A record that only one of two providers has cannot be asked for at the other one's servers.
#[test]
fn a_zone_at_two_providers_that_differ() {
    let (Some(a), Some(b)) = (require(PowerDns::start()), require(PowerDns::start())) else { return };
    [&a, &b].iter().for_each(|server| server.create_zone(&Zone::new(ZONE)).unwrap());
    let provider = |server: &PowerDns| {
        format!(
            "{{ type: powerdns, url: \"{}\", api_key: {{ env: KEY_{} }} }}",
            server.url(),
            server.dns_address().port()
        )
    };
    let configuration = format!("providers:\n  a: {}\n  b: {}\n{SOON}\n", provider(&a), provider(&b));
    let key = |server: &PowerDns| format!("KEY_{}", server.dns_address().port());
    let setup = Setup::new(&configuration).env(&key(&a), a.api_key()).env(&key(&b), b.api_key());
    let zone = |address: &str, servers: [&str; 2]| {
        let of = |server: &PowerDns, more: &str| {
            format!("{{ address: 127.0.0.1, port: {}{more} }}", server.dns_address().port())
        };
        let servers = format!("[{}, {}]", of(&a, servers[0]), of(&b, servers[1]));
        format!(
            "provider: [a, b]\nservers: {servers}\nrecords:\n  ns1: {{ A: 127.0.0.1 }}\n  www: {{ A: {address} }}\n  \
             own: {{ A: {{ value: {address}, only: a }} }}\n"
        )
    };
    // Nobody says whose the servers are: what both have is asked for at both.
    setup.write_zone(ZONE, &zone("192.0.2.1", ["", ""]));
    let run = setup.run("apply --yes --report json=apply.json", 0);
    has(
        &run.stdout,
        &["not checked: not at all providers", "1 RRset not checked: not all providers of the zone have it"],
    );
    let report = setup.plan_file("apply.json");
    let of = |name: &str| {
        let found = report["changes"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|change| change["name"].as_str().unwrap().starts_with(name));
        found.map(|change| change["verification"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!((of("www"), of("own")), (vec!["served".to_owned(); 2], vec!["not_checked".to_owned()]));
    // Somebody says it: each is asked for all that its provider has.
    setup.write_zone(ZONE, &zone("192.0.2.2", [", provider: a", ", provider: b"]));
    has_not(&setup.run("apply --yes", 0).stdout, &["not checked"]);
    setup.write_zone(ZONE, &zone("192.0.2.3", [", provider: b", ", provider: a"]));
    has(&setup.run("apply --yes", 7).stdout, &["own.abc-corp.example. A: no such name"]);
    // One of both has no server.
    setup.write_zone(ZONE, &zone("192.0.2.4", [", provider: a", ", provider: a"]));
    has(
        &setup.run("apply --yes", 7).stdout,
        &["not verified: neither `servers:` nor the NS records of the zone name a server of this provider"],
    );
}

/// Parent and child on one server: it answers for the delegation from the child, so the parent cannot be asked there.
#[test]
fn a_delegation_to_the_same_server() {
    let Some(server) = require(PowerDns::start()) else { return };
    server.create_zone(&Zone::new(ZONE)).unwrap();
    server
        .create_zone(&Zone::from_text(
            "child.abc-corp.example",
            "@ 300 IN SOA ns1 hostmaster 1 7200 3600 1209600 300\n@ 300 IN NS ns1\nns1 300 IN A 127.0.0.1\n",
        ))
        .unwrap();
    let zone = |more: &str| {
        format!("servers: {}\nrecords:\n  ns1: {{ A: 127.0.0.1 }}\n{more}", server.dns_address())
    };
    let setup = Setup::powerdns(&server, SOON).zone(
        ZONE,
        &zone("  child: { NS: ns1.child.abc-corp.example. }\n  ns1.child: { A: 127.0.0.2 }\n  www: { A: 192.0.2.1 }\n"),
    );
    let run = setup.run("apply --yes --report json=apply.json", 0);
    has(&run.stdout, &["2 RRsets not checked: the name servers have the zone below, too", "serves it"]);
    let report = setup.plan_file("apply.json");
    let of = |rtype: &str, verification: &str| {
        let changes = report["changes"].as_array().unwrap();
        changes.iter().any(|change| change["type"] == rtype && change["verification"] == verification)
    };
    assert!(of("NS", "not_checked") && of("A", "served") && of("A", "not_checked"), "{report}");
}

/// More zones than are asked at a time, a dead server among theirs, and one that is right only after a while: each zone has
/// its own time from when it is first asked, and only the dead server is blamed.
#[test]
fn a_late_server_a_dead_one_and_many_zones() {
    const ZONES: usize = 130;
    let Some(server) = require(PowerDns::start()) else { return };
    let Some(mut dead) = require(Bind::start([Zone::new("other.example")])) else { return };
    dead.stop().unwrap();
    let begun = Arc::new(Mutex::new(None::<Instant>));
    let since = Arc::clone(&begun);
    // Silent for 1.5 s after the first question.
    let late = DnsProxy::start(server.dns_address(), move |_| {
        let first = *since.lock().unwrap().get_or_insert_with(Instant::now);
        if first.elapsed() < Duration::from_millis(1500) { Action::Close } else { Action::Pass }
    })
    .unwrap();
    let settings =
        format!("verify: {{ deadline: 5s, servers: [\"{}\", \"{}\"] }}", late.address(), dead.address());
    let setup = Setup::powerdns(&server, &settings);
    for index in 0..ZONES {
        let zone = format!("zone{index:03}.example");
        server.create_zone(&Zone::new(&zone)).unwrap();
        setup.write_zone(&zone, "records:\n  ns1: { A: 127.0.0.1 }\n  www: { A: 192.0.2.2 }\n");
    }
    let start = Instant::now();
    let run = setup.run("apply --yes --report json=apply.json", 7);
    assert!(start.elapsed() < Duration::from_secs(30), "the dead server was waited for again and again");
    has(&run.stdout, &["Applied 130 of 130"]);
    let report = setup.plan_file("apply.json");
    let agrees = |zone: &&serde_json::Value| {
        zone["servers"][0]["agrees"] == true && zone["servers"][1]["agrees"] == false
    };
    assert_eq!(report["zones"].as_array().unwrap().iter().filter(agrees).count(), ZONES);
}

/// A name server that is down is waited for once, not zone by zone, and holds up no write.
#[test]
fn a_dead_server_and_many_zones() {
    let Some(server) = require(PowerDns::start()) else { return };
    let Some(mut other) = require(Bind::start([Zone::new("other.example")])) else { return };
    other.stop().unwrap();
    let settings = format!(
        "verify: {{ deadline: 5s, servers: [\"{}\", \"{}\"] }}",
        server.dns_address(),
        other.address()
    );
    let setup = Setup::powerdns(&server, &settings);
    for index in 0..64 {
        let zone = format!("zone{index:02}.example");
        server.create_zone(&Zone::new(&zone)).unwrap();
        setup.write_zone(&zone, "records:\n  ns1: { A: 127.0.0.1 }\n  www: { A: 192.0.2.2 }\n");
    }
    let begun = Instant::now();
    let run = setup.run("apply --yes", 7);
    has(&run.stdout, &["Applied 64 of 64"]);
    assert!(begun.elapsed() < Duration::from_secs(15), "it took {:?}", begun.elapsed());
}

/// Without `servers:` the name servers are those of the NS records, on port 53, each at all of its addresses. To `fe80::1`
/// there is no way, since its link is not said: as to any address of IPv6 on a machine that has none.
#[test]
fn a_name_server_with_an_address_that_cannot_be_reached_from_here() {
    const HERE: &str = "127.0.0.1";
    let free = |address: &str| std::net::UdpSocket::bind((address, 53)).is_ok();
    if !(free(HERE) && free("::1")) {
        return; // Only root may take port 53, and some machines have no IPv6 at all.
    }
    let records =
        |ns: &str| format!("@ 300 IN SOA ns1 hostmaster 1 7200 3600 1209600 300\n@ 300 IN NS ns1\n{ns}\n");
    let old = records(&format!("ns1 300 IN A {HERE}\nns1 300 IN AAAA ::1\nns1 300 IN AAAA fe80::1"));
    let options = format!("listen-on port 53 {{ {HERE}; }};\nlisten-on-v6 port 53 {{ ::1; }};");
    let zone = Zone::from_text(ZONE, &old).access(Access::Key);
    let Some(server) = require(Bind::builder([zone]).options(&options).start()) else { return };
    let file = |last: u8| {
        format!(
            "records:\n  ns1: {{ A: {HERE}, AAAA: [\"::1\", \"fe80::1\"] }}\n  www: {{ A: 192.0.2.{last} }}\n"
        )
    };
    let setup = Setup::rfc2136(&server, SOON).zone(ZONE, &file(1));
    let run = setup.run("apply --yes --report json=apply.json", 0);
    has(&run.stdout, &["[fe80::1]:53 not asked: this machine knows no way to it", "name servers agree"]);
    let zone = &setup.plan_file("apply.json")["zones"][0];
    assert_eq!(zone["no_route"], serde_json::json!(["[fe80::1]:53"]));
    let mut asked: Vec<_> =
        zone["servers"].as_array().unwrap().iter().map(|server| server["address"].to_string()).collect();
    asked.sort();
    assert_eq!(asked, [format!("\"{HERE}:53\""), "\"[::1]:53\"".to_owned()]);
}
