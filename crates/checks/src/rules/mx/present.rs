//! Whether there is an MX record.

use crate::rules::mx::own;
use crate::{Check, Finding, Found, Outcome, Subject};
use dnsctl_zone::{RecordType, Reference};

pub(super) const CHECKS: &[Check] = &[PRESENT, IMPLICIT];

check! { PRESENT = "mx.present", Critical, present;
    title: "a domain that receives mail has no MX record",
    why: "Senders then try the address of the domain itself, which is mostly a web server, or bounce when there is none.",
    fix: "Write the MX records; or say mail.receives: false when the domain takes no mail.",
    example: "example.com receives mail, but has no MX record",
    see: [Reference::Rfc(5321, "5.1")],
    evidence: [Files, Provider, Mail],
}

fn present(subject: &Subject<'_>) -> Outcome {
    if subject.facts.receives != Some(true) {
        return Outcome::NotApplicable;
    }
    let domain = subject.domain();
    if own(subject).is_some() {
        return Outcome::Pass;
    }
    if let Some(why) = subject.zone.may_have(domain, RecordType::MX) {
        return Outcome::Untested(why);
    }
    let message = format!("{} receives mail, but has no MX record", domain.without_dot());
    Outcome::Fail(vec![
        Finding::about(domain, Some(RecordType::MX), message).from(subject.facts.source.clone()),
    ])
}

check! { IMPLICIT = "mx.implicit", Warning, implicit;
    title: "no MX record and no null MX: mail goes to the address of the domain",
    why: "Without MX records senders use the A or AAAA records of the name. A web server mostly does not answer on port 25: the mail waits for days, then bounces, and a mistyped address is never told at once.",
    fix: "Write the MX records of the domain; or a null MX (MX: 0 .) when it takes no mail.",
    example: "example.com has no MX record: mail to it goes to 192.0.2.80, the address of the domain itself",
    see: [Reference::Rfc(5321, "5.1"), Reference::Rfc(7505, "1")],
}

fn implicit(subject: &Subject<'_>) -> Outcome {
    let domain = subject.domain();
    let special = domain.labels().last().is_some_and(|label| &*label == b"arpa");
    let mx = own(subject).is_some();
    // What is declared has rules of its own: mx.present and mx.null-valid.
    if special || mx || subject.facts.receives.is_some() {
        return if mx { Outcome::Pass } else { Outcome::NotApplicable };
    }
    if let Some(why) = subject.zone.may_have(domain, RecordType::MX) {
        return Outcome::Untested(why);
    }
    let to = match subject.target(domain).found {
        Found::Addresses(addresses) => match addresses.first() {
            Some(address) => format!("goes to {address}, the address of the domain itself"),
            None => return Outcome::NotApplicable,
        },
        Found::Made => "goes to the address that the provider makes up for the domain".to_owned(),
        Found::Unknown(why) => return Outcome::Untested(why),
        Found::NoAddress | Found::Missing | Found::Endless => return Outcome::NotApplicable,
    };
    let message = format!("{} has no MX record: mail to it {to}", domain.without_dot());
    // It stands where the address does.
    let place = subject
        .zone
        .records()
        .at(domain)
        .iter()
        .find(|rrset| matches!(rrset.rtype, RecordType::A | RecordType::AAAA) || rrset.rtype.is_pseudo());
    let source = place.and_then(|rrset| subject.zone.source(&rrset.name, rrset.rtype));
    Outcome::Fail(vec![Finding::about(domain, Some(RecordType::MX), message).from(source.cloned())])
}
