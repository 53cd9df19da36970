//! Records that somebody wrote to make a reader slow: those of DKIM and BIMI, too.

use crate::{Facts, Judged, Outcome, Repository, Subject, checks};
use dnsctl_zone::{Name, RRset, Rdata, RecordType, Ttl, Zone};

/// How many findings there are when a text stands where each of the three belongs, and the longest text in one of them.
fn judged(long: &[u8], groups: &[&str]) -> (usize, usize) {
    let text = |owner: &str| {
        let value = Rdata::text(RecordType::TXT, long);
        RRset::new(Name::absolute(owner).unwrap(), RecordType::TXT, Ttl::new(3600).unwrap(), vec![value])
    };
    let owners =
        ["example.com", "_dmarc.example.com", "s1._domainkey.example.com", "default._bimi.example.com"];
    let zone = Zone::new(Name::absolute("example.com").unwrap(), owners.into_iter().map(text).collect());
    // Whoever is below `example` is known not to agree.
    let others = Zone::new(Name::absolute("example").unwrap(), Vec::new());
    let (judged, facts, held) = (Judged::zone(&zone), Facts::default(), Repository::new([&zone, &others]));
    let subject = Subject::new(&judged, &facts, &held);
    let (mut count, mut longest) = (0, 0);
    for check in checks().filter(|check| groups.iter().any(|group| check.rule.id.starts_with(group))) {
        let Outcome::Fail(findings) = (check.look)(&subject) else { continue };
        count += findings.len();
        for finding in findings {
            let excerpt = finding.excerpt.map_or(0, |excerpt| excerpt.text.len());
            let fix = finding.fix.map_or(0, |fix| fix.len());
            longest = longest.max(finding.message.len()).max(excerpt).max(fix);
        }
    }
    (count, longest)
}

#[test]
fn long_records_give_short_findings() {
    let parts: [(&str, &str); 10] = [
        ("v=DMARC1; p=none", ";x=1"),
        ("v=DMARC1; p=none; rua=", "mailto:a@b.example,"),
        ("v=DMARC1; rua=mailto:a@b.example; p=none; ruf=mailto:a@b.example", "?x"),
        ("v=DMARC1; p=none; fo=", "0:1:d:"),
        ("v=DMARC1; p=none", ", rua=x"),
        ("v=DMARC1", ", p=none"),
        ("v=DKIM1; p=", "MII\""),
        ("v=DKIM1; p=", "MIIB"),
        ("v=DKIM1", ";h!=x:;s=y;;"),
        ("v=BIMI1; l=", "http://a.example/;z=1;l="),
    ];
    for (head, part) in parts {
        let long: Vec<u8> = head.bytes().chain(part.bytes().cycle().take(60_000)).collect();
        let (count, longest) = judged(&long, &["dmarc.", "dkim.", "bimi."]);
        assert!(count > 0 && longest < 10_000, "{head}{part}: {count} findings, {longest}");
    }
}

#[test]
fn a_thousand_report_addresses_are_not_all_asked() {
    let addresses: Vec<String> = (0..3000).map(|number| format!("mailto:a@n{number}.example")).collect();
    let text = format!("v=DMARC1; p=none; rua={}", addresses.join(","));
    let (count, longest) = judged(text.as_bytes(), &["dmarc.external"]);
    assert!(count == 20 && longest < 10_000, "{count} findings, {longest}");
}
