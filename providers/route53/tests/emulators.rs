//! The adapter on two emulators of Route 53, with the vendor's own client (boto3) as the other tool.

#![expect(clippy::unwrap_used, reason = "test code")]

mod common;
#[path = "emulators/zones.rs"]
mod zones;

use common::{
    add_foreign, batch, boto3, change, create, create_zone, free_name, name, reader, rrset, set, settings,
    writer,
};
use dnsctl_harness::{MiniStack, Moto, require};
use dnsctl_provider::OptionValue;
use dnsctl_provider::error::{Effect, ErrorKind};
use dnsctl_zone::{Live, Name, RRset, Rdata, RecordType};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// Runs a test on both emulators.
fn on_both<F: Future<Output = ()>>(test: impl Fn(&'static str, SocketAddr) -> F) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    if let Some(moto) = require(Moto::start()) {
        runtime.block_on(test("moto", moto.address()));
    }
    if let Some(ministack) = require(MiniStack::start()) {
        runtime.block_on(test("ministack", ministack.address()));
    }
}

fn on_ministack<F: Future<Output = ()>>(test: impl Fn(SocketAddr) -> F) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    if let Some(ministack) = require(MiniStack::start()) {
        runtime.block_on(test(ministack.address()));
    }
}

fn url(address: SocketAddr) -> String {
    format!("http://{address}")
}

fn shown(rrset: &RRset, apex: &Name) -> String {
    let values: Vec<String> = rrset.values().iter().map(ToString::to_string).collect();
    format!("{} {} {}", rrset.name.relative_to(apex), rrset.rtype, values.join(" | "))
}

/// moto makes zones with an SOA record that is none, which is kept.
fn only_soa(live: &Live) -> bool {
    live.kept.iter().all(|kept| kept.rtype == RecordType::SOA)
}

fn alias(apex: &Name, owner: &str, values: &[&str]) -> RRset {
    rrset(&format!("{owner}.{apex}"), RecordType::ROUTE53_ALIAS, 300, values)
}

#[test]
fn what_has_a_routing_policy_is_kept() {
    on_both(|kind, address| async move {
        let apex = free_name();
        let id = create_zone(address, &apex).unwrap();
        // MiniStack knows no geoproximity.
        let program = r#"
zone, apex, kind = arguments
def create(name, rtype, **more):
    more.setdefault("TTL", 60)
    more.setdefault("ResourceRecords", [{"Value": "192.0.2.1"}])
    if "AliasTarget" in more:
        del more["TTL"], more["ResourceRecords"]
    client.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": [
        {"Action": "CREATE", "ResourceRecordSet": {"Name": f"{name}.{apex}", "Type": rtype, **more}}]})
create("plain", "A")
create("weighted", "A", SetIdentifier="one", Weight=10)
create("weighted", "A", SetIdentifier="two", Weight=0)
create("latency", "A", SetIdentifier="one", Region="eu-west-1")
create("geo", "A", SetIdentifier="one", GeoLocation={"CountryCode": "*"})
create("failover", "A", SetIdentifier="one", Failover="PRIMARY")
create("multivalue", "A", SetIdentifier="one", MultiValueAnswer=True)
create("ip", "A", SetIdentifier="one", CidrRoutingConfig={"CollectionId": "11111111-1111-1111-1111-111111111111", "LocationName": "*"})
create("checked", "A", HealthCheckId="abcdef11-2222-3333-4444-555555fedcba")
create("alias", "A", SetIdentifier="one", Weight=1, AliasTarget={"HostedZoneId": "Z2FDTNDATAQYW2", "DNSName": "d1.cloudfront.net.", "EvaluateTargetHealth": False})
if kind == "moto":
    create("near", "A", SetIdentifier="one", GeoProximityLocation={"AWSRegion": "eu-west-1"})
