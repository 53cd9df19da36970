//! All rules on one zone.

use crate::mail::text::in_full;
use crate::{Check, Finding, Judged, Outcome, Severity, State, Subject, find};
use dnsctl_zone::{Acknowledgement, Evidence, Folded, FoldedWhat, Name, Records as _, Source};
use std::collections::{HashMap, HashSet};

/// What decides how findings count.
#[derive(Debug, Clone, Copy)]
pub struct Settings<'a> {
    /// The zone's dated exceptions. Those of guards (`guard/last-mx`) are not looked at.
    pub acknowledgements: &'a [Acknowledgement],
    /// Today as `YYYY-MM-DD` in UTC: acknowledgements end by it.
    pub today: &'a str,
}

/// What all rules said about a zone.
#[derive(Debug, Clone)]
pub struct Report<'a> {
    /// One for each rule that was asked, in the order of the catalogue.
    pub results: Vec<Checked>,
    /// All findings, the heaviest first; then in the order of the catalogue.
    pub findings: Vec<Judgement<'a>>,
    /// Acknowledgements of rules that acknowledge nothing: no such finding, or past their last day.
    pub idle: Vec<Idle<'a>>,
}

/// What one rule said.
#[derive(Debug, Clone)]
pub struct Checked {
    /// The rule.
    pub check: &'static Check,
    /// Whether it passed.
    pub verdict: Verdict,
}

/// The outcome of a rule without its findings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It found nothing.
    Pass,
    /// It found this many things, acknowledged ones included.
    Fail(usize),
    /// It lacked the answer to something.
    Untested(String),
    /// There is nothing that it is about.
    NotApplicable,
}

/// A finding as it counts.
#[derive(Debug, Clone)]
pub struct Judgement<'a> {
    /// The rule.
    pub check: &'static Check,
    /// What it found.
    pub finding: Finding,
    /// How much it weighs; [`Severity::Note`] at most when it is acknowledged.
    pub severity: Severity,
    /// The exception that holds for it.
    pub acknowledged: Option<&'a Acknowledgement>,
}

/// An acknowledgement that acknowledges nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Idle<'a> {
    /// The acknowledgement.
    pub acknowledgement: &'a Acknowledgement,
    /// Why.
    pub reason: IdleReason,
}

/// Why an acknowledgement acknowledges nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdleReason {
    /// There is no such finding.
    Unused,
    /// Its last day is over, and its finding is still there.
    Expired,
    /// No rule has this name.
    NoSuchRule,
}

impl Report<'_> {
    /// How many findings have this weight or more, acknowledged ones left out.
    pub fn at_least(&self, severity: Severity) -> usize {
        self.open().filter(|judgement| judgement.severity >= severity).count()
    }

    /// The findings that are not acknowledged.
    pub fn open(&self) -> impl Iterator<Item = &Judgement<'_>> {
        self.findings.iter().filter(|judgement| judgement.acknowledged.is_none())
    }
}

/// Asks all rules about a zone.
pub fn judge<'a>(subject: &Subject<'_>, settings: Settings<'a>) -> Report<'a> {
    subject.on(settings.today);
    let entries = Entries::of(settings.acknowledgements);
    let mut matched = HashSet::new();
    let mut report = Report { results: Vec::new(), findings: Vec::new(), idle: Vec::new() };
    for check in crate::checks() {
        let verdict = match (check.look)(subject) {
            Outcome::Pass => Verdict::Pass,
            Outcome::Untested(why) => Verdict::Untested(why),
            Outcome::NotApplicable => Verdict::NotApplicable,
            Outcome::Fail(findings) => {
                let count = findings.len();
                for finding in findings.into_iter().map(Finding::told) {
                    let own = finding.severity.unwrap_or(check.severity);
                    // What the reader of the files lets pass as a warning is no more for the rule that tells the same.
                    let structure = check.told_as.iter().any(|code| !code.starts_with("mail/"));
                    let lenient = || subject.zone.is_lenient(&finding.name);
                    let own = match own > Severity::Warning && structure && lenient() {
                        true => Severity::Warning,
                        false => own,
                    };
                    let mut acknowledged = None;
                    let mut severity = own;
                    for (place, entry) in entries.covering(check, &finding) {
                        matched.insert(place);
                        if entry.until.as_str() >= settings.today {
                            match entry.weight.as_deref().and_then(|weight| weight.parse().ok()) {
                                Some(weight) => severity = weight,
                                None => acknowledged = Some(entry),
                            }
                        }
                    }
                    let severity =
                        if acknowledged.is_some() { severity.min(Severity::Note) } else { severity };
                    let finding = placed(subject, finding);
                    report.findings.push(Judgement { check, finding, severity, acknowledged });
                }
                Verdict::Fail(count)
            }
        };
        report.results.push(Checked { check, verdict });
    }
    report.findings.sort_by_key(|judgement| std::cmp::Reverse(judgement.severity));
    let all = entries.list.iter().enumerate();
    let idle = all.filter_map(|(place, entry)| {
        let own = report.results.iter().find(|result| result.check.rule.id == entry.rule);
        let looked = own.is_none_or(|own| looked(subject, own));
        idle(entry, matched.contains(&place) || !looked, settings)
    });
    report.idle = idle.collect();
    report
}

