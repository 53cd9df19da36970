//! Updates with real servers: compare and swap, what is dropped in silence, what is refused, what nobody knows.

#![expect(clippy::expect_used, reason = "a test may stop")]

#[path = "update/refusals.rs"]
mod refusals;
mod support;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use dnsctl_harness::{
    Access, Action, Bind, Direction, DnsProxy, Knot, NameServer, Nsd, TsigKey, Zone, dig, error_reply,
    nsupdate, require,
};
use dnsctl_provider::error::{Effect, Error, ErrorKind, Status};
use dnsctl_provider::lower::{self, Outcome, Written};
use dnsctl_provider::{OptionValue, RRsetChange, WriteError, Writer};
use dnsctl_provider_rfc2136::FACTORY;
use dnsctl_zone::{Live, RRset, RecordType};
use support::{change, name};

const ZONE: &str = "z.test";

fn run<T>(future: impl Future<Output = T>) -> T {
    support::runtime().block_on(future)
}

fn servers(zone: &Zone) -> Vec<NameServer> {
    [require(Bind::start([zone.clone()])), require(Knot::start([zone.clone()]))]
        .into_iter()
        .flatten()
        .collect()
}

fn rrset(owner: &str, ttl: u32, rtype: RecordType, values: &[&str]) -> Option<RRset> {
    Some(support::rrset(ZONE, owner, ttl, rtype, values))
}

fn address(owner: &str, last: u8) -> Option<RRset> {
    rrset(owner, 300, RecordType::A, &[&format!("192.0.2.{last}")])
}

fn read(server: SocketAddr, key: &TsigKey) -> Live {
    run(support::reader(server, Some(key)).read_zone(&name(ZONE))).expect("read").expect("a zone")
}

fn write(server: SocketAddr, key: Option<&TsigKey>, changes: &[RRsetChange]) -> Written {
    run(lower::write(&support::writer(server, key), &name(ZONE), changes, &mut |_| {}))
}

/// One batch, whose error has all that is known.
fn batch(server: SocketAddr, key: Option<&TsigKey>, changes: &[RRsetChange]) -> Result<(), WriteError> {
    let Writer::Batch(writer) = support::writer(server, key) else { unreachable!("it writes batches") };
    run(writer.write_batch(&name(ZONE), changes))
}

fn refused(server: SocketAddr, key: Option<&TsigKey>, changes: &[RRsetChange]) -> Error {
    batch(server, key, changes).expect_err("refused").error
}

/// The server cannot read the message, and does not say which record it is. Knot reads such a digest.
#[test]
fn a_record_that_the_server_cannot_read_is_named() {
    if let Some(server) = require(Bind::start([Zone::new(ZONE).with("www 300 A 192.0.2.1")])) {
        // A digest of SHA-256 has 32 octets.
        let short = rrset("child", 300, RecordType::DS, &["12345 8 2 aabb"]);
        let mut changes = vec![change(address("www", 1), address("www", 2)), change(None, short.clone())];
        changes.extend((1..200).map(|number| change(None, address(&format!("host{number}"), number))));
        let odd = rrset("other", 300, RecordType::DS, &["12345 8 2 aabb", "12346 8 2 aabb"]);
        changes.push(change(None, odd));
        let error = batch(server.address(), Some(server.key()), &changes).expect_err("not understood");
        assert_eq!((error.error.kind(), error.error.effect()), (ErrorKind::Rejected, Effect::NotWritten));
        assert_eq!(
            (error.culprits.as_slice(), error.written.as_slice()),
            (&[1, 201][..], &[][..]),
            "{error}"
        );
        for words in ["child.z.test. DS: 12345 8 2 ", "other.z.test. DS: 12346 8 2 "] {
            assert!(error.error.message().contains(words), "{error}");
        }
        // Nothing of it was written, by looking for it neither.
        let live = read(server.address(), server.key());
        assert_eq!(live.zone.get(&name("www.z.test"), RecordType::A), address("www", 1).as_ref());
        assert_eq!(live.zone.get(&name("host1.z.test"), RecordType::A), None);
        // Alone, too.
        let alone = [change(None, short)];
        let error = batch(server.address(), Some(server.key()), &alone).expect_err("not understood");
        assert!(error.error.message().contains("child.z.test. DS"), "{error}");
    }
}

