//! What must hold between the RRsets of one zone, whatever format they were written in.

use dnsctl_zone::{Name, RRset, Source, StructureFault, StructureKind, Wish, structure_faults};

use crate::diagnostic::{Diagnostic, Diagnostics, Severity};

/// The code of a DS without the NS records of a delegation beside it.
pub(crate) const NOT_DELEGATED: &str = "zone/ds-without-delegation";

/// Checks the RRsets of a zone, which are in canonical order and each there once. An error becomes a warning when
/// `lenient` holds for a record that takes part in it.
pub fn check(apex: &Name, wishes: &[Wish], lenient: &dyn Fn(&Wish) -> bool, found: &mut Diagnostics) {
    let rrsets: Vec<&RRset> = wishes.iter().map(|wish| &wish.rrset).collect();
    for fault in structure_faults(apex, &rrsets) {
        let StructureFault { kind, at, others, message } = fault;
        let Some(wish) = wishes.get(at) else { continue };
        let others: Vec<&Wish> = others.into_iter().filter_map(|other| wishes.get(other)).collect();
        let Words { severity, code, help, related } = words(kind);
        let mut diagnostic = Diagnostic::new(severity, code, message);
        diagnostic.help = help.map(str::to_owned);
        if std::iter::once(wish).chain(others.iter().copied()).any(lenient) {
            diagnostic.severity = diagnostic.severity.max(Severity::Warning);
        }
        let diagnostic = diagnostic.at(wish.source.clone());
        found.push(match others.first() {
            Some(other) => diagnostic.related(other.source.clone(), related),
            None => diagnostic,
        });
    }
}

/// The places of the RRsets that have a fault which is an error.
pub(crate) fn errors(apex: &Name, rrsets: &[&RRset]) -> Vec<usize> {
    let faults = structure_faults(apex, rrsets).into_iter();
    faults.filter(|fault| words(fault.kind).severity == Severity::Error).map(|fault| fault.at).collect()
}

/// What to say about a zone that was read without an error and has no records.
pub(crate) fn empty(apex: &Name, source: Source) -> Diagnostic {
    Diagnostic::warning("zone/empty", format!("the zone {apex} has no records"))
        .at(source)
        .help("a plan that deletes all records is blocked unless it is acknowledged")
}

/// How a kind of fault is told.
struct Words {
    severity: Severity,
    code: &'static str,
    help: Option<&'static str>,
    /// Beside the other record that has its part in it.
    related: &'static str,
}

fn words(kind: StructureKind) -> Words {
    use Severity::{Error, Warning};
    const MOVE: &str = "move it to that zone, or remove the delegation";
    let (severity, code, help, related) = match kind {
        StructureKind::NoValues => (Error, "zone/no-values", "write at least one, or remove it", ""),
        StructureKind::SeveralValues => (Error, "zone/several-values", "keep one of them", ""),
        StructureKind::SoaNotAtApex => {
            (Error, "zone/soa-not-at-apex", "remove it; or make a zone of its own of that name", "")
        }
        StructureKind::CnameAtApex => {
            (Error, "zone/cname-at-apex", "write the addresses, or ALIAS where the provider knows it", "")
        }
        StructureKind::BadValue => (
            Error,
            "record/bad-value",
            "mend it: name servers that know the type refuse it, and with it the zone",
            "",
        ),
        StructureKind::ObsoleteSpf => (Warning, "zone/obsolete-spf", "write the policy as TXT", ""),
        StructureKind::Signing => (Warning, "zone/signing", "remove it", ""),
        StructureKind::Wildcard => (Warning, "zone/wildcard", "write one for each name that is meant", ""),
        StructureKind::CnameBesideData => (
            Error,
            "zone/cname-beside-data",
            "remove one of them, or write addresses in place of the CNAME",
            "beside this",
        ),
        StructureKind::AliasBesideAddress => {
            (Error, "zone/alias-beside-address", "keep one of them", "beside this")
        }
        StructureKind::BelowDname => {
            (Error, "zone/below-dname", "remove it, or remove the DNAME", "redirected here")
        }
        StructureKind::BelowDelegation => (Error, "zone/below-delegation", MOVE, "delegated here"),
        StructureKind::NoGlue => (Warning, "zone/below-delegation", MOVE, "delegated here"),
        StructureKind::DsWithoutDelegation => {
            (Warning, NOT_DELEGATED, "write the NS records of the delegation beside it, or remove it", "")
        }
    };
    Words { severity, code, help: Some(help).filter(|help| !help.is_empty()), related }
}

#[cfg(test)]
mod tests;
