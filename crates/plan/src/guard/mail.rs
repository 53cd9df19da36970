//! Guards of mail.

use super::{About, Guard, Objection, Question};
use crate::order::pointer::is_spf;
use crate::{Action, Change};
use dnsctl_zone::{Evidence, Name, RRset, Rdata, RecordType, Reference, Rule};

/// `guard/last-mx`.
pub(super) const LAST_MX: Guard = Guard {
    rule: Rule {
        id: "guard/last-mx",
        title: "the last MX record of a name is deleted, or becomes a null MX",
        why: "Senders then fall back to the address of the name itself (RFC 5321 section 5.1), which is rarely a mail server. \
          A domain that must stop receiving mail publishes a null MX (RFC 7505); then all mail to it bounces at once.",
        fix: "Add the new MX in this change; or, if the name must stop receiving mail, write a null MX (MX: 0 .).",
        example: "guard/last-mx  deletes the only MX of abc-corp.example. Senders then use the address of the name (RFC 5321 section 5.1): mail would go to 203.0.113.10, the address of the name itself.",
        references: &[Reference::Rfc(5321, "5.1"), Reference::Rfc(7505, "")],
        evidence: &[Evidence::Files, Evidence::Provider],
    },
    about: About::Changes(&[RecordType::MX]),
    ask: last_mx,
    measure: None,
    cannot: None,
};

fn last_mx(question: &Question<'_>) -> Vec<Objection> {
    let mut objections = gone(question);
    let changes = question.changes;
    for objection in &mut objections {
        if objection.change.and_then(|index| changes.get(index)).is_some_and(|change| change.after.is_some())
        {
            objection.fix = Some("Keep its MX, if the name must go on receiving mail.");
        }
    }
    objections
}

fn gone(question: &Question<'_>) -> Vec<Objection> {
    question.each(|change| {
        if change.rtype != RecordType::MX || change.before.as_ref().is_none_or(is_null) {
            return None;
        }
        match &change.after {
            Some(after) if is_null(after) => {
                let name = change.name.without_dot();
                return Some(format!(
                    "{name} receives mail, and gets a null MX: all mail to it bounces at once (RFC 7505)"
                ));
            }
            Some(_) => return None,
            None => {}
        }
        let after = &question.after;
        let address = [RecordType::A, RecordType::AAAA]
            .iter()
            .find_map(|rtype| after.get(&change.name, *rtype))
            .and_then(|rrset| rrset.values().first());
        let name = change.name.without_dot();
        // An alias leads to all that the other name has, its MX included.
        if let Some(target) = after.get(&change.name, RecordType::CNAME).and_then(only_target) {
            return Some(format!(
                "deletes the only MX of {name}, which becomes an alias. Senders follow it (RFC 5321 section 5.1): mail would \
                 go where mail for {} goes.",
                target.without_dot()
            ));
        }
        let then = match address {
            Some(address) => format!("mail would go to {address}, the address of the name itself"),
            None => "mail would bounce, since the name has no address either".to_owned(),
        };
        Some(format!(
            "deletes the only MX of {name}. Senders then use the address of the name (RFC 5321 section 5.1): {then}."
        ))
    })
}

fn only_target(rrset: &RRset) -> Option<Name> {
    rrset.values().iter().find_map(Rdata::target)
}

/// `0 .` alone: the name takes no mail (RFC 7505 section 3).
fn is_null(rrset: &RRset) -> bool {
    rrset.values().iter().all(|mx| mx.target().is_some_and(|target| target.is_root()))
}

