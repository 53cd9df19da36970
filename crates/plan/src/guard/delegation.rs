//! Guards of delegations: the zone's own, and those of zones below it.

use super::{About, Guard, Objection, Question};
use crate::Action;
use dnsctl_zone::{Evidence, RecordType, Reference, Rule};

/// `guard/apex-delegation`.
pub(super) const APEX: Guard = Guard {
    rule: Rule {
        id: "guard/apex-delegation",
        title: "NS, DS or DNSKEY of the apex change",
        why: "The parent zone and the caches of the world hold copies of these. If they differ from what the servers say, the \
          whole zone fails, and a wrong DS or DNSKEY cannot be taken back before its TTL ends.",
        fix: "Compare with what the parent zone holds, and see that every new name server serves the zone, before and after.",
        example: "guard/apex-delegation  changes the NS RRset of the apex. The parent zone must agree, or the whole zone can fail, mail included.",
        references: &[Reference::Rfc(1034, "4.2.2"), Reference::Rfc(6781, "4")],
        evidence: &[Evidence::Files, Evidence::Provider],
    },
    about: About::Changes(&[RecordType::NS, RecordType::DS, RecordType::DNSKEY]),
    ask: apex,
    measure: None,
};

fn apex(question: &Question<'_>) -> Vec<Objection> {
    question.each(|change| {
        let own = change.name == question.desired.apex;
        let rtype = matches!(change.rtype, RecordType::NS | RecordType::DS | RecordType::DNSKEY);
        (own && rtype && question.exists && !change.only_ttl()).then(|| {
            let rtype = change.rtype;
            format!(
                "changes the {rtype} RRset of the apex. The parent zone must agree, or the whole zone can fail, mail included."
            )
        })
    })
}

/// `guard/delegation`.
pub(super) const DELEGATION: Guard = Guard {
    rule: Rule {
        id: "guard/delegation",
        title: "the delegation of a zone below is deleted",
        why: "Every name of the delegated zone vanishes from DNS, whoever runs it.",
        fix: "Keep the delegation until nobody uses the zone below. If its records move here, add them in the same change.",
        example: "guard/delegation  deletes the NS RRset of lab.abc-corp.example: every name below it vanishes",
        references: &[Reference::Rfc(1034, "4.2"), Reference::Rfc(6672, "")],
        evidence: &[Evidence::Files, Evidence::Provider],
    },
    about: About::Changes(&[RecordType::NS, RecordType::DNAME]),
    ask: delegation,
    measure: None,
};

fn delegation(question: &Question<'_>) -> Vec<Objection> {
    question.each(|change| {
        let below = change.name.is_below(&question.desired.apex);
        let delegates = matches!(change.rtype, RecordType::NS | RecordType::DNAME);
        (below && delegates && change.action() == Action::Delete).then(|| {
            let (rtype, name) = (change.rtype, change.name.without_dot());
            format!("deletes the {rtype} RRset of {name}: every name below it vanishes")
        })
    })
}
