//! Guards of delegations: the zone's own, and those of zones below it.

use super::{About, Guard, Objection, Question};
use crate::{Action, Change};
use dnsctl_zone::{Evidence, RRset, RecordType, Reference, Rule};

/// `guard/apex-delegation`.
pub(super) const APEX: Guard = Guard {
    rule: Rule {
        id: "guard/apex-delegation",
        title: "NS, DS, DNSKEY, CDS or CDNSKEY of the apex change",
        why: "The parent zone and the caches of the world hold copies of these. If they differ from what the servers say, the \
          whole zone fails, and a wrong DS or DNSKEY cannot be taken back before its TTL ends. A parent that reads CDS and \
          CDNSKEY records makes its DS from them without a question (RFC 7344); \"0 0 0 00\" and \"0 3 0 AA==\" remove it \
          (RFC 8078 section 4).",
        fix: "Compare with what the parent zone holds, and see that every new name server serves the zone, before and after.",
        example: "guard/apex-delegation  changes the NS RRset of the apex. The parent zone must agree, or the whole zone can fail, mail included.",
        references: &[
            Reference::Rfc(1034, "4.2.2"),
            Reference::Rfc(6781, "4"),
            Reference::Rfc(7344, ""),
            Reference::Rfc(8078, "4"),
        ],
        evidence: &[Evidence::Files, Evidence::Provider],
    },
    about: About::Changes(&OWN),
    ask: apex,
    measure: None,
    cannot: None,
};

/// What the delegation of the zone itself depends on.
const OWN: [RecordType; 5] =
    [RecordType::NS, RecordType::DS, RecordType::DNSKEY, RecordType::CDS, RecordType::CDNSKEY];

fn apex(question: &Question<'_>) -> Vec<Objection> {
    question.each(|change| {
        let own = change.name == question.desired.apex && OWN.contains(&change.rtype);
        (own && question.exists && !change.only_ttl()).then(|| match change.rtype {
            rtype @ (RecordType::CDS | RecordType::CDNSKEY) if change.after.as_ref().is_some_and(removes) => format!(
                "the {rtype} RRset asks the parent zone to remove the DS: the zone is then no longer signed (RFC 8078 section 4)"
            ),
            rtype @ (RecordType::CDS | RecordType::CDNSKEY) => format!(
                "changes the {rtype} RRset of the apex. The parent zone can make its DS from it at once; if no key of the zone fits, the whole zone fails, mail included."
            ),
            rtype => format!(
                "changes the {rtype} RRset of the apex. The parent zone must agree, or the whole zone can fail, mail included."
            ),
        })
    })
}

/// The algorithm 0 is a request to delete (RFC 8078 section 4).
fn removes(rrset: &RRset) -> bool {
    rrset.values().iter().any(|value| value.number("algorithm") == Some(0))
}

/// `guard/delegation`.
pub(super) const DELEGATION: Guard = Guard {
    rule: Rule {
        id: "guard/delegation",
        title: "the delegation of a zone below is deleted, or all its servers are replaced",
        why: "Every name of the delegated zone vanishes from DNS, whoever runs it; and so it does when none of the new servers \
          serves it, which cannot be seen from here.",
        fix: "Keep the delegation until nobody uses the zone below. If its records move here, add them in the same change. \
          New servers: add them first, ask them for the zone, and remove the old ones in a later change.",
        example: "guard/delegation  deletes the NS RRset of lab.abc-corp.example: every name below it vanishes",
        references: &[Reference::Rfc(1034, "4.2"), Reference::Rfc(6672, "")],
        evidence: &[Evidence::Files, Evidence::Provider],
    },
    about: About::Changes(&[RecordType::NS, RecordType::DNAME]),
    ask: delegation,
    measure: None,
    cannot: None,
};

fn delegation(question: &Question<'_>) -> Vec<Objection> {
    question.each(|change| {
        let below = change.name.is_below(&question.desired.apex);
        let delegates = matches!(change.rtype, RecordType::NS | RecordType::DNAME);
        if !below || !delegates {
            return None;
        }
        let (rtype, name) = (change.rtype, change.name.without_dot());
        match change.action() {
            Action::Delete => Some(format!("deletes the {rtype} RRset of {name}: every name below it vanishes")),
            Action::Update if rtype == RecordType::NS && replaces_all(change) => Some(format!(
                "replaces all name servers of {name} at once: every name below it vanishes if the new ones do not serve it"
            )),
            Action::Update | Action::Create => None,
        }
    })
}

/// Whether none of the values before is there after.
fn replaces_all(change: &Change) -> bool {
    let (Some(before), Some(after)) = (&change.before, &change.after) else { return false };
    !before.values().iter().any(|value| after.values().contains(value))
}

/// `guard/child-ds`.
pub(super) const CHILD_DS: Guard = Guard {
    rule: Rule {
        id: "guard/child-ds",
        title: "the DS of a zone below is deleted, or wholly replaced",
        why: "Resolvers that validate refuse every answer of the zone below unless one of its keys has a DS here (RFC 4035 \
          section 5.2). When no DS stays, a slip fails the whole zone for as long as the TTL of the DS; when the last one is \
          deleted, forged answers are believed again. Whether a DS fits the keys of the zone below cannot be seen from here, \
          so a first DS is not objected to.",
        fix: "Add the new DS beside the old one, wait until the old DS has left all caches, and delete the old one in a later \
          change (RFC 6781 section 4.1.2).",
        example: "guard/child-ds  replaces all DS records of lab.abc-corp.example: if the zone below has no key for the new ones, validating resolvers refuse all of it",
        references: &[Reference::Rfc(4035, "5.2"), Reference::Rfc(6781, "4.1.2")],
        evidence: &[Evidence::Files, Evidence::Provider],
    },
    about: About::Changes(&[RecordType::DS]),
    ask: child_ds,
    measure: None,
    cannot: None,
};

fn child_ds(question: &Question<'_>) -> Vec<Objection> {
    question.each(|change| {
        if change.rtype != RecordType::DS || !change.name.is_below(&question.desired.apex) {
            return None;
        }
        let name = change.name.without_dot();
        match change.action() {
            // With its delegation, it goes along.
            Action::Delete if question.after.get(&change.name, RecordType::NS).is_none() => None,
            Action::Delete => Some(format!(
                "deletes the DS RRset of {name}: the zone below is no longer signed for anybody, and forged answers are believed"
            )),
            Action::Update if replaces_all(change) => Some(format!(
                "replaces all DS records of {name}: if the zone below has no key for the new ones, validating resolvers refuse all of it"
            )),
            Action::Update | Action::Create => None,
        }
    })
}
