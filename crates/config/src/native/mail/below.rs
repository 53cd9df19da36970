//! Names below a domain that sends nothing, and have mail of their own.

use std::collections::HashSet;

use dnsctl_mail::intent::Intent;
use dnsctl_mail::spf::{self, Mechanism, Qualifier};
use dnsctl_zone::{Name, Rdata, RecordType, Wish};

use crate::diagnostic::{Diagnostic, Diagnostics};

/// Warns of a DMARC record that nobody wrote and that asks to refuse the mail of names below, too (`sp=reject`), where such a
/// name has mail and no record of its own.
pub(super) fn check(
    apex: &Name,
    intent: &Intent,
    wishes: &[Wish],
    derived: &[Wish],
    found: &mut Diagnostics,
) {
    let Some(owner) = apex.child(b"_dmarc").ok().filter(|_| intent.dmarc.is_none()) else { return };
    let Some(dmarc) = derived.iter().find(|wish| wish.rrset.name == owner) else { return };
    let policies = wishes.iter().map(|wish| &wish.rrset.name);
    let policies: HashSet<Name> = policies
        .filter(|name| name.labels().next().is_some_and(|label| &*label == b"_dmarc"))
        .filter_map(Name::parent)
        .collect();
    let mut last: Option<&Name> = None;
    for wish in wishes {
        let name = &wish.rrset.name;
        let Some(what) =
            what(wish).filter(|_| name.is_below(apex) && last != Some(name) && !policies.contains(name))
        else {
            continue;
        };
        last = Some(name);
        let short = name.relative_to(apex);
        let message = format!(
            "{name} has mail of its own ({what}), and the DMARC record of {apex}, which sends none, asks to refuse that of all names below it (sp=reject)"
        );
        let help = format!(
            "write `dmarc: {{ policy: reject, subdomains: none }}` until the mail of {short} passes DMARC, or a record at _dmarc.{short}"
        );
        let warning = Diagnostic::warning("mail/dmarc-below", message).at(wish.source.clone());
        found.push(warning.related(dmarc.source.clone(), "derived from this").help(help));
    }
}

/// By which of its records somebody takes or sends mail at a name. One that is only a part of other SPF records is none.
fn what(wish: &Wish) -> Option<&'static str> {
    let label = |label: &[u8]| label.starts_with(b"_") || label.windows(3).any(|part| part == b"spf");
    let named = |rdata: &Rdata| rdata.target().is_some_and(|target| !target.is_root());
    match wish.rrset.rtype {
        RecordType::MX if wish.rrset.values().iter().any(named) => Some("MX"),
        RecordType::TXT if wish.rrset.name.labels().any(|part| label(&part)) => None,
        RecordType::TXT if wish.rrset.values().iter().any(|text| authorises(&text.joined_text())) => {
            Some("SPF")
        }
        _ => None,
    }
}

/// Whether an SPF record lets somebody send.
fn authorises(text: &[u8]) -> bool {
    let record = Some(text).filter(|text| spf::is_spf(text)).and_then(|text| spf::parse(text).record);
    record.is_some_and(|record| {
        let mut before = record.directives().take_while(|(_, one)| one.mechanism != Mechanism::All);
        before.any(|(_, one)| one.qualifier == Qualifier::Pass)
            || record.all().is_none() && record.redirect().is_some()
    })
}
