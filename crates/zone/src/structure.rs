//! What must hold between the RRsets of one zone.

use crate::{Name, RRset, Rdata, RecordType};
use std::collections::HashSet;

/// Something that breaks the structure of a zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StructureFault {
    /// What it is.
    pub kind: StructureKind,
    /// The place of the RRset that it is about.
    pub at: usize,
    /// The places of the RRsets that have their part in it.
    pub others: Vec<usize>,
    /// What is wrong, in one line for a person, without a full stop.
    pub message: String,
}

/// How the structure of a zone can be broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StructureKind {
    /// An RRset without values.
    NoValues,
    /// Several values where there can be one.
    SeveralValues,
    /// An SOA below the apex.
    SoaNotAtApex,
    /// A CNAME at the apex.
    CnameAtApex,
    /// A value that is well-formed and that name servers refuse ([`Rdata::fault`](crate::Rdata::fault)).
    BadValue,
    /// The type SPF.
    ObsoleteSpf,
    /// A type that a signing server makes.
    Signing,
    /// NS or DNAME at a wildcard.
    Wildcard,
    /// A CNAME beside other data.
    CnameBesideData,
    /// An ALIAS beside addresses or a DNAME.
    AliasBesideAddress,
    /// Below a DNAME.
    BelowDname,
    /// At or below a delegation.
    BelowDelegation,
    /// Addresses at or below a delegation that are no glue: no name server of the zone or of its delegations has them.
    NoGlue,
    /// A DS without a delegation.
    DsWithoutDelegation,
}

/// All faults of a zone, whose RRsets are in canonical order and each there once.
pub fn structure_faults(apex: &Name, rrsets: &[&RRset]) -> Vec<StructureFault> {
    let servers = rrsets.iter().filter(|rrset| rrset.rtype == RecordType::NS);
    let servers = servers.flat_map(|rrset| rrset.values().iter().filter_map(Rdata::target)).collect();
    let mut checker = Checker { apex, servers, found: Vec::new(), cut: None, redirection: None };
    let mut start = 0;
    for node in rrsets.chunk_by(|a, b| a.name == b.name) {
        let end = start + node.len();
        checker.node(&(start..end).zip(node.iter().copied()).collect::<Vec<_>>());
        start = end;
    }
    checker.found
}

/// An RRset and its place.
type Placed<'a> = (usize, &'a RRset);

struct Checker<'a> {
    apex: &'a Name,
    /// All name servers that the zone names.
    servers: HashSet<Name>,
    found: Vec<StructureFault>,
    /// The NS RRset of the zone cut that was passed last. In canonical order all names below follow directly.
    cut: Option<Placed<'a>>,
    /// The DNAME RRset that was passed last.
    redirection: Option<Placed<'a>>,
}

impl<'a> Checker<'a> {
    fn report(&mut self, kind: StructureKind, at: usize, others: Vec<usize>, message: String) {
        self.found.push(StructureFault { kind, at, others, message });
    }

    /// All RRsets of one owner name.
    fn node(&mut self, node: &[Placed<'a>]) {
        let Some((_, first)) = node.first() else { return };
        let name = &first.name;
        let get = |rtype| node.iter().copied().find(|(_, rrset)| rrset.rtype == rtype);
        for placed in node {
            self.alone(*placed);
        }
        if let Some(cname) = get(RecordType::CNAME) {
            self.cname(cname, node);
        }
        if let Some(alias) = get(RecordType::ALIAS) {
            self.alias(alias, node);
        }
        self.below(name, node);
        if self.cut.is_none_or(|(_, cut)| !name.is_at_or_below(&cut.name)) {
            self.cut = get(RecordType::NS).filter(|_| name != self.apex);
            match self.cut {
                Some(cut) => self.at_cut(cut, node),
                None => self.without_cut(name, node),
            }
        }
        if self.redirection.is_none_or(|(_, dname)| !name.is_below(&dname.name)) {
            self.redirection = get(RecordType::DNAME);
        }
    }

    /// What an RRset must be by itself.
    fn alone(&mut self, (at, rrset): Placed<'a>) {
        let (name, rtype) = rrset.key();
        match rrset.values().len() {
            0 => self.report(StructureKind::NoValues, at, vec![], format!("{name} {rtype} has no values")),
            1 => {}
            count if rtype.is_single() => {
                let message = format!("{name} has {count} {rtype} values; there can be only one");
                self.report(StructureKind::SeveralValues, at, vec![], message);
            }
            _ => {}
        }
        for reason in rrset.values().iter().filter_map(crate::Rdata::fault) {
            self.report(StructureKind::BadValue, at, vec![], format!("{name} {reason}"));
        }
        let (kind, message) = match rtype {
            RecordType::SOA if name != self.apex => (
                StructureKind::SoaNotAtApex,
                format!(
                    "an SOA stands at {name}; it belongs to the apex {} (RFC 1035 section 5.2)",
                    self.apex
                ),
            ),
            RecordType::CNAME if name == self.apex => (
                StructureKind::CnameAtApex,
                "a CNAME cannot stand at the apex, beside SOA and NS (RFC 1034 section 3.6.2)".to_owned(),
            ),
            RecordType::SPF => (
                StructureKind::ObsoleteSpf,
                "the type SPF is obsolete: receivers look at TXT only (RFC 7208 section 3.1)".to_owned(),
            ),
            _ if rtype.is_signing() => {
                (StructureKind::Signing, format!("{rtype} is made by the server that signs the zone"))
            }
            RecordType::NS | RecordType::DNAME if name.is_wildcard() => (
                StructureKind::Wildcard,
                format!("a {rtype} at a wildcard has no clear meaning (RFC 4592 sections 4.2 and 4.4)"),
            ),
            _ => return,
        };
        self.report(kind, at, vec![], message);
    }

    fn cname(&mut self, (at, cname): Placed<'a>, node: &[Placed<'a>]) {
        let others = node.iter().filter(|(_, other)| {
            // RFC 4035 section 2.5: signatures and NSEC stand beside it.
            !matches!(other.rtype, RecordType::CNAME | RecordType::RRSIG | RecordType::NSEC)
        });
        let (places, mut types): (Vec<usize>, Vec<_>) =
            others.map(|(place, other)| (*place, other.rtype.mnemonic())).unzip();
        // One that was written twice is told elsewhere.
        types.dedup();
        if !places.is_empty() {
            let message = format!(
                "{} has a CNAME and {}: a CNAME stands alone (RFC 1034 section 3.6.2)",
                cname.name,
                types.join(", ")
            );
            self.report(StructureKind::CnameBesideData, at, places, message);
        }
    }

