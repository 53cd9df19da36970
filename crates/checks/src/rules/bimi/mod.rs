//! Rules of BIMI records: the picture that a mail program shows beside a domain. No mail is lost by any of them.

mod record;
mod shown;

use crate::mail::bimi::{Site, Text};
use crate::{Check, Finding, Subject};
use dnsctl_mail::Span;

pub(super) const CHECKS: &[&[Check]] = &[shown::CHECKS, record::CHECKS];

/// The texts that are BIMI records or were meant so, each where it stands.
fn texts<'s, 'a>(subject: &'s Subject<'a>) -> impl Iterator<Item = (&'s Site<'a>, &'s Text)> {
    subject.bimi().iter().flat_map(|site| site.records.iter().map(move |text| (site, text)))
}

/// A finding about a text.
fn about(site: &Site<'_>, text: &Text, span: Option<Span>, message: String) -> Finding {
    let whole = Span::new(0, text.octets.len());
    Finding::at(site.rrset, message).marking(&text.octets, span.unwrap_or(whole))
}
