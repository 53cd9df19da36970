//! What the domain has to do with mail, as far as its records and the facts tell.

use crate::special::{INNER, Special};
use crate::{Found, Subject};
use dnsctl_mail::resolve::Resolver as _;
use dnsctl_mail::spf::{self, Qualifier, Selection};
use dnsctl_zone::{Name, RecordType};

/// Whether somebody sends mail in the name of a domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sends {
    /// It is declared, or SPF lets somebody.
    Yes,
    /// It is declared, or SPF lets nobody.
    No,
    /// Nobody says.
    Unknown,
}

/// Whether somebody sends mail in the name of the domain.
pub(crate) fn sends(subject: &Subject<'_>) -> Sends {
    match subject.facts.sends {
        Some(true) => return Sends::Yes,
        Some(false) => return Sends::No,
        None if !subject.facts.senders.is_empty() => return Sends::Yes,
        None => {}
    }
    by_spf(subject, subject.domain())
}

/// Whom the SPF record of a name lets send.
pub(crate) fn by_spf(subject: &Subject<'_>, name: &Name) -> Sends {
    let answer = subject.answers().texts(name);
    let Selection::One(text) = spf::select(answer.values()) else { return Sends::Unknown };
    let parsed = spf::parse(text);
    let Some(record) = parsed.record.as_ref().filter(|_| parsed.is_valid()) else { return Sends::Unknown };
    let before_all = record
        .directives()
        .take_while(|(_, directive)| directive.mechanism != spf::Mechanism::All)
        .any(|(_, directive)| directive.qualifier == Qualifier::Pass);
    match record.all() {
        _ if before_all => Sends::Yes,
        Some((_, Qualifier::Pass)) => Sends::Yes,
        Some((_, Qualifier::Fail)) => Sends::No,
        None if record.redirect().is_some() => Sends::Yes,
        // `~all` and `?all` alone, or nothing: whoever wrote it did not make up their mind.
        _ => Sends::Unknown,
    }
}

/// Whether the domain takes mail: it is declared, or a host is named by MX.
pub(crate) fn receives(subject: &Subject<'_>) -> bool {
    subject.facts.receives.unwrap_or_else(|| takes_mail(subject, subject.domain()))
}

/// Whether an MX record at a name names a host.
pub(crate) fn takes_mail(subject: &Subject<'_>, name: &Name) -> bool {
    let mx = subject.get(name, RecordType::MX);
    mx.is_some_and(|mx| mx.values().iter().any(|mx| mx.target().is_some_and(|target| !target.is_root())))
}

/// Whether the domain has nothing to do with mail and says so: nobody may send in its name, and it takes no mail.
pub(crate) fn is_parked(subject: &Subject<'_>) -> bool {
    match subject.facts.sends {
        Some(sends) => !sends,
        None => sends(subject) == Sends::No && !receives(subject),
    }
}

/// Whether others can meet the domain in mail: it takes or sends mail, or has an address that all can reach.
pub(crate) fn is_public(subject: &Subject<'_>) -> bool {
    let domain = subject.domain();
    if is_inner(domain) {
        return false;
    }
    receives(subject)
        || sends(subject) == Sends::Yes
        || subject.get(domain, RecordType::MX).is_some()
        || match subject.target(domain).found {
            Found::Addresses(addresses) => addresses
                .into_iter()
                .any(|address| Special::of(address).is_none_or(|kind| kind == Special::Documentation)),
            Found::Made | Found::Unknown(_) => true,
            Found::NoAddress | Found::Missing | Found::Endless => false,
        }
}

/// Names that nobody has as a mail domain: reverse zones, top-level domains, and those for inner networks (RFC 6761, RFC 6762,
/// RFC 7686, RFC 8375 and the decision of ICANN on `internal`).
fn is_inner(domain: &Name) -> bool {
    let inner = |label: &[u8]| {
        let is = |name: &&str| label.eq_ignore_ascii_case(name.as_bytes());
        INNER.iter().any(is) || ["arpa", "invalid", "onion"].iter().any(is)
    };
    domain.label_count() < 2 || domain.labels().last().is_some_and(|label| inner(&label))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Facts, Judged, Repository};
    use dnsctl_zone::{RRset, Rdata, Ttl, Zone};

    #[test]
    fn an_spf_record_tells_whether_somebody_sends() {
        for (text, expected) in [
            ("v=spf1 -all", Sends::No),
            ("v=spf1 ip4:192.0.2.25 -all", Sends::Yes),
            ("v=spf1 -ip4:192.0.2.25 -all", Sends::No),
            ("v=spf1 +all", Sends::Yes),
            ("v=spf1 -all ip4:192.0.2.25", Sends::No),
            ("v=spf1 redirect=_spf.example.net", Sends::Yes),
            ("v=spf1 ~all", Sends::Unknown),
            ("v=spf1 ip4:nowhere -all", Sends::Unknown),
            ("hello", Sends::Unknown),
        ] {
            let apex = Name::absolute("example.com").unwrap();
            let value = Rdata::text(RecordType::TXT, text.as_bytes());
            let rrset = RRset::new(apex.clone(), RecordType::TXT, Ttl::new(300).unwrap(), vec![value]);
            let zone = Zone::new(apex, vec![rrset]);
            let (judged, facts, held) = (Judged::zone(&zone), Facts::default(), Repository::new([&zone]));
            assert_eq!(sends(&Subject::new(&judged, &facts, &held)), expected, "{text}");
        }
    }

    #[test]
    fn inner_names_are_no_mail_domains() {
        let inner = |text: &str| is_inner(&Name::absolute(text).unwrap());
        assert!(inner("com") && inner("2.0.192.in-addr.arpa") && inner("corp.internal") && inner("x.local"));
        assert!(inner("corp.intranet") && inner("x.Private") && inner("x.onion"));
        assert!(!inner("example.com") && !inner("local.example.com"));
    }
}
