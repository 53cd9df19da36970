use super::*;
use crate::text;
use crate::{change, live};
use dnsctl_zone::{Name, RecordType};

fn parse<T: DeserializeOwned>(body: &str) -> T {
    quick_xml::de::from_str(body).unwrap_or_else(|error| panic!("{error}: {body}"))
}

/// Written from the API reference: every kind of record set, and an element that came later than this code.
const RECORD_SETS: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<ListResourceRecordSetsResponse xmlns="https://route53.amazonaws.com/doc/2013-04-01/">
   <ResourceRecordSets>
      <ResourceRecordSet><Name>example.com.</Name><Type>NS</Type><TTL>172800</TTL><ResourceRecords>
         <ResourceRecord><Value>ns-2048.awsdns-64.com.</Value></ResourceRecord>
         <ResourceRecord><Value>ns-2049.awsdns-65.net.</Value></ResourceRecord></ResourceRecords></ResourceRecordSet>
      <ResourceRecordSet><Name>example.com.</Name><Type>TXT</Type><TTL>300</TTL><ResourceRecords>
         <ResourceRecord><Value>&quot;a &amp; b&quot; &quot; \344 &quot;</Value></ResourceRecord></ResourceRecords></ResourceRecordSet>
      <ResourceRecordSet><Name>\052.example.com.</Name><Type>A</Type><AliasTarget><HostedZoneId>Z2FDTNDATAQYW2</HostedZoneId>
         <DNSName>d111111abcdef8.cloudfront.net.</DNSName><EvaluateTargetHealth>false</EvaluateTargetHealth></AliasTarget></ResourceRecordSet>
      <ResourceRecordSet><Name>w.example.com.</Name><Type>A</Type><SetIdentifier>Seattle, rack 1</SetIdentifier><Weight>0</Weight><TTL>60</TTL>
         <ResourceRecords><ResourceRecord><Value>192.0.2.1</Value></ResourceRecord></ResourceRecords></ResourceRecordSet>
      <ResourceRecordSet><Name>g.example.com.</Name><Type>A</Type><SetIdentifier>x</SetIdentifier><TTL>60</TTL>
         <ResourceRecords><ResourceRecord><Value>192.0.2.1</Value></ResourceRecord></ResourceRecords>
         <GeoProximityLocation><Coordinates><Latitude>49.22</Latitude><Longitude>-74.01</Longitude></Coordinates><Bias>2</Bias></GeoProximityLocation>
         <NewElement><Deep>1</Deep></NewElement></ResourceRecordSet>
      <ResourceRecordSet><Name>t.example.com.</Name><Type>A</Type><TTL>60</TTL>
         <ResourceRecords><ResourceRecord><Value>192.0.2.1</Value></ResourceRecord></ResourceRecords>
         <TrafficPolicyInstanceId>12131415-abac-5432-caba-6f5e4d3c2b1a</TrafficPolicyInstanceId></ResourceRecordSet>
   </ResourceRecordSets>
   <IsTruncated>true</IsTruncated><MaxItems>6</MaxItems>
   <NextRecordName>z.example.com.</NextRecordName><NextRecordType>A</NextRecordType><NextRecordIdentifier>i d</NextRecordIdentifier>
</ListResourceRecordSetsResponse>"#;

