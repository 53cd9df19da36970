//! Guard of targets: what a pointer points at must have an address.

use super::{About, Guard, Objection, Question};
use crate::view::{Addresses, View};
use dnsctl_zone::{Evidence, Name, RRset, RecordType, Reference, Rule};
use std::collections::HashSet;

/// `guard/target-address`.
pub(super) const TARGET_ADDRESS: Guard = Guard {
    rule: Rule {
        id: "guard/target-address",
        title: "the target of an MX, NS or SRV record has no address, or is a CNAME",
        why: "Mail to an MX without an address bounces, and a target must not be an alias (RFC 2181 section 10.3, RFC 2782).",
        fix: "Give the target an address in the same change, or point at another host.",
        example: "guard/target-address  mail.abc-corp.example, a target of abc-corp.example MX, has no A or AAAA record: mail sent there bounces",
        references: &[Reference::Rfc(5321, "5.1"), Reference::Rfc(2181, "10.3"), Reference::Rfc(2782, "")],
        evidence: &[Evidence::Files, Evidence::Provider],
    },
    about: About::Changes(&[]),
    ask: target_address,
    measure: None,
    cannot: None,
};

fn target_address(question: &Question<'_>) -> Vec<Objection> {
    let (before, after) = (&question.before, &question.after);
    let mut objections = Vec::new();
    let mut seen = HashSet::new();
    for (index, change) in question.changes.iter().enumerate() {
        for target in change.after.iter().flat_map(targets) {
            let old = change.before.iter().any(|rrset| targets(rrset).any(|other| other == target))
                && before.addresses(&target) == after.addresses(&target);
            if !old && seen.insert((change.name.clone(), change.rtype, target.clone())) {
                objections.extend(object(after, Some(index), &change.name, change.rtype, &target));
            }
        }
    }
    // Pointers that stay, whose targets lose their addresses in this plan: with a change at the name, at the wildcard that
    // answered for it, or at a name below it, whose existence hides the wildcard (RFC 4592 section 2.2.2).
    if question.changes.is_empty() {
        return objections;
    }
    for rrset in question.live.zone.rrsets() {
        let stays = after.get(&rrset.name, rrset.rtype);
        for target in stays.into_iter().flat_map(targets) {
            if before.addresses(&target) != Addresses::Some || after.addresses(&target) == Addresses::Some {
                continue;
            }
            if seen.insert((rrset.name.clone(), rrset.rtype, target.clone())) {
                let found = culprit(question, &target);
                objections.extend(object(after, found, &rrset.name, rrset.rtype, &target));
            }
        }
    }
    objections
}

/// The change that takes the address of a target.
fn culprit(question: &Question<'_>, target: &Name) -> Option<usize> {
    let (changes, owner) = (question.changes, question.before.address_owner(target).1);
    let at = |name: &Name| changes.iter().position(|change| change.name == *name);
    let hiding = || changes.iter().position(|change| change.name.is_below(target) && change.after.is_some());
    at(target).or_else(|| owner.as_ref().and_then(at)).or_else(hiding)
}

fn targets(rrset: &RRset) -> impl Iterator<Item = Name> {
    let points = matches!(rrset.rtype, RecordType::MX | RecordType::NS | RecordType::SRV);
    let values = rrset.values().iter().filter(move |_| points);
    values.filter_map(dnsctl_zone::Rdata::target).filter(|target| !target.is_root())
}

fn object(
    after: &View<'_>,
    change: Option<usize>,
    name: &Name,
    rtype: RecordType,
    target: &Name,
) -> Option<Objection> {
    let problem = match after.addresses(target) {
        Addresses::Some | Addresses::Elsewhere => return None,
        Addresses::Alias => "is a CNAME, which such a record must not point at (RFC 2181 section 10.3)",
        Addresses::None => "has no A or AAAA record",
    };
    let mail = if rtype == RecordType::MX { ": mail sent there bounces" } else { "" };
    Some(Objection {
        change,
        message: format!(
            "{}, a target of {} {rtype}, {problem}{mail}",
            target.without_dot(),
            name.without_dot()
        ),
        fix: None,
    })
}
