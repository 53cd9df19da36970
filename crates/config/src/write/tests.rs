use dnsctl_zone::{Desired, IgnoreRule, Manage, Names, Rdata, RecordType, ServerAddress, Source};
use proptest::prelude::*;

use super::*;
use crate::testing::{CONFIG, load};
use crate::{RawValue, SecretSource};

fn name(text: &str) -> Name {
    Name::absolute(text).unwrap()
}

fn rrset(owner: &str, ttl: u32, rtype: &str, values: &[&str]) -> RRset {
    let apex = name("example.com");
    let names = Names { origin: &apex, strict: false };
    let rtype = rtype.parse().or_else(|_| RecordType::pseudo(rtype)).unwrap();
    let values = values.iter().map(|value| Rdata::parse(rtype, value, names).unwrap()).collect();
    RRset::new(Name::parse(owner, names).unwrap(), rtype, Ttl::from_wire(ttl), values)
}

fn zone_of(rrsets: Vec<RRset>) -> Zone {
    Zone::new(name("example.com"), rrsets)
}

/// Reads a text as the zone `example.com`.
fn read(text: &str) -> Desired {
    let (project, mut loaded, found) = load(&[("dnsctl.yaml", CONFIG), ("zones/z.yaml", text)]);
    let zone = loaded.pop().and_then(|loaded| loaded.zone);
    zone.unwrap_or_else(|| panic!("{text}\n{}", found.render(&project.files, false)))
}

