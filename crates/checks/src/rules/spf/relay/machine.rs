//! Senders that are known by their addresses.

use super::include::authorises;
use super::{Record, Refusal, Verdict, terms};
use crate::{Found, Severity};
use dnsctl_mail::Span;
use dnsctl_mail::resolve::{Answer, Resolver as _};
use dnsctl_mail::spf::{Branch, Evaluation, Mechanism, Network, Question, SpfResult, Step, Trial, evaluate};
use dnsctl_zone::Name;
use std::net::IpAddr;

/// Addresses that are not authorised, with what receivers say of each.
type Refused = [(IpAddr, Evaluation)];

/// What came of the addresses of one machine.
#[derive(Default)]
struct Addresses {
    refused: Vec<(IpAddr, Evaluation)>,
    open: Vec<String>,
}

impl Record<'_, '_> {
    /// A host: its addresses of the inventory, else those of its records. `exchanger`: the name whose MX record names it.
    pub(super) fn host(&self, name: &Name, exchanger: Option<&Name>) -> Vec<Verdict> {
        let declared = self.subject.facts.host(name).or_else(|| self.subject.held.host(name));
        let declared = declared.filter(|host| !host.addresses.is_empty());
        let addresses = match declared {
            Some(host) => host.addresses.clone(),
            None => match self.subject.target(name).found {
                Found::Addresses(addresses) => addresses,
                Found::Unknown(_) | Found::Made if self.is_named(name, exchanger) => {
                    return vec![Verdict::Passes];
                }
                Found::Unknown(why) => return vec![Verdict::Open(why)],
                Found::Made => {
                    let name = name.without_dot();
                    return vec![Verdict::Open(format!("the provider makes up the addresses of {name}"))];
                }
                Found::NoAddress | Found::Missing | Found::Endless => {
                    let name = name.without_dot();
                    return vec![Verdict::Open(format!("{name} sends mail, but has no address"))];
                }
            },
        };
        let terms = |refused: &Refused| match (declared, exchanger) {
            (_, Some(of)) => vec![terms::name("mx", Some(of), self.domain)],
            (None, None) => vec![terms::name("a", Some(name), self.domain)],
            (Some(_), None) => refused.iter().map(|(address, _)| terms::address(*address)).collect(),
        };
        let mut verdicts = self.machine(name, exchanger, &addresses, None, &terms);
        let planned = declared.map_or(&[][..], |host| &host.planned);
        let ahead = |refused: &Refused| -> Vec<String> {
            refused.iter().map(|(address, _)| terms::address(*address)).collect()
        };
        let planned: Vec<IpAddr> = planned.iter().copied().filter(|one| !addresses.contains(one)).collect();
        verdicts.extend(self.machine(name, exchanger, &planned, Some(Severity::Warning), &ahead));
        verdicts
    }

    /// Whether a term authorises whatever addresses a host has: `a` with its name, `mx` with the name it takes mail for.
    fn is_named(&self, name: &Name, exchanger: Option<&Name>) -> bool {
        authorises(&self.tree, &|branch: &Branch| match branch.term.kind.mechanism() {
            Some(Mechanism::A(..)) => branch.target.as_ref() == Some(name),
            Some(Mechanism::Mx(..)) => exchanger.is_some() && branch.target.as_ref() == exchanger,
            _ => false,
        })
    }

    fn machine(
        &self,
        name: &Name,
        exchanger: Option<&Name>,
        addresses: &[IpAddr],
        severity: Option<Severity>,
        terms: &dyn Fn(&Refused) -> Vec<String>,
    ) -> Vec<Verdict> {
        let helo = name.without_dot();
        let mut all = Addresses::default();
        for address in addresses {
            self.ask(*address, &helo, &mut all);
        }
        let mut verdicts: Vec<Verdict> = all.open.into_iter().map(Verdict::Open).collect();
        if let Some((_, first)) = all.refused.first() {
            let list: Vec<String> = all.refused.iter().map(|(address, _)| address.to_string()).collect();
            let role = exchanger.map(|of| format!(", an MX of {},", of.without_dot())).unwrap_or_default();
            let message = format!(
                "{helo}{role} {} mail of {} from {}, but SPF says {}",
                if severity.is_some() { "is planned to send" } else { "sends" },
                self.domain.without_dot(),
                list.join(", "),
                spoken(first)
            );
            let span = self.span(first);
            let terms = terms(&all.refused);
            let front = all.refused.iter().any(|(_, evaluation)| self.is_matched(evaluation));
            verdicts.push(Verdict::Refused(Refusal { message, terms, front, span, severity }));
        } else if verdicts.is_empty() {
            verdicts.push(Verdict::Passes);
        }
        verdicts
    }

    /// What receivers say of one address.
    fn ask(&self, address: IpAddr, helo: &str, all: &mut Addresses) {
        if self.sure.holds(address) {
            return;
        }
        let evaluation = self.evaluate(address, helo);
        match self.open(address, &evaluation) {
            _ if evaluation.result == SpfResult::Pass => {}
            Some(why) => all.open.push(why),
            None => all.refused.push((address, evaluation)),
        }
    }

