//! Each server starts, serves a record, takes a change, and is gone when it is dropped.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::path::Path;

use dnsctl_harness::{
    Access, Backend, Bind, Knot, MiniStack, Moto, Nsd, PATIENCE, PowerDns, TsigKey, Zone, dig, nsupdate,
    request, require, transfer, until,
};

const ZONE: &str = "example.test";
const ADD: &str = "update add new.example.test. 60 A 192.0.2.7";
const ADDED: &str = "new.example.test. 60 IN A 192.0.2.7";

fn zone() -> Zone {
    Zone::new(ZONE).with("www 300 A 192.0.2.1\nwww 300 A 192.0.2.2\n@ 300 TXT \"two  blanks\" \"x\"")
}

fn served(address: std::net::SocketAddr) {
    let answer = dig(address, "www.example.test", "A").unwrap();
    assert_eq!(answer.status, "NOERROR");
    assert!(answer.flags.contains("aa"), "{answer:?}");
    assert_eq!(answer.rdata("A"), ["192.0.2.1", "192.0.2.2"]);
    assert_eq!(
        dig(address, ZONE, "TXT").unwrap().records,
        ["example.test. 300 IN TXT \"two  blanks\" \"x\""]
    );
    assert_eq!(dig(address, "absent.example.test", "A").unwrap().status, "NXDOMAIN");
}

fn gone(pid: u32) {
    assert!(!Path::new(&format!("/proc/{pid}")).exists());
}

#[test]
fn powerdns_serves_what_its_api_wrote() {
    for backend in [Backend::Lmdb, Backend::Sqlite] {
        let Some(mut server) = require(PowerDns::builder().backend(backend).dynamic_update().start()) else {
            return;
        };
        server.create_zone(&zone()).unwrap();
        served(server.dns_address());
        let before = server.requests().len();
        let patch = r#"{"rrsets":[{"name":"new.example.test.","type":"A","ttl":60,"changetype":"REPLACE",
            "records":[{"content":"192.0.2.7","disabled":false}]}]}"#;
        assert_eq!(server.api("PATCH", "/zones/example.test.", patch).unwrap().status, 204);
        assert_eq!(dig(server.dns_address(), "new.example.test", "A").unwrap().records, [ADDED]);
        let log = server.requests_since(before);
        assert_eq!(log.len(), 1);
        let last = log.last().unwrap();
        assert_eq!((last.method.as_str(), last.status), ("PATCH", 204));
        assert_eq!(last.path, "/api/v1/servers/localhost/zones/example.test.");
        let wrong = [("X-API-Key", "wrong")];
        let answer = request(server.api_address(), "GET", "/api/v1/servers", &wrong, b"").unwrap();
        assert_eq!(answer.status, 401);
        server.restart().unwrap();
        assert_eq!(
            dig(server.dns_address(), "new.example.test", "A").unwrap().records,
            [ADDED],
            "kept by {backend:?}"
        );
        let pid = server.process().pid().unwrap();
        drop(server);
        gone(pid);
    }
}

