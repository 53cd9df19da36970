//! Zones: which are listed, which is meant, and what a new one is like.

use super::*;

#[test]
fn lists_of_several_pages_are_whole() {
    on_both(|kind, address| async move {
        let program = r#"
for i in range(160):
    client.create_hosted_zone(Name=f"z{i}.example", CallerReference=f"z{i}")
zone = client.create_hosted_zone(Name="large.test", CallerReference="large")["HostedZone"]["Id"]
sets = [{"Name": f"h{i}.large.test.", "Type": t, "TTL": 60 + i, "ResourceRecords": [{"Value": v}]}
        for i in range(450) for t, v in (("A", f"10.0.{i // 256}.{i % 256}"), ("TXT", f'"{i}"'))]
for start in range(0, len(sets), 500):
    changes = [{"Action": "CREATE", "ResourceRecordSet": s} for s in sets[start:start + 500]]
    client.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})
"#;
        boto3(&url(address), program, &[]).unwrap();
        let reader = reader(&settings(&url(address)));
        let zones = reader.list_zones().await.unwrap();
        assert_eq!(zones.len(), 161, "{kind}");
        assert!(
            zones.is_sorted() && zones.contains(&name("z159.example")) && zones.contains(&name("large.test"))
        );
        let live = reader.read_zone(&name("large.test")).await.unwrap().unwrap();
        assert_eq!(live.zone.rrsets().len() + live.kept.len(), 902, "{kind}");
        for index in 0..450 {
            let owner = format!("h{index}.large.test");
            let address = format!("10.0.{}.{}", index / 256, index % 256);
            for wanted in [
                rrset(&owner, RecordType::A, 60 + index, &[&address]),
                rrset(&owner, RecordType::TXT, 60 + index, &[&format!("\"{index}\"")]),
            ] {
                assert_eq!(live.zone.get(&wanted.name, wanted.rtype), Some(&wanted), "{kind}");
            }
        }
        assert!(only_soa(&live), "{kind}");
    });
}

#[test]
fn several_zones_of_one_name() {
    on_both(|kind, address| async move {
        let apex = free_name();
        let program = r#"
apex, = arguments
for i in range(2):
    print(client.create_hosted_zone(Name=apex, CallerReference=f"{apex}{i}")["HostedZone"]["Id"].split("/")[-1])
print(client.create_hosted_zone(Name=apex, CallerReference=f"{apex}p", VPC={"VPCRegion": "us-east-1", "VPCId": "vpc-12345678"}, HostedZoneConfig={"PrivateZone": True})["HostedZone"]["Id"].split("/")[-1])
only = "private." + apex
print(client.create_hosted_zone(Name=only, CallerReference=only, VPC={"VPCRegion": "us-east-1", "VPCId": "vpc-12345678"}, HostedZoneConfig={"PrivateZone": True})["HostedZone"]["Id"].split("/")[-1])
"#;
        let output = boto3(&url(address), program, &[&apex.to_string()]).unwrap();
        let ids: Vec<&str> = output.lines().collect();
        let private = name(&format!("private.{apex}"));
        let mut settings = settings(&url(address));
        let error = reader(&settings).read_zone(&apex).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config, "{kind}");
        assert!(
            ids.iter().take(2).all(|id| error.message().contains(id))
                && error.hint().unwrap().contains("zone_ids"),
            "{error}"
        );
        assert!(!error.message().contains(ids[2]), "{error}");
        assert_eq!(reader(&settings).read_zone(&private).await.unwrap(), None, "{kind}");
        assert!(!reader(&settings).list_zones().await.unwrap().contains(&private), "{kind}");

        set(&mut settings, "zone_ids", OptionValue::List(vec![ids[1].to_owned()]));
        let host = rrset(&format!("host.{apex}"), RecordType::A, 60, &["192.0.2.1"]);
        batch(&writer(&settings)).write_batch(&apex, &[change(None, Some(host.clone()))]).await.unwrap();
        let live = reader(&settings).read_zone(&apex).await.unwrap().unwrap();
        assert_eq!(live.zone.get(&host.name, host.rtype), Some(&host), "{kind}");
        let seen = boto3(&url(address), "for i in arguments: print(len(client.list_resource_record_sets(HostedZoneId=i)['ResourceRecordSets']))", &ids).unwrap();
        let counts: Vec<u32> = seen.lines().map(|line| line.parse().unwrap()).collect();
        assert_eq!(counts[1], counts[0] + 1, "{kind}");

        set(&mut settings, "visibility", OptionValue::Text("any".to_owned()));
        assert!(reader(&settings).read_zone(&private).await.unwrap().is_some(), "{kind}");
        assert!(reader(&settings).list_zones().await.unwrap().contains(&private), "{kind}");
    });
}

