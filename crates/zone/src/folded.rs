//! What files say of RRsets that the form of an RRset, one TTL and each value once, does not hold.

use crate::{Name, Rdata, RecordType, Source, Ttl, master};
use std::collections::BTreeMap;

/// Something that was written and is gone from the RRset that was made of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folded {
    /// The owner name.
    pub name: Name,
    /// The type.
    pub rtype: RecordType,
    /// What is gone.
    pub what: FoldedWhat,
    /// Where the RRset stands.
    pub source: Source,
}

/// What is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FoldedWhat {
    /// This value stands more than once.
    Twice(Rdata),
    /// The TTLs of its records differ; the lowest holds (RFC 2181 section 5.2).
    Ttls {
        /// The lowest.
        lowest: Ttl,
        /// The highest.
        highest: Ttl,
    },
    /// This value stands elsewhere than the RRset that it has joined.
    Joined(Rdata),
}

impl Folded {
    /// The values that stand more than once among those of an RRset, each told once.
    pub fn twins(name: &Name, rtype: RecordType, values: &[Rdata], source: &Source) -> Vec<Self> {
        let mut sorted: Vec<&Rdata> = values.iter().collect();
        sorted.sort();
        let twins = sorted.chunk_by(|a, b| a == b).filter(|same| same.len() > 1);
        twins
            .filter_map(|same| same.first())
            .map(|value| Self {
                name: name.clone(),
                rtype,
                what: FoldedWhat::Twice((*value).clone()),
                source: source.clone(),
            })
            .collect()
    }

    /// All of the records of a master file. Each stands where the first record of its RRset stands.
    pub fn of_records(records: &[master::Record]) -> Vec<Self> {
        let mut sets: BTreeMap<(&Name, RecordType), Vec<&master::Record>> = BTreeMap::new();
        for record in records {
            sets.entry((&record.name, record.rtype())).or_default().push(record);
        }
        let mut all = Vec::new();
        for ((name, rtype), records) in sets {
            let ttls = records.iter().map(|record| record.ttl);
            let (Some(first), Some(lowest), Some(highest)) =
                (records.first(), ttls.clone().min(), ttls.max())
            else {
                continue;
            };
            if records.len() == 1 {
                continue;
            }
            let values: Vec<Rdata> = records.iter().map(|record| record.rdata.clone()).collect();
            all.extend(Self::twins(name, rtype, &values, &first.source));
            if lowest != highest {
                let what = FoldedWhat::Ttls { lowest, highest };
                all.push(Self { name: name.clone(), rtype, what, source: first.source.clone() });
            }
        }
        all
    }
}
