//! Which terms stay, and which records are refused.

use super::*;
use dnsctl_mail::resolve::{Answer, Recorded};
use dnsctl_zone::{Names, Rdata, RecordType};

fn name(text: &str) -> Name {
    Name::absolute(text).unwrap()
}

/// What is found for `include:o.example` where these records are; what is not there does not exist.
fn found(records: &[(&str, &str)]) -> Result<Origin, Refusal> {
    let mut answers = Recorded::default();
    let origin = Name::root();
    for (owner, text) in records {
        let value = format!("\"{text}\"");
        let rdata = Rdata::parse(RecordType::TXT, &value, Names { origin: &origin, strict: false }).unwrap();
        answers.insert(Query { name: name(owner), rtype: RecordType::TXT }, Answer::Found(vec![rdata]));
    }
    loop {
        let mut tree = walk(&answers, &name("flatten.invalid"), b"v=spf1 include:o.example");
        forget_senders(&mut tree);
        let unknown = tree.unknown();
        if unknown.is_empty() {
            return read(tree);
        }
        unknown.into_iter().for_each(|query| answers.insert(query, Answer::Missing));
    }
}

/// The networks and the terms that stay, as text.
fn terms(records: &[(&str, &str)]) -> String {
    let origin = found(records).unwrap();
    let networks = origin.networks.iter().map(ToString::to_string);
    networks.chain(origin.kept).collect::<Vec<_>>().join(" ")
}

fn refusal(records: &[(&str, &str)]) -> String {
    match found(records) {
        Err(Refusal::Broken(words)) => words.join("\n"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_depends_on_the_client_stays() {
    assert_eq!(
        terms(&[(
            "o.example",
            "v=spf1 ip4:192.0.2.1 exists:%{i}.l.example ptr exists:%{i}.%{d} include:%{ir}.x.example -all"
        )]),
        "ip4:192.0.2.1 exists:%{i}.l.example ptr:o.example exists:%{i}.o.example include:%{ir}.x.example"
    );
    // What says "no" after it takes nothing away from it.
    assert_eq!(
        terms(&[("o.example", "v=spf1 exists:%{i}.l.example -ip4:192.0.2.0/25 ip4:192.0.2.0/24 -all")]),
        "ip4:192.0.2.128/25 exists:%{i}.l.example"
    );
    // The domain of the sender is not known here.
    assert_eq!(
        terms(&[("o.example", "v=spf1 include:%{o}.x.example exists:%{o}.l.example redirect=_spf.%{o}")]),
        "include:%{o}.x.example exists:%{o}.l.example include:_spf.%{o}"
    );
}

/// A record in which an exception comes before the term stays as a whole; its networks are not said again.
#[test]
fn a_record_with_an_exception_stays() {
    let inner = ("in.example", "v=spf1 -exists:%{i}.bad.example ip4:192.0.2.0/24 -all");
    assert_eq!(
        terms(&[("o.example", "v=spf1 ip4:198.51.100.1 include:in.example -all"), inner]),
        "ip4:198.51.100.1 include:in.example"
    );
    assert_eq!(
        terms(&[("o.example", "v=spf1 ip4:198.51.100.1 redirect=in.example"), inner]),
        "ip4:198.51.100.1 include:in.example"
    );
    let turned = ("in.example", "v=spf1 exists:%{d2r}.%{i}.example ip4:192.0.2.0/24 -all");
    assert_eq!(
        terms(&[("o.example", "v=spf1 ip4:198.51.100.1 include:in.example -all"), turned]),
        "ip4:198.51.100.1 include:in.example"
    );
    let words = "depends on more than the address of the client";
    assert!(refusal(&[inner, ("o.example", inner.1)]).contains(words));
    assert!(
        refusal(&[("o.example", "v=spf1 -ip4:192.0.2.1 include:in.example -all"), inner]).contains(words)
    );
    assert!(
        refusal(&[("o.example", "v=spf1 ?include:in.example ip4:192.0.2.1 -all"), inner]).contains(words)
    );
}

#[test]
fn what_is_broken_is_refused() {
    for (record, words) in [
        ("v=spf1 +all", "authorises everybody"),
        ("v=spf1 ip4:0.0.0.0/1 ip4:128.0.0.0/1 -all", "authorises everybody (ip4:0.0.0.0/0)"),
        ("v=spf1 -all", "it authorises nobody"),
        ("v=spf1 ip4:192.0.2.1 include:o.example", "include:o.example of o.example: leads back to itself"),
        (
            "v=spf1 ip4:192.0.2.1 redirect=none.example",
            "redirect=none.example of o.example: there is no SPF record",
        ),
        ("v=spf1 ip4:192.0.2.1 ip5:192.0.2.1 -all", "include:o.example: the record is not valid"),
    ] {
        assert!(
            refusal(&[("o.example", record)]).contains(words),
            "{record}: {}",
            refusal(&[("o.example", record)])
        );
    }
    assert_eq!(refusal(&[]), "include:o.example: there is no SPF record: permerror");
}
