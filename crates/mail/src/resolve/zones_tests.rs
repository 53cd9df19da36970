//! Held zones answer as their name servers would.

use super::*;
use crate::resolve::testing::zone;
use dnsctl_zone::{Records, Zone};

fn name(text: &str) -> Name {
    Name::absolute(text).unwrap()
}

fn address(zones: &Zones<'_>, text: &str) -> Answer<Ipv4Addr> {
    zones.ipv4(&name(text))
}

fn found(last: u8) -> Answer<Ipv4Addr> {
    Answer::Found(vec![Ipv4Addr::new(192, 0, 2, last)])
}

#[test]
fn names_types_and_nothing() {
    let zone =
        zone("example.com", "@ A 192.0.2.1\n@ MX 10 mail\n@ TXT \"v=spf1 \" \"-all\"\na.b A 192.0.2.2");
    let zones = Zones::new([&zone]);
    assert_eq!(address(&zones, "example.com"), found(1));
    assert_eq!(
        zones.mail_exchangers(&name("example.com")),
        Answer::Found(vec![(10, name("mail.example.com"))])
    );
    assert_eq!(zones.texts(&name("example.com")), Answer::Found(vec![b"v=spf1 -all".to_vec()]));
    assert_eq!(zones.ipv6(&name("example.com")), Answer::Empty);
    assert_eq!(address(&zones, "b.example.com"), Answer::Empty, "an empty non-terminal exists");
    assert_eq!(address(&zones, "c.example.com"), Answer::Missing);
    assert_eq!(address(&zones, "example.net"), Answer::Unknown);
}

/// The zone of RFC 4592 section 2.2.1, and what it says there that is and is not synthesised.
#[test]
fn wildcards_of_rfc_4592() {
    let zone = zone(
        "example",
        r#"@ SOA ns root 1 2 3 4 5
           @ NS ns.example.com.
           * TXT "this is a wildcard"
           * MX 10 host1.example.
           sub.* TXT "this is not a wildcard"
           host1 A 192.0.2.1
           _ssh._tcp.host1 SRV 0 0 22 host1
           subdel NS ns.example.com."#,
    );
    let zones = Zones::new([&zone]);
    let mail = Answer::Found(vec![(10, name("host1.example"))]);
    assert_eq!(zones.mail_exchangers(&name("host3.example")), mail);
    assert_eq!(address(&zones, "host3.example"), Answer::Empty);
    assert_eq!(zones.texts(&name("foo.bar.example")), Answer::Found(vec![b"this is a wildcard".to_vec()]));
    assert_eq!(zones.mail_exchangers(&name("host1.example")), Answer::Empty, "host1.example exists");
    assert_eq!(zones.mail_exchangers(&name("sub.*.example")), Answer::Empty, "it exists");
    assert_eq!(zones.mail_exchangers(&name("_telnet._tcp.host1.example")), Answer::Missing);
    assert_eq!(zones.mail_exchangers(&name("host.subdel.example")), Answer::Unknown, "delegated");
    assert_eq!(
        zones.mail_exchangers(&name("ghost.*.example")),
        Answer::Missing,
        "no wildcard below *.example"
    );
}

#[test]
fn aliases_end() {
    let zone = zone(
        "example.com",
        "a CNAME b\nb CNAME c\nc A 192.0.2.3\nloop CNAME loop2\nloop2 CNAME loop\nout CNAME host.example.net.\n\
         gone CNAME nothing\n*.wild CNAME c\n@ ALIAS c\nold DNAME new\nx.new A 192.0.2.4",
    );
    let other = crate::resolve::testing::zone("example.org", "www CNAME a.example.com.");
    let zones = Zones::new([&zone, &other]);
    assert_eq!(address(&zones, "a.example.com"), found(3));
    assert_eq!(address(&zones, "www.example.org"), found(3), "from zone to zone");
    assert!(matches!(address(&zones, "loop.example.com"), Answer::Failed(_)));
    assert_eq!(address(&zones, "out.example.com"), Answer::Unknown);
    assert_eq!(address(&zones, "gone.example.com"), Answer::Missing);
    assert_eq!(address(&zones, "any.wild.example.com"), found(3));
    assert_eq!(address(&zones, "example.com"), found(3), "an alias that the provider follows");
    assert_eq!(zones.texts(&name("example.com")), Answer::Empty);
    assert_eq!(address(&zones, "x.old.example.com"), found(4));
    assert_eq!(address(&zones, "old.example.com"), Answer::Empty, "a DNAME is not for its owner");
}