/// `guard/mail-policy`.
pub(super) const POLICY: Guard = Guard {
    rule: Rule {
        id: "guard/mail-policy",
        title: "an SPF, DMARC or DKIM record is deleted",
        why: "Receivers use these to tell the domain's own mail from forged mail. Without SPF or a DKIM key, mail that is on \
          its way fails its checks; without DMARC, anybody can use the domain's name.",
        fix: "Keep the record, or replace it in the same change. A DKIM key that was in use stays for a week after the last mail was signed with it; then revoke it with an empty p=.",
        example: "guard/mail-policy  s1._domainkey.abc-corp.example loses its DKIM key: mail signed with it, also mail on its way now, fails its check",
        references: &[Reference::Rfc(7208, ""), Reference::Rfc(6376, "3.6.1"), Reference::Rfc(7489, "")],
        evidence: &[Evidence::Files, Evidence::Provider],
    },
    about: About::Changes(&[RecordType::TXT, RecordType::CNAME]),
    ask: policy,
    measure: None,
    cannot: None,
};

fn policy(question: &Question<'_>) -> Vec<Objection> {
    let mut objections = Vec::new();
    for (index, change) in question.changes.iter().enumerate() {
        for kind in ["SPF", "DMARC", "DKIM"] {
            let has =
                |side: &Option<RRset>| side.as_ref().is_some_and(|rrset| is_policy(change, rrset, kind));
            let moved = change.action() == Action::Delete && has_moved(question, change, kind);
            if has(&change.before) && !has(&change.after) && !moved {
                objections.push(Objection { change: Some(index), message: message(kind, change), fix: None });
            }
        }
    }
    objections
}

/// Whether the policy is in another form now: a DKIM key may move to a CNAME at the same name, and from there to a text.
/// The name of a CNAME shows that it is meant for DMARC or DKIM; for SPF its target must have the text.
fn has_moved(question: &Question<'_>, change: &Change, kind: &str) -> bool {
    [RecordType::CNAME, RecordType::TXT].into_iter().filter(|rtype| *rtype != change.rtype).any(|rtype| {
        let Some(rrset) = question.after.get(&change.name, rtype) else { return false };
        let target = rrset.values().iter().filter(|_| rtype == RecordType::CNAME).find_map(Rdata::target);
        match target.and_then(|target| question.after.get(&target, RecordType::TXT)) {
            Some(text) => is_policy(change, text, kind),
            None => is_policy(change, rrset, kind),
        }
    })
}

fn is_policy(change: &Change, rrset: &RRset, kind: &str) -> bool {
    let first = change.name.labels().next().unwrap_or_default();
    let below_domainkey = change.name.labels().any(|label| &*label == b"_domainkey");
    match (kind, rrset.rtype) {
        ("SPF", RecordType::TXT) => is_spf(rrset),
        ("DMARC", RecordType::TXT) => {
            let mut versions = rrset.values().iter().filter_map(|value| tag(&value.joined_text(), b"v"));
            &*first == b"_dmarc" && versions.any(|version| version.eq_ignore_ascii_case(b"DMARC1"))
        }
        ("DMARC", RecordType::CNAME) => &*first == b"_dmarc",
        ("DKIM", RecordType::CNAME) => below_domainkey,
        // An empty key is one that was revoked (RFC 6376 section 3.6.1).
        ("DKIM", RecordType::TXT) => {
            let mut keys = rrset.values().iter().filter_map(|value| tag(&value.joined_text(), b"p"));
            below_domainkey && keys.any(|key| !key.is_empty())
        }
        _ => false,
    }
}

/// The value of a tag; blanks may stand around the name and the value (RFC 6376 section 3.2).
fn tag(text: &[u8], name: &[u8]) -> Option<Vec<u8>> {
    text.split(|octet| *octet == b';').find_map(|tag| {
        let at = tag.iter().position(|octet| *octet == b'=')?;
        let (found, value) = tag.split_at_checked(at)?;
        (found.trim_ascii() == name).then(|| value.get(1..).unwrap_or_default().trim_ascii().to_vec())
    })
}

fn message(kind: &str, change: &Change) -> String {
    let name = change.name.without_dot();
    match kind {
        "SPF" => format!(
            "{name} loses its SPF record: receivers can no longer tell which servers may send its mail"
        ),
        "DMARC" => format!("{name} loses its DMARC policy: anybody can send mail in its name"),
        _ => format!(
            "{name} loses its DKIM key: mail signed with it, also mail on its way now, fails its check"
        ),
    }
}
