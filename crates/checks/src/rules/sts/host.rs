//! The host that serves the policy.

use super::receives;
use crate::mail::sts::usable;
use crate::special::{Special, reserved};
use crate::tally::Tally;
use crate::{Check, Finding, Found, Outcome, Subject};
use dnsctl_zone::{Name, RRset, RecordType, Reference};

pub(super) const CHECKS: &[Check] = &[WITHOUT_POLICY, WITHOUT_TXT, HOST];

check! { WITHOUT_POLICY = "sts.txt-without-policy", Error, without_policy;
    title: "there is an MTA-STS record, but no host that serves the policy",
    why: "Senders read the record and then fetch the policy from mta-sts.DOMAIN over HTTPS. Without that host they get none: mail goes without the protection that was meant.",
    fix: "Give mta-sts.DOMAIN an address or an alias (mail.mta_sts.host), and serve the policy there; or remove the record.",
    example: "example.com has an MTA-STS record, but no host mta-sts.example.com that serves the policy",
    see: [Reference::Rfc(8461, "3.2"), Reference::Rfc(8461, "3.3")],
}

/// The hosts of policies that a record tells senders to fetch, each with what is found there.
fn hosts(subject: &Subject<'_>) -> Vec<(Name, Name)> {
    let domains = subject.sts().domains.iter().filter(|records| usable(records).is_some());
    domains
        .filter_map(|records| Some((records.domain.clone(), records.domain.child(b"mta-sts").ok()?)))
        .collect()
}

fn without_policy(subject: &Subject<'_>) -> Outcome {
    let mut tally = Tally::default();
    for (domain, host) in hosts(subject) {
        tally.saw();
        let target = subject.target(&host);
        if let Some(why) = target.unknown() {
            if target.found != Found::Made {
                tally.unknown(why);
            }
        } else if target.has_none() && target.aliases.is_empty() {
            let (name, shown) = (domain.without_dot(), host.without_dot());
            let message = format!("{name} has an MTA-STS record, but no host {shown} that serves the policy");
            let owner = domain.child(b"_mta-sts").unwrap_or(domain);
            let rtype = [RecordType::TXT, RecordType::CNAME]
                .into_iter()
                .find(|rtype| subject.get(&owner, *rtype).is_some());
            tally.fail(Finding::about(&owner, rtype.or(Some(RecordType::TXT)), message));
        }
    }
    tally.outcome()
}

check! { HOST = "sts.host", Error, host;
    title: "the host of the MTA-STS policy cannot be reached",
    why: "Senders fetch the policy from it over HTTPS. Where it leads to no public address they get none: mail goes without the protection that was meant.",
    fix: "Let mta-sts.DOMAIN lead to the web server that serves the policy.",
    example: "mta-sts.example.com leads to files.example.com, which has no address: no sender can fetch the MTA-STS policy of example.com",
    see: [Reference::Rfc(8461, "3.3"), Reference::Rfc(6890, "2.2")],
}

fn host(subject: &Subject<'_>) -> Outcome {
    let allowed = subject.facts.allow_special_addresses || reserved(subject.apex());
    let mut tally = Tally::default();
    for (domain, host) in hosts(subject) {
        let target = subject.target(&host);
        let lost = match &target.found {
            Found::Unknown(why) => {
                tally.unknown(why.clone());
                None
            }
            Found::Addresses(addresses) => {
                tally.saw();
                let special = |address: &std::net::IpAddr| {
                    Special::of(*address).filter(|special| *special == Special::Loopback || !allowed)
                };
                let first = addresses.first().and_then(|address| Some((address, special(address)?)));
                let all = addresses.iter().all(|address| special(address).is_some());
                first.filter(|_| all).map(|(address, special)| format!("has {address}, {}", special.spoken()))
            }
            // That the alias leads to no name, or in a circle, is told by zone.dangling-target and zone.cname-loop; that there
            // is nothing at all by sts.txt-without-policy.
            Found::NoAddress => target
                .aliases
                .last()
                .map(|last| format!("leads to {}, which has no address", last.without_dot())),
            Found::Made | Found::Missing | Found::Endless => {
                tally.saw();
                None
            }
        };
        if let Some(lost) = lost {
            let (name, domain) = (host.without_dot(), domain.without_dot());
            let message = format!("{name} {lost}: no sender can fetch the MTA-STS policy of {domain}");
            tally.fail(Finding::about(&host, stands(subject, &host).map(|rrset| rrset.rtype), message));
        }
    }
    tally.outcome()
}

check! { WITHOUT_TXT = "sts.policy-without-txt", Warning, without_txt;
    title: "there is a host for an MTA-STS policy, but no record that tells senders of it",
    why: "Senders fetch a policy only when the TXT record of _mta-sts.DOMAIN says that there is one. Nobody asks for this one.",
    fix: "Publish the record \"v=STSv1; id=ID\" at _mta-sts.DOMAIN (mail.mta_sts does), or remove the host.",
    example: "mta-sts.example.com is there, but _mta-sts.example.com has no record: no sender asks for the MTA-STS policy of example.com",
    see: [Reference::Rfc(8461, "3.1")],
}

/// The records by which a host is found at its own name.
pub(super) fn stands<'a>(subject: &Subject<'a>, host: &Name) -> Option<&'a RRset> {
    let address = |rrset: &&RRset| {
        matches!(rrset.rtype, RecordType::A | RecordType::AAAA | RecordType::CNAME) || rrset.rtype.is_pseudo()
    };
    subject.zone.records().at(host).iter().find(address)
}

fn without_txt(subject: &Subject<'_>) -> Outcome {
    let mut tally = Tally::default();
    let mut last: Option<&Name> = None;
    let is_host = |rrset: &&RRset| rrset.name.labels().next().is_some_and(|label| &*label == b"mta-sts");
    for rrset in subject.rrsets().iter().filter(is_host) {
        let Some(domain) = rrset.name.parent() else { continue };
        // The host of many domains' policies need not be in one that receives mail.
        if last.replace(&rrset.name) == Some(&rrset.name) || !receives(subject, &domain) {
            continue;
        }
        let Some(rrset) = stands(subject, &rrset.name) else { continue };
        tally.saw();
        let found = crate::mail::sts::GRAMMAR.at(subject, &domain);
        match found.as_ref().map(|records| (&records.texts, records)) {
            Some((Err(why), _)) => tally.unknown(why.clone()),
            Some((Ok(_), records)) if records.rrset.is_none() && !records.attempted() => {
                let (host, owner, domain) =
                    (rrset.name.without_dot(), records.owner.without_dot(), domain.without_dot());
                tally.fail(Finding::at(rrset, format!("{host} is there, but {owner} has no record: no sender asks for the MTA-STS policy of {domain}")));
            }
            _ => {}
        }
    }
    tally.outcome()
}
