//! Whether a zone is signed (DNSSEC), as far as its records tell.

use crate::Subject;
use dnsctl_zone::{RRset, RecordType, Zone};

/// What is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Signing {
    /// It has keys or signatures.
    Signed,
    /// The zone above has a DS for it, which is a promise: its own records show neither keys nor signatures. In words.
    Promised(String),
    /// The zone above is held and has no DS for it: nobody validates its answers (RFC 4035 section 5.2).
    Insecure,
    /// Its records do not tell: most servers sign on their own.
    Unknown(String),
}

/// Types that only a signed zone has at its apex.
const KEYS: [RecordType; 6] = [
    RecordType::DNSKEY,
    RecordType::CDS,
    RecordType::CDNSKEY,
    RecordType::RRSIG,
    RecordType::NSEC,
    RecordType::NSEC3PARAM,
];

impl Signing {
    /// What is known of a zone.
    pub(crate) fn of(subject: &Subject<'_>) -> Self {
        let apex = subject.apex();
        let shown = |zone: &Zone| zone.at(apex).iter().any(tells);
        if shown(subject.zone.records()) || subject.zone.kept_at(apex).any(|kept| KEYS.contains(&kept.rtype))
        {
            return Self::Signed;
        }
        match subject.above() {
            Some(above) if above.records().get(apex, RecordType::DS).is_some() => Self::Promised(format!(
                "{} has a DS for {}, whose records show no key: whether it is signed cannot be seen",
                above.apex().without_dot(),
                apex.without_dot()
            )),
            Some(above) => above.may_have(apex, RecordType::DS).map_or(Self::Insecure, |why| {
                Self::Unknown(format!("whether {} has a DS is not known: {why}", apex.without_dot()))
            }),
            None => Self::Unknown(format!(
                "whether {} is signed (DNSSEC) cannot be seen from its records",
                apex.without_dot()
            )),
        }
    }
}

/// Whether there is a key or a signature among these. A CDS that asks for the removal of the DS (RFC 8078 section 4) is none.
fn tells(rrset: &RRset) -> bool {
    let removes = |rrset: &RRset| rrset.values().iter().all(|value| value.number("algorithm") == Some(0));
    KEYS.contains(&rrset.rtype)
        && !(matches!(rrset.rtype, RecordType::CDS | RecordType::CDNSKEY) && removes(rrset))
}
