//! What the server would refuse, said before anything is written. Found by trying 4.7.3.

use dnsctl_zone::{Name, RRset, RecordType};

use crate::account::Known;

/// A message has at most 65,535 octets (RFC 1035 section 4.2.2), a part of which are its head and the question. LMDB has
/// trouble a little below that, and afterwards reads only a part of the zone.
const LARGEST: usize = 65_000;

/// Why nothing is written to this zone: the server would take it, and the next transfer would undo it, or validating
/// resolvers would refuse the answers. A zone that the server signs by itself has no RRSIG records in its data.
pub(crate) fn of_zone(known: &Known) -> Option<String> {
    let kind = &known.kind;
    if matches!(kind.as_str(), "Slave" | "Secondary" | "Consumer") {
        return Some(format!("the zone is of kind {kind}: its records come from another server"));
    }
    let signed = known.residue.keys().find(|(_, rtype)| *rtype == RecordType::RRSIG);
    signed.map(|(name, _)| {
        format!(
            "the zone is signed elsewhere: it has RRSIG records ({name}), which a change would make wrong; change it \
             where it is signed"
        )
    })
}

pub(crate) fn refuses(apex: &Name, rrset: &RRset) -> Option<String> {
    let name = &rrset.name;
    if !owner_is_allowed(name) {
        return Some(format!(
            "PowerDNS takes letters, digits, '-', '_' and '/' in owner names, and '*' as the first label; not {name}"
        ));
    }
    if rrset.values().iter().any(|value| value.octets().len() > LARGEST) {
        return Some(format!(
            "a record of more than {LARGEST} octets does not fit into an answer, and makes PowerDNS 4.7 crash when it keeps \
             its zones in LMDB"
        ));
    }
    match rrset.rtype {
        RecordType::MX | RecordType::NS | RecordType::SRV => {
            let targets = rrset.values().iter().filter_map(dnsctl_zone::Rdata::target);
            let wrong = targets.into_iter().find(|target| !is_host(target))?;
            Some(format!("PowerDNS takes only host names (letters, digits and '-') as targets of {}; not {wrong}", rrset.rtype))
        }
        RecordType::DNSKEY if name != apex => Some("PowerDNS takes DNSKEY records only at the apex".to_owned()),
        RecordType::CAA if is_empty(rrset, "value") => Some(
            "an empty value makes PowerDNS 4.7 crash when it keeps its zones in LMDB; write \";\" for no issuer".to_owned(),
        ),
        RecordType::LOC if rrset.values().iter().any(overflows) => Some(
            "PowerDNS keeps sizes and precisions of LOC records up to 40000000 m and altitudes up to 21374836.47 m".to_owned(),
        ),
        RecordType::URI if is_empty(rrset, "target") => Some("the target of a URI record must not be empty".to_owned()),
        _ => comment(rrset),
    }
}

fn comment(rrset: &RRset) -> Option<String> {
    let comment = rrset.options.as_deref()?.get("comment")?;
    comment.is_empty().then(|| "an empty comment cannot be told from none; leave the option out".to_owned())
}

fn is_empty(rrset: &RRset, field: &str) -> bool {
    rrset.values().iter().any(|value| value.bytes(field).is_some_and(|octets| octets.is_empty()))
}

/// Whether the size or a precision is above 2^32 cm (octets 1 to 3, a digit and a power of ten), or the altitude above
/// 2^31 cm as it is counted (octets 12 to 15; RFC 1876 section 2).
fn overflows(location: &dnsctl_zone::Rdata) -> bool {
    let mut sizes = location.octets().iter().skip(1).take(3);
    let altitude = location.octets().get(12);
    sizes.any(|octet| octet & 15 == 9 && octet >> 4 > 4) || altitude.is_some_and(|first| *first > 0x7f)
}

fn owner_is_allowed(name: &Name) -> bool {
    let plain = |octet: &u8| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'_' | b'/');
    name.labels().enumerate().all(|(index, label)| (index == 0 && *label == *b"*") || label.iter().all(plain))
}

/// RFC 1123 section 2.1, and the root for "no such service".
fn is_host(name: &Name) -> bool {
    let good = |label: &[u8]| {
        let ends = [label.first(), label.last()];
        label.iter().all(|octet| octet.is_ascii_alphanumeric() || *octet == b'-')
            && !ends.contains(&Some(&b'-'))
    };
    name.labels().all(|label| good(&label))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_makes_the_server_crash() {
        let root = Name::root();
        let rrset = |rtype, text: &str| {
            let names = dnsctl_zone::Names { origin: &root, strict: false };
            let value = dnsctl_zone::Rdata::parse(rtype, text, names).unwrap();
            RRset::new(root.clone(), rtype, dnsctl_zone::Ttl::MAX, vec![value])
        };
        let text = |octets: usize| {
            let value = dnsctl_zone::Rdata::text(RecordType::TXT, &vec![b'a'; octets]);
            RRset::new(root.clone(), RecordType::TXT, dnsctl_zone::Ttl::MAX, vec![value])
        };
        assert!(refuses(&root, &rrset(RecordType::CAA, "0 issue \"\"")).is_some());
        assert_eq!(refuses(&root, &rrset(RecordType::CAA, "0 issue \";\"")), None);
        assert!(refuses(&root, &text(64_900)).is_some());
        assert_eq!(refuses(&root, &text(64_000)), None);
        assert!(refuses(&root, &rrset(RecordType::LOC, "0 N 0 E 42849672.95m")).is_some());
    }

    #[test]
    fn owner_names_and_hosts() {
        let name = |text: &str| Name::absolute(text).unwrap();
        for good in ["_dmarc.a.", "*.a.", "*.b.a.", "0/26.a.", "-x.a.", "."] {
            assert!(owner_is_allowed(&name(good)), "{good}");
        }
        for bad in ["a*b.a.", "x.*.a.", r"a\.b.a.", r"a\032b.a.", "a+b.a.", "ü\\000.a."]
            .iter()
            .filter(|text| text.is_ascii())
        {
            assert!(!owner_is_allowed(&name(bad)), "{bad}");
        }
        assert!(is_host(&name("mail-1.a.")) && is_host(&name(".")));
        assert!(
            !is_host(&name("mail_1.a."))
                && !is_host(&name("-a.b."))
                && !is_host(&name("a-.b."))
                && !is_host(&name("*.a."))
        );
    }
}
