//! Rules of SPF records.

mod ending;
mod helo;
mod lookups;
mod network;
mod present;
mod relay;
mod style;
mod syntax;
mod target;
#[cfg(test)]
mod tests;
mod version;
mod void;

use crate::mail::spf::{Policy, Site};
use crate::tally::Tally;
use crate::{Check, Finding, Outcome, Subject};
use dnsctl_mail::spf::{self, FaultKind, Tree};
use dnsctl_mail::{Fault, Span};

pub(super) use ending::refuses_all;

pub(super) const CHECKS: &[&[Check]] = &[
    present::CHECKS,
    version::CHECKS,
    syntax::CHECKS,
    network::CHECKS,
    lookups::CHECKS,
    void::CHECKS,
    target::CHECKS,
    style::CHECKS,
    ending::CHECKS,
    relay::CHECKS,
    helo::CHECKS,
];

/// How long a text may be that a fix shows.
const LONGEST_SHOWN: usize = 450;

/// The outcome of a rule about faults of the grammar: those that `pick` takes. `fix` says what to do about one.
///
/// A record that receivers refuse is told for what makes them do that, and for nothing else.
fn faults(
    subject: &Subject<'_>,
    pick: impl Fn(&Policy<'_>, &Fault<FaultKind>) -> bool,
    fix: impl Fn(&Policy<'_>, &Fault<FaultKind>) -> Option<String>,
) -> Outcome {
    let mut tally = Tally::default();
    for site in &subject.spf().sites {
        for policy in &site.records {
            tally.saw();
            for fault in &policy.parsed.faults {
                if (fault.is_error() || site.tree.is_some()) && pick(policy, fault) {
                    let mut finding = told(site, policy, fault);
                    finding.fix = fix(policy, fault).or(finding.fix);
                    tally.fail(finding);
                }
            }
        }
    }
    tally.outcome()
}

/// A fault of the grammar as a finding.
fn told(site: &Site<'_>, policy: &Policy<'_>, fault: &Fault<FaultKind>) -> Finding {
    let word = word(&policy.text, fault.span);
    let term = short(word.of(&policy.text));
    let message = format!("\"{term}\" in the SPF record of {}: {}", site.name(), fault.message);
    let finding = Finding::at(site.rrset, message).marking(&policy.text, fault.span);
    if fault.is_error() && is_joined(policy, word) {
        let words = "The strings of a TXT record are joined without a space: put one at the end of the first or the start of the second.";
        return finding.fix(words);
    }
    finding
}

/// The octets between spaces around a place, as far as they are near it.
fn word(text: &[u8], span: Span) -> Span {
    const NEAR: usize = 256;
    let from = span.start.saturating_sub(NEAR);
    let before = text.get(from..span.start).unwrap_or(&[]);
    let after = text.get(span.start..span.start.saturating_add(NEAR).min(text.len())).unwrap_or(&[]);
    let start = before.iter().rposition(|&octet| octet == b' ').map_or(from, |at| from + at + 1);
    let length = after.iter().position(|&octet| octet == b' ').unwrap_or(after.len());
    Span::new(start, span.start + length)
}

/// Whether two strings of the record meet within a word.
fn is_joined(policy: &Policy<'_>, word: Span) -> bool {
    let mut end = 0;
    policy.value.strings().any(|string| {
        end += string.len();
        word.start < end && end < word.end
    })
}

/// A part of a text that fits into a message.
fn short(octets: &[u8]) -> String {
    const LONGEST: usize = 60;
    let head = octets.get(..LONGEST.min(octets.len())).unwrap_or(&[]);
    format!("{}{}", head.escape_ascii(), if octets.len() > LONGEST { "…" } else { "" })
}

/// The fix "write this", with a part of the text replaced; a term that is replaced by nothing goes with its space.
fn rewrite(text: &[u8], span: Span, with: &str) -> Option<String> {
    if text.len() > 2 * LONGEST_SHOWN {
        return None;
    }
    let before = text.get(..span.start)?;
    let after = text.get(span.end..)?;
    let before = if with.is_empty() { before.strip_suffix(b" ").unwrap_or(before) } else { before };
    write(&[before, with.as_bytes(), after].concat())
}

/// The fix "write this", when that is a record: it may be wrong elsewhere as well.
fn write(text: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(text).ok().filter(|text| text.len() <= LONGEST_SHOWN)?;
    if !spf::parse(text.as_bytes()).is_valid() {
        return None;
    }
    Some(format!("Write \"{text}\"."))
}

/// The records that receivers use, with what they lead to.
fn used<'s, 'a>(subject: &'s Subject<'a>) -> impl Iterator<Item = (&'s Site<'a>, &'s Policy<'a>, &'s Tree)> {
    let used = |site: &'s Site<'a>| site.policy().map(|(policy, tree)| (site, policy, tree));
    subject.spf().sites.iter().filter_map(used)
}

/// A finding about a term of a record.
fn about_term(site: &Site<'_>, policy: &Policy<'_>, span: Span, words: &str) -> Finding {
    let term = short(span.of(&policy.text));
    let message = format!("\"{term}\" in the SPF record of {}{words}", site.name());
    Finding::at(site.rrset, message).marking(&policy.text, span)
}
