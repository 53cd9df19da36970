//! The kept corpus: every file of `crates/mail/corpus/GRAMMAR` is read, and so are thousands of damaged copies of it.
//!
//! A first line does not say what to expect: what must be found stands beside the parsers. Here it counts that nothing panics,
//! that places lie in the text, that what was read is written and read again as the same, and that time grows with size only.

use dnsctl_mail::{Fault, FaultClass, Span, bimi, dkim, dmarc, mta_sts, spf, tags, tls_rpt, tlsa};
use std::path::PathBuf;

/// The name of a folder, and a reader that checks what can be checked of any text.
type Grammar = (&'static str, fn(&[u8]));

const GRAMMARS: [Grammar; 9] = [
    ("tags", read_tags),
    ("dkim", read_dkim),
    ("dmarc", read_dmarc),
    ("bimi", read_bimi),
    ("mta-sts-record", read_sts),
    ("mta-sts-policy", read_policy),
    ("tls-rpt", read_tls_rpt),
    ("tlsa", read_tlsa),
    ("pem", read_pem),
];

fn places<K: FaultClass + std::fmt::Debug>(faults: &[Fault<K>], text: &[u8]) {
    for fault in faults {
        let Span { start, end } = fault.span;
        assert!(start <= end && end <= text.len(), "{fault:?}");
        // A message is for a person: short, whatever the text.
        assert!(!fault.message.is_empty() && fault.message.chars().count() < 500, "{fault:?}");
    }
    assert!(faults.is_sorted_by_key(|fault| fault.span), "{faults:?}");
}

fn read_tags(text: &[u8]) {
    for style in [tags::Style::Folded, tags::Style::Blanks, tags::Style::Tight] {
        let list = tags::parse(text, style);
        assert!(list.tags.iter().all(|tag| tag.span.of(text).contains(&b'=')));
    }
}

fn read_dkim(text: &[u8]) {
    let parsed = dkim::parse(text);
    places(&parsed.faults, text);
    if let Some(key) = parsed.usable() {
        assert_eq!(dkim::parse(key.to_string().as_bytes()).usable(), Some(key));
    }
}

fn read_dmarc(text: &[u8]) {
    let parsed = dmarc::parse(text);
    places(&parsed.faults, text);
    assert_eq!(parsed.record.is_some(), dmarc::is_dmarc(text));
    let invalid = |record: &dmarc::Record| {
        let all = [record.policy, record.subdomains, record.nonexistent];
        all.contains(&dmarc::Requested::Invalid) || !record.policy_second
    };
    if let Some(record) = parsed.record.filter(|record| !invalid(record)) {
        assert_eq!(dmarc::parse(record.to_string().as_bytes()).record, Some(record));
    }
}

fn read_bimi(text: &[u8]) {
    let parsed = bimi::parse(text);
    places(&parsed.faults, text);
    let clean = !parsed.faults.iter().any(Fault::is_error);
    if let Some(record) = parsed.record.filter(|_| clean) {
        assert_eq!(bimi::parse(record.to_string().as_bytes()).record, Some(record));
    }
}

fn read_sts(text: &[u8]) {
    let parsed = mta_sts::record::parse(text);
    places(&parsed.faults, text);
    let clean = !parsed.faults.iter().any(Fault::is_error);
    if let Some(record) = parsed.record.filter(|_| clean) {
        assert_eq!(mta_sts::record::parse(record.to_string().as_bytes()).record, Some(record));
    }
}

fn read_policy(text: &[u8]) {
    let parsed = mta_sts::policy::parse(text);
    places(&parsed.faults, text);
    if let Some(policy) = parsed.policy() {
        assert_eq!(mta_sts::policy::parse(policy.to_string().as_bytes()).policy(), Some(policy));
    }
}

fn read_tls_rpt(text: &[u8]) {
    let parsed = tls_rpt::parse(text);
    places(&parsed.faults, text);
    let clean = !parsed.faults.iter().any(Fault::is_error);
    if let Some(record) = parsed.record.filter(|_| clean) {
        assert_eq!(tls_rpt::parse(record.to_string().as_bytes()).record, Some(record));
    }
}

/// Octets of an rdata, and octets of a certificate.
fn read_tlsa(octets: &[u8]) {
    if let Ok(rdata) = dnsctl_zone::Rdata::from_wire(dnsctl_zone::RecordType::TLSA, octets) {
        places(&tlsa::check_rdata(&rdata), octets);
    }
    if let Ok(certificate) = tlsa::Certificate::from_der(octets) {
        let rdata = tlsa::Params::KEY.record(&certificate).unwrap();
        assert!(tlsa::matches(&rdata, octets));
    }
}

fn read_pem(text: &[u8]) {
    let text = String::from_utf8_lossy(text);
    if let Ok(key) = dkim::public_from_pem(&text) {
        assert_eq!(dkim::parse(key.to_string().as_bytes()).key, Some(key));
    }
    let _ = tlsa::from_pem(&text, tlsa::Params::AUTHORITY);
}

fn files(grammar: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = dnsctl_harness::repository_root().join("crates/mail/corpus").join(grammar);
    let mut files: Vec<_> = fs_err::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.into_iter().map(|path| (path.clone(), fs_err::read(path).unwrap())).collect()
}

#[test]
fn every_file_is_read() {
    for (grammar, read) in GRAMMARS {
        let files = files(grammar);
        assert!(files.len() >= 3, "{grammar}");
        for (_, text) in files {
            read(&text);
            // Other grammars meet it, too: a TXT record may stand at the wrong name.
            GRAMMARS.iter().for_each(|(_, other)| other(&text));
            let _ = spf::parse(&text);
        }
    }
}

#[test]
fn damaged_copies_are_read() {
    damage(1, 2_000);
}

/// Some minutes: `cargo test -p dnsctl-mail --test mail -- --ignored damaged_copies_for_minutes`.
#[test]
#[ignore = "runs for some minutes"]
fn damaged_copies_for_minutes() {
    let start = std::time::Instant::now();
    let mut seed = 2;
    while start.elapsed().as_secs() < 240 {
        damage(seed, 5_000);
        seed += 1;
    }
}

fn damage(seed: u64, rounds: usize) {
    const PIECES: [&[u8]; 16] = [
        b";",
        b"=",
        b":",
        b",",
        b" ",
        b"\t",
        b"\r\n",
        b"\n",
        b"\0",
        b"!",
        b"%",
        b"\xef\xbb\xbf",
        b"\xff",
        b"v=DMARC1",
        b"p=",
        b"mailto:",
    ];
    let mut random = fastrand::Rng::with_seed(seed);
    for (grammar, read) in GRAMMARS {
        let files = files(grammar);
        for _ in 0..rounds {
            let mut text = files[random.usize(..files.len())].1.clone();
            for _ in 0..random.usize(1..5) {
                let at = random.usize(..=text.len());
                match random.u8(..5) {
                    0 => text.truncate(at),
                    1 => drop(text.splice(at..at, PIECES[random.usize(..PIECES.len())].iter().copied())),
                    2 if at < text.len() => text[at] = random.u8(..),
                    3 => drop(text.drain(at..(at + random.usize(..9)).min(text.len()))),
                    _ => {
                        let other = &files[random.usize(..files.len())].1;
                        let from = random.usize(..=other.len());
                        text.truncate(at);
                        text.extend(&other[from..]);
                    }
                }
            }
            read(&text);
        }
    }
}

#[test]
fn time_grows_with_size_only() {
    let start = std::time::Instant::now();
    for piece in [
        "a=b;",
        ";",
        "v=DMARC1;",
        "p=",
        "mailto:a@b.example,",
        "x",
        "rua=,",
        "h=a:b:",
        " ",
        "\0",
        "\r\n",
        "mx: a\n",
        "k: v\n",
    ] {
        let long = piece.repeat(100_000 / piece.len());
        for prefix in ["", "v=DMARC1; rua=", "v=DKIM1; p=", "v=DKIM1; h=", "v=STSv1; id=", "v=TLSRPTv1; rua="]
        {
            let text = format!("{prefix}{long}");
            for (grammar, read) in GRAMMARS {
                // A million faults are compared pairwise by nobody: each is told once.
                if grammar != "pem" {
                    read(text.as_bytes());
                }
            }
        }
    }
    // Generous: a quadratic reader takes hours.
    assert!(start.elapsed().as_secs() < 300, "{:?}", start.elapsed());
}
