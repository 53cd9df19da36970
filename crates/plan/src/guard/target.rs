//! Guard of targets: what a pointer points at must have an address.

use super::{About, Guard, Objection, Question};
use crate::view::{Addresses, View};
use dnsctl_zone::{Evidence, Name, RRset, RecordType, Reference, Rule};
use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};

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
        let had: HashSet<Name> = change.before.iter().flat_map(targets).collect();
        for target in change.after.iter().flat_map(targets) {
            let old = had.contains(&target) && before.addresses(&target) == after.addresses(&target);
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
    let changes = OnceCell::new();
    for rrset in question.live.zone.rrsets() {
        let stays = after.get(&rrset.name, rrset.rtype);
        for target in stays.into_iter().flat_map(targets) {
            if before.addresses(&target) != Addresses::Some || after.addresses(&target) == Addresses::Some {
                continue;
            }
            if seen.insert((rrset.name.clone(), rrset.rtype, target.clone())) {
                let found = changes.get_or_init(|| Changes::of(question)).culprit(question, &target);
                objections.extend(object(after, found, &rrset.name, rrset.rtype, &target));
            }
        }
    }
    objections
}

/// The first change at each name, and the first one that makes a name below each.
struct Changes {
    at: HashMap<Name, usize>,
    below: HashMap<Name, usize>,
}

impl Changes {
    fn of(question: &Question<'_>) -> Self {
        let (mut at, mut below) = (HashMap::new(), HashMap::new());
        for (index, change) in question.changes.iter().enumerate() {
            at.entry(change.name.clone()).or_insert(index);
            let apex = question.before.apex();
            let above = std::iter::successors(change.name.parent(), Name::parent);
            for name in above.take_while(|name| change.after.is_some() && name.is_at_or_below(apex)) {
                below.entry(name).or_insert(index);
            }
        }
        Self { at, below }
    }

    /// The change that takes the address of a target.
    fn culprit(&self, question: &Question<'_>, target: &Name) -> Option<usize> {
        let owner = || question.before.address_owner(target).1.and_then(|owner| self.at.get(&owner));
        self.at.get(target).or_else(owner).or_else(|| self.below.get(target)).copied()
    }
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
