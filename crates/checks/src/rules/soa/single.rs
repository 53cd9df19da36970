//! That there is one SOA, and that its negative answers do not outlive a change.

use crate::rules::soa::soa;
use crate::tally::Tally;
use crate::{Check, Finding, Outcome, State, Subject};
use dnsctl_zone::{Name, RecordType, Reference, StructureKind};

pub(super) const CHECKS: &[Check] = &[SINGLE, NEGATIVE];

check! { SINGLE = "soa.single", Critical, single;
    title: "the zone has not exactly one SOA record, at its apex",
    why: "The SOA record says where the zone starts and which version of it this is. With two, or one elsewhere, servers refuse the zone or its secondaries never follow.",
    fix: "Keep one SOA record, at the apex.",
    example: "example.com has 2 SOA records",
    see: [Reference::Rfc(1035, "5.2")],
    told_as: ["zone/soa-not-at-apex"],
}

fn single(subject: &Subject<'_>) -> Outcome {
    let mut tally = Tally::default();
    for fault in subject.structure().iter().filter(|fault| fault.kind == StructureKind::SoaNotAtApex) {
        if let Some(rrset) = subject.rrsets().get(fault.at) {
            tally.fail(Finding::at(rrset, fault.message.clone()));
        }
    }
    match subject.get(subject.apex(), RecordType::SOA) {
        Some(rrset) => {
            tally.saw();
            let count = rrset.values().len();
            if count > 1 {
                tally.fail(Finding::at(
                    rrset,
                    format!("{} has {count} SOA records", rrset.name.without_dot()),
                ));
            }
        }
        // Many providers keep it to themselves.
        None if subject.zone.state == State::Live => tally.unknown("the provider shows no SOA record"),
        None => {}
    }
    tally.outcome()
}

check! { NEGATIVE = "soa.negative-ttl", Warning, negative;
    title: "the answer \"there is no such name\" is remembered for long, while a name of mail is about to be added",
    why: "Who asked for the new name before it was there keeps the answer that it is not, for the lower of the SOA record's TTL and its minimum. A sender that looks for a new mail host or policy fails that long.",
    fix: "Lower the minimum field of the SOA record first and wait for the old time to pass, or add the name well before it is used.",
    example: "mail.example.com is new and used for mail; that it does not exist is remembered for up to 24 h",
    see: [Reference::Rfc(2308, "5")],
    evidence: [Files, Provider, Before],
}

/// A negative answer of up to an hour is what operators expect.
const LONG: u32 = 3600;

fn negative(subject: &Subject<'_>) -> Outcome {
    // Without a zone before, nothing is about to be added.
    let (Some(before), names) = (subject.before, mail_names(subject)) else { return Outcome::NotApplicable };
    let remembered = match before.get(&before.apex, RecordType::SOA) {
        Some(rrset) => rrset
            .values()
            .first()
            .and_then(|soa| soa.number("minimum"))
            .map(|minimum| minimum.min(rrset.ttl.seconds())),
        None => soa(subject).and_then(|(rrset, soa)| Some(soa.number("minimum")?.min(rrset.ttl.seconds()))),
    };
    let Some(remembered) = remembered else {
        return Outcome::Untested("the SOA record is not known".to_owned());
    };
    let mut tally = Tally::default();
    for name in names {
        tally.saw();
        if remembered > LONG && dnsctl_zone::place(before, &name) == dnsctl_zone::Place::Missing {
            let time = dnsctl_zone::Ttl::from_wire(remembered).spoken();
            let message = format!(
                "{} is new and used for mail; that it does not exist is remembered for up to {time}",
                name.without_dot()
            );
            tally.fail(Finding::about(&name, None, message));
        }
    }
    tally.outcome()
}

/// The names that senders and receivers look for: targets of MX records, and the names of policies and keys.
fn mail_names(subject: &Subject<'_>) -> Vec<Name> {
    const POLICIES: [&[u8]; 5] = [b"_dmarc", b"_domainkey", b"_mta-sts", b"mta-sts", b"_smtp"];
    let own = |name: &&Name| name.is_below(subject.apex()) && subject.zone.records().has_name(name);
    let targets = subject.pointers_of(RecordType::MX).map(|pointer| &pointer.target.name);
    let policies = subject.rrsets().iter().map(|rrset| &rrset.name);
    let policies = policies.filter(|name| name.labels().any(|label| POLICIES.contains(&&*label)));
    let mut names: Vec<Name> = targets.chain(policies).filter(own).cloned().collect();
    names.sort();
    names.dedup();
    names
}
