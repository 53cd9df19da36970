//! Other programs agree with ours on master files: BIND's `named-compilezone`, Knot DNS and the `domain` crate.
//!
//! Agreement means: ours reads a text, the other program reads the same text, and both hold the same records, octet for
//! octet. What another program prints is read by ours, and what ours prints is read by the others.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test: what fails fails it")]

mod bind;
mod corpus;
mod domain_crate;
mod domain_scan;
mod generated;
mod knot;
mod odd;
mod records;
mod refusals;

use corpus::Corpus;
use records::{Set, read};

const CORPORA: [&str; 6] = ["types", "names", "texts", "svcb", "directives", "others"];

#[test]
fn bind_reads_the_corpus_as_we_do() {
    for name in CORPORA {
        let text = Corpus::open(name).text("bind");
        let Some(bind) = bind::compile(&text) else { return };
        let ours = read(&text);
        ours.assert_same(&bind.octets, &format!("{name}: octets from BIND"));
        ours.assert_same(&read(&bind.text), &format!("{name}: text from BIND"));
    }
}

#[test]
fn knot_reads_the_corpus_as_we_do() {
    for name in CORPORA {
        let text = Corpus::open(name).text("knot");
        let Some(records) = knot::load(&text) else { return };
        read(&text).without_rrsig_ttl().assert_same(&records, &format!("{name}: transfer from Knot"));
    }
}

#[test]
fn the_domain_crate_reads_the_corpus_as_we_do() {
    for name in CORPORA {
        for block in Corpus::open(name).blocks("domain") {
            let ours = read(&block);
            ours.assert_same(
                &domain_crate::read(&block),
                &format!("{name}: the domain crate, {}", block.lines().nth(5).unwrap_or_default()),
            );
        }
    }
}

#[test]
fn others_read_what_we_print() {
    for name in CORPORA {
        // What others do not read as it stands they read when it is printed.
        let ours = read(&Corpus::open(name).text("nobody"));
        printed_is_read(&ours, name);
    }
}

#[test]
fn others_agree_on_generated_records() {
    for zone in generated::zones(8, 400) {
        printed_is_read(&zone, "generated");
    }
}

#[test]
fn others_agree_on_odd_layout() {
    for zone in generated::zones(4, 400) {
        let text = generated::mangled(&zone);
        zone.assert_same(&read(&text), "ours");
        if let Some(bind) = bind::compile(&text) {
            zone.assert_same(&bind.octets, "octets from BIND");
        }
        if let Some(records) = knot::load(&text) {
            zone.without_rrsig_ttl().assert_same(&records, "transfer from Knot");
        }
    }
}

#[test]
fn the_corpus_has_every_type() {
    let all: Set =
        CORPORA.iter().map(|name| read(&Corpus::open(name).text("nobody"))).fold(Set::default(), Set::and);
    for rtype in dnsctl_zone::RecordType::known() {
        assert!(all.0.iter().any(|(_, found, ..)| *found == rtype), "{rtype}");
    }
}

fn printed_is_read(ours: &Set, name: &str) {
    let printed = ours.print();
    ours.assert_same(&read(&printed), &format!("{name}: ours"));
    if let Some(bind) = bind::compile(&printed) {
        ours.assert_same(&bind.octets, &format!("{name}: octets from BIND"));
        ours.assert_same(&read(&bind.text), &format!("{name}: text from BIND"));
    }
    if let Some(records) = knot::load(&printed) {
        ours.without_rrsig_ttl().assert_same(&records, &format!("{name}: transfer from Knot"));
    }
    let known = ours.only(domain_crate::takes);
    known.assert_same(&domain_crate::read(&known.print()), &format!("{name}: the domain crate"));
}
