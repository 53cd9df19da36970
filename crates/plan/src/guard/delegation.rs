//! Guards of delegations: the zone's own, and those of zones below it.

use super::{About, Guard, Objection, Question};
use crate::{Action, Change};
use dnsctl_zone::{Evidence, RecordType, Reference, Rule};

/// `guard/apex-delegation`.
pub(super) const APEX: Guard = Guard {
    rule: Rule {
        id: "guard/apex-delegation",
        title: "NS, DS or DNSKEY of the apex change",
        why: "The parent zone and the caches of the world hold copies of these. If they differ from what the servers say, the \
          whole zone fails, and a wrong DS or DNSKEY cannot be taken back before its TTL ends.",
        fix: "Compare with what the parent zone holds, and see that every new name server serves the zone, before and after. Then acknowledge the change.",
        example: "guard/apex-delegation  changes the NS RRset of the apex. The parent zone must agree, or the whole zone can fail, mail included.",
        references: &[Reference::Rfc(1034, "4.2.2"), Reference::Rfc(6781, "4")],
        evidence: &[Evidence::Files, Evidence::Provider],
    },
    about: About::Changes(&[RecordType::NS, RecordType::DS, RecordType::DNSKEY]),
    ask: apex,
    measure: None,
};

fn apex(question: &Question<'_>) -> Vec<Objection> {
    let touched = |(index, change): (usize, &Change)| {
        let own = change.name == question.desired.apex;
        let rtype = matches!(change.rtype, RecordType::NS | RecordType::DS | RecordType::DNSKEY);
        if !own || !rtype || !question.exists || change.only_ttl() {
            return None;
        }
        Some(Objection {
            change: Some(index),
            message: format!(
                "changes the {} RRset of the apex. The parent zone must agree, or the whole zone can fail, mail included.",
                change.rtype
            ),
            fix: "Check what the parent zone holds, and that every new name server serves the zone.",
        })
    };
    question.changes.iter().enumerate().filter_map(touched).collect()
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
    let lost = |(index, change): (usize, &Change)| {
        let below = change.name.is_below(&question.desired.apex);
        let delegates = matches!(change.rtype, RecordType::NS | RecordType::DNAME);
        if !below || !delegates || change.action() != Action::Delete {
            return None;
        }
        Some(Objection {
            change: Some(index),
            message: format!(
                "deletes the {} RRset of {}: every name below it vanishes",
                change.rtype,
                change.name.without_dot()
            ),
            fix: "Keep the delegation until nobody uses the zone below.",
        })
    };
    question.changes.iter().enumerate().filter_map(lost).collect()
}
