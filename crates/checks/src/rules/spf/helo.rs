//! The names that senders give with EHLO.

use crate::mail::senders;
use crate::tally::Tally;
use crate::{Check, Finding, Found, Outcome, SenderKind, Severity, Subject};
use dnsctl_mail::resolve::{Answer, Resolver as _};
use dnsctl_mail::spf::{Question, SpfResult, evaluate, is_spf};
use dnsctl_zone::{Name, RecordType, Reference, Source};
use std::collections::BTreeMap;
use std::net::IpAddr;

pub(super) const CHECKS: &[Check] = &[HELO];

check! { HELO = "spf.helo", Note, helo;
    title: "the EHLO name of a sender has no SPF record of its own",
    why: "Messages without a sender address, such as bounces and receipts, are checked by the name that the server gives with EHLO. Without a record there they get no \"pass\", and anybody can use the name.",
    fix: "Write \"v=spf1 a -all\" as TXT at the name of the host.",
    example: "mail.example.com, the EHLO name of a sender, has no SPF record: bounces from it get no pass",
    see: [Reference::Rfc(7208, "2.3"), Reference::Rfc(7208, "10.1.3")],
    evidence: [Files, Provider, Mail],
}

fn helo(subject: &Subject<'_>) -> Outcome {
    let mut tally = Tally::default();
    for (name, (addresses, source)) in senders(subject, &mut tally) {
        let name = &name;
        // The domain itself has rules of its own; what others run is theirs.
        if name == subject.domain() || !name.is_at_or_below(subject.apex()) {
            continue;
        }
        tally.saw();
        let spoken = name.without_dot();
        match subject.answers().texts(name) {
            Answer::Found(texts) if texts.iter().any(|text| is_spf(text)) => {
                for address in addresses {
                    refused(subject, name, address, &mut tally);
                }
            }
            Answer::Found(_) | Answer::Empty | Answer::Missing => {
                let message = format!(
                    "{spoken}, the EHLO name of a sender, has no SPF record: bounces from it get no pass"
                );
                let finding = Finding::about(name, Some(RecordType::TXT), message).from(source.cloned());
                tally.fail(finding.fix(format!("Write at {spoken} as TXT: \"v=spf1 a -all\".")));
            }
            Answer::Unknown | Answer::Failed(_) => tally.unknown(format!("{spoken} TXT is not known")),
        }
    }
    tally.outcome()
}

/// The addresses from which an EHLO name is used, and where its first sender is declared.
type Used<'s> = (Vec<IpAddr>, Option<&'s Source>);

/// The EHLO names of the declared senders.
fn senders<'s>(subject: &'s Subject<'_>, tally: &mut Tally) -> BTreeMap<Name, Used<'s>> {
    let mut all: BTreeMap<Name, Used<'s>> = BTreeMap::new();
    for sender in &subject.facts.senders {
        let mut add = |name: &Name, addresses: Vec<IpAddr>| {
            let entry = all.entry(name.clone()).or_insert_with(|| (Vec::new(), sender.source.as_ref()));
            entry.0.extend(addresses);
        };
        match (&sender.who, &sender.helo) {
            (SenderKind::Host(host), helo) => {
                let declared = subject.facts.host(host).or_else(|| subject.held.host(host));
                let declared = declared.map(|host| host.addresses.clone()).filter(|all| !all.is_empty());
                let found = || match subject.target(host).found {
                    Found::Addresses(addresses) => addresses,
                    _ => Vec::new(),
                };
                let name = helo.as_ref().unwrap_or_else(|| subject.greeting(host));
                add(name, declared.unwrap_or_else(found));
            }
            (SenderKind::Network { address, prefix }, Some(helo)) => {
                let single = *prefix == if address.is_ipv4() { 32 } else { 128 };
                add(helo, if single { vec![*address] } else { Vec::new() });
            }
            (_, Some(helo)) => add(helo, Vec::new()),
            (who @ SenderKind::Exchangers(_), None) => match senders::hosts(subject, who) {
                Ok(hosts) => {
                    hosts.into_iter().for_each(|(host, addresses)| add(subject.greeting(&host), addresses));
                }
                Err(why) => tally.unknown(why),
            },
            (_, None) => {}
        }
    }
    all
}

/// The record of a host that refuses the host itself.
fn refused(subject: &Subject<'_>, name: &Name, address: IpAddr, tally: &mut Tally) {
    let spoken = name.without_dot();
    let question = Question { ip: address, helo: &spoken, mail_from: "", receiver: "", now: 0 };
    let found = evaluate(&subject.answers(), &question);
    match found.result {
        SpfResult::Fail | SpfResult::SoftFail | SpfResult::Neutral => {
            let message = format!(
                "the SPF record of {spoken}, the EHLO name of a sender, says {} for its own address {address}: its bounces may be refused",
                found.result
            );
            let finding = Finding::about(name, Some(RecordType::TXT), message);
            tally.fail(
                finding.fix(format!("Write at {spoken} as TXT: \"v=spf1 a -all\".")).weighs(Severity::Error),
            );
        }
        SpfResult::Undecided | SpfResult::TempError => {
            tally.unknown(format!("what the SPF record of {spoken} says of {address} is not known"));
        }
        // A record that is broken is told as that.
        SpfResult::Pass | SpfResult::None | SpfResult::PermError => {}
    }
}
