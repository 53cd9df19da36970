//! Checks beyond the suite: unknown answers, limits, words.

use crate::resolve::testing::zone;
use crate::resolve::{Answer, Layers, Query, Recorded, Zones};
use crate::spf::{Evaluation, Limits, Question, SpfResult, Trial, evaluate, evaluate_with};
use dnsctl_zone::{Name, Rdata, RecordType};

fn question(ip: &str) -> Question<'_> {
    let ip = ip.parse().unwrap();
    Question {
        ip,
        helo: "mail.example.com",
        mail_from: "a@example.com",
        receiver: "mx.example.net",
        now: 1_700_000_000,
    }
}

fn check(record: &str, ip: &str) -> Evaluation {
    let lines = format!(
        "@ TXT \"{record}\"\n@ MX 10 mail\nmail A 192.0.2.25\nmail AAAA 2001:db8::25\nwhy TXT \"%{{i}} is not for %{{d}}, says %{{r}} at %{{t}}\""
    );
    let zone = zone("example.com", &lines);
    evaluate(&Zones::new([&zone]), &question(ip))
}

fn lacking(evaluation: &Evaluation) -> Vec<String> {
    evaluation.unknown.iter().map(Query::to_string).collect()
}

#[test]
fn what_is_not_known_is_said_only_when_it_matters() {
    // Foreign or not, the client passes.
    let sure = check("v=spf1 include:spf.example.net mx -all", "192.0.2.25");
    assert_eq!((sure.result, lacking(&sure)), (SpfResult::Pass, vec!["spf.example.net TXT".to_owned()]));
    let open = check("v=spf1 include:spf.example.net mx -all", "192.0.2.26");
    assert_eq!(open.result, SpfResult::Undecided);
    assert_eq!(check("v=spf1 mx include:spf.example.net -all", "192.0.2.25").unknown, []);
    let redirected = check("v=spf1 mx redirect=spf.example.net", "192.0.2.26");
    assert_eq!(
        (redirected.result, lacking(&redirected)),
        (SpfResult::Undecided, vec!["spf.example.net TXT".to_owned()])
    );
    let address = check("v=spf1 a:host.example.net -all", "2001:db8::1");
    assert_eq!(
        (address.result, lacking(&address)),
        (SpfResult::Undecided, vec!["host.example.net AAAA".to_owned()])
    );
    let pointer = check("v=spf1 ptr -all", "192.0.2.26");
    assert_eq!(
        (pointer.result, lacking(&pointer)),
        (SpfResult::Undecided, vec!["26.2.0.192.in-addr.arpa PTR".to_owned()])
    );
    let macros = check("v=spf1 exists:%{p}.example.com ?all", "192.0.2.26");
    assert_eq!(
        (macros.result, lacking(&macros)),
        (SpfResult::Undecided, vec!["26.2.0.192.in-addr.arpa PTR".to_owned()])
    );
    let harmless = check("v=spf1 -exists:%{i}.example.net -all", "192.0.2.26");
    assert_eq!(harmless.result, SpfResult::Fail);
}

#[test]
fn what_was_looked_up_decides() {
    let zone = zone("example.com", "@ TXT \"v=spf1 include:spf.example.net -all\"");
    let mut recorded = Recorded::default();
    let name = Name::absolute("spf.example.net").unwrap();
    let rdata = Rdata::text(RecordType::TXT, b"v=spf1 ip4:198.51.100.0/24 -all");
    recorded.insert(Query { name, rtype: RecordType::TXT }, Answer::Found(vec![rdata]));
    let zones = Zones::new([&zone]);
    let result = |ip| evaluate(&Layers(&zones, &recorded), &question(ip)).result;
    assert_eq!(result("198.51.100.7"), SpfResult::Pass);
    assert_eq!(result("::ffff:198.51.100.7"), SpfResult::Pass);
    assert_eq!(result("192.0.2.7"), SpfResult::Fail);
}

#[test]
fn an_explanation_has_its_values() {
    let evaluation = check("v=spf1 mx -all exp=why.%{d}", "198.51.100.9");
    assert_eq!(
        evaluation.explanation.unwrap(),
        "198.51.100.9 is not for example.com, says mx.example.net at 1700000000"
    );
    assert_eq!(check("v=spf1 mx ~all exp=why.%{d}", "198.51.100.9").explanation, None);
    assert_eq!(
        check("v=spf1 mx -all exp=%{d}", "198.51.100.9").explanation.as_deref(),
        Some("v=spf1 mx -all exp=example.com")
    );
}

#[test]
fn the_trace_tells_the_term_that_decided() {
    let evaluation = check("v=spf1 ip4:198.51.100.0/24 mx/24 -all", "192.0.2.99");
    let steps: Vec<_> = evaluation.trace.iter().map(|step| (step.term.as_str(), step.trial)).collect();
    assert_eq!(steps, [("ip4:198.51.100.0/24", Trial::NoMatch), ("mx/24", Trial::Match)]);
    assert_eq!((evaluation.result, evaluation.lookups), (SpfResult::Pass, 1));
}