"#;
        boto3(&url(address), program, &[&id, &apex.to_string(), kind]).unwrap();
        let settings = settings(&url(address));
        let reader = reader(&settings);
        let live = reader.read_zone(&apex).await.unwrap().unwrap();
        let own = live.zone.rrsets().iter().filter(|rrset| rrset.name != apex).collect::<Vec<_>>();
        assert_eq!(own, [&rrset(&format!("plain.{apex}"), RecordType::A, 60, &["192.0.2.1"])], "{kind}");
        let mut kept: Vec<String> = live
            .kept
            .iter()
            .map(|kept| format!("{} {}: {}", kept.name.relative_to(&apex), kept.count, kept.reason))
            .collect();
        kept.sort();
        let mut wanted = vec![
            "alias 1: weighted routing policy",
            "checked 1: health check",
            "failover 1: failover routing policy",
            "geo 1: geolocation routing policy",
            "latency 1: latency routing policy",
            "multivalue 1: multivalue answer routing policy",
            "weighted 2: weighted routing policy, 2 sets",
        ];
        // moto keeps the set identifier and forgets what it is for, and it makes zones with an SOA record that is none.
        wanted.extend(match kind {
            "moto" => vec!["ip 1: routing policy", "near 1: routing policy"],
            _ => vec!["ip 1: IP-based routing policy"],
        });
        kept.retain(|kept| !kept.starts_with("@ 1: it cannot be read: SOA"));
        wanted.sort_unstable();
        assert_eq!(kept, wanted, "{kind}");

        // A file that declares one of them is refused, whatever form it takes.
        let refused = |rrset: &RRset| reader.refuses(&apex, rrset);
        let address_there = rrset(&format!("weighted.{apex}"), RecordType::A, 60, &["192.0.2.9"]);
        let reason = refused(&address_there).unwrap();
        assert!(reason.contains("weighted routing policy, 2 sets"), "{reason}");
        assert!(refused(&alias(&apex, "weighted", &["A self x.test. false"])).is_some());
        assert_eq!(refused(&alias(&apex, "weighted", &["AAAA self x.test. false"])), None);
        assert_eq!(refused(&rrset(&format!("weighted.{apex}"), RecordType::TXT, 60, &["\"x\""])), None);

        // Other writes leave them alone.
        let writer = writer(&settings);
        let plain = rrset(&format!("plain.{apex}"), RecordType::A, 60, &["192.0.2.1"]);
        let text = rrset(&format!("weighted.{apex}"), RecordType::TXT, 60, &["\"x\""]);
        batch(&writer)
            .write_batch(&apex, &[change(Some(plain), None), change(None, Some(text))])
            .await
            .unwrap();
        let after = reader.read_zone(&apex).await.unwrap().unwrap();
        assert_eq!(after.kept, live.kept, "{kind}");
    });
}

#[test]
fn aliases_are_written_and_read() {
    on_both(|kind, address| async move {
        let apex = free_name();
        let id = create_zone(address, &apex).unwrap();
        let settings = settings(&url(address));
        let (reader, writer) = (reader(&settings), writer(&settings));
        let cdn = "Z2FDTNDATAQYW2 d111.cloudfront.net. false";
        let steps = [
            vec![format!("A {cdn}")],
            vec![format!("A {cdn}"), format!("AAAA {cdn}")],
            vec![format!("A self target.{apex} true"), format!("AAAA {cdn}")],
            vec!["A Z3AQBSTGFYJSTF s3-website-us-east-1.amazonaws.com. true".to_owned()],
            vec![format!("AAAA self target.{apex} false")],
        ];
        let mut before = None;
        for (number, step) in steps.iter().enumerate() {
            let values: Vec<&str> = step.iter().map(String::as_str).collect();
            let wanted = alias(&apex, "www", &values);
            assert_eq!(reader.refuses(&apex, &wanted), None, "{kind}");
            batch(&writer).write_batch(&apex, &[change(before, Some(wanted.clone()))]).await.unwrap();
            let live = reader.read_zone(&apex).await.unwrap().unwrap();
            let found = live.zone.get(&wanted.name, wanted.rtype).unwrap();
            assert_eq!(found.values(), wanted.values(), "{kind} {number}");
            assert!(only_soa(&live), "{kind}");
            before = Some(found.clone());
        }
        // What the vendor's client sees of the last step.
        let program = r#"
for s in client.list_resource_record_sets(HostedZoneId=arguments[0])["ResourceRecordSets"]:
    if "AliasTarget" in s:
        print(s["Name"], s["Type"], s["AliasTarget"]["HostedZoneId"], s["AliasTarget"]["DNSName"], s["AliasTarget"]["EvaluateTargetHealth"], "TTL" in s)
"#;
        let seen = boto3(&url(address), program, &[&id]).unwrap();
        assert_eq!(seen, format!("www.{apex} AAAA {id} target.{apex} False False\n"), "{kind}");
        // The zone's own ID would be read back as `self`.
        let own = alias(&apex, "www", &[&format!("A {id} target.{apex} false")]);
        assert!(reader.refuses(&apex, &own).unwrap().contains("write `self`"));
        batch(&writer).write_batch(&apex, &[change(before, None)]).await.unwrap();
        assert!(
            reader.read_zone(&apex).await.unwrap().unwrap().zone.at(&name(&format!("www.{apex}"))).is_empty()
        );
    });
}

