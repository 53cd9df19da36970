//! What receivers make of senders on one side: before the changes, or after them.

use dnsctl_checks::{SenderKind, Subject};
use dnsctl_mail::intent::Include;
use dnsctl_mail::resolve::{Answer, Layers, Resolver};
use dnsctl_mail::spf::{
    self, Accepted, Flat, Mechanism, Network, Problem, Question, Selection, SpfResult, Tree,
};
use dnsctl_zone::Name;
use std::cell::RefCell;
use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Nobody has this address (RFC 1112 section 4), so that only what is asked about can let it pass.
const NOBODY: Ipv4Addr = Ipv4Addr::new(240, 0, 0, 1);

/// Who sends mail.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Who {
    /// These addresses.
    Network(Network),
    /// Whoever the record of this domain authorises.
    Include(Name),
    /// Whoever this term authorises, of which each client makes another name.
    Term(String),
    /// A host whose addresses nobody here knows.
    Host(Name),
    /// The hosts that take mail for a name, where nobody here knows them.
    Exchangers(Name),
}

impl Who {
    /// As a rule names it.
    pub(super) fn term(&self) -> String {
        match self {
            Self::Network(network) => words(*network),
            Self::Include(name) => format!("include:{}", name.without_dot()),
            Self::Term(term) => term.clone(),
            Self::Host(name) | Self::Exchangers(name) => name.without_dot(),
        }
    }
}

/// What a receiver says.
#[derive(Debug, Clone)]
pub(super) struct Verdict {
    pub(super) result: SpfResult,
    /// Why it is an error, or what is not known.
    pub(super) reason: Option<String>,
}

/// A domain with its SPF record.
pub(super) struct Side<'s, 'a> {
    subject: &'s Subject<'a>,
    pub(super) domain: &'s Name,
    tree: Option<Tree>,
    /// The addresses that surely pass.
    pub(super) accepted: Accepted,
    asked: RefCell<HashMap<IpAddr, Verdict>>,
}

impl<'s, 'a> Side<'s, 'a> {
    pub(super) fn new(subject: &'s Subject<'a>, domain: &'s Name) -> Self {
        let answers = subject.answers();
        let texts = answers.texts(domain);
        let tree = match spf::select(texts.values()) {
            Selection::One(text) => Some(spf::walk(&answers, domain, text)),
            Selection::None | Selection::Many(_) => None,
        };
        let accepted = tree.as_ref().map(Tree::accepted).unwrap_or_default();
        Self { subject, domain, tree, accepted, asked: RefCell::default() }
    }

    pub(super) fn lookups(&self) -> Option<usize> {
        self.tree.as_ref().map(|tree| tree.lookups)
    }

    /// The addresses of a declared sender, as far as they are known, each with words for a person.
    pub(super) fn who(&self, sender: &SenderKind) -> Vec<(Who, String)> {
        let alone = |who: Who| {
            let words = who.term();
            vec![(who, words)]
        };
        match sender {
            SenderKind::Host(name) => self.host(name, ""),
            SenderKind::Exchangers(of) => {
                let of = of.as_ref().unwrap_or(self.domain);
                match self.subject.answers().mail_exchangers(of) {
                    Answer::Unknown => {
                        vec![(Who::Exchangers(of.clone()), format!("the MX hosts of {}", of.without_dot()))]
                    }
                    hosts => {
                        let hosts = hosts.values().iter().filter(|(_, host)| !host.is_root());
                        hosts.flat_map(|(_, host)| self.host(host, " (MX)")).collect()
                    }
                }
            }
            SenderKind::Network { address, prefix } => {
                alone(Who::Network(Network { address: *address, length: *prefix }))
            }
            SenderKind::Include(Include::Name(name)) => alone(Who::Include(name.clone())),
            SenderKind::Include(Include::Macros(text)) => alone(Who::Term(format!("include:{text}"))),
            SenderKind::Exists(text) => alone(Who::Term(format!("exists:{text}"))),
        }
    }

    fn host(&self, name: &Name, role: &str) -> Vec<(Who, String)> {
        let text = name.without_dot();
        match self.subject.addresses(name) {
            Ok(addresses) => {
                let of = |ip: IpAddr| (Who::Network(Network::single(ip)), format!("{ip} ({text})"));
                addresses.into_iter().map(of).collect()
            }
            Err(_) => vec![(Who::Host(name.clone()), format!("{text}{role}"))],
        }
    }

