//! Reads and prints a master file of 100,000 records, beside the parser of the `domain` crate:
//! `cargo bench -p dnsctl-zone --bench master`.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a measurement for a person")]

use dnsctl_zone::{Name, master};
use domain::base::iana::Class;
use domain::dep::octseq::OctetsInto as _;
use domain::zonefile::inplace::Zonefile;
use std::fmt::Write as _;
use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

const RECORDS: u32 = 100_000;

fn text() -> String {
    let mut text =
        "$ORIGIN example.com.\n$TTL 3600\n@ SOA ns hostmaster 1 10800 3600 604800 300\n@ NS ns\n".to_owned();
    for host in 0..RECORDS / 10 {
        let [_, b, c, d] = host.to_be_bytes();
        let _ = write!(
            text,
            "host{host:06} 300 IN A 10.{b}.{c}.{d}\n\
             host{host:06} 300 IN A 10.128.{c}.{d}\n\
             host{host:06} IN AAAA 2001:db8::{host:x}\n\
             host{host:06} IN MX 10 mail.example.net.\n\
             host{host:06} IN TXT \"v=spf1 ip4:10.{b}.{c}.{d} -all\" ; senders\n\
             www.host{host:06} IN CNAME host{host:06}\n\
             _sip._tcp.host{host:06} IN SRV 10 60 5060 host{host:06}.example.com.\n\
             _dmarc.host{host:06} IN TXT \"v=DMARC1; p=reject; rua=mailto:dmarc@example.com\"\n\
             host{host:06} IN CAA 0 issue \"ca.example.net\"\n\
             caldav.host{host:06} IN HTTPS 1 . alpn=h3,h2\n"
        );
    }
    text
}

/// The shortest of some runs: the least disturbed by what else the machine does.
fn shortest<T>(mut run: impl FnMut() -> T) -> Duration {
    let once = |run: &mut dyn FnMut() -> T| {
        let start = Instant::now();
        black_box(run());
        start.elapsed()
    };
    (0..15).map(|_| once(&mut run)).min().unwrap()
}

fn main() {
    let text = text();
    let apex = Name::absolute("example.com").unwrap();
    let parse =
        || {
            master::parse(&text, Arc::from("zone"), &apex, master::Options::default(), &mut |_| {
                Err(String::new())
            })
        };
    let parsed = parse();
    assert!(parsed.errors.is_empty() && parsed.records.len() > 100_000);
    let zone = master::zone(parsed, &apex).zone;
    let theirs = || {
        let mut zone = Zonefile::load(&mut text.as_bytes()).unwrap();
        zone.set_origin(domain::base::Name::vec_from_str("example.com.").unwrap().octets_into());
        zone.set_default_class(Class::IN);
        let mut records = Vec::new();
        while let Some(entry) = zone.next_entry().unwrap() {
            records.push(entry);
        }
        records.len()
    };
    let (ours, domain) = (shortest(parse), shortest(theirs));
    let whole = shortest(|| master::zone(parse(), &apex));
    let print = shortest(|| master::print(&zone, master::PrintOptions::default()));
    println!("{RECORDS} records, {} octets, shortest of 15 runs", text.len());
    println!("parse              {ours:>8.1?}");
    println!(
        "parse, domain      {domain:>8.1?}   ours takes {:.2} of it",
        ours.as_secs_f64() / domain.as_secs_f64()
    );
    println!("parse to a zone    {whole:>8.1?}");
    println!("print              {print:>8.1?}");
    hostile(&apex);
}

/// Texts of 100 MB that are no zones: none may take long, or more memory than a few times their size.
fn hostile(apex: &Name) {
    println!("\nhostile texts of 100 MB, once");
    for part in [
        "x",
        "(",
        "(\n",
        "a (\n",
        ")",
        "\"",
        "\"\n",
        "\\",
        "\n",
        ";",
        "a A 192.0.2.1\n",
        "a 1 A 192.0.2.300\n",
        "a 1 TXT ( x\n",
        "a 1 TXT x ",
        "$TTL 1\n",
        "$GENERATE 0-2147483647 a$ 1 A 192.0.2.1\n",
        "a 1 HTTPS 1 . key1 ",
        "\0",
        "é",
        "a.",
    ] {
        let text = part.repeat(100_000_000 / part.len());
        let start = Instant::now();
        let options = master::Options::default();
        let parsed = master::parse(&text, Arc::from("zone"), apex, options, &mut |_| Err(String::new()));
        let (records, errors) = (parsed.records.len(), parsed.errors.len());
        let zone = master::zone(parsed, apex);
        println!("{part:?}: {:.1?}, {records} records, {errors} errors", start.elapsed());
        black_box(zone);
    }
}