#[test]
fn powerdns_has_dnssec_and_limits() {
    let Some(server) = require(PowerDns::builder().backend(Backend::Sqlite).max_body_megabytes(1).start())
    else {
        return;
    };
    server.create_zone(&zone()).unwrap();
    assert_eq!(server.api("PUT", "/zones/example.test.", r#"{"dnssec":true}"#).unwrap().status, 204);
    assert_eq!(dig(server.dns_address(), ZONE, "DNSKEY").unwrap().rdata("DNSKEY").len(), 1);
    assert!(server.api("GET", "/zones/example.test./cryptokeys", "").unwrap().text().contains("\"ds\""));
    let large = format!(r#"{{"rrsets":[],"pad":"{}"}}"#, "x".repeat(1_200_000));
    // PowerDNS answers 400 and closes with the rest of the body unread, so the kernel may reset the connection.
    match server.api("PATCH", "/zones/example.test.", &large) {
        Ok(answer) => assert_eq!(answer.status, 400),
        Err(error) => {
            let words = error.to_string();
            assert!(words.contains("reset") || words.contains("pipe"), "{words}");
        }
    }
}

#[test]
fn powerdns_expands_alias_and_runs_lua() {
    let Some(resolver) = require(Bind::start([Zone::new("target.test").with("www 300 A 192.0.2.9")])) else {
        return;
    };
    let builder = PowerDns::builder().expand_alias(resolver.address()).lua_records();
    let Some(server) = require(builder.start()) else { return };
    let special = Zone::new(ZONE).with("@ 300 ALIAS www.target.test.\nlua 300 LUA A \"'192.0.2.8'\"");
    server.create_zone(&special).unwrap();
    assert_eq!(dig(server.dns_address(), ZONE, "A").unwrap().rdata("A"), ["192.0.2.9"]);
    assert_eq!(dig(server.dns_address(), "lua.example.test", "A").unwrap().rdata("A"), ["192.0.2.8"]);
}

#[test]
fn bind_is_updated_and_transferred_with_its_key_only() {
    let policy = Access::Policy("grant tester name www.policy.test. A;".to_owned());
    let zones = [
        zone(),
        Zone::new("open.test").access(Access::Open),
        Zone::new("policy.test").access(policy),
        Zone::new("fixed.test").access(Access::KeyTransferOnly),
    ];
    let Some(server) = require(Bind::start(zones)) else { return };
    let (address, key) = (server.address(), Some(server.key()));
    served(address);
    nsupdate(address, ZONE, key, ADD).unwrap();
    assert_eq!(dig(address, "new.example.test", "A").unwrap().records, [ADDED]);
    assert!(transfer(address, ZONE, key).unwrap().contains(&ADDED.to_owned()));
    assert!(transfer(address, ZONE, None).is_err());
    assert!(nsupdate(address, ZONE, None, ADD).unwrap_err().to_string().contains("REFUSED"));
    let stranger = TsigKey::generate("tester").unwrap();
    let refusal = nsupdate(address, ZONE, Some(&stranger), ADD).unwrap_err().to_string();
    assert!(refusal.contains("BADSIG"), "{refusal}");
    nsupdate(address, "open.test", None, "update add a.open.test. 60 A 192.0.2.7").unwrap();
    assert_eq!(transfer(address, "open.test", None).unwrap().len(), 4);
    nsupdate(address, "policy.test", key, "update add www.policy.test. 60 A 192.0.2.7").unwrap();
    assert!(nsupdate(address, "policy.test", key, "update add w.policy.test. 60 A 192.0.2.7").is_err());
    assert!(nsupdate(address, "fixed.test", key, "update add w.fixed.test. 60 A 192.0.2.7").is_err());
    assert_eq!(transfer(address, "fixed.test", key).unwrap().len(), 3);
    let pid = server.process().pid().unwrap();
    drop(server);
    gone(pid);
}

#[test]
fn every_server_says_what_is_wrong_with_a_zone() {
    if [require(Bind::start([])), require(Knot::start([])), require(Nsd::start([]))]
        .iter()
        .any(Option::is_none)
    {
        return;
    }
    let broken = || [zone(), Zone::new("broken.test").with("www 300 A 192.0.2.256")];
    for (started, words) in [
        (Bind::start(broken()), "bad dotted quad"),
        (Knot::start(broken()), "invalid IPv4 address"),
        (Nsd::start(broken()), "invalid IPv4 address"),
    ] {
        let error = started.unwrap_err().to_string();
        assert!(error.contains(words) && error.contains("broken.test"), "{error}");
    }
}

#[test]
fn bind_transfers_a_large_zone_and_can_refuse_differences() {
    let large = Zone::new(ZONE).with_hosts(20_000);
    let Some(server) = require(Bind::builder([large]).ixfr(false).start()) else { return };
    let key = Some(server.key());
    assert_eq!(transfer(server.address(), ZONE, key).unwrap().len(), 20_003);
}

#[test]
fn knot_is_updated_and_transferred_with_its_key_only() {
    let zones = [zone(), Zone::new("open.test").access(Access::Open), Zone::new("signed.test").signed()];
    let Some(server) = require(Knot::start(zones)) else { return };
    let (address, key) = (server.address(), Some(server.key()));
    served(address);
    nsupdate(address, ZONE, key, ADD).unwrap();
    assert_eq!(dig(address, "new.example.test", "A").unwrap().records, [ADDED]);
    assert!(transfer(address, ZONE, key).unwrap().contains(&ADDED.to_owned()));
    assert!(transfer(address, ZONE, None).is_err());
    assert!(nsupdate(address, ZONE, None, ADD).is_err());
    nsupdate(address, "open.test", None, "update add a.open.test. 60 A 192.0.2.7").unwrap();
    assert!(!dig(address, "signed.test", "DNSKEY").unwrap().rdata("DNSKEY").is_empty());
    nsupdate(address, "signed.test", key, "update add a.signed.test. 60 A 192.0.2.7").unwrap();
    let signed = transfer(address, "signed.test", key).unwrap();
    assert!(signed.iter().any(|line| line.starts_with("a.signed.test. 60 IN RRSIG A ")), "{signed:?}");
    let pid = server.process().pid().unwrap();
    drop(server);
    gone(pid);
}

#[test]
fn bind_signs_a_zone() {
    let Some(server) = require(Bind::start([Zone::new("signed.test").signed()])) else { return };
    let keys =
        || dig(server.address(), "signed.test", "DNSKEY").ok().filter(|answer| !answer.records.is_empty());
    until("the signature", PATIENCE, keys).unwrap();
}

#[test]
fn nsd_cannot_be_written() {
    let Some(server) = require(Nsd::start([zone()])) else { return };
    served(server.address());
    let refusal = nsupdate(server.address(), ZONE, Some(server.key()), ADD).unwrap_err().to_string();
    assert!(refusal.contains("NOTIMP"), "{refusal}");
    assert_eq!(transfer(server.address(), ZONE, Some(server.key())).unwrap().len(), 6);
    assert!(transfer(server.address(), ZONE, None).is_err());
    let pid = server.process().pid().unwrap();
    drop(server);
    gone(pid);
}

#[test]
fn both_route53_emulators_hold_a_zone() {
    let create = br#"<?xml version="1.0"?><CreateHostedZoneRequest xmlns="https://route53.amazonaws.com/doc/2013-04-01/">
        <Name>example.test</Name><CallerReference>1</CallerReference></CreateHostedZoneRequest>"#;
    let signature = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/us-east-1/route53/aws4_request, \
                     SignedHeaders=host;x-amz-date, Signature=00";
    let headers = [("Authorization", signature), ("X-Amz-Date", "20260101T000000Z")];
    let check = |address, pid: u32| {
        let path = "/2013-04-01/hostedzone";
        let answer = request(address, "POST", path, &headers, create).unwrap();
        assert_eq!(answer.status, 201, "{}", answer.text());
        let list = request(address, "GET", path, &headers, b"").unwrap().text();
        assert!(list.contains("<Name>example.test.</Name>"), "{list}");
        pid
    };
    let Some(moto) = require(Moto::start()) else { return };
    let Some(ministack) = require(MiniStack::start()) else { return };
    let pids = [
        check(moto.address(), moto.process().pid().unwrap()),
        check(ministack.address(), ministack.process().pid().unwrap()),
    ];
    drop((moto, ministack));
    pids.into_iter().for_each(gone);
}