#[test]
fn an_alias_takes_the_place_of_an_address_in_one_batch() {
    on_both(|kind, address| async move {
        let apex = free_name();
        create_zone(address, &apex).unwrap();
        let settings = settings(&url(address));
        let (reader, writer) = (reader(&settings), writer(&settings));
        let plain = rrset(&format!("www.{apex}"), RecordType::A, 60, &["192.0.2.1"]);
        let own = alias(&apex, "www", &[&format!("A self target.{apex} false")]);
        let target = rrset(&format!("target.{apex}"), RecordType::A, 60, &["192.0.2.2"]);
        batch(&writer).write_batch(&apex, &[change(None, Some(plain.clone()))]).await.unwrap();
        // In the order in which the engine may give them: the creation first.
        let swap = [change(None, Some(own)), change(None, Some(target)), change(Some(plain.clone()), None)];
        batch(&writer).write_batch(&apex, &swap).await.unwrap();
        let live = reader.read_zone(&apex).await.unwrap().unwrap();
        let types: Vec<_> = live.zone.at(&plain.name).iter().map(|rrset| rrset.rtype).collect();
        assert_eq!(types, [RecordType::ROUTE53_ALIAS], "{kind}");
    });
}

/// Every octet, and what encoders stumble over, as the vendor's client and an independent decoder see it.
#[test]
fn texts_arrive_as_they_are() {
    on_both(|kind, address| async move {
        let apex = free_name();
        let id = create_zone(address, &apex).unwrap();
        let settings = settings(&url(address));
        let (reader, writer) = (reader(&settings), writer(&settings));
        let all: Vec<u8> = (0..=255).collect();
        let texts: [&[u8]; 8] = [
            &all,
            b"v=DMARC1; p=none; rua=mailto:a@example.com",
            br#"say "hi" \ \\ \097 \344"#,
            "Grüße ✉ 例え".as_bytes(),
            &[b'x'; 1000],
            b"",
            b"  blanks  ",
            b"<a href='x'>&amp;</a>",
        ];
        let rrsets: Vec<RRset> = texts
            .iter()
            .enumerate()
            .map(|(index, text)| {
                let owner = name(&format!("t{index}.{apex}"));
                let ttl = dnsctl_zone::Ttl::new(60).unwrap();
                RRset::new(owner, RecordType::TXT, ttl, vec![Rdata::text(RecordType::TXT, text)])
            })
            .collect();
        let changes: Vec<_> = rrsets.iter().map(|rrset| change(None, Some(rrset.clone()))).collect();
        batch(&writer).write_batch(&apex, &changes).await.unwrap();
        let live = reader.read_zone(&apex).await.unwrap().unwrap();
        for rrset in &rrsets {
            assert_eq!(live.zone.get(&rrset.name, rrset.rtype), Some(rrset), "{kind}");
        }
        // Decoded by AWS's rule: three octal digits behind a backslash, or the character itself.
        let program = r#"
import re
def decode(value):
    out = b""
    for part in re.findall(r'"((?:[^"\\]|\\.)*)"', value):
        out += re.sub(rb'\\([0-7]{3}|.)', lambda m: bytes([int(m[1], 8)]) if len(m[1]) == 3 else m[1], part.encode("ascii"))
    return out
for s in client.list_resource_record_sets(HostedZoneId=arguments[0])["ResourceRecordSets"]:
    if s["Type"] == "TXT":
        print(s["Name"].split(".")[0], decode(s["ResourceRecords"][0]["Value"]).hex())
"#;
        let seen = boto3(&url(address), program, &[&id]).unwrap();
        for (index, text) in texts.iter().enumerate() {
            let hex: String = text.iter().map(|octet| format!("{octet:02x}")).collect();
            let line = format!("t{index} {hex}");
            assert!(seen.lines().any(|seen| seen == line), "{kind}: {line} is not in {seen}");
        }
    });
}