/// The acknowledgements of rules, found by what they are about.
struct Entries<'a> {
    list: Vec<&'a Acknowledgement>,
    /// Places in the list by rule and owner name; those of whole zones have none.
    places: HashMap<(&'a str, Option<&'a Name>), Vec<usize>>,
}

impl<'a> Entries<'a> {
    fn of(all: &'a [Acknowledgement]) -> Self {
        let list: Vec<_> = all.iter().filter(|entry| !entry.rule.contains('/')).collect();
        let mut places: HashMap<_, Vec<usize>> = HashMap::new();
        for (place, entry) in list.iter().enumerate() {
            let name = entry.at.as_ref().map(|(name, _)| name);
            places.entry((entry.rule.as_str(), name)).or_default().push(place);
        }
        Self { list, places }
    }

    /// Those of a finding, in the order of the file.
    fn covering(
        &self,
        check: &Check,
        finding: &Finding,
    ) -> impl Iterator<Item = (usize, &'a Acknowledgement)> {
        let keys = [(check.rule.id, None), (check.rule.id, Some(&finding.name))];
        let mut places: Vec<usize> =
            keys.iter().filter_map(|key| self.places.get(key)).flatten().copied().collect();
        places.sort_unstable();
        let entries = places.into_iter().filter_map(|place| Some((place, *self.list.get(place)?)));
        let rtype = finding.rtype;
        entries.filter(move |(_, entry)| {
            let of_type = entry.at.as_ref().and_then(|(_, of_type)| *of_type);
            of_type.is_none() || rtype.is_none() || of_type == rtype
        })
    }
}

/// Whether a rule had all that it looks at. What it does not find here it may find elsewhere: in a plan, in a check of the files,
/// or at another provider.
fn looked(subject: &Subject<'_>, own: &Checked) -> bool {
    let sees = |evidence| own.check.rule.evidence.contains(&evidence);
    match own.verdict {
        Verdict::Pass | Verdict::Fail(_) => true,
        Verdict::Untested(_) => false,
        Verdict::NotApplicable => {
            let live = subject.zone.state == State::Live;
            !(live && !sees(Evidence::Provider) || sees(Evidence::Before) && subject.before.is_none())
        }
    }
}

fn idle<'a>(acknowledgement: &'a Acknowledgement, matched: bool, settings: Settings<'_>) -> Option<Idle<'a>> {
    let reason = if find(&acknowledgement.rule).is_none() {
        IdleReason::NoSuchRule
    } else if !matched {
        IdleReason::Unused
    } else if acknowledgement.until.as_str() < settings.today {
        IdleReason::Expired
    } else {
        return None;
    };
    Some(Idle { acknowledgement, reason })
}

/// The finding with the place of its record: that of the text, of the RRset, else of another at its name, else of the zone.
fn placed(subject: &Subject<'_>, mut finding: Finding) -> Finding {
    if finding.source.is_none() {
        let zone = subject.zone;
        let own = finding.rtype.and_then(|rtype| zone.source(&finding.name, rtype));
        let beside = || {
            zone.records().at(&finding.name).iter().find_map(|rrset| zone.source(&rrset.name, rrset.rtype))
        };
        let place = joined(zone, &finding)
            .or(own)
            .or_else(|| if finding.name == *zone.apex() { None } else { beside() });
        finding.source = place.or(zone.declared.as_ref()).cloned();
    }
    finding
}

/// Where the text stands that a finding is about, when that is not where its RRset does.
fn joined<'z>(zone: &'z Judged<'_>, finding: &Finding) -> Option<&'z Source> {
    let excerpt = finding.excerpt.as_ref()?;
    let is_it = |one: &&Folded| match &one.what {
        FoldedWhat::Joined(value) => {
            one.name == finding.name
                && Some(one.rtype) == finding.rtype
                && in_full(&value.joined_text()) == excerpt.text
        }
        FoldedWhat::Twice(_) | FoldedWhat::Ttls { .. } => false,
    };
    zone.written?.iter().find(is_it).map(|one| &one.source)
}

#[cfg(test)]
#[path = "judge_tests.rs"]
mod tests;
