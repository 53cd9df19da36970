//! What points at what.

use crate::Change;
use dnsctl_zone::{Name, RRset, RecordType};

/// Whether records of this type have a name that somebody looks up next.
pub(super) fn is_pointer(rtype: RecordType) -> bool {
    matches!(
        rtype,
        RecordType::MX
            | RecordType::CNAME
            | RecordType::DNAME
            | RecordType::SRV
            | RecordType::NS
            | RecordType::PTR
            | RecordType::SVCB
            | RecordType::HTTPS
            | RecordType::NAPTR
            | RecordType::AFSDB
            | RecordType::KX
            | RecordType::ALIAS
            | RecordType::ROUTE53_ALIAS
    )
}

/// Names that the values point at: after the change, or before it. An SPF text points at what it includes.
pub(crate) fn targets(change: &Change, after: bool) -> Vec<Name> {
    let side = if after { &change.after } else { &change.before };
    let Some(rrset) = side else { return Vec::new() };
    match change.rtype {
        RecordType::TXT => included(rrset),
        rtype if is_pointer(rtype) => of(rrset).collect(),
        _ => Vec::new(),
    }
}

/// The first name in each value.
pub(crate) fn of(rrset: &RRset) -> impl Iterator<Item = Name> {
    rrset.values().iter().filter_map(dnsctl_zone::Rdata::target)
}

/// Whether a text is an SPF record (RFC 7208 section 4.5).
pub(crate) fn is_spf(rrset: &RRset) -> bool {
    rrset.rtype == RecordType::TXT && rrset.values().iter().any(|value| spf(&value.joined_text()).is_some())
}

/// What stands behind the version of an SPF record.
fn spf(text: &[u8]) -> Option<&[u8]> {
    let (version, terms) = text.split_at_checked(b"v=spf1".len())?;
    let whole = terms.is_empty() || terms.starts_with(b" ");
    (version.eq_ignore_ascii_case(b"v=spf1") && whole).then_some(terms)
}

/// The names that an SPF record takes in: `include`, `redirect` and `a` (RFC 7208 sections 5.2, 6.1 and 5.3), but for
/// those with macros.
fn included(rrset: &RRset) -> Vec<Name> {
    rrset.values().iter().flat_map(|value| named_by(&value.joined_text())).collect()
}

/// The same for one text.
pub(crate) fn named_by(text: &[u8]) -> Vec<Name> {
    let terms = spf(text).unwrap_or_default().split(|octet| *octet == b' ');
    terms.filter_map(|term| included_by(&String::from_utf8_lossy(term).to_ascii_lowercase())).collect()
}

fn included_by(term: &str) -> Option<Name> {
    let term = term.trim_start_matches(['+', '-', '~', '?']);
    let (mechanism, rest) = term.split_once([':', '='])?;
    let name = rest.split('/').next().filter(|name| !name.contains('%'))?;
    matches!(mechanism, "include" | "redirect" | "a").then(|| Name::absolute(name).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::rrsets;

    #[test]
    fn an_spf_text_points_at_what_it_includes() {
        let text = "v=SPF1 include:_spf.example.com ?a:mail.example.com/24 mx:no.example a ip4:192.0.2.1 \
                    exists:%{i}.example include:%{d}.example redirect=Other.example";
        let change = Change::new(None, rrsets(&format!("@ TXT \"{text}\"")).pop(), None).unwrap();
        let names: Vec<String> = targets(&change, true).iter().map(ToString::to_string).collect();
        assert_eq!(names, ["_spf.example.com.", "mail.example.com.", "other.example."]);
        assert!(is_spf(&rrsets("@ TXT v=spf1").remove(0)));
        assert!(!is_spf(&rrsets("@ TXT v=spf10").remove(0)));
    }
}
