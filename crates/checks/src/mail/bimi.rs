//! The BIMI records of a zone, read once.

use crate::Subject;
use dnsctl_mail::bimi::{self, Parsed};
use dnsctl_mail::resolve::Resolver as _;
use dnsctl_zone::{Name, RRset, RecordType};

const LABEL: &[u8] = b"_bimi";

/// The records at one selector.
#[derive(Debug)]
pub(crate) struct Site<'a> {
    /// The domain whose image it is.
    pub(crate) domain: Name,
    /// The TXT records of this zone at `SELECTOR._bimi.DOMAIN`, or the alias in their place.
    pub(crate) rrset: &'a RRset,
    /// Those that readers take for BIMI, and those that were meant so; all where there is none of either.
    pub(crate) records: Vec<Text>,
}

/// One text.
#[derive(Debug)]
pub(crate) struct Text {
    /// Its octets.
    pub(crate) octets: Vec<u8>,
    /// What it says.
    pub(crate) parsed: Parsed,
}

/// Whether a person meant a text as a BIMI record.
pub(crate) fn is_meant(text: &[u8]) -> bool {
    let lower = text.to_ascii_lowercase();
    bimi::is_bimi(text) || lower.windows(b"bimi1".len()).any(|part| part == b"bimi1")
}

/// The domain of the record at a name, when the name is that of a selector.
pub(crate) fn domain(owner: &Name) -> Option<Name> {
    let second = owner.labels().nth(1).is_some_and(|label| &*label == LABEL);
    second.then(|| owner.parent()?.parent()).flatten()
}

/// The records of a zone.
pub(crate) fn sites<'a>(subject: &Subject<'a>) -> Vec<Site<'a>> {
    subject.rrsets().iter().filter_map(|rrset| site(subject, rrset)).collect()
}

fn site<'a>(subject: &Subject<'a>, rrset: &'a RRset) -> Option<Site<'a>> {
    if !matches!(rrset.rtype, RecordType::TXT | RecordType::CNAME) {
        return None;
    }
    let domain = domain(&rrset.name)?;
    let texts = subject.answers().texts(&rrset.name).values().to_vec();
    // Where none is meant, all stand in the place of one.
    let any = texts.iter().any(|text| is_meant(text));
    let texts = texts.into_iter().filter(|text| !any || is_meant(text));
    let records = texts.map(|octets| Text { parsed: bimi::parse(&octets), octets }).collect();
    Some(Site { domain, rrset, records })
}
