//! No zone is passed over in which a change elsewhere does something.

use crate::effect::judge::judge_those;
use crate::effect::{Input, reach};
use crate::testing::{self, desired, planned, zone_of};
use crate::{Severity, ZonePlan};
use dnsctl_checks::{Facts, Host, Sender, SenderKind};
use dnsctl_mail::intent::Include;
use dnsctl_zone::{Desired, Live, Name, RRset, Rdata, RecordType, Zone};
use std::collections::BTreeSet;

/// Zones that lead into each other in all the ways that rules follow.
const WORLD: &[(&str, &str)] = &[
    (
        "a.example",
        "@ MX 10 mail.sub.b.example.
         @ MX 20 hub.b.example.
         y MX 10 deep.down.sub.b.example.
         @ TXT \"v=spf1 mx a:out.b.example include:_spf.b.example exists:%{i}.list.b.example -all\"
         @ CAA 0 issue \"ca.example\"
         _dmarc TXT \"v=DMARC1; p=reject; rua=mailto:d@reports.test\"
         s1._domainkey CNAME s1.keys.b.example.
         _mta-sts CNAME _mta-sts.b.example.
         www CNAME www.b.example.
         old DNAME old.b.example.
         x MX 10 mail.old.a.example.
         _imaps._tcp SRV 0 1 993 imap.b.example.",
    ),
    (
        "b.example",
        "@ MX 10 mail
         @ TXT \"v=spf1 mx -all\"
         _dmarc TXT \"v=DMARC1; p=reject\"
         *.sub A 192.0.2.10
         mail A 192.0.2.11
         hub CNAME mail
         out A 192.0.2.12
         www A 192.0.2.13
         imap A 192.0.2.14
         mail.old A 192.0.2.15
         _spf TXT \"v=spf1 include:_spf.c.example ip4:192.0.2.0/28 -all\"
         s1.keys TXT \"v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\"
         _mta-sts TXT \"v=STSv1; id=1\"
         _25._tcp.mail TLSA 3 1 1 0123456789012345678901234567890123456789012345678901234567890123",
    ),
    ("c.example", "_spf TXT \"v=spf1 a:far ip4:198.51.100.0/24 -all\"\nfar A 198.51.100.7"),
    ("reports.test", "a.example._report._dmarc TXT \"v=DMARC1\"\n_dmarc TXT \"v=DMARC1; p=reject\""),
    (
        "p.example",
        "@ CAA 0 issue \"other.example\"
         _dmarc TXT \"v=DMARC1; p=reject; sp=reject\"
         child NS ns1.c.example.
         child DS 1 13 2 0123456789012345678901234567890123456789012345678901234567890123
         gone.child A 192.0.2.1",
    ),
    (
        "child.p.example",
        "@ MX 10 mail.b.example.\n@ TXT \"v=spf1 redirect=_spf.b.example\"\nwww A 192.0.2.44",
    ),
    ("2.0.192.in-addr.arpa", "11 PTR mail.b.example.\n12 PTR out.b.example.\n10 PTR mail.sub.b.example."),
];

fn name(text: &str) -> Name {
    Name::absolute(text).unwrap()
}

fn zone(apex: &Name, text: &str) -> Zone {
    let start =
        "@ SOA ns1.c.example. hostmaster 1 14400 3600 1209600 3600\n@ NS ns1.c.example.\n@ NS ns2.c.example.";
    zone_of(&apex.without_dot(), &format!("{start}\n{text}"))
}

fn facts(zone: &str) -> Facts {
    let sender = |who| Sender { who, helo: None, source: None };
    if zone != "a.example" {
        return Facts::default();
    }
    let retired = Host {
        name: name("out.b.example"),
        addresses: vec![],
        planned: vec![],
        retired: vec!["192.0.2.13".parse().unwrap()],
        source: None,
    };
    Facts {
        senders: vec![
            sender(SenderKind::Host(name("out.b.example"))),
            sender(SenderKind::Exchangers(None)),
            sender(SenderKind::Include(Include::Name(name("_spf.c.example")))),
        ],
        hosts: vec![retired],
        ..Facts::default()
    }
}

struct World {
    lives: Vec<Live>,
    facts: Vec<Facts>,
    desired: Vec<Desired>,
}

impl World {
    fn new() -> Self {
        let mut world = Self { lives: vec![], facts: vec![], desired: vec![] };
        for (apex, text) in WORLD {
            let zone = zone(&name(apex), text);
            world.desired.push(desired(&zone));
            world.lives.push(Live::new(zone));
            world.facts.push(facts(apex));
        }
        world
    }

