//! Aliases, and what stands where nobody looks.

use crate::tally::Tally;
use crate::{Check, Finding, Found, Outcome, Severity, Subject, hostname};
use dnsctl_mail::resolve::MOST_ALIASES;
use dnsctl_zone::{RecordType, Reference, StructureKind};

pub(super) const CHECKS: &[Check] = &[BESIDE, MULTIPLE, LOOP, DANGLING, OCCLUDED];

/// The faults of the zone's structure that are of these kinds.
pub(super) fn structure(subject: &Subject<'_>, kinds: &[StructureKind]) -> Tally {
    let mut tally = Tally::default();
    for fault in subject.structure().iter().filter(|fault| kinds.contains(&fault.kind)) {
        let Some(rrset) = subject.rrsets().get(fault.at) else { continue };
        let finding = Finding::at(rrset, fault.message.clone());
        match fault.kind {
            // That it is at the apex says it already.
            StructureKind::CnameBesideData if rrset.name == *subject.apex() => {}
            StructureKind::NoGlue => tally.fail(finding.weighs(Severity::Warning)),
            _ => tally.fail(finding),
        }
    }
    tally
}

check! { BESIDE = "zone.cname-and-data", Critical, beside;
    title: "a CNAME stands beside other records, or at the apex",
    why: "An alias says that the name has nothing of its own. Servers refuse the zone, drop one of the records in silence, or answer with one of them today and the other tomorrow; at the apex that hides MX, SPF and the name servers.",
    fix: "Keep either the CNAME or the other records. At the apex write addresses, or ALIAS where the provider knows it.",
    example: "www.example.com. has a CNAME and A: a CNAME stands alone (RFC 1034 section 3.6.2)",
    see: [Reference::Rfc(1034, "3.6.2"), Reference::Rfc(2181, "10.1")],
    told_as: ["zone/cname-beside-data", "zone/cname-at-apex", "zone/alias-beside-address"],
}

fn beside(subject: &Subject<'_>) -> Outcome {
    let kinds =
        [StructureKind::CnameBesideData, StructureKind::CnameAtApex, StructureKind::AliasBesideAddress];
    let mut tally = structure(subject, &kinds);
    let cnames = subject.of(RecordType::CNAME).chain(subject.of(RecordType::ALIAS));
    for cname in cnames {
        tally.saw();
        let mut beside = subject.zone.kept_at(&cname.name).filter(|kept| kept.rtype != RecordType::CNAME);
        if let Some(kept) = beside.next().filter(|_| cname.rtype == RecordType::CNAME) {
            let message = format!("{} has a CNAME and {} ({})", cname.name, kept.rtype, kept.reason);
            tally.fail(Finding::at(cname, message));
        }
    }
    tally.outcome()
}

check! { MULTIPLE = "zone.cname-multiple", Error, multiple;
    title: "a name has several CNAME records",
    why: "An alias leads to one name. Servers refuse the zone, or answer with any of them.",
    fix: "Keep one of them; to spread load, write the addresses.",
    example: "www.example.com. has 2 CNAME values; there can be only one",
    see: [Reference::Rfc(2181, "10.1"), Reference::Rfc(6672, "2.4")],
    told_as: ["zone/several-values"],
}

fn multiple(subject: &Subject<'_>) -> Outcome {
    let mut tally = Tally::default();
    for rrset in subject.of(RecordType::CNAME).chain(subject.of(RecordType::DNAME)) {
        tally.saw();
        if rrset.values().len() > 1 {
            let (name, rtype) = rrset.key();
            let message =
                format!("{name} has {} {rtype} values; there can be only one", rrset.values().len());
            tally.fail(Finding::at(rrset, message));
        }
    }
    tally.outcome()
}

check! { LOOP = "zone.cname-loop", Error, endless;
    title: "aliases lead in a circle, or through too many names",
    why: "Resolvers give up after a few aliases and answer that the server failed: the name is dead.",
    fix: "Let one of the aliases lead to a name with addresses.",
    example: "a.example.com is an alias that leads back to itself: b.example.com, a.example.com",
    see: [Reference::Rfc(1034, "3.6.2"), Reference::Rfc(1912, "2.4")],
    evidence: [Files, Provider, Neighbours],
}

/// Each more than this is a query more for everybody; resolvers stop somewhere between 8 and 16.
const MANY: usize = 8;

