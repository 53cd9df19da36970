//! Whether a zone is signed (DNSSEC), as far as its records tell.

use crate::Subject;
use dnsctl_zone::{RRset, RecordType, Zone};

/// What is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Signing {
    /// It has keys or signatures, or the zone above has a DS for it.
    Signed,
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
        let kept = subject.zone.kept_at(apex).chain(subject.kept_before.iter().filter(|k| k.name == *apex));
        if shown(subject.zone.records())
            || subject.before.is_some_and(shown)
            || kept.into_iter().any(|kept| KEYS.contains(&kept.rtype))
        {
            return Self::Signed;
        }
        let above = apex.parent().and_then(|parent| subject.held.zone_of(&parent));
        match above.filter(|above| above.get(apex, RecordType::NS).is_some()) {
            Some(above) if above.get(apex, RecordType::DS).is_some() => Self::Signed,
            Some(_) => Self::Insecure,
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
