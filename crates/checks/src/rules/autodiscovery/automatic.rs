//! Names under which programs look for how to set themselves up.

use crate::{Check, Finding, Found, Outcome, Subject};
use dnsctl_zone::{Name, RecordType, Reference};

pub(super) const AUTOCONFIG: &[Check] = &[AUTOCONFIG_HOST];
pub(super) const AUTODISCOVER: &[Check] = &[SRV, HOST];

check! { AUTOCONFIG_HOST = "autoconfig.host", Warning, autoconfig;
    title: "the host of the automatic set-up does not exist",
    why: "Thunderbird and others ask autoconfig.<domain> for the names and ports of the mail servers. Without it they guess, mostly wrong.",
    fix: "Write a CNAME or address at autoconfig.<domain>.",
    example: "example.com offers automatic set-up, but autoconfig.example.com has no A or AAAA record",
    see: [Reference::Page("Thunderbird: automatic configuration of accounts", "https://wiki.mozilla.org/Thunderbird:Autoconfiguration")],
    evidence: [Files, Provider, Mail],
}

fn child(subject: &Subject<'_>, label: &[u8]) -> Option<Name> {
    subject.domain().child(label).ok()
}

/// A name below the domain that must have an address: always when `offered`, else when it is there.
fn host(subject: &Subject<'_>, label: &[u8], offered: bool) -> Outcome {
    let Some(name) = child(subject, label) else { return Outcome::NotApplicable };
    let there = !subject.zone.records().at(&name).is_empty();
    if !offered && !there {
        return Outcome::NotApplicable;
    }
    let target = subject.target(&name);
    if let Found::Unknown(why) = target.found {
        return Outcome::Untested(why);
    }
    // A CNAME to nothing is told by zone.dangling-target.
    if !target.has_none() || (!target.aliases.is_empty() && target.found != Found::NoAddress) {
        return Outcome::Pass;
    }
    let (domain, shown) = (subject.domain().without_dot(), name.without_dot());
    let message = if offered {
        format!("{domain} offers automatic set-up, but {shown} has no A or AAAA record")
    } else {
        format!("{shown} exists, but has no A or AAAA record")
    };
    Outcome::Fail(vec![
        Finding::about(&name, None, message).from(subject.facts.source.clone().filter(|_| !there)),
    ])
}

fn autoconfig(subject: &Subject<'_>) -> Outcome {
    host(subject, b"autoconfig", subject.facts.services.autoconfig == Some(true))
}

fn has_srv(subject: &Subject<'_>) -> bool {
    let name = child(subject, b"_tcp").and_then(|tcp| tcp.child(b"_autodiscover").ok());
    name.is_some_and(|name| subject.get(&name, RecordType::SRV).is_some())
}

check! { SRV = "autodiscover.srv", Warning, srv;
    title: "the SRV record of the automatic set-up of Outlook does not lead to port 443",
    why: "Outlook asks over HTTPS. What does not lead to port 443 is not asked.",
    fix: "Write SRV 0 0 443 with the name of the host at _autodiscover._tcp.",
    example: "_autodiscover._tcp.example.com leads to port 80; Outlook asks at port 443",
    see: [Reference::Page("Microsoft: autodiscover for Exchange", "https://learn.microsoft.com/en-us/exchange/architecture/client-access/autodiscover")],
}

fn srv(subject: &Subject<'_>) -> Outcome {
    let name = child(subject, b"_tcp").and_then(|tcp| tcp.child(b"_autodiscover").ok());
    let Some(rrset) = name.and_then(|name| subject.get(&name, RecordType::SRV)) else {
        return Outcome::NotApplicable;
    };
    let used = rrset.values().iter().filter(|srv| srv.target().is_some_and(|target| !target.is_root()));
    match used.filter_map(|srv| srv.number("port")).find(|port| *port != 443) {
        None => Outcome::Pass,
        Some(port) => {
            let name = rrset.name.without_dot();
            Outcome::Fail(vec![Finding::at(
                rrset,
                format!("{name} leads to port {port}; Outlook asks at port 443"),
            )])
        }
    }
}

check! { HOST = "autodiscover.host", Warning, autodiscover;
    title: "the host of the automatic set-up of Outlook does not exist",
    why: "Outlook asks autodiscover.<domain> for the names of the mail servers, or follows _autodiscover._tcp. Without either, users must type them.",
    fix: "Write a CNAME or address at autodiscover.<domain>, or SRV 0 0 443 with the host at _autodiscover._tcp.",
    example: "example.com offers automatic set-up, but autodiscover.example.com has no A or AAAA record",
    see: [Reference::Page("Microsoft: autodiscover for Exchange", "https://learn.microsoft.com/en-us/exchange/architecture/client-access/autodiscover")],
    evidence: [Files, Provider, Mail, Neighbours],
}

fn autodiscover(subject: &Subject<'_>) -> Outcome {
    // One of the two is enough.
    host(subject, b"autodiscover", subject.facts.services.autodiscover == Some(true) && !has_srv(subject))
}
