//! One check: records, and the terms in them (RFC 7208 sections 4.3 to 4.7, 6).

use super::expand::{Identity, name_of};
use super::possible::{Outcome, Possible};
use super::{Evaluation, Limits, Question, SpfResult, Step, Trial};
use crate::resolve::{Answer, Query, Resolver};
use crate::spf::{MacroText, Record, Selection, TermKind, parse, parse_explanation, select};
use dnsctl_zone::{Name, RecordType};

/// The state of a check.
pub(super) struct Check<'a, R> {
    pub(super) resolver: &'a R,
    pub(super) identity: Identity,
    pub(super) limits: Limits,
    pub(super) lookups: usize,
    pub(super) voids: usize,
    unknown: Vec<Query>,
    trace: Vec<Step>,
    reason: Option<String>,
    /// The validated names of the client, once the macro `p` has asked for them.
    pub(super) pointers: Option<Answer<Name>>,
    /// The record that said "fail", and its `exp`.
    failed: Option<(String, Option<MacroText>)>,
}

impl<'a, R: Resolver> Check<'a, R> {
    pub(super) fn new(resolver: &'a R, question: &Question<'_>, limits: Limits) -> Self {
        Self {
            resolver,
            identity: Identity::new(question),
            // Each level of records costs a lookup, so this bounds how deep they lead.
            limits: Limits { lookups: limits.lookups.min(100), ..limits },
            lookups: 0,
            voids: 0,
            unknown: Vec::new(),
            trace: Vec::new(),
            reason: None,
            pointers: None,
            failed: None,
        }
    }

    pub(super) fn run(mut self) -> Evaluation {
        let domain = self.identity.domain.clone();
        let result = self.host(&domain, 0, true).result();
        let (lookups, void_lookups) = (self.lookups, self.voids);
        let explanation = if result == SpfResult::Fail { self.explanation() } else { None };
        let error = matches!(result, SpfResult::TempError | SpfResult::PermError);
        Evaluation {
            result,
            explanation,
            reason: self.reason.filter(|_| error),
            trace: self.trace,
            lookups,
            void_lookups,
            unknown: self.unknown,
        }
    }

    /// `check_host()`. `own`: it is asked for the sender, directly or by `redirect`, so that its `exp` counts.
    pub(super) fn host(&mut self, domain: &str, depth: usize, own: bool) -> Possible {
        // An address literal or a single label is no domain (section 4.3).
        let name = name_of(domain).filter(|name| name.label_count() > 1 && !domain.starts_with('['));
        let Some(name) = name else { return Possible::only(SpfResult::None) };
        let texts = match self.resolver.texts(&name) {
            Answer::Found(texts) => texts,
            Answer::Empty | Answer::Missing => return Possible::only(SpfResult::None),
            Answer::Failed(why) => {
                self.because(format!("the TXT records of {domain} cannot be read: {why}"));
                return Possible::only(SpfResult::TempError);
            }
            Answer::Unknown => {
                self.lacks(&name, RecordType::TXT);
                return Possible::unknown();
            }
        };
        let text = match select(&texts) {
            Selection::One(text) => text,
            Selection::None => return Possible::only(SpfResult::None),
            Selection::Many(records) => {
                self.because(format!("{domain} has {} SPF records", records.len()));
                return Possible::only(SpfResult::PermError);
            }
        };
        let parsed = parse(text);
        if let Some(fault) = parsed.faults.iter().find(|fault| fault.is_error()) {
            self.because(format!("the record of {domain} is not valid: {}", fault.message));
            return Possible::only(SpfResult::PermError);
        }
        match parsed.record {
            Some(record) => self.record(&record, domain, depth, own),
            None => Possible::only(SpfResult::None),
        }
    }

    fn record(&mut self, record: &Record, domain: &str, depth: usize, own: bool) -> Possible {
        let mut possible = Possible::default();
        for (term, directive) in record.directives() {
            let step = self.step(&term.kind, domain, depth);
            let outcome = self.mechanism(&directive.mechanism, domain, depth);
            self.tried(step, outcome);
            let results = outcome.results(directive.qualifier);
            possible = possible.or(results);
            if own && results.has(SpfResult::Fail) {
                self.failed = Some((domain.to_owned(), record.explanation().map(|(_, exp)| exp.clone())));
            }
            if !outcome.does_not {
                return possible;
            }
        }
        match record.redirect() {
            Some((term, target)) => possible.or(self.redirect(&term.kind, target, domain, depth, own)),
            None => possible.or(Possible::only(SpfResult::Neutral)),
        }
    }

