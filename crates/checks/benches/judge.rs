//! How long 1,000 zones of 50 RRsets take: `cargo bench -p dnsctl-checks`.
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
#![expect(clippy::unwrap_used, reason = "the records are written here")]

use dnsctl_checks::{Facts, Host, Judged, Repository, Settings, Subject, judge};
use dnsctl_zone::{Name, Names, RRset, Rdata, RecordType, Ttl, Zone};
use std::time::Instant;

/// A DKIM key of 2048 bits.
const KEY: &str = "\"v=DKIM1; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA3bsEdDxe8DNUBi4PftKWCVEHq2XYIqjV4/S//NWMlo1hKkGYL9DMiwCvz6PRdZ+01+m/5OOLr7F9QV1dpJRSIUBQaykR+6CXhl92Kdm7KgEs5rBkbeFC2mEpWHAJYHKOR2SgrD3lta+3n85F8YWOtkKrdXZp1IAU8ev0dMhY/P+tx22G8BX02ooK1a3LEjTuSTwS\" \"zO4th6cQkNf+mhOi8Cp/oXlg6/MJ2oezaith3Lt7KuYob3iMEeu0TqW1Bu4F6h2f4TElD7xTkPB98FeVH4MYw2HkvBFbRCbXYAQAt2qCyyzgdMsJm+ztgNQZjJ6s3EPl3S/OkHZ30n8hgkn4/wIDAQAB\"";

fn zone(number: usize) -> Zone {
    let apex = Name::absolute(&format!("zone-{number}.example")).unwrap();
    let mut rrsets = Vec::new();
    let mut add = |owner: &str, rtype: RecordType, texts: &[&str]| {
        let names = Names { origin: &apex, strict: false };
        let values = texts.iter().map(|text| Rdata::parse(rtype, text, names).unwrap()).collect();
        rrsets.push(RRset::new(Name::parse(owner, names).unwrap(), rtype, Ttl::new(3600).unwrap(), values));
    };
    add("@", RecordType::SOA, &["ns1 hostmaster 1 14400 3600 1209600 3600"]);
    add("@", RecordType::NS, &["ns1", "ns2.example.net."]);
    add("ns1", RecordType::A, &["198.51.100.53"]);
    add("@", RecordType::A, &["203.0.113.80"]);
    add("@", RecordType::MX, &["10 mail", "20 mail.zone-1.example."]);
    add("@", RecordType::TXT, &["\"v=spf1 mx ip4:198.51.100.25 -all\""]);
    add("@", RecordType::CAA, &["0 issue \"letsencrypt.org\""]);
    add("mail", RecordType::A, &["198.51.100.25"]);
    add("mail", RecordType::AAAA, &["2001:db8::25"]);
    add("_imaps._tcp", RecordType::SRV, &["0 1 993 mail"]);
    add(
        "_dmarc",
        RecordType::TXT,
        &["\"v=DMARC1; p=reject; rua=mailto:a@zone-1.example,mailto:a@reports.example\""],
    );
    add("s1._domainkey", RecordType::TXT, &[KEY]);
    add("sub", RecordType::NS, &["ns.sub", "ns2.example.net."]);
    add("ns.sub", RecordType::A, &["198.51.100.54"]);
    for host in 0..17 {
        add(&format!("host-{host}"), RecordType::A, &[&format!("203.0.113.{host}")]);
        add(&format!("www-{host}"), RecordType::CNAME, &[&format!("host-{host}")]);
    }
    for host in 0..2 {
        add(&format!("outside-{host}"), RecordType::CNAME, &["pages.hoster.example."]);
    }
    Zone::new(apex, rrsets)
}

/// One zone in which everything is large: names with MX records, delegations with glue, aliases.
fn large() -> Zone {
    let apex = Name::absolute("large.example").unwrap();
    let names = Names { origin: &apex, strict: false };
    let mut rrsets = Vec::new();
    let mut add = |owner: &str, rtype: RecordType, text: &str| {
        let value = Rdata::parse(rtype, text, names).unwrap();
        rrsets.push(RRset::new(
            Name::parse(owner, names).unwrap(),
            rtype,
            Ttl::new(3600).unwrap(),
            vec![value],
        ));
    };
    for number in 0..10_000 {
        add(&format!("m{number}"), RecordType::MX, &format!("10 mx.hoster-{number}.example."));
        add(&format!("_dmarc.m{number}"), RecordType::TXT, "\"v=DMARC1, p=reject\"");
        add(
            &format!("_dmarc.d{number}.x"),
            RecordType::TXT,
            "\"v=DMARC1; sp=none; rua=mailto:a@large.example\"",
        );
        add(&format!("s1._domainkey.m{number}"), RecordType::TXT, KEY);
        add(
            &format!("default._bimi.m{number}"),
            RecordType::TXT,
            "\"v=BIMI1; l=https://large.example/a.svg\"",
        );
        add(&format!("d{number}"), RecordType::NS, &format!("ns.d{number}"));
        add(&format!("ns.d{number}"), RecordType::A, "198.51.100.53");
        add(&format!("c{number}"), RecordType::CNAME, &format!("c{}", number + 1));
        add(&format!("x{number}"), RecordType::CNAME, &format!("nothing-{number}"));
    }
    Zone::new(apex, rrsets)
}

fn main() {
    let zones: Vec<Zone> = (0..1000).map(zone).collect();
    let mail = |zone: &Zone| Host {
        name: zone.apex.child(b"mail").unwrap(),
        addresses: vec!["198.51.100.25".parse().unwrap(), "2001:db8::25".parse().unwrap()],
        planned: Vec::new(),
        retired: vec!["203.0.113.25".parse().unwrap()],
        source: None,
    };
    let facts: Vec<Facts> = zones
        .iter()
        .map(|zone| Facts { receives: Some(true), hosts: vec![mail(zone)], ..Facts::default() })
        .collect();
    let start = Instant::now();
    let mut held = Repository::new(&zones);
    facts.iter().for_each(|facts| held.learn(facts));
    let settings = Settings { acknowledgements: &[], today: "2026-11-23" };
    let mut findings = 0;
    for (zone, facts) in zones.iter().zip(&facts) {
        let judged = Judged::zone(zone);
        findings += judge(&Subject::new(&judged, facts, &held), settings).findings.len();
    }
    let time = start.elapsed();
    let rrsets: usize = zones.iter().map(|zone| zone.rrsets().len()).sum();
    println!(
        "{} zones, {rrsets} RRsets, {} rules, one thread: {time:.2?}, {findings} findings",
        zones.len(),
        dnsctl_checks::checks().count()
    );
    let (zone, facts) = (large(), Facts::default());
    let start = Instant::now();
    let (judged, held) = (Judged::zone(&zone), Repository::new([&zone]));
    let report = judge(&Subject::new(&judged, &facts, &held), settings);
    let (time, count) = (start.elapsed(), zone.rrsets().len());
    println!("1 zone, {count} RRsets: {time:.2?}, {} findings", report.findings.len());
}
