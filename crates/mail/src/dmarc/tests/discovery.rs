//! Which record is for a domain, which domains are of one organisation, and where reports may go.

use super::*;
use crate::dmarc::organisation::{Related, same_organisation};
use crate::resolve::{Answer, Resolver};
use dnsctl_zone::Name;
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// TXT records by name; every other name does not exist, and `unknown.` and what is below it was not asked.
struct Texts(BTreeMap<Name, Vec<&'static str>>);

impl Resolver for Texts {
    fn texts(&self, name: &Name) -> Answer<Vec<u8>> {
        match self.0.get(name) {
            Some(texts) => Answer::of(texts.iter().map(|text| text.as_bytes().to_vec()).collect()),
            None if name.to_string().ends_with(".unknown.") => Answer::Unknown,
            None => Answer::Missing,
        }
    }

    fn ipv4(&self, _: &Name) -> Answer<Ipv4Addr> {
        Answer::Unknown
    }

    fn ipv6(&self, _: &Name) -> Answer<Ipv6Addr> {
        Answer::Unknown
    }

    fn mail_exchangers(&self, _: &Name) -> Answer<(u16, Name)> {
        Answer::Unknown
    }

    fn pointers(&self, _: IpAddr) -> Answer<Name> {
        Answer::Unknown
    }
}

fn name(text: &str) -> Name {
    Name::absolute(text).unwrap()
}

fn texts(records: &[(&str, &'static str)]) -> Texts {
    let mut map: BTreeMap<Name, Vec<&'static str>> = BTreeMap::new();
    for (owner, text) in records {
        map.entry(name(owner)).or_default().push(text);
    }
    Texts(map)
}

fn asked(walk: &Walk) -> Vec<String> {
    walk.steps.iter().map(|step| step.domain.without_dot()).collect()
}

#[test]
fn at_most_eight_questions() {
    let walk = tree_walk(&texts(&[]), &name("a.b.c.d.e.f.g.h.i.j.mail.example.com"));
    assert_eq!(
        asked(&walk),
        [
            "a.b.c.d.e.f.g.h.i.j.mail.example.com",
            "g.h.i.j.mail.example.com",
            "h.i.j.mail.example.com",
            "i.j.mail.example.com",
            "j.mail.example.com",
            "mail.example.com",
            "example.com",
            "com"
        ]
    );
    assert_eq!(asked(&tree_walk(&texts(&[]), &name("b.c.d.e.f.g.mail.com"))).len(), 8);
    assert_eq!(asked(&tree_walk(&texts(&[]), &name("a.b.c.d.e.f.g.mail.com")))[1], "c.d.e.f.g.mail.com");
    assert_eq!(asked(&tree_walk(&texts(&[]), &Name::root())), Vec::<String>::new());
}

#[test]
fn the_highest_record_is_the_organisation() {
    let held = texts(&[
        ("_dmarc.mail.example.com", "v=DMARC1; p=none"),
        ("_dmarc.example.com", "v=DMARC1; p=reject; sp=quarantine; np=reject"),
    ]);
    let walk = tree_walk(&held, &name("a.mail.example.com"));
    assert_eq!(walk.organisational(), name("example.com"));
    let applied = walk.applied().unwrap();
    assert_eq!((applied.whose, applied.domain), (Whose::Organisation, &name("example.com")));
    assert_eq!((applied.policy(true), applied.policy(false)), (Policy::Quarantine, Policy::Reject));
    let own = tree_walk(&held, &name("mail.example.com"));
    assert_eq!(own.applied().unwrap().whose, Whose::Own);
    assert_eq!(own.applied().unwrap().policy(false), Policy::None);
    assert_eq!(own.organisational(), name("example.com"));
}

#[test]
fn public_suffixes() {
    let held = texts(&[
        ("_dmarc.com", "v=DMARC1; p=none; np=reject; psd=y"),
        ("_dmarc.split.example.com", "v=DMARC1; p=reject; psd=n"),
        ("_dmarc.example.com", "v=DMARC1; p=none"),
    ]);
    assert_eq!(tree_walk(&held, &name("a.b.other.com")).organisational(), name("other.com"));
    let suffix = tree_walk(&held, &name("a.b.other.com"));
    assert_eq!(suffix.applied().unwrap().whose, Whose::PublicSuffix);
    assert_eq!(suffix.applied().unwrap().policy(false), Policy::Reject);
    let split = tree_walk(&held, &name("x.split.example.com"));
    assert_eq!(split.organisational(), name("split.example.com"));
    assert_eq!(split.steps.len(), 2);
    assert_eq!(tree_walk(&held, &name("x.example.com")).organisational(), name("example.com"));
    // The walk of a public suffix ends with its own record (step 2), which is then the highest.
    let start =
        texts(&[("_dmarc.gov.example", "v=DMARC1; p=reject; psd=y"), ("_dmarc.example", "v=DMARC1; p=none")]);
    let own = tree_walk(&start, &name("gov.example"));
    assert_eq!((asked(&own), own.organisational()), (vec!["gov.example".to_owned()], name("gov.example")));
    // A public suffix asked itself is its own organisation.
    assert_eq!(tree_walk(&held, &name("com")).organisational(), name("com"));
}

#[test]
fn several_records_are_none() {
    let held = texts(&[
        ("_dmarc.a.example.com", "v=DMARC1; p=reject"),
        ("_dmarc.a.example.com", "v=DMARC1; p=none"),
        ("_dmarc.example.com", "v=DMARC1; p=quarantine"),
        ("_dmarc.example.com", "something else"),
    ]);
    let walk = tree_walk(&held, &name("a.example.com"));
    assert_eq!(walk.steps[0].found, Found::Several(2));
    assert_eq!(walk.applied().unwrap().policy(true), Policy::Quarantine);
    assert_eq!(tree_walk(&texts(&[]), &name("a.example.com")).applied(), None);
}

#[test]
fn what_nobody_knows_is_told() {
    let held = texts(&[("_dmarc.example.unknown", "v=DMARC1; p=none")]);
    let walk = tree_walk(&held, &name("a.example.unknown"));
    assert_eq!(walk.unknown().collect::<Vec<_>>(), [&name("a.example.unknown"), &name("unknown")]);
}

#[test]
fn organisations() {
    let held = texts(&[
        ("_dmarc.example.com", "v=DMARC1; p=none"),
        ("_dmarc.own.example.com", "v=DMARC1; p=none; psd=n"),
        ("_dmarc.held.unknown", "v=DMARC1; p=none"),
    ]);
    let judge = |one: &str, other: &str| {
        same_organisation(&tree_walk(&held, &name(one)), &tree_walk(&held, &name(other)))
    };
    assert_eq!(judge("example.com", "mail.example.com"), Related::Yes);
    assert_eq!(judge("example.com", "example.com"), Related::Yes);
    assert_eq!(judge("example.com", "own.example.com"), Related::No);
    assert_eq!(judge("example.com", "example.net"), Related::No);
    // What is unknown below decides; what is unknown above both does not.
    assert_eq!(judge("held.unknown", "x.held.unknown"), Related::Unknown(vec![name("x.held.unknown")]));
    assert_eq!(
        judge("held.unknown", "other.unknown"),
        Related::Unknown(vec![name("unknown"), name("other.unknown")])
    );
}

#[test]
fn reports_to_others_need_their_consent() {
    let held = texts(&[
        ("_dmarc.example.com", "v=DMARC1; p=none"),
        ("example.com._report._dmarc.reports.example.net", "v=DMARC1;"),
        ("example.com._report._dmarc.wrong.example", "v=dmarc1"),
    ]);
    let judge = |host: &str| authorisation(&held, &name("example.com"), &name(host));
    assert_eq!(judge("example.com"), Authorisation::NotNeeded);
    assert_eq!(judge("mail.example.com"), Authorisation::NotNeeded);
    let at = |host: &str| name(&format!("example.com._report._dmarc.{host}"));
    assert_eq!(judge("reports.example.net"), Authorisation::Given(at("reports.example.net")));
    assert_eq!(judge("wrong.example"), Authorisation::Missing(at("wrong.example")));
    assert_eq!(judge("other.example"), Authorisation::Missing(at("other.example")));
    assert_eq!(judge("host.unknown"), Authorisation::Unknown(at("host.unknown")));
    let long = name(&"a23456789.".repeat(24));
    assert_eq!(authorisation(&held, &long, &name("a.example")), Authorisation::TooLong);
    assert!(authorises(&["v=DMARC1"]) && !authorises::<&str>(&[]));
}