#[test]
fn somebody_else_was_faster() {
    for server in
        servers(&Zone::new(ZONE).with("www 300 A 192.0.2.1\nmail 300 A 192.0.2.25\nhost 300 TXT \"x\""))
    {
        let (address_of, key) = (server.address(), Some(server.key()));
        nsupdate(address_of, ZONE, key, "update add www.z.test 300 A 192.0.2.99").expect("nsupdate");
        nsupdate(address_of, ZONE, key, "update add new.z.test 300 A 192.0.2.99").expect("nsupdate");
        nsupdate(address_of, ZONE, key, "update delete host.z.test TXT").expect("nsupdate");
        let changes = [
            change(address("mail", 25), address("mail", 26)),
            change(address("www", 1), address("www", 2)),
            change(None, address("new", 1)),
            change(rrset("host", 300, RecordType::TXT, &["\"x\""]), None),
        ];
        let error = batch(address_of, key, &changes).expect_err("a conflict");
        assert_eq!((error.error.kind(), error.error.effect()), (ErrorKind::Conflict, Effect::NotWritten));
        assert_eq!((error.culprits.as_slice(), error.written.as_slice()), (&[1, 2, 3][..], &[][..]));
        for words in [
            "www.z.test. A: it has other values by now",
            "new.z.test. A: it exists by now",
            "host.z.test. TXT: it is gone",
        ] {
            assert!(error.error.message().contains(words), "{error}");
        }
        let live = read(address_of, server.key());
        assert_eq!(live.zone.get(&name("mail.z.test"), RecordType::A), address("mail", 25).as_ref());
        assert!(live.zone.get(&name("www.z.test"), RecordType::A).is_some_and(|www| www.values().len() == 2));
    }
}

/// The record that somebody else added at the name after it was read would make the server drop the CNAME, after it
/// has deleted the address.
#[test]
fn an_address_does_not_go_for_a_cname_that_cannot_come() {
    for rdata in ["TXT \"x\"", "AAAA 2001:db8::1", "EUI48 00-00-5e-00-53-2a"] {
        for server in servers(&Zone::new(ZONE).with("www 300 A 192.0.2.1")) {
            let (at, key) = (server.address(), Some(server.key()));
            nsupdate(at, ZONE, key, &format!("update add www.z.test 300 {rdata}")).expect("nsupdate");
            let changes = [
                change(None, address("host", 1)),
                change(address("www", 1), None),
                change(None, rrset("www", 300, RecordType::CNAME, &["other"])),
            ];
            let error = batch(at, key, &changes).expect_err("a conflict");
            assert_eq!((error.error.kind(), error.error.effect()), (ErrorKind::Conflict, Effect::NotWritten));
            assert_eq!((error.culprits.as_slice(), error.written.len()), (&[2][..], 0), "{error}");
            assert!(
                error.error.message().contains("www.z.test. CNAME: CNAME cannot stand beside"),
                "{error}"
            );
            let live = read(at, server.key());
            assert_eq!(live.zone.get(&name("www.z.test"), RecordType::A), address("www", 1).as_ref());
            assert!(live.zone.get(&name("host.z.test"), RecordType::A).is_none());
        }
    }
}

/// More CNAMEs that take the place of addresses than one message can guard.
#[test]
fn many_addresses_become_cnames() {
    for server in servers(&Zone::new(ZONE)) {
        let (at, key) = (server.address(), Some(server.key()));
        let host = |number: u32| address(&format!("h{number}"), 1);
        let create: Vec<_> = (0..150).map(|number| change(None, host(number))).collect();
        assert!(write(at, key, &create).is_complete());
        let cname = |number: u32| rrset(&format!("h{number}"), 300, RecordType::CNAME, &["other"]);
        let swaps = (0..150).flat_map(|number| [change(host(number), None), change(None, cname(number))]);
        let swaps: Vec<_> = swaps.enumerate().map(|(index, change)| in_group(change, index / 2)).collect();
        // The last of them cannot come.
        nsupdate(at, ZONE, key, "update add h149.z.test 300 TXT \"x\"").expect("nsupdate");
        let error = batch(at, key, &swaps).expect_err("a conflict");
        assert_eq!(error.culprits, [299], "{error}");
        let live = read(at, server.key());
        for number in 0..150_u32 {
            let index = usize::try_from(number).expect("small") * 2;
            let written = error.written.contains(&index) && error.written.contains(&(index + 1));
            let owner = name(&format!("h{number}.z.test"));
            assert_eq!(live.zone.get(&owner, RecordType::CNAME).is_some(), written, "{number}");
            assert_eq!(live.zone.get(&owner, RecordType::A).is_none(), written, "{number}");
        }
        assert!(error.written.len() >= 50 && error.written.len() < 299, "{}", error.written.len());
    }
}

