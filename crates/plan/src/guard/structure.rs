//! Guards of the shape of a zone.

use super::{About, Guard, Objection, Question};
use crate::view::{ADDRESSES, gives_address};
use crate::{Action, Change};
use dnsctl_mail::dkim;
use dnsctl_zone::{Evidence, Kept, RRset, RecordType, Reference, Rule};

/// `guard/empty-zone`.
pub(super) const EMPTY_ZONE: Guard = Guard {
    rule: Rule {
        id: "guard/empty-zone",
        title: "the zone would be empty",
        why: "A file that was cut off, or read from the wrong place, looks like a wish to delete everything.",
        fix: "Check that the zone file is whole and is the right one. To give a zone up, delete it at the provider.",
        example: "guard/empty-zone  nothing would be left of abc-corp.example",
        references: &[],
        evidence: &[Evidence::Files, Evidence::Provider],
    },
    about: About::Zone,
    ask: empty_zone,
    measure: None,
    cannot: None,
};

fn empty_zone(question: &Question<'_>) -> Vec<Objection> {
    if !question.exists || question.before.is_empty() || !question.after.is_empty() {
        return Vec::new();
    }
    Objection::whole(format!("nothing would be left of {}", question.desired.apex.without_dot()))
}

/// `guard/apex-addresses`.
pub(super) const APEX_ADDRESSES: Guard = Guard {
    rule: Rule {
        id: "guard/apex-addresses",
        title: "the apex loses all its addresses",
        why: "The bare domain stops to answer: its web site, and mail where there is no MX.",
        fix: "Keep an address at the apex, or add the new one in the same change.",
        example: "guard/apex-addresses  abc-corp.example loses all its addresses",
        references: &[Reference::Rfc(5321, "5.1")],
        evidence: &[Evidence::Files, Evidence::Provider],
    },
    about: About::Changes(&ADDRESSES),
    ask: apex_addresses,
    measure: None,
    cannot: None,
};

fn apex_addresses(question: &Question<'_>) -> Vec<Objection> {
    let apex = &question.desired.apex;
    let (before, after) = (&question.before, &question.after);
    if !before.has_address(apex) || after.has_address(apex) {
        return Vec::new();
    }
    let lost = |change: &Change| change.name == *apex && change.before.as_ref().is_some_and(gives_address);
    vec![Objection {
        change: question.changes.iter().position(lost),
        message: format!("{} loses all its addresses", apex.without_dot()),
        fix: None,
    }]
}

/// `guard/wildcard`.
pub(super) const WILDCARD: Guard = Guard {
    rule: Rule {
        id: "guard/wildcard",
        title: "a wildcard is created or deleted",
        why: "A wildcard answers for every name that does not exist (RFC 4592), so nobody can list what it changes.",
        fix: "Name the hosts that are meant, each with its own record.",
        example: "guard/wildcard  creates the wildcard *.abc-corp.example A, which answers for every name that does not exist",
        references: &[Reference::Rfc(4592, "")],
        evidence: &[Evidence::Files, Evidence::Provider],
    },
    about: About::Changes(&[]),
    ask: wildcard,
    measure: None,
    cannot: None,
};

fn wildcard(question: &Question<'_>) -> Vec<Objection> {
    question.each(|change| {
        let verb = match change.action() {
            Action::Create => "creates",
            Action::Delete => "deletes",
            Action::Update => return None,
        };
        (question.exists && change.name.is_wildcard() && !revokes(change)).then(|| {
            let (name, rtype) = (change.name.without_dot(), change.rtype);
            format!("{verb} the wildcard {name} {rtype}, which answers for every name that does not exist")
        })
    })
}

/// Whether a wildcard says of all selectors without a key that they have none (RFC 6376 section 3.6.1).
fn revokes(change: &Change) -> bool {
    let below_keys = change.name.labels().nth(1).is_some_and(|label| *label == *b"_domainkey");
    let revoked = |rrset: &RRset| {
        let texts = rrset.values().iter().map(dnsctl_zone::Rdata::joined_text);
        texts.map(|text| dkim::parse(&text).key).all(|key| key.is_some_and(|key| key.revoked()))
    };
    let mut sides = change.before.iter().chain(&change.after);
    below_keys && change.rtype == RecordType::TXT && sides.all(revoked)
}

/// `guard/kept-record`.
pub(super) const KEPT: Guard = Guard {
    rule: Rule {
        id: "guard/kept-record",
        title: "a record is wanted where the provider keeps one that dnsctl does not manage",
        why: "Routing policies and disabled records cannot be written as a plain RRset; one would replace the other.",
        fix: "Ignore this name in the zone file, or remove the other records at the provider first.",
        example: "guard/kept-record  the provider has www.abc-corp.example A already: disabled: 192.0.2.1",
        references: &[],
        evidence: &[Evidence::Files, Evidence::Provider],
    },
    about: About::Changes(&[]),
    ask: kept,
    measure: None,
    cannot: None,
};

fn kept(question: &Question<'_>) -> Vec<Objection> {
    question.each(|change| {
        let same = |kept: &&Kept| kept.name == change.name && kept.rtype == change.rtype;
        let kept = question.live.kept.iter().find(same).filter(|_| change.before.is_none())?;
        Some(format!("the provider has {} {} already: {}", kept.name.without_dot(), kept.rtype, kept.reason))
    })
}