#[test]
fn record_sets_of_every_kind_are_read() {
    let list: ResourceRecordSetList = parse(RECORD_SETS);
    let policies: Vec<_> = list.resource_record_sets.list.iter().map(ResourceRecordSet::policy).collect();
    assert_eq!(
        policies,
        [
            None,
            None,
            None,
            Some("weighted routing policy"),
            Some("geoproximity routing policy"),
            Some("traffic policy")
        ]
    );
    let [ns, txt, alias, ..] = list.resource_record_sets.list.as_slice() else { panic!("{list:?}") };
    assert_eq!(ns.values().collect::<Vec<_>>(), ["ns-2048.awsdns-64.com.", "ns-2049.awsdns-65.net."]);
    assert_eq!(txt.values().collect::<Vec<_>>(), [r#""a & b" " \344 ""#]);
    assert_eq!((txt.ttl, alias.ttl, alias.values().count()), (Some(300), None, 0));
    assert_eq!(alias.alias_target.as_ref().unwrap().dns_name, "d111111abcdef8.cloudfront.net.");
    assert!(list.is_truncated);
    assert_eq!(list.next_record_name.as_deref(), Some("z.example.com."));
    assert_eq!(list.next_record_identifier.as_deref(), Some("i d"));
}

#[test]
fn other_answers_are_read() {
    let zones: HostedZoneList = parse(
        "<ListHostedZonesResponse><HostedZones><HostedZone><Id>/hostedzone/Z1</Id><Name>a\\057b.example.</Name>\
         <CallerReference>x</CallerReference><Config><Comment>c</Comment><PrivateZone>true</PrivateZone></Config>\
         <ResourceRecordSetCount>2</ResourceRecordSetCount><LinkedService><Description>d</Description></LinkedService></HostedZone>\
         <HostedZone><Id>/hostedzone/Z2</Id><Name>b.</Name><CallerReference/></HostedZone></HostedZones><Marker/>\
         <IsTruncated>true</IsTruncated><NextMarker>Z3</NextMarker><MaxItems>2</MaxItems></ListHostedZonesResponse>",
    );
    let ids: Vec<_> =
        zones.hosted_zones.list.iter().map(|zone| (zone.id(), zone.config.private_zone)).collect();
    assert_eq!(ids, [("Z1", true), ("Z2", false)]);
    assert_eq!(zones.next_marker.as_deref(), Some("Z3"));
    let none: HostedZonesByName =
        parse("<ListHostedZonesByNameResponse><HostedZones/></ListHostedZonesByNameResponse>");
    assert!(none.hosted_zones.list.is_empty());
    let change: Changed = parse(
        "<GetChangeResponse><ChangeInfo><Id>/change/C1</Id><Status>INSYNC</Status>\
         <SubmittedAt>2017-03-10T01:36:41.958Z</SubmittedAt></ChangeInfo></GetChangeResponse>",
    );
    assert_eq!((short_id(&change.change_info.id), change.change_info.status.as_str()), ("C1", "INSYNC"));
    for list in ["member", "KeySigningKey"] {
        let dnssec: Dnssec = parse(&format!(
            "<GetDNSSECResponse><Status><ServeSignature>SIGNING</ServeSignature></Status><KeySigningKeys><{list}><Name>k</Name>\
             <Status>ACTIVE</Status><DSRecord>1 13 2 00</DSRecord><DNSKEYRecord>257 3 13 AA==</DNSKEYRecord></{list}></KeySigningKeys></GetDNSSECResponse>"
        ));
        let [key] = dnssec.key_signing_keys.list.as_slice() else { panic!("{dnssec:?}") };
        assert_eq!((key.status.as_str(), key.ds_record.as_str()), ("ACTIVE", "1 13 2 00"));
    }
    let unsigned: Dnssec = parse(
        "<GetDNSSECResponse><Status><ServeSignature>NOT_SIGNING</ServeSignature></Status><KeySigningKeys/></GetDNSSECResponse>",
    );
    assert!(unsigned.key_signing_keys.list.is_empty());
}

#[test]
fn requests_keep_the_order_of_the_schema() {
    let plain = ResourceRecordSet {
        name: "a.".to_owned(),
        rtype: "TXT".to_owned(),
        ttl: Some(60),
        resource_records: Some(ResourceRecords {
            list: vec![
                ResourceRecord { value: r#""<&>" "x""#.to_owned() },
                ResourceRecord { value: "\"y\"".to_owned() },
            ],
        }),
        ..ResourceRecordSet::default()
    };
    let alias = ResourceRecordSet {
        name: "b.".to_owned(),
        rtype: "A".to_owned(),
        alias_target: Some(AliasTarget {
            hosted_zone_id: "Z1".to_owned(),
            dns_name: "c.".to_owned(),
            evaluate_target_health: true,
        }),
        ..ResourceRecordSet::default()
    };
    let changes = [
        Change { action: Action::Delete, resource_record_set: plain },
        Change { action: Action::Create, resource_record_set: alias },
    ];
    assert_eq!(
        change_request(&changes).unwrap(),
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\
         <ChangeResourceRecordSetsRequest xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\"><ChangeBatch><Changes>\
         <Change><Action>DELETE</Action><ResourceRecordSet><Name>a.</Name><Type>TXT</Type><TTL>60</TTL><ResourceRecords>\
         <ResourceRecord><Value>\"&lt;&amp;&gt;\" \"x\"</Value></ResourceRecord><ResourceRecord><Value>\"y\"</Value></ResourceRecord>\
         </ResourceRecords></ResourceRecordSet></Change>\
         <Change><Action>CREATE</Action><ResourceRecordSet><Name>b.</Name><Type>A</Type><AliasTarget><HostedZoneId>Z1</HostedZoneId>\
         <DNSName>c.</DNSName><EvaluateTargetHealth>true</EvaluateTargetHealth></AliasTarget></ResourceRecordSet></Change>\
         </Changes></ChangeBatch></ChangeResourceRecordSetsRequest>"
    );
    assert_eq!(
        create_request("a.", "r & s", Some("N1")).unwrap(),
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\
         <CreateHostedZoneRequest xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\"><Name>a.</Name>\
         <CallerReference>r &amp; s</CallerReference><HostedZoneConfig><Comment>managed by dnsctl</Comment></HostedZoneConfig>\
         <DelegationSetId>N1</DelegationSetId></CreateHostedZoneRequest>"
    );
}

/// What Route 53 and another client said to each other, recorded. The recording is not part of the repository: its
/// folder is named by `DNSCTL_CONTRACTS`.
#[test]
#[expect(clippy::disallowed_methods, reason = "test code: says where the recordings are")]
fn recorded_traffic_is_understood() {
    #[derive(Deserialize)]
    struct Exchange {
        m: String,
        u: String,
        s: u16,
        #[serde(default)]
        b: String,
        r: String,
    }
    #[derive(Deserialize)]
    struct Request {
        #[serde(rename = "ChangeBatch")]
        batch: Batch,
    }
    #[derive(Deserialize)]
    struct Batch {
        #[serde(rename = "Changes")]
        changes: Changes,
    }
    #[derive(Deserialize)]
    struct Changes {
        #[serde(rename = "Change")]
        list: Vec<Change>,
    }
    let Ok(folder) = std::env::var("DNSCTL_CONTRACTS") else { return };
    let lines = fs_err::read_to_string(format!("{folder}/route53/lexicon-cassettes.jsonl")).unwrap();
    let mut seen = [0; 4];
    for line in lines.lines() {
        let Exchange { m, u, s, b, r } = serde_json::from_str(line).unwrap();
        if s != 200 {
            let refusal = crate::error::Refusal::read(&r).unwrap();
            assert_eq!(refusal.code, "InvalidChangeBatch");
            seen[0] += 1;
        } else if u.contains("hostedzonesbyname") {
            let zones: HostedZonesByName = parse(&r);
            assert!(zones.hosted_zones.list.iter().all(|zone| text::read_name(&zone.name).is_ok()));
            seen[1] += 1;
        } else if m == "GET" {
            let sets: ResourceRecordSetList = parse(&r);
            let live =
                live::zone(&Name::absolute("fullcr1stal.tk").unwrap(), "Z", &sets.resource_record_sets.list)
                    .unwrap();
            assert!(live.kept.is_empty(), "{:?}", live.kept);
            assert_eq!(live.zone.rrsets().len(), sets.resource_record_sets.list.len());
            seen[2] += 1;
        }
        if m == "POST" {
            assert!(u.ends_with("/rrset/") && u.contains("/2013-04-01/hostedzone/"), "{u}");
            if s == 200 {
                assert_eq!(parse::<Changed>(&r).change_info.status, "PENDING");
            }
            for recorded in parse::<Request>(&b).batch.changes.list {
                let set = &recorded.resource_record_set;
                let (name, rtype) = (live::owner(set).unwrap(), live::rtype(set).unwrap());
                let Ok(live::Content::Plain(rrset)) = live::content(set, &name, rtype, "Z") else {
                    panic!("{set:?}")
                };
                // Our request for the same, read as theirs.
                let [(_, own)] = <[_; 1]>::try_from(
                    change::record_sets(Some(&rrset), "Z").into_iter().collect::<Vec<_>>(),
                )
                .unwrap();
                let own =
                    change_request(&[Change { action: recorded.action, resource_record_set: own }]).unwrap();
                let [own] = <[Change; 1]>::try_from(parse::<Request>(&own).batch.changes.list).unwrap();
                assert_eq!(own.action, recorded.action);
                let own = own.resource_record_set;
                assert_eq!((&own.name, &own.rtype, own.ttl), (&set.name, &set.rtype, set.ttl));
                let values = |set: &ResourceRecordSet| {
                    let mut all: Vec<_> =
                        set.values().map(|value| text::read_value(rtype, value).unwrap()).collect();
                    all.sort();
                    all.dedup();
                    all
                };
                assert_eq!(values(&own), values(set));
                assert!(matches!(rtype, RecordType::A | RecordType::CNAME | RecordType::TXT));
                seen[3] += 1;
            }
        }
    }
    assert_eq!(seen, [1, 28, 59, 37]);
}
