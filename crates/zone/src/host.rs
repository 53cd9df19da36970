//! Names that must be those of hosts, for name servers that look.

use crate::{Name, Rdata, RecordType};

const OWNER: &str =
    "its owner is no host name (RFC 1123 section 2.1; BIND refuses it unless check-names is off)";
const TARGET: &str =
    "its target is no host name (RFC 1123 section 2.1; BIND refuses it unless check-names is off)";
const MAILBOX: &str =
    "its mailbox is at no host name (RFC 1123 section 2.1; BIND refuses it unless check-names is off)";

/// What BIND refuses by default in a zone that it is the primary of (`check-names`), when these are values of an RRset
/// of that owner name and type.
///
/// Addresses and MX records stand at hosts or wildcards; AFSDB, MX, NS, SOA, SRV, HTTPS and SVCB name hosts, and PTR
/// does so in reverse zones. Names of Active Directory (`gc._msdcs`) and of the macros of SPF (`_spf`) may own addresses.
pub fn no_host(owner: &Name, rtype: RecordType, values: &[Rdata]) -> Option<&'static str> {
    if !may_own(owner, rtype) {
        return Some(OWNER);
    }
    let reverse = || {
        let name = owner.to_string();
        [".in-addr.arpa.", ".ip6.arpa.", ".ip6.int."].iter().any(|tree| name.ends_with(tree))
    };
    let wrong = |value: &Rdata| {
        let name = match rtype {
            RecordType::MX | RecordType::NS | RecordType::SRV | RecordType::AFSDB => value.target(),
            RecordType::SOA => value.name("mname"),
            RecordType::HTTPS | RecordType::SVCB if value.number("svc_priority") != Some(0) => value.target(),
            RecordType::PTR if reverse() => value.target(),
            _ => None,
        };
        name.is_some_and(|name| name.label_of_no_host().is_some())
    };
    if values.iter().any(wrong) {
        return Some(TARGET);
    }
    let mailbox = |value: &Rdata| {
        let name = match rtype {
            RecordType::SOA => value.name("rname"),
            RecordType::RP => value.name("mbox_dname"),
            _ => None,
        };
        name.is_some_and(|name| !is_mailbox(&name))
    };
    values.iter().any(mailbox).then_some(MAILBOX)
}

/// Whether a name is that of a mailbox: a label of visible signs at a host.
fn is_mailbox(name: &Name) -> bool {
    let visible = |label: &[u8]| label.iter().all(u8::is_ascii_graphic);
    name.labels().next().is_none_or(|label| visible(&label))
        && name.parent().is_none_or(|host| host.label_of_no_host().is_none())
}

fn may_own(owner: &Name, rtype: RecordType) -> bool {
    if !matches!(rtype, RecordType::A | RecordType::AAAA | RecordType::MX)
        && !matches!(rtype.code(), Some(7 | 8 | 11 | 38))
    {
        return true;
    }
    // MB and MG.
    if matches!(rtype.code(), Some(7 | 8)) {
        return is_mailbox(owner);
    }
    let labels: Vec<_> = owner.labels().collect();
    let label = |at: usize| labels.get(at).map(|label| &**label);
    // RFC 7208 section 5.7: names that are made of macros.
    let macros = |label: &[u8]| [&b"_spf"[..], b"_spf_verify", b"_spf_rate"].contains(&label);
    if rtype == RecordType::A && labels.iter().any(|label| macros(label)) {
        return true;
    }
    let hosts = if matches!(rtype, RecordType::A | RecordType::AAAA)
        && label(0) == Some(b"gc")
        && label(1) == Some(b"_msdcs")
    {
        owner.parent().and_then(|name| name.parent())
    } else if owner.is_wildcard() {
        owner.parent()
    } else {
        None
    };
    hosts.as_ref().unwrap_or(owner).label_of_no_host().is_none()
}
