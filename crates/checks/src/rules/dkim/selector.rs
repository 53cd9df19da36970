//! Whether the domain has keys at all, and one at each selector.

use crate::mail::dkim::{Presence, presence};
use crate::mail::dmarc::{Above, above};
use crate::mail::domain::{self, Sends};
use crate::{Check, Finding, Outcome, SelectorKey, Subject};
use dnsctl_zone::{RecordType, Reference};

pub(super) const CHECKS: &[Check] = &[ANY, MULTIPLE];

check! { ANY = "dkim.any", Error, any;
    title: "a domain that sends mail has no DKIM key",
    why: "Without a signature DMARC rests on SPF alone, which fails whenever mail is forwarded. Google, Yahoo and Microsoft want both of whoever sends much. That no name exists below _domainkey tells everybody that there is no key, whatever its selector.",
    fix: "Let your mail server or hoster sign, and publish the key at the selector that it names.",
    example: "example.com sends mail, but has no DKIM key: no name exists below _domainkey.example.com",
    see: [Reference::Rfc(6376, "3.6.2.1"), Reference::Rfc(8020, "2"), Reference::Page("Google: email sender guidelines", "https://support.google.com/a/answer/81126")],
}

fn any(subject: &Subject<'_>) -> Outcome {
    // What is declared and missing is told by dkim.selector.
    let declared = subject.facts.selectors.iter().any(|selector| selector.key != SelectorKey::Revoked);
    if declared || !domain::is_public(subject) || domain::sends(subject) != Sends::Yes {
        return Outcome::NotApplicable;
    }
    let domain = subject.domain();
    // A key of the organisation signs for names below it, too.
    let organisation = match above(subject, domain) {
        Above::Itself => None,
        Above::Organisation(name) | Above::Unknown(name) => Some(name.without_dot()),
    };
    let label = format!("_domainkey.{}", domain.without_dot());
    let message = match (presence(subject, domain), organisation) {
        (Presence::Some, _) => return Outcome::Pass,
        (Presence::Unknown(why), _) => return Outcome::Untested(why),
        (_, Some(organisation)) => {
            let name = domain.without_dot();
            return Outcome::Untested(format!(
                "whether {organisation} signs the mail of {name} is not declared"
            ));
        }
        (Presence::None, None) => {
            format!("{} sends mail, but has no DKIM key: no name exists below {label}", domain.without_dot())
        }
        (Presence::Revoked, None) => {
            format!("{} sends mail, but all keys below {label} are revoked", domain.without_dot())
        }
        (Presence::Unusable, None) => {
            format!(
                "{} sends mail, but has no DKIM key: nothing below {label} is one that verifiers can use",
                domain.without_dot()
            )
        }
        (Presence::Nowhere, None) => {
            format!(
                "{} sends mail, but has no DKIM key: what the aliases below {label} name is not there",
                domain.without_dot()
            )
        }
    };
    let types = [RecordType::TXT, RecordType::MX];
    let place = types.into_iter().find_map(|rtype| subject.zone.source(domain, rtype));
    Outcome::Fail(vec![Finding::about(domain, None, message).from(place.cloned())])
}

check! { MULTIPLE = "dkim.multiple", Error, multiple;
    title: "a DKIM selector has more than one record",
    why: "What verifiers do then is not defined: some take the first that they get, some none. Signatures are valid one time and not the next.",
    fix: "Keep one record. A new key gets a new selector.",
    example: "s1._domainkey.example.com has 2 TXT records: which of them verifiers take is not defined",
    see: [Reference::Rfc(6376, "3.6.2.2")],
}

fn multiple(subject: &Subject<'_>) -> Outcome {
    let mut tally = super::begin(subject);
    for site in subject.dkim().iter().filter(|site| !site.elsewhere) {
        let Ok(texts) = &site.texts else { continue };
        if !texts.is_empty() {
            tally.saw();
        }
        if texts.len() > 1 {
            let (name, count) = (site.owner.without_dot(), texts.len());
            let message =
                format!("{name} has {count} TXT records: which of them verifiers take is not defined");
            tally.fail(Finding::at(site.rrset, message));
        }
    }
    tally.outcome()
}
