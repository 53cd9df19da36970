//! Texts that somebody made to hurt: nothing panics, and the work grows with the length and no faster.

use super::generate::nearly;
use crate::resolve::testing::zone;
use crate::resolve::{Resolver, Zones};
use crate::spf::parse::counted;
use crate::spf::{Question, evaluate, near_miss, parse, parse_explanation, walk};
use dnsctl_zone::{Name, RRset, Rdata, RecordType, Ttl, Zone};
use proptest::prelude::*;
use std::fmt::Write as _;
use std::path::Path;

fn judge(resolver: &impl Resolver, domain: &str) -> crate::spf::Evaluation {
    let ip = "192.0.2.1".parse().unwrap();
    let mail_from = format!("a@{domain}");
    evaluate(
        resolver,
        &Question { ip, helo: "mail.example.com", mail_from: &mail_from, receiver: "", now: 0 },
    )
}

fn everything(text: &[u8]) {
    let parsed = parse(text);
    if let Some(record) = &parsed.record {
        assert!(record.to_string().len() <= text.len() + 6, "{}", text.escape_ascii());
    }
    let _ = near_miss(text);
    let _ = parse_explanation(text);
    let name = Name::absolute("example.com").unwrap();
    let rrset = RRset::new(
        name.clone(),
        RecordType::TXT,
        Ttl::new(60).unwrap(),
        vec![Rdata::text(RecordType::TXT, text)],
    );
    let zone = Zone::new(name.clone(), vec![rrset]);
    let zones = Zones::new([&zone]);
    let _ = judge(&zones, "example.com");
    let tree = walk(&zones, &name, text);
    let _ = (tree.to_string(), tree.unknown(), tree.flatten());
}

/// Enough to meet every branch in a second or two; a million ran without a finding.
const MUTATIONS: usize = 10_000;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn no_octets_panic(octets in prop::collection::vec(any::<u8>(), 0..200)) {
        everything(&octets);
        let mut record = b"v=spf1 ".to_vec();
        record.extend(octets);
        everything(&record);
    }

    #[test]
    fn no_near_record_panics(text in nearly()) {
        everything(&text);
    }
}

fn corpus() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/spf");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| std::fs::read(file).unwrap()).collect()
}

/// Texts that once needed care; one file each.
#[test]
fn the_corpus_is_harmless() {
    let corpus = corpus();
    assert!(corpus.len() >= 20);
    corpus.iter().for_each(|text| everything(text));
}

/// The corpus cut, joined, repeated and with other octets, the same way each time.
#[test]
fn what_becomes_of_the_corpus_is_harmless() {
    let corpus = corpus();
    let mut random = fastrand::Rng::with_seed(7208);
    for _ in 0..MUTATIONS {
        let mut text = random.choice(&corpus).unwrap().clone();
        text.truncate(400);
        for _ in 0..random.usize(1..6) {
            let at = random.usize(0..=text.len());
            let end = random.usize(at..=text.len());
            match random.u8(0..6) {
                0 => drop(text.drain(at..end)),
                1 => {
                    let other = random.choice(&corpus).unwrap();
                    let from = random.usize(0..=other.len());
                    let to = random.usize(from..=other.len().min(from + 60));
                    drop(text.splice(at..at, other[from..to].iter().copied()));
                }
                2 => text.extend_from_within(at..end),
                3 => text.insert(at, random.u8(..)),
                4 => text.insert(at, b" %{}:/.=-~"[random.usize(0..10)]),
                _ => {
                    if let Some(octet) = text.get_mut(at) {
                        *octet ^= 1 << random.u8(0..8);
                    }
                }
            }
            text.truncate(2000);
        }
        everything(&text);
    }
}

