//! The whole catalogue on zones that are large or hostile in one way each: it ends, says something, and takes a time that
//! grows with the size, not with its square.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "test code")]

use dnsctl_checks::{Facts, Judged, Repository, Settings, Subject, judge};
use dnsctl_zone::{Name, Names, RRset, Rdata, RecordType, Ttl, Zone};
use std::time::Duration;

/// What a zone is made of: owner name, type, values.
type Records = Vec<(String, RecordType, Vec<Rdata>)>;

fn name(text: &str, apex: &Name) -> Name {
    Name::parse(text, Names { origin: apex, strict: false }).unwrap()
}

fn zone(apex: &str, records: Records) -> Zone {
    let apex = Name::absolute(apex).unwrap();
    let rrset = |(owner, rtype, values): (String, RecordType, Vec<Rdata>)| {
        RRset::new(name(&owner, &apex), rtype, Ttl::new(3600).unwrap(), values)
    };
    let rrsets = records.into_iter().map(rrset).collect();
    Zone::new(apex, rrsets)
}

fn value(rtype: RecordType, text: &str) -> Rdata {
    let apex = Name::absolute("example.com").unwrap();
    Rdata::parse(rtype, text, Names { origin: &apex, strict: false }).unwrap()
}

fn text(text: impl AsRef<[u8]>) -> Rdata {
    Rdata::text(RecordType::TXT, text.as_ref())
}

/// The time for which this thread was on a processor, so that what else the machine does is left out (Linux, proc(5)).
fn busy() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    Duration::from_nanos(text.split(' ').next().unwrap().parse().unwrap())
}

/// How much work the catalogue has with all of these zones, each with the others beside it, and how much it finds.
fn time(zones: &[Zone]) -> (Duration, usize) {
    let (held, facts) = (Repository::new(zones), Facts::default());
    let settings = Settings { acknowledgements: &[], today: "2026-11-23" };
    let start = busy();
    let mut findings = 0;
    for zone in zones {
        let judged = Judged::zone(zone);
        let report = judge(&Subject::new(&judged, &facts, &held), settings);
        findings += report.findings.len();
        // Nobody reads a message of a megabyte.
        let longest = report.findings.iter().map(|one| one.finding.message.len()).max();
        assert!(longest.unwrap_or(0) < 4000, "{longest:?} octets");
    }
    (busy() - start, findings)
}

/// Makes zones of two sizes, the second four times the first, and compares.
fn grows(words: &str, size: usize, make: impl Fn(usize) -> Vec<Zone>) {
    let (small, large) = (make(size), make(size * 4));
    let ((before, _), (after, findings)) = (time(&small), time(&large));
    println!("{words}: {size} {before:.2?}, {} {after:.2?}, {findings} findings", size * 4);
    // Sixteen times is the square. Below a tenth of a second clocks and other programs decide.
    let allowed = (before * 10).max(Duration::from_millis(400));
    assert!(after < allowed, "{words}: {before:.2?} for {size}, {after:.2?} for four times that");
}

/// The places where a text is read, each by a grammar of its own.
const PLACES: [&str; 7] =
    ["@", "_dmarc", "s1._domainkey", "_mta-sts", "_smtp._tls", "default._bimi", "*._report._dmarc"];

/// What a text may be made of, over and over.
const PIECES: [&str; 16] = [
    "v=spf1 ",
    " include:a.example.com",
    " redirect=b",
    "%{d1r-}.",
    " exists:%{",
    " ip4:1",
    "\t",
    ";",
    "v=DMARC1; ",
    "rua=mailto:a@b.example,",
    "p=reject; ",
    "v=DKIM1; p=AAAA",
    "=",
    "%",
    "v=BIMI1; l=https://",
    "\u{a0}",
];

#[test]
fn long_texts() {
    for piece in PIECES {
        for start in
            ["", "v=spf1 ", "v=DMARC1; p=none; ", "v=DKIM1; ", "v=STSv1; ", "v=TLSRPTv1; ", "v=BIMI1; "]
        {
            // What one record can hold: 65535 octets, its lengths left out.
            let long = format!("{start}{}", piece.repeat(65_000 / piece.len()));
            let long: String = long.chars().take(60_000).collect();
            let mut records: Records =
                PLACES.iter().map(|at| ((*at).to_owned(), RecordType::TXT, vec![text(&long[..])])).collect();
            records.push((
                "@".to_owned(),
                RecordType::MX,
                vec![value(RecordType::MX, "10 mail.example.net.")],
            ));
            let (took, _) = time(&[zone("example.com", records)]);
            // A hundred times what it takes: the square of the length would take hours.
            assert!(took < Duration::from_secs(60), "{start:?} {piece:?}: {took:.2?}");
        }
    }
}

#[test]
fn thousands_of_texts_at_one_name() {
    for place in PLACES {
        for start in [
            "v=spf1 include:a",
            "v=DMARC1; p=none; rua=mailto:a@b",
            "v=DKIM1; p=A",
            "v=STSv1; id=",
            "v=TLSRPTv1; rua=mailto:a@b",
            "v=BIMI1; l=https://a",
            "other ",
        ] {
            grows(&format!("{place} {start}"), 500, |size| {
                let texts = (0..size).map(|number| text(format!("{start}{number}"))).collect();
                let mx = vec![value(RecordType::MX, "10 mail.example.net.")];
                vec![zone(
                    "example.com",
                    vec![(place.to_owned(), RecordType::TXT, texts), ("@".to_owned(), RecordType::MX, mx)],
                )]
            });
        }
    }
}

