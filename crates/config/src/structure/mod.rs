//! What must hold between the RRsets of one zone, whatever format they were written in.

use dnsctl_zone::{Name, RecordType, Source, Wish};

use crate::diagnostic::{Diagnostic, Diagnostics, Severity};

/// Checks the RRsets of a zone, which are in canonical order and each there once. An error becomes a warning when
/// `lenient` holds for a record that takes part in it.
pub fn check(apex: &Name, wishes: &[Wish], lenient: &dyn Fn(&Wish) -> bool, found: &mut Diagnostics) {
    let mut checker = Checker { apex, lenient, found, cut: None, redirection: None };
    for node in wishes.chunk_by(|a, b| a.rrset.name == b.rrset.name) {
        checker.node(node);
    }
}

/// What to say about a zone that was read without an error and has no records.
pub(crate) fn empty(apex: &Name, source: Source) -> Diagnostic {
    Diagnostic::warning("zone/empty", format!("the zone {apex} has no records"))
        .at(source)
        .help("a plan that deletes all records is blocked unless it is acknowledged")
}

struct Checker<'a> {
    apex: &'a Name,
    lenient: &'a dyn Fn(&Wish) -> bool,
    found: &'a mut Diagnostics,
    /// The NS RRset of the zone cut that was passed last. In canonical order all names below follow directly.
    cut: Option<&'a Wish>,
    /// The DNAME RRset that was passed last.
    redirection: Option<&'a Wish>,
}

impl<'a> Checker<'a> {
    /// Reports an error about a record, and about another that has its part in it.
    fn report(&mut self, wish: &Wish, other: Option<(&Wish, &str)>, mut error: Diagnostic) {
        if (self.lenient)(wish) || other.is_some_and(|(other, _)| (self.lenient)(other)) {
            error.severity = error.severity.max(Severity::Warning);
        }
        let error = error.at(wish.source.clone());
        self.found.push(match other {
            Some((other, words)) => error.related(other.source.clone(), words),
            None => error,
        });
    }

    /// All RRsets of one owner name.
    fn node(&mut self, node: &'a [Wish]) {
        let Some(name) = node.first().map(|wish| &wish.rrset.name) else { return };
        let get = |rtype| node.iter().find(|wish| wish.rrset.rtype == rtype);
        for wish in node {
            self.alone(wish);
        }
        if let Some(cname) = get(RecordType::CNAME) {
            self.cname(cname, node);
        }
        if let Some(alias) = get(RecordType::ALIAS) {
            self.alias_beside(alias, &[RecordType::A, RecordType::AAAA, RecordType::DNAME], node);
        }
        self.below(name, node);
        if self.cut.is_none_or(|cut| !name.is_at_or_below(&cut.rrset.name)) {
            self.cut = get(RecordType::NS).filter(|_| name != self.apex);
            match self.cut {
                Some(cut) => self.at_cut(cut, node),
                None => self.without_cut(name, node),
            }
        }
        if self.redirection.is_none_or(|dname| !name.is_below(&dname.rrset.name)) {
            self.redirection = get(RecordType::DNAME);
        }
    }

    /// What an RRset must be by itself.
    fn alone(&mut self, wish: &Wish) {
        let (name, rtype) = wish.rrset.key();
        match wish.rrset.values().len() {
            0 => {
                let error = Diagnostic::error("zone/no-values", format!("{name} {rtype} has no values"));
                self.report(wish, None, error.help("write at least one, or remove it"));
            }
            1 => {}
            count if rtype.is_single() => {
                let message = format!("{name} has {count} {rtype} values; there can be only one");
                self.report(
                    wish,
                    None,
                    Diagnostic::error("zone/several-values", message).help("keep one of them"),
                );
            }
            _ => {}
        }
        match rtype {
            RecordType::SOA if name != self.apex => {
                let message = format!(
                    "an SOA stands at {name}; it belongs to the apex {} (RFC 1035 section 5.2)",
                    self.apex
                );
                self.report(wish, None, Diagnostic::error("zone/soa-not-at-apex", message));
            }
            RecordType::CNAME if name == self.apex => {
                let message = "a CNAME cannot stand at the apex, beside SOA and NS (RFC 1034 section 3.6.2)";
                let error = Diagnostic::error("zone/cname-at-apex", message);
                self.report(
                    wish,
                    None,
                    error.help("write the addresses, or ALIAS where the provider knows it"),
                );
            }
            RecordType::SPF => {
                let message = "the type SPF is obsolete: receivers look at TXT only (RFC 7208 section 3.1)";
                let warning = Diagnostic::warning("zone/obsolete-spf", message);
                self.report(wish, None, warning.help("write the policy as TXT"));
            }
            _ if rtype.is_signing() => {
                let message = format!("{rtype} is made by the server that signs the zone");
                self.report(wish, None, Diagnostic::warning("zone/signing", message).help("remove it"));
            }
            RecordType::NS | RecordType::DNAME if name.is_wildcard() => {
                let message =
                    format!("a {rtype} at a wildcard has no clear meaning (RFC 4592 sections 4.2 and 4.4)");
                self.report(wish, None, Diagnostic::warning("zone/wildcard", message));
            }
            _ => {}
        }
    }