fn in_group(change: RRsetChange, group: usize) -> RRsetChange {
    RRsetChange { group: u32::try_from(group).expect("small"), ..change }
}

/// Nothing says before the update that the CNAME will be dropped: data at its name is changed by it, too, and what else
/// is there has a type without a name.
#[test]
fn what_is_dropped_in_silence_is_named() {
    for server in servers(&Zone::new(ZONE).with("www 300 A 192.0.2.1\nwww 300 TYPE65400 \\# 1 00")) {
        let changes = [
            change(address("www", 1), None),
            change(None, rrset("www", 300, RecordType::CNAME, &["other"])),
            change(None, address("host", 1)),
        ];
        let error =
            batch(server.address(), Some(server.key()), &changes).expect_err("another record is in its way");
        let live = read(server.address(), server.key());
        let is_there = |owner: &str, rtype| live.zone.get(&name(owner), rtype).is_some();
        assert!(!is_there("www.z.test", RecordType::CNAME));
        if error.written.is_empty() {
            // Refused as a whole.
            assert!(
                is_there("www.z.test", RecordType::A) && !is_there("host.z.test", RecordType::A),
                "{error}"
            );
            continue;
        }
        assert_eq!((error.culprits.as_slice(), error.written.as_slice()), (&[1][..], &[0, 2][..]));
        assert!(error.error.message().contains("www.z.test. CNAME: there is none"), "{error}");
        assert!(!is_there("www.z.test", RecordType::A) && is_there("host.z.test", RecordType::A));
    }
}

#[test]
fn a_cname_beside_other_data_is_refused_before_anything_is_written() {
    for server in servers(&Zone::new(ZONE).with("www 300 A 192.0.2.1\nalias 300 CNAME other")) {
        let (at, key) = (server.address(), Some(server.key()));
        let cname =
            [change(None, rrset("www", 300, RecordType::CNAME, &["other"])), change(None, address("new", 1))];
        let error = batch(at, key, &cname).expect_err("refused");
        assert_eq!((error.error.kind(), error.culprits.as_slice()), (ErrorKind::Conflict, &[0][..]));
        assert!(error.error.message().contains("CNAME cannot stand beside A"), "{error}");
        let beside = [change(None, address("new", 1)), change(None, address("alias", 1))];
        let error = batch(at, key, &beside).expect_err("refused");
        assert_eq!((error.error.kind(), error.culprits.as_slice()), (ErrorKind::Conflict, &[1][..]));
        assert!(read(at, server.key()).zone.get(&name("new.z.test"), RecordType::A).is_none());
    }
}

/// BIND says REFUSED to the batch, and tells only its log which record it means.
#[test]
fn a_name_that_bind_does_not_take_is_named() {
    let Some(server) = require(Bind::start([Zone::new(ZONE).with("www 300 A 192.0.2.1")])) else { return };
    let (at, key) = (server.address(), Some(server.key()));
    let mx = rrset("z.test.", 300, RecordType::MX, &["10 my_mail.example.net."]);
    for (wrong, words) in [
        (address("my_host", 8), "my_host.z.test. A: its owner is no host name"),
        (mx, "z.test. MX: its target is no host name"),
    ] {
        let changes = [change(None, address("new", 1)), change(None, wrong)];
        let error = batch(at, key, &changes).expect_err("refused");
        assert_eq!(
            (error.error.kind(), error.culprits.as_slice()),
            (ErrorKind::Rejected, &[1][..]),
            "{error}"
        );
        assert_eq!(error.error.effect(), Effect::NotWritten);
        assert!(error.error.message().contains(words), "{error}");
    }
    // A key that may not update at all is another matter.
    let error = refused(at, None, &[change(None, address("new", 1))]);
    assert_eq!(error.kind(), ErrorKind::Forbidden, "{error}");
    let wildcard = [change(None, rrset("*.w", 300, RecordType::A, &["192.0.2.1"]))];
    batch(at, key, &wildcard).expect("taken");
}

/// Where an answer does not tell what the zone has.
#[test]
fn wildcards_delegations_and_their_glue() {
    let text = "* 300 A 192.0.2.9\nwww 300 A 192.0.2.1\nsub 300 NS ns.sub\nns.sub 300 A 192.0.2.53\n";
    for server in servers(&Zone::new(ZONE).with(text)) {
        let ns = |values: &[&str]| rrset("sub", 300, RecordType::NS, values);
        let changes = [
            change(address("www", 1), None),
            change(ns(&["ns.sub"]), ns(&["ns.sub", "ns2.sub"])),
            change(address("ns.sub", 53), address("ns.sub", 54)),
            change(None, address("ns2.sub", 55)),
        ];
        let written = write(server.address(), Some(server.key()), &changes);
        assert!(written.is_complete(), "{written:?}");
        let back = changes.map(|change| RRsetChange { before: change.after, after: change.before, ..change });
        let written = write(server.address(), Some(server.key()), &back);
        assert!(written.is_complete(), "{written:?}");
    }
}

