//! Records that somebody wrote to make a reader slow, and what is advised for those that are wrong.

use crate::{Facts, Judged, Outcome, Repository, Sender, SenderKind, Subject, checks};
use dnsctl_zone::{Name, RRset, Rdata, RecordType, Ttl, Zone};

fn text(owner: &str, text: &[u8]) -> RRset {
    let value = Rdata::text(RecordType::TXT, text);
    RRset::new(Name::absolute(owner).unwrap(), RecordType::TXT, Ttl::new(3600).unwrap(), vec![value])
}

/// How many findings the group has, and the longest text that one of them carries.
fn judged(rrsets: Vec<RRset>) -> (usize, usize) {
    let zone = Zone::new(Name::absolute("example.com").unwrap(), rrsets);
    let network = SenderKind::Network { address: "198.51.100.0".parse().unwrap(), prefix: 24 };
    let sender = Sender { who: network, helo: None, source: None };
    let facts = Facts { senders: vec![sender], ..Facts::default() };
    let (judged, held) = (Judged::zone(&zone), Repository::new([&zone]));
    let subject = Subject::new(&judged, &facts, &held);
    let (mut count, mut longest) = (0, 0);
    for check in checks().filter(|check| check.group() == "spf") {
        let Outcome::Fail(findings) = (check.look)(&subject) else { continue };
        count += findings.len();
        for finding in findings {
            let excerpt = finding.excerpt.map_or(0, |excerpt| excerpt.text.len());
            let fix = if check.rule.id.starts_with("spf.lookups") { None } else { finding.fix };
            longest = longest.max(finding.message.len()).max(excerpt).max(fix.map_or(0, |fix| fix.len()));
        }
    }
    (count, longest)
}

#[test]
fn long_records_give_short_findings() {
    let terms: [&[u8]; 7] = [
        b"a:%{d}.old.example.com ",
        b"\xc2\xa0x",
        b"-all a ",
        b"ip4:10.0.0.1/9 ",
        b"x=%{d} v=spf1 ",
        b"%",
        b"include:example.com ",
    ];
    for term in terms {
        let long: Vec<u8> = b"v=spf1 ".iter().chain(term.iter().cycle().take(60_000)).copied().collect();
        let (count, longest) = judged(vec![text("example.com", &long)]);
        assert!(count > 0 && longest < 10_000, "{}: {count} findings, {longest}", term.escape_ascii());
    }
}

#[test]
fn many_records_that_lead_far_are_not_all_followed() {
    let mut rrsets: Vec<RRset> = (0..200)
        .map(|number| text(&format!("n{number}.example.com"), b"v=spf1 include:large.example.com -all"))
        .collect();
    let include: Vec<u8> = b"include:deep.example.com ".iter().cycle().take(50_000).copied().collect();
    rrsets.push(text("large.example.com", &[b"v=spf1 ".as_slice(), &include].concat()));
    let networks: Vec<u8> = b"ip4:192.0.2.1 ".iter().cycle().take(50_000).copied().collect();
    rrsets.push(text("deep.example.com", &[b"v=spf1 ".as_slice(), &networks].concat()));
    let (count, longest) = judged(rrsets);
    assert!(count > 0 && longest < 10_000, "{count} findings, {longest}");
}

#[test]
fn what_is_advised_is_a_record() {
    let rewrite = |text: &str, at: usize| super::rewrite(text.as_bytes(), (at..at + 1).into(), " ");
    assert_eq!(rewrite("v=spf1 a\tmx -all", 8).as_deref(), Some("Write \"v=spf1 a mx -all\"."));
    assert_eq!(rewrite("v=spf1 ip4:192.0.2\t1 -all", 18), None);
}