    fn cname(&mut self, cname: &Wish, node: &[Wish]) {
        let name = &cname.rrset.name;
        let mut others = node.iter().filter(|other| {
            // RFC 4035 section 2.5: signatures and NSEC stand beside it.
            other.rrset.rtype != RecordType::CNAME
                && !matches!(other.rrset.rtype, RecordType::RRSIG | RecordType::NSEC)
        });
        let Some(first) = others.next() else { return };
        let mut types = first.rrset.rtype.mnemonic().into_owned();
        let mut lenient = (self.lenient)(first);
        for other in others {
            types.push_str(", ");
            types.push_str(&other.rrset.rtype.mnemonic());
            lenient |= (self.lenient)(other);
        }
        let message =
            format!("{name} has a CNAME and {types}: a CNAME stands alone (RFC 1034 section 3.6.2)");
        let mut error = Diagnostic::error("zone/cname-beside-data", message);
        if lenient {
            error.severity = Severity::Warning;
        }
        self.report(
            cname,
            Some((first, "beside this")),
            error.help("remove one of them, or write addresses in place of the CNAME"),
        );
    }

    /// ALIAS beside the addresses that it stands for. Only the first is told.
    fn alias_beside(&mut self, alias: &Wish, types: &[RecordType], node: &[Wish]) {
        if let Some(other) = node.iter().find(|other| types.contains(&other.rrset.rtype)) {
            let (name, kind) = (&alias.rrset.name, alias.rrset.rtype);
            let message = format!("{name} has {kind} and {}: one would hide the other", other.rrset.rtype);
            let error = Diagnostic::error("zone/alias-beside-address", message).help("keep one of them");
            self.report(alias, Some((other, "beside this")), error);
        }
    }

    /// Records below a delegation or a redirection.
    fn below(&mut self, name: &Name, node: &[Wish]) {
        if let Some(dname) = self.redirection.filter(|dname| name.is_below(&dname.rrset.name)) {
            let above = &dname.rrset.name;
            for wish in node {
                let message = format!(
                    "{name} {} is below the DNAME of {above}, which redirects it (RFC 6672 section 2.4)",
                    wish.rrset.rtype
                );
                let error =
                    Diagnostic::error("zone/below-dname", message).help("remove it, or remove the DNAME");
                self.report(wish, Some((dname, "redirected here")), error);
            }
            return;
        }
        let Some(cut) = self.cut.filter(|cut| name.is_below(&cut.rrset.name)) else { return };
        let above = &cut.rrset.name;
        // RFC 1034 section 4.2.1: addresses below a cut are glue.
        for wish in node.iter().filter(|wish| !is_address(wish.rrset.rtype)) {
            let message = format!(
                "{name} {} is below the delegation of {above}: only the servers of that zone are asked for it",
                wish.rrset.rtype
            );
            let error = Diagnostic::error("zone/below-delegation", message);
            self.report(
                wish,
                Some((cut, "delegated here")),
                error.help("move it to that zone, or remove the delegation"),
            );
        }
    }

    /// At a cut there are NS and DS; addresses are glue when a name server is the cut itself.
    fn at_cut(&mut self, cut: &Wish, node: &[Wish]) {
        let name = &cut.rrset.name;
        for wish in node {
            let rtype = wish.rrset.rtype;
            let allowed = matches!(rtype, RecordType::NS | RecordType::DS | RecordType::RRSIG | RecordType::NSEC)
                || rtype == RecordType::CNAME // told already
                || rtype == RecordType::SOA; // told already
            if allowed {
                continue;
            }
            let message = format!(
                "{name} {rtype} stands at the delegation of {name}: only the servers of that zone are asked for it"
            );
            let help = "move it to that zone, or remove the delegation";
            if !is_address(rtype) {
                let error = Diagnostic::error("zone/below-delegation", message).help(help);
                self.report(wish, Some((cut, "delegated here")), error);
            } else if !cut.rrset.values().iter().any(|value| value.target().as_ref() == Some(name)) {
                let warning = Diagnostic::warning("zone/below-delegation", message).help(help);
                self.report(wish, Some((cut, "delegated here")), warning);
            }
        }
    }

    fn without_cut(&mut self, name: &Name, node: &[Wish]) {
        if let Some(ds) = node.iter().find(|wish| wish.rrset.rtype == RecordType::DS) {
            let message = if name == self.apex {
                "a DS stands at the apex; it belongs to the parent zone (RFC 4035 section 2.4)".to_owned()
            } else {
                format!("{name} has a DS, but is not delegated (RFC 4035 section 2.4)")
            };
            self.report(ds, None, Diagnostic::warning("zone/ds-without-delegation", message));
        }
    }
}

fn is_address(rtype: RecordType) -> bool {
    matches!(rtype, RecordType::A | RecordType::AAAA)
}

#[cfg(test)]
mod tests;
