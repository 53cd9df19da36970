use super::*;
use crate::model::{Present, ResourceRecord, ResourceRecords};

fn set(name: &str, rtype: &str, values: &[&str]) -> ResourceRecordSet {
    let list = values.iter().map(|value| ResourceRecord { value: (*value).to_owned() }).collect();
    ResourceRecordSet {
        name: name.to_owned(),
        rtype: rtype.to_owned(),
        ttl: Some(60),
        resource_records: Some(ResourceRecords { list }),
        ..ResourceRecordSet::default()
    }
}

fn aliased(name: &str, rtype: &str, zone: &str, target: &str) -> ResourceRecordSet {
    ResourceRecordSet {
        name: name.to_owned(),
        rtype: rtype.to_owned(),
        alias_target: Some(AliasTarget {
            hosted_zone_id: zone.to_owned(),
            dns_name: target.to_owned(),
            evaluate_target_health: false,
        }),
        ..ResourceRecordSet::default()
    }
}

#[test]
fn what_cannot_be_held_is_kept_with_its_reason() {
    let weighted = |rtype: &str| ResourceRecordSet {
        weight: Some(Present),
        ..set("w.example.com.", rtype, &["192.0.2.1"])
    };
    let sets = [
        set("example.com.", "MX", &["10 Mail.Example.com"]),
        weighted("A"),
        weighted("A"),
        weighted("TXT"),
        set("bad.example.com.", "A", &["192.0.2.1", "not an address"]),
        set("none.example.com.", "A", &[]),
        set("new.example.com.", "NEWTYPE", &["x"]),
        ResourceRecordSet { ttl: None, ..set("ttl.example.com.", "A", &["192.0.2.1"]) },
        ResourceRecordSet {
            health_check_id: Some("h".to_owned()),
            ..set("h.example.com.", "A", &["192.0.2.1"])
        },
        ResourceRecordSet {
            health_check_id: Some(String::new()),
            ..set("e.example.com.", "A", &["192.0.2.1"])
        },
        aliased("odd.example.com.", "A", "Z1", "a..b"),
    ];
    let apex = Name::absolute("example.com").unwrap();
    let live = zone(&apex, "Z9", &sets).unwrap();
    let owners: Vec<_> = live.zone.rrsets().iter().map(|rrset| rrset.name.relative_to(&apex)).collect();
    assert_eq!(owners, ["@", "e"]);
    let kept: Vec<_> = live
        .kept
        .iter()
        .map(|kept| {
            format!("{} {} {}: {}", kept.name.relative_to(&apex), kept.rtype, kept.count, kept.reason)
        })
        .collect();
    assert_eq!(kept.len(), 8, "{kept:#?}");
    for wanted in [
        "w A 2: weighted routing policy, 2 sets",
        "w TXT 1: weighted routing policy",
        "none A 1: it cannot be read: it has no values",
        "ttl A 1: it cannot be read: it has no TTL",
        "new NEWTYPE 1: its type is not known",
        "h A 1: health check",
    ] {
        assert!(kept.iter().any(|kept| kept == wanted), "{wanted}: {kept:#?}");
    }
    assert!(kept.iter().any(|kept| kept.starts_with("bad A 1: it cannot be read: A: ")), "{kept:#?}");
    let error = zone(&apex, "Z9", &[set("a..b.", "A", &["192.0.2.1"])]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Protocol);
}

#[test]
fn aliases_of_one_name_are_one_rrset() {
    let apex = Name::absolute("example.com").unwrap();
    let sets = [
        aliased("www.example.com.", "A", "Z2FDTNDATAQYW2", "D1.CloudFront.net"),
        aliased("www.example.com.", "AAAA", "/hostedzone/Z9", r"\052.example.com."),
        set("www.example.com.", "TXT", &["\"x\""]),
    ];
    let live = zone(&apex, "Z9", &sets).unwrap();
    assert!(live.kept.is_empty());
    let name = Name::absolute("www.example.com").unwrap();
    let rrset = live.zone.get(&name, RecordType::ROUTE53_ALIAS).unwrap();
    let values: Vec<_> = rrset.values().iter().map(ToString::to_string).collect();
    assert_eq!(values, ["A Z2FDTNDATAQYW2 d1.cloudfront.net. false", "AAAA self *.example.com. false"]);
    assert_eq!((rrset.ttl, live.zone.at(&name).len()), (alias_ttl(), 2));
}

#[test]
fn an_owner_outside_of_the_zone_is_an_error() {
    let apex = Name::absolute("example.com").unwrap();
    assert_eq!(
        zone(&apex, "Z1", &[set("www.example.com.", "A", &["192.0.2.1"])]).unwrap().zone.rrsets().len(),
        1
    );
    let error = zone(
        &apex,
        "Z1",
        &[set("www.example.com.", "A", &["192.0.2.1"]), set("www.example.net.", "A", &["192.0.2.1"])],
    )
    .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Protocol);
    assert!(error.to_string().contains("www.example.net. is not in the zone example.com."), "{error}");
}