    /// The known addresses of the hosts that take mail of the domain.
    pub(super) fn exchangers(&self) -> Vec<(IpAddr, Name)> {
        let hosts = self.subject.answers().mail_exchangers(self.domain);
        let addresses = |host: &Name| self.subject.addresses(host).unwrap_or_default();
        let of = |(_, host): &(u16, Name)| addresses(host).into_iter().map(|ip| (ip, host.clone())).collect();
        hosts.values().iter().flat_map::<Vec<_>, _>(of).collect()
    }

    /// The result for a sender; of a network, the one that does not pass if there is any.
    pub(super) fn result(&self, who: &Who) -> SpfResult {
        self.ask(who).result
    }

    pub(super) fn ask(&self, who: &Who) -> Verdict {
        match who {
            Who::Network(network) => self.of_all(&[*network]),
            Who::Include(name) => match (self.networks_of(name), self.subject.answers().texts(name)) {
                (Some(networks), _) => self.of_all(&networks),
                // It stands for nobody, and an include of it is an error.
                (None, Answer::Empty | Answer::Missing) => self.of(IpAddr::V4(NOBODY)),
                (None, _) => self.stands_for_all(name),
            },
            Who::Term(term) => {
                let verdict = self.of(IpAddr::V4(NOBODY));
                let open =
                    !matches!(verdict.result, SpfResult::PermError | SpfResult::TempError | SpfResult::None);
                if open && self.names(term) { PASS } else { verdict }
            }
            Who::Host(name) => self.assume(&Assumed { address_of: Some(name), ..Assumed::default() }),
            Who::Exchangers(name) => self.assume(&Assumed {
                address_of: Some(name),
                exchanger_of: Some(name),
                ..Assumed::default()
            }),
        }
    }

    /// One address.
    pub(super) fn of(&self, ip: IpAddr) -> Verdict {
        if self.accepted.holds(ip) {
            return PASS;
        }
        if let Some(known) = self.asked.borrow().get(&ip) {
            return known.clone();
        }
        let verdict = self.evaluate(&self.subject.answers(), ip);
        self.asked.borrow_mut().insert(ip, verdict.clone());
        verdict
    }

    /// What it says of whoever no term names; nothing without a record, or where that is not known.
    pub(super) fn others(&self) -> Option<SpfResult> {
        let tree = self.tree.as_ref()?;
        match self.of(IpAddr::V4(NOBODY)).result {
            // Whether a term matches that leads out of what is held: those that no term matches come to the end.
            SpfResult::Undecided => at_end(tree),
            result => Some(result),
        }
    }

    fn of_all(&self, networks: &[Network]) -> Verdict {
        let outside = networks.iter().find_map(|network| self.accepted.first_outside(*network));
        outside.map_or(PASS, |ip| self.of(ip))
    }

    /// Clients that pass the record of a domain which is not held: what receivers say depends on where that is included. They
    /// may be written out as networks, too.
    fn stands_for_all(&self, name: &Name) -> Verdict {
        let verdict = self.assume(&Assumed { text_of: Some(name), ..Assumed::default() });
        let refused = matches!(verdict.result, SpfResult::Fail | SpfResult::SoftFail | SpfResult::Neutral);
        if refused && !self.accepted.without(&self.accounted()).is_empty() {
            let reason = format!("the addresses that {} authorises", name.without_dot());
            return Verdict { result: SpfResult::Undecided, reason: Some(reason) };
        }
        verdict
    }

    /// The addresses that declared hosts and senders account for.
    fn accounted(&self) -> Accepted {
        let hosts = self.subject.facts.hosts.iter();
        let addresses =
            hosts.flat_map(|host| host.addresses.iter().chain(&host.planned).chain(&host.retired));
        let networks = self.subject.facts.senders.iter().filter_map(|sender| match &sender.who {
            SenderKind::Network { address, prefix } => Some(Network { address: *address, length: *prefix }),
            _ => None,
        });
        let exchangers = self.exchangers().into_iter().map(|(ip, _)| Network::single(ip));
        let all: Vec<Network> =
            addresses.map(|ip| Network::single(*ip)).chain(networks).chain(exchangers).collect();
        Accepted::of(&all)
    }

    /// The networks of a record that is held, when they are all it says.
    fn networks_of(&self, name: &Name) -> Option<Vec<Network>> {
        let answers = self.subject.answers();
        let texts = answers.texts(name);
        let Selection::One(text) = spf::select(texts.values()) else { return None };
        let flat = spf::flatten(&answers, name, text);
        Some(flat)
            .filter(|flat| Flat::is_complete(flat) && !flat.networks.is_empty())
            .map(|flat| flat.networks)
    }

