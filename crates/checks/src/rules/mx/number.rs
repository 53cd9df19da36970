//! How many MX records there are.

use crate::rules::mx::is_null;
use crate::tally::{Tally, each};
use crate::{Check, Finding, Outcome, Subject};
use dnsctl_zone::{Name, RRset, RecordType, Reference};
use std::collections::BTreeSet;

pub(super) const CHECKS: &[Check] = &[DUPLICATE, SINGLE, COUNT];

fn hosts(rrset: &RRset) -> Vec<Name> {
    rrset.values().iter().filter_map(dnsctl_zone::Rdata::target).filter(|target| !target.is_root()).collect()
}

check! { DUPLICATE = "mx.duplicate-host", Note, duplicate;
    title: "a host stands in two MX records of a domain",
    why: "Senders try it again at once when it did not answer. The second record is left over, or was to name another host.",
    fix: "Keep one of them, or correct the other.",
    example: "mail.example.com stands in 2 MX records of example.com",
    see: [Reference::Rfc(5321, "5.1")],
}

fn duplicate(subject: &Subject<'_>) -> Outcome {
    let mut tally = Tally::default();
    for rrset in subject.of(RecordType::MX) {
        tally.saw();
        let mut hosts = hosts(rrset);
        hosts.sort();
        for same in hosts.chunk_by(|a, b| a == b).filter(|same| same.len() > 1) {
            let host = same.first().map(Name::without_dot).unwrap_or_default();
            let message =
                format!("{host} stands in {} MX records of {}", same.len(), rrset.name.without_dot());
            tally.fail(Finding::at(rrset, message));
        }
    }
    tally.outcome()
}

check! { SINGLE = "mx.single", Note, single;
    title: "a single machine receives the mail of a domain",
    why: "While it is down, mail waits at the senders. They try for days, so nothing is lost by a short outage; a long one is felt.",
    fix: "Add a second mail host that knows the domain and its users, or accept it.",
    example: "one machine receives all mail of example.com: 192.0.2.25",
    see: [Reference::Rfc(5321, "5.1")],
}

fn single(subject: &Subject<'_>) -> Outcome {
    let mut tally = Tally::default();
    for rrset in subject.of(RecordType::MX).filter(|rrset| !is_null(rrset)) {
        tally.saw();
        let mut addresses: BTreeSet<std::net::IpAddr> = BTreeSet::new();
        let mut known = true;
        for mx in subject.pointers_in(rrset) {
            if let Some(why) = mx.target.unknown() {
                // Hosters have many machines behind one name.
                tally.unknown(why);
                known = false;
            }
            // A host that is not there has a rule of its own.
            known &= !mx.target.has_none();
            addresses.extend(mx.target.addresses());
        }
        let four = addresses.iter().filter(|address| address.is_ipv4()).count();
        // One of each family is one machine, for all that is known.
        if known && four <= 1 && addresses.len() - four <= 1 && !addresses.is_empty() {
            let all = addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and ");
            let message = format!("one machine receives all mail of {}: {all}", rrset.name.without_dot());
            tally.fail(Finding::at(rrset, message));
        }
    }
    tally.outcome()
}

check! { COUNT = "mx.count", Error, count;
    title: "a domain has more than ten MX records",
    why: "A receiver that checks SPF with \"mx\" must give up with a permanent error above ten hosts; senders try no more than a few.",
    fix: "Keep the few hosts that are needed; several addresses can stand at one name.",
    example: "example.com has 11 MX records; SPF allows for ten",
    see: [Reference::Rfc(7208, "4.6.4"), Reference::Rfc(5321, "5.1")],
}

fn count(subject: &Subject<'_>) -> Outcome {
    each(subject.of(RecordType::MX), |rrset| {
        let count = hosts(rrset).len();
        let message = format!("{} has {count} MX records; SPF allows for ten", rrset.name.without_dot());
        (count > 10).then(|| Finding::at(rrset, message))
    })
}