#[test]
fn megabytes_take_linear_work() {
    let units: [&[u8]; 20] = [
        b" ",
        b"a ",
        b"mx",
        b"ip4:192.0.2.1 ",
        b"ip4:",
        b"-",
        b"include:x.example ",
        b"include:",
        b"a:%{",
        b"%{d}",
        b"exists:%{i",
        b"redirect=x.example ",
        b"moo=",
        b"/",
        b"/1",
        b"\t",
        b"\xff ",
        b"%",
        b".",
        b"a:x.example~all ",
    ];
    for unit in units {
        let mut text = b"v=spf1 ".to_vec();
        while text.len() < 1_000_000 {
            text.extend_from_slice(unit);
        }
        let (parsed, steps) = counted(&text);
        assert!(steps <= 8 * text.len(), "{}: {steps} steps for {} octets", unit.escape_ascii(), text.len());
        assert!(parsed.record.is_some());
        let words: usize = parsed.faults.iter().map(|fault| fault.message.len()).sum();
        assert!(words <= 250 * text.len(), "{}", unit.escape_ascii());
    }
}

#[test]
fn loops_end() {
    let zone = zone(
        "example.com",
        "@ TXT \"v=spf1 include:a.example.com -all\"\na TXT \"v=spf1 include:b.example.com -all\"\n\
         b TXT \"v=spf1 include:a.example.com -all\"\nself TXT \"v=spf1 redirect=self.example.com\"",
    );
    let zones = Zones::new([&zone]);
    for domain in ["example.com", "a.example.com", "self.example.com"] {
        let evaluation = judge(&zones, domain);
        assert_eq!(evaluation.result, crate::spf::SpfResult::PermError);
        assert_eq!(evaluation.lookups, 11);
        let name = Name::absolute(domain).unwrap();
        let text = zones.texts(&name).values()[0].clone();
        let tree = walk(&zones, &name, &text);
        assert!(tree.endless && tree.is_too_long());
        assert!(tree.to_string().contains("leads back to itself"), "{tree}");
        assert!(!tree.flatten().is_complete());
    }
}

/// Every record includes all records: without a limit the walk had more branches than there are atoms.
#[test]
fn thousands_of_includes_end() {
    let mut lines = String::new();
    let mut all = "v=spf1".to_owned();
    for number in 0..1500 {
        write!(all, " include:n{number}.example.com").unwrap();
    }
    for number in 0..1500 {
        writeln!(lines, "n{number} CNAME all").unwrap();
    }
    let mut zone = zone("example.com", &lines).into_rrsets();
    let name = Name::absolute("all.example.com").unwrap();
    let rdata = Rdata::text(RecordType::TXT, all.as_bytes());
    zone.push(RRset::new(name.clone(), RecordType::TXT, Ttl::new(60).unwrap(), vec![rdata]));
    let zone = Zone::new(Name::absolute("example.com").unwrap(), zone);
    let zones = Zones::new([&zone]);
    let tree = walk(&zones, &name, all.as_bytes());
    assert!(tree.is_too_long() && tree.lookups >= 1500);
    let mut branches = 0;
    tree.each(&mut |_, _| branches += 1);
    // The records that are open when it is enough are read to their end.
    assert!(branches <= 2_000 + 17 * 1500, "{branches}");
    assert_eq!(judge(&zones, "all.example.com").result, crate::spf::SpfResult::PermError);
}

#[test]
fn macros_do_not_grow() {
    let text = format!(
        "v=spf1 exists:{}.example.com exists:{}.example.com -all",
        "%{s}".repeat(20_000),
        "%{l1}".repeat(20_000)
    );
    let zone =
        zone("example.com", &format!("@ TXT \"v=spf1 redirect=x.example.com\"\nx TXT \"{}\"", &text[..0]));
    let mut rrsets = zone.into_rrsets();
    let name = Name::absolute("y.example.com").unwrap();
    // A TXT record cannot be longer than 65,535 octets; a file can.
    rrsets.push(RRset::new(
        name,
        RecordType::TXT,
        Ttl::new(60).unwrap(),
        vec![Rdata::text(RecordType::TXT, text.as_bytes())],
    ));
    let zone = Zone::new(Name::absolute("example.com").unwrap(), rrsets);
    let mail_from = format!("{}@y.example.com", "a.".repeat(500_000));
    let question =
        Question { ip: "192.0.2.1".parse().unwrap(), helo: "", mail_from: &mail_from, receiver: "", now: 0 };
    let evaluation = evaluate(&Zones::new([&zone]), &question);
    assert_eq!(evaluation.result, crate::spf::SpfResult::Fail);
}