/// Names of a network of one's own never get into a public zone.
#[test]
fn private_zones_are_never_taken_for_public_ones() {
    on_both(|kind, address| async move {
        let (both, public, missing) = (free_name(), free_name(), free_name());
        let program = r#"
both, public = arguments
for apex in arguments:
    print(client.create_hosted_zone(Name=apex, CallerReference=apex)["HostedZone"]["Id"].split("/")[-1])
print(client.create_hosted_zone(Name=both, CallerReference=f"{both}p", VPC={"VPCRegion": "us-east-1", "VPCId": "vpc-12345678"}, HostedZoneConfig={"PrivateZone": True})["HostedZone"]["Id"].split("/")[-1])
"#;
        let output = boto3(&url(address), program, &[&both.to_string(), &public.to_string()]).unwrap();
        let ids: Vec<&str> = output.lines().collect();
        let mut settings = settings(&url(address));
        set(&mut settings, "visibility", OptionValue::Text("private".to_owned()));
        let host = |apex: &Name| rrset(&format!("host.{apex}"), RecordType::A, 60, &["10.0.0.1"]);
        let count = |ids: &[&str]| -> Vec<u32> {
            let program = "for i in arguments: print(len(client.list_resource_record_sets(HostedZoneId=i)['ResourceRecordSets']))";
            boto3(&url(address), program, ids).unwrap().lines().map(|line| line.parse().unwrap()).collect()
        };
        let before = count(&ids);
        // The private one of two, of which the servers that everybody can ask know nothing.
        let private = reader(&settings);
        assert!(private.read_zone(&both).await.unwrap().is_some() && !private.serves(&both), "{kind}");
        let open = reader(&self::settings(&url(address)));
        assert!(open.read_zone(&public).await.unwrap().is_some() && open.serves(&public), "{kind}");
        batch(&writer(&settings)).write_batch(&both, &[change(None, Some(host(&both)))]).await.unwrap();
        let after = count(&ids);
        assert_eq!((after[0], after[1], after[2]), (before[0], before[1], before[2] + 1), "{kind}");
        // Only a public one, or none: it is not read, not listed, not written and not created.
        assert!(!reader(&settings).capabilities().creates_zones);
        for apex in [&public, &missing] {
            assert_eq!(reader(&settings).read_zone(apex).await.unwrap(), None, "{kind}");
            assert!(!reader(&settings).list_zones().await.unwrap().contains(apex), "{kind}");
            let wish = change(None, Some(host(apex)));
            let error = batch(&writer(&settings)).write_batch(apex, &[wish]).await.unwrap_err();
            assert_eq!(error.error.kind(), ErrorKind::NotFound, "{kind}");
            let error = writer(&settings).common().create_zone(apex, &[host(apex)]).await.unwrap_err();
            let refused = (ErrorKind::Unsupported, Effect::NotWritten);
            assert_eq!((error.error.kind(), error.error.effect()), refused, "{kind}");
        }
        assert_eq!(count(&ids), after, "{kind}");
        let names = boto3(
            &url(address),
            "print([z['Name'] for z in client.list_hosted_zones()['HostedZones']])",
            &[],
        )
        .unwrap();
        assert!(!names.contains(&missing.to_string()), "{kind}: {names}");
        // Where both are taken, which of two is meant must be said, and a public one is not made beside a private one.
        set(&mut settings, "visibility", OptionValue::Text("any".to_owned()));
        let error = reader(&settings).read_zone(&both).await.unwrap_err();
        assert!(error.message().contains(&format!("{} (private)", ids[2])), "{kind}: {error}");
    });
}

