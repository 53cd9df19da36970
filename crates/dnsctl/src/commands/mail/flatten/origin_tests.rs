//! Which terms stay, and which records are refused.

use super::super::file::Recipe;
use super::*;
use dnsctl_mail::resolve::{Answer, Recorded};
use dnsctl_mail::spf::{Limits, Question, SpfResult, evaluate_with};
use dnsctl_zone::{Names, Rdata, RecordType};
use proptest::prelude::*;

fn name(text: &str) -> Name {
    Name::absolute(text).unwrap()
}

/// What is found for `include:o.example` where these records are; what is not there does not exist.
fn found(records: &[(&str, &str)]) -> Result<Origin, Refusal> {
    let mut answers = Recorded::default();
    records.iter().for_each(|(owner, record)| answers.insert(texts_at(owner), text(record)));
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

/// A text as it is found.
fn text(text: &str) -> Answer<Rdata> {
    let names = Names { origin: &Name::root(), strict: false };
    Answer::Found(vec![Rdata::parse(RecordType::TXT, &format!("\"{text}\""), names).unwrap()])
}

fn texts_at(owner: &str) -> Query {
    Query { name: name(owner), rtype: RecordType::TXT }
}

/// An address whose last octet is a multiple of three is listed at `l.example`; there is nothing else.
fn listed(query: &Query) -> Answer<Rdata> {
    let text = query.name.without_dot();
    let last =
        text.strip_suffix(".l.example").and_then(|octets| octets.rsplit('.').next()?.parse::<u32>().ok());
    let root = Name::root();
    let address =
        || Rdata::parse(RecordType::A, "127.0.0.2", Names { origin: &root, strict: false }).unwrap();
    match last.filter(|last| last % 3 == 0 && query.rtype == RecordType::A) {
        Some(_) => Answer::Found(vec![address()]),
        None => Answer::Missing,
    }
}

/// Whether a client passes `include:` of this domain.
fn passes(answers: &mut Recorded, domain: &str, last: u8) -> bool {
    answers.insert(texts_at("sender.example"), text(&format!("v=spf1 include:{domain} -all")));
    let question = Question {
        ip: [192, 0, 2, last].into(),
        helo: "h.example",
        mail_from: "u@sender.example",
        receiver: "",
        now: 0,
    };
    let limits = Limits { lookups: 1000, void_lookups: 1000, ..Limits::default() };
    loop {
        let evaluation = evaluate_with(&*answers, &question, limits);
        if evaluation.unknown.is_empty() {
            assert!(matches!(evaluation.result, SpfResult::Pass | SpfResult::Fail), "{evaluation:?}");
            return evaluation.result == SpfResult::Pass;
        }
        evaluation.unknown.into_iter().for_each(|query| {
            let answer = listed(&query);
            answers.insert(query, answer);
        });
    }
}

fn record(inner: &'static [&'static str]) -> impl Strategy<Value = String> {
    let sign = prop::sample::select(vec!["", "", "", "", "-", "?"]);
    let include = prop::sample::select(inner.to_vec());
    let what = prop_oneof![
        4 => (0..=255_u8, 25..=32_u8).prop_map(|(last, length)| format!("ip4:192.0.2.{last}/{length}")),
        1 => Just("exists:%{i}.l.example".to_owned()),
        1 => Just("exists:%{i}.%{d1}.example".to_owned()),
        2 => include.prop_map(str::to_owned),
    ];
    let end = prop::sample::select(vec!["-all", "~all", "?all", "redirect=b.example"]);
    let end =
        end.prop_map(move |end| if inner.len() == 1 && end.starts_with("redirect") { "-all" } else { end });
    (prop::collection::vec((sign, what), 1..4), end).prop_map(|(terms, end)| {
        let terms: Vec<String> = terms.into_iter().map(|(sign, what)| format!("{sign}{what}")).collect();
        format!("v=spf1 {} {end}", terms.join(" "))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// What is written authorises whom the record authorises, also where terms stay.
    #[test]
    fn the_same_clients_pass(
        top in record(&["include:a.example", "include:b.example"]),
        one in record(&["include:b.example", "ip4:192.0.2.9"]),
        two in record(&["ip4:192.0.2.200"]),
    ) {
        let mut texts: Vec<(String, String)> = [("o.example", top), ("a.example", one), ("b.example", two)]
            .map(|(owner, text)| (owner.to_owned(), text)).into();
        let pairs: Vec<(&str, &str)> = texts.iter().map(|(owner, text)| (owner.as_str(), text.as_str())).collect();
        let Ok(origin) = found(&pairs) else { return Ok(()) };
        let includes = vec![name("o.example")];
        let recipe = Recipe { includes, name: "_spf1".to_owned(), longest: 100 };
        for (record, number) in recipe.records(&origin).iter().zip(1..) {
            let prefix = if number == 1 { String::new() } else { format!("{number}.") };
            texts.push((format!("{prefix}_spf1.z.example"), record.join(" ")));
        }
        let mut answers = Recorded::default();
        texts.iter().for_each(|(owner, record)| answers.insert(texts_at(owner), text(record)));
        for last in (0..=255).step_by(5) {
            let before = passes(&mut answers, "o.example", last);
            prop_assert_eq!(before, passes(&mut answers, "_spf1.z.example", last), "{} {:#?}", last, &texts);
        }
    }
}
