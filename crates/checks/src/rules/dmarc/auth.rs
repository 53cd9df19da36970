//! Whether the domain's own mail passes its own policy.

use super::about_tag;
use crate::mail::dkim::{self, Presence};
use crate::mail::dmarc::{Above, above, policies, single};
use crate::mail::senders;
use crate::tally::Tally;
use crate::{Check, Finding, Outcome, SelectorKey, Sender, SenderKind, Severity, Subject};
use dnsctl_mail::dmarc::{Alignment, Policy, Receiver, Whose};
use dnsctl_mail::spf::{self, Network, Question, SpfResult};
use dnsctl_zone::{Name, Reference};
use std::net::IpAddr;

pub(super) const CHECKS: &[Check] = &[NO_AUTH];

check! { NO_AUTH = "dmarc.no-auth", Critical, no_auth;
    title: "the domain asks to refuse its own mail",
    why: "Mail passes DMARC by SPF or by a DKIM signature of the domain. What a declared sender sends has neither, so that receivers of both standards refuse it with p=reject, and put it into the spam folder with p=quarantine.",
    fix: "Let the SPF record name the sender, or sign its mail and publish the key; until then write p=none.",
    example: "mail from 192.0.2.25 (mail.example.com) is refused by p=reject: SPF says fail, and example.com has no DKIM key",
    see: [Reference::Rfc(9989, "5.3.6"), Reference::Rfc(7489, "6.6.2")],
    evidence: [Files, Provider, Mail],
}

fn no_auth(subject: &Subject<'_>) -> Outcome {
    let facts = subject.facts;
    let walk =
        subject.dmarc().walk.as_ref().filter(|_| !facts.senders.is_empty() && facts.sends != Some(false));
    let Some(applied) = walk.and_then(dnsctl_mail::dmarc::Walk::applied) else {
        return Outcome::NotApplicable;
    };
    let strictest = [Receiver::Rfc9989, Receiver::Rfc7489].map(|receiver| {
        let (own, below) = policies(applied.record, receiver);
        if applied.whose == Whose::Own { own } else { below }
    });
    let Some(policy) = strictest.into_iter().max().filter(|policy| *policy > Policy::None) else {
        return Outcome::Pass;
    };
    let domain = subject.domain();
    if facts.selectors.iter().any(|selector| selector.key != SelectorKey::Revoked) {
        return Outcome::Pass;
    }
    match dkim::presence(subject, domain) {
        Presence::Some => return Outcome::Pass,
        Presence::Unknown(why) => return Outcome::Untested(why),
        Presence::None | Presence::Unusable | Presence::Revoked | Presence::Nowhere => {}
    }
    // A key at a name below it signs for the domain, too, unless alignment is strict.
    if applied.record.dkim_alignment == Alignment::Relaxed
        && let Some(signer) = dkim::signer_below(subject, domain)
    {
        let (signer, name) = (signer.without_dot(), domain.without_dot());
        return Outcome::Untested(format!(
            "whether the key of {signer} signs the mail of {name} is not declared"
        ));
    }
    // And one of the organisation for names below it.
    if let Above::Organisation(above) | Above::Unknown(above) = above(subject, domain) {
        return Outcome::Untested(format!(
            "whether {} signs the mail of {} is not declared",
            above.without_dot(),
            domain.without_dot()
        ));
    }
    let mut tally = Tally::default();
    for sender in &facts.senders {
        tally.saw();
        match addresses(subject, sender) {
            Err(why) => tally.unknown(why),
            Ok(addresses) => {
                for ip in addresses {
                    judge(subject, sender, ip, policy, &mut tally);
                }
            }
        }
    }
    tally.outcome()
}

/// Judges mail of the domain that comes from an address.
fn judge(subject: &Subject<'_>, sender: &Sender, ip: IpAddr, policy: Policy, tally: &mut Tally) {
    let domain = subject.domain().without_dot();
    let host = match &sender.who {
        SenderKind::Host(name) => Some(name),
        _ => None,
    };
    let helo = sender.helo.as_ref().or(host).map(Name::without_dot).unwrap_or_default();
    let mail_from = format!("postmaster@{domain}");
    let question = Question { ip, helo: &helo, mail_from: &mail_from, receiver: "", now: 0 };
    let evaluation = spf::evaluate(&subject.answers(), &question);
    match evaluation.result {
        SpfResult::Pass => {}
        SpfResult::Undecided | SpfResult::TempError => {
            let what =
                evaluation.unknown.first().map_or_else(String::new, |query| format!(" without {query}"));
            tally.unknown(format!("whether SPF lets {ip} send for {domain} is not known{what}"));
        }
        result => {
            let who = host.map_or_else(String::new, |host| format!(" ({})", host.without_dot()));
            let effect = if policy == Policy::Reject { "is refused" } else { "goes to spam folders" };
            let message = format!(
                "mail from {ip}{who} {effect} by p={policy}: SPF says {result}, and {domain} has no DKIM key"
            );
            let own = subject.dmarc().own(subject);
            let finding = match own.and_then(|site| Some((site, single(site)?))) {
                Some((site, (text, _))) => about_tag(site, text, "p", message),
                None => Finding::about(subject.domain(), None, message),
            };
            let weight = if policy == Policy::Reject { Severity::Critical } else { Severity::Error };
            tally.fail(finding.weighs(weight));
        }
    }
}

/// The addresses from which a sender sends: of a network the first one that is not sure to pass. Why they are not known.
fn addresses(subject: &Subject<'_>, sender: &Sender) -> Result<Vec<IpAddr>, String> {
    match &sender.who {
        SenderKind::Network { address, prefix } => {
            let network = Network { address: *address, length: *prefix };
            let tree = subject.spf().at(subject.domain()).and_then(|site| site.tree.as_ref());
            let accepted = tree.map(spf::Tree::accepted).unwrap_or_default();
            Ok(accepted.first_outside(network).into_iter().collect())
        }
        SenderKind::Host(_) | SenderKind::Exchangers(_) => Ok(senders::hosts(subject, &sender.who)?
            .into_iter()
            .flat_map(|(_, addresses)| addresses)
            .collect()),
        SenderKind::Include(_) | SenderKind::Exists(_) => {
            Err("from which addresses a declared service sends is not held here".to_owned())
        }
    }
}
