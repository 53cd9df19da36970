//! What the SPF record costs receivers, as far as the zone itself can tell.

use dnsctl_mail::resolve::Zones;
use dnsctl_mail::spf::{self, MOST_LOOKUPS, Mechanism, TermKind};
use dnsctl_zone::{Name, RecordType, Wish, Zone};

use crate::diagnostic::{Diagnostic, Diagnostics};

/// Reports an SPF record that needs more lookups than receivers make, or that leads back to itself. The terms of the record count, and those of the records
/// in this zone that it leads to; what other zones say can only add to that.
pub(super) fn check(apex: &Name, wishes: &[Wish], derived: &[Wish], found: &mut Diagnostics) {
    let record = derived.iter().find(|wish| wish.rrset.key() == (apex, RecordType::TXT));
    let Some(record) = record else { return };
    let texts = record.rrset.values().iter().map(dnsctl_zone::Rdata::joined_text);
    let Some(text) = texts.into_iter().find(|text| spf::is_spf(text)) else { return };
    let zone = Zone::new(apex.clone(), wishes.iter().map(|wish| wish.rrset.clone()).collect());
    let tree = spf::walk(&Zones::new([&zone]), apex, &text);
    if !tree.is_too_long() {
        return;
    }
    if tree.endless {
        let message = "the SPF record leads back to itself: receivers take it for broken";
        let help = format!("remove the term that leads back, here or in the record that has it\n{tree}");
        found.push(Diagnostic::error("mail/spf-loop", message).at(record.source.clone()).help(help));
        return;
    }
    let unknown = tree.unknown().len();
    let more = if unknown > 0 { ", and more where the tree says that it is not known" } else { "" };
    let message = format!(
        "the SPF record needs {} lookups{more}; receivers stop at {MOST_LOOKUPS} and take the record for broken (RFC 7208 section 4.6.4)",
        tree.lookups
    );
    // The first of those that cost most.
    let includes = tree.branches.iter().rev().filter(|branch| {
        matches!(&branch.term.kind, TermKind::Directive(term) if matches!(term.mechanism, Mechanism::Include(_)))
    });
    let worst = includes.max_by_key(|branch| branch.lookups).and_then(|branch| branch.target.as_ref());
    let flatten = worst.map_or_else(String::new, |name| {
        let name = name.without_dot();
        format!(", or write the networks of one into a file: dnsctl mail flatten --include {name} --name _spf1 --out shared/spf1.yaml")
    });
    let help =
        format!("name networks or declared hosts, which cost nothing, or fewer domains{flatten}\n{tree}");
    found.push(Diagnostic::error("mail/spf-lookups", message).at(record.source.clone()).help(help));
}