#[test]
fn errors_have_a_reason() {
    let reason = |record: &str| {
        let evaluation = check(record, "198.51.100.9");
        assert_eq!(evaluation.result, SpfResult::PermError);
        evaluation.reason.unwrap()
    };
    assert_eq!(
        reason("v=spf1 moo -all"),
        "the record of example.com is not valid: there is no mechanism \"moo\""
    );
    assert_eq!(
        reason("v=spf1 include:mail.example.com -all"),
        "example.com includes mail.example.com, which has no SPF record"
    );
    assert_eq!(
        reason("v=spf1 redirect=mail.example.com"),
        "example.com redirects to mail.example.com, which has no SPF record"
    );
    assert_eq!(
        reason("v=spf1 a:x.example.com a:y.example.com mx a:z.example.com -all"),
        "more than 2 lookups find nothing (RFC 7208 section 4.6.4)"
    );
    assert_eq!(
        reason("v=spf1 mx mx mx mx mx mx mx mx mx mx mx -all"),
        "more than 10 lookups are needed (RFC 7208 section 4.6.4)"
    );
}

#[test]
fn limits_can_be_set() {
    let zone = zone("example.com", "@ TXT \"v=spf1 a:x.example.com a:y.example.com a:z.example.com -all\"");
    let zones = Zones::new([&zone]);
    let with = |limits| evaluate_with(&zones, &question("192.0.2.1"), limits).result;
    assert_eq!(with(Limits { void_lookups: 3, ..Limits::default() }), SpfResult::Fail);
    assert_eq!(with(Limits { void_lookups: 2, ..Limits::default() }), SpfResult::PermError);
    assert_eq!(with(Limits { void_lookups: 9, lookups: 2, ..Limits::default() }), SpfResult::PermError);
}

/// RFC 7208 section 4.6.4: the lookup of the macro `p` is one of the ten, once.
#[test]
fn the_pointer_macro_counts_once() {
    let lookups = |record| check(record, "198.51.100.9").lookups;
    assert_eq!(lookups("v=spf1 mx -all"), 1);
    assert_eq!(lookups("v=spf1 -exists:%{i}.x.example.com ~all"), 1);
    let zone = zone("2.0.192.in-addr.arpa", "25 PTR mail.example.com.");
    let own = crate::resolve::testing::zone(
        "example.com",
        "@ TXT \"v=spf1 exists:%{p}.a.example.com exists:%{p}.b.example.com -all\"\nmail A 192.0.2.25\nmail.example.com.b A 127.0.0.2",
    );
    let evaluation = evaluate(&Zones::new([&zone, &own]), &question("192.0.2.25"));
    assert_eq!((evaluation.result, evaluation.lookups), (SpfResult::Pass, 3));
}

/// The examples of RFC 7208 section 7.4, as names that exist.
#[test]
fn macro_examples_of_the_rfc() {
    for (text, ip, name) in [
        ("%{s}", "192.0.2.3", "strong-bad@email.example.com"),
        ("%{o}", "192.0.2.3", "email.example.com"),
        ("%{d}", "192.0.2.3", "email.example.com"),
        ("%{d4}", "192.0.2.3", "email.example.com"),
        ("%{d2}", "192.0.2.3", "example.com"),
        ("%{dr}", "192.0.2.3", "com.example.email"),
        ("%{d2r}", "192.0.2.3", "example.email"),
        ("%{l}.x", "192.0.2.3", "strong-bad.x"),
        ("%{l-}", "192.0.2.3", "strong.bad"),
        ("%{lr}.x", "192.0.2.3", "strong-bad.x"),
        ("%{lr-}", "192.0.2.3", "bad.strong"),
        ("%{l1r-}.x", "192.0.2.3", "strong.x"),
        ("%{ir}.%{v}._spf.%{d2}", "192.0.2.3", "3.2.0.192.in-addr._spf.example.com"),
        ("%{lr-}.lp._spf.%{d2}", "192.0.2.3", "bad.strong.lp._spf.example.com"),
        ("%{lr-}.lp.%{ir}.%{v}._spf.%{d2}", "192.0.2.3", "bad.strong.lp.3.2.0.192.in-addr._spf.example.com"),
        ("%{ir}.%{v}.%{l1r-}.lp._spf.%{d2}", "192.0.2.3", "3.2.0.192.in-addr.strong.lp._spf.example.com"),
        ("%{d2}.trusted-domains.example.net", "192.0.2.3", "example.com.trusted-domains.example.net"),
        (
            "%{ir}.%{v}._spf.%{d2}",
            "2001:db8::cb01",
            "1.0.b.c.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6._spf.example.com",
        ),
    ] {
        let mut recorded = Recorded::default();
        let at = |name: &str| Name::from_labels(name.split('.').map(str::as_bytes)).unwrap();
        let record = Rdata::text(RecordType::TXT, format!("v=spf1 exists:{text} -all").as_bytes());
        recorded.insert(
            Query { name: at("email.example.com"), rtype: RecordType::TXT },
            Answer::Found(vec![record]),
        );
        let a = Rdata::address("127.0.0.2".parse().unwrap());
        recorded.insert(Query { name: at(name), rtype: RecordType::A }, Answer::Found(vec![a]));
        let question = Question { mail_from: "strong-bad@email.example.com", ..question(ip) };
        let evaluation = evaluate(&recorded, &question);
        assert_eq!((evaluation.result, evaluation.unknown), (SpfResult::Pass, vec![]), "{text}");
    }
}