#[test]
fn thousands_of_exchangers() {
    grows("MX at one name", 2500, |size| {
        let mx = |number| value(RecordType::MX, &format!("10 m{number}"));
        let mut records: Records = vec![
            ("@".to_owned(), RecordType::MX, (0..size).map(mx).collect()),
            ("@".to_owned(), RecordType::TXT, vec![text("v=spf1 mx -all")]),
        ];
        records.extend(
            (0..size).map(|number| {
                (format!("m{number}"), RecordType::A, vec![value(RecordType::A, "203.0.113.9")])
            }),
        );
        vec![zone("example.com", records)]
    });
    grows("addresses of one MX", 2500, |size| {
        let address =
            |number: usize| value(RecordType::A, &format!("203.{}.{}.9", number / 250, number % 250));
        vec![zone(
            "example.com",
            vec![
                ("@".to_owned(), RecordType::MX, vec![value(RecordType::MX, "10 mail")]),
                ("mail".to_owned(), RecordType::A, (0..size).map(address).collect()),
            ],
        )]
    });
    grows("NS at one name", 2500, |size| {
        let ns = |number| value(RecordType::NS, &format!("n{number}.sub"));
        vec![zone(
            "example.com",
            vec![
                ("@".to_owned(), RecordType::NS, (0..size).map(ns).collect()),
                ("sub".to_owned(), RecordType::NS, (0..size).map(ns).collect()),
            ],
        )]
    });
}

#[test]
fn chains_across_zones() {
    // Each zone is an alias of the next one, in all the ways that lead somewhere; the last one leads back.
    grows("a chain of aliases through zones", 25, |size| {
        let zones = (0..size).map(|number| {
            let next = format!("z{}.example.", (number + 1) % size);
            let mut records: Records = [
                "www",
                "_dmarc",
                "s1._domainkey",
                "_mta-sts",
                "_smtp._tls",
                "default._bimi",
                "mta-sts",
                "mail",
            ]
            .iter()
            .map(|owner| {
                (
                    (*owner).to_owned(),
                    RecordType::CNAME,
                    vec![value(RecordType::CNAME, &format!("{owner}.{next}"))],
                )
            })
            .collect();
            records.push((
                "@".to_owned(),
                RecordType::MX,
                vec![value(RecordType::MX, &format!("10 mail.{next}"))],
            ));
            records.push((
                "@".to_owned(),
                RecordType::TXT,
                vec![text(format!("v=spf1 include:{next} redirect={next}"))],
            ));
            zone(&format!("z{number}.example"), records)
        });
        zones.collect()
    });
    grows("a chain of aliases in one zone", 2500, |size| {
        let cname = |number: usize| {
            let next = value(RecordType::CNAME, &format!("c{}", (number + 1) % size));
            (format!("c{number}"), RecordType::CNAME, vec![next])
        };
        vec![zone("example.com", (0..size).map(cname).collect())]
    });
}

#[test]
fn includes_that_branch_and_loop() {
    // Every record includes ten others: walked as a tree, that would never end.
    grows("includes in a net", 50, |size| {
        let record = |number: usize| {
            let includes: String = (1..=10)
                .map(|step| format!(" include:i{}.example.com", (number * 7 + step * 13) % size))
                .collect();
            (format!("i{number}"), RecordType::TXT, vec![text(format!("v=spf1{includes} -all"))])
        };
        let mut records: Records = (0..size).map(record).collect();
        records.push(("@".to_owned(), RecordType::TXT, vec![text("v=spf1 include:i0.example.com -all")]));
        records.push(("@".to_owned(), RecordType::MX, vec![value(RecordType::MX, "10 mail.example.net.")]));
        vec![zone("example.com", records)]
    });
    grows("includes of one record", 1000, |size| {
        let includes: String = (0..size).map(|number| format!(" include:i{number}.example.com")).collect();
        let leaf = |number| (format!("i{number}"), RecordType::TXT, vec![text("v=spf1 a mx -all")]);
        let mut records: Records = (0..size).map(leaf).collect();
        records.push(("@".to_owned(), RecordType::TXT, vec![text(format!("v=spf1{includes} -all"))]));
        vec![zone("example.com", records)]
    });
    grows("a long chain of redirects", 1000, |size| {
        let record = |number| {
            (
                format!("r{number}"),
                RecordType::TXT,
                vec![text(format!("v=spf1 redirect=r{}.example.com", number + 1))],
            )
        };
        vec![zone("example.com", (0..size).map(record).collect())]
    });
}

#[test]
fn deep_names_and_cuts() {
    grows("names below names", 1500, |size| {
        let deep = |number: usize| {
            let labels: String = (0..60).map(|depth| format!("{}.", (number >> (depth % 11)) % 10)).collect();
            (
                format!("n{number}.{labels}example.com."),
                RecordType::A,
                vec![value(RecordType::A, "203.0.113.9")],
            )
        };
        vec![zone("example.com", (0..size).map(deep).collect())]
    });
    grows("delegations with what is below them", 1500, |size| {
        let all = (0..size).flat_map(|number| {
            [
                (format!("d{number}"), RecordType::NS, vec![value(RecordType::NS, "ns.example.net.")]),
                (format!("_dmarc.d{number}"), RecordType::TXT, vec![text("v=DMARC1; p=none")]),
                (format!("*.d{number}"), RecordType::MX, vec![value(RecordType::MX, "10 mail")]),
            ]
        });
        vec![zone("example.com", all.collect())]
    });
}