#[test]
fn names_in_other_words_are_written_all_the_same() {
    on_both(|kind, address| async move {
        let apex = free_name();
        let id = create_zone(address, &apex).unwrap();
        for (owner, rtype, value) in [
            ("mail", "MX", "10 MX.Example.NET"),
            ("host", "AAAA", "2001:0DB8:0:0:0:0:0:1"),
            ("text", "TXT", "\"a\"   \"b\""),
            (r"\052", "A", "192.0.2.1"),
        ] {
            add_foreign(&url(address), &id, &format!("{owner}.{apex}"), 60, rtype, value).unwrap();
        }
        let settings = settings(&url(address));
        let (reader, writer) = (reader(&settings), writer(&settings));
        let live = reader.read_zone(&apex).await.unwrap().unwrap();
        let before =
            |owner: &str, rtype| live.zone.get(&name(&format!("{owner}.{apex}")), rtype).unwrap().clone();
        let changes = [
            change(
                Some(before("mail", RecordType::MX)),
                Some(rrset(&format!("mail.{apex}"), RecordType::MX, 60, &["20 mx.example.net."])),
            ),
            change(Some(before("host", RecordType::AAAA)), None),
            change(Some(before("text", RecordType::TXT)), None),
            change(
                Some(before("*", RecordType::A)),
                Some(rrset(&format!("*.{apex}"), RecordType::A, 60, &["192.0.2.2"])),
            ),
        ];
        batch(&writer).write_batch(&apex, &changes).await.unwrap();
        let live = reader.read_zone(&apex).await.unwrap().unwrap();
        let own: Vec<_> = live
            .zone
            .rrsets()
            .iter()
            .filter(|rrset| rrset.name != apex)
            .map(|rrset| shown(rrset, &apex))
            .collect();
        assert_eq!(own, ["* A 192.0.2.2", "mail MX 20 mx.example.net."], "{kind}");
    });
}

#[test]
fn a_batch_on_stale_data_names_what_changed() {
    on_ministack(|address| async move {
        let apex = free_name();
        let id = create_zone(address, &apex).unwrap();
        let settings = settings(&url(address));
        let (reader, writer) = (reader(&settings), writer(&settings));
        let host = |owner: &str, value: &str| rrset(&format!("{owner}.{apex}"), RecordType::A, 60, &[value]);
        let first: Vec<_> =
            ["a", "b", "c"].iter().map(|owner| change(None, Some(host(owner, "192.0.2.1")))).collect();
        batch(&writer).write_batch(&apex, &first).await.unwrap();
        let before = reader.read_zone(&apex).await.unwrap().unwrap();
        add_foreign(&url(address), &id, &format!("b.{apex}"), 60, "A", "192.0.2.99").unwrap();
        add_foreign(&url(address), &id, &format!("d.{apex}"), 60, "A", "192.0.2.99").unwrap();
        let update = |owner: &str| {
            let old = before.zone.get(&name(&format!("{owner}.{apex}")), RecordType::A).cloned();
            change(old, Some(host(owner, "192.0.2.2")))
        };
        let error = batch(&writer)
            .write_batch(&apex, &[update("a"), update("b"), update("c"), update("d")])
            .await
            .unwrap_err();
        assert_eq!((error.error.kind(), error.error.effect()), (ErrorKind::Conflict, Effect::NotWritten));
        assert_eq!(error.culprits, [1, 3]);
        assert!(error.error.message().contains(&format!("b.{apex} A, d.{apex} A")), "{error}");
        // Nothing of the batch was written.
        let after = reader.read_zone(&apex).await.unwrap().unwrap();
        assert_eq!(after.zone.get(&name(&format!("a.{apex}")), RecordType::A), Some(&host("a", "192.0.2.1")));
        // The same without the changed ones goes through.
        batch(&writer).write_batch(&apex, &[update("a"), update("c")]).await.unwrap();
    });
}