    /// ALIAS beside the addresses that it stands for. Only the first is told.
    fn alias(&mut self, (at, alias): Placed<'a>, node: &[Placed<'a>]) {
        const HIDDEN: [RecordType; 3] = [RecordType::A, RecordType::AAAA, RecordType::DNAME];
        if let Some((place, other)) = node.iter().find(|(_, other)| HIDDEN.contains(&other.rtype)) {
            let message = format!("{} has ALIAS and {}: one would hide the other", alias.name, other.rtype);
            self.report(StructureKind::AliasBesideAddress, at, vec![*place], message);
        }
    }

    /// Records below a delegation or a redirection.
    fn below(&mut self, name: &Name, node: &[Placed<'a>]) {
        if let Some((place, dname)) = self.redirection.filter(|(_, dname)| name.is_below(&dname.name)) {
            for (at, rrset) in node {
                let message = format!(
                    "{name} {} is below the DNAME of {}, which redirects it (RFC 6672 section 2.4)",
                    rrset.rtype, dname.name
                );
                self.report(StructureKind::BelowDname, *at, vec![place], message);
            }
            return;
        }
        let Some((place, cut)) = self.cut.filter(|(_, cut)| name.is_below(&cut.name)) else { return };
        for (at, rrset) in node {
            let rtype = rrset.rtype;
            let (kind, none) = match is_address(rtype) {
                // RFC 1034 section 4.2.1: the addresses of name servers below a cut are glue.
                true if self.servers.contains(name) => continue,
                true => (StructureKind::NoGlue, " and of no name server"),
                false => (StructureKind::BelowDelegation, ""),
            };
            let message = format!(
                "{name} {rtype} is below the delegation of {}{none}: only the servers of that zone are asked for it",
                cut.name
            );
            self.report(kind, *at, vec![place], message);
        }
    }

    /// At a cut there are NS and DS; addresses are glue when a name server has the name of the cut.
    fn at_cut(&mut self, (place, cut): Placed<'a>, node: &[Placed<'a>]) {
        let name = &cut.name;
        for (at, rrset) in node {
            let rtype = rrset.rtype;
            let allowed = matches!(rtype, RecordType::NS | RecordType::DS | RecordType::RRSIG | RecordType::NSEC)
                || rtype == RecordType::CNAME // told already
                || rtype == RecordType::SOA; // told already
            if allowed {
                continue;
            }
            let message = format!(
                "{name} {rtype} stands at the delegation of {name}: only the servers of that zone are asked for it"
            );
            if !is_address(rtype) {
                self.report(StructureKind::BelowDelegation, *at, vec![place], message);
            } else if !self.servers.contains(name) {
                self.report(StructureKind::NoGlue, *at, vec![place], message);
            }
        }
    }

    fn without_cut(&mut self, name: &Name, node: &[Placed<'a>]) {
        if let Some((at, _)) = node.iter().find(|(_, rrset)| rrset.rtype == RecordType::DS) {
            let message = if name == self.apex {
                "a DS stands at the apex; it belongs to the parent zone (RFC 4035 section 2.4)".to_owned()
            } else {
                format!("{name} has a DS, but is not delegated (RFC 4035 section 2.4)")
            };
            self.report(StructureKind::DsWithoutDelegation, *at, vec![], message);
        }
    }
}

fn is_address(rtype: RecordType) -> bool {
    matches!(rtype, RecordType::A | RecordType::AAAA)
}
