//! TTLs, and records that stand twice.

use crate::tally::Tally;
use crate::{Check, Finding, Outcome, State, Subject};
use dnsctl_zone::{Folded, FoldedWhat, RecordType, Reference, Ttl};

pub(super) const CHECKS: &[Check] = &[TTL, DUPLICATE, LONG];

/// What the files say of RRsets that these do not hold: one finding for each that `tell` has words for.
fn folded(subject: &Subject<'_>, tell: impl Fn(&Folded) -> Option<String>) -> Outcome {
    let Some(folded) = subject.zone.written else {
        return match subject.zone.state {
            State::Desired => Outcome::Untested("how the records are written is not known".to_owned()),
            State::Live => Outcome::NotApplicable,
        };
    };
    let mut tally = Tally::default();
    if !subject.rrsets().is_empty() {
        tally.saw();
    }
    for one in folded {
        if let Some(message) = tell(one) {
            let place = Some(one.source.clone());
            tally.fail(Finding::about(&one.name, Some(one.rtype), message).from(place));
        }
    }
    tally.outcome()
}

check! { TTL = "zone.rrset-ttl", Warning, ttl;
    title: "the TTLs of the records of one name and type differ",
    why: "They are one RRset and live and die together. Servers take one of the TTLs, others treat the answer as broken. Only master files can say it; dnsctl takes the lowest.",
    fix: "Give all of them the same TTL.",
    example: "the TTLs of www.example.com A differ: 300 and 3600",
    see: [Reference::Rfc(2181, "5.2")],
    told_as: ["record/ttls-differ"],
    evidence: [Files],
}

fn ttl(subject: &Subject<'_>) -> Outcome {
    folded(subject, |one| {
        let FoldedWhat::Ttls { lowest, highest } = one.what else { return None };
        let (name, rtype) = (one.name.without_dot(), one.rtype);
        Some(format!("the TTLs of {name} {rtype} differ: {} and {}", lowest.seconds(), highest.seconds()))
    })
}

check! { DUPLICATE = "zone.duplicate-rr", Note, duplicate;
    title: "a record stands twice",
    why: "Servers keep it once. It is left over, or one of the two was to say something else.",
    fix: "Remove one of them, or correct it.",
    example: "www.example.com A 192.0.2.1 stands twice",
    see: [Reference::Rfc(2181, "5")],
    told_as: ["record/value-twice"],
    evidence: [Files],
}

fn duplicate(subject: &Subject<'_>) -> Outcome {
    folded(subject, |one| {
        let FoldedWhat::Twice(value) = &one.what else { return None };
        Some(format!("{} {} {value} stands twice", one.name.without_dot(), one.rtype))
    })
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