    /// The record that decides instead (section 6.1). Its `exp` counts, not the one beside `redirect`.
    fn redirect(
        &mut self,
        term: &TermKind,
        target: &MacroText,
        domain: &str,
        depth: usize,
        own: bool,
    ) -> Possible {
        let step = self.step(term, domain, depth);
        if self.too_many_lookups() {
            self.tried(step, Outcome::PERMANENT);
            return Possible::only(SpfResult::PermError);
        }
        let target = match self.target(Some(target), domain) {
            Ok(target) => target,
            Err(outcome) => {
                self.tried(step, outcome);
                let failed = outcome.permanent;
                return if failed { Possible::only(SpfResult::PermError) } else { Possible::unknown() };
            }
        };
        let found = self.host(&target, depth + 1, own);
        self.tried(
            step,
            Outcome { matches: true, does_not: found == Possible::unknown(), ..Outcome::default() },
        );
        if found.has(SpfResult::None) {
            self.because(format!("{domain} redirects to {target}, which has no SPF record"));
        }
        found.with(SpfResult::None, SpfResult::PermError)
    }

    /// Counts a term that costs a lookup; true when there were too many.
    pub(super) fn too_many_lookups(&mut self) -> bool {
        self.lookups += 1;
        let too_many = self.lookups > self.limits.lookups;
        if too_many {
            self.because(format!(
                "more than {} lookups are needed (RFC 7208 section 4.6.4)",
                self.limits.lookups
            ));
        }
        too_many
    }

    /// Counts an answer that holds nothing; true when there were too many.
    pub(super) fn too_many_voids<T>(&mut self, answer: &Answer<T>) -> bool {
        self.voids += usize::from(answer.is_void());
        let too_many = answer.is_void() && self.voids > self.limits.void_lookups;
        if too_many {
            let most = self.limits.void_lookups;
            self.because(format!("more than {most} lookups find nothing (RFC 7208 section 4.6.4)"));
        }
        too_many
    }

    /// Remembers what is not known.
    pub(super) fn lacks(&mut self, name: &Name, rtype: RecordType) {
        let query = Query { name: name.clone(), rtype };
        if !self.unknown.contains(&query) {
            self.unknown.push(query);
        }
    }

    /// Remembers why the check ends with an error.
    pub(super) fn because(&mut self, reason: String) {
        self.reason = Some(reason);
    }

    fn step(&mut self, term: &TermKind, domain: &str, depth: usize) -> usize {
        self.trace.push(Step {
            depth,
            domain: domain.to_owned(),
            term: term.to_string(),
            trial: Trial::NoMatch,
        });
        self.trace.len() - 1
    }

    fn tried(&mut self, step: usize, outcome: Outcome) {
        if let Some(step) = self.trace.get_mut(step) {
            step.trial = match outcome {
                Outcome { matches: true, does_not: false, .. } => Trial::Match,
                Outcome { matches: false, does_not: true, .. } => Trial::NoMatch,
                Outcome { matches: true, .. } => Trial::Unknown,
                _ => Trial::Error,
            };
        }
    }

    /// What the domain says to those that fail (section 6.2). Whatever goes wrong, there is none then.
    fn explanation(&mut self) -> Option<String> {
        let (domain, spec) = self.failed.take()?;
        let name = self.target(Some(&spec?), &domain).ok().and_then(|target| name_of(&target))?;
        let text = match self.resolver.texts(&name) {
            Answer::Found(texts) => <[Vec<u8>; 1]>::try_from(texts).ok(),
            Answer::Unknown => {
                self.lacks(&name, RecordType::TXT);
                None
            }
            _ => None,
        };
        let [text] = text?;
        let (text, faults) = parse_explanation(&text);
        if faults.iter().any(crate::Fault::is_error) {
            return None;
        }
        let identity = self.identity.clone();
        identity.explanation(&text, &domain, || self.pointer(&domain, false)).ok()
    }
}
