//! Domains that send no mail.

use super::about_tag;
use crate::mail::dmarc::single;
use crate::mail::domain::{self, Sends};
use crate::tally::Tally;
use crate::{Check, Outcome, Subject};
use dnsctl_mail::dmarc::Policy;
use dnsctl_zone::{Name, Reference};

pub(super) const CHECKS: &[Check] = &[NO_MAIL];

check! { NO_MAIL = "dmarc.no-mail", Warning, no_mail;
    title: "a domain that sends no mail does not ask to refuse mail in its name",
    why: "All mail from it is forged, so that nothing can be lost by p=reject. Unused domains are taken for forgery because nobody looks after them.",
    fix: "Write \"v=DMARC1; p=reject; sp=reject\" at _dmarc.",
    example: "example.com sends no mail, but p=quarantine lets forged mail into spam folders",
    see: [Reference::Rfc(9989, "4.7"), Reference::Page("M3AAWG: protecting parked domains", "https://www.m3aawg.org/published-documents")],
}

fn no_mail(subject: &Subject<'_>) -> Outcome {
    let mut tally = Tally::default();
    let own = subject.dmarc().own(subject).filter(|_| domain::is_parked(subject));
    if let Some(Err(why)) = own.map(|site| &site.texts) {
        return Outcome::Untested(why.clone());
    }
    let Some((site, text, record)) =
        own.and_then(|site| single(site).map(|(text, record)| (site, text, record)))
    else {
        return Outcome::NotApplicable;
    };
    // What cannot be read has rules of its own.
    let Some(policy) = record.policy.policy() else { return Outcome::NotApplicable };
    tally.saw();
    let name = site.domain.without_dot();
    let below = record.subdomains.policy().unwrap_or(policy);
    let effect = |policy: Policy| match policy {
        Policy::None => "lets forged mail pass",
        _ => "lets forged mail into spam folders",
    };
    if policy < Policy::Reject {
        let message = format!("{name} sends no mail, but p={policy} {}", effect(policy));
        let finding = about_tag(site, text, "p", message);
        tally.fail(match mail_below(subject) {
            Some(name) => finding.fix(fix(&name)),
            None => finding,
        });
    } else if below < Policy::Reject && mail_below(subject).is_none() {
        let message = format!("{name} and the names below it send no mail, but sp={below} {}", effect(below));
        tally.fail(about_tag(site, text, "sp", message));
    }
    tally.outcome()
}

/// What to write where a name below has mail: it may not pass DMARC.
pub(super) fn fix(below: &Name) -> String {
    format!(
        "Write the TXT record \"v=DMARC1; p=reject; sp=none\" at _dmarc: nobody may send mail in the name of the domain itself, but {} has mail. Leave sp out when that passes DMARC.",
        below.without_dot()
    )
}

/// A name below the domain that takes or sends mail.
pub(super) fn mail_below(subject: &Subject<'_>) -> Option<Name> {
    let domain = subject.domain();
    let sites = subject.dmarc().sites.iter().filter(|site| site.domain.is_below(domain));
    let with_dmarc = sites.map(|site| &site.domain);
    let names = subject.rrsets().iter().map(|rrset| &rrset.name).filter(|name| name.is_below(domain));
    let mut last = None;
    let different = names.filter(move |name| last.replace(*name) != Some(*name));
    let mut all = with_dmarc.chain(different);
    let found = all.find(|name| {
        domain::takes_mail(subject, name)
            || subject.get(name, dnsctl_zone::RecordType::TXT).is_some()
                && domain::by_spf(subject, name) == Sends::Yes
    });
    found.cloned()
}
