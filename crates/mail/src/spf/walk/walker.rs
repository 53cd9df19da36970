//! Follows every term of a record.

use super::super::evaluate::{Identity, name_of};
use super::{Branch, Problem, Tree, Voids};
use crate::resolve::{Answer, Query, Resolver};
use crate::spf::{Letter, MacroText, Mechanism, Parsed, Question, Selection, Term, TermKind, parse, select};
use dnsctl_zone::{Name, RecordType};
use std::net::{IpAddr, Ipv4Addr};

/// How deep records are followed. Each level costs a lookup, so a receiver has given up before.
const DEEPEST: usize = 16;
/// After how many terms no further record is followed. No receiver comes to so many.
const MOST_TERMS: usize = 2_000;
/// How many mail exchangers of one `mx` are looked at (RFC 7208 section 4.6.4).
const MOST_EXCHANGERS: usize = 10;

pub(super) struct Walker<'a, R> {
    resolver: &'a R,
    identity: Identity,
    /// The records that led here.
    path: Vec<Name>,
    terms: usize,
    /// The lookup of the macro `p` counts once.
    pointer_counted: bool,
}

impl<'a, R: Resolver> Walker<'a, R> {
    pub(super) fn new(resolver: &'a R, domain: &Name) -> Self {
        let ip = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
        let sender = text_of(domain);
        let question = Question { ip, helo: "", mail_from: &sender, receiver: "", now: 0 };
        Self {
            resolver,
            identity: Identity::new(&question),
            path: Vec::new(),
            terms: 0,
            pointer_counted: false,
        }
    }

    pub(super) fn tree(&mut self, domain: &Name, text: &[u8], parsed: Parsed) -> Tree {
        self.path.push(domain.clone());
        let mut branches = Vec::new();
        let mut ended = false;
        let mut redirect = None;
        for term in parsed.record.iter().flat_map(|record| &record.terms) {
            match &term.kind {
                TermKind::Directive(directive) if !ended => {
                    ended = directive.mechanism == Mechanism::All;
                    branches.push(self.branch(term, domain));
                }
                TermKind::Redirect(_) => redirect = redirect.or(Some(term)),
                _ => {}
            }
        }
        if let Some(term) = redirect.filter(|_| !ended) {
            branches.push(self.branch(term, domain));
        }
        self.path.pop();
        let mut tree = Tree {
            domain: domain.clone(),
            text: text.to_vec(),
            lookups: 0,
            void_lookups: Voids::default(),
            endless: false,
            parsed,
            branches: Vec::new(),
        };
        for branch in &branches {
            tree.lookups += branch.lookups;
            tree.void_lookups.add(branch.void_lookups);
            let nested = branch.nested.as_ref().is_some_and(|nested| nested.endless);
            tree.endless |= nested || branch.problems.contains(&Problem::Loop);
        }
        tree.branches = branches;
        tree
    }

    fn branch(&mut self, term: &Term, domain: &Name) -> Branch {
        self.terms += 1;
        let mut branch = Branch {
            term: term.clone(),
            target: None,
            lookups: usize::from(term.kind.costs_lookup()),
            void_lookups: Voids::default(),
            addresses: Vec::new(),
            nested: None,
            problems: Vec::new(),
        };
        if branch.lookups == 0 {
            return branch;
        }
        let spec = term.kind.text();
        let asks_pointer =
            spec.is_some_and(|text| text.macros().any(|found| found.letter == Letter::Pointer));
        if asks_pointer && !std::mem::replace(&mut self.pointer_counted, true) {
            branch.lookups += 1;
        }
        match self.target(spec, domain) {
            Some(Ok(name)) => {
                branch.target = Some(name.clone());
                self.follow(&name, &mut branch);
            }
            Some(Err(text)) => branch.problems.push(Problem::NoName(text)),
            None => branch.problems.push(Problem::Varies),
        }
        branch
    }

    /// The name that is asked for; nothing when it is another for each client.
    fn target(&self, spec: Option<&MacroText>, domain: &Name) -> Option<Result<Name, String>> {
        let Some(spec) = spec else { return Some(Ok(domain.clone())) };
        if !spec.is_fixed() {
            return None;
        }
        let text = self.identity.name(spec, &text_of(domain), || Err(())).ok()?;
        Some(name_of(&text).ok_or(text))
    }