    /// The plans when one zone becomes this, with what every zone of them finds new or no more; and which zones are asked.
    fn judge(&self, index: usize, rrsets: &[RRset]) -> (Vec<ZonePlan>, Vec<usize>) {
        let mut desired = self.desired.clone();
        desired[index] = testing::desired(&Zone::new(desired[index].apex.clone(), rrsets.to_vec()));
        let mut plans: Vec<ZonePlan> =
            self.lives.iter().zip(&desired).map(|(live, desired)| planned(Some(live), desired)).collect();
        let both = self.lives.iter().zip(&desired).zip(&self.facts);
        let inputs: Vec<Input<'_>> =
            both.map(|((live, desired), facts)| Input { desired, live: Some(live), facts }).collect();
        let mut wanted = Vec::new();
        judge_those(&mut plans, &inputs, "2026-11-23", |cases| {
            wanted = reach::of(cases);
            (0..cases.len()).collect()
        });
        (plans, wanted)
    }
}

/// The same zone with one RRset put into it.
fn with(rrsets: &[RRset], line: &str) -> Option<Vec<RRset>> {
    let apex = &rrsets[0].name;
    let added = zone(apex, line)
        .into_rrsets()
        .into_iter()
        .find(|rrset| rrset.rtype != RecordType::SOA && !rrsets.iter().any(|old| old.key() == rrset.key()))?;
    Some(Zone::new(apex.clone(), rrsets.iter().cloned().chain([added]).collect()).into_rrsets())
}

/// The names of a zone, those that others point at, and those above them.
fn names(world: &World, apex: &Name) -> BTreeSet<Name> {
    let all = world.lives.iter().flat_map(|live| live.zone.rrsets());
    let targets = all.clone().flat_map(|rrset| rrset.values().iter().filter_map(Rdata::target));
    let names = targets.chain(all.map(|rrset| rrset.name.clone()));
    let names = names.flat_map(|name| reach::at_and_above(&name).collect::<Vec<_>>());
    names.filter(|name| name.is_at_or_below(apex) && !name.is_wildcard()).collect()
}

/// What may come at, above or below a name.
const ADDED: [&str; 7] = [
    "q.{} A 192.0.2.99",
    "{} A 192.0.2.99",
    "{} NS ns1.far.test.",
    "{} CAA 0 issue \"ca2.example\"",
    "*.{} TXT hello",
    "{} DNAME far.test.",
    "_25._tcp.{} TLSA 3 1 1 9993456789012345678901234567890123456789012345678901234567890123",
];

/// Every RRset goes, once; at, above and below every name comes something.
#[test]
fn nothing_comes_or_goes_in_a_zone_that_is_not_asked() {
    let world = World::new();
    let (mut tried, mut shifts) = (0, 0);
    for (index, live) in world.lives.iter().enumerate() {
        let all = live.zone.rrsets();
        let without = (0..all.len()).map(|place| {
            let mut left = all.to_vec();
            let gone = left.remove(place);
            (format!("without {} {}", gone.name, gone.rtype), left)
        });
        let lines = names(&world, &live.zone.apex)
            .into_iter()
            .flat_map(|name| ADDED.map(|line| line.replace("{}", &name.to_string())));
        let with = lines.filter_map(|line| Some((format!("with {line}"), with(all, &line)?)));
        for (words, rrsets) in without.chain(with) {
            let (plans, wanted) = world.judge(index, &rrsets);
            tried += 1;
            for (at, plan) in plans.iter().enumerate() {
                let effect = plan.effect.as_ref().unwrap();
                let something = !effect.broken.is_empty() || !effect.fixed.is_empty();
                shifts += usize::from(something && at != index);
                let rules: Vec<_> =
                    effect.broken.iter().chain(&effect.fixed).map(|shift| shift.rule).collect();
                assert!(
                    !something || wanted.contains(&at),
                    "{} {words}: nobody asks {}, {rules:?}",
                    world.desired[index].apex,
                    plan.zone
                );
            }
        }
    }
    println!("{tried} changes; {shifts} times something comes or goes in another zone");
    assert!(tried > 200 && shifts > 40, "{tried} {shifts}");
}

/// A change at another name that hides a wildcard, and the consent to reports.
#[test]
fn changes_that_lead_nowhere_else_are_not_followed() {
    let world = World::new();
    let b = world.lives[1].zone.rrsets();
    let (_, wanted) = world.judge(1, &with(b, "other A 192.0.2.77").unwrap());
    assert_eq!(wanted, [1]);
    let (plans, wanted) = world.judge(1, &with(b, "x.mail.sub A 192.0.2.77").unwrap());
    assert!(wanted.contains(&0), "{wanted:?}");
    let found = plans[0].findings.iter().find(|finding| finding.rule == "mx.target-address").unwrap();
    assert_eq!(found.severity, Severity::Blocker);
    let reports = world.lives[3].zone.rrsets();
    let left: Vec<RRset> = reports.iter().filter(|rrset| rrset.name.label_count() < 5).cloned().collect();
    let (plans, wanted) = world.judge(3, &left);
    assert!(wanted.contains(&0), "{wanted:?}");
    assert!(
        plans[0].findings.iter().any(|finding| finding.rule == "dmarc.external"),
        "{:?}",
        plans[0].findings
    );
}