fn endless(subject: &Subject<'_>) -> Outcome {
    let mut tally = Tally::default();
    for alias in subject.pointers_of(RecordType::CNAME) {
        tally.saw();
        let (owner, target) = (&alias.rrset.name, &alias.target);
        let path = || {
            let names = std::iter::once(&target.name).chain(&target.aliases).take(MOST_ALIASES);
            let end = names.clone().position(|name| name == owner).unwrap_or(MOST_ALIASES);
            names
                .take(end.saturating_add(1))
                .map(dnsctl_zone::Name::without_dot)
                .collect::<Vec<_>>()
                .join(", ")
        };
        let name = owner.without_dot();
        if target.found == Found::Endless {
            let back = target.name == *owner || target.aliases.contains(owner);
            let how =
                if back { "leads back to itself" } else { "leads into a circle or through too many names" };
            tally.fail(Finding::at(alias.rrset, format!("{name} is an alias that {how}: {}", path())));
        } else if target.aliases.len() + 1 > MANY {
            let message = format!("{name} leads through {} aliases: {}", target.aliases.len() + 1, path());
            tally.fail(Finding::at(alias.rrset, message).weighs(Severity::Warning));
        } else if let Found::Unknown(why) = &target.found {
            tally.unknown(why.clone());
        }
    }
    tally.outcome()
}

check! { DANGLING = "zone.dangling-target", Error, dangling;
    title: "an alias or service leads to a name that does not exist",
    why: "Whoever follows it gets \"no such name\". An address that is written where a name belongs is such a name, too. Targets of MX, NS and SRV records have rules of their own: mx.target-address, ns.target-address, srv.target-address.",
    fix: "Correct the target, add its records, or remove what leads to it.",
    example: "www.example.com CNAME leads to web.example.com, which does not exist",
    see: [Reference::Rfc(1034, "3.6.2"), Reference::Rfc(9460, "2.4.2")],
    evidence: [Files, Provider, Neighbours],
}

fn dangling(subject: &Subject<'_>) -> Outcome {
    let mut tally = Tally::default();
    for pointer in subject.pointers() {
        let (target, rtype) = (&pointer.target.name, pointer.rrset.rtype);
        let alias = matches!(rtype, RecordType::CNAME | RecordType::DNAME | RecordType::ALIAS);
        let Some(address) = hostname::literal(target, subject.apex()) else { continue };
        if alias || rtype == RecordType::PTR {
            let name = pointer.rrset.name.without_dot();
            let message = format!("{name} {rtype} holds the address {address}, where a name belongs");
            tally.fail(pointer.finding(message).weighs(if alias {
                Severity::Error
            } else {
                Severity::Warning
            }));
        }
    }
    let own = |rtype| {
        matches!(
            rtype,
            RecordType::MX | RecordType::NS | RecordType::SRV | RecordType::PTR | RecordType::DNAME
        )
    };
    for pointer in subject.pointers().iter().filter(|pointer| !own(pointer.rrset.rtype)) {
        tally.saw();
        if hostname::literal(&pointer.target.name, subject.apex()).is_some() {
            continue;
        }
        let (target, rtype) = (&pointer.target, pointer.rrset.rtype);
        // An alias may lead to any type. Only that the name does not exist is wrong.
        if target.found == Found::Missing {
            let last = target.aliases.last().unwrap_or(&target.name);
            let (name, last) = (pointer.rrset.name.without_dot(), last.without_dot());
            tally.fail(Finding::at(
                pointer.rrset,
                format!("{name} {rtype} leads to {last}, which does not exist"),
            ));
        } else if let Found::Unknown(why) = &target.found {
            tally.unknown(why.clone());
        }
    }
    tally.outcome()
}

check! { OCCLUDED = "zone.occluded", Error, occluded;
    title: "records stand below a delegation or a DNAME, or a DS at the apex",
    why: "Nobody is ever given them: below a delegation the servers of the other zone are asked, below a DNAME another name is, and for the DS of the zone those of the zone above. BIND does not load a DS at the apex.",
    fix: "Move them to the zone that answers, or remove the delegation or DNAME.",
    example: "mail.sub.example.com. MX is below the delegation of sub.example.com.: only the servers of that zone are asked for it",
    see: [Reference::Rfc(1034, "4.2"), Reference::Rfc(6672, "2.4"), Reference::Rfc(4035, "2.4")],
    told_as: ["zone/below-delegation", "zone/below-dname"],
}

fn occluded(subject: &Subject<'_>) -> Outcome {
    let kinds = [StructureKind::BelowDname, StructureKind::BelowDelegation, StructureKind::NoGlue];
    let mut tally = structure(subject, &kinds);
    let above = subject.of(RecordType::NS).chain(subject.of(RecordType::DNAME));
    if above.into_iter().any(|rrset| rrset.name != *subject.apex() || rrset.rtype == RecordType::DNAME) {
        tally.saw();
    }
    if let Some(ds) = subject.get(subject.apex(), RecordType::DS) {
        let name = subject.apex().without_dot();
        let message = format!("the DS of {name} belongs into the zone above: nobody asks for it here");
        tally.fail(Finding::at(ds, message));
    }
    tally.outcome()
}