#[test]
fn a_zone_in_the_layout_of_the_design() {
    let long = "\"v=DKIM1; k=rsa; p=".to_owned() + &"A".repeat(200) + "\" \"" + &"B".repeat(100) + "\"";
    let mut blog = rrset("blog", 3600, "CNAME", &["pages.host.example."]);
    blog.options = Some(Box::new([("proxied".to_owned(), "true".to_owned())].into()));
    let zone = zone_of(vec![
        rrset("@", 3600, "A", &["203.0.113.10"]),
        rrset("@", 3600, "AAAA", &["2001:db8::10", "2001:db8::11"]),
        rrset("@", 3600, "CAA", &["0 issue \"letsencrypt.org\""]),
        rrset("@", 3600, "MX", &["10 mail", "20 backup.relay.example."]),
        rrset(
            "@",
            3600,
            "TXT",
            &["\"v=spf1 include:_spf.relay.example -all\"", "\"say \\\"hi\\\"\"", "\"\\195\\169\""],
        ),
        rrset("*", 3600, "A", &["203.0.113.10"]),
        rrset("www", 3600, "CNAME", &["@"]),
        rrset("api", 300, "A", &["203.0.113.20", "203.0.113.21"]),
        rrset("v6", 3600, "AAAA", &["2001:db8::20"]),
        rrset("s1._domainkey", 3600, "TXT", &[&long]),
        rrset("_sip._tcp", 3600, "SRV", &["10 60 5060 sip", "20 60 5060 sip2.other.example."]),
        rrset(
            "many",
            3600,
            "A",
            &["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4", "192.0.2.5", "192.0.2.6", "192.0.2.7"],
        ),
        rrset("10", 3600, "PTR", &["20.example.com."]),
        rrset("v", 3600, "TXT", &["\"${x} $${y}\""]),
        rrset("www.example.com.example.com.", 3600, "A", &["192.0.2.1"]),
        rrset("svc", 3600, "HTTPS", &["1 . alpn=h2,h3"]),
        rrset("odd", 3600, "TYPE65280", &["\\# 3 abcdef"]),
        rrset("odd", 3600, "Vendor/THING", &["some thing"]),
        rrset("control", 3600, "TXT", &["\"a\\010b\"", "\"k=\\\\;\""]),
        blog,
    ]);
    let mut file = ZoneFile::of_zone(&zone, Some("edge"));
    let providers = ["main".to_owned(), "edge".to_owned()];
    file.comment = "Imported\nfrom edge";
    file.providers = &providers;
    file.create = true;
    file.manage = Manage::Declared;
    let source = Source::new("z".into(), 1, 1);
    let ignore = [
        IgnoreRule {
            name: "_acme-challenge.**".into(),
            types: vec![RecordType::TXT],
            except: vec![],
            source: source.clone(),
        },
        IgnoreRule {
            name: "k8s-*".into(),
            types: vec![],
            except: vec![RecordType::A, RecordType::AAAA],
            source: source.clone(),
        },
    ];
    file.ignore = &ignore;
    let acknowledgements = [Acknowledgement {
        rule: "guard/last-mx".into(),
        at: Some((name("example.com"), Some(RecordType::MX))),
        until: "2026-12-31".into(),
        why: "domain stops mail".into(),
        weight: None,
        source,
    }];
    file.acknowledgements = &acknowledgements;
    file.policy.deletes_percent = 12.5;
    (file.policy.deletes_from, file.policy.updates_from) = (1, 3);
    let servers = [
        ServerAddress {
            name: "127.0.0.1".into(),
            address: "127.0.0.1".parse().ok(),
            port: 5300,
            provider: Some("main".into()),
        },
        ServerAddress {
            name: "2001:db8::53".into(),
            address: "2001:db8::53".parse().ok(),
            port: 5300,
            provider: None,
        },
        ServerAddress { name: "ns1.example.net".into(), address: None, port: 53, provider: None },
        ServerAddress {
            name: "ns2.example.net".into(),
            address: "192.0.2.53".parse().ok(),
            port: 54,
            provider: None,
        },
    ];
    file.servers = &servers;
    let text = super::zone(&file);
    insta::assert_snapshot!(text, @r#"
    # Imported
    # from edge
    zone: example.com
    provider: [main, edge]
    ttl: 1h
    create: true
    manage: declared
    policy: { deletes: { percent: 12.5, from: 1 }, updates: { from: 3 } }
    servers:
      - { name: 127.0.0.1, address: 127.0.0.1, port: 5300, provider: main }
      - "[2001:db8::53]:5300"
      - ns1.example.net
      - { name: ns2.example.net, address: 192.0.2.53, port: 54 }

    records:
      "@":
        A: 203.0.113.10
        MX: [10 mail, 20 backup.relay.example.]
        TXT:
          - say "hi"
          - v=spf1 include:_spf.relay.example -all
          - "é"
        AAAA: ["2001:db8::10", "2001:db8::11"]
        CAA: 0 issue "letsencrypt.org"
      "*": { A: 203.0.113.10 }
      "10": { PTR: 20.example.com. }
      s1._domainkey:
        TXT: v=DKIM1; k=rsa; p=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB
      _sip._tcp: { SRV: [10 60 5060 sip, 20 60 5060 sip2.other.example.] }
      api:
        A: { ttl: 5m, values: [203.0.113.20, 203.0.113.21] }
      blog:
        CNAME: { value: pages.host.example., provider: { edge: { proxied: true } } }
      www.example.com.example.com.: { A: 192.0.2.1 }
      control:
        TXT:
          - '"a\010b"'
          - '"k=\\;"'
      many:
        A: [192.0.2.1, 192.0.2.2, 192.0.2.3, 192.0.2.4, 192.0.2.5, 192.0.2.6, 192.0.2.7]
      odd:
        TYPE65280: \# 3 abcdef
        VENDOR/THING: some thing
      svc: { HTTPS: "1 . alpn=h2,h3" }
      v: { TXT: "$${x} $$${y}" }
      v6: { AAAA: "2001:db8::20" }
      www: { CNAME: "@" }

    ignore:
      - { name: _acme-challenge.**, type: TXT }
      - { name: k8s-*, except: [A, AAAA] }

    ack:
      - { rule: guard/last-mx, at: "@ MX", until: "2026-12-31", why: domain stops mail }
    "#);
    let desired = read(&text);
    assert_same(&zone, &desired);
    assert_eq!(
        desired.ignore.iter().map(|r| (&*r.name, &r.types, &r.except)).collect::<Vec<_>>(),
        ignore.iter().map(|r| (&*r.name, &r.types, &r.except)).collect::<Vec<_>>()
    );
    assert_eq!(
        (desired.acknowledgements[0].at.clone(), &*desired.acknowledgements[0].why),
        (acknowledgements[0].at.clone(), "domain stops mail")
    );
    assert_eq!((&*desired.providers, &*desired.servers), (&providers[..], &servers[..]));
    assert_eq!((desired.create, desired.manage, desired.policy), (true, Manage::Declared, file.policy));
    let options = desired.wishes.iter().find_map(|wish| wish.provider_options.clone()).unwrap();
    assert_eq!(options["edge"]["proxied"], "true");
    // What was read writes the same text again.
    let mut again = ZoneFile::from(&desired);
    again.comment = file.comment;
    assert_eq!(super::zone(&again), text);
    let schema = crate::schema::zone();
    assert!(jsonschema::is_valid(&schema, &crate::schema::tests::seen(&text)));
    insta::assert_snapshot!(serde_json::to_string(&json(&file)).unwrap(), @r#"{"providers":["main","edge"],"rrsets":[{"name":"example.com.","ttl":3600,"type":"A","values":["203.0.113.10"]},{"name":"example.com.","ttl":3600,"type":"MX","values":["10 mail.example.com.","20 backup.relay.example."]},{"name":"example.com.","ttl":3600,"type":"TXT","values":["\"\\195\\169\"","\"say \\\"hi\\\"\"","\"v=spf1 include:_spf.relay.example -all\""]},{"name":"example.com.","ttl":3600,"type":"AAAA","values":["2001:db8::10","2001:db8::11"]},{"name":"example.com.","ttl":3600,"type":"CAA","values":["0 issue \"letsencrypt.org\""]},{"name":"*.example.com.","ttl":3600,"type":"A","values":["203.0.113.10"]},{"name":"10.example.com.","ttl":3600,"type":"PTR","values":["20.example.com."]},{"name":"s1._domainkey.example.com.","ttl":3600,"type":"TXT","values":["\"v=DKIM1; k=rsa; p=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\" \"BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB\""]},{"name":"_sip._tcp.example.com.","ttl":3600,"type":"SRV","values":["10 60 5060 sip.example.com.","20 60 5060 sip2.other.example."]},{"name":"api.example.com.","ttl":300,"type":"A","values":["203.0.113.20","203.0.113.21"]},{"name":"blog.example.com.","provider_options":{"edge":{"proxied":"true"}},"ttl":3600,"type":"CNAME","values":["pages.host.example."]},{"name":"www.example.com.example.com.","ttl":3600,"type":"A","values":["192.0.2.1"]},{"name":"control.example.com.","ttl":3600,"type":"TXT","values":["\"a\\010b\"","\"k=\\\\;\""]},{"name":"many.example.com.","ttl":3600,"type":"A","values":["192.0.2.1","192.0.2.2","192.0.2.3","192.0.2.4","192.0.2.5","192.0.2.6","192.0.2.7"]},{"name":"odd.example.com.","ttl":3600,"type":"TYPE65280","values":["\\# 3 abcdef"]},{"name":"odd.example.com.","ttl":3600,"type":"VENDOR/THING","values":["some thing"]},{"name":"svc.example.com.","ttl":3600,"type":"HTTPS","values":["1 . alpn=h2,h3"]},{"name":"v.example.com.","ttl":3600,"type":"TXT","values":["\"${x} $${y}\""]},{"name":"v6.example.com.","ttl":3600,"type":"AAAA","values":["2001:db8::20"]},{"name":"www.example.com.","ttl":3600,"type":"CNAME","values":["example.com."]}],"zone":"example.com."}"#);
}

#[track_caller]
fn assert_same(zone: &Zone, desired: &Desired) {
    assert_eq!(zone.rrsets().len(), desired.wishes.len());
    for (rrset, wish) in zone.rrsets().iter().zip(&desired.wishes) {
        assert_eq!((rrset.key(), rrset.ttl), (wish.rrset.key(), wish.rrset.ttl));
        assert!(rrset.same_values(&wish.rrset), "{rrset:?}\n{:?}", wish.rrset);
    }
}

/// The zones on which name servers and the `domain` crate agree with our parser: every type, every escape.
#[test]
fn the_corpus_reads_back() {
    let apex = name("example.com");
    let mut types = std::collections::BTreeSet::new();
    for file in ["types", "names", "svcb", "texts"] {
        let path = format!("{}/../../tests/oracle/corpus/{file}.zone", env!("CARGO_MANIFEST_DIR"));
        let text = format!("@ SOA ns1 hostmaster 1 3h 1h 1w 1h\n{}", fs_err::read_to_string(path).unwrap());
        let options = dnsctl_zone::master::Options { default_ttl: Ttl::new(3600), ..Default::default() };
        let parsed =
            dnsctl_zone::master::parse(&text, file.into(), &apex, options, &mut |_| Err(String::new()));
        let loaded = dnsctl_zone::master::zone(parsed, &apex);
        assert!(loaded.errors.is_empty(), "{:?}", loaded.errors);
        types.extend(loaded.zone.rrsets().iter().map(|rrset| rrset.rtype));
        let text = super::zone(&ZoneFile::of_zone(&loaded.zone, None));
        assert_same(&loaded.zone, &read(&text));
        assert_eq!(crate::fmt::format(&text).as_ref(), Ok(&text));
    }
    let missing: Vec<RecordType> =
        RecordType::known().filter(|rtype| !types.contains(rtype) && !rtype.is_signing()).collect();
    assert_eq!(missing, []);
}

#[test]
fn an_empty_zone() {
    let zone = zone_of(Vec::new());
    let text = super::zone(&ZoneFile::of_zone(&zone, None));
    insta::assert_snapshot!(text, @"
    zone: example.com
    ttl: 1h

    records: {}
    ");
    assert!(read(&text).wishes.is_empty());
}

#[test]
fn names_of_files() {
    for (apex, file) in [
        ("example.com.", "example.com"),
        (".", "root"),
        ("0/26.2.0.192.in-addr.arpa.", "0_26.2.0.192.in-addr.arpa"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
    ] {
        assert_eq!(file_name(&name(apex)), file);
    }
}

#[test]
fn a_configuration_reads_back_without_its_secrets() {
    let text = "zones: zones/*.yaml
providers:
  main: { type: powerdns, url: http://127.0.0.1:8081, api_key: { env: PDNS_API_KEY } }
  b: { type: rfc2136, server: '[::1]:53', keys: [a, b], secret: { file: /run/key }, other: { command: [pass, show, dns] } }
defaults: { provider: main, ttl: 5m, create: true }
policy: { deletes: { max: 7, total: 40 } }
verify: { deadline: 90, servers: [127.0.0.1:5300] }
plan: { life: 2h }
";
    let (project, ..) = load(&[("dnsctl.yaml", text)]);
    let mut providers = project.providers.clone();
    providers[0].options[1].value = RawValue::Secret(SecretSource::Literal("hunter2".to_owned()));
    let mut odd = providers[0].clone();
    (odd.name, odd.kind, odd.class) = ("ns1".into(), None, Some("octodns_ns1.Ns1Provider".into()));
    providers.push(odd);
    let zones = ["zones/*.yaml".to_owned()];
    let config =
        Config { comment: "Ours", zones: &zones, providers: &providers, settings: project.settings.clone() };
    let written = super::project(&config);
    insta::assert_snapshot!(written, @r#"
    # Ours
    zones: zones/*.yaml
    # The provider ns1 (octodns_ns1.Ns1Provider) has no adapter and is left out.
    # Set the variable MAIN_API_KEY: its value is not copied into this file.
    providers:
      main: { type: powerdns, url: "http://127.0.0.1:8081", api_key: { env: MAIN_API_KEY } }
      b:
        type: rfc2136
        server: "[::1]:53"
        keys: [a, b]
        secret: { file: /run/key }
        other: { command: [pass, show, dns] }
    defaults: { provider: main, ttl: 5m, create: true }
    policy: { deletes: { max: 7, total: 40 } }
    verify: { deadline: 1m30s, servers: ["127.0.0.1:5300"] }
    plan: { life: 2h }
    "#);
    let (again, _, found) = load(&[("dnsctl.yaml", &written)]);
    assert!(!found.has_errors(), "{}", found.render(&again.files, false));
    assert_eq!(again.settings, project.settings);
    assert_eq!(again.providers.len(), 2);
    let values = |project: &crate::Project| {
        let options = &project.providers[1].options;
        options.iter().map(|option| (option.key.clone(), option.value.clone())).collect::<Vec<_>>()
    };
    assert_eq!(values(&again), values(&project));
}

/// Octets of a label, with all that is hard.
fn label() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        "[a-z0-9_-]{1,12}".prop_map(String::into_bytes),
        prop::collection::vec(any::<u8>(), 1..6),
        prop::sample::select(vec![
            "no",
            "on",
            "1.10",
            "0600",
            "1e3",
            "null",
            "~",
            "@",
            "${x}",
            "a.b",
            "*",
            "<<",
            "example.com",
            "192.0.2.1"
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
    ]
}

/// Octets of an rdata of any type, most of them valid.
fn rdata() -> impl Strategy<Value = Rdata> {
    let types: Vec<RecordType> = RecordType::known().chain([RecordType::from_code(65280)]).collect();
    let wire = (prop::sample::select(types), prop::collection::vec(any::<u8>(), 0..40), label())
        .prop_filter_map("not of this type", |(rtype, octets, label)| {
            let target = Name::from_labels([&label[..], b"example", b"com"]).unwrap();
            let mut all = octets.clone();
            // A type with a name in front hardly ever comes up by chance.
            target.write_wire(&mut all);
            let split = octets.len() % 7;
            let mut middle = octets[..split.min(octets.len())].to_vec();
            target.write_wire(&mut middle);
            middle.extend(&octets[split.min(octets.len())..]);
            [octets, all, middle]
                .into_iter()
                .filter_map(|octets| Rdata::from_wire(rtype, &octets).ok())
                .find(|rdata| rdata.fault().is_none())
        });
    let texts = prop_oneof![
        "[ -~]{0,60}",
        "\"[ -~]{0,20}\"",
        "[a-z:# ,\\[\\]{}&*!|>'\"%@`é\u{85}\u{2028}\\\\$\n\t-]{0,30}",
        "x{250,600}",
    ];
    let text = texts.prop_map(|text| Rdata::text(RecordType::TXT, text.as_bytes()));
    let octets =
        prop::collection::vec(any::<u8>(), 0..300).prop_map(|octets| Rdata::text(RecordType::TXT, &octets));
    let a = any::<u32>().prop_map(|a| Rdata::address(std::net::Ipv4Addr::from(a).into()));
    let aaaa = any::<u128>().prop_map(|a| Rdata::address(std::net::Ipv6Addr::from(a).into()));
    prop_oneof![6 => wire, 3 => text, 1 => octets, 1 => a, 1 => aaaa]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    /// Whatever a zone holds, its file reads back as the same zone, by our reader and without an error.
    #[test]
    fn every_zone_reads_back(records in prop::collection::vec((label(), 0_u32..100_000, prop::collection::vec(rdata(), 1..4)), 0..20)) {
        let apex = name("example.com");
        let mut rrsets = Vec::new();
        for (index, (label, ttl, values)) in records.into_iter().enumerate() {
            let rtype = values[0].rtype();
            let mut values: Vec<Rdata> = values.into_iter().filter(|value| value.rtype() == rtype).collect();
            if rtype.is_single() {
                values.truncate(1);
            }
            // Each RRset has a branch of the tree for itself, so that structure is no matter here.
            let branch = apex.child(format!("b{index}").as_bytes()).unwrap();
            let owner = if rtype == RecordType::SOA { apex.clone() } else { branch.child(&label).unwrap() };
            if rrsets.iter().all(|rrset: &RRset| rrset.name != owner) {
                rrsets.push(RRset::new(owner, rtype, Ttl::from_wire(ttl), values));
            }
        }
        let zone = zone_of(rrsets);
        let text = super::zone(&ZoneFile::of_zone(&zone, None));
        let desired = read(&text);
        assert_same(&zone, &desired);
        let mut again = ZoneFile::from(&desired);
        again.providers = &[];
        prop_assert_eq!(super::zone(&again), text);
    }
}
