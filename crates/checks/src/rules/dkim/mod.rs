//! Rules of DKIM keys: the TXT records at `SELECTOR._domainkey.DOMAIN`.

mod declared;
mod key;
mod selector;
mod text;

use crate::mail::dkim::{Site, Text};
use crate::tally::Tally;
use crate::{Check, Finding, Outcome, Severity, Subject};
use dnsctl_mail::Fault;
use dnsctl_mail::dkim::FaultKind;

pub(super) const CHECKS: &[&[Check]] = &[declared::CHECKS, selector::CHECKS, text::CHECKS, key::CHECKS];

/// The texts at selectors, each where it stands. What an alias leads to in a zone that is held is told there.
fn texts<'s, 'a>(subject: &'s Subject<'a>) -> impl Iterator<Item = (&'s Site<'a>, &'s Text)> {
    let sites = subject.dkim().iter().filter(|site| !site.elsewhere);
    sites.flat_map(|site| site.texts.iter().flatten().map(move |text| (site, text)))
}

/// A tally that knows of the selectors of which nobody here knows the texts: aliases that lead elsewhere.
fn begin(subject: &Subject<'_>) -> Tally {
    let mut tally = Tally::default();
    let unknown = subject.dkim().iter().filter_map(|site| site.texts.as_ref().err());
    unknown.for_each(|why| tally.unknown(why.clone()));
    tally
}

/// The outcome of a rule about faults of the grammar: `pick` gives the weight of those that it takes.
///
/// A text into which quotation marks have come is told for these, by dkim.string-split, and for nothing else.
fn faults(subject: &Subject<'_>, pick: impl Fn(&Text, &Fault<FaultKind>) -> Option<Severity>) -> Outcome {
    let mut tally = begin(subject);
    for (site, text) in texts(subject) {
        tally.saw();
        for fault in text.parsed.faults.iter().filter(|_| text.quote.is_none()) {
            if let Some(severity) = pick(text, fault) {
                tally.fail(told(site, text, fault).weighs(severity));
            }
        }
    }
    tally.outcome()
}

/// A fault of the grammar as a finding.
fn told(site: &Site<'_>, text: &Text, fault: &Fault<FaultKind>) -> Finding {
    let message = format!("the DKIM key {}: {}", site.owner.without_dot(), fault.message);
    Finding::at(site.rrset, message).marking(&text.octets, fault.span)
}