    /// Those whom a term lets pass whose addresses nobody here knows, each as its term says.
    pub(super) fn unknown(&self) -> Vec<(Who, String)> {
        let mut all = Vec::new();
        let Some(tree) = &self.tree else { return all };
        tree.each(&mut |_, branch| {
            let unknown =
                branch.problems.iter().any(|it| matches!(it, Problem::Unknown(_) | Problem::Varies));
            let kind = &branch.term.kind;
            if !unknown || branch.nested.is_some() || kind.passing().is_none() {
                return;
            }
            let who = match (kind.passing(), &branch.target) {
                (Some(Mechanism::Include(_)), Some(name)) => Who::Include(name.clone()),
                (Some(Mechanism::A(..)), Some(name)) => Who::Host(name.clone()),
                (Some(Mechanism::Mx(..)), Some(name)) => Who::Exchangers(name.clone()),
                _ => Who::Term(kind.to_string()),
            };
            all.push((who, kind.to_string()));
        });
        all
    }

    /// Whether whoever a term of the record matches passes.
    fn names(&self, term: &str) -> bool {
        let mut found = false;
        if let Some(tree) = &self.tree {
            tree.each(&mut |_, branch| {
                let passes = branch.term.kind.passing().is_some();
                found |= passes && branch.term.kind.to_string().eq_ignore_ascii_case(term);
            });
        }
        found
    }

    /// What receivers say of a client for which this holds and nothing else is known.
    fn assume(&self, assumed: &Assumed<'_>) -> Verdict {
        self.evaluate(&Layers(*assumed, self.subject.answers()), IpAddr::V4(NOBODY))
    }

    fn evaluate(&self, resolver: &impl Resolver, ip: IpAddr) -> Verdict {
        let domain = self.domain.without_dot();
        let mail_from = format!("postmaster@{domain}");
        let question = Question { ip, helo: &domain, mail_from: &mail_from, receiver: "", now: 0 };
        let found = spf::evaluate(resolver, &question);
        let unknown = || {
            let unknown: Vec<String> = found.unknown.iter().take(3).map(ToString::to_string).collect();
            (found.result == SpfResult::Undecided && !unknown.is_empty()).then(|| unknown.join(", "))
        };
        let reason = found.reason.clone().or_else(unknown);
        Verdict { result: found.result, reason }
    }
}

const PASS: Verdict = Verdict { result: SpfResult::Pass, reason: None };

/// What a record says of those that come to its end (RFC 7208 sections 4.7, 5.1 and 6.1).
fn at_end(tree: &Tree) -> Option<SpfResult> {
    let record = tree.parsed.record.as_ref()?;
    match (record.all(), record.redirect()) {
        (Some((_, qualifier)), _) => Some(qualifier.into()),
        (None, Some(_)) => at_end(tree.branches.last()?.nested.as_deref()?),
        (None, None) => Some(SpfResult::Neutral),
    }
}

/// A network as it is written in a file.
pub(super) fn words(network: Network) -> String {
    match network == Network::single(network.address) {
        true => network.address.to_string(),
        false => format!("{}/{}", network.address, network.length),
    }
}

/// Answers that nobody gave.
#[derive(Debug, Clone, Copy, Default)]
struct Assumed<'n> {
    /// The record of this domain authorises everybody.
    text_of: Option<&'n Name>,
    /// This host has the address.
    address_of: Option<&'n Name>,
    /// This host takes its own mail.
    exchanger_of: Option<&'n Name>,
}

impl Resolver for Assumed<'_> {
    fn texts(&self, name: &Name) -> Answer<Vec<u8>> {
        match self.text_of == Some(name) {
            true => Answer::Found(vec![b"v=spf1 +all".to_vec()]),
            false => Answer::Unknown,
        }
    }

    fn ipv4(&self, name: &Name) -> Answer<Ipv4Addr> {
        if self.address_of == Some(name) { Answer::Found(vec![NOBODY]) } else { Answer::Unknown }
    }

    fn ipv6(&self, _: &Name) -> Answer<Ipv6Addr> {
        Answer::Unknown
    }

    fn mail_exchangers(&self, name: &Name) -> Answer<(u16, Name)> {
        match self.exchanger_of == Some(name) {
            true => Answer::Found(vec![(10, name.clone())]),
            false => Answer::Unknown,
        }
    }

    fn pointers(&self, _: IpAddr) -> Answer<Name> {
        Answer::Unknown
    }
}