#[test]
fn finish_waits_for_the_name_servers() {
    on_ministack(|address| async move {
        let apex = free_name();
        let settings = settings(&url(address));
        let writer = writer(&settings);
        let mx = rrset(&apex.to_string(), RecordType::MX, 60, &["10 mail.example.net."]);
        assert_eq!(create(&writer, &apex, &[mx]).await, 1);
        let program = "zone = client.list_hosted_zones_by_name(DNSName=arguments[0])['HostedZones'][0]; print(zone['Config']['Comment'])";
        assert_eq!(boto3(&url(address), program, &[&apex.to_string()]).unwrap(), "managed by dnsctl\n");
        // Two changes, the zone's and the record's, and each is pending when it is asked for the first time.
        let start = Instant::now();
        writer.common().finish(&apex, Duration::from_secs(60)).await.unwrap();
        assert!(start.elapsed() >= Duration::from_secs(1), "{:?}", start.elapsed());
        // Nothing is left to wait for.
        let start = Instant::now();
        writer.common().finish(&apex, Duration::ZERO).await.unwrap();
        assert!(start.elapsed() < Duration::from_secs(1));
        // One more change, and no time.
        let host = rrset(&format!("host.{apex}"), RecordType::A, 60, &["192.0.2.1"]);
        batch(&writer).write_batch(&apex, &[change(None, Some(host))]).await.unwrap();
        let error = writer.common().finish(&apex, Duration::ZERO).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Timeout);
        assert!(error.message().contains("is written, but not on all name servers"), "{error}");
    });
}

/// The limits of a TTL (RFC 2181 section 8) arrive as they are, too.
#[test]
fn a_new_zone_is_as_it_was_asked_for() {
    on_both(|kind, address| async move {
        let apex = free_name();
        let mut settings = settings(&url(address));
        // MiniStack has no reusable delegation sets.
        let mut servers = String::new();
        if kind == "moto" {
            let program = r#"
made = client.create_reusable_delegation_set(CallerReference=arguments[0])["DelegationSet"]
print(made["Id"].removeprefix("/delegationset/"), *sorted(made["NameServers"]))
"#;
            let made = boto3(&url(address), program, &[&apex.to_string()]).unwrap();
            let (set_id, names) = made.trim().split_once(' ').unwrap();
            servers.push_str(names);
            set(&mut settings, "delegation_set", OptionValue::Text(set_id.to_owned()));
        }
        let writer = writer(&settings);
        let texts = [0, 2_147_483_647]
            .map(|ttl| rrset(&format!("ttl{ttl}.{apex}"), RecordType::TXT, ttl, &["\"x\""]));
        assert_eq!(create(&writer, &apex, &texts).await, 2, "{kind}");
        let live = reader(&settings).read_zone(&apex).await.unwrap().unwrap();
        for text in &texts {
            assert_eq!(live.zone.get(&text.name, text.rtype), Some(text), "{kind}");
        }
        let program = r#"
zone = client.list_hosted_zones_by_name(DNSName=arguments[0], MaxItems="1")["HostedZones"][0]
print(*sorted(client.get_hosted_zone(Id=zone["Id"])["DelegationSet"]["NameServers"]))
print(zone["CallerReference"].startswith("dnsctl "), zone["Config"]["PrivateZone"])
"#;
        let seen = boto3(&url(address), program, &[&apex.to_string()]).unwrap();
        let (names, rest) = seen.split_once('\n').unwrap();
        assert_eq!(rest, "True False\n", "{kind}");
        assert!(servers.is_empty() || servers == names, "{names}");
    });
}
