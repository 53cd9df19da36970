//! Whether the domain's own mail passes its own policy.

use super::about_tag;
use crate::mail::dkim::{self, Presence};
use crate::mail::dmarc::{Above, above, policies, single, undecided};
use crate::mail::senders;
use crate::tally::Tally;
use crate::{Check, Finding, Outcome, SelectorKey, Sender, SenderKind, Severity, Subject};
use dnsctl_mail::dmarc::{Alignment, Applied, Policy, Receiver, Whose};
use dnsctl_mail::spf::{self, Network, Question, SpfResult};
use dnsctl_zone::{Name, Reference};
use std::net::IpAddr;

pub(super) const CHECKS: &[Check] = &[NO_AUTH];

check! { NO_AUTH = "dmarc.no-auth", Critical, no_auth;
    title: "the domain asks to refuse its own mail",
    why: "Mail passes DMARC by SPF or by a DKIM signature of the domain. What a declared sender or a preset's service sends has neither, so that receivers of both standards refuse it with p=reject, and put it into the spam folder with p=quarantine.",
    fix: "Let the SPF record name the sender, or sign its mail and publish the key; until then write p=none.",
    example: "mail from 192.0.2.25 (mail.example.com) is refused by p=reject: SPF says fail, and example.com has no DKIM key",
    see: [Reference::Rfc(9989, "5.3.6"), Reference::Rfc(7489, "6.6.2")],
    evidence: [Files, Provider, Mail],
}

fn no_auth(subject: &Subject<'_>) -> Outcome {
    let (facts, domain) = (subject.facts, subject.domain());
    let sends = !facts.senders.is_empty() || facts.sends == Some(true);
    let walk = subject.dmarc().walk.as_ref().filter(|_| sends && facts.sends != Some(false));
    let Some(walk) = walk else { return Outcome::NotApplicable };
    let applied = match walk.applied() {
        // One that nobody here knows would count before it.
        Some(applied) if walk.unknown().all(|name| name != domain) => Ok(applied),
        Some(_) => Err(domain),
        None => match walk.unknown().find(|name| *name == domain).or_else(|| undecided(walk)) {
            Some(name) => Err(name),
            None => return Outcome::NotApplicable,
        },
    };
    let policy = applied.as_ref().ok().map(|applied| strictest(applied));
    if policy == Some(Policy::None) {
        return Outcome::Pass;
    }
    if facts.selectors.iter().any(|selector| selector.key != SelectorKey::Revoked) {
        return Outcome::Pass;
    }
    match dkim::presence(subject, domain) {
        Presence::Some => return Outcome::Pass,
        Presence::Unknown(why) => return Outcome::Untested(why),
        Presence::None | Presence::Unusable | Presence::Revoked | Presence::Nowhere => {}
    }
    let (applied, policy) = match (applied, policy) {
        (Ok(applied), Some(policy)) => (applied, policy),
        (Err(name), _) | (Ok(Applied { domain: name, .. }), None) => {
            let name = name.without_dot();
            return Outcome::Untested(format!("the DMARC record of {name} is not held here"));
        }
    };
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
    for service in &facts.bouncing {
        apart(subject, service, applied.record, policy, &mut tally);
    }
    if facts.senders.is_empty() && facts.bouncing.is_empty() {
        tally.unknown(format!("who sends the mail of {} is not declared", domain.without_dot()));
    }
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

/// The strictest of what receivers of both standards are asked for.
fn strictest(applied: &Applied<'_>) -> Policy {
    let asked = [Receiver::Rfc9989, Receiver::Rfc7489].map(|receiver| {
        let (own, below) = policies(applied.record, receiver);
        if applied.whose == Whose::Own { own } else { below }
    });
    asked.into_iter().max().unwrap_or(Policy::None)
}

/// Judges mail of a service that SPF judges by a bounce address of its own: it passes only where that is below the domain.
fn apart(
    subject: &Subject<'_>,
    service: &crate::Bouncing,
    record: &dnsctl_mail::dmarc::Record,
    policy: Policy,
    tally: &mut Tally,
) {
    let (domain, title) = (subject.domain().without_dot(), &service.title);
    if let Some(bounces) = service.name.as_ref().filter(|_| record.spf_alignment == Alignment::Relaxed) {
        let bounces = bounces.without_dot();
        tally.unknown(format!("whether {title} sends with the bounce address {bounces} is not known"));
        return;
    }
    let effect = effect(policy);
    let message = format!(
        "mail that {title} sends {effect} by p={policy}: SPF is asked about a bounce address of its own, and {domain} has no DKIM key"
    );
    tally.fail(about_policy(subject, policy, message).from(service.source.clone()));
}

fn effect(policy: Policy) -> &'static str {
    if policy == Policy::Reject { "is refused" } else { "goes to spam folders" }
}

/// A finding at the policy of the domain's own record.
fn about_policy(subject: &Subject<'_>, policy: Policy, message: String) -> Finding {
    let own = subject.dmarc().own(subject);
    let finding = match own.and_then(|site| Some((site, single(site)?))) {
        Some((site, (text, _))) => about_tag(site, text, "p", message),
        None => Finding::about(subject.domain(), None, message),
    };
    finding.weighs(if policy == Policy::Reject { Severity::Critical } else { Severity::Error })
}

/// Judges mail of the domain that comes from an address.
fn judge(subject: &Subject<'_>, sender: &Sender, ip: IpAddr, policy: Policy, tally: &mut Tally) {
    let domain = subject.domain().without_dot();
    let host = match &sender.who {
        SenderKind::Host(name) => Some(name),
        _ => None,
    };
    let own = host.map(|host| subject.greeting(host));
    let helo = sender.helo.as_ref().or(own).map(Name::without_dot).unwrap_or_default();
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
            let effect = effect(policy);
            let message = format!(
                "mail from {ip}{who} {effect} by p={policy}: SPF says {result}, and {domain} has no DKIM key"
            );
            tally.fail(about_policy(subject, policy, message));
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
