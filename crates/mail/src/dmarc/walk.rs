//! The tree walk: which record is for a domain, and which domain is its organisational domain (RFC 9989 section 4.10).

use super::{Policy, PublicSuffix, Receiver, Record, parse};
use crate::resolve::{Answer, Resolver};
use dnsctl_zone::Name;

/// From more labels than this the walk jumps, so that it asks eight times at most.
const MOST_LABELS: usize = 8;

/// What was found at one domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// One record.
    Record(Box<Record>),
    /// No record.
    Nothing,
    /// This many records: all of them are discarded.
    Several(usize),
    /// No answer, in words.
    Failed(String),
    /// Nobody was asked.
    Unknown,
}

/// One question of the walk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The domain, without `_dmarc`.
    pub domain: Name,
    /// What is there.
    pub found: Found,
}

impl Step {
    /// The record, when there is exactly one.
    pub fn record(&self) -> Option<&Record> {
        match &self.found {
            Found::Record(record) => Some(record),
            _ => None,
        }
    }
}

/// A walk from a domain to the top.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Walk {
    /// Where it started.
    pub start: Name,
    /// The questions in their order; the first one is for `start`.
    pub steps: Vec<Step>,
}

/// Whose record applies to a domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// Its own: `p` counts.
    Own,
    /// That of its organisational domain: `sp` or `np` counts.
    Organisation,
    /// That of a public suffix: `sp` or `np` counts.
    PublicSuffix,
}

/// The record that applies to a domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Applied<'a> {
    /// Where the record stands, without `_dmarc`.
    pub domain: &'a Name,
    /// The record.
    pub record: &'a Record,
    /// Whose it is.
    pub whose: Whose,
}

impl Applied<'_> {
    /// What an RFC 9989 receiver does with failing mail of the domain where the walk started. `exists`: whether that domain
    /// has any record at all (RFC 9989 section 4.10.1).
    pub fn policy(&self, exists: bool) -> Policy {
        let reading = self.record.as_read_by(Receiver::Rfc9989);
        match (self.whose, exists) {
            (Whose::Own, _) => reading.policy,
            (_, true) => reading.subdomains,
            (_, false) => reading.nonexistent,
        }
    }
}

/// Walks from a domain to the top, at most eight questions (RFC 9989 section 4.10).
pub fn tree_walk(resolver: &impl Resolver, start: &Name) -> Walk {
    let mut steps: Vec<Step> = Vec::new();
    let mut next = Some(start.clone());
    while let Some(domain) = next.filter(|domain| !domain.is_root()) {
        let found = find(resolver, &domain);
        let stop = match &found {
            // At the start, too (steps 2 and 6).
            Found::Record(record) => record.public_suffix != PublicSuffix::Unknown,
            _ => false,
        };
        next = if stop { None } else { above(&domain) };
        steps.push(Step { domain, found });
    }
    Walk { start: start.clone(), steps }
}

/// The next domain: one label less, or seven labels where there are more than eight.
fn above(domain: &Name) -> Option<Name> {
    let mut name = domain.parent()?;
    if domain.label_count() > MOST_LABELS {
        while name.label_count() >= MOST_LABELS {
            name = name.parent()?;
        }
    }
    Some(name)
}

fn find(resolver: &impl Resolver, domain: &Name) -> Found {
    // A name that is too long for `_dmarc` in front can have no record.
    let Ok(name) = domain.child(b"_dmarc") else { return Found::Nothing };
    let texts = match resolver.texts(&name) {
        Answer::Found(texts) => texts,
        Answer::Empty | Answer::Missing => return Found::Nothing,
        Answer::Failed(why) => return Found::Failed(why),
        Answer::Unknown => return Found::Unknown,
    };
    let mut records: Vec<Record> = texts.iter().filter_map(|text| parse(text).record).collect();
    match (records.len(), records.pop()) {
        (1, Some(record)) => Found::Record(Box::new(record)),
        (0, _) | (_, None) => Found::Nothing,
        (count, _) => Found::Several(count),
    }
}

impl Walk {
    /// The organisational domain (RFC 9989 section 4.10.2), by what is known.
    pub fn organisational(&self) -> Name {
        let valid = || self.steps.iter().filter_map(|step| Some((&step.domain, step.record()?)));
        for (domain, record) in valid() {
            match record.public_suffix {
                PublicSuffix::No => return domain.clone(),
                PublicSuffix::Yes if *domain != self.start => return one_below(domain, &self.start),
                _ => {}
            }
        }
        // Each step is further up than the one before.
        valid().next_back().map_or_else(|| self.start.clone(), |(domain, _)| domain.clone())
    }

    /// The record that applies (RFC 9989 section 4.10.1), by what is known; `None`: no DMARC.
    pub fn applied(&self) -> Option<Applied<'_>> {
        let organisation = self.organisational();
        let at = |wanted: &Name| {
            self.steps
                .iter()
                .find_map(|step| Some((&step.domain, step.record()?)).filter(|(d, _)| *d == wanted))
        };
        let found = |(domain, record), whose| Applied { domain, record, whose };
        if let Some(own) = at(&self.start) {
            return Some(found(own, Whose::Own));
        }
        if let Some(organisation) = at(&organisation) {
            return Some(found(organisation, Whose::Organisation));
        }
        let suffix = self.steps.iter().find_map(|step| {
            let record = step.record()?;
            (record.public_suffix == PublicSuffix::Yes).then_some((&step.domain, record))
        });
        suffix.map(|suffix| found(suffix, Whose::PublicSuffix))
    }

    /// The domains whose record nobody knows: not asked, or not answered.
    pub fn unknown(&self) -> impl Iterator<Item = &Name> {
        self.steps
            .iter()
            .filter(|step| matches!(step.found, Found::Unknown | Found::Failed(_)))
            .map(|step| &step.domain)
    }
}

/// The domain one label below `suffix` on the way to `start`.
fn one_below(suffix: &Name, start: &Name) -> Name {
    let mut name = start.clone();
    while name.label_count() > suffix.label_count() + 1 {
        let Some(parent) = name.parent() else { break };
        name = parent;
    }
    name
}