#[test]
fn the_apex_ns_is_guarded_too() {
    on_both(|kind, address| async move {
        let apex = free_name();
        let id = create_zone(address, &apex).unwrap();
        let settings = settings(&url(address));
        let (reader, writer) = (reader(&settings), writer(&settings));
        let live = reader.read_zone(&apex).await.unwrap().unwrap();
        let before = live.zone.get(&apex, RecordType::NS).unwrap().clone();
        let both = rrset(&apex.to_string(), RecordType::NS, 3600, &["ns1.example.net.", "ns2.example.net."]);
        batch(&writer).write_batch(&apex, &[change(Some(before.clone()), Some(both.clone()))]).await.unwrap();
        let error =
            batch(&writer).write_batch(&apex, &[change(Some(before), Some(both.clone()))]).await.unwrap_err();
        assert_eq!(
            (error.error.kind(), error.culprits.as_slice()),
            (ErrorKind::Conflict, [0].as_slice()),
            "{kind}"
        );
        let error = batch(&writer).write_batch(&apex, &[change(Some(both.clone()), None)]).await.unwrap_err();
        assert_eq!(error.error.kind(), ErrorKind::Rejected, "{kind}");
        let seen = boto3(&url(address), "print([s['ResourceRecords'] for s in client.list_resource_record_sets(HostedZoneId=arguments[0])['ResourceRecordSets'] if s['Type'] == 'NS'])", &[&id]).unwrap();
        assert_eq!(seen, "[[{'Value': 'ns1.example.net.'}, {'Value': 'ns2.example.net.'}]]\n", "{kind}");
    });
}

/// What the emulators would take and Route 53 would not.
#[test]
fn what_aws_refuses_is_refused_before_it_is_sent() {
    on_both(|kind, address| async move {
        let apex = free_name();
        create_zone(address, &apex).unwrap();
        let settings = settings(&url(address));
        let (reader, writer) = (reader(&settings), writer(&settings));
        let outside = rrset("host.elsewhere.test", RecordType::A, 60, &["192.0.2.1"]);
        let error = batch(&writer).write_batch(&apex, &[change(None, Some(outside))]).await.unwrap_err();
        assert_eq!(
            (error.error.kind(), error.culprits.as_slice()),
            (ErrorKind::Rejected, [0].as_slice()),
            "{kind}"
        );
        let many: Vec<String> =
            (0..401).map(|index| format!("10.0.{}.{}", index / 256, index % 256)).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let long = format!("\"{}\"", vec!["x".repeat(255); 16].join("\" \""));
        for (rrset, words) in [
            (rrset(&format!("many.{apex}"), RecordType::A, 60, &many), "400 values"),
            (rrset(&format!("long.{apex}"), RecordType::TXT, 60, &[&long]), "4000 characters"),
            (rrset(&format!("*.{apex}"), RecordType::NS, 60, &["ns.example.net."]), "wildcard"),
            (alias(&apex, "a", &["A self x.test. maybe"]), "true"),
            (alias(&apex, "a", &["NS self x.test. true"]), "NS"),
            (alias(&apex, "a", &["A self x.test. true", "A self y.test. true"]), "two aliases"),
        ] {
            let reason = reader.refuses(&apex, &rrset).unwrap_or_else(|| panic!("{rrset:?}"));
            assert!(reason.contains(words), "{reason}");
            let error = batch(&writer).write_batch(&apex, &[change(None, Some(rrset))]).await.unwrap_err();
            assert_eq!(error.error.kind(), ErrorKind::Rejected, "{kind}");
        }
        let live = reader.read_zone(&apex).await.unwrap().unwrap();
        assert!(live.zone.rrsets().iter().all(|rrset| rrset.name == apex), "{kind}: {live:?}");
        // Each by itself is fine, and the change is not; neither is a zone without name servers.
        let text = |from: u32| {
            let texts: Vec<String> =
                (from..from + 80).map(|index| format!("\"{index}{}\"", "x".repeat(240))).collect();
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            rrset(&format!("text.{apex}"), RecordType::TXT, 60, &texts)
        };
        let servers = live.zone.get(&apex, RecordType::NS).cloned();
        let too_much = change(Some(text(100)), Some(text(300)));
        for (change, words) in
            [(too_much, "before and after together"), (change(servers, None), "keeps the NS RRset")]
        {
            if let Some(after) = &change.after {
                assert_eq!(reader.refuses(&apex, after), None);
            }
            let reason = reader.refuses_change(&apex, &change).unwrap_or_else(|| panic!("{change:?}"));
            assert!(reason.contains(words), "{reason}");
            let error = batch(&writer).write_batch(&apex, &[change]).await.unwrap_err();
            assert_eq!(error.error.kind(), ErrorKind::Rejected, "{kind}");
        }
    });
}
