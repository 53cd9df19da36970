//! Senders that pass before the changes and after them.

use crate::order::pointer;
use dnsctl_checks::Subject;
use dnsctl_mail::resolve::Resolver as _;
use dnsctl_mail::spf::{self, Mechanism, Question, Selection, SpfResult};
use dnsctl_zone::{Name, Rdata, RecordType};
use std::collections::BTreeSet;
use std::net::IpAddr;

/// So many addresses are looked at.
const MOST: usize = 64;

/// The addresses that the SPF records of both sides name, and those of the hosts that take mail, as far as they pass on both.
pub(super) fn addresses(before: Option<&Subject<'_>>, after: &Subject<'_>) -> Vec<IpAddr> {
    let Some(before) = before else { return Vec::new() };
    let all: BTreeSet<IpAddr> = named(before).into_iter().chain(named(after)).collect();
    let passes = |address: &IpAddr| {
        result(before, *address) == SpfResult::Pass && result(after, *address) == SpfResult::Pass
    };
    all.into_iter().take(MOST).filter(passes).collect()
}

/// Those of them that surely do not pass here, and what they get.
pub(super) fn lost(subject: &Subject<'_>, addresses: &[IpAddr]) -> impl Iterator<Item = (IpAddr, SpfResult)> {
    let results = addresses.iter().map(|address| (*address, result(subject, *address)));
    results.filter(|(_, result)| {
        !matches!(result, SpfResult::Pass | SpfResult::Undecided | SpfResult::TempError)
    })
}

/// The addresses that the record of the domain names in so many words, by a host or as an MX; of a network the first.
fn named(subject: &Subject<'_>) -> Vec<IpAddr> {
    let domain = subject.domain();
    let texts: Vec<Vec<u8>> = subject
        .get(domain, RecordType::TXT)
        .into_iter()
        .flat_map(dnsctl_zone::RRset::values)
        .map(Rdata::joined_text)
        .collect();
    let record = match spf::select(&texts) {
        Selection::One(text) => spf::parse(text).record,
        Selection::None | Selection::Many(_) => None,
    };
    let (mut found, mut hosts): (Vec<IpAddr>, Vec<Name>) = (Vec::new(), Vec::new());
    for (_, directive) in record.iter().flat_map(spf::Record::directives) {
        match &directive.mechanism {
            Mechanism::Ip4(address, _) => found.push(IpAddr::V4(*address)),
            Mechanism::Ip6(address, _) => found.push(IpAddr::V6(*address)),
            _ => {}
        }
    }
    hosts.push(domain.clone());
    let exchangers = subject.answers().mail_exchangers(domain);
    hosts.extend(exchangers.values().iter().map(|(_, host)| host.clone()));
    hosts.extend(texts.iter().flat_map(|text| pointer::named_by(text)));
    found.extend(hosts.iter().flat_map(|host| subject.target(host).addresses().to_vec()));
    found
}

fn result(subject: &Subject<'_>, ip: IpAddr) -> SpfResult {
    let domain = subject.domain().without_dot();
    let question =
        Question { ip, helo: &domain, mail_from: &format!("postmaster@{domain}"), receiver: "", now: 0 };
    spf::evaluate(&subject.answers(), &question).result
}
