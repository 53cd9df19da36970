//! How closely SPF and DKIM must agree with the author.

use super::{about_tag, no_fix, of_kind, records};
use crate::mail::dmarc::single;
use crate::mail::suffix;
use crate::tally::Tally;
use crate::{Check, Outcome, SelectorKey, SenderKind, Severity, Subject};
use dnsctl_mail::dmarc::{Alignment, FaultKind, PublicSuffix, tree_walk};
use dnsctl_zone::{Name, Reference};

pub(super) const CHECKS: &[Check] = &[ALIGN, PSD, STRICT];

check! { ALIGN = "dmarc.align", Error, |subject| of_kind(subject, FaultKind::Alignment, Severity::Error);
    title: "the tag adkim or aspf of a DMARC record is neither r nor s",
    why: "Receivers read r, relaxed, instead. Who wanted strict alignment does not have it; some receivers discard the record.",
    fix: "Write r or s, or leave the tag out, which means r.",
    example: "the DMARC record of example.com: \"strict\" is none of r, s: receivers read \"r\"",
    see: [Reference::Rfc(9989, "4.7"), Reference::Rfc(7489, "6.3")],
}

check! { PSD = "dmarc.psd", Error, psd;
    title: "the tag psd of a DMARC record is not true of the domain",
    why: "By psd receivers of RFC 9989 find out which names are one organisation. psd=y at a normal domain makes every name below it a stranger to the others; psd=n at a name below the domain cuts it off: mail that one signs for the other fails DMARC. Receivers by RFC 7489 do not know psd.",
    fix: "Leave psd out. Only registries write psd=y; psd=n belongs at the domain that was registered.",
    example: "psd=y says that example.com is a public suffix: receivers by RFC 9989 take each name below it for an organisation of its own",
    see: [Reference::Rfc(9989, "4.7"), Reference::Rfc(9989, "4.10.2")],
}

fn psd(subject: &Subject<'_>) -> Outcome {
    let invalid = |kind| (kind == FaultKind::PublicSuffix).then_some(Severity::Warning);
    let mut tally = super::tally(subject, |_, fault| invalid(fault.kind), no_fix);
    for (site, text, record) in records(subject) {
        tally.saw();
        let name = site.domain.without_dot();
        match record.public_suffix {
            PublicSuffix::Yes if !suffix::is_public_suffix(&site.domain) => {
                let message = format!(
                    "psd=y says that {name} is a public suffix: receivers by RFC 9989 take each name below it for an organisation of its own"
                );
                tally.fail(about_tag(site, text, "psd", message));
            }
            PublicSuffix::No => match cut_off(subject, &site.domain) {
                Ok(None) => {}
                Ok(Some(above)) => {
                    let message = format!(
                        "psd=n cuts {name} off from {}: for receivers by RFC 9989 they are two organisations",
                        above.without_dot()
                    );
                    tally.fail(about_tag(site, text, "psd", message));
                }
                Err(above) => tally.unknown(format!(
                    "whether {name} belongs to {} stands in its DMARC record, which is not held here",
                    above.without_dot()
                )),
            },
            _ => {}
        }
    }
    tally.outcome()
}

/// The domain above that has a DMARC record, too, and is no public suffix; as an error the one of which nobody knows.
fn cut_off(subject: &Subject<'_>, domain: &Name) -> Result<Option<Name>, Name> {
    let Some(parent) = domain.parent().filter(|parent| !suffix::is_public_suffix(parent)) else {
        return Ok(None);
    };
    let walk = tree_walk(&subject.answers(), &parent);
    let normal = |name: &Name| !suffix::is_public_suffix(name);
    let own = |step: &&dnsctl_mail::dmarc::Step| {
        normal(&step.domain) && step.record().is_some_and(|record| record.public_suffix != PublicSuffix::Yes)
    };
    if let Some(step) = walk.steps.iter().find(own) {
        return Ok(Some(step.domain.clone()));
    }
    walk.unknown().find(|name| normal(name)).map_or(Ok(None), |name| Err(name.clone()))
}

check! { STRICT = "dmarc.strict-break", Error, strict;
    title: "strict alignment refuses what the domain's own mail has",
    why: "adkim=s wants the domain of the signature to be exactly that of the author, aspf=s the domain of the envelope. A signature of mail.example.com is then worth nothing for example.com. Bounces have no sender: SPF judges the name of the host, which is not the domain.",
    fix: "Leave adkim and aspf out, which means relaxed; or sign with a key at the domain itself.",
    example: "adkim=s: the selector s1 signs for mail.example.com, which is not example.com, so that its signatures do not count",
    see: [Reference::Rfc(9989, "4.4"), Reference::Rfc(7489, "3.1")],
    evidence: [Files, Provider, Mail],
}

fn strict(subject: &Subject<'_>) -> Outcome {
    let facts = subject.facts;
    let own = subject.dmarc().own(subject).filter(|_| facts.sends != Some(false));
    if let Some(Err(why)) = own.map(|site| &site.texts)
        && !(facts.senders.is_empty() && facts.selectors.is_empty())
    {
        return Outcome::Untested(why.clone());
    }
    let Some((site, (text, record))) = own.and_then(|site| Some((site, single(site)?))) else {
        return Outcome::NotApplicable;
    };
    let domain = subject.domain();
    let in_use = facts.selectors.iter().filter(|selector| selector.key != SelectorKey::Revoked);
    let signers: Vec<(&Name, Name)> = in_use
        .filter_map(|selector| Some((&selector.owner, crate::mail::dkim::signing_domain(&selector.owner)?)))
        .collect();
    let signs = signers.iter().any(|(_, signer)| signer == domain);
    let mut tally = Tally::default();
    if record.dkim_alignment == Alignment::Strict && !signers.is_empty() {
        tally.saw();
        for (owner, signer) in signers.iter().filter(|(_, signer)| !signs && signer != domain) {
            let selector = crate::mail::dkim::selector(owner);
            let (signer, name) = (signer.without_dot(), domain.without_dot());
            let message = format!(
                "adkim=s: the selector {selector} signs for {signer}, which is not {name}, so that its signatures do not count"
            );
            tally.fail(about_tag(site, text, "adkim", message));
        }
    }
    if record.spf_alignment == Alignment::Strict && !facts.senders.is_empty() {
        tally.saw();
        for sender in facts.senders.iter().filter(|_| signers.is_empty()) {
            let host = match &sender.who {
                SenderKind::Host(name) => sender.helo.as_ref().unwrap_or_else(|| subject.greeting(name)),
                _ => match &sender.helo {
                    Some(helo) => helo,
                    None => continue,
                },
            };
            if host != domain && host.is_at_or_below(domain) {
                let (host, name) = (host.without_dot(), domain.without_dot());
                let message = format!(
                    "aspf=s: bounces of {host} are judged by its own name, which is not {name}, and nothing signs them"
                );
                tally.fail(about_tag(site, text, "aspf", message).weighs(Severity::Warning));
            }
        }
    }
    tally.outcome()
}