#[test]
fn a_held_child_zone_answers_for_itself() {
    let parent = zone("example.com", "sub NS ns.sub\nns.sub A 192.0.2.53");
    let child = zone("sub.example.com", "@ NS ns\nns A 192.0.2.54\nhost A 192.0.2.5");
    let alone = Zones::new([&parent]);
    assert_eq!(address(&alone, "ns.sub.example.com"), Answer::Unknown, "glue is no answer");
    assert_eq!(address(&alone, "sub.example.com"), Answer::Unknown);
    let both = Zones::new([&parent, &child]);
    assert_eq!(address(&both, "ns.sub.example.com"), found(54));
    assert_eq!(address(&both, "host.sub.example.com"), found(5));
    assert_eq!(address(&both, "none.sub.example.com"), Answer::Missing);
}

#[test]
fn pointers_come_from_held_reverse_zones() {
    let zone = zone("2.0.192.in-addr.arpa", "25 PTR mail.example.com.");
    let zones = Zones::new([&zone]);
    let ask = |text: &str| zones.pointers(text.parse().unwrap());
    assert_eq!(ask("192.0.2.25"), Answer::Found(vec![name("mail.example.com")]));
    assert_eq!(ask("192.0.2.26"), Answer::Missing);
    assert_eq!(ask("198.51.100.1"), Answer::Unknown);
}

#[test]
fn what_a_provider_computes_is_unknown() {
    let zone = zone("example.com", "www LUA TXT \"return 1\"\naws ROUTE53_ALIAS A Z1 lb.example.net. false");
    let zones = Zones::new([&zone]);
    assert_eq!(zones.texts(&name("www.example.com")), Answer::Unknown);
    assert_eq!(address(&zones, "www.example.com"), Answer::Empty);
    assert_eq!(address(&zones, "aws.example.com"), Answer::Unknown);
    assert_eq!(zones.ipv6(&name("aws.example.com")), Answer::Empty);
}

/// A zone of which not all is known.
#[derive(Debug)]
struct Partial(Zone, &'static str);

impl Records for Partial {
    fn apex(&self) -> &Name {
        &self.0.apex
    }

    fn has(&self, name: &Name, rtype: RecordType) -> bool {
        self.0.has(name, rtype)
    }

    fn exists(&self, name: &Name) -> bool {
        self.0.exists(name)
    }
}

impl Held for Partial {
    fn records(&self) -> &Zone {
        &self.0
    }

    fn may_have(&self, name: &Name, _: RecordType) -> Option<String> {
        let own = name.labels().next().is_some_and(|label| *label == *self.1.as_bytes());
        own.then(|| format!("{name} is ignored"))
    }
}

#[test]
fn what_is_missing_in_a_gap_is_unknown() {
    let partial = Partial(zone("example.net", "www A 192.0.2.1\nmail TXT \"x\"\n*.w A 192.0.2.2"), "mail");
    let zones = Zones::new([&partial]);
    assert_eq!(address(&zones, "www.example.net"), found(1));
    assert_eq!(address(&zones, "none.example.net"), Answer::Missing);
    assert_eq!(address(&zones, "mail.example.net"), Answer::Unknown, "the name exists");
    assert_eq!(zones.texts(&name("mail.example.net")), Answer::Found(vec![b"x".to_vec()]));
    assert_eq!(address(&zones, "mail.none.example.net"), Answer::Unknown, "the name does not exist");
    assert_eq!(zones.texts(&name("mail.w.example.net")), Answer::Unknown, "a wildcard stands for it");
    let alias = zone("example.com", "mail CNAME mail.example.net.\nold CNAME none.example.net.");
    let zones = zones.over(&alias);
    assert_eq!(address(&zones, "mail.example.com"), Answer::Unknown, "from zone to zone");
    assert_eq!(address(&zones, "old.example.com"), Answer::Missing);
}

#[test]
fn a_zone_is_asked_when_the_one_above_delegates_to_it() {
    let parent = zone("example.com", "mail.sub A 192.0.2.1\nfar NS ns1.example.net.");
    let child = zone("sub.example.com", "mail A 192.0.2.2\nwww A 192.0.2.3");
    let far = zone("below.far.example.com", "www A 192.0.2.4");
    let held = [parent, child, far];
    let zones = Zones::new(&held);
    assert_eq!(address(&zones, "mail.sub.example.com"), found(1), "the parent answers");
    assert_eq!(address(&zones, "www.sub.example.com"), Answer::Unknown, "both may be on one server");
    assert_eq!(address(&zones, "mail.other.example.com"), Answer::Missing);
    assert_eq!(address(&zones, "www.below.far.example.com"), found(4), "by a zone that is not held");
    let zones = zones.over(&held[1]);
    assert_eq!(address(&zones, "mail.sub.example.com"), found(2), "the zone that is looked at");
    let delegating = zone("example.com", "mail.sub A 192.0.2.1\nsub NS ns1.example.net.");
    assert_eq!(address(&Zones::new(&held).over(&delegating), "mail.sub.example.com"), found(2));
    let parent = Partial(zone("example.com", "mail.sub A 192.0.2.1"), "sub");
    assert_eq!(address(&Zones::new(&held).over(&parent), "mail.sub.example.com"), found(2), "it may");
}
