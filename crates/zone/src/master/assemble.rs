//! From records to a zone.

use super::{Fault, MasterError, Parsed, Record};
use crate::{Name, RRset, Source, Zone};

/// A zone from a master file.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The zone.
    pub zone: Zone,
    /// Where each RRset's first record stands, in the order of [`Zone::rrsets`].
    pub sources: Vec<Source>,
    /// The parser's errors, then those of the zone. The zone is not whole unless this is empty.
    pub errors: Vec<MasterError>,
    /// The parser's warnings, then those of the zone.
    pub warnings: Vec<MasterError>,
}

/// Makes the zone `apex` of the records: those outside are errors, and so are several values where there can be one.
/// TTLs that differ within an RRset become the lowest (RFC 2181 section 5.2), with a warning.
pub fn zone(parsed: Parsed, apex: &Name) -> Loaded {
    let Parsed { mut records, mut errors, mut warnings } = parsed;
    let key = |record: &Record| (record.name.clone(), record.rtype());
    if !records.is_sorted_by(|a, b| (&a.name, a.rtype()) <= (&b.name, b.rtype())) {
        records.sort_by(|a, b| (&a.name, a.rtype()).cmp(&(&b.name, b.rtype())));
    }
    let mut rrsets = Vec::new();
    let mut sources = Vec::new();
    let mut records = records.into_iter().peekable();
    while let Some(first) = records.next() {
        let (name, rtype) = key(&first);
        let source = first.source.clone();
        let about = |fault| MasterError { source: source.clone(), length: 0, fault };
        if !name.is_at_or_below(apex) {
            let twin = |record: &Record| record.name == name;
            while records.next_if(twin).is_some() {}
            errors.push(about(Fault::OutOfZone { name: name.clone(), apex: apex.clone() }));
            continue;
        }
        let (mut lowest, mut highest) = (first.ttl, first.ttl);
        let mut values = vec![first.rdata];
        while let Some(next) = records.next_if(|next| next.name == name && next.rtype() == rtype) {
            lowest = lowest.min(next.ttl);
            highest = highest.max(next.ttl);
            values.push(next.rdata);
        }
        let count = values.len();
        let rrset = RRset::new(name.clone(), rtype, lowest, values);
        if rrset.values().len() > 1 && rtype.is_single() {
            errors.push(about(Fault::Several { name: name.clone(), rtype }));
        } else if rrset.values().len() < count {
            warnings.push(about(Fault::Twice { name: name.clone(), rtype }));
        }
        if lowest != highest {
            warnings.push(about(Fault::TtlsDiffer { name, rtype, lowest, highest }));
        }
        rrsets.push(rrset);
        sources.push(source);
    }
    Loaded { zone: Zone::new(apex.clone(), rrsets), sources, errors, warnings }
}
