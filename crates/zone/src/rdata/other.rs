//! Text forms of types that are kept as octets (RFC 3597): old, experimental and rare ones that name servers still load.
//!
//! They are read only. What is printed is `TYPE42 \# LENGTH HEX`, which every name server takes, also one that does not
//! know the type. Where the RFC leaves a choice, the form is that of BIND 9.

mod special;

use super::error::Reason;
use super::scan::Scanner;
use crate::{Field, FieldKind, Names, RecordType};

/// Reads the words of an rdata that is no plain row of fields.
pub(super) type Read = fn(&mut Scanner<'_>, Names<'_>, &mut Vec<u8>) -> Result<(), Reason>;

/// How a type is written.
pub(super) enum Layout {
    /// Fields like those of the types that this crate holds.
    Fields(&'static [Field]),
    /// In a way of its own.
    Special(Read),
}

macro_rules! fields {
    ($($name:ident $kind:ident),*) => {
        Layout::Fields(&[ $( Field { name: stringify!($name), kind: FieldKind::$kind } ),* ])
    };
}

/// The layout of a type that this crate holds as octets; `None` when its text form is not known here.
pub(super) fn layout(rtype: RecordType) -> Option<Layout> {
    Some(match rtype.code()? {
        // RFC 1035 sections 3.3.3 to 3.3.8, RFC 1706 section 6 (NSAP-PTR).
        3 | 4 => fields![madname Name],
        7 => fields![madname Name],
        8 => fields![mgmname Name],
        9 => fields![newname Name],
        23 => fields![owner Name],
        // RFC 1035 sections 3.4.2 and 3.3.7.
        11 => Layout::Special(special::wks),
        14 => fields![rmailbx Name, emailbx Name],
        // RFC 1183 section 3.
        19 => fields![psdn_address Text],
        20 => Layout::Special(special::isdn),
        21 => fields![preference U16, intermediate_host Name],
        // RFC 1706 section 5.
        22 => Layout::Special(special::nsap),
        // RFC 2535 sections 3, 4 and 5; RKEY has the form of KEY.
        24 => Layout::Fields(RecordType::RRSIG.fields()),
        25 | 57 => Layout::Special(special::key),
        30 => Layout::Special(special::nxt),
        // RFC 2163 section 4, RFC 1712 section 3.
        26 => fields![preference U16, map822 Name, mapx400 Name],
        27 => fields![longitude Text, latitude Text, altitude Text],
        // The Nimrod drafts, and ATM Forum AF-SAA-0069.
        31 => fields![eid Hex],
        32 => fields![nimloc Hex],
        34 => Layout::Special(special::atma),
        // RFC 2874 section 3.1, draft-eastlake-kitchen-sink, RFC 3123 section 5.
        38 => Layout::Special(special::a6),
        40 => fields![meaning U8, coding U8, subcoding U8, data Base64],
        42 => Layout::Special(special::apl),
        // RFC 4025 section 3, RFC 8005 section 6.
        45 => Layout::Special(special::ipseckey),
        55 => Layout::Special(special::hip),
        // The registry "Resource Record (RR) TYPEs": NINFO, AVC, RESINFO (RFC 9606), WALLET, CLA are texts.
        56 | 258 | 261 | 262 | 263 => fields![txt_data Texts],
        58 => fields![previous Name, next Name],
        // RFC 9859 section 2.1; RFC 9886 section 5 (HHIT, BRID).
        66 => Layout::Special(special::dsync),
        67 | 68 => fields![data Base64],
        // RFC 6742 section 2.
        104 | 106 => Layout::Special(special::locator),
        105 => fields![preference U16, locator32 Ipv4],
        107 => fields![preference U16, fqdn Name],
        // RFC 7043 sections 3 and 4.
        108 => Layout::Special(special::eui48),
        109 => Layout::Special(special::eui64),
        // draft-durand-doa-over-dns, RFC 8777 section 4.
        259 => Layout::Special(special::doa),
        260 => Layout::Special(special::amtrelay),
        // TA, and RFC 4431 section 2.
        32768 | 32769 => Layout::Fields(RecordType::DS.fields()),
        _ => return None,
    })
}

/// The fields in which octets of a message are read: those of the type, and for a type that is kept as octets those
/// that hold a name, since it can be compressed (RFC 3597 section 4).
pub(super) fn wire_fields(rtype: RecordType) -> &'static [Field] {
    match rtype.fields() {
        [Field { kind: FieldKind::Unknown, .. }] => match layout(rtype) {
            Some(Layout::Fields(fields)) => fields,
            _ => rtype.fields(),
        },
        fields => fields,
    }
}

#[cfg(test)]
mod tests;
