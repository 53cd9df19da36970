//! Whether mail programs show a picture at all.

use super::{about, texts};
use crate::mail::dmarc::{Above, GRAMMAR, above, single, undecided};
use crate::mail::domain::{self, Sends};
use crate::tally::Tally;
use crate::{Check, Finding, Outcome, Subject};
use dnsctl_mail::dmarc::{self, Policy, Receiver};
use dnsctl_zone::{RecordType, Reference};

pub(super) const CHECKS: &[Check] = &[PRESENT, DMARC, DECLINE];

check! { PRESENT = "bimi.present", Info, present;
    title: "a domain with an enforced DMARC policy has no BIMI record",
    why: "The hard part is done: with p=quarantine or p=reject mail programs may show a picture of yours beside your mail. Most want a paid certificate for it.",
    fix: "Write a record at default._bimi when you want a picture; there is no harm in leaving it.",
    example: "example.com has no BIMI record, though its DMARC policy would allow a picture beside its mail",
    see: [Reference::Page("draft-brand-indicators-for-message-identification", "https://datatracker.ietf.org/doc/draft-brand-indicators-for-message-identification/")],
}

fn present(subject: &Subject<'_>) -> Outcome {
    let domain = subject.domain();
    let walk = subject.dmarc().walk.as_ref();
    let enforced =
        walk.and_then(dmarc::Walk::applied).is_some_and(|applied| applied.policy(true) > Policy::None);
    if !enforced || domain::sends(subject) != Sends::Yes {
        return Outcome::NotApplicable;
    }
    if subject.bimi().iter().any(|site| site.domain == *domain) {
        return Outcome::Pass;
    }
    // The record of the organisation holds for names below it, too.
    if above(subject, domain) != Above::Itself {
        return Outcome::NotApplicable;
    }
    let Ok(owner) = domain.child(b"_bimi").and_then(|label| label.child(b"default")) else {
        return Outcome::NotApplicable;
    };
    if let Some(why) = subject.zone.may_have(&owner, RecordType::TXT) {
        return Outcome::Untested(why);
    }
    let message = format!(
        "{} has no BIMI record, though its DMARC policy would allow a picture beside its mail",
        domain.without_dot()
    );
    let place = subject.dmarc().own(subject).and_then(|own| own.rrset);
    let place = place.and_then(|rrset| subject.zone.source(&rrset.name, rrset.rtype));
    Outcome::Fail(vec![Finding::about(&owner, Some(RecordType::TXT), message).from(place.cloned())])
}

check! { DMARC = "bimi.dmarc", Warning, policy;
    title: "a BIMI record without the DMARC policy that it needs",
    why: "Mail programs show the picture only when forged mail is stopped: p=quarantine or p=reject, for names below too, and for all of the mail (pct 100). t=y takes p=quarantine down to none.",
    fix: "Write p=reject, or p=quarantine without t=y, and neither sp=none nor pct; or remove the BIMI record.",
    example: "the BIMI record at default._bimi.example.com is not used: the DMARC policy of example.com is none",
    see: [Reference::Page("draft-brand-indicators-for-message-identification", "https://datatracker.ietf.org/doc/draft-brand-indicators-for-message-identification/"), Reference::Rfc(9989, "4.7")],
}

fn policy(subject: &Subject<'_>) -> Outcome {
    let mut tally = Tally::default();
    for (site, text) in texts(subject) {
        if text.parsed.record.as_ref().is_none_or(dnsctl_mail::bimi::Record::declines) {
            continue;
        }
        tally.saw();
        // What cannot be read has rules of its own.
        let own = GRAMMAR.at(subject, &site.domain);
        if own.is_some_and(|own| own.attempted() && single(&own).is_none()) {
            continue;
        }
        let walk = dmarc::tree_walk(&subject.answers(), &site.domain);
        let name = site.domain.without_dot();
        let why = match walk.applied() {
            None => match undecided(&walk) {
                Some(domain) => {
                    let domain = domain.without_dot();
                    tally.unknown(format!("the DMARC record of {domain} is not held here"));
                    continue;
                }
                None => format!("{name} has no DMARC record"),
            },
            Some(applied) => {
                let (record, reading) = (applied.record, applied.record.as_read_by(Receiver::Rfc7489));
                let lowered = record.test && record.policy.policy() > Some(Policy::None);
                if applied.policy(true) == Policy::None {
                    let why = if lowered { ", since t=y takes it one level lower" } else { "" };
                    format!("the DMARC policy of {name} is none{why}")
                } else if record.subdomains.policy() == Some(Policy::None) {
                    "its DMARC policy is none for names below (sp=none)".to_owned()
                } else if reading.percent < 100 || record.percent == Some(0) {
                    "its DMARC policy is for a part of the mail only (pct)".to_owned()
                } else {
                    continue;
                }
            }
        };
        let at = site.rrset.name.without_dot();
        tally.fail(about(site, text, None, format!("the BIMI record at {at} is not used: {why}")));
    }
    tally.outcome()
}

check! { DECLINE = "bimi.decline", Info, decline;
    title: "a BIMI record declines to have a picture shown",
    why: "With empty l and a the domain says that mail programs shall show none. That is right when it is meant, and a record that waits for its picture otherwise.",
    fix: "Write the place of the picture into l; or acknowledge this when no picture is meant.",
    example: "the BIMI record at default._bimi.example.com says that no picture shall be shown",
    see: [Reference::Page("draft-brand-indicators-for-message-identification", "https://datatracker.ietf.org/doc/draft-brand-indicators-for-message-identification/")],
}

fn decline(subject: &Subject<'_>) -> Outcome {
    let mut tally = Tally::default();
    for (site, text) in texts(subject) {
        let Some(record) = &text.parsed.record else { continue };
        tally.saw();
        if record.declines() {
            let at = site.rrset.name.without_dot();
            tally.fail(about(
                site,
                text,
                None,
                format!("the BIMI record at {at} says that no picture shall be shown"),
            ));
        }
    }
    tally.outcome()
}
