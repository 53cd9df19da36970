//! The SPF records of a zone, read and walked once.

use crate::Subject;
use dnsctl_mail::resolve::Zones;
use dnsctl_mail::spf::{self, FaultKind, Mechanism, Parsed, TermKind, Tree};
use dnsctl_mail::{Fault, Span};
use dnsctl_zone::{Name, Place, RRset, Rdata, RecordType, place};
use std::collections::HashSet;

/// How many terms of included records are looked at in one zone.
const MOST_TERMS: usize = 100_000;

/// All SPF records of a zone. Reverse zones have none.
#[derive(Debug, Default)]
pub(crate) struct Policies<'a> {
    /// Every name with a text that is an SPF record or looks like one, in canonical order.
    pub(crate) sites: Vec<Site<'a>>,
    /// The names that some record of the zone includes.
    included: HashSet<Name>,
    /// The names that some record of the zone redirects to.
    redirected: HashSet<Name>,
    /// The names that take mail, and the domain: records there are no parts of others, whoever leads to them.
    whole: HashSet<Name>,
}

/// A name with SPF records.
#[derive(Debug)]
pub(crate) struct Site<'a> {
    /// The TXT RRset.
    pub(crate) rrset: &'a RRset,
    /// Its SPF records. There may be one only.
    pub(crate) records: Vec<Policy<'a>>,
    /// Texts that look like SPF records and are none, and why.
    pub(crate) misses: Vec<(Vec<u8>, Fault<FaultKind>)>,
    /// What the record leads to; absent when there are several, or when receivers refuse it.
    pub(crate) tree: Option<Tree>,
}

/// An SPF record.
#[derive(Debug)]
pub(crate) struct Policy<'a> {
    /// The record.
    pub(crate) value: &'a Rdata,
    /// Its text.
    pub(crate) text: Vec<u8>,
    /// What was read.
    pub(crate) parsed: Parsed,
    /// Where a second `v=spf1` stands in it, if one does.
    pub(crate) again: Option<usize>,
}

impl<'a> Policies<'a> {
    /// Reads the records of a zone. What stands at and below a delegation nobody is given.
    pub(crate) fn of(subject: &Subject<'a>) -> Self {
        if subject.apex().labels().last().is_some_and(|label| &*label == b"arpa") {
            return Self::default();
        }
        let answers = subject.answers();
        let nobody = Zones::default();
        let mut walked = 0;
        let sites = subject.of(RecordType::TXT).filter_map(|rrset| {
            let mut site = Site::of(rrset)?;
            if place(subject.zone, &rrset.name) != Place::At(rrset.name.clone()) {
                return None;
            }
            if let [only] = site.records.as_slice()
                && only.parsed.is_valid()
            {
                // Whoever writes many records that lead far has to live with what is not known.
                let tree = match walked > MOST_TERMS {
                    true => spf::walk(&nobody, &rrset.name, &only.text),
                    false => spf::walk(&answers, &rrset.name, &only.text),
                };
                tree.each(&mut |_, _| walked += 1);
                site.tree = Some(tree);
            }
            Some(site)
        });
        let mut policies = Self { sites: sites.collect(), ..Self::default() };
        policies.whole = subject.of(RecordType::MX).map(|rrset| rrset.name.clone()).collect();
        policies.whole.insert(subject.domain().clone());
        for site in &policies.sites {
            for branch in site.tree.iter().flat_map(|tree| &tree.branches) {
                match (&branch.term.kind, &branch.target) {
                    (TermKind::Redirect(_), Some(target)) => policies.redirected.insert(target.clone()),
                    (TermKind::Directive(directive), Some(target)) => {
                        matches!(directive.mechanism, Mechanism::Include(_))
                            && policies.included.insert(target.clone())
                    }
                    _ => false,
                };
            }
        }
        policies
    }

    /// The records at a name.
    pub(crate) fn at(&self, name: &Name) -> Option<&Site<'a>> {
        let at = self.sites.binary_search_by(|site| site.rrset.name.cmp(name)).ok()?;
        self.sites.get(at)
    }

    /// Whether a record is a part of another one of the zone, so that its cost is counted there.
    pub(crate) fn is_counted_elsewhere(&self, site: &Site<'_>) -> bool {
        let name = &site.rrset.name;
        !self.whole.contains(name) && (self.included.contains(name) || self.redirected.contains(name))
    }

    /// Whether a record is only a part of others: how it ends says nothing then. By its name it may be a part of records
    /// that are not held here.
    pub(crate) fn is_part(&self, site: &Site<'_>) -> bool {
        let name = &site.rrset.name;
        let spoken = |label: &[u8]| label.starts_with(b"_") || label.windows(3).any(|part| part == b"spf");
        !self.whole.contains(name)
            && !self.redirected.contains(name)
            && (self.included.contains(name) || name.labels().next().is_some_and(|label| spoken(&label)))
    }
}

impl<'a> Policy<'a> {
    fn of(value: &'a Rdata, text: Vec<u8>) -> Self {
        let parsed = spf::parse(&text);
        let version = |span: Span| span.of(&text).eq_ignore_ascii_case(b"v=spf1");
        let mut unknown = parsed.faults.iter().filter(|fault| fault.kind == FaultKind::UnknownModifier);
        let again = unknown.find(|fault| version(fault.span)).map(|fault| fault.span.start);
        Self { value, text, parsed, again }
    }
}

impl<'a> Site<'a> {
    fn of(rrset: &'a RRset) -> Option<Self> {
        let mut site = Self { rrset, records: Vec::new(), misses: Vec::new(), tree: None };
        for value in rrset.values() {
            let text = value.joined_text();
            if spf::is_spf(&text) {
                site.records.push(Policy::of(value, text));
            } else if let Some(fault) = spf::near_miss(&text) {
                site.misses.push((text, fault));
            }
        }
        (!site.records.is_empty() || !site.misses.is_empty()).then_some(site)
    }

    /// The name, for a person.
    pub(crate) fn name(&self) -> String {
        self.rrset.name.without_dot()
    }

    /// The record that receivers use, with what it leads to.
    pub(crate) fn policy(&self) -> Option<(&Policy<'a>, &Tree)> {
        self.records.first().zip(self.tree.as_ref())
    }
}