#[test]
fn name_servers_of_the_apex() {
    let text = "@ 3600 SOA ns1 h 1 7200 3600 1209600 300\n@ 3600 NS ns.example.net.\n";
    for server in servers(&Zone::from_text(ZONE, text)) {
        let (at, key) = (server.address(), Some(server.key()));
        let ns = |ttl, values: &[&str]| rrset("@", ttl, RecordType::NS, values);
        let old = ns(3600, &["ns.example.net."]);
        let new = ns(600, &["ns1.example.org.", "ns2.example.org."]);
        batch(at, key, &[change(old, new.clone())]).expect("all at once, with another TTL");
        assert_eq!(read(at, server.key()).zone.get(&name(ZONE), RecordType::NS), new.as_ref());
        let error = refused(at, key, &[change(new, None)]);
        assert_eq!((error.kind(), error.effect()), (ErrorKind::Rejected, Effect::NotWritten));
    }
}

/// The server signs; what it keeps up itself is no difference, and updates work all the same.
#[test]
fn a_signed_zone() {
    for server in servers(&Zone::new(ZONE).with("www 300 A 192.0.2.1").signed()) {
        let (at, key) = (server.address(), server.key());
        let signed = || dig(at, ZONE, "DNSKEY").ok().filter(|answer| !answer.records.is_empty());
        dnsctl_harness::until("the zone is signed", dnsctl_harness::PATIENCE, signed).expect("signed");
        let live = read(at, key);
        let types: Vec<_> = live.zone.rrsets().iter().map(|rrset| rrset.rtype).collect();
        assert_eq!(types, [RecordType::NS, RecordType::SOA, RecordType::A, RecordType::A]);
        let kept: Vec<_> = live.kept.iter().map(|kept| kept.rtype).collect();
        assert!(kept.contains(&RecordType::RRSIG) && kept.contains(&RecordType::DNSKEY), "{:?}", live.kept);
        batch(
            at,
            Some(key),
            &[change(address("www", 1), address("www", 2)), change(None, address("new", 1))],
        )
        .expect("written");
        let signing =
            run(support::reader(at, Some(key)).signing(&name(ZONE))).expect("signing").expect("keys");
        assert!(!signing.keys.is_empty() && !signing.delegation_signers.is_empty(), "{signing:?}");
    }
}

/// More than fits into one message, and one RRset that never does.
#[test]
fn many_changes_and_large_ones() {
    for server in servers(&Zone::new(ZONE)) {
        let (at, key) = (server.address(), Some(server.key()));
        let host = |number: u32, last: u8| {
            rrset(&format!("h{number}"), 300, RecordType::A, &[&format!("10.0.0.{last}")])
        };
        let create: Vec<_> = (0..5000).map(|number| change(None, host(number, 1))).collect();
        let written = write(at, key, &create);
        assert!(written.is_complete(), "{:?}", written.error());
        let update: Vec<_> = (0..5000).map(|number| change(host(number, 1), host(number, 2))).collect();
        assert!(write(at, key, &update).is_complete());
        let delete: Vec<_> = (0..5000).map(|number| change(host(number, 2), None)).collect();
        assert!(write(at, key, &delete).is_complete());
        assert_eq!(read(at, server.key()).zone.rrsets().len(), 3);

        let texts = |count: usize| {
            (0..count).map(|number| format!("\"{number}{}\"", "x".repeat(200))).collect::<Vec<_>>()
        };
        let of = |texts: &[String]| {
            rrset("text", 300, RecordType::TXT, &texts.iter().map(String::as_str).collect::<Vec<_>>())
        };
        let fits = of(&texts(99));
        batch(at, key, &[change(None, fits.clone())]).expect("created");
        batch(at, key, &[change(fits, of(&texts(100)))]).expect("changed");
        let too_large = of(&texts(400));
        let refuses = support::reader(at, key).refuses(&name(ZONE), too_large.as_ref().expect("an RRset"));
        assert!(refuses.is_some_and(|why| why.contains("65535")));
        let error = refused(at, key, &[change(None, too_large)]);
        assert_eq!((error.kind(), error.effect()), (ErrorKind::Rejected, Effect::NotWritten));
    }
}