    fn follow(&mut self, name: &Name, branch: &mut Branch) {
        let mechanism = match &branch.term.kind {
            TermKind::Directive(directive) => &directive.mechanism,
            _ => return self.record(name, branch),
        };
        match mechanism {
            Mechanism::Include(_) => self.record(name, branch),
            Mechanism::A(..) => self.addresses(name, branch),
            Mechanism::Mx(..) => self.exchangers(name, branch),
            Mechanism::Ptr(_) => branch.problems.push(Problem::Varies),
            Mechanism::Exists(_) => {
                let answer = self.resolver.ipv4(name);
                let void = note(&answer, name, RecordType::A, branch);
                branch.void_lookups.add(Voids { ipv4: void, ipv6: void });
            }
            Mechanism::All | Mechanism::Ip4(..) | Mechanism::Ip6(..) => {}
        }
    }

    /// The record behind `include` or `redirect`.
    fn record(&mut self, name: &Name, branch: &mut Branch) {
        if self.path.contains(name) {
            branch.problems.push(Problem::Loop);
            return;
        }
        if self.path.len() >= DEEPEST || self.terms >= MOST_TERMS {
            branch.problems.push(Problem::NotWalked);
            return;
        }
        let answer = self.resolver.texts(name);
        if !matches!(answer, Answer::Found(_)) {
            if answer.is_void() {
                branch.problems.push(Problem::NoRecord);
            } else {
                note(&answer, name, RecordType::TXT, branch);
            }
            return;
        }
        let text = match select(answer.values()) {
            Selection::One(text) => text,
            Selection::None => return branch.problems.push(Problem::NoRecord),
            Selection::Many(records) => return branch.problems.push(Problem::ManyRecords(records.len())),
        };
        let parsed = parse(text);
        if !parsed.is_valid() {
            branch.problems.push(Problem::Invalid);
        }
        let nested = self.tree(name, text, parsed);
        branch.lookups += nested.lookups;
        branch.void_lookups.add(nested.void_lookups);
        branch.nested = Some(Box::new(nested));
    }

    fn addresses(&self, name: &Name, branch: &mut Branch) {
        let ipv4 = self.resolver.ipv4(name);
        let ipv6 = self.resolver.ipv6(name);
        let voids = Voids {
            ipv4: note(&ipv4, name, RecordType::A, branch),
            ipv6: note(&ipv6, name, RecordType::AAAA, branch),
        };
        branch.void_lookups.add(voids);
        branch.addresses.extend(ipv4.values().iter().copied().map(IpAddr::V4));
        branch.addresses.extend(ipv6.values().iter().copied().map(IpAddr::V6));
    }

    fn exchangers(&self, name: &Name, branch: &mut Branch) {
        let answer = self.resolver.mail_exchangers(name);
        let void = note(&answer, name, RecordType::MX, branch);
        branch.void_lookups.add(Voids { ipv4: void, ipv6: void });
        let exchangers = answer.values();
        if exchangers.len() > MOST_EXCHANGERS {
            branch.problems.push(Problem::ManyExchangers(exchangers.len()));
        }
        let mut sorted: Vec<_> = exchangers.iter().filter(|(_, exchanger)| !exchanger.is_root()).collect();
        sorted.sort();
        for (_, exchanger) in sorted.into_iter().take(MOST_EXCHANGERS) {
            self.addresses(exchanger, branch);
        }
    }
}

/// Tells what is to be told of an answer; 1 if it holds nothing.
fn note<T>(answer: &Answer<T>, name: &Name, rtype: RecordType, branch: &mut Branch) -> usize {
    let query = Query { name: name.clone(), rtype };
    let problem = match answer {
        Answer::Found(_) => return 0,
        Answer::Empty | Answer::Missing => Problem::Void(query),
        Answer::Failed(why) => Problem::Failed(query, why.clone()),
        Answer::Unknown => Problem::Unknown(query),
    };
    branch.problems.push(problem);
    usize::from(answer.is_void())
}

/// A name as SPF writes it: the octets of its labels with dots between, nothing escaped.
fn text_of(name: &Name) -> String {
    let labels: Vec<_> = name.labels().map(|label| String::from_utf8_lossy(&label).into_owned()).collect();
    labels.join(".")
}

impl Voids {
    pub(super) fn add(&mut self, other: Self) {
        self.ipv4 += other.ipv4;
        self.ipv6 += other.ipv6;
    }
}