    fn evaluate(&self, ip: IpAddr, helo: &str) -> Evaluation {
        let mail_from = format!("postmaster@{}", self.domain.without_dot());
        evaluate(&self.answers, &Question { ip, helo, mail_from: &mail_from, receiver: "", now: 0 })
    }

    /// Why a result is no verdict on a sender. What breaks the record for every sender other rules tell.
    fn open(&self, address: IpAddr, evaluation: &Evaluation) -> Option<String> {
        let name = self.domain.without_dot();
        match evaluation.result {
            SpfResult::Undecided => {
                let unknown: Vec<String> =
                    evaluation.unknown.iter().take(3).map(ToString::to_string).collect();
                let unknown = unknown.join(", ");
                Some(format!(
                    "whether {address} may send for {name} depends on {unknown}, which is not known"
                ))
            }
            SpfResult::PermError | SpfResult::TempError | SpfResult::None => {
                let reason = evaluation.reason.clone().unwrap_or_else(|| "it cannot be evaluated".to_owned());
                Some(format!("the SPF record of {name} says {} of every sender: {reason}", evaluation.result))
            }
            SpfResult::Pass | SpfResult::Fail | SpfResult::SoftFail | SpfResult::Neutral => None,
        }
    }

    /// The term of the domain's own record that decided.
    fn span(&self, evaluation: &Evaluation) -> Option<Span> {
        let step =
            evaluation.trace.iter().rev().find(|step| step.depth == 0 && step.trial == Trial::Match)?;
        let branch = self.tree.branches.iter().find(|branch| branch.term.kind.to_string() == step.term)?;
        Some(branch.term.span)
    }

    /// Whether a term of the domain's own record other than `all` matches the sender: only what stands in front of it helps.
    fn is_matched(&self, evaluation: &Evaluation) -> bool {
        let step = evaluation.trace.iter().rev().find(|step| step.depth == 0 && step.trial == Trial::Match);
        step.is_some_and(|step| !step.term.ends_with("all") && !step.term.starts_with("redirect="))
    }

    /// A network: all of it, or the first address that is not authorised.
    pub(super) fn network(&self, address: IpAddr, prefix: u8) -> Verdict {
        if self.sure.first_outside(Network { address, length: prefix }).is_none() {
            return Verdict::Passes;
        }
        let single = prefix >= if address.is_ipv4() { 32 } else { 128 };
        let missing = if single {
            Some(address)
        } else {
            self.named.first_outside(Network { address, length: prefix })
        };
        // Of a network that is covered the first address is asked, too: a term that is not known may stand in front.
        let asked = missing.unwrap_or(address);
        let evaluation = self.evaluate(asked, "");
        if evaluation.result == SpfResult::Pass {
            return match missing.filter(|_| !single) {
                Some(_) => Verdict::Open(format!(
                    "{address}/{prefix} passes SPF only by terms that depend on more than the address"
                )),
                None => Verdict::Passes,
            };
        }
        if let Some(why) = self.open(asked, &evaluation) {
            return Verdict::Open(why);
        }
        let domain = self.domain.without_dot();
        let (what, of) = if single {
            (address.to_string(), String::new())
        } else {
            (format!("{address}/{prefix}"), format!(" of {asked}"))
        };
        Verdict::Refused(Refusal {
            message: format!("{what} sends mail of {domain}, but SPF says{of} {}", spoken(&evaluation)),
            terms: vec![terms::network(address, prefix)],
            front: true,
            span: self.span(&evaluation),
            severity: None,
        })
    }

    /// The hosts that take mail for a name, by default the domain.
    pub(super) fn exchangers(&self, of: Option<&Name>) -> Vec<Verdict> {
        let of = of.unwrap_or(self.domain);
        let name = of.without_dot();
        match self.answers.mail_exchangers(of) {
            Answer::Found(mut exchangers) => {
                exchangers.retain(|(_, host)| !host.is_root());
                exchangers.sort();
                exchangers.iter().flat_map(|(_, host)| self.host(host, Some(of))).collect()
            }
            Answer::Empty | Answer::Missing => vec![Verdict::Open(format!("{name} has no MX record"))],
            Answer::Failed(why) => vec![Verdict::Open(why)],
            Answer::Unknown if self.is_named(of, Some(of)) => vec![Verdict::Passes],
            Answer::Unknown => vec![Verdict::Open(format!("{name} MX is not known"))],
        }
    }
}

/// The term that decided: an `include` itself, but of a `redirect` the term behind it.
fn decided(evaluation: &Evaluation) -> Option<&Step> {
    let mut depth = 0;
    loop {
        let matching = |step: &&Step| step.depth == depth && step.trial == Trial::Match;
        let step = evaluation.trace.iter().rev().find(matching)?;
        if !step.term.starts_with("redirect=") {
            return Some(step);
        }
        depth += 1;
    }
}

/// A result with the term that decided.
fn spoken(evaluation: &Evaluation) -> String {
    match decided(evaluation) {
        Some(step) => format!("{} (\"{}\" of {})", evaluation.result, step.term, step.domain),
        None => format!("{} (no term matches)", evaluation.result),
    }
}
