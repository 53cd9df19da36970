//! Senders that are known by another record.

use super::{Record, Refusal, Verdict, terms};
use crate::SenderKind;
use dnsctl_mail::intent::Include;
use dnsctl_mail::resolve::{Answer, Resolver as _};
use dnsctl_mail::spf::{
    Accepted, Branch, Mechanism, Network, Problem, Selection, TermKind, Tree, flatten, select,
};
use dnsctl_zone::Name;
use std::net::IpAddr;

impl Record<'_, '_> {
    /// A domain whose servers send, or a text with macros. The record authorises it by naming it, or by all its networks.
    pub(super) fn include(&self, sender: &SenderKind) -> Verdict {
        let Some(term) = terms::declared(sender) else { return Verdict::Passes };
        let target = match sender {
            SenderKind::Include(Include::Name(name)) => Some(name),
            _ => None,
        };
        let named = |branch: &Branch| {
            let include = matches!(branch.term.kind.mechanism(), Some(Mechanism::Include(_)));
            let same = include && target.is_some() && branch.target.as_ref() == target;
            same || branch.term.kind.to_string().eq_ignore_ascii_case(&term)
        };
        if authorises(&self.tree, &named) {
            return Verdict::Passes;
        }
        if let Some(networks) = target.and_then(|target| self.networks_of(target)) {
            let missing = |network: &Network| self.named.first_outside(*network);
            return match networks.iter().find_map(missing) {
                None => Verdict::Passes,
                Some(_) if !self.is_decided() => self.unknown(&term),
                Some(address) => self.refused(term, &format!(" ({address}, for one, is not authorised)")),
            };
        }
        if self.is_decided() && !self.has_networks_of_others() {
            self.refused(term, "")
        } else {
            self.unknown(&term)
        }
    }

    fn refused(&self, term: String, more: &str) -> Verdict {
        let domain = self.domain.without_dot();
        Verdict::Refused(Refusal {
            message: format!(
                "{term} is a declared sender of {domain}, but its SPF record leaves it out{more}"
            ),
            terms: vec![term],
            front: false,
            span: None,
            severity: None,
        })
    }

    fn unknown(&self, term: &str) -> Verdict {
        let domain = self.domain.without_dot();
        Verdict::Open(format!(
            "whether the SPF record of {domain} authorises what {term} stands for is not known: it may do so by other terms"
        ))
    }

    /// The networks of a record that is held, when they are all it says.
    fn networks_of(&self, name: &Name) -> Option<Vec<Network>> {
        let Answer::Found(texts) = self.answers.texts(name) else { return None };
        let Selection::One(text) = select(&texts) else { return None };
        let flat = flatten(&self.answers, name, text);
        flat.is_complete().then_some(flat.networks)
    }

    /// Whether all that the record authorises is known, apart from other declared senders.
    fn is_decided(&self) -> bool {
        let declared = |name: &Name| {
            let senders = self.subject.facts.senders.iter();
            senders
                .filter_map(|sender| match &sender.who {
                    SenderKind::Include(Include::Name(name)) => Some(name),
                    _ => None,
                })
                .any(|known| known == name)
        };
        let mut decided = true;
        self.tree.each(&mut |_, branch| {
            let open = |problem: &Problem| {
                !matches!(problem, Problem::Void(_) | Problem::NoName(_)) && !problem.is_error()
            };
            let mechanism = branch.term.kind.mechanism();
            let own = branch.target.as_ref().is_some_and(declared);
            // Hosts by their name are no list of somebody else's networks.
            let host = matches!(mechanism, Some(Mechanism::A(..) | Mechanism::Mx(..)));
            decided &= own || host || !branch.problems.iter().any(open);
        });
        decided
    }

    /// Whether the record names networks that nothing declared accounts for: they may be those of a domain, written out.
    fn has_networks_of_others(&self) -> bool {
        let facts = self.subject.facts;
        let mut known: Vec<Network> = Vec::new();
        let mut learn = |address: IpAddr, length: u8| known.push(Network { address, length });
        for host in &facts.hosts {
            let addresses = host.addresses.iter().chain(&host.planned).chain(&host.retired);
            addresses.for_each(|address| learn(*address, if address.is_ipv4() { 32 } else { 128 }));
        }
        for sender in &facts.senders {
            if let SenderKind::Network { address, prefix } = &sender.who {
                learn(*address, *prefix);
            }
        }
        let known = Accepted::of(&known);
        let mut others = false;
        self.tree.each(&mut |_, branch| {
            let (address, length) = match branch.term.kind.passing() {
                Some(Mechanism::Ip4(address, length)) => (IpAddr::V4(*address), length.unwrap_or(32)),
                Some(Mechanism::Ip6(address, length)) => (IpAddr::V6(*address), length.unwrap_or(128)),
                _ => return,
            };
            others |= known.first_outside(Network { address, length }).is_some();
        });
        others
    }
}

/// Whether whoever matches such a term passes, as far as the record leads.
pub(super) fn authorises(tree: &Tree, wanted: &impl Fn(&Branch) -> bool) -> bool {
    tree.branches.iter().any(|branch| {
        let passes = branch.term.kind.passing().is_some();
        let leads = passes || matches!(branch.term.kind, TermKind::Redirect(_));
        (passes && wanted(branch))
            || (leads && branch.nested.as_deref().is_some_and(|tree| authorises(tree, wanted)))
    })
}
