//! TTLs, and records that stand twice.

use crate::tally::Tally;
use crate::{Check, Finding, Outcome, State, Subject};
use dnsctl_zone::{Name, RecordType, Reference, Ttl, master};
use std::collections::BTreeMap;

pub(super) const CHECKS: &[Check] = &[TTL, DUPLICATE, LONG];

/// The records as they were read, by name and type. Without them: files of ours hold RRsets by their form.
fn written<'a>(subject: &Subject<'a>) -> Result<Vec<Vec<&'a master::Record>>, Outcome> {
    let Some(records) = subject.zone.written else {
        return Err(match subject.zone.state {
            State::Desired => Outcome::Pass,
            State::Live => {
                Outcome::Untested("the provider gives whole RRsets, not their single records".to_owned())
            }
        });
    };
    let mut sets: BTreeMap<(&Name, RecordType), Vec<&master::Record>> = BTreeMap::new();
    for record in records {
        sets.entry((&record.name, record.rtype())).or_default().push(record);
    }
    Ok(sets.into_values().collect())
}

check! { TTL = "zone.rrset-ttl", Warning, ttl;
    title: "the TTLs of the records of one name and type differ",
    why: "They are one RRset and live and die together. Servers take one of the TTLs, others treat the answer as broken.",
    fix: "Give all of them the same TTL.",
    example: "the TTLs of www.example.com A differ: 300 and 3600",
    see: [Reference::Rfc(2181, "5.2")],
}

fn ttl(subject: &Subject<'_>) -> Outcome {
    let sets = match written(subject) {
        Ok(sets) => sets,
        Err(outcome) => return outcome,
    };
    crate::tally::each(sets, |records| {
        let first = records.first()?;
        let ttls = records.iter().map(|record| record.ttl);
        let (low, high) = (ttls.clone().min()?, ttls.max()?);
        let (name, rtype) = (first.name.without_dot(), first.rtype());
        let message = format!("the TTLs of {name} {rtype} differ: {} and {}", low.seconds(), high.seconds());
        (low != high)
            .then(|| Finding::about(&first.name, Some(rtype), message).from(Some(first.source.clone())))
    })
}

check! { DUPLICATE = "zone.duplicate-rr", Note, duplicate;
    title: "a record stands twice",
    why: "Servers keep it once. It is left over, or one of the two was to say something else.",
    fix: "Remove one of them, or correct it.",
    example: "www.example.com A 192.0.2.1 stands twice",
    see: [Reference::Rfc(2181, "5")],
}

fn duplicate(subject: &Subject<'_>) -> Outcome {
    let sets = match written(subject) {
        Ok(sets) => sets,
        Err(outcome) => return outcome,
    };
    let mut tally = Tally::default();
    for mut records in sets {
        tally.saw();
        records.sort_by(|a, b| a.rdata.cmp(&b.rdata));
        for twin in records.chunk_by(|a, b| a.rdata == b.rdata).filter(|same| same.len() > 1) {
            if let Some(last) = twin.last() {
                let (name, rtype) = (last.name.without_dot(), last.rtype());
                let message = format!("{name} {rtype} {} stands twice", last.rdata);
                tally.fail(Finding::about(&last.name, Some(rtype), message).from(Some(last.source.clone())));
            }
        }
    }
    tally.outcome()
}

check! { LONG = "zone.ttl-long", Warning, long;
    title: "a record of a mail host that will move lives longer than an hour",
    why: "After the move, senders go to the old address until the old record is forgotten. With a short TTL that is soon, and a way back is as short.",
    fix: "Lower the TTL to 5 minutes in a change of its own, and wait for the old TTL to pass before the move.",
    example: "mail.example.com will move, but its A records live for 24 h",
    see: [Reference::Rfc(1035, "3.2.1"), Reference::Rfc(5321, "5.1")],
    evidence: [Files, Provider, Mail],
}

fn long(subject: &Subject<'_>) -> Outcome {
    const HOUR: u32 = 3600;
    let mut tally = Tally::default();
    for host in subject.facts.hosts.iter().filter(|host| !host.planned.is_empty()) {
        for rtype in [RecordType::A, RecordType::AAAA] {
            let Some(rrset) = subject.get(&host.name, rtype) else { continue };
            tally.saw();
            if rrset.ttl.seconds() > HOUR {
                let message = format!(
                    "{} will move, but its {rtype} records live for {}",
                    host.name.without_dot(),
                    Ttl::spoken(rrset.ttl)
                );
                tally.fail(Finding::at(rrset, message));
            }
        }
    }
    tally.outcome()
}
